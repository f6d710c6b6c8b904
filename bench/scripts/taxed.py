"""Percent off for some periods, VAT on top, seats that come and go at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from . import Account, Bill, Line

PLANS = {"start": Decimal("12.00"), "more": Decimal("19.00")}
RANKS = {"start": 1, "more": 2}
ADD_ONS = {"support": Decimal(30)}


@dataclass
class Charge:
    """What runs, and what was charged for it in this period."""

    item: str
    price: Decimal
    quantity: int
    charged: Decimal


class Taxed(Account):
    """An agency, what runs for it in this period, and what was charged for that."""

    tax_rate = Decimal("0.19")

    def __init__(
        self, id: str, plan: str, seats: int, percent: int, periods: int, start: dt.date
    ) -> None:
        super().__init__(id, start)
        self.plan = plan
        self.seats = seats
        self.add_ons: list[str] = []
        self.kept = 1 - Decimal(percent) / 100
        self.periods = periods
        self.next_plan: str | None = None
        self.open: list[Charge] = []  # opened last at the end
        self.renew()

    def price(self, listed: Decimal) -> Decimal:
        """Return a price after the discount, while it lasts."""
        return listed * self.kept if self.periods >= 0 else listed

    def charge(self, item: str, listed: Decimal, n: int, day: dt.date) -> Line:
        """Charge *n* for the rest of the period."""
        price = self.price(listed)
        line = self.line(item, "seat", price, n, day)
        for charge in self.open:
            if charge.item == item and charge.price == price:
                charge.quantity += n
                charge.charged += line.amount
                break
        else:
            self.open.append(Charge(item, price, n, line.amount))
        return line

    def back(self, charge: Charge, n: int, day: dt.date) -> Line:
        """Give back *n* of what runs, never more than was charged for it."""
        line = self.line(charge.item, "seat", charge.price, -n, day)
        line.amount = max(line.amount, -charge.charged)
        charge.quantity -= n
        charge.charged += line.amount
        if not charge.quantity:
            self.open.remove(charge)
        return line

    def renew(self) -> None:
        if self.next_plan is not None:
            self.plan, self.next_plan = self.next_plan, None
        self.periods -= 1
        self.start = self.end
        self.elapsed += 1
        self.end = self.anchor + relativedelta(months=self.elapsed)
        self.open = []
        day = self.start
        lines = [self.charge(self.plan, PLANS[self.plan], self.seats, day)]
        lines += [self.charge(id, ADD_ONS[id], 1, day) for id in self.add_ons]
        self.invoice(day, lines)

    def add_seats(self, day: dt.date, n: int) -> None:
        """Buy *n* more for the rest of the period."""
        self.until(day)
        self.invoice(day, [self.charge(self.plan, PLANS[self.plan], n, day)])
        self.seats += n

    def remove_seats(self, day: dt.date, n: int) -> None:
        """Give *n* back now; what was opened last goes first."""
        self.until(day)
        self.seats -= n
        lines = []
        while n:
            charge = [c for c in self.open if c.item == self.plan][-1]
            some = min(n, charge.quantity)
            lines.append(self.back(charge, some, day))
            n -= some
        self.invoice(day, lines)

    def switch_plan(self, day: dt.date, plan: str) -> None:
        """Take a higher plan now, a lower one with the next period."""
        self.until(day)
        if RANKS[plan] < RANKS[self.plan]:
            self.next_plan = plan
            return
        running = [c for c in self.open if c.item == self.plan]
        lines = [self.back(charge, charge.quantity, day) for charge in running]
        self.plan = plan
        lines.append(self.charge(plan, PLANS[plan], self.seats, day))
        self.invoice(day, lines)

    def add(self, day: dt.date, add_on: str) -> None:
        """Buy an add-on for the rest of the period."""
        self.until(day)
        self.invoice(day, [self.charge(add_on, ADD_ONS[add_on], 1, day)])
        self.add_ons.append(add_on)

    @classmethod
    def year(cls) -> list[Bill]:
        """Bill the story."""
        agency = cls("agency", "start", 8, 20, 3, dt.date(2026, 1, 31))
        agency.add_seats(dt.date(2026, 2, 9), 4)
        agency.remove_seats(dt.date(2026, 3, 5), 3)
        agency.switch_plan(dt.date(2026, 3, 17), "more")
        agency.add(dt.date(2026, 5, 4), "support")
        agency.add_seats(dt.date(2026, 5, 19), 6)
        agency.remove_seats(dt.date(2026, 6, 11), 5)
        agency.switch_plan(dt.date(2026, 8, 8), "start")
        agency.add_seats(dt.date(2026, 10, 20), 1)
        agency.until(dt.date(2027, 1, 31))
        return agency.bills
