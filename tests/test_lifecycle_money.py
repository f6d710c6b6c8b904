"""Taxes, credit, conventions, roundings and currencies on real invoices."""

from __future__ import annotations

import pytest

from seatbill import (
    ANNUAL,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Convention,
    Discount,
    GrantCredit,
    Money,
    Party,
    RemoveAddOn,
    RemoveSeats,
    Rounding,
    SetRecipient,
    SetTaxRates,
    SwitchInterval,
    SwitchPlan,
    TaxCategory,
    TaxRate,
    Timing,
)
from seatbill.errors import (
    CurrencyMismatchError,
    DuplicateError,
    OutOfBoundsError,
    TaxRateError,
    WrongTypeError,
)
from shop import LARGE, SMALL, priced, usd
from stories import Story, bills, digits, plan, sum_of

IMMEDIATE, RESTART, PERIOD_END, FORFEIT = Timing
ACTUAL, ACTUAL_30, THIRTY_360, FULL = Convention
MIDDLE = "2026-04-16"  # 15 of 30 days are left
VAT = TaxRate("vat", "0.20")
NEW_VAT = TaxRate("vat 21", "0.21")
CITY = TaxRate("city", "0.015")
INCLUDED = TaxRate("included", "0.19", inclusive=True)
ABROAD = TaxRate("abroad", 0, TaxCategory.REVERSE_CHARGE, reason="Art. 196")


def ten(plan=SMALL, **more) -> Story:
    """Ten seats from 1 April, at 1.00 a day each unless *plan* says otherwise."""
    return Story(plan, "2026-04-01", **{"seats": 10, **more})


def taxes(invoice) -> list[tuple[str, str, str]]:
    return [(t.rate.id, digits(t.base), digits(t.amount)) for t in invoice.taxes]


# -------------------------------------------------------------------------------- taxes


def test_a_tax_comes_on_top_once_for_all_lines():
    story = ten(tax_rates=[VAT])
    assert bills(story.opening) == ["2026-04-01: +300.00 tax +60.00 = 360.00"]
    invoice = story.opening.invoice
    assert taxes(invoice) == [("vat", "300.00", "60.00")]
    assert digits(invoice.tax) == "60.00"
    assert digits(invoice.total_excluding_tax) == "300.00"


def test_a_tax_that_the_prices_contain_is_shown_and_not_added():
    """300.00 x 19/119 = 47.8991."""
    story = ten(tax_rates=[INCLUDED])
    invoice = story.opening.invoice
    assert bills(story.opening) == ["2026-04-01: +300.00 = 300.00"]
    assert taxes(invoice) == [("included", "252.10", "47.90")]
    assert digits(invoice.total_excluding_tax) == "252.10"


def test_two_rates_stand_beside_each_other():
    story = ten(tax_rates=[VAT, CITY])
    assert bills(story.opening) == ["2026-04-01: +300.00 tax +64.50 = 364.50"]
    assert taxes(story.opening.invoice) == [
        ("vat", "300.00", "60.00"),
        ("city", "300.00", "4.50"),
    ]


def test_a_reverse_charge_is_a_rate_of_nothing_that_says_why():
    invoice = ten(tax_rates=[ABROAD]).opening.invoice
    assert taxes(invoice) == [("abroad", "300.00", "0.00")]
    assert digits(invoice.total) == "300.00"


@pytest.mark.source("laravel/cashier-stripe#384: a proration invoice without tax")
def test_a_change_is_taxed_too():
    story = ten(tax_rates=[VAT])
    assert bills(story.change(MIDDLE, SwitchPlan(LARGE))) == [
        "2026-04-16: -150.00 +300.00 tax +30.00 = 180.00"
    ]


def test_the_tax_is_rounded_once_on_the_sum_of_its_lines():
    """Three lines of 0.33 at 20 %: 0.198 together, 0.07 each alone."""
    third = priced("third", usd("0.33"), usd("0.33", unit="b"), usd("0.33", unit="c"))
    story = ten(third, seats={"seat": 1, "b": 1, "c": 1}, tax_rates=[VAT])
    assert bills(story.opening) == ["2026-04-01: +0.33 +0.33 +0.33 tax +0.20 = 1.19"]


def test_the_rounding_of_the_rules_rounds_the_tax():
    rules = BillingRules(rounding=Rounding.DOWN)
    third = plan("0.99", id="third")
    assert bills(ten(third, seats=1, tax_rates=[VAT], rules=rules).opening) == [
        "2026-04-01: +0.99 tax +0.19 = 1.18"
    ]


def test_a_new_rate_touches_later_charges_only():
    story = ten(tax_rates=[VAT])
    assert bills(story.change("2026-04-11", SetTaxRates([NEW_VAT]))) == []
    added = story.change(MIDDLE, AddSeats(1))
    assert taxes(added.invoice) == [("vat 21", "15.00", "3.15")]
    assert len(story.subscription.charges) == 2
    renewed = story.renew("2026-05-01")
    assert taxes(renewed.invoice) == [("vat 21", "330.00", "69.30")]


def test_a_credit_has_the_rates_of_its_charge():
    story = ten(tax_rates=[VAT])
    up = story.change(MIDDLE, SetTaxRates([NEW_VAT]), SwitchPlan(LARGE))
    assert taxes(up.invoice) == [
        ("vat", "-150.00", "-30.00"),
        ("vat 21", "300.00", "63.00"),
    ]
    assert sum_of(up.invoice) == "-150.00 +300.00 tax +33.00 = 183.00"


def test_tax_rates_may_go():
    story = ten(tax_rates=[VAT])
    story.change(MIDDLE, SetTaxRates(()))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 = 300.00"]


def test_a_tax_on_a_credit_goes_to_the_balance_with_it():
    story = ten(tax_rates=[VAT])
    removed = story.change(MIDDLE, RemoveSeats(2), timing=IMMEDIATE)
    assert bills(removed) == ["2026-04-16: -30.00 tax -6.00 = -36.00 due 0.00"]
    assert story.balance == "36.00"


def test_an_amount_off_lowers_the_tax():
    story = ten(tax_rates=[VAT], discounts=[Discount.fixed("100", "USD", id="d")])
    assert bills(story.opening) == ["2026-04-01: +300.00 -100.00 tax +40.00 = 240.00"]


@pytest.mark.parametrize(
    ("rates", "error"),
    [
        ([VAT, VAT], DuplicateError),
        ([VAT, INCLUDED], TaxRateError),
        (VAT, WrongTypeError),
        (["vat"], WrongTypeError),
        (0, WrongTypeError),
    ],
)
def test_tax_rates_fit_together(rates, error):
    with pytest.raises(error):
        ten(tax_rates=rates)
    with pytest.raises(error):
        SetTaxRates(rates)


def test_a_recipient_is_on_later_invoices():
    story = ten()
    ada = Party(name="Ada")
    assert bills(story.change("2026-04-02", SetRecipient(ada))) == []
    assert story.change(MIDDLE, AddSeats(1)).invoice.recipient == ada
    story.change(MIDDLE, SetRecipient(None))
    assert story.renew("2026-05-01").invoice.recipient is None


# -------------------------------------------------------------------------- the balance


@pytest.mark.parametrize(
    ("credit", "due", "applied", "left"),
    [
        pytest.param("40.00", "260.00", "40.00", "0.00", id="less than is due"),
        pytest.param("300.00", "0.00", "300.00", "0.00", id="all that is due"),
        pytest.param("340.00", "0.00", "300.00", "40.00", id="more than is due"),
    ],
)
def test_a_credit_is_used_by_the_next_invoice(credit, due, applied, left):
    story = ten()
    granted = story.change(MIDDLE, GrantCredit(Money(credit, "USD"), "an outage"))
    assert bills(granted) == []
    assert story.balance == credit
    invoice = story.renew("2026-05-01").invoice
    assert digits(invoice.total) == "300.00"
    assert digits(invoice.amount_due) == due
    assert digits(invoice.credit_applied) == applied
    assert digits(invoice.credit_granted) == "0.00"
    assert story.balance == left


def test_a_negative_total_goes_to_the_balance_and_is_never_due():
    story = ten(LARGE)
    lowered = story.change(MIDDLE, SwitchPlan(SMALL), timing=IMMEDIATE)
    invoice = lowered.invoice
    assert digits(invoice.total) == "-150.00"
    assert digits(invoice.amount_due) == "0.00"
    assert digits(invoice.credit_granted) == "150.00"
    assert digits(invoice.credit_applied) == "0.00"
    assert story.balance == "150.00"
    assert digits(lowered.refund_due) == "0.00"
    assert bills(story.change("2026-04-21", AddSeats(1))) == [
        "2026-04-21: +10.00 = 10.00 due 0.00"
    ]
    assert story.balance == "140.00"


def test_what_is_left_at_the_end_is_due_to_the_customer():
    story = ten()
    story.change(MIDDLE, GrantCredit(Money("40.00", "USD"), "sorry"), Cancel())
    ended = story.renew("2026-05-01")
    assert bills(ended) == []
    assert digits(ended.refund_due) == "40.00"
    assert story.balance == "0.00"


def test_a_credit_is_in_the_currency_and_more_than_nothing():
    with pytest.raises(CurrencyMismatchError):
        ten().change(MIDDLE, GrantCredit(Money("40.00", "EUR"), "sorry"))
    for nothing in ("0.00", "-1.00"):
        with pytest.raises(OutOfBoundsError) as refused:
            GrantCredit(Money(nothing, "USD"), "sorry")
        assert refused.value.name == "amount"


# ---------------------------------------------------------------------- the conventions


@pytest.mark.parametrize(
    ("convention", "on", "day", "sums"),
    [
        pytest.param(
            ACTUAL, "2026-01-01", "2026-01-20", "+116.13 = 116.13", id="12 of 31 days"
        ),
        pytest.param(
            ACTUAL_30, "2026-01-01", "2026-01-20", "+120.00 = 120.00", id="12 of 30"
        ),
        pytest.param(
            THIRTY_360, "2026-01-01", "2026-01-20", "+110.00 = 110.00", id="11 of 30"
        ),
        pytest.param(FULL, "2026-01-01", "2026-01-20", "+300.00 = 300.00", id="all"),
        pytest.param(
            ACTUAL_30,
            "2026-01-01",
            "2026-01-01",
            "+300.00 = 300.00",
            id="the whole January is one month",
        ),
        pytest.param(
            ACTUAL_30,
            "2026-01-01",
            "2026-01-02",
            "+300.00 = 300.00",
            id="30 of 31 days are a month too",
        ),
        pytest.param(
            ACTUAL_30, "2026-02-01", "2026-02-15", "+140.00 = 140.00", id="14 of 30"
        ),
        pytest.param(
            THIRTY_360, "2026-02-01", "2026-02-15", "+160.00 = 160.00", id="16 of 30"
        ),
        pytest.param(
            THIRTY_360, "2026-01-01", "2026-01-31", "+10.00 = 10.00", id="the 31st"
        ),
        pytest.param(
            THIRTY_360, "2026-01-01", "2026-01-30", "+10.00 = 10.00", id="the 30th"
        ),
    ],
)
def test_ten_seats_more_are_charged_by_the_convention(convention, on, day, sums):
    rules = BillingRules(convention=convention)
    story = Story(SMALL, on, seats=1, rules=rules)
    assert bills(story.change(day, AddSeats(10))) == [f"{day}: {sums}"]


def test_the_whole_price_comes_back_only_in_exchange():
    rules = BillingRules(convention=FULL)
    assert bills(ten(rules=rules).change(MIDDLE, SwitchPlan(LARGE))) == [
        "2026-04-16: -300.00 +600.00 = 300.00"
    ]
    assert (
        bills(ten(rules=rules).change(MIDDLE, RemoveSeats(2), timing=IMMEDIATE)) == []
    )
    assert bills(ten(rules=rules).change(MIDDLE, Cancel(), timing=IMMEDIATE)) == []
    assert bills(ten(rules=rules).change(MIDDLE, SwitchInterval(ANNUAL))) == [
        "2026-04-16: +3600.00 = 3600.00"
    ]
    at_once = ten(rules=rules).change(MIDDLE, SwitchInterval(ANNUAL), timing=IMMEDIATE)
    assert bills(at_once) == ["2026-04-16: -300.00 +3600.00 = 3300.00"]
    sso = AddOn("sso", "SSO", (usd("3.00"),))
    story = ten(rules=rules, add_ons=[sso])
    assert bills(story.change(MIDDLE, RemoveAddOn(sso), timing=IMMEDIATE)) == []
    assert bills(story.change(MIDDLE, AddAddOn(sso))) == ["2026-04-16: +3.00 = 3.00"]


def test_a_stub_under_the_whole_price_costs_the_whole_price():
    rules = BillingRules(convention=FULL)
    story = Story(SMALL, MIDDLE, seats=10, anchor="2026-04-01", rules=rules)
    assert bills(story.opening) == ["2026-04-16: +300.00 = 300.00"]


@pytest.mark.parametrize("convention", [ACTUAL, FULL])
def test_instants_are_counted_by_the_conventions_that_can(convention):
    rules = BillingRules(convention=convention)
    story = Story(SMALL, "2026-04-01T00:00:00Z", seats=10, rules=rules)
    sums = {ACTUAL: "+12.50 = 12.50", FULL: "+30.00 = 30.00"}[convention]
    assert bills(story.change("2026-04-18T12:00:00Z", AddSeats(1))) == [
        f"2026-04-18T12:00:00Z: {sums}"
    ]
    assert bills(story.renew("2026-05-01T00:00:00Z")) == [
        "2026-05-01T00:00:00Z: +330.00 = 330.00"
    ]


# ------------------------------------------------------------- roundings and currencies


@pytest.mark.parametrize(
    ("rounding", "sums"),
    [
        (Rounding.HALF_UP, "-0.03 +0.13 = 0.10"),
        (Rounding.HALF_EVEN, "-0.02 +0.12 = 0.10"),
        (Rounding.UP, "-0.03 +0.13 = 0.10"),
        (Rounding.DOWN, "-0.02 +0.12 = 0.10"),
    ],
)
def test_charges_and_credits_are_rounded_alike(rounding, sums):
    """Half of 0.05 and of 0.25."""
    five, quarter = plan("0.05", id="five"), plan("0.25", id="quarter", rank=1)
    story = ten(five, seats=1, rules=BillingRules(rounding=rounding))
    assert bills(story.change(MIDDLE, SwitchPlan(quarter))) == [f"2026-04-16: {sums}"]


@pytest.mark.parametrize(
    ("currency", "unit_amount", "opening", "added"),
    [
        pytest.param("JPY", "980", "9800", "980", id="yen: 2 x 490"),
        pytest.param("JPY", "985", "9850", "985", id="yen: 2 x 492.5, rounded once"),
        pytest.param("KWD", "1.235", "12.350", "1.235", id="dinar"),
        pytest.param("CLF", "0.1235", "1.2350", "0.1235", id="unidad de fomento"),
        pytest.param("USD", "0.0004", "0.00", "0.00", id="less than a cent"),
        pytest.param("USD", "0.0125", "0.13", "0.01", id="an eighth of a dime"),
        pytest.param(
            "USD",
            10**15,
            "10000000000000000.00",
            "1000000000000000.00",
            id="ten to the fifteen",
        ),
        pytest.param(
            "USD",
            "999999999999999.99",
            "9999999999999999.90",
            "999999999999999.99",
            id="a cent below it",
        ),
    ],
)
def test_amounts_have_the_digits_of_their_currency(
    currency, unit_amount, opening, added
):
    story = ten(plan(unit_amount, currency))
    assert digits(story.opening.invoice.total) == opening
    more = story.change(MIDDLE, AddSeats(2))
    assert digits(more.invoice.total) == added
    assert more.invoice.currency == currency
    back = story.change(MIDDLE, RemoveSeats(2), timing=IMMEDIATE)
    if added.strip("0."):
        assert digits(back.invoice.total) == f"-{added}"


def test_very_many_seats_are_counted_exactly():
    story = ten(plan("0.000000000001"), seats=10**12)
    assert digits(story.opening.invoice.total) == "1.00"
    assert digits(ten(seats=10**12).opening.invoice.total) == "30000000000000.00"
