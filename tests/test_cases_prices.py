"""Tiers, price lists and price rises, worked out by hand.

Where another engine went wrong with the same story, its figure stands in the docstring.
"""

from __future__ import annotations

import pytest

from seatbill import (
    ANNUAL,
    AddOn,
    AddSeats,
    BillingRules,
    Discount,
    Plan,
    Price,
    Reprice,
    SwitchPlan,
    Tier,
)
from seatbill.rules import DiscountScope
from stories import Story, at, bills, plan, when

# Tiers.


def tiered(mode, *tiers):
    """Return a plan with *tiers* of ``(up_to, unit_amount)`` or with a flat amount."""
    price = Price(
        currency="USD",
        tiers_mode=mode,
        tiers=tuple(
            Tier(up_to=up_to, unit_amount=unit, flat_amount=flat[0] if flat else "0")
            for up_to, unit, *flat in tiers
        ),
    )
    return Plan(mode, mode, 0, (price,))


UP_TO_5_AND_10 = ((5, "7.00"), (10, "6.50"), (None, "6.00"))


@pytest.mark.source(
    "https://docs.stripe.com/subscriptions/pricing-models/tiered-pricing"
)
@pytest.mark.parametrize(
    ("mode", "seats", "total"),
    [
        pytest.param("volume", 1, "7.00", id="volume 1"),
        pytest.param("volume", 5, "35.00", id="volume 5"),
        pytest.param("volume", 6, "39.00", id="volume 6: 6 × 6.50"),
        pytest.param("volume", 20, "120.00", id="volume 20: 20 × 6"),
        pytest.param("volume", 25, "150.00", id="volume 25: 25 × 6"),
        pytest.param("graduated", 1, "7.00", id="graduated 1"),
        pytest.param("graduated", 5, "35.00", id="graduated 5"),
        pytest.param("graduated", 6, "41.50", id="graduated 6: 35 + 6.50"),
        pytest.param("graduated", 20, "127.50", id="graduated 20: 35 + 32.50 + 60"),
        pytest.param("graduated", 25, "157.50", id="graduated 25: 35 + 32.50 + 90"),
    ],
)
def test_a_month_in_tiers(mode, seats, total):
    """1 to 5 at 7.00, 6 to 10 at 6.50, 11 and more at 6.00."""
    story = Story(tiered(mode, *UP_TO_5_AND_10), "2026-04-01", seats=seats)
    assert bills(story.opening) == [f"2026-04-01: +{total} = {total}"]
    (line,) = story.opening.invoice.lines
    assert line.unit_amount is None


@pytest.mark.source(
    "https://docs.stripe.com/subscriptions/pricing-models/tiered-pricing; own date"
)
@pytest.mark.parametrize(
    ("mode", "amount"),
    [
        pytest.param("volume", "2.00", id="volume: (39 − 35) × 15/30"),
        pytest.param("graduated", "3.25", id="graduated: (41.50 − 35) × 15/30"),
    ],
)
def test_a_seat_that_reaches_the_next_tier(mode, amount):
    """One line for the difference of the two totals."""
    story = Story(tiered(mode, *UP_TO_5_AND_10), "2026-04-01", seats=5)
    added = story.change("2026-04-16", AddSeats(1))
    assert bills(added) == [f"2026-04-16: +{amount} = {amount}"]
    (line,) = added.invoice.lines
    assert line.unit_amount is None


@pytest.mark.parametrize(
    ("sold", "quantity", "total"),
    [
        pytest.param(
            tiered(
                "volume",
                (10_000, "0.0010", "10"),
                (50_000, "0.0008", "10"),
                (100_000, "0.0006", "10"),
                (None, "0.0004", "10"),
            ),
            65_000,
            "49.00",
            id="65000 × 0.0006 + 10",
            marks=pytest.mark.source(
                "https://getlago.com/docs/guide/plans/charges/charge-models/volume"
            ),
        ),
        pytest.param(
            tiered("graduated", (1_000, "0.01"), (10_000, "0.008"), (None, "0.005")),
            15_000,
            "107.00",
            id="1000 × 0.01 + 9000 × 0.008 + 5000 × 0.005",
            marks=pytest.mark.source(
                "https://docs.useautumn.com/documentation/modelling-pricing/"
                "graduated-pricing"
            ),
        ),
        pytest.param(
            tiered("graduated", (5, "9.99"), (10, "7.99"), (None, "7.99")),
            8,
            "73.92",
            id="5 × 9.99 + 3 × 7.99",
            marks=pytest.mark.source(
                "https://developer.apple.com/documentation/storekit/product/"
                "subscriptioninfo/pricingterms-swift.struct/seatbasedpricing/pricetiers"
            ),
        ),
    ],
)
def test_tiers_of_three_vendors(sold, quantity, total):
    """A whole month."""
    story = Story(sold, "2026-04-01", seats=quantity)
    assert bills(story.opening) == [f"2026-04-01: +{total} = {total}"]


@pytest.mark.source(
    "https://docs.stripe.com/subscriptions/pricing-models/tiered-pricing; own figures"
)
def test_a_seat_that_makes_the_others_cheaper():
    """(11 × 6 − 10 × 7) × 15/30 = −2; May costs 66, of which the balance pays 2."""
    story = Story(
        tiered("volume", (10, "7.00"), (None, "6.00")), "2026-04-01", seats=10
    )
    assert bills(story.opening) == ["2026-04-01: +70.00 = 70.00"]
    added = story.change("2026-04-16", AddSeats(1))
    assert bills(added) == ["2026-04-16: -2.00 = -2.00 due 0.00"]
    assert story.balance == "2.00"
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +66.00 = 66.00 due 64.00"]


# A year by formula or by list.

EXPORT = AddOn("export", "Export", (Price(unit_amount="5.00", currency="USD"),))
LISTED = Plan(
    "listed",
    "Listed",
    0,
    (
        Price(unit_amount="3.99", currency="USD"),
        Price(unit_amount="47.88", currency="USD", interval=ANNUAL),
    ),
)


@pytest.mark.source("Clockify, 20 % off a year; own figures")
@pytest.mark.rule("CL-36")
@pytest.mark.parametrize(
    ("sold", "seats", "bill"),
    [
        # 6.99 × 12 × 0.8 = 67.104, not 671.04 for ten
        pytest.param(plan("6.99"), 10, "+671.00 = 671.00", id="cents"),
        # 0.0049 × 12 × 0.8 = 0.04704: the price's own four digits
        pytest.param(plan("0.0049"), 1000, "+47.00 = 47.00", id="finer than cents"),
        # 5 × 47.88, no further discount
        pytest.param(LISTED, 5, "+239.40 = 239.40", id="listed"),
    ],
)
def test_a_year_at_20_percent_off(sold, seats, bill):
    """The unit price is rounded once, to the finer of the cent and its own digits."""
    rules = BillingRules(interval_discounts={ANNUAL: "20"})
    story = Story(sold, "2026-01-01", seats=seats, interval=ANNUAL, rules=rules)
    assert bills(story.opening) == [f"2026-01-01: {bill}"]


@pytest.mark.source("Clockify, 20 % off a year; own figures")
@pytest.mark.rule("CL-36")
@pytest.mark.parametrize(
    ("scope", "bill"),
    [
        pytest.param(
            DiscountScope.PLAN, "+67.10 +60.00 = 127.10", id="the plan: 5 × 12"
        ),
        pytest.param(
            DiscountScope.PLAN_AND_ADD_ONS,
            "+67.10 +48.00 = 115.10",
            id="add-ons too: 5 × 12 × 0.8",
        ),
    ],
)
def test_what_the_annual_discount_covers(scope, bill):
    """6.99 × 12 × 0.8 = 67.104."""
    story = Story(
        plan("6.99"),
        "2026-01-01",
        interval=ANNUAL,
        add_ons=[EXPORT],
        rules=BillingRules(
            interval_discounts={ANNUAL: "20"}, interval_discount_scope=scope
        ),
    )
    assert bills(story.opening) == [f"2026-01-01: {bill}"]


# New prices.


def basic(unit_amount):
    """Return the plan Basic as one list or another has it."""
    return plan(unit_amount, id="basic")


@pytest.mark.source("django-plans#250; own figures")
def test_a_price_rise_waits_for_the_renewal_after_its_day():
    """5 × 4.99 = 24.95, 4.99 × 16/31 = 2.5754 at the old price, then 6 × 5.49."""
    story = Story(basic("4.99"), "2026-04-01", seats=5)
    repriced = story.change(
        "2026-04-10", Reprice(basic("5.49"), from_day=at("2026-05-15"))
    )
    assert bills(repriced) == []
    (notice,) = repriced.notices
    assert (notice.code, when(notice.value("on"))) == ("price_change", "2026-06-01")
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +24.95 = 24.95"]
    added = story.change("2026-05-16", AddSeats(1))
    assert bills(added) == ["2026-05-16: +2.58 = 2.58"]
    assert bills(story.renew("2026-06-01")) == ["2026-06-01: +32.94 = 32.94"]


@pytest.mark.source("django-plans#250; own figures")
def test_a_price_cut_waits_for_the_renewal_after_its_day():
    """5 × 4.99 = 24.95 in May, 5 × 3.99 = 19.95 in June."""
    story = Story(basic("4.99"), "2026-04-01", seats=5)
    story.change("2026-04-10", Reprice(basic("3.99"), from_day=at("2026-05-15")))
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +24.95 = 24.95",
        "2026-06-01: +19.95 = 19.95",
    ]


@pytest.mark.source("django-plans#250; own figures")
def test_a_new_list_touches_nobody_until_a_change():
    """5 × 4.99 = 24.95 from the old list; 16/31 of 5 × 7.99 less 16/31 of 24.95."""
    story = Story(basic("4.99"), "2026-04-01", seats=5)
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +24.95 = 24.95"]
    upgrade = story.change(
        "2026-05-16", SwitchPlan(plan("7.99", id="standard", rank=1))
    )
    assert bills(upgrade) == ["2026-05-16: -12.88 +20.62 = 7.74"]


# Nothing to pay.


@pytest.mark.source("polarsource/polar#10567, #10617 (an error on a zero proration)")
def test_an_upgrade_at_100_percent_off():
    """Nothing was charged, so no credit line; each invoice is zero, with its line."""
    story = Story(
        plan("20.00"), "2026-04-01", discounts=[Discount.percent("100", id="free")]
    )
    assert bills(story.opening) == ["2026-04-01: +0.00 = 0.00"]
    upgrade = story.change("2026-04-16", SwitchPlan(plan("40.00")))
    assert bills(upgrade) == ["2026-04-16: +0.00 = 0.00"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +0.00 = 0.00"]


@pytest.mark.source("openmeter#4363, #4364 (an upgrade from a free plan)")
def test_an_upgrade_from_a_price_of_zero():
    """10 × 15/30 = 5, and no credit line."""
    story = Story(plan("0.00"), "2026-04-01")
    assert bills(story.opening) == ["2026-04-01: +0.00 = 0.00"]
    upgrade = story.change("2026-04-16", SwitchPlan(plan("10.00")))
    assert bills(upgrade) == ["2026-04-16: +5.00 = 5.00"]


@pytest.mark.source("Kill Bill makes no invoice here, Lago one of zero")
def test_an_upgrade_at_the_same_price():
    """10 × 15/30 = 5 back and again."""
    story = Story(plan("10.00", id="old", rank=1), "2026-04-01")
    upgrade = story.change("2026-04-16", SwitchPlan(plan("10.00", id="new", rank=2)))
    assert bills(upgrade) == ["2026-04-16: -5.00 +5.00 = 0.00"]
