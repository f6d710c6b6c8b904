"""Below a timeline: what its colours and lines mean, and its changes by number."""

from __future__ import annotations

from collections.abc import Iterator

from .._markup import Markup, element, isolated
from .canvas import shortened, text_width
from .dated import said_of
from .plot import FAR, NEAR, WIDTH, Plot
from .spans import Chronicle, own_invoice

_TEXT = 12
_ROW = 19
_SWATCH = 22
_MOST_LISTED = 60
_MOST_ROWS = 12


def legend_markup(
    plot: Plot, chronicle: Chronicle, y: float, *, people: bool
) -> tuple[list[Markup], float]:
    """Return the legend, and where the next part begins."""
    found: list[Markup] = []
    x = float(NEAR)
    for swatch, words in _entries(plot, chronicle, people=people):
        room = WIDTH - FAR - NEAR - _SWATCH - 6
        said = shortened(words, _TEXT, room)
        width = _SWATCH + 6 + text_width(said, _TEXT)
        if x > NEAR and x + width > WIDTH - FAR:
            x, y = float(NEAR), y + _ROW
        found.append(_swatch(plot, swatch, x, y))
        found.append(plot.canvas.text(x + _SWATCH + 6, y + 10, said, class_="key"))
        x += width + 16
    return found, y + _ROW


def _entries(
    plot: Plot, chronicle: Chronicle, *, people: bool
) -> Iterator[tuple[str | int, str]]:
    """Yield each swatch and its words: a look's number, or the kind of a line."""
    _ = plot.setting.words.gettext
    for (kind, item), look in plot.looks.items():
        yield look, plot.setting.name(kind, item)
    told = (
        (any(lane.credits for lane in chronicle.lanes), "credit", _("Credited")),
        (any(lane.planned for lane in chronicle.lanes), "planned", _("Next period")),
        (people, "owned", _("Seats owned")),
        (people, "occupied", _("Seats occupied")),
        (chronicle.changes, "change", _("Change")),
        (chronicle.pending, "pending", _("Scheduled change")),
        (chronicle.invoices, "invoice", _("Invoice total")),
    )
    yield from ((swatch, words) for shown, swatch, words in told if shown)


def _swatch(plot: Plot, kind: str | int, x: float, y: float) -> Markup:
    """Return a small piece of what the words beside it explain."""
    canvas, middle = plot.canvas, x + _SWATCH / 2
    look, bar, fill = 0, str(kind), "none"
    if isinstance(kind, int):
        look, bar, fill = kind, "charge", plot.fill(kind)
    elif kind in ("owned", "occupied"):
        return canvas.line(x, y + 6, x + _SWATCH, y + 6, class_=kind)
    elif kind == "invoice":
        return canvas.circle(middle, y + 6, 3.5, class_=kind)
    elif kind in ("change", "pending"):
        return element("g", canvas.circle(middle, y + 6, 6), class_=kind)
    elif kind == "credit":
        fill = plot.fill(0, credit=True)
    shape = canvas.rect(x, y, _SWATCH, 12, class_=bar, fill=fill)
    return element("g", shape, class_=plot.color_of(look))


def list_markup(
    plot: Plot, chronicle: Chronicle, y: float
) -> tuple[list[Markup], float]:
    """Return the changes by their numbers, and where the drawing ends.

    Many stand in two columns; more than 60 of them are not listed one by one.
    """
    _ = plot.setting.words.ngettext
    told = entries(plot, chronicle)
    more = len(told) - _MOST_LISTED
    if more > 0:
        said = _("and %(count)s more", "and %(count)s more", more)
        told = [*told[:_MOST_LISTED], (said % {"count": more}, "")]
    if not told:
        return [], y
    across = 2 if len(told) > _MOST_ROWS else 1
    rows = -(-len(told) // across)
    wide = (WIDTH - FAR - NEAR) / across
    found: list[Markup] = []
    text = plot.canvas.text
    for i, (said, amount) in enumerate(told):
        x, line = NEAR + wide * (i // rows), y + 19 + i % rows * _ROW
        room = wide - 38 - text_width(amount, _TEXT)
        if i < _MOST_LISTED:
            found.append(text(x + 18, line, str(i + 1), anchor="end", class_="number"))
        words = shortened(said, _TEXT, room) + amount
        found.append(text(x + 26, line, words, class_="entry"))
    return found, y + 8 + rows * _ROW


def entries(plot: Plot, chronicle: Chronicle) -> list[tuple[str, str]]:
    """Return each numbered mark in words: its day and what it is, what it came to."""
    setting = plot.setting
    found = []
    for i, (day, said, _kind) in enumerate(said_of(plot, chronicle)):
        if i >= len(chronicle.changes):
            found.append((said, ""))
            continue
        own = own_invoice(chronicle.changes[i])
        amount = f" · {isolated(setting.money(own.total))}" if own else ""
        found.append((f"{isolated(setting.day(day))} – {said}", amount))
    return found
