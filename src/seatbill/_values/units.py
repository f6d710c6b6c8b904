"""Numbers of prepaid units: exact, of six decimals at most, worked on as integers."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from ..errors import OutOfBoundsError, TooManyDigitsError
from .checks import MAX_QUANTITY, Amount, decimal

_FINEST: Final = 6


def parts_of(units: Decimal) -> int:
    """Return *units* as a whole number of their finest part."""
    numerator, denominator = units.as_integer_ratio()
    return numerator * 10**_FINEST // denominator


def number_of(parts: int) -> Decimal:
    """Return *parts* as a number of units, without trailing zeros."""
    places = _FINEST
    while places and parts % 10 == 0:
        parts //= 10
        places -= 1
    return Decimal((0, tuple(map(int, str(parts))), -places))


def added(*units: Decimal) -> Decimal:
    """Return the sum of *units*, whatever the ambient context."""
    return number_of(sum(map(parts_of, units)))


def units_of(value: Amount) -> Decimal:
    """Return *value*, a number of units: not negative, six decimals at most."""
    units = decimal("units", value)
    if not 0 <= units <= MAX_QUANTITY:
        raise OutOfBoundsError("units", value, 0, MAX_QUANTITY)
    found = number_of(parts_of(units))
    if found != units:
        raise TooManyDigitsError(value, "", _FINEST)
    return found


def some_units(value: Amount) -> Decimal:
    """Return *value*, a number of units above zero."""
    units = units_of(value)
    if not units:
        raise OutOfBoundsError("units", value, number_of(1), MAX_QUANTITY)
    return units
