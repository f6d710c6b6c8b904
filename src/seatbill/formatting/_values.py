"""What came and what was wanted, as a locale writes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from .._values.base import Word
from ..discounts import Discount
from ..errors import SeatbillError
from ..errors.wording import (
    UNITS,
    Plural,
    Sentence,
    Show,
    filled,
    in_parts,
    is_span,
    is_unit,
    shown,
    unit_of,
)
from ..money import Money
from ..parties import Party
from ..periods import Interval, Period
from ..plans import AddOn, Plan, Service
from ..taxes import TaxAmount, TaxRate
from ._catalogues import words
from ._dates import format_date, format_period, format_span
from ._labels import label
from ._names import Item, called
from ._numbers import format_money, format_number
from ._phrases import word_text
from ._quantities import counted, format_interval, like, rate_text

# Policies are named as in code, for who reads it writes rules.
_TECHNICAL: Final = frozenset(("Convention", "Counting", "Rounding", "Timing"))
_TOO_LONG: Final = 4096


def in_words(
    sentence: Sentence,
    values: Mapping[str, Any],
    locale: str,
    items: tuple[Item, ...] = (),
) -> tuple[str, str]:
    """Return *sentence* and its way out in the words of *locale*.

    What is the id of one of *items* is told by its name.
    """
    if items:
        values = {name: called(name, value, items) for name, value in values.items()}
    if isinstance(sentence, Plural):
        n = _number(values[sentence.by], locale)
        text = words(locale).ngettext(sentence.one, sentence.many, n)
    else:
        text = words(locale).gettext(sentence)
    said, remedy = in_parts(text)
    show = shower(locale)
    return filled(said, values, show), filled(remedy, values, show)


def _number(value: Any, locale: str) -> int:
    """Return a whole number of the plural form of *value*, many where it is none."""
    try:
        return like(value, locale)
    except (TypeError, ValueError, OverflowError):
        return 2


def shower(locale: str) -> Show:
    """Return what shows the values of a sentence as *locale* writes them."""

    def show(name: str, spec: str, values: Mapping[str, Any]) -> str:
        value = values[name]
        if spec == "r":
            return _quoted(value, locale)
        try:
            return _as_asked(name, spec, values, locale)
        except (SeatbillError, OverflowError):  # told, for it cannot be read
            return str(shown(value))

    return show


def _as_asked(name: str, spec: str, values: Mapping[str, Any], locale: str) -> str:
    """Return a value as its blank asks for it."""
    value = values[name]
    if spec == "plural" and is_unit(value):
        return words(locale).pgettext("unit", UNITS[value][1])
    if spec == "type":
        return type(value).__name__
    if spec == "span" and is_span(value):
        start, end = value
        return format_span(start, end, locale)
    if spec == "or" and type(value) is tuple and len(value) > 1:
        *others, last = (value_text(name, one, locale) for one in value)
        choice = words(locale).pgettext("value", "{0} or {1}")
        return choice.format(", ".join(others), last)
    if spec in ("", "or", "plural", "span", "words"):
        return value_text(name, value, locale)
    return counted(value, unit_of(spec, values), locale)


def _quoted(value: Any, locale: str) -> str:
    """Return *value* as it came: a text in the quotation marks of *locale*."""
    value = shown(value)
    if not isinstance(value, str):
        return repr(value)
    inside = repr(str(value))[1:-1]
    return words(locale).pgettext("value", "'{0}'").format(inside)


def value_text(name: str, value: Any, locale: str) -> str:
    """Return the *value* of this *name*; what no locale knows is as Python has it."""
    if value is None:
        return words(locale).pgettext("value", "nothing")
    if isinstance(value, Word) and type(value).__name__ not in _TECHNICAL:
        return _inside(label(value, locale), locale)
    if isinstance(value, str):
        return word_text(name, str(shown(value)), locale)
    if type(value) is tuple:
        return _row(name, value, locale)
    if type(value) is int and value.bit_length() > _TOO_LONG:
        bits = format_number(value.bit_length(), locale)
        return words(locale).pgettext("value", "a number of {0} bits").format(bits)
    known = _SHOWN.get(type(value))
    try:
        return str(shown(value)) if known is None else known(value, locale)
    except SeatbillError:  # it is told because it cannot be read
        return str(value)


_SHOWN: Final[dict[type, Callable[[Any, str], str]]] = {
    AddOn: lambda value, _locale: value.name,
    Decimal: format_number,
    Discount: lambda value, _locale: value.id,
    Fraction: format_number,
    Interval: format_interval,
    Money: format_money,
    Party: lambda value, _locale: value.name,
    Period: format_period,
    Plan: lambda value, _locale: value.name,
    Service: lambda value, _locale: value.name,
    TaxAmount: lambda value, locale: (
        f"{rate_text(value.rate, locale)} {format_money(value.amount, locale)}"
    ),
    TaxRate: rate_text,
    dt.date: format_date,
    dt.datetime: format_date,
    int: format_number,
}


def _inside(label: str, locale: str) -> str:
    """Return a label as it stands inside a sentence; German nouns stay as they are."""
    if words(locale).tag.startswith("de"):
        return label
    return f"{label[0].lower()}{label[1:]}"


def _row(name: str, values: tuple[Any, ...], locale: str) -> str:
    """Return *values* in a row; a start and an end as the time between them."""
    if len(values) == 2 and all(isinstance(value, dt.date) for value in values):
        try:
            return format_period(Period(*values), locale)
        except SeatbillError:  # they are shown one by one
            pass
    if not values:
        return words(locale).pgettext("value", "none")
    return ", ".join(value_text(name, value, locale) for value in values)
