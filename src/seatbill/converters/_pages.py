"""What an answer shows of values: every total worked out, what is sold by its id.

Each page is declared once; the answer and its schema are made from the declaration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import Any, Final, NewType, TypeVar, final, get_args, get_type_hints

import attrs

from .._values.base import Quantities
from .._values.checks import Time
from ..credit import CreditLot
from ..invoices import BillingReason, InvoiceLine, ItemKind, LineKind
from ..money import Money, Rounding, currency_digits
from ..parties import Party
from ..periods import Interval
from ..proration import Convention
from ..reviews.plain_text import exact
from ..seats import Occupancy
from ..subscriptions import (
    Change,
    PendingUpdate,
    Status,
    SubscribedAddOn,
)
from ..taxes import TaxCategory
from ._scalars import Digits, Number, Part
from ._words import moment, plain, share

_P = TypeVar("_P")

Figures = NewType("Figures", dict[str, Any])
"""Values by name, in the form of data."""


@final
@attrs.frozen(kw_only=True)
class PeriodPage:
    """A period: from *start* up to, but not including, *end*."""

    start: Time
    end: Time
    last_day: dt.date


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
    credit_lots: tuple[CreditLot, ...]
    payable_rounding: Digits
    amount_due: Digits


@final
@attrs.frozen(kw_only=True)
class NoticePage:
    """Something odd but legal that a customer should be told."""

    code: str
    message: str
    values: Figures


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


SeatBars = Mapping[str, SeatsPage]
"""The seats of each kind, by unit."""


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
    credit_lots: tuple[CreditLot, ...]
    discounts: tuple[str, ...]
    tax_rates: tuple[str, ...]
    recipient: Party | None
    trial_end: Time | None
    frozen_on: Time | None
    ended_on: Time | None
    version: int


# What is shown of a value.


def page_of(page: Callable[..., _P], value: Any, **more: Any) -> _P:
    """Return what *page* shows of *value*, field by field, and *more*."""
    own = _OTHERWISE.get(page, {})
    found = {
        name: _shown(hint, own[name](value) if name in own else getattr(value, name))
        for name, hint in _hints(page).items()
        if name not in more
    }
    return page(**found, **more)


@cache
def _hints(page: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of the fields of a *page*."""
    return get_type_hints(page)


def _shown(hint: Any, found: Any) -> Any:
    """Return what is *found* as a page shows it: amounts in digits, the rest by id."""
    if isinstance(found, tuple):
        return tuple([_shown(get_args(hint)[0], one) for one in found])
    if hint in _PAGES:
        return page_of(hint, found)
    if isinstance(found, Money):
        return plain(found)
    if isinstance(found, Fraction):
        return exact(found)
    return found.id if hint is str and not isinstance(found, str) else found


def _figure(value: Any) -> Any:
    """Return a figure of a notice as it is shown."""
    if isinstance(value, Money):
        return {"amount": plain(value), "currency": value.currency}
    if isinstance(value, dt.date):
        return moment(value)
    return value if type(value) in (int, bool, type(None)) else str(value)


def _number(name: str) -> Callable[[InvoiceLine], str | None]:
    """Return a function that shows an exact amount of a line, to the cent at least."""

    def number(line: InvoiceLine) -> str | None:
        found = getattr(line, name)
        places = currency_digits(line.currency)
        return None if found is None else exact(found, places)

    return number


def bars(found: Occupancy | None) -> SeatBars | None:
    """Return the seats of each kind, ``None`` where nobody is told."""
    if found is None:
        return None
    return {count.unit: page_of(SeatsPage, count) for count in found.counts}


_PAGES: Final = (
    InvoicePage,
    LinePage,
    NoticePage,
    PeriodPage,
    SubscriptionPage,
    TaxPage,
)

_OTHERWISE: Final[Mapping[Any, Mapping[str, Callable[[Any], Any]]]] = {
    LinePage: {
        "unit_amount": _number("unit_amount"),
        "full_amount": _number("full_amount"),
        "share": share,
        **{
            name: attrgetter(f"terms.{name}")
            for name in ("item_kind", "convention", "rounding", "in_arrears")
        },
    },
    TaxPage: {
        name: attrgetter(f"rate.{name}")
        for name in ("id", "rate", "category", "inclusive", "reason")
    },
    NoticePage: {
        "message": str,
        "values": lambda notice: {name: _figure(one) for name, one in notice.values},
    },
    OutcomePage: {
        "invoices": lambda outcome: tuple([one.key for one in outcome.invoices])
    },
    SubscriptionPage: {
        "discounts": lambda sub: tuple([one.discount for one in sub.discounts])
    },
}
"""What is shown of a value by another name, or is worked out."""
