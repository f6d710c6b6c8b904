"""Quotes: an outcome with a number, a last day, and the version that it was made for.

Accepted in time, and while nothing else has happened to the subscription, a quote *is*
the change.  It is also the order of work of "ask, pay, keep": written down under its
number before anything is charged, and accepted again by whoever retries.  What it comes
to is worked out again and put beside what was quoted, so that nobody is ever charged
another amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import attrs

from ._values.base import Value
from ._values.checks import Time, instance, moment, text
from .errors import (
    QuoteDiffersError,
    QuoteExpiredError,
    StaleVersionError,
    WrongTypeError,
)
from .lifecycle import change, renew
from .limits import LIMITS, Limits
from .money import Money
from .periods import keep_times, same_time
from .subscriptions import Outcome, Subscription

__all__ = ["Quote", "accept", "quote"]


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Quote(Value):
    """What a call would come to, offered under a *number* through the day *until*.

    The *outcome* is for its own day, which may be after *until*: a start in January may
    have to be accepted in December.
    """

    number: str
    outcome: Outcome
    until: Time

    def __attrs_post_init__(self) -> None:
        text("number", self.number)
        outcome = instance("outcome", self.outcome, Outcome)
        keep_times(self, "until", like=outcome.on)

    @property
    def version(self) -> int:
        """The version of the subscription that it was made for, 0 for a new one."""
        return self.outcome.previous_version

    @property
    def is_opening(self) -> bool:
        """Whether it may be for a subscription that is not there yet."""
        return not self.version and not self.outcome.changes


def quote(outcome: Outcome, *, number: str, until: Time) -> Quote:
    """Return *outcome* as a quote; *until* is the last day to accept it.

    The outcome is one of :func:`~seatbill.subscribe`, :func:`~seatbill.change` or
    :func:`~seatbill.renew` that nobody has kept.  The series of numbers is the host's.
    """
    return Quote(number=number, outcome=outcome, until=until)


def accept(
    quote: Quote,
    subscription: Subscription | None = None,
    *,
    on: Time,
    limits: Limits = LIMITS,
) -> Outcome:
    """Return the outcome that *quote* promised, to be kept in place of *subscription*.

    Accepted by the day of its outcome, that is the very outcome.  Accepted later, it
    is what the change comes to on that day, if that is the same: the amounts now and
    those that wait, and the day on which a scheduled change takes effect.  A quote for
    a new subscription is accepted without one, by its first day.  *limits* is how much
    may be asked for.

    Raises: QuoteExpiredError, StaleVersionError where the subscription has another
    version by now, QuoteDiffersError with the first thing that differs, and what
    :func:`~seatbill.change` and :func:`~seatbill.renew` refuse.
    """
    quoted = instance("quote", quote, Quote).outcome
    on = moment("on", on)
    same_time("on", on, quoted.on)
    instance("limits", limits, Limits)
    if on > quote.until:
        raise QuoteExpiredError(quote.number, quote.until, on)
    if subscription is None:
        if not quote.is_opening:
            raise WrongTypeError("subscription", "Subscription", subscription)
        if on > quoted.on:
            raise QuoteDiffersError(quote.number, "first_day", quoted.on, on)
        return quoted
    found = _again(quote, subscription, on, limits)
    pairs = zip(_terms(quoted), _terms(found), strict=False)
    for (field, was, shown), (_, now, shown_now) in pairs:
        if was != now:
            raise QuoteDiffersError(quote.number, field, shown, shown_now)
    return found


def _again(
    quote: Quote, subscription: Subscription, on: Time, limits: Limits
) -> Outcome:
    """Return what *quote* is for, worked out again on its own day or a later one."""
    quoted = quote.outcome
    sub = instance("subscription", subscription, Subscription)
    if sub.id != quoted.subscription.id:
        raise QuoteDiffersError(
            quote.number, "subscription", quoted.subscription.id, sub.id
        )
    if sub.version != quote.version:
        raise StaleVersionError(quote.version, sub.version)
    day = max(on, quoted.on)
    if not quoted.changes:
        return renew(sub, on=day, limits=limits)
    return change(
        sub,
        *quoted.changes,
        on=day,
        by=quoted.by,
        timing=quoted.timing,
        reason=quoted.reason,
        limits=limits,
    )


def _terms(outcome: Outcome) -> Iterator[tuple[str, object, object]]:
    """Yield what a quote promises: its name, what it is, and how it is told.

    Their number follows from the number of invoices, which comes first.  The balance
    and what is paid back follow from the amounts, as the version is the same.
    """
    yield "invoices", len(outcome.invoices), len(outcome.invoices)
    for invoice in outcome.invoices:
        yield "amount", (invoice.total, invoice.taxes), invoice.total
    sub = outcome.subscription
    for lines in (sub.waiting_lines, sub.accrued_lines):
        amount = Money.total([line.amount for line in lines], sub.currency)
        yield "unbilled_lines", amount, amount
    at_once = outcome.effective_on == outcome.on
    yield "effective_on", at_once or outcome.effective_on, outcome.effective_on
    updates = sub.pending_updates
    scheduled = [(p.kind, p.key, p.value, p.applies_on) for p in updates]
    yield "pending_updates", scheduled, tuple(p.applies_on for p in updates)
