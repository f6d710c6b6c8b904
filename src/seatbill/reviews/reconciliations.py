"""What a reconciliation finds, as values: lines, activity, events, findings."""

from __future__ import annotations

from typing import Final, final

import attrs

from .._values.checks import Time, instance, text
from .._values.checks import whole as whole_number
from ..errors import UnknownItemError, WrongTypeError
from ..invoices import Invoice, InvoiceLine
from ..money import Money
from ..notices import Finding, check_optional, keep_tuples
from ..periods import Period, keep_times, same_time, same_times
from ..verification import Discrepancy

_SUBSCRIBED: Final = ("plan", "interval", "seats", "add_on")


@final
@attrs.frozen(order=False)
class Activity:
    """A time in which an item was active, and how many of it."""

    period: Period
    quantity: int

    def __attrs_post_init__(self) -> None:
        instance("period", self.period, Period)
        whole_number("quantity", self.quantity, 1)


@final
@attrs.frozen(kw_only=True, order=False)
class ConfigurationChange:
    """What was subscribed, changed or terminated on a day.

    *what* is ``"plan"``, ``"interval"``, ``"seats"`` or ``"add_on"``, *key* the unit
    or the add-on.  *before* and *after* are ids or numbers, ``None`` for nothing.
    """

    on: Time
    what: str
    key: str
    before: str | int | None
    after: str | int | None

    def __attrs_post_init__(self) -> None:
        keep_times(self, "on")
        if text("what", self.what) not in _SUBSCRIBED:
            raise UnknownItemError("what", self.what, _SUBSCRIBED)
        if type(self.key) is not str:
            raise WrongTypeError("key", "str", self.key)
        for name, value in (("before", self.before), ("after", self.after)):
            if type(value) is int:
                whole_number(name, value)
            elif value is not None and type(value) is not str:
                raise WrongTypeError(name, "str | int | None", value)


@final
@attrs.frozen(kw_only=True, order=False)
class LineReview:
    """One line beside the history: *finding* is the first difference, or ``None``.

    *index* is its place on the invoice, ``None`` for a line that is missing there.
    *active* says when its item was active in the whole period that it belongs to.
    """

    line: InvoiceLine
    index: int | None
    finding: Finding | None
    active: tuple[Activity, ...]

    def __attrs_post_init__(self) -> None:
        instance("line", self.line, InvoiceLine)
        if self.index is not None:
            whole_number("index", self.index)
        check_optional(self, finding=Finding)
        keep_tuples(self, active=Activity)
        for i, active in enumerate(self.active):
            same_time(f"active[{i}].period", active.period.start, self.line.start)


@final
@attrs.frozen(kw_only=True, order=False)
class Reconciliation:
    """An invoice beside the one that the history gives, ``None`` where it gives none.

    *lines* are those of the invoice, then those that are missing on it.  *totals* are
    the differences of the document itself.  *events* are the changes of plan, seats
    and add-ons in the time that the invoice is about.
    """

    invoice: Invoice
    expected: Invoice | None
    lines: tuple[LineReview, ...]
    totals: tuple[Discrepancy, ...]
    events: tuple[ConfigurationChange, ...]

    def __attrs_post_init__(self) -> None:
        instance("invoice", self.invoice, Invoice)
        check_optional(self, expected=Invoice)
        keep_tuples(
            self, lines=LineReview, totals=Discrepancy, events=ConfigurationChange
        )
        times = [
            *((f"lines[{i}].line", one.line.start) for i, one in enumerate(self.lines)),
            *((f"events[{i}].on", one.on) for i, one in enumerate(self.events)),
        ]
        if self.expected is not None:
            times.append(("expected.issued_on", self.expected.issued_on))
        same_times(self.invoice.issued_on, times)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The first difference of each line that has one."""
        return tuple(one.finding for one in self.lines if one.finding is not None)

    @property
    def is_right(self) -> bool:
        """Whether the invoice is what the history gives."""
        return not self.findings and not self.totals

    @property
    def difference(self) -> Money:
        """What the invoice asks for above what the history gives, or below."""
        if self.expected is None:
            return self.invoice.total
        return self.invoice.total - self.expected.total
