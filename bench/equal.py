"""Equal answers first: the library and the script of a system, to the cent."""

from __future__ import annotations

from typing import Any

from seatbill import Invoice

from .scripts import Bill
from .stories import STORIES, Story


def check_equal() -> int:
    """Bill every story in both ways; return how many lines were equal.

    Raises: AssertionError that names the story.
    """
    return sum(_check(story) for story in STORIES)


def _check(story: Story) -> int:
    """Refuse a *story* on which the two do not agree."""
    found = story.bill()
    ours = [_invoice(invoice) for invoice in found.invoices]
    theirs = [_printed(bill) for bill in story.script()]
    for one, other in zip(ours, theirs, strict=True):
        if one != other:
            raise AssertionError(f"{story.name}: {one} is not {other}")
    return sum(len(invoice.lines) for invoice in found.invoices)


def _invoice(invoice: Invoice) -> Any:
    """Return what is compared of an invoice."""
    lines = [
        (line.item, line.quantity, line.start, line.end, line.amount.amount)
        for line in invoice.lines
    ]
    totals = invoice.subtotal, invoice.tax, invoice.total, invoice.credit_applied
    return invoice.issued_on, lines, [money.amount for money in totals]


def _printed(bill: Bill) -> Any:
    """Return what is compared of a script's invoice."""
    lines = [
        (line.item, line.quantity, line.start, line.end, line.amount)
        for line in bill.lines
    ]
    totals = bill.subtotal, bill.tax, bill.total, bill.credit_applied
    return bill.date, lines, list(totals)
