"""Percentages inside the price, amounts off beside it: how long, given back."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from seatbill import (
    ANNUAL,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    Convention,
    Discount,
    GrantCredit,
    Money,
    RemoveDiscount,
    RemoveSeats,
    Rounding,
    SwitchInterval,
    SwitchPlan,
    Tier,
    Timing,
    renew,
)
from seatbill.errors import (
    CurrencyMismatchError,
    DuplicateError,
    RulesError,
    UnknownItemError,
)
from seatbill.rules import DiscountScope, UnusedTime
from shop import LARGE, SMALL, priced, usd
from stories import Story, bills, digits

IMMEDIATE, RESTART, PERIOD_END, FORFEIT = Timing
MIDDLE = "2026-04-16"  # 15 of 30 days are left


def percent(number, periods=None, id="percent") -> Discount:
    return Discount.percent(number, id=id, periods=periods)


def fixed(amount, periods=None, id="fixed") -> Discount:
    return Discount.fixed(amount, "USD", id=id, periods=periods)


def ten(*discounts, plan=SMALL, **more) -> Story:
    """Ten seats from 1 April, at 1.00 a day each unless *plan* says otherwise."""
    return Story(plan, "2026-04-01", **{"seats": 10, "discounts": discounts, **more})


def served(story: Story) -> list[tuple[str, int, bool]]:
    """Return the discounts that are left, and how long they have served."""
    return [
        (applied.discount.id, applied.redeemed, applied.in_use)
        for applied in story.subscription.discounts
    ]


# -------------------------------------------------------------------------- percentages


def test_a_percentage_is_part_of_the_price_and_shown_on_the_line():
    story = ten(percent("20"))
    assert bills(story.opening) == ["2026-04-01: +240.00 = 240.00"]
    (line,) = story.opening.invoice.lines
    assert (line.unit_amount, line.full_amount) == (24, 240)
    assert line.discounts == (percent("20"),)


def test_what_was_charged_less_comes_back_less():
    """lago-api#1022: a credit ignored the coupon."""
    story = ten(percent("20"))
    assert bills(story.change(MIDDLE, SwitchPlan(LARGE))) == [
        "2026-04-16: -120.00 +240.00 = 120.00"
    ]


@pytest.mark.source(
    "stripe-dotnet#3103: 100 % off, then a seat as if the first was paid"
)
def test_all_of_a_price_may_come_off():
    story = ten(percent("100"))
    assert bills(story.opening) == ["2026-04-01: +0.00 = 0.00"]
    assert bills(story.change(MIDDLE, AddSeats(1))) == ["2026-04-16: +0.00 = 0.00"]
    assert bills(story.change(MIDDLE, Cancel(), timing=IMMEDIATE)) == []


def test_several_percentages_compound_and_are_rounded_once():
    """10 x 30.00 x 0.8 x 0.75 x 0.999999 = 179.99982."""
    story = ten(
        percent("20", id="a"),
        percent("25", id="b"),
        percent(Fraction(1, 10**6), id="c"),
    )
    assert bills(story.opening) == ["2026-04-01: +180.00 = 180.00"]
    (line,) = story.opening.invoice.lines
    assert line.full_amount * 100_000 == 17_999_982
    assert [discount.id for discount in line.discounts] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("periods", "totals", "left"),
    [
        pytest.param(0, ["240.00", "300.00", "300.00", "300.00"], [], id="one invoice"),
        pytest.param(1, ["240.00", "300.00", "300.00", "300.00"], [], id="one period"),
        pytest.param(3, ["240.00", "240.00", "240.00", "300.00"], [], id="three"),
        pytest.param(
            None,
            ["240.00"] * 4,
            [("percent", 3, True)],
            id="always",
        ),
    ],
)
def test_a_percentage_lasts_its_periods(periods, totals, left):
    story = ten(percent("20", periods))
    invoices = [story.opening.invoice, *story.renew("2026-07-01").invoices]
    assert [digits(invoice.total) for invoice in invoices] == totals
    assert served(story) == left


@pytest.mark.source("api-discuss lvd7Ht4F41Y and IJcpzvMPTAE: once means one invoice")
def test_a_discount_for_one_invoice_leaves_the_rest_of_the_period_alone():
    story = ten(percent("50", 0))
    assert bills(story.opening) == ["2026-04-01: +150.00 = 150.00"]
    assert bills(story.change("2026-04-01", AddSeats(1))) == [
        "2026-04-01: +30.00 = 30.00"
    ]
    month = ten(percent("50", 1))
    assert bills(month.change("2026-04-01", AddSeats(1))) == [
        "2026-04-01: +15.00 = 15.00"
    ]


def test_a_discount_applied_inside_a_period_touches_later_charges_only():
    story = ten()
    assert bills(story.change("2026-04-11", ApplyDiscount(percent("50", 2)))) == []
    assert served(story) == [("percent", 0, False)]
    assert bills(story.change(MIDDLE, AddSeats(2))) == ["2026-04-16: +15.00 = 15.00"]
    assert served(story) == [("percent", 0, True)]
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +180.00 = 180.00",
        "2026-06-01: +360.00 = 360.00",
    ]


def test_a_discount_is_not_used_up_while_nothing_is_charged():
    story = ten()
    story.change("2026-04-11", ApplyDiscount(percent("50", 1)))
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +150.00 = 150.00",
        "2026-06-01: +300.00 = 300.00",
    ]


def test_a_discount_and_seats_in_one_call_come_in_the_order_given():
    story = ten()
    both = story.change(MIDDLE, ApplyDiscount(percent("50", 0)), AddSeats(1))
    assert bills(both) == ["2026-04-16: +7.50 = 7.50"]
    assert served(story) == []
    late = ten().change(MIDDLE, AddSeats(1), ApplyDiscount(percent("50", 0)))
    assert bills(late) == ["2026-04-16: +15.00 = 15.00"]


def test_what_was_opened_last_is_given_back_first():
    story = ten()
    story.change("2026-04-11", ApplyDiscount(percent("50")), AddSeats(2))
    assert len(story.subscription.charges) == 2
    removed = story.change(MIDDLE, RemoveSeats(3), timing=IMMEDIATE)
    assert bills(removed) == ["2026-04-16: -15.00 -15.00 = -30.00 due 0.00"]
    assert [line.quantity for line in removed.invoice.lines] == [-2, -1]
    assert [charge.quantity for charge in story.subscription.charges] == [9]


def test_a_discount_that_comes_and_goes_leaves_two_charges_not_many():
    story = ten()
    for _ in range(4):
        story.change(MIDDLE, ApplyDiscount(percent("10")), AddSeats(1))
        story.change(MIDDLE, RemoveDiscount("percent"), AddSeats(1))
    assert len(story.subscription.charges) == 2
    assert story.subscription.quantity() == 18


def test_the_charge_that_was_opened_last_comes_back_first():
    """One at half price, opened after the ten that the two others were added to."""
    story = ten()
    story.change(MIDDLE, ApplyDiscount(percent("50")), AddSeats(1))
    story.change(MIDDLE, RemoveDiscount("percent"), AddSeats(2))
    back = story.change(MIDDLE, RemoveSeats(2), timing=IMMEDIATE)
    assert bills(back) == ["2026-04-16: -7.50 -15.00 = -22.50 due 0.00"]


def test_removing_a_discount_reprices_nothing_that_is_open():
    story = ten(percent("20"))
    assert bills(story.change("2026-04-11", RemoveDiscount("percent"))) == []
    assert bills(story.change(MIDDLE, AddSeats(1))) == ["2026-04-16: +15.00 = 15.00"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +330.00 = 330.00"]


def test_under_tiers_a_discount_is_given_back_at_its_own_price():
    tiers = [Tier(up_to=5, unit_amount="30"), Tier(up_to=None, unit_amount="15")]
    story = ten(percent("50"), plan=priced("tiered", usd(tiers=tiers)), seats=6)
    assert bills(story.opening) == ["2026-04-01: +82.50 = 82.50"]
    story.change("2026-04-02", RemoveDiscount("percent"))
    removed = story.change(MIDDLE, RemoveSeats(2), timing=IMMEDIATE)
    # half of the difference of 165.00 and 120.00, at half price
    assert bills(removed) == ["2026-04-16: -11.25 = -11.25 due 0.00"]
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: +120.00 = 120.00 due 108.75"
    ]


def test_a_restart_counts_as_a_period():
    story = ten(percent("20", 2))
    restarted = story.change(MIDDLE, SwitchInterval(QUARTERLY))
    assert bills(restarted) == ["2026-04-16: -120.00 +720.00 = 600.00"]
    assert served(story) == [("percent", 1, True)]
    assert bills(story.renew("2026-07-16")) == ["2026-07-16: +900.00 = 900.00"]


def test_a_percentage_covers_add_ons_too():
    sso = AddOn("sso", "SSO", (usd("10.00"),))
    story = ten(percent("20"), add_ons=[sso])
    assert bills(story.opening) == ["2026-04-01: +240.00 +8.00 = 248.00"]
    assert bills(story.change(MIDDLE, AddAddOn(sso))) == ["2026-04-16: +4.00 = 4.00"]


# ---------------------------------------------------------------- discounts by interval


@pytest.mark.parametrize(
    ("scope", "sums"),
    [
        (DiscountScope.PLAN, "+2880.00 +120.00 = 3000.00"),
        (DiscountScope.PLAN_AND_ADD_ONS, "+2880.00 +96.00 = 2976.00"),
    ],
)
def test_the_discount_of_a_year_covers_what_the_rules_say(scope, sums):
    rules = BillingRules(
        interval_discounts={ANNUAL: "20"}, interval_discount_scope=scope
    )
    sso = AddOn("sso", "SSO", (usd("10.00"),))
    story = ten(rules=rules, interval=ANNUAL, add_ons=[sso])
    assert bills(story.opening) == [f"2026-04-01: {sums}"]


def test_a_listed_annual_price_has_no_discount_on_top():
    rules = BillingRules(interval_discounts={ANNUAL: "20"})
    listed = priced("listed", usd("30.00"), usd("300.00", interval=ANNUAL))
    story = ten(plan=listed, rules=rules, interval=ANNUAL)
    assert bills(story.opening) == ["2026-04-01: +3000.00 = 3000.00"]


def test_the_annual_price_by_formula_is_rounded_by_the_rules():
    """6.99 x 12 x 0.8 = 67.104, which UP makes 67.11 for each of the ten seats."""
    rules = BillingRules(interval_discounts={ANNUAL: "20"}, rounding=Rounding.UP)
    seven = priced("seven", usd("6.99"))
    story = ten(plan=seven, rules=rules, interval=ANNUAL)
    assert bills(story.opening) == ["2026-04-01: +671.10 = 671.10"]


# ------------------------------------------------------------------------ an amount off


def test_an_amount_off_is_a_line_of_its_own():
    story = ten(fixed("15.00"))
    assert bills(story.opening) == ["2026-04-01: +300.00 -15.00 = 285.00"]
    line = story.opening.invoice.lines[1]
    assert (line.kind, line.item, line.quantity) == ("discount", "fixed", -1)
    assert (line.unit_amount, line.full_amount, line.share, line.cap) == (
        15,
        -15,
        1,
        None,
    )


@pytest.mark.parametrize(
    ("periods", "totals"),
    [
        pytest.param(0, ["285.00", "300.00", "300.00"], id="one invoice"),
        pytest.param(2, ["285.00", "285.00", "300.00"], id="two periods"),
        pytest.param(None, ["285.00"] * 3, id="always"),
    ],
)
def test_an_amount_off_lasts_its_periods(periods, totals):
    story = ten(fixed("15.00", periods))
    invoices = [story.opening.invoice, *story.renew("2026-06-01").invoices]
    assert [digits(invoice.total) for invoice in invoices] == totals


def test_an_amount_off_is_capped_by_the_other_charges():
    story = ten(fixed("500.00"))
    assert bills(story.opening) == ["2026-04-01: +300.00 -300.00 = 0.00"]
    assert story.opening.invoice.lines[1].cap == Money("300.00", "USD")


def test_several_amounts_off_share_the_room():
    story = ten(fixed("250.00", id="a"), fixed("100.00", id="b"), fixed("9.00", id="c"))
    assert bills(story.opening) == ["2026-04-01: +300.00 -250.00 -50.00 = 0.00"]
    assert served(story) == [("a", 0, True), ("b", 0, True), ("c", 0, False)]


def test_an_amount_off_comes_after_the_percentages():
    story = ten(fixed("15.00"), percent("20"))
    assert bills(story.opening) == ["2026-04-01: +240.00 -15.00 = 225.00"]


def test_an_amount_off_a_stub_is_its_share():
    story = Story(
        SMALL, MIDDLE, seats=10, anchor="2026-04-01", discounts=[fixed("15.00")]
    )
    assert bills(story.opening) == ["2026-04-16: +150.00 -7.50 = 142.50"]


@pytest.mark.parametrize(
    ("change", "sums"),
    [
        pytest.param(AddSeats(1), "+15.00 = 15.00", id="a seat more"),
        pytest.param(SwitchPlan(LARGE), "-150.00 +300.00 = 150.00", id="an upgrade"),
    ],
)
@pytest.mark.source("polarsource/polar#11556: a fixed discount was counted twice")
def test_an_upgrade_or_a_seat_leaves_an_amount_off_alone(change, sums):
    story = ten(fixed("15.00"))
    assert bills(story.change(MIDDLE, change)) == [f"2026-04-16: {sums}"]


def test_an_amount_off_applied_inside_a_period_starts_at_the_renewal():
    story = ten()
    assert bills(story.change("2026-04-11", ApplyDiscount(fixed("15.00", 1)))) == []
    assert bills(story.change(MIDDLE, AddSeats(1))) == ["2026-04-16: +15.00 = 15.00"]
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +330.00 -15.00 = 315.00",
        "2026-06-01: +330.00 = 330.00",
    ]


def test_a_restart_takes_back_the_unused_share_of_an_amount_off():
    story = ten(fixed("15.00"))
    restarted = story.change(MIDDLE, SwitchInterval(QUARTERLY))
    assert bills(restarted) == ["2026-04-16: -150.00 +7.50 +900.00 -15.00 = 742.50"]


def test_a_cancellation_takes_back_the_unused_share_of_an_amount_off():
    story = ten(fixed("15.00"))
    ended = story.change(MIDDLE, Cancel(), timing=IMMEDIATE)
    assert bills(ended) == ["2026-04-16: -150.00 +7.50 = -142.50 due 0.00"]
    assert digits(ended.refund_due) == "142.50"


def test_a_change_that_lowers_the_charges_below_it_cuts_an_amount_off():
    """295 off 300: with five seats 150 are left, half of the excess of 145 returns."""
    story = ten(fixed("295.00"))
    removed = story.change(MIDDLE, RemoveSeats(5), timing=IMMEDIATE)
    assert bills(removed) == ["2026-04-16: -75.00 +72.50 = -2.50 due 0.00"]
    line = removed.invoice.lines[1]
    assert (line.kind, line.full_amount, line.unit_amount) == ("credit", 145, None)
    gone = story.change(MIDDLE, RemoveSeats(5), timing=IMMEDIATE)
    assert bills(gone) == ["2026-04-16: -75.00 +75.00 = 0.00"]
    (left,) = story.subscription.charges  # to be taken off again as seats come
    assert (left.item, left.full_amount, left.cut_minor) == ("fixed", 0, 295_00)


def test_a_downgrade_at_once_cuts_an_amount_off():
    story = ten(fixed("400.00"), plan=LARGE)
    lowered = story.change(MIDDLE, SwitchPlan(SMALL), timing=IMMEDIATE)
    assert bills(lowered) == ["2026-04-16: -300.00 +150.00 +50.00 = -100.00 due 0.00"]
    kept = BillingRules(unused_time=UnusedTime.KEPT)
    story = ten(fixed("400.00"), plan=LARGE, rules=kept)
    lowered = story.change(MIDDLE, SwitchPlan(SMALL), timing=IMMEDIATE)
    assert bills(lowered) == ["2026-04-16: +150.00 = 150.00"]


def test_several_amounts_off_are_cut_from_the_last():
    story = ten(fixed("200.00", id="a"), fixed("100.00", id="b"))
    assert bills(story.opening) == ["2026-04-01: +300.00 -200.00 -100.00 = 0.00"]
    removed = story.change(MIDDLE, RemoveSeats(2), timing=IMMEDIATE)
    assert bills(removed) == ["2026-04-16: -30.00 +30.00 = 0.00"]
    assert removed.invoice.lines[1].item == "b"


@pytest.mark.parametrize("timing", [FORFEIT, PERIOD_END])
def test_where_nothing_comes_back_an_amount_off_is_not_cut(timing):
    story = ten(fixed("295.00"))
    assert bills(story.change(MIDDLE, RemoveSeats(5), timing=timing)) == []


def test_a_whole_price_whatever_the_day_keeps_its_amount_off():
    rules = BillingRules(convention=Convention.FULL, seats_removed=IMMEDIATE)
    story = ten(fixed("295.00"), rules=rules)
    assert bills(story.change(MIDDLE, RemoveSeats(5))) == []
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +150.00 -150.00 = 0.00"]


def test_an_amount_off_returns_when_the_volume_price_falls():
    tiers = [Tier(up_to=5, unit_amount="30"), Tier(up_to=None, unit_amount="12")]
    volume = priced("volume", usd(tiers=tiers, tiers_mode="volume"))
    story = ten(fixed("100.00"), plan=volume, seats=5)
    assert bills(story.opening) == ["2026-04-01: +150.00 -100.00 = 50.00"]
    # 72 is charged for six: half of 78 comes back, and half of 28 of the discount
    assert bills(story.change(MIDDLE, AddSeats(1))) == [
        "2026-04-16: -39.00 +14.00 = -25.00 due 0.00"
    ]


def test_an_amount_off_needs_a_charge_in_advance():
    arrears = priced("arrears", usd("30.00", in_arrears=True))
    with pytest.raises(RulesError) as refused:
        ten(fixed("15.00"), plan=arrears)
    assert (refused.value.field, refused.value.value) == ("discount", "fixed")
    with pytest.raises(RulesError):
        ten(plan=arrears).change(MIDDLE, ApplyDiscount(fixed("15.00")))
    assert bills(ten(percent("20"), plan=arrears).renew("2026-05-01")) == [
        "2026-05-01: +240.00 = 240.00"
    ]


def test_an_amount_off_is_taken_off_what_is_charged_in_advance():
    both = priced("both", usd("30.00"), usd("3.00", unit="limited", in_arrears=True))
    story = ten(fixed("500.00"), plan=both, seats={"seat": 10, "limited": 100})
    assert bills(story.opening) == ["2026-04-01: +300.00 -300.00 = 0.00"]
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: +300.00 +300.00 -300.00 = 300.00"
    ]


def test_an_amount_off_nothing_is_not_used_up():
    story = ten(fixed("15.00", 1), seats=0)
    assert bills(story.opening) == []
    assert served(story) == [("fixed", 0, False)]
    story.change(MIDDLE, AddSeats(1))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +30.00 -15.00 = 15.00"]


# ----------------------------------------------------------------------------- refusals


def test_a_discount_is_applied_once():
    with pytest.raises(DuplicateError) as refused:
        ten(percent("20")).change(MIDDLE, ApplyDiscount(percent("10")))
    assert (refused.value.kind, refused.value.value) == ("discount", "percent")
    with pytest.raises(DuplicateError):
        ten(percent("20"), percent("10"))


def test_a_discount_is_in_the_currency_of_the_subscription():
    euro = Discount.fixed("15.00", "EUR", id="euro")
    with pytest.raises(CurrencyMismatchError) as refused:
        ten(euro)
    assert (refused.value.left, refused.value.right) == ("USD", "EUR")
    with pytest.raises(CurrencyMismatchError):
        ten().change(MIDDLE, ApplyDiscount(euro))


def test_only_a_discount_that_is_there_is_removed():
    with pytest.raises(UnknownItemError) as refused:
        ten(percent("20")).change(MIDDLE, RemoveDiscount("gold"))
    assert refused.value.as_dict()["values"] == {
        "kind": "discount",
        "value": "gold",
        "offered": ("percent",),
    }
    with pytest.raises(UnknownItemError) as none:
        ten().change(MIDDLE, RemoveDiscount("gold"))
    assert none.value.offered == ()


def test_an_end_ends_the_discounts_too():
    story = ten(percent("20"))
    story.change(MIDDLE, Cancel())
    story.renew("2026-05-01")
    assert story.subscription.discounts == ()


def test_a_credit_pays_what_a_discount_leaves():
    story = ten(percent("20"))
    story.change(MIDDLE, GrantCredit(Money("40.00", "USD"), "sorry"))
    renewed = renew(story.subscription, on=dt.date(2026, 5, 1))
    assert bills(renewed) == ["2026-05-01: +240.00 = 240.00 due 200.00"]


def test_percentages_may_not_make_prices_finer_than_a_line_can_hold():
    """A percentage with two decimals keeps parts of 10,000: eight make 10^32."""
    story = ten()
    for n in range(8):
        story.change("2026-04-10", ApplyDiscount(Discount.percent("33.33", id=f"d{n}")))
    with pytest.raises(RulesError) as refused:
        story.change("2026-04-10", ApplyDiscount(Discount.percent("10", id="last")))
    assert refused.value.value == "last"
    fixed = Discount.fixed("1.00", "USD", id="fixed")
    story.change("2026-04-10", ApplyDiscount(fixed))
    nine = [Discount.percent("33.33", id=f"d{n}") for n in range(9)]
    with pytest.raises(RulesError):
        ten(*nine)
