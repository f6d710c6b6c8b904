"""Another plan: up, down, at once, later, restarted, forfeited; what it takes along."""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    Interval,
    Money,
    Plan,
    RemoveAddOn,
    RemoveSeats,
    Service,
    Settlement,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    Timing,
    WithdrawPending,
)
from seatbill.errors import (
    BatchError,
    CurrencyMismatchError,
    DuplicateError,
    IntervalNotOfferedError,
    NoChangeError,
    NoPriceError,
    OutOfBoundsError,
    RequirementError,
    SeatsOccupiedError,
    TooManySeatsError,
    UnknownItemError,
)
from seatbill.rules import ChangeKind, Direction, UnusedTime
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, bills, digits, plan

IMMEDIATE, RESTART, PERIOD_END, FORFEIT = Timing
MIDDLE = "2026-04-16"  # 15 of 30 days are left


def ten(plan=SMALL, **more) -> Story:
    """Ten seats from 1 April, at 1.00 a day each unless *plan* says otherwise."""
    return Story(plan, "2026-04-01", **{"seats": 10, **more})


# -------------------------------------------------------------------------- the timings


@pytest.mark.parametrize(
    ("timing", "sums", "now", "next_bill", "period"),
    [
        pytest.param(
            IMMEDIATE,
            ["2026-04-16: -150.00 +300.00 = 150.00"],
            "large",
            "600.00",
            "2026-05-01",
            id="at once, the renewal day is kept",
        ),
        pytest.param(
            RESTART,
            ["2026-04-16: -150.00 +600.00 = 450.00"],
            "large",
            "600.00",
            "2026-05-16",
            id="at once, a full month from that day",
        ),
        pytest.param(
            PERIOD_END, [], "small", "600.00", "2026-05-01", id="from the next period"
        ),
        pytest.param(
            FORFEIT, [], "large", "600.00", "2026-05-01", id="at once, free until then"
        ),
    ],
)
def test_an_upgrade_in_the_middle_of_april(timing, sums, now, next_bill, period):
    story = ten()
    upgraded = story.change(MIDDLE, SwitchPlan(LARGE), timing=timing)
    assert bills(upgraded) == sums
    assert story.subscription.plan.id == now
    assert story.period[1] == period
    assert digits(story.preview().total) == next_bill
    by_rule = ten(rules=BillingRules(upgrade=timing)).change(MIDDLE, SwitchPlan(LARGE))
    assert bills(by_rule) == sums


@pytest.mark.parametrize(
    ("timing", "sums", "now", "balance"),
    [
        pytest.param(PERIOD_END, [], "large", "0.00", id="at the end"),
        pytest.param(
            IMMEDIATE,
            ["2026-04-16: -300.00 +150.00 = -150.00 due 0.00"],
            "small",
            "150.00",
            id="at once, the difference goes to the balance",
        ),
        pytest.param(
            RESTART,
            ["2026-04-16: -300.00 +300.00 = 0.00"],
            "small",
            "0.00",
            id="a full month of the smaller plan",
        ),
        pytest.param(FORFEIT, [], "small", "0.00", id="at once, nothing comes back"),
    ],
)
def test_a_downgrade_in_the_middle_of_april(timing, sums, now, balance):
    story = ten(LARGE, rules=BillingRules(downgrade=timing))
    lowered = story.change(MIDDLE, SwitchPlan(SMALL))
    assert bills(lowered) == sums
    assert story.subscription.plan.id == now
    assert story.balance == balance
    assert digits(story.preview().subtotal) == "300.00"


def test_a_downgrade_waits_and_then_lowers_the_bill():
    story = ten(LARGE)
    asked = story.change(MIDDLE, SwitchPlan(SMALL))
    assert asked.effective_on == dt.date(2026, 5, 1)
    assert waiting(story.subscription) == ["plan: small on 2026-05-01"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 = 300.00"]
    assert story.subscription.plan is SMALL
    assert waiting(story.subscription) == []


@pytest.mark.source("Clockify, CL-59")
def test_seats_bought_before_a_downgrade_cost_the_present_plan():
    story = ten(LARGE)
    story.change("2026-04-10", SwitchPlan(SMALL))
    added = story.change(MIDDLE, AddSeats(1))
    assert bills(added) == ["2026-04-16: +30.00 = 30.00"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +330.00 = 330.00"]


@pytest.mark.parametrize(
    ("prices", "way"),
    [
        pytest.param(("30.00", "30.01"), "immediate", id="dearer"),
        pytest.param(("30.00", "30.00"), "immediate", id="as dear"),
        pytest.param(("30.00", "29.99"), "period_end", id="cheaper"),
    ],
)
def test_between_plans_of_one_rank_the_monthly_price_decides(prices, way):
    one, other = (plan(price, id=f"at {price} {i}") for i, price in enumerate(prices))
    for interval in (MONTHLY, ANNUAL):
        story = ten(one, interval=interval)
        story.change(MIDDLE, SwitchPlan(other))
        assert (story.subscription.plan is other) == (way == "immediate")


def test_a_plan_that_lists_its_year_is_compared_by_the_year():
    """100.00 a year is less than 12 x 9.00, whatever the month costs."""
    by_month = plan("9.00", id="by month")
    by_year = priced("by year", usd("20.00"), usd("100.00", interval=ANNUAL), rank=0)
    fee = priced("fee", usd("1.00", unit="base", flat=True), usd("9.00"), rank=0)
    story = ten(by_month, interval=ANNUAL, seats=1)
    story.change(MIDDLE, SwitchPlan(by_year))
    assert waiting(story.subscription) == ["plan: by year on 2027-04-01"]
    story = ten(by_month, seats=1)
    story.change(MIDDLE, SwitchPlan(fee))
    assert story.subscription.plan is fee


def test_the_rank_decides_before_the_price():
    cheap = plan("1.00", id="cheap", rank=9)
    story = ten()
    assert bills(story.change(MIDDLE, SwitchPlan(cheap))) == [
        "2026-04-16: -150.00 +5.00 = -145.00 due 0.00"
    ]


def test_a_direction_is_judged_against_what_is_current_not_against_what_waits():
    middle = plan("45.00", id="middle", rank=1)
    story = ten(LARGE)
    story.change("2026-04-10", SwitchPlan(SMALL))
    asked = story.change(MIDDLE, SwitchPlan(middle))
    assert bills(asked) == []
    assert waiting(story.subscription) == ["plan: middle on 2026-05-01"]
    assert [update.value.id for update in asked.replaced] == ["small"]


# ------------------------------------------------------------------ unused time is kept


@pytest.mark.source("rulebook, ambiguity 2: the new plan's share alone")
def test_where_unused_time_is_kept_an_upgrade_costs_the_new_share():
    basic, standard = plan("4.99", id="basic"), plan("6.99", id="standard", rank=1)
    rules = BillingRules(unused_time=UnusedTime.KEPT)
    story = ten(basic, rules=rules)
    assert bills(story.change(MIDDLE, SwitchPlan(standard))) == [
        "2026-04-16: +34.95 = 34.95"
    ]


@pytest.mark.parametrize(
    ("change", "sums"),
    [
        pytest.param(
            SwitchInterval(ANNUAL), ["2026-04-16: +3600.00 = 3600.00"], id="a year"
        ),
        pytest.param(
            RemoveSeats(2),
            ["2026-04-16: -30.00 = -30.00 due 0.00"],
            id="a removal is no exchange",
        ),
    ],
)
def test_unused_time_is_kept_of_plans_and_intervals_only(change, sums):
    rules = BillingRules(unused_time=UnusedTime.KEPT, seats_removed=IMMEDIATE)
    assert bills(ten(rules=rules).change(MIDDLE, change)) == sums


# ------------------------------------------------------------------- several on one day


@pytest.mark.source("Kill Bill and Polar credit different bases for the second upgrade")
def test_a_second_upgrade_on_one_day_gives_the_first_back():
    huge = plan("90.00", id="huge", rank=3)
    story = ten()
    assert bills(story.change(MIDDLE, SwitchPlan(LARGE))) == [
        "2026-04-16: -150.00 +300.00 = 150.00"
    ]
    assert bills(story.change(MIDDLE, SwitchPlan(huge))) == [
        "2026-04-16: -300.00 +450.00 = 150.00"
    ]
    at_once = ten().change(MIDDLE, SwitchPlan(huge))
    assert bills(at_once) == ["2026-04-16: -150.00 +450.00 = 300.00"]


def test_an_upgrade_and_its_reversal_on_one_day_leave_nothing():
    story = ten()
    both = story.change(MIDDLE, SwitchPlan(LARGE), SwitchPlan(SMALL), timing=IMMEDIATE)
    assert bills(both) == ["2026-04-16: -150.00 +300.00 -300.00 +150.00 = 0.00"]
    assert story.subscription.plan is SMALL


def test_an_upgrade_on_the_day_of_renewal_follows_the_renewal():
    upgraded = ten().change("2026-05-01", SwitchPlan(LARGE))
    assert bills(upgraded) == [
        "2026-05-01: +300.00 = 300.00",
        "2026-05-01: -300.00 +600.00 = 300.00",
    ]
    assert [invoice.key for invoice in upgraded.invoices] == ["story:2", "story:3"]


def test_a_later_upgrade_credits_what_is_left_of_the_first():
    story = ten()
    story.change("2026-04-11", SwitchPlan(LARGE))  # 20 days: -200 +400
    huge = plan("90.00", id="huge", rank=3)
    assert bills(story.change("2026-04-21", SwitchPlan(huge))) == [
        "2026-04-21: -200.00 +300.00 = 100.00"
    ]


# -------------------------------------------------------------------- plan and interval


@pytest.mark.source("rulebook, ambiguity 3: one netted invoice")
def test_a_plan_and_a_year_asked_for_together_restart_once():
    story = ten()
    both = story.change(MIDDLE, SwitchPlan(LARGE, ANNUAL))
    assert bills(both) == ["2026-04-16: -150.00 +7200.00 = 7050.00"]
    assert story.period == ("2026-04-16", "2027-04-16")
    assert story.subscription.interval == ANNUAL


def test_a_lower_plan_takes_effect_with_the_year_that_restarts():
    story = ten(LARGE)
    both = story.change(MIDDLE, SwitchPlan(SMALL, ANNUAL))
    assert bills(both) == ["2026-04-16: -300.00 +3600.00 = 3300.00"]
    assert waiting(story.subscription) == []


def test_each_part_follows_its_own_timing_where_none_restarts():
    story = ten(LARGE, interval=ANNUAL)
    story_up = ten(SMALL, interval=ANNUAL)
    down = story.change(MIDDLE, SwitchPlan(SMALL, MONTHLY))
    assert bills(down) == []
    assert waiting(story.subscription) == [
        "plan: small on 2027-04-01",
        "interval: month on 2027-04-01",
    ]
    up = story_up.change(MIDDLE, SwitchPlan(LARGE, MONTHLY))
    # 350 of 365 days: 3600 and 7200 a year
    assert bills(up) == ["2026-04-16: -3452.05 +6904.11 = 3452.06"]
    assert waiting(story_up.subscription) == ["interval: month on 2027-04-01"]
    assert up.effective_on == dt.date(2027, 4, 1)


def test_both_at_once_without_a_restart_are_one_exchange():
    """To the year of the grid: 1 April 2026 to 2027, of which 350 of 365 days."""
    story = ten(rules=BillingRules(longer_interval=IMMEDIATE))
    both = story.change(MIDDLE, SwitchPlan(LARGE, ANNUAL))
    assert bills(both) == ["2026-04-16: -150.00 +6904.11 = 6754.11"]
    assert story.period == ("2026-04-01", "2027-04-01")


def test_a_lower_plan_waits_for_the_end_of_the_longer_period():
    story = ten(LARGE, rules=BillingRules(longer_interval=IMMEDIATE))
    both = story.change(MIDDLE, SwitchPlan(SMALL, ANNUAL))
    assert bills(both) == ["2026-04-16: -300.00 +6904.11 = 6604.11"]
    assert waiting(story.subscription) == ["plan: small on 2027-04-01"]
    assert both.effective_on == dt.date(2027, 4, 1)


def test_the_present_plan_beside_another_interval_changes_the_interval_alone():
    story = ten()
    assert bills(story.change(MIDDLE, SwitchPlan(SMALL, ANNUAL))) == [
        "2026-04-16: -150.00 +3600.00 = 3450.00"
    ]
    story = ten()
    assert bills(story.change(MIDDLE, SwitchPlan(LARGE, MONTHLY))) == [
        "2026-04-16: -150.00 +300.00 = 150.00"
    ]


# ---------------------------------------------------------------------------- no change


@pytest.mark.parametrize(
    "change", [SwitchPlan(SMALL), SwitchPlan(SMALL, MONTHLY), SwitchInterval(MONTHLY)]
)
def test_what_is_there_already_is_no_change(change):
    with pytest.raises(NoChangeError) as refused:
        ten().change(MIDDLE, change)
    assert refused.value.code == "no_change"
    assert refused.value.kind == "plan"


def test_what_is_there_already_withdraws_what_waits():
    story = ten(LARGE, interval=ANNUAL)
    story.change("2026-04-10", SwitchPlan(SMALL, MONTHLY))
    kept = story.change(MIDDLE, SwitchPlan(LARGE, ANNUAL))
    assert bills(kept) == []
    assert waiting(story.subscription) == []
    assert [update.kind.value for update in kept.replaced] == ["plan", "interval"]
    assert kept.effective_on == dt.date(2026, 4, 16)


def test_an_interval_that_is_not_offered_is_refused():
    rules = BillingRules(intervals=[MONTHLY, ANNUAL])
    story = ten(rules=rules)
    quarterly = Interval(months=3)
    for change in (SwitchInterval(quarterly), SwitchPlan(LARGE, quarterly)):
        with pytest.raises(IntervalNotOfferedError) as refused:
            story.change(MIDDLE, change)
        assert refused.value.code == "interval_not_offered"
        assert refused.value.as_dict()["values"] == {
            "interval": quarterly,
            "offered": (MONTHLY, ANNUAL),
        }
    with pytest.raises(IntervalNotOfferedError):
        ten(rules=rules, interval=quarterly)
    story.change(MIDDLE, SwitchInterval(ANNUAL))


@pytest.mark.parametrize("timing", [None, *Timing])
def test_a_plan_without_a_price_in_the_currency_is_refused(timing):
    euro = plan("5.00", "EUR", id="euro", rank=3)
    story = ten()
    with pytest.raises(NoPriceError) as refused:
        story.change(MIDDLE, SwitchPlan(euro), timing=timing)
    assert refused.value.code == "no_price"
    assert (refused.value.item, refused.value.currency) == ("euro", "USD")
    assert story.subscription.quantity() == 10


@pytest.mark.parametrize("timing", [None, *Timing])
def test_a_plan_without_a_price_for_the_interval_is_refused(timing):
    yearly = priced("yearly", usd("300.00", interval=ANNUAL), rank=1)
    with pytest.raises(NoPriceError) as refused:
        ten().change(MIDDLE, SwitchPlan(yearly), timing=timing)
    assert refused.value.as_dict()["values"] == {
        "item": "yearly",
        "unit": "seat",
        "currency": "USD",
        "interval": MONTHLY,
    }


def test_an_equal_plan_with_another_price_is_another_plan():
    dearer = plan("33.00", id="small", rank=1)
    assert bills(ten().change(MIDDLE, SwitchPlan(dearer))) == [
        "2026-04-16: -150.00 +165.00 = 15.00"
    ]


# -------------------------------------------------------------- what a plan takes along


def test_what_the_new_plan_does_not_have_is_told():
    rich = Plan(
        "rich", "Rich", 5, LARGE.prices, features=["sso", ("limited", "kiosk"), "api"]
    )
    poor = Plan("poor", "Poor", 1, SMALL.prices, features=["api"])
    later = ten(rich).change(MIDDLE, SwitchPlan(poor))
    assert told(later) == ["features_lost", "plan_scheduled"]
    assert dict(later.notices[0].values) == {
        "on": dt.date(2026, 5, 1),
        "plan": "Poor",
        "features": "sso, kiosk (limited)",
    }
    now = ten(rich).change(MIDDLE, SwitchPlan(poor), timing=IMMEDIATE)
    assert now.notices[0].value("on") == dt.date(2026, 4, 16)
    restarted = ten(rich).change(MIDDLE, SwitchPlan(poor), timing=RESTART)
    assert told(restarted) == ["features_lost"]
    assert told(ten(poor).change(MIDDLE, SwitchPlan(rich))) == []


def test_a_unit_that_the_new_plan_does_not_sell_ends_with_the_old_one():
    kiosk = priced("kiosk", usd("30.00"), usd("6.00", unit="limited"), rank=1)
    story = ten(kiosk, seats={"seat": 10, "limited": 5})
    story.change("2026-04-10", RemoveSeats(1, unit="limited"))
    up = story.change(MIDDLE, SwitchPlan(LARGE))
    assert bills(up) == ["2026-04-16: -150.00 -15.00 +300.00 = 135.00"]
    assert told(up) == ["unit_dropped"]
    assert dict(up.notices[0].values) == {
        "plan": "large",
        "unit": "limited",
        "count": 5,
    }
    assert story.subscription.seats == {"seat": 10}
    assert waiting(story.subscription) == []


def test_what_waits_for_a_unit_ends_with_it_at_the_renewal():
    kiosk = priced("kiosk", usd("60.00"), usd("6.00", unit="limited"), rank=2)
    story = ten(kiosk, seats={"seat": 10, "limited": 5})
    story.change(MIDDLE, RemoveSeats(1, unit="limited"), SwitchPlan(SMALL))
    renewed = story.renew("2026-05-01")
    assert bills(renewed) == ["2026-05-01: +300.00 = 300.00"]
    assert told(renewed) == ["unit_dropped"]
    assert waiting(story.subscription) == []


@pytest.mark.parametrize("interval", [None, ANNUAL])
def test_what_waits_for_a_unit_that_is_not_owned_yet_ends_with_the_old_plan(interval):
    kiosk = priced("kiosk", usd("60.00"), usd("6.00", unit="limited"), rank=2)
    story = ten(kiosk, seats={"seat": 10})
    story.change("2026-04-10", AddSeats(2, "limited"), timing=PERIOD_END)
    switched = story.change(MIDDLE, SwitchPlan(SMALL, interval), timing=IMMEDIATE)
    assert [update.key for update in switched.replaced] == ["limited"]
    assert waiting(story.subscription) == []
    story.renew("2027-05-01")
    assert story.subscription.seats == {"seat": 10}


def test_a_unit_of_which_there_was_none_is_not_mentioned():
    kiosk = priced("kiosk", usd("30.00"), usd("6.00", unit="limited"), rank=1)
    story = ten(kiosk, seats={"seat": 10, "limited": 0})
    assert told(story.change(MIDDLE, SwitchPlan(LARGE))) == []


def test_a_new_unit_of_the_new_plan_starts_with_none():
    kiosk = priced("kiosk", usd("60.00"), usd("6.00", unit="limited"), rank=2)
    story = ten()
    assert bills(story.change(MIDDLE, SwitchPlan(kiosk))) == [
        "2026-04-16: -150.00 +300.00 = 150.00"
    ]
    assert story.subscription.quantity("limited") == 0


# ------------------------------------------------------------------------------ add-ons

SSO = AddOn("sso", "SSO", (usd("3.00"),))
AUDIT = AddOn("audit", "Audit", (usd("6.00"),), requires_plans=["large"])
TRAIL = AddOn("trail", "Trail", (usd("9.00"),), requires_add_ons=["audit"])


@pytest.mark.parametrize(
    ("timing", "sums", "owned"),
    [
        pytest.param(IMMEDIATE, ["2026-04-16: +3.00 = 3.00"], 2, id="at once"),
        pytest.param(
            RESTART, ["2026-04-16: -150.00 +300.00 +6.00 = 156.00"], 2, id="restart"
        ),
        pytest.param(PERIOD_END, [], 0, id="from the next period"),
        pytest.param(FORFEIT, [], 2, id="free until then"),
    ],
)
def test_an_add_on_is_bought_with_a_quantity_of_its_own(timing, sums, owned):
    story = ten()
    added = story.change(MIDDLE, AddAddOn(SSO, 2), timing=timing)
    assert bills(added) == sums
    assert story.subscription.add_on_quantity("sso") == owned
    assert digits(story.preview().total) == "306.00"


@pytest.mark.parametrize(
    ("timing", "sums", "owned"),
    [
        pytest.param(PERIOD_END, [], 3, id="at the end"),
        pytest.param(
            IMMEDIATE, ["2026-04-16: -1.50 = -1.50 due 0.00"], 2, id="at once"
        ),
        pytest.param(FORFEIT, [], 2, id="nothing comes back"),
        pytest.param(
            RESTART,
            ["2026-04-16: -150.00 -4.50 +300.00 +6.00 = 151.50"],
            2,
            id="restart",
        ),
    ],
)
def test_an_add_on_is_given_up_in_part(timing, sums, owned):
    story = ten(add_ons=[(SSO, 3)])
    assert bills(story.opening) == ["2026-04-01: +300.00 +9.00 = 309.00"]
    removed = story.change(MIDDLE, RemoveAddOn(SSO), timing=timing)
    assert bills(removed) == sums
    assert story.subscription.add_on_quantity("sso") == owned
    assert digits(story.preview().subtotal) == "306.00"


@pytest.mark.parametrize(
    ("timing", "sums"),
    [(IMMEDIATE, ["2026-04-16: -4.50 = -4.50 due 0.00"]), (FORFEIT, [])],
)
def test_an_add_on_given_up_whole_is_gone(timing, sums):
    story = ten(add_ons=[(SSO, 3)])
    assert bills(story.change(MIDDLE, RemoveAddOn(SSO, 3), timing=timing)) == sums
    assert story.subscription.add_ons == ()
    assert digits(story.preview().subtotal) == "300.00"


def test_an_add_on_given_up_at_the_end_is_gone_at_the_end():
    story = ten(add_ons=[(SSO, 3)])
    story.change(MIDDLE, RemoveAddOn(SSO, 3))
    assert waiting(story.subscription) == ["add_on sso: 0 sso on 2026-05-01"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 = 300.00"]
    assert story.subscription.add_ons == ()


def test_an_add_on_taken_again_undoes_its_removal():
    story = ten(add_ons=[(SSO, 3)])
    story.change("2026-04-10", RemoveAddOn(SSO, 2))
    back = story.change(MIDDLE, AddAddOn(SSO, 3))
    assert bills(back) == ["2026-04-16: +1.50 = 1.50"]
    assert told(back) == ["removals_undone"]
    assert story.subscription.add_on_quantity("sso") == 4


def test_an_add_on_that_waits_is_raised_and_withdrawn():
    story = ten(rules=BillingRules(add_on_added=PERIOD_END))
    story.change(MIDDLE, AddAddOn(SSO))
    story.change(MIDDLE, AddAddOn(SSO))
    assert waiting(story.subscription) == ["add_on sso: 2 sso on 2026-05-01"]
    story.change(MIDDLE, WithdrawPending(ChangeKind.ADD_ON))
    assert waiting(story.subscription) == []


def test_an_add_on_is_given_up_only_where_it_is_owned():
    story = ten(add_ons=[SSO])
    with pytest.raises(UnknownItemError) as refused:
        story.change(MIDDLE, RemoveAddOn(AUDIT))
    assert refused.value.as_dict()["values"] == {
        "kind": "add-on",
        "value": "audit",
        "offered": ("sso",),
    }
    with pytest.raises(SeatsOccupiedError) as many:
        story.change(MIDDLE, RemoveAddOn(SSO, 2))
    assert (many.value.unit, many.value.removable) == ("sso", 1)
    with pytest.raises(UnknownItemError) as none:
        ten().change(MIDDLE, RemoveAddOn(SSO))
    assert none.value.offered == ()


def test_an_add_on_needs_its_plan():
    with pytest.raises(RequirementError) as refused:
        ten().change(MIDDLE, AddAddOn(AUDIT))
    assert refused.value.code == "requirement_missing"
    assert refused.value.as_dict()["values"] == {
        "item": "audit",
        "missing": ("large",),
    }
    with pytest.raises(RequirementError):
        ten(add_ons=[AUDIT])
    both = ten().change(MIDDLE, SwitchPlan(LARGE), AddAddOn(AUDIT))
    assert bills(both) == ["2026-04-16: -150.00 +300.00 +3.00 = 153.00"]


def test_an_add_on_needs_other_add_ons():
    with pytest.raises(RequirementError) as refused:
        ten(LARGE).change(MIDDLE, AddAddOn(TRAIL))
    assert (refused.value.item, refused.value.missing) == ("trail", "audit")
    story = ten(LARGE)
    both = story.change(MIDDLE, AddAddOn(AUDIT), AddAddOn(TRAIL))
    assert bills(both) == ["2026-04-16: +3.00 +4.50 = 7.50"]
    with pytest.raises(RequirementError) as kept:
        story.change(MIDDLE, RemoveAddOn(AUDIT))
    assert (kept.value.item, kept.value.missing) == ("trail", "audit")


@pytest.mark.parametrize("timing", [PERIOD_END, IMMEDIATE, FORFEIT])
def test_what_needs_each_other_is_given_up_together(timing):
    story = ten(LARGE, add_ons=[AUDIT, TRAIL])
    story.change(MIDDLE, RemoveAddOn(TRAIL), RemoveAddOn(AUDIT), timing=timing)
    story.renew("2026-05-01")
    assert story.subscription.add_ons == ()


def test_an_add_on_is_not_pulled_away_in_parts():
    story = ten(LARGE, add_ons=[(AUDIT, 2), TRAIL])
    story.change(MIDDLE, RemoveAddOn(AUDIT))
    with pytest.raises(RequirementError):
        story.change(MIDDLE, RemoveAddOn(AUDIT))
    assert waiting(story.subscription) == ["add_on audit: 1 audit on 2026-05-01"]


def test_what_is_about_to_leave_cannot_be_built_on():
    story = ten(LARGE, add_ons=[AUDIT])
    story.change("2026-04-10", RemoveAddOn(AUDIT))
    with pytest.raises(RequirementError):
        story.change(MIDDLE, AddAddOn(TRAIL))


def test_add_ons_end_with_the_plan_that_they_need():
    story = ten(LARGE, add_ons=[SSO, AUDIT, TRAIL])
    lowered = story.change(MIDDLE, SwitchPlan(SMALL), timing=IMMEDIATE)
    assert bills(lowered) == [
        "2026-04-16: -300.00 -3.00 -4.50 +150.00 = -157.50 due 0.00"
    ]
    assert told(lowered) == ["add_on_dropped", "add_on_dropped"]
    assert [notice.value("add_on") for notice in lowered.notices] == ["audit", "trail"]
    assert [owned.add_on.id for owned in story.subscription.add_ons] == ["sso"]


def test_add_ons_end_with_the_plan_at_the_renewal():
    story = ten(LARGE, add_ons=[SSO, AUDIT])
    story.change(MIDDLE, SwitchPlan(SMALL))
    renewed = story.renew("2026-05-01")
    assert bills(renewed) == ["2026-05-01: +300.00 +3.00 = 303.00"]
    assert told(renewed) == ["add_on_dropped"]


def test_an_add_on_that_waits_does_not_come_without_its_plan():
    story = ten(LARGE, rules=BillingRules(add_on_added=PERIOD_END))
    story.change(MIDDLE, SwitchPlan(SMALL), AddAddOn(AUDIT))
    renewed = story.renew("2026-05-01")
    assert story.subscription.add_ons == ()
    assert told(renewed) == ["add_on_dropped"]
    assert bills(renewed) == ["2026-05-01: +300.00 = 300.00"]


def test_another_add_on_under_the_same_id_is_refused():
    dearer = AddOn("sso", "SSO", (usd("4.00"),))
    with pytest.raises(DuplicateError) as refused:
        ten(add_ons=[SSO]).change(MIDDLE, AddAddOn(dearer))
    assert (refused.value.kind, refused.value.value) == ("add-on", "sso")


def test_an_add_on_has_a_price_in_the_currency_or_none_at_all():
    euro = AddOn("euro", "Euro", (plan("5.00", "EUR").prices[0],))
    with pytest.raises(NoPriceError):
        ten().change(MIDDLE, AddAddOn(euro))
    with pytest.raises(NoPriceError):
        ten(add_ons=[euro])
    gift = AddOn("gift", "Gift")
    story = ten()
    assert bills(story.change(MIDDLE, AddAddOn(gift))) == []
    assert story.subscription.add_on_quantity("gift") == 1


def test_an_add_on_has_bounds_of_its_own():
    bounded = AddOn("api", "API", (usd("3.00", min_quantity=2, max_quantity=4),))
    story = ten()
    story.change(MIDDLE, AddAddOn(bounded, 3))
    with pytest.raises(TooManySeatsError) as refused:
        story.change(MIDDLE, AddAddOn(bounded, 2))
    assert (refused.value.item, refused.value.maximum) == ("api", 4)
    story.change(MIDDLE, RemoveAddOn(bounded, 3))
    assert story.renew("2026-05-01").subscription.add_ons == ()


def test_an_add_on_may_have_a_flat_price_and_several_units():
    mixed = AddOn("mixed", "Mixed", (usd("30.00", unit="base", flat=True), usd("3.00")))
    story = ten(add_ons=[(mixed, 2)])
    assert bills(story.opening) == ["2026-04-01: +300.00 +30.00 +6.00 = 336.00"]
    assert bills(story.change(MIDDLE, AddAddOn(mixed))) == ["2026-04-16: +1.50 = 1.50"]


def test_an_upgrade_leaves_the_add_ons_alone():
    story = ten(add_ons=[SSO])
    assert bills(story.change(MIDDLE, SwitchPlan(LARGE))) == [
        "2026-04-16: -150.00 +300.00 = 150.00"
    ]
    assert digits(story.preview().total) == "603.00"


# ----------------------------------------------------------------- batches and packages

MINUTES = AddOn("minutes", "Minutes", (usd("0.30"),), batch=100)
BRONZE = AddOn("bronze", "Bronze", (usd("30.00"),), family="support", rank=1)
GOLD = AddOn("gold", "Gold", (usd("60.00"),), family="support", rank=2)


def test_what_is_sold_in_batches_is_bought_and_given_up_in_batches():
    story = ten()
    added = story.change(MIDDLE, AddAddOn(MINUTES, 200))
    assert bills(added) == ["2026-04-16: +30.00 = 30.00"]
    for change in (AddAddOn(MINUTES, 150), RemoveAddOn(MINUTES, 50)):
        with pytest.raises(BatchError) as refused:
            story.change(MIDDLE, change)
        assert refused.value.code == "not_whole_batches"
        assert refused.value.batch == 100
    story.change(MIDDLE, RemoveAddOn(MINUTES, 100))
    assert digits(story.preview().total) == "330.00"


def from_package(add_on, to, timing=None, **more):
    story = ten(add_ons=[add_on], **more)
    return story, story.change(MIDDLE, SwitchPackage(add_on, to), timing=timing)


@pytest.mark.parametrize(
    ("add_on", "to", "timing", "sums", "owned"),
    [
        pytest.param(
            BRONZE, GOLD, None, ["2026-04-16: -15.00 +30.00 = 15.00"], "gold", id="up"
        ),
        pytest.param(GOLD, BRONZE, None, [], "gold", id="down, at the end"),
        pytest.param(
            GOLD,
            BRONZE,
            IMMEDIATE,
            ["2026-04-16: -30.00 +15.00 = -15.00 due 0.00"],
            "bronze",
            id="down, at once",
        ),
        pytest.param(BRONZE, GOLD, FORFEIT, [], "gold", id="up, free until then"),
        pytest.param(
            BRONZE,
            GOLD,
            RESTART,
            ["2026-04-16: -150.00 -15.00 +300.00 +60.00 = 195.00"],
            "gold",
            id="restart",
        ),
    ],
)
def test_a_package_is_exchanged_for_another_of_its_family(
    add_on, to, timing, sums, owned
):
    story, exchanged = from_package(add_on, to, timing)
    assert bills(exchanged) == sums
    assert [item.add_on.id for item in story.subscription.add_ons] == [owned]
    wanted = {"gold": "360.00", "bronze": "330.00"}[to.id]
    assert digits(story.preview().subtotal) == wanted


def test_an_exchange_that_waits_is_withdrawn_by_the_present_package():
    story, _ = from_package(GOLD, BRONZE)
    assert waiting(story.subscription) == ["package support: bronze on 2026-05-01"]
    story.change(MIDDLE, SwitchPackage(GOLD, GOLD))
    assert waiting(story.subscription) == []
    with pytest.raises(NoChangeError):
        story.change(MIDDLE, SwitchPackage(GOLD, GOLD))


def test_a_package_is_not_bought_beside_another_of_its_family():
    with pytest.raises(DuplicateError) as refused:
        ten(add_ons=[BRONZE]).change(MIDDLE, AddAddOn(GOLD))
    assert (refused.value.kind, refused.value.value) == ("package", "support")
    with pytest.raises(UnknownItemError):
        ten().change(MIDDLE, SwitchPackage(BRONZE, GOLD))
    for pair in ((BRONZE, SSO), (SSO, SSO)):
        with pytest.raises(UnknownItemError):
            SwitchPackage(*pair)


def test_an_exchange_and_fewer_of_it_can_wait_together():
    story = ten(add_ons=[SSO, (GOLD, 3)])
    story.change(MIDDLE, RemoveAddOn(GOLD), SwitchPackage(GOLD, BRONZE))
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: +300.00 +3.00 +60.00 = 363.00"
    ]
    assert story.subscription.add_on_quantity("bronze") == 2


def test_in_a_trial_a_package_is_exchanged_for_nothing():
    story = ten(add_ons=[GOLD], trial_end="2026-05-01")
    assert bills(story.change(MIDDLE, SwitchPackage(GOLD, BRONZE))) == []
    assert story.subscription.add_on_quantity("bronze") == 1
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 +30.00 = 330.00"]


def test_a_late_exchange_waits_a_period_longer():
    rules = BillingRules(notice_days=15)
    story, asked = from_package(GOLD, BRONZE, rules=rules)
    assert told(asked) == []
    story = ten(add_ons=[GOLD], rules=rules)
    late = story.change("2026-04-17", SwitchPackage(GOLD, BRONZE))
    assert told(late) == ["late_notice"]
    assert waiting(story.subscription) == ["package support: bronze on 2026-06-01"]
    exempt = BillingRules(notice_days=15, notice_exempt=[Direction.PACKAGE_DOWN])
    story = ten(add_ons=[GOLD], rules=exempt)
    story.change("2026-04-17", SwitchPackage(GOLD, BRONZE))
    assert waiting(story.subscription) == ["package support: bronze on 2026-05-01"]


# ----------------------------------------------------------------------------- services


def test_a_service_is_bought_once_and_never_prorated():
    setup = Service("setup", "Set-up", Money("99.00", "USD"))
    story = ten()
    bought = story.change(MIDDLE, BuyService(setup, 2))
    assert bills(bought) == ["2026-04-16: +198.00 = 198.00"]
    (line,) = bought.invoice.lines
    assert (line.kind, line.item, line.quantity, line.share) == (
        "service",
        "setup",
        2,
        1,
    )
    assert (line.unit_amount, line.period.days) == (99, 1)
    assert digits(story.preview().total) == "300.00"


def test_a_service_waits_as_the_other_lines_do():
    setup = Service("setup", "Set-up", Money("99.00", "USD"))
    story = ten(rules=BillingRules(settlement=Settlement.ON_RENEWAL))
    assert bills(story.change(MIDDLE, BuyService(setup))) == []
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +99.00 +300.00 = 399.00"]
    # no trial puts off what is bought once
    trial = ten(trial_end="2026-04-20")
    assert bills(trial.change(MIDDLE, BuyService(setup))) == [
        "2026-04-16: +99.00 = 99.00"
    ]
    assert bills(trial.renew("2026-04-20")) == ["2026-04-20: +300.00 = 300.00"]


def test_a_service_has_a_price_in_the_currency():
    setup = Service("setup", "Set-up", Money("99.00", "EUR"))
    with pytest.raises(CurrencyMismatchError) as refused:
        ten().change(MIDDLE, BuyService(setup))
    assert (refused.value.left, refused.value.right) == ("USD", "EUR")
    with pytest.raises(OutOfBoundsError):
        BuyService(setup, 0)
