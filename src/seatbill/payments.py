"""How a customer pays: methods accepted, authorization holds, fees on sales.

A method keeps only what a bill needs: never a whole card number or IBAN, in no field,
repr or error.  What is accepted is the host's, in one :class:`PaymentPolicy`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeVar, final

import attrs

from ._checks import (
    Amount,
    Time,
    day_or_none,
    decimal,
    instance,
    member,
    moment,
    several,
    text,
    unique,
    whole,
)
from ._values import Word
from .errors import (
    AccountNumberError,
    CardExpiredError,
    CardFundingError,
    MethodNotAcceptedError,
    NoChangeError,
    OutOfBoundsError,
    OutOfOrderError,
    TooManyDigitsError,
    WrongTypeError,
)
from .money import Money, Rounding
from .periods import same_time
from .plans import digits_of

__all__ = [
    "CARD_AUTHORIZATION",
    "SEPA_AREA",
    "AuthorizationHold",
    "Card",
    "Funding",
    "PayPal",
    "PaymentMethod",
    "PaymentPolicy",
    "PercentageFee",
    "ProcessingFee",
    "Sale",
    "SepaMandate",
    "accept",
    "authorize",
    "days_left",
]

CARD_AUTHORIZATION: Final = Money("1.00", "USD")
"""What adding a card holds, never converted.  Source: CM-11, ambiguity 18."""

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
    """Where the money of a card comes from."""

    CREDIT = "credit"
    DEBIT = "debit"
    PREPAID = "prepaid"
    UNKNOWN = "unknown"


def _is_country(value: str) -> bool:
    """Return whether *value* looks like an ISO 3166-1 code of two letters."""
    return len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()


def _country(name: str, value: str) -> str:
    """Return *value*, a country's code."""
    if not _is_country(text(name, value)):
        raise OutOfBoundsError(name, value, "AA", "ZZ")
    return value


def _countries(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* as country codes, each once."""
    found = several("countries", values, str)
    unique("country", found)
    return tuple(_country("country", value) for value in found)


def _brands(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* as names of card brands, each once."""
    found = several("card_brands", values, str)
    unique("card brand", found)
    return tuple(text("card brand", value) for value in found)


def _refused_funding(values: Iterable[Funding]) -> tuple[Funding, ...]:
    """Return *values* as kinds of funding."""
    return several("refused_funding", values, Funding)


def _plain(name: str, value: object) -> str:
    """Return *value* without blanks and hyphens; no refusal repeats what came."""
    if type(value) is not str:
        raise WrongTypeError(name, "a string", f"<{type(value).__name__}>")
    return "".join(value.split()).replace("-", "").upper()


def _last_four(value: object, known: str) -> None:
    """Refuse *value* where it is not four of the characters *known*."""
    found = _plain("last_four", value)
    if found != value or len(found) != 4 or set(found) - set(known):
        raise AccountNumberError(
            "last_four",
            found[-4:],
            "it is not four characters of an account number",
            "give its last four alone",
        )


_DIGITS: Final = "0123456789"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@final
@attrs.frozen(kw_only=True, order=False)
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
    funding: Funding = Funding.UNKNOWN

    def __attrs_post_init__(self) -> None:
        text("brand", self.brand)
        _last_four(self.last_four, _DIGITS)
        whole("expiry_year", self.expiry_year, 2000, 2099)
        whole("expiry_month", self.expiry_month, 1, 12)
        member("funding", self.funding, Funding)

    @classmethod
    def from_number(
        cls,
        number: str,
        *,
        expiry_year: int,
        expiry_month: int,
        funding: Funding = Funding.UNKNOWN,
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
        wanted = "copy it again from the card"
        if set(digits) - set(_DIGITS) or not 12 <= len(digits) <= 19:
            problem = "it is not 12 to 19 digits"
            raise AccountNumberError("card number", digits[-4:], problem, wanted)
        if not _passes_luhn(digits):
            problem = "its check digit does not fit"
            raise AccountNumberError("card number", digits[-4:], problem, wanted)
        return cls(
            brand=_brand_of(digits) if brand is None else brand,
            last_four=digits[-4:],
            expiry_year=expiry_year,
            expiry_month=expiry_month,
            funding=funding,
        )

    @property
    def valid_through(self) -> dt.date:
        """The last day on which the card can be used.  Source: TL-13, ambiguity 10."""
        years, month = divmod(self.expiry_month, 12)
        following = dt.date(self.expiry_year + years, month + 1, 1)
        return following - dt.timedelta(1)


@final
@attrs.frozen(order=False)
class PayPal:
    """A PayPal account of a customer in *country*, an ISO 3166-1 code."""

    country: str

    def __attrs_post_init__(self) -> None:
        _country("country", self.country)


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
            raise OutOfBoundsError(
                "reference", self.reference, "one character", "35 characters"
            )
        _country("country", self.country)
        _last_four(self.last_four, _DIGITS + _LETTERS)

    @classmethod
    def from_iban(cls, iban: str, *, reference: str) -> SepaMandate:
        """Return the mandate on the account with this *iban*; four characters stay.

        Its check digits fit (ISO 13616, mod 97) and its length is that of its country.

        >>> SepaMandate.from_iban("DE89 3704 0044 0532 0130 00", reference="M-1")
        SepaMandate(reference='M-1', country='DE', last_four='3000')

        Raises: AccountNumberError, which holds the last four characters alone.
        """
        found = _plain("iban", iban)
        country = found[:2]
        wanted = "copy it again from the account statement"
        shortest = longest = _IBAN_LENGTHS.get(country, 0)
        if not shortest:
            shortest, longest = 15, 34
        if (
            set(found) - set(_DIGITS + _LETTERS)
            or not _is_country(country)
            or set(found[2:4]) - set(_DIGITS)
            or not shortest <= len(found) <= longest
        ):
            problem = "it has not the characters of an IBAN"
            raise AccountNumberError("IBAN", found[-4:], problem, wanted)
        if found[2:4] != _iban_check_digits(found):
            problem = "its check digits do not fit"
            raise AccountNumberError("IBAN", found[-4:], problem, wanted)
        return cls(reference=reference, country=country, last_four=found[-4:])


PaymentMethod = Card | PayPal | SepaMandate
"""How a customer pays."""

_M = TypeVar("_M", bound=PaymentMethod)


def _hold_or_none(value: Money | None) -> Money | None:
    """Return *value*, an amount above zero or ``None``."""
    if value is not None and instance("authorization", value, Money).minor_units <= 0:
        raise OutOfBoundsError("authorization", value, "a minor unit", "any amount")
    return value


@final
@attrs.frozen(kw_only=True, order=False)
class PaymentPolicy:
    """The methods that a host accepts; what is not named is refused.

    *card_brands* are names such as ``"visa"``.  PayPal is accepted in
    *paypal_countries*, a SEPA mandate on an IBAN of *sepa_countries* (all of them:
    ``SEPA_AREA``).  A card of *refused_funding* is refused whatever its brand.
    *authorization* is what adding a card holds, if anything.
    """

    card_brands: tuple[str, ...] = attrs.field(default=(), converter=_brands)
    refused_funding: tuple[Funding, ...] = attrs.field(
        default=(), converter=_refused_funding
    )
    paypal_countries: tuple[str, ...] = attrs.field(default=(), converter=_countries)
    sepa_countries: tuple[str, ...] = attrs.field(default=(), converter=_countries)
    authorization: Money | None = attrs.field(default=None, converter=_hold_or_none)

    @property
    def accepted(self) -> str:
        """What is accepted, in words, as a refusal tells it."""
        found = list(self.card_brands)
        if self.paypal_countries:
            found.append(f"PayPal in {' '.join(self.paypal_countries)}")
        if self.sepa_countries:
            found.append(f"SEPA from {' '.join(self.sepa_countries)}")
        return ", ".join(found) or "nothing"


def accept(policy: PaymentPolicy, method: _M, *, on: Time) -> _M:
    """Return *method* where *policy* accepts it on that day.

    A ``datetime`` counts by its day in UTC.

    >>> policy = PaymentPolicy(card_brands=["visa"], paypal_countries=["BR"])
    >>> accept(policy, PayPal("BR"), on=dt.date(2026, 3, 31))
    PayPal(country='BR')

    Raises: MethodNotAcceptedError, CardFundingError, CardExpiredError.
    """
    instance("policy", policy, PaymentPolicy)
    day = _day("on", on)
    kind, value, known = _listed(policy, method)
    if value not in known:
        raise MethodNotAcceptedError(kind, value, policy.accepted)
    if isinstance(method, Card):
        if method.funding in policy.refused_funding:
            kept = [one for one in Funding if one not in policy.refused_funding]
            raise CardFundingError(
                method.last_four, method.funding, ", ".join(kept) or "no"
            )
        if day > method.valid_through:
            raise CardExpiredError(method.last_four, method.valid_through, day)
    return method


def days_left(method: PaymentMethod, *, on: Time) -> int | None:
    """Return how many days *method* can still be used after *on*.

    0 on its last day, below zero once it has run out; ``None`` for a method that does
    not run out by itself.

    >>> card = Card(brand="visa", last_four="4242", expiry_year=2026, expiry_month=3)
    >>> days_left(card, on=dt.date(2026, 3, 12))
    19
    """
    day = _day("on", on)
    _checked(method)
    return (method.valid_through - day).days if isinstance(method, Card) else None


@final
@attrs.frozen(order=False)
class AuthorizationHold:
    """An amount held to prove that a card works, given back in full.

    It is no invoice line and has no tax; once released it comes to nothing.

    Raises: OutOfOrderError where it is released before it is placed.
    """

    amount: Money
    placed_on: Time
    released_on: Time | None = None

    def __attrs_post_init__(self) -> None:
        instance("amount", self.amount, Money)
        _hold_or_none(self.amount)
        moment("placed_on", self.placed_on)
        released = day_or_none("released_on", self.released_on)
        if released is not None:
            same_time("released_on", released, self.placed_on)
            if released < self.placed_on:
                raise OutOfOrderError(released, self.placed_on)

    @property
    def refunded(self) -> Money:
        """What has been given back: all of it, once released."""
        none = Money.zero(self.amount.currency)
        return none if self.released_on is None else self.amount

    @property
    def net(self) -> Money:
        """What the customer is without: zero, once released."""
        return self.amount - self.refunded

    def release(self, *, on: Time) -> AuthorizationHold:
        """Return the hold, given back.  Raises: NoChangeError where it is already."""
        if self.released_on is not None:
            raise NoChangeError("the hold", "released")
        return attrs.evolve(self, released_on=on)


def authorize(
    policy: PaymentPolicy, method: PaymentMethod, *, on: Time
) -> AuthorizationHold | None:
    """Return the hold that adding *method* places; ``None`` where there is none.

    Only cards are held.  Refuses what :func:`accept` refuses.

    >>> policy = PaymentPolicy(card_brands=["visa"], authorization=CARD_AUTHORIZATION)
    >>> card = Card(brand="visa", last_four="4242", expiry_year=2026, expiry_month=3)
    >>> authorize(policy, card, on=dt.date(2026, 3, 1)).amount
    Money('1.00', 'USD')
    """
    accept(policy, method, on=on)
    if policy.authorization is None or not isinstance(method, Card):
        return None
    return AuthorizationHold(policy.authorization, on)


def _percent(value: Amount) -> Decimal:
    """Return *value*, a percentage from 0 to 100."""
    percent = decimal("percent", value)
    if not 0 <= percent <= 100:
        raise OutOfBoundsError("percent", percent, 0, 100)
    if digits_of(percent) > 6:
        raise TooManyDigitsError(percent, "a percentage", 6)
    return percent


def _not_negative(name: str, value: Money) -> Money:
    """Return *value*, an amount of zero or more."""
    if instance(name, value, Money).minor_units < 0:
        raise OutOfBoundsError(name, value, 0, "any amount")
    return value


@final
@attrs.frozen(order=False)
class PercentageFee:
    """A percentage (``"5"`` is a twentieth) of the gross price of what is sold."""

    percent: Decimal = attrs.field(converter=_percent)
    rounding: Rounding = Rounding.HALF_UP

    def __attrs_post_init__(self) -> None:
        member("rounding", self.rounding, Rounding)

    def of(self, price: Money, *, quantity: int = 1) -> Money:
        """Return the fee on *quantity* at *price*, rounded once, on the line.

        >>> PercentageFee("5").of(Money("19.99", "USD"))
        Money('1.00', 'USD')
        >>> PercentageFee("5").of(Money("19.99", "USD"), quantity=100)
        Money('99.95', 'USD')
        """
        gross = _not_negative("price", price).exact * whole("quantity", quantity)
        part = Fraction(self.percent) / 100
        return Money.rounded(gross * part, price.currency, self.rounding)


@final
@attrs.frozen(order=False)
class ProcessingFee:
    """What a payment provider kept of a sale, as the provider states it.

    It is the provider's own fee: beside the host's, never part of it (CM-13).
    """

    provider: str
    amount: Money

    def __attrs_post_init__(self) -> None:
        text("provider", self.provider)
        _not_negative("amount", self.amount)


def _processing_fees(values: Iterable[ProcessingFee]) -> tuple[ProcessingFee, ...]:
    """Return *values* as fees of providers."""
    return several("processing_fees", values, ProcessingFee)


@final
@attrs.frozen(kw_only=True, order=False)
class Sale:
    """Tickets that a customer sold through the host, as one line: what each one gets.

    ``gross == fee_amount + processing_amount + payout``, to the minor unit.  An
    invoice line of kind ``"fee"`` charges ``fee_amount``, and nothing else of it.

    Raises: CurrencyMismatchError where a provider's fee is in another currency.
    """

    price: Money
    quantity: int = 1
    fee: PercentageFee
    processing_fees: tuple[ProcessingFee, ...] = attrs.field(
        default=(), converter=_processing_fees
    )

    def __attrs_post_init__(self) -> None:
        _not_negative("price", self.price)
        whole("quantity", self.quantity)
        instance("fee", self.fee, PercentageFee)
        _ = self.processing_amount  # refuses what is in another currency

    @property
    def gross(self) -> Money:
        """What the buyers paid."""
        return self.price * self.quantity

    @property
    def fee_amount(self) -> Money:
        """The host's fee on the whole line."""
        return self.fee.of(self.price, quantity=self.quantity)

    @property
    def processing_amount(self) -> Money:
        """What the payment providers kept."""
        return Money.total(
            (fee.amount for fee in self.processing_fees), self.price.currency
        )

    @property
    def payout(self) -> Money:
        """What is left for the seller; below zero where fees exceed the price."""
        return self.gross - self.fee_amount - self.processing_amount


def _day(name: str, value: Time) -> dt.date:
    """Return the day of *value*."""
    at = moment(name, value)
    return dt.date(at.year, at.month, at.day)


def _checked(method: object) -> None:
    """Refuse what is no payment method, without repeating it."""
    if not isinstance(method, PaymentMethod):
        wanted = "a Card, a PayPal or a SepaMandate"
        raise WrongTypeError("method", wanted, f"<{type(method).__name__}>")


def _listed(
    policy: PaymentPolicy, method: PaymentMethod
) -> tuple[str, str, tuple[str, ...]]:
    """Return the kind of *method*, what decides on it, and what is on the list."""
    _checked(method)
    if isinstance(method, Card):
        return "card", method.brand, policy.card_brands
    if isinstance(method, PayPal):
        return "paypal", method.country, policy.paypal_countries
    return "sepa", method.country, policy.sepa_countries


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


def _iban_check_digits(iban: str) -> str:
    """Return the two check digits that *iban* ought to have (ISO 7064, mod 97-10)."""
    moved = f"{iban[4:]}{iban[:2]}00"
    number = int("".join(str(int(letter, 36)) for letter in moved))
    return f"{98 - number % 97:02}"
