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
    Timing,
    bill,
    renew,
    subscribe,
)
from seatbill.rulebooks import clockify

from . import mix
from .growth import BOUNDED, GROWTH, Growth
from .imports import imports
from .memory import own_bytes
from .stopwatch import ratio
from .stories import STORIES, outcomes

FIRST_DAY = dt.date(2026, 1, 15)
BASIC = clockify.CATALOG.plan("basic")


class Row(NamedTuple):
    """One measured figure; without a limit it is there to be read."""

    what: str
    figure: float
    limit: float | None
    aim: float | None = None
    unit: str = ""
    fault: str = ""

    @property
    def ok(self) -> bool:
        """Whether the figure is within its limit."""
        kept = self.limit is None or self.figure <= self.limit
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


FULL = Effort(pairs=300, long_pairs=40, imports=25, growth_pairs=5, is_full=True)
QUICK = Effort(pairs=3, long_pairs=1, imports=1, growth_pairs=1, is_full=False)


class Road(NamedTuple):
    """One way in which all stories are told, and how far it may go."""

    what: str
    measure: mix.Road
    average: float | None
    average_aim: float | None = None
    worst: float | None = None


ROADS = (
    Road("bill, over its replay", mix.by_bill, 2.0, 1.6, 2.6),
    Road("single calls, over their replay", mix.by_calls, 1.6, 1.3),
    Road("price lists read anew, over the replay", mix.by_lists_read_anew, 2.6, 2.0),
    Road("bill, over the Decimal script", mix.by_script, 1.8, 1.4),
    Road("load, over json.loads", mix.by_load, None, None, 8.0),
    Road("dump, over json.dumps", mix.by_dump, None, None, 5.0),
    Road("calls through JSON, over the replay", mix.by_json, None),
    Road("adopt, over subscribe", mix.by_adopt, None, None, 4.0),
)


def rows(effort: Effort) -> Iterator[Row]:
    """Measure and yield one row after the other."""
    for road in ROADS:
        yield from on_road(road, effort)
    yield per_change(effort)
    yield late_month(effort)
    yield from memory()
    yield import_time(effort)
    for growth in GROWTH:
        n = growth.n if effort.is_full else growth.few
        yield grown(growth, n, 10 * n, effort)
    for growth in BOUNDED:
        yield grown(growth, growth.n, growth.attack, effort)


def on_road(road: Road, effort: Effort) -> Iterator[Row]:
    """Tell every story on *road*: the average, and the worst by its name."""
    figures = list(mix.told(road.measure, effort.pairs))
    yield Row(road.what, mix.average(figures), road.average, road.average_aim)
    worst = mix.worst(figures)
    yield Row(f"  worst: {worst.story}", worst.value, road.worst)


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
        BASIC, id="s-1", interval=MONTHLY, seats=10, on=FIRST_DAY, rules=BillingRules()
    ).subscription
    for _ in range(n - 1):
        sub = renew(sub, on=sub.current_period.end).subscription
    end = sub.current_period.end
    return lambda: renew(sub, on=end)


def late_month(effort: Effort) -> Row:
    """Compare the renewal that ends month 240 with the one that ends month 1."""
    found = ratio(renewal(240), renewal(1), pairs=effort.pairs)
    return Row("renewal of month 240 over month 1", found, 1.15)


def memory() -> Iterator[Row]:
    """Weigh the largest subscription of Clockify's story, and that of the largest."""
    held = {
        story.name: max(own_bytes(call.subscription) for call in outcomes(story))
        for story in STORIES
    }
    yield Row("memory of a subscription", held["Clockify"] / 1000, 1.5, unit=" kB")
    worst = max(held, key=lambda name: held[name])
    yield Row(f"  worst: {worst}", held[worst] / 1000, None, unit=" kB")


def grown(growth: Growth, n: int, more: int, effort: Effort) -> Row:
    """Compare the cost of *more* with that of *n*; ten times is linear."""
    found = ratio(growth.work(more), growth.work(n), pairs=effort.growth_pairs)
    return Row(f"{growth.name}, {more} over {n}", found, 14.0)


def import_time(effort: Effort) -> Row:
    """Compare what ``import seatbill`` adds with ``import attrs``."""
    found = imports(effort.imports)
    fault = f"loads {' and '.join(found.heavy)}" if found.heavy else ""
    return Row("import, over import attrs", found.ratio, 0.9, 0.6, fault=fault)
