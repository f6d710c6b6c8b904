"""Boundaries, told by stories: an end, a pause, days given, a freeze, a trial in a term.

In April a seat at 30.00 costs 1.00 a day.
"""

from __future__ import annotations

from seatbill import (
    AddSeats,
    BillingRules,
    Cancel,
    Discount,
    Freeze,
    Term,
    Timing,
    Unfreeze,
    renew,
)
from seatbill.subscriptions import Extend, Pause
from seatbill.terms import EarlyEnd
from shop import SMALL, priced, usd
from stories import Story, at, bills


def test_an_end_on_the_day_of_the_renewal_takes_effect_on_it():
    story = Story(SMALL, "2026-04-01")
    ended = story.change("2026-05-01", Cancel(), timing=Timing.IMMEDIATE)
    assert (bills(ended), ended.effective_on) == ([], at("2026-05-01"))
    assert story.subscription.ended_on == at("2026-05-01")


def test_a_discount_ends_on_the_day_on_which_a_pause_begins():
    off = Discount.percent("50", id="off", until=at("2026-05-01"))
    story = Story(SMALL, "2026-04-01", discounts=[off])
    story.change("2026-04-10", Pause(1))
    story.renew("2026-05-01")
    assert story.subscription.discounts == ()


def test_what_is_measured_after_given_days_is_owned():
    team = priced("team", usd("1.00", unit="team", measured=True, in_arrears=True))
    story = Story(team, "2026-04-01", seats={})
    story.change("2026-04-10", Extend(5))
    outcome = renew(story.subscription, on=at("2026-05-06"), measured={"team": 3})
    assert bills(outcome) == ["2026-05-06: +3.00 = 3.00"]
    assert outcome.subscription.quantity("team") == 3


def test_after_a_freeze_in_a_period_with_given_days_what_is_paid_for_counts():
    """Paid to 1 May, and ten days given; frozen for five days, so paid to 6 May.

    A seat for 20 of the 30 paid days, in the call that thaws.
    """
    rules = BillingRules(max_freeze_days=30)
    story = Story(SMALL, "2026-04-01", rules=rules)
    story.change("2026-04-10", Extend(10))
    story.change("2026-04-11", Freeze())
    outcome = story.change("2026-04-16", Unfreeze(), AddSeats(1))
    assert bills(outcome) == ["2026-04-16: +20.00 = 20.00"]
    assert story.period == ("2026-04-06", "2026-05-16")


def test_what_ends_with_its_trial_pays_nothing_for_the_rest_of_its_term():
    story = Story(
        SMALL,
        "2026-04-01",
        trial_end="2026-05-01",
        term=Term(early_end=EarlyEnd.BILLED),
    )
    story.change("2026-04-10", Cancel())
    assert bills(story.renew("2026-05-01")) == []
    assert story.subscription.ended_on == at("2026-05-01")
