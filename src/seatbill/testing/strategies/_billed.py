"""Strategies for what billing gives: subscriptions, invoices, notes and pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, TypeVar

import attrs

from ...combining import CombinedInvoice, combine
from ...corrections import (
    CorrectiveInvoice,
    CreditNote,
    CreditReason,
    NumberedInvoice,
    credit_note,
    number,
)
from ...invoices import Invoice, InvoiceLine
from ...lifecycle import Statement, bill
from ...money import Money
from ...payments import Card, PayPal, SepaMandate
from ...quotes import Quote, quote
from ...seats import Occupancy, SeatCount
from ...subscriptions import Outcome, Subscription
from ...views import BillingView, billing_view
from ...wallets import Pack, Wallet, WalletPolicy, grant
from .._hypothesis import st
from ..histories import History
from ._basics import kept
from ._drawn_histories import histories
from ._markets import Market
from ._rulesets import parties

_T = TypeVar("_T")
In = Market | st.SearchStrategy[Market] | None
"""The market of what is billed, a strategy for some, or nothing: any is drawn."""

_SHORT: Final = 5  # entries of a history from which one value is taken


def picked(
    pick: Callable[[History], Sequence[_T]], market: In = None
) -> st.SearchStrategy[_T]:
    """Return a strategy for one of what *pick* finds in a short history."""
    found = histories(market, longest=_SHORT).map(pick)
    return found.filter(bool).flatmap(st.sampled_from)


@kept
def outcomes(market: In = None) -> st.SearchStrategy[Outcome]:
    """Return a strategy for what calls come to, openings first."""
    return picked(lambda history: (history.opening, *history.outcomes), market)


@kept
@st.composite
def quotes(draw: st.DrawFn, market: In = None) -> Quote:
    """Return a strategy for outcomes that are offered, openings among them."""
    outcome = draw(outcomes(market))
    until = outcome.on + dt.timedelta(draw(st.integers(-20, 40)))
    number = draw(st.integers(1, 999))
    return quote(outcome, number=f"Q-{number}", until=until)


@kept
def subscriptions(market: In = None) -> st.SearchStrategy[Subscription]:
    """Return a strategy for subscriptions in any state."""
    return picked(lambda history: history.subscriptions, market)


@kept
def statements(market: In = None) -> st.SearchStrategy[Statement]:
    """Return a strategy for what whole histories come to."""
    return histories(market, longest=_SHORT).map(
        lambda found: bill(
            found.opening, found.entries, until=found.until, measured=found.measured
        )
    )


@kept
def invoices(market: In = None) -> st.SearchStrategy[Invoice]:
    """Return a strategy for invoices, each with its lines."""
    return picked(lambda history: history.invoices, market)


@kept
def invoice_lines(market: In = None) -> st.SearchStrategy[InvoiceLine]:
    """Return a strategy for lines of every kind."""
    return picked(lambda found: [ln for i in found.invoices for ln in i.lines], market)


@kept
@st.composite
def combined_invoices(draw: st.DrawFn, market: In = None) -> CombinedInvoice:
    """Return a strategy for documents of one payer for several subscriptions."""
    invoice = draw(invoices(market))
    holders = draw(st.lists(st.none() | parties(), min_size=1, max_size=3))
    each = [
        attrs.evolve(invoice, subscription_id=f"{place}", recipient=holder)
        for place, holder in enumerate(holders)
    ]
    return combine(each, key="payer/1", payer=draw(st.none() | parties()))


# What follows an invoice.


@kept
@st.composite
def credit_notes(draw: st.DrawFn, market: In = None) -> CreditNote:
    """Return a strategy for notes that take back an invoice or part of it."""
    invoice = draw(invoices(market).filter(lambda found: found.total.minor_units > 0))
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
@st.composite
def corrective_invoices(draw: st.DrawFn, market: In = None) -> CorrectiveInvoice:
    """Return a strategy for requests to another recipient, some of them decided."""
    invoice = draw(invoices(market))
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
def numbered_invoices(draw: st.DrawFn, market: In = None) -> NumberedInvoice:
    """Return a strategy for documents with their numbers."""
    document = draw(invoices(market) | credit_notes(market) | combined_invoices(market))
    after = draw(st.none() | st.integers(0, 30).map(dt.timedelta))
    return number(
        document,
        draw(st.integers(1, 999).map("F-{}".format)),
        supplier=draw(st.none() | parties()),
        due_on=None if after is None else document.issued_on + after,
    )


# Seats and pages.


@kept
@st.composite
def seat_counts(draw: st.DrawFn, unit: str = "seat") -> SeatCount:
    """Return a strategy for seats of one kind, sometimes too few for all."""
    owned = draw(st.integers(0, 20))
    return SeatCount(
        unit=unit,
        owned=owned,
        occupied=draw(st.integers(0, 25)),
        scheduled_removal=draw(st.integers(0, owned)),
    )


@kept
def occupancies() -> st.SearchStrategy[Occupancy]:
    """Return a strategy for the seats of one kind or two."""
    one = st.tuples(seat_counts())
    two = st.tuples(seat_counts(), seat_counts("limited"))
    return (one | two).map(Occupancy)


_PAYMENTS: Final = (
    None,
    Card(brand="visa", last_four="4242", expiry_year=2030, expiry_month=12),
    PayPal("FR"),
    SepaMandate(reference="M-1", country="DE", last_four="3000"),
)
_POLICY: Final = WalletPolicy(
    unit="credit",
    currency="USD",
    purposes=("calls",),
    packs=(Pack(id="small", units=100, price=Money("9.00", "USD")),),
)
_GIVEN: Final = grant(Wallet(_POLICY), Decimal("12.5"))
_WALLETS: Final = (
    None,
    Wallet(_POLICY),
    _GIVEN,
    grant(_GIVEN, 5, expires_on=dt.date(2027, 1, 31)),
)


@kept
@st.composite
def billing_views(draw: st.DrawFn, market: In = None) -> BillingView:
    """Return a strategy for what the page of a subscription shows."""
    subscription = draw(subscriptions(market))
    return billing_view(
        subscription,
        on=subscription.changed_on,
        members=draw(st.none() | occupancies()),
        payment=draw(st.sampled_from(_PAYMENTS)),
        wallet=draw(st.sampled_from(_WALLETS)),
    )
