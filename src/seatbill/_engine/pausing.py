"""A pause: some periods of the grid in one, of which no day is paid for.

Takes the state at the boundary on which a pause starts, and leaves it in a period that
ends with the last of those that are left out; nothing runs in it.

By the month from 1 April, two periods from 1 May on: the pause is one period, to
1 July, and its ``paid_until`` is 1 May.
"""

from __future__ import annotations

from ..periods import Interval, boundary, count
from .charging import removals_return
from .dates import is_paused
from .invoicing import add_accrued
from .lasting import bill_lines
from .members import CYCLE, PAUSE
from .own_intervals import stop_own
from .state import State


def pauses_unmeasured(state: State) -> bool:
    """Return whether a pause starts at the boundary, and nothing is measured for it."""
    return not state.has_arrears and state.scheduled_value(PAUSE) is not None


def drop_pause(state: State) -> None:
    """Take the pause that starts here off what is scheduled."""
    state.scheduled = [
        update
        for update in state.scheduled
        if update.kind is not PAUSE or update.periods_left
    ]


def keep_pause(state: State, interval: Interval) -> None:
    """Let the end of a pause be a boundary of another *interval* that comes in it."""
    if is_paused(state):
        state.steps = None
        if interval.days or state.interval.days:
            state.anchor = state.end


def open_pause(state: State, interval: Interval, periods: int) -> None:
    """Let nothing be served or charged for so many *periods*; bill what ran before.

    Discounts do not count them, and what is scheduled waits for the pause's end.  What
    is left of an add-on's own period comes back; it begins anew after the pause.
    """
    day = state.day
    if state.own:
        stop_own(state, credit=removals_return(state.rules))
    state.steps += (periods - 1) * count(interval)  # type: ignore[operator]
    state.open_period(day, boundary(state.anchor, interval, state.steps))
    state.paid_until = day
    state.by_days, state.uncharged = False, True
    state.move_to(day)
    add_accrued(state)
    bill_lines(state, CYCLE)
