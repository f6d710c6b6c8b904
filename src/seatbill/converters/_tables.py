"""Objects whose keys are data too: percentages by interval, quantities by day."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar

from cattrs.errors import IterableValidationError, IterableValidationNote

from .._values.base import Quantities
from .._values.checks import Time
from ..periods import Interval
from ..reviews.plain_text import exact
from . import _scalars as scalar
from ._context import is_enough
from ._finding import REFUSALS
from ._problems import RefusedError, unwanted
from ._words import moment

_K = TypeVar("_K")
_V = TypeVar("_V")


def _table(
    data: Any, wanted: str, entry: Callable[[str, Any], tuple[_K, _V]]
) -> tuple[tuple[_K, _V], ...]:
    """Read an object whose keys are data too, each by *entry*; no key comes twice."""
    if not isinstance(data, dict):
        raise unwanted(wanted, data)
    found: dict[_K, _V] = {}
    errors: list[Exception] = []
    for name, value in data.items():
        try:
            key, read_value = entry(name, value)
            if key in found:
                raise RefusedError("duplicate_key", "another key says the same")
            found[key] = read_value
        except REFUSALS as error:
            error.add_note(IterableValidationNote(name, name, dict))
            errors.append(error)
            if is_enough():
                break
    if errors:
        raise IterableValidationError("a table", errors, dict)
    return tuple(found.items())


def interval_discounts(data: Any) -> tuple[tuple[Interval, Fraction], ...]:
    """Read percentages by interval as parts of one."""
    return _table(
        data,
        'percentages by interval {"year": "20"}',
        lambda key, percent: (scalar.interval(key), scalar.fraction(percent) / 100),
    )


def percentages(table: tuple[tuple[Interval, Fraction], ...]) -> dict[str, str]:
    """Return discounts by interval as percentages; of two, the first holds."""
    found: dict[str, str] = {}
    for interval, off in table:
        found.setdefault(str(interval), exact(off * 100))
    return found


def measured(data: Any) -> tuple[tuple[Time, Quantities], ...]:
    """Read quantities by day."""
    return _table(
        data,
        'quantities by day {"2026-02-01": {"team": 3}}',
        lambda day, numbers: (scalar.time(day), _by_unit(numbers)),
    )


def _by_unit(data: Any) -> Quantities:
    """Read quantities, each with a place of its own."""
    return Quantities(
        _table(
            data,
            'whole numbers by unit {"team": 3}',
            lambda unit, n: (unit, Quantities({unit: scalar.whole(n)})[unit]),
        )
    )


def by_day(table: tuple[tuple[Time, Quantities], ...]) -> dict[str, Any]:
    """Return quantities by day."""
    return {moment(day): dict(numbers) for day, numbers in table}
