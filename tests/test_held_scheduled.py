"""What is scheduled, withdrawn and in notice, one small thing a test.

With ten days of notice before 1 May, 21 April is in time and 25 April is late.
"""

from __future__ import annotations

import pytest

from seatbill import (
    QUARTERLY,
    AddOn,
    BillingRules,
    RemoveAddOn,
    RemoveSeats,
    SetSeats,
    SwitchPlan,
    Term,
    Timing,
)
from seatbill.errors import NoChangeError, TermRunsError
from seatbill.rules import Direction
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, at, bills

NOTICE = BillingRules(notice_days=10)
RADIO = AddOn(
    "radio",
    "Radio",
    [usd("91.00", unit="radio", interval=QUARTERLY)],
    interval=QUARTERLY,
)
HIGH = priced("high", usd("90.00"), rank=3)


def test_what_was_in_time_stays_so_when_it_is_asked_for_again():
    story = Story(LARGE, "2026-04-01", rules=NOTICE)
    story.change("2026-04-10", SwitchPlan(SMALL))
    outcome = story.change("2026-04-25", SwitchPlan(SMALL))
    assert waiting(outcome.subscription) == ["plan: small on 2026-05-01"]
    assert (told(outcome).count("late_notice"), outcome.replaced) == (0, ())
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +30.00 = 30.00"]


def test_another_plan_that_is_late_waits_beside_the_one_in_time():
    low = priced("low", usd("15.00"), rank=0)
    story = Story(LARGE, "2026-04-01", rules=NOTICE)
    story.change("2026-04-10", SwitchPlan(SMALL))
    outcome = story.change("2026-04-25", SwitchPlan(low))
    assert waiting(outcome.subscription) == [
        "plan: small on 2026-05-01",
        "plan: low on 2026-06-01",
    ]
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +30.00 = 30.00",
        "2026-06-01: +15.00 = 15.00",
    ]


def test_a_plan_that_needs_no_notice_takes_the_place_of_a_late_one():
    rules = BillingRules(notice_days=10, notice_exempt=[Direction.UPGRADE])
    story = Story(LARGE, "2026-04-01", rules=rules)
    story.change("2026-04-25", SwitchPlan(SMALL))
    outcome = story.change("2026-04-26", SwitchPlan(HIGH), timing=Timing.PERIOD_END)
    assert waiting(outcome.subscription) == ["plan: high on 2026-05-01"]
    assert [update.value for update in outcome.replaced] == [SMALL]


def test_an_add_on_leaves_with_its_own_period():
    story = Story(SMALL, "2026-04-01", add_ons=[(RADIO, 1)])
    outcome = story.change("2026-04-10", RemoveAddOn(RADIO, 1))
    assert waiting(outcome.subscription) == ["add_on radio: 0 radio on 2026-07-01"]


def test_late_seats_are_told_the_end_of_the_plans_period():
    sold = priced("sold", usd("30.00", unit="radio"))
    story = Story(
        sold, "2026-04-01", seats={"radio": 2}, add_ons=[(RADIO, 1)], rules=NOTICE
    )
    outcome = story.change("2026-04-25", RemoveSeats(1, unit="radio"))
    (notice,) = outcome.notices
    assert (notice.code, dict(notice.values)) == (
        "late_notice",
        {"boundary": at("2026-05-01"), "on": at("2026-06-01")},
    )


@pytest.mark.parametrize("several", [8, 9, 12])
def test_nothing_is_withdrawn_that_does_not_wait_however_much_waits(several):
    units = [f"unit-{n}" for n in range(several)]
    sold = priced("many", *[usd("1.00", unit=unit) for unit in units])
    story = Story(sold, "2026-04-01", seats=dict.fromkeys(units, 2))
    story.change("2026-04-10", *[RemoveSeats(1, unit=unit) for unit in units])
    with pytest.raises(NoChangeError):
        story.change("2026-04-11", SwitchPlan(sold))
    outcome = story.change("2026-04-12", SetSeats(2, unit="unit-3"))
    assert [update.key for update in outcome.replaced] == ["unit-3"]
    assert len(story.subscription.pending_updates) == several - 1


# A number of seats for a day.


@pytest.mark.parametrize(
    ("minimum", "seats", "from_day", "is_held"),
    [
        pytest.param(None, 9, "2026-06-30", True, id="all are"),
        pytest.param(None, 10, "2026-06-30", False, id="none leaves"),
        pytest.param(None, 9, "2026-07-01", False, id="at the end"),
        pytest.param({"seat": 8}, 7, "2026-06-01", True, id="below the least"),
        pytest.param({"seat": 8}, 8, "2026-06-01", False, id="the least"),
        pytest.param({"guest": 1}, 0, "2026-06-01", False, id="of another unit"),
    ],
)
def test_a_term_holds_seats_until_its_last_day(minimum, seats, from_day, is_held):
    two = priced("two", usd("30.00"), usd("5.00", unit="guest"))
    story = Story(
        two,
        "2026-04-01",
        seats={"seat": 10, "guest": 1},
        term=Term(interval=QUARTERLY, minimum=minimum),
    )
    change = SetSeats(seats, from_day=at(from_day))
    if is_held:
        with pytest.raises(TermRunsError):
            story.change("2026-04-10", change)
    else:
        outcome = story.change("2026-04-10", change)
        assert outcome.subscription.pending_updates[0].value == seats


def test_a_term_holds_nothing_in_a_trial():
    story = Story(
        SMALL,
        "2026-04-01",
        seats=10,
        trial_end="2026-05-01",
        term=Term(interval=QUARTERLY),
    )
    story.change("2026-04-10", SetSeats(3, from_day=at("2026-05-01")))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +90.00 = 90.00"]


@pytest.mark.parametrize(
    ("seats", "applies"), [(2, "2026-06-01"), (3, "2026-05-01"), (4, "2026-05-01")]
)
def test_fewer_seats_for_a_day_need_notice_and_as_many_or_more_do_not(seats, applies):
    story = Story(SMALL, "2026-04-01", seats=3, rules=NOTICE)
    outcome = story.change("2026-04-25", SetSeats(seats, from_day=at("2026-05-01")))
    assert waiting(outcome.subscription) == [f"seats seat: {seats} on {applies}"]
