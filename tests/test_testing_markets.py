"""Histories by one's own rules and price list: what is drawn fits them."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    Catalog,
    ChargeFee,
    Convention,
    GrantCredit,
    Interval,
    Plan,
    Price,
    RemoveSeats,
    Reprice,
    SwitchPlan,
    Tier,
    Timing,
)
from seatbill.corrections import CorrectionState
from seatbill.errors import ConventionError, OutOfBoundsError, WrongTypeError
from seatbill.rules import Direction
from seatbill.subscriptions import Change
from seatbill.testing import laws
from seatbill.testing import strategies as our
from seatbill.testing.machine import service_machine
from seatbill.testing.strategies import _by_class

QUICK = settings(
    max_examples=20,
    database=None,
    derandomize=True,  # the same branches are walked each time
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def seat(amount="10.00", **more):
    return Price(**({"unit_amount": amount, "currency": "EUR"} | more))


BASIC = Plan("basic", "Basic", 1, (seat(), seat("100.00", interval=ANNUAL)))
ALONE = Catalog((BASIC,))
RULES = BillingRules()


def market(catalog=ALONE, rules=RULES, **more):
    known = {"currency": "EUR", "time": dt.date}
    return our.Market(catalog=catalog, rules=rules, **(known | more))


# What a market offers.


def test_a_market_offers_each_plan_with_each_interval_that_has_a_price():
    guest = Price(unit="guest", unit_amount="1.00", currency="EUR")
    daily = seat("5.00", interval=Interval(days=30))
    other = Plan("other", "Other", 2, (Price(unit_amount="1.00", currency="USD"),))
    pro = Plan("pro", "Pro", 2, (daily, guest))
    found = market(Catalog((BASIC, pro, other)))
    # A quarter and a year are whole months of 30 days; a month has no price per seat.
    assert set(found.offers) == {
        (BASIC, MONTHLY),
        (BASIC, QUARTERLY),
        (BASIC, ANNUAL),
        (pro, QUARTERLY),
        (pro, ANNUAL),
    }
    assert found.plans == (BASIC, pro)
    assert found.units == ("seat", "guest")
    assert found.measured_units == ()


def test_rules_bound_what_is_offered():
    monthly = market(rules=BillingRules(intervals=(MONTHLY,)))
    assert monthly.offers == ((BASIC, MONTHLY),)
    thirty = seat("5.00", interval=Interval(days=30))
    by_days = Catalog((Plan("days", "Days", 1, (thirty,)), BASIC))
    calendar = BillingRules(convention=Convention.THIRTY_360)
    assert {i.days for _, i in market(by_days, calendar).offers} == {0}


def test_a_free_plan_is_one_to_fall_to_and_not_to_start_on():
    free = Plan("free", "Free", 0, (seat("0"),))
    rules = BillingRules(free_plan=free)
    listed = market(Catalog((free, BASIC)), rules)
    assert {plan.id for plan, _ in listed.offers} == {"basic"}
    assert listed.plans == market(rules=rules).plans == (BASIC, free)


def test_packages_are_pairs_of_one_family():
    small, large, other = (
        AddOn(id, id, (seat(unit=id),), family=family)
        for id, family in (("small", "disk"), ("large", "disk"), ("sms", "texts"))
    )
    found = market(Catalog((BASIC,), (small, large, other)))
    assert found.packages == ((small, large), (large, small))


def test_a_market_without_a_plan_to_buy_is_refused():
    with pytest.raises(OutOfBoundsError):
        market(currency="USD")
    with pytest.raises(WrongTypeError):
        market(time=dt.time)
    with pytest.raises(WrongTypeError):
        market(catalog=RULES)
    by_days = BillingRules(convention=Convention.ACTUAL_30)
    with pytest.raises(ConventionError):
        market(rules=by_days, time=dt.datetime)
    assert market(rules=by_days).time is dt.date


# What is asked for where there is little to ask for.


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("add-on", AddSeats),
        ("no add-on", RemoveSeats),
        ("package", AddSeats),
        ("service", ChargeFee),
        ("discount", GrantCredit),
        ("no discount", GrantCredit),
        ("prices", Reprice),
    ],
)
def test_what_is_not_sold_means_something_like_it(word, kind):
    assert type(our.meant(market(), (word, 1, 1))) is kind


def test_an_instant_is_meant_where_time_is_counted_in_instants():
    asked = our.meant(market(time=dt.datetime), ("prices", 1, 1))
    assert asked.from_day.tzinfo is dt.UTC


def test_add_ons_come_in_whole_batches():
    texts = AddOn("sms", "Texts", (seat(unit="sms"),), batch=100)
    found = market(Catalog((BASIC,), (texts,)))
    assert our.meant(found, ("add-on", 0, 1)) == AddAddOn(texts, 200)


@QUICK
@given(data=st.data())
def test_changes_may_be_of_one_type(data):
    found = data.draw(our.markets())
    assert type(data.draw(our.changes(found, BuyService))) is BuyService
    assert data.draw(our.changes(found)) is not None


# Openings and histories.


@QUICK
@given(data=st.data())
def test_an_opening_has_no_fewer_and_no_more_than_are_sold(data):
    account = Price(
        unit="account",
        unit_amount="5.00",
        currency="EUR",
        flat=True,
        min_quantity=1,
        max_quantity=1,
    )
    base = Price(unit="base", unit_amount="5.00", currency="EUR", flat=True)
    bounded = seat(min_quantity=3, max_quantity=5)
    plan = Plan("small", "Small", 1, (bounded, account, base))
    opening = data.draw(our.openings(market(Catalog((plan,))), trials=False))
    assert 3 <= opening["seats"]["seat"] <= 5
    assert opening["seats"]["account"] == 1
    assert "base" not in opening["seats"]
    assert "trial_end" not in opening
    outcome, asked = our.opened(opening)
    assert outcome.subscription.plan == plan
    assert asked == opening


@QUICK
@given(bikes=st.integers(1, 9))
def test_an_opening_is_made_without_what_it_cannot_have(bikes):
    sso = AddOn("sso", "SSO", (seat(unit="sso"),), requires_plans=("pro",))
    asked = {
        "plan": BASIC,
        "id": "sub",
        "interval": MONTHLY,
        "seats": 1,
        "on": dt.date(2026, 1, 1),
        "rules": RULES,
        "add_ons": (sso,),
    }
    outcome, left = our.opened(asked)
    assert outcome.subscription.add_ons == left["add_ons"] == ()
    with pytest.raises(UnsatisfiedAssumption):
        our.opened({**asked, "seats": {"bike": bikes}})


@QUICK
@given(
    history=our.histories(catalog=ALONE, rules=RULES, currency="EUR", longest=4),
    short=our.histories(market(), longest=0, trials=False),
    other=our.histories(our.markets(catalog=ALONE), longest=1),
)
def test_histories_are_drawn_by_ones_own_rules_and_price_list(history, short, other):
    sub = history.opening.subscription
    assert (sub.rules, sub.currency) == (RULES, "EUR")
    assert sub.plan.id == "basic"
    assert len(history.entries) + len(history.refused) <= 4
    assert history.asked["plan"] == BASIC
    assert short.entries == short.refused == ()
    assert other.opening.subscription.plan.id == "basic"
    laws.check(history)


@QUICK
@given(found=our.markets(catalog=ALONE, time=dt.datetime, conventions="actual"))
def test_what_is_not_given_is_drawn(found):
    assert (found.currency, found.time) == ("EUR", dt.datetime)
    assert [plan.prices[0].unit_amount for plan in found.new_prices] == [11]
    assert found.rules.convention is Convention.ACTUAL


def test_times_are_days_unless_instants_are_asked_for():
    """In a process of its own: here both are drawn, to try the library with both."""
    program = (
        "import datetime as dt\n"
        "from hypothesis import Phase, find, settings\n"
        "from hypothesis.errors import NoSuchExample\n"
        "from seatbill.testing.strategies import markets\n"
        "def drawn(asked):\n"
        "    few = settings(max_examples=40, database=None, phases=[Phase.generate])\n"
        "    wanted = lambda market: market.time is dt.datetime\n"
        "    try:\n        find(asked, wanted, settings=few)\n"
        "    except NoSuchExample:\n        print('days')\n"
        "    else:\n        print('instants')\n"
        "drawn(markets())\n"
        "drawn(markets(time=dt.datetime))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["days", "instants"]


@QUICK
@given(found=our.markets(time=dt.datetime))
def test_instants_are_drawn_with_rules_that_count_them(found):
    assert found.rules.convention in (Convention.ACTUAL, Convention.FULL)


OURS = market(Catalog((Plan("ours", "Ours", 1, (seat(),)),)))


@pytest.mark.parametrize("given", [OURS, st.just(OURS)], ids=["one", "some"])
@pytest.mark.parametrize(
    "kind", [kind for kind in _by_class._BILLED if kind not in get_args(Change)]
)
def test_what_is_billed_comes_of_ones_own_market(kind, given):
    """It sells in euros; what is drawn otherwise never is."""
    found = find(our.of(kind, given), bool, settings=settings(QUICK, max_examples=100))
    assert isinstance(found, kind)
    assert "'EUR'" in repr(found)


@pytest.mark.parametrize("given", [OURS, st.just(OURS)], ids=["one", "some"])
def test_what_is_asked_for_is_of_ones_own_market(given):
    found = find(our.of(SwitchPlan, given), bool, settings=QUICK)
    assert found.plan == OURS.plans[0]


def test_what_is_not_billed_takes_no_market():
    for kind in (Plan, Timing):
        with pytest.raises(WrongTypeError):
            our.of(kind, OURS)


def test_tiers_stay_when_prices_rise():
    tiered = Price(tiers=[Tier(up_to=None, unit_amount="1")], currency="EUR")
    catalog = Catalog((Plan("tiers", "Tiers", 1, (tiered,)),))
    found = find(our.markets(catalog=catalog), lambda _: True, settings=QUICK)
    assert found.new_prices == catalog.plans


@QUICK
@given(
    rules=our.billing_rules(forfeits=False, upgrade=Timing.FORFEIT),
    thirty=our.billing_rules(convention=Convention.THIRTY_360),
)
def test_rules_are_drawn_around_what_is_fixed(rules, thirty):
    assert rules.upgrade is Timing.FORFEIT
    others = [way for way in Direction if way is not Direction.UPGRADE]
    assert Timing.FORFEIT not in {rules.timing(way) for way in others}
    assert (thirty.convention, thirty.max_freeze_days) == (Convention.THIRTY_360, 0)


@QUICK
@given(days=our.periods(longest=3), instants=our.periods(dt.datetime, 3))
def test_periods_are_of_the_time_and_length_that_are_asked_for(days, instants):
    assert 1 <= days.days <= 3
    assert type(instants.start) is type(instants.end) is dt.datetime
    assert instants.end - instants.start <= dt.timedelta(3)


@pytest.mark.parametrize("state", CorrectionState)
def test_corrections_are_drawn_in_every_state(state):
    found = find(
        our.corrective_invoices(),
        lambda correction: correction.state is state,
        settings=settings(QUICK, max_examples=500),
    )
    assert (found.decided_on is None) == (state is CorrectionState.REQUESTED)


def test_strategies_are_kept():
    assert our.money("EUR") is our.money("EUR")
    assert our.markets(catalog=ALONE) is our.markets(catalog=ALONE)


def test_a_machine_takes_a_market_of_its_own():
    drawn = our.markets(catalog=ALONE)
    assert service_machine(market=drawn).market is drawn
