"""What waits: replaced, dropped, withdrawn, moved on by notice; another interval."""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddSeats,
    BillingRules,
    Cancel,
    Interval,
    Plan,
    RemoveSeats,
    Reprice,
    Resume,
    SwitchInterval,
    SwitchPlan,
    Timing,
    WithdrawPending,
)
from seatbill.errors import (
    CancellationPendingError,
    LateNoticeError,
    MixedTimeError,
    NoChangeError,
    NoPriceError,
    NothingPendingError,
    RulesError,
    ScheduledChangeError,
    UnknownItemError,
)
from seatbill.rules import ChangeKind, Direction, LateNotice
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, bills, digits, plan, when

IMMEDIATE, RESTART, PERIOD_END, FORFEIT = Timing
MIDDLE = "2026-04-16"  # 15 of 30 days are left
SMALLER = plan("15.00", id="smaller", rank=0)


def ten(plan=SMALL, **more) -> Story:
    """Ten seats from 1 April, at 1.00 a day each unless *plan* says otherwise."""
    return Story(plan, "2026-04-01", **{"seats": 10, **more})


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# --------------------------------------------------------------------------- precedence


def test_a_newer_request_of_a_kind_replaces_the_one_that_waits():
    story = ten(LARGE)
    story.change("2026-04-10", SwitchPlan(SMALL))
    newer = story.change(MIDDLE, SwitchPlan(SMALLER))
    assert waiting(story.subscription) == ["plan: smaller on 2026-05-01"]
    assert [(u.kind, u.value.id) for u in newer.replaced] == [("plan", "small")]
    assert when(newer.replaced[0].requested_on) == "2026-04-10"


@pytest.mark.parametrize("timing", [IMMEDIATE, FORFEIT, RESTART])
def test_an_immediate_change_drops_what_waits_of_its_kind(timing):
    story = ten()
    story.change("2026-04-10", SwitchPlan(SMALLER))
    up = story.change(MIDDLE, SwitchPlan(LARGE), timing=timing)
    assert waiting(story.subscription) == []
    assert [u.value.id for u in up.replaced] == ["smaller"]
    assert story.subscription.plan is LARGE


def test_a_change_of_another_kind_leaves_what_waits():
    story = ten(LARGE)
    story.change("2026-04-10", SwitchPlan(SMALL), RemoveSeats(2))
    longer = SwitchInterval(Interval(months=6))
    other = story.change(MIDDLE, AddSeats(1), longer, timing=IMMEDIATE)
    assert other.replaced[0].value == 8
    assert waiting(story.subscription) == [
        "plan: small on 2026-10-01",
        "seats seat: 9 on 2026-10-01",
    ]


def test_updates_of_all_kinds_take_effect_together():
    story = ten(LARGE)
    story.change("2026-04-10", RemoveSeats(4))
    story.change("2026-04-11", SwitchPlan(SMALL))
    story.change("2026-04-12", SwitchInterval(QUARTERLY), timing=PERIOD_END)
    assert waiting(story.subscription) == [
        "seats seat: 6 on 2026-05-01",
        "plan: small on 2026-05-01",
        "interval: 3 months on 2026-05-01",
    ]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +540.00 = 540.00"]
    assert story.period == ("2026-05-01", "2026-08-01")


def test_what_waits_is_withdrawn_by_kind():
    story = ten(LARGE)
    story.change("2026-04-10", RemoveSeats(4), SwitchPlan(SMALL))
    withdrawn = story.change(MIDDLE, WithdrawPending(ChangeKind.PLAN))
    assert bills(withdrawn) == []
    assert waiting(story.subscription) == ["seats seat: 6 on 2026-05-01"]
    assert [u.value.id for u in withdrawn.replaced] == ["small"]


@pytest.mark.parametrize("kind", ChangeKind)
def test_nothing_is_withdrawn_where_nothing_waits(kind):
    with pytest.raises(NothingPendingError) as refused:
        ten().change(MIDDLE, WithdrawPending(kind))
    assert refused.value.code == "nothing_pending"
    assert refused.value.kind == kind


def test_nothing_is_withdrawn_that_would_leave_too_many_seats():
    tiny = priced("tiny", usd("10.00", max_quantity=5), rank=0)
    story = ten()
    story.change("2026-04-10", RemoveSeats(5), SwitchPlan(tiny))
    with pytest.raises(ScheduledChangeError) as refused:
        story.change(MIDDLE, WithdrawPending(ChangeKind.SEATS))
    assert refused.value.kind is ChangeKind.PLAN


# ------------------------------------------------------------------------- cancellation


def test_a_cancellation_is_withdrawn_by_resuming():
    story = ten()
    story.change("2026-04-10", Cancel(reason="too dear"))
    assert waiting(story.subscription) == ["cancellation: too dear on 2026-05-01"]
    assert story.subscription.cancel_at_period_end
    resumed = story.change(MIDDLE, Resume())
    assert [u.value for u in resumed.replaced] == ["too dear"]
    assert not story.subscription.cancel_at_period_end
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 = 300.00"]
    with pytest.raises(NothingPendingError) as refused:
        story.change("2026-05-02", Resume())
    assert refused.value.kind is ChangeKind.CANCELLATION


@pytest.mark.source("payola#312: a plan change undid a pending cancellation")
def test_a_change_leaves_a_cancellation_that_waits():
    story = ten()
    story.change("2026-04-10", Cancel())
    up = story.change(MIDDLE, SwitchPlan(LARGE))
    assert bills(up) == ["2026-04-16: -150.00 +300.00 = 150.00"]
    assert told(up) == ["serves_until"]
    assert story.subscription.cancel_at_period_end
    assert bills(story.renew("2026-05-01")) == []


@pytest.mark.parametrize(
    ("change", "timing"),
    [
        pytest.param(SwitchInterval(ANNUAL), None, id="a year"),
        pytest.param(SwitchPlan(LARGE), RESTART, id="a plan"),
        pytest.param(AddSeats(1), RESTART, id="a seat"),
        pytest.param(RemoveSeats(1), RESTART, id="a seat fewer"),
    ],
)
def test_no_new_period_starts_while_a_cancellation_waits(change, timing):
    story = ten()
    story.change("2026-04-10", Cancel())
    before = story.subscription
    with pytest.raises(CancellationPendingError) as refused:
        story.change(MIDDLE, change, timing=timing)
    assert refused.value.code == "cancellation_pending"
    assert refused.value.applies_on == day("2026-05-01")
    assert story.subscription == before
    resumed = story.change(MIDDLE, Resume(), change, timing=timing)
    assert story.period[0] == MIDDLE
    assert resumed.invoice is not None


def test_new_prices_asked_for_in_a_trial_come_on_the_grid():
    """Found by the laws: a year was counted from the trial's end, not the anchor."""
    dearer = plan("40.00", id=SMALL.id)
    story = ten(interval=ANNUAL, trial_end="2026-06-05", anchor="2026-03-30")
    story.change("2026-04-02", Reprice(dearer, day("2027-09-01")))
    (update,) = story.subscription.pending_updates
    assert update.applies_on == day("2028-03-30")
    assert story.renew("2028-03-29").subscription.plan == SMALL
    assert story.renew("2028-03-30").subscription.plan == dearer


def test_no_new_period_starts_while_the_free_plan_waits():
    """Found by the machine: a restart took the free plan with it, and ran on."""
    free = Plan("free", "Free", 0)
    story = ten(rules=BillingRules(seats_added=RESTART, free_plan=free))
    story.change("2026-04-10", SwitchPlan(free))
    before = story.subscription
    with pytest.raises(CancellationPendingError) as refused:
        story.change(MIDDLE, AddSeats(1))
    assert refused.value.applies_on == day("2026-05-01")
    assert story.subscription == before
    story.change(MIDDLE, WithdrawPending(ChangeKind.PLAN), AddSeats(1))
    assert story.period[0] == MIDDLE
    story.change(MIDDLE, SwitchPlan(free))
    story.change(MIDDLE, SwitchPlan(LARGE), timing=RESTART)
    assert (story.subscription.plan, story.subscription.pending_updates) == (LARGE, ())


def test_a_second_cancellation_takes_the_place_of_the_first():
    story = ten()
    story.change("2026-04-10", Cancel(reason="too dear"))
    again = story.change(MIDDLE, Cancel(reason="too slow"))
    assert waiting(story.subscription) == ["cancellation: too slow on 2026-05-01"]
    assert len(again.replaced) == 1


def test_a_late_cancellation_says_what_it_will_still_cost():
    story = ten(rules=BillingRules(notice_days=15))
    story.change("2026-04-10", AddSeats(1))
    late = story.change("2026-04-17", Cancel())
    assert told(late) == ["late_cancellation"]
    notice = late.notices[0]
    assert notice.value("boundary") == day("2026-05-01")
    assert notice.value("on") == day("2026-06-01")
    assert digits(notice.value("cost")) == "330.00"
    assert late.effective_on == day("2026-06-01")
    renewed = story.renew("2026-07-01")
    assert bills(renewed) == ["2026-05-01: +330.00 = 330.00"]
    assert story.subscription.ended_on == day("2026-06-01")


def test_the_cost_of_a_late_cancellation_knows_what_waits():
    story = ten(LARGE, rules=BillingRules(notice_days=15))
    story.change("2026-04-10", SwitchPlan(SMALL), RemoveSeats(2))
    late = story.change("2026-04-17", Cancel())
    assert digits(late.notices[0].value("cost")) == "240.00"


def test_fifteen_days_before_the_end_a_cancellation_is_in_time():
    story = ten(rules=BillingRules(notice_days=15))
    asked = story.change(MIDDLE, Cancel())
    assert told(asked) == ["end_without_bill"]
    assert bills(story.renew("2026-06-01")) == []


def test_a_late_cancellation_beside_one_in_time_changes_nothing():
    story = ten(rules=BillingRules(notice_days=15))
    story.change("2026-04-10", Cancel())
    with pytest.raises(NoChangeError) as refused:
        story.change("2026-04-20", Cancel())
    assert refused.value.kind == "cancellation"
    assert waiting(story.subscription) == ["cancellation: None on 2026-05-01"]


def test_a_late_cancellation_can_be_refused():
    rules = BillingRules(notice_days=15, late_notice=LateNotice.REFUSE)
    with pytest.raises(LateNoticeError):
        ten(rules=rules).change("2026-04-17", Cancel())
    exempt = BillingRules(
        notice_days=15,
        late_notice=LateNotice.REFUSE,
        notice_exempt=[Direction.CANCELLATION],
    )
    story = ten(rules=exempt)
    story.change("2026-04-30", Cancel())
    assert waiting(story.subscription) == ["cancellation: None on 2026-05-01"]


# ------------------------------------------------------------------------------ restart


def test_a_restart_lets_what_waits_take_effect_with_it():
    story = ten(LARGE)
    story.change("2026-04-10", SwitchPlan(SMALL), RemoveSeats(2))
    restarted = story.change(MIDDLE, SwitchInterval(ANNUAL))
    assert bills(restarted) == ["2026-04-16: -300.00 +2880.00 = 2580.00"]
    assert waiting(story.subscription) == []
    assert restarted.effective_on == day(MIDDLE)
    assert story.subscription.quantity() == 8


def test_a_restart_in_the_same_call_takes_along_what_was_asked_before_it():
    story = ten()
    both = story.change(MIDDLE, RemoveSeats(2), SwitchInterval(ANNUAL))
    assert bills(both) == ["2026-04-16: -150.00 +2880.00 = 2730.00"]
    assert both.effective_on == day(MIDDLE)


def test_a_restart_brings_what_came_late_one_period_nearer():
    story = ten(rules=BillingRules(notice_days=15))
    story.change("2026-04-20", RemoveSeats(2))
    restarted = story.change("2026-04-21", SwitchInterval(ANNUAL))
    assert bills(restarted) == ["2026-04-21: -100.00 +3600.00 = 3500.00"]
    assert waiting(story.subscription) == ["seats seat: 8 on 2027-04-21"]


def test_what_is_withdrawn_in_the_same_call_moves_no_day():
    both = ten().change(MIDDLE, RemoveSeats(2), AddSeats(2))
    assert both.effective_on == day(MIDDLE)
    assert waiting(both.subscription) == []


def test_the_last_part_of_a_change_says_when_all_of_it_is_in_effect():
    both = ten().change(MIDDLE, AddSeats(1), SwitchPlan(SMALLER))
    assert both.effective_on == day("2026-05-01")


# ---------------------------------------------------------------------------- intervals


@pytest.mark.parametrize(
    ("timing", "sums", "period", "anchor"),
    [
        pytest.param(
            RESTART,
            ["2026-02-15: -140.00 +3600.00 = 3460.00"],
            ("2026-02-15", "2027-02-15"),
            "2026-02-15",
            id="restart: 14 of 28 days of 280",
        ),
        pytest.param(
            IMMEDIATE,
            ["2026-02-15: -140.00 +3461.92 = 3321.92"],
            ("2026-02-01", "2027-02-01"),
            "2026-01-01",
            id="at once, from the last boundary: 351 of 365 days",
        ),
        pytest.param(
            PERIOD_END, [], ("2026-02-01", "2026-03-01"), "2026-01-01", id="later"
        ),
        pytest.param(
            FORFEIT, [], ("2026-02-01", "2027-02-01"), "2026-01-01", id="forfeit"
        ),
    ],
)
def test_a_year_instead_of_months(timing, sums, period, anchor):
    twenty_eight = priced(
        "february", usd("28.00"), usd("360.00", interval=ANNUAL), rank=1
    )
    story = Story(twenty_eight, "2026-01-01", seats=10)
    story.renew("2026-02-01")
    switched = story.change("2026-02-15", SwitchInterval(ANNUAL), timing=timing)
    assert bills(switched) == sums
    assert story.period == period
    assert story.anchor == anchor


def test_a_deferred_interval_keeps_the_anchor_and_its_day():
    story = Story(SMALL, "2026-01-31")
    story.renew("2026-02-28")
    story.change("2026-03-10", SwitchInterval(QUARTERLY), timing=PERIOD_END)
    story.renew("2026-03-31")
    assert story.period == ("2026-03-31", "2026-06-30")
    assert story.anchor == "2026-01-31"
    story.renew("2026-09-30")
    assert story.period == ("2026-09-30", "2026-12-31")


def test_months_at_once_inside_a_quarter_start_at_the_month_of_the_grid():
    """45 days of the quarter of 92 are left at 90.00; half of August at 31.00."""
    by_days = priced("days", usd("31.00"), usd("92.00", interval=QUARTERLY), rank=1)
    story = Story(by_days, "2026-07-01", interval=QUARTERLY)
    switched = story.change("2026-08-17", SwitchInterval(MONTHLY), timing=IMMEDIATE)
    assert bills(switched) == ["2026-08-17: -45.00 +15.00 = -30.00 due 0.00"]
    assert story.period == ("2026-08-01", "2026-09-01")


@pytest.mark.parametrize(
    ("timing", "period", "anchor"),
    [
        pytest.param(RESTART, ("2026-04-16", "2026-05-16"), "2026-04-16", id="restart"),
        pytest.param(
            IMMEDIATE, ("2026-04-01", "2026-05-01"), "2026-04-01", id="at once"
        ),
        pytest.param(
            PERIOD_END, ("2026-05-31", "2026-06-30"), "2026-05-31", id="at the end"
        ),
    ],
)
def test_days_instead_of_months_are_counted_anew(timing, period, anchor):
    thirty = Interval(days=30)
    both = priced(
        "both", usd("60.00", interval=Interval(months=2)), usd("30.00", interval=thirty)
    )
    story = Story(both, "2026-03-31", interval=Interval(months=2))
    if timing is IMMEDIATE:
        anchor, period = "2026-03-31", ("2026-03-31", "2026-04-30")
    story.change("2026-04-16", SwitchInterval(thirty), timing=timing)
    story.renew("2026-04-29" if timing is IMMEDIATE else period[0])
    assert story.period == period
    assert story.anchor == anchor


def test_days_at_once_are_counted_from_the_start_of_the_period():
    ten_days = Interval(days=10)
    both = priced("both", usd("30.00"), usd("10.00", interval=ten_days))
    story = Story(both, "2026-03-01")
    story.renew("2026-04-01")
    switched = story.change("2026-04-16", SwitchInterval(ten_days), timing=IMMEDIATE)
    assert bills(switched) == ["2026-04-16: -15.00 +5.00 = -10.00 due 0.00"]
    assert story.period == ("2026-04-11", "2026-04-21")


def test_a_shorter_interval_waits_by_the_default_rules_and_a_longer_restarts():
    story = Story(SMALL, "2026-01-01", interval=QUARTERLY)
    story.change("2026-02-01", SwitchInterval(MONTHLY))
    assert waiting(story.subscription) == ["interval: month on 2026-04-01"]
    longer = story.change("2026-02-01", SwitchInterval(ANNUAL))
    assert waiting(story.subscription) == []
    assert longer.replaced[0].value == MONTHLY


def test_a_plan_and_an_interval_may_wait_for_different_boundaries():
    rules = BillingRules(notice_days=15, notice_exempt=[Direction.DOWNGRADE])
    story = ten(LARGE, interval=QUARTERLY, rules=rules)
    asked = story.change("2026-06-20", SwitchPlan(SMALL, MONTHLY))
    assert waiting(story.subscription) == [
        "plan: small on 2026-07-01",
        "interval: month on 2026-10-01",
    ]
    assert told(asked) == ["late_notice", "plan_scheduled", "interval_scheduled"]
    assert asked.effective_on == day("2026-10-01")


def test_an_interval_that_waits_moves_the_day_of_what_came_late():
    rules = BillingRules(notice_days=15)
    story = ten(LARGE, rules=rules)
    story.change("2026-04-10", SwitchInterval(QUARTERLY), timing=PERIOD_END)
    story.change("2026-04-20", SwitchPlan(SMALL))
    assert waiting(story.subscription) == [
        "interval: 3 months on 2026-05-01",
        "plan: small on 2026-08-01",
    ]
    story.renew("2026-05-01")
    assert waiting(story.subscription) == ["plan: small on 2026-08-01"]
    story.change("2026-05-02", SwitchInterval(ANNUAL))
    assert story.subscription.plan is SMALL


@pytest.mark.parametrize(
    ("exempt", "applies_on"),
    [
        ([Direction.DOWNGRADE], "2026-05-01"),
        ([Direction.UPGRADE], "2026-06-01"),
        ([], "2026-06-01"),
    ],
)
def test_a_cheaper_plan_of_the_same_rank_needs_the_notice_of_a_downgrade(
    exempt, applies_on
):
    rules = BillingRules(notice_days=15, notice_exempt=exempt)
    cheaper = plan("29.00", id="cheaper", rank=1)
    story = ten(rules=rules)
    story.change("2026-04-25", SwitchPlan(cheaper))
    assert waiting(story.subscription) == [f"plan: cheaper on {applies_on}"]


def test_a_late_plan_leaves_one_in_time_alone():
    story = ten(LARGE, rules=BillingRules(notice_days=15))
    story.change("2026-04-10", SwitchPlan(SMALL))
    story.change("2026-04-20", SwitchPlan(SMALLER))
    assert waiting(story.subscription) == [
        "plan: small on 2026-05-01",
        "plan: smaller on 2026-06-01",
    ]
    renewed = story.renew("2026-06-01")
    assert [digits(invoice.total) for invoice in renewed.invoices] == [
        "300.00",
        "150.00",
    ]


# ------------------------------------------------------------------------ price changes

DEARER = plan("33.00", id="small", rank=1)


@pytest.mark.parametrize(
    ("from_day", "applies_on", "totals"),
    [
        pytest.param(
            "2026-05-01", "2026-05-01", ["330.00"] * 3, id="on the next renewal"
        ),
        pytest.param("2026-04-01", "2026-05-01", ["330.00"] * 3, id="already past"),
        pytest.param(
            "2026-05-02",
            "2026-06-01",
            ["300.00", "330.00", "330.00"],
            id="the day after",
        ),
        pytest.param(
            "2026-06-15", "2026-07-01", ["300.00", "300.00", "330.00"], id="in June"
        ),
        pytest.param(
            "2026-07-01", "2026-07-01", ["300.00", "300.00", "330.00"], id="on 1 July"
        ),
    ],
)
def test_new_prices_apply_at_the_first_renewal_from_their_day(
    from_day, applies_on, totals
):
    story = ten()
    repriced = story.change(MIDDLE, Reprice(DEARER, day(from_day)))
    assert bills(repriced) == []
    assert told(repriced) == ["price_change"]
    assert dict(repriced.notices[0].values) == {"plan": "small", "on": day(applies_on)}
    assert waiting(story.subscription) == [f"price small: small on {applies_on}"]
    renewed = story.renew("2026-07-01")
    assert [digits(invoice.total) for invoice in renewed.invoices] == totals
    assert story.subscription.plan is DEARER


def test_a_price_may_fall():
    story = ten()
    story.change(MIDDLE, Reprice(plan("27.00", id="small", rank=1), day("2026-05-01")))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +270.00 = 270.00"]


def test_seats_bought_before_a_price_change_cost_the_old_price():
    story = ten()
    story.change("2026-04-10", Reprice(DEARER, day("2026-05-01")))
    assert bills(story.change(MIDDLE, AddSeats(1))) == ["2026-04-16: +15.00 = 15.00"]


def test_a_newer_price_change_replaces_the_one_that_waits_for_the_same_day():
    story = ten()
    story.change("2026-04-10", Reprice(DEARER, day("2026-06-01")))
    newest = plan("36.00", id="small", rank=1)
    again = story.change(MIDDLE, Reprice(newest, day("2026-06-01")))
    (before,) = again.replaced
    assert before.value == DEARER
    assert waiting(story.subscription) == ["price small: small on 2026-06-01"]
    assert story.renew("2026-06-01").subscription.plan == newest


def test_a_price_change_of_the_plan_that_waits_meets_it_there():
    story = ten(LARGE)
    story.change("2026-04-10", SwitchPlan(SMALL))
    story.change("2026-04-11", Reprice(DEARER, day("2026-05-01")))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +330.00 = 330.00"]


def test_a_price_change_of_a_plan_that_is_left_has_no_effect():
    story = ten()
    story.change("2026-04-10", Reprice(DEARER, day("2026-05-01")))
    left = story.change(MIDDLE, SwitchPlan(LARGE))
    assert [update.value for update in left.replaced] == [DEARER]
    assert waiting(story.subscription) == []
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +600.00 = 600.00"]


def test_a_price_change_of_another_plan_is_refused():
    with pytest.raises(UnknownItemError) as refused:
        ten().change(MIDDLE, Reprice(LARGE, day("2026-05-01")))
    assert refused.value.as_dict()["values"] == {
        "kind": "plan",
        "value": "large",
        "offered": ("small",),
    }


def test_a_price_change_is_in_the_currency_and_within_the_bounds():
    story = ten()
    with pytest.raises(NoPriceError):
        story.change(
            MIDDLE, Reprice(plan("5.00", "EUR", id="small"), day("2026-05-01"))
        )
    tight = priced("small", usd("33.00", max_quantity=5))
    story.change(MIDDLE, Reprice(tight, day("2026-05-01")))  # what is owned stays
    with pytest.raises(ScheduledChangeError):
        story.change(MIDDLE, AddSeats(1))


def test_a_price_change_comes_from_a_day_of_the_same_kind_of_time():
    with pytest.raises(MixedTimeError) as refused:
        ten().change(MIDDLE, Reprice(DEARER, dt.datetime(2026, 5, 1, tzinfo=dt.UTC)))
    assert refused.value.name == "from_day"


def test_a_price_change_waits_through_a_restart_before_its_day():
    story = ten()
    story.change("2026-04-10", Reprice(DEARER, day("2026-06-01")))
    restarted = story.change(MIDDLE, SwitchInterval(ANNUAL))
    assert bills(restarted) == ["2026-04-16: -150.00 +3600.00 = 3450.00"]
    assert waiting(story.subscription) == ["price small: small on 2027-04-16"]
    assert bills(story.renew("2027-04-16")) == ["2027-04-16: +3960.00 = 3960.00"]


def test_a_price_change_is_dated_by_the_interval_that_waits():
    story = ten()
    story.change("2026-04-10", SwitchInterval(QUARTERLY), timing=PERIOD_END)
    story.change("2026-04-11", Reprice(DEARER, day("2026-12-15")))
    assert waiting(story.subscription)[1] == "price small: small on 2027-02-01"
    totals = [digits(i.total) for i in story.renew("2027-02-01").invoices]
    assert totals == ["900.00", "900.00", "900.00", "990.00"]


def test_an_end_has_no_restart():
    with pytest.raises(RulesError) as refused:
        ten().change(MIDDLE, Cancel(), timing=RESTART)
    assert (refused.value.field, refused.value.value) == ("timing", RESTART)


FREE = Plan("free", "Free", 0)


@pytest.mark.parametrize("end", [Cancel(), SwitchPlan(FREE)])
def test_what_waits_past_an_end_is_told_as_replaced_on_that_day(end):
    rules = BillingRules(notice_days=7, free_plan=FREE)
    story = ten(LARGE, rules=rules)
    story.change("2026-04-02", end)
    late = story.change("2026-04-28", SwitchPlan(SMALL))
    (update,) = [u for u in story.subscription.pending_updates if u.periods_left]
    assert late.effective_on == day("2026-06-01")
    ended = story.renew("2026-05-01")
    assert ended.replaced == (update,)
    assert waiting(story.subscription) == []
