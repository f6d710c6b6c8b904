"""Lists: of one type, or with a type for each place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args, get_origin

from cattrs.errors import IterableValidationError, IterableValidationNote

from ._context import is_enough
from ._finding import REFUSALS
from ._problems import unwanted

Read = Callable[[Any, Any], Any]
"""Reads data as a kind."""


def is_list(kind: Any) -> bool:
    """Tell a tuple of one type, or a frozenset."""
    made: Any = get_origin(kind)
    return made is frozenset or (made is tuple and get_args(kind)[-1] is ...)


def is_pair(kind: Any) -> bool:
    """Tell a tuple with a type for each place."""
    return get_origin(kind) is tuple and get_args(kind)[-1] is not ...


def _collected(
    data: Any, wanted: str, kinds: Callable[[int], Any], whole: Any, read: Read
) -> list[Any]:
    """Read each of a list, and tell what is wrong with them, as far as it is told."""
    if not isinstance(data, list):
        raise unwanted(wanted, data)
    found = []
    errors: list[Exception] = []
    for i, item in enumerate(data):
        try:
            found.append(read(item, kinds(i)))
        except REFUSALS as error:
            error.add_note(IterableValidationNote(f"[{i}]", i, whole))
            errors.append(error)
            if is_enough():
                break
    if errors:
        raise IterableValidationError("a list", errors, whole)
    return found


def list_reader(kind: Any, read: Read) -> Callable[[Any, Any], Any]:
    """Return a function that reads a list as a tuple or frozenset of one type."""
    inner, made = get_args(kind)[0], get_origin(kind)
    return lambda data, _: made(_collected(data, "a list", lambda _: inner, kind, read))


def pair_reader(kind: Any, read: Read) -> Callable[[Any, Any], Any]:
    """Return a function that reads a list with a type for each place."""
    inner = get_args(kind)
    wanted = f"a list of {len(inner)}"

    def structure(data: Any, _: Any) -> Any:
        if isinstance(data, list) and len(data) != len(inner):
            raise unwanted(wanted, data)
        return tuple(_collected(data, wanted, inner.__getitem__, kind, read))

    return structure
