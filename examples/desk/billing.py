"""Ask, pay, keep: all that stands between seatbill, the tables and the money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.orm import Session

from seatbill import Money, Outcome, next_renewal, occupancy, renew
from seatbill.errors import SeatbillError, StaleVersionError
from seatbill.licences import Workspace, meter
from seatbill.quotes import accept, quote

from .store import Account, Bill, History, Order, Outbox, Series

Pay = Callable[[str, Money], None]
"""Takes an amount under a key; a second time is the first one again."""


class PaymentFailedError(SeatbillError, ValueError):
    code = "payment_failed"
    sentence = "The payment of {amount} failed"
    remedy = "use another card"
    amount: Money


def keep(db: Session, account: Account, outcome: Outcome, *, is_paid: bool) -> None:
    """Save what came of a call, with all that follows from it, or nothing of it."""
    new = account.state = outcome.subscription
    account.due = next_renewal(new)
    if not outcome.is_empty:
        before = outcome.previous_version
        db.add(History(account=new.id, version_before=before, outcome=outcome))
    for invoice in outcome.invoices:
        series = db.get_one(Series, "INV", with_for_update=True)
        numbered, series.last = series.last.take(invoice)
        bill = Bill(key=invoice.key, account=new.id, number=numbered.number)
        bill.is_paid, bill.document = is_paid or not invoice.amount_due, numbered
        for kind in ("mail",) if bill.is_paid else ("charge", "mail"):
            key = f"{kind}:{invoice.key}"
            db.add(Outbox(kind=kind, key=key, account=new.id, text=numbered.number))
        db.add(bill)
    db.commit()


def offer(
    db: Session, account: Account, key: str, action: str, outcome: Outcome
) -> None:
    """Write down what was shown, under the key of whoever asked for it."""
    shown = quote(outcome, number=key, until=outcome.on)
    db.add(Order(key=key, account=account.id, action=action, quote=shown))
    db.commit()


def confirm(
    db: Session, account: Account, order: Order, day: dt.date, pay: Pay
) -> None:
    """Carry out an order; of several at once for one account, one gets through."""
    if order.is_done:
        return
    if account.claim not in (None, order.key):
        raise StaleVersionError(order.quote.version, account.state.version)
    day = order.accepted_on or day
    accept(order.quote, account.state, on=day)
    order.accepted_on, account.claim = day, order.key
    carry_out(db, account, order, pay)


def carry_out(db: Session, account: Account, order: Order, pay: Pay) -> None:
    """Take the money of an order that was accepted, and keep what it promised.

    Whoever dies in between has claimed the account: the nightly job goes on from
    here, with the day and the keys of the first time.
    """
    db.commit()  # claimed, or somebody else was faster; no lock is held while we pay
    outcome = accept(order.quote, account.state, on=order.accepted_on)
    try:
        for invoice in outcome.invoices:
            if invoice.amount_due:
                pay(invoice.key, invoice.amount_due)
    except PaymentFailedError:
        account.claim = order.accepted_on = None
        db.commit()
        raise
    account.claim, order.is_done = None, True
    keep(db, account, outcome, is_paid=True)


def catch_up(db: Session, account: Account, day: dt.date, pay: Pay) -> None:
    """Finish what was interrupted, then renew all that is due, a step at a time."""
    if account.claim is not None:
        carry_out(db, account, db.get_one(Order, account.claim), pay)
    while account.due is not None and account.due <= day:
        on, state = account.due, account.state
        counts = {"measured": counted(account, on)} if account.sold.measured else {}
        if state.seats and not counts:
            counts["occupied"] = seated(account, on)
        keep(db, account, renew(state, on=on, **counts), is_paid=False)


def seated(account: Account, day: dt.date) -> dict[str, int]:
    """Return how many people sit, by the kind of their seat."""
    owned = account.state.capacity
    counts = occupancy(account.people, owned=owned, at=day).counts
    return {each.unit: each.occupied for each in counts if each.unit in owned}


def counted(account: Account, day: dt.date) -> dict[str, int]:
    """Return how many teams a renewal on that day bills."""
    variant = account.sold.rules.licence_variant(account.state.billing_cycle_anchor)
    return dict(meter(Workspace(account.teams), variant)(day))
