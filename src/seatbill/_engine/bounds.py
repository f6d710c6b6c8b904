"""Quantities within the bounds of their prices, now and after what is scheduled.

Takes the state after a call, and refuses what the price list does not allow, today or
on the day on which it would take effect; it leaves the state as it is.  What lies
between the changes of a call is nobody's business.

A plan that holds 10 seats at most, scheduled while 12 are owned, is refused when it is
asked for; with 3 of the 12 scheduled to leave by the same boundary it is accepted.
Where the list of a plan falls to 10 seats at most, the 12 that are owned stay, and a
thirteenth is refused: a list takes away nothing that was sold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from .._values.checks import unique
from ..errors import (
    BatchError,
    ScheduledChangeError,
    TooFewSeatsError,
    TooManySeatsError,
)
from ..periods import Interval
from ..plans import Plan
from ..rules import ChangeKind
from ..subscriptions import PendingUpdate, SubscribedAddOn
from ..subscriptions.parts import step_order
from .dates import effective_day
from .lookup import FEW, under
from .makers import trusted_add_on
from .members import ADD_ON, INTERVAL, PACKAGE, PLAN, PRICE, SEATS
from .prices import PriceTable, UnitPrice, price_table
from .requirements import check_related
from .state import ALL, State, aim_of, is_free

_PER_ADD_ON: Final = 20
"""What an add-on costs is looked up, which counts as so many visits."""


def judge(state: State) -> None:
    """Refuse what a call has led to, once all its changes are done.

    Judged is what was touched: all there is, or single units of the plan.
    """
    if state.related:
        check_related(state)
    if not state.finished:  # else nothing is owned any more
        everything = state.touched.pop(ALL, None)
        if everything:
            check_all(state)
        else:
            _check_touched(state, everything)
    if state.uncharged and state.free and state.plan_before == state.plan.id:
        _check_free(state)
    state.touched = {}


def _check_touched(state: State, everything: int | None) -> None:
    """Refuse units of the plan that were touched, or all that is scheduled."""
    units = (state.table or state.plan_table).units
    for unit in state.touched:
        price = units[unit] if unit in units else state.price_of(unit)
        if price.bounded and not (state.uncharged and state.free):
            _check_owned(state, state.plan, price, state.seats.get(unit, 0))
        if state.scheduled and everything is None:
            _check_unit(state, unit)
    if everything is not None:
        check_future(state)


def _check_free(state: State) -> None:
    """Refuse more than the free plan holds, beyond what was owned before.

    What fell to it stays (CL-55); with a plan in the same call more may be asked for.
    """
    state.visit(len(state.touched))
    for unit, before in state.touched.items():
        price = state.plan_table.units.get(unit)
        if price is not None and state.seats.get(unit, 0) > before:
            check_price(state.plan.id, price, state.seats[unit])


def _check_owned(state: State, plan: Plan, price: UnitPrice, quantity: int) -> None:
    """Refuse a *quantity* out of bounds, unless so many were owned on this plan.

    A new list refuses growth beyond it, never what is owned; but another plan has to
    hold what comes to it.
    """
    listed = price.price
    least, most = listed.min_quantity, listed.max_quantity
    if (
        quantity < least
        or (most is not None and quantity > most)
        or quantity % listed.batch
    ):
        kept = None
        if plan.id == state.plan_before:
            unit = listed.unit
            kept = state.touched.get(unit, state.seats.get(unit, 0))
        check_price(plan.id, price, quantity, kept)


def check_all(state: State) -> None:
    """Refuse quantities out of bounds and missing prices, now and in the future."""
    state.visit(len(state.seats) + _PER_ADD_ON * len(state.add_ons))
    table = state.table or state.plan_table
    if table.bounded and not state.free:
        _check_plan(state, state.plan, table, state.seats)
    if state.add_ons:
        _check_add_ons(state, state.add_ons.values(), state.interval)
    if state.scheduled:
        check_future(state)


def check_future(state: State) -> None:
    """Refuse what could not be carried out when it takes effect."""
    held = len(state.scheduled) + len(state.seats)
    state.visit(held + _PER_ADD_ON * len(state.add_ons))
    future = _Future(state, state.seats, state.add_ons)
    taken: list[PendingUpdate] = []
    for due in _by_boundary(state, state.scheduled):
        taken += due
        future.take(due)
        try:
            future.check(state)
        except _REFUSALS as refusal:
            _name_scheduled(state, taken, refusal)
            raise


def _by_boundary(
    state: State, updates: list[PendingUpdate]
) -> list[list[PendingUpdate]]:
    """Return *updates* by the boundaries on which they take effect, in their order."""
    if len(updates) == 1:
        return [updates]
    days: dict[Any, list[PendingUpdate]] = {}
    for update in updates:
        days.setdefault(effective_day(state, update), []).append(update)
    return [sorted(days[day], key=_order) for day in sorted(days)]


def _order(update: PendingUpdate) -> tuple[Any, ...]:
    """Return the place of an *update* at its boundary: prices follow their plan."""
    return update.kind is PRICE, *step_order(update)


def _check_unit(state: State, unit: str) -> None:
    """Refuse so many of a *unit* as could not stay when what is scheduled is due.

    Nothing else of what is scheduled was asked for now.
    """
    scheduled = state.scheduled
    if len(scheduled) > FEW:
        kinds = [under(state, scheduled, _kind_of, kind) for kind in _PRICING]
        others = [update for updates in kinds for update in updates]
    else:
        others = [update for update in scheduled if update.kind in _PRICING]
    if not others and not state.price_of(unit).bounded:
        return
    updates = [*others, *under(state, scheduled, _subject_of, (SEATS, unit))]
    state.visit(len(updates))
    future = _Future(state, {unit: state.seats.get(unit, 0)}, {})
    taken: list[PendingUpdate] = []
    for due in _by_boundary(state, updates):
        taken += due
        future.take(due)
        try:
            future.check_unit(state, unit)
        except _REFUSALS as refusal:
            _name_scheduled(state, taken, refusal)
            raise


def _name_scheduled(
    state: State,
    taken: list[PendingUpdate],
    refusal: TooFewSeatsError | TooManySeatsError | BatchError,
) -> None:
    """Refuse by the name of what was scheduled before the call, where that is why."""
    unit, bound = _bound(refusal)
    asked = state.deferred[state.deferred_before :]
    waited = [update for update in reversed(taken) if aim_of(update) not in asked]
    causes = [update for kind in _PRICING for update in waited if update.kind is kind]
    if any(kind in _PRICING for kind, *_ in asked):
        causes += [update for update in waited if update.key == unit]
    if causes:
        raise ScheduledChangeError(
            causes[0].kind,
            effective_day(state, causes[0]),
            unit,
            refusal.asked,
            bound,
        ) from refusal


def _bound(
    refusal: TooFewSeatsError | TooManySeatsError | BatchError,
) -> tuple[str, int]:
    """Return the unit and the bound that *refusal* tells: of packs, the next whole."""
    if isinstance(refusal, BatchError):
        return refusal.item, refusal.nearest[-1]
    if isinstance(refusal, TooFewSeatsError):
        return refusal.unit, refusal.minimum
    return refusal.unit, refusal.maximum


_REFUSALS: Final = (TooFewSeatsError, TooManySeatsError, BatchError)
"""What a quantity is refused with."""

_PRICING: Final = (PLAN, PRICE, INTERVAL)
"""What changes the price of a unit that stays."""


def _kind_of(update: PendingUpdate) -> ChangeKind:
    """Return the kind of an *update*."""
    return update.kind


def _subject_of(update: PendingUpdate) -> tuple[ChangeKind, str]:
    """Return the kind and the key of an *update*."""
    return update.kind, update.key


class _Future:
    """What will be owned on which plan, as far as scheduled updates say so."""

    __slots__ = ("add_ons", "interval", "plan", "quantities")

    def __init__(
        self, state: State, quantities: dict[str, int], add_ons: dict[str, Any]
    ) -> None:
        self.plan = state.plan
        self.interval = state.interval
        self.quantities = quantities
        self.add_ons = add_ons

    def take(self, due: list[PendingUpdate]) -> None:
        """Let the updates of one boundary take effect, the plan before its prices."""
        packages: dict[str, Any] = {}
        quantities: dict[str, int] = {}
        add_ons: dict[str, Any] = {}
        for update in due:
            kind, value = update.kind, update.value
            if kind is PLAN:
                self.plan = value
            elif kind is INTERVAL:
                self.interval = value
            elif kind is SEATS:
                quantities[update.key] = value
            elif kind is ADD_ON:
                add_ons[update.key] = value
            elif kind is PACKAGE:
                packages[update.key] = value
            elif kind is PRICE and value.id == self.plan.id:
                self.plan = value
        if quantities:
            self.quantities = {**self.quantities, **quantities}
        if add_ons or packages:
            self.add_ons = {**self.add_ons, **add_ons}
        for id, owned in self.add_ons.items() if packages else ():
            package = packages.get(owned.add_on.family)
            if package is not None:
                self.add_ons[id] = trusted_add_on(package, owned.quantity)

    def check(self, state: State) -> None:
        """Refuse missing prices and quantities out of bounds.

        The free plan holds whatever falls to it (CL-55, ambiguity 27).
        """
        if not is_free(state.rules, self.plan):
            table = price_table(self.plan, self.interval, state.context)
            if table.bounded:
                _check_plan(state, self.plan, table, self.quantities)
        if self.add_ons:
            _check_add_ons(state, self.add_ons.values(), self.interval)

    def check_unit(self, state: State, unit: str) -> None:
        """Refuse a missing price, and a quantity of one *unit* out of bounds."""
        if is_free(state.rules, self.plan):
            return
        units = price_table(self.plan, self.interval, state.context).units
        if unit in units and units[unit].bounded:
            _check_owned(state, self.plan, units[unit], self.quantities[unit])


def _check_plan(
    state: State, plan: Plan, table: PriceTable, quantities: Mapping[str, int]
) -> None:
    """Refuse what *plan* cannot hold."""
    for unit, price in table.units.items():
        if price.bounded:
            _check_owned(state, plan, price, quantities.get(unit, 0))


def _check_add_ons(
    state: State, add_ons: Iterable[SubscribedAddOn], interval: Interval
) -> None:
    """Refuse two packages of a family, and quantities out of bounds."""
    families, context = [], state.context
    for owned in add_ons:
        add_on, quantity = owned.add_on, owned.quantity
        table = price_table(add_on, add_on.interval or interval, context)
        if not quantity:
            continue
        if quantity % add_on.batch:
            check_batch(add_on.id, quantity, add_on.batch)
        if add_on.family is not None:
            families.append(add_on.family)
        if table.bounded:
            for price in table.units.values():
                check_price(add_on.id, price, quantity)
    if len(families) > 1:
        unique("package", families)


def check_price(
    item: str, price: UnitPrice, quantity: int, kept: int | None = None
) -> None:
    """Refuse a *quantity* outside the bounds of its price, and of what is *kept*.

    One in parts of packs is what is kept, or refused.
    """
    listed = price.price
    unit, least, most = listed.unit, listed.min_quantity, listed.max_quantity
    if quantity < least:
        fewest = least if kept is None else min(least, kept)
        if quantity < fewest:
            raise TooFewSeatsError(unit, quantity, least, fewest - quantity)
    if most is not None and quantity > most:
        largest = most if kept is None else max(most, kept)
        if quantity > largest:
            raise TooManySeatsError(unit, item, quantity, most, quantity - largest)
    batch = listed.batch
    if quantity % batch and quantity != kept:
        check_batch(unit, quantity, batch)


def check_batch(item: str, quantity: int, batch: int) -> None:
    """Refuse a *quantity* that is no multiple of *batch*."""
    more = quantity % batch
    if more:
        nearest = quantity - more, quantity - more + batch
        raise BatchError(item, quantity, batch, tuple(n for n in nearest if n))
