"""An invoice worked out again from what stands on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from types import MappingProxyType
from typing import Final, final

import attrs

from ._values.base import Value
from ._values.checks import instance, text
from .combining import Billed, CombinedInvoice, taxes_of_all
from .errors import ConventionError
from .invoices import (
    BillingReason,
    Invoice,
    InvoiceLine,
    ItemKind,
    LineKind,
    rounding_of,
    taxed_sum,
    taxes_of,
)
from .money import Money, Rounding, divide, trusted_money
from .proration import ratio
from .taxes import TaxAmount, exclusive_tax, tax_on, trusted_tax

__all__ = ["Discrepancy", "verify"]


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Discrepancy(Value):
    """Something on an invoice that does not follow from the rest of it.

    *where* is a path such as ``lines[2].amount``.
    """

    where: str
    stated: object
    expected: object

    def __attrs_post_init__(self) -> None:
        text("where", self.where)


_Compare = Callable[[str, object, object], None]


def verify(invoice: Billed) -> tuple[Discrepancy, ...]:
    """Return what does not add up; empty when every line proves itself.

    Each line's share is counted again from its dates, its amount from the full
    amount and the share; its kind goes with its item and its sign, and a cap is there
    where it cuts.  Taxes and totals are added up again.  On a combined invoice each
    single one is worked out again, and then the taxes of all of them together.
    """
    if isinstance(invoice, CombinedInvoice):
        return tuple(_of_all(invoice))
    instance("invoice", invoice, Invoice)
    found: list[Discrepancy] = []

    def compare(where: str, stated: object, expected: object) -> None:
        if stated != expected:
            found.append(Discrepancy(where, stated, expected))

    for i, line in enumerate(invoice.lines):
        _verify_line(f"lines[{i}]", line, invoice, compare)
    subtotal = Money.total([line.amount for line in invoice.lines], invoice.currency)
    compare("subtotal", invoice.subtotal, subtotal)
    taxes = _taxes_again(invoice)
    compare("taxes", invoice.taxes, taxes)
    on_top = Money.from_minor_units(exclusive_tax(taxes), invoice.currency)
    compare("total", invoice.total, subtotal + on_top)
    zero = Money.zero(invoice.currency)
    most = max(invoice.total, zero)
    compare(
        "credit_applied",
        invoice.credit_applied,
        min(max(invoice.credit_applied, zero), most),
    )
    of_lots = Money.total([lot.amount for lot in invoice.credit_lots], zero.currency)
    moved = invoice.credit_applied + invoice.credit_granted
    compare("credit_lots", of_lots, min(of_lots, moved))
    return tuple(found)


def _of_all(combined: CombinedInvoice) -> Iterator[Discrepancy]:
    """Yield what does not add up on each invoice of *combined*, and over all."""
    for i, invoice in enumerate(combined.invoices):
        for found in verify(invoice):
            where = f"invoices[{i}].{found.where}"
            yield Discrepancy(where, found.stated, found.expected)
    taxes = taxes_of_all(combined)
    if combined.taxes != taxes:
        yield Discrepancy("taxes", combined.taxes, taxes)


LINE_KINDS: Final = MappingProxyType(
    {
        ItemKind.PLAN: (LineKind.CHARGE, LineKind.CREDIT),
        ItemKind.ADD_ON: (LineKind.CHARGE, LineKind.CREDIT),
        ItemKind.DISCOUNT: (LineKind.CREDIT, LineKind.DISCOUNT),
        ItemKind.SERVICE: (LineKind.SERVICE, LineKind.SERVICE),
        ItemKind.FEE: (LineKind.FEE, LineKind.FEE),
    }
)
"""The kinds of line of an item: what adds to an invoice, what takes off it."""


def _verify_line(
    where: str, line: InvoiceLine, invoice: Invoice, compare: _Compare
) -> None:
    """Compare what *line* says with what follows from the rest of it."""
    terms = line.terms
    item = terms.item_kind
    once = item is ItemKind.SERVICE or item is ItemKind.FEE
    corrects = invoice.billing_reason is BillingReason.CORRECTION
    adds, takes = LINE_KINDS[item]
    kind = takes if line.full_scaled < 0 else adds
    if not line.full_scaled and line.kind is takes:
        kind = takes  # what is free does neither
    compare(f"{where}.kind", line.kind, kind)
    compare(f"{where}.currency", terms.currency, invoice.currency)
    compare(f"{where}.share", line.share, _share_of(line))
    whole = line.whole.start, line.whole.end
    inside = max(line.start, whole[0]), min(line.end, whole[1])
    compare(f"{where}.period", (line.start, line.end), whole if once else inside)
    exact = Fraction(line.full_scaled, terms.scale) * line.share
    amount = divide(exact.numerator, exact.denominator, terms.rounding)
    cap = line.cap_minor
    if cap is not None:
        # Only what gives back is cut short, and a correction that takes that back.
        may_cut = line.kind in _CUT or (corrects and not once)
        binds = may_cut and cap < abs(amount)
        compare(f"{where}.cap", line.cap, line.cap if binds else None)
        if may_cut:
            amount = max(-cap, min(amount, cap))
    compare(
        f"{where}.amount", line.amount, Money.from_minor_units(amount, line.currency)
    )
    _verify_price(where, line, compare)
    if once and not corrects:  # only a correction takes it back
        compare(f"{where}.quantity", line.quantity, abs(line.quantity))


def _verify_price(where: str, line: InvoiceLine, compare: _Compare) -> None:
    """Compare what *line* says of quantity and price with its full amount."""
    terms, full = line.terms, line.full_scaled
    sold = terms.item_kind is ItemKind.PLAN or terms.item_kind is ItemKind.ADD_ON
    unit = terms.unit_scaled
    if unit is None:
        if not sold:  # only plans and add-ons have tiers
            each = abs(line.full_amount / (line.quantity or 1))
            compare(f"{where}.unit_amount", None, each)
        return
    wanted = unit * line.quantity
    if terms.item_kind is ItemKind.DISCOUNT:  # all of it, or a part
        one = -1 if full < 0 else 1
        compare(f"{where}.quantity", line.quantity, one)
        wanted = max(-unit, min(full, unit))
    compare(f"{where}.full_amount", line.full_amount, terms.exact(wanted))


_CUT: Final = (LineKind.CREDIT, LineKind.DISCOUNT)


def _taxes_again(invoice: Invoice) -> tuple[TaxAmount, ...]:
    """Return the taxes of the lines of *invoice*, worked out again."""
    lines, currency = invoice.lines, invoice.currency
    rounding = rounding_of(invoice)
    taxes = taxes_of(lines, currency, rounding)
    if invoice.billing_reason is not BillingReason.CORRECTION:
        return taxes
    return tuple(_tax_apart(invoice, tax, rounding) for tax in taxes)


def _tax_apart(invoice: Invoice, tax: TaxAmount, rounding: Rounding) -> TaxAmount:
    """Return *tax*, or that on the sums of which *invoice* says it is the difference.

    These have to add up to the lines of its rate.
    """
    rate, currency = tax.rate, invoice.currency
    whole = taxed_sum(rate, invoice.lines)
    for stated in invoice.taxes:
        sums = [part.minor_units for part in stated.apart]
        if sums and stated.rate == rate and sum(sums) == whole:
            units = sum(tax_on(rate, each, rounding) for each in sums)
            net = whole - units if rate.inclusive else whole
            amounts = (trusted_money(each, currency) for each in (net, units))
            return trusted_tax(rate, *amounts, stated.apart)
    return tax


def _share_of(line: InvoiceLine) -> Fraction | None:
    """Return the share of *line*, counted from its dates; none where it has none."""
    if line.terms.item_kind in (ItemKind.SERVICE, ItemKind.FEE):
        return Fraction(1)
    try:
        whole = line.whole.start, line.whole.end
        return Fraction(*ratio(line.terms.convention, line.start, line.end, whole))
    except (ConventionError, ZeroDivisionError):
        return None
