"""A history billed anew, of which credit notes took something back already.

A note that the history does not record counts after the day on which it was issued, on
the charge that is at its line's place; where the history has given back more by then
than the note leaves, it counts from the start.

Of 10.00 all is noted on the 20th, and the corrected history ends on the 15th: nothing
comes back on the 15th.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .._values.checks import Time
from ..corrections import CreditNote, CreditReason
from ..subscriptions import Outcome, RecordCreditNote, Subscription
from .statements import Entry, Measured, Statement, billed

Noted = list[tuple[str, Time, int]]
"""The key of each note, the day on which it was issued, and how much it took."""


def bill_noted(
    opening: Outcome | Subscription,
    history: Iterable[Entry],
    until: Time,
    measured: Measured | None,
    notes: list[CreditNote],
) -> tuple[Statement, set[str]]:
    """Return what the history comes to, where *notes* took something back already.

    And the keys of those that took something of what it has not at all.
    """
    entries = tuple(history) if isinstance(history, Iterator) else history
    statement = billed(opening, entries, until, measured)
    noted, void = _noted(statement, notes)
    first = len(opening.invoices) if isinstance(opening, Outcome) else 0
    early = set[str]()
    while noted:
        known = {
            id: [(key, None if id in early else day, units) for key, day, units in own]
            for id, own in noted.items()
        }
        statement = billed(opening, entries, until, measured, noted=known)
        over = {id for id in noted if _is_over(statement, first, id, noted[id])} - early
        if not over:
            break
        early |= over
    return statement, void


def _noted(
    statement: Statement, notes: list[CreditNote]
) -> tuple[dict[str, Noted], set[str]]:
    """Return by charge of the *statement* what *notes* took that it does not record.

    And the keys of the notes of whose lines it has none.
    """
    recorded = {
        change.key
        for _, asked, *_ in statement.history
        for change in (asked if isinstance(asked, tuple) else (asked,))
        if isinstance(change, RecordCreditNote)
    }
    ids: dict[Any, str] = {c.charge_id: c.charge_id for c in statement.opening.charges}
    for line in (line for invoice in statement.invoices for line in invoice.lines):
        ids.setdefault((line.terms, line.start, line.end), line.charge_id)
        ids.setdefault((line.terms.key, line.whole.start), line.charge_id)
    found: dict[str, Noted] = {}
    void = {n.key for n in notes if n.reason is not CreditReason.CORRECTED_HISTORY}
    for note in [note for note in notes if note.key in void]:
        for each in note.lines:
            line, units = each.line, each.amount.minor_units
            same = line.terms, line.start, line.end
            alike = line.terms.key, line.whole.start
            id = ids.get(same) or ids.get(line.charge_id) or ids.get(alike)
            if id is None:
                continue
            void.discard(note.key)
            if note.key not in recorded:
                found.setdefault(id, []).append((note.key, note.issued_on, units))
    return found, void


def _is_over(statement: Statement, first: int, id: str, noted: Noted) -> bool:
    """Return whether more is back of a charge, with its notes, than was charged.

    What the *first* invoices charged stands on the charges of the opening.
    """
    lines = [line for invoice in statement.invoices[first:] for line in invoice.lines]
    lines += statement.subscription.waiting_lines
    amounts = [
        charge.charged_minor - charge.credited_minor
        for charge in statement.opening.charges
        if charge.charge_id == id
    ]
    amounts += [line.amount_minor for line in lines if line.charge_id == id]
    opened = next((amount for amount in amounts if amount), 0)
    left = sum(amounts) - sum(units for _, _, units in noted)
    return left * opened < 0
