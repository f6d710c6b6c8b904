"""What falls due and what a customer is mailed about, each with its day.

A host asks for what lies in the days ahead and mails what it has not mailed yet: the
key of a reminder stays the same for as long as it is about the same thing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import final

import attrs

from .._values.base import Value
from .._values.checks import Time, instance, moment, several, text
from ..errors import DateRangeError, OutOfOrderError, RenewFirstError, WrongTypeError
from ..lifecycle import next_renewal, preview_invoice, renew
from ..lifecycle.deadlines import notice_deadline, term_ends_on
from ..lifecycle.previews import renewal_day
from ..money import Money
from ..notices import Notice
from ..payments import PaymentMethod
from ..payments.policies import days_left
from ..periods import keep_times, same_time
from ..rules import ChangeKind
from ..seats import Member, occupancy
from ..subscriptions import Subscription


def due(subscription: Subscription, *, on: Time) -> bool:
    """Return whether ``renew`` has something to do on that day.

    That is asked of :func:`~seatbill.next_renewal`, and not of the end of the period: a
    year may be settled by the month, and a freeze ends inside of one.

    Raises: DateRangeError where that day leaves the calendar.
    """
    event = next_renewal(subscription)
    day = moment("on", on)
    same_time("on", day, subscription.changed_on)
    return event is not None and event <= day


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Reminder(Value):
    """Something that a customer should hear of before its day.

    *on* is the day of what the *notice* tells, not that of the mail.  A mail with the
    same *key* need not be sent again.
    """

    key: str
    on: Time
    notice: Notice

    def __attrs_post_init__(self) -> None:
        text("key", self.key)
        keep_times(self, "on")
        instance("notice", self.notice, Notice)


def reminders(
    subscription: Subscription,
    *,
    on: Time,
    until: Time,
    members: Iterable[Member] = (),
    payment: PaymentMethod | None = None,
) -> tuple[Reminder, ...]:
    """Return what a customer should hear of, from *on* through *until*, by its day.

    The renewal with its amount, new prices, the last day to give notice, the end of a
    term, the *payment* method that runs out, and that all seats are taken, which is of
    the day *on*.  Periods that are due by then are renewed first.

    Raises: OutOfOrderError where *until* lies before *on*, RenewFirstError where a
    measured quantity is needed.
    """
    day, last = moment("on", on), moment("until", until)
    same_time("until", last, day)
    if last < day:
        raise OutOfOrderError(last, day)
    people = several("members", members, Member)
    if payment is not None and not isinstance(payment, PaymentMethod):
        came = f"<{type(payment).__name__}>"  # no account number is repeated
        raise WrongTypeError("payment", "PaymentMethod | None", came)
    sub = renew(subscription, on=day).subscription
    found = {
        f"{sub.id}:{code}:{'+'.join(str(part) for part in about)}": (at, code, values)
        for code, at, about, values in (
            *_dated(sub),
            *_full(sub, people, day),
            *_payment(payment, day),
        )
        if day <= at <= last
    }
    ordered = sorted(found.items(), key=lambda each: each[1][0])
    return tuple(
        Reminder(key=key, on=at, notice=Notice(code, values))
        for key, (at, code, values) in ordered
    )


_Found = tuple[str, Time, tuple[object, ...], tuple[tuple[str, object], ...]]
"""The code of a notice, its day, what makes it another one, and its values."""


def _dated(sub: Subscription) -> Iterator[_Found]:
    """Yield what has a day in the subscription."""
    renews = renewal_day(sub)
    if renews is not None:
        values = ("plan", sub.plan.name), ("on", renews), ("total", _bill(sub, renews))
        yield "renewal_near", renews, (renews,), values
    for update in sub.pending_updates:
        if update.kind is ChangeKind.PRICE:
            at = update.applies_on
            named = ("plan", update.value.id), ("on", at)
            yield "price_change", at, (update.value.id, at), named
    found = notice_deadline(sub)
    if found is not None:
        by, end = found
        yield "notice_deadline", by, (by,), (("on", by), ("boundary", end))
    ends = term_ends_on(sub)
    if ends is not None and sub.term is not None:
        follows = sub.term.follows and sub.term.follows.interval
        yield "term_ending", ends, (ends,), (("on", ends), ("follows", follows))


def _bill(sub: Subscription, day: Time) -> Money | None:
    """Return what is to be paid on that day, ``None`` where it is not known yet."""
    try:
        found = preview_invoice(sub)
    except (RenewFirstError, DateRangeError):
        return None
    return found.amount_due if found.issued_on == day else None


def _full(sub: Subscription, people: tuple[Member, ...], day: Time) -> Iterator[_Found]:
    """Yield the kinds of seat of which none is vacant."""
    if not people:
        return
    for count in occupancy(people, owned=sub.capacity, at=day).counts:
        if count.owned and count.is_full:
            unit, owned = count.unit, count.owned
            yield "seats_full", day, (unit, owned), (("unit", unit), ("owned", owned))


def _payment(payment: PaymentMethod | None, day: Time) -> Iterator[_Found]:
    """Yield that the payment method runs out, on its last day, or has done so."""
    left = None if payment is None else days_left(payment, on=day)
    if left is None:
        return
    at = day + dt.timedelta(left)
    valid = ("valid_through", at)
    if left < 0:
        yield "payment_method_expired", day, (at,), (valid, ("days", -left))
    else:
        yield "payment_method_expiring", at, (at,), (valid, ("days", left))
