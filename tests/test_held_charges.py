"""What a unit costs, what runs, and who may have a discount: one small thing a row.

In April a seat at 30.00 costs 1.00 a day.
"""

from __future__ import annotations

from typing import Any

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Discount,
    Interval,
    Money,
    RemoveAddOn,
    Service,
    SetSeats,
    Settlement,
    SwitchPlan,
    Tier,
    Timing,
    bill,
)
from seatbill.discounts import DiscountTarget, Eligibility, Facts
from seatbill.errors import (
    BatchError,
    DiscountRefusedError,
    RulesError,
    TooFewSeatsError,
)
from shop import LARGE, SMALL, priced, usd
from stories import Story, at, bills, digits

FEE = Money("99.00", "USD")


def percent(percent: str, id: str, **more: Any) -> Discount:
    return Discount.percent(percent, id=id, **more)


def first(n: int) -> DiscountTarget:
    return DiscountTarget(first=n)


# What a unit costs.


@pytest.mark.parametrize("batch", [2, 5])
def test_seats_in_packs_are_added_in_packs(batch):
    packs = priced("packs", usd("30.00", batch=batch))
    story = Story(packs, "2026-04-01", seats=batch)
    with pytest.raises(BatchError):
        story.change("2026-04-16", AddSeats(batch - 1))
    bought = story.change("2026-04-16", AddSeats(batch))  # 15 of 30 days
    assert bills(bought) == [f"2026-04-16: +{15 * batch}.00 = {15 * batch}.00"]


def test_a_least_of_one_is_a_least():
    sold = priced("one", usd("30.00", min_quantity=1))
    story = Story(sold, "2026-04-01", seats=1)
    with pytest.raises(TooFewSeatsError):
        story.change("2026-04-16", SetSeats(0))


@pytest.mark.parametrize(("used", "billed"), [(5, 6), (6, 6), (7, 9)])
def test_packs_that_were_begun_are_billed(used, billed):
    sold = priced("used", usd("1.00", measured=True, batch=3))
    story = Story(sold, "2026-04-01", seats=used)
    assert bills(story.opening) == [f"2026-04-01: +{billed}.00 = {billed}.00"]


@pytest.mark.parametrize(
    ("seats", "opening", "added"),
    [
        # The first two cost 7.50, the next three 15.00, the others 30.00; half a month.
        pytest.param(1, "+7.50 = 7.50", "+3.75 +15.00 = 18.75", id="after one"),
        pytest.param(
            4,
            "+15.00 +30.00 = 45.00",
            "+7.50 +30.00 = 37.50",
            id="after four",
        ),
        pytest.param(
            5, "+15.00 +45.00 = 60.00", "+45.00 = 45.00", id="after all of them"
        ),
    ],
)
def test_seats_added_are_beyond_the_first_that_are_owned(seats, opening, added):
    off = [
        percent("50", "two", applies_to=first(2)),
        percent("50", "five", applies_to=first(5)),
    ]
    story = Story(SMALL, "2026-04-01", seats=seats, discounts=off)
    assert bills(story.opening) == [f"2026-04-01: {opening}"]
    outcome = story.change("2026-04-16", AddSeats(3))
    assert bills(outcome) == [f"2026-04-16: {added}"]


def test_a_percentage_for_all_is_beside_one_for_the_first():
    """2 × 30.00 × 0.90 × 0.50 and 1 × 30.00 × 0.90."""
    off = [percent("10", "all"), percent("50", "two", applies_to=first(2))]
    story = Story(SMALL, "2026-04-01", seats=3, discounts=off)
    assert bills(story.opening) == ["2026-04-01: +27.00 +27.00 = 54.00"]


def test_days_and_months_of_one_number_have_prices_of_their_own():
    days = Interval(days=12)
    sold = priced("both", usd("300.00", interval=ANNUAL), usd("12.00", interval=days))
    for interval, amount in ((ANNUAL, "300.00"), (days, "12.00"), (ANNUAL, "300.00")):
        story = Story(sold, "2026-04-01", interval=interval)
        assert bills(story.opening) == [f"2026-04-01: +{amount} = {amount}"]


# What runs.

GIGABYTE = AddOn("disk", "Disk", [usd("9.00", unit="gb", in_arrears=True)])
RADIO = AddOn("radio", "Radio", [usd("30.00", unit="radio")], interval=MONTHLY)
YEARLY = priced("yearly", usd("365.00", interval=ANNUAL))


def test_what_ran_in_arrears_is_charged_on_its_charge():
    """10 days of 2 seats; the charge knows them before they are billed."""
    story = Story(priced("late", usd("30.00", in_arrears=True)), "2026-04-01", seats=2)
    story.change("2026-04-11", AddSeats(1))
    (charge,) = story.subscription.charges
    assert digits(charge.charged) == "20.00"


def test_an_add_on_in_arrears_of_a_unit_that_no_plan_sells_ends_at_once():
    """Half of 30.00 comes back, half of 9.00 ran."""
    story = Story(SMALL, "2026-04-01", add_ons=[(GIGABYTE, 1)])
    ended = story.change("2026-04-16", Cancel(), timing=Timing.IMMEDIATE)
    assert bills(ended) == ["2026-04-16: +4.50 -15.00 = -10.50 due 0.00"]


def test_what_is_sold_once_runs_no_further():
    story = Story(SMALL, "2026-04-01")
    setup = Service("setup", "Setup", FEE)
    outcome = story.change("2026-04-16", BuyService(setup))
    assert not outcome.invoice.lines[0].terms.in_arrears


def test_an_add_on_with_its_own_period_leaves_the_plan_s_alone():
    """By the year from 1 January: 30.00 for April, and 275 days of a seat more."""
    story = Story(YEARLY, "2026-01-01", interval=ANNUAL)
    outcome = story.change("2026-04-01", AddAddOn(RADIO), AddSeats(1))
    assert bills(outcome) == ["2026-04-01: +30.00 +275.00 = 305.00"]


def test_an_add_on_bought_and_removed_in_a_call_costs_nothing():
    story = Story(YEARLY, "2026-01-01", interval=ANNUAL)
    changes = AddAddOn(RADIO), RemoveAddOn(RADIO)
    outcome = story.change("2026-04-01", *changes, timing=Timing.IMMEDIATE)
    assert bills(outcome) == ["2026-04-01: +30.00 -30.00 = 0.00"]


def test_an_add_on_bought_in_a_history_renews_by_itself_in_it():
    story = Story(YEARLY, "2026-01-01", interval=ANNUAL)
    history = [(at("2026-04-01"), AddAddOn(RADIO))]
    statement = bill(story.opening, history, until=at("2026-06-01"))
    assert [
        (invoice.issued_on.isoformat(), digits(invoice.total))
        for invoice in statement.invoices
    ] == [
        ("2026-01-01", "365.00"),
        ("2026-04-01", "30.00"),
        ("2026-05-01", "30.00"),
        ("2026-06-01", "30.00"),
    ]


def test_after_a_restart_in_a_history_lines_wait_again():
    """5 April: 30.00 × 26/30 go back, 60.00.  15 of 30 days from the 20th: 30.00."""
    rules = BillingRules(settlement=Settlement.ON_RENEWAL, upgrade=Timing.RESTART)
    story = Story(SMALL, "2026-04-01", rules=rules)
    history = [
        (at("2026-04-05"), SwitchPlan(LARGE)),
        (at("2026-04-20"), AddSeats(1)),
    ]
    statement = bill(story.opening, history, until=at("2026-04-30"))
    assert [
        (invoice.issued_on.isoformat(), digits(invoice.total))
        for invoice in statement.invoices
    ] == [("2026-04-01", "30.00"), ("2026-04-05", "34.00")]
    (waits,) = statement.subscription.waiting_lines
    assert digits(waits.amount) == "30.00"


# Who may have a discount, and until when.


@pytest.mark.parametrize(
    ("asked", "facts"),
    [
        ({"first_purchase": True}, {"first_purchase": True}),
        ({"countries": ["DE"]}, {"country": "DE"}),
        ({"countries": ["DE"]}, {"country": "DE", "first_purchase": False}),
        ({"max_redemptions": 1}, {"redemptions": 0}),
    ],
)
def test_only_facts_that_are_asked_for_are_judged(asked, facts):
    off = percent("50", "off", eligibility=Eligibility(**asked))
    story = Story(SMALL, "2026-04-01", discounts=[off], facts=Facts(**facts))
    assert bills(story.opening) == ["2026-04-01: +15.00 = 15.00"]
    with pytest.raises(DiscountRefusedError):
        Story(SMALL, "2026-04-01", discounts=[off])


def test_a_discount_redeemed_in_a_history_ends_on_its_day_in_it():
    off = percent("50", "off", until=at("2026-05-15"))
    story = Story(SMALL, "2026-04-01")
    history = [(at("2026-04-10"), ApplyDiscount(off))]
    statement = bill(story.opening, history, until=at("2026-06-01"))
    assert [digits(invoice.total) for invoice in statement.invoices] == [
        "30.00",
        "15.00",
        "30.00",
    ]


def fixed(**target: Any) -> Discount:
    return Discount.fixed("5.00", "USD", id="off", applies_to=DiscountTarget(**target))


@pytest.mark.parametrize("target", [{}, {"intervals": [MONTHLY]}])
def test_an_amount_off_an_add_on_in_arrears_is_refused(target):
    off = fixed(add_ons=["late"], **target)
    late = AddOn("late", "Late", [usd("9.00", unit="late", in_arrears=True)])
    with pytest.raises(RulesError) as refused:
        Story(SMALL, "2026-04-01", add_ons=[(late, 1)], discounts=[off])
    assert refused.value.problem == "in_arrears"
    Story(SMALL, "2026-04-01", discounts=[off])  # it waits for one


def test_first_units_by_an_interval_are_those_of_an_add_on_s_own():
    price = usd(unit="own", tiers=[Tier(up_to=None, unit_amount="9.00")])
    own = AddOn("own", "Own", [price], interval=MONTHLY)
    target = DiscountTarget(add_ons=["own"], intervals=[MONTHLY], first=1)
    opening = {"interval": ANNUAL, "discounts": [percent("50", "o", applies_to=target)]}
    with pytest.raises(RulesError) as refused:
        Story(YEARLY, "2026-04-01", add_ons=[(own, 1)], **opening)
    assert refused.value.problem == "first_not_counted"


def test_first_units_of_what_is_not_owned_wait_for_it():
    off = percent("50", "off", applies_to=DiscountTarget(add_ons=["sso"], first=1))
    sso = AddOn("sso", "SSO", [usd("9.00", unit="sso")])
    story = Story(SMALL, "2026-04-01", discounts=[off])
    bought = story.change("2026-04-16", AddAddOn(sso))  # 9.00 / 2 / 2
    assert bills(bought) == ["2026-04-16: +2.25 = 2.25"]


def test_percentages_together_are_no_finer_than_a_line_holds():
    """Each leaves 1 of 10,000: eight are as fine as 10 to the 32nd."""
    offs = [percent("99.99", str(n)) for n in range(9)]
    story = Story(SMALL, "2026-04-01", discounts=offs[:8])
    with pytest.raises(RulesError):
        story.change("2026-04-02", ApplyDiscount(offs[8]))
    story = Story(SMALL, "2026-04-01", discounts=[percent("50", "half"), *offs[:7]])
    with pytest.raises(RulesError):
        story.change("2026-04-02", ApplyDiscount(percent("99.999", "finer")))
