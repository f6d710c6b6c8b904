"""Five customers to try the desk with, one of each system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy.orm import Session

from seatbill import Member, Party, Team, subscribe

from . import billing
from .store import Account, Person
from .systems import SYSTEMS


class Customer(NamedTuple):
    """A customer, as they are on the first day."""

    system: str
    plan: str
    interval: str
    seats: dict[str, int]
    people: tuple[Member, ...] = ()
    teams: tuple[Team, ...] = ()
    usage: Mapping[str, int] = MappingProxyType({})
    roles: tuple[str, ...] = ("owner", "billing")


def _sitting(unit: str, *names: str) -> tuple[Member, ...]:
    return tuple(Member(name, unit) for name in names)


CUSTOMERS = {
    "acme": Customer(
        "clockify",
        "basic",
        "month",
        {"seat": 5},
        _sitting("seat", "ann", "bob", "cleo", "dan"),
        roles=("owner", "buyer", "auditor", "billing"),
    ),
    "brook": Customer(
        "teamleader", "move", "quarter", {"user": 12}, _sitting("user", "eve", "finn")
    ),
    "cairn": Customer("clickmeeting", "live-25", "month", {"account": 1}),
    "dune": Customer(
        "modular",
        "s",
        "month",
        {"plan": 1},
        usage={"clients": 80},
        roles=("connected", "billing"),
    ),
    "ember": Customer(
        "echometer",
        "team-licences",
        "month",
        {"team": 3},
        teams=(Team("ops"), Team("web"), Team("hr")),
        roles=("owner", "auditor", "billing"),
    ),
}


def sell(
    db: Session, id: str, customer: Customer, day: dt.date, *, is_paid: bool = True
) -> Account:
    """Sell *customer* a subscription from *day* on."""
    system = SYSTEMS[customer.system]
    account = Account(
        id=id,
        system=customer.system,
        people=customer.people,
        teams=customer.teams,
        usage=dict(customer.usage),
    )
    bought = subscribe(
        system.catalog.plan(customer.plan),
        id=id,
        interval=system.intervals[customer.interval],
        seats=customer.seats,
        on=day,
        rules=system.rules,
        recipient=Party(
            name=f"{id.title()} Ltd", address=("2 Mill Lane", "Cork"), country="IE"
        ),
    )
    db.add(account)
    billing.keep(db, account, bought, is_paid=is_paid)
    db.add_all(
        Person(id=f"{role}@{id}", account=id, role=role) for role in customer.roles
    )
    db.commit()
    return account


def fill(db: Session, day: dt.date) -> None:
    """Sell to all five, unless they are there."""
    for id, customer in CUSTOMERS.items():
        if db.get(Account, id) is None:
            sell(db, id, customer, day)
