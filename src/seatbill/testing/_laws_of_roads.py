"""Laws of the many roads that lead to the same bill."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise
from typing import Any

import attrs

from .._values.checks import Time
from ..errors import SeatbillError
from ..invoices import Invoice
from ..lifecycle import bill, change, preview_invoice, renew
from ..rules import ChangeKind
from ..subscriptions import Change, Outcome, Reprice, SetSeats, Status, Subscription
from ..subscriptions.outcomes import ended_first
from ._law import (
    LONG,
    Checks,
    adopted,
    law,
    odd_decimals,
    repeated,
    thawed,
)
from .histories import History

# Preview is the change.


@law
def asking_twice_is_answered_alike(history: History) -> Checks:
    """Hold that showing what a call comes to is the call: it is answered alike."""
    for sub, outcome in history.steps:
        again = repeated(history, sub, outcome)
        yield outcome.on, "the outcome of the same call", again, outcome
        yield outcome.on, "its text", repr(again), repr(outcome)


@law
def a_preview_is_the_invoice_of_the_next_renewal(history: History) -> Checks:
    """Hold that what ``preview_invoice`` shows is what the renewal charges."""
    for known in history.subscriptions:
        sub = thawed(known)
        end = min([sub.current_period.end, *_own_ends(sub)])
        measured = None if history.measured is None else history.measured(end)
        preview = preview_invoice(known, measured=measured)
        made: list[Invoice] = []
        if sub.ended_on is None:
            renewed = renew(sub, on=end, measured=measured)
            made = [i for i in renewed.invoices if i.issued_on == end]
        place = f"the preview of version {known.version}"
        if made:
            yield end, place, preview, made[-1]
        else:
            yield end, f"{place} without an invoice", preview.lines, ()


def _own_ends(sub: Subscription) -> list[Time]:
    """Return where the own periods of its add-ons end."""
    return [owned.period.end for owned in sub.add_ons if owned.period is not None]


# No road is another road.


@law
def a_bill_is_its_steps(history: History) -> Checks:
    """Hold that ``bill`` comes to what ``change`` and ``renew`` come to in turn."""
    measured = history.measured
    statement = bill(
        history.opening, history.entries, until=history.until, measured=measured
    )
    day = history.until
    yield day, "the subscription billed", statement.subscription, history.subscription
    yield day, "the invoices billed", statement.invoices, history.invoices
    if measured is None:
        asked = tuple(map(_without_words, history.outcomes))
        yield day, "the outcomes billed", statement.outcomes, asked


def _without_words(outcome: Outcome) -> Outcome:
    """Return *outcome* without who asked and why, which no amount depends on."""
    return attrs.evolve(outcome, by=None, reason=None)


@law
def a_history_cut_in_two_comes_to_the_same(history: History) -> Checks:
    """Hold that billing up to some day and from there on gives the same invoices."""
    entries, measured = history.entries, history.measured
    asked = [outcome for outcome in history.outcomes if outcome.changes]
    days = [history.opening.on, *(entry[0] for entry in entries), history.until]
    for at, (before, after) in enumerate(pairwise(days)):
        ended = at < len(asked) and ended_first(asked[at])
        for day in (before + (after - before) // 2, *(() if ended else (after,))):
            first = bill(history.opening, entries[:at], until=day, measured=measured)
            second = bill(
                first.subscription, entries[at:], until=history.until, measured=measured
            )
            place = f"the {{}} of both parts, cut after entry {at}"
            found = first.invoices + second.invoices
            yield day, place.format("invoices"), found, history.invoices
            last = second.subscription
            yield day, place.format("subscription"), last, history.subscription


@law
def a_long_absence_is_many_short_ones(history: History, days: int = 25) -> Checks:
    """Hold that renewing every few *days* is renewing once after two years."""
    sub = history.subscription
    until = sub.changed_on + LONG
    at_once = history.renewed(sub, until)
    day, invoices = sub.changed_on, list[Invoice]()
    while day < until:
        day = min(day + dt.timedelta(days), until)
        for outcome in history.renewed(sub, day):
            sub, invoices = outcome.subscription, [*invoices, *outcome.invoices]
    yield until, "the subscription", sub, at_once[-1].subscription
    yield until, "the invoices", invoices, [i for o in at_once for i in o.invoices]


@law
def a_change_renews_first_what_is_due(history: History) -> Checks:
    """Hold that a change that comes late is a renewal and a change."""
    for sub, outcome in history.steps:
        if not outcome.changes or ended_first(outcome):
            continue
        renewed = renew(sub, on=outcome.on)
        apart = repeated(history, renewed.subscription, outcome)
        day, both = outcome.on, renewed.invoices + apart.invoices
        yield day, "the subscription", apart.subscription, outcome.subscription
        yield day, "the invoices", both, outcome.invoices
        yield day, "the notices", renewed.notices + apart.notices, outcome.notices
        yield day, "when it takes effect", apart.effective_on, outcome.effective_on


@law
def a_ramp_agreed_at_once_is_its_steps_in_turn(history: History) -> Checks:
    """Hold that prices and seats agreed for two days cost what each recorded then does.

    In turn, each is recorded the day before its own.
    """
    sub, until = history.subscription, history.until
    if sub.status not in (Status.ACTIVE, Status.TRIALING) or any(
        update.kind in (ChangeKind.PLAN, ChangeKind.PAUSE)
        for update in sub.pending_updates
    ):  # another plan has other prices, and nothing is agreed in a pause
        return
    steps = _ramp(sub)
    try:
        ahead = change(sub, *[step for _, step in steps], on=until)
    except SeatbillError:  # more than the price list holds, for example
        return
    in_turn = list[Outcome]()
    for day, step in steps:
        for outcome in history.renewed(sub, max(day - dt.timedelta(1), until)):
            in_turn.append(outcome)
            sub = outcome.subscription
        if sub.ended_on is not None:
            break
        in_turn.append(change(sub, step, on=in_turn[-1].on))
        sub = in_turn[-1].subscription
    last = until + LONG
    agreed = [ahead, *history.renewed(ahead.subscription, last)]
    in_turn += history.renewed(sub, last)
    yield last, "what is billed for a ramp", _billed(in_turn), _billed(agreed)


def _ramp(sub: Subscription) -> list[tuple[Time, Change]]:
    """Return twice the price and a seat more from one day, and both as now later on."""
    plan, first = sub.plan, sub.current_period.end
    twice = [
        p if p.unit_amount is None else attrs.evolve(p, unit_amount=p.unit_amount * 2)
        for p in plan.prices
    ]
    days: Any = first, first + dt.timedelta(100)
    steps: list[tuple[Time, Change]] = []
    for day, prices, more in zip(days, (twice, plan.prices), (1, 0), strict=True):
        steps.append((day, Reprice(attrs.evolve(plan, prices=prices), day)))
        # A late one would wait out a notice, and a term holds the seat that came.
        if not sub.rules.notice_days and sub.term is None:
            steps += [
                (day, SetSeats(n + more, unit=unit, from_day=day))
                for unit, n in sub.seats.items()
                if not any(p.measured for p in plan.prices if p.unit == unit)
            ]
    return steps


def _billed(outcomes: list[Outcome]) -> list[tuple[object, ...]]:
    """Return the days and amounts of the invoices and their lines."""
    return [
        (i.issued_on, i.total, i.amount_due, [(n.item, n.amount) for n in i.lines])
        for outcome in outcomes
        for i in outcome.invoices
    ]


@law
def a_subscription_is_adopted_by_its_own_fields(history: History) -> Checks:
    """Hold that ``adopt`` with all that a subscription holds gives an equal one."""
    for sub in history.subscriptions:
        yield sub.changed_on, f"version {sub.version} adopted", adopted(sub), sub


@law
def values_travel(history: History) -> Checks:
    """Hold that what was pickled is equal, in hash and text too, and goes on alike."""
    for outcome in (history.opening, *history.outcomes):
        copy = pickle.loads(pickle.dumps(outcome))  # noqa: S301  # our own, just made
        day, place = outcome.on, "an outcome after a pickle"
        yield day, place, copy, outcome
        yield day, f"{place}: its hash", hash(copy), hash(outcome)
        yield day, f"{place}: its text", repr(copy), repr(outcome)
    opening = pickle.loads(pickle.dumps(history.opening))  # noqa: S301
    until, measured = history.until, history.measured
    again = bill(opening, history.entries, until=until, measured=measured)
    yield until, "the invoices after a pickle", again.invoices, history.invoices


@law
def the_world_around_does_not_matter(
    history: History, around: Callable[[], AbstractContextManager[Any]] = odd_decimals
) -> Checks:
    """Hold that answers are the same where nothing *around* is as usual."""
    with around():
        again = [repeated(history, sub, outcome) for sub, outcome in history.steps]
        found = repr(again)
    yield history.until, "the outcomes", found, repr([*history.outcomes])
