"""A document as one page of HTML: nothing is loaded, nothing runs, all is escaped.

It reads on a screen in light and dark, on a phone and on paper (A4 and Letter), from
left to right and from right to left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from .._values.checks import Time
from ..catalogs import Catalog
from ..parties import Party
from ..periods import Period
from ..seats import Member, Occupancy
from ._kinds import Printable, sheet_of
from ._markup import Markup, element, joined
from ._page_style import PAGE_STYLE
from ._sheets import (
    Bars,
    Fact,
    Facts,
    Line,
    Lines,
    Notes,
    Parties,
    Picture,
    Sheet,
    Totals,
)
from ._style import BAR_STYLE
from .seat_bars import bar_markup

__all__ = ["to_html"]

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing is loaded or run, whatever the page says."""


def to_html(
    document: Printable,
    *,
    locale: str = "en",
    catalog: Catalog | None = None,
    seller: Party | None = None,
    note: str | None = None,
    preview: bool = False,
    members: Iterable[Member] | Occupancy | None = None,
    measured: Mapping[str, int] | None = None,
    notes: Iterable[str | None] = (),
) -> str:
    """Return *document* as a page of HTML that stands on its own.

    The arguments are those of :func:`~seatbill.documents.to_text`; the page of a
    statement has its timeline too.

    Raises: LocaleError, WrongTypeError.
    """
    setting, sheet = sheet_of(
        document,
        locale=locale,
        catalog=catalog,
        seller=seller,
        note=note,
        preview=preview,
        members=members,
        measured=measured,
        notes=notes,
    )
    title = " ".join(filter(None, (sheet.title, sheet.number)))
    head = element(
        "head",
        joined(
            element("meta", charset="utf-8"),
            element(
                "meta", name="viewport", content="width=device-width, initial-scale=1"
            ),
            element("meta", name="color-scheme", content="light dark"),
            element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            element("title", title),
            element("style", Markup(PAGE_STYLE + BAR_STYLE)),
        ),
    )
    body = element("body", element("main", _sheet(sheet, level=1)))
    page = element(
        "html",
        joined(head, body),
        lang=setting.words.tag,
        dir=setting.words.direction,
    )
    return f"<!DOCTYPE html>\n{page}\n"


def _sheet(sheet: Sheet, *, level: int) -> Markup:
    """Return a sheet: its heading, and each block below it."""
    tag = "article" if sheet.kind in _WHOLE else "section"
    number = None
    if sheet.number is not None:
        number = element("span", sheet.number, class_="number")
    mark = None
    if sheet.tag is not None:
        mark = element("span", sheet.tag, class_="tag")
    day = None
    if sheet.day is not None and sheet.when is not None:
        day = _time(sheet.when, sheet.day)
    words = [part for part in (day, sheet.title, number, mark) if part is not None]
    spaced = [part for word in words for part in (word, " ")][:-1]
    heading = element(f"h{min(level, 6)}", *spaced)
    found: list[Markup | None] = [element("header", heading)]
    for block in sheet.blocks:
        if isinstance(block, Sheet):
            found.append(_sheet(block, level=level + 1))
        else:
            found.append(_WRITTEN[type(block)](block))
    return element(tag, joined(*found), class_=sheet.kind)


_LONG: Final = 24
"""More letters than a number has on a document that somebody prints."""

_WHOLE: Final = ("invoice", "preview", "credit-note", "correction", "view", "statement")


def _time(words: str, day: Time) -> Markup:
    """Return a day, or an instant, that a machine can read too."""
    return element("time", words, datetime=_iso(day))


def _iso(day: Time) -> str:
    """Return *day* in ISO 8601."""
    return day.isoformat().replace("+00:00", "Z")


def _period(words: str, period: Period) -> Markup:
    """Return a period; a machine reads its first and last day (ISO 8601)."""
    whole_days = not isinstance(period.end, dt.datetime)
    last = period.last_day if whole_days else period.end
    return element("data", words, value=f"{_iso(period.start)}/{_iso(last)}")


def _parties(block: Parties) -> Markup | None:
    """Return the parties side by side."""
    if not block.parties:
        return None
    found = []
    for party in block.parties:
        details = [element("span", line) for line in party.details]
        found.append(
            element(
                "div",
                element("p", party.label, class_="label"),
                element("address", element("strong", party.name), *details),
            )
        )
    return element("div", joined(*found), class_="parties")


def _facts(block: Facts) -> Markup:
    """Return names and values."""
    rows = [
        element("div", element("dt", fact.label), element("dd", _value(fact)))
        for fact in block.facts
    ]
    return element(
        "dl", joined(*rows), class_="facts brief" if block.brief else "facts"
    )


def _value(fact: Fact) -> str:
    """Return the value of a fact, for a machine too."""
    if fact.day is not None:
        return _time(fact.value, fact.day)
    if fact.period is not None:
        return _period(fact.value, fact.period)
    return fact.value


def _notes(block: Notes) -> Markup | None:
    """Return sentences."""
    if not block.notes:
        return None
    return element(
        "div",
        joined(*(element("p", element("bdi", note)) for note in block.notes)),
        class_="notes",
    )


def _bars(block: Bars) -> Markup:
    """Return the seat bars."""
    drawn = [bar_markup(count, words, rtl=block.rtl) for count, words in block.bars]
    return element("div", joined(*drawn), class_="bars")


def _picture(block: Picture) -> Markup:
    """Return a drawing that scrolls where the screen is narrow."""
    return element(
        "figure",
        block.draw(),
        class_="picture",
        tabindex=0,
        aria_label=block.label,
    )


def _table(block: Lines) -> Markup:
    """Return the table of a document; its head is repeated on each page of paper.

    The roles are said because a narrow screen shows the rows as blocks.
    """
    heads = [element("th", block.item, scope="col", role="columnheader")]
    heads += [
        element("th", head, scope="col", role="columnheader", class_="figure")
        for head in block.heads
    ]
    rows = [_row(line, block.heads) for line in block.lines]
    return element(
        "table",
        joined(
            element("caption", block.caption),
            element("thead", element("tr", *heads, role="row"), role="rowgroup"),
            element("tbody", joined(*rows), role="rowgroup"),
        ),
        class_="lines",
        role="table",
    )


def _row(line: Line, heads: tuple[str, ...]) -> Markup:
    """Return a row: what and when, then its numbers."""
    time = line.time
    if isinstance(time, Period):
        when = _period(line.when, time)
    else:
        when = _time(line.when, time)
    remarks = [element("span", remark, class_="remark") for remark in line.remarks]
    item = element(
        "th",
        element("span", line.title, class_="item"),
        element("span", element("span", when), *remarks, class_="more"),
        scope="row",
        role="rowheader",
    )
    cells = [
        element("td", cell, data_label=head, role="cell", class_=_figure(cell))
        for head, cell in zip(heads, line.cells, strict=True)
    ]
    return element("tr", item, *cells, role="row")


def _figure(words: str) -> str:
    """Return the class of a number: a very long one may be broken."""
    return "figure" if len(words) <= _LONG else "figure long"


def _totals(block: Totals) -> Markup:
    """Return the sums."""
    rows = [
        element(
            "div",
            element("dt", total.label),
            element("dd", total.amount, class_=_figure(total.amount)),
            class_="due" if total.strong else None,
        )
        for total in block.totals
    ]
    return element("dl", joined(*rows), class_="totals")


_WRITTEN: Final[dict[type, Callable[[Any], Markup | None]]] = {
    Parties: _parties,
    Facts: _facts,
    Lines: _table,
    Totals: _totals,
    Notes: _notes,
    Bars: _bars,
    Picture: _picture,
}
