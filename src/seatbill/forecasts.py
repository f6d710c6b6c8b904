"""Amounts of whole columns of quantities at once: what would a price list bring?

NumPy counts in whole numbers of 64 bits, so every amount is the one that ``bill``
charges; what they could not hold is refused before anything is worked out.  It needs
the extra ``forecasts``: ``pip install 'seatbill[forecasts]'``.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import Any, Final, NamedTuple

from ._values.checks import instance, several, text
from .discounts import Discount, is_covered
from .errors import (
    MissingExtraError,
    NoPriceError,
    OutOfBoundsError,
    UnknownUnitError,
    WrongTypeError,
)
from .money import Rounding, currency_digits
from .periods import Interval, Period, same_time
from .plans import Plan, Price, Rate, price_for, rate_of
from .proration import ratio
from .rules import BillingRules

try:
    import numpy as np
except ModuleNotFoundError:
    raise MissingExtraError("numpy", "forecasts") from None

__all__ = ["addition_amounts", "renewal_amounts"]

_MOST: Final = 2**63 - 1


class _Priced(NamedTuple):
    """A unit of a plan: its price, its rate and what percentages leave of it."""

    price: Price
    rate: Rate
    factor: int
    scale: int


def renewal_amounts(
    plan: Plan,
    quantities: Any,
    *,
    unit: str = "seat",
    interval: Interval,
    currency: str,
    rules: BillingRules,
    discounts: Iterable[Discount] = (),
) -> Any:
    """Return what each of *quantities* of a *unit* costs for a whole period.

    The amounts are minor units, before tax and before discounts of fixed amounts, in
    an array of the same shape.  *discounts* are percentages, and those that are for
    another plan, unit or interval take nothing off.

    >>> from seatbill import MONTHLY
    >>> pro = Plan("pro", "Pro", 1, [Price(unit_amount="4.99", currency="EUR")])
    >>> house = {"interval": MONTHLY, "currency": "EUR", "rules": BillingRules()}
    >>> renewal_amounts(pro, [1, 10], **house).tolist()
    [499, 4990]

    Raises: NoPriceError, OutOfBoundsError for a quantity that the price does not allow
    or that is too large for whole numbers of 64 bits, WrongTypeError,
    MissingExtraError.
    """
    priced = _priced(plan, unit, interval, currency, rules, discounts)
    counted = _quantities("quantities", quantities)
    price = priced.price
    if price.measured:
        counted = -(-counted // price.batch) * price.batch
        counted = np.clip(counted, price.min_quantity, price.max_quantity)
    else:
        _check_bounds("quantities", counted, price)
    if price.flat:
        counted = np.ones_like(counted)
    return _amounts(priced, counted, None, (1, 1), rules.rounding)


def addition_amounts(
    plan: Plan,
    owned: Any,
    added: Any,
    *,
    used: Period,
    whole: Period,
    unit: str = "seat",
    interval: Interval,
    currency: str,
    rules: BillingRules,
    discounts: Iterable[Discount] = (),
) -> Any:
    """Return what *added* units cost beside those *owned*, for a part of a period.

    They are charged for *used*, which lies inside the *whole* period.  Where a volume
    price falls for all, an amount is below zero.  The rest is as for
    :func:`renewal_amounts`.

    >>> import datetime as dt
    >>> from seatbill import MONTHLY
    >>> pro = Plan("pro", "Pro", 1, [Price(unit_amount="10.00", currency="EUR")])
    >>> house = {"interval": MONTHLY, "currency": "EUR", "rules": BillingRules()}
    >>> april = Period(dt.date(2026, 4, 1), dt.date(2026, 5, 1))
    >>> half = Period(dt.date(2026, 4, 16), dt.date(2026, 5, 1))
    >>> addition_amounts(pro, [3, 3], [1, 2], used=half, whole=april, **house).tolist()
    [500, 1000]

    Raises: as :func:`renewal_amounts`; UnknownUnitError for a unit that is measured,
    flat or billed in arrears, of which nothing is charged when more are added;
    ConventionError.
    """
    priced = _priced(plan, unit, interval, currency, rules, discounts)
    if not _is_counted(priced.price):
        known = [p.unit for p in plan.prices if _is_counted(p)]
        raise UnknownUnitError(plan.id, unit, tuple(dict.fromkeys(known)))
    inside = instance("whole", whole, Period)
    start, end = instance("used", used, Period).start, used.end
    same_time("used", start, inside.start)
    if not inside.start <= start < end <= inside.end:
        raise OutOfBoundsError("used", used, inside.start, inside.end)
    before = _quantities("owned", owned)
    more = _quantities("added", added)
    if before.shape != more.shape:
        raise WrongTypeError("added", f"an array of the shape {before.shape}", added)
    most = _MOST // 2  # their sum is a quantity too
    for name, found in (("owned", before), ("added", more)):
        if found.size and (largest := int(found.max())) > most:
            raise OutOfBoundsError(name, largest, 0, most)
    _check_bounds("added", before + more, priced.price)
    part = ratio(rules.convention, start, end, (inside.start, inside.end))
    return _amounts(priced, before + more, before, part, rules.rounding)


def _is_counted(price: Price) -> bool:
    return not (price.measured or price.flat or price.in_arrears)


def _quantities(name: str, given: Any) -> Any:
    """Return what was *given* as an array of whole numbers from 0."""
    found = np.asarray(given)
    if found.dtype.kind not in "iu" and found.size:
        raise WrongTypeError(name, "an array of whole numbers", given)
    if found.size:
        for bad in (int(found.min()), int(found.max())):
            if not 0 <= bad <= _MOST:
                raise OutOfBoundsError(name, bad, 0, _MOST)
    return found.astype(np.int64)


def _check_bounds(name: str, found: Any, price: Price) -> None:
    """Refuse quantities that the *price* does not allow; none at all is allowed."""
    least, most = price.min_quantity, price.max_quantity
    wrong = (found != 0) & (found < least)
    if most is not None:
        wrong |= found > most
    wrong |= found % price.batch != 0
    if wrong.any():
        raise OutOfBoundsError(name, int(found[wrong][0]), least, most)


def _priced(
    plan: Plan,
    unit: str,
    interval: Interval,
    currency: str,
    rules: BillingRules,
    discounts: Iterable[Discount],
) -> _Priced:
    """Return what a unit costs, as the engine prices it."""
    instance("interval", interval, Interval)
    instance("rules", rules, BillingRules)
    currency_digits(currency)
    prices = instance("plan", plan, Plan).prices
    found = price_for(prices, text("unit", unit), currency, interval)
    if found is None:
        raise NoPriceError(plan.id, unit, currency, interval)
    price, times = found
    off = rules.interval_discount(interval) if times != 1 else None
    rate = rate_of(price, times, off, rules.rounding)
    factor, scale = 1, rate.scale
    for each in several("discounts", discounts, Discount):
        target = each.applies_to
        if each.percent_off is None or (target is not None and target.first):
            raise WrongTypeError("discounts", "a percentage of all units", each)
        if target and not is_covered(target, plan.id, unit, interval, add_on=False):
            continue
        left, whole = each.kept
        factor, scale = factor * left, scale * whole
    return _Priced(price, rate, factor, scale)


def _amounts(
    priced: _Priced,
    counted: Any,
    before: Any,
    part: tuple[int, int],
    rounding: Rounding,
) -> Any:
    """Return the rounded amounts of *counted* units, less those *before*."""
    rate = priced.rate
    if not counted.any() or not priced.factor * part[0]:
        return np.zeros_like(counted)
    times, over = priced.factor * part[0], priced.scale * part[1]
    shared = gcd(times, over)
    times, over = times // shared, over // shared
    rows = rate.tiers or ((None, rate.unit, 0),)
    fixed = max(flat for _, _, flat in rows) + max(rate.below, default=0)
    each = max(unit for _, unit, _ in rows)
    # Rounding doubles the size and adds what it is divided by.
    room = _MOST - 2 * over - 2 * fixed * times
    most = max(room // (2 * max(each * times, 1)), 0)
    largest = int(counted.max())
    if largest > most:
        raise OutOfBoundsError("quantities", largest, 0, most)
    parts = _total(rate, counted)
    if before is not None:
        parts = parts - _total(rate, before)
    return _divided(parts * times, over, rounding)


def _total(rate: Rate, counted: Any) -> Any:
    """Return the exact price of *counted* units, in parts, as ``Rate.total`` does."""
    if not rate.tiers:
        return counted * rate.unit
    reached = np.searchsorted(np.asarray(rate.ends, np.int64), counted, side="left")
    unit, flat = (np.asarray([row[i] for row in rate.tiers], np.int64) for i in (1, 2))
    inside, below = counted, 0
    if not rate.volume:
        inside = counted - np.asarray((0, *rate.ends), np.int64)[reached]
        below = np.asarray(rate.below, np.int64)[reached]
    found = below + flat[reached] + inside * unit[reached]
    return np.where(counted == 0, 0, found)


def _divided(top: Any, bottom: int, rounding: Rounding) -> Any:
    """Return quotients as whole numbers, as ``money.divide`` does."""
    size = np.abs(top)
    if rounding is Rounding.HALF_UP:
        found = (2 * size + bottom) // (2 * bottom)
    else:
        found, rest = np.divmod(size, bottom)
        if rounding is Rounding.UP:
            found += rest > 0
        elif rounding is Rounding.HALF_EVEN:
            found += (2 * rest > bottom) | ((2 * rest == bottom) & (found % 2 == 1))
    return np.where(top < 0, -found, found)
