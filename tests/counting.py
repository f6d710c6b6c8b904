"""Days, periods and prices counted by hand, on nobody's code.

Month ends are looked up in a calendar, days are counted by walking over them, seats of
graduated tiers one by one.  Nothing of seatbill is imported; its values are read as
plain data.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

MINOR_UNITS = {"JPY": 1, "USD": 100, "KWD": 1000, "CLF": 10_000}
DAY = dt.timedelta(1)
MICROSECOND = dt.timedelta(microseconds=1)
SMALLEST = {dt.date: DAY, dt.datetime: MICROSECOND}


def to_whole(exact: Fraction, rounding: str) -> int:
    """Return *exact* as a whole number; the sign never matters."""
    size = abs(exact)
    down = size.numerator // size.denominator
    rest = size - down
    half = Fraction(1, 2)
    above = {
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and down % 2 == 1),
        "up": rest > 0,
        "down": False,
    }[rounding]
    return (down + above) * (-1 if exact < 0 else 1)


# Time: a boundary is seen by looking at the calendar.


def calendar_day(at):
    """Return the day that *at* is, or is on."""
    return at.date() if isinstance(at, dt.datetime) else at


def at_the_time_of(anchor, day):
    """Return *day*, at the time of day of an anchor that has one."""
    if isinstance(anchor, dt.datetime):
        return dt.datetime.combine(day, anchor.timetz())
    return day


def is_monthly(anchor, at) -> bool:
    """Return whether *at* is some months from *anchor*, a month's end if it must."""
    day, first = calendar_day(at), calendar_day(anchor)
    last = calendar.monthrange(day.year, day.month)[1]
    return day.day == min(first.day, last) and at == at_the_time_of(anchor, day)


def next_monthly(anchor, after):
    """Return the next monthly boundary after *after*."""
    day = calendar_day(after)
    while True:
        at = at_the_time_of(anchor, day)
        if at > after and is_monthly(anchor, at):
            return at
        day += DAY


def last_monthly(anchor, until):
    """Return the last monthly boundary on or before *until*."""
    day = calendar_day(until)
    while True:
        at = at_the_time_of(anchor, day)
        if at <= until and is_monthly(anchor, at):
            return at
        day -= DAY


def period_end(anchor, start, interval):
    """Return where a period of *interval* ends that starts on a boundary."""
    if interval.days:
        return start + interval.days * DAY
    for _ in range(interval.months):
        start = next_monthly(anchor, start)
    return start


def stub_start(anchor, at, interval):
    """Return where the period starts that opens on *at*: there, or before a stub."""
    if interval.days or is_monthly(anchor, at):
        return at
    start = next_monthly(anchor, at)
    for _ in range(interval.months):
        start = last_monthly(anchor, start - SMALLEST[type(at)])
    return start


def first_such(since, day):
    """Return the first *day* of a month from *since* on."""
    while since.day != day:
        since += DAY
    return since


def period_around(anchor, interval, at):
    """Return the period of the grid of *anchor*, before it too, that holds *at*."""
    start = anchor
    if interval.days:
        while start > at:
            start -= interval.days * DAY
    else:
        months = 0  # from some month before *at* to the anchor's, in whole intervals
        while start > at or months % interval.months:
            start = last_monthly(anchor, start - SMALLEST[type(at)])
            months += 1
    while (end := period_end(anchor, start, interval)) <= at:
        start = end
    return start, end


def length(start, end) -> int:
    """Return the days, or the microseconds, from *start* to *end*."""
    if isinstance(start, dt.datetime):
        return (end - start) // MICROSECOND
    return len(range(start.toordinal(), end.toordinal()))


def in_years_of_360(day) -> int:
    """Return the number of a day where every month has thirty."""
    return 360 * day.year + 30 * day.month + min(day.day, 30)


def part_of(convention, start, end, whole) -> Fraction:
    """Return what part of the period *whole* lies from *start* to *end*."""
    if convention == "full":
        return Fraction(start < end)
    if convention == "thirty_360":
        used = in_years_of_360(end) - in_years_of_360(start)
        return Fraction(used, in_years_of_360(whole[1]) - in_years_of_360(whole[0]))
    used, days = length(start, end), length(*whole)
    if convention == "actual_30" and used < days:
        days = 30 * max(round(days / 30.4375), 1)
        used = min(used, days)
    return Fraction(used, days)


# Prices.


def nominal_months(interval) -> int:
    """Return how many months an interval is, to the nearest."""
    return interval.months or round(interval.days / 30.4375)


def nominal_days(interval) -> int:
    """Return how many whole days an interval is, a month taken as 30.4375."""
    return interval.days or interval.months * 304_375 // 10_000


def units(item, currency) -> list[str]:
    """Return the units that *item* sells, in the order of its list."""
    return list(dict.fromkeys(p.unit for p in item.prices if p.currency == currency))


@dataclass
class Tag:
    """The price of one unit and one interval, as it hangs on the shelf."""

    price: Any
    times: int
    off: Fraction
    rounding: str

    def amount(self, listed) -> Fraction:
        """Return one of the listed amounts for the interval."""
        if self.times == 1:
            return Fraction(listed)
        digits = len(str(MINOR_UNITS[self.price.currency])) - 1
        while (Fraction(listed) * 10**digits).denominator != 1:
            digits += 1
        exact = Fraction(listed) * self.times * (1 - self.off) * 10**digits
        return Fraction(to_whole(exact, self.rounding), 10**digits)

    def total(self, quantity: int) -> Fraction:
        """Return what *quantity* units cost in one interval."""
        price = self.price
        if price.flat:
            return self.amount(price.unit_amount)
        if not price.tiers:
            return sum([self.amount(price.unit_amount)] * quantity, Fraction(0))
        reached = [0] + [t.up_to for t in price.tiers if t.up_to is not None]
        if not quantity:
            return Fraction(0)
        if price.tiers_mode == "volume":
            tier = self._tier_of(quantity)
            return self.amount(tier.flat_amount) + quantity * self.amount(
                tier.unit_amount
            )
        found = sum(
            self.amount(tier.flat_amount)
            for tier, below in zip(price.tiers, reached, strict=True)
            if quantity > below
        )
        for seat in range(1, quantity + 1):
            found += self.amount(self._tier_of(seat).unit_amount)
        return found

    def _tier_of(self, seat):
        return next(t for t in self.price.tiers if t.up_to is None or seat <= t.up_to)
