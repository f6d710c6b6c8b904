"""Boundaries, told by stories: ends, pauses, days given, freezes, trials and terms.

In April a seat at 30.00 costs 1.00 a day.
"""

from __future__ import annotations

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
    Cancel,
    Discount,
    Freeze,
    Interval,
    RemoveAddOn,
    RemoveSeats,
    SetSeats,
    SetTaxRates,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Term,
    Timing,
    Unfreeze,
    bill,
    change,
    renew,
)
from seatbill.errors import TooManyLinesError, TooManyVisitsError
from seatbill.limits import Limits
from seatbill.subscriptions import Extend, Pause
from seatbill.terms import EarlyEnd
from shop import LARGE, SMALL, priced, told, usd
from stories import Story, at, bills, digits


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


DAYS = Interval(days=30)
RADIO = AddOn(
    "radio",
    "Radio",
    [usd("91.00", unit="radio", interval=QUARTERLY)],
    interval=QUARTERLY,
)


def test_what_leaves_with_its_own_period_outlasts_those_of_the_plan():
    story = Story(SMALL, "2026-04-01", add_ons=[(RADIO, 2)])
    story.change("2026-04-10", RemoveAddOn(RADIO, 1), RemoveSeats(1))
    for day, quantity, seats in (
        ("2026-05-01", 2, ""),
        ("2026-06-01", 2, ""),
        ("2026-07-01", 1, "+91.00 = 91.00"),
    ):
        assert bills(story.renew(day)) == ([f"{day}: {seats}"] if seats else [])
        assert story.subscription.add_on_quantity("radio") == quantity


@pytest.mark.parametrize(
    ("minimum", "from_day", "stay"),
    [
        pytest.param(None, "2026-07-01", 6, id="as one term ends"),
        pytest.param(None, "2026-08-01", 10, id="inside of the next, which holds all"),
        pytest.param({"seat": 8}, "2026-08-01", 8, id="which holds eight"),
        pytest.param({"seat": 8}, "2026-10-01", 6, id="as that ends"),
    ],
)
def test_a_number_for_a_day_is_held_by_the_term_that_runs_then(minimum, from_day, stay):
    term = Term(interval=QUARTERLY, minimum=minimum)
    story = Story(SMALL, "2026-04-01", seats=10, term=term)
    story.change("2026-04-10", SetSeats(6, from_day=at(from_day)))
    paid = f"{stay * 30}.00"
    assert bills(story.renew(from_day))[-1] == f"{from_day}: +{paid} = {paid}"
    assert story.subscription.seats == {"seat": stay}


def test_people_who_stay_may_be_more_than_a_lower_plan_holds():
    low = priced("low", usd("10.00", max_quantity=5), rank=0)
    story = Story(SMALL, "2026-04-01", seats=8)
    story.change("2026-04-10", RemoveSeats(4), SwitchPlan(low))
    outcome = renew(story.subscription, on=at("2026-05-01"), occupied=7)
    assert bills(outcome) == ["2026-05-01: +70.00 = 70.00"]
    assert told(outcome) == ["removal_cut", "over_limit"]
    assert outcome.notices[1].value("excess") == 2


def test_in_a_pause_a_plan_and_a_seat_cost_nothing():
    story = Story(SMALL, "2026-04-01")
    story.change("2026-04-10", Pause(1))
    story.renew("2026-05-01")
    assert bills(story.change("2026-05-10", SwitchPlan(LARGE), AddSeats(1))) == []
    assert bills(story.renew("2026-06-01")) == ["2026-06-01: +120.00 = 120.00"]


def test_a_pack_with_somebody_in_it_stays_whole():
    packs = priced("packs", usd("10.00", batch=5))
    story = Story(packs, "2026-04-01", seats=15)
    story.change("2026-04-10", RemoveSeats(10))
    outcome = renew(story.subscription, on=at("2026-05-01"), occupied=6)
    assert bills(outcome) == ["2026-05-01: +100.00 = 100.00"]
    (notice,) = outcome.notices
    assert (notice.value("asked"), notice.value("removed")) == (10, 5)


@pytest.mark.parametrize(
    ("rules", "guests", "change"),
    [
        pytest.param(BillingRules(), 3, RemoveSeats(1, unit="guest"), id="fewer"),
        pytest.param(
            BillingRules(seats_added=Timing.PERIOD_END),
            0,
            AddSeats(2, unit="guest"),
            id="the first",
        ),
    ],
)
def test_what_waits_for_a_unit_goes_with_the_unit(rules, guests, change):
    two = priced("two", usd("30.00"), usd("5.00", unit="guest"), rank=0)
    seats = {"seat": 1, "guest": guests}
    story = Story(two, "2026-04-01", seats=seats, rules=rules)
    story.change("2026-04-10", change)
    outcome = story.change("2026-04-16", SwitchPlan(LARGE))
    assert [update.key for update in outcome.replaced] == ["guest"]
    assert story.subscription.pending_updates == ()
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +60.00 = 60.00"]


SSO = AddOn("sso", "SSO", [usd("9.00", unit="sso")])


def test_beside_what_runs_alone_other_add_ons_come_and_go_with_the_plan():
    """One SSO leaves, a CRM comes; the radio is paid until July."""
    crm = AddOn("crm", "CRM", [usd("6.00", unit="crm")])
    rules = BillingRules(add_on_added=Timing.PERIOD_END)
    owned = [(RADIO, 1), (SSO, 1)]
    story = Story(SMALL, "2026-04-01", add_ons=owned, rules=rules)
    story.change("2026-04-10", RemoveAddOn(SSO), AddAddOn(crm))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +30.00 +6.00 = 36.00"]
    assert {a.add_on.id for a in story.subscription.add_ons} == {"radio", "crm"}


def test_an_add_on_that_is_called_as_a_seat_is_renews_beside_seats_that_leave():
    price = usd("30.00", unit="chair")
    chair = AddOn("seat", "A chair", [price], interval=MONTHLY)
    yearly = priced("yearly", usd("365.00", interval=ANNUAL))
    story = Story(yearly, "2026-01-01", seats=2, interval=ANNUAL, add_ons=[(chair, 1)])
    story.change("2026-01-10", RemoveSeats(1))
    assert bills(story.renew("2026-02-01")) == ["2026-02-01: +30.00 = 30.00"]
    assert [u.key for u in story.subscription.pending_updates] == ["seat"]


@pytest.mark.parametrize(
    ("interval", "periods"),
    [
        # Months end where the first one began, on the 31st.
        pytest.param(
            QUARTERLY, [("2026-04-30", "2026-07-31"), ("2026-07-31", "2026-10-31")]
        ),
        # Days have no grid beside months: they are counted from the pause's end.
        pytest.param(
            DAYS, [("2026-04-30", "2026-05-30"), ("2026-05-30", "2026-06-29")]
        ),
    ],
)
def test_another_interval_that_comes_in_a_pause_follows_it(interval, periods):
    sold = priced("both", usd("30.00"), usd("30.00", interval=DAYS))
    story = Story(sold, "2026-01-31")
    story.change("2026-03-05", Pause(1))
    story.renew("2026-03-31")
    assert story.period == ("2026-03-31", "2026-04-30")
    story.change("2026-04-10", SwitchInterval(interval))
    for period in periods:
        story.renew(period[0])
        assert story.period == period


def test_a_plan_that_is_only_called_as_the_free_one_is_charged():
    free = priced("free", usd("0", max_quantity=5), rank=0)
    sold = priced("free", usd("3.00"), rank=0)
    story = Story(sold, "2026-04-01", seats=2, rules=BillingRules(free_plan=free))
    assert bills(story.opening) == ["2026-04-01: +6.00 = 6.00"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +6.00 = 6.00"]


def test_what_ran_is_taxed_as_it_ran():
    """Half of April at 20 %, and at nothing from the 16th: nobody is left."""
    late = priced("late", usd("30.00", in_arrears=True))
    story = Story(late, "2026-04-01", tax_rates=[TaxRate("vat", "0.20")])
    story.change("2026-04-16", RemoveSeats(1), timing=Timing.IMMEDIATE)
    story.change("2026-04-16", SetTaxRates([]))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +15.00 tax +3.00 = 18.00"]


def test_a_line_counts_once_for_each_of_its_rates():
    rates = [TaxRate("city", "0.05"), TaxRate("state", "0.04")]
    story = Story(SMALL, "2026-04-01", tax_rates=rates)
    limits = [Limits(lines=n) for n in (1, 2)]
    with pytest.raises(TooManyLinesError):
        bill(story.subscription, [], until=at("2026-05-01"), limits=limits[0])
    assert bill(story.subscription, [], until=at("2026-05-01"), limits=limits[1])


@pytest.mark.parametrize("n", [2, 3])
def test_a_discount_is_compared_with_each_that_is_there(n):
    known = [Discount.percent("1", id=str(i)) for i in range(n)]
    sub = Story(SMALL, "2026-04-01", discounts=known).subscription
    more = ApplyDiscount(Discount.percent("5", id="more"))
    with pytest.raises(TooManyVisitsError):
        change(sub, more, on=at("2026-04-02"), limits=Limits(visits=n - 1))
    assert change(sub, more, on=at("2026-04-02"), limits=Limits(visits=n))


def test_on_days_that_are_given_a_seat_more_is_charged_nothing():
    """Paid to 1 May, and served to the 11th."""
    story = Story(SMALL, "2026-04-01")
    story.change("2026-04-10", Extend(10))
    assert bills(story.change("2026-05-05", AddSeats(1))) == []
    (charge,) = story.subscription.charges
    assert (charge.quantity, digits(charge.charged)) == (2, "30.00")
    assert bills(story.renew("2026-05-11")) == ["2026-05-11: +60.00 = 60.00"]
