"""Where a problem is: the path of each error that cattrs collects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import attrs
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)

from ..errors import SeatbillError
from ._forms import FORMS, RENAMED
from ._problems import (
    DataProblem,
    RefusedError,
    at,
    meant,
    no_such_key,
    refused_at,
)
from ._vocabulary import TAGS

REFUSALS: Final = (
    ValueError,
    TypeError,
    ArithmeticError,
    BaseValidationError,
    ForbiddenExtraKeysError,
)
"""What reading a value may raise."""

_NAME: Final = re.compile(r"(\w+)([\[.].*)?", re.DOTALL)
"""A field, and what of it is meant: ``charges``, ``charges[0].since``."""

_VALUES: Final[dict[Any, Any]] = {form: kind for kind, form in FORMS.items()}


def keys_of(kind: Any) -> tuple[str, ...]:
    """Return the keys of *kind* in data, none where it is no attrs class."""
    if not isinstance(kind, type) or not attrs.has(kind):
        return ()
    tag = TAGS.get(_VALUES.get(kind, kind))
    form: Any = FORMS.get(kind, kind)
    own = [field.name for field in attrs.fields(form)]
    return (tag, *own) if tag else (*own,)


def problems_of(error: BaseException, path: str) -> Iterator[DataProblem]:
    """Yield the problems in *error*, each with its path."""
    if isinstance(error, BaseExceptionGroup):
        keys = keys_of(getattr(error, "cl", None))
        for inner in error.exceptions:
            yield from problems_of(inner, _path_of(inner, path, keys))
    elif isinstance(error, ForbiddenExtraKeysError):
        keys = keys_of(error.cl)
        values = (("known", ", ".join(keys) or "none"),)
        for key in sorted(error.extra_fields):
            said = no_such_key(key, keys)
            yield DataProblem(at(path, key), "unknown_key", said, values)
    elif isinstance(error, KeyError):
        message = "this key is needed and is not there"
        yield DataProblem(path, "missing", message)
    elif isinstance(error, RefusedError):
        said = error.message
        if error.known is not None:
            said += meant(*error.known)
        yield DataProblem(path, error.code, said, error.values)
    elif isinstance(error, SeatbillError):
        yield refused_at(path, error)
    else:
        yield DataProblem(path, "invalid_value", str(error) or "it cannot be read")


def _key_of(note: str) -> str | int | None:
    """Return the key that a note of cattrs holds, ``None`` for another note."""
    if isinstance(note, AttributeValidationNote):
        return note.name
    return note.index if isinstance(note, IterableValidationNote) else None


def _path_of(error: BaseException, path: str, keys: tuple[str, ...]) -> str:
    """Return the path of *error*, raised in the object or list at *path*."""
    notes = getattr(error, "__notes__", ())
    found = [key for note in notes if (key := _key_of(note)) is not None]
    if found:
        return at(path, found[0])
    # The field that a constructor refused: as the error says, or by what it holds.
    said = (getattr(error, "name", ""), getattr(error, "field", ""))
    for name in (*said, *getattr(error, "names", ())):
        found_name = _NAME.fullmatch(name) if isinstance(name, str) else None
        if found_name is not None:
            key = RENAMED.get(found_name[1], found_name[1])
            if key in keys:
                return f"{at(path, key)}{found_name[2] or ''}"
    return path
