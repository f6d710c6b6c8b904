"""Find out by walking what a subscription can do: every change, in every state.

The library has no table of transitions; it has handlers, statuses and timings.  So the
pictures are not drawn from what somebody wrote down: each change is asked of each
state that can be reached, and what came of it is the table.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from samples import PRO, SAMPLES, START, openings, rules

from seatbill import (
    MONTHLY,
    Freeze,
    Member,
    Period,
    Subscription,
    Timing,
    Unfreeze,
    change,
    correct_recipient,
    renew,
    subscribe,
)
from seatbill.corrections import CorrectionState
from seatbill.errors import AlreadyDecidedError, SeatbillError
from seatbill.parties import Party
from seatbill.rules import ChangeKind
from seatbill.seats import MemberState
from seatbill.subscriptions import Outcome, PendingUpdate, Status

TIMINGS = (None, *Timing)
DEPTH = 2
CANCELED_LATER = "Cancel, at the period’s end"
_ENDS_PRICES = {"Reprice", "WithdrawPending", "Cancel"}


class Step(NamedTuple):
    """What came of one change in one state; where it was refused, *code* says why.

    *waited* and *waits* are the updates that wait before and after, and *replaced*
    what the change withdrew.
    """

    before: Status
    asked: str
    timing: Timing | None
    after: Status | None
    code: str = ""
    waited: frozenset[PendingUpdate] = frozenset()
    waits: frozenset[PendingUpdate] = frozenset()
    replaced: frozenset[PendingUpdate] = frozenset()


@cache
def steps() -> tuple[Step, ...]:
    """Return every step that was tried, from every state that was reached."""
    found: dict[Step, None] = {}  # in the order in which they were tried
    seen = set()
    waiting = [(sub, DEPTH) for _, sub in openings()]
    while waiting:
        sub, left = waiting.pop(0)
        if _state(sub) in seen:
            continue
        seen.add(_state(sub))
        for step, after in _tried(sub):
            found[step] = None
            if after is not None and left:
                waiting.append((after, left - 1))
    return tuple(found)


def _state(sub: Subscription) -> tuple[Any, ...]:
    """Return what a step can depend on here."""
    waits = frozenset((u.kind, u.key, u.periods_left) for u in sub.pending_updates)
    free = sub.rules.free_plan is not None
    return sub.status, free, waits, sub.plan.id, sub.interval, sub.ended_on is None


def _tried(sub: Subscription) -> Iterator[tuple[Step, Subscription | None]]:
    """Yield what comes of each change in each timing, and of the time going by."""
    runs = sub.status in {Status.ACTIVE, Status.TRIALING, Status.PAUSED}
    for kind, samples in SAMPLES.items():
        for asked, timing, day in product(samples, TIMINGS, _days(sub)):
            try:
                outcome = change(sub, asked, on=day, timing=timing)
            except SeatbillError as refusal:
                yield Step(sub.status, kind.__name__, timing, None, refusal.code), None
            else:
                yield _step(sub, kind.__name__, timing, outcome), outcome.subscription
    if runs or sub.status is Status.FROZEN:
        longest = sub.changed_on + dt.timedelta(sub.rules.max_freeze_days)
        outcome = renew(sub, on=sub.current_period.end if runs else longest)
        yield _step(sub, _why(sub), None, outcome), outcome.subscription


def _days(sub: Subscription) -> tuple[dt.date, ...]:
    """Return a day in time for what waits for the period's end, and one too late."""
    day = sub.changed_on + dt.timedelta(1)
    if sub.status not in {Status.ACTIVE, Status.TRIALING}:
        return (day,)
    late = sub.current_period.end - dt.timedelta(2)
    return tuple(d for d in (day, max(day, late)) if d < sub.current_period.end)


def _step(
    sub: Subscription, asked: str, timing: Timing | None, outcome: Outcome
) -> Step:
    """Return what *outcome* made of *sub*."""
    after = outcome.subscription
    updates = (sub.pending_updates, after.pending_updates, outcome.replaced)
    return Step(
        sub.status, asked, timing, after.status, "", *(frozenset(u) for u in updates)
    )


def _why(sub: Subscription) -> str:
    """Return what happens by itself when the time goes by."""
    if sub.status is Status.FROZEN:
        return "the longest freeze is over"
    for update in sub.pending_updates:
        if update.kind is ChangeKind.CANCELLATION and not update.periods_left:
            return CANCELED_LATER
    named = {Status.TRIALING: "the trial ends", Status.PAUSED: "the pause ends"}
    return named.get(sub.status, "the period ends")


# What the pictures ask.


def transitions() -> dict[tuple[Status, Status], frozenset[str]]:
    """Return what leads from one status to another."""
    found: dict[tuple[Status, Status], set[str]] = {}
    for step in steps():
        if step.after not in {None, step.before}:
            asked = step.asked
            if asked == "Cancel":
                asked = "Cancel, at once"
            found.setdefault((step.before, step.after), set()).add(asked)
    return {way: frozenset(causes) for way, causes in found.items()}


def ways_in() -> dict[Status, frozenset[str]]:
    """Return how a subscription begins, by the status in which it does."""
    found: dict[Status, set[str]] = {}
    for name, sub in openings():
        found.setdefault(sub.status, set()).add(name)
    return {status: frozenset(names) for status, names in found.items()}


def answers() -> dict[tuple[str, Status], frozenset[str]]:
    """Return the codes that each change met in each status; "" where it was taken."""
    found: dict[tuple[str, Status], set[str]] = {}
    for step in steps():
        found.setdefault((step.asked, step.before), set()).add(step.code)
    return {asked: frozenset(codes) for asked, codes in found.items()}


def waiting() -> dict[tuple[str, str], frozenset[str]]:
    """Return what leads an update from one place to another: see :func:`_moves`."""
    found: dict[tuple[str, str], set[str]] = {}
    for step in steps():
        for way, cause, _ in _moves(step):
            found.setdefault(way, set()).add(cause)
    return {way: frozenset(causes) for way, causes in found.items()}


def kept_by_kind() -> dict[ChangeKind, tuple[frozenset[str], frozenset[str]]]:
    """Return for each kind what makes it wait, and what withdraws it before its day."""
    puts: dict[ChangeKind, set[str]] = {kind: set() for kind in ChangeKind}
    drops: dict[ChangeKind, set[str]] = {kind: set() for kind in ChangeKind}
    for step in steps():
        for (start, end), cause, kind in _moves(step):
            if start == "nothing":
                puts[kind].add(step.asked)
            elif end == "nothing":
                drops[kind].add(cause)
    return {k: (frozenset(puts[k]), frozenset(drops[k])) for k in ChangeKind}


def _moves(step: Step) -> Iterator[tuple[tuple[str, str], str, ChangeKind]]:
    """Yield where each update went, why, and its kind.

    The places are *nothing*, *waits* for the running period's end, *later* for the
    one after, and *applied*.
    """
    by_itself = step.asked not in {kind.__name__ for kind in SAMPLES}
    before = {(u.kind, u.key, u.periods_left): u for u in step.waited}
    after = {(u.kind, u.key, u.periods_left): u for u in step.waits}
    new = dict(after)
    for place, update in before.items():
        kind = update.kind
        new.pop(place, None)
        nearer = after.get((kind, update.key, 0))
        if update in step.replaced:
            way = (_place(update), _place(update) if place in after else "nothing")
            asked = "Cancel" if step.asked == CANCELED_LATER else step.asked
            if kind is ChangeKind.PRICE and asked not in _ENDS_PRICES:
                asked = "SwitchPlan"  # its plan was left, today or as this took effect
            yield way, "asked again" if place in after else asked, kind
        elif place in after:
            continue
        elif nearer is not None:  # a period has gone by
            new.pop((kind, update.key, 0), None)
            yield (_place(update), "waits"), "the period ends", kind
        else:
            cause = "the period ends" if by_itself else "a new period starts at once"
            yield (_place(update), "applied"), cause, kind
    for update in new.values():
        if not by_itself:
            in_time = "asked too late" if update.periods_left else "asked in time"
            yield ("nothing", _place(update)), in_time, update.kind


def _place(update: PendingUpdate | None) -> str:
    """Return where *update* waits."""
    if update is None:
        return "nothing"
    return "later" if update.periods_left else "waits"


# People on seats, and corrections of a recipient.

JOINS, LAPSES, LEAVES, DAYS = 2, 6, 9, 12


def seat_days() -> dict[MemberState, tuple[bool, ...]]:
    """Return by state and day whether a person takes a seat.

    The person joins on day 2, an invitation lapses on day 6, and day 9 is the first
    without them.
    """
    joined_on, expires_on, left_on = (
        START + dt.timedelta(n) for n in (JOINS, LAPSES, LEAVES)
    )
    found = {}
    for state in MemberState:
        member = Member(
            "ada",
            state=state,
            joined_on=joined_on,
            expires_on=expires_on,
            left_on=left_on,
        )
        days = [START + dt.timedelta(n) for n in range(DAYS)]
        found[state] = tuple(member.occupies(day) for day in days)
    return found


def corrections() -> dict[tuple[CorrectionState, CorrectionState], frozenset[str]]:
    """Return what leads from one state of a correction to another."""
    opened = subscribe(
        PRO,
        id="acme",
        interval=MONTHLY,
        seats=5,
        on=START,
        rules=rules(free=False),
        recipient=Party(name="Acme"),
    )
    request = correct_recipient(
        opened.invoices[0], Party(name="Acme SE"), use_from_now_on=True
    )
    found: dict[tuple[CorrectionState, CorrectionState], frozenset[str]] = {}
    reached = [request]
    for before in reached:
        for decide in (before.accept, before.reject):
            with contextlib.suppress(AlreadyDecidedError):
                after = decide(on=START)
                reached.append(after)
                found[before.state, after.state] = frozenset({decide.__name__})
    return found


def freeze() -> tuple[Period, Period, dt.date, dt.date]:
    """Return a period before a freeze of ten days and after it, and the freeze."""
    first, last = START + dt.timedelta(9), START + dt.timedelta(19)
    sub = next(openings())[1]
    frozen = change(sub, Freeze(), on=first).subscription
    thawed = change(frozen, Unfreeze(), on=last).subscription
    return sub.current_period, thawed.current_period, first, last


def taken_while_frozen() -> frozenset[str]:
    """Return the changes that a frozen subscription takes."""
    found = answers()
    names = [kind.__name__ for kind in SAMPLES]
    return frozenset(name for name in names if "" in found[name, Status.FROZEN])
