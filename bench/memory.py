"""How many bytes a value holds that it does not share with other values."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs

from seatbill import BillingRules, Interval, Plan
from seatbill._values.base import Quantities

_SHARED = (Plan, BillingRules, Interval, Enum, dt.date, type(None), bool)


def own_bytes(value: object) -> int:
    """Return the size of *value* and of all it holds, each object counted once.

    What a host has once for all customers is not counted: plans with their texts and
    prices, rules, intervals, members of enumerations, days, and what Python itself
    keeps once: small integers, the empty tuple and the empty text.
    """
    seen: set[int] = set()
    _mark(value, seen)
    total = 0
    todo: list[Any] = [value]
    while todo:
        item = todo.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        total += sys.getsizeof(item)
        todo.extend(_parts(item))
    return total


def _mark(value: object, seen: set[int]) -> None:
    """Note in *seen* what *value* shares with all customers, down to the last part."""
    walked: set[int] = set()
    todo: list[tuple[Any, bool]] = [(value, False)]
    while todo:
        item, shared = todo.pop()
        if id(item) in walked and not shared:
            continue
        if id(item) in seen:
            continue
        walked.add(id(item))
        shared = shared or isinstance(item, _SHARED) or _kept_once(item)
        if shared:
            seen.add(id(item))
        todo.extend((part, shared) for part in _parts(item))


def _kept_once(item: object) -> bool:
    """Return whether Python keeps *item* once for the whole process."""
    return item in ((), "") or (type(item) is int and -5 <= item <= 256)


def _parts(item: Any) -> list[Any]:
    """Return what *item* refers to."""
    if isinstance(item, Enum):
        return []
    if attrs.has(type(item)):
        return [getattr(item, field.name) for field in attrs.fields(type(item))]
    if type(item) is Quantities:
        return [item._numbers]
    if isinstance(item, Mapping):
        return [part for pair in item.items() for part in pair]
    if isinstance(item, tuple | frozenset):
        return list(item)
    if type(item) is Fraction:
        return [item.numerator, item.denominator]
    return []
