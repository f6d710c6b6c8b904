"""Upgrades, downgrades and the way back, worked out by hand.

Where another engine went wrong with the same story, its figure stands in the docstring.
"""

from __future__ import annotations

import pytest

from seatbill import (
    ANNUAL,
    BillingRules,
    Cancel,
    Convention,
    Plan,
    Price,
    Settlement,
    SwitchPlan,
    Timing,
)
from seatbill.errors import NoChangeError
from stories import Story, bills, digits, plan, sum_of, when

BASIC = plan("4.99", id="basic", rank=1)
STANDARD = plan("6.99", id="standard", rank=2)


@pytest.mark.source("gumroad#6077 (second upgrade under-credited)")
def test_a_second_upgrade_gives_back_the_full_price_of_the_first():
    """10 × 20/30 = 6.6666 and 20 × 20/30 = 13.3333, then 20 × 10/30 and 40 × 10/30.

    A credit on the last payment would be 6.66 × 10/30 = 2.22, and 11.11 due.
    """
    story = Story(plan("10.00"), "2026-04-01")
    first = story.change("2026-04-11", SwitchPlan(plan("20.00")))
    assert bills(first) == ["2026-04-11: -6.67 +13.33 = 6.66"]
    second = story.change("2026-04-21", SwitchPlan(plan("40.00")))
    assert bills(second) == ["2026-04-21: -6.67 +13.33 = 6.66"]


@pytest.mark.source("getlago/lago-api#1778 (credits above the fee)")
def test_two_upgrades_on_one_day_come_to_the_one_that_stays():
    """30 × 20/30 = 20 less 10 × 20/30 = 6.67 is 13.33, in two steps 6.66 + 6.67."""
    story = Story(plan("10.00", "EUR"), "2026-04-01")
    to_20, to_30 = SwitchPlan(plan("20.00", "EUR")), SwitchPlan(plan("30.00", "EUR"))
    assert bills(story.change("2026-04-11", to_20)) == [
        "2026-04-11: -6.67 +13.33 = 6.66"
    ]
    assert bills(story.change("2026-04-11", to_30)) == [
        "2026-04-11: -13.33 +20.00 = 6.67"
    ]
    at_once = Story(plan("10.00", "EUR"), "2026-04-01")
    (invoice,) = at_once.change("2026-04-11", to_20, to_30).invoices
    assert digits(invoice.total) == "13.33"


@pytest.mark.source("laravel/cashier-stripe#557 (down, then up, charges twice)")
def test_down_and_up_again_on_one_day_cost_nothing():
    """7 × 6.99 × 20/30 = 32.62, 7 × 4.99 × 20/30 = 23.2866: −9.33 and +9.33."""
    story = Story(
        STANDARD, "2026-04-01", seats=7, rules=BillingRules(downgrade=Timing.IMMEDIATE)
    )
    down = story.change("2026-04-11", SwitchPlan(BASIC))
    assert bills(down) == ["2026-04-11: -32.62 +23.29 = -9.33 due 0.00"]
    assert story.balance == "9.33"
    up = story.change("2026-04-11", SwitchPlan(STANDARD))
    assert bills(up) == ["2026-04-11: -23.29 +32.62 = 9.33 due 0.00"]
    assert digits(up.invoice.credit_applied) == "9.33"
    assert story.balance == "0.00"


@pytest.mark.source("laravel/cashier-stripe#557, polarsource/polar#12911")
def test_a_downgrade_that_waits_is_withdrawn_by_asking_for_what_is():
    """Nothing is due for either; May costs 7 × 6.99 = 48.93."""
    story = Story(STANDARD, "2026-04-01", seats=7)
    down = story.change("2026-04-11", SwitchPlan(BASIC))
    assert bills(down) == []
    assert when(down.effective_on) == "2026-05-01"
    up = story.change("2026-04-20", SwitchPlan(STANDARD))
    assert bills(up) == []
    assert [update.value for update in up.replaced] == [BASIC]
    with pytest.raises(NoChangeError) as refusal:
        story.change("2026-04-20", SwitchPlan(STANDARD))
    assert refusal.value.code == "no_change"
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +48.93 = 48.93"]


@pytest.mark.source("https://www.chargebee.com/docs/proration-old.html (example 1)")
def test_a_downgrade_pays_into_the_next_invoice():
    """60 × 10/30 = 20 back, 30 × 10/30 = 10; May costs 30 − 10 = 20."""
    story = Story(
        plan("60.00"), "2012-04-01", rules=BillingRules(downgrade=Timing.IMMEDIATE)
    )
    down = story.change("2012-04-21", SwitchPlan(plan("30.00")))
    assert bills(down) == ["2012-04-21: -20.00 +10.00 = -10.00 due 0.00"]
    assert story.balance == "10.00"
    assert bills(story.renew("2012-06-01")) == [
        "2012-05-01: +30.00 = 30.00 due 20.00",
        "2012-06-01: +30.00 = 30.00",
    ]


@pytest.mark.source(
    "https://access.redhat.com/documentation/ja-jp/red_hat_3scale_api_management/"
    "2.9/html/admin_portal_guide/_mid_month_upgrades"
)
@pytest.mark.parametrize(
    ("day", "bill"),
    [
        pytest.param(
            "2026-04-01", "-200.00 +300.00 = 100.00", id="on the first day, 30/30"
        ),
        pytest.param(
            "2026-04-16", "-100.00 +150.00 = 50.00", id="in the middle, 15/30"
        ),
    ],
)
def test_an_upgrade_from_200_to_300(day, bill):
    """The share that is left of 200 comes back, that of 300 is charged."""
    story = Story(plan("200.00"), "2026-04-01")
    upgrade = story.change(day, SwitchPlan(plan("300.00")))
    assert bills(upgrade) == [f"{day}: {bill}"]


@pytest.mark.source(
    "https://developer.samsung.com/iap/subscription-guide/"
    "manage-subscription-plan/examples.html"
)
@pytest.mark.parametrize(
    ("timing", "now", "renewal", "anchor"),
    [
        pytest.param(
            Timing.IMMEDIATE,
            ["2026-09-15: -16.00 +32.00 = 16.00"],
            "2026-10-01: +60.00 = 60.00",
            "2026-09-01",
            id="prorated",  # 15.00 where the day stays with the old plan
        ),
        pytest.param(
            Timing.FORFEIT,
            [],
            "2026-10-01: +60.00 = 60.00",
            "2026-09-01",
            id="without proration",
        ),
        pytest.param(
            Timing.PERIOD_END,
            [],
            "2026-10-01: +60.00 = 60.00",
            "2026-09-01",
            id="deferred",
        ),
        pytest.param(
            Timing.RESTART,
            ["2026-09-15: -16.00 +60.00 = 44.00"],
            "2026-10-15: +60.00 = 60.00",
            "2026-09-15",
            id="full price, new period",
        ),
    ],
)
def test_four_timings_of_one_upgrade(timing, now, renewal, anchor):
    """16 of 30 days: 30 × 16/30 = 16 back, 60 × 16/30 = 32."""
    story = Story(plan("30.00"), "2026-09-01")
    upgrade = story.change("2026-09-15", SwitchPlan(plan("60.00")), timing=timing)
    assert bills(upgrade) == now
    assert story.anchor == anchor
    assert bills(story.renew(renewal[:10])) == [renewal]


@pytest.mark.source("stripe/stripe-node#2515 (the price difference whatever the date)")
def test_the_full_convention_charges_the_price_difference():
    """25 − 10 = 15; a cancellation gives nothing back."""
    story = Story(
        plan("10.00", "EUR"),
        "2026-04-01",
        rules=BillingRules(convention=Convention.FULL),
    )
    upgrade = story.change("2026-04-28", SwitchPlan(plan("25.00", "EUR")))
    assert bills(upgrade) == ["2026-04-28: -10.00 +25.00 = 15.00"]
    canceled = story.change("2026-04-29", Cancel(), timing=Timing.IMMEDIATE)
    assert bills(canceled) == []
    assert digits(canceled.refund_due) == "0.00"


@pytest.mark.source("stripe/stripe-node#2515 (the price difference whatever the date)")
def test_the_same_upgrade_by_days():
    """25 × 3/30 = 2.50 less 10 × 3/30 = 1.00."""
    story = Story(plan("10.00", "EUR"), "2026-04-01")
    upgrade = story.change("2026-04-28", SwitchPlan(plan("25.00", "EUR")))
    assert bills(upgrade) == ["2026-04-28: -1.00 +2.50 = 1.50"]


@pytest.mark.source(
    "https://changelog.baremetrics.com/api---proration-charge-fixes-ymQbm"
)
def test_an_upgrade_settled_on_renewal():
    """12 × 21/28 = 9 back, 24 × 21/28 = 18, renewal 24: 33."""
    story = Story(
        plan("12.00"),
        "2026-02-01",
        rules=BillingRules(settlement=Settlement.ON_RENEWAL),
    )
    assert bills(story.change("2026-02-08", SwitchPlan(plan("24.00")))) == []
    assert bills(story.renew("2026-03-01")) == [
        "2026-03-01: -9.00 +18.00 +24.00 = 33.00"
    ]


@pytest.mark.source("polarsource/polar#10482, #5826 (a late upgrade for pennies)")
@pytest.mark.parametrize(
    ("upgrade", "bill", "next_start"),
    [
        pytest.param(
            Timing.IMMEDIATE, "-0.33 +3.33 = 3.00", "2026-05-01", id="prorated"
        ),
        pytest.param(
            Timing.RESTART, "-0.33 +100.00 = 99.67", "2026-05-30", id="restart"
        ),
    ],
)
def test_an_upgrade_on_the_last_day(upgrade, bill, next_start):
    """10 × 1/30 = 0.3333 back, 100 × 1/30 = 3.3333 or a full 100."""
    story = Story(plan("10.00"), "2026-04-01", rules=BillingRules(upgrade=upgrade))
    switched = story.change("2026-04-30", SwitchPlan(plan("100.00")))
    assert bills(switched) == [f"2026-04-30: {bill}"]
    assert bills(story.renew(next_start)) == [f"{next_start}: +100.00 = 100.00"]


@pytest.mark.source("polarsource/polar#9344 (seats to a fixed plan gave no credit)")
def test_from_seats_to_a_plan_of_one_price():
    """5 × 10 × 15/30 = 25 back, 80 × 15/30 = 40."""
    story = Story(plan("10.00"), "2026-04-01", seats=5)
    upgrade = story.change("2026-04-16", SwitchPlan(plan("80.00", rank=1, flat=True)))
    assert bills(upgrade) == ["2026-04-16: -25.00 +40.00 = 15.00"]


def with_base_fee(base, seat, *, rank):
    """Return a plan with a fee for all and a price for each seat."""
    return Plan(
        f"fee {base}",
        f"fee {base}",
        rank,
        (
            Price(unit="base", unit_amount=base, currency="EUR", flat=True),
            Price(unit_amount=seat, currency="EUR"),
        ),
    )


@pytest.mark.source("getlago/lago-api#4760 (a fixed charge prorated twice)")
def test_a_base_fee_is_prorated_once():
    """Half of 50 and 4 × 10 back, half of 80 and 4 × 15; 80 × 15/30 × 15/30 is 20."""
    story = Story(with_base_fee("50.00", "10.00", rank=1), "2026-04-01", seats=4)
    assert bills(story.opening) == ["2026-04-01: +50.00 +40.00 = 90.00"]
    upgrade = story.change(
        "2026-04-16", SwitchPlan(with_base_fee("80.00", "15.00", rank=2))
    )
    assert bills(upgrade) == ["2026-04-16: -25.00 -20.00 +40.00 +30.00 = 25.00"]


@pytest.mark.source(
    "https://groups.google.com/d/msgid/killbilling-users/"
    "880ab5ab-ce67-49b7-9d7f-e91ad9892570n%40googlegroups.com"
)
@pytest.mark.parametrize(
    ("timing", "bill", "period"),
    [
        pytest.param(
            Timing.IMMEDIATE,
            "-703.56 +1407.12 = 703.56",  # 2400 × 214/365 = 1407.1232
            ("2026-01-01", "2027-01-01"),
            id="the end stays",
        ),
        pytest.param(
            Timing.RESTART,
            "-703.56 +2400.00 = 1696.44",
            ("2026-06-01", "2027-06-01"),
            id="a new year",
        ),
    ],
)
def test_an_annual_upgrade_in_june(timing, bill, period):
    """214 of 365 days: 1200 × 214/365 = 703.5616 back."""
    story = Story(
        plan("1200.00", "EUR", interval=ANNUAL), "2026-01-01", interval=ANNUAL
    )
    upgrade = story.change(
        "2026-06-01",
        SwitchPlan(plan("2400.00", "EUR", interval=ANNUAL)),
        timing=timing,
    )
    assert bills(upgrade) == [f"2026-06-01: {bill}"]
    assert story.period == period


@pytest.mark.source("django-plans#250 (the renewal keeps the old price)")
def test_a_downgrade_that_waits_is_in_the_preview_and_the_renewal():
    """4 × 3 = 12 for both; the old plan would be 20.00."""
    story = Story(plan("5.00", "EUR"), "2026-04-01", seats=4)
    down = story.change("2026-04-10", SwitchPlan(plan("3.00", "EUR")))
    assert bills(down) == []
    assert sum_of(story.preview()) == "+12.00 = 12.00"
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +12.00 = 12.00"]
