"""Boundaries: what is scheduled takes effect, and a new period opens or none does.

Takes the state on the day of an event, and leaves it in the period that follows: what
ran in arrears is cut, what is scheduled for the boundary applied, the charges opened
anew, and one invoice written for all of it and for what was unbilled.

10 seats at 4.99 to the 15th, 2 of which are scheduled to leave (nothing came back for
them): the renewal on the 15th opens a charge for 8, and its invoice is 39.92 (CL-60).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from .._values.checks import Time
from ..errors import CancellationPendingError, DateRangeError
from ..invoices import BillingReason
from ..periods import Interval, boundary, count
from ..plans import Plan, Price
from ..rules import BillingRules, ChangeKind, Timing
from ..subscriptions import Cancel, PendingUpdate
from ..subscriptions.subscription import ends
from .charging import close, open_all, open_own, removals_return
from .commitments import (
    begin_after_trial,
    begin_anew,
    begin_next,
    check_leaving,
    move_term,
    pass_boundary,
    place_after,
)
from .dates import is_moved, is_paused, left_of_term, next_period
from .discounting import note_paid
from .invoicing import add_accrued, drop_given, invoice
from .lasting import bill_lines, drop_ended, end_discount_period
from .lookup import is_last_of_term, place_of
from .lots import close_period, end_lots
from .measuring import cut_arrears, measured_of
from .members import (
    ADD_ON,
    CANCELLATION,
    CREDITED,
    CYCLE,
    FORFEIT,
    INTERVAL,
    PACKAGE,
    PAUSE,
    PLAN,
    PRICE,
    SEATS,
    UPDATE,
)
from .own_intervals import close_own, end_periods, move_periods, runs_alone
from .pausing import drop_pause, open_pause
from .projected import exchange, set_quantity
from .requirements import drop_broken
from .scheduled import (
    drop_prices,
    held_last,
    latest,
    least_held,
    own_prices,
    rewritten,
    schedule,
    take_out,
    withdraw,
)
from .state import OpenCharge, State, is_free

Measure = Callable[[Time], Mapping[str, int] | None]
Occupied = Mapping[str, int] | None


def pass_event(state: State, event: Time) -> None:
    """Do what is due inside of a period: a monthly invoice, or the end of a freeze."""
    state.version += 1
    state.day = event
    if state.frozen_on is not None:
        thaw(state)
        return
    if state.has_amounts_off:  # what was cut of them was cut on an earlier day
        state.open_charges()
        state.move_to(event)
        note_paid(state)
    if state.own and end_periods(state):
        state.count_lines(len(state.add_ons))
        state.move_to(event)
        open_own(state)
        bill_lines(state, CYCLE)
    else:
        bill_lines(state, UPDATE)


def roll(state: State, measured: Mapping[str, int] | None, occupied: Occupied) -> None:
    """Pass the running period's end: what is scheduled applies, a new period opens."""
    day = state.end
    state.version += 1
    state.day = day
    if state.has_arrears:
        cut_arrears(state, measured)
    if state.extras:
        _end_extras(state)
    interval = state.interval
    if state.scheduled:
        at_end, other, pause = due_here(state)
        if at_end:
            state.replaced += [
                update
                for update in state.scheduled
                if update.periods_left or not ends(update, state.rules.free_plan)
            ]
            finish(state, CYCLE)
            return
        interval = other or interval
        if pause:
            _begin_pause(state, interval, pause, occupied)
            return
    start, state.anchor, state.steps, end = next_period(state, day, interval)
    if state.uncharged or interval is not state.interval:
        _go_on(state, interval)
    paused = state.paid_until is not None and is_paused(state)
    if state.scheduled or state.discounts or state.extras:
        _leave_period(state, occupied)
    else:
        state.charges = []
        state.are_closed = state.has_arrears = False
    state.open_period(start, end)
    table = state.table or state.plan_table
    for unit in table.measured:
        if not paused or not table.units[unit].in_arrears:  # of a pause there is none
            state.seats[unit] = measured_of(state, measured, unit)
    lines = len(table.units) + len(state.add_ons)
    state.lines_left -= lines * len(state.tax_rates) if state.tax_rates else lines
    if state.lines_left < 0:
        state.count_lines(0)  # it refuses
    open_all(state, CYCLE)


def _end_extras(state: State) -> None:
    """End with the period what lots spent in it, and bill what a term has due."""
    if state.own:
        state.open_charges()
    if state.lots:
        close_period(state)
    if state.term is not None and not state.uncharged:
        pass_boundary(state, at_end=due_here(state)[0])


def _begin_pause(
    state: State, interval: Interval, periods: int, occupied: Occupied
) -> None:
    """Let a pause of so many *periods* of this *interval* begin."""
    drop_pause(state)
    following(state, interval)
    _leave_period(state, occupied)
    open_pause(state, interval, periods)


def _leave_period(state: State, occupied: Occupied) -> None:
    """Drop what ran, let what is scheduled take effect, count for the discounts."""
    ended = state.charges
    state.charges = [c for c in ended if state.own_of(c.terms)] if state.own else []
    state.are_closed = state.has_arrears = False
    if state.scheduled:
        apply_scheduled(state, occupied)
    if state.own:
        end_periods(state)
    if state.discounts and is_paused(state):
        drop_ended(state)  # of a pause no period counts
    elif state.discounts:
        end_discount_period(state, ended)
    if state.term is not None:
        begin_next(state)


def following(state: State, interval: Interval) -> tuple[Time, Time]:
    """Put the state on the grid of the period that follows; return start and end."""
    start, state.anchor, state.steps, end = next_period(state, state.day, interval)
    _go_on(state, interval)
    return start, end


def _go_on(state: State, interval: Interval) -> None:
    """Charge again after a trial or a pause, and go on by this *interval*."""
    if state.uncharged:
        state.trial = state.uncharged = False
        if state.term is not None:
            begin_after_trial(state)
    if interval is not state.interval:
        state.interval = interval
        state.table = None


def thaw(state: State) -> None:
    """End the freeze today: the running period moves by the frozen days.

    Its new end is the anchor, so that all paid days are there (CM-20, ambiguity 13).
    """
    frozen_on = state.frozen_on
    state.frozen_on = None
    moved: Any = state.day - frozen_on  # type: ignore[operator]
    if not moved:
        return
    moved_from, paid_until = state.moved_from or state.start, state.paid_until
    has_moved, left = is_moved(state), left_of_term(state)
    try:
        end = state.end + moved
        if state.own:
            move_periods(state, moved)
    except OverflowError:  # a part of a day counts as one
        days = -(-moved // dt.timedelta(1))
        raise DateRangeError(state.end, days, "day") from None
    state.open_period(state.start + moved, end)
    state.moved_from = moved_from
    if paid_until is not None:
        state.paid_until = paid_until + moved
        state.extend_to(end)
    if not has_moved:  # a billing day that was asked for stays
        state.anchor, state.steps = state.end, 0
        move_term(state, left)
    state.open_charges()
    for charge in state.charges:
        if charge.since is not None:
            charge.since += moved
    note_paid(state)


def end_with_period(
    state: State, cancel: Cancel, measured: Mapping[str, int] | None
) -> None:
    """End it at the boundary of today, where it is canceled before the renewal ran."""
    if state.term is not None and not is_last_of_term(state):
        check_leaving(state)
    schedule(state, CANCELLATION, "", cancel.reason)
    state.deferred.pop()  # it waits for nothing
    roll(state, measured, None)
    state.version += 1


def due_here(state: State) -> tuple[bool, Interval | None, int]:
    """Return whether the boundary is the end, and what starts there where it is not.

    That is another interval, and a pause of so many periods.
    """
    interval, periods = None, 0
    for update in state.scheduled:
        if update.periods_left and place_of(state, update):
            continue
        kind = update.kind
        if kind is INTERVAL:
            interval = interval or update.value
        elif kind is PAUSE:
            periods = periods or update.value
        elif ends(update, state.rules.free_plan):
            return True, None, 0
    return False, interval, periods


def apply_scheduled(state: State, occupied: Occupied) -> None:
    """Let what is scheduled for this boundary take effect, plan and prices first."""
    day = state.day
    due: dict[ChangeKind, list[PendingUpdate]] = {}
    left: list[PendingUpdate] = []
    plan = None
    for update in sorted(state.scheduled, key=held_last):
        if state.own and update.kind is ADD_ON and runs_alone(state, update.key):
            left.append(update)  # it waits for the end of that period
        elif update.periods_left and (place := place_of(state, update)):
            left.append(rewritten(update, periods_left=place_after(state, place)))
        elif update.kind is PAUSE or (update.from_day or day) > day:
            left.append(update)  # a pause, where a period starts early, from its end on
        elif update.kind is PLAN:
            plan = update.value
        elif update.kind is not INTERVAL:
            due.setdefault(update.kind, []).append(update)
    state.scheduled = left
    if plan is not None:  # a lower plan starts when the running period ends (CL-48)
        set_plan(state, plan, credit=True)
    if due:
        _apply_others(state, due, occupied)


def _apply_others(
    state: State, due: dict[ChangeKind, list[PendingUpdate]], occupied: Occupied
) -> None:
    """Let prices, seats, add-ons and packages take effect, in this order."""
    if PRICE in due:
        for update in latest(state, own_prices(state, due[PRICE])):
            set_plan(state, update.value, credit=True)
    for update in latest(state, due[SEATS]) if SEATS in due else ():
        if update.key in state.plan_table.units:
            state.seats[update.key] = _stay(state, update, occupied)
            notify_over_limit(state, state.price_of(update.key).price)
    for update in due.get(ADD_ON, ()):
        set_quantity(state, ADD_ON, update.key, update.value.quantity, update.value)
    for update in due.get(PACKAGE, ()):
        exchange(state, update.value)
    if state.add_ons:
        drop_broken(state, credit=True)


def _stay(state: State, update: PendingUpdate, occupied: Occupied) -> int:
    """Return how many seats stay: those that are occupied are not removed (CL-28).

    A pack with somebody in it stays whole.
    """
    unit, asked = update.key, update.value
    owned = state.seats.get(unit, 0)
    stay: int = max(asked, min(owned, (occupied or {}).get(unit, 0)))
    # A term that begins where a trial ends holds what is owned from then on.
    has_begun = state.term is None or state.term.period.start < state.day
    if has_begun and update.from_day is not None and not is_last_of_term(state):
        stay = max(stay, least_held(state, unit, owned))
    if stay > asked:
        batch = state.price_of(unit).price.batch
        stay = min(-(-stay // batch) * batch, owned)
        figures = ("asked", owned - asked), ("removed", owned - stay)
        state.notify("removal_cut", ("unit", unit), *figures)
    return stay


def finish(state: State, reason: BillingReason) -> None:
    """End the subscription today: invoice all, fall to the free plan if any (CL-55).

    What is left of the balance is due to the customer, and gifts lapse (decision: a
    negative total).
    """
    if state.own:
        close_own(state, credit=removals_return(state.rules))
    add_accrued(state)
    if state.paid_until is not None:
        drop_given(state)
    invoice(state, reason)
    state.ended_on, state.finished, state.term = state.day, True, None
    state.refund += state.balance
    state.balance = 0
    if state.lots:
        end_lots(state)
    state.charges, state.scheduled, state.are_closed = [], [], False
    if state.discounts:
        state.set_discounts([])
    state.add_ons = {}
    state.trial = state.uncharged = False
    state.frozen_on = None
    if is_paused(state):
        state.paid_until = None
    free = state.rules.free_plan
    if free is None:
        return
    state.plan, state.uncharged, state.table = free, True, None
    if free.prices:
        _drop_units(state, {price.unit for price in free.prices})
    for price in free.prices:
        notify_over_limit(state, price)


def notify_over_limit(state: State, price: Price) -> None:
    """Say by how many the seats owned are above what *price* holds."""
    owned = state.seats.get(price.unit, 0)
    if price.max_quantity is not None and owned > price.max_quantity:
        state.notify(
            "over_limit",
            ("plan", state.plan.id),
            ("unit", price.unit),
            ("maximum", price.max_quantity),
            ("excess", owned - price.max_quantity),
        )


def set_plan(state: State, plan: Plan, *, credit: bool) -> None:
    """Make *plan* the plan; what it does not sell or carry ends with the old one."""
    free = state.rules.free_plan
    state.plan = free if free is not None and is_free(state.rules, plan) else plan
    paused = state.uncharged and is_paused(state)
    state.uncharged = state.trial or state.plan is free or paused
    state.table = None
    sold = state.plan_table.units
    keeps = not sold and state.plan is free  # a free plan without any price
    if not keeps and (state.scheduled or not state.seats.keys() <= sold.keys()):
        _drop_units(state, sold)
    if state.scheduled:
        drop_prices(state)
    if state.add_ons:
        drop_broken(state, credit=credit)


def _drop_units(state: State, sold: Container[str]) -> None:
    """Let go the units that are not *sold* by the plan."""
    gone = {unit: n for unit, n in state.seats.items() if unit not in sold}
    for unit, owned in gone.items():
        del state.seats[unit]
        if owned:
            plan = "plan", state.plan.id
            state.notify("unit_dropped", plan, ("unit", unit), ("count", owned))
    unsold = [
        update
        for update in state.scheduled
        if update.kind is SEATS
        and update.key not in sold
        and (update.key in gone or not state.sold_later(update.key))
    ]
    take_out(state, unsold)


def restart(
    state: State, plan: Plan | None = None, interval: Interval | None = None
) -> None:
    """End the running period today and start a full one; its day is the new anchor.

    The unused share comes back, and what was scheduled for the end takes effect with
    it (CL-39, decision: four timings).
    """
    rules = state.rules
    if plan is not None:
        withdraw(state, PLAN)
    for update in state.scheduled:
        if ends(update, rules.free_plan):
            raise CancellationPendingError(update.applies_on)
    if interval is not None:
        withdraw(state, INTERVAL)
    credit = removals_return(rules) and gives_back(rules, None)
    ended = state.charges
    close(state, credit=credit)
    state.interval = interval or state.scheduled_value(INTERVAL) or state.interval
    state.table = None
    if state.term is not None:
        begin_anew(state)
    apply_scheduled(state, None)
    if plan is not None:
        set_plan(state, plan, credit=True)
    open_new_period(state, ended)


def gives_back(rules: BillingRules, timing: Timing | None) -> bool:
    """Return whether unused time of what is exchanged comes back (ambiguity 2)."""
    return timing is not FORFEIT and rules.unused_time is CREDITED


def open_new_period(state: State, ended: Iterable[OpenCharge] = ()) -> None:
    """Open a full period that starts today after what *ended*; invoice it today."""
    day = state.day
    end_discount_period(state, ended)
    state.anchor, state.steps = day, count(state.interval)
    state.open_period(day, boundary(day, state.interval, state.steps))
    open_all(state)
    add_accrued(state)
    state.settle_now = True
