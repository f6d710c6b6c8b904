"""What is sold or comes along: packs, top-up, the policy of a host, allowances."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import final

import attrs

from .._values.base import Value, Word, worded
from .._values.checks import flag, instance, several, text, unique, whole
from .._values.units import number_of, parts_of, some_units, units_of
from ..errors import CurrencyMismatchError, OutOfBoundsError, UnknownItemError
from ..money import Money, Rounding, currency_digits
from ..periods import Interval, boundary, calendar_day, count


class UnusedUnits(Word):
    """What becomes of bought units that are left when a wallet ends.

    :LAPSE: They are gone.
    :GO_BACK: What was paid for them goes back, by their part of the packs.
    """

    LAPSE = "lapse"
    GO_BACK = "go_back"


@final
@attrs.frozen(kw_only=True, order=False)
class Pack:
    """A number of *units* that is bought at once, at *price*.

    With *valid_for* they can be spent for that long, from the day of the order on: of
    a pack for a month that was ordered on 15 March, 14 April is the last day.
    """

    id: str
    units: Decimal = attrs.field(converter=some_units)
    price: Money
    valid_for: Interval | None = None

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        if instance("price", self.price, Money).minor_units <= 0:
            least = Money.from_minor_units(1, self.price.currency)
            raise OutOfBoundsError("price", self.price, least, None)
        if self.valid_for is not None:
            instance("valid_for", self.valid_for, Interval)


@final
@attrs.frozen(kw_only=True, order=False)
class TopUp:
    """Automatic top-up, as a customer switched it on.

    Due when what is left, and what is ordered, is strictly below *threshold*.
    *monthly_cap* bounds what is bought automatically in a calendar month; what a
    customer buys by hand does not count.

    Raises: OutOfBoundsError where the cap is below the price of one pack.
    """

    threshold: Decimal = attrs.field(converter=units_of)
    pack: Pack
    monthly_cap: Money | None = None

    def __attrs_post_init__(self) -> None:
        price, cap = instance("pack", self.pack, Pack).price, self.monthly_cap
        if cap is not None and instance("monthly_cap", cap, Money) < price:
            raise OutOfBoundsError("monthly_cap", cap, price, None)


def _purposes(values: Iterable[str]) -> tuple[str, ...]:
    found = several("purposes", values, str)
    unique("purpose", found)
    return tuple(text("purpose", value) for value in found)


def _packs(values: Iterable[Pack]) -> tuple[Pack, ...]:
    found = several("packs", values, Pack)
    unique("pack", [pack.id for pack in found])
    return found


@final
@attrs.frozen(kw_only=True, order=False, field_transformer=worded)
class WalletPolicy:
    """What a host sells units for: their name, what they pay, and the packs.

    *purposes* are words of the host.  The subscription itself is no purpose unless it
    is among them.  *unused* is what becomes of bought units at the end.
    """

    unit: str
    currency: str
    purposes: tuple[str, ...] = attrs.field(converter=_purposes)
    packs: tuple[Pack, ...] = attrs.field(default=(), converter=_packs)
    unused: UnusedUnits = attrs.field(default=UnusedUnits.LAPSE, converter=UnusedUnits)

    def __attrs_post_init__(self) -> None:
        text("unit", self.unit)
        currency_digits(self.currency)
        same_currency(self.currency, *(pack.price for pack in self.packs))

    def pack(self, id: str) -> Pack:
        """Return the pack with this *id*.  Raises: UnknownItemError."""
        known = {pack.id: pack for pack in self.packs}
        if text("pack", id) not in known:
            raise UnknownItemError("pack", id, tuple(known))
        return known[id]


@final
@attrs.frozen(kw_only=True, order=False)
class Purchase:
    """Packs ordered on a day.

    *number* counts the purchases of a wallet: with the wallet's id it is a key under
    which a retry cannot be charged twice.
    """

    number: int
    pack: Pack
    quantity: int
    ordered_on: dt.date
    automatic: bool = False

    def __attrs_post_init__(self) -> None:
        whole("number", self.number, 1)
        instance("pack", self.pack, Pack)
        whole("quantity", self.quantity, 1)
        calendar_day("ordered_on", self.ordered_on)
        flag("automatic", self.automatic)

    @property
    def units(self) -> Decimal:
        """What the wallet gets once it is paid."""
        return number_of(parts_of(self.pack.units) * self.quantity)

    @property
    def price(self) -> Money:
        """What is to be paid."""
        return self.pack.price * self.quantity

    @property
    def expires_on(self) -> dt.date | None:
        """The last day on which its units can be spent; ``None`` where there is none.

        Raises: DateRangeError where that day leaves the calendar.
        """
        valid_for = self.pack.valid_for
        if valid_for is None:
            return None
        end: dt.date = boundary(self.ordered_on, valid_for, count(valid_for))
        return end - dt.timedelta(1)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False, field_transformer=worded)
class Allowance(Value):
    """*per_seat* of *unit* in each period for each seat, or unit *of* a plan, owned.

    *carried_over* is how many of what is left go over into the next period at most: 0
    for none, ``None`` for all.  A part of a unit is *rounding*'s.

    >>> Allowance(unit="credit", per_seat=100).of
    'seat'
    """

    unit: str
    per_seat: int
    of: str = "seat"
    carried_over: int | None = 0
    rounding: Rounding = attrs.field(default=Rounding.HALF_UP, converter=Rounding)

    def __attrs_post_init__(self) -> None:
        text("unit", self.unit)
        whole("per_seat", self.per_seat)
        text("of", self.of)
        if self.carried_over is not None:
            whole("carried_over", self.carried_over)


def same_currency(currency: str, *amounts: Money) -> None:
    """Refuse an amount that is not in *currency*."""
    for amount in amounts:
        if amount.currency != currency:
            raise CurrencyMismatchError(currency, amount.currency)
