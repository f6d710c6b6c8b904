"""Teamleader: users and an add-on by the quarter or the year, 15 days' notice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from . import Account, Bill, Line

PLANS = {"move": Decimal("30.00")}
PACKAGES = {
    "client-meeting-basic": (1, Decimal("6.00")),
    "client-meeting-beyond": (2, Decimal("12.00")),
}
SERVICES = {"do-it-together": Decimal("950.00")}
NOTICE = 15


class Teamleader(Account):
    """A company, its users, and who of them has the add-on."""

    def __init__(
        self, id: str, plan: str, users: int, package: str, n: int, start: dt.date
    ) -> None:
        super().__init__(id, start)
        self.plan = plan
        self.months = 3
        self.users = users
        self.package = package
        self.quantity = n
        self.next_months: int | None = None
        self.next_users: int | None = None
        self.next_package: str | None = None
        self.later_package: str | None = None  # asked for too late: a period later
        self.canceled = False
        self.ended = False
        self.renew()

    def user_line(self, day: dt.date, quantity: int) -> Line:
        """Return a line for users of the plan."""
        price = PLANS[self.plan] * self.months
        return self.line(self.plan, "user", price, quantity, day)

    def package_line(self, day: dt.date, quantity: int) -> Line:
        """Return a line for users of the add-on."""
        price = PACKAGES[self.package][1] * self.months
        return self.line(self.package, "user", price, quantity, day)

    def renew(self) -> None:
        if self.canceled:
            self.ended = True
            self.end = dt.date.max
            return
        if self.next_months is not None:
            self.months, self.next_months = self.next_months, None
        if self.next_users is not None:
            self.users, self.next_users = self.next_users, None
        if self.next_package is not None:
            self.package = self.next_package
        self.next_package, self.later_package = self.later_package, None
        self.start = self.end
        self.elapsed += self.months
        self.end = self.anchor + relativedelta(months=self.elapsed)
        lines = [self.user_line(self.start, self.users)]
        lines.append(self.package_line(self.start, self.quantity))
        self.invoice(self.start, lines)

    def late(self, day: dt.date) -> bool:
        """Return whether *day* is too late for the end of the period."""
        return (self.end - day).days < NOTICE

    def add_users(self, day: dt.date, n: int) -> None:
        """Add users for the rest of the period."""
        self.until(day)
        self.invoice(day, [self.user_line(day, n)])
        self.users += n

    def remove_users(self, day: dt.date, n: int) -> None:
        """Let users go with the period."""
        self.until(day)
        assert not self.late(day)
        self.next_users = self.users - n

    def buy(self, day: dt.date, service: str) -> None:
        """Buy a service, once."""
        self.until(day)
        price = SERVICES[service]
        after = day + dt.timedelta(1)
        self.invoice(day, [Line(service, "service", 1, price, day, after, price)])

    def switch_package(self, day: dt.date, package: str) -> None:
        """Take the higher package now, the lower one after the period."""
        self.until(day)
        if PACKAGES[package][0] > PACKAGES[self.package][0]:
            back = self.package_line(day, -self.quantity)
            self.package = package
            self.invoice(day, [back, self.package_line(day, self.quantity)])
        elif self.late(day):
            self.later_package = package
        else:
            self.next_package = package

    def switch_interval(self, day: dt.date, months: int) -> None:
        """Pay by *months* from the next period on."""
        self.until(day)
        assert not self.late(day)
        self.next_months = months

    def cancel(self, day: dt.date) -> None:
        """End with the period."""
        self.until(day)
        self.canceled = True

    @classmethod
    def year(cls) -> list[Bill]:
        """Bill the story."""
        start = dt.date(2026, 1, 1)
        bakery = cls("bakery", "move", 12, "client-meeting-basic", 4, start)
        bakery.buy(dt.date(2026, 1, 5), "do-it-together")
        bakery.add_users(dt.date(2026, 2, 15), 2)
        bakery.switch_package(dt.date(2026, 5, 17), "client-meeting-beyond")
        bakery.remove_users(dt.date(2026, 6, 16), 2)
        bakery.add_users(dt.date(2026, 8, 17), 2)
        bakery.switch_interval(dt.date(2026, 9, 10), 12)
        bakery.switch_package(dt.date(2026, 9, 17), "client-meeting-basic")
        bakery.cancel(dt.date(2026, 12, 15))
        bakery.until(dt.date(2026, 12, 31))
        return bakery.bills
