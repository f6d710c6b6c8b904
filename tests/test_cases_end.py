"""Cancellations, credit, trials and arrears, worked out by hand.

Where another engine went wrong with the same story, its figure stands in the docstring.
"""

from __future__ import annotations

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    Discount,
    GrantCredit,
    Money,
    Plan,
    Price,
    RemoveSeats,
    Resume,
    SwitchInterval,
    SwitchPlan,
    Timing,
)
from seatbill.errors import (
    CancellationPendingError,
    OutOfBoundsError,
    SubscriptionEndedError,
    WrongTypeError,
)
from stories import Story, bills, digits, plan, when

AT_ONCE = BillingRules(cancellation=Timing.IMMEDIATE)
FEE_AND_SEATS = Plan(
    "fee",
    "Fee and seats",
    0,
    (
        Price(unit="base", unit_amount="30.00", currency="EUR", flat=True),
        Price(unit_amount="10.00", currency="EUR"),
    ),
)


@pytest.mark.parametrize(
    ("sold", "seats", "discounts", "bill", "refund"),
    [
        pytest.param(
            plan("100.00", "EUR"),
            1,
            [Discount.percent("20", id="fifth")],
            "-40.00 = -40.00 due 0.00",  # 80 × 15/30, not 50.00
            "40.00",
            id="20 percent off",
            marks=pytest.mark.source("getlago/lago-api#1022, #1126"),
        ),
        pytest.param(
            plan("100.00", "EUR"),
            1,
            [Discount.fixed("30.00", "EUR", id="thirty")],
            "-50.00 +15.00 = -35.00 due 0.00",  # 30 × 15/30 of the discount
            "35.00",
            id="30 off",
            marks=pytest.mark.source("getlago/lago-api#1022, #1126"),
        ),
        pytest.param(
            FEE_AND_SEATS,
            5,
            [],
            "-15.00 -25.00 = -40.00 due 0.00",  # with the fee: not 25.00
            "40.00",
            id="base fee",
            marks=pytest.mark.source("killbill/killbill#2068"),
        ),
    ],
)
def test_half_a_month_comes_back_at_what_was_paid(sold, seats, discounts, bill, refund):
    """15 of 30 days of every charge, after discounts."""
    story = Story(sold, "2026-04-01", seats=seats, discounts=discounts, rules=AT_ONCE)
    canceled = story.change("2026-04-16", Cancel())
    assert bills(canceled) == [f"2026-04-16: {bill}"]
    assert digits(canceled.refund_due) == refund


@pytest.mark.source(
    "getlago/lago-api#2643, #4313 (credits above the charge); own figures"
)
def test_credits_in_parts_never_exceed_the_charge():
    """3 × 0.335 = 1.005 → 1.01; 0.335 → 0.34 twice, and then only 0.33."""
    story = Story(
        plan("0.335"),
        "2026-04-01",
        seats=3,
        rules=BillingRules(
            seats_removed=Timing.IMMEDIATE, cancellation=Timing.IMMEDIATE
        ),
    )
    assert bills(story.opening) == ["2026-04-01: +1.01 = 1.01"]
    for _ in range(2):
        removed = story.change("2026-04-01", RemoveSeats(1))
        assert bills(removed) == ["2026-04-01: -0.34 = -0.34 due 0.00"]
    assert story.balance == "0.68"
    canceled = story.change("2026-04-01", Cancel())
    assert bills(canceled) == ["2026-04-01: -0.33 = -0.33 due 0.00"]
    (line,) = canceled.invoice.lines
    assert digits(line.cap) == "0.33"
    assert digits(canceled.refund_due) == "1.01"


@pytest.mark.source("Kill Bill and Meteroid (the cancel day is free); Lago charges it")
@pytest.mark.parametrize(
    ("timing", "now", "refund", "ended_on"),
    [
        pytest.param(
            Timing.IMMEDIATE,
            ["2026-01-20: -12.00 = -12.00 due 0.00"],  # Lago: 11/31
            "12.00",
            "2026-01-20",
            id="at once",
        ),
        pytest.param(Timing.FORFEIT, [], "0.00", "2026-01-20", id="forfeit"),
    ],
)
def test_an_end_on_the_day(timing, now, refund, ended_on):
    """31 × 12/31 = 12 from 20 January on; after it, nothing can be changed."""
    story = Story(plan("31.00", "EUR"), "2026-01-01")
    canceled = story.change("2026-01-20", Cancel(), timing=timing)
    assert bills(canceled) == now
    assert digits(canceled.refund_due) == refund
    assert when(story.subscription.ended_on) == ended_on
    with pytest.raises(SubscriptionEndedError) as refusal:
        story.change("2026-01-20", AddSeats(1))
    assert refusal.value.code == "subscription_ended"


@pytest.mark.source("Kill Bill and Meteroid (the cancel day is free); Lago charges it")
def test_an_end_with_the_period():
    """January is used to its last day."""
    story = Story(plan("31.00", "EUR"), "2026-01-01")
    canceled = story.change("2026-01-20", Cancel(), timing=Timing.PERIOD_END)
    assert bills(canceled) == []
    assert digits(canceled.refund_due) == "0.00"
    assert bills(story.renew("2026-02-01")) == []
    assert when(story.subscription.ended_on) == "2026-02-01"


def upgraded_after_a_cancellation():
    """Return ten seats' story that ends on 1 May, and the upgrade of 16 April."""
    story = Story(plan("4.99", rank=1), "2026-04-01", seats=10)
    assert bills(story.change("2026-04-10", Cancel())) == []
    upgrade = story.change("2026-04-16", SwitchPlan(plan("6.99", rank=2)))
    assert bills(upgrade) == ["2026-04-16: -24.95 +34.95 = 10.00"]
    assert story.subscription.cancel_at_period_end
    return story, upgrade


@pytest.mark.source("payolapayments/payola#312 (an upgrade undoes a cancellation)")
def test_an_upgrade_does_not_undo_a_cancellation():
    """10 × 6.99 × 15/30 = 34.95 less 10 × 4.99 × 15/30 = 24.95; nothing in May."""
    story, _ = upgraded_after_a_cancellation()
    assert bills(story.renew("2026-05-01")) == []
    assert when(story.subscription.ended_on) == "2026-05-01"


@pytest.mark.source("payolapayments/payola#312 (an upgrade undoes a cancellation)")
def test_an_upgrade_says_that_a_cancellation_waits():
    """It costs 10.00, and serves until 1 May only."""
    _, upgrade = upgraded_after_a_cancellation()
    (notice,) = upgrade.notices
    assert (notice.code, when(notice.value("on"))) == ("serves_until", "2026-05-01")


@pytest.mark.source("payolapayments/payola#312, dj-stripe/dj-stripe#61")
def test_a_cancellation_is_undone_by_name():
    """May costs 10 × 6.99 = 69.90."""
    story, _ = upgraded_after_a_cancellation()
    assert bills(story.change("2026-04-20", Resume())) == []
    assert not story.subscription.cancel_at_period_end
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +69.90 = 69.90"]


@pytest.mark.source("payolapayments/payola#312 (an upgrade undoes a cancellation)")
def test_no_new_period_starts_while_a_cancellation_waits():
    story = Story(plan("4.99"), "2026-04-01", seats=10)
    story.change("2026-04-10", Cancel())
    with pytest.raises(CancellationPendingError) as refusal:
        story.change("2026-04-16", SwitchInterval(ANNUAL))
    assert refusal.value.code == "cancellation_pending"


@pytest.mark.source("restrictcontentpro/restrict-content-pro#442 (credit is lost)")
def test_the_rest_of_a_year_pays_months():
    """300 × 200/365 = 164.3835; 144.38 − 7 × 20 = 4.38 is left for the eighth."""
    prices = (
        Price(unit_amount="300.00", currency="USD", interval=ANNUAL),
        Price(unit_amount="20.00", currency="USD"),
    )
    story = Story(
        Plan("both", "Both", 0, prices),
        "2026-01-01",
        interval=ANNUAL,
        rules=BillingRules(shorter_interval=Timing.RESTART),
    )
    switched = story.change("2026-06-15", SwitchInterval(MONTHLY))
    assert bills(switched) == ["2026-06-15: -164.38 +20.00 = -144.38 due 0.00"]
    assert story.balance == "144.38"
    assert bills(story.renew("2027-01-15")) == [
        "2026-07-15: +20.00 = 20.00 due 0.00",
        "2026-08-15: +20.00 = 20.00 due 0.00",
        "2026-09-15: +20.00 = 20.00 due 0.00",
        "2026-10-15: +20.00 = 20.00 due 0.00",
        "2026-11-15: +20.00 = 20.00 due 0.00",
        "2026-12-15: +20.00 = 20.00 due 0.00",
        "2027-01-15: +20.00 = 20.00 due 0.00",
    ]
    assert story.balance == "4.38"
    assert bills(story.renew("2027-02-15")) == ["2027-02-15: +20.00 = 20.00 due 15.62"]
    assert story.balance == "0.00"


def with_100_granted():
    """Return a story of four seats at 20.00 with 100.00 on the balance."""
    story = Story(plan("20.00", "EUR"), "2026-04-01", seats=4)
    granted = story.change("2026-04-10", GrantCredit(Money("100.00", "EUR"), "sorry"))
    assert bills(granted) == []
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +80.00 = 80.00 due 0.00"]
    assert story.balance == "20.00"
    return story


@pytest.mark.source(
    "https://developer.paddle.com/build/customers/get-customer-credit-balances/"
)
def test_a_granted_credit_pays_invoices_until_it_is_used():
    """80 from the balance, then 20 of 80; 80 × 15/30 = 40 comes back at the end."""
    story = with_100_granted()
    renewed = story.renew("2026-06-01")
    assert bills(renewed) == ["2026-06-01: +80.00 = 80.00 due 60.00"]
    assert digits(renewed.invoice.credit_applied) == "20.00"
    assert story.balance == "0.00"
    canceled = story.change("2026-06-16", Cancel(), timing=Timing.IMMEDIATE)
    assert bills(canceled) == ["2026-06-16: -40.00 = -40.00 due 0.00"]
    assert digits(canceled.refund_due) == "40.00"


@pytest.mark.source("langwatch#6639 (amount due against total)")
def test_what_is_left_of_a_balance_is_refunded_at_the_end():
    """80 × 16/31 = 41.2903, and 20.00 on the balance: 61.29."""
    story = with_100_granted()
    canceled = story.change("2026-05-16", Cancel(), timing=Timing.IMMEDIATE)
    assert bills(canceled) == ["2026-05-16: -41.29 = -41.29 due 0.00"]
    assert digits(canceled.refund_due) == "61.29"
    assert story.balance == "0.00"


@pytest.mark.source(
    "polarsource/polar#11450, getlago/lago-api#2244, "
    "https://docs.recurly.com/docs/change-subscription"
)
def test_changes_in_a_trial_are_paid_from_its_end():
    """7 × 20 = 140 on 24 January, not the day before, for a month from there."""
    story = Story(plan("10.00"), "2026-01-10", seats=5, trial_end="2026-01-24")
    assert bills(story.opening) == []
    changed = story.change("2026-01-15", SwitchPlan(plan("20.00")), AddSeats(2))
    assert bills(changed) == []
    assert bills(story.renew("2026-01-23")) == []
    assert bills(story.renew("2026-01-24")) == ["2026-01-24: +140.00 = 140.00"]
    assert story.period == ("2026-01-24", "2026-02-24")
    assert bills(story.renew("2026-02-24")) == ["2026-02-24: +140.00 = 140.00"]


@pytest.mark.source("polarsource/polar#11450 (a first period that is too long)")
def test_a_trial_that_ends_inside_the_grid_of_an_anchor():
    """5 × 10 × 12/31 = 19.3548 for 20 to 31 January, then 50."""
    story = Story(
        plan("10.00"),
        "2026-01-10",
        seats=5,
        anchor="2026-01-01",
        trial_end="2026-01-20",
    )
    assert bills(story.opening) == []
    assert bills(story.renew("2026-02-01")) == [
        "2026-01-20: +19.35 = 19.35",
        "2026-02-01: +50.00 = 50.00",
    ]


@pytest.mark.source("https://getlago.com/docs/guide/subscriptions/upgrades-downgrades")
def test_an_upgrade_in_arrears():
    """100 × 14/31 = 45.1612 and 200 × 17/31 = 109.6774, as there."""
    story = Story(plan("100.00", "EUR", in_arrears=True), "2026-01-01")
    assert bills(story.opening) == []
    upgrade = story.change(
        "2026-01-15", SwitchPlan(plan("200.00", "EUR", in_arrears=True))
    )
    assert bills(upgrade) == []
    assert bills(story.renew("2026-01-31")) == []
    assert bills(story.renew("2026-02-01")) == ["2026-02-01: +45.16 +109.68 = 154.84"]


@pytest.mark.source("killbill/killbill#1907 (a change in arrears)")
def test_seats_added_in_arrears():
    """4 × 15 × 10/30 = 20 and 6 × 15 × 20/30 = 60."""
    story = Story(plan("15.00", "EUR", in_arrears=True), "2026-04-01", seats=4)
    assert bills(story.change("2026-04-11", AddSeats(2))) == []
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +20.00 +60.00 = 80.00"]


AGAIN = "laravel-subby#52 (bought again under the same id)"


@pytest.mark.source(AGAIN)
def test_bought_again_under_the_same_id_no_invoice_has_an_old_key():
    """April for 10.00, canceled at once: keys 1 and 2; from the 20th on, 3."""
    rules = BillingRules(cancellation=Timing.IMMEDIATE)
    first = Story(plan("10.00"), "2026-04-01", rules=rules)
    ended = first.change("2026-04-16", Cancel())
    with pytest.raises(SubscriptionEndedError) as refused:
        first.change("2026-04-20", SwitchPlan(plan("20.00")))
    assert "version" in refused.value.as_dict()["remedy"]
    version = ended.subscription.version
    again = Story(plan("20.00"), "2026-04-20", rules=rules, version=version)
    keys = [outcome.invoice.key for outcome in (first.opening, ended, again.opening)]
    assert keys == ["story:1", "story:2", "story:3"]
    assert again.opening.previous_version == version


@pytest.mark.source(AGAIN)
@pytest.mark.parametrize("version", [-1, True, "3"])
def test_the_version_of_a_subscription_is_a_whole_number(version):
    with pytest.raises((OutOfBoundsError, WrongTypeError)):
        Story(plan("10.00"), "2026-04-01", version=version)
