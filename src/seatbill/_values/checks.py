"""The door: plain functions that accept a value or refuse it by name.

Each returns what it accepted, in its canonical form.  ``datetime`` is a ``date``
and ``True`` is an ``int`` for :func:`isinstance`, so types are compared exactly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from fractions import Fraction
from typing import Any, TypeVar

from ..errors import (
    AmountError,
    DuplicateError,
    NaiveDatetimeError,
    NotUtcError,
    OutOfBoundsError,
    PercentageError,
    UnknownWordError,
    WrongTypeError,
)
from ..errors.nearest import nearest

Time = dt.date | dt.datetime

_T = TypeVar("_T")
_E = TypeVar("_E", bound=Enum)

MAX_QUANTITY = 10**12
"""The largest quantity accepted: beyond it a typing error is likelier."""


def text(name: str, value: object) -> str:
    """Return *value*, a string with something in it that every encoding can carry."""
    if type(value) is not str:
        raise WrongTypeError(name, "str", value)
    if not value:
        raise OutOfBoundsError(name, value, 1, None)
    if not value.isascii() and has_half_a_character(value):
        raise WrongTypeError(name, "text", value)
    return value


def has_half_a_character(value: str) -> bool:
    """Tell whether a surrogate stands alone in *value*, which no UTF-8 can hold."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False


def whole(name: str, value: object, least: int = 0, most: int = MAX_QUANTITY) -> int:
    """Return *value*, an ``int`` from *least* to *most*, both included."""
    if type(value) is not int:
        raise WrongTypeError(name, "int", value)
    if not least <= value <= most:
        raise OutOfBoundsError(name, value, least, most)
    return value


def flag(name: str, value: object) -> bool:
    """Return *value*, a ``bool``."""
    if type(value) is not bool:
        raise WrongTypeError(name, "bool", value)
    return value


def member(name: str, value: object, kind: type[_E]) -> _E:
    """Return *value*, a member of the enumeration *kind*, or the one of that word."""
    if type(value) is kind:
        return value
    if type(value) is not str:
        raise WrongTypeError(name, kind.__name__, value)
    words = tuple(each.value for each in kind)
    if value not in words:
        raise UnknownWordError(name, value, words, nearest(value, words))
    return kind(value)


def members(name: str, values: Iterable[_E | str], kind: type[_E]) -> tuple[_E, ...]:
    """Return *values* as members of the enumeration *kind*; words are accepted too."""
    found = several(name, values, object)
    return tuple(member(name, value, kind) for value in found)


def instance(name: str, value: object, kind: type[_T]) -> _T:
    """Return *value*, an instance of *kind*."""
    if not isinstance(value, kind):
        raise WrongTypeError(name, kind.__name__, value)
    return value


def several(name: str, values: Iterable[_T], *kinds: type) -> tuple[_T, ...]:
    """Return *values* as a tuple; each is an instance of one of *kinds*."""
    if type(values) is tuple:
        found = values
    elif isinstance(values, _NOT_SEVERAL) or not isinstance(values, Iterable):
        raise WrongTypeError(name, f"Iterable[{_any_of(kinds)}]", values)
    else:
        found = tuple(values)
    for value in found:
        if not isinstance(value, kinds):
            raise WrongTypeError(name, _any_of(kinds), value)
    return found


_NOT_SEVERAL = (str, bytes, Mapping)


def _any_of(kinds: tuple[type, ...]) -> str:
    """Return the names of *kinds*."""
    return " | ".join(kind.__name__ for kind in kinds)


def unique(kind: str, values: Iterable[object]) -> None:
    """Refuse the first of *values* that comes a second time."""
    seen: set[object] = set()
    for value in values:
        if value in seen:
            raise DuplicateError(kind, value)
        seen.add(value)


def decimal(name: str, value: object) -> Decimal:
    """Return *value*, a finite ``Decimal``, from a str, an int or a Decimal."""
    if type(value) is Decimal:
        number = value
    elif type(value) is int:
        number = Decimal(value)
    elif type(value) is str:
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise AmountError(name, value) from None
    else:
        raise WrongTypeError(name, "str | int | Decimal", value)
    if not number.is_finite():
        raise AmountError(name, value)
    if abs(number.adjusted()) > 40 or number.as_tuple().exponent < -40:  # type: ignore[operator]
        raise AmountError(name, value)
    return _canonical(number)


def _canonical(number: Decimal) -> Decimal:
    """Return *number* without trailing zeros, so that equal numbers look equal."""
    sign, digits, exponent = number.as_tuple()
    places = int(exponent)
    if not any(digits):
        return Decimal(0)
    while places < 0 and digits[-1] == 0:
        digits, places = digits[:-1], places + 1
    if places > 0:
        digits, places = digits + (0,) * places, 0
    return Decimal((sign, digits, places))


_LONGEST = 10**120


def fraction(name: str, value: object) -> Fraction:
    """Return *value*, a ``Fraction`` of which both numbers can be written out."""
    exact = instance(name, value, Fraction)
    if max(abs(exact.numerator), exact.denominator) > _LONGEST:
        raise OutOfBoundsError(name, value, -_LONGEST, _LONGEST)
    return exact


Amount = str | int | Decimal
"""What an amount may be written as."""


def percentage(name: str, value: Amount | Fraction) -> Fraction:
    """Return *value* as a part of one: a ``Fraction`` is one, all else a percentage.

    A percentage below 1 is refused: ``"0.2"`` is likelier meant as a fifth.
    """
    if type(value) is Fraction:
        return fraction(name, value)
    percent = decimal(name, value)
    part = Fraction(percent) / 100
    if 0 < percent < 1:
        sign, digits, places = percent.as_tuple()
        hundredfold = Decimal((sign, digits, int(places) + 2))
        raise PercentageError(name, value, f"{_canonical(hundredfold):f}", part)
    return part


def moment(name: str, value: object) -> Time:
    """Return *value*, a ``date`` or a ``datetime`` in UTC."""
    if type(value) is dt.date:
        return value
    if type(value) is not dt.datetime:
        raise WrongTypeError(name, "date | datetime", value)
    zone = value.tzinfo
    if zone is dt.UTC and not value.fold:
        return value
    if zone is None or value.utcoffset() is None:
        raise NaiveDatetimeError(name, value)
    if value.utcoffset() or value.tzname() != "UTC":
        raise NotUtcError(name, value)
    return value.replace(tzinfo=dt.UTC, fold=0)  # no hour comes twice in UTC


def day_or_none(name: str, value: object) -> Time | None:
    """Return *value*, a moment or ``None``."""
    return None if value is None else moment(name, value)


def mapping(name: str, value: Any) -> Mapping[Any, Any]:
    """Return *value*, a mapping."""
    if not isinstance(value, Mapping):
        raise WrongTypeError(name, "Mapping", value)
    return value
