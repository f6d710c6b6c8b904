"""Days, instants and periods in any locale; a period shows its last day."""

from __future__ import annotations

import datetime as dt

from .._values.checks import Time, instance, moment
from ..periods import Period
from ._locales import Conventions, conventions


def format_date(at: Time, locale: str = "en") -> str:
    """Return a day, or an instant with its time in UTC.

    >>> format_date(dt.date(2026, 11, 22)), format_date(dt.date(2026, 11, 22), "de")
    ('Nov 22, 2026', '22.11.2026')

    Raises: LocaleError, NaiveDatetimeError, NotUtcError, WrongTypeError.
    """
    at = moment("at", at)
    how = conventions(locale)
    if isinstance(at, dt.datetime):
        return f"{_instant(at, how)} UTC"
    return _day(at, how)


def format_period(period: Period, locale: str = "en") -> str:
    r"""Return the time of *period*: days through the last one, instants to the end.

    >>> format_period(Period(dt.date(2026, 11, 22), dt.date(2026, 12, 22)))
    'Nov 22\u2009–\u2009Dec 21, 2026'

    Raises: LocaleError, WrongTypeError.
    """
    start, end = instance("period", period, Period).start, period.end
    return format_span(start, end, locale)


def format_span(start: Time, end: Time, locale: str) -> str:
    """Return the time from *start* up to *end*, which may be no time at all."""
    how = conventions(locale)
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime):
        first, last = _instant(start, how), _instant(end, how)
        fallback = how.locale.interval_formats[None]
        return f"{fallback.format(first, last)} UTC"
    return _days(start, max(start, end - dt.timedelta(1)), how)


def _day(day: dt.date, how: Conventions) -> str:
    """Return a day, in the digits of the locale."""
    from babel.dates import format_date as babel_date

    return babel_date(day, "medium", locale=how.locale).translate(how.digits)


def _days(first: dt.date, last: dt.date, how: Conventions) -> str:
    """Return the days from *first* to *last*, both shown; months as in a day."""
    from babel.dates import format_interval

    if first == last:
        return _day(first, how)
    in_words = "MMM" in how.locale.date_formats["medium"].pattern
    skeleton = "yMMMd" if in_words else "yMd"
    found = format_interval(first, last, skeleton, locale=how.locale)
    return found.translate(how.digits)


def _instant(at: dt.datetime, how: Conventions) -> str:
    """Return a day and a time; seconds where there are any."""
    from babel.dates import format_time

    width = "medium" if at.second or at.microsecond else "short"
    time = format_time(at, width, tzinfo=dt.UTC, locale=how.locale)
    pattern = str(how.locale.datetime_formats["medium"]).replace("'", "")
    found = pattern.replace("{1}", _day(at, how)).replace("{0}", time)
    return found.translate(how.digits)
