"""Amounts off: opened, fitted to what they are for, moved, and kept net of notes.

An amount off is a charge of its own, below zero.  Takes the charges and the lines of a
call, and leaves amounts off that are never above the charges that they are for, also
where those fall and rise again inside the period; a line for each move.

15.00 off 12.00 a month: the charge is of −12.00, and its line of −15.00 is cut to
−12.00 by its cap.  15.00 off 20.00, of which 10.00 end with 20 of 30 days left: the
discount falls to 10.00 and the unused share of 5.00 is taken back, 3.33.
3.00 off 10.00, of which a credit note took 7.00: the cancellation takes 2.00 of the
discount back, and gives back no more than these 2.00, not 3.00 (law 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

import attrs

from ..discounts import Discount, DiscountTarget, is_covered
from ..invoices import InvoiceLine, ItemKind
from ..money import divide
from ..taxes import TaxRate
from .invoicing import count_noted, give_back, line_for, new_charge
from .lasting import spend
from .lookup import under
from .makers import trusted_terms
from .members import ADD_ON_ITEM, DISCOUNT_ITEM, DISCOUNT_LINE, PLAN_ITEM
from .state import OpenCharge, Span, State

Rates = tuple[TaxRate, ...]
Key = tuple[ItemKind, str, str]


def open_amounts_off(state: State, first: int) -> None:
    """Open the amounts off, never above the charges that each is for.

    Capped at the sum of the other charges of the period, whose lines stand from
    *first* on (decision: percentages are in the price, amounts off beside it).  Where
    these are taxed by different rates each set of rates has its part, in proportion to
    what of it is left: an allowance has one tax category (EN 16931 BG-20).
    """
    amounts_off = [
        (applied, amount.minor_units - applied.spent)
        for applied in state.discounts
        if (amount := applied.discount.amount_off) is not None
    ]
    if not amounts_off:
        return
    targets = dict.fromkeys([a.discount.applies_to for a, _ in amounts_off])
    state.paid_before = before = {target: Paid(state, target) for target in targets}
    lines = state.lines[first:]
    full, today = Rooms(before), Rooms(before)
    for target, paid in before.items():
        full.left[target] = paid.minor
        today.left[target] = sum([x.amount_minor for x in lines if paid.is_for(x)])
    taken: list[tuple[frozenset[Key], Rates, int]] = []
    for applied, units in amounts_off:
        target = applied.discount.applies_to
        left, cap = min(full.of(target), units), today.of(target)
        if left <= 0:
            continue
        applied.in_use = state.has_amounts_off = True
        parts = before[target].shared_by(taken, units, left, cap)
        for rates, part, own, most in parts:
            unit = "period"
            if len(before[target].by_rates) > 1:  # no two charges have the same id
                unit = " ".join((unit, *[rate.id for rate in rates]))
            charge = _open_amount_off(state, applied.discount, unit, rates, part)
            charge.full_scaled = -own
            charge.charged_minor = _take_off(state, charge, part, most)
            taken.append((before[target].keys, rates, own))
            today.take(target, -charge.charged_minor)
        full.take(target, left)


def _open_amount_off(
    state: State, discount: Discount, unit: str, rates: Rates, units: int
) -> OpenCharge:
    """Open a charge of *discount*: of *units* off, taxed by *rates*."""
    terms = trusted_terms(
        DISCOUNT_ITEM,
        discount.id,
        unit,
        state.currency,
        units,
        1,
        () if discount.applies_to is None else (discount,),
        rates,
        state.rules.convention,
        state.rules.rounding,
        False,
    )
    charge = new_charge(state, terms, -1)
    state.charges.append(charge)
    return charge


def _take_off(state: State, charge: OpenCharge, full: int, cap: int) -> int:
    """Write a line that takes *full* off, within *cap*; return its amount."""
    line = line_for(state.remaining, DISCOUNT_LINE, charge, -1, -full, -cap)
    state.lines.append(line)
    return line.amount_minor


def _take_again(state: State, charge: OpenCharge, full: int) -> None:
    """Take *full* off again, never more than was taken back."""
    cap = -charge.credited_minor
    if full and cap:
        charge.credited_minor -= _take_off(state, charge, full, cap)


class Paid:
    """What is paid for a period of what an amount off is for, and what is left of it.

    *minor* is what a whole period is charged in advance, each charge in minor units,
    *exact* the same unrounded; *moved* is what today's lines say of it.  *keys* are
    the items, *by_rates* the parts of *minor* that different tax rates are on.  Lines
    of another period are of the interval *before* the call.
    """

    __slots__ = (
        "by_rates",
        "day",
        "exact",
        "interval",
        "keys",
        "minor",
        "moved",
        "own",
        "remaining",
        "target",
        "whole",
    )

    def __init__(
        self,
        state: State,
        target: DiscountTarget | None = None,
        before: Paid | None = None,
    ) -> None:
        self.day, self.interval, self.target = state.day, state.interval, target
        self.whole, self.remaining = state.whole, state.remaining
        self.own = state.is_own if state.own else None
        self.minor, self.exact = 0, Fraction(0)
        self.by_rates: dict[Rates, int] = {}
        keys = set()
        for charge in state.charges:
            terms = charge.terms
            if self.is_for(charge) and not charge.free:
                keys.add(terms.key)
                units = divide(charge.full_scaled, terms.scale, terms.rounding)
                self.minor += units
                if units:
                    known = self.by_rates.get(terms.tax_rates, 0)
                    self.by_rates[terms.tax_rates] = known + units
                self.exact += Fraction(charge.full_scaled, terms.scale)
        self.keys = frozenset(keys)
        self.moved = Fraction(0)
        for line in state.lines:
            paid = self
            if before is not None and line.whole != self.remaining[2]:
                paid = before
            if paid.is_for(line) and not state.is_own(line.terms):
                self.moved += Fraction(line.full_scaled, line.terms.scale)

    def shared_by(
        self, taken: Iterable[tuple[frozenset[Key], Rates, int]], *amounts: int
    ) -> Iterator[tuple[Rates, int, int, int]]:
        """Yield each set of rates with its part of *amounts*, where it has any.

        Shared in proportion to what is left of it: so much was *taken* of such items.
        """
        left = {**self.by_rates}
        # One set of rates has all of it, whatever was taken.
        for keys, rates, own in taken if len(left) > 1 else ():
            if rates in left and keys & self.keys:
                left[rates] = max(left[rates] - own, 0)
        if not any(left.values()):
            left = self.by_rates
        whole, below = sum(left.values()), 0
        for rates, own in left.items():
            ends = below, below + own
            below += own
            part, *others = (
                n * ends[1] // whole - n * ends[0] // whole for n in amounts
            )
            if part:
                yield rates, part, min(others[0], part), others[1]

    def is_for(self, charge: OpenCharge | InvoiceLine) -> bool:
        """Return whether the amount off is taken off *charge*.

        It lasts for periods of the plan, and is taken off what shares these.
        """
        terms = charge.terms
        if terms.item_kind not in (PLAN_ITEM, ADD_ON_ITEM) or terms.in_arrears:
            return False
        if self.own is not None and self.own(terms):
            return False
        return self.target is None or is_covered(
            self.target,
            terms.item,
            terms.unit,
            self.interval,
            add_on=terms.item_kind is ADD_ON_ITEM,
        )


class Rooms:
    """How much may still be taken off, by what an amount off is for.

    What one takes is gone for all that it is for a part of, or that are for a part of
    what it is for; only where it is for more than another, it may have come from the
    rest.  So what is taken never exceeds the charges of any.
    """

    __slots__ = ("left", "paid")

    def __init__(self, paid: Mapping[DiscountTarget | None, Paid]) -> None:
        self.paid = paid
        self.left: dict[DiscountTarget | None, int] = {}

    def of(self, target: DiscountTarget | None) -> int:
        """Return how much may be taken off what *target* is for."""
        keys = self.paid[target].keys
        return min(
            [
                left
                for known, left in self.left.items()
                if known == target or keys <= self.paid[known].keys
            ]
        )

    def take(self, target: DiscountTarget | None, amount: int) -> None:
        """Take *amount* off what *target* is for."""
        keys = self.paid[target].keys
        for known in self.left:
            others = self.paid[known].keys
            if known == target or (keys & others and not keys > others):
                self.left[known] -= amount


def _target_of(charge: OpenCharge) -> DiscountTarget | None:
    """Return what the *charge* of an amount off is for, ``None`` for everything."""
    own = charge.terms.discounts
    return own[0].applies_to if own else None


def _amounts_off(state: State) -> list[OpenCharge]:
    """Return the amounts off that run, in their order."""
    return [*under(state, state.charges, _item_kind_of, DISCOUNT_ITEM)]


def _item_kind_of(charge: OpenCharge) -> str:
    """Return the kind of what a *charge* is for."""
    return charge.terms.item_kind


def note_paid(state: State) -> None:
    """Note what is paid for, before a call, where it may move an amount off.

    Reductions of earlier days are not restored: an added seat leaves an amount off
    alone.
    """
    amounts_off = _amounts_off(state)
    if not amounts_off:
        return
    paid = state.paid_before
    last = state.opened.changed_on
    if paid is not None:
        last = next(iter(paid.values())).day
    if last != state.day:
        for charge in amounts_off:
            charge.cut_minor = 0
    targets = dict.fromkeys(map(_target_of, amounts_off))
    state.paid_before = {target: Paid(state, target) for target in targets}


def fit_amounts_off(state: State) -> None:
    """Fit the amounts off to what is paid for at the end of a call.

    As the charges that it is for fall below it a discount is cut to their sum, and the
    unused share of the rest is taken back; as they rise, what was cut is taken off
    again.  So a change and its reversal sum to zero (law 3).  What ended with nothing
    given back stays among the charges of its period.  What the cap held back at the
    renewal is not carried over: a seat more leaves a discount alone.
    """
    amounts_off = _amounts_off(state)
    if not amounts_off:
        return
    before = state.paid_before
    now = {target: Paid(state, target, was) for target, was in before.items()}
    if not any(_has_moved(before[target], now[target]) for target in now):
        return
    rooms = Rooms(now)
    kept = {
        target: _kept(state, amounts_off, before[target], now[target]) for target in now
    }
    for target, paid in now.items():
        rooms.left[target] = paid.minor + kept[target]
    for charge in amounts_off:
        target = _target_of(charge)
        charge.kept_minor = kept[target]
        runs = -charge.full_scaled
        wanted = min(runs + charge.cut_minor, max(rooms.of(target), 0))
        if wanted != runs and state.whole != before[target].whole:
            _move(state, charge, wanted, before[target].remaining)
        elif wanted < runs:
            give_back(state, charge, -1, wanted - runs)
        elif wanted > runs:
            _take_again(state, charge, wanted - runs)
        charge.full_scaled = -wanted
        charge.cut_minor += runs - wanted
        rooms.take(target, wanted)


def _has_moved(before: Paid, now: Paid) -> bool:
    """Return whether a call has moved what an amount off is for."""
    moved = now.moved != before.moved
    return moved or now.exact != before.exact or now.whole != before.whole


def _kept(state: State, amounts_off: list[OpenCharge], before: Paid, now: Paid) -> int:
    """Return what has ended in this period with nothing given back."""
    same = [c for c in amounts_off if _target_of(c) == now.target]
    runs = -sum([charge.full_scaled for charge in same])
    kept = max([*[charge.kept_minor for charge in same[:1]], runs - before.minor])
    moved = now.moved - before.moved
    if moved > now.exact - before.exact:  # more ended than the lines give back
        more = divide(moved.numerator, moved.denominator, state.rules.rounding)
        kept += max(before.minor + more - now.minor, 0)
    return kept


def _move(state: State, charge: OpenCharge, wanted: int, left_before: Span) -> None:
    """Take *wanted* off a whole period of the interval that came in the call.

    Shares of periods that are not as long cannot be set against each other: all that
    is *left_before* of the old one is taken back, and what is left of the new one has
    its own.  What was used stays used: from here on no more comes back than is taken
    off now.
    """
    if charge.full_scaled:
        give_back(state, charge, -1, charge.full_scaled, left_before)
    spend(state, charge)
    charge.ended_minor += charge.charged_minor - charge.credited_minor
    charge.charged_minor = charge.credited_minor
    _take_again(state, charge, wanted)


# What is paid for all of it, less the amounts off (law 3).


def amount_off_of(charges: Iterable[OpenCharge]) -> OpenCharge | None:
    """Return the first amount off among *charges*, if any runs."""
    return next((c for c in charges if c.terms.item_kind is DISCOUNT_ITEM), None)


def is_beside(first: OpenCharge, version: int, kind: str) -> bool:
    """Return whether what *version* opened is in the period of the amount off."""
    return kind in _KINDS and version >= first.version


_KINDS: Final = (PLAN_ITEM, ADD_ON_ITEM, DISCOUNT_ITEM)


def note_ended(state: State, ended: Iterable[OpenCharge]) -> None:
    """Note what is left of charges that *ended* beside an amount off."""
    first = amount_off_of(state.charges)
    if first is not None:
        first.ended_minor += net_left(state, ended)


def net_left(state: State, charges: Iterable[OpenCharge]) -> int:
    """Return what was charged in advance for *charges* and has not come back.

    Those in periods of their own do not count beside an amount off.
    """
    return sum(
        charge.ended_minor + charge.charged_minor - charge.credited_minor
        for charge in charges
        if not charge.terms.in_arrears and not state.is_own(charge.terms)
    )


def keep_net(state: State) -> None:
    """Keep today's credits within what was paid beside an amount off, and above it.

    What a credit note took of a price may be more than is left of it beside the amount
    off; changes alone exceed it by the rounding of their lines.  Credits are cut, what
    was written last first, at the rates of the amount off before others; beside a note
    no more of the amount off is taken back than what comes back.
    """
    first = amount_off_of(state.charges)
    if state.noted:
        for charge in state.charges:
            count_noted(state, charge)
    if first is None:
        return
    noted = any(c.credit_notes for c in state.charges)
    rates = first.terms.tax_rates
    today = [
        line
        for line in reversed(state.lines)
        if is_beside(first, line.charge_version, line.terms.item_kind)
        and not state.is_own(line.terms)
    ]
    today.sort(key=lambda line: line.terms.tax_rates != rates)
    left = net_left(state, state.charges)
    before = left - sum(line.amount_minor for line in today)
    over = max(min(before, 0) - left, 0)
    if not (over or noted):
        return
    back = 0
    cut: dict[int, InvoiceLine | None] = {}
    for line in today:
        if line.amount_minor < 0:
            more = min(over, -line.amount_minor)
            over -= more
            back -= line.amount_minor + more
            if more:
                cut[id(line)] = _cut(state, line, more, first)
    for line in today:
        if noted and line.amount_minor > 0 and line.terms.item_kind is DISCOUNT_ITEM:
            more = max(line.amount_minor - back, 0)
            back -= line.amount_minor - more
            if more:
                cut[id(line)] = _cut(state, line, -more, first)
    lines = [cut.get(id(line), line) for line in state.lines]
    state.lines = [line for line in lines if line is not None]


def _cut(
    state: State, line: InvoiceLine, more: int, first: OpenCharge
) -> InvoiceLine | None:
    """Return *line* with so much *more*, if that leaves any, counted on its charge."""
    for charge in state.charges:
        if charge.version == line.charge_version and charge.terms == line.terms:
            charge.credited_minor -= more
            break
    else:
        first.ended_minor += more
    amount = line.amount_minor + more
    if not amount:
        return None
    return attrs.evolve(line, amount_minor=amount, cap_minor=abs(amount))
