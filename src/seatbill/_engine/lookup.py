"""Entries by what they are for: many are looked up, a few are looked through.

Takes a list of the state and what its entries are asked by, and returns those under a
key, in their order.  What it knows stays in the state beside the list: of 10,000
charges each is looked at once in a call, however often one is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, Protocol, TypeVar

FEW: Final = 8
"""So many are looked through faster than looked up."""

_Entry = TypeVar("_Entry")


class _Holder(Protocol):
    lookups: dict[Any, Lookup] | None


class Lookup:
    """The entries of a list by their keys, as far as the list was looked at.

    The list may grow at its end; another one in its place is looked at anew.
    """

    __slots__ = ("by_key", "entries", "key_of", "seen")

    def __init__(self, key_of: Callable[[Any], Hashable]) -> None:
        self.key_of = key_of
        self.entries: Any = None
        self.seen = 0
        self.by_key: dict[Hashable, list[Any]] = {}

    def under(self, entries: list[_Entry], key: Hashable) -> Sequence[_Entry]:
        """Return the *entries* with this *key*."""
        if entries is not self.entries or self.seen > len(entries):
            self.entries, self.seen, self.by_key = entries, 0, {}
        for entry in entries[self.seen :]:
            self.by_key.setdefault(self.key_of(entry), []).append(entry)
        self.seen = len(entries)
        return self.by_key.get(key, ())


def under(
    holder: _Holder,
    entries: list[_Entry],
    key_of: Callable[[_Entry], Hashable],
    key: Hashable,
) -> Sequence[_Entry]:
    """Return those of *entries* whose *key_of* is *key*, in their order."""
    if len(entries) <= FEW:
        return [entry for entry in entries if key_of(entry) == key]
    if holder.lookups is None:
        holder.lookups = {}
    if key_of not in holder.lookups:
        holder.lookups[key_of] = Lookup(key_of)
    return holder.lookups[key_of].under(entries, key)


def is_last_of_term(state: Any) -> bool:
    """Return whether the term of *state* ends with its running period."""
    running = state.term
    return running is not None and bool(running.period.end <= state.end)


def place_of(state: Any, update: Any) -> int:
    """Return at which boundary *update* waits, as ``PendingUpdate.periods_left``.

    What a term holds waits for the next one where the term ends with the period.
    """
    left: int = update.periods_left
    if left > 1 and (state.term is None or (left == 2 and is_last_of_term(state))):
        return 0
    return left
