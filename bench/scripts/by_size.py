"""ClickMeeting: a sized plan over 30 or 365 days, add-ons beside it, a freeze."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from . import Account, Bill, Line, cents

PLANS = {"live-25": Decimal("25.00"), "live-50": Decimal("40.00")}
ADD_ONS = {
    "toll-free": ("number", Decimal("10.00")),
    "parallel-events": ("event", Decimal("20.00")),
    "storage": ("gigabyte", Decimal("0.50")),
}
YEAR_PLAN = Decimal(12) * Decimal("0.80")


class ClickMeeting(Account):
    """An account by the size of its events."""

    def __init__(
        self, id: str, plan: str, add_ons: dict[str, int], start: dt.date
    ) -> None:
        super().__init__(id, start)
        self.plan = plan
        self.days = 30
        self.add_ons = add_ons
        self.kept = Decimal(1)  # what a discount leaves of a price
        self.next_plan: str | None = None
        self.next_add_ons: dict[str, int] = {}
        self.frozen: dt.date | None = None
        self.renew()

    def plan_line(self, day: dt.date, sign: int = 1) -> Line:
        """Return the line of the plan."""
        price = PLANS[self.plan]
        if self.days == 365:
            price = cents(price * YEAR_PLAN)
        return self.line(self.plan, "account", price * self.kept, sign, day)

    def add_on_line(self, add_on: str, quantity: int, day: dt.date) -> Line:
        """Return the line of an add-on."""
        unit, price = ADD_ONS[add_on]
        if self.days == 365:
            price *= 12
        return self.line(add_on, unit, price * self.kept, quantity, day)

    def lines(self, day: dt.date, sign: int = 1) -> list[Line]:
        """Return what is owned for the rest of the period, or what comes back of it."""
        return [
            self.plan_line(day, sign),
            *[self.add_on_line(id, sign * n, day) for id, n in self.add_ons.items()],
        ]

    def renew(self) -> None:
        if self.next_plan is not None:
            self.plan, self.next_plan = self.next_plan, None
        if self.next_add_ons:
            self.add_ons.update(self.next_add_ons)
            self.next_add_ons = {}
        self.start = self.end
        self.end = self.start + dt.timedelta(self.days)
        self.invoice(self.start, self.lines(self.start))

    def add(self, day: dt.date, add_on: str, n: int = 1) -> None:
        """Buy *n* of an add-on for the rest of the period."""
        self.until(day)
        self.invoice(day, [self.add_on_line(add_on, n, day)])
        self.add_ons[add_on] = self.add_ons.get(add_on, 0) + n

    def remove(self, day: dt.date, add_on: str, n: int) -> None:
        """Let *n* of an add-on go with the period."""
        self.until(day)
        self.next_add_ons[add_on] = self.add_ons[add_on] - n

    def switch_plan(self, day: dt.date, plan: str) -> None:
        """Take a larger plan now, a smaller one with the next period."""
        self.until(day)
        if PLANS[plan] > PLANS[self.plan]:
            back = self.plan_line(day, -1)
            self.plan = plan
            self.invoice(day, [back, self.plan_line(day)])
        else:
            self.next_plan = plan

    def freeze(self, day: dt.date) -> None:
        """Stop the period."""
        self.until(day)
        self.frozen = day

    def thaw(self, day: dt.date) -> None:
        """Go on with the days that are left."""
        assert self.frozen is not None
        self.end += day - self.frozen
        self.frozen = None

    def switch_to_year(self, day: dt.date) -> None:
        """Start 365 days now."""
        self.until(day)
        back = self.lines(day, -1)
        self.days = 365
        self.start, self.end = day, day + dt.timedelta(365)
        self.invoice(day, back + self.lines(day))

    def discount(self, day: dt.date, percent: int) -> None:
        """Take *percent* off what is charged from now on."""
        self.until(day)
        self.kept -= Decimal(percent) / 100

    @classmethod
    def year(cls) -> list[Bill]:
        """Bill the story."""
        account = cls("webinars", "live-25", {"toll-free": 1}, dt.date(2026, 1, 1))
        account.add(dt.date(2026, 1, 16), "storage", 20)
        account.switch_plan(dt.date(2026, 2, 12), "live-50")
        account.freeze(dt.date(2026, 3, 12))
        account.thaw(dt.date(2026, 4, 11))
        account.remove(dt.date(2026, 5, 6), "storage", 10)
        account.switch_to_year(dt.date(2026, 6, 10))
        account.discount(dt.date(2026, 8, 1), 25)
        account.add(dt.date(2026, 11, 22), "parallel-events")
        account.switch_plan(dt.date(2026, 12, 1), "live-25")
        account.until(dt.date(2026, 12, 31))
        return account.bills
