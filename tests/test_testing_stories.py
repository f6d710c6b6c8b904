"""Stories in which a law holds though less goes on than elsewhere."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, given, settings

from seatbill import (
    MONTHLY,
    QUARTERLY,
    AddOn,
    BillingRules,
    Catalog,
    ChargeFee,
    Extend,
    Interval,
    Money,
    Pause,
    Plan,
    Price,
    SetSeats,
    Term,
    subscribe,
)
from seatbill.testing import _laws_of_roads, laws
from seatbill.testing import strategies as our
from seatbill.testing.histories import History, Readings

JANUARY, MIDDLE = dt.date(2026, 1, 1), dt.date(2026, 1, 17)


def usd(amount="31.00", **more):
    return Price(unit_amount=amount, currency="USD", **more)


SEAT = usd()


def lived(*asked, until, prices=(SEAT,), measured=None, **more):
    """Return the history of two seats from 1 January."""
    opening = {
        "id": "sub",
        "interval": MONTHLY,
        "seats": 2,
        "on": JANUARY,
        "rules": BillingRules(),
    }
    outcome = subscribe(Plan("basic", "Basic", 1, prices), **(opening | more))
    return History.of(outcome, asked, until=until, measured=measured)


def test_a_period_of_an_add_ons_own_that_a_pause_ends_is_followed_by_none():
    """A quarter from 1 January ends with the month, as the pause starts."""
    quarterly = usd("9.00", unit="sms", interval=QUARTERLY)
    history = lived(
        (MIDDLE, Pause(1)),
        until=dt.date(2026, 5, 1),
        add_ons=[AddOn("sms", "SMS", [quarterly], interval=QUARTERLY)],
    )
    (owned,) = history.outcomes[0].subscription.add_ons
    assert owned.period.end == dt.date(2026, 4, 1)
    laws.periods_tile(history)


def test_in_days_that_are_given_a_fee_and_an_add_on_by_itself_are_charged():
    """Through 8 February nothing else is: the month ends on 31 January."""
    week = Interval(days=7)
    history = lived(
        (MIDDLE, Extend(8)),
        (dt.date(2026, 2, 3), ChargeFee("tickets", Money("5.00", "USD"))),
        until=dt.date(2026, 2, 8),
        add_ons=[
            AddOn("sms", "SMS", [usd("7.00", unit="sms", interval=week)], interval=week)
        ],
    )
    given = [
        line.item
        for invoice in history.invoices
        if dt.date(2026, 2, 1) <= invoice.issued_on < dt.date(2026, 2, 9)
        for line in invoice.lines
    ]
    assert given == ["tickets", "sms"]
    laws.nothing_is_charged_for_days_given_or_paused(history)


def test_a_number_that_a_term_holds_does_not_take_effect():
    """One seat from May on, inside of the second quarter, which holds both."""
    history = lived(
        (MIDDLE, SetSeats(1, from_day=dt.date(2026, 5, 1))),
        until=dt.date(2026, 5, 1),
        term=Term(interval=QUARTERLY),
    )
    assert history.subscription.quantity() == 2
    laws.what_waits_takes_effect_on_the_day_that_it_says(history)


def test_of_a_ramp_that_the_price_list_does_not_hold_nothing_is_compared():
    """A third seat is one too many."""
    history = lived(until=MIDDLE, prices=[usd(max_quantity=2)])
    steps = _laws_of_roads._ramp(history.subscription)
    assert SetSeats(3, from_day=dt.date(2026, 2, 1)) in [step for _, step in steps]
    laws.a_ramp_agreed_at_once_is_its_steps_in_turn(history)


def test_a_term_does_not_hold_what_is_measured():
    """Four teams in February and March, two in April: its first day is an odd one."""
    history = lived(
        until=dt.date(2026, 4, 1),
        prices=[usd(unit="team", measured=True)],
        seats={"team": 4},
        measured=Readings(("team",), (4, 2)),
        term=Term(),
    )
    found = [sub.quantity("team") for sub in history.subscriptions]
    assert found == [4, 4, 4, 2]
    laws.nothing_leaves_a_term_early_but_by_rule(history)


TEAMS = our.Market(
    catalog=Catalog((Plan("teams", "Teams", 1, [usd(unit="team", measured=True)]),)),
    rules=BillingRules(),
    currency="USD",
    time=dt.date,
)


@settings(
    max_examples=5,
    database=None,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(our.histories(TEAMS, longest=1))
def test_a_market_that_measures_is_told_what_was_counted(history):
    assert history.measured.units == ("team",)
    assert "measured=Readings(units=('team',)" in repr(history)
