"""Other values for each field of a line, of its terms and of an invoice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from seatbill import (
    Convention,
    Discount,
    Invoice,
    InvoiceLine,
    Money,
    Party,
    Period,
    Rounding,
    TaxRate,
)
from seatbill.credit import CreditKind, CreditLot
from seatbill.errors import CurrencyMismatchError
from seatbill.invoices import BillingReason, ItemKind, LineKind, LineTerms

DAY = dt.timedelta(1)
DOLLAR = 100
CENT = Money("0.01", "USD")


def members(kind: Any) -> Callable[[Any], list[Any]]:
    """Return a function that returns the other members of an enumeration."""
    return lambda member: [other for other in kind if other is not member]


def moved(day: dt.date) -> list[dt.date]:
    """Return the day before and the day after."""
    return [day - DAY, day + DAY]


LINE: dict[str, Callable[[Any], list[Any]]] = {
    "kind": members(LineKind),
    "quantity": lambda n: [n + 1, n - 1, -n],
    "full_scaled": lambda n: [n + DOLLAR, n - DOLLAR, -n],
    "start": moved,
    "end": moved,
    "whole": lambda whole: [
        Period(whole.start - DAY, whole.end),
        Period(whole.start, whole.end + DAY),
    ],
    "share_numerator": lambda n: [n + 1, n - 1],
    "share_denominator": lambda n: [n + 1],
    "amount_minor": lambda n: [n + 1, n - 1, -n],
    "cap_minor": lambda n: [None, n + 1, n - 1] if n else [0, 1, 10**9],
    "charge_version": lambda n: [n - 1, 99],
}
TERMS: dict[str, Callable[[Any], list[Any]]] = {
    "item_kind": members(ItemKind),
    "item": lambda _: ["other"],
    "unit": lambda _: ["other"],
    "currency": lambda _: ["EUR"],
    "unit_scaled": lambda n: [n + 1, n - 1, None] if n else [1],
    "scale": lambda n: [n * 10],
    "discounts": lambda had: [() if had else (Discount.percent("10", id="ten"),)],
    "tax_rates": lambda rates: [(), (*rates, TaxRate("other", "0.5"))],
    "convention": members(Convention),
    "rounding": members(Rounding),
    "in_arrears": lambda flag: [not flag],
}
INVOICE: dict[str, Callable[[Any], list[Any]]] = {
    "subscription_id": lambda _: ["other"],
    "version": lambda n: [n + 40],
    "issued_on": moved,
    "billing_reason": members(BillingReason),
    "currency": lambda _: ["EUR"],
    "lines": lambda lines: [lines[1:], (*lines, lines[0])],
    "taxes": lambda taxes: [
        taxes[1:],
        (*taxes, taxes[0]),
        (attrs.evolve(taxes[0], base=taxes[0].base + CENT), *taxes[1:]),
        (attrs.evolve(taxes[0], amount=taxes[0].amount + CENT), *taxes[1:]),
        (attrs.evolve(taxes[0], rate=TaxRate("other", "0.5")), *taxes[1:]),
        (attrs.evolve(taxes[0], apart=(taxes[0].base,)), *taxes[1:]),
    ],
    "subtotal_minor": lambda n: [n + 1, n - 1],
    "total_minor": lambda n: [n + 1, n - 1],
    "credit_applied_minor": lambda n: [n + 1, n - 1, 10**9],
    "recipient": lambda had: [Party(name="Other"), None] if had else [Party(name="O")],
    "credit_lots": lambda _: [(CreditLot(Money("5000", "USD"), CreditKind.GIFT),)],
    "payable_step": lambda had: [None if had else Money("0.05", "USD")],
}
EVERY = {Invoice: INVOICE, InvoiceLine: {**LINE, "terms": None}, LineTerms: TERMS}
"""By class, every field of it; the terms of a line are altered field by field."""


def with_line(invoice: Invoice, n: int, line: InvoiceLine) -> Invoice | None:
    """Return *invoice* with another line, or ``None`` where that is refused."""
    lines = list(invoice.lines)
    lines[n] = line
    try:
        return attrs.evolve(invoice, lines=lines)
    except CurrencyMismatchError:
        return None


def altered_lines(line: InvoiceLine) -> Iterator[tuple[str, Any, InvoiceLine]]:
    """Yield *line* with each field altered alone: its name, the value, the line."""
    for name, others in LINE.items():
        for value in others(getattr(line, name)):
            yield name, value, attrs.evolve(line, **{name: value})
    for name, others in TERMS.items():
        for value in others(getattr(line.terms, name)):
            terms = attrs.evolve(line.terms, **{name: value})
            yield name, value, attrs.evolve(line, terms=terms)


def altered_invoices(invoice: Invoice) -> Iterator[tuple[str, Any, Invoice | None]]:
    """Yield *invoice* with each field altered alone, ``None`` where that is refused."""
    for name, others in INVOICE.items():
        for value in others(getattr(invoice, name)):
            try:
                yield name, value, attrs.evolve(invoice, **{name: value})
            except CurrencyMismatchError:
                yield name, value, None
