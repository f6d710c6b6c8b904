"""Dates that move: a trial ends today, days are given, another billing day, a pause.

Takes a change of a date, and leaves the running period with another end, or another one
in its place.  Periods still tile (law 4): the anchor moves with the end that moved.

A trial from 25 June to 25 July that ends on 10 July: 25 licences at 52.61 are charged
for 10 July to 10 August, 1315.25, and the anchor is 10 July.
"""

from __future__ import annotations

import attrs

from .._values.checks import Time
from ..errors import CancellationPendingError, NoChangeError, TermRunsError
from ..periods import ONE_DAY, boundary, month_boundary
from ..rules import Timing
from ..subscriptions import EndPause, EndTrial, Extend, MoveBillingDay, Pause
from ..subscriptions.subscription import ends
from .charging import open_all
from .commitments import move_term
from .dates import is_moved, is_paused, left_of_term, term_end
from .lasting import end_discount_period
from .members import CANCELLATION_WAY, INTERVAL, PAUSE
from .renewals import apply_scheduled, following
from .scheduled import schedule, schedule_in_notice, withdraw
from .state import State


def end_trial(state: State, _change: EndTrial, _timing: Timing | None) -> None:
    """End the trial today: the period that holds the day is charged from it on.

    The day is the anchor, unless one was given (decision: a trial).  What was scheduled
    for the trial's end takes effect; an end that is scheduled is withdrawn first, as
    before a restart.
    """
    if not state.trial or state.free:
        raise NoChangeError("trial", state.start)
    _check_goes_on(state)
    day = state.day
    if state.anchor == state.trial_end:
        state.anchor = day
    state.trial_end = day
    _charge_from_today(state)


def extend(state: State, change: Extend, _timing: Timing | None) -> None:
    """Let the running period, or the trial, end later by days that are given.

    The new end is the anchor, as after a freeze; of a trial it is where none was given.
    What is charged and given back is counted on the days that are paid for: those
    given cost nothing, and nothing comes back for them.
    """
    if state.free:
        raise NoChangeError("period", state.plan.id)
    if is_paused(state):
        raise NoChangeError("paused", state.end)
    before = state.end
    after = boundary(before, ONE_DAY, change.days)
    if state.trial:
        state.trial_end = after
        if state.anchor == before:
            state.anchor = after
        state.open_period(state.start, after)
        if state.term is not None:
            state.term = attrs.evolve(
                state.term.term.begun(after), follows=state.term.follows
            )
        return
    has_moved, left = is_moved(state), left_of_term(state)
    state.extend_to(after)
    if not has_moved:  # a billing day that was asked for stays
        state.anchor, state.steps = after, 0
        move_term(state, left)


def move_billing_day(
    state: State, change: MoveBillingDay, _timing: Timing | None
) -> None:
    """Let periods end on another day of the month from the running one's end on.

    The anchor is the first such day from that end on, a real one (a 31st): up to the
    first boundary it is a stub, charged by its share as after a trial.
    """
    if state.free or not state.interval.months:
        raise NoChangeError("no_billing_day", state.interval)
    _check_goes_on(state)
    if state.anchor.day == change.day:
        raise NoChangeError("billing_day", change.day)
    state.anchor, state.steps = _first_on(state.end, change.day), None


def pause(state: State, change: Pause, _timing: Timing | None) -> None:
    """Serve and charge nothing for so many periods from the next renewal on.

    It has the notice of an end.  One that is scheduled in time stays so, with another
    number of periods.
    """
    if state.free:
        raise NoChangeError("period", state.plan.id)
    if state.term is not None:
        raise TermRunsError(term_end(state), "pause")
    _check_goes_on(state)
    if state.scheduled_value(PAUSE):
        schedule(state, PAUSE, "", change.periods)
    else:
        schedule_in_notice(state, PAUSE, "", change.periods, CANCELLATION_WAY)


def end_pause(state: State, _change: EndPause, _timing: Timing | None) -> None:
    """End the pause today: what is left of the period that holds the day is charged.

    The grid stays, and what was scheduled for the pause's end takes effect.
    """
    waited = withdraw(state, PAUSE)
    if not is_paused(state):
        if not waited:
            raise NoChangeError("pause", state.start)
        return
    _check_goes_on(state)
    _charge_from_today(state)


def _charge_from_today(state: State) -> None:
    """Open the period of the grid that holds today, and charge what is left of it."""
    paused = is_paused(state)
    start, end = following(state, state.scheduled_value(INTERVAL) or state.interval)
    apply_scheduled(state, None)
    if not paused:
        end_discount_period(state)
    state.open_period(start, end)
    open_all(state)
    state.settle_now = True


def _first_on(since: Time, day: int) -> Time:
    """Return the first *day* of a month from *since* on; a short month is passed."""
    first = since.replace(day=1)
    found = boundary(first, ONE_DAY, day - 1)
    while found < since or found.day != day:
        first = month_boundary(first, 1)
        found = boundary(first, ONE_DAY, day - 1)
    return found


def _check_goes_on(state: State) -> None:
    """Refuse where the end is scheduled: it is withdrawn first."""
    for update in state.scheduled:
        if ends(update, state.rules.free_plan):
            raise CancellationPendingError(update.applies_on)
