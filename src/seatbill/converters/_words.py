"""Numbers and moments as the data write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Final

from .._checks import Time
from ..errors import AmountError
from ..invoices import InvoiceLine
from ..money import Money

_SECOND: Final = 1_000_000


def exact(number: Fraction | Decimal, digits: int = 0) -> str:
    """Return *number* with all its decimals, *digits* at least, or as a ratio.

    >>> exact(Fraction(499, 100)), exact(Fraction(5), 2), exact(Fraction(1, 3))
    ('4.99', '5.00', '1/3')
    """
    if isinstance(number, Decimal) and not number.is_finite():
        raise AmountError("value", number)
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
