"""Values as Arrow arrays and back, equal to what they were."""

from __future__ import annotations

from collections.abc import Iterable
from types import NoneType
from typing import Any, TypeVar

from .._values.base import Quantities
from .._values.checks import instance, several
from ..catalogs import Catalog
from ..converters import DataProblem, InvalidDataError
from ..converters._context import Context
from ..converters._door import check_data
from ..converters._problems import refusal
from ..converters._vocabulary import KINDS, word_of
from ..converters.data import hooks
from ..converters.stored import naming
from ..errors import WrongTypeError
from ..limits import LIMITS, Limits
from ..money import Money
from ..rules import BillingRules
from ._types import Column, column_of, pa

__all__ = ["from_array", "to_array"]

_T = TypeVar("_T")


def to_array(
    values: Iterable[Any],
    kind: type[Any],
    *,
    catalogs: Catalog | Iterable[Catalog] = (),
    rules: BillingRules | Iterable[BillingRules] = (),
) -> Any:
    """Return *values* of one *kind* as an Arrow array, ``None`` as null.

    A plan, add-on or service that is in *catalogs*, and rules that are among *rules*,
    are written as a reference.

    >>> from seatbill import AddSeats
    >>> to_array([AddSeats(3), AddSeats(5)], AddSeats).field("seats").to_pylist()
    [3, 5]

    Raises: WrongTypeError for what is no *kind*, InvalidDataError for a number that is
    larger than its column holds, MissingExtraError.
    """
    column, here = _column(kind), naming(*sources(catalogs, rules))
    write = hooks().write
    data = []
    for value in several("values", values, kind, NoneType):
        written = None if value is None else column.put(write(value, here))
        data.append(written)
    try:
        return pa.array(data, column.type)
    except (pa.ArrowInvalid, OverflowError):
        found = next(i for i, each in enumerate(data) if not fits(each, column))
        raise refusal([too_large(f"$[{found}]")]) from None


def from_array(
    array: Any,
    kind: type[_T],
    *,
    catalogs: Catalog | Iterable[Catalog] = (),
    rules: BillingRules | Iterable[BillingRules] = (),
    limits: Limits = LIMITS,
) -> list[_T | None]:
    """Return the values of one *kind* in an Arrow *array*, null as ``None``.

    References are looked up in *catalogs* and *rules*.  *limits* is how much each may
    be.

    >>> from seatbill import Money
    >>> from_array(to_array([Money("19.90", "EUR")], Money), Money)
    [Money('19.90', 'EUR')]

    Raises: InvalidDataError with all problems at once, MissingExtraError.
    """
    is_chunked = isinstance(array, pa.ChunkedArray)
    chunks = array.chunks if is_chunked else [instance("array", array, pa.Array)]
    held, named = sources(catalogs, rules)
    here = Context(
        catalogs=held, rules=named, limits=instance("limits", limits, Limits)
    )
    column = _column(kind)
    problems = [*column.wrong(array.type, "$")]
    found: list[Any] = []
    for data in [] if problems else [d for chunk in chunks for d in column.take(chunk)]:
        path = f"$[{len(found)}]"
        found.append(None if data is None else read(data, kind, path, here, problems))
    if problems:
        raise refusal(problems, limits)
    return found


def _column(kind: Any) -> Column:
    """Return the column of a public *kind*."""
    is_known = isinstance(kind, type) and (KINDS.get(word_of(kind)) is kind)
    if not is_known and kind not in (Money, Quantities):
        raise WrongTypeError("kind", " | ".join(KINDS), kind)
    return column_of(kind)


def sources(
    catalogs: Catalog | Iterable[Catalog], rules: BillingRules | Iterable[BillingRules]
) -> tuple[tuple[Catalog, ...], tuple[BillingRules, ...]]:
    """Return one or several catalogues, and one or several rules."""
    held = (catalogs,) if isinstance(catalogs, Catalog) else catalogs
    named = (rules,) if isinstance(rules, BillingRules) else rules
    return several("catalogs", held, Catalog), several("rules", named, BillingRules)


def read(
    data: Any, kind: Any, path: str, here: Context, told: list[DataProblem]
) -> Any:
    """Return *data* as a *kind*, or tell what is wrong with them."""
    found = hooks().read_straight(data, kind, here, 0)
    try:
        if found is None:
            check_data(data, path, here.limits)
            found = hooks().read(data, kind, path, here)
    except InvalidDataError as error:
        told += error.problems
    return found


def fits(data: Any, column: Column) -> bool:
    """Tell whether the column holds what was put for it."""
    try:
        pa.array([data], column.type)
    except (pa.ArrowInvalid, OverflowError):
        return False
    return True


def too_large(path: str) -> DataProblem:
    """Return the problem of numbers that no column holds."""
    message = "a number in it is larger than its column holds"
    return DataProblem(path, "too_large", message)
