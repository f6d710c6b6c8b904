"""What somebody who inlines by hand would answer with: plain attrs objects.

They are as wide as the library's own, with the same properties that make money on
demand, and attrs fills them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs


@attrs.frozen
class Money:
    """Minor units of one currency."""

    minor_units: int
    currency: str


@attrs.frozen
class Period:
    """From *start* up to, not including, *end*."""

    start: dt.date
    end: dt.date


@attrs.frozen
class Terms:
    """What lines of one item at one price share."""

    item_kind: str
    item: str
    unit: str
    currency: str
    unit_scaled: int | None
    scale: int
    discounts: tuple[Any, ...]
    tax_rates: tuple[Any, ...]
    convention: str
    rounding: str
    in_arrears: bool


@attrs.frozen
class Line:
    """One line of an invoice."""

    kind: str
    terms: Terms
    quantity: int
    full_scaled: int
    start: dt.date
    end: dt.date
    whole: Period
    share_numerator: int
    share_denominator: int
    amount_minor: int
    cap_minor: int | None
    charge_version: int

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.terms.currency)


@attrs.frozen
class Bill:
    """One invoice."""

    subscription_id: str
    version: int
    issued_on: dt.date
    billing_reason: str
    currency: str
    lines: tuple[Line, ...]
    taxes: tuple[Any, ...]
    subtotal_minor: int
    total_minor: int
    credit_applied_minor: int
    recipient: Any

    @property
    def subtotal(self) -> Money:
        return Money(self.subtotal_minor, self.currency)

    @property
    def tax(self) -> Money:
        units = sum(tax.amount.minor_units for tax in self.taxes) if self.taxes else 0
        return Money(units, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def credit_applied(self) -> Money:
        return Money(self.credit_applied_minor, self.currency)

    @property
    def amount_due(self) -> Money:
        return Money(
            max(self.total_minor - self.credit_applied_minor, 0), self.currency
        )


@attrs.frozen
class Charge:
    """An item that runs in the period."""

    terms: Terms
    quantity: int
    full_scaled: int
    charged_minor: int
    credited_minor: int
    version: int
    since: dt.date | None
    free: bool


@attrs.frozen
class Account:
    """The customer as it stands."""

    id: str
    plan: Any
    interval: Any
    currency: str
    seats: dict[str, int]
    add_ons: tuple[Any, ...]
    billing_cycle_anchor: dt.date
    current_period: Period
    charges: tuple[Charge, ...]
    pending_updates: tuple[Any, ...]
    waiting_lines: tuple[Line, ...]
    accrued_lines: tuple[Line, ...]
    credit_balance_minor: int
    discounts: tuple[Any, ...]
    tax_rates: tuple[Any, ...]
    recipient: Any
    rules: Any
    trial_end: dt.date | None
    ended_on: dt.date | None
    frozen_on: dt.date | None
    changed_on: dt.date
    version: int
    moved_from: dt.date | None
