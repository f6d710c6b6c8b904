"""Every billing policy as one immutable value.

The words are those of :class:`Timing`: what happens when, in which direction, and
what comes back.  A rulebook of a real system is one such value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, final

import attrs

from ._values.base import Kept, Word, worded
from ._values.checks import (
    Amount,
    Time,
    instance,
    member,
    members,
    percentage,
    several,
    text,
    unique,
    whole,
)
from ._values.later import Later
from .errors import OutOfBoundsError, RulesError, WrongTypeError
from .money import Money, Rounding
from .periods import Interval
from .plans import Plan
from .proration import Convention

if TYPE_CHECKING:
    from . import _variants as variants
    from . import notices
else:  # few rules have any
    notices, variants = Later("notices"), Later("_variants")

__all__ = [
    "BillingRules",
    "ChangeKind",
    "CreditOrder",
    "Direction",
    "DiscountScope",
    "LateNotice",
    "NoticeScope",
    "RecipientLock",
    "Settlement",
    "Timing",
    "UnusedTime",
]


class Timing(Word):
    """When a change takes effect, and what it does to the running period.

    :IMMEDIATE: At once: unused time comes back, new time is prorated, renewal day kept.
    :RESTART: At once: unused time comes back, a full new period starts that day.
    :PERIOD_END: At the period's end: nothing is due now.
    :FORFEIT: At once: nothing comes back, what it opens is not charged in this period.
    """

    IMMEDIATE = "immediate"
    RESTART = "restart"
    PERIOD_END = "period_end"
    FORFEIT = "forfeit"


def timing_or_none(value: Timing | str | None) -> Timing | None:
    """Return *value*, a timing that was given by hand, or ``None``."""
    return None if value is None else member("timing", value, Timing)


class Settlement(Word):
    """When the lines of a change inside a period are invoiced.

    :NOW: At once, with the change.
    :MONTHLY: On the next monthly boundary of the grid.
    :ON_RENEWAL: On the invoice of the next renewal.
    """

    NOW = "now"
    MONTHLY = "monthly"
    ON_RENEWAL = "on_renewal"


class UnusedTime(Word):
    """Whether a plan, package or interval that ends early gives back unused time.

    :CREDITED: It comes back as a credit line.
    :KEPT: Nothing comes back; the new one is charged for its own share all the same.
    """

    CREDITED = "credited"
    KEPT = "kept"


class DiscountScope(Word):
    """What the discount for a longer interval covers.

    :PLAN: The plan alone.
    :PLAN_AND_ADD_ONS: All that is billed in that interval.
    """

    PLAN = "plan"
    PLAN_AND_ADD_ONS = "plan_and_add_ons"


class LateNotice(Word):
    """What becomes of a request that misses the notice before a renewal.

    :NEXT_PERIOD: It waits one period longer, and a notice says so.
    :REFUSE: It is refused.
    """

    NEXT_PERIOD = "next_period"
    REFUSE = "refuse"


class NoticeScope(Word):
    """What has to be asked for in time before a renewal.

    :SCHEDULED: What waits for the period's end; what acts at once needs no notice.
    :EVERY_CHANGE: What would act at once too: too late, it waits like any other, or is
        refused.
    """

    SCHEDULED = "scheduled"
    EVERY_CHANGE = "every_change"


class RecipientLock(Word):
    """From when whom invoices are made out to cannot be changed.

    :REQUEST: From the day on which the end is asked for, until that is withdrawn.
    :END: From the end; in both cases until the next paid subscription.
    """

    REQUEST = "request"
    END = "end"


class CreditOrder(Word):
    """In which order credit pays; of what stands alike, what lapses earlier first.

    :EARLIEST_FIRST: By the last day; on one day, and without any, gifts before money.
    :GIFTS_FIRST: Every gift before money, also before money that lapses earlier.
    :MONEY_FIRST: Money before every gift, also before a gift that lapses earlier.
    """

    EARLIEST_FIRST = "earliest_first"
    GIFTS_FIRST = "gifts_first"
    MONEY_FIRST = "money_first"


class ChangeKind(Word):
    """What a change is about; pending updates are kept by it.

    :PLAN: ``SwitchPlan``.
    :INTERVAL: ``SwitchInterval``.
    :SEATS: Seats or other units, kept by the unit.
    :ADD_ON: An add-on, kept by its id.
    :PACKAGE: A package, kept by its family.
    :CANCELLATION: ``Cancel``.
    :PRICE: ``Reprice``, kept by the plan.
    :PAUSE: ``Pause``.
    """

    PLAN = "plan"
    INTERVAL = "interval"
    SEATS = "seats"
    ADD_ON = "add_on"
    PACKAGE = "package"
    CANCELLATION = "cancellation"
    PRICE = "price"
    PAUSE = "pause"


class Direction(Word):
    """The changes that have a timing of their own, named as the fields of the rules.

    UPGRADE and DOWNGRADE switch the plan, LONGER_INTERVAL and SHORTER_INTERVAL the
    billing period, PACKAGE_UP and PACKAGE_DOWN a package; SEATS_ADDED, SEATS_REMOVED,
    ADD_ON_ADDED and ADD_ON_REMOVED buy and give back, and CANCELLATION ends it.
    """

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    LONGER_INTERVAL = "longer_interval"
    SHORTER_INTERVAL = "shorter_interval"
    SEATS_ADDED = "seats_added"
    SEATS_REMOVED = "seats_removed"
    ADD_ON_ADDED = "add_on_added"
    ADD_ON_REMOVED = "add_on_removed"
    PACKAGE_UP = "package_up"
    PACKAGE_DOWN = "package_down"
    CANCELLATION = "cancellation"


IntervalDiscounts = (
    Mapping[Interval, Amount | Fraction] | Iterable[tuple[Interval, Amount | Fraction]]
)


def _interval_discounts(
    values: IntervalDiscounts,
) -> tuple[tuple[Interval, Fraction], ...]:
    """Return discounts by interval as parts of one.

    A text, int or Decimal is a percentage, a ``Fraction`` a part of one.
    """
    pairs = tuple(values.items()) if isinstance(values, Mapping) else values
    found = []
    for pair in several("interval_discounts", pairs, tuple):
        if len(pair) != 2:
            raise WrongTypeError("interval_discounts", "tuple[Interval, Decimal]", pair)
        interval, off = pair
        instance("interval", interval, Interval)
        part = percentage("interval_discounts", off)
        if not 0 <= part <= 1:
            raise OutOfBoundsError("interval_discounts", off, 0, 100)
        found.append((interval, part))
    unique("interval discount", [interval for interval, _ in found])
    return tuple(found)


def _intervals(values: Iterable[Interval]) -> tuple[Interval, ...]:
    return several("intervals", values, Interval)


def _directions(values: Iterable[Direction | str]) -> tuple[Direction, ...]:
    """Return *values* in the order of :class:`Direction`, each once."""
    found = members("notice_exempt", values, Direction)
    return tuple(direction for direction in Direction if direction in found)


def _billing_roles(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(text("role", v) for v in several("billing_roles", values, str))


def _correction_roles(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(text("role", v) for v in several("correction_roles", values, str))


PayableRounding = Mapping[str, Amount] | Iterable[Money]


def _payable_rounding(values: PayableRounding) -> tuple[Money, ...]:
    """Return steps by currency, each above zero, one for a currency."""
    if isinstance(values, Mapping):
        values = [Money(step, currency) for currency, step in values.items()]
    found = several("payable_rounding", values, Money)
    unique("currency", [step.currency for step in found])
    for step in found:
        if step.minor_units < 1:
            least = Money.from_minor_units(1, step.currency)
            raise OutOfBoundsError("payable_rounding", step, least, None)
    return found


def _variants(
    values: Iterable[variants.LicenceVariant],
) -> tuple[variants.LicenceVariant, ...]:
    return () if values == () else variants.variant_table(values)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False, field_transformer=worded)
class BillingRules(Kept):
    """All policies of one system; each field has a default.

    *interval_discounts* maps intervals to a percentage (``"20"``) or a part of one
    (``Fraction(1, 5)``).  *intervals* lists what is offered; empty offers all that
    have a price.  *notice_days* is how many calendar days before the period's end a
    deferred change must be asked for, exactly so many being in time;
    *notice_exempt* names the directions that need no notice, *notice_scope* whether
    what would act at once needs it too.  *max_freeze_days* is how long all freezes
    within one paid period are together, after which it thaws by itself; 0 offers none.
    *free_plan* is what a canceled subscription falls to.  *correction_roles* accept
    the correction of an invoice, where not those of *billing_roles* do.
    *licence_variants* is a dated table of what is measured for whom.
    *payable_rounding* maps currencies to a step, such as ``{"CHF": "0.05"}``: what is
    to be paid of an invoice is rounded to a multiple of it, as *rounding* says.  Totals
    and taxes stay as they are (EN 16931 BT-114).

    Raises: RulesError where two policies contradict each other.
    """

    name: str = "default"
    rounding: Rounding = attrs.field(default=Rounding.HALF_UP, converter=Rounding)
    convention: Convention = attrs.field(
        default=Convention.ACTUAL, converter=Convention
    )
    upgrade: Timing = attrs.field(default=Timing.IMMEDIATE, converter=Timing)
    downgrade: Timing = attrs.field(default=Timing.PERIOD_END, converter=Timing)
    longer_interval: Timing = attrs.field(default=Timing.RESTART, converter=Timing)
    shorter_interval: Timing = attrs.field(default=Timing.PERIOD_END, converter=Timing)
    seats_added: Timing = attrs.field(default=Timing.IMMEDIATE, converter=Timing)
    seats_removed: Timing = attrs.field(default=Timing.PERIOD_END, converter=Timing)
    add_on_added: Timing = attrs.field(default=Timing.IMMEDIATE, converter=Timing)
    add_on_removed: Timing = attrs.field(default=Timing.PERIOD_END, converter=Timing)
    package_up: Timing = attrs.field(default=Timing.IMMEDIATE, converter=Timing)
    package_down: Timing = attrs.field(default=Timing.PERIOD_END, converter=Timing)
    cancellation: Timing = attrs.field(default=Timing.PERIOD_END, converter=Timing)
    unused_time: UnusedTime = attrs.field(
        default=UnusedTime.CREDITED, converter=UnusedTime
    )
    settlement: Settlement = attrs.field(default=Settlement.NOW, converter=Settlement)
    intervals: tuple[Interval, ...] = attrs.field(default=(), converter=_intervals)
    interval_discounts: tuple[tuple[Interval, Fraction], ...] = attrs.field(
        default=(), converter=_interval_discounts
    )
    interval_discount_scope: DiscountScope = attrs.field(
        default=DiscountScope.PLAN, converter=DiscountScope
    )
    notice_days: int = 0
    notice_exempt: tuple[Direction, ...] = attrs.field(
        default=(), converter=_directions
    )
    late_notice: LateNotice = attrs.field(
        default=LateNotice.NEXT_PERIOD, converter=LateNotice
    )
    notice_scope: NoticeScope = attrs.field(
        default=NoticeScope.SCHEDULED, converter=NoticeScope
    )
    max_freeze_days: int = 0
    free_plan: Plan | None = None
    billing_roles: tuple[str, ...] = attrs.field(default=(), converter=_billing_roles)
    correction_roles: tuple[str, ...] = attrs.field(
        default=(), converter=_correction_roles
    )
    recipient_lock: RecipientLock = attrs.field(
        default=RecipientLock.END, converter=RecipientLock
    )
    credit_order: CreditOrder = attrs.field(
        default=CreditOrder.EARLIEST_FIRST, converter=CreditOrder
    )
    licence_variants: tuple[variants.LicenceVariant, ...] = attrs.field(
        default=(), converter=_variants
    )
    payable_rounding: tuple[Money, ...] = attrs.field(
        default=(), converter=_payable_rounding
    )

    def __attrs_post_init__(self) -> None:
        text("name", self.name)
        whole("notice_days", self.notice_days, 0, 3650)
        whole("max_freeze_days", self.max_freeze_days, 0, 3650)
        if self.max_freeze_days and self.convention is Convention.THIRTY_360:
            raise RulesError("max_freeze_days", self.max_freeze_days, "no_months_of_30")
        if self.free_plan is not None:
            instance("free_plan", self.free_plan, Plan)
        if self.cancellation is Timing.RESTART:
            raise RulesError("cancellation", self.cancellation, "end_cannot_restart")

    def timing(self, direction: Direction | str) -> Timing:
        """Return when a change in *direction* takes effect."""
        found: Timing = getattr(self, member("direction", direction, Direction))
        return found

    def licence_variant(
        self, signed_on: Time, contract: str | None = None
    ) -> variants.LicenceVariant:
        """Return the variant that a contract signed on that day falls under.

        Of the rows for this kind of *contract*, else of those for any, the latest
        whose day has come.  Raises: UnknownItemError where there is none.
        """
        return variants.variant_for(self.licence_variants, signed_on, contract)

    def interval_discount(self, interval: Interval) -> Fraction:
        """Return the part of one that *interval* takes off a price by formula."""
        instance("interval", interval, Interval)
        for listed, off in self.interval_discounts:
            if listed == interval:
                return off
        return Fraction(0)

    def payable_step(self, currency: str) -> Money | None:
        """Return what amounts to be paid in *currency* are multiples of, if anything.

        >>> BillingRules(payable_rounding={"SEK": "1"}).payable_step("SEK")
        Money('1.00', 'SEK')
        """
        text("currency", currency)
        steps = (step for step in self.payable_rounding if step.currency == currency)
        return next(steps, None)

    def problems(self) -> tuple[notices.Problem, ...]:
        """Return every contradiction among the policies at once; empty when sound.

        What cannot be carried out at all is refused by the constructor; here is what
        would be carried out and surprise.
        """
        from .errors._tellings import CONTRADICTIONS

        return tuple(
            notices.Problem(
                f"rules.{self.name}.{field}",
                code,
                CONTRADICTIONS[code].format(interval=interval),
            )
            for field, code, interval in (*self._of_timing(), *self._of_intervals())
        )

    def _of_timing(self) -> Iterator[tuple[str, str, None]]:
        """Yield field and code of what the time of changes contradicts."""
        kept = self.unused_time is UnusedTime.KEPT
        keeps = self.downgrade is Timing.FORFEIT or (
            kept and self.downgrade in (Timing.IMMEDIATE, Timing.RESTART)
        )
        if keeps and self.cancellation is Timing.IMMEDIATE:
            yield "downgrade", "refund_without_credit", None
        if self.convention is Convention.FULL:
            for name in ("seats_removed", "add_on_removed", "cancellation"):
                if getattr(self, name) is Timing.IMMEDIATE:
                    yield name, "full_gives_nothing_back", None
        if self.longer_interval is Timing.FORFEIT:
            yield "longer_interval", "longer_interval_for_nothing", None
        if self.upgrade is Timing.FORFEIT:
            yield "upgrade", "upgrade_for_nothing", None
        prices = self.free_plan.prices if self.free_plan is not None else ()
        if any(price.tiers or price.unit_amount for price in prices):
            yield "free_plan", "free_plan_costs", None

    def _of_intervals(self) -> Iterator[tuple[str, str, Interval | None]]:
        """Yield field, code and interval of what intervals and notice contradict."""
        for interval, _ in self.interval_discounts:
            if self.intervals and interval not in self.intervals:
                yield "interval_discounts", "discount_not_offered", interval
        bound = set(Direction)
        if self.notice_scope is NoticeScope.SCHEDULED:
            bound = {d for d in Direction if getattr(self, d) is Timing.PERIOD_END}
        if self.notice_days and bound <= set(self.notice_exempt):
            yield "notice_days", "notice_without_effect", None
        if self.notice_exempt and not self.notice_days:
            yield "notice_exempt", "exempt_from_nothing", None
        for interval in self.intervals:
            if self.notice_days >= interval.nominal_days:
                yield "notice_days", "notice_longer_than_period", interval
