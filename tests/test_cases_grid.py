"""The ends of months, leap years and renewals, worked out by hand.

Where another engine went wrong with the same story, its figure stands in the docstring.
"""

from __future__ import annotations

import pytest

from seatbill import (
    ANNUAL,
    QUARTERLY,
    AddSeats,
    BillingRules,
    Cancel,
    Discount,
    Settlement,
    SwitchPlan,
    renew,
)
from stories import Story, bills, digits, plan, when


@pytest.mark.source("polarsource/polar#10664 (31, then 29, then 29)")
@pytest.mark.parametrize(
    ("start", "until", "days"),
    [
        pytest.param(
            "2028-01-31",
            "2028-05-31",
            ["2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"],
            id="in a leap year",
        ),
        pytest.param(
            "2026-01-31", "2026-03-31", ["2026-02-28", "2026-03-31"], id="2026"
        ),
    ],
)
def test_a_short_month_does_not_move_the_31st(start, until, days):
    """Each month costs 10; never the 29th of March."""
    story = Story(plan("10.00", "EUR"), start)
    assert bills(story.opening) == [f"{start}: +10.00 = 10.00"]
    assert bills(story.renew(until)) == [f"{day}: +10.00 = 10.00" for day in days]


@pytest.mark.source("useautumn/autumn#2115 (day 31 overflows)")
def test_a_seat_in_the_short_february():
    """31 January to 28 February is 28 days: 10 × 14/28 = 5; to 3 March it is 5.48."""
    story = Story(plan("10.00"), "2026-01-31")
    added = story.change("2026-02-14", AddSeats(1))
    assert bills(added) == ["2026-02-14: +5.00 = 5.00"]
    assert bills(story.renew("2026-02-28")) == ["2026-02-28: +20.00 = 20.00"]


@pytest.mark.source("getlago/lago-api#6173 (29 February)")
def test_a_year_that_starts_on_the_29th_of_february():
    """182 of 366 days: 120 × 182/366 = 59.6721; 181 of 365 would be 59.51."""
    story = Story(plan("120.00", "EUR", interval=ANNUAL), "2024-02-29", interval=ANNUAL)
    assert bills(story.renew("2027-02-28")) == [
        "2025-02-28: +120.00 = 120.00",
        "2026-02-28: +120.00 = 120.00",
        "2027-02-28: +120.00 = 120.00",
    ]
    assert story.period == ("2027-02-28", "2028-02-29")
    added = story.change("2027-08-31", AddSeats(1))
    assert bills(added) == ["2027-08-31: +59.67 = 59.67"]
    assert bills(story.renew("2028-02-29")) == ["2028-02-29: +240.00 = 240.00"]


@pytest.mark.source("getlago/lago-api#6173 (quarters from the 29th on)")
def test_quarters_from_the_30th_leave_no_gap():
    """28 February to 30 May is 91 days: 90 × 46/91 = 45.4945."""
    story = Story(
        plan("90.00", "EUR", interval=QUARTERLY), "2025-11-30", interval=QUARTERLY
    )
    assert story.period == ("2025-11-30", "2026-02-28")
    assert bills(story.renew("2026-02-28")) == ["2026-02-28: +90.00 = 90.00"]
    assert story.period == ("2026-02-28", "2026-05-30")
    added = story.change("2026-04-14", AddSeats(1))
    assert bills(added) == ["2026-04-14: +45.49 = 45.49"]
    assert bills(story.renew("2026-11-30")) == [
        "2026-05-30: +180.00 = 180.00",
        "2026-08-30: +180.00 = 180.00",
        "2026-11-30: +180.00 = 180.00",
    ]


@pytest.mark.source("flexprice/flexprice#2733 (a sliver of one day)")
def test_monthly_settlement_inside_a_short_quarter():
    """2 × 90 × 80/90 = 160 on 30 December, 90 × 18/90 = 18 with the renewal of 450."""
    story = Story(
        plan("90.00", interval=QUARTERLY),
        "2025-11-30",
        seats=2,
        interval=QUARTERLY,
        rules=BillingRules(settlement=Settlement.MONTHLY),
    )
    assert bills(story.change("2025-12-10", AddSeats(2))) == []
    assert bills(story.renew("2025-12-30")) == ["2025-12-30: +160.00 = 160.00"]
    assert bills(story.renew("2026-01-30")) == []
    assert bills(story.change("2026-02-10", AddSeats(1))) == []
    assert bills(story.renew("2026-02-28")) == ["2026-02-28: +18.00 +450.00 = 468.00"]


@pytest.mark.source("killbill/killbill#127, #2133 (the 31st billed on the 30th)")
def test_months_of_a_subscription_from_the_31st():
    """5 × 19.90 = 99.50 each; the last days show that no day is lost."""
    story = Story(plan("19.90", "EUR"), "2026-08-31", seats=5)
    later = story.renew("2026-12-30")
    assert bills(story.opening) + bills(later) == [
        "2026-08-31: +99.50 = 99.50",
        "2026-09-30: +99.50 = 99.50",
        "2026-10-31: +99.50 = 99.50",
        "2026-11-30: +99.50 = 99.50",
    ]
    invoices = (*story.opening.invoices, *later.invoices)
    assert [when(invoice.lines[0].period.last_day) for invoice in invoices] == [
        "2026-09-29",
        "2026-10-30",
        "2026-11-29",
        "2026-12-30",
    ]


@pytest.mark.source("polarsource/polar#13769 (a discount expires early)")
def test_three_discounted_months_from_the_31st_are_three():
    """20 × 0.75 = 15 three times, the full price on 30 April only."""
    story = Story(
        plan("20.00"),
        "2026-01-31",
        discounts=[Discount.percent("25", id="spring", periods=3)],
    )
    assert bills(story.opening) == ["2026-01-31: +15.00 = 15.00"]
    assert bills(story.renew("2026-04-30")) == [
        "2026-02-28: +15.00 = 15.00",
        "2026-03-31: +15.00 = 15.00",
        "2026-04-30: +20.00 = 20.00",
    ]


@pytest.mark.source("killbill/killbill#139, #1074 (a credit at the end of the term)")
def test_a_paid_term_ends_without_a_credit():
    """All of January is used; a day's credit would be 10 × 1/31 = 0.32."""
    story = Story(plan("10.00"), "2026-01-01")
    canceled = story.change("2026-01-20", Cancel())
    assert bills(canceled) == []
    assert when(canceled.effective_on) == "2026-02-01"
    ended = story.renew("2026-02-01")
    assert bills(ended) == []
    assert when(story.subscription.ended_on) == "2026-02-01"
    assert digits(ended.refund_due) == "0.00"


@pytest.mark.source("killbill/killbill#664, #1856 (one period on two invoices)")
def test_a_period_is_invoiced_once_however_often_it_is_renewed():
    """3 × 8 = 24 on the first call, nothing on the second."""
    story = Story(plan("8.00", "EUR"), "2026-03-01", seats=3)
    assert bills(story.renew("2026-04-01")) == ["2026-04-01: +24.00 = 24.00"]
    renewed = story.subscription
    again = renew(renewed, on=renewed.current_period.start)
    assert again.invoices == ()
    assert again.subscription.version == renewed.version


@pytest.mark.source("killbill/killbill#664, #1856 (one period on two invoices)")
def test_a_late_renewal_invoices_each_period_on_its_day():
    """Three months at 3 × 8 = 24."""
    story = Story(plan("8.00", "EUR"), "2026-03-01", seats=3)
    assert bills(story.renew("2026-06-10")) == [
        "2026-04-01: +24.00 = 24.00",
        "2026-05-01: +24.00 = 24.00",
        "2026-06-01: +24.00 = 24.00",
    ]


@pytest.mark.source("proliferate#1589 (an invoice is not the period's boundary)")
def test_a_change_after_the_period_renews_it_first():
    """10 × 4.99 = 49.90 for May, then 4.99 × 29/31 = 4.6680."""
    story = Story(plan("4.99"), "2026-04-01", seats=10)
    added = story.change("2026-05-03", AddSeats(1))
    assert bills(added) == [
        "2026-05-01: +49.90 = 49.90",
        "2026-05-03: +4.67 = 4.67",
    ]


@pytest.mark.source("dodopayments/dodo-docs#375 (a seat resets the cycle)")
def test_an_added_seat_keeps_the_renewal_day():
    """20 × 22/31 = 14.1935; February costs 4 × 20 = 80."""
    story = Story(plan("20.00"), "2026-01-01", seats=3)
    added = story.change("2026-01-10", AddSeats(1))
    assert bills(added) == ["2026-01-10: +14.19 = 14.19"]
    assert story.period == ("2026-01-01", "2026-02-01")
    assert bills(story.renew("2026-02-01")) == ["2026-02-01: +80.00 = 80.00"]


@pytest.mark.source("mollie/laravel-cashier-mollie#263 (a swap lengthens the cycle)")
def test_an_upgrade_keeps_the_renewal_day():
    """9 of 28 days: 15 × 9/28 = 4.8214 back, 25 × 9/28 = 8.0357."""
    story = Story(plan("15.00", "EUR"), "2026-02-01")
    upgrade = story.change("2026-02-20", SwitchPlan(plan("25.00", "EUR")))
    assert bills(upgrade) == ["2026-02-20: -4.82 +8.04 = 3.22"]
    assert story.period == ("2026-02-01", "2026-03-01")
    assert bills(story.renew("2026-03-01")) == ["2026-03-01: +25.00 = 25.00"]
