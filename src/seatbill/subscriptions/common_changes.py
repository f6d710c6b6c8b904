"""The changes that nearly all histories have, each a value that checks itself.

What each of them does is in the engine; when it takes effect is in the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, final

import attrs

from .._values.base import Quantities, Value
from .._values.checks import Time, instance, text, whole
from ..periods import Interval, keep_times
from ..plans import Plan
from ..rules import BillingRules, Timing
from .subscription import quantities

__all__ = [
    "AddSeats",
    "Cancel",
    "RemoveSeats",
    "SetSeats",
    "SwitchInterval",
    "SwitchPlan",
]


def _seats(self: Any, least: int) -> None:
    """Check the fields that all seat changes have."""
    whole("seats", self.seats, least)
    text("unit", self.unit)
    if getattr(self, "occupied", None) is not None:
        whole("occupied", self.occupied)


def _named_seats(value: int | Mapping[str, int] | None) -> Quantities | None:
    return None if value is None else quantities("seats", value)


def _named_people(value: int | Mapping[str, int] | None) -> Quantities | None:
    return None if value is None else quantities("occupied", value)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class AddSeats(Value):
    """*seats* more; seats that wait for removal are kept first, free of charge."""

    seats: int
    unit: str = "seat"

    def __attrs_post_init__(self) -> None:
        _seats(self, 1)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class RemoveSeats(Value):
    """*seats* fewer, of the vacant ones; *occupied* is how many have a person.

    Without *occupied* nobody is taken to sit.
    """

    seats: int
    occupied: int | None = None
    unit: str = "seat"

    def __attrs_post_init__(self) -> None:
        _seats(self, 1)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class SetSeats(Value):
    """So many *seats* and no other number: a retry cannot buy twice.

    With *from_day* from the first renewal on or after that day on, whatever is owned by
    then: seats added before it do not add to the number, and are charged as ever.
    Those of several days wait side by side; where two are due at one renewal, or one
    and a removal, the later day counts.
    """

    seats: int
    occupied: int | None = None
    unit: str = "seat"
    from_day: Time | None = None

    def __attrs_post_init__(self) -> None:
        _seats(self, 0)
        keep_times(self, optional=["from_day"])


@final
@attrs.frozen(order=False, eq=False, repr=False)
class SwitchPlan(Value):
    """Another plan, and another *interval* where one is named.

    *seats* are quantities of the plan that it leads to, a number of ``"seat"`` or a
    mapping of units; a unit that is not named keeps what is owned of it.  *occupied*,
    likewise, is how many have a person, and so the fewest there may be.
    """

    plan: Plan
    interval: Interval | None = None
    seats: Quantities | None = attrs.field(default=None, converter=_named_seats)
    occupied: Quantities | None = attrs.field(default=None, converter=_named_people)

    def __attrs_post_init__(self) -> None:
        instance("plan", self.plan, Plan)
        if self.interval is not None:
            instance("interval", self.interval, Interval)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class SwitchInterval(Value):
    """Another billing interval."""

    interval: Interval

    def __attrs_post_init__(self) -> None:
        instance("interval", self.interval, Interval)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Cancel(Value):
    """The end of the subscription."""

    reason: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.reason is not None:
            text("reason", self.reason)


_AT_ONCE: Final = (Timing.IMMEDIATE, Timing.FORFEIT)


def canceled_at_once(
    rules: BillingRules, changes: Any, timing: Timing | None
) -> Cancel | None:
    """Return the cancellation that *changes* are, where it waits for no end.

    On the billing day it comes before the renewal that has not run: what is not begun
    is not charged, and nothing of it comes back.
    """
    if type(changes) in (tuple, list) and len(changes) == 1:
        changes = changes[0]
    if type(changes) is not Cancel:
        return None
    at_once = (timing or rules.cancellation) in _AT_ONCE
    return changes if at_once else None
