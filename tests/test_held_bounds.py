"""Where each number stops: the least and the most are accepted, the next is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from seatbill import (
    MONTHLY,
    AddOn,
    BillingRules,
    ChargeFee,
    Discount,
    GrantCredit,
    Interval,
    Money,
    Period,
    Plan,
    Price,
    TaxRate,
    Tier,
    allocate,
    prorate,
)
from seatbill._values.base import Quantities
from seatbill.errors import (
    AccountNumberError,
    AmountError,
    DateRangeError,
    OutOfBoundsError,
    PercentageError,
    TooManyDigitsError,
    WrongTypeError,
)
from seatbill.limits import LIMITS
from seatbill.payments import Card, PaymentPolicy, PercentageFee, SepaMandate
from shop import SMALL, usd
from stories import Story, at, plan

OPENING = Story(SMALL, "2026-04-01", seats=10, tax_rates=[TaxRate("vat", "0.2")])
INVOICE = OPENING.opening.invoice
(LINE,) = INVOICE.lines
SUB = OPENING.subscription
CARD = Card(brand="visa", last_four="4242", expiry_year=2026, expiry_month=3)
LONG = 10**60
"""What can still be written out."""


def field(value: Any, name: str) -> Callable[[int], Any]:
    """Return what puts another number into one field of *value*."""
    return lambda number: attrs.evolve(value, **{name: number})


def fields(
    value: Any, least: int, most: int, *names: str
) -> list[tuple[str, Callable[[int], Any], int, int]]:
    """Return a row for each of these fields."""
    kind = type(value).__name__
    return [(f"{kind}.{name}", field(value, name), least, most) for name in names]


BOUNDS = [
    ("Quantities", lambda n: Quantities({"seat": n}), 0, 10**12),
    *fields(plan("1.00"), -(10**9), 10**9, "rank"),
    *fields(AddOn("a", "A"), -(10**9), 10**9, "rank"),
    *fields(AddOn("a", "A"), 1, 10**12, "batch"),
    *fields(Discount.percent("1", id="d"), 0, 10**6, "periods"),
    *fields(Tier(up_to=5), 1, 10**12, "up_to"),
    *fields(usd("1.00", max_quantity=10**12), 0, 10**12, "min_quantity"),
    *fields(usd("1.00", min_quantity=7), 7, 10**12, "max_quantity"),
    *fields(usd("1.00"), 1, 10**12, "max_quantity"),
    *fields(BillingRules(), 0, 3650, "notice_days", "max_freeze_days"),
    *fields(LINE.terms, 0, LONG, "unit_scaled"),
    *fields(LINE.terms, 1, LONG, "scale"),
    *fields(LINE, -LONG, LONG, "quantity", "full_scaled", "amount_minor"),
    *fields(LINE, 0, LONG, "share_numerator", "cap_minor"),
    *fields(LINE, 1, LONG, "share_denominator"),
    *fields(INVOICE, -LONG, LONG, "subtotal_minor", "total_minor"),
    *fields(INVOICE, -LONG, LONG, "credit_applied_minor"),
    *fields(SUB.charges[0], -LONG, LONG, "quantity", "full_scaled"),
    *fields(SUB.charges[0], -LONG, LONG, "charged_minor", "credited_minor"),
    *fields(SUB.charges[0], 0, LONG, "cut_minor", "kept_minor"),
    *fields(SUB, 0, LONG, "credit_balance_minor"),
    *fields(CARD, 2000, 2099, "expiry_year"),
    *fields(LIMITS, 1, 10**12, "lines", "visits", "periods", "nodes", "bits"),
    *fields(LIMITS, 1, 10**12, "problems"),
    *fields(LIMITS, 1, 100, "depth"),
    *fields(CARD, 1, 12, "expiry_month"),
    ("Money", lambda n: Money.from_minor_units(n, "USD"), -LONG, LONG),
]


@pytest.mark.parametrize(
    ("make", "least", "most"),
    [pytest.param(*row, id=name) for name, *row in BOUNDS],
)
def test_a_number_is_within_its_bounds_both_included(make, least, most):
    make(least)
    make(most)
    for beyond in (least - 1, most + 1):
        with pytest.raises(OutOfBoundsError) as refused:
            make(beyond)
        told = refused.value
        assert (told.value, told.minimum, told.maximum) == (beyond, least, most)


@pytest.mark.parametrize("sign", [1, -1])
def test_what_money_grows_to_is_within_the_same_bounds(sign):
    most = Money.from_minor_units(sign * LONG, "USD")
    cent = Money.from_minor_units(sign, "USD")
    assert (most - cent) + cent == most
    assert Money.rounded(most.exact, "USD", BillingRules().rounding) == most
    with pytest.raises(OutOfBoundsError):
        most + cent


@pytest.mark.parametrize("n", [10**7, -(10**7)])
def test_a_period_is_counted_ten_million_from_the_anchor_at_most(n):
    with pytest.raises(DateRangeError):
        Period.nth(at("2026-01-01"), MONTHLY, n)
    with pytest.raises(OutOfBoundsError) as refused:
        Period.nth(at("2026-01-01"), MONTHLY, n + (1 if n > 0 else -1))
    assert (refused.value.minimum, refused.value.maximum) == (-(10**7), 10**7)


def test_the_longest_interval_is_a_thousand_years_of_365_days_and_a_quarter():
    assert Interval(months=12_000).nominal_days == 365_250
    assert Interval(days=365_250).nominal_months == 12_000
    assert Interval(days=366_000).nominal_months == 12_025  # × 48 / 1461 = 12 024.6
    for name, most in (("months", 12_000), ("days", 366_000)):
        with pytest.raises(OutOfBoundsError) as refused:
            Interval(**{name: most + 1})
        assert (refused.value.minimum, refused.value.maximum) == (1, most)


# How fine and how large a price is.


@pytest.mark.parametrize(
    ("amount", "error"),
    [
        ("0.000000000001", None),
        ("0.0000000000001", TooManyDigitsError),
        (10**18 - 1, None),
        (10**18, OutOfBoundsError),
        ("-0.01", OutOfBoundsError),
        ("0", None),
    ],
)
def test_a_unit_price_has_eighteen_digits_and_twelve_decimals(amount, error):
    if error is None:
        assert usd(amount).unit_amount == Decimal(amount)
        return
    with pytest.raises(error) as refused:
        usd(amount)
    assert Decimal(refused.value.as_dict()["values"].get("value", amount)) == Decimal(
        amount
    )


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda n: Discount(id="d", percent_off=n), id="a discount"),
        pytest.param(PercentageFee, id="a fee"),
    ],
)
def test_a_percentage_has_six_decimals(make):
    make("0.000001")
    make("100")
    for wrong, error in (
        ("0.0000001", TooManyDigitsError),
        ("100.000001", OutOfBoundsError),
        ("-0.000001", OutOfBoundsError),
    ):
        with pytest.raises(error):
            make(wrong)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(
            lambda off: BillingRules(interval_discounts={MONTHLY: off}), id="a rule"
        ),
        pytest.param(
            lambda off: TaxRate("vat", Fraction(off) / 100 if off else "0"), id="a tax"
        ),
    ],
)
def test_a_part_of_one_is_one_at_most(make):
    make("100")
    with pytest.raises(OutOfBoundsError):
        make("101")


def test_a_discount_in_percent_is_one_at_least_as_a_fraction_of_one_is_none():
    assert BillingRules(interval_discounts={MONTHLY: "1"}).interval_discount(
        MONTHLY
    ) == Fraction(1, 100)
    none = BillingRules(interval_discounts={MONTHLY: 0}).interval_discount(MONTHLY)
    assert none == 0
    with pytest.raises(PercentageError) as refused:
        BillingRules(interval_discounts={MONTHLY: "0.999"})
    assert (refused.value.value, refused.value.percent) == ("0.999", "99.9")


@pytest.mark.parametrize("digits", [41, -41])
def test_an_amount_has_forty_digits_on_either_side(digits):
    sign = -1 if digits < 0 else 1
    near = Decimal((0, (1,), digits - sign))
    assert Money.rounded(near, "USD", BillingRules().rounding).exact == (
        Fraction(10**40) if digits > 0 else 0
    )
    with pytest.raises(AmountError):
        Money.rounded(Decimal((0, (1,), digits)), "USD", BillingRules().rounding)


def test_an_amount_has_forty_decimals_however_large_it_is():
    places = "0" * 39
    half_up = BillingRules().rounding
    assert Money.rounded(f"1.{places}1", "USD", half_up) == Money(1, "USD")
    with pytest.raises(AmountError):
        Money.rounded(f"1.0{places}1", "USD", half_up)


@pytest.mark.parametrize("ten", ["10", "1E1", "10.0", 10])
def test_equal_prices_look_equal(ten):
    assert repr(usd(ten).unit_amount) == "Decimal('10')"


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda n: ChargeFee("late", Money(n, "USD")), id="a fee"),
        pytest.param(lambda n: GrantCredit(Money(n, "USD"), "sorry"), id="a credit"),
        pytest.param(lambda n: Discount.fixed(n, "USD", id="d"), id="a discount"),
        pytest.param(
            lambda n: PaymentPolicy(authorization=Money(n, "USD")), id="a hold"
        ),
    ],
)
def test_a_cent_is_something(make):
    make("0.01")
    with pytest.raises(OutOfBoundsError) as refused:
        make("-0.01")
    assert refused.value.minimum in (Money("0.01", "USD"), Money.zero("USD"), 0)


def test_a_hold_is_a_cent_at_least():
    with pytest.raises(OutOfBoundsError) as refused:
        PaymentPolicy(authorization=Money.zero("USD"))
    assert refused.value.minimum == Money("0.01", "USD")


# What lies between: counted, not bounded.


def test_an_allocation_of_nothing_and_of_a_debt_adds_up():
    assert allocate(Money.zero("EUR"), [1, 0]) == (Money.zero("EUR"),) * 2
    parts = allocate(Money("-0.05", "EUR"), [1, 1, 1])
    assert [str(part.amount) for part in parts] == ["-0.02", "-0.02", "-0.01"]


def test_a_rounding_is_asked_for_even_where_nothing_is_rounded():
    april = Period(dt.date(2026, 4, 1), dt.date(2026, 5, 1))
    with pytest.raises(WrongTypeError) as refused:
        prorate(Money("30", "USD"), used=april, whole=april, rounding=None)
    assert refused.value.name == "rounding"


@pytest.mark.parametrize(
    ("number", "length"),
    [
        pytest.param("4" + "0" * 10 + "2", 12, id="the shortest card number"),
        pytest.param("4" + "0" * 17 + "2", 19, id="the longest"),
    ],
)
def test_a_card_number_has_twelve_to_nineteen_digits(number, length):
    number = next(f"{number[:-1]}{n}" for n in range(10) if luhn(f"{number[:-1]}{n}"))
    assert len(number) == length
    card = Card.from_number(number, expiry_year=2026, expiry_month=3)
    assert card.last_four == number[-4:]
    beyond = "0" * (length + (1 if length == 19 else -1))
    with pytest.raises(AccountNumberError) as refused:
        Card.from_number(beyond, expiry_year=2026, expiry_month=3)
    assert "12 to 19" in str(refused.value)


def luhn(digits: str) -> bool:
    """Return whether the last digit fits, by the table of ISO/IEC 7812-1 annex B."""
    twice = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
    total = sum(int(n) for n in digits[::-2]) + sum(
        twice[int(n)] for n in digits[-2::-2]
    )
    return total % 10 == 0


def iban(country: str, account: str) -> str:
    """Return an IBAN with its check digits, by ISO 7064 mod 97-10."""
    digits = "".join(str(int(letter, 36)) for letter in f"{account}{country}00")
    return f"{country}{98 - int(digits) % 97:02}{account}"


def refused_iban(number: str) -> str:
    """Return why *number* is no IBAN."""
    with pytest.raises(AccountNumberError) as refused:
        SepaMandate.from_iban(number, reference="M-1")
    return refused.value.problem


def test_an_iban_of_a_country_without_a_known_length_has_15_to_34_characters():
    for length in (15, 34):
        sound = iban("QA", "1" * (length - 4))
        assert SepaMandate.from_iban(sound, reference="M-1").last_four == "1111"
    problems = {refused_iban(iban("QA", "1" * (length - 4))) for length in (14, 35)}
    assert len(problems) == 1
    assert problems != {refused_iban("DE00370400440532013000")}


@pytest.mark.parametrize("check", ["8A", "A8"])
def test_both_check_digits_of_an_iban_are_digits(check):
    lettered = refused_iban(f"DE{check}370400440532013000")
    assert lettered == refused_iban("DE8937040044053201300#")
    assert lettered != refused_iban("DE88370400440532013000")


def test_a_mandate_has_a_reference_of_thirty_five_characters():
    made = SepaMandate(reference="M" * 35, country="DE", last_four="3000")
    assert made.reference == "M" * 35
    with pytest.raises(OutOfBoundsError) as refused:
        attrs.evolve(made, reference="M" * 36)
    assert (refused.value.value, refused.value.maximum) == (36, 35)


def test_what_is_sold_has_a_price_of_nothing_at_least():
    free = Plan("free", "Free", 0, [Price(unit_amount=0, currency="USD")])
    assert free.prices[0].unit_amount == 0
