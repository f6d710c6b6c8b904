"""How a customer pays: methods accepted, authorization holds, fees on sales.

A method keeps only what a bill needs: never a whole card number or IBAN, in no field,
repr or error.  What is accepted is the host's, in one :class:`PaymentPolicy`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar, final

import attrs

from .._values.checks import Time, instance, members, moment, several, text, unique
from ..errors import (
    CardExpiredError,
    CardFundingError,
    MethodNotAcceptedError,
    NoChangeError,
    OutOfBoundsError,
    OutOfOrderError,
    WrongTypeError,
)
from ..money import Money
from ..periods import date_of, keep_times
from .methods import Card, Funding, PaymentMethod, PayPal, country_code

CARD_AUTHORIZATION: Final = Money("1.00", "USD")
"""What adding a card holds, never converted."""


def _countries(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* as country codes, each once."""
    found = several("countries", values, str)
    unique("country", found)
    return tuple(country_code("country", value) for value in found)


def _brands(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* as names of card brands, each once."""
    found = several("card_brands", values, str)
    unique("card brand", found)
    return tuple(text("card brand", value) for value in found)


def _refused_funding(values: Iterable[Funding | str]) -> tuple[Funding, ...]:
    return members("refused_funding", values, Funding)


_M = TypeVar("_M", bound=PaymentMethod)


def _hold_or_none(value: Money | None) -> Money | None:
    """Return *value*, an amount above zero or ``None``."""
    if value is not None and instance("authorization", value, Money).minor_units <= 0:
        least = Money.from_minor_units(1, value.currency)
        raise OutOfBoundsError("authorization", value, least, None)
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

    >>> import datetime as dt
    >>> policy = PaymentPolicy(card_brands=["visa"], paypal_countries=["BR"])
    >>> accept(policy, PayPal("BR"), on=dt.date(2026, 3, 31))
    PayPal(country='BR')

    Raises: MethodNotAcceptedError, CardFundingError, CardExpiredError.
    """
    instance("policy", policy, PaymentPolicy)
    day = date_of(on)
    kind, value, known = _listed(policy, method)
    if value not in known:
        raise MethodNotAcceptedError(kind, value, policy.accepted)
    if isinstance(method, Card):
        if method.funding in policy.refused_funding:
            kept = tuple(one for one in Funding if one not in policy.refused_funding)
            raise CardFundingError(method.last_four, method.funding, kept)
        if day > method.valid_through:
            raise CardExpiredError(method.last_four, method.valid_through, day)
    return method


def days_left(method: PaymentMethod, *, on: Time) -> int | None:
    """Return how many days *method* can still be used after *on*.

    0 on its last day, below zero once it has run out; ``None`` for a method that does
    not run out by itself.

    >>> import datetime as dt
    >>> card = Card(brand="visa", last_four="4242", expiry_year=2026, expiry_month=3)
    >>> days_left(card, on=dt.date(2026, 3, 12))
    19
    """
    day = date_of(on)
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
        keep_times(self, "placed_on", optional=["released_on"])
        if self.released_on is not None and self.released_on < self.placed_on:
            raise OutOfOrderError(self.released_on, self.placed_on)

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
            raise NoChangeError("released", self.released_on)
        return attrs.evolve(self, released_on=moment("on", on))


def authorize(
    policy: PaymentPolicy, method: PaymentMethod, *, on: Time
) -> AuthorizationHold | None:
    """Return the hold that adding *method* places; ``None`` where there is none.

    Only cards are held.  Refuses what :func:`accept` refuses.

    >>> import datetime as dt
    >>> policy = PaymentPolicy(card_brands=["visa"], authorization=CARD_AUTHORIZATION)
    >>> card = Card(brand="visa", last_four="4242", expiry_year=2026, expiry_month=3)
    >>> authorize(policy, card, on=dt.date(2026, 3, 1)).amount
    Money('1.00', 'USD')
    """
    accept(policy, method, on=on)
    if policy.authorization is None or not isinstance(method, Card):
        return None
    return AuthorizationHold(policy.authorization, on)


def _checked(method: object) -> None:
    """Refuse what is no payment method, without repeating it."""
    if not isinstance(method, PaymentMethod):
        wanted = "Card | PayPal | SepaMandate"
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
