"""Quantities within the bounds of their prices, now and after what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from ._ledger import Ledger
from .errors import (
    ConventionError,
    NoPriceError,
    RulesError,
    TooFewSeatsError,
    TooManySeatsError,
)
from .periods import Interval
from .plans import AddOn, Plan, Price, price_for, units_of
from .proration import Convention
from .rules import ChangeKind
from .subscriptions import SubscribedAddOn


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
    if convention in (Convention.ACTUAL_30, Convention.THIRTY_360) and (
        not interval.months or ledger.kind is not dt.date
    ):
        raise ConventionError(
            convention,
            f"{interval} of {ledger.kind.__name__}s",
            "use dates and intervals of months, or Convention.ACTUAL",
        )
    if convention is Convention.FULL:
        items: list[Plan | AddOn] = [plan, *[owned.add_on for owned in add_ons]]
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
