"""The grid of periods, and the day on which each thing is due or takes effect.

Takes the state as it stands, and returns days.  It leaves ``steps`` in the state, how
far the running period's end is from the anchor, because every boundary is counted from
the anchor (law 4).

With the anchor on 31 January, monthly: the period that ends on 28 February is followed
by one that ends on 31 March, two steps from the anchor and not a month from the 28th.
"""

from __future__ import annotations

from typing import Any

from .._values.checks import Time
from ..errors import DateRangeError
from ..periods import MONTHLY, ONE_DAY, Interval, boundary, count, index, month_boundary
from ..plans import Plan
from ..subscriptions import PendingUpdate, SubscribedAddOn
from ..subscriptions.subscription import moved_by_freeze
from .lookup import is_last_of_term, place_of
from .members import ADD_ON, INTERVAL, PAUSE, PLAN, PRICE, SETTLE_MONTHLY
from .state import State


def next_event(state: State) -> Time | None:
    """Return the next day on which something is to be done, or ``None``."""
    if state.ended_on is not None or state.plan is state.rules.free_plan:
        return None
    if state.frozen_on is not None:
        return thawed_late(state, state.frozen_on)
    event = first_end(state) if state.own else state.end
    if state.unbilled and not state.trial and state.rules.settlement is SETTLE_MONTHLY:
        return min(event, _next_month(state))
    return event


def first_end(state: State) -> Time:
    """Return when the first period ends: the running one, or an add-on's own."""
    owned = state.add_ons.values()
    return min([state.end, *[a.period.end for a in owned if a.period is not None]])


def _next_month(state: State) -> Time:
    """Return the next monthly boundary of the grid, or the period's end.

    The result is always after today, even if a freeze skipped a settlement date, and
    after the first unbilled line starts (decision: now, monthly, or with the renewal).
    """
    since = index(state.anchor, MONTHLY, max(state.day, state.unbilled[0].start))
    try:
        return min(month_boundary(state.anchor, since + 1), state.end)
    except DateRangeError:  # the calendar ends first
        return state.end


def thawed_late(state: State, day: Time) -> Time:
    """Return *day* moved by what is left of the longest freeze (CM-20)."""
    return moved_by_freeze(day, state.start, state.moved_from, state.rules)


def latest_end(state: State) -> Time:
    """Return when the running period ends; a freeze is taken to end by itself."""
    return state.end if state.frozen_on is None else thawed_late(state, state.end)


def end_of(state: State, add_on: str) -> Time:
    """Return when what shares the period of the *add_on* with this id renews.

    The running period's end, unless the add-on has a period of its own.
    """
    end = state.end
    if state.own:
        owned = state.add_ons.get(add_on)
        if owned is not None and owned.period is not None:
            end = owned.period.end
    return end if state.frozen_on is None else thawed_late(state, end)


def holding(anchor: Time, interval: Interval, day: Time) -> tuple[Time, Time, int]:
    """Return start and end of the period of a grid that holds *day*, and its steps."""
    one = count(interval)
    steps = index(anchor, interval, day) // one * one + one
    start = boundary(anchor, interval, steps - one)
    return start, boundary(anchor, interval, steps), steps


def grid_steps(state: State) -> int:
    """Return how many months, or days, the running period's end is from the anchor."""
    return index(state.anchor, state.interval, state.end)


def is_paused(state: State) -> bool:
    """Return whether the running period is a pause: none of its days is paid for."""
    return state.paid_until is not None and state.paid_until == state.start


def is_moved(state: State) -> bool:
    """Return whether the billing day was moved: the period ends off the grid."""
    return boundary(state.anchor, state.interval, grid_steps(state)) != state.end


def next_period(
    state: State, day: Time, interval: Interval
) -> tuple[Time, Time, int, Time]:
    """Return start, anchor, steps and end of the period of *interval* that follows.

    The grid is kept (TL-9); it is counted anew from *day*, the running period's end,
    where days follow months or days of another length.  After a trial, and where the
    billing day was moved, it is the period of the grid that holds *day*; so it is where
    a pause ends before its time.
    """
    anchor, months, steps = state.anchor, interval.months, state.steps
    if state.uncharged:
        if state.trial:
            start, end, steps = holding(anchor, interval, day)
            return start, anchor, steps, end
        if day < state.end:
            return _in_pause(state, day, interval)
    if steps is None:
        end, running = state.end, state.interval
        steps = index(anchor, running, end)
        if months and running.months and month_boundary(anchor, steps) != end:
            return _to_moved_day(anchor, day, months)
        state.steps = steps
    if day is not state.end:  # moved by a freeze: the grid starts there
        return day, day, count(interval), boundary(day, interval, count(interval))
    if months and state.interval.months:
        steps += months
        return day, anchor, steps, month_boundary(anchor, steps)
    same = interval is state.interval or interval == state.interval
    anchor = anchor if same else day
    steps = (steps if same else 0) + count(interval)
    return day, anchor, steps, boundary(anchor, interval, steps)


def _in_pause(
    state: State, day: Time, interval: Interval
) -> tuple[Time, Time, int, Time]:
    """Return the period of the grid that holds *day*, before the end of a pause.

    The grid goes on to the pause's end.
    """
    anchor, one, steps = state.anchor, count(interval), 0
    if bool(interval.months) != bool(state.interval.months):
        anchor = day
    elif not is_moved(state):
        steps = grid_steps(state)
    steps += (index(anchor, interval, day) - steps) // one * one + one
    start = boundary(anchor, interval, steps - one)
    return start, anchor, steps, boundary(anchor, interval, steps)


def _to_moved_day(anchor: Time, day: Time, months: int) -> tuple[Time, Time, int, Time]:
    """Return what holds *day*, up to the first boundary of the grid after it.

    It is a whole period where a freeze has led onto the grid.
    """
    steps = index(anchor, MONTHLY, day)
    steps += months if month_boundary(anchor, steps) == day else 1
    start = month_boundary(anchor, steps - months)
    return start, anchor, steps, month_boundary(anchor, steps)


def effective_day(state: State, update: PendingUpdate) -> Time:
    """Return the boundary on which *update* takes effect as things stand."""
    if state.own and update.kind is ADD_ON:
        owned = state.add_ons.get(update.key)
        if owned is not None and owned.period is not None:
            return _own_day(state, owned, update.periods_left)
    from_day, left = update.from_day, update.periods_left
    end = state.end if state.frozen_on is None else latest_end(state)
    if left:
        left = place_of(state, update)
    elif from_day is None:
        return end
    if left > 1:
        from_day, left = _released(state, left), 0
    if update.kind is PRICE and not left:  # of a plan that comes one period on
        id = update.value.id
        left = future(state, 1)[0].id == id != future(state, 0)[0].id
    if not left and (from_day is None or from_day <= end):
        return end
    interval = state.scheduled_value(INTERVAL) or state.interval
    _, anchor, steps, end = next_period(state, end, interval)
    paused = state.scheduled_value(PAUSE)
    if paused:
        steps += (paused - 1) * count(interval)
        end = boundary(anchor, interval, steps)
    if from_day is None or from_day <= end:
        return end
    before, interval = interval, future(state, 1)[1]
    if before != interval and not (before.months and interval.months):
        anchor, steps = end, 0  # the grid is counted anew, as in `next_period`
    one = count(interval)
    paused = state.scheduled_value(PAUSE, left=1)
    if paused:  # nothing takes effect inside of it
        steps += paused * one
        from_day = max(from_day, boundary(anchor, interval, steps))
    steps += (index(anchor, interval, from_day) - steps) // one * one
    day = boundary(anchor, interval, steps)
    return day if day >= from_day else boundary(anchor, interval, steps + one)


def left_of_term(state: State) -> int | None:
    """Return how many steps of the grid the term goes on after the running period."""
    if state.term is None:
        return None
    end: Time = state.term.period.end
    steps = index(state.anchor, state.interval, end)
    steps += boundary(state.anchor, state.interval, steps) < end
    return max(steps - grid_steps(state), 0)


def term_end(state: State) -> Time:
    """Return the day on which the running term ends; a freeze moves it to the end."""
    running: Any = state.term
    stated: Time = running.period.end
    end = latest_end(state)
    if is_last_of_term(state):
        return end
    if state.frozen_on is None or is_moved(state):
        return max(stated, end)
    return boundary(end, state.interval, left_of_term(state) or 0)


def period_end(state: State, day: Time) -> Time:
    """Return the end of the billing period that ends on *day* or is the first after it.

    Where the billing day was moved the grid to come is not known, and it is *day*.
    """
    if day <= state.end or (is_moved(state) and not state.trial):
        return max(day, state.end)
    anchor, one, steps = state.anchor, count(state.interval), grid_steps(state)
    after = index(anchor, state.interval, day) - steps
    after += boundary(anchor, state.interval, steps + after) < day
    return boundary(anchor, state.interval, steps - -after // one * one)


def _released(state: State, left: int) -> Time:
    """Return the day on which the term lets go what it holds, or the one after it."""
    running: Any = state.term
    end = term_end(state)
    if left == 2:
        return end
    follows: Interval = running.follows.interval if running.follows else ONE_DAY
    return boundary(end, follows, count(follows))


def _own_day(state: State, owned: SubscribedAddOn, left: int) -> Time:
    """Return when the own period of an add-on ends, or the one after it."""
    end = end_of(state, owned.add_on.id)
    if not left:
        return end
    anchor = owned.anchor or state.anchor
    if state.frozen_on is not None:  # the grids start anew where it thaws
        if owned.anchor is not None:
            anchor = end
        elif not is_moved(state):
            anchor = latest_end(state)
    return own_period(state, owned, anchor, end)[1]


def own_period(
    state: State, owned: SubscribedAddOn, anchor: Time, day: Time
) -> tuple[Time, Time]:
    """Return start and end of the own period of an add-on that holds *day*.

    Its months end on the days of the grid: a whole *interval* begins on one of them,
    and from any other day it is what leads to the next.  Days that are counted beside
    months have no grid, and begin with the day.
    """
    interval: Any = owned.add_on.interval
    if interval.months:
        start, _, _, end = _to_moved_day(anchor, day, interval.months)
        return start, end
    if owned.anchor is None and state.interval.months:
        return day, boundary(day, interval, interval.days)
    return holding(anchor, interval, day)[:2]


def future(state: State, left: int) -> tuple[Plan, Interval]:
    """Return plan and interval after the next boundary, or the one after it."""
    plan, interval = state.plan, state.interval
    if state.scheduled:
        for boundary_number in range(left + 1):
            plan = state.scheduled_value(PLAN, left=boundary_number) or plan
            interval = state.scheduled_value(INTERVAL, left=boundary_number) or interval
    return plan, interval
