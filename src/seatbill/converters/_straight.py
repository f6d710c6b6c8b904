"""Reading without a detour: for each class one function, made from its declaration.

It takes the data apart field by field and fills the slots of the value, then lets the
class check what its constructor checks.  Whatever is not as this library writes it,
right or wrong, is left to the slow way in ``_hooks``, which knows every place.  What
is made for a change that adds seats is in short::

    def read(d, g):
        if not KEYS.issuperset(d) or d["change"] != "add_seats":
            raise UnusualError
        g.left -= len(d)
        f_seats = d["seats"]
        if f_seats.__class__ is not int:
            raise UnusualError
        s = new(AddSeats)
        set_seats(s, f_seats)
        s.__attrs_post_init__()
        return s
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs

from .._values.base import Quantities
from .._values.checks import Time
from ..catalogs import Catalog
from ..money import Money, trusted_money
from ..periods import Interval
from ..subscriptions import PendingUpdate
from ._absent import ABSENT, FROM_OTHERS
from ._amounts import UnusualError, minor_units, parts_of, share_of
from ._any import SIMPLE
from ._context import IN_FULL, Context, Names, counted, within
from ._door import NODE_OF_TEXT, check_data
from ._finding import REFUSALS
from ._forms import FORMS, OWN, HistoryForm, MeasurementForm, Own, Parts
from ._lists import is_list
from ._scalars import INTERVALS, SCALARS, Share
from ._vocabulary import KINDS, PENDING, REFERABLE, TAGS, UNIONS, word_of
from ._writing import digest

Structure = Callable[[Any, Any], Any]
"""The slow way to read data as a type."""
_Reader = Callable[[Any, "_Gate"], Any]

_MOST: Final = 10**60
_BITS: Final = _MOST.bit_length()
_DEEPEST: Final = 32
"""No value is as deep as that, where none of any kind is in it."""
_REFUSALS: Final = (UnusualError, LookupError, *REFUSALS)
"""What reading raises where data are not as wanted."""


def read(data: Any, kind: Any, here: Context, slow: Structure, nodes: int) -> Any:
    """Return *data* as a *kind*, or ``None`` where only the slow way can tell.

    So many *nodes* were counted before; *slow* reads parts of which no type is known.
    """
    limits = here.limits
    is_usual = limits.bits >= _BITS and limits.depth > _DEEPEST
    if kind not in _KINDS or here.names is Names.IDS or not is_usual:
        return None
    gate = _Gate(IN_FULL if kind is Catalog else here, slow, limits.nodes - nodes)
    try:
        found = _READERS[kind](data, gate)
    except _REFUSALS:
        return None
    return found if gate.left >= 0 else None


class _Gate:
    """What a document refers to, and how much of it there may still be."""

    __slots__ = ("here", "left", "slow")

    def __init__(self, here: Context, slow: Structure, left: int) -> None:
        self.here = here
        self.slow = slow
        self.left = left

    def text(self, data: Any) -> str:
        """Return a text that UTF-8 holds."""
        if data.__class__ is not str:
            raise UnusualError
        data.encode()
        self.left -= len(data) // NODE_OF_TEXT
        found: str = data
        return found

    def quantities(self, data: Any) -> Quantities:
        """Return whole numbers by unit."""
        if data.__class__ is not dict:
            raise UnusualError
        self.left -= len(data)
        for unit in data:
            self.text(unit)
        return Quantities(data)

    def money(self, data: Any) -> Money:
        """Return an amount with its currency."""
        if data.__class__ is not dict or len(data) != 2:
            raise UnusualError
        self.left -= 2
        currency = data["currency"]
        return trusted_money(minor_units(data["amount"], currency), currency)

    def feature(self, data: Any) -> str | tuple[str, str]:
        """Return the name of a feature, or a unit and the name of its feature."""
        if data.__class__ is not list:
            return self.text(data)
        self.left -= len(data)
        unit, name = data
        return self.text(unit), self.text(name)

    def discounts(self, data: Any) -> tuple[tuple[Interval, Fraction], ...]:
        """Return parts of one by interval, of percentages."""
        if data.__class__ is not dict:
            raise UnusualError
        self.left -= len(data)
        found = {
            _single(interval, Interval): _single(percent, Fraction) / 100
            for interval, percent in data.items()
        }
        if len(found) != len(data):  # two keys say the same
            raise UnusualError
        return tuple(found.items())

    def referred(self, data: Any, kind: Any) -> Any:
        """Return what a reference means."""
        if len(data) != 2 or self.here.catalogs is None:
            raise UnusualError
        self.left -= 2
        wanted = data["digest"]
        for held in self.here.called(self.text(data["ref"]), kind):
            if digest(held) == wanted:
                return held
        raise UnusualError

    def figure(self, data: Any) -> Any:
        """Return a value of any kind: plain, or a single one with its kind."""
        if data.__class__ is str:
            return self.text(data)
        if data is None or data.__class__ is bool:
            return data
        if data.__class__ is int:
            return _READERS[int](data, self)
        if len(data) != 2:
            raise UnusualError
        self.left -= 2
        return _READERS[SIMPLE[data["is"]]](data["value"], self)

    def named(self, data: Any) -> tuple[tuple[str, Any], ...]:
        """Return values of any kind by name."""
        if data.__class__ is not list:
            raise UnusualError
        self.left -= 3 * len(data)
        found = []
        for pair in data:
            if pair.__class__ is not list:
                raise UnusualError
            name, value = pair
            found.append((self.text(name), self.figure(value)))
        return tuple(found)

    def part(self, data: Any, kind: Any) -> Any:
        """Return *data* as a *kind*, read the slow way."""
        self.left -= check_data(data, "$", self.here.limits, depth=_DEEPEST)
        with within(self.here), counted(1):
            return self.slow(data, kind)


@lru_cache(maxsize=1024)
def _remembered(text: str, kind: Any) -> Any:
    """Return a single value of a *kind*: rates, prices and intervals come again."""
    if len(text) >= NODE_OF_TEXT:
        raise UnusualError
    return SCALARS[kind].read(text)


def _single(data: Any, kind: Any) -> Any:
    """Return a single value of a *kind*, which a short text or a number is."""
    if data.__class__ is str:
        return _remembered(data, kind)
    return SCALARS[kind].read(data)


# Code.

_Lines = Iterator[str]


class _Code:
    """The function that reads a *kind*, line by line, and what it calls."""

    def __init__(self) -> None:
        self.scope = {**_SCOPE}

    def name(self, value: Any) -> str:
        """Return a name for *value*."""
        found = f"_{len(self.scope)}"
        self.scope[found] = value
        return found

    def function(self, lines: _Lines, name: str) -> _Reader:
        """Return the function of these *lines*."""
        source = "\n    ".join(["def read(d, g):", *lines])
        exec(compile(source, f"<reads {name}>", "exec"), self.scope)  # noqa: S102
        found: _Reader = self.scope["read"]
        return found

    def single(self, hint: Any) -> _Lines:
        """Yield the lines that read ``d`` as a *hint*."""
        yield from self.value(hint, "d")
        yield "return d"

    def object(self, kind: Any) -> _Lines:
        """Yield the lines that read ``d`` as an object of a *kind*."""
        form = FORMS.get(kind, kind)
        keys = [field.name for field in attrs.fields(form)]
        tag = TAGS.get(kind)
        known = self.name(frozenset([*keys, tag] if tag else keys))
        yield "if d.__class__ is not dict: raise UnusualError"
        if kind in REFERABLE:
            yield f"if 'ref' in d: return g.referred(d, {self.name(kind)})"
        yield f"if not {known}.issuperset(d): raise UnusualError"
        yield "g.left -= len(d)"
        if tag:
            yield f"if d[{tag!r}] != {word_of(kind)!r}: raise UnusualError"
        hints, absent = get_type_hints(form), ABSENT.get(kind.__name__, {})
        own = {one.key: one for one in OWN.get(kind, ())}
        for key in keys:
            data = absent.get(key, FROM_OTHERS)
            absent_too = f" if {key!r} in d else {self.name(data)}"
            yield f"f_{key} = d[{key!r}]{'' if data == FROM_OTHERS else absent_too}"
            if kind is PendingUpdate and hints[key] is Any:
                yield f"f_{key} = READERS[PENDING[f_kind]](f_{key}, g)"
            elif key not in own or get_origin(hints[key]) is tuple:
                yield from self.value(hints[key], f"f_{key}")
        for one in own.values():
            yield self.own(one, "f_terms." if "terms" in keys else "f_")
        yield from self.made(kind)

    def own(self, own: Own, at: str) -> str:
        """Return the line that works out the fields of data that look otherwise."""
        x = f"f_{own.key}"
        into = ", ".join(f"f_{name}" for name in own.fields)
        if own.kind is Share:
            return f"{into} = share_of({x})"
        if get_origin(own.kind) is tuple:
            return f"{into} = tuple([i.entry() for i in {x}])"
        nothing = f"{own.none} if {x} is None else "
        if own.kind in (Parts, Parts | None):
            return f"{into} = {nothing}parts_of({x}, {at}scale, {at}currency)"
        return f"{into} = {nothing}minor_units({x}, {at}currency)"

    def made(self, kind: Any) -> _Lines:
        """Yield the lines that make a *kind* as its constructor does."""
        yield f"s = new({self.name(kind)})"
        for field in attrs.fields(kind):
            x, convert = f"f_{field.name}", field.converter
            # One leaves an empty tuple as it is, and one that takes words a member.
            if convert is not None and not isinstance(convert, attrs.Converter):
                yield f"if {x} != (): {x} = {self.name(convert)}({x})"
            yield f"{self.name(getattr(kind, field.name).__set__)}(s, {x})"
        if "_attrs_cached_hash" in kind.__slots__:
            yield f"{self.name(kind._attrs_cached_hash.__set__)}(s, None)"
        if hasattr(kind, "__attrs_post_init__"):
            yield "s.__attrs_post_init__()"
        yield "return s"

    def value(self, hint: Any, x: str) -> _Lines:
        """Yield the lines that read what *x* is as a *hint*."""
        kinds = {*get_args(hint)} if get_origin(hint) in (Union, UnionType) else {hint}
        if NoneType in kinds:
            inner = reduce(or_, kinds - {NoneType})
            yield f"if {x} is not None:"
            yield from ("    " + line for line in self.value(inner, x))
        elif kinds == {*get_args(Time)} or hint in (dt.date, dt.datetime):
            is_day = f'len({x}) == 10 and {x}[4] == "-" == {x}[7]'
            yield f"{x} = day({x}) if {is_day} else single({x}, date)"
        elif hint in _CODE:
            yield _CODE[hint].format(x)
        elif hint in _SINGLE:
            yield f"{x} = single({x}, {self.name(hint)})"
        elif isinstance(hint, type) and issubclass(hint, StrEnum):
            yield f"{x} = {self.name({one._value_: one for one in hint})}[{x}]"
        elif hint in _KINDS or hint in (HistoryForm, MeasurementForm):
            yield f"{x} = READERS[{self.name(hint)}]({x}, g)"
        elif frozenset(kinds) in _SUMS:
            key, by_word = _SUMS[frozenset(kinds)]
            yield f"{x} = READERS[{self.name(by_word)}[{x}[{key!r}]]]({x}, g)"
        elif is_list(hint):
            yield from self.several(hint, x)
        else:
            yield f"{x} = g.part({x}, {self.name(hint)})"

    def several(self, hint: Any, x: str) -> _Lines:
        """Yield the lines that read a list as a tuple or frozenset of one type."""
        yield f"if {x}.__class__ is not list: raise UnusualError"
        yield f"g.left -= len({x})"
        yield f"{x}s = []"
        yield f"for {x}i in {x}:"
        yield from ("    " + line for line in self.value(get_args(hint)[0], f"{x}i"))
        yield f"    {x}s.append({x}i)"
        yield f"{x} = {get_origin(hint).__name__}({x}s)"


class _Readers(dict[Any, _Reader]):
    """The function that reads a type, made when it is first asked for."""

    def __missing__(self, kind: Any) -> _Reader:
        code = _Code()
        is_object = kind in _KINDS or kind in (HistoryForm, MeasurementForm)
        lines = code.object(kind) if is_object else code.single(kind)
        self[kind] = code.function(lines, str(kind))
        return self[kind]


_READERS: Final = _Readers()
_KINDS: Final = frozenset(KINDS.values())
_SUMS: Final = {
    frozenset(kinds): (key, {word_of(kind): kind for kind in kinds})
    for key, kinds in UNIONS
}
_SINGLE: Final = {Decimal, Fraction}
_CODE: Final[Mapping[Any, str]] = {
    str: (
        "if {0}.__class__ is not str or len({0}) >= 100 or not {0}.isascii(): "
        "g.text({0})"
    ),
    int: "if {0}.__class__ is not int or not -MOST < {0} < MOST: raise UnusualError",
    bool: "if {0} is not True and {0} is not False: raise UnusualError",
    object: "{0} = g.figure({0})",
    Interval: "{0} = WORDS[{0}] if {0} in WORDS else single({0}, Interval)",
    Money: "{0} = g.money({0})",
    Quantities: "{0} = g.quantities({0})",
    str | tuple[str, str]: "{0} = g.feature({0})",
    tuple[tuple[str, Any], ...]: "{0} = g.named({0})",
    tuple[tuple[Interval, Fraction], ...]: "{0} = g.discounts({0})",
}
"""The line that reads a type of which there are many."""
_SCOPE: Final[Mapping[str, Any]] = {
    "Interval": Interval,
    "MOST": _MOST,
    "PENDING": PENDING,
    "READERS": _READERS,
    "UnusualError": UnusualError,
    "WORDS": INTERVALS,
    "date": dt.date,
    "day": dt.date.fromisoformat,
    "minor_units": minor_units,
    "new": object.__new__,
    "parts_of": parts_of,
    "share_of": share_of,
    "single": _single,
}
"""What the functions that read call."""
