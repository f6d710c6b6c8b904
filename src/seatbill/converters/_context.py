"""What surrounds data while they are read or written: which names may stand there.

A plan may be written in full, by a reference with a digest, or by its id.  What is
allowed is a value that is set for one call; nothing else is kept between calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum, auto
from typing import Any, Final, final

import attrs

from ..catalogs import Catalog, shelf
from ..limits import LIMITS, Limits
from ..money import Money
from ..plans import AddOn, Plan, Service
from ..rules import BillingRules


class Names(Enum):
    """How what is sold may stand in data."""

    NONE = auto()
    """In full."""
    REFERENCES = auto()
    """In full, or by a reference with a digest."""
    IDS = auto()
    """In full, by a reference, or by its id."""
    IDS_ONLY = auto()
    """By its id: for a page."""


@final
@attrs.frozen(kw_only=True)
class Context:
    """The catalogues and rules that are there, and how they are named.

    Without *catalogs*, an unknown one was told already, and ids stand for anything.
    *is_brief* leaves out what a document need not say, for a digest.  Of *limits*,
    the number of problems holds while reading.
    """

    names: Names = Names.REFERENCES
    catalogs: tuple[Catalog, ...] | None = ()
    rules: tuple[BillingRules, ...] = ()
    is_brief: bool = False
    limits: Limits = LIMITS

    def called(self, id: str, kind: type) -> list[Any]:
        """Return everything of *kind* that is called *id*: what is sold, or rules."""
        if kind is BillingRules:
            return [rules for rules in self.rules if rules.name == id]
        shelves = self.shelves(kind)
        return [shelf[id] for shelf in shelves if id in shelf]

    def shelves(self, kind: type) -> list[Mapping[str, Any]]:
        """Return the shelves of *kind* in the catalogues, each by id."""
        return [shelf(catalog, _SHELVES[kind]) for catalog in self.catalogs or ()]


IN_FULL: Final = Context(names=Names.NONE)
BRIEF: Final = Context(names=Names.NONE, is_brief=True)
PAGE: Final = Context(names=Names.IDS_ONLY)
_SHELVES: Final = {Plan: "plans", AddOn: "add_ons", Service: "services"}

_CONTEXT: ContextVar[Context] = ContextVar("seatbill_data", default=IN_FULL)

UNKNOWN: Final[dict[type, Any]] = {
    Plan: Plan("unknown", "Unknown", 0),
    AddOn: AddOn("unknown", "Unknown", family="unknown"),
    Service: Service("unknown", "Unknown", Money("0", "EUR")),
}
"""What stands for a name that cannot be looked up, so that no other problem follows."""


def context() -> Context:
    """Return what surrounds the data that are read or written now."""
    return _CONTEXT.get()


@contextmanager
def within(surroundings: Context) -> Iterator[None]:
    """Set what surrounds the data, until the end of the block."""
    token = _CONTEXT.set(surroundings)
    try:
        yield
    finally:
        _CONTEXT.reset(token)


_LEFT: ContextVar[list[int]] = ContextVar("seatbill_problems")


@contextmanager
def counted(most: int) -> Iterator[None]:
    """Let :func:`is_enough` count to *most*, until the end of the block."""
    token = _LEFT.set([most])
    try:
        yield
    finally:
        _LEFT.reset(token)


def is_enough() -> bool:
    """Count one thing more that is wrong; tell whether no more would be told."""
    left = _LEFT.get()
    left[0] -= 1
    return left[0] < 0


def id_of(value: Any) -> str:
    """Return what a reference calls *value*."""
    found: str = value.name if isinstance(value, BillingRules) else value.id
    return found
