"""A document as words in their places: what stands between its values and a page.

The places are the same in text and HTML, so that both say the same; a template of the
host's own is filled from them.  Amounts, days and sentences are written as the locale
writes them.  What came from outside, such as a name, stands between U+2068 and U+2069,
so that its direction is its own: browsers and terminals know the two marks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import attrs

from .._values.checks import Time
from ..corrections import CreditNoteLine
from ..invoices import InvoiceLine
from ..money import Money
from ..periods import Period
from ..seats import SeatCount
from ..taxes import TaxAmount
from ._markup import Markup

__all__ = ["Column", "Fact", "Line", "Lines", "PartyBlock", "Sheet", "Total"]


@final
@attrs.frozen
class Fact:
    """A label and what it is; *day* or *period* where a machine may want to read it.

    *name* is the same in every language: ``"issued_on"``, ``"due_on"``, ``"reason"``,
    ``"reference"``, ``"credits"``, ``"corrects"``, ``"corrected_on"``, ``"used_by"``,
    ``"buyer_reference"``, ``"purchase_order"``, ``"contract"``; of a payment
    ``"terms"``, ``"collected"``, ``"creditor_id"``, ``"holder"``, ``"iban"``,
    ``"bic"``, ``"payment_reference"`` and ``"link"``, whose address is *link*.  Facts
    about a subscription have none.
    """

    label: str
    value: str
    day: Time | None = None
    period: Period | None = None
    name: str = ""
    link: str | None = None


@final
@attrs.frozen
class Facts:
    """Names and values; *brief* ones stand in one line."""

    facts: tuple[Fact, ...]
    brief: bool = False


@final
@attrs.frozen
class PartyBlock:
    """Who supplies or receives: a heading, the name, the details below it.

    *role* is ``"seller"``, ``"buyer"`` or ``"previous"``, the buyer before a
    correction.
    """

    label: str
    name: str
    details: tuple[str, ...]
    role: str


@final
@attrs.frozen
class Parties:
    """The parties side by side."""

    parties: tuple[PartyBlock, ...]


@final
@attrs.frozen(kw_only=True)
class Line:
    """A row: the item by its name, when, remarks on its price, and its numbers.

    *quantity* has its unit (``"3 seats"``), *count* is the number alone.  What a line
    does not have is empty: *unit_price* where no one price makes it, *share* of a whole
    period, *invoiced* but on a credit note.  *tiers* says how tiers make the full
    amount, where the catalog has them; it stands in *remarks* too.  *source* is the
    line itself.
    """

    title: str
    when: str
    time: Period | Time
    remarks: tuple[str, ...] = ()
    item: str = ""
    count: str = ""
    quantity: str = ""
    unit_price: str = ""
    tax: str = ""
    share: str = ""
    invoiced: str = ""
    amount: str
    tiers: str = ""
    own: tuple[str, ...] = ()
    source: InvoiceLine | CreditNoteLine

    def cell(self, column: Column) -> str:
        """Return the number of *column*."""
        if column.own is not None:
            return self.own[column.own]
        found: str = getattr(self, column.name)
        return found


@final
@attrs.frozen
class Column:
    """A column of numbers: the *name* of the field of a line, and its heading.

    *own* counts the columns of the host's own, from 0.
    """

    name: str
    label: str
    own: int | None = None


@final
@attrs.frozen(kw_only=True)
class Lines:
    """A table: what it is called, the headings of item and time, columns, and rows."""

    caption: str
    item: str
    time: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


@final
@attrs.frozen
class Total:
    """A sum below the table; the last word of a document is *strong*.

    *name* is ``"subtotal"``, ``"tax"``, ``"total"``, ``"credit_applied"``,
    ``"credit_granted"``, ``"credit_lot"``, ``"rounding"``, ``"amount_due"`` or, on a
    credit note, ``"credited"``.  *money* is the amount as a value, *tax* that of one
    rate.
    """

    label: str
    amount: str
    name: str
    money: Money
    tax: TaxAmount | None = None
    strong: bool = False


@final
@attrs.frozen
class Totals:
    """The sums, one below the other."""

    totals: tuple[Total, ...]


@final
@attrs.frozen
class Notes:
    """Sentences, one below the other."""

    notes: tuple[str, ...]


@final
@attrs.frozen
class Bars:
    """The seat bars, each with its words; *rtl* where they grow from the right."""

    bars: tuple[tuple[SeatCount, str], ...]
    rtl: bool


@final
@attrs.frozen
class Picture:
    """A drawing by its name, which only a page shows, so it is made there."""

    draw: Callable[[], Markup]
    label: str
    kind: str = "picture"


@final
@attrs.frozen(kw_only=True)
class Sheet:
    """A heading and what stands below it, in order; a sheet may hold others.

    *kind* is ``"invoice"``, ``"preview"``, ``"credit-note"``, ``"correction"``,
    ``"quote"``, ``"view"``, ``"statement"`` or ``"outcome"``; of a part, ``"group"``
    (one invoice of a combined one), ``"payment"``, ``"change"``, ``"standing"`` and
    such.  *number* stands beside the title; *day* is said before it where the sheet is
    an entry of a history.  The properties are the blocks by what they are.
    """

    kind: str
    title: str
    number: str | None = None
    tag: str | None = None
    day: Time | None = None
    when: str | None = None
    blocks: tuple[Block, ...]

    def _of(self, kind: type, field: str) -> tuple[Any, ...]:
        found = (block for block in self.blocks if isinstance(block, kind))
        return tuple(each for block in found for each in getattr(block, field))

    @property
    def parties(self) -> tuple[PartyBlock, ...]:
        """Who supplies and who receives."""
        return self._of(Parties, "parties")

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The days, references and reasons."""
        return self._of(Facts, "facts")

    @property
    def tables(self) -> tuple[Lines, ...]:
        """The tables: one for an invoice with lines, none for a combined one."""
        return tuple(block for block in self.blocks if isinstance(block, Lines))

    @property
    def lines(self) -> tuple[Line, ...]:
        """The rows of its tables."""
        return self._of(Lines, "lines")

    @property
    def totals(self) -> tuple[Total, ...]:
        """The sums, one below the other."""
        return self._of(Totals, "totals")

    @property
    def notes(self) -> tuple[str, ...]:
        """The sentences, one below the other."""
        return self._of(Notes, "notes")

    @property
    def parts(self) -> tuple[Sheet, ...]:
        """The sheets that it holds: the invoices of a combined one, the payment."""
        return tuple(block for block in self.blocks if isinstance(block, Sheet))


Block = Facts | Parties | Lines | Totals | Notes | Bars | Picture | Sheet
