"""The nightly job: renew, remind, send.  It may die anywhere and start again."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from seatbill.errors import SeatbillError
from seatbill.formatting import describe
from seatbill.hosting import reminders

from .billing import PaymentFailedError, catch_up
from .outside import World
from .store import Account, Bill, Outbox, Sessions

AHEAD = dt.timedelta(14)


def nightly(sessions: Sessions, day: dt.date, world: World) -> int:
    """Do all that is to be done by *day*, and return how much could not be done.

    An account that fails stops no other: it is told, and tried again the next night.
    """
    failed = 0
    unseen = or_(Account.seen_on.is_(None), Account.seen_on < day)
    for id in _all(sessions, select(Account.id).where(unseen).order_by(Account.id)):
        with sessions() as db:
            try:
                account = db.get_one(Account, id)
                catch_up(db, account, day, world.pay)
                remind(db, account, day)
            except (SeatbillError, StaleDataError) as error:
                failed += 1
                print(f"{id}: {error}", file=sys.stderr)
    for row in _all(sessions, select(Outbox.id).where(~Outbox.is_sent)):
        with sessions() as db:
            try:
                send(db, db.get_one(Outbox, row), world)
            except PaymentFailedError:
                failed += 1  # it stays open for the next night
    return failed


def _all(sessions: Sessions, query: Select[Any]) -> list[Any]:
    with sessions() as db:
        return [*db.scalars(query)]


def remind(db: Session, account: Account, day: dt.date) -> None:
    """Write down what the customer should hear of, each once: the account is seen."""
    account.seen_on = day
    people = account.people
    found = reminders(account.state, on=day, until=day + AHEAD, members=people)
    known = select(Outbox.key).where(Outbox.key.in_([each.key for each in found]))
    told = set(db.scalars(known))
    for each in found:
        if each.key not in told:
            text = describe(each.notice, catalog=account.sold.catalog)
            db.add(Outbox(kind="mail", key=each.key, account=account.id, text=text))
    db.commit()


def send(db: Session, row: Outbox, world: World) -> None:
    """Send what waits; whoever dies before it is noted sends it again, same key."""
    db.commit()  # no lock is held while others work
    if row.kind == "mail":
        world.mail(row.key, row.account, row.text)
    else:
        bill = db.get_one(Bill, row.key.removeprefix("charge:"))
        db.commit()
        world.pay(bill.key, bill.invoice.amount_due)
        bill.is_paid = True
    row.is_sent = True
    db.commit()
