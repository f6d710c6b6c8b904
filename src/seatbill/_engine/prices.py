"""How an item sells each of its units: the net price, worked out once.

The answer depends on values alone, and all subscriptions on one price list share it,
so the last few hundred are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..discounts import Discount
from ..errors import ConventionError, NoPriceError, RulesError
from ..invoices import ItemKind, LineTerms, trusted_terms
from ..periods import Interval
from ..plans import AddOn, Plan, Price, Rate, listed, price_for
from ..proration import Convention
from ..rules import BillingRules, DiscountScope, Settlement, UnusedTime
from ..taxes import TaxRate


class Sale:
    """One unit of an item: its price, the rate and the terms of its lines.

    *kept* is what percent discounts leave, as a factor of the rate; *each* is the
    net price of one unit in parts, ``None`` under tiers; *usual* is one without
    anything special.
    """

    __slots__ = (
        "bounded",
        "each",
        "flat",
        "in_arrears",
        "kept",
        "least",
        "measured",
        "most",
        "price",
        "rate",
        "terms",
        "usual",
    )

    def __init__(self, price: Price, rate: Rate, kept: int, terms: LineTerms) -> None:
        self.price = price
        self.flat = price.flat
        self.measured = price.measured
        self.in_arrears = price.in_arrears
        self.least = price.min_quantity
        self.most = price.max_quantity
        # A measured quantity is a fact, not a choice: no bound can hold it.
        self.bounded = not price.measured and (self.least > 0 or self.most is not None)
        self.rate = rate
        self.kept = kept
        self.terms = terms
        self.each: Any = terms.unit_scaled
        # So many times the price of one, in any number, in advance.
        self.usual = self.each is not None and not (
            self.bounded or self.flat or self.measured or self.in_arrears
        )

    def full(self, quantity: int) -> int:
        """Return the net price of *quantity* units and one period, in parts."""
        if self.each is None:
            return self.rate.total(quantity) * self.kept
        each: int = self.each
        return each if self.flat else each * quantity


class Sales(dict[str, Sale]):
    """The sales of one item by unit; shared, and never changed once it is made.

    *only* is the one sale of an item that sells one unit, in the usual way.
    """

    __slots__ = ("bounded", "measured", "only")

    def __init__(self, sales: Mapping[str, Sale]) -> None:
        super().__init__(sales)
        self.bounded = any(sale.bounded for sale in sales.values())
        self.measured = tuple(unit for unit in sales if sales[unit].measured)
        usual = len(sales) == 1 and all(sale.usual for sale in sales.values())
        self.only = next(iter(sales.values())) if usual else None


class Book:
    """What is sold in one currency under one set of rules and taxes, without discount.

    A walk asks for the same few plans again and again, so they are found by what they
    are, not by what they are equal to: each entry keeps its item, and with it its id.
    """

    __slots__ = ("currency", "known", "rules", "tax_rates", "usual")

    def __init__(
        self, currency: str, rules: BillingRules, tax_rates: tuple[TaxRate, ...]
    ) -> None:
        self.currency = currency
        self.rules = rules
        self.tax_rates = tax_rates
        # By real days, invoiced at once, and nothing is free of charge.
        self.usual = (
            rules.convention is Convention.ACTUAL
            and rules.settlement is Settlement.NOW
            and rules.unused_time is UnusedTime.CREDITED
            and rules.free_plan is None
            and not rules.notice_days
        )
        self.known: dict[tuple[int, int], tuple[Plan | AddOn, Sales]] = {}

    def find(self, item: Plan | AddOn, interval: Interval) -> Sales:
        """Return how *item* sells each of its units per *interval*, and keep it."""
        rules, rates = self.rules, self.tax_rates
        sales = sales_of(item, interval, self.currency, rules, (), rates)
        if len(self.known) >= _NEAR:
            self.known.clear()
        self.known[id(item), interval.months or -interval.days] = item, sales
        return sales


_MOST = 512
_NEAR = 64


@lru_cache(maxsize=64)
def book_of(currency: str, rules: BillingRules, tax_rates: tuple[TaxRate, ...]) -> Book:
    """Return what is sold in *currency* under *rules*, as far as it was asked for."""
    return Book(currency, rules, tax_rates)


@lru_cache(maxsize=_MOST)
def sales_of(
    item: Plan | AddOn,
    interval: Interval,
    currency: str,
    rules: BillingRules,
    discounts: tuple[Discount, ...],
    tax_rates: tuple[TaxRate, ...],
) -> Sales:
    """Return how *item* sells each of its units per *interval*, by unit.

    *discounts* are percentages.  Raises: NoPriceError, ConventionError, RulesError.
    """
    _check_convention(rules.convention, item, interval)
    kind = ItemKind.PLAN if type(item) is Plan else ItemKind.ADD_ON
    off = None
    if (
        kind is ItemKind.PLAN
        or rules.interval_discount_scope is DiscountScope.PLAN_AND_ADD_ONS
    ):
        off = rules.interval_discount(interval)
    kept = bottom = 1
    for discount in discounts:
        left, whole = discount.kept
        kept *= left
        bottom *= whole
    found = {}
    by_unit = listed(item.prices, currency)
    if item.prices and not by_unit:
        raise NoPriceError(item.id, "", currency, interval)
    for unit, prices in by_unit.items():
        priced = price_for(prices, unit, currency, interval)
        if priced is None:
            raise NoPriceError(item.id, unit, currency, interval)
        price, times = priced
        rate = price.rate(
            times=times, off=off if times != 1 else None, rounding=rules.rounding
        )
        terms = trusted_terms(
            kind,
            item.id,
            unit,
            currency,
            None if rate.tiers else rate.unit * kept,
            rate.scale * bottom,
            discounts,
            tax_rates,
            rules.convention,
            rules.rounding,
            price.in_arrears,
        )
        found[unit] = Sale(price, rate, kept, terms)
    return Sales(found)


def _check_convention(
    convention: Convention, item: Plan | AddOn, interval: Interval
) -> None:
    """Refuse an interval or a price that *convention* cannot count."""
    if not interval.months and convention in (
        Convention.ACTUAL_30,
        Convention.THIRTY_360,
    ):
        raise ConventionError(convention, interval, "interval_of_days")
    if convention is Convention.FULL and any(p.in_arrears for p in item.prices):
        raise RulesError("convention", convention, "billed_in_parts")
