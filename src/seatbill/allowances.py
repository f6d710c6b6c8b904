"""Units that come with seats: granted each period for what is owned, then used up.

An allowance is counted beside the subscription, whose outcomes say how many seats were
owned and when: nothing of it is stored there, and no amount depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import final

import attrs

from ._values.base import Value
from ._values.checks import Time, instance, moment, several, text, whole
from .errors import OutOfOrderError, RenewFirstError, WrongTypeError
from .lifecycle import next_renewal, renew
from .money import divide
from .periods import keep_times, number, same_time
from .subscriptions import Outcome, Subscription
from .subscriptions.outcomes import ended_first
from .wallets import Allowance

__all__ = ["AllowancePeriod", "allowance_periods"]


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class AllowancePeriod(Value):
    """What an allowance came to from *start* up to, not including, *end*.

    *carried_in* came from the period before, *granted* from this one.  Of *used*,
    *over* was more than was there.  What was left when it ended was *carried_out* or
    *lapsed*; in the running period it is *left*, until *end*.  So *carried_in* and
    *granted* together are *used* without *over*, *carried_out*, *lapsed* and *left*.
    """

    start: Time
    end: Time
    carried_in: int = 0
    granted: int = 0
    used: int = 0
    over: int = 0
    carried_out: int = 0
    lapsed: int = 0
    left: int = 0

    def __attrs_post_init__(self) -> None:
        keep_times(self, "start", "end")
        for field in attrs.fields(AllowancePeriod)[2:]:
            whole(field.name, getattr(self, field.name))


def allowance_periods(
    allowance: Allowance | Mapping[str, Allowance],
    outcomes: Iterable[Outcome],
    *,
    used: Iterable[tuple[Time, int]] = (),
    on: Time,
) -> tuple[AllowancePeriod, ...]:
    """Return what an *allowance* came to in each period; the last is that of *on*.

    It is one for every plan, or one by the id of each plan that has any.  *outcomes*
    are all of one subscription, its opening first; renewals that are due by *on* are
    taken as done.  *used* are days and the units that were used on them, through *on*.

    A period is a billing period, the trial too, whatever its length.  At its start the
    seats owned count whole, or where service starts inside it by the share that is
    left; seats added later, and a plan with more for each, add the difference by the
    share of the period that is left that day, rounded once each.  What is taken away
    takes nothing back, and adding it again grants nothing twice.  A restart opens a
    period, a freeze only moves its end; at the end of the subscription all lapses.

    >>> import datetime as dt
    >>> from seatbill import MONTHLY, AddSeats, BillingRules, Plan, Price
    >>> from seatbill import change, subscribe
    >>> from seatbill.wallets import Allowance
    >>> opening = subscribe(
    ...     Plan("team", "Team", 0, [Price(unit_amount="10.00", currency="EUR")]),
    ...     id="acme",
    ...     interval=MONTHLY,
    ...     seats=3,
    ...     on=dt.date(2026, 4, 1),
    ...     rules=BillingRules(),
    ... )
    >>> more = change(opening.subscription, AddSeats(1), on=dt.date(2026, 4, 16))
    >>> (april,) = allowance_periods(
    ...     Allowance(unit="credit", per_seat=100),
    ...     [opening, more],
    ...     used=[(dt.date(2026, 4, 20), 310)],
    ...     on=dt.date(2026, 4, 20),
    ... )
    >>> april.granted, april.left  # 3 × 100 + 100 × 15/30
    (350, 40)

    Raises: OutOfOrderError for a day before the first outcome or after *on*,
    RenewFirstError where a measured quantity is needed to come to *on*.
    """
    found = several("outcomes", outcomes, Outcome)
    if not found:
        raise WrongTypeError("outcomes", "Iterable[Outcome]", found)
    on, first = moment("on", on), found[0].on
    same_time("on", on, first)
    if on < found[-1].on:
        raise OutOfOrderError(on, found[-1].on)
    if isinstance(allowance, Mapping):
        for plan, own in allowance.items():
            text("plan", plan)
            instance("allowance", own, Allowance)
    else:
        instance("allowance", allowance, Allowance)
    spans = _spans(found, on, allowance)
    uses = [*_uses(used, first, on)]
    periods: list[AllowancePeriod] = []
    carried = 0
    for span in spans:
        within = [n for day, n in uses if span.start <= day and span.holds(day)]
        period = span.counted(carried, sum(within))
        carried = period.carried_out
        periods.append(period)
    return tuple(periods)


class _Span:
    """A period while it is counted: what was granted for the most that was owned."""

    __slots__ = ("cap", "end", "granted", "is_open", "most", "start", "whole")

    def __init__(self, day: Time, sub: Subscription) -> None:
        self.start, self.whole = day, _begins(sub)
        self.end = sub.latest_end
        self.granted = self.most = 0
        self.cap: int | None = 0
        self.is_open = True

    def take(self, day: Time, sub: Subscription, own: Allowance | None) -> None:
        """Grant what *sub* owns on that day beyond what it has owned."""
        self.end = sub.latest_end
        self.cap = 0 if own is None else own.carried_over
        if own is None:
            return
        most = own.per_seat * sub.quantity(own.of)
        if most > self.most:
            period = sub.current_period
            part, parts = number(period.end, day), number(period.end, period.start)
            more = (most - self.most) * part
            self.granted += divide(more, parts, own.rounding)
            self.most = most

    def close(self, day: Time, sub: Subscription) -> None:
        """End on that day; with the subscription nothing is carried over."""
        self.is_open, self.end = False, day
        if sub.ended_on is not None:
            self.end, self.cap = sub.ended_on, 0

    def holds(self, day: Time) -> bool:
        """Tell whether *day* is before its end; the running one holds all that come."""
        return self.is_open or day < self.end

    def counted(self, carried_in: int, used: int) -> AllowancePeriod:
        """Return what the period came to."""
        there = carried_in + self.granted
        over = max(used - there, 0)
        left = there - used + over
        out = 0
        if not self.is_open:
            out = left if self.cap is None else min(left, self.cap)
        return AllowancePeriod(
            start=self.start,
            end=self.end,
            carried_in=carried_in,
            granted=self.granted,
            used=used,
            over=over,
            carried_out=out,
            lapsed=0 if self.is_open else left - out,
            left=left if self.is_open else 0,
        )


def _spans(
    outcomes: tuple[Outcome, ...],
    on: Time,
    allowances: Allowance | Mapping[str, Allowance],
) -> list[_Span]:
    """Return the periods through *on*, and what was granted in each."""
    spans: list[_Span] = []
    for day, sub in _standings(outcomes, on):
        own: Allowance | None
        if isinstance(allowances, Allowance):
            own = allowances
        else:
            own = allowances.get(sub.plan.id)
        running = spans[-1] if spans and spans[-1].is_open else None
        ended = sub.ended_on is not None
        if running is not None and (ended or running.whole != _begins(sub)):
            running.close(day, sub)
            if running.end <= running.start:  # of no day nothing is granted
                spans.pop()
            running = None
        if ended:
            continue
        if running is None:
            running = _Span(day, sub)
            spans.append(running)
        running.take(day, sub, own)
    return spans


def _begins(sub: Subscription) -> Time:
    """Return where the running period began, before freezes moved it."""
    return sub.moved_from or sub.current_period.start


def _standings(
    outcomes: tuple[Outcome, ...], on: Time
) -> Iterator[tuple[Time, Subscription]]:
    """Yield the subscription after each call, and after each renewal in between."""
    sub = outcomes[0].subscription
    yield outcomes[0].on, sub
    for outcome in outcomes[1:]:
        day = outcome.on
        if outcome.changes:
            yield from _renewals(sub, day, before=ended_first(outcome))
        else:
            with suppress(RenewFirstError):  # it was measured
                yield from _renewals(sub, day)
            day = max(sub.changed_on, outcome.subscription.current_period.start)
        sub = outcome.subscription
        yield day, sub
    yield from _renewals(sub, on)


def _renewals(
    sub: Subscription, on: Time, *, before: bool = False
) -> Iterator[tuple[Time, Subscription]]:
    """Yield what *sub* is on each day through *on* on which something is due.

    With *before* not on that day itself.
    """
    while (due := next_renewal(sub)) is not None and due <= on:
        if before and due == on:
            return
        sub = renew(sub, on=due).subscription
        yield due, sub


def _uses(
    used: Iterable[tuple[Time, int]], first: Time, on: Time
) -> Iterator[tuple[Time, int]]:
    """Yield what was used, each within the days that are counted."""
    for pair in several("used", used, tuple):
        if len(pair) != 2:
            raise WrongTypeError("used", "tuple[Time, int]", pair)
        day = moment("used", pair[0])
        same_time("used", day, first)
        if not first <= day <= on:
            raise OutOfOrderError(day, first if day < first else on)
        yield day, whole("used", pair[1])
