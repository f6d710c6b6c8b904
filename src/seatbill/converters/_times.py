"""The days of a request before they are read: of one kind, and in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .._values.checks import Time
from ..limits import Limits
from ..periods import Interval
from ._problems import DataProblem, RefusedError, at, came
from ._scalars import time


def objects(values: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the objects in a list, each with its path; nothing where it is no list."""
    for i, value in enumerate(values if isinstance(values, list) else ()):
        if isinstance(value, dict):
            yield f"{path}[{i}]", value


def time_problems(found: dict[str, Any]) -> Iterator[DataProblem]:
    """Find days among instants, and days that are not in order."""
    first = _time(found.get("on"))
    if first is None:
        return
    last, before = first, "$.on"
    dated = objects(found.get("changes"), "$.changes")
    in_order = [(f"{path}.on", entry.get("on")) for path, entry in dated]
    for path, value in (*in_order, ("$.until", found.get("until"))):
        moment = _time(value)
        if moment is None:
            continue
        if type(moment) is not type(first):
            yield _mixed(path, value)
        elif moment < last:
            message = f"{came(value)} lies before {before}; give the days in order"
            values = (("got", value), ("before", before))
            yield DataProblem(path, "out_of_order", message, values)
        else:
            last, before = moment, path
    for path, value in _other_times(found):
        moment = _time(value)
        if moment is not None and type(moment) is not type(first):
            yield _mixed(path, value)


def length_problems(
    path: str, first: Time, last: Time, intervals: Iterable[Interval], limits: Limits
) -> Iterator[DataProblem]:
    """Find more periods from *first* to *last* than anybody means."""
    shortest = min(interval.nominal_days for interval in intervals)
    periods = (last.toordinal() - first.toordinal()) // shortest
    most = limits.periods
    if periods > most:
        message = f"{periods} periods are more than {most}: bill them in parts"
        values = (("periods", periods), ("most", most))
        yield DataProblem(path, "too_many_periods", message, values)


def intervals_of(first: Interval, changes: Iterable[Any]) -> list[Interval]:
    """Return the *first* interval and those that are asked for."""
    asked = [getattr(change, "interval", None) for change in changes]
    return [first, *(interval for interval in asked if interval is not None)]


def _other_times(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return the days that need not be in order."""
    for key in ("anchor", "trial_end"):
        yield f"$.{key}", found.get(key)
    measured = found.get("measured")
    for day in measured if isinstance(measured, dict) else ():
        yield at("$.measured", day), day
    for path, person in objects(found.get("members"), "$.members"):
        for key in ("joined_on", "left_on", "expires_on"):
            yield f"{path}.{key}", person.get(key)


def _time(value: Any) -> Time | None:
    """Return *value* as a moment, or ``None`` where reading it is refused."""
    if not isinstance(value, str):
        return None
    try:
        return time(value)
    except RefusedError:
        return None


def _mixed(path: str, value: Any) -> DataProblem:
    """Return the problem of a day among instants, or the reverse."""
    message = f"{came(value)} and $.on are not both days, or both instants in UTC"
    return DataProblem(path, "mixed_time", message, (("got", value),))
