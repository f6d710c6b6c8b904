"""How long discounts last: used by a charge, counted, spent, dropped.

Takes the charges and the lines of a call, and leaves the discounts that have not yet
served: all their periods, until their day, or what there was of an amount in all.

30.00 in all on 12.00 a month: after two periods 24.00 are spent, and the third takes
the last 6.00.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from ..discounts import Discount
from ..invoices import BillingReason, InvoiceLine
from .invoicing import invoice, span_of
from .lookup import under
from .members import DISCOUNT_ITEM, KEPT, PLAN_ITEM
from .prices import UnitPrice, price_table
from .served import OpenDiscount, id_of
from .state import OpenCharge, State


def use_percents(state: State, price: UnitPrice, quantity: int, full: int) -> None:
    """Note that percentages are used by a charge of *quantity* at *full*.

    Where nothing is charged nothing is used; where all of a price comes off, it is.
    """
    state.visit(len(state.discounts))
    span = span_of(state, price.terms) if state.own else state.remaining
    if not span[3] and not price.in_arrears:
        return  # the 31st of a month of THIRTY_360
    if full or (not price.factor and price.rate.total(quantity)):
        use_again(state, price.terms.discounts)


def use_again(state: State, discounts: Iterable[Discount]) -> None:
    """Note that what was measured is charged with these *discounts*."""
    for applied in state.discounts:
        if applied.discount in discounts:
            applied.in_use = True


def end_discount_period(state: State, ended: Iterable[OpenCharge] = ()) -> None:
    """Count the period for what is or was used; drop the discounts that are spent.

    Periods are consecutive, from the first in which a discount was used (decision: a
    discount lasts).  Of an amount in all, what the *ended* charges took is spent.
    """
    for charge in ended:
        terms = charge.terms
        if terms.item_kind is DISCOUNT_ITEM and state.own_of(terms) is None:
            spend(state, charge)
    alone = {c.terms.item for c in state.charges} if state.own else ()
    for applied in state.discounts:
        if applied.in_use or applied.redeemed:
            applied.redeemed += 1
        # In an add-on's own period, which runs on, an amount off is in use.
        applied.in_use &= applied.discount.id in alone
    _drop(state, [a for a in state.discounts if _has_served(a)])
    drop_ended(state)


def _has_served(applied: OpenDiscount) -> bool:
    """Return whether a discount had all its periods, or gave all it has to give."""
    discount, off = applied.discount, applied.discount.amount_off
    if off is not None and applied.spent == off.minor_units:
        return True
    return bool(discount.periods and applied.redeemed >= discount.periods)


def drop_ended(state: State) -> None:
    """Drop the discounts whose last day is over."""
    day = state.day
    _drop(
        state,
        [a for a in state.discounts if a.ends_on is not None and a.ends_on <= day],
    )


def spend(state: State, charge: OpenCharge) -> None:
    """Count what the *charge* of an amount off took as spent, where that is kept."""
    for applied in under(state, state.discounts, id_of, charge.terms.item):
        if applied.discount.surplus is KEPT and applied.in_use:
            applied.spent += charge.credited_minor - charge.charged_minor


def left_of(state: State, applied: OpenDiscount, units: int) -> int:
    """Return how much of *units* an amount off may still take.

    Of an amount in all, what runs in periods of add-ons is taken already.
    """
    left = units - applied.spent
    if state.own and applied.discount.surplus is KEPT:
        for charge in state.charges:
            terms = charge.terms
            if terms.item_kind is DISCOUNT_ITEM and terms.item == applied.discount.id:
                left += charge.charged_minor - charge.credited_minor
    return left


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
