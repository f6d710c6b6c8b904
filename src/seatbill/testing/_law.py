"""What laws are made of: comparisons, each with its day and place, and the refusal."""

from __future__ import annotations

import calendar
import datetime as dt
import decimal
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from fractions import Fraction
from functools import wraps
from itertools import zip_longest
from typing import Any, Final, ParamSpec

import attrs

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
                raise broken(name, day, place, found, wanted)

    HELD.append(hold)
    return hold


def broken(law: str, day: Time, place: str, found: Any, wanted: Any) -> LawError:
    """Return that *law* is broken, at the first place in which the two differ."""
    apart = [(place, found, wanted)]
    while apart:
        place, found, wanted = apart[0]
        apart = [
            (place + step, one, other)
            for step, one, other in _inner(found, wanted)
            if one != other
        ]
    return LawError(law, day, place, found, wanted)


def _inner(found: Any, wanted: Any) -> list[tuple[str, Any, Any]]:
    """Return what two that differ are made of, in pairs; nothing where that is them."""
    kind = type(found)
    if kind is not type(wanted) or kind in (Money, Interval):
        return []
    if attrs.has(kind):
        names = [field.name for field in attrs.fields(kind) if field.eq is not False]
        return [(f".{n}", getattr(found, n), getattr(wanted, n)) for n in names]
    if isinstance(found, Mapping):
        keys = dict.fromkeys((*found, *wanted))
        return [(f"[{key!r}]", found.get(key), wanted.get(key)) for key in keys]
    if kind in (tuple, list) and found and wanted:
        pairs = enumerate(zip_longest(found, wanted))
        return [(f"[{i}]", *pair) for i, pair in pairs]
    return []


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
