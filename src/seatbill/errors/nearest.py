"""Guess which of the known words was meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LONGEST: Final = 50
_MOST: Final = 200


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the one of *known* that *word* is nearest to, nothing where none is near.

    >>> nearest("imediate", ["immediate", "restart"]), nearest("x", ["restart"])
    ('immediate', '')
    """
    from difflib import get_close_matches  # few mistakes are made, and it is not light

    words = [each for each in known if len(each) <= _LONGEST][:_MOST]
    by_case = {each.lower(): each for each in reversed(words)}
    found = (
        get_close_matches(word.lower(), by_case, n=1) if len(word) <= _LONGEST else ()
    )
    return by_case[found[0]] if found else ""
