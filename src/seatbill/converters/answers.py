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
    page_of,
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
        page_of(OutcomePage, one, note=next(entries).note if one.changes else None)
        for one in statement.outcomes
    ]
    answer = page_of(
        BillAnswer,
        statement,
        seatbill=FORMAT,
        note=request.note,
        outcomes=tuple(outcomes),
        seats=bars(seats_of(request, statement)),
        next_invoice=_next_invoice(request, statement),
        document=dump(statement.subscription),
        documents=tuple(map(dump, statement.invoices)),
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
    return page_of(InvoicePage, invoice) if invoice.lines else None


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
    answer = page_of(
        ChangeAnswer,
        outcome,
        seatbill=FORMAT,
        note=request.note,
        subscription=dump(sub, catalog=request.catalog, rules=rules),
        documents=tuple(map(dump, outcome.invoices)),
        standing=page_of(SubscriptionPage, sub),
    )
    found: dict[str, Any] = write_data(answer, PAGE)
    return found
