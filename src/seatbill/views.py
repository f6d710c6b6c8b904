"""What a subscription's pages show, as values: the page itself, plans, add-ons.

Everything is read off the subscription; an option holds the outcome that choosing it
would be, so that what was shown is what is charged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import final

import attrs

from ._checks import (
    Time,
    day_or_none,
    flag,
    instance,
    mapping,
    member,
    moment,
    text,
)
from ._checks import whole as whole_number
from ._comparisons import PlanComparison, breaks_of, compare_plans
from ._findings import Finding, check_optional, keep_tuples
from ._ledger import Ledger
from ._previews import Preview, Refusal, full_price, preview
from ._values import Quantities, Word
from .access import usable_until
from .errors import SeatbillError, WrongTypeError
from .invoices import Invoice, Party
from .lifecycle import preview_invoice, renew
from .money import Money
from .payments import PaymentMethod
from .periods import Interval
from .plans import AddOn, Catalog, Feature, Plan, price_for
from .reviews import renewal_day
from .rules import ChangeKind, Direction
from .seats import Member, Occupancy, SeatCount
from .seats import occupancy as count_seats
from .subscriptions import (
    AddAddOn,
    Notice,
    Outcome,
    PendingUpdate,
    RemoveAddOn,
    Status,
    SubscribedAddOn,
    Subscription,
    SwitchPackage,
)
from .wallets import Wallet

__all__ = [
    "AddOnOption",
    "BarColor",
    "BillingView",
    "BoughtAddOn",
    "Condition",
    "OptionKind",
    "PlanOption",
    "PricedUnit",
    "SeatBar",
    "add_on_options",
    "billing_view",
    "plan_options",
]


# The page of a subscription.


class BarColor(Word):
    """How a bar of seats is shown."""

    BLUE = "blue"
    """A seat is free."""
    RED = "red"
    """None is."""


@final
@attrs.frozen(order=False)
class SeatBar:
    """The seats of one kind, used over owned.

    >>> bar = SeatBar(SeatCount(unit="seat", owned=10, occupied=8))
    >>> bar.used, bar.free, str(bar.color)
    (8, 2, 'blue')
    """

    seats: SeatCount

    def __attrs_post_init__(self) -> None:
        instance("seats", self.seats, SeatCount)

    @property
    def unit(self) -> str:
        """The kind of seat."""
        return self.seats.unit

    @property
    def used(self) -> int:
        """Seats with a person."""
        return self.seats.occupied

    @property
    def free(self) -> int:
        """Seats without one."""
        return self.seats.vacant

    @property
    def ratio(self) -> Fraction:
        """Used over owned; above 1 where more people sit than seats are owned."""
        return self.seats.ratio

    @property
    def is_full(self) -> bool:
        """Whether no seat is free."""
        return self.seats.is_full

    @property
    def color(self) -> BarColor:
        """Blue while a seat is free, red when none is (CL-27)."""
        return BarColor.RED if self.is_full else BarColor.BLUE


@final
@attrs.frozen(kw_only=True, order=False)
class PricedUnit:
    """What one unit of the plan costs in a whole period.

    *unit_amount* is exact, ``None`` under tiers; percent discounts are inside.
    """

    unit: str
    quantity: int
    unit_amount: Fraction | None
    price: Money

    def __attrs_post_init__(self) -> None:
        text("unit", self.unit)
        whole_number("quantity", self.quantity)
        check_optional(self, unit_amount=Fraction)
        instance("price", self.price, Money)


@final
@attrs.frozen(kw_only=True, order=False)
class BoughtAddOn:
    """An add-on that is owned, and what it costs in a whole period.

    One of a family is the active package of it.
    """

    add_on: AddOn
    quantity: int
    price: Money

    def __attrs_post_init__(self) -> None:
        instance("add_on", self.add_on, AddOn)
        whole_number("quantity", self.quantity, 1)
        instance("price", self.price, Money)


@final
@attrs.frozen(kw_only=True, order=False)
class BillingView:
    """Everything that the page of a subscription shows.

    *price* is what the plan costs in a whole period at the seats owned, without tax
    on top; *units* say how.  *seats* are the bars, empty where nobody said who is
    there.  *add_ons* are those bought.  *next_invoice* is ``None`` where nothing will
    be due, *renews_on* where it is not renewed; *ends_on* is the first day without
    paid features.  *notices* tell what the changes that wait will do.
    """

    subscription: Subscription
    price: Money
    units: tuple[PricedUnit, ...]
    seats: tuple[SeatBar, ...]
    add_ons: tuple[BoughtAddOn, ...]
    next_invoice: Invoice | None
    renews_on: Time | None
    ends_on: Time | None
    notices: tuple[Notice, ...]
    payment: PaymentMethod | None = None
    wallet: Wallet | None = None

    def __attrs_post_init__(self) -> None:
        instance("subscription", self.subscription, Subscription)
        instance("price", self.price, Money)
        keep_tuples(
            self, units=PricedUnit, seats=SeatBar, add_ons=BoughtAddOn, notices=Notice
        )
        check_optional(self, next_invoice=Invoice, wallet=Wallet)
        day_or_none("renews_on", self.renews_on)
        day_or_none("ends_on", self.ends_on)
        if self.payment is not None and not isinstance(self.payment, PaymentMethod):
            came = f"<{type(self.payment).__name__}>"  # no account number is repeated
            raise WrongTypeError("payment", "a payment method", came)

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.subscription.plan

    @property
    def interval(self) -> Interval:
        """How long its periods are."""
        return self.subscription.interval

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.subscription.status

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features of the plan."""
        return self.plan.features

    @property
    def pending_updates(self) -> tuple[PendingUpdate, ...]:
        """The changes that wait."""
        return self.subscription.pending_updates

    @property
    def recipient(self) -> Party | None:
        """Whom invoices are made out to."""
        return self.subscription.recipient

    @property
    def credit_balance(self) -> Money:
        """What the next invoices will use."""
        return self.subscription.credit_balance


def billing_view(
    subscription: Subscription,
    *,
    on: Time,
    members: Iterable[Member] | Occupancy | None = None,
    payment: PaymentMethod | None = None,
    wallet: Wallet | None = None,
    measured: Mapping[str, int] | None = None,
) -> BillingView:
    """Return what the page of *subscription* shows on that day.

    Periods that are due by then are renewed first.  *members* are people, or the seats
    as they were counted.  *measured* are the quantities of the next renewal, those of
    today unless given.

    Raises: RenewFirstError where a measured quantity is needed.
    """
    day = moment("on", on)
    sub = renew(instance("subscription", subscription, Subscription), on=on)
    now = sub.subscription
    units = tuple(_units(now))
    return BillingView(
        subscription=now,
        price=Money.total([unit.price for unit in units], now.currency),
        units=units,
        seats=() if members is None else tuple(_bars(now, members, day)),
        add_ons=tuple(
            BoughtAddOn(
                add_on=owned.add_on,
                quantity=owned.quantity,
                price=full_price(now, owned.add_on, quantity=owned.quantity),
            )
            for owned in now.add_ons
        ),
        next_invoice=_next_invoice(now, measured),
        renews_on=renewal_day(now),
        ends_on=usable_until(now),
        notices=tuple(_notices(now)),
        payment=payment,
        wallet=wallet,
    )


def _units(sub: Subscription) -> Iterator[PricedUnit]:
    """Yield what each unit of the plan costs; nothing is bought on the free plan."""
    if sub.plan == sub.rules.free_plan:
        return
    sales = Ledger(sub).sales_of(sub.plan, sub.interval)
    for unit, sale in sales.items():
        terms = sale.terms
        count = 1 if sale.flat else sub.quantity(unit)
        full = terms.exact(sale.full(count))
        yield PricedUnit(
            unit=unit,
            quantity=count,
            unit_amount=None if sale.each is None else terms.exact(sale.each),
            price=Money.rounded(full, terms.currency, terms.rounding),
        )


def _bars(
    sub: Subscription, members: Iterable[Member] | Occupancy, on: Time
) -> Iterator[SeatBar]:
    """Yield a bar for each kind of seat that is bought, or that somebody sits on."""
    if isinstance(members, Occupancy):
        people = {unit: count.occupied for unit, count in members.items()}
    else:
        counted = count_seats(members, owned={}, at=on)
        people = {unit: count.occupied for unit, count in counted.items()}
    for unit in dict.fromkeys((*sub.seats, *people)):
        priced = price_for(sub.plan.prices, unit, sub.currency, sub.interval)
        if priced is not None and (priced[0].flat or priced[0].measured):
            continue
        yield SeatBar(
            SeatCount(
                unit=unit,
                owned=sub.quantity(unit),
                occupied=people.get(unit, 0),
                scheduled_removal=sub.scheduled_removals.get(unit, 0),
            )
        )


def _next_invoice(
    sub: Subscription, measured: Mapping[str, int] | None
) -> Invoice | None:
    """Return what the next renewal charges, if anything."""
    given = sub.seats if measured is None else Quantities(mapping("measured", measured))
    found = preview_invoice(sub, measured=given)
    return found if found.lines else None


def _notices(sub: Subscription) -> Iterator[Notice]:
    """Yield what the changes that wait will do."""
    for update in sub.pending_updates:
        on = update.applies_on
        if update.periods_left:
            values = (("boundary", sub.current_period.end), ("on", on))
            yield Notice("late_notice", values)
        if update.kind is ChangeKind.CANCELLATION:
            yield Notice("serves_until", (("on", on),))
        elif update.kind is ChangeKind.PRICE:
            yield Notice("price_change", (("plan", update.value.id), ("on", on)))
        elif update.kind is ChangeKind.PLAN:
            yield from _losses(sub, update.value, on)


def _losses(sub: Subscription, plan: Plan, on: Time) -> Iterator[Notice]:
    """Yield what is lost when *plan* takes effect."""
    broken = breaks_of(sub, plan, {})
    lost = [b.value("feature") for b in broken if b.code == "feature_lost"]
    if lost:
        values = (("on", on), ("plan", plan.name), ("features", ", ".join(lost)))
        yield Notice("features_lost", values)
    for one in broken:
        if one.code == "add_on_ends":
            yield Notice("add_on_dropped", (("add_on", one.value("add_on")),))


# The page of plans.


class OptionKind(Word):
    """What choosing an option would be."""

    CURRENT = "current"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    AVAILABLE = "available"
    """An add-on that can be bought."""
    REFUSED = "refused"


@final
@attrs.frozen(kw_only=True, order=False)
class PlanOption:
    """A plan to choose, with what choosing it would come to.

    *comparison* holds the prices, the outcome or the refusal, and what would be lost.
    *waits_for* is the day on which the plan takes effect, where it was chosen already.
    """

    kind: OptionKind
    comparison: PlanComparison
    waits_for: Time | None = None

    def __attrs_post_init__(self) -> None:
        member("kind", self.kind, OptionKind)
        instance("comparison", self.comparison, PlanComparison)
        day_or_none("waits_for", self.waits_for)

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
            kind=_kind(now, one),
            comparison=one,
            waits_for=waiting.get(one.plan),
        )
        for one in compared
    )


def _kind(sub: Subscription, found: PlanComparison) -> OptionKind:
    """Return what choosing a plan would be."""
    if found.direction is None and sub.status is not Status.CANCELED:
        return OptionKind.CURRENT
    if found.preview.refusal is not None:
        return OptionKind.REFUSED
    if found.direction is Direction.UPGRADE:
        return OptionKind.UPGRADE
    return OptionKind.DOWNGRADE


# The page of add-ons.


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
        text("kind", self.kind)
        keep_tuples(self, any_of=str)
        flag("is_met", self.is_met)


@final
@attrs.frozen(kw_only=True, order=False)
class AddOnOption:
    """An add-on to switch on or off, with what that comes to.

    *owned* are there now.  *preview* is what buying *quantity* more comes to, or for
    another package of what is owned the exchange; *price* is what they cost in a
    whole period.  *removal* is what giving up all of it comes to, ``None`` where none
    is left to remove; *waits_for* the day on which a change of it takes effect.
    """

    kind: OptionKind
    add_on: AddOn
    owned: int
    quantity: int
    price: Money | None
    conditions: tuple[Condition, ...]
    preview: Preview
    removal: Preview | None = None
    waits_for: Time | None = None

    def __attrs_post_init__(self) -> None:
        member("kind", self.kind, OptionKind)
        instance("add_on", self.add_on, AddOn)
        whole_number("owned", self.owned)
        whole_number("quantity", self.quantity, 1)
        keep_tuples(self, conditions=Condition)
        instance("preview", self.preview, Preview)
        check_optional(self, price=Money, removal=Preview)
        day_or_none("waits_for", self.waits_for)

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

    Raises: RenewFirstError, WrongTypeError, OutOfBoundsError.
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
    """Return one add-on to choose."""
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
        price=_price_of_more(now, add_on, count, quantity),
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
    sub: Subscription, add_on: AddOn, owned: int, quantity: int
) -> Money | None:
    """Return what *quantity* more cost in a whole period; ``None`` without a price."""
    try:
        price = full_price(sub, add_on, quantity=owned + quantity)
    except SeatbillError:
        return None
    return price - full_price(sub, add_on, quantity=owned) if owned else price


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
