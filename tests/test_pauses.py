"""A pause: from the next renewal on nothing is served or charged; by hand.

Source of the first row: Recurly, "pause subscription"; figures are worked out by hand.
"""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Discount,
    EndPause,
    EndTrial,
    Extend,
    Freeze,
    GrantCredit,
    Interval,
    Money,
    MoveBillingDay,
    Pause,
    Period,
    Plan,
    Price,
    RemoveSeats,
    Reprice,
    Resume,
    Service,
    SetSeats,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Timing,
    Unfreeze,
    WithdrawPending,
    adopt,
    arr,
    bill,
    change,
    mrr,
    next_renewal,
    recognize,
    renew,
)
from seatbill.access import is_usable, usable_until
from seatbill.converters import dump, load
from seatbill.documents._drawing.spans import chronicle_of
from seatbill.errors import (
    CancellationPendingError,
    DateRangeError,
    FrozenError,
    LateNoticeError,
    NoChangeError,
    OutOfBoundsError,
    RenewFirstError,
    RulesError,
    WrongTypeError,
)
from seatbill.reviews import reconcile
from seatbill.rules import ChangeKind, Convention, LateNotice
from seatbill.views import billing_view
from stories import Story, at, bills, plan

THIRTY = plan("30.00")
VAT = TaxRate("VAT", "0.20")
NOTICE = BillingRules(notice_days=15)
FREEZES = BillingRules(max_freeze_days=60)


def april(sold=THIRTY, **more):
    """Return one seat by the month from 1 April 2026."""
    return Story(sold, "2026-04-01", **more)


def paused(sold=THIRTY, **more):
    """Return the same in a pause of May and June, asked for on 10 April."""
    story = april(sold, **more)
    story.change("2026-04-10", Pause(2))
    story.renew("2026-05-01")
    return story


# -------------------------------------------------- from when to when


def test_a_paid_month_is_served_and_two_are_not():
    """Recurly: asked for on 10 April, served to the 30th, 30.00 again on 1 July."""
    story = april()
    done = story.change("2026-04-10", Pause(2))
    assert (bills(done), done.notices) == ([], ())
    assert done.effective_on == next_renewal(story.subscription) == at("2026-05-01")
    assert story.preview().lines == ()
    assert mrr(story.subscription) == Money("30.00", "USD")  # it still runs
    assert bills(story.renew("2026-05-01")) == []
    sub = story.subscription
    assert (sub.status, story.period) == ("paused", ("2026-05-01", "2026-07-01"))
    assert (sub.charges, sub.paid_until) == ((), at("2026-05-01"))
    assert mrr(sub) == arr(sub) == Money.zero("USD")
    assert next_renewal(sub) == story.preview().issued_on == at("2026-07-01")
    assert story.preview().total == Money("30.00", "USD")
    assert bills(story.renew("2026-08-01")) == [
        "2026-07-01: +30.00 = 30.00",
        "2026-08-01: +30.00 = 30.00",
    ]
    assert (story.subscription.status, story.anchor) == ("active", "2026-04-01")
    assert story.subscription.paid_until is None


@pytest.mark.parametrize(
    ("sold", "start", "more", "n", "wanted"),
    [
        (THIRTY, "2026-01-31", {}, 1, ["2026-03-31: +30.00 = 30.00"]),  # not the 28th
        (THIRTY, "2028-01-31", {}, 1, ["2028-03-31: +30.00 = 30.00"]),
        (THIRTY, "2028-02-29", {}, 1, ["2028-04-29: +30.00 = 30.00"]),
        (plan("500", "JPY"), "2026-04-01", {}, 3, ["2026-08-01: +500 = 500"]),
        (plan("1.005", "KWD"), "2026-04-01", {}, 1, ["2026-06-01: +1.005 = 1.005"]),
        (
            plan("90.00", interval=QUARTERLY),
            "2026-01-01",
            {"interval": QUARTERLY},
            2,
            ["2026-10-01: +90.00 = 90.00"],
        ),
        (
            plan("365.00", interval=ANNUAL),
            "2026-01-01",
            {"interval": ANNUAL},
            1,
            ["2028-01-01: +365.00 = 365.00"],
        ),
        (
            plan("10.00", interval=Interval(days=30)),
            "2026-04-01",
            {"interval": Interval(days=30)},
            2,
            ["2026-06-30: +10.00 = 10.00"],  # 90 days from 1 April
        ),
        (
            THIRTY,
            "2026-04-01",
            {"tax_rates": [VAT]},
            1,
            ["2026-06-01: +30.00 tax +6.00 = 36.00"],
        ),
    ],
)
def test_the_grid_goes_on(sold, start, more, n, wanted):
    story = Story(sold, start, **more)
    story.change(start, Pause(n))
    assert bills(story.renew(wanted[0][:10])) == wanted


def test_instants_are_paused_to_the_second():
    story = Story(THIRTY, "2026-04-01T06:30:00+00:00")
    story.change("2026-04-10T00:00:00+00:00", Pause(1))
    assert bills(story.renew("2026-06-01T06:30:00+00:00")) == [
        "2026-06-01T06:30:00Z: +30.00 = 30.00"
    ]


def test_another_number_takes_the_place_of_what_waits():
    story = april()
    story.change("2026-04-10", Pause(2))
    done = story.change("2026-04-10", Pause(1))
    assert [update.value for update in done.replaced] == [2]
    assert bills(story.renew("2026-06-01")) == ["2026-06-01: +30.00 = 30.00"]


def test_a_pause_is_made_longer_by_another():
    story = paused()
    story.change("2026-05-10", Pause(1))
    assert bills(story.renew("2026-07-01")) == []
    assert story.period == ("2026-07-01", "2026-08-01")
    assert bills(story.renew("2026-08-01")) == ["2026-08-01: +30.00 = 30.00"]


@pytest.mark.parametrize("withdrawal", [EndPause(), WithdrawPending(ChangeKind.PAUSE)])
def test_a_pause_that_waits_is_withdrawn(withdrawal):
    story = april()
    story.change("2026-04-10", Pause(2))
    done = story.change("2026-04-12", withdrawal)
    assert (bills(done), story.subscription.pending_updates) == ([], ())
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +30.00 = 30.00"]
    with pytest.raises(NoChangeError, match="No pause is running"):
        change(story.subscription, EndPause(), on=at("2026-05-01"))


@pytest.mark.parametrize("n", [0, 121, 1.0, True, None])
def test_a_number_of_periods_is_asked_for(n):
    with pytest.raises((OutOfBoundsError, WrongTypeError)):
        Pause(n)


def test_a_pause_stays_inside_the_calendar():
    story = Story(THIRTY, "9998-04-01")
    story.change("9998-04-10", Pause(120))
    with pytest.raises(DateRangeError):
        renew(story.subscription, on=at("9998-05-01"))


# -------------------------------------------------- ended before its time


@pytest.mark.parametrize(
    ("on", "total", "period"),
    [
        ("2026-05-01", "30.00", ("2026-05-01", "2026-06-01")),  # as if there was none
        ("2026-05-16", "15.48", ("2026-05-01", "2026-06-01")),  # 16 of 31 days
        ("2026-05-31", "0.97", ("2026-05-01", "2026-06-01")),  # 1/31
        ("2026-06-01", "30.00", ("2026-06-01", "2026-07-01")),
        ("2026-06-30", "1.00", ("2026-06-01", "2026-07-01")),  # 1/30
    ],
)
def test_a_pause_ended_today_charges_what_is_left_of_the_period(on, total, period):
    story = paused()
    assert bills(story.change(on, EndPause())) == [f"{on}: +{total} = {total}"]
    assert (story.period, story.subscription.status) == (period, "active")
    assert story.subscription.billing_cycle_anchor == at("2026-04-01")
    assert bills(story.renew(period[1])) == [f"{period[1]}: +30.00 = 30.00"]


@pytest.mark.parametrize(
    ("sold", "more", "wanted"),
    [
        (plan("500", "JPY"), {}, "+258 = 258"),  # 500 × 16/31 = 258.06
        (plan("1.005", "KWD"), {}, "+0.519 = 0.519"),  # 1.005 × 16/31 = 0.5187
        (THIRTY, {"tax_rates": [VAT]}, "+15.48 tax +3.10 = 18.58"),
        (
            THIRTY,
            {"discounts": [Discount.percent("50", id="half")]},
            "+7.74 = 7.74",
        ),
        (
            THIRTY,  # 5.00 × 16/31 = 2.58
            {"discounts": [Discount.fixed("5", "USD", id="off")]},
            "+15.48 -2.58 = 12.90",
        ),
        (
            THIRTY,
            {"rules": BillingRules(settlement=Settlement.ON_RENEWAL)},
            "+15.48 = 15.48",
        ),
        (
            THIRTY,
            {"rules": BillingRules(convention=Convention.ACTUAL_30)},
            "+16.00 = 16.00",
        ),
    ],
)
def test_what_is_left_is_charged_as_ever(sold, more, wanted):
    story = paused(sold, **more)
    done = story.change("2026-05-16", EndPause())
    assert bills(done) == [f"2026-05-16: {wanted}"]


def test_credit_pays_for_what_is_left():
    story = paused()
    story.change("2026-05-10", GrantCredit(Money("10", "USD"), "sorry"))
    done = story.change("2026-05-16", EndPause())
    assert bills(done) == ["2026-05-16: +15.48 = 15.48 due 5.48"]


def test_a_pause_that_is_over_cannot_be_ended():
    story = paused()
    with pytest.raises(NoChangeError):
        change(story.subscription, EndPause(), on=at("2026-07-01"))


def test_what_would_make_it_longer_ends_with_it():
    story = paused()
    story.change("2026-05-10", Pause(3))
    story.change("2026-05-16", EndPause())
    assert story.subscription.pending_updates == ()


@pytest.mark.parametrize(
    ("interval", "on", "period"),
    [
        (QUARTERLY, "2026-05-16", ("2026-04-01", "2026-07-01")),
        (QUARTERLY, "2026-07-01", ("2026-07-01", "2026-10-01")),
        (Interval(days=30), "2026-02-15", ("2026-01-31", "2026-03-02")),
    ],
)
def test_a_pause_of_longer_periods_is_ended_in_one_of_them(interval, on, period):
    story = Story(plan("90.00", interval=interval), "2026-01-01", interval=interval)
    story.change("2026-01-01", Pause(2))
    story.change(on, EndPause())
    assert story.period == period


# -------------------------------------------------- changes while it waits


@pytest.mark.parametrize("first", [True, False])
def test_what_waits_for_the_day_of_the_pause_takes_effect_on_it(first):
    story = april(seats=3)
    asked = [Pause(2), RemoveSeats(1)]
    story.change("2026-04-10", *(asked if first else reversed(asked)))
    assert story.renew("2026-05-01").subscription.quantity() == 2
    assert bills(story.renew("2026-07-01")) == ["2026-07-01: +60.00 = 60.00"]


def test_new_prices_from_a_day_in_the_pause_hold_from_its_end_on():
    story = april()
    dearer = plan("40.00", id=THIRTY.id)
    story.change("2026-04-10", Pause(2), Reprice(dearer, at("2026-05-15")))
    told = {u.kind: u.applies_on for u in story.subscription.pending_updates}
    assert told[ChangeKind.PRICE] == at("2026-07-01")
    assert bills(story.renew("2026-07-01")) == ["2026-07-01: +40.00 = 40.00"]


def test_a_day_given_or_a_freeze_moves_the_pause():
    story = april(rules=FREEZES)
    story.change("2026-04-10", Pause(1), Extend(7))
    assert story.subscription.pending_updates[0].applies_on == at("2026-05-08")
    story.change("2026-04-11", Freeze())
    with pytest.raises(FrozenError):
        change(story.subscription, Pause(2), on=at("2026-04-12"))
    story.change("2026-04-21", Unfreeze())
    assert bills(story.renew("2026-06-18")) == ["2026-06-18: +30.00 = 30.00"]


def test_a_moved_billing_day_makes_the_first_paused_period_a_stub():
    story = april()
    story.change("2026-04-10", MoveBillingDay(15), Pause(2))
    assert bills(story.renew("2026-06-15")) == ["2026-06-15: +30.00 = 30.00"]
    assert story.subscription.pending_updates == ()


def test_a_restart_lets_the_pause_wait_for_the_end_of_the_new_period():
    dear = plan("40.00", rank=1)
    story = april(rules=BillingRules(upgrade=Timing.RESTART))
    story.change("2026-04-10", Pause(1))
    story.change("2026-04-16", SwitchPlan(dear))
    assert story.subscription.pending_updates[0].applies_on == at("2026-05-16")
    assert bills(story.renew("2026-06-16")) == ["2026-06-16: +40.00 = 40.00"]


def test_an_end_before_the_pause_goes_first():
    story = april()
    story.change("2026-04-10", Pause(1), Cancel())
    done = story.renew("2026-05-01")
    assert story.subscription.ended_on == at("2026-05-01")
    assert [update.kind for update in done.replaced] == [ChangeKind.PAUSE]
    story = april()
    story.change("2026-04-10", Cancel())
    with pytest.raises(CancellationPendingError):
        change(story.subscription, Pause(1), on=at("2026-04-10"))
    story.change("2026-04-10", Resume(), Pause(1))
    assert bills(story.renew("2026-06-01")) == ["2026-06-01: +30.00 = 30.00"]


def test_a_pause_comes_after_the_trial():
    story = Story(THIRTY, "2026-01-10", trial_end="2026-01-24")
    story.change("2026-01-12", Pause(1))
    assert bills(story.renew("2026-02-24")) == ["2026-02-24: +30.00 = 30.00"]
    story = Story(THIRTY, "2026-01-10", trial_end="2026-01-24", anchor="2026-01-01")
    story.change("2026-01-12", Pause(2))  # the rest of January, and February
    assert bills(story.renew("2026-03-01")) == ["2026-03-01: +30.00 = 30.00"]


def test_a_trial_that_ends_today_is_paid_for_before_the_pause():
    story = Story(THIRTY, "2026-01-10", trial_end="2026-01-24")
    story.change("2026-01-12", Pause(1), EndTrial())
    assert bills(story.renew("2026-03-12")) == ["2026-03-12: +30.00 = 30.00"]


def test_a_free_plan_has_nothing_to_pause():
    free = Plan("free", "Free", 0)
    rules = BillingRules(free_plan=free)
    story = Story(free, "2026-01-01", rules=rules, currency="USD", seats={})
    with pytest.raises(NoChangeError):
        change(story.subscription, Pause(1), on=at("2026-01-02"))


# -------------------------------------------------- notice


def test_a_pause_has_the_notice_of_an_end():
    """15 days before 1 May: the 16th of April is in time, the 17th is late."""
    story = april(rules=NOTICE)
    assert story.change("2026-04-16", Pause(1)).effective_on == at("2026-05-01")
    story = april(rules=NOTICE)
    done = story.change("2026-04-17", Pause(1))
    assert done.effective_on == at("2026-06-01")
    assert [notice.code for notice in done.notices] == ["late_notice"]
    assert bills(story.renew("2026-07-01")) == [
        "2026-05-01: +30.00 = 30.00",
        "2026-07-01: +30.00 = 30.00",
    ]
    strict = BillingRules(notice_days=15, late_notice=LateNotice.REFUSE)
    with pytest.raises(LateNoticeError):
        change(april(rules=strict).subscription, Pause(1), on=at("2026-04-17"))


def test_a_late_number_changes_the_pause_that_is_in_time():
    story = april(rules=NOTICE)
    story.change("2026-04-10", Pause(1))
    story.change("2026-04-20", Pause(2))
    (waiting,) = story.subscription.pending_updates
    assert (waiting.value, waiting.applies_on) == (2, at("2026-05-01"))


def test_what_comes_late_comes_after_the_pause():
    """Asked for on 20 April, too late for 1 May: one period later is 1 July."""
    story = april(seats=3, rules=NOTICE)
    story.change("2026-04-10", Pause(2))
    done = story.change("2026-04-20", RemoveSeats(1))
    assert done.effective_on == at("2026-07-01")
    assert bills(story.renew("2026-07-01")) == ["2026-07-01: +60.00 = 60.00"]


def test_prices_wait_for_the_end_of_a_pause_that_comes_late():
    """The pause runs from 1 June to 1 August."""
    story = april(rules=NOTICE)
    dearer = plan("40.00", id=THIRTY.id)
    story.change("2026-04-20", Pause(2), Reprice(dearer, at("2026-06-15")))
    told = {u.kind: u.applies_on for u in story.subscription.pending_updates}
    assert told == {
        ChangeKind.PAUSE: at("2026-06-01"),
        ChangeKind.PRICE: at("2026-08-01"),
    }
    later = Reprice(dearer, at("2026-08-15"))
    story.change("2026-04-20", WithdrawPending(ChangeKind.PRICE), later)
    (price,) = [u for u in story.subscription.pending_updates if u.from_day]
    assert price.applies_on == at("2026-09-01")
    assert bills(story.renew("2026-09-01")) == [
        "2026-05-01: +30.00 = 30.00",
        "2026-08-01: +30.00 = 30.00",
        "2026-09-01: +40.00 = 40.00",
    ]


# -------------------------------------------------- changes inside of it


def test_what_is_owned_changes_at_once_and_is_charged_from_the_end_on():
    sso = AddOn("sso", "SSO", [Price(unit_amount="5", currency="USD")])
    story = paused(seats=3)
    assert bills(story.change("2026-05-10", AddSeats(2), AddAddOn(sso))) == []
    assert bills(story.change("2026-05-11", RemoveSeats(1))) == []
    assert story.subscription.quantity() == 4
    assert bills(story.change("2026-05-12", SetSeats(2))) == []
    assert bills(story.renew("2026-07-01")) == ["2026-07-01: +60.00 +5.00 = 65.00"]


def test_another_plan_is_charged_from_the_end_on():
    story = paused()
    for sold in (plan("40.00", rank=1), plan("10.00"), plan("20.00", rank=2)):
        assert bills(story.change("2026-05-10", SwitchPlan(sold))) == []
        assert bills(story.change("2026-05-10", AddSeats(1))) == []
    assert bills(story.renew("2026-07-01")) == ["2026-07-01: +80.00 = 80.00"]


@pytest.mark.parametrize(
    ("interval", "next_days"),
    [
        (ANNUAL, ["2026-07-01", "2027-07-01"]),
        (Interval(days=30), ["2026-07-01", "2026-07-31"]),
    ],
)
def test_another_interval_counts_from_the_end_on(interval, next_days):
    prices = [
        Price(unit_amount="30", currency="USD", interval=i) for i in (MONTHLY, interval)
    ]
    story = paused(Plan("both", "Both", 0, prices))
    story.change("2026-05-10", SwitchInterval(interval))
    wanted = [f"{day}: +30.00 = 30.00" for day in next_days]
    assert bills(story.renew(next_days[1])) == wanted


def test_days_that_were_counted_become_months_from_the_end_on():
    days = Interval(days=30)
    prices = [
        Price(unit_amount="30", currency="USD", interval=i) for i in (MONTHLY, days)
    ]
    opening = Story(Plan("both", "Both", 0, prices), "2026-04-01", interval=days)
    statement = bill(
        opening.opening,
        [
            (at("2026-04-10"), Pause(1)),
            (at("2026-05-10"), SwitchInterval(MONTHLY)),
        ],
        until=at("2026-06-30"),
    )
    issued = [invoice.issued_on for invoice in statement.invoices]
    assert issued == [at("2026-04-01"), at("2026-05-31"), at("2026-06-30")]


def test_an_interval_taken_in_a_pause_is_charged_up_to_its_end():
    """The year ends where the pause would have: 46 of 365 days to 1 July."""
    prices = [
        Price(unit_amount=amount, currency="USD", interval=interval)
        for amount, interval in (("30", MONTHLY), ("365", ANNUAL))
    ]
    story = paused(Plan("both", "Both", 0, prices))
    done = story.change("2026-05-16", SwitchInterval(ANNUAL), EndPause())
    assert bills(done) == ["2026-05-16: +46.00 = 46.00"]
    assert bills(story.renew("2026-07-01")) == ["2026-07-01: +365.00 = 365.00"]


def test_an_interval_that_came_late_for_the_pause_starts_anew_with_its_end():
    days = Interval(days=10)
    prices = [
        Price(unit_amount="30", currency="USD", interval=i) for i in (MONTHLY, days)
    ]
    rules = BillingRules(notice_days=15, shorter_interval=Timing.PERIOD_END)
    story = april(Plan("both", "Both", 0, prices), rules=rules)
    story.change("2026-04-10", Pause(2))
    story.change("2026-04-20", SwitchInterval(days))
    assert bills(story.change("2026-05-16", EndPause())) == [
        "2026-05-16: +30.00 = 30.00"
    ]
    assert story.period == ("2026-05-16", "2026-05-26")


def test_a_billing_day_asked_for_in_a_pause_follows_it():
    story = paused()
    story.change("2026-05-10", MoveBillingDay(15))
    assert bills(story.renew("2026-07-15")) == [
        "2026-07-01: +14.00 = 14.00",  # 14 of the 30 days from 15 June
        "2026-07-15: +30.00 = 30.00",
    ]
    story = paused()
    story.change("2026-05-10", MoveBillingDay(15))
    assert bills(story.change("2026-05-25", EndPause())) == [
        "2026-05-25: +20.32 = 20.32"  # 21 of the 31 days from 15 May
    ]
    assert story.period == ("2026-05-15", "2026-06-15")


@pytest.mark.parametrize("asked", [Freeze(), Extend(3), EndTrial()])
def test_what_a_pause_does_not_take_is_refused_by_its_name(asked):
    story = paused(rules=FREEZES)
    with pytest.raises((FrozenError, NoChangeError)):
        change(story.subscription, asked, on=at("2026-05-10"))


def test_what_is_bought_once_is_invoiced_as_the_rules_settle():
    course = BuyService(Service("course", "Course", Money("90.00", "USD")))
    assert bills(paused().change("2026-05-10", course)) == [
        "2026-05-10: +90.00 = 90.00"
    ]
    later = paused(rules=BillingRules(settlement=Settlement.ON_RENEWAL))
    assert bills(later.change("2026-05-10", course)) == []
    assert bills(later.renew("2026-07-01")) == ["2026-07-01: +90.00 +30.00 = 120.00"]
    monthly = paused(rules=BillingRules(settlement=Settlement.MONTHLY))
    monthly.change("2026-05-10", course)
    assert next_renewal(monthly.subscription) == at("2026-06-01")
    assert bills(monthly.renew("2026-06-01")) == ["2026-06-01: +90.00 = 90.00"]
    assert monthly.subscription.status == "paused"


@pytest.mark.parametrize(
    ("timing", "ended_on"), [(None, "2026-07-01"), (Timing.IMMEDIATE, "2026-05-10")]
)
def test_a_cancellation_in_the_pause_charges_nothing(timing, ended_on):
    story = paused()
    done = story.change("2026-05-10", Cancel(), timing=timing)
    assert (bills(done), done.refund_due.minor_units) == ([], 0)
    assert bills(story.renew("2026-08-01")) == []
    assert (story.subscription.ended_on, story.subscription.status) == (
        at(ended_on),
        "canceled",
    )


def test_a_pause_whose_end_is_the_end_is_not_ended_before():
    story = paused()
    story.change("2026-05-10", Cancel())
    for asked in (EndPause(), Pause(1)):
        with pytest.raises(CancellationPendingError):
            change(story.subscription, asked, on=at("2026-05-16"))
    done = story.change("2026-05-16", Resume(), EndPause())
    assert bills(done) == ["2026-05-16: +15.48 = 15.48"]


def test_the_free_plan_ends_a_pause_at_once_and_a_paid_one_starts_anew():
    free = Plan("free", "Free", 0, [Price(unit_amount="0", currency="USD")])
    story = paused(rules=BillingRules(free_plan=free))
    story.change("2026-05-10", SwitchPlan(free))
    assert (story.subscription.status, story.subscription.paid_until) == ("free", None)
    done = story.change("2026-05-11", SwitchPlan(THIRTY), AddSeats(1))
    assert bills(done) == ["2026-05-11: +30.00 +30.00 = 60.00"]


# -------------------------------------------------- what runs and waits


def test_what_waits_for_an_invoice_is_billed_as_the_pause_begins():
    story = april(rules=BillingRules(settlement=Settlement.ON_RENEWAL))
    story.change("2026-04-16", AddSeats(1), Pause(1))
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +15.00 = 15.00",
        "2026-06-01: +60.00 = 60.00",
    ]


def test_what_ran_in_arrears_is_billed_as_the_pause_begins():
    price = Price(unit_amount="30", currency="USD", in_arrears=True)
    story = april(Plan("late", "Late", 0, [price]))
    story.change("2026-04-10", Pause(1))
    assert bills(story.renew("2026-07-01")) == [
        "2026-05-01: +30.00 = 30.00",
        "2026-07-01: +30.00 = 30.00",  # of June
    ]


@pytest.mark.parametrize("in_arrears", [True, False])
def test_what_is_measured_is_not_asked_for_in_a_pause(in_arrears):
    price = Price(
        unit="team",
        unit_amount="10",
        currency="USD",
        measured=True,
        in_arrears=in_arrears,
    )
    taken = adopt(
        Plan("m", "M", 0, [price]),
        id="s",
        interval=MONTHLY,
        seats={"team": 2},
        current_period=Period(at("2026-04-01"), at("2026-05-01")),
        charged=Money("0" if in_arrears else "20", "USD"),
        rules=BillingRules(),
    )
    asked = []

    def measured(day):
        asked.append(day)
        return {"team": 3}

    history = [(at("2026-04-10"), Pause(2))]
    statement = bill(taken, history, until=at("2026-08-01"), measured=measured)
    assert asked == [
        at(day)
        for day in (
            ("2026-05-01", "2026-07-01", "2026-08-01")
            if in_arrears
            else ("2026-07-01", "2026-08-01")
        )
    ]
    assert [f"{i.issued_on} {i.total.amount:f}" for i in statement.invoices] == (
        ["2026-05-01 30.00", "2026-08-01 30.00"]
        if in_arrears
        else ["2026-07-01 30.00", "2026-08-01 30.00"]
    )
    shown = chronicle_of(
        taken, statement.invoices, statement.outcomes, at("2026-08-01")
    )
    assert shown.pauses == ((at("2026-05-01"), at("2026-07-01")),)


def test_what_is_measured_in_arrears_is_not_asked_for_as_a_pause_ends():
    price = Price(
        unit="team",
        unit_amount="10",
        currency="USD",
        measured=True,
        in_arrears=True,
    )
    story = april(Plan("m", "M", 0, [price]), seats={})
    story.change("2026-04-10", Pause(2))
    begun = renew(story.subscription, on=at("2026-05-01"), measured={"team": 3})
    assert bills(begun) == ["2026-05-01: +30.00 = 30.00"]
    ended = renew(begun.subscription, on=at("2026-07-01"))
    assert bills(ended) == []
    again = renew(ended.subscription, on=at("2026-08-01"), measured={"team": 2})
    assert bills(again) == ["2026-08-01: +20.00 = 20.00"]


def test_measured_in_advance_is_known_at_the_end_of_a_pause():
    price = Price(unit="team", unit_amount="10", currency="USD", measured=True)
    taken = adopt(
        Plan("m", "M", 0, [price]),
        id="s",
        interval=MONTHLY,
        seats={},
        current_period=Period(at("2026-05-01"), at("2026-07-01")),
        charged={},
        rules=BillingRules(),
        paid_until=at("2026-05-01"),
    )
    assert taken.status == "paused"
    with pytest.raises(RulesError) as refused:
        change(taken, EndPause(), on=at("2026-05-10"))
    assert refused.value.problem == "not_measured_yet"
    with pytest.raises(RenewFirstError):
        renew(taken, on=at("2026-07-01"))


@pytest.mark.parametrize(
    ("periods", "wanted"),
    [
        (1, ["+30.00 = 30.00", "+30.00 = 30.00"]),
        (2, ["+15.00 = 15.00", "+30.00 = 30.00"]),
        (None, ["+15.00 = 15.00", "+15.00 = 15.00"]),
    ],
)
def test_a_discount_does_not_count_what_is_paused(periods, wanted):
    half = Discount.percent("50", id="half", periods=periods)
    story = april(discounts=[half])
    story.change("2026-04-10", Pause(3))
    days = ["2026-08-01", "2026-09-01"]
    assert bills(story.renew("2026-09-01")) == [
        f"{day}: {total}" for day, total in zip(days, wanted, strict=True)
    ]


def test_an_amount_off_applied_in_a_pause_serves_from_its_end_on():
    story = paused()
    story.change(
        "2026-05-10", ApplyDiscount(Discount.fixed("5", "USD", id="off", periods=1))
    )
    assert bills(story.renew("2026-08-01")) == [
        "2026-07-01: +30.00 -5.00 = 25.00",
        "2026-08-01: +30.00 = 30.00",
    ]


# -------------------------------------------------- seen from elsewhere


def test_nothing_is_usable_in_the_pause():
    story = april()
    story.change("2026-04-10", Pause(2))
    sub = story.subscription
    assert usable_until(sub) == at("2026-05-01")
    assert is_usable(sub, at("2026-04-30"))
    assert not is_usable(sub, at("2026-05-01"))
    sub = story.renew("2026-05-01").subscription
    assert usable_until(sub) == at("2026-05-01")
    assert [is_usable(sub, at(day)) for day in ("2026-06-30", "2026-07-01")] == [
        False,
        True,
    ]
    sub = story.change("2026-05-10", Cancel()).subscription
    assert not is_usable(sub, at("2026-07-01"))
    story = april()
    story.change("2026-04-10", Pause(2), Cancel())
    assert usable_until(story.subscription) == at("2026-05-01")


def test_a_page_tells_the_pause_and_when_it_goes_on():
    story = april()
    story.change("2026-04-10", Pause(2))
    view = billing_view(story.subscription, on=at("2026-04-10"))
    assert (view.renews_on, view.ends_on) == (at("2026-05-01"), None)
    story.renew("2026-05-01")
    view = billing_view(story.subscription, on=at("2026-05-01"))
    assert (view.renews_on, view.ends_on) == (at("2026-07-01"), None)
    assert view.next_invoice.total == Money("30.00", "USD")


@pytest.mark.parametrize(
    ("history", "until", "bands"),
    [
        ([("2026-04-10", Pause(2))], "2026-04-20", []),
        ([("2026-04-10", Pause(2))], "2026-05-20", [("2026-05-01", "2026-07-01")]),
        ([("2026-04-10", Pause(2))], "2026-08-01", [("2026-05-01", "2026-07-01")]),
        (
            [("2026-04-10", Pause(2)), ("2026-05-16", EndPause())],
            "2026-08-01",
            [("2026-05-01", "2026-05-16")],
        ),
        (
            [("2026-04-10", Pause(2)), ("2026-05-10", AddSeats(1))],
            "2026-06-01",
            [("2026-05-01", "2026-07-01")],
        ),
        (
            [("2026-04-10", Pause(1)), ("2026-05-10", Pause(1))],
            "2026-09-01",
            [("2026-05-01", "2026-06-01"), ("2026-06-01", "2026-07-01")],
        ),
    ],
)
def test_a_picture_shows_when_nothing_was_served(history, until, bands):
    opening = april().opening
    entries = [(at(day), asked) for day, asked in history]
    statement = bill(opening, entries, until=at(until))
    shown = chronicle_of(
        opening.subscription, statement.invoices, statement.outcomes, statement.until
    )
    assert [*shown.pauses] == [(at(start), at(end)) for start, end in bands]


def test_every_invoice_is_found_right_by_its_history():
    history = [
        (at("2026-04-10"), Pause(2)),
        (at("2026-05-10"), AddSeats(1)),
        (at("2026-05-16"), EndPause()),
    ]
    statement = bill(april().opening, history, until=at("2026-07-01"))
    assert [f"{i.total.amount:f}" for i in statement.invoices] == [
        "30.00",
        "30.97",  # 60.00 × 16/31
        "60.00",
        "60.00",
    ]
    for invoice in statement.invoices:
        assert reconcile(invoice, statement).is_right


def test_revenue_of_what_is_left_is_earned_after_the_pause():
    (invoice,) = paused().change("2026-05-16", EndPause()).invoices
    (part,) = recognize(invoice).totals
    assert (part.period.start, part.amount) == (at("2026-05-01"), Money("15.48", "USD"))


def test_a_paused_subscription_is_stored_and_taken_over():
    story = april()
    story.change("2026-04-10", Pause(2))
    for sub in (story.subscription, story.renew("2026-05-01").subscription):
        assert load(dump(sub)) == sub
    taken = adopt(
        sub.plan,
        id=sub.id,
        interval=sub.interval,
        seats=1,
        current_period=sub.current_period,
        charged={},
        rules=sub.rules,
        anchor=sub.billing_cycle_anchor,
        paid_until=sub.paid_until,
        version=sub.version,
    )
    assert taken == sub
    assert taken.changed_on == dt.date(2026, 5, 1)


# ------------------------------------------------ add-ons with an interval of their own


def test_an_add_on_of_its_own_interval_begins_anew_after_the_pause():
    """120.00 a year from 1 April: 335 of 365 days come back on 1 May."""
    backup = AddOn(
        "backup",
        "Backup",
        [Price(unit_amount="120.00", currency="USD", interval=ANNUAL)],
        interval=ANNUAL,
    )
    story = april(add_ons=[backup])
    story.change("2026-04-10", Pause(2))
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: -110.14 = -110.14 due 0.00"
    ]
    (owned,) = story.subscription.add_ons
    assert (owned.period, owned.anchor) == (None, None)
    assert load(dump(story.subscription)) == story.subscription
    # a year from 1 July, a day of the grid; 110.14 are on the balance
    assert bills(story.renew("2026-07-01")) == [
        "2026-07-01: +30.00 +120.00 = 150.00 due 39.86"
    ]
