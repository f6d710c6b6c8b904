"""What most subscriptions do, and where it meets what few have: worked figures.

In April a seat of the small plan costs 1.00 a day, one of the large plan 2.00.
"""

from __future__ import annotations

import pickle

import attrs
import pytest

from plain_stories import LATE, NAMED, SAME_RANK, STEPS, VAT, WIDE
from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddSeats,
    BillingRules,
    Cancel,
    GrantCredit,
    Interval,
    Money,
    Period,
    RemoveSeats,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    Timing,
    adopt,
    bill,
    change,
    renew,
    subscribe,
    verify,
)
from seatbill.errors import (
    IntervalNotOfferedError,
    TooManyLinesError,
    TooManySeatsError,
)
from seatbill.limits import Limits
from shop import LARGE, SMALL, priced, usd
from stories import Story, at, plan

WAITS = BillingRules(longer_interval=Timing.PERIOD_END)
DAYS = priced("days", usd("30.00"), usd("31.00", interval=Interval(days=30)))


def told(plan=SMALL, *entries, seats=10, until="2026-04-30", rules=WAITS, **more):
    """Return the statement of a story from 1 April, the same call by call."""
    opening = subscribe(
        plan,
        id="s",
        interval=MONTHLY,
        seats=seats,
        on=at("2026-04-01"),
        rules=rules,
        **more,
    )
    history = [(at(day), change) for day, change in entries]
    return proved(bill(opening, history, until=at(until)))


def proved(statement):
    """Return *statement*; its invoices prove themselves, and so do single calls."""
    for invoice in statement.invoices:
        assert verify(invoice) == ()
    if statement.outcomes:
        assert statement.outcomes[-1].subscription == statement.subscription
    return statement


def sums(statement):
    """Return the totals of the invoices, as digits."""
    return [str(invoice.total.amount) for invoice in statement.invoices]


def test_a_plain_month():
    statement = told(
        SMALL,
        ("2026-04-16", AddSeats(2)),
        ("2026-04-21", SwitchPlan(LARGE)),
        ("2026-04-22", SwitchPlan(SMALL)),
        ("2026-04-23", SwitchInterval(ANNUAL)),
        until="2026-05-01",
    )
    # 10 x 30.00; 2 x 15 days; 12 x 10 days at 2.00 less at 1.00; 12 x 12 x 30.00.
    assert sums(statement) == ["300.00", "30.00", "120.00", "4320.00"]


def test_every_field_of_what_is_made_is_filled():
    """A row without its field is an AttributeError that nobody could explain."""
    entries = ("2026-04-16", AddSeats(2)), ("2026-04-21", SwitchPlan(LARGE))
    statement = told(SMALL, *entries, tax_rates=(VAT,))
    sub = statement.subscription
    lines = [line for invoice in statement.invoices for line in invoice.lines]
    taxes = [tax for invoice in statement.invoices for tax in invoice.taxes]
    terms = [line.terms for line in lines]
    for value in (sub, *sub.charges, *statement.invoices, *lines, *taxes, *terms):
        assert attrs.evolve(value) == value


def test_a_credit_balance_pays_for_the_next_steps():
    statement = told(
        SMALL,
        ("2026-04-16", GrantCredit(Money("20.00", "USD"), "sorry")),
        ("2026-04-16", AddSeats(2)),
        ("2026-04-21", AddSeats(1)),
    )
    due = [str(invoice.amount_due.amount) for invoice in statement.invoices]
    assert due == ["300.00", "10.00", "10.00"]


def test_each_step_is_taxed():
    entries = ("2026-04-16", AddSeats(2)), ("2026-04-21", SwitchPlan(LARGE))
    assert sums(told(SMALL, *entries, tax_rates=(VAT,))) == [
        "360.00",
        "36.00",
        "144.00",
    ]


def test_an_upgrade_to_a_cheaper_plan_of_a_higher_rank_leaves_a_balance():
    cheap = plan("15.00", id="cheap", rank=9)
    statement = told(SMALL, ("2026-04-16", SwitchPlan(cheap)), until="2026-05-01")
    assert sums(statement) == ["300.00", "-75.00", "150.00"]
    assert str(statement.invoices[2].amount_due.amount) == "75.00"


def test_price_tables_do_not_pile_up_on_a_plan():
    listed = attrs.evolve(SMALL, name="listed")
    for n in range(50):
        rules = BillingRules(name=f"rules {n}")
        on = at("2026-04-01")
        subscribe(listed, id="s", interval=MONTHLY, seats=1, on=on, rules=rules)
    assert len(listed.price_tables) == 16
    kept = listed.price_tables[0]
    subscribe(listed, id="s", interval=MONTHLY, seats=1, on=on, rules=rules)
    assert listed.price_tables[0] is kept
    for copied in (attrs.evolve(listed), pickle.loads(pickle.dumps(listed))):
        assert (copied, hash(copied), repr(copied)) == (
            listed,
            hash(listed),
            repr(listed),
        )
        assert not hasattr(copied, "price_tables")


@pytest.mark.parametrize(
    ("opened", "entries", "totals"),
    [
        pytest.param(
            WIDE, [("2026-04-16", AddSeats(2))], "600.00 60.00 20.00", id="two units"
        ),
        pytest.param(
            STEPS, [("2026-04-16", AddSeats(2))], "600.00 60.00 20.00", id="bounds"
        ),
        pytest.param(
            SMALL,
            [("2026-04-16", SwitchPlan(SAME_RANK))],
            "300.00 75.00 15.00",
            id="a dearer plan of the same rank",
        ),
        pytest.param(
            NAMED,
            [("2026-04-16", SwitchPlan(LARGE))],
            "300.00 150.00 20.00",
            id="features are lost",
        ),
        pytest.param(
            SMALL,
            [("2026-04-16", SwitchPlan(LARGE, QUARTERLY))],
            "300.00 150.00 20.00",
            id="a plan now, an interval later",
        ),
        pytest.param(
            LARGE,
            [("2026-04-16", SwitchPlan(SMALL)), ("2026-04-17", SwitchPlan(SAME_RANK))],
            "600.00 20.00",
            id="a plan in the place of another",
        ),
        pytest.param(
            LARGE,
            [("2026-04-16", SwitchPlan(SMALL)), ("2026-04-17", SwitchPlan(STEPS))],
            "600.00 0.00 20.00",
            id="a higher plan drops the lower one",
        ),
        pytest.param(
            LARGE,
            [("2026-04-16", RemoveSeats(2)), ("2026-04-17", SwitchPlan(SMALL))],
            "600.00",
            id="a removal and a lower plan",
        ),
        pytest.param(
            DAYS,
            [("2026-04-16", SwitchInterval(Interval(days=30)))],
            "300.00 10.00",
            id="an interval of days",
        ),
    ],
)
def test_steps_that_few_take(opened, entries, totals):
    """At the last of them one seat is added, with 10 of 30 days left.

    It is 10.00, 15.00 or 20.00, as 1.00, 1.50 or 2.00 a day are the price; where a
    removal is scheduled the seat that was to leave stays, free of charge.
    """
    statement = told(opened, *entries, ("2026-04-21", AddSeats(1)), until="2026-04-30")
    assert " ".join(sums(statement)) == totals


@pytest.mark.parametrize(
    ("more", "totals"),
    [
        ({"trial_end": at("2026-04-10")}, "300.00 48.00 228.00"),
        ({"occupied": 3}, "300.00 30.00 120.00"),
        ({"seats": 0}, "30.00 20.00"),
        ({"upgrade": Timing.PERIOD_END}, "300.00 30.00"),
        ({"seats_added": Timing.PERIOD_END}, "300.00 100.00"),
        ({"settlement": Settlement.ON_RENEWAL}, "300.00"),
        ({"intervals": (MONTHLY, ANNUAL)}, "300.00 30.00 120.00"),
    ],
    ids=lambda more: next(iter(more)) if isinstance(more, dict) else "",
)
def test_a_subscription_that_few_have(more, totals):
    entries = [
        ("2026-04-16", AddSeats(2)),
        ("2026-04-21", SwitchPlan(LARGE)),
        ("2026-04-23", SwitchInterval(ANNUAL)),
    ]
    rules = {name: more[name] for name in more if hasattr(WAITS, name)}
    others = {name: more[name] for name in more if name not in rules}
    statement = told(SMALL, *entries, rules=attrs.evolve(WAITS, **rules), **others)
    assert " ".join(sums(statement)) == totals


@pytest.mark.parametrize(
    "asked", [AddSeats(2), SwitchPlan(LARGE), SwitchInterval(ANNUAL)]
)
@pytest.mark.parametrize("seats", [{"seat": 4}, {"seat": 0}, {"seat": 4, "guest": 0}])
def test_a_period_on_which_nothing_is_open_gives_nothing_back(seats, asked):
    """Whoever adopts a customer may hand over a period on which nothing is open."""
    sub = adopt(
        SMALL if len(seats) == 1 else WIDE,
        id="s",
        interval=MONTHLY,
        seats=seats,
        current_period=Period(at("2026-04-01"), at("2026-05-01")),
        charged=(),
        rules=WAITS,
    )
    statement = proved(bill(sub, [(at("2026-04-16"), asked)], until=at("2026-06-01")))
    lines = [line for invoice in statement.invoices for line in invoice.lines]
    assert all(line.amount.minor_units >= 0 for line in lines)


@pytest.mark.parametrize("asked", [AddSeats(2), SwitchPlan(LARGE)])
@pytest.mark.parametrize(
    "held",
    [
        {},
        {"terms": {"unit_scaled": 2900}},
        {"terms": {"in_arrears": True}, "since": at("2026-04-10")},
        {"free": True, "charged_minor": 0},
    ],
    ids=["equal terms", "another price", "in arrears", "free of charge"],
)
def test_a_charge_that_came_from_a_store(held, asked):
    opened = Story(SMALL, "2026-04-01", seats=10, rules=WAITS).subscription
    (charge,) = opened.charges
    terms = attrs.evolve(charge.terms, **held.get("terms", {}))
    charge = attrs.evolve(charge, **{**held, "terms": terms})
    sub = attrs.evolve(opened, charges=(charge,))
    outcome = change(sub, asked, on=at("2026-04-16"))
    if asked == AddSeats(2):  # on the charge of its terms, or on one of its own
        same = not held
        assert len(outcome.subscription.charges) == (1 if same else 2)
        assert str(outcome.invoice.total.amount) == "30.00"
        return
    # 150.00 back for the 15 days that are left, and 300.00 charged for them.
    gives_back = "terms" not in held or "unit_scaled" in held["terms"]
    total = "150.00" if gives_back and "free" not in held else "300.00"
    assert str(outcome.invoice.total.amount) == total


@pytest.mark.parametrize("kind", [SwitchPlan(SMALL), SwitchInterval(ANNUAL)])
def test_what_is_scheduled_for_the_period_after_next_stays_so(kind):
    """It was asked for late, under rules that asked for notice then."""
    notice = attrs.evolve(WAITS, notice_days=20)
    opened = Story(LARGE, "2026-04-01", seats=10, rules=notice).subscription
    late = change(opened, kind, on=at("2026-04-16")).subscription
    assert [update.periods_left for update in late.pending_updates] == [1]
    sub = attrs.evolve(late, rules=WAITS)
    statement = proved(bill(sub, [], until=at("2026-06-01")))
    assert sums(statement)[0] == "600.00"
    assert sums(statement)[1] == ("300.00" if kind == SwitchPlan(SMALL) else "7200.00")


def test_an_interval_that_is_not_offered_is_refused():
    rules = attrs.evolve(WAITS, intervals=(MONTHLY, ANNUAL))
    opened = Story(SMALL, "2026-04-01", seats=10, rules=rules).subscription
    with pytest.raises(IntervalNotOfferedError) as refused:
        change(opened, SwitchInterval(QUARTERLY), on=at("2026-04-16"))
    assert refused.value.as_dict()["code"] == "interval_not_offered"


def test_the_first_paid_period_after_a_trial_is_the_one_of_the_grid():
    statement = told(
        SMALL,
        ("2026-04-05", AddSeats(2)),
        ("2026-04-20", RemoveSeats(2)),
        trial_end=at("2026-04-10"),
        anchor=at("2026-04-01"),
        until="2026-05-01",
    )
    assert sums(statement) == ["252.00", "300.00"]  # 12 x 30.00 x 21/30; 10 x 30.00


def test_what_ran_in_arrears_is_billed_at_the_renewal():
    top = plan("90.00", id="top", rank=9)
    statement = told(
        LATE,
        ("2026-04-16", SwitchPlan(top)),
        ("2026-04-21", AddSeats(1)),
        until="2026-05-01",
    )
    # 10 x 90.00 x 15/30; 90.00 x 10/30; 11 x 90.00 and 10 x 60.00 x 15/30.
    assert sums(statement) == ["450.00", "30.00", "1290.00"]


def test_what_was_taxed_comes_back_with_its_tax_when_no_tax_is_left():
    opened = Story(SMALL, "2026-04-01", seats=10, rules=WAITS, tax_rates=(VAT,))
    sub = change(opened.subscription, SetTaxRates(()), on=at("2026-04-02")).subscription
    outcome = change(sub, SwitchPlan(LARGE), on=at("2026-04-16"))
    # 300.00 without tax, less 150.00 and the 30.00 of tax on it.
    assert str(outcome.invoice.total.amount) == "120.00"


def test_taxed_lines_that_are_unbilled_are_taxed_when_they_are_billed():
    on_renewal = attrs.evolve(WAITS, settlement=Settlement.ON_RENEWAL)
    opened = Story(SMALL, "2026-04-01", seats=10, rules=on_renewal, tax_rates=(VAT,))
    bought = change(opened.subscription, AddSeats(2), on=at("2026-04-16")).subscription
    sub = attrs.evolve(bought, tax_rates=(), charges=())
    statement = proved(bill(sub, [], until=at("2026-05-01")))
    # 12 x 30.00 without tax, and 2 x 15 days with 20 % on them.
    assert sums(statement) == ["396.00"]


def test_unbilled_lines_are_billed_by_rules_that_leave_none_unbilled():
    """Whoever changes the rules of a customer may find some of the old ones."""
    on_renewal = attrs.evolve(WAITS, settlement=Settlement.ON_RENEWAL)
    opened = Story(SMALL, "2026-04-01", seats=10, rules=on_renewal).subscription
    bought = change(opened, AddSeats(2), on=at("2026-04-16")).subscription
    sub = attrs.evolve(bought, rules=WAITS)
    history = [(at("2026-04-17"), GrantCredit(Money("7.00", "USD"), "sorry"))]
    statement = proved(bill(sub, history, until=at("2026-05-01")))
    assert sum(i.total.minor_units for i in statement.invoices) == 3000 + 36000


def test_several_changes_in_one_call_between_single_ones():
    statement = told(
        SMALL,
        ("2026-04-05", AddSeats(2)),
        ("2026-04-10", (AddSeats(1), SwitchPlan(LARGE))),
        ("2026-04-15", AddSeats(1)),
        ("2026-04-20", Cancel()),
        ("2026-04-21", AddSeats(1)),
        until="2026-05-10",
    )
    # 10 x 30; 2 x 26; 21 more, 13 x 21 more; 2 x 16; 2 x 10; and then the end.
    assert sums(statement) == ["300.00", "52.00", "294.00", "32.00", "20.00"]
    assert statement.subscription.ended_on == at("2026-05-01")


def test_a_plan_may_bound_one_of_its_units_only():
    both = priced("both", usd("60.00", max_quantity=10), usd("6.00", unit="guest"))
    higher = attrs.evolve(both, rank=7)
    sub = told(SMALL, ("2026-04-16", SwitchPlan(higher))).subscription
    more = change(sub, AddSeats(50, "guest"), on=at("2026-04-20")).subscription
    assert more.quantity("guest") == 50
    with pytest.raises(TooManySeatsError):
        change(sub, AddSeats(1), on=at("2026-04-20"))


def test_one_of_many_scheduled_removals_is_replaced():
    units = [f"unit {n}" for n in range(12)]
    many = priced("many", *[usd("30.00", unit=unit) for unit in units])
    opening = subscribe(
        many,
        id="s",
        interval=MONTHLY,
        seats=dict.fromkeys(units, 9),
        on=at("2026-04-01"),
        rules=WAITS,
    )
    removals = [RemoveSeats(1, unit=unit) for unit in units]
    sub = change(opening.subscription, *removals, on=at("2026-04-02")).subscription
    outcome = change(sub, RemoveSeats(2, unit="unit 7"), on=at("2026-04-03"))
    assert [(update.key, update.value) for update in outcome.replaced] == [
        ("unit 7", 8)
    ]
    left = {u.key: u.value for u in outcome.subscription.pending_updates}
    assert left == {**dict.fromkeys(units, 8), "unit 7": 6}


def test_a_long_absence_is_within_limits_by_its_periods_not_its_days():
    opened = Story(SMALL, "2026-04-01", seats=10, rules=WAITS).subscription
    until = at("2027-04-01")
    assert len(renew(opened, on=until, limits=Limits(lines=12)).invoices) == 12
    with pytest.raises(TooManyLinesError):
        renew(opened, on=until, limits=Limits(lines=11))
