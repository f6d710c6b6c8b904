"""JSON text to data: numbers stay exact, and a key comes once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, NoReturn

from .._values.checks import instance
from ..errors import WrongTypeError
from ..limits import LIMITS, Limits
from ._problems import DataProblem, InvalidDataError, RefusedError, cut, place, refusal


def parse(text: str, *, limits: Limits = LIMITS) -> Any:
    """Return the data in a JSON *text*; a number with a point is a ``Decimal``.

    Of *limits*, ``problems`` holds here, and the others where the data are read.

    >>> parse('{"unit_amount": 4.99}')
    {'unit_amount': Decimal('4.99')}

    Raises: InvalidDataError with the line and column, or with each key that an
    object has twice; WrongTypeError for what is no text.
    """
    if not isinstance(text, str):
        raise WrongTypeError("text", "str", text)
    instance("limits", limits, Limits)
    try:
        data = json.loads(
            text,
            parse_float=_number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
        problems = tuple(islice(_doubled(data, []), limits.problems + 1))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        said = f"no JSON: {error.msg}" if text.strip() else "there is nothing to read"
        raise _invalid(where, said) from None
    except RecursionError:
        raise _invalid("$", "objects and lists are nested too deeply") from None
    except RefusedError as error:
        raise _invalid("$", error.message) from None
    except ValueError:  # Python reads no more digits than that
        raise _invalid("$", "a whole number has thousands of digits") from None
    if problems:
        raise refusal(problems, limits)
    return data


def _invalid(where: str, message: str) -> InvalidDataError:
    """Return the error of a text that is no JSON."""
    return refusal([DataProblem(where, "invalid_json", message)])


def _number(text: str) -> Decimal:
    """Return a number with a point or an exponent as it was written."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise RefusedError("invalid_json", f"{cut(text)} is out of bounds") from None


def _no_number(text: str) -> NoReturn:
    """Refuse NaN and infinity, which Python would read."""
    raise RefusedError("invalid_json", f"{text} is no JSON number")


class _Doubled(dict[str, Any]):
    """An object of which keys came twice."""

    keys_twice: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return *pairs* as a dict, marked where a key came twice."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    times = Counter(name for name, _ in pairs)
    marked = _Doubled(found)
    marked.keys_twice = tuple(name for name, n in times.items() if n > 1)
    return marked


def _doubled(data: Any, keys: list[str | int]) -> Iterator[DataProblem]:
    """Find the keys that an object has twice, at any depth; *keys* lead there.

    Where that is, is written out for a problem only.
    """
    if isinstance(data, _Doubled):
        for key in data.keys_twice:
            where = place("$", [*keys, key])
            yield DataProblem(where, "duplicate_key", "this key is there twice")
    inner: Iterable[tuple[str | int, Any]] = ()
    if isinstance(data, dict):
        inner = data.items()
    elif isinstance(data, list):
        inner = enumerate(data)
    for step, value in inner:
        if isinstance(value, dict | list):
            keys.append(step)
            yield from _doubled(value, keys)
            keys.pop()
