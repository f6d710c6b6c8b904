"""What is answered to a request: plain data with every total worked out.

Each answer is declared here; it is written, and its schema made, from that.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NewType, final

import attrs

from .._values.checks import Time
from ..errors import SeatbillError
from ..invoices import Invoice
from ..lifecycle import Statement, preview_invoice
from ..limits import REQUEST_LIMITS, Limits
from ..subscriptions import PendingUpdate, Subscription
from ._context import PAGE
from ._pages import (
    InvoicePage,
    NoticePage,
    OutcomePage,
    SeatBars,
    SubscriptionPage,
    bars,
    digits,
)
from ._scalars import FORMAT, Digits, Version
from .changing import ChangeRequest, change_request
from .data import write_data
from .requests import BillRequest, bill_request, next_measured, seats_of
from .stored import dump

__all__ = ["BillAnswer", "ChangeAnswer", "bill_answer", "change_answer"]

SubscriptionDocument = NewType("SubscriptionDocument", dict[str, Any])
"""A subscription as :func:`dump` writes it."""
InvoiceDocument = NewType("InvoiceDocument", dict[str, Any])
"""An invoice as :func:`dump` writes it."""

DOCUMENTS: Final[Mapping[Any, type]] = MappingProxyType(
    {SubscriptionDocument: Subscription, InvoiceDocument: Invoice}
)
"""What is in a document."""


@final
@attrs.frozen(kw_only=True)
class BillAnswer:
    """What a bill request comes to: every invoice, and where the subscription stands.

    *document* is the subscription to be stored, *documents* the *invoices* as they
    are to be stored.
    """

    seatbill: Version
    note: str | None
    until: Time
    invoices: tuple[InvoicePage, ...]
    outcomes: tuple[OutcomePage, ...]
    subscription: SubscriptionPage
    seats: SeatBars | None
    next_invoice: InvoicePage | None
    document: SubscriptionDocument
    documents: tuple[InvoiceDocument, ...]


def bill_answer(
    request: BillRequest, *, limits: Limits = REQUEST_LIMITS
) -> dict[str, Any]:
    """Return what *request* comes to, as data, within *limits*.

    Raises: InvalidDataError with the place of what the rules refuse.
    """
    statement = bill_request(request, limits=limits)
    entries = iter(request.changes)
    outcomes = [
        OutcomePage.of(outcome, next(entries).note if outcome.changes else None)
        for outcome in statement.outcomes
    ]
    answer = BillAnswer(
        seatbill=Version(FORMAT),
        note=request.note,
        until=statement.until,
        invoices=tuple(map(InvoicePage.of, statement.invoices)),
        outcomes=tuple(outcomes),
        subscription=SubscriptionPage.of(statement.subscription),
        seats=bars(seats_of(request, statement)),
        next_invoice=_next_invoice(request, statement),
        document=SubscriptionDocument(dump(statement.subscription)),
        documents=tuple(InvoiceDocument(dump(one)) for one in statement.invoices),
    )
    found: dict[str, Any] = write_data(answer, PAGE)
    return found


def _next_invoice(request: BillRequest, statement: Statement) -> InvoicePage | None:
    """Return what the next renewal would charge, ``None`` where nothing is known."""
    measured = next_measured(request, statement)
    try:
        invoice = preview_invoice(statement.subscription, measured=measured)
    except SeatbillError:  # it needs a measured quantity, or leaves the calendar
        return None
    return InvoicePage.of(invoice) if invoice.lines else None


@final
@attrs.frozen(kw_only=True)
class ChangeAnswer:
    """What a change request comes to: the subscription to be stored, and the invoices.

    *subscription* takes the place of the one that was sent, if the store still holds
    *previous_version*.  *documents* are the *invoices* as they are to be stored.
    *standing* is what a page shows of the subscription.
    """

    seatbill: Version
    note: str | None
    subscription: SubscriptionDocument
    previous_version: int
    effective_on: Time
    invoices: tuple[InvoicePage, ...]
    documents: tuple[InvoiceDocument, ...]
    notices: tuple[NoticePage, ...]
    replaced: tuple[PendingUpdate, ...]
    refund_due: Digits
    standing: SubscriptionPage


def change_answer(
    request: ChangeRequest, *, limits: Limits = REQUEST_LIMITS
) -> dict[str, Any]:
    """Return what *request* comes to, as data, within *limits*.

    Raises: InvalidDataError with the place of what the rules refuse.
    """
    outcome = change_request(request, limits=limits)
    sub = outcome.subscription
    rules = () if request.rulebook is None else request.rulebook
    document = dump(sub, catalog=request.catalog, rules=rules)
    answer = ChangeAnswer(
        seatbill=Version(FORMAT),
        note=request.note,
        subscription=SubscriptionDocument(document),
        previous_version=outcome.previous_version,
        effective_on=outcome.effective_on,
        invoices=tuple(map(InvoicePage.of, outcome.invoices)),
        documents=tuple(InvoiceDocument(dump(one)) for one in outcome.invoices),
        notices=tuple(map(NoticePage.of, outcome.notices)),
        replaced=outcome.replaced,
        refund_due=digits(outcome.refund_due),
        standing=SubscriptionPage.of(sub),
    )
    found: dict[str, Any] = write_data(answer, PAGE)
    return found
