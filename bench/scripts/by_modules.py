"""A modular product: a flat plan by its size, modules that are switched on and off."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from . import Account, Bill, Line

PLANS = {"s": Decimal(29), "m": Decimal(59), "l": Decimal(99)}
MODULES = {
    "quotes": Decimal("9.90"),
    "reports": Decimal("10.20"),
    "calendar": Decimal(0),
    "signature": Decimal("9.90"),
    "stock": Decimal("14.90"),
}
NEEDS_PLAN = {"stock": ("m", "l")}
NEEDS_MODULE = {"signature": "quotes"}


class Modular(Account):
    """A workshop, its plan and its modules."""

    def __init__(self, id: str, plan: str, modules: list[str], start: dt.date) -> None:
        super().__init__(id, start)
        self.plan = plan
        self.modules = modules
        self.next_plan: str | None = None
        self.leaving: set[str] = set()
        self.canceled = False
        self.renew()

    def plan_line(self, day: dt.date, sign: int = 1) -> Line:
        """Return the line of the plan."""
        return self.line(self.plan, "plan", PLANS[self.plan], sign, day)

    def module_line(self, module: str, day: dt.date) -> Line:
        """Return the line of a module."""
        return self.line(module, "module", MODULES[module], 1, day)

    def renew(self) -> None:
        if self.canceled:
            self.end = dt.date.max
            return
        if self.next_plan is not None:
            self.plan, self.next_plan = self.next_plan, None
            self.leaving |= {
                module
                for module in self.modules
                if self.plan not in NEEDS_PLAN.get(module, (self.plan,))
            }
        if self.leaving:
            self.modules = [m for m in self.modules if m not in self.leaving]
            self.leaving = set()
        self.start = self.end
        self.elapsed += 1
        self.end = self.anchor + relativedelta(months=self.elapsed)
        lines = [self.plan_line(self.start)]
        lines += [self.module_line(module, self.start) for module in self.modules]
        self.invoice(self.start, lines)

    def change(
        self, day: dt.date, plan: str | None = None, module: str | None = None
    ) -> None:
        """Take a larger plan, a module or both now; a smaller plan waits."""
        self.until(day)
        lines: list[Line] = []
        if plan is not None:
            if PLANS[plan] > PLANS[self.plan]:
                lines.append(self.plan_line(day, -1))
                self.plan = plan
                lines.append(self.plan_line(day))
            else:
                self.next_plan = plan
        if module is not None:
            assert self.plan in NEEDS_PLAN.get(module, (self.plan,))
            assert NEEDS_MODULE.get(module, module) in (*self.modules, module)
            self.modules.append(module)
            lines.append(self.module_line(module, day))
        if lines:
            self.invoice(day, lines)

    def remove(self, day: dt.date, module: str) -> None:
        """Let a module go with the period."""
        self.until(day)
        self.leaving.add(module)

    def cancel(self, day: dt.date) -> None:
        """End with the period."""
        self.until(day)
        self.canceled = True

    @classmethod
    def year(cls) -> list[Bill]:
        """Bill the story."""
        workshop = cls("workshop", "s", ["quotes"], dt.date(2026, 1, 1))
        workshop.change(dt.date(2026, 1, 20), module="reports")
        workshop.change(dt.date(2026, 2, 15), "m", "stock")
        workshop.remove(dt.date(2026, 3, 10), "reports")
        workshop.change(dt.date(2026, 5, 22), module="signature")
        workshop.change(dt.date(2026, 7, 16), "l")
        workshop.change(dt.date(2026, 8, 20), "m")
        workshop.change(dt.date(2026, 9, 10), "s")
        workshop.change(dt.date(2026, 10, 5), module="calendar")
        workshop.cancel(dt.date(2026, 12, 12))
        workshop.until(dt.date(2026, 12, 31))
        return workshop.bills
