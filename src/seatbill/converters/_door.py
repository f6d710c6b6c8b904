"""The door for data: plain JSON, not too deep, in text that can be written again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .._checks import has_half_a_character
from ._problems import DataProblem, at, came, refusal

_DEEPEST: Final = 64
_BITS: Final = 256
"""What a whole number may have: no quantity or amount needs more."""


def check_data(data: Any, path: str) -> None:
    """Refuse what is no JSON, or JSON that nobody means.

    Raises: InvalidDataError with all problems at once.
    """
    problems = list(_problems(data, path, 0))
    if problems:
        raise refusal(problems)


def _problems(data: Any, path: str, depth: int) -> Iterator[DataProblem]:
    """Find what is not plain in *data*, at any depth."""
    if depth > _DEEPEST:
        message = f"objects and lists stand more than {_DEEPEST} deep"
        yield DataProblem(path, "too_deep", message, (("deepest", _DEEPEST),))
    elif isinstance(data, dict):
        for key, value in data.items():
            if type(key) is not str:
                yield _wrong(path, "keys that are strings", key)
            else:
                yield from _text_problems(key, path)
                yield from _problems(value, at(path, key), depth + 1)
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from _problems(value, at(path, i), depth + 1)
    elif isinstance(data, str):
        yield from _text_problems(data, path)
    elif type(data) is int and data.bit_length() > _BITS:
        message = f"a whole number of {_BITS} bits at most is wanted; got {came(data)}"
        yield DataProblem(path, "too_large", message, (("bits", data.bit_length()),))


def _text_problems(text: str, path: str) -> Iterator[DataProblem]:
    """Find half of a character: a surrogate that no UTF-8 can hold."""
    if has_half_a_character(text):
        message = "a surrogate stands alone: half of a character"
        yield DataProblem(path, "invalid_text", message, (("got", ascii(text[:50])),))


def _wrong(path: str, wanted: str, value: Any) -> DataProblem:
    """Return the problem of a *value* that is no JSON."""
    got = came(value)
    values = (("wanted", wanted), ("got", got))
    return DataProblem(path, "wrong_type", f"wanted {wanted}; got {got}", values)
