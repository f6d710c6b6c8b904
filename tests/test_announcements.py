"""What is told when less is scheduled: what ends, when, and the bill of that day.

Source: CL-47, CL-49, CL-52; 5 seats at 10.00 from 1 April 2026, by the month.
"""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Freeze,
    Plan,
    Price,
    RemoveSeats,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    Timing,
    change,
    renew,
    subscribe,
)
from seatbill.views import billing_view
from stories import at

LOW = Plan("low", "Low", 1, (Price(unit_amount="6", currency="USD"),))
HIGH = Plan("high", "High", 2, (Price(unit_amount="10", currency="USD"),))
TEAMS = Plan(
    "teams",
    "Teams",
    0,
    (Price(unit="team", unit_amount="9", currency="USD", measured=True),),
)
SSO = AddOn("sso", "SSO", (Price(unit_amount="3", currency="USD"),))


def bought(plan=HIGH, rules=None, on="2026-04-01", interval=MONTHLY, **more):
    return subscribe(
        plan,
        id="s",
        interval=interval,
        seats=5,
        on=at(on),
        rules=rules or BillingRules(),
        **more,
    ).subscription


def told(sub, *changes, on="2026-04-16"):
    """Return the notices of what is scheduled, as they are told."""
    outcome = change(sub, *changes, on=at(on))
    return [str(notice) for notice in outcome.notices]


SHORTER = (
    "From 2027-04-01, the billing period is 1 month instead of 12 months, and the bill "
    "of that day is"
)
LOWER = "From 2026-05-01, Low takes the place of High, and the bill of that day is"


@pytest.mark.parametrize(
    ("before", "total"),
    [
        pytest.param([], "30.00 USD", id="5 × 6.00"),
        pytest.param([AddSeats(2)], "42.00 USD", id="7 × 6.00"),
        pytest.param([AddAddOn(SSO)], "33.00 USD", id="and an add-on"),
    ],
)
def test_a_lower_plan_is_told_with_all_that_is_billed_on_its_day(before, total):
    assert told(bought(), *before, SwitchPlan(LOW)) == [f"{LOWER} {total}."]


def test_what_waits_for_the_renewal_is_on_the_bill_of_that_day():
    """5 × 6.00, and a seat more for 15 of 30 days at 10.00."""
    rules = BillingRules(settlement=Settlement.ON_RENEWAL)
    assert told(bought(rules=rules), AddSeats(1), SwitchPlan(LOW)) == [
        f"{LOWER} 41.00 USD."  # 6 × 6.00 + 5.00
    ]


def test_a_lower_plan_for_a_later_boundary_is_told_with_the_bill_of_its_own_day():
    rules = BillingRules(notice_days=15)
    assert told(bought(rules=rules), SwitchPlan(LOW), on="2026-04-17") == [
        "It is too late for 2026-05-01, so this takes effect on 2026-06-01.",
        f"{LOWER.replace('05-01', '06-01')} 30.00 USD.",
    ]


def test_a_shorter_interval_is_told_and_a_longer_one_is_not():
    assert told(bought(interval=ANNUAL), SwitchInterval(MONTHLY)) == [
        f"{SHORTER} 50.00 USD."
    ]
    later = BillingRules(longer_interval=Timing.PERIOD_END)
    assert told(bought(rules=later), SwitchInterval(ANNUAL)) == []


def test_a_higher_plan_that_waits_takes_nothing_away():
    later = BillingRules(upgrade=Timing.PERIOD_END)
    assert told(bought(LOW, rules=later), SwitchPlan(HIGH)) == []


def test_a_plan_and_an_interval_are_told_each():
    found = change(
        bought(interval=ANNUAL), SwitchPlan(LOW, MONTHLY), on=at("2026-04-16")
    ).notices
    assert [(n.code, str(n.value("total"))) for n in found] == [
        ("plan_scheduled", "30.00 USD"),
        ("interval_scheduled", "30.00 USD"),
    ]


def test_the_end_is_told_with_what_is_still_to_be_billed_or_with_nothing():
    assert told(bought(), Cancel()) == [
        "High ends on 2026-05-01, and nothing more is charged."
    ]
    rules = BillingRules(settlement=Settlement.ON_RENEWAL)
    assert told(bought(rules=rules), AddSeats(1), Cancel()) == [
        "A cancellation is scheduled, so this can be used until 2026-05-01.",
        "High ends on 2026-05-01, and the bill of that day is 5.00 USD.",
    ]


def test_what_ran_in_arrears_is_billed_at_the_end():
    """5 × 10.00 for the whole of April."""
    late = attrs.evolve(
        HIGH, prices=(Price(unit_amount="10", currency="USD", in_arrears=True),)
    )
    assert told(bought(late), Cancel()) == [
        "High ends on 2026-05-01, and the bill of that day is 50.00 USD."
    ]


def test_a_plan_of_the_same_rank_is_told_where_it_is_cheaper():
    twin = attrs.evolve(LOW, rank=HIGH.rank)
    assert told(bought(), SwitchPlan(twin)) == [f"{LOWER} 30.00 USD."]


def test_seats_that_leave_are_told_by_the_page_alone():
    assert told(bought(), RemoveSeats(1)) == []


def test_at_once_nothing_is_announced():
    outcome = change(
        bought(), SwitchPlan(LOW), on=at("2026-04-16"), timing=Timing.IMMEDIATE
    )
    assert outcome.notices == ()
    assert change(bought(), Cancel(), on=at("2026-04-16"), timing=Timing.IMMEDIATE)


def test_a_late_cancellation_tells_it_once():
    rules = BillingRules(notice_days=15)
    found = change(bought(rules=rules), Cancel(), on=at("2026-04-17"))
    assert [notice.code for notice in found.notices] == ["late_cancellation"]
    page = billing_view(found.subscription, on=at("2026-04-17"))
    assert [n.code for n in page.notices] == ["late_notice", "serves_until"]


def test_what_was_asked_for_before_is_not_told_again():
    start = change(bought(), SwitchPlan(LOW), on=at("2026-04-10")).subscription
    again = change(start, AddSeats(1), on=at("2026-04-16"))
    assert again.notices == ()
    page = billing_view(again.subscription, on=at("2026-04-16"))
    assert [str(notice) for notice in page.notices] == [f"{LOWER} 36.00 USD."]
    assert renew(again.subscription, on=at("2026-05-01")).notices == ()


def test_frozen_it_is_taken_to_thaw_by_itself():
    rules = BillingRules(max_freeze_days=10)
    frozen = change(bought(rules=rules), Freeze(), on=at("2026-04-11")).subscription
    assert told(frozen, Cancel()) == [
        "High ends on 2026-05-11, and nothing more is charged."
    ]


def test_a_quantity_that_is_measured_later_leaves_the_bill_open():
    found = change(bought(), SwitchPlan(TEAMS), on=at("2026-04-16")).notices[-1]
    assert (found.code, found.value("total")) == ("plan_scheduled", None)
    assert str(found) == "From 2026-05-01, Teams takes the place of High."


def test_at_the_end_of_the_calendar_the_bill_is_open_too():
    sub = bought(interval=ANNUAL, on="9998-12-15")
    found = change(sub, SwitchPlan(LOW), on=dt.date(9999, 1, 1)).notices[-1]
    assert str(found) == "From 9999-12-15, Low takes the place of High."


@pytest.mark.parametrize("asked", [SwitchPlan(LOW), Cancel()])
def test_the_change_itself_is_what_it_was(asked):
    """A notice is beside the change: the subscription is the same without it."""
    found = change(bought(), asked, on=at("2026-04-16"))
    again = attrs.evolve(found, notices=())
    assert again.subscription == found.subscription
    assert again.effective_on == found.effective_on == at("2026-05-01")
