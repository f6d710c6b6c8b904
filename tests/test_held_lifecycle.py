"""How a subscription starts, is taken over and is told, at the edges of each door."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    Convention,
    Discount,
    Money,
    Period,
    RemoveSeats,
    Timing,
    adopt,
    bill,
    change,
    renew,
    subscribe,
)
from seatbill.errors import (
    ConventionError,
    MixedTimeError,
    OutOfBoundsError,
    RulesError,
    TooFewSeatsError,
    TooManySeatsError,
    UnknownItemError,
    UnknownWordError,
    WrongTypeError,
)
from shop import SMALL, priced, usd
from stories import Story, at, bills, digits, plan

APRIL = Period(at("2026-04-01"), at("2026-05-01"))
FREE = priced("free", usd("0", max_quantity=5), rank=0)
RULES = BillingRules(free_plan=FREE)
FEW = Discount.fixed("3.00", "USD", id="few")


def adopted(sold=SMALL, **more):
    """Return ten seats in April, charged 300.00 elsewhere unless told otherwise."""
    given = {
        "id": "s",
        "interval": MONTHLY,
        "seats": 10,
        "current_period": APRIL,
        "charged": Money("300.00", "USD"),
        "rules": BillingRules(),
        "on": at("2026-04-16"),
    }
    return adopt(sold, **given | more)


def usd_of(**amounts: str) -> dict[str, Money]:
    """Return amounts by name."""
    return {name: Money(amount, "USD") for name, amount in amounts.items()}


# What was charged elsewhere.


@pytest.mark.parametrize("version", [0, 1, 7])
def test_what_was_charged_elsewhere_has_the_version_of_the_customer(version):
    sub = adopted(version=version)
    assert sub.version == version
    (charge,) = sub.charges
    assert charge.version == version
    assert charge.charge_id == f"{version}:plan:small:seat"


def test_what_was_charged_elsewhere_is_of_the_whole_period_and_comes_back_by_days():
    """300.00 for April; 2 of 10 seats go on the 16th: 300.00 × 2/10 × 15/30."""
    sub = adopted(rules=BillingRules(seats_removed=Timing.IMMEDIATE))
    assert digits(sub.charges[0].charged) == "300.00"
    outcome = change(sub, RemoveSeats(2), on=at("2026-04-16"))
    assert bills(outcome) == ["2026-04-16: -30.00 = -30.00 due 0.00"]


@pytest.mark.parametrize(
    ("sold", "amounts"),
    [
        pytest.param(SMALL, {"seat": "0"}, id="nothing for what has a price"),
        pytest.param(plan("0"), {"seat": "5.00"}, id="something for what is free now"),
        pytest.param(plan("0"), {"seat": "0"}, id="nothing for what is free"),
        pytest.param(SMALL, {"seat": "300.00", "few": "-3.00"}, id="a discount"),
        pytest.param(SMALL, {"seat": "300.00", "few": "0"}, id="a discount of nothing"),
    ],
)
def test_an_amount_may_be_nothing_or_of_the_sign_of_its_charge(sold, amounts):
    discounts = [FEW] if "few" in amounts else []
    sub = adopted(sold, charged=usd_of(**amounts), discounts=discounts)
    assert [digits(charge.charged) for charge in sub.charges] == [
        digits(amount) for amount in usd_of(**amounts).values()
    ]


@pytest.mark.parametrize(
    ("amounts", "name"),
    [
        pytest.param({"seat": "-0.01"}, "charged['seat']", id="a charge below nothing"),
        pytest.param(
            {"seat": "300.00", "few": "0.01"}, "charged['few']", id="a dear discount"
        ),
    ],
)
def test_an_amount_of_the_other_sign_is_refused(amounts, name):
    discounts = [FEW] if "few" in amounts else []
    with pytest.raises(OutOfBoundsError) as refused:
        adopted(charged=usd_of(**amounts), discounts=discounts)
    assert refused.value.name == name


# Off the grid.


@pytest.mark.parametrize(
    ("fields", "is_refused"),
    [
        pytest.param({}, True, id="a paid period of ten days"),
        pytest.param({"ended_on": at("2026-04-11")}, False, id="ended"),
        pytest.param({"trial_end": at("2026-04-11")}, False, id="a trial"),
        pytest.param(
            {"sold": FREE, "seats": 5, "rules": RULES}, False, id="on the free plan"
        ),
    ],
)
def test_what_renews_is_on_the_grid_and_nothing_else_needs_to_be(fields, is_refused):
    ten_days = Period(at("2026-04-01"), at("2026-04-11"))
    more = {
        "current_period": ten_days,
        "on": at("2026-04-01"),
        "charged": Money.zero("USD"),
        **fields,
    }
    if "ended_on" in more:
        more["on"] = more["ended_on"]
    if not is_refused:
        assert adopted(**more).current_period == ten_days
        return
    with pytest.raises(RulesError):
        adopted(**more)


# Days and instants.

INSTANT = at("2026-04-01T00:00Z")


@pytest.mark.parametrize(
    ("ask", "name", "value", "wanted"),
    [
        pytest.param(
            lambda: adopted(anchor=INSTANT), "anchor", INSTANT, "dates", id="adopt"
        ),
        pytest.param(
            lambda: Story(SMALL, "2026-04-01", anchor="2026-04-01T00:00Z"),
            "at",
            at("2026-04-01"),
            "datetimes in UTC",
            id="subscribe, on a grid",
        ),
        pytest.param(
            lambda: Story(
                SMALL,
                "2026-04-01",
                anchor="2026-04-01T00:00Z",
                trial_end="2026-04-10",
            ),
            "anchor",
            INSTANT,
            "dates",
            id="subscribe, on a grid after a trial",
        ),
        pytest.param(
            lambda: Story(SMALL, "2026-04-01", trial_end="2026-04-10T00:00Z"),
            "trial_end",
            at("2026-04-10T00:00Z"),
            "dates",
            id="subscribe, with a trial",
        ),
    ],
)
def test_the_time_that_is_of_another_kind_is_told(ask, name, value, wanted):
    with pytest.raises(MixedTimeError) as refused:
        ask()
    told = refused.value
    assert (told.name, told.value, told.wanted) == (name, value, wanted)


# Seats and people.


def test_a_free_plan_has_people_beyond_its_seats_but_not_seats_beyond_its_bound():
    start = {"id": "s", "interval": MONTHLY, "on": at("2026-04-01"), "rules": RULES}
    sub = subscribe(FREE, seats=5, occupied=8, **start).subscription
    assert sub.quantity() == 5
    with pytest.raises(TooManySeatsError) as refused:
        subscribe(FREE, seats=6, **start)
    values = refused.value.as_dict()["values"]
    assert 6 in values.values()
    assert 5 in values.values()


def test_a_free_plan_without_a_bound_holds_all():
    free = priced("free", usd("0"), rank=0)
    rules = BillingRules(free_plan=free)
    assert Story(free, "2026-04-01", seats=999, rules=rules).subscription.seats == {
        "seat": 999
    }


# What is told in one call.


def test_several_changes_are_given_side_by_side_and_never_in_a_list():
    sub = Story(SMALL, "2026-04-01", seats=10).subscription
    two, day = (AddSeats(1), AddSeats(2)), at("2026-04-16")
    outcome = change(sub, *two, on=day)
    assert bills(outcome) == ["2026-04-16: +15.00 +30.00 = 45.00"]
    assert outcome.changes == two
    for wrong in (two, list(two), (AddSeats(1),)):
        with pytest.raises(WrongTypeError) as refused:
            change(sub, wrong, on=day)
        assert refused.value.name == "change"
    with pytest.raises(WrongTypeError):
        change(sub, on=day)


@pytest.mark.parametrize("make", [list, tuple, iter], ids=["list", "tuple", "iterator"])
def test_a_history_is_told_in_any_order_that_can_be_gone_through(make):
    story = Story(SMALL, "2026-04-01", seats=10)
    told = make([(at("2026-04-16"), AddSeats(1))])
    statement = bill(story.opening, told, until=at("2026-04-30"))
    assert [digits(invoice.total) for invoice in statement.invoices] == [
        "300.00",
        "15.00",
    ]


@pytest.mark.parametrize(
    "history", ["", b"", {}, 5, None], ids=["text", "bytes", "mapping", "int", "None"]
)
def test_a_history_is_no_text_and_no_mapping(history):
    opening = Story(SMALL, "2026-04-01").opening
    with pytest.raises(WrongTypeError) as refused:
        bill(opening, history, until=at("2026-04-30"))
    assert refused.value.name == "history"


def test_an_unknown_name_of_what_was_charged_is_told_beside_those_that_are_known():
    for amounts, value, offered in (
        (usd_of(seat="300.00", guest="1.00"), "guest", ("seat",)),
        ({}, "seat", ()),
    ):
        with pytest.raises(UnknownItemError) as refused:
            adopted(charged=amounts)
        values = refused.value.as_dict()["values"]
        assert (values["value"], values["offered"]) == (value, offered)


# At the door.


@pytest.mark.parametrize(
    "more",
    [{}, {"anchor": "2026-03-15"}, {"trial_end": "2026-05-01"}],
    ids=["today", "on a grid", "after a trial"],
)
def test_an_interval_is_none_by_its_name(more):
    with pytest.raises(WrongTypeError) as refused:
        Story(SMALL, "2026-04-01", interval="month", **more)
    assert refused.value.name == "interval"


@pytest.mark.parametrize("trial_end", [None, "2026-05-01T00:00Z"])
def test_an_anchor_is_kept_as_it_is_written_here(trial_end):
    sub = subscribe(
        SMALL,
        id="s",
        interval=MONTHLY,
        seats=1,
        on=at("2026-04-01T00:00Z"),
        rules=BillingRules(),
        anchor=dt.datetime(2026, 3, 15, tzinfo=ZoneInfo("UTC"), fold=1),
        trial_end=trial_end and at(trial_end),
    ).subscription
    anchor = sub.billing_cycle_anchor
    assert (anchor.tzinfo, anchor.fold) == (dt.UTC, 0)


def test_people_on_seats_that_nobody_bought_have_none():
    two = priced("two", usd("30.00"), usd("5.00", unit="guest"))
    with pytest.raises(TooFewSeatsError) as refused:
        Story(two, "2026-04-01", seats={"seat": 1}, occupied={"guest": 1})
    values = refused.value.as_dict()["values"]
    assert "guest" in values.values()
    assert {0, 1} <= {*values.values()}


@pytest.mark.parametrize("convention", [Convention.THIRTY_360, Convention.ACTUAL_30])
def test_instants_are_not_counted_in_months_of_thirty_days_from_the_start(convention):
    with pytest.raises(ConventionError) as refused:
        Story(SMALL, "2026-04-01T00:00Z", rules=BillingRules(convention=convention))
    assert refused.value.as_dict()["values"]["convention"] == convention


def test_a_timing_is_no_other_word_and_a_measurement_no_pairs():
    users = priced("users", usd("1.00", unit="user", measured=True))
    sub = Story(users, "2026-04-01", seats={"user": 1}).subscription
    with pytest.raises(UnknownWordError) as refused:
        change(sub, AddSeats(1), on=at("2026-04-16"), timing="now")
    assert refused.value.name == "timing"
    for pairs in ((("user", 3),), ()):
        with pytest.raises(WrongTypeError) as refused:
            renew(sub, on=at("2026-05-01"), measured=pairs)
        assert refused.value.name == "measured"
