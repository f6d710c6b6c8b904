"""The lanes of a timeline: a unit of the plan, an add-on or a discount each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ..._values.checks import MAX_QUANTITY, Time
from ...formatting import (
    explain,
    format_number,
    format_quantity,
    format_share,
    format_unit_amount,
)
from ...invoices import InvoiceLine, ItemKind
from ...seats import Occupancy, Sitting
from .._markup import Markup, element
from .canvas import shortened, text_width
from .plot import FAR, NEAR, WIDTH, Plot
from .spans import Bar, Chronicle, Lane, changed, owned_steps

People = Mapping[str, Sitting] | Occupancy | None

_HEAD: Final = 18
_TALLEST: Final = 200
_UNIT: Final = 24
_SMALL: Final = 11
_FOOT: Final = 8


def _unit(lane: Lane) -> float:
    """Return how high one of a quantity is drawn."""
    return min(_UNIT, _TALLEST / (lane.highest + lane.deepest))


def lane_height(lane: Lane) -> float:
    """Return how much room *lane* takes, its heading too."""
    return _HEAD + (lane.highest + lane.deepest) * _unit(lane) + _FOOT


def lane_markup(
    plot: Plot, chronicle: Chronicle, lane: Lane, y: float, people: People
) -> Markup:
    """Return *lane* from *y* on: its heading, bars, and who sat on the seats."""
    canvas, unit = plot.canvas, _unit(lane)
    base = y + _HEAD + lane.highest * unit
    heading = shortened(_heading(plot, lane), _SMALL, WIDTH - NEAR - FAR)
    parts: list[Markup] = [canvas.text(NEAR, y + 12, heading, class_="head")]
    drawn = [("charge", bar, -bar.top) for bar in lane.charges]
    drawn += [("planned", bar, -bar.top) for bar in lane.planned]
    drawn += [("credit", bar, bar.bottom) for bar in lane.credits]
    parts += [_bar(plot, bar, base + at * unit, unit, kind) for kind, bar, at in drawn]
    parts.append(canvas.line(NEAR, base, WIDTH - FAR, base, class_="base"))
    if people is not None and lane.place[0] is ItemKind.PLAN:
        parts += _seats(plot, chronicle, lane.place[1], people, base, unit)
    return element("g", *parts)


def _heading(plot: Plot, lane: Lane) -> str:
    """Return what a lane shows, and how high it goes."""
    _ = plot.setting.words.gettext
    kind, name = lane.place
    highest = min(lane.highest, MAX_QUANTITY)
    if kind is ItemKind.PLAN:
        quantity = format_quantity(highest, name, plot.setting.locale)
        return _("Up to %(quantity)s") % {"quantity": quantity}
    item = plot.setting.name(kind, name)
    if kind is ItemKind.DISCOUNT:
        return _("Discount: %(item)s") % {"item": item}
    if highest == 1:
        return item
    count = format_number(highest, plot.setting.locale)
    return _("Up to %(quantity)s") % {"quantity": f"{count} × {item}"}


def _bar(plot: Plot, bar: Bar, top: float, unit: float, kind: str) -> Markup:
    """Return a bar with its words: what is said in full where it is pointed at."""
    line = bar.line
    height = bar.height * unit
    look = plot.look(line)
    fill = "none" if kind == "planned" else plot.fill(look, credit=kind == "credit")
    pieces = [(plot.x(start), plot.x(end)) for start, end in bar.pieces]
    shapes = [
        plot.canvas.rect(x, top, max(end - x, 1), height, class_=kind, fill=fill)
        for x, end in pieces
    ]
    said = element("title", explain(line, plot.setting.locale))
    x, end = max(pieces, key=lambda piece: piece[1] - piece[0])
    words = () if bar.part else _words(plot, line, x, top, end - x, height)
    return element("g", said, *shapes, *words, class_=plot.color(line))


def _words(
    plot: Plot, line: InvoiceLine, x: float, top: float, width: float, height: float
) -> Iterator[Markup]:
    """Yield the amount of a bar and the sum behind it, where they have room."""
    locale = plot.setting.locale
    amount = plot.setting.money(line.amount)
    rows = [amount]
    each = line.unit_amount
    if each is not None:
        price = format_unit_amount(each, line.currency, locale)
        factors = [format_number(abs(line.quantity), locale), price]
        if line.share != 1:
            factors.append(format_share(line, locale))
        rows.append(" × ".join(factors))
    if height < (_SMALL + 4) * len(rows) or text_width(rows[-1], _SMALL) > width - 8:
        rows = rows[:1]
    if height < _SMALL + 2 or text_width(amount, _SMALL) > width - 6:
        return
    first = top + (height - (_SMALL + 3) * len(rows)) / 2 + _SMALL
    for i, row in enumerate(rows):
        yield plot.canvas.text(
            x + width / 2,
            first + i * (_SMALL + 3),
            row,
            anchor="middle",
            class_="amount" if i == 0 else "sum",
        )


# Seats owned against seats occupied.


def _seats(
    plot: Plot,
    chronicle: Chronicle,
    unit: str,
    people: Mapping[str, Sitting] | Occupancy,
    base: float,
    size: float,
) -> Iterator[Markup]:
    """Yield how many seats were owned, and how many had a person."""
    owned = owned_steps(chronicle, unit)
    yield _steps(plot, owned, chronicle.until, base, size, "owned")
    if not isinstance(people, Occupancy):
        taken = _occupied_steps(chronicle, people.get(unit))
        yield _steps(plot, taken, chronicle.until, base, size, "occupied")
    elif unit in people:
        x, y = plot.x(chronicle.until), base - people[unit].occupied * size
        yield plot.canvas.circle(x, y, 4, class_="occupied")


def _occupied_steps(
    chronicle: Chronicle, sitting: Sitting | None
) -> list[tuple[Time, int]]:
    """Return from when on how many people sat, one step a day on which it changed."""
    first, until = chronicle.first, chronicle.until
    if sitting is None:
        return [(first, 0)]
    days = {first, *[min(max(day, first), until) for day in sitting.days]}
    return changed((day, sitting.at(day)) for day in sorted(days))


def _steps(
    plot: Plot,
    steps: list[tuple[Time, int]],
    until: Time,
    base: float,
    size: float,
    kind: str,
) -> Markup:
    """Return a line that rises and falls on the days of *steps*."""
    points: list[tuple[float, float]] = []
    for day, count in steps:
        x, y = plot.x(day), base - count * size
        if points:
            points.append((x, points[-1][1]))
        points.append((x, y))
    points.append((plot.x(until), points[-1][1]))
    return plot.canvas.steps(points, class_=kind)
