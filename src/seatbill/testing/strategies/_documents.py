"""Strategies for what billing gives: subscriptions, invoices and what follows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from ...corrections import (
    CorrectiveInvoice,
    CreditNote,
    CreditNoteLine,
    CreditReason,
    Mention,
    NumberedInvoice,
    credit_note,
    number,
)
from ...invoices import Invoice, InvoiceLine, LineTerms
from ...lifecycle import Statement, bill
from ...money import Money
from ...notices import Notice
from ...rebilling import Correction, rebill
from ...revenue import (
    LineSchedule,
    RevenuePart,
    RevenueSchedule,
    RevenueStep,
    recognize,
)
from ...rules import ChangeKind
from ...subscriptions import (
    AppliedDiscount,
    Charge,
    Outcome,
    PendingUpdate,
    SubscribedAddOn,
    Subscription,
)
from ...taxes import TaxCategory
from ...verification import Discrepancy
from .._hypothesis import st
from ..histories import History
from ._histories import histories
from ._prices import add_ons, discounts, plans
from ._rules import parties
from ._values import days, intervals, kept, money

_T = TypeVar("_T")

_SHORT: Final = 5  # entries of a history from which one value is taken


def _picked(pick: Callable[[History], Sequence[_T]]) -> st.SearchStrategy[_T]:
    """Return a strategy for one of what *pick* finds in a short history."""
    found = histories(longest=_SHORT).map(pick)
    return found.filter(bool).flatmap(st.sampled_from)


# What is owned, what runs and what waits.


@kept
def outcomes() -> st.SearchStrategy[Outcome]:
    """Return a strategy for what calls come to, openings first."""
    return _picked(lambda history: (history.opening, *history.outcomes))


@kept
def subscriptions() -> st.SearchStrategy[Subscription]:
    """Return a strategy for subscriptions in any state."""
    return _picked(lambda history: history.subscriptions)


@kept
def statements() -> st.SearchStrategy[Statement]:
    """Return a strategy for what whole histories come to."""
    return histories(longest=_SHORT).map(
        lambda history: bill(history.opening, history.entries, until=history.until)
    )


@kept
def charges() -> st.SearchStrategy[Charge]:
    """Return a strategy for open charges."""
    return _picked(lambda found: [c for s in found.subscriptions for c in s.charges])


@kept
def applied_discounts() -> st.SearchStrategy[AppliedDiscount]:
    """Return a strategy for discounts, and how long they have served."""
    served = st.integers(0, 5)
    return st.builds(AppliedDiscount, discounts(), served, st.booleans())


@kept
def subscribed_add_ons() -> st.SearchStrategy[SubscribedAddOn]:
    """Return a strategy for add-ons, and how many of them are owned."""
    return st.builds(SubscribedAddOn, add_ons(), st.integers(0, 9))


_WAITS: Final[dict[ChangeKind, st.SearchStrategy[Any]]] = {
    ChangeKind.PLAN: plans(),
    ChangeKind.PRICE: plans(),
    ChangeKind.INTERVAL: intervals(),
    ChangeKind.SEATS: st.integers(0, 20),
    ChangeKind.ADD_ON: subscribed_add_ons(),
    ChangeKind.PACKAGE: add_ons(family="storage"),
    ChangeKind.CANCELLATION: st.none() | st.just("too dear"),
}


@kept
@st.composite
def pending_updates(draw: st.DrawFn) -> PendingUpdate:
    """Return a strategy for changes of every kind that wait for a renewal."""
    kind = draw(st.sampled_from(ChangeKind))
    value, asked = draw(_WAITS[kind]), draw(days())
    key = {
        ChangeKind.PRICE: "plan",
        ChangeKind.SEATS: "seat",
        ChangeKind.ADD_ON: "extra",
        ChangeKind.PACKAGE: "storage",
    }.get(kind, "")
    return PendingUpdate(
        kind=kind,
        key=key,
        value=value,
        applies_on=asked + dt.timedelta(draw(st.integers(1, 31))),
        requested_on=asked,
        periods_left=draw(st.integers(0, 1)),
        from_day=asked if kind is ChangeKind.PRICE else None,
    )


@kept
def notices() -> st.SearchStrategy[Notice]:
    """Return a strategy for what a customer should be told."""
    return st.one_of(
        days().map(lambda day: Notice("serves_until", (("on", day),))),
        days().map(lambda day: Notice("price_change", (("plan", "pro"), ("on", day)))),
        st.integers(1, 9).map(
            lambda n: Notice("removals_undone", (("count", n), ("unit", "seat")))
        ),
    )


# Invoices.


@kept
def invoices() -> st.SearchStrategy[Invoice]:
    """Return a strategy for invoices, each with its lines."""
    return _picked(lambda history: history.invoices)


@kept
def invoice_lines() -> st.SearchStrategy[InvoiceLine]:
    """Return a strategy for lines of every kind."""
    return _picked(lambda found: [ln for i in found.invoices for ln in i.lines])


@kept
def line_terms() -> st.SearchStrategy[LineTerms]:
    """Return a strategy for what lines of one item at one net price share."""
    return invoice_lines().map(lambda line: line.terms)


@kept
def discrepancies() -> st.SearchStrategy[Discrepancy]:
    """Return a strategy for what does not add up on an invoice."""
    amounts = money("USD")
    return st.builds(Discrepancy, st.just("lines[0].amount"), amounts, amounts)


# What follows an invoice.


@kept
@st.composite
def credit_notes(draw: st.DrawFn) -> CreditNote:
    """Return a strategy for notes that take back an invoice or part of it."""
    invoice = draw(invoices().filter(lambda found: found.total.minor_units > 0))
    total = invoice.total.minor_units
    part = draw(st.none() | st.integers(1, total))
    amount = None
    if part is not None:
        amount = Money.from_minor_units(part, invoice.currency)
    return credit_note(
        invoice,
        amount=amount,
        reason=draw(st.sampled_from(CreditReason)),
        issued_on=invoice.issued_on + dt.timedelta(draw(st.integers(0, 40))),
    )


@kept
def credit_note_lines() -> st.SearchStrategy[CreditNoteLine]:
    """Return a strategy for what is taken back of one line."""
    found = credit_notes().map(lambda note: note.lines)
    return found.filter(bool).flatmap(st.sampled_from)


@kept
@st.composite
def corrective_invoices(draw: st.DrawFn) -> CorrectiveInvoice:
    """Return a strategy for requests to another recipient, some of them decided."""
    invoice = draw(invoices())
    request = CorrectiveInvoice(
        original=invoice,
        previous=invoice.recipient,
        recipient=draw(parties()),
        use_from_now_on=draw(st.booleans()),
        requested_by=draw(st.none() | st.just("Ann")),
    )
    day = invoice.issued_on + dt.timedelta(draw(st.integers(0, 40)))
    decided = draw(st.sampled_from(("waits", "accepted", "rejected")))
    if decided == "accepted":
        return request.accept(on=day, by="Bob")
    if decided == "rejected":
        return request.reject(on=day, reason="no such firm")
    return request


@kept
@st.composite
def numbered_invoices(draw: st.DrawFn) -> NumberedInvoice:
    """Return a strategy for documents with their numbers."""
    document = draw(invoices() | credit_notes())
    after = draw(st.none() | st.integers(0, 30).map(dt.timedelta))
    return number(
        document,
        draw(st.integers(1, 999).map("F-{}".format)),
        supplier=draw(st.none() | parties()),
        due_on=None if after is None else document.issued_on + after,
    )


@kept
def mentions() -> st.SearchStrategy[Mention]:
    """Return a strategy for what the law wants on a document."""
    said = [c for c in TaxCategory if c is not TaxCategory.STANDARD]
    reasons = st.none() | st.just("Article 132")
    return st.builds(Mention, st.sampled_from(said), st.just("vat"), reasons)


@kept
@st.composite
def corrections(draw: st.DrawFn) -> Correction:
    """Return a strategy for what sets right a history that ended too early."""
    found = draw(histories(longest=_SHORT))
    kept_entries = found.entries[: draw(st.integers(0, len(found.entries)))]
    return rebill(found.opening, found.invoices, kept_entries, until=found.until)


# Revenue.


@kept
def revenue_schedules() -> st.SearchStrategy[RevenueSchedule]:
    """Return a strategy for when invoices are earned, by day or by month."""
    steps = st.sampled_from((RevenueStep.MONTH, RevenueStep.MONTH, RevenueStep.DAY))
    return st.builds(lambda invoice, by: recognize(invoice, by=by), invoices(), steps)


@kept
def line_schedules() -> st.SearchStrategy[LineSchedule]:
    """Return a strategy for when lines are earned."""
    found = revenue_schedules().map(lambda schedule: schedule.lines)
    return found.filter(bool).flatmap(st.sampled_from)


@kept
def revenue_parts() -> st.SearchStrategy[RevenuePart]:
    """Return a strategy for what one day or month earns."""
    return line_schedules().flatmap(lambda line: st.sampled_from(line.parts))
