"""Law 3 over all that gives back: changes, credit notes and corrections together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from ..corrections import CreditNote, CreditReason, credit_note
from ..errors import NothingToCreditError, OverCreditedError, SeatbillError
from ..invoices import Invoice, InvoiceLine, ItemKind
from ..lifecycle import change
from ..rebilling import rebill
from ..rules import Timing
from ..subscriptions import Cancel, RecordCreditNote, Subscription
from ._law import Checks, law
from .histories import History


@law
def all_that_goes_back_is_never_more_than_was_charged(history: History) -> Checks:
    """Hold that what is left of each invoice goes back once, whatever gives it back.

    By notes on the oldest or on the newest first, before an end at once or after it,
    and beside a correction to a history without changes, made before them or after.
    """
    day = history.until
    if any(
        isinstance(a, RecordCreditNote) for o in history.outcomes for a in o.changes
    ):
        return  # of a note that is not there, nothing can be told
    for newest, ended in product((False, True), repeat=2):
        sub, invoices = history.subscription, [*history.invoices]
        if ended:
            sub, invoices = _ended(sub, invoices, day)
        sub, notes = _noted(sub, invoices, day, newest=newest)
        sub, invoices = _ended(sub, invoices, day)
        for place, left in _left(invoices, sub.waiting_lines, notes):
            yield day, place, min(left, 0), 0
    yield from _corrected(history)


def _ended(
    sub: Subscription, invoices: list[Invoice], day: Any
) -> tuple[Subscription, list[Invoice]]:
    """Return *sub* after an end at once, with its invoices, where it may end."""
    try:
        done = change(sub, Cancel(), on=day, timing=Timing.IMMEDIATE)
    except SeatbillError:  # it is over, or a term runs
        return sub, invoices
    return done.subscription, [*invoices, *done.invoices]


def _noted(
    sub: Any,
    invoices: list[Invoice],
    day: Any,
    given: Iterable[CreditNote] = (),
    *,
    newest: bool = False,
) -> tuple[Any, list[CreditNote]]:
    """Return notes on each invoice for all that is left of it, beside those *given*.

    And *sub* as it knows them, where it is told.  One that takes what is to be given
    back is refused.
    """
    notes = [*given]
    waits = () if sub is None else (sub,)
    for invoice in reversed(invoices) if newest else invoices:
        own = [note for note in notes if note.invoice_key == invoice.key]
        try:
            note = credit_note(
                invoice,
                reason=CreditReason.GOODWILL,
                issued_on=day,
                previous=own,
                later=[*invoices, *(n for n in notes if n not in own), *waits],
            )
            if sub is not None and sub.ended_on is None:
                sub = change(sub, note.to_record(), on=day).subscription
        except (NothingToCreditError, OverCreditedError):
            continue
        notes.append(note)
    return sub, notes


def _left(
    invoices: Iterable[Invoice],
    waiting: Iterable[InvoiceLine],
    notes: Iterable[CreditNote],
) -> Iterator[tuple[str, int]]:
    """Yield what is left of each charge; of an amount off what was not taken back."""
    rest: Counter[str] = Counter()
    signs: dict[str, int] = {}
    for line in (*(line for i in invoices for line in i.lines), *waiting):
        rest[line.charge_id] += line.amount_minor
        off = line.terms.item_kind is ItemKind.DISCOUNT
        signs[line.charge_id] = -1 if off else 1
    for note in notes:
        for taken in note.lines:
            rest[taken.line.charge_id] -= taken.amount.minor_units
    for id, units in rest.items():
        yield f"what is left of charge {id}", signs[id] * units


def _corrected(history: History) -> Checks:
    """Yield what is left of each invoice, with notes before a correction or after."""
    day, issued = history.until, [*history.invoices]
    asked: Any = history.opening, issued, ()
    how: Any = {"until": day, "measured": history.measured}
    first = rebill(*asked, **how).credit_notes
    _, after = _noted(None, issued, day, first)
    _, before = _noted(history.subscription, issued, day, newest=True)
    then = rebill(*asked, previous=before, **how).credit_notes
    for notes in ([*before, *then], after):
        for invoice in issued:
            own = [note for note in notes if note.invoice_key == invoice.key]
            total = invoice.total.minor_units
            left = total - sum(note.total.minor_units for note in own)
            yield day, f"what is left of {invoice.key}", min(left, 0), min(total, 0)
