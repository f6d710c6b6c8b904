"""A share is an exact ratio by one of four conventions; money is rounded once."""

from __future__ import annotations

import datetime as dt
import decimal
from fractions import Fraction

import pytest

from seatbill import Convention, Money, Period, Rounding, allocate, prorate, share
from seatbill.errors import (
    ConventionError,
    MixedTimeError,
    OutOfBoundsError,
    UnknownWordError,
    WrongTypeError,
)

ACTUAL, ACTUAL_30, THIRTY_360, FULL = Convention


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


def days(text: str) -> Period:
    """Return the period that ``2026-01-20/2026-02-01`` names; its end is not in."""
    start, end = map(dt.date.fromisoformat, text.split("/"))
    return Period(start, end)


JANUARY = days("2026-01-01/2026-02-01")
FEBRUARY = days("2026-02-01/2026-03-01")
LEAP_FEBRUARY = days("2028-02-01/2028-03-01")
APRIL = days("2026-04-01/2026-05-01")
QUARTER = days("2026-01-01/2026-04-01")
YEAR = days("2026-01-01/2027-01-01")


# -------------------------------------------------------------------------- conventions


@pytest.mark.parametrize(
    ("used", "whole", "actual", "actual_30", "thirty_360"),
    [
        pytest.param(
            "2026-01-20/2026-02-01",
            JANUARY,
            (12, 31),
            (12, 30),
            (11, 30),
            id="the 20th",
        ),
        pytest.param(
            "2026-01-31/2026-02-01", JANUARY, (1, 31), (1, 30), (1, 30), id="the 31st"
        ),
        pytest.param(
            "2026-01-30/2026-02-01", JANUARY, (2, 31), (2, 30), (1, 30), id="the 30th"
        ),
        pytest.param(
            "2026-01-02/2026-02-01", JANUARY, (30, 31), (30, 30), (29, 30), id="the 2nd"
        ),
        pytest.param(
            "2026-01-01/2026-02-01", JANUARY, (1, 1), (1, 1), (1, 1), id="all January"
        ),
        pytest.param(
            "2026-02-15/2026-03-01",
            FEBRUARY,
            (14, 28),
            (14, 30),
            (16, 30),
            id="14 of 28",
        ),
        pytest.param(
            "2026-02-01/2026-03-01", FEBRUARY, (1, 1), (1, 1), (1, 1), id="all February"
        ),
        pytest.param(
            "2028-02-15/2028-03-01",
            LEAP_FEBRUARY,
            (15, 29),
            (15, 30),
            (16, 30),
            id="15 of 29",
        ),
        pytest.param(
            "2026-04-16/2026-05-01",
            APRIL,
            (15, 30),
            (15, 30),
            (15, 30),
            id="half April",
        ),
        pytest.param(
            "2026-02-15/2026-04-01", QUARTER, (45, 90), (45, 90), (46, 90), id="quarter"
        ),
        pytest.param(
            "2026-07-02/2027-01-01", YEAR, (183, 365), (183, 360), (179, 360), id="year"
        ),
        pytest.param(
            "2026-01-02/2027-01-01",
            YEAR,
            (364, 365),
            (360, 360),
            (359, 360),
            id="a year but a day",
        ),
    ],
)
def test_each_convention_counts_its_own_days(
    used, whole, actual, actual_30, thirty_360
):
    assert share(days(used), whole) == Fraction(*actual)
    assert share(days(used), whole, ACTUAL) == Fraction(*actual)
    assert share(days(used), whole, ACTUAL_30) == Fraction(*actual_30)
    assert share(days(used), whole, THIRTY_360) == Fraction(*thirty_360)
    assert share(days(used), whole, FULL) == 1


@pytest.mark.source("design.md 2: actual_30, its parts need not add up to 1")
def test_the_parts_of_a_long_month_may_exceed_it_under_actual_30():
    first, second = days("2026-01-01/2026-01-16"), days("2026-01-16/2026-02-01")
    assert share(first, JANUARY, ACTUAL_30) == Fraction(15, 30)
    assert share(second, JANUARY, ACTUAL_30) == Fraction(16, 30)


def test_a_period_of_less_than_half_a_month_has_thirty_days_under_actual_30():
    week = days("2026-01-01/2026-01-08")
    assert share(days("2026-01-02/2026-01-08"), week, ACTUAL_30) == Fraction(6, 30)
    assert share(week, week, ACTUAL_30) == 1


@pytest.mark.source("design.md 2: a day is 360 y + 30 m + min(d, 30)")
def test_under_thirty_360_an_end_of_february_is_not_the_30th():
    """An anchor on the 31st: from 28 February to 31 March are 32 days of 30/360."""
    whole = days("2026-02-28/2026-03-31")
    assert share(days("2026-03-15/2026-03-31"), whole, THIRTY_360) == Fraction(15, 32)


@pytest.mark.parametrize("convention", Convention)
def test_what_lies_outside_does_not_count(convention):
    assert share(days("2025-12-01/2026-03-01"), JANUARY, convention) == 1
    assert share(days("2026-02-01/2026-03-01"), JANUARY, convention) == 0
    assert share(days("2025-12-01/2026-01-01"), JANUARY, convention) == 0
    inside = share(days("2026-01-20/2026-02-01"), JANUARY, convention)
    assert share(days("2026-01-20/2026-06-01"), JANUARY, convention) == inside


@pytest.mark.source("design.md 5: seconds of a month of 28 days")
def test_instants_are_counted_exactly():
    whole = Period(utc(2026, 2, 1), utc(2026, 3, 1))
    used = Period(utc(2026, 3, 1) - dt.timedelta(seconds=881_112), utc(2026, 3, 1))
    assert share(used, whole) == Fraction(881_112, 2_419_200)
    assert prorate(Money("10.00", "USD"), used=used, whole=whole) == Money(
        "3.64", "USD"
    )


def test_a_microsecond_is_a_share():
    whole = Period(utc(2026, 1, 1), utc(2026, 1, 1, 0, 0, 1))
    used = Period(utc(2026, 1, 1), utc(2026, 1, 1, 0, 0, 0, 1))
    assert share(used, whole) == Fraction(1, 1_000_000)
    assert share(used, whole, FULL) == 1


@pytest.mark.parametrize("convention", [ACTUAL_30, THIRTY_360])
def test_a_calendar_convention_counts_no_instants(convention):
    whole = Period(utc(2026, 1, 1), utc(2026, 2, 1))
    with pytest.raises(ConventionError) as refused:
        share(whole, whole, convention)
    assert refused.value.code == "convention_not_applicable"
    assert refused.value.convention == convention
    assert refused.value.value == utc(2026, 1, 1)


def test_a_period_that_thirty_360_cannot_see_has_no_share():
    """30 to 31 January is no day of 30/360."""
    sliver = days("2026-01-30/2026-01-31")
    with pytest.raises(ConventionError) as refused:
        share(sliver, sliver, THIRTY_360)
    assert refused.value.value == (dt.date(2026, 1, 30), dt.date(2026, 1, 31))


def test_dates_and_instants_are_not_compared():
    with pytest.raises(MixedTimeError) as refused:
        share(JANUARY, Period(utc(2026, 1, 1), utc(2026, 2, 1)))
    assert refused.value.name == "used"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("January", JANUARY), "used"),
        ((JANUARY, 31), "whole"),
        ((JANUARY, JANUARY, "act/act"), "convention"),
        ((JANUARY, JANUARY, Rounding.UP), "convention"),
    ],
)
def test_a_share_is_of_periods_by_a_convention(arguments, name):
    with pytest.raises((WrongTypeError, UnknownWordError)) as refused:
        share(*arguments)
    assert refused.value.name == name


# -------------------------------------------------------------------------------- money


@pytest.mark.parametrize(
    ("price", "used", "whole", "amount"),
    [
        pytest.param(
            "20.97 USD",
            "2026-01-20/2026-02-15",
            "2026-01-15/2026-02-15",
            "17.59",
            id="3 seats at 6.99, 26 of 31 days (design.md 5)",
        ),
        pytest.param(
            "69.90 USD",
            "2026-04-16/2026-05-01",
            "2026-04-01/2026-05-01",
            "34.95",
            id="10 seats at 6.99, 15 of 30 days (design.md 5)",
        ),
        pytest.param(
            "49.90 USD",
            "2026-04-11/2026-05-01",
            "2026-04-01/2026-05-01",
            "33.27",
            id="10 seats at 4.99, 20 of 30 days (CL-39)",
        ),
        pytest.param(
            "14.97 USD",
            "2026-04-19/2026-05-01",
            "2026-04-01/2026-05-01",
            "5.99",
            id="3 seats at 4.99, 12 of 30 days (CL-21)",
        ),
        pytest.param(
            "180.00 EUR",
            "2026-08-17/2026-10-01",
            "2026-07-01/2026-10-01",
            "88.04",
            id="2 users at 90.00 a quarter, 45 of 92 days (design.md 5)",
        ),
        pytest.param(
            "143.70 USD",
            "2026-06-15/2027-01-01",
            "2026-01-01/2027-01-01",
            "78.74",
            id="3 seats at 47.90 a year, 200 of 365 days (CL-41)",
        ),
        pytest.param(
            "1000 JPY",
            "2026-01-20/2026-02-01",
            "2026-01-01/2026-02-01",
            "387",
            id="yen: 12000/31 = 387.09",
        ),
        pytest.param(
            "1.000 KWD",
            "2026-01-20/2026-02-01",
            "2026-01-01/2026-02-01",
            "0.387",
            id="dinar: 12/31 = 0.38709",
        ),
        pytest.param(
            "1.0000 CLF",
            "2026-01-20/2026-02-01",
            "2026-01-01/2026-02-01",
            "0.3871",
            id="unidad de fomento: 12/31 = 0.387096",
        ),
        pytest.param(
            "1000000000000000.00 USD",
            "2026-01-20/2026-02-01",
            "2026-01-01/2026-02-01",
            "387096774193548.39",
            id="ten to the fifteen, to the cent",
        ),
    ],
)
def test_a_part_of_a_period_costs_its_share_rounded_once(price, used, whole, amount):
    money = Money(*price.split())
    found = prorate(money, used=days(used), whole=days(whole))
    assert found == Money(amount, money.currency)
    assert prorate(-money, used=days(used), whole=days(whole)) == -found


@pytest.mark.parametrize(
    ("rounding", "amount"),
    [
        (Rounding.HALF_UP, "0.03"),
        (Rounding.HALF_EVEN, "0.02"),
        (Rounding.UP, "0.03"),
        (Rounding.DOWN, "0.02"),
    ],
)
def test_a_half_cent_is_rounded_by_name(rounding, amount):
    """Half of 0.05, for 15 of the 30 days of April."""
    half = days("2026-04-16/2026-05-01")
    price = Money("0.05", "EUR")
    assert prorate(price, used=half, whole=APRIL, rounding=rounding) == Money(
        amount, "EUR"
    )


@pytest.mark.source("django-plans: a day's price rounded to cents comes to 9.90")
def test_a_month_of_days_costs_the_month():
    assert prorate(Money("10.00", "EUR"), used=APRIL, whole=APRIL) == Money(
        "10.00", "EUR"
    )


def test_the_convention_is_passed_on():
    used = days("2026-02-15/2026-03-01")
    price = Money("30.00", "EUR")
    found = [
        prorate(price, used=used, whole=FEBRUARY, convention=convention).amount
        for convention in Convention
    ]
    assert [str(amount) for amount in found] == ["15.00", "14.00", "16.00", "30.00"]


def test_the_ambient_context_changes_nothing():
    with decimal.localcontext(prec=2):
        found = prorate(
            Money("1234567.89", "EUR"), used=days("2026-04-16/2026-05-01"), whole=APRIL
        )
        assert found.minor_units == 61_728_395  # 617283.945, the half away from zero


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"price": 10}, "price"),
        ({"price": "10.00"}, "price"),
        ({"used": None}, "used"),
        ({"whole": "April"}, "whole"),
        ({"convention": "fully"}, "convention"),
        ({"rounding": "ceiling"}, "rounding"),
    ],
)
def test_what_is_prorated_is_money_over_periods(arguments, name):
    sound = {"price": Money("1", "EUR"), "used": APRIL, "whole": APRIL}
    given = sound | arguments
    with pytest.raises((WrongTypeError, UnknownWordError)) as refused:
        prorate(given.pop("price"), **given)
    assert refused.value.name == name


# ----------------------------------------------------------------------------- allocate


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        pytest.param("100.00", [1, 1, 1], ["33.34", "33.33", "33.33"], id="thirds"),
        pytest.param("0.01", [1, 1], ["0.01", "0.00"], id="the first of equals"),
        pytest.param("0.05", [3, 7], ["0.02", "0.03"], id="1.5 and 3.5 cents"),
        pytest.param("1.00", [1, 2, 4], ["0.14", "0.29", "0.57"], id="largest rest"),
        pytest.param("10.00", [0, 1, 0], ["0.00", "10.00", "0.00"], id="no weight"),
        pytest.param("-100.00", [1, 1, 1], ["-33.34", "-33.33", "-33.33"], id="credit"),
        pytest.param("0.00", [1, 2], ["0.00", "0.00"], id="nothing"),
        pytest.param("7.77", [5], ["7.77"], id="one alone"),
    ],
)
def test_a_total_is_shared_out_to_the_last_cent(total, weights, parts):
    found = allocate(Money(total, "EUR"), weights)
    assert found == tuple(Money(part, "EUR") for part in parts)
    assert Money.total(found, "EUR") == Money(total, "EUR")


@pytest.mark.source("moneyphp ranks the rests with floats; these are beyond 2 ** 53")
def test_a_large_total_is_shared_out_exactly():
    found = allocate(Money.from_minor_units(10**17 + 1, "EUR"), [1, 1, 1])
    third = 33_333_333_333_333_333
    assert [part.minor_units for part in found] == [third + 1, third + 1, third]


def test_the_largest_rests_are_served_first():
    found = allocate(Money("0.02", "EUR"), [10**12 - 1, 10**12, 10**12 - 1])
    assert [part.minor_units for part in found] == [1, 1, 0]


def test_weights_may_come_one_by_one():
    assert len(allocate(Money("1.00", "EUR"), (w for w in (1, 2)))) == 2


@pytest.mark.parametrize("weights", [[], [0, 0]])
def test_without_any_weight_nothing_can_be_shared_out(weights):
    with pytest.raises(OutOfBoundsError) as refused:
        allocate(Money("1.00", "EUR"), weights)
    assert refused.value.code == "out_of_bounds"
    assert refused.value.value == 0


def test_a_weight_is_a_whole_number_from_zero():
    with pytest.raises(OutOfBoundsError) as refused:
        allocate(Money("1.00", "EUR"), [1, -1])
    assert (refused.value.name, refused.value.value) == ("weight", -1)
    for wrong in ([0.5, 0.5], [True], ["1"]):
        with pytest.raises(WrongTypeError) as mistaken:
            allocate(Money("1.00", "EUR"), wrong)
        assert mistaken.value.name == "weight"
    with pytest.raises(WrongTypeError) as mistaken:
        allocate("1.00", [1])
    assert mistaken.value.name == "total"
