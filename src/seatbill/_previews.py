"""What a change would come to, as a value that nobody has kept."""

from __future__ import annotations

from typing import Any, final

import attrs

from ._checks import Time, instance, text
from ._engine.state import Ledger
from ._findings import check_optional, keep_tuples
from .errors import DateRangeError, RenewFirstError, SeatbillError, WrongTypeError
from .lifecycle import change, preview_invoice, renew
from .money import Money
from .periods import Interval
from .plans import AddOn, Plan
from .subscriptions import Change, Outcome, Subscription


@final
@attrs.frozen(order=False)
class Refusal:
    """A refusal as a value: its stable *code*, its sentence and the way out.

    *values* hold the figures by name, so that it can be told in another language.
    """

    code: str
    message: str
    remedy: str
    values: tuple[tuple[str, Any], ...] = ()

    def __attrs_post_init__(self) -> None:
        text("code", self.code)
        text("message", self.message)
        if type(self.remedy) is not str:
            raise WrongTypeError("remedy", "str", self.remedy)
        keep_tuples(self, values=tuple)
        for pair in self.values:
            if len(pair) != 2:
                raise WrongTypeError("values", "tuple[str, object]", pair)
            text("name", pair[0])

    @classmethod
    def of(cls, error: SeatbillError) -> Refusal:
        """Return what *error* says."""
        said = instance("error", error, SeatbillError).as_dict()
        values = tuple(said["values"].items())
        return cls(said["code"], said["message"], said["remedy"], values)


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
    own = outcome.invoices[len(due.invoices) :]
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


def full_price(
    subscription: Subscription,
    item: Plan | AddOn,
    *,
    quantity: int | None = None,
    interval: Interval | None = None,
) -> Money:
    """Return what a whole period of *item* costs, without tax on top.

    At the seats owned, or *quantity* of an add-on; percent discounts are inside.

    Raises: NoPriceError and what else the price list refuses.
    """
    ledger = Ledger(subscription)
    if item == ledger.rules.free_plan:
        return Money.zero(ledger.currency)
    total = Money.zero(ledger.currency)
    for unit, sale in ledger.sales_of(item, interval or ledger.interval).items():
        count = ledger.seats.get(unit, 0) if quantity is None else quantity
        terms = sale.terms
        full = terms.exact(sale.full(count))
        total += Money.rounded(full, terms.currency, terms.rounding)
    return total
