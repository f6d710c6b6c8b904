"""The five systems that the desk sells as: a price list, rules, roles, units."""

from __future__ import annotations

from dataclasses import dataclass

from seatbill import ANNUAL, MONTHLY, QUARTERLY, BillingRules, Catalog, Interval
from seatbill.access import Action, Permission
from seatbill.rulebooks import clickmeeting, clockify, echometer, modular, teamleader

SEEING = (Action.VIEW, Action.DOWNLOAD)
BUYING = (Action.BUY, Action.ADD_SEATS)
CHANGING = (Action.MANAGE, Action.REMOVE_SEATS, Action.EDIT, Action.PAY)


def roles(
    *managers: str, buyers: tuple[str, ...] = (), viewers: tuple[str, ...] = ()
) -> tuple[Permission, ...]:
    """Return who may see, buy and change; the desk's own staff see and decide too."""
    allowed = {
        CHANGING: managers,
        BUYING: (*managers, *buyers),
        SEEING: (*managers, *buyers, *viewers, "billing"),
        (Action.CORRECT,): ("billing",),
    }
    return tuple(
        Permission(action, roles=names)
        for actions, names in allowed.items()
        for action in actions
    )


@dataclass(frozen=True)
class System:
    """What is sold and how; *units* are the kinds of seat that people take."""

    catalog: Catalog
    rules: BillingRules
    permissions: tuple[Permission, ...]
    intervals: dict[str, Interval]
    units: tuple[str, ...]
    needs: tuple[str, ...] = ("name",)

    @property
    def measured(self) -> bool:
        """Whether teams are counted at each renewal, and nothing is bought."""
        return self.units == ("team",)


OTHERS = {"buyers": ("buyer",), "viewers": ("auditor",)}
BY_MONTH = {"month": MONTHLY, "year": ANNUAL}

SYSTEMS = {
    "clockify": System(
        clockify.CATALOG,
        clockify.RULES,
        (*clockify.PERMISSIONS, *roles("owner", "admin", **OTHERS)),
        BY_MONTH,
        ("seat", "limited"),
    ),
    "teamleader": System(
        teamleader.CATALOG,
        teamleader.RULES,
        roles("owner", **OTHERS),
        {"quarter": QUARTERLY, "year": ANNUAL},
        ("user",),
    ),
    "clickmeeting": System(
        clickmeeting.CATALOG,
        clickmeeting.RULES,
        (*clickmeeting.PERMISSIONS, *roles("owner")),  # nobody else sees or buys
        {"month": clickmeeting.MONTH, "year": clickmeeting.YEAR},
        ("account",),
        clickmeeting.CORRECTION_DETAILS,
    ),
    "modular": System(
        modular.CATALOG,
        modular.RULES,
        roles("connected"),  # whoever is connected
        BY_MONTH,
        ("plan",),
    ),
    "echometer": System(
        echometer.CATALOG,
        echometer.RULES,
        roles("owner", viewers=("auditor",)),
        {"month": MONTHLY},
        ("team",),
    ),
}
