"""What is asked for, as values: on one day, in a whole story, of a subscription."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, final

import attrs

from .._values.base import Quantities
from .._values.checks import Time, instance, whole
from ..catalogs import Catalog
from ..credit import CreditLot
from ..discounts import Discount, Facts
from ..errors import WrongTypeError
from ..parties import Party
from ..periods import Interval, keep_times, same_time, same_times
from ..plans import Plan
from ..rules import BillingRules, Timing
from ..seats import Member
from ..subscriptions import Change, SubscribedAddOn, Subscription
from ..taxes import TaxRate
from ..terms import Term
from ._words import moment

Table = tuple[tuple[Time, Quantities], ...]
"""Measured quantities by day."""


@final
@attrs.frozen(kw_only=True, order=False)
class DatedChanges:
    """The *changes* asked for together on one day; *note* is for the reader.

    *timing* was given by hand, in the place of the rules.
    """

    on: Time
    changes: tuple[Change, ...]
    timing: Timing | None = None
    note: str | None = None

    def __attrs_post_init__(self) -> None:
        keep_times(self, "on")
        if not self.changes:
            raise WrongTypeError("changes", "changes", self.changes)


class Asked(Protocol):
    """What is asked of a subscription, whether it opens or is there."""

    @property
    def changes(self) -> tuple[DatedChanges, ...]: ...
    @property
    def until(self) -> Time: ...
    @property
    def measured(self) -> Table: ...


@final
@attrs.frozen(kw_only=True, order=False)
class BillRequest:
    """What :func:`bill_request` bills: the arguments of ``subscribe`` and ``bill``.

    *measured* are the quantities of measured units by the day of a renewal, a day at
    most once.  *occupied* is how many people sit on *until*; *members* are people
    with days, who also decide how many seats the first purchase and each removal must
    leave.  *seller* is whom a document names at its head.  *version* is that of an
    ended subscription with this id.  *credit* is there before the first invoice.
    """

    plan: Plan
    interval: Interval
    seats: Quantities
    on: Time
    until: Time
    changes: tuple[DatedChanges, ...] = ()
    rules: BillingRules
    id: str = "subscription"
    currency: str | None = None
    anchor: Time | None = None
    trial_end: Time | None = None
    add_ons: tuple[SubscribedAddOn, ...] = ()
    discounts: tuple[Discount, ...] = ()
    facts: Facts | None = None
    tax_rates: tuple[TaxRate, ...] = ()
    recipient: Party | None = None
    seller: Party | None = None
    measured: Table = ()
    members: tuple[Member, ...] = ()
    occupied: Quantities | None = None
    note: str | None = None
    version: int = 0
    term: Term | None = None
    credit: tuple[CreditLot, ...] = ()

    def __attrs_post_init__(self) -> None:
        whole("version", self.version)
        keep_times(self, "on", "until", optional=["anchor", "trial_end"])
        same_times(self.on, _days(self.measured))
        lots = enumerate(self.credit)
        places = ((f"credit[{i}].expires_on", lot.expires_on) for i, lot in lots)
        same_times(self.on, places)
        for i, entry in enumerate(self.changes):
            same_time(f"changes[{i}].on", entry.on, self.on)
        for i, person in enumerate(self.members):
            for name in ("joined_on", "left_on", "expires_on"):
                place = f"members[{i}].{name}"
                same_times(self.on, [(place, getattr(person, name))])


@final
@attrs.frozen(kw_only=True, order=False)
class ChangeRequest:
    """What :func:`change_request` asks of ``change``, after what ``renew`` does first.

    *occupied* is how many people sit, for renewals and removals that do not say it.
    *measured* are the quantities of measured units by the day of a renewal, a day at
    most once.  *catalog* and *rulebook* are those by which the new subscription is
    to refer to what is sold and to its rules, where the old one did.
    """

    subscription: Subscription
    changes: tuple[Change, ...] = ()
    on: Time
    by: str | None = None
    timing: Timing | None = None
    reason: str | None = None
    occupied: Quantities | None = None
    measured: Table = ()
    note: str | None = None
    catalog: Catalog | None = None
    rulebook: BillingRules | None = None

    def __attrs_post_init__(self) -> None:
        sub = instance("subscription", self.subscription, Subscription)
        start = sub.current_period.start
        keep_times(self, "on", like=start)
        same_times(start, _days(self.measured))


def _days(measured: Table) -> Iterator[tuple[str, Time]]:
    """Yield the days of measured quantities, each by its place."""
    for day, _ in measured:
        yield f'measured["{moment(day)}"]', day
