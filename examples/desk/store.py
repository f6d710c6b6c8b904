"""The tables: values of seatbill in columns, and who saved them last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

from sqlalchemy import JSON, Engine, ForeignKey, NullPool, create_engine, event
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    sessionmaker,
)

from seatbill import Invoice, Member, Outcome, Subscription, Team
from seatbill.corrections import CorrectiveInvoice, NumberedInvoice, NumberSeries
from seatbill.ext.sqlalchemy import ValueType
from seatbill.quotes import Quote

from .systems import SYSTEMS, System

Sessions = Callable[[], Session]

CATALOGS = [system.catalog for system in SYSTEMS.values()]
RULES = [system.rules for system in SYSTEMS.values()]


def held(kind: type, **how: Any) -> Any:
    """Return a column of values; price lists and rules are referred to, not copied."""
    return mapped_column(ValueType(kind, catalogs=CATALOGS, rules=RULES), **how)


class Base(DeclarativeBase):
    pass


class Account(Base):
    """A customer; saved only where nobody else has saved it since it was read.

    *claim* is the order that is being carried out, *due* the next day with something to
    renew, and *seen_on* the last night in which all was done.
    """

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(primary_key=True)
    system: Mapped[str]
    revision: Mapped[int] = mapped_column()
    due: Mapped[dt.date | None] = mapped_column(index=True)
    claim: Mapped[str | None]
    seen_on: Mapped[dt.date | None]
    state: Mapped[Subscription] = held(Subscription)
    people: Mapped[tuple[Member, ...]] = mapped_column(
        ValueType(Member, many=True), default=()
    )
    teams: Mapped[tuple[Team, ...]] = mapped_column(
        ValueType(Team, many=True), default=()
    )
    usage: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)

    __mapper_args__: ClassVar = {"version_id_col": revision}

    @property
    def sold(self) -> System:
        """What it is sold, and how."""
        return SYSTEMS[self.system]


class Person(Base):
    """Somebody who signs in, for one account and in one role."""

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str]


class Order(Base):
    """A quote under the key of its form: asked for, accepted on a day, done.

    *action* is what a role must be allowed to do to accept it.
    """

    __tablename__ = "order"
    key: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    action: Mapped[str]
    quote: Mapped[Quote] = held(Quote)
    accepted_on: Mapped[dt.date | None]
    is_done: Mapped[bool] = mapped_column(default=False)


class Bill(Base):
    """An invoice or an accepted correction, with its number."""

    __tablename__ = "bill"
    key: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    is_paid: Mapped[bool]
    document: Mapped[NumberedInvoice] = mapped_column(ValueType(NumberedInvoice))

    @property
    def invoice(self) -> Invoice:
        """The invoice, as corrected where it was."""
        found = self.document.document
        return found.document if isinstance(found, CorrectiveInvoice) else found


class Series(Base):
    """The last number that was given."""

    __tablename__ = "series"
    id: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[NumberSeries] = mapped_column(ValueType(NumberSeries))


class Correction(Base):
    """A request to make an invoice out to somebody else."""

    __tablename__ = "correction"
    key: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    number: Mapped[str] = mapped_column(index=True)
    request: Mapped[CorrectiveInvoice] = mapped_column(ValueType(CorrectiveInvoice))


class History(Base):
    """What came of each call, from which every invoice can be worked out again."""

    __tablename__ = "history"
    account: Mapped[str] = mapped_column(primary_key=True)
    version_before: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[Outcome] = held(Outcome)


class Outbox(Base):
    """What has to be told to others, written in the transaction that it is about."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    account: Mapped[str]
    text: Mapped[str]
    is_sent: Mapped[bool] = mapped_column(default=False, index=True)


class Asked(Base):
    """A form that was carried out, by its key: its content and where it led."""

    __tablename__ = "asked"
    account: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    answer: Mapped[str]


def connected(address: str) -> Engine:
    """Return the database, with its tables.

    In SQLite who writes waits for their turn at the start (``BEGIN IMMEDIATE``), not
    in the middle, where it would be too late; in PostgreSQL rows are locked.
    """
    if not address.startswith("sqlite"):
        engine = create_engine(address)
    else:
        how = {"timeout": 60}
        engine = create_engine(address, connect_args=how, poolclass=NullPool)

        @event.listens_for(engine, "connect")
        def opened(connection: Any, _: Any) -> None:
            connection.isolation_level = None  # transactions begin below
            connection.execute("PRAGMA journal_mode = WAL")

        @event.listens_for(engine, "begin")
        def begun(connection: Any) -> None:
            how = connection.get_execution_options().get("begin", "BEGIN IMMEDIATE")
            connection.exec_driver_sql(how)

    return engine


def made(engine: Engine) -> Engine:
    """Make the tables that are missing, and the series that numbers begin with."""
    Base.metadata.create_all(engine)
    with writing(engine)() as db:
        if db.get(Series, "INV") is None:
            db.add(Series(id="INV", last=NumberSeries(prefix="INV-", digits=6)))
            db.commit()
    return engine


def writing(engine: Engine) -> sessionmaker[Session]:
    """Return sessions that may save."""
    return sessionmaker(engine, expire_on_commit=False)


def reading(engine: Engine) -> sessionmaker[Session]:
    """Return sessions that only look, and wait for nobody."""
    return sessionmaker(engine.execution_options(begin="BEGIN"))
