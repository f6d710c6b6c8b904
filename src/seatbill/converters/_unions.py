"""Unions: what may be nothing, and which of several classes a tag means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from cattrs.errors import AttributeValidationNote, IterableValidationError

from ._problems import RefusedError, unknown_word, unwanted


def is_union_of(*kinds: Any) -> Callable[[Any], bool]:
    """Return a function that tells a union of *kinds*, with or without ``None``."""

    def matches(kind: Any) -> bool:
        is_union = get_origin(kind) in (Union, UnionType)
        return is_union and {*get_args(kind)} - {type(None)} == {*kinds}

    return matches


def optional(reader: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Return *reader* as a hook of a union: ``null`` is nothing."""

    def structure(data: Any, kind: Any) -> Any:
        if data is None and type(None) in get_args(kind):
            return None
        return reader(data)

    return structure


def text_or_whole(data: Any) -> str | int:
    """Read an id or a number."""
    if type(data) is int:
        return data
    if not isinstance(data, str):
        raise unwanted("a string or a whole number", data)
    return data


def tagged(key: str, kinds: Mapping[str, Any], word: Any) -> Any:
    """Return the class of this *word*."""
    if isinstance(word, str) and word in kinds:
        return kinds[word]
    try:
        raise unknown_word(word, kinds)
    except RefusedError as error:
        error.add_note(AttributeValidationNote(key, key, str))
        raise IterableValidationError(f"a {key}", [error], dict) from None
