"""What holds whatever the CLDR that is installed says, in every locale that it knows.

No figure here is to the letter: a text is taken apart by the installed data and must
come to the number that went in.  What locales write to the letter is in
test_formatting.py, on a stand-in that does not change.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from fractions import Fraction
from html import unescape

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from babel.numbers import get_currency_precision

import cldr
from seatbill import MONTHLY, BillingRules, Money, Period, explain, subscribe
from seatbill.documents import to_html, to_text
from seatbill.formatting import (
    LOCALES,
    describe,
    format_date,
    format_money,
    format_number,
    format_percent,
    format_period,
    format_quantity,
    format_unit_amount,
    words,
)
from seatbill.formatting._locales import _ZEROS
from seatbill.money import _DIGITS
from stories import plan

pytestmark = pytest.mark.usefixtures("live_cldr")

EVERY_LOCALE = sorted(locale_identifiers())
DAY = dt.date(2026, 4, 19)
MIDNIGHT = dt.datetime(2026, 4, 19, tzinfo=dt.UTC)


def ascii_digits(text):
    """Return *text* with its digits in ASCII, whatever their script."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def digits(text):
    """Return the digits in *text*, whatever their script."""
    return "".join(c for c in ascii_digits(text) if c.isdecimal())


class Reader:
    """Reads numbers as the installed data say that a locale writes them."""

    def __init__(self, locale):
        self.known = Locale.parse(locale)
        symbols = self.known.number_symbols
        system = symbols.get(self.known.default_numbering_system, {})
        signs = {**symbols["latn"], **system}
        self.group, self.decimal = signs["group"], signs["decimal"]
        self.minus = signs["minusSign"]
        group, decimal = re.escape(self.group), re.escape(self.decimal)
        self.number = re.compile(rf"\d+(?:{group}\d+)*(?:{decimal}\d+)?", re.ASCII)

    def number_in(self, text):
        """Return the only number in *text*, its groups, and what stands around it."""
        ((start, end),) = [m.span() for m in self.number.finditer(ascii_digits(text))]
        written = ascii_digits(text)[start:end]
        whole, _, decimals = written.partition(self.decimal)
        groups = [len(group) for group in whole.split(self.group)]
        exact = Fraction(f"{whole.replace(self.group, '')}.{decimals or 0}")
        return exact, groups, text[:start] + text[end:]

    def is_negative(self, less, more):
        """Tell whether *less* is *more* with a minus sign."""
        return less.count(self.minus) == more.count(self.minus) + 1


def are_grouped(groups, pattern):
    """Tell whether *groups* have the sizes that the pattern of a locale asks for."""
    last, others = pattern.grouping
    if len(groups) == 1:
        return groups[0] <= last
    first, *middle, end = groups
    return 0 < first <= others and set(middle) <= {others} and end == last


AMOUNTS = [
    ("1234567.89", "EUR"),
    ("10.50", "RSD"),
    ("1.234", "KWD"),
    ("1234", "JPY"),
    ("1000000000000000.01", "USD"),
]


@pytest.mark.parametrize(("amount", "currency"), AMOUNTS)
def test_every_amount_can_be_read_back(amount, currency):
    for locale in EVERY_LOCALE:
        read = Reader(locale)
        shown = format_money(Money(amount, currency), locale)
        exact, groups, around = read.number_in(shown)
        assert exact == Fraction(amount), (locale, shown)
        pattern = read.known.currency_formats["standard"]
        assert are_grouped(groups, pattern), (locale, shown)
        symbol = read.known.currency_symbols.get(currency, currency)
        assert symbol in around, (locale, shown)
        assert not re.search("[¤']", around.replace(symbol, "")), (locale, shown)
        less = format_money(Money(f"-{amount}", currency), locale)
        assert read.number_in(less)[0] == exact, (locale, less)
        assert read.is_negative(less, shown), (locale, less)


@pytest.mark.parametrize("number", ["3", "0.25", "999", "1234567.891", "2419200"])
def test_every_number_can_be_read_back(number):
    for locale in EVERY_LOCALE:
        read = Reader(locale)
        shown = format_number(number, locale)
        exact, groups, _ = read.number_in(shown)
        assert exact == Fraction(number), (locale, shown)
        assert are_grouped(groups, read.known.decimal_formats[None]), (locale, shown)
        assert read.is_negative(format_number(-exact, locale), shown), locale
        assert read.number_in(format_percent(exact / 100, locale))[0] == exact, locale
        unit_price = format_unit_amount(exact, "KWD", locale)
        assert read.number_in(unit_price)[0] == exact, locale


def test_a_number_is_in_the_digits_that_its_locale_has():
    """In those of its numbering system; in Latin ones where that is not known here."""
    for locale in EVERY_LOCALE:
        zero = _ZEROS.get(Locale.parse(locale).default_numbering_system, "0")
        shown = [c for c in format_number(1234567890, locale) if c.isdecimal()]
        assert [ord(c) - ord(zero) for c in shown] == [*range(1, 10), 0], locale


SCRIPTS = {
    "adlm": "ADLAM",
    "arab": "ARABIC-INDIC",
    "arabext": "EXTENDED ARABIC-INDIC",
    "beng": "BENGALI",
    "cakm": "CHAKMA",
    "deva": "DEVANAGARI",
    "hmnp": "NYIAKENG PUACHUE HMONG",
    "mtei": "MEETEI MAYEK",
    "mymr": "MYANMAR",
    "nkoo": "NKO",
    "olck": "OL CHIKI",
    "tibt": "TIBETAN",
}


@pytest.mark.source("Unicode, the names of the characters")
@pytest.mark.parametrize(("system", "script"), SCRIPTS.items())
def test_a_numbering_system_begins_with_its_zero(system, script):
    assert unicodedata.name(_ZEROS[system]) == f"{script} DIGIT ZERO"
    assert _ZEROS.keys() == SCRIPTS.keys()


def test_every_day_can_be_told_from_every_other():
    days = [DAY.replace(month=month) for month in range(1, 13)]
    days += [DAY.replace(day=day) for day in range(1, 31) if day != DAY.day]
    days += [DAY.replace(year=year) for year in (2025, 2027)]
    for locale in EVERY_LOCALE:
        shown = [format_date(day, locale) for day in days]
        assert len({*shown}) == len(days), locale
        for day, text in zip(days, shown, strict=True):
            assert str(day.day) in digits(text), (locale, text)


def test_a_period_shows_its_first_and_its_last_day():
    april = Period(DAY, dt.date(2026, 5, 1))
    for locale in EVERY_LOCALE:
        text = digits(format_period(april, locale))
        assert "19" in text, locale
        assert "30" in text, locale
        assert "19" in digits(format_date(MIDNIGHT, locale)), locale
        both = Period(MIDNIGHT, MIDNIGHT.replace(day=29))
        assert "29" in digits(format_period(both, locale)), locale
        assert digits(format_quantity(3, "seat", locale)) == "3", locale
        assert words(locale).direction in ("ltr", "rtl")


def test_a_locale_of_a_territory_has_the_script_that_is_written_there():
    for territory, script in [("zh-TW", "zh-Hant-TW"), ("zh-CN", "zh-Hans-CN")]:
        assert format_date(DAY, territory) == format_date(DAY, script)
        assert format_number("1.5", territory) == format_number("1.5", script)


def test_where_cldr_has_other_digits_those_of_iso_4217_are_shown():
    """CLDR has the digits that are handled in cash, and changes its mind."""
    for currency, least in _DIGITS.items():
        shown = format_money(Money("10", currency), "en")
        assert digits(shown) == "10" + "0" * least, currency
        if get_currency_precision(currency) != least:
            assert len(digits(shown)) != 2 + get_currency_precision(currency)


SEATS = subscribe(
    plan("1006.99", "EUR"),
    id="acme",
    interval=MONTHLY,
    seats=3,
    on=DAY,
    anchor=dt.date(2026, 5, 1),
    rules=BillingRules(),
)


@pytest.mark.parametrize("locale", [*LOCALES, "de-CH", "fa", "hi", "ja", "pt-BR"])
def test_a_document_shows_its_amounts_and_days_as_the_locale_writes_them(locale):
    """Spaces aside: what is plain text has ordinary ones."""
    (invoice,) = SEATS.invoices
    due = " ".join(format_money(invoice.amount_due, locale).split())
    day = " ".join(format_date(invoice.issued_on, locale).split())
    (line,) = invoice.lines
    for page in (to_text(invoice, locale=locale), to_html(invoice, locale=locale)):
        shown = " ".join(unescape(page).split())
        assert due in shown
        assert day in shown
    assert due in " ".join(explain(line, locale).split())
    assert describe(line, locale)


def test_what_is_held_is_what_is_asked_unless_a_test_wants_the_other():
    assert type(cldr.installed("fr")) is Locale
    assert type(cldr.held("pl")) is Locale
    assert cldr.held("fr-CA").held["between"] == cldr.held("fr").held["between"]
