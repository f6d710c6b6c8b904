"""The table of a document and its sums: what each line says, tax for each rate."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from .._values.checks import Time
from ..combining import Billed
from ..corrections import CreditNote
from ..credit import CreditKind, CreditLot
from ..formatting import (
    format_number,
    format_percent,
    format_period,
    format_quantity,
    format_share,
    format_unit_amount,
)
from ..formatting._offers import discount_details
from ..invoices import Invoice, InvoiceLine, ItemKind, LineKind
from ..money import Money
from ..periods import Period
from ..taxes import TaxAmount
from ..taxes import TaxCategory as Category
from ._markup import isolated
from ._setting import Setting
from ._sheets import Line, Lines, Total, Totals

_ONCE: Final = (ItemKind.SERVICE, ItemKind.FEE)


def table(invoice: Invoice, setting: Setting) -> Iterator[Lines]:
    """Yield the table of an invoice that has lines.

    The column of shares is left out where every line is for all of its period.
    """
    if not invoice.lines:
        return
    _ = setting.words.gettext
    shares = any(line.share != 1 for line in invoice.lines)
    heads = [_("Quantity"), _("Unit price"), _("Share"), _("Amount")]
    if not shares:
        del heads[2]
    yield Lines(
        caption=_("Charges and credits"),
        item=_("Item"),
        time=_("Period"),
        heads=tuple(heads),
        lines=tuple(_line(line, setting, shares=shares) for line in invoice.lines),
    )


def _line(line: InvoiceLine, setting: Setting, *, shares: bool) -> Line:
    """Return a line: what, when, and the numbers that come to its amount."""
    when, time = time_of(line, setting)
    cells = [_quantity(line, setting.locale), _unit_price(line, setting.locale)]
    if shares:
        cells.append("" if line.share == 1 else format_share(line, setting.locale))
    return Line(
        title=title_of(line, setting),
        when=when,
        time=time,
        remarks=tuple(_remarks(line, setting)),
        cells=(*cells, setting.money(line.amount)),
    )


def title_of(line: InvoiceLine, setting: Setting) -> str:
    """Return what a line is for."""
    _ = setting.words.gettext
    item = setting.item(line)
    if line.terms.item_kind is ItemKind.DISCOUNT:
        back = line.kind is LineKind.CREDIT
        said = _("Discount taken back: %(item)s") if back else _("Discount: %(item)s")
        return said % {"item": item}
    if line.kind is LineKind.CREDIT:
        return _("Unused: %(item)s") % {"item": item}
    return item


def time_of(line: InvoiceLine, setting: Setting) -> tuple[str, Period | Time]:
    """Return when a line is for: a period, or the day of what is sold once."""
    if line.terms.item_kind in _ONCE or line.start >= line.end:
        return setting.day(line.start), line.start
    return format_period(line.period, setting.locale), line.period


def _quantity(line: InvoiceLine, locale: str) -> str:
    """Return how many of a unit; an item that is not of the plan counts itself."""
    kind = line.terms.item_kind
    if kind is ItemKind.DISCOUNT:
        return ""
    if kind is ItemKind.PLAN:
        return format_quantity(line.quantity, line.unit, locale)
    return format_number(line.quantity, locale)


def _unit_price(line: InvoiceLine, locale: str) -> str:
    """Return the price of one for a whole period, where there is such a price."""
    unit = line.unit_amount
    if unit is None or line.terms.item_kind is ItemKind.DISCOUNT:
        return ""
    return format_unit_amount(unit, line.currency, locale)


def _remarks(line: InvoiceLine, setting: Setting) -> Iterator[str]:
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
    if line.terms.unit_scaled is None:
        yield _("Priced by tiers")
    if line.share != 1 and not _unit_price(line, locale):
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
    yield Total(_("Subtotal"), setting.money(document.subtotal))
    for tax in document.taxes:
        said = _("%(tax)s: %(percent)s of %(base)s")
        if tax.rate.inclusive:
            said = _("Includes %(tax)s: %(percent)s of %(base)s")
        names = {
            "tax": isolated(tax.rate.id),
            "percent": format_percent(tax.rate.rate, setting.locale),
            "base": setting.money(tax.base),
        }
        yield Total(said % names, setting.money(tax.amount))


def totals(invoice: Billed, setting: Setting, *, preview: bool = False) -> Totals:
    """Return the sums of an invoice, down to what is to be paid."""
    _ = setting.words.gettext
    found = [
        *subtotal(invoice, setting),
        Total(_("Total"), setting.money(invoice.total)),
    ]
    of_lots = Money.total([lot.amount for lot in invoice.credit_lots], invoice.currency)
    paid, granted, sign = invoice.credit_applied, invoice.credit_granted, -1
    if paid:
        paid -= of_lots
    else:
        granted, sign = granted - of_lots, 1
    for label, amount in (
        (_("Credit applied"), -paid),
        (_("Added to the credit balance"), granted),
        *((lot_name(lot, setting), lot.amount * sign) for lot in invoice.credit_lots),
        (_("Rounding"), invoice.payable_rounding),
    ):
        if amount:
            found.append(Total(label, setting.money(amount)))
    label = _("Amount that will be due") if preview else _("Amount due")
    return Totals(
        (*found, Total(label, setting.money(invoice.amount_due), strong=True))
    )


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
            yield f"{isolated(tax.rate.id)}: {' – '.join(parts)}"
