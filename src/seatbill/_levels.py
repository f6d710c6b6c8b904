"""Seats and add-ons: a level now, perhaps others after the next boundaries."""

from __future__ import annotations

from typing import Any

from ._boundaries import drop_broken, exchange, gives_back, require, restart
from ._bounds import check, check_all, check_sale
from ._charges import close, grow, open_charge, shrink, trim_discounts
from ._checks import whole
from ._ledger import Ledger
from ._pending import defer, drop, notice_given, put_level, rewritten, tell_late
from ._sales import Sale
from ._words import (
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
from .errors import (
    DuplicateError,
    NoChangeError,
    RequirementError,
    RulesError,
    SeatsOccupiedError,
    TooFewSeatsError,
    UnknownItemError,
)
from .rules import ChangeKind, Direction, Timing
from .subscriptions import (
    AddAddOn,
    AddSeats,
    Notice,
    RemoveAddOn,
    RemoveSeats,
    SetSeats,
    SubscribedAddOn,
    SwitchPackage,
)


def _level(ledger: Ledger, kind: ChangeKind, key: str) -> int:
    """Return how many are owned now."""
    if kind is SEATS:
        return ledger.seats.get(key, 0)
    owned = ledger.add_ons.get(key)
    return owned.quantity if owned else 0


def _value(kind: ChangeKind, level: int, owned: Any) -> Any:
    """Return what a pending update of *level* holds."""
    return level if kind is SEATS else SubscribedAddOn(owned.add_on, level)


def _targets(ledger: Ledger, kind: ChangeKind, key: str) -> dict[int, int]:
    """Return the levels that wait, by the boundaries they wait for."""
    found = {}
    for update in ledger.waiting_for(kind, key):
        value = update.value
        found[update.periods_left] = value if kind is SEATS else value.quantity
    return found


def _lowest(ledger: Ledger, id: str) -> int:
    """Return how many of an add-on are left when all that waits has applied."""
    waiting = _targets(ledger, ADD_ON, id).values()
    return min([_level(ledger, ADD_ON, id), *waiting])


def _retarget(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    targets: dict[int, int],
    owned: Any,
    asked: int | None = None,
) -> None:
    """Let *targets* wait instead; a level equal to the one before it is dropped.

    The one for boundary *asked* is a request of today, others stay as they were
    asked for.
    """
    level = _level(ledger, kind, key)
    before = _targets(ledger, kind, key)
    for left in (0, 1):
        target = targets.get(left)
        if target is None or target == level:
            drop(ledger, kind, key, left)
            continue
        level = target
        if left == asked or left not in before:
            defer(ledger, kind, key, _value(kind, target, owned), left)
        elif before[left] != target:
            _relevel(ledger, kind, key, left, _value(kind, target, owned))


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
    before = _level(ledger, kind, key)
    targets: dict[int, int] = {}
    undone = 0
    if ledger.pending:
        targets = _targets(ledger, kind, key)
        lowest = min(targets.values(), default=before)
        undone = min(n, max(before - lowest, 0))
    bought = n - undone
    deferred = bought if timing is PERIOD_END else 0
    bought -= deferred
    level = before + bought
    if bought:
        if not ledger.uncharged and timing is not RESTART:
            _buy(ledger, kind, key, before, bought, timing, owned)
        put_level(ledger, kind, key, level, owned)
    if targets or deferred:
        _raise_targets(
            ledger, kind, key, targets, (before, bought, undone, deferred), owned
        )
    if undone:
        values = (("count", undone), ("unit", key))
        ledger.notices.append(Notice("removals_undone", values))
    if bought and timing is RESTART:
        restart(ledger)
    check(ledger, kind, key)


def _raise_targets(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    targets: dict[int, int],
    counts: tuple[int, int, int, int],
    owned: Any,
) -> None:
    """Raise what waits by what was *bought* and *undone*; let *deferred* wait too."""
    before, bought, undone, deferred = counts
    level = before + bought
    raised = {
        left: target + bought + undone
        if target >= before
        else min(target + bought + undone + deferred, level)
        for left, target in targets.items()
    }
    first = None
    if deferred:
        seats = kind is SEATS
        direction = SEATS_ADDED if seats else ADD_ON_ADDED
        first = notice_given(ledger, direction)
        for left in (0, 1)[first:]:
            if left == first or left in raised:
                raised[left] = raised.get(left, raised.get(0, level)) + deferred
    _retarget(ledger, kind, key, raised, owned, first)
    for update in ledger.waiting_for(kind, key) if deferred else ():
        tell_late(ledger, update)


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
    if timing is PERIOD_END:
        left = notice_given(ledger, direction)
        base = targets.get(left, targets.get(0, before))
        lowered = {at: target - n for at, target in targets.items() if at > left}
        lowered[left] = base - n
        _retarget(ledger, kind, key, {**targets, **lowered}, owned, left)
        for update in ledger.waiting_for(kind, key):
            if update.periods_left == left:
                tell_late(ledger, update)
    else:
        first = len(ledger.lines)
        if not ledger.uncharged and timing is not RESTART:
            _refund(ledger, kind, key, before, n, timing, owned)
        put_level(ledger, kind, key, before - n, owned)
        _retarget(ledger, kind, key, {at: t - n for at, t in targets.items()}, owned)
        if timing is RESTART:
            restart(ledger)
        elif timing is IMMEDIATE and ledger.rules.convention is not FULL:
            trim_discounts(ledger, first)
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


def _seat_timing(
    ledger: Ledger, unit: str, direction: Direction, timing: Timing | None
) -> Timing:
    """Return when a change of *unit* takes effect."""
    _bought(ledger, unit)
    return _timing(ledger, direction, timing)


def _bought(ledger: Ledger, unit: str) -> Sale:
    """Return how *unit* is sold; refuse one that is not, or that is measured."""
    sale = ledger.plan_sale(unit)
    if sale.measured:
        raise RulesError(
            unit, "measured", "it is not bought", "hand its quantity to renew"
        )
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
    found = _seat_timing(ledger, change.unit, SEATS_REMOVED, timing)
    _lower(
        ledger,
        SEATS,
        change.unit,
        change.seats,
        change.occupied or 0,
        found,
        SEATS_REMOVED,
    )


def set_seats(ledger: Ledger, change: SetSeats, timing: Timing | None) -> None:
    unit, seats, occupied = change.unit, change.seats, change.occupied or 0
    _bought(ledger, unit)
    targets = _targets(ledger, SEATS, unit)
    now = ledger.seats.get(unit, 0)
    last = targets.get(1, targets.get(0, now))
    if seats == last == now:
        raise NoChangeError("seats", seats)
    if seats > last:
        if seats < occupied:
            raise TooFewSeatsError(unit, seats, occupied, occupied - seats)
        add_seats(ledger, AddSeats(seats - last, unit), timing)
    elif now <= seats < last:  # part of what waits to be added does not come
        if seats < occupied:
            raise TooFewSeatsError(unit, seats, occupied, occupied - seats)
        lowered = {left: min(target, seats) for left, target in targets.items()}
        _retarget(ledger, SEATS, unit, lowered, None)
    elif seats < last:
        at_once = _timing(ledger, SEATS_REMOVED, timing) is not PERIOD_END
        kept = {} if at_once else {at: min(t, now) for at, t in targets.items()}
        _retarget(ledger, SEATS, unit, kept, None)
        fewer = kept.get(1, kept.get(0, now)) - seats
        remove_seats(ledger, RemoveSeats(fewer, occupied, unit), timing)


def add_add_on(ledger: Ledger, change: AddAddOn, timing: Timing | None) -> None:
    add_on = change.add_on
    ledger.visit(len(add_on.requires_plans) + 5 * len(add_on.requires_add_ons))
    require(ledger, add_on)
    for needed in add_on.requires_add_ons:
        if not _lowest(ledger, needed):
            raise RequirementError(add_on.id, needed)
    owned = ledger.add_ons.get(add_on.id)
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
    id = change.add_on.id
    owned = ledger.add_ons.get(id)
    if owned is None:
        raise UnknownItemError("add-on", id, ", ".join(ledger.add_ons) or "none")
    if change.quantity == _lowest(ledger, id):
        others = ledger.add_ons.values()
        ledger.visit(sum(1 + len(one.add_on.requires_add_ons) for one in others))
        for other in ledger.add_ons.values():
            if id in other.add_on.requires_add_ons and _lowest(ledger, other.add_on.id):
                raise RequirementError(other.add_on.id, id)
    _lower(
        ledger,
        ADD_ON,
        id,
        change.quantity,
        0,
        _timing(ledger, ADD_ON_REMOVED, timing),
        ADD_ON_REMOVED,
        owned,
    )


def switch_package(
    ledger: Ledger, change: SwitchPackage, timing: Timing | None
) -> None:
    """Exchange a package: at once when higher, at the end when lower, by the rules."""
    old, package = change.add_on, change.package
    owned = ledger.add_ons.get(old.id)
    if owned is None:
        raise UnknownItemError("add-on", old.id, ", ".join(ledger.add_ons) or "none")
    if package.id == old.id:
        if not drop(ledger, PACKAGE, old.family):
            raise NoChangeError("package", package.id)
        return
    require(ledger, package)
    up = package.rank >= owned.add_on.rank
    direction = PACKAGE_UP if up else PACKAGE_DOWN
    found = _timing(ledger, direction, timing)
    if found is PERIOD_END:
        left = notice_given(ledger, direction)
        tell_late(ledger, defer(ledger, PACKAGE, old.family or "", package, left))
    else:
        drop(ledger, PACKAGE, old.family)
        credit = found is IMMEDIATE and gives_back(ledger.rules, found)
        first = len(ledger.lines)
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
            if credit:
                trim_discounts(ledger, first)
    check_all(ledger)
