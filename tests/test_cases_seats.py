"""Seats that come and go, and intervals that change, worked out by hand.

Where another engine went wrong with the same story, its figure stands in the docstring.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    BillingRules,
    Interval,
    Plan,
    Price,
    RemoveSeats,
    SetSeats,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    Timing,
)
from seatbill.errors import SeatsOccupiedError, TooFewSeatsError, TooManySeatsError
from stories import Story, bills, plan, when

# Seats.

ONE_BY_ONE = [("2026-01-20", "5.86"), ("2026-01-21", "5.64"), ("2026-01-22", "5.41")]
"""6.99 × 26/31 = 5.8625, × 25/31 = 5.6370, × 24/31 = 5.4116."""


@pytest.mark.source("different-ai/openwork#3463 (an invoice for each seat)")
def test_seats_one_by_one_are_invoiced_one_by_one():
    """26, 25 and 24 of 31 days."""
    story = Story(plan("6.99"), "2026-01-15", seats=5)
    for day, amount in ONE_BY_ONE:
        added = story.change(day, AddSeats(1))
        assert bills(added) == [f"{day}: +{amount} = {amount}"]


@pytest.mark.source("different-ai/openwork#3463, laravel/cashier-stripe#1012")
def test_seats_one_by_one_can_wait_for_one_invoice():
    """5.86 + 5.64 + 5.41 and the renewal of 8 × 6.99 = 55.92."""
    story = Story(
        plan("6.99"),
        "2026-01-15",
        seats=5,
        rules=BillingRules(settlement=Settlement.ON_RENEWAL),
    )
    for day, _ in ONE_BY_ONE:
        assert bills(story.change(day, AddSeats(1))) == []
    assert bills(story.renew("2026-02-15")) == [
        "2026-02-15: +5.86 +5.64 +5.41 +55.92 = 72.83"
    ]


@pytest.mark.source("different-ai/openwork#3463; own figures")
def test_three_seats_bought_apart_and_given_back_at_once():
    """3 × 5.86 = 17.58, back 3 × 6.99 × 26/31 = 17.5877: the rounding of the parts."""
    story = Story(
        plan("6.99"),
        "2026-01-15",
        seats=5,
        rules=BillingRules(seats_removed=Timing.IMMEDIATE),
    )
    for _ in range(3):
        added = story.change("2026-01-20", AddSeats(1))
        assert bills(added) == ["2026-01-20: +5.86 = 5.86"]
    removed = story.change("2026-01-20", RemoveSeats(3))
    assert bills(removed) == ["2026-01-20: -17.59 = -17.59 due 0.00"]


@pytest.mark.source("calcom/cal.diy#27559 (high-water mark)")
def test_a_seat_removed_and_added_again_is_paid_already():
    """Nothing is due; a second charge would be 15 × 21/30 = 10.50."""
    story = Story(plan("15.00", "EUR"), "2026-04-01", seats=10)
    assert bills(story.change("2026-04-05", RemoveSeats(1, occupied=9))) == []
    added = story.change("2026-04-10", AddSeats(1))
    assert bills(added) == []
    (notice,) = added.notices
    assert (notice.code, notice.value("count")) == ("removals_undone", 1)
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +150.00 = 150.00"]


def two_of_ten_leave():
    """Return a story of ten seats, eight of them occupied, two to be removed."""
    story = Story(plan("4.99"), "2026-04-01", seats=10)
    assert bills(story.change("2026-04-10", RemoveSeats(2, occupied=8))) == []
    return story


@pytest.mark.source("sourcegraph/sourcegraph-public-snapshot#63234")
@pytest.mark.rule("CL-28")
def test_only_vacant_seats_can_be_removed():
    """10 owned less 8 occupied is 2; those that wait for removal count."""
    story = Story(plan("4.99"), "2026-04-01", seats=10)
    with pytest.raises(SeatsOccupiedError) as refusal:
        story.change("2026-04-10", RemoveSeats(3, occupied=8))
    assert refusal.value.code == "seats_occupied"
    assert refusal.value.removable == 2
    story = two_of_ten_leave()
    with pytest.raises(SeatsOccupiedError) as refusal:
        story.change("2026-04-10", RemoveSeats(1, occupied=8))
    assert refusal.value.removable == 0


@pytest.mark.source("sourcegraph/sourcegraph-public-snapshot#63234")
@pytest.mark.rule("CL-30")
def test_removed_seats_lower_the_next_bill_only():
    """8 × 4.99 = 39.92."""
    story = two_of_ten_leave()
    assert story.subscription.quantity() == 10
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +39.92 = 39.92"]
    assert story.subscription.quantity() == 8


@pytest.mark.source("dust#25614, #27269 (a removal that waits, then a purchase)")
def test_a_purchase_keeps_the_seats_that_were_to_leave():
    """Two stay free, one costs 4.99 × 15/30 = 2.495; three would be 7.49."""
    story = two_of_ten_leave()
    added = story.change("2026-04-16", AddSeats(3))
    assert bills(added) == ["2026-04-16: +2.50 = 2.50"]
    assert story.subscription.quantity() == 11
    # 11 × 4.99
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +54.89 = 54.89"]


@pytest.mark.source("polarsource/polar#11129 (a seat change drops the plan change)")
def test_a_seat_change_leaves_the_plan_change_waiting():
    """2 × 6.99 × 15/30 = 6.99; May costs 7 × 4.99 = 34.93, not 7 × 6.99 = 48.93."""
    story = Story(plan("6.99", rank=2), "2026-04-01", seats=5)
    assert bills(story.change("2026-04-05", SwitchPlan(plan("4.99", rank=1)))) == []
    added = story.change("2026-04-16", AddSeats(2))
    assert bills(added) == ["2026-04-16: +6.99 = 6.99"]
    assert added.replaced == ()
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +34.93 = 34.93"]


@pytest.mark.source(
    "https://support.atlassian.com/subscriptions-and-billing/docs/"
    "how-maximum-quantity-billing-works/"
)
def test_the_highest_number_of_users_is_billed():
    """2 × 18 × 25/30 = 30 and 9 × 18 = 162; nothing back for the three removed."""
    story = Story(
        plan("18.00"),
        "2026-04-01",
        seats=10,
        rules=BillingRules(settlement=Settlement.ON_RENEWAL),
    )
    assert bills(story.change("2026-04-06", AddSeats(2))) == []
    assert bills(story.change("2026-04-20", RemoveSeats(3, occupied=9))) == []
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +30.00 +162.00 = 192.00"]


@pytest.mark.source("https://www.chargebee.com/docs/proration-old.html (example 2)")
@pytest.mark.parametrize(
    ("day", "back", "due"),
    [
        pytest.param("2013-04-10", "21.00", "39.00", id="10 April is free"),
        pytest.param("2013-04-11", "20.00", "40.00", id="10 April is paid, as there"),
    ],
)
def test_a_removed_seat_pays_into_the_next_invoice(day, back, due):
    """30 × 21/30 = 21 from 10 April, 30 × 20/30 = 20 from 11 April; May 2 × 30."""
    story = Story(
        plan("30.00"),
        "2013-04-01",
        seats=3,
        rules=BillingRules(seats_removed=Timing.IMMEDIATE),
    )
    removed = story.change(day, RemoveSeats(1))
    assert bills(removed) == [f"{day}: -{back} = -{back} due 0.00"]
    assert story.balance == back
    assert bills(story.renew("2013-05-01")) == [f"2013-05-01: +60.00 = 60.00 due {due}"]


FROM_3_TO_50 = plan("10.00", min_quantity=3, max_quantity=50)


@pytest.mark.source(
    "https://www.mintlify.com/polarsource/polar/features/seat-based-pricing"
)
def test_a_plan_for_three_to_fifty_seats():
    """5 × 10 = 50, 3 × 10 × 20/30 = 20, and 3 × 10 = 30 after all five are gone."""
    story = Story(FROM_3_TO_50, "2026-04-01", seats=5)
    assert bills(story.opening) == ["2026-04-01: +50.00 = 50.00"]
    added = story.change("2026-04-11", AddSeats(3))
    assert bills(added) == ["2026-04-11: +20.00 = 20.00"]
    with pytest.raises(TooManySeatsError) as too_many:
        story.change("2026-04-11", SetSeats(51))
    assert (too_many.value.code, too_many.value.excess) == ("too_many_seats", 1)
    with pytest.raises(TooFewSeatsError) as too_few:
        story.change("2026-04-11", RemoveSeats(6))
    assert (too_few.value.code, too_few.value.missing) == ("too_few_seats", 1)
    assert bills(story.change("2026-04-11", RemoveSeats(5))) == []
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +30.00 = 30.00"]


@pytest.mark.source(
    "https://www.mintlify.com/polarsource/polar/features/seat-based-pricing"
)
def test_a_plan_from_three_seats_is_not_sold_for_two():
    with pytest.raises(TooFewSeatsError) as refusal:
        Story(FROM_3_TO_50, "2026-04-01", seats=2)
    assert (refusal.value.minimum, refusal.value.missing) == (3, 1)


@pytest.mark.source("polarsource/polar#12378 (a quantity that does not multiply out)")
def test_a_prorated_line_multiplies_out():
    """3 × 6.99 = 20.97, × 26/31 = 17.5877; the renewal is 8 × 6.99 = 55.92."""
    story = Story(plan("6.99"), "2026-01-15", seats=5)
    added = story.change("2026-01-20", AddSeats(3))
    assert bills(added) == ["2026-01-20: +17.59 = 17.59"]
    (line,) = added.invoice.lines
    assert line.quantity == 3
    assert line.unit_amount == Fraction("6.99")
    assert line.full_amount == Fraction("20.97")
    assert line.share == Fraction(26, 31)
    renewed = story.renew("2026-02-15")
    assert bills(renewed) == ["2026-02-15: +55.92 = 55.92"]
    assert [line.quantity for line in renewed.invoice.lines] == [8]


# Intervals.


@pytest.mark.source("getlago/lago-api#218 (monthly to yearly)")
@pytest.mark.rule("CL-39")
def test_from_monthly_to_annual_with_a_discount():
    """4.99 × 12 × 0.8 = 47.904 a seat, 10 × 47.90 = 479 (not 479.04).

    Back come 10 × 4.99 × 20/30 = 33.2666.
    """
    story = Story(
        plan("4.99"),
        "2026-04-01",
        seats=10,
        rules=BillingRules(interval_discounts={ANNUAL: "20"}),
    )
    switched = story.change("2026-04-11", SwitchInterval(ANNUAL))
    assert bills(switched) == ["2026-04-11: -33.27 +479.00 = 445.73"]
    assert story.anchor == "2026-04-11"
    assert story.period == ("2026-04-11", "2027-04-11")
    assert bills(story.renew("2027-04-11")) == ["2027-04-11: +479.00 = 479.00"]


def by_month_and_year(month, year, currency="EUR"):
    """Return a plan with both prices listed."""
    return Plan(
        "both",
        "Both",
        0,
        (
            Price(unit_amount=month, currency=currency),
            Price(unit_amount=year, currency=currency, interval=ANNUAL),
        ),
    )


@pytest.mark.source("polarsource/polar#6369 (a negative invoice)")
def test_from_annual_to_monthly_at_the_end_of_the_year():
    """5 × 10 = 50, and the 31st is kept."""
    story = Story(
        by_month_and_year("10.00", "100.00"), "2025-08-31", seats=5, interval=ANNUAL
    )
    switched = story.change("2026-02-10", SwitchInterval(MONTHLY))
    assert bills(switched) == []
    assert when(switched.effective_on) == "2026-08-31"
    assert bills(story.renew("2026-10-31")) == [
        "2026-08-31: +50.00 = 50.00",
        "2026-09-30: +50.00 = 50.00",
        "2026-10-31: +50.00 = 50.00",
    ]


@pytest.mark.source("getlago/lago-api#1481 (a full year for a part of one)")
def test_from_monthly_to_annual_on_the_same_grid():
    """5 × 12 × 15/30 = 30 back, 5 × 120 × 350/365 = 575.3424, not the full 600."""
    story = Story(
        by_month_and_year("12.00", "120.00"),
        "2026-01-01",
        seats=5,
        rules=BillingRules(longer_interval=Timing.IMMEDIATE),
    )
    story.renew("2026-04-01")
    switched = story.change("2026-04-16", SwitchInterval(ANNUAL))
    assert bills(switched) == ["2026-04-16: -30.00 +575.34 = 545.34"]
    assert story.period == ("2026-04-01", "2027-04-01")


@pytest.mark.source("rallly#2481 (a seat collected a year late)")
def test_seats_of_an_annual_plan_are_settled_each_month():
    """2 × 120 × 297/365 = 195.2876, 120 × 287/365 = 94.3561; renewal 13 × 120."""
    story = Story(
        plan("120.00", interval=ANNUAL),
        "2026-01-01",
        seats=10,
        interval=ANNUAL,
        rules=BillingRules(settlement=Settlement.MONTHLY),
    )
    assert bills(story.change("2026-03-10", AddSeats(2))) == []
    assert bills(story.change("2026-03-20", AddSeats(1))) == []
    assert bills(story.renew("2026-04-01")) == ["2026-04-01: +195.29 +94.36 = 289.65"]
    assert bills(story.renew("2027-01-01")) == ["2027-01-01: +1560.00 = 1560.00"]


HALF_YEAR = Interval(months=6)


def by_half_year_and_year():
    """Return a story that waits with a longer interval, and wants 15 days' notice."""
    prices = (
        Price(unit_amount="60.00", currency="EUR", interval=HALF_YEAR),
        Price(unit_amount="110.00", currency="EUR", interval=ANNUAL),
    )
    return Story(
        Plan("both", "Both", 0, prices),
        "2026-01-01",
        interval=HALF_YEAR,
        rules=BillingRules(longer_interval=Timing.PERIOD_END, notice_days=15),
    )


@pytest.mark.source("laravel/cashier-stripe#535 (semi-annual to annual should wait)")
def test_from_half_a_year_to_a_year_in_time():
    """16 June to 1 July is exactly 15 days."""
    story = by_half_year_and_year()
    switched = story.change("2026-06-16", SwitchInterval(ANNUAL))
    assert bills(switched) == []
    assert switched.notices == ()
    assert bills(story.renew("2026-07-01")) == ["2026-07-01: +110.00 = 110.00"]
    assert story.period == ("2026-07-01", "2027-07-01")


@pytest.mark.source("laravel/cashier-stripe#535 (semi-annual to annual should wait)")
def test_from_half_a_year_to_a_year_one_day_late():
    """14 days are too few: one period later."""
    story = by_half_year_and_year()
    switched = story.change("2026-06-17", SwitchInterval(ANNUAL))
    assert bills(switched) == []
    assert [notice.code for notice in switched.notices] == ["late_notice"]
    assert bills(story.renew("2027-01-01")) == [
        "2026-07-01: +60.00 = 60.00",
        "2027-01-01: +110.00 = 110.00",
    ]
    assert story.period == ("2027-01-01", "2028-01-01")
