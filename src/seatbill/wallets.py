"""Prepaid units: packs, spending by purpose, automatic top-up.

A wallet is three running totals (units in, units out, money in) and the purchases
that still wait for their payment; what is left is what came in less what went out.
The dated history is the host's, who keeps each wallet and each purchase.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, final

import attrs

from ._values.checks import (
    MAX_QUANTITY,
    Amount,
    Time,
    decimal,
    flag,
    instance,
    moment,
    several,
    text,
    unique,
    whole,
)
from .errors import (
    CurrencyMismatchError,
    InsufficientUnitsError,
    OutOfBoundsError,
    OutOfOrderError,
    PurposeNotAllowedError,
    SeatbillError,
    TooManyDigitsError,
    TopUpCappedError,
    UnknownItemError,
)
from .money import Money, currency_digits
from .periods import calendar_day, month_boundary

__all__ = [
    "Decision",
    "Pack",
    "Purchase",
    "TopUp",
    "Wallet",
    "WalletPolicy",
    "buy",
    "decide",
    "grant",
    "settle",
    "spend",
    "void",
]

_FINEST: Final = 6
"""Decimals that a number of units may have."""

_SCALE: Final = 10**_FINEST


def _parts(units: Decimal) -> int:
    """Return *units* as a whole number of their finest part."""
    numerator, denominator = units.as_integer_ratio()
    return numerator * _SCALE // denominator


def _number(parts: int) -> Decimal:
    """Return *parts* as a number of units, without trailing zeros."""
    places = _FINEST
    while places and parts % 10 == 0:
        parts //= 10
        places -= 1
    return Decimal((0, tuple(map(int, str(parts))), -places))


def _units(value: Amount) -> Decimal:
    """Return *value*, a number of units: not negative, six decimals at most."""
    units = decimal("units", value)
    if not 0 <= units <= MAX_QUANTITY:
        raise OutOfBoundsError("units", value, 0, MAX_QUANTITY)
    parts = _parts(units)
    if _number(parts) != units:
        raise TooManyDigitsError(value, "", _FINEST)
    return _number(parts)


def _some_units(value: Amount) -> Decimal:
    """Return *value*, a number of units above zero."""
    units = _units(value)
    if not units:
        raise OutOfBoundsError("units", value, _number(1), MAX_QUANTITY)
    return units


@final
@attrs.frozen(kw_only=True, order=False)
class Pack:
    """A number of *units* that is bought at once, at *price*."""

    id: str
    units: Decimal = attrs.field(converter=_some_units)
    price: Money

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        if instance("price", self.price, Money).minor_units <= 0:
            least = Money.from_minor_units(1, self.price.currency)
            raise OutOfBoundsError("price", self.price, least, None)


@final
@attrs.frozen(kw_only=True, order=False)
class TopUp:
    """Automatic top-up, as a customer switched it on.

    Due when what is left, and what is ordered, is strictly below *threshold*.
    *monthly_cap* bounds what is bought automatically in a calendar month; what a
    customer buys by hand does not count.

    Raises: OutOfBoundsError where the cap is below the price of one pack.
    """

    threshold: Decimal = attrs.field(converter=_units)
    pack: Pack
    monthly_cap: Money | None = None

    def __attrs_post_init__(self) -> None:
        price, cap = instance("pack", self.pack, Pack).price, self.monthly_cap
        if cap is not None and instance("monthly_cap", cap, Money) < price:
            raise OutOfBoundsError("monthly_cap", cap, price, None)


def _purposes(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* as purposes, each once."""
    found = several("purposes", values, str)
    unique("purpose", found)
    return tuple(text("purpose", value) for value in found)


def _packs(values: Iterable[Pack]) -> tuple[Pack, ...]:
    """Return *values* as packs, one for each id."""
    found = several("packs", values, Pack)
    unique("pack", [pack.id for pack in found])
    return found


@final
@attrs.frozen(kw_only=True, order=False)
class WalletPolicy:
    """What a host sells units for: their name, what they pay, and the packs.

    *purposes* are words of the host.  The subscription itself is no purpose unless it
    is among them.
    """

    unit: str
    currency: str
    purposes: tuple[str, ...] = attrs.field(converter=_purposes)
    packs: tuple[Pack, ...] = attrs.field(default=(), converter=_packs)

    def __attrs_post_init__(self) -> None:
        text("unit", self.unit)
        currency_digits(self.currency)
        for pack in self.packs:
            _same_currency(self.currency, pack.price)

    def pack(self, id: str) -> Pack:
        """Return the pack with this *id*.  Raises: UnknownItemError."""
        for pack in self.packs:
            if pack.id == id:
                return pack
        raise UnknownItemError("pack", id, tuple(pack.id for pack in self.packs))


@final
@attrs.frozen(kw_only=True, order=False)
class Purchase:
    """Packs ordered on a day.

    *number* counts the purchases of a wallet: with the wallet's id it is a key under
    which a retry cannot be charged twice.
    """

    number: int
    pack: Pack
    quantity: int
    ordered_on: dt.date
    automatic: bool = False

    def __attrs_post_init__(self) -> None:
        whole("number", self.number, 1)
        instance("pack", self.pack, Pack)
        whole("quantity", self.quantity, 1)
        calendar_day("ordered_on", self.ordered_on)
        flag("automatic", self.automatic)

    @property
    def units(self) -> Decimal:
        """What the wallet gets once it is paid."""
        return _number(_parts(self.pack.units) * self.quantity)

    @property
    def price(self) -> Money:
        """What is to be paid."""
        return self.pack.price * self.quantity


def _purchases(values: Iterable[Purchase]) -> tuple[Purchase, ...]:
    """Return *values* as purchases, one for each number."""
    found = several("pending", values, Purchase)
    unique("purchase", [purchase.number for purchase in found])
    return found


_NO_MONEY: Any = attrs.Factory(
    lambda wallet: Money.zero(instance("policy", wallet.policy, WalletPolicy).currency),
    takes_self=True,
)


@final
@attrs.frozen(order=False)
class Wallet:
    """Units of one kind, with what came in and went out since the beginning.

    *pending* purchases are ordered and not yet paid.  *purchase_count* numbers them.
    *top_up_spent* is what was bought automatically in *top_up_month*, by its first
    day.  A wallet that was kept elsewhere starts with its totals.

    >>> policy = WalletPolicy(unit="minute", currency="USD", purposes=["phone"])
    >>> grant(Wallet(policy), "120").balance
    Decimal('120')

    Raises: OutOfBoundsError where more went out than came in.
    """

    policy: WalletPolicy
    top_up: TopUp | None = attrs.field(default=None, kw_only=True)
    units_in: Decimal = attrs.field(default=Decimal(0), converter=_units, kw_only=True)
    units_out: Decimal = attrs.field(default=Decimal(0), converter=_units, kw_only=True)
    money_in: Money = attrs.field(default=_NO_MONEY, kw_only=True)
    pending: tuple[Purchase, ...] = attrs.field(
        default=(), converter=_purchases, kw_only=True
    )
    purchase_count: int = attrs.field(default=0, kw_only=True)
    top_up_month: dt.date | None = attrs.field(default=None, kw_only=True)
    top_up_spent: Money = attrs.field(default=_NO_MONEY, kw_only=True)

    def __attrs_post_init__(self) -> None:
        currency = instance("policy", self.policy, WalletPolicy).currency
        if self.units_out > self.units_in:
            raise OutOfBoundsError("units_out", self.units_out, 0, self.units_in)
        for name in ("money_in", "top_up_spent"):
            amount = _same_currency(
                currency, instance(name, getattr(self, name), Money)
            )
            if amount.minor_units < 0:
                raise OutOfBoundsError(name, amount, Money.zero(currency), None)
        if self.top_up is not None:
            _same_currency(currency, instance("top_up", self.top_up, TopUp).pack.price)
        numbers = [purchase.number for purchase in self.pending]
        whole("purchase_count", self.purchase_count, max(numbers, default=0))
        for purchase in self.pending:
            _same_currency(currency, purchase.price)
        month = self.top_up_month
        if month is None and not self.top_up_spent:
            return
        month = calendar_day("top_up_month", month)
        object.__setattr__(self, "top_up_month", month.replace(day=1))

    @property
    def balance(self) -> Decimal:
        """What can be spent: units in less units out, never below zero."""
        return _number(_parts(self.units_in) - _parts(self.units_out))

    @property
    def units_pending(self) -> Decimal:
        """What the pending purchases will add."""
        return _number(sum(_parts(purchase.units) for purchase in self.pending))


def _same_refusals(refused: tuple[SeatbillError, ...]) -> tuple[Any, ...]:
    """Return what makes refusals equal: their kinds and values."""
    return tuple((type(error), error.args) for error in refused)


def _refusals(values: Iterable[SeatbillError]) -> tuple[SeatbillError, ...]:
    """Return *values* as refusals."""
    return several("refused", values, SeatbillError)


@final
@attrs.frozen(kw_only=True, order=False)
class Decision:
    """What a call comes to: showing it is a preview, keeping it is the change.

    *spent* units went out.  *purchase* is to be charged, then settled or voided.
    *refused* holds what was not done and why, as the errors that tell it.
    """

    wallet: Wallet
    spent: Decimal = attrs.field(default=Decimal(0), converter=_units)
    purchase: Purchase | None = None
    refused: tuple[SeatbillError, ...] = attrs.field(
        default=(), converter=_refusals, eq=_same_refusals
    )

    def __attrs_post_init__(self) -> None:
        instance("wallet", self.wallet, Wallet)
        if self.purchase is not None:
            instance("purchase", self.purchase, Purchase)


def grant(wallet: Wallet, units: Amount) -> Wallet:
    """Return *wallet* with *units* more that cost nothing, such as free minutes."""
    return _added(instance("wallet", wallet, Wallet), _units(units))


def spend(wallet: Wallet, units: Amount, *, purpose: str) -> Wallet:
    """Return *wallet* without *units*, spent for *purpose*, all of them or none.

    Raises: InsufficientUnitsError with how much is missing, PurposeNotAllowedError.
    """
    asked = _for(instance("wallet", wallet, Wallet), purpose, units)
    short = _shortage(wallet, asked)
    if short is not None:
        raise short
    return _without(wallet, asked)


def decide(
    wallet: Wallet, *, on: Time, units: Amount = 0, purpose: str | None = None
) -> Decision:
    """Return what comes of spending *units* on that day, and of topping up after it.

    The units are spent where the balance covers them; else they wait, and nothing is
    spent.  A top-up is due where the balance, less what waits, with what is pending,
    is strictly below the threshold: as many whole packs as close that gap, or as many
    of them as the monthly cap allows.  Both refusals are told in the decision.  With
    several spends waiting, *units* is their sum.  Without *units* only the top-up is
    decided.  A ``datetime`` counts by its day in UTC.

    >>> pack = Pack(id="25", units="25", price=Money("25.00", "EUR"))
    >>> policy = WalletPolicy(unit="credit", currency="EUR", purposes=["sms"])
    >>> top_up = TopUp(threshold="10", pack=pack)
    >>> wallet = Wallet(policy, top_up=top_up, units_in="8")
    >>> decide(wallet, on=dt.date(2026, 3, 1)).purchase.quantity
    1

    Source: TL-24, TL-28, ambiguities 12 and 26.  Raises: PurposeNotAllowedError,
    OutOfOrderError where *on* is in a month before the last automatic purchase's.
    """
    day = _day(on)
    left = instance("wallet", wallet, Wallet)
    asked = _units(units)
    if asked or purpose is not None:
        asked = _for(wallet, purpose, asked)
    short = _shortage(wallet, asked)
    if short is None:
        left = _without(wallet, asked)
    spent, waiting = (asked, Decimal(0)) if short is None else (Decimal(0), asked)
    refused: list[SeatbillError] = [] if short is None else [short]
    purchase = None
    if left.top_up is not None:
        quantity, capped = _due(left, left.top_up, waiting, day)
        refused += [] if capped is None else [capped]
        if quantity:
            pack = left.top_up.pack
            left, purchase = _ordered(left, pack, quantity, day, automatic=True)
    return Decision(wallet=left, spent=spent, purchase=purchase, refused=refused)


def buy(wallet: Wallet, pack: str, *, on: Time, quantity: int = 1) -> Decision:
    """Return the purchase by hand of *quantity* packs of the policy, by their id.

    The units come with :func:`settle`, once the purchase is paid.

    Raises: UnknownItemError, OutOfBoundsError.
    """
    found = instance("wallet", wallet, Wallet).policy.pack(pack)
    left, purchase = _ordered(wallet, found, quantity, _day(on), automatic=False)
    return Decision(wallet=left, purchase=purchase)


def settle(wallet: Wallet, number: int) -> Wallet:
    """Return *wallet* with the units of a pending purchase, now paid.

    Raises: UnknownItemError where none of this *number* is pending, as on a second
    notice of the same payment.
    """
    purchase = _pending(wallet, number)
    added = _added(wallet, purchase.units)
    return attrs.evolve(
        added,
        money_in=wallet.money_in + purchase.price,
        pending=_others(wallet, purchase),
    )


def void(wallet: Wallet, number: int) -> Wallet:
    """Return *wallet* without a pending purchase whose payment failed.

    An automatic one gives its room in the month's cap back.

    Raises: UnknownItemError where none of this *number* is pending.
    """
    purchase = _pending(wallet, number)
    spent = wallet.top_up_spent
    if purchase.automatic and purchase.ordered_on.replace(day=1) == wallet.top_up_month:
        spent = max(spent - purchase.price, Money.zero(spent.currency))
    return attrs.evolve(wallet, pending=_others(wallet, purchase), top_up_spent=spent)


def _day(on: Time) -> dt.date:
    """Return the day of *on*."""
    at = moment("on", on)
    return dt.date(at.year, at.month, at.day)


def _same_currency(currency: str, amount: Money) -> Money:
    """Return *amount*, which is in *currency*."""
    if amount.currency != currency:
        raise CurrencyMismatchError(currency, amount.currency)
    return amount


def _for(wallet: Wallet, purpose: str | None, units: Amount) -> Decimal:
    """Return *units*, which the wallet may spend for *purpose*."""
    policy = wallet.policy
    if text("purpose", purpose) not in policy.purposes:
        raise PurposeNotAllowedError(policy.unit, purpose, tuple(policy.purposes))
    return _units(units)


def _shortage(wallet: Wallet, asked: Decimal) -> InsufficientUnitsError | None:
    """Return the refusal to spend *asked*, where the balance is below it."""
    missing = _parts(asked) - _parts(wallet.balance)
    if missing <= 0:
        return None
    unit = wallet.policy.unit
    return InsufficientUnitsError(unit, asked, wallet.balance, _number(missing))


def _added(wallet: Wallet, units: Decimal) -> Wallet:
    """Return *wallet* with *units* more."""
    parts = _parts(wallet.units_in) + _parts(units)
    return attrs.evolve(wallet, units_in=_number(parts))


def _without(wallet: Wallet, units: Decimal) -> Wallet:
    """Return *wallet* without *units*, which are there."""
    parts = _parts(wallet.units_out) + _parts(units)
    return attrs.evolve(wallet, units_out=_number(parts))


def _due(
    wallet: Wallet, top_up: TopUp, waiting: Decimal, day: dt.date
) -> tuple[int, TopUpCappedError | None]:
    """Return how many packs to buy automatically, and what the cap refused."""
    level = _parts(wallet.balance) + _parts(wallet.units_pending) - _parts(waiting)
    gap = _parts(top_up.threshold) - level
    if gap <= 0:
        return 0, None
    wanted = -(-gap // _parts(top_up.pack.units))
    price, cap, spent = top_up.pack.price, top_up.monthly_cap, _spent(wallet, day)
    if cap is None:
        return wanted, None
    room = max((cap - spent).minor_units, 0) // price.minor_units
    if wanted <= room:
        return wanted, None
    following = month_boundary(day.replace(day=1), 1)
    needed = spent + price * wanted
    return room, TopUpCappedError(wanted, room, cap, spent, needed, following)


def _spent(wallet: Wallet, day: dt.date) -> Money:
    """Return what was bought automatically in the month of *day*."""
    month = wallet.top_up_month
    if month is not None and day < month:
        raise OutOfOrderError(day, month)
    if month == day.replace(day=1):
        return wallet.top_up_spent
    return Money.zero(wallet.policy.currency)


def _ordered(
    wallet: Wallet, pack: Pack, quantity: int, day: dt.date, *, automatic: bool
) -> tuple[Wallet, Purchase]:
    """Return *wallet* with one more pending purchase, and that purchase."""
    purchase = Purchase(
        number=wallet.purchase_count + 1,
        pack=pack,
        quantity=quantity,
        ordered_on=day,
        automatic=automatic,
    )
    left = attrs.evolve(
        wallet,
        pending=(*wallet.pending, purchase),
        purchase_count=purchase.number,
    )
    if automatic:
        left = attrs.evolve(
            left,
            top_up_month=day,
            top_up_spent=_spent(wallet, day) + purchase.price,
        )
    return left, purchase


def _pending(wallet: Wallet, number: int) -> Purchase:
    """Return the pending purchase with this *number*."""
    pending = instance("wallet", wallet, Wallet).pending
    whole("number", number, 1)
    for purchase in pending:
        if purchase.number == number:
            return purchase
    known = tuple(purchase.number for purchase in pending)
    raise UnknownItemError("pending purchase", number, known)


def _others(wallet: Wallet, purchase: Purchase) -> tuple[Purchase, ...]:
    """Return the pending purchases of *wallet* but this one."""
    return tuple(one for one in wallet.pending if one.number != purchase.number)
