"""Quantities and shares in words: "3 seats", "12/30 days"."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Final

from .._values.checks import instance, text, whole
from ..errors.wording import UNITS
from ..invoices import InvoiceLine
from ..periods import Interval
from ..taxes import TaxRate
from ._catalogues import words
from ._locales import conventions
from ._numbers import format_number, format_percent

_MOST: Final = 10**60  # as on a line
_SECOND: Final = 10**6  # microseconds


# The units that have words: those of the trade, and of the rulebooks.
def format_quantity(n: int, unit: str, locale: str = "en") -> str:
    r"""Return *n* of *unit*, in the plural form that the language has for it.

    A unit that has no words, of the host's own, stands as it is: ``3 × bike``.

    >>> format_quantity(1, "seat"), format_quantity(1200, "seat", "fr")
    ('1 seat', '1\u202f200 sièges')

    Raises: LocaleError, OutOfBoundsError, WrongTypeError.
    """
    whole("n", n, -_MOST, _MOST)
    return counted(n, text("unit", unit), locale)


def counted(n: int | Decimal, unit: str, locale: str) -> str:
    """Return *n* of *unit*, which need not be a whole number of them."""
    shown = format_number(n, locale)
    if unit not in UNITS:
        return f"{shown} × {unit}"
    one, many = (f"%(count)s {name}" for name in UNITS[unit])
    return words(locale).ngettext(one, many, like(n, locale)) % {"count": shown}


def like(n: int | Decimal, locale: str) -> int:
    """Return a whole number of the same plural form: in French 1.5 is as 1, not as 2.

    CLDR's rule is asked about a short decimal, for it goes through the ambient context.
    """
    if n == int(n):
        return int(n)
    form = conventions(words(locale).tag).locale.plural_form
    part = min(abs(int(n)), 2)
    return next(k for k in (part, 2, 100) if form(k) == form(Decimal(f"{part}.5")))


def format_interval(interval: Interval, locale: str = "en") -> str:
    """Return how long *interval* is: "1 month", "30 days".

    Raises: LocaleError, WrongTypeError.
    """
    instance("interval", interval, Interval)
    if interval.months:
        return format_quantity(interval.months, "month", locale)
    return format_quantity(interval.days, "day", locale)


def format_share(line: InvoiceLine, locale: str = "en") -> str:
    """Return the share of *line* as it was counted, in days or in seconds.

    Where nothing was counted, as for a service, it is ``1``.

    Raises: LocaleError, WrongTypeError.
    """
    instance("line", line, InvoiceLine)
    part, parts = Fraction(line.share_numerator), line.share_denominator
    if parts == 1:
        return format_number(part, locale)
    ngettext = words(locale).ngettext
    if isinstance(line.start, dt.datetime):
        whole_time = Fraction(parts, _SECOND)
        part /= _SECOND
        shown = ngettext("%(share)s second", "%(share)s seconds", int(whole_time))
    else:
        whole_time = Fraction(parts)
        shown = ngettext("%(share)s day", "%(share)s days", parts)
    numbers = format_number(part, locale), format_number(whole_time, locale)
    return shown % {"share": "/".join(numbers)}


def several_of(name: str, quantity: int, locale: str) -> str:
    """Return "2 × Support", and "Support" for one."""
    if quantity == 1:
        return name
    return f"{format_number(quantity, locale)} × {name}"


def rate_text(rate: TaxRate, locale: str) -> str:
    """Return the id and the percentage of a tax *rate*, with its classes."""
    said = f"{rate.id} {format_percent(rate.rate, locale)}"
    return f"{said} ({', '.join(rate.tax_classes)})" if rate.tax_classes else said
