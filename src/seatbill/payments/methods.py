"""Cards, PayPal accounts and SEPA mandates, without the numbers that pay."""

from __future__ import annotations

import datetime as dt
from typing import Final, final

import attrs

from .._values.base import Word, worded
from .._values.checks import text, whole
from ..errors import AccountNumberError, OutOfBoundsError, WrongTypeError

# First and last number that a brand's card numbers begin with (ISO/IEC 7812).
_BRANDS: Final = (
    ("34", "34", "amex"),
    ("37", "37", "amex"),
    ("300", "305", "diners"),
    ("36", "36", "diners"),
    ("38", "39", "diners"),
    ("3528", "3589", "jcb"),
    ("4", "4", "visa"),
    ("2221", "2720", "mastercard"),
    ("51", "55", "mastercard"),
    ("6011", "6011", "discover"),
    ("644", "649", "discover"),
    ("65", "65", "discover"),
    ("62", "62", "unionpay"),
)

# The length of an IBAN (SWIFT IBAN registry) where SEPA direct debits reach: the
# 41 countries of the European Payments Council since May 2025, and Gibraltar.
_IBAN_LENGTHS: Final = {
    word[:2]: int(word[2:])
    for word in (
        "AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 "
        "GI23 GR27 HR21 HU28 IE22 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 "
        "MT31 NL18 NO15 PL28 PT25 RO24 RS22 SE24 SI19 SK24 SM27 VA22"
    ).split()
}

SEPA_AREA: Final = tuple(_IBAN_LENGTHS)
"""The countries of IBANs in the SEPA area; a host may accept fewer."""


class Funding(Word):
    """Where the money of a card comes from.

    :CREDIT: A credit line.
    :DEBIT: An account.
    :PREPAID: What was paid in before.
    :UNKNOWN: Nobody has said.
    """

    CREDIT = "credit"
    DEBIT = "debit"
    PREPAID = "prepaid"
    UNKNOWN = "unknown"


def _is_country(value: str) -> bool:
    """Return whether *value* looks like an ISO 3166-1 code of two letters."""
    return len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()


def country_code(name: str, value: str) -> str:
    """Return *value*, a country's code."""
    if not _is_country(text(name, value)):
        raise OutOfBoundsError(name, value, "AA", "ZZ")
    return value


def _plain(name: str, value: object) -> str:
    """Return *value* without blanks and hyphens; no refusal repeats what came."""
    if type(value) is not str:
        raise WrongTypeError(name, "str", f"<{type(value).__name__}>")
    return "".join(value.split()).replace("-", "").upper()


def _last_four(value: object, known: str) -> None:
    """Refuse *value* where it is not four of the characters *known*."""
    found = _plain("last_four", value)
    if found != value or len(found) != 4 or set(found) - set(known):
        raise AccountNumberError("last_four", found[-4:], "not_four")


_DIGITS: Final = "0123456789"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@final
@attrs.frozen(kw_only=True, order=False, field_transformer=worded)
class Card:
    """A card by its brand and last four digits, usable through its printed month.

    *brand* is a word of the host, or of :meth:`from_number`.  *expiry_year* has four
    digits, *expiry_month* goes from 1 to 12.

    Raises: AccountNumberError, OutOfBoundsError, WrongTypeError.
    """

    brand: str
    last_four: str
    expiry_year: int
    expiry_month: int
    funding: Funding = attrs.field(default=Funding.UNKNOWN, converter=Funding)

    def __attrs_post_init__(self) -> None:
        text("brand", self.brand)
        _last_four(self.last_four, _DIGITS)
        whole("expiry_year", self.expiry_year, 2000, 2099)
        whole("expiry_month", self.expiry_month, 1, 12)

    @classmethod
    def from_number(
        cls,
        number: str,
        *,
        expiry_year: int,
        expiry_month: int,
        funding: Funding | str = Funding.UNKNOWN,
        brand: str | None = None,
    ) -> Card:
        """Return the card with this *number*, of which four digits are kept.

        12 to 19 digits, in groups or not, whose check digit fits (ISO/IEC 7812-1).
        Without *brand* the first digits tell: ``"visa"``, ``"mastercard"``,
        ``"amex"``, ``"discover"``, ``"diners"``, ``"jcb"``, ``"unionpay"``, or else
        ``"unknown"``.

        >>> Card.from_number("4242 4242 4242 4242", expiry_year=2026, expiry_month=3)
        Card(brand='visa', last_four='4242', expiry_year=2026, expiry_month=3, \
funding=Funding.UNKNOWN)

        Raises: AccountNumberError, which holds the last four digits alone.
        """
        digits = _plain("number", number)
        if set(digits) - set(_DIGITS) or not 12 <= len(digits) <= 19:
            raise AccountNumberError("card number", digits[-4:], "digits")
        if not _passes_luhn(digits):
            raise AccountNumberError("card number", digits[-4:], "check_digit")
        return cls(
            brand=_brand_of(digits) if brand is None else brand,
            last_four=digits[-4:],
            expiry_year=expiry_year,
            expiry_month=expiry_month,
            funding=funding,
        )

    @property
    def valid_through(self) -> dt.date:
        """The last day on which the card can be used."""
        years, month = divmod(self.expiry_month, 12)
        following = dt.date(self.expiry_year + years, month + 1, 1)
        return following - dt.timedelta(1)


@final
@attrs.frozen(order=False)
class PayPal:
    """A PayPal account of a customer in *country*, an ISO 3166-1 code."""

    country: str

    def __attrs_post_init__(self) -> None:
        country_code("country", self.country)


@final
@attrs.frozen(kw_only=True, order=False)
class SepaMandate:
    """A mandate to debit an account, by its reference and the end of its IBAN.

    *reference* is the mandate's own, of 35 characters at most (ISO 20022).

    Raises: AccountNumberError, OutOfBoundsError, WrongTypeError.
    """

    reference: str
    country: str
    last_four: str

    def __attrs_post_init__(self) -> None:
        if len(text("reference", self.reference)) > 35:
            raise OutOfBoundsError("len(reference)", len(self.reference), 1, 35)
        country_code("country", self.country)
        _last_four(self.last_four, _DIGITS + _LETTERS)

    @classmethod
    def from_iban(cls, iban: str, *, reference: str) -> SepaMandate:
        """Return the mandate on the account with this *iban*; four characters stay.

        Its check digits fit (ISO 13616, mod 97) and its length is that of its country.

        >>> SepaMandate.from_iban("DE89 3704 0044 0532 0130 00", reference="M-1")
        SepaMandate(reference='M-1', country='DE', last_four='3000')

        Raises: AccountNumberError, which holds the last four characters alone.
        """
        found = iban_of(iban)
        return cls(reference=reference, country=found[:2], last_four=found[-4:])


PaymentMethod = Card | PayPal | SepaMandate
"""How a customer pays."""


def _passes_luhn(digits: str) -> bool:
    """Return whether the last of *digits* checks the others (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _brand_of(digits: str) -> str:
    """Return the brand that a card number begins like."""
    for first, last, brand in _BRANDS:
        if first <= digits[: len(first)] <= last:
            return brand
    return "unknown"


def iban_of(iban: str) -> str:
    """Return *iban* without blanks; its length and its check digits fit (ISO 13616)."""
    found = _plain("iban", iban)
    country = found[:2]
    shortest = longest = _IBAN_LENGTHS.get(country, 0)
    if not shortest:
        shortest, longest = 15, 34
    if (
        set(found) - set(_DIGITS + _LETTERS)
        or not _is_country(country)
        or set(found[2:4]) - set(_DIGITS)
        or not shortest <= len(found) <= longest
    ):
        raise AccountNumberError("IBAN", found[-4:], "characters")
    if found[2:4] != check_digits(found):
        raise AccountNumberError("IBAN", found[-4:], "check_digits")
    return found


def check_digits(number: str) -> str:
    """Return the check digits, third and fourth, of *number* (ISO 7064, mod 97-10)."""
    moved = f"{number[4:]}{number[:2]}00"
    value = int("".join(str(int(letter, 36)) for letter in moved))
    return f"{98 - value % 97:02}"
