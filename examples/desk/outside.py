"""Stands in for others: a payment provider and a mail server, each with its memory.

Both take the same key twice and act once, as real ones do.
"""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from seatbill import Money
from seatbill.ext.sqlalchemy import money_columns


class Outside(DeclarativeBase):
    pass


class Charge(Outside):
    __tablename__ = "outside_charge"
    key: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Money] = money_columns("amount")


class Mail(Outside):
    __tablename__ = "outside_mail"
    key: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    text: Mapped[str]


class World:
    """The others, whose tables are not the desk's though they lie beside them."""

    def __init__(self, engine: Engine) -> None:
        Outside.metadata.create_all(engine)
        self.engine = engine

    def pay(self, key: str, amount: Money) -> None:
        """Charge *amount* under *key*."""
        self._once(Charge(key=key, amount=amount))
        with Session(self.engine) as db:
            if db.get_one(Charge, key).amount != amount:
                raise ValueError(f"{key} was charged with another amount")

    def mail(self, key: str, account: str, text: str) -> None:
        """Send a mail under *key*."""
        self._once(Mail(key=key, account=account, text=text))

    def _once(self, row: Outside) -> None:
        try:
            with Session(self.engine) as db:
                db.add(row)
                db.commit()
        except IntegrityError:
            pass  # it was taken before
