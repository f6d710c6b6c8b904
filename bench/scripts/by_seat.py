"""Clockify: seats and limited seats, growth now, shrinking at the period's end."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from . import Account, Bill, Line, cents

PRICES = {
    "basic": {"seat": Decimal("4.99"), "limited": Decimal("0.99")},
    "standard": {"seat": Decimal("6.99"), "limited": Decimal("0.99")},
}
RANKS = {"basic": 1, "standard": 2}
YEAR = Decimal(12) * Decimal("0.80")


class Clockify(Account):
    """A workspace."""

    def __init__(
        self, id: str, plan: str, seats: dict[str, int], start: dt.date
    ) -> None:
        super().__init__(id, start)
        self.plan = plan
        self.months = 1
        self.seats = seats
        self.next_plan: str | None = None
        self.next_months: int | None = None
        self.next_seats: dict[str, int] = {}
        self.renew()

    def lines(self, day: dt.date, sign: int = 1) -> list[Line]:
        """Return what is owned for the rest of the period, or what comes back of it."""
        return [self.some(unit, sign * n, day) for unit, n in self.seats.items()]

    def some(self, unit: str, quantity: int, day: dt.date) -> Line:
        """Return a line for *quantity* of *unit*."""
        price = PRICES[self.plan][unit]
        if self.months == 12:
            price = cents(price * YEAR)
        return self.line(self.plan, unit, price, quantity, day)

    def renew(self) -> None:
        if self.next_plan is not None:
            self.plan, self.next_plan = self.next_plan, None
        if self.next_months is not None:
            self.months, self.next_months = self.next_months, None
        if self.next_seats:
            self.seats.update(self.next_seats)
            self.next_seats = {}
        self.start = self.end
        self.elapsed += self.months
        self.end = self.anchor + relativedelta(months=self.elapsed)
        self.invoice(self.start, self.lines(self.start))

    def add_seats(self, day: dt.date, n: int, unit: str = "seat") -> None:
        """Buy *n* more for the rest of the period."""
        self.until(day)
        self.invoice(day, [self.some(unit, n, day)])
        self.seats[unit] += n
        if unit in self.next_seats:
            self.next_seats[unit] += n

    def remove_seats(self, day: dt.date, n: int, unit: str = "seat") -> None:
        """Let *n* go with the period."""
        self.until(day)
        self.next_seats[unit] = self.next_seats.get(unit, self.seats[unit]) - n

    def switch_plan(self, day: dt.date, plan: str) -> None:
        """Take a higher plan now, a lower one with the next period."""
        self.until(day)
        if RANKS[plan] > RANKS[self.plan]:
            back = self.lines(day, -1)
            self.plan = plan
            self.invoice(day, back + self.lines(day))
        else:
            self.next_plan = plan

    def switch_interval(self, day: dt.date, months: int) -> None:
        """Start a year now, or months when it is over."""
        self.until(day)
        if months < self.months:
            self.next_months = months
            return
        back = self.lines(day, -1)
        self.months = self.elapsed = months
        self.anchor = self.start = day
        self.end = day + relativedelta(months=months)
        self.invoice(day, back + self.lines(day))

    @classmethod
    def year(cls) -> list[Bill]:
        """Bill the story."""
        team = cls("team", "basic", {"seat": 10, "limited": 4}, dt.date(2026, 1, 15))
        team.add_seats(dt.date(2026, 1, 20), 3)
        team.add_seats(dt.date(2026, 2, 10), 2, "limited")
        team.switch_plan(dt.date(2026, 3, 3), "standard")
        team.remove_seats(dt.date(2026, 3, 20), 2)
        team.add_seats(dt.date(2026, 4, 28), 1)
        team.switch_plan(dt.date(2026, 5, 2), "basic")
        team.switch_interval(dt.date(2026, 6, 22), 12)
        team.add_seats(dt.date(2026, 8, 1), 2)
        team.switch_interval(dt.date(2026, 11, 5), 1)
        team.until(dt.date(2027, 7, 22))
        return team.bills
