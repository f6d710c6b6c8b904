"""Laws of dates: periods tile, days given or paused cost nothing, there and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from .._values.checks import Time
from ..errors import SeatbillError
from ..invoices import ItemKind, LineKind
from ..lifecycle import change
from ..periods import Period
from ..rules import ChangeKind
from ..subscriptions import Change, Status, Subscription
from ..subscriptions.changes import EndPause, Freeze, MoveBillingDay, Pause, Unfreeze
from ._law import LONG, Checks, end_of, first_of, law, thawed
from .histories import History

_RENEWED: Final = (Status.ACTIVE, Status.PAUSED)


@law
def periods_tile(history: History) -> Checks:
    """Hold that periods follow each other without a gap, on the anchor's grid.

    A pause is one that starts where the last one ended, and ends on the grid.
    """
    for known in history.subscriptions:
        sub = thawed(known)
        if sub.status not in _RENEWED:
            continue
        end = sub.current_period.end
        after = history.renewed(sub, end)[-1].subscription
        if after.ended_on is not None:
            yield end, "the end", after.ended_on, end
            continue
        anchor, period = after.billing_cycle_anchor, after.current_period
        first = first_of(anchor, end, after.interval)
        wanted = end_of(anchor, first, after.interval)
        paused = _pause_at(sub, end)
        for _ in range(paused - 1):
            wanted = end_of(anchor, wanted, after.interval)
        start = end if paused else first
        yield end, "the start of the next period", period.start, start
        yield end, "the end of the next period", period.end, wanted
        yield end, "it is a pause", after.status is Status.PAUSED, paused > 0
        if after.interval == sub.interval:
            yield end, "the anchor", anchor, sub.billing_cycle_anchor
        for ended in sub.add_ons:
            if ended.period is not None:
                yield from _next_own_period(history, sub, ended)


def _next_own_period(history: History, sub: Subscription, ended: Any) -> Checks:
    """Yield the own period that follows, where one does, beside the one of its grid.

    One that a pause ends before its time is followed by none on that day.
    """
    end = ended.period.end
    day = max(sub.changed_on, end - type(end).resolution)
    if ended not in history.renewed(sub, day)[-1].subscription.add_ons:
        return
    after = history.renewed(sub, end)[-1].subscription
    for owned in after.add_ons:
        if owned.add_on == ended.add_on and owned.period is not None:
            anchor = owned.anchor or after.billing_cycle_anchor
            interval = ended.add_on.interval
            first = first_of(anchor, end, interval)
            wanted = Period(first, end_of(anchor, first, interval))
            if interval.days and after.interval.days:
                wanted = Period.containing(anchor, interval, end)
            yield end, f"the period of {owned.add_on.id}", owned.period, wanted


def _pause_at(sub: Subscription, day: Time) -> int:
    """Return for how many periods a pause is to start on *day*; 0 where none is."""
    periods: int
    for update in sub.pending_updates:
        if update.kind is ChangeKind.PAUSE and update.applies_on == day:
            periods = update.value
            return periods
    return 0


@law
def nothing_is_charged_for_days_given_or_paused(history: History) -> Checks:
    """Hold that no charge starts in them, and that a pause renews nothing by itself.

    An add-on with an interval of its own is charged while the plan is, given days too.
    """
    for outcome in history.outcomes:
        sub = outcome.subscription
        paid_until: Any = sub.paid_until
        if paid_until is None or sub.ended_on is not None:
            continue
        own = {o.add_on.id for o in sub.add_ons if o.add_on.interval is not None}
        for line in (
            *(line for invoice in outcome.invoices for line in invoice.lines),
            *sub.waiting_lines,
            *sub.accrued_lines,
        ):
            alone = line.terms.item_kind is ItemKind.ADD_ON and line.item in own
            if line.kind is LineKind.CHARGE and not alone:
                place = f"the start of {line.charge_id}, before it"
                yield outcome.on, place, line.start < paid_until, True
        if sub.status is Status.PAUSED and not sub.waiting_lines:
            yield outcome.on, "what runs in a pause", sub.charges, ()
            before = max(sub.current_period.end - dt.timedelta(1), outcome.on)
            billed = [o.invoices for o in history.renewed(sub, before)]
            yield before, "invoices in a pause", [i for i in billed if i], []


@law
def dates_moved_there_and_back_cost_nothing(history: History) -> Checks:
    """Hold that moving a date and moving it back on the same day leaves the bills."""
    for sub in (history.opening.subscription, history.subscription):
        if sub.status is not Status.ACTIVE:
            continue
        day = sub.changed_on
        for there, back in _there_and_back(sub):
            try:
                moved = change(sub, there, back, on=day)
            except SeatbillError:  # an end is scheduled, or notice is too late
                continue
            place = f"the bills after {there!r} and {back!r}"
            yield day, "what is due at once", moved.invoices, ()
            found = _bills(history, moved.subscription, day + LONG)
            yield day, place, found, _bills(history, sub, day + LONG)


def _there_and_back(sub: Subscription) -> Iterator[tuple[Change, Change]]:
    """Yield changes of a date, each with the one that takes it back."""
    day = sub.billing_cycle_anchor.day
    yield MoveBillingDay(day % 28 + 1), MoveBillingDay(day)
    yield Freeze(), Unfreeze()
    if all(update.kind is not ChangeKind.PAUSE for update in sub.pending_updates):
        yield Pause(2), EndPause()


def _bills(history: History, sub: Subscription, until: Time) -> list[Any]:
    """Return what is invoiced through *until*, without the versions."""
    return [
        (
            invoice.issued_on,
            invoice.total,
            [
                (line.item, line.unit, line.period, line.amount)
                for line in invoice.lines
            ],
        )
        for outcome in history.renewed(sub, until)
        for invoice in outcome.invoices
    ]
