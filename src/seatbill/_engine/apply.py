"""One entry of a history: each change by its own handler, netted into one invoice.

Takes the state on the day of the entry and one change or several, in the order given,
and leaves one invoice of all their lines, or keeps them unbilled, as the rules settle.

A plan raised and 3 seats added in one call, with 15 of 30 days left and 10 seats at
4.99 and 6.99: −24.95 + 34.95 + 10.49 = 20.49, three lines on one invoice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from ..errors import (
    FrozenError,
    NothingPendingError,
    RecipientLockedError,
    SubscriptionEndedError,
    UnknownItemError,
    WrongTypeError,
)
from ..rules import Timing
from ..subscriptions import (
    AddAddOn,
    AddSeats,
    ApplyDiscount,
    BuyService,
    Cancel,
    ChargeFee,
    EndPause,
    EndTrial,
    Extend,
    Freeze,
    GrantCredit,
    MoveBillingDay,
    Pause,
    RecordCreditNote,
    RecordUsage,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    SetTerm,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    Unfreeze,
    WithdrawPending,
)
from ..subscriptions.subscription import frozen_for, recipient_locked_since
from .agreeing import agree
from .bounds import judge
from .carried import withdraw_unsold
from .charging import sell_once, settle
from .commitments import record_usage
from .credited import record_credit_note
from .date_changes import end_pause, end_trial, extend, move_billing_day, pause
from .dates import effective_day
from .discounting import fit_amounts_off, note_paid
from .invoicing import drop_given
from .lots import grant, lapse
from .members import (
    CANCELLATION,
    CHARGE_LINE,
    FEE_ITEM,
    FEE_LINE,
    IMMEDIATE,
    SERVICE_ITEM,
    SERVICE_LINE,
)
from .netting import keep_all_net
from .plan_changes import cancel, reprice, switch_interval, switch_plan
from .quantity_changes import (
    add_add_on,
    add_seats,
    remove_add_on,
    remove_seats,
    set_seats,
    switch_package,
)
from .redeeming import redeem
from .renewals import thaw
from .scheduled import take_out
from .state import ALL, State

Handler = Callable[[State, Any, Timing | None], None]


def apply(state: State, changes: Any, timing: Timing | None) -> Any:
    """Apply *changes* of today, netted into one invoice; return them as they are kept.

    Several are kept as a tuple.
    """
    handler = _HANDLERS.get(type(changes))
    state.plan_before = state.plan.id
    state.deferred_before = len(state.deferred)
    if timing is not None:
        _notify_timing(state, changes, timing)
    state.open_charges()
    if state.lots:
        lapse(state)
    if state.has_amounts_off:
        note_paid(state)
    if handler is None or state.ended_on is not None or state.frozen_on is not None:
        changes = _apply_several(state, changes, timing)
    else:
        state.version += 1
        handler(state, changes, timing)
        if state.lines:
            state.count_lines(len(state.lines))
    if state.touched:
        judge(state)
    if state.lines:
        if state.has_amounts_off:
            fit_amounts_off(state)
            keep_all_net(state)
        if not state.by_days:
            drop_given(state)
        if state.scheduled:
            state.visit(len(state.scheduled))
            _notify_end(state)
        settle(state)
    elif state.settle_now:
        settle(state)
    return changes


def _notify_timing(state: State, changes: Any, timing: Timing) -> None:
    """Say that *timing* decides nothing: in a trial, or of what always acts at once."""
    several = changes if type(changes) in (tuple, list) else (changes,)
    kinds = _ENDS if state.uncharged and timing is not IMMEDIATE else _TIMED
    timed = [change for change in several if type(change) in kinds]
    if all(getattr(change, "from_day", None) is not None for change in timed):
        state.notify("timing_unused", ("timing", timing))


def _apply_several(state: State, changes: Any, timing: Timing | None) -> Any:
    """Apply several changes, or one to what is frozen or has ended."""
    state.finished = False
    kept = tuple(changes) if type(changes) is list else changes
    several = kept if type(kept) is tuple else (kept,)
    if not several:
        raise WrongTypeError("history", "changes", kept)
    for change in several:
        handler = _HANDLERS.get(type(change))
        if handler is None:
            raise WrongTypeError("change", "Change", change)
        if state.ended_on is not None or state.frozen_on is not None:
            _check_open(state, change)
        state.version += 1
        before = len(state.lines)
        handler(state, change, timing)
        state.count_lines(max(len(state.lines) - before, 0))
    return kept


def _check_open(state: State, change: Any) -> None:
    """Refuse a *change* after the end, or one that a freeze does not allow."""
    if state.ended_on is not None and (state.finished or not state.free):
        raise SubscriptionEndedError(state.id, state.ended_on)
    if state.frozen_on is not None and type(change) not in _WHILE_FROZEN:
        raise FrozenError(state.id, "is_frozen", type(change).__name__)


def _notify_end(state: State) -> None:
    """Say until when a purchase serves, where a cancellation is scheduled (CL-54)."""
    for update in state.scheduled:
        if update.kind is CANCELLATION and any(
            line.kind is CHARGE_LINE for line in state.lines
        ):
            state.notify("serves_until", ("on", effective_day(state, update)))


def _freeze(state: State, _change: Freeze, _timing: Timing | None) -> None:
    """Stop the running period; its freezes share the days of the rules (CM-20)."""
    if not state.rules.max_freeze_days:
        raise FrozenError(state.id, "not_offered")
    if state.uncharged:
        raise FrozenError(state.id, "not_charged")
    longest = dt.timedelta(state.rules.max_freeze_days)
    if frozen_for(state.start, state.moved_from) >= longest:
        raise FrozenError(state.id, "used_up")
    state.frozen_on = state.day


def _unfreeze(state: State, _change: Unfreeze, _timing: Timing | None) -> None:
    if state.frozen_on is None:
        raise FrozenError(state.id, "not_frozen")
    thaw(state)


def _buy_service(state: State, change: BuyService, _timing: Timing | None) -> None:
    """Charge something bought once, whole (TL-20, TL-21, TL-22)."""
    service = change.service
    price, n = service.price, change.quantity
    sell_once(state, service, SERVICE_LINE, SERVICE_ITEM, price, n)


def _charge_fee(state: State, change: ChargeFee, _timing: Timing | None) -> None:
    sell_once(state, change, FEE_LINE, FEE_ITEM, change.amount)


def _resume(state: State, _change: Resume, _timing: Timing | None) -> None:
    _withdraw(state, WithdrawPending(CANCELLATION), None)


def _withdraw(state: State, change: WithdrawPending, _timing: Timing | None) -> None:
    gone = [
        update
        for update in state.scheduled
        if update.kind is change.kind and change.from_day in (None, update.from_day)
    ]
    if not take_out(state, gone):
        raise NothingPendingError(change.kind)
    withdraw_unsold(state)
    state.touched[ALL] = 1


def _apply_discount(
    state: State, change: ApplyDiscount, _timing: Timing | None
) -> None:
    redeem(state, change.discount, change.facts)


def _remove_discount(
    state: State, change: RemoveDiscount, _timing: Timing | None
) -> None:
    state.visit(len(state.discounts))
    left = [a for a in state.discounts if a.discount.id != change.id]
    if len(left) == len(state.discounts):
        known = tuple(a.discount.id for a in state.discounts)
        raise UnknownItemError("discount", change.id, known)
    state.set_discounts(left)


def _set_tax_rates(state: State, change: SetTaxRates, _timing: Timing | None) -> None:
    state.tax_rates = change.rates
    state.taxed = True  # credits keep the rates of their charge (EN 16931)
    state.set_discounts(state.discounts)  # prices are looked up with their rates


def _set_recipient(state: State, change: SetRecipient, _timing: Timing | None) -> None:
    since = recipient_locked_since(state.rules, state.ended_on, state.scheduled)
    if since is not None:
        raise RecipientLockedError(state.id, since)
    state.recipient = change.recipient


def _grant_credit(state: State, change: GrantCredit, _timing: Timing | None) -> None:
    """Put credit on the balance, which pays for the next invoices."""
    grant(state, change.amount, change.kind, change.expires_on)


_ENDS: Final = (Cancel,)
"""What a timing decides where nothing is charged, in a trial or on the free plan."""

_TIMED: Final = (
    AddSeats,
    RemoveSeats,
    SetSeats,
    SwitchPlan,
    SwitchInterval,
    AddAddOn,
    RemoveAddOn,
    SwitchPackage,
    Cancel,
    SetTerm,
)
"""What a timing decides elsewhere."""

_WHILE_FROZEN = (
    Unfreeze,
    Cancel,
    Resume,
    WithdrawPending,
    SetTaxRates,
    SetRecipient,
    GrantCredit,
    RecordCreditNote,
    SetTerm,
    RecordUsage,
    Reprice,
    ApplyDiscount,
    RemoveDiscount,
)

_HANDLERS: Final[dict[type, Handler]] = {
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
    EndTrial: end_trial,
    Extend: extend,
    MoveBillingDay: move_billing_day,
    Pause: pause,
    EndPause: end_pause,
    Cancel: cancel,
    Resume: _resume,
    WithdrawPending: _withdraw,
    Reprice: reprice,
    ApplyDiscount: _apply_discount,
    RemoveDiscount: _remove_discount,
    SetTaxRates: _set_tax_rates,
    SetRecipient: _set_recipient,
    GrantCredit: _grant_credit,
    RecordCreditNote: record_credit_note,
    SetTerm: agree,
    RecordUsage: record_usage,
}
