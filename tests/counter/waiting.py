"""What waits for the end of the period, and for the one after it.

Decisions: "pending changes", and what notice does to a late request.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from counting import DAY, units

from .account import Account, Slots


def latest_end(account: Account, key: str = "") -> Any:
    """Return the end of the period, or of an add-on's own.

    While frozen, as if it thawed at the latest (Settled 4).
    """
    end = account.own[key].end if key in account.own else account.end
    if account.frozen_on is None:
        return end
    return end + freeze_left(account)


def freeze_left(account: Account) -> dt.timedelta:
    """Return how long a freeze may be: all in one paid period together (Settled 11)."""
    return account.rules.max_freeze_days * DAY - account.frozen_time


def slot(account: Account, direction: str, key: str = "") -> int:
    """Return 0 where a request is in time, 1 where notice moves it a period on."""
    rules = account.rules
    if not rules.notice_days or direction in rules.notice_exempt or account.trial:
        return 0
    return int(account.now > latest_end(account, key) - rules.notice_days * DAY)


def put(slots: Slots, at: int, value: Any) -> None:
    """Let *value* wait: the newer one of its kind and boundary; a late one leaves
    one that is in time alone.
    """
    slots.values[at] = value


def targets(account: Account, kind: str, key: str) -> tuple[int, int, int]:
    """Return how many there are now, after the next boundary, and the one after."""
    level = account.level(kind, key)
    waiting = account.levels.get((kind, key), Slots()).values
    first = waiting.get(0, level)
    return level, first, waiting.get(1, first)


def put_targets(account: Account, kind: str, key: str, first: int, second: int) -> None:
    """Let quantities wait; what is the same as before needs no waiting."""
    level = account.level(kind, key)
    found = {}
    if first != level:
        found[0] = first
    if second != first:
        found[1] = second
    account.levels.pop((kind, key), None)
    if found:
        account.levels[kind, key] = Slots(found)


def drop_unsold(account: Account) -> None:
    """Let go what would have come with a plan that comes no more."""
    plans = (account.plan, *account.plans.values.values())
    sold = {unit for plan in plans for unit in units(plan, account.currency)}
    for kind, key in list(account.levels):
        if kind == "seats" and key not in sold:
            del account.levels[kind, key]
    account.steps = {key: n for key, n in account.steps.items() if key[0] in sold}
    drop_prices(account)


def drop_prices(account: Account) -> None:
    """Let go the prices of plans that neither run nor are to come."""
    plans = {account.plan.id, *[p.id for p in account.plans.values.values()]}
    kept = {key: value for key, value in account.prices.items() if key[0] in plans}
    account.prices = kept


def withdraw(account: Account, kind: str, day: Any = None) -> None:
    """Withdraw what waits of one kind, or what was agreed of it for one *day*."""
    if day is not None:
        steps: dict[Any, Any] = account.prices if kind == "price" else account.steps
        for key in [key for key in steps if key[1] == day]:
            del steps[key]
        return
    if kind == "seats":
        account.steps = {}
    if kind in ("seats", "add_on"):
        account.levels = {k: v for k, v in account.levels.items() if k[0] != kind}
    elif kind == "plan":
        account.plans = Slots()
    elif kind == "interval":
        account.intervals = Slots()
    elif kind == "cancellation":
        account.ends = Slots()
    elif kind == "pause":
        account.pauses = Slots()
    elif kind == "price":
        account.prices = {}
