"""More or fewer of what runs: the difference of two totals, and what it is made of.

Takes how many run and how many are to be more or fewer, and leaves a line for the
difference of the two totals on the charges that it falls to.  Each charge holds a part
of the total that the price list says, at its own net price, and all parts together are
that total, whatever rate or discount came and went.  What was opened last goes first
(decision: only the added seats are priced).

Volume tiers at 10.00 up to 10 seats and 8.00 beyond: the 10 seats cost 100.00, and 11
of them 88.00.  The eleventh is no charge but a credit: 12.00 less, for what remains.
"""

from __future__ import annotations

from collections.abc import Iterable

from .charging import (
    add_to_charge,
    cut,
    difference,
    end_charge,
    factor_of,
    removals_return,
    running,
)
from .invoicing import charge_remaining, give_back, new_charge
from .prices import UnitPrice
from .state import OpenCharge, State


def grow(state: State, price: UnitPrice, before: int, n: int, *, charged: bool) -> None:
    """Add *n* to the *before* that run already."""
    if price.flat:
        return
    each = price.each
    if price.beyond is not None:
        for part, more in price.parts(n, before):
            add_to_charge(state, part, more, part.full(more), charged=charged)
        return
    if each is not None:
        add_to_charge(state, price, n, n * each, charged=charged)
        return
    listed = price.rate.total(before + n) - price.rate.total(before)
    if listed >= 0 or not charged:
        add_to_charge(state, price, n, listed * price.factor, charged=charged)
        return
    _cheapen(state, price, before, n, -listed)  # a volume tier: the total falls


def shrink(
    state: State, price: UnitPrice, before: int, n: int, *, credit: bool
) -> None:
    """Take *n* of the *before* that run; what was opened last goes first."""
    if price.flat:
        return
    credit = credit and removals_return(state.rules)
    runs = running(state, price.terms)  # none in a trial, for example
    none_left = n == before
    if price.each is None and not none_left:
        _lower_total(state, price, runs, before, n, credit=credit)
        return
    for charge in runs:
        taken = charge.quantity if none_left else min(n, charge.quantity)
        n -= taken
        emptied = taken == charge.quantity
        full = -charge.full_scaled if emptied else difference(charge, price, taken, 0)
        if taken or full:
            _adjust_charge(state, charge, -taken, full, money=credit)
        if emptied:
            end_charge(state, charge)


def _adjust_charge(
    state: State, charge: OpenCharge, n: int, full: int, *, money: bool
) -> None:
    """Change *charge* by *n* units and *full*: a line for the difference."""
    if charge.terms.in_arrears:
        cut(state, charge)
    elif not money or charge.free:
        pass
    elif full < 0:
        give_back(state, charge, -n, -full)
    else:
        charge_remaining(state, charge, n, full)
    charge.quantity += n
    charge.full_scaled += full


# Tiers.


def _parts_of(
    runs: list[OpenCharge], price: UnitPrice, before: int
) -> tuple[dict[int, int], dict[int, int]]:
    """Return the part of the total of each charge, and what was not charged of it.

    Both by place and as listed, what was opened last first.  At 100 % off, the
    charge's part is its share of the list price.
    """
    total, height = price.rate.total, before
    parts: dict[int, int] = {}
    spare: dict[int, int] = {}
    for place, charge in enumerate(runs):
        below = max(height - charge.quantity, 0)
        listed, height = total(height) - total(below), below
        factor = factor_of(charge.terms)
        parts[place] = charge.full_scaled // factor if factor else listed
        if charge.free:  # a rise that was not charged, beside its own seats
            spare[place] = max(parts[place] - listed, 0)
    return parts, spare


def _absorbed(fall: int, parts: dict[int, int], spare: dict[int, int]) -> int:
    """Take *fall* off what was not charged first, and return what is left of it."""
    for place, known in spare.items():
        taken = min(fall, known)
        spare[place] = known - taken
        parts[place] -= taken
        fall -= taken
    return fall


def _take(fall: int, parts: dict[int, int], places: Iterable[int]) -> int:
    """Take *fall* off the parts at *places* in turn, and return what is left of it."""
    for place in places:
        taken = max(min(fall, parts[place]), 0)
        parts[place] -= taken
        fall -= taken
    return fall


def _cheapen(state: State, price: UnitPrice, before: int, n: int, fall: int) -> None:
    """Add *n* to the *before* that run where the total has a *fall*.

    It is one line, on what was opened last of the charges that hold as much; only
    where none does, several share it.
    """
    runs = running(state, price.terms)
    if not runs:
        return
    parts, spare = _parts_of(runs, price, before)
    left = dict(parts)
    fall = _absorbed(fall, left, spare)
    able = [place for place in left if left[place] >= fall]
    paid = [place for place in left if not runs[place].free]
    at = next(iter((able if fall else paid) or paid or left))
    _take(fall, left, [at] if able else left)
    for place, part in parts.items():
        more = n if place == at else 0
        _give_part(state, runs[place], more, part, left[place], money=True)


def _lower_total(
    state: State,
    price: UnitPrice,
    runs: list[OpenCharge],
    before: int,
    n: int,
    *,
    credit: bool,
) -> None:
    """Take *n* of the *before* that run, for the difference of the two totals.

    Each seat goes with what it added to the total, up or down; with one that was not
    charged no money goes.  A rise that is not charged is kept apart: nothing of it
    can come back.
    """
    total = price.rate.total
    parts, spare = _parts_of(runs, price, before)
    left = dict(parts)
    seats, falls = dict.fromkeys(parts, 0), dict.fromkeys(parts, 0)
    for place, charge in enumerate(runs):
        taken = min(n, charge.quantity)
        seats[place] = taken
        falls[place] = total(before) - total(before - taken)
        before -= taken
        n -= taken
    over = 0
    for place, fall in falls.items():
        charge = runs[place]
        if charge.free or (fall < 0 and credit):
            left[place] -= fall
        elif fall < 0:
            apart = [p for p in left if runs[p].free and factor_of(runs[p].terms)]
            if apart:
                left[apart[0]] -= fall
            elif factor := factor_of(charge.terms):
                full = -fall * factor
                apart_of = new_charge(state, charge.terms, 0, full, True)
                state.charges.append(apart_of)
        else:
            over += _take(_absorbed(fall, left, spare), left, [place])
    _take(over, left, left)
    for place, part in parts.items():
        _give_part(state, runs[place], -seats[place], part, left[place], money=credit)


def _give_part(
    state: State, charge: OpenCharge, n: int, old: int, new: int, *, money: bool
) -> None:
    """Let *charge* have *n* units more, and a *new* part of the total."""
    full = (new - old) * factor_of(charge.terms)
    if n or full:
        _adjust_charge(state, charge, n, full, money=money)
    if not charge.quantity and not new:
        end_charge(state, charge)
