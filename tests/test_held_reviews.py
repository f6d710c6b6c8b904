"""What a review finds and what it leaves alone, a day or a unit to either side."""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddOn,
    BillingRules,
    Catalog,
    Interval,
    Plan,
    RemoveAddOn,
    RemoveSeats,
)
from seatbill.errors import LimitReachedError
from seatbill.reviews import ResourceFit, check_limit, compare_plans, review
from shop import SMALL, priced, usd
from stories import Story, at, digits

SSO = AddOn("sso", "SSO", (usd("3.00"),))
LOG = AddOn("log", "Audit log", (usd("5.00"),))
CHAIR = AddOn("seat", "A chair", (usd("9.00"),))
NEVER = {"sso": None, "log": None, "seat": None}


def shop(*owned) -> Story:
    """Return ten seats from 1 April, with add-ons."""
    return Story(SMALL, "2026-04-01", seats=10, add_ons=owned)


def found(story: Story, on: str = "2026-04-16", **more):
    """Return what a review on a day finds."""
    return review(story.subscription, on=at(on), **more)


# Add-ons that nobody uses.


def test_what_is_given_up_already_is_not_found_and_the_rest_is():
    """A chair is an add-on called as a seat is: a seat that goes is not the chair."""
    story = shop((SSO, 1), (LOG, 1), (CHAIR, 1))
    story.change("2026-04-10", RemoveAddOn(SSO), RemoveSeats(1))
    told = [(f.code, f.value("add_on")) for f in found(story, last_used=NEVER)]
    assert told == [("add_on_never_used", "log"), ("add_on_never_used", "seat")]


@pytest.mark.parametrize(
    ("last", "least", "days"),
    [
        pytest.param("2026-04-16", 0, 0, id="today"),
        pytest.param("2026-04-16", 1, None, id="today, where a day is asked for"),
        pytest.param("2026-04-15", 1, 1, id="yesterday"),
        pytest.param("2026-04-15", 2, None, id="yesterday, where two are asked for"),
    ],
)
def test_an_add_on_is_unused_for_whole_days(last, least, days):
    story = shop((SSO, 1))
    told = found(story, last_used={"sso": at(last)}, unused_days=least)
    assert [f.value("days") for f in told] == ([] if days is None else [days])


@pytest.mark.parametrize(
    ("interval", "saving"),
    [
        # 10.00 × 1461/48/10 = 30.4375
        pytest.param(Interval(days=10), "30.44", id="ten days"),
        # 14 days are less than half a month: 10.00 × 1461/48/14 = 21.741
        pytest.param(Interval(days=14), "21.74", id="two weeks"),
        # 30 days are a month
        pytest.param(Interval(days=30), "10.00", id="thirty days"),
        pytest.param(Interval(months=3), "3.33", id="three months"),
    ],
)
def test_a_saving_is_that_of_a_month(interval, saving):
    sold = priced("p", usd("1.00", interval=interval))
    extra = AddOn("x", "X", (usd("10.00", interval=interval),))
    story = Story(sold, "2026-04-01", interval=interval, add_ons=[extra])
    (told,) = found(story, on="2026-04-02", last_used={"x": None})
    assert digits(told.value("saving")) == saving


# Limits.


@pytest.mark.parametrize(
    ("used", "percent", "codes"),
    [
        pytest.param(1, "1", ["limit_near"], id="one percent"),
        pytest.param(1, "0.5", ["limit_near"], id="half a percent"),
        pytest.param(0, "0.5", [], id="none"),
        pytest.param(100, "100", ["limit_near"], id="all"),
        pytest.param(99, "100", [], id="nearly all"),
        pytest.param(101, "100", ["limit_exceeded"], id="more than all"),
    ],
)
def test_a_limit_is_near_from_any_part_of_it(used, percent, codes):
    limited = Plan("p", "P", 1, (usd("1.00"),), limits={"files": 100})
    story = Story(limited, "2026-04-01")
    told = found(story, usage={"files": used}, near_limit=percent)
    assert [f.code for f in told] == codes


PLANS = [
    Plan("tiny", "Tiny", 0, limits={"files": 999}),
    Plan("other", "Other", 1, limits={"files": 999}),
    Plan("here", "Here", 1, limits={"files": 10}),
    Plan("full", "Full", 2, limits={"files": 11}),
    Plan("big", "Big", 3, limits={"files": 12}),
    Plan("endless", "Endless", 4),
]


def test_a_refusal_names_the_higher_plans_that_hold_it():
    """12 files: on neither a lower plan nor one beside it, whatever these hold."""
    with pytest.raises(LimitReachedError) as refused:
        check_limit(PLANS[2], "files", 10, 2, catalog=Catalog(PLANS))
    assert refused.value.as_dict()["values"]["plans"] == ("big", "endless")
    assert check_limit(PLANS[2], "files", 8, 2).headroom == 0


# Plans side by side.


def test_a_plan_is_compared_by_what_it_bounds():
    open_ = priced("open", usd("40.00"), usd("5.00", unit="guest"), rank=2)
    bounded = priced("bounded", usd("20.00", max_quantity=12), rank=0)
    limited = Plan("limited", "L", 3, (usd("50.00"),), limits={"files": 5})
    catalog = Catalog([SMALL, open_, bounded, limited])
    compared = {
        one.plan.id: one
        for one in compare_plans(shop().subscription, catalog, {}, on=at("2026-04-16"))
    }
    assert {id: one.seats for id, one in compared.items()} == {
        "bounded": (ResourceFit("seat", 10, 12),),
        "small": (),
        "open": (),
        "limited": (),
    }
    assert compared["limited"].resources == (ResourceFit("files", 0, 5),)
    assert compared["open"].resources == ()


@pytest.mark.parametrize(
    ("guests", "codes"),
    [(0, []), (1, ["unit_not_sold"])],
    ids=["of which there is none", "of which there is one"],
)
def test_a_unit_that_a_plan_does_not_sell_breaks_only_what_is_there(guests, codes):
    both = priced("both", usd("30.00"), usd("5.00", unit="guest"))
    story = Story(both, "2026-04-01", seats={"seat": 1, "guest": guests})
    seats_only = priced("seats", usd("40.00"), rank=2)
    (other,) = [
        one
        for one in compare_plans(
            story.subscription,
            Catalog([both, seats_only]),
            {},
            on=at("2026-04-16"),
        )
        if one.direction is not None
    ]
    assert [broken.code for broken in other.breaks] == codes


# Payment.


@pytest.mark.parametrize(
    ("last", "within", "code", "days"),
    [
        pytest.param("2026-05-01", 5, None, None, id="can pay on the day it renews"),
        pytest.param(
            "2026-04-30", 5, "payment_method_expiring", 14, id="the day before that"
        ),
        pytest.param(
            "2026-05-01", 15, "payment_method_expiring", 15, id="within fifteen days"
        ),
        pytest.param(
            "2026-04-16", 0, "payment_method_expiring", 0, id="today is the last day"
        ),
        pytest.param("2026-04-10", 0, "payment_method_expired", 6, id="six days ago"),
    ],
)
def test_a_payment_method_is_good_through_its_last_day(last, within, code, days):
    told = found(shop(), payment=dt.date.fromisoformat(last), expiring_days=within)
    assert [(f.code, f.value("days")) for f in told] == (
        [] if code is None else [(code, days)]
    )


# One plan at a time.


def ladder(*prices: str) -> list[Plan]:
    """Return plans of rising rank, called by their places: a, b, c and so on."""
    return [
        priced(id, usd(price), rank=i)
        for i, (id, price) in enumerate(zip("abcde", prices, strict=False))
    ]


def advice(here: Plan, plans: list[Plan], **more) -> tuple[str, dict[str, str | None]]:
    """Return the plan that is advised, and the step before each other one."""
    story = Story(here, "2026-04-01", seats=10, **more)
    every = compare_plans(story.subscription, Catalog(plans), {}, on=at("2026-04-16"))
    (advised,) = [one.plan.id for one in every if one.advised]
    return advised, {one.plan.id: one.advise_first for one in every}


def test_the_step_before_a_plan_is_the_next_one_from_here():
    plans = ladder("10.00", "20.00", "30.00", "40.00")
    assert advice(plans[3], plans) == (
        "c",
        {"a": "c", "b": "c", "c": None, "d": None},
    )
    assert advice(plans[0], plans) == (
        "a",
        {"a": None, "b": None, "c": "b", "d": "b"},
    )
    assert advice(plans[1], plans)[1] == {"a": None, "b": None, "c": None, "d": "c"}


@pytest.mark.parametrize(
    ("prices", "advised"),
    [
        pytest.param(("40.00", "20.00", "30.00"), "b", id="cheaper, the lowest dearer"),
        pytest.param(("10.00", "40.00", "30.00"), "c", id="dearer, the lowest cheaper"),
        pytest.param(("10.00", "30.00", "30.00"), "c", id="as dear"),
    ],
)
def test_the_next_lower_plan_is_advised_where_it_is_cheaper(prices, advised):
    plans = ladder(*prices)
    assert advice(plans[2], plans)[0] == advised


def test_nobody_is_advised_to_fall_to_the_free_plan():
    plans = ladder("0", "30.00")
    rules = BillingRules(free_plan=plans[0])
    assert advice(plans[1], plans, rules=rules)[0] == "b"
    assert advice(plans[1], plans)[0] == "a"


def test_a_plan_without_a_price_for_the_interval_is_kept():
    """A lower plan has one, and nothing says that it is cheaper."""
    yearly = priced("yearly", usd("300.00", interval=ANNUAL), rank=1)
    lower = priced("lower", usd("10.00"), rank=0)
    story = Story(yearly, "2026-04-01", interval=ANNUAL)
    every = compare_plans(
        story.subscription,
        Catalog([lower, yearly]),
        {},
        on=at("2026-04-16"),
        interval=MONTHLY,
    )
    found = [
        (one.plan.id, one.price and digits(one.price), one.advised) for one in every
    ]
    assert found == [("lower", "10.00", False), ("yearly", None, True)]
