"""Who an invoice is made out to, and by which references it is known there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

import attrs

from ._values.base import Value
from ._values.checks import several, text
from .errors import OutOfBoundsError

__all__ = ["BuyerReferences", "Party"]


def _address(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the lines of an address; a text is split at its line ends."""
    lines = value.splitlines() if isinstance(value, str) else value
    return several("address", lines, str)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Party(Value):
    """Who supplies or receives an invoice (EN 16931 BG-4 and BG-7).

    *country* is an ISO 3166-1 code of two letters.
    """

    name: str
    address: tuple[str, ...] = attrs.field(default=(), converter=_address)
    country: str | None = None
    vat_number: str | None = None
    registration: str | None = None

    def __attrs_post_init__(self) -> None:
        text("name", self.name)
        for name in ("country", "vat_number", "registration"):
            value = getattr(self, name)
            if value is not None:
                text(name, value)
        country = self.country
        if country is not None and not (
            len(country) == 2
            and country.isascii()
            and country.isalpha()
            and country.isupper()
        ):
            raise OutOfBoundsError("country", country, "AA", "ZZ")


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class BuyerReferences(Value):
    """What a buyer wants to read on a document, in the buyer's own words.

    *buyer_reference* says to whom it goes there (EN 16931 BT-10, the Leitweg-ID in
    Germany); *purchase_order* is its order (BT-13), *contract* its contract (BT-12).
    """

    buyer_reference: str | None = None
    purchase_order: str | None = None
    contract: str | None = None

    def __attrs_post_init__(self) -> None:
        for name in ("buyer_reference", "purchase_order", "contract"):
            value = getattr(self, name)
            if value is not None:
                text(name, value)
