"""The measured quantities of a request: what does not fit its plans or its renewals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._values.base import Quantities
from .._values.checks import Time
from ..errors import RenewFirstError
from ..lifecycle import Statement
from ..plans import Plan
from ._asked import Table
from ._problems import DataProblem, InvalidDataError, at, refusal
from ._words import moment


def _place(day: Time) -> str:
    """Return the path of the quantities of a *day*."""
    return at("$.measured", moment(day))


def check_units(measured: Table, plans: Iterable[Any]) -> None:
    """Refuse quantities of a unit that no plan among *plans* measures."""
    units = {
        price.unit: None
        for plan in {id(plan): plan for plan in plans}.values()
        if isinstance(plan, Plan)
        for price in plan.prices
        if price.measured
    }
    message = f"no such measured unit; there are: {', '.join(units) or 'none'}"
    problems = [
        DataProblem(
            at(_place(day), unit), "unknown_unit", message, (("known", tuple(units)),)
        )
        for day, numbers in measured
        for unit in numbers
        if unit not in units
    ]
    if problems:
        raise refusal(problems)


def check_renewals(measured: Table, statement: Statement) -> None:
    """Refuse quantities of a day on which nothing is renewed."""
    renewals = [day for day, _ in statement.measurements]
    check_days(measured, [*renewals, *_next_renewal(statement)])


def check_days(measured: Table, renewals: list[Time]) -> None:
    """Refuse quantities of a day that is not among the *renewals*."""
    known = ", ".join(map(moment, renewals[-3:])) or "none"
    message = f"no period is renewed on this day; the last are: {known}"
    due = {*renewals}
    problems = [
        DataProblem(_place(day), "no_renewal", message, (("known", known),))
        for day, _ in measured
        if day not in due
    ]
    if problems:
        raise refusal(problems)


def next_quantities(measured: Table, statement: Statement) -> Quantities | None:
    """Return the quantities of the renewal after the last day of *statement*."""
    return next(map(dict(measured).get, _next_renewal(statement)), None)


def missing(error: RenewFirstError) -> InvalidDataError:
    """Return *error* with the place where the quantity is missing."""
    day: Any = error.day
    message = f"needed at the renewal on {moment(day)}"
    place = at(_place(day), str(error.units))
    values = (("day", error.day), ("units", error.units))
    return refusal([DataProblem(place, error.code, message, values)])


def _next_renewal(statement: Statement) -> tuple[Time, ...]:
    """Return the end of the running period, unless it ends all or a freeze moves it."""
    sub = statement.subscription
    is_known = sub.ended_on is None and sub.frozen_on is None
    return (sub.current_period.end,) if is_known else ()
