"""Discounts: a percentage of the price, or an amount of each period.

A discount says what it is for (:class:`DiscountTarget`), how long it lasts, whether it
stands alone, and who may have it (:class:`Eligibility`).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import final

import attrs

from ._values.base import Value, Word, worded
from ._values.checks import (
    Amount,
    Time,
    decimal,
    flag,
    instance,
    percentage,
    several,
    text,
    whole,
)
from .errors import AmountError, OutOfBoundsError, PriceError, TooManyDigitsError
from .money import Money, digits_of
from .periods import Interval, keep_times

__all__ = ["Discount", "DiscountTarget", "Eligibility", "Facts", "Surplus"]

ANY = "*"


class Surplus(Word):
    """What becomes of the part of a fixed amount that a period does not use.

    :LOST: It is gone with the period.
    :KEPT: The amount is one in all, for as many periods as it takes to spend it.
    """

    LOST = "lost"
    KEPT = "kept"


def _percentage(value: Amount | None) -> Decimal | None:
    """Return *value*, a percentage above 0 and up to 100, or ``None``."""
    if value is None:
        return None
    percent = decimal("percent_off", value)
    if not 0 < percent <= 100:
        raise OutOfBoundsError("percent_off", percent, Decimal("0.000001"), 100)
    if digits_of(percent) > 6:
        raise TooManyDigitsError(percent, "", 6)
    return percent


def _in_percent(value: Amount | Fraction) -> Decimal:
    """Return *value* as a percentage, which has to end: not a third."""
    part = percentage("percent", value)
    top, rest = divmod(part.numerator * 10**8, part.denominator)
    if rest:
        raise TooManyDigitsError(part * 100, "", 6)
    return decimal("percent", f"{top}e-6")


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(text("id", value) for value in several("ids", values, str))


def _intervals(values: Iterable[Interval]) -> tuple[Interval, ...]:
    return several("intervals", values, Interval)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class DiscountTarget(Value):
    """What a discount is for: all that is said here has to hold.

    *plans* and *add_ons* are ids, ``"*"`` is any; where one of the two is given,
    nothing else is covered.  *units* are the units of a plan or add-on, *intervals*
    the billing intervals of the subscription, or an add-on's own.  *first* is how many
    units of each item a percentage covers, those that are owned first; a price with
    tiers, a flat or measured one and one in arrears has no first units, and is not
    covered then.

    >>> DiscountTarget(plans=["team"], first=5).plans
    ('team',)

    Raises: PriceError where nothing is said.
    """

    plans: tuple[str, ...] = attrs.field(default=(), converter=_names)
    add_ons: tuple[str, ...] = attrs.field(default=(), converter=_names)
    units: tuple[str, ...] = attrs.field(default=(), converter=_names)
    intervals: tuple[Interval, ...] = attrs.field(default=(), converter=_intervals)
    first: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.first is not None:
            whole("first", self.first, 1)
        elif not (self.plans or self.add_ons or self.units or self.intervals):
            raise PriceError("no_target")


def is_covered(
    target: DiscountTarget, item: str, unit: str, interval: Interval, *, add_on: bool
) -> bool:
    """Return whether *unit* of a plan, or of an *add_on*, is in *target*."""
    if target.plans or target.add_ons:
        ids = target.add_ons if add_on else target.plans
        if item not in ids and ANY not in ids:
            return False
    if target.units and unit not in target.units:
        return False
    return not target.intervals or interval in target.intervals


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Eligibility(Value):
    """Who may have a discount; all that is said here has to hold.

    *first_purchase* is for those who have bought nothing before.  *countries* are the
    codes of countries, as the host writes them in :class:`Facts`.
    *max_redemptions* is how often it may be given in all.

    Raises: PriceError where nothing is said.
    """

    first_purchase: bool = False
    countries: tuple[str, ...] = attrs.field(default=(), converter=_names)
    max_redemptions: int | None = None

    def __attrs_post_init__(self) -> None:
        flag("first_purchase", self.first_purchase)
        if self.max_redemptions is not None:
            whole("max_redemptions", self.max_redemptions, 1)
        elif not (self.first_purchase or self.countries):
            raise PriceError("no_eligibility")


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Facts(Value):
    """What the host knows of a customer on the day of a discount.

    What is ``None`` is not known.  *redemptions* counts those before this one, of all
    customers.  Facts are judged once, when the discount is redeemed, and not kept.
    """

    first_purchase: bool | None = None
    country: str | None = None
    redemptions: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.first_purchase is not None:
            flag("first_purchase", self.first_purchase)
        if self.country is not None:
            text("country", self.country)
        if self.redemptions is not None:
            whole("redemptions", self.redemptions)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False, field_transformer=worded)
class Discount(Value):
    """A percentage or an amount off; made by :meth:`percent` or :meth:`fixed`.

    It lasts for one of three lengths, else always.  *periods* is 0 for the invoice on
    which it is redeemed, *n* for every charge in *n* periods counted from the first
    that it is redeemed in.  *months* are counted on the calendar from the day on which
    it is redeemed, clamped to the month's end; *until* is the first day without it.
    Charges that open before that day have it for their whole period, those of the
    renewal on or after that day do not; no freeze moves it.

    Without *applies_to* it is for the plan and all add-ons.  An amount without it comes
    off once a period of the plan, on the plan's invoice, and off nothing that an add-on
    with an interval of its own is charged; one with it also comes off each own period
    of each such add-on that it covers.  *periods* are those of the plan.

    One that is not *combinable* is the only one on a subscription.  The *surplus* of a
    fixed amount is what a period does not use.

    Raises: PriceError where its parts contradict each other.
    """

    id: str
    percent_off: Decimal | None = attrs.field(default=None, converter=_percentage)
    amount_off: Money | None = None
    periods: int | None = None
    months: int | None = None
    until: Time | None = None
    applies_to: DiscountTarget | None = None
    combinable: bool = True
    eligibility: Eligibility | None = None
    surplus: Surplus = attrs.field(default=Surplus.LOST, converter=Surplus)

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        if self.periods is not None:
            whole("periods", self.periods, 0, 10**6)
        if self.months is not None:
            whole("months", self.months, 1, 1200)
        keep_times(self, optional=["until"])
        if [self.periods, self.months, self.until].count(None) < 2:
            raise PriceError("several_lengths")
        if (self.percent_off is None) == (self.amount_off is None):
            raise PriceError("percent_or_amount")
        off = self.amount_off
        if off is not None and instance("amount_off", off, Money).minor_units <= 0:
            raise OutOfBoundsError(
                "amount_off", off, Money.from_minor_units(1, off.currency), None
            )
        flag("combinable", self.combinable)
        if self.eligibility is not None:
            instance("eligibility", self.eligibility, Eligibility)
        if self.surplus is Surplus.KEPT and (off is None or self.periods == 0):
            raise PriceError("no_surplus")
        target = self.applies_to
        if target is not None:
            first = instance("applies_to", target, DiscountTarget).first
            if off is not None and first is not None:
                raise PriceError("first_of_amount")

    @classmethod
    def percent(
        cls,
        percent: Amount | Fraction,
        *,
        id: str,
        periods: int | None = None,
        months: int | None = None,
        until: Time | None = None,
        applies_to: DiscountTarget | None = None,
        combinable: bool = True,
        eligibility: Eligibility | None = None,
    ) -> Discount:
        """Return *percent* (``"20"`` is a fifth) off each unit price that it is for.

        Less than one percent is a part of one: ``Fraction(1, 200)`` is half a percent.

        >>> plan_only = DiscountTarget(plans=["*"])
        >>> Discount.percent("20", id="promo", months=3, applies_to=plan_only).kept
        (80, 100)
        """
        return cls(
            id=id,
            percent_off=_in_percent(percent),
            periods=periods,
            months=months,
            until=until,
            applies_to=applies_to,
            combinable=combinable,
            eligibility=eligibility,
        )

    @classmethod
    def fixed(
        cls,
        amount: Amount,
        currency: str,
        *,
        id: str,
        periods: int | None = None,
        months: int | None = None,
        until: Time | None = None,
        applies_to: DiscountTarget | None = None,
        combinable: bool = True,
        eligibility: Eligibility | None = None,
        surplus: Surplus | str = Surplus.LOST,
    ) -> Discount:
        """Return *amount* off each period, never more than the charges it is for.

        With *surplus* ``"kept"`` it is one amount in all: what a period does not use
        is used by the next ones, until it is spent.
        """
        return cls(
            id=id,
            amount_off=Money(amount, currency),
            periods=periods,
            months=months,
            until=until,
            applies_to=applies_to,
            combinable=combinable,
            eligibility=eligibility,
            surplus=surplus,
        )

    @property
    def first(self) -> int | None:
        """How many units of each item it is for; ``None`` where that is all."""
        return None if self.applies_to is None else self.applies_to.first

    @property
    def kept(self) -> tuple[int, int]:
        """What a percentage leaves of a price, as two whole numbers."""
        if self.percent_off is None:
            raise AmountError("percent_off", self)
        numerator, denominator = self.percent_off.as_integer_ratio()
        return 100 * denominator - numerator, 100 * denominator
