"""Single values: how each is read from JSON data, written, and described.

What is not exactly what is wanted is refused; the place is added by the caller.  The
patterns that a reader matches are those that a schema shows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, NewType, TypeVar, final

import attrs

from .._values.base import Quantities
from .._values.checks import MAX_QUANTITY, Time
from ..money import Money
from ..periods import Interval
from ..reviews.plain_text import exact
from ._problems import RefusedError, came, unknown_word, unwanted
from ._words import moment, plain

_E = TypeVar("_E", bound=StrEnum)

FORMAT: Final = 1
"""The version of the data: what is written under ``"seatbill"``."""

_AMOUNT: Final = r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?"
_EXACT: Final = r"-?[0-9]{1,80}(?:\.[0-9]{1,80})?"
_RATIO: Final = r"-?[0-9]{1,80}/(?=[0-9]{1,80}$)0*[1-9][0-9]*"
_COUNTED: Final = r"[0-9]{1,6} (?:month|day)s?"
_DAY: Final = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_MINUTE: Final = rf"{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_SECOND: Final = r":[0-5][0-9](?:\.[0-9]{1,6})?"
_UTC: Final = r"(?:Z|\+00:00)"
INTERVALS: Final = {
    "day": Interval(days=1),
    "month": Interval(months=1),
    "quarter": Interval(months=3),
    "year": Interval(months=12),
}

Share = NewType("Share", str)
"""A share as it was counted: ``"26/31"``."""
Amount = NewType("Amount", Decimal)
"""An amount of a currency that is said elsewhere, written with all its digits."""
Digits = NewType("Digits", str)
"""An amount with all digits of its currency: ``"4.99"``."""
Number = NewType("Number", str)
"""An exact number: a decimal, or a ratio where no decimal is exact."""
Part = NewType("Part", str)
"""A share as it is shown: ``"26/31"``, or ``"1"`` for all."""
Digest = NewType("Digest", str)
"""The digest of a value."""
Version = NewType("Version", int)
"""The version of the data."""


def _matches(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """Return a function that matches all of a text with *pattern*."""
    return re.compile(pattern).fullmatch


_is_amount = _matches(_AMOUNT)
_is_exact = _matches(_EXACT)
_is_ratio = _matches(_RATIO)
_is_counted = _matches(_COUNTED)
_is_day = _matches(_DAY)
_is_instant = _matches(f"({_MINUTE}(?:{_SECOND})?){_UTC}")
_may_be_instant = _matches(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}[0-9:.]*(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_is_digest = _matches("sha256:[0-9a-f]{64}")


# Reading.


def text(data: object) -> str:
    """Return a string."""
    if not isinstance(data, str):
        raise unwanted("a string", data)
    return data


def whole(data: object) -> int:
    """Return a whole number; ``true`` is none."""
    if type(data) is not int:
        raise unwanted("a whole number", data)
    return data


def flag(data: object) -> bool:
    """Return true or false."""
    if type(data) is not bool:
        raise unwanted("true or false", data)
    return data


def decimal(data: object) -> Decimal:
    """Return an exact number from a string or a number that is no float."""
    wanted = 'an exact amount such as "4.99"'
    if type(data) is int or type(data) is Decimal:
        number = Decimal(data)
        if not number.is_finite() or abs(number.adjusted()) > 40:
            raise unwanted(wanted, data, "invalid_amount")
        return number
    if not isinstance(data, str):
        raise unwanted(wanted, data)
    if _is_amount(data) is None:
        raise unwanted(wanted, data, "invalid_amount")
    return Decimal(data)


def fraction(data: object) -> Fraction:
    """Return an exact number, also from a ratio such as ``"1/3"``."""
    if isinstance(data, str) and _is_ratio(data) is not None:
        top, bottom = map(int, data.split("/"))
        return Fraction(top, bottom)
    if isinstance(data, str) and _is_exact(data) is not None:
        return Fraction(data)
    if type(data) is Decimal and data.is_finite() and data.as_tuple().exponent < -40:  # type: ignore[operator]
        raise unwanted('a number such as "0.19"', data, "invalid_amount")
    return Fraction(decimal(data))


def share(data: object) -> Share:
    """Return a share as it was counted: two whole numbers, the second above zero."""
    if not isinstance(data, str) or _is_ratio(data) is None or data[0] == "-":
        raise unwanted(
            'a share as it was counted, such as "26/31"', data, "invalid_amount"
        )
    return Share(data)


def time(data: object) -> Time:
    """Return a day, or an instant in UTC."""
    wanted = 'a day "2026-01-31" or an instant in UTC "2026-01-31T12:00:00Z"'
    if not isinstance(data, str):
        raise unwanted(wanted, data)
    instant = _is_instant(data)
    try:
        if instant is not None:
            return dt.datetime.fromisoformat(instant[1]).replace(tzinfo=dt.UTC)
        if _is_day(data) is not None:
            return dt.date.fromisoformat(data)
    except ValueError as error:
        raise RefusedError("invalid_time", f"{came(data)}: {error}") from None
    zoned = _may_be_instant(data)
    if zoned is None or zoned[1] in ("Z", "+00:00"):
        raise unwanted(wanted, data, "invalid_time")
    raise unwanted(wanted, data, "not_utc" if zoned[1] else "naive_datetime")


def word(data: object, kind: type[_E]) -> _E:
    """Return the member of *kind* with this word."""
    words = [str(member.value) for member in kind]
    if not isinstance(data, str) or data not in words:
        raise unknown_word(data, words)
    return kind(data)


def interval(data: object) -> Interval:
    """Return an interval from its word or its number of months or days."""
    if isinstance(data, str):
        if data in INTERVALS:
            return INTERVALS[data]
        if _is_counted(data) is not None:
            number, unit = data.split()
            return Interval(**{f"{unit.removesuffix('s')}s": int(number)})
    elif isinstance(data, dict) and len(data) == 1 and {*data} <= {"months", "days"}:
        ((unit, number),) = data.items()
        return Interval(**{unit: whole(number)})
    wanted = '"month", "quarter", "year", "6 months", {"months": 6} or {"days": 30}'
    raise unwanted(wanted, data, "invalid_interval")


def quantities(data: object) -> Quantities:
    """Return whole numbers by unit; one number alone counts seats."""
    if type(data) is int:
        return Quantities({"seat": data})
    if not isinstance(data, dict) or any(type(n) is not int for n in data.values()):
        raise unwanted('a whole number, or whole numbers by unit {"seat": 10}', data)
    return Quantities(data)


def money(data: object) -> Money:
    """Return an amount with its currency."""
    if not isinstance(data, dict) or {*data} != {"amount", "currency"}:
        raise unwanted('{"amount": "5.00", "currency": "EUR"}', data)
    return Money(decimal(data["amount"]), text(data["currency"]))


def feature(data: object) -> str | tuple[str, str]:
    """Return the name of a feature, or a unit and the name of its feature."""
    if isinstance(data, list) and len(data) == 2:
        return text(data[0]), text(data[1])
    if not isinstance(data, str):
        raise unwanted('a name, or a unit and a name ["seat", "reports"]', data)
    return data


def digest(data: object) -> Digest:
    """Return a digest."""
    if not isinstance(data, str) or _is_digest(data) is None:
        raise unwanted('a digest "sha256:" and 64 digits', data, "invalid_digest")
    return Digest(data)


# What a schema says of them.

Schema = dict[str, Any]


def matching(pattern: str, **more: Any) -> Schema:
    """Return the schema of a string that *pattern* matches from end to end."""
    return {"type": "string", **more, "pattern": f"^(?:{pattern})$"}


DAY: Final[Schema] = matching(_DAY, format="date")
TIME: Final[Schema] = {
    "anyOf": [
        DAY,
        matching(_MINUTE + _SECOND + _UTC, format="date-time"),
        matching(_MINUTE + _UTC),
    ]
}
TEXT: Final[Schema] = {"type": "string"}
WHOLE: Final[Schema] = {"type": "integer"}
_SEVERAL: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": MAX_QUANTITY}
_NUMBER: Final[Schema] = {
    "type": "number",
    "exclusiveMinimum": -(10**41),
    "exclusiveMaximum": 10**41,
}
AMOUNT: Final[Schema] = {"anyOf": [matching(_AMOUNT), _NUMBER]}
FRACTION: Final[Schema] = {"anyOf": [matching(_EXACT), matching(_RATIO), _NUMBER]}
COUNTS: Final[Schema] = {
    "type": "object",
    "additionalProperties": _SEVERAL,
    "propertyNames": {"minLength": 1},
}
QUANTITIES: Final[Schema] = {"anyOf": [_SEVERAL, COUNTS]}
INTERVAL_WORD: Final[Schema] = {
    "anyOf": [{"enum": [*INTERVALS]}, matching(_COUNTED)],
}
_INTERVAL: Final[Schema] = {
    "anyOf": [
        *INTERVAL_WORD["anyOf"],
        *(
            {
                "type": "object",
                "properties": {unit: {"type": "integer", "minimum": 1}},
                "required": [unit],
                "additionalProperties": False,
            }
            for unit in ("months", "days")
        ),
    ]
}
_MONEY: Final[Schema] = {
    "type": "object",
    "properties": {"amount": AMOUNT, "currency": matching("[A-Z]{3}")},
    "required": ["amount", "currency"],
    "additionalProperties": False,
}
FEATURE: Final[Schema] = {
    "anyOf": [
        TEXT,
        {"type": "array", "prefixItems": [TEXT, TEXT], "minItems": 2, "items": False},
    ]
}


@final
@attrs.frozen(order=False)
class Scalar:
    """How a single value is read and written, and what a schema says of it."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]
    schema: Schema = attrs.field(eq=False)


SCALARS: Final[Mapping[Any, Scalar]] = {
    str: Scalar(text, str, TEXT),
    int: Scalar(whole, int, WHOLE),
    bool: Scalar(flag, bool, {"type": "boolean"}),
    Decimal: Scalar(decimal, exact, AMOUNT),
    Fraction: Scalar(fraction, exact, FRACTION),
    dt.date: Scalar(time, moment, TIME),
    dt.datetime: Scalar(time, moment, TIME),
    Interval: Scalar(interval, str, _INTERVAL),
    Quantities: Scalar(quantities, Quantities.copied, QUANTITIES),
    Money: Scalar(
        money, lambda m: {"amount": plain(m), "currency": m.currency}, _MONEY
    ),
    Amount: Scalar(decimal, "{:f}".format, AMOUNT),
    Share: Scalar(share, str, matching(_RATIO)),
    Part: Scalar(text, str, matching(f"1|{_RATIO}")),
    Digits: Scalar(text, str, matching(_AMOUNT)),
    Number: Scalar(text, str, {"anyOf": [matching(_EXACT), matching(_RATIO)]}),
    Digest: Scalar(digest, str, matching("sha256:[0-9a-f]{64}")),
    Version: Scalar(whole, int, {"enum": [*range(1, FORMAT + 1)]}),
}


def digest_of(word: str, data: Any) -> Digest:
    """Return the digest of *data* that are a value of the kind *word*.

    It is taken of one text: keys in order, no space, nothing beyond ASCII.
    """
    whole = {"kind": word, "value": data}
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    return Digest(f"sha256:{hashlib.sha256(canonical.encode('ascii')).hexdigest()}")
