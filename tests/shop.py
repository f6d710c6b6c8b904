"""A shop for the tests: in April, of 30 days, a seat costs whole dollars a day."""

from __future__ import annotations

from typing import Any

from seatbill import Outcome, Plan, Price, Subscription
from stories import plan, when

SMALL = plan("30.00", id="small", rank=1)
"""1.00 a day in April."""
LARGE = plan("60.00", id="large", rank=2)
"""2.00 a day in April."""


def priced(id: str, *prices: Price, rank: int = 1, **more: Any) -> Plan:
    """Return a plan with these prices."""
    return Plan(id, id, rank, prices, **more)


def usd(unit_amount: Any = None, **more: Any) -> Price:
    """Return a price in dollars."""
    return Price(unit_amount=unit_amount, currency="USD", **more)


def waiting(subscription: Subscription) -> list[str]:
    """Return what waits, such as ``seats seat: 8 on 2026-05-01``."""
    return [
        f"{update.kind.value} {update.key}: {_words(update.value)} "
        f"on {when(update.applies_on)}".replace(" :", ":")
        for update in subscription.pending_updates
    ]


def _words(value: Any) -> str:
    """Return the id, the length or the number that waits."""
    add_on = getattr(value, "add_on", None)
    if add_on is not None:
        return f"{value.quantity} {add_on.id}"
    return str(getattr(value, "id", value))


def told(outcome: Outcome) -> list[str]:
    """Return the codes of what the customer is told."""
    return [notice.code for notice in outcome.notices]
