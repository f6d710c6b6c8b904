"""The seat bar: blue while a seat is free, red when none is.

The colour is never alone: the words say how many are free, and each seat is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from .._values.checks import text
from ..errors import WrongTypeError
from ..formatting import Words, format_number, format_quantity, words
from ..seats import Occupancy, SeatCount
from ..views import BarColor, SeatBar
from ._columns import printable
from ._drawing.canvas import Canvas, folded, svg
from ._markup import Markup, element, joined
from ._stylesheets import BARS

__all__ = ["Seats", "seat_bar_html", "seat_bar_svg", "seat_bar_text"]

Seats = Occupancy | SeatBar | SeatCount
"""Seats owned and occupied: of every kind, or of one."""

_CELLS: Final = 20
_MOST_CELLS: Final = 40
"""Up to so many seats are drawn one by one, more of them as parts of a bar."""
_WIDTH: Final = 400
_HEIGHT: Final = 14
_PAD: Final = 10
_TEXT: Final = 14


def seat_bar_text(occupancy: Seats, *, locale: str = "en") -> str:
    """Return a line for each kind of seat: a bar, and its numbers in words.

    ``#`` is a seat with a person, ``-`` a free one, ``~`` one that waits for removal.

    >>> print(seat_bar_text(SeatCount(unit="seat", owned=10, occupied=8)))
    [################----]  8 of 10 seats used, 2 free

    Raises: LocaleError, WrongTypeError.
    """
    said = words(text("locale", locale))
    return "\n".join(
        bar_text(count, words_of(count, said, locale)) for count in counts_of(occupancy)
    )


def seat_bar_html(occupancy: Seats, *, locale: str = "en") -> str:
    """Return a fragment of HTML with a bar for each kind of seat.

    Raises: LocaleError, WrongTypeError.
    """
    said = words(text("locale", locale))
    rtl = said.direction == "rtl"
    styles = [element("style", BARS)]  # in the first drawing, for all
    bars = [
        bar_markup(count, words_of(count, said, locale), *styles[i:], rtl=rtl)
        for i, count in enumerate(counts_of(occupancy))
    ]
    return element(
        "div", joined(*bars), class_="seatbill-bars", lang=said.tag, dir=said.direction
    )


def seat_bar_svg(occupancy: Seats, *, locale: str = "en") -> str:
    """Return a drawing with a bar for each kind of seat, and its numbers in words.

    Raises: LocaleError, WrongTypeError.
    """
    said = words(text("locale", locale))
    canvas = Canvas(_WIDTH + 2 * _PAD, said.direction == "rtl")
    counts = counts_of(occupancy)
    told = [words_of(count, said, locale) for count in counts]
    drawn: list[Markup] = []
    y = _PAD
    for count, label in zip(counts, told, strict=True):
        for line in folded(label, _TEXT, _WIDTH):
            drawn.append(canvas.text(_PAD, y + 12, line))
            y += 18
        drawn += _cells_drawn(canvas, count, _PAD, y + 2)
        y += _HEIGHT + 2 + _PAD
    width, height = _WIDTH + 2 * _PAD, max(y, 2 * _PAD)
    ground = canvas.rect(0, 0, width, height, rx="6", class_="ground")
    return svg(
        "bar",
        (width, height),
        said,
        element("title", "; ".join(told)),
        element("style", BARS),
        ground,
        *drawn,
    )


def counts_of(occupancy: Seats) -> tuple[SeatCount, ...]:
    """Return the seats of each kind."""
    if isinstance(occupancy, Occupancy):
        return occupancy.counts
    if isinstance(occupancy, SeatBar):
        return (occupancy.seats,)
    if isinstance(occupancy, SeatCount):
        return (occupancy,)
    raise WrongTypeError("occupancy", "Occupancy | SeatBar | SeatCount", occupancy)


def words_of(count: SeatCount, said: Words, locale: str) -> str:
    """Return the numbers of a bar in words, what waits for removal too."""
    _, ngettext = said.gettext, said.ngettext
    numbers = {
        "occupied": format_number(count.occupied, locale),
        "owned": format_quantity(count.owned, count.unit, locale),
        "missing": format_number(count.missing, locale),
        "free": format_number(count.vacant, locale),
        "leaving": format_number(count.scheduled_removal, locale),
    }
    if count.missing:
        found = _("%(occupied)s of %(owned)s used, %(missing)s missing") % numbers
    elif count.is_full:
        found = _("%(occupied)s of %(owned)s used, none free") % numbers
    else:
        found = _("%(occupied)s of %(owned)s used, %(free)s free") % numbers
    if not count.scheduled_removal:
        return found
    leaves = ngettext(
        "%(numbers)s; %(leaving)s is scheduled for removal",
        "%(numbers)s; %(leaving)s are scheduled for removal",
        count.scheduled_removal,
    )
    return leaves % (numbers | {"numbers": found})


def _parts(count: SeatCount, cells: int) -> tuple[int, int, int]:
    """Return how many of *cells* are occupied, stay free, and wait for removal.

    A bar looks full only where it is.
    """
    if count.is_full:
        return cells, 0, 0
    used = count.occupied * cells // count.owned
    leaving = min(count.scheduled_removal, count.vacant)
    away = min(max(leaving * cells // count.owned, bool(leaving)), cells - used)
    return used, cells - used - away, away


def bar_text(count: SeatCount, words: str) -> str:
    """Return one bar in characters, and its *words* beside it."""
    used, free, leaving = _parts(count, _CELLS)
    return f"[{'#' * used}{'-' * free}{'~' * leaving}]  {printable(words)}"


def bar_markup(count: SeatCount, words: str, *style: Markup, rtl: bool) -> Markup:
    """Return one bar below its *words*; its page has its style, or it *style*."""
    canvas = Canvas(_WIDTH, rtl)
    drawing = element(
        "svg",
        *style,
        *_cells_drawn(canvas, count, 0, 0),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        class_="seatbill-bar",
        aria_hidden="true",
    )
    return element("div", element("p", words), drawing, class_="seatbill-seats")


def _cells_drawn(canvas: Canvas, count: SeatCount, x: int, y: int) -> Iterator[Markup]:
    """Yield the cells of a bar, a seat each where there are few."""
    color = (BarColor.RED if count.is_full else BarColor.BLUE).value
    few = 0 < count.owned <= _MOST_CELLS
    cells = count.owned if few else _WIDTH
    names = (color, "free", "leaving")
    gap = 3 if few else 0
    place = 0
    for name, part in zip(names, _parts(count, cells), strict=True):
        for first, size in _runs(place, part, one_by_one=few):
            step = _WIDTH / cells
            yield canvas.rect(
                x + first * step,
                y + 0.5,
                size * step - gap,
                _HEIGHT - 1,
                rx="3",
                class_=f"cell {name}",
            )
        place += part


def _runs(place: int, part: int, *, one_by_one: bool) -> Iterable[tuple[int, int]]:
    if one_by_one:
        return [(place + i, 1) for i in range(part)]
    return [(place, part)] if part else []
