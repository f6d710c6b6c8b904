"""Money, numbers, percentages, days and periods, as locales write them.

What is expected here is written by hand from CLDR's charts, from ISO 4217 and from how
the languages are written: a narrow no-break space (U+202F) between the thousands of a
French amount, a no-break space (U+00A0) before its currency.  The stand-in of CLDR
keeps it so; what holds for the CLDR that is installed is in test_formatting_live.py.
"""

# ruff: noqa: RUF001  # digits of other scripts look like Latin letters

from __future__ import annotations

import datetime as dt
import decimal
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import babel.localedata
import pytest

import cldr
from seatbill import Interval, Money, Period
from seatbill.errors import LocaleError, NaiveDatetimeError, OutOfBoundsError
from seatbill.formatting import (
    describe,
    format_date,
    format_interval,
    format_money,
    format_number,
    format_percent,
    format_period,
    format_quantity,
    format_unit_amount,
    words,
)
from seatbill.money import _DIGITS

DAY = dt.date(2026, 4, 19)
MIDNIGHT = dt.datetime(2026, 4, 19, tzinfo=dt.UTC)


def ascii_digits(text: str) -> str:
    """Return the digits in *text*, whatever their script."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


# ------------------------------------------------------------------------------ money


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        ("1234.50", "EUR", "en", "€1,234.50"),
        ("1234.50", "EUR", "fr", "1\u202f234,50\u00a0€"),
        ("1234.50", "EUR", "fr-CA", "1\u00a0234,50\u00a0€"),
        ("1234.50", "EUR", "fr_CA", "1\u00a0234,50\u00a0€"),
        ("1234.50", "EUR", "de", "1.234,50\u00a0€"),
        ("1234.50", "EUR", "es", "1.234,50\u00a0€"),
        ("1234.50", "EUR", "it", "1.234,50\u00a0€"),
        ("1234.50", "CHF", "de-CH", "CHF\u00a01’234.50"),
        ("1234.50", "SEK", "sv", "1\u00a0234,50\u00a0kr"),
        ("1234567.50", "INR", "en-IN", "₹12,34,567.50"),
        ("1234567.50", "BDT", "bn", "১২,৩৪,৫৬৭.৫০৳"),
        ("1234.50", "EGP", "ar-EG", "\u200f١٬٢٣٤٫٥٠\u00a0ج.م.\u200f"),
        ("1234.50", "SAR", "ar-AE", "\u200f1,234.50\u00a0ر.س.\u200f"),
        ("1234.50", "EUR", "fa", "\u200e€\u00a0۱٬۲۳۴٫۵۰"),
        ("1234.50", "USD", "fr", "1\u202f234,50\u00a0$US"),
        ("12.50", "CHF", "bn", "১২.৫০\u00a0CHF"),
        ("0", "EUR", "fr", "0,00\u00a0€"),
        ("0.05", "EUR", "en", "€0.05"),
        ("999", "EUR", "en", "€999.00"),
        ("1000000000000000.01", "EUR", "en", "€1,000,000,000,000,000.01"),
        ("1000000000000000", "JPY", "en", "¥1,000,000,000,000,000"),
    ],
)
def test_an_amount_is_written_as_the_locale_writes_it(amount, currency, locale, shown):
    assert format_money(Money(amount, currency), locale) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        ("-5.99", "USD", "en", "-$5.99"),
        ("-5.99", "EUR", "fr", "-5,99\u00a0€"),
        ("-5.99", "SEK", "sv", "−5,99\u00a0kr"),  # U+2212, a minus sign
        ("-5.99", "CHF", "de-CH", "CHF-5.99"),
        ("-5.99", "EUR", "nl", "€\u00a0-5,99"),
        ("-5.99", "EGP", "ar-EG", "\u200f\u061c-٥٫٩٩\u00a0ج.م.\u200f"),
        ("-1", "ISK", "en", "-ISK\u00a01"),
    ],
)
def test_what_is_given_back_has_the_sign_of_the_locale(amount, currency, locale, shown):
    assert format_money(Money(amount, currency), locale) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("10.50", "RSD", "RSD\u00a010.50"),
        ("1.234", "KWD", "KWD\u00a01.234"),
        ("1234", "JPY", "¥1,234"),
        ("1.2345", "CLF", "CLF\u00a01.2345"),
        ("12", "XAF", "FCFA\u00a012"),
    ],
)
def test_a_currency_has_as_many_decimals_as_iso_4217_gives_it(amount, currency, shown):
    assert format_money(Money(amount, currency)) == shown


def test_the_ambient_context_does_not_touch_a_digit():
    money = Money("-1234567890123456.78", "EUR")
    exact = Fraction(1, 2**40)
    expected = [
        format_money(money, "fr"),
        format_unit_amount(exact, "EUR", "fr"),
        format_number(10**20 + 1),
        format_percent(Fraction(1, 3)),
    ]
    with decimal.localcontext() as context:
        context.prec = 2
        context.rounding = decimal.ROUND_UP
        for trap in (decimal.Inexact, decimal.Rounded, decimal.FloatOperation):
            context.traps[trap] = True
        assert [
            format_money(money, "fr"),
            format_unit_amount(exact, "EUR", "fr"),
            format_number(10**20 + 1),
            format_percent(Fraction(1, 3)),
        ] == expected
        assert format_number(Decimal("1234.5678")) == "1,234.5678"
    assert expected[0] == "-1\u202f234\u202f567\u202f890\u202f123\u202f456,78\u00a0€"
    assert expected[2] == "100,000,000,000,000,000,001"


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        (Fraction(499, 100), "USD", "en", "$4.99"),
        (Fraction(5), "USD", "en", "$5.00"),
        (Fraction(39, 10_000), "USD", "en", "$0.0039"),
        (Fraction(-1, 2), "EUR", "fr", "-0,50\u00a0€"),
        ("3.5928", "EUR", "de", "3,5928\u00a0€"),
        (Decimal("0.000000000001"), "EUR", "en", "€0.000000000001"),
        (Fraction(500), "JPY", "en", "¥500"),
        (Fraction(1, 2), "JPY", "en", "¥0.5"),
        (Fraction(10, 3), "USD", "en", "$10/3"),
        (Fraction(10_000, 3), "EUR", "fr", "10\u202f000/3\u00a0€"),
    ],
)
def test_a_unit_price_keeps_all_its_digits(amount, currency, locale, shown):
    assert format_unit_amount(amount, currency, locale) == shown


# ---------------------------------------------------------------- numbers, percentages


@pytest.mark.parametrize(
    ("number", "locale", "shown"),
    [
        (3, "en", "3"),
        (-3, "sv", "−3"),
        (2_419_200, "en", "2,419,200"),
        (2_419_200, "fr", "2\u202f419\u202f200"),
        (2_419_200, "ar-EG", "٢٬٤١٩٬٢٠٠"),
        (1_234_567, "hi", "12,34,567"),
        ("0.25", "de", "0,25"),
        (Fraction(1, 3), "de", "1/3"),
        (Fraction(-1, 3), "de", "-1/3"),
    ],
)
def test_a_number_keeps_all_its_digits(number, locale, shown):
    assert format_number(number, locale) == shown


@pytest.mark.parametrize(
    ("part", "locale", "shown"),
    [
        (Fraction(19, 100), "en", "19%"),
        (Fraction(19, 100), "fr", "19\u00a0%"),
        (Fraction(19, 100), "de", "19\u00a0%"),
        (Fraction(55, 1000), "fr", "5,5\u00a0%"),
        (Fraction(1, 3), "en", "33.3333%"),
        (Fraction(1, 3), "fr", "33,3333\u00a0%"),
        (Fraction(2, 3), "en", "66.6667%"),
        (Fraction(123_456_789, 10**9), "en", "12.3456789%"),
        (Fraction(19, 100), "eu", "%\u00a019"),
        (Fraction(19, 100), "ar-EG", "١٩٪\u061c"),
        ("0", "en", "0%"),
        (1, "en", "100%"),
        (12, "en", "1,200%"),
    ],
)
def test_a_percentage_is_exact_or_rounded_to_four_decimals(part, locale, shown):
    assert format_percent(part, locale) == shown


def test_a_number_that_nobody_could_read_is_refused():
    for number in (10**121, Fraction(1, 10**121), Fraction(-(10**121), 7)):
        with pytest.raises(OutOfBoundsError) as refused:
            format_number(number)
        assert refused.value.name == "number"
    assert ascii_digits(format_number(10**120)) == "1" + "0" * 120


# ----------------------------------------------------------------------- days, periods


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", "Apr 19, 2026"),
        ("en-GB", "19 Apr 2026"),
        ("fr", "19 avr. 2026"),
        ("de", "19.04.2026"),
        ("es", "19 abr 2026"),
        ("it", "19 apr 2026"),
        ("ja", "2026/04/19"),
        ("ar-EG", "١٩\u200f/٠٤\u200f/٢٠٢٦"),
    ],
)
def test_a_day_is_written_as_the_locale_writes_it(locale, shown):
    assert format_date(DAY, locale) == shown


@pytest.mark.parametrize(
    ("at", "locale", "shown"),
    [
        (MIDNIGHT, "en", "Apr 19, 2026, 12:00\u202fAM UTC"),
        (MIDNIGHT, "fr", "19 avr. 2026, 00:00 UTC"),
        (MIDNIGHT.replace(hour=15, minute=30), "de", "19.04.2026, 15:30 UTC"),
        (MIDNIGHT, "co", "19 apr. 2026 à 00:00 UTC"),
        (MIDNIGHT.replace(second=5), "fr", "19 avr. 2026, 00:00:05 UTC"),
        (MIDNIGHT.replace(microsecond=5), "fr", "19 avr. 2026, 00:00:00 UTC"),
    ],
)
def test_an_instant_has_its_time_in_utc_with_seconds_where_there_are_any(
    at, locale, shown
):
    assert format_date(at, locale) == shown


@pytest.mark.parametrize(
    ("start", "end", "locale", "shown"),
    [
        ("2026-04-19", "2026-05-01", "en", "Apr 19\u2009–\u200930, 2026"),
        ("2026-04-19", "2026-05-01", "fr", "19–30 avr. 2026"),
        ("2026-04-19", "2026-05-19", "fr", "19 avr.\u2009–\u200918 mai 2026"),
        ("2026-12-15", "2027-01-15", "fr", "15 déc. 2026\u2009–\u200914 janv. 2027"),
        ("2026-04-19", "2026-05-01", "de", "19.–30.04.2026"),
        ("2026-04-19", "2026-04-20", "de", "19.04.2026"),
        ("2026-04-19", "2026-04-20", "fr", "19 avr. 2026"),
        ("2026-04-19", "2026-05-01", "es", "19–30 abr 2026"),
        ("2026-04-19", "2026-05-01", "it", "19–30 apr 2026"),
        ("2026-04-19", "2026-05-01", "fa", "۱۹ تا ۳۰ آوریل ۲۰۲۶"),
    ],
)
def test_a_period_of_days_shows_its_last_day(start, end, locale, shown):
    period = Period(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    assert format_period(period, locale) == shown


def test_a_period_of_instants_shows_both_ends_and_the_zone():
    period = Period(MIDNIGHT, MIDNIGHT.replace(month=5, hour=12))
    assert format_period(period, "fr") == (
        "19 avr. 2026, 00:00\u2009–\u200919 mai 2026, 12:00 UTC"
    )


def test_a_moment_is_checked_as_everywhere():
    with pytest.raises(NaiveDatetimeError):
        format_date(dt.datetime(2026, 4, 19), "fr")


def test_the_first_and_the_last_day_of_the_calendar_can_be_written():
    assert format_date(dt.date.max, "fr") == "31 déc. 9999"
    period = Period(dt.date.min, dt.date.max)
    assert format_period(period, "fr") == "1 janv. 1\u2009–\u200930 déc. 9999"


# ------------------------------------------------------------------------ any locale


@pytest.mark.parametrize("locale", cldr.HELD)
def test_what_is_shown_to_the_letter_asks_nothing_of_the_installed_cldr(
    locale, monkeypatch
):
    def asked(name, *_rest):
        pytest.fail(f"the installed data of {name} are read")

    cldr.held.cache_clear()
    cldr.ask(cldr.held)
    monkeypatch.setattr(babel.localedata, "load", asked)
    april, hours = dt.date(2026, 5, 1), MIDNIGHT.replace(hour=15)
    for shown in (
        format_money(Money("-1234.50", "EUR"), locale),
        format_number(Fraction(-5, 2), locale),
        format_percent("0.5", locale),
        format_date(DAY, locale),
        format_period(Period(DAY, april), locale),
        format_period(Period(MIDNIGHT, hours), locale),
        words(locale).tag,
    ):
        assert shown


def test_without_a_locale_it_is_english():
    assert format_money(Money("1", "EUR")) == "€1.00"
    assert format_unit_amount(1, "EUR") == "€1.00"
    assert format_number("1.5") == "1.5"
    assert format_percent("0.5") == "50%"
    assert format_date(DAY) == "Apr 19, 2026"
    period = Period(DAY, dt.date(2026, 4, 21))
    assert format_period(period) == "Apr 19\u2009–\u200920, 2026"
    assert format_interval(Interval(days=2)) == "2 days"
    assert format_quantity(2, "seat") == "2 seats"
    assert words().tag == "en"


def test_every_currency_has_the_digits_of_its_accounts_in_any_locale():
    for currency, digits in _DIGITS.items():
        for locale in ("en", "fr", "ar-EG"):
            shown = format_money(Money.from_minor_units(123456, currency), locale)
            assert ascii_digits(shown) == "123456", currency
            exact = Fraction(123456, 10**digits)
            assert shown == format_unit_amount(exact, currency, locale)


# ----------------------------------------------------------------------------- locales


@pytest.mark.parametrize(
    "locale",
    ["xx", "fr-XX", "english", "fr_FR.UTF-8", "fr__CA", "C", "../fr", "e", "en-", "٣"],
)
def test_a_locale_that_cldr_does_not_know_is_refused(locale):
    for refused in (
        lambda: format_money(Money("1", "EUR"), locale),
        lambda: format_date(DAY, locale),
        lambda: format_number(1, locale),
        lambda: format_interval(Interval(days=1), locale),
        lambda: describe(LocaleError("a", "b"), locale),
        lambda: words(locale),
    ):
        with pytest.raises(LocaleError) as error:
            refused()
        assert error.value.as_dict()["code"] == "unknown_locale"
        assert error.value.locale == locale
        assert "fr-CA" in error.value.offered


@pytest.mark.parametrize(
    ("locale", "shown"),
    [("FR", "1,5"), ("EN-in", "1.5"), ("pt_br", "1,5"), ("sr-Latn", "1,5")],
)
def test_a_locale_may_be_written_in_any_case_and_with_either_mark(locale, shown):
    assert format_number("1.5", locale) == shown


def test_neither_bills_nor_formatting_import_babel_before_it_is_needed():
    program = (
        "import sys, seatbill, seatbill.formatting, seatbill.reviews;"
        "assert not any(m.partition('.')[0] == 'babel' for m in sys.modules);"
        "seatbill.formatting.format_money(seatbill.Money('1', 'EUR'));"
        "assert 'babel' in sys.modules; print('imported')"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.stdout == "imported\n", run.stderr


def test_the_environment_does_not_choose_a_locale(live_cldr):
    expected = f"{format_date(DAY, 'en')} {format_number('1.5', 'en')}\n"
    program = (
        "import datetime as dt, seatbill; from seatbill.formatting import *;"
        "print(format_date(dt.date(2026, 4, 19)), format_number('1.5'))"
    )
    for name in ("fr_FR.UTF-8", "xx", ""):
        run = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", program],
            capture_output=True,
            encoding="utf-8",
            env={"LANG": name, "LC_ALL": name, "LANGUAGE": name, "TZ": "Asia/Tokyo"},
            check=False,
        )
        assert run.stdout == expected, run.stderr
