"""What laws are made of: comparisons, each with its day and place, and the refusal."""

from __future__ import annotations

import calendar
import datetime as dt
import decimal
import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from fractions import Fraction
from functools import wraps
from typing import Any, Final, ParamSpec

import attrs

from .._values.base import Value
from .._values.checks import Time
from ..errors import SeatbillError
from ..lifecycle import adopt, change, renew
from ..money import Money, Rounding, currency_digits
from ..periods import Interval
from ..subscriptions import Outcome, Subscription
from .histories import History

Checks = Iterator[tuple[Time, str, object, object]]
"""For each comparison: the day, the place, what was found, what is wanted."""

_P = ParamSpec("_P")

LONG: Final = dt.timedelta(800)
"""A time in which every period ends, those of two years too."""


class LawError(SeatbillError, AssertionError):
    """A law does not hold."""

    code = "law_broken"
    sentence = "{law}, {day}: {place} is {found}, not {wanted}"
    law: str
    day: object
    place: str
    found: object
    wanted: object


HELD: Final[list[Callable[..., None]]] = []
"""Every law, as the modules of laws are imported."""


def law(checks: Callable[_P, Checks]) -> Callable[_P, None]:
    """Return the law that all comparisons of *checks* come out equal."""
    name = checks.__name__.replace("_", " ")

    @wraps(checks)
    def hold(*args: _P.args, **kwargs: _P.kwargs) -> None:
        for day, place, found, wanted in checks(*args, **kwargs):
            if found != wanted:
                raise LawError(name, day, *_apart(place, found, wanted))

    HELD.append(hold)
    return hold


def _apart(place: str, found: Any, wanted: Any) -> tuple[str, Any, Any]:
    """Return the innermost place at which two differ, and what stands there."""
    inner: list[tuple[str, Any, Any]] = []
    if type(found) is not type(wanted) or isinstance(found, Money):
        return place, found, wanted
    if isinstance(found, Value):
        kind: Any = type(found)
        names = [field.name for field in attrs.fields(kind)]
        inner = [(f".{n}", getattr(found, n), getattr(wanted, n)) for n in names]
    elif isinstance(found, tuple) and len(found) == len(wanted):
        pairs = enumerate(zip(found, wanted, strict=True))
        inner = [(f"[{i}]", *pair) for i, pair in pairs]
    for step, one, other in inner:
        if one != other:
            return _apart(place + step, one, other)
    return place, found, wanted


_RENAMED = {"charged": "charges", "on": "changed_on", "anchor": "billing_cycle_anchor"}
_FIELDS: Final = {n: _RENAMED.get(n, n) for n in inspect.signature(adopt).parameters}
"""The field of a subscription that each argument of ``adopt`` is."""


def adopted(subscription: Subscription) -> Subscription:
    """Return *subscription* as ``adopt`` makes it from its own fields."""
    found = {name: getattr(subscription, field) for name, field in _FIELDS.items()}
    return adopt(found.pop("plan"), **found)


def repeated(history: History, sub: Subscription, outcome: Outcome) -> Outcome:
    """Return the call that led from *sub* to *outcome*, made once more."""
    if outcome.changes:
        return change(
            sub,
            *outcome.changes,
            on=outcome.on,
            by=outcome.by,
            timing=outcome.timing,
            reason=outcome.reason,
        )
    return history.renewed(sub, outcome.on)[0]


def thawed(sub: Subscription) -> Subscription:
    """Return *sub*, after the freeze if it is in one."""
    thaws_on = sub.thaws_on
    return sub if thaws_on is None else renew(sub, on=thaws_on).subscription


def minor(currency: str) -> int:
    """Return how many minor units make a major one."""
    units: int = 10 ** currency_digits(currency)
    return units


def rounded(exact: Fraction, rounding: Rounding) -> int:
    """Return *exact* as a whole number, by its size, apart from the library's way."""
    size = abs(exact)
    down = size.numerator // size.denominator
    rest, half = size - down, Fraction(1, 2)
    above = {
        Rounding.HALF_UP: rest >= half,
        Rounding.HALF_EVEN: rest > half or (rest == half and down % 2 == 1),
        Rounding.UP: rest > 0,
        Rounding.DOWN: False,
    }[rounding]
    return (down + above) * (-1 if exact < 0 else 1)


def end_of(anchor: Time, start: Time, interval: Interval) -> Time:
    """Return where a period ends that starts on a boundary of *anchor*'s grid.

    Months are counted on the calendar from the anchor's day, without the library.
    """
    if interval.days:
        return start + dt.timedelta(interval.days)
    return _on_the_day(anchor, start, interval.months)


def first_of(anchor: Time, end: Time, interval: Interval) -> Time:
    """Return where the period of *anchor*'s grid starts that holds *end*.

    It is *end* itself, but where the billing day was moved: a stub ends on the first
    such day after it.
    """
    found = _on_the_day(anchor, end, 0)
    if interval.days or found == end:
        return end
    return _on_the_day(anchor, end, (found < end) - interval.months)


def _on_the_day(anchor: Time, near: Time, later: int) -> Time:
    """Return the day of *anchor* in the month that is so many *later* than *near*."""
    year, month = divmod(near.year * 12 + near.month - 1 + later, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return anchor.replace(year=year, month=month + 1, day=min(anchor.day, last))


def odd_decimals() -> AbstractContextManager[Any]:
    """Return a context in which decimals have two digits and rounding is an error."""
    context = decimal.Context(
        prec=2,
        rounding=decimal.ROUND_UP,
        Emin=-2,
        Emax=2,
        traps=[*decimal.Context().traps],
    )
    return decimal.localcontext(context)  # noqa: TID251  # to show that it is unread
