"""Dates that move: a trial ends today, days are given, a billing day; by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    ChargeFee,
    Discount,
    EndTrial,
    Extend,
    Freeze,
    GrantCredit,
    Interval,
    Money,
    MoveBillingDay,
    Period,
    Plan,
    Price,
    RemoveSeats,
    Reprice,
    Resume,
    Settlement,
    SwitchPlan,
    TaxRate,
    Timing,
    Unfreeze,
    adopt,
    bill,
    change,
    mrr,
    next_renewal,
    recognize,
    renew,
    subscribe,
)
from seatbill.converters import dump, load
from seatbill.documents._drawing.spans import chronicle_of
from seatbill.errors import (
    CancellationPendingError,
    DateRangeError,
    FrozenError,
    NoChangeError,
    OutOfBoundsError,
    OutOfOrderError,
    RulesError,
    SubscriptionEndedError,
    WrongTypeError,
)
from seatbill.reviews import reconcile
from seatbill.rules import Convention
from stories import Story, at, bills, plan, sum_of

TEN = plan("10.00")
VAT = TaxRate("VAT", "0.20")


def on_trial(sold=TEN, **more):
    """Return a trial from 10 to 24 January."""
    return Story(sold, "2026-01-10", trial_end="2026-01-24", **more)


# ---------------------------------------------------------------- a trial ends today


def test_a_trial_converted_on_its_first_day_is_charged_in_full():
    """formbricks#8659: 25 licences at 52.61, a trial from 25 June to 25 July."""
    story = Story(plan("52.61"), "2026-06-25", seats=25, trial_end="2026-07-25")
    done = story.change("2026-06-25", EndTrial())
    assert bills(done) == ["2026-06-25: +1315.25 = 1315.25"]
    assert story.period == ("2026-06-25", "2026-07-25")
    assert (story.anchor, story.subscription.status) == ("2026-06-25", "active")
    assert bills(story.renew("2026-07-25")) == ["2026-07-25: +1315.25 = 1315.25"]


@pytest.mark.parametrize(
    ("sold", "more", "on", "total", "period"),
    [
        (TEN, {}, "2026-01-23", "10.00", ("2026-01-23", "2026-02-23")),
        (plan("10", "JPY"), {}, "2026-01-15", "10", ("2026-01-15", "2026-02-15")),
        (plan("1.005", "KWD"), {}, "2026-01-15", "1.005", ("2026-01-15", "2026-02-15")),
        (
            TEN,
            {"anchor": "2026-01-01"},  # the rest of January: 11 of 31 days
            "2026-01-21",
            "3.55",
            ("2026-01-01", "2026-02-01"),
        ),
        (
            plan("120", interval=ANNUAL),
            {"interval": ANNUAL},
            "2026-01-20",
            "120.00",
            ("2026-01-20", "2027-01-20"),
        ),
        (
            plan("10", interval=Interval(days=10)),
            {"interval": Interval(days=10)},
            "2026-01-20",
            "10.00",
            ("2026-01-20", "2026-01-30"),
        ),
        (
            TEN,
            {"tax_rates": [VAT]},
            "2026-01-20",
            "12.00",
            ("2026-01-20", "2026-02-20"),
        ),
        (
            TEN,
            {"discounts": [Discount.percent("50", id="half", periods=1)]},
            "2026-01-20",
            "5.00",
            ("2026-01-20", "2026-02-20"),
        ),
        (
            TEN,
            {"discounts": [Discount.fixed("4", "USD", id="off")]},
            "2026-01-20",
            "6.00",
            ("2026-01-20", "2026-02-20"),
        ),
    ],
)
def test_a_trial_ends_on_its_day_as_if_it_had_been_agreed_so(
    sold, more, on, total, period
):
    story = on_trial(sold, **more)
    (invoice,) = story.change(on, EndTrial()).invoices
    assert f"{invoice.total.amount:f}" == total
    assert story.period == period
    assert next_renewal(story.subscription) == at(period[1])
    agreed = Story(sold, "2026-01-10", trial_end=on, **more)
    assert bills(agreed.renew(on)) == [f"{on}: {sum_of(invoice)}"]
    assert bills(agreed.renew("2027-03-01")) == bills(story.renew("2027-03-01"))
    assert agreed.subscription.trial_end == story.subscription.trial_end == at(on)


def test_the_31st_is_kept_by_what_follows():
    story = Story(TEN, "2026-01-20", trial_end="2026-02-20")
    story.change("2026-01-31", EndTrial())
    assert story.period == ("2026-01-31", "2026-02-28")
    story.renew("2026-02-28")
    assert story.period == ("2026-02-28", "2026-03-31")


def test_a_trial_that_ends_on_the_leap_day():
    story = Story(TEN, "2028-02-20", trial_end="2028-03-20")
    story.change("2028-02-29", EndTrial())
    assert story.period == ("2028-02-29", "2028-03-29")


def test_instants_end_a_trial_to_the_second():
    story = Story(
        TEN, "2026-01-10T08:00:00+00:00", trial_end="2026-01-24T08:00:00+00:00"
    )
    story.change("2026-01-12T09:30:15+00:00", EndTrial())
    assert story.period == ("2026-01-12T09:30:15Z", "2026-02-12T09:30:15Z")


def test_what_was_sold_once_in_the_trial_is_not_on_its_first_invoice_again():
    story = on_trial(rules=BillingRules(settlement=Settlement.ON_RENEWAL))
    fee = story.change("2026-01-12", ChargeFee("setup", Money("5", "USD")))
    assert bills(fee) == ["2026-01-12: +5.00 = 5.00"]
    story.change("2026-01-13", GrantCredit(Money("3", "USD"), "sorry"))
    done = story.change("2026-01-14", AddSeats(1), EndTrial(), AddSeats(1))
    assert bills(done) == ["2026-01-14: +20.00 +10.00 = 30.00 due 27.00"]


def test_arrears_are_billed_at_the_end_of_the_first_period():
    sold = Plan(
        "late", "Late", 0, [Price(unit_amount="10", currency="USD", in_arrears=True)]
    )
    story = on_trial(sold)
    assert bills(story.change("2026-01-14", EndTrial())) == []
    assert bills(story.renew("2026-02-14")) == ["2026-02-14: +10.00 = 10.00"]


@pytest.mark.parametrize("in_arrears", [True, False])
def test_what_is_measured_is_known_at_the_end_or_not_yet(in_arrears):
    price = Price(
        unit="team",
        unit_amount="10",
        currency="USD",
        measured=True,
        in_arrears=in_arrears,
    )
    story = on_trial(Plan("m", "M", 0, [price]), seats={})
    if in_arrears:
        assert bills(story.change("2026-01-14", EndTrial())) == []
        assert next_renewal(story.subscription) == at("2026-02-14")
        return
    with pytest.raises(RulesError) as refused:
        change(story.subscription, EndTrial(), on=at("2026-01-14"))
    assert refused.value.problem == "not_measured_yet"


def test_what_is_scheduled_for_the_end_of_the_trial_takes_effect():
    story = on_trial()
    story.change("2026-01-11", Reprice(plan("12.00", id=TEN.id), at("2026-01-12")))
    done = story.change("2026-01-14", EndTrial())
    assert bills(done) == ["2026-01-14: +12.00 = 12.00"]
    assert story.subscription.pending_updates == ()


def test_new_prices_from_a_later_day_stay_scheduled():
    story = on_trial()
    story.change("2026-01-11", Reprice(plan("12.00", id=TEN.id), at("2026-01-16")))
    done = story.change("2026-01-14", EndTrial())
    assert bills(done) == ["2026-01-14: +10.00 = 10.00"]
    assert story.subscription.pending_updates[0].applies_on == at("2026-02-14")
    assert bills(story.renew("2026-02-14")) == ["2026-02-14: +12.00 = 12.00"]


def test_a_scheduled_end_is_withdrawn_first():
    story = on_trial()
    story.change("2026-01-11", Cancel())
    with pytest.raises(CancellationPendingError) as refused:
        change(story.subscription, EndTrial(), on=at("2026-01-14"))
    assert refused.value.applies_on == at("2026-01-24")
    done = story.change("2026-01-14", Resume(), EndTrial())
    assert bills(done) == ["2026-01-14: +10.00 = 10.00"]


@pytest.mark.parametrize("on", ["2026-01-24", "2026-02-01"])
def test_a_trial_that_is_over_cannot_be_ended(on):
    with pytest.raises(NoChangeError) as refused:
        change(on_trial().subscription, EndTrial(), on=at(on))
    assert (refused.value.kind, refused.value.value) == ("trial", at("2026-01-24"))
    assert str(refused.value).startswith("No trial is running")


def test_a_trial_of_the_free_plan_has_nothing_to_charge():
    free = Plan("free", "Free", 0)
    story = on_trial(free, rules=BillingRules(free_plan=free), currency="USD", seats={})
    with pytest.raises(NoChangeError):
        change(story.subscription, EndTrial(), on=at("2026-01-14"))


def test_after_the_end_there_is_no_trial():
    story = on_trial()
    story.change("2026-01-11", Cancel())
    story.renew("2026-01-24")
    with pytest.raises(SubscriptionEndedError):
        change(story.subscription, EndTrial(), on=at("2026-01-24"))


def test_a_discount_applied_in_the_same_call_counts():
    half = ApplyDiscount(Discount.percent("50", id="half"))
    assert bills(on_trial().change("2026-01-14", half, EndTrial())) == [
        "2026-01-14: +5.00 = 5.00"
    ]


@pytest.mark.parametrize("convention", Convention)
def test_under_every_convention_the_first_period_is_whole(convention):
    story = on_trial(rules=BillingRules(convention=convention))
    assert bills(story.change("2026-01-14", EndTrial())) == [
        "2026-01-14: +10.00 = 10.00"
    ]


@pytest.mark.parametrize(
    ("on", "band"),
    [("2026-01-14", ("2026-01-10", "2026-01-14")), ("2026-01-10", None)],
)
def test_a_picture_shows_the_trial_until_the_day_on_which_it_ended(on, band):
    opening = on_trial().opening
    statement = bill(opening, [(at(on), EndTrial())], until=dt.date(2026, 3, 1))
    shown = chronicle_of(
        opening.subscription, statement.invoices, statement.outcomes, statement.until
    )
    assert shown.trial == (band and (at(band[0]), at(band[1])))


def test_a_trial_from_the_free_plan_is_none():
    """Who leaves the free plan starts a paid period, and no trial comes with it."""
    free = Plan("free", "Free", 0)
    opening = subscribe(
        free,
        id="s",
        interval=MONTHLY,
        seats={},
        on=at("2026-01-10"),
        currency="USD",
        rules=BillingRules(free_plan=free),
    )
    with pytest.raises(NoChangeError):
        change(opening.subscription, EndTrial(), on=at("2026-01-10"))


# ------------------------------------------------------------------ days that are given


def test_a_trial_made_longer_is_invoiced_later():
    """oneuptime#2904: until 15 January, on the 10th made longer until the 29th."""
    story = Story(TEN, "2026-01-01", trial_end="2026-01-15")
    assert bills(story.change("2026-01-10", Extend(14))) == []
    assert (story.anchor, story.subscription.status) == ("2026-01-29", "trialing")
    assert bills(story.renew("2026-02-27")) == ["2026-01-29: +10.00 = 10.00"]
    assert story.period == ("2026-01-29", "2026-02-28")  # no 29th in this February


def test_a_trial_made_longer_keeps_the_anchor_that_was_given():
    story = Story(TEN, "2026-01-01", trial_end="2026-01-15", anchor="2026-01-01")
    story.change("2026-01-10", Extend(6))
    assert bills(story.renew("2026-01-21")) == ["2026-01-21: +3.55 = 3.55"]  # 11/31


def test_a_paid_month_made_longer_is_renewed_later():
    """cashier-stripe#613: 1 April to 1 May, made 7 days longer."""
    story = Story(TEN, "2026-04-01")
    done = story.change("2026-04-10", Extend(7))
    assert (bills(done), done.notices) == ([], ())
    assert story.period == ("2026-04-01", "2026-05-08")
    assert story.subscription.paid_until == at("2026-05-01")
    assert next_renewal(story.subscription) == at("2026-05-08")
    assert story.preview().issued_on == at("2026-05-08")
    assert bills(story.renew("2026-06-08")) == [
        "2026-05-08: +10.00 = 10.00",
        "2026-06-08: +10.00 = 10.00",
    ]
    assert story.subscription.paid_until is None


@pytest.mark.parametrize(
    ("sold", "asked", "wanted"),
    [
        (TEN, ("2026-04-16", AddSeats(1)), ["2026-04-16: +5.00 = 5.00"]),  # 15/30
        (plan("10", "JPY"), ("2026-04-16", AddSeats(1)), ["2026-04-16: +5 = 5"]),
        (
            plan("1.005", "KWD"),
            ("2026-04-21", AddSeats(2)),
            ["2026-04-21: +0.670 = 0.670"],
        ),
        (TEN, ("2026-04-30", AddSeats(1)), ["2026-04-30: +0.33 = 0.33"]),  # 1/30
        (TEN, ("2026-05-01", AddSeats(1)), []),  # the first day that is given
        (TEN, ("2026-05-07", AddSeats(1)), []),  # the last
        (
            TEN,
            ("2026-05-08", AddSeats(1)),
            ["2026-05-08: +10.00 = 10.00", "2026-05-08: +10.00 = 10.00"],
        ),
    ],
)
def test_seats_added_are_charged_for_the_days_that_are_paid_for(sold, asked, wanted):
    story = Story(sold, "2026-04-01")
    story.change("2026-04-10", Extend(7))
    on, change_ = asked
    assert bills(story.change(on, change_)) == wanted


@pytest.mark.parametrize(
    ("on", "refund"),
    [
        ("2026-04-10", "7.00"),
        ("2026-04-30", "0.33"),
        ("2026-05-01", "0.00"),
        ("2026-05-07", "0.00"),
    ],
)
def test_what_was_given_is_never_paid_out(on, refund):
    """A gift is no money: of 30 paid days 21 are left, whatever was given."""
    story = Story(TEN, "2026-04-01")
    story.change("2026-04-10", Extend(7))
    done = story.change(on, Cancel(), timing=Timing.IMMEDIATE)
    assert f"{done.refund_due.amount:f}" == refund
    assert story.subscription.ended_on == at(on)


def test_seats_of_the_given_days_that_leave_at_once_and_the_end_leave_no_invoice():
    rules = BillingRules(seats_removed=Timing.IMMEDIATE)
    story = Story(TEN, "2026-04-01", seats=3, rules=rules)
    story.change("2026-04-10", Extend(7))
    assert bills(story.change("2026-05-02", RemoveSeats(1), AddSeats(2))) == []
    done = story.change("2026-05-03", AddSeats(1), Cancel(), timing=Timing.IMMEDIATE)
    assert (bills(done), done.refund_due.minor_units) == ([], 0)


def test_extended_twice_the_days_add_up():
    story = Story(TEN, "2026-04-01")
    story.change("2026-04-10", Extend(7), Extend(3))
    story.change("2026-05-04", Extend(1))
    assert story.period == ("2026-04-01", "2026-05-12")
    assert story.subscription.paid_until == at("2026-05-01")


def test_a_freeze_in_an_extended_period_moves_what_was_given_too():
    story = Story(TEN, "2026-04-01", rules=BillingRules(max_freeze_days=60))
    story.change("2026-04-10", Extend(7))
    story.change("2026-04-11", Freeze())
    with pytest.raises(FrozenError):
        change(story.subscription, Extend(7), on=at("2026-04-12"))
    story.change("2026-04-21", Unfreeze())
    assert story.period == ("2026-04-11", "2026-05-18")
    assert story.subscription.paid_until == at("2026-05-11")
    done = story.change("2026-04-26", AddSeats(1))
    assert bills(done) == ["2026-04-26: +5.00 = 5.00"]


def test_what_is_scheduled_moves_with_the_end():
    story = Story(TEN, "2026-04-01", seats=3)
    story.change("2026-04-09", RemoveSeats(1), Cancel())
    story.change("2026-04-10", Extend(7))
    moved = [update.applies_on for update in story.subscription.pending_updates]
    assert moved == [at("2026-05-08")] * 2
    assert story.renew("2026-05-08").subscription.ended_on == at("2026-05-08")


@pytest.mark.parametrize(
    ("start", "days", "next_days"),
    [
        ("2026-01-31", 3, ("2026-03-03", "2026-04-03")),
        ("2028-01-31", 1, ("2028-03-01", "2028-04-01")),
        ("2026-02-28", 3, ("2026-03-31", "2026-04-30")),
    ],
)
def test_the_new_end_is_the_anchor(start, days, next_days):
    story = Story(TEN, start)
    story.change(start, Extend(days))
    assert story.anchor == story.period[1] == next_days[0]
    story.renew(next_days[0])
    assert story.period == next_days


@pytest.mark.parametrize("interval", [ANNUAL, Interval(days=10)])
def test_other_intervals_are_made_longer_too(interval):
    story = Story(plan("365", interval=interval), "2026-01-01", interval=interval)
    before = at(story.period[1])
    story.change("2026-01-05", Extend(30))
    assert at(story.period[1]) == before + dt.timedelta(30)
    story.renew(story.period[1])
    assert story.anchor == story.period[0]


def test_instants_are_extended_by_whole_days():
    story = Story(TEN, "2026-04-01T06:30:00+00:00")
    story.change("2026-04-10T00:00:00+00:00", Extend(7))
    assert story.period[1] == "2026-05-08T06:30:00Z"
    done = story.change("2026-04-16T06:30:00+00:00", AddSeats(1))
    assert bills(done) == ["2026-04-16T06:30:00Z: +5.00 = 5.00"]


def test_arrears_run_over_the_days_that_are_paid_for():
    price = Price(unit_amount="30", currency="USD", in_arrears=True)
    story = Story(Plan("late", "Late", 0, [price]), "2026-04-01")
    story.change("2026-04-11", AddSeats(1))
    story.change("2026-04-12", Extend(7))
    story.change("2026-05-03", AddSeats(1))  # of a day that is given
    done = story.renew("2026-05-08")
    assert bills(done) == ["2026-05-08: +10.00 +40.00 = 50.00"]  # 10 and 2 × 20 of 30


def test_an_amount_off_stays_where_it_is():
    off = Discount.fixed("4", "USD", id="off")
    rules = BillingRules(seats_removed=Timing.IMMEDIATE)
    story = Story(plan("3"), "2026-04-01", seats=2, rules=rules, discounts=[off])
    done = story.change("2026-04-16", RemoveSeats(1), Extend(7))
    # of 3.00 the half comes back; 1.00 of the amount off is too much, for 15 days
    assert bills(done) == ["2026-04-16: -1.50 +0.50 = -1.00 due 0.00"]
    assert bills(story.change("2026-05-02", AddSeats(1))) == []


def test_a_new_period_that_starts_early_ends_what_was_given():
    rules = BillingRules(upgrade=Timing.RESTART)
    story = Story(TEN, "2026-04-01", rules=rules)
    story.change("2026-04-10", Extend(7))
    done = story.change("2026-05-03", AddSeats(1), SwitchPlan(plan("20", rank=1)))
    assert bills(done) == ["2026-05-03: +40.00 = 40.00"]
    assert story.period == ("2026-05-03", "2026-06-03")
    assert story.subscription.paid_until is None


def test_tax_discount_and_balance_are_those_of_the_days_that_are_paid_for():
    half = Discount.percent("50", id="half")
    story = Story(TEN, "2026-04-01", tax_rates=[VAT], discounts=[half])
    story.change("2026-04-10", Extend(7), GrantCredit(Money("1", "USD"), "outage"))
    done = story.change("2026-04-16", AddSeats(1))
    assert bills(done) == ["2026-04-16: +2.50 tax +0.50 = 3.00 due 2.00"]


@pytest.mark.parametrize("convention", Convention)
def test_under_every_convention_the_days_given_cost_nothing(convention):
    story = Story(TEN, "2026-04-01", rules=BillingRules(convention=convention))
    story.change("2026-04-10", Extend(7))
    charged = "10.00" if convention is Convention.FULL else "5.00"
    assert bills(story.change("2026-04-16", AddSeats(1))) == [
        f"2026-04-16: +{charged} = {charged}"
    ]
    assert bills(story.change("2026-05-05", AddSeats(1))) == []
    assert bills(story.renew("2026-05-08")) == ["2026-05-08: +30.00 = 30.00"]


def test_revenue_is_earned_in_the_days_that_are_paid_for():
    story = Story(TEN, "2026-04-01")
    story.change("2026-04-10", Extend(7))
    (invoice,) = story.change("2026-04-16", AddSeats(1)).invoices
    (part,) = recognize(invoice).totals
    assert (part.period.start, part.amount) == (at("2026-04-01"), Money("5", "USD"))
    assert mrr(story.subscription) == Money("20", "USD")


def test_a_stored_subscription_says_what_was_given():
    story = Story(TEN, "2026-04-01")
    assert "paid_until" not in dump(story.subscription)["value"]
    story.change("2026-04-10", Extend(7))
    document = dump(story.subscription)
    assert document["value"]["paid_until"] == "2026-05-01"
    assert load(document) == story.subscription


@pytest.mark.parametrize("paid_until", ["2026-03-31", "2026-05-08"])
def test_days_are_given_inside_the_period(paid_until):
    with pytest.raises(OutOfOrderError):
        taken(paid_until)


def test_a_customer_is_taken_over_with_what_was_given():
    assert taken("2026-05-01").paid_until == at("2026-05-01")


def taken(paid_until):
    """Return a customer who was given days up to 8 May."""
    return adopt(
        TEN,
        id="s",
        interval=MONTHLY,
        seats=1,
        current_period=Period(at("2026-04-01"), at("2026-05-08")),
        charged=Money("10", "USD"),
        rules=BillingRules(),
        anchor=at("2026-05-08"),
        paid_until=at(paid_until),
    )


@pytest.mark.parametrize("days", [0, -1, 3651, 1.0, True, None])
def test_the_days_are_a_number_of_them(days):
    with pytest.raises((OutOfBoundsError, WrongTypeError)):
        Extend(days)


def test_nothing_is_extended_beyond_the_calendar_or_after_the_end():
    story = Story(TEN, "9999-11-20")
    with pytest.raises(DateRangeError):
        change(story.subscription, Extend(60), on=at("9999-11-20"))
    story.change("9999-11-21", Cancel(), timing=Timing.IMMEDIATE)
    with pytest.raises(SubscriptionEndedError):
        change(story.subscription, Extend(1), on=at("9999-11-21"))


def test_a_free_plan_has_no_end_that_could_move():
    free = Plan("free", "Free", 0)
    rules = BillingRules(free_plan=free)
    story = Story(free, "2026-01-01", rules=rules, currency="USD", seats={})
    with pytest.raises(NoChangeError) as refused:
        change(story.subscription, Extend(1), on=at("2026-01-02"))
    assert (refused.value.kind, refused.value.value) == ("period", "free")


def test_every_invoice_is_found_right_by_its_history():
    history = [
        (at("2026-04-10"), Extend(7)),
        (at("2026-04-16"), AddSeats(1)),
        (at("2026-05-03"), AddSeats(1)),
    ]
    statement = bill(Story(TEN, "2026-04-01").opening, history, until=at("2026-06-08"))
    assert len(statement.invoices) == 4
    for invoice in statement.invoices:
        assert reconcile(invoice, statement).is_right


# ---------------------------------------------------------------- another billing day


def monthly(price="30.00", on="2026-01-15", **more):
    """Return one seat by the month from the 15th."""
    return Story(plan(price), on, seats=1, **more)


@pytest.mark.parametrize("asked", ["2026-01-15", "2026-02-01", "2026-02-14"])
def test_a_billing_day_moved_up_is_a_stub_and_then_whole_periods(asked):
    """killbill#546: 30.00 from the 15th, from the next period on billed on the 1st."""
    story = monthly()
    done = story.change(asked, MoveBillingDay(1))
    assert (bills(done), done.notices) == ([], ())
    assert story.period == ("2026-01-15", "2026-02-15")
    assert next_renewal(story.subscription) == at("2026-02-15")
    assert story.preview().issued_on == at("2026-02-15")
    assert story.preview().total == Money("15.00", "USD")
    assert bills(story.renew("2026-04-01")) == [
        "2026-02-15: +15.00 = 15.00",  # 14 of the 28 days of February
        "2026-03-01: +30.00 = 30.00",
        "2026-04-01: +30.00 = 30.00",
    ]
    assert story.period == ("2026-04-01", "2026-05-01")


def test_a_billing_day_moved_back_on_the_boundary_waits_for_the_next():
    story = monthly()
    story.renew("2026-02-15")
    story.change("2026-02-15", MoveBillingDay(20))
    assert bills(story.renew("2026-03-20")) == [
        "2026-03-15: +5.36 = 5.36",  # 5 of the 28 days from 20 February
        "2026-03-20: +30.00 = 30.00",
    ]


@pytest.mark.parametrize("there", [1, 14, 16, 28, 29, 30, 31])
@pytest.mark.parametrize("on", ["2026-01-15", "2028-01-31", "2028-01-29"])
def test_a_billing_day_moved_there_and_back_costs_nothing(on, there):
    story, other = monthly(on=on), monthly(on=on)
    if at(on).day != there:
        story.change(on, MoveBillingDay(there), MoveBillingDay(at(on).day))
    until = on.replace("2026", "2029").replace("2028", "2029")
    assert bills(story.renew(until)) == bills(other.renew(until))


def test_a_billing_day_on_which_the_period_ends_anyway_needs_no_stub():
    story = monthly(on="2026-01-31")
    story.change("2026-02-10", MoveBillingDay(28))
    assert bills(story.renew("2026-03-28")) == [
        "2026-02-28: +30.00 = 30.00",
        "2026-03-28: +30.00 = 30.00",
    ]


def test_a_billing_day_that_short_months_do_not_have_is_their_last():
    story = monthly()
    story.change("2026-01-20", MoveBillingDay(31))
    assert story.anchor == "2026-03-31"
    assert bills(story.renew("2026-04-30")) == [
        "2026-02-15: +13.93 = 13.93",  # 13 of the 28 days from 31 January
        "2026-02-28: +30.00 = 30.00",
        "2026-03-31: +30.00 = 30.00",
        "2026-04-30: +30.00 = 30.00",
    ]


def test_a_billing_day_of_a_year_is_a_share_of_the_year():
    story = Story(plan("365.00", interval=ANNUAL), "2026-01-15", interval=ANNUAL)
    story.change("2026-02-01", MoveBillingDay(1))
    assert bills(story.renew("2027-02-01")) == [
        "2027-01-15: +17.00 = 17.00",  # 17 of the 365 days to 1 February
        "2027-02-01: +365.00 = 365.00",
    ]
    assert story.period == ("2027-02-01", "2028-02-01")


def test_a_freeze_and_days_given_keep_the_billing_day_that_was_asked_for():
    story = monthly(rules=BillingRules(max_freeze_days=60))
    story.change("2026-01-20", MoveBillingDay(1))
    story.change("2026-01-20", Extend(2))
    story.change("2026-01-25", Freeze())
    story.change("2026-01-28", Unfreeze())
    assert (story.period[1], story.anchor) == ("2026-02-20", "2026-03-01")
    assert bills(story.renew("2026-03-01")) == [
        "2026-02-20: +9.64 = 9.64",  # 9 of 28 days
        "2026-03-01: +30.00 = 30.00",
    ]


def test_a_freeze_that_ends_on_the_billing_day_needs_no_stub():
    story = monthly(rules=BillingRules(max_freeze_days=60))
    story.change("2026-01-20", MoveBillingDay(20))
    story.change("2026-01-20", Freeze())
    story.change("2026-01-25", Unfreeze())
    assert bills(story.renew("2026-03-20")) == [
        "2026-02-20: +30.00 = 30.00",
        "2026-03-20: +30.00 = 30.00",
    ]


def test_a_trial_is_followed_by_a_share_up_to_the_billing_day():
    story = on_trial()
    story.change("2026-01-12", MoveBillingDay(1))
    assert bills(story.renew("2026-02-01")) == [
        "2026-01-24: +2.58 = 2.58",  # 8 of 31 days
        "2026-02-01: +10.00 = 10.00",
    ]


def test_a_subscription_whose_billing_day_was_moved_is_stored_and_taken_over():
    story = monthly()
    sub = story.change("2026-02-01", MoveBillingDay(1)).subscription
    assert load(dump(sub)) == sub
    taken = adopt(
        sub.plan,
        id=sub.id,
        interval=sub.interval,
        seats=1,
        current_period=sub.current_period,
        charged=Money("30.00", "USD"),
        rules=sub.rules,
        anchor=sub.billing_cycle_anchor,
    )
    assert bills(renew(taken, on=at("2026-03-01"))) == [
        "2026-02-15: +15.00 = 15.00",
        "2026-03-01: +30.00 = 30.00",
    ]


def test_a_billing_day_is_refused_where_there_is_none():
    with pytest.raises(NoChangeError, match="already day 15"):
        monthly().change("2026-01-20", MoveBillingDay(15))
    days = Interval(days=30)
    story = Story(plan("30.00", interval=days), "2026-01-15", interval=days)
    with pytest.raises(NoChangeError, match="no billing day"):
        story.change("2026-01-20", MoveBillingDay(1))
    story = monthly()
    story.change("2026-01-20", Cancel())
    with pytest.raises(CancellationPendingError):
        story.change("2026-01-20", MoveBillingDay(1))
    for day in (0, 32):
        with pytest.raises(OutOfBoundsError):
            MoveBillingDay(day)
    with pytest.raises(WrongTypeError):
        MoveBillingDay("1")


# ---------------------------------------- the rows of the reports, with neighbors


HALF = {"discounts": [Discount.percent("50", id="half", periods=2)]}
OFF = {"discounts": [Discount.fixed("4", "USD", id="off", periods=1)]}


@pytest.mark.parametrize(
    ("more", "changes", "wanted"),
    [
        # killbill#546: 14 of the 28 days from 1 February; other figures beside it
        ({}, [AddSeats(1)], ["+30.00 = 30.00", "+60.00 = 60.00"]),
        (
            {"tax_rates": [VAT]},
            [],
            ["+15.00 tax +3.00 = 18.00", "+30.00 tax +6.00 = 36.00"],
        ),
        (HALF, [], ["+7.50 = 7.50", "+30.00 = 30.00"]),  # a stub counts as a period
        (OFF, [], ["+15.00 = 15.00", "+30.00 = 30.00"]),  # it has served in January
        (
            {},
            [GrantCredit(Money("20", "USD"), "sorry")],
            ["+15.00 = 15.00 due 0.00", "+30.00 = 30.00 due 25.00"],
        ),
        (
            {},
            [Reprice(plan("60.00", id="plan at 30.00"), at("2026-02-20"))],
            ["+15.00 = 15.00", "+60.00 = 60.00"],
        ),
        (
            {},
            [SwitchPlan(plan("10.00", rank=-1))],
            ["+5.00 = 5.00", "+10.00 = 10.00"],
        ),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_moved_billing_day_beside_what_else_is_asked_for(
    more, changes, wanted, first
):
    """killbill#546, with another change before or after it, in one call."""
    story = monthly(**more)
    moved = MoveBillingDay(1)
    asked = [moved, *changes] if first else [*changes, moved]
    story.change("2026-01-15", *asked)
    days = ["2026-02-15", "2026-03-01"]
    assert bills(story.renew("2026-03-01")) == [
        f"{day}: {total}" for day, total in zip(days, wanted, strict=True)
    ]


@pytest.mark.parametrize(
    ("sold", "more", "wanted"),
    [
        (TEN, {"tax_rates": [VAT]}, "+10.00 tax +2.00 = 12.00"),
        (plan("10", "JPY"), {}, "+10 = 10"),
        (plan("1.005", "KWD"), {}, "+1.005 = 1.005"),
        (TEN, HALF, "+5.00 = 5.00"),
        (TEN, OFF, "+10.00 -4.00 = 6.00"),
    ],
)
def test_a_trial_made_longer_is_charged_as_ever_at_its_end(sold, more, wanted):
    """oneuptime#2904, in other currencies, with tax and with discounts."""
    story = Story(sold, "2026-01-01", trial_end="2026-01-15", **more)
    story.change("2026-01-10", Extend(14))
    assert bills(story.renew("2026-01-29")) == [f"2026-01-29: {wanted}"]


@pytest.mark.parametrize(
    ("sold", "more", "wanted"),
    [
        (TEN, {"tax_rates": [VAT]}, "+10.00 tax +2.00 = 12.00"),
        (plan("10", "JPY"), {}, "+10 = 10"),
        (plan("1.005", "KWD"), {}, "+1.005 = 1.005"),
        (TEN, HALF, "+5.00 = 5.00"),  # the longer period counts as one
        (TEN, OFF, "+10.00 = 10.00"),
    ],
)
@pytest.mark.parametrize("on", ["2026-04-01", "2026-04-10", "2026-04-30"])
def test_a_paid_month_made_longer_on_any_of_its_days(on, sold, more, wanted):
    """cashier-stripe#613, on the first day and the last, in other currencies."""
    story = Story(sold, "2026-04-01", **more)
    assert bills(story.change(on, Extend(7))) == []
    assert bills(story.renew("2026-05-08")) == [f"2026-05-08: {wanted}"]


def test_an_end_or_a_removal_in_the_given_days_waits_for_their_end():
    """cashier-stripe#613, in the other order: given first, asked for afterwards."""
    story = Story(TEN, "2026-04-01", seats=3)
    story.change("2026-04-10", Extend(7))
    story.change("2026-05-03", RemoveSeats(1))
    assert bills(story.renew("2026-05-08")) == ["2026-05-08: +20.00 = 20.00"]


@pytest.mark.parametrize("first", [True, False])
def test_a_trial_is_made_longer_and_ended_on_one_day(first):
    """formbricks#8659 and oneuptime#2904 meet: what is given is gone with the trial."""
    story = on_trial()
    asked = [Extend(7), EndTrial()]
    if first:
        done = story.change("2026-01-14", *asked)
        assert bills(done) == ["2026-01-14: +10.00 = 10.00"]
        assert story.period == ("2026-01-14", "2026-02-14")
        return
    story.change("2026-01-14", *reversed(asked))  # the paid month is made longer
    assert story.period == ("2026-01-14", "2026-02-21")
