"""The state: one subscription while a call lasts, in whole numbers.

Takes a :class:`Subscription` and the :class:`Limits` of the call.  It is changed in
place, and becomes a new value once (``closing``); the one that it was opened from
never changes.

Where it stands is ``day``; ``remaining`` is what is left of the running period from
that day on, with its share.  On 20 January, in the period from 15 January to
15 February, it is (20 January, 15 February, that period, 26, 31): a line for 3 seats
more at 6.99 is 3 × 6.99 × 26/31 = 17.59.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final

from .._values.base import Value, open_row
from .._values.checks import Time, moment
from ..errors import (
    OutOfOrderError,
    TooManyLinesError,
    TooManyVisitsError,
    UnknownUnitError,
)
from ..invoices import Invoice, InvoiceLine, LineTerms, trusted_period
from ..limits import LIMITS, NO_LIMITS, Limits
from ..notices import Notice
from ..periods import Period, number, same_time
from ..plans import AddOn, Plan, units_of
from ..proration import ratio
from ..rules import BillingRules, ChangeKind
from ..subscriptions import Charge, PendingUpdate, SubscribedAddOn, Subscription
from ..subscriptions.parts import add_on_of
from .lookup import FEW, Lookup, place_of, under
from .makers import trusted_notice
from .members import ACTUAL, DISCOUNT_ITEM, PLAN
from .prices import Context, PriceTable, UnitPrice, price_table
from .served import OpenDiscount

_DATE: Final = dt.date
_open_period: Final = open_row(Period)

Span = tuple[Time, Time, Period, int, int]
"""What a line is for: its start and end, the whole period, and its share of it as the
parts that are covered and the parts of the whole."""


class OpenCharge(Value):
    """A :class:`Charge` that may still change; it is closed when the call is over."""

    __slots__ = Charge.__slots__

    terms: LineTerms
    quantity: int
    full_scaled: int
    charged_minor: int
    credited_minor: int
    version: int
    since: Time | None
    free: bool
    cut_minor: int
    kept_minor: int
    ended_minor: int
    credit_notes: tuple[str, ...]


def reopened(charge: Charge | OpenCharge) -> OpenCharge:
    """Return a copy of *charge* that may change."""
    row = OpenCharge()
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
    row.ended_minor = charge.ended_minor
    row.credit_notes = charge.credit_notes
    return row


def is_free(rules: BillingRules, plan: Plan) -> bool:
    """Return whether *plan* is the free plan of the *rules* (CL-55)."""
    free = rules.free_plan
    return free is not None and plan.id == free.id and plan == free


def aim_of(update: PendingUpdate) -> tuple[ChangeKind, str, Time | None]:
    """Return what an *update* is about, and the day where it waits for one."""
    return update.kind, update.key, update.from_day


ALL: Final = ""
"""Stands among the units that a call touched: at 1 where all there is has to be judged,
at 0 where what is scheduled has."""

_NONE: Final[frozenset[str]] = frozenset()


class State:
    """One subscription on its way through a history."""

    __slots__ = (
        "accrued",
        "add_ons",
        "anchor",
        "are_closed",
        "balance",
        "by_days",
        "carried",
        "charges",
        "context",
        "currency",
        "day",
        "deferred",
        "deferred_before",
        "discounts",
        "end",
        "end_day",
        "ended_on",
        "extras",
        "finished",
        "frozen_on",
        "has_amounts_off",
        "has_arrears",
        "id",
        "interval",
        "invoices",
        "limits",
        "lines",
        "lines_left",
        "lookups",
        "lots",
        "moved_from",
        "noted",
        "notices",
        "opened",
        "own",
        "paid_before",
        "paid_until",
        "parts",
        "plan",
        "plan_before",
        "recipient",
        "refund",
        "related",
        "remaining",
        "replaced",
        "rules",
        "scheduled",
        "seats",
        "settle_now",
        "start",
        "steps",
        "table",
        "tax_rates",
        "taxed",
        "term",
        "touched",
        "trial",
        "trial_end",
        "unbilled",
        "uncharged",
        "version",
        "visits_left",
        "whole",
    )

    remaining: Span
    extras: Any  # says that there are a term, lots, or own periods of add-ons, or were
    add_ons: dict[str, SubscribedAddOn]
    own: frozenset[str]
    touched: dict[str, int]
    related: list[tuple[str, AddOn | None]]
    plan_before: str
    charges: list[OpenCharge]
    scheduled: list[PendingUpdate]
    unbilled: list[InvoiceLine]
    accrued: list[InvoiceLine]
    discounts: list[OpenDiscount]
    context: Context
    table: PriceTable | None
    steps: int | None
    lookups: dict[Any, Lookup] | None
    paid_before: Any
    lines: list[InvoiceLine]
    invoices: list[Invoice]
    notices: list[Notice]
    noted: dict[str, list[tuple[str, Time | None, int]]]
    replaced: list[PendingUpdate]
    deferred: list[tuple[ChangeKind, str, Time | None]]
    carried: dict[str, int] | None

    def __init__(self, sub: Subscription, limits: Limits = LIMITS) -> None:
        self.opened = sub
        self.limits = limits
        self.lines_left, self.visits_left = limits.lines, limits.visits
        self.rules = rules = sub.rules
        self.plan = plan = sub.plan
        free = rules.free_plan
        if free is not None and is_free(rules, plan):
            self.plan = plan = free
        self.interval = sub.interval
        self.currency = sub.currency
        self.tax_rates = sub.tax_rates
        self.recipient = sub.recipient
        self.id, self.version = sub.id, sub.version
        self.balance, self.lots = sub.credit_balance_minor, sub.credit_lots
        # What is owned, what is scheduled, and what the call comes to.
        self.seats = sub.seats.copied()
        self.scheduled = [*sub.pending_updates]
        self.lines, self.invoices, self.notices = [], [], []
        self.replaced, self.deferred = [], []
        self.table = self.steps = self.lookups = self.paid_before = self.carried = None
        self.finished = self.settle_now = False
        self.refund = 0
        # Where it stands, and in which period.
        self.anchor, self.day = sub.billing_cycle_anchor, sub.changed_on
        self.whole = whole = sub.current_period
        self.start = start = whole.start
        self.end = end = whole.end
        self.moved_from = sub.moved_from
        self.ended_on = ended_on = sub.ended_on
        self.frozen_on, self.term = sub.frozen_on, sub.term
        self.trial_end = trial_end = sub.trial_end
        self.trial = trial_end is not None and end <= trial_end and ended_on is None
        # Nothing is charged in a trial, on the free plan, or in a pause.
        self.paid_until = paid_until = sub.paid_until
        self.uncharged = self.trial or plan is free or paid_until == start
        # The parts of a period are its days: those of the whole one never change.
        self.by_days = False
        if type(start) is _DATE and rules.convention is ACTUAL and paid_until is None:
            self.by_days = True
            self.end_day = end_day = end.toordinal()
            self.parts = end_day - start.toordinal()
        self._take_what_runs(sub)

    def _take_what_runs(self, sub: Subscription) -> None:
        """Take the charges, the lines and the discounts over."""
        self.noted = {}
        self.own = _NONE  # add-ons with an interval of their own
        self.extras = sub.term or sub.credit_lots
        self.add_ons = add_ons = {}
        for owned in sub.add_ons:
            add_on = owned.add_on
            add_ons[add_on.id] = owned
            if add_on.interval is not None:
                self.own |= {add_on.id}
                self.extras = True
        self.charges = [*sub.charges]  # type: ignore[list-item]
        self.are_closed = True  # values, until one of them may change
        self.unbilled, self.accrued = [*sub.waiting_lines], [*sub.accrued_lines]
        self.has_amounts_off = self.has_arrears = False
        self.taxed = self.tax_rates != ()  # if not, no line of an invoice has a rate
        for charge in sub.charges:
            terms = charge.terms
            if terms.item_kind is DISCOUNT_ITEM:
                self.has_amounts_off = True
            if terms.in_arrears:
                self.has_arrears = True
            if terms.tax_rates:
                self.taxed = True
        if self.unbilled or self.accrued:
            self.taxed |= any(
                line.terms.tax_rates for line in self.unbilled + self.accrued
            )
        if sub.discounts:
            self.set_discounts([OpenDiscount.of(applied) for applied in sub.discounts])
        else:
            self.discounts = []
            self.context = self.rules, self.currency, self.tax_rates, ()
        self.touched = {}
        self.related = []
        self.plan_before = ""
        self.deferred_before = 0

    def open_charges(self) -> None:
        """Let the charges change from here on; a renewal drops them as they are."""
        if self.are_closed:
            self.are_closed = False
            self.charges = [reopened(charge) for charge in self.charges]

    # Limits.

    def visit(self, n: int) -> None:
        """Count *n* charges, items, discounts or updates that are gone through."""
        self.visits_left -= n
        if self.visits_left < 0:
            raise TooManyVisitsError(self.limits.visits)

    def count_lines(self, n: int) -> None:
        """Count *n* lines that are written, each once for every tax rate on it."""
        self.lines_left -= n * (len(self.tax_rates) or 1)
        if self.lines_left < 0:
            most = self.limits.lines
            raise TooManyLinesError(most - self.lines_left, most)

    def lift_limits(self) -> None:
        """Let what is only looked ahead at come to as much as it may."""
        self.limits = limits = NO_LIMITS
        self.lines_left, self.visits_left = limits.lines, limits.visits

    # Time.

    def move_to(self, day: Time) -> None:
        """Stand on *day*, inside the running period."""
        self.day = day
        if self.by_days:
            part, parts = self.end_day - day.toordinal(), self.parts
        elif self.paid_until is not None:
            self._count_until(self.paid_until)
            return
        elif self.rules.convention is ACTUAL:
            part, parts = number(self.end, day), number(self.end, self.start)
        elif self.trial or day >= self.end:  # nothing is charged in it, or it is over
            part, parts = 0, 1
        else:
            whole = self.start, self.end
            part, parts = ratio(self.rules.convention, day, self.end, whole)
        self.remaining = day, self.end, self.whole, part, parts

    def _count_until(self, paid_until: Time) -> None:
        """Count what remains of the days that are paid for; of those given, nothing."""
        day, paid = self.day, trusted_period(self.start, paid_until)
        if day >= paid_until:
            self.remaining = day, self.end, paid, 0, 1
            return
        whole = self.start, paid_until
        part, parts = ratio(self.rules.convention, day, paid_until, whole)
        self.remaining = day, paid_until, paid, part, parts

    def extend_to(self, end: Time) -> None:
        """Let the running period end on *end*; what is paid for stays as it is."""
        self.paid_until = self.paid_until or self.end
        self.by_days = False
        self.end = end
        self.whole = trusted_period(self.start, end)
        self.move_to(self.day)

    def open_period(self, start: Time, end: Time) -> None:
        """Make [*start*, *end*), which holds the day, the running period."""
        self.start = start
        self.end = end
        self.moved_from = self.paid_until = None  # by days no more where it was set
        self.whole = whole = _open_period()
        whole.start = start
        whole.end = end
        whole.__class__ = Period  # it never changes from here on
        day = self.day
        if self.by_days:
            self.end_day = end_day = end.toordinal()
            self.parts = part = parts = end_day - start.toordinal()
            if day is not start:
                part = end_day - day.toordinal()
            self.remaining = day, end, whole, part, parts
        else:
            self.move_to(day)

    def check_day(self, day: Any) -> Time:
        """Return *day*, or refuse it."""
        if type(day) is not _DATE or type(self.start) is not _DATE:
            day = moment("on", day)
            same_time("on", day, self.start)
        if day < self.day:
            raise OutOfOrderError(day, self.day)
        return day  # type: ignore[no-any-return]

    @property
    def free(self) -> bool:
        """Whether it is on the free plan of the rules."""
        return self.plan is self.rules.free_plan

    def own_of(self, terms: LineTerms) -> str | None:
        """Return the add-on in whose own period *terms* run, if they do in one."""
        id = add_on_of(terms) if self.own else None
        return id if id in self.own else None

    # Prices.

    def set_discounts(self, discounts: Iterable[OpenDiscount]) -> None:
        """Let *discounts* apply to what is charged from now on."""
        self.discounts = list(discounts)
        percents = [a.discount for a in self.discounts if a.discount.amount_off is None]
        self.context = self.rules, self.currency, self.tax_rates, tuple(percents)
        self.table = None  # a percentage is part of the price

    @property
    def plan_table(self) -> PriceTable:
        """What the plan costs now."""
        table = self.table
        if table is None:
            table = self.table = price_table(self.plan, self.interval, self.context)
        return table

    def price_of(self, unit: str) -> UnitPrice:
        """Return what *unit* of the plan costs now, or refuse."""
        units = (self.table or self.plan_table).units
        if unit not in units:
            raise UnknownUnitError(self.plan.id, unit, tuple(units))
        return units[unit]

    # What is scheduled.

    def scheduled_under(
        self, kind: ChangeKind, key: str, from_day: Time | None = None
    ) -> Sequence[PendingUpdate]:
        """Return what is scheduled of *kind* under *key*, for no day or for that."""
        scheduled = self.scheduled
        if len(scheduled) > FEW:
            return under(self, scheduled, aim_of, (kind, key, from_day))
        return [
            update
            for update in scheduled
            if update.kind is kind and update.key == key and update.from_day == from_day
        ]

    def scheduled_value(self, kind: ChangeKind, key: str = "", left: int = 0) -> Any:
        """Return the value of *kind* that is scheduled, or ``None``.

        For the next boundary, or where *left* is 1 for the one after it.
        """
        scheduled: Sequence[PendingUpdate] = self.scheduled
        if len(scheduled) > FEW:
            scheduled = self.scheduled_under(kind, key)
        for update in scheduled:
            if update.kind is kind and update.key == key and update.from_day is None:
                place = place_of(self, update) if update.periods_left else 0
                if place == left:
                    return update.value
        return None

    def sold_later(self, unit: str) -> bool:
        """Return whether a plan that is scheduled sells *unit*."""
        return any(
            update.kind is PLAN and unit in units_of(update.value.prices, self.currency)
            for update in self.scheduled
        )

    # What is told.

    def notify(self, code: str, *values: tuple[str, Any]) -> None:
        """Tell the customer something odd but legal."""
        self.notices.append(trusted_notice(code, values))
