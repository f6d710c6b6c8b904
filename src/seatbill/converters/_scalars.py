"""Single values from JSON data: what is not exactly what is wanted is refused.

A message says what was wanted and what came; the place is added by the caller.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Final, NoReturn, TypeVar

from .._checks import Time
from .._values import Quantities
from ..errors import SeatbillError
from ..money import Money
from ..periods import Interval
from ..plans import Problem

_E = TypeVar("_E", bound=StrEnum)

_INTERVALS: Final = {"month": 1, "quarter": 3, "year": 12}
_COUNTED: Final = re.compile(r"([0-9]{1,6}) (month|day)s?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_RATIO: Final = re.compile(r"(-?[0-9]{1,60})/([0-9]{1,60})")
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class InvalidDataError(SeatbillError, ValueError):
    """Data that cannot be read, with every problem that was found."""

    code = "invalid_data"
    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return "\n".join(f"{p.where}: {p.message}" for p in self.problems)


class RefusedError(ValueError):
    """A piece of data that is not what is wanted, before its place is known."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def at(path: str, key: str | int) -> str:
    """Return the path of *key* in the object or list at *path*."""
    if isinstance(key, str) and _PLAIN_KEY.fullmatch(key):
        return f"{path}.{key}"
    return f"{path}[{json.dumps(key)}]"


def came(value: object) -> str:
    """Return *value* as the JSON that came, cut short."""
    if isinstance(value, Decimal):
        shown = str(value)
    else:
        shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 50 else f"{shown[:47]}..."


def refuse(wanted: str, value: object, code: str = "wrong_type") -> NoReturn:
    """Refuse *value* where *wanted* is wanted."""
    raise RefusedError(code, f"wanted {wanted}; got {came(value)}")


def text(data: object) -> str:
    """Return a string."""
    if not isinstance(data, str):
        refuse("a string", data)
    return data


def whole(data: object) -> int:
    """Return a whole number; ``true`` is none."""
    if type(data) is not int:
        refuse("a whole number", data)
    return data


def flag(data: object) -> bool:
    """Return true or false."""
    if type(data) is not bool:
        refuse("true or false", data)
    return data


def decimal(data: object) -> Decimal:
    """Return an exact number from a string or a number that is no float."""
    wanted = 'an exact amount such as "4.99"'
    if type(data) is int or type(data) is Decimal:
        return Decimal(data)
    if not isinstance(data, str):
        refuse(wanted, data)
    try:
        return Decimal(data)
    except InvalidOperation:
        refuse(wanted, data, "invalid_amount")


def fraction(data: object) -> Fraction:
    """Return an exact number, also from a ratio such as ``"1/3"``."""
    ratio = _RATIO.fullmatch(data) if isinstance(data, str) else None
    if ratio is not None and int(ratio[2]):
        return Fraction(int(ratio[1]), int(ratio[2]))
    number = decimal(data)
    if not number.is_finite() or abs(number.adjusted()) > 40:
        refuse('a finite number such as "0.19"', data, "invalid_amount")
    return Fraction(number)


def time(data: object) -> Time:
    """Return a day, or an instant in UTC."""
    wanted = 'a day "2026-01-31" or an instant in UTC "2026-01-31T12:00:00Z"'
    if not isinstance(data, str):
        refuse(wanted, data)
    instant = _INSTANT.fullmatch(data)
    try:
        if instant is None and _DAY.fullmatch(data):
            return dt.date.fromisoformat(data)
        if instant is not None and instant[2] in ("Z", "+00:00"):
            return dt.datetime.fromisoformat(instant[1]).replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise RefusedError("invalid_time", f"{came(data)}: {error}") from None
    if instant is None:
        refuse(wanted, data, "invalid_time")
    refuse(wanted, data, "not_utc" if instant[2] else "naive_datetime")


def word(data: object, kind: type[_E]) -> _E:
    """Return the member of *kind* with this word."""
    words = [str(member.value) for member in kind]
    if not isinstance(data, str) or data not in words:
        refuse(f"one of {', '.join(words)}", data, "unknown_word")
    return kind(data)


def interval(data: object) -> Interval:
    """Return an interval from its word or its number of months or days."""
    if isinstance(data, str):
        if data in _INTERVALS:
            return Interval(months=_INTERVALS[data])
        counted = _COUNTED.fullmatch(data)
        if counted is not None:
            return Interval(**{f"{counted[2]}s": int(counted[1])})
    elif isinstance(data, dict) and len(data) == 1 and {*data} <= {"months", "days"}:
        ((unit, number),) = data.items()
        return Interval(**{unit: whole(number)})
    wanted = '"month", "quarter", "year", {"months": 6} or {"days": 30}'
    refuse(wanted, data, "invalid_interval")


def quantities(data: object) -> Quantities:
    """Return whole numbers by unit; one number alone counts seats."""
    if type(data) is int:
        return Quantities({"seat": data})
    if not isinstance(data, dict) or any(type(n) is not int for n in data.values()):
        refuse('a whole number, or whole numbers by unit {"seat": 10}', data)
    return Quantities(data)


def money(data: object) -> Money:
    """Return an amount with its currency."""
    if not isinstance(data, dict) or {*data} != {"amount", "currency"}:
        refuse('{"amount": "5.00", "currency": "EUR"}', data)
    return Money(decimal(data["amount"]), text(data["currency"]))


def feature(data: object) -> str | tuple[str, str]:
    """Return the name of a feature, or a unit and the name of its feature."""
    if isinstance(data, list) and len(data) == 2:
        return text(data[0]), text(data[1])
    if not isinstance(data, str):
        refuse('a name, or a unit and a name ["seat", "reports"]', data)
    return data
