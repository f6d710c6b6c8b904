"""Fields for Django 5: any value of seatbill as JSON, money as two columns.

What is stored is the document of :func:`~seatbill.converters.dump`, so the releases to
come read it too.
"""

from __future__ import annotations

from typing import Any

from .._values.checks import flag, instance
from ..errors import MissingExtraError, SeatbillError
from ..money import Money
from ._documents import Documents

try:
    from django.core.exceptions import ValidationError
    from django.db import models
except ModuleNotFoundError:
    raise MissingExtraError("django", "django") from None

__all__ = ["MoneyColumns", "ValueField"]


class ValueField(models.JSONField):
    """A field of values of *kind*, or of any that a document may hold.

    With *many* it holds a tuple of them.  The other arguments are those of
    ``JSONField``; lookups go by the document, as in ``state__value__seats__seat``.

    Raises: WrongTypeError for another value, and on reading InvalidDataError and
    NewerFormatError; ``clean`` raises Django's ValidationError instead.
    """

    def __init__(
        self, *args: Any, kind: type[Any] | None = None, many: bool = False, **more: Any
    ) -> None:
        self.documents: Documents = Documents(kind, many)
        super().__init__(*args, **more)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """Return what a migration writes."""
        name, path, args, more = super().deconstruct()
        kind, many = self.documents.kind, self.documents.many
        own = {"kind": kind} if kind is not None else {}
        return name, path, args, more | own | ({"many": True} if many else {})

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the value of what was stored; part of a document stays as it is."""
        data = super().from_db_value(value, expression, connection)
        return data if hasattr(expression, "key_name") else self.documents.load(data)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Return what is stored of *value*."""
        data = value if hasattr(value, "as_sql") else self.documents.dump(value)
        return super().get_db_prep_save(data, connection)

    def to_python(self, value: Any) -> Any:
        """Return a value, of one or of its document."""
        if not isinstance(value, dict | list):
            return value
        try:
            return self.documents.load(value)
        except SeatbillError as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal

    def validate(self, value: Any, model_instance: Any) -> None:
        """Refuse another value."""
        try:
            data = self.documents.dump(value)
        except SeatbillError as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        super().validate(data, model_instance)

    def value_to_string(self, obj: Any) -> Any:
        """Return the document, for ``dumpdata``."""
        return self.documents.dump(self.value_from_object(obj))


class MoneyColumns:
    """An attribute of :class:`~seatbill.Money` in two fields of the model.

    ``total = MoneyColumns()`` makes ``total_minor``, a ``BigIntegerField`` of minor
    units, and ``total_currency``; queries and migrations know these two.
    """

    def __init__(self, *, null: bool = False) -> None:
        self.null: bool = flag("null", null)

    def contribute_to_class(self, cls: Any, name: str) -> None:
        """Add the two fields to a model, and the attribute that is made of them."""
        minor, currency = f"{name}_minor", f"{name}_currency"
        cls.add_to_class(minor, models.BigIntegerField(null=self.null))
        cls.add_to_class(currency, models.CharField(max_length=3, null=self.null))

        def read(self: Any) -> Money | None:
            units = getattr(self, minor)
            if units is None:
                return None
            return Money.from_minor_units(units, getattr(self, currency))

        def write(self: Any, value: Money | None) -> None:
            if value is not None:
                instance(name, value, Money)
            setattr(self, minor, None if value is None else value.minor_units)
            setattr(self, currency, None if value is None else value.currency)

        setattr(cls, name, property(read, write))
