"""Bill a whole history: every change and renewal of it, as one statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, final

import attrs

from .._values.base import Quantities, Value, open_row
from .._values.checks import Time, instance, moment, several
from .._values.later import Later
from ..errors import (
    WrongTypeError,
)
from ..invoices import Invoice
from ..limits import LIMITS, NO_LIMITS, Limits
from ..periods import keep_times, same_time
from ..rules import Timing, timing_or_none
from ..subscriptions import (
    Outcome,
    Subscription,
)
from ..subscriptions.common_changes import canceled_at_once
from ..subscriptions.outcomes import check_history
from ._calls import changed, opened
from .steps import renew

if TYPE_CHECKING:
    from .._engine import closing, credited, replay
    from ..errors import wording
else:  # whoever bills nothing needs no engine
    closing, credited = Later("_engine.closing"), Later("_engine.credited")
    replay, wording = Later("_engine.replay"), Later("errors.wording")

Entry = tuple[Time, Any] | tuple[Time, Any, Timing | str | None]
Measured = Callable[[Time], Mapping[str, int] | None]


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Statement(Value):
    """What a whole history comes to: the last subscription and every invoice.

    *measurements* are the measured quantities that were used, by boundary, ``None``
    where there were none.
    """

    subscription: Subscription
    invoices: tuple[Invoice, ...]
    opening: Subscription
    history: tuple[tuple[Any, ...], ...]
    until: Time
    measurements: tuple[tuple[Time, Quantities | None], ...] = ()

    def __attrs_post_init__(self) -> None:
        sub = instance("subscription", self.subscription, Subscription)
        start = sub.current_period.start
        opening = instance("opening", self.opening, Subscription)
        same_time("opening.changed_on", opening.changed_on, start)
        for i, invoice in enumerate(several("invoices", self.invoices, Invoice)):
            same_time(f"invoices[{i}].issued_on", invoice.issued_on, start)
        keep_times(self, "until", like=start)
        check_history(self.history, opening.changed_on, self.until)
        for i, pair in enumerate(several("measurements", self.measurements, tuple)):
            if len(pair) != 2:
                raise WrongTypeError("measurements", "tuple[Time, Quantities]", pair)
            same_time(f"measurements[{i}].on", moment("on", pair[0]), start)
            if pair[1] is not None:
                instance("measurements", pair[1], Quantities)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """An outcome for each change, worked out again by ``change`` and ``renew``.

        A renewal before a change is in its outcome; a measured one stands before it
        as an outcome of its own.  The last is the renewal through *until*, where
        anything was due.
        """
        return tuple(self._walk())

    def _walk(self) -> Iterator[Outcome]:
        sub = self.opening
        measured = list(reversed(self.measurements))
        for day, change_or_more, *by_hand in (*self.history, (self.until, ())):
            changes = change_or_more
            if not isinstance(changes, tuple | list):
                changes = (changes,)
            timing = timing_or_none(*by_hand or (None,))
            counted: Mapping[str, int] | None = None
            while measured and measured[-1][0] <= day:
                boundary_day, found = measured.pop()
                if boundary_day == day and canceled_at_once(sub.rules, changes, timing):
                    counted = found  # of a period that ends before a renewal ran
                    break
                last = renew(sub, on=boundary_day, measured=found, limits=NO_LIMITS)
                sub = last.subscription
                yield last
            if changes:
                state = opened("opening", sub, NO_LIMITS)
                last = changed(state, changes, day, timing, counted)
            else:
                last = renew(sub, on=day, limits=NO_LIMITS)
            if changes or last.subscription is not sub:
                yield last
            sub = last.subscription


_open_statement: Final = open_row(Statement)


def bill(
    opening: Outcome | Subscription,
    history: Iterable[Entry],
    *,
    until: Time,
    measured: Measured | None = None,
    limits: Limits = LIMITS,
) -> Statement:
    """Return what *history* comes to, through *until*, which is included.

    *history* holds ``(day, change)`` or ``(day, (change, change))`` in the order of
    the days; where a timing was given by hand it stands third, as in
    ``(day, change, Timing.IMMEDIATE)``.  Periods are renewed in between.  The invoices
    of an *opening* outcome open the statement.  *measured* returns the quantities of
    measured units on a boundary's day.  *limits* is how much may be asked for.

    >>> from datetime import date
    >>> from seatbill import MONTHLY, AddSeats, BillingRules, Plan, Price, subscribe
    >>> pro = Plan("pro", "Pro", 1, [Price(unit_amount="10.00", currency="EUR")])
    >>> team = {"id": "t", "interval": MONTHLY, "seats": 3, "rules": BillingRules()}
    >>> start = subscribe(pro, on=date(2026, 4, 1), **team)
    >>> grown = bill(start, [(date(2026, 4, 16), AddSeats(2))], until=date(2026, 5, 1))
    >>> [str(invoice.total) for invoice in grown.invoices]  # 2 × 10.00 × 15/30, then 5
    ['30.00 EUR', '10.00 EUR', '50.00 EUR']

    Raises: what ``change`` and ``renew`` raise, with a note that names the entry.
    """
    return billed(opening, history, until, measured, limits)


def billed(
    opening: Outcome | Subscription,
    history: Iterable[Entry],
    until: Time,
    measured: Measured | None = None,
    limits: Limits = LIMITS,
    noted: Mapping[str, list[tuple[str, Time | None, int]]] | None = None,
) -> Statement:
    """Return what ``bill`` does, where credit notes took back what is *noted*.

    By charge: the key of each note, the day after which it counts, and how much.
    """
    if isinstance(opening, Outcome):
        sub, first = opening.subscription, opening.invoices
    else:
        sub, first = opening, ()
    state = opened("opening", sub, limits)
    state.invoices += first
    taken: list[tuple[Time, Quantities | None]] = []
    if measured is not None and not callable(measured):
        raise WrongTypeError("measured", "a function of a boundary's day", measured)
    measure = None if measured is None else replay.recorded(measured, taken)
    entries = replay.entries_of(history, limits)
    applied: list[Any] = []
    state.noted = dict(noted or {})
    try:
        replay.replay(state, entries, applied, measure)
    except (ValueError, TypeError) as error:
        error.add_note(
            f"in history[{len(applied)}]: {wording.shown(entries[len(applied)])!r}"
        )
        raise
    day = state.check_day(until)
    replay.advance(state, day, measure)
    if state.noted:
        credited.count_all_noted(state)
    row = _open_statement()
    row.invoices = tuple(state.invoices)
    row.subscription = closing.as_value(state)
    row.opening = sub
    row.history = tuple(applied)
    row.until = day
    row.measurements = tuple(taken)
    row.__class__ = Statement  # it never changes from here on
    return row  # type: ignore[no-any-return]
