"""Dates that move: a trial that ends today, worked out by hand."""

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
    GrantCredit,
    Interval,
    Money,
    Plan,
    Price,
    Reprice,
    Resume,
    Settlement,
    TaxRate,
    bill,
    change,
    next_renewal,
    subscribe,
)
from seatbill.documents._drawing.spans import chronicle_of
from seatbill.errors import (
    CancellationPendingError,
    NoChangeError,
    RulesError,
    SubscriptionEndedError,
)
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


def test_what_was_sold_once_in_the_trial_is_on_its_first_invoice():
    story = on_trial(rules=BillingRules(settlement=Settlement.ON_RENEWAL))
    story.change("2026-01-12", ChargeFee("setup", Money("5", "USD")))
    story.change("2026-01-13", GrantCredit(Money("3", "USD"), "sorry"))
    done = story.change("2026-01-14", AddSeats(1), EndTrial(), AddSeats(1))
    assert bills(done) == ["2026-01-14: +5.00 +20.00 +10.00 = 35.00 due 32.00"]


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
