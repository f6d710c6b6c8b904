"""A subscription as a value: what is owned, what runs, what waits.

It holds what a store must keep between two calls and nothing of the past: charges
that are open in the running period, updates that wait, lines not yet invoiced.  The
dated history is the host's, who keeps the outcomes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, final, get_args

import attrs

from ._checks import (
    Time,
    flag,
    instance,
    member,
    several,
    text,
    unique,
    whole,
)
from ._common_changes import (
    AddSeats,
    Cancel,
    RemoveSeats,
    SetSeats,
    SwitchInterval,
    SwitchPlan,
)
from ._later import Later
from ._values import Quantities, Value, Word, as_quantities, unchecked
from .errors import (
    CurrencyMismatchError,
    OutOfOrderError,
    SeveralInvoicesError,
    UnknownItemError,
    WrongTypeError,
    shown,
)
from .invoices import (
    Invoice,
    InvoiceLine,
    LineTerms,
    Party,
    TaxRate,
    charge_id,
    tax_rate_set,
)
from .money import Money, currency_digits, trusted_money
from .periods import (
    ONE_DAY,
    Interval,
    Period,
    boundary,
    keep_times,
    same_time,
    same_times,
)
from .plans import AddOn, Discount, Plan
from .rules import BillingRules, ChangeKind, Timing

if TYPE_CHECKING:
    from . import _changes as changes_of_all_kinds
    from ._changes import (
        AddAddOn,
        ApplyDiscount,
        BuyService,
        Change,
        ChargeFee,
        Freeze,
        GrantCredit,
        RemoveAddOn,
        RemoveDiscount,
        Reprice,
        Resume,
        SetRecipient,
        SetTaxRates,
        SwitchPackage,
        Unfreeze,
        WithdrawPending,
    )
else:  # few bills have any
    changes_of_all_kinds = Later("_changes")

__all__ = [
    "AddAddOn",
    "AddSeats",
    "AppliedDiscount",
    "ApplyDiscount",
    "BuyService",
    "Cancel",
    "Change",
    "Charge",
    "ChargeFee",
    "Freeze",
    "GrantCredit",
    "Notice",
    "Outcome",
    "PendingUpdate",
    "RemoveAddOn",
    "RemoveDiscount",
    "RemoveSeats",
    "Reprice",
    "Resume",
    "SetRecipient",
    "SetSeats",
    "SetTaxRates",
    "Status",
    "SubscribedAddOn",
    "Subscription",
    "SwitchInterval",
    "SwitchPackage",
    "SwitchPlan",
    "Unfreeze",
    "WithdrawPending",
]


def __getattr__(name: str) -> object:
    """Import what few bills need when it is first asked for (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(changes_of_all_kinds, name)
    globals()[name] = found  # asked for once
    return found


class Status(Word):
    """Where a subscription stands; read off its dates."""

    TRIALING = "trialing"
    ACTIVE = "active"
    FREE = "free"
    """On the free plan of the rules: nothing is charged or renewed."""
    FROZEN = "frozen"
    """Nothing is charged or renewed until it thaws."""
    CANCELED = "canceled"
    """Ended, and not on a free plan."""


# What runs and what waits.


class ChargeRow(Value):
    """The slots of :class:`Charge`, open until it is closed: the walk changes them."""

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

    __slots__ = (
        "__weakref__",
        "charged_minor",
        "credited_minor",
        "cut_minor",
        "free",
        "full_scaled",
        "kept_minor",
        "quantity",
        "since",
        "terms",
        "version",
    )


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Charge(ChargeRow):
    """An item that runs in the current period at one net price.

    *full_scaled* is its exact amount for the whole period in parts of
    ``terms.scale``; *charged_minor* was charged in this period, *credited_minor*
    given back.  *since* is set in arrears only: what runs from there is not billed.
    A *free* charge was opened without a line, so nothing of it comes back.
    Of a fixed discount, *cut_minor* is what a whole period lost because the other
    charges fell, and has again as they rise on that day; *kept_minor* is what of those
    ended in this period with nothing given back.
    """

    terms: LineTerms
    quantity: int
    full_scaled: int
    charged_minor: int
    credited_minor: int
    version: int
    since: Time | None = None
    free: bool = False
    cut_minor: int = 0
    kept_minor: int = 0

    def __attrs_post_init__(self) -> None:
        instance("terms", self.terms, LineTerms)
        for name in ("quantity", "full_scaled", "charged_minor", "credited_minor"):
            whole(name, getattr(self, name), -(10**60), 10**60)
        whole("version", self.version)
        whole("cut_minor", self.cut_minor, 0, 10**60)
        whole("kept_minor", self.kept_minor, 0, 10**60)
        keep_times(self, optional=["since"])
        flag("free", self.free)

    @property
    def item(self) -> str:
        """The id of the plan, add-on or discount."""
        return self.terms.item

    @property
    def unit(self) -> str:
        """What is counted."""
        return self.terms.unit

    @property
    def charge_id(self) -> str:
        """The id that its lines carry."""
        return charge_id(self.version, self.terms)

    @property
    def full_amount(self) -> Fraction:
        """The exact amount of the whole period, in major units."""
        return self.terms.exact(self.full_scaled)

    @property
    def charged(self) -> Money:
        """What was charged for it in this period."""
        return trusted_money(self.charged_minor, self.terms.currency)

    @property
    def credited(self) -> Money:
        """What was given back of it in this period."""
        return trusted_money(self.credited_minor, self.terms.currency)


class _PendingUpdateRow(Value):
    """The slots of :class:`PendingUpdate`, open until it is closed."""

    __slots__ = (
        "__weakref__",
        "applies_on",
        "from_day",
        "key",
        "kind",
        "periods_left",
        "requested_on",
        "value",
    )


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class PendingUpdate(_PendingUpdateRow):
    """A change that waits for a renewal.

    *key* is the unit or the add-on's id where *kind* has several.  *value* is what
    will be: a plan, an interval, a number of seats, a :class:`SubscribedAddOn`, or
    the reason of a cancellation.  *periods_left* is 1 where notice moved it a period
    on.  *from_day* is the day of a price change.
    """

    kind: ChangeKind
    key: str = ""
    value: Any
    applies_on: Time
    requested_on: Time
    periods_left: int = 0
    from_day: Time | None = None

    def __attrs_post_init__(self) -> None:
        member("kind", self.kind, ChangeKind)
        if type(self.key) is not str:
            raise WrongTypeError("key", "str", self.key)
        wanted = _PENDING_VALUES[self.kind]
        if not isinstance(self.value, wanted) or type(self.value) is bool:
            raise WrongTypeError("value", "for_its_kind", self.value)
        if self.kind is ChangeKind.SEATS:
            whole("value", self.value)
        keep_times(self, "applies_on", "requested_on", optional=["from_day"])
        if self.applies_on < self.requested_on:
            raise OutOfOrderError(self.applies_on, self.requested_on)
        whole("periods_left", self.periods_left, 0, 1)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class SubscribedAddOn(Value):
    """An add-on and how many of it are owned."""

    add_on: AddOn
    quantity: int = 1

    def __attrs_post_init__(self) -> None:
        instance("add_on", self.add_on, AddOn)
        whole("quantity", self.quantity)


_PENDING_VALUES: dict[ChangeKind, Any] = {
    ChangeKind.PLAN: Plan,
    ChangeKind.PRICE: Plan,
    ChangeKind.INTERVAL: Interval,
    ChangeKind.SEATS: int,
    ChangeKind.ADD_ON: SubscribedAddOn,
    ChangeKind.PACKAGE: AddOn,
    ChangeKind.CANCELLATION: str | None,
}


@final
@attrs.frozen(order=False, eq=False, repr=False)
class AppliedDiscount(Value):
    """A discount and how long it has served.

    *redeemed* counts the ended periods from the first in which it was used; *in_use*
    says whether it was used in the running one.
    """

    discount: Discount
    redeemed: int = 0
    in_use: bool = False

    def __attrs_post_init__(self) -> None:
        instance("discount", self.discount, Discount)
        whole("redeemed", self.redeemed)
        flag("in_use", self.in_use)


# The subscription and what comes back from a call.


AddOns = Iterable[AddOn | tuple[AddOn, int] | SubscribedAddOn]
"""Add-ons, each alone (one of it) or with its quantity."""


def add_on_list(values: AddOns) -> tuple[SubscribedAddOn, ...]:
    """Return *values*, each an add-on or an add-on and its quantity."""
    found = []
    for value in several("add_ons", values, object):
        if type(value) is tuple and len(value) == 2:
            found.append(SubscribedAddOn(*value))
        elif isinstance(value, AddOn):
            found.append(SubscribedAddOn(value))
        else:
            found.append(instance("add_ons", value, SubscribedAddOn))
    for owned in found:
        whole("quantity", owned.quantity, 1)
    return tuple(found)


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


class SubscriptionRow(Value):
    """The slots of :class:`Subscription`, open until it is closed."""

    __slots__ = (
        "__weakref__",
        "accrued_lines",
        "add_ons",
        "billing_cycle_anchor",
        "changed_on",
        "charges",
        "credit_balance_minor",
        "currency",
        "current_period",
        "discounts",
        "ended_on",
        "frozen_on",
        "id",
        "interval",
        "moved_from",
        "pending_updates",
        "plan",
        "recipient",
        "rules",
        "seats",
        "tax_rates",
        "trial_end",
        "version",
        "waiting_lines",
    )


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Subscription(SubscriptionRow):
    """One customer on one plan over time, as it stands after the last call.

    Made by :func:`~seatbill.subscribe` and :func:`~seatbill.adopt`.  Amounts are in
    minor units of *currency*; ``version`` grows with every boundary and change, so
    that a store can compare and set.  ``moved_from`` is where the running period would
    start without the days of freezes in it, ``None`` where there were none.
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
            optional=["trial_end", "ended_on", "frozen_on", "moved_from"],
            like=start,
        )
        same_times(start, self._held_times())
        held: list[Charge | InvoiceLine] = [*self.charges, *self.waiting_lines]
        for line in (*held, *self.accrued_lines):
            if line.terms.currency != self.currency:
                raise CurrencyMismatchError(self.currency, line.terms.currency)
        if self.changed_on < start:
            raise OutOfOrderError(self.changed_on, start)
        if self.moved_from is not None and self.moved_from > start:
            raise OutOfOrderError(start, self.moved_from)
        if self.frozen_on is not None:
            self._check_frozen(self.frozen_on)
        runs = self.status in (Status.ACTIVE, Status.TRIALING)
        if runs and self.changed_on >= self.current_period.end:
            raise OutOfOrderError(self.current_period.end, self.changed_on)

    def _held_times(self) -> Iterator[tuple[str, Time | None]]:
        """Yield the times of what is held, each by its place."""
        for i, charge in enumerate(self.charges):
            yield f"charges[{i}].since", charge.since
        for i, update in enumerate(self.pending_updates):
            yield f"pending_updates[{i}].applies_on", update.applies_on
        for name in ("waiting_lines", "accrued_lines"):
            for i, line in enumerate(getattr(self, name)):
                yield f"{name}[{i}].start", line.start

    def _check_frozen(self, frozen_on: Time) -> None:
        """Refuse a freeze outside the period, or one that must have ended."""
        if not self.current_period.start <= frozen_on < self.current_period.end:
            raise OutOfOrderError(frozen_on, self.current_period.start)
        if not frozen_on <= self.changed_on < self._moved(frozen_on):
            raise OutOfOrderError(self.changed_on, frozen_on)

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
        return Status.ACTIVE

    @property
    def credit_balance(self) -> Money:
        """Money owed to the customer, used by the next invoices."""
        return trusted_money(self.credit_balance_minor, self.currency)

    @property
    def cancel_at_period_end(self) -> bool:
        """Whether a cancellation waits."""
        return any(p.kind is ChangeKind.CANCELLATION for p in self.pending_updates)

    @property
    def scheduled_removals(self) -> Quantities:
        """By unit, how many seats leave at the end of the running period."""
        return Quantities(
            {
                update.key: self.quantity(update.key) - update.value
                for update in self.pending_updates
                if update.kind is ChangeKind.SEATS
                and not update.periods_left
                and update.value < self.quantity(update.key)
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


def frozen_for(start: Time, moved_from: Time | None) -> dt.timedelta:
    """Return how long freezes have stopped the period that starts on *start* now."""
    moved: Any = start
    found: dt.timedelta = moved - (moved_from or start)
    return found


trusted_pending: Callable[..., PendingUpdate] = unchecked(
    PendingUpdate, _PendingUpdateRow
)


_NOTICES = {
    "add_on_dropped": "add-on {add_on} ends with the plan, which it needs",
    "features_lost": "from {on}, {plan} is without {features}",
    "late_notice": "asked too late for {boundary}: takes effect on {on}",
    "late_cancellation": (
        "asked too late for {boundary}: ends on {on}, and will still cost {cost}"
    ),
    "over_limit": "{plan} holds {maximum} of {unit}, {excess} are above",
    "price_change": "{plan} has new prices from {on}",
    "removal_cut": "{removed} instead of {asked} of {unit} leave: the rest is occupied",
    "removals_undone": "{count} of {unit} that were to leave stay, free of charge",
    "serves_until": "a cancellation waits: this serves until {on}",
    "unit_dropped": "{plan} does not sell {unit}: {count} end with the old plan",
}


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Notice(Value):
    """Something odd but legal that a customer should be told.

    ``code`` is stable; *values* hold the figures by name; ``str()`` is an English
    sentence.
    """

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    def __attrs_post_init__(self) -> None:
        for pair in several("values", self.values, tuple):
            if len(pair) != 2:
                raise WrongTypeError("values", "tuple[str, object]", pair)
            text("name", pair[0])
        if text("code", self.code) not in _NOTICES:
            raise UnknownItemError("notice", self.code, tuple(_NOTICES))
        try:
            str(self)
        except KeyError as missing:
            raise UnknownItemError(
                "value", missing.args[0], tuple(name for name, _ in self.values)
            ) from None

    def value(self, name: str) -> Any:
        """Return the value of this *name*.  Raises: UnknownItemError."""
        values = dict(self.values)
        if text("name", name) not in values:
            raise UnknownItemError("value", name, tuple(values))
        return values[name]

    def __str__(self) -> str:
        values = {name: shown(value) for name, value in self.values}
        return _NOTICES[self.code].format(**values)


class _OutcomeRow(Value):
    """The slots of :class:`Outcome`, open until it is closed."""

    __slots__ = (
        "__weakref__",
        "by",
        "changes",
        "effective_on",
        "invoices",
        "notices",
        "on",
        "previous_version",
        "reason",
        "refund_due",
        "replaced",
        "subscription",
        "timing",
    )


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Outcome(_OutcomeRow):
    """What a call comes to: showing it is a preview, keeping it is the change.

    *invoices* are in the order of their days: those of renewals that were due first,
    then the change's own.  *effective_on* is the day on which the last part of the
    change takes effect.  *replaced* are the pending updates that it withdrew or took
    the place of.  *timing* is what overrode the rules by hand.  *refund_due* is what
    was left on the balance when it ended.
    """

    subscription: Subscription
    invoices: tuple[Invoice, ...]
    effective_on: Time
    notices: tuple[Notice, ...] = ()
    replaced: tuple[PendingUpdate, ...] = ()
    changes: tuple[changes_of_all_kinds.Change, ...] = ()
    on: Time
    by: str | None = None
    timing: Timing | None = None
    reason: str | None = None
    previous_version: int = 0
    refund_due: Money

    def __attrs_post_init__(self) -> None:
        sub = instance("subscription", self.subscription, Subscription)
        start = sub.current_period.start
        for i, invoice in enumerate(several("invoices", self.invoices, Invoice)):
            if invoice.currency != sub.currency:
                raise CurrencyMismatchError(sub.currency, invoice.currency)
            same_time(f"invoices[{i}].issued_on", invoice.issued_on, start)
        several("notices", self.notices, Notice)
        for i, update in enumerate(several("replaced", self.replaced, PendingUpdate)):
            same_time(f"replaced[{i}].applies_on", update.applies_on, start)
        check_changes("changes", self.changes, start)
        for name in ("by", "reason"):
            if getattr(self, name) is not None:
                text(name, getattr(self, name))
        if self.timing is not None:
            member("timing", self.timing, Timing)
        keep_times(self, "effective_on", "on", like=start)
        whole("previous_version", self.previous_version)
        instance("refund_due", self.refund_due, Money)

    @property
    def invoice(self) -> Invoice | None:
        """The only invoice, or ``None``.  Raises: SeveralInvoicesError."""
        if len(self.invoices) > 1:
            raise SeveralInvoicesError(len(self.invoices))
        return self.invoices[0] if self.invoices else None


def check_changes(name: str, changes: Iterable[Change], like: Time) -> None:
    """Refuse what is no change, and a day in one that is not of the kind of *like*."""
    asked = several(name, changes, *get_args(changes_of_all_kinds.Change))
    days = [getattr(change, "from_day", None) for change in asked]
    same_times(like, [(f"{name}[{i}].from_day", day) for i, day in enumerate(days)])


trusted_outcome: Callable[..., Outcome] = unchecked(Outcome, _OutcomeRow)


def quantities(name: str, value: object, unit: str = "seat") -> Quantities:
    """Return *value*, an ``int`` of *unit* or a mapping of units, as quantities."""
    if type(value) is int:
        return Quantities.trusted({unit: whole(unit, value)})
    if isinstance(value, Mapping):
        return Quantities(value)
    raise WrongTypeError(name, "int | Mapping[str, int]", value)
