"""How long a discount lasts, and what another plan or interval at once leaves waiting.

A seat costs 30.00 a month, 15.00 at half the price.
"""

from __future__ import annotations

import pytest

from seatbill import (
    ANNUAL,
    QUARTERLY,
    BillingRules,
    Convention,
    Discount,
    SwitchInterval,
    SwitchPlan,
    Timing,
)
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, bills, sum_of

ZERO = priced("zero", usd("0"), rank=0)
NOW, LATER = Timing.IMMEDIATE, Timing.PERIOD_END


def off(percent: str, periods: int) -> Discount:
    return Discount.percent(percent, id=f"{percent} off", periods=periods)


def totals(story: Story, last: str) -> list[str]:
    return [sum_of(invoice).split(" = ")[1] for invoice in story.renew(last).invoices]


@pytest.mark.parametrize(
    ("percent", "june"), [("50", "15.00"), ("100", "0.00")], ids=["half", "all"]
)
def test_a_discount_waits_where_there_is_no_price_to_take_it_off(percent, june):
    """April and May cost nothing by themselves; June has it, and July has not."""
    story = Story(ZERO, "2026-04-01", discounts=[off(percent, 1)])
    story.renew("2026-05-01")
    story.change("2026-05-10", SwitchPlan(SMALL), timing=LATER)
    assert totals(story, "2026-07-01") == [june, "30.00"]


def test_a_discount_that_takes_all_off_is_used():
    story = Story(SMALL, "2026-04-01", discounts=[off("100", 1)])
    assert bills(story.opening) == ["2026-04-01: +0.00 = 0.00"]
    assert totals(story, "2026-06-01") == ["30.00", "30.00"]


def test_the_periods_of_a_discount_follow_each_other_used_or_not():
    """Two of them, April and May, of which May costs nothing."""
    story = Story(SMALL, "2026-04-01", discounts=[off("50", 2)])
    assert bills(story.opening) == ["2026-04-01: +15.00 = 15.00"]
    story.change("2026-04-10", SwitchPlan(ZERO))
    story.renew("2026-05-01")
    story.change("2026-05-10", SwitchPlan(SMALL), timing=LATER)
    assert totals(story, "2026-06-01") == ["30.00"]


def test_a_day_that_no_month_of_thirty_days_has_uses_no_discount():
    """From 30 to 31 January there are 0 of 30 days; the half is for February."""
    rules = BillingRules(convention=Convention.THIRTY_360)
    story = Story(
        SMALL,
        "2026-01-30",
        anchor="2026-01-31",
        rules=rules,
        discounts=[off("50", 1)],
    )
    assert bills(story.opening) == ["2026-01-30: +0.00 = 0.00"]
    assert totals(story, "2026-03-31") == ["15.00", "30.00", "30.00"]


@pytest.mark.parametrize("rules", ["immediate", "restart"])
def test_an_interval_at_once_takes_the_place_of_one_that_waits(rules):
    story = Story(SMALL, "2026-04-01")
    story.change("2026-04-10", SwitchInterval(QUARTERLY), timing=LATER)
    outcome = story.change("2026-04-16", SwitchInterval(ANNUAL), timing=Timing(rules))
    assert waiting(outcome.subscription) == []
    assert [update.value for update in outcome.replaced] == [QUARTERLY]
    assert story.subscription.interval == ANNUAL


@pytest.mark.parametrize("timing", ["immediate", "restart"])
def test_a_plan_and_an_interval_at_once_take_the_place_of_those_that_wait(timing):
    """And name the features that go with the plan."""
    rich = priced("rich", usd("40.00"), rank=1, features=["api"])
    story = Story(rich, "2026-04-01")
    story.change("2026-04-10", SwitchPlan(ZERO, interval=QUARTERLY), timing=LATER)
    assert len(story.subscription.pending_updates) == 2
    outcome = story.change(
        "2026-04-16", SwitchPlan(LARGE, interval=ANNUAL), timing=Timing(timing)
    )
    assert waiting(outcome.subscription) == []
    assert {update.value for update in outcome.replaced} == {ZERO, QUARTERLY}
    assert told(outcome) == ["features_lost"]
