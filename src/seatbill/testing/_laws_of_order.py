"""Laws of refusals and renewals, of order, and of what a subscription holds."""

from __future__ import annotations

import datetime as dt
import pickle
from collections import Counter
from itertools import pairwise
from typing import Any, Final

from ..errors import SeatbillError
from ..lifecycle import change, preview_invoice, renew
from ..rules import ChangeKind
from ..subscriptions import Outcome, PendingUpdate, Status, Subscription
from ..subscriptions.parts import step_order
from ._law import LONG, Checks, law
from .histories import History

OVER: Final = (Status.FREE, Status.CANCELED)
"""Where nothing is charged any more."""


@law
def a_refusal_leaves_everything_as_it_was(history: History) -> Checks:
    """Hold that a refusal changes nothing, and is a refusal again."""
    for number, day, changes, *by_hand in history.refused:
        sub = history.subscriptions[number]
        before, shown = pickle.dumps(sub), repr(sub)
        try:
            change(sub, *changes, on=day, timing=by_hand[0] if by_hand else None)
        except SeatbillError:
            refused = True
        else:
            refused = False
        yield day, f"{changes!r}: refused again", refused, True
        yield day, "the subscription after a refusal", repr(sub), shown
        copy = pickle.loads(before)  # noqa: S301  # our own, just made
        yield day, "the subscription after a refusal", sub, copy


@law
def no_renewal_is_ever_refused(history: History) -> Checks:
    """Hold that what cannot be carried out is refused when it is asked for."""
    for sub in history.subscriptions:
        day = sub.changed_on + LONG
        try:
            history.renewed(sub, day)
        except SeatbillError as error:
            yield day, f"the renewal of version {sub.version}", error.code, None


@law
def where_nothing_is_due_nothing_happens(history: History) -> Checks:
    """Hold that a second renewal on a day is none."""
    sub, day = history.subscription, history.until
    again = renew(sub, on=day)
    yield day, "the version", again.subscription.version, sub.version
    yield day, "the subscription", again.subscription, sub
    happened = (again.invoices, again.notices, again.replaced)
    yield day, "invoices, notices and updates", happened, ((), (), ())
    yield day, "the refund", again.refund_due.minor_units, 0


# Order, and what a subscription holds.


@law
def versions_grow_and_invoices_come_in_order(history: History) -> Checks:
    """Hold that each change and boundary is a version, and that no key comes twice."""
    before = 0
    for outcome in (history.opening, *history.outcomes):
        day, version = outcome.on, outcome.subscription.version
        yield day, "the previous version", outcome.previous_version, before
        most = max(len(outcome.changes), len(outcome.invoices))
        yield day, "versions too few", min(version - before - most, 0), 0
        before = version
    last, invoices = history.until, history.invoices
    versions = [invoice.version for invoice in invoices]
    yield last, "the versions of the invoices", versions, sorted(set(versions))
    keys = {invoice.key for invoice in invoices}
    yield last, "the number of keys", len(keys), len(invoices)
    for one, other in pairwise(invoices):
        first = min(one.issued_on, other.issued_on)
        yield other.issued_on, f"the day before {other.key}", first, one.issued_on
    for invoice in invoices:
        yield invoice.issued_on, f"lines on {invoice.key}", bool(invoice.lines), True


@law
def what_waits_takes_effect_on_the_day_that_it_says(history: History) -> Checks:
    """Hold that it does so not a day before, and is then what was wanted."""
    for outcome in history.outcomes:
        sub = outcome.subscription
        days = [outcome.on, *(update.applies_on for update in sub.pending_updates)]
        place = "the day of effect is one of those that wait"
        if outcome.changes:
            yield outcome.on, place, outcome.effective_on in days, True
        kinds = {update.kind for update in sub.pending_updates}
        if len(kinds) != 1 or sub.frozen_on is not None:
            continue
        over = [u.applies_on for u in sub.pending_updates if _is_end(u, sub)]
        for update in sub.pending_updates:
            if over and update.applies_on >= min(over) and not _is_end(update, sub):
                continue  # it ends before: told as replaced on that day
            if _is_overtaken(update, sub):
                continue  # told as replaced on that day
            day, before = update.applies_on, update.applies_on - dt.timedelta(1)
            place = f"{update.kind} {update.key}".rstrip()
            yield day, f"{place}: after the last change", day > sub.changed_on, True
            if before > sub.changed_on:
                still = history.renewed(sub, before)[-1].subscription
                keys = [waiting.key for waiting in still.pending_updates]
                yield before, f"{place}: waits", update.key in keys, True
            renewed = history.renewed(sub, day)[-1]
            if not _is_cut(update, renewed):
                wanted = _effect(update, renewed.subscription)
                yield day, f"{place}: took effect", *wanted


def _is_end(update: PendingUpdate, sub: Subscription) -> bool:
    free = sub.rules.free_plan
    return update.kind is ChangeKind.CANCELLATION or (
        free is not None and update.value == free
    )


def _is_overtaken(update: PendingUpdate, sub: Subscription) -> bool:
    """Return whether a later one of its kind and key takes effect on its day too."""
    aim = update.kind, update.key, update.applies_on
    return any(
        (other.kind, other.key, other.applies_on) == aim
        and step_order(other) > step_order(update)
        for other in sub.pending_updates
    )


def _is_cut(update: PendingUpdate, outcome: Outcome) -> bool:
    """Return whether the customer was told that not all seats go: a term holds them."""
    cut = [n.value("unit") for n in outcome.notices if n.code == "removal_cut"]
    return update.kind is ChangeKind.SEATS and update.key in cut


def _effect(update: Any, sub: Subscription) -> tuple[object, object]:
    """Return what *sub* has, and what *update* wanted."""
    match update.kind:
        case ChangeKind.SEATS:
            owned, wanted = sub.quantity(update.key), update.value
            if update.from_day is not None and sub.term is not None:
                wanted = max(owned, wanted)  # it holds what came after the agreement
            return owned, wanted
        case ChangeKind.ADD_ON:
            return sub.add_on_quantity(update.key), update.value.quantity
        case ChangeKind.PACKAGE:
            return sub.add_on_quantity(update.value.id) > 0, True
        case ChangeKind.INTERVAL:
            return sub.interval, update.value
        case ChangeKind.CANCELLATION:
            return sub.ended_on, update.applies_on
        case ChangeKind.PAUSE:
            return sub.status, Status.PAUSED
        case _:
            return sub.plan, update.value


@law
def after_the_end_nothing_runs_or_waits(history: History) -> Checks:
    """Hold that an end is dated, and that nothing is charged or kept after it."""
    for sub in history.subscriptions:
        day, over = sub.changed_on, sub.status in OVER
        yield day, f"version {sub.version} has ended", sub.ended_on is not None, over
        if over:
            held = (sub.charges, sub.pending_updates)
            yield day, "what runs or waits after the end", held, ((), ())
            if sub.status is Status.CANCELED:  # add-ons cost nothing on a free plan
                yield day, "add-ons after the end", sub.add_ons, ()
            lines = (sub.waiting_lines, sub.accrued_lines, preview_invoice(sub).lines)
            yield day, "what is to be billed after the end", lines, ((), (), ())
            later = renew(sub, on=history.until).invoices
            yield day, "what is billed after the end", later, ()


@law
def a_subscription_stays_small(history: History) -> Checks:
    """Hold that there is one charge an item and net price, one update a thing."""
    for sub in history.subscriptions:
        kept: Counter[Any] = Counter((c.terms, c.free) for c in sub.charges)
        slots: Counter[Any] = Counter(
            (u.kind, u.key, u.from_day or u.periods_left) for u in sub.pending_updates
        )
        twice = [one for one, n in (*kept.items(), *slots.items()) if n > 1]
        yield sub.changed_on, "what is kept twice", twice, []
        waits = any(u.kind is ChangeKind.CANCELLATION for u in sub.pending_updates)
        yield sub.changed_on, "a cancellation waits", sub.cancel_at_period_end, waits
