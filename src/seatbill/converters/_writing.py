"""How values are written: for each class one function, made from its declaration.

A field is written by its type where that says all, else by the class of what it holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, NoReturn, Union, get_args, get_origin, get_type_hints

import attrs

from .._values.base import Quantities
from .._values.checks import Time
from ..catalogs import Catalog
from ..discounts import Discount
from ..errors import SeatbillError, WrongTypeError
from ..money import currency_digits
from ..periods import Interval
from ..reviews.plain_text import exact
from ._absent import ABSENT, LATER
from ._amounts import decimal_text, parts_text
from ._any import WORDS
from ._context import BRIEF, IN_FULL, Context, Names, id_of
from ._forms import FORMS, OWN, Own, Parts
from ._scalars import SCALARS, Digest, Digits, Number, Part, Share, Version, digest_of
from ._vocabulary import KINDS, REFERABLE, TAGS, word_of
from ._words import moment

Writer = Callable[[Any, Context], Any]


def write(value: Any, here: Context) -> Any:
    """Return *value* as plain data.

    Raises: WrongTypeError for what is no value of seatbill.
    """
    return _WRITERS[value.__class__](value, here)


def digest(value: Any) -> str:
    """Return the digest of *value*; one that may be referred to keeps it."""
    try:
        found: str = value._digest
    except AttributeError:
        found = digest_of(word_of(type(value)), write(value, BRIEF))
        if isinstance(value, REFERABLE):
            object.__setattr__(value, "_digest", found)
    return found


# Objects.


def _object_writer(kind: Any) -> Writer:
    """Return a function that writes a *kind* as an object."""
    form = FORMS.get(kind, kind)
    absent, later = (table.get(kind.__name__, {}) for table in (ABSENT, LATER))
    parts = dict(_parts(kind, form))
    always = ", ".join(f"{key!r}: {parts[key]}" for key in parts if key not in later)
    lines = [
        "def write(v, here):",
        f"    t = {'v.terms' if 'terms' in parts else 'v'}",
        f"    data = {{{always}}}",
        *(
            f"    if (y := {parts[key]}) != absent[{key!r}]: data[{key!r}] = y"
            for key in later
        ),
        "    return brief(data, absent) if here.is_brief else data",
    ]
    scope: dict[str, Any] = {**_SCOPE, "absent": absent}
    scope |= {f"own_{own.key}": _own_writer(own) for own in OWN.get(kind, ())}
    source = "\n".join(lines)
    exec(compile(source, f"<writes {word_of(kind)}>", "exec"), scope)  # noqa: S102
    in_full: Writer = scope["write"]
    return in_full


def _brief(data: dict[str, Any], absent: Mapping[str, Any]) -> dict[str, Any]:
    """Return *data* without what a document need not say."""
    return {
        key: found
        for key, found in data.items()
        if key not in absent or absent[key] != found
    }


def _parts(kind: Any, form: Any) -> Iterator[tuple[str, str]]:
    """Yield each key of the data of a *kind*, and the expression that writes it."""
    if kind in TAGS:
        yield TAGS[kind], repr(word_of(kind))
    own = {one.key: f"own_{one.key}(v, t)" for one in OWN.get(kind, ())}
    hints = get_type_hints(form)
    for key in (field.name for field in attrs.fields(form)):
        if hints[key] is object:  # a figure of any kind
            yield key, f"write_any(v.{key}, here)"
        elif key in own and get_origin(hints[key]) is not tuple:
            yield key, own[key]
        else:
            yield key, _expression(hints[key], own.get(key, f"v.{key}"))


def _expression(hint: Any, at: str) -> str:
    """Return the expression that writes what stands *at* a place, of type *hint*."""
    kinds = {*get_args(hint)} if get_origin(hint) in (Union, UnionType) else {hint}
    kinds.discard(NoneType)
    if hint in _TABLES:
        return f"{_TABLES[hint]}({at}, here)"
    if kinds <= _PLAIN:
        return at
    if kinds == {*get_args(Time)}:
        return f"(x.isoformat() if (x := {at}).__class__ is date else time(x))"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return f"{at}._value_"
    if get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        each = _expression(get_args(hint)[0], "i")
        return f"([{each} for i in {at}] if {at} else [])"
    return f"W[(x := {at}).__class__](x, here)"


def _time(value: Time | None) -> str | None:
    """Return an instant, or nothing."""
    return None if value is None else moment(value)


def _own_writer(own: Own) -> Callable[[Any, Any], Any]:
    """Return a function that writes a field that looks otherwise in data."""
    found: Callable[[Any], Any] = attrgetter(*own.fields)
    if own.kind is Share:
        return lambda value, _: "{}/{}".format(*found(value))
    if get_origin(own.kind) is tuple:
        form = get_args(own.kind)[0]
        return lambda value, _: [*map(form.of, found(value))]
    in_parts = own.kind in (Parts, Parts | None)

    def written(value: Any, terms: Any) -> str | None:
        number = found(value)
        if number == own.none:
            return None
        digits = currency_digits(terms.currency)
        if in_parts:
            return parts_text(number, terms.scale, digits)
        return decimal_text(number, digits)

    return written


def _named_writer(kind: Any) -> Writer:
    """Return a function that writes what may be referred to: in full, or by a name."""
    in_full = _object_writer(kind)

    def written(value: Any, here: Context) -> Any:
        if here.names is Names.IDS_ONLY:
            return id_of(value)
        if here.names is Names.REFERENCES and kind in REFERABLE:
            for held in here.called(id_of(value), kind):
                if held is value or held == value:
                    return {"ref": id_of(value), "digest": digest(held)}
        return in_full(value, here)

    return written


def _catalog_writer(kind: Any) -> Writer:
    """Return a function that writes a catalogue in full: others refer to it."""
    writer = _object_writer(kind)
    return lambda value, here: writer(value, BRIEF if here.is_brief else IN_FULL)


# Values of any kind.


def write_any(value: Any, here: Context) -> Any:
    """Return a figure of any kind as data: plain, or with its kind.

    Raises: WrongTypeError for what is no public value.
    """
    kind = type(value)
    if value is None or kind in (bool, int) or isinstance(value, str):
        return int(value) if kind is bool and here.is_brief else write(value, here)
    if kind is tuple:
        return {"is": "tuple", "value": [write_any(one, here) for one in value]}
    if here.is_brief and kind in (Decimal, Fraction):
        whole = value.as_integer_ratio()[1] == 1
        return int(value) if whole else {"is": "number", "value": exact(value)}
    word = WORDS.get(kind) or word_of(kind)
    if kind not in WORDS and KINDS.get(word) is not kind:
        raise WrongTypeError("value", "seatbill", value)
    return {"is": word, "value": write(value, here)}


def _named(pairs: tuple[tuple[str, Any], ...], here: Context) -> list[list[Any]]:
    """Return pairs of a name and any value as a list of pairs."""
    return [[name, write_any(value, here)] for name, value in pairs]


def _error(error: Any, here: Context) -> dict[str, Any]:
    """Return a refusal as its code and its values in order."""
    values = [write_any(value, here) for value in error.args]
    return {"error": error.code, "values": values}


def _percentages(
    table: tuple[tuple[Interval, Fraction], ...], _: Context
) -> dict[str, str]:
    """Return discounts by interval as percentages; of two, the first holds."""
    found: dict[str, str] = {}
    for interval, off in table:
        found.setdefault(str(interval), exact(off * 100))
    return found


def _by_day(table: tuple[tuple[Time, Quantities], ...], _: Context) -> dict[str, Any]:
    """Return quantities by day."""
    return {moment(day): dict(numbers) for day, numbers in table}


def _list(values: Any, here: Context) -> list[Any]:
    """Return several values as a list."""
    return [write(value, here) for value in values]


def _dict(values: Mapping[Any, Any], here: Context) -> dict[Any, Any]:
    """Return values by name."""
    return {write(k, here): write(v, here) for k, v in values.items()}


def _no_value(value: Any, _: Context) -> NoReturn:
    """Refuse to write what is no value of seatbill."""
    raise WrongTypeError("value", "seatbill", value)


def _simple(write_it: Callable[[Any], Any]) -> Writer:
    """Return a function that writes a single value."""
    return lambda value, _: write_it(value)


class _Writers(dict[Any, Writer]):
    """The function that writes a class, made when it is first asked for."""

    def __missing__(self, kind: Any) -> Writer:
        known = [_BASES[base] for base in kind.__mro__ if base in _BASES]
        if known:
            made = known[0]
        elif kind is Catalog:
            made = _catalog_writer(kind)
        elif kind in (*REFERABLE, Discount):
            made = _named_writer(kind)
        else:
            made = _object_writer(kind) if attrs.has(kind) else _no_value
        self[kind] = made
        return made


_WRITERS: Final = _Writers()
_BASES: Final[Mapping[Any, Writer]] = {
    **{kind: _simple(one.write) for kind, one in SCALARS.items()},
    NoneType: _simple(lambda _: None),
    StrEnum: _simple(lambda member: str(member.value)),
    SeatbillError: _error,
    list: _list,
    tuple: _list,
    frozenset: lambda values, here: sorted(_list(values, here)),
    dict: _dict,
}
"""How a class is written that is no class of values, or comes from one of these."""

_PLAIN: Final = {str, int, bool, Digest, Digits, Number, Part, Version}
"""The types that are written as they are."""

_TABLES: Final[Mapping[Any, str]] = {
    tuple[tuple[Interval, Fraction], ...]: "percentages",
    tuple[tuple[Time, Quantities], ...]: "by_day",
    tuple[tuple[str, Any], ...]: "named",
}
_SCOPE: Final = {
    "W": _WRITERS,
    "brief": _brief,
    "by_day": _by_day,
    "date": dt.date,
    "named": _named,
    "percentages": _percentages,
    "time": _time,
    "write_any": write_any,
}
"""What the functions that write objects call."""
