"""Any value of seatbill as plain JSON data, and back.

The hooks are in ``_hooks``, which imports cattrs: it is loaded on first use.
"""

from __future__ import annotations

from types import ModuleType, UnionType
from typing import Any, TypeVar

import attrs

from .._values.checks import instance
from ..errors import MissingExtraError, WrongTypeError
from ..limits import LIMITS, Limits
from ._context import IN_FULL, Context
from ._door import check_data
from ._scalars import FORMAT

__all__ = ["FORMAT", "MissingExtraError", "from_data", "to_data"]

_T = TypeVar("_T")


def from_data(
    data: Any,
    kind: type[_T] | UnionType,
    *,
    path: str = "$",
    limits: Limits = LIMITS,
) -> _T:
    """Return *data* as a value of *kind*: a class of seatbill, or a type made of them.

    *path* is where the data stand in a larger document, *limits* is how much they
    may be.

    >>> from seatbill import Period
    >>> from_data({"start": "2026-01-31", "end": "2026-02-28"}, Period).days
    28

    Raises: InvalidDataError with all problems at once, MissingExtraError.
    """
    here = Context(limits=instance("limits", limits, Limits))
    instance("path", path, str)
    found: _T | None = None
    if isinstance(kind, type):
        found = hooks().read_straight(data, kind, here, 1)
    if found is None:
        check_data(data, path, limits)
        if attrs.has(type(kind)):
            raise WrongTypeError("kind", "type", kind)
        found = hooks().read(data, kind, path, here)
    return found


def to_data(value: Any) -> Any:
    """Return *value* as plain JSON data: amounts are strings, dates are ISO 8601.

    :func:`from_data` reads them back, equal to *value*.

    >>> from seatbill import Money
    >>> to_data(Money("19.90", "EUR"))
    {'amount': '19.90', 'currency': 'EUR'}

    Raises: WrongTypeError for what is no value of seatbill, AmountError for a Decimal
    that is no number, MissingExtraError.
    """
    return write_data(value, IN_FULL)


def read_data(data: Any, kind: Any, path: str, surroundings: Context) -> Any:
    """Return *data* that are plain as a value of *kind*."""
    found = hooks().read_straight(data, kind, surroundings, 0)
    return hooks().read(data, kind, path, surroundings) if found is None else found


def write_data(value: Any, surroundings: Context) -> Any:
    """Return *value* as plain JSON data."""
    return hooks().write(value, surroundings)


def hooks() -> ModuleType:
    """Return the module that needs cattrs, or refuse with the way out."""
    try:
        from . import _hooks
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name, "json") from None
    return _hooks
