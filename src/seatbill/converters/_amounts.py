"""Amounts and shares between text and whole numbers, without a detour.

What is not written as this library writes it is refused here by :class:`UnusualError`,
and read the slow way, which says what is wrong or reads it all the same.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from ..money import currency_digits
from ..reviews.plain_text import exact

_LONGEST: Final = 40
_PLACES: Final = {10**places: places for places in range(_LONGEST)}


class UnusualError(Exception):
    """Data that are not as this library writes them, right or wrong."""


def decimal_text(units: int, digits: int) -> str:
    """Return *units*, of which *digits* stand after the point, with all of those.

    >>> decimal_text(1256, 2), decimal_text(-5, 2), decimal_text(10, 0)
    ('12.56', '-0.05', '10')
    """
    if not digits:
        return str(units)
    sign = "-" if units < 0 else ""
    text = f"{abs(units):0{digits + 1}}"
    return f"{sign}{text[:-digits]}.{text[-digits:]}"


def parts_text(parts: int, scale: int, digits: int) -> str:
    """Return *parts*, *scale* of them to a minor unit, as an exact number."""
    whole = scale * 10**digits
    places = _PLACES.get(whole)
    if places is None:
        return exact(Fraction(parts, whole))
    text = decimal_text(parts, places)
    return text.rstrip("0").rstrip(".") if places else text


def _split(text: Any) -> tuple[int, int]:
    """Return the digits of a decimal *text* as one number, and how many are after."""
    if text.__class__ is not str or not text.isascii():
        raise UnusualError
    whole, point, after = text.partition(".")
    before = whole[1:] if whole[:1] == "-" else whole
    is_usual = len(before) + len(after) <= _LONGEST and bool(after) == bool(point)
    if not is_usual or not before or not (before + after).isdecimal():
        raise UnusualError
    return int(whole + after), len(after)


def minor_units(text: Any, currency: str) -> int:
    """Return the minor units of an amount of *currency* with no digit too many."""
    number, places = _split(text)
    digits = currency_digits(currency)
    if places > digits:
        raise UnusualError
    found: int = number * 10 ** (digits - places)
    return found


def parts_of(text: Any, scale: int, currency: str) -> int:
    """Return how many parts an amount is, *scale* of them to a minor unit."""
    number, places = _split(text)
    whole: int = number * scale * 10 ** currency_digits(currency)
    parts: int
    parts, rest = divmod(whole, 10**places)
    if rest:
        raise UnusualError
    return parts


def share_of(text: Any) -> tuple[int, int]:
    """Return the two numbers of a share."""
    if text.__class__ is not str or not text.isascii() or len(text) > _LONGEST:
        raise UnusualError
    top, _, bottom = text.partition("/")
    if not top.isdecimal() or not bottom.isdecimal():
        raise UnusualError
    return int(top), int(bottom)
