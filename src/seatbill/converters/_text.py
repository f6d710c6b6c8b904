"""JSON text to data: numbers stay exact, and a key comes once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from ..errors import WrongTypeError
from ._problems import DataProblem, InvalidDataError, RefusedError, at, refusal


def parse(text: str) -> Any:
    """Return the data in a JSON *text*; a number with a point is a ``Decimal``.

    >>> parse('{"unit_amount": 4.99}')
    {'unit_amount': Decimal('4.99')}

    Raises: InvalidDataError with the line and column, or with each key that an
    object has twice; WrongTypeError for what is no text.
    """
    if not isinstance(text, str):
        raise WrongTypeError("text", "a string", text)
    try:
        data = json.loads(
            text,
            parse_float=_number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
        problems = tuple(_doubled(data, "$"))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _invalid(where, f"no JSON: {error.msg}") from None
    except RecursionError:
        raise _invalid("$", "objects and lists are nested too deeply") from None
    except RefusedError as error:
        raise _invalid("$", error.message) from None
    except ValueError:  # Python reads no more digits than that
        raise _invalid("$", "a whole number has thousands of digits") from None
    if problems:
        raise refusal(problems)
    return data


def _invalid(where: str, message: str) -> InvalidDataError:
    """Return the error of a text that is no JSON."""
    return refusal([DataProblem(where, "invalid_json", message)])


def _number(text: str) -> Decimal:
    """Return a number with a point or an exponent as it was written."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise RefusedError("invalid_json", f"{text} is out of bounds") from None


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
    names = [name for name, _ in pairs]
    marked = _Doubled(found)
    marked.keys_twice = tuple(name for name in found if names.count(name) > 1)
    return marked


def _doubled(data: Any, path: str) -> Iterator[DataProblem]:
    """Find the keys that an object has twice, at any depth."""
    if isinstance(data, _Doubled):
        for key in data.keys_twice:
            yield DataProblem(at(path, key), "duplicate_key", "this key is there twice")
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _doubled(value, at(path, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from _doubled(value, at(path, i))
