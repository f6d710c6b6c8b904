"""What came and what was wanted, as a locale writes it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, final

from .._values.base import Word
from ..discounts import Discount
from ..errors import SeatbillError
from ..money import Money
from ..parties import Party
from ..periods import Interval, Period
from ..plans import AddOn, Plan, Service
from ..taxes import TaxAmount, TaxRate
from ._catalogues import words
from ._changes import rate_text
from ._dates import format_date, format_period, format_span
from ._labels import label
from ._numbers import format_money, format_number
from ._phrases import phrase_text, unit_text, word_text
from ._quantities import format_interval, format_quantity

# Values that are ids or names of the host's own: never translated.
_IDS: Final = frozenset(
    "add_on allowed current ending feature features id invoice item key "
    "last_four locale number plan plans purpose resource role".split()
)
_UNITS: Final = frozenset(("unit", "units"))
_NAMES: Final = frozenset(("field", "name"))  # of arguments, where they are one word
_LISTS: Final = frozenset(("accepted", "missing", "offered"))
_NUMBER: Final = re.compile(r"-?[0-9]{1,60}(?:\.[0-9]{1,60})?")
_INTERVAL: Final = re.compile(
    r"(?P<one>month|day)|(?P<count>[0-9]{1,6}) (?P<many>month|day)s"
)
_SPAN: Final = re.compile(r"(\S+) to (\d{4}-\d\d-\d\d)|(\S+ \S+) until (\S+ \S+)")
_TOO_LONG: Final = 4096
# Policies are named as in code, for who reads it writes rules.
_TECHNICAL: Final = frozenset(("Convention", "Counting", "Rounding", "Timing"))


@final
class Shown:
    """A value in a sentence: as its locale writes it, or quoted where that is asked."""

    __slots__ = ("_locale", "_name", "_value")

    def __init__(self, name: str, value: Any, locale: str) -> None:
        self._name = name
        self._value = value
        self._locale = locale

    def __format__(self, _spec: str) -> str:
        return value_text(self._name, self._value, self._locale)

    def __repr__(self) -> str:
        if not isinstance(self._value, str):
            return repr(self._value)
        inside = repr(str(self._value))[1:-1]
        return words(self._locale).pgettext("value", "'{0}'").format(inside)


def value_text(name: str, value: Any, locale: str) -> str:
    """Return the *value* of this *name*; what no locale knows is as Python has it."""
    if value is None:
        return words(locale).pgettext("value", "nothing")
    if isinstance(value, Word) and type(value).__name__ not in _TECHNICAL:
        return _inside(label(value, locale), locale)
    if isinstance(value, str):
        return _text(name, str(value), locale)
    if type(value) is tuple:
        return _several(name, value, locale)
    if type(value) is int and value.bit_length() > _TOO_LONG:
        bits = format_number(value.bit_length(), locale)
        return words(locale).pgettext("value", "a number of {0} bits").format(bits)
    known = _SHOWN.get(type(value))
    try:
        return str(value) if known is None else known(value, locale)
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


def _several(name: str, values: tuple[Any, ...], locale: str) -> str:
    """Return *values* in a row; a start and an end as the time between them."""
    if len(values) == 2 and all(isinstance(value, dt.date) for value in values):
        try:
            return format_period(Period(*values), locale)
        except SeatbillError:  # they are shown one by one
            pass
    if not values:
        return words(locale).pgettext("value", "none")
    return ", ".join(value_text(name, value, locale) for value in values)


def _text(name: str, value: str, locale: str) -> str:
    """Return a text: words of the library are translated, ids are not."""
    if name in _IDS:
        return value
    if name in _UNITS and (unit := unit_text(value, locale)) is not None:
        return unit
    if name in _NAMES and value.isidentifier():
        return value
    if name in _LISTS and ", " in value:
        return ", ".join(_text(name, part, locale) for part in value.split(", "))
    if (figure := _figure(name, value, locale)) is not None:
        return figure
    return phrase_text(
        value,
        lambda part: _figure(name, part, locale) or word_text(part, locale),
        locale,
    )


def _figure(name: str, value: str, locale: str) -> str | None:
    """Return a length, a number or a time that was written as a text, if it is one."""
    if interval := _INTERVAL.fullmatch(value):
        step = interval["one"] or interval["many"]
        return format_quantity(int(interval["count"] or 1), step, locale)
    if name in ("stated", "expected") and _NUMBER.fullmatch(value):
        return format_number(Fraction(value), locale)
    span = _SPAN.fullmatch(value)
    return None if span is None else _span(span, locale)


def _span(found: re.Match[str], locale: str) -> str:
    """Return the time between two moments that were written as ISO 8601 has them."""
    first, last, start, end = found.groups()
    try:
        if start is None:
            after = dt.date.fromisoformat(last) + dt.timedelta(1)
            return format_span(dt.date.fromisoformat(first), after, locale)
        instants = dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)
        return format_span(*instants, locale)
    except (ValueError, OverflowError):
        return found[0]
