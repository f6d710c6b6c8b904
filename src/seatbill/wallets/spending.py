"""Units spent, granted, bought, lapsed: each call returns a new wallet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import attrs

from .._values.checks import Amount, Time, instance, text, whole
from .._values.units import added, number_of, parts_of, units_of
from ..errors import (
    InsufficientUnitsError,
    OutOfOrderError,
    PurposeNotAllowedError,
    TopUpCappedError,
    UnknownItemError,
)
from ..money import Money, Rounding
from ..periods import calendar_day, date_of, month_boundary
from .balances import Decision, UnitLot, Wallet, has_lapsed
from .packs import Pack, Purchase, TopUp, UnusedUnits

_NONE: Final = Decimal(0)


def grant(
    wallet: Wallet, units: Amount, *, expires_on: dt.date | None = None
) -> Wallet:
    """Return *wallet* with *units* more that cost nothing, such as free minutes.

    *expires_on* is the last day on which they can be spent, included.
    """
    before = instance("wallet", wallet, Wallet).units_in
    more = units_of(units)
    lots = wallet.lots
    if expires_on is not None and calendar_day("expires_on", expires_on) and more:
        lots += (UnitLot(units=more, size=more, expires_on=expires_on),)
    return attrs.evolve(wallet, units_in=added(before, more), lots=lots)


def spend(
    wallet: Wallet, units: Amount, *, purpose: str, on: Time | None = None
) -> Wallet:
    """Return *wallet* without *units*, spent for *purpose*, all of them or none.

    *on* is needed where units have a last day.  What lapses first is spent first; on
    one day gifts before what was bought, and what has no lot before lots without a day.

    Raises: InsufficientUnitsError with how much is missing of what is valid that day,
    PurposeNotAllowedError, WrongTypeError where the day is needed.
    """
    asked = _for(instance("wallet", wallet, Wallet), purpose, units)
    dated = any(lot.expires_on is not None for lot in wallet.lots)
    day = date_of(on) if dated or on is not None else dt.date.min
    if short := _shortage(wallet, asked, day):
        raise short
    return _spent_from(wallet, asked, day)


def lapse(wallet: Wallet, *, on: Time) -> Decision:
    """Return *wallet* without the units whose last day was before that day.

    Nothing is lost by not asking: what has lapsed is never spent.
    """
    day = date_of(on)
    lots = instance("wallet", wallet, Wallet).lots
    lapsed = added(*(lot.units for lot in lots if has_lapsed(lot, day)))
    if not lapsed:
        return Decision(wallet=wallet)
    left = attrs.evolve(
        wallet,
        units_out=added(wallet.units_out, lapsed),
        lots=[lot for lot in lots if not has_lapsed(lot, day)],
    )
    return Decision(wallet=left, lapsed=lapsed)


def end(wallet: Wallet, *, on: Time) -> Decision:
    """Return the end of *wallet* on that day: nothing is left in it.

    Gifts lapse.  Where the policy says that unused units go back, *refund_due* is the
    price of each lot by the part of it that is left, rounded once for each, halves
    away from zero; else what was bought lapses too.  What is still pending stays.

    >>> from seatbill.wallets import WalletPolicy
    >>> pack = Pack(id="25", units="25", price=Money("20.00", "EUR"))
    >>> policy = WalletPolicy(
    ...     unit="credit",
    ...     currency="EUR",
    ...     purposes=["sms"],
    ...     packs=[pack],
    ...     unused=UnusedUnits.GO_BACK,
    ... )
    >>> bought = buy(Wallet(policy), "25", on=dt.date(2026, 3, 1)).wallet
    >>> left = spend(settle(bought, 1), "10", purpose="sms")
    >>> end(left, on=dt.date(2026, 3, 9)).refund_due  # 20.00 × 15/25
    Money('12.00', 'EUR')
    """
    day = date_of(on)
    policy = instance("wallet", wallet, Wallet).policy
    goes_back = policy.unused is UnusedUnits.GO_BACK
    refund, returned = Money.zero(policy.currency), _NONE
    for lot in wallet.lots:
        if goes_back and lot.price is not None and not has_lapsed(lot, day):
            part = Fraction(parts_of(lot.units), parts_of(lot.size))
            exact = Fraction(lot.price.amount) * part
            refund += Money.rounded(exact, policy.currency, Rounding.HALF_UP)
            returned = added(returned, lot.units)
    return Decision(
        wallet=attrs.evolve(wallet, units_out=wallet.units_in, lots=()),
        lapsed=number_of(parts_of(wallet.balance) - parts_of(returned)),
        returned=returned,
        refund_due=refund,
    )


def decide(
    wallet: Wallet, *, on: Time, units: Amount = 0, purpose: str | None = None
) -> Decision:
    """Return what comes of spending *units* on that day, and of topping up after it.

    The units are spent where the balance covers them; else they wait, and nothing is
    spent.  A top-up is due where the balance, less what waits, with what is pending,
    is strictly below the threshold: as many whole packs as close that gap, or as many
    of them as the monthly cap allows.  Both refusals are told in the decision.  With
    several spends waiting, *units* is their sum.  Without *units* only the top-up is
    decided.  What has lapsed by that day is no more in it, and is told.  A ``datetime``
    counts by its day in UTC.

    >>> from seatbill.wallets import WalletPolicy
    >>> pack = Pack(id="25", units="25", price=Money("25.00", "EUR"))
    >>> policy = WalletPolicy(unit="credit", currency="EUR", purposes=["sms"])
    >>> top_up = TopUp(threshold="10", pack=pack)
    >>> wallet = Wallet(policy, top_up=top_up, units_in="8")
    >>> decide(wallet, on=dt.date(2026, 3, 1)).purchase.quantity
    1

    Raises: PurposeNotAllowedError,
    OutOfOrderError where *on* is in a month before the last automatic purchase's.
    """
    day = date_of(on)
    valid = lapse(wallet, on=day)
    left = valid.wallet
    asked = units_of(units)
    if asked or purpose is not None:
        asked = _for(wallet, purpose, asked)
    if (short := _shortage(left, asked, day)) is None:
        left = _spent_from(left, asked, day)
    spent, waiting = (asked, _NONE) if short is None else (_NONE, asked)
    purchase = capped = None
    if left.top_up is not None:
        quantity, capped = _due(left, left.top_up, waiting, day)
        if quantity:
            pack = left.top_up.pack
            left, purchase = _ordered(left, pack, quantity, day, automatic=True)
    refused = [refusal for refusal in (short, capped) if refusal is not None]
    return Decision(
        wallet=left,
        spent=spent,
        lapsed=valid.lapsed,
        purchase=purchase,
        refused=refused,
    )


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

    They are a lot where they lapse on a day, or go back at the end.

    Raises: UnknownItemError where none of this *number* is pending, as on a second
    notice of the same payment.
    """
    purchase = _pending(wallet, number)
    units, last_day, lots = purchase.units, purchase.expires_on, wallet.lots
    if last_day is not None or wallet.policy.unused is UnusedUnits.GO_BACK:
        price = purchase.price
        lots += (UnitLot(units=units, size=units, price=price, expires_on=last_day),)
    return attrs.evolve(
        wallet,
        lots=lots,
        units_in=added(wallet.units_in, units),
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


def _for(wallet: Wallet, purpose: str | None, units: Amount) -> Decimal:
    """Return *units*, which the wallet may spend for *purpose*."""
    policy = wallet.policy
    if text("purpose", purpose) not in policy.purposes:
        raise PurposeNotAllowedError(policy.unit, purpose, policy.purposes)
    return units_of(units)


def _shortage(
    wallet: Wallet, asked: Decimal, day: dt.date
) -> InsufficientUnitsError | None:
    """Return the refusal to spend *asked*, where what is valid is below it."""
    valid = wallet.balance_on(day)
    missing = parts_of(asked) - parts_of(valid)
    if missing <= 0:
        return None
    unit = wallet.policy.unit
    return InsufficientUnitsError(unit, asked, valid, number_of(missing))


def _spent_from(wallet: Wallet, asked: Decimal, day: dt.date) -> Wallet:
    """Return *wallet* without *asked* units, which are there, of its lots in turn."""
    units_out = added(wallet.units_out, asked)
    if not wallet.lots:
        return attrs.evolve(wallet, units_out=units_out)
    left = parts_of(asked)
    valid = sorted((lot for lot in wallet.lots if not has_lapsed(lot, day)), key=_place)
    in_lots = sum(parts_of(lot.units) for lot in wallet.lots)
    plain = parts_of(wallet.balance) - in_lots
    kept = [lot for lot in wallet.lots if has_lapsed(lot, day)]
    for lot in valid:
        if lot.expires_on is None:  # what has no lot comes before
            left, plain = max(left - plain, 0), 0
        part = min(left, parts_of(lot.units))
        left -= part
        if rest := parts_of(lot.units) - part:
            kept.append(attrs.evolve(lot, units=number_of(rest)))
    return attrs.evolve(wallet, units_out=units_out, lots=kept)


def _place(lot: UnitLot) -> tuple[bool, dt.date, bool]:
    """Return where *lot* stands among those that are spent."""
    day = lot.expires_on
    return day is None, day or dt.date.max, lot.price is not None


def _due(
    wallet: Wallet, top_up: TopUp, waiting: Decimal, day: dt.date
) -> tuple[int, TopUpCappedError | None]:
    """Return how many packs to buy automatically, and what the cap refused."""
    level = parts_of(added(wallet.balance_on(day), wallet.units_pending)) - parts_of(
        waiting
    )
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
