"""What stands on its day in a timeline: periods, changes, invoices, today."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ..._values.checks import Time
from ...subscriptions import Status
from .._markup import Markup, element, isolated
from .canvas import text_width
from .placing import Label, in_one_row, in_rows, kept_inside
from .plot import FAR, NEAR, WIDTH, Plot
from .spans import Chronicle

_TEXT: Final = 11
_MARK: Final = 18
_MARK_ROWS: Final = 8
_AMOUNT_ROWS: Final = 8
_LEFT, _RIGHT = NEAR - 8, WIDTH - FAR + 8


def axis(plot: Plot, chronicle: Chronicle, y: float) -> Iterator[Markup]:
    """Yield the days on which periods begin, as many as have room."""
    days = chronicle.boundaries
    words = [plot.setting.day(day) for day in days]
    labels = [
        Label(plot.x(day), text_width(word, _TEXT))
        for day, word in zip(days, words, strict=True)
    ]
    placed = in_one_row(labels, _LEFT, _RIGHT, 10)
    for word, label, near in zip(words, labels, placed, strict=True):
        if near is not None:
            middle = near + label.width / 2
            yield plot.canvas.text(middle, y, word, anchor="middle", class_="day")


def bands(
    plot: Plot, chronicle: Chronicle, top: float, bottom: float
) -> Iterator[Markup]:
    """Yield the periods as bands, every second one shaded, and what else ran."""
    canvas, days = plot.canvas, chronicle.boundaries
    for i, (start, end) in enumerate(pairwise(days)):
        x = plot.x(start)
        shade = "period odd" if i % 2 else "period"
        yield canvas.rect(x, top, plot.x(end) - x, bottom - top, class_=shade)
    for day in days:
        x = plot.x(day)
        yield canvas.line(x, top - 4, x, bottom, class_="boundary")


def phase_height(chronicle: Chronicle) -> int:
    """Return how much room the names of trials and freezes take."""
    return 18 if chronicle.trial or chronicle.freezes else 0


def phases(
    plot: Plot, chronicle: Chronicle, top: float, bottom: float
) -> Iterator[Markup]:
    """Yield trials and freezes as bands, and their names as far as there is room."""
    canvas = plot.canvas
    told = list(_phases(plot, chronicle))
    labels = [
        Label((plot.x(start) + plot.x(end)) / 2, text_width(said, _TEXT))
        for start, end, said in told
    ]
    placed = in_one_row(labels, _LEFT, _RIGHT, 8)
    for (start, end, said), label, near in zip(told, labels, placed, strict=True):
        x = plot.x(start)
        yield canvas.rect(x, top, plot.x(end) - x, bottom - top, class_="phase")
        if near is not None:
            middle = near + label.width / 2
            yield canvas.text(middle, top + 13, said, anchor="middle", class_="day")


def _phases(plot: Plot, chronicle: Chronicle) -> Iterator[tuple[Time, Time, str]]:
    """Yield when a trial, a freeze or a pause ran, and what it is called."""
    if chronicle.trial is not None:
        yield *chronicle.trial, plot.setting.says(Status.TRIALING)
    for start, end in chronicle.freezes:
        yield start, end, plot.setting.says(Status.FROZEN)
    for start, end in chronicle.pauses:
        yield start, end, plot.setting.says(Status.PAUSED)


def said_of(plot: Plot, chronicle: Chronicle) -> list[tuple[Time, str, str]]:
    """Return each numbered mark: its day, what it says, and the class of its look."""
    says = plot.setting.says
    found = [
        (o.on, "; ".join(map(says, o.changes)), "change") for o in chronicle.changes
    ]
    found += [(one.applies_on, says(one), "pending") for one in chronicle.pending]
    return found


def marks(plot: Plot, chronicle: Chronicle, y: float) -> tuple[list[Markup], float]:
    """Return the numbers of changes on their days, and where the next part begins."""
    told = said_of(plot, chronicle)
    labels = [Label(plot.x(day), _MARK) for day, _, _ in told]
    found: list[Markup] = []
    rows = 0
    placed = in_rows(labels, _LEFT, _RIGHT, 2, _MARK_ROWS)
    for i, (near_row, (day, said, kind)) in enumerate(zip(placed, told, strict=True)):
        if near_row is None:
            continue
        near, row = near_row
        rows = max(rows, row + 1)
        x, middle = near + _MARK / 2, y + row * _MARK + _MARK / 2
        number = str(i + 1)
        found.append(
            element(
                "g",
                element("title", f"{plot.setting.day(day)} – {said}"),
                plot.canvas.circle(x, middle, 8),
                plot.canvas.text(x, middle + 3.5, number, anchor="middle"),
                class_=kind,
            )
        )
    return found, y + rows * _MARK + 6


def drops(
    plot: Plot, chronicle: Chronicle, top: float, bottom: float
) -> Iterator[Markup]:
    """Yield a line down from each change, and one for the day of the statement."""
    for day, _, kind in said_of(plot, chronicle):
        x = plot.x(day)
        yield plot.canvas.line(x, top - 6, x, bottom, class_=f"drop {kind}")
    x = plot.x(chronicle.until)
    yield plot.canvas.line(x, top - 6, x, bottom + 6, class_="until")


def amounts(plot: Plot, chronicle: Chronicle, y: float) -> tuple[list[Markup], float]:
    """Return the total of each invoice on its day, and where the next part begins."""
    canvas, setting = plot.canvas, plot.setting
    told = [(invoice, "invoice") for invoice in chronicle.invoices]
    if chronicle.next_invoice is not None:
        told.append((chronicle.next_invoice, "next"))
    words = [setting.money(invoice.total) for invoice, _ in told]
    labels = [
        Label(plot.x(invoice.issued_on), text_width(word, _TEXT))
        for (invoice, _), word in zip(told, words, strict=True)
    ]
    leaders: list[Markup] = []
    found: list[Markup] = []
    rows = 0
    placed = in_rows(labels, _LEFT, _RIGHT, 6, _AMOUNT_ROWS)
    for near_row, label, (invoice, kind), word in zip(
        placed, labels, told, words, strict=True
    ):
        leaders.append(canvas.circle(label.x, y + 5, 3.5, class_=kind))
        if near_row is None:
            continue
        near, row = near_row
        rows = max(rows, row + 1)
        line = y + 22 + row * 15
        day, why = setting.day(invoice.issued_on), setting.says(invoice.billing_reason)
        leaders.append(canvas.line(label.x, y + 8, label.x, line - 10, class_="leader"))
        found.append(
            element(
                "g",
                element("title", f"{invoice.key}, {day}, {why}"),
                canvas.text(near + label.width / 2, line, word, anchor="middle"),
                class_=f"total {kind}",
            )
        )
    y += 16 + rows * 15
    _ = setting.words.gettext
    said = _("As of %(day)s") % {"day": isolated(setting.day(chronicle.until))}
    label = Label(plot.x(chronicle.until), text_width(said, _TEXT))
    middle = kept_inside(label, _LEFT, _RIGHT) + label.width / 2
    found.append(canvas.text(middle, y + 12, said, anchor="middle", class_="day"))
    return [*leaders, *found], y + 16
