"""What can be asked for, and what it does.

Decisions: "a change's time", "pending changes", "several changes at once", "compound
change", "seats added", "seats removed".
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from counting import nominal_days, units

from . import alone, reductions, running, waiting
from .account import Account, Line, Offer, Slots, Step
from .calendar import (
    become,
    end_pause,
    end_trial,
    end_with_period,
    extend,
    finish,
    issue,
    move_billing_day,
    regrid,
    restart,
    thaw,
    walk,
)


def ask(account: Account, changes: Any, on: Any, timing: Any = None) -> None:
    """Do several things at once, netted into one invoice, in the order given.

    *timing* overrides the rules for all of them.
    """
    if _canceled_at_once(account, changes, timing):
        walk(account, on, before=True)
        account.now = on
        if end_with_period(account, changes[0]):
            return
    walk(account, on)
    account.now = on
    account.at_once = account.rules.settlement == "now"
    reductions.begin_day(account)
    for change in changes:
        ASKED[type(change).__name__](account, change, timing)
        if account.ended:
            return
    reductions.cut_reductions(account)
    if account.at_once or account.trial:  # in it only what is sold once
        issue(account)
    else:
        account.unbilled += account.lines
        account.lines = []


def _canceled_at_once(account: Account, changes: Any, by_hand: Any) -> bool:
    """Return whether it ends today, and nothing else is asked for."""
    names = [type(change).__name__ for change in changes]
    when = by_hand or account.rules.cancellation
    return names == ["Cancel"] and when in ("immediate", "forfeit")


def _timing(account: Account, direction: str, by_hand: Any) -> str:
    """Return when something takes effect; in a trial and in a pause at once."""
    if account.uncharged:
        return "immediate"
    return by_hand or getattr(account.rules, direction)


def _timing_alone(account: Account, add_on: Any, direction: str, by_hand: Any) -> str:
    """Return when; what has an interval of its own starts no period anew."""
    timing = _timing(account, direction, by_hand)
    alone = add_on.interval is not None and timing == "restart"
    return "immediate" if alone else timing


# Quantities.


def _price(account: Account, kind: str, key: str, n: int, *, money: bool) -> None:
    """Charge or give back what *n* more, or fewer, come to now."""
    if account.uncharged:
        return
    item = account.plan if kind == "seats" else account.shelf[key]
    if n > 0 and kind == "add_on" and item.interval is not None:
        alone.begin(account, item)
    before = account.level(kind, key)
    for tag in account.tags(item):
        if kind == "add_on" or tag.price.unit == key:
            if n > 0:
                running.more(account, item, tag, before, n, charged=money)
            else:
                running.fewer(account, item, tag, before, -n, credit=money)


def _more(account: Account, kind: str, key: str, n: int, timing: str, way: str):
    """Keep first what was to go, free of charge; buy the rest, now or at the end."""
    level, first, second = waiting.targets(account, kind, key)
    lowest = min(level, first, second)
    undone = min(n, level - lowest)
    later = n - undone if timing == "period_end" else 0
    bought = n - undone - later
    if bought and timing != "restart":
        _price(account, kind, key, bought, money=timing != "forfeit")
    account.put_level(kind, key, level + bought)
    at = waiting.slot(account, way, key) if later else 0
    raised = []
    for i, target in enumerate((first, second)):
        stay = min(target + n, level) if target < level else target
        raised.append(stay + bought + (later if i >= at else 0))
    waiting.put_targets(account, kind, key, *raised)
    if bought and timing == "restart":
        restart(account)


def _fewer(account: Account, kind: str, key: str, n: int, timing: str, way: str):
    """Let *n* go: what waits goes down with it (Settled 6), now or at the end."""
    level, first, second = waiting.targets(account, kind, key)
    if timing == "period_end":
        if not waiting.slot(account, way, key):
            first -= n
        waiting.put_targets(account, kind, key, first, second - n)
        return
    gone = min(n, level)  # beyond that it lowers what is to come (Settled 7)
    if gone and timing != "restart":
        credit = timing == "immediate" and account.rules.convention != "full"
        _price(account, kind, key, -gone, money=credit)
    account.put_level(kind, key, level - gone)
    waiting.put_targets(account, kind, key, max(first - n, 0), max(second - n, 0))
    if timing == "restart":
        restart(account)


def _add_seats(account: Account, change: Any, by_hand: Any) -> None:
    timing = _timing(account, "seats_added", by_hand)
    _more(account, "seats", change.unit, change.seats, timing, "seats_added")


def _remove_seats(account: Account, change: Any, by_hand: Any) -> None:
    timing = _timing(account, "seats_removed", by_hand)
    _fewer(account, "seats", change.unit, change.seats, timing, "seats_removed")


def _set_seats(account: Account, change: Any, by_hand: Any) -> None:
    """The number asked for is the number there is, as soon as the rules let it be."""
    unit, wanted = change.unit, change.seats
    if getattr(change, "from_day", None) is not None:
        _agree(account, unit, wanted, change.from_day)
        return
    level, first, second = waiting.targets(account, "seats", unit)
    adds = _timing(account, "seats_added", by_hand)
    removes = _timing(account, "seats_removed", by_hand)
    if wanted >= level:  # nothing goes; what lies above is bought, unless it comes
        first, second = max(first, level), max(second, level)
        if wanted > second:
            waiting.put_targets(account, "seats", unit, first, second)
            _more(account, "seats", unit, wanted - second, adds, "seats_added")
        else:
            first = min(first, wanted)
            waiting.put_targets(account, "seats", unit, first, wanted)
    elif removes == "period_end":  # too late to take back more than was in time
        late = waiting.slot(account, "seats_removed")
        first = max(min(first, level), wanted) if late else wanted
        waiting.put_targets(account, "seats", unit, first, wanted)
    else:
        waiting.put_targets(account, "seats", unit, level, level)
        _fewer(account, "seats", unit, level - wanted, removes, "seats_removed")


def _agree(account: Account, unit: str, wanted: int, day: Any) -> None:
    """Let a number wait for its day; fewer need notice for the next renewal alone."""
    next_one = day <= waiting.latest_end(account)
    fewer = wanted < account.level("seats", unit)
    late = waiting.slot(account, "seats_removed") if fewer and next_one else 0
    account.steps[unit, day] = Step(wanted, late)


def _add_add_on(account: Account, change: Any, by_hand: Any) -> None:
    add_on = change.add_on
    account.shelf[add_on.id] = add_on
    timing = _timing_alone(account, add_on, "add_on_added", by_hand)
    _more(account, "add_on", add_on.id, change.quantity, timing, "add_on_added")


def _remove_add_on(account: Account, change: Any, by_hand: Any) -> None:
    id = change.add_on.id
    timing = _timing_alone(account, change.add_on, "add_on_removed", by_hand)
    _fewer(account, "add_on", id, change.quantity, timing, "add_on_removed")


# Plans and intervals.


def _switch_plan(account: Account, change: Any, by_hand: Any) -> None:
    _switch(account, change.plan, change.interval, by_hand, dict(change.seats or {}))
    waiting.drop_unsold(account)


def _switch_interval(account: Account, change: Any, by_hand: Any) -> None:
    _switch(account, None, change.interval, by_hand)


def _way_of_plan(account: Account, plan: Any, named: dict[str, int]) -> str:
    """Return the direction: by rank, then by price; both equal is up (Settled 12)."""
    up = plan.rank - account.plan.rank
    if not up:
        seats = account.seats
        up = _monthly(account, plan, seats | named)
        up -= _monthly(account, account.plan, seats)
    return "upgrade" if up >= 0 else "downgrade"


def _monthly(account: Account, plan: Any, seats: dict[str, int]) -> Fraction:
    """Return what a plan costs in one interval at so many seats."""
    mine, account.plan = account.plan, plan
    tags = account.tags(plan)
    account.plan = mine
    totals = (tag.total(seats.get(tag.price.unit, 0)) for tag in tags)
    return sum(totals, Fraction(0))


def _switch(
    account: Account,
    plan: Any,
    interval: Any,
    by_hand: Any,
    named: dict[str, int] | None = None,
) -> None:
    """Have another plan, interval, or both, each by its own timing unless one
    restarts; asking for what is current withdraws what waits.

    Quantities that are *named* come with the plan; one that both plans sell changes as
    it would without one, where the plan comes today.
    """
    named = named or {}
    if plan == account.plan:
        plan, account.plans = None, Slots()
    if interval == account.interval:
        interval, account.intervals = None, Slots()
    if account.uncharged:  # it acts at once and charges nothing
        _own(account, named)
        if interval:
            if account.paused and (interval.days or account.interval.days):
                account.anchor = account.end  # a pause is left where it ends
            account.interval, account.intervals = interval, Slots()
        if plan:
            account.plans = Slots()
            become(account, plan, credit=False)
        return
    longer = interval and nominal_days(interval) > nominal_days(account.interval)
    plan_way = plan and _way_of_plan(account, plan, named)
    interval_way = "longer_interval" if longer else "shorter_interval"
    when_plan = plan and _timing(account, plan_way, by_hand)
    when_interval = interval and _timing(account, interval_way, by_hand)
    if "restart" in (when_plan, when_interval):
        _own(account, named)
        restart(account, plan, interval)
        return
    together = when_plan == when_interval == "immediate"
    if when_plan == "period_end":
        at = waiting.slot(account, plan_way)
        waiting.put(account.plans, at, plan)
        for unit, n in named.items():
            _, first, _ = waiting.targets(account, "seats", unit)
            waiting.put_targets(account, "seats", unit, first if at else n, n)
        named = {}
    elif plan:
        sold = units(account.plan, account.currency)
        new = {unit: n for unit, n in named.items() if unit not in sold}
        account.seats |= new
        named = {unit: n for unit, n in named.items() if unit in sold}
        account.plans = Slots()  # an immediate one of its kind drops it
        if not together:
            _replace_plan(account, plan, when_plan)
    if when_interval == "period_end":
        waiting.put(account.intervals, waiting.slot(account, interval_way), interval)
    elif interval:
        account.intervals = Slots()
        regrid(
            account,
            interval,
            plan if together else None,
            credit=_gives_back(account, when_interval),
            charged=when_interval != "forfeit",
        )
    for unit, n in named.items():
        if any(there != n for there in waiting.targets(account, "seats", unit)):
            _set_seats(account, SimpleNamespace(unit=unit, seats=n), by_hand)


def _own(account: Account, named: dict[str, int]) -> None:
    """Own what is named from today on: a full period opens with it."""
    for unit, n in named.items():
        account.levels.pop(("seats", unit), None)
        account.seats[unit] = n


def _gives_back(account: Account, timing: str) -> bool:
    """Return whether what is exchanged gives back unused time."""
    return timing != "forfeit" and account.rules.unused_time == "credited"


def _replace_plan(account: Account, plan: Any, timing: str) -> None:
    """Have another plan inside the period."""
    old, credit = account.plan.id, _gives_back(account, timing)
    running.close(account, lambda part: part.item == old, credit=credit)
    become(account, plan, credit=credit)
    charged = timing != "forfeit"
    running.open_item(account, plan, account.seats, charged=charged)


# The rest.


def _freeze(account: Account, _change: Any, _by_hand: Any) -> None:
    account.frozen_on = account.now


def _unfreeze(account: Account, _change: Any, _by_hand: Any) -> None:
    thaw(account)


def _extend(account: Account, change: Any, _by_hand: Any) -> None:
    extend(account, change.days)


def _move_billing_day(account: Account, change: Any, _by_hand: Any) -> None:
    move_billing_day(account, change.day)


def _end_trial(account: Account, _change: Any, _by_hand: Any) -> None:
    end_trial(account)


def _pause(account: Account, change: Any, _by_hand: Any) -> None:
    """Wait with the notice of a cancellation; one pause waits, whatever its number."""
    at = waiting.slot(account, "cancellation")
    if 0 in account.pauses.values:
        at = 0
    account.pauses = Slots({at: change.periods})


def _end_pause(account: Account, _change: Any, _by_hand: Any) -> None:
    account.pauses = Slots()
    if account.paused:
        end_pause(account)


def _cancel(account: Account, change: Any, by_hand: Any) -> None:
    """Wait for the end (in a trial for the trial's, Settled 8), or end today."""
    timing = by_hand or account.rules.cancellation
    if timing == "period_end":
        waiting.put(account.ends, waiting.slot(account, "cancellation"), change)
        return
    if account.frozen_on is not None:  # the paid days that were not used come back
        thaw(account)
    credit = timing == "immediate" and account.rules.convention != "full"
    running.close(account, lambda part: True, credit=credit)
    reductions.close_reductions(account, credit=credit)
    finish(account)


def _resume(account: Account, _change: Any, _by_hand: Any) -> None:
    account.ends = Slots()


def _withdraw(account: Account, change: Any, _by_hand: Any) -> None:
    waiting.withdraw(account, change.kind, change.from_day)
    waiting.drop_unsold(account)


def _reprice(account: Account, change: Any, _by_hand: Any) -> None:
    account.prices[change.plan.id, change.from_day] = change.plan


def _apply_discount(account: Account, change: Any, _by_hand: Any) -> None:
    account.offers.append(Offer(change.discount))


def _remove_discount(account: Account, change: Any, _by_hand: Any) -> None:
    account.offers = [o for o in account.offers if o.discount.id != change.id]


def _set_rates(account: Account, change: Any, _by_hand: Any) -> None:
    account.rates = tuple(rate.id for rate in change.rates)


def _buy_service(account: Account, change: Any, _by_hand: Any) -> None:
    amount = Fraction(change.service.price.minor_units * change.quantity)
    account.lines.append(Line(amount, account.now))


def _charge_fee(account: Account, change: Any, _by_hand: Any) -> None:
    account.lines.append(Line(Fraction(change.amount.minor_units), account.now))


def _record_note(account: Account, change: Any, _by_hand: Any) -> None:
    """Take of a first charge what a note on the first invoice took: it comes back once.

    Of what is not open any more nothing comes back anyway.
    """
    for each in change.charges:
        version, _, item, unit = each.charge_id.split(":")
        for part in account.first:
            if part in account.parts and (part.item, part.unit) == (item, unit):
                assert version == "1"
                part.paid -= each.amount.minor_units
    if account.reductions:
        account.unsaid = "which credit is cut where a note was beside an amount off"


def _touch_no_line(account: Account, _change: Any, _by_hand: Any) -> None:
    """Change no line: credit is on the balance, the recipient on the invoice."""


ASKED: dict[str, Callable[[Account, Any, Any], None]] = {
    "AddSeats": _add_seats,
    "RemoveSeats": _remove_seats,
    "SetSeats": _set_seats,
    "AddAddOn": _add_add_on,
    "RemoveAddOn": _remove_add_on,
    "SwitchPlan": _switch_plan,
    "SwitchInterval": _switch_interval,
    "Freeze": _freeze,
    "Unfreeze": _unfreeze,
    "Extend": _extend,
    "MoveBillingDay": _move_billing_day,
    "EndTrial": _end_trial,
    "Pause": _pause,
    "EndPause": _end_pause,
    "Cancel": _cancel,
    "Resume": _resume,
    "WithdrawPending": _withdraw,
    "Reprice": _reprice,
    "ApplyDiscount": _apply_discount,
    "RemoveDiscount": _remove_discount,
    "SetTaxRates": _set_rates,
    "BuyService": _buy_service,
    "ChargeFee": _charge_fee,
    "GrantCredit": _touch_no_line,
    "RecordCreditNote": _record_note,
    "SetRecipient": _touch_no_line,
}
