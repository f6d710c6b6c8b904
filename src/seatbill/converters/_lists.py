"""Lists and tables: of one type, a type for each place, or keys that are data too.

Of several things that are wrong, each is told with its place, as far as any is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, get_args, get_origin

from cattrs.errors import IterableValidationError, IterableValidationNote

from .._values.base import Quantities
from .._values.checks import Time
from ..periods import Interval
from . import _scalars as scalar
from ._context import is_enough
from ._finding import REFUSALS
from ._problems import RefusedError, unwanted

Read = Callable[[Any, Any], Any]
"""Reads data as a kind."""


def is_list(kind: Any) -> bool:
    """Tell a tuple of one type, or a frozenset."""
    made: Any = get_origin(kind)
    return made is frozenset or (made is tuple and get_args(kind)[-1] is ...)


def is_pair(kind: Any) -> bool:
    """Tell a tuple with a type for each place."""
    return get_origin(kind) is tuple and get_args(kind)[-1] is not ...


def _collected(items: Iterable[Any], read: Read, whole: Any = dict) -> list[Any]:
    """Return what *read* makes of each key and its data among *items*."""
    found = []
    errors: list[Exception] = []
    for key, data in items:
        try:
            found.append(read(key, data))
        except REFUSALS as error:
            error.add_note(IterableValidationNote(str(key), key, whole))
            errors.append(error)
            if is_enough():
                break
    if errors:
        raise IterableValidationError("several", errors, whole)
    return found


def list_reader(kind: Any, read: Read) -> Read:
    """Return a function that reads a list as a tuple or frozenset of one type."""
    inner, made = get_args(kind)[0], get_origin(kind)

    def structure(data: Any, _: Any) -> Any:
        if not isinstance(data, list):
            raise unwanted("a list", data)
        items = enumerate(data)
        return made(_collected(items, lambda _, one: read(one, inner), kind))

    return structure


def pair_reader(kind: Any, read: Read) -> Read:
    """Return a function that reads a list with a type for each place."""
    inner = get_args(kind)

    def structure(data: Any, _: Any) -> Any:
        if not isinstance(data, list) or len(data) != len(inner):
            raise unwanted(f"a list of {len(inner)}", data)
        items = enumerate(data)
        return tuple(_collected(items, lambda i, one: read(one, inner[i]), kind))

    return structure


def _table(data: Any, wanted: str, entry: Read) -> tuple[tuple[Any, Any], ...]:
    """Return an object as pairs, each made by *entry*; no key says the same twice."""
    if not isinstance(data, dict):
        raise unwanted(wanted, data)
    found: dict[Any, Any] = {}

    def read(name: str, value: Any) -> None:
        key, read_value = entry(name, value)
        if key in found:
            raise RefusedError("duplicate_key", "another key says the same")
        found[key] = read_value

    _collected(data.items(), read)
    return tuple(found.items())


def interval_discounts(data: Any) -> tuple[tuple[Interval, Fraction], ...]:
    """Read percentages by interval as parts of one."""
    return _table(
        data,
        'percentages by interval {"year": "20"}',
        lambda key, percent: (scalar.interval(key), scalar.fraction(percent) / 100),
    )


def measured(data: Any) -> tuple[tuple[Time, Quantities], ...]:
    """Read quantities by day, each with a place of its own."""

    def by_unit(numbers: Any) -> Quantities:
        wanted = 'whole numbers by unit {"team": 3}'
        return Quantities(_table(numbers, wanted, quantity))

    def quantity(unit: str, number: Any) -> tuple[str, int]:
        return unit, Quantities({unit: scalar.whole(number)})[unit]

    return _table(
        data,
        'quantities by day {"2026-02-01": {"team": 3}}',
        lambda day, numbers: (scalar.time(day), by_unit(numbers)),
    )
