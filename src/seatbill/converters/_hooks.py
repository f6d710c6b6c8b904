"""How cattrs reads and writes the values: strictly, and every problem with its path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    CattrsError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from .._checks import Time
from .._values import Quantities
from ..money import Money
from ..periods import Interval
from ..plans import Problem
from ..subscriptions import Change
from . import _scalars as scalar
from ._pages import PAGES
from ._scalars import InvalidDataError, RefusedError, at, refuse
from ._words import CHANGES, WORDS, exact, moment, plain

_K = TypeVar("_K")
_V = TypeVar("_V")

_REFUSALS: Final = (ValueError, TypeError, CattrsError)


def read(data: Any, kind: Any, path: str) -> Any:
    """Return *data*, which stand at *path*, as a value of *kind*."""
    try:
        return _CONVERTER.structure(data, kind)
    except _REFUSALS as error:
        raise InvalidDataError(tuple(_problems(error, path))) from error


def write(value: Any) -> Any:
    """Return *value* as plain data."""
    return _CONVERTER.unstructure(value)


# Where a problem is.


def _problems(error: BaseException, path: str) -> Iterator[Problem]:
    """Return the problems in *error*, each with its path."""
    if isinstance(error, BaseExceptionGroup):
        names = _field_names(getattr(error, "cl", None))
        for inner in error.exceptions:
            yield from _problems(inner, _path_of(inner, path, names))
    elif isinstance(error, ForbiddenExtraKeysError):
        tag = ("change",) if error.cl in WORDS else ()
        known = ", ".join((*tag, *_field_names(error.cl)))
        for key in sorted(error.extra_fields):
            message = f"no such key; there are: {known}"
            yield Problem(at(path, key), "unknown_key", message)
    elif isinstance(error, KeyError):
        yield Problem(path, "missing", "this key is needed and is not there")
    elif isinstance(error, RefusedError):
        yield Problem(path, error.code, error.message)
    else:
        yield Problem(path, getattr(error, "code", "invalid_value"), str(error))


def _field_names(kind: Any) -> tuple[str, ...]:
    """Return the names of the fields of *kind*, none where it is no attrs class."""
    if not isinstance(kind, type) or not attrs.has(kind):
        return ()
    return tuple(field.name for field in attrs.fields(kind))


def _key_of(note: str) -> str | int | None:
    """Return the key that a note of cattrs holds, ``None`` for another note."""
    if isinstance(note, AttributeValidationNote):
        return note.name
    return note.index if isinstance(note, IterableValidationNote) else None


def _path_of(error: BaseException, path: str, names: tuple[str, ...]) -> str:
    """Return the path of *error*, raised in the object or list at *path*."""
    notes = getattr(error, "__notes__", ())
    keys = [key for note in notes if (key := _key_of(note)) is not None]
    if keys:
        return at(path, keys[0])
    # The field that a constructor refused: as the error says, or by what it holds.
    said = (getattr(error, "name", ""), getattr(error, "field", ""))
    for name in (*said, *getattr(error, "names", ())):
        if name in names:
            return at(path, name)
    return path


# Reading.


def _is_union_of(*kinds: Any) -> Callable[[Any], bool]:
    """Return a function that tells a union of *kinds*, with or without ``None``."""

    def matches(kind: Any) -> bool:
        is_union = get_origin(kind) in (Union, UnionType)
        return is_union and {*get_args(kind)} - {type(None)} == {*kinds}

    return matches


def _equals(wanted: Any) -> Callable[[Any], bool]:
    """Return a function that tells the type *wanted*."""
    return lambda kind: bool(kind == wanted)


def _optional(reader: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Return *reader* as a hook of a union: ``null`` is nothing."""

    def structure(data: Any, kind: Any) -> Any:
        if data is None and type(None) in get_args(kind):
            return None
        return reader(data)

    return structure


def _class_hook(kind: type) -> Callable[[Any, Any], Any]:
    """Return a function that reads an object as a *kind*."""
    fields: Any = make_dict_structure_fn(
        kind, _CONVERTER, _cattrs_forbid_extra_keys=True
    )

    def structure(data: Any, wanted: Any) -> Any:
        if isinstance(data, kind):  # a name that was looked up already
            return data
        if not isinstance(data, dict):
            refuse(f"an object ({', '.join(_field_names(kind))})", data)
        return fields(data, wanted)

    return structure


def _is_list(kind: Any) -> bool:
    """Tell a tuple of one type, or a frozenset."""
    made: Any = get_origin(kind)
    return made is frozenset or (made is tuple and get_args(kind)[-1] is ...)


def _list_hook(kind: Any) -> Callable[[Any, Any], Any]:
    """Return a function that reads a list as a tuple or frozenset of one type."""
    inner = get_args(kind)[0]
    made: Any = get_origin(kind)

    def structure(data: Any, wanted: Any) -> Any:
        if not isinstance(data, list):
            refuse("a list", data)
        found = []
        errors: list[Exception] = []
        for i, item in enumerate(data):
            try:
                found.append(_CONVERTER.structure(item, inner))
            except _REFUSALS as error:
                error.add_note(IterableValidationNote(f"[{i}]", i, inner))
                errors.append(error)
        if errors:
            raise IterableValidationError("a list", errors, wanted)
        return made(found)

    return structure


def _change(data: Any) -> Any:
    """Read an object with the word ``change`` and the fields of that change."""
    words = ", ".join(CHANGES)
    if not isinstance(data, dict) or "change" not in data:
        refuse(f'an object with a "change", one of {words}', data)
    word = data["change"]
    if not isinstance(word, str) or word not in CHANGES:
        try:
            refuse(f"one of {words}", word, "unknown_word")
        except RefusedError as error:
            error.add_note(AttributeValidationNote("change", "change", str))
            raise IterableValidationError("a change", [error], dict) from None
    fields = {key: value for key, value in data.items() if key != "change"}
    return _CONVERTER.structure(fields, CHANGES[word])


def _table(
    data: Any, wanted: str, entry: Callable[[str, Any], tuple[_K, _V]]
) -> tuple[tuple[_K, _V], ...]:
    """Read an object whose keys are data too, each by *entry*; no key comes twice."""
    if not isinstance(data, dict):
        refuse(wanted, data)
    found: dict[_K, _V] = {}
    errors: list[Exception] = []
    for name, value in data.items():
        try:
            key, read_value = entry(name, value)
            if key in found:
                raise RefusedError("duplicate_key", "another key says the same")
            found[key] = read_value
        except _REFUSALS as error:
            error.add_note(IterableValidationNote(name, name, dict))
            errors.append(error)
    if errors:
        raise IterableValidationError("a table", errors, dict)
    return tuple(found.items())


def _interval_discounts(data: Any) -> tuple[tuple[Interval, Fraction], ...]:
    """Read percentages by interval as parts of one."""
    return _table(
        data,
        'percentages by interval {"year": "20"}',
        lambda key, percent: (scalar.interval(key), scalar.fraction(percent) / 100),
    )


def _measured(data: Any) -> tuple[tuple[Time, Quantities], ...]:
    """Read quantities by day."""
    return _table(
        data,
        'quantities by day {"2026-02-01": {"team": 3}}',
        lambda day, numbers: (scalar.time(day), _by_unit(numbers)),
    )


def _by_unit(data: Any) -> Quantities:
    """Read quantities, each with a place of its own."""
    return Quantities(
        _table(
            data,
            'whole numbers by unit {"team": 3}',
            lambda unit, n: (unit, Quantities({unit: scalar.whole(n)})[unit]),
        )
    )


def _reader(reader: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Return *reader* as a hook of a type."""
    return lambda data, _: reader(data)


# Both ways.

_SCALARS: Final[Mapping[Any, tuple[Callable[[Any], Any], Callable[[Any], Any]]]] = {
    str: (scalar.text, str),
    int: (scalar.whole, int),
    bool: (scalar.flag, bool),
    Decimal: (scalar.decimal, exact),
    Fraction: (scalar.fraction, exact),
    dt.date: (scalar.time, moment),
    dt.datetime: (scalar.time, moment),
    Interval: (scalar.interval, str),
    Quantities: (scalar.quantities, dict),
    Money: (scalar.money, lambda m: {"amount": plain(m), "currency": m.currency}),
}


def _converter() -> Converter:
    """Return a converter with the hooks of every type."""
    converter = Converter(
        unstruct_collection_overrides={tuple: list, frozenset: sorted},
    )
    for kind, (reader, writer) in _SCALARS.items():
        converter.register_structure_hook(kind, _reader(reader))
        converter.register_unstructure_hook(kind, writer)
    converter.register_structure_hook(StrEnum, scalar.word)
    converter.register_unstructure_hook(StrEnum, lambda member: str(member.value))
    for matches, reader in (
        (_is_union_of(dt.date, dt.datetime), scalar.time),
        (_is_union_of(str, tuple[str, str]), scalar.feature),
        (_is_union_of(*get_args(Change)), _change),
    ):
        converter.register_structure_hook_func(matches, _optional(reader))
    converter.register_structure_hook_factory(_is_list, _list_hook)
    for table, reader, writer in (
        (tuple[tuple[Interval, Fraction], ...], _interval_discounts, _percentages),
        (tuple[tuple[Time, Quantities], ...], _measured, _by_day),
    ):
        is_table = _equals(table)
        converter.register_structure_hook_func(is_table, _reader(reader))
        converter.register_unstructure_hook_func(is_table, writer)
    converter.register_structure_hook_factory(attrs.has, _class_hook)
    for kind, page in PAGES.items():
        converter.register_unstructure_hook(kind, _page_hook(page))
    for word, kind in CHANGES.items():
        converter.register_unstructure_hook(kind, _change_hook(word, kind, converter))
    return converter


def _percentages(table: tuple[tuple[Interval, Fraction], ...]) -> dict[str, str]:
    """Return discounts by interval as percentages."""
    return {str(interval): exact(off * 100) for interval, off in table}


def _by_day(table: tuple[tuple[Time, Quantities], ...]) -> dict[str, Any]:
    """Return quantities by day."""
    return {moment(day): dict(numbers) for day, numbers in table}


def _page_hook(page: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return *page* as a hook: it writes the values in it with :func:`write`."""
    return lambda value: page(value, write)


def _change_hook(word: str, kind: Any, converter: Converter) -> Callable[[Any], Any]:
    """Return a function that writes a change with its *word*, as it is read."""
    fields = make_dict_unstructure_fn(kind, converter)
    return lambda change: {"change": word, **fields(change)}


_CONVERTER: Final = _converter()
