"""An answer made once more, of plain objects: what is left when nothing is decided.

The replay of an answer knows every line beforehand.  It makes as many objects as the
library did, with as many fields, as attrs makes them; works out each amount by one
multiplication and one division; and adds up what an invoice adds up.  What a library
for billing costs above that is what it takes to know those lines.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from seatbill import Invoice, InvoiceLine, Outcome, Statement, Subscription


@attrs.frozen
class Money:
    """Minor units of one currency."""

    minor_units: int
    currency: str


class _LineReads:
    """A line makes money when it is asked for."""

    __slots__ = ()

    @property
    def amount(self: Any) -> Money:
        return Money(self.amount_minor, self.terms.currency)


class _InvoiceReads:
    """An invoice makes money when it is asked for."""

    __slots__ = ()

    @property
    def subtotal(self: Any) -> Money:
        return Money(self.subtotal_minor, self.currency)

    @property
    def tax(self: Any) -> Money:
        units = sum(tax.amount.minor_units for tax in self.taxes) if self.taxes else 0
        return Money(units, self.currency)

    @property
    def total(self: Any) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def credit_applied(self: Any) -> Money:
        return Money(self.credit_applied_minor, self.currency)

    @property
    def amount_due(self: Any) -> Money:
        units = max(self.total_minor - self.credit_applied_minor, 0)
        return Money(units, self.currency)


_READS = {InvoiceLine: (_LineReads,), Invoice: (_InvoiceReads,)}


@functools.cache
def plain(cls: Any) -> Any:
    """Return a frozen attrs class with the fields of *cls*, and no checks."""
    names = [field.name for field in attrs.fields(cls)]
    bases = _READS.get(cls, (object,))
    return attrs.make_class(cls.__name__, names, bases=bases, frozen=True, slots=True)


def amounts(invoices: Iterable[Any]) -> list[Any]:
    """Read every amount: of each line, and the totals of each invoice."""
    found = []
    for invoice in invoices:
        for line in invoice.lines:
            found.append(line.amount)  # noqa: PERF401  # read like the others
        found.append(invoice.subtotal)
        found.append(invoice.tax)
        found.append(invoice.total)
        found.append(invoice.credit_applied)
        found.append(invoice.amount_due)
    return found


def _values(value: Any) -> list[Any]:
    """Return the fields of *value* in their order."""
    return [getattr(value, field.name) for field in attrs.fields(type(value))]


def _place(cls: Any, name: str) -> int:
    """Return which field of *cls* has this *name*."""
    return [field.name for field in attrs.fields(cls)].index(name)


def _copies(values: Iterable[Any]) -> list[tuple[Any, list[Any]]]:
    """Return what makes each of *values* once more."""
    return [(plain(value.__class__), _values(value)) for value in values]


_Line = plain(InvoiceLine)
_Bill = plain(Invoice)
_Account = plain(Subscription)
_Outcome = plain(Outcome)

_AMOUNT = _place(InvoiceLine, "amount_minor")
_LINES = _place(Invoice, "lines")
_TAXES = _place(Invoice, "taxes")
_SUBTOTAL = _place(Invoice, "subtotal_minor")
_TOTAL = _place(Invoice, "total_minor")
_CHARGES = _place(Subscription, "charges")
_PENDING = _place(Subscription, "pending_updates")
_DISCOUNTS = _place(Subscription, "discounts")
_SEATS = _place(Subscription, "seats")
_PERIOD = _place(Subscription, "current_period")
_SUBSCRIPTION = _place(Outcome, "subscription")
_INVOICES = _place(Outcome, "invoices")
_NOTICES = _place(Outcome, "notices")


def _line(line: InvoiceLine) -> tuple[int, int, int, int | None, list[Any]]:
    """Return the numbers of a line's amount, and its fields."""
    divisor = line.terms.scale * line.share_denominator
    numbers = line.full_scaled, line.share_numerator, divisor, line.cap_minor
    return *numbers, _values(line)


def _tax(tax: Any) -> tuple[Any, int, int, int, list[Any]]:
    """Return the numbers of a tax, and its fields."""
    rate = tax.rate.rate
    bottom = rate.denominator + (rate.numerator if tax.rate.inclusive else 0)
    return (
        plain(tax.__class__),
        tax.base.minor_units,
        rate.numerator,
        bottom,
        _values(tax),
    )


def invoices_again(invoices: Iterable[Invoice]) -> Callable[[], list[Any]]:
    """Return a function that makes *invoices* once more."""
    recipes = [
        (
            [_line(line) for line in invoice.lines],
            [_tax(tax) for tax in invoice.taxes],
            _values(invoice),
        )
        for invoice in invoices
    ]

    def make() -> list[Any]:
        made = []
        for lines, taxes, fields in recipes:
            written = []
            subtotal = 0
            for full, part, divisor, cap, values in lines:
                top = 2 * full * part
                if top >= 0:
                    amount = (top + divisor) // (2 * divisor)
                else:
                    amount = -((divisor - top) // (2 * divisor))
                if cap is not None:
                    amount = max(amount, -cap)
                subtotal += amount
                values[_AMOUNT] = amount
                written.append(_Line(*values))
            total = subtotal
            computed = []
            for cls, base, top, bottom, values in taxes:
                total += (2 * base * top + bottom) // (2 * bottom)
                computed.append(cls(*values))
            fields[_LINES] = tuple(written)
            fields[_TAXES] = tuple(computed)
            fields[_SUBTOTAL] = subtotal
            fields[_TOTAL] = total
            made.append(_Bill(*fields))
        return made

    return make


def subscription_again(subscription: Subscription) -> Callable[[], Any]:
    """Return a function that makes *subscription* once more."""
    fields = _values(subscription)
    charges = _copies(subscription.charges)
    pending = _copies(subscription.pending_updates)
    discounts = _copies(subscription.discounts)
    seats = dict(subscription.seats)
    ((period, days),) = _copies([subscription.current_period])

    def make() -> Any:
        fields[_SEATS] = seats.copy()
        fields[_PERIOD] = period(*days)
        fields[_CHARGES] = tuple([cls(*values) for cls, values in charges])
        fields[_PENDING] = tuple([cls(*values) for cls, values in pending])
        fields[_DISCOUNTS] = tuple([cls(*values) for cls, values in discounts])
        return _Account(*fields)

    return make


def outcome_again(outcome: Outcome) -> Callable[[], Any]:
    """Return a function that makes *outcome* once more."""
    fields = _values(outcome)
    invoices = invoices_again(outcome.invoices)
    subscription = subscription_again(outcome.subscription)
    notices = _copies(outcome.notices)

    def make() -> Any:
        fields[_INVOICES] = tuple(invoices())
        fields[_SUBSCRIPTION] = subscription()
        fields[_NOTICES] = tuple([cls(*values) for cls, values in notices])
        return _Outcome(*fields)

    return make


def statement_again(opening: Outcome, statement: Statement) -> Callable[[], Any]:
    """Return a function that makes *opening* and what *statement* adds once more."""
    first = outcome_again(opening)
    invoices = invoices_again(statement.invoices[len(opening.invoices) :])
    subscription = subscription_again(statement.subscription)
    cls, fields = plain(Statement), _values(statement)

    def make() -> Any:
        return first(), invoices(), subscription(), cls(*fields)

    return make
