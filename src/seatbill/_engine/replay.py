"""The walk: the entries of a history in their order, renewals in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from .._values.checks import Time, member
from .._values.later import Later
from ..errors import TooManyLinesError, WrongTypeError
from ..rules import Timing
from .state import Ledger
from .usual import USUAL, renew

if TYPE_CHECKING:
    from . import apply as steps
    from . import renewals as boundaries
    from .renewals import Measure, Occupied
else:  # nearly all histories are usual
    boundaries, steps = Later("_engine.renewals"), Later("_engine.apply")

_DATE: Final = dt.date


def walk(
    ledger: Ledger,
    history: Iterable[Any],
    walked: list[Any],
    measure: Measure | None = None,
) -> None:
    """Apply the entries of *history* in order, each netted into one invoice.

    What is due by an entry's day is renewed first.  Each entry that was applied is
    added to *walked*.
    """
    add = walked.append
    usual_of = USUAL.get
    for entry in history:
        timing = None
        if type(entry) is tuple and len(entry) == 2:
            day, changes = entry
        else:
            day, changes, timing = _by_hand(entry)
            if timing is None:
                entry = day, changes  # noqa: PLW2901 (as it is kept)
        if (
            ledger.steady
            and type(day) is _DATE
            and 0 < (part := ledger.end_day - day.toordinal()) <= ledger.part
        ):  # inside the running period, and not before the last entry
            ledger.day = day
            ledger.part = part
        else:
            _arrive(ledger, day, measure)
        if ledger.steady and timing is None:
            usual = usual_of(type(changes))
            if usual is not None and usual(ledger, changes):
                add(entry)
                continue
        ledger.unfold()
        add(steps.step(ledger, entry, changes, timing))


def _by_hand(entry: Any) -> tuple[Any, Any, Timing | None]:
    """Return an entry of three, the last of them the timing that was given by hand."""
    if type(entry) is not tuple or len(entry) != 3:
        raise WrongTypeError("history", "tuple[Time, Change]", entry)
    day, changes, timing = entry
    if timing is not None:
        member("timing", timing, Timing)
    return day, changes, timing


def _arrive(ledger: Ledger, day: Any, measure: Measure | None) -> None:
    """Stand on *day*, after what is due by then."""
    day = ledger.check_day(day)
    advance(ledger, day, measure)
    ledger.at(day)


def advance(
    ledger: Ledger,
    day: Time,
    measure: Measure | None = None,
    occupied: Occupied = None,
) -> None:
    """Pass every boundary on or before *day* on which something is to be done."""
    interval = None
    while (event := ledger.next_event()) is not None and event <= day:
        if interval is not ledger.interval:  # the first time, and after a change
            interval = ledger.interval
            _check_length(ledger, event, day)
        if ledger.steady and measure is None and renew(ledger):
            continue
        ledger.unfold()
        boundaries.pass_event(ledger, event, measure, occupied)


def _check_length(ledger: Ledger, event: Time, day: Time) -> None:
    """Refuse more lines through *day* than one call may come to, before any is made."""
    days = day.toordinal() - event.toordinal()
    lines = (days // ledger.interval.nominal_days + 1) * max(len(ledger.charges), 1)
    lines *= max(len(ledger.tax_rates), 1)
    most = ledger.limits.lines
    if lines > most:
        raise TooManyLinesError(lines, most)
