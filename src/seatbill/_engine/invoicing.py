"""A line for the rest of the period, and the invoice of a day.

Every amount is rounded once, on its line: multiply first, divide once.  What is written
most often fills its row itself, as the makers of values do.
"""

from __future__ import annotations

from typing import Any

from ..invoices import (
    BillingReason,
    Invoice,
    InvoiceLine,
    InvoiceLineRow,
    InvoiceRow,
    LineTerms,
    taxes_of,
)
from ..money import divide
from ..subscriptions.parts import ChargeRow
from ..taxes import TaxAmount, exclusive_tax
from .members import CHARGE_LINE, CREDIT_LINE, HALF_UP
from .state import Ledger


def charge_rest(
    ledger: Ledger, charge: ChargeRow, quantity: int, full: int
) -> InvoiceLine:
    """Charge *quantity* more for the rest of the period, and return the line."""
    terms = charge.terms
    part, parts = ledger.part, ledger.parts
    top, bottom = full * part, terms.scale * parts
    if terms.rounding is HALF_UP and top >= 0:
        amount = (2 * top + bottom) // (2 * bottom)
    else:
        amount = divide(top, bottom, terms.rounding)
    charge.charged_minor += amount
    line: Any = InvoiceLineRow()
    line.kind = CHARGE_LINE
    line.terms = terms
    line.quantity = quantity
    line.full_scaled = full
    line.start = ledger.day
    line.end = ledger.end
    line.whole = ledger.whole
    line.share_numerator = part
    line.share_denominator = parts
    line.amount_minor = amount
    line.cap_minor = None
    line.charge_version = charge.version
    line.__class__ = InvoiceLine
    written: InvoiceLine = line
    return written


def give_back(ledger: Ledger, charge: ChargeRow, quantity: int, full: int) -> None:
    """Write a credit for *quantity* of *charge*, never above what was charged."""
    room = charge.charged_minor - charge.credited_minor
    if charge.free or not room or (full < 0) is not (room < 0):
        return  # nothing was charged, so nothing comes back
    terms = charge.terms
    part, parts = ledger.part, ledger.parts
    top, bottom = full * part, terms.scale * parts
    if terms.rounding is HALF_UP and top >= 0:
        amount = (2 * top + bottom) // (2 * bottom)
    else:
        amount = divide(top, bottom, terms.rounding)
    cap = None
    if not 0 <= amount <= room and abs(amount) > abs(room):
        amount = room
        cap = abs(room)
    charge.credited_minor += amount
    line: Any = InvoiceLineRow()
    line.kind = CREDIT_LINE
    line.terms = terms
    line.quantity = -quantity
    line.full_scaled = -full
    line.start = ledger.day
    line.end = ledger.end
    line.whole = ledger.whole
    line.share_numerator = part
    line.share_denominator = parts
    line.amount_minor = -amount
    line.cap_minor = cap
    line.charge_version = charge.version
    line.__class__ = InvoiceLine
    ledger.lines.append(line)


def new_charge(ledger: Ledger, terms: LineTerms, quantity: int, full: int) -> ChargeRow:
    """Open a charge on which there is no line yet."""
    charge = ChargeRow()
    charge.terms = terms
    charge.quantity = quantity
    charge.full_scaled = full
    charge.charged_minor = charge.credited_minor = 0
    charge.version = ledger.version
    charge.since = None
    charge.free = False
    charge.cut_minor = charge.kept_minor = 0
    ledger.charges.append(charge)
    return charge


def invoice(ledger: Ledger, reason: BillingReason) -> None:
    """Make an invoice of what waits and the lines of today, if there are any."""
    lines = ledger.lines
    if not ledger.steady and ledger.waiting:
        lines = ledger.waiting + lines
        ledger.waiting = []
    if not lines:
        return
    ledger.lines = []
    total = applied = 0
    for line in lines:
        total += line.amount_minor
    subtotal = total
    taxes: tuple[TaxAmount, ...] = ()
    if ledger.taxed:
        if ledger.steady:  # other steps have counted their lines
            ledger.write(len(lines))
        taxes = taxes_of(lines, ledger.currency, ledger.rules.rounding)
        total += exclusive_tax(taxes)
    if total < 0:
        ledger.balance -= total
    elif ledger.balance:
        applied = min(ledger.balance, total)
        ledger.balance -= applied
    issue(ledger, reason, tuple(lines), taxes, subtotal, total, applied)


def issue(
    ledger: Ledger,
    reason: BillingReason,
    lines: tuple[InvoiceLine, ...],
    taxes: tuple[TaxAmount, ...],
    subtotal: int,
    total: int,
    applied: int,
) -> None:
    """Write an invoice of today."""
    bill: Any = InvoiceRow()
    bill.subscription_id = ledger.id
    bill.version = ledger.version
    bill.issued_on = ledger.day
    bill.billing_reason = reason
    bill.currency = ledger.currency
    bill.lines = lines
    bill.taxes = taxes
    bill.subtotal_minor = subtotal
    bill.total_minor = total
    bill.credit_applied_minor = applied
    bill.recipient = ledger.recipient
    bill.__class__ = Invoice
    ledger.invoices.append(bill)
