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
from ..parties import BuyerReferences, Party
from ..payments.means import PaymentInstructions
from ..periods import Period
from ..seats import Member, Occupancy
from . import sheets
from ._branding import style_of
from ._markup import Markup, characters, element, joined
from ._printable import Printable, sheet_of
from ._stylesheets import BARS, PAGE
from .looks import Look
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
    look: Look | None = None,
    payment: PaymentInstructions | None = None,
    references: BuyerReferences | None = None,
) -> str:
    """Return *document* as a page of HTML that stands on its own.

    The arguments are those of :func:`~seatbill.documents.to_text`; the page of a
    statement has its timeline too.

    Raises: LocaleError, MissingExtraError for a QR code without the extra ``qr``,
    OutOfBoundsError, WrongTypeError.
    """
    setting, sheet = sheet_of(
        document,
        locale,
        catalog,
        seller,
        note=note,
        preview=preview,
        look=look,
        payment=payment,
        references=references,
        members=members,
        measured=measured,
        notes=notes,
    )
    said = setting.words
    look = setting.look
    main = joined(_logo(look, sheet), _sheet(sheet, 1), _footer(look))
    parts = joined(_head(sheet, look), element("body", element("main", main)))
    page = element("html", parts, lang=said.tag, dir=said.direction)
    return f"<!DOCTYPE html>\n{page}\n"


def _policy(look: Look) -> str:
    """Return what a page may load: nothing, but the logo that stands inside it."""
    return _POLICY if look.logo is None else f"{_POLICY}; img-src data:"


def _logo(look: Look, sheet: sheets.Sheet) -> Markup | None:
    """Return the logo, which is called as the seller is."""
    if look.logo is None:
        return None
    names = [party.name for party in sheet.parties if party.role == "seller"]
    image = element("img", src=look.logo, alt=characters("".join(names)))
    return element("div", image, class_="logo")


def _footer(look: Look) -> Markup | None:
    if look.footer is None:
        return None
    return element("footer", element("bdi", look.footer))


def _head(sheet: sheets.Sheet, look: Look) -> Markup:
    """Return what is not shown: how wide a page is, its colors, title and style."""
    wide = "width=device-width, initial-scale=1"
    return element(
        "head",
        joined(
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content=wide),
            element("meta", name="color-scheme", content="light dark"),
            element(
                "meta", http_equiv="Content-Security-Policy", content=_policy(look)
            ),
            element("title", " ".join(filter(None, (sheet.title, sheet.number)))),
            element("style", Markup(PAGE + BARS + style_of(look))),
        ),
    )


def _sheet(sheet: sheets.Sheet, level: int) -> Markup:
    """Return a sheet: its heading, and each block below it."""
    tag = "article" if sheet.kind in _WHOLE else "section"
    words = (
        _time(sheet.when, sheet.day) if sheet.when and sheet.day else None,
        sheet.title,
        sheet.number and element("span", sheet.number, class_="number"),
        sheet.tag and element("span", sheet.tag, class_="tag"),
    )
    spaced = [part for word in words if word for part in (word, " ")][:-1]
    found: list[Markup | None] = [
        element("header", element(f"h{min(level, 6)}", *spaced))
    ]
    for block in sheet.blocks:
        if isinstance(block, sheets.Sheet):
            found.append(_sheet(block, level + 1))
        else:
            found.append(_WRITTEN[type(block)](block))
    return element(tag, joined(*found), class_=sheet.kind)


_LONG: Final = 24
"""More letters than a number has on a document that somebody prints."""

_WHOLE: Final = (
    "invoice",
    "preview",
    "credit-note",
    "correction",
    "quote",
    "view",
    "statement",
)


def _time(words: str, day: Time) -> Markup:
    return element("time", words, datetime=_iso(day))


def _iso(day: Time) -> str:
    return day.isoformat().replace("+00:00", "Z")


def _period(words: str, period: Period) -> Markup:
    """Return a period; a machine reads its first and last day (ISO 8601)."""
    whole_days = not isinstance(period.end, dt.datetime)
    last = period.last_day if whole_days else period.end
    return element("data", words, value=f"{_iso(period.start)}/{_iso(last)}")


def _parties(block: sheets.Parties) -> Markup | None:
    if not block.parties:
        return None
    found = [
        element(
            "div",
            element("p", party.label, class_="label"),
            element(
                "address",
                element("strong", party.name),
                *(element("span", line) for line in party.details),
            ),
        )
        for party in block.parties
    ]
    return element("div", joined(*found), class_="parties")


def _facts(block: sheets.Facts) -> Markup:
    rows = [
        element("div", element("dt", fact.label), element("dd", _value(fact)))
        for fact in block.facts
    ]
    return element(
        "dl", joined(*rows), class_="facts brief" if block.brief else "facts"
    )


def _value(fact: sheets.Fact) -> str:
    """Return the value of a fact, for a machine too."""
    if fact.day is not None:
        return _time(fact.value, fact.day)
    if fact.period is not None:
        return _period(fact.value, fact.period)
    if fact.link is not None:
        return element("a", fact.value, href=fact.link, rel="noreferrer")
    return fact.value


def _notes(block: sheets.Notes) -> Markup | None:
    if not block.notes:
        return None
    said = [element("p", element("bdi", note)) for note in block.notes]
    return element("div", joined(*said), class_="notes")


def _bars(block: sheets.Bars) -> Markup:
    drawn = [bar_markup(count, words, rtl=block.rtl) for count, words in block.bars]
    return element("div", joined(*drawn), class_="bars")


def _picture(block: sheets.Picture) -> Markup:
    """Return a drawing, which scrolls where it is wide and the screen narrow."""
    if block.kind == "qr":
        words = element("figcaption", block.label)
        return element("figure", block.draw(), words, class_=block.kind)
    return element(
        "figure", block.draw(), class_=block.kind, tabindex=0, aria_label=block.label
    )


def _table(block: sheets.Lines) -> Markup:
    """Return the table of a document; its head is repeated on each page of paper.

    The roles are said because a narrow screen shows the rows as blocks.
    """
    heads = [element("th", block.item, scope="col", role="columnheader")]
    heads += [
        element("th", column.label, scope="col", role="columnheader", class_="figure")
        for column in block.columns
    ]
    rows = [_row(line, block.columns) for line in block.lines]
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


def _row(line: sheets.Line, columns: tuple[sheets.Column, ...]) -> Markup:
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
        element("td", _whole(cell), data_label=head, role="cell", class_=_figure(cell))
        for head, cell in ((c.label, line.cell(c)) for c in columns)
    ]
    return element("tr", item, *cells, role="row")


def _whole(cell: str) -> str:
    """Return a cell as one thing, where it has a name in it that is one of its own."""
    return element("span", cell) if "\u2068" in cell else cell


def _figure(words: str) -> str:
    """Return the class of a number: a very long one may be broken."""
    return "figure" if len(words) <= _LONG else "figure long"


def _totals(block: sheets.Totals) -> Markup:
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
    sheets.Parties: _parties,
    sheets.Facts: _facts,
    sheets.Lines: _table,
    sheets.Totals: _totals,
    sheets.Notes: _notes,
    sheets.Bars: _bars,
    sheets.Picture: _picture,
}
