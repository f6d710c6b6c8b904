"""Price tables: what each unit of a plan or an add-on costs, net of percentages.

Takes a plan or an add-on, an interval and a context (rules, currency, tax rates and the
percentages that apply), and returns the :class:`PriceTable`.  Nothing in the state
changes: a table follows from values alone, so it is kept on the plan or add-on itself,
and all subscriptions on one price list share it.  All that is charged is priced here.

A price listed for the interval is taken as it is.  Else it comes by formula from the
shortest that divides it, rounded once: 4.99 a month at 20 % off for the year is
4.99 × 12 × 0.80 = 47.904, so 47.90 (CL-36, ambiguity 1).  A further 25 % off is not
rounded but a factor: 47.90 × 0.75 = 35.925 for each seat, and 359.25 for ten
(ambiguities 14 and 21).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .._values.base import keep_price_tables
from ..discounts import Discount, is_covered
from ..errors import ConventionError, NoPriceError, RulesError
from ..invoices import ItemKind, LineTerms
from ..periods import Interval
from ..plans import AddOn, Plan, Price, Rate, listed, price_for, rate_of
from ..rules import BillingRules, DiscountScope
from ..taxes import TaxRate, rates_for
from .makers import trusted_terms
from .members import ACTUAL_30, ADD_ON_ITEM, FULL, PLAN_ITEM, THIRTY_360

Percents = tuple[Discount, ...]
Context = tuple[BillingRules, str, tuple[TaxRate, ...], Percents]
"""What a price depends on beside item and interval; the discounts are percentages."""

_MOST: Final = 16
"""So many tables are kept on one plan or add-on."""
_WITH_ADD_ONS: Final = DiscountScope.PLAN_AND_ADD_ONS


class UnitPrice:
    """What one unit of an item costs: its price, the rate and the terms of its lines.

    *factor* is what percentages leave of the rate; *each* is the net price of one unit
    in parts, ``None`` under tiers.  It is for the *first* units, and *beyond* is the
    price of those above; for all where that is ``None``.  Of a *special* one not each
    unit costs the same: it is flat, or there is a *beyond*.
    """

    __slots__ = (
        "beyond",
        "bounded",
        "clamped",
        "each",
        "factor",
        "first",
        "flat",
        "in_arrears",
        "measured",
        "plain",
        "price",
        "rate",
        "special",
        "terms",
    )

    def __init__(self, price: Price, rate: Rate, factor: int, terms: LineTerms) -> None:
        self.price = price
        self.rate = rate
        self.factor = factor
        self.terms = terms
        self.first = 0
        self.beyond: UnitPrice | None = None
        self.each: int | None = terms.unit_scaled
        self.special = self.flat = price.flat
        self.in_arrears = price.in_arrears
        self.measured = measured = price.measured
        bounds = price.min_quantity > 0 or price.max_quantity is not None
        bounds = bounds or price.batch > 1
        self.clamped = measured and bounds
        self.plain = not self.flat and not self.clamped
        # A measured quantity is a fact, not a choice: no bound can hold it.
        self.bounded = not measured and bounds

    def billed(self, quantity: int) -> int:
        """Return how many of a measured *quantity* are charged.

        No bound can hold a fact: the least is a floor on what is billed, the most a
        cap.  Packs that were begun are billed.
        """
        price = self.price
        least, most = price.min_quantity, price.max_quantity
        quantity = max(-(-quantity // price.batch) * price.batch, least)
        return quantity if most is None else min(quantity, most)

    def full(self, quantity: int) -> int:
        """Return the net price of *quantity* units and one period, in parts."""
        each = self.each
        if each is None:
            return self.rate.total(quantity) * self.factor
        return each if self.flat else each * quantity

    def parts(self, quantity: int, before: int = 0) -> Iterator[tuple[UnitPrice, int]]:
        """Yield how many units, after those *before*, are had at which price."""
        price = self
        while price.beyond is not None:
            here = min(max(price.first - before, 0), quantity)
            if here:
                yield price, here
            quantity -= here
            before = max(before - price.first, 0)
            price = price.beyond
        if quantity:
            yield price, quantity


class PriceTable:
    """What an item costs per interval, by unit; never changed once it is made.

    *length* is the interval: months, or days below zero.  *bounded* says whether a
    quantity may be out of bounds, *measured* lists the units that are measured.
    """

    __slots__ = ("bounded", "context", "length", "measured", "units")

    def __init__(
        self, units: dict[str, UnitPrice], length: int, context: Context
    ) -> None:
        self.units = units
        self.length = length
        self.context = context
        self.bounded = False
        self.measured: tuple[str, ...] = ()
        for unit, price in units.items():
            if price.bounded:
                self.bounded = True
            if price.measured:
                self.measured += (unit,)


def price_table(item: Plan | AddOn, interval: Interval, context: Context) -> PriceTable:
    """Return what *item* costs per *interval* in this *context*, by unit.

    Raises: NoPriceError, ConventionError, RulesError.
    """
    length = interval.months or -interval.days
    try:
        for table in item.price_tables:
            if table.length == length and table.context == context:
                return table  # type: ignore[no-any-return]
    except AttributeError:  # the first that is asked of it
        keep_price_tables(item, ())
    units = _units(item, interval, context)
    table = PriceTable(units, length, context)
    keep_price_tables(item, (table, *item.price_tables[: _MOST - 1]))
    return table


def _units(
    item: Plan | AddOn, interval: Interval, context: Context
) -> dict[str, UnitPrice]:
    """Work out what each unit of *item* costs."""
    rules, currency, tax_rates, percents = context
    context = rules, currency, rates_for(tax_rates, item.tax_class), percents
    if rules.convention in _NOT_FOR_ALL:
        _check_convention(rules, item, interval)
    kind = PLAN_ITEM if type(item) is Plan else ADD_ON_ITEM
    off = None
    if rules.interval_discounts and (
        kind is PLAN_ITEM or rules.interval_discount_scope is _WITH_ADD_ONS
    ):
        off = rules.interval_discount(interval)
    by_unit = listed(item.prices, currency)
    if item.prices and not by_unit:
        raise NoPriceError(item.id, "", currency, interval)
    units = {}
    for unit, prices in by_unit.items():
        priced = price_for(prices, unit, currency, interval)
        if priced is None:
            raise NoPriceError(item.id, unit, currency, interval)
        price, times = priced
        rate = rate_of(price, times, off if times != 1 else None, rules.rounding)
        applied = percents
        if percents:
            applied = _covering(percents, kind, item.id, interval, price)
        units[unit] = _net_price(kind, item.id, price, rate, context, applied)
    return units


def is_counted(price: Price) -> bool:
    """Return whether the first units of *price* have a price of their own."""
    return not (price.tiers or price.flat or price.measured or price.in_arrears)


def _covering(
    percents: Percents, kind: ItemKind, id: str, interval: Interval, price: Price
) -> Percents:
    """Return those of *percents* that are for this *price* of an item."""
    found = []
    for each in percents:
        target, add_on = each.applies_to, kind is ADD_ON_ITEM
        if target is None or (
            is_covered(target, id, price.unit, interval, add_on=add_on)
            and (target.first is None or is_counted(price))
        ):
            found.append(each)
    return tuple(found)


def _net_price(
    kind: ItemKind,
    id: str,
    price: Price,
    rate: Rate,
    context: Context,
    percents: Percents,
    start: int = 0,
) -> UnitPrice:
    """Return what a unit costs net of *percents*, after so many that cost less.

    Where some are for the first units only, it is their price, with the next *beyond*.
    """
    rules, currency, tax_rates, _ = context
    factor = bottom = 1
    for discount in percents:
        left, whole = discount.kept
        factor *= left
        bottom *= whole
    terms = trusted_terms(
        kind,
        id,
        price.unit,
        currency,
        None if rate.tiers else rate.unit * factor,
        rate.scale * bottom,
        percents,
        tax_rates,
        rules.convention,
        rules.rounding,
        price.in_arrears,
    )
    found = UnitPrice(price, rate, factor, terms)
    ends = [each.first for each in percents if each.first] if percents else None
    if ends:
        end = min(ends)
        rest = tuple([e for e in percents if e.first is None or e.first > end])
        found.first, found.special = end - start, True
        found.beyond = _net_price(kind, id, price, rate, context, rest, end)
    return found


_NOT_FOR_ALL: Final = (ACTUAL_30, THIRTY_360, FULL)


def _check_convention(
    rules: BillingRules, item: Plan | AddOn, interval: Interval
) -> None:
    """Refuse an interval or a price that the convention of *rules* cannot count."""
    convention = rules.convention
    if convention is FULL:
        if any(price.in_arrears for price in item.prices):
            raise RulesError("convention", convention, "billed_in_parts")
    elif not interval.months:
        raise ConventionError(convention, interval, "interval_of_days")
