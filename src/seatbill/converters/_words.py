"""Numbers and moments as the data write them."""

from __future__ import annotations

import datetime as dt

from .._values.checks import Time
from ..invoices import InvoiceLine
from ..money import Money, currency_digits
from ..reviews.plain_text import share_text
from ._amounts import decimal_text


def plain(amount: Money) -> str:
    """Return *amount* with all digits of its currency, without its name."""
    return decimal_text(amount.minor_units, currency_digits(amount.currency))


def moment(value: Time) -> str:
    """Return *value* in ISO 8601; an instant ends in ``Z``."""
    if isinstance(value, dt.datetime):
        return f"{value.replace(tzinfo=None).isoformat()}Z"
    return value.isoformat()


def share(line: InvoiceLine) -> str:
    """Return the share of *line* as it was counted: ``26/31``, or ``1`` for all.

    Days are counted, or seconds (microseconds where a second is not fine enough).
    """
    whole = line.share_numerator == line.share_denominator
    return "1" if whole else share_text(line)
