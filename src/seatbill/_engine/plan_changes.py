"""Another plan or interval, another price, and the end."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .._values.checks import Time
from ..errors import (
    IntervalNotOfferedError,
    NoChangeError,
    RulesError,
    UnknownItemError,
)
from ..money import trusted_money
from ..notices import Notice
from ..periods import Interval, boundary, count, index
from ..plans import Plan, feature_name, listed, price_for
from ..rules import Direction, Timing
from ..subscriptions import Cancel, Reprice, SwitchInterval, SwitchPlan
from ..subscriptions.subscription import frozen_for
from .bounds import check_all, check_future
from .charging import close, open_add_ons, open_plan
from .members import (
    ADD_ON_ITEM,
    CANCELLATION,
    CANCELLATION_WAY,
    DOWNGRADE,
    FORFEIT,
    FULL,
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
from .pending import defer, drop, notice_given, wait
from .renewals import finish, gives_back, open_new_period, restart, roll, set_plan, thaw
from .state import Ledger, opened


def switch_plan(ledger: Ledger, change: SwitchPlan, timing: Timing | None) -> None:
    _switch(ledger, change.plan, change.interval, timing)


def switch_interval(
    ledger: Ledger, change: SwitchInterval, timing: Timing | None
) -> None:
    _switch(ledger, None, change.interval, timing)


def _switch(
    ledger: Ledger,
    plan: Plan | None,
    interval: Interval | None,
    timing: Timing | None,
) -> None:
    """Change plan, interval or both; each by its own timing unless one restarts."""
    rules = ledger.rules
    if interval is not None and rules.intervals and interval not in rules.intervals:
        raise IntervalNotOfferedError(interval, rules.intervals)
    before, grid = ledger.plan, ledger.interval
    withdrawn = False
    if plan is not None and (plan is before or plan == before):
        withdrawn = drop(ledger, PLAN)
        plan = None
    if interval is not None and interval == ledger.interval:
        withdrawn |= drop(ledger, INTERVAL)
        interval = None
    if plan is None and interval is None:
        if not withdrawn:
            raise NoChangeError("plan", ledger.plan.id, ledger.interval)
    elif ledger.uncharged:
        _switch_free(ledger, plan, interval)
    else:
        _switch_paid(ledger, plan, interval, timing)
    if ledger.plan is not before or ledger.interval is not grid:
        check_all(ledger)
    elif ledger.pending:
        check_future(ledger)


def _switch_free(ledger: Ledger, plan: Plan | None, interval: Interval | None) -> None:
    """Change plan and interval where nothing is charged yet."""
    if interval is not None:
        drop(ledger, INTERVAL)
        ledger.interval = interval
        ledger.sales = None
    if plan is None:
        return
    started = ledger.free
    drop(ledger, PLAN)
    if started:
        ledger.ended_on = ledger.trial_end = None
        ledger.trial = False
    set_plan(ledger, plan, credit=False)
    if started:  # from the free plan: a full period starts today
        open_new_period(ledger)
    elif ledger.free:
        finish(ledger, UPDATE)


def plan_direction(ledger: Ledger, plan: Plan) -> Direction:
    """Return whether *plan* is higher: by rank, then by its price for a month."""
    if plan.rank != ledger.plan.rank:
        higher = plan.rank > ledger.plan.rank
    else:
        higher = _monthly(ledger, plan) >= _monthly(ledger, ledger.plan)
    return UPGRADE if higher else DOWNGRADE


def _monthly(ledger: Ledger, plan: Plan) -> Fraction:
    """Return what *plan* costs for a nominal month, at today's quantities."""
    total = Fraction(0)
    ledger.visit(5 * len(plan.prices))  # each is worked out anew
    for unit, prices in listed(plan.prices, ledger.currency).items():
        found = price_for(prices, unit, ledger.currency, ledger.interval)
        if found is None:
            continue
        price, times = found
        off = ledger.rules.interval_discount(ledger.interval) if times > 1 else None
        rate = price.rate(times=times, off=off, rounding=ledger.rules.rounding)
        full = rate.unit if price.flat else rate.total(ledger.seats.get(unit, 0))
        total += Fraction(full, rate.scale)
    return total / ledger.interval.nominal_days


def _interval_direction(ledger: Ledger, interval: Interval) -> Direction:
    """Return whether *interval* is longer than the running one."""
    if interval.nominal_days > ledger.interval.nominal_days:
        return LONGER_INTERVAL
    return SHORTER_INTERVAL


def _switch_paid(
    ledger: Ledger,
    plan: Plan | None,
    interval: Interval | None,
    timing: Timing | None,
) -> None:
    """Change plan and interval of a subscription that is charged."""
    free = ledger.rules.free_plan
    if plan is None:
        if interval is not None:  # pragma: no branch
            _switch_interval_alone(ledger, interval, timing)
    elif free is not None and plan == free:
        _switch_plan_alone(ledger, plan, timing, ends=True)
    elif interval is None:
        _switch_plan_alone(ledger, plan, timing, ends=False)
    else:
        _switch_both(ledger, plan, interval, timing)


def _plan_timing(ledger: Ledger, way: Direction) -> Timing:
    """Return when a plan in this direction comes, by the rules."""
    return ledger.rules.upgrade if way is UPGRADE else ledger.rules.downgrade


def _interval_timing(ledger: Ledger, way: Direction) -> Timing:
    """Return when an interval in this direction comes, by the rules."""
    rules = ledger.rules
    return rules.longer_interval if way is LONGER_INTERVAL else rules.shorter_interval


def _switch_plan_alone(
    ledger: Ledger, plan: Plan, timing: Timing | None, *, ends: bool
) -> None:
    """Change the plan; one that *ends* what is paid for cannot start a period."""
    way = plan_direction(ledger, plan)
    found = timing or _plan_timing(ledger, way)
    if found is PERIOD_END:
        _wait_for_plan(ledger, plan, way)
    elif found is RESTART and not ends:
        _tell_lost_features(ledger, plan, ledger.day)
        restart(ledger, plan)
    else:
        _take_plan(ledger, plan, found, ends=ends, alone=True)


def _switch_interval_alone(
    ledger: Ledger, interval: Interval, timing: Timing | None
) -> None:
    """Change the interval."""
    way = _interval_direction(ledger, interval)
    found = timing or _interval_timing(ledger, way)
    if found is PERIOD_END:
        wait(ledger, INTERVAL, "", interval, way)
    elif found is RESTART:
        restart(ledger, None, interval)
    else:
        drop(ledger, INTERVAL)
        _regrid(ledger, interval, found, None)


def _switch_both(
    ledger: Ledger, plan: Plan, interval: Interval, timing: Timing | None
) -> None:
    """Change plan and interval; each by its own timing unless one restarts.

    Directions are judged against what is current, before either part moves.
    """
    plan_way = plan_direction(ledger, plan)
    plan_timing = timing or _plan_timing(ledger, plan_way)
    interval_way = _interval_direction(ledger, interval)
    interval_timing = timing or _interval_timing(ledger, interval_way)
    if plan_timing is RESTART or interval_timing is RESTART:
        _tell_lost_features(ledger, plan, ledger.day)
        restart(ledger, plan, interval)
        return
    both = plan_timing is interval_timing is IMMEDIATE
    if plan_timing is not PERIOD_END:
        _take_plan(ledger, plan, plan_timing, ends=False, alone=not both)
    if interval_timing is not PERIOD_END:
        drop(ledger, INTERVAL)
        _regrid(ledger, interval, interval_timing, plan if both else None)
    if plan_timing is PERIOD_END:
        _wait_for_plan(ledger, plan, plan_way)
    if interval_timing is PERIOD_END:
        wait(ledger, INTERVAL, "", interval, interval_way)


def _wait_for_plan(ledger: Ledger, plan: Plan, way: Direction) -> None:
    """Let *plan* wait, and name what goes with it."""
    update = wait(ledger, PLAN, "", plan, way)
    if ledger.plan.features:
        _tell_lost_features(ledger, plan, ledger.applies_on(update))


def _take_plan(
    ledger: Ledger, plan: Plan, timing: Timing | None, *, ends: bool, alone: bool
) -> None:
    """Take *plan* at once; it *ends* what is paid for, or comes *alone*."""
    if ledger.pending:
        drop(ledger, PLAN)
    if ledger.plan.features:
        _tell_lost_features(ledger, plan, ledger.day)
    if ends:
        end_now(ledger, credit=timing is not FORFEIT)
    elif alone:
        _replace_plan(ledger, plan, timing)


def _tell_lost_features(ledger: Ledger, plan: Plan, day: Time) -> None:
    """Name what *plan* does not have any more."""
    kept = {*plan.features}
    ledger.visit(len(kept) + len(ledger.plan.features))
    lost = tuple(f for f in ledger.plan.features if f not in kept)
    if lost:
        names = ", ".join(feature_name(feature) for feature in lost)
        values = (("on", day), ("plan", plan.name), ("features", names))
        ledger.notices.append(Notice("features_lost", values))


def _replace_plan(ledger: Ledger, plan: Plan, timing: Timing | None) -> None:
    """Change the plan at once, inside the running period."""
    credit = gives_back(ledger.rules, timing)
    close(ledger, kind=PLAN_ITEM, credit=credit)
    set_plan(ledger, plan, credit=credit)
    open_plan(ledger, charged=timing is not FORFEIT)


def _regrid(
    ledger: Ledger, interval: Interval, timing: Timing | None, plan: Plan | None
) -> None:
    """Change the interval at once and keep the grid, with *plan* where one comes too.

    The new period is the one that starts at the last boundary on or before today.
    Discounts go on in it, as after an upgrade: a fixed one is left alone.
    """
    credit = gives_back(ledger.rules, timing)
    close(ledger, kind=PLAN_ITEM, credit=credit)
    day, start, moved_from = ledger.day, ledger.start, ledger.moved_from
    if interval.months and ledger.interval.months:
        first = index(ledger.anchor, interval, day)
    else:
        ledger.anchor = ledger.start
        steps = count(interval)
        first = index(ledger.anchor, interval, day) // steps * steps
    ledger.interval = interval
    ledger.sales = None
    ledger.steps = first + count(interval)
    if plan is not None:
        set_plan(ledger, plan, credit=credit)
    close(ledger, kind=ADD_ON_ITEM, credit=credit)
    ledger.open_period(
        boundary(ledger.anchor, interval, first),
        boundary(ledger.anchor, interval, ledger.steps),
        day,
    )
    if moved_from is not None:  # the days of freezes are used in the period that stays
        ledger.moved_from = ledger.start - frozen_for(start, moved_from)
    charged = timing is not FORFEIT
    open_plan(ledger, charged=charged)
    open_add_ons(ledger, charged=charged)


def reprice(ledger: Ledger, change: Reprice, _timing: Timing | None) -> None:
    plan = change.plan
    plans = {ledger.plan.id, ledger.future(1)[0].id}
    if plan.id not in plans:
        raise UnknownItemError("plan", plan.id, tuple(sorted(plans)))
    free = ledger.rules.free_plan
    if free is not None and plan.id == free.id:  # it never renews, at whatever price
        raise NoChangeError("price", trusted_money(0, ledger.currency))
    from_day = ledger.same_kind("from_day", change.from_day)
    update = defer(ledger, PRICE, plan.id, plan, 0, from_day)
    values = (("plan", plan.id), ("on", update.applies_on))
    ledger.notices.append(Notice("price_change", values))
    check_all(ledger)


def cancel(ledger: Ledger, change: Cancel, timing: Timing | None) -> None:
    if ledger.free:
        raise NoChangeError("plan", ledger.plan.id)
    timing = timing or ledger.rules.cancellation
    if timing is RESTART:
        raise RulesError("timing", timing, "end_cannot_restart")
    if timing is not PERIOD_END:
        end_now(ledger, credit=timing is IMMEDIATE)
        return
    left = notice_given(ledger, CANCELLATION_WAY)
    if left and ledger.waits_for_end(0):
        raise NoChangeError("cancellation", ledger.latest_end)
    drop(ledger, CANCELLATION)
    update = defer(ledger, CANCELLATION, "", change.reason, left)
    if left:
        values = (
            ("boundary", ledger.latest_end),
            ("on", update.applies_on),
            ("cost", _next_cost(ledger)),
        )
        ledger.notices.append(Notice("late_cancellation", values))


def end_now(ledger: Ledger, *, credit: bool) -> None:
    """End the subscription today."""
    ledger.replaced += ledger.pending
    close(ledger, credit=credit and ledger.rules.convention is not FULL)
    finish(ledger, UPDATE)


def _next_cost(ledger: Ledger) -> Any:
    """Return the total of the next period's own invoice, as things stand."""
    copy = Ledger(ledger.as_value())
    ledger.charges = [*map(opened, ledger.charges)]  # they were closed
    copy.waiting, copy.accrued = [], []
    if copy.frozen_on is not None:
        copy.day = copy.thawed_late(copy.frozen_on)
        thaw(copy)
    roll(copy, copy.seats, None)
    total = copy.invoices[-1].total_minor if copy.invoices else 0
    return trusted_money(total, ledger.currency)
