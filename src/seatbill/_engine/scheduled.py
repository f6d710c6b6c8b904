"""What is scheduled: kept by kind, key and boundary, replaced, withdrawn, in notice.

Takes what a change asks for later, and leaves a pending update in the state for the
next boundary or the one after it, one of each kind and key; what is agreed for a day, a
price or a quantity, waits for that day beside the others.  What it took the place of is
in ``replaced`` (decision: one update per kind).

By the quarter, with 15 days of notice before 1 April, what is asked for on 17 March is
in time and takes effect on 1 April; on 18 March it is late: 1 July (TL-3).
So does what would have acted at once, where every change needs notice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from operator import attrgetter
from typing import Any, Final

from .._values.checks import Time
from ..errors import LateNoticeError, RulesError, TermRunsError
from ..periods import ONE_DAY, boundary, same_time
from ..rules import ChangeKind, Direction, Timing
from ..subscriptions import PendingUpdate
from ..subscriptions.parts import step_order
from .dates import effective_day, end_of, latest_end, term_end
from .lookup import FEW, is_last_of_term, place_of
from .makers import trusted_pending
from .members import (
    ADD_ON,
    ADD_ON_REMOVED,
    CANCELLATION_WAY,
    DOWNGRADE,
    EVERY_CHANGE,
    PACKAGE_DOWN,
    PERIOD_END,
    PLAN,
    PRICE,
    REFUSE,
    SEATS,
    SEATS_REMOVED,
    SHORTER_INTERVAL,
)
from .state import State, aim_of


def schedule(
    state: State,
    kind: ChangeKind,
    key: str,
    value: Any,
    left: int = 0,
    from_day: Time | None = None,
) -> PendingUpdate:
    """Schedule *value* for a boundary or a day, in the place of what waited for it."""
    if state.scheduled:
        withdraw(state, kind, key, left if from_day is None else None, from_day)
    update = trusted_pending(kind, key, value, state.end, state.day, left, from_day)
    if left or from_day is not None or state.own:
        update = rewritten(update, applies_on=effective_day(state, update))
    state.scheduled.append(update)
    state.deferred.append((kind, key, from_day))
    return update


def schedule_in_notice(
    state: State, kind: ChangeKind, key: str, value: Any, direction: Direction
) -> PendingUpdate:
    """Schedule *value* for the period's end, or for one later where notice is short.

    It takes the place of what was asked for before and would come later.  What is
    scheduled for the end already was in time when it was asked for (TL-3).
    """
    left = place_for(state, direction)
    if state.scheduled:
        for place in range(max(left, 1), 4):
            withdraw(state, kind, key, place)
    for update in state.scheduled if left else ():
        if update.kind is kind and update.key == key and update.value == value:
            state.deferred.append((kind, key, None))
            return update
    update = schedule(state, kind, key, value, left)
    notify_late(state, update)
    return update


def schedule_seats(state: State, unit: str, seats: int, from_day: Time) -> None:
    """Schedule so many *seats* for the first renewal on or after a day.

    More or fewer is judged against what is owned now, and fewer needs its notice.
    """
    if state.free:
        raise RulesError(unit, state.plan.id, "nothing_bought")
    same_time("from_day", from_day, state.start)
    owned = state.seats.get(unit, 0)
    if seats < least_held(state, unit, owned) and from_day < term_end(state):
        raise TermRunsError(term_end(state))
    end, left = latest_end(state), 0
    if seats < owned and from_day <= end:
        left = periods_late(state, SEATS_REMOVED, end)
    notify_late(state, schedule(state, SEATS, unit, seats, left, from_day))
    state.touched.setdefault(unit, owned)


def withdraw(
    state: State,
    kind: ChangeKind,
    key: str | None = None,
    left: int | None = None,
    from_day: Time | None = None,
) -> bool:
    """Withdraw what is scheduled of *kind*; return whether anything was.

    What waits for a day is left alone, but for that of *from_day*.
    """
    scheduled = state.scheduled
    if not scheduled:
        return False
    if key is not None and len(scheduled) > FEW:
        known = state.scheduled_under(kind, key, from_day)
        if not any(left is None or place_of(state, each) == left for each in known):
            return False
    gone = [
        update
        for update in scheduled
        if update.kind is kind
        and (key is None or update.key == key)
        and (left is None or place_of(state, update) == left)
        and update.from_day == from_day
    ]
    return take_out(state, gone)


def take_out(state: State, gone: list[PendingUpdate]) -> bool:
    """Withdraw the updates that are *gone*; return whether there are any."""
    if not gone:
        return False
    state.visit(len(state.scheduled))
    state.replaced += gone
    known = {id(update) for update in gone}
    state.scheduled = [each for each in state.scheduled if id(each) not in known]
    return True


def drop_prices(state: State) -> None:
    """Withdraw the prices of plans that neither run nor are to come."""
    prices = [update for update in state.scheduled if update.kind is PRICE]
    if prices:
        plans = {u.value.id for u in state.scheduled if u.kind is PLAN}
        plans.add(state.plan.id)
        take_out(state, [price for price in prices if price.value.id not in plans])


def latest(state: State, due: Iterable[PendingUpdate]) -> Collection[PendingUpdate]:
    """Return of each key what counts, that of the latest day; tell the others."""
    latest: dict[str, PendingUpdate] = {}
    for update in sorted(due, key=step_order):
        if update.key in latest:
            state.replaced.append(latest[update.key])
        latest[update.key] = update
    return latest.values()


def own_prices(state: State, due: Iterable[PendingUpdate]) -> list[PendingUpdate]:
    """Return the prices of the plan; keep those of one to come, tell all others."""
    coming = {update.value.id for update in state.scheduled if update.kind is PLAN}
    own = []
    for update in due:
        if update.value.id == state.plan.id:
            own.append(update)
        elif update.value.id in coming:
            state.scheduled.append(update)
        else:
            state.replaced.append(update)
    return own


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


held_last: Final = attrgetter("periods_left")
"""The place of an update: at one boundary, what a term held is the last."""

_BOUND: Final = (DOWNGRADE, SHORTER_INTERVAL, CANCELLATION_WAY)
_BOUND_WITHOUT_MINIMUM: Final = (SEATS_REMOVED, ADD_ON_REMOVED, PACKAGE_DOWN)


def rewrite(state: State, kind: ChangeKind, key: str, left: int, value: Any) -> None:
    """Give what is scheduled another *value*; what it was is told as replaced."""
    state.visit(len(state.scheduled))
    aim = kind, key, None, left
    for i, update in enumerate(state.scheduled):
        if (*aim_of(update), place_of(state, update)) == aim:
            state.replaced.append(update)
            state.scheduled[i] = rewritten(update, value=value)
    state.scheduled = [*state.scheduled]  # another list: it is looked at anew


def is_held(state: State, direction: Direction, add_on: str = "") -> bool:
    """Return whether a term lets nothing go in this *direction* before its end.

    An *add_on* with its own periods is no part of it.
    """
    running = state.term
    if running is None or state.uncharged:
        return False
    owned = state.add_ons.get(add_on) if state.own else None
    if owned is not None and owned.period is not None:
        return False
    return direction in _BOUND or (
        running.term.minimum is None and direction in _BOUND_WITHOUT_MINIMUM
    )


def least_held(state: State, unit: str, owned: int) -> int:
    """Return how many of the seats *owned* a term holds until its end."""
    running = state.term
    if running is None or state.uncharged:
        return 0
    minimum = running.term.minimum
    return owned if minimum is None else min(minimum.get(unit, 0), owned)


def place_for(state: State, direction: Direction, add_on: str = "") -> int:
    """Return for which boundary a request of now is, by its notice and by the term.

    What a term holds is for its end; where notice for that is short, for the end of
    the term that follows, or for one period later where none does.
    """
    if state.term is None or not is_held(state, direction, add_on):
        return periods_late(state, direction, end_of(state, add_on))
    return place_of_release(state, direction)


def place_of_release(state: State, direction: Direction) -> int:
    """Return at which boundary the term lets go what a request of now asks for."""
    is_late = periods_late(state, direction, term_end(state))
    if not is_last_of_term(state):
        return 2 + is_late
    return 3 if is_late and state.term and state.term.follows else is_late


def periods_late(state: State, direction: Direction, end: Time) -> int:
    """Return by how many periods a request is late for a period's *end*: 0 or 1.

    Exactly the days of the rules before it are in time (TL-3, ambiguity 9).  Before a
    trial ends nobody is bound yet, and no notice is late.
    """
    rules = state.rules
    if not rules.notice_days or direction in rules.notice_exempt or state.trial:
        return 0
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
    what is timed by hand needs none.  What a term holds waits for its end.
    """
    if state.term is not None and is_held(state, direction, add_on):
        if by_hand not in (None, PERIOD_END):
            raise TermRunsError(term_end(state))
        return PERIOD_END
    if by_hand is not None:
        return by_hand
    if (
        state.rules.notice_scope is EVERY_CHANGE
        and by_rules is not PERIOD_END
        and periods_late(state, direction, end_of(state, add_on))
    ):
        return PERIOD_END
    return by_rules


def notify_late(state: State, update: PendingUpdate) -> None:
    """Say that *update* came too late for the running period's end."""
    if update.periods_left in (1, 3):
        end = end_of(state, update.key if update.kind is ADD_ON else "")
        if update.periods_left == 3:
            end = term_end(state)
        state.notify("late_notice", ("boundary", end), ("on", update.applies_on))
