"""What waits for the end of a term, and which terms and intervals are the same."""

from __future__ import annotations

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    BillingRules,
    Interval,
    SetTerm,
    SwitchPlan,
    Term,
    Timing,
)
from shop import LARGE, SMALL, waiting
from stories import Story, bills

NOW = Timing.IMMEDIATE


def test_intervals_of_one_length_are_equal_and_days_are_no_months():
    assert Interval(months=3) == QUARTERLY
    assert hash(Interval(months=3)) == hash(QUARTERLY)
    assert (Interval(months=1) == MONTHLY) is True
    for other in (Interval(days=1), Interval(months=2), 1, None, "month"):
        assert (other == MONTHLY) is False
    assert Interval(days=10) != Interval(days=11)
    assert Interval(days=10) == Interval(days=10)


@pytest.mark.parametrize(
    ("term", "applies"),
    [
        pytest.param(Term(interval=ANNUAL), "2027-04-01", id="a longer one"),
        pytest.param(Term(interval=MONTHLY), "2026-05-01", id="a shorter one"),
        pytest.param(None, "2026-05-01", id="none"),
    ],
)
def test_by_hand_another_term_takes_its_place_with_what_waits(term, applies):
    """A quarter from 1 April held the plan until 1 July."""
    story = Story(LARGE, "2026-04-01", term=Term(interval=QUARTERLY))
    first = story.change("2026-04-10", SwitchPlan(SMALL))
    assert waiting(first.subscription) == ["plan: small on 2026-07-01"]
    outcome = story.change("2026-04-20", SetTerm(term), timing=NOW)
    assert waiting(outcome.subscription) == [f"plan: small on {applies}"]
    assert bills(story.renew(applies))[-1] == f"{applies}: +30.00 = 30.00"
    assert story.subscription.plan == SMALL


@pytest.mark.parametrize(
    ("renews", "applies", "before"),
    [
        pytest.param(True, "2026-10-01", "2026-09-01", id="another term follows"),
        pytest.param(False, "2026-08-01", "2026-07-01", id="none does"),
    ],
)
def test_too_late_for_its_end_a_plan_waits_for_that_of_the_next_term(
    renews, applies, before
):
    """Ten days before 1 July are over on 25 June."""
    term = Term(interval=QUARTERLY, renews=renews)
    rules = BillingRules(notice_days=10)
    story = Story(LARGE, "2026-04-01", rules=rules, term=term)
    story.renew("2026-06-01")
    outcome = story.change("2026-06-25", SwitchPlan(SMALL))
    assert waiting(outcome.subscription) == [f"plan: small on {applies}"]
    assert bills(story.renew(applies))[-2:] == [
        f"{before}: +60.00 = 60.00",
        f"{applies}: +30.00 = 30.00",
    ]
