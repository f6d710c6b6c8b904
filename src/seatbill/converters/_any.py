"""Values of any kind, such as the figures of a notice: plain, or with their kind.

Strings, whole numbers, ``true``, ``false`` and ``null`` are written as they are;
anything else as ``{"is": "time", "value": "2026-01-31"}``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from .._values.base import Quantities
from .._values.checks import Time
from ..money import Money
from ..periods import Interval
from ._problems import RefusedError, unwanted
from ._scalars import SCALARS
from ._vocabulary import KINDS

Convert = Callable[[Any, Any], Any]
"""Reads data as a value of a kind."""

SIMPLE: Final[Mapping[str, Any]] = {
    "time": dt.date,
    "decimal": Decimal,
    "fraction": Fraction,
    "money": Money,
    "interval": Interval,
    "quantities": Quantities,
}
"""The single values that carry their kind."""

WORDS: Final[Mapping[Any, str]] = {
    dt.datetime: "time",
    **{kind: word for word, kind in SIMPLE.items()},
}


def read_any(data: Any, convert: Convert) -> Any:
    """Return the value that *data* are; *convert* reads those of a kind."""
    if data is None or type(data) in (bool, int) or isinstance(data, str):
        return data
    if not isinstance(data, dict) or {*data} != {"is", "value"}:
        raise unwanted('a plain value, or an object with "is" and "value"', data)
    word, inner = data["is"], data["value"]
    if word == "tuple" and isinstance(inner, list):
        return tuple(read_any(one, convert) for one in inner)
    if isinstance(word, str) and word in SIMPLE:
        return convert(inner, Time if word == "time" else SIMPLE[word])
    if isinstance(word, str) and word in KINDS:
        return convert(inner, KINDS[word])
    raise unwanted(
        'the kind of a value, such as "time" or "money"', word, "unknown_word"
    )


def read_pairs(data: Any, convert: Convert) -> tuple[tuple[str, Any], ...]:
    """Return pairs of a name and any value from a list of pairs."""
    if not isinstance(data, list):
        raise unwanted("a list of pairs, each of a name and a value", data)
    found = []
    for pair in data:
        if not isinstance(pair, list) or len(pair) != 2:
            raise unwanted("a pair of a name and a value", pair)
        found.append((SCALARS[str].read(pair[0]), read_any(pair[1], convert)))
    return tuple(found)


def read_error(data: Any, convert: Convert, known: Mapping[str, Any]) -> Any:
    """Return the refusal that *data* are: its code and its values in order."""
    if not isinstance(data, dict) or {*data} != {"error", "values"}:
        raise unwanted('an object with the "error" that it is, and its "values"', data)
    code, values = data["error"], data["values"]
    if not isinstance(code, str) or code not in known:
        raise unwanted("the code of a refusal", code, "unknown_word")
    if not isinstance(values, list) or len(values) != len(known[code].names):
        wanted = ", ".join(known[code].names) or "none"
        raise RefusedError(
            "wrong_type", f"wanted a list of the values: {wanted}", wanted=wanted
        )
    return known[code](*[read_any(value, convert) for value in values])
