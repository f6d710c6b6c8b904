"""The end of a call: the state becomes a value again.

Takes the state, and leaves it closed: its charges are values from here on, and each
scheduled update says on which day it takes effect.  A call that changed nothing returns
the subscription that it was handed, with the same version.

A downgrade asked for on 28 October, with a period that ends on 5 November, says
5 November; where a freeze of 10 days came in between, it says 15 November.
"""

from __future__ import annotations

from typing import Any, Final

from .._values.base import Quantities, open_row
from .._values.checks import Time
from ..money import NOTHING, trusted_money
from ..rules import Timing
from ..subscriptions import Charge, Outcome, PendingUpdate, Subscription
from .dates import effective_day
from .scheduled import rewritten
from .state import State, aim_of

_open_row: Final = open_row(Subscription)
_open_outcome: Final = open_row(Outcome)


def as_value(state: State) -> Subscription:
    """Close the charges, date what is scheduled, and return the subscription."""
    if state.version == state.opened.version:
        return state.opened
    if state.scheduled:
        state.scheduled = [_dated(state, update) for update in state.scheduled]
    row = _open_row()
    row.id = state.id
    row.plan = state.plan
    row.interval = state.interval
    row.currency = state.currency
    row.seats = Quantities.trusted(state.seats)
    row.add_ons = tuple(state.add_ons.values())
    row.billing_cycle_anchor = state.anchor
    row.current_period = state.whole
    row.charges = close_charges(state)
    row.pending_updates = tuple(state.scheduled)
    row.waiting_lines = tuple(state.unbilled)
    row.accrued_lines = tuple(state.accrued)
    row.credit_balance_minor = state.balance
    row.discounts = ()
    if state.discounts:
        row.discounts = tuple([applied.as_value() for applied in state.discounts])
    row.tax_rates = state.tax_rates
    row.recipient = state.recipient
    row.rules = state.rules
    row.trial_end = state.trial_end
    row.ended_on = state.ended_on
    row.frozen_on = state.frozen_on
    row.changed_on = state.day
    row.version = state.version
    row.moved_from = state.moved_from
    row.paid_until = state.paid_until
    row.term = state.term
    row.credit_lots = state.lots
    row.__class__ = Subscription  # it never changes from here on
    value: Subscription = row
    return value


def close_charges(state: State) -> tuple[Charge, ...]:
    """Return the open charges as values."""
    if not state.are_closed:
        state.are_closed = True
        for charge in state.charges:
            charge.__class__ = Charge  # type: ignore[assignment]
    return tuple(state.charges)  # type: ignore[arg-type]


def _dated(state: State, update: PendingUpdate) -> PendingUpdate:
    """Return *update* with the day on which it takes effect."""
    day = effective_day(state, update)
    return update if day == update.applies_on else rewritten(update, applies_on=day)


def _effective_on(state: State) -> Time:
    """Return the day on which the last part of what was asked for takes effect."""
    deferred = {*state.deferred}
    days = [u.applies_on for u in state.scheduled if aim_of(u) in deferred]
    return max([state.day, *days])


def outcome(
    state: State,
    on: Time,
    changes: tuple[Any, ...] = (),
    by: str | None = None,
    timing: Timing | None = None,
    reason: str | None = None,
) -> Outcome:
    """Return what a call came to."""
    refund, currency = state.refund, state.currency
    sub = as_value(state)  # from here on, updates say when they take effect
    row = _open_outcome()
    row.subscription = sub
    row.invoices = tuple(state.invoices)
    row.effective_on = _effective_on(state) if state.deferred else state.day
    row.notices = tuple(state.notices)
    row.replaced = tuple(state.replaced)
    row.changes = changes
    row.on = on
    row.by = by
    row.timing = timing
    row.reason = reason
    row.previous_version = state.opened.version
    row.refund_due = trusted_money(refund, currency) if refund else NOTHING[currency]
    row.__class__ = Outcome  # it never changes from here on
    return row  # type: ignore[no-any-return]
