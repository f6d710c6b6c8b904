"""Quantities within the bounds of their prices, now and after what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ._checks import unique
from ._ledger import Ledger
from .errors import (
    TooFewSeatsError,
    TooManySeatsError,
)
from .invoices import ItemKind
from .periods import Interval
from .plans import Plan, Price
from .rules import ChangeKind
from .subscriptions import SubscribedAddOn


def check(ledger: Ledger, kind: ChangeKind, key: str) -> None:
    """Refuse a quantity outside the bounds of its price, now or when updates apply."""
    if ledger.pending or kind is not ChangeKind.SEATS:
        check_all(ledger)
    elif not ledger.free:
        price = ledger.plan_sale(key).price
        check_price(ledger.plan.id, price, ledger.seats.get(key, 0))


def check_all(ledger: Ledger) -> None:
    """Refuse quantities out of bounds and missing prices, now and in the future."""
    add_ons = ledger.add_ons
    _check_state(ledger, ledger.plan, ledger.interval, ledger.seats, add_ons.values())
    if ledger.pending:
        check_future(ledger)


def check_future(ledger: Ledger) -> None:
    """Refuse what could not be carried out when it takes effect."""
    levels, add_ons = dict(ledger.seats), dict(ledger.add_ons)
    for left in (0, 1):
        waiting = [u for u in ledger.pending if u.periods_left == left]
        if not waiting:
            continue
        for update in waiting:
            if update.kind is ChangeKind.SEATS:
                levels[update.key] = update.value
            elif update.kind is ChangeKind.ADD_ON:
                add_ons[update.key] = update.value
        for update in waiting:
            if update.kind is ChangeKind.PACKAGE:
                for id, owned in list(add_ons.items()):
                    if owned.add_on.family == update.key:
                        add_ons[id] = SubscribedAddOn(update.value, owned.quantity)
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
    """Refuse what *plan* cannot hold, or what has no price per *interval*.

    The free plan holds whatever falls to it (CL-55, ambiguity 27).
    """
    if plan == ledger.rules.free_plan:
        return
    for unit, sale in ledger.sales_of(ItemKind.PLAN, plan, interval).items():
        if not sale.price.measured:
            check_price(plan.id, sale.price, levels.get(unit, 0))
    if not add_ons:
        return
    families = [a.add_on.family for a in add_ons if a.add_on.family and a.quantity]
    unique("package", families)
    for owned in add_ons:
        sales = ledger.sales_of(ItemKind.ADD_ON, owned.add_on, interval)
        for sale in sales.values():
            if owned.quantity:
                check_price(owned.add_on.id, sale.price, owned.quantity)


def check_price(item: str, price: Price, quantity: int) -> None:
    """Refuse a *quantity* outside the bounds of *price*."""
    least, most = price.min_quantity, price.max_quantity
    if quantity < least:
        raise TooFewSeatsError(price.unit, quantity, least, least - quantity)
    if most is not None and quantity > most:
        raise TooManySeatsError(price.unit, item, quantity, most, quantity - most)
