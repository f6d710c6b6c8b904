"""The first day: subscribing, a stub, a trial, taking over a customer."""

from __future__ import annotations

import datetime as dt

import attrs
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
    Convention,
    Discount,
    GrantCredit,
    Interval,
    Money,
    Party,
    Period,
    Plan,
    RemoveAddOn,
    RemoveSeats,
    Resume,
    Service,
    Settlement,
    Subscription,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    adopt,
    change,
    renew,
    subscribe,
)
from seatbill.errors import (
    ConventionError,
    CurrencyMismatchError,
    DuplicateError,
    MixedTimeError,
    NoPriceError,
    OutOfBoundsError,
    OutOfOrderError,
    RulesError,
    TooFewSeatsError,
    TooManySeatsError,
    UnknownItemError,
    UnknownUnitError,
    WrongTypeError,
)
from seatbill.rules import ChangeKind, LateNotice
from seatbill.subscriptions import AppliedDiscount, PendingUpdate, Status
from seatbill.testing import laws
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import DEFAULT, Story, bills, digits, plan

IMMEDIATE, RESTART, PERIOD_END, FORFEIT = Timing
MIDDLE = "2026-04-16"  # 15 of 30 days are left


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def ten(plan=SMALL, on="2026-04-01", **more) -> Story:
    """Ten seats, at 1.00 a day each in April unless *plan* says otherwise."""
    return Story(plan, on, **{"seats": 10, **more})


# -------------------------------------------------------------------------- subscribing


def test_a_subscription_starts_with_a_whole_period():
    story = ten()
    assert bills(story.opening) == ["2026-04-01: +300.00 = 300.00"]
    sub = story.subscription
    assert (sub.id, sub.plan) == ("story", SMALL)
    assert (sub.interval, sub.currency) == (MONTHLY, "USD")
    assert sub.seats == {"seat": 10}
    assert sub.quantity() == 10
    assert story.period == ("2026-04-01", "2026-05-01")
    assert story.anchor == "2026-04-01"
    assert sub.status is Status.ACTIVE
    assert sub.version == 1
    assert sub.changed_on == day("2026-04-01")
    assert story.opening.invoice.billing_reason == "subscription_create"
    assert story.opening.invoice.key == "story:1"
    assert story.opening.previous_version == 0


def test_without_seats_nothing_is_due():
    assert bills(ten(seats=0).opening) == []
    assert ten(seats={}).subscription.quantity() == 0


def test_the_currency_is_that_of_the_plan_or_is_named():
    both = priced("both", usd("30.00"), *plan("27.00", "EUR").prices)
    assert ten(both, currency="EUR").subscription.currency == "EUR"
    assert bills(ten(both, currency="EUR").opening) == ["2026-04-01: +270.00 = 270.00"]
    with pytest.raises(UnknownItemError) as refused:
        ten(both)
    assert refused.value.as_dict()["values"] == {
        "kind": "currency",
        "value": None,
        "offered": ("USD", "EUR"),
    }
    with pytest.raises(UnknownItemError) as none:
        ten(Plan("gift", "Gift", 0), seats={})
    assert none.value.offered == ()
    gift = ten(Plan("gift", "Gift", 0), seats={}, currency="USD")
    assert bills(gift.opening) == []


@pytest.mark.parametrize("seats", [10, {}])
def test_a_plan_is_not_sold_in_a_currency_that_it_has_no_price_in(seats):
    with pytest.raises(NoPriceError) as refused:
        ten(currency="EUR", seats=seats)
    assert (refused.value.item, refused.value.currency) == ("small", "EUR")
    assert "in EUR for 1 month" in str(refused.value)


def test_a_plan_is_not_sold_for_an_interval_that_it_has_no_price_for():
    yearly = priced("yearly", usd("300.00", interval=ANNUAL))
    with pytest.raises(NoPriceError) as refused:
        ten(yearly)
    assert refused.value.interval == MONTHLY


def test_a_unit_that_is_not_sold_is_refused():
    with pytest.raises(UnknownUnitError) as refused:
        ten(seats={"seat": 1, "bike": 1})
    assert refused.value.as_dict()["values"] == {
        "item": "small",
        "unit": "bike",
        "offered": ("seat",),
    }


@pytest.mark.source("Clockify, CL-10 and CL-11: 7 active, 6 asked, 10 bought")
@pytest.mark.parametrize("occupied", [7, {"seat": 7}])
def test_the_first_purchase_covers_who_sits(occupied):
    with pytest.raises(TooFewSeatsError) as refused:
        ten(seats=6, occupied=occupied)
    assert refused.value.code == "too_few_seats"
    assert refused.value.as_dict()["values"] == {
        "unit": "seat",
        "asked": 6,
        "minimum": 7,
        "missing": 1,
    }
    assert ten(seats=7, occupied=occupied).subscription.quantity() == 7
    assert ten(seats=10, occupied=occupied).subscription.quantity() == 10


def test_add_ons_come_alone_or_with_their_quantity():
    sso, api = AddOn("sso", "SSO", (usd("3.00"),)), AddOn("api", "API", (usd("6.00"),))
    story = ten(add_ons=[sso, (api, 2)])
    assert bills(story.opening) == ["2026-04-01: +300.00 +3.00 +12.00 = 315.00"]
    assert story.subscription.add_on_quantity("api") == 2
    assert story.subscription.add_on_quantity("other") == 0
    with pytest.raises(DuplicateError) as refused:
        ten(add_ons=[sso, (sso, 2)])
    assert refused.value.value == "sso"
    for wrong in (["sso"], sso, [(sso, 1.0)], [(sso, 1, 1)], 5, 0):
        with pytest.raises(WrongTypeError):
            ten(add_ons=wrong)


def test_an_add_on_of_none_is_not_owned():
    audit = AddOn("audit", "Audit", (usd("3.00"),))
    trail = AddOn("trail", "Trail", (usd("3.00"),), requires_add_ons=["audit"])
    for given in ([(audit, 0)], [(audit, 0), trail]):
        with pytest.raises(OutOfBoundsError):
            ten(add_ons=given)


def test_who_receives_the_invoice_is_on_it():
    party = Party(name="Analytical Engines", country="GB")
    assert ten(recipient=party).opening.invoice.recipient == party


# -------------------------------------------------------------------- before the anchor


@pytest.mark.parametrize(
    ("on", "anchor", "sums", "period"),
    [
        pytest.param(
            "2026-04-16",
            "2026-04-01",
            ["2026-04-16: +150.00 = 150.00"],
            ("2026-04-01", "2026-05-01"),
            id="half of April",
        ),
        pytest.param(
            "2026-04-16",
            "2026-05-01",
            ["2026-04-16: +150.00 = 150.00"],
            ("2026-04-01", "2026-05-01"),
            id="the anchor comes later",
        ),
        pytest.param(
            "2026-04-16",
            "2020-01-31",
            ["2026-04-16: +140.00 = 140.00"],
            ("2026-03-31", "2026-04-30"),
            id="14 of the 30 days from 31 March",
        ),
        pytest.param(
            "2026-04-16",
            "2026-04-16",
            ["2026-04-16: +300.00 = 300.00"],
            ("2026-04-16", "2026-05-16"),
            id="the same day",
        ),
    ],
)
def test_a_first_period_that_began_before_is_charged_for_what_is_left(
    on, anchor, sums, period
):
    """The denominator is the whole period of the grid; the line starts on the day."""
    story = ten(on=on, anchor=anchor)
    assert bills(story.opening) == sums
    assert story.period == period
    assert story.anchor == anchor
    line = story.opening.invoice.lines[0]
    assert line.period.start == day(on)
    assert line.whole == story.subscription.current_period


def test_after_a_stub_whole_periods_follow():
    story = ten(on=MIDDLE, anchor="2026-04-01")
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +300.00 = 300.00",
        "2026-06-01: +300.00 = 300.00",
    ]


# ---------------------------------------------------------------------------- the trial


def test_nothing_is_due_before_a_trial_ends():
    story = ten(on=MIDDLE, trial_end="2026-04-30")
    assert bills(story.opening) == []
    assert story.subscription.status is Status.TRIALING
    assert story.subscription.charges == ()
    assert story.period == ("2026-04-16", "2026-04-30")
    assert digits(story.preview().total) == "300.00"
    assert bills(story.renew("2026-04-29")) == []
    assert bills(story.renew("2026-04-30")) == ["2026-04-30: +300.00 = 300.00"]
    assert story.subscription.status is Status.ACTIVE
    assert story.period == ("2026-04-30", "2026-05-30")
    assert story.anchor == "2026-04-30"
    assert bills(story.renew("2026-05-30")) == ["2026-05-30: +300.00 = 300.00"]


def test_a_trial_may_end_before_the_anchor_that_is_given():
    """From 21 April half of the month of the 6th is left: 15 of 30 days."""
    story = ten(on="2026-04-10", trial_end="2026-04-21", anchor="2026-04-06")
    assert bills(story.renew("2026-04-21")) == ["2026-04-21: +150.00 = 150.00"]
    assert story.period == ("2026-04-06", "2026-05-06")
    assert story.anchor == "2026-04-06"


def test_a_trial_may_have_no_length_where_months_have_thirty_days():
    """Found by the machine: from 30 to 31 January is no day of a year of 360."""
    rules = BillingRules(convention=Convention.THIRTY_360)
    story = ten(on="2025-01-30", trial_end="2025-01-31", rules=rules)
    assert story.change("2025-01-30", AddSeats(2)).invoices == ()
    (first,) = story.renew("2025-01-31").invoices
    assert first.total == 12 * Money("30.00", "USD")


def test_a_change_in_a_trial_acts_at_once_and_charges_nothing():
    sso = AddOn("sso", "SSO", (usd("3.00"),))
    story = ten(LARGE, on=MIDDLE, trial_end="2026-05-01")
    for asked in (
        AddSeats(5),
        RemoveSeats(3),
        SwitchPlan(SMALL),
        SwitchInterval(QUARTERLY),
        AddAddOn(sso, 2),
    ):
        for timing in (None, RESTART, PERIOD_END, FORFEIT):
            outcome = change(
                story.subscription, asked, on=day("2026-04-17"), timing=timing
            )
            assert bills(outcome) == []
            assert outcome.effective_on == day("2026-04-17")
        story.change("2026-04-17", asked)
        assert waiting(story.subscription) == []
    sub = story.subscription
    assert (sub.quantity(), sub.plan, sub.interval) == (12, SMALL, QUARTERLY)
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +1080.00 +18.00 = 1098.00"]
    assert story.period == ("2026-05-01", "2026-08-01")


def test_more_kinds_of_change_in_a_trial():
    sso = AddOn("sso", "SSO", (usd("3.00"),))
    setup = Service("setup", "Set-up", Money("99.00", "USD"))
    story = ten(LARGE, on=MIDDLE, trial_end="2026-05-01", add_ons=[sso])
    story.change("2026-04-17", SwitchPlan(SMALL, ANNUAL), RemoveAddOn(sso))
    bought = story.change("2026-04-17", BuyService(setup))
    assert bills(bought) == ["2026-04-17: +99.00 = 99.00"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +3600.00 = 3600.00"]


@pytest.mark.source("api-discuss --DwTNoiiGQ: a coupon was used up by the free trial")
def test_a_discount_is_not_used_up_by_a_trial():
    once = Discount.fixed("50.00", "USD", id="once", periods=0)
    month = Discount.percent("10", id="month", periods=1)
    story = ten(on=MIDDLE, trial_end="2026-05-01", discounts=[once, month])
    assert [a.discount.id for a in story.subscription.discounts] == ["once", "month"]
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +270.00 -50.00 = 220.00",
        "2026-06-01: +300.00 = 300.00",
    ]


def test_no_notice_is_late_before_a_trial_ends():
    """Fourteen days of trial under fifteen days of notice: anybody can still leave."""
    rules = BillingRules(notice_days=15, late_notice=LateNotice.REFUSE)
    story = ten(on=MIDDLE, trial_end="2026-05-01", rules=rules)
    asked = story.change("2026-04-17", Cancel())
    assert (told(asked), asked.effective_on) == (
        ["end_without_bill"],
        day("2026-05-01"),
    )
    assert bills(story.renew("2026-07-01")) == []
    assert story.subscription.ended_on == day("2026-05-01")


def test_a_trial_that_is_cancelled_costs_nothing():
    story = ten(on=MIDDLE, trial_end="2026-05-01")
    story.change("2026-04-17", Cancel())
    assert waiting(story.subscription) == ["cancellation: None on 2026-05-01"]
    ended = story.renew("2026-05-01")
    assert bills(ended) == []
    assert story.subscription.status is Status.CANCELED
    assert story.subscription.ended_on == day("2026-05-01")
    at_once = ten(on=MIDDLE, trial_end="2026-05-01")
    assert bills(at_once.change("2026-04-17", Cancel(), timing=IMMEDIATE)) == []
    assert at_once.subscription.ended_on == day("2026-04-17")
    resumed = ten(on=MIDDLE, trial_end="2026-05-01")
    resumed.change("2026-04-17", Cancel())
    resumed.change("2026-04-18", Resume())
    assert bills(resumed.renew("2026-05-01")) == ["2026-05-01: +300.00 = 300.00"]


def test_a_purchase_after_the_trial_costs_as_usual():
    story = ten(on="2026-03-01", trial_end="2026-04-01")
    story.renew("2026-04-01")
    assert bills(story.change(MIDDLE, AddSeats(2))) == ["2026-04-16: +30.00 = 30.00"]


def test_seats_in_arrears_are_billed_from_the_trials_end():
    arrears = priced("arrears", usd("30.00", in_arrears=True))
    story = ten(arrears, on="2026-03-10", trial_end="2026-04-01")
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 = 300.00"]


@pytest.mark.parametrize("trial_end", ["2026-04-16", "2026-04-15"])
def test_a_trial_ends_after_it_starts(trial_end):
    with pytest.raises(OutOfOrderError) as refused:
        ten(on=MIDDLE, trial_end=trial_end)
    assert refused.value.as_dict()["values"] == {
        "value": day(trial_end),
        "earliest": day(MIDDLE),
    }


@pytest.mark.parametrize("name", ["anchor", "trial_end"])
def test_the_days_of_the_start_are_of_one_kind(name):
    with pytest.raises(MixedTimeError):
        ten(on=MIDDLE, **{name: "2026-05-01T00:00:00+00:00"})


@pytest.mark.parametrize("convention", [Convention.ACTUAL_30, Convention.THIRTY_360])
def test_a_calendar_convention_needs_dates_and_months(convention):
    rules = BillingRules(convention=convention)
    with pytest.raises(ConventionError):
        ten(on="2026-04-16T00:00:00+00:00", rules=rules)
    thirty = priced("thirty", usd("30.00", interval=Interval(days=30)))
    with pytest.raises(ConventionError) as refused:
        ten(thirty, interval=Interval(days=30), rules=rules)
    assert refused.value.convention == convention
    story = ten(priced("both", usd("30.00"), *thirty.prices), rules=rules)
    with pytest.raises(ConventionError):
        story.change(MIDDLE, SwitchInterval(Interval(days=30)))


# ------------------------------------------------------------------- who exists already


def adopted(**more) -> Subscription:
    """Return ten seats that another system has charged for April."""
    given = {
        "id": "old",
        "interval": MONTHLY,
        "seats": 10,
        "current_period": Period(day("2026-04-01"), day("2026-05-01")),
        "charged": Money("300.00", "USD"),
        "rules": DEFAULT,
        **more,
    }
    return adopt(given.pop("plan", SMALL), **given)


def test_a_customer_who_exists_already_goes_on_without_an_invoice():
    sub = adopted()
    assert sub.version == 0
    assert sub.billing_cycle_anchor == day("2026-04-01")
    assert [digits(charge.charged) for charge in sub.charges] == ["300.00"]
    up = change(sub, SwitchPlan(LARGE), on=day(MIDDLE))
    assert bills(up) == ["2026-04-16: -150.00 +300.00 = 150.00"]
    assert bills(renew(sub, on=day("2026-05-01"))) == ["2026-05-01: +300.00 = 300.00"]


def test_what_was_charged_before_caps_what_comes_back():
    sub = adopted(charged=Money("100.00", "USD"))
    up = change(sub, SwitchPlan(LARGE), on=day(MIDDLE))
    assert bills(up) == ["2026-04-16: -100.00 +300.00 = 200.00"]
    assert up.invoice.lines[0].cap == Money("100.00", "USD")
    free = adopted(charged=Money.zero("USD"))
    assert bills(change(free, SwitchPlan(LARGE), on=day(MIDDLE))) == [
        "2026-04-16: +300.00 = 300.00"
    ]


def test_one_amount_is_shared_out_by_the_full_prices():
    sso = AddOn("sso", "SSO", (usd("60.00"),))
    sub = adopted(add_ons=[sso], charged=Money("100.01", "USD"))
    assert [digits(charge.charged) for charge in sub.charges] == ["83.34", "16.67"]


def test_amounts_by_name_are_taken_as_they_are():
    kiosk = priced("kiosk", usd("30.00"), usd("6.00", unit="limited"))
    sso = AddOn("sso", "SSO", (usd("60.00"),))
    promo = Discount.fixed("5.00", "USD", id="promo")
    charged = {
        "seat": Money("200.00", "USD"),
        "limited": Money("1.00", "USD"),
        "sso": Money("2.00", "USD"),
        "promo": Money("-4.00", "USD"),
    }
    sub = adopted(
        plan=kiosk,
        seats={"seat": 10, "limited": 5},
        add_ons=[sso],
        discounts=[promo],
        charged=charged,
    )
    assert {
        c.unit if c.item == "kiosk" else c.item: c.charged for c in sub.charges
    } == (charged)


@pytest.mark.parametrize(
    ("charged", "error"),
    [
        pytest.param({"bike": Money("1", "USD")}, UnknownItemError, id="unknown"),
        pytest.param({}, UnknownItemError, id="a charge is missing"),
        pytest.param({"seat": Money("1", "EUR")}, CurrencyMismatchError, id="euro"),
        pytest.param(Money("1", "EUR"), CurrencyMismatchError, id="all in euro"),
        pytest.param(Money("-1", "USD"), OutOfBoundsError, id="negative"),
        pytest.param({"seat": Money("-1", "USD")}, OutOfBoundsError, id="below zero"),
        pytest.param({"seat": "300.00"}, WrongTypeError, id="a text"),
        pytest.param("300.00", WrongTypeError, id="all as a text"),
        pytest.param(300, WrongTypeError, id="an int"),
        pytest.param(None, WrongTypeError, id="nothing"),
        pytest.param([Money("1", "USD")], WrongTypeError, id="a list of amounts"),
    ],
)
def test_what_was_charged_names_what_runs(charged, error):
    with pytest.raises(error):
        adopted(charged=charged)


def test_one_amount_cannot_be_shared_out_over_a_fixed_discount():
    promo = Discount.fixed("5.00", "USD", id="promo")
    with pytest.raises(RulesError) as refused:
        adopted(discounts=[promo])
    assert refused.value.field == "charged"


def test_nothing_charged_for_nothing_is_fine():
    assert adopted(seats=0, charged=Money.zero("USD")).charges == ()
    with pytest.raises(RulesError):
        adopted(seats=0, charged=Money("1.00", "USD"))


def test_an_amount_charged_where_all_prices_are_zero_is_not_lost():
    zero = plan("0.00", id="zero")
    try:
        sub = adopted(plan=zero, charged=Money("100.00", "USD"))
    except RulesError:
        return
    assert Money.total([c.charged for c in sub.charges], "USD") == Money("100", "USD")


def test_adopting_what_a_subscription_holds_gives_it_again():
    rules = BillingRules(settlement=Settlement.ON_RENEWAL, notice_days=15)
    vat = TaxRate("vat", "0.2")
    mixed = priced(
        "mixed", usd("30.00"), usd("3.00", unit="limited", in_arrears=True), rank=1
    )
    story = Story(
        mixed,
        "2026-04-01",
        seats={"seat": 10, "limited": 4},
        rules=rules,
        tax_rates=[vat],
        discounts=[Discount.percent("10", id="d", periods=3)],
        recipient=Party(name="Analytical Engines"),
        add_ons=[AddOn("sso", "SSO", (usd("3.00"),))],
    )
    story.change("2026-04-10", AddSeats(2), AddSeats(1, unit="limited"))
    story.change("2026-04-12", RemoveSeats(1), GrantCredit(Money("5", "USD"), "sorry"))
    story.change(
        "2026-04-20", RemoveSeats(1), ApplyDiscount(Discount.percent("5", id="e"))
    )
    sub = story.subscription
    again = laws.adopted(sub)
    assert again == sub
    assert renew(again, on=day("2026-06-01")) == renew(sub, on=day("2026-06-01"))


def test_a_trial_an_end_and_a_credit_are_taken_over():
    trial = adopted(trial_end=day("2026-05-01"), charged=())
    assert trial.status is Status.TRIALING
    assert adopted(trial_end=day("2026-05-01")).charges == ()
    ended = adopted(ended_on=day("2026-04-10"))
    assert (ended.status, ended.charges) == (Status.CANCELED, ())
    rich = adopted(credit_balance=Money("20.00", "USD"))
    assert bills(renew(rich, on=day("2026-05-01"))) == [
        "2026-05-01: +300.00 = 300.00 due 280.00"
    ]
    with pytest.raises(CurrencyMismatchError):
        adopted(credit_balance=Money("20.00", "EUR"))
    with pytest.raises(OutOfBoundsError):
        adopted(credit_balance=Money("-20.00", "USD"))
    with pytest.raises(WrongTypeError):
        adopted(credit_balance="20.00")


def test_a_bare_discount_counts_as_in_use():
    sub = adopted(
        discounts=[Discount.percent("10", id="d", periods=1)],
        charged={"seat": Money("270.00", "USD")},
    )
    assert sub.discounts == (
        AppliedDiscount(Discount.percent("10", id="d", periods=1), 0, in_use=True),
    )
    assert bills(renew(sub, on=day("2026-05-01"))) == ["2026-05-01: +300.00 = 300.00"]


def test_what_waits_is_taken_over():
    update = PendingUpdate(
        kind=ChangeKind.SEATS,
        key="seat",
        value=8,
        applies_on=day("2026-05-01"),
        requested_on=day("2026-04-02"),
    )
    sub = adopted(pending_updates=[update])
    assert bills(renew(sub, on=day("2026-05-01"))) == ["2026-05-01: +240.00 = 240.00"]
    tiny = priced("small", usd("30.00", min_quantity=9))
    with pytest.raises(TooFewSeatsError):
        adopted(plan=tiny, pending_updates=[update])
    with pytest.raises(TooManySeatsError):
        adopted(plan=priced("small", usd("30.00", max_quantity=9)))


def test_where_nothing_runs_nothing_is_given_back_and_what_is_bought_is_charged():
    tiers = [Tier(up_to=10, unit_amount="30"), Tier(up_to=None, unit_amount="12")]
    volume = priced("volume", usd(tiers=tiers, tiers_mode="volume"))
    for known in (SMALL, volume):
        sub = adopted(plan=known, charged=())
        removed = change(sub, RemoveSeats(2), on=day(MIDDLE), timing=IMMEDIATE)
        assert bills(removed) == []
        assert removed.subscription.quantity() == 8
    assert bills(change(sub, AddSeats(1), on=day(MIDDLE))) == []
    assert bills(change(adopted(charged=()), AddSeats(1), on=day(MIDDLE))) == [
        "2026-04-16: +15.00 = 15.00"
    ]


def test_the_day_from_which_periods_are_counted_may_be_given():
    period = Period(day("2026-02-28"), day("2026-03-31"))
    sub = adopted(current_period=period, anchor=day("2026-01-31"))
    assert sub.billing_cycle_anchor == day("2026-01-31")
    assert renew(sub, on=day("2026-03-31")).subscription.current_period.end == (
        day("2026-04-30")
    )


@pytest.mark.parametrize(
    ("more", "error"),
    [
        pytest.param(
            {"current_period": Period(day("2026-02-28"), day("2026-03-31"))},
            RulesError,
            id="its end is not counted from its start",
        ),
        pytest.param(
            {"current_period": Period(day("2026-04-01"), day("2026-06-01"))},
            RulesError,
            id="two months as one",
        ),
        pytest.param({"anchor": day("2026-03-31")}, RulesError, id="off the grid"),
        pytest.param({"on": day("2026-03-31")}, OutOfOrderError, id="before its start"),
        pytest.param({"on": day("2026-05-01")}, RulesError, id="after its end"),
        pytest.param(
            {"anchor": dt.datetime(2026, 4, 1, tzinfo=dt.UTC)},
            MixedTimeError,
            id="mixed",
        ),
        pytest.param({"current_period": "April"}, WrongTypeError, id="a text"),
        pytest.param({"version": -1}, OutOfBoundsError, id="a negative version"),
        pytest.param({"discounts": 5}, WrongTypeError, id="no discounts"),
        pytest.param({"discounts": ["d"]}, WrongTypeError, id="a name of a discount"),
    ],
)
def test_a_period_that_is_taken_over_lies_on_the_grid(more, error):
    with pytest.raises(error):
        adopted(**more)


def test_a_subscription_can_be_made_from_its_own_fields():
    sub = ten().subscription
    assert attrs.evolve(sub) == sub
    assert (
        Subscription(**{f.name: getattr(sub, f.name) for f in attrs.fields(type(sub))})
        == sub
    )


def test_subscribing_twice_gives_equal_values():
    def once():
        return subscribe(
            SMALL,
            id="s",
            interval=MONTHLY,
            seats=10,
            on=day("2026-04-01"),
            rules=DEFAULT,
        )

    assert once() == once()
    assert told(once()) == []
