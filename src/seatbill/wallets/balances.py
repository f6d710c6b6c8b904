"""A wallet: what came in and went out, what of it lapses, and what a call comes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, final

import attrs

from .._values.checks import Time, instance, several, unique, whole
from .._values.units import added, number_of, parts_of, some_units, units_of
from ..credit import CreditKind
from ..errors import OutOfBoundsError, SeatbillError
from ..money import Money
from ..periods import calendar_day, date_of
from .packs import Purchase, TopUp, WalletPolicy, same_currency


@final
@attrs.frozen(kw_only=True, order=False)
class UnitLot:
    """*units* that are left of *size* that came together.

    They were bought for *price*, or are a gift where that is ``None``.  *expires_on*
    is the last day on which they can be spent, included; ``None`` where there is none.

    Raises: OutOfBoundsError where more is left than there was.
    """

    units: Decimal = attrs.field(converter=some_units)
    size: Decimal = attrs.field(converter=some_units)
    price: Money | None = None
    expires_on: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        if self.units > self.size:
            raise OutOfBoundsError("units", self.units, 0, self.size)
        if self.price is not None:
            instance("price", self.price, Money)
        if self.expires_on is not None:
            calendar_day("expires_on", self.expires_on)

    @property
    def kind(self) -> CreditKind:
        """Whether it was paid for."""
        return CreditKind.GIFT if self.price is None else CreditKind.PAID


def has_lapsed(lot: UnitLot, on: dt.date) -> bool:
    """Tell whether the last day of *lot* has gone by."""
    return lot.expires_on is not None and lot.expires_on < on


def _lots(values: Iterable[UnitLot]) -> tuple[UnitLot, ...]:
    return several("lots", values, UnitLot)


def _purchases(values: Iterable[Purchase]) -> tuple[Purchase, ...]:
    found = several("pending", values, Purchase)
    unique("purchase", [purchase.number for purchase in found])
    return found


_NONE: Final = Decimal(0)
_NO_MONEY: Any = attrs.Factory(
    lambda wallet: Money.zero(instance("policy", wallet.policy, WalletPolicy).currency),
    takes_self=True,
)


@final
@attrs.frozen(order=False)
class Wallet:
    """Units of one kind, with what came in and went out since the beginning.

    *units_out* is what was spent, lapsed or went back.  *lots* are those of the units
    left that lapse on a day, or whose price goes back at the end; the others are only
    counted.  *pending* purchases are ordered and not yet paid; *purchase_count*
    numbers them.
    *top_up_spent* is what was bought automatically in *top_up_month*, by its first
    day.  A wallet that was kept elsewhere starts with its totals.

    >>> from seatbill.wallets import grant
    >>> policy = WalletPolicy(unit="minute", currency="USD", purposes=["phone"])
    >>> grant(Wallet(policy), "120").balance
    Decimal('120')

    Raises: OutOfBoundsError where more went out than came in, or is in lots than left.
    """

    policy: WalletPolicy
    top_up: TopUp | None = attrs.field(default=None, kw_only=True)
    units_in: Decimal = attrs.field(default=_NONE, converter=units_of, kw_only=True)
    units_out: Decimal = attrs.field(default=_NONE, converter=units_of, kw_only=True)
    money_in: Money = attrs.field(default=_NO_MONEY, kw_only=True)
    pending: tuple[Purchase, ...] = attrs.field(
        default=(), converter=_purchases, kw_only=True
    )
    purchase_count: int = attrs.field(default=0, kw_only=True)
    top_up_month: dt.date | None = attrs.field(default=None, kw_only=True)
    top_up_spent: Money = attrs.field(default=_NO_MONEY, kw_only=True)
    lots: tuple[UnitLot, ...] = attrs.field(default=(), converter=_lots, kw_only=True)

    def __attrs_post_init__(self) -> None:
        currency = instance("policy", self.policy, WalletPolicy).currency
        if self.units_out > self.units_in:
            raise OutOfBoundsError("units_out", self.units_out, 0, self.units_in)
        for name in ("money_in", "top_up_spent"):
            amount = instance(name, getattr(self, name), Money)
            same_currency(currency, amount)
            if amount.minor_units < 0:
                raise OutOfBoundsError(name, amount, Money.zero(currency), None)
        if self.top_up is not None:
            same_currency(currency, instance("top_up", self.top_up, TopUp).pack.price)
        most = max((purchase.number for purchase in self.pending), default=0)
        whole("purchase_count", self.purchase_count, most)
        same_currency(currency, *(purchase.price for purchase in self.pending))
        month = self.top_up_month
        if month is not None or self.top_up_spent:
            first = calendar_day("top_up_month", month).replace(day=1)
            object.__setattr__(self, "top_up_month", first)
        in_lots = added(*(lot.units for lot in self.lots))
        if in_lots > self.balance:
            raise OutOfBoundsError("lots", in_lots, 0, self.balance)
        prices = (lot.price for lot in self.lots if lot.price is not None)
        same_currency(currency, *prices)

    @property
    def balance(self) -> Decimal:
        """What is there: units in less units out, never below zero.

        Lots whose last day has gone by are in it until :func:`lapse` is asked.
        """
        return number_of(parts_of(self.units_in) - parts_of(self.units_out))

    def balance_on(self, day: Time) -> Decimal:
        """Return what can be spent on that day: the balance without what lapsed."""
        on = date_of(day)
        gone = added(*(lot.units for lot in self.lots if has_lapsed(lot, on)))
        return number_of(parts_of(self.balance) - parts_of(gone))

    @property
    def units_pending(self) -> Decimal:
        """What the pending purchases will add."""
        return added(*(purchase.units for purchase in self.pending))


def _same_refusals(refused: tuple[SeatbillError, ...]) -> tuple[Any, ...]:
    """Return what makes refusals equal: their kinds and values."""
    return tuple((type(error), error.args) for error in refused)


def _refusals(values: Iterable[SeatbillError]) -> tuple[SeatbillError, ...]:
    return several("refused", values, SeatbillError)


@final
@attrs.frozen(kw_only=True, order=False)
class Decision:
    """What a call comes to: showing it is a preview, keeping it is the change.

    *spent* units went out, and *lapsed* ones whose last day has gone by, or which end
    with the wallet.  *purchase* is to be charged, then settled or voided.
    *refund_due* is what goes back of what was paid for *returned* units.
    *refused* holds what was not done and why, as the errors that tell it.
    """

    wallet: Wallet
    spent: Decimal = attrs.field(default=_NONE, converter=units_of)
    lapsed: Decimal = attrs.field(default=_NONE, converter=units_of)
    returned: Decimal = attrs.field(default=_NONE, converter=units_of)
    refund_due: Money | None = None
    purchase: Purchase | None = None
    refused: tuple[SeatbillError, ...] = attrs.field(
        default=(), converter=_refusals, eq=_same_refusals
    )

    def __attrs_post_init__(self) -> None:
        instance("wallet", self.wallet, Wallet)
        if self.purchase is not None:
            instance("purchase", self.purchase, Purchase)
        if self.refund_due is not None:
            instance("refund_due", self.refund_due, Money)
