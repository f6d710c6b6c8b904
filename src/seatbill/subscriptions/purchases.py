"""What is bought or charged once: services and fees."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import attrs

from .._values.base import Value
from .._values.checks import instance, text, whole
from .._values.features import tax_class_of
from .._values.later import Later
from ..errors import OutOfBoundsError
from ..money import Money
from ..plans import Service

if TYPE_CHECKING:
    from .. import wallets
else:  # few customers have one
    wallets = Later("wallets")


@final
@attrs.frozen(order=False, eq=False, repr=False)
class BuyService(Value):
    """A service, once: never prorated, never given back."""

    service: Service
    quantity: int = 1

    def __attrs_post_init__(self) -> None:
        instance("service", self.service, Service)
        whole("quantity", self.quantity, 1)

    @classmethod
    def of(
        cls, purchase: wallets.Purchase, *, tax_class: str | None = None
    ) -> BuyService:
        """Return the change that puts *purchase*, packs for a wallet, on an invoice.

        A line of so many packs at their price, once, with the tax rates
        of a *tax_class*.
        """
        pack = instance("purchase", purchase, wallets.Purchase).pack
        id = f"pack-{pack.id}"
        service = Service(id, id, pack.price, tax_class=tax_class)
        return cls(service, purchase.quantity)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class ChargeFee(Value):
    """A fee, once, at *amount*: a share of ticket sales, for example.

    Tax rates that name its *tax_class* are its own.
    """

    id: str
    amount: Money
    tax_class: str | None = attrs.field(
        default=None, kw_only=True, converter=tax_class_of
    )

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        if instance("amount", self.amount, Money).minor_units < 0:
            zero = Money.zero(self.amount.currency)
            raise OutOfBoundsError("amount", self.amount, zero, None)
