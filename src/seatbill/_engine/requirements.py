"""Add-ons that need a plan or each other, judged by what is there after a call.

Takes the add-ons that a call added or took away, and refuses one that is left without
what it requires, today or at a boundary.  Those whose plan goes are ended with it.

An add-on that only Pro carries, and Pro, may be asked for in either order; the add-on
alone is refused on Basic.
"""

from __future__ import annotations

from ..errors import RequirementError
from ..plans import AddOn
from .charging import close, removals_return
from .members import ADD_ON, ADD_ON_ITEM
from .own_intervals import is_over
from .scheduled import withdraw
from .state import State


def check_related(state: State) -> None:
    """Refuse an add-on that a call leaves without what it requires (GA-11, GA-25)."""
    related, state.related = state.related, []
    for id, added in related:
        if added is None:
            _check_left(state, id)
        elif id in state.add_ons or state.scheduled_under(ADD_ON, id):
            require(state, added)
            for needed in added.requires_add_ons:
                if not _fewest(state, needed):
                    raise RequirementError(id, needed)


def _check_left(state: State, id: str) -> None:
    """Refuse that none is left of the add-on *id*, where another one requires it."""
    if _fewest(state, id):
        return
    others = state.add_ons.values()
    state.visit(sum([1 + len(one.add_on.requires_add_ons) for one in others]))
    for other in others:
        if id in other.add_on.requires_add_ons and _fewest(state, other.add_on.id):
            raise RequirementError(other.add_on.id, id)


def _fewest(state: State, id: str) -> int:
    """Return how many there are of an add-on at least, now and as scheduled."""
    owned = state.add_ons.get(id)
    later = [update.value.quantity for update in state.scheduled_under(ADD_ON, id)]
    fewest: int = min([owned.quantity if owned else 0, *later])
    return fewest


def drop_broken(state: State, *, credit: bool) -> None:
    """End the add-ons whose plan or other add-on is not there any more (GA-33)."""
    while broken := _broken(state):
        state.visit(5 * len(state.add_ons))
        returned = credit and removals_return(state.rules)
        returned = returned and not is_over(state, broken)
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
