"""Add-ons whose plan or other add-on is there, or is not: those end, or are refused.

Takes the state after a plan or an add-on has gone, and leaves it without the add-ons
that need it.  An add-on that only Pro carries ends with the switch to Basic.
"""

from __future__ import annotations

from ..errors import RequirementError
from ..plans import AddOn
from .charging import close, removals_return
from .members import ADD_ON, ADD_ON_ITEM
from .scheduled import withdraw
from .state import State


def drop_broken(state: State, *, credit: bool) -> None:
    """End the add-ons whose plan or other add-on is not there any more (GA-33)."""
    while broken := _broken(state):
        state.visit(5 * len(state.add_ons))
        returned = credit and removals_return(state.rules)
        close(state, kind=ADD_ON_ITEM, item=broken, credit=returned)
        del state.add_ons[broken]
        withdraw(state, ADD_ON, broken)
        state.notify("add_on_dropped", ("add_on", broken))


def _broken(state: State) -> str | None:
    """Return an add-on whose requirements are not met any more."""
    for id, owned in state.add_ons.items():
        if _missing(state, owned.add_on) is not None and not _is_asked(state, id):
            return id
    return None


def _is_asked(state: State, id: str) -> bool:
    """Return whether this call asked for the add-on: it is judged after it."""
    return any(added is not None and known == id for known, added in state.related)


def _missing(state: State, add_on: AddOn) -> str | tuple[str, ...] | None:
    """Return the plans or the add-on that *add_on* requires and that are not there."""
    if add_on.requires_plans and state.plan.id not in add_on.requires_plans:
        return add_on.requires_plans
    for needed in add_on.requires_add_ons:
        if needed not in state.add_ons:
            return needed
    return None


def require(state: State, add_on: AddOn) -> None:
    """Refuse *add_on* where its plan or another add-on is missing (GA-25, GA-26)."""
    missing = _missing(state, add_on)
    if missing is not None:
        raise RequirementError(add_on.id, missing)
