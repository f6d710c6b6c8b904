"""A line, a credit within its cap, and the invoice of a day.

Takes a charge and what is asked of it, and leaves a line in the state: rounded once,
multiplied first and divided once (law 2).  :func:`line_for` is the only place where a
line is written, :func:`give_back` the only one where a charge is credited.

3 seats at 6.99 for 26 of 31 days are 2097 × 26 / 31 = 1758.77 cents: a line of 17.59.
Given back on the 30th, with 16 days left, they are 2097 × 16 / 31 = 1082.32, 10.82.
2 seats at 0.015, which is half of 0.03, are charged 0.03.  Given back one by one on the
same day they are 0.02 and 0.01: never more than was charged.
"""

from __future__ import annotations

from typing import Any, Final

from .._values.base import open_row
from ..invoices import (
    BillingReason,
    Invoice,
    InvoiceLine,
    LineKind,
    LineTerms,
    charge_id,
    taxes_of,
)
from ..money import divide
from ..proration import ratio
from ..taxes import TaxAmount
from .lots import settle_with_lots
from .members import CHARGE_LINE, CREDIT_LINE, HALF_UP
from .state import OpenCharge, Span, State

_open_line: Final = open_row(InvoiceLine)
_open_invoice: Final = open_row(Invoice)


def line_for(
    span: Span,
    kind: LineKind,
    charge: OpenCharge,
    quantity: int,
    full: int,
    cap: int | None = None,
) -> InvoiceLine:
    """Return a line of *charge* for a *span* of the period that costs *full* in all.

    It is never larger than *cap*, where that is given; one that would be says so by
    its cap (law 3).
    """
    start, end, whole, part, parts = span
    terms = charge.terms
    top, bottom = full, terms.scale
    if part != parts:
        top, bottom = top * part, bottom * parts
    if bottom == 1:
        amount = top
    elif terms.rounding is not HALF_UP:
        amount = divide(top, bottom, terms.rounding)
    elif top < 0:  # halves go away from zero
        amount = -((bottom - 2 * top) // (2 * bottom))
    else:
        amount = (2 * top + bottom) // (2 * bottom)
    line = _open_line()
    line.cap_minor = None
    if cap is not None and abs(amount) > abs(cap):
        amount = cap
        line.cap_minor = abs(cap)
    line.kind = kind
    line.terms = terms
    line.quantity = quantity
    line.full_scaled = full
    line.start = start
    line.end = end
    line.whole = whole
    line.share_numerator = part
    line.share_denominator = parts
    line.amount_minor = amount
    line.charge_version = charge.version
    line.__class__ = InvoiceLine  # it never changes from here on
    return line  # type: ignore[no-any-return]


def span_of(state: State, terms: LineTerms) -> Span:
    """Return what remains of the period that an item with these *terms* runs in."""
    alone = state.own_of(terms)
    return state.remaining if alone is None else own_span(state, alone)


def own_span(state: State, add_on: str) -> Span:
    """Return what remains of the own period of the *add_on* with this id."""
    whole: Any = state.add_ons[add_on].period
    day, end = state.day, whole.end
    part, parts = ratio(state.rules.convention, day, end, (whole.start, end))
    return day, end, whole, part, parts


def charge_remaining(
    state: State, charge: OpenCharge, quantity: int, full: int
) -> None:
    """Charge *quantity* more, which cost *full* a period, for what remains of it."""
    span = span_of(state, charge.terms) if state.own else state.remaining
    line = line_for(span, CHARGE_LINE, charge, quantity, full)
    charge.charged_minor += line.amount_minor
    state.lines.append(line)


def give_back(
    state: State, charge: OpenCharge, quantity: int, full: int, span: Span | None = None
) -> None:
    """Credit *quantity* of *charge* for what remains, never above what was charged.

    All credits of a charge together never exceed what it was charged (law 3), and of
    what was opened free of charge nothing comes back (decision: a credit gives back a
    charge).
    """
    if state.noted:
        count_noted(state, charge)
    cap = charge.charged_minor - charge.credited_minor
    if charge.free or not cap or (full < 0) is not (cap < 0):
        return
    if span is None:
        span = span_of(state, charge.terms) if state.own else state.remaining
    line = line_for(span, CREDIT_LINE, charge, -quantity, -full, -cap)
    charge.credited_minor -= line.amount_minor
    state.lines.append(line)


def count_noted(state: State, charge: OpenCharge, *, today: bool = False) -> None:
    """Count what notes of earlier days, or of *today* too, took of *charge* (law 3).

    Never more than is left of it.
    """
    id = charge_id(charge.version, charge.terms)
    left = []
    for key, day, units in state.noted.get(id, ()):
        more = 0
        if today or day is None or day < state.day:
            least, most = sorted((0, charge.charged_minor))
            more = min(max(charge.credited_minor + units, least), most)
            more -= charge.credited_minor
            charge.credited_minor += more
            if key not in charge.credit_notes:
                charge.credit_notes += (key,)
        if more != units:
            left.append((key, day, units - more))
    state.noted[id] = left


def drop_given(state: State) -> None:
    """Drop the lines of days that were given: nothing is charged or comes back."""
    state.lines = [line for line in state.lines if line.start < line.whole.end]


def add_accrued(state: State) -> None:
    """Put the lines of what ran in arrears before those of today."""
    state.lines = state.accrued + state.lines
    state.accrued = []


def new_charge(
    state: State,
    terms: LineTerms,
    quantity: int = 0,
    full: int = 0,
    free: bool = False,  # noqa: FBT001, FBT002 (written for every line)
) -> OpenCharge:
    """Return a charge of today, on which there is no line yet."""
    charge = OpenCharge()
    charge.terms = terms
    charge.quantity = quantity
    charge.full_scaled = full
    charge.charged_minor = charge.credited_minor = 0
    charge.cut_minor = charge.kept_minor = charge.ended_minor = 0
    charge.version = state.version
    charge.since = None
    if terms.in_arrears:
        charge.since = state.end if free else state.day
        state.has_arrears = True
    charge.free = free
    charge.credit_notes = ()
    return charge


def invoice(state: State, reason: BillingReason) -> None:
    """Invoice what is unbilled and the lines of today, if there are any.

    Tax is computed once for each rate, on the sum of its lines (EN 16931).  A total
    below zero goes to the balance, which pays for the next ones (decision: a
    negative total).
    """
    lines = state.lines
    if state.unbilled:
        lines = state.unbilled + lines
        state.unbilled = []
    if not lines:
        return
    state.lines = []
    total = credit_applied = 0
    for line in lines:
        total += line.amount_minor
    subtotal, taxes = total, _NO_TAXES
    if state.taxed:
        taxes = taxes_of(lines, state.currency, state.rules.rounding)
        for tax in taxes:
            if not tax.rate.inclusive:
                total += tax.amount.minor_units
    bill = _open_invoice()
    bill.credit_lots = ()
    if state.lots:
        credit_applied, bill.credit_lots = settle_with_lots(state, total)
    elif total < 0:
        state.balance -= total
    elif state.balance:
        credit_applied = min(state.balance, total)
        state.balance -= credit_applied
    bill.subscription_id = state.id
    bill.version = state.version
    bill.issued_on = state.day
    bill.billing_reason = reason
    bill.currency = state.currency
    bill.lines = tuple(lines)
    bill.taxes = taxes
    bill.subtotal_minor = subtotal
    bill.total_minor = total
    bill.credit_applied_minor = credit_applied
    bill.recipient = state.recipient
    bill.payable_step = None
    if state.rules.payable_rounding:
        bill.payable_step = state.rules.payable_step(state.currency)
    bill.__class__ = Invoice  # it never changes from here on
    state.invoices.append(bill)


_NO_TAXES: Final[tuple[TaxAmount, ...]] = ()
