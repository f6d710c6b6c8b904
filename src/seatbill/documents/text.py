"""A document as plain text, aligned for a terminal.

Every character takes the columns that a terminal gives it, and none moves the cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from ..catalogs import Catalog
from ..parties import BuyerReferences, Party
from ..payments.means import PaymentInstructions
from ..seats import Member, Occupancy
from . import sheets
from ._columns import aligned, columns, printable, wrapped
from ._markup import isolated
from ._printable import Printable, sheet_of
from .looks import Look
from .seat_bars import bar_text

__all__ = ["to_text"]

_ITEM: Final = 34
"""The widest column of items; a longer name goes on in the next row."""
_NOTE: Final = 78
"""The widest line of a sentence."""


def to_text(
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
    """Return *document* as text for a terminal, without a line end after the last.

    *catalog* gives items their names, their ids stand without it, and tells how tiers
    make a price; *seller* heads the document.  *note* is said below the sums, or before
    the rest of what is no invoice, in its own lines.  *preview* says that an invoice is
    what :func:`~seatbill.preview_invoice` returned.  *look* is the seller's; *payment*,
    of an invoice, says how what is due is paid, and *references* are the buyer's.  For
    a statement: *members* are people, or the seats as they were counted, for its bar;
    *measured* are the quantities of the next renewal, and *notes* one for each entry
    of its history.

    Raises: LocaleError, OutOfBoundsError, WrongTypeError.
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
    footer = setting.look.footer
    end = () if footer is None else ("", *_notes(sheets.Notes((isolated(footer),))))
    return "\n".join([*_sheet(sheet), *end])


def _sheet(sheet: sheets.Sheet) -> Iterator[str]:
    """Yield a sheet: its heading, and each block below it."""
    heading = " ".join(filter(None, (sheet.title, sheet.number)))
    if sheet.when is not None:
        heading = f"{sheet.when} – {heading}"
    if sheet.tag is not None:
        heading = f"{heading} ({sheet.tag})"
    yield from wrapped(printable(heading), _NOTE)
    table: sheets.Lines | None = None
    alone = True
    # What a terminal shows last is seen first: where the subscription stands.
    for block in sorted(sheet.blocks, key=_stands):
        if isinstance(block, sheets.Lines):
            table = block
            continue
        if isinstance(block, sheets.Totals):
            lines = list(_table(table, block))
        elif isinstance(block, sheets.Sheet):
            lines = list(_sheet(block))
        else:
            lines = list(_WRITTEN[type(block)](block))
        if lines and _apart(block, alone=alone):
            yield ""
        alone = alone and not lines
        yield from lines


def _stands(block: sheets.Block) -> bool:
    """Tell whether *block* is where a subscription stands."""
    return isinstance(block, sheets.Sheet) and block.kind == "standing"


def _apart(block: sheets.Block, *, alone: bool) -> bool:
    """Tell whether an empty line stands before *block*, which may be the first."""
    if isinstance(block, sheets.Facts):
        return not alone and not block.brief
    return isinstance(block, sheets.Totals | sheets.Sheet)


def _facts(block: sheets.Facts) -> Iterator[str]:
    """Yield names and values; a long value goes on below itself."""
    if block.brief:
        said = " · ".join(f"{fact.label} {fact.value}" for fact in block.facts)
        yield from (f"  {line}" for line in wrapped(printable(said), _NOTE))
        return
    wide = max(columns(printable(fact.label)) for fact in block.facts)
    rows = []
    for fact in block.facts:
        first, *more = wrapped(printable(fact.value), _NOTE - wide)
        rows.append((fact.label, first))
        rows += [("", line) for line in more]
    yield from aligned(rows)


def _parties(block: sheets.Parties) -> Iterator[str]:
    rows = []
    for party in block.parties:
        rows.append((party.label, party.name))
        rows += [("", line) for line in party.details]
    yield from aligned(rows)


def _notes(block: sheets.Notes) -> Iterator[str]:
    for line in "\n".join(block.notes).splitlines():
        yield from (f"  {part}" for part in wrapped(printable(line), _NOTE))


def _bars(block: sheets.Bars) -> Iterator[str]:
    yield from (f"  {bar_text(count, words)}" for count, words in block.bars)


def _nothing(_: sheets.Picture) -> Iterator[str]:
    """Yield nothing: a terminal shows no drawing."""
    yield from ()


_WRITTEN: Final[dict[type, Callable[[Any], Iterator[str]]]] = {
    sheets.Facts: _facts,
    sheets.Parties: _parties,
    sheets.Notes: _notes,
    sheets.Bars: _bars,
    sheets.Picture: _nothing,
}


def _table(table: sheets.Lines | None, totals: sheets.Totals) -> Iterator[str]:
    """Yield the rows of a table, and its sums below the last column.

    The labels of the sums reach over the empty cells before them.
    """
    sums = [(printable(total.label), total.amount) for total in totals.totals]
    if table is None:
        yield from aligned(sums, right=(0, 1))
        return
    heads = (table.item, table.time, *(column.label for column in table.columns))
    rows = [heads, *(row for line in table.lines for row in _rows(line, table))]
    amounts = [("",) * (len(heads) - 1) + (amount,) for _, amount in sums]
    numbers = range(2, len(heads))
    found = list(aligned([*rows, *amounts], right=numbers))
    last = max(columns(printable(row[-1])) for row in [*rows, *amounts])
    room = columns(found[-1]) - last - 2
    wider = max([0, *(columns(label) + 2 - room for label, _ in sums)])
    if wider:
        least = columns(printable(table.item)) + wider
        yield from _table(attrs.evolve(table, item=table.item.ljust(least)), totals)
        return
    yield from found[: len(rows)]
    for (label, _), line in zip(sums, found[len(rows) :], strict=True):
        taken = columns(label)
        yield f"{' ' * (room - taken)}{label}{line[room:]}"


def _rows(line: sheets.Line, table: sheets.Lines) -> Iterator[tuple[str, ...]]:
    """Yield the row of a line, what is left of its name, and its remarks."""
    first, *more = wrapped(printable(line.title), _ITEM)
    cells = [line.cell(column) for column in table.columns]
    yield (first, line.when, *cells)
    blank = ("",) * (len(cells) + 1)
    for text in more:
        yield (text, *blank)
    for remark in line.remarks:
        for text in wrapped(printable(remark), _ITEM - 2):
            yield (f"  {text}", *blank)
