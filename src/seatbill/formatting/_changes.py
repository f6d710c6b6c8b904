"""What was asked for and what waits, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from ..discounts import Discount
from ..rules import ChangeKind
from ..subscriptions import PendingUpdate
from ..subscriptions.changes import (
    AddAddOn,
    AddSeats,
    ApplyDiscount,
    BuyService,
    Cancel,
    Change,
    ChargeFee,
    Freeze,
    GrantCredit,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    Unfreeze,
    WithdrawPending,
)
from ..taxes import TaxRate
from ._catalogues import words
from ._dates import format_date
from ._labels import label
from ._marks import phrase
from ._numbers import format_money, format_number, format_percent
from ._quantities import format_interval, format_quantity

Told = tuple[str, dict[str, str]]
"""A message, and what its placeholders stand for."""


def several_of(name: str, quantity: int, locale: str) -> str:
    """Return "2 × Support", and "Support" for one."""
    if quantity == 1:
        return name
    return f"{format_number(quantity, locale)} × {name}"


def discount_text(discount: Discount, locale: str) -> str:
    """Return what *discount* takes off: a percentage or an amount."""
    if discount.amount_off is not None:
        return format_money(discount.amount_off, locale)
    kept, whole = discount.kept
    return format_percent(1 - Fraction(kept, whole), locale)


# Changes.


def change_text(change: Change, locale: str) -> str:
    """Return what *change* asks for."""
    message, values = _CHANGES[type(change)](change, locale)
    return words(locale).gettext(message) % values


def _quantity(change: Any, locale: str) -> dict[str, str]:
    """Return how many seats of a kind *change* is about."""
    return {"quantity": format_quantity(change.seats, change.unit, locale)}


def _several(item: Any, change: Any, locale: str) -> dict[str, str]:
    """Return how many of *item* the *change* is about."""
    return {"what": several_of(item.name, change.quantity, locale)}


def _switch_plan(change: SwitchPlan, locale: str) -> Told:
    told = {"plan": change.plan.name}
    named: Mapping[str, int] = change.seats or {}
    if named:
        seats = [format_quantity(n, unit, locale) for unit, n in named.items()]
        told["seats"] = ", ".join(seats)
    if change.interval is None:
        if named:
            return phrase("Switch to plan %(plan)s with %(seats)s"), told
        return phrase("Switch to plan %(plan)s"), told
    told["interval"] = format_interval(change.interval, locale)
    if named:
        message = phrase(
            "Switch to plan %(plan)s with %(seats)s, billing period of %(interval)s"
        )
        return message, told
    return phrase("Switch to plan %(plan)s, billing period of %(interval)s"), told


def _switch_interval(change: SwitchInterval, locale: str) -> Told:
    shown = format_interval(change.interval, locale)
    return phrase("Switch to a billing period of %(interval)s"), {"interval": shown}


def _switch_package(change: SwitchPackage, _locale: str) -> Told:
    names = {"old": change.add_on.name, "new": change.package.name}
    return phrase("Switch from %(old)s to %(new)s"), names


def _charge_fee(change: ChargeFee, locale: str) -> Told:
    amount = format_money(change.amount, locale)
    return phrase("Charge fee %(item)s: %(amount)s"), {
        "item": change.id,
        "amount": amount,
    }


def _cancel(change: Cancel, _locale: str) -> Told:
    if change.reason is None:
        return phrase("Cancel the subscription"), {}
    message = phrase("Cancel the subscription (reason: %(reason)s)")
    return message, {"reason": change.reason}


def _withdraw(change: WithdrawPending, locale: str) -> Told:
    shown = label(change.kind, locale)
    return phrase("Withdraw the pending change: %(kind)s"), {"kind": shown}


def _reprice(change: Reprice, locale: str) -> Told:
    return phrase("New prices for %(plan)s from %(day)s"), {
        "plan": change.plan.name,
        "day": format_date(change.from_day, locale),
    }


def _apply_discount(change: ApplyDiscount, locale: str) -> Told:
    return phrase("Apply discount %(item)s: %(off)s off"), {
        "item": change.discount.id,
        "off": discount_text(change.discount, locale),
    }


def _set_tax_rates(change: SetTaxRates, locale: str) -> Told:
    if not change.rates:
        return phrase("Charge no tax"), {}
    rates = ", ".join(rate_text(rate, locale) for rate in change.rates)
    return phrase("Set the tax rates: %(rates)s"), {"rates": rates}


def rate_text(rate: TaxRate, locale: str) -> str:
    """Return the id and the percentage of a tax *rate*."""
    return f"{rate.id} {format_percent(rate.rate, locale)}"


def _set_recipient(change: SetRecipient, _locale: str) -> Told:
    if change.recipient is None:
        return phrase("Name no recipient on invoices"), {}
    names = {"name": change.recipient.name}
    return phrase("Make invoices out to %(name)s"), names


def _grant_credit(change: GrantCredit, locale: str) -> Told:
    return phrase("Grant a credit of %(amount)s (reason: %(reason)s)"), {
        "amount": format_money(change.amount, locale),
        "reason": change.reason,
    }


_CHANGES: Final[dict[type, Callable[[Any, str], Told]]] = {
    AddAddOn: lambda c, at: (phrase("Add %(what)s"), _several(c.add_on, c, at)),
    AddSeats: lambda c, at: (phrase("Add %(quantity)s"), _quantity(c, at)),
    ApplyDiscount: _apply_discount,
    BuyService: lambda c, at: (phrase("Buy %(what)s"), _several(c.service, c, at)),
    Cancel: _cancel,
    ChargeFee: _charge_fee,
    Freeze: lambda _c, _at: (phrase("Freeze the subscription"), {}),
    GrantCredit: _grant_credit,
    RemoveAddOn: lambda c, at: (phrase("Remove %(what)s"), _several(c.add_on, c, at)),
    RemoveDiscount: lambda c, _at: (
        phrase("Remove discount %(item)s"),
        {"item": c.id},
    ),
    RemoveSeats: lambda c, at: (phrase("Remove %(quantity)s"), _quantity(c, at)),
    Reprice: _reprice,
    Resume: lambda _c, _at: (phrase("Withdraw the cancellation"), {}),
    SetRecipient: _set_recipient,
    SetSeats: lambda c, at: (phrase("Set to %(quantity)s"), _quantity(c, at)),
    SetTaxRates: _set_tax_rates,
    SwitchInterval: _switch_interval,
    SwitchPackage: _switch_package,
    SwitchPlan: _switch_plan,
    Unfreeze: lambda _c, _at: (phrase("End the freeze"), {}),
    WithdrawPending: _withdraw,
}


# What waits.


def pending_text(update: PendingUpdate, locale: str) -> str:
    """Return what waits, and from when it holds."""
    message, values = _PENDING[update.kind](update, locale)
    day = format_date(update.applies_on, locale)
    return words(locale).gettext(message) % {**values, "day": day}


def _pending_seats(update: PendingUpdate, locale: str) -> Told:
    shown = format_quantity(update.value, update.key, locale)
    return phrase("%(quantity)s from %(day)s"), {"quantity": shown}


def _pending_add_on(update: PendingUpdate, locale: str) -> Told:
    owned = update.value
    if not owned.quantity:
        return phrase("%(item)s ends on %(day)s"), {"item": owned.add_on.name}
    shown = several_of(owned.add_on.name, owned.quantity, locale)
    return phrase("%(quantity)s from %(day)s"), {"quantity": shown}


def _pending_cancellation(update: PendingUpdate, _locale: str) -> Told:
    if update.value is None:
        return phrase("Cancellation on %(day)s"), {}
    message = phrase("Cancellation on %(day)s (reason: %(reason)s)")
    return message, {"reason": update.value}


_PENDING: Final[dict[ChangeKind, Callable[[PendingUpdate, str], Told]]] = {
    ChangeKind.PLAN: lambda u, _at: (
        phrase("Plan %(plan)s from %(day)s"),
        {"plan": u.value.name},
    ),
    ChangeKind.INTERVAL: lambda u, at: (
        phrase("Billing period of %(interval)s from %(day)s"),
        {"interval": format_interval(u.value, at)},
    ),
    ChangeKind.SEATS: _pending_seats,
    ChangeKind.ADD_ON: _pending_add_on,
    ChangeKind.PACKAGE: lambda u, _at: (
        phrase("Package %(item)s from %(day)s"),
        {"item": u.value.name},
    ),
    ChangeKind.CANCELLATION: _pending_cancellation,
    ChangeKind.PRICE: lambda u, _at: (
        phrase("New prices for %(plan)s from %(day)s"),
        {"plan": u.value.name},
    ),
}
