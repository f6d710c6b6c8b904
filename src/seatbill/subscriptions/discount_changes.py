"""The changes of discounts, each a value that checks itself."""

from __future__ import annotations

from typing import final

import attrs

from .._values.base import Value
from .._values.checks import instance, text
from ..discounts import Discount, Facts

__all__ = ["ApplyDiscount", "RemoveDiscount"]


@final
@attrs.frozen(order=False, eq=False, repr=False)
class ApplyDiscount(Value):
    """A discount on what is charged from now on; nothing open is repriced.

    *facts* are those by which its eligibility is judged, today and never again.

    Raises: DiscountRefusedError where the customer may not have it, or where it or
    another one cannot be combined.
    """

    discount: Discount
    facts: Facts | None = None

    def __attrs_post_init__(self) -> None:
        instance("discount", self.discount, Discount)
        if self.facts is not None:
            instance("facts", self.facts, Facts)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class RemoveDiscount(Value):
    """No more of the discount with this *id*; nothing open is repriced."""

    id: str

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
