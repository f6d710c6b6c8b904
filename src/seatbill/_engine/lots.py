"""Credit in lots: used in an order, given back in the reverse one, lapsed on its day.

Takes a state that has lots and what an invoice comes to, and leaves what each lot paid
or got back.  A lot knows what it *spent* and what may still come back to it; from the
first gift that pays on, the money paid above it is counted beside, on a lot of nothing.

A gift of 50.00 pays the first 50.00 of a month of 60.00, and 10.00 are paid: given
back at once, 10.00 of the 60.00 are money again, and 50.00 are a gift.  Given back with
20 of 30 days left it is 40.00: 10.00 of money, 30.00 of the gift.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import ceil
from typing import Any, Final

from ..credit import CreditKind, CreditLot
from ..errors import CurrencyMismatchError, OutOfOrderError
from ..invoices import taxes_of
from ..money import trusted_money
from ..periods import same_time
from ..rules import CreditOrder
from .state import State

_GIFT: Final = CreditKind.GIFT
_PAID: Final = CreditKind.PAID

_BEFORE: Final[dict[CreditOrder, Callable[[CreditLot], bool]]] = {
    CreditOrder.EARLIEST_FIRST: lambda _lot: False,
    CreditOrder.GIFTS_FIRST: lambda lot: lot.kind is _PAID,
    CreditOrder.MONEY_FIRST: lambda lot: lot.kind is _GIFT,
}


def _in_order(state: State, lots: Iterable[CreditLot]) -> list[CreditLot]:
    """Return *lots* in the order in which they pay."""
    before = _BEFORE[state.rules.credit_order]

    def place(lot: CreditLot) -> Any:
        day = lot.expires_on
        return before(lot), day is None, day or state.day, lot.kind is _PAID

    return sorted(lots, key=place)


def _lot(
    state: State, kind: CreditKind, day: Any, amount: int = 0, spent: int = 0
) -> CreditLot:
    currency = state.currency
    return CreditLot(
        trusted_money(amount, currency), kind, day, trusted_money(spent, currency)
    )


def _moved(state: State, lot: CreditLot, amount: int, spent: int) -> CreditLot:
    """Return *lot* with so much more of it left, and so much more spent."""
    amount += lot.amount.minor_units
    spent += lot.spent.minor_units
    return _lot(state, lot.kind, lot.expires_on, amount, spent)


def _keep(state: State, lots: Iterable[CreditLot]) -> None:
    """Keep those of *lots* that hold anything, or may still get something back."""
    held = [lot for lot in lots if lot.amount or lot.spent]
    if not any(lot.spent for lot in held if not lot.is_money):
        held = [lot for lot in held if not lot.is_money]
    state.lots = tuple(_in_order(state, held))


def grant(state: State, amount: Any, kind: CreditKind, expires_on: Any) -> None:
    """Put *amount* on the lot of its kind and last day; money goes to the balance."""
    if amount.currency != state.currency:
        raise CurrencyMismatchError(state.currency, amount.currency)
    if expires_on is not None:
        same_time("expires_on", expires_on, state.start)
        if expires_on < state.day:
            raise OutOfOrderError(expires_on, state.day)
    elif kind is _PAID:
        state.balance += amount.minor_units
        return
    found = [
        lot for lot in state.lots if (lot.kind, lot.expires_on) == (kind, expires_on)
    ]
    lot = found[0] if found else _lot(state, kind, expires_on)
    others = [other for other in state.lots if other is not lot]
    state.extras = True
    _keep(state, [*others, _moved(state, lot, amount.minor_units, 0)])


def lapse(state: State) -> None:
    """Let go what may not be used any more, the day after its last, and tell it."""
    held = []
    for lot in state.lots:
        if lot.amount and lot.expires_on is not None and lot.expires_on < state.day:
            amount, day = ("amount", lot.amount), ("expires_on", lot.expires_on)
            state.notify("credit_lapsed", amount, ("kind", lot.kind), day)
            held.append(_moved(state, lot, -lot.amount.minor_units, 0))
        else:
            held.append(lot)
    _keep(state, held)


def settle_with_lots(state: State, total: int) -> tuple[int, tuple[CreditLot, ...]]:
    """Settle an invoice of *total* with credit, or give back what it is below zero.

    Return what all credit paid, and what each lot paid or got back.
    """
    lapse(state)
    found = _use(state, total) if total > 0 else (0, _take_back(state, -total))
    lapse(state)  # what came back too late
    return found


def _use(state: State, total: int) -> tuple[int, tuple[CreditLot, ...]]:
    """Pay *total* in the order of the rules; the money above gifts is counted too."""
    money = next((lot for lot in state.lots if lot.is_money), _lot(state, _PAID, None))
    left, paid, held = total, [], []
    balance = _moved(state, money, state.balance, 0)
    others = [lot for lot in state.lots if not lot.is_money]
    for lot in _in_order(state, [*others, balance]):
        part = min(left, lot.amount.minor_units)
        left -= part
        if lot.is_money:
            state.balance -= part
        else:
            held.append(_moved(state, lot, -part, part))
            if part:
                paid.append(_lot(state, lot.kind, lot.expires_on, part))
    by_lots = sum(lot.amount.minor_units for lot in paid)
    _keep(state, [*held, _moved(state, money, 0, total - by_lots)])
    return total - left, tuple(paid)


def _take_back(state: State, total: int) -> tuple[CreditLot, ...]:
    """Give *total* back: money that was paid since a gift did, then lots, then money.

    Lots get it in the reverse of the order in which they pay.  So no more comes back
    as money than was paid with it.
    """
    returned, held = [], []
    for lot in _last_first(state):
        part = min(total, lot.spent.minor_units)
        total -= part
        if lot.is_money:
            state.balance += part
            held.append(_moved(state, lot, 0, -part))
        else:
            held.append(_moved(state, lot, part, -part))
            if part:
                returned.append(_lot(state, lot.kind, lot.expires_on, part))
    state.balance += total
    _keep(state, held)
    return tuple(returned)


def _last_first(state: State) -> list[CreditLot]:
    """Return the lots as what they paid comes back: money first."""
    lots = [*reversed(_in_order(state, state.lots))]
    return sorted(lots, key=lambda lot: not lot.is_money)


def close_period(state: State) -> None:
    """Let what lots spent rest, as the running period ends.

    Nothing of it comes back, but what lines that still wait give back, and add-ons in
    periods of their own.
    """
    lines = state.unbilled + state.accrued
    left = -sum(line.amount_minor for line in lines)
    for tax in taxes_of(lines, state.currency, state.rules.rounding):
        if not tax.rate.inclusive:
            left -= tax.amount.minor_units
    left = max(left, 0) + _held_alone(state)
    held = []
    for lot in _last_first(state):
        spent = lot.spent.minor_units
        part = min(left, spent)
        left -= part
        held.append(_moved(state, lot, 0, part - spent))
    _keep(state, held)


def _held_alone(state: State) -> int:
    """Return what may come back, with taxes, of own periods that run on today."""
    held = Fraction(0)
    for charge in state.charges if state.own else ():
        terms = charge.terms
        alone = state.own_of(terms)
        period = None if alone is None else state.add_ons[alone].period
        if period is not None and period.end > state.day:
            on_top = sum(Fraction(r.rate) for r in terms.tax_rates if not r.inclusive)
            held += (charge.charged_minor - charge.credited_minor) * (1 + on_top)
    return ceil(held)


def end_lots(state: State) -> None:
    """End all lots: money goes back, a gift lapses with the subscription."""
    lapse(state)  # there may be no last invoice that did
    for lot in state.lots:
        if lot.kind is _PAID:
            state.refund += lot.amount.minor_units
        elif lot.amount:
            state.notify(
                "gift_ended", ("amount", lot.amount), ("expires_on", lot.expires_on)
            )
    state.lots = ()
