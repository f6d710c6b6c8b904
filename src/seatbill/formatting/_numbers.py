"""Money, numbers and percentages in any locale, to the last digit.

The digits are those of whole numbers, so that nothing rounds them on the way: not a
float, nor the ambient ``decimal`` context.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from .._values.checks import decimal, fraction, instance
from ..money import Money, Rounding, currency_digits, divide
from ._locales import (
    Conventions,
    Form,
    conventions,
    currency_form,
    decimal_form,
    percent_form,
)

Exact = int | str | Decimal | Fraction
"""A number that is exact; a text is written with digits and a point."""

_PERCENT_PLACES: Final = 4
"""Decimals of a percentage that no decimals can show."""


def format_money(money: Money, locale: str = "en") -> str:
    r"""Return *money* as *locale* writes it, with the digits of ISO 4217.

    >>> format_money(Money("1234.50", "EUR"))
    '€1,234.50'
    >>> format_money(Money("-0.05", "EUR"), "de")
    '-0,05\xa0€'

    Raises: LocaleError, WrongTypeError.
    """
    exact = instance("money", money, Money).exact
    form = currency_form(locale, money.currency)
    least = currency_digits(money.currency)
    return _written(exact, least, conventions(locale), form)


def format_unit_amount(amount: Exact, currency: str, locale: str = "en") -> str:
    """Return the exact *amount*, in major units, with all the digits that it has.

    It has those of *currency* at least; what no decimals can show is a fraction.

    >>> format_unit_amount(Fraction(39, 10_000), "USD")
    '$0.0039'

    Raises: LocaleError, UnknownCurrencyError, WrongTypeError.
    """
    least = currency_digits(currency)
    form = currency_form(locale, currency)
    return _written(_exact("amount", amount), least, conventions(locale), form)


def format_number(number: Exact, locale: str = "en") -> str:
    """Return the exact *number* with all its digits, or as a fraction.

    >>> format_number(2_419_200), format_number(Fraction(1, 3))
    ('2,419,200', '1/3')

    Raises: LocaleError, WrongTypeError.
    """
    how = conventions(locale)
    return _written(_exact("number", number), 0, how, decimal_form(locale))


def format_percent(part_of_one: Exact, locale: str = "en") -> str:
    """Return *part_of_one* as a percentage, with all its digits.

    What no decimals can show is rounded to four of them.

    >>> format_percent(Fraction(19, 100)), format_percent(Fraction(1, 3))
    ('19%', '33.3333%')

    Raises: LocaleError, WrongTypeError.
    """
    percent = 100 * _exact("part_of_one", part_of_one)
    if decimals_of(percent) is None:
        parts = 10**_PERCENT_PLACES
        top = percent.numerator * parts
        percent = Fraction(divide(top, percent.denominator, Rounding.HALF_UP), parts)
    return _written(percent, 0, conventions(locale), percent_form(locale))


def decimals_of(value: Fraction) -> int | None:
    """Return how many decimals show *value* exactly; ``None`` where none do."""
    left, found = value.denominator, 0
    for prime in (2, 5):
        times = 0
        while left % prime == 0:
            left, times = left // prime, times + 1
        found = max(found, times)
    return found if left == 1 else None


def _exact(name: str, value: Exact) -> Fraction:
    """Return *value*, a number that is exact and can be written out."""
    known = type(value) is Fraction or type(value) is int
    return fraction(name, Fraction(value if known else decimal(name, value)))


def _written(value: Fraction, least: int, how: Conventions, form: Form) -> str:
    """Return *value* in digits, *least* decimals at least, in its *form*."""
    size = abs(value)
    places = decimals_of(size)
    if places is None:
        top, bottom = _grouped(size.numerator, how, form), size.denominator
        number = f"{top}/{_grouped(bottom, how, form)}"
    else:
        places = max(places, least)
        parts = 10**places
        units = size.numerator * (parts // size.denominator)
        number = _grouped(units // parts, how, form)
        if places:
            number += f"{how.decimal}{str(units % parts).zfill(places)}"
    number = number.translate(how.digits)
    if value < 0:
        return f"{form.before_negative}{number}{form.after_negative}"
    return f"{form.before}{number}{form.after}"


def _grouped(number: int, how: Conventions, form: Form) -> str:
    """Return a whole *number*, its digits in groups."""
    digits = str(number)
    groups, size = [], form.last_group
    while len(digits) > size:
        groups.append(digits[-size:])
        digits, size = digits[:-size], form.other_groups
    return how.group.join([digits, *reversed(groups)])
