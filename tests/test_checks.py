"""The door: what is accepted comes back in its canonical form, the rest is named."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest

from seatbill import Rounding
from seatbill._values import checks as _checks
from seatbill.errors import (
    AmountError,
    DuplicateError,
    NotUtcError,
    OutOfBoundsError,
    UnknownWordError,
    WrongTypeError,
)


class Word(StrEnum):
    SEAT = "seat"


class Number(int):
    pass


def test_a_text_is_a_plain_string_with_something_in_it():
    assert _checks.text("id", "seat") == "seat"
    for wrong in (Word.SEAT, b"seat", None, 1):
        with pytest.raises(WrongTypeError):
            _checks.text("id", wrong)
    with pytest.raises(OutOfBoundsError) as refused:
        _checks.text("id", "")
    assert refused.value.name == "id"


def test_a_whole_number_lies_between_its_bounds():
    assert _checks.whole("n", 0) == 0
    assert _checks.whole("n", 10**12) == 10**12
    assert _checks.whole("n", -3, -5, -1) == -3
    for wrong in (True, Number(1), 1.0, "1", None, Decimal(1)):
        with pytest.raises(WrongTypeError):
            _checks.whole("n", wrong)
    for outside in (-1, 10**12 + 1):
        with pytest.raises(OutOfBoundsError) as refused:
            _checks.whole("n", outside)
        assert refused.value.as_dict()["values"] == {
            "name": "n",
            "value": outside,
            "minimum": 0,
            "maximum": 10**12,
        }


def test_a_flag_is_a_bool_and_a_member_is_of_its_enumeration():
    assert _checks.flag("flat", False) is False
    assert _checks.member("rounding", Rounding.UP, Rounding) is Rounding.UP
    with pytest.raises(WrongTypeError):
        _checks.flag("flat", 0)
    assert _checks.member("rounding", "half_even", Rounding) is Rounding.HALF_EVEN
    for wrong in (Word.SEAT, None):
        with pytest.raises(WrongTypeError) as refused:
            _checks.member("rounding", wrong, Rounding)
        assert refused.value.wanted == "Rounding"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        pytest.param("half_upp", "half_up", id="one letter too many"),
        pytest.param("HALF_EVEN", "half_even", id="in capitals"),
        pytest.param("to the moon", "", id="nothing near"),
        pytest.param("half_up" * 1000, "", id="too long to be a slip"),
    ],
)
def test_a_word_that_is_none_is_refused_with_those_that_are(word, meant):
    with pytest.raises(UnknownWordError) as refused:
        _checks.member("rounding", word, Rounding)
    assert refused.value.as_dict()["values"] == {
        "name": "rounding",
        "value": word,
        "offered": ("half_up", "half_even", "up", "down"),
        "meant": meant,
    }
    assert ("did you mean" in str(refused.value)) == bool(meant)


@pytest.mark.parametrize("half", ["\ud800", "caf\xe9 \udfff"])
def test_half_a_character_is_refused_as_no_document_could_carry_it(half):
    with pytest.raises(WrongTypeError) as caught:
        _checks.text("name", half)
    assert caught.value.name == "name"
    assert (
        _checks.text("name", "\U0001f600 \ud7ff \ue000") == "\U0001f600 \ud7ff \ue000"
    )


def test_several_values_come_in_any_collection_but_a_text_or_a_mapping():
    assert _checks.several("ids", ["a", "b"], str) == ("a", "b")
    assert _checks.several("ids", (c for c in "ab"), str) == ("a", "b")
    assert _checks.several("ids", {"a"}, str, int) == ("a",)
    assert _checks.several("ids", (), str) == ()
    for wrong in ("ab", b"ab", {"a": 1}, 5, None):
        with pytest.raises(WrongTypeError) as refused:
            _checks.several("ids", wrong, str)
        assert refused.value.value is wrong
    with pytest.raises(WrongTypeError) as refused:
        _checks.several("ids", ["a", 1], str)
    assert refused.value.value == 1
    assert refused.value.name == "ids"


def test_what_comes_a_second_time_is_refused():
    _checks.unique("plan", ["a", "b"])
    with pytest.raises(DuplicateError) as refused:
        _checks.unique("plan", iter(["a", "b", "a"]))
    assert (refused.value.kind, refused.value.value) == ("plan", "a")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1.50", "1.5"),
        (7, "7"),
        (Decimal("-2.0"), "-2"),
        ("1e3", "1000"),
        ("1e40", f"1{0:040}"),
        ("1e-40", "1E-40"),
        ("  3 ", "3"),
        ("0.00", "0"),
    ],
)
def test_equal_decimals_look_equal(value, number):
    assert str(_checks.decimal("price", value)) == number


@pytest.mark.parametrize("value", ["1e41", 10**41, "1e-41", "0e-41", "", "NaN", "1,5"])
def test_a_decimal_is_finite_and_of_a_sane_size(value):
    with pytest.raises(AmountError) as refused:
        _checks.decimal("price", value)
    assert (refused.value.name, refused.value.value) == ("price", value)


def test_a_moment_is_a_date_or_an_instant_in_utc():
    day, instant = dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert _checks.moment("on", day) is day
    assert _checks.moment("on", instant) is instant
    other = instant.replace(tzinfo=ZoneInfo("UTC"))
    assert _checks.moment("on", other).tzinfo is dt.UTC
    twice = instant.replace(fold=1)  # equal, and it would be written otherwise
    assert repr(_checks.moment("on", twice)) == repr(instant)
    zoned = other.replace(fold=1)
    assert repr(_checks.moment("on", zoned)) == repr(instant)
    assert _checks.day_or_none("on", None) is None
    assert _checks.day_or_none("on", day) is day
    with pytest.raises(NotUtcError):
        _checks.day_or_none("on", instant.replace(tzinfo=ZoneInfo("Europe/Paris")))


def test_an_instance_is_of_its_class():
    assert _checks.instance("n", 5, int) == 5
    with pytest.raises(WrongTypeError) as refused:
        _checks.instance("n", "5", int)
    assert refused.value.wanted == "int"
