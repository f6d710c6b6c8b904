"""Seats and add-ons: a level now, perhaps others after the next boundaries."""

from __future__ import annotations

from typing import Any

from .._values.checks import whole
from ..errors import (
    DuplicateError,
    NoChangeError,
    RequirementError,
    RulesError,
    SeatsOccupiedError,
    TooFewSeatsError,
    UnknownItemError,
)
from ..notices import Notice
from ..rules import ChangeKind, Direction, Timing
from ..subscriptions import (
    AddAddOn,
    AddSeats,
    RemoveAddOn,
    RemoveSeats,
    SetSeats,
    SubscribedAddOn,
    SwitchPackage,
)
from .bounds import check, check_all, check_sale
from .charging import close, open_charge
from .members import (
    ADD_ON,
    ADD_ON_ADDED,
    ADD_ON_ITEM,
    ADD_ON_REMOVED,
    FORFEIT,
    FULL,
    IMMEDIATE,
    PACKAGE,
    PACKAGE_DOWN,
    PACKAGE_UP,
    PERIOD_END,
    RESTART,
    SEATS,
    SEATS_ADDED,
    SEATS_REMOVED,
)
from .pending import defer, drop, notice_given, put_level, rewritten, tell_late, wait
from .prices import Sale
from .quantities import grow, shrink
from .renewals import drop_broken, exchange, gives_back, require, restart
from .state import Ledger


def _level(ledger: Ledger, kind: ChangeKind, key: str) -> int:
    """Return how many are owned now."""
    if kind is SEATS:
        return ledger.seats.get(key, 0)
    owned = ledger.add_ons.get(key)
    return owned.quantity if owned else 0


def _value(kind: ChangeKind, level: int, owned: Any) -> Any:
    """Return what a pending update of *level* holds."""
    return level if kind is SEATS else SubscribedAddOn(owned.add_on, level)


def _levels(ledger: Ledger, kind: ChangeKind, key: str) -> list[int]:
    """Return how many are owned now, after the next boundary, and after one more."""
    levels = [_level(ledger, kind, key)]
    for left in (0, 1):
        value = ledger.waits(kind, key, left)
        if value is None:
            levels.append(levels[-1])
        else:
            levels.append(value if kind is SEATS else value.quantity)
    return levels


def _retarget(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    levels: list[int],
    owned: Any,
    asked: int,
) -> None:
    """Let other *levels* wait; one that is equal to the one before it is dropped.

    What changes for boundary *asked* is a request of today, others stay as they were
    asked for.
    """
    before = _levels(ledger, kind, key)
    level = levels[0]
    for left in (0, 1):
        target = levels[left + 1]
        waits = ledger.waits(kind, key, left) is not None
        changed = not waits or before[left + 1] != target
        if target == level:
            drop(ledger, kind, key, left)
        elif changed and (left == asked or not waits):
            update = defer(ledger, kind, key, _value(kind, target, owned), left)
            tell_late(ledger, update)
        elif changed:
            _relevel(ledger, kind, key, left, _value(kind, target, owned))
        level = target


def _relevel(ledger: Ledger, kind: ChangeKind, key: str, left: int, value: Any) -> None:
    """Give what waits another *value*; what it was is told as replaced."""
    ledger.visit(len(ledger.pending))
    for i, update in enumerate(ledger.pending):
        if update.kind is kind and update.key == key and update.periods_left == left:
            ledger.replaced.append(update)
            ledger.pending[i] = rewritten(update, value=value)
    ledger.pending = [*ledger.pending]  # another list: it is looked at anew


def _raise(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    n: int,
    timing: Timing,
    owned: Any = None,
) -> None:
    """Own *n* more: first those that wait for removal stay, the rest is bought."""
    levels = _levels(ledger, kind, key)
    before = levels[0]
    undone = min(n, before - min(levels))
    deferred = n - undone if timing is PERIOD_END else 0
    bought = n - undone - deferred
    first = -1
    if deferred:
        direction = SEATS_ADDED if kind is SEATS else ADD_ON_ADDED
        first = notice_given(ledger, direction)
    now = before + bought
    raised, back = [now], 0
    for left, level in enumerate(levels[1:]):
        if level < before:  # from here on, they would have been gone
            back = undone
            level = min(level + n, now)  # noqa: PLW2901
        else:
            level += bought + back  # noqa: PLW2901
        raised.append(level + deferred if deferred and left >= first else level)
    if not bought:  # so no new period starts
        timing = PERIOD_END
    _have(ledger, kind, key, raised, undone, timing, first, owned)


def _have(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    levels: list[int],
    undone: int,
    timing: Timing,
    asked: int,
    owned: Any = None,
) -> None:
    """Own *levels*, those of today and after the next boundaries, by a request of now.

    What is owned more today is bought, what is owned less given back.
    """
    before, now = _level(ledger, kind, key), levels[0]
    if kind is SEATS:
        whole("seats", max(levels))
    if now != before and not ledger.uncharged and timing is not RESTART:
        if now > before:
            _buy(ledger, kind, key, before, now - before, timing, owned)
        else:
            _refund(ledger, kind, key, before, before - now, timing, owned)
    _retarget(ledger, kind, key, levels, owned, asked)
    if now != before:
        put_level(ledger, kind, key, now, owned)
    if undone:
        values = (("count", undone), ("unit", key))
        ledger.notices.append(Notice("removals_undone", values))
    if timing is RESTART:
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
    charged = timing is not FORFEIT
    if kind is SEATS:
        grow(ledger, ledger.plan_sale(key), before, n, charged=charged)
        return
    for sale in ledger.sales_of(owned.add_on, ledger.interval).values():
        if before:
            grow(ledger, sale, before, n, charged=charged)
        else:
            open_charge(ledger, sale, n, charged=charged)


def _lower(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    n: int,
    occupied: int,
    timing: Timing,
    left: int,
    owned: Any = None,
) -> None:
    """Own *n* fewer of the vacant ones; those that wait for removal count.

    What is asked for beyond what is owned lowers what is still to come, where nobody
    sits on what is owned.
    """
    levels = _levels(ledger, kind, key)
    kept, changed = levels[: left + 1], levels[left + 1 :]
    removable = max((min(changed) if occupied else levels[-1]) - occupied, 0)
    if n > removable:
        raise SeatsOccupiedError(key, n, removable, occupied)
    lowered = [*kept, *(max(level - n, 0) for level in changed)]
    _have(ledger, kind, key, lowered, 0, timing, left, owned)


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
    credit = timing is IMMEDIATE
    if kind is SEATS:
        shrink(ledger, ledger.plan_sale(key), before, n, credit=credit)
    elif before == n:
        credit = credit and ledger.rules.convention is not FULL
        close(ledger, kind=ADD_ON_ITEM, item=key, credit=credit)
    else:
        sales = ledger.sales_of(owned.add_on, ledger.interval)
        for sale in sales.values():
            shrink(ledger, sale, before, n, credit=credit)


def _from(ledger: Ledger, timing: Timing, direction: Direction) -> int:
    """Return the boundary from which a change is felt, -1 where that is today."""
    return notice_given(ledger, direction) if timing is PERIOD_END else -1


def _bought(ledger: Ledger, unit: str) -> Sale:
    """Return how *unit* is sold; refuse one that is not, or that is measured."""
    sale = ledger.plan_sale(unit)
    if sale.measured:
        raise RulesError(unit, "measured", "not_bought")
    return sale


def _timing(ledger: Ledger, direction: Direction, timing: Timing | None) -> Timing:
    """Return when a change in *direction* takes effect; in a trial, at once."""
    if ledger.uncharged:
        return IMMEDIATE
    return timing or getattr(ledger.rules, direction)


def add_seats(ledger: Ledger, change: AddSeats, timing: Timing | None) -> None:
    unit, n = change.unit, change.seats
    sale = _bought(ledger, unit)
    found = _timing(ledger, SEATS_ADDED, timing)
    if found is not IMMEDIATE or ledger.uncharged or ledger.pending:
        _raise(ledger, SEATS, unit, n, found)
        return
    before = ledger.seats.get(unit, 0)  # nothing waits to undo
    whole("seats", before + n)
    grow(ledger, sale, before, n, charged=True)
    ledger.seats[unit] = before + n
    if sale.bounded:
        check_sale(ledger.plan.id, sale, before + n)


def remove_seats(ledger: Ledger, change: RemoveSeats, timing: Timing | None) -> None:
    unit, occupied = change.unit, change.occupied or 0
    _bought(ledger, unit)
    found = _timing(ledger, SEATS_REMOVED, timing)
    left = _from(ledger, found, SEATS_REMOVED)
    _lower(ledger, SEATS, unit, change.seats, occupied, found, left)


def set_seats(ledger: Ledger, change: SetSeats, timing: Timing | None) -> None:
    """Have so many, from the first day on which that can be.

    Where that is later, what waits before it stays between what there is and what is
    asked for.
    """
    unit, seats, occupied = change.unit, change.seats, change.occupied or 0
    _bought(ledger, unit)
    levels = _levels(ledger, SEATS, unit)
    now, following, last = levels
    if levels == [seats] * 3:
        raise NoChangeError("seats", seats, unit)
    fewer = min(last, now) - seats
    if fewer <= 0:
        if seats < occupied:
            raise TooFewSeatsError(unit, seats, occupied, occupied - seats)
    elif seats < occupied:
        removable = max(min(last, now) - occupied, 0)
        raise SeatsOccupiedError(unit, fewer, removable, occupied)
    direction = SEATS_ADDED if seats > now else SEATS_REMOVED
    found = _timing(ledger, direction, timing)
    today, soon, left = now, seats, -1
    if found is PERIOD_END:
        if not min(now, following) <= seats <= max(now, following):
            left = notice_given(ledger, direction)
    elif seats > now:  # what waits to be added is not bought once more
        today += max(seats - max(levels), 0)
    else:
        today = seats
    if left > 0:  # too late for the next boundary
        soon = sorted((now, following, seats))[1]
    if today == now:  # so no new period starts
        found = PERIOD_END
    undone = max(min(now, seats) - min(levels), 0)
    _have(ledger, SEATS, unit, [today, soon, seats], undone, found, left)


def _known(ledger: Ledger, id: str) -> Any:
    """Return the add-on with this *id* that is owned or is to come, or ``None``."""
    return ledger.add_ons.get(id) or next(
        (u.value for u in ledger.pending if u.kind is ADD_ON and u.key == id), None
    )


def add_add_on(ledger: Ledger, change: AddAddOn, timing: Timing | None) -> None:
    add_on = change.add_on
    ledger.visit(len(add_on.requires_plans) + 5 * len(add_on.requires_add_ons))
    require(ledger, add_on)
    for needed in add_on.requires_add_ons:
        if not min(_levels(ledger, ADD_ON, needed)):
            raise RequirementError(add_on.id, needed)
    owned = _known(ledger, add_on.id)
    if owned is not None and owned.add_on != add_on:
        raise DuplicateError("add-on", add_on.id)
    found = _timing(ledger, ADD_ON_ADDED, timing)
    _raise(
        ledger,
        ADD_ON,
        add_on.id,
        change.quantity,
        found,
        SubscribedAddOn(add_on),
    )


def remove_add_on(ledger: Ledger, change: RemoveAddOn, timing: Timing | None) -> None:
    id, n = change.add_on.id, change.quantity
    owned = _known(ledger, id)
    if owned is None:
        raise UnknownItemError("add-on", id, tuple(ledger.add_ons))
    found = _timing(ledger, ADD_ON_REMOVED, timing)
    left = _from(ledger, found, ADD_ON_REMOVED)
    if any(0 < level <= n for level in _levels(ledger, ADD_ON, id)[left + 1 :]):
        others = ledger.add_ons.values()
        ledger.visit(sum(1 + len(one.add_on.requires_add_ons) for one in others))
        for other in others:
            needs = id in other.add_on.requires_add_ons
            if needs and min(_levels(ledger, ADD_ON, other.add_on.id)):
                raise RequirementError(other.add_on.id, id)
    _lower(ledger, ADD_ON, id, n, 0, found, left, owned)


def switch_package(
    ledger: Ledger, change: SwitchPackage, timing: Timing | None
) -> None:
    """Exchange a package: at once when higher, at the end when lower, by the rules."""
    old, package = change.add_on, change.package
    owned = ledger.add_ons.get(old.id)
    if owned is None:
        raise UnknownItemError("add-on", old.id, tuple(ledger.add_ons))
    if package.id == old.id:
        if not drop(ledger, PACKAGE, old.family):
            raise NoChangeError("package", package.id)
        return
    require(ledger, package)
    up = package.rank >= owned.add_on.rank
    direction = PACKAGE_UP if up else PACKAGE_DOWN
    found = _timing(ledger, direction, timing)
    if found is PERIOD_END:
        wait(ledger, PACKAGE, old.family or "", package, direction)
    else:
        drop(ledger, PACKAGE, old.family)
        credit = found is IMMEDIATE and gives_back(ledger.rules, found)
        if found is not RESTART:
            close(ledger, kind=ADD_ON_ITEM, item=old.id, credit=credit)
        exchange(ledger, package)
        drop_broken(ledger, credit=credit)
        if found is RESTART:
            restart(ledger)
        elif not ledger.uncharged:
            charged = found is not FORFEIT
            sales = ledger.sales_of(package, ledger.interval)
            for sale in sales.values():
                open_charge(ledger, sale, owned.quantity, charged=charged)
    check_all(ledger)
