"""Histories of what most do: seats, plans, intervals, and now and then more.

What is open is drawn: the rules, the taxes, a trial, an anchor before the first day.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from hypothesis import strategies as st

from meetings import Meeting
from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddSeats,
    BillingRules,
    Cancel,
    GrantCredit,
    Interval,
    Money,
    RemoveSeats,
    Rounding,
    SetSeats,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Timing,
)
from shop import LARGE, SMALL, priced, usd
from stories import plan

SAME_RANK = plan("45.00", id="same rank", rank=1)
WIDE = priced("wide", usd("60.00"), usd("6.00", unit="guest"), rank=3)
STEPS = priced("steps", usd("60.00", max_quantity=40, min_quantity=2), rank=4)
LATE = priced("late", usd("60.00", in_arrears=True), rank=5)
NAMED = attrs.evolve(SMALL, id="named", features=("export",))
PLANS = (SMALL, LARGE, SMALL, LARGE, SAME_RANK, WIDE, STEPS, LATE, NAMED)

VAT = TaxRate("vat", "0.20")
RATES = [(), (VAT,), (TaxRate("included", "0.10", inclusive=True),)]

TIMINGS = st.sampled_from([Timing.IMMEDIATE] * 3 + [Timing.PERIOD_END] * 3 + [*Timing])

SELDOM = (
    RemoveSeats(2),
    SetSeats(12),
    SwitchPlan(LARGE, ANNUAL),
    SwitchInterval(Interval(days=30)),
    Cancel(),
    SetTaxRates((VAT,)),
    SetTaxRates(()),
    GrantCredit(Money("7.00", "USD"), "sorry"),
)


def rules(draw: Any) -> BillingRules:
    """Return the rules of a plain story: most are what most have."""
    often, seldom = st.just, st.sampled_from
    return BillingRules(
        rounding=draw(often(Rounding.HALF_UP) | seldom([*Rounding])),
        upgrade=draw(often(Timing.IMMEDIATE) | TIMINGS),
        downgrade=draw(often(Timing.PERIOD_END) | TIMINGS),
        longer_interval=draw(TIMINGS),
        shorter_interval=draw(TIMINGS),
        seats_added=draw(often(Timing.IMMEDIATE) | TIMINGS),
        settlement=draw(often(Settlement.NOW) | seldom([*Settlement])),
        interval_discounts=draw(seldom([{}, {ANNUAL: "20"}])),
    )


@st.composite
def plain_stories(draw: Any) -> Meeting:
    """Return a strategy for plain stories, each entry in a call of its own."""
    often, seldom = st.just, st.sampled_from
    on = draw(st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31)))
    trial_end = draw(often(None) | seldom([None, on + dt.timedelta(9)]))
    opening = {
        "plan": draw(seldom(PLANS)),
        "id": "plain",
        "interval": draw(seldom([MONTHLY, MONTHLY, QUARTERLY, ANNUAL])),
        "currency": "USD",
        "seats": draw(st.integers(0, 30)),
        "on": on,
        "rules": rules(draw),
        "anchor": draw(often(None) | seldom([None, on - dt.timedelta(9)])),
        "tax_rates": draw(often(()) | seldom(RATES)),
        "trial_end": trial_end,
    }
    if trial_end is not None:
        opening["anchor"] = None
    asked = (
        st.builds(AddSeats, st.integers(1, 9))
        | st.builds(SwitchPlan, seldom(PLANS))
        | st.builds(SwitchInterval, seldom([MONTHLY, QUARTERLY, ANNUAL]))
        | seldom(SELDOM)
    )
    entries, day = [], on
    for days, change in draw(st.lists(st.tuples(st.integers(0, 20), asked))):
        day += dt.timedelta(days)
        entries.append((day, (change,), None))
    return Meeting(
        opening, tuple(entries), day + dt.timedelta(draw(st.integers(0, 99)))
    )
