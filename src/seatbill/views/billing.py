"""What a subscription's pages show, as values: the page itself, plans, add-ons.

Everything is read off the subscription; an option holds the outcome that choosing it
would be, so that what was shown is what is charged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import final

import attrs

from .._values.base import Quantities, Word, as_quantities
from .._values.checks import Time, instance, mapping, moment, several
from .._values.checks import whole as whole_number
from .._values.features import Feature
from ..access import ends_on
from ..errors import DateRangeError, UnknownItemError, WrongTypeError
from ..invoices import Invoice
from ..lifecycle import preview_invoice, renew
from ..lifecycle._announcements import announcements
from ..lifecycle.comparisons import breaks_of
from ..lifecycle.previews import (
    PricedUnit,
    full_price,
    priced_units,
    renewal_day,
    term_end_of,
    true_up_day,
)
from ..money import Money
from ..notices import Notice, check_optional, keep_tuples
from ..parties import Party
from ..payments import PaymentMethod
from ..periods import Interval, keep_times, same_time
from ..plans import AddOn, Plan, Service, listed, price_for
from ..rules import ChangeKind
from ..seats import Member, Occupancy, SeatCount
from ..seats import occupancy as count_seats
from ..subscriptions import PendingUpdate, Status, Subscription
from ..wallets import Wallet


class BarColor(Word):
    """How a bar of seats is shown.

    :BLUE: A seat is free.
    :RED: None is.
    """

    BLUE = "blue"
    RED = "red"


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
        """Blue while a seat is free, red when none is."""
        return BarColor.RED if self.is_full else BarColor.BLUE


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


def _counts(values: Mapping[str, int]) -> Quantities:
    return as_quantities(values)


@final
@attrs.frozen(kw_only=True, order=False)
class BoughtService:
    """A service that was bought, and what is left of what it comes with.

    *used* counts what was taken of it by name, such as sessions.

    >>> setup = Service("s", "Set-up", Money("99", "EUR"), included={"session": 5})
    >>> dict(BoughtService(service=setup, used={"session": 2}).left)
    {'session': 3}

    Raises: UnknownItemError for what it does not come with, OutOfBoundsError where more
    was used than there is.
    """

    service: Service
    quantity: int = 1
    used: Quantities = attrs.field(default=Quantities(), converter=_counts)

    def __attrs_post_init__(self) -> None:
        included = instance("service", self.service, Service).included
        whole_number("quantity", self.quantity, 1)
        for name, used in self.used.items():
            if name not in included:
                raise UnknownItemError("allowance", name, tuple(included))
            whole_number("used", used, 0, included[name] * self.quantity)

    @property
    def left(self) -> Quantities:
        """What can still be taken, by name."""
        included = self.service.included
        return Quantities(
            {
                name: count * self.quantity - self.used.get(name, 0)
                for name, count in included.items()
            }
        )


@final
@attrs.frozen(kw_only=True, order=False)
class BillingView:
    """Everything that the page of a subscription shows.

    *price* is what the plan costs in a whole period at the seats owned, without tax
    on top; *units* say how.  *seats* are the bars, empty where nobody said who is
    there.  *add_ons* are those bought.  *next_invoice* is ``None`` where nothing will
    be due, *renews_on* where it is not renewed; *ends_on* is the first day without
    paid features.  *notices* tell what the changes that wait will do.  *services* are
    those that the host says were bought.
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
    services: tuple[BoughtService, ...] = ()

    def __attrs_post_init__(self) -> None:
        instance("subscription", self.subscription, Subscription)
        instance("price", self.price, Money)
        keep_tuples(
            self,
            units=PricedUnit,
            seats=SeatBar,
            add_ons=BoughtAddOn,
            notices=Notice,
            services=BoughtService,
        )
        check_optional(self, next_invoice=Invoice, wallet=Wallet)
        start = self.subscription.current_period.start
        keep_times(self, optional=["renews_on", "ends_on"], like=start)
        if self.next_invoice is not None:
            same_time("next_invoice.issued_on", self.next_invoice.issued_on, start)
        if self.payment is not None and not isinstance(self.payment, PaymentMethod):
            came = f"<{type(self.payment).__name__}>"  # no account number is repeated
            raise WrongTypeError("payment", "PaymentMethod", came)

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

    @property
    def term_ends_on(self) -> Time | None:
        """The day on which its term ends; ``None`` where none runs."""
        return term_end_of(self.subscription)

    @property
    def next_true_up(self) -> Time | None:
        """The day on which a true-up of its term is billed next, if one is."""
        return true_up_day(self.subscription)


def billing_view(
    subscription: Subscription,
    *,
    on: Time,
    members: Iterable[Member] | Occupancy | None = None,
    payment: PaymentMethod | None = None,
    wallet: Wallet | None = None,
    measured: Mapping[str, int] | None = None,
    services: Iterable[BoughtService] = (),
) -> BillingView:
    """Return what the page of *subscription* shows on that day.

    Periods that are due by then are renewed first.  *members* are people, or the seats
    as they were counted.  *measured* are the quantities of the next renewal, those of
    today unless given.  *services* are what was bought once, with what was used of it,
    which no subscription holds.

    Raises: RenewFirstError where a measured quantity is needed.
    """
    day = moment("on", on)
    sub = renew(instance("subscription", subscription, Subscription), on=on)
    now = sub.subscription
    units = tuple(priced_units(now, now.plan, on=day))
    return BillingView(
        subscription=now,
        price=Money.total([unit.price for unit in units], now.currency),
        units=units,
        seats=() if members is None else tuple(_bars(now, members, day)),
        add_ons=tuple(
            BoughtAddOn(
                add_on=owned.add_on,
                quantity=owned.quantity,
                price=full_price(now, owned.add_on, quantity=owned.quantity, on=day),
            )
            for owned in now.add_ons
        ),
        next_invoice=_next_invoice(now, measured),
        renews_on=renewal_day(now),
        ends_on=ends_on(now),
        notices=tuple(_notices(now)),
        payment=payment,
        wallet=wallet,
        services=several("services", services, BoughtService),
    )


def _bars(
    sub: Subscription, members: Iterable[Member] | Occupancy, on: Time
) -> Iterator[SeatBar]:
    """Yield a bar for each kind of seat that is bought, or that somebody sits on.

    On the free plan the bar shows what the plan holds; a unit that it
    sells and does not limit has none.
    """
    if not isinstance(members, Occupancy):
        members = count_seats(members, owned={}, at=on)
    people = {count.unit: count.occupied for count in members.counts}
    prices, leaving = listed(sub.plan.prices, sub.currency), sub.scheduled_removals
    capacity, is_free = sub.capacity, sub.status is Status.FREE
    for unit in dict.fromkeys((*sub.seats, *capacity, *people)):
        if is_free and unit not in capacity and (unit in prices or not prices):
            continue
        priced = price_for(prices.get(unit, ()), unit, sub.currency, sub.interval)
        if priced is not None and (priced[0].flat or priced[0].measured):
            continue
        yield SeatBar(
            SeatCount(
                unit=unit,
                owned=capacity.get(unit, 0),
                occupied=people.get(unit, 0),
                scheduled_removal=leaving.get(unit, 0),
            )
        )


def _next_invoice(
    sub: Subscription, measured: Mapping[str, int] | None
) -> Invoice | None:
    """Return what the next renewal charges, if anything and inside the calendar."""
    given = sub.seats if measured is None else Quantities(mapping("measured", measured))
    try:
        found = preview_invoice(sub, measured=given)
    except DateRangeError:
        return None
    return found if found.lines else None


def _notices(sub: Subscription) -> Iterator[Notice]:
    for update in sub.pending_updates:
        on = update.applies_on
        if update.periods_left:
            values = (("boundary", sub.latest_end), ("on", on))
            yield Notice("late_notice", values)
        if update.kind is ChangeKind.CANCELLATION:
            yield Notice("serves_until", (("on", on),))
        elif update.kind is ChangeKind.PRICE:
            yield Notice("price_change", (("plan", update.value.id), ("on", on)))
        elif update.kind is ChangeKind.PLAN:
            yield from _losses(sub, update.value, on)
    yield from announcements(sub)


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
