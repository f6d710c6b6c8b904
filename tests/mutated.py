"""Documents that somebody got wrong: keys dropped, added and renamed, hostile values.

The same number gives the same document, so that a failure can be seen again.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

HOSTILE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    10**13,
    10**100,
    1.5,
    float("nan"),
    float("-inf"),
    Decimal("1.5"),
    Decimal("NaN"),
    Decimal("1E+400"),
    "",
    "x",
    "a\nb",
    "\ud800",
    "é" * 1000,
    "9" * 5000,
    "NaN",
    "1e999999",
    "1/0",
    "-0",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00+05:30",
    "2026-01-01T25:61:00Z",
    "month",
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"ref": "basic"},
    {"ref": "basic", "digest": f"sha256:{'0' * 64}"},
    {"is": "money", "value": 3},
    {"amount": "1e5", "currency": "usd"},
    {"months": 0},
    {"change": "fly"},
    {"seat": True},
)
NAMES = ("seats", "on", "plan", "change", "kind", "value", "x", "", "__class__", "ref")


def deep(levels: int) -> Any:
    """Return a list in a list in a list."""
    found: Any = []
    for _ in range(levels):
        found = [found]
    return found


def mutated(document: Any, seed: int) -> Any:
    """Return *document* with one to four things wrong with it."""
    dice = random.Random(seed)
    found = copy.deepcopy(document)
    for _ in range(dice.randint(1, 4)):
        found = _once(found, dice)
    return found


def _once(document: Any, dice: random.Random) -> Any:
    """Return *document* with one thing more wrong."""
    places = list(_places(document))
    if not places:
        return _value(dice)
    holder, key = dice.choice(places)
    kind = dice.choice(("drop", "set", "set", "set", "rename", "add", "double", "nest"))
    value = holder[key]
    if kind == "drop":
        del holder[key]
    elif kind == "set":
        holder[key] = _value(dice)
    elif kind == "nest":
        holder[key] = dice.choice(([value], {"value": value}, deep(200)))
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(value))
    elif kind == "rename":
        holder[dice.choice(NAMES)] = holder.pop(key)
    elif kind == "add":
        holder[dice.choice(NAMES)] = _value(dice)
    elif isinstance(value, list):
        holder[key] = value + copy.deepcopy(value)
    return document


def _value(dice: random.Random) -> Any:
    """Return something that nobody wants."""
    return copy.deepcopy(dice.choice(HOSTILE))


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Return every object and list with each of its keys."""
    if not isinstance(data, dict | list):
        return
    keys = list(data) if isinstance(data, dict) else range(len(data))
    for key in keys:
        yield data, key
        yield from _places(data[key])
