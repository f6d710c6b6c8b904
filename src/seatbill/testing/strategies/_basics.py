"""Strategies for money, time and the words that everything else is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Final, ParamSpec, TypeVar, cast

from ..._values.base import Quantities
from ..._values.checks import Time
from ...money import Money, currency_digits
from ...periods import ANNUAL, MONTHLY, QUARTERLY, Interval, Period
from .._hypothesis import st

_P = ParamSpec("_P")
_R = TypeVar("_R")

MONTHS: Final = (MONTHLY, QUARTERLY, ANNUAL)
THIRTY_DAYS: Final = Interval(days=30)
YEAR_OF_DAYS: Final = Interval(days=365)
DAYS: Final = (THIRTY_DAYS, YEAR_OF_DAYS)

# One for each number of digits that a currency may have.
_CURRENCIES: Final = ("CLF", "JPY", "KWD", "USD")


def kept(make: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return *make*, which makes the same strategy once: that costs more than a draw.

    For arguments that can be hashed.
    """
    return cast("Callable[_P, _R]", cache(make))


@kept
def one_in(n: int) -> st.SearchStrategy[bool]:
    """Return a strategy for ``True`` about once in *n* times."""
    return st.integers(0, n - 1).map(lambda drawn: drawn == n - 1)


@kept
def names() -> st.SearchStrategy[str]:
    """Return a strategy for names of people and firms, in several scripts."""
    known = ("Ann", "ACME & Sons <Ltd>", "Zoë Ångström", "株式会社", "شركة")
    return st.sampled_from(known) | st.text(
        st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1
    )


@kept
def ids() -> st.SearchStrategy[str]:
    """Return a strategy for ids, few enough to meet each other."""
    return st.sampled_from("abcde")


@kept
def currencies() -> st.SearchStrategy[str]:
    """Return a strategy for currencies with 0, 2, 3 and 4 digits."""
    return st.sampled_from(_CURRENCIES)


@kept
def money(
    currency: str | None = None, least: int = -(10**6), most: int = 10**6
) -> st.SearchStrategy[Money]:
    """Return a strategy for amounts, in any currency where none is given.

    *least* and *most* are in minor units.
    """
    return st.builds(
        Money.from_minor_units,
        st.integers(least, most),
        currencies() if currency is None else st.just(currency),
    )


@kept
def amounts(
    currency: str = "USD", most: int = 5000, finer: int = 0
) -> st.SearchStrategy[Decimal]:
    """Return a strategy for prices in major units, of so many minor units at *most*.

    They have up to *finer* digits beyond the minor unit, and are then smaller.
    """
    digits = currency_digits(currency)
    return st.builds(
        lambda number, places: Decimal((0, tuple(map(int, str(number))), -places)),
        st.integers(0, most),
        st.integers(digits, digits + finer),
    )


@kept
def quantities() -> st.SearchStrategy[Quantities]:
    """Return a strategy for whole numbers by name."""
    return st.dictionaries(ids(), st.integers(0, 20), max_size=3).map(Quantities)


@kept
def intervals() -> st.SearchStrategy[Interval]:
    """Return a strategy for intervals of months and of days, usual ones first."""
    return st.sampled_from(MONTHS + DAYS) | st.builds(
        Interval, months=st.integers(1, 40)
    )


_EDGES: Final = tuple(
    dt.date.fromisoformat(day)
    for day in (
        "2023-12-31 2024-01-31 2024-02-28 2024-02-29 2024-03-31 2025-01-29 "
        "2025-01-30 2025-02-28 2025-04-30 2025-08-31 2026-01-01 2100-02-28"
    ).split()
)


@kept
def days() -> st.SearchStrategy[dt.date]:
    """Return a strategy for days, often the last of a month or near a leap day."""
    return st.sampled_from(_EDGES) | st.dates(dt.date(2023, 1, 1), dt.date(2033, 1, 1))


@kept
def instants() -> st.SearchStrategy[dt.datetime]:
    """Return a strategy for moments in UTC, often the first or last of a day."""
    edges = st.sampled_from((dt.time(0), dt.time(23, 59, 59, 999_999)))
    return st.builds(
        lambda day, time: dt.datetime.combine(day, time, dt.UTC),
        days(),
        edges | st.times(),
    )


def moments(time: type[dt.date] = dt.date) -> st.SearchStrategy[Time]:
    """Return a strategy for days, or for instants where *time* is ``datetime``."""
    return instants() if time is dt.datetime else days()


@kept
@st.composite
def periods(
    draw: st.DrawFn, time: type[dt.date] = dt.date, longest: int = 800
) -> Period:
    """Return a strategy for periods of *time*, of *longest* days at most."""
    start = draw(moments(time))
    length = dt.timedelta(draw(st.integers(1, longest)))
    if time is dt.datetime:
        length -= dt.timedelta(microseconds=draw(st.integers(0, 86_399_999_999)))
    return Period(start, start + length)
