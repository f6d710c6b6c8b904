"""Echometer: the teams that are there on the first of a month, billed for it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from . import Account, Bill

PRICE = Decimal(60)
TEAMS = (3, 3, 3, 3, 3, 2, 2, 1, 2, 2, 1, 2)


class Echometer(Account):
    """A company and its teams."""

    def renew(self) -> None:
        self.start = self.end
        self.elapsed += 1
        self.end = self.anchor + relativedelta(months=self.elapsed)
        teams = TEAMS[self.start.month - 1]
        line = self.line("team-licences", "team", PRICE, teams, self.start)
        self.invoice(self.start, [line])

    @classmethod
    def year(cls) -> list[Bill]:
        """Bill the story."""
        company = cls("retrospectives", dt.date(2026, 1, 1))
        company.until(dt.date(2026, 12, 31))
        return company.bills
