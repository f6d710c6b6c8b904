"""A term: how long a customer is bound, beside the interval in which is paid.

A year agreed and paid monthly: what is owned may grow at any time, and shrinks only
when the year is over.  A term is a value of the subscription that it was given to.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import final

import attrs

from ._values.base import Numbers, Quantities, Value, Word, as_quantities, worded
from ._values.checks import (
    Amount,
    Time,
    flag,
    instance,
    percentage,
    several,
    text,
    unique,
)
from .errors import OutOfBoundsError, RulesError
from .periods import ANNUAL, Interval, Period, boundary, count

__all__ = ["EarlyEnd", "RunningTerm", "Term", "TrueUp", "TrueUpMode"]


class EarlyEnd(Word):
    """What becomes of a cancellation that does not wait for the term's end.

    :REFUSED: It is refused.
    :BILLED: It ends the subscription, and a share of what is left of the term is
        billed.
    """

    REFUSED = "refused"
    BILLED = "billed"


class TrueUpMode(Word):
    """Which of the counts that were recorded is billed.

    :PEAK: The most by which a count since the last true-up was above what was owned.
    :AT_DAY: What the last count is above what is owned when the true-up is billed.
    """

    PEAK = "peak"
    AT_DAY = "at_day"


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False, field_transformer=worded)
class TrueUp(Value):
    """What is used beyond what was bought is billed at the term's end.

    Or *every* so often within it.  Counts come by :class:`RecordUsage`.
    """

    unit: str = "seat"
    every: Interval | None = None
    mode: TrueUpMode = attrs.field(default=TrueUpMode.PEAK, converter=TrueUpMode)

    def __attrs_post_init__(self) -> None:
        text("unit", self.unit)
        if self.every is not None:
            instance("every", self.every, Interval)


def _minimum(numbers: Numbers | None) -> Quantities | None:
    return None if numbers is None else as_quantities(numbers)


def _part(value: Amount | Fraction) -> Fraction:
    """Return a share as a part of one; a text, int or Decimal is a percentage."""
    part = percentage("share", value)
    if not 0 < part <= 1 or part.denominator > 10**9:
        raise OutOfBoundsError("share", value, 0, 100)
    return part


def _true_ups(values: Iterable[TrueUp]) -> tuple[TrueUp, ...]:
    found = several("true_ups", values, TrueUp)
    unique("unit", [true_up.unit for true_up in found])
    return found


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False, field_transformer=worded)
class Term(Value):
    """How long a customer is bound, to what, and what happens at the end of it.

    *interval* is the least that a term lasts, whole billing periods: it ends with the
    first of them that ends on its last day or after.  *minimum* is how many of each
    unit are committed; without it all that is owned is, add-ons too, and what is added
    inside the term.  *early_end* says what a cancellation comes to that does not wait
    for the end: where it is billed, *share* of what is left, a percentage (``"50"``)
    or a part of one (``Fraction(1, 2)``).  With *renews* another such term follows.

    >>> Term(share="50", early_end=EarlyEnd.BILLED).share
    Fraction(1, 2)

    Raises: RulesError where *share* or a true-up could not act, OutOfBoundsError,
    DuplicateError for two true-ups of a unit.
    """

    interval: Interval = ANNUAL
    minimum: Quantities | None = attrs.field(default=None, converter=_minimum)
    early_end: EarlyEnd = attrs.field(default=EarlyEnd.REFUSED, converter=EarlyEnd)
    share: Fraction = attrs.field(default=Fraction(1), converter=_part)
    renews: bool = True
    true_ups: tuple[TrueUp, ...] = attrs.field(default=(), converter=_true_ups)

    def __attrs_post_init__(self) -> None:
        instance("interval", self.interval, Interval)
        flag("renews", self.renews)
        if self.share != 1 and self.early_end is EarlyEnd.REFUSED:
            raise RulesError("share", self.share, "share_of_nothing")
        for true_up in self.true_ups:
            if true_up.every is not None:
                check_fits("every", true_up.every, self.interval)

    def begun(self, on: Time) -> RunningTerm:
        """Return this term as it runs from *on*, with what follows it."""
        end = boundary(on, self.interval, count(self.interval))
        follows = self if self.renews else None
        return RunningTerm(term=self, period=Period(on, end), follows=follows)

    def check_billed(self, interval: Interval) -> None:
        """Refuse a billing *interval* that does not make up the term and its spans."""
        check_fits("interval", interval, self.interval)
        for true_up in self.true_ups:
            check_fits("interval", interval, true_up.every or self.interval)


def check_fits(name: str, part: Interval, whole: Interval) -> None:
    """Refuse a *part* of which no number is the *whole*."""
    if bool(part.months) != bool(whole.months) or count(whole) % count(part):
        raise RulesError(name, part, "no_part_of_term", whole)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class RunningTerm(Value):
    """A *term* that runs, its *period*, and the term that *follows*, if any does.

    It ends with the first billing period that ends on the last day of *period* or
    after.  *used* is the last count of each unit, *excess* the most by which one was
    above what was owned since the last true-up.
    """

    term: Term
    period: Period
    follows: Term | None
    used: Quantities = attrs.field(default=Quantities(), converter=as_quantities)
    excess: Quantities = attrs.field(default=Quantities(), converter=as_quantities)

    def __attrs_post_init__(self) -> None:
        instance("term", self.term, Term)
        instance("period", self.period, Period)
        if self.follows is not None:
            instance("follows", self.follows, Term)
