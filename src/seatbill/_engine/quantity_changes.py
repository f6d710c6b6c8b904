"""Seats, add-ons and packages asked for: how many now, and after the next boundaries.

Applies today's quantity and schedules later ones.  A quantity is looked at three times:
today, after the next boundary, after the one that follows.

10 seats are owned, 2 of them are to leave at the period's end: 10, 8, 8.  Adding 3
first keeps the 2, free of charge, and buys 1: 11, 11, 11 (ambiguity 5).
"""

from __future__ import annotations

from collections.abc import Mapping

from .._values.checks import MAX_QUANTITY, whole
from ..errors import (
    DuplicateError,
    NoChangeError,
    RulesError,
    SeatsOccupiedError,
    TooFewSeatsError,
    UnknownItemError,
)
from ..plans import AddOn
from ..rules import Direction, Timing
from ..subscriptions import (
    AddAddOn,
    AddSeats,
    RemoveAddOn,
    RemoveSeats,
    SetSeats,
    SubscribedAddOn,
    SwitchPackage,
)
from .charging import begin_own, close, open_add_ons, removals_return
from .makers import trusted_add_on
from .members import (
    ADD_ON,
    ADD_ON_ADDED,
    ADD_ON_ITEM,
    ADD_ON_REMOVED,
    FORFEIT,
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
from .prices import UnitPrice, price_table
from .projected import (
    Places,
    What,
    exchange,
    held_until,
    owned_of,
    places_of,
    project,
    reschedule,
    set_quantity,
)
from .quantities import grow, shrink
from .renewals import gives_back, restart
from .requirements import drop_broken, require
from .scheduled import (
    place_for,
    schedule_in_notice,
    schedule_seats,
    timing_in_notice,
    withdraw,
)
from .state import ALL, State


def _raise(state: State, what: What, n: int, timing: Timing) -> None:
    """Own *n* more: first those that are to leave stay, the others are bought."""
    places = places_of(state, what)
    projected = project(state, what, places)
    before = projected[0]
    undone = min(n, before - min(projected))
    deferred = n - undone if timing is PERIOD_END else 0
    bought = n - undone - deferred
    first = -1
    if deferred:
        if what[0] is SEATS:
            first = place_for(state, SEATS_ADDED)
        else:
            first = place_for(state, ADD_ON_ADDED, what[1])
    now = before + bought
    raised, back = [now], 0
    for left, quantity in enumerate(projected[1:]):
        if quantity < before:  # from here on, they would have been gone
            back = undone
            quantity = min(quantity + n, now)  # noqa: PLW2901
        else:
            quantity += bought + back  # noqa: PLW2901
        raised.append(quantity + deferred if deferred and left >= first else quantity)
    if not bought:  # so no new period starts
        timing = PERIOD_END
    _apply_quantities(state, what, places, raised, undone, timing, first)


def _apply_quantities(
    state: State,
    what: What,
    places: Places,
    projected: list[int],
    undone: int,
    timing: Timing,
    asked: int,
) -> None:
    """Own so many, today and as *projected*, by a request of now.

    What is owned more today is bought, what is owned less given back.
    """
    kind, key, owned = what
    before, now = owned_of(state, what), projected[0]
    if kind is SEATS:
        whole("seats", max(projected))
    if now != before and not state.uncharged and timing is not RESTART:
        if now > before:
            _buy(state, what, before, now - before, timing)
        else:
            _return(state, what, before, before - now, timing)
    reschedule(state, what, places, projected, asked)
    if now != before:
        set_quantity(state, kind, key, now, owned)
    if undone:
        state.notify("removals_undone", ("count", undone), ("unit", key))
    if timing is RESTART:
        restart(state)
    if kind is SEATS:
        state.touched.setdefault(key, before)
    else:
        state.touched[ALL] = 1


def _buy(state: State, what: What, before: int, n: int, timing: Timing) -> None:
    """Charge *n* more for what remains of the period (CL-41)."""
    kind, key, owned = what
    charged = timing is not FORFEIT
    if kind is SEATS:
        grow(state, state.price_of(key), before, n, charged=charged)
        return
    add_on = owned.add_on
    if before:
        length = add_on.interval or state.interval
        table = price_table(add_on, length, state.context)
        for price in table.units.values():
            grow(state, price, before, n, charged=charged)
        return
    bought = trusted_add_on(add_on, n)
    if add_on.interval is None:
        open_add_ons(state, [bought], state.interval, charged=charged)
    else:
        begin_own(state, bought, charged=charged)


def _lower(
    state: State, what: What, n: int, occupied: int, timing: Timing, left: int
) -> None:
    """Own *n* fewer of the vacant ones; those that are to leave count (CL-28).

    With no occupied seats, removals beyond the current quantity reduce scheduled
    additions.
    """
    places, held = places_of(state, what), None
    projected = project(state, what, places)
    if state.term is not None:
        places, held, left = held_until(state, what, left, projected[-1] - n)
        projected = project(state, what, places)
    changed = projected[left + 1 :]
    removable = max((min(changed) if occupied else projected[-1]) - occupied, 0)
    if n > removable:
        raise SeatsOccupiedError(what[1], n, removable, occupied)
    lowered = projected[: left + 1] + [max(quantity - n, 0) for quantity in changed]
    if held is not None:
        three = zip(lowered, projected, held, strict=True)
        lowered = [max(lower, min(quantity, least)) for lower, quantity, least in three]
    if lowered[0] == projected[0]:  # so no new period starts
        timing = PERIOD_END
    asked = places[left] if left >= 0 else -1
    _apply_quantities(state, what, places, lowered, 0, timing, asked)


def _return(state: State, what: What, before: int, n: int, timing: Timing) -> None:
    """Give back *n* for what remains, or nothing where it is forfeited (CL-30)."""
    kind, key, owned = what
    credit = timing is IMMEDIATE
    if kind is SEATS:
        shrink(state, state.price_of(key), before, n, credit=credit)
    elif before == n:
        credit = credit and removals_return(state.rules)
        close(state, kind=ADD_ON_ITEM, item=key, credit=credit)
    else:
        length = owned.add_on.interval or state.interval
        table = price_table(owned.add_on, length, state.context)
        for price in table.units.values():
            shrink(state, price, before, n, credit=credit)


def _first_boundary(
    state: State, timing: Timing, direction: Direction, add_on: str = ""
) -> int:
    """Return the boundary from which a change is felt, -1 where that is today."""
    return place_for(state, direction, add_on) if timing is PERIOD_END else -1


def _bought(state: State, unit: str) -> UnitPrice:
    """Return what *unit* costs; refuse one that is not sold, or that is measured."""
    price = state.price_of(unit)
    if price.measured:
        raise RulesError(unit, "measured", "not_bought")
    return price


def _timing(
    state: State,
    direction: Direction,
    by_rules: Timing,
    by_hand: Timing | None,
    add_on: AddOn | None = None,
) -> Timing:
    """Return when a change takes effect; in a trial, at once (decision: a trial).

    An *add_on* with its own interval restarts nothing: it is charged or given back for
    what remains of its period.
    """
    if state.uncharged:
        return IMMEDIATE
    if add_on is None or add_on.interval is None:
        return timing_in_notice(state, direction, by_rules, by_hand)
    timing = timing_in_notice(state, direction, by_rules, by_hand, add_on.id)
    return IMMEDIATE if timing is RESTART else timing


def add_seats(state: State, change: AddSeats, timing: Timing | None) -> None:
    """Price the added seats only, for what remains of the period (CL-21, CL-41)."""
    unit, n = change.unit, change.seats
    price = _bought(state, unit)
    timing = _timing(state, SEATS_ADDED, state.rules.seats_added, timing)
    if timing is not IMMEDIATE or state.uncharged or state.scheduled:
        _raise(state, (SEATS, unit, None), n, timing)
        return
    before = state.seats.get(unit, 0)  # nothing is scheduled that it could undo
    owned = before + n
    if owned > MAX_QUANTITY:
        whole("seats", owned)
    grow(state, price, before, n, charged=True)
    state.seats[unit] = owned
    if price.bounded:
        state.touched.setdefault(unit, before)


def remove_seats(state: State, change: RemoveSeats, timing: Timing | None) -> None:
    """Let vacant seats go, as a rule at the period's end (CL-28, CL-30, CL-60)."""
    unit, occupied = change.unit, change.occupied or 0
    _bought(state, unit)
    timing = _timing(state, SEATS_REMOVED, state.rules.seats_removed, timing)
    left = _first_boundary(state, timing, SEATS_REMOVED)
    _lower(state, (SEATS, unit, None), change.seats, occupied, timing, left)


def set_seats(state: State, change: SetSeats, timing: Timing | None) -> None:
    """Have so many, from the first day on which that can be.

    Where that is later, what is scheduled before it stays between what there is and
    what is asked for.
    """
    unit, seats = change.unit, change.seats
    _bought(state, unit)
    if change.from_day is not None:
        _check_people(change, state.seats.get(unit, 0))
        schedule_seats(state, unit, seats, change.from_day)
        return
    what = SEATS, unit, None
    places = places_of(state, what)
    projected = project(state, what, places)
    now, following, last = projected[0], projected[1], projected[-1]
    if projected.count(seats) == len(projected):
        raise NoChangeError("seats", seats, unit)
    _check_people(change, min(last, now))
    rules = state.rules
    direction, by_rules = SEATS_REMOVED, rules.seats_removed
    if seats > now:
        direction, by_rules = SEATS_ADDED, rules.seats_added
    timing = _timing(state, direction, by_rules, timing)
    today, left = now, -1
    if timing is PERIOD_END:
        if not min(now, following) <= seats <= max(now, following):
            left = _first_boundary(state, timing, direction)
    elif seats > now:  # what is scheduled to be added is not bought once more
        today += max(seats - max(projected), 0)
    else:
        today = seats
    held = [0] * len(projected)
    if seats < now and state.term is not None:
        places, held, left = held_until(state, what, left, seats)
        projected = project(state, what, places)
        today = max(today, min(now, held[0]))
    targets = [today]
    for i, quantity in enumerate(projected[1:], 1):
        # Late: until then it stays between what was scheduled and today.
        target = sorted((now, quantity, seats))[1] if i <= left else seats
        targets.append(max(target, min(now, held[i])))
    if today == now:  # so no new period starts
        timing = PERIOD_END
    undone = max(min(now, seats) - min(projected), 0)
    asked = places[left] if left >= 0 else -1
    _apply_quantities(state, what, places, targets, undone, timing, asked)


def _check_people(change: SetSeats, held: int) -> None:
    """Refuse fewer seats than people, of as many as are *held*."""
    unit, seats, occupied = change.unit, change.seats, change.occupied or 0
    if seats < occupied:
        if seats >= held:
            raise TooFewSeatsError(unit, seats, occupied, occupied - seats)
        removable = max(held - occupied, 0)
        raise SeatsOccupiedError(unit, held - seats, removable, occupied)


def set_each(
    state: State,
    seats: Mapping[str, int],
    people: Mapping[str, int],
    timing: Timing | None,
) -> bool:
    """Have so many *seats* of each unit; return whether they were not so many yet."""
    found = False
    for unit, n in seats.items():
        what = SEATS, unit, None
        projected = project(state, what, places_of(state, what))
        if any(quantity != n for quantity in projected):
            set_seats(state, SetSeats(n, people.get(unit), unit), timing)
            found = True
    return found


def _known(state: State, id: str) -> SubscribedAddOn | None:
    """Return the add-on with this *id* that is owned or is to come, or ``None``."""
    owned = state.add_ons.get(id)
    if owned is not None or not state.scheduled:
        return owned
    return next(iter([u.value for u in state.scheduled_under(ADD_ON, id)]), None)


def add_add_on(state: State, change: AddAddOn, timing: Timing | None) -> None:
    """Own more of an add-on, where all that it requires stays (CM-9, GA-10, GA-26)."""
    add_on = change.add_on
    state.visit(len(add_on.requires_plans) + 5 * len(add_on.requires_add_ons))
    if add_on.requires_plans or add_on.requires_add_ons:
        state.related.append((add_on.id, add_on))
    owned = _known(state, add_on.id)
    if owned is not None and owned.add_on != add_on:
        raise DuplicateError("add-on", add_on.id)
    timing = _timing(state, ADD_ON_ADDED, state.rules.add_on_added, timing, add_on)
    asked = trusted_add_on(add_on, 1)
    _raise(state, (ADD_ON, add_on.id, asked), change.quantity, timing)


def remove_add_on(state: State, change: RemoveAddOn, timing: Timing | None) -> None:
    """Own less of an add-on, where no other one requires all of it (GA-11)."""
    id, n = change.add_on.id, change.quantity
    owned = _known(state, id)
    if owned is None:
        raise UnknownItemError("add-on", id, tuple(state.add_ons))
    by_rules, add_on = state.rules.add_on_removed, owned.add_on
    timing = _timing(state, ADD_ON_REMOVED, by_rules, timing, add_on)
    left = _first_boundary(state, timing, ADD_ON_REMOVED, id)
    what: What = ADD_ON, id, owned
    if any(
        0 < quantity <= n
        for quantity in project(state, what, places_of(state, what))[left + 1 :]
    ):
        state.related.append((id, None))
    _lower(state, what, n, 0, timing, left)


def switch_package(state: State, change: SwitchPackage, timing: Timing | None) -> None:
    """Exchange a package: at once when higher, at the end when lower, by the rules.

    Source: TL-6, ambiguity 23.
    """
    old, package = change.add_on, change.package
    owned = state.add_ons.get(old.id)
    if owned is None:
        raise UnknownItemError("add-on", old.id, tuple(state.add_ons))
    if package.id == old.id:
        if not withdraw(state, PACKAGE, old.family):
            raise NoChangeError("package", package.id)
        return
    require(state, package)
    direction, by_rules = PACKAGE_DOWN, state.rules.package_down
    if package.rank >= owned.add_on.rank:
        direction, by_rules = PACKAGE_UP, state.rules.package_up
    timing = _timing(state, direction, by_rules, timing)
    if timing is PERIOD_END:
        schedule_in_notice(state, PACKAGE, old.family or "", package, direction)
    else:
        withdraw(state, PACKAGE, old.family)
        _exchange_now(state, owned, package, timing)
    state.touched[ALL] = 1


def _exchange_now(
    state: State, owned: SubscribedAddOn, package: AddOn, timing: Timing
) -> None:
    """Put *package* in the place of the *owned* one today."""
    credit = timing is IMMEDIATE and gives_back(state.rules, timing)
    if timing is not RESTART:
        close(state, kind=ADD_ON_ITEM, item=owned.add_on.id, credit=credit)
    exchange(state, package)
    drop_broken(state, credit=credit)
    if timing is RESTART:
        restart(state)
    elif not state.uncharged:
        replaced = trusted_add_on(package, owned.quantity)
        charged = timing is not FORFEIT
        open_add_ons(state, [replaced], state.interval, charged=charged)
