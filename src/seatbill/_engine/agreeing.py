"""A term that is agreed while something waits: it must not go before the term's end.

Takes the state with what is scheduled, sets the term in it, and refuses where a lower
plan, a shorter interval, fewer seats or an end would come within the term.

Ten seats, two of which are to leave on 1 April: a year from 1 March holds ten, so the
removal is withdrawn first, or the term commits eight.
"""

from __future__ import annotations

from operator import itemgetter

from ..errors import TermRunsError
from ..rules import ChangeKind, Timing
from ..subscriptions import PendingUpdate, SetTerm
from ..subscriptions.subscription import ends
from .commitments import check_interval, set_term
from .dates import effective_day, term_end
from .members import (
    ADD_ON,
    ADD_ON_REMOVED,
    CANCELLATION_WAY,
    INTERVAL,
    PACKAGE,
    PACKAGE_DOWN,
    PLAN,
    SEATS,
)
from .plan_changes import direction_of, direction_of_interval
from .scheduled import is_held, least_held
from .state import State


def agree(state: State, change: SetTerm, timing: Timing | None) -> None:
    """Begin a term, or name the one that follows; what waits has to go with it."""
    set_term(state, change, timing)
    if state.term is None or not state.scheduled:
        return
    state.visit(len(state.scheduled) + len(state.seats) + len(state.add_ons))
    levels: dict[tuple[ChangeKind, str], int] = {
        **{(SEATS, unit): n for unit, n in state.seats.items()},
        **{(ADD_ON, id): owned.quantity for id, owned in state.add_ons.items()},
    }
    days = [(effective_day(state, update), update) for update in state.scheduled]
    for day, update in sorted(days, key=itemgetter(0)):
        if update.kind is INTERVAL:
            check_interval(state, update.value)
        if state.uncharged or day >= term_end(state):
            continue
        if _lets_go(state, update, levels):
            raise TermRunsError(day, "waiting")


def _lets_go(
    state: State, update: PendingUpdate, levels: dict[tuple[ChangeKind, str], int]
) -> bool:
    """Return whether *update* lets go what the term holds, of *levels* before it."""
    kind, key, value = update.kind, update.key, update.value
    if kind is SEATS:
        before, levels[kind, key] = levels.get((kind, key), 0), value
        return bool(value < least_held(state, key, before))
    if kind is ADD_ON:
        n = value.quantity
        before, levels[kind, key] = levels.get((kind, key), 0), n
        return n < before and is_held(state, ADD_ON_REMOVED, key)
    if kind is PACKAGE:
        owned = state.add_ons.values()
        rank = max([o.add_on.rank for o in owned if o.add_on.family == key], default=0)
        return value.rank < rank and is_held(state, PACKAGE_DOWN)
    if kind is INTERVAL:
        return is_held(state, direction_of_interval(state, value))
    if ends(update, state.rules.free_plan):
        return is_held(state, CANCELLATION_WAY)
    return kind is PLAN and is_held(state, direction_of(state, value))
