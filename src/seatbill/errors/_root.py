"""The root of every refusal: a code, its values by name, a sentence made of them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final

if TYPE_CHECKING:
    from .wording import Sentence


class _OfTheTable:
    """The sentence or the remedy of a class that declares none: that of its code.

    The table is read when a message is first asked for; ``import seatbill`` is lighter
    without it.
    """

    def __init__(self, part: int, default: str) -> None:
        self._part = part
        self._default = default

    def __get__(self, _: object, kind: type[SeatbillError]) -> str:
        from ._english import ENGLISH

        for base in kind.__mro__:
            own = vars(base)
            if "sentence" not in own and own.get("code") in ENGLISH:
                return _default(own["code"])[self._part]
        return self._default


class SeatbillError(Exception):
    """The root of every refusal.

    A concrete error declares its values as annotations, in the order in which its
    constructor takes them, after those of the class that it is made from.  One that
    has a default may be left out.  Its *sentence* and its *remedy* are English, with
    the values by name in braces.
    """

    code: ClassVar[str] = "seatbill_error"
    sentence: ClassVar[str] = _OfTheTable(0, "Refused")  # type: ignore[assignment]
    remedy: ClassVar[str] = _OfTheTable(1, "")  # type: ignore[assignment]
    names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Read the names of the values from the annotations, unless they are given."""
        super().__init_subclass__()
        if cls.__module__.startswith(f"{__package__}."):
            cls.__module__ = __package__  # where it is imported from
        own = vars(cls)
        if "names" not in own:
            values = (name for name, said in _annotations(cls) if _is_value(name, said))
            cls.names = tuple(dict.fromkeys((*cls.names, *values)))

    def __init__(self, *values: Any) -> None:
        kind, names = type(self), self.names
        left_out = names[len(values) :]
        if any(not hasattr(kind, n) for n in left_out) or len(values) > len(names) > 0:
            said = f"takes {', '.join(names)}; {len(values)} values are given"
            raise TypeError(f"{kind.__name__} {said}")
        values += tuple(getattr(kind, name) for name in left_out)
        super().__init__(*values)
        for name, value in zip(names, values, strict=False):
            setattr(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        # A class may take other values than it hands up: it is not called again.
        return _again, (type(self), self.args), self.__dict__

    def as_dict(self) -> dict[str, Any]:
        """Return the code, the sentence, the remedy and the values by name."""
        values, (_, remedy) = self._said()
        return {
            "code": self.code,
            "message": str(self),
            "remedy": remedy,
            "values": values,
        }

    def __str__(self) -> str:
        if self.args and self.sentence == SeatbillError.sentence:
            return super().__str__()  # a class of the host's, made like any exception
        _, (sentence, remedy) = self._said()
        return f"{sentence}: {remedy}." if remedy else f"{sentence}."

    def _said(self) -> tuple[dict[str, Any], tuple[str, str]]:
        """Return the values by name, and the sentence and the way out with them."""
        from .wording import in_english

        values = {name: getattr(self, name) for name in self.names}
        return values, in_english(sentence_of(type(self), values), values)


def sentence_of(kind: type[SeatbillError], values: Mapping[str, Any]) -> Sentence:
    """Return what a refusal of this *kind* says of *values*, with its blanks.

    A class of the host's has a sentence of its own, whatever code it inherited.
    """
    from ._english import ENGLISH
    from .wording import chosen

    said = kind.sentence, kind.remedy
    if kind.code in ENGLISH and said == _default(kind.code):
        return chosen(ENGLISH, kind.code, values)
    return " | ".join(part for part in said if part)


def _default(code: str) -> tuple[str, str]:
    """Return the sentence and the way out of *code*, where no case is known."""
    from ._english import ENGLISH
    from .wording import Plural, in_parts

    said = ENGLISH[code]
    return in_parts(said.many if isinstance(said, Plural) else said)


_CONSTANTS: Final = ("code", "sentence", "remedy", "names")
"""What a class of errors says once, whether it is annotated or not."""


def _annotations(cls: type) -> list[tuple[str, object]]:
    """Return the names that the body of *cls* annotates, each with what it says.

    From Python 3.14 on they are not there until somebody asks (PEP 649), and then as
    text, so that no name in them is looked up.
    """
    known = vars(cls).get("__annotations__")
    if known is None:
        annotate = getattr(cls, "__annotate__", None)
        if annotate is None:
            return []
        lib = import_module("annotationlib")
        known = lib.call_annotate_function(annotate, lib.Format.STRING, owner=cls)
    return list(known.items())


def _is_value(name: str, said: object) -> bool:
    """Tell whether an annotation, an object or its text, is of each refusal."""
    text = (said if isinstance(said, str) else repr(said)).strip("'\" ")
    kind = text.partition("[")[0].rpartition(".")[2]
    return name not in _CONSTANTS and kind not in ("ClassVar", "Final")


def _again(cls: type[SeatbillError], args: tuple[Any, ...]) -> SeatbillError:
    """Return a refusal as it was, to which its attributes are given afterwards."""
    return cls.__new__(cls, *args)
