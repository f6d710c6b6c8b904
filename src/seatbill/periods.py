"""Billing periods: half-open, on a grid counted from one anchor.

Boundary *n* is ``anchor + n × interval``, clamped to the month's end: an anchor on
31 January gives 28 February and then 31 March.  No boundary is ever counted from
the one before it.  A ``date`` counts whole days, a ``datetime`` in UTC exact time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, final

import attrs

from ._values.base import Value, Word
from ._values.checks import Time, instance, moment, whole
from .errors import (
    DateRangeError,
    EmptyPeriodError,
    IntervalError,
    MixedTimeError,
    WrongTypeError,
)

__all__ = ["ANNUAL", "MONTHLY", "QUARTERLY", "AddOnAnchor", "Interval", "Period"]

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_DAY: Final = 86_400_000_000  # microseconds
_NEVER_CLAMPED: Final = 28


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Interval(Value):
    """How long a billing period is: a number of *months*, or a number of *days*.

    >>> Interval(months=3) == QUARTERLY
    True

    Raises: IntervalError when both or none are given, or one is below 1.
    """

    months: int = 0
    days: int = 0

    def __attrs_post_init__(self) -> None:
        for name, length in (("months", self.months), ("days", self.days)):
            if type(length) is not int:
                raise WrongTypeError(name, "int", length)
        if min(self.months, self.days) < 0 or bool(self.months) == bool(self.days):
            raise IntervalError(self.months, self.days)
        if self.months:
            whole("months", self.months, 1, 12_000)
        else:
            whole("days", self.days, 1, 366_000)

    def __eq__(self, other: object) -> bool:
        if type(other) is not Interval:
            return NotImplemented
        return self.months == other.months and self.days == other.days

    def __hash__(self) -> int:
        return hash((self.months, self.days))

    @property
    def nominal_months(self) -> int:
        """The length in months of 30.4375 days, to the nearest; 0 below half a month.

        30 days count as one month, 365 days as twelve.
        """
        return self.months or nominal_months(self.days)

    @property
    def nominal_days(self) -> int:
        """The length in days, a month taken as 30.4375: for comparing intervals."""
        return self.days or self.months * 1461 // 48

    def __str__(self) -> str:
        if self.months:
            return "month" if self.months == 1 else f"{self.months} months"
        return "day" if self.days == 1 else f"{self.days} days"


MONTHLY: Final = Interval(months=1)
QUARTERLY: Final = Interval(months=3)
ANNUAL: Final = Interval(months=12)
ONE_DAY: Final = Interval(days=1)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Period(Value):
    """The time from *start* up to, but not including, *end*.

    Both are dates, or both are datetimes in UTC.

    Raises: EmptyPeriodError, MixedTimeError, NaiveDatetimeError, NotUtcError.
    """

    start: Time = attrs.field()
    end: Time = attrs.field()

    def __attrs_post_init__(self) -> None:
        start, end = moment("start", self.start), moment("end", self.end)
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "end", end)
        same_time("end", end, start)
        if start >= end:
            raise EmptyPeriodError(start, end)

    @classmethod
    def nth(cls, anchor: Time, interval: Interval, n: int) -> Period:
        """Return period *n* of the grid; period 0 starts on *anchor*.

        >>> Period.nth(dt.date(2026, 1, 31), MONTHLY, 1)
        Period(start=datetime.date(2026, 2, 28), end=datetime.date(2026, 3, 31))
        """
        anchor = moment("anchor", anchor)
        instance("interval", interval, Interval)
        whole("n", n, -(10**7), 10**7)
        return cls(
            boundary(anchor, interval, n * count(interval)),
            boundary(anchor, interval, (n + 1) * count(interval)),
        )

    @classmethod
    def containing(cls, anchor: Time, interval: Interval, at: Time) -> Period:
        """Return the period of the grid that holds *at*, before the anchor too."""
        anchor, at = moment("anchor", anchor), moment("at", at)
        instance("interval", interval, Interval)
        same_time("at", at, anchor)
        return cls.nth(anchor, interval, index(anchor, interval, at) // count(interval))

    @property
    def days(self) -> int:
        """Number of days; of a period of datetimes, the whole days in it."""
        return number(self.end, self.start) // (
            1 if type(self.start) is dt.date else _DAY
        )

    @property
    def last_day(self) -> dt.date:
        """The last day that is (partly) inside, as documents show it."""
        if type(self.end) is dt.date:
            return self.end - dt.timedelta(1)
        return dt.datetime.date(self.end - _MICROSECOND)  # type: ignore[arg-type]

    def contains(self, at: Time) -> bool:
        """Return whether *at* is inside; *end* is not."""
        at = moment("at", at)
        same_time("at", at, self.start)
        return self.start <= at < self.end


class AddOnAnchor(Word):
    """From which day the periods of an add-on with its own interval are counted.

    :SUBSCRIPTION: From the billing-cycle anchor: its first period is a share, up to
        that grid.
    :PURCHASE: From the day on which it is bought: its first period is a whole one.
    """

    SUBSCRIPTION = "subscription"
    PURCHASE = "purchase"


def same_time(name: str, value: Time, like: Time) -> None:
    """Refuse a date where datetimes are counted, and the reverse."""
    if type(value) is not type(like):
        raise MixedTimeError(
            name, value, "dates" if type(like) is dt.date else "datetimes in UTC"
        )


def keep_times(
    value: object, *names: str, optional: Iterable[str] = (), like: Time | None = None
) -> Time | None:
    """Check the times of *value*, and keep them as they are written here.

    All are of one kind: that of *like*, or of the first that is there, which is
    returned.  Those that are *optional* may be ``None``.
    """
    for name in (*names, *optional):
        at = getattr(value, name)
        if at is None and name not in names:
            continue
        at = moment(name, at)
        object.__setattr__(value, name, at)
        if like is not None:
            same_time(name, at, like)
        like = at if like is None else like
    return like


def same_times(like: Time, times: Iterable[tuple[str, Time | None]]) -> None:
    """Refuse a time that is not of the kind of *like*, by its name."""
    for name, at in times:
        if at is not None:
            same_time(name, at, like)


def one_kind(times: Iterable[tuple[str, Time | None]]) -> None:
    """Refuse a time that is not of the kind of the first, by its name."""
    found = [(name, at) for name, at in times if at is not None]
    for _, first in found[:1]:
        same_times(first, found)


def calendar_day(name: str, value: object) -> dt.date:
    """Return *value*, a ``date``: what goes by the calendar knows no instants."""
    day = moment(name, value)
    same_time(name, day, dt.date.min)
    return day


def date_of(value: object, name: str = "on") -> dt.date:
    """Return the day of *value*, a moment; that of an instant in UTC."""
    at = moment(name, value)
    return dt.date(at.year, at.month, at.day)


def in_order(start: Time | None, end: Time | None) -> None:
    """Refuse an *end* before the *start*; where either is open, nothing is refused."""
    if start is not None and end is not None and end < start:
        raise EmptyPeriodError(start, end)


def number(moment: Time, since: Time) -> int:
    """Return the days, or the microseconds, from *since* to *moment*.

    The units are those of their type; both are of one type.
    """
    if type(moment) is dt.date:
        return moment.toordinal() - since.toordinal()
    return (moment - since) // _MICROSECOND  # type: ignore[operator]


def ordinal(moment: Time) -> int:
    """Return *moment* as a number of days, or of microseconds, that only grows."""
    if type(moment) is dt.date:
        return moment.toordinal()
    return (moment - _EPOCH) // _MICROSECOND


def nominal_months(days: int) -> int:
    """Return how many months of 30.4375 days *days* are, to the nearest."""
    return (days * 48 + 730) // 1461


def count(interval: Interval) -> int:
    """Return how many steps of the grid one *interval* covers: months or days."""
    return interval.months or interval.days


def boundary(anchor: Time, interval: Interval, steps: int) -> Time:
    """Return the boundary *steps* months (or days, by *interval*) from *anchor*."""
    if interval.months:
        return month_boundary(anchor, steps)
    try:
        return anchor + dt.timedelta(steps)
    except OverflowError:
        raise DateRangeError(anchor, steps, "day") from None


@lru_cache(maxsize=4096)
def month_boundary(anchor: Time, months: int) -> Time:
    """Return *anchor* plus *months*, clamped to the month's end.

    Up to the 28th nothing is ever clamped, and whole numbers are enough; beyond it
    dateutil counts.  It is imported by the first such call, because it brings
    ``calendar`` and ``locale``, a twelfth of what this library takes to load.
    Boundaries repeat, so the last few thousand are kept.
    """
    try:
        if anchor.day <= _NEVER_CLAMPED:
            years, month = divmod(anchor.month - 1 + months, 12)
            return anchor.replace(anchor.year + years, month + 1)
        from dateutil.relativedelta import relativedelta

        return anchor + relativedelta(months=months)
    except (ValueError, OverflowError):
        raise DateRangeError(anchor, months, "month") from None


def index(anchor: Time, interval: Interval, at: Time) -> int:
    """Return the step of the last boundary on or before *at*."""
    if not interval.months:
        days = 1 if type(at) is dt.date else _DAY
        return number(at, anchor) // days
    steps = 12 * (at.year - anchor.year) + at.month - anchor.month
    if at.day > anchor.day or (at.day == anchor.day and type(at) is dt.date):
        return steps  # no boundary lies after the anchor's day of the month
    return steps - (month_boundary(anchor, steps) > at)
