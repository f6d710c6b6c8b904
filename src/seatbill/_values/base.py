"""Two tools for values: one made without checks, and a mapping that never changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, KeysView, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar, final

import attrs

from ..errors import WrongTypeError
from .checks import member, text, whole

_T = TypeVar("_T")


class Value:
    """What value classes share: one text, one equality, one hash.

    attrs would write and compile them for each class anew, and more than half of the
    time that an import takes would go there.  A class whose equality or hash is asked
    for often, as of money, has its own.
    """

    __slots__ = ("__weakref__",)

    def __repr__(self) -> str:
        fields = [f"{name}={getattr(self, name)!r}" for name in _names(type(self))]
        return f"{type(self).__name__}({', '.join(fields)})"

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        if other is self:
            return True
        names = _names(type(self))
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def __hash__(self) -> int:
        cls = type(self)
        return hash((cls, *[getattr(self, name) for name in _names(cls)]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return the fields without their names, which would be half of a pickle."""
        cls = type(self)
        return _again, (cls, *[getattr(self, name) for name in _names(cls)])


class Kept(Value):
    """A value on which what follows from it is kept once it was worked out.

    That is no part of it: equality, text and pickles leave it out.
    """

    __slots__ = ("_digest",)


class Sold(Kept):
    """A value with prices, on which its price tables are kept once they are made.

    They follow from the value, so they are no part of it: equality, text, pickles and
    changed copies leave them out.  They are replaced, never changed.
    """

    __slots__ = ("price_tables",)

    price_tables: tuple[Any, ...]


keep_price_tables: Final[Callable[[Sold, tuple[Any, ...]], None]] = Sold.__dict__[
    "price_tables"
].__set__


def _names(cls: Any) -> list[str]:
    """Return the names of the fields of *cls*, in their order."""
    return [field.name for field in cls.__attrs_attrs__]


def open_row(cls: type) -> Callable[[], Any]:
    """Return a class with the slots of *cls* that is not frozen.

    Its slots are filled as fast as Python can, and then it is closed by becoming a
    *cls*, which is its base: Python sees at once that both are laid out alike.  A
    frozen attrs class calls ``object.__setattr__`` for each field, which takes four
    times as long.
    """
    as_any_object = ("__init__", "__setattr__", "__delattr__")
    methods: dict[str, Any] = {name: getattr(object, name) for name in as_any_object}
    return type(cls.__name__, (cls,), {"__slots__": (), **methods})


def unchecked(cls: type[_T], *defaults: Any) -> Callable[..., _T]:
    """Return a function that makes a *cls* from all its fields, checking nothing.

    For values that the library itself has worked out.  The last fields may have
    *defaults*.
    """
    names = _names(cls)
    body = "".join(f"    self.{name} = {name}\n" for name in names)
    if "_attrs_cached_hash" in cls.__dict__:
        body += "    self._attrs_cached_hash = None\n"
    source = (
        f"def make({', '.join(names)}):\n"
        f"    self = row()\n{body}    self.__class__ = cls\n    return self\n"
    )
    scope: dict[str, Any] = {"row": open_row(cls), "cls": cls}
    exec(compile(source, f"<unchecked {cls.__name__}>", "exec"), scope)  # noqa: S102
    make: Any = scope["make"]
    make.__defaults__ = defaults
    return make  # type: ignore[no-any-return]


def _again(cls: Any, *fields: Any) -> Any:
    """Return the value that was pickled."""
    return _maker(cls)(*fields)


@cache
def _maker(cls: Any) -> Callable[..., Any]:
    return unchecked(cls)


class Word(StrEnum):
    """A choice of policy: equal to its word, shown as it is written in code."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"


def worded(_cls: type, fields: list[Any]) -> list[Any]:
    """Let a field whose converter is an enumeration take a word, refused by its name.

    For ``field_transformer`` of attrs: the converter alone would not know the field.
    """
    return [
        each.evolve(converter=_word_of(each.converter))
        if isinstance(each.converter, type) and issubclass(each.converter, Word)
        else each
        for each in fields
    ]


def _word_of(kind: type[Word]) -> Any:
    def convert(value: object, field: Any) -> Word:
        return member(field.name, value, kind)

    convert.__annotations__["value"] = kind | str
    return attrs.Converter(convert, takes_field=True)


Numbers = Mapping[str, int] | tuple[tuple[str, int], ...]
_NUMBERS: Final = (Mapping, tuple)


@final
class Quantities(Mapping[str, int]):
    """Whole numbers by name, in the order given, hashable and immutable.

    Equal to any mapping with the same names and numbers, whatever their order.

    >>> Quantities({"seat": 10})["seat"]
    10
    """

    __slots__ = ("_numbers",)

    _numbers: dict[str, int]

    def __init__(self, numbers: Numbers = ()):
        if type(numbers) is not dict and not isinstance(numbers, _NUMBERS):
            raise WrongTypeError("quantities", "Mapping[str, int]", numbers)
        try:
            found = dict(numbers)
        except (TypeError, ValueError):
            raise WrongTypeError("quantities", "Mapping[str, int]", numbers) from None
        for name, quantity in found.items():
            whole(text("unit", name), quantity)
        _set_numbers(self, found)

    def copied(self) -> dict[str, int]:
        """Return the numbers as a dict of the caller's own."""
        return self._numbers.copy()

    @property
    def names(self) -> KeysView[str]:
        """The names, to compare with others."""
        return self._numbers.keys()

    @classmethod
    def trusted(cls, numbers: dict[str, int]) -> Quantities:
        """Return *numbers*, a dict of the library's own that nothing else holds."""
        self = _new(cls)
        _set_numbers(self, numbers)
        return self

    def __getitem__(self, name: str) -> int:
        return self._numbers[name]

    def __contains__(self, name: object) -> bool:
        return name in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Quantities never change: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"Quantities never change: {name}")

    def __hash__(self) -> int:
        return hash(frozenset(self._numbers.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return Quantities, (dict(self._numbers),)

    def __repr__(self) -> str:
        return f"Quantities({self._numbers!r})"


_new = object.__new__
# Quantities refuse to be written to, the slot itself does not.
_set_numbers = Quantities.__dict__["_numbers"].__set__


def as_quantities(numbers: Numbers) -> Quantities:
    """Return *numbers* as quantities; they themselves if they are."""
    return numbers if type(numbers) is Quantities else Quantities(numbers)
