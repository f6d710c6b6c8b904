"""The state of the walk: one subscription, mutable until it is a value again.

Opened from a :class:`Subscription`, it is changed in place with whole numbers and
becomes values again once.  What a change means is in ``_walk``; here is how charges
are opened, given back, cut and invoiced.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from .._values.base import Quantities
from .._values.checks import Time, moment
from ..errors import (
    DateRangeError,
    OutOfOrderError,
    TooManyLinesError,
    TooManyVisitsError,
    UnknownUnitError,
)
from ..invoices import Invoice, InvoiceLine, ItemKind, LineTerms, trusted_period
from ..limits import LIMITS, Limits
from ..notices import Notice
from ..periods import (
    MONTHLY,
    Interval,
    boundary,
    count,
    index,
    month_boundary,
    number,
    same_time,
)
from ..plans import AddOn, Plan
from ..proration import ratio
from ..rules import ChangeKind
from ..subscriptions import AppliedDiscount, Charge, PendingUpdate, Subscription
from ..subscriptions.parts import ChargeRow
from ..subscriptions.subscription import SubscriptionRow, moved_by_freeze
from .index import FEW, Index
from .members import ACTUAL, CANCELLATION, INTERVAL, PLAN, SETTLE_MONTHLY
from .prices import Sale, Sales, book_of, sales_of

_DATE: Final = dt.date


def opened(charge: ChargeRow) -> ChargeRow:
    """Return a copy of *charge* that the walk may change."""
    row = ChargeRow()
    row.terms = charge.terms
    row.quantity = charge.quantity
    row.full_scaled = charge.full_scaled
    row.charged_minor = charge.charged_minor
    row.credited_minor = charge.credited_minor
    row.version = charge.version
    row.since = charge.since
    row.free = charge.free
    row.cut_minor = charge.cut_minor
    row.kept_minor = charge.kept_minor
    return row


class Applied:
    """An :class:`AppliedDiscount` that the walk may change."""

    __slots__ = ("discount", "in_use", "redeemed")

    def __init__(self, applied: AppliedDiscount) -> None:
        self.discount = applied.discount
        self.redeemed = applied.redeemed
        self.in_use = applied.in_use


def _item_of(charge: ChargeRow) -> tuple[Any, ...]:
    """Return what a *charge* is for."""
    return charge.terms.key


def _item_kind_of(charge: ChargeRow) -> ItemKind:
    """Return the kind of what a *charge* is for."""
    return charge.terms.item_kind


def _terms_of(charge: ChargeRow) -> tuple[Any, ...]:
    """Return whether a *charge* is free, and its terms."""
    return charge.free, charge.terms


def _aim_of(update: PendingUpdate) -> tuple[Any, ...]:
    """Return what an *update* is about."""
    return update.kind, update.key


def _kind_of(update: PendingUpdate) -> ChangeKind:
    """Return the kind of an *update*."""
    return update.kind


def _id_of(applied: Applied) -> str:
    """Return the id of a discount that was *applied*."""
    return applied.discount.id


class Ledger:
    """One subscription on its walk through a history.

    *folded* leaves out what the usual steps have no need of, until :meth:`unfold`.
    """

    __slots__ = (
        "accrued",
        "add_ons",
        "anchor",
        "balance",
        "book",
        "by_aim",
        "by_discount",
        "by_item",
        "by_item_kind",
        "by_kind",
        "by_terms",
        "charges",
        "currency",
        "day",
        "deferred",
        "discounts",
        "end",
        "end_day",
        "ended_on",
        "finished",
        "folded",
        "frozen_on",
        "id",
        "interval",
        "invoices",
        "limits",
        "lines",
        "lines_left",
        "moved_from",
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
        "standing",
        "start",
        "steady",
        "steps",
        "tax_rates",
        "taxed",
        "trial",
        "trial_end",
        "uncharged",
        "version",
        "visits_left",
        "waiting",
        "whole",
    )

    def __init__(
        self, sub: Subscription, *, folded: bool = False, limits: Limits = LIMITS
    ) -> None:
        self.opened = sub
        self.limits = limits
        self.lines_left = limits.lines
        self.visits_left = limits.visits
        self.id = sub.id
        self.rules = rules = sub.rules
        self.plan = sub.plan
        self.interval = sub.interval
        self.currency = currency = sub.currency
        self.seats = sub.seats.copied()
        self.tax_rates = rates = sub.tax_rates
        self.taxed = rates != ()  # if not, no line of an invoice has a rate
        self.charges: list[ChargeRow] = []
        for charge in sub.charges:
            self.charges.append(opened(charge))
            if charge.terms.tax_rates:
                self.taxed = True
        self.pending = [*sub.pending_updates]
        self.balance = sub.credit_balance_minor
        self.recipient = sub.recipient
        self.version = sub.version
        # Where it stands, and in which period.
        self.anchor = sub.billing_cycle_anchor
        self.day = day = sub.changed_on
        self.whole = whole = sub.current_period
        self.start = start = whole.start
        self.end = end = whole.end
        self.moved_from = sub.moved_from
        # What the walk works out.
        self.steps: int | None = None
        self.sales: Sales | None = None
        self.book = book = book_of(currency, rules, rates)
        self.lines: list[InvoiceLine] = []
        self.invoices: list[Invoice] = []
        self.deferred: list[tuple[ChangeKind, str]] = []
        # Parts of the period are its days: those of the whole one never change.
        self.plain = plain = type(start) is _DATE and rules.convention is ACTUAL
        if plain:
            self.end_day = end_day = end.toordinal()
            self.part = end_day - day.toordinal()
            self.parts = end_day - start.toordinal()
        self.folded = True
        self.steady = (
            folded
            and plain
            and book.usual
            and sub.trial_end is sub.ended_on is sub.frozen_on is None
            and not (
                sub.add_ons or sub.discounts or sub.waiting_lines or sub.accrued_lines
            )
        )
        if not self.steady:
            self.unfold()

    def unfold(self) -> None:
        """Leave the usual steps, and make room for all that they have no need of."""
        self.steady = False
        if not self.folded:
            return
        self.folded = False
        sub, rules = self.opened, self.rules
        plan, free = self.plan, rules.free_plan
        if free is not None and plan is not free and plan == free:
            plan = free
        self.plan = plan
        self.add_ons = {a.add_on.id: a for a in sub.add_ons}
        self.waiting, self.accrued = [*sub.waiting_lines], [*sub.accrued_lines]
        held = self.waiting + self.accrued
        self.taxed = self.taxed or any(line.terms.tax_rates for line in held)
        self.discounts = [Applied(a) for a in sub.discounts]
        self.ended_on, self.frozen_on = sub.ended_on, sub.frozen_on
        self.trial_end = trial_end = sub.trial_end
        ended = sub.ended_on is not None
        self.trial = trial_end is not None and self.end <= trial_end and not ended
        # Nothing is charged in a trial, or on the free plan.
        self.uncharged = self.trial or plan is free
        self.finished = self.settle_now = False
        self.standing: Any = None  # what was paid for before a call
        self.notices: list[Notice] = []
        self.replaced: list[PendingUpdate] = []
        self.refund = 0
        # Many are looked up, not searched; and no call goes through more than it may.
        self.by_item = Index(_item_of)
        self.by_item_kind = Index(_item_kind_of)
        self.by_terms = Index(_terms_of)
        self.by_aim = Index(_aim_of)
        self.by_kind = Index(_kind_of)
        self.by_discount = Index(_id_of)

    # Limits.

    def visit(self, n: int) -> None:
        """Count *n* charges, items, discounts or updates that are gone through."""
        self.visits_left -= n
        if self.visits_left < 0:
            raise TooManyVisitsError(self.limits.visits)

    def write(self, n: int) -> None:
        """Count *n* lines that are written, each once for every tax rate on it."""
        self.lines_left -= n * max(len(self.tax_rates), 1)
        if self.lines_left < 0:
            most = self.limits.lines
            raise TooManyLinesError(most - self.lines_left, most)

    def look(self) -> None:
        """After any other step, note whether the next may be a usual one."""
        self.steady = self.plain and not (
            not self.book.usual
            or self.uncharged
            or self.settle_now
            or self.discounts
            or self.add_ons
            or self.waiting
            or self.accrued
            or self.ended_on is not None
            or self.frozen_on is not None
        )

    # Time.

    def at(self, day: Time) -> None:
        """Stand on *day*, inside the running period."""
        self.day = day
        if self.plain:
            self.part = self.end_day - day.toordinal()
            return
        convention = self.rules.convention
        if convention is ACTUAL:
            self.part, self.parts = number(self.end, day), number(self.end, self.start)
        elif self.trial or day >= self.end:  # nothing is charged in it, or it is over
            self.part, self.parts = 0, 1
        else:
            whole = self.start, self.end
            self.part, self.parts = ratio(convention, day, self.end, whole)

    def check_day(self, day: Any) -> Time:
        """Return *day*, or refuse it."""
        if type(day) is not _DATE or type(self.start) is not _DATE:
            day = moment("on", day)
            same_time("on", day, self.start)
        if day < self.day:
            raise OutOfOrderError(day, self.day)
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

    def next_kind(self) -> tuple[Plan, Interval] | None:
        """Return plan and interval of the next period, where nothing else waits."""
        plan, interval = self.plan, self.interval
        for update in self.pending:
            if update.kind is PLAN and not update.periods_left:
                plan = update.value
            elif update.kind is INTERVAL and not update.periods_left:
                interval = update.value
            else:
                return None
        return plan, interval

    def waits_for_end(self, left: int | None = None) -> bool:
        """Return whether a cancellation waits, at all or for one boundary."""
        return any(
            u.kind is CANCELLATION and left in (None, u.periods_left)
            for u in self.pending
        )

    def next_event(self) -> Time | None:
        """Return the next boundary on which something is to be done."""
        if self.steady:
            return self.end
        if self.ended_on is not None or self.plan is self.rules.free_plan:
            return None
        if self.frozen_on is not None:
            return self.thawed_late(self.frozen_on)
        if self.waiting and not self.trial and self.rules.settlement is SETTLE_MONTHLY:
            return self._next_month()
        return self.end

    def _next_month(self) -> Time:
        """Return the next monthly boundary of the grid, or the period's end.

        What was due by today is done, so it is after today, also where a freeze lay
        over the one for which lines waited; and after the first of them starts.
        """
        since = index(self.anchor, MONTHLY, max(self.day, self.waiting[0].start))
        try:
            return min(month_boundary(self.anchor, since + 1), self.end)
        except DateRangeError:  # the calendar ends first
            return self.end

    def thawed_late(self, day: Time) -> Time:
        """Return *day* moved by what is left of the longest freeze."""
        return moved_by_freeze(day, self.start, self.moved_from, self.rules)

    @property
    def latest_end(self) -> Time:
        """When the running period ends; a frozen one is taken to thaw by itself."""
        return self.end if self.frozen_on is None else self.thawed_late(self.end)

    def next_period(self, day: Time, interval: Interval) -> tuple[Time, int, Time]:
        """Return anchor, steps and end of the period of *interval* after the running.

        The grid is kept; it is counted anew from *day*, the running period's end,
        where days follow months or days of another length.
        """
        if self.trial:  # the period of the grid that holds the trial's end
            one = count(interval)
            first = (index(self.anchor, interval, day) // one + 1) * one
            return self.anchor, first, boundary(self.anchor, interval, first)
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

    def open_period(self, start: Time, end: Time, day: Time) -> None:
        """Make [*start*, *end*) the running period, and stand on *day* in it."""
        self.start = start
        self.end = end
        self.moved_from = None
        self.whole = trusted_period(start, end)
        if self.plain:
            self.end_day = end_day = end.toordinal()
            self.parts = end_day - start.toordinal()
        self.at(day)

    # What is sold.

    def sales_of(self, item: Plan | AddOn, interval: Interval) -> Sales:
        """Return how *item* sells each of its units per *interval* now, by unit."""
        if not self.folded and self.discounts:
            self.visit(len(self.discounts))
            percents = [
                a.discount for a in self.discounts if a.discount.amount_off is None
            ]
            rules, rates = self.rules, self.tax_rates
            return sales_of(
                item, interval, self.currency, rules, tuple(percents), rates
            )
        book = self.book
        known = book.known.get((id(item), interval.months or -interval.days))
        return book.find(item, interval) if known is None else known[1]

    @property
    def plan_sales(self) -> Sales:
        """How the plan sells each of its units now, by unit."""
        found = self.sales
        if found is None:
            self.sales = found = self.sales_of(self.plan, self.interval)
        return found

    def plan_sale(self, unit: str) -> Sale:
        """Return how the plan sells *unit* now, or refuse."""
        sales = self.sales
        found = (self.plan_sales if sales is None else sales).get(unit)
        if found is None:
            raise UnknownUnitError(self.plan.id, unit, tuple(self.plan_sales))
        return found

    # Values again.

    def as_value(self) -> Subscription:
        """Return the subscription as it stands."""
        if self.version == self.opened.version:
            return self.opened
        if self.pending and not self.folded:
            self._stamp()
        row: Any = SubscriptionRow()
        row.id = self.id
        row.plan = self.plan
        row.interval = self.interval
        row.currency = self.currency
        row.seats = Quantities.trusted(self.seats)
        row.billing_cycle_anchor = self.anchor
        row.current_period = self.whole
        row.moved_from = self.moved_from
        row.charges = tuple(self.charge_values())
        row.pending_updates = tuple(self.pending) if self.pending else ()
        row.credit_balance_minor = self.balance
        row.tax_rates = self.tax_rates
        row.recipient = self.recipient
        row.rules = self.rules
        row.changed_on = self.day
        row.version = self.version
        if self.folded:
            row.add_ons = row.waiting_lines = row.accrued_lines = ()
            row.discounts = ()
            row.trial_end = row.ended_on = row.frozen_on = None
        else:
            row.add_ons = tuple(self.add_ons.values())
            row.waiting_lines = tuple(self.waiting)
            row.accrued_lines = tuple(self.accrued)
            row.discounts = tuple(
                [
                    AppliedDiscount(a.discount, a.redeemed, a.in_use)
                    for a in self.discounts
                ]
            )
            row.trial_end = self.trial_end
            row.ended_on = self.ended_on
            row.frozen_on = self.frozen_on
        row.__class__ = Subscription  # closed: it never changes from here on
        value: Subscription = row
        return value

    def charge_values(self) -> Any:
        """Return the open charges, closed: the walk is over."""
        for charge in self.charges:
            charge.__class__ = Charge
        return self.charges

    def _stamp(self) -> None:
        """Write on each pending update the day on which it takes effect."""
        self.pending = [
            update
            if (day := self.applies_on(update)) == update.applies_on
            else PendingUpdate(
                kind=update.kind,
                key=update.key,
                value=update.value,
                applies_on=day,
                requested_on=update.requested_on,
                periods_left=update.periods_left,
                from_day=update.from_day,
            )
            for update in self.pending
        ]

    def applies_on(self, update: PendingUpdate) -> Time:
        """Return the boundary on which *update* takes effect as things stand."""
        from_day, end = update.from_day, self.latest_end
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
        for update in self.waiting_for(kind, key):
            if update.periods_left == left:
                return update.value
        return None

    def at_terms(self, terms: LineTerms, *, free: bool) -> Sequence[ChargeRow]:
        """Return the open charges of these *terms*, that are *free* or not."""
        alike = self.by_item.under(self.charges, terms.key)
        if len(alike) > FEW:  # one item at very many net prices
            return self.by_terms.under(self.charges, (free, terms))
        return [c for c in alike if c.free is free and c.terms == terms]

    def waiting_for(self, kind: ChangeKind, key: str) -> Sequence[PendingUpdate]:
        """Return what waits of *kind* under *key*."""
        return self.by_aim.under(self.pending, (kind, key))

    def future(self, left: int) -> tuple[Plan, Interval]:
        """Return plan and interval after the next boundary, or the one after it."""
        plan, interval = self.plan, self.interval
        for boundary_number in range(left + 1):
            plan = self.waits(PLAN, left=boundary_number) or plan
            interval = self.waits(INTERVAL, left=boundary_number) or interval
        return plan, interval
