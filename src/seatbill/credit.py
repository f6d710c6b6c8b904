"""Credit with a purpose: money that goes back, gifts that do not, each until a day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

import attrs

from ._values.base import Value, Word, worded
from ._values.checks import Time, instance, several, unique
from .errors import CurrencyMismatchError, OutOfBoundsError
from .money import Money
from .periods import keep_times

__all__ = ["CreditKind", "CreditLot"]


class CreditKind(Word):
    """What becomes of credit that is left when a subscription ends.

    :GIFT: It lapses: a gift is never paid out, and never becomes money.
    :PAID: It is money of the customer, and goes back.
    """

    GIFT = "gift"
    PAID = "paid"


@final
@attrs.frozen(order=False, eq=False, repr=False, field_transformer=worded)
class CreditLot(Value):
    """All credit of one *kind* with one last day: *amount* is left of it.

    *expires_on* is the last day on which it pays an invoice, that day included;
    ``None`` where it has no end.  Paid money without an end is no lot: it is the
    ``credit_balance``.

    On a subscription *spent* is what the lot paid and may still come back to it: see
    ``Subscription.credit_lots``.  Elsewhere it is zero.

    >>> import datetime as dt
    >>> CreditLot(Money("50.00", "EUR"), CreditKind.GIFT, dt.date(2026, 6, 30)).amount
    Money('50.00', 'EUR')

    Raises: OutOfBoundsError for an amount below zero, CurrencyMismatchError.
    """

    amount: Money
    kind: CreditKind = attrs.field(converter=CreditKind)
    expires_on: Time | None = None
    spent: Money = attrs.field(
        default=attrs.Factory(
            lambda lot: Money.zero(instance("amount", lot.amount, Money).currency),
            takes_self=True,
        )
    )

    def __attrs_post_init__(self) -> None:
        keep_times(self, optional=["expires_on"])
        zero = Money.zero(instance("amount", self.amount, Money).currency)
        for name in ("amount", "spent"):
            found = instance(name, getattr(self, name), Money)
            if found.currency != zero.currency:
                raise CurrencyMismatchError(zero.currency, found.currency)
            if found.minor_units < 0:
                raise OutOfBoundsError(name, found, zero, None)

    @property
    def is_money(self) -> bool:
        """Whether it is paid money without an end: what the balance holds."""
        return self.kind is CreditKind.PAID and self.expires_on is None


def lot_list(values: Iterable[CreditLot]) -> tuple[CreditLot, ...]:
    """Return *values* as lots, one of each kind and last day."""
    found = several("credit_lots", values, CreditLot)
    unique("credit lot", [(lot.kind, lot.expires_on) for lot in found])
    return found
