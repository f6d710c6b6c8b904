"""What a customer is told when less is scheduled: what ends, when, the next bill.

A lower plan, a shorter interval and the end wait for a boundary; the notice is there
before anything is confirmed, because the preview is the change (CL-47, CL-49).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, Final

from .._engine.makers import trusted_notice
from .._engine.plan_changes import direction_of
from .._engine.replay import advance
from .._engine.state import State
from .._values.checks import Time
from ..errors import DateRangeError, RenewFirstError
from ..limits import NO_LIMITS
from ..money import Money
from ..notices import Notice
from ..rules import ChangeKind, Direction
from ..subscriptions import Outcome, PendingUpdate, Subscription
from ..subscriptions.subscription import ends

_END: Final = "end_scheduled"
_ANNOUNCED: Final = {ChangeKind.PLAN, ChangeKind.INTERVAL, ChangeKind.CANCELLATION}


def announced(outcome: Outcome, asked: set[ChangeKind]) -> Outcome:
    """Return *outcome* with what is announced, of the kinds that were *asked* for."""
    about = asked & _ANNOUNCED
    if about:
        told = announcements(outcome.subscription, about)
        # It was handed to nobody yet.
        object.__setattr__(outcome, "notices", (*outcome.notices, *told))
    return outcome


def announcements(
    subscription: Subscription,
    about: Container[ChangeKind] = tuple(ChangeKind),
) -> Iterator[Notice]:
    """Yield a notice for each reduction that is scheduled, of the kinds in *about*."""
    bills: dict[Time, Money | None] = {}
    for update in subscription.pending_updates:
        found = _reduction(subscription, update) if update.kind in about else None
        if found is None:
            continue
        (code, values), day = found, update.applies_on
        if code != _END or _is_owed(subscription):
            if day not in bills:
                bills[day] = _bill_of(subscription, day)
            values += ("on", day), ("total", bills[day])
        else:
            code = "end_without_bill"
            values += ("on", day), ("total", Money.zero(subscription.currency))
        yield trusted_notice(code, values)


def _reduction(
    sub: Subscription, update: PendingUpdate
) -> tuple[str, tuple[tuple[str, Any], ...]] | None:
    """Return code and names of what *update* takes away, ``None`` where nothing is."""
    kind, value = update.kind, update.value
    if ends(update, sub.rules.free_plan):
        if kind is ChangeKind.CANCELLATION and update.periods_left:
            return None  # the notice of a late end says it all
        return _END, (("plan", sub.plan.name),)
    if kind is ChangeKind.PLAN:
        lower = value.rank < sub.plan.rank
        if value.rank == sub.plan.rank:
            lower = direction_of(State(sub, NO_LIMITS), value) is Direction.DOWNGRADE
        names = ("plan", value.name), ("current", sub.plan.name)
        return ("plan_scheduled", names) if lower else None
    if kind is ChangeKind.INTERVAL and value.nominal_days < sub.interval.nominal_days:
        return "interval_scheduled", (("interval", value), ("current", sub.interval))
    return None


def _is_owed(sub: Subscription) -> bool:
    """Return whether anything is still to be billed at the end."""
    held = sub.waiting_lines or sub.accrued_lines
    return bool(held) or any(charge.terms.in_arrears for charge in sub.charges)


def _bill_of(sub: Subscription, day: Time) -> Money | None:
    """Return what the invoice of *day* comes to, at the quantities of today.

    ``None`` where a quantity is not known yet, or the calendar ends.
    """
    state = State(sub, NO_LIMITS)
    try:
        advance(state, day, lambda _: sub.seats)
    except (RenewFirstError, DateRangeError):
        return None
    found = [invoice.total for invoice in state.invoices if invoice.issued_on == day]
    return Money.total(found, sub.currency)
