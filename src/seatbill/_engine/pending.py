"""What waits for a renewal: kept by kind and boundary, replaced and withdrawn."""

from __future__ import annotations

from typing import Any

from .._values.checks import Time
from ..errors import LateNoticeError
from ..notices import Notice
from ..periods import ONE_DAY, boundary
from ..rules import ChangeKind, Direction
from ..subscriptions import PendingUpdate, SubscribedAddOn
from ..subscriptions.parts import trusted_pending
from .members import REFUSE, SEATS
from .state import Ledger


def defer(
    ledger: Ledger,
    kind: ChangeKind,
    key: str,
    value: Any,
    left: int,
    from_day: Time | None = None,
) -> PendingUpdate:
    """Let *value* wait for a renewal, in the place of what waited there before."""
    if ledger.pending:
        drop(ledger, kind, key, left)
    update = trusted_pending(kind, key, value, ledger.end, ledger.day, left, from_day)
    if left or from_day is not None:
        update = rewritten(update, applies_on=ledger.applies_on(update))
    ledger.pending.append(update)
    ledger.deferred.append((kind, key))
    return update


def wait(
    ledger: Ledger, kind: ChangeKind, key: str, value: Any, direction: Direction
) -> PendingUpdate:
    """Let *value* wait for the period's end, or for one later where notice is short.

    It takes the place of what was asked for before and would come later.  What waits
    for the end already needs no notice any more.
    """
    left = notice_given(ledger, direction)
    drop(ledger, kind, key, 1)
    for update in ledger.pending if left else ():
        if update.kind is kind and update.key == key and update.value == value:
            ledger.deferred.append((kind, key))
            return update
    update = defer(ledger, kind, key, value, left)
    tell_late(ledger, update)
    return update


def drop(
    ledger: Ledger, kind: ChangeKind, key: str | None = None, left: int | None = None
) -> bool:
    """Withdraw what waits of *kind*; return whether anything did."""
    if key is not None and all(
        left not in (None, update.periods_left)
        for update in ledger.waiting_for(kind, key)
    ):
        return False
    ledger.visit(len(ledger.pending))
    kept = []
    for update in ledger.pending:
        if (
            update.kind is kind
            and key in (None, update.key)
            and left in (None, update.periods_left)
        ):
            ledger.replaced.append(update)
        else:
            kept.append(update)
    found = len(kept) < len(ledger.pending)
    ledger.pending = kept
    return found


def rewritten(update: PendingUpdate, **fields: Any) -> PendingUpdate:
    """Return *update* with other *fields*."""
    values = {
        "kind": update.kind,
        "key": update.key,
        "value": update.value,
        "applies_on": update.applies_on,
        "requested_on": update.requested_on,
        "periods_left": update.periods_left,
        "from_day": update.from_day,
    }
    return trusted_pending(**{**values, **fields})


def notice_given(ledger: Ledger, direction: Direction) -> int:
    """Return 0 where a request is in time for the period's end, 1 where it is late.

    Source: TL-3; exactly the days of the rules before the end are in time.  Before a
    trial ends nobody is bound yet, and no notice is late.
    """
    rules = ledger.rules
    if not rules.notice_days or direction in rules.notice_exempt or ledger.trial:
        return 0
    end = ledger.latest_end
    last_day = boundary(end, ONE_DAY, -rules.notice_days)
    if ledger.day <= last_day:
        return 0
    if rules.late_notice is REFUSE:
        raise LateNoticeError(ledger.day, end, last_day, rules.notice_days)
    return 1


def tell_late(ledger: Ledger, update: PendingUpdate) -> None:
    """Say that *update* came too late for the running period's end."""
    if update.periods_left:
        values = (("boundary", ledger.latest_end), ("on", update.applies_on))
        ledger.notices.append(Notice("late_notice", values))


def put_level(
    ledger: Ledger, kind: ChangeKind, key: str, level: int, owned: Any = None
) -> None:
    """Set how many are owned; an add-on of none is gone."""
    if kind is SEATS:
        ledger.seats[key] = level
    elif level:
        ledger.add_ons[key] = SubscribedAddOn(owned.add_on, level)
    else:
        ledger.add_ons.pop(key, None)
