"""The door for data: plain JSON, not too much or too deep, in text that UTF-8 holds."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from .._values.checks import has_half_a_character
from ..limits import LIMITS, Limits
from ._problems import DataProblem, came, place, refusal

NODE_OF_TEXT: Final = 100
"""A text counts as one more node for each so many characters."""


def check_data(data: Any, path: str, limits: Limits = LIMITS, *, depth: int = 0) -> int:
    """Return how many nodes there are in *data*, which stand so deep in a document.

    What is no JSON is refused, and JSON that nobody means.

    Raises: InvalidDataError with all problems at once.
    """
    door = _Door(path, [0] * depth, limits)
    with suppress(_FullError):
        door.look(data)
    if door.problems:
        raise refusal(door.problems, limits)
    return limits.nodes - door.left


class _FullError(Exception):
    """Enough was looked at."""


class _Door:
    """What was found in data; where it is, is written out for a problem only."""

    def __init__(self, path: str, keys: list[str | int], limits: Limits) -> None:
        self.path = path
        self.keys = keys
        self.left = limits.nodes
        self.limits = limits
        self.problems: list[DataProblem] = []

    def look(self, data: Any) -> None:
        """Find what is not plain in *data*, at any depth.

        Data may share parts, or hold themselves: what is met again counts again.
        """
        self._count(1)
        keys, limits = self.keys, self.limits
        if len(keys) > limits.depth:
            message = f"objects and lists stand more than {limits.depth} deep"
            self._tell("too_deep", message, deepest=limits.depth)
        elif isinstance(data, dict):
            for key, value in data.items():
                if type(key) is not str:
                    got = came(key)
                    message = f"wanted keys that are strings; got {got}"
                    self._tell(
                        "wrong_type", message, wanted="keys that are strings", got=got
                    )
                else:
                    self._look_at_text(key)
                    keys.append(key)
                    self.look(value)
                    keys.pop()
        elif isinstance(data, list):
            for i, value in enumerate(data):
                keys.append(i)
                self.look(value)
                keys.pop()
        elif isinstance(data, str):
            self._look_at_text(data)
        elif type(data) is int and data.bit_length() > limits.bits:
            most, got = limits.bits, came(data)
            message = f"a whole number of {most} bits at most is wanted; got {got}"
            self._tell("too_large", message, bits=data.bit_length())

    def _look_at_text(self, text: str) -> None:
        """Find half of a character: a surrogate that no UTF-8 can hold."""
        self._count(len(text) // NODE_OF_TEXT)
        if has_half_a_character(text):
            message = "a surrogate stands alone: half of a character"
            self._tell("invalid_text", message, got=ascii(text[:50]))

    def _count(self, nodes: int) -> None:
        """Count *nodes*, and end the search where there are too many."""
        self.left -= nodes
        if self.left < 0:
            most = self.limits.nodes
            message = f"there are more than {most} objects, lists, keys and values"
            self.keys = []
            self._tell("too_many_nodes", message, most=most)
            raise _FullError

    def _tell(self, code: str, message: str, **values: Any) -> None:
        """Note a problem, and end the search where no more would be told."""
        where = place(self.path, self.keys)
        self.problems.append(DataProblem(where, code, message, (*values.items(),)))
        if len(self.problems) > self.limits.problems:
            raise _FullError
