"""A market: what can be bought, and by which rules; a host's own, or one drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import permutations
from typing import Any, Final, final

import attrs

from ..._values.checks import instance, several
from ...catalogs import Catalog
from ...discounts import Discount
from ...errors import ConventionError, OutOfBoundsError, WrongTypeError
from ...money import currency_digits
from ...periods import Interval
from ...plans import AddOn, Plan, price_for, units_of
from ...proration import Convention
from ...rules import BillingRules
from ...taxes import TaxRate
from ...terms import Term
from .._hypothesis import st
from ._basics import DAYS, MONTHS, currencies, kept, one_in
from ._contracts import terms as agreed
from ._goods import catalogs, discounts, plans
from ._rulesets import TAXES, billing_rules

_CALENDAR: Final = (Convention.ACTUAL_30, Convention.THIRTY_360)
_TIMES: Final[st.SearchStrategy[type[dt.date]]] = st.just(dt.date)
_OFFERED: Final = (MONTHS, MONTHS, MONTHS + DAYS, DAYS)


@final
@attrs.frozen(kw_only=True, order=False, eq=False)
class Market:
    """What can be asked for: one price list in one currency, by one set of rules.

    *time* is ``date`` or ``datetime``.  *discounts* can be applied, one of
    *tax_rates* is in force, *new_prices* are plans that a price list may bring, and
    *terms* can be agreed.

    Raises: OutOfBoundsError where nothing can be bought, ConventionError for instants
    by a convention that counts days.
    """

    catalog: Catalog
    rules: BillingRules
    currency: str
    time: type[dt.date]
    discounts: tuple[Discount, ...] = ()
    tax_rates: tuple[tuple[TaxRate, ...], ...] = ((),)
    new_prices: tuple[Plan, ...] = ()
    terms: tuple[Term, ...] = ()
    plans: tuple[Plan, ...] = attrs.field(init=False, repr=False)
    offers: tuple[tuple[Plan, Interval], ...] = attrs.field(init=False, repr=False)
    intervals: tuple[Interval, ...] = attrs.field(init=False, repr=False)
    units: tuple[str, ...] = attrs.field(init=False, repr=False)
    measured_units: tuple[str, ...] = attrs.field(init=False, repr=False)
    packages: tuple[tuple[AddOn, AddOn], ...] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        instance("catalog", self.catalog, Catalog)
        instance("rules", self.rules, BillingRules)
        currency_digits(self.currency)
        if self.time not in (dt.date, dt.datetime):
            raise WrongTypeError("time", "type[date] | type[datetime]", self.time)
        if self.time is dt.datetime and self.rules.convention in _CALENDAR:
            raise ConventionError(self.rules.convention, self.time, "instants")
        several("discounts", self.discounts, Discount)
        several("tax_rates", self.tax_rates, tuple)
        several("new_prices", self.new_prices, Plan)
        several("terms", self.terms, Term)
        free = self.rules.free_plan
        offers = tuple(self._offers())
        if not offers:
            raise OutOfBoundsError("len(catalog.plans)", 0, 1, None)
        sold = tuple(dict.fromkeys(plan for plan, _ in offers))
        priced = [p for p in self._prices(sold) if not p.flat]
        measured = tuple(dict.fromkeys(p.unit for p in priced if p.measured))
        units = dict.fromkeys(p.unit for p in priced if not p.measured)
        packages = permutations([a for a in self.catalog.add_ons if a.family], 2)
        for name, value in (
            ("plans", sold if free is None or free in sold else (*sold, free)),
            ("offers", offers),
            ("intervals", tuple(dict.fromkeys(interval for _, interval in offers))),
            ("units", tuple(units) or ("seat",)),
            ("measured_units", measured),
            ("packages", tuple(p for p in packages if p[0].family == p[1].family)),
        ):
            object.__setattr__(self, name, value)

    def _prices(self, sold: Iterable[Plan]) -> Iterator[Any]:
        return (p for plan in sold for p in plan.prices if p.currency == self.currency)

    def _offers(self) -> Iterator[tuple[Plan, Interval]]:
        """Yield each plan to start on, with each interval that it has a price for."""
        calendar = self.rules.convention in _CALENDAR
        listed = dict.fromkeys(p.interval for p in self._prices(self.catalog.plans))
        offered = self.rules.intervals or tuple(dict.fromkeys((*listed, *MONTHS)))
        for plan in self.catalog.plans:
            units = units_of(plan.prices, self.currency)
            if not units or plan == self.rules.free_plan:
                continue
            for interval in offered:
                if calendar and interval.days:
                    continue
                if all(
                    price_for(plan.prices, unit, self.currency, interval)
                    for unit in units
                ):
                    yield plan, interval


def _dearer(plan: Plan) -> Plan:
    """Return *plan* at prices that are one major unit higher, tiers aside."""
    prices = [
        attrs.evolve(p, unit_amount=p.unit_amount + Decimal(1))
        if p.unit_amount is not None
        else p
        for p in plan.prices
    ]
    return attrs.evolve(plan, prices=prices)


@kept
@st.composite
def markets(
    draw: st.DrawFn,
    /,
    *,
    catalog: Catalog | None = None,
    rules: BillingRules | None = None,
    currency: str | None = None,
    time: type[dt.date] | None = None,
    free_plan: bool = True,
    fixed_discounts: bool = True,
    limited_discounts: bool = True,
    own_intervals: bool = True,
    terms: bool = True,
    **policies: Any,
) -> Market:
    """Return a strategy for markets: what is not given is drawn.

    Times are days; instants are asked for by *time*, which is then ``datetime``.
    A *catalog* of one's own has the prices in *currency*, the first that it lists
    unless given.  With *free_plan* some drawn rules have a plan that a canceled
    subscription falls to; without *fixed_discounts* only percentages are taken off, and
    without *limited_discounts* each is for all that is sold and for every customer.
    With *own_intervals* some price lists have an add-on with an interval of its own.
    Without *terms* no customer is bound.
    *policies* are those of :func:`billing_rules`, for rules that are drawn.
    """
    if rules is None:
        free = Plan("free", "Free", 0) if free_plan and draw(st.booleans()) else None
        days = "any" if time is not dt.datetime else "exact"
        fixed = {"free_plan": free, "conventions": days, **policies}
        rules = draw(billing_rules(**fixed))
    currency = currency or _listed_first(catalog) or draw(currencies())
    if time is None:
        calendar = rules.convention in _CALENDAR
        time = dt.date if calendar else draw(_TIMES)
    if catalog is None:
        alone = own_intervals and draw(one_in(3))
        catalog, new_prices = draw(_lists(rules, currency, own_intervals=alone))
    else:
        new_prices = tuple(map(_dearer, catalog.plans))
    which = {"fixed": None if fixed_discounts else False}
    which["limited"] = None if limited_discounts else False
    world = Market(
        catalog=catalog,
        rules=rules,
        currency=currency,
        time=time,
        discounts=tuple(
            draw(discounts(currency, id, **which)) for id in ("spring", "autumn")
        ),
        tax_rates=TAXES,
        new_prices=new_prices,
    )
    two = st.tuples(*[agreed(world.units, world.intervals)] * 2)
    return attrs.evolve(world, terms=draw(two)) if terms else world


def _listed_first(catalog: Catalog | None) -> str | None:
    """Return the currency of the first price of a *catalog* of one's own."""
    plans = () if catalog is None else catalog.plans
    return next((price.currency for plan in plans for price in plan.prices), None)


def market_of(
    market: Market | st.SearchStrategy[Market] | None, **fields: Any
) -> Market | st.SearchStrategy[Market]:
    """Return *market*, or where there is none a strategy for those of *fields*.

    Raises: WrongTypeError where both are given: a market says all of it.
    """
    if market is None:
        return markets(**fields)
    for name, value in fields.items():
        if value is not None:
            raise WrongTypeError(name, "None", value)
    return market


@st.composite
def _lists(
    draw: st.DrawFn, rules: BillingRules, currency: str, *, own_intervals: bool
) -> tuple[Catalog, tuple[Plan, ...]]:
    """Return a strategy for price lists that *rules* can bill, with new prices."""
    offered: tuple[Interval, ...] = MONTHS
    if rules.convention not in _CALENDAR:
        offered = draw(st.sampled_from(_OFFERED))
    offered = rules.intervals or offered
    in_advance = rules.convention is Convention.FULL
    arrears = False if in_advance else None
    late = not in_advance and draw(one_in(5))
    catalog = draw(
        catalogs(
            currency, offered, arrears=arrears, late=late, own_intervals=own_intervals
        )
    )
    old = draw(st.sampled_from(catalog.plans))
    dearer = draw(plans(old.id, old.rank, currency, offered, arrears=arrears))
    return catalog, (dearer,)
