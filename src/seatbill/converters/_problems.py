"""What is wrong with data: every problem with its path, a stable code, the values.

A message says what was wanted and what came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar, Final, final

import attrs

from .._values.checks import several, text
from ..errors import SeatbillError, WrongTypeError
from ..errors.nearest import nearest
from ..limits import LIMITS, Limits

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST: Final = 50
_DEEPEST: Final = 100


def _pairs(values: Iterable[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    """Return *values* as pairs of a name and a value."""
    pairs = several("values", values, tuple)
    for pair in pairs:
        if len(pair) != 2:
            raise WrongTypeError("values", "tuple[str, object]", pair)
    return pairs


@final
@attrs.frozen(order=False)
class DataProblem:
    """One thing that is wrong with data: where it is, a stable code, a sentence.

    *where* is a path such as ``$.changes[2].seats``.  *values* hold by name what the
    sentence is made of: what was ``wanted`` and what was ``got``, or the values of the
    refusal that has this code.
    """

    where: str
    code: str
    message: str
    values: tuple[tuple[str, Any], ...] = attrs.field(default=(), converter=_pairs)

    def __attrs_post_init__(self) -> None:
        text("where", self.where)
        text("code", self.code)
        text("message", self.message)


class InvalidDataError(SeatbillError, ValueError):
    """Data that cannot be read, with every problem that was found."""

    code = "invalid_data"
    problems: tuple[DataProblem, ...]

    def __str__(self) -> str:
        return "\n".join(f"{p.where}: {p.message}" for p in self.problems)


class NewerFormatError(InvalidDataError):
    """A document of a later version than this library reads.

    *version* is the document's, *known* the latest that is read; *where* is the path
    of the version.
    """

    code = "newer_format"
    sentence = "The document has version {version}, the latest known here is {known}"
    remedy = "read it with a newer seatbill"
    names: ClassVar[tuple[str, ...]] = ("where", "version", "known")
    where: str
    version: int
    known: int

    def __init__(self, where: str, version: int, known: int) -> None:
        super().__init__(where, version, known)
        values = (("version", version), ("known", known))
        message = SeatbillError.__str__(self)
        problem = DataProblem(where, self.code, message, values)
        self.problems: tuple[DataProblem, ...] = (problem,)


class RefusedError(ValueError):
    """A piece of data that is not what is wanted, before its place is known.

    *known* is a word that is not there, with those that are.
    """

    known: tuple[str, tuple[str, ...]] | None = None

    def __init__(self, code: str, message: str, **values: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.name = values.get("name", "")
        self.values = tuple(values.items())


def refusal(
    problems: Iterable[DataProblem], limits: Limits = LIMITS
) -> InvalidDataError:
    """Return the error of *problems*; of very many, the first ones."""
    most = limits.problems
    told = tuple(islice(problems, most + 1))
    if len(told) > most:
        message = f"there are more than {most} problems; the others are not told"
        more = DataProblem("$", "too_many_problems", message, (("most", most),))
        told = (*told[:most], more)
    return InvalidDataError(told)


def unknown_keys(
    keys: Iterable[str], path: str, known: Sequence[str], limits: Limits
) -> list[DataProblem]:
    """Return the problems of *keys* that are not *known*, as many as are told."""
    unknown = (key for key in keys if key not in known)
    return [
        DataProblem(at(path, key), "unknown_key", no_such_key(key, known))
        for key in islice(unknown, limits.problems + 1)
    ]


def no_such_key(key: str, known: Sequence[str]) -> str:
    """Return what is said of a *key* that is not *known*.

    >>> no_such_key("seat", ["id", "seats"])
    'no such key (did you mean seats?); there are: id, seats'
    """
    return f"no such key{meant(key, known)}; there are: {', '.join(known) or 'none'}"


def meant(word: str, known: Iterable[str]) -> str:
    """Return which of the *known* words was likely meant, as a question."""
    found = nearest(word, known)
    return f" (did you mean {found}?)" if found else ""


def at(path: str, key: str | int) -> str:
    """Return the path of *key* in the object or list at *path*.

    >>> at("$.seats", "no word"), at("$.changes", 2)
    ('$.seats["no word"]', '$.changes[2]')
    """
    return path + _step(key)


def place(path: str, keys: Sequence[str | int]) -> str:
    """Return the path to which *keys* lead from *path*, cut where it is very deep.

    >>> place("$", ["changes", 2, "seats"])
    '$.changes[2].seats'
    """
    more = "..." if len(keys) > _DEEPEST else ""
    return f"{path}{''.join(map(_step, keys[:_DEEPEST]))}{more}"


def _step(key: str | int) -> str:
    """Return what *key* adds to a path; a long key is cut."""
    if isinstance(key, int):
        return f"[{key}]"
    if len(key) <= _LONGEST and _PLAIN_KEY.fullmatch(key):
        return f".{key}"
    return f"[{cut(json.dumps(key[:_LONGEST]))}]"


def cut(shown: str) -> str:
    """Return a text cut short."""
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."


def came(value: object) -> str:
    """Return *value* as the JSON that came, cut short."""
    if isinstance(value, str):
        return cut(json.dumps(value[: _LONGEST + 1], ensure_ascii=False))
    if type(value) is int and value.bit_length() > 200:
        return f"a number of {value.bit_length()} bits"
    if value is None or isinstance(value, int | float):
        return json.dumps(value)
    if isinstance(value, Decimal):
        return cut(str(value))
    if isinstance(value, dict):
        return cut(f"an object ({', '.join(map(came, islice(value, 5)))})")
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f"<{type(value).__name__}>"


def refused_at(where: str, error: SeatbillError) -> DataProblem:
    """Return the problem of what *error* refuses."""
    values = tuple(error.as_dict()["values"].items())
    return DataProblem(where, error.code, str(error), values)


def wrong(where: str, code: str, wanted: str, value: object) -> DataProblem:
    """Return the problem of a *value* where another is wanted."""
    error = unwanted(wanted, value, code)
    return DataProblem(where, error.code, error.message, error.values)


def unwanted(wanted: str, value: object, code: str = "wrong_type") -> RefusedError:
    """Return the refusal of *value* where *wanted* is wanted."""
    got = came(value)
    message = f"wanted {wanted}; got {got}"
    return RefusedError(code, message, wanted=wanted, got=got)


def unknown_word(word: object, known: Iterable[str]) -> RefusedError:
    """Return the refusal of a *word* that is not *known*."""
    words = tuple(known)
    error = unwanted(f"one of {', '.join(words)}", word, "unknown_word")
    if isinstance(word, str):
        error.known = word, words
    return error
