"""Two tools for values: one made without checks, and a mapping that never changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, KeysView, Mapping
from enum import StrEnum
from typing import Any, TypeVar, final

import attrs

from ..errors import WrongTypeError
from .checks import text, whole

_T = TypeVar("_T")


def unchecked(cls: type[_T], row: type) -> Callable[..., _T]:
    """Return a function that makes a *cls* from all its fields, checking nothing.

    For values that the library itself has worked out.  *row* is the base of *cls*
    that holds its slots and is not frozen: its slots are filled as fast as Python
    can, and then it is closed by becoming a *cls*.  A frozen attrs class calls
    ``object.__setattr__`` for each field, which takes three times as long.
    """
    names = [field.name for field in attrs.fields(cls)]  # type: ignore[arg-type]
    if {*names, "__weakref__"} != set(vars(row)["__slots__"]):
        raise TypeError(f"{row.__name__} has not the fields of {cls.__name__}")
    body = "".join(f"    self.{name} = {name}\n" for name in names)
    source = (
        f"def make({', '.join(names)}):\n"
        f"    self = row()\n{body}    self.__class__ = cls\n    return self\n"
    )
    scope: dict[str, Any] = {"row": row, "cls": cls}
    exec(compile(source, f"<unchecked {cls.__name__}>", "exec"), scope)  # noqa: S102
    make: Callable[..., _T] = scope["make"]
    return make


class Value:
    """What value classes share: one text, one equality, one hash.

    attrs would write and compile them for each class anew, and more than half of the
    time that an import takes would go there.  A class whose equality or hash is asked
    for while billing lets attrs write those two.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        fields = [f"{name}={getattr(self, name)!r}" for name in _names(self)]
        return f"{type(self).__name__}({', '.join(fields)})"

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _names(self))

    def __hash__(self) -> int:
        return hash((type(self), *[getattr(self, name) for name in _names(self)]))


def _names(value: Any) -> list[str]:
    """Return the names of the fields of *value*, in their order."""
    return [field.name for field in value.__attrs_attrs__]


class Word(StrEnum):
    """A choice of policy: equal to its word, shown as it is written in code."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"


Numbers = Mapping[str, int] | tuple[tuple[str, int], ...]


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
        if not isinstance(numbers, Mapping | tuple):
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
