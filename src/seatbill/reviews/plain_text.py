"""Numbers and times of a line as plain text, exact and in no locale."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Final

from ..errors import AmountError
from ..invoices import InvoiceLine

_SECOND: Final = 10**6


def exact(number: Fraction | Decimal, digits: int = 0) -> str:
    """Return *number* with all its decimals, *digits* at least, or as a ratio.

    >>> exact(Fraction(499, 100)), exact(Fraction(5), 2), exact(Fraction(1, 3))
    ('4.99', '5.00', '1/3')
    """
    if isinstance(number, Decimal) and not number.is_finite():
        raise AmountError("value", number)
    top, bottom = number.as_integer_ratio()
    # A ratio has decimals that end where its lower number divides a power of ten.
    most = max(digits, bottom.bit_length())
    tried = range(digits, most + 1)
    places = next((n for n in tried if 10**n % bottom == 0), None)
    if places is None:
        return f"{top}/{bottom}"
    whole, part = divmod(abs(top) * 10**places // bottom, 10**places)
    sign = "-" if top < 0 else ""
    return f"{sign}{whole}.{part:0{places}}" if places else f"{sign}{whole}"


def share_text(line: InvoiceLine) -> str:
    """Return the share of *line* as it was counted, such as ``26/31``.

    Days are counted, or seconds (microseconds where a second is not fine enough).
    """
    part, parts = line.share_numerator, line.share_denominator
    if isinstance(line.start, dt.datetime) and not (part % _SECOND or parts % _SECOND):
        part, parts = part // _SECOND, parts // _SECOND
    return f"{part}/{parts}"
