"""Charges and their lines: opened, given back, cut, discounted, invoiced.

Every amount is rounded once, on its line: multiply first, divide once.
"""

from __future__ import annotations

from ._discounts import bill_lines, keep_to_one_invoice, open_discounts, use
from ._ledger import Ledger
from ._lines import charge_rest, give_back, new_charge
from ._sales import Sale
from ._words import (
    CHARGE_LINE,
    DISCOUNT_ITEM,
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
from .periods import ONE_DAY, boundary
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


def add_to(
    ledger: Ledger, sale: Sale, quantity: int, full: int, *, charged: bool
) -> None:
    """Charge *full* for *quantity*, on the charge of the same terms if one is open.

    What is not *charged* (it was forfeited for) is kept apart: nothing of it can
    come back.
    """
    if charged and ledger.discounts:
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
    terms, charges = sale.terms, ledger.charges
    for charge in charges:
        if charge.free is free and (charge.terms is terms or charge.terms == terms):
            if sale.in_arrears:
                cut(ledger, charge)
            return charge
    return _open_empty(ledger, terms, free=free)


def _open_empty(ledger: Ledger, terms: LineTerms, *, free: bool) -> ChargeRow:
    """Open a charge of nothing yet."""
    charge = new_charge(ledger, terms, 0, 0)
    charge.free = free
    if terms.in_arrears:
        charge.since = ledger.end if free else ledger.day
    return charge


def _drop(ledger: Ledger, ended: ChargeRow) -> None:
    """Take the charge *ended* off the open ones."""
    ledger.charges = [charge for charge in ledger.charges if charge is not ended]


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


def shrink(ledger: Ledger, sale: Sale, before: int, n: int, *, credit: bool) -> None:
    """Take *n* of the *before* that run; what was opened last goes first."""
    if sale.flat:
        return
    if sale.terms.convention is FULL:
        credit = False  # given back only in exchange for a new charge
    running = _running(ledger, sale.terms)  # none in a trial, for example
    none_left = n == before
    if sale.each is None and running and not none_left:
        _lower_total(ledger, sale, running, before, n, credit=credit)
        return
    for charge in running:
        taken = charge.quantity if none_left else min(n, charge.quantity)
        emptied = taken == charge.quantity
        full = -charge.full_scaled if emptied else difference(charge, sale, taken, 0)
        if taken or full:
            _regrade(ledger, charge, -taken, full, money=credit)
        if emptied:
            _drop(ledger, charge)
        n -= taken


def difference(charge: ChargeRow, sale: Sale, before: int, after: int) -> int:
    """Return the difference of two totals at the net price of *charge*."""
    terms = charge.terms
    if terms.unit_scaled is not None:
        return (after - before) * terms.unit_scaled
    return (sale.rate.total(after) - sale.rate.total(before)) * _kept(terms)


def _kept(terms: LineTerms) -> int:
    """Return what percent discounts leave, as a factor of the rate."""
    kept = 1
    for discount in terms.discounts:
        kept *= discount.kept[0]
    return kept


# Tiers: each charge holds a part of the total that the price list says, at its own
# net price, and all parts together are that total, whatever came and went.


def _parts_of(running: list[ChargeRow], total: int) -> list[int]:
    """Return the part of *total* that each charge holds, without its discounts.

    One of whose price nothing is left holds what the others do not.
    """
    kept = [_kept(charge.terms) for charge in running]
    found = [c.full_scaled // k if k else 0 for c, k in zip(running, kept, strict=True)]
    if 0 in kept:
        found[kept.index(0)] = total - sum(found)
    return found


def _without(parts: list[int], fall: int) -> list[int]:
    """Return *parts* less *fall*: the first are emptied first, none falls below 0."""
    left = []
    for part in parts:
        taken = max(min(part, fall), 0)
        left.append(part - taken)
        fall -= taken
    return left


def _cheapen(ledger: Ledger, sale: Sale, before: int, n: int, fall: int) -> None:
    """Add *n* to the *before* that run where the total has a *fall*.

    What was opened last is cheaper first, never by more than it holds.  Where several
    at one net price share the fall, and one of them holds as much, it has one line.
    """
    running = _running(ledger, sale.terms)
    if not running:
        return
    parts = _parts_of(running, sale.rate.total(before))
    left = _without(parts, fall)
    sharing = [i for i in range(len(parts)) if left[i] != parts[i]]
    at = sharing[-1] if sharing else 0
    prices = {(running[i].free, running[i].terms.discounts) for i in sharing}
    if len(prices) == 1 and parts[at] >= fall:
        left = [*parts]
        left[at] -= fall
    if running[at].free:  # what is added is charged
        at = next((i for i, charge in enumerate(running) if not charge.free), at)
    seats = [charge.quantity for charge in running]
    seats[at] += n
    _share_out(ledger, running, seats, parts, left, money=True)


def _lower_total(
    ledger: Ledger,
    sale: Sale,
    running: list[ChargeRow],
    before: int,
    n: int,
    *,
    credit: bool,
) -> None:
    """Take *n* of the *before* that run, for the difference of the two totals.

    What was not charged, or not given back, when seats were added goes with them.
    A rise that is not charged is kept apart: nothing of it can come back.
    """
    total = sale.rate.total
    parts = _parts_of(running, total(before))
    seats = [charge.quantity for charge in running]
    left = [*parts]
    for i, charge in enumerate(running):
        if not charge.free:
            break
        taken = min(n, seats[i])
        seats[i] -= taken
        left[i] += total(before - taken) - total(before)
        before -= taken
        n -= taken
    fall = total(before) - total(before - n)
    for i in range(len(running)):
        taken = min(n, seats[i])
        seats[i] -= taken
        n -= taken
        if not seats[i] and left[i] < 0:
            fall -= left[i]
            left[i] = 0
    if fall >= 0:
        left = _without(left, fall)
    else:
        if not credit and not any(charge.free for charge in running):
            running = [*running, _open_empty(ledger, running[0].terms, free=True)]
            seats, parts, left = [*seats, 0], [*parts, 0], [*left, 0]
        alike = (i for i, charge in enumerate(running) if charge.free is not credit)
        left[next(alike, 0)] -= fall
    _share_out(ledger, running, seats, parts, left, money=credit)


def _share_out(
    ledger: Ledger,
    running: list[ChargeRow],
    seats: list[int],
    before: list[int],
    after: list[int],
    *,
    money: bool,
) -> None:
    """Let each charge have its *seats*, and another part of the total than *before*."""
    for charge, quantity, old, new in zip(running, seats, before, after, strict=True):
        n, full = quantity - charge.quantity, (new - old) * _kept(charge.terms)
        if n or full:
            _regrade(ledger, charge, n, full, money=money)
        if not quantity and not new:
            _drop(ledger, charge)


def _running(ledger: Ledger, terms: LineTerms) -> list[ChargeRow]:
    """Return the charges of the same item and unit, what was opened last first."""
    key = terms.key
    return [
        charge
        for charge in reversed(ledger.charges)
        if charge.terms is terms or charge.terms.key == key
    ]


def close(
    ledger: Ledger,
    *,
    credit: bool,
    kind: ItemKind | None = None,
    item: str | None = None,
) -> None:
    """End all charges, or those of one *kind* and *item*, and give back the rest."""
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


def open_add_ons(ledger: Ledger, *, charged: bool = True) -> None:
    """Open the charges of the add-ons."""
    for owned in ledger.add_ons.values():
        sales = ledger.sales_of(owned.add_on, ledger.interval)
        for sale in sales.values():
            open_charge(ledger, sale, owned.quantity, charged=charged)


def open_all(ledger: Ledger) -> None:
    """Open the charges of plan and add-ons, then the fixed discounts on them."""
    first = len(ledger.lines)
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
