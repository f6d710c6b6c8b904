"""When lines are invoiced: now, monthly, on renewal; in arrears; measured units."""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import (
    ANNUAL,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    Convention,
    Discount,
    GrantCredit,
    Interval,
    Money,
    Price,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    bill,
    change,
    preview_invoice,
    renew,
)
from seatbill.errors import (
    MeasureEachRenewalError,
    OutOfBoundsError,
    RenewFirstError,
    RulesError,
    WrongTypeError,
)
from seatbill.lifecycle.previews import priced_units
from shop import LARGE, SMALL, priced, usd
from stories import Story, bills, digits

IMMEDIATE, RESTART, PERIOD_END, FORFEIT = Timing
MIDDLE = "2026-04-16"  # 15 of 30 days are left
LATER = BillingRules(settlement=Settlement.ON_RENEWAL)
MONTHLY_RULES = BillingRules(settlement=Settlement.MONTHLY)
YEARLY = priced("yearly", usd("30.00"), usd("365.00", interval=ANNUAL), rank=1)
"""1.00 a day in a common year."""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def ten(plan=SMALL, **more) -> Story:
    """Ten seats from 1 April, at 1.00 a day each unless *plan* says otherwise."""
    return Story(plan, "2026-04-01", **{"seats": 10, **more})


# --------------------------------------------------------------------------- on renewal


def test_lines_wait_for_the_renewal():
    story = ten(rules=LATER)
    assert bills(story.change("2026-04-11", AddSeats(1))) == []
    assert bills(story.change(MIDDLE, SwitchPlan(LARGE))) == []
    waits = [digits(line.amount) for line in story.subscription.waiting_lines]
    assert waits == ["20.00", "-165.00", "330.00"]
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: +20.00 -165.00 +330.00 +660.00 = 845.00"
    ]
    assert story.subscription.waiting_lines == ()


def test_a_preview_shows_what_waits():
    story = ten(rules=LATER)
    story.change("2026-04-11", AddSeats(1))
    preview = story.preview()
    assert digits(preview.total) == "350.00"
    assert preview == story.renew("2026-05-01").invoice


def test_what_waits_at_the_end_is_invoiced_on_the_last_day():
    story = ten(rules=LATER)
    story.change("2026-04-11", AddSeats(1), Cancel())
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +20.00 = 20.00"]
    now = ten(rules=LATER)
    now.change("2026-04-11", AddSeats(1))
    assert bills(now.change(MIDDLE, Cancel(), timing=IMMEDIATE)) == [
        "2026-04-16: +20.00 -165.00 = -145.00 due 0.00"
    ]


def test_a_restart_invoices_what_waits_with_it():
    story = ten(rules=LATER)
    story.change("2026-04-11", AddSeats(1))
    assert bills(story.change(MIDDLE, SwitchInterval(ANNUAL))) == [
        "2026-04-16: +20.00 -165.00 +3960.00 = 3815.00"
    ]


# --------------------------------------------------------------------------- each month


def test_lines_wait_for_the_next_monthly_boundary_of_the_grid():
    story = Story(YEARLY, "2026-01-31", seats=10, rules=MONTHLY_RULES, interval=ANNUAL)
    assert bills(story.change("2026-02-10", AddSeats(1))) == []
    assert bills(story.change("2026-02-20", AddSeats(1))) == []
    assert bills(story.renew("2026-02-27")) == []
    # 355 and 345 of 365 days
    assert bills(story.renew("2026-02-28")) == ["2026-02-28: +355.00 +345.00 = 700.00"]
    assert bills(story.renew("2026-03-31")) == []
    story.change("2026-04-01", AddSeats(1))
    monthly = story.renew("2026-12-31")
    assert bills(monthly) == ["2026-04-30: +305.00 = 305.00"]
    assert monthly.invoice.billing_reason == "subscription_update"


def test_a_change_on_a_boundary_waits_for_the_one_after_it():
    story = Story(YEARLY, "2026-01-01", seats=1, rules=MONTHLY_RULES, interval=ANNUAL)
    story.change("2026-01-11", AddSeats(1))
    on_boundary = story.change("2026-02-01", AddSeats(1))
    assert bills(on_boundary) == ["2026-02-01: +355.00 = 355.00"]
    assert bills(story.renew("2026-03-01")) == ["2026-03-01: +334.00 = 334.00"]


def test_each_monthly_invoice_is_an_event_with_a_version_of_its_own():
    story = Story(YEARLY, "2026-01-01", seats=1, rules=MONTHLY_RULES, interval=ANNUAL)
    story.change("2026-01-11", AddSeats(1))
    assert story.subscription.version == 2
    renewed = story.renew("2026-02-01")
    assert (story.subscription.version, renewed.invoice.key) == (3, "story:3")
    assert story.subscription.changed_on == day("2026-02-01")


def test_in_a_monthly_period_monthly_lines_wait_for_the_renewal():
    story = ten(rules=MONTHLY_RULES)
    story.change(MIDDLE, AddSeats(1))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +15.00 +330.00 = 345.00"]


def test_a_preview_is_of_the_renewal_not_of_the_month():
    story = Story(YEARLY, "2026-01-01", seats=1, rules=MONTHLY_RULES, interval=ANNUAL)
    story.change("2026-01-11", AddSeats(1))
    assert digits(story.preview().total) == "730.00"
    assert story.preview().issued_on == day("2027-01-01")


def test_a_preview_of_nothing_due_is_an_invoice_without_lines():
    story = Story(YEARLY, "2026-01-01", seats=1, rules=MONTHLY_RULES, interval=ANNUAL)
    story.change("2026-01-11", AddSeats(1), Cancel())
    preview = story.preview()
    assert (preview.lines, digits(preview.total)) == ((), "0.00")
    assert preview.issued_on == day("2027-01-01")
    ended = ten()
    ended.change(MIDDLE, Cancel(), timing=IMMEDIATE)
    assert ended.preview().lines == ()


def test_monthly_lines_of_a_period_of_days_wait_for_months_of_the_anchor():
    by_days = priced("days", usd("91.00", interval=Interval(days=91)))
    story = Story(
        by_days, "2026-01-31", interval=Interval(days=91), rules=MONTHLY_RULES
    )
    story.change("2026-02-01", AddSeats(1))
    assert bills(story.renew("2026-04-01")) == ["2026-02-28: +90.00 = 90.00"]


# --------------------------------------------------------------------------- in arrears

ARREARS = priced("arrears", usd("30.00", in_arrears=True), rank=1)
ARREARS_LARGE = priced("arrears large", usd("60.00", in_arrears=True), rank=2)


def test_in_arrears_the_ended_period_is_billed():
    story = ten(ARREARS)
    assert bills(story.opening) == []
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +300.00 = 300.00",
        "2026-06-01: +300.00 = 300.00",
    ]
    line = story.renew("2026-07-01").invoice.lines[0]
    assert (line.period.start, line.period.end) == (
        day("2026-06-01"),
        day("2026-07-01"),
    )


def test_in_arrears_each_change_cuts_what_ran():
    story = ten(ARREARS)
    for on, asked in (
        ("2026-04-11", AddSeats(5)),
        ("2026-04-21", SwitchPlan(ARREARS_LARGE)),
    ):
        assert bills(story.change(on, asked)) == []
    renewed = story.renew("2026-05-01")
    assert bills(renewed) == ["2026-05-01: +100.00 +150.00 +300.00 = 550.00"]
    shares = [(line.quantity, line.share, line.item) for line in renewed.invoice.lines]
    third = renewed.invoice.lines[0].share
    assert third * 3 == 1
    assert shares == [
        (10, third, "arrears"),
        (15, third, "arrears"),
        (15, third, "arrears large"),
    ]


def test_in_arrears_the_last_period_is_billed_at_the_end():
    story = ten(ARREARS)
    story.change(MIDDLE, Cancel())
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 = 300.00"]
    assert bills(story.renew("2026-06-01")) == []
    now = ten(ARREARS)
    assert bills(now.change(MIDDLE, Cancel(), timing=IMMEDIATE)) == [
        "2026-04-16: +150.00 = 150.00"
    ]


@pytest.mark.parametrize(
    ("timing", "sums"),
    [
        pytest.param(IMMEDIATE, "+150.00 +75.00 = 225.00", id="at once"),
        pytest.param(PERIOD_END, "+300.00 = 300.00", id="at the end"),
    ],
)
def test_in_arrears_seats_that_left_are_billed_until_they_left(timing, sums):
    story = ten(ARREARS)
    story.change(MIDDLE, RemoveSeats(5), timing=timing)
    assert bills(story.renew("2026-05-01")) == [f"2026-05-01: {sums}"]
    assert bills(story.renew("2026-06-01")) == ["2026-06-01: +150.00 = 150.00"]


def test_in_arrears_all_seats_may_leave_and_come_back():
    story = ten(ARREARS)
    story.change("2026-04-11", RemoveSeats(10), timing=IMMEDIATE)
    story.change("2026-04-21", AddSeats(1))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +100.00 +10.00 = 110.00"]


def test_in_arrears_a_restart_bills_what_ran():
    story = ten(ARREARS)
    restarted = story.change(MIDDLE, SwitchInterval(QUARTERLY))
    assert bills(restarted) == ["2026-04-16: +150.00 = 150.00"]
    assert bills(story.renew("2026-07-16")) == ["2026-07-16: +900.00 = 900.00"]


def test_in_arrears_an_interval_at_once_bills_what_ran_with_the_new_period():
    story = ten(ARREARS)
    story.change(MIDDLE, SwitchInterval(QUARTERLY), timing=IMMEDIATE)
    # 76 of the 91 days of the quarter, 900.00
    assert bills(story.renew("2026-07-01")) == ["2026-07-01: +150.00 +751.65 = 901.65"]


def test_in_arrears_what_is_free_until_the_period_ends_is_not_billed():
    story = ten(ARREARS, seats=1)
    story.change("2026-04-11", AddSeats(2), timing=FORFEIT)
    story.change("2026-04-21", AddSeats(3))
    story.change("2026-04-26", AddSeats(1), timing=FORFEIT)
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +20.00 +40.00 = 60.00"]
    assert bills(story.renew("2026-06-01")) == ["2026-06-01: +210.00 = 210.00"]


def test_in_arrears_a_plan_that_is_free_until_the_period_ends_is_not_billed():
    story = ten(ARREARS)
    story.change(MIDDLE, SwitchPlan(ARREARS_LARGE), timing=FORFEIT)
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +150.00 = 150.00"]
    assert bills(story.renew("2026-06-01")) == ["2026-06-01: +600.00 = 600.00"]


def test_advance_and_arrears_stand_on_one_invoice():
    both = priced("both", usd("30.00"), usd("3.00", unit="limited", in_arrears=True))
    story = ten(both, seats={"seat": 10, "limited": 10})
    assert bills(story.opening) == ["2026-04-01: +300.00 = 300.00"]
    story.change(MIDDLE, AddSeats(10, unit="limited"))
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: +15.00 +30.00 +300.00 = 345.00"
    ]


def test_an_add_on_in_arrears_is_cut_when_it_leaves():
    api = AddOn("api", "API", (usd("30.00", in_arrears=True),))
    story = ten(add_ons=[(api, 2)])
    assert bills(story.change("2026-04-11", AddAddOn(api))) == []
    assert (
        bills(story.change("2026-04-21", RemoveAddOn(api, 3), timing=IMMEDIATE)) == []
    )
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: +20.00 +30.00 +300.00 = 350.00"
    ]


def test_an_add_on_in_arrears_is_billed_at_the_renewal():
    api = AddOn("api", "API", (usd("30.00", in_arrears=True),))
    story = ten(add_ons=[(api, 2)])
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +60.00 +300.00 = 360.00"]


def test_tiers_in_arrears_are_cut_too():
    tiers = [Tier(up_to=1, unit_amount="30"), Tier(up_to=None, unit_amount="15")]
    tiered = priced("tiered", usd(tiers=tiers, in_arrears=True))
    story = ten(tiered, seats=1)
    story.change(MIDDLE, AddSeats(2))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +15.00 +30.00 = 45.00"]


def test_a_volume_price_in_arrears_falls_from_the_day_it_falls():
    tiers = [Tier(up_to=5, unit_amount="30"), Tier(up_to=None, unit_amount="12")]
    volume = priced("volume", usd(tiers=tiers, tiers_mode="volume", in_arrears=True))
    story = ten(volume, seats=5)
    story.change(MIDDLE, AddSeats(1))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +75.00 +36.00 = 111.00"]


def test_the_whole_price_whatever_the_day_has_no_parts_in_arrears():
    rules = BillingRules(convention=Convention.FULL)
    with pytest.raises(RulesError) as refused:
        ten(ARREARS, rules=rules)
    assert (refused.value.field, refused.value.value) == ("convention", "full")
    api = AddOn("api", "API", (usd("30.00", in_arrears=True),))
    with pytest.raises(RulesError):
        ten(rules=rules).change(MIDDLE, AddAddOn(api))


@pytest.mark.parametrize(
    ("convention", "sums"),
    [
        pytest.param(
            Convention.ACTUAL,
            "+164.52 +270.97 = 435.49",
            id="17/31 of 300.00, 14/31 of 600.00",
        ),
        pytest.param(
            Convention.ACTUAL_30,
            "+170.00 +280.00 = 450.00",
            id="17/30 of 300.00, 14/30 of 600.00",
        ),
        pytest.param(
            Convention.THIRTY_360,
            "+170.00 +260.00 = 430.00",
            id="17/30 of 300.00, 13/30 of 600.00: the 31st is no day",
        ),
    ],
)
def test_arrears_are_cut_by_the_convention(convention, sums):
    """Ten seats in May until the 18th, twenty from then."""
    rules = BillingRules(convention=convention)
    story = Story(ARREARS, "2026-05-01", seats=10, rules=rules)
    story.change("2026-05-18", AddSeats(10))
    assert bills(story.renew("2026-06-01")) == [f"2026-06-01: {sums}"]


# ----------------------------------------------------------------------------- measured

TEAMS = priced("teams", usd("30.00", unit="team", measured=True), usd("10.00"), rank=1)
TEAMS_AFTER = priced(
    "teams after", usd("30.00", unit="team", measured=True, in_arrears=True), rank=1
)


def measured(story: Story, on: str, count: int, unit: str = "team"):
    """Keep a renewal with so many teams, or of another unit."""
    return story._keep(renew(story.subscription, on=day(on), measured={unit: count}))


def test_a_measured_unit_takes_its_quantity_at_each_renewal():
    story = ten(TEAMS, seats={"team": 2, "seat": 1})
    assert bills(story.opening) == ["2026-04-01: +60.00 +10.00 = 70.00"]
    assert bills(measured(story, "2026-05-01", 3)) == [
        "2026-05-01: +90.00 +10.00 = 100.00"
    ]
    assert story.subscription.quantity("team") == 3
    assert bills(measured(story, "2026-06-01", 0)) == ["2026-06-01: +10.00 = 10.00"]
    assert bills(measured(story, "2026-07-01", 1)) == [
        "2026-07-01: +30.00 +10.00 = 40.00"
    ]


@pytest.mark.parametrize("given", [None, {}, {"seat": 3}])
def test_a_renewal_needs_the_measured_quantity(given):
    story = ten(TEAMS, seats={"team": 2})
    with pytest.raises(RenewFirstError) as refused:
        renew(story.subscription, on=day("2026-05-01"), measured=given)
    assert refused.value.code == "renew_first"
    assert refused.value.as_dict()["values"] == {
        "day": day("2026-05-01"),
        "units": "team",
    }


def test_a_change_after_the_boundary_asks_for_the_renewal_first():
    story = ten(TEAMS, seats={"team": 2})
    for asked in (SwitchPlan(LARGE), Cancel()):
        with pytest.raises(RenewFirstError) as refused:
            change(story.subscription, asked, on=day("2026-05-10"))
        assert "measured" in str(refused.value)
    measured(story, "2026-05-01", 3)
    assert bills(story.change("2026-05-10", Cancel())) == []


def test_one_measurement_serves_one_period():
    story = ten(TEAMS, seats={"team": 2})
    with pytest.raises(MeasureEachRenewalError) as refused:
        renew(story.subscription, on=day("2026-06-15"), measured={"team": 3})
    assert refused.value.code == "measure_each_renewal"
    assert refused.value.as_dict()["values"] == {
        "first": day("2026-05-01"),
        "last": day("2026-06-01"),
    }


def test_a_measurement_is_not_missed_where_nothing_is_measured():
    story = ten()
    renewed = renew(story.subscription, on=day("2026-06-15"), measured={})
    assert len(renewed.invoices) == 2


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"team": -1}, OutOfBoundsError),
        ({"team": 1.5}, WrongTypeError),
        ({"team": True}, WrongTypeError),
        ("team", WrongTypeError),
        (1.5, WrongTypeError),
    ],
)
def test_a_measurement_is_a_whole_number(given, error):
    story = ten(TEAMS, seats={"team": 2})
    with pytest.raises(error):
        renew(story.subscription, on=day("2026-05-01"), measured=given)


def test_a_preview_takes_a_measurement():
    story = ten(TEAMS, seats={"team": 2})
    preview = preview_invoice(story.subscription, measured={"team": 3})
    assert digits(preview.total) == "90.00"
    with pytest.raises(RenewFirstError):
        preview_invoice(story.subscription)


def test_measured_in_arrears_the_ended_period_has_the_quantity_at_its_end():
    story = ten(TEAMS_AFTER, seats={"team": 2})
    assert bills(story.opening) == []
    assert bills(measured(story, "2026-05-01", 3)) == ["2026-05-01: +90.00 = 90.00"]
    assert bills(measured(story, "2026-06-01", 0)) == ["2026-06-01: +0.00 = 0.00"]
    assert bills(measured(story, "2026-07-01", 1)) == ["2026-07-01: +30.00 = 30.00"]


@pytest.mark.parametrize("seats", [{}, {"team": 0}])
def test_measured_in_arrears_a_period_that_opened_with_none_is_billed(seats):
    story = ten(TEAMS_AFTER, seats=seats)
    with pytest.raises(RenewFirstError):
        renew(story.subscription, on=day("2026-05-01"))
    assert bills(measured(story, "2026-05-01", 3)) == ["2026-05-01: +90.00 = 90.00"]


@pytest.mark.parametrize("first", ["apply", "remove"])
def test_measured_in_arrears_a_discount_inside_the_period_reprices_nothing(first):
    fifth = Discount.percent("20", id="d")
    story = ten(
        TEAMS_AFTER, seats={"team": 2}, discounts=[fifth] if first == "remove" else ()
    )
    story.change(
        MIDDLE, ApplyDiscount(fifth) if first == "apply" else RemoveDiscount("d")
    )
    before, after = ("90.00", "72.00") if first == "apply" else ("72.00", "90.00")
    assert bills(measured(story, "2026-05-01", 3)) == [
        f"2026-05-01: +{before} = {before}"
    ]
    assert bills(measured(story, "2026-06-01", 3)) == [
        f"2026-06-01: +{after} = {after}"
    ]


def test_measured_tiers_in_arrears():
    tiers = [Tier(up_to=2, unit_amount="30"), Tier(up_to=None, unit_amount="15")]
    tiered = priced(
        "tiered", usd(tiers=tiers, unit="team", measured=True, in_arrears=True)
    )
    story = ten(tiered, seats={"team": 1})
    assert bills(measured(story, "2026-05-01", 4)) == ["2026-05-01: +90.00 = 90.00"]


def test_measured_in_arrears_the_last_period_is_measured_too():
    story = ten(TEAMS_AFTER, seats={"team": 2})
    story.change(MIDDLE, Cancel())
    with pytest.raises(RenewFirstError):
        renew(story.subscription, on=day("2026-05-01"))
    assert bills(measured(story, "2026-05-01", 4)) == ["2026-05-01: +120.00 = 120.00"]


def test_measured_in_advance_an_end_needs_no_measurement():
    story = ten(TEAMS, seats={"team": 2})
    story.change(MIDDLE, Cancel())
    assert bills(story.renew("2026-05-01")) == []


def test_a_bill_asks_for_each_measurement():
    opening = ten(TEAMS, seats={"team": 2}).opening
    asked = []

    def teams(boundary):
        asked.append(boundary)
        return {"team": boundary.month}

    statement = bill(
        opening,
        [(day("2026-05-10"), AddSeats(1))],
        until=day("2026-07-01"),
        measured=teams,
    )
    assert asked == [day("2026-05-01"), day("2026-06-01"), day("2026-07-01")]
    # 22 of the 31 days of May for the seat at 10.00
    totals = [digits(invoice.total) for invoice in statement.invoices]
    assert totals == ["60.00", "150.00", "7.10", "190.00", "220.00"]
    assert [len(o.invoices) for o in statement.outcomes] == [1, 1, 1, 1]
    assert statement.outcomes[-1].subscription == statement.subscription


def test_a_bill_may_measure_only_where_something_is_measured():
    rules = BillingRules(notice_days=15)
    lower = priced("lower", usd("30.00", unit="team", measured=True), rank=0)
    opening = ten(rules=rules).opening
    statement = bill(
        opening,
        [(day("2026-04-20"), SwitchPlan(lower))],
        until=day("2026-06-01"),
        measured=lambda at: {"team": 3} if at == day("2026-06-01") else None,
    )
    totals = [digits(invoice.total) for invoice in statement.invoices]
    assert totals == ["300.00", "300.00", "90.00"]
    assert [o.subscription.plan.id for o in statement.outcomes][-1] == "lower"
    assert statement.outcomes[-1].subscription == statement.subscription


def test_a_measured_plan_starts_at_a_renewal_where_its_quantity_is_known():
    story = ten()
    with pytest.raises(RulesError) as refused:
        story.change(MIDDLE, SwitchPlan(TEAMS), timing=IMMEDIATE)
    assert (refused.value.field, refused.value.value) == ("team", "measured")
    story.change(MIDDLE, SwitchPlan(TEAMS), timing=PERIOD_END)
    assert bills(measured(story, "2026-05-01", 2)) == [
        "2026-05-01: +60.00 +100.00 = 160.00"
    ]


def test_a_measured_plan_in_arrears_may_start_at_once():
    story = ten()
    up = story.change(MIDDLE, SwitchPlan(TEAMS_AFTER), timing=IMMEDIATE)
    assert bills(up) == ["2026-04-16: -150.00 = -150.00 due 0.00"]
    assert bills(measured(story, "2026-05-01", 2)) == [
        "2026-05-01: +30.00 = 30.00 due 0.00"
    ]


FLOOR = "bitwarden/server#4679 (accepted, and does nothing)"


@pytest.mark.source(FLOOR)
@pytest.mark.parametrize("in_arrears", [False, True])
def test_a_measured_unit_has_a_floor_and_a_cap_on_what_is_billed(in_arrears):
    """Users at 10.00, from 5 to 8: 3 cost 50.00, 7 cost 70.00, 12 cost 80.00, 0 50.00.

    The number itself stays what was measured, at the boundary before in advance.
    """
    users = usd(
        "10.00",
        unit="user",
        measured=True,
        in_arrears=in_arrears,
        min_quantity=5,
        max_quantity=8,
    )
    story = ten(priced("bounded", users, rank=1), seats={"user": 3})
    if not in_arrears:
        assert bills(story.opening) == ["2026-04-01: +50.00 = 50.00"]
    for boundary, count, bill_of_it in (
        ("2026-05-01", 3, "+50.00 = 50.00"),
        ("2026-06-01", 7, "+70.00 = 70.00"),
        ("2026-07-01", 12, "+80.00 = 80.00"),
        ("2026-08-01", 0, "+50.00 = 50.00"),
    ):
        assert bills(measured(story, boundary, count, unit="user")) == [
            f"{boundary}: {bill_of_it}"
        ]
        assert story.subscription.quantity("user") == count


@pytest.mark.source(FLOOR)
@pytest.mark.parametrize(
    ("currency", "total"), [("EUR", "29.75"), ("JPY", "30"), ("KWD", "29.750")]
)
def test_a_floor_meets_tax_discount_and_balance(currency, total):
    """5 × 10 at half price is 25, 19 % of it 4.75; of the 29.75 a gift pays 10."""
    users = Price(
        unit="user", unit_amount="10", currency=currency, measured=True, min_quantity=5
    )
    story = ten(
        priced("bounded", users, rank=1),
        seats={"user": 1},
        discounts=[Discount.percent("50", id="half")],
        tax_rates=[TaxRate("vat", "0.19")],
    )
    story.change(MIDDLE, GrantCredit(Money("10", currency), "a gift"))
    (invoice,) = measured(story, "2026-05-01", 2, unit="user").invoices
    assert digits(invoice.total) == total
    assert invoice.amount_due == invoice.total - Money("10", currency)


@pytest.mark.source(FLOOR)
def test_a_page_shows_what_is_billed_of_a_measured_number():
    """3 users are billed as 5: 50.00."""
    users = usd("10.00", unit="user", measured=True, min_quantity=5)
    sub = ten(priced("bounded", users, rank=1), seats={"user": 3}).subscription
    (shown,) = priced_units(sub, sub.plan)
    assert (shown.quantity, digits(shown.price)) == (5, "50.00")


@pytest.mark.source(FLOOR)
def test_a_plan_whose_number_is_not_measured_yet_has_no_floor_to_bill():
    users = usd("10.00", unit="user", measured=True, min_quantity=5)
    with pytest.raises(RulesError):
        ten(priced("bounded", users, rank=1), seats={})


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param((Cancel(), IMMEDIATE), id="ended"),
        pytest.param((SwitchPlan(LARGE), IMMEDIATE), id="another plan"),
        pytest.param((SwitchInterval(ANNUAL), RESTART), id="a new period"),
    ],
)
def test_what_is_measured_in_arrears_cannot_end_inside_its_period(asked):
    request, timing = asked
    story = ten(TEAMS_AFTER, seats={"team": 2})
    with pytest.raises(RulesError) as refused:
        change(story.subscription, request, on=day(MIDDLE), timing=timing)
    assert (refused.value.field, refused.value.value) == ("team", "measured")


def test_a_volume_tier_takes_no_charge_below_zero():
    volume = priced(
        "volume",
        usd(
            tiers=[
                Tier(up_to=10, unit_amount="10.00"),
                Tier(up_to=None, unit_amount="1.00"),
            ],
            tiers_mode="volume",
        ),
        rank=1,
    )
    story = ten(volume, seats=5)
    story.change("2026-04-01", ApplyDiscount(Discount.percent("50", id="half")))
    # 5 more at half price: 25.00; the 11th lowers 100.00 to 11.00, by 89.00: the 50.00
    # of the five at half price, so 25.00, and 39.00 of the first five.
    assert bills(story.change("2026-04-01", AddSeats(5))) == [
        "2026-04-01: +25.00 = 25.00"
    ]
    assert bills(story.change("2026-04-01", AddSeats(1))) == [
        "2026-04-01: -25.00 -39.00 = -64.00 due 0.00"
    ]
    assert [str(c.full_amount) for c in story.subscription.charges] == ["11", "0"]
