"""Any value of seatbill as plain JSON data, and back.

The hooks are in ``_hooks``, which imports cattrs: it is loaded on first use.
"""

from __future__ import annotations

from types import ModuleType, UnionType
from typing import Any, Final, TypeVar

from ..errors import MissingExtraError

__all__ = ["FORMAT", "MissingExtraError", "from_data", "to_data"]

FORMAT: Final = 1
"""The version of the data: what is read and written under ``"seatbill"``."""

_T = TypeVar("_T")


def from_data(data: Any, kind: type[_T] | UnionType, *, path: str = "$") -> _T:
    """Return *data* as a value of *kind*: a class of seatbill, or a type made of them.

    *path* is where the data stand in a larger document.

    Raises: InvalidDataError with all problems at once, MissingExtraError.
    """
    found: _T = _hooks().read(data, kind, path)
    return found


def to_data(value: Any) -> Any:
    """Return *value* as plain JSON data: amounts are strings, dates are ISO 8601.

    A :class:`~seatbill.Statement` becomes what a page shows: each invoice with its
    lines, each change with what it came to, the subscription and what waits.

    Raises: MissingExtraError.
    """
    return _hooks().write(value)


def _hooks() -> ModuleType:
    """Return the module that needs cattrs, or refuse with the way out."""
    try:
        from . import _hooks
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name, "json") from None
    return _hooks
