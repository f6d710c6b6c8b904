"""Words and numbers of the data: changes by name, exact numbers, moments."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, get_args

from .._checks import Time
from ..invoices import InvoiceLine
from ..money import Money
from ..periods import Period
from ..subscriptions import Change

_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")
_SECOND: Final = 1_000_000

CHANGES: Final[Mapping[str, Any]] = {
    _CAPITAL.sub("_", kind.__name__).lower(): kind for kind in get_args(Change)
}
"""Each change by the word that names it in data, such as ``"add_seats"``."""

WORDS: Final[Mapping[Any, str]] = {kind: word for word, kind in CHANGES.items()}


def exact(number: Fraction | Decimal, digits: int = 0) -> str:
    """Return *number* with all its decimals, *digits* at least, or as a ratio.

    >>> exact(Fraction(499, 100)), exact(Fraction(5), 2), exact(Fraction(1, 3))
    ('4.99', '5.00', '1/3')
    """
    top, bottom = number.as_integer_ratio()
    places, left = digits, bottom
    for prime in (2, 5):
        power = 0
        while left % prime == 0:
            left //= prime
            power += 1
        places = max(places, power)
    if left != 1:
        return f"{top}/{bottom}"
    whole, part = divmod(abs(top) * 10**places // bottom, 10**places)
    sign = "-" if top < 0 else ""
    return f"{sign}{whole}.{part:0{places}}" if places else f"{sign}{whole}"


def plain(amount: Money) -> str:
    """Return *amount* with all digits of its currency, without its name."""
    return f"{amount.amount:f}"


def moment(value: Time) -> str:
    """Return *value* in ISO 8601; an instant ends in ``Z``."""
    if isinstance(value, dt.datetime):
        return f"{value.replace(tzinfo=None).isoformat()}Z"
    return value.isoformat()


def period(value: Period) -> dict[str, str]:
    """Return a period: *end* is the first moment after it."""
    return {
        "start": moment(value.start),
        "end": moment(value.end),
        "last_day": moment(value.last_day),
    }


def share(line: InvoiceLine) -> str:
    """Return the share of *line* as it was counted: ``26/31``, or ``1`` for all.

    Days are counted, or seconds (microseconds where a second is not fine enough).
    """
    top, bottom = line.share_numerator, line.share_denominator
    if top == bottom:
        return "1"
    is_instant = isinstance(line.start, dt.datetime)
    if is_instant and top % _SECOND == 0 and bottom % _SECOND == 0:
        top, bottom = top // _SECOND, bottom // _SECOND
    return f"{top}/{bottom}"
