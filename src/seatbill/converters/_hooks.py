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
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from .._values.base import Quantities
from .._values.checks import Time
from ..catalogs import Catalog
from ..discounts import Discount
from ..errors import SeatbillError, WrongTypeError
from ..periods import Interval
from ..rules import BillingRules
from ..subscriptions import PendingUpdate, Resume, SubscribedAddOn
from ..verification import Discrepancy
from . import _any as anything
from . import _scalars as scalar
from . import _tables as tables
from ._absent import ABSENT, FROM_OTHERS, LATER
from ._asked import DatedChanges
from ._context import (
    BRIEF,
    IN_FULL,
    Context,
    Names,
    context,
    counted,
    id_of,
    within,
)
from ._finding import REFUSALS, keys_of, problems_of
from ._forms import FORMS
from ._kinds import PENDING, SOLD, SUMS, TAGS, word_of
from ._kinds import REFUSALS as ERRORS
from ._lists import is_list, is_pair, list_reader, pair_reader
from ._problems import refusal, unwanted
from ._references import Reference, referred, sold_under
from ._unions import is_union_of, optional, tagged, text_or_whole


def read(data: Any, kind: Any, path: str, surroundings: Context) -> Any:
    """Return *data*, which stand at *path*, as a value of *kind*."""
    _CONVERTER.get_structure_hook(kind)  # refuses what is no kind
    try:
        with within(surroundings), counted(surroundings.limits.problems):
            return _CONVERTER.structure(data, kind)
    except REFUSALS as error:
        problems = problems_of(error, path)
        raise refusal(problems, surroundings.limits) from error


def write(value: Any, surroundings: Context) -> Any:
    """Return *value* as plain data."""
    with within(surroundings):
        return _CONVERTER.unstructure(value)


def _read(data: Any, kind: Any) -> Any:
    """Read a part of what is read."""
    return _CONVERTER.structure(data, kind)


def _write(value: Any) -> Any:
    """Write a part of what is written."""
    return _CONVERTER.unstructure(value)


# Unions.


def _sum_reader(key: str) -> Callable[[Any], Any]:
    """Return a function that reads one of the classes that carry this *key*."""
    kinds = {word_of(kind): kind for kind in SUMS[key]}

    def structure(data: Any) -> Any:
        if isinstance(data, SUMS[key]):  # read already
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
        for name, data in ABSENT.get(form, {}).items()
        if data is not FROM_OTHERS
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
        if kind in _REFERABLE and "ref" in data:
            return referred(_read(data, Reference), kind, digest)
        own = {**absent, **data}
        if tag is not None:
            _check_tag(own.pop(tag, None), tag, kind)
        found = fields(own, form)
        return found if form is kind else _value_of(found, kind)

    return structure


def _check_tag(word: Any, tag: str, kind: Any) -> None:
    """Refuse an object that says it is of another kind."""
    if word != word_of(kind):
        tagged(tag, {word_of(kind): kind}, word)


def _fields_reader(form: Any) -> Callable[[Any, Any], Any]:
    """Return a function that reads the fields of a *form*, in data that have them."""
    if form is PendingUpdate:
        return _pending_reader()
    own: dict[str, Any] = {
        name: override(struct_hook=hooks[0])
        for name, hooks in _OWN.get(form, {}).items()
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

    readers = {kind.value: reader_of(wanted) for kind, wanted in PENDING.items()}
    unknown: Any = make_dict_structure_fn(
        PendingUpdate,
        _CONVERTER,
        _cattrs_forbid_extra_keys=True,
        value=override(struct_hook=lambda data, _: data),
    )

    def structure(data: Any, kind: Any) -> Any:
        word = data.get("kind")
        known = isinstance(word, str) and word in readers
        return (readers[word] if known else unknown)(data, kind)

    return structure


def _value_of(form: Any, kind: Any) -> Any:
    """Return the value that *form* stands for; what it refuses is about its keys."""
    try:
        return form.value()
    except REFUSALS as error:
        raise ClassValidationError(f"a {word_of(kind)}", [error], kind) from None


def _object_writer(kind: Any) -> Callable[[Any], Any]:
    """Return a function that writes a *kind* as an object."""
    form = FORMS.get(kind)
    own: dict[str, Any] = {
        name: override(unstruct_hook=hooks[1])
        for name, hooks in _OWN.get(kind, {}).items()
    }
    fields: Any = make_dict_unstructure_fn(form or kind, _CONVERTER, **own)
    absent = ABSENT.get(form or kind, {})
    later = {name: absent[name] for name in LATER.get(form or kind, ())}
    tag = {TAGS[kind]: word_of(kind)} if kind in TAGS else {}

    def in_full(value: Any) -> Any:
        data = tag | fields(form.of(value) if form else value)
        unsaid = absent if context().is_brief else later
        if not unsaid:
            return data
        return {
            name: found
            for name, found in data.items()
            if name not in unsaid or unsaid[name] != found
        }

    def named(value: Any) -> Any:
        here = context()
        if here.names is Names.IDS_ONLY:
            return id_of(value)
        for held in here.called(id_of(value), kind) if kind in _REFERABLE else ():
            if held is value or held == value:
                return {"ref": id_of(value), "digest": here.digest(held, digest)}
        return in_full(value)

    return named if kind in (*_REFERABLE, Discount) else in_full


def _catalog_reader(kind: Any) -> Callable[[Any, Any], Any]:
    """Return a function that reads a catalogue: it holds what others refer to."""
    reader = _object_reader(kind)

    def structure(data: Any, _: Any) -> Any:
        with within(IN_FULL):
            return reader(data, kind)

    return structure


def _catalog_writer(kind: Any) -> Callable[[Any], Any]:
    """Return a function that writes a catalogue in full."""
    writer = _object_writer(kind)

    def unstructure(catalog: Any) -> Any:
        with within(BRIEF if context().is_brief else IN_FULL):
            return writer(catalog)

    return unstructure


_REFERABLE: Final = (*SOLD, BillingRules)


def digest(value: Any) -> str:
    """Return the digest of *value*."""
    return scalar.digest_of(word_of(type(value)), write(value, BRIEF))


# What was asked for on a day.


def _dated_reader(kind: Any) -> Callable[[Any, Any], Any]:
    """Return a function that reads one change alone, or several in a list."""
    in_list = _object_reader(kind)
    change = _sum_reader("change")

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


def _no_value(value: Any) -> NoReturn:
    """Refuse to write what is no value of seatbill."""
    raise WrongTypeError("value", "seatbill", value)


def _equals(wanted: Any) -> Callable[[Any], bool]:
    """Return a function that tells the type *wanted*."""
    return lambda kind: bool(kind == wanted)


_DISCOUNTS: Final = tuple[tuple[Interval, Fraction], ...]
_MEASURED: Final = tuple[tuple[Time, Quantities], ...]
_NAMED: Final = tuple[tuple[str, Any], ...]


def _read_named(data: Any) -> Any:
    """Read values of any kind by name."""
    return anything.read_pairs(data, _read)


def _write_named(pairs: Any) -> Any:
    """Write values of any kind by name."""
    return anything.write_pairs(pairs, _write)


def _converter() -> Converter:
    """Return a converter with the hooks of every type."""
    converter = Converter(
        unstruct_collection_overrides={tuple: list, frozenset: sorted},
        structure_fallback_factory=_no_kind,
        unstructure_fallback_factory=lambda _: _no_value,
    )
    converter.register_unstructure_hook(type(None), lambda _: None)
    for kind in (bytes, bytearray, set):
        converter.register_unstructure_hook(kind, _no_value)
    structure = converter.register_structure_hook_func
    for kind, found in scalar.SCALARS.items():
        converter.register_structure_hook(kind, _hook(found.read))
        converter.register_unstructure_hook(kind, found.write)
    converter.register_structure_hook(StrEnum, scalar.word)
    converter.register_unstructure_hook(StrEnum, lambda member: str(member.value))
    for kinds, reader in (
        ((dt.date, dt.datetime), scalar.time),
        ((str, tuple[str, str]), scalar.feature),
        ((str, int), text_or_whole),
        *((kinds, _sum_reader(key)) for key, kinds in SUMS.items()),
    ):
        structure(is_union_of(*kinds), optional(reader))
    converter.register_structure_hook_factory(
        is_list, lambda kind: list_reader(kind, _read)
    )
    converter.register_structure_hook_factory(
        is_pair, lambda kind: pair_reader(kind, _read)
    )
    for table, reader, writer in (
        (_DISCOUNTS, tables.interval_discounts, tables.percentages),
        (_MEASURED, tables.measured, tables.by_day),
        (_NAMED, _read_named, _write_named),
    ):
        structure(_equals(table), _hook(reader))
        converter.register_unstructure_hook_func(_equals(table), writer)
    converter.register_structure_hook_factory(_is_object, _object_reader)
    converter.register_unstructure_hook_factory(_is_object, _object_writer)
    converter.register_structure_hook_factory(_equals(DatedChanges), _dated_reader)
    converter.register_structure_hook_factory(_equals(Catalog), _catalog_reader)
    converter.register_unstructure_hook_factory(_equals(Catalog), _catalog_writer)
    structure(_is_error, lambda data, _: anything.read_error(data, _read, ERRORS))
    converter.register_unstructure_hook_func(
        _is_error, lambda error: anything.write_error(error, _write)
    )
    return converter


_ANYTHING: Final = (
    lambda data, _: anything.read_any(data, _read),
    lambda value: anything.write_any(value, _write),
)
_OWN: Final[Mapping[Any, Mapping[str, tuple[Any, Any]]]] = {
    Discrepancy: {"stated": _ANYTHING, "expected": _ANYTHING},
}
"""Fields that may hold a value of any kind."""

_CONVERTER: Final = _converter()
