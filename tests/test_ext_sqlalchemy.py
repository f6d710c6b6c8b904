"""Values of seatbill in SQLAlchemy's columns, in SQLite and in a PostgreSQL server."""

from __future__ import annotations

from typing import ClassVar

import attrs
import pytest

from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    Catalog,
    Invoice,
    Member,
    Money,
    Subscription,
    change,
    subscribe,
)
from seatbill.errors import OutOfBoundsError, WrongTypeError
from stories import at, plan

sa = pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed")
orm = pytest.importorskip("sqlalchemy.orm")

from seatbill.ext.sqlalchemy import ValueType, money_columns  # noqa: E402

PLAN = plan("6.00", id="pro")
RULES = BillingRules(name="shop")
CATALOG = Catalog([PLAN])
OPENING = subscribe(
    PLAN, id="ada", interval=MONTHLY, seats=2, on=at("2026-04-01"), rules=RULES
)
SUB = OPENING.subscription
PEOPLE = (Member("ann"), Member("bob"))


class Base(orm.DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    id: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    revision: orm.Mapped[int] = orm.mapped_column()
    state = orm.mapped_column(ValueType(Subscription))
    short = orm.mapped_column(
        ValueType(Subscription, catalogs=[CATALOG], rules=[RULES]), nullable=True
    )
    people = orm.mapped_column(ValueType(Member, many=True))
    anything = orm.mapped_column(ValueType(), nullable=True)
    paid = money_columns("paid")
    owed = money_columns("owed", nullable=True)
    __mapper_args__: ClassVar = {"version_id_col": revision}


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request):
    address = "sqlite://"
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres")
    made = sa.create_engine(address)
    Base.metadata.drop_all(made)
    Base.metadata.create_all(made)
    yield made
    made.dispose()


def account(**more):
    given = {"state": SUB, "people": PEOPLE, "paid": Money("12.00", "USD")} | more
    return Account(id="ada", **given)


def test_values_come_back_equal(engine):
    anything = OPENING.invoices[0]
    owed = Money("0.500", "KWD")
    with orm.Session(engine) as session:
        session.add(account(short=SUB, anything=anything, owed=owed))
        session.commit()
    with orm.Session(engine) as session:
        found = session.get(Account, "ada")
        assert (found.state, found.short, found.people) == (SUB, SUB, PEOPLE)
        assert (found.anything, found.owed) == (anything, owed)
        assert found.paid == Money("12.00", "USD")
        sizes = sa.text("SELECT cast(state AS text), cast(short AS text) FROM account")
        long, short = session.execute(sizes).one()
        assert len(short) < len(long)


def test_nothing_is_null(engine):
    with orm.Session(engine) as session:
        session.add(account())
        session.commit()
        where = Account.anything.is_(None), Account.owed_minor.is_(None)
        assert session.scalar(sa.select(Account.id).where(*where)) == "ada"
        session.expire_all()
        assert session.get(Account, "ada").owed is None


def test_amounts_are_added_up_and_compared_by_the_database(engine):
    with orm.Session(engine) as session:
        session.add(account())
        session.commit()
        assert session.scalar(sa.select(sa.func.sum(Account.paid_minor))) == 1200
        same = sa.select(Account.id).where(Account.paid == Money("12.00", "USD"))
        assert session.scalar(same) == "ada"


def test_of_two_writers_the_second_is_told(engine):
    """SQLAlchemy compares and sets by itself."""
    with orm.Session(engine) as session:
        session.add(account())
        session.commit()
    first, second = orm.Session(engine), orm.Session(engine)
    with first, second:
        hers, his = first.get(Account, "ada"), second.get(Account, "ada")
        hers.state = change(hers.state, AddSeats(1), on=at("2026-04-16")).subscription
        first.commit()
        his.state = change(his.state, AddSeats(2), on=at("2026-04-16")).subscription
        with pytest.raises(orm.exc.StaleDataError):
            second.commit()


def test_an_equal_value_is_no_change(engine):
    with orm.Session(engine) as session:
        session.add(account())
        session.commit()
        found = session.get(Account, "ada")
        found.state = attrs.evolve(found.state)
        found.people = (*found.people,)
        session.commit()
        assert session.get(Account, "ada").revision == 1


@pytest.mark.parametrize(
    "wrong", [{"state": OPENING}, {"people": ["ann"]}, {"anything": "ann"}]
)
def test_another_value_is_refused(engine, wrong):
    with orm.Session(engine) as session:
        session.add(account(**wrong))
        with pytest.raises(sa.exc.StatementError) as told:
            session.flush()
        assert isinstance(told.value.orig, WrongTypeError)


def test_wrong_arguments_are_refused():
    for wrong in ({"many": 1}, {"catalogs": [PLAN]}, {"rules": ["shop"]}):
        with pytest.raises(WrongTypeError):
            ValueType(Invoice, **wrong)
    with pytest.raises(WrongTypeError):
        ValueType(str)
    with pytest.raises(OutOfBoundsError):
        money_columns("")
