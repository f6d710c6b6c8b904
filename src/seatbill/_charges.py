"""Charges and their lines: opened, given back, cut, discounted, invoiced.

Every amount is rounded once, on its line: multiply first, divide once.
"""

from __future__ import annotations

import datetime as dt

from ._ledger import Ledger
from ._lines import charge_rest, give_back, invoice, new_charge
from ._sales import Sale
from ._words import (
    CHARGE_LINE,
    CREDIT_LINE,
    DISCOUNT_ITEM,
    DISCOUNT_LINE,
    FULL,
    PLAN_ITEM,
    SETTLE_NOW,
    UPDATE,
)
from .errors import CurrencyMismatchError, RulesError
from .invoices import (
    BillingReason,
    ItemKind,
    LineKind,
    LineTerms,
    trusted_line,
    trusted_period,
    trusted_terms,
)
from .money import Money, divide
from .proration import ratio
from .subscriptions import ChargeRow

# Lines.  Each is rounded once; multiply first, divide once.  What is written most
# often fills its row itself, as the makers of values do.


def cut(ledger: Ledger, charge: ChargeRow) -> None:
    """Write what ran of an arrears *charge* since its last cut, until today."""
    since, day = charge.since, ledger.day
    if since is None or since >= day:
        return
    terms = charge.terms
    whole = ledger.start, ledger.end
    part, parts = ratio(terms.convention, since, day, whole)
    amount = divide(charge.full_scaled * part, terms.scale * parts, terms.rounding)
    charge.since = day
    charge.charged_minor += amount
    ledger.accrued.append(
        trusted_line(
            CHARGE_LINE,
            terms,
            charge.quantity,
            charge.full_scaled,
            since,
            day,
            ledger.whole,
            part,
            parts,
            amount,
            None,
            charge.version,
        )
    )


def once(
    ledger: Ledger, kind: LineKind, item: ItemKind, id: str, price: Money, n: int = 1
) -> None:
    """Write a line for something sold once: one day, whole, never given back."""
    if price.currency != ledger.currency:
        raise CurrencyMismatchError(ledger.currency, price.currency)
    units = price.minor_units
    terms = trusted_terms(
        item,
        id,
        str(item),
        ledger.currency,
        units,
        1,
        (),
        ledger.tax_rates,
        ledger.rules.convention,
        ledger.rules.rounding,
        False,
    )
    day = ledger.day
    after = day + dt.timedelta(1)
    ledger.lines.append(
        trusted_line(
            kind,
            terms,
            n,
            n * units,
            day,
            after,
            trusted_period(day, after),
            1,
            1,
            n * units,
            None,
            ledger.version,
        )
    )


# Charges.


def open_charge(
    ledger: Ledger, sale: Sale, quantity: int, *, charged: bool = True
) -> None:
    """Open a charge of *quantity* for the rest of the period."""
    quantity = 1 if sale.flat else quantity
    add_to(ledger, sale, quantity, sale.full(quantity), charged=charged)


def grow(ledger: Ledger, sale: Sale, before: int, n: int, *, charged: bool) -> None:
    """Add *n* to the *before* that run already."""
    if sale.flat:
        return
    each = sale.each
    if each is not None:
        add_to(ledger, sale, n, n * each, charged=charged)
        return
    listed = sale.rate.total(before + n) - sale.rate.total(before)
    if listed >= 0:
        add_to(ledger, sale, n, listed * sale.kept, charged=charged)
        return
    last = _last(ledger, sale.terms, free=not charged)  # a volume tier: it falls
    if last is not None:
        first = len(ledger.lines)
        full = difference(last, sale, before, before + n)
        _regrade(ledger, last, n, full, money=charged)
        if charged and sale.terms.convention is not FULL:
            trim_discounts(ledger, first)


def add_to(
    ledger: Ledger, sale: Sale, quantity: int, full: int, *, charged: bool
) -> None:
    """Charge *full* for *quantity*, on the charge of the same terms if one is open.

    What is not *charged* (it was forfeited for) is kept apart: nothing of it can
    come back.
    """
    if ledger.discounts:
        ledger.visit(len(ledger.discounts))
        for applied in ledger.discounts:
            if applied.discount.amount_off is None:
                applied.in_use = True
    charge = ledger.charges[0] if len(ledger.charges) == 1 else None
    if (
        charge is None
        or charge.terms is not sale.terms
        or charge.free is charged
        or sale.in_arrears
    ):  # it is not the only one, as it nearly always is
        charge = _charge_of(ledger, sale, free=not charged)
    charge.quantity += quantity
    charge.full_scaled += full
    if charged and not sale.in_arrears:
        ledger.lines.append(charge_rest(ledger, charge, quantity, full))


def _charge_of(ledger: Ledger, sale: Sale, *, free: bool) -> ChargeRow:
    """Return the open charge of these terms, or a new one."""
    terms, charges = sale.terms, ledger.charges
    for charge in ledger.at_terms(terms, free=free):
        if sale.in_arrears:
            cut(ledger, charge)
        if len(charges) > 1 and _last(ledger, terms) is not charge:
            _drop(ledger, charge)  # touched last, given back first
            ledger.charges.append(charge)
        return charge
    charge = new_charge(ledger, terms, 0, 0)
    charge.free = free
    if sale.in_arrears:
        charge.since = ledger.end if free else ledger.day
    return charge


def _drop(ledger: Ledger, ended: ChargeRow) -> None:
    """Take the charge *ended* off the open ones."""
    ledger.visit(len(ledger.charges))
    ledger.charges = [charge for charge in ledger.charges if charge is not ended]


def _regrade(
    ledger: Ledger, charge: ChargeRow, n: int, full: int, *, money: bool
) -> None:
    """Change *charge* by *n* units and *full*: a line for the difference."""
    if charge.terms.in_arrears:
        cut(ledger, charge)
    elif not money:
        pass
    elif full < 0:
        give_back(ledger, charge, -n, -full)
    else:
        ledger.lines.append(charge_rest(ledger, charge, n, full))
    charge.quantity += n
    charge.full_scaled += full
    if not charge.quantity:
        _drop(ledger, charge)


def shrink(ledger: Ledger, sale: Sale, before: int, n: int, *, credit: bool) -> None:
    """Take *n* of the *before* that run; what was opened last goes first."""
    if sale.flat:
        return
    if sale.terms.convention is FULL:
        credit = False  # given back only in exchange for a new charge
    while n:
        last = _last(ledger, sale.terms)
        if last is None:  # nothing runs, in a trial for example
            return
        taken = min(n, last.quantity)
        if taken == last.quantity:
            full = -last.full_scaled
        else:
            full = difference(last, sale, before, before - taken)
        _regrade(ledger, last, -taken, full, money=credit)
        before -= taken
        n -= taken


def difference(charge: ChargeRow, sale: Sale, before: int, after: int) -> int:
    """Return the difference of two totals at the net price of *charge*."""
    terms = charge.terms
    if terms.unit_scaled is not None:
        return (after - before) * terms.unit_scaled
    kept = 1
    for discount in terms.discounts:
        kept *= discount.kept[0]
    return (sale.rate.total(after) - sale.rate.total(before)) * kept


def _last(
    ledger: Ledger, terms: LineTerms, *, free: bool | None = None
) -> ChargeRow | None:
    """Return the charge of the same item and unit that was opened last.

    One that is *free*, or is not, is preferred where that is said.
    """
    other = None
    for charge in reversed(ledger.by_item.under(ledger.charges, terms.key)):
        if free is None or charge.free is free:
            return charge
        other = other or charge
    return other


def close(
    ledger: Ledger,
    *,
    credit: bool,
    kind: ItemKind | None = None,
    item: str | None = None,
) -> None:
    """End all charges, or those of one *kind* and *item*, and give back the rest."""
    ledger.visit(len(ledger.charges))
    kept = []
    for charge in ledger.charges:
        terms = charge.terms
        if (kind is not None and terms.item_kind is not kind) or (
            item is not None and terms.item != item
        ):
            kept.append(charge)
        elif terms.in_arrears:
            _check_counted(ledger, terms)
            cut(ledger, charge)
        elif credit:
            give_back(ledger, charge, charge.quantity, charge.full_scaled)
    ledger.charges = kept


def _check_counted(ledger: Ledger, terms: LineTerms) -> None:
    """Refuse to end inside the period what is measured at its end."""
    if terms.item_kind is PLAN_ITEM and ledger.plan_sale(terms.unit).measured:
        raise RulesError(
            terms.unit,
            "measured",
            "how many there were is known at a renewal only",
            "use timing PERIOD_END",
        )


def open_plan(ledger: Ledger, *, charged: bool = True) -> None:
    """Open the charges of the plan."""
    seats = ledger.seats
    for unit, sale in (ledger.sales or ledger.plan_sales).items():
        quantity = 1 if sale.flat else seats.get(unit, 0)
        if quantity:
            add_to(ledger, sale, quantity, sale.full(quantity), charged=charged)
        elif sale.measured:
            _open_unmeasured(ledger, sale)


def _open_unmeasured(ledger: Ledger, sale: Sale) -> None:
    """Open a charge in arrears that is measured later; refuse one in advance."""
    unit = sale.terms.unit
    if sale.in_arrears:
        add_to(ledger, sale, 0, 0, charged=True)
    elif unit not in ledger.seats:
        raise RulesError(
            unit,
            "measured",
            "how many there are is known at a renewal only",
            "use timing PERIOD_END, or give a quantity when subscribing",
        )


def open_all(ledger: Ledger, *, charged: bool = True) -> None:
    """Open the charges of plan and add-ons, then the fixed discounts on them."""
    first = len(ledger.lines)
    ledger.visit(len(ledger.add_ons) + len(ledger.discounts))
    open_plan(ledger, charged=charged)
    if ledger.add_ons:
        for owned in ledger.add_ons.values():
            sales = ledger.sales_of(owned.add_on, ledger.interval)
            for sale in sales.values():
                open_charge(ledger, sale, owned.quantity, charged=charged)
    if ledger.discounts and charged:
        _open_discounts(ledger, first)


def _open_discounts(ledger: Ledger, first: int) -> None:
    """Open the fixed discounts, never above the charges from line *first* on."""
    left = _others(ledger)
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
        amount = divide(units * ledger.part, ledger.parts, ledger.rules.rounding)
        cap = None
        if amount > room:
            amount = cap = room
        ledger.lines.append(
            trusted_line(
                DISCOUNT_LINE,
                terms,
                -1,
                -units,
                ledger.day,
                ledger.end,
                ledger.whole,
                ledger.part,
                ledger.parts,
                -amount,
                cap,
                ledger.version,
            )
        )
        full = min(left, units)
        new_charge(ledger, terms, -1, -full).charged_minor = -amount
        applied.in_use = True
        left -= full
        room -= amount


def bill_period(ledger: Ledger, reason: BillingReason) -> None:
    """Open the charges of the period that starts today, and invoice them."""
    open_all(ledger)
    if ledger.accrued:
        ledger.lines = ledger.accrued + ledger.lines
        ledger.accrued = []
    invoice(ledger, reason)
    if ledger.discounts:
        drop_discounts(ledger)


def _others(ledger: Ledger) -> int:
    """Return what a whole period is charged in advance, in minor units."""
    return sum(
        divide(c.full_scaled, c.terms.scale, c.terms.rounding)
        for c in ledger.charges
        if c.terms.item_kind is not DISCOUNT_ITEM and not c.terms.in_arrears
    )


def trim_discounts(ledger: Ledger, first: int) -> None:
    """Cut fixed discounts to the other charges and take back what is unused.

    Only where a line from *first* on gives something back: what costs the customer
    as much as before takes nothing from the discount.
    """
    fixed = ledger.by_item_kind.under(ledger.charges, DISCOUNT_ITEM)
    if not fixed or all(line.kind is not CREDIT_LINE for line in ledger.lines[first:]):
        return
    ledger.visit(len(ledger.charges))
    left = _others(ledger)
    for charge in fixed:
        excess = -charge.full_scaled - left
        if excess > 0:
            give_back(ledger, charge, -1, -excess)
            charge.full_scaled += excess
            if not charge.full_scaled:
                _drop(ledger, charge)
        left += charge.full_scaled


def end_discount_period(ledger: Ledger) -> None:
    """Count the period for the discounts used in it; drop those that are spent."""
    for applied in ledger.discounts:
        applied.redeemed += applied.in_use
        applied.in_use = False
    drop_discounts(ledger)


def drop_discounts(ledger: Ledger) -> None:
    """Drop the discounts that have served."""
    ledger.visit(len(ledger.discounts))
    left = [
        a
        for a in ledger.discounts
        if a.discount.periods is None
        or (
            not a.in_use if a.discount.periods == 0 else a.redeemed < a.discount.periods
        )
    ]
    if len(left) != len(ledger.discounts):
        ledger.discounts = left
        ledger.sales = None


# Invoices.


def settle(ledger: Ledger) -> None:
    """Invoice the lines of a change, or let them wait, as the rules say."""
    if ledger.discounts:
        drop_discounts(ledger)
    now = ledger.settle_now or ledger.rules.settlement is SETTLE_NOW
    if not ledger.trial and (now or ledger.free):  # no invoice before a trial ends
        invoice(ledger, UPDATE)
    else:
        ledger.waiting += ledger.lines
        ledger.lines = []
    ledger.settle_now = False
