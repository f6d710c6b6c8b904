"""The ground of a timeline: where a moment stands, and how each item looks.

An item keeps one colour and one pattern everywhere; patterns tell items apart where
colours cannot.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Final, final

import attrs

from ..._values.checks import Time
from ...invoices import InvoiceLine, ItemKind
from ...periods import ordinal
from .._markup import Markup, element, joined
from .._setting import Setting
from .canvas import Canvas
from .spans import Chronicle

WIDTH: Final = 736
NEAR: Final = 14
FAR: Final = 14
_BEYOND: Final = 16
"""What comes next is shown for a part in so many of what was."""

COLORS: Final = 6
"""How many colors the style sheet has, from ``.c0`` on."""

Item = tuple[ItemKind, str]


@final
@attrs.frozen(kw_only=True)
class Plot:
    """A canvas with a time on it, from *first* to *last*."""

    canvas: Canvas
    setting: Setting
    first: int
    last: int
    prefix: str
    looks: Mapping[Item, int]

    def x(self, moment: Time) -> float:
        """Return where *moment* stands; what lies beyond stands at the edge."""
        inside = min(max(ordinal(moment), self.first), self.last) - self.first
        return NEAR + inside * (WIDTH - NEAR - FAR) / (self.last - self.first)

    def color(self, line: InvoiceLine) -> str:
        """Return the class that colours *line*."""
        return self.color_of(self.look(line))

    def color_of(self, look: int) -> str:
        """Return the class that colours a look."""
        return _color(look)

    def look(self, line: InvoiceLine) -> int:
        """Return which look the item of *line* has."""
        return self.looks[line.terms.item_kind, line.item]

    def fill(self, look: int, *, credit: bool = False) -> str:
        """Return the reference to a pattern of this drawing."""
        return f"url(#{self.prefix}-{'credit' if credit else 'charge'}-{look})"

    @property
    def definitions(self) -> Markup:
        """The patterns that the items have."""
        made = [_pattern(self.prefix, look) for look in self.looks.values()]
        return element("defs", joined(*made))


def plot_of(chronicle: Chronicle, setting: Setting) -> Plot:
    """Return the ground on which *chronicle* is drawn."""
    first, last = ordinal(chronicle.first), ordinal(chronicle.last)
    if chronicle.next_invoice is not None or chronicle.pending:
        last += (last - first) // _BEYOND
    looks: dict[Item, int] = {}
    for lane in chronicle.lanes:
        for bar in (*lane.charges, *lane.credits, *lane.planned):
            terms = bar.line.terms
            looks.setdefault((terms.item_kind, terms.item), len(looks))
    rtl = setting.words.direction == "rtl"
    id = chronicle.opening.id.encode()
    return Plot(
        canvas=Canvas(WIDTH, rtl),
        setting=setting,
        first=first,
        last=max(last, first + 1),
        prefix=f"seatbill-{zlib.crc32(id):08x}",
        looks=looks,
    )


def _color(look: int) -> str:
    return f"c{look % COLORS}"


# A pattern is what is drawn on the ground of a tile of 8 by 8.


def _stroke(path: str) -> Markup:
    return element("path", d=path, class_="stripe")


_TILES: Final[tuple[Callable[[], Markup | None], ...]] = (
    lambda: None,
    lambda: _stroke("M-2 2 2-2M0 8 8 0M6 10 10 6"),
    lambda: element("circle", cx="4", cy="4", r="1.1", class_="dot"),
    lambda: _stroke("M0 4H8"),
    lambda: _stroke("M4 0V8"),
    lambda: _stroke("M0 4H8M4 0V8"),
    lambda: _stroke("M-2 6 2 10M0 0 8 8M6-2 10 2"),
)


def _pattern(prefix: str, look: int) -> Markup:
    """Return the patterns of a look: for what is charged, and for what came back."""
    tile = _TILES[look % len(_TILES)]()
    ground = element("rect", width="8", height="8", class_="tint")
    hatch = element("path", d="M0 6 6 0", class_="hatch")
    charge = _tile(f"{prefix}-charge-{look}", look, 8, ground, tile)
    return joined(charge, _tile(f"{prefix}-credit-{look}", look, 6, hatch))


def _tile(id: str, look: int, size: int, *children: Markup | None) -> Markup:
    """Return a pattern that repeats every *size* units."""
    return element(
        "pattern",
        *children,
        id=id,
        class_=_color(look),
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
    )
