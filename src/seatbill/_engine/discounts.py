"""Discounts: used, taken off a period, fitted to what is owned, and spent.

A percentage is part of a price; here is when it was used and when it has served.  An
amount off is a charge of its own, below zero: never above the other charges, also
where they fall and rise again inside the period.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ..discounts import Discount
from ..invoices import (
    BillingReason,
    InvoiceLine,
    LineTerms,
    trusted_line,
    trusted_terms,
)
from ..money import divide
from ..subscriptions.parts import ChargeRow
from .invoicing import give_back, invoice, new_charge
from .members import ADD_ON_ITEM, DISCOUNT_ITEM, DISCOUNT_LINE, PLAN_ITEM
from .prices import Sale
from .state import Applied, Ledger

# Percentages.


def use(ledger: Ledger, sale: Sale, quantity: int, full: int) -> None:
    """Note that percentages are used by a charge of *quantity* at *full*.

    Where nothing is charged nothing is used; where all of a price comes off, it is.
    """
    if not ledger.part and not sale.in_arrears:
        return  # the 31st of a month of THIRTY_360
    if full or (not sale.kept and sale.rate.total(quantity)):
        for applied in ledger.discounts:
            if applied.discount.amount_off is None:
                applied.in_use = True


def use_again(ledger: Ledger, discounts: Iterable[Discount]) -> None:
    """Note that what was measured is charged with these *discounts*."""
    for applied in ledger.discounts:
        if applied.discount in discounts:
            applied.in_use = True


# Amounts off.


def open_discounts(ledger: Ledger, first: int) -> None:
    """Open the fixed discounts, never above the charges from line *first* on."""
    ledger.standing = found = Standing(ledger)
    left = found.paid
    room = sum(line.amount_minor for line in ledger.lines[first:])
    for applied in ledger.discounts:
        if applied.discount.amount_off is None or left <= 0:
            continue
        units = applied.discount.amount_off.minor_units
        terms = trusted_terms(
            DISCOUNT_ITEM,
            applied.discount.id,
            "period",
            ledger.currency,
            units,
            1,
            (),
            ledger.tax_rates,
            ledger.rules.convention,
            ledger.rules.rounding,
            False,
        )
        amount, cap = _share_of(ledger, terms, units), None
        if amount > room:
            amount = cap = room
        charge = new_charge(ledger, terms, -1, -min(left, units))
        charge.charged_minor = -amount
        _take_off(ledger, charge, units, amount, cap)
        applied.in_use = True
        left += charge.full_scaled
        room -= amount


def _share_of(ledger: Ledger, terms: LineTerms, full: int) -> int:
    """Return the share of *full* that is left of the period."""
    return divide(full * ledger.part, ledger.parts, terms.rounding)


def _take_off(
    ledger: Ledger, charge: ChargeRow, full: int, amount: int, cap: int | None
) -> None:
    """Write a line that takes *amount* off, for the rest of the period."""
    ledger.lines.append(
        trusted_line(
            DISCOUNT_LINE,
            charge.terms,
            -1,
            -full,
            ledger.day,
            ledger.end,
            ledger.whole,
            ledger.part,
            ledger.parts,
            -amount,
            cap,
            charge.version,
        )
    )


def _take_again(ledger: Ledger, charge: ChargeRow, full: int) -> None:
    """Take *full* off again, never more than was taken back."""
    room = -charge.credited_minor
    if not full or not room:
        return
    amount, cap = _share_of(ledger, charge.terms, full), None
    if amount > room:
        amount = cap = room
    charge.credited_minor += amount
    _take_off(ledger, charge, full, amount, cap)


class Standing:
    """What is paid for a period, and the share of it that is left.

    *paid* is what a whole period is charged in advance, each charge in minor units,
    *exact* the same unrounded; *moved* is what today's lines say of it.
    """

    __slots__ = ("day", "exact", "moved", "paid", "part", "parts", "whole")

    def __init__(self, ledger: Ledger) -> None:
        self.day = ledger.day
        self.paid, self.exact = 0, Fraction(0)
        for charge in ledger.charges:
            terms = charge.terms
            if _is_cut_into(terms) and not charge.free:
                self.paid += divide(charge.full_scaled, terms.scale, terms.rounding)
                self.exact += Fraction(charge.full_scaled, terms.scale)
        self.moved = sum(
            (
                Fraction(line.full_scaled, line.terms.scale)
                for line in ledger.lines
                if _is_cut_into(line.terms)
            ),
            Fraction(0),
        )
        self.whole, self.part, self.parts = ledger.whole, ledger.part, ledger.parts


def _is_cut_into(terms: LineTerms) -> bool:
    """Return whether amounts off are taken off what has these *terms*."""
    return terms.item_kind in (PLAN_ITEM, ADD_ON_ITEM) and not terms.in_arrears


def fixed_discounts(ledger: Ledger) -> list[ChargeRow]:
    """Return the amounts off that run, in their order."""
    return [*ledger.by_item_kind.under(ledger.charges, DISCOUNT_ITEM)]


def note_standing(ledger: Ledger) -> None:
    """Note what is paid for, before a call, where it may move an amount off.

    What another day cut stays cut: an added seat leaves an amount off alone.
    """
    fixed = fixed_discounts(ledger)
    if not fixed:
        return
    known = ledger.standing
    last = ledger.opened.changed_on if known is None else known.day
    if last != ledger.day:
        for charge in fixed:
            charge.cut_minor = 0
    ledger.standing = Standing(ledger)


def trim_discounts(ledger: Ledger) -> None:
    """Fit the fixed discounts to what is paid for at the end of a call.

    As the other charges fall below it a discount is cut to their sum, and the unused
    share of the rest is taken back; as they rise, what was cut is taken off again.  So
    a change and its reversal sum to zero.  What ended with nothing given back stays
    among the charges of its period.  What the cap held back at the renewal is not
    carried over: a seat more leaves a discount alone.
    """
    fixed = fixed_discounts(ledger)
    if not fixed:
        return
    before, now = ledger.standing, Standing(ledger)
    moved = now.moved - before.moved
    if not moved and now.exact == before.exact and now.whole == before.whole:
        return
    runs_in_all = -sum(charge.full_scaled for charge in fixed)
    kept = max(fixed[0].kept_minor, runs_in_all - before.paid)
    if moved > now.exact - before.exact:  # more ended than the lines give back
        more = divide(moved.numerator, moved.denominator, ledger.rules.rounding)
        kept += max(before.paid + more - now.paid, 0)
    left = now.paid + kept
    for charge in fixed:
        charge.kept_minor = kept
        runs = -charge.full_scaled
        wanted = min(runs + charge.cut_minor, max(left, 0))
        if wanted != runs and now.whole != before.whole:
            _move(ledger, charge, wanted, before, now)
        elif wanted < runs:
            give_back(ledger, charge, -1, wanted - runs)
        elif wanted > runs:
            _take_again(ledger, charge, wanted - runs)
        charge.full_scaled = -wanted
        charge.cut_minor += runs - wanted
        left -= wanted


def _move(
    ledger: Ledger, charge: ChargeRow, wanted: int, before: Standing, now: Standing
) -> None:
    """Take *wanted* off a whole period of the interval that came in the call.

    Shares of periods that are not as long cannot be set against each other: all that
    is left of the old one is taken back, and what is left of the new one has its own.
    What was used stays used: from here on no more comes back than is taken off now.
    """
    if charge.full_scaled:
        _stand_in(ledger, before)
        give_back(ledger, charge, -1, charge.full_scaled)
        _stand_in(ledger, now)
    charge.charged_minor = charge.credited_minor
    _take_again(ledger, charge, wanted)


def _stand_in(ledger: Ledger, standing: Standing) -> None:
    """Let the lines that follow be for what is left of another period."""
    ledger.whole, ledger.end = standing.whole, standing.whole.end
    ledger.part, ledger.parts = standing.part, standing.parts


# How long they last.


def end_discount_period(ledger: Ledger) -> None:
    """Count the period for what is or was used; drop the discounts that are spent.

    Periods are consecutive, from the first in which a discount was used.
    """
    for applied in ledger.discounts:
        if applied.in_use or applied.redeemed:
            applied.redeemed += 1
        applied.in_use = False
    periods = [(applied, applied.discount.periods) for applied in ledger.discounts]
    _drop(ledger, [a for a, most in periods if most and a.redeemed >= most])


def bill_lines(ledger: Ledger, reason: BillingReason) -> None:
    """Invoice all lines; a discount for one invoice that they bear is spent."""
    known = len(ledger.invoices)
    invoice(ledger, reason)
    if ledger.discounts and len(ledger.invoices) > known:
        _drop(ledger, _borne(ledger, ledger.invoices[-1].lines))


def _drop(ledger: Ledger, spent: list[Applied]) -> None:
    """Drop the discounts that are *spent*."""
    if spent:
        gone = {applied.discount.id for applied in spent}
        ledger.discounts = [a for a in ledger.discounts if a.discount.id not in gone]
        ledger.sales = None


def _borne(ledger: Ledger, lines: Iterable[InvoiceLine]) -> list[Applied]:
    """Return the discounts for one invoice that were used by one of its *lines*."""
    once = [a for a in ledger.discounts if a.discount.periods == 0]
    used = [a for a in once if a.in_use or a.redeemed]
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


def keep_to_one_invoice(ledger: Ledger) -> None:
    """Open in arrears without a discount for one invoice that today's lines bear.

    What is opened in arrears today is billed on a later invoice.
    """
    applied = ledger.discounts
    spent = _borne(ledger, [*ledger.waiting, *ledger.accrued, *ledger.lines])
    if not spent:
        return
    _drop(ledger, spent)
    for charge in ledger.charges:
        terms = charge.terms
        if terms.in_arrears:
            plan = terms.item_kind is PLAN_ITEM
            sold = ledger.plan if plan else ledger.add_ons[terms.item].add_on
            sale = ledger.sales_of(sold, ledger.interval)[terms.unit]
            charge.terms, charge.full_scaled = sale.terms, sale.full(charge.quantity)
    ledger.charges = [*ledger.charges]  # they are found by their terms
    ledger.discounts = applied
    ledger.sales = None
