"""Exact numbers as EN 16931 writes them: amounts, percentages, prices."""

from __future__ import annotations

from fractions import Fraction

from ..money import currency_digits

_PLACES = 4
"""A price has four decimals at most; what is finer goes into the base quantity."""


def amount_text(units: int, currency: str) -> str:
    """Return *units* in major units, with two decimals or as many as there are.

    An amount that is finer keeps its digits; ``missing`` tells of it.
    """
    digits = currency_digits(currency)
    while digits > 2 and not units % 10:
        units, digits = units // 10, digits - 1
    return _written(units, digits)


def decimal_text(value: Fraction) -> str | None:
    """Return *value* as a decimal number, ``None`` where it has no end."""
    rest, places = _without(value.denominator)
    return _written(int(value * 10**places), places) if rest == 1 else None


def price_and_base(price: Fraction) -> tuple[str, int]:
    """Return *price* as so much for so many, exactly.

    >>> price_and_base(Fraction("4.99"))
    ('4.99', 1)
    >>> price_and_base(Fraction("4.99") / Fraction("1.19"))  # without the tax in it
    ('499.00', 119)
    """
    base, places = _without(price.denominator)
    if places > _PLACES:
        base, places = base * 10 ** (places - _PLACES), _PLACES
    places = max(places, 2)
    return _written(int(price * base * 10**places), places), base


def _without(number: int) -> tuple[int, int]:
    """Return *number* without its twos and fives, and how many decimals they take."""
    counts = []
    for factor in (2, 5):
        count = 0
        while not number % factor:
            number, count = number // factor, count + 1
        counts.append(count)
    return number, max(counts)


def _written(units: int, places: int) -> str:
    """Return *units* of so many decimal *places*."""
    if not places:
        return str(units)
    sign, digits = "-" * (units < 0), f"{abs(units):0{places + 1}}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
