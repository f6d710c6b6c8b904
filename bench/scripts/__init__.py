"""One script a system, in Decimal and dateutil, as one writes it for one's own shop.

Each knows the steps that its system has and nothing else, checks nothing and explains
nothing: an amount is a Decimal, a line is what a template would print.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    """Return *amount* in whole cents, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Line:
    """A row of the printed invoice."""

    item: str
    unit: str
    quantity: int
    unit_price: Decimal
    start: dt.date
    end: dt.date
    amount: Decimal


@dataclass
class Bill:
    """A printed invoice."""

    number: str
    date: dt.date
    lines: list[Line]
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    credit_applied: Decimal
    amount_due: Decimal


class Account:
    """A customer's running period and the invoices so far."""

    tax_rate = ZERO

    def __init__(self, id: str, start: dt.date) -> None:
        self.id = id
        self.anchor = start
        self.elapsed = 0
        self.start = start
        self.end = start
        self.balance = ZERO
        self.bills: list[Bill] = []

    def line(
        self, item: str, unit: str, price: Decimal, quantity: int, day: dt.date
    ) -> Line:
        """Return a line for the rest of the running period."""
        left = (self.end - day).days
        whole = (self.end - self.start).days
        amount = cents(quantity * price * left / whole)
        return Line(item, unit, quantity, price, day, self.end, amount)

    def invoice(self, day: dt.date, lines: list[Line]) -> None:
        """Print *lines*, tax on top, less what is on the balance."""
        subtotal = sum((line.amount for line in lines), ZERO)
        tax = cents(subtotal * self.tax_rate)
        total = subtotal + tax
        applied = ZERO
        if total < 0:
            self.balance -= total
        else:
            applied = min(self.balance, total)
            self.balance -= applied
        due = max(total - applied, ZERO)
        number = f"{self.id}-{len(self.bills) + 1}"
        self.bills.append(Bill(number, day, lines, subtotal, tax, total, applied, due))

    def renew(self) -> None:
        """Start the next period and bill it."""
        raise NotImplementedError

    def until(self, day: dt.date) -> None:
        """Renew all that is due by *day*."""
        while self.end <= day:
            self.renew()
