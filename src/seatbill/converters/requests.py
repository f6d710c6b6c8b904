"""One JSON document that says what to bill: a plan, seats, dated changes, a last day.

What is sold is named by its id in a rulebook, in ``catalog`` or in ``plans``, or
written out.  Everything that is wrong is told at once, each with its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, Final

import attrs

from .._values.base import Quantities
from .._values.checks import Time, instance
from ..errors import RenewFirstError, SeatbillError, TooManyVisitsError
from ..lifecycle import Statement, bill, subscribe
from ..limits import REQUEST_LIMITS, Limits
from ..periods import Interval
from ..rules import BillingRules
from ..seats import Occupancy, SeatCount, Sitting, occupancy, seated
from ..subscriptions import (
    Change,
    Outcome,
    RemoveSeats,
    SetSeats,
    Subscription,
    SwitchPlan,
)
from ._asked import Asked, BillRequest, DatedChanges
from ._context import Context, Names
from ._door import check_data
from ._measurements import check_renewals, check_units, missing, next_quantities
from ._problems import DataProblem, InvalidDataError, refusal, refused_at
from ._scalars import FORMAT
from ._sources import KEYS, RULEBOOKS, price_list, read, request_keys
from ._times import intervals_of, length_problems, time_problems
from .stored import version_problems

__all__ = [
    "RULEBOOKS",
    "BillRequest",
    "DatedChanges",
    "bill_request",
    "next_measured",
    "read_request",
    "refused",
    "seats_of",
]


# Reading.

_KEYS: Final = (*KEYS, *(field.name for field in attrs.fields(BillRequest)))


def read_request(data: Any, *, limits: Limits = REQUEST_LIMITS) -> BillRequest:
    """Return what the document *data* asks for, within *limits*.

    Raises: InvalidDataError with all problems at once, MissingExtraError.
    """
    check_data(data, "$", instance("limits", limits, Limits))
    problems: list[DataProblem] = []
    found = request_keys(data, _KEYS, problems, limits)
    problems += version_problems(found.pop("seatbill", FORMAT), "$")
    is_needed = not isinstance(found.get("plan"), dict)
    base, catalog = price_list(found, problems, is_needed=is_needed, limits=limits)
    here = Context(
        names=Names.IDS,
        catalogs=None if catalog is None else (catalog,),
        limits=limits,
    )
    return request_of(found, base or BillingRules(), here, problems)


def request_of(
    found: dict[str, Any],
    base: BillingRules,
    here: Context,
    problems: list[DataProblem],
) -> BillRequest:
    """Return what the keys *found* ask for, *problems* being told with their own.

    Policies that they do not name are those of *base*.

    Raises: InvalidDataError.
    """
    limits = here.limits
    found["rules"] = _rules(found.pop("rules", {}), base, here, problems)
    days = [*islice(time_problems(found), limits.problems + 1)]
    problems += days
    told = len(problems)
    request: BillRequest | None = read(problems, found, BillRequest, "$", here)
    if days:  # each that is mixed was told already, not only the first
        rest = problems[told:]
        problems[told:] = [found for found in rest if found.code != "mixed_time"]
    if request is not None:
        problems += _length_problems(request.on, request.interval, request, limits)
    if request is None or problems:
        raise refusal(problems, limits)
    return request


def _length_problems(
    first: Time, interval: Interval, asked: Asked, limits: Limits
) -> Iterable[DataProblem]:
    """Return the problem of a story that is too long."""
    changes = [change for entry in asked.changes for change in entry.changes]
    intervals = intervals_of(interval, changes)
    return length_problems("$.until", first, asked.until, intervals, limits)


def _rules(
    policies: Any,
    base: BillingRules,
    here: Context,
    problems: list[DataProblem],
) -> BillingRules:
    """Return *base* with the *policies* of a document in the place of its own."""
    own = attrs.evolve(here, rules=here.rules or (base,))
    rules: BillingRules | None = read(problems, policies, BillingRules, "$.rules", own)
    if rules is None:
        return base
    if "ref" in policies:
        return rules
    return attrs.evolve(base, **{name: getattr(rules, name) for name in policies})


# Billing.

_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "convention_not_applicable": ("rules",),
    "discount_refused": ("facts", "discounts", "discount"),
    "duplicate": ("discounts", "add_ons", "discount", "add_on"),
    "interval_not_offered": ("interval",),
    "invalid_rules": ("rules",),
    "no_change": ("plan", "interval", "seats"),
    "no_price": ("currency", "interval", "plan", "add_on"),
    "out_of_order": ("trial_end",),
    "requirement_missing": ("add_ons", "add_on"),
    "seats_occupied": ("seats", "quantity"),
    "too_few_seats": ("seats", "quantity", "plan"),
    "too_many_seats": ("seats", "quantity", "plan"),
    "unknown_currency": ("currency",),
    "unknown_unit": ("unit", "seats"),
}
"""The keys that a refusal is about, the likeliest first."""

People = Mapping[str, Sitting]
"""How many take a seat on a day, by unit."""

_ENTRY: Final = re.compile(r"in history\[([0-9]+)\]")
"""How ``bill`` says in which entry it stopped."""


def bill_request(request: BillRequest, *, limits: Limits = REQUEST_LIMITS) -> Statement:
    """Return the statement of *request*, within *limits*.

    Raises: InvalidDataError with the place of what the rules refuse; the refusal
    itself is its ``__cause__``.
    """
    instance("request", request, BillRequest)
    instance("limits", limits, Limits)
    _check_measured(request, (request.plan, request.rules.free_plan))
    people = seated(request.members, request.on) if request.members else None
    return _billed(_subscribe(request, people, limits), request, people, limits)


def bill_subscription(sub: Subscription, asked: Asked, *, limits: Limits) -> Statement:
    """Return the statement of what is *asked* of a subscription that is there.

    Raises: as :func:`bill_request`.
    """
    problems = _length_problems(sub.current_period.start, sub.interval, asked, limits)
    if problems := [*problems]:
        raise refusal(problems, limits)
    waiting = [update.value for update in sub.pending_updates]
    _check_measured(asked, (sub.plan, sub.rules.free_plan, *waiting))
    return _billed(sub, asked, None, limits)


def _check_measured(asked: Asked, plans: Iterable[Any]) -> None:
    """Refuse quantities of a unit that is measured on none of *plans* or later ones."""
    changes = [change for entry in asked.changes for change in entry.changes]
    later = [getattr(change, "plan", None) for change in changes]
    check_units(asked.measured, (*plans, *later))


def _billed(
    opening: Outcome | Subscription, asked: Asked, people: People | None, limits: Limits
) -> Statement:
    """Return what is *asked* after an *opening*, each refusal with its place."""
    sub = opening.subscription if isinstance(opening, Outcome) else opening
    history = [
        (
            entry.on,
            tuple(
                with_people(c, _sitting(people, entry.on), sub.rules)
                for c in entry.changes
            ),
            entry.timing,
        )
        for entry in asked.changes
    ]
    measured = dict(asked.measured)
    try:
        statement = bill(
            opening,
            history,
            until=asked.until,
            measured=measured.get if measured else None,
            limits=limits,
        )
    except RenewFirstError as error:
        raise missing(error) from error
    except SeatbillError as error:
        at_entry = _entry_of(error)
        if at_entry is None:
            raise refused(error, "$.until", None) from error
        changes = history[at_entry][1]
        only = changes[0] if len(changes) == 1 else None
        raise refused(error, f"$.changes[{at_entry}]", only) from error
    check_renewals(asked.measured, statement)
    _check_outcomes(statement, limits)
    return statement


def _check_outcomes(statement: Statement, limits: Limits) -> None:
    """Refuse more outcomes than may be worked out, of a subscription that holds much.

    Each is worked out from the subscription as it stood, with all that it held.
    """
    sub = statement.subscription
    owned = len(sub.seats) + len(sub.add_ons) + len(sub.discounts)
    open_ = len(sub.charges) + len(sub.waiting_lines) + len(sub.accrued_lines)
    held = owned + open_ + len(sub.pending_updates)
    if held * len(statement.history) > limits.visits:
        error = TooManyVisitsError(limits.visits)
        raise refused(error, "$.changes", None) from error


def next_measured(request: BillRequest, statement: Statement) -> Quantities | None:
    """Return the quantities that *request* has for the renewal after *until*."""
    instance("request", request, BillRequest)
    instance("statement", statement, Statement)
    return next_quantities(request.measured, statement)


def _entry_of(error: SeatbillError) -> int | None:
    """Return the number of the entry in which *error* came up, from its notes."""
    notes = getattr(error, "__notes__", ())
    found = [match for note in notes if (match := _ENTRY.match(note))]
    return int(found[0][1]) if found else None


def _subscribe(request: BillRequest, people: People | None, limits: Limits) -> Outcome:
    """Return the first day of *request*."""
    try:
        return subscribe(
            request.plan,
            id=request.id,
            interval=request.interval,
            seats=request.seats,
            on=request.on,
            rules=request.rules,
            currency=request.currency,
            anchor=request.anchor,
            trial_end=request.trial_end,
            add_ons=request.add_ons,
            discounts=request.discounts,
            facts=request.facts,
            tax_rates=request.tax_rates,
            recipient=request.recipient,
            occupied=None if people is None else _seated_on(people, request.on),
            version=request.version,
            term=request.term,
            credit=request.credit,
            limits=limits,
        )
    except SeatbillError as error:
        raise refused(error, "$", request) from error


def with_people(
    change: Change, occupied: Callable[[str], int | None], rules: BillingRules
) -> Change:
    """Return *change* with the people who sit, where it needs to know.

    A plan has to have a seat for each of them where it may follow a free one.
    """
    if isinstance(change, RemoveSeats | SetSeats) and change.occupied is None:
        return attrs.evolve(change, occupied=occupied(change.unit))
    if isinstance(change, SwitchPlan) and change.occupied is None:
        if rules.free_plan is None and change.seats is None:
            return change
        units = {price.unit: 0 for price in change.plan.prices if not price.measured}
        people = {unit: n for unit in units if (n := occupied(unit))}
        return attrs.evolve(change, occupied=people or None)
    return change


def _sitting(people: People | None, on: Time) -> Callable[[str], int | None]:
    """Return a function that counts those of a unit who sit on a day."""
    if people is None:
        return lambda _: None
    return lambda unit: people[unit].at(on) if unit in people else 0


def _seated_on(people: People, on: Time) -> dict[str, int]:
    """Return how many take a seat on a day, by unit."""
    return {unit: sitting.at(on) for unit, sitting in people.items()}


def refused(error: SeatbillError, path: str, asked: object) -> InvalidDataError:
    """Return *error* with the place of the key that it is about, if one is known."""
    for key in (getattr(error, "name", None), *_PLACES.get(error.code, ())):
        if isinstance(key, str) and getattr(asked, key, None) not in (None, ()):
            path = f"{path}.{key}"
            break
    return refusal([refused_at(path, error)])


def seats_of(request: BillRequest, statement: Statement) -> Occupancy | None:
    """Return the seats owned and occupied on the last day; ``None`` if nobody is told.

    On the free plan, where nothing is bought, those that it holds are owned.
    *occupied* comes before *members* where a document gives both.
    """
    instance("request", request, BillRequest)
    instance("statement", statement, Statement)
    sub = statement.subscription
    leaving = sub.scheduled_removals
    owned = {**sub.seats, **sub.capacity}
    if request.occupied is not None:
        units = dict.fromkeys((*owned, *request.occupied))
        return Occupancy(
            tuple(
                SeatCount(
                    unit=unit,
                    owned=owned.get(unit, 0),
                    occupied=request.occupied.get(unit, 0),
                    scheduled_removal=leaving.get(unit, 0),
                )
                for unit in units
            )
        )
    if not request.members:
        return None
    return occupancy(
        request.members,
        owned=owned,
        at=statement.until,
        scheduled_removal=leaving,
    )
