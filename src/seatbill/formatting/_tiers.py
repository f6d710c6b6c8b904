"""How a line under tiers is made up: units × price, tier by tier, so that one can add.

A line keeps the sum of its tiers, not the tiers.  They come from a price list, and are
told only where they make exactly what the line says, so no other list can tell a tale.
Of a change, the units before it are not on the line either: they are found, and the
tiers told where there is one way alone to tell them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from ..invoices import InvoiceLine
from ..money import currency_digits
from ..periods import Interval
from ..plans import Price, Rate, Service
from ._names import Item, kind_of
from ._numbers import format_number, format_unit_amount

_MONTH: Final = Fraction(146097, 4800)
"""The days of a month, of 400 years."""

Parts = tuple[tuple[int, int], ...]
"""How often each price of a rate is in a sum, above zero or below; 0 × is none."""


def tiers_text(line: InvoiceLine, items: Iterable[Item], locale: str) -> str:
    """Return how tiers make the full amount of *line* before discounts, or nothing."""
    if line.terms.unit_scaled is not None or not line.full_scaled:
        return ""  # nothing is left at 100 % off
    kept = Fraction(1)
    for discount in line.discounts:
        kept *= Fraction(*discount.kept)
    full = Fraction(line.full_scaled, line.terms.scale) / kept  # in minor units
    told = {
        _told(line, rate, parts, locale)
        for price in _prices(line, items)
        for rate in [
            price.rate(times=_times(line, price), rounding=line.terms.rounding)
        ]
        for parts in _ways(rate, abs(line.quantity), full * rate.scale, line.quantity)
    }
    return told.pop() if len(told) == 1 else ""


def _prices(line: InvoiceLine, items: Iterable[Item]) -> Iterator[Price]:
    """Yield the prices in tiers that *line* may have been made at."""
    kind, id, unit = line.terms.key
    for item in items:
        if isinstance(item, Service) or item.id != id or kind_of(item) is not kind:
            continue
        for price in item.prices:
            if price.tiers and (price.unit, price.currency) == (unit, line.currency):
                yield price


def _times(line: InvoiceLine, price: Price) -> int:
    """Return how many intervals of *price* the whole period of *line* is, about."""
    whole = line.whole
    days = Fraction((whole.end - whole.start).days)
    return max(round(days / _days(price.interval)), 1)


def _days(interval: Interval) -> Fraction:
    return interval.months * _MONTH + interval.days


def _ways(rate: Rate, n: int, full: Fraction, sign: int) -> Iterator[Parts]:
    """Yield how *n* units, on top of some or of none, make *full* parts.

    Taken back (*sign* below zero) they were on top of those that stay.
    """
    if sign < 0:
        for parts in _ways(rate, n, -full, 1):
            yield tuple((-times, place) for times, place in parts)
        return
    for before in _befores(rate, n, full):
        if rate.total(before + n) - rate.total(before) == full:
            yield _parts(rate, before, n)


def _befores(rate: Rate, n: int, full: Fraction) -> Iterator[int]:
    """Yield how many units there may have been before *n* more made *full*.

    Between the ends of tiers the difference of two totals goes up or down evenly: a
    piece that stays even is asked at its first place, another where it is *full*.
    """
    breaks = {0, 1}
    for end in rate.ends:
        breaks |= {end, end + 1, end - n, end - n + 1}
    starts = sorted(b for b in breaks if b >= 0)
    for start, after in zip(starts, [*starts[1:], None], strict=True):
        yield start
        first = rate.total(start + n) - rate.total(start)
        slope = rate.total(start + 1 + n) - rate.total(start + 1) - first
        if slope and (after is None or after > start + 1):
            steps = (full - first) / slope
            if steps > 0 and steps.denominator == 1:
                yield start + int(steps)


def _parts(rate: Rate, before: int, n: int) -> Parts:
    """Return how often the price of each tier is in the difference of two totals."""
    found: dict[int, int] = {}
    for quantity, sign in ((before + n, 1), (before, -1)):
        for times, place in _of_total(rate, quantity):
            found[place] = found.get(place, 0) + times * sign
    return tuple((times, place) for place, times in sorted(found.items()) if times)


def _of_total(rate: Rate, quantity: int) -> Iterator[tuple[int, int]]:
    """Yield how often each price is in a total: 2i is that of tier i, 2i + 1 its flat.

    A flat amount is for reaching a tier.
    """
    reached = bisect_left(rate.ends, quantity)
    below = 0
    for i in range(reached + 1) if quantity else ():
        top = quantity if i == reached else rate.ends[i]
        if i == reached or not rate.volume:
            yield top - below, 2 * i
            yield 1, 2 * i + 1
        below = 0 if rate.volume else top


def _told(line: InvoiceLine, rate: Rate, parts: Parts, locale: str) -> str:
    """Return a sum as it is read, the parts above zero first."""
    each = rate.scale * 10 ** currency_digits(line.currency)
    shown, total = "", Fraction(0)
    for times, place in sorted(parts, key=lambda part: (part[0] < 0, part[1])):
        _, unit, flat = rate.tiers[place // 2]
        price = Fraction(flat if place % 2 else unit, each)
        if not price and place % 2:  # nothing for reaching a tier
            continue
        total += price * times
        said = format_unit_amount(price, line.currency, locale)
        if place % 2 == 0:
            said = f"{format_number(abs(times), locale)}\u00a0×\u00a0{said}"
        sign = "−" if times < 0 else "+"
        shown = f"{shown} {sign} {said}" if shown or times < 0 else said
    return f"{shown.strip()} = {format_unit_amount(total, line.currency, locale)}"
