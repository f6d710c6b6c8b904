"""The story as a script in Decimal and dateutil, as one writes it for one's own shop.

It takes any order of these four events and any number of renewals, checks nothing
and explains nothing: an amount is a Decimal, a line is what a template would print.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from .workload import Story

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
PRICES = {"basic": Decimal("4.99"), "pro": Decimal("6.99")}
RANKS = {"basic": 1, "pro": 2}
ANNUAL_FACTOR = Decimal(12) * Decimal("0.80")


@dataclass
class Line:
    """A row of the printed invoice."""

    item: str
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
    """A customer's subscription and the invoices so far."""

    def __init__(self, id: str, plan: str, seats: int, start: dt.date) -> None:
        self.id = id
        self.plan = plan
        self.seats = seats
        self.months = 1
        self.anchor = start
        self.elapsed = 0
        self.start = start
        self.end = start
        self.next_plan: str | None = None
        self.next_months: int | None = None
        self.balance = ZERO
        self.bills: list[Bill] = []
        self.renew()

    def unit_price(self) -> Decimal:
        price = PRICES[self.plan]
        if self.months == 12:
            price = (price * ANNUAL_FACTOR).quantize(CENT, ROUND_HALF_UP)
        return price

    def line(self, day: dt.date, quantity: int) -> Line:
        price = self.unit_price()
        left = (self.end - day).days
        whole = (self.end - self.start).days
        amount = (quantity * price * left / whole).quantize(CENT, ROUND_HALF_UP)
        return Line(self.plan, quantity, price, day, self.end, amount)

    def invoice(self, day: dt.date, lines: list[Line]) -> None:
        subtotal = sum((line.amount for line in lines), ZERO)
        tax = ZERO
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
        if self.next_plan is not None:
            self.plan, self.next_plan = self.next_plan, None
        if self.next_months is not None:
            self.months, self.next_months = self.next_months, None
        self.start = self.end
        self.elapsed += self.months
        self.end = self.anchor + relativedelta(months=self.elapsed)
        self.invoice(self.start, [self.line(self.start, self.seats)])

    def add_seats(self, day: dt.date, n: int) -> None:
        self.invoice(day, [self.line(day, n)])
        self.seats += n

    def switch_plan(self, day: dt.date, plan: str) -> None:
        if RANKS[plan] > RANKS[self.plan]:
            credit = self.line(day, -self.seats)
            self.plan = plan
            self.invoice(day, [credit, self.line(day, self.seats)])
        else:
            self.next_plan = plan

    def switch_interval(self, months: int) -> None:
        self.next_months = months


def run(
    account: Account, events: Iterable[tuple[dt.date, str, Any]], until: dt.date
) -> list[Bill]:
    """Apply *events* in their order, renewing in between and through *until*."""
    for day, kind, value in events:
        while account.end <= day:
            account.renew()
        if kind == "add":
            account.add_seats(day, value)
        elif kind == "plan":
            account.switch_plan(day, value)
        elif kind == "interval":
            account.switch_interval(value)
    while account.end <= until:
        account.renew()
    return account.bills


def opened(month: Story) -> Account:
    """Return the account of *month* with its first invoice."""
    return Account(month.id, "basic", month.seats, month.start)


def events(month: Story) -> list[tuple[dt.date, str, Any]]:
    """Return the events of *month* in the words of the script."""
    return [
        *((day, "add", n) for day, n in month.added),
        (month.upgraded, "plan", "pro"),
        (month.downgraded, "plan", "basic"),
        (month.annual, "interval", 12),
    ]


def amounts(bills: Iterable[Bill]) -> list[Decimal]:
    """Read every amount: of each line, and the totals of each invoice."""
    found = []
    for bill in bills:
        for line in bill.lines:
            found.append(line.amount)  # noqa: PERF401  # read like the others
        found.append(bill.subtotal)
        found.append(bill.tax)
        found.append(bill.total)
        found.append(bill.credit_applied)
        found.append(bill.amount_due)
    return found
