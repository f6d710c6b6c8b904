"""Columns of a terminal: how wide a text is, what may be printed, how rows align.

East Asian wide characters take two columns, combining ones none.  What would move the
cursor or turn the direction of the text is never printed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

# Marks that join or separate letters and take no room; everything else that is not
# printable becomes a question mark.
_HARMLESS: Final = frozenset("\u200c\u200d\u200e\u200f\u061c")
_ISOLATES: Final = frozenset("\u2066\u2067\u2068\u2069")
_NO_WIDTH: Final = ("Mn", "Me", "Cf")
_JAMO: Final = range(0x1160, 0x1200)
"""Vowels and final consonants of Hangul: drawn into the letter before."""


def printable(text: str) -> str:
    """Return *text* in one line, without what would move the cursor."""
    found = []
    for char in text:
        if char.isprintable() or char in _HARMLESS:
            found.append(char)
        elif char in _ISOLATES:
            continue
        else:
            found.append(" " if char.isspace() else "?")
    return "".join(found)


def columns(text: str) -> int:
    """Return how many columns *text* takes."""
    return sum(map(_width, text))


def _width(char: str) -> int:
    """Return how many columns one character takes."""
    if ord(char) in _JAMO or unicodedata.category(char) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrapped(text: str, most: int) -> list[str]:
    """Return *text* in lines of *most* columns; a longer word is broken."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if columns(longer) <= most:
            lines[-1] = longer
            continue
        parts = list(_broken(word, most))
        lines += parts if lines[-1] else parts[1:]
        if not lines[0]:
            lines[0] = parts[0]
    return lines


def _broken(word: str, most: int) -> Iterator[str]:
    piece, room = "", most
    for char in word:
        width = _width(char)
        if width > room:
            yield piece
            piece, room = "", most
        piece, room = piece + char, room - width
    yield piece


def aligned(
    rows: Sequence[Sequence[str]], *, right: Iterable[int] = ()
) -> Iterator[str]:
    """Yield *rows* in columns; those of *right* are aligned on the right.

    All rows are equally long, and the last column has no blanks after it.
    """
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    numbers = frozenset(right)
    for row in cells:
        found = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            fill = " " * (width - columns(cell))
            found.append(fill + cell if i in numbers else cell + fill)
        yield "  ".join(["", *found]).rstrip()
