"""The entries of a list that grows, by a key: what is asked for is not searched."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, Generic, TypeVar

_T = TypeVar("_T")

FEW: Final = 8
"""So many are looked through faster than looked up."""


class Index(Generic[_T]):
    """The entries of a list by their key, as far as the list was looked at.

    The list may grow at its end; another one in its place is looked at anew.
    """

    __slots__ = ("entries", "found", "key", "seen")

    def __init__(self, key: Callable[[_T], Hashable]) -> None:
        self.key = key
        self.entries: Any = None
        self.seen = 0
        self.found: dict[Hashable, list[_T]] = {}

    def under(self, entries: list[_T], key: Hashable) -> Sequence[_T]:
        """Return the *entries* with this *key*, in their order."""
        if len(entries) <= FEW:
            return [entry for entry in entries if self.key(entry) == key]
        if entries is not self.entries or self.seen > len(entries):
            self.entries, self.seen, self.found = entries, 0, {}
        for entry in entries[self.seen :]:
            self.found.setdefault(self.key(entry), []).append(entry)
        self.seen = len(entries)
        return self.found.get(key, ())
