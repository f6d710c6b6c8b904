"""One JSON document that says what to bill: a plan, seats, dated changes, a last day.

What is sold is named by its id in a rulebook, in ``catalog`` or in ``plans``, or
written out.  Everything that is wrong is told at once, each with its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, final

import attrs

from .._checks import Time
from .._values import Quantities
from ..errors import RenewFirstError, SeatbillError
from ..invoices import Party, TaxRate
from ..lifecycle import Statement, bill, subscribe
from ..periods import Interval
from ..plans import Catalog, Discount, Plan, Problem
from ..rulebooks import clickmeeting, clockify, echometer, modular, teamleader
from ..rules import BillingRules
from ..seats import Member, Occupancy, SeatCount, occupancy
from ..subscriptions import (
    Change,
    Outcome,
    RemoveSeats,
    SetSeats,
    SubscribedAddOn,
)
from ._measurements import check_renewals, check_units, missing, next_quantities
from ._places import (
    look_up,
    named,
    normal_add_ons,
    normal_changes,
    original,
    time_problems,
)
from ._scalars import InvalidDataError, at, came
from .data import FORMAT, from_data

__all__ = [
    "RULEBOOKS",
    "BillRequest",
    "DatedChanges",
    "bill_request",
    "next_measured",
    "read_request",
    "seats_of",
]

RULEBOOKS: Final[Mapping[str, tuple[BillingRules, Catalog]]] = {
    "clickmeeting": (clickmeeting.RULES, clickmeeting.CATALOG),
    "clockify": (clockify.RULES, clockify.CATALOG),
    "clockify-annual-list": (clockify.RULES, clockify.ANNUAL_LIST_CATALOG),
    "echometer": (echometer.RULES, echometer.CATALOG),
    "echometer-any-day": (echometer.ANY_DAY_RULES, echometer.ANY_DAY_CATALOG),
    "modular": (modular.RULES, modular.CATALOG),
    "modular-next-period": (modular.NEXT_PERIOD_RULES, modular.CATALOG),
    "modular-prorated": (modular.PRORATED_RULES, modular.CATALOG),
    "teamleader": (teamleader.RULES, teamleader.CATALOG),
    "teamleader-refusing": (teamleader.REFUSING_RULES, teamleader.CATALOG),
}
"""Rules and a sample price list by the name of their system."""


@final
@attrs.frozen(kw_only=True, order=False)
class DatedChanges:
    """The *changes* asked for together on one day; *note* is for the reader."""

    on: Time
    changes: tuple[Change, ...]
    note: str | None = None


@final
@attrs.frozen(kw_only=True, order=False)
class BillRequest:
    """What :func:`bill_request` bills: the arguments of ``subscribe`` and ``bill``.

    *measured* are the quantities of measured units by the day of a renewal, a day at
    most once.  *occupied* is how many people sit on *until*; *members* are people
    with days, who also decide how many seats the first purchase and each removal must
    leave.
    """

    plan: Plan
    interval: Interval
    seats: Quantities
    on: Time
    until: Time
    changes: tuple[DatedChanges, ...] = ()
    rules: BillingRules
    id: str = "subscription"
    currency: str | None = None
    anchor: Time | None = None
    trial_end: Time | None = None
    add_ons: tuple[SubscribedAddOn, ...] = ()
    discounts: tuple[Discount, ...] = ()
    tax_rates: tuple[TaxRate, ...] = ()
    recipient: Party | None = None
    measured: tuple[tuple[Time, Quantities], ...] = ()
    members: tuple[Member, ...] = ()
    occupied: Quantities | None = None
    note: str | None = None


# Reading.

_KEYS: Final = (
    "seatbill",
    "rulebook",
    "catalog",
    "plans",
    *(field.name for field in attrs.fields(BillRequest)),
)


def read_request(data: Any) -> BillRequest:
    """Return what the document *data* asks for.

    Raises: InvalidDataError with all problems at once, MissingExtraError.
    """
    if not isinstance(data, dict):
        problem = f"wanted an object ({', '.join(_KEYS)}); got {came(data)}"
        raise InvalidDataError((Problem("$", "wrong_type", problem),))
    problems: list[Problem] = []
    found = {key: value for key, value in data.items() if key in _KEYS}
    for key in data:
        if key not in _KEYS:
            message = f"no such key; there are: {', '.join(_KEYS)}"
            problems.append(Problem(at("$", key), "unknown_key", message))
    _check_format(found.pop("seatbill", FORMAT), problems)
    rules, catalog = _rules_and_catalog(found, problems)
    changes, single = normal_changes(found.get("changes", []))
    add_ons = normal_add_ons(found.get("add_ons", []))
    found |= {"rules": rules, "changes": changes, "add_ons": add_ons}
    look_up(found, catalog, problems)
    problems += time_problems(found)
    request: BillRequest | None = _try(problems, found, BillRequest, "$")
    if request is None or problems:
        raise InvalidDataError(tuple(original(p, single) for p in problems))
    return request


def _try(problems: list[Problem], data: Any, kind: Any, path: str) -> Any:
    """Return *data* as a *kind*, or note the problems and return ``None``."""
    try:
        return from_data(data, kind, path=path)
    except InvalidDataError as error:
        problems += error.problems
        return None


def _check_format(number: object, problems: list[Problem]) -> None:
    """Refuse a document of another version."""
    if number != FORMAT or type(number) is not int:
        message = f"wanted {FORMAT}, the version of this format; got {came(number)}"
        problems.append(Problem("$.seatbill", "unknown_format", message))


def _rules_and_catalog(
    found: dict[str, Any], problems: list[Problem]
) -> tuple[BillingRules, Catalog | None]:
    """Take rulebook, plans and rules out of *found*.

    There is no catalogue where it is unknown, so that no name is looked up in vain.
    """
    name, policies = found.pop("rulebook", None), found.pop("rules", {})
    plans, sold = found.pop("plans", None), found.pop("catalog", None)
    rules = BillingRules()
    known: Catalog | None = Catalog(())
    if isinstance(name, str) and name in RULEBOOKS:
        rules, known = RULEBOOKS[name]
    elif name is not None:
        wanted = ", ".join(RULEBOOKS)
        message = f"wanted one of {wanted}; got {came(name)}"
        problems.append(Problem("$.rulebook", "unknown_rulebook", message))
        known = None
    elif plans is sold is None and not isinstance(found.get("plan"), dict):
        message = f"needed where no plans are; one of {', '.join(RULEBOOKS)}"
        problems.append(Problem("$.rulebook", "missing", message))
        known = None
    if sold is not None:
        known = _try(problems, sold, Catalog, "$.catalog")
        if plans is not None:
            message = "they are in the catalog already: give one of the two"
            problems.append(Problem("$.plans", "doubled", message))
    elif plans is not None:
        known = _catalog(plans, problems)
    return _rules(policies, rules, known, problems), known


def _catalog(plans: Any, problems: list[Problem]) -> Catalog | None:
    """Return the catalogue of the *plans* in a document."""
    listed = _try(problems, plans, tuple[Plan, ...], "$.plans")
    if listed is None:
        return None
    try:
        return Catalog(listed)
    except SeatbillError as error:
        problems.append(Problem("$.plans", error.code, str(error)))
        return None


def _rules(
    policies: Any, base: BillingRules, catalog: Catalog | None, problems: list[Problem]
) -> BillingRules:
    """Return *base* with the *policies* of a document in the place of its own."""
    fields = dict(policies) if isinstance(policies, dict) else policies
    if isinstance(fields, dict) and isinstance(fields.get("free_plan"), str):
        id, path = fields["free_plan"], "$.rules.free_plan"
        fields["free_plan"] = named("plan", id, catalog, path, problems)
    rules = _try(problems, fields, BillingRules, "$.rules")
    if rules is None:
        return base
    return attrs.evolve(base, **{name: getattr(rules, name) for name in fields})


# Billing.

_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "convention_not_applicable": ("rules",),
    "duplicate": ("discounts", "add_ons", "discount", "add_on"),
    "interval_not_offered": ("interval",),
    "invalid_rules": ("rules",),
    "no_change": ("plan", "interval", "seats"),
    "no_price": ("interval", "plan", "add_on"),
    "out_of_order": ("trial_end",),
    "requirement_missing": ("add_ons", "add_on"),
    "seats_occupied": ("seats", "quantity"),
    "too_few_seats": ("seats", "quantity", "plan"),
    "too_many_seats": ("seats", "quantity", "plan"),
    "unknown_currency": ("currency",),
    "unknown_unit": ("unit", "seats"),
}
"""The keys that a refusal is about, the likeliest first."""

_ENTRY: Final = re.compile(r"in history\[([0-9]+)\]")
"""How ``bill`` says in which entry it stopped."""


def bill_request(request: BillRequest) -> Statement:
    """Return the statement of *request*.

    Raises: InvalidDataError with the place of what the rules refuse; the refusal
    itself is its ``__cause__``.
    """
    asked = [change for entry in request.changes for change in entry.changes]
    plans = [getattr(change, "plan", None) for change in asked]
    check_units(request.measured, (request.plan, request.rules.free_plan, *plans))
    opening = _subscribe(request)
    history = [
        (entry.on, tuple(_with_people(c, request, entry.on) for c in entry.changes))
        for entry in request.changes
    ]
    measured = dict(request.measured)
    try:
        statement = bill(
            opening,
            history,
            until=request.until,
            measured=measured.get if measured else None,
        )
    except RenewFirstError as error:
        raise missing(error) from error
    except SeatbillError as error:
        at_entry = _entry_of(error)
        if at_entry is None:
            raise _refused(error, "$.until", None) from error
        changes = history[at_entry][1]
        only = changes[0] if len(changes) == 1 else None
        raise _refused(error, f"$.changes[{at_entry}]", only) from error
    check_renewals(request.measured, statement)
    return statement


def next_measured(request: BillRequest, statement: Statement) -> Quantities | None:
    """Return the quantities that *request* has for the renewal after *until*."""
    return next_quantities(request.measured, statement)


def _entry_of(error: SeatbillError) -> int | None:
    """Return the number of the entry in which *error* came up, from its notes."""
    notes = getattr(error, "__notes__", ())
    found = [match for note in notes if (match := _ENTRY.match(note))]
    return int(found[0][1]) if found else None


def _subscribe(request: BillRequest) -> Outcome:
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
            add_ons=[(owned.add_on, owned.quantity) for owned in request.add_ons],
            discounts=request.discounts,
            tax_rates=request.tax_rates,
            recipient=request.recipient,
            occupied=_people(request, request.on) if request.members else None,
        )
    except SeatbillError as error:
        raise _refused(error, "$", request) from error


def _people(request: BillRequest, on: Time) -> dict[str, int]:
    """Return how many seats of each kind the members take on a day."""
    found = occupancy(request.members, owned={}, at=on)
    return {count.unit: count.occupied for count in found.counts}


def _with_people(change: Change, request: BillRequest, on: Time) -> Change:
    """Return *change* with the people who sit that day, where it needs to know."""
    if (
        request.members
        and isinstance(change, RemoveSeats | SetSeats)
        and change.occupied is None
    ):
        people = _people(request, on).get(change.unit, 0)
        return attrs.evolve(change, occupied=people)
    return change


def _refused(error: SeatbillError, path: str, asked: object) -> InvalidDataError:
    """Return *error* with the place of the key that it is about, if one is known."""
    for key in (getattr(error, "name", None), *_PLACES.get(error.code, ())):
        if isinstance(key, str) and getattr(asked, key, None) not in (None, ()):
            path = f"{path}.{key}"
            break
    return InvalidDataError((Problem(path, error.code, str(error)),))


def seats_of(request: BillRequest, statement: Statement) -> Occupancy | None:
    """Return the seats owned and occupied on the last day; ``None`` if nobody is told.

    *occupied* comes before *members* where a document gives both.
    """
    sub = statement.subscription
    leaving = sub.scheduled_removals
    if request.occupied is not None:
        units = dict.fromkeys((*sub.seats, *request.occupied))
        return Occupancy(
            tuple(
                SeatCount(
                    unit=unit,
                    owned=sub.quantity(unit),
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
        owned=sub.seats,
        at=statement.until,
        scheduled_removal=leaving,
    )
