"""Laws of lines, of charges and what comes back, and of money as a whole."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any, Final

from ..invoices import InvoiceLine, ItemKind, LineKind
from ..subscriptions import GrantCredit
from ..verification import verify
from ._law import Checks, law, minor, rounded
from .histories import History

ONCE: Final = (LineKind.SERVICE, LineKind.FEE)
"""What is sold once, and never given back."""


@law
def every_line_proves_itself(history: History) -> Checks:
    """Hold that amounts follow from their lines; each is worked out anew here."""
    for invoice in history.invoices:
        day = invoice.issued_on
        for i, line in enumerate(invoice.lines):
            place = f"line {i} of {invoice.key}, {line.item}"
            exact = line.full_amount * line.share * minor(line.currency)
            amount = rounded(exact, line.terms.rounding)
            if line.cap is not None:
                cap = line.cap.minor_units
                amount = max(-cap, min(amount, cap))
            yield day, f"{place}: the amount", line.amount.minor_units, amount
            if line.unit_amount is not None:
                full = line.unit_amount * line.quantity
                yield day, f"{place}: the full amount", line.full_amount, full
        yield day, f"verify({invoice.key})", verify(invoice), ()


@law
def taxes_and_totals_are_sums_of_rounded_lines(history: History) -> Checks:
    """Hold that tax is computed once a rate, and that totals are sums."""
    rounding = history.opening.subscription.rules.rounding
    for invoice in history.invoices:
        day, bases, on_top = invoice.issued_on, Counter[Any](), 0
        for line in invoice.lines:
            for rate in line.tax_rates:
                bases[rate] += line.amount.minor_units
        for tax in invoice.taxes:
            rate, base = tax.rate, Fraction(bases.pop(tax.rate, 0))
            if rate.inclusive:
                amount = rounded(base - base / (1 + rate.rate), rounding)
                base -= amount
            else:
                amount = rounded(base * rate.rate, rounding)
                on_top += amount
            place = f"tax {rate.id} of {invoice.key}"
            found = (tax.base.minor_units, tax.amount.minor_units)
            yield day, f"{place}: base and amount", found, (base, amount)
        yield day, f"a rate without a tax on {invoice.key}", [*bases], []
        subtotal = sum(line.amount.minor_units for line in invoice.lines)
        found = (invoice.subtotal.minor_units, invoice.total.minor_units)
        wanted = (subtotal, subtotal + on_top)
        yield day, f"subtotal and total of {invoice.key}", found, wanted


# Nothing is lost.


@law
def credits_name_their_charge_and_never_exceed_it(history: History) -> Checks:
    """Hold that a credit has the terms of its charge, and never more of it."""
    rest: Counter[str] = Counter()
    opened: dict[str, InvoiceLine] = {}
    freezes = history.opening.subscription.rules.max_freeze_days
    invoiced = [(i.issued_on, line) for i in history.invoices for line in i.lines]
    waiting = history.subscription.waiting_lines
    for day, line in (*invoiced, *((history.until, line) for line in waiting)):
        if line.kind in ONCE:
            continue
        id, place = line.charge_id, f"charge {line.charge_id}"
        charge = opened.get(id, line)
        if line.kind is LineKind.CREDIT:
            yield day, f"{place}: charged before it is given back", id in opened, True
            yield (
                day,
                f"{place}: the earlier day",
                min(line.start, charge.start),
                (charge.start),
            )
            # An amount off goes on where an interval takes another's place at once.
            if not freezes and line.terms.item_kind is not ItemKind.DISCOUNT:
                yield day, f"{place}: the period", line.whole, charge.whole
        else:
            opened.setdefault(id, line)
        yield day, f"{place}: the terms", line.terms, charge.terms
        rest[id] += line.amount.minor_units
        sign = -1 if charge.terms.item_kind is ItemKind.DISCOUNT else 1
        yield day, f"{place}: given back too much", min(sign * rest[id], 0), 0


@law
def money_is_conserved(history: History) -> Checks:
    """Hold that what is due, used, granted and paid out adds up to the totals."""
    balance = owed = given_back = gifts = totals = 0
    for outcome in (history.opening, *history.outcomes):
        given = sum(
            asked.amount.minor_units
            for asked in outcome.changes
            if isinstance(asked, GrantCredit)
        )
        gifts, balance = gifts + given, balance + given
        for invoice in outcome.invoices:
            due = (invoice.amount_due - invoice.payable_rounding).minor_units
            used = invoice.credit_applied.minor_units
            granted = invoice.credit_granted.minor_units
            total = invoice.total.minor_units
            day, place = invoice.issued_on, f"invoice {invoice.key}"
            yield day, f"{place}: the least of its sums", min(due, used, granted, 0), 0
            yield day, f"{place}: the total", due + used - granted, total
            balance, owed, totals = balance + granted - used, owed + due, totals + total
        refund = outcome.refund_due.minor_units
        held = outcome.subscription.credit_balance.minor_units
        given_back += refund
        day = outcome.on
        yield day, "the balance or the refund, if below zero", min(refund, held, 0), 0
        yield day, "the credit balance", held, balance - given_back
        yield day, "paid in all", owed - given_back, totals + held - gifts


@law
def credit_is_used_before_anything_is_due(history: History) -> Checks:
    """Hold that nobody pays while credit is left, but what came with that call."""
    for outcome in history.outcomes:
        granted = [c for c in outcome.changes if isinstance(c, GrantCredit)]
        if outcome.invoices and outcome.invoices[-1].amount_due and not granted:
            held = outcome.subscription.credit_balance.minor_units
            yield outcome.on, "credit left beside an amount due", held, 0
