"""A drawing from left to right or from right to left, and how wide its words are.

Places are counted from the side on which the language starts.  Where that is the
right one, everything is mirrored but the letters.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from itertools import accumulate
from typing import Final, final

import attrs

from ...formatting import Words
from .._markup import Markup, element, joined

Number = int | float

_EM: Final = 100
_NARROW: Final = frozenset(" !'(),-./:;I[]fijlrt|\u00a0\u202f\u2009")
_WIDE: Final = frozenset("%@MWmw—…")
_NO_WIDTH: Final = ("Mn", "Me", "Cf")


def text_width(text: str, size: Number) -> float:
    """Return how wide *text* is at the most, in a plain font of that *size*.

    No font is asked: the widths are those of a wide one, so that no label is cut.
    They are added up in whole numbers: what a sum of floats comes to is not the same
    on every Python.
    """
    return size * sum(map(_width, text)) / _EM


def _width(char: str) -> int:
    """Return the width of one character, in hundredths of the font's size."""
    if unicodedata.category(char) in _NO_WIDTH:
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 105
    if char in _NARROW:
        return 42
    if char in _WIDE:
        return 100
    return 74 if char.isupper() else 66


def shortened(text: str, size: Number, room: Number) -> str:
    """Return *text*, cut with an ellipsis where it is wider than *room*."""
    if text_width(text, size) <= room:
        return text
    cut = [size * (end + _width("…")) / _EM for end in accumulate(map(_width, text))]
    kept = text[: bisect_right(cut, room)]
    return f"{kept.rstrip()}…" if kept else ""


def folded(text: str, size: Number, room: Number) -> list[str]:
    """Return *text* in lines that are not wider than *room*, if its words are not."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def svg(kind: str, size: tuple[int, int], said: Words, *parts: Markup) -> Markup:
    """Return a drawing of one *kind*, in the direction of its words."""
    width, height = size
    return element(
        "svg",
        joined(*parts),
        xmlns="http://www.w3.org/2000/svg",
        class_=f"seatbill-{kind}",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        lang=said.tag,
        direction=said.direction,
    )


def _shown(value: Number) -> str:
    """Return a coordinate, to a tenth."""
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")


@final
@attrs.frozen
class Canvas:
    """A drawing *width* wide; *rtl* where the language starts on the right."""

    width: Number
    rtl: bool

    def rect(  # one more than a rectangle has
        self,
        x: Number,
        y: Number,
        width: Number,
        height: Number,
        *children: Markup | None,
        **attributes: str | int | None,
    ) -> Markup:
        """Return a rectangle whose near side is at *x*."""
        left = self.width - x - width if self.rtl else x
        return element(
            "rect",
            *children,
            x=_shown(left),
            y=_shown(y),
            width=_shown(width),
            height=_shown(height),
            **attributes,
        )

    def at(self, x: Number) -> str:
        """Return the place *x* as a coordinate."""
        return _shown(self.width - x if self.rtl else x)

    def line(
        self, x: Number, y: Number, to_x: Number, to_y: Number, **attributes: str
    ) -> Markup:
        """Return a straight line."""
        return element(
            "line",
            x1=self.at(x),
            y1=_shown(y),
            x2=self.at(to_x),
            y2=_shown(to_y),
            **attributes,
        )

    def steps(self, points: list[tuple[Number, Number]], **attributes: str) -> Markup:
        """Return a line through *points*."""
        shown = " ".join(f"{self.at(x)},{_shown(y)}" for x, y in points)
        return element("polyline", points=shown, **attributes)

    def circle(self, x: Number, y: Number, radius: Number, **more: str) -> Markup:
        """Return a circle around a place."""
        return element("circle", cx=self.at(x), cy=_shown(y), r=_shown(radius), **more)

    def text(
        self, x: Number, y: Number, words: str, *, anchor: str = "start", **more: str
    ) -> Markup:
        """Return *words* on the line *y*; they start, end or have their middle at *x*.

        The start is where the language starts, on the right for some.
        """
        return element(
            "text",
            words,
            x=self.at(x),
            y=_shown(y),
            text_anchor=None if anchor == "start" else anchor,
            **more,
        )
