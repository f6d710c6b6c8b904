"""A catalogue: plans, add-ons and services, and the contradictions among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, final

import attrs

from ._values.base import Value
from ._values.checks import several, unique
from .errors import UnknownItemError
from .notices import Problem
from .periods import ANNUAL, MONTHLY
from .plans import AddOn, Plan, Price, Service

__all__ = ["Catalog"]


def _plans(values: Iterable[Plan]) -> tuple[Plan, ...]:
    return several("plans", values, Plan)


def _add_ons(values: Iterable[AddOn]) -> tuple[AddOn, ...]:
    """Return *values* as add-ons."""
    return several("add_ons", values, AddOn)


def _services(values: Iterable[Service]) -> tuple[Service, ...]:
    return several("services", values, Service)


class _Shelves(Value):
    """What a catalogue holds by its id, looked up once; no field of the value."""

    __slots__ = ("_shelves",)

    _shelves: dict[str, dict[str, Any]]


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Catalog(_Shelves):
    """A price list: everything a host sells.

    Raises: DuplicateError where two of a kind share an id.
    """

    plans: tuple[Plan, ...] = attrs.field(converter=_plans)
    add_ons: tuple[AddOn, ...] = attrs.field(default=(), converter=_add_ons)
    services: tuple[Service, ...] = attrs.field(default=(), converter=_services)

    def __attrs_post_init__(self) -> None:
        unique("plan", [plan.id for plan in self.plans])
        unique("add-on", [add_on.id for add_on in self.add_ons])
        unique("service", [service.id for service in self.services])

    def plan(self, id: str) -> Plan:
        """Return the plan with this *id*.  Raises: UnknownItemError."""
        found: Plan = _find("plan", shelf(self, "plans"), id)
        return found

    def add_on(self, id: str) -> AddOn:
        """Return the add-on with this *id*.  Raises: UnknownItemError."""
        found: AddOn = _find("add-on", shelf(self, "add_ons"), id)
        return found

    def service(self, id: str) -> Service:
        """Return the service with this *id*.  Raises: UnknownItemError."""
        found: Service = _find("service", shelf(self, "services"), id)
        return found

    def problems(self) -> tuple[Problem, ...]:
        """Return every contradiction in the list at once; empty when it is sound."""
        plans = {plan.id for plan in self.plans}
        add_ons = {add_on.id for add_on in self.add_ons}
        circular = _circular({a.id: a.requires_add_ons for a in self.add_ons})
        found: list[Problem] = []
        for add_on in self.add_ons:
            for kind, needed, known in (
                ("plan", add_on.requires_plans, plans),
                ("add_on", add_on.requires_add_ons, add_ons),
            ):
                found += [
                    Problem(
                        f"add_ons.{add_on.id}",
                        f"unknown_{kind}",
                        f"it requires {name!r}, which the catalogue does not have",
                    )
                    for name in needed
                    if name not in known
                ]
            if add_on.id in circular:
                found.append(
                    Problem(
                        f"add_ons.{add_on.id}",
                        "circular_requirement",
                        "it requires itself in the end",
                    )
                )
        for kind, items in (("plans", self.plans), ("add_ons", self.add_ons)):
            for item in items:
                found += _dear_years(f"{kind}.{item.id}", item.prices)
        return tuple(found)


def shelf(catalog: Catalog, name: str) -> Mapping[str, Any]:
    """Return the ``plans``, ``add_ons`` or ``services`` of *catalog* by their ids."""
    try:
        shelves = catalog._shelves
    except AttributeError:
        shelves = {
            name: {item.id: item for item in getattr(catalog, name)}
            for name in ("plans", "add_ons", "services")
        }
        object.__setattr__(catalog, "_shelves", shelves)
    return shelves[name]


def _circular(needed: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Return the ids that are *needed* by themselves in the end.

    Those that reach each other share a component.  Source: R. Tarjan, Depth-first
    search and linear graph algorithms, 1972.
    """
    found: set[str] = set()
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: dict[str, None] = {}  # in the order in which they were met
    for root in needed:
        todo = [] if root in number else [(root, iter(needed[root]))]
        while todo:
            id, rest = todo[-1]
            if id not in number:
                number[id] = low[id] = len(number)
                open_[id] = None
            for name in rest:
                if name not in number and name in needed:
                    todo.append((name, iter(needed[name])))
                    break
                if name in open_:
                    low[id] = min(low[id], number[name])
            else:
                todo.pop()
                if todo:
                    above = todo[-1][0]
                    low[above] = min(low[above], low[id])
                if low[id] == number[id]:
                    found |= _component(id, open_, needed)
    return found


def _component(
    id: str, open_: dict[str, None], needed: Mapping[str, tuple[str, ...]]
) -> set[str]:
    """Close what was met since *id*; return it where it is a circle."""
    closed = set()
    while id not in closed:
        closed.add(open_.popitem()[0])
    return closed if len(closed) > 1 or id in needed[id] else set()


def _find(kind: str, shelf: Mapping[str, Any], id: str) -> Any:
    """Return the item with this *id* on a *shelf*."""
    found = shelf.get(id) if isinstance(id, str) else None
    if found is None:
        raise UnknownItemError(kind, id, tuple(shelf))
    return found


def _dear_years(where: str, prices: tuple[Price, ...]) -> list[Problem]:
    """Return the annual prices that are above twelve monthly ones."""
    monthly = {(p.unit, p.currency): p for p in prices if p.interval == MONTHLY}
    found = []
    for price in prices:
        month = monthly.get((price.unit, price.currency))
        if price.interval != ANNUAL or month is None:
            continue
        if price.unit_amount is None or month.unit_amount is None:
            continue
        if Fraction(price.unit_amount) > 12 * Fraction(month.unit_amount):
            found.append(
                Problem(
                    where,
                    "annual_above_twelve_months",
                    f"a year of {price.unit} costs {price.unit_amount}, "
                    f"twelve months of {month.unit_amount} cost less",
                )
            )
    return found
