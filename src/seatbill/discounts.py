"""Discounts: a percentage of the price, or an amount of each period."""

from __future__ import annotations

from decimal import Decimal
from typing import final

import attrs

from ._values.base import Value
from ._values.checks import Amount, decimal, instance, text, whole
from .errors import AmountError, OutOfBoundsError, PriceError, TooManyDigitsError
from .money import Money, digits_of

__all__ = ["Discount"]


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


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Discount(Value):
    """A percentage or an amount off; made by :meth:`percent` or :meth:`fixed`.

    *periods* is 0 for the invoice on which it is redeemed, *n* for every charge in
    *n* periods counted from the first that it is redeemed in, ``None`` for always.
    """

    id: str
    percent_off: Decimal | None = attrs.field(default=None, converter=_percentage)
    amount_off: Money | None = None
    periods: int | None = None

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        if self.periods is not None:
            whole("periods", self.periods, 0, 10**6)
        if (self.percent_off is None) == (self.amount_off is None):
            raise PriceError("percent_or_amount")
        off = self.amount_off
        if off is not None and instance("amount_off", off, Money).minor_units <= 0:
            raise OutOfBoundsError(
                "amount_off", off, Money.from_minor_units(1, off.currency), None
            )

    @classmethod
    def percent(
        cls, percent: Amount, *, id: str, periods: int | None = None
    ) -> Discount:
        """Return *percent* (``"20"`` is a fifth) off each unit price."""
        return cls(id=id, percent_off=percent, periods=periods)

    @classmethod
    def fixed(
        cls, amount: Amount, currency: str, *, id: str, periods: int | None = None
    ) -> Discount:
        """Return *amount* off each period, never more than the period's charges."""
        return cls(id=id, amount_off=Money(amount, currency), periods=periods)

    @property
    def kept(self) -> tuple[int, int]:
        """What a percentage leaves of a price, as two whole numbers."""
        if self.percent_off is None:
            raise AmountError("percent_off", self)
        numerator, denominator = self.percent_off.as_integer_ratio()
        return 100 * denominator - numerator, 100 * denominator
