"""The state of the walk: one subscription, mutable until it is a value again.

Opened from a :class:`Subscription`, it is changed in place with whole numbers and
becomes values again once.  What a change means is in ``_walk``; here is how charges
are opened, given back, cut and invoiced.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from ._checks import Time, moment
from ._sales import Sale, Sales, sales_of
from ._values import Quantities
from ._words import ACTUAL, CANCELLATION, INTERVAL, PLAN, SETTLE_MONTHLY, SETTLE_NOW
from .errors import (
    OutOfOrderError,
    UnknownUnitError,
)
from .invoices import (
    Invoice,
    InvoiceLine,
    LineTerms,
    trusted_period,
)
from .periods import (
    Interval,
    boundary,
    count,
    index,
    month_boundary,
    number,
    same_time,
)
from .plans import AddOn, Discount, Plan
from .proration import ratio
from .rules import ChangeKind
from .subscriptions import (
    AppliedDiscount,
    Charge,
    Notice,
    PendingUpdate,
    Subscription,
    trusted_charge,
    trusted_subscription,
)

_DATE: Final = dt.date


class OpenCharge:
    """A :class:`Charge` that the walk may change."""

    __slots__ = (
        "charged",
        "credited",
        "free",
        "full",
        "quantity",
        "since",
        "terms",
        "version",
    )

    def __init__(
        self,
        terms: LineTerms,
        quantity: int,
        full: int,
        charged: int,
        credited: int,
        version: int,
        since: Time | None,
        free: bool,  # noqa: FBT001  # one of the parts of a charge, in their order
    ) -> None:
        self.terms = terms
        self.quantity = quantity
        self.full = full
        self.charged = charged
        self.credited = credited
        self.version = version
        self.since = since
        self.free = free


class Applied:
    """An :class:`AppliedDiscount` that the walk may change."""

    __slots__ = ("discount", "in_use", "redeemed")

    def __init__(self, applied: AppliedDiscount) -> None:
        self.discount = applied.discount
        self.redeemed = applied.redeemed
        self.in_use = applied.in_use


class Ledger:
    """One subscription on its walk through a history."""

    __slots__ = (
        "accrued",
        "add_ons",
        "anchor",
        "balance",
        "changed_on",
        "charges",
        "currency",
        "day",
        "deferred",
        "discounts",
        "end",
        "end_day",
        "ended_on",
        "finished",
        "frozen_on",
        "id",
        "interval",
        "invoices",
        "kind",
        "length",
        "lines",
        "notices",
        "opened",
        "part",
        "parts",
        "pending",
        "plain",
        "plan",
        "recipient",
        "refund",
        "replaced",
        "rules",
        "sales",
        "seats",
        "settle_now",
        "settles_now",
        "start",
        "steps",
        "tax_rates",
        "taxed",
        "trial",
        "trial_end",
        "uncharged",
        "version",
        "waiting",
        "whole",
    )

    def __init__(self, sub: Subscription) -> None:
        self.opened = sub
        self.id = sub.id
        self.rules = rules = sub.rules
        plan, free = sub.plan, rules.free_plan
        if free is not None and plan is not free and plan == free:
            plan = free
        self.plan = plan
        self.interval = sub.interval
        self.currency = sub.currency
        self.seats = sub.seats.copied()
        self.add_ons = {a.add_on.id: a for a in sub.add_ons} if sub.add_ons else {}
        self.anchor = sub.billing_cycle_anchor
        self.whole = period = sub.current_period
        self.start = start = period.start
        self.end = end = period.end
        self.tax_rates = sub.tax_rates
        self.taxed = self.tax_rates != ()
        self.charges: list[OpenCharge] = []
        for c in sub.charges:
            terms = c.terms
            self.charges.append(
                OpenCharge(
                    terms,
                    c.quantity,
                    c.full_scaled,
                    c.charged_minor,
                    c.credited_minor,
                    c.version,
                    c.since,
                    c.free,
                )
            )
            if terms.tax_rates:
                self.taxed = True
        self.pending = list(sub.pending_updates) if sub.pending_updates else []
        self.waiting, self.accrued = [*sub.waiting_lines], [*sub.accrued_lines]
        if self.waiting or self.accrued:
            for line in self.waiting + self.accrued:
                if line.terms.tax_rates:
                    self.taxed = True
        self.balance = sub.credit_balance_minor
        self.discounts = [Applied(a) for a in sub.discounts] if sub.discounts else []
        self.recipient = sub.recipient
        self.trial_end = trial_end = sub.trial_end
        ended = sub.ended_on is not None
        self.trial = trial_end is not None and end <= trial_end and not ended
        # Nothing is charged in a trial, or on the free plan.
        self.uncharged = self.trial or plan is free
        self.ended_on = sub.ended_on
        self.frozen_on = sub.frozen_on
        self.settles_now = rules.settlement is SETTLE_NOW
        self.day = self.changed_on = sub.changed_on
        self.version = sub.version
        self._start_walk()
        self.kind = kind = type(start)
        self.plain = kind is _DATE and rules.convention is ACTUAL
        self.end_day = end.toordinal()
        if kind is _DATE:
            self.length = self.end_day - start.toordinal()
        else:
            self.length = number(end, start)
        self.parts = self.length

    def _start_walk(self) -> None:
        """Make room for what the walk works out."""
        self.steps: int | None = None
        self.sales: Sales | None = None
        self.finished = self.settle_now = False
        self.lines: list[InvoiceLine] = []
        self.invoices: list[Invoice] = []
        self.notices: list[Notice] = []
        self.replaced: list[PendingUpdate] = []
        self.refund = 0
        self.deferred: set[tuple[ChangeKind, str]] = set()

    # Time.

    def at(self, day: Time) -> None:
        """Stand on *day*, inside the running period."""
        self.day = self.changed_on = day
        if self.plain:  # the parts are those of the whole period, always
            self.part = self.end_day - day.toordinal()
            return
        convention = self.rules.convention
        if convention is ACTUAL:
            self.part, self.parts = number(self.end, day), self.length
        elif self.trial or day >= self.end:  # nothing is charged in it, or it is over
            self.part, self.parts = 0, 1
        else:
            whole = self.start, self.end
            self.part, self.parts = ratio(convention, day, self.end, whole)

    def check_day(self, day: Any) -> Time:
        """Return *day*, or refuse it."""
        if type(day) is not self.kind or self.kind is dt.datetime:
            day = moment("on", day)
            same_time("on", day, self.start)
        if day < self.changed_on:
            raise OutOfOrderError(day, self.changed_on)
        found: Time = day
        return found

    def same_kind(self, name: str, day: Time) -> Time:
        """Return *day*, of the type that this subscription counts in."""
        same_time(name, day, self.start)
        return day

    @property
    def free(self) -> bool:
        """Whether it is on the free plan of the rules."""
        return self.plan is self.rules.free_plan

    def waits_for_end(self, left: int | None = None) -> bool:
        """Return whether a cancellation waits, at all or for one boundary."""
        return any(
            u.kind is CANCELLATION and left in (None, u.periods_left)
            for u in self.pending
        )

    def next_event(self) -> Time | None:
        """Return the next boundary on which something is to be done."""
        if self.ended_on is not None or self.plan is self.rules.free_plan:
            return None
        if self.frozen_on is not None:
            return self.frozen_on + dt.timedelta(self.rules.max_freeze_days)
        if self.waiting and not self.trial and self.rules.settlement is SETTLE_MONTHLY:
            months = Interval(months=1)
            since = index(self.anchor, months, self.waiting[0].start)
            found = max(month_boundary(self.anchor, since + 1), self.changed_on)
            if found < self.end:
                return found
        return self.end

    def next_period(self, day: Time, interval: Interval) -> tuple[Time, int, Time]:
        """Return anchor, steps and end of the period of *interval* after the running.

        The grid is kept; it is counted anew from *day*, the running period's end,
        where days follow months or days of another length.
        """
        steps = self.grid_steps() if day is self.end else None
        if steps is None:  # moved by a freeze: the grid starts there
            return day, count(interval), boundary(day, interval, count(interval))
        if interval.months and self.interval.months:
            steps += interval.months
            return self.anchor, steps, month_boundary(self.anchor, steps)
        same = interval == self.interval
        anchor = self.anchor if same else day
        steps = (steps if same else 0) + count(interval)
        return anchor, steps, boundary(anchor, interval, steps)

    def grid_steps(self) -> int:
        """Return how many months, or days, the running period's end is from the anchor.

        That is looked up once: every boundary is counted from the anchor.
        """
        if self.steps is None:
            self.steps = index(self.anchor, self.interval, self.end)
        return self.steps

    def open_period(self, start: Time, end: Time) -> None:
        """Make [*start*, *end*) the running period."""
        self.start, self.end = start, end
        self.whole = trusted_period(start, end)
        self.end_day = end.toordinal()
        if self.kind is dt.date:
            self.length = self.end_day - start.toordinal()
        else:
            self.length = number(end, start)
        self.parts = self.length

    # What is sold.

    def sales_of(self, item: Plan | AddOn, interval: Interval) -> Sales:
        """Return how *item* sells each of its units per *interval* now, by unit."""
        percents: tuple[Discount, ...] = ()
        if self.discounts:
            percents = tuple(
                a.discount for a in self.discounts if a.discount.amount_off is None
            )
        return sales_of(
            item, interval, self.currency, self.rules, percents, self.tax_rates
        )

    @property
    def plan_sales(self) -> Sales:
        """How the plan sells each of its units now, by unit."""
        found = self.sales
        if found is None:
            found = self.sales_of(self.plan, self.interval)
            self.sales = found
        return found

    def plan_sale(self, unit: str) -> Sale:
        """Return how the plan sells *unit* now, or refuse."""
        sales = self.sales
        found = (self.plan_sales if sales is None else sales).get(unit)
        if found is None:
            offered = ", ".join(self.plan_sales) or "none"
            raise UnknownUnitError(self.plan.id, unit, offered)
        return found

    # Values again.

    def as_value(self) -> Subscription:
        """Return the subscription as it stands."""
        if self.version == self.opened.version:
            return self.opened
        if self.pending:
            self._stamp()
        return trusted_subscription(
            self.id,
            self.plan,
            self.interval,
            self.currency,
            Quantities.trusted(self.seats),
            tuple(self.add_ons.values()) if self.add_ons else (),
            self.anchor,
            self.whole,
            (*self.charge_values(),),
            (*self.pending,),
            (*self.waiting,),
            (*self.accrued,),
            self.balance,
            tuple(
                [
                    AppliedDiscount(a.discount, a.redeemed, a.in_use)
                    for a in self.discounts
                ]
            )
            if self.discounts
            else (),
            self.tax_rates,
            self.recipient,
            self.rules,
            self.trial_end,
            self.ended_on,
            self.frozen_on,
            self.changed_on,
            self.version,
        )

    def charge_values(self) -> list[Charge]:
        """Return the open charges."""
        return [
            trusted_charge(
                c.terms,
                c.quantity,
                c.full,
                c.charged,
                c.credited,
                c.version,
                c.since,
                c.free,
            )
            for c in self.charges
        ]

    def _stamp(self) -> None:
        """Write on each pending update the day on which it takes effect."""
        for i, update in enumerate(self.pending):
            day = self.applies_on(update)
            if day != update.applies_on:
                self.pending[i] = PendingUpdate(
                    kind=update.kind,
                    key=update.key,
                    value=update.value,
                    applies_on=day,
                    requested_on=update.requested_on,
                    periods_left=update.periods_left,
                    from_day=update.from_day,
                )

    def applies_on(self, update: PendingUpdate) -> Time:
        """Return the boundary on which *update* takes effect as things stand."""
        from_day, end = update.from_day, self.end
        if self.frozen_on is not None:  # as if it thawed by itself, at the latest
            end += dt.timedelta(self.rules.max_freeze_days)
        if not update.periods_left and (from_day is None or from_day <= end):
            return end
        anchor, steps, end = self.next_period(end, self.future(0)[1])
        if from_day is None or from_day <= end:
            return end
        interval = self.future(1)[1]
        one = count(interval)
        steps += (index(anchor, interval, from_day) - steps) // one * one
        found = boundary(anchor, interval, steps)
        return found if found >= from_day else boundary(anchor, interval, steps + one)

    def waits(self, kind: ChangeKind, key: str = "", left: int = 0) -> Any:
        """Return the value of the update of *kind* that waits, or ``None``."""
        for update in self.pending:
            if (
                update.kind is kind
                and update.key == key
                and update.periods_left == left
            ):
                return update.value
        return None

    def future(self, left: int) -> tuple[Plan, Interval]:
        """Return plan and interval after the next boundary, or the one after it."""
        plan, interval = self.plan, self.interval
        for boundary_number in range(left + 1):
            plan = self.waits(PLAN, left=boundary_number) or plan
            interval = self.waits(INTERVAL, left=boundary_number) or interval
        return plan, interval
