"""Currencies, roundings, conventions and splits, worked out by hand.

Where another library went wrong with the same figures, its own stand in the docstring.
"""

from __future__ import annotations

import decimal
from fractions import Fraction

import pytest

from seatbill import (
    AddSeats,
    BillingRules,
    Convention,
    Money,
    Period,
    RemoveSeats,
    Rounding,
    SwitchPlan,
    Timing,
    allocate,
    prorate,
    share,
)
from seatbill.errors import ConventionError, OutOfBoundsError, TooManyDigitsError
from stories import Story, at, bills, digits, plan

# Currencies.


@pytest.mark.parametrize(
    ("currency", "price", "step", "bill"),
    [
        # 1000 × 12/31 = 387.0967, 3000 × 12/31 = 1161.2903
        pytest.param(
            "JPY",
            "1000",
            SwitchPlan(plan("3000", "JPY")),
            "-387 +1161 = 774",
            id="no digits",
            marks=pytest.mark.source(
                "https://qiita.com/y_toku/items/404b3c99632161f18579; ISO 4217"
            ),
        ),
        # 2 × 4.500 × 12/31 = 3.48387
        pytest.param(
            "KWD",
            "4.500",
            AddSeats(2),
            "+3.484 = 3.484",
            id="three digits",
            marks=pytest.mark.source("ISO 4217; own figures"),
        ),
        # 0.1234 × 12/31 = 0.047767
        pytest.param(
            "CLF",
            "0.1234",
            AddSeats(1),
            "+0.0478 = 0.0478",
            id="four digits",
            marks=pytest.mark.source("ISO 4217; own figures"),
        ),
        # 10.50 × 12/31 = 4.0645; with the digits of CLDR 48, 4
        pytest.param(
            "RSD",
            "10.50",
            AddSeats(1),
            "+4.06 = 4.06",
            id="two digits, none for long in CLDR",
            marks=pytest.mark.source("ISO 4217 against CLDR before 49; own figures"),
        ),
    ],
)
def test_each_currency_has_the_digits_of_iso_4217(currency, price, step, bill):
    """12 of 31 days."""
    story = Story(plan(price, currency), "2026-01-01")
    outcome = story.change("2026-01-20", step)
    assert bills(outcome) == [f"2026-01-20: {bill}"]
    assert outcome.invoice.currency == currency


@pytest.mark.source("ISO 4217; own figures")
@pytest.mark.parametrize(
    ("amount", "currency", "allowed"),
    [
        pytest.param("1.5", "JPY", 0, id="half a yen"),
        pytest.param("1.2345", "KWD", 3, id="a tenth of a fils"),
        pytest.param("0.12345", "CLF", 4, id="five digits"),
        pytest.param("123.456", "USD", 2, id="a tenth of a cent"),
    ],
)
def test_digits_beyond_the_currency_are_refused(amount, currency, allowed):
    with pytest.raises(TooManyDigitsError) as refusal:
        Money(amount, currency)
    assert refusal.value.code == "too_many_digits"
    assert refusal.value.digits == allowed


# Conventions.

JANUARY = ("2021-01-01", "2021-02-01")
FEBRUARY = ("2021-02-01", "2021-03-01")
LEAP_FEBRUARY = ("2020-02-01", "2020-03-01")
APRIL = ("2021-04-01", "2021-05-01")


@pytest.mark.source(
    "https://docs.zuora.com/en/zuora-billing/manage-accounts-subscriptions-and-"
    "non-subscriptions/manage-subscription-transactions/common-subscription-"
    "information/proration/when-prorating-a-month-assume-30-days-in-a-month-or-"
    "use-actual-days"
)
@pytest.mark.parametrize(
    ("used", "month", "convention", "part", "amount"),
    [
        pytest.param(used, month, convention, part, amount, id=f"{name}, {convention}")
        for name, used, month, results in [
            (
                "27 to 31 January",
                ("2021-01-27", "2021-02-01"),
                JANUARY,
                [("5/31", "16.13"), ("5/30", "16.67"), ("4/30", "13.33")],
            ),
            (
                "27 and 28 February",
                ("2021-02-27", "2021-03-01"),
                FEBRUARY,
                [("2/28", "7.14"), ("2/30", "6.67"), ("4/30", "13.33")],
            ),
            (
                "all of a leap February",  # Zuora has 29/30 in the middle: 96.67
                LEAP_FEBRUARY,
                LEAP_FEBRUARY,
                [("29/29", "100.00"), ("1", "100.00"), ("30/30", "100.00")],
            ),
            (
                "21 to 29 April",
                ("2021-04-21", "2021-04-30"),
                APRIL,
                [("9/30", "30.00"), ("9/30", "30.00"), ("9/30", "30.00")],
            ),
        ]
        for convention, (part, amount) in zip(
            (Convention.ACTUAL, Convention.ACTUAL_30, Convention.THIRTY_360),
            results,
            strict=True,
        )
    ],
)
def test_part_of_a_month_at_100(used, month, convention, part, amount):
    """100 × 5/31 = 16.1290, × 5/30 = 16.6666, × 4/30 = 13.3333, × 2/28 = 7.1428."""
    days, whole = Period(*map(at, used)), Period(*map(at, month))
    assert share(days, whole, convention) == Fraction(part)
    price = Money("100.00", "USD")
    found = prorate(price, used=days, whole=whole, convention=convention)
    assert found == Money(amount, "USD")


@pytest.mark.source("killbill/killbill#1942 (30-day proration)")
@pytest.mark.parametrize(
    ("convention", "day", "bill"),
    [
        # 30 of 31 days left: min(30, 30)/30, a day used for nothing
        pytest.param(
            Convention.ACTUAL_30,
            "2026-01-02",
            "-30.00 +60.00 = 30.00",
            id="actual 30, 30/30",
        ),
        pytest.param(
            Convention.ACTUAL_30,
            "2026-01-17",
            "-15.00 +30.00 = 15.00",
            id="actual 30, 15/30",
        ),
        pytest.param(
            Convention.THIRTY_360,
            "2026-01-02",
            "-29.00 +58.00 = 29.00",
            id="thirty 360, 29/30",
        ),
        pytest.param(
            Convention.THIRTY_360,
            "2026-01-17",
            "-14.00 +28.00 = 14.00",
            id="thirty 360, 14/30",
        ),
    ],
)
def test_an_upgrade_in_a_month_of_thirty_days(convention, day, bill):
    """30 and 60 at the share that is left."""
    story = Story(
        plan("30.00"), "2026-01-01", rules=BillingRules(convention=convention)
    )
    upgrade = story.change(day, SwitchPlan(plan("60.00")))
    assert bills(upgrade) == [f"{day}: {bill}"]


@pytest.mark.source("killbill/killbill#1942 (30-day proration)")
@pytest.mark.parametrize("convention", [Convention.ACTUAL_30, Convention.THIRTY_360])
def test_a_month_of_thirty_days_has_no_seconds(convention):
    with pytest.raises(ConventionError) as refusal:
        Story(
            plan("30.00"),
            "2026-01-01T00:00Z",
            rules=BillingRules(convention=convention),
        )
    assert refusal.value.code == "convention_not_applicable"


# Roundings.

ROUNDINGS = [
    pytest.param(Rounding.HALF_UP, "2.49", id="half up"),
    pytest.param(Rounding.HALF_EVEN, "2.48", id="half even"),
    pytest.param(Rounding.UP, "2.49", id="up"),
    pytest.param(Rounding.DOWN, "2.48", id="down"),
]


def half_a_month_and_back(rounding):
    """Return what a seat for half of April costs and gives back."""
    story = Story(
        plan("4.97"),
        "2026-04-01",
        rules=BillingRules(rounding=rounding, seats_removed=Timing.IMMEDIATE),
    )
    added = story.change("2026-04-16", AddSeats(1))
    removed = story.change("2026-04-16", RemoveSeats(1))
    return [*bills(added), *bills(removed)]


@pytest.mark.source("getlago/lago-api#4642; own figures")
@pytest.mark.parametrize(("rounding", "amount"), ROUNDINGS)
def test_half_a_cent_by_each_rounding(rounding, amount):
    """4.97 × 15/30 = 2.485; the credit is the mirror of the charge."""
    assert half_a_month_and_back(rounding) == [
        f"2026-04-16: +{amount} = {amount}",
        f"2026-04-16: -{amount} = -{amount} due 0.00",
    ]


@pytest.mark.source("decimal (the ambient context); own figures")
@pytest.mark.parametrize(("rounding", "amount"), ROUNDINGS)
def test_the_ambient_context_changes_no_rounding(rounding, amount):
    """2.485 again, in a context of three digits."""
    with decimal.localcontext(prec=3):
        found = half_a_month_and_back(rounding)
    assert found == [
        f"2026-04-16: +{amount} = {amount}",
        f"2026-04-16: -{amount} = -{amount} due 0.00",
    ]


@pytest.mark.source("getlago/lago-api#4642; own figures")
@pytest.mark.parametrize(
    ("rounding", "amount"),
    [
        pytest.param(Rounding.UP, "5.87", id="up"),
        pytest.param(Rounding.DOWN, "5.86", id="down"),
    ],
)
def test_part_of_a_cent_by_each_direction(rounding, amount):
    """6.99 × 26/31 = 5.8625."""
    story = Story(plan("6.99"), "2026-01-15", rules=BillingRules(rounding=rounding))
    added = story.change("2026-01-20", AddSeats(1))
    assert bills(added) == [f"2026-01-20: +{amount} = {amount}"]


@pytest.mark.source("py-moneyed (digits beyond the currency); own figures")
def test_an_exact_amount_is_rounded_by_name():
    """123.456 is nearer to 123.46, also in a context of three digits."""
    exact = Fraction(123_456, 1000)
    with decimal.localcontext(prec=3):
        found = Money.rounded(exact, "USD", Rounding.HALF_UP)
        assert digits(found) == "123.46"


# Splits.


@pytest.mark.source("moneyphp, Money::allocate (floats rank the remainders)")
@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        pytest.param(
            "100.00", [1, 1, 1], ["33.34", "33.33", "33.33"], id="a cent for the first"
        ),
        # 1.7647, 4.1176, 4.1176: 0.01 left for the largest remainder
        pytest.param("10.00", [3, 7, 7], ["1.76", "4.12", "4.12"], id="3 : 7 : 7"),
        pytest.param(
            "-100.00", [1, 1, 1], ["-33.34", "-33.33", "-33.33"], id="less than nothing"
        ),
        pytest.param(
            "0.05", [1, 0, 1], ["0.03", "0.00", "0.02"], id="a weight of zero"
        ),
        pytest.param(
            "90071992547409.93",
            [1, 2],
            ["30023997515803.31", "60047995031606.62"],
            id="beyond the floats",
        ),
    ],
)
def test_a_split_by_weights(amount, weights, parts):
    """The parts add up; what is left goes to the largest remainders."""
    found = allocate(Money(amount, "EUR"), weights)
    assert [digits(part) for part in found] == parts


@pytest.mark.source("moneyphp, Money::allocate; own figures")
def test_a_split_by_no_weights_is_refused():
    with pytest.raises(OutOfBoundsError) as refusal:
        allocate(Money("10.00", "EUR"), [0, 0])
    assert refusal.value.code == "out_of_bounds"
