"""A subscription as a value: what is owned, what runs, what waits.

It holds what a store must keep between two calls and nothing of the past: charges
that are open in the running period, updates that wait, lines not yet invoiced.  The
dated history is the host's, who keeps the outcomes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, final

import attrs

from .._values.base import Quantities, Value, Word, as_quantities
from .._values.checks import Time, instance, moment, several, text, unique, whole
from .._values.later import Later
from ..credit import CreditLot, lot_list
from ..discounts import Discount
from ..errors import (
    CurrencyMismatchError,
    OutOfBoundsError,
    OutOfOrderError,
    RulesError,
    WrongTypeError,
)
from ..invoices import InvoiceLine
from ..money import NOTHING, Money, currency_digits, trusted_money
from ..parties import Party
from ..periods import (
    ONE_DAY,
    Interval,
    Period,
    boundary,
    keep_times,
    same_time,
    same_times,
)
from ..plans import Plan
from ..rules import BillingRules, ChangeKind, RecipientLock
from ..taxes import TaxRate, tax_rate_set
from .parts import AppliedDiscount, Charge, PendingUpdate, SubscribedAddOn, add_on_list

if TYPE_CHECKING:
    from .. import terms
else:  # few customers have one
    terms = Later("terms")


# Read for all that is scheduled.
_PLAN: Final = ChangeKind.PLAN
_CANCELLATION: Final = ChangeKind.CANCELLATION


class Status(Word):
    """Where a subscription stands; read off its dates.

    :TRIALING: In the trial, before the first day that is paid for.
    :ACTIVE: Paid for.
    :FREE: On the free plan of the rules: nothing is charged or renewed.
    :FROZEN: Nothing is charged or renewed until it thaws.
    :PAUSED: Nothing is served or charged until the running period ends.
    :CANCELED: Ended, and not on a free plan.
    """

    TRIALING = "trialing"
    ACTIVE = "active"
    FREE = "free"
    FROZEN = "frozen"
    PAUSED = "paused"
    CANCELED = "canceled"


# What runs and what waits.


# The subscription and what comes back from a call.


def _charges(values: Iterable[Charge]) -> tuple[Charge, ...]:
    """Return *values* as charges."""
    return several("charges", values, Charge)


def _updates(values: Iterable[PendingUpdate]) -> tuple[PendingUpdate, ...]:
    """Return *values* as pending updates."""
    return several("pending_updates", values, PendingUpdate)


def _lines(values: Iterable[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    """Return *values* as invoice lines."""
    return several("lines", values, InvoiceLine)


def _applied(
    values: Iterable[AppliedDiscount | Discount],
) -> tuple[AppliedDiscount, ...]:
    """Return *values* as applied discounts; a bare one counts as in use."""
    return tuple(
        AppliedDiscount(value, in_use=True) if isinstance(value, Discount) else value
        for value in several("discounts", values, AppliedDiscount, Discount)
    )


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Subscription(Value):
    """One customer on one plan over time, as it stands after the last call.

    Made by :func:`~seatbill.subscribe` and :func:`~seatbill.adopt`.  Amounts are in
    minor units of *currency*; ``version`` grows with every boundary and change, so
    that a store can compare and set.  ``moved_from`` is where the running period would
    start without the days of freezes in it, ``None`` where there were none.
    ``paid_until`` is where the days end that are paid for, and those begin that were
    given by :class:`Extend`; ``None`` where none were.  In a :class:`Pause` it is the
    period's start: none of its days is paid for.  ``term`` is the term that binds the
    customer, ``None`` where none does.

    ``credit_lots`` are the gifts and what has a last day; paid money without one is
    the ``credit_balance``.  What a lot *spent* is what it paid in the running period
    and may still come back to it.  One of money without an end holds nothing: it says
    what was paid with money since a gift paid, which comes back before the gift does.
    """

    id: str
    plan: Plan
    interval: Interval
    currency: str
    seats: Quantities = attrs.field(converter=as_quantities)
    add_ons: tuple[SubscribedAddOn, ...] = attrs.field(converter=add_on_list)
    billing_cycle_anchor: Time
    current_period: Period
    charges: tuple[Charge, ...] = attrs.field(converter=_charges)
    pending_updates: tuple[PendingUpdate, ...] = attrs.field(converter=_updates)
    waiting_lines: tuple[InvoiceLine, ...] = attrs.field(converter=_lines)
    accrued_lines: tuple[InvoiceLine, ...] = attrs.field(converter=_lines)
    credit_balance_minor: int
    discounts: tuple[AppliedDiscount, ...] = attrs.field(converter=_applied)
    tax_rates: tuple[TaxRate, ...] = attrs.field(converter=tax_rate_set)
    recipient: Party | None
    rules: BillingRules
    trial_end: Time | None
    ended_on: Time | None
    frozen_on: Time | None
    changed_on: Time
    version: int
    moved_from: Time | None = None
    paid_until: Time | None = None
    term: terms.RunningTerm | None = None
    credit_lots: tuple[CreditLot, ...] = attrs.field(default=(), converter=lot_list)

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        instance("plan", self.plan, Plan)
        instance("interval", self.interval, Interval)
        currency_digits(self.currency)
        start = instance("current_period", self.current_period, Period).start
        unique("add-on", [owned.add_on.id for owned in self.add_ons])
        unique("discount", [applied.discount.id for applied in self.discounts])
        whole("credit_balance_minor", self.credit_balance_minor, 0, 10**60)
        whole("version", self.version)
        if self.recipient is not None:
            instance("recipient", self.recipient, Party)
        instance("rules", self.rules, BillingRules)
        keep_times(
            self,
            "billing_cycle_anchor",
            "changed_on",
            optional=["trial_end", "ended_on", "frozen_on", "moved_from", "paid_until"],
            like=start,
        )
        same_times(start, self._held_times())
        if self.term is not None:
            self._check_term(self.term)
        held: list[Charge | InvoiceLine] = [*self.charges, *self.waiting_lines]
        for line in (*held, *self.accrued_lines):
            if line.terms.currency != self.currency:
                raise CurrencyMismatchError(self.currency, line.terms.currency)
        if self.changed_on < start:
            raise OutOfOrderError(self.changed_on, start)
        if self.moved_from is not None and self.moved_from > start:
            raise OutOfOrderError(start, self.moved_from)
        if self.paid_until is not None:
            self._check_paid(self.paid_until)
        if self.credit_lots:
            self._check_lots()
        if self.frozen_on is not None:
            self._check_frozen(self.frozen_on)
        for owned in self.add_ons:
            self._check_own(owned)
        runs = self.status in (Status.ACTIVE, Status.TRIALING, Status.PAUSED)
        if runs and self.changed_on >= self.current_period.end:
            end = self.current_period.end
            raise RulesError("changed_on", self.changed_on, "after_period", end)

    def _held_times(self) -> Iterator[tuple[str, Time | None]]:
        """Yield the times of what is held, each by its place."""
        for i, owned in enumerate(self.add_ons):
            if owned.period is not None:
                yield f"add_ons[{i}].period", owned.period.start
        for i, charge in enumerate(self.charges):
            yield f"charges[{i}].since", charge.since
        for i, update in enumerate(self.pending_updates):
            yield f"pending_updates[{i}].applies_on", update.applies_on
        if self.term is not None:
            running = instance("term", self.term, terms.RunningTerm)
            yield "term.period.start", running.period.start
        for i, applied in enumerate(self.discounts):
            yield f"discounts[{i}].ends_on", applied.ends_on
            yield f"discounts[{i}].discount.until", applied.discount.until
        for i, lot in enumerate(self.credit_lots):
            yield f"credit_lots[{i}].expires_on", lot.expires_on
        for name in ("waiting_lines", "accrued_lines"):
            for i, line in enumerate(getattr(self, name)):
                yield f"{name}[{i}].start", line.start

    def _check_frozen(self, frozen_on: Time) -> None:
        """Refuse a freeze outside the period, or one that must have ended."""
        if not self.current_period.start <= frozen_on < self.current_period.end:
            raise OutOfOrderError(frozen_on, self.current_period.start)
        if not frozen_on <= self.changed_on < self._moved(frozen_on):
            raise OutOfOrderError(self.changed_on, frozen_on)

    def _check_lots(self) -> None:
        """Refuse a lot in another currency, and money that belongs on the balance."""
        for lot in self.credit_lots:
            if lot.amount.currency != self.currency:
                raise CurrencyMismatchError(self.currency, lot.amount.currency)
            if lot.is_money and lot.amount:
                zero = NOTHING[self.currency]
                raise OutOfBoundsError("credit_lots", lot.amount, zero, zero)

    def _check_paid(self, paid_until: Time) -> None:
        """Refuse days that are given outside the period."""
        if not self.current_period.start <= paid_until < self.current_period.end:
            raise OutOfOrderError(paid_until, self.current_period.start)

    def _check_term(self, running: terms.RunningTerm) -> None:
        """Refuse a term that is over, or that the billing interval does not make up."""
        if running.period.end <= self.current_period.start:
            raise OutOfOrderError(running.period.end, self.current_period.start)
        for term in (running.term, running.follows):
            if term is not None:
                term.check_billed(self.interval)

    def _check_own(self, owned: SubscribedAddOn) -> None:
        """Refuse an add-on that is not in its own period while it is charged."""
        period, id = owned.period, owned.add_on.id
        if owned.add_on.interval is None:
            return
        if period is None:
            if self.status in (Status.ACTIVE, Status.FROZEN):
                raise RulesError(id, None, "no_period")
            return
        if self.status not in (Status.ACTIVE, Status.FROZEN):
            raise RulesError(id, period, "not_begun")
        day = self.frozen_on or self.changed_on
        if day < period.start:
            raise OutOfOrderError(day, period.start)
        if day >= period.end:
            raise OutOfOrderError(period.end, day)

    def _moved(self, day: Time) -> Time:
        """Return *day* moved by what is left of the longest freeze."""
        start = self.current_period.start
        return moved_by_freeze(day, start, self.moved_from, self.rules)

    @property
    def thaws_on(self) -> Time | None:
        """When its freeze ends by itself; ``None`` where it is not frozen."""
        return None if self.frozen_on is None else self._moved(self.frozen_on)

    @property
    def latest_end(self) -> Time:
        """When the running period ends; a frozen one is taken to thaw by itself."""
        end = self.current_period.end
        return end if self.frozen_on is None else self._moved(end)

    @property
    def status(self) -> Status:
        """Where it stands."""
        if self.plan == self.rules.free_plan:
            return Status.FREE
        if self.ended_on is not None:
            return Status.CANCELED
        if self.frozen_on is not None:
            return Status.FROZEN
        if self.trial_end is not None and self.current_period.end <= self.trial_end:
            return Status.TRIALING
        if self.paid_until == self.current_period.start:
            return Status.PAUSED
        return Status.ACTIVE

    @property
    def credit_balance(self) -> Money:
        """Money owed to the customer, used by the next invoices; it has no last day."""
        return trusted_money(self.credit_balance_minor, self.currency)

    def credit_on(self, day: Time) -> Money:
        """Return all credit that an invoice of *day* could use, lots and balance.

        Lots whose last day is before *day* are not in it, also where they are still on
        the subscription: no call has told of them yet.
        """
        same_time("day", moment("day", day), self.changed_on)
        lots = [
            lot.amount
            for lot in self.credit_lots
            if lot.expires_on is None or day <= lot.expires_on
        ]
        return Money.total([self.credit_balance, *lots], self.currency)

    @property
    def cancel_at_period_end(self) -> bool:
        """Whether a cancellation waits."""
        return any(p.kind is ChangeKind.CANCELLATION for p in self.pending_updates)

    @property
    def scheduled_removals(self) -> Quantities:
        """By unit, how many seats leave at the end of the running period.

        A newcomer may keep those.  What was agreed for a day is not among them.
        """
        return Quantities(
            {
                update.key: self.quantity(update.key) - update.value
                for update in self.pending_updates
                if update.kind is ChangeKind.SEATS
                and update.applies_on <= self.latest_end
                and update.from_day is None
                and update.value < self.quantity(update.key)
            }
        )

    @property
    def capacity(self) -> Quantities:
        """By unit, how many people may sit: the seats owned, all while it is charged.

        On the free plan of the rules nothing is bought: there it is what the plan
        holds, without the units that it does not limit.
        """
        if self.status is not Status.FREE:
            return self.seats
        return Quantities(
            {
                price.unit: price.max_quantity
                for price in self.plan.prices
                if price.currency == self.currency and price.max_quantity is not None
            }
        )

    def quantity(self, unit: str = "seat") -> int:
        """Return how many of *unit* are owned now; 0 for one that is not sold."""
        text("unit", unit)
        return self.seats.get(unit, 0)

    def add_on_quantity(self, id: str) -> int:
        """Return how many of the add-on with this *id* are owned now."""
        text("id", id)
        return next((a.quantity for a in self.add_ons if a.add_on.id == id), 0)


def moved_by_freeze(
    day: Time, start: Time, moved_from: Time | None, rules: BillingRules
) -> Time:
    """Return *day* moved by what is left of the longest freeze.

    All freezes within one paid period share its days: those that moved it from
    *moved_from* to *start* are used.
    """
    used = frozen_for(start, moved_from)
    return boundary(day - used, ONE_DAY, rules.max_freeze_days)


def ends(update: PendingUpdate, free_plan: Plan | None) -> bool:
    """Return whether *update* cancels, or falls to the free plan."""
    if update.kind is _CANCELLATION:
        return True
    return (
        free_plan is not None
        and update.kind is _PLAN
        and update.value.id == free_plan.id
        and bool(update.value == free_plan)
    )


def recipient_locked_since(
    rules: BillingRules, ended_on: Time | None, updates: Iterable[PendingUpdate]
) -> Time | None:
    """Return since when the recipient cannot be changed; ``None`` where it can."""
    if ended_on is not None or rules.recipient_lock is RecipientLock.END:
        return ended_on
    asked = [u.requested_on for u in updates if ends(u, rules.free_plan)]
    return min(asked, default=None)


def frozen_for(start: Time, moved_from: Time | None) -> dt.timedelta:
    """Return how long freezes have stopped the period that starts on *start* now."""
    moved: Any = start
    found: dt.timedelta = moved - (moved_from or start)
    return found


def quantities(name: str, value: object, unit: str = "seat") -> Quantities:
    """Return *value*, an ``int`` of *unit* or a mapping of units, as quantities."""
    if type(value) is int:
        return Quantities.trusted({unit: whole(unit, value)})
    if isinstance(value, Mapping):
        return as_quantities(value)
    raise WrongTypeError(name, "int | Mapping[str, int]", value)
