"""Strategies for what services are asked in JSON: a whole story, or one change."""

from __future__ import annotations

from typing import Any, Final

import attrs

from ..._values.base import Quantities
from ...converters import BillRequest, ChangeRequest, DatedChanges
from ...subscriptions import SubscribedAddOn
from .._hypothesis import st
from ..histories import History
from ._histories import histories
from ._values import kept

_SHORT: Final = 5  # entries of a history


def _dated(history: History) -> tuple[DatedChanges, ...]:
    """Return the entries of *history*."""
    return tuple(
        DatedChanges(on=outcome.on, changes=outcome.changes, timing=outcome.timing)
        for outcome in history.outcomes
        if outcome.changes
    )


@kept
def dated_changes() -> st.SearchStrategy[DatedChanges]:
    """Return a strategy for what is asked for together on one day."""
    found = histories(longest=_SHORT).map(_dated)
    return found.filter(bool).flatmap(st.sampled_from)


@kept
def bill_requests() -> st.SearchStrategy[BillRequest]:
    """Return a strategy for whole stories as a service is told them."""
    return histories(longest=_SHORT).map(_bill_request)


def _bill_request(history: History) -> BillRequest:
    """Return the request to bill *history*."""
    asked: dict[str, Any] = dict(history.asked or {})
    asked["seats"] = Quantities(asked["seats"])
    asked["add_ons"] = tuple(SubscribedAddOn(*pair) for pair in asked["add_ons"])
    asked["discounts"] = tuple(asked["discounts"])
    return BillRequest(changes=_dated(history), until=history.until, **asked)


@kept
@st.composite
def change_requests(draw: st.DrawFn) -> ChangeRequest:
    """Return a strategy for one change to a stored subscription, which is legal."""
    drawn = histories(longest=_SHORT).filter(lambda history: history.entries)
    history = draw(drawn)
    steps = [(sub, found) for sub, found in history.steps if found.changes]
    sub, outcome = draw(st.sampled_from(steps))
    request = ChangeRequest(subscription=sub, changes=outcome.changes, on=outcome.on)
    return attrs.evolve(request, reason=draw(st.none() | st.just("goodwill")))
