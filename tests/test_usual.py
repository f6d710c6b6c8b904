"""The usual steps are a short way to what the handlers of all steps would do.

Every story is told twice, once with the short way shut, and has to come to equal
values and equal refusals.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from unittest import mock

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Rounding,
    SetSeats,
    SetTaxRates,
    Settlement,
    Statement,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Timing,
    adopt,
    bill,
    change,
    renew,
    subscribe,
)
from seatbill._engine import replay
from seatbill._engine.prices import book_of
from seatbill._engine.state import Ledger
from seatbill.errors import IntervalNotOfferedError, SeatbillError
from seatbill.lifecycle import steps
from seatbill.testing import strategies as our
from seatbill.testing.histories import History
from shop import LARGE, SMALL, priced, usd
from stories import Story, at, plan

SAME_RANK = plan("45.00", id="same rank", rank=1)
WIDE = priced("wide", usd("60.00"), usd("6.00", unit="guest"), rank=3)
STEPS = priced("steps", usd("60.00", max_quantity=40, min_quantity=2), rank=4)
LATE = priced("late", usd("60.00", in_arrears=True), rank=5)
DAYS = priced("days", usd("30.00"), usd("31.00", interval=Interval(days=30)))
NAMED = attrs.evolve(SMALL, id="named", features=("export",))
PLANS = (SMALL, LARGE, SMALL, LARGE, SAME_RANK, WIDE, STEPS, LATE, NAMED)
WAITS = BillingRules(longer_interval=Timing.PERIOD_END)


@contextmanager
def short_way_shut():
    """Let no step be a usual one."""

    def shut(*_):
        return False

    with (
        mock.patch.object(replay, "USUAL", {}),
        mock.patch.object(replay, "renew", shut),
        mock.patch.object(steps, "begin", shut),
    ):
        yield


def both_ways(tell):
    """Return what *tell* comes to, which is the same with the short way shut."""
    found = tell()
    with short_way_shut():
        assert tell() == found
    return found


def lived(opening, entries, until):
    """Return every outcome and refusal of a story, then its statement."""
    try:
        found = [subscribe(**opening)]
    except SeatbillError as refusal:
        return [refusal.as_dict()]
    sub, kept = found[0].subscription, []
    for day, asked in entries:
        try:
            found.append(change(sub, asked, on=day))
        except SeatbillError as refusal:
            found.append(refusal.as_dict())
        else:
            sub = found[-1].subscription
            kept.append((day, asked))
    until = max([until, *(day for day, _ in kept)])
    statement = bill(found[0], kept, until=until)
    return [*found, renew(sub, on=until), statement, statement.invoices]


TIMINGS = st.sampled_from([Timing.IMMEDIATE] * 3 + [Timing.PERIOD_END] * 3 + [*Timing])


VAT = TaxRate("vat", "0.20")
RATES = [(), (VAT,), (TaxRate("included", "0.10", inclusive=True),)]


@st.composite
def usual_stories(draw):
    """Return the arguments of `lived`: nearly all of it is usual."""
    often, seldom = st.just, st.sampled_from
    rules = BillingRules(
        rounding=draw(often(Rounding.HALF_UP) | seldom([*Rounding])),
        upgrade=draw(often(Timing.IMMEDIATE) | TIMINGS),
        downgrade=draw(often(Timing.PERIOD_END) | TIMINGS),
        longer_interval=draw(TIMINGS),
        shorter_interval=draw(TIMINGS),
        seats_added=draw(often(Timing.IMMEDIATE) | TIMINGS),
        settlement=draw(often(Settlement.NOW) | seldom([*Settlement])),
        notice_days=draw(often(0) | seldom([0, 5])),
        interval_discounts=draw(seldom([{}, {ANNUAL: "20"}])),
    )
    on = draw(st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31)))
    opening = {
        "plan": draw(seldom(PLANS)),
        "id": "s-1",
        "interval": draw(seldom([MONTHLY, MONTHLY, QUARTERLY, ANNUAL])),
        "seats": draw(st.integers(0, 30)),
        "on": on,
        "rules": rules,
        "anchor": draw(often(None) | seldom([None, on - dt.timedelta(9)])),
        "tax_rates": draw(often(()) | seldom(RATES)),
        "trial_end": draw(often(None) | seldom([None, on + dt.timedelta(9)])),
    }
    asked = (
        st.builds(AddSeats, st.integers(1, 9))
        | st.builds(SwitchPlan, seldom(PLANS))
        | st.builds(SwitchInterval, seldom([MONTHLY, QUARTERLY, ANNUAL]))
        | seldom(
            [
                AddSeats(1, "guest"),
                RemoveSeats(2),
                SetSeats(12),
                SwitchPlan(LARGE, ANNUAL),
                SwitchInterval(Interval(days=30)),
                Cancel(),
                SetTaxRates((VAT,)),
                SetTaxRates(()),
                GrantCredit(Money("7.00", "USD"), "sorry"),
            ]
        )
    )
    entries, day = [], on
    for wait, change_ in draw(st.lists(st.tuples(st.integers(0, 20), asked))):
        day += dt.timedelta(wait)
        entries.append((day, change_))
    return opening, entries, day + dt.timedelta(draw(st.integers(0, 100)))


@given(story=usual_stories())
def test_a_usual_story_comes_to_the_same_both_ways(story):
    both_ways(lambda: lived(*story))


@given(history=our.histories())
def test_any_history_comes_to_the_same_both_ways(history):
    entries = [
        (day, changes[0] if len(changes) == 1 else changes)
        for day, changes in history.entries
    ]

    def told():
        again = History.of(
            subscribe(**history.asked),
            entries,
            until=history.until,
            measured=history.measured,
        )
        statement = bill(
            again.opening, entries, until=history.until, measured=history.measured
        )
        return again.outcomes, again.opening, statement

    both_ways(told)


# What goes the short way, by hand.


def usual(plan=SMALL, *entries, seats=10, until="2026-04-30", rules=WAITS, **more):
    """Return the statement of a story from 1 April, told both ways."""

    def told():
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
        return bill(opening, history, until=at(until))

    return both_ways(told)


def sums(statement):
    """Return the totals of the invoices, as digits."""
    return [str(invoice.total.amount) for invoice in statement.invoices]


def test_a_usual_month_never_asks_for_more():
    with mock.patch.object(Ledger, "unfold", side_effect=AssertionError):
        opening = subscribe(
            SMALL, id="s", interval=MONTHLY, seats=10, on=at("2026-04-01"), rules=WAITS
        )
        history = [
            (at("2026-04-16"), AddSeats(2)),
            (at("2026-04-21"), SwitchPlan(LARGE)),
            (at("2026-04-22"), SwitchPlan(SMALL)),
            (at("2026-04-23"), SwitchInterval(ANNUAL)),
        ]
        statement = bill(opening, history, until=at("2026-05-01"))
    # 10 x 30.00; 2 x 15 days; 12 x 10 days at 2.00 less at 1.00; 12 x 12 x 30.00.
    assert sums(statement) == ["300.00", "30.00", "120.00", "4320.00"]


def test_every_field_of_what_it_makes_is_filled():
    """A row without its field is an AttributeError that nobody could explain."""
    entries = ("2026-04-16", AddSeats(2)), ("2026-04-21", SwitchPlan(LARGE))
    statement = usual(SMALL, *entries)
    sub = statement.subscription
    lines = [line for invoice in statement.invoices for line in invoice.lines]
    for value in (sub, *sub.charges, *statement.invoices, *lines):
        assert attrs.evolve(value) == value


def test_a_credit_balance_pays_for_the_usual_steps():
    statement = usual(
        SMALL,
        ("2026-04-16", GrantCredit(Money("20.00", "USD"), "sorry")),
        ("2026-04-16", AddSeats(2)),
        ("2026-04-21", AddSeats(1)),
    )
    due = [str(invoice.amount_due.amount) for invoice in statement.invoices]
    assert due == ["300.00", "10.00", "10.00"]


def test_the_usual_steps_are_taxed():
    entries = ("2026-04-16", AddSeats(2)), ("2026-04-21", SwitchPlan(LARGE))
    statement = usual(SMALL, *entries, tax_rates=(VAT,))
    assert sums(statement) == ["360.00", "36.00", "144.00"]


def test_an_upgrade_to_a_cheaper_plan_of_a_higher_rank_leaves_a_balance():
    cheap = plan("15.00", id="cheap", rank=9)
    statement = usual(SMALL, ("2026-04-16", SwitchPlan(cheap)), until="2026-05-01")
    assert sums(statement) == ["300.00", "-75.00", "150.00"]
    assert str(statement.invoices[2].amount_due.amount) == "75.00"


def test_the_price_lists_that_were_looked_up_do_not_pile_up():
    rules = BillingRules(name="many price lists")
    for n in range(200):
        listed = attrs.evolve(SMALL, name=f"list {n}")
        on = at("2026-04-01")
        subscribe(listed, id="s", interval=MONTHLY, seats=1, on=on, rules=rules)
    assert 0 < len(book_of("USD", rules, ()).known) <= 64


# What takes the other way, for each reason.


@pytest.mark.parametrize(
    ("opened", "entries"),
    [
        pytest.param(WIDE, [("2026-04-16", AddSeats(2))], id="sells two units"),
        pytest.param(STEPS, [("2026-04-16", AddSeats(2))], id="has bounds"),
        pytest.param(SMALL, [("2026-04-16", SwitchPlan(WIDE))], id="to two units"),
        pytest.param(WIDE, [("2026-04-16", SwitchPlan(STEPS))], id="from two units"),
        pytest.param(SMALL, [("2026-04-16", SwitchPlan(SAME_RANK))], id="same rank"),
        pytest.param(NAMED, [("2026-04-16", SwitchPlan(LARGE))], id="lost features"),
        pytest.param(
            SMALL, [("2026-04-16", SwitchPlan(LARGE, QUARTERLY))], id="both at once"
        ),
        pytest.param(LARGE, [("2026-04-16", SwitchPlan(LATE))], id="into arrears"),
        pytest.param(LATE, [("2026-04-16", SwitchInterval(ANNUAL))], id="in arrears"),
        pytest.param(
            LARGE,
            [("2026-04-16", SwitchPlan(SMALL)), ("2026-04-17", SwitchPlan(SAME_RANK))],
            id="takes the place of another",
        ),
        pytest.param(
            LARGE,
            [("2026-04-16", SwitchPlan(SMALL)), ("2026-04-17", SwitchPlan(STEPS))],
            id="a higher plan while a lower one waits",
        ),
        pytest.param(
            LARGE,
            [("2026-04-16", RemoveSeats(2)), ("2026-04-17", SwitchPlan(SMALL))],
            id="while a removal waits",
        ),
        pytest.param(
            DAYS,
            [("2026-04-16", SwitchInterval(Interval(days=30)))],
            id="an interval of days",
        ),
    ],
)
def test_what_is_not_usual_is_told_the_same_both_ways(opened, entries):
    later = [*entries, ("2026-04-20", AddSeats(3))]
    assert usual(opened, *later, until="2026-06-15", seats=10).invoices


@pytest.mark.parametrize(
    "more",
    [
        {"tax_rates": (VAT,)},
        {"trial_end": at("2026-04-10")},
        {"occupied": 3},
        {"seats": 0},
        {"rules": attrs.evolve(WAITS, upgrade=Timing.PERIOD_END)},
        {"rules": attrs.evolve(WAITS, seats_added=Timing.PERIOD_END)},
        {"rules": attrs.evolve(WAITS, settlement=Settlement.ON_RENEWAL)},
        {"rules": attrs.evolve(WAITS, intervals=(MONTHLY, ANNUAL))},
    ],
    ids=lambda more: next(iter(more)),
)
def test_an_unusual_subscription_is_told_the_same_both_ways(more):
    entries = [
        ("2026-04-16", AddSeats(2)),
        ("2026-04-17", SwitchPlan(LARGE)),
        ("2026-04-18", SwitchInterval(ANNUAL)),
    ]
    assert usual(SMALL, *entries, until="2026-06-15", **more).invoices


@pytest.mark.parametrize(
    "asked", [AddSeats(2), SwitchPlan(LARGE), SwitchInterval(ANNUAL)]
)
@pytest.mark.parametrize("seats", [{"seat": 4}, {"seat": 0}, {"seat": 4, "guest": 0}])
def test_a_subscription_without_an_open_charge_is_told_the_same(seats, asked):
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
    history = [(at("2026-04-16"), asked)]
    assert both_ways(lambda: bill(sub, history, until=at("2026-06-01")))


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
def test_a_charge_that_came_from_a_store_is_told_the_same(held, asked):
    opened = Story(SMALL, "2026-04-01", seats=10, rules=WAITS).subscription
    (charge,) = opened.charges
    terms = attrs.evolve(charge.terms, **held.get("terms", {}))
    charge = attrs.evolve(charge, **{**held, "terms": terms})
    sub = attrs.evolve(opened, charges=(charge,))
    history = [(at("2026-04-16"), asked)]
    assert both_ways(lambda: bill(sub, history, until=at("2026-05-01")))


@pytest.mark.parametrize("kind", [SwitchPlan(SMALL), SwitchInterval(ANNUAL)])
def test_what_waits_for_the_period_after_next_is_told_the_same(kind):
    """It was asked for late, under rules that asked for notice then."""
    notice = attrs.evolve(WAITS, notice_days=20)
    opened = Story(LARGE, "2026-04-01", seats=10, rules=notice).subscription
    late = change(opened, kind, on=at("2026-04-16")).subscription
    assert [update.periods_left for update in late.pending_updates] == [1]
    sub = attrs.evolve(late, rules=WAITS)
    assert both_ways(lambda: bill(sub, [], until=at("2026-06-01"))).invoices


def test_an_interval_that_is_not_offered_is_refused_both_ways():
    rules = attrs.evolve(WAITS, intervals=(MONTHLY, ANNUAL))
    opened = Story(SMALL, "2026-04-01", seats=10, rules=rules).subscription

    def refusal():
        with pytest.raises(IntervalNotOfferedError) as refused:
            change(opened, SwitchInterval(QUARTERLY), on=at("2026-04-16"))
        return refused.value.as_dict()

    assert both_ways(refusal)["code"] == "interval_not_offered"


def test_a_trial_is_unusual_to_its_end():
    """It ends on a day that no counting of periods reaches, and then seats cost."""
    statement = usual(
        SMALL,
        ("2026-04-05", AddSeats(2)),
        ("2026-04-20", RemoveSeats(2)),
        trial_end=at("2026-04-10"),
        anchor=at("2026-04-01"),
        until="2026-05-01",
    )
    assert sums(statement) == ["252.00", "300.00"]  # 12 x 30.00 x 21/30; 10 x 30.00


def test_what_ran_in_arrears_is_billed_after_usual_steps():
    top = plan("90.00", id="top", rank=9)
    statement = usual(
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
    found = both_ways(lambda: change(sub, SwitchPlan(LARGE), on=at("2026-04-16")))
    # 300.00 without tax, less 150.00 and the 30.00 of tax on it.
    assert str(found.invoice.total.amount) == "120.00"


def test_lines_that_wait_are_billed_by_rules_that_let_none_wait():
    """Whoever changes the rules of a customer may find some of the old ones."""
    on_renewal = attrs.evolve(WAITS, settlement=Settlement.ON_RENEWAL)
    opened = Story(SMALL, "2026-04-01", seats=10, rules=on_renewal).subscription
    waits = change(opened, AddSeats(2), on=at("2026-04-16")).subscription
    sub = attrs.evolve(waits, rules=WAITS)
    history = [(at("2026-04-17"), GrantCredit(Money("7.00", "USD"), "sorry"))]
    statement = both_ways(lambda: bill(sub, history, until=at("2026-05-01")))
    assert sum(i.total.minor_units for i in statement.invoices) == 3000 + 36000


def test_a_story_that_becomes_unusual_and_usual_again_is_told_the_same():
    statement = usual(
        SMALL,
        ("2026-04-05", AddSeats(2)),
        ("2026-04-10", (AddSeats(1), SwitchPlan(LARGE))),
        ("2026-04-15", AddSeats(1)),
        ("2026-04-20", Cancel()),
        ("2026-04-21", AddSeats(1)),
        until="2026-05-10",
    )
    assert isinstance(statement, Statement)
    assert statement.subscription.ended_on == at("2026-05-01")
