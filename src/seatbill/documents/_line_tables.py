"""The table of a document and its sums: what each line says, tax for each rate."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import attrs

from .._values.checks import Time
from ..combining import Billed
from ..corrections import CreditNote
from ..credit import CreditKind, CreditLot
from ..formatting import (
    format_number,
    format_percent,
    format_period,
    format_share,
    format_unit_amount,
)
from ..formatting._describing import is_cheaper
from ..formatting._offers import discount_details
from ..invoices import Invoice, InvoiceLine, ItemKind, LineKind
from ..money import Money
from ..periods import Period
from ..taxes import TaxAmount, TaxRate
from ..taxes import TaxCategory as Category
from ._markup import isolated
from ._setting import Setting
from .looks import Look
from .sheets import Column, Line, Lines, Total, Totals

_USUAL: Final = ("quantity", "unit_price", "share")
_ONCE: Final = (ItemKind.SERVICE, ItemKind.FEE)


def table(invoice: Invoice, setting: Setting) -> Iterator[Lines]:
    """Yield the table of an invoice that has lines.

    The column of shares is left out where every line is for all of its period.
    """
    if not invoice.lines:
        return
    _ = setting.words.gettext
    shares = any(line.share != 1 for line in invoice.lines)
    yield Lines(
        caption=_("Charges and credits"),
        item=_("Item"),
        time=_("Period"),
        columns=tuple(columns_of(setting, shares=shares)),
        lines=tuple(_line(line, setting) for line in invoice.lines),
    )


def columns_of(setting: Setting, *, shares: bool) -> Iterator[Column]:
    """Yield the columns that the look asks for, and the amount after them."""
    _ = setting.words.gettext
    heads = {
        "item": _("Item number"),
        "quantity": _("Quantity"),
        "unit_price": _("Unit price"),
        "tax": _("Tax"),
        "share": _("Share"),
    }
    asked = setting.look.columns
    for name in _USUAL if asked is None else asked:
        if name != "share" or shares:
            yield Column(name, heads[name])
    yield from own_columns(setting.look)
    yield Column("amount", _("Amount"))


def own_columns(look: Look) -> Iterator[Column]:
    """Yield the columns of the host's own."""
    for i, own in enumerate(look.own_columns):
        yield Column("own", isolated(own.label), i)


def _line(line: InvoiceLine, setting: Setting) -> Line:
    """Return a line: what, when, and the numbers that come to its amount."""
    tiers = setting.tiers(line)
    return attrs.evolve(
        line_of(line, setting),
        remarks=tuple(_remarks(line, setting, tiers)),
        count=_count(line, setting.locale),
        quantity=_quantity(line, setting),
        unit_price=_unit_price(line, setting.locale),
        share="" if line.share == 1 else format_share(line, setting.locale),
        amount=setting.money(line.amount),
        tiers=tiers,
    )


def line_of(line: InvoiceLine, setting: Setting) -> Line:
    """Return what is said of a line on every document: title, time, taxes."""
    when, time = _time_of(line, setting)
    taxes = [_taxed(rate, setting) for rate in line.tax_rates]
    return Line(
        title=_title_of(line, setting),
        when=when,
        time=time,
        item=isolated(line.item),
        tax=", ".join(taxes),
        amount="",
        own=tuple(
            isolated(said) if (said := dict(own.texts).get(line.item)) else ""
            for own in setting.look.own_columns
        ),
        source=line,
    )


def _taxed(rate: TaxRate, setting: Setting) -> str:
    percent = format_percent(rate.rate, setting.locale)
    return f"{setting.tax(rate)} {percent}"


def _title_of(line: InvoiceLine, setting: Setting) -> str:
    """Return what a line is for."""
    _ = setting.words.gettext
    item = setting.item(line)
    if line.terms.item_kind is ItemKind.DISCOUNT:
        back = line.kind is LineKind.CREDIT
        said = _("Discount taken back: %(item)s") if back else _("Discount: %(item)s")
        return said % {"item": item}
    if line.kind is LineKind.CREDIT:
        unused, cheaper = _("Unused: %(item)s"), _("Lower price: %(item)s")
        return (cheaper if is_cheaper(line) else unused) % {"item": item}
    return item


def _time_of(line: InvoiceLine, setting: Setting) -> tuple[str, Period | Time]:
    """Return when a line is for: a period, or the day of what is sold once."""
    if line.terms.item_kind in _ONCE or line.start >= line.end:
        return setting.day(line.start), line.start
    return format_period(line.period, setting.locale), line.period


def _count(line: InvoiceLine, locale: str) -> str:
    """Return how many, without the unit."""
    if line.terms.item_kind is ItemKind.DISCOUNT:
        return ""
    return format_number(line.quantity, locale)


def _quantity(line: InvoiceLine, setting: Setting) -> str:
    """Return how many of a unit; an item that is not of the plan counts itself."""
    if line.terms.item_kind is ItemKind.PLAN:
        return setting.quantity(line.quantity, line.unit)
    return _count(line, setting.locale)


def _unit_price(line: InvoiceLine, locale: str) -> str:
    """Return the price of one for a whole period, where there is such a price."""
    unit = line.unit_amount
    if unit is None or line.terms.item_kind is ItemKind.DISCOUNT:
        return ""
    return format_unit_amount(unit, line.currency, locale)


def _remarks(line: InvoiceLine, setting: Setting, tiers: str) -> Iterator[str]:
    """Yield what else made the amount: discounts, tiers, a cap."""
    _ = setting.words.gettext
    locale = setting.locale
    for discount in line.discounts:
        if discount.percent_off is not None:
            kept, whole = discount.kept
            off = format_percent(1 - Fraction(kept, whole), locale)
            names = {"percent": off, "discount": isolated(discount.id)}
            yield _("%(percent)s off: %(discount)s") % names
        if details := discount_details(discount, locale):
            yield isolated(details)
    if tiers:
        yield _("Tiers: %(sum)s") % {"sum": isolated(tiers)}
    elif line.terms.unit_scaled is None:
        yield _("Priced by tiers")
    said = _unit_price(line, locale) or (tiers and not line.discounts)
    if line.share != 1 and not said:
        full = format_unit_amount(line.full_amount, line.currency, locale)
        yield _("%(amount)s for a whole period") % {"amount": full}
    if line.cap is not None:
        said = _("No more than %(amount)s was left to give back")
        if line.kind is LineKind.DISCOUNT:
            said = _("No more than %(amount)s was left to take off")
        yield said % {"amount": setting.money(line.cap)}


# The sums.


def subtotal(document: Billed | CreditNote, setting: Setting) -> Iterator[Total]:
    """Yield the sum of the lines, and the tax of each rate."""
    _ = setting.words.gettext
    found = document.subtotal
    yield Total(_("Subtotal"), setting.money(found), "subtotal", found)
    for tax in document.taxes:
        said = _("%(tax)s: %(percent)s of %(base)s")
        if tax.rate.inclusive:
            said = _("Includes %(tax)s: %(percent)s of %(base)s")
        names = {
            "tax": setting.tax(tax.rate),
            "percent": format_percent(tax.rate.rate, setting.locale),
            "base": setting.money(tax.base),
        }
        amount = setting.money(tax.amount)
        yield Total(said % names, amount, "tax", tax.amount, tax)


def totals(invoice: Billed, setting: Setting, *, preview: bool = False) -> Totals:
    """Return the sums of an invoice, down to what is to be paid."""
    _ = setting.words.gettext
    total, due = invoice.total, invoice.amount_due
    found = [
        *subtotal(invoice, setting),
        Total(_("Total"), setting.money(total), "total", total),
    ]
    of_lots = Money.total([lot.amount for lot in invoice.credit_lots], invoice.currency)
    paid, granted, sign = invoice.credit_applied, invoice.credit_granted, -1
    if paid:
        paid -= of_lots
    else:
        granted, sign = granted - of_lots, 1
    lots = [(lot_name(lot, setting), lot.amount * sign) for lot in invoice.credit_lots]
    for name, label, amount in (
        ("credit_applied", _("Credit applied"), -paid),
        ("credit_granted", _("Added to the credit balance"), granted),
        *(("credit_lot", *lot) for lot in lots),
        ("rounding", _("Rounding"), invoice.payable_rounding),
    ):
        if amount:
            found.append(Total(label, setting.money(amount), name, amount))
    label = _("Amount that will be due") if preview else _("Amount due")
    last = Total(label, setting.money(due), "amount_due", due, strong=True)
    return Totals((*found, last))


def lot_name(lot: CreditLot, setting: Setting) -> str:
    """Return what a lot is, and until when it is valid."""
    _ = setting.words.gettext
    name = setting.says(lot.kind) if lot.kind is CreditKind.GIFT else _("Credit")
    if lot.expires_on is None:
        return name
    names = {"credit": name, "day": isolated(setting.day(lot.expires_on))}
    return _("%(credit)s, valid until %(day)s") % names


def mentions_of(taxes: tuple[TaxAmount, ...], setting: Setting) -> Iterator[str]:
    """Yield why a rate is zero, in the host's words where it gave some.

    Source: Directive 2006/112/EC art. 226 (11), (11a).
    """
    _ = setting.words.gettext
    known = {
        Category.REVERSE_CHARGE: _("Reverse charge"),
        Category.EXEMPT: _("Exempt from tax"),
        Category.ZERO: _("Zero rated"),
        Category.OUTSIDE_SCOPE: _("Outside the scope of VAT"),
    }
    for tax in taxes:
        said = known.get(tax.rate.category)
        reason = tax.rate.reason
        if said is not None or reason is not None:
            parts = filter(None, (said, reason and isolated(reason)))
            yield f"{setting.tax(tax.rate)}: {' – '.join(parts)}"
