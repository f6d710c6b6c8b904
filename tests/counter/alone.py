"""Add-ons with an interval of their own: their periods begin, move, and end early.

Decisions: "Sell add-ons with an interval of their own".
"""

from __future__ import annotations

from typing import Any

from counting import DAY, next_monthly, period_around, period_end, stub_start

from . import running
from .account import Account, Own


def begin(account: Account, add_on: Any) -> None:
    """Let its own period begin, if it is in none."""
    if add_on.id not in account.own:
        account.own[add_on.id] = _period(account, add_on, None)


def _period(account: Account, add_on: Any, anchor: Any) -> Own:
    """Return the period that begins today: whole on a day of its grid, else a share."""
    interval, now = add_on.interval, account.now
    if add_on.anchored_on == "purchase":
        anchor = anchor or now
    grid = anchor or account.anchor
    if interval.months:
        start = stub_start(grid, now, interval)
        if start == now:
            return Own(start, period_end(grid, start, interval), anchor)
        return Own(start, next_monthly(grid, now), anchor)
    if anchor is None and account.interval.months:
        return Own(now, now + interval.days * DAY, anchor)
    return Own(*period_around(grid, interval, now), anchor)


def first_end(account: Account) -> Any:
    """Return when the first of them ends, if there is any."""
    return min((own.end for own in account.own.values()), default=None)


def end_due(account: Account, *, opens: bool = True) -> None:
    """End the periods that are over; what waits for their ends takes effect."""
    for id in [id for id, own in account.own.items() if own.end <= account.now]:
        account.parts = [part for part in account.parts if part.item != id]
        slots = account.levels.get(("add_on", id))
        if slots is not None:
            level = slots.pass_boundary()
            if not slots.values:
                del account.levels["add_on", id]
            if level is not None:
                account.put_level("add_on", id, level)
        if not opens:
            account.own.pop(id, None)
        elif id in account.own:  # the next one begins, of the same purchase
            add_on = account.add_ons[id][0]
            account.own[id] = _period(account, add_on, account.own[id].anchor)
            _open(account, id)


def open_new(account: Account) -> None:
    """Let those begin that are in no period: what is paid for has begun."""
    for id, (add_on, _) in account.add_ons.items():
        if add_on.interval is not None and id not in account.own:
            begin(account, add_on)
            _open(account, id)


def _open(account: Account, id: str) -> None:
    add_on, quantity = account.add_ons[id]
    levels = {tag.price.unit: quantity for tag in account.tags(add_on)}
    running.open_item(account, add_on, levels)


def stop(account: Account, *, credit: bool) -> None:
    """End them early; what remains comes back where it is said."""
    running.close(account, lambda part: part.item in account.own, credit=credit)
    account.own = {}


def thaw(account: Account, frozen: Any) -> None:
    """Move their periods; a purchase is counted from the new end."""
    for own in account.own.values():
        own.start, own.end = own.start + frozen, own.end + frozen
        if own.anchor is not None:
            own.anchor = own.end
