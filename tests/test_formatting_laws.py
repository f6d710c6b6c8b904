"""Whatever happens has words, and every sum that is shown beside a line is right."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaf_strategies import of
from seatbill import change
from seatbill._values.base import Word
from seatbill.errors import SeatbillError
from seatbill.formatting import (
    LOCALES,
    describe,
    explain,
    format_money,
    format_number,
    format_percent,
    format_period,
    format_unit_amount,
)
from seatbill.formatting._explaining import _sum
from seatbill.invoices import InvoiceLine
from seatbill.money import currency_digits
from seatbill.notices import Finding, Notice, Refusal
from seatbill.subscriptions import Change, Charge, PendingUpdate
from seatbill.testing.strategies import histories, money, periods
from seatbill.verification import Discrepancy

SPOKEN = (*LOCALES, "ar-EG", "ja")


def digits(text):
    """Return the digits in *text*, whatever their script."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


def factor(text):
    """Return the exact number that *text* stands for in English."""
    parts = re.sub(r"[^0-9./-]", "", text).split("/")
    return Fraction(parts[0]) / Fraction(parts[1] if parts[1:] else 1)


def product_of(told):
    """Return what the factors of a sum in English come to."""
    found = Fraction(1)
    for text in told.partition(" = ")[0].split(" × "):
        found *= factor(text)
    return found


@given(histories(longest=6))
def test_the_sum_beside_a_line_is_exact_and_comes_to_its_amount(history):
    for invoice in history.invoices:
        for line in invoice.lines:
            told = _sum(line, "en")
            assert product_of(told) == line.full_amount * line.share
            if line.cap is None:
                amount = format_money(line.amount)
                assert told == amount or told.endswith(f" = {amount}")
            for locale in SPOKEN:
                assert digits(_sum(line, locale)) == digits(told), locale


@given(histories(longest=6), st.sampled_from(SPOKEN))
def test_everything_that_happens_has_words(history, locale):
    for outcome in (history.opening, *history.outcomes):
        sub = outcome.subscription
        told = [*outcome.notices, *outcome.changes, *outcome.replaced]
        for value in (*told, *sub.charges, *sub.pending_updates, sub.status):
            assert describe(value, locale)
        for invoice in outcome.invoices:
            assert describe(invoice.billing_reason, locale)
            for line in invoice.lines:
                assert explain(line, locale).startswith(describe(line, locale))
    for before, day, changes in history.refused:
        sub = [history.opening, *history.outcomes][before].subscription
        with pytest.raises(SeatbillError) as refused:
            change(sub, *changes, on=day)
        kept = Refusal.of(refused.value)
        assert describe(kept, locale) == describe(refused.value, locale)


@pytest.mark.parametrize(
    "kind",
    [
        InvoiceLine,
        Charge,
        PendingUpdate,
        Notice,
        Refusal,
        Finding,
        Discrepancy,
        *get_args(Change),
        *sorted(Word.__subclasses__(), key=lambda kind: kind.__name__),
    ],
    ids=lambda kind: kind.__name__,
)
@given(data=st.data())
def test_any_value_has_words_in_any_language(kind, data):
    value = data.draw(of(kind))
    for locale in SPOKEN:
        assert describe(value, locale)


@given(money(), st.sampled_from(["en", "fr", "de-CH", "ar-EG", "fa", "bn", "sv"]))
def test_an_amount_can_be_read_back_in_any_script(amount, locale):
    places = currency_digits(amount.currency) + 1
    shown = format_money(amount, locale)
    assert digits(shown) == str(abs(amount.minor_units)).zfill(places)
    assert shown == format_unit_amount(amount.exact, amount.currency, locale)
    less = format_money(-amount, locale)
    assert (less == shown) == (not amount)


@given(st.integers(-(10**60), 10**60), st.integers(1, 10**12))
def test_a_number_can_be_read_back(top, bottom):
    exact = Fraction(top, bottom)
    assert factor(format_number(exact)) == exact
    assert factor(format_unit_amount(exact, "EUR")) == exact
    percent = factor(format_percent(exact))
    assert percent == 100 * exact or abs(percent - 100 * exact) <= Fraction(1, 20_000)


@given(periods(), st.sampled_from(SPOKEN))
def test_a_period_names_the_years_of_its_first_and_last_day(period, locale):
    shown = digits(format_period(period, locale))
    assert str(period.start.year) in shown
