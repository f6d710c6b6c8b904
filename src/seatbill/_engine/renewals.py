"""The ends of periods: what waits takes effect, a new period opens or none does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Mapping
from typing import Any

from .._values.checks import Time
from ..errors import (
    CancellationPendingError,
    DateRangeError,
    RenewFirstError,
    RequirementError,
)
from ..invoices import BillingReason
from ..notices import Notice
from ..periods import Interval, Period, boundary, count, index
from ..plans import AddOn, Plan, Price
from ..rules import BillingRules, ChangeKind, Timing
from ..subscriptions import PendingUpdate, SubscribedAddOn
from ..subscriptions.parts import ChargeRow
from .charging import bill_period, close, cut, difference, open_all
from .discounts import bill_lines, end_discount_period, note_standing, use_again
from .invoicing import invoice
from .members import (
    ADD_ON,
    ADD_ON_ITEM,
    CANCELLATION,
    CREDITED,
    CYCLE,
    FORFEIT,
    FULL,
    INTERVAL,
    PACKAGE,
    PLAN,
    PLAN_ITEM,
    PRICE,
    SEATS,
    UPDATE,
)
from .pending import drop, put_level, rewritten
from .state import Ledger

Measure = Callable[[Time], Mapping[str, int] | None]
Occupied = Mapping[str, int] | None


def pass_event(
    ledger: Ledger, event: Time, measure: Measure | None, occupied: Occupied
) -> None:
    """Do what is due on the day of *event*, a boundary or the end of a freeze."""
    if ledger.frozen_on is not None:
        ledger.version += 1
        ledger.day = event
        thaw(ledger)
    elif event < ledger.end:
        ledger.version += 1
        ledger.day = event
        bill_lines(ledger, UPDATE)
    else:
        roll(ledger, measure(event) if measure else None, occupied)
    ledger.look()


def roll(
    ledger: Ledger, measured: Mapping[str, int] | None, occupied: Occupied
) -> None:
    """Pass the running period's end: what waits takes effect, a new period opens."""
    day = ledger.end
    ledger.version += 1
    ledger.day = day
    for charge in ledger.charges:
        if charge.terms.in_arrears:
            _end_in_arrears(ledger, charge, measured)
    interval = ledger.interval
    if ledger.pending:
        if _ends(ledger):
            ledger.replaced += [
                update
                for update in ledger.pending
                if update.periods_left or not _is_end(ledger, update)
            ]
            finish(ledger, CYCLE)
            return
        interval = ledger.waits(INTERVAL) or interval
    if ledger.trial:
        ledger.interval = interval
        whole = Period.containing(ledger.anchor, interval, day)
        start, end = whole.start, whole.end
        ledger.steps = index(ledger.anchor, interval, end)
        ledger.trial = ledger.uncharged = False
    else:
        start = day
        ledger.anchor, ledger.steps, end = ledger.next_period(day, interval)
        if interval is not ledger.interval:
            ledger.interval = interval
            ledger.sales = None
    ledger.charges = []
    if ledger.pending:
        apply_pending(ledger, occupied)
    if ledger.discounts:
        end_discount_period(ledger)
    ledger.open_period(start, end, day)
    for unit in (ledger.sales or ledger.plan_sales).measured:
        ledger.seats[unit] = _measured(ledger, measured, unit)
    ledger.write(len(ledger.sales or ledger.plan_sales) + len(ledger.add_ons))
    bill_period(ledger, CYCLE)


def thaw(ledger: Ledger) -> None:
    """End the freeze today: the running period moves by the frozen days.

    Its new end is the anchor, so that all paid days are there.  Source: CM-20.
    """
    frozen_on = ledger.frozen_on
    ledger.frozen_on = None
    moved: Any = ledger.day - frozen_on  # type: ignore[operator]
    if not moved:
        return
    moved_from = ledger.moved_from or ledger.start
    try:
        end = ledger.end + moved
    except OverflowError:  # a part of a day counts as one
        days = -(-moved // dt.timedelta(1))
        raise DateRangeError(ledger.end, days, "day") from None
    ledger.open_period(ledger.start + moved, end, ledger.day)
    ledger.moved_from = moved_from
    ledger.anchor, ledger.steps = ledger.end, 0
    for charge in ledger.charges:
        if charge.since is not None:
            charge.since += moved
    note_standing(ledger)


def _ends(ledger: Ledger) -> bool:
    """Return whether the boundary is the end of what is paid for."""
    return any(
        not update.periods_left and _is_end(ledger, update) for update in ledger.pending
    )


def _is_end(ledger: Ledger, update: PendingUpdate) -> bool:
    """Return whether *update* ends the subscription, or lets it fall to nothing."""
    free = ledger.rules.free_plan
    return update.kind is CANCELLATION or (
        free is not None and update.kind is PLAN and update.value == free
    )


def _end_in_arrears(
    ledger: Ledger, charge: ChargeRow, measured: Mapping[str, int] | None
) -> None:
    """Cut a *charge* of the ended period, at the quantity that was measured in it."""
    terms = charge.terms
    if terms.item_kind is PLAN_ITEM:
        sale = ledger.plan_sale(terms.unit)
        if sale.measured:
            charge.quantity = _measured(ledger, measured, terms.unit)
            charge.full_scaled = difference(charge, sale, 0, charge.quantity)
            if charge.quantity:
                use_again(ledger, terms.discounts)
    cut(ledger, charge)


def _measured(ledger: Ledger, measured: Mapping[str, int] | None, unit: str) -> int:
    """Return the quantity of *unit*, or refuse."""
    if measured is None or unit not in measured:
        raise RenewFirstError(ledger.day, unit)
    return measured[unit]


def apply_pending(ledger: Ledger, occupied: Occupied) -> None:
    """Let what waits for this boundary take effect, plan and prices first."""
    day = ledger.day
    due: dict[ChangeKind, list[PendingUpdate]] = {}
    left: list[PendingUpdate] = []
    plan = None
    for update in ledger.pending:
        if update.from_day is not None and update.from_day > day:
            left.append(update)
        elif update.periods_left:
            left.append(rewritten(update, periods_left=0))
        elif update.kind is PLAN:
            plan = update.value
        elif update.kind is not INTERVAL:
            due.setdefault(update.kind, []).append(update)
    ledger.pending = left
    if plan is not None:
        set_plan(ledger, plan, credit=False)
    if due:
        _apply_rest(ledger, due, occupied)


def _apply_rest(
    ledger: Ledger, due: dict[ChangeKind, list[PendingUpdate]], occupied: Occupied
) -> None:
    """Let prices, seats, add-ons and packages take effect, in this order."""
    for update in due.get(PRICE, ()):
        if update.value.id == ledger.plan.id:
            set_plan(ledger, update.value, credit=False)
    for update in due.get(SEATS, ()):
        if update.key in ledger.plan_sales:
            ledger.seats[update.key] = _stay(ledger, update, occupied)
            tell_over_limit(ledger, ledger.plan_sale(update.key).price)
    for update in due.get(ADD_ON, ()):
        put_level(ledger, ADD_ON, update.key, update.value.quantity, update.value)
    for update in due.get(PACKAGE, ()):
        exchange(ledger, update.value)
    if ledger.add_ons:
        drop_broken(ledger, credit=False)


def exchange(ledger: Ledger, package: AddOn) -> None:
    """Put *package* in the place of the one of its family that is owned."""
    owned = ledger.add_ons
    ledger.visit(len(owned) + len(ledger.pending))
    ledger.add_ons = {}
    for id, chosen in owned.items():
        if chosen.add_on.family == package.family:
            ledger.add_ons[package.id] = SubscribedAddOn(package, chosen.quantity)
            ledger.pending = [
                rewritten(
                    update,
                    key=package.id,
                    value=SubscribedAddOn(package, update.value.quantity),
                )
                if update.kind is ADD_ON and update.key == id
                else update
                for update in ledger.pending
            ]
        else:
            ledger.add_ons[id] = chosen


def _stay(ledger: Ledger, update: PendingUpdate, occupied: Occupied) -> int:
    """Return how many seats stay: those that are occupied are not removed."""
    unit, asked = update.key, update.value
    owned = ledger.seats.get(unit, 0)
    stay: int = max(asked, min(owned, (occupied or {}).get(unit, 0)))
    if stay > asked and asked < owned:
        ledger.notices.append(
            Notice(
                "removal_cut",
                (("unit", unit), ("asked", owned - asked), ("removed", owned - stay)),
            )
        )
    return stay


def finish(ledger: Ledger, reason: BillingReason) -> None:
    """End the subscription today: invoice what waits, fall to the free plan if any."""
    ledger.lines = ledger.accrued + ledger.lines
    ledger.accrued = []
    invoice(ledger, reason)
    ledger.ended_on = ledger.day
    ledger.finished = True
    ledger.refund += ledger.balance
    ledger.balance = 0
    ledger.charges, ledger.pending, ledger.discounts = [], [], []
    ledger.add_ons = {}
    ledger.trial = ledger.uncharged = False
    ledger.frozen_on = None
    free = ledger.rules.free_plan
    if free is None:
        return
    ledger.plan = free
    ledger.uncharged = True
    ledger.sales = None
    if free.prices:
        _drop_units(ledger, {price.unit for price in free.prices})
    for price in free.prices:
        tell_over_limit(ledger, price)


def tell_over_limit(ledger: Ledger, price: Price) -> None:
    """Say by how many the seats owned are above what *price* holds."""
    owned = ledger.seats.get(price.unit, 0)
    if price.max_quantity is not None and owned > price.max_quantity:
        values = (
            ("plan", ledger.plan.id),
            ("unit", price.unit),
            ("maximum", price.max_quantity),
            ("excess", owned - price.max_quantity),
        )
        ledger.notices.append(Notice("over_limit", values))


def set_plan(ledger: Ledger, plan: Plan, *, credit: bool) -> None:
    """Make *plan* the plan; what it does not sell or carry ends with the old one."""
    free = ledger.rules.free_plan
    ledger.plan = free if free is not None and plan == free else plan
    ledger.uncharged = ledger.trial or ledger.plan is free
    ledger.sales = None
    sold = ledger.plan_sales
    keeps = not sold and ledger.plan is free  # a free plan without any price
    if not keeps and (ledger.pending or not ledger.seats.keys() <= sold.keys()):
        _drop_units(ledger, sold)
    if ledger.add_ons:
        drop_broken(ledger, credit=credit)


def _drop_units(ledger: Ledger, sold: Container[str]) -> None:
    """Let go the units that are not *sold* by the plan."""
    for unit, owned in tuple(ledger.seats.items()):
        if unit not in sold:
            del ledger.seats[unit]
            if owned:
                values = (("plan", ledger.plan.id), ("unit", unit), ("count", owned))
                ledger.notices.append(Notice("unit_dropped", values))
    for update in ledger.pending:
        if update.kind is SEATS and update.key not in sold:
            drop(ledger, SEATS, update.key)


def drop_broken(ledger: Ledger, *, credit: bool) -> None:
    """End the add-ons whose plan or other add-on is not there any more."""
    while broken := _broken(ledger):
        ledger.visit(5 * len(ledger.add_ons))
        # A removal: where the whole price is paid whatever the day, nothing returns.
        returned = credit and ledger.rules.convention is not FULL
        close(ledger, kind=ADD_ON_ITEM, item=broken, credit=returned)
        del ledger.add_ons[broken]
        drop(ledger, ADD_ON, broken)
        ledger.notices.append(Notice("add_on_dropped", (("add_on", broken),)))


def _broken(ledger: Ledger) -> str | None:
    """Return an add-on whose requirements are not met any more."""
    for owned in ledger.add_ons.values():
        try:
            require(ledger, owned.add_on)
        except RequirementError:
            return owned.add_on.id
    return None


def require(ledger: Ledger, add_on: AddOn) -> None:
    """Refuse *add_on* where its plan or another add-on is missing."""
    if add_on.requires_plans and ledger.plan.id not in add_on.requires_plans:
        raise RequirementError(add_on.id, add_on.requires_plans)
    for needed in add_on.requires_add_ons:
        if needed not in ledger.add_ons:
            raise RequirementError(add_on.id, needed)


def restart(
    ledger: Ledger, plan: Plan | None = None, interval: Interval | None = None
) -> None:
    """End the running period today and start a full one; its day is the new anchor."""
    rules = ledger.rules
    if plan is not None:
        drop(ledger, PLAN)
    for update in ledger.pending:
        if _is_end(ledger, update):
            raise CancellationPendingError(update.applies_on)
    if interval is not None:
        drop(ledger, INTERVAL)
    credit = rules.convention is not FULL and gives_back(rules, None)
    close(ledger, credit=credit)
    ledger.charges = []
    ledger.interval = interval or ledger.waits(INTERVAL) or ledger.interval
    ledger.sales = None
    apply_pending(ledger, None)
    if plan is not None:
        set_plan(ledger, plan, credit=False)
    open_new_period(ledger)


def gives_back(rules: BillingRules, timing: Timing | None) -> bool:
    """Return whether unused time of what is exchanged comes back."""
    return timing is not FORFEIT and rules.unused_time is CREDITED


def open_new_period(ledger: Ledger) -> None:
    """Open a full period that starts today, and invoice it today."""
    day = ledger.day
    end_discount_period(ledger)
    ledger.anchor, ledger.steps = day, count(ledger.interval)
    ledger.open_period(day, boundary(day, ledger.interval, ledger.steps), day)
    open_all(ledger)
    ledger.lines = ledger.accrued + ledger.lines
    ledger.accrued = []
    ledger.settle_now = True
