"""Charges: opened for a period, cut in arrears, ended; and the lines of a call.

Takes what is owned and what it costs, and leaves in the state the open charges (one for
each item, net price and set of tax rates) with a line for what remains of the period;
a charge in arrears has no line yet, but a day since which it is unbilled.

10 seats at 4.99 on the first day of a period open a charge of 49.90 and a line of
49.90.  Opened with 15 of 30 days left, the charge is of 49.90 and the line of 24.95.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import CurrencyMismatchError, RulesError
from ..invoices import BillingReason, ItemKind, LineKind, LineTerms, trusted_period
from ..money import Money
from ..periods import ONE_DAY, AddOnAnchor, Interval, boundary
from ..plans import Service
from ..proration import ratio
from ..rules import BillingRules
from ..subscriptions import ChargeFee, SubscribedAddOn
from ..taxes import rates_for
from .dates import is_paused, own_period
from .discounting import open_amounts_off
from .invoicing import (
    add_accrued,
    charge_remaining,
    give_back,
    invoice,
    line_for,
    new_charge,
    own_span,
)
from .lasting import bill_lines, keep_to_one_invoice, spend, use_percents
from .lookup import FEW, under
from .makers import trusted_add_on, trusted_terms
from .members import CHARGE_LINE, DISCOUNT_ITEM, FULL, PLAN_ITEM, SETTLE_NOW, UPDATE
from .netting import note_closed, note_ended
from .prices import UnitPrice, price_table
from .state import OpenCharge, State


def cut(state: State, charge: OpenCharge) -> None:
    """Write what ran of an arrears *charge* since its last cut, until today."""
    since, day, whole = charge.since, state.day, state.whole
    if state.paid_until is not None:
        day = min(day, state.paid_until)  # the days after it are given
        whole = trusted_period(state.start, state.paid_until)
    if since is None or since >= day:
        return
    part, parts = ratio(charge.terms.convention, since, day, (whole.start, whole.end))
    span = since, day, whole, part, parts
    line = line_for(span, CHARGE_LINE, charge, charge.quantity, charge.full_scaled)
    charge.since = day
    charge.charged_minor += line.amount_minor
    state.accrued.append(line)


def sell_once(
    state: State,
    sold: Service | ChargeFee,
    kind: LineKind,
    item: ItemKind,
    price: Money,
    n: int = 1,
) -> None:
    """Write a line for something *sold* once: one day, whole, never given back."""
    if price.currency != state.currency:
        raise CurrencyMismatchError(state.currency, price.currency)
    terms = trusted_terms(
        item,
        sold.id,
        str(item),
        state.currency,
        price.minor_units,
        1,
        (),
        rates_for(state.tax_rates, sold.tax_class),
        state.rules.convention,
        state.rules.rounding,
        False,
    )
    day = state.day
    after = boundary(day, ONE_DAY, 1)
    span = day, after, trusted_period(day, after), 1, 1
    charge = new_charge(state, terms)  # of which nothing runs on
    state.lines.append(line_for(span, kind, charge, n, n * price.minor_units))


# Charges.


def open_charge(
    state: State,
    price: UnitPrice,
    quantity: int,
    charged: bool = True,  # noqa: FBT001, FBT002 (opened for every line)
) -> None:
    """Open a charge of *quantity* for what remains, where none of its item runs.

    What is not *charged* (timing FORFEIT) has no line: nothing of it can come back
    (law 3).  The first units are a charge of their own where a discount is for them.
    """
    if price.special:
        if price.flat:
            quantity = 1
        elif price.beyond is not None and quantity > price.first:
            for part, n in price.parts(quantity):
                open_charge(state, part, n, charged)
            return
    each = price.each
    full = price.full(quantity) if each is None else quantity * each
    if charged and state.discounts:
        use_percents(state, price, quantity, full)
    charge = OpenCharge()  # as `new_charge` makes it, which costs a call for each line
    charge.terms = price.terms
    charge.quantity = quantity
    charge.full_scaled = full
    charge.charged_minor = charge.credited_minor = 0
    charge.cut_minor = charge.kept_minor = charge.ended_minor = 0
    charge.version = state.version
    charge.since = None
    charge.free = not charged
    charge.credit_notes = ()
    state.charges.append(charge)
    if price.in_arrears:
        charge.since = state.day if charged else state.end
        state.has_arrears = True
    elif charged:
        line = line_for(state.remaining, CHARGE_LINE, charge, quantity, full)
        charge.charged_minor = line.amount_minor
        state.lines.append(line)


def add_to_charge(
    state: State, price: UnitPrice, quantity: int, full: int, *, charged: bool
) -> None:
    """Charge *full* for *quantity*, on the charge of the same terms if one is open.

    What is not *charged* is kept apart, on a charge of its own.
    """
    if charged and state.discounts:
        use_percents(state, price, quantity, full)
    charge = _charge_at(state, price.terms, free=not charged)
    if charge is None:
        charge = new_charge(state, price.terms, 0, 0, not charged)
        state.charges.append(charge)
    elif price.in_arrears:
        cut(state, charge)
    charge.quantity += quantity
    charge.full_scaled += full
    if charged and not price.in_arrears:
        charge_remaining(state, charge, quantity, full)


def _charge_at(state: State, terms: LineTerms, *, free: bool) -> OpenCharge | None:
    """Return the open charge of these *terms* that is *free* or not, if any is."""
    charges = state.charges
    if len(charges) > FEW:
        return next(iter(under(state, charges, _terms_of, (free, terms))), None)
    unit = terms.unit
    for charge in charges:
        known = charge.terms
        if (
            known is terms or (known.unit == unit and known == terms)
        ) and charge.free is free:
            return charge
    return None


def end_charge(state: State, ended: OpenCharge) -> None:
    """Take the charge *ended* off the open ones."""
    state.visit(len(state.charges))
    state.charges = [charge for charge in state.charges if charge is not ended]
    if state.has_amounts_off:
        note_ended(state, [ended], state.own_of(ended.terms))


def running(state: State, terms: LineTerms) -> list[OpenCharge]:
    """Return what runs of the same item and unit, what was opened last first."""
    return [*reversed(under(state, state.charges, _item_of, terms.key))]


def _item_of(charge: OpenCharge) -> tuple[ItemKind, str, str]:
    """Return what a *charge* is for."""
    return charge.terms.key


def _terms_of(charge: OpenCharge) -> tuple[bool, LineTerms]:
    """Return whether a *charge* is free, and its terms."""
    return charge.free, charge.terms


def difference(charge: OpenCharge, price: UnitPrice, before: int, after: int) -> int:
    """Return the difference of two totals at the net price of *charge*."""
    terms = charge.terms
    if terms.unit_scaled is not None:
        return (after - before) * terms.unit_scaled
    return (price.rate.total(after) - price.rate.total(before)) * factor_of(terms)


def factor_of(terms: LineTerms) -> int:
    """Return what percent discounts leave, as a factor of the rate."""
    factor = 1
    for discount in terms.discounts:
        factor *= discount.kept[0]
    return factor


def close(
    state: State,
    *,
    credit: bool,
    kind: ItemKind | None = None,
    item: str | None = None,
) -> None:
    """End all charges, or those of one *kind* and *item*; give back what remains.

    Those of an add-on with its own interval end by its id alone, and what is taken off
    its periods with it.
    """
    state.visit(len(state.charges))
    left = []
    for charge in state.charges:
        terms = charge.terms
        if not _ends_with(state, terms, kind, item):
            left.append(charge)
        elif terms.in_arrears:
            _check_counted(state, terms)
            cut(state, charge)
        elif credit and (charge.full_scaled or terms.item_kind is not DISCOUNT_ITEM):
            give_back(state, charge, charge.quantity, charge.full_scaled)
    if state.has_amounts_off:
        open_still = {id(charge) for charge in left}
        closed = [c for c in state.charges if id(c) not in open_still]
        note_closed(state, closed, left)
        for charge in closed if item is not None else ():
            if charge.terms.item_kind is DISCOUNT_ITEM:
                spend(state, charge)
    state.charges = left


def _ends_with(
    state: State, terms: LineTerms, kind: ItemKind | None, item: str | None
) -> bool:
    """Return whether a charge of *terms* ends with one *kind* and *item*, or all."""
    alone = state.own_of(terms)
    if item is None:
        return alone is None and kind in (None, terms.item_kind)
    return alone == item or (terms.item_kind is kind and terms.item == item)


def removals_return(rules: BillingRules) -> bool:
    """Return whether what is removed inside a period brings anything back.

    Not where the whole price is paid whatever the day; what is given in exchange does
    (decision: real days over real days).
    """
    return rules.convention is not FULL


def _check_counted(state: State, terms: LineTerms) -> None:
    """Refuse to end inside the period what is measured at its end."""
    if terms.item_kind is PLAN_ITEM and state.price_of(terms.unit).measured:
        raise RulesError(terms.unit, "measured", "known_at_renewal")


# Periods.


def open_plan(state: State, charged: bool = True) -> None:  # noqa: FBT001, FBT002
    """Open the charges of the plan: every seat owned, vacant ones too (CL-4, CL-5)."""
    seats = state.seats
    table = state.table or state.plan_table
    for unit, price in table.units.items():
        quantity = seats.get(unit, 0) if price.plain else _counted(price, seats)
        if quantity:
            open_charge(state, price, quantity, charged)
        elif price.measured:
            _open_unmeasured(state, price)


def _counted(price: UnitPrice, seats: Mapping[str, int]) -> int:
    """Return how many are charged: of a flat price one, measured ones in bounds."""
    unit = price.terms.unit
    if price.flat:
        return 1
    return price.billed(seats[unit]) if unit in seats else 0


def _open_unmeasured(state: State, price: UnitPrice) -> None:
    """Open a charge in arrears that is measured later; refuse one in advance."""
    unit = price.terms.unit
    if price.in_arrears:
        open_charge(state, price, 0)
    elif unit not in state.seats:
        raise RulesError(unit, "measured", "not_measured_yet")


def sharing(state: State) -> Iterable[SubscribedAddOn]:
    """Return the add-ons that share the plan's period."""
    return [owned for owned in state.add_ons.values() if owned.add_on.interval is None]


def open_add_ons(
    state: State,
    several: Iterable[SubscribedAddOn],
    interval: Interval,
    charged: bool = True,  # noqa: FBT001, FBT002
) -> None:
    """Open the charges of *several* add-ons for periods of this *interval*."""
    context = state.context
    for owned in several:
        quantity = owned.quantity
        for price in price_table(owned.add_on, interval, context).units.values():
            open_charge(state, price, quantity, charged)


def open_own(state: State) -> None:
    """Let the own period begin of each add-on that is in none."""
    for owned in [*state.add_ons.values()]:
        if owned.add_on.interval is not None and owned.period is None:
            begin_own(state, owned)


def begin_own(state: State, owned: SubscribedAddOn, *, charged: bool = True) -> None:
    """Let an add-on's own period begin, and charge it from today on.

    It is a share where the day is none of the boundaries of its grid.
    """
    add_on, anchor, day = owned.add_on, owned.anchor, state.day
    if add_on.anchored_on is AddOnAnchor.PURCHASE:
        anchor = anchor or day
    start, end = own_period(state, owned, anchor or state.anchor, day)
    period = trusted_period(start, end)
    owned = trusted_add_on(add_on, owned.quantity, period, anchor)
    state.add_ons[add_on.id] = owned
    state.own |= {add_on.id}
    state.extras = True
    open_alone(state, owned, charged=charged)


def open_alone(state: State, owned: SubscribedAddOn, *, charged: bool = True) -> None:
    """Open the charges of an add-on for what remains of its own period."""
    remaining, interval, id = state.remaining, owned.add_on.interval, owned.add_on.id
    state.remaining, first = own_span(state, id), len(state.lines)
    open_add_ons(state, [owned], interval or state.interval, charged=charged)
    if state.discounts:
        open_amounts_off(state, first, id)
    state.remaining = remaining


def open_all(state: State, reason: BillingReason | None = None) -> None:
    """Open the charges of plan and add-ons, then the amounts off them.

    With a *reason* they are invoiced, after what ran in arrears.
    """
    first = len(state.lines)
    open_plan(state)
    if state.add_ons:
        several = sharing(state) if state.own else state.add_ons.values()
        open_add_ons(state, several, state.interval)
    if state.discounts:
        open_amounts_off(state, first)
        if state.own:
            open_own(state)
        keep_to_one_invoice(state)
    elif state.own:
        open_own(state)
    if reason is None:
        return
    if state.accrued:
        add_accrued(state)
    if state.discounts:
        bill_lines(state, reason)
    else:
        invoice(state, reason)


def settle(state: State) -> None:
    """Invoice the lines of a call, or keep them unbilled, as the rules say.

    What is sold once is due at once in a trial, and on the free plan: no period is
    charged with which it could wait.  In a pause it waits: the renewal is known.
    """
    now = state.settle_now or state.rules.settlement is SETTLE_NOW
    state.settle_now = False
    if not now and (not state.uncharged or is_paused(state)):
        state.unbilled += state.lines
        state.lines = []
    elif state.discounts:
        bill_lines(state, UPDATE)
    else:
        invoice(state, UPDATE)
