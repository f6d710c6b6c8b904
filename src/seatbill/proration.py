"""Charge a price for part of a billing period.

A share is an exact ratio of two whole numbers, by one of four conventions; money
is rounded once, at the end.  Periods are half-open: *start* is in, *end* is not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from ._values.base import Word
from ._values.checks import Time, instance, member, several, whole
from .errors import ConventionError, OutOfBoundsError
from .money import Money, Rounding
from .periods import Period, nominal_months, number, same_time

__all__ = ["Convention", "allocate", "prorate", "share"]


class Convention(Word):
    """How a part of a period is counted.

    :ACTUAL: Days over the days of the real period (exact time for datetimes).
    :ACTUAL_30: A whole period is 1, else at most 30 days a month; parts need not add to
        1.
    :THIRTY_360: A day is 360·y + 30·m + min(d, 30); a share is a ratio of differences.
    :FULL: The whole price whatever the day.
    """

    ACTUAL = "actual"
    ACTUAL_30 = "actual_30"
    THIRTY_360 = "thirty_360"
    FULL = "full"


# Read for every line: a member costs as much as the arithmetic.
_ACTUAL: Final = Convention.ACTUAL
_FULL: Final = Convention.FULL


def ratio(
    convention: Convention, start: Time, end: Time, whole: tuple[Time, Time]
) -> tuple[int, int]:
    """Return the part of *whole* from *start* to *end* as two whole numbers.

    *start* and *end* lie inside *whole*, and all are of one type.
    """
    whole_start, whole_end = whole
    if convention is _ACTUAL:
        return number(end, start), number(whole_end, whole_start)
    if convention is _FULL:
        return int(end > start), 1
    if type(start) is not dt.date:
        raise ConventionError(convention, start, "instants")
    if convention is Convention.THIRTY_360:
        length = day_360(whole_end) - day_360(whole_start)
        if length <= 0:
            raise ConventionError(convention, (whole_start, whole_end), "no_day")
        return day_360(end) - day_360(start), length
    days = number(end, start)
    length = number(whole_end, whole_start)
    if days == length:
        return 1, 1
    most = 30 * max(nominal_months(length), 1)
    return min(days, most), most


def day_360(day: dt.date) -> int:
    """Return the number of *day* in a year of twelve months of 30 days."""
    return 360 * day.year + 30 * day.month + min(day.day, 30)


def share(
    used: Period, whole: Period, convention: Convention | str = Convention.ACTUAL
) -> Fraction:
    """Return the part of *whole* that *used* covers, exact, from 0 to 1.

    What lies outside *whole* does not count.

    >>> january = Period(dt.date(2026, 1, 1), dt.date(2026, 2, 1))
    >>> share(Period(dt.date(2026, 1, 20), dt.date(2026, 2, 1)), january)
    Fraction(12, 31)

    Raises: ConventionError where *convention* cannot count these times.
    """
    start, end = _inside(used, whole)
    convention = member("convention", convention, Convention)
    return Fraction(*ratio(convention, start, end, (whole.start, whole.end)))


def prorate(
    price: Money,
    *,
    used: Period,
    whole: Period,
    convention: Convention | str = Convention.ACTUAL,
    rounding: Rounding | str = Rounding.HALF_UP,
) -> Money:
    """Return what *used* costs when all of *whole* costs *price*.

    Days of *used* outside *whole* cost nothing.  Rounded once, to the minor unit.

    >>> january = Period(dt.date(2026, 1, 1), dt.date(2026, 2, 1))
    >>> joined = Period(dt.date(2026, 1, 20), dt.date(2026, 2, 1))
    >>> prorate(Money("31.00", "EUR"), used=joined, whole=january)
    Money('12.00', 'EUR')

    Raises: ConventionError, MixedTimeError, WrongTypeError.
    """
    instance("price", price, Money)
    rounding = member("rounding", rounding, Rounding)
    part = share(used, whole, convention)
    return Money.rounded(price.exact * part, price.currency, rounding)


def allocate(total: Money, weights: Iterable[int]) -> tuple[Money, ...]:
    """Return *total* split by *weights*, to the last minor unit.

    The parts add up to *total*.  What is left after dividing down goes, a minor
    unit each, to the largest remainders; the earlier one where two are equal.

    >>> allocate(Money("100.00", "EUR"), [1, 1, 1])
    (Money('33.34', 'EUR'), Money('33.33', 'EUR'), Money('33.33', 'EUR'))

    Raises: OutOfBoundsError for a negative weight, or a sum of weights of zero.
    """
    instance("total", total, Money)
    shares = [whole("weight", w) for w in several("weights", weights, object)]
    sum_of_weights = sum(shares)
    if not sum_of_weights:
        raise OutOfBoundsError("sum(weights)", 0, 1, None)
    size = abs(total.minor_units)
    sign = -1 if total.minor_units < 0 else 1
    parts = [divmod(size * weight, sum_of_weights) for weight in shares]
    left = size - sum(units for units, _ in parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: -parts[i][1])
    lucky = set(by_remainder[:left])
    return tuple(
        Money.from_minor_units(sign * (units + (i in lucky)), total.currency)
        for i, (units, _) in enumerate(parts)
    )


def _inside(used: Period, whole: Period) -> tuple[Time, Time]:
    """Return the part of *used* inside *whole*, perhaps empty."""
    instance("used", used, Period)
    instance("whole", whole, Period)
    same_time("used", used.start, whole.start)
    start = min(max(used.start, whole.start), whole.end)
    return start, max(start, min(used.end, whole.end))
