"""The end, the free plan after it, a freeze before it."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from seatbill import (
    ANNUAL,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    Cancel,
    Convention,
    Discount,
    Freeze,
    GrantCredit,
    Money,
    Period,
    Plan,
    RemoveSeats,
    Reprice,
    Resume,
    Service,
    SetSeats,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    Timing,
    Unfreeze,
    WithdrawPending,
    adopt,
    change,
)
from seatbill.errors import (
    FrozenError,
    NoChangeError,
    OutOfOrderError,
    SubscriptionEndedError,
    TooManySeatsError,
    UnknownUnitError,
)
from seatbill.rules import ChangeKind
from seatbill.subscriptions import Status
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, bills, digits

IMMEDIATE, RESTART, PERIOD_END, FORFEIT = Timing
MIDDLE = "2026-04-16"  # 15 of 30 days are left


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def ten(plan=SMALL, **more) -> Story:
    """Ten seats from 1 April, at 1.00 a day each unless *plan* says otherwise."""
    return Story(plan, "2026-04-01", **{"seats": 10, **more})


# ------------------------------------------------------------------------------ the end


@pytest.mark.parametrize(
    ("timing", "sums", "ended_on", "refund"),
    [
        pytest.param(PERIOD_END, [], None, "0.00", id="at the end"),
        pytest.param(
            IMMEDIATE,
            ["2026-04-16: -150.00 = -150.00 due 0.00"],
            "2026-04-16",
            "150.00",
            id="now, what is unused comes back",
        ),
        pytest.param(FORFEIT, [], "2026-04-16", "0.00", id="now, nothing comes back"),
    ],
)
def test_a_subscription_ends_by_the_rules_or_by_hand(timing, sums, ended_on, refund):
    by_hand = ten().change(MIDDLE, Cancel(), timing=timing)
    by_rule = ten(rules=BillingRules(cancellation=timing)).change(MIDDLE, Cancel())
    for ended in (by_hand, by_rule):
        assert bills(ended) == sums
        sub = ended.subscription
        assert sub.ended_on == (day(ended_on) if ended_on else None)
        assert digits(ended.refund_due) == refund
        assert sub.status is (Status.CANCELED if ended_on else Status.ACTIVE)


@pytest.mark.source("killbill#139: a credit of one day at the end of the term")
def test_nothing_comes_back_on_the_day_on_which_a_period_ends():
    story = ten()
    ended = story.change("2026-05-01", Cancel(), timing=IMMEDIATE)
    assert bills(ended) == []
    at_end = ten()
    at_end.change("2026-04-30", Cancel())
    assert bills(at_end.renew("2026-05-01")) == []


def test_an_end_takes_all_with_it():
    sso = AddOn("sso", "SSO", (usd("3.00"),))
    story = ten(add_ons=[sso], discounts=[Discount.percent("10", id="d")])
    story.change("2026-04-10", RemoveSeats(2))
    ended = story.change(MIDDLE, Cancel(), timing=IMMEDIATE)
    assert bills(ended) == ["2026-04-16: -135.00 -1.35 = -136.35 due 0.00"]
    assert [update.value for update in ended.replaced] == [8]
    sub = story.subscription
    assert sub.charges == sub.add_ons == sub.discounts == sub.pending_updates == ()
    assert sub.quantity() == 10


def test_after_the_end_nothing_is_charged_or_changed():
    story = ten()
    story.change(MIDDLE, Cancel(), timing=IMMEDIATE)
    before = story.subscription
    assert bills(story.renew("2027-01-01")) == []
    assert story.subscription is before
    for asked in (AddSeats(1), SwitchPlan(LARGE), Resume(), Cancel(), SetTaxRates(())):
        with pytest.raises(SubscriptionEndedError) as refused:
            story.change("2026-04-20", asked)
        assert refused.value.code == "subscription_ended"
        assert refused.value.as_dict()["values"] == {
            "id": "story",
            "ended_on": day(MIDDLE),
        }


def test_a_change_after_the_end_in_the_same_call_is_refused():
    with pytest.raises(SubscriptionEndedError):
        ten().change(MIDDLE, Cancel(), AddSeats(1), timing=IMMEDIATE)
    free = BillingRules(free_plan=FREE)
    with pytest.raises(SubscriptionEndedError):
        ten(rules=free).change(MIDDLE, Cancel(), SwitchPlan(LARGE), timing=IMMEDIATE)


def test_a_change_on_the_day_of_the_end_meets_the_end():
    story = ten()
    story.change(MIDDLE, Cancel())
    with pytest.raises(SubscriptionEndedError) as refused:
        story.change("2026-05-01", AddSeats(1))
    assert refused.value.ended_on == day("2026-05-01")
    story.change("2026-04-30", AddSeats(1))


# ------------------------------------------------------------------------ the free plan

FREE = Plan("free", "Free", 0)
FREE_FIVE = priced("free five", usd("0.00", max_quantity=5), rank=0)
STORED_FIVE = attrs.evolve(FREE_FIVE)  # equal, as one that comes back from a store
FALLS = BillingRules(free_plan=FREE)


@pytest.mark.source("Clockify, CL-55")
def test_after_the_paid_period_it_falls_to_the_free_plan():
    story = ten(rules=FALLS)
    story.change(MIDDLE, Cancel())
    assert bills(story.renew("2026-06-15")) == []
    sub = story.subscription
    assert (sub.plan, sub.status, sub.ended_on) == (
        FREE,
        Status.FREE,
        day("2026-05-01"),
    )
    assert bills(story.renew("2027-06-15")) == []


@pytest.mark.source("rulebook, ambiguity 27")
@pytest.mark.parametrize("timing", [PERIOD_END, IMMEDIATE])
@pytest.mark.parametrize(
    "ask", [Cancel(), SwitchPlan(FREE_FIVE), SwitchPlan(STORED_FIVE)]
)
def test_falling_is_never_refused_and_says_what_is_too_much(ask, timing):
    story = ten(rules=BillingRules(free_plan=FREE_FIVE))
    fallen = story.change(MIDDLE, ask, timing=timing)
    if timing is PERIOD_END:
        assert told(fallen) == ["end_without_bill"]
        fallen = story.renew("2026-05-01")
    assert told(fallen) == ["over_limit"]
    assert dict(fallen.notices[0].values) == {
        "plan": "free five",
        "unit": "seat",
        "maximum": 5,
        "excess": 5,
    }
    assert story.subscription.status is Status.FREE


@pytest.mark.parametrize("timing", [RESTART, IMMEDIATE, FORFEIT])
def test_the_free_plan_is_an_end_however_it_is_asked_for(timing):
    story = ten(rules=FALLS)
    fallen = story.change(MIDDLE, SwitchPlan(FREE, ANNUAL), timing=timing)
    expected = [] if timing is FORFEIT else ["2026-04-16: -150.00 = -150.00 due 0.00"]
    assert bills(fallen) == expected
    assert story.subscription.status is Status.FREE
    assert story.subscription.ended_on == day(MIDDLE)


def test_on_the_free_plan_seats_come_nearer_to_the_limit():
    story = ten(rules=BillingRules(free_plan=FREE_FIVE))
    story.change(MIDDLE, Cancel(), timing=IMMEDIATE)
    assert bills(story.change("2026-04-20", RemoveSeats(2))) == []
    assert story.subscription.quantity() == 8
    story.change("2026-04-21", SetSeats(5))
    assert story.subscription.quantity() == 5


@pytest.mark.parametrize("asked", [AddSeats(1), SetSeats(500)])
def test_on_the_free_plan_nobody_takes_more_than_it_holds(asked):
    rules = BillingRules(free_plan=FREE_FIVE)
    began = ten(FREE_FIVE, rules=rules, seats=5)
    fell = ten(rules=rules)
    fell.change(MIDDLE, Cancel(), timing=IMMEDIATE)
    for story in (began, fell):
        before = story.subscription.quantity()
        with pytest.raises(TooManySeatsError) as refused:
            story.change("2026-04-20", asked)
        assert (refused.value.item, refused.value.maximum) == ("free five", 5)
        assert story.subscription.quantity() == before
    few = ten(FREE_FIVE, rules=rules, seats=3)
    few.change("2026-04-20", AddSeats(2))
    assert few.subscription.quantity() == 5


def test_on_the_free_plan_nothing_is_cancelled_or_sold_by_seats():
    story = ten(rules=FALLS)
    story.change(MIDDLE, Cancel(), timing=IMMEDIATE)
    with pytest.raises(NoChangeError) as refused:
        story.change("2026-04-20", Cancel())
    assert (refused.value.kind, refused.value.value) == ("plan", "free")
    with pytest.raises(UnknownUnitError):
        story.change("2026-04-20", AddSeats(1))


@pytest.mark.parametrize("convention", Convention)
def test_from_the_free_plan_a_full_period_starts_that_day(convention):
    rules = BillingRules(free_plan=FREE, convention=convention)
    story = ten(rules=rules)
    story.change(MIDDLE, Cancel())
    story.renew("2026-05-01")
    back = story.change("2026-07-10", SwitchPlan(LARGE))
    assert bills(back) == ["2026-07-10: +600.00 = 600.00"]
    assert story.period == ("2026-07-10", "2026-08-10")
    assert story.anchor == "2026-07-10"
    sub = story.subscription
    assert (sub.status, sub.ended_on) == (Status.ACTIVE, None)
    assert bills(story.renew("2026-08-10")) == ["2026-08-10: +600.00 = 600.00"]


def test_one_may_start_on_the_free_plan():
    story = ten(FREE, rules=FALLS, currency="USD", seats=3)
    assert bills(story.opening) == []
    assert story.subscription.status is Status.FREE
    assert bills(story.renew("2026-12-31")) == []
    assert bills(story.change("2027-01-01", SwitchPlan(SMALL, ANNUAL))) == [
        "2027-01-01: +1080.00 = 1080.00"
    ]
    assert story.subscription.interval == ANNUAL


def test_one_starts_on_the_free_plan_within_its_limit():
    rules = BillingRules(free_plan=FREE_FIVE)
    with pytest.raises(TooManySeatsError) as refused:
        ten(FREE_FIVE, rules=rules, seats=6)
    assert (refused.value.item, refused.value.excess) == ("free five", 1)
    assert ten(FREE_FIVE, rules=rules, seats=5).subscription.quantity() == 5


def test_an_interval_may_be_chosen_on_the_free_plan():
    story = ten(FREE, rules=FALLS, currency="USD", seats=3)
    story.change(MIDDLE, SwitchInterval(ANNUAL))
    assert bills(story.change(MIDDLE, SwitchPlan(SMALL))) == [
        "2026-04-16: +1080.00 = 1080.00"
    ]


def test_a_trial_may_fall_to_the_free_plan():
    story = Story(SMALL, "2026-04-01", seats=10, rules=FALLS, trial_end="2026-05-01")
    story.change(MIDDLE, SwitchPlan(FREE))
    assert story.subscription.status is Status.FREE
    assert story.subscription.ended_on == day(MIDDLE)
    assert bills(story.change("2026-04-20", SwitchPlan(SMALL))) == [
        "2026-04-20: +300.00 = 300.00"
    ]
    assert story.subscription.trial_end is None


def test_the_free_plan_can_wait_and_be_withdrawn():
    story = ten(rules=FALLS)
    story.change(MIDDLE, SwitchPlan(FREE))
    assert waiting(story.subscription) == ["plan: free on 2026-05-01"]
    story.change("2026-04-17", WithdrawPending(ChangeKind.PLAN))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 = 300.00"]


def test_a_service_is_sold_on_the_free_plan_at_once():
    rules = BillingRules(free_plan=FREE, settlement=Settlement.ON_RENEWAL)
    story = ten(FREE, rules=rules, currency="USD", seats=3)
    setup = Service("setup", "Set-up", Money("99.00", "USD"))
    assert bills(story.change(MIDDLE, BuyService(setup))) == [
        "2026-04-16: +99.00 = 99.00"
    ]


def test_a_service_is_sold_at_once_also_where_a_trial_fell_to_the_free_plan():
    """Found by the laws: what was sold in the days of the trial waited for ever."""
    story = ten(trial_end="2026-05-01", rules=FALLS)
    story.change("2026-04-02", SwitchPlan(FREE))
    assert story.subscription.status is Status.FREE
    setup = BuyService(Service("setup", "Set-up", Money("50.00", "USD")))
    assert bills(story.change("2026-04-03", setup)) == ["2026-04-03: +50.00 = 50.00"]
    assert story.subscription.waiting_lines == ()


def test_the_free_plan_has_no_new_prices():
    """Found by the laws: they waited for a renewal that never comes."""
    story = ten(rules=FALLS)
    dearer = Reprice(attrs.evolve(FREE, prices=SMALL.prices), day("2026-01-01"))
    story.change(MIDDLE, SwitchPlan(FREE))
    for at in (MIDDLE, "2026-05-01"):
        with pytest.raises(NoChangeError) as refused:
            story.change(at, dearer)
        assert (refused.value.kind, refused.value.value) == ("price", Money(0, "USD"))
    assert story.renew("2026-05-01").subscription.pending_updates == ()


def test_a_credit_survives_on_the_free_plan():
    story = ten(FREE, rules=FALLS, currency="USD", seats=3)
    story.change(MIDDLE, GrantCredit(Money("40.00", "USD"), "welcome"))
    assert bills(story.change(MIDDLE, SwitchPlan(SMALL))) == [
        "2026-04-16: +90.00 = 90.00 due 50.00"
    ]


def test_add_ons_are_free_of_charge_on_the_free_plan():
    sso = AddOn("sso", "SSO", (usd("3.00"),))
    story = ten(FREE, rules=FALLS, currency="USD", seats=3)
    assert bills(story.change(MIDDLE, AddAddOn(sso))) == []
    assert bills(story.change(MIDDLE, SwitchPlan(SMALL))) == [
        "2026-04-16: +90.00 +3.00 = 93.00"
    ]


def test_an_equal_free_plan_is_the_free_plan():
    rules = BillingRules(free_plan=Plan("free", "Free", 0))
    sub = adopt(
        FREE,
        id="old",
        interval=ANNUAL,
        seats={},
        current_period=Period(day("2026-04-01"), day("2026-05-01")),
        charged=Money.zero("USD"),
        currency="USD",
        rules=rules,
    )
    assert sub.status is Status.FREE
    assert bills(change(sub, SwitchPlan(SMALL), on=day(MIDDLE))) == []


# ----------------------------------------------------------------------------- a freeze

FREEZES = BillingRules(max_freeze_days=60)


@pytest.mark.source("ClickMeeting, CM-20: at most 60 days")
def test_a_freeze_moves_the_running_period_by_the_frozen_days():
    story = ten(rules=FREEZES)
    assert bills(story.change(MIDDLE, Freeze())) == []
    assert story.subscription.status is Status.FROZEN
    assert bills(story.renew("2026-05-20")) == []
    assert bills(story.change("2026-05-26", Unfreeze())) == []
    assert story.subscription.status is Status.ACTIVE
    assert story.period == ("2026-05-11", "2026-06-10")
    assert story.anchor == "2026-06-10"
    assert bills(story.renew("2026-06-10")) == ["2026-06-10: +300.00 = 300.00"]
    assert story.period == ("2026-06-10", "2026-07-10")


def test_after_the_thaw_the_paid_days_are_all_there():
    story = ten(rules=FREEZES)
    story.change(MIDDLE, Freeze())
    story.change("2026-05-26", Unfreeze())
    assert bills(story.change("2026-05-26", SwitchPlan(LARGE))) == [
        "2026-05-26: -150.00 +300.00 = 150.00"
    ]


def test_the_longest_freeze_thaws_by_itself():
    story = ten(rules=FREEZES)
    story.change(MIDDLE, Freeze())
    assert bills(story.renew("2026-06-14")) == []
    assert story.subscription.status is Status.FROZEN
    story.renew("2026-06-15")
    assert story.subscription.status is Status.ACTIVE
    assert story.period == ("2026-05-31", "2026-06-30")
    renewed = story.renew("2026-08-01")
    assert bills(renewed) == [
        "2026-06-30: +300.00 = 300.00",
        "2026-07-30: +300.00 = 300.00",
    ]


def test_a_change_after_the_longest_freeze_finds_it_thawed():
    story = ten(rules=FREEZES)
    story.change(MIDDLE, Freeze())
    assert bills(story.change("2026-06-20", AddSeats(1))) == [
        "2026-06-20: +10.00 = 10.00"
    ]


def test_a_freeze_of_no_day_moves_nothing():
    story = ten(rules=FREEZES)
    story.change(MIDDLE, Freeze(), Unfreeze())
    assert story.period == ("2026-04-01", "2026-05-01")
    assert story.anchor == "2026-04-01"


@pytest.mark.parametrize(
    "asked", [AddSeats(1), SwitchPlan(LARGE), SwitchInterval(ANNUAL), Freeze()]
)
def test_a_frozen_subscription_buys_nothing(asked):
    story = ten(rules=FREEZES)
    story.change(MIDDLE, Freeze())
    with pytest.raises(FrozenError) as refused:
        story.change("2026-04-20", asked)
    assert refused.value.code == "frozen"
    assert refused.value.problem == "is_frozen"
    assert refused.value.change == type(asked).__name__
    if type(asked) is not Freeze:
        story.change("2026-04-20", Unfreeze(), asked)


def test_a_frozen_subscription_can_be_cancelled_and_resumed():
    story = ten(rules=FREEZES)
    story.change(MIDDLE, Freeze())
    story.change("2026-04-20", Cancel())
    story.change("2026-04-21", Resume())
    story.change("2026-04-21", GrantCredit(Money("5.00", "USD"), "sorry"))
    story.change("2026-04-22", Cancel())
    assert bills(story.change("2026-05-16", Unfreeze())) == []
    assert waiting(story.subscription) == ["cancellation: None on 2026-05-31"]
    assert bills(story.renew("2026-05-31")) == []
    assert story.subscription.status is Status.CANCELED


@pytest.mark.parametrize(
    ("timing", "sums"),
    [(IMMEDIATE, ["2026-05-20: -150.00 = -150.00 due 0.00"]), (FORFEIT, [])],
)
def test_a_frozen_subscription_that_ends_gives_back_the_paid_days(timing, sums):
    story = ten(rules=FREEZES)
    story.change(MIDDLE, Freeze())
    assert bills(story.change("2026-05-20", Cancel(), timing=timing)) == sums
    assert story.subscription.status is Status.CANCELED


def test_what_waits_moves_with_the_frozen_period():
    story = ten(rules=FREEZES)
    story.change("2026-04-10", RemoveSeats(2))
    story.change(MIDDLE, Freeze())
    story.change("2026-04-26", Unfreeze())
    assert waiting(story.subscription) == ["seats seat: 8 on 2026-05-11"]
    assert bills(story.renew("2026-05-11")) == ["2026-05-11: +240.00 = 240.00"]


def test_in_arrears_the_frozen_days_are_not_billed():
    arrears = priced("arrears", usd("30.00", in_arrears=True))
    story = ten(arrears, rules=FREEZES)
    story.change(MIDDLE, Freeze())
    story.change("2026-04-26", Unfreeze())
    renewed = story.renew("2026-05-11")
    assert digits(renewed.invoice.total) == "300.00"


def test_instants_freeze_to_the_second():
    story = Story(SMALL, "2026-04-01T00:00:00Z", seats=10, rules=FREEZES)
    story.change("2026-04-16T00:00:00Z", Freeze())
    story.change("2026-04-16T06:00:00Z", Unfreeze())
    assert story.period == ("2026-04-01T06:00:00Z", "2026-05-01T06:00:00Z")


def test_a_preview_while_frozen_is_of_the_renewal_after_the_latest_thaw():
    story = ten(rules=FREEZES)
    story.change(MIDDLE, Freeze())
    assert digits(story.preview().total) == "300.00"
    story.change("2026-04-26", Unfreeze())
    assert digits(story.preview().total) == "300.00"


@pytest.mark.parametrize(
    ("story", "asked", "problem"),
    [
        pytest.param(ten, Freeze(), "not_offered", id="the rules offer none"),
        pytest.param(
            lambda: Story(SMALL, "2026-04-01", rules=FREEZES, trial_end="2026-05-01"),
            Freeze(),
            "not_charged",
            id="a trial",
        ),
        pytest.param(
            lambda: ten(rules=FREEZES), Unfreeze(), "not_frozen", id="not frozen"
        ),
    ],
)
def test_only_what_runs_and_is_paid_for_freezes(story, asked, problem):
    with pytest.raises(FrozenError) as refused:
        story().change(MIDDLE, asked)
    assert refused.value.problem == problem


def test_a_free_subscription_does_not_freeze():
    rules = BillingRules(free_plan=FREE, max_freeze_days=60)
    story = ten(FREE, rules=rules, currency="USD", seats=1)
    with pytest.raises(FrozenError):
        story.change(MIDDLE, Freeze())


@pytest.mark.parametrize(
    ("asked_on", "applies_on"),
    [
        pytest.param("2026-06-05", "2026-06-30", id="25 days before: in time"),
        pytest.param("2026-06-06", "2026-07-30", id="24 days before: late"),
    ],
)
def test_in_a_freeze_notice_is_counted_to_the_end_that_is_latest(asked_on, applies_on):
    """Dated as if it thawed by itself, after sixty days: 1 May becomes 30 June."""
    story = ten(rules=BillingRules(max_freeze_days=60, notice_days=25))
    story.change("2026-04-11", Freeze())
    story.change(asked_on, Cancel())
    assert waiting(story.subscription) == [f"cancellation: None on {applies_on}"]


def test_time_goes_on_while_frozen():
    story = ten(rules=FREEZES)
    story.change(MIDDLE, Freeze())
    story.change("2026-04-20", Cancel())
    with pytest.raises(OutOfOrderError):
        story.change("2026-04-19", Unfreeze())
