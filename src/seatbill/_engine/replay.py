"""The entries of a history in their order, renewals in between.

Takes the entries and the state in which the history begins, and leaves the state on the
day of the last entry.  What is due by an entry's day is done first, each boundary for
itself, so that one call for a year comes to what a call for each month does.

From 15 January, monthly, with an entry on 20 March: the renewals of 15 February and of
15 March come first, an invoice each, and then the entry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from .._values.base import Quantities, as_quantities
from .._values.checks import Time
from ..errors import MeasureEachRenewalError, TooManyLinesError, WrongTypeError
from ..limits import Limits
from ..rules import Timing, timing_or_none
from ..subscriptions import Cancel
from ..subscriptions.common_changes import canceled_at_once
from ..subscriptions.subscription import quantities
from .apply import apply
from .dates import next_event
from .lasting import drop_ended
from .pausing import pauses_unmeasured
from .renewals import Measure, Occupied, due_here, end_with_period, pass_event, roll
from .state import State

_DATE: Final = dt.date

Measurements = list[tuple[Time, Quantities | None]]


# What a history nearly always is, and what it cannot be although it is iterable.
_PLAIN: Final = (list, tuple)
_NO_HISTORY: Final = (str, bytes, Mapping)


def entries_of(history: Any, limits: Limits) -> tuple[Any, ...]:
    """Return the entries of *history*, no more than may be asked for."""
    if type(history) not in _PLAIN and (
        isinstance(history, _NO_HISTORY) or not isinstance(history, Iterable)
    ):
        raise WrongTypeError("history", "Iterable[tuple[Time, Change]]", history)
    entries = tuple(history)
    if len(entries) > limits.lines:
        raise TooManyLinesError(len(entries), limits.lines)
    return entries


def replay(
    state: State,
    history: Iterable[Any],
    applied: list[Any],
    measure: Measure | None = None,
) -> None:
    """Apply the entries of *history* in order, each netted into one invoice.

    Each entry that was applied is added to *applied*, as it is kept.
    """
    for entry in history:
        timing = None
        if type(entry) is tuple and len(entry) == 2:
            day, changes = entry
        else:
            day, changes, timing = _by_hand(entry)
            if timing is None:
                entry = day, changes  # noqa: PLW2901 (as it is kept)
        kept = step(state, day, changes, timing, measure)
        if type(kept) is tuple:
            entry = state.day, kept, *entry[2:]  # noqa: PLW2901
        applied.append(entry)


def step(
    state: State,
    day: Any,
    changes: Any,
    timing: Timing | None,
    measure: Measure | None = None,
) -> Any:
    """Apply *changes* of *day*, after what is due by then; return them as kept."""
    if type(day) is not _DATE or not state.by_days or day < state.day:
        day = state.check_day(day)
    if day >= state.end or state.unbilled or state.frozen_on is not None or state.own:
        if type(changes) in _MAY_END and _end_before(
            state, day, changes, timing, measure
        ):
            return tuple(changes) if type(changes) is list else changes
        advance(state, day, measure)
    state.move_to(day)
    if state.discounts:
        drop_ended(state)
    return apply(state, changes, timing)


_MAY_END: Final = (Cancel, tuple, list)


def _end_before(
    state: State,
    day: Time,
    changes: Any,
    timing: Timing | None,
    measure: Measure | None,
) -> bool:
    """End it before the renewal of *day*, where it is canceled at once on that day."""
    cancel = canceled_at_once(state.rules, changes, timing)
    if cancel is None:
        return False
    advance(state, day, measure, before=True)
    if not _is_renewal(state, day, next_event(state)) or due_here(state)[0]:
        return False
    end_with_period(state, cancel, measure(day) if measure else None)
    return True


def _is_renewal(state: State, day: Time, event: Time | None) -> bool:
    """Return whether the *event* of *day* is the end of the running period."""
    return state.frozen_on is None and day == event == state.end


def _by_hand(entry: Any) -> tuple[Any, Any, Timing | None]:
    """Return an entry of three, the last of them the timing that was given by hand."""
    if type(entry) is not tuple or len(entry) != 3:
        raise WrongTypeError("history", "tuple[Time, Change]", entry)
    day, changes, timing = entry
    return day, changes, timing_or_none(timing)


def advance(
    state: State,
    day: Time,
    measure: Measure | None = None,
    occupied: Occupied = None,
    *,
    before: bool = False,
) -> None:
    """Pass every boundary on or before *day* on which something is to be done.

    With *before* not the renewal of that day itself.
    """
    interval = None
    while (
        day >= state.end or state.unbilled or state.frozen_on is not None or state.own
    ):
        event = next_event(state)
        if event is None or event > day:
            return
        if before and _is_renewal(state, day, event):
            return
        if interval is not state.interval:  # the first time, and after a change
            interval = state.interval
            _check_length(state, event, day)
        if event < state.end or state.frozen_on is not None:
            pass_event(state, event)
        else:
            given = None
            if measure and not (state.scheduled and pauses_unmeasured(state)):
                given = measure(event)
            roll(state, given, occupied)


def _check_length(state: State, event: Time, day: Time) -> None:
    """Refuse more lines through *day* than one call may come to, before any is made."""
    days = day.toordinal() - event.toordinal()
    each = (len(state.charges) or 1) * (len(state.tax_rates) or 1)
    most = state.limits.lines
    if (days + 1) * each > most:  # or no interval is as short as that
        lines = (days // state.interval.nominal_days + 1) * each
        if lines > most:
            raise TooManyLinesError(lines, most)


# Measured quantities.


def measured_once(measured: Mapping[str, int] | None) -> Measure | None:
    """Return a function that hands out *measured* for one boundary only."""
    if measured is None:
        return None
    if not isinstance(measured, Mapping):
        raise WrongTypeError("measured", "Mapping[str, int]", measured)
    known = as_quantities(measured)
    if not known:
        return None
    seen: list[Time] = []

    def at(day: Time) -> Mapping[str, int]:
        seen.append(day)
        if len(seen) > 1:
            raise MeasureEachRenewalError(*seen)
        return known

    return at


def recorded(measured: Measure, taken: Measurements) -> Measure:
    """Return *measured*, noting what it returned."""

    def at(day: Time) -> Mapping[str, int] | None:
        numbers = measured(day)
        if numbers is not None:
            numbers = quantities("measured", numbers)
        taken.append((day, numbers))
        return numbers

    return at


def notify_unused(
    state: State, measured: Mapping[str, int] | None, occupied: Occupied
) -> None:
    """Say which numbers that a renewal was given are of no unit that it could use.

    More people than seats stop no renewal; they are told.
    """
    if state.ended_on is not None or state.free:
        return
    table, plan = state.table or state.plan_table, ("plan", state.plan.id)
    units = table.units
    for unit in measured or ():
        if unit not in table.measured:
            state.notify("number_unused", plan, ("unit", unit))
    for unit, people in (occupied or {}).items():
        owned = state.seats.get(unit, 0)
        if unit not in units:
            state.notify("people_unused", plan, ("unit", unit))
        elif people > owned and not units[unit].measured:
            state.notify(
                "more_people",
                ("unit", unit),
                ("occupied", people),
                ("owned", owned),
                ("missing", people - owned),
            )
