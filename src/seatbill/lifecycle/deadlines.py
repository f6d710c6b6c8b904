"""Days by which a customer has to decide: the last day of notice, the end of a term."""

from __future__ import annotations

from .._engine.dates import latest_end, term_end
from .._engine.scheduled import is_held
from .._engine.state import State
from .._values.checks import Time
from ..periods import ONE_DAY, boundary
from ..rules import Direction, NoticeScope, Timing
from ..subscriptions import Subscription


def term_ends_on(subscription: Subscription) -> Time | None:
    """Return when the running term ends; ``None`` where none runs."""
    state = State(subscription)
    return None if state.term is None else term_end(state)


def notice_deadline(subscription: Subscription) -> tuple[Time, Time] | None:
    """Return the last day to cancel for the next end that there can be, and that end.

    It may have gone by.  ``None`` where no notice is needed, and where it ends already.
    """
    sub, rules = subscription, subscription.rules
    state, wanted = State(subscription), Direction.CANCELLATION
    if sub.ended_on is not None or sub.cancel_at_period_end or state.trial:
        return None
    if not rules.notice_days or wanted in rules.notice_exempt:
        return None
    end = latest_end(state)
    if is_held(state, wanted):
        end = term_end(state)
    elif rules.cancellation is not Timing.PERIOD_END and (
        state.term is not None or rules.notice_scope is not NoticeScope.EVERY_CHANGE
    ):
        return None
    return boundary(end, ONE_DAY, -rules.notice_days), end
