"""The steps that most subscriptions take, each in one go.

Most sell one unit at a price each, in advance, by dates and real days, and invoice at
once; and most of what happens to them is seats added, a plan raised at once, a plan or
an interval that waits for the period's end, and the renewal.  Each function here takes
such a step on a steady ledger, as the handlers of all other steps would, without asking
for what cannot be.  It returns whether it did: where not, it changed nothing, and they
take over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .._values.checks import MAX_QUANTITY
from ..invoices import BillingReason
from ..periods import month_boundary
from ..plans import Plan
from ..rules import ChangeKind
from ..subscriptions import AddSeats, SwitchInterval, SwitchPlan
from ..subscriptions.parts import ChargeRow, trusted_pending
from .invoicing import charge_rest, give_back, invoice, issue, new_charge
from .members import CYCLE, IMMEDIATE, INTERVAL, PERIOD_END, PLAN, UPDATE
from .prices import Sale
from .state import Ledger


def begin(ledger: Ledger, reason: BillingReason) -> bool:
    """Open the charge of the period that starts today, and invoice it."""
    sale = (ledger.sales or ledger.plan_sales).only
    quantity = 0 if sale is None else ledger.seats.get(sale.terms.unit, 0)
    if sale is None or not quantity:
        return False
    full = quantity * sale.each
    charge = new_charge(ledger, sale.terms, quantity, full)
    _sell(ledger, charge, quantity, full, reason)
    return True


def renew(ledger: Ledger) -> bool:
    """Pass the period's end: what waits takes effect, and a new period opens."""
    waiting, seats = ledger.next_kind(), ledger.seats
    if waiting is None or not ledger.interval.months:
        return False
    plan, interval = waiting
    sales = ledger.sales_of(plan, interval)
    sale, months = sales.only, interval.months
    if sale is None or not months or len(seats) != 1:
        return False
    in_arrears = [charge for charge in ledger.charges if charge.terms.in_arrears]
    if in_arrears or not seats.get(sale.terms.unit):
        return False
    steps = ledger.grid_steps() + months
    end = month_boundary(ledger.anchor, steps)
    ledger.version += 1
    ledger.plan = plan
    ledger.interval = interval
    ledger.sales = sales
    ledger.steps = steps
    ledger.pending = []
    ledger.charges = []
    ledger.open_period(ledger.end, end, ledger.end)
    return begin(ledger, CYCLE)


def _add_seats(ledger: Ledger, change: AddSeats) -> bool:
    """Charge the added seats for the rest of the period, and invoice them."""
    unit, n = change.unit, change.seats
    sale = (ledger.sales or ledger.plan_sales).only
    if sale is None or sale.terms.unit != unit or ledger.pending:
        return False  # pending: there may be seats that would be kept
    charge = _running(ledger, sale)
    if charge is None or charge.free or ledger.rules.seats_added is not IMMEDIATE:
        return False
    owned = ledger.seats.get(unit, 0) + n
    if owned > MAX_QUANTITY:
        return False  # refused
    full = n * sale.each
    ledger.version += 1
    ledger.seats[unit] = owned
    charge.quantity += n
    charge.full_scaled += full
    _sell(ledger, charge, n, full, UPDATE)
    return True


def _switch_plan(ledger: Ledger, change: SwitchPlan) -> bool:
    """Let a lower plan wait, or take a higher one."""
    plan, before, rules = change.plan, ledger.plan, ledger.rules
    rank, own = plan.rank, before.rank
    if change.interval is not None or plan.id == before.id or before.features:
        return False  # features: a notice names those that are lost
    if rank < own and rules.downgrade is PERIOD_END:
        return _wait(ledger, PLAN, plan)
    if rank <= own or rules.upgrade is not IMMEDIATE or ledger.pending:
        return False
    return _take_plan(ledger, plan)


def _take_plan(ledger: Ledger, plan: Plan) -> bool:
    """Give back the rest of the running charge, and charge the rest of *plan*."""
    sale = (ledger.sales or ledger.plan_sales).only
    sales = ledger.sales_of(plan, ledger.interval)
    new, seats = sales.only, ledger.seats
    if sale is None or new is None or len(seats) != 1:
        return False
    charge, quantity = _running(ledger, sale), seats.get(new.terms.unit)
    if charge is None or not quantity or charge.terms.unit != new.terms.unit:
        return False
    ledger.version += 1
    ledger.plan = plan
    ledger.sales = sales
    ledger.charges = []
    give_back(ledger, charge, charge.quantity, charge.full_scaled)
    full = quantity * new.each
    charge = new_charge(ledger, new.terms, quantity, full)
    ledger.lines.append(charge_rest(ledger, charge, quantity, full))
    invoice(ledger, UPDATE)
    return True


def _switch_interval(ledger: Ledger, change: SwitchInterval) -> bool:
    """Let another interval wait."""
    interval, rules = change.interval, ledger.rules
    months, own = interval.months, ledger.interval.months
    if not months or not own or months == own or rules.intervals:
        return False
    timing = rules.longer_interval if months > own else rules.shorter_interval
    return timing is PERIOD_END and _wait(ledger, INTERVAL, interval)


USUAL: Final[dict[type, Callable[[Ledger, Any], bool]]] = {
    AddSeats: _add_seats,
    SwitchPlan: _switch_plan,
    SwitchInterval: _switch_interval,
}


def _sell(
    ledger: Ledger, charge: ChargeRow, quantity: int, full: int, reason: BillingReason
) -> None:
    """Charge for the rest of the period, and invoice it."""
    line = charge_rest(ledger, charge, quantity, full)
    if ledger.taxed:
        ledger.lines.append(line)
        invoice(ledger, reason)
        return
    total, applied = line.amount_minor, 0
    if ledger.balance:
        applied = min(ledger.balance, total)
        ledger.balance -= applied
    issue(ledger, reason, (line,), (), total, total, applied)


def _running(ledger: Ledger, sale: Sale) -> ChargeRow | None:
    """Return the one charge that is open, if it is at the price of *sale*."""
    charges, terms = ledger.charges, sale.terms
    if len(charges) != 1:
        return None
    charge = charges[0]
    return charge if charge.terms is terms or charge.terms == terms else None


def _wait(ledger: Ledger, kind: ChangeKind, value: Any) -> bool:
    """Let a plan or an interval wait for the period's end."""
    waiting = ledger.next_kind()
    if waiting is None or kind in [update.kind for update in ledger.pending]:
        return False  # it takes the place of another
    plan, interval = waiting
    if kind is PLAN:
        plan = value
    else:
        interval = value
    if ledger.sales_of(plan, interval).only is None:
        return False
    ledger.version += 1
    ledger.pending.append(
        trusted_pending(kind, "", value, ledger.end, ledger.day, 0, None)
    )
    ledger.deferred.append((kind, ""))
    return True
