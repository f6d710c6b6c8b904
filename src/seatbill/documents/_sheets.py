"""A document as words in their places, before it is text or HTML.

The places are the same in both, so that both say the same; what a terminal has no
room for (the picture) is skipped there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import attrs

from .._values.checks import Time
from ..periods import Period
from ..seats import SeatCount
from ._markup import Markup


@final
@attrs.frozen
class Fact:
    """A name and what it is; *day* or *period* where a machine may want to read it."""

    label: str
    value: str
    day: Time | None = None
    period: Period | None = None


@final
@attrs.frozen
class Facts:
    """Names and values; *brief* ones stand in one line."""

    facts: tuple[Fact, ...]
    brief: bool = False


@final
@attrs.frozen
class PartyBlock:
    """Who supplies or receives: a heading, the name, the details below it."""

    label: str
    name: str
    details: tuple[str, ...]


@final
@attrs.frozen
class Parties:
    """The parties side by side."""

    parties: tuple[PartyBlock, ...]


@final
@attrs.frozen(kw_only=True)
class Line:
    """A row: what it is for, when, remarks on its price, and its numbers."""

    title: str
    when: str
    time: Period | Time
    remarks: tuple[str, ...] = ()
    cells: tuple[str, ...]


@final
@attrs.frozen(kw_only=True)
class Lines:
    """The table of a document; *heads* name its numbers, the last an amount."""

    caption: str
    item: str
    time: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]


@final
@attrs.frozen
class Total:
    """A sum below the table; the last word of a document is *strong*."""

    label: str
    amount: str
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


@final
@attrs.frozen(kw_only=True)
class Sheet:
    """A heading and what stands below it; a sheet may hold others.

    *number* stands beside the title; *day* is said before it where the sheet is an
    entry of a history.
    """

    kind: str
    title: str
    number: str | None = None
    tag: str | None = None
    day: Time | None = None
    when: str | None = None
    blocks: tuple[Block, ...]


Block = Facts | Parties | Lines | Totals | Notes | Bars | Picture | Sheet
