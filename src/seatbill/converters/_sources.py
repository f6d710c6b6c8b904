"""What both requests begin with: where the plans, add-ons and rules come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NewType, final

import attrs

from ..catalogs import Catalog
from ..errors import SeatbillError
from ..limits import Limits
from ..plans import Plan
from ..rulebooks import (
    annual_commitment,
    clickmeeting,
    clockify,
    echometer,
    modular,
    seats_with_credits,
    teamleader,
)
from ..rules import BillingRules
from ._context import Context, Names
from ._problems import (
    DataProblem,
    InvalidDataError,
    NewerFormatError,
    came,
    meant,
    refusal,
    refused_at,
    unknown_keys,
)
from ._scalars import Version
from .data import read_data

RULEBOOKS: Final[Mapping[str, tuple[BillingRules, Catalog]]] = MappingProxyType(
    {
        "annual-commitment": (annual_commitment.RULES, annual_commitment.CATALOG),
        "clickmeeting": (clickmeeting.RULES, clickmeeting.CATALOG),
        "clockify": (clockify.RULES, clockify.CATALOG),
        "clockify-annual-list": (clockify.RULES, clockify.ANNUAL_LIST_CATALOG),
        "echometer": (echometer.RULES, echometer.CATALOG),
        "echometer-any-day": (echometer.ANY_DAY_RULES, echometer.ANY_DAY_CATALOG),
        "modular": (modular.RULES, modular.CATALOG),
        "modular-next-period": (modular.NEXT_PERIOD_RULES, modular.CATALOG),
        "modular-prorated": (modular.PRORATED_RULES, modular.CATALOG),
        "seats-with-credits": (seats_with_credits.RULES, seats_with_credits.CATALOG),
        "teamleader": (teamleader.RULES, teamleader.CATALOG),
        "teamleader-immediate-upgrades": (
            teamleader.IMMEDIATE_UPGRADE_RULES,
            teamleader.CATALOG,
        ),
        "teamleader-refusing": (teamleader.REFUSING_RULES, teamleader.CATALOG),
    }
)
"""Rules and a sample price list by the name of their system."""

RulebookName = NewType("RulebookName", str)
"""The name of one of :data:`RULEBOOKS`."""


@final
@attrs.frozen(kw_only=True)
class PriceList:
    """Where the names of a request come from: a rulebook, a catalogue, or plans."""

    seatbill: Version
    rulebook: RulebookName | None
    catalog: Catalog | None
    plans: tuple[Plan, ...] | None


KEYS: Final = tuple(field.name for field in attrs.fields(PriceList))


def read(
    problems: list[DataProblem],
    data: Any,
    kind: Any,
    path: str,
    here: Context,
    reading: Callable[..., Any] = read_data,
) -> Any:
    """Return *data* as a *kind*, or note the problems and return ``None``.

    Raises: NewerFormatError, for what else is wrong says nothing then.
    """
    try:
        return reading(data, kind, path, here)
    except NewerFormatError:
        raise
    except InvalidDataError as error:
        problems += error.problems
        return None


def request_keys(
    data: Any,
    known: tuple[str, ...],
    problems: list[DataProblem],
    limits: Limits,
) -> dict[str, Any]:
    """Return the keys of a request that are known, and note the others."""
    if not isinstance(data, dict):
        message = f"wanted an object ({', '.join(known)}); got {came(data)}"
        raise refusal([DataProblem("$", "wrong_type", message)])
    problems += unknown_keys(data, "$", known, limits)
    return {key: value for key, value in data.items() if key in known}


def price_list(
    found: dict[str, Any],
    problems: list[DataProblem],
    *,
    is_needed: bool,
    limits: Limits,
) -> tuple[BillingRules | None, Catalog | None]:
    """Take the price list out of *found*: the rules and catalogue that it names.

    There is no catalogue where it is unknown, so that no name is looked up in vain.
    """
    here = Context(names=Names.NONE, limits=limits)
    name, sold, plans = (found.pop(key, None) for key in KEYS[1:])
    rules: BillingRules | None = None
    catalog: Catalog | None = Catalog(())
    if isinstance(name, str) and name in RULEBOOKS:
        rules, catalog = RULEBOOKS[name]
    elif name is not None:
        message = f"wanted one of {', '.join(RULEBOOKS)}; got {came(name)}"
        message += meant(name, RULEBOOKS) if isinstance(name, str) else ""
        values = (("wanted", ", ".join(RULEBOOKS)), ("got", came(name)))
        problems.append(DataProblem("$.rulebook", "unknown_rulebook", message, values))
        catalog = None
    elif plans is sold is None and is_needed:
        message = f"needed where no plans are; one of {', '.join(RULEBOOKS)}"
        problems.append(DataProblem("$.rulebook", "missing", message))
        catalog = None
    if sold is not None:
        catalog = read(problems, sold, Catalog, "$.catalog", here)
        if plans is not None:
            message = "they are in the catalog already: give one of the two"
            problems.append(DataProblem("$.plans", "doubled", message))
    elif plans is not None:
        catalog = _catalog(plans, problems, here)
    return rules, catalog


def _catalog(plans: Any, problems: list[DataProblem], here: Context) -> Catalog | None:
    """Return the catalogue of the *plans* in a document."""
    kind = tuple[Plan, ...]
    listed = read(problems, plans, kind, "$.plans", here)
    if listed is None:
        return None
    try:
        return Catalog(listed)
    except SeatbillError as error:
        problems.append(refused_at("$.plans", error))
        return None
