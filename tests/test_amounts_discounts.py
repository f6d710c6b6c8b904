"""Amounts where discounts meet other rules: used, counted, cut and taken again.

April has 30 days and a small seat costs 1.00 a day in it; sums are worked out by hand.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Money,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Rounding,
    Service,
    SetSeats,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    change,
    renew,
    verify,
)
from seatbill.rules import UnusedTime
from seatbill.testing.laws import sum_to_zero
from shop import LARGE, SMALL, priced, told, usd
from stories import Story, bills, digits, plan

IMMEDIATE, RESTART, PERIOD_END, FORFEIT = Timing
MIDDLE = "2026-04-16"  # 15 of 30 days are left
AT_ONCE = BillingRules(
    downgrade=IMMEDIATE,
    longer_interval=IMMEDIATE,
    shorter_interval=IMMEDIATE,
    seats_removed=IMMEDIATE,
    add_on_removed=IMMEDIATE,
    package_down=IMMEDIATE,
)
"""Whatever changes acts on the day, and unused time comes back."""

FREE = AddOn("free", "Free", (usd("0.00"),))
SSO = AddOn("sso", "SSO", (usd("30.00"),))


def half(periods=None, id="half") -> Discount:
    return Discount.percent("50", id=id, periods=periods)


def fixed(amount, periods=None, id="fixed", currency="USD") -> Discount:
    return Discount.fixed(amount, currency, id=id, periods=periods)


def ten(*discounts, plan=SMALL, **more) -> Story:
    """Ten seats from 1 April."""
    return Story(plan, "2026-04-01", **{"seats": 10, "discounts": discounts, **more})


def five(*discounts, rules=AT_ONCE, **more) -> Story:
    """Five seats at 10.00 from 1 April; what changes acts at once."""
    return Story(
        plan("10.00"),
        "2026-04-01",
        seats=5,
        rules=rules,
        discounts=discounts,
        **more,
    )


def totals(outcome) -> list[str]:
    return [digits(invoice.total) for invoice in outcome.invoices]


def sum_of_lines(*outcomes) -> int:
    """Return what all lines of all invoices come to, in minor units."""
    return sum(
        line.amount.minor_units
        for outcome in outcomes
        for invoice in outcome.invoices
        for line in invoice.lines
    )


# ------------------------------------------------ used by a charge, and by nothing else

NOTHING_IS_CHARGED = [
    pytest.param(SwitchPlan(LARGE), {"upgrade": FORFEIT}, "600.00", id="an upgrade"),
    pytest.param(
        SwitchPlan(LARGE), {"upgrade": PERIOD_END}, "600.00", id="a later upgrade"
    ),
    pytest.param(AddSeats(2), {"seats_added": FORFEIT}, "360.00", id="seats"),
    pytest.param(AddSeats(2), {"seats_added": PERIOD_END}, "360.00", id="later seats"),
    pytest.param(RemoveSeats(2), {"seats_removed": IMMEDIATE}, "240.00", id="a credit"),
    pytest.param(RemoveSeats(2), {"seats_removed": FORFEIT}, "240.00", id="no credit"),
    pytest.param(AddAddOn(SSO), {"add_on_added": FORFEIT}, "330.00", id="an add-on"),
    pytest.param(AddAddOn(FREE), {}, "300.00", id="an add-on for nothing"),
    pytest.param(GrantCredit(Money("9", "USD"), "hi"), {}, "300.00", id="a gift"),
    pytest.param(
        BuyService(Service("talk", "Talk", Money("9", "USD"))),
        {},
        "300.00",
        id="what no discount is for",
    ),
]


@pytest.mark.parametrize(("asked", "rules", "listed"), NOTHING_IS_CHARGED)
@pytest.mark.parametrize("periods", [0, 1, 2, None])
def test_a_change_that_charges_nothing_uses_no_percentage(
    asked, rules, listed, periods
):
    """From May on it serves as long as one that was applied on 1 May."""
    story = ten(rules=BillingRules(**rules))
    story.change("2026-04-05", ApplyDiscount(half(periods)))
    story.change("2026-04-10", asked)
    at_half = {0: 1, 1: 1, 2: 2, None: 3}[periods]
    full = Fraction(listed)
    found = [
        Fraction(invoice.subtotal.amount)
        for invoice in story.renew("2026-07-01").invoices
    ]
    assert found == [full / 2] * at_half + [full] * (3 - at_half)


@pytest.mark.parametrize(("asked", "rules", "listed"), NOTHING_IS_CHARGED)
@pytest.mark.parametrize(("periods", "off"), [(0, 1), (1, 1), (2, 2), (None, 3)])
def test_a_change_that_charges_nothing_uses_no_amount_off(
    asked, rules, listed, periods, off
):
    story = ten(rules=BillingRules(**rules))
    story.change("2026-04-05", ApplyDiscount(fixed("15.00", periods)))
    story.change("2026-04-10", asked)
    full = Fraction(listed)
    found = [
        Fraction(invoice.subtotal.amount)
        for invoice in story.renew("2026-07-01").invoices
    ]
    assert found == [full - 15] * off + [full] * (3 - off)


def test_an_interval_that_charges_nothing_uses_no_percentage():
    """From 1 July, when the quarter ends: 10 × 90.00 at half, then in full."""
    story = ten(rules=BillingRules(longer_interval=FORFEIT))
    story.change("2026-04-05", ApplyDiscount(half(1)))
    assert bills(story.change("2026-04-10", SwitchInterval(QUARTERLY))) == []
    assert totals(story.renew("2026-10-01")) == ["450.00", "900.00"]


def test_a_price_of_nothing_uses_no_percentage():
    """It serves May, the first period that costs anything."""
    story = ten(half(1), plan=priced("zero", usd("0.00")))
    story.change("2026-04-16", AddSeats(1))
    story.change("2026-04-20", SwitchPlan(SMALL), timing=PERIOD_END)
    assert totals(story.renew("2026-06-01")) == ["165.00", "330.00"]


def test_a_price_that_came_off_whole_uses_what_took_it_off():
    story = ten(Discount.percent("100", id="free month", periods=1))
    assert bills(story.opening) == ["2026-04-01: +0.00 = 0.00"]
    assert totals(story.renew("2026-05-01")) == ["300.00"]


def test_a_trial_and_a_free_plan_use_no_discount():
    free = priced("free", usd("0.00"), rank=0)
    rules = BillingRules(free_plan=free)
    trial = ten(half(1), fixed("15.00", 1), trial_end="2026-04-11")
    trial.change("2026-04-05", AddSeats(2))
    assert totals(trial.renew("2026-05-11")) == ["165.00", "360.00"]
    story = ten(plan=free, rules=rules)
    story.change("2026-04-05", ApplyDiscount(half(1)))
    story.change("2026-04-06", AddSeats(1))
    assert totals(story.change("2026-04-11", SwitchPlan(SMALL))) == ["165.00"]
    assert totals(story.renew("2026-05-11")) == ["330.00"]


def test_a_measured_quantity_uses_a_percentage_when_it_is_charged():
    """None in April, four at 30.00 in May at half, four in June in full."""
    teams = priced("teams", usd("30.00", unit="team", measured=True, in_arrears=True))
    story = Story(teams, "2026-04-01", seats={}, discounts=[half(1)])
    sub, found = story.subscription, []
    for day, count in (("2026-05-01", 0), ("2026-06-01", 4), ("2026-07-01", 4)):
        renewed = renew(sub, on=dt.date.fromisoformat(day), measured={"team": count})
        sub = renewed.subscription
        found += totals(renewed)
    assert found == ["0.00", "60.00", "120.00"]


def test_a_day_that_30_360_does_not_count_uses_no_percentage():
    """28 February to 31 March: on the 30th no day of it is left."""
    rules = BillingRules(convention=Convention.THIRTY_360)
    story = Story(SMALL, "2026-01-31", seats=10, rules=rules)
    story.renew("2026-02-28")
    added = story.change("2026-03-30", ApplyDiscount(half(1)), AddSeats(1))
    assert bills(added) == ["2026-03-30: +0.00 = 0.00"]
    assert totals(story.renew("2026-04-30")) == ["165.00", "330.00"]


# -------------------------------------------------------------- settled: how they count


@pytest.mark.source(
    "settled: a duration counts consecutive periods from the first in which the "
    "discount was used, whether a later one finds something to cut or not"
)
@pytest.mark.parametrize("discount", [half(3), fixed("15.00", 3)])
def test_periods_are_counted_on_while_there_is_nothing_to_cut(discount):
    """April, May without a seat, June; July in full."""
    story = ten(discount)
    story.change(MIDDLE, RemoveSeats(10), timing=PERIOD_END)
    assert bills(story.renew("2026-05-01")) == []
    story.change("2026-05-10", AddSeats(10), timing=PERIOD_END)
    june = "150.00" if discount.amount_off is None else "285.00"
    assert totals(story.renew("2026-07-01")) == [june, "300.00"]


def test_periods_are_counted_from_the_first_use():
    """Applied without a seat in April: used in May and June."""
    story = ten(half(2), seats=0)
    story.change("2026-04-10", AddSeats(10), timing=PERIOD_END)
    assert totals(story.renew("2026-07-01")) == ["150.00", "150.00", "300.00"]


ONE_INVOICE = pytest.mark.source(
    "settled: periods=0 is the first invoice that bears it: every charge on that "
    "invoice has it, also where charges are gathered for a later settlement"
)


@ONE_INVOICE
def test_a_discount_for_one_invoice_is_on_all_that_is_gathered_for_it():
    """2 × 15 days, a day's 10 more, 13 × 30.00 for May: all at half; June in full."""
    story = ten(rules=BillingRules(settlement=Settlement.ON_RENEWAL))
    story.change("2026-04-11", ApplyDiscount(half(0)))
    story.change(MIDDLE, AddSeats(2))
    story.change("2026-04-21", AddSeats(1))
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +15.00 +5.00 +195.00 = 215.00",
        "2026-06-01: +390.00 = 390.00",
    ]


@ONE_INVOICE
def test_a_discount_for_one_invoice_ends_with_a_monthly_invoice():
    """A quarter: 76 and 71 of 91 days at half on 1 May, then 61 of 91 in full."""
    rules = BillingRules(settlement=Settlement.MONTHLY)
    story = ten(rules=rules, interval=QUARTERLY)
    story.change("2026-04-11", ApplyDiscount(half(0)))
    story.change(MIDDLE, AddSeats(1))
    story.change("2026-04-21", AddSeats(1))
    # 45 × 76/91 = 37.582, 45 × 71/91 = 35.110; 90 × 61/91 = 60.330
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +37.58 +35.11 = 72.69"]
    story.change("2026-05-01", AddSeats(1))
    assert bills(story.renew("2026-06-01")) == ["2026-06-01: +60.33 = 60.33"]


@ONE_INVOICE
def test_a_discount_for_one_invoice_waits_for_the_first_that_bears_it():
    """A service and a credit do not; the seat of the 20th does."""
    story = ten(rules=BillingRules(seats_removed=IMMEDIATE))
    story.change("2026-04-11", ApplyDiscount(half(0)))
    talk = BuyService(Service("talk", "Talk", Money("9", "USD")))
    assert totals(story.change("2026-04-12", talk)) == ["9.00"]
    assert totals(story.change(MIDDLE, RemoveSeats(1))) == ["-15.00"]
    assert totals(story.change("2026-04-21", AddSeats(1))) == ["5.00"]
    assert totals(story.change("2026-04-21", AddSeats(1))) == ["10.00"]


@ONE_INVOICE
def test_a_discount_for_one_invoice_is_on_the_first_in_arrears():
    """What ran in April and two seats more from the 16th, on 1 May; May in full."""
    story = ten(half(0), plan=priced("arrears", usd("30.00", in_arrears=True)))
    assert bills(story.opening) == []
    assert bills(story.change(MIDDLE, AddSeats(2))) == []
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +75.00 +90.00 = 165.00",
        "2026-06-01: +360.00 = 360.00",
    ]


@ONE_INVOICE
def test_what_runs_in_arrears_beside_it_is_billed_later_and_in_full():
    """Seats in advance bear it on 1 April; what ran in April is billed on 1 May."""
    both = priced("both", usd("30.00"), usd("3.00", unit="limited", in_arrears=True))
    pack = AddOn("pack", "Pack", (usd("6.00", in_arrears=True),))
    story = ten(half(0), plan=both, seats={"seat": 10, "limited": 100}, add_ons=[pack])
    assert bills(story.opening) == ["2026-04-01: +150.00 = 150.00"]
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: +300.00 +6.00 +300.00 = 606.00"
    ]


@pytest.mark.source(
    "settled: an interval change IMMEDIATE keeps the period for discounts, as an "
    "upgrade does: a fixed one is left alone and no period is counted"
)
@pytest.mark.parametrize("timing", [IMMEDIATE, FORFEIT])
def test_an_interval_at_once_leaves_an_amount_off_alone(timing):
    """900 × 76/91 = 751.648; the quarter that starts in July has 15 off, then none."""
    story = ten(fixed("15.00", 2), rules=AT_ONCE)
    longer = story.change(MIDDLE, SwitchInterval(QUARTERLY), timing=timing)
    sums = ["2026-04-16: -150.00 +751.65 = 601.65"] if timing is IMMEDIATE else []
    assert bills(longer) == sums
    assert story.period == ("2026-04-01", "2026-07-01")
    assert [(a.redeemed, a.in_use) for a in story.subscription.discounts] == [(0, True)]
    assert bills(story.renew("2026-10-01")) == [
        "2026-07-01: +900.00 -15.00 = 885.00",
        "2026-10-01: +900.00 = 900.00",
    ]


def test_an_interval_at_once_keeps_a_percentage_of_the_period():
    """Half of 300 × 15/30 back, half of 900 × 76/91 = 375.824; then it is spent."""
    story = ten(half(1), rules=AT_ONCE)
    assert bills(story.change(MIDDLE, SwitchInterval(QUARTERLY))) == [
        "2026-04-16: -75.00 +375.82 = 300.82"
    ]
    assert totals(story.renew("2026-07-01")) == ["900.00"]


def test_an_interval_at_once_does_not_start_an_amount_off():
    """Applied inside the period, it starts at the renewal, as after an upgrade."""
    story = ten(rules=AT_ONCE)
    story.change("2026-04-11", ApplyDiscount(fixed("15.00", 1)))
    assert bills(story.change(MIDDLE, SwitchInterval(QUARTERLY))) == [
        "2026-04-16: -150.00 +751.65 = 601.65"
    ]
    assert totals(story.renew("2026-10-01")) == ["885.00", "900.00"]


NEEDS_SMALL = AddOn("needs", "Needs", (usd("30.00"),), requires_plans=("small",))


@pytest.mark.source(
    "settled: under FULL an add-on that a plan change drops is a removal: nothing "
    "comes back"
)
@pytest.mark.parametrize(
    ("asked", "sums"),
    [
        pytest.param(SwitchPlan(LARGE), "-300.00 +600.00 = 300.00", id="a plan"),
        pytest.param(
            SwitchPlan(LARGE, QUARTERLY),
            "-300.00 +1800.00 = 1500.00",
            id="a plan and an interval",
        ),
    ],
)
def test_under_full_a_dropped_add_on_gives_nothing_back(asked, sums):
    rules = attrs.evolve(AT_ONCE, convention=Convention.FULL)
    story = ten(rules=rules, add_ons=[NEEDS_SMALL])
    changed = story.change(MIDDLE, asked)
    assert bills(changed) == [f"2026-04-16: {sums}"]
    assert "add_on_dropped" in told(changed)


def test_by_days_a_dropped_add_on_gives_its_rest_back():
    story = ten(rules=AT_ONCE, add_ons=[NEEDS_SMALL])
    assert bills(story.change(MIDDLE, SwitchPlan(LARGE))) == [
        "2026-04-16: -150.00 -15.00 +300.00 = 135.00"
    ]


def test_under_full_an_add_on_that_loses_its_package_gives_nothing_back():
    small = AddOn("s", "S", (usd("30.00"),), family="pack", rank=1)
    large = AddOn("l", "L", (usd("60.00"),), family="pack", rank=2)
    needs = AddOn("needs", "Needs", (usd("9.00"),), requires_add_ons=("s",))
    rules = attrs.evolve(AT_ONCE, convention=Convention.FULL)
    story = ten(rules=rules, add_ons=[small, needs])
    assert bills(story.change(MIDDLE, SwitchPackage(small, large))) == [
        "2026-04-16: -30.00 +60.00 = 30.00"
    ]


@pytest.mark.source("settled: KEPT with a restart gives nothing back")
def test_where_unused_time_is_kept_a_restart_gives_nothing_back():
    """Not of the seats, and so not of the discount on them either."""
    rules = BillingRules(unused_time=UnusedTime.KEPT)
    story = ten(fixed("15.00"), rules=rules)
    assert bills(story.change(MIDDLE, SwitchInterval(QUARTERLY), timing=RESTART)) == [
        "2026-04-16: +900.00 -15.00 = 885.00"
    ]


@pytest.mark.source(
    "settled: equal rank and equal price follows the timing of an upgrade"
)
@pytest.mark.parametrize(
    ("amount", "sums"),
    [
        pytest.param("30.00", ["2026-04-16: -150.00 +150.00 = 0.00"], id="equal"),
        pytest.param("29.99", [], id="lower"),
    ],
)
def test_an_equal_plan_follows_the_timing_of_an_upgrade(amount, sums):
    story = ten(rules=BillingRules(upgrade=IMMEDIATE, downgrade=PERIOD_END))
    twin = plan(amount, id="twin", rank=SMALL.rank)
    assert bills(story.change(MIDDLE, SwitchPlan(twin))) == sums


# ------------------------------------------------ a change and its reversal sum to zero

FEWER, MORE = RemoveSeats(4), AddSeats(4)


def test_fewer_and_more_in_one_call_leave_an_amount_off_alone():
    story = five(fixed("40.00"))
    assert bills(story.opening) == ["2026-04-01: +50.00 -40.00 = 10.00"]
    both = story.change(MIDDLE, FEWER, MORE)
    assert bills(both) == ["2026-04-16: -20.00 +20.00 = 0.00"]


def test_what_was_cut_is_taken_off_again_on_the_same_day():
    """4 × 10 × 15/30 = 20 back, of 40 off 30 are cut: 15; and all of it again."""
    story = five(fixed("40.00"))
    opened = story.subscription.charges
    assert bills(story.change(MIDDLE, FEWER)) == [
        "2026-04-16: -20.00 +15.00 = -5.00 due 0.00"
    ]
    more = story.change(MIDDLE, MORE)
    assert bills(more) == ["2026-04-16: +20.00 -15.00 = 5.00 due 0.00"]
    line = more.invoice.lines[1]
    assert (line.kind, line.full_amount, line.unit_amount) == ("discount", -30, None)
    assert (line.cap, line.charge_id) == (None, opened[1].charge_id)
    assert story.subscription.charges[1] == opened[1]  # as if nothing had been
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +50.00 -40.00 = 10.00"]


def test_what_one_day_cut_stays_cut_on_another():
    """An added seat leaves an amount off alone: 10 of it are left from the 6th on.

    50 − 40 for five days, 10 − 10 for five and 50 − 10 for twenty: 28.33.
    """
    story = five(fixed("40.00"))
    fewer = story.change("2026-04-06", FEWER)
    assert bills(fewer) == ["2026-04-06: -33.33 +25.00 = -8.33 due 0.00"]
    more = story.change("2026-04-11", MORE)
    assert bills(more) == ["2026-04-11: +26.67 = 26.67 due 18.34"]
    assert sum_of_lines(story.opening, fewer, more) == 2834  # each line rounded once


def test_as_seats_come_back_one_by_one_so_does_the_amount_off():
    """Room for 20, then 30, then 40 of it; the fifth seat finds all of it there."""
    story = five(fixed("40.00"))
    story.change(MIDDLE, FEWER)
    sums = [bills(story.change(MIDDLE, AddSeats(1)))[0] for _ in range(5)]
    assert sums == [
        "2026-04-16: +5.00 -5.00 = 0.00",
        "2026-04-16: +5.00 -5.00 = 0.00",
        "2026-04-16: +5.00 -5.00 = 0.00",
        "2026-04-16: +5.00 = 5.00 due 0.00",
        "2026-04-16: +5.00 = 5.00",
    ]


def test_what_the_cap_held_back_at_the_renewal_is_not_carried_over():
    """60 off 50: a seat more is not cheaper, nor after four went and came again."""
    story = five(fixed("60.00"))
    assert bills(story.opening) == ["2026-04-01: +50.00 -50.00 = 0.00"]
    assert bills(story.change(MIDDLE, AddSeats(1))) == ["2026-04-16: +5.00 = 5.00"]
    story.change(MIDDLE, RemoveSeats(5))
    assert bills(story.change(MIDDLE, AddSeats(6))) == [
        "2026-04-16: +30.00 -20.00 = 10.00 due 5.00"
    ]


def test_all_seats_may_go_and_come_again():
    story = five(fixed("40.00"))
    none = story.change(MIDDLE, RemoveSeats(5))
    assert bills(none) == ["2026-04-16: -25.00 +20.00 = -5.00 due 0.00"]
    assert bills(change(none.subscription, Cancel(), on=dt.date(2026, 4, 20))) == []
    ended = change(
        none.subscription, Cancel(), on=dt.date(2026, 4, 20), timing=IMMEDIATE
    )
    assert bills(ended) == []
    assert bills(story.change(MIDDLE, AddSeats(5))) == [
        "2026-04-16: +25.00 -20.00 = 5.00 due 0.00"
    ]


def test_a_restart_begins_anew():
    """It takes back the 10 that are left for 15 days, and what was cut is gone."""
    story = five(fixed("40.00"), rules=attrs.evolve(AT_ONCE, seats_added=RESTART))
    story.change(MIDDLE, FEWER)
    assert bills(story.change(MIDDLE, AddSeats(2))) == [
        "2026-04-16: -5.00 +5.00 +30.00 -30.00 = 0.00"
    ]
    assert bills(story.change(MIDDLE, AddSeats(1), timing=IMMEDIATE)) == [
        "2026-04-16: +10.00 = 10.00 due 5.00"
    ]


def test_several_amounts_off_come_back_in_their_order():
    """30 and 15 off 50; with one seat 10 and none, with three 30 and none."""
    story = five(fixed("30.00", id="a"), fixed("15.00", id="b"))
    assert bills(story.change(MIDDLE, FEWER)) == [
        "2026-04-16: -20.00 +10.00 +7.50 = -2.50 due 0.00"
    ]
    three = story.change(MIDDLE, AddSeats(2))
    assert bills(three) == ["2026-04-16: +10.00 -10.00 = 0.00"]
    assert three.invoice.lines[1].item == "a"
    five_again = story.change(MIDDLE, AddSeats(2))
    assert bills(five_again) == ["2026-04-16: +10.00 -7.50 = 2.50 due 0.00"]
    assert five_again.invoice.lines[1].item == "b"


def test_what_is_not_charged_takes_nothing_off_again():
    """Four seats that are not charged, and an add-on of 10.00: 10 of 30 come back."""
    rules = attrs.evolve(AT_ONCE, seats_added=FORFEIT)
    story = five(fixed("40.00"), rules=rules)
    story.change(MIDDLE, FEWER)
    assert bills(story.change(MIDDLE, MORE)) == []
    backup = AddOn("backup", "Backup", (usd("10.00"),))
    assert bills(story.change(MIDDLE, AddAddOn(backup))) == [
        "2026-04-16: +5.00 -5.00 = 0.00"
    ]


def test_an_upgrade_leaves_alone_what_was_above_the_charges():
    """Four were forfeited, so 40 stay off 10; a plan at 20.00 lowers nothing."""
    story = five(fixed("40.00"), rules=attrs.evolve(AT_ONCE, seats_removed=FORFEIT))
    assert bills(story.change(MIDDLE, FEWER)) == []
    assert bills(story.change(MIDDLE, SwitchPlan(plan("20.00", rank=1)))) == [
        "2026-04-16: -5.00 +10.00 = 5.00"
    ]


def test_a_year_and_a_month_are_cut_by_their_own_shares():
    """500 off 1,200 a year, on 11 January: 355 of 365 and 21 of 31 days are left.

    Of 500 off a year 486.301 come back, and 100 × 21/31 = 67.742 go off the month.
    """
    story = Story(
        plan("100.00"),
        "2026-01-01",
        interval=ANNUAL,
        rules=AT_ONCE,
        discounts=[fixed("500.00")],
    )
    assert bills(story.opening) == ["2026-01-01: +1200.00 -500.00 = 700.00"]
    shorter = story.change("2026-01-11", SwitchInterval(MONTHLY))
    assert bills(shorter) == [
        "2026-01-11: -1167.12 +67.74 +486.30 -67.74 = -680.82 due 0.00"
    ]
    assert [line.whole.days for line in shorter.invoice.lines] == [365, 31, 365, 31]
    longer = story.change("2026-01-11", SwitchInterval(ANNUAL))
    assert bills(longer) == [
        "2026-01-11: -67.74 +1167.12 +67.74 -486.30 = 680.82 due 0.00"
    ]
    assert story.subscription.charges[0].credited.minor_units == 0


def test_a_longer_interval_takes_off_no_more_than_came_back():
    """1 of 5 seats from the 16th: 15 came back, and of the 10 left 5 more.

    A year from 1 April has 350 of 365 days left: 20 × 365/350 = 20.86 a year.
    """
    story = five(fixed("40.00"))
    story.change(MIDDLE, FEWER)
    longer = story.change(MIDDLE, SwitchInterval(ANNUAL))
    # 120 × 350/365 = 115.068
    assert bills(longer) == ["2026-04-16: -5.00 +115.07 +5.00 -20.00 = 95.07 due 90.07"]
    shorter = story.change(MIDDLE, SwitchInterval(MONTHLY))
    assert sum_of_lines(longer, shorter) == 0


def test_where_nothing_came_back_a_longer_interval_leaves_an_amount_off():
    """Nothing was cut, so nothing is taken off beyond it."""
    story = five(fixed("60.00"))
    assert bills(story.change(MIDDLE, SwitchInterval(QUARTERLY))) == [
        "2026-04-16: -25.00 +125.27 = 100.27"  # 150 × 76/91 = 125.275
    ]


PACKS = [
    AddOn(id, id, (usd(amount),), family="pack", rank=rank)
    for rank, (id, amount) in enumerate([("s", "5.00"), ("l", "30.00")])
]
VAT = TaxRate("vat", "0.19")
PAIRS = [
    pytest.param(RemoveSeats(4), AddSeats(4), id="fewer, more"),
    pytest.param(AddSeats(4), RemoveSeats(4), id="more, fewer"),
    pytest.param(SetSeats(1), SetSeats(5), id="a lower number, a higher"),
    pytest.param(RemoveSeats(5), AddSeats(5), id="none, all"),
    pytest.param(SwitchPlan(plan("3.00")), SwitchPlan(plan("10.00")), id="down, up"),
    pytest.param(SwitchPlan(plan("30.00")), SwitchPlan(plan("10.00")), id="up, down"),
    pytest.param(
        SwitchInterval(ANNUAL), SwitchInterval(QUARTERLY), id="longer, shorter"
    ),
    pytest.param(
        SwitchInterval(MONTHLY), SwitchInterval(QUARTERLY), id="shorter, longer"
    ),
    pytest.param(AddAddOn(SSO), RemoveAddOn(SSO), id="an add-on more, fewer"),
    pytest.param(RemoveAddOn(PACKS[1]), AddAddOn(PACKS[1]), id="an add-on fewer, more"),
    pytest.param(SwitchPackage(*PACKS[::-1]), SwitchPackage(*PACKS), id="a package"),
    pytest.param(
        ApplyDiscount(half()), RemoveDiscount("half"), id="a discount more, fewer"
    ),
    pytest.param(
        RemoveDiscount("other"), ApplyDiscount(fixed("1.00", id="other")), id="fewer"
    ),
    pytest.param(SetTaxRates([]), SetTaxRates([VAT]), id="a tax rate"),
]


@pytest.mark.parametrize(("there", "back"), PAIRS)
@pytest.mark.parametrize("settlement", Settlement)
@pytest.mark.parametrize(
    "convention", [Convention.ACTUAL, Convention.ACTUAL_30, Convention.THIRTY_360]
)
@pytest.mark.parametrize("amount", ["140.00", "200.00"])  # of 150 + 90 a quarter
def test_opposite_changes_sum_to_zero(there, back, settlement, convention, amount):
    """A quarter costs 240.00, less a discount that binds when anything goes."""
    story = Story(
        plan("10.00"),
        "2026-04-01",
        seats=5,
        interval=QUARTERLY,
        rules=attrs.evolve(AT_ONCE, settlement=settlement, convention=convention),
        discounts=[fixed(amount), fixed("1.00", id="other")],
        tax_rates=[VAT],
        add_ons=[PACKS[1]],
    )
    on = dt.date(2026, 4, 20)
    before = story.subscription
    first = change(before, there, on=on)
    second = change(first.subscription, back, on=on)
    both = change(before, there, back, on=on)
    for after, outcomes in ((second, [first, second]), (both, [both])):
        later = renew(after.subscription, on=dt.date(2026, 7, 1))
        then = renew(before, on=dt.date(2026, 7, 1))
        done = [*outcomes, later]
        assert sum_of_lines(*done) == sum_of_lines(then)
        for outcome in done:
            assert [verify(invoice) for invoice in outcome.invoices] == [
                () for _ in outcome.invoices
            ]
        assert _runs(after.subscription) == _runs(before)


def _runs(sub):
    """Return what runs, and what of it was cut."""
    return sorted((c.item, c.quantity, c.full_amount, c.cut_minor) for c in sub.charges)


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize(
    ("currency", "amount", "off"),
    [("JPY", "1001", "3333"), ("KWD", "1.001", "3.333"), ("EUR", "10.01", "33.33")],
)
def test_opposite_changes_sum_to_zero_with_tax_in_any_currency(
    currency, amount, off, inclusive
):
    story = Story(
        plan(amount, currency),
        "2026-04-01",
        seats=5,
        rules=AT_ONCE,
        discounts=[fixed(off, currency=currency), half()],
        tax_rates=[TaxRate("vat", "0.19", inclusive=inclusive)],
    )
    for day in range(1, 31):
        on = dt.date(2026, 4, day)
        sum_to_zero(story.subscription, RemoveSeats(4), AddSeats(4), on=on)
        cheap = SwitchPlan(plan(str(Fraction(amount) // 2), currency, id="cheap"))
        sum_to_zero(
            story.subscription, cheap, SwitchPlan(story.subscription.plan), on=on
        )


@pytest.mark.parametrize("convention", Convention)
def test_a_plan_and_back_sum_to_zero_under_every_convention(convention):
    """60 off 50, and 40 off 50; also after seats came and went on other days."""
    for amount in ("40.00", "60.00"):
        rules = attrs.evolve(AT_ONCE, convention=convention)
        story = five(fixed(amount), rules=rules)
        for asked in (AddSeats(2), RemoveSeats(4), AddSeats(1)):
            for other in ("3.00", "30.00"):
                there, back = SwitchPlan(plan(other)), SwitchPlan(plan("10.00"))
                sum_to_zero(story.subscription, there, back, on=dt.date(2026, 4, 16))
            story.change(MIDDLE, asked)


# ------------------------------------------------------ never more than there is to cut

FALLS = [Tier(up_to=1, unit_amount="400"), Tier(up_to=None, unit_amount="1")]


def falling(rules, *discounts, **more):
    """One seat at 400.00; a second makes it 1.00 each."""
    volume = priced("volume", usd(tiers=FALLS, tiers_mode="volume"))
    return Story(
        volume, "2026-04-01", rules=rules, discounts=discounts, seats=1, **more
    )


@pytest.mark.parametrize(
    ("convention", "sums"),
    [
        (Convention.FULL, "-398.00 +398.00 = 0.00"),
        (Convention.ACTUAL, "-199.00 +199.00 = 0.00"),
        (Convention.ACTUAL_30, "-199.00 +199.00 = 0.00"),
        (Convention.THIRTY_360, "-199.00 +199.00 = 0.00"),
    ],
)
def test_a_volume_price_that_falls_cuts_an_amount_off_by_any_convention(
    convention, sums
):
    """400 off 400.00; two cost 2.00, so 398 are too much, for the rest of April."""
    story = falling(BillingRules(convention=convention), fixed("400.00"))
    assert bills(story.opening) == ["2026-04-01: +400.00 -400.00 = 0.00"]
    assert bills(story.change(MIDDLE, AddSeats(1))) == [f"2026-04-16: {sums}"]


def test_a_volume_price_that_falls_cuts_an_amount_off_by_the_second():
    """At 06:00 on 16 April 14.75 of 30 days are left: 398 × 14.75/30 = 195.683."""
    story = falling(BillingRules(), fixed("400.00"))
    story = Story(
        story.subscription.plan,
        "2026-04-01T00:00:00+00:00",
        discounts=[fixed("400.00")],
    )
    assert bills(story.change("2026-04-16T06:00:00+00:00", AddSeats(1))) == [
        "2026-04-16T06:00:00Z: -195.68 +195.68 = 0.00"
    ]


def test_under_full_a_lower_plan_cuts_an_amount_off_and_a_removal_does_not():
    """5 × 10 less 40; at 3.00 there are 15: 25 come back. A removal changes nothing."""
    rules = attrs.evolve(AT_ONCE, convention=Convention.FULL)
    story = five(fixed("40.00"), rules=rules)
    assert bills(story.change(MIDDLE, RemoveSeats(1))) == []
    assert bills(story.change(MIDDLE, SwitchPlan(plan("3.00")))) == [
        "2026-04-16: -40.00 +12.00 +28.00 = 0.00"
    ]


CONVENTIONS = st.sampled_from([*Convention])
TIMINGS = st.sampled_from([IMMEDIATE, IMMEDIATE, FORFEIT, PERIOD_END])
PLANS = [
    priced("volume", usd(tiers=FALLS, tiers_mode="volume"), rank=1),
    priced(
        "steps",
        usd(
            tiers=[
                Tier(up_to=3, unit_amount="7"),
                Tier(up_to=8, unit_amount="5"),
                Tier(up_to=None, unit_amount="1"),
            ],
            tiers_mode="volume",
        ),
        rank=2,
    ),
    priced(
        "graduated",
        usd(
            tiers=[
                Tier(up_to=4, unit_amount="9.99"),
                Tier(up_to=None, unit_amount="2.50"),
            ]
        ),
        rank=3,
    ),
    plan("10.00", rank=4),
    plan("33.33", rank=5),
]
EVENTS = st.one_of(
    st.builds(AddSeats, st.integers(1, 6)),
    st.builds(RemoveSeats, st.integers(1, 6)),
    st.builds(SwitchPlan, st.sampled_from(PLANS)),
    st.sampled_from([AddAddOn(SSO), RemoveAddOn(SSO)]),
)


@st.composite
def lives(draw):
    """Return a story in April with an amount off, and what was asked for in it."""
    rules = BillingRules(
        convention=draw(CONVENTIONS),
        rounding=draw(st.sampled_from([*Rounding])),
        unused_time=draw(st.sampled_from([*UnusedTime])),
        **{
            name: draw(TIMINGS)
            for name in (
                "upgrade",
                "downgrade",
                "seats_added",
                "seats_removed",
                "add_on_added",
                "add_on_removed",
            )
        },
    )
    amounts = draw(st.lists(st.integers(1, 500), min_size=1, max_size=2))
    story = Story(
        draw(st.sampled_from(PLANS)),
        "2026-04-01",
        seats=draw(st.integers(1, 12)),
        rules=rules,
        discounts=[fixed(str(n), id=f"d{i}") for i, n in enumerate(amounts)],
    )
    days = draw(st.lists(st.integers(1, 30), max_size=6).map(sorted))
    return story, [(day, draw(EVENTS)) for day in days]


@given(life=lives())
def test_an_amount_off_never_exceeds_the_charges_of_its_period(life):
    """To half a unit, or a whole one by UP and DOWN, for each line."""
    story, events = life
    outcomes = [story.opening]
    for day, asked in events:
        try:
            outcomes.append(story.change(f"2026-04-{day:02}", asked))
        except ValueError:  # not owned, not needed, too few
            continue
    lines = [
        line
        for outcome in outcomes
        for invoice in outcome.invoices
        for line in invoice.lines
    ]
    assert sum(line.amount.minor_units for line in lines) >= -len(lines)


LEVELS = st.one_of(
    st.builds(lambda n: (RemoveSeats(n), AddSeats(n)), st.integers(1, 12)),
    st.builds(lambda n: (AddSeats(n), RemoveSeats(n)), st.integers(1, 12)),
    st.sampled_from(
        [(AddAddOn(SSO), RemoveAddOn(SSO)), (RemoveAddOn(SSO), AddAddOn(SSO))]
    ),
)


@st.composite
def pairs(draw):
    """Return a subscription that lived a while, a day and two opposite changes."""
    flat = [plan("10.00", rank=1), plan("3.33", rank=2), plan("47.11", rank=3)]
    rules = attrs.evolve(
        AT_ONCE,
        convention=draw(
            st.sampled_from(
                [Convention.ACTUAL, Convention.ACTUAL_30, Convention.THIRTY_360]
            )
        ),
        rounding=draw(st.sampled_from([*Rounding])),
    )
    intervals = [MONTHLY, QUARTERLY, ANNUAL]
    amounts = draw(st.lists(st.integers(1, 300), min_size=1, max_size=2))
    percents = draw(st.sampled_from([[], [half()]]))
    story = Story(
        draw(st.sampled_from(flat)),
        "2026-04-01",
        seats=draw(st.integers(0, 12)),
        interval=draw(st.sampled_from(intervals)),
        rules=rules,
        anchor=draw(st.sampled_from([None, "2026-03-20"])),
        add_ons=draw(st.sampled_from([[], [SSO]])),
        discounts=[
            *percents,
            *(fixed(str(n), id=f"d{i}") for i, n in enumerate(amounts)),
        ],
        tax_rates=draw(st.sampled_from([[], [VAT]])),
    )
    steps = st.one_of(
        st.builds(AddSeats, st.integers(1, 9)),
        st.builds(RemoveSeats, st.integers(1, 9)),
        st.builds(SwitchPlan, st.sampled_from(flat)),
        st.builds(SwitchInterval, st.sampled_from(intervals)),
        st.sampled_from([AddAddOn(SSO), RemoveAddOn(SSO)]),
    )
    day = dt.date(2026, 4, 1)
    for wait, asked in draw(st.lists(st.tuples(st.integers(0, 9), steps), max_size=4)):
        day += dt.timedelta(wait)
        try:
            story.change(day.isoformat(), asked)
        except ValueError:
            continue
    on = day + dt.timedelta(draw(st.integers(0, 9)))
    sub = renew(story.subscription, on=on).subscription
    others = st.one_of(
        st.sampled_from([p for p in flat if p != sub.plan]).map(
            lambda p: (SwitchPlan(p), SwitchPlan(sub.plan))
        ),
        st.sampled_from([i for i in intervals if i != sub.interval]).map(
            lambda i: (SwitchInterval(i), SwitchInterval(sub.interval))
        ),
    )
    there, back = draw(st.one_of(LEVELS, others))
    return sub, there, back, on


@given(pair=pairs())
def test_any_pair_of_opposite_changes_on_one_day_sums_to_zero(pair):
    sub, there, back, on = pair
    try:
        again = change(change(sub, there, on=on).subscription, back, on=on).subscription
    except ValueError:  # there is nothing to remove
        return
    if again.current_period != sub.current_period:
        return  # a longer interval starts on the last boundary: no way back
    sum_to_zero(sub, there, back, on=on)


def test_what_was_cut_the_day_before_stays_cut_whoever_made_the_monthly_invoice():
    """Two seats at 10.00 less 15.00; one of them leaves a day before that invoice."""
    rules = attrs.evolve(AT_ONCE, settlement=Settlement.MONTHLY)
    promo = Discount.fixed("15", "USD", id="promo")
    quarter = plan("10", interval=QUARTERLY)
    story = Story(
        quarter,
        "2026-03-27",
        seats=2,
        interval=QUARTERLY,
        rules=rules,
        discounts=[promo],
    )
    left = story.change("2026-04-26", RemoveSeats(1)).subscription
    on = dt.date(2026, 4, 27)
    renewed = renew(left, on=on)
    apart = change(renewed.subscription, AddSeats(1), on=on)
    at_once = change(left, AddSeats(1), on=on)
    assert renewed.invoices
    assert apart.subscription == at_once.subscription
    assert renewed.invoices + apart.invoices == at_once.invoices
    off = [c.full_amount for c in apart.subscription.charges if c.item == "promo"]
    assert off == [-10]
