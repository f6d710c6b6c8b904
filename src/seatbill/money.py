"""Amounts of money as whole minor units, with the digits of ISO 4217.

Nothing here reads the ambient ``decimal`` context: what is exact stays an
integer or a ``Fraction``, and is rounded once, by a named :class:`Rounding`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal, final

import attrs

from ._values.base import Value, Word, unchecked
from ._values.checks import decimal, member, several, whole
from .errors import (
    CurrencyMismatchError,
    OutOfBoundsError,
    TooManyDigitsError,
    UnknownCurrencyError,
    WrongTypeError,
)

__all__ = ["Money", "Rounding", "currency_digits"]

# ISO 4217 (list one), all codes with a minor unit.  Two digits unless named here.
_DIGITS: Final[dict[str, int]] = dict.fromkeys(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN "
    "BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP "
    "ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR "
    "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT "
    "MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD "
    "XCD XCG YER ZAR ZMW ZWG".split(),
    2,
)
_DIGITS.update(
    dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    )
)
_DIGITS.update(dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3))
_DIGITS.update(dict.fromkeys("CLF UYW".split(), 4))


_MOST: Final = 10**60
"""The largest amount in minor units: what is beyond cannot be written out."""


class Rounding(Word):
    """What becomes of a part of a minor unit.  The sign never matters.

    :HALF_UP: Halves go away from zero.
    :HALF_EVEN: Halves go to the even neighbor.
    :UP: Any part goes away from zero.
    :DOWN: Any part is dropped.
    """

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


_HALF_UP: Final = Rounding.HALF_UP  # read at each division


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Return the quotient as a whole number; *denominator* is positive.

    >>> divide(-5, 2, Rounding.HALF_UP)
    -3
    """
    size = -numerator if numerator < 0 else numerator
    if rounding is _HALF_UP:
        found = (2 * size + denominator) // (2 * denominator)
    else:
        found, rest = divmod(size, denominator)
        if rounding is Rounding.UP:
            found += rest > 0
        elif rounding is Rounding.HALF_EVEN:
            found += 2 * rest > denominator or (2 * rest == denominator and found & 1)
    return -found if numerator < 0 else found


def currency_digits(currency: str) -> int:
    """Return how many decimals *currency* has by ISO 4217: 0, 2, 3 or 4.

    >>> currency_digits("KWD")
    3
    """
    if type(currency) is not str:
        raise WrongTypeError("currency", "str", currency)
    try:
        return _DIGITS[currency]
    except KeyError:
        raise UnknownCurrencyError(currency) from None


@final
@attrs.frozen(init=False, repr=False, order=False, eq=False)
class Money(Value):
    """A whole number of minor units of one currency.

    *amount* is in major units: a ``str``, an ``int`` or a ``Decimal``.  Digits
    beyond the currency's minor unit are refused, not rounded.

    >>> Money("19.90", "EUR") + Money("0.10", "EUR")
    Money('20.00', 'EUR')

    Raises: TooManyDigitsError, UnknownCurrencyError, AmountError, WrongTypeError.
    """

    minor_units: int
    currency: str

    def __init__(self, amount: str | int | Decimal, currency: str) -> None:
        digits = currency_digits(currency)
        numerator, denominator = decimal("amount", amount).as_integer_ratio()
        units, rest = divmod(numerator * 10**digits, denominator)
        if rest:
            raise TooManyDigitsError(amount, currency, digits)
        self.__attrs_init__(units, currency)

    @classmethod
    def from_minor_units(cls, minor_units: int, currency: str) -> Money:
        """Return *minor_units* (cents, for the euro) of *currency*.

        >>> Money.from_minor_units(1990, "EUR")
        Money('19.90', 'EUR')
        """
        whole("minor_units", minor_units, -_MOST, _MOST)
        currency_digits(currency)
        return trusted_money(minor_units, currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return nothing, in *currency*."""
        return cls.from_minor_units(0, currency)

    @classmethod
    def rounded(
        cls,
        amount: Fraction | Decimal | int | str,
        currency: str,
        rounding: Rounding | str,
    ) -> Money:
        """Return the exact *amount*, in major units, rounded once by *rounding*.

        >>> Money.rounded(Fraction(2, 3), "EUR", Rounding.HALF_UP)
        Money('0.67', 'EUR')
        """
        digits = currency_digits(currency)
        rounding = member("rounding", rounding, Rounding)
        exact = amount if type(amount) is Fraction else decimal("amount", amount)
        numerator, denominator = exact.as_integer_ratio()
        units = divide(numerator * 10**digits, denominator, rounding)
        return _within_bounds(units, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """Return the sum of *amounts*, zero where there is none."""
        units = 0
        for amount in several("amounts", amounts, Money):
            if amount.currency != currency:
                raise CurrencyMismatchError(currency, amount.currency)
            units += amount.minor_units
        return cls.from_minor_units(units, currency)

    def __composite_values__(self) -> tuple[int, str]:
        """Return the minor units and the currency, for a mapper of two columns."""
        return self.minor_units, self.currency

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with all digits of the currency."""
        units = self.minor_units
        digits = tuple(map(int, str(abs(units))))
        return Decimal((units < 0, digits, -_DIGITS[self.currency]))

    @property
    def exact(self) -> Fraction:
        """The amount in major units."""
        return Fraction(self.minor_units, 10 ** _DIGITS[self.currency])

    def _units(self, other: object) -> int:
        """Return the minor units of *other*, an amount in the same currency."""
        if not isinstance(other, Money):
            raise WrongTypeError("other", "Money", other)
        if other.currency != self.currency:
            raise CurrencyMismatchError(self.currency, other.currency)
        return other.minor_units

    def __eq__(self, other: object) -> bool:
        if type(other) is not Money:
            return NotImplemented
        same = self.minor_units == other.minor_units
        return same and self.currency == other.currency

    def __hash__(self) -> int:
        return hash((self.minor_units, self.currency))

    def __add__(self, other: Money) -> Money:
        return _within_bounds(self.minor_units + self._units(other), self.currency)

    def __radd__(self, other: Literal[0]) -> Money:
        """Return this amount: ``sum`` begins with 0."""
        if type(other) is not int or other:
            raise WrongTypeError("other", "Money", other)
        return self

    def __sub__(self, other: Money) -> Money:
        return _within_bounds(self.minor_units - self._units(other), self.currency)

    def __neg__(self) -> Money:
        return trusted_money(-self.minor_units, self.currency)

    def __abs__(self) -> Money:
        return trusted_money(abs(self.minor_units), self.currency)

    def __bool__(self) -> bool:
        """Return whether there is anything at all."""
        return self.minor_units != 0

    def __mul__(self, times: int) -> Money:
        if type(times) is not int:
            raise WrongTypeError("times", "int", times)
        return _within_bounds(self.minor_units * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.minor_units < self._units(other)

    def __le__(self, other: Money) -> bool:
        return self.minor_units <= self._units(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor_units > self._units(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor_units >= self._units(other)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __repr__(self) -> str:
        return f"Money('{self.amount:f}', {self.currency!r})"


trusted_money: Callable[[int, str], Money] = unchecked(Money)


def _within_bounds(minor_units: int, currency: str) -> Money:
    """Return an amount that was worked out, which may have grown too large."""
    if not -_MOST <= minor_units <= _MOST:
        raise OutOfBoundsError("minor_units", minor_units, -_MOST, _MOST)
    return trusted_money(minor_units, currency)


NOTHING: Final = MappingProxyType(
    {currency: trusted_money(0, currency) for currency in _DIGITS}
)
"""Zero by currency: always the same value."""


def digits_of(amount: Decimal) -> int:
    """Return how many decimals *amount* has; it carries no trailing zeros."""
    return -int(amount.as_tuple().exponent)


def as_units(amount: Decimal, cents: int) -> tuple[int, int]:
    """Return how many decimals *amount* is written with, *cents* at least, and it."""
    numerator, denominator = amount.as_integer_ratio()
    units, rest = divmod(numerator * 10**cents, denominator)
    if not rest:
        return cents, units
    places = digits_of(amount)
    return places, numerator * 10**places // denominator
