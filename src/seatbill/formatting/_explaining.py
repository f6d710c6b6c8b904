"""The words and numbers of a document: why a line is what it is.

A sum is written as a bookkeeper would write it: quantity × unit price × share.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from .._checks import instance, text
from ..errors import LocaleError
from ..invoices import InvoiceLine, ItemKind, LineKind
from ..money import Money
from ._plain import exact_text, share_text, span_text

__all__ = ["explain"]

_LOCALES: Final = ("en",)


def explain(line: InvoiceLine, locale: str = "en") -> str:
    """Return one sentence that says how *line* comes to its amount.

    >>> from seatbill.lifecycle import subscribe
    >>> from seatbill.periods import MONTHLY
    >>> from seatbill.plans import Plan, Price
    >>> from seatbill.rules import BillingRules
    >>> plan = Plan("basic", "Basic", 1, [Price(unit_amount="4.99", currency="USD")])
    >>> opening = subscribe(
    ...     plan,
    ...     id="s",
    ...     interval=MONTHLY,
    ...     seats=3,
    ...     on=dt.date(2026, 4, 19),
    ...     anchor=dt.date(2026, 4, 1),
    ...     rules=BillingRules(),
    ... )
    >>> explain(opening.invoice.lines[0])
    '3 × seat of basic, 2026-04-19 to 2026-04-30, comes to 3 × 4.99 × 12/30 = 5.99 USD.'

    Raises: LocaleError where it has no words for *locale*.
    """
    instance("line", line, InvoiceLine)
    if text("locale", locale) not in _LOCALES:
        raise LocaleError(locale, ", ".join(_LOCALES))
    exact = abs(line.full_amount) * line.share
    found = Money.rounded(exact, line.currency, line.terms.rounding)
    said = f"{_subject(line)} {_product(line)} = {found}"
    return f"{said}{_cap(line)}{_price(line)}."


def _subject(line: InvoiceLine) -> str:
    """Return what *line* is about, and what becomes of it."""
    terms = line.terms
    if terms.item_kind in (ItemKind.SERVICE, ItemKind.FEE):
        return f"{line.quantity} × {terms.item}, {line.start}, comes to"
    if terms.item_kind is ItemKind.DISCOUNT:
        if line.kind is LineKind.DISCOUNT:
            return f"Discount {terms.item}, {span_text(line)}, takes off"
        return f"Discount {terms.item}, unused {span_text(line)}, is taken back:"
    what = f"{abs(line.quantity)} × {terms.unit} of {terms.item}"
    if line.kind is LineKind.CREDIT:
        return f"{what}, unused {span_text(line)}, gives back"
    return f"{what}, {span_text(line)}, comes to"


def _product(line: InvoiceLine) -> str:
    """Return what is multiplied."""
    unit = line.unit_amount
    if unit is None or line.terms.item_kind is ItemKind.DISCOUNT:
        factors = [exact_text(abs(line.full_amount), line.currency)]
    else:
        factors = [str(abs(line.quantity)), exact_text(unit, line.currency)]
    if line.share != 1:
        factors.append(share_text(line))
    return " × ".join(factors)


def _cap(line: InvoiceLine) -> str:
    """Return what cut *line* short, if anything did."""
    if line.cap is None:
        return ""
    way = "take off" if line.kind is LineKind.DISCOUNT else "give back"
    return f", of which {line.cap} is left to {way}"


def _price(line: InvoiceLine) -> str:
    """Return how the price came about: by percentages off, or by tiers."""
    said = ""
    if line.discounts:
        kept = Fraction(1)
        names = []
        for discount in line.discounts:
            left, whole = discount.kept
            kept *= Fraction(left, whole)
            names.append(f"{discount.percent_off:f} % ({discount.id})")
        less = " and ".join(names)
        if line.unit_amount is None or not kept:
            said = f", after {less} off"
        else:
            listed = exact_text(line.unit_amount / kept, line.currency)
            said = f", the price being {listed} less {less}"
    if line.terms.unit_scaled is None:
        said += ", by its tiers"
    return said
