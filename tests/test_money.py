"""Money is whole minor units of one currency, with the digits of ISO 4217."""

from __future__ import annotations

import decimal
import pickle
from decimal import Decimal
from fractions import Fraction
from importlib.metadata import version

import pytest
from iso4217 import Currency

from seatbill import Money, Rounding
from seatbill.errors import (
    AmountError,
    CurrencyMismatchError,
    OutOfBoundsError,
    TooManyDigitsError,
    UnknownCurrencyError,
    WrongTypeError,
)
from seatbill.money import _DIGITS, currency_digits, divide

# ------------------------------------------------------------------- the ISO 4217 table

DIGITS_ELSEWHERE = {
    currency.code: currency.exponent
    for currency in Currency
    if currency.exponent is not None
}

# Ours is the list of 1 January 2026, and a package names the day of its own.  An older
# one has codes that are retired here and lacks newer ones; what a later one has beside
# ours is no fault, but says that it is time to look.
OURS = "20260101"
EDITION = version("iso4217").rpartition(".")[2]
as_of_ours = pytest.mark.skipif(
    EDITION > OURS, reason=f"ISO 4217 of {EDITION}: bring ours up to date"
)
RETIRED = {
    "ANG": "replaced by XCG in 2025",
    "BGN": "replaced by EUR in 2026",
    "CUC": "merged with CUP in 2021",
    "HRK": "replaced by EUR in 2023",
    "SLL": "replaced by SLE in 2024",
    "ZWL": "replaced by ZWG in 2024",
}
NEWER = {
    "SLE": "since 2022",
    "VED": "since 2021",
    "XAD": "since 2025",
    "XCG": "since 2025",
    "ZWG": "since 2024",
}


@pytest.mark.source("ISO 4217 list one, through the package iso4217")
@pytest.mark.parametrize("code", sorted(DIGITS_ELSEWHERE.keys() & _DIGITS.keys()))
def test_a_currency_with_a_minor_unit_has_the_digits_of_iso_4217(code):
    assert currency_digits(code) == DIGITS_ELSEWHERE[code]


@as_of_ours
@pytest.mark.source("ISO 4217 list one, through the package iso4217")
def test_every_currency_with_a_minor_unit_is_known():
    assert DIGITS_ELSEWHERE.keys() - RETIRED.keys() <= _DIGITS.keys()


@as_of_ours
@pytest.mark.source("ISO 4217 list one, through the package iso4217")
def test_no_currency_is_known_that_iso_4217_does_not_list():
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    known = set()
    for code in (a + b + c for a in letters for b in letters for c in letters):
        try:
            currency_digits(code)
        except UnknownCurrencyError:
            continue
        known.add(code)
    assert known - NEWER.keys() <= DIGITS_ELSEWHERE.keys()
    assert known.isdisjoint(RETIRED)


@pytest.mark.source("ISO 4217 list one: no minor unit (N.A.)")
@pytest.mark.parametrize(
    "code", [c.code for c in Currency if c.exponent is None and c.code not in NEWER]
)
def test_a_code_without_a_minor_unit_is_refused(code):
    with pytest.raises(UnknownCurrencyError) as refused:
        Money("1", code)
    assert refused.value.code == "unknown_currency"
    assert refused.value.currency == code


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("JPY", 0),
        ("ISK", 0),
        ("EUR", 2),
        ("RSD", 2),
        ("KWD", 3),
        ("IQD", 3),
        ("CLF", 4),
        ("UYW", 4),
    ],
)
def test_digits_are_those_of_the_standard_not_those_shown_in_shops(code, digits):
    """CLDR has printed RSD and IQD without decimals; ISO 4217 counts 2 and 3."""
    assert currency_digits(code) == digits
    assert Money.from_minor_units(1, code).amount == Decimal(1).scaleb(-digits)


# ------------------------------------------------------------------------ what comes in


@pytest.mark.parametrize(
    ("amount", "currency", "minor_units"),
    [
        pytest.param("19.90", "EUR", 1990, id="text"),
        pytest.param("19.9", "EUR", 1990, id="fewer digits than cents"),
        pytest.param("19.900", "EUR", 1990, id="zeros beyond cents"),
        pytest.param(19, "EUR", 1900, id="int"),
        pytest.param(Decimal("19.90"), "EUR", 1990, id="Decimal"),
        pytest.param("-0.01", "EUR", -1, id="a cent owed"),
        pytest.param("-0", "EUR", 0, id="minus nothing"),
        pytest.param("1e3", "EUR", 100_000, id="with an exponent"),
        pytest.param("980", "JPY", 980, id="no decimals"),
        pytest.param("980.0", "JPY", 980, id="a zero where there is no decimal"),
        pytest.param("1.234", "KWD", 1234, id="three decimals"),
        pytest.param("0.0001", "CLF", 1, id="four decimals"),
        pytest.param(10**15, "USD", 10**17, id="ten to the fifteen"),
        pytest.param(
            "999999999999999.99", "USD", 10**17 - 1, id="a cent below it, exact"
        ),
    ],
)
def test_an_amount_is_kept_in_minor_units(amount, currency, minor_units):
    money = Money(amount, currency)
    assert money.minor_units == minor_units
    assert money == Money.from_minor_units(minor_units, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "digits"),
    [
        ("19.905", "EUR", 2),
        ("0.001", "USD", 2),
        ("1.5", "JPY", 0),
        ("1.2345", "KWD", 3),
        (Decimal("0.00001"), "CLF", 4),
    ],
)
def test_digits_beyond_the_minor_unit_are_refused_not_rounded(amount, currency, digits):
    with pytest.raises(TooManyDigitsError) as refused:
        Money(amount, currency)
    assert refused.value.code == "too_many_digits"
    assert refused.value.as_dict()["values"] == {
        "value": amount,
        "currency": currency,
        "digits": digits,
    }


@pytest.mark.parametrize(
    "amount",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "",
        "ten",
        "1,50",
        "1.2.3",
        "0x10",
        "1e41",
        "1e-41",
        "1e999999999999999999999",
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
    ],
)
def test_what_is_no_finite_number_of_a_sane_size_is_refused(amount):
    with pytest.raises(AmountError) as refused:
        Money(amount, "EUR")
    assert refused.value.code == "invalid_amount"
    assert refused.value.name == "amount"
    assert refused.value.value is amount


@pytest.mark.parametrize(
    "amount", [19.9, float("nan"), True, None, b"1", Fraction(1, 2), ("1",)]
)
def test_what_is_no_text_int_or_decimal_is_the_caller_s_bug(amount):
    with pytest.raises(WrongTypeError) as refused:
        Money(amount, "EUR")
    assert refused.value.code == "wrong_type"
    assert refused.value.name == "amount"


@pytest.mark.parametrize("currency", ["eur", "EURO", "", " EUR", "XXX", "BTC", "978"])
def test_a_currency_that_is_not_listed_is_refused(currency):
    with pytest.raises(UnknownCurrencyError) as refused:
        Money("1", currency)
    assert refused.value.currency == currency


def test_minor_units_are_an_int():
    for wrong in (19.0, "19", True, Decimal(19)):
        with pytest.raises(WrongTypeError) as refused:
            Money.from_minor_units(wrong, "EUR")
        assert refused.value.name == "minor_units"


# ------------------------------------------------------------------------ what it shows


@pytest.mark.parametrize(
    ("minor_units", "currency", "shown"),
    [
        (1990, "EUR", "Money('19.90', 'EUR')"),
        (-5, "EUR", "Money('-0.05', 'EUR')"),
        (0, "EUR", "Money('0.00', 'EUR')"),
        (980, "JPY", "Money('980', 'JPY')"),
        (1, "CLF", "Money('0.0001', 'CLF')"),
        (10**17, "USD", "Money('1000000000000000.00', 'USD')"),
        (1, "KWD", "Money('0.001', 'KWD')"),
    ],
)
def test_its_repr_can_be_pasted_back(minor_units, currency, shown):
    money = Money.from_minor_units(minor_units, currency)
    assert repr(money) == shown
    assert eval(shown) == money


def test_it_reads_as_an_amount_and_its_currency():
    assert str(Money("19.90", "EUR")) == "19.90 EUR"


def test_its_amount_has_all_digits_and_its_exact_value_is_a_fraction():
    money = Money("-19.90", "EUR")
    assert money.amount.as_tuple() == Decimal("-19.90").as_tuple()
    assert money.exact == Fraction(-199, 10)


def test_the_callers_decimal_context_changes_nothing():
    exact = Money("1234567.89", "EUR")
    with decimal.localcontext(prec=2) as context:
        context.traps[decimal.Inexact] = True
        context.traps[decimal.FloatOperation] = True
        assert Money("1234567.89", "EUR") == exact
        assert exact.amount.as_tuple() == Decimal("1234567.89").as_tuple()
        assert repr(exact + exact) == "Money('2469135.78', 'EUR')"
        assert Money.rounded(Fraction(2, 3), "EUR", Rounding.UP).minor_units == 67
        context.traps[decimal.InvalidOperation] = False
        with pytest.raises(AmountError):
            Money("ten", "EUR")


def test_it_travels_and_is_a_key():
    money = Money("19.90", "EUR")
    assert pickle.loads(pickle.dumps(money)) == money
    assert {money: "paid"}[Money("19.9", "EUR")] == "paid"
    assert money != Money("19.90", "USD")
    assert money != 1990


def test_it_never_changes():
    money = Money("19.90", "EUR")
    with pytest.raises(AttributeError):
        money.minor_units = 1
    assert money == Money("19.90", "EUR")


# --------------------------------------------------------------------------- arithmetic


def test_sums_differences_signs_and_multiples_are_exact():
    ten, three = Money("10.00", "EUR"), Money("3.33", "EUR")
    assert ten + three == Money("13.33", "EUR")
    assert three - ten == Money("-6.67", "EUR")
    assert -ten == Money("-10.00", "EUR")
    assert abs(three - ten) == Money("6.67", "EUR")
    assert three * 3 == 3 * three == Money("9.99", "EUR")
    assert three * -1 == -three


def test_order_is_the_order_of_amounts():
    small, large = Money("1.99", "EUR"), Money("2.00", "EUR")
    assert small < large
    assert small <= large
    assert small <= Money("1.99", "EUR")
    assert large > small
    assert large >= small
    assert not large < small
    assert not large <= small
    assert not small > large
    assert not small >= large


def test_only_nothing_is_false():
    assert not Money.zero("EUR")
    assert Money("0.01", "EUR")
    assert Money("-0.01", "EUR")


def test_a_total_adds_up_and_knows_its_currency_when_there_is_nothing():
    amounts = [Money("0.10", "EUR"), Money("0.20", "EUR"), Money("-0.05", "EUR")]
    assert Money.total(amounts, "EUR") == Money("0.25", "EUR")
    assert Money.total(iter(amounts), "EUR") == Money("0.25", "EUR")
    assert Money.total([], "EUR") == Money.zero("EUR")


OPERATIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "below": lambda a, b: a < b,
    "at most": lambda a, b: a <= b,
    "above": lambda a, b: a > b,
    "at least": lambda a, b: a >= b,
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_two_currencies_never_meet(operation):
    with pytest.raises(CurrencyMismatchError) as refused:
        operation(Money("1", "EUR"), Money("1", "USD"))
    assert refused.value.code == "currency_mismatch"
    assert (refused.value.left, refused.value.right) == ("EUR", "USD")


@pytest.mark.parametrize("other", [1, 1.0, "1.00", None, Decimal(1)])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_money_meets_nothing_but_money(operation, other):
    with pytest.raises(WrongTypeError) as refused:
        operation(Money("1", "EUR"), other)
    assert refused.value.name == "other"


@pytest.mark.parametrize("times", [1.5, Decimal(2), "2", True, Money("2", "EUR")])
def test_money_is_multiplied_by_whole_numbers_only(times):
    with pytest.raises(WrongTypeError) as refused:
        Money("1", "EUR") * times
    assert refused.value.name == "times"
    if not isinstance(times, Money):
        with pytest.raises(WrongTypeError):
            times * Money("1", "EUR")


def test_a_total_refuses_another_currency_and_what_is_no_money():
    with pytest.raises(CurrencyMismatchError) as mixed:
        Money.total([Money("1", "EUR"), Money("1", "USD")], "EUR")
    assert (mixed.value.left, mixed.value.right) == ("EUR", "USD")
    for wrong in ([1], [Money("1", "EUR"), "1"], 5, None):
        with pytest.raises(WrongTypeError) as refused:
            Money.total(wrong, "EUR")
        assert refused.value.name == "amounts"


# ----------------------------------------------------------------------------- rounding


@pytest.mark.parametrize(
    ("exact", "half_up", "half_even", "up", "down"),
    [
        pytest.param("0.004", "0.00", "0.00", "0.01", "0.00", id="below half"),
        pytest.param("0.005", "0.01", "0.00", "0.01", "0.00", id="half, even below"),
        pytest.param("0.015", "0.02", "0.02", "0.02", "0.01", id="half, odd below"),
        pytest.param("0.025", "0.03", "0.02", "0.03", "0.02", id="half again"),
        pytest.param("0.0051", "0.01", "0.01", "0.01", "0.00", id="above half"),
        pytest.param("1.23", "1.23", "1.23", "1.23", "1.23", id="nothing to round"),
        pytest.param("0.000001", "0.00", "0.00", "0.01", "0.00", id="next to nothing"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_each_rounding_treats_charges_and_credits_alike(
    exact, half_up, half_even, up, down, sign
):
    amount = sign * Fraction(exact)
    found = [Money.rounded(amount, "EUR", rounding) for rounding in Rounding]
    assert found == [Money(x, "EUR") * sign for x in (half_up, half_even, up, down)]


@pytest.mark.parametrize("amount", ["0.666", Decimal("0.666"), Fraction(333, 500)])
def test_an_exact_amount_may_be_written_in_any_way(amount):
    assert Money.rounded(amount, "EUR", Rounding.HALF_UP) == Money("0.67", "EUR")


def test_an_int_is_exact_already():
    assert Money.rounded(7, "JPY", Rounding.UP) == Money("7", "JPY")


def test_a_rounding_is_named_not_guessed():
    with pytest.raises(WrongTypeError) as refused:
        Money.rounded("0.666", "EUR", None)
    assert refused.value.name == "rounding"
    with pytest.raises(WrongTypeError) as refused:
        Money.rounded(0.666, "EUR", Rounding.UP)
    assert refused.value.name == "amount"
    with pytest.raises(UnknownCurrencyError):
        Money.rounded("0.666", "EURO", Rounding.UP)
    with pytest.raises(AmountError):
        Money.rounded("NaN", "EUR", Rounding.UP)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotients"),
    [
        pytest.param(5, 2, (3, 2, 3, 2), id="two and a half"),
        pytest.param(7, 2, (4, 4, 4, 3), id="three and a half"),
        pytest.param(-5, 2, (-3, -2, -3, -2), id="minus two and a half"),
        pytest.param(6, 3, (2, 2, 2, 2), id="two"),
        pytest.param(0, 3, (0, 0, 0, 0), id="nothing"),
        pytest.param(8, 3, (3, 3, 3, 2), id="two and two thirds"),
        pytest.param(7, 3, (2, 2, 3, 2), id="two and a third"),
        pytest.param(
            10**30 + 1, 2, (5 * 10**29 + 1, 5 * 10**29, 5 * 10**29 + 1, 5 * 10**29)
        ),
    ],
)
def test_a_quotient_is_rounded_by_name(numerator, denominator, quotients):
    found = [divide(numerator, denominator, rounding) for rounding in Rounding]
    assert found == list(quotients)
    assert all(type(quotient) is int for quotient in found)


# The largest amount: 10^60 minor units, far below the 4,300 digits that Python prints.
MOST = Money.from_minor_units(10**60, "EUR")


@pytest.mark.parametrize(
    "grown",
    [
        pytest.param(lambda: MOST + Money("0.01", "EUR"), id="a sum"),
        pytest.param(lambda: -MOST - Money("0.01", "EUR"), id="a difference"),
        pytest.param(lambda: MOST * 2, id="a product"),
        pytest.param(lambda: -(10**5000) * Money("0.01", "EUR"), id="a long product"),
        pytest.param(
            lambda: Money.rounded(Fraction(10**5000), "EUR", Rounding.DOWN),
            id="a rounded number",
        ),
        pytest.param(lambda: Money.from_minor_units(10**60 + 1, "EUR"), id="units"),
        pytest.param(lambda: Money.total([MOST, MOST], "EUR"), id="a total"),
    ],
)
def test_an_amount_that_nobody_could_write_out_is_refused(grown):
    with pytest.raises(OutOfBoundsError) as refused:
        grown()
    assert refused.value.as_dict()["code"] == "out_of_bounds"
    assert refused.value.maximum == 10**60
    assert refused.value.minimum == -(10**60)


def test_the_largest_amount_is_written_out_to_the_cent():
    assert str(MOST) == f"1{'0' * 58}.00 EUR"
    assert MOST + Money("0.00", "EUR") == MOST * 1 == MOST
    assert Money.zero("EUR") == MOST - MOST
