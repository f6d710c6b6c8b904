"""Taxes: the rates of EN 16931, and the tax at one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Final, final

import attrs

from ._values.base import Value, Word, unchecked, worded
from ._values.checks import (
    Amount,
    decimal,
    flag,
    fraction,
    instance,
    several,
    text,
    unique,
)
from .errors import (
    CurrencyMismatchError,
    MalformedError,
    OutOfBoundsError,
    TaxRateError,
)
from .money import Money, Rounding, divide

__all__ = ["TaxAmount", "TaxCategory", "TaxRate"]


class TaxCategory(Word):
    """The categories of EN 16931 (UNTDID 5305).

    :STANDARD: Taxed by a rate above zero.
    :ZERO: Taxed at zero.
    :EXEMPT: Not taxed, for the reason given.
    :REVERSE_CHARGE: The buyer owes the tax.
    :OUTSIDE_SCOPE: No VAT of the supplier's country is due, as where the service is
        abroad.
    """

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    OUTSIDE_SCOPE = "O"


_EXEMPTION: Final = re.compile("VATEX-[A-Z0-9]+(-[A-Z0-9]+)*")


def _rate(value: Amount | Fraction) -> Fraction:
    """Return *value*, a part of one."""
    known = type(value) is Fraction
    rate = fraction("rate", value if known else Fraction(decimal("rate", value)))
    if rate == 1 and not known:
        raise TaxRateError(value, "percentage")
    if not 0 <= rate <= 1:
        raise OutOfBoundsError("rate", value, 0, 1)
    return rate


def _tax_classes(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* as names of tax classes, each once."""
    found = several("tax_classes", values, str)
    unique("tax class", found)
    return tuple(text("tax_class", value) for value in found)


@final
@attrs.frozen(cache_hash=True, order=False, repr=False, field_transformer=worded)
class TaxRate(Value):
    """A tax rate handed in by the host; *rate* is a part of one (19 % is ``"0.19"``).

    An *inclusive* rate is contained in the prices.  Only STANDARD has a rate above
    zero; all others but ZERO say why in *reason* (EN 16931 BR-E-10, BR-AE-10, BR-O-10),
    and may say it for machines in *exemption_code* (BT-121), such as ``"VATEX-EU-AE"``.

    A rate that names *tax_classes* taxes the items of these classes alone: plans,
    add-ons, services and fees with such a ``tax_class``.  All other items, those of a
    class that no rate names too, have the rates that name none.

    >>> rates = TaxRate("vat", "0.20"), TaxRate("print", "0.07", tax_classes=["book"])
    >>> [rate.id for rate in rates_for(rates, "book")]
    ['print']
    >>> [rate.id for rate in rates_for(rates, None)]
    ['vat']

    Raises: TaxRateError, MalformedError, OutOfBoundsError, WrongTypeError.
    """

    id: str
    rate: Fraction = attrs.field(converter=_rate)
    category: TaxCategory = attrs.field(
        default=TaxCategory.STANDARD, converter=TaxCategory
    )
    inclusive: bool = attrs.field(default=False, kw_only=True)
    reason: str | None = attrs.field(default=None, kw_only=True)
    tax_classes: tuple[str, ...] = attrs.field(
        default=(), kw_only=True, converter=_tax_classes
    )

    exemption_code: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        rate = self.rate
        flag("inclusive", self.inclusive)
        if self.reason is not None:
            text("reason", self.reason)
        if rate and self.category is not TaxCategory.STANDARD:
            raise TaxRateError(self.id, "above_zero", self.category.name)
        if not rate and self.category is TaxCategory.STANDARD:
            raise TaxRateError(self.id, "zero", self.category.name)
        untaxed = self.category not in (TaxCategory.STANDARD, TaxCategory.ZERO)
        if untaxed and self.reason is None:
            raise TaxRateError(self.id, "no_reason", self.category.name)
        code = self.exemption_code
        if code is not None and not _EXEMPTION.fullmatch(text("exemption_code", code)):
            raise MalformedError("exemption_code", code, "exemption")
        if code is not None and not untaxed:
            raise TaxRateError(self.id, "no_exemption", self.category.name)


def tax_rate_set(values: Iterable[TaxRate]) -> tuple[TaxRate, ...]:
    """Return *values* as tax rates of one subscription.

    An inclusive one is alone among those of its items.
    """
    rates = several("tax_rates", values, TaxRate)
    unique("tax rate", [rate.id for rate in rates])
    if len(rates) > 1 and any(rate.inclusive for rate in rates):
        named = {name: None for rate in rates for name in rate.tax_classes}
        for name in (None, *named):
            own = rates_for(rates, name)
            if len(own) > 1 and any(rate.inclusive for rate in own):
                raise TaxRateError(tuple(rate.id for rate in own), "not_alone")
    return rates


def rates_for(rates: tuple[TaxRate, ...], tax_class: str | None) -> tuple[TaxRate, ...]:
    """Return those of *rates* that tax an item of *tax_class*, in their order.

    Those that name the class, or else those that name none.
    """
    if not any(rate.tax_classes for rate in rates):
        return rates
    own = tuple(rate for rate in rates if tax_class in rate.tax_classes)
    return own or tuple(rate for rate in rates if not rate.tax_classes)


def _apart(values: Iterable[Money]) -> tuple[Money, ...]:
    return several("apart", values, Money)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class TaxAmount(Value):
    """The tax of one rate: *base* is what it is computed on, without the tax.

    On a correction it may be the difference of taxes that were rounded each by itself:
    *apart* are then the sums of lines that they are of, those of what was issued with
    the opposite sign.
    """

    rate: TaxRate
    base: Money
    amount: Money
    apart: tuple[Money, ...] = attrs.field(default=(), converter=_apart)

    def __attrs_post_init__(self) -> None:
        instance("rate", self.rate, TaxRate)
        currency = instance("base", self.base, Money).currency
        instance("amount", self.amount, Money)
        for found in (self.amount, *self.apart):
            if found.currency != currency:
                raise CurrencyMismatchError(currency, found.currency)


trusted_tax: Callable[..., TaxAmount] = unchecked(TaxAmount)


def tax_on(rate: TaxRate, base: int, rounding: Rounding) -> int:
    """Return the tax on *base*, the sum of lines, rounded once."""
    part = rate.rate
    bottom = part.denominator + (part.numerator if rate.inclusive else 0)
    return divide(base * part.numerator, bottom, rounding)


def exclusive_tax(taxes: Iterable[TaxAmount]) -> int:
    """Return the minor units of tax that come on top of the prices."""
    return sum(t.amount.minor_units for t in taxes if not t.rate.inclusive)
