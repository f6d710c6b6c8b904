"""Add-ons with an interval of their own: their periods end, move, and end early.

Takes the state on a day, and leaves the add-ons whose own period is over in none, with
what was scheduled for it done; ``charging.open_own`` opens the next one.  A period of
its own is on the :class:`SubscribedAddOn`, and its charge is among the open ones.

10.00 a month in a plan by the year, bought on 1 July where months end on the 15th: 14
of 30 days are charged, 4.67, and 10.00 on 15 July.
"""

from __future__ import annotations

import datetime as dt

from ..periods import Period
from .charging import close
from .lasting import drop_ended
from .makers import trusted_add_on
from .members import ADD_ON, ADD_ON_ITEM
from .scheduled import rewritten
from .state import State


def end_periods(state: State) -> bool:
    """End the own periods that are over today; return whether any is."""
    state.visit(len(state.add_ons))
    day = state.day
    over = [
        owned
        for owned in state.add_ons.values()
        if owned.period is not None and owned.period.end <= day
    ]
    if over:
        state.open_charges()
        if state.discounts:
            drop_ended(state)
    for charge in state.charges if state.has_amounts_off else ():
        if charge.cut_minor:  # what was cut on an earlier day stays cut
            charge.cut_minor = 0
    for owned in over:
        add_on = owned.add_on
        close(state, kind=ADD_ON_ITEM, item=add_on.id, credit=False)
        quantity = _scheduled_quantity(state, add_on.id, owned.quantity)
        if quantity:
            state.add_ons[add_on.id] = trusted_add_on(
                add_on, quantity, None, owned.anchor
            )
        else:
            del state.add_ons[add_on.id]
    return bool(over)


def _scheduled_quantity(state: State, id: str, quantity: int) -> int:
    """Take what is scheduled for the end of an add-on's own period; return how many."""
    left = []
    for update in state.scheduled:
        if update.kind is not ADD_ON or update.key != id:
            left.append(update)
        elif update.periods_left:
            left.append(rewritten(update, periods_left=0))
        else:
            quantity = update.value.quantity
    state.scheduled = left
    return quantity


def runs_alone(state: State, id: str) -> bool:
    """Return whether the add-on with this *id* is in a period of its own."""
    owned = state.add_ons.get(id)
    return owned is not None and owned.period is not None


def is_over(state: State, id: str) -> bool:
    """Return whether the own period of an add-on ends today, if it has one."""
    period = state.add_ons[id].period
    return period is not None and period.end <= state.day


def close_own(state: State, *, credit: bool) -> None:
    """End what is in a period of its own; give back what remains of it."""
    for id in [id for id in state.add_ons if id in state.own]:
        returned = credit and not is_over(state, id)
        close(state, kind=ADD_ON_ITEM, item=id, credit=returned)


def stop_own(state: State, *, credit: bool) -> None:
    """End what is in a period of its own, and leave it in none until it begins anew."""
    close_own(state, credit=credit)
    for id in state.own & state.add_ons.keys():
        owned = state.add_ons[id]
        state.add_ons[id] = trusted_add_on(owned.add_on, owned.quantity)


def move_periods(state: State, moved: dt.timedelta) -> None:
    """Move the own periods by frozen days; the new end is the anchor of a purchase."""
    for id, owned in state.add_ons.items():
        if owned.period is not None:
            period = Period(owned.period.start + moved, owned.period.end + moved)
            anchor = None if owned.anchor is None else period.end
            state.add_ons[id] = trusted_add_on(
                owned.add_on, owned.quantity, period, anchor
            )
