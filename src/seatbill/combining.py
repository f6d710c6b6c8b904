"""One document for several subscriptions of one payer, and its parts again.

The invoices stand on it as groups, each with its subtotal.  Tax is computed once for
each rate over all of them (EN 16931), so it may differ by cents from the taxes of the
single invoices; what is due is one amount, under one number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, final

import attrs

from ._values.base import Value
from ._values.checks import MAX_QUANTITY, Time, instance, several, text, unique
from .credit import CreditLot
from .errors import (
    CurrencyMismatchError,
    NotCombinableError,
    OutOfOrderError,
    WrongTypeError,
)
from .invoices import Invoice, InvoiceLine, rounding_of, rounding_off, taxed_sum
from .money import NOTHING, Money, trusted_money
from .parties import Party
from .periods import keep_times, same_time
from .proration import allocate
from .taxes import TaxAmount, TaxRate, exclusive_tax, tax_on, trusted_tax

__all__ = ["CombinedInvoice", "combine", "take_apart"]


def _invoices(values: Iterable[Invoice]) -> tuple[Invoice, ...]:
    return several("invoices", values, Invoice)


def _taxes(values: Iterable[TaxAmount]) -> tuple[TaxAmount, ...]:
    return several("taxes", values, TaxAmount)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class CombinedInvoice(Value):
    """What one payer owes on one day for several subscriptions.

    *key* is the host's, the same for the same document.  Each of the *invoices* keeps
    its own recipient, who holds the seats; *recipient* is the payer.  *taxes* are those
    of all lines together, each rate rounded once.

    Raises: WrongTypeError for no invoice at all, CurrencyMismatchError, DuplicateError,
    NotCombinableError for another day, rounding or step of what is payable.
    """

    key: str
    issued_on: Time
    invoices: tuple[Invoice, ...] = attrs.field(converter=_invoices)
    taxes: tuple[TaxAmount, ...] = attrs.field(converter=_taxes)
    recipient: Party | None = None

    def __attrs_post_init__(self) -> None:
        text("key", self.key)
        if not self.invoices:
            raise WrongTypeError("invoices", "invoices", self.invoices)
        first = self.invoices[0]
        keep_times(self, "issued_on", like=first.issued_on)
        if self.issued_on < first.issued_on:
            raise OutOfOrderError(self.issued_on, first.issued_on)
        unique("invoice", [invoice.key for invoice in self.invoices])
        rounding = rounding_of(self)
        for i, invoice in enumerate(self.invoices):
            if invoice.currency != first.currency:
                raise CurrencyMismatchError(first.currency, invoice.currency)
            day = invoice.issued_on
            same_time(f"invoices[{i}].issued_on", day, first.issued_on)
            if day != first.issued_on:
                raise NotCombinableError(invoice.key, "issued_on", first.issued_on, day)
            own = rounding_of(invoice) if invoice.lines else rounding
            if own is not rounding:
                raise NotCombinableError(invoice.key, "rounding", rounding, own)
            step, wanted = invoice.payable_step, first.payable_step
            if step != wanted:
                raise NotCombinableError(invoice.key, "payable_step", wanted, step)
        Money.total([tax.amount for tax in self.taxes], first.currency)
        if self.recipient is not None:
            instance("recipient", self.recipient, Party)

    @property
    def currency(self) -> str:
        """The currency of all of them."""
        return self.invoices[0].currency

    @property
    def lines(self) -> tuple[InvoiceLine, ...]:
        """The lines of all invoices, in their order."""
        return tuple(line for invoice in self.invoices for line in invoice.lines)

    @property
    def subtotal(self) -> Money:
        """The sum of the rounded lines (EN 16931 BT-106)."""
        return self._sum("subtotal")

    @property
    def tax(self) -> Money:
        """The sum of the taxes, inclusive ones too."""
        return Money.total([tax.amount for tax in self.taxes], self.currency)

    @property
    def total(self) -> Money:
        """The subtotal and the taxes that are not in the prices already."""
        return self.subtotal + trusted_money(exclusive_tax(self.taxes), self.currency)

    @property
    def total_minor(self) -> int:
        """The total in minor units."""
        return self.total.minor_units

    @property
    def total_excluding_tax(self) -> Money:
        """The total without any tax (BT-109)."""
        return self.total - self.tax

    @property
    def credit_applied(self) -> Money:
        """What the credit balances of the subscriptions paid."""
        return self._sum("credit_applied")

    @property
    def credit_lots(self) -> tuple[CreditLot, ...]:
        """What lots paid of ``credit_applied``, by their kind and last day."""
        found: dict[Any, Money] = {}
        for lot in chain(*[i.credit_lots for i in self.invoices if i.credit_applied]):
            name = lot.kind, lot.expires_on
            found[name] = found.get(name, NOTHING[self.currency]) + lot.amount
        return tuple(CreditLot(amount, *name) for name, amount in found.items())

    @property
    def credit_granted(self) -> Money:
        """What went to the credit balances where an invoice was negative.

        And a cent that a balance paid for a tax that is less on all of them together,
        where nothing is due that it could be taken off: grant that by hand.
        """
        granted = self._sum("credit_granted")
        return max(granted, self.credit_applied - self.total)

    @property
    def payable_rounding(self) -> Money:
        """What rounding adds to what is to be paid for all of them, once (BT-114)."""
        step, due = self.invoices[0].payable_step, self._unrounded
        if step is None:
            return Money.zero(self.currency)
        return rounding_off(due.minor_units, step, rounding_of(self))

    @property
    def amount_due(self) -> Money:
        """What is to be paid now for all of them, never negative (BT-115)."""
        return self._unrounded + self.payable_rounding

    @property
    def _unrounded(self) -> Money:
        return self.total - self.credit_applied + self.credit_granted

    def _sum(self, name: str) -> Money:
        """Return the sum of one amount of each invoice."""
        amounts = [getattr(invoice, name) for invoice in self.invoices]
        return Money.total(amounts, self.currency)


Billed = Invoice | CombinedInvoice
"""What asks a payer for money."""


def combine(
    invoices: Iterable[Invoice], *, key: str, payer: Party | None = None
) -> CombinedInvoice:
    """Return *invoices* of several subscriptions as one document of one *payer*.

    They have one currency, one day and one rounding.  The payer is whom they are all
    made out to, unless one is given: it may be another than who holds the seats.

    Raises: what :class:`CombinedInvoice` refuses.
    """
    found = several("invoices", invoices, Invoice)
    if not found:
        raise WrongTypeError("invoices", "invoices", found)
    recipients = list(dict.fromkeys(invoice.recipient for invoice in found))
    if payer is None and len(recipients) == 1:
        payer = recipients[0]
    combined = CombinedInvoice(
        key=key,
        issued_on=found[0].issued_on,
        invoices=found,
        taxes=(),
        recipient=payer,
    )
    return attrs.evolve(combined, taxes=taxes_of_all(combined))


def taxes_of_all(combined: CombinedInvoice) -> tuple[TaxAmount, ...]:
    """Return the tax of each rate on all lines of *combined*, rounded once.

    A tax that is the difference of taxes (on a correction) comes in as it stands.
    """
    lines = combined.lines
    rates = dict.fromkeys(rate for line in lines for rate in line.terms.tax_rates)
    return tuple(_tax_of_all(rate, combined) for rate in rates)


def _tax_of_all(rate: TaxRate, combined: CombinedInvoice) -> TaxAmount:
    base = units = whole = 0
    for invoice in combined.invoices:
        apart = [tax for tax in invoice.taxes if tax.rate == rate and tax.apart]
        base += sum(tax.base.minor_units for tax in apart)
        units += sum(tax.amount.minor_units for tax in apart)
        whole += 0 if apart else taxed_sum(rate, invoice.lines)
    tax = tax_on(rate, whole, rounding_of(combined))
    base += whole - tax if rate.inclusive else whole
    currency = combined.currency
    amounts = trusted_money(base, currency), trusted_money(units + tax, currency)
    return trusted_tax(rate, *amounts, ())


def take_apart(combined: CombinedInvoice) -> tuple[Invoice, ...]:
    """Return the single invoices of *combined*, which add up to it.

    All but the rounding of what is payable: that is of the whole, and on none of them.

    Where tax over all of them comes to other cents than their own taxes, these are
    shared by ``allocate``: by what is due on the invoices that the rate is on, or by
    their size where too little is due.  Nothing else changes.
    """
    invoices = list(instance("combined", combined, CombinedInvoice).invoices)
    for tax in combined.taxes:
        for i, units in _cents(tax, invoices):
            invoices[i] = _with_tax(invoices[i], tax.rate, units)
    if invoices[0].payable_step is not None:
        invoices = [attrs.evolve(one, payable_step=None) for one in invoices]
    return tuple(invoices)


def _cents(tax: TaxAmount, invoices: list[Invoice]) -> Iterator[tuple[int, int]]:
    """Yield which of *invoices* get how many cents more or less of *tax*."""
    own = {
        i: part
        for i, invoice in enumerate(invoices)
        for part in invoice.taxes
        if part.rate == tax.rate
    }
    cents = tax.amount.minor_units
    cents -= sum(part.amount.minor_units for part in own.values())
    if not cents:
        return
    weights = [invoices[i].amount_due.minor_units for i in own]
    if sum(weights) < abs(cents):
        weights = [
            abs(part.base.minor_units) + abs(part.amount.minor_units)
            for part in own.values()
        ]
    # A weight says only who bears a cent: there is no need to tell larger ones apart.
    weights = [min(weight, MAX_QUANTITY) for weight in weights]
    shares = allocate(trusted_money(cents, tax.amount.currency), weights)
    for i, share in zip(own, shares, strict=True):
        yield i, share.minor_units


def _with_tax(invoice: Invoice, rate: TaxRate, units: int) -> Invoice:
    """Return *invoice* with so many minor units more of the tax at *rate*."""
    more = trusted_money(units, invoice.currency)
    taxes = tuple(
        attrs.evolve(
            tax,
            amount=tax.amount + more,
            base=tax.base - more if rate.inclusive else tax.base,
        )
        if tax.rate == rate
        else tax
        for tax in invoice.taxes
    )
    total = invoice.subtotal_minor + exclusive_tax(taxes)
    return attrs.evolve(invoice, taxes=taxes, total_minor=total)
