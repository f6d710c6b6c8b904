"""What an answer shows of values: every total worked out, what is sold by its id.

Each page is declared once; the answer and its schema are made from the declaration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NewType, final

import attrs

from .._values.base import Quantities
from .._values.checks import Time
from ..invoices import BillingReason, Invoice, InvoiceLine, ItemKind, LineKind
from ..money import Money, Rounding, currency_digits
from ..notices import Notice
from ..parties import Party
from ..periods import Interval, Period
from ..proration import Convention
from ..reviews.plain_text import exact
from ..seats import Occupancy, SeatCount
from ..subscriptions import (
    Change,
    Outcome,
    PendingUpdate,
    Status,
    SubscribedAddOn,
    Subscription,
)
from ..taxes import TaxAmount, TaxCategory
from ._scalars import Digits, Number, Part
from ._words import moment, plain, share

Figures = NewType("Figures", dict[str, Any])
"""Values by name, in the form of data."""


def digits(amount: Money) -> Digits:
    """Return *amount* with all digits of its currency."""
    return Digits(plain(amount))


@final
@attrs.frozen(kw_only=True)
class PeriodPage:
    """A period: from *start* up to, but not including, *end*."""

    start: Time
    end: Time
    last_day: dt.date

    @classmethod
    def of(cls, period: Period) -> PeriodPage:
        """Return what is shown of *period*."""
        return cls(start=period.start, end=period.end, last_day=period.last_day)


@final
@attrs.frozen(kw_only=True)
class LinePage:
    """A line with all that proves its amount: quantity × price × share, rounded."""

    kind: LineKind
    item_kind: ItemKind
    item: str
    unit: str
    quantity: int
    unit_amount: Number | None
    full_amount: Number
    period: PeriodPage
    whole: PeriodPage
    share: Part
    amount: Digits
    cap: Digits | None
    discounts: tuple[str, ...]
    tax_rates: tuple[str, ...]
    convention: Convention
    rounding: Rounding
    in_arrears: bool
    charge_id: str

    @classmethod
    def of(cls, line: InvoiceLine) -> LinePage:
        """Return what is shown of *line*."""
        places, unit, terms = (
            currency_digits(line.currency),
            line.unit_amount,
            line.terms,
        )
        return cls(
            kind=line.kind,
            item_kind=terms.item_kind,
            item=line.item,
            unit=line.unit,
            quantity=line.quantity,
            unit_amount=None if unit is None else Number(exact(unit, places)),
            full_amount=Number(exact(line.full_amount, places)),
            period=PeriodPage.of(line.period),
            whole=PeriodPage.of(line.whole),
            share=Part(share(line)),
            amount=digits(line.amount),
            cap=None if line.cap is None else digits(line.cap),
            discounts=tuple(discount.id for discount in line.discounts),
            tax_rates=tuple(rate.id for rate in line.tax_rates),
            convention=terms.convention,
            rounding=terms.rounding,
            in_arrears=terms.in_arrears,
            charge_id=line.charge_id,
        )


@final
@attrs.frozen(kw_only=True)
class TaxPage:
    """The tax of one rate, and what it is computed on."""

    id: str
    rate: Number
    category: TaxCategory
    inclusive: bool
    reason: str | None
    base: Digits
    amount: Digits

    @classmethod
    def of(cls, tax: TaxAmount) -> TaxPage:
        """Return what is shown of *tax*."""
        rate = tax.rate
        return cls(
            id=rate.id,
            rate=Number(exact(rate.rate)),
            category=rate.category,
            inclusive=rate.inclusive,
            reason=rate.reason,
            base=digits(tax.base),
            amount=digits(tax.amount),
        )


@final
@attrs.frozen(kw_only=True)
class InvoicePage:
    """An invoice with all its totals."""

    key: str
    subscription_id: str
    issued_on: Time
    billing_reason: BillingReason
    currency: str
    recipient: Party | None
    lines: tuple[LinePage, ...]
    subtotal: Digits
    taxes: tuple[TaxPage, ...]
    tax: Digits
    total: Digits
    credit_applied: Digits
    credit_granted: Digits
    amount_due: Digits

    @classmethod
    def of(cls, invoice: Invoice) -> InvoicePage:
        """Return what is shown of *invoice*."""
        return cls(
            key=invoice.key,
            subscription_id=invoice.subscription_id,
            issued_on=invoice.issued_on,
            billing_reason=invoice.billing_reason,
            currency=invoice.currency,
            recipient=invoice.recipient,
            lines=tuple(map(LinePage.of, invoice.lines)),
            subtotal=digits(invoice.subtotal),
            taxes=tuple(map(TaxPage.of, invoice.taxes)),
            tax=digits(invoice.tax),
            total=digits(invoice.total),
            credit_applied=digits(invoice.credit_applied),
            credit_granted=digits(invoice.credit_granted),
            amount_due=digits(invoice.amount_due),
        )


@final
@attrs.frozen(kw_only=True)
class NoticePage:
    """Something odd but legal that a customer should be told."""

    code: str
    message: str
    values: Figures

    @classmethod
    def of(cls, notice: Notice) -> NoticePage:
        """Return what is shown of *notice*."""
        values = {name: _figure(value) for name, value in notice.values}
        return cls(code=notice.code, message=str(notice), values=Figures(values))


def _figure(value: Any) -> Any:
    """Return a figure of a notice as it is shown."""
    if isinstance(value, Money):
        return {"amount": plain(value), "currency": value.currency}
    if isinstance(value, dt.date):
        return moment(value)
    return value if type(value) in (int, bool, type(None)) else str(value)


@final
@attrs.frozen(kw_only=True)
class SeatsPage:
    """The seats of one kind, as a bar shows them."""

    owned: int
    occupied: int
    vacant: int
    scheduled_removal: int
    ratio: Number
    is_full: bool

    @classmethod
    def of(cls, count: SeatCount) -> SeatsPage:
        """Return what is shown of the seats of one kind."""
        return cls(
            owned=count.owned,
            occupied=count.occupied,
            vacant=count.vacant,
            scheduled_removal=count.scheduled_removal,
            ratio=Number(exact(count.ratio)),
            is_full=count.is_full,
        )


SeatBars = Mapping[str, SeatsPage]
"""The seats of each kind, by unit."""


def bars(found: Occupancy | None) -> SeatBars | None:
    """Return the seats of each kind, ``None`` where nobody is told."""
    if found is None:
        return None
    return {count.unit: SeatsPage.of(count) for count in found.counts}


@final
@attrs.frozen(kw_only=True)
class OutcomePage:
    """What was asked for on one day, and what it came to; its invoices by their keys.

    Without changes it is what was renewed.
    """

    on: Time
    changes: tuple[Change, ...]
    effective_on: Time
    invoices: tuple[str, ...]
    notices: tuple[NoticePage, ...]
    replaced: tuple[PendingUpdate, ...]
    refund_due: Digits
    note: str | None

    @classmethod
    def of(cls, outcome: Outcome, note: str | None) -> OutcomePage:
        """Return what is shown of *outcome*."""
        return cls(
            on=outcome.on,
            changes=outcome.changes,
            effective_on=outcome.effective_on,
            invoices=tuple(invoice.key for invoice in outcome.invoices),
            notices=tuple(map(NoticePage.of, outcome.notices)),
            replaced=outcome.replaced,
            refund_due=digits(outcome.refund_due),
            note=note,
        )


@final
@attrs.frozen(kw_only=True)
class SubscriptionPage:
    """What a page shows of a subscription."""

    id: str
    status: Status
    plan: str
    interval: Interval
    currency: str
    seats: Quantities
    add_ons: tuple[SubscribedAddOn, ...]
    billing_cycle_anchor: Time
    current_period: PeriodPage
    cancel_at_period_end: bool
    pending_updates: tuple[PendingUpdate, ...]
    credit_balance: Digits
    discounts: tuple[str, ...]
    tax_rates: tuple[str, ...]
    recipient: Party | None
    trial_end: Time | None
    frozen_on: Time | None
    ended_on: Time | None
    version: int

    @classmethod
    def of(cls, sub: Subscription) -> SubscriptionPage:
        """Return what is shown of the subscription."""
        return cls(
            id=sub.id,
            status=sub.status,
            plan=sub.plan.id,
            interval=sub.interval,
            currency=sub.currency,
            seats=sub.seats,
            add_ons=sub.add_ons,
            billing_cycle_anchor=sub.billing_cycle_anchor,
            current_period=PeriodPage.of(sub.current_period),
            cancel_at_period_end=sub.cancel_at_period_end,
            pending_updates=sub.pending_updates,
            credit_balance=digits(sub.credit_balance),
            discounts=tuple(applied.discount.id for applied in sub.discounts),
            tax_rates=tuple(rate.id for rate in sub.tax_rates),
            recipient=sub.recipient,
            trial_end=sub.trial_end,
            frozen_on=sub.frozen_on,
            ended_on=sub.ended_on,
            version=sub.version,
        )
