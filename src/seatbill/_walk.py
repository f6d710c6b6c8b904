"""What each change means: the steps of the walk through a history.

``change`` walks one step, ``renew`` over boundaries, ``bill`` over a whole history:
all call the functions here, so they cannot differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from ._checks import Time
from ._ledger import Applied, Ledger
from .errors import (
    CancellationPendingError,
    ConventionError,
    CurrencyMismatchError,
    DuplicateError,
    IntervalNotOfferedError,
    LateNoticeError,
    NoChangeError,
    NoPriceError,
    NothingPendingError,
    RenewFirstError,
    RequirementError,
    RulesError,
    SeatsOccupiedError,
    SubscriptionEndedError,
    TooFewSeatsError,
    TooManySeatsError,
    UnknownItemError,
    WrongTypeError,
)
from .invoices import BillingReason, ItemKind
from .money import trusted_money
from .periods import Interval, Period, boundary, count, index
from .plans import AddOn, Plan, Price, price_for, units_of
from .proration import Convention
from .rules import (
    BillingRules,
    ChangeKind,
    Direction,
    LateNotice,
    Timing,
    UnusedTime,
)
from .subscriptions import (
    AddAddOn,
    AddSeats,
    AppliedDiscount,
    ApplyDiscount,
    Cancel,
    GrantCredit,
    Notice,
    PendingUpdate,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    SubscribedAddOn,
    SwitchInterval,
    SwitchPlan,
    WithdrawPending,
    trusted_pending,
)

Measure = Callable[[Time], Mapping[str, int] | None]
Occupied = Mapping[str, int] | None


# The walk.


def step(
    ledger: Ledger, day: Time, changes: Iterable[Any], timing: Timing | None = None
) -> None:
    """Apply *changes* on *day*, in their order, netted into one invoice."""
    ledger.at(day)
    ledger.effective = day
    for change in changes:
        handler = _HANDLERS.get(type(change))
        if handler is None:
            raise WrongTypeError("change", "one of the changes", change)
        if ledger.ended_on is not None and (ledger.finished or not ledger.free):
            raise SubscriptionEndedError(ledger.id, ledger.ended_on)
        ledger.version += 1
        handler(ledger, change, timing)
    ledger.settle()


def advance(
    ledger: Ledger,
    day: Time,
    measure: Measure | None = None,
    occupied: Occupied = None,
) -> None:
    """Pass every boundary on or before *day* on which something is to be done."""
    while (event := ledger.next_event()) is not None and event <= day:
        if event < ledger.end:
            ledger.version += 1
            ledger.day = ledger.changed_on = event
            ledger.invoice(BillingReason.SUBSCRIPTION_UPDATE)
        else:
            roll(ledger, measure(event) if measure else None, occupied)


def roll(
    ledger: Ledger, measured: Mapping[str, int] | None, occupied: Occupied
) -> None:
    """Pass the running period's end: what waits takes effect, a new period opens."""
    day = ledger.end
    ledger.version += 1
    ledger.day = ledger.changed_on = day
    if not ledger.trial:
        _measure_ended(ledger, measured)
        for charge in ledger.charges:
            if charge.terms.in_arrears:
                ledger.cut(charge)
    if _ends(ledger):
        finish(ledger, BillingReason.SUBSCRIPTION_CYCLE)
        return
    interval = ledger.waits(ChangeKind.INTERVAL) or ledger.interval
    if ledger.trial:
        ledger.interval = interval
        whole = Period.containing(ledger.anchor, interval, day)
        start, end = whole.start, whole.end
        ledger.steps = index(ledger.anchor, interval, end)
        ledger.trial = False
    else:
        start = day
        ledger.anchor, ledger.steps, end = ledger.next_period(day, interval)
        if interval is not ledger.interval:
            ledger.interval = interval
            ledger.sales.clear()
    ledger.charges = []
    if ledger.pending:
        _apply_pending(ledger, occupied)
    if ledger.discounts:
        ledger.end_discount_period()
    ledger.open_period(start, end)
    ledger.at(day)
    _measure_new(ledger, measured)
    ledger.open_all()
    if ledger.accrued:
        ledger.lines = ledger.accrued + ledger.lines
        ledger.accrued = []
    ledger.invoice(BillingReason.SUBSCRIPTION_CYCLE)


def _ends(ledger: Ledger) -> bool:
    """Return whether the boundary is the end of what is paid for."""
    for update in ledger.pending:
        if not update.periods_left and (
            update.kind is ChangeKind.CANCELLATION
            or (
                update.kind is ChangeKind.PLAN
                and update.value == ledger.rules.free_plan
            )
        ):
            return True
    return False


def _measure_ended(ledger: Ledger, measured: Mapping[str, int] | None) -> None:
    """Give the ended period its quantities of units measured in arrears."""
    for charge in ledger.charges:
        terms = charge.terms
        if terms.in_arrears and terms.item_kind is ItemKind.PLAN:
            sale = ledger.plan_sale(terms.unit)
            if sale.price.measured:
                charge.quantity = _measured(ledger, measured, terms.unit)
                charge.full = sale.full(charge.quantity)


def _measure_new(ledger: Ledger, measured: Mapping[str, int] | None) -> None:
    """Give the new period its quantities of measured units."""
    sales = ledger.sale_of(ItemKind.PLAN, ledger.plan, ledger.interval)
    for unit, sale in sales.items():
        if sale.price.measured:
            ledger.seats[unit] = _measured(ledger, measured, unit)


def _measured(ledger: Ledger, measured: Mapping[str, int] | None, unit: str) -> int:
    """Return the quantity of *unit*, or refuse."""
    if measured is None or unit not in measured:
        raise RenewFirstError(ledger.day, unit)
    return measured[unit]


def _apply_pending(ledger: Ledger, occupied: Occupied) -> None:
    """Let what waits for this boundary take effect, plan and prices first."""
    day = ledger.day
    due: dict[ChangeKind, list[PendingUpdate]] = {}
    left: list[PendingUpdate] = []
    for update in ledger.pending:
        late = update.from_day is not None and update.from_day > day
        if not update.periods_left and not late:
            due.setdefault(update.kind, []).append(update)
        elif late:
            left.append(update)
        else:
            left.append(_with(update, periods_left=0))
    ledger.pending = left
    for update in due.get(ChangeKind.PLAN, ()):
        set_plan(ledger, update.value, credit=False)
    for update in due.get(ChangeKind.PRICE, ()):
        if update.value.id == ledger.plan.id:
            set_plan(ledger, update.value, credit=False)
    for update in due.get(ChangeKind.SEATS, ()):
        if update.key in ledger.seats:
            ledger.seats[update.key] = _stay(ledger, update, occupied)
    for update in due.get(ChangeKind.ADD_ON, ()):
        _put(ledger, ChangeKind.ADD_ON, update.key, update.value.quantity, update.value)


def _stay(ledger: Ledger, update: PendingUpdate, occupied: Occupied) -> int:
    """Return how many seats stay: those that are occupied are not removed."""
    unit, asked = update.key, update.value
    owned = ledger.seats[unit]
    stay: int = max(asked, min(owned, (occupied or {}).get(unit, 0)))
    if stay > asked and asked < owned:
        ledger.notices.append(
            Notice(
                "removal_cut",
                (("unit", unit), ("asked", owned - asked), ("removed", owned - stay)),
            )
        )
    return stay


def _with(update: PendingUpdate, **fields: Any) -> PendingUpdate:
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


def finish(ledger: Ledger, reason: BillingReason) -> None:
    """End the subscription today: invoice what waits, fall to the free plan if any."""
    ledger.lines = ledger.accrued + ledger.lines
    ledger.accrued = []
    ledger.invoice(reason)
    ledger.ended_on = ledger.day
    ledger.finished = True
    ledger.refund += ledger.balance
    ledger.balance = 0
    ledger.charges, ledger.pending, ledger.discounts = [], [], []
    ledger.add_ons = {}
    ledger.trial = False
    free = ledger.rules.free_plan
    if free is None:
        return
    ledger.plan = free
    ledger.sales.clear()
    for price in free.prices:
        owned = ledger.seats.get(price.unit, 0)
        if price.max_quantity is not None and owned > price.max_quantity:
            ledger.notices.append(
                Notice(
                    "over_limit",
                    (
                        ("plan", free.id),
                        ("unit", price.unit),
                        ("maximum", price.max_quantity),
                        ("excess", owned - price.max_quantity),
                    ),
                )
            )


# What waits.


def defer(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    value: Any,
    left: int,
    from_day: Time | None = None,
) -> PendingUpdate:
    """Let *value* wait for a renewal, in the place of what waited there before."""
    drop(ledger, kind, key, left)
    update = trusted_pending(kind, key, value, ledger.end, ledger.day, left, from_day)
    if left or from_day is not None:
        update = _with(update, applies_on=ledger.applies_on(update))
    ledger.pending.append(update)
    ledger.effective = max(ledger.effective, update.applies_on)
    return update


def drop(
    ledger: Ledger, kind: ChangeKind, key: str | None = None, left: int | None = None
) -> bool:
    """Withdraw what waits of *kind*; return whether anything did."""
    kept = []
    for update in ledger.pending:
        if (
            update.kind is kind
            and key in (None, update.key)
            and left in (None, update.periods_left)
        ):
            ledger.replaced.append(update)
        else:
            kept.append(update)
    found = len(kept) < len(ledger.pending)
    ledger.pending = kept
    return found


def notice_given(ledger: Ledger, direction: Direction) -> int:
    """Return 0 where a request is in time for the period's end, 1 where it is late.

    Source: TL-3; exactly the days of the rules before the end are in time.
    """
    rules = ledger.rules
    if not rules.notice_days or direction in rules.notice_exempt:
        return 0
    last_day = ledger.end - dt.timedelta(rules.notice_days)
    if ledger.day <= last_day:
        return 0
    if rules.late_notice is LateNotice.REFUSE:
        raise LateNoticeError(ledger.day, ledger.end, last_day, rules.notice_days)
    return 1


def _late(ledger: Ledger, update: PendingUpdate) -> None:
    """Say that *update* came too late for the running period's end."""
    if update.periods_left:
        values = (("boundary", ledger.end), ("on", update.applies_on))
        ledger.notices.append(Notice("late_notice", values))


# Seats and add-ons: a level now, perhaps other levels after the next boundaries.


def _level(ledger: Ledger, kind: ChangeKind, key: str) -> int:
    """Return how many are owned now."""
    if kind is ChangeKind.SEATS:
        return ledger.seats.get(key, 0)
    owned = ledger.add_ons.get(key)
    return owned.quantity if owned else 0


def _put(
    ledger: Ledger, kind: ChangeKind, key: str, level: int, owned: Any = None
) -> None:
    """Set how many are owned; an add-on of none is gone."""
    if kind is ChangeKind.SEATS:
        ledger.seats[key] = level
    elif level:
        ledger.add_ons[key] = SubscribedAddOn(owned.add_on, level)
    else:
        ledger.add_ons.pop(key, None)


def _value(kind: ChangeKind, level: int, owned: Any) -> Any:
    """Return what a pending update of *level* holds."""
    return level if kind is ChangeKind.SEATS else SubscribedAddOn(owned.add_on, level)


def _targets(ledger: Ledger, kind: ChangeKind, key: str) -> dict[int, int]:
    """Return the levels that wait, by the boundaries they wait for."""
    found = {}
    for update in ledger.pending:
        if update.kind is kind and update.key == key:
            value = update.value
            found[update.periods_left] = (
                value if kind is ChangeKind.SEATS else value.quantity
            )
    return found


def _retarget(
    ledger: Ledger, kind: ChangeKind, key: str, targets: dict[int, int], owned: Any
) -> None:
    """Let *targets* wait instead; a level equal to the one before it is dropped."""
    level = _level(ledger, kind, key)
    for left in (0, 1):
        target = targets.get(left)
        if target is not None and target != level:
            if _targets(ledger, kind, key).get(left) != target:
                defer(ledger, kind, key, _value(kind, target, owned), left)
            level = target
        else:
            drop(ledger, kind, key, left)


def _raise(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    n: int,
    timing: Timing,
    owned: Any = None,
) -> None:
    """Own *n* more: first those that wait for removal stay, the rest is bought."""
    before = _level(ledger, kind, key)
    targets = _targets(ledger, kind, key) if ledger.pending else {}
    lowest = min(targets.values(), default=before)
    undone = min(n, max(before - lowest, 0))
    bought = n - undone
    deferred = bought if timing is Timing.PERIOD_END else 0
    bought -= deferred
    level = before + bought
    if bought:
        if not ledger.uncharged and timing is not Timing.RESTART:
            _buy(ledger, kind, key, before, bought, timing, owned)
        _put(ledger, kind, key, level, owned)
        if ledger.pending and ledger.waits_for_end():
            ledger.notices.append(Notice("serves_until", (("on", ledger.end),)))
    if targets:
        raised = {
            left: target + n if target >= before else min(target + n, level + deferred)
            for left, target in targets.items()
        }
        _retarget(ledger, kind, key, raised, owned)
    elif deferred:
        update = defer(ledger, kind, key, _value(kind, level + deferred, owned), 0)
        _late(ledger, update)
    if undone:
        values = (("count", undone), ("unit", key))
        ledger.notices.append(Notice("removals_undone", values))
    if timing is Timing.RESTART:
        restart(ledger)
    check(ledger, kind, key)


def _buy(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    before: int,
    n: int,
    timing: Timing,
    owned: Any,
) -> None:
    """Charge *n* more for the rest of the period."""
    charged = timing is not Timing.FORFEIT
    if kind is ChangeKind.SEATS:
        ledger.grow(ledger.plan_sale(key), before, n, charged=charged)
        return
    for sale in ledger.sale_of(ItemKind.ADD_ON, owned.add_on, ledger.interval).values():
        if before:
            ledger.grow(sale, before, n, charged=charged)
        else:
            ledger.open(sale, n, charged=charged)


def _lower(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    n: int,
    occupied: int,
    timing: Timing,
    direction: Direction,
    owned: Any = None,
) -> None:
    """Own *n* fewer of the vacant ones; those that wait for removal count."""
    before = _level(ledger, kind, key)
    targets = _targets(ledger, kind, key)
    lowest = min([before, *targets.values()])
    removable = max(lowest - occupied, 0)
    if n > removable:
        raise SeatsOccupiedError(key, n, removable, occupied)
    if timing is Timing.PERIOD_END:
        left = notice_given(ledger, direction)
        base = targets.get(left, targets.get(0, before))
        lowered = {at: target - n for at, target in targets.items() if at > left}
        lowered[left] = base - n
        _retarget(ledger, kind, key, {**targets, **lowered}, owned)
        for update in ledger.pending:
            if (
                update.kind is kind
                and update.key == key
                and update.periods_left == left
            ):
                _late(ledger, update)
    else:
        if not ledger.uncharged and timing is not Timing.RESTART:
            _refund(ledger, kind, key, before, n, timing, owned)
        _put(ledger, kind, key, before - n, owned)
        _retarget(ledger, kind, key, {at: t - n for at, t in targets.items()}, owned)
        if timing is Timing.RESTART:
            restart(ledger)
        elif timing is Timing.IMMEDIATE:
            ledger.trim_discounts()
    check(ledger, kind, key)


def _refund(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    before: int,
    n: int,
    timing: Timing,
    owned: Any,
) -> None:
    """Give back *n* for the rest of the period, or nothing where it is forfeited."""
    credit = timing is Timing.IMMEDIATE
    if kind is ChangeKind.SEATS:
        ledger.shrink(ledger.plan_sale(key), before, n, credit=credit)
    elif before == n:
        credit = credit and ledger.rules.convention is not Convention.FULL
        ledger.close(kind=ItemKind.ADD_ON, item=key, credit=credit)
    else:
        sales = ledger.sale_of(ItemKind.ADD_ON, owned.add_on, ledger.interval)
        for sale in sales.values():
            ledger.shrink(sale, before, n, credit=credit)


def _seat_timing(
    ledger: Ledger, unit: str, direction: Direction, timing: Timing | None
) -> Timing:
    """Return when a change of *unit* takes effect; a measured unit has none."""
    if ledger.plan_sale(unit).price.measured:
        raise RulesError(
            unit, "measured", "it is not bought", "hand its quantity to renew"
        )
    return _timing(ledger, direction, timing)


def _timing(ledger: Ledger, direction: Direction, timing: Timing | None) -> Timing:
    """Return when a change in *direction* takes effect; in a trial, at once."""
    if ledger.uncharged:
        return Timing.IMMEDIATE
    return timing or ledger.rules.timing(direction)


def _add_seats(ledger: Ledger, change: AddSeats, timing: Timing | None) -> None:
    found = _seat_timing(ledger, change.unit, Direction.SEATS_ADDED, timing)
    _raise(ledger, ChangeKind.SEATS, change.unit, change.seats, found)


def _remove_seats(ledger: Ledger, change: RemoveSeats, timing: Timing | None) -> None:
    found = _seat_timing(ledger, change.unit, Direction.SEATS_REMOVED, timing)
    _lower(
        ledger,
        ChangeKind.SEATS,
        change.unit,
        change.seats,
        change.occupied or 0,
        found,
        Direction.SEATS_REMOVED,
    )


def _set_seats(ledger: Ledger, change: SetSeats, timing: Timing | None) -> None:
    unit, seats, occupied = change.unit, change.seats, change.occupied or 0
    targets = _targets(ledger, ChangeKind.SEATS, unit)
    now = ledger.seats.get(unit, 0)
    last = targets.get(1, targets.get(0, now))
    if seats == last == now:
        raise NoChangeError("seats", seats)
    if seats > last:
        if seats < occupied:
            raise TooFewSeatsError(unit, seats, occupied, occupied - seats)
        _add_seats(ledger, AddSeats(seats - last, unit), timing)
    elif seats < last:
        _remove_seats(ledger, RemoveSeats(last - seats, occupied, unit), timing)


def _add_add_on(ledger: Ledger, change: AddAddOn, timing: Timing | None) -> None:
    add_on = change.add_on
    require(ledger, add_on)
    owned = ledger.add_ons.get(add_on.id)
    if owned is not None and owned.add_on != add_on:
        raise DuplicateError("add-on", add_on.id)
    found = _timing(ledger, Direction.ADD_ON_ADDED, timing)
    _raise(
        ledger,
        ChangeKind.ADD_ON,
        add_on.id,
        change.quantity,
        found,
        SubscribedAddOn(add_on),
    )


def _remove_add_on(ledger: Ledger, change: RemoveAddOn, timing: Timing | None) -> None:
    id = change.add_on.id
    owned = ledger.add_ons.get(id)
    if owned is None:
        raise UnknownItemError("add-on", id, ", ".join(ledger.add_ons) or "none")
    if change.quantity == owned.quantity:
        for other in ledger.add_ons.values():
            if id in other.add_on.requires_add_ons:
                raise RequirementError(other.add_on.id, id)
    _lower(
        ledger,
        ChangeKind.ADD_ON,
        id,
        change.quantity,
        0,
        _timing(ledger, Direction.ADD_ON_REMOVED, timing),
        Direction.ADD_ON_REMOVED,
        owned,
    )


def require(ledger: Ledger, add_on: AddOn) -> None:
    """Refuse *add_on* where its plan or another add-on is missing."""
    if add_on.requires_plans and ledger.plan.id not in add_on.requires_plans:
        raise RequirementError(add_on.id, " or ".join(add_on.requires_plans))
    for needed in add_on.requires_add_ons:
        if needed not in ledger.add_ons:
            raise RequirementError(add_on.id, needed)


# Plan and interval.


def _switch_plan(ledger: Ledger, change: SwitchPlan, timing: Timing | None) -> None:
    _switch(ledger, change.plan, change.interval, timing)


def _switch_interval(
    ledger: Ledger, change: SwitchInterval, timing: Timing | None
) -> None:
    _switch(ledger, None, change.interval, timing)


def _switch(
    ledger: Ledger,
    plan: Plan | None,
    interval: Interval | None,
    timing: Timing | None,
) -> None:
    """Change plan, interval or both; each part by its own timing unless one restarts."""
    rules = ledger.rules
    if interval is not None and rules.intervals and interval not in rules.intervals:
        offered = ", ".join(map(str, rules.intervals))
        raise IntervalNotOfferedError(str(interval), offered)
    withdrawn = False
    if plan is not None and plan == ledger.plan:
        withdrawn = drop(ledger, ChangeKind.PLAN)
        plan = None
    if interval is not None and interval == ledger.interval:
        withdrawn |= drop(ledger, ChangeKind.INTERVAL)
        interval = None
    if plan is None and interval is None:
        if not withdrawn:
            raise NoChangeError("plan", f"{ledger.plan.id}, per {ledger.interval}")
    elif ledger.uncharged:
        _switch_free(ledger, plan, interval)
    else:
        plan_timing = interval_timing = None
        if plan is not None:
            plan_timing = timing or _plan_timing(ledger, plan)
        if interval is not None:
            interval_timing = timing or _interval_timing(ledger, interval)
        _switch_paid(ledger, plan, interval, plan_timing, interval_timing)
    check_all(ledger)


def _switch_free(ledger: Ledger, plan: Plan | None, interval: Interval | None) -> None:
    """Change plan and interval where nothing is charged yet."""
    if interval is not None:
        drop(ledger, ChangeKind.INTERVAL)
        ledger.interval = interval
        ledger.sales.clear()
    if plan is None:
        return
    started = ledger.free
    drop(ledger, ChangeKind.PLAN)
    set_plan(ledger, plan, credit=False)
    if started:  # from the free plan: a full period starts today
        ledger.ended_on = ledger.trial_end = None
        _open_new_period(ledger)
    elif ledger.free:
        finish(ledger, BillingReason.SUBSCRIPTION_UPDATE)


def _plan_timing(ledger: Ledger, plan: Plan) -> Timing:
    """Return when *plan* takes effect: as an upgrade or as a downgrade."""
    rules = ledger.rules
    if plan.rank != ledger.plan.rank:
        higher = plan.rank > ledger.plan.rank
    else:
        higher = _monthly(ledger, plan) >= _monthly(ledger, ledger.plan)
    return rules.upgrade if higher else rules.downgrade


def _monthly(ledger: Ledger, plan: Plan) -> Fraction:
    """Return what *plan* costs for a nominal month, at today's quantities."""
    total = Fraction(0)
    for unit in units_of(plan.prices, ledger.currency):
        found = price_for(plan.prices, unit, ledger.currency, ledger.interval)
        if found is None:
            continue
        price, times = found
        off = ledger.rules.interval_discount(ledger.interval) if times > 1 else None
        rate = price.rate(times=times, off=off, rounding=ledger.rules.rounding)
        full = rate.unit if price.flat else rate.total(ledger.seats.get(unit, 0))
        total += Fraction(full, rate.scale)
    return total / ledger.interval.nominal_days


def _interval_timing(ledger: Ledger, interval: Interval) -> Timing:
    """Return when *interval* takes effect: as a longer or as a shorter one."""
    rules = ledger.rules
    if interval.nominal_days > ledger.interval.nominal_days:
        return rules.longer_interval
    return rules.shorter_interval


def _switch_paid(
    ledger: Ledger,
    plan: Plan | None,
    interval: Interval | None,
    plan_timing: Timing | None,
    interval_timing: Timing | None,
) -> None:
    """Change plan and interval of a subscription that is charged."""
    free = plan is not None and plan == ledger.rules.free_plan
    if Timing.RESTART in (plan_timing, interval_timing) and not free:
        if plan is not None:
            _tell_lost_features(ledger, plan, ledger.day)
        restart(ledger, plan, interval)
        return
    both = plan_timing is interval_timing is Timing.IMMEDIATE
    if plan is not None and plan_timing is Timing.PERIOD_END:
        rank_falls = plan.rank < ledger.plan.rank
        direction = Direction.DOWNGRADE if rank_falls else Direction.UPGRADE
        left = notice_given(ledger, direction)
        update = defer(ledger, ChangeKind.PLAN, "", plan, left)
        _late(ledger, update)
        _tell_lost_features(ledger, plan, update.applies_on)
    elif plan is not None:
        drop(ledger, ChangeKind.PLAN)
        _tell_lost_features(ledger, plan, ledger.day)
        if free:
            _end_now(ledger, credit=plan_timing is not Timing.FORFEIT)
            return
        if not both:
            _replace_plan(ledger, plan, plan_timing)
    if interval is None:
        return
    if interval_timing is Timing.PERIOD_END:
        longer = interval.nominal_days > ledger.interval.nominal_days
        left = notice_given(
            ledger, Direction.LONGER_INTERVAL if longer else Direction.SHORTER_INTERVAL
        )
        _late(ledger, defer(ledger, ChangeKind.INTERVAL, "", interval, left))
    else:
        drop(ledger, ChangeKind.INTERVAL)
        _regrid(ledger, interval, interval_timing, plan if both else None)


def _tell_lost_features(ledger: Ledger, plan: Plan, day: Time) -> None:
    """Name what *plan* does not have any more."""
    lost = tuple(f for f in ledger.plan.features if f not in plan.features)
    if lost:
        names = ", ".join(f if type(f) is str else f"{f[1]} ({f[0]})" for f in lost)
        values = (("on", day), ("plan", plan.name), ("features", names))
        ledger.notices.append(Notice("features_lost", values))


def set_plan(ledger: Ledger, plan: Plan, *, credit: bool) -> None:
    """Make *plan* the plan; what it does not sell or carry ends with the old one."""
    ledger.plan = ledger.rules.free_plan if plan == ledger.rules.free_plan else plan
    ledger.sales.clear()
    units = units_of(plan.prices, ledger.currency)
    for unit, owned in list(ledger.seats.items()):
        if unit not in units:
            del ledger.seats[unit]
            drop(ledger, ChangeKind.SEATS, unit)
            if owned:
                values = (("plan", plan.id), ("unit", unit), ("count", owned))
                ledger.notices.append(Notice("unit_dropped", values))
    while broken := _broken(ledger):
        ledger.close(kind=ItemKind.ADD_ON, item=broken, credit=credit)
        del ledger.add_ons[broken]
        drop(ledger, ChangeKind.ADD_ON, broken)
        ledger.notices.append(Notice("add_on_dropped", (("add_on", broken),)))


def _broken(ledger: Ledger) -> str | None:
    """Return an add-on whose requirements are not met any more."""
    for owned in ledger.add_ons.values():
        try:
            require(ledger, owned.add_on)
        except RequirementError:
            return owned.add_on.id
    return None


def _gives_back(rules: BillingRules, timing: Timing | None) -> bool:
    """Return whether unused time of what is exchanged comes back."""
    return timing is not Timing.FORFEIT and rules.unused_time is UnusedTime.CREDITED


def _replace_plan(ledger: Ledger, plan: Plan, timing: Timing | None) -> None:
    """Change the plan at once, inside the running period."""
    credit = _gives_back(ledger.rules, timing)
    ledger.close(kind=ItemKind.PLAN, credit=credit)
    set_plan(ledger, plan, credit=credit)
    ledger.open_plan(charged=timing is not Timing.FORFEIT)
    if credit:
        ledger.trim_discounts()


def _regrid(
    ledger: Ledger, interval: Interval, timing: Timing | None, plan: Plan | None
) -> None:
    """Change the interval at once and keep the grid, with *plan* where one comes too.

    The new period is the one that starts at the last boundary on or before today.
    """
    credit = _gives_back(ledger.rules, timing)
    ledger.close(credit=credit)
    day = ledger.day
    if interval.months and ledger.interval.months:
        first = index(ledger.anchor, interval, day)
    else:
        ledger.anchor = ledger.start
        steps = count(interval)
        first = index(ledger.anchor, interval, day) // steps * steps
    ledger.interval = interval
    ledger.sales.clear()
    ledger.steps = first + count(interval)
    if plan is not None:
        set_plan(ledger, plan, credit=credit)
    ledger.end_discount_period()
    ledger.open_period(
        boundary(ledger.anchor, interval, first),
        boundary(ledger.anchor, interval, ledger.steps),
    )
    ledger.at(day)
    ledger.open_all(charged=timing is not Timing.FORFEIT)


def restart(
    ledger: Ledger, plan: Plan | None = None, interval: Interval | None = None
) -> None:
    """End the running period today and start a full one; its day is the new anchor."""
    for update in ledger.pending:
        if update.kind is ChangeKind.CANCELLATION:
            raise CancellationPendingError(update.applies_on)
    rules = ledger.rules
    if plan is not None:
        drop(ledger, ChangeKind.PLAN)
    if interval is not None:
        drop(ledger, ChangeKind.INTERVAL)
    credit = rules.convention is not Convention.FULL and _gives_back(rules, None)
    ledger.close(credit=credit)
    ledger.charges = []
    ledger.interval = interval or ledger.waits(ChangeKind.INTERVAL) or ledger.interval
    ledger.sales.clear()
    _apply_pending(ledger, None)
    if plan is not None:
        set_plan(ledger, plan, credit=False)
    _open_new_period(ledger)


def _open_new_period(ledger: Ledger) -> None:
    """Open a full period that starts today, and invoice it today."""
    day = ledger.day
    ledger.end_discount_period()
    ledger.anchor, ledger.steps = day, count(ledger.interval)
    ledger.open_period(day, boundary(day, ledger.interval, ledger.steps))
    ledger.at(day)
    ledger.open_all()
    ledger.lines = ledger.accrued + ledger.lines
    ledger.accrued = []
    ledger.settle_now = True


def _reprice(ledger: Ledger, change: Reprice, timing: Timing | None) -> None:
    plan = change.plan
    plans = {ledger.plan.id, ledger.future(1)[0].id}
    if plan.id not in plans:
        raise UnknownItemError("plan", plan.id, ", ".join(sorted(plans)))
    from_day = ledger.same_kind("from_day", change.from_day)
    update = defer(ledger, ChangeKind.PRICE, plan.id, plan, 0, from_day)
    values = (("plan", plan.id), ("on", update.applies_on))
    ledger.notices.append(Notice("price_change", values))
    check_all(ledger)


# The end.


def _cancel(ledger: Ledger, change: Cancel, timing: Timing | None) -> None:
    if ledger.free:
        raise NoChangeError("plan", ledger.plan.id)
    timing = timing or ledger.rules.cancellation
    if timing is Timing.RESTART:
        raise RulesError(
            "timing",
            timing,
            "an end cannot start a new period",
            "use IMMEDIATE, PERIOD_END or FORFEIT",
        )
    if timing is not Timing.PERIOD_END:
        _end_now(ledger, credit=timing is Timing.IMMEDIATE)
        return
    left = notice_given(ledger, Direction.CANCELLATION)
    update = defer(ledger, ChangeKind.CANCELLATION, "", change.reason, left)
    if left:
        values = (
            ("boundary", ledger.end),
            ("on", update.applies_on),
            ("cost", _next_cost(ledger)),
        )
        ledger.notices.append(Notice("late_cancellation", values))


def _end_now(ledger: Ledger, *, credit: bool) -> None:
    """End the subscription today."""
    ledger.replaced += ledger.pending
    ledger.close(credit=credit and ledger.rules.convention is not Convention.FULL)
    finish(ledger, BillingReason.SUBSCRIPTION_UPDATE)


def _next_cost(ledger: Ledger) -> Any:
    """Return the total of the next period's own invoice, as things stand."""
    copy = Ledger(ledger.freeze())
    copy.waiting, copy.accrued = [], []
    roll(copy, copy.seats, None)
    total = copy.invoices[-1].total_minor if copy.invoices else 0
    return trusted_money(total, ledger.currency)


def _resume(ledger: Ledger, change: Resume, timing: Timing | None) -> None:
    _withdraw(ledger, WithdrawPending(ChangeKind.CANCELLATION), timing)


def _withdraw(ledger: Ledger, change: WithdrawPending, timing: Timing | None) -> None:
    if not drop(ledger, change.kind):
        raise NothingPendingError(change.kind)
    check_all(ledger)


# Discounts, taxes, recipient, credit.


def _apply_discount(
    ledger: Ledger, change: ApplyDiscount, timing: Timing | None
) -> None:
    add_discount(ledger, change.discount)


def add_discount(ledger: Ledger, discount: Any) -> None:
    """Apply *discount* to what is charged from now on."""
    if any(a.discount.id == discount.id for a in ledger.discounts):
        raise DuplicateError("discount", discount.id)
    off = discount.amount_off
    if off is not None:
        if off.currency != ledger.currency:
            raise CurrencyMismatchError(ledger.currency, off.currency)
        prices = ledger.sale_of(ItemKind.PLAN, ledger.plan, ledger.interval).values()
        if prices and all(sale.price.in_arrears for sale in prices):
            raise RulesError(
                "discount",
                discount.id,
                "a fixed amount off needs a charge in advance",
                "use a percentage, or a price in advance",
            )
    ledger.discounts.append(Applied(AppliedDiscount(discount)))
    ledger.sales.clear()


def _remove_discount(
    ledger: Ledger, change: RemoveDiscount, timing: Timing | None
) -> None:
    left = [a for a in ledger.discounts if a.discount.id != change.id]
    if len(left) == len(ledger.discounts):
        known = ", ".join(a.discount.id for a in ledger.discounts) or "none"
        raise UnknownItemError("discount", change.id, known)
    ledger.discounts = left
    ledger.sales.clear()


def _set_tax_rates(ledger: Ledger, change: SetTaxRates, timing: Timing | None) -> None:
    ledger.tax_rates = change.rates
    ledger.sales.clear()


def _set_recipient(ledger: Ledger, change: SetRecipient, timing: Timing | None) -> None:
    ledger.recipient = change.recipient


def _grant_credit(ledger: Ledger, change: GrantCredit, timing: Timing | None) -> None:
    if change.amount.currency != ledger.currency:
        raise CurrencyMismatchError(ledger.currency, change.amount.currency)
    ledger.balance += change.amount.minor_units


# Bounds, now and after what waits.


def check(ledger: Ledger, kind: ChangeKind, key: str) -> None:
    """Refuse a quantity outside the bounds of its price, now or when updates apply."""
    if ledger.pending or kind is not ChangeKind.SEATS:
        check_all(ledger)
    else:
        price = ledger.plan_sale(key).price
        _check_price(ledger.plan.id, price, ledger.seats.get(key, 0))


def check_all(ledger: Ledger) -> None:
    """Refuse quantities out of bounds and missing prices, now and in the future."""
    levels = dict(ledger.seats)
    add_ons = dict(ledger.add_ons)
    _check_state(ledger, ledger.plan, ledger.interval, levels, add_ons.values())
    for left in (0, 1):
        waiting = [u for u in ledger.pending if u.periods_left == left]
        if not waiting:
            continue
        for update in waiting:
            if update.kind is ChangeKind.SEATS:
                levels[update.key] = update.value
            elif update.kind is ChangeKind.ADD_ON:
                add_ons[update.key] = update.value
        plan, interval = ledger.future(left)
        price = ledger.waits(ChangeKind.PRICE, plan.id)
        for known in (plan, *([price] if price else [])):
            _check_state(ledger, known, interval, levels, add_ons.values())


def _check_state(
    ledger: Ledger,
    plan: Plan,
    interval: Interval,
    levels: Mapping[str, int],
    add_ons: Iterable[SubscribedAddOn],
) -> None:
    """Refuse what *plan* cannot hold, or what the rules cannot count or price."""
    convention = ledger.rules.convention
    if convention in (Convention.ACTUAL_30, Convention.THIRTY_360):
        if not interval.months or ledger.kind is not dt.date:
            raise ConventionError(
                convention,
                f"{interval} of {ledger.kind.__name__}s",
                "use dates and intervals of months, or Convention.ACTUAL",
            )
    if convention is Convention.FULL:
        items = (plan, *[owned.add_on for owned in add_ons])
        if any(price.in_arrears for item in items for price in item.prices):
            raise RulesError(
                "convention",
                convention,
                "a price in arrears has parts to bill",
                "use another convention, or prices in advance",
            )
    for unit in units_of(plan.prices, ledger.currency):
        price = _priced(ledger, plan, unit, interval)
        if not price.measured:
            _check_price(plan.id, price, levels.get(unit, 0))
    for owned in add_ons:
        for unit in units_of(owned.add_on.prices, ledger.currency):
            price = _priced(ledger, owned.add_on, unit, interval)
            if owned.quantity:
                _check_price(owned.add_on.id, price, owned.quantity)


def _priced(ledger: Ledger, item: Plan | AddOn, unit: str, interval: Interval) -> Price:
    """Return the price of *unit* per *interval*, or refuse."""
    found = price_for(item.prices, unit, ledger.currency, interval)
    if found is None:
        raise NoPriceError(item.id, unit, ledger.currency, str(interval))
    return found[0]


def _check_price(item: str, price: Price, quantity: int) -> None:
    """Refuse a *quantity* outside the bounds of *price*."""
    least, most = price.min_quantity, price.max_quantity
    if quantity < least:
        raise TooFewSeatsError(price.unit, quantity, least, least - quantity)
    if most is not None and quantity > most:
        raise TooManySeatsError(price.unit, item, quantity, most, quantity - most)


_HANDLERS: dict[type, Callable[[Ledger, Any, Timing | None], None]] = {
    AddSeats: _add_seats,
    RemoveSeats: _remove_seats,
    SetSeats: _set_seats,
    SwitchPlan: _switch_plan,
    SwitchInterval: _switch_interval,
    AddAddOn: _add_add_on,
    RemoveAddOn: _remove_add_on,
    Cancel: _cancel,
    Resume: _resume,
    WithdrawPending: _withdraw,
    Reprice: _reprice,
    ApplyDiscount: _apply_discount,
    RemoveDiscount: _remove_discount,
    SetTaxRates: _set_tax_rates,
    SetRecipient: _set_recipient,
    GrantCredit: _grant_credit,
}
