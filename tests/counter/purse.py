"""Credit in lots: who pays first, what comes back to whom, what lapses.

Decisions: "negative total", and "Give credit that lapses".  It is told what the
invoices come to, with their taxes, in whole minor units.

All credit that was ever given is used, lapsed, paid out, or left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MONEY = ("paid", None)  # what the balance holds
Lot = tuple[str, Any]  # its kind and its last day


@dataclass
class Purse:
    """What is left in each lot, and what each spent that may still come back to it.

    *above* is the money that was paid from the first lot on that paid in the period.
    """

    order: str
    left: dict[Lot, int] = field(default_factory=lambda: {MONEY: 0})
    spent: dict[Lot, int] = field(default_factory=dict)
    above: int = 0
    given: int = 0
    used: int = 0  # for invoices, less what came back
    lapsed: int = 0
    refunded: int = 0

    def grant(self, kind: str, last: Any, amount: int) -> None:
        """Put more into a lot."""
        self.left[kind, last] = self.left.get((kind, last), 0) + amount
        self.given += amount

    def _in_order(self, lots: Any) -> list[Lot]:
        """Return lots in the order in which they pay."""

        def place(lot: Lot) -> Any:
            kind, last = lot
            is_gift = kind == "gift"
            first = {"gifts_first": not is_gift, "money_first": is_gift}
            by_day = (last is None, "" if last is None else last.isoformat())
            return first.get(self.order, False), by_day, not is_gift

        return sorted(lots, key=place)

    def settle(self, day: Any, total: int) -> tuple[int, dict[Lot, int]]:
        """Pay an invoice of *total*, or give back what it is below zero.

        Return what credit paid, and what each lot paid or got back, the balance apart.
        """
        self.lapse(day)
        moved = self._pay(total) if total > 0 else self._take_back(-total)
        self.lapse(day)  # what came back too late
        applied = sum(moved.values()) if total > 0 else 0
        return applied, {lot: n for lot, n in moved.items() if n and lot != MONEY}

    def _pay(self, total: int) -> dict[Lot, int]:
        """Use what pays first; the rest is paid by the customer: money too."""
        moved, rest = {}, total
        for lot in self._in_order(self.left):
            moved[lot] = part = min(rest, self.left[lot])
            rest -= part
            self.left[lot] -= part
            if lot != MONEY:
                self.spent[lot] = self.spent.get(lot, 0) + part
        self.used += total - rest
        if any(self.spent.values()):
            self.above += rest + moved[MONEY]
        return moved

    def _last_first(self) -> list[Lot]:
        """Return the lots that spent anything as they get it back."""
        return self._in_order(self.spent)[::-1]

    def _take_back(self, total: int) -> dict[Lot, int]:
        """Give back money above the lots, then to lots, then money before them."""
        self.used -= total
        moved = {MONEY: min(total, self.above)}
        self.above -= moved[MONEY]
        rest = total - moved[MONEY]
        for lot in self._last_first():
            moved[lot] = part = min(rest, self.spent[lot])
            self.spent[lot] -= part
            rest -= part
        moved[MONEY] += rest
        for lot, part in moved.items():
            self.left[lot] = self.left.get(lot, 0) + part
        return moved

    def pass_boundary(self, waits: int) -> None:
        """Let a period be used up: what waits (*waits*, given back) is carried on."""
        rest = max(waits, 0)
        self.above = min(self.above, rest)
        rest -= self.above
        for lot in self._last_first():
            self.spent[lot] = min(self.spent[lot], rest)
            rest -= self.spent[lot]
        if not any(self.spent.values()):
            self.above = 0

    def lapse(self, day: Any) -> None:
        """Let go what had its last day before *day*."""
        for lot, amount in self.left.items():
            if lot[1] is not None and lot[1] < day:
                self.lapsed += amount
                self.left[lot] = 0

    def finish(self, day: Any) -> int:
        """End all lots: money goes back, gifts lapse.  Return what goes back."""
        self.lapse(day)
        back = sum(n for (kind, _), n in self.left.items() if kind == "paid")
        self.refunded += back
        self.lapsed += sum(self.left.values()) - back
        self.left, self.spent, self.above = {MONEY: 0}, {}, 0
        return back

    def is_whole(self) -> bool:
        """Return whether nothing was lost, and nothing came from nowhere."""
        there = self.used + self.lapsed + self.refunded + sum(self.left.values())
        return self.given == there
