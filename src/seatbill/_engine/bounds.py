"""Quantities within the bounds of their prices, now and after what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._values.checks import unique
from ..errors import BatchError, TooFewSeatsError, TooManySeatsError
from ..periods import Interval
from ..plans import Plan
from ..rules import ChangeKind
from ..subscriptions import PendingUpdate, SubscribedAddOn
from .members import ADD_ON, INTERVAL, PACKAGE, PLAN, PRICE, SEATS
from .prices import Sale, Sales
from .state import Ledger


def check(ledger: Ledger, kind: ChangeKind, key: str) -> None:
    """Refuse a quantity outside the bounds of its price, now or when updates apply."""
    if kind is not SEATS:
        check_all(ledger)
        return
    if not ledger.free:
        check_sale(ledger.plan.id, ledger.plan_sale(key), ledger.seats.get(key, 0))
    if ledger.pending:
        _check_unit(ledger, key)


def check_all(ledger: Ledger) -> None:
    """Refuse quantities out of bounds and missing prices, now and in the future."""
    ledger.visit(len(ledger.seats) + 20 * len(ledger.add_ons))
    sales = ledger.sales or ledger.plan_sales
    if sales and sales.bounded and not ledger.free:
        _check_plan(ledger.plan, sales, ledger.seats)
    if ledger.add_ons:
        _check_add_ons(ledger, ledger.add_ons.values(), ledger.interval)
    if ledger.pending:
        check_future(ledger)


def check_future(ledger: Ledger) -> None:
    """Refuse what could not be carried out when it takes effect."""
    following = ledger.next_kind()
    if following is not None and not ledger.add_ons:  # as nearly always
        plan, interval = following
        if plan != ledger.rules.free_plan:
            sales = ledger.sales_of(plan, interval)
            if sales.bounded:
                _check_plan(plan, sales, ledger.seats)
            return
    held = len(ledger.pending) + len(ledger.seats)
    ledger.visit(held + 20 * len(ledger.add_ons))  # what an add-on sells is looked up
    state = _State(ledger, {**ledger.seats}, {**ledger.add_ons})
    for left in (0, 1):
        waiting = [u for u in ledger.pending if u.periods_left == left]
        if waiting:
            state.take(waiting)
            state.check(ledger)
        if len(waiting) == len(ledger.pending):
            return


def _check_unit(ledger: Ledger, unit: str) -> None:
    """Refuse so many of a *unit* as could not stay when what waits takes effect.

    Nothing else of what waits was asked for now.
    """
    others = [
        update
        for kind in (PLAN, INTERVAL, PRICE)
        for update in ledger.by_kind.under(ledger.pending, kind)
    ]
    waiting = [*others, *ledger.waiting_for(SEATS, unit)]
    state = _State(ledger, {unit: ledger.seats.get(unit, 0)}, {})
    for left in (0, 1):
        state.take([update for update in waiting if update.periods_left == left])
        state.check_unit(ledger, unit)


class _State:
    """What will be owned on which plan, as far as updates that wait say so."""

    __slots__ = ("add_ons", "interval", "levels", "plan", "repriced")

    def __init__(
        self, ledger: Ledger, levels: dict[str, int], add_ons: dict[str, Any]
    ) -> None:
        self.plan = ledger.plan
        self.interval = ledger.interval
        self.levels = levels
        self.add_ons = add_ons
        self.repriced: tuple[Plan, ...] = ()

    def take(self, waiting: list[PendingUpdate]) -> None:
        """Let the updates of one boundary take effect."""
        for update in waiting:
            kind, value = update.kind, update.value
            if kind is PLAN:
                self.plan = value
            elif kind is INTERVAL:
                self.interval = value
            elif kind is SEATS:
                self.levels[update.key] = value
            elif kind is ADD_ON:
                self.add_ons[update.key] = value
            elif kind is PRICE:
                self.repriced += (value,)
        packages = {u.key: u.value for u in waiting if u.kind is PACKAGE}
        for id, owned in self.add_ons.items() if packages else ():
            package = packages.get(owned.add_on.family)
            if package is not None:
                self.add_ons[id] = SubscribedAddOn(package, owned.quantity)

    def check(self, ledger: Ledger) -> None:
        """Refuse missing prices and quantities out of bounds."""
        for known in self._plans(ledger):
            sales = ledger.sales_of(known, self.interval)
            _check_plan(known, sales, self.levels)
        if self.add_ons:
            _check_add_ons(ledger, self.add_ons.values(), self.interval)

    def check_unit(self, ledger: Ledger, unit: str) -> None:
        """Refuse a missing price, and a quantity of one *unit* out of bounds."""
        for known in self._plans(ledger):
            sale = ledger.sales_of(known, self.interval).get(unit)
            if sale is not None and sale.bounded:
                check_sale(known.id, sale, self.levels[unit])

    def _plans(self, ledger: Ledger) -> list[Plan]:
        """Return the plans whose bounds hold, at the prices that are to come too."""
        plan, free = self.plan, ledger.rules.free_plan
        if free is not None and plan == free:
            return []  # it holds whatever falls to it (CL-55, ambiguity 27)
        return [plan, *[known for known in self.repriced if known.id == plan.id]]


def _check_plan(plan: Plan, sales: Sales, levels: Mapping[str, int]) -> None:
    """Refuse what *plan* cannot hold."""
    for unit, sale in sales.items():
        if sale.bounded:
            check_sale(plan.id, sale, levels.get(unit, 0))


def _check_add_ons(
    ledger: Ledger, add_ons: Iterable[SubscribedAddOn], interval: Interval
) -> None:
    """Refuse two packages of a family, and quantities out of bounds."""
    families = []
    for owned in add_ons:
        add_on, quantity = owned.add_on, owned.quantity
        sales = ledger.sales_of(add_on, interval)
        if not quantity:
            continue
        if quantity % add_on.batch:
            raise BatchError(add_on.id, quantity, add_on.batch)
        if add_on.family is not None:
            families.append(add_on.family)
        for sale in sales.values():
            check_sale(add_on.id, sale, quantity)
    unique("package", families)


def check_sale(item: str, sale: Sale, quantity: int) -> None:
    """Refuse a *quantity* outside the bounds of its price."""
    least, most = sale.least, sale.most
    if quantity < least:
        unit = sale.price.unit
        raise TooFewSeatsError(unit, quantity, least, least - quantity)
    if most is not None and quantity > most:
        unit = sale.price.unit
        raise TooManySeatsError(unit, item, quantity, most, quantity - most)
