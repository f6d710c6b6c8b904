"""The lines of any document as EN 16931 counts them: without tax, one rate each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple, final

from .._values.checks import Time
from ..catalogs import Catalog
from ..combining import Billed
from ..corrections import CorrectiveInvoice, CreditNote, DocumentType, NumberedInvoice
from ..formatting import describe
from ..formatting._names import Item, item_name, items_of
from ..invoices import InvoiceLine, ItemKind
from ..money import currency_digits
from ..taxes import TaxAmount, TaxCategory, TaxRate
from ._figures import amount_text, decimal_text, price_and_base

PIECE: Final = "C62"
"""One, by UN/ECE Recommendation 20: where a unit has no code of its own."""

_NEAR: Final = Fraction(1, 100)
"""A line may differ by so much from quantity × price (Peppol R120 allows twice)."""


def plain_document(document: NumberedInvoice) -> Billed | CreditNote:
    """Return what *document* is a number of: a correction is the corrected invoice."""
    found = document.document
    return found.document if isinstance(found, CorrectiveInvoice) else found


def sign_of(document: NumberedInvoice) -> int:
    """Return -1 for an invoice with a negative total: a credit note credits amounts.

    EN 16931 BT-3: under type 381, what is positive goes to the buyer.
    """
    plain = document.document
    credit = document.type is DocumentType.CREDIT_NOTE
    return -1 if credit and not isinstance(plain, CreditNote) else 1


@final
class Tax(NamedTuple):
    """A category with its rate: EN 16931 has one breakdown for each (BG-23)."""

    category: TaxCategory
    rate: Fraction

    @property
    def percent(self) -> str | None:
        """The rate as a percentage; what is outside the scope of VAT has none."""
        if self.category is TaxCategory.OUTSIDE_SCOPE:
            return None
        found = decimal_text(self.rate * 100)
        return found or str(round(float(self.rate * 100), 6))


def tax_of(rate: TaxRate) -> Tax:
    """Return the breakdown that *rate* belongs to."""
    return Tax(rate.category, rate.rate)


@final
class Row(NamedTuple):
    """A line, and what it adds to the document without tax, in minor units."""

    line: InvoiceLine
    net: int
    rate: TaxRate | None

    @property
    def is_discount(self) -> bool:
        """Whether it is an amount off, or part of one that is taken back."""
        return self.line.terms.item_kind is ItemKind.DISCOUNT

    def tax_terms(self, category: str, percent: str) -> dict[str, Any]:
        """Return category and rate by these numbers, where one rate taxes the line."""
        if self.rate is None:
            return {}
        tax = tax_of(self.rate)
        found = {category: tax.category.value, percent: tax.percent}
        return {term: said for term, said in found.items() if said is not None}


def rows_of(document: NumberedInvoice) -> tuple[Row, ...]:
    """Return the lines of *document*, the tax that their prices include taken out.

    Those of one rate add up to the base of its tax: what rounding leaves goes to those
    that lose most by it, as in ``allocate``.
    """
    plain, sign = plain_document(document), sign_of(document)
    if isinstance(plain, CreditNote):
        found = [(each.line, each.amount.minor_units) for each in plain.lines]
    else:
        found = [(line, sign * line.amount_minor) for line in plain.lines]
    nets = [units for _, units in found]
    for tax in plain.taxes:
        if tax.rate.inclusive:
            _take_out(tax, sign, [line for line, _ in found], nets)
    rows = []
    for (line, _), net in zip(found, nets, strict=True):
        rates = line.tax_rates
        rows.append(Row(line, net, rates[0] if len(rates) == 1 else None))
    return tuple(rows)


def _take_out(
    tax: TaxAmount, sign: int, lines: Iterable[InvoiceLine], nets: list[int]
) -> None:
    """Take *tax*, included in the prices, out of the amounts of its *lines*."""
    own = [i for i, line in enumerate(lines) if tax.rate in line.tax_rates]
    exact = {i: nets[i] / (1 + tax.rate.rate) for i in own}
    left = sum(nets[i] for i in own) - sign * tax.amount.minor_units
    left -= sum(value.__floor__() for value in exact.values())
    each, more = divmod(left, len(own)) if own else (0, 0)
    ranked = sorted(own, key=lambda i: (exact[i].__floor__() - exact[i], i))
    for place, i in enumerate(ranked):
        nets[i] = exact[i].__floor__() + each + (place < more)


def line_terms(
    row: Row,
    number: int,
    catalog: Catalog | None,
    codes: Mapping[str, str],
    locale: str,
) -> dict[str, Any]:
    """Return the terms of a line (BG-25)."""
    line = row.line
    start, last = days_of(line)
    quantity, unit, price, base = _counted(row, codes)
    found: dict[str, Any] = {
        "BT-126": str(number),
        "BT-129": str(quantity),
        "BT-130": unit,
        "BT-131": amount_text(row.net, line.currency),
        "BG-26": {"BT-134": start, "BT-135": last},
        "BG-29": {"BT-146": price, "BT-149": str(base), "BT-150": unit},
        "BG-30": row.tax_terms("BT-151", "BT-152"),
        "BG-31": {
            "BT-153": _called(line, items_of(catalog)),
            "BT-154": describe(line, locale, catalog=catalog),
            "BT-155": line.item,
        },
    }
    if unit == PIECE and line.unit_amount is None and not row.is_discount:
        attribute = {"BT-160": line.unit, "BT-161": str(abs(line.quantity))}
        found["BG-31"]["BG-32"] = [attribute]
    return found


def _counted(row: Row, codes: Mapping[str, str]) -> tuple[int, str, str, int]:
    """Return how many of what unit, at which price for how many: exact, not rounded.

    quantity × share is quantity × numerator at the price of denominator.  Where the
    amount is another (a cap cut it, or rounding to whole units of a currency), the
    line is one piece at its amount; a price is never negative (BR-27).
    """
    line, sign = row.line, -1 if row.net < 0 else 1
    price, count = line.unit_amount, abs(line.quantity)
    unit = codes.get(line.unit, PIECE)
    if price is None:
        price, count, unit = abs(line.full_amount), 1, PIECE
    if row.rate is not None and row.rate.inclusive:
        price /= 1 + row.rate.rate
    net = Fraction(abs(row.net), 10 ** currency_digits(line.currency))
    if not row.net or abs(price * count * line.share - net) > _NEAR:
        return sign, PIECE, *price_and_base(net)
    text, base = price_and_base(price)
    share = line.share
    times, per = (
        (1, 1) if share == 1 else (line.share_numerator, line.share_denominator)
    )
    return sign * count * times, unit, text, base * per


def _called(line: InvoiceLine, items: Iterable[Item]) -> str:
    """Return what the item of *line* is called."""
    return item_name(line.terms.item_kind, line.item, items)


def allowance_terms(row: Row, items: Iterable[Item]) -> tuple[str, dict[str, Any]]:
    """Return an amount off (BG-20), or one that is taken back (BG-21), and its group.

    Source: UNTDID 5189, code 95, a discount.
    """
    line = row.line
    amount = amount_text(abs(row.net), line.currency)
    reason = _called(line, items)
    if row.net > 0:
        taxed = row.tax_terms("BT-102", "BT-103")
        return "BG-21", {"BT-99": amount, **taxed, "BT-104": reason}
    taxed = row.tax_terms("BT-95", "BT-96")
    return "BG-20", {"BT-92": amount, **taxed, "BT-97": reason, "BT-98": "95"}


def days_of(line: InvoiceLine) -> tuple[str, str]:
    """Return the first and the last day that *line* is for."""
    start, end = line.start, line.end
    step = dt.timedelta(microseconds=1) if isinstance(end, dt.datetime) else _DAY
    last = end - step if start < end else start
    return day_text(start), max(day_text(start), day_text(last))


_DAY: Final = dt.timedelta(1)


def day_text(day: Time) -> str:
    """Return the day of *day*, in UTC where it is an instant."""
    return (day.date() if isinstance(day, dt.datetime) else day).isoformat()
