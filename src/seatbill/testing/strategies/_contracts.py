"""Strategies for what customers are bound to, and for the credit they are given."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from ...credit import CreditKind, CreditLot
from ...periods import Interval
from ...terms import EarlyEnd, Term, TrueUp, TrueUpMode
from .._hypothesis import st
from ._basics import MONTHS, days, kept, money

_SHARES: Final = (Fraction(1), Fraction(1, 2), Fraction(2, 7), "33.3333")


@kept
def true_ups(
    unit: str = "seat", intervals: tuple[Interval, ...] = MONTHS[:1]
) -> st.SearchStrategy[TrueUp]:
    """Return a strategy for true-ups, some of them every so often."""
    every = st.none() | st.sampled_from(intervals)
    mode = st.sampled_from(TrueUpMode)
    return st.builds(TrueUp, unit=st.just(unit), every=every, mode=mode)


@kept
@st.composite
def terms(
    draw: st.DrawFn,
    units: tuple[str, ...] = ("seat",),
    intervals: tuple[Interval, ...] = MONTHS,
) -> Term:
    """Return a strategy for terms of one of *intervals*, or of several such.

    Some commit a minimum, some bill an early end, and some have true-ups.
    """
    part, times = draw(st.sampled_from(intervals)), draw(st.sampled_from((1, 2, 3, 12)))
    if part.months > 11 or part.days > 99:
        times = min(times, 2)
    said: dict[str, Any] = {}
    if draw(st.booleans()):
        said = {"early_end": EarlyEnd.BILLED, "share": draw(st.sampled_from(_SHARES))}
    least = st.dictionaries(st.sampled_from(units), st.integers(0, 9))
    counted = draw(st.sampled_from(((), units[:1], units[-1:], units[:2])))
    return Term(
        interval=Interval(months=part.months * times, days=part.days * times),
        minimum=draw(st.none() | least),
        renews=draw(st.booleans()),
        true_ups=[draw(true_ups(unit, (part,))) for unit in counted],
        **said,
    )


@kept
def credit_lots(currency: str = "USD") -> st.SearchStrategy[CreditLot]:
    """Return a strategy for credit of either kind, with a last day or without."""
    kind, day = st.sampled_from(CreditKind), st.none() | days()
    return st.builds(CreditLot, money(currency, 0, 10_000), kind, day)
