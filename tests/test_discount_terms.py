"""Discounts that say what they are for, how long they last, with what, and for whom.

Sums are worked out by hand; where a report of another system asks for the figure, the
row names it.
"""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    Catalog,
    Discount,
    Freeze,
    GrantCredit,
    Interval,
    Money,
    MoveBillingDay,
    Period,
    Plan,
    Price,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    adopt,
    change,
    credit_note,
    explain,
    renew,
    verify,
)
from seatbill.converters import digest, from_data, to_data
from seatbill.discounts import DiscountTarget, Eligibility, Facts, Surplus
from seatbill.errors import (
    DiscountRefusedError,
    MixedTimeError,
    OutOfBoundsError,
    PriceError,
    RulesError,
    SeatbillError,
)
from seatbill.formatting import describe
from seatbill.lifecycle.previews import priced_units
from seatbill.reviews import compare_plans, review
from seatbill.subscriptions import AppliedDiscount
from seatbill.views import add_on_options, billing_view
from stories import Story, bills, digits, plan

AT_ONCE = BillingRules(
    upgrade=Timing.IMMEDIATE,
    downgrade=Timing.IMMEDIATE,
    longer_interval=Timing.IMMEDIATE,
    shorter_interval=Timing.IMMEDIATE,
    seats_removed=Timing.IMMEDIATE,
    add_on_removed=Timing.IMMEDIATE,
    cancellation=Timing.IMMEDIATE,
    max_freeze_days=30,
)
THE_PLAN = DiscountTarget(plans=["*"])
ADD_ONS = DiscountTarget(add_ons=["*"])


def eur(amount, **more):
    return Price(unit_amount=amount, currency="EUR", **more)


TEAM = Plan("team", "Team", 2, [eur("100.00")])
SOLO = Plan("solo", "Solo", 1, [eur("60.00")])
EXTRA = AddOn("extra", "Extra", [eur("50.00")])
TEN = plan("10.00", "EUR")
TWELVE = plan("12.00", "EUR")


def percent(number, id="promo", **said):
    return Discount.percent(number, id=id, **said)


def fixed(amount, id="promo", **said):
    return Discount.fixed(amount, "EUR", id=id, **said)


def april(*discounts, sold=TEAM, add_ons=(EXTRA,), rules=AT_ONCE, **more):
    """Return a story from 1 April 2026, a month of 30 days."""
    more = {"add_ons": add_ons, "rules": rules, "discounts": discounts, **more}
    return Story(sold, "2026-04-01", **more)


# What for.


@pytest.mark.parametrize(
    ("target", "total"),
    [
        # source: recurly-js#488, #986: 100.00 × 0.80 + 50.00
        pytest.param({"plans": ["*"]}, "+80.00 +50.00 = 130.00", id="the plan"),
        pytest.param({"plans": ["team"]}, "+80.00 +50.00 = 130.00", id="by its id"),
        pytest.param({"plans": ["solo"]}, "+100.00 +50.00 = 150.00", id="another"),
        pytest.param({"add_ons": ["*"]}, "+100.00 +40.00 = 140.00", id="add-ons"),
        pytest.param({"add_ons": ["extra"]}, "+100.00 +40.00 = 140.00", id="one"),
        pytest.param(
            {"plans": ["team"], "add_ons": ["extra"]},
            "+80.00 +40.00 = 120.00",
            id="both",
        ),
        pytest.param({"units": ["seat"]}, "+80.00 +40.00 = 120.00", id="a unit"),
        pytest.param({"units": ["team"]}, "+100.00 +50.00 = 150.00", id="another unit"),
        pytest.param({"intervals": [MONTHLY]}, "+80.00 +40.00 = 120.00", id="monthly"),
        pytest.param({"intervals": [ANNUAL]}, "+100.00 +50.00 = 150.00", id="annual"),
    ],
)
def test_a_percentage_covers_what_it_is_for(target, total):
    story = april(percent("20", applies_to=DiscountTarget(**target)))
    assert bills(story.opening) == [f"2026-04-01: {total}"]


@pytest.mark.parametrize(
    ("currency", "amount", "due"),
    [("JPY", "1000", "800"), ("KWD", "10.005", "8.004"), ("EUR", "0", "0.00")],
)
def test_other_currencies_and_zero(currency, amount, due):
    story = Story(
        plan(amount, currency),
        "2026-02-28",
        discounts=[percent("20", applies_to=THE_PLAN)],
    )
    assert f"{story.opening.invoice.total.amount:f}" == due


def test_several_compound_where_each_is_for():
    # 100.00 × 0.80 × 0.90 = 72.00 and 50.00 × 0.90 = 45.00; with 19 % tax 22.23
    story = april(
        percent("20", applies_to=THE_PLAN),
        percent("10", id="all"),
        tax_rates=[TaxRate("vat", "0.19")],
    )
    assert bills(story.opening) == ["2026-04-01: +72.00 +45.00 tax +22.23 = 139.23"]
    assert [len(x.discounts) for x in story.opening.invoice.lines] == [2, 1]


@pytest.mark.parametrize(
    ("mode", "total"),
    [
        # 7 seats: 5 × 10 + 2 × 8 = 66.00, or 7 × 8 = 56.00; half of it
        ("graduated", "+33.00 +50.00 = 83.00"),
        ("volume", "+28.00 +50.00 = 78.00"),
    ],
)
def test_tiers_are_covered_whole(mode, total):
    tiers = [Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8")]
    sold = Plan(
        "tiered", "Tiered", 1, [Price(tiers=tiers, tiers_mode=mode, currency="EUR")]
    )
    story = april(percent("50", applies_to=THE_PLAN), sold=sold, seats=7)
    assert bills(story.opening) == [f"2026-04-01: {total}"]


def test_a_base_fee_a_unit_in_arrears_and_a_measured_one():
    # 20 % off seats alone: 40.00 flat, 3 × 10.00 measured, 2 × 5.00 × 0.80 in arrears
    sold = Plan(
        "mixed",
        "Mixed",
        1,
        [
            eur("40.00", unit="base", flat=True),
            eur("10.00", unit="project", measured=True),
            eur("5.00", in_arrears=True),
        ],
    )
    seats = {"base": 1, "project": 3, "seat": 2}
    off = percent("20", applies_to=DiscountTarget(units=["seat"]))
    story = april(off, sold=sold, seats=seats, add_ons=())
    assert bills(story.opening) == ["2026-04-01: +40.00 +30.00 = 70.00"]
    later = renew(story.subscription, on=dt.date(2026, 5, 1), measured={"project": 1})
    assert bills(later) == ["2026-05-01: +8.00 +40.00 +10.00 = 58.00"]


def test_a_plan_that_it_is_not_for_has_no_percentage():
    # 16 April, 15 of 30 days: 80.00 / 2 comes back, 60.00 / 2 is charged
    story = april(percent("20", applies_to=DiscountTarget(plans=["team"])), add_ons=())
    assert bills(story.change("2026-04-16", SwitchPlan(SOLO))) == [
        "2026-04-16: -40.00 +30.00 = -10.00 due 0.00"
    ]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +60.00 = 60.00 due 50.00"]
    back = story.change("2026-05-01", SwitchPlan(TEAM))
    assert bills(back) == ["2026-05-01: -60.00 +80.00 = 20.00"]


# An amount off a part of what is sold.


@pytest.mark.parametrize(
    ("discounts", "total"),
    [
        pytest.param(
            [fixed("120.00", applies_to=THE_PLAN)],
            "+100.00 +50.00 -100.00 = 50.00",
            id="never more than the plan",
        ),
        pytest.param(
            [fixed("30.00", applies_to=ADD_ONS)],
            "+100.00 +50.00 -30.00 = 120.00",
            id="off the add-on",
        ),
        pytest.param(
            [fixed("30.00", applies_to=DiscountTarget(plans=["solo"]))],
            "+100.00 +50.00 = 150.00",
            id="off another plan",
        ),
        pytest.param(
            [fixed("80.00", applies_to=ADD_ONS), fixed("70.00", id="all")],
            "+100.00 +50.00 -50.00 -70.00 = 30.00",
            id="a part, then all of it",
        ),
        pytest.param(  # 120 of 150, of which 50 may be the add-on's: 30 are left
            [fixed("120.00", id="all"), fixed("80.00", applies_to=THE_PLAN)],
            "+100.00 +50.00 -120.00 -30.00 = 0.00",
            id="all of it, then a part",
        ),
        pytest.param(
            [
                fixed("80.00", applies_to=THE_PLAN),
                fixed("40.00", id="same", applies_to=DiscountTarget(plans=["team"])),
            ],
            "+100.00 +50.00 -80.00 -20.00 = 50.00",
            id="two for the same",
        ),
        pytest.param(
            [fixed("15.00", applies_to=THE_PLAN), percent("50", id="half")],
            "+50.00 +25.00 -15.00 = 60.00",
            id="beside a percentage",
        ),
    ],
)
def test_an_amount_off_is_capped_at_what_it_is_for(discounts, total):
    assert bills(april(*discounts).opening) == [f"2026-04-01: {total}"]


def test_an_amount_off_is_cut_as_what_it_is_for_falls():
    # 30.00 off the add-on; as it goes with 15 of 30 days left, 15.00 come back
    story = april(fixed("30.00", applies_to=ADD_ONS))
    gone = story.change("2026-04-16", RemoveAddOn(EXTRA))
    assert bills(gone) == ["2026-04-16: -25.00 +15.00 = -10.00 due 0.00"]
    again = story.change("2026-04-16", AddAddOn(EXTRA))
    assert bills(again) == ["2026-04-16: +25.00 -15.00 = 10.00 due 0.00"]
    assert story.balance == "0.00"


def test_an_amount_off_is_left_alone_by_what_it_is_not_for():
    story = april(fixed("30.00", applies_to=ADD_ONS))
    assert bills(story.change("2026-04-16", SwitchPlan(SOLO))) == [
        "2026-04-16: -50.00 +30.00 = -20.00 due 0.00"
    ]


def test_a_plan_that_it_is_not_for_takes_the_rest_of_an_amount_off_back():
    # −100.00 / 2 + 60.00 / 2, and 30.00 / 2 of the discount taken back
    only_team = DiscountTarget(plans=["team"])
    story = april(fixed("30.00", applies_to=only_team), add_ons=())
    assert bills(story.change("2026-04-16", SwitchPlan(SOLO))) == [
        "2026-04-16: -50.00 +30.00 +15.00 = -5.00 due 0.00"
    ]
    assert bills(story.change("2026-04-16", SwitchPlan(TEAM))) == [
        "2026-04-16: -30.00 +50.00 -15.00 = 5.00 due 0.00"
    ]
    story.change("2026-04-16", SwitchPlan(SOLO))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +60.00 = 60.00 due 55.00"]


def test_two_amounts_off_are_fitted_each_to_what_it_is_for():
    story = april(fixed("30.00", applies_to=ADD_ONS), fixed("120.00", id="all"))
    # of 150.00 nothing is left; without the add-on 100.00 are: 30 and 20 fall away
    gone = story.change("2026-04-16", RemoveAddOn(EXTRA))
    assert bills(gone) == ["2026-04-16: -25.00 +15.00 +10.00 = 0.00"]


def test_two_amounts_off_for_different_items_leave_each_other_whole():
    """100.00 − 30.00 and 50.00 − 20.00, whatever the other takes."""
    story = april(
        fixed("30.00", applies_to=THE_PLAN), fixed("20.00", id="b", applies_to=ADD_ONS)
    )
    assert bills(story.opening) == ["2026-04-01: +100.00 +50.00 -30.00 -20.00 = 100.00"]


def test_an_amount_off_one_interval_ends_with_it():
    # 30.00 / 2 comes back, 300.00 × 350/365 = 287.67 is charged, 20.00 / 2 taken back
    sold = Plan("both", "Both", 1, [eur("30.00"), eur("300.00", interval=ANNUAL)])
    monthly = DiscountTarget(intervals=[MONTHLY])
    story = april(fixed("20.00", applies_to=monthly), sold=sold, add_ons=())
    assert bills(story.change("2026-04-16", SwitchInterval(ANNUAL))) == [
        "2026-04-16: -15.00 +287.67 +10.00 = 282.67"
    ]


def test_what_ends_with_nothing_given_back_cuts_no_amount_off():
    story = april(fixed("30.00", applies_to=ADD_ONS))
    gone = story.change("2026-04-16", RemoveAddOn(EXTRA), timing=Timing.FORFEIT)
    assert bills(gone) == []
    assert bills(story.change("2026-04-20", AddSeats(1))) == [
        "2026-04-20: +36.67 = 36.67"  # 100.00 × 11/30
    ]


# The first seats.

FIRST_FIVE = percent("20", applies_to=DiscountTarget(first=5))


@pytest.mark.parametrize(
    ("seats", "total"),
    [
        (0, []),
        (1, ["+8.00 = 8.00"]),
        (5, ["+40.00 = 40.00"]),
        (6, ["+40.00 +10.00 = 50.00"]),
        (10, ["+40.00 +50.00 = 90.00"]),
    ],
)
def test_the_first_seats_are_cheaper(seats, total):
    story = april(FIRST_FIVE, sold=TEN, add_ons=(), seats=seats)
    assert bills(story.opening) == [f"2026-04-01: {one}" for one in total]


def test_seats_come_and_go_across_the_fifth():
    story = april(FIRST_FIVE, sold=TEN, add_ons=(), seats=3)
    more = story.change("2026-04-16", AddSeats(4))  # 2 × 8.00 / 2 + 2 × 10.00 / 2
    assert bills(more) == ["2026-04-16: +8.00 +10.00 = 18.00"]
    fewer = story.change("2026-04-16", RemoveSeats(4))
    assert bills(fewer) == ["2026-04-16: -10.00 -8.00 = -18.00 due 0.00"]
    again = story.change("2026-04-16", AddSeats(3))  # 2 × 8.00 / 2 + 1 × 10.00 / 2
    assert bills(again) == ["2026-04-16: +8.00 +5.00 = 13.00 due 0.00"]
    assert bills(story.change("2026-04-16", AddSeats(1), RemoveSeats(2))) == [
        "2026-04-16: +5.00 -10.00 = -5.00 due 0.00"
    ]
    assert story.subscription.quantity() == 5


def test_two_discounts_for_different_numbers_of_seats():
    # 5 × 10.00 × 0.80 × 0.90, 5 × 10.00 × 0.90, 2 × 10.00
    ten = percent("10", id="ten", applies_to=DiscountTarget(first=10))
    story = april(FIRST_FIVE, ten, sold=TEN, add_ons=(), seats=12)
    assert bills(story.opening) == ["2026-04-01: +36.00 +45.00 +20.00 = 101.00"]
    assert [line.charge_id for line in story.opening.invoice.lines] == [
        "1:plan:plan at 10.00:seat:first-5",
        "1:plan:plan at 10.00:seat:first-10",
        "1:plan:plan at 10.00:seat",
    ]
    fewer = story.change("2026-04-16", RemoveSeats(8))  # the last ones first
    assert bills(fewer) == ["2026-04-16: -10.00 -22.50 -3.60 = -36.10 due 0.00"]


def test_each_item_has_first_units_of_its_own():
    first = percent("50", applies_to=DiscountTarget(first=1))
    story = april(first, add_ons=[(EXTRA, 3)], seats=2)
    assert bills(story.opening) == [
        "2026-04-01: +50.00 +100.00 +25.00 +100.00 = 275.00"
    ]


@pytest.mark.parametrize(
    "price",
    [
        Price(tiers=[Tier(up_to=None, unit_amount="10")], currency="EUR"),
        eur("10.00", flat=True),
        eur("10.00", in_arrears=True),
        eur("10.00", measured=True),
    ],
    ids=["tiers", "flat", "in arrears", "measured"],
)
def test_first_units_without_a_price_of_their_own(price):
    other = Plan("other", "Other", 1, [price])
    with pytest.raises(RulesError) as refused:
        april(FIRST_FIVE, sold=other, add_ons=(), seats=3)
    assert (refused.value.value, refused.value.problem) == (
        "promo",
        "first_not_counted",
    )
    # A plan change leads there all the same: its charges carry none.
    story = april(FIRST_FIVE, sold=TEN, add_ons=(), seats=3)
    assert bills(story.opening) == ["2026-04-01: +24.00 = 24.00"]
    story.change("2026-04-01", SwitchPlan(other))
    assert not any(c.terms.discounts for c in story.subscription.charges)


def test_a_note_on_the_first_seats_leaves_the_others():
    story = april(FIRST_FIVE, sold=TEN, add_ons=(), seats=7)
    first, _others = story.opening.invoice.lines
    assert verify(story.opening.invoice) == ()
    note = credit_note(
        story.opening.invoice,
        issued_on=dt.date(2026, 4, 2),
        lines=[0],
        reason="goodwill",
    )
    assert [c.charge_id for c in note.to_record().charges] == [first.charge_id]
    story.change("2026-04-02", note.to_record())
    ended = story.change("2026-04-16", Cancel())
    assert bills(ended) == ["2026-04-16: -10.00 = -10.00 due 0.00"]


@pytest.mark.parametrize(
    "charged", [Money("60.00", "EUR"), {"seat": Money("60.00", "EUR")}]
)
def test_adopted_first_seats_share_what_was_charged(charged):
    sub = adopt(
        TEN,
        id="story",
        interval=MONTHLY,
        seats=7,
        current_period=Period(dt.date(2026, 4, 1), dt.date(2026, 5, 1)),
        charged=charged,
        rules=AT_ONCE,
        discounts=[FIRST_FIVE],
    )
    assert [str(c.charged) for c in sub.charges] == ["40.00 EUR", "20.00 EUR"]


def test_a_price_with_first_units_shows_no_unit_price():
    sub = april(FIRST_FIVE, sold=TEN, add_ons=(), seats=7).subscription
    (unit,) = priced_units(sub, TEN)
    assert (unit.unit_amount, str(unit.price)) == (None, "60.00 EUR")
    (one,) = priced_units(sub, TEN, quantity=5)
    assert (one.unit_amount, str(one.price)) == (8, "40.00 EUR")


# How long.


def test_three_months_are_counted_on_the_calendar():
    # source: mozilla/fxa#12015, stripe/openapi#57: 5.00 × 21/31 = 3.39 comes back
    sold = Plan("both", "Both", 1, [eur("10.00"), eur("100.00", interval=ANNUAL)])
    half = percent("50", months=3)
    story = Story(sold, "2026-01-01", discounts=[half])
    assert bills(story.opening) == ["2026-01-01: +5.00 = 5.00"]
    (applied,) = story.subscription.discounts
    assert applied.ends_on == dt.date(2026, 4, 1)
    switched = story.change("2026-01-11", SwitchInterval(ANNUAL))
    assert bills(switched) == ["2026-01-11: -3.39 +50.00 = 46.61"]
    assert bills(story.renew("2027-01-11")) == ["2027-01-11: +100.00 = 100.00"]
    assert story.subscription.discounts == ()


@pytest.mark.parametrize(
    ("on", "renewals"),
    [
        pytest.param("2026-01-31", ["2026-02-28: +10.00 = 10.00"], id="short month"),
        pytest.param("2028-01-31", ["2028-02-29: +10.00 = 10.00"], id="leap year"),
        pytest.param("2028-02-29", ["2028-03-29: +10.00 = 10.00"], id="leap day"),
    ],
)
def test_one_month_is_one_period_whatever_the_day(on, renewals):
    story = Story(TEN, on, discounts=[percent("50", months=1)])
    assert bills(story.opening) == [f"{on}: +5.00 = 5.00"]
    assert bills(story.renew(renewals[0][:10])) == renewals


def test_a_stub_counts_as_a_period_but_not_as_a_month():
    # 15 January to 1 February, 17 of 31 days: 5.00 × 17/31 = 2.74
    said = {"anchor": "2026-02-01"}
    stub = "2026-01-15: +2.74 = 2.74"
    three = Story(TEN, "2026-01-15", discounts=[percent("50", months=3)], **said)
    assert bills(three.opening) == [stub]
    assert bills(three.renew("2026-05-01")) == [
        "2026-02-01: +5.00 = 5.00",
        "2026-03-01: +5.00 = 5.00",
        "2026-04-01: +5.00 = 5.00",  # before 15 April
        "2026-05-01: +10.00 = 10.00",
    ]
    periods = Story(TEN, "2026-01-15", discounts=[percent("50", periods=3)], **said)
    assert bills(periods.renew("2026-04-01"))[-1] == "2026-04-01: +10.00 = 10.00"


def test_until_a_day_is_the_first_day_without_it():
    half = percent("50", until=dt.date(2026, 5, 1))
    story = april(half, sold=TEN, add_ons=())
    assert bills(story.change("2026-04-30", AddSeats(1))) == [
        "2026-04-30: +0.17 = 0.17"  # 5.00 / 30
    ]
    assert bills(story.change("2026-05-01", AddSeats(1))) == [
        "2026-05-01: +20.00 = 20.00",
        "2026-05-01: +10.00 = 10.00",
    ]


def test_inside_a_period_later_charges_have_none_and_open_ones_keep_it():
    half = percent("50", until=dt.date(2026, 4, 16))
    story = april(half, sold=TEN, add_ons=())
    before = story.change("2026-04-15", AddSeats(1))
    assert bills(before) == ["2026-04-15: +2.67 = 2.67"]  # 5.00 × 16/30
    after = story.change("2026-04-16", AddSeats(1))
    assert bills(after) == ["2026-04-16: +5.00 = 5.00"]  # 10.00 × 15/30
    assert story.subscription.discounts == ()
    ended = story.change("2026-04-16", Cancel())  # each at the price it was charged
    assert bills(ended) == ["2026-04-16: -5.00 -5.00 = -10.00 due 0.00"]


@pytest.mark.parametrize(
    ("on", "plan_price", "extra_price", "pro_price", "one_more"),
    [
        pytest.param(
            "2026-04-15", "50.00", "50.00", "30.00", "25.00", id="the day before"
        ),
        pytest.param("2026-04-16", "100.00", "100.00", "60.00", "50.00", id="its end"),
        # the renewal drops it, as any call does
        pytest.param("2026-05-01", "100.00", "100.00", "60.00", "50.00", id="renewed"),
    ],
)
def test_a_page_shows_no_discount_that_has_ended(
    on, plan_price, extra_price, pro_price, one_more
):
    """Half of 100.00, of 2 × 50.00, of 60.00 and of 50.00 until 15 April."""
    half = percent("50", until=dt.date(2026, 4, 16))
    sub = april(half, add_ons=[(EXTRA, 2)]).subscription
    day = dt.date.fromisoformat(on)
    view = billing_view(sub, on=day)
    (extra,) = view.add_ons
    assert (digits(view.price), digits(extra.price)) == (plan_price, extra_price)
    catalog = Catalog([TEAM, SOLO], add_ons=[EXTRA])
    solo = compare_plans(sub, catalog, {}, on=day)[0]
    assert digits(solo.price) == pro_price
    (option,) = add_on_options(sub, catalog, on=day)
    assert digits(option.price) == one_more
    found = review(sub, last_used={"extra": None}, on=day)
    assert [digits(f.value("saving")) for f in found] == [extra_price]


def test_an_amount_off_that_ended_is_still_a_charge_of_its_period():
    story = april(fixed("4.00", until=dt.date(2026, 4, 10)), sold=TEN, add_ons=())
    assert bills(story.opening) == ["2026-04-01: +10.00 -4.00 = 6.00"]
    assert bills(story.change("2026-04-16", Cancel())) == [
        "2026-04-16: -5.00 +2.00 = -3.00 due 0.00"
    ]


def test_a_freeze_and_a_trial_move_no_end():
    story = april(percent("50", months=1), sold=TEN, add_ons=())
    story.change("2026-04-11", Freeze())
    assert bills(story.renew("2026-05-31"))[-1] == "2026-05-31: +10.00 = 10.00"
    trial = april(percent("50", months=1), sold=TEN, add_ons=(), trial_end="2026-05-01")
    assert bills(trial.renew("2026-05-01")) == ["2026-05-01: +10.00 = 10.00"]


def test_a_billing_day_that_moves_moves_no_end():
    story = april(percent("50", months=1), sold=TEN, add_ons=())
    story.change("2026-04-11", MoveBillingDay(15))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +4.67 = 4.67"]  # 14/30


def test_instants_end_at_an_instant():
    noon = dt.datetime(2026, 4, 16, 12, tzinfo=dt.UTC)
    story = Story(
        TEN,
        "2026-04-01T00:00:00+00:00",
        discounts=[percent("50", until=noon)],
    )
    late = story.change("2026-04-16T12:00:00+00:00", AddSeats(1))
    assert bills(late) == ["2026-04-16T12:00:00Z: +4.83 = 4.83"]  # 14.5 of 30 days
    with pytest.raises(MixedTimeError):
        april(percent("50", until=noon))


def test_a_discount_that_is_over_is_refused():
    over = percent("50", until=dt.date(2026, 4, 1))
    with pytest.raises(DiscountRefusedError) as refused:
        april(over)
    assert refused.value.problem == "over"
    assert refused.value.detail == dt.date(2026, 4, 1)


# With what.


def test_one_that_cannot_be_combined_stands_alone():
    alone, other = percent("50", "alone", combinable=False), percent("10", "other")
    for discounts in ([alone, other], [other, alone]):
        with pytest.raises(DiscountRefusedError) as refused:
            april(*discounts)
        assert refused.value.problem == "not_combined"
        assert refused.value.id == discounts[1].id
        assert refused.value.detail == discounts[0].id
    story = april(alone, add_ons=())
    with pytest.raises(DiscountRefusedError):
        story.change("2026-04-02", ApplyDiscount(other))
    story.change("2026-04-02", RemoveDiscount("alone"), ApplyDiscount(other))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +90.00 = 90.00"]


def test_beside_what_an_adopted_customer_has_nothing_is_combined_with_one_alone():
    """Another system let them stand together: a third is refused all the same."""
    sub = adopt(
        TEN,
        id="story",
        interval=MONTHLY,
        seats=7,
        current_period=Period(dt.date(2026, 4, 1), dt.date(2026, 5, 1)),
        charged=Money("70.00", "EUR"),
        rules=AT_ONCE,
        discounts=[
            percent("10", "other"),
            percent("50", "alone", combinable=False),
        ],
    )
    with pytest.raises(DiscountRefusedError) as refused:
        change(sub, ApplyDiscount(percent("5", "third")), on=dt.date(2026, 4, 3))
    assert refused.value.args == ("third", "not_combined", "alone")


def test_one_that_has_ended_stands_in_nobodys_way():
    alone = percent("50", "alone", combinable=False, until=dt.date(2026, 4, 10))
    story = april(alone, add_ons=())
    story.change("2026-04-10", ApplyDiscount(percent("10", "other")))
    assert [a.discount.id for a in story.subscription.discounts] == ["other"]


# For whom.

ASKS = Eligibility(first_purchase=True, countries=["DE", "FR"], max_redemptions=100)
KNOWN = {"first_purchase": True, "country": "DE", "redemptions": 99}


@pytest.mark.parametrize(
    ("facts", "problem", "detail"),
    [
        ({"first_purchase": False}, "first_purchase", None),
        ({"country": "US"}, "country", ("DE", "FR")),
        ({"redemptions": 100}, "used_up", 100),
        ({"first_purchase": None}, "not_known", "first_purchase"),
        ({"country": None}, "not_known", "country"),
        ({"redemptions": None}, "not_known", "redemptions"),
    ],
)
def test_facts_decide_who_may_have_it(facts, problem, detail):
    off = percent("50", eligibility=ASKS)
    with pytest.raises(DiscountRefusedError) as refused:
        april(off, facts=Facts(**KNOWN | facts))
    assert (refused.value.problem, refused.value.detail) == (problem, detail)
    story = april()
    asked = ApplyDiscount(off, Facts(**KNOWN | facts))
    with pytest.raises(DiscountRefusedError):
        story.change("2026-04-02", asked)


def test_facts_that_fit_are_judged_once_and_not_kept():
    off = percent("50", eligibility=ASKS)
    story = april(off, facts=Facts(**KNOWN))
    assert bills(story.opening) == ["2026-04-01: +50.00 +25.00 = 75.00"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +50.00 +25.00 = 75.00"]
    assert "99" not in repr(story.subscription)
    with pytest.raises(DiscountRefusedError):
        april(off)  # nothing is known


@pytest.mark.parametrize("locale", ["en", "fr", "de", "es", "it"])
@pytest.mark.parametrize(
    ("problem", "detail"),
    [
        ("first_purchase", None),
        ("country", ("DE", "FR")),
        ("used_up", 100),
        ("not_known", "country"),
        ("over", dt.date(2026, 4, 1)),
        ("not_combined", "other"),
    ],
)
def test_a_refusal_is_a_sentence_for_the_customer(locale, problem, detail):
    error = DiscountRefusedError("promo", problem, detail)
    said = describe(error, locale)
    assert "promo" in said
    assert problem not in said.replace("first_purchase", "")
    assert error.code == "discount_refused"
    assert error.as_dict()["remedy"]


# What is left over.


def welcome(amount="30.00", **said):
    return fixed(amount, surplus="kept", **said)


def test_a_welcome_amount_is_used_until_it_is_spent():
    # source: mollie/laravel-cashier-mollie#101: 0.00, 0.00, 6.00
    story = april(welcome(), sold=TWELVE, add_ons=())
    assert bills(story.opening) == ["2026-04-01: +12.00 -12.00 = 0.00"]
    assert story.opening.invoice.lines[1].cap == Money("12.00", "EUR")
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +12.00 -12.00 = 0.00"]
    assert story.subscription.discounts[0].spent == Money("12.00", "EUR")
    assert bills(story.renew("2026-06-01")) == ["2026-06-01: +12.00 -6.00 = 6.00"]
    assert bills(story.renew("2026-07-01")) == ["2026-07-01: +12.00 = 12.00"]
    assert story.subscription.discounts == ()


def test_it_is_a_discount_and_lowers_what_is_taxed():
    vat = [TaxRate("vat", "0.19")]
    off = april(welcome(), sold=TWELVE, add_ons=(), tax_rates=vat)
    assert bills(off.opening) == ["2026-04-01: +12.00 -12.00 = 0.00"]
    paid = april(sold=TWELVE, add_ons=(), tax_rates=vat)
    paid.change("2026-04-01", GrantCredit(Money("30.00", "EUR"), "welcome"))
    assert bills(paid.renew("2026-05-01")) == [  # 30.00 pays for 14.28 with tax
        "2026-05-01: +12.00 tax +2.28 = 14.28 due 0.00"
    ]


def test_a_new_seat_leaves_it_alone_until_the_renewal():
    story = april(welcome(), sold=TWELVE, add_ons=())
    more = story.change("2026-04-16", AddSeats(1))
    assert bills(more) == ["2026-04-16: +6.00 = 6.00"]
    # 18.00 are left, and two seats are 24.00
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +24.00 -18.00 = 6.00"]


def test_what_a_restart_takes_back_is_left_for_later():
    # 12.00 / 2 comes back and 6.00 of the discount with it; 24.00 of 30.00 are left
    sold = Plan("both", "Both", 1, [eur("12.00"), eur("120.00", interval=ANNUAL)])
    story = april(welcome(), sold=sold, add_ons=(), rules=BillingRules())
    switched = story.change("2026-04-16", SwitchInterval(ANNUAL))
    assert bills(switched) == ["2026-04-16: -6.00 +6.00 +120.00 -24.00 = 96.00"]
    assert story.subscription.discounts[0].spent == Money("6.00", "EUR")
    assert bills(story.renew("2027-04-16")) == ["2027-04-16: +120.00 = 120.00"]


def test_what_is_used_of_a_period_that_is_exchanged_counts():
    # 40.00 kept off 30.00 a month; on the 16th at once to 12.00 a year, whose grid
    # has 365 days of which 350 are left: 15.00 used, 12.00 × 350/365 = 11.51 as well
    sold = Plan("both", "Both", 1, [eur("30.00"), eur("12.00", interval=ANNUAL)])
    story = april(welcome("40.00"), sold=sold, add_ons=())
    switched = story.change("2026-04-16", SwitchInterval(ANNUAL))
    assert bills(switched) == ["2026-04-16: -15.00 +11.51 +15.00 -11.51 = 0.00"]
    # 40.00 − 26.51 = 13.49 are left: 12.00, then 1.49
    assert bills(story.renew("2027-04-01")) == ["2027-04-01: +12.00 -12.00 = 0.00"]
    assert bills(story.renew("2028-04-01")) == ["2028-04-01: +12.00 -1.49 = 10.51"]


def test_a_cancellation_takes_back_its_unused_share():
    story = april(welcome(), sold=TWELVE, add_ons=())
    ended = story.change("2026-04-16", Cancel())
    assert bills(ended) == ["2026-04-16: -6.00 +6.00 = 0.00"]
    assert str(ended.refund_due) == "0.00 EUR"


@pytest.mark.parametrize("said", [{"periods": 2}, {"months": 2}])
def test_a_length_ends_it_with_what_is_left(said):
    story = april(welcome(**said), sold=TWELVE, add_ons=())
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +12.00 -12.00 = 0.00",
        "2026-06-01: +12.00 = 12.00",
    ]


def test_a_removed_one_leaves_nothing_and_a_new_one_begins_anew():
    story = april(welcome(), sold=TWELVE, add_ons=())
    story.change("2026-04-10", RemoveDiscount("promo"), ApplyDiscount(welcome("9.00")))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +12.00 -9.00 = 3.00"]


def test_it_is_for_what_it_says_and_beside_others():
    story = april(
        welcome("70.00", applies_to=ADD_ONS), percent("50", id="half"), sold=TWELVE
    )
    assert bills(story.opening) == ["2026-04-01: +6.00 +25.00 -25.00 = 6.00"]
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +6.00 +25.00 -25.00 = 6.00",
        "2026-06-01: +6.00 +25.00 -20.00 = 11.00",
    ]


# Refused at the door.


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (lambda: percent("5", periods=1, months=1), "several_lengths"),
        (
            lambda: percent("5", months=1, until=dt.date(2026, 4, 1)),
            "several_lengths",
        ),
        (DiscountTarget, "no_target"),
        (Eligibility, "no_eligibility"),
        (lambda: fixed("5", applies_to=DiscountTarget(first=1)), "first_of_amount"),
        (lambda: welcome(periods=0), "no_surplus"),
        (
            lambda: Discount(id="x", percent_off="5", surplus=Surplus.KEPT),
            "no_surplus",
        ),
        (lambda: AppliedDiscount(percent("5", months=1)), "months_end"),
        (
            lambda: AppliedDiscount(percent("5"), ends_on=dt.date(2026, 4, 1)),
            "months_end",
        ),
        (
            lambda: AppliedDiscount(fixed("5"), spent=Money("1", "EUR")),
            "nothing_kept",
        ),
        (
            lambda: AppliedDiscount(percent("5"), spent=Money("1", "EUR")),
            "nothing_kept",
        ),
    ],
)
def test_parts_that_contradict_each_other_are_refused(made, problem):
    with pytest.raises(PriceError) as refused:
        made()
    assert refused.value.problem == problem
    assert refused.value.as_dict()["remedy"]


@pytest.mark.parametrize(
    "made",
    [
        lambda: percent("5", months=0),
        lambda: DiscountTarget(first=0),
        lambda: Eligibility(max_redemptions=0),
        lambda: AppliedDiscount(welcome(), spent=Money("0", "EUR")),
        lambda: AppliedDiscount(welcome(), spent=Money("30.01", "EUR")),
        lambda: Facts(redemptions=-1),
    ],
)
def test_numbers_out_of_bounds_are_refused(made):
    with pytest.raises(OutOfBoundsError):
        made()


@pytest.mark.parametrize(
    "made",
    [
        lambda: percent("5", applies_to="plan"),
        lambda: percent("5", eligibility="all"),
        lambda: percent("5", combinable=1),
        lambda: fixed("5", surplus="some"),
        lambda: DiscountTarget(plans="team"),
        lambda: Facts(first_purchase=1),
        lambda: Facts(country=49),
        lambda: ApplyDiscount(percent("5"), facts={}),
        lambda: april(facts={}),
    ],
)
def test_wrong_types_are_refused(made):
    with pytest.raises((TypeError, SeatbillError)):
        made()


def test_an_amount_off_what_is_all_in_arrears_is_refused():
    late = Plan("late", "Late", 1, [eur("10.00", in_arrears=True)])
    with pytest.raises(RulesError) as refused:
        april(fixed("5.00", applies_to=THE_PLAN), sold=late)
    assert refused.value.problem == "in_arrears"
    story = april(fixed("5.00", applies_to=ADD_ONS), sold=late)
    assert bills(story.opening) == ["2026-04-01: +50.00 -5.00 = 45.00"]


# As data, and in words.

EVERYTHING = Discount(
    id="all",
    percent_off="20",
    until=dt.date(2026, 4, 1),
    applies_to=DiscountTarget(
        plans=["*", "team"],
        add_ons=["*"],
        units=["seat", "bike"],
        intervals=[MONTHLY, Interval(days=30)],
        first=5,
    ),
    combinable=False,
    eligibility=ASKS,
)


@pytest.mark.parametrize("value", [EVERYTHING, welcome(months=3), percent("5")])
def test_a_discount_comes_back_from_data(value):
    data = to_data(value)
    assert from_data(data, Discount) == value


def test_the_digests_of_stored_documents_are_what_they_were():
    plain = Discount.percent("20", id="p", periods=3)
    found = [digest(v)[7:19] for v in (plain, AppliedDiscount(plain))]
    assert found == ["99a0cbe28417", "ab75eb0935de"]
    assert digest(ApplyDiscount(plain))[7:19] == "57aca6f5300e"
    assert from_data({"id": "p", "percent_off": "20", "periods": 3}, Discount) == plain


def test_a_subscription_with_all_of_it_comes_back_from_data():
    story = april(FIRST_FIVE, welcome(id="w", applies_to=ADD_ONS, months=3))
    story.renew("2026-05-01")
    sub = story.subscription
    again = from_data(to_data(sub), type(sub))
    assert again == sub
    assert bills(renew(again, on=dt.date(2026, 6, 1))) == bills(
        renew(sub, on=dt.date(2026, 6, 1))
    )


def test_a_line_says_what_is_off_and_until_when():
    off = percent("20", applies_to=THE_PLAN, until=dt.date(2026, 6, 1))
    line = april(off).opening.invoice.lines[0]
    assert explain(line).endswith(
        "(unit price: €100.00 − 20% (promo: applies to: plan; until May 31, 2026) "
        "= €80.00)."
    )
    assert "bis 31.05.2026" in explain(line, "de")
    taken = april(fixed("30.00", applies_to=ADD_ONS)).opening.invoice.lines[2]
    assert "applies to: add-on" in explain(taken)


def test_a_change_says_what_the_discount_is_for():
    said = describe(ApplyDiscount(EVERYTHING))
    assert said == (
        "Apply discount all: 20% off (applies to: plan, team, add-on, seats, bike, "
        "1 month, 30 days, the first 5; until Mar 31, 2026)"
    )
    assert describe(ApplyDiscount(percent("20"))) == "Apply discount promo: 20% off"
    kept = describe(ApplyDiscount(welcome(months=3)))
    assert kept == (
        "Apply discount promo: €30.00 off (for 3 months; what is left over is kept)"
    )
