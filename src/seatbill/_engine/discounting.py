"""Discounts: percentages used, amounts off opened, fitted, moved and spent.

A percentage is part of a price (``prices``); here is when it was used and when it has
served.  An amount off is a charge of its own, below zero.  Takes the charges and the
lines of a call, and leaves amounts off that are never above the other charges, also
where those fall and rise again inside the period; a line for each move; and the
discounts that have not yet served.

15.00 off 12.00 a month: the charge is of −12.00, and its line of −15.00 is cut to
−12.00 by its cap.  15.00 off 20.00, of which 10.00 end with 20 of 30 days left: the
discount falls to 10.00 and the unused share of 5.00 is taken back, 3.33.
3.00 off 10.00, of which a credit note took 7.00: the cancellation takes 2.00 of the
discount back, and gives back no more than these 2.00, not 3.00 (law 3).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain
from typing import Final

import attrs

from ..discounts import Discount
from ..invoices import BillingReason, InvoiceLine, LineTerms
from ..money import divide
from ..taxes import TaxRate
from .invoicing import count_noted, give_back, invoice, line_for, new_charge, span_of
from .lookup import under
from .makers import trusted_terms
from .members import ADD_ON_ITEM, DISCOUNT_ITEM, DISCOUNT_LINE, PLAN_ITEM
from .prices import UnitPrice, price_table
from .state import OpenCharge, OpenDiscount, Span, State

# Percentages.


def use_percents(state: State, price: UnitPrice, quantity: int, full: int) -> None:
    """Note that percentages are used by a charge of *quantity* at *full*.

    Where nothing is charged nothing is used; where all of a price comes off, it is.
    """
    state.visit(len(state.discounts))
    span = span_of(state, price.terms) if state.own else state.remaining
    if not span[3] and not price.in_arrears:
        return  # the 31st of a month of THIRTY_360
    if full or (not price.factor and price.rate.total(quantity)):
        for applied in state.discounts:
            if applied.discount.amount_off is None:
                applied.in_use = True


def use_again(state: State, discounts: Iterable[Discount]) -> None:
    """Note that what was measured is charged with these *discounts*."""
    for applied in state.discounts:
        if applied.discount in discounts:
            applied.in_use = True


# Amounts off.


def open_amounts_off(state: State, first: int) -> None:
    """Open the amounts off, never above the charges from line *first* on.

    Capped at the sum of the other charges of the period (decision: percentages
    are in the price, amounts off beside it).  Where these are taxed by different rates
    each set of rates has its part, in proportion to what it is charged: an allowance
    has one tax category (EN 16931 BG-20).
    """
    amounts_off = [
        (applied, amount.minor_units)
        for applied in state.discounts
        if (amount := applied.discount.amount_off) is not None
    ]
    if not amounts_off:
        return
    state.paid_before = paid = Paid(state)
    left = {rates: units for rates, units in paid.by_rates.items() if units}
    cap = dict.fromkeys(left, 0)
    for line in state.lines[first:]:
        if line.terms.tax_rates in cap:
            cap[line.terms.tax_rates] += line.amount_minor
    for applied, units in amounts_off:
        whole, below = sum(left.values()), 0
        if not whole:
            return
        applied.in_use = state.has_amounts_off = True
        for rates, own in left.items():
            part = units * (below + own) // whole - units * below // whole
            below += own
            if part:
                unit = "period"
                if len(left) > 1:  # no two charges have the same id
                    unit = " ".join((unit, *[rate.id for rate in rates]))
                charge = _open_amount_off(state, applied.discount.id, unit, rates, part)
                charge.full_scaled = -min(own, part)
                charge.charged_minor = _take_off(state, charge, part, cap[rates])
                left[rates] += charge.full_scaled
                cap[rates] += charge.charged_minor


def _open_amount_off(
    state: State, id: str, unit: str, rates: tuple[TaxRate, ...], units: int
) -> OpenCharge:
    """Open a charge of the discount *id*: of *units* off, taxed by *rates*."""
    terms = trusted_terms(
        DISCOUNT_ITEM,
        id,
        unit,
        state.currency,
        units,
        1,
        (),
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
    """What is paid for a period, and the share of it that is left.

    *minor* is what a whole period is charged in advance, each charge in minor units,
    *exact* the same unrounded; *moved* is what today's lines say of it.  *by_rates* are
    the parts of *minor* that different tax rates are on.
    """

    __slots__ = ("by_rates", "day", "exact", "minor", "moved", "remaining", "whole")

    def __init__(self, state: State) -> None:
        self.day = state.day
        self.minor, self.exact = 0, Fraction(0)
        self.by_rates: dict[tuple[TaxRate, ...], int] = {}
        for charge in state.charges:
            terms = charge.terms
            if _is_cut_into(state, terms) and not charge.free:
                units = divide(charge.full_scaled, terms.scale, terms.rounding)
                self.minor += units
                rates = terms.tax_rates
                self.by_rates[rates] = self.by_rates.get(rates, 0) + units
                self.exact += Fraction(charge.full_scaled, terms.scale)
        self.moved = Fraction(0)
        for line in state.lines:
            if _is_cut_into(state, line.terms):
                self.moved += Fraction(line.full_scaled, line.terms.scale)
        self.whole, self.remaining = state.whole, state.remaining


def _is_cut_into(state: State, terms: LineTerms) -> bool:
    """Return whether amounts off are taken off what has these *terms*.

    They last for periods of the plan, and are taken off what shares these.
    """
    if terms.in_arrears or (state.own and state.is_own(terms)):
        return False
    return terms.item_kind in (PLAN_ITEM, ADD_ON_ITEM)


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
    last = state.opened.changed_on if paid is None else paid.day
    if last != state.day:
        for charge in amounts_off:
            charge.cut_minor = 0
    state.paid_before = Paid(state)


def fit_amounts_off(state: State) -> None:
    """Fit the amounts off to what is paid for at the end of a call.

    As the other charges fall below it a discount is cut to their sum, and the unused
    share of the rest is taken back; as they rise, what was cut is taken off again.  So
    a change and its reversal sum to zero (law 3).  What ended with nothing given back
    stays among the charges of its period.  What the cap held back at the renewal is
    not carried over: a seat more leaves a discount alone.
    """
    amounts_off = _amounts_off(state)
    if not amounts_off:
        return
    before, now = state.paid_before, Paid(state)
    moved = now.moved - before.moved
    if not moved and now.exact == before.exact and now.whole == before.whole:
        return
    runs_in_all = -sum([charge.full_scaled for charge in amounts_off])
    kept = max(amounts_off[0].kept_minor, runs_in_all - before.minor)
    if moved > now.exact - before.exact:  # more ended than the lines give back
        more = divide(moved.numerator, moved.denominator, state.rules.rounding)
        kept += max(before.minor + more - now.minor, 0)
    left = now.minor + kept
    for charge in amounts_off:
        charge.kept_minor = kept
        runs = -charge.full_scaled
        wanted = min(runs + charge.cut_minor, max(left, 0))
        if wanted != runs and now.whole != before.whole:
            _move(state, charge, wanted, before.remaining)
        elif wanted < runs:
            give_back(state, charge, -1, wanted - runs)
        elif wanted > runs:
            _take_again(state, charge, wanted - runs)
        charge.full_scaled = -wanted
        charge.cut_minor += runs - wanted
        left -= wanted


def _move(state: State, charge: OpenCharge, wanted: int, left_before: Span) -> None:
    """Take *wanted* off a whole period of the interval that came in the call.

    Shares of periods that are not as long cannot be set against each other: all that
    is *left_before* of the old one is taken back, and what is left of the new one has
    its own.  What was used stays used: from here on no more comes back than is taken
    off now.
    """
    if charge.full_scaled:
        give_back(state, charge, -1, charge.full_scaled, left_before)
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
    off; changes alone stay within it, to the rounding of their lines.  Credits are
    cut, what was written last first, at the rates of the amount off before others; of
    the amount off no more is taken back than what comes back.
    """
    first = amount_off_of(state.charges)
    if state.noted:
        for charge in state.charges:
            count_noted(state, charge)
    if first is None or not any(c.credit_notes for c in state.charges):
        return
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
        if line.amount_minor > 0 and line.terms.item_kind is DISCOUNT_ITEM:
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


# How long they last.


def end_discount_period(state: State) -> None:
    """Count the period for what is or was used; drop the discounts that are spent.

    Periods are consecutive, from the first in which a discount was used (decision: a
    discount lasts).
    """
    for applied in state.discounts:
        if applied.in_use or applied.redeemed:
            applied.redeemed += 1
        applied.in_use = False
    periods = [(applied, applied.discount.periods) for applied in state.discounts]
    _drop(state, [a for a, most in periods if most and a.redeemed >= most])


def bill_lines(state: State, reason: BillingReason) -> None:
    """Invoice all lines; a discount for one invoice that they bear is spent."""
    known = len(state.invoices)
    invoice(state, reason)
    if state.discounts and len(state.invoices) > known:
        _drop(state, _borne(state, state.invoices[-1].lines))


def _drop(state: State, spent: list[OpenDiscount]) -> None:
    """Drop the discounts that are *spent*."""
    if spent:
        gone = {applied.discount.id for applied in spent}
        state.set_discounts([a for a in state.discounts if a.discount.id not in gone])


def _borne(state: State, lines: Iterable[InvoiceLine]) -> list[OpenDiscount]:
    """Return the discounts for one invoice that were used by one of its *lines*."""
    used = [
        applied
        for applied in state.discounts
        if applied.discount.periods == 0 and (applied.in_use or applied.redeemed)
    ]
    if not used:
        return []
    amounts, percentages = set[str](), set[Discount]()
    for line in lines:
        percentages.update(line.terms.discounts)
        if line.terms.item_kind is DISCOUNT_ITEM:
            amounts.add(line.terms.item)
    return [
        a
        for a in used
        if a.discount in percentages
        or (a.discount.amount_off is not None and a.discount.id in amounts)
    ]


def keep_to_one_invoice(state: State) -> None:
    """Open in arrears without a discount for one invoice that today's lines bear.

    What is opened in arrears today is billed on a later invoice.
    """
    applied = state.discounts
    spent = _borne(state, chain(state.unbilled, state.accrued, state.lines))
    if not spent:
        return
    _drop(state, spent)
    for charge in state.charges:
        terms = charge.terms
        if terms.in_arrears:
            plan = terms.item_kind is PLAN_ITEM
            sold = state.plan if plan else state.add_ons[terms.item].add_on
            table = price_table(sold, state.interval, state.context)
            price = table.units[terms.unit]
            charge.terms, charge.full_scaled = price.terms, price.full(charge.quantity)
    state.charges = [*state.charges]  # they are found by their terms
    state.set_discounts(applied)
