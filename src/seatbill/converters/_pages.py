"""What a page shows of a statement: data with every total and word worked out.

Each function takes a value and *write*, which turns the values in it into data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from ..invoices import Invoice, InvoiceLine
from ..lifecycle import Statement
from ..money import currency_digits
from ..plans import AddOn, Discount, Plan, Service
from ..seats import Occupancy, SeatCount
from ..subscriptions import (
    Notice,
    Outcome,
    PendingUpdate,
    SubscribedAddOn,
    Subscription,
)
from ._words import WORDS, exact, moment, period, plain, share

Write = Callable[[Any], Any]


def _line(line: InvoiceLine, write: Write) -> dict[str, Any]:
    """Return a line with all that proves its amount."""
    digits = currency_digits(line.currency)
    unit = line.unit_amount
    return {
        "kind": write(line.kind),
        "item_kind": write(line.terms.item_kind),
        "item": line.item,
        "unit": line.unit,
        "quantity": line.quantity,
        "unit_amount": None if unit is None else exact(unit, digits),
        "full_amount": exact(line.full_amount, digits),
        "period": period(line.period),
        "whole": period(line.whole),
        "share": share(line),
        "amount": plain(line.amount),
        "cap": None if line.cap is None else plain(line.cap),
        "discounts": [discount.id for discount in line.discounts],
        "tax_rates": [rate.id for rate in line.tax_rates],
        "convention": write(line.terms.convention),
        "rounding": write(line.terms.rounding),
        "in_arrears": line.terms.in_arrears,
        "charge_id": line.charge_id,
    }


def _invoice(invoice: Invoice, write: Write) -> dict[str, Any]:
    """Return an invoice with all its totals."""
    return {
        "key": invoice.key,
        "subscription_id": invoice.subscription_id,
        "issued_on": moment(invoice.issued_on),
        "billing_reason": write(invoice.billing_reason),
        "currency": invoice.currency,
        "recipient": write(invoice.recipient),
        "lines": [write(line) for line in invoice.lines],
        "subtotal": plain(invoice.subtotal),
        "taxes": [
            {**write(tax.rate), "base": plain(tax.base), "amount": plain(tax.amount)}
            for tax in invoice.taxes
        ],
        "tax": plain(invoice.tax),
        "total": plain(invoice.total),
        "credit_applied": plain(invoice.credit_applied),
        "credit_granted": plain(invoice.credit_granted),
        "amount_due": plain(invoice.amount_due),
    }


def _notice(notice: Notice, write: Write) -> dict[str, Any]:
    """Return a notice: its code, its sentence and its figures."""
    values = {name: write(value) for name, value in notice.values}
    return {"code": notice.code, "message": str(notice), "values": values}


def _occupancy(found: Occupancy, write: Write) -> dict[str, Any]:
    """Return the seats of each kind by unit."""
    return {count.unit: write(count) for count in found.counts}


def _seats(count: SeatCount, write: Write) -> dict[str, Any]:
    """Return the seats of one kind, as a bar shows them."""
    return {
        "owned": count.owned,
        "occupied": count.occupied,
        "vacant": count.vacant,
        "scheduled_removal": count.scheduled_removal,
        "ratio": write(count.ratio),
        "is_full": count.is_full,
    }


def _named(value: Any, write: Write) -> Any:
    """Return what is sold as its id, anything else as data."""
    if isinstance(value, Plan | AddOn | Service | Discount):
        return value.id
    if isinstance(value, SubscribedAddOn):
        return {"add_on": value.add_on.id, "quantity": value.quantity}
    return write(value)


def _pending(update: PendingUpdate, write: Write) -> dict[str, Any]:
    """Return an update that waits."""
    return {
        "kind": write(update.kind),
        "key": update.key,
        "value": _named(update.value, write),
        "applies_on": moment(update.applies_on),
        "requested_on": moment(update.requested_on),
    }


def _outcome(outcome: Outcome, write: Write) -> dict[str, Any]:
    """Return what one call came to; its invoices by their keys."""
    return {
        "on": moment(outcome.on),
        "changes": [
            {"change": WORDS[type(change)]}
            | {
                name: _named(value, write)
                for name, value in attrs.asdict(change, recurse=False).items()
            }
            for change in outcome.changes
        ],
        "effective_on": moment(outcome.effective_on),
        "invoices": [invoice.key for invoice in outcome.invoices],
        "notices": [write(notice) for notice in outcome.notices],
        "replaced": [_pending(update, write) for update in outcome.replaced],
        "refund_due": plain(outcome.refund_due),
    }


def _subscription(sub: Subscription, write: Write) -> dict[str, Any]:
    """Return what a page shows of a subscription."""
    return {
        "id": sub.id,
        "status": write(sub.status),
        "plan": sub.plan.id,
        "interval": write(sub.interval),
        "currency": sub.currency,
        "seats": write(sub.seats),
        "add_ons": [_named(owned, write) for owned in sub.add_ons],
        "billing_cycle_anchor": moment(sub.billing_cycle_anchor),
        "current_period": period(sub.current_period),
        "cancel_at_period_end": sub.cancel_at_period_end,
        "pending_updates": [_pending(update, write) for update in sub.pending_updates],
        "credit_balance": plain(sub.credit_balance),
        "discounts": [applied.discount.id for applied in sub.discounts],
        "tax_rates": [rate.id for rate in sub.tax_rates],
        "recipient": write(sub.recipient),
        "trial_end": write(sub.trial_end),
        "frozen_on": write(sub.frozen_on),
        "ended_on": write(sub.ended_on),
        "version": sub.version,
    }


def _statement(statement: Statement, write: Write) -> dict[str, Any]:
    """Return a statement: its invoices, its changes, and where it ends."""
    return {
        "until": moment(statement.until),
        "invoices": [write(invoice) for invoice in statement.invoices],
        "outcomes": [write(outcome) for outcome in statement.outcomes],
        "subscription": _subscription(statement.subscription, write),
    }


PAGES: Final[Mapping[type, Callable[..., Any]]] = {
    InvoiceLine: _line,
    Invoice: _invoice,
    Notice: _notice,
    Occupancy: _occupancy,
    SeatCount: _seats,
    Outcome: _outcome,
    Statement: _statement,
}
