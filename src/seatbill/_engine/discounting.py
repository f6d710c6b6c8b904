"""Amounts off: opened, fitted to what they are for, and moved.

An amount off is a charge of its own, below zero.  Takes the charges and the lines of a
call, and leaves amounts off that are never above the charges that they are for, also
where those fall and rise again inside the period; a line for each move.

15.00 off 12.00 a month: the charge is of −12.00, and its line of −15.00 is cut to
−12.00 by its cap.  15.00 off 20.00, of which 10.00 end with 20 of 30 days left: the
discount falls to 10.00 and the unused share of 5.00 is taken back, 3.33.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from .._values.checks import Time
from ..discounts import Discount, DiscountTarget, is_covered
from ..invoices import InvoiceLine, ItemKind
from ..money import divide
from ..periods import Interval
from ..subscriptions.parts import OF_ADD_ON
from ..taxes import TaxRate
from .invoicing import give_back, line_for, new_charge, own_span, span_of
from .lasting import left_of, spend
from .lookup import under
from .makers import trusted_terms
from .members import ADD_ON_ITEM, DISCOUNT_ITEM, DISCOUNT_LINE, PLAN_ITEM
from .state import OpenCharge, Span, State

Rates = tuple[TaxRate, ...]
Key = tuple[ItemKind, str, str]
Group = tuple[DiscountTarget | None, str | None]
"""What amounts off are for, in the plan's period or in the own one of an add-on."""


def open_amounts_off(state: State, first: int, alone: str | None = None) -> None:
    """Open the amounts off, never above the charges that each is for.

    Those of the plan's period, or of the own one of the add-on *alone*, which what is
    for everything is not taken off: it comes off once a period, with the plan.

    Capped at the sum of the other charges of the period, whose lines stand from
    *first* on (decision: percentages are in the price, amounts off beside it).  Where
    these are taxed by different rates each set of rates has its part, in proportion to
    what of it is left: an allowance has one tax category (EN 16931 BG-20), and takes no
    more off than today's lines of that category come to.
    """
    amounts_off = [
        (applied, left_of(state, applied, amount.minor_units))
        for applied in state.discounts
        if (amount := applied.discount.amount_off) is not None
        and (alone is None or applied.discount.applies_to is not None)
    ]
    if not amounts_off:
        return
    groups = dict.fromkeys([(a.discount.applies_to, alone) for a, _ in amounts_off])
    before = {group: Paid(state, group) for group in groups}
    known = state.paid_before or {}
    state.paid_before = {g: known[g] for g in known if g[1] != alone} | before
    lines = state.lines[first:]
    full = Rooms(before)
    today: dict[Rates, Rooms] = defaultdict(lambda: Rooms(before))
    for group, paid in before.items():
        full.left[group] = paid.minor
        for line in filter(paid.is_for, lines):
            left = today[line.terms.tax_rates].left
            left[group] = left.get(group, 0) + line.amount_minor
    taken: dict[tuple[frozenset[Key], Rates], int] = defaultdict(int)
    for applied, units in amounts_off:
        group = applied.discount.applies_to, alone
        room, paid = min(full.of(group), units), before[group]
        if room <= 0:
            continue
        applied.in_use = state.has_amounts_off = True
        for rates, part, own in paid.shared_by(taken, units, room):
            unit = "period" if alone is None else OF_ADD_ON + alone
            if len(paid.by_rates) > 1:  # no two charges have the same id
                unit = " ".join((unit, *[rate.id for rate in rates]))
            charge = _open_amount_off(state, applied.discount, unit, rates, part)
            charge.full_scaled = -own
            most = max(today[rates].of(group), 0)
            charge.charged_minor = _take_off(state, charge, part, most)
            taken[paid.keys, rates] += own
            today[rates].take(group, -charge.charged_minor)
        full.take(group, room)


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
    span = span_of(state, charge.terms)
    line = line_for(span, DISCOUNT_LINE, charge, -1, -full, -cap)
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
        "alone",
        "by_rates",
        "day",
        "exact",
        "interval",
        "keys",
        "minor",
        "moved",
        "own_of",
        "remaining",
        "target",
        "whole",
    )

    def __init__(self, state: State, group: Group, before: Paid | None = None) -> None:
        self.target, self.alone = group
        self.day, self.interval, self.remaining = _period_of(state, self.alone)
        self.whole = self.remaining[2]
        self.own_of = state.own_of
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
            if before is not None and line.whole != self.whole:
                paid = before
            if paid.is_for(line):
                self.moved += Fraction(line.full_scaled, line.terms.scale)

    def shared_by(
        self, taken: Mapping[tuple[frozenset[Key], Rates], int], *amounts: int
    ) -> Iterator[tuple[Rates, int, int]]:
        """Yield each set of rates with its part of two *amounts*, where it has any.

        The second part is never more than the first.  Shared in proportion to
        what is left of it: so much was *taken* of such items.
        """
        left = {**self.by_rates}
        for (keys, rates), own in taken.items():
            if rates in left and keys & self.keys:
                left[rates] = max(left[rates] - own, 0)
        if not any(left.values()):
            left = self.by_rates
        whole, below = sum(left.values()), 0
        for rates, own in left.items():
            ends = below, below + own
            below += own
            part, most = (n * ends[1] // whole - n * ends[0] // whole for n in amounts)
            if part:
                yield rates, part, min(most, part)

    def is_for(self, charge: OpenCharge | InvoiceLine) -> bool:
        """Return whether the amount off is taken off *charge*.

        It is taken off what shares a period of the plan, or an add-on's own.
        """
        terms = charge.terms
        if terms.item_kind not in (PLAN_ITEM, ADD_ON_ITEM) or terms.in_arrears:
            return False
        if self.own_of(terms) != self.alone:
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

    def __init__(self, paid: Mapping[Group, Paid]) -> None:
        self.paid = paid
        self.left: dict[Group, int] = {}

    def of(self, group: Group) -> int:
        """Return how much may be taken off what is in *group*."""
        keys = self.paid[group].keys
        return min(
            [
                left
                for known, left in self.left.items()
                if known == group or keys <= self.paid[known].keys
            ]
        )

    def take(self, group: Group, amount: int) -> None:
        """Take *amount* off what is in *group*."""
        keys = self.paid[group].keys
        for known in self.left:
            others = self.paid[known].keys
            if known == group or (keys & others and not keys > others):
                self.left[known] -= amount


def _period_of(state: State, alone: str | None) -> tuple[Time, Interval, Span]:
    """Return today, and the interval and the rest of the plan's or an own period."""
    if alone is None:
        return state.day, state.interval, state.remaining
    add_on: Any = state.add_ons[alone].add_on
    return state.day, add_on.interval, own_span(state, alone)


def _group_of(state: State, charge: OpenCharge) -> Group:
    """Return what the *charge* of an amount off is for: ``None`` for everything."""
    own = charge.terms.discounts
    return own[0].applies_to if own else None, state.own_of(charge.terms)


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
    groups = dict.fromkeys([_group_of(state, charge) for charge in amounts_off])
    state.paid_before = {group: Paid(state, group) for group in groups}


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
    groups = [(charge, _group_of(state, charge)) for charge in amounts_off]
    running = {group for _, group in groups}
    now = {
        group: Paid(state, group, was)
        for group, was in before.items()
        if group[1] is None or group in running
    }
    if not any(_has_moved(before[group], now[group]) for group in now):
        return
    rooms = Rooms(now)
    kept = {
        group: _kept(
            state, [c for c, of in groups if of == group], before[group], now[group]
        )
        for group in now
    }
    for group, paid in now.items():
        rooms.left[group] = paid.minor + kept[group]
    for charge, group in groups:
        charge.kept_minor = kept[group]
        runs = -charge.full_scaled
        wanted = min(runs + charge.cut_minor, max(rooms.of(group), 0))
        if wanted != runs and now[group].whole != before[group].whole:
            _move(state, charge, wanted, before[group].remaining)
        elif wanted < runs:
            give_back(state, charge, -1, wanted - runs)
        elif wanted > runs:
            _take_again(state, charge, wanted - runs)
        charge.full_scaled = -wanted
        charge.cut_minor += runs - wanted
        rooms.take(group, wanted)


def _has_moved(before: Paid, now: Paid) -> bool:
    """Return whether a call has moved what an amount off is for."""
    moved = now.moved != before.moved
    return moved or now.exact != before.exact or now.whole != before.whole


def _kept(state: State, same: list[OpenCharge], before: Paid, now: Paid) -> int:
    """Return what has ended in this period with nothing given back."""
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
