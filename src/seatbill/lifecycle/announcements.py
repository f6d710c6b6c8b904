"""What a customer is told when less is scheduled: what ends, when, the next bill.

A lower plan, a shorter interval and the end wait for a boundary; the notice is there
before anything is confirmed, because the preview is the change (CL-47, CL-49).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from .._engine.plan_changes import direction_of
from .._engine.replay import advance
from .._engine.state import State
from .._values.checks import Time
from ..errors import DateRangeError, RenewFirstError
from ..limits import NO_LIMITS
from ..money import Money
from ..notices import Notice
from ..rules import ChangeKind, Direction
from ..subscriptions import PendingUpdate, Subscription
from ..subscriptions.subscription import ends


def announcements(
    subscription: Subscription,
    about: Container[ChangeKind] = tuple(ChangeKind),
) -> Iterator[Notice]:
    """Yield a notice for each reduction that is scheduled, of the kinds in *about*."""
    sub = subscription
    for update in sub.pending_updates:
        late_end = update.kind is ChangeKind.CANCELLATION and update.periods_left
        if update.kind not in about or late_end:  # whose notice says it all
            continue
        if ends(update, sub.rules.free_plan):
            yield _told("end_scheduled", sub, update, plan=sub.plan.name)
        elif update.kind is ChangeKind.PLAN:
            if direction_of(State(sub, NO_LIMITS), update.value) is Direction.DOWNGRADE:
                names = {"plan": update.value.name, "current": sub.plan.name}
                yield _told("plan_scheduled", sub, update, **names)
        elif update.kind is ChangeKind.INTERVAL:
            shorter, longer = update.value, sub.interval
            if shorter.nominal_days < longer.nominal_days:
                lengths = {"interval": shorter, "current": longer}
                yield _told("interval_scheduled", sub, update, **lengths)


def _told(code: str, sub: Subscription, update: PendingUpdate, **values: Any) -> Notice:
    """Return the notice of an *update*, with the bill of the day on which it comes."""
    day = update.applies_on
    total = _bill_of(sub, day)
    if code == "end_scheduled" and not total:
        code = "end_without_bill"
    return Notice(code, (*values.items(), ("on", day), ("total", total)))


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
