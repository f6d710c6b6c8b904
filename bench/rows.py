"""The rows of the table: what is measured, and how far it may go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import NamedTuple

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    BillingRules,
    RemoveSeats,
    Settlement,
    Statement,
    Subscription,
    Timing,
    bill,
    renew,
    subscribe,
)

from . import inlined, script
from .growth import BOUNDED, GROWTH, Growth
from .imports import imports
from .memory import own_bytes
from .stopwatch import ratio
from .workload import BASIC, PRO, RULES, amounts, seatbill_bills, story

FIRST_DAY = dt.date(2026, 1, 15)


class Row(NamedTuple):
    """One measured figure; *least* is set where more is better.

    One without a limit is there to be read, and decides nothing.
    """

    what: str
    figure: float
    limit: float | None
    aim: float | None = None
    unit: str = ""
    least: bool = False
    fault: str = ""

    @property
    def ok(self) -> bool:
        """Whether the figure is within its limit."""
        if self.limit is None:
            return not self.fault
        kept = self.figure >= self.limit if self.least else self.figure <= self.limit
        return kept and not self.fault

    @property
    def verdict(self) -> str:
        """``ok``, ``over``, or what is wrong beside the figure."""
        if self.limit is None:
            return self.fault
        return self.fault or ("ok" if self.ok else "over")


class Effort(NamedTuple):
    """How many times each thing is measured."""

    pairs: int
    long_pairs: int
    imports: int
    growth_pairs: int
    is_full: bool


FULL = Effort(pairs=1500, long_pairs=40, imports=25, growth_pairs=5, is_full=True)
QUICK = Effort(pairs=5, long_pairs=1, imports=1, growth_pairs=1, is_full=False)


def rows(effort: Effort) -> Iterator[Row]:
    """Measure and yield one row after the other."""
    yield against_plain(effort)
    yield against_own(effort)
    yield against_script(effort)
    yield per_change(effort)
    yield late_month(effort)
    yield memory()
    yield import_time(effort)
    for growth in GROWTH:
        n = growth.n if effort.is_full else growth.few
        yield grown(growth, n, 10 * n, effort)
    for growth in BOUNDED:
        yield grown(growth, growth.n, growth.attack, effort)


def against_integers(effort: Effort, makers: inlined.Makers) -> float:
    """Bill and read the story, as a multiple of the hand-inlined integers."""
    month = story(FIRST_DAY)
    return ratio(
        lambda: amounts(seatbill_bills(month)[1]),
        lambda: amounts(inlined.inlined_bills(month, makers)[1]),
        pairs=effort.pairs,
    )


def against_plain(effort: Effort) -> Row:
    """Compare with integers that answer with plain attrs objects."""
    found = against_integers(effort, inlined.PLAIN)
    return Row("time of the inlined integers, times", found, 2.0, 1.3)


def against_own(effort: Effort) -> Row:
    """Compare with integers that answer through the library's unchecked makers."""
    found = against_integers(effort, inlined.OWN)
    return Row("  the same, with the library's makers", found, None)


def against_script(effort: Effort) -> Row:
    """Bill and read the story: the script's time as a part of the library's."""
    month = story(FIRST_DAY)
    events = script.events(month)
    found = ratio(
        lambda: script.amounts(script.run(script.opened(month), events, month.until)),
        lambda: amounts(seatbill_bills(month)[1]),
        pairs=effort.pairs,
    )
    return Row("speed of the Decimal script, times", found, 0.65, 1.0, least=True)


def many_changes(n: int) -> Callable[[], Statement]:
    """Return a run of *n* changes in one year: 3 seats added, and removed again."""
    rules = BillingRules(seats_removed=Timing.IMMEDIATE, settlement=Settlement.NOW)
    opening = subscribe(
        BASIC, id="s-1", interval=ANNUAL, seats=10, on=FIRST_DAY, rules=rules
    )
    steps = AddSeats(3), RemoveSeats(3)
    history = [(FIRST_DAY + dt.timedelta(364 * i // n), steps[i % 2]) for i in range(n)]
    until = history[-1][0]
    return lambda: bill(opening, history, until=until)


def per_change(effort: Effort) -> Row:
    """Compare the cost of one change among 10,000 with that of one among 100."""
    found = ratio(
        many_changes(10_000), many_changes(100), pairs=effort.long_pairs, turn=0.1
    )
    return Row("cost per change, 10,000 over 100", found / 100, 1.4)


def renewal(n: int) -> Callable[[], object]:
    """Return a run of the renewal that ends month *n*."""
    sub = subscribe(
        BASIC, id="s-1", interval=MONTHLY, seats=10, on=FIRST_DAY, rules=RULES
    ).subscription
    for _ in range(n - 1):
        sub = renew(sub, on=sub.current_period.end).subscription
    end = sub.current_period.end
    return lambda: renew(sub, on=end)


def late_month(effort: Effort) -> Row:
    """Compare the renewal that ends month 240 with the one that ends month 1."""
    found = ratio(renewal(240), renewal(1), pairs=effort.pairs)
    return Row("renewal of month 240 over month 1", found, 1.15)


def memory() -> Row:
    """Weigh the largest subscription of the story, just before its renewal."""
    told = story(FIRST_DAY)
    opening = subscribe(
        BASIC,
        id=told.id,
        interval=MONTHLY,
        seats=told.seats,
        on=told.start,
        rules=RULES,
    )
    sub: Subscription = bill(opening, told.history, until=told.annual).subscription
    assert sub.plan is PRO
    assert len(sub.pending_updates) == 2
    return Row("memory of a subscription", own_bytes(sub) / 1000, 1.5, unit=" kB")


def grown(growth: Growth, n: int, more: int, effort: Effort) -> Row:
    """Compare the cost of *more* with that of *n*; ten times is linear."""
    found = ratio(growth.work(more), growth.work(n), pairs=effort.growth_pairs)
    return Row(f"{growth.name}, {more} over {n}", found, 14.0)


def import_time(effort: Effort) -> Row:
    """Compare what ``import seatbill`` adds with ``import attrs``."""
    found = imports(effort.imports)
    fault = f"loads {' and '.join(found.heavy)}" if found.heavy else ""
    return Row("import, over import attrs", found.ratio, 0.9, 0.6, fault=fault)
