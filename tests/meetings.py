"""Histories in which features meet on purpose: in one call, on one day, in one period.

A meeting names what comes together; each feature brings the steps that use it, and
bends the rules or the price list where it needs to.  What is left open is drawn.  The
steps of all features are shuffled into each other, mostly on one day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from meeting_contracts import alone, gifts, ramp
from meeting_features import (
    Step,
    Steps,
    add_on,
    an_end,
    any_price,
    any_timing,
    arrears,
    base_fee,
    big_removal,
    billing_day_moved,
    by_hand,
    carried,
    conventions,
    end_later,
    equals,
    fixed,
    forfeit,
    freeze,
    full,
    given,
    instants,
    interval,
    kept,
    later_bill,
    many_rounds,
    monthly_bill,
    new_prices,
    noted,
    notice,
    once,
    one_period,
    opposite,
    pause,
    percent,
    quantities,
    rate,
    restarts,
    roundings,
    tiers,
    trial,
    trial_ended,
    two_more,
    upgrade,
    withdrawn,
)
from meeting_world import VAT, World
from seatbill import (
    BillingRules,
    Convention,
)

MEETINGS: Final[dict[str, tuple[Callable[[World], Steps], ...]]] = {
    "a rate came and went under tiers": (tiers, rate, quantities, big_removal),
    "rates, tiers and the end": (tiers, rate, quantities, an_end),
    "a percentage came and went": (percent, quantities, big_removal),
    "a percentage, a rate and tiers": (tiers, percent, rate, quantities),
    "tiers, one way of which is forfeited": (tiers, forfeit, many_rounds),
    "tiers under FULL, there and back": (tiers, full, many_rounds),
    "a short discount and what charges nothing": (one_period, forfeit, upgrade),
    "a short discount and any timing": (one_period, any_timing, upgrade, quantities),
    "a short discount and a later bill": (one_period, later_bill, quantities),
    "an amount off and opposite changes": (fixed, opposite, quantities),
    "an amount off and many rounds": (fixed, many_rounds),
    "an amount off, tiers, opposite changes": (fixed, tiers, opposite, quantities),
    "an amount off and any convention": (fixed, tiers, conventions, quantities),
    "an amount off, plans and add-ons": (fixed, upgrade, add_on, quantities),
    "an amount off and the end": (fixed, quantities, an_end),
    "an amount off and another interval": (fixed, interval, quantities),
    "an amount off and a restart": (fixed, restarts, upgrade, quantities),
    "both kinds of discount": (fixed, percent, quantities, an_end),
    "notice and three numbers": (notice,),
    "notice, plans and the end": (notice, upgrade, end_later),
    "notice and a freeze": (notice, freeze),
    "a monthly bill and a freeze": (monthly_bill, freeze, quantities),
    "a later bill and the end": (later_bill, quantities, an_end),
    "freezes in one period": (freeze, quantities, an_end),
    "a freeze and discounts": (freeze, fixed, percent, quantities),
    "a trial, discounts and the end": (trial, fixed, percent, quantities, end_later),
    "a trial that ends by hand": (
        trial_ended,
        fixed,
        percent,
        quantities,
        upgrade,
    ),
    "days given": (given, fixed, percent, quantities, an_end),
    "days given and a freeze": (given, freeze, quantities),
    "days given, plans and intervals": (given, any_timing, upgrade, interval),
    "days given in arrears": (given, arrears, tiers, rate, quantities),
    "a billing day": (billing_day_moved, fixed, percent, quantities, an_end),
    "a billing day and a freeze": (billing_day_moved, freeze, quantities),
    "a billing day and days given": (billing_day_moved, given, quantities),
    "a billing day and intervals": (billing_day_moved, any_timing, upgrade, interval),
    "a billing day in arrears": (billing_day_moved, arrears, tiers, rate, quantities),
    "a billing day in a trial": (trial, billing_day_moved, trial_ended, notice),
    "a billing day at a second": (billing_day_moved, instants, later_bill, quantities),
    "days given in a trial": (trial_ended, given, notice),
    "days given to the second": (given, instants, later_bill, quantities, an_end),
    "a pause": (pause, fixed, percent, quantities, an_end),
    "a pause by hand and by the calendar": (pause, quantities),
    "a pause in arrears": (pause, arrears, tiers, rate, quantities),
    "a pause, plans and intervals": (pause, any_timing, upgrade, interval),
    "a pause and notice": (pause, notice, new_prices),
    "a pause, notice and the end": (pause, notice, upgrade, end_later),
    "a pause and a trial": (trial_ended, pause, given, quantities),
    "a pause and a billing day": (pause, billing_day_moved, interval, quantities),
    "a pause, a freeze and days given": (pause, freeze, given, quantities),
    "a pause and a later bill": (pause, later_bill, once, add_on, quantities),
    "a pause and one invoice": (pause, one_period, two_more, quantities),
    "a pause at a second": (pause, instants, later_bill, quantities, an_end),
    "kept time": (kept, any_timing, upgrade, interval, quantities),
    "FULL and what a plan drops": (full, upgrade, add_on, quantities),
    "arrears and discounts": (arrears, percent, quantities, upgrade),
    "arrears under tiers": (arrears, tiers, rate, quantities, an_end),
    "a base fee": (base_fee, fixed, upgrade, quantities, an_end),
    "another interval": (any_price, interval, percent, quantities),
    "timings by hand": (by_hand, any_price, upgrade, add_on, quantities),
    "instants": (instants, fixed, upgrade, freeze, quantities),
    "what waits is withdrawn": (withdrawn, upgrade, add_on, quantities),
    "new prices": (new_prices, tiers, percent, quantities),
    "plans of one rank": (equals, fixed, quantities),
    "plans that carry seats": (carried, any_timing, quantities, fixed),
    "plans that carry seats, late": (carried, notice, quantities, withdrawn),
    "plans that carry seats in a trial": (carried, trial, interval, quantities),
    "plans that carry seats under tiers": (carried, tiers, percent, by_hand),
    "several discounts": (two_more, percent, fixed, opposite, quantities),
    "notes and what comes back": (noted, quantities, an_end),
    "notes, tiers and rates": (noted, tiers, rate, quantities, an_end),
    "notes, plans and add-ons": (noted, upgrade, add_on, percent, quantities),
    "notes and restarts": (noted, restarts, upgrade, interval, quantities),
    "notes, a freeze and a later bill": (noted, freeze, later_bill, quantities, an_end),
    "gifts, fees and the end": (once, later_bill, quantities, an_end),
    "credit in lots and seats": (gifts, opposite, quantities, an_end),
    "credit in lots and plans": (gifts, restarts, upgrade, quantities, an_end),
    "credit in lots and a later bill": (gifts, later_bill, once, quantities, an_end),
    "credit in lots and what is taken off": (gifts, fixed, percent, quantities),
    "credit in lots in arrears": (gifts, arrears, tiers, rate, quantities, an_end),
    "credit in lots and pauses": (gifts, pause, once, quantities, end_later),
    "credit in lots and freezes": (gifts, freeze, quantities, an_end),
    "credit in lots and a trial": (gifts, trial_ended, given, once, an_end),
    "credit in lots and intervals": (gifts, interval, later_bill, quantities),
    "credit in lots at a second": (gifts, instants, quantities, an_end),
    "a ramp": (ramp, quantities),
    "a ramp, discounts and the end": (ramp, fixed, percent, quantities, an_end),
    "a ramp and notice": (ramp, notice),
    "a ramp, plans and intervals": (ramp, any_timing, upgrade, interval),
    "a ramp and plans that carry seats": (ramp, carried, any_timing, quantities),
    "a ramp under tiers in arrears": (ramp, tiers, arrears, rate, quantities),
    "a ramp, a trial and days given": (ramp, trial_ended, given, quantities),
    "a ramp, a freeze and a billing day": (ramp, freeze, billing_day_moved),
    "a ramp and pauses": (ramp, pause, quantities, withdrawn),
    "a ramp at a second": (ramp, instants, later_bill, quantities),
    "an interval of its own": (alone, quantities, an_end),
    "an interval of its own and discounts": (alone, fixed, percent, quantities),
    "an interval of its own and a percentage": (alone, percent, quantities),
    "an interval of its own and an amount off": (alone, fixed, quantities),
    "an interval of its own and plans": (alone, any_timing, upgrade, interval),
    "an interval of its own and notice": (alone, notice, end_later),
    "an interval of its own and a later bill": (alone, later_bill, once, quantities),
    "an interval of its own and a freeze": (alone, freeze, given, an_end),
    "an interval of its own and a billing day": (alone, billing_day_moved, restarts),
    "an interval of its own and pauses": (alone, pause, trial_ended),
    "an interval of its own by any share": (alone, conventions, forfeit, an_end),
    "roundings": (roundings, any_price, quantities, upgrade, an_end),
    "roundings and discounts": (roundings, fixed, percent, quantities, opposite),
}

EVERYTHING: Final = (
    tiers,
    any_price,
    rate,
    percent,
    one_period,
    fixed,
    opposite,
    upgrade,
    interval,
    add_on,
    freeze,
    notice,
    later_bill,
    forfeit,
    any_timing,
    kept,
    restarts,
    conventions,
    roundings,
    trial,
    trial_ended,
    given,
    pause,
    gifts,
    ramp,
    an_end,
    end_later,
    once,
    by_hand,
    instants,
    withdrawn,
    new_prices,
    equals,
    two_more,
)


@dataclass(frozen=True)
class Meeting:
    """An opening and what is asked for: days, changes and a timing, in order."""

    opening: dict[str, Any]
    entries: tuple[tuple[Any, tuple[Any, ...], Any], ...]
    until: Any


@st.composite
def meetings(draw: Any, features: Any = None) -> Meeting:
    """Return a strategy for histories in which *features* meet, else any three."""
    world = World(draw)
    if features is None:
        some = draw(st.permutations(EVERYTHING))[: world.pick(2, 3, 4)]
        features = (*some, quantities)
    brought = [feature(world) for feature in features]
    world.build()
    day = on = world.day(world.pick(0, 0, 0, 10))
    opening = _opening(world, on)
    entries: list[tuple[Any, tuple[Any, ...], Any]] = []
    for step in _shuffled(world, [steps() for steps in brought]):
        day += dt.timedelta(world.pick(*world.waits))
        if world.hours:
            day += dt.timedelta(hours=world.pick(*world.hours))
        timing = world.pick(*world.timings) if len(world.timings) > 1 else None
        if step[0] == "then":
            entries += [(day, (change,), timing) for change in step[1:]]
        elif entries and entries[-1][0] == day and world.pick(True, False, False):
            entries[-1] = day, (*entries[-1][1], *step), timing  # in one call
        else:
            entries.append((day, step, timing))
    until = day + dt.timedelta(world.pick(0, 31, 62, 93))
    return Meeting(opening, tuple(entries), until)


def _opening(world: World, on: Any) -> dict[str, Any]:
    """Return the arguments of ``subscribe``."""
    rules = dict(world.rules)
    if rules.get("convention") is Convention.THIRTY_360:
        rules.pop("max_freeze_days", None)  # refused together
    trial = dt.timedelta(world.trial_days)
    return {
        "plan": world.plans["basic"],
        "id": "met",
        "interval": world.pick(*world.intervals),
        "currency": world.currency,
        "seats": world.pick(10, 10, 5, 12, 0),
        "on": on,
        "rules": BillingRules(**rules),
        "anchor": None if trial else world.day(0),
        "discounts": tuple(world.discounts),
        "tax_rates": world.pick((), (), (), VAT),
        "credit": tuple(world.credit),
        "trial_end": on + trial if trial else None,
    }


def _shuffled(world: World, lists: list[list[Step]]) -> list[Step]:
    """Return all steps, those of each feature in their order, what is last at last."""
    found = []
    last = [step[1:] for steps in lists for step in steps if step[0] == "last"]
    lists = [[step for step in steps if step[0] != "last"] for steps in lists]
    while left := [steps for steps in lists if steps]:
        found.append(world.pick(*left).pop(0) if len(left) > 1 else left[0].pop(0))
    return found + last
