"""What a customer is told when less is scheduled: what ends, when, the next bill.

A lower plan, a shorter interval and the end wait for a boundary; the notice is there
before anything is confirmed, because the preview is the change.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, Final

from .._engine.lookup import place_of
from .._engine.makers import trusted_notice
from .._engine.members import CANCELLATION, DOWNGRADE, INTERVAL, PLAN
from .._engine.plan_changes import direction_of
from .._engine.replay import advance
from .._engine.state import State
from .._values.checks import Time
from ..errors import DateRangeError, RenewFirstError
from ..limits import NO_LIMITS
from ..money import NOTHING, Money, trusted_money
from ..notices import Notice
from ..rules import ChangeKind
from ..subscriptions import Outcome, PendingUpdate, Subscription
from ..subscriptions.subscription import ends

_ANNOUNCED: Final = {PLAN, INTERVAL, CANCELLATION}
_NO_BILL: Final = "end_without_bill"


def announced(state: State, outcome: Outcome) -> Outcome:
    """Return *outcome* with what is announced of what was asked for in the call.

    The value of *state* is made already: it goes on to the days that are announced.
    """
    about = [kind for kind, _, _ in state.deferred if kind in _ANNOUNCED]
    if about:
        told = _announcements(state, about)
        # It was handed to nobody yet.
        object.__setattr__(outcome, "notices", (*outcome.notices, *told))
    return outcome


def announcements(subscription: Subscription) -> Iterator[Notice]:
    """Yield a notice for each reduction that is scheduled."""
    yield from _announcements(State(subscription, NO_LIMITS), _ANNOUNCED)


def _announcements(state: State, about: Container[ChangeKind]) -> Iterator[Notice]:
    """Yield a notice for each scheduled reduction of the kinds in *about*."""
    reductions, days = [], set()
    for update in state.scheduled:
        reduction = _reduction(state, update) if update.kind in about else None
        if reduction is not None:
            reductions.append((*reduction, update.applies_on))
            if reduction[0] != _NO_BILL:
                days.add(update.applies_on)
    bills = _bills_of(state, sorted(days)) if days else {}
    for code, values, day in reductions:
        total = NOTHING[state.currency] if code == _NO_BILL else bills[day]
        yield trusted_notice(code, (*values, ("on", day), ("total", total)))


def _reduction(
    state: State, update: PendingUpdate
) -> tuple[str, tuple[tuple[str, Any], ...]] | None:
    """Return code and names of what *update* takes away, ``None`` where nothing is."""
    kind, value, plan = update.kind, update.value, state.plan
    if ends(update, state.rules.free_plan):
        if kind is CANCELLATION and update.periods_left % 2:
            return None  # the notice of a late end says it all
        goes_on = place_of(state, update) != 0  # it is billed until a term ends
        code = "end_scheduled" if goes_on or _is_owed(state) else _NO_BILL
        return code, (("plan", plan.name),)
    if kind is PLAN:
        lower = value.rank < plan.rank
        if value.rank == plan.rank:
            lower = direction_of(state, value) is DOWNGRADE
        names = ("plan", value.name), ("current", plan.name)
        return ("plan_scheduled", names) if lower else None
    if kind is INTERVAL and value.nominal_days < state.interval.nominal_days:
        return "interval_scheduled", (("interval", value), ("current", state.interval))
    return None


def _is_owed(state: State) -> bool:
    """Return whether anything is still to be billed at the end."""
    if state.unbilled or state.accrued or state.own:
        return True
    return any(charge.terms.in_arrears for charge in state.charges)


def _bills_of(state: State, days: list[Time]) -> dict[Time, Money | None]:
    """Return what the invoice of each of *days* comes to, at the quantities of today.

    ``None`` where a quantity is not known yet, or the calendar ends.
    """
    state.lift_limits()
    held = state.seats
    state.seats = dict(held)  # those of the value that was made stay
    bills: dict[Time, Money | None] = dict.fromkeys(days)
    for day in days:
        state.invoices = []
        try:
            advance(state, day, lambda _: held)
        except (RenewFirstError, DateRangeError):
            break
        total = 0
        for invoice in state.invoices:
            if invoice.issued_on == day:
                total += invoice.total_minor
        bills[day] = trusted_money(total, state.currency)
    return bills
