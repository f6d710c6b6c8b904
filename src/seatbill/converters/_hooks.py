"""How cattrs reads and writes the values: strictly, and every problem with its path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, NoReturn

import attrs
from cattrs import Converter
from cattrs.errors import (
    ClassValidationError,
    IterableValidationError,
)
from cattrs.gen import make_dict_structure_fn, override

from .._values.base import Quantities
from .._values.checks import Time
from ..catalogs import Catalog
from ..errors import SeatbillError, WrongTypeError
from ..periods import Interval
from ..subscriptions import PendingUpdate, Resume, SubscribedAddOn
from ..verification import Discrepancy
from . import _any as anything
from . import _scalars as scalar
from ._absent import ABSENT, FROM_OTHERS
from ._asked import DatedChanges
from ._context import (
    IN_FULL,
    Context,
    counted,
    within,
)
from ._finding import REFUSALS, keys_of, problems_of
from ._forms import FORMS, value_of
from ._lists import (
    interval_discounts,
    is_list,
    is_pair,
    list_reader,
    measured,
    pair_reader,
)
from ._problems import refusal, unwanted
from ._references import Reference, referred, sold_under
from ._straight import read as straight
from ._unions import is_union_of, optional, tagged, text_or_whole
from ._vocabulary import PENDING, REFERABLE, SOLD, SUMS, TAGS, UNIONS, word_of
from ._vocabulary import REFUSALS as ERRORS
from ._writing import digest, write

__all__ = ["digest", "read", "read_straight", "write"]


def read(data: Any, kind: Any, path: str, surroundings: Context) -> Any:
    """Return *data*, which stand at *path*, as a value of *kind*."""
    _CONVERTER.get_structure_hook(kind)  # refuses what is no kind
    try:
        with within(surroundings), counted(surroundings.limits.problems):
            return _CONVERTER.structure(data, kind)
    except REFUSALS as error:
        problems = problems_of(error, path)
        raise refusal(problems, surroundings.limits) from error


def read_straight(data: Any, kind: Any, surroundings: Context, nodes: int) -> Any:
    """Return *data* as a *kind*, or ``None`` where only :func:`read` can tell.

    So many *nodes* stand around the data.
    """
    return straight(data, kind, surroundings, _CONVERTER.structure, nodes)


def _read(data: Any, kind: Any) -> Any:
    """Read a part of what is read."""
    return _CONVERTER.structure(data, kind)


# Unions.


def _sum_reader(key: str, several: tuple[type, ...]) -> Callable[[Any], Any]:
    """Return a function that reads one of *several* classes that carry this *key*."""
    kinds = {word_of(kind): kind for kind in several}

    def structure(data: Any) -> Any:
        if isinstance(data, several):  # read already
            return data
        words = ", ".join(kinds)
        if not isinstance(data, dict) or key not in data:
            raise unwanted(f'an object with a "{key}", one of {words}', data)
        return _read(data, tagged(key, kinds, data[key]))

    return structure


# Objects.


def _object_reader(kind: Any) -> Callable[[Any, Any], Any]:
    """Return a function that reads an object as a *kind*."""
    form: Any = FORMS.get(kind, kind)
    absent = {
        name: data
        for name, data in ABSENT.get(kind.__name__, {}).items()
        if data != FROM_OTHERS
    }
    fields = _fields_reader(form)
    tag = TAGS.get(kind)

    def structure(data: Any, _: Any) -> Any:
        if isinstance(data, kind):  # read already
            return data
        if kind in SOLD and isinstance(data, str):
            return sold_under(data, kind)
        if kind is SubscribedAddOn and isinstance(data, str):
            data = {"add_on": data}
        if not isinstance(data, dict):
            raise unwanted(f"an object ({', '.join(keys_of(kind))})", data)
        if kind in REFERABLE and "ref" in data:
            return referred(_read(data, Reference), kind)
        own = {**absent, **data}
        if tag is not None:
            tagged(tag, {word_of(kind): kind}, own.pop(tag, None))
        found = fields(own, form)
        return found if form is kind else _value_of(found, kind)

    return structure


def _fields_reader(form: Any) -> Callable[[Any, Any], Any]:
    """Return a function that reads the fields of a *form*, in data that have them."""
    if form is PendingUpdate:
        return _pending_reader()
    own: dict[str, Any] = {
        name: override(struct_hook=_read_anything) for name in _OWN.get(form, ())
    }
    found: Any = make_dict_structure_fn(
        form, _CONVERTER, _cattrs_forbid_extra_keys=True, **own
    )
    return found  # type: ignore[no-any-return]


def _pending_reader() -> Callable[[Any, Any], Any]:
    """Return a function that reads what waits: its kind says what the value is."""

    def reader_of(wanted: Any) -> Any:
        hook = override(struct_hook=lambda data, _: _read(data, wanted))
        return make_dict_structure_fn(
            PendingUpdate, _CONVERTER, _cattrs_forbid_extra_keys=True, value=hook
        )

    unknown = reader_of(Any)
    readers = {kind.value: reader_of(wanted) for kind, wanted in PENDING.items()}

    def structure(data: Any, kind: Any) -> Any:
        word = data.get("kind")
        read_it = readers.get(word, unknown) if isinstance(word, str) else unknown
        return read_it(data, kind)

    return structure


def _value_of(form: Any, kind: Any) -> Any:
    """Return the value that *form* stands for; what it refuses is about its keys."""
    try:
        return value_of(form, kind)
    except REFUSALS as error:
        raise ClassValidationError(f"a {word_of(kind)}", [error], kind) from None


def _catalog_reader(kind: Any) -> Callable[[Any, Any], Any]:
    """Return a function that reads a catalogue: it holds what others refer to."""
    reader = _object_reader(kind)

    def structure(data: Any, _: Any) -> Any:
        with within(IN_FULL):
            return reader(data, kind)

    return structure


# What was asked for on a day.


def _dated_reader(kind: Any) -> Callable[[Any, Any], Any]:
    """Return a function that reads one change alone, or several in a list."""
    in_list = _object_reader(kind)
    change = _sum_reader("change", SUMS["change"])

    def structure(data: Any, _: Any) -> Any:
        if not isinstance(data, dict) or "changes" in data:
            return in_list(data, kind)
        own = {key: data[key] for key in ("on", "timing", "note") if key in data}
        alone = {key: data[key] for key in data if key not in own}
        errors: list[Exception] = []
        asked: Any = Resume()
        try:
            asked = change(alone)
        except REFUSALS as error:
            errors.append(error)
        try:
            found = in_list(own | {"changes": [asked]}, kind)
        except REFUSALS as error:
            found = None
            errors.append(error)
        if errors:
            raise IterableValidationError("what is asked for", errors, kind)
        return found

    return structure


# The converter.


def _hook(reader: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Return *reader* as a hook of a type."""
    return lambda data, _: reader(data)


def _is_object(kind: Any) -> bool:
    """Tell a class that is written as an object."""
    return isinstance(kind, type) and attrs.has(kind)


def _is_error(kind: Any) -> bool:
    """Tell a refusal."""
    return isinstance(kind, type) and issubclass(kind, SeatbillError)


def _no_kind(kind: Any) -> NoReturn:
    """Refuse to read what is no value of seatbill."""
    raise WrongTypeError("kind", "type", kind)


def _equals(wanted: Any) -> Callable[[Any], bool]:
    """Return a function that tells the type *wanted*."""
    return lambda kind: bool(kind == wanted)


_DISCOUNTS: Final = tuple[tuple[Interval, Fraction], ...]
_MEASURED: Final = tuple[tuple[Time, Quantities], ...]
_NAMED: Final = tuple[tuple[str, Any], ...]


def _read_named(data: Any) -> Any:
    """Read values of any kind by name."""
    return anything.read_pairs(data, _read)


def _converter() -> Converter:
    """Return a converter with the hooks of every type."""
    converter = Converter(structure_fallback_factory=_no_kind)
    structure = converter.register_structure_hook_func
    for kind, found in scalar.SCALARS.items():
        converter.register_structure_hook(kind, _hook(found.read))
    converter.register_structure_hook(StrEnum, scalar.word)
    for kinds, reader in (
        ((dt.date, dt.datetime), scalar.time),
        ((str, tuple[str, str]), scalar.feature),
        ((str, int), text_or_whole),
        *((kinds, _sum_reader(key, kinds)) for key, kinds in UNIONS),
    ):
        structure(is_union_of(*kinds), optional(reader))
    converter.register_structure_hook_factory(
        is_list, lambda kind: list_reader(kind, _read)
    )
    converter.register_structure_hook_factory(
        is_pair, lambda kind: pair_reader(kind, _read)
    )
    for table, reader in (
        (_DISCOUNTS, interval_discounts),
        (_MEASURED, measured),
        (_NAMED, _read_named),
    ):
        structure(_equals(table), _hook(reader))
    converter.register_structure_hook_factory(_is_object, _object_reader)
    converter.register_structure_hook_factory(_equals(DatedChanges), _dated_reader)
    converter.register_structure_hook_factory(_equals(Catalog), _catalog_reader)
    structure(_is_error, lambda data, _: anything.read_error(data, _read, ERRORS))
    return converter


def _read_anything(data: Any, _: Any) -> Any:
    """Read a value of any kind."""
    return anything.read_any(data, _read)


_OWN: Final[Mapping[Any, tuple[str, ...]]] = {Discrepancy: ("stated", "expected")}
"""Fields that may hold a value of any kind."""

_CONVERTER: Final = _converter()
