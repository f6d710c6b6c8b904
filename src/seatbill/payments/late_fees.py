"""What is owed for late payment: interest by the day, and a fixed sum."""

from __future__ import annotations

from fractions import Fraction
from typing import final

import attrs

from .._values.base import worded
from .._values.checks import (
    Amount,
    Time,
    decimal,
    fraction,
    moment,
    whole,
)
from ..errors import CurrencyMismatchError, OutOfBoundsError
from ..money import Money, Rounding
from ..periods import date_of, same_time
from .fees import not_negative


def _annual_rate(value: Amount | Fraction) -> Fraction:
    """Return *value*, a part of one, as a fraction."""
    known = type(value) is Fraction
    rate = fraction("annual_rate", value if known else _exact(value))
    if not 0 <= rate <= 1:
        raise OutOfBoundsError("annual_rate", value, 0, 1)
    return rate


def _exact(value: Amount | Fraction) -> Fraction:
    return Fraction(decimal("annual_rate", value))


@final
@attrs.frozen(kw_only=True, order=False)
class LateCharge:
    """What *days* of delay cost: *interest*, and the fixed *fee*.

    Neither is on an invoice until the host puts it there, with ``ChargeFee``.
    """

    days: int
    interest: Money
    fee: Money

    def __attrs_post_init__(self) -> None:
        whole("days", self.days)
        currency = not_negative("interest", self.interest).currency
        if not_negative("fee", self.fee).currency != currency:
            raise CurrencyMismatchError(currency, self.fee.currency)

    @property
    def total(self) -> Money:
        """Both together."""
        return self.interest + self.fee


@final
@attrs.frozen(kw_only=True, order=False, field_transformer=worded)
class LateFees:
    """Simple interest at *annual_rate*, a part of one, and a fixed *fee*.

    The rate is handed in, the statutory one too: of the days of delay over
    *days_in_year*, 365 or 360 as agreed, leap years alike.  Nothing is owed up to and
    with *grace_days* of delay; after them, interest is owed for all days of it.

    Source of the two parts: Directive 2011/7/EU art. 3 and 6 (a fixed sum of 40 EUR).
    """

    annual_rate: Fraction = attrs.field(converter=_annual_rate)
    days_in_year: int = 365
    fee: Money | None = None
    grace_days: int = 0
    rounding: Rounding = attrs.field(default=Rounding.HALF_UP, converter=Rounding)

    def __attrs_post_init__(self) -> None:
        whole("days_in_year", self.days_in_year, 360, 366)
        if self.fee is not None:
            not_negative("fee", self.fee)
        whole("grace_days", self.grace_days, 0, 3650)

    def of(self, unpaid: Money, *, due_on: Time, on: Time) -> LateCharge:
        """Return what is owed on that day for *unpaid*, which was due on *due_on*.

        The day after the last day to pay is the first day of delay, *on* the last; a
        ``datetime`` counts by its day in UTC.  Interest is rounded once.

        1000.00 due on 31 March and paid on 30 April are 30 days late:
        1000.00 × 0.10 × 30/365 = 8.219…

        >>> import datetime as dt
        >>> fees = LateFees(annual_rate="0.10", fee=Money("40.00", "EUR"))
        >>> march, april = dt.date(2026, 3, 31), dt.date(2026, 4, 30)
        >>> fees.of(Money("1000.00", "EUR"), due_on=march, on=april)
        LateCharge(days=30, interest=Money('8.22', 'EUR'), fee=Money('40.00', 'EUR'))

        Raises: OutOfBoundsError, CurrencyMismatchError, MixedTimeError.
        """
        currency = not_negative("unpaid", unpaid).currency
        if self.fee is not None and self.fee.currency != currency:
            raise CurrencyMismatchError(currency, self.fee.currency)
        same_time("on", moment("on", on), moment("due_on", due_on))
        days = max((date_of(on) - date_of(due_on)).days, 0)
        zero = Money.zero(currency)
        if days <= self.grace_days or not unpaid:
            return LateCharge(days=days, interest=zero, fee=zero)
        part = self.annual_rate * Fraction(days, self.days_in_year)
        interest = Money.rounded(unpaid.exact * part, currency, self.rounding)
        return LateCharge(days=days, interest=interest, fee=self.fee or zero)
