"""More or fewer of what runs: the difference of two totals, and what it is made of.

Each charge holds a part of the total that the price list says, at its own net price,
and all parts together are that total, whatever rate or discount came and went.  What
was opened last goes first.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..subscriptions.parts import ChargeRow
from .charging import add_to, cut, difference, end_charge, kept_of, open_empty, running
from .invoicing import charge_rest, give_back
from .members import FULL
from .prices import Sale
from .state import Ledger


def grow(ledger: Ledger, sale: Sale, before: int, n: int, *, charged: bool) -> None:
    """Add *n* to the *before* that run already."""
    if sale.flat:
        return
    each = sale.each
    if each is not None:
        add_to(ledger, sale, n, n * each, charged=charged)
        return
    listed = sale.rate.total(before + n) - sale.rate.total(before)
    if listed >= 0 or not charged:
        add_to(ledger, sale, n, listed * sale.kept, charged=charged)
        return
    _cheapen(ledger, sale, before, n, -listed)  # a volume tier: the total falls


def shrink(ledger: Ledger, sale: Sale, before: int, n: int, *, credit: bool) -> None:
    """Take *n* of the *before* that run; what was opened last goes first."""
    if sale.flat:
        return
    if sale.terms.convention is FULL:
        credit = False  # given back only in exchange for a new charge
    runs = running(ledger, sale.terms)  # none in a trial, for example
    none_left = n == before
    if sale.each is None and not none_left:
        _lower_total(ledger, sale, runs, before, n, credit=credit)
        return
    for charge in runs:
        taken = charge.quantity if none_left else min(n, charge.quantity)
        n -= taken
        emptied = taken == charge.quantity
        full = -charge.full_scaled if emptied else difference(charge, sale, taken, 0)
        if taken or full:
            _regrade(ledger, charge, -taken, full, money=credit)
        if emptied:
            end_charge(ledger, charge)


def _regrade(
    ledger: Ledger, charge: ChargeRow, n: int, full: int, *, money: bool
) -> None:
    """Change *charge* by *n* units and *full*: a line for the difference."""
    if charge.terms.in_arrears:
        cut(ledger, charge)
    elif not money or charge.free:
        pass
    elif full < 0:
        give_back(ledger, charge, -n, -full)
    else:
        ledger.lines.append(charge_rest(ledger, charge, n, full))
    charge.quantity += n
    charge.full_scaled += full


# Tiers.


def _parts_of(
    runs: list[ChargeRow], sale: Sale, before: int
) -> tuple[dict[int, int], dict[int, int]]:
    """Return the part of the total of each charge, and what was not charged of it.

    Both by place and as listed, what was opened last first.  Where nothing is left of
    its price a charge does not say: it holds what it costs where it lies.
    """
    total, height = sale.rate.total, before
    parts: dict[int, int] = {}
    spare: dict[int, int] = {}
    for place, charge in enumerate(runs):
        below = max(height - charge.quantity, 0)
        listed, height = total(height) - total(below), below
        kept = kept_of(charge.terms)
        parts[place] = charge.full_scaled // kept if kept else listed
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


def _cheapen(ledger: Ledger, sale: Sale, before: int, n: int, fall: int) -> None:
    """Add *n* to the *before* that run where the total has a *fall*.

    It is one line, on what was opened last of the charges that hold as much; only
    where none does, several share it.
    """
    runs = running(ledger, sale.terms)
    if not runs:
        return
    parts, spare = _parts_of(runs, sale, before)
    left = dict(parts)
    fall = _absorbed(fall, left, spare)
    able = [place for place in left if left[place] >= fall]
    paid = [place for place in left if not runs[place].free]
    at = next(iter((able if fall else paid) or paid or left))
    _take(fall, left, [at] if able else left)
    for place, part in parts.items():
        more = n if place == at else 0
        _give_part(ledger, runs[place], more, part, left[place], money=True)


def _lower_total(
    ledger: Ledger,
    sale: Sale,
    runs: list[ChargeRow],
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
    total = sale.rate.total
    parts, spare = _parts_of(runs, sale, before)
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
            apart = [p for p in left if runs[p].free and kept_of(runs[p].terms)]
            if apart:
                left[apart[0]] -= fall
            elif kept := kept_of(charge.terms):
                other = open_empty(ledger, charge.terms, free=True)
                other.full_scaled = -fall * kept
        else:
            over += _take(_absorbed(fall, left, spare), left, [place])
    _take(over, left, left)
    for place, part in parts.items():
        _give_part(ledger, runs[place], -seats[place], part, left[place], money=credit)


def _give_part(
    ledger: Ledger, charge: ChargeRow, n: int, old: int, new: int, *, money: bool
) -> None:
    """Let *charge* have *n* units more, and a *new* part of the total."""
    full = (new - old) * kept_of(charge.terms)
    if n or full:
        _regrade(ledger, charge, n, full, money=money)
    if not charge.quantity and not new:
        end_charge(ledger, charge)
