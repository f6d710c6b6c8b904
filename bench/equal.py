"""Equal answers first: three ways to bill a month, the same amounts to the cent."""

from __future__ import annotations

from typing import Any

from . import inlined, script
from .workload import Story, amounts, seatbill_bills, stories


def check_equal() -> int:
    """Bill a month from each day of three years in all three ways; return how many.

    The integers must answer with an equal subscription and equal invoices, the
    script with equal lines and amounts.  Raises: AssertionError that names the month.
    """
    months = 0
    for month in stories():
        _check(month)
        months += 1
    return months


def _check(month: Story) -> None:
    """Refuse a *month* on which the three do not agree."""
    subscription, invoices = seatbill_bills(month)
    if inlined.inlined_bills(month, inlined.OWN) != (subscription, invoices):
        raise AssertionError(f"the integers answer otherwise: {month}")
    _, plain = inlined.inlined_bills(month, inlined.PLAIN)
    if [_units(bill) for bill in plain] != [_units(bill) for bill in invoices]:
        raise AssertionError(f"the plain objects have other amounts: {month}")
    bills = script.run(script.opened(month), script.events(month), month.until)
    ours = [
        (line.item, line.quantity, line.start, line.end, line.amount.amount)
        for invoice in invoices
        for line in invoice.lines
    ]
    theirs = [
        (line.item, line.quantity, line.start, line.end, line.amount)
        for bill in bills
        for line in bill.lines
    ]
    days = [invoice.issued_on for invoice in invoices]
    read = [money.amount for money in amounts(invoices)]
    if ours != theirs or days != [bill.date for bill in bills]:
        raise AssertionError(f"the script has other lines: {month}")
    if read != script.amounts(bills):
        raise AssertionError(f"the script has other amounts: {month}")


def _units(bill: Any) -> list[tuple[int, str]]:
    """Return every amount of a *bill*, whoever made it."""
    return [(money.minor_units, money.currency) for money in amounts([bill])]
