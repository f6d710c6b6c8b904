"""What a change would come to, as a value that nobody has kept."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from operator import eq
from typing import final

import attrs

from .._engine.dates import period_end, term_end
from .._engine.lasting import drop_ended
from .._engine.prices import price_table
from .._engine.state import State
from .._values.checks import Time, fraction, instance, text, whole
from ..access import ends_on
from ..errors import DateRangeError, RenewFirstError, SeatbillError
from ..limits import NO_LIMITS
from ..money import Money
from ..notices import Refusal, check_optional
from ..periods import Interval, boundary, count, index
from ..plans import AddOn, Plan
from ..subscriptions import Change, Outcome, Subscription
from ..subscriptions.subscription import Status
from .steps import change, preview_invoice, renew


@final
@attrs.frozen(kw_only=True, order=False)
class Preview:
    """What a change would come to: an *outcome* that can be kept, or a *refusal*.

    *price_now* is the total of its own invoice, below zero where more comes back than
    is charged.  *price_next* is what the next renewal would charge; ``None`` where it
    waits for a measured quantity, or would leave the calendar.  All are ``None`` where
    there is nothing to change.
    """

    outcome: Outcome | None = None
    refusal: Refusal | None = None
    price_now: Money | None = None
    price_next: Money | None = None

    def __attrs_post_init__(self) -> None:
        check_optional(
            self, outcome=Outcome, refusal=Refusal, price_now=Money, price_next=Money
        )


def day_of(preview: Preview) -> Time | None:
    """Return the day of *preview*, where something comes of it."""
    return None if preview.outcome is None else preview.outcome.on


def preview(subscription: Subscription, *changes: Change, on: Time) -> Preview:
    """Return what *changes* would come to on that day, or why they are refused.

    Raises: RenewFirstError, OutOfOrderError: what no other change would mend.
    """
    due = renew(subscription, on=on)
    try:
        outcome = change(subscription, *changes, on=on)
    except SeatbillError as error:
        return Preview(refusal=Refusal.of(error))
    # An end at once on the billing day has no renewal: what is its own differs there.
    known = sum(map(eq, outcome.invoices, due.invoices))
    own = outcome.invoices[known:]
    return Preview(
        outcome=outcome,
        price_now=Money.total([i.total for i in own], subscription.currency),
        price_next=next_price(outcome.subscription),
    )


def next_price(subscription: Subscription) -> Money | None:
    """Return what the next renewal would charge, at the quantities of today."""
    measured = dict(subscription.seats)
    try:
        return preview_invoice(subscription, measured=measured).total
    except (RenewFirstError, DateRangeError):
        return None


def renewal_day(subscription: Subscription) -> Time | None:
    """Return the day on which it is renewed next; ``None`` where it ends before.

    A frozen subscription is taken to thaw by itself, as late as it may.  A pause that
    waits starts on that day, and nothing is charged then.
    """
    sub = subscription
    if sub.status in (Status.CANCELED, Status.FREE):
        return None
    end = sub.latest_end
    until = ends_on(sub)
    return None if until is not None and until <= end else end


def term_end_of(subscription: Subscription) -> Time | None:
    """Return the day on which its term ends, with a billing period, if one runs.

    In a freeze, where it would end if it thawed as late as it may.
    """
    state = State(subscription, NO_LIMITS)
    if state.term is None:
        return None
    end = term_end(state)
    return end if state.frozen_on is not None else period_end(state, end)


def true_up_day(subscription: Subscription) -> Time | None:
    """Return the day on which its next true-up is billed, if its term has any.

    ``None`` in a freeze: it moves the day.
    """
    state = State(subscription, NO_LIMITS)
    running = state.term
    if running is None or state.frozen_on is not None:
        return None
    start, day = running.period.start, max(state.start, running.period.start)
    dues = [running.period.end] * bool(running.term.true_ups)
    for every in filter(None, [one.every for one in running.term.true_ups]):
        spans = index(start, every, day) // count(every) + 1
        dues.append(boundary(start, every, spans * count(every)))
    return period_end(state, min(dues)) if dues else None


@final
@attrs.frozen(kw_only=True, order=False)
class PricedUnit:
    """What one unit of the plan costs in a whole period.

    *unit_amount* is exact, ``None`` under tiers, and where a discount is for the first
    units only; percent discounts are inside.
    """

    unit: str
    quantity: int
    unit_amount: Fraction | None
    price: Money

    def __attrs_post_init__(self) -> None:
        text("unit", self.unit)
        whole("quantity", self.quantity)
        if self.unit_amount is not None:
            fraction("unit_amount", self.unit_amount)
        instance("price", self.price, Money)


def priced_units(
    subscription: Subscription,
    item: Plan | AddOn,
    *,
    quantity: int | None = None,
    interval: Interval | None = None,
    on: Time | None = None,
) -> Iterator[PricedUnit]:
    """Yield what each unit of *item* costs; nothing is bought on the free plan.

    At the seats owned, or *quantity* of an add-on; percent discounts are inside, but
    for those that end by the day *on*, where one is given.

    Raises: NoPriceError and what else the price list refuses.
    """
    sub = subscription
    if item == sub.rules.free_plan:
        return
    own = item.interval if isinstance(item, AddOn) else None
    state = State(sub)
    if on is not None:
        state.move_to(on)
        drop_ended(state)
    table = price_table(item, own or interval or sub.interval, state.context)
    for unit, price in table.units.items():
        owned = sub.quantity(unit) if quantity is None else quantity
        if price.clamped:
            owned = price.billed(owned)
        terms, each = price.terms, price.each
        parts = [*price.parts(owned)] or [(price, owned)]
        full = sum([part.terms.exact(part.full(n)) for part, n in parts], Fraction(0))
        yield PricedUnit(
            unit=unit,
            quantity=1 if price.flat else owned,
            unit_amount=None if each is None or len(parts) > 1 else terms.exact(each),
            price=Money.rounded(full, terms.currency, terms.rounding),
        )


def full_price(
    subscription: Subscription,
    item: Plan | AddOn,
    *,
    quantity: int | None = None,
    interval: Interval | None = None,
    on: Time | None = None,
) -> Money:
    """Return what a whole period of *item* costs, without tax on top.

    As :func:`priced_units` counts it.
    """
    units = priced_units(
        subscription, item, quantity=quantity, interval=interval, on=on
    )
    return Money.total([unit.price for unit in units], subscription.currency)
