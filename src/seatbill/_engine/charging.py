"""Charges and their lines: opened, given back, cut, discounted, invoiced.

Every amount is rounded once, on its line: multiply first, divide once.
"""

from __future__ import annotations

from ..errors import CurrencyMismatchError, RulesError
from ..invoices import (
    BillingReason,
    ItemKind,
    LineKind,
    LineTerms,
    trusted_line,
    trusted_period,
    trusted_terms,
)
from ..money import Money, divide
from ..periods import ONE_DAY, boundary
from ..proration import ratio
from ..subscriptions.parts import ChargeRow
from .discounts import bill_lines, keep_to_one_invoice, open_discounts, use
from .invoicing import charge_rest, give_back, new_charge
from .members import CHARGE_LINE, DISCOUNT_ITEM, PLAN_ITEM, SETTLE_NOW, UPDATE
from .prices import Sale
from .state import Ledger

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
    after = boundary(day, ONE_DAY, 1)
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


def add_to(
    ledger: Ledger, sale: Sale, quantity: int, full: int, *, charged: bool
) -> None:
    """Charge *full* for *quantity*, on the charge of the same terms if one is open.

    What is not *charged* (it was forfeited for) is kept apart: nothing of it can
    come back.
    """
    if charged and ledger.discounts:
        ledger.visit(len(ledger.discounts))
        use(ledger, sale, quantity, full)
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
    terms = sale.terms
    for charge in ledger.at_terms(terms, free=free):
        if sale.in_arrears:
            cut(ledger, charge)
        return charge
    return open_empty(ledger, terms, free=free)


def open_empty(ledger: Ledger, terms: LineTerms, *, free: bool) -> ChargeRow:
    """Open a charge of nothing yet."""
    charge = new_charge(ledger, terms, 0, 0)
    charge.free = free
    if terms.in_arrears:
        charge.since = ledger.end if free else ledger.day
    return charge


def end_charge(ledger: Ledger, ended: ChargeRow) -> None:
    """Take the charge *ended* off the open ones."""
    ledger.visit(len(ledger.charges))
    ledger.charges = [charge for charge in ledger.charges if charge is not ended]


def running(ledger: Ledger, terms: LineTerms) -> list[ChargeRow]:
    """Return what runs of the same item and unit, what was opened last first."""
    return [*reversed(ledger.by_item.under(ledger.charges, terms.key))]


def difference(charge: ChargeRow, sale: Sale, before: int, after: int) -> int:
    """Return the difference of two totals at the net price of *charge*."""
    terms = charge.terms
    if terms.unit_scaled is not None:
        return (after - before) * terms.unit_scaled
    return (sale.rate.total(after) - sale.rate.total(before)) * kept_of(terms)


def kept_of(terms: LineTerms) -> int:
    """Return what percent discounts leave, as a factor of the rate."""
    kept = 1
    for discount in terms.discounts:
        kept *= discount.kept[0]
    return kept


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
        elif credit and (charge.full_scaled or terms.item_kind is not DISCOUNT_ITEM):
            give_back(ledger, charge, charge.quantity, charge.full_scaled)
    ledger.charges = kept


def _check_counted(ledger: Ledger, terms: LineTerms) -> None:
    """Refuse to end inside the period what is measured at its end."""
    if terms.item_kind is PLAN_ITEM and ledger.plan_sale(terms.unit).measured:
        raise RulesError(terms.unit, "measured", "known_at_renewal")


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
        raise RulesError(unit, "measured", "not_measured_yet")


def open_add_ons(ledger: Ledger, *, charged: bool = True) -> None:
    """Open the charges of the add-ons."""
    for owned in ledger.add_ons.values():
        sales = ledger.sales_of(owned.add_on, ledger.interval)
        for sale in sales.values():
            open_charge(ledger, sale, owned.quantity, charged=charged)


def open_all(ledger: Ledger) -> None:
    """Open the charges of plan and add-ons, then the fixed discounts on them."""
    first = len(ledger.lines)
    ledger.visit(len(ledger.add_ons) + len(ledger.discounts))
    open_plan(ledger)
    if ledger.add_ons:
        open_add_ons(ledger)
    if ledger.discounts:
        open_discounts(ledger, first)
        keep_to_one_invoice(ledger)


def bill_period(ledger: Ledger, reason: BillingReason) -> None:
    """Open the charges of the period that starts today, and invoice them."""
    open_all(ledger)
    if ledger.accrued:
        ledger.lines = ledger.accrued + ledger.lines
        ledger.accrued = []
    bill_lines(ledger, reason)


# Invoices.


def settle(ledger: Ledger) -> None:
    """Invoice the lines of a change, or let them wait, as the rules say."""
    now = ledger.settle_now or ledger.rules.settlement is SETTLE_NOW
    if not ledger.trial and (now or ledger.free):  # no invoice before a trial ends
        bill_lines(ledger, UPDATE)
    else:
        ledger.waiting += ledger.lines
        ledger.lines = []
    ledger.settle_now = False
