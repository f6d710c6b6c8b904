"""What a host keeps of the sales that it makes for others, and what is paid out."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import final

import attrs

from .._values.base import worded
from .._values.checks import Amount, decimal, instance, several, text, whole
from ..errors import OutOfBoundsError, TooManyDigitsError
from ..money import Money, Rounding, digits_of


def _percent(value: Amount) -> Decimal:
    """Return *value*, a percentage from 0 to 100."""
    percent = decimal("percent", value)
    if not 0 <= percent <= 100:
        raise OutOfBoundsError("percent", percent, 0, 100)
    if digits_of(percent) > 6:
        raise TooManyDigitsError(percent, "", 6)
    return percent


def not_negative(name: str, value: Money) -> Money:
    """Return *value*, an amount of zero or more."""
    if instance(name, value, Money).minor_units < 0:
        raise OutOfBoundsError(name, value, Money.zero(value.currency), None)
    return value


@final
@attrs.frozen(order=False, field_transformer=worded)
class PercentageFee:
    """A percentage (``"5"`` is a twentieth) of the gross price of what is sold."""

    percent: Decimal = attrs.field(converter=_percent)
    rounding: Rounding = attrs.field(default=Rounding.HALF_UP, converter=Rounding)

    def of(self, price: Money, *, quantity: int = 1) -> Money:
        """Return the fee on *quantity* at *price*, rounded once, on the line.

        >>> PercentageFee("5").of(Money("19.99", "USD"))
        Money('1.00', 'USD')
        >>> PercentageFee("5").of(Money("19.99", "USD"), quantity=100)
        Money('99.95', 'USD')
        """
        gross = not_negative("price", price).exact * whole("quantity", quantity)
        part = Fraction(self.percent) / 100
        return Money.rounded(gross * part, price.currency, self.rounding)


@final
@attrs.frozen(order=False)
class ProcessingFee:
    """What a payment provider kept of a sale, as the provider states it.

    It is the provider's own fee: beside the host's, never part of it.
    """

    provider: str
    amount: Money

    def __attrs_post_init__(self) -> None:
        text("provider", self.provider)
        not_negative("amount", self.amount)


def _processing_fees(values: Iterable[ProcessingFee]) -> tuple[ProcessingFee, ...]:
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
        not_negative("price", self.price)
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
