"""What is scheduled: kept by kind, key and boundary, replaced, withdrawn, in notice.

Takes what a change asks for later, and leaves a pending update in the state for the
next boundary or the one after it, one of each kind and key; a price change waits for
its own day.  What it took the place of is in ``replaced`` (decision: one update per
kind).

By the quarter, with 15 days of notice before 1 April, what is asked for on 17 March is
in time and takes effect on 1 April; on 18 March it is late: 1 July (TL-3).
So does what would have acted at once, where every change needs notice.
"""

from __future__ import annotations

from typing import Any

from .._values.checks import Time
from ..errors import LateNoticeError
from ..periods import ONE_DAY, boundary
from ..rules import ChangeKind, Direction, Timing
from ..subscriptions import PendingUpdate
from .dates import effective_day, end_of
from .lookup import FEW
from .makers import trusted_pending
from .members import ADD_ON, EVERY_CHANGE, PERIOD_END, REFUSE
from .state import State


def schedule(
    state: State,
    kind: ChangeKind,
    key: str,
    value: Any,
    left: int = 0,
    from_day: Time | None = None,
) -> PendingUpdate:
    """Schedule *value* for a boundary, in the place of what was scheduled there."""
    if state.scheduled:
        withdraw(state, kind, key, left)
    update = trusted_pending(kind, key, value, state.end, state.day, left, from_day)
    if left or from_day is not None or state.own:
        update = rewritten(update, applies_on=effective_day(state, update))
    state.scheduled.append(update)
    state.deferred.append((kind, key))
    return update


def schedule_in_notice(
    state: State, kind: ChangeKind, key: str, value: Any, direction: Direction
) -> PendingUpdate:
    """Schedule *value* for the period's end, or for one later where notice is short.

    It takes the place of what was asked for before and would come later.  What is
    scheduled for the end already was in time when it was asked for (TL-3).
    """
    left = periods_late(state, direction)
    if state.scheduled:
        withdraw(state, kind, key, 1)
    for update in state.scheduled if left else ():
        if update.kind is kind and update.key == key and update.value == value:
            state.deferred.append((kind, key))
            return update
    update = schedule(state, kind, key, value, left)
    notify_late(state, update)
    return update


def withdraw(
    state: State, kind: ChangeKind, key: str | None = None, left: int | None = None
) -> bool:
    """Withdraw what is scheduled of *kind*; return whether anything was."""
    scheduled = state.scheduled
    if not scheduled:
        return False
    if key is not None and len(scheduled) > FEW:
        known = state.scheduled_under(kind, key)
        if not any(left is None or update.periods_left == left for update in known):
            return False
    stays = []
    for update in scheduled:
        if (
            update.kind is kind
            and (key is None or update.key == key)
            and (left is None or update.periods_left == left)
        ):
            state.replaced.append(update)
        else:
            stays.append(update)
    if len(stays) == len(scheduled):
        return False
    state.visit(len(scheduled))
    state.scheduled = stays
    return True


def rewritten(update: PendingUpdate, **fields: Any) -> PendingUpdate:
    """Return *update* with other *fields*."""
    values = {
        "kind": update.kind,
        "key": update.key,
        "value": update.value,
        "applies_on": update.applies_on,
        "requested_on": update.requested_on,
        "periods_left": update.periods_left,
        "from_day": update.from_day,
    }
    return trusted_pending(**{**values, **fields})


def periods_late(state: State, direction: Direction, add_on: str = "") -> int:
    """Return by how many periods a request is late for the period's end: 0 or 1.

    Exactly the days of the rules before the end are in time (TL-3, ambiguity 9); of an
    *add_on* with its own periods, before the end of its own.  Before a trial ends
    nobody is bound yet, and no notice is late.
    """
    rules = state.rules
    if not rules.notice_days or direction in rules.notice_exempt or state.trial:
        return 0
    end = end_of(state, add_on)
    last_day = boundary(end, ONE_DAY, -rules.notice_days)
    if state.day <= last_day:
        return 0
    if rules.late_notice is REFUSE:
        raise LateNoticeError(state.day, end, last_day, rules.notice_days)
    return 1


def timing_in_notice(
    state: State,
    direction: Direction,
    by_rules: Timing,
    by_hand: Timing | None,
    add_on: str = "",
) -> Timing:
    """Return when a change takes effect; too late for its notice, at a period's end.

    What acts at once needs notice where the rules say that every change does (TL-3);
    what is timed by hand needs none.
    """
    if by_hand is not None:
        return by_hand
    if (
        state.rules.notice_scope is EVERY_CHANGE
        and by_rules is not PERIOD_END
        and periods_late(state, direction, add_on)
    ):
        return PERIOD_END
    return by_rules


def notify_late(state: State, update: PendingUpdate) -> None:
    """Say that *update* came too late for the running period's end."""
    if update.periods_left:
        end = end_of(state, update.key if update.kind is ADD_ON else "")
        boundary_ = "boundary", end
        state.notify("late_notice", boundary_, ("on", update.applies_on))
