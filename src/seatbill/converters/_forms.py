"""Values whose data look otherwise than their fields: amounts as amounts.

The library keeps whole numbers of minor units, or of finer parts.  Data show what a
reader knows: ``"12.56"`` and ``"26/31"``, from which the same whole numbers come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple, Self, final, get_type_hints

import attrs

from .._values.base import Quantities
from .._values.checks import Time
from ..errors import TooManyDigitsError
from ..invoices import (
    Invoice,
    InvoiceLine,
    LineTerms,
)
from ..lifecycle import Statement
from ..money import Money, currency_digits
from ..rules import Timing
from ..subscriptions import (
    Change,
    Charge,
    Subscription,
)
from ._problems import RefusedError
from ._scalars import Amount, Share

Parts = Fraction
"""An exact amount, of which the library counts the parts: ``scale`` to a minor unit."""


# A whole history.


@final
@attrs.frozen(kw_only=True)
class HistoryForm:
    """What was asked for on a day; one change may have stood *alone*, in no list."""

    on: Time
    changes: tuple[Change, ...]
    alone: bool = False
    timing: Timing | None = None

    @classmethod
    def of(cls, entry: tuple[Any, ...]) -> Self:
        """Return what stands for an entry of a history."""
        on, asked, *timing = entry
        alone = not isinstance(asked, tuple | list)
        changes = (asked,) if alone else tuple(asked)
        return cls(on=on, changes=changes, alone=alone, timing=next(iter(timing), None))

    def entry(self) -> tuple[Any, ...]:
        """Return the entry; a timing by the rules is left out."""
        if self.alone and len(self.changes) != 1:
            message = "alone stands one change, and no other number of them"
            raise RefusedError("invalid_value", message, name="history")
        asked: Any = self.changes[0] if self.alone else self.changes
        by_hand = () if self.timing is None else (self.timing,)
        return (self.on, asked, *by_hand)


@final
@attrs.frozen(kw_only=True)
class MeasurementForm:
    """What was measured at a renewal, ``None`` where nothing was told."""

    on: Time
    quantities: Quantities | None

    @classmethod
    def of(cls, entry: tuple[Any, ...]) -> Self:
        """Return what stands for what was measured."""
        return cls(on=entry[0], quantities=entry[1])

    def entry(self) -> tuple[Any, ...]:
        """Return what was measured on a day."""
        return (self.on, self.quantities)


# What is written otherwise.


class Own(NamedTuple):
    """A key of data, its type there, and the field that holds it in another way.

    *kind* says how: :data:`Parts` or an :data:`Amount` of the currency that is said
    elsewhere, a :data:`Share` of two fields, or a list of forms of entries.  Where the
    data are ``null`` the field is *none*.
    """

    key: str
    kind: Any
    field: str
    none: int | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that stand in it."""
        if self.kind is Share:
            return (f"{self.field}_numerator", f"{self.field}_denominator")
        return (self.field,)

    def read(self, data: Any, currency: str, scale: int) -> tuple[Any, ...]:
        """Return the fields that *data* of this kind are."""
        if data is None:
            return (self.none,)
        if self.kind in (Parts, Parts | None):
            return (_scaled(self.key, data, scale, currency),)
        if self.kind is Share:
            return (*map(int, data.split("/")),)
        if isinstance(data, tuple):
            return (tuple(form.entry() for form in data),)
        return (_minor(self.key, data, currency),)


def _minor(name: str, amount: Amount, currency: str) -> int:
    """Return the minor units of *amount*, which has this *name* in data."""
    try:
        return Money(amount, currency).minor_units
    except TooManyDigitsError as error:
        values = error.as_dict()["values"] | {"name": name}
        raise RefusedError(error.code, str(error), **values) from None


def _scaled(name: str, amount: Fraction, scale: int, currency: str) -> int:
    """Return how many parts *amount* is, *scale* of them to a minor unit."""
    parts: Fraction = amount * scale * 10 ** currency_digits(currency)
    if parts.denominator != 1:
        message = f"{amount} is no whole number of parts, {scale} to a minor unit"
        raise RefusedError("invalid_amount", f"{name}: {message}", name=name)
    return parts.numerator


OWN: Final[Mapping[type, tuple[Own, ...]]] = {
    LineTerms: (Own("unit_amount", Parts | None, "unit_scaled"),),
    InvoiceLine: (
        Own("full_amount", Parts, "full_scaled"),
        Own("share", Share, "share"),
        Own("amount", Amount, "amount_minor"),
        Own("cap", Amount | None, "cap_minor"),
    ),
    Invoice: (
        Own("subtotal", Amount, "subtotal_minor"),
        Own("total", Amount, "total_minor"),
        Own("credit_applied", Amount, "credit_applied_minor"),
    ),
    Charge: (
        Own("full_amount", Parts, "full_scaled"),
        Own("charged", Amount, "charged_minor"),
        Own("credited", Amount, "credited_minor"),
        Own("cut", Amount | None, "cut_minor", none=0),
        Own("kept", Amount | None, "kept_minor", none=0),
        Own("ended", Amount | None, "ended_minor", none=0),
    ),
    Subscription: (Own("credit_balance", Amount, "credit_balance_minor"),),
    Statement: (
        Own("history", tuple[HistoryForm, ...], "history"),
        Own("measurements", tuple[MeasurementForm, ...], "measurements"),
    ),
}
"""What stands in the data of a value for some of its fields."""

RENAMED: Final[Mapping[str, str]] = {
    field: own.key for owns in OWN.values() for own in owns for field in own.fields
}
"""The key in data of a field that has another name there."""


def _form(kind: Any) -> Any:
    """Return the class of what stands in data for a *kind*, key by key."""
    hints: dict[str, Any] = {}
    by_field = {field: own for own in OWN[kind] for field in own.fields}
    for name, hint in get_type_hints(kind).items():
        own = by_field.get(name)
        hints[own.key if own else name] = own.kind if own else hint
    fields = {key: attrs.field(type=hint, kw_only=True) for key, hint in hints.items()}
    return attrs.make_class(kind.__name__, fields, frozen=True, slots=True)


FORMS: Final[Mapping[type, Any]] = {kind: _form(kind) for kind in OWN}
"""The form that stands in data for a value."""


def value_of(form: Any, kind: Any) -> Any:
    """Return the *kind* that *form* stands for.

    Raises: RefusedError, and what the constructor refuses.
    """
    found = {
        field.name: getattr(form, field.name) for field in attrs.fields(type(form))
    }
    terms = found.get("terms", form)
    currency, scale = getattr(terms, "currency", ""), getattr(terms, "scale", 1)
    for own in OWN[kind]:
        values = own.read(found.pop(own.key), currency, scale)
        found.update(zip(own.fields, values, strict=True))
    return kind(**found)
