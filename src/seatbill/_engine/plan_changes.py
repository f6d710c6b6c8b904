"""Another plan or interval, another price, and the end.

Takes a change, judges its direction against what is current, and by the timing of that
direction acts now, inside the running period or in a new one, or schedules it.

10 seats at 4.99, with 15 of 30 days left, to 6.99: 24.95 are given back and 34.95
charged, 10.00 in all (CL-45, ambiguity 2).  Back to 4.99: nothing is due, and the lower
plan is scheduled for the period's end (CL-48).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from .._values.checks import Time
from .._values.features import feature_name
from ..errors import (
    IntervalNotOfferedError,
    NoChangeError,
    RulesError,
    UnknownItemError,
)
from ..money import Money, trusted_money
from ..periods import Interval, boundary, count, index, same_time
from ..plans import Plan, listed, price_for
from ..rules import Direction, Timing
from ..subscriptions import Cancel, Reprice, SwitchInterval, SwitchPlan
from ..subscriptions.subscription import frozen_for
from .carried import carry_all, carry_later, carry_new, name_quantities, withdraw_unsold
from .charging import close, open_add_ons, open_plan, removals_return, sharing
from .closing import as_value
from .commitments import check_interval, check_leaving, end_term
from .dates import effective_day, future, latest_end, next_event, thawed_late
from .lookup import place_of
from .members import (
    ADD_ON_ITEM,
    CANCELLATION,
    CANCELLATION_WAY,
    DOWNGRADE,
    FORFEIT,
    IMMEDIATE,
    INTERVAL,
    LONGER_INTERVAL,
    PERIOD_END,
    PLAN,
    PLAN_ITEM,
    PRICE,
    RESTART,
    SHORTER_INTERVAL,
    UPDATE,
    UPGRADE,
)
from .own_intervals import close_own
from .pausing import keep_pause
from .quantity_changes import set_each
from .renewals import (
    finish,
    gives_back,
    open_new_period,
    pass_event,
    restart,
    roll,
    set_plan,
    thaw,
)
from .scheduled import (
    notify_late,
    place_for,
    schedule,
    schedule_in_notice,
    timing_in_notice,
    withdraw,
)
from .state import ALL, State, is_free

_NOBODY: Final[Mapping[str, int]] = MappingProxyType({})


def switch_plan(state: State, change: SwitchPlan, timing: Timing | None) -> None:
    """Take another plan, perhaps with an interval and seats (CL-10, CL-45, CL-58)."""
    if change.seats is None and change.occupied is None:
        _switch(state, change.plan, change.interval, timing)
        return
    name_quantities(state, change)
    _switch(state, change.plan, change.interval, timing, change.occupied or _NOBODY)


def switch_interval(
    state: State, change: SwitchInterval, timing: Timing | None
) -> None:
    """Take another interval (CL-38, CL-39, TL-8)."""
    _switch(state, None, change.interval, timing)


def _switch(
    state: State,
    plan: Plan | None,
    interval: Interval | None,
    timing: Timing | None,
    people: Mapping[str, int] = _NOBODY,
) -> None:
    """Change plan, interval or both; each by its own timing unless one restarts.

    Asking for the current plan withdraws the scheduled one, and likewise for intervals.
    """
    offered = state.rules.intervals
    if interval is not None and state.term is not None:
        check_interval(state, interval)
    if interval is not None and offered and interval not in offered:
        raise IntervalNotOfferedError(interval, offered)
    before, grid = state.plan, state.interval
    withdrawn = False
    if plan is not None and plan.id == before.id and plan == before:
        withdrawn = withdraw(state, PLAN)
        plan = None
    if interval is not None and (interval is grid or interval == grid):
        withdrawn |= withdraw(state, INTERVAL)
        interval = None
    nothing = plan is None and interval is None and not withdrawn
    if state.uncharged:
        _switch_free(state, plan, interval)
    else:
        _switch_paid(state, plan, interval, timing)
    if state.carried is not None:
        nothing &= not set_each(state, state.carried, people, timing)
        state.carried = None
    if nothing:
        raise NoChangeError("plan", before.id, grid)
    if state.scheduled:
        withdraw_unsold(state)
    if state.plan is not before or state.interval is not grid:
        state.touched[ALL] = 1
    elif state.scheduled:
        state.touched.setdefault(ALL, 0)


def _switch_free(state: State, plan: Plan | None, interval: Interval | None) -> None:
    """Change plan and interval where nothing is charged yet."""
    if interval is not None:
        withdraw(state, INTERVAL)
        keep_pause(state, interval)
        state.interval = interval
        state.table = None
    if plan is None:
        return
    started = state.free
    withdraw(state, PLAN)
    if started:
        state.ended_on = state.trial_end = None
        state.trial = False
    carry_all(state)
    set_plan(state, plan, credit=False)
    if started:  # from the free plan: a full period starts today
        open_new_period(state)
    elif state.free:
        finish(state, UPDATE)


def direction_of(state: State, plan: Plan) -> Direction:
    """Return whether *plan* is higher: by rank, then by its price for a day.

    One that costs the same counts as higher: it is had at once (decision: up at once).
    """
    rank, own = plan.rank, state.plan.rank
    if rank == own:
        seats = {**state.seats, **(state.carried or {})}
        higher = _per_day(state, plan, seats) >= _per_day(
            state, state.plan, state.seats
        )
    else:
        higher = rank > own
    return UPGRADE if higher else DOWNGRADE


def _per_day(state: State, plan: Plan, seats: Mapping[str, int]) -> Fraction:
    """Return what *plan* costs for a nominal day, at so many *seats*."""
    total = Fraction(0)
    state.visit(5 * len(plan.prices))  # each is worked out anew
    for unit, prices in listed(plan.prices, state.currency).items():
        priced = price_for(prices, unit, state.currency, state.interval)
        if priced is None:
            continue
        price, times = priced
        off = state.rules.interval_discount(state.interval) if times > 1 else None
        rate = price.rate(times=times, off=off, rounding=state.rules.rounding)
        full = rate.unit if price.flat else rate.total(seats.get(unit, 0))
        total += Fraction(full, rate.scale)
    return total / state.interval.nominal_days


def direction_of_interval(state: State, interval: Interval) -> Direction:
    """Return whether *interval* is longer than the running one."""
    if interval.nominal_days > state.interval.nominal_days:
        return LONGER_INTERVAL
    return SHORTER_INTERVAL


def _switch_paid(
    state: State,
    plan: Plan | None,
    interval: Interval | None,
    timing: Timing | None,
) -> None:
    """Change plan and interval of a subscription that is charged."""
    if plan is None:
        if interval is not None:
            _switch_interval_alone(state, interval, timing)
    elif is_free(state.rules, plan):
        _switch_plan_alone(state, plan, timing, ends=True)
    elif interval is None:
        _switch_plan_alone(state, plan, timing, ends=False)
    else:
        _switch_both(state, plan, interval, timing)


def _plan_timing(state: State, direction: Direction, by_hand: Timing | None) -> Timing:
    """Return when a plan in this direction comes, by hand or by the rules."""
    rules = state.rules
    by_rules = rules.upgrade if direction is UPGRADE else rules.downgrade
    return timing_in_notice(state, direction, by_rules, by_hand)


def _interval_timing(
    state: State, direction: Direction, by_hand: Timing | None
) -> Timing:
    """Return when an interval in this direction comes, by hand or by the rules."""
    rules = state.rules
    longer = direction is LONGER_INTERVAL
    by_rules = rules.longer_interval if longer else rules.shorter_interval
    return timing_in_notice(state, direction, by_rules, by_hand)


def _switch_plan_alone(
    state: State, plan: Plan, by_hand: Timing | None, *, ends: bool
) -> None:
    """Change the plan; one that *ends* what is paid for cannot start a period."""
    direction = direction_of(state, plan)
    timing = _plan_timing(state, direction, by_hand)
    if timing is PERIOD_END:
        _schedule_plan(state, plan, direction)
    elif timing is RESTART and not ends:
        _notify_lost_features(state, plan, state.day)
        carry_all(state)
        restart(state, plan)
    else:
        _make_way(state, plan)
        if ends:
            end_now(state, credit=timing is not FORFEIT)
        else:
            _replace_plan(state, plan, timing)


def _switch_interval_alone(
    state: State, interval: Interval, by_hand: Timing | None
) -> None:
    """Change the interval: at the period's end (TL-9), or at once (CL-39)."""
    direction = direction_of_interval(state, interval)
    timing = _interval_timing(state, direction, by_hand)
    if timing is PERIOD_END:
        schedule_in_notice(state, INTERVAL, "", interval, direction)
    elif timing is RESTART:
        carry_all(state)
        restart(state, None, interval)
    else:
        withdraw(state, INTERVAL)
        _regrid(state, interval, timing, None)


def _switch_both(
    state: State, plan: Plan, interval: Interval, by_hand: Timing | None
) -> None:
    """Change plan and interval; each by its own timing unless one restarts (CL-58).

    Directions are judged against what is current, before either part moves.
    """
    plan_direction = direction_of(state, plan)
    plan_timing = _plan_timing(state, plan_direction, by_hand)
    interval_direction = direction_of_interval(state, interval)
    interval_timing = _interval_timing(state, interval_direction, by_hand)
    if plan_timing is RESTART or interval_timing is RESTART:
        _notify_lost_features(state, plan, state.day)
        carry_all(state)
        restart(state, plan, interval)
        return
    both = plan_timing is interval_timing is IMMEDIATE
    if plan_timing is not PERIOD_END:
        _make_way(state, plan)
        if not both:
            _replace_plan(state, plan, plan_timing)
    if interval_timing is not PERIOD_END:
        withdraw(state, INTERVAL)
        _regrid(state, interval, interval_timing, plan if both else None)
    if plan_timing is PERIOD_END:
        _schedule_plan(state, plan, plan_direction)
    if interval_timing is PERIOD_END:
        schedule_in_notice(state, INTERVAL, "", interval, interval_direction)


def _schedule_plan(state: State, plan: Plan, direction: Direction) -> None:
    """Schedule *plan*, and name what goes with the current one (CL-47, CL-48)."""
    update = schedule_in_notice(state, PLAN, "", plan, direction)
    carry_later(state, update)
    if state.plan.features:
        _notify_lost_features(state, plan, effective_day(state, update))


def _make_way(state: State, plan: Plan) -> None:
    """Withdraw the scheduled plan, and name what goes with the current one today."""
    withdraw(state, PLAN)
    if state.plan.features:
        _notify_lost_features(state, plan, state.day)


def _notify_lost_features(state: State, plan: Plan, day: Time) -> None:
    """Name what *plan* does not have any more."""
    kept = {*plan.features}
    state.visit(len(kept) + len(state.plan.features))
    lost = [feature for feature in state.plan.features if feature not in kept]
    if lost:
        names = ", ".join([feature_name(feature) for feature in lost])
        gone = "features", names
        state.notify("features_lost", ("on", day), ("plan", plan.name), gone)


def _replace_plan(state: State, plan: Plan, timing: Timing | None) -> None:
    """Change the plan at once, inside the running period (CL-45)."""
    credit = gives_back(state.rules, timing)
    close(state, kind=PLAN_ITEM, credit=credit)
    carry_new(state)
    set_plan(state, plan, credit=credit)
    open_plan(state, charged=timing is not FORFEIT)


def _regrid(
    state: State, interval: Interval, timing: Timing | None, plan: Plan | None
) -> None:
    """Change the interval at once and keep the grid, with *plan* where one comes too.

    The new period is the one that starts at the last boundary on or before today.
    Discounts go on in it, as after an upgrade: an amount off is taken once a period
    (decision: percentages are in the price, amounts off beside it).
    """
    credit = gives_back(state.rules, timing)
    close(state, kind=PLAN_ITEM, credit=credit)
    day, start, moved_from = state.day, state.start, state.moved_from
    if interval.months and state.interval.months:
        first = index(state.anchor, interval, day)
    else:
        state.anchor = state.start
        steps = count(interval)
        first = index(state.anchor, interval, day) // steps * steps
    state.interval = interval
    state.table = None
    state.steps = first + count(interval)
    if plan is not None:
        carry_new(state)
        set_plan(state, plan, credit=credit)
    close(state, kind=ADD_ON_ITEM, credit=credit)
    state.open_period(
        boundary(state.anchor, interval, first),
        boundary(state.anchor, interval, state.steps),
    )
    if moved_from is not None:  # the days of freezes are used in the period that stays
        state.moved_from = state.start - frozen_for(start, moved_from)
    charged = timing is not FORFEIT
    open_plan(state, charged=charged)
    open_add_ons(state, sharing(state), interval, charged=charged)


def reprice(state: State, change: Reprice, _timing: Timing | None) -> None:
    """Schedule another price, with a notice (decision: a price rise waits)."""
    plan = change.plan
    plans = {state.plan.id, future(state, 0)[0].id, future(state, 1)[0].id}
    if plan.id not in plans:
        raise UnknownItemError("plan", plan.id, tuple(sorted(plans)))
    free = state.rules.free_plan
    if free is not None and plan.id == free.id:  # it never renews, at whatever price
        raise NoChangeError("price", trusted_money(0, state.currency))
    same_time("from_day", change.from_day, state.start)
    update = schedule(state, PRICE, plan.id, plan, 0, change.from_day)
    state.notify("price_change", ("plan", plan.id), ("on", update.applies_on))
    state.touched[ALL] = 1


def cancel(state: State, change: Cancel, by_hand: Timing | None) -> None:
    """End it: nothing more is charged, what is paid for stays (CL-52, CL-54)."""
    timing = by_hand or state.rules.cancellation
    if state.term is None:
        timing = timing_in_notice(state, CANCELLATION_WAY, timing, by_hand)
    if state.frozen_on is not None and timing is not PERIOD_END:
        thaw(state)  # CM-20: the frozen days are paid for, and so given back
    if state.free:
        raise NoChangeError("plan", state.plan.id)
    if timing is RESTART:
        raise RulesError("timing", timing, "end_cannot_restart")
    if timing is not PERIOD_END:
        check_leaving(state)
        end_now(state, credit=timing is IMMEDIATE)
        return
    left = place_for(state, CANCELLATION_WAY)
    for known in state.scheduled_under(CANCELLATION, ""):
        if place_of(state, known) - (known.value == change.reason) < left:
            raise NoChangeError("cancellation", effective_day(state, known))
    withdraw(state, CANCELLATION)
    update = schedule(state, CANCELLATION, "", change.reason, left)
    if left > 1:
        notify_late(state, update)
    elif left:
        state.notify(
            "late_cancellation",
            ("boundary", latest_end(state)),
            ("on", update.applies_on),
            ("cost", _next_cost(state)),
        )


def end_now(state: State, *, credit: bool) -> None:
    """End the subscription today; the rest of a term is billed, nothing comes back."""
    state.replaced += state.scheduled
    if state.term is not None and not state.uncharged:
        credit = False
        end_term(state)
    credit = credit and removals_return(state.rules)
    close(state, credit=credit)
    if state.own:
        close_own(state, credit=credit)
    finish(state, UPDATE)


def _next_cost(state: State) -> Money:
    """Return the total of the next period's own invoice, as things stand.

    What it will still cost stands in the notice (ambiguity 23).
    """
    copy = State(as_value(state))
    state.open_charges()  # they were closed
    copy.unbilled, copy.accrued = [], []
    if copy.frozen_on is not None:
        copy.day = thawed_late(copy, copy.frozen_on)
        thaw(copy)
    while (event := next_event(copy)) is not None and event < copy.end:
        pass_event(copy, event)  # an add-on renews by itself
    copy.invoices = []
    roll(copy, copy.seats, None)
    total = copy.invoices[-1].total_minor if copy.invoices else 0
    return trusted_money(total, state.currency)
