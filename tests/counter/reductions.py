"""Percentages and amounts off: who bears them, how long, how much.

Decisions: "percent discounts", "fixed discounts", "how long a discount lasts", and
Settled 1 to 3.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from counting import to_whole

from .account import Account, Line, Offer, Reduction


def percents(account: Account, *, arrears: bool = False) -> tuple[Any, ...]:
    """Return the percentages that are part of the price now, in order.

    What opens in *arrears* with a period is not on the invoice that is made today, and
    has none that is for that invoice alone (Settled 2).
    """
    spent = _borne(account) if arrears and account.opening else set()
    return tuple(
        offer.discount
        for offer in account.offers
        if offer.discount.amount_off is None and offer.discount.id not in spent
    )


def _borne(account: Account) -> set[str]:
    """Return what is for one invoice alone and is on the one that is made today."""
    lines = [*account.unbilled, *account.ran, *account.lines]
    on_it = {id for line in lines for id in line.bears}
    once = {o.discount.id for o in account.offers if o.discount.periods == 0}
    return once & on_it


def use(account: Account, discounts: tuple[Any, ...]) -> None:
    """Note that a charge bears them: what charges nothing uses no discount."""
    for offer in account.offers:
        if offer.discount in discounts:
            offer.used = True


def charged(account: Account) -> Fraction:
    """Return what a whole period is charged in advance, each part a line of its own.

    What ended and gave nothing back stays among the charges of its period.
    """
    shared = [p for p in account.parts if p.item not in account.own]
    running = [p.full for p in shared if p.charged and not p.arrears]
    rounding = account.rules.rounding
    return account.lost + sum(to_whole(full, rounding) for full in running)


def open_reductions(account: Account, first: int) -> None:
    """Take amounts off the charges from line *first* on, up to their sum."""
    left = charged(account)
    room = sum((line.amount for line in account.lines[first:]), Fraction(0))
    for offer in account.offers:
        off = offer.discount.amount_off
        if off is None or left <= 0:
            continue
        full = min(left, Fraction(off.minor_units))
        amount = min(off.minor_units * account.rest, room)
        id = offer.discount.id
        account.reductions.append(Reduction(id, full, amount, full, account.now))
        account.lines.append(Line(-amount, account.now, (id,)))
        offer.used = True
        left, room = left - full, room - amount


def begin_day(account: Account) -> None:
    """Let what was cut on an earlier day stay cut: an added seat leaves it alone."""
    for reduction in account.reductions:
        if reduction.day != account.now:
            reduction.day, reduction.most = account.now, reduction.full


def cut_reductions(account: Account) -> None:
    """Cut amounts off to the other charges, at the end of a call: netting comes first.

    What was cut on this day comes back with the charges: a change and its reversal
    sum to zero.
    """
    left = charged(account)
    for reduction in account.reductions:
        wanted = min(reduction.most, max(left, Fraction(0)))
        if wanted != reduction.full and account.regridded:
            account.unsaid = "the share of an amount off after another interval"
        _set_full(account, reduction, wanted)
        left -= wanted


def _set_full(account: Account, reduction: Reduction, full: Fraction) -> None:
    """Take more off for the rest of the period, or take some of it back."""
    amount = (full - reduction.full) * account.rest
    amount = max(amount, -reduction.paid)
    reduction.full = full
    reduction.paid += amount
    if amount:
        account.lines.append(Line(-amount, account.now))


def close_reductions(account: Account, *, credit: bool) -> None:
    """End them with their period, and take back the unused share where it is said."""
    for reduction in account.reductions:
        if credit:
            _set_full(account, reduction, Fraction(0))
    account.reductions = []


def count_period(account: Account) -> None:
    """Count a period, from the first in which it was used (Settled 1)."""
    for offer in account.offers:
        offer.served += offer.used
    _drop(account)


def issued(account: Account, lines: list[Line]) -> None:
    """Let what was for one invoice end with the first that bears it (Settled 2)."""
    on_it = {id for line in lines for id in line.bears}
    for offer in account.offers:
        one = offer.discount.periods == 0 and offer.used
        offer.spent = one and offer.discount.id in on_it
    _drop(account)


def _drop(account: Account) -> None:
    """Drop what has served."""
    account.offers = [offer for offer in account.offers if not _is_over(offer)]


def _is_over(offer: Offer) -> bool:
    """Return whether it has served."""
    periods = offer.discount.periods
    return offer.spent if periods in (None, 0) else offer.served >= periods
