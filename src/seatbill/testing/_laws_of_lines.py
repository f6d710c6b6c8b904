"""Laws of lines, of charges and what comes back, and of money as a whole."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any, Final

from ..credit import CreditKind, CreditLot
from ..invoices import InvoiceLine, ItemKind, LineKind
from ..money import Money
from ..subscriptions import GrantCredit, Outcome, RecordCreditNote
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
    """Hold that a credit has the terms of its charge, and never more of it.

    Nor do credits and the notes that were recorded together.
    """
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
    for id, amount in _noted(history).items():
        left = rest[id] - amount
        sign = -1 if opened[id].terms.item_kind is ItemKind.DISCOUNT else 1
        place = f"charge {id}: given back too much, with its notes"
        yield history.until, place, min(sign * left, 0), 0


def _noted(history: History) -> Counter[str]:
    """Return by charge what notes took of it that were recorded while it was open."""
    found: Counter[str] = Counter()
    for outcome in history.outcomes:
        known = {c.charge_id: c.credit_notes for c in outcome.subscription.charges}
        for change in outcome.changes:
            if isinstance(change, RecordCreditNote):
                for each in change.charges:
                    if change.key in known.get(each.charge_id, ()):
                        found[each.charge_id] += each.amount.minor_units
    return found


_MONEY: Final = (CreditKind.PAID, None)
"""The name of plain money among lots, which are named by their kind and last day."""


@law
def money_is_conserved(history: History) -> Checks:
    """Hold that what is due, used, granted and paid out adds up to the totals.

    And for each lot of credit, that what was granted and came back is what was used,
    lapsed, was paid out, and is left; and that no gift becomes money.
    """
    lots = _opening_credit(history)
    paid_in = sum(n for (kind, _), n in lots.items() if kind is CreditKind.PAID)
    for outcome in (history.opening, *history.outcomes):
        for one in outcome.changes:
            if isinstance(one, GrantCredit):
                lots[one.kind, one.expires_on] += one.amount.minor_units
                paid_in += one.amount.minor_units * (one.kind is CreditKind.PAID)
        for invoice in outcome.invoices:
            due = (invoice.amount_due - invoice.payable_rounding).minor_units
            used = invoice.credit_applied.minor_units
            granted = invoice.credit_granted.minor_units
            day, place = invoice.issued_on, f"invoice {invoice.key}"
            yield day, f"{place}: the least of its sums", min(due, used, granted, 0), 0
            total = invoice.total.minor_units
            yield day, f"{place}: the total", due + used - granted, total
            rest, sign = granted - used, 1 if granted else -1
            for lot in invoice.credit_lots:
                lots[lot.kind, lot.expires_on] += sign * lot.amount.minor_units
                rest -= sign * lot.amount.minor_units
            yield day, f"{place}: what money paid", max(sign * rest, 0), sign * rest
            lots[_MONEY] += rest
            paid_in += due
        for told in outcome.notices:
            if told.code in ("credit_lapsed", "gift_ended"):
                found = dict(told.values)
                name = found.get("kind", CreditKind.GIFT), found["expires_on"]
                lots[name] -= found["amount"].minor_units
        yield from _left(lots, outcome)
        refund = outcome.refund_due.minor_units
        paid_in -= refund
        held = outcome.subscription.credit_balance.minor_units
        yield outcome.on, "money that nobody paid", min(paid_in - held, 0), 0


def _opening_credit(history: History) -> Counter[Any]:
    """Return what each lot held before the first invoice, by what is left of it.

    Where it is known what was asked for, that.
    """
    found: Counter[Any] = Counter()
    sub = history.opening.subscription
    if history.asked is not None:
        asked = history.asked.get("credit", ())
        if isinstance(asked, Money):
            asked = [CreditLot(asked, CreditKind.PAID)]
        for lot in asked:
            found[lot.kind, lot.expires_on] += lot.amount.minor_units
        return found
    found[_MONEY] = sub.credit_balance_minor
    for lot in sub.credit_lots:
        found[lot.kind, lot.expires_on] += lot.amount.minor_units
    for invoice in history.opening.invoices:
        found[_MONEY] += invoice.credit_applied_minor
        for lot in invoice.credit_lots:
            found[lot.kind, lot.expires_on] += lot.amount.minor_units
            found[_MONEY] -= lot.amount.minor_units
    return found


def _left(lots: Counter[Any], outcome: Outcome) -> Checks:
    """Hold what is left of each lot; what is not there of money was paid out."""
    sub, day, out = outcome.subscription, outcome.on, 0
    held: Counter[Any] = Counter({_MONEY: sub.credit_balance.minor_units})
    for lot in sub.credit_lots:
        held[lot.kind, lot.expires_on] += lot.amount.minor_units
    for name in {*lots, *held}:
        gone = lots[name] - held[name]
        if name[0] is CreditKind.PAID:
            place = (
                "the credit balance" if name == _MONEY else f"what is left of {name}"
            )
            yield day, place, held[name], min(held[name], lots[name])
            out += gone
        else:
            yield day, f"what is left of {name}", held[name], lots[name]
        yield day, f"{name}, if below zero", min(held[name], 0), 0
        lots[name] = held[name]
    yield day, "what was paid out", outcome.refund_due.minor_units, out


@law
def credit_is_used_before_anything_is_due(history: History) -> Checks:
    """Hold that nobody pays while credit is left, but what came with that call."""
    for outcome in history.outcomes:
        granted = [c for c in outcome.changes if isinstance(c, GrantCredit)]
        if outcome.invoices and outcome.invoices[-1].amount_due and not granted:
            day = outcome.invoices[-1].issued_on
            held = outcome.subscription.credit_on(day).minor_units
            yield outcome.on, "credit left beside an amount due", held, 0
