"""The pages of plans and of add-ons: each to choose, and what choosing it would be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, final

import attrs

from .._values.base import Quantities, Word, worded
from .._values.checks import Time, flag, instance, mapping, text
from .._values.checks import whole as whole_number
from ..catalogs import Catalog
from ..errors import SeatbillError, UnknownItemError
from ..lifecycle import renew
from ..lifecycle.comparisons import PlanComparison, compare_plans
from ..lifecycle.previews import Preview, day_of, full_price, preview
from ..money import Money
from ..notices import Finding, Refusal, check_optional, keep_tuples
from ..periods import Interval, keep_times, same_times
from ..plans import AddOn, Plan
from ..rules import ChangeKind, Direction
from ..subscriptions import (
    AddAddOn,
    Outcome,
    RemoveAddOn,
    Status,
    SubscribedAddOn,
    Subscription,
    SwitchPackage,
)

# The page of plans.


class OptionKind(Word):
    """What choosing an option would be.

    :CURRENT: It is there already.
    :UPGRADE: A step up.
    :DOWNGRADE: A step down.
    :AVAILABLE: An add-on that can be bought.
    :REFUSED: The rules refuse it.
    """

    CURRENT = "current"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    AVAILABLE = "available"
    REFUSED = "refused"


@final
@attrs.frozen(kw_only=True, order=False, field_transformer=worded)
class PlanOption:
    """A plan to choose, with what choosing it would come to.

    *comparison* holds the prices, the outcome or the refusal, and what would be lost.
    *waits_for* is the day on which the plan takes effect, where it was chosen already.
    """

    kind: OptionKind = attrs.field(converter=OptionKind)
    comparison: PlanComparison
    waits_for: Time | None = None

    def __attrs_post_init__(self) -> None:
        instance("comparison", self.comparison, PlanComparison)
        keep_times(self, optional=["waits_for"], like=day_of(self.comparison.preview))

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.comparison.plan

    @property
    def price(self) -> Money | None:
        """What a whole period costs, at the seats owned."""
        return self.comparison.price

    @property
    def price_now(self) -> Money | None:
        """What choosing it charges now, below zero for a credit."""
        return self.comparison.preview.price_now

    @property
    def outcome(self) -> Outcome | None:
        """What choosing it comes to: keeping it is the change."""
        return self.comparison.preview.outcome

    @property
    def refusal(self) -> Refusal | None:
        """Why it cannot be chosen."""
        return self.comparison.preview.refusal

    @property
    def breaks(self) -> tuple[Finding, ...]:
        """What choosing it would take away, features among them."""
        return self.comparison.breaks

    @property
    def lost_features(self) -> tuple[str, ...]:
        """The features that it does not have."""
        return self.comparison.lost_features


def plan_options(
    subscription: Subscription,
    catalog: Catalog,
    *,
    on: Time,
    usage: Mapping[str, int] | None = None,
    interval: Interval | None = None,
) -> tuple[PlanOption, ...]:
    """Return each plan to choose, the lowest first, and what choosing it comes to.

    With *usage*, what is above a plan's limits is told too; with *interval*, the
    prices are those of that billing interval.

    Raises: RenewFirstError, UnknownItemError for a resource that no plan limits.
    """
    used = {} if usage is None else usage
    compared = compare_plans(subscription, catalog, used, on=on, interval=interval)
    now = renew(subscription, on=on).subscription
    waiting = {
        update.value: update.applies_on
        for update in now.pending_updates
        if update.kind is ChangeKind.PLAN
    }
    return tuple(
        PlanOption(
            kind=_kind(now, one), comparison=one, waits_for=waiting.get(one.plan)
        )
        for one in compared
    )


def _kind(sub: Subscription, found: PlanComparison) -> OptionKind:
    if found.direction is None and sub.status is not Status.CANCELED:
        return OptionKind.CURRENT
    if found.preview.refusal is not None:
        return OptionKind.REFUSED
    if found.direction is Direction.UPGRADE:
        return OptionKind.UPGRADE
    return OptionKind.DOWNGRADE


# The page of add-ons.


_NEEDED: Final = ("plan", "add_on")


@final
@attrs.frozen(kw_only=True, order=False)
class Condition:
    """What an add-on needs: one of the plans, or another add-on.

    *kind* is ``"plan"`` or ``"add_on"``, *any_of* the ids of which one is enough.
    """

    kind: str
    any_of: tuple[str, ...]
    is_met: bool

    def __attrs_post_init__(self) -> None:
        if text("kind", self.kind) not in _NEEDED:
            raise UnknownItemError("kind", self.kind, tuple(_NEEDED))
        keep_tuples(self, any_of=str)
        for id in self.any_of:
            text("any_of", id)
        flag("is_met", self.is_met)


@final
@attrs.frozen(kw_only=True, order=False, field_transformer=worded)
class AddOnOption:
    """An add-on to switch on or off, with what that comes to.

    *owned* are there now.  *preview* is what buying *quantity* more comes to, or for
    another package of what is owned the exchange; *price* is what they cost in a
    whole period.  *removal* is what giving up all of it comes to, ``None`` where none
    is left to remove; *waits_for* the day on which a change of it takes effect.
    """

    kind: OptionKind = attrs.field(converter=OptionKind)
    add_on: AddOn
    owned: int
    quantity: int
    price: Money | None
    conditions: tuple[Condition, ...]
    preview: Preview
    removal: Preview | None = None
    waits_for: Time | None = None

    def __attrs_post_init__(self) -> None:
        instance("add_on", self.add_on, AddOn)
        whole_number("owned", self.owned)
        whole_number("quantity", self.quantity, 1)
        keep_tuples(self, conditions=Condition)
        instance("preview", self.preview, Preview)
        check_optional(self, price=Money, removal=Preview)
        like = keep_times(self, optional=["waits_for"], like=day_of(self.preview))
        if like is not None and self.removal is not None:
            same_times(like, [("removal", day_of(self.removal))])

    @property
    def price_now(self) -> Money | None:
        """Today's share of the price."""
        return self.preview.price_now

    @property
    def outcome(self) -> Outcome | None:
        """What choosing it comes to: keeping it is the change."""
        return self.preview.outcome

    @property
    def refusal(self) -> Refusal | None:
        """Why it cannot be chosen."""
        return self.preview.refusal


def add_on_options(
    subscription: Subscription,
    catalog: Catalog,
    *,
    on: Time,
    quantities: Mapping[str, int] | None = None,
) -> tuple[AddOnOption, ...]:
    """Return each add-on to choose, and what switching it on or off comes to.

    *quantities* say by id how many to buy; the fewest that are sold unless given.
    What is owned is among them, also when the catalogue has it no more.

    Raises: RenewFirstError, WrongTypeError, OutOfBoundsError, UnknownItemError.
    """
    instance("catalog", catalog, Catalog)
    wanted = Quantities(mapping("quantities", {} if quantities is None else quantities))
    sub = renew(instance("subscription", subscription, Subscription), on=on)
    now = sub.subscription
    owned = {chosen.add_on.id: chosen for chosen in now.add_ons}
    listed = [
        owned[add_on.id].add_on if add_on.id in owned else add_on
        for add_on in catalog.add_ons
    ]
    listed += [held.add_on for held in now.add_ons if held.add_on not in listed]
    ids = [add_on.id for add_on in listed]
    for id in wanted:
        if id not in ids:
            raise UnknownItemError("add-on", id, tuple(ids))
    return tuple(
        _add_on_option(subscription, now, add_on, wanted.get(add_on.id), on)
        for add_on in listed
    )


def _add_on_option(
    subscription: Subscription,
    now: Subscription,
    add_on: AddOn,
    wanted: int | None,
    on: Time,
) -> AddOnOption:
    package = _package(now, add_on)
    count = now.add_on_quantity(add_on.id)
    removal = None
    if package is not None:
        quantity = package.quantity
        found = preview(subscription, SwitchPackage(package.add_on, add_on), on=on)
        higher = add_on.rank >= package.add_on.rank
        kind = OptionKind.UPGRADE if higher else OptionKind.DOWNGRADE
    else:
        quantity = wanted or _fewest(now, add_on)
        found = preview(subscription, AddAddOn(add_on, quantity), on=on)
        kind = OptionKind.CURRENT if count else OptionKind.AVAILABLE
    left = _left(now, add_on, count)
    if left:
        removal = preview(subscription, RemoveAddOn(add_on, left), on=on)
    if found.refusal is not None and not count:
        kind = OptionKind.REFUSED
    return AddOnOption(
        kind=kind,
        add_on=add_on,
        owned=count,
        quantity=quantity,
        price=_price_of_more(now, add_on, count, quantity, on),
        conditions=tuple(_conditions(now, add_on)),
        preview=found,
        removal=removal,
        waits_for=_waits_for(now, add_on),
    )


def _package(sub: Subscription, add_on: AddOn) -> SubscribedAddOn | None:
    """Return the other package of the family that is owned, if any."""
    for owned in sub.add_ons:
        other = owned.add_on
        if other.family and other.family == add_on.family and other.id != add_on.id:
            return owned
    return None


def _fewest(sub: Subscription, add_on: AddOn) -> int:
    """Return the fewest of an add-on that can be bought: whole batches."""
    owned = sub.add_on_quantity(add_on.id)
    least = 1
    for price in add_on.prices:
        if price.currency == sub.currency:
            least = max(least, price.min_quantity - owned)
    return -(-least // add_on.batch) * add_on.batch


def _left(sub: Subscription, add_on: AddOn, owned: int) -> int:
    """Return how many will be owned when all that waits has taken effect."""
    waiting = [
        update.value.quantity
        for update in sub.pending_updates
        if update.kind is ChangeKind.ADD_ON and update.key == add_on.id
    ]
    least: int = min([owned, *waiting])
    return least


def _price_of_more(
    sub: Subscription, add_on: AddOn, owned: int, quantity: int, on: Time
) -> Money | None:
    """Return what *quantity* more cost in a whole period; ``None`` without a price."""
    try:
        price = full_price(sub, add_on, quantity=owned + quantity, on=on)
    except SeatbillError:
        return None
    if not owned:
        return price
    return price - full_price(sub, add_on, quantity=owned, on=on)


def _conditions(sub: Subscription, add_on: AddOn) -> Iterator[Condition]:
    """Yield what *add_on* needs, met or not (GA-27)."""
    if add_on.requires_plans:
        met = sub.plan.id in add_on.requires_plans
        yield Condition(kind="plan", any_of=add_on.requires_plans, is_met=met)
    for id in add_on.requires_add_ons:
        met = sub.add_on_quantity(id) > 0
        yield Condition(kind="add_on", any_of=(id,), is_met=met)


def _waits_for(sub: Subscription, add_on: AddOn) -> Time | None:
    """Return the day on which a change of *add_on* takes effect, if one waits."""
    for update in sub.pending_updates:
        if update.kind is ChangeKind.ADD_ON and update.key == add_on.id:
            return update.applies_on
        if update.kind is ChangeKind.PACKAGE and update.value.id == add_on.id:
            return update.applies_on
    return None
