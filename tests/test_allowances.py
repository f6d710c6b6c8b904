"""Units that come with seats: granted, used, carried over, lapsed, each period."""

from __future__ import annotations

import datetime as dt
import itertools

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    EndTrial,
    Extend,
    Freeze,
    Plan,
    Price,
    RemoveSeats,
    Rounding,
    SwitchInterval,
    SwitchPlan,
    Timing,
    Unfreeze,
    change,
    renew,
    subscribe,
)
from seatbill.allowances import AllowancePeriod, allowance_periods
from seatbill.converters import dump, load
from seatbill.errors import (
    MixedTimeError,
    OutOfBoundsError,
    OutOfOrderError,
    RenewFirstError,
    WrongTypeError,
)
from seatbill.testing.strategies import histories
from seatbill.wallets import Allowance
from stories import at

NOW = Timing.IMMEDIATE
HUNDRED = Allowance(unit="credit", per_seat=100)


def plan(id: str, rank: int = 0, **more) -> Plan:
    prices = [
        Price(unit_amount="10.00", currency="EUR", interval=interval, **more)
        for interval in (MONTHLY, ANNUAL)
    ]
    return Plan(id, id, rank, prices)


TEAM, PRO = plan("team"), plan("pro", 1)


def opened(seats=3, on="2026-04-01", rules=None, **more):
    rules = rules or BillingRules(seats_removed=NOW, cancellation=NOW)
    return subscribe(
        TEAM, id="acme", interval=MONTHLY, seats=seats, on=at(on), rules=rules, **more
    )


def lived(opening, *entries):
    """Return the outcomes of an opening and what is asked for on days."""
    outcomes = [opening]
    for day, *changes in entries:
        sub = outcomes[-1].subscription
        outcomes.append(change(sub, *changes, on=at(day)))
    return outcomes


def granted(outcomes, on, allowance=HUNDRED, **more):
    return [
        p.granted for p in allowance_periods(allowance, outcomes, on=at(on), **more)
    ]


@pytest.mark.parametrize(
    ("entries", "on", "figures"),
    [
        pytest.param([], "2026-04-30", [300], id="3 seats: 3 × 100"),
        pytest.param([], "2026-06-01", [300, 300, 300], id="each period"),
        # 100 × 15/30 more.
        pytest.param([("2026-04-16", AddSeats(1))], "2026-04-16", [350], id="added"),
        # 100 × 1/30 = 3.33: 3.
        pytest.param([("2026-04-30", AddSeats(1))], "2026-04-30", [303], id="last day"),
        pytest.param(
            [("2026-04-01", AddSeats(1))], "2026-04-01", [400], id="first day"
        ),
        pytest.param(
            [("2026-04-16", RemoveSeats(2))],
            "2026-05-01",
            [300, 100],
            id="what is removed takes nothing back, and is not there in May",
        ),
        pytest.param(
            [("2026-04-16", RemoveSeats(1)), ("2026-04-20", AddSeats(1))],
            "2026-04-20",
            [300],
            id="added again: nothing twice",
        ),
        # 3 seats, then 4 from the 16th and 5 from the 25th: 50 + 100 × 6/30.
        pytest.param(
            [("2026-04-16", AddSeats(1)), ("2026-04-25", AddSeats(1))],
            "2026-04-25",
            [370],
            id="twice",
        ),
        pytest.param(
            [("2026-06-10", AddSeats(1))],
            "2026-06-10",
            [300, 300, 370],  # 100 × 21/30
            id="a change that renews first",
        ),
        pytest.param(
            [("2026-05-01", AddSeats(1))],
            "2026-05-01",
            [300, 400],
            id="on the boundary",
        ),
        pytest.param([("2026-04-11", Cancel())], "2026-05-11", [300], id="the end"),
        pytest.param(
            [("2026-05-01", Cancel())],
            "2026-05-01",
            [300],
            id="the end on the billing day, before the renewal ran",
        ),
        pytest.param(
            [("2026-04-11", Extend(10))], "2026-05-11", [300, 300], id="days given"
        ),
    ],
)
def test_seats_are_granted_units(entries, on, figures):
    assert granted(lived(opened(), *entries), on) == figures


def test_a_first_period_that_began_before_grants_its_share():
    """Anchor 1 April, service from the 16th: 3 × 100 × 15/30."""
    opening = opened(on="2026-04-16", anchor=at("2026-04-01"))
    assert granted([opening], "2026-04-16") == [150]


def test_a_trial_is_a_period_and_its_end_opens_another():
    opening = opened(trial_end=at("2026-04-15"))
    assert granted([opening], "2026-04-15") == [300, 300]
    outcomes = lived(opening, ("2026-04-10", EndTrial()))
    first, second = allowance_periods(HUNDRED, outcomes, on=at("2026-04-10"))
    assert (first.end, second.start, second.end) == (
        at("2026-04-10"),
        at("2026-04-10"),
        at("2026-05-10"),
    )
    assert (first.lapsed, second.left) == (300, 300)


def test_a_freeze_moves_the_end_and_grants_nothing():
    rules = BillingRules(max_freeze_days=30)
    outcomes = lived(
        opened(rules=rules), ("2026-04-10", Freeze()), ("2026-04-20", Unfreeze())
    )
    (period,) = allowance_periods(HUNDRED, outcomes, on=at("2026-05-10"))
    assert (period.granted, period.end) == (300, at("2026-05-11"))
    assert granted(outcomes, "2026-05-11") == [300, 300]


def test_a_restart_opens_a_period():
    """To a year on 16 April: what is left of April lapses, a year begins."""
    outcomes = lived(opened(), ("2026-04-16", SwitchInterval(ANNUAL)))
    first, second = allowance_periods(
        HUNDRED, outcomes, used=[(at("2026-04-15"), 120)], on=at("2026-04-16")
    )
    assert (first.used, first.lapsed) == (120, 180)
    assert (second.granted, second.end) == (300, at("2027-04-16"))


def test_of_no_day_nothing_is_granted():
    """A year begun anew on the day of the month: the month was of no day."""
    rules = BillingRules(longer_interval=Timing.RESTART, cancellation=NOW)
    start = opened(rules=rules)
    same = lived(start, ("2026-04-01", SwitchInterval(ANNUAL)))
    assert granted(same, "2026-04-01") == [300]
    renewed = lived(start, ("2026-05-01", SwitchInterval(ANNUAL)))
    april, year = allowance_periods(
        attrs.evolve(HUNDRED, carried_over=None), renewed, on=at("2026-05-01")
    )
    assert (april.carried_out, year.carried_in, year.granted) == (300, 300, 300)
    assert granted(lived(start, ("2026-04-01", Cancel())), "2026-04-01") == []


def test_a_plan_with_more_adds_the_difference_by_its_share():
    """100 for a seat, on PRO 160: 3 × 60 × 15/30 = 90 more; back: nothing less."""
    by_plan = {"team": HUNDRED, "pro": Allowance(unit="credit", per_seat=160)}
    up = lived(opened(), ("2026-04-16", SwitchPlan(PRO)))
    assert granted(up, "2026-05-01", by_plan) == [390, 480]
    assert granted(up, "2026-05-01", {"pro": by_plan["pro"]}) == [240, 480]
    assert granted(up, "2026-05-01", {"team": HUNDRED}) == [300, 0]
    down = BillingRules(downgrade=NOW)
    there_and_back = lived(
        opened(rules=down),
        ("2026-04-16", SwitchPlan(PRO)),
        ("2026-04-16", SwitchPlan(TEAM)),
        ("2026-04-20", SwitchPlan(PRO)),
    )
    assert granted(there_and_back, "2026-04-20", by_plan) == [390]


@pytest.mark.parametrize(
    ("rounding", "figure"),
    [
        (Rounding.DOWN, 303),
        (Rounding.HALF_UP, 303),
        (Rounding.UP, 304),
    ],
)
def test_a_part_of_a_unit_is_rounded_by_name(rounding, figure):
    """100 × 1/30 = 3.33."""
    allowance = attrs.evolve(HUNDRED, rounding=rounding)
    outcomes = lived(opened(), ("2026-04-30", AddSeats(1)))
    assert granted(outcomes, "2026-04-30", allowance) == [figure]


@pytest.mark.parametrize(
    ("cap", "out", "lapsed", "may"),
    [(0, 0, 180, 300), (50, 50, 130, 350), (200, 180, 0, 480), (None, 180, 0, 480)],
)
def test_what_is_left_goes_over_up_to_the_cap(cap, out, lapsed, may):
    """120 of 300 used in April."""
    allowance = attrs.evolve(HUNDRED, carried_over=cap)
    april, running = allowance_periods(
        allowance, [opened()], used=[(at("2026-04-30"), 120)], on=at("2026-05-01")
    )
    assert (april.carried_out, april.lapsed, april.left) == (out, lapsed, 0)
    assert (running.carried_in, running.left) == (out, may)


def test_with_the_subscription_all_lapses():
    outcomes = lived(opened(), ("2026-04-11", Cancel()))
    allowance = attrs.evolve(HUNDRED, carried_over=None)
    (only,) = allowance_periods(
        allowance, outcomes, used=[(at("2026-04-10"), 20)], on=at("2026-06-01")
    )
    assert only == AllowancePeriod(
        start=at("2026-04-01"), end=at("2026-04-11"), granted=300, used=20, lapsed=280
    )


def test_more_than_there_is_is_told():
    (april,) = allowance_periods(
        HUNDRED,
        [opened()],
        used=[(at("2026-04-02"), 290), (at("2026-04-03"), 25)],
        on=at("2026-04-03"),
    )
    assert (april.used, april.over, april.left) == (315, 15, 0)


def test_measured_units_are_those_of_each_renewal():
    measured = plan("metered", measured=True)
    opening = subscribe(
        measured,
        id="m",
        interval=MONTHLY,
        seats=2,
        on=at("2026-04-01"),
        rules=BillingRules(),
    )
    with pytest.raises(RenewFirstError):
        granted([opening], "2026-05-01")
    later = renew(opening.subscription, on=at("2026-05-03"), measured={"seat": 5})
    assert granted([opening, later], "2026-05-03") == [200, 500]


def test_leap_days_and_instants():
    opening = opened(on="2028-01-31")
    added_on = lived(opening, ("2028-02-29", AddSeats(1)))
    # 29 February to 31 March is 31 days.
    assert granted(added_on, "2028-02-29") == [300, 400]
    noon = "2026-04-16T00:00Z"
    exact = opened(on="2026-04-01T00:00Z")
    assert granted(lived(exact, (noon, AddSeats(1))), noon) == [350]


def test_bad_input_is_refused():
    opening = opened()
    with pytest.raises(WrongTypeError):
        allowance_periods(HUNDRED, [], on=at("2026-04-01"))
    with pytest.raises(WrongTypeError):
        allowance_periods({"team": 100}, [opening], on=at("2026-04-01"))
    with pytest.raises(OutOfOrderError):
        allowance_periods(HUNDRED, [opening], on=at("2026-03-31"))
    for day in ("2026-03-31", "2026-04-03"):
        with pytest.raises(OutOfOrderError):
            granted([opening], "2026-04-02", used=[(at(day), 1)])
    with pytest.raises(WrongTypeError):
        granted([opening], "2026-04-02", used=[(at("2026-04-01"),)])
    with pytest.raises(OutOfBoundsError):
        granted([opening], "2026-04-02", used=[(at("2026-04-01"), -1)])
    instant = dt.datetime(2026, 4, 2, tzinfo=dt.UTC)
    with pytest.raises(MixedTimeError):
        allowance_periods(HUNDRED, [opening], on=instant)
    with pytest.raises(OutOfBoundsError):
        Allowance(unit="credit", per_seat=-1)
    with pytest.raises(OutOfBoundsError):
        Allowance(unit="credit", per_seat=1, carried_over=-1)


def test_values_travel():
    for value in (
        HUNDRED,
        *allowance_periods(HUNDRED, [opened()], on=at("2026-05-01")),
    ):
        assert load(dump(value)) == value


@given(history=histories(longest=6), cap=st.none() | st.integers(0, 300))
@settings(max_examples=40, deadline=None)
def test_what_was_granted_was_used_lapsed_or_is_left(history, cap):
    allowance = attrs.evolve(HUNDRED, carried_over=cap, of="seat")
    outcomes = (history.opening, *history.outcomes)
    used = [(outcome.on, 70) for outcome in outcomes]
    try:
        periods = allowance_periods(allowance, outcomes, used=used, on=history.until)
    except RenewFirstError:
        return
    carried = 0
    for period in periods:
        assert period.carried_in == carried
        assert period.carried_in + period.granted == (
            period.used - period.over + period.carried_out + period.lapsed + period.left
        )
        assert period.end > period.start
        carried = period.carried_out
    for before, after in itertools.pairwise(periods):
        assert before.end <= after.start
        assert before.left == 0
