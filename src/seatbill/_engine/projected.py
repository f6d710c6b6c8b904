"""What is owned now, and after each boundary at which more or fewer are scheduled.

Takes what a quantity is of, and returns how many there are today, after the next
boundary, after the one that follows, and after those at which a term lets go; it puts
others in their place, and schedules them.

10 seats in a year's term, of which 2 were given up: 10, 10, 10, and 8 at its end.
"""

from __future__ import annotations

from typing import Any, Final

from .._values.base import Quantities
from .._values.checks import MAX_QUANTITY
from ..plans import AddOn
from ..rules import ChangeKind
from .lookup import place_of
from .makers import trusted_add_on
from .members import ADD_ON, ADD_ON_REMOVED, SEATS, SEATS_REMOVED
from .scheduled import (
    held_last,
    is_held,
    notify_late,
    place_of_release,
    rewrite,
    rewritten,
    schedule,
    withdraw,
)
from .state import State

Places = tuple[int, ...]
_NEXT_TWO: Final[Places] = (0, 1)

What = tuple[ChangeKind, str, Any]
"""What is to be more or fewer: seats by their unit, or an add-on by its id, with what
is owned of it."""


def owned_of(state: State, what: What) -> int:
    """Return how many are owned now."""
    kind, key, _ = what
    if kind is SEATS:
        return state.seats.get(key, 0)
    owned = state.add_ons.get(key)
    return owned.quantity if owned else 0


def set_quantity(
    state: State, kind: ChangeKind, key: str, quantity: int, owned: Any = None
) -> None:
    """Set how many are owned; an add-on of none is gone."""
    if kind is SEATS:
        state.seats[key] = quantity
    elif not quantity:
        state.add_ons.pop(key, None)
    elif owned.add_on.interval is None:
        state.add_ons[key] = trusted_add_on(owned.add_on, quantity)
        if state.own:
            state.own -= {key}
    else:
        known = state.add_ons.get(key)
        own = (known.period, known.anchor) if known else ()
        state.add_ons[key] = trusted_add_on(owned.add_on, quantity, *own)
        state.own, state.extras = state.own | {key}, True


def exchange(state: State, package: AddOn) -> None:
    """Put *package* in the place of the one of its family that is owned (TL-6)."""
    owned = state.add_ons
    state.visit(len(owned) + len(state.scheduled))
    state.add_ons = {}
    for id, chosen in owned.items():
        if chosen.add_on.family == package.family:
            state.add_ons[package.id] = trusted_add_on(package, chosen.quantity)
            state.scheduled = [
                rewritten(
                    update,
                    key=package.id,
                    value=trusted_add_on(package, update.value.quantity),
                )
                if update.kind is ADD_ON and update.key == id
                else update
                for update in state.scheduled
            ]
        else:
            state.add_ons[id] = chosen


def _on_schedule(state: State, what: What) -> dict[int, int]:
    """Return how many are scheduled, by the boundary (``State.place_of``)."""
    kind, key, _ = what
    quantities: dict[int, int] = {}
    if state.scheduled:
        for update in sorted(state.scheduled_under(kind, key), key=held_last):
            value = update.value
            quantities[place_of(state, update)] = (
                value if kind is SEATS else value.quantity
            )
    return quantities


def places_of(state: State, what: What, asked: int = 0) -> Places:
    """Return the boundaries after which quantities are looked at, in their order.

    The next, the one after it, and of those at which a term lets go the one *asked*
    for and those for which some are scheduled.
    """
    if not state.scheduled and asked < 2:
        return _NEXT_TWO
    return tuple(sorted({*_NEXT_TWO, *_on_schedule(state, what), asked}))


def project(state: State, what: What, places: Places) -> list[int]:
    """Return how many are owned now, and after the boundary of each of *places*."""
    quantity = owned_of(state, what)
    if not state.scheduled:
        return [quantity] * (len(places) + 1)
    known = _on_schedule(state, what)
    projected = [quantity]
    for place in places:
        quantity = known.get(place, quantity)
        projected.append(quantity)
    return projected


def reschedule(
    state: State, what: What, places: Places, projected: list[int], asked: int
) -> None:
    """Schedule other quantities; one that equals the one before it is withdrawn.

    What changes for the place *asked* is a request of today, others stay as they were
    asked for.
    """
    quantity = projected[0]
    if not state.scheduled and projected.count(quantity) == len(projected):
        return
    kind, key, owned = what
    before = _on_schedule(state, what)
    for place, target in zip(places, projected[1:], strict=True):
        known = before.get(place)
        if target == quantity:
            if known is not None:
                withdraw(state, kind, key, place)
        elif known != target:
            value: Any = target
            if kind is not SEATS:
                value = trusted_add_on(owned.add_on, target)
            if known is None or place == asked:
                notify_late(state, schedule(state, kind, key, value, place))
            else:
                rewrite(state, kind, key, place, value)
        quantity = target


def held_until(
    state: State, what: What, left: int, wanted: int
) -> tuple[Places, list[int], int]:
    """Return the places to look at, what a term holds until each, and a last one.

    At that and before it nothing may go.  Without a minimum it holds all that is owned
    until its end, else so many of a unit, where fewer are *wanted*; what is above goes
    after *left*, as the rules say.
    """
    kind, key, _ = what
    direction = SEATS_REMOVED if kind is SEATS else ADD_ON_REMOVED
    if is_held(state, direction, "" if kind is SEATS else key):
        places = places_of(state, what, left)
        left = places.index(left)
        held = [MAX_QUANTITY] * (left + 1) + [0] * (len(places) - left)
        return places, held, left
    least, running = 0, state.term
    if running is not None and not state.uncharged and kind is SEATS:
        least = (running.term.minimum or Quantities()).get(key, 0)
    if not least or wanted >= least:
        places = places_of(state, what)
        return places, [0] * (len(places) + 1), left
    at = place_of_release(state, direction)
    places = places_of(state, what, at)
    at = places.index(at)
    return places, [least] * (at + 1) + [0] * (len(places) - at), left
