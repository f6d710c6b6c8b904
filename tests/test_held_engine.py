"""What one step leaves for the next: what waits, what is undone, what ends.

Each row is a story; each step is told as what is billed, what waits then, what the
customer is told, and what no longer waits because of it.
"""

from __future__ import annotations

from typing import Any

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Convention,
    Discount,
    Interval,
    Money,
    Outcome,
    Period,
    Plan,
    RemoveAddOn,
    RemoveSeats,
    SetSeats,
    Settlement,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    Tier,
    Timing,
    adopt,
    next_renewal,
    renew,
)
from seatbill.errors import TooFewSeatsError, TooManySeatsError
from seatbill.rules import ChangeKind, Direction
from seatbill.subscriptions import PendingUpdate
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, at, bills, digits

FREE = priced("free", usd("0", max_quantity=5), rank=0)
FALLS = BillingRules(free_plan=FREE)
AT_ONCE = BillingRules(seats_removed=Timing.IMMEDIATE)
NOTICE = BillingRules(notice_days=10)
TWO = priced("two", usd("30.00"), usd("5.00", unit="guest"))
DAYS = Interval(days=30)


def line(outcome: Outcome) -> str:
    """Return *outcome* in one line; parts that say nothing are left out."""
    replaced = [
        f"{update.kind.value} {update.key}".strip() for update in outcome.replaced
    ]
    parts = {
        "": bills(outcome),
        "waits ": waiting(outcome.subscription),
        "told ": told(outcome),
        "undone ": replaced,
    }
    return "; ".join(f"{name}{', '.join(part)}" for name, part in parts.items() if part)


def lines(story: Story, *steps: Any) -> list[str]:
    """Return a line for each of *steps*: a day and changes, or a day to renew by."""
    return [
        line(story.renew(step) if isinstance(step, str) else story.change(*step))
        for step in steps
    ]


# Seats that wait.  A seat costs 1.00 a day in April.


@pytest.mark.parametrize(
    ("rules", "steps", "expected"),
    [
        pytest.param(
            BillingRules(),
            [
                ("2026-04-05", RemoveSeats(4)),
                ("2026-04-06", AddSeats(2)),
                ("2026-04-07", SetSeats(8)),
                ("2026-04-08", SetSeats(10)),
                ("2026-04-09", SetSeats(12)),  # 2 × 22 days
            ],
            [
                "waits seats seat: 6 on 2026-05-01",
                (
                    "waits seats seat: 8 on 2026-05-01; told removals_undone; "
                    "undone seats seat"
                ),
                "waits seats seat: 8 on 2026-05-01",
                "told removals_undone; undone seats seat",
                "2026-04-09: +44.00 = 44.00",
            ],
            id="what was to leave stays first",
        ),
        pytest.param(
            BillingRules(),
            [
                ("2026-04-05", RemoveSeats(2)),
                ("2026-04-06", AddSeats(3)),  # one more for 25 days
                "2026-05-01",
            ],
            [
                "waits seats seat: 8 on 2026-05-01",
                "2026-04-06: +25.00 = 25.00; told removals_undone; undone seats seat",
                "2026-05-01: +330.00 = 330.00",
            ],
            id="the rest is bought",
        ),
        pytest.param(
            BillingRules(seats_added=Timing.PERIOD_END),
            [
                ("2026-04-05", AddSeats(2)),
                ("2026-04-06", RemoveSeats(3)),
                ("2026-04-07", AddSeats(1)),
                "2026-05-01",
            ],
            [
                "waits seats seat: 12 on 2026-05-01",
                "waits seats seat: 9 on 2026-05-01; undone seats seat",
                "told removals_undone; undone seats seat",
                "2026-05-01: +300.00 = 300.00",
            ],
            id="what was to come goes first",
        ),
        pytest.param(
            NOTICE,
            [
                ("2026-04-10", RemoveSeats(1)),
                ("2026-04-25", RemoveSeats(2)),
                ("2026-04-26", AddSeats(1)),
                ("2026-04-27", AddSeats(1)),
                "2026-05-01",
                "2026-06-01",
            ],
            [
                "waits seats seat: 9 on 2026-05-01",
                (
                    "waits seats seat: 9 on 2026-05-01, seats seat: 7 on 2026-06-01; "
                    "told late_notice"
                ),
                (
                    "waits seats seat: 8 on 2026-06-01; told removals_undone; "
                    "undone seats seat, seats seat"
                ),
                (
                    "waits seats seat: 9 on 2026-06-01; told removals_undone; "
                    "undone seats seat"
                ),
                "2026-05-01: +300.00 = 300.00; waits seats seat: 9 on 2026-06-01",
                "2026-06-01: +270.00 = 270.00",
            ],
            id="one came in time and two a period later",
        ),
        pytest.param(
            NOTICE,
            [
                ("2026-04-10", RemoveSeats(4)),
                ("2026-04-25", RemoveSeats(2)),
                ("2026-04-26", SetSeats(5)),
                ("2026-04-27", SetSeats(7)),
            ],
            [
                "waits seats seat: 6 on 2026-05-01",
                (
                    "waits seats seat: 6 on 2026-05-01, seats seat: 4 on 2026-06-01; "
                    "told late_notice"
                ),
                (
                    "waits seats seat: 6 on 2026-05-01, seats seat: 5 on 2026-06-01; "
                    "told late_notice, removals_undone; undone seats seat"
                ),
                (
                    "waits seats seat: 7 on 2026-05-01; told removals_undone; "
                    "undone seats seat, seats seat"
                ),
            ],
            id="a number between the two that wait, and one above",
        ),
    ],
)
def test_seats_that_wait(rules, steps, expected):
    story = Story(SMALL, "2026-04-01", seats=10, rules=rules)
    assert lines(story, *steps) == expected


@pytest.mark.parametrize(
    ("occupied", "bill", "values"),
    [
        pytest.param(5, "+180.00 = 180.00", None, id="fewer than stay"),
        pytest.param(6, "+180.00 = 180.00", None, id="as many"),
        pytest.param(7, "+210.00 = 210.00", (4, 3), id="one more"),
        pytest.param(10, "+300.00 = 300.00", (4, 0), id="all"),
        pytest.param(12, "+300.00 = 300.00", (4, 0), id="more than there are"),
    ],
)
def test_a_removal_leaves_who_is_there(occupied, bill, values):
    story = Story(SMALL, "2026-04-01", seats=10)
    story.change("2026-04-05", RemoveSeats(4))
    outcome = renew(story.subscription, on=at("2026-05-01"), occupied=occupied)
    assert bills(outcome) == [f"2026-05-01: {bill}"]
    told_values = [
        (n.value("asked"), n.value("removed"))
        for n in outcome.notices
        if n.code == "removal_cut"
    ]
    assert told_values == ([] if values is None else [values])
    told_more = [n.value("missing") for n in outcome.notices if n.code == "more_people"]
    assert told_more == [occupied - 10] * (occupied > 10)


def test_what_waits_is_known_by_its_kind_and_its_name():
    """Seats, guests, and an add-on that is called as a seat is."""
    chair = AddOn("seat", "A chair", (usd("9.00"),))
    story = Story(
        TWO, "2026-04-01", seats={"seat": 3, "guest": 3}, add_ons=[(chair, 3)]
    )
    first = "waits seats seat: 2 on 2026-05-01"
    assert lines(
        story,
        ("2026-04-05", RemoveSeats(1)),
        ("2026-04-05", RemoveSeats(2, unit="guest")),
        ("2026-04-05", RemoveAddOn(chair, 1)),
        ("2026-04-06", AddSeats(2)),  # one more for 25 days
        ("2026-04-07", AddAddOn(chair, 2)),  # one more at 9.00 × 24/30
        "2026-05-01",  # 4 × 30.00, 1 × 5.00, 4 × 9.00
    ) == [
        first,
        f"{first}, seats guest: 1 on 2026-05-01",
        f"{first}, seats guest: 1 on 2026-05-01, add_on seat: 2 seat on 2026-05-01",
        (
            "2026-04-06: +25.00 = 25.00; waits seats guest: 1 on 2026-05-01, "
            "add_on seat: 2 seat on 2026-05-01; told removals_undone; undone seats seat"
        ),
        (
            "2026-04-07: +7.20 = 7.20; waits seats guest: 1 on 2026-05-01; "
            "told removals_undone; undone add_on seat"
        ),
        "2026-05-01: +120.00 +5.00 +36.00 = 161.00",
    ]


def test_what_waits_counts_for_the_bounds_of_a_price():
    story = Story(
        priced("b", usd("30.00", min_quantity=2, max_quantity=5)), "2026-04-01", seats=3
    )
    story.change("2026-04-05", RemoveSeats(1))
    for change in (RemoveSeats(1), SetSeats(1)):
        with pytest.raises(TooFewSeatsError):
            story.change("2026-04-05", change)
    assert line(story.change("2026-04-06", AddSeats(2))) == (
        "2026-04-06: +25.00 = 25.00; told removals_undone; undone seats seat"
    )
    for change in (AddSeats(2), SetSeats(6)):
        with pytest.raises(TooManySeatsError):
            story.change("2026-04-06", change)
    assert line(story.change("2026-04-06", SetSeats(5))) == "2026-04-06: +25.00 = 25.00"


# Add-ons and packages.

BRONZE = AddOn("bronze", "Bronze", (usd("3.00"),), family="support", rank=1)
GOLD = AddOn("gold", "Gold", (usd("6.00"),), family="support", rank=2)
SSO = AddOn("sso", "SSO", (usd("9.00"),))
NEEDS = AddOn("needs", "Needs Large", (usd("6.00"),), requires_plans=["large"])
DEEP = AddOn("deep", "Needs that", (usd("3.00"),), requires_add_ons=["needs"])


def test_a_removal_follows_its_package():
    """3 bronze of which 2 leave: 3 × 3.00 / 2 go back, 3 × 6.00 / 2 are charged."""
    story = Story(SMALL, "2026-04-01", add_ons=[(BRONZE, 3), (SSO, 2)])
    one_sso = "add_on sso: 1 sso on 2026-05-01"
    assert lines(
        story,
        ("2026-04-10", RemoveAddOn(BRONZE, 2)),
        ("2026-04-10", RemoveAddOn(SSO, 1)),
        ("2026-04-16", SwitchPackage(BRONZE, GOLD)),
        "2026-05-01",
    ) == [
        "waits add_on bronze: 1 bronze on 2026-05-01",
        f"waits add_on bronze: 1 bronze on 2026-05-01, {one_sso}",
        (
            "2026-04-16: -4.50 +9.00 = 4.50; "
            f"waits add_on gold: 1 gold on 2026-05-01, {one_sso}"
        ),
        "2026-05-01: +30.00 +6.00 +9.00 = 45.00",
    ]


def test_a_removal_follows_its_package_over_a_boundary():
    """The removals are late and wait until June; the package comes in May."""
    rules = BillingRules(notice_days=10, notice_exempt=[Direction.PACKAGE_DOWN])
    story = Story(SMALL, "2026-04-01", add_ons=[(GOLD, 3), (SSO, 2)], rules=rules)
    story.change("2026-04-25", RemoveAddOn(GOLD, 2))
    story.change("2026-04-25", RemoveAddOn(SSO, 1))
    story.change("2026-04-26", SwitchPackage(GOLD, BRONZE))
    assert lines(story, "2026-05-01", "2026-06-01") == [
        (
            "2026-05-01: +30.00 +9.00 +18.00 = 57.00; waits "
            "add_on bronze: 1 bronze on 2026-06-01, add_on sso: 1 sso on 2026-06-01"
        ),
        "2026-06-01: +30.00 +3.00 +9.00 = 42.00",
    ]


@pytest.mark.parametrize(
    ("rules", "timing", "expected"),
    [
        pytest.param(
            BillingRules(),
            Timing.IMMEDIATE,
            (
                "2026-04-16: -30.00 -6.00 -3.00 +15.00 = -24.00 due 0.00; "
                "told add_on_dropped, add_on_dropped; undone add_on needs"
            ),
            id="half of it all comes back",
        ),
        pytest.param(
            BillingRules(convention=Convention.FULL),
            Timing.IMMEDIATE,
            (
                "2026-04-16: -60.00 +30.00 = -30.00 due 0.00; "
                "told add_on_dropped, add_on_dropped; undone add_on needs"
            ),
            id="FULL gives nothing back of what is removed",
        ),
        pytest.param(
            BillingRules(),
            Timing.RESTART,  # what waited came with it; 9.00 of two SSO go back
            (
                "2026-04-16: -30.00 -6.00 -3.00 -9.00 +30.00 +18.00 = 0.00; "
                "told add_on_dropped, add_on_dropped"
            ),
            id="a new period starts",
        ),
    ],
)
def test_an_add_on_that_loses_what_it_needs_ends_with_what_waits_for_it(
    rules, timing, expected
):
    owned = [(NEEDS, 2), (DEEP, 2), (SSO, 2)]
    story = Story(LARGE, "2026-04-01", add_ons=owned, rules=rules)
    story.change("2026-04-10", RemoveAddOn(NEEDS, 1))
    outcome = story.change("2026-04-16", SwitchPlan(SMALL), timing=timing)
    assert line(outcome) == expected
    assert [a.add_on.id for a in story.subscription.add_ons] == ["sso"]


# What ends.


def test_an_end_says_what_it_takes_and_not_itself():
    story = Story(LARGE, "2026-04-01", seats=8, rules=FALLS)
    story.change("2026-04-10", RemoveSeats(2))
    story.change("2026-04-11", SwitchPlan(SMALL))
    story.change("2026-04-12", Cancel())
    outcome = story.renew("2026-05-01")
    assert line(outcome) == "told over_limit; undone seats seat, plan"
    assert story.subscription.seats == {"seat": 8}


def test_a_plan_that_ends_comes_before_a_cancellation_that_was_late():
    rules = BillingRules(
        free_plan=FREE, notice_days=10, notice_exempt=[Direction.DOWNGRADE]
    )
    story = Story(SMALL, "2026-04-01", seats=2, rules=rules)
    late = "cancellation: None on 2026-06-01"
    assert lines(
        story,
        ("2026-04-25", Cancel()),
        ("2026-04-26", SwitchPlan(FREE)),
        "2026-05-01",
    ) == [
        f"waits {late}; told late_cancellation",
        f"waits {late}, plan: free on 2026-05-01; told end_without_bill",
        "undone cancellation",
    ]
    assert story.subscription.ended_on == at("2026-05-01")


@pytest.mark.parametrize(
    ("seats", "codes"), [(5, []), (6, ["over_limit"])], ids=["as many", "one more"]
)
def test_a_free_plan_tells_of_seats_beyond_those_that_it_holds(seats, codes):
    story = Story(SMALL, "2026-04-01", seats=seats, rules=FALLS)
    story.change("2026-04-12", Cancel())
    outcome = story.renew("2026-05-01")
    assert told(outcome) == codes
    assert [n.value("excess") for n in outcome.notices] == [1] * len(codes)


@pytest.mark.parametrize(
    ("free", "seats", "codes", "again"),
    [
        pytest.param(
            FREE, {"seat": 2}, ["unit_dropped"], "+60.00 = 60.00", id="with prices"
        ),
        pytest.param(
            Plan("bare", "Bare", 0),
            {"seat": 2, "guest": 3},
            [],
            "+60.00 +15.00 = 75.00",
            id="without any price",
        ),
    ],
)
def test_a_free_plan_keeps_the_units_that_it_knows(free, seats, codes, again):
    rules = BillingRules(free_plan=free)
    story = Story(TWO, "2026-04-01", seats={"seat": 2, "guest": 3}, rules=rules)
    story.change("2026-04-12", Cancel())
    assert told(story.renew("2026-05-01")) == codes
    assert story.subscription.seats == seats
    assert bills(story.change("2026-05-10", SwitchPlan(TWO))) == [
        f"2026-05-10: {again}"
    ]


# Intervals.


def test_an_interval_that_waits_for_the_end_of_a_trial_is_the_first_that_is_paid():
    """12 × 30.00, a year from the end of the trial, and a year later again."""
    sub = adopt(
        SMALL,
        id="s",
        interval=MONTHLY,
        seats=1,
        current_period=Period(at("2026-04-01"), at("2026-05-01")),
        charged=Money.zero("USD"),
        rules=BillingRules(),
        anchor=at("2026-05-01"),
        on=at("2026-04-16"),
        trial_end=at("2026-05-01"),
        pending_updates=[
            PendingUpdate(
                kind=ChangeKind.INTERVAL,
                value=ANNUAL,
                applies_on=at("2026-05-01"),
                requested_on=at("2026-04-16"),
            )
        ],
    )
    for year in (2026, 2027):
        outcome = renew(sub, on=at(f"{year}-05-01"))
        sub = outcome.subscription
        assert bills(outcome) == [f"{year}-05-01: +360.00 = 360.00"]
        assert sub.interval == ANNUAL
        assert next_renewal(sub) == at(f"{year + 1}-05-01")


MIXED = priced(
    "mixed",
    usd("30.00"),
    usd("28.00", interval=DAYS),
    usd("90.00", interval=QUARTERLY),
)


@pytest.mark.parametrize(
    ("before", "after", "bill", "period", "following"),
    [
        # 90.00 × 76/91 = 75.16
        pytest.param(
            MONTHLY,
            QUARTERLY,
            "-15.00 +75.16 = 60.16",
            ("2026-04-01", "2026-07-01"),
            "2026-07-01: +90.00 = 90.00",
            id="months",
        ),
        pytest.param(
            MONTHLY,
            DAYS,
            "-15.00 +14.00 = -1.00 due 0.00",
            ("2026-04-01", "2026-05-01"),
            "2026-05-01: +28.00 = 28.00 due 27.00",
            id="months, then days",
        ),
        pytest.param(
            DAYS,
            MONTHLY,
            "-14.00 +15.00 = 1.00",
            ("2026-04-01", "2026-05-01"),
            "2026-05-01: +30.00 = 30.00",
            id="days, then months",
        ),
    ],
)
@pytest.mark.parametrize("timing", [Timing.IMMEDIATE, Timing.FORFEIT])
def test_an_interval_at_once_keeps_the_grid(
    before, after, bill, period, following, timing
):
    story = Story(MIXED, "2026-04-01", interval=before)
    outcome = story.change("2026-04-16", SwitchInterval(after), timing=timing)
    day = following[:10]
    if timing is Timing.FORFEIT:
        assert bills(outcome) == []
        assert bills(story.renew(day)) == [following.replace(" due 27.00", "")]
    else:
        assert bills(outcome) == [f"2026-04-16: {bill}"]
        assert story.period == period
        assert bills(story.renew(day)) == [following]


def test_a_restart_takes_the_interval_that_waits():
    """60.00 × 15/30 go back, 12 × 30.00 are charged."""
    rules = BillingRules(longer_interval=Timing.PERIOD_END)
    story = Story(LARGE, "2026-04-01", rules=rules)
    story.change("2026-04-10", SwitchInterval(ANNUAL))
    outcome = story.change("2026-04-16", SwitchPlan(SMALL), timing=Timing.RESTART)
    assert line(outcome) == "2026-04-16: -30.00 +360.00 = 330.00"
    assert story.period == ("2026-04-16", "2027-04-16")


# Which plan is the higher one.

FLAT = priced("flat", usd("60.00", flat=True))
YEARLY = priced("yearly", usd("300.00", interval=ANNUAL))
FIFTH_OFF = BillingRules(interval_discounts={ANNUAL: "20"})


@pytest.mark.parametrize(
    ("here", "there", "waits", "more"),
    [
        pytest.param(SMALL, priced("p", usd("31")), False, {}, id="dearer"),
        pytest.param(SMALL, priced("p", usd("30")), False, {}, id="as dear"),
        pytest.param(SMALL, priced("p", usd("29")), True, {}, id="cheaper"),
        pytest.param(SMALL, priced("p", usd("1"), rank=2), False, {}, id="a rank up"),
        pytest.param(SMALL, priced("p", usd("99"), rank=0), True, {}, id="down"),
        pytest.param(SMALL, FLAT, False, {"seats": 1}, id="60.00 flat, 1 × 30.00"),
        pytest.param(SMALL, FLAT, False, {"seats": 2}, id="60.00 flat, 2 × 30.00"),
        pytest.param(SMALL, FLAT, True, {"seats": 3}, id="60.00 flat, 3 × 30.00"),
        pytest.param(
            SMALL, YEARLY, True, {"interval": ANNUAL}, id="300.00 a year, 12 × 30.00"
        ),
        pytest.param(
            YEARLY, SMALL, False, {"interval": ANNUAL}, id="12 × 30.00, 300.00 a year"
        ),
        pytest.param(
            YEARLY,
            SMALL,
            True,
            {"interval": ANNUAL, "rules": FIFTH_OFF},
            id="12 × 24.00, 300.00 a year",
        ),
    ],
)
def test_of_two_plans_of_a_rank_the_one_that_costs_more_is_the_higher(
    here, there, waits, more
):
    story = Story(here, "2026-04-01", **more)
    outcome = story.change("2026-04-16", SwitchPlan(there))
    assert bool(waiting(outcome.subscription)) is waits


# What is charged.


@pytest.mark.parametrize(
    ("amounts", "steps", "expected"),
    [
        # 60.00 off 60.00; it does not grow inside the period
        pytest.param(
            ["100.00"],
            [("2026-04-16", AddSeats(2)), "2026-05-01"],
            [
                "2026-04-01: +60.00 -60.00 = 0.00",
                "2026-04-16: +30.00 = 30.00",
                "2026-05-01: +120.00 -100.00 = 20.00",
            ],
            id="more off than there is",
        ),
        # 30.00 are left of 45.00: (45.00 − 30.00) / 2 come back, and again
        pytest.param(
            ["45.00"],
            [
                ("2026-04-16", RemoveSeats(1)),
                ("2026-04-16", AddSeats(1)),
                "2026-05-01",
            ],
            [
                "2026-04-01: +60.00 -45.00 = 15.00",
                "2026-04-16: -15.00 +7.50 = -7.50 due 0.00",
                "2026-04-16: +15.00 -7.50 = 7.50 due 0.00",
                "2026-05-01: +60.00 -45.00 = 15.00",
            ],
            id="a seat that goes and comes back on a day",
        ),
        # 30.00 are left of 55.00: all of 10.00, then 15.00 of 45.00, for half a month
        pytest.param(
            ["45.00", "10.00"],
            [
                ("2026-04-16", RemoveSeats(1)),
                ("2026-04-21", AddSeats(1)),
                "2026-05-01",
            ],
            [
                "2026-04-01: +60.00 -45.00 -10.00 = 5.00",
                "2026-04-16: -15.00 +7.50 +5.00 = -2.50 due 0.00",
                "2026-04-21: +10.00 = 10.00 due 7.50",
                "2026-05-01: +60.00 -45.00 -10.00 = 5.00",
            ],
            id="the last is cut first",
        ),
    ],
)
def test_a_fixed_discount_takes_off_what_there_is(amounts, steps, expected):
    discounts = [Discount.fixed(a, "USD", id=f"d{a}") for a in amounts]
    story = Story(SMALL, "2026-04-01", seats=2, discounts=discounts, rules=AT_ONCE)
    assert [line(story.opening), *lines(story, *steps)] == expected


def test_in_arrears_each_stretch_is_billed_at_the_end():
    """10 days of 2, 10 of 3, 10 of 1; then 10 of 31 days of 1."""
    story = Story(
        priced("late", usd("30.00", in_arrears=True)),
        "2026-04-01",
        seats=2,
        rules=AT_ONCE,
    )
    assert lines(
        story,
        ("2026-04-11", AddSeats(1)),
        ("2026-04-21", RemoveSeats(2)),
        "2026-05-01",
    ) == ["", "", "2026-05-01: +20.00 +30.00 +10.00 = 60.00"]
    ended = story.change("2026-05-11", Cancel(), timing=Timing.IMMEDIATE)
    assert line(ended) == "2026-05-11: +9.68 = 9.68"


def test_a_seat_that_makes_all_cheaper_gives_back():
    """2 × 10.00, 3 × 4.00: −8.00 / 2, and back."""
    tiers = [Tier(up_to=2, unit_amount="10"), Tier(up_to=None, unit_amount="4")]
    sold = priced("volume", usd(tiers=tiers, tiers_mode="volume"))
    story = Story(sold, "2026-04-01", seats=2, rules=AT_ONCE)
    assert lines(
        story,
        ("2026-04-16", AddSeats(1)),
        ("2026-04-16", RemoveSeats(1)),
        "2026-05-01",
    ) == [
        "2026-04-16: -4.00 = -4.00 due 0.00",
        "2026-04-16: +4.00 = 4.00 due 0.00",
        "2026-05-01: +20.00 = 20.00",
    ]


@pytest.mark.parametrize(
    ("settlement", "next_ones", "last", "refund"),
    [
        pytest.param(
            Settlement.ON_RENEWAL,
            ["2027-01-01", "2027-01-01"],
            "+355.00 +320.00 -945.00 = -270.00 due 0.00",
            "270.00",
            id="with the renewal",
        ),
        pytest.param(
            Settlement.MONTHLY,
            ["2026-02-01", "2026-03-01"],
            "+320.00 -945.00 = -625.00 due 0.00",
            "625.00",
            id="each month",
        ),
    ],
)
def test_what_was_to_be_settled_is_settled_at_the_end(
    settlement, next_ones, last, refund
):
    """A seat costs 1.00 a day: 355 and 320 days of one, 315 of three."""
    rules = BillingRules(settlement=settlement)
    sold = priced("yearly", usd("365.00", interval=ANNUAL))
    story = Story(sold, "2026-01-01", interval=ANNUAL, rules=rules)
    days = []
    for day in ("2026-01-11", "2026-02-15"):
        story.change(day, AddSeats(1))
        days.append(next_renewal(story.subscription))
    assert days == [at(day) for day in next_ones]
    ended = story.change("2026-02-20", Cancel(), timing=Timing.IMMEDIATE)
    assert bills(ended) == [f"2026-02-20: {last}"]
    assert digits(ended.refund_due) == refund
    assert story.subscription.accrued_lines == ()
    assert next_renewal(story.subscription) is None
