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

from ._values.checks import Amount, Time, flag, instance, several, text, unique, whole
from ._values.units import added, number_of, parts_of, some_units, units_of
from .errors import (
    CurrencyMismatchError,
    InsufficientUnitsError,
    OutOfBoundsError,
    OutOfOrderError,
    PurposeNotAllowedError,
    SeatbillError,
    TopUpCappedError,
    UnknownItemError,
)
from .money import Money, currency_digits
from .periods import calendar_day, date_of, month_boundary

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


@final
@attrs.frozen(kw_only=True, order=False)
class Pack:
    """A number of *units* that is bought at once, at *price*."""

    id: str
    units: Decimal = attrs.field(converter=some_units)
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

    threshold: Decimal = attrs.field(converter=units_of)
    pack: Pack
    monthly_cap: Money | None = None

    def __attrs_post_init__(self) -> None:
        price, cap = instance("pack", self.pack, Pack).price, self.monthly_cap
        if cap is not None and instance("monthly_cap", cap, Money) < price:
            raise OutOfBoundsError("monthly_cap", cap, price, None)


def _purposes(values: Iterable[str]) -> tuple[str, ...]:
    found = several("purposes", values, str)
    unique("purpose", found)
    return tuple(text("purpose", value) for value in found)


def _packs(values: Iterable[Pack]) -> tuple[Pack, ...]:
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
        _same_currency(self.currency, *(pack.price for pack in self.packs))

    def pack(self, id: str) -> Pack:
        """Return the pack with this *id*.  Raises: UnknownItemError."""
        known = {pack.id: pack for pack in self.packs}
        if text("pack", id) not in known:
            raise UnknownItemError("pack", id, tuple(known))
        return known[id]


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
        return number_of(parts_of(self.pack.units) * self.quantity)

    @property
    def price(self) -> Money:
        """What is to be paid."""
        return self.pack.price * self.quantity


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
    units_in: Decimal = attrs.field(default=_NONE, converter=units_of, kw_only=True)
    units_out: Decimal = attrs.field(default=_NONE, converter=units_of, kw_only=True)
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
            amount = instance(name, getattr(self, name), Money)
            _same_currency(currency, amount)
            if amount.minor_units < 0:
                raise OutOfBoundsError(name, amount, Money.zero(currency), None)
        if self.top_up is not None:
            _same_currency(currency, instance("top_up", self.top_up, TopUp).pack.price)
        most = max((purchase.number for purchase in self.pending), default=0)
        whole("purchase_count", self.purchase_count, most)
        _same_currency(currency, *(purchase.price for purchase in self.pending))
        month = self.top_up_month
        if month is not None or self.top_up_spent:
            first = calendar_day("top_up_month", month).replace(day=1)
            object.__setattr__(self, "top_up_month", first)

    @property
    def balance(self) -> Decimal:
        """What can be spent: units in less units out, never below zero."""
        return number_of(parts_of(self.units_in) - parts_of(self.units_out))

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

    *spent* units went out.  *purchase* is to be charged, then settled or voided.
    *refused* holds what was not done and why, as the errors that tell it.
    """

    wallet: Wallet
    spent: Decimal = attrs.field(default=_NONE, converter=units_of)
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
    before = instance("wallet", wallet, Wallet).units_in
    return attrs.evolve(wallet, units_in=added(before, units_of(units)))


def spend(wallet: Wallet, units: Amount, *, purpose: str) -> Wallet:
    """Return *wallet* without *units*, spent for *purpose*, all of them or none.

    Raises: InsufficientUnitsError with how much is missing, PurposeNotAllowedError.
    """
    asked = _for(instance("wallet", wallet, Wallet), purpose, units)
    if short := _shortage(wallet, asked):
        raise short
    return attrs.evolve(wallet, units_out=added(wallet.units_out, asked))


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
    day = date_of(on)
    left = instance("wallet", wallet, Wallet)
    asked = units_of(units)
    if asked or purpose is not None:
        asked = _for(wallet, purpose, asked)
    if (short := _shortage(wallet, asked)) is None:
        left = attrs.evolve(wallet, units_out=added(wallet.units_out, asked))
    spent, waiting = (asked, _NONE) if short is None else (_NONE, asked)
    purchase = capped = None
    if left.top_up is not None:
        quantity, capped = _due(left, left.top_up, waiting, day)
        if quantity:
            pack = left.top_up.pack
            left, purchase = _ordered(left, pack, quantity, day, automatic=True)
    refused = [refusal for refusal in (short, capped) if refusal is not None]
    return Decision(wallet=left, spent=spent, purchase=purchase, refused=refused)


def buy(wallet: Wallet, pack: str, *, on: Time, quantity: int = 1) -> Decision:
    """Return the purchase by hand of *quantity* packs of the policy, by their id.

    The units come with :func:`settle`, once the purchase is paid.

    Raises: UnknownItemError, OutOfBoundsError.
    """
    found = instance("wallet", wallet, Wallet).policy.pack(pack)
    left, purchase = _ordered(wallet, found, quantity, date_of(on), automatic=False)
    return Decision(wallet=left, purchase=purchase)


def settle(wallet: Wallet, number: int) -> Wallet:
    """Return *wallet* with the units of a pending purchase, now paid.

    Raises: UnknownItemError where none of this *number* is pending, as on a second
    notice of the same payment.
    """
    purchase = _pending(wallet, number)
    return attrs.evolve(
        wallet,
        units_in=added(wallet.units_in, purchase.units),
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


def _same_currency(currency: str, *amounts: Money) -> None:
    """Refuse an amount that is not in *currency*."""
    for amount in amounts:
        if amount.currency != currency:
            raise CurrencyMismatchError(currency, amount.currency)


def _for(wallet: Wallet, purpose: str | None, units: Amount) -> Decimal:
    """Return *units*, which the wallet may spend for *purpose*."""
    policy = wallet.policy
    if text("purpose", purpose) not in policy.purposes:
        raise PurposeNotAllowedError(policy.unit, purpose, policy.purposes)
    return units_of(units)


def _shortage(wallet: Wallet, asked: Decimal) -> InsufficientUnitsError | None:
    """Return the refusal to spend *asked*, where the balance is below it."""
    missing = parts_of(asked) - parts_of(wallet.balance)
    if missing <= 0:
        return None
    unit = wallet.policy.unit
    return InsufficientUnitsError(unit, asked, wallet.balance, number_of(missing))


def _due(
    wallet: Wallet, top_up: TopUp, waiting: Decimal, day: dt.date
) -> tuple[int, TopUpCappedError | None]:
    """Return how many packs to buy automatically, and what the cap refused."""
    level = parts_of(added(wallet.balance, wallet.units_pending)) - parts_of(waiting)
    gap = parts_of(top_up.threshold) - level
    if gap <= 0:
        return 0, None
    wanted = -(-gap // parts_of(top_up.pack.units))
    price, cap, spent = top_up.pack.price, top_up.monthly_cap, _spent(wallet, day)
    room = 0 if cap is None else (cap - spent).minor_units // price.minor_units
    if cap is None or wanted <= room:
        return wanted, None
    following = month_boundary(day.replace(day=1), 1)
    needed = spent + price * wanted
    room = max(room, 0)
    return room, TopUpCappedError(wanted, room, cap, spent, needed, following)


def _spent(wallet: Wallet, day: dt.date) -> Money:
    """Return what was bought automatically in the month of *day*."""
    month = wallet.top_up_month
    if month is not None and day < month:
        raise OutOfOrderError(day, month)
    this_month = month == day.replace(day=1)
    return wallet.top_up_spent if this_month else Money.zero(wallet.policy.currency)


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
    changed: dict[str, Any] = {"pending": (*wallet.pending, purchase)}
    if automatic:
        spent = _spent(wallet, day) + purchase.price
        changed |= {"top_up_month": day, "top_up_spent": spent}
    left = attrs.evolve(wallet, purchase_count=purchase.number, **changed)
    return left, purchase


def _pending(wallet: Wallet, number: int) -> Purchase:
    pending = instance("wallet", wallet, Wallet).pending
    whole("number", number, 1)
    known = {purchase.number: purchase for purchase in pending}
    if number not in known:
        raise UnknownItemError("pending purchase", number, tuple(known))
    return known[number]


def _others(wallet: Wallet, purchase: Purchase) -> tuple[Purchase, ...]:
    return tuple(one for one in wallet.pending if one.number != purchase.number)
