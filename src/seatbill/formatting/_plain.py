"""Figures as plain text, the same everywhere: for evidence that programs compare."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Final

from ..invoices import InvoiceLine
from ..money import currency_digits

_MOST: Final = 80
_SECOND: Final = 10**6


def exact_text(value: Fraction, currency: str) -> str:
    """Return *value* in digits, with those of *currency* at least.

    What no decimals can show is written as a fraction.
    """
    for places in range(currency_digits(currency), _MOST):
        units = value * 10**places
        if units.denominator == 1:
            digits = str(abs(units.numerator)).zfill(places + 1)
            point = len(digits) - places
            shown = f"{digits[:point]}.{digits[point:]}" if places else digits
            return f"-{shown}" if units < 0 else shown
    return f"{value.numerator}/{value.denominator}"


def share_text(line: InvoiceLine) -> str:
    """Return the share of *line* as it was counted, in days or in seconds."""
    part, parts = line.share_numerator, line.share_denominator
    if type(line.start) is dt.datetime and not (part % _SECOND or parts % _SECOND):
        part, parts = part // _SECOND, parts // _SECOND
    return f"{part}/{parts}"


def span_text(line: InvoiceLine) -> str:
    """Return the time that *line* is for; days are shown through the last one."""
    if type(line.start) is dt.datetime:
        return f"{line.start} until {line.end}"
    return f"{line.start} to {line.end - dt.timedelta(1)}"
