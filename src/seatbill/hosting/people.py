"""A person who joins or leaves: who sits then, and what becomes of the seats.

People are the host's and seats the subscription's; one call answers for both, so that
nobody sits on a seat that nobody pays for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from .._values.checks import Time, flag, instance, moment, several, text
from ..errors import (
    EmptyPeriodError,
    NoSeatLeftError,
    OutOfOrderError,
    SubscriptionEndedError,
    UnknownItemError,
    WrongTypeError,
)
from ..lifecycle import change, renew
from ..plans import Price, listed, price_for
from ..seats import DEACTIVATED, INVITED, Member, SeatCount, admit, occupancy
from ..subscriptions import AddSeats, Outcome, RemoveSeats, Status, Subscription

People = tuple[Member, ...]


def join(
    subscription: Subscription,
    members: Iterable[Member],
    person: Member,
    *,
    on: Time,
    buy: bool = False,
) -> tuple[People, Outcome]:
    """Return the members with *person* among them, and what that comes to.

    The person sits from *on*, or since they sat there already: who was invited takes
    no second seat, and a retry changes nothing.  A vacant seat is taken first, then one
    that waits for removal, which then stays; only with *buy* are seats bought that are
    missing, in whole packs.  An outcome without a change is that of :func:`renew`: what
    is due is in it, and otherwise it ``is_empty``.

    >>> import datetime as dt
    >>> from seatbill import MONTHLY, BillingRules, Plan, Price, subscribe
    >>> plan = Plan("pro", "Pro", 1, [Price(unit_amount="6.00", currency="EUR")])
    >>> april, rules = dt.date(2026, 4, 1), BillingRules()
    >>> sub = subscribe(
    ...     plan, id="ada", interval=MONTHLY, seats=1, on=april, rules=rules
    ... ).subscription
    >>> people, outcome = join(sub, [], Member("ann"), on=april)
    >>> outcome.is_empty
    True
    >>> day = dt.date(2026, 4, 16)
    >>> people, outcome = join(sub, people, Member("bob"), on=day, buy=True)
    >>> str(outcome.amount_due)
    '3.00 EUR'

    Raises: NoSeatLeftError where a seat is missing, UnknownUnitError for a kind of seat
    that is not sold, WrongTypeError for a person who is deactivated, OutOfOrderError
    and EmptyPeriodError for one whose days do not hold *on*, SubscriptionEndedError,
    RenewFirstError, and the refusals of the purchase.
    """
    flag("buy", buy)
    unit = instance("person", person, Member).unit
    people, before = _opened(subscription, members, on)
    now = before.subscription
    if now.status is Status.CANCELED:
        raise SubscriptionEndedError(now.id, now.ended_on)
    sitting = [m for m in people if _is_on(m, person.id, unit, on)]
    joined = (*[m for m in people if m not in sitting], _seated(person, sitting, on))
    if sitting or not _needs_a_seat(now, unit):
        return joined, before
    price = _price(now, unit)
    batch = price.batch if price else 1
    seats = occupancy(
        people,
        owned=now.capacity,
        at=on,
        scheduled_removal=now.scheduled_removals,
    )
    try:
        undone = admit(seats, unit=unit, batch=batch).undone_removals
        wanted = -(-undone // batch) * batch
    except NoSeatLeftError as refusal:
        if not buy:
            raise
        wanted = refusal.missing
    if not wanted:
        return joined, before
    return joined, change(subscription, AddSeats(wanted, unit), on=on)


def leave(
    subscription: Subscription,
    members: Iterable[Member],
    id: str,
    *,
    on: Time,
    unit: str = "seat",
    release: bool = False,
) -> tuple[People, Outcome]:
    """Return the members once the person with this *id* is gone, and what it comes to.

    The person is in no more from *on*, and comes on no later day.  Their seat stays,
    vacant, for whoever comes next; with *release* it is given up, in a whole pack where
    seats are sold in packs and one is vacant, as :class:`RemoveSeats` does by the
    rules.  Whoever is gone already changes nothing.

    Raises: UnknownItemError for a person who was never there, RenewFirstError, and the
    refusals of the removal.
    """
    flag("release", release)
    text("id", id)
    text("unit", unit)
    people, before = _opened(subscription, members, on)
    if not any((m.id, m.unit) == (id, unit) for m in people):
        known = dict.fromkeys(m.id for m in people if m.unit == unit)
        raise UnknownItemError("member", id, tuple(known))
    left = tuple(_without(people, id, unit, on))
    now = before.subscription
    price = _price(now, unit)
    if not release or left == people or not _needs_a_seat(now, unit):
        return left, before
    batch = price.batch if price else 1
    seats = occupancy(
        left, owned=now.capacity, at=on, scheduled_removal=now.scheduled_removals
    )
    found: SeatCount | None = seats.get(unit)
    if found is None or found.removable < batch:
        return left, before
    removal = RemoveSeats(batch, found.occupied, unit)
    return left, change(subscription, removal, on=on)


def _opened(
    subscription: Subscription, members: Iterable[Member], on: Time
) -> tuple[People, Outcome]:
    """Return the members, and what is due by that day."""
    people = several("members", members, Member)
    before = renew(subscription, on=moment("on", on))
    return people, before


def _is_on(person: Member, id: str, unit: str, on: Time) -> bool:
    """Return whether this is the person, on a seat of that kind on that day."""
    return (person.id, person.unit) == (id, unit) and person.occupies(on)


def _seated(person: Member, sitting: list[Member], on: Time) -> Member:
    """Return *person* from *on*, or since they sat; refuse whoever is not in then."""
    if person.state is DEACTIVATED:
        raise WrongTypeError("person.state", "ACTIVE | INVITED", person.state)
    if person.joined_on is None:
        since = [m.joined_on for m in sitting]
        first = None if None in since else min(filter(None, since), default=on)
        person = attrs.evolve(person, joined_on=first)
    if person.occupies(on):
        return person
    if person.joined_on is not None and person.joined_on > on:
        raise OutOfOrderError(on, person.joined_on)
    lapses = person.expires_on if person.state is INVITED else None
    raise EmptyPeriodError(on, min(filter(None, (person.left_on, lapses))))


def _without(people: People, id: str, unit: str, on: Time) -> Iterator[Member]:
    """Yield *people*, this one no longer from *on* and on no later day."""
    for m in people:
        if _is_on(m, id, unit, on):
            yield attrs.evolve(m, left_on=on)
        elif (m.id, m.unit) != (id, unit) or m.joined_on is None or m.joined_on <= on:
            yield m


def _price(sub: Subscription, unit: str) -> Price | None:
    """Return the price of *unit* on the plan, if it has one."""
    prices = listed(sub.plan.prices, sub.currency).get(unit, ())
    found = price_for(prices, unit, sub.currency, sub.interval)
    return found[0] if found else None


def _needs_a_seat(sub: Subscription, unit: str) -> bool:
    """Return whether a person takes one of a number of seats.

    Not where the unit is measured or has a flat price, nor on the free plan of the
    rules where that does not limit it.
    """
    if sub.status is Status.FREE and unit not in sub.capacity:
        prices = listed(sub.plan.prices, sub.currency)
        return bool(prices) and unit not in prices
    price = _price(sub, unit)
    return price is None or not (price.flat or price.measured)
