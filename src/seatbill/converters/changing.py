"""A change request: a stored subscription, what is asked for, and the day.

Nothing is kept here: the answer holds the new subscription, to be stored in the place
of the old one.  Without changes the periods that are due are renewed.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from .._values.base import Quantities
from .._values.checks import Time, instance
from ..errors import RenewFirstError, SeatbillError
from ..lifecycle import change, renew, subscribe
from ..limits import REQUEST_LIMITS, Limits
from ..money import Money
from ..periods import MONTHLY, Interval
from ..plans import Plan
from ..rules import BillingRules
from ..subscriptions import Outcome, Subscription
from ..subscriptions.common_changes import canceled_at_once
from ._asked import ChangeRequest
from ._context import Context, Names
from ._door import check_data
from ._measurements import check_days, check_units, missing
from ._problems import DataProblem, refusal
from ._references import Reference
from ._scalars import FORMAT
from ._sources import KEYS, price_list, read, request_keys
from ._times import length_problems
from .data import read_data
from .requests import refused, with_people
from .stored import read_document, version_problems

__all__ = ["ChangeRequest", "change_request", "read_change_request"]


HELD: Final = ("catalog", "rulebook")
"""Fields that hold what a price list names; they are no keys of their own."""
_FIELDS: Final = tuple(
    field.name for field in attrs.fields(ChangeRequest) if field.name not in HELD
)
_KEYS: Final = (*KEYS, "rules", *_FIELDS)
_REFERENCE: Final = {field.name for field in attrs.fields(Reference)}
_UNREAD: Final = subscribe(
    Plan("unknown", "Unknown", 0),
    id="unknown",
    interval=MONTHLY,
    seats={},
    on=dt.date(2026, 1, 1),
    rules=BillingRules(),
    currency="EUR",
).subscription
"""What stands for a subscription that was refused, so that no other problem follows."""


def read_change_request(data: Any, *, limits: Limits = REQUEST_LIMITS) -> ChangeRequest:
    """Return what the document *data* asks for, within *limits*.

    Raises: InvalidDataError with all problems at once, NewerFormatError,
    MissingExtraError.
    """
    check_data(data, "$", instance("limits", limits, Limits))
    problems: list[DataProblem] = []
    found = request_keys(data, _KEYS, problems, limits)
    problems += version_problems(found.pop("seatbill", FORMAT), "$")
    rules, catalog = price_list(found, problems, is_needed=False, limits=limits)
    own = found.pop("rules", None)
    if own is not None:
        in_full = Context(names=Names.NONE, limits=limits)
        rules = read(problems, own, BillingRules, "$.rules", in_full)
    here = Context(
        catalogs=None if catalog is None else (catalog,),
        rules=() if rules is None else (rules,),
        limits=limits,
    )
    stored = found.get("subscription")
    sub = None
    if stored is not None:
        is_document = isinstance(stored, dict) and "kind" in stored
        reading = read_document if is_document else read_data
        sub = read(problems, stored, Subscription, "$.subscription", here, reading)
        found["subscription"] = sub or _UNREAD
    by_id = attrs.evolve(here, names=Names.IDS)
    request: ChangeRequest | None = read(problems, found, ChangeRequest, "$", by_id)
    if request is not None:
        intervals = [request.subscription.interval, *_waiting(request.subscription)]
        start = request.subscription.current_period.start
        problems += length_problems("$.on", start, request.on, intervals, limits)
    if request is None or problems:
        raise refusal(problems, limits)
    if not _refers(stored):
        return request
    return attrs.evolve(request, catalog=catalog, rulebook=rules)


def _waiting(sub: Subscription) -> list[Interval]:
    """Return the intervals that wait for a renewal."""
    values = [update.value for update in sub.pending_updates]
    return [value for value in values if isinstance(value, Interval)]


def _refers(data: Any) -> bool:
    """Return whether *data* refer to anything."""
    if isinstance(data, dict):
        return {*data} == _REFERENCE or any(map(_refers, data.values()))
    return isinstance(data, list) and any(map(_refers, data))


# Changing.


def change_request(
    request: ChangeRequest, *, limits: Limits = REQUEST_LIMITS
) -> Outcome:
    """Return the outcome of *request*, with the invoices of what was due before.

    *limits* is how much may be asked for.

    Raises: InvalidDataError with the place of what the rules refuse; the refusal
    itself is its ``__cause__``.
    """
    instance("request", request, ChangeRequest)
    instance("limits", limits, Limits)
    sub = request.subscription
    asked = [getattr(one, "plan", None) for one in request.changes]
    waiting = [update.value for update in sub.pending_updates]
    check_units(request.measured, (sub.plan, sub.rules.free_plan, *waiting, *asked))
    outcomes, used = _renewed(request, limits)
    check_days(request.measured, used)
    if not used and _is_canceled_first(request, outcomes[-1].subscription):
        return _changed(request, sub, limits)
    if request.changes:
        outcomes.append(_changed(request, outcomes[-1].subscription, limits))
    return _together(outcomes)


def _is_canceled_first(request: ChangeRequest, renewed: Subscription) -> bool:
    """Return whether it is canceled at once on a billing day, before its renewal."""
    sub, begun = request.subscription, renewed.current_period.start
    is_due = begun == request.on and renewed.version != sub.version
    return is_due and bool(canceled_at_once(sub.rules, request.changes, request.timing))


def _renewed(
    request: ChangeRequest, limits: Limits
) -> tuple[list[Outcome], list[Time]]:
    """Return what is due by the day of *request*, and the days that were measured."""
    measured = dict(request.measured)
    outcomes: list[Outcome] = []
    used: list[Time] = []
    sub = request.subscription
    while True:
        try:
            outcomes.append(
                renew(sub, on=request.on, occupied=request.occupied, limits=limits)
            )
        except RenewFirstError as error:
            day: Any = error.day
            outcomes.append(_measured(sub, request, day, measured.get(day), error))
            used.append(day)
            sub = outcomes[-1].subscription
        except SeatbillError as error:
            raise refused(error, "$.on", None) from error
        else:
            return outcomes, used


def _measured(
    sub: Subscription,
    request: ChangeRequest,
    day: Time,
    numbers: Quantities | None,
    needed: RenewFirstError,
) -> Outcome:
    """Return the renewal on a *day* that needs *numbers*."""
    if numbers is None:
        raise missing(needed) from needed
    try:
        return renew(sub, on=day, measured=numbers, occupied=request.occupied)
    except RenewFirstError as error:  # another unit is measured too
        raise missing(error) from error


def _changed(request: ChangeRequest, sub: Subscription, limits: Limits) -> Outcome:
    """Return what is asked for, on a subscription of which nothing is due."""
    people: Mapping[str, int] = request.occupied or {}
    asked = [with_people(one, people.get, sub.rules) for one in request.changes]

    def outcome(count: int) -> Outcome:
        return change(
            sub,
            *asked[:count],
            on=request.on,
            by=request.by,
            timing=request.timing,
            reason=request.reason,
            limits=limits,
        )

    try:
        return outcome(len(asked))
    except SeatbillError as error:
        if getattr(error, "name", None) in ("by", "reason"):
            raise refused(error, "$", request) from error
        counts = range(1, len(asked) + 1)
        place = bisect_left(counts, True, key=lambda n: _is_refused(outcome, n))
        raise refused(error, f"$.changes[{place}]", asked[place]) from error


def _is_refused(outcome: Callable[[int], Outcome], count: int) -> bool:
    """Return whether the first of what is asked for are refused already."""
    try:
        outcome(count)
    except SeatbillError:
        return True
    return False


def _together(outcomes: list[Outcome]) -> Outcome:
    """Return one outcome of several, of which each goes on from the one before."""
    first, last = outcomes[0], outcomes[-1]
    owed = [outcome.refund_due for outcome in outcomes]
    return attrs.evolve(
        last,
        invoices=tuple(i for outcome in outcomes for i in outcome.invoices),
        notices=tuple(n for outcome in outcomes for n in outcome.notices),
        replaced=tuple(r for outcome in outcomes for r in outcome.replaced),
        previous_version=first.previous_version,
        refund_due=Money.total(owed, last.subscription.currency),
    )
