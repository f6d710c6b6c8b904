"""Column types for SQLAlchemy 2: any value of seatbill as JSON, money as two columns.

What is stored is the document of :func:`~seatbill.converters.dump`, as ``jsonb`` in
PostgreSQL, so the releases to come read it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._values.checks import flag, text
from ..catalogs import Catalog
from ..errors import MissingExtraError
from ..money import Money
from ..rules import BillingRules
from ._documents import Documents

try:
    from sqlalchemy import JSON, BigInteger, Dialect, String
    from sqlalchemy.dialects.postgresql import JSONB
    from sqlalchemy.orm import Composite, composite, mapped_column
    from sqlalchemy.types import TypeDecorator
except ModuleNotFoundError:
    raise MissingExtraError("sqlalchemy", "sqlalchemy") from None

__all__ = ["ValueType", "money_columns"]


class ValueType(TypeDecorator[Any]):
    """A column of values of *kind*, or of any that a document may hold; or ``NULL``.

    With *many* each row holds a tuple of them.  Where *catalogs* and *rules* are given,
    what they hold is written as a reference to the first of the catalogues or to the
    rules, and looked up in all of them.

    Raises: WrongTypeError for another value; on reading InvalidDataError and
    NewerFormatError.
    """

    impl: JSON[Any] = JSON(none_as_null=True)
    cache_ok: bool | None = False  # a catalogue may be large

    def __init__(
        self,
        kind: type[Any] | None = None,
        *,
        many: bool = False,
        catalogs: Iterable[Catalog] = (),
        rules: Iterable[BillingRules] = (),
    ) -> None:
        super().__init__()
        self.documents: Documents = Documents(kind, many, catalogs, rules)

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Return ``jsonb`` for PostgreSQL, JSON for others."""
        own = JSONB(none_as_null=True) if dialect.name == "postgresql" else self.impl
        return dialect.type_descriptor(own)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Return the document of *value*."""
        return self.documents.dump(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Return the value of a document."""
        return self.documents.load(value)


def money_columns(name: str, *, nullable: bool = False) -> Composite[Any]:
    """Return an attribute of :class:`~seatbill.Money` in two columns.

    ``name_minor`` is a ``BIGINT`` of minor units, so that a database can add them up,
    and ``name_currency`` the currency.  An amount beyond 64 bits is refused by the
    database.
    """
    text("name", name)
    flag("nullable", nullable)
    return composite(
        _money,
        mapped_column(f"{name}_minor", BigInteger, nullable=nullable),
        mapped_column(f"{name}_currency", String(3), nullable=nullable),
    )


def _money(minor_units: int | None, currency: str | None) -> Money | None:
    if minor_units is None or currency is None:
        return None
    return Money.from_minor_units(minor_units, currency)
