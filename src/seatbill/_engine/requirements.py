"""Add-ons that need a plan or each other, judged by what is there after a call.

Takes the add-ons that a call added or took away, and refuses one that is left without
what it requires, today or at a boundary; it leaves the state as it is.

An add-on that only Pro carries, and Pro, may be asked for in either order; the add-on
alone is refused on Basic.
"""

from __future__ import annotations

from ..errors import RequirementError
from .members import ADD_ON
from .needed import require
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
