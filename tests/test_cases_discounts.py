"""Discounts and taxes on changes inside a period, worked out by hand.

Where another engine went wrong with the same story, its figure stands in the docstring.
"""

from __future__ import annotations

import pytest

from seatbill import (
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    Discount,
    Price,
    RemoveDiscount,
    RemoveSeats,
    SetTaxRates,
    SwitchPlan,
    TaxRate,
    Timing,
)
from stories import Story, bills, digits, plan

# Discounts.


@pytest.mark.source("groups.google.com, Stripe api-discuss, lvd7Ht4F41Y")
def test_a_discount_on_the_first_seat_does_not_reach_the_second():
    """100 × 0.5 = 50, then 100 × 15/30 = 50; repricing both would bill 75."""
    story = Story(
        plan("100.00"),
        "2026-04-01",
        discounts=[Discount.percent("50", id="once", periods=0)],
    )
    assert bills(story.opening) == ["2026-04-01: +50.00 = 50.00"]
    added = story.change("2026-04-16", AddSeats(1))
    assert bills(added) == ["2026-04-16: +50.00 = 50.00"]
    assert len(story.subscription.charges) == 2  # one for each net price
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +200.00 = 200.00"]


@pytest.mark.source("groups.google.com, Stripe api-discuss, IJcpzvMPTAE")
def test_a_second_seat_on_the_first_day_does_not_take_the_discount_back():
    """90 × 0.5 = 45, then a full 90; 180 − 45 = 135 claws it back."""
    story = Story(
        plan("90.00"),
        "2026-04-01",
        discounts=[Discount.percent("50", id="once", periods=0)],
    )
    assert bills(story.opening) == ["2026-04-01: +45.00 = 45.00"]
    added = story.change("2026-04-01", AddSeats(1))
    assert bills(added) == ["2026-04-01: +90.00 = 90.00"]
    assert len(story.subscription.charges) == 2


@pytest.mark.source("groups.google.com, Stripe api-discuss, C7yM2sNZhjU; own figures")
def test_a_new_discount_reprices_nothing_that_is_open():
    """50 × 0.5 × 15/30 = 12.50 for the new seat; repricing both would bill 0.00."""
    story = Story(plan("50.00"), "2026-04-01")
    half = ApplyDiscount(Discount.percent("50", id="half"))
    assert bills(story.change("2026-04-10", half)) == []
    added = story.change("2026-04-16", AddSeats(1))
    assert bills(added) == ["2026-04-16: +12.50 = 12.50"]
    # 2 × 25
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +50.00 = 50.00"]


@pytest.mark.source("groups.google.com, Stripe api-discuss, --DwTNoiiGQ")
@pytest.mark.parametrize("periods", [0, 1])
def test_a_fixed_discount_after_a_trial_is_used_once(periods):
    """500 − 225 = 275 after the trial; used twice it would be 50."""
    story = Story(
        plan("500.00"),
        "2026-01-01",
        trial_end="2026-01-15",
        discounts=[Discount.fixed("225.00", "USD", id="start", periods=periods)],
    )
    assert bills(story.opening) == []
    assert bills(story.renew("2026-02-15")) == [
        "2026-01-15: +500.00 -225.00 = 275.00",
        "2026-02-15: +500.00 = 500.00",
    ]


@pytest.mark.source("polarsource/polar#12172, #13622 (credit at list, charge at net)")
def test_a_discounted_upgrade_gives_back_what_was_paid():
    """80 × 15/30 = 40 back, 160 × 15/30 = 80; at list 50 would come back."""
    story = Story(
        plan("10.00"),
        "2026-04-01",
        seats=10,
        discounts=[Discount.percent("20", id="fifth")],
    )
    assert bills(story.opening) == ["2026-04-01: +80.00 = 80.00"]
    upgrade = story.change("2026-04-16", SwitchPlan(plan("20.00")))
    assert bills(upgrade) == ["2026-04-16: -40.00 +80.00 = 40.00"]


@pytest.mark.source("polarsource/polar#11556 (a fixed discount on a seat)")
def test_a_fixed_discount_is_not_taken_again_for_a_seat():
    """5 × 20 − 30 = 70, 20 × 15/30 = 10 (not 10 − 15), 6 × 20 − 30 = 90."""
    story = Story(
        plan("20.00"),
        "2026-04-01",
        seats=5,
        discounts=[Discount.fixed("30.00", "USD", id="thirty")],
    )
    assert bills(story.opening) == ["2026-04-01: +100.00 -30.00 = 70.00"]
    added = story.change("2026-04-16", AddSeats(1))
    assert bills(added) == ["2026-04-16: +10.00 = 10.00"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +120.00 -30.00 = 90.00"]


@pytest.mark.source("https://rdrr.io/github/MrDAndersen/stRipe/man/stripe_coupon.html")
@pytest.mark.parametrize(
    ("seats", "first", "cap", "second"),
    [
        pytest.param(
            1, "+100.00 -100.00 = 0.00", "100.00", "+100.00 = 100.00", id="of 100"
        ),
        pytest.param(
            3, "+300.00 -200.00 = 100.00", None, "+300.00 = 300.00", id="of 300"
        ),
    ],
)
def test_200_off(seats, first, cap, second):
    """No more than there is to pay, and what the cap cut is not carried over."""
    story = Story(
        plan("100.00"),
        "2026-04-01",
        seats=seats,
        discounts=[Discount.fixed("200.00", "USD", id="200 off", periods=1)],
    )
    assert bills(story.opening) == [f"2026-04-01: {first}"]
    _, off = story.opening.invoice.lines
    assert (off.cap and digits(off.cap)) == cap
    assert bills(story.renew("2026-05-01")) == [f"2026-05-01: {second}"]


@pytest.mark.source("polarsource/polar#11556; own figures")
def test_a_removal_cuts_a_fixed_discount_to_what_is_left():
    """2 × 10 × 15/30 = 10 back; of 40 off, 10 are above 3 × 10: 10 × 15/30 = 5."""
    story = Story(
        plan("10.00"),
        "2026-04-01",
        seats=5,
        rules=BillingRules(seats_removed=Timing.IMMEDIATE),
        discounts=[Discount.fixed("40.00", "USD", id="forty")],
    )
    assert bills(story.opening) == ["2026-04-01: +50.00 -40.00 = 10.00"]
    removed = story.change("2026-04-16", RemoveSeats(2))
    assert bills(removed) == ["2026-04-16: -10.00 +5.00 = -5.00 due 0.00"]
    assert story.balance == "5.00"
    renewed = story.renew("2026-05-01")
    assert bills(renewed) == ["2026-05-01: +30.00 -30.00 = 0.00"]
    assert digits(renewed.invoice.lines[1].cap) == "30.00"


@pytest.mark.source("woocommerce/woocommerce#16305, recurly/recurly-js#125")
def test_two_percentages_compound_and_are_rounded_once():
    """7 × 9.99 × 0.8 × 0.9 = 50.3496; 30 % at once is 48.95, unit prices 50.33."""
    story = Story(
        plan("9.99", "EUR"),
        "2026-04-01",
        seats=7,
        discounts=[
            Discount.percent("20", id="first"),
            Discount.percent("10", id="second"),
        ],
    )
    assert bills(story.opening) == ["2026-04-01: +50.35 = 50.35"]


@pytest.mark.source("stripe/stripe-dotnet#3103 (100 % off, then a seat)")
def test_a_free_seat_gives_nothing_back():
    """20 × 15/30 = 10 for the second seat, of which 20 × 10/30 = 6.6666 comes back."""
    story = Story(
        plan("20.00"),
        "2026-04-01",
        discounts=[Discount.percent("100", id="first free", periods=0)],
    )
    assert bills(story.opening) == ["2026-04-01: +0.00 = 0.00"]
    added = story.change("2026-04-16", AddSeats(1))
    assert bills(added) == ["2026-04-16: +10.00 = 10.00"]
    canceled = story.change("2026-04-21", Cancel(), timing=Timing.IMMEDIATE)
    assert bills(canceled) == ["2026-04-21: -6.67 = -6.67 due 0.00"]
    assert digits(canceled.refund_due) == "6.67"


@pytest.mark.source(
    "https://docs.stripe.com/billing/subscriptions/prorations (discounts alone)"
)
def test_after_a_discount_ends_the_last_seat_goes_first():
    """20 × 15/30 = 10 for a seat at the full price, and the same 10 back for it."""
    story = Story(
        plan("20.00"),
        "2026-04-01",
        seats=2,
        discounts=[Discount.percent("50", id="half")],
    )
    assert bills(story.opening) == ["2026-04-01: +20.00 = 20.00"]
    assert bills(story.change("2026-04-11", RemoveDiscount("half"))) == []
    added = story.change("2026-04-16", AddSeats(1))
    assert bills(added) == ["2026-04-16: +10.00 = 10.00"]
    removed = story.change("2026-04-16", RemoveSeats(1), timing=Timing.IMMEDIATE)
    assert bills(removed) == ["2026-04-16: -10.00 = -10.00 due 0.00"]
    assert story.balance == "10.00"
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +40.00 = 40.00 due 30.00"]


# Taxes.


@pytest.mark.source("laravel/cashier-stripe#384 (a proration without tax)")
def test_a_proration_is_taxed():
    """10 × 1.19 = 11.90; then 5 + 5 × 0.19 = 5.95."""
    story = Story(
        plan("10.00", "EUR"), "2026-04-01", tax_rates=[TaxRate("vat", "0.19")]
    )
    assert bills(story.opening) == ["2026-04-01: +10.00 tax +1.90 = 11.90"]
    upgrade = story.change("2026-04-16", SwitchPlan(plan("20.00", "EUR")))
    assert bills(upgrade) == ["2026-04-16: -5.00 +10.00 tax +0.95 = 5.95"]


@pytest.mark.source("laravel/cashier-stripe#384 (a proration without tax)")
def test_a_proration_contains_its_tax():
    """35.70 × 19/119 = 5.70; 11.90 × 12/31 = 4.6064, × 19/119 = 0.7360."""
    vat = TaxRate("vat", "0.19", inclusive=True)
    story = Story(plan("11.90", "EUR"), "2026-01-01", seats=3, tax_rates=[vat])
    assert bills(story.opening) == ["2026-01-01: +35.70 = 35.70"]
    assert taxes_of(story.opening) == [("30.00", "5.70")]
    added = story.change("2026-01-20", AddSeats(1))
    assert bills(added) == ["2026-01-20: +4.61 = 4.61"]
    assert taxes_of(added) == [("3.87", "0.74")]


def taxes_of(outcome):
    """Return the base and the amount of each tax of the only invoice."""
    return [(digits(tax.base), digits(tax.amount)) for tax in outcome.invoice.taxes]


@pytest.mark.source(
    "woocommerce/woocommerce#16305, recurly/recurly-js#125; own figures"
)
def test_tax_is_rounded_once_for_each_rate():
    """2.97 × 0.20 = 0.594; rounded on each line it would be 3 × 0.20."""
    add_ons = [
        AddOn(name, name, (Price(unit_amount="0.99", currency="EUR"),))
        for name in ("backup", "export")
    ]
    story = Story(
        plan("0.99", "EUR"),
        "2026-04-01",
        add_ons=add_ons,
        tax_rates=[TaxRate("vat", "0.20")],
    )
    assert bills(story.opening) == ["2026-04-01: +0.99 +0.99 +0.99 tax +0.59 = 3.56"]


@pytest.mark.source("getlago/lago-api#2643, #4553; Germany, 19 % to 16 % on 2020-07-01")
def test_a_credit_is_taxed_at_the_rate_of_its_charge():
    """33.33 × 0.19 = 6.3327 back, 66.67 × 0.16 = 10.6672; all at 16 % it is 5.33."""
    story = Story(
        plan("100.00", "EUR"), "2020-06-15", tax_rates=[TaxRate("19 %", "0.19")]
    )
    assert bills(story.opening) == ["2020-06-15: +100.00 tax +19.00 = 119.00"]
    lowered = story.change("2020-07-01", SetTaxRates([TaxRate("16 %", "0.16")]))
    assert bills(lowered) == []
    upgrade = story.change("2020-07-05", SwitchPlan(plan("200.00", "EUR")))
    assert bills(upgrade) == ["2020-07-05: -33.33 +66.67 tax +4.34 = 37.68"]
    assert taxes_of(upgrade) == [("-33.33", "-6.33"), ("66.67", "10.67")]
