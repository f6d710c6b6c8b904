"""A discount is redeemed: it may be combined, the customer may have it, it lasts until.

Takes the state and a discount with the facts that its eligibility asks for, and leaves
it among those that apply to what is charged from now on.  Facts are judged here, once.

50 % for three months, redeemed on 31 January, is there until 30 April, the first day
without it: three months counted from the day, clamped to the month's end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .._values.checks import Time
from ..discounts import Discount, DiscountTarget, Eligibility, Facts, is_covered
from ..errors import (
    CurrencyMismatchError,
    DiscountRefusedError,
    DuplicateError,
    RulesError,
)
from ..periods import Interval, month_boundary, same_time
from ..plans import AddOn, Plan, Price
from .lookup import under
from .prices import PriceTable, is_counted, price_table
from .served import OpenDiscount, id_of
from .state import State

_FINEST: Final = 10**32
"""Sixteen percentages without decimals, eight with two."""


def redeem(state: State, discount: Discount, facts: Facts | None) -> None:
    """Apply *discount* to what is charged from now on."""
    if under(state, state.discounts, id_of, discount.id):
        raise DuplicateError("discount", discount.id)
    state.visit(len(state.discounts))
    for applied in state.discounts:
        if not (discount.combinable and applied.discount.combinable):
            known = applied.discount.id
            raise DiscountRefusedError(discount.id, "not_combined", known)
    if discount.eligibility is not None:
        _check_eligible(discount, discount.eligibility, facts or Facts())
    ends_on = _end_of(state, discount)
    off = discount.amount_off
    if off is not None and off.currency != state.currency:
        raise CurrencyMismatchError(state.currency, off.currency)
    if off is not None or discount.first is not None:
        _check_priced(state, discount)
    if off is None:
        _check_finest(state, discount)
    state.discounts.append(OpenDiscount(discount, ends_on=ends_on))
    if off is None:
        state.set_discounts(state.discounts)


def _check_eligible(discount: Discount, asked: Eligibility, facts: Facts) -> None:
    """Refuse *discount* where one of the *facts* says no, or one is not known."""
    id, most = discount.id, asked.max_redemptions
    for name, is_asked in (
        ("first_purchase", asked.first_purchase),
        ("country", asked.countries),
        ("redemptions", most),
    ):
        if is_asked and getattr(facts, name) is None:
            raise DiscountRefusedError(id, "not_known", name)
    if asked.first_purchase and not facts.first_purchase:
        raise DiscountRefusedError(id, "first_purchase")
    if asked.countries and facts.country not in asked.countries:
        raise DiscountRefusedError(id, "country", asked.countries)
    if most is not None and (facts.redemptions or 0) >= most:
        raise DiscountRefusedError(id, "used_up", most)


def _end_of(state: State, discount: Discount) -> Time | None:
    """Return the first day without *discount*, where it ends on a day."""
    if discount.months is not None:
        return month_boundary(state.day, discount.months)
    until = discount.until
    if until is not None:
        same_time("until", until, state.day)
        if until <= state.day:
            raise DiscountRefusedError(discount.id, "over", until)
    return until


def _check_priced(state: State, discount: Discount) -> None:
    """Refuse an amount off what is all in arrears, and first units of what has none.

    Where nothing is there that it is for, it waits for that.
    """
    target = discount.applies_to
    prices = [*_covered(state.plan, state.plan_table, state.interval, target)]
    if target is not None:
        for owned in state.add_ons.values():
            length = owned.add_on.interval or state.interval
            table = price_table(owned.add_on, length, state.context)
            prices += _covered(owned.add_on, table, length, target)
    if discount.first is not None:
        if prices and not any(is_counted(price) for price in prices):
            raise RulesError("discount", discount.id, "first_not_counted")
    elif prices and all(price.in_arrears for price in prices):
        raise RulesError("discount", discount.id, "in_arrears")


def _covered(
    item: Plan | AddOn,
    table: PriceTable,
    interval: Interval,
    target: DiscountTarget | None,
) -> Iterator[Price]:
    """Yield the prices of *item* that a discount with this *target* is for."""
    add_on = type(item) is AddOn
    for unit, price in table.units.items():
        if target is None or is_covered(target, item.id, unit, interval, add_on=add_on):
            yield price.price


def _check_finest(state: State, discount: Discount) -> None:
    """Refuse percentages that together make prices finer than a line can hold."""
    finest = discount.kept[1]
    for applied in state.discounts:
        if applied.discount.amount_off is None:
            finest *= applied.discount.kept[1]
    if finest > _FINEST:
        raise RulesError("discount", discount.id, "too_fine")
