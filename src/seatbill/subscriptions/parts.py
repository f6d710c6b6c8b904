"""What a subscription is made of: charges, add-ons, discounts, scheduled updates."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final, final

import attrs

from .._values.base import Value, worded
from .._values.checks import Time, flag, instance, several, whole
from ..discounts import Discount, Surplus
from ..errors import (
    OutOfBoundsError,
    OutOfOrderError,
    PriceError,
    RulesError,
    WrongTypeError,
)
from ..invoices import ItemKind, LineTerms, charge_id
from ..money import Money, trusted_money
from ..periods import AddOnAnchor, Interval, Period, keep_times
from ..plans import AddOn, Plan
from ..rules import ChangeKind


def _note_keys(values: Iterable[str]) -> tuple[str, ...]:
    return several("credit_notes", values, str)


_SIGNED: Final = (
    "quantity",
    "full_scaled",
    "charged_minor",
    "credited_minor",
    "ended_minor",
)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Charge(Value):
    """An item that runs in the current period at one net price.

    *full_scaled* is its exact amount for the whole period in parts of
    ``terms.scale``; *charged_minor* was charged in this period, *credited_minor*
    given back.  *since* is set in arrears only: what runs from there is not billed.
    A *free* charge was opened without a line, so nothing of it comes back.
    Of a fixed discount, *cut_minor* is what a whole period lost because the other
    charges fell, and has again as they rise on that day; *kept_minor* is what of those
    ended in this period with nothing given back; *ended_minor* is what was charged for
    all that ended in it beside the discount, less what came back.
    *credit_notes* are the keys of the notes on it that were recorded, of a fixed
    discount also of those on what it is taken off.
    """

    terms: LineTerms
    quantity: int
    full_scaled: int
    charged_minor: int
    credited_minor: int
    version: int
    since: Time | None = None
    free: bool = False
    cut_minor: int = 0
    kept_minor: int = 0
    ended_minor: int = 0
    credit_notes: tuple[str, ...] = attrs.field(default=(), converter=_note_keys)

    def __attrs_post_init__(self) -> None:
        instance("terms", self.terms, LineTerms)
        for name in _SIGNED:
            whole(name, getattr(self, name), -(10**60), 10**60)
        whole("version", self.version)
        whole("cut_minor", self.cut_minor, 0, 10**60)
        whole("kept_minor", self.kept_minor, 0, 10**60)
        keep_times(self, optional=["since"])
        flag("free", self.free)

    @property
    def item(self) -> str:
        """The id of the plan, add-on or discount."""
        return self.terms.item

    @property
    def unit(self) -> str:
        """What is counted."""
        return self.terms.unit

    @property
    def charge_id(self) -> str:
        """The id that its lines carry."""
        return charge_id(self.version, self.terms)

    @property
    def full_amount(self) -> Fraction:
        """The exact amount of the whole period, in major units."""
        return self.terms.exact(self.full_scaled)

    @property
    def charged(self) -> Money:
        """What was charged for it in this period."""
        return trusted_money(self.charged_minor, self.terms.currency)

    @property
    def credited(self) -> Money:
        """What was given back of it in this period."""
        return trusted_money(self.credited_minor, self.terms.currency)


MAX_PAUSE: Final = 120
"""For how many periods a pause may be asked for at once."""


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False, field_transformer=worded)
class PendingUpdate(Value):
    """A change that waits for a renewal.

    *key* is the unit or the add-on's id where *kind* has several.  *value* is what
    will be: a plan, an interval, a number of seats, a :class:`SubscribedAddOn`, the
    reason of a cancellation, or for how many periods a pause lasts.  *periods_left* is
    1 where notice moved it a period on, 2 where a term holds it until its end, 3 where
    notice was short for that: until the end of the term that follows, or a period
    later.  *from_day* is the day for which a price or a number of seats was agreed: it
    takes effect at the first renewal on or after it.
    """

    kind: ChangeKind = attrs.field(converter=ChangeKind)
    key: str = ""
    value: Any
    applies_on: Time
    requested_on: Time
    periods_left: int = 0
    from_day: Time | None = None

    def __attrs_post_init__(self) -> None:
        if type(self.key) is not str:
            raise WrongTypeError("key", "str", self.key)
        wanted = _PENDING_VALUES[self.kind]
        if not isinstance(self.value, wanted) or type(self.value) is bool:
            raise WrongTypeError("value", "for_its_kind", self.value)
        if self.kind is ChangeKind.SEATS:
            whole("value", self.value)
        elif self.kind is ChangeKind.PAUSE:
            whole("value", self.value, 1, MAX_PAUSE)
        keep_times(self, "applies_on", "requested_on", optional=["from_day"])
        if self.applies_on < self.requested_on:
            raise OutOfOrderError(self.applies_on, self.requested_on)
        whole("periods_left", self.periods_left, 0, 3)


def step_order(update: PendingUpdate) -> tuple[bool, Any]:
    """Return the place of *update* among those of one boundary: the last one counts.

    What was agreed for a day comes after what waits for the boundary alone.
    """
    return update.from_day is not None, update.from_day


@final
@attrs.frozen(order=False, eq=False, repr=False)
class SubscribedAddOn(Value):
    """An add-on and how many of it are owned.

    Of one with an interval of its own, *period* is the whole period of its grid that it
    is in, ``None`` while it is charged in none; *anchor* is the day of its purchase
    where its periods are counted from there.

    Raises: RulesError where the add-on has no such period or anchor.
    """

    add_on: AddOn
    quantity: int = 1
    period: Period | None = None
    anchor: Time | None = None

    def __attrs_post_init__(self) -> None:
        add_on = instance("add_on", self.add_on, AddOn)
        whole("quantity", self.quantity)
        period, anchor = self.period, self.anchor
        if period is not None:
            instance("period", period, Period)
            if add_on.interval is None:
                raise RulesError("period", add_on.id, "shares_the_plan")
            start = period.start
            if anchor is None and add_on.anchored_on is AddOnAnchor.PURCHASE:
                object.__setattr__(self, "anchor", start)
            keep_times(self, optional=["anchor"], like=start)
        if anchor is not None and (
            period is None or add_on.anchored_on is not AddOnAnchor.PURCHASE
        ):
            raise RulesError("anchor", add_on.id, "shares_the_plan")


_PENDING_VALUES: dict[ChangeKind, Any] = {
    ChangeKind.PLAN: Plan,
    ChangeKind.PRICE: Plan,
    ChangeKind.INTERVAL: Interval,
    ChangeKind.SEATS: int,
    ChangeKind.ADD_ON: SubscribedAddOn,
    ChangeKind.PACKAGE: AddOn,
    ChangeKind.CANCELLATION: str | None,
    ChangeKind.PAUSE: int,
}


@final
@attrs.frozen(order=False, eq=False, repr=False)
class AppliedDiscount(Value):
    """A discount and how long it has served.

    *redeemed* counts the ended periods from the first in which it was used; *in_use*
    says whether it was used in the running one.  *ends_on* is the first day without
    it, where it lasts for months.  *spent* is what the ended periods used of a fixed
    amount whose surplus is kept, ``None`` for nothing.

    Raises: PriceError where one of the two is missing, or is there for no reason.
    """

    discount: Discount
    redeemed: int = 0
    in_use: bool = False
    ends_on: Time | None = None
    spent: Money | None = None

    def __attrs_post_init__(self) -> None:
        discount = instance("discount", self.discount, Discount)
        whole("redeemed", self.redeemed)
        flag("in_use", self.in_use)
        keep_times(self, optional=["ends_on"])
        if (discount.months is None) != (self.ends_on is None):
            raise PriceError("months_end", discount.id)
        spent, off = self.spent, discount.amount_off
        if spent is not None:
            if off is None or discount.surplus is not Surplus.KEPT:
                raise PriceError("nothing_kept", discount.id)
            least = Money.from_minor_units(1, off.currency)
            if not least <= instance("spent", spent, Money) <= off:
                raise OutOfBoundsError("spent", spent, least, off)


AddOns = Iterable[AddOn | tuple[AddOn, int] | SubscribedAddOn]
"""Add-ons, each alone (one of it) or with its quantity."""


def add_on_list(values: AddOns) -> tuple[SubscribedAddOn, ...]:
    """Return *values*, each an add-on or an add-on and its quantity."""
    found = []
    for value in several("add_ons", values, object):
        if type(value) is tuple and len(value) == 2:
            found.append(SubscribedAddOn(*value))
        elif isinstance(value, AddOn):
            found.append(SubscribedAddOn(value))
        else:
            found.append(instance("add_ons", value, SubscribedAddOn))
    for owned in found:
        whole("quantity", owned.quantity, 1)
    return tuple(found)


OF_ADD_ON: Final = "period:"
"""Begins the unit of an amount off that is taken off an add-on's own periods."""


def add_on_of(terms: LineTerms) -> str | None:
    """Return the id of the add-on that *terms* are for, or are taken off alone."""
    if terms.item_kind is ItemKind.ADD_ON:
        return terms.item
    if terms.item_kind is ItemKind.DISCOUNT and terms.unit.startswith(OF_ADD_ON):
        return terms.unit.removeprefix(OF_ADD_ON)
    return None
