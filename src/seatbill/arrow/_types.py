"""The Arrow type of each declared type, and its data in a column and back.

The data are those of JSON, from the declarations that read and write these: an object
is a struct, a list a list, numbers by name a map.  An amount of money is a decimal
that can be summed; an exact number, an interval and a time are the text that JSON has.
What is sold, and rules, stand in many rows: they are a reference, or JSON in a text,
and so is what has no type of its own, such as the value of an update that waits.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, final, get_args, get_origin, get_type_hints

import attrs

from .._values.base import Quantities
from .._values.checks import Time
from ..converters import DataProblem, InvalidDataError, parse
from ..converters._absent import ABSENT, FROM_OTHERS
from ..converters._forms import FORMS
from ..converters._problems import at, no_such_key, wrong
from ..converters._scalars import (
    Amount,
    Digest,
    Digits,
    Number,
    Part,
    Share,
    Version,
)
from ..converters._vocabulary import REFERABLE, TAGS, UNIONS, word_of
from ..converters._words import moment
from ..errors import MissingExtraError
from ..money import Money
from ..periods import Interval

try:
    import pyarrow as pa
    import pyarrow.compute as pc

    from ..converters._lists import is_list
except ModuleNotFoundError as error:
    raise MissingExtraError(error.name, "arrow") from None

__all__ = ["Column", "column_of", "object_column", "pa", "wrong_columns"]

TEXT: Final = pa.string()
WHOLE: Final = pa.int64()
MONEY: Final = pa.decimal128(38, 4)
"""No currency has more than four digits."""


class BrokenJson:
    """Stands for a text that is no JSON: reading refuses it in its place."""


def unchanged(data: Any) -> Any:
    """Return *data*."""
    return data


# Single values.


def _is_text(found: Any) -> bool:
    kinds = pa.types
    if kinds.is_dictionary(found):
        found = found.value_type
    several = (kinds.is_string, kinds.is_large_string, kinds.is_string_view)
    return any(is_one(found) for is_one in several)


def _is_time(found: Any) -> bool:
    in_utc = pa.types.is_timestamp(found) and found.tz in ("UTC", "Etc/UTC", "+00:00")
    is_fine = in_utc and found.unit == "ns"  # Python has no nanoseconds
    return _is_text(found) or pa.types.is_date(found) or (in_utc and not is_fine)


def _is_amount(found: Any) -> bool:
    return any((pa.types.is_decimal(found), pa.types.is_integer(found)))


def _times(array: Any) -> list[Any]:
    found = array.to_pylist()
    if _is_text(array.type):
        return found  # type: ignore[no-any-return]
    return [None if time is None else moment(time) for time in found]


def _amounts(array: Any) -> list[Any]:
    """Return amounts as JSON has them, without zeros at the end."""
    return [text and _amount(text) for text in array.cast(TEXT).to_pylist()]


def _amount(text: str) -> str:
    if "E" in text:
        text = format(Decimal(text), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _parsed(text: str | None) -> Any:
    try:
        return text and parse(text)
    except InvalidDataError:
        return BrokenJson()


def _json(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"))


@final
@attrs.frozen(kw_only=True)
class Column:
    """How data of one type stand in a column.

    *put* makes of data, never ``None``, what pyarrow takes; *take* returns the data of
    all rows of an array; *wrong* yields what is wrong with the type of an array.
    """

    type: Any
    put: Callable[[Any], Any] = unchanged
    take: Callable[[Any], list[Any]]
    wrong: Callable[[Any, str], Iterator[DataProblem]]


def _single(
    kind: Any,
    fits: Callable[[Any], bool],
    take: Callable[[Any], list[Any]] = lambda array: array.to_pylist(),
    put: Callable[[Any], Any] = unchanged,
) -> Column:
    """Return the column of a single value."""

    def wrong_type(found: Any, path: str) -> Iterator[DataProblem]:
        if not fits(found) and not pa.types.is_null(found):
            yield wrong(path, "wrong_type", f"a column of {kind}", f"{found}")

    return Column(type=kind, put=put, take=take, wrong=wrong_type)


_TEXT: Final = _single(TEXT, _is_text)
_WHOLE: Final = _single(WHOLE, pa.types.is_integer)
_FLAG: Final = _single(pa.bool_(), pa.types.is_boolean)
_TIME: Final = _single(TEXT, _is_time, _times)
_MONEY: Final = _single(MONEY, _is_amount, _amounts, Decimal)
_JSON: Final = _single(
    TEXT, _is_text, lambda array: [*map(_parsed, array.to_pylist())], _json
)


# Lists and maps.


def _list(item: Column) -> Column:
    """Return the column of a list."""
    put, take = item.put, item.take

    def taken(array: Any) -> list[Any]:
        inner = iter(take(pc.list_flatten(array)))
        lengths = pc.list_value_length(array).to_pylist()
        return [n if n is None else [next(inner) for _ in range(n)] for n in lengths]

    def wrong_type(found: Any, path: str) -> Iterator[DataProblem]:
        if pa.types.is_list(found) or pa.types.is_large_list(found):
            yield from item.wrong(found.value_type, f"{path}[]")
        elif not pa.types.is_null(found):
            yield wrong(path, "wrong_type", "a list", f"{found}")

    return Column(
        type=pa.list_(item.type),
        put=lambda data: [put(each) for each in data],
        take=taken,
        wrong=wrong_type,
    )


def _map(item: Column) -> Column:
    """Return the column of data by text; an engine without maps gives lists of pairs.

    A name that comes twice is left to who reads the data, who refuses a list.
    """
    pairs = _list(_struct({"key": _TEXT, "value": item}, always=("key", "value")))

    def taken(array: Any) -> list[Any]:
        kind = array.type
        if pa.types.is_map(kind):
            pair = [("key", kind.key_type), ("value", kind.item_type)]
            array = array.cast(pa.list_(pa.struct(pair)))
        return [found and _by_name(found) for found in pairs.take(array)]

    def wrong_type(found: Any, path: str) -> Iterator[DataProblem]:
        if pa.types.is_map(found):
            yield from _TEXT.wrong(found.key_type, path)
            yield from item.wrong(found.item_type, f"{path}.*")
        else:
            yield from pairs.wrong(found, path)

    return Column(
        type=pa.map_(TEXT, item.type),
        put=lambda data: [(name, item.put(each)) for name, each in data.items()],
        take=lambda array: [{} if d == [] else d for d in taken(array)],
        wrong=wrong_type,
    )


def _by_name(pairs: list[Any]) -> Any:
    """Return pairs as an object, themselves where that would lose one."""
    found = {pair and pair["key"]: pair and pair["value"] for pair in pairs}
    return found if len(found) == len(pairs) and None not in found else pairs


# Structs.


def _struct(
    columns: Mapping[str, Column], *, always: Any = (), needed: Any = ()
) -> Column:
    """Return the column of an object.

    Where a field is null its key is left out of the data, unless it stands there
    *always*.  The columns that are *needed* cannot be missing.
    """
    puts = {k: c.put for k, c in columns.items() if c.put is not unchanged}

    def put(data: Any) -> Any:
        found = {**data}
        for key, convert in puts.items():
            if found.get(key) is not None:
                found[key] = convert(found[key])
        return found

    def wrong_type(found: Any, path: str) -> Iterator[DataProblem]:
        if pa.types.is_struct(found):
            yield from wrong_columns(found, columns, needed, path)
        elif not pa.types.is_null(found):
            yield wrong(path, "wrong_type", "a struct", f"{found}")

    return Column(
        type=pa.struct([(key, column.type) for key, column in columns.items()]),
        put=put,
        take=lambda array: _rows(array, columns, always),
        wrong=wrong_type,
    )


def _rows(array: Any, columns: Mapping[str, Column], always: Any) -> list[Any]:
    """Return the objects in an array; a column with nothing in it is passed over."""
    count = len(array)
    rows: list[Any] = [{} for _ in range(count)]
    for i, field in enumerate(array.type):
        child, key = array.field(i), field.name
        if child.null_count == count and key not in always:
            continue
        for row, data in zip(rows, columns[key].take(child), strict=True):
            if data is not None or key in always:
                row[key] = data
    if array.null_count:
        for i, is_null in enumerate(array.is_null().to_pylist()):
            if is_null:
                rows[i] = None
    return rows


def wrong_columns(
    found: Any, columns: Mapping[str, Column], needed: Any, path: str
) -> Iterator[DataProblem]:
    """Yield what is wrong with the *found* fields, which are to be *columns*."""
    names = [field.name for field in found]
    for field in found:
        where = at(path, field.name)
        if field.name not in columns:
            message = no_such_key(field.name, [*columns])
            yield DataProblem(where, "unknown_key", message)
        elif names.count(field.name) > 1:
            yield DataProblem(where, "duplicate", "two columns have this name")
        else:
            yield from columns[field.name].wrong(field.type, where)
    for key in needed:
        if key not in names:
            message = "this column is needed and is not there"
            yield DataProblem(at(path, key), "missing", message)


_NAMED: Final = _struct({"ref": _TEXT, "digest": _TEXT, "json": _JSON})
"""A reference, a name alone, or the whole as JSON."""


def _put_named(data: Any) -> Any:
    return data if "ref" in data else {"json": _json(data)}


def _named(data: Any) -> Any:
    """Return what stands for what is sold; two at once are left to who reads them."""
    if data is None or len(data) != 1:
        return data
    return data.get("ref") or data.get("json", data)


_REFERRED: Final = Column(
    type=_NAMED.type,
    put=_put_named,
    take=lambda array: [*map(_named, _NAMED.take(array))],
    wrong=_NAMED.wrong,
)


def object_column(kind: Any, without: Any = ()) -> Column:
    """Return the column of a class, *without* some of its keys."""
    form = FORMS.get(kind, kind)
    hints = get_type_hints(form)
    keys = [f.name for f in attrs.fields(form) if f.name not in without]
    columns = {key: column_of(hints[key]) for key in keys}
    tag = [TAGS[kind]] if kind in TAGS else []
    needed = [key for key in keys if key not in ABSENT.get(kind.__name__, {})]
    always = [key for key in keys if key in needed or _means_null(kind, key, hints)]
    columns = {**dict.fromkeys(tag, _TEXT), **columns}
    return _struct(columns, always=always, needed=[*tag, *needed])


def _means_null(kind: Any, key: str, hints: Mapping[str, Any]) -> bool:
    """Tell whether null says something else than a key that is left out."""
    data = ABSENT[kind.__name__][key]
    return data not in (None, FROM_OTHERS) and NoneType in get_args(hints[key])


def _sum(key: str, kinds: tuple[type, ...]) -> Column:
    """Return the column of one of several classes, with the fields of them all.

    A field that has another type elsewhere has the word of its class before its name.
    """
    columns: dict[str, Column] = {key: _TEXT}
    renamed: dict[str, dict[str, str]] = {}
    own: dict[str, Any] = {}
    for kind in kinds:
        word, form = word_of(kind), FORMS.get(kind, kind)
        hints = get_type_hints(form)
        names = renamed[word] = {}
        own[word] = {*hints} - {*ABSENT.get(kind.__name__, {})}
        for field in (field.name for field in attrs.fields(form)):
            column = column_of(hints[field])
            same = columns.setdefault(field, column).type == column.type
            names[field] = field if same else f"{word}_{field}"
            columns.setdefault(names[field], column)
    whole = _struct(columns, needed=[key])

    def put(data: Any) -> Any:
        names = renamed[data[key]]
        return whole.put({names.get(name, name): data[name] for name in data})

    def of(data: Any) -> Any:
        names = renamed.get(data and data.get(key))
        if names is None:  # nothing, or a word that nobody knows
            return data
        found = {field: data.pop(names[field], None) for field in names}
        always = own[data[key]]
        return data | {k: d for k, d in found.items() if d is not None or k in always}

    return Column(
        type=whole.type,
        put=put,
        take=lambda array: [*map(of, whole.take(array))],
        wrong=whole.wrong,
    )


# By the declaration.

_SINGLE: Final[Mapping[Any, Column]] = {
    **dict.fromkeys((str, Decimal, Fraction, Interval), _TEXT),
    **dict.fromkeys((Digest, Number, Part, Share), _TEXT),
    **dict.fromkeys((int, Version), _WHOLE),
    **dict.fromkeys((Amount, Digits), _MONEY),
    **dict.fromkeys((dt.date, dt.datetime), _TIME),
    bool: _FLAG,
    Quantities: _map(_WHOLE),
    tuple[tuple[Time, Quantities], ...]: _map(_map(_WHOLE)),
    Money: _struct({"amount": _MONEY, "currency": _TEXT}, always=("amount",)),
}
_SUMS: Final = {frozenset(kinds): (key, kinds) for key, kinds in UNIONS}


@cache
def column_of(hint: Any) -> Column:
    """Return the column of a type, by its declaration; JSON where it says little."""
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    own = frozenset(kinds) - {NoneType}
    if own == {*get_args(Time)}:
        return _TIME
    if own in _SUMS:
        return _sum(*_SUMS[own])
    (kind, *others) = own
    if others:
        return _JSON
    if kind in _SINGLE:
        return _SINGLE[kind]
    if kind in REFERABLE:
        return _REFERRED
    if is_list(kind) and get_origin(get_args(kind)[0]) is not tuple:
        return _list(column_of(get_args(kind)[0]))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _TEXT
    return object_column(kind) if attrs.has(kind) else _JSON
