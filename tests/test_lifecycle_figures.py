"""The worked figures of the rulebooks, to the cent; each row can be checked by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddSeats,
    BillingRules,
    Cancel,
    Discount,
    Price,
    RemoveSeats,
    SwitchInterval,
    SwitchPlan,
    Timing,
)
from seatbill.errors import SeatsOccupiedError
from shop import waiting
from stories import Story, bills, digits, plan

BASIC = plan("4.99", id="basic", rank=1)
STANDARD = plan("6.99", id="standard", rank=2)
FIFTH_OFF = BillingRules(interval_discounts={ANNUAL: "20"})
AT_THE_END = BillingRules(longer_interval=Timing.PERIOD_END, notice_days=15)


def basic(**more) -> Story:
    """Ten seats of Basic from 1 April 2026."""
    return Story(BASIC, "2026-04-01", **{"seats": 10, "rules": FIFTH_OFF, **more})


@pytest.mark.source("design.md 5")
def test_five_seats_of_standard_cost_34_95_a_month():
    story = Story(STANDARD, "2026-01-15", seats=5)
    assert bills(story.opening) == ["2026-01-15: +34.95 = 34.95"]
    assert story.period == ("2026-01-15", "2026-02-15")


@pytest.mark.source("design.md 5")
def test_three_seats_more_cost_the_26_of_31_days_that_are_left():
    story = Story(STANDARD, "2026-01-15", seats=5)
    added = story.change("2026-01-20", AddSeats(3))
    assert bills(added) == ["2026-01-20: +17.59 = 17.59"]
    (line,) = added.invoice.lines
    assert (line.quantity, line.share.numerator, line.share.denominator) == (3, 26, 31)
    assert digits(story.preview().total) == "55.92"


@pytest.mark.source("design.md 5; Clockify, CL-45")
def test_an_upgrade_costs_the_difference_of_the_days_that_are_left():
    upgraded = basic().change("2026-04-16", SwitchPlan(STANDARD))
    assert bills(upgraded) == ["2026-04-16: -24.95 +34.95 = 10.00"]


@pytest.mark.source("Clockify, CL-45: 12 owned, of which 9 are active")
def test_an_upgrade_counts_the_seats_that_are_owned():
    upgraded = basic(seats=12).change("2026-04-16", SwitchPlan(STANDARD))
    assert bills(upgraded) == ["2026-04-16: -29.94 +41.94 = 12.00"]


@pytest.mark.source("design.md 5; Clockify, CL-39")
def test_a_year_instead_of_months_costs_the_year_less_what_is_unused():
    story = basic()
    annual = story.change("2026-04-11", SwitchInterval(ANNUAL))
    assert bills(annual) == ["2026-04-11: -33.27 +479.00 = 445.73"]
    assert story.period == ("2026-04-11", "2027-04-11")
    assert story.anchor == "2026-04-11"


@pytest.mark.source("design.md 5; Clockify, CL-38")
def test_months_instead_of_a_year_cost_nothing_until_the_year_ends():
    story = Story(BASIC, "2025-10-05", seats=10, rules=FIFTH_OFF, interval=ANNUAL)
    assert bills(story.opening) == ["2025-10-05: +479.00 = 479.00"]
    asked = story.change("2026-03-01", SwitchInterval(MONTHLY))
    assert bills(asked) == []
    assert asked.effective_on == dt.date(2026, 10, 5)
    assert waiting(story.subscription) == ["interval: month on 2026-10-05"]
    assert bills(story.renew("2026-10-05")) == ["2026-10-05: +49.90 = 49.90"]
    assert story.period == ("2026-10-05", "2026-11-05")


@pytest.mark.source("design.md 5; Clockify, CL-30")
def test_two_vacant_seats_fewer_lower_the_next_bill_only():
    story = basic()
    removed = story.change("2026-04-16", RemoveSeats(2, occupied=8))
    assert bills(removed) == []
    assert story.subscription.quantity() == 10
    assert story.subscription.scheduled_removals == {"seat": 2}
    assert digits(story.preview().total) == "39.92"
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +39.92 = 39.92"]


@pytest.mark.source("design.md 5; Clockify, CL-28")
def test_three_seats_fewer_are_refused_where_two_are_vacant():
    story = basic()
    with pytest.raises(SeatsOccupiedError) as refused:
        story.change("2026-04-16", RemoveSeats(3, occupied=8))
    assert refused.value.code == "seats_occupied"
    assert refused.value.as_dict()["values"] == {
        "unit": "seat",
        "asked": 3,
        "removable": 2,
        "occupied": 8,
    }


@pytest.mark.source("design.md 5; Teamleader, TL-4")
def test_two_users_more_pay_the_45_of_92_days_of_the_quarter():
    team = plan("30.00", "EUR", id="team")
    story = Story(team, "2026-07-01", seats=5, interval=QUARTERLY)
    assert bills(story.opening) == ["2026-07-01: +450.00 = 450.00"]
    assert bills(story.change("2026-08-17", AddSeats(2))) == [
        "2026-08-17: +88.04 = 88.04"
    ]


@pytest.mark.source("design.md 5; Teamleader, TL-3: exactly 15 days before is in time")
@pytest.mark.parametrize(
    ("day", "applies_on"),
    [
        pytest.param("2026-08-17", "2026-10-01", id="in the middle"),
        pytest.param("2026-09-16", "2026-10-01", id="15 days before"),
        pytest.param("2026-09-17", "2027-01-01", id="14 days before"),
        pytest.param("2026-09-30", "2027-01-01", id="on the last day"),
    ],
)
def test_a_year_instead_of_quarters_waits_for_the_next_period(day, applies_on):
    story = Story(BASIC, "2026-07-01", interval=QUARTERLY, rules=AT_THE_END)
    asked = story.change(day, SwitchInterval(ANNUAL))
    assert bills(asked) == []
    assert asked.effective_on == dt.date.fromisoformat(applies_on)
    assert waiting(story.subscription) == [f"interval: 12 months on {applies_on}"]
    story.renew("2027-01-01")
    assert story.subscription.interval == ANNUAL


@pytest.mark.source("design.md 5: seconds, as Stripe counts them")
def test_seconds_are_counted_where_instants_are_given():
    ten, twenty = plan("10.00", id="ten"), plan("20.00", id="twenty", rank=1)
    story = Story(ten, "2026-02-01T00:00:00Z")
    upgraded = story.change("2026-02-18T19:14:48Z", SwitchPlan(twenty))
    assert bills(upgraded) == ["2026-02-18T19:14:48Z: -3.64 +7.28 = 3.64"]
    credit = upgraded.invoice.lines[0]
    assert credit.share * 2_419_200 == 881_112


@pytest.mark.source("design.md 5")
def test_the_anchor_of_31_january_comes_back():
    story = Story(BASIC, "2026-01-31")
    days = [
        invoice.issued_on.isoformat() for invoice in story.renew("2026-05-30").invoices
    ]
    assert days == ["2026-02-28", "2026-03-31", "2026-04-30"]
    assert story.period == ("2026-04-30", "2026-05-31")
    assert story.anchor == "2026-01-31"


@pytest.mark.source("Clockify, CL-5: 3 vacant x 4.99 = 14.97")
def test_vacant_seats_cost_like_occupied_ones():
    story = Story(BASIC, "2026-04-01", seats=12, occupied=9)
    assert bills(story.opening) == ["2026-04-01: +59.88 = 59.88"]


@pytest.mark.source("Clockify, CL-20")
def test_limited_seats_have_a_price_and_a_line_of_their_own():
    both = plan("4.99", id="basic", rank=1)
    limited = Price(unit="limited", unit_amount="0.99", currency="USD")
    kiosk = type(both)("kiosk", "Kiosk", 1, (*both.prices, limited))
    story = Story(kiosk, "2026-04-01", seats={"seat": 10, "limited": 15})
    assert bills(story.opening) == ["2026-04-01: +49.90 +14.85 = 64.75"]
    assert [line.unit for line in story.opening.invoice.lines] == ["seat", "limited"]


@pytest.mark.source("Clockify, CL-21")
def test_three_seats_with_12_of_30_days_left_cost_5_99():
    assert bills(basic().change("2026-04-19", AddSeats(3))) == [
        "2026-04-19: +5.99 = 5.99"
    ]


@pytest.mark.source("Clockify, CL-41")
def test_three_seats_of_a_year_with_200_of_365_days_left_cost_78_74():
    story = Story(BASIC, "2026-01-01", seats=10, rules=FIFTH_OFF, interval=ANNUAL)
    assert bills(story.change("2026-06-15", AddSeats(3))) == [
        "2026-06-15: +78.74 = 78.74"
    ]


@pytest.mark.source("Clockify, CL-54")
def test_a_cancellation_leaves_the_paid_days():
    story = Story(BASIC, "2026-10-05", seats=10)
    cancelled = story.change("2026-10-10", Cancel())
    assert bills(cancelled) == []
    assert story.subscription.cancel_at_period_end
    assert story.subscription.current_period.last_day == dt.date(2026, 11, 4)
    assert bills(story.renew("2027-01-01")) == []
    assert story.subscription.ended_on == dt.date(2026, 11, 5)


@pytest.mark.source("rulebook, ambiguity 21: 10 x 47.90 x 0.75")
def test_a_percentage_comes_off_the_rounded_annual_price():
    story = Story(
        BASIC,
        "2026-01-01",
        seats=10,
        rules=FIFTH_OFF,
        interval=ANNUAL,
        discounts=[Discount.percent("25", id="nonprofit")],
    )
    assert bills(story.opening) == ["2026-01-01: +359.25 = 359.25"]
