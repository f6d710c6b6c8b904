"""Another plan, interval, package or number: one small thing of the engine a test.

In April a seat at 30.00 costs 1.00 a day, one at 60.00 costs 2.00.
"""

from __future__ import annotations

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
    Discount,
    EndPause,
    Extend,
    Freeze,
    Interval,
    Money,
    Pause,
    RecordCreditNote,
    RemoveAddOn,
    RemoveSeats,
    Reprice,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Term,
    Tier,
    Timing,
    Unfreeze,
    bill,
    renew,
)
from seatbill.errors import (
    OutOfBoundsError,
    RequirementError,
    TooFewSeatsError,
    UnknownItemError,
)
from seatbill.rules import Direction
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, at, bills, digits, sum_of

TEN_DAYS, THIRTY_DAYS = Interval(days=10), Interval(days=30)
MOST = 10**12
"""How many of a unit one subscription may own."""


# Intervals.


@pytest.mark.parametrize(
    "timing", [Timing.IMMEDIATE, Timing.RESTART, Timing.PERIOD_END]
)
def test_another_interval_has_other_bounds_for_an_add_on(timing):
    yearly = usd("100.00", unit="sso", interval=ANNUAL, min_quantity=3)
    sso = AddOn("sso", "SSO", [usd("10.00", unit="sso"), yearly])
    story = Story(SMALL, "2026-04-01", add_ons=[(sso, 2)])
    with pytest.raises(TooFewSeatsError):
        story.change("2026-04-16", SwitchInterval(ANNUAL), timing=Timing(timing))


def test_thirty_days_are_no_longer_than_a_month():
    rules = BillingRules(
        longer_interval=Timing.RESTART, shorter_interval=Timing.PERIOD_END
    )
    sold = priced("sold", usd("30.00"), usd("30.00", interval=THIRTY_DAYS))
    for interval, other, end in (
        (MONTHLY, THIRTY_DAYS, "2026-06-01"),
        (THIRTY_DAYS, MONTHLY, "2026-05-31"),
    ):
        story = Story(sold, "2026-05-01", interval=interval, rules=rules)
        outcome = story.change("2026-05-11", SwitchInterval(other))
        assert waiting(outcome.subscription) == [f"interval: {other} on {end}"]


@pytest.mark.parametrize(
    "rules",
    [
        BillingRules(upgrade=Timing.RESTART, longer_interval=Timing.IMMEDIATE),
        BillingRules(upgrade=Timing.IMMEDIATE, longer_interval=Timing.RESTART),
    ],
    ids=["by the plan", "by the interval"],
)
def test_a_plan_and_an_interval_restart_together_where_one_does(rules):
    """15 of 30.00 come back for 15 days; a whole quarter at 3 × 60.00."""
    story = Story(SMALL, "2026-04-01", rules=rules)
    outcome = story.change("2026-04-16", SwitchPlan(LARGE, interval=QUARTERLY))
    assert bills(outcome) == ["2026-04-16: -15.00 +180.00 = 165.00"]
    assert story.period == ("2026-04-16", "2026-07-16")


def test_from_days_to_months_at_once_the_month_begins_with_the_running_days():
    """5.00 come back for 5 of 10 days; 25 of the 30 days to 11 May are charged."""
    rules = BillingRules(longer_interval=Timing.IMMEDIATE)
    sold = priced("sold", usd("30.00"), usd("10.00", interval=TEN_DAYS))
    story = Story(sold, "2026-04-01", interval=TEN_DAYS, rules=rules)
    story.renew("2026-04-11")
    outcome = story.change("2026-04-16", SwitchInterval(MONTHLY))
    assert bills(outcome) == ["2026-04-16: -5.00 +25.00 = 20.00"]
    assert story.period == ("2026-04-11", "2026-05-11")


def test_a_price_for_the_day_on_which_a_late_interval_begins_comes_with_it():
    """Late on 25 April, ten days at a time begin on 1 June, and so does their price."""
    sold = priced("sold", usd("30.00"), usd("10.00", interval=TEN_DAYS))
    dearer = priced("sold", usd("30.00"), usd("11.00", interval=TEN_DAYS))
    story = Story(sold, "2026-04-01", rules=BillingRules(notice_days=10))
    story.change("2026-04-25", SwitchInterval(TEN_DAYS), timing=Timing.PERIOD_END)
    outcome = story.change("2026-04-26", Reprice(dearer, at("2026-06-01")))
    assert waiting(outcome.subscription) == [
        "interval: 10 days on 2026-06-01",
        "price sold: sold on 2026-06-01",
    ]
    assert bills(story.renew("2026-06-11")) == [
        "2026-05-01: +30.00 = 30.00",
        "2026-06-01: +11.00 = 11.00",
        "2026-06-11: +11.00 = 11.00",
    ]


# Plans.


def test_who_left_in_a_trial_and_comes_back_on_a_day_of_a_history_pays():
    free = priced("free", usd("0"), rank=0)
    rules = BillingRules(free_plan=free)
    story = Story(SMALL, "2026-04-01", rules=rules, trial_end="2026-05-01")
    history = [
        (at("2026-04-06"), Cancel(), Timing.IMMEDIATE),
        (at("2026-04-11"), SwitchPlan(SMALL)),
        (at("2026-04-26"), AddSeats(2)),  # 15 of 30 days
    ]
    statement = bill(story.opening, history, until=at("2026-05-10"))
    assert [(i.issued_on, digits(i.total)) for i in statement.invoices] == [
        (at("2026-04-11"), "30.00"),
        (at("2026-04-26"), "30.00"),
    ]


# A package.


def test_another_package_leaves_the_seats_alone_that_are_called_as_the_old_one():
    rooms = priced("rooms", usd("30.00", unit="room"))
    old = AddOn("room", "Room", [usd("10.00", unit="a")], family="size", rank=1)
    new = AddOn("hall", "Hall", [usd("20.00", unit="b")], family="size", rank=2)
    story = Story(rooms, "2026-04-01", seats={"room": 3}, add_ons=[(old, 1)])
    story.change("2026-04-06", RemoveSeats(1, unit="room"))
    outcome = story.change("2026-04-16", SwitchPackage(old, new))
    assert bills(outcome) == ["2026-04-16: -5.00 +10.00 = 5.00"]
    assert waiting(outcome.subscription) == ["seats room: 2 on 2026-05-01"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +60.00 +20.00 = 80.00"]


# What a term holds, asked for too late for its end: on 25 November, with 40 days of
# notice, and the term of a year from 1 January.

LATE = BillingRules(notice_days=40, seats_removed=Timing.PERIOD_END)


def test_a_term_is_named_by_its_end_where_notice_for_that_is_short():
    story = Story(LARGE, "2026-01-01", rules=LATE, term=Term(interval=ANNUAL))
    story.renew("2026-11-01")
    outcome = story.change("2026-11-25", SwitchPlan(SMALL))
    assert waiting(outcome.subscription) == ["plan: small on 2028-01-01"]
    assert told(outcome) == ["late_notice", "plan_scheduled"]
    notice, _ = outcome.notices
    assert (notice.code, dict(notice.values)) == (
        "late_notice",
        {"boundary": at("2027-01-01"), "on": at("2028-01-01")},
    )


def test_a_plan_for_the_next_period_takes_the_place_of_one_that_a_term_holds():
    high = priced("high", usd("90.00"), rank=3)
    story = Story(LARGE, "2026-01-01", rules=LATE, term=Term(interval=ANNUAL))
    story.renew("2026-11-01")
    story.change("2026-11-25", SwitchPlan(SMALL))
    outcome = story.change("2026-11-26", SwitchPlan(high), timing=Timing.PERIOD_END)
    assert waiting(outcome.subscription) == ["plan: high on 2027-01-01"]
    assert [update.value for update in outcome.replaced] == [SMALL]


@pytest.mark.parametrize(
    ("exempt", "last"),
    [
        pytest.param(Direction.ADD_ON_REMOVED, "2028-01-01", id="add-ons"),
        pytest.param(Direction.SEATS_REMOVED, "2027-01-01", id="seats"),
    ],
)
def test_seats_below_the_least_of_a_term_need_the_notice_of_seats(exempt, last):
    """Of eight, six are held.  Notice is too late for the end of the term, or none."""
    rules = BillingRules(notice_days=40, notice_exempt=[exempt])
    term = Term(interval=ANNUAL, minimum={"seat": 6})
    story = Story(SMALL, "2026-01-01", seats=8, rules=rules, term=term)
    story.renew("2026-11-01")
    outcome = story.change("2026-11-25", RemoveSeats(5))
    assert waiting(outcome.subscription)[-1] == f"seats seat: 3 on {last}"


# Quantities.


def test_as_many_as_may_be_owned_can_be_added():
    """A million million seats, of which one costs nothing that could be paid."""
    cheap = priced("cheap", usd("0.000001"))  # half of it
    story = Story(cheap, "2026-04-01", seats=MOST - 1)
    with pytest.raises(OutOfBoundsError):
        story.change("2026-04-16", AddSeats(2))
    story.change("2026-04-16", AddSeats(1))
    assert story.subscription.seats == {"seat": MOST}


@pytest.mark.parametrize(
    ("before", "runs"),
    [([], [15]), ([SetTaxRates([TaxRate("vat", "0.2")])], [10, 5])],
    ids=["as the others", "taxed in another way"],
)
def test_seats_that_make_all_others_cheaper_may_cost_nothing(before, runs):
    """15 seats at 2.00 cost what 10 at 3.00 do: a charge of nothing for five.

    Also where none runs that is taxed as they are.
    """
    tiers = [Tier(unit_amount="3.00", up_to=10), Tier(unit_amount="2.00", up_to=None)]
    sold = priced("tiers", usd(tiers=tiers, tiers_mode="volume"))
    story = Story(sold, "2026-04-01", seats=10)
    outcome = story.change("2026-04-16", *before, AddSeats(5))
    assert bills(outcome) == ["2026-04-16: +0.00 = 0.00"]
    (line,) = outcome.invoice.lines
    assert (line.kind.value, line.quantity) == ("charge", 5)
    assert [charge.quantity for charge in story.subscription.charges] == runs


def test_a_seat_that_costs_nothing_comes_and_goes_on_a_line_of_nothing():
    rules = BillingRules(seats_removed=Timing.IMMEDIATE)
    story = Story(priced("none", usd("0")), "2026-04-01", seats=3, rules=rules)
    for change, quantity in ((RemoveSeats(1), -1), (AddSeats(1), 1)):
        (line,) = story.change("2026-04-16", change).invoice.lines
        known = line.kind.value, line.quantity, digits(line.amount)
        assert known == ("charge", quantity, "0.00")


# A history.


def test_a_history_keeps_several_changes_with_the_timing_that_was_given_by_hand():
    story = Story(SMALL, "2026-04-01", seats=3)
    changes = [RemoveSeats(1), AddSeats(2)]
    history = [(at("2026-04-16"), changes, Timing.IMMEDIATE)]
    statement = bill(story.opening, history, until=at("2026-04-30"))
    assert statement.history == ((at("2026-04-16"), tuple(changes), Timing.IMMEDIATE),)
    assert statement.outcomes[0].timing is Timing.IMMEDIATE


def test_a_freeze_that_has_ended_by_itself_stops_no_change_of_a_later_day():
    """Five days from the 6th: April lasts to 6 May, and 20 of 30 days are left."""
    story = Story(SMALL, "2026-04-01", rules=BillingRules(max_freeze_days=5))
    story.change("2026-04-06", Freeze())
    outcome = story.change("2026-04-16", AddSeats(1))
    assert bills(outcome)[-1] == "2026-04-16: +20.00 = 20.00"
    assert story.period == ("2026-04-06", "2026-05-06")


def test_a_pause_that_ends_with_nothing_to_charge_leaves_what_follows_to_the_renewal():
    """A seat in arrears for 20 of 30 days, SSO at 12.00 for 15, and for May."""
    late = priced("late", usd("30.00", in_arrears=True))
    sso = AddOn("sso", "SSO", [usd("12.00", unit="sso")])
    rules = BillingRules(settlement=Settlement.ON_RENEWAL)
    story = Story(late, "2026-03-01", rules=rules)
    story.change("2026-03-10", Pause(3))
    story.renew("2026-04-01")
    history = [
        (at("2026-04-11"), EndPause()),  # 20 of 30 days are billed on 1 May
        (at("2026-04-16"), AddAddOn(sso)),
    ]
    statement = bill(story.subscription, history, until=at("2026-05-01"))
    assert [i.issued_on for i in statement.invoices] == [at("2026-05-01")]
    story.change("2026-04-11", EndPause())
    assert bills(story.change("2026-04-16", AddAddOn(sso))) == []


# Days.


@pytest.mark.parametrize("from_day", ["2026-06-15", "2026-06-21"])
def test_a_price_comes_with_the_first_days_on_or_after_its_own(from_day):
    """Late on 25 April, ten days at a time begin on 1 June: 1, 11 and 21 June."""
    sold = priced("sold", usd("30.00"), usd("10.00", interval=TEN_DAYS))
    dearer = priced("sold", usd("30.00"), usd("11.00", interval=TEN_DAYS))
    story = Story(sold, "2026-04-01", rules=BillingRules(notice_days=10))
    story.change("2026-04-25", SwitchInterval(TEN_DAYS), timing=Timing.PERIOD_END)
    outcome = story.change("2026-04-26", Reprice(dearer, at(from_day)))
    assert waiting(outcome.subscription)[-1] == "price sold: sold on 2026-06-21"
    told = [sum_of(invoice) for invoice in story.renew("2026-06-21").invoices]
    assert told == ["+30.00 = 30.00", *["+10.00 = 10.00"] * 2, "+11.00 = 11.00"]


def test_who_may_freeze_but_does_not_ends_with_the_period():
    story = Story(
        SMALL, "2026-04-01", rules=BillingRules(max_freeze_days=20, notice_days=10)
    )
    (notice,) = story.change("2026-04-25", Cancel()).notices
    assert notice.code == "late_cancellation"
    assert dict(notice.values) == {
        "boundary": at("2026-05-01"),
        "on": at("2026-06-01"),
        "cost": Money("30.00", "USD"),
    }


def test_what_waits_for_the_month_waits_longer_by_a_freeze():
    """A quarter from 1 April: 91 days, at 91.00.  Frozen over 1 May, for seven days."""
    rules = BillingRules(settlement=Settlement.MONTHLY, max_freeze_days=20)
    story = Story(
        priced("sold", usd("91.00", interval=QUARTERLY)),
        "2026-04-01",
        interval=QUARTERLY,
        rules=rules,
    )
    story.change("2026-04-20", AddSeats(1))  # 72 days are left
    story.change("2026-04-28", Freeze())
    story.change("2026-05-05", Unfreeze())
    assert bills(story.renew("2026-05-07")) == []
    assert bills(story.renew("2026-05-08")) == ["2026-05-08: +72.00 = 72.00"]


def test_days_of_another_length_begin_where_a_pause_ends():
    seven = Interval(days=7)
    sold = priced("sold", usd("10.00", interval=TEN_DAYS), usd("7.00", interval=seven))
    story = Story(sold, "2026-04-01", interval=TEN_DAYS)
    story.change("2026-04-05", Pause(1))
    story.renew("2026-04-11")
    story.change("2026-04-12", SwitchInterval(seven), timing=Timing.PERIOD_END)
    assert bills(story.renew("2026-04-21")) == ["2026-04-21: +7.00 = 7.00"]
    assert story.period == ("2026-04-21", "2026-04-28")


@pytest.mark.parametrize(
    ("interval", "other", "bill", "period"),
    [
        # April and five days more.
        (MONTHLY, TEN_DAYS, "+10.00 = 10.00", ("2026-05-06", "2026-05-16")),
        # 1 to 11 April, and five days more.
        (TEN_DAYS, MONTHLY, "+30.00 = 30.00", ("2026-04-16", "2026-05-16")),
    ],
    ids=["to days", "to months"],
)
def test_days_and_months_follow_each_other_from_the_end_of_given_days(
    interval, other, bill, period
):
    sold = priced("sold", usd("30.00"), usd("10.00", interval=TEN_DAYS))
    story = Story(sold, "2026-04-01", interval=interval)
    story.change("2026-04-05", Extend(5))
    story.change("2026-04-06", SwitchInterval(other), timing=Timing.PERIOD_END)
    assert bills(story.renew(period[0])) == [f"{period[0]}: {bill}"]
    assert story.period == period


RADIO = AddOn(
    "radio",
    "Radio",
    [usd("91.00", unit="radio", interval=QUARTERLY)],
    interval=QUARTERLY,
)


def test_a_unit_that_is_called_as_an_add_on_with_its_own_period_leaves_with_the_plan():
    sold = priced("sold", usd("30.00", unit="radio"))
    story = Story(sold, "2026-04-01", seats={"radio": 2}, add_ons=[(RADIO, 1)])
    outcome = story.change("2026-04-10", RemoveSeats(1, unit="radio"))
    assert waiting(outcome.subscription) == ["seats radio: 1 on 2026-05-01"]


def test_late_notice_of_what_shares_the_period_beside_what_runs_alone():
    """By 21 April, and by 20 June for the quarter."""
    sso = AddOn("sso", "SSO", [usd("10.00", unit="sso")])
    story = Story(
        SMALL,
        "2026-04-01",
        add_ons=[(RADIO, 1), (sso, 1)],
        rules=BillingRules(notice_days=10),
    )
    story.change("2026-04-25", RemoveAddOn(sso, 1))
    outcome = story.change("2026-04-25", RemoveAddOn(RADIO, 1))
    assert waiting(outcome.subscription) == [
        "add_on sso: 0 sso on 2026-06-01",
        "add_on radio: 0 radio on 2026-07-01",
    ]


# What an add-on needs.

BASE = AddOn("base", "Base", [usd("10.00", unit="base")])
MORE = AddOn("more", "More", [usd("20.00", unit="more")], requires_add_ons=["base"])
ONLY_SMALL = AddOn("s", "S", [usd("10.00", unit="s")], requires_plans=["small"])


def test_an_add_on_needs_now_that_which_it_is_to_have_later():
    story = Story(SMALL, "2026-04-01")
    for timing in (Timing.PERIOD_END, Timing.IMMEDIATE):
        with pytest.raises(RequirementError):
            story.change("2026-04-16", AddAddOn(MORE), timing=timing)


@pytest.mark.parametrize("timing", [Timing.PERIOD_END, Timing.IMMEDIATE])
def test_an_add_on_stays_that_another_needs(timing):
    story = Story(SMALL, "2026-04-01", add_ons=[(BASE, 1), (MORE, 1)])
    with pytest.raises(RequirementError):
        story.change("2026-04-16", RemoveAddOn(BASE, 1), timing=timing)


@pytest.mark.parametrize(
    ("timing", "changes", "expected"),
    [
        # Half of 30.00 and of 10.00 come back, and half of 60.00 is charged.
        (Timing.IMMEDIATE, [], "-15.00 -5.00 +30.00 = 10.00"),
        # Half of BASE beside it, which is asked for and saves nothing.
        (Timing.IMMEDIATE, [AddAddOn(BASE)], "-15.00 -5.00 +30.00 +5.00 = 15.00"),
        # It was to leave at the end, but its plan is not there any more.
        (None, [RemoveAddOn(ONLY_SMALL, 1)], "-15.00 -5.00 +30.00 = 10.00"),
        # Nothing comes back, and nothing is charged.
        (Timing.FORFEIT, [], None),
    ],
    ids=["at once", "beside another", "that was to leave", "forfeited"],
)
def test_an_add_on_without_its_plan_goes_as_the_plan_does(timing, changes, expected):
    story = Story(SMALL, "2026-04-01", add_ons=[(ONLY_SMALL, 1)])
    outcome = story.change("2026-04-16", *changes, SwitchPlan(LARGE), timing=timing)
    lines = sorted(
        line.amount for invoice in outcome.invoices for line in invoice.lines
    )
    wanted = expected.split(" = ")[0].split() if expected else []
    assert [digits(amount) for amount in lines] == sorted(
        [amount.removeprefix("+") for amount in wanted], key=float
    )
    assert "add_on_dropped" in told(outcome)
    assert story.subscription.add_on_quantity("s") == 0


@pytest.mark.parametrize("key", ["1", "story:x", "story:", "other:1", "1/credit-1"])
def test_a_note_has_the_key_of_an_invoice_of_its_subscription(key):
    story = Story(SMALL, "2026-04-01")
    with pytest.raises(UnknownItemError):
        story.change("2026-04-16", RecordCreditNote(key, []))


def test_a_discount_for_a_period_waits_for_one_in_which_something_was_measured():
    """Half of 10.00, once: in May.  In April nothing was used."""
    sold = priced("used", usd("1.00", measured=True, in_arrears=True))
    half = Discount.percent("50", id="half", periods=1)
    now = Story(sold, "2026-04-01", seats={}, discounts=[half]).subscription
    found = []
    for day, used in (("2026-05-01", 0), ("2026-06-01", 10), ("2026-07-01", 10)):
        outcome = renew(now, on=at(day), measured={"seat": used})
        now = outcome.subscription
        found.append([digits(invoice.total) for invoice in outcome.invoices])
    assert found == [["0.00"], ["5.00"], ["10.00"]]
