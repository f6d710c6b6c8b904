"""Boundaries, freezes, settlements, the end: what happens by the calendar alone.

Decisions: "the grid", "a restart", "when it is billed", "freeze", "trial", "the end",
and the pause of "Freezes, pauses and trials".
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from counting import (
    DAY,
    SMALLEST,
    first_such,
    last_monthly,
    next_monthly,
    period_around,
    period_end,
    stub_start,
    units,
)

from . import alone, reductions, running, waiting
from .account import Account, Offer, Slots


def opened(
    *,
    plan,
    interval,
    seats,
    on,
    rules,
    currency,
    anchor=None,
    trial_end=None,
    add_ons=(),
    discounts=(),
    tax_rates=(),
    **_,
) -> Account:
    """Return the account after ``subscribe`` with these arguments."""
    account = Account(
        plan=plan,
        interval=interval,
        rules=rules,
        currency=currency,
        now=on,
        anchor=anchor or trial_end or on,
        seats=dict(seats),
        add_ons={add_on.id: (add_on, n) for add_on, n in add_ons},
        shelf={add_on.id: add_on for add_on, _ in add_ons},
        offers=[Offer(discount) for discount in discounts],
        rates=tuple(rate.id for rate in tax_rates),
    )
    if trial_end is not None:  # no invoice before it ends
        account.trial = True
        account.start, account.end = on, trial_end
    else:
        account.start, account.end = period_around(account.anchor, interval, on)
        begin_period(account)
        issue(account)
        account.first = tuple(account.parts)
    return account


def begin_period(account: Account) -> None:
    """Open everything for the period, then what is taken off it."""
    first = len(account.lines)
    account.parts, account.reductions = _alone(account), []
    account.lost, account.regridded = Fraction(0), False
    account.opening = True
    running.open_all(account)
    account.opening = False
    reductions.open_reductions(account, first)
    alone.open_new(account)


def _alone(account: Account) -> list[Any]:
    """Return the parts that are in a period of their own."""
    return [part for part in account.parts if part.item in account.own]


def _is_shared(account: Account) -> Any:
    """Return what tells the parts that share the plan's period."""
    return lambda part: part.item not in account.own


def walk(account: Account, until: Any, *, before: bool = False) -> None:
    """Do what is due through *until*, one event after the other.

    With *before* not the renewal of that day itself.
    """
    while not account.ended:
        at, event = _next(account)
        if at > until or (before and at == until and event is roll):
            return
        account.now = at
        event(account)


def end_with_period(account: Account, change: Any) -> bool:
    """End it at the boundary of today, if there is one: no renewal has run yet."""
    at, event = _next(account)
    if event is not roll or at != account.now or 0 in account.ends.values:
        return False
    account.ends = Slots({0: change})
    roll(account)
    return True


def _next(account: Account) -> tuple[Any, Any]:
    """Return what comes next by the calendar, and when."""
    if account.frozen_on is not None:  # after the longest freeze it thaws by itself
        return account.frozen_on + waiting.freeze_left(account), thaw
    monthly = account.rules.settlement == "monthly" and not account.trial
    if monthly and account.unbilled:
        since = account.unbilled[0].start
        if account.thawed_on is not None:  # the grid is that of the thaw
            since = max(since, account.thawed_on)
        at = next_monthly(account.anchor, since)
        first = alone.first_end(account)
        if at < account.end and (first is None or at < first):
            return max(at, account.now), issue
    first = alone.first_end(account)
    if first is not None and first < account.end:
        return first, renew_alone
    return account.end, roll


def renew_alone(account: Account) -> None:
    """Renew add-ons by themselves; the invoice takes along what waits."""
    alone.end_due(account)
    if account.lines:
        issue(account)


def roll(account: Account) -> None:
    """Go over the end of the period: what waits takes effect, a new one opens."""
    account.rolled.append(account.now)
    for part in account.parts:
        running.cut(account, part)
    if account.ends.pass_boundary() is not None:
        finish(account)
        return
    old, new = account.interval, account.intervals.pass_boundary() or account.interval
    if account.trial:
        account.trial = False
        account.start, account.end = period_around(account.anchor, new, account.now)
    else:
        if bool(new.days) != bool(old.days) or (new.days and new != old):
            account.anchor = account.now
        account.start = stub_start(account.anchor, account.now, new)
        account.end = period_end(account.anchor, account.start, new)
    account.interval, account.frozen_time, account.thawed_on = new, 0 * DAY, None
    account.given = 0 * DAY
    periods = account.pauses.pass_boundary()
    if periods:
        account.start = account.now
        for _ in range(periods - 1):
            account.end = period_end(account.anchor, account.end, new)
    take_what_waits(account)
    open_after(account, paused=bool(periods))
    bill_what_ran(account)
    issue(account)


def open_after(account: Account, *, paused: bool = False) -> None:
    """Count the period that is over, unless it was a pause, and begin the next one.

    Nothing opens in a pause.
    """
    if not account.paused:
        reductions.count_period(account)
    alone.end_due(account, opens=not paused)
    account.paused = paused
    if paused:
        alone.stop(account, credit=account.rules.convention != "full")
        account.parts, account.reductions = [], []
        account.lost, account.regridded = Fraction(0), False
    else:
        begin_period(account)


def take_what_waits(account: Account) -> None:
    """Let what waits for a boundary take effect, plan and prices first."""
    account.parts = _alone(account)
    plan = account.plans.pass_boundary()
    if plan is not None:
        become(account, plan, credit=False, boundary=True)
    due = sorted(day for _, day in account.prices if day <= account.now)
    for key in [(account.plan.id, day) for day in due]:
        if key in account.prices:
            become(account, account.prices.pop(key), credit=False, boundary=True)
    for (kind, key), slots in list(account.levels.items()):
        if key in account.own and kind == "add_on":
            continue  # it waits for the end of a period of its own
        level = slots.pass_boundary()
        if level is not None:
            account.put_level(kind, key, level)
        if not slots.values:
            del account.levels[kind, key]
    take_steps(account)
    drop_add_ons(account, credit=False, boundary=True)


def take_steps(account: Account) -> None:
    """Own the numbers that were agreed for a day that has come, the later one last."""
    for unit, day in sorted(account.steps, key=lambda key: key[1]):
        if day > account.now:
            continue
        if account.steps[unit, day].late:
            account.steps[unit, day].late -= 1
            continue
        step = account.steps.pop((unit, day))
        if unit in account.seats:
            account.seats[unit] = step.level


def become(
    account: Account, plan: Any, *, credit: bool, boundary: bool = False
) -> None:
    """Have another plan; what it does not sell or carry ends with the old one.

    Under FULL that is a removal: nothing comes back (Settled 5).
    """
    account.plan = plan
    sold = units(plan, account.currency)
    for unit in [unit for unit in account.seats if unit not in sold]:
        del account.seats[unit]
        account.levels.pop(("seats", unit), None)
    waiting.drop_prices(account)
    gives = credit and account.rules.convention != "full"
    drop_add_ons(account, credit=gives, boundary=boundary)


def drop_add_ons(account: Account, *, credit: bool, boundary: bool = False) -> None:
    """End the add-ons whose plan is not there any more.

    At a boundary of the plan what remains of a period of their own comes back.
    """
    own = account.rules.convention != "full" if boundary else credit
    for id, (add_on, _) in list(account.add_ons.items()):
        if add_on.requires_plans and account.plan.id not in add_on.requires_plans:
            gives = own if id in account.own else credit
            running.close(account, lambda p, id=id: p.item == id, credit=gives)
            account.put_level("add_on", id, 0)
            account.levels.pop(("add_on", id), None)


def restart(account: Account, plan: Any = None, interval: Any = None) -> None:
    """End the period today; a full one begins, which is the new anchor.

    Unused time comes back, but not under FULL, nor where it is kept (Settled 10).
    What waited for the period's end takes effect with it.
    """
    rules = account.rules
    credit = rules.convention != "full" and rules.unused_time == "credited"
    running.close(account, _is_shared(account), credit=credit)
    reductions.close_reductions(account, credit=credit)
    if plan is not None:
        account.plans = Slots()
    if interval is not None:
        account.intervals = Slots()
    account.interval = interval or account.intervals.pass_boundary() or account.interval
    take_what_waits(account)
    if plan is not None:
        become(account, plan, credit=False, boundary=True)
    reductions.count_period(account)
    account.anchor = account.start = account.now
    account.end = period_end(account.anchor, account.start, account.interval)
    account.frozen_time, account.thawed_on = 0 * DAY, None
    account.given = 0 * DAY
    begin_period(account)
    bill_what_ran(account)
    account.at_once = True


def regrid(account: Account, interval: Any, plan: Any, *, credit: bool, charged: bool):
    """Have another interval from the last boundary on: the grid stays.

    For discounts the period goes on, as with an upgrade (Settled 3).
    """
    running.close(account, _is_shared(account), credit=credit)
    if interval.months and account.interval.months:
        account.start = last_monthly(account.anchor, account.now)
        account.end = period_end(account.anchor, account.start, interval)
    else:
        account.anchor = account.start
        account.start, account.end = period_around(
            account.anchor, interval, account.now
        )
    account.interval, account.regridded = interval, True
    account.given = 0 * DAY  # they were days of the period that ended
    if plan is not None:
        become(account, plan, credit=credit)
    running.open_all(account, charged=charged)


def extend(account: Account, days: int) -> None:
    """Let the period or the trial end later; the anchor goes where its end goes."""
    if not account.trial:
        account.given += days * DAY
        account.thawed_on = account.now  # the grid is another from here on
    stays = account.trial or _is_moved(account)
    if not stays or account.anchor == account.end:
        account.anchor = account.end + days * DAY
    account.end += days * DAY


def end_trial(account: Account) -> None:
    """End the trial today: the anchor moves with its end, unless one was given."""
    if account.anchor == account.end:
        account.anchor = account.now
    account.trial, account.at_once = False, True
    account.interval = account.intervals.pass_boundary() or account.interval
    account.start, account.end = period_around(
        account.anchor, account.interval, account.now
    )
    take_what_waits(account)
    reductions.count_period(account)
    begin_period(account)


def end_pause(account: Account) -> None:
    """End the pause today: the grid stays, and the rest of its period is charged.

    Its periods are stepped back from the pause's end by whole intervals.  What waited
    for that end takes effect with it.
    """
    old, new = account.interval, account.intervals.pass_boundary() or account.interval
    end = account.end
    if bool(new.days) != bool(old.days) or (new.days and new != old):
        account.anchor = account.start = account.now
        account.end = period_end(account.now, account.now, new)
    elif new.days:
        while end - new.days * DAY > account.now:
            end -= new.days * DAY
        account.start, account.end = end - new.days * DAY, end
    elif _is_moved(account):
        account.start, account.end = period_around(account.anchor, new, account.now)
    else:
        start = end
        while start > account.now:
            account.end = start
            for _ in range(new.months):
                start = last_monthly(account.anchor, start - SMALLEST[type(start)])
        account.start = start
    account.interval, account.frozen_time, account.thawed_on = new, 0 * DAY, None
    account.given, account.at_once = 0 * DAY, True
    take_what_waits(account)
    open_after(account)


def move_billing_day(account: Account, day: int) -> None:
    """Have the grid of the first such day from the period's end on."""
    account.anchor = first_such(account.end, day)


def _is_moved(account: Account) -> bool:
    """Return whether the period ends beside the grid: a stub follows."""
    at, interval = account.end, account.interval
    return stub_start(account.anchor, at, interval) != at


def thaw(account: Account) -> None:
    """Go on where it stopped: the period moves, and its end is the anchor."""
    frozen = account.now - account.frozen_on
    account.frozen_on = None
    if not frozen:  # a freeze of no days changes nothing (Settled 14)
        return
    moved = not account.trial and _is_moved(account)
    account.frozen_time += frozen
    account.thawed_on = account.now
    account.start += frozen
    account.end += frozen
    if not moved:
        account.anchor = account.end
    for part in account.parts:
        part.since += frozen
    alone.thaw(account, frozen)


def issue(account: Account) -> None:
    """Make an invoice of all lines that there are; what runs waits for the end."""
    lines = account.unbilled + account.lines
    account.unbilled, account.lines = [], []
    if lines:
        account.invoices.append((account.now, lines))
        reductions.issued(account, lines)


def bill_what_ran(account: Account) -> None:
    """Put what ran in arrears on the invoice: the period is over."""
    account.lines = account.ran + account.lines
    account.ran = []


def finish(account: Account) -> None:
    """Go no further: what waits is invoiced on the last day."""
    alone.stop(account, credit=account.rules.convention != "full")
    bill_what_ran(account)
    issue(account)
    account.ended = True
    account.parts, account.reductions, account.offers = [], [], []
    account.levels, account.add_ons = {}, {}
