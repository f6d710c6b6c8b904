"""How every call begins, and what the changes of a day come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._values.checks import Time, instance
from .._values.later import Later
from ..limits import LIMITS, Limits
from ..rules import Timing
from ..subscriptions import Outcome, Subscription

if TYPE_CHECKING:
    from .._engine import closing, replay
    from .._engine import state as states
    from ..subscriptions.changes import Change
    from . import _announcements as announcing
else:  # whoever bills nothing needs no engine
    closing, replay = Later("_engine.closing"), Later("_engine.replay")
    states, announcing = Later("_engine.state"), Later("lifecycle._announcements")


def opened(name: str, sub: Any, limits: Limits) -> states.State:
    """Return the state of a subscription, for a call within *limits*."""
    if limits is not LIMITS:
        instance("limits", limits, Limits)
    if type(sub) is not Subscription:
        instance(name, sub, Subscription)
    return states.State(sub, limits)


def changed(
    state: states.State,
    changes: tuple[Change, ...],
    on: Time,
    timing: Timing | None,
    measured: Mapping[str, int] | None,
    by: str | None = None,
    reason: str | None = None,
) -> Outcome:
    """Return what *changes* come to, with what is announced by them."""
    alone = len(changes) == 1 and not isinstance(changes[0], list | tuple)
    asked = changes[0] if alone else changes
    measure = replay.measured_once(measured) if measured else None
    replay.step(state, on, asked, timing, measure)
    found = closing.outcome(state, state.day, changes, by, timing, reason)
    if not state.deferred:
        return found
    return announcing.announced(state, found)
