"""Values whose data look otherwise than their fields: amounts as amounts.

The library keeps whole numbers of minor units, or of finer parts.  Data show what a
reader knows: ``"12.56"`` and ``"26/31"``, from which the same whole numbers come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, Protocol, Self, final

import attrs

from .._values.base import Quantities
from .._values.checks import Time
from ..discounts import Discount
from ..errors import TooManyDigitsError
from ..invoices import (
    BillingReason,
    Invoice,
    InvoiceLine,
    ItemKind,
    LineKind,
    LineTerms,
)
from ..lifecycle import Statement
from ..money import Money, Rounding, currency_digits
from ..parties import Party
from ..periods import Interval, Period
from ..plans import Plan
from ..proration import Convention
from ..rules import BillingRules, Timing
from ..subscriptions import (
    AppliedDiscount,
    Change,
    Charge,
    PendingUpdate,
    SubscribedAddOn,
    Subscription,
)
from ..taxes import TaxAmount, TaxRate
from ._problems import RefusedError
from ._scalars import Amount, Share


class Form(Protocol):
    """What stands in data for a value."""

    @classmethod
    def of(cls, value: Any) -> Self:
        """Return what stands for *value*."""

    def value(self) -> Any:
        """Return the value that this stands for."""


def _minor(name: str, amount: Amount, currency: str) -> int:
    """Return the minor units of *amount*, which has this *name* in data."""
    try:
        return Money(amount, currency).minor_units
    except TooManyDigitsError as error:
        values = error.as_dict()["values"] | {"name": name}
        raise RefusedError(error.code, str(error), **values) from None


def _major(minor_units: int, currency: str) -> Amount:
    """Return an amount in major units."""
    return Amount(Money.from_minor_units(minor_units, currency).amount)


def _scaled(name: str, amount: Fraction, scale: int, currency: str) -> int:
    """Return how many parts *amount* is, *scale* of them to a minor unit."""
    parts: Fraction = amount * scale * 10 ** currency_digits(currency)
    if parts.denominator != 1:
        message = f"{amount} is no whole number of parts, {scale} to a minor unit"
        raise RefusedError("invalid_amount", f"{name}: {message}", name=name)
    return parts.numerator


def _same(value: Any, form: type, **others: Any) -> Any:
    """Return *value* as a *form* with the same fields, and *others*."""
    names = [field.name for field in attrs.fields(form) if field.name not in others]
    return form(**{name: getattr(value, name) for name in names}, **others)


@final
@attrs.frozen(kw_only=True)
class TermsForm:
    """What lines of one item at one net price share.

    *unit_amount* is the net price of one unit and one period, ``None`` under tiers;
    *scale* parts make a minor unit, in which the exact amounts are whole numbers.
    """

    item_kind: ItemKind
    item: str
    unit: str
    currency: str
    unit_amount: Fraction | None
    scale: int
    discounts: tuple[Discount, ...]
    tax_rates: tuple[TaxRate, ...]
    convention: Convention
    rounding: Rounding
    in_arrears: bool

    @classmethod
    def of(cls, terms: LineTerms) -> TermsForm:
        """Return what stands for *terms*."""
        scaled = terms.unit_scaled
        found: TermsForm = _same(
            terms, cls, unit_amount=None if scaled is None else terms.exact(scaled)
        )
        return found

    def value(self) -> LineTerms:
        """Return the terms."""
        amount = self.unit_amount
        own = {"unit_amount", "scale"}
        scaled = (
            None
            if amount is None
            else _scaled("unit_amount", amount, self.scale, self.currency)
        )
        return LineTerms(
            unit_scaled=scaled, scale=self.scale, **_fields(self, without=own)
        )


def _fields(form: Any, without: set[str]) -> dict[str, Any]:
    """Return the fields of *form* by name, some of them left out."""
    names = [f.name for f in attrs.fields(type(form)) if f.name not in without]
    return {name: getattr(form, name) for name in names}


@final
@attrs.frozen(kw_only=True)
class LineForm:
    """One line of an invoice: quantity × unit amount × share, rounded once."""

    kind: LineKind
    terms: LineTerms
    quantity: int
    full_amount: Fraction
    start: Time
    end: Time
    whole: Period
    share: Share
    amount: Amount
    cap: Amount | None
    charge_version: int

    @classmethod
    def of(cls, line: InvoiceLine) -> LineForm:
        """Return what stands for *line*."""
        currency = line.currency
        found: LineForm = _same(
            line,
            cls,
            share=f"{line.share_numerator}/{line.share_denominator}",
            amount=_major(line.amount_minor, currency),
            cap=None if line.cap_minor is None else _major(line.cap_minor, currency),
        )
        return found

    def value(self) -> InvoiceLine:
        """Return the line."""
        terms, currency = self.terms, self.terms.currency
        top, bottom = map(int, self.share.split("/"))
        full = _scaled("full_amount", self.full_amount, terms.scale, currency)
        return InvoiceLine(
            full_scaled=full,
            share_numerator=top,
            share_denominator=bottom,
            amount_minor=_minor("amount", self.amount, currency),
            cap_minor=None if self.cap is None else _minor("cap", self.cap, currency),
            **_fields(self, without={"full_amount", "share", "amount", "cap"}),
        )


@final
@attrs.frozen(kw_only=True)
class InvoiceForm:
    """What a customer owes on one day, with the lines that say why."""

    subscription_id: str
    version: int
    issued_on: Time
    billing_reason: BillingReason
    currency: str
    lines: tuple[InvoiceLine, ...]
    taxes: tuple[TaxAmount, ...]
    subtotal: Amount
    total: Amount
    credit_applied: Amount
    recipient: Party | None

    @classmethod
    def of(cls, invoice: Invoice) -> InvoiceForm:
        """Return what stands for *invoice*."""
        currency = invoice.currency
        found: InvoiceForm = _same(
            invoice,
            cls,
            subtotal=_major(invoice.subtotal_minor, currency),
            total=_major(invoice.total_minor, currency),
            credit_applied=_major(invoice.credit_applied_minor, currency),
        )
        return found

    def value(self) -> Invoice:
        """Return the invoice."""
        amounts = ("subtotal", "total", "credit_applied")
        minor: dict[str, Any] = {
            f"{name}_minor": _minor(name, getattr(self, name), self.currency)
            for name in amounts
        }
        return Invoice(**minor, **_fields(self, without={*amounts}))


_OWN_AMOUNTS: Final = {"full_amount", "charged", "credited", "cut", "kept"}


@final
@attrs.frozen(kw_only=True)
class ChargeForm:
    """An item that runs in the current period at one net price."""

    terms: LineTerms
    quantity: int
    full_amount: Fraction
    charged: Amount
    credited: Amount
    version: int
    since: Time | None
    free: bool
    cut: Amount | None
    kept: Amount | None

    @classmethod
    def of(cls, charge: Charge) -> ChargeForm:
        """Return what stands for *charge*."""
        currency = charge.terms.currency
        found: ChargeForm = _same(
            charge,
            cls,
            charged=_major(charge.charged_minor, currency),
            credited=_major(charge.credited_minor, currency),
            cut=_major(charge.cut_minor, currency) if charge.cut_minor else None,
            kept=_major(charge.kept_minor, currency) if charge.kept_minor else None,
        )
        return found

    def value(self) -> Charge:
        """Return the charge."""
        terms, currency = self.terms, self.terms.currency
        return Charge(
            full_scaled=_scaled("full_amount", self.full_amount, terms.scale, currency),
            charged_minor=_minor("charged", self.charged, currency),
            credited_minor=_minor("credited", self.credited, currency),
            cut_minor=0 if self.cut is None else _minor("cut", self.cut, currency),
            kept_minor=0 if self.kept is None else _minor("kept", self.kept, currency),
            **_fields(self, without=_OWN_AMOUNTS),
        )


@final
@attrs.frozen(kw_only=True)
class SubscriptionForm:
    """One customer on one plan over time, as it stands after the last call."""

    id: str
    plan: Plan
    interval: Interval
    currency: str
    seats: Quantities
    add_ons: tuple[SubscribedAddOn, ...]
    billing_cycle_anchor: Time
    current_period: Period
    charges: tuple[Charge, ...]
    pending_updates: tuple[PendingUpdate, ...]
    waiting_lines: tuple[InvoiceLine, ...]
    accrued_lines: tuple[InvoiceLine, ...]
    credit_balance: Amount
    discounts: tuple[AppliedDiscount, ...]
    tax_rates: tuple[TaxRate, ...]
    recipient: Party | None
    rules: BillingRules
    trial_end: Time | None
    ended_on: Time | None
    frozen_on: Time | None
    changed_on: Time
    version: int
    moved_from: Time | None

    @classmethod
    def of(cls, sub: Subscription) -> SubscriptionForm:
        """Return what stands for the subscription."""
        balance = _major(sub.credit_balance_minor, sub.currency)
        found: SubscriptionForm = _same(sub, cls, credit_balance=balance)
        return found

    def value(self) -> Subscription:
        """Return the subscription."""
        return Subscription(
            credit_balance_minor=_minor(
                "credit_balance", self.credit_balance, self.currency
            ),
            **_fields(self, without={"credit_balance"}),
        )


# A whole history.


@final
@attrs.frozen(kw_only=True)
class HistoryForm:
    """What was asked for on a day; one change may have stood *alone*, in no list."""

    on: Time
    changes: tuple[Change, ...]
    alone: bool = False
    timing: Timing | None = None

    @classmethod
    def of(cls, on: Time, asked: Any, timing: Timing | None = None) -> HistoryForm:
        """Return what stands for an entry of a history."""
        alone = not isinstance(asked, tuple | list)
        changes = (asked,) if alone else tuple(asked)
        return cls(on=on, changes=changes, alone=alone, timing=timing)

    def entry(self) -> tuple[Any, ...]:
        """Return the entry; a timing by the rules is left out."""
        if self.alone and len(self.changes) != 1:
            message = "alone stands one change, and no other number of them"
            raise RefusedError("invalid_value", message, name="history")
        asked: Any = self.changes[0] if self.alone else self.changes
        by_hand = () if self.timing is None else (self.timing,)
        return (self.on, asked, *by_hand)


@final
@attrs.frozen(kw_only=True)
class MeasurementForm:
    """What was measured at a renewal, ``None`` where nothing was told."""

    on: Time
    quantities: Quantities | None


@final
@attrs.frozen(kw_only=True)
class StatementForm:
    """What a whole history comes to: the last subscription and every invoice."""

    subscription: Subscription
    invoices: tuple[Invoice, ...]
    opening: Subscription
    history: tuple[HistoryForm, ...]
    until: Time
    measurements: tuple[MeasurementForm, ...]

    @classmethod
    def of(cls, statement: Statement) -> StatementForm:
        """Return what stands for *statement*."""
        history = [HistoryForm.of(*entry) for entry in statement.history]
        measured = [
            MeasurementForm(on=on, quantities=numbers)
            for on, numbers in statement.measurements
        ]
        found: StatementForm = _same(
            statement, cls, history=tuple(history), measurements=tuple(measured)
        )
        return found

    def value(self) -> Statement:
        """Return the statement."""
        history = [entry.entry() for entry in self.history]
        measured = tuple((one.on, one.quantities) for one in self.measurements)
        return Statement(
            history=tuple(history),
            measurements=measured,
            **_fields(self, without={"history", "measurements"}),
        )


FORMS: Final[Mapping[type, type[Form]]] = {
    LineTerms: TermsForm,
    InvoiceLine: LineForm,
    Invoice: InvoiceForm,
    Charge: ChargeForm,
    Subscription: SubscriptionForm,
    Statement: StatementForm,
}
"""The form that stands in data for a value."""

RENAMED: Final[Mapping[str, str]] = {
    "unit_scaled": "unit_amount",
    "full_scaled": "full_amount",
    "share_numerator": "share",
    "share_denominator": "share",
    "amount_minor": "amount",
    "cap_minor": "cap",
    "subtotal_minor": "subtotal",
    "total_minor": "total",
    "credit_applied_minor": "credit_applied",
    "charged_minor": "charged",
    "credited_minor": "credited",
    "cut_minor": "cut",
    "kept_minor": "kept",
    "credit_balance_minor": "credit_balance",
}
"""The key in data of a field that has another name there."""
