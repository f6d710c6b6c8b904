"""The data of a request before they are read: names looked up, days compared.

What is sold takes the place of its id, an entry with one change becomes one with a
list, and what is wrong is noted with the path that it has in the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from .._checks import Time
from ..errors import SeatbillError
from ..money import Money
from ..plans import AddOn, Catalog, Plan, Problem, Service
from ._scalars import RefusedError, at, came, time

_UNKNOWN: Final[dict[str, Any]] = {
    "plan": Plan("unknown", "Unknown", 0),
    "add_on": AddOn("unknown", "Unknown"),
    "package": AddOn("unknown", "Unknown"),
    "service": Service("unknown", "Unknown", Money("0", "EUR")),
}
"""What stands for a name that is not found, so that no other problem follows."""


def named(
    key: str, id: str, catalog: Catalog | None, path: str, problems: list[Problem]
) -> Any:
    """Return what *key* names by *id*, or note that *catalog* does not have it.

    Nothing is noted where there is no catalogue: that it is missing was told.
    """
    if catalog is None:
        return _UNKNOWN[key]
    look_up: dict[str, Callable[[str], Any]] = {
        "plan": catalog.plan,
        "add_on": catalog.add_on,
        "package": catalog.add_on,
        "service": catalog.service,
    }
    try:
        return look_up[key](id)
    except SeatbillError as error:
        problems.append(Problem(path, error.code, str(error)))
        return _UNKNOWN[key]


def normal_changes(entries: Any) -> tuple[Any, tuple[str, ...]]:
    """Give every entry a list of changes; also return the paths of those without one.

    What is no list or no object is left for the reader to refuse.
    """
    if not isinstance(entries, list):
        return entries, ()
    single = []
    normal: list[Any] = []
    for i, entry in enumerate(entries):
        if not isinstance(entry, dict):
            normal.append(entry)
        elif "changes" in entry:
            changes = entry["changes"]
            if isinstance(changes, list):
                changes = [dict(c) if isinstance(c, dict) else c for c in changes]
            normal.append({**entry, "changes": changes})
        else:
            own = {key: entry[key] for key in ("on", "note") if key in entry}
            change = {key: entry[key] for key in entry if key not in own}
            single.append(f"$.changes[{i}]")
            normal.append({**own, "changes": [change]})
    return normal, tuple(single)


def original(problem: Problem, single: tuple[str, ...]) -> Problem:
    """Return *problem* with the path that it has in the document."""
    for path in single:
        inside = problem.where.removeprefix(f"{path}.changes[0]")
        if inside != problem.where:
            return Problem(path + inside, problem.code, problem.message)
    return problem


def normal_add_ons(owned: Any) -> Any:
    """Give every add-on that is an id alone the form of an object."""
    if not isinstance(owned, list):
        return owned
    return [
        {"add_on": item}
        if isinstance(item, str)
        else dict(item)
        if isinstance(item, dict)
        else item
        for item in owned
    ]


def _objects(values: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the objects in a list, each with its path; nothing where it is no list."""
    for i, value in enumerate(values if isinstance(values, list) else ()):
        if isinstance(value, dict):
            yield f"{path}[{i}]", value


def _places(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the objects in which something that is sold may be named."""
    yield "$", found
    yield from _objects(found.get("add_ons"), "$.add_ons")
    for path, entry in _objects(found.get("changes"), "$.changes"):
        yield from _objects(entry["changes"], f"{path}.changes")


def look_up(
    found: dict[str, Any], catalog: Catalog | None, problems: list[Problem]
) -> None:
    """Put what *catalog* sells in the place of its ids in *found*."""
    for path, place in _places(found):
        for key in _UNKNOWN:
            id = place.get(key)
            if isinstance(id, str):
                place[key] = named(key, id, catalog, f"{path}.{key}", problems)


def time_problems(found: dict[str, Any]) -> Iterator[Problem]:
    """Find days among instants, and days that are not in order."""
    first = _time(found.get("on"))
    if first is None:
        return
    last, before = first, "$.on"
    dated = _objects(found.get("changes"), "$.changes")
    in_order = [(f"{path}.on", entry.get("on")) for path, entry in dated]
    for path, value in (*in_order, ("$.until", found.get("until"))):
        moment = _time(value)
        if moment is None:
            continue
        if type(moment) is not type(first):
            yield _mixed(path, value)
        elif moment < last:
            message = f"{came(value)} lies before {before}; give the days in order"
            yield Problem(path, "out_of_order", message)
        else:
            last, before = moment, path
    for path, value in _other_times(found):
        moment = _time(value)
        if moment is not None and type(moment) is not type(first):
            yield _mixed(path, value)


def _other_times(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return the days that need not be in order."""
    for key in ("anchor", "trial_end"):
        yield f"$.{key}", found.get(key)
    measured = found.get("measured")
    for day in measured if isinstance(measured, dict) else ():
        yield at("$.measured", day), day
    for path, person in _objects(found.get("members"), "$.members"):
        for key in ("joined_on", "left_on", "expires_on"):
            yield f"{path}.{key}", person.get(key)


def _time(value: Any) -> Time | None:
    """Return *value* as a moment, or ``None`` where reading it is refused."""
    try:
        return time(value)
    except RefusedError:
        return None


def _mixed(path: str, value: Any) -> Problem:
    """Return the problem of a day among instants, or the reverse."""
    message = f"{came(value)} and $.on are not both days, or both instants in UTC"
    return Problem(path, "mixed_time", message)
