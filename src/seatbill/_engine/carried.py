"""The quantities that a plan change carries: of the plan that it leads to.

Takes the seats that a change names, and leaves those owned that come with the plan
today, or scheduled for the boundary at which it comes.  Until they are taken they stand
in ``state.carried``.

5 seats at 10.00 become 3 editors at 20.00 and 2 viewers at 5.00, 15 of 30 days left:
25.00 come back, 30.00 and 5.00 are charged.  A unit that both plans sell is no part of
the exchange: more or fewer of it is a change of quantity like any other.
"""

from __future__ import annotations

from .._values.checks import Time
from ..errors import RulesError, TermRunsError, TooFewSeatsError, UnknownUnitError
from ..plans import listed
from ..subscriptions import PendingUpdate, SwitchPlan
from .dates import term_end
from .members import SEATS
from .scheduled import drop_prices, least_held, schedule, take_out, withdraw
from .state import State, is_free


def name_quantities(state: State, change: SwitchPlan) -> None:
    """Note the seats that *change* names, or refuse what its plan does not sell.

    Who comes from the free plan buys a seat for each person (CL-10).
    """
    seats, people = dict(change.seats or {}), dict(change.occupied or {})
    plan = change.plan
    falls = is_free(state.rules, plan)
    prices = listed(plan.prices, state.currency)
    for unit in (*seats, *people):
        if unit not in prices:
            raise UnknownUnitError(plan.id, unit, tuple(prices))
    for unit in seats:
        if falls:
            raise RulesError(unit, plan.id, "nothing_bought")
        if any(price.measured for price in prices[unit]):
            raise RulesError(unit, "measured", "not_bought")
    for unit, there in people.items():
        asked = seats.get(unit, state.seats.get(unit, 0) if state.free else there)
        if asked < there and not falls:
            raise TooFewSeatsError(unit, asked, there, there - asked)
    state.carried = seats


def carry_all(state: State) -> None:
    """Own what a change names from today on: a full period opens with it."""
    for unit, quantity in (state.carried or {}).items():
        _check_held(state, unit, quantity, state.day)
        withdraw(state, SEATS, unit)
        state.seats[unit] = quantity
    state.carried = None


def _check_held(state: State, unit: str, quantity: int, day: Time) -> None:
    """Refuse fewer of *unit* on *day* than a term holds until its end."""
    held = least_held(state, unit, state.seats.get(unit, 0))
    if quantity < held and day < term_end(state):
        raise TermRunsError(term_end(state))


def carry_new(state: State) -> None:
    """Own today what the next plan sells and the running one does not."""
    if not state.carried:
        return
    sold = listed(state.plan.prices, state.currency)
    for unit in [unit for unit in state.carried if unit not in sold]:
        state.seats[unit] = state.carried.pop(unit)


def carry_later(state: State, update: PendingUpdate) -> None:
    """Schedule what a change names for the boundary of its plan."""
    left = update.periods_left
    for unit, quantity in (state.carried or {}).items():
        withdraw(state, SEATS, unit, 1)
        before = state.seats.get(unit, 0)
        _check_held(state, unit, quantity, update.applies_on)
        if left:
            soon = state.scheduled_value(SEATS, unit)
            before = before if soon is None else soon
        else:
            withdraw(state, SEATS, unit)
        if quantity != before:
            schedule(state, SEATS, unit, quantity, left)
    state.carried = None


def withdraw_unsold(state: State) -> None:
    """Withdraw what was to come with a plan which comes no more."""
    state.visit(len(state.scheduled))
    units = (state.table or state.plan_table).units
    unsold = [
        update
        for update in state.scheduled
        if update.kind is SEATS
        and update.key not in units
        and not state.sold_later(update.key)
    ]
    take_out(state, unsold)
    drop_prices(state)
