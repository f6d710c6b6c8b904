"""Plans and their prices, add-ons and services: all that is sold.

A price is exact and may be finer than a minor unit.  What an interval costs comes
from a price listed for it, or by formula from the shortest one that divides it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, final

import attrs

from ._values.base import Kept, Quantities, Sold, Value, Word, as_quantities, worded
from ._values.checks import (
    Amount,
    decimal,
    flag,
    fraction,
    instance,
    member,
    several,
    text,
    unique,
    whole,
)
from ._values.features import (
    Feature,
    feature_names,
    names_of,
    service_features,
    tax_class_of,
)
from .errors import (
    InsufficientUnitsError,
    NoPriceError,
    OutOfBoundsError,
    PriceError,
    TooManyDigitsError,
    UnknownItemError,
)
from .money import Money, Rounding, as_units, currency_digits, digits_of, divide
from .periods import MONTHLY, AddOnAnchor, Interval

__all__ = ["AddOn", "Plan", "Price", "Service", "Tier", "TiersMode"]

_FINEST = 12
"""Decimals that a unit price may have."""


class TiersMode(Word):
    """How tiers make a total.

    :GRADUATED: Each tier prices the units inside it.
    :VOLUME: The tier that the quantity reaches prices all units.
    """

    GRADUATED = "graduated"
    VOLUME = "volume"


def _unit_price(value: Amount) -> Decimal:
    """Return *value*, a price of one unit: not negative, 12 decimals at most."""
    amount = decimal("price", value)
    if amount < 0 or amount >= 10**18:
        raise OutOfBoundsError("price", value, 0, 10**18)
    if digits_of(amount) > _FINEST:
        raise TooManyDigitsError(value, "", _FINEST)
    return amount


def _unit_price_or_none(value: Amount | None) -> Decimal | None:
    """Return *value*, a price or ``None``."""
    return None if value is None else _unit_price(value)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Tier(Value):
    """The units up to *up_to*, included; ``None`` is the rest.

    *unit_amount* is for each unit, *flat_amount* for reaching the tier, both in
    major units for one interval.
    """

    up_to: int | None
    unit_amount: Decimal = attrs.field(default=Decimal(0), converter=_unit_price)
    flat_amount: Decimal = attrs.field(default=Decimal(0), converter=_unit_price)

    def __attrs_post_init__(self) -> None:
        if self.up_to is not None:
            whole("up_to", self.up_to, 1)


def _tiers(values: Iterable[Tier]) -> tuple[Tier, ...]:
    """Return *values* as tiers."""
    return several("tiers", values, Tier)


class Rate(NamedTuple):
    """A price of one interval as whole numbers: *scale* parts make a minor unit.

    *tiers* holds ``(up_to, unit, flat)``; without tiers *unit* is the price.
    *ends* are where all but the last tier end, *below* is what the units below each
    graduated tier cost.
    """

    scale: int
    unit: int
    tiers: tuple[tuple[int | None, int, int], ...]
    volume: bool
    ends: tuple[int, ...] = ()
    below: tuple[int, ...] = ()

    def total(self, quantity: int) -> int:
        """Return what *quantity* units cost in one interval; nothing for none."""
        if not self.tiers:
            return quantity * self.unit
        if not quantity:
            return 0
        reached = bisect_left(self.ends, quantity)
        _, unit, flat = self.tiers[reached]
        if self.volume:
            return flat + quantity * unit
        inside = quantity - (self.ends[reached - 1] if reached else 0)
        return self.below[reached] + flat + inside * unit


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False, field_transformer=worded)
class Price(Value):
    """What one *unit* costs in one *interval* and *currency*.

    *unit_amount* is in major units, with 12 decimals at most; with *tiers* it is
    left out.  A *flat* price is charged once whatever the quantity, at 0 too while
    its plan or add-on is owned.  A *measured* one takes its quantity at each renewal.
    *in_arrears* bills the ended period.
    *min_quantity* and *max_quantity* bound what may be owned, both included.

    What is sold in packs has a *batch* of so many units in each: the price is still
    that of one unit, and what is owned is a multiple of it, as the two bounds are.  A
    measured quantity is billed in whole packs, rounded up.  A list with another batch
    takes nothing away: so many as were owned may stay, until more or fewer are asked
    for.

    Raises: PriceError, TooManyDigitsError, UnknownCurrencyError, OutOfBoundsError.
    """

    unit: str = "seat"
    unit_amount: Decimal | None = attrs.field(
        default=None, converter=_unit_price_or_none
    )
    currency: str
    interval: Interval = MONTHLY
    tiers: tuple[Tier, ...] = attrs.field(default=(), converter=_tiers)
    tiers_mode: TiersMode = attrs.field(
        default=TiersMode.GRADUATED, converter=TiersMode
    )
    flat: bool = False
    measured: bool = False
    in_arrears: bool = False
    min_quantity: int = 0
    max_quantity: int | None = None
    batch: int = 1

    def __attrs_post_init__(self) -> None:
        text("unit", self.unit)
        currency_digits(self.currency)
        instance("interval", self.interval, Interval)
        for name in ("flat", "measured", "in_arrears"):
            flag(name, getattr(self, name))
        whole("min_quantity", self.min_quantity)
        if self.max_quantity is not None:
            whole("max_quantity", self.max_quantity, max(self.min_quantity, 1))
        whole("batch", self.batch, 1)
        if self.min_quantity % self.batch or (self.max_quantity or 0) % self.batch:
            raise PriceError("bounds_in_parts")
        if bool(self.tiers) == (self.unit_amount is not None):
            raise PriceError("both" if self.tiers else "neither")
        if self.tiers and self.flat:
            raise PriceError("flat_with_tiers")
        if self.tiers:
            _check_tiers(self.tiers)

    def rate(
        self, *, times: int = 1, off: Fraction | None = None, rounding: Rounding | str
    ) -> Rate:
        """Return the price of *times* intervals, *off* (a part of one) cheaper.

        A price by formula is rounded once, to the finer of the currency's minor
        unit and the digits of the price itself.
        """
        whole("times", times, 1)
        rounding = member("rounding", rounding, Rounding)
        if off is not None and not 0 <= fraction("off", off) <= 1:
            raise OutOfBoundsError("off", off, 0, 1)
        return rate_of(self, times, off, rounding)


def rate_of(price: Price, times: int, off: Fraction | None, rounding: Rounding) -> Rate:
    """Return the rate of *price* for what the library has checked itself."""
    cents = currency_digits(price.currency)
    top, bottom = times, 1
    if off:
        top, bottom = times * (off.denominator - off.numerator), off.denominator
    amount = price.unit_amount
    if amount is not None:
        places, units = as_units(amount, cents)
        if top != bottom:
            units = divide(units * top, bottom, rounding)
        return Rate(10 ** (places - cents), units, (), False)
    amounts = [a for t in price.tiers for a in (t.unit_amount, t.flat_amount)]
    written = [as_units(amount, cents) for amount in amounts]
    finest = max(places for places, _ in written)
    parts = [
        divide(units * top, bottom, rounding) * 10 ** (finest - places)
        for places, units in written
    ]
    rows = tuple(
        (tier.up_to, parts[2 * i], parts[2 * i + 1])
        for i, tier in enumerate(price.tiers)
    )
    volume = price.tiers_mode is TiersMode.VOLUME
    return _tiered(10 ** (finest - cents), rows, volume=volume)


def _tiered(
    scale: int, rows: tuple[tuple[int | None, int, int], ...], *, volume: bool
) -> Rate:
    """Return the rate of tiers, with what is below each of them."""
    ends = [up_to for up_to, _, _ in rows if up_to is not None]
    below = [0]
    for end, start, (_, unit, flat) in zip(ends, [0, *ends], rows, strict=False):
        below.append(below[-1] + flat + (end - start) * unit)
    return Rate(scale, 0, rows, volume, tuple(ends), tuple(below))


def _check_tiers(tiers: tuple[Tier, ...]) -> None:
    """Refuse tiers that do not rise, or do not end with the rest."""
    last = 0
    for tier in tiers[:-1]:
        if tier.up_to is None or tier.up_to <= last:
            raise PriceError("tiers_not_rising")
        last = tier.up_to
    if tiers[-1].up_to is not None:
        raise PriceError("last_tier_ends")


def price_for(
    prices: Iterable[Price], unit: str, currency: str, interval: Interval
) -> tuple[Price, int] | None:
    """Return the price to use, and how many of its intervals make *interval*.

    The one listed for *interval*, else the shortest that divides it, else nothing.
    """
    found: tuple[int, Price] | None = None
    months = interval.nominal_months
    for price in prices:
        if price.unit != unit or price.currency != currency:
            continue
        own = price.interval
        if own is interval or (
            own.months == interval.months and own.days == interval.days
        ):
            return price, 1
        base = own.months or own.nominal_months
        divides = base and months > base and months % base == 0
        if divides and (found is None or base < found[0]):
            found = base, price
    return None if found is None else (found[1], months // found[0])


def listed(prices: Iterable[Price], currency: str) -> dict[str, list[Price]]:
    """Return the prices in *currency* by their units, in the order of the list."""
    found: dict[str, list[Price]] = {}
    for price in prices:
        if price.currency == currency:
            found.setdefault(price.unit, []).append(price)
    return found


def units_of(prices: Iterable[Price], currency: str) -> tuple[str, ...]:
    """Return the units priced in *currency*, in the order of the list."""
    return tuple(dict.fromkeys(p.unit for p in prices if p.currency == currency))


def _prices(values: Iterable[Price]) -> tuple[Price, ...]:
    """Return *values* as prices, one for each unit, currency and interval."""
    prices = several("prices", values, Price)
    unique("price", [(p.unit, p.currency, p.interval) for p in prices])
    return prices


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Plan(Sold):
    """A plan with its prices; the higher *rank* is the higher plan.

    *features* are names, or ``(unit, name)`` where only that kind of seat has it; a
    mapping of units to names is accepted.  *limits* bound resources by name.  Tax rates
    that name its *tax_class* are its own (:class:`~seatbill.TaxRate`).
    """

    id: str
    name: str
    rank: int
    prices: tuple[Price, ...] = attrs.field(default=(), converter=_prices)
    features: tuple[Feature, ...] = attrs.field(default=(), converter=feature_names)
    limits: Quantities = attrs.field(default=Quantities(), converter=as_quantities)
    tax_class: str | None = attrs.field(
        default=None, kw_only=True, converter=tax_class_of
    )

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        text("name", self.name)
        whole("rank", self.rank, -(10**9), 10**9)

    def features_of(self, unit: str = "seat") -> tuple[str, ...]:
        """Return the features that a seat of *unit* has."""
        text("unit", unit)
        return tuple(
            f if type(f) is str else f[1]
            for f in self.features
            if type(f) is str or f[0] == unit
        )


@final
@attrs.frozen(order=False, eq=False, repr=False, field_transformer=worded)
class AddOn(Sold):
    """Something bought beside a plan, with a quantity of its own.

    It shares the plan's periods, unless it has an *interval* of its own: then it renews
    by itself, on the grid that *anchored_on* says, is no package, and is charged in
    advance.  It is bought and removed in multiples of *batch*.  Add-ons of one *family*
    are packages of one thing, of which one is owned at a time; the higher *rank* is the
    higher package.  *requires_plans* lists the plans of which one is needed,
    *requires_add_ons* the add-ons that are all needed.  Tax rates that name its
    *tax_class* are its own; else it has those of any other item, not those of the plan.
    """

    id: str
    name: str
    prices: tuple[Price, ...] = attrs.field(default=(), converter=_prices)
    requires_plans: tuple[str, ...] = attrs.field(
        default=(), kw_only=True, converter=names_of
    )
    requires_add_ons: tuple[str, ...] = attrs.field(
        default=(), kw_only=True, converter=names_of
    )
    features: tuple[Feature, ...] = attrs.field(
        default=(), kw_only=True, converter=feature_names
    )
    batch: int = attrs.field(default=1, kw_only=True)
    family: str | None = attrs.field(default=None, kw_only=True)
    rank: int = attrs.field(default=0, kw_only=True)
    interval: Interval | None = attrs.field(default=None, kw_only=True)
    anchored_on: AddOnAnchor = attrs.field(
        default=AddOnAnchor.SUBSCRIPTION, kw_only=True, converter=AddOnAnchor
    )
    tax_class: str | None = attrs.field(
        default=None, kw_only=True, converter=tax_class_of
    )

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        text("name", self.name)
        whole("batch", self.batch, 1)
        if self.family is not None:
            text("family", self.family)
        whole("rank", self.rank, -(10**9), 10**9)
        for price in self.prices:
            if price.measured:
                raise PriceError("measured_add_on", self.id)
            if price.batch != 1:
                raise PriceError("batch_of_add_on", self.id)
        if self.interval is not None:
            self._check_own(instance("interval", self.interval, Interval))
        elif self.anchored_on is AddOnAnchor.PURCHASE:
            raise PriceError("no_interval", self.id)

    def _check_own(self, interval: Interval) -> None:
        """Refuse what an *interval* of its own cannot be charged by."""
        if self.family is not None:
            raise PriceError("own_family", self.id)
        for price in self.prices:
            if price.in_arrears:
                raise PriceError("own_arrears", self.id)
            if price_for(self.prices, price.unit, price.currency, interval) is None:
                raise NoPriceError(self.id, price.unit, price.currency, interval)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Service(Kept):
    """Something bought once, at *price*, never prorated.

    *included* counts what it comes with, by name; *features* are what else it has.
    Tax rates that name its *tax_class* are its own.
    """

    id: str
    name: str
    price: Money
    included: Quantities = attrs.field(default=Quantities(), converter=as_quantities)
    features: tuple[str, ...] = attrs.field(
        default=(), kw_only=True, converter=service_features
    )
    tax_class: str | None = attrs.field(
        default=None, kw_only=True, converter=tax_class_of
    )

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        text("name", self.name)
        if instance("price", self.price, Money) < Money.zero(self.price.currency):
            raise OutOfBoundsError(
                "price", self.price, Money.zero(self.price.currency), None
            )

    def admit(self, name: str, used: int, n: int = 1, *, bought: int = 1) -> int:
        """Return how many of *name* are left when *n* are taken after *used*.

        Bought several times, the service comes with that many times as much.

        >>> setup = Service("s", "Set-up", Money("99", "EUR"), included={"session": 5})
        >>> setup.admit("session", 4)
        0

        Raises: InsufficientUnitsError with how many are missing; UnknownItemError.
        """
        if text("name", name) not in self.included:
            raise UnknownItemError("allowance", name, tuple(self.included))
        owned = self.included[name] * whole("bought", bought, 1)
        balance = max(owned - whole("used", used), 0)
        missing = whole("n", n, 1) - balance
        if missing > 0:
            raise InsufficientUnitsError(name, n, balance, missing)
        return -missing
