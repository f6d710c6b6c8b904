"""A discount while a call lasts: how long it has served, and what of it is spent.

Takes an applied discount and gives it back as a value; one for months that was redeemed
on 31 January, for three of them, ends on 30 April, the first day without it.
"""

from __future__ import annotations

from .._values.checks import Time
from ..discounts import Discount
from ..money import trusted_money
from ..subscriptions import AppliedDiscount
from .makers import trusted_applied


class OpenDiscount:
    """An :class:`AppliedDiscount` that may still change."""

    __slots__ = ("discount", "ends_on", "in_use", "redeemed", "spent")

    def __init__(
        self, discount: Discount, redeemed: int = 0, ends_on: Time | None = None
    ) -> None:
        self.discount = discount
        self.redeemed = redeemed
        self.in_use = False
        self.ends_on = ends_on
        self.spent = 0

    @classmethod
    def of(cls, applied: AppliedDiscount) -> OpenDiscount:
        """Return a copy of *applied* that may change."""
        known = applied.discount
        discount = cls(known, applied.redeemed, applied.ends_on or known.until)
        discount.in_use = applied.in_use
        if applied.spent is not None:
            discount.spent = applied.spent.minor_units
        return discount

    def as_value(self) -> AppliedDiscount:
        """Return it as it stands; a day that is on the discount is not told again."""
        spent = None
        off = self.discount.amount_off
        if self.spent and off is not None:
            spent = trusted_money(self.spent, off.currency)
        ends_on = None if self.discount.months is None else self.ends_on
        return trusted_applied(
            self.discount, self.redeemed, self.in_use, ends_on, spent
        )


def id_of(applied: OpenDiscount) -> str:
    """Return the id of a discount that was *applied*."""
    return applied.discount.id
