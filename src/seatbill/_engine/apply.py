"""One step of any kind: each change by its own handler, netted into one invoice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..discounts import Discount
from ..errors import (
    CurrencyMismatchError,
    DuplicateError,
    FrozenError,
    NothingPendingError,
    RulesError,
    SubscriptionEndedError,
    UnknownItemError,
    WrongTypeError,
)
from ..notices import Notice
from ..rules import Timing
from ..subscriptions import (
    AddAddOn,
    AddSeats,
    AppliedDiscount,
    ApplyDiscount,
    BuyService,
    Cancel,
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
from ..subscriptions.subscription import frozen_for
from .bounds import check_all, check_sale
from .charging import once, settle
from .discounts import note_standing, trim_discounts
from .members import (
    CANCELLATION,
    CHARGE_LINE,
    FEE_ITEM,
    FEE_LINE,
    PERIOD_END,
    SERVICE_ITEM,
    SERVICE_LINE,
)
from .pending import drop
from .plan_changes import cancel, reprice, switch_interval, switch_plan
from .prices import book_of
from .quantity_changes import (
    add_add_on,
    add_seats,
    remove_add_on,
    remove_seats,
    set_seats,
    switch_package,
)
from .renewals import thaw
from .state import Applied, Ledger

_FINEST: Final = 10**32
"""Sixteen percentages without decimals, eight with two."""


def step(
    ledger: Ledger, entry: tuple[Any, ...], changes: Any, timing: Timing | None
) -> tuple[Any, ...]:
    """Apply *changes*, netted into one invoice; return the entry as it is kept."""
    handler = _HANDLERS.get(type(changes))
    held = dict(ledger.seats) if ledger.free else None
    note_standing(ledger)
    if handler is None or ledger.ended_on is not None or ledger.frozen_on is not None:
        entry = (ledger.day, _several(ledger, changes, timing), *entry[2:])
    else:
        ledger.version += 1
        handler(ledger, changes, timing)
        ledger.write(len(ledger.lines))
    if held is not None and ledger.free:
        _check_free(ledger, held)
    if ledger.lines:
        trim_discounts(ledger)
        if ledger.pending:
            ledger.visit(len(ledger.pending))
            _tell_end(ledger)
        settle(ledger)
    elif ledger.discounts or ledger.settle_now:
        settle(ledger)
    ledger.look()
    return entry


def _several(ledger: Ledger, changes: Any, timing: Timing | None) -> Any:
    """Apply one change or several, where they are several or may be refused.

    Return them as they are kept: several as a tuple.
    """
    ledger.finished = False
    kept = tuple(changes) if type(changes) is list else changes
    several = kept if type(kept) is tuple else (kept,)
    if not several:
        raise WrongTypeError("history", "changes", kept)
    for change in several:
        handler = _HANDLERS.get(type(change))
        if handler is None:
            raise WrongTypeError("change", "Change", change)
        if ledger.ended_on is not None or ledger.frozen_on is not None:
            _check_open(ledger, change)
        ledger.version += 1
        before = len(ledger.lines)
        handler(ledger, change, timing)
        ledger.write(max(len(ledger.lines) - before, 0))
    return kept


def _check_free(ledger: Ledger, held: Mapping[str, int]) -> None:
    """Refuse more than the free plan holds, beyond what was *held* before.

    What fell to it stays (CL-55); with a plan in the same call more may be asked for.
    """
    ledger.visit(len(held))
    for unit, sale in ledger.plan_sales.items():
        owned = ledger.seats.get(unit, 0)
        if owned > held.get(unit, 0):
            check_sale(ledger.plan.id, sale, owned)


def _check_open(ledger: Ledger, change: Any) -> None:
    """Refuse a *change* after the end, or one that a freeze does not allow."""
    if ledger.ended_on is not None and (ledger.finished or not ledger.free):
        raise SubscriptionEndedError(ledger.id, ledger.ended_on)
    if ledger.frozen_on is not None and type(change) not in _WHILE_FROZEN:
        raise FrozenError(ledger.id, "is_frozen", type(change).__name__)


def _tell_end(ledger: Ledger) -> None:
    """Say until when a purchase serves, where a cancellation waits."""
    for update in ledger.pending:
        if update.kind is CANCELLATION and any(
            line.kind is CHARGE_LINE for line in ledger.lines
        ):
            values = (("on", ledger.applies_on(update)),)
            ledger.notices.append(Notice("serves_until", values))


def _freeze(ledger: Ledger, _change: Freeze, _timing: Timing | None) -> None:
    if not ledger.rules.max_freeze_days:
        raise FrozenError(ledger.id, "not_offered")
    if ledger.uncharged:
        raise FrozenError(ledger.id, "not_charged")
    longest = dt.timedelta(ledger.rules.max_freeze_days)
    if frozen_for(ledger.start, ledger.moved_from) >= longest:
        raise FrozenError(ledger.id, "used_up")
    ledger.frozen_on = ledger.day


def _unfreeze(ledger: Ledger, _change: Unfreeze, _timing: Timing | None) -> None:
    if ledger.frozen_on is None:
        raise FrozenError(ledger.id, "not_frozen")
    thaw(ledger)


def _cancel(ledger: Ledger, change: Cancel, timing: Timing | None) -> None:
    timing = timing or ledger.rules.cancellation
    if ledger.frozen_on is not None and timing is not PERIOD_END:
        thaw(ledger)  # the days that were paid and not used are given back
    cancel(ledger, change, timing)


def _buy_service(ledger: Ledger, change: BuyService, _timing: Timing | None) -> None:
    service = change.service
    once(ledger, SERVICE_LINE, SERVICE_ITEM, service.id, service.price, change.quantity)


def _charge_fee(ledger: Ledger, change: ChargeFee, _timing: Timing | None) -> None:
    once(ledger, FEE_LINE, FEE_ITEM, change.id, change.amount)


def _resume(ledger: Ledger, _change: Resume, _timing: Timing | None) -> None:
    _withdraw(ledger, WithdrawPending(CANCELLATION), None)


def _withdraw(ledger: Ledger, change: WithdrawPending, _timing: Timing | None) -> None:
    if not drop(ledger, change.kind):
        raise NothingPendingError(change.kind)
    check_all(ledger)


def _apply_discount(
    ledger: Ledger, change: ApplyDiscount, _timing: Timing | None
) -> None:
    add_discount(ledger, change.discount)


def add_discount(ledger: Ledger, discount: Discount) -> None:
    """Apply *discount* to what is charged from now on."""
    if ledger.by_discount.under(ledger.discounts, discount.id):
        raise DuplicateError("discount", discount.id)
    off = discount.amount_off
    if off is not None:
        if off.currency != ledger.currency:
            raise CurrencyMismatchError(ledger.currency, off.currency)
        prices = ledger.plan_sales.values()
        if prices and all(sale.price.in_arrears for sale in prices):
            raise RulesError("discount", discount.id, "in_arrears")
    else:
        ledger.visit(len(ledger.discounts))
        _check_finest(ledger, discount)
        ledger.sales = None  # a percentage is part of the price
    ledger.discounts.append(Applied(AppliedDiscount(discount)))


def _check_finest(ledger: Ledger, discount: Discount) -> None:
    """Refuse percentages that together make prices finer than a line can hold."""
    finest = discount.kept[1]
    for applied in ledger.discounts:
        if applied.discount.amount_off is None:
            finest *= applied.discount.kept[1]
    if finest > _FINEST:
        raise RulesError("discount", discount.id, "too_fine")


def _remove_discount(
    ledger: Ledger, change: RemoveDiscount, _timing: Timing | None
) -> None:
    ledger.visit(len(ledger.discounts))
    left = [a for a in ledger.discounts if a.discount.id != change.id]
    if len(left) == len(ledger.discounts):
        known = tuple(a.discount.id for a in ledger.discounts)
        raise UnknownItemError("discount", change.id, known)
    ledger.discounts = left
    ledger.sales = None


def _set_tax_rates(ledger: Ledger, change: SetTaxRates, _timing: Timing | None) -> None:
    ledger.tax_rates = change.rates
    ledger.taxed = True
    ledger.book = book_of(ledger.currency, ledger.rules, change.rates)
    ledger.sales = None


def _set_recipient(
    ledger: Ledger, change: SetRecipient, _timing: Timing | None
) -> None:
    ledger.recipient = change.recipient


def _grant_credit(ledger: Ledger, change: GrantCredit, _timing: Timing | None) -> None:
    if change.amount.currency != ledger.currency:
        raise CurrencyMismatchError(ledger.currency, change.amount.currency)
    ledger.balance += change.amount.minor_units


_WHILE_FROZEN = (
    Unfreeze,
    Cancel,
    Resume,
    WithdrawPending,
    SetTaxRates,
    SetRecipient,
    GrantCredit,
    Reprice,
    ApplyDiscount,
    RemoveDiscount,
)

_HANDLERS: dict[type, Callable[[Ledger, Any, Timing | None], None]] = {
    AddSeats: add_seats,
    RemoveSeats: remove_seats,
    SetSeats: set_seats,
    SwitchPlan: switch_plan,
    SwitchInterval: switch_interval,
    AddAddOn: add_add_on,
    RemoveAddOn: remove_add_on,
    SwitchPackage: switch_package,
    BuyService: _buy_service,
    ChargeFee: _charge_fee,
    Freeze: _freeze,
    Unfreeze: _unfreeze,
    Cancel: _cancel,
    Resume: _resume,
    WithdrawPending: _withdraw,
    Reprice: reprice,
    ApplyDiscount: _apply_discount,
    RemoveDiscount: _remove_discount,
    SetTaxRates: _set_tax_rates,
    SetRecipient: _set_recipient,
    GrantCredit: _grant_credit,
}
