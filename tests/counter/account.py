"""What a subscription is at one moment, for the counter: plain data, no rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from counting import DAY, MINOR_UNITS, Tag, nominal_months, part_of, units


class Line(NamedTuple):
    """An exact amount in minor units, from the day on which it begins."""

    amount: Fraction
    start: Any
    bears: tuple[str, ...] = ()  # the discounts of a charge; a credit uses none


@dataclass(eq=False)
class Part:
    """What runs of one item and unit at one net price and rates.

    *listed* is its part of what the list asks for the whole period, in minor units.
    Where it is not *charged* (it was opened by a change that charges nothing) nothing
    of it can come back, and *seats* says how many it holds.
    """

    item: str
    unit: str
    percents: tuple[Any, ...]
    rates: tuple[str, ...]
    charged: bool
    arrears: bool
    since: Any
    listed: Fraction = Fraction(0)
    paid: Fraction = Fraction(0)
    seats: int = 0

    @property
    def kept(self) -> Fraction:
        """What percentages leave of its price."""
        kept = Fraction(1)
        for discount in self.percents:
            kept *= 1 - Fraction(discount.percent_off) / 100
        return kept

    @property
    def full(self) -> Fraction:
        """What it costs in the whole period."""
        return self.listed * self.kept

    @property
    def bears(self) -> tuple[str, ...]:
        """The discounts in its price."""
        return tuple(discount.id for discount in self.percents)


@dataclass(eq=False)
class Reduction:
    """An amount off that runs: *most* is the bound until the day is over."""

    id: str
    full: Fraction
    paid: Fraction
    most: Fraction
    day: Any


@dataclass(eq=False)
class Offer:
    """A discount that was applied, and how many periods it has served."""

    discount: Any
    served: int = 0
    used: bool = False
    spent: bool = False


@dataclass
class Slots:
    """What waits for the next boundary (0) and for the one after it (1)."""

    values: dict[int, Any] = field(default_factory=dict)

    def pass_boundary(self) -> Any:
        """Return what waited for this boundary; the rest is one nearer."""
        found = self.values.pop(0, None)
        if 1 in self.values:
            self.values[0] = self.values.pop(1)
        return found


@dataclass
class Step:
    """A number of units that was agreed for a day: at its renewal or *late* after."""

    level: int
    late: int = 0


@dataclass
class Own:
    """The period of an add-on with an interval of its own, and a purchase's anchor."""

    start: Any
    end: Any
    anchor: Any = None


@dataclass(kw_only=True)
class Account:
    """A subscription on its way through the days."""

    plan: Any
    interval: Any
    rules: Any
    currency: str
    now: Any
    anchor: Any
    start: Any = None
    end: Any = None
    seats: dict[str, int]
    add_ons: dict[str, tuple[Any, int]]
    shelf: dict[str, Any]
    offers: list[Offer]
    rates: tuple[str, ...]
    trial: bool = False
    paused: bool = False
    ended: bool = False
    frozen_on: Any = None
    thawed_on: Any = None  # or another grid began
    frozen_time: dt.timedelta = 0 * DAY  # in the period
    given: dt.timedelta = 0 * DAY  # at the end of the period, free of charge
    at_once: bool = False
    opening: bool = False  # of a period, whose invoice is made today
    lost: Fraction = Fraction(0)  # what ended in the period and did not come back
    regridded: bool = False  # the interval changed inside the period
    parts: list[Part] = field(default_factory=list)
    first: tuple[Part, ...] = ()  # what the first invoice charged
    reductions: list[Reduction] = field(default_factory=list)
    levels: dict[tuple[str, str], Slots] = field(default_factory=dict)
    plans: Slots = field(default_factory=Slots)
    intervals: Slots = field(default_factory=Slots)
    ends: Slots = field(default_factory=Slots)
    pauses: Slots = field(default_factory=Slots)
    prices: dict[tuple[str, Any], Any] = field(default_factory=dict)  # plan id, day
    own: dict[str, Own] = field(default_factory=dict)
    steps: dict[tuple[str, Any], Step] = field(default_factory=dict)  # unit, day
    lines: list[Line] = field(default_factory=list)
    unbilled: list[Line] = field(default_factory=list)
    ran: list[Line] = field(default_factory=list)
    invoices: list[tuple[Any, list[Line]]] = field(default_factory=list)
    rolled: list[Any] = field(default_factory=list)  # when periods ran out
    unsaid: str = ""  # what happened that the decisions say nothing about

    @property
    def minor(self) -> int:
        """How many minor units there are in one of the currency."""
        return MINOR_UNITS[self.currency]

    @property
    def uncharged(self) -> bool:
        """Whether nothing is served that could be charged: in a trial, in a pause."""
        return self.trial or self.paused

    @property
    def rest(self) -> Fraction:
        """How much of the period is left (denominator: the whole period)."""
        start, end = self.paid_for
        if self.now >= end:
            return Fraction(0)
        return part_of(self.rules.convention, self.now, end, (start, end))

    def rest_of(self, item: str) -> Fraction:
        """Return how much is left of the period that an item is in."""
        own = self.own.get(item)
        if own is None:
            return self.rest
        if self.now >= own.end:
            return Fraction(0)
        days = own.start, own.end
        return part_of(self.rules.convention, self.now, own.end, days)

    @property
    def paid_for(self) -> tuple[Any, Any]:
        """The days of the period that are paid for: those given cost nothing."""
        return self.start, self.end - self.given

    def tags(self, item: Any) -> list[Tag]:
        """Return what each unit of *item* costs per interval (annual discount)."""
        interval = getattr(item, "interval", None) or self.interval
        months, found = nominal_months(interval), []
        for unit in units(item, self.currency):
            listed = [
                p for p in item.prices if p.unit == unit and p.currency == self.currency
            ]
            by_formula = [
                p
                for p in listed
                if 0 < nominal_months(p.interval) < months
                and months % nominal_months(p.interval) == 0
            ]
            by_formula.sort(key=lambda p: nominal_months(p.interval))
            fitting = [p for p in listed if p.interval == interval] or by_formula
            price = fitting[0]
            same = price.interval == interval
            times = 1 if same else months // nominal_months(price.interval)
            off = Fraction(0)
            if item is self.plan or self.rules.interval_discount_scope != "plan":
                off = dict(self.rules.interval_discounts).get(interval, off)
            found.append(Tag(price, times, off, self.rules.rounding))
        return found

    def level(self, kind: str, key: str) -> int:
        """Return how many are owned."""
        if kind == "seats":
            return self.seats.get(key, 0)
        return self.add_ons[key][1] if key in self.add_ons else 0

    def put_level(self, kind: str, key: str, level: int) -> None:
        """Own *level* of something; an add-on of none is gone."""
        if kind == "seats":
            self.seats[key] = level
        elif level:
            self.add_ons[key] = self.shelf[key], level
        else:
            self.add_ons.pop(key, None)
            self.own.pop(key, None)
