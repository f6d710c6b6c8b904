"""Part of a period, by the day and by the second, worked out by hand.

Each docstring gives the arithmetic; where another engine went wrong with the same
story, its figure stands there too.
"""

from __future__ import annotations

import pytest

from seatbill import AddSeats, BillingRules, Settlement, SwitchPlan, change
from stories import Story, at, bills, plan, when

ON_RENEWAL = BillingRules(settlement=Settlement.ON_RENEWAL)


@pytest.mark.source("https://docs.stripe.com/billing/subscriptions/prorations")
def test_an_upgrade_in_the_middle_of_april():
    """15 of 30 days: 10 × 15/30 = 5 back, 20 × 15/30 = 10."""
    story = Story(plan("10.00"), "2026-04-01")
    upgrade = story.change("2026-04-16", SwitchPlan(plan("20.00")))
    assert bills(upgrade) == ["2026-04-16: -5.00 +10.00 = 5.00"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +20.00 = 20.00"]


@pytest.mark.source("Stack Overflow 19916488 (25 or 30?)")
def test_a_prorated_upgrade_waits_for_the_renewal():
    """20 + 20 × 17/31 = 10.9677 − 10 × 17/31 = 5.4838; 30 forgets the credit."""
    story = Story(plan("10.00"), "2026-05-01", rules=ON_RENEWAL)
    assert bills(story.change("2026-05-15", SwitchPlan(plan("20.00")))) == []
    assert bills(story.renew("2026-06-01")) == [
        "2026-06-01: -5.48 +10.97 +20.00 = 25.49"
    ]


@pytest.mark.source("https://docs.stripe.com/billing/subscriptions/prorations")
def test_an_upgrade_to_the_second():
    """881112 of 2419200 s left: 3.6421 back, 7.2843 charged."""
    story = Story(plan("10.00"), "2026-02-01T00:00Z")
    upgrade = story.change("2026-02-18T19:14:48Z", SwitchPlan(plan("20.00")))
    assert bills(upgrade) == ["2026-02-18T19:14:48Z: -3.64 +7.28 = 3.64"]


@pytest.mark.source(
    "https://support.recurly.com/hc/en-us/articles/"
    "360029630811-How-Is-My-MRR-Affected-When-I-Add-a-User-Mid-Month"
)
def test_a_second_user_in_the_middle_of_june():
    """10 × 15/30 = 5, and no credit line: the first seat keeps what it cost."""
    story = Story(plan("10.00"), "2026-06-01")
    added = story.change("2026-06-16", AddSeats(1))
    assert bills(added) == ["2026-06-16: +5.00 = 5.00"]
    (line,) = added.invoice.lines
    assert (line.period.start, line.period.last_day) == (
        at("2026-06-16"),
        at("2026-06-30"),
    )
    assert bills(story.renew("2026-07-01")) == ["2026-07-01: +20.00 = 20.00"]


@pytest.mark.source("killbill/killbill#445 (daylight saving)")
def test_a_clock_that_is_put_forward_changes_nothing():
    """991800 of 2678400 s: 2 × 30 × 0.3702 = 22.2177; a local clock bills 22.25."""
    story = Story(plan("30.00", "EUR"), "2026-03-10T08:00Z", seats=3)
    added = story.change("2026-03-29T20:30Z", AddSeats(2))
    assert bills(added) == ["2026-03-29T20:30:00Z: +22.22 = 22.22"]
    assert story.period == ("2026-03-10T08:00:00Z", "2026-04-10T08:00:00Z")


@pytest.mark.source(
    "https://docs.unibee.dev/documentation/subscription/change-subscription-plan"
)
def test_a_day_price_is_never_rounded_first():
    """49 × 15/31 = 23.7096, 99 × 15/31 = 47.9032; 1.61 a day × 15 is 24.15."""
    story = Story(plan("49.00"), "2026-01-01")
    upgrade = story.change("2026-01-17", SwitchPlan(plan("99.00")))
    assert bills(upgrade) == ["2026-01-17: -23.71 +47.90 = 24.19"]


@pytest.mark.source("https://github.com/orgs/community/discussions/212320")
def test_a_first_period_that_began_before_the_customer():
    """10 × 15/31 = 4.8387: 6 to 20 November of 21 October to 20 November."""
    story = Story(plan("10.00"), "2025-11-06", anchor="2025-10-21")
    assert bills(story.opening) == ["2025-11-06: +4.84 = 4.84"]
    (line,) = story.opening.invoice.lines
    assert (when(line.period.start), when(line.period.last_day)) == (
        "2025-11-06",
        "2025-11-20",
    )
    assert (when(line.whole.start), when(line.whole.end)) == (
        "2025-10-21",
        "2025-11-21",
    )
    assert bills(story.renew("2025-11-21")) == ["2025-11-21: +10.00 = 10.00"]


@pytest.mark.source("getlago/lago-api#6194")
def test_a_late_start_does_not_shrink_the_denominator():
    """100 × 12/31 = 38.7096; 12/12 would be 100.00."""
    story = Story(plan("100.00", "EUR", flat=True), "2026-01-20", anchor="2026-01-01")
    assert bills(story.opening) == ["2026-01-20: +38.71 = 38.71"]
    (line,) = story.opening.invoice.lines
    assert (when(line.whole.start), when(line.whole.end)) == (
        "2026-01-01",
        "2026-02-01",
    )


@pytest.mark.source("django-plans, plan_change.py, _calculate_day_cost")
def test_an_upgrade_on_the_first_day_gives_everything_back():
    """10 × 30/30 = 10 back; 0.33 a day × 30 would give back 9.90."""
    story = Story(plan("10.00"), "2026-04-01")
    upgrade = story.change("2026-04-01", SwitchPlan(plan("15.00")))
    assert bills(upgrade) == ["2026-04-01: -10.00 +15.00 = 5.00"]


@pytest.mark.source("Kill Bill, InvoiceDateUtils.java (a share of nine digits)")
def test_a_share_is_not_cut_to_digits():
    """10000 × 3000 × 22/30 = 22000000; 0.733333333 gives 21999999.99."""
    story = Story(plan("3000.00"), "2026-04-01")
    added = story.change("2026-04-09", AddSeats(10_000))
    assert bills(added) == ["2026-04-09: +22000000.00 = 22000000.00"]


@pytest.mark.source("pay-rails/pay#138 (seconds between preview and change)")
@pytest.mark.parametrize(
    ("instant", "bill"),
    [
        pytest.param(
            "2026-04-16T00:00:00Z",
            "-129600.00 +259200.00 = 129600.00",  # half of each
            id="at midnight",
        ),
        pytest.param(
            "2026-04-16T00:00:01Z",
            "-129599.90 +259199.80 = 129599.90",  # 1295999 of 2592000 s
            id="one second later",
        ),
    ],
)
def test_an_outcome_depends_on_the_instant_alone(instant, bill):
    """1000 × 259.20 × 1296000/2592000 = 129600; each second is worth 0.10."""
    story = Story(plan("259.20", "EUR"), "2026-04-01T00:00Z", seats=1000)
    before = story.subscription
    upgrade = SwitchPlan(plan("518.40", "EUR"))
    outcome = story.change(instant, upgrade)
    assert bills(outcome) == [f"{instant}: {bill}"]
    assert change(before, upgrade, on=at(instant)) == outcome


@pytest.mark.source("getlago/lago-api#1695 (the upgrade's day billed twice)")
def test_the_day_of_an_upgrade_belongs_to_the_new_plan():
    """60 × 15/30 − 30 × 15/30 = 15; with the day on both plans it would be 16."""
    story = Story(plan("30.00", "EUR"), "2026-06-01")
    upgrade = story.change("2026-06-16", SwitchPlan(plan("60.00", "EUR")))
    assert bills(upgrade) == ["2026-06-16: -15.00 +30.00 = 15.00"]


@pytest.mark.source("silver#200 (the wrong month as denominator)")
def test_a_period_across_two_months_has_its_own_length():
    """15 January to 15 February is 31 days: 31 × 14/31 = 14, not 31 × 14/28."""
    story = Story(plan("31.00", "RON"), "2026-01-15")
    added = story.change("2026-02-01", AddSeats(1))
    assert bills(added) == ["2026-02-01: +14.00 = 14.00"]


@pytest.mark.source("Polar, design of prorations (a net below a processor's minimum)")
@pytest.mark.parametrize(
    ("rules", "now", "renewal"),
    [
        pytest.param(
            BillingRules(),
            ["2026-01-31: +0.16 = 0.16"],
            "2026-02-01: +24.95 = 24.95",
            id="now",
        ),
        pytest.param(
            ON_RENEWAL,
            [],
            "2026-02-01: +0.16 +24.95 = 25.11",
            id="on renewal",
        ),
    ],
)
def test_a_seat_on_the_last_day_costs_a_few_cents(rules, now, renewal):
    """4.99 × 1/31 = 0.1609; 5 × 4.99 = 24.95."""
    story = Story(plan("4.99"), "2026-01-01", seats=4, rules=rules)
    added = story.change("2026-01-31", AddSeats(1))
    assert bills(added) == now
    assert bills(story.renew("2026-02-01")) == [renewal]
