"""Bill a subscription: from the first day to its end, one step or a whole history.

Every function takes values and returns new ones.  An :class:`Outcome` holds the new
subscription and its invoices: showing it is the preview, keeping it is the change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, final

import attrs

from .._engine.members import ACTUAL_30, CREATE, CYCLE, PLAN_ITEM, THIRTY_360
from .._engine.replay import advance, walk
from .._engine.state import Ledger
from .._engine.usual import begin
from .._values.base import Quantities, Value, unchecked
from .._values.checks import Time, instance, member, moment, several, text, unique
from ..discounts import Discount
from ..errors import (
    ConventionError,
    CurrencyMismatchError,
    IntervalNotOfferedError,
    MeasureEachRenewalError,
    OutOfBoundsError,
    OutOfOrderError,
    RulesError,
    TooFewSeatsError,
    TooManyLinesError,
    TooManySeatsError,
    UnknownItemError,
    UnknownUnitError,
    WrongTypeError,
)
from ..errors.wording import shown
from ..invoices import Invoice, InvoiceLine, trusted_period
from ..limits import LIMITS, NO_LIMITS, Limits
from ..money import NOTHING, Money, currency_digits, trusted_money
from ..notices import Notice
from ..parties import Party
from ..periods import (
    Interval,
    Period,
    boundary,
    count,
    keep_times,
    nominal_months,
    same_time,
)
from ..plans import Plan, units_of
from ..proration import allocate
from ..rules import BillingRules, Timing
from ..subscriptions import (
    AppliedDiscount,
    Charge,
    Outcome,
    PendingUpdate,
    Subscription,
)
from ..subscriptions.outcomes import check_changes, trusted_outcome
from ..subscriptions.parts import AddOns, ChargeRow, add_on_list
from ..subscriptions.subscription import SubscriptionRow, quantities
from ..taxes import TaxRate, tax_rate_set

if TYPE_CHECKING:
    from ..subscriptions.changes import Change


_CALENDAR: Final = (ACTUAL_30, THIRTY_360)
# What a history nearly always is, and what it cannot be although it is iterable.
_PLAIN: Final = (list, tuple)
_NO_HISTORY: Final = (str, bytes, Mapping)

Entry = tuple[Time, Any] | tuple[Time, Any, Timing | None]
Measured = Callable[[Time], Mapping[str, int] | None]
Measurements = list[tuple[Time, Quantities | None]]


def subscribe(
    plan: Plan,
    *,
    id: str,
    interval: Interval,
    seats: int | Mapping[str, int],
    on: Time,
    rules: BillingRules,
    currency: str | None = None,
    anchor: Time | None = None,
    trial_end: Time | None = None,
    add_ons: AddOns = (),
    discounts: Iterable[Discount] = (),
    tax_rates: Iterable[TaxRate] = (),
    recipient: Party | None = None,
    occupied: int | Mapping[str, int] | None = None,
    limits: Limits = LIMITS,
) -> Outcome:
    """Return a new subscription and its first invoice.

    Service starts on *on*, which is also the *anchor* of the periods unless one is
    given: a first period that began before *on* is charged for the share that is
    left.  With *trial_end*, the first day that is paid for, nothing is due before
    it.  *seats* is a number of ``"seat"`` or a mapping of units; it must cover
    *occupied* (CL-10).  *add_ons* are add-ons, or pairs of one and its quantity.
    *currency* may be left out where the plan has prices in one only.  *limits* is how
    much may be asked for.

    Raises: TooFewSeatsError, TooManySeatsError, NoPriceError, UnknownUnitError,
    RequirementError, ConventionError and other errors of the door.
    """
    on = moment("on", on)
    instance("interval", interval, Interval)
    if trial_end is not None:
        trial_end = moment("trial_end", trial_end)
        same_time("trial_end", trial_end, on)
        if trial_end <= on:
            raise OutOfOrderError(trial_end, on)
        period = trusted_period(on, trial_end)
        first = anchor or trial_end
    elif anchor is None:
        period = trusted_period(on, boundary(on, interval, count(interval)))
        first = on
    else:
        period = Period.containing(anchor, interval, on)
        first = anchor
    blank = _blank(
        plan,
        id,
        interval,
        seats,
        period,
        rules,
        currency,
        first if first is on else moment("anchor", first),
        trial_end,
        add_ons,
        tax_rates,
        recipient,
        on,
    )
    if first is not on:
        same_time("anchor", blank.billing_cycle_anchor, on)
    if limits is not LIMITS:
        instance("limits", limits, Limits)
    is_plain = discounts == () and occupied is None
    ledger = Ledger(blank, folded=is_plain, limits=limits)
    ledger.version += 1
    if not ledger.folded or not begin(ledger, CREATE):
        ledger.unfold()
        _open(ledger, discounts, occupied)
    return _outcome(ledger, on)


def _open(ledger: Ledger, discounts: Iterable[Discount], occupied: Any) -> None:
    """Open the first period, with all that may be asked for."""
    from .._engine.bounds import check_all
    from .._engine.charging import bill_period

    if occupied is not None:
        _check_occupied(ledger, quantities("occupied", occupied))
    if ledger.free:
        _check_free(ledger.plan, ledger.opened.seats)
    ledger.at(ledger.day)
    if discounts != () or ledger.add_ons:
        _take_extras(ledger, discounts)
    check_all(ledger)
    if not ledger.uncharged:
        ledger.write(len(ledger.plan_sales) + len(ledger.add_ons))
        bill_period(ledger, CREATE)


def _take_extras(ledger: Ledger, discounts: Iterable[Discount]) -> None:
    """Apply *discounts*; refuse an add-on without what it requires."""
    from .._engine.apply import add_discount
    from .._engine.renewals import require

    for discount in several("discounts", discounts, Discount):
        add_discount(ledger, discount)
    for owned in ledger.add_ons.values():
        require(ledger, owned.add_on)


def _check_occupied(ledger: Ledger, people_by_unit: Quantities) -> None:
    """Refuse fewer seats than people; nothing is bought on a free plan."""
    for unit, people in people_by_unit.items():
        asked = ledger.seats.get(unit, 0)
        if asked < people and not ledger.free:
            raise TooFewSeatsError(unit, asked, people, people - asked)


def _check_free(plan: Plan, seats: Quantities) -> None:
    """Refuse more than a free plan holds, to one who does not fall to it."""
    for price in plan.prices:
        most, asked = price.max_quantity, seats.get(price.unit, 0)
        if most is not None and asked > most:
            raise TooManySeatsError(price.unit, plan.id, asked, most, asked - most)


def adopt(
    plan: Plan,
    *,
    id: str,
    interval: Interval,
    seats: int | Mapping[str, int],
    current_period: Period,
    charged: Money | Mapping[str, Money] | Iterable[Charge],
    rules: BillingRules,
    currency: str | None = None,
    anchor: Time | None = None,
    on: Time | None = None,
    trial_end: Time | None = None,
    ended_on: Time | None = None,
    frozen_on: Time | None = None,
    moved_from: Time | None = None,
    add_ons: AddOns = (),
    discounts: Iterable[AppliedDiscount | Discount] = (),
    tax_rates: Iterable[TaxRate] = (),
    recipient: Party | None = None,
    credit_balance: Money | None = None,
    pending_updates: Iterable[PendingUpdate] = (),
    waiting_lines: Iterable[InvoiceLine] = (),
    accrued_lines: Iterable[InvoiceLine] = (),
    version: int = 0,
) -> Subscription:
    """Return the subscription of a customer who exists already; no invoice is made.

    *charged* is what the running period's charges came to: one amount, shared out
    by the full prices; amounts by unit, add-on or discount id; or the charges of a
    subscription.  *anchor* is the day from which periods are counted, the start of
    *current_period* unless given.  *on* is the last day whose events are in.
    *moved_from* is where that period would start without the days of freezes in it.

    Raises: RulesError where the period is not on the grid of *anchor*.
    """
    start = instance("current_period", current_period, Period).start
    first = start if anchor is None else moment("anchor", anchor)
    same_time("anchor", first, start)
    blank = _blank(
        plan,
        id,
        interval,
        seats,
        current_period,
        rules,
        currency,
        first,
        trial_end,
        add_ons,
        tax_rates,
        recipient,
        start if on is None else moment("on", on),
    )
    blank.__class__ = Subscription
    sub: Subscription = attrs.evolve(
        blank,
        discounts=discounts,
        pending_updates=pending_updates,
        waiting_lines=waiting_lines,
        accrued_lines=accrued_lines,
        ended_on=ended_on,
        frozen_on=frozen_on,
        moved_from=moved_from,
        version=version,
    )
    if credit_balance is not None:
        instance("credit_balance", credit_balance, Money)
        if credit_balance.currency != sub.currency:
            raise CurrencyMismatchError(sub.currency, credit_balance.currency)
        sub = attrs.evolve(sub, credit_balance_minor=credit_balance.minor_units)
    from .._engine.bounds import check_all

    ledger = Ledger(sub)
    if not ledger.trial and not ledger.free and ended_on is None:
        _check_grid(ledger)
    check_all(ledger)
    return attrs.evolve(sub, charges=_charges(ledger, charged))


def _check_grid(ledger: Ledger) -> None:
    """Refuse a period whose end no counting from the anchor reaches."""
    interval = ledger.interval
    end = boundary(ledger.anchor, interval, ledger.grid_steps())
    if end != ledger.end:
        raise RulesError("anchor", ledger.anchor, "off_the_grid", ledger.end)
    days = ledger.whole.days
    if (nominal_months(days) if interval.months else days) != count(interval):
        span = ledger.start, ledger.end
        raise RulesError("current_period", span, "another_length", interval)


def _charges(ledger: Ledger, charged: Any) -> tuple[Charge, ...]:
    """Return the open charges of a subscription that was *charged* elsewhere."""
    if not isinstance(charged, Money | Mapping):
        return several("charged", charged, Charge)
    if ledger.uncharged or ledger.ended_on is not None:
        return ()
    from .._engine.charging import open_all

    ledger.at(ledger.start)
    open_all(ledger)
    ledger.version = max(ledger.version, 1)
    paid = {charged_under(c): c for c in ledger.charges if c.since is None}
    if isinstance(charged, Money):
        amounts = _shared_out(charged, paid)
    else:
        amounts = {name: instance("charged", charged[name], Money) for name in charged}
    for name, amount in amounts.items():
        if name not in paid:
            raise UnknownItemError("charge", name, tuple(paid))
        if amount.currency != ledger.currency:
            raise CurrencyMismatchError(ledger.currency, amount.currency)
        charge = paid[name]
        if (amount.minor_units < 0) != (charge.full_scaled < 0) and amount.minor_units:
            zero = Money.zero(ledger.currency)
            raise OutOfBoundsError(f"charged[{name!r}]", amount, zero, None)
        charge.charged_minor = amount.minor_units
    missing = [name for name in paid if name not in amounts]
    if missing:
        raise UnknownItemError("charge", ", ".join(missing), tuple(amounts))
    return tuple(ledger.charge_values())


def _shared_out(charged: Money, paid: Mapping[str, ChargeRow]) -> dict[str, Money]:
    """Return one amount shared out over charges by their full prices."""
    if any(c.full_scaled < 0 for c in paid.values()):
        raise RulesError("charged", charged, "discount_inside")
    if not paid and not charged:
        return {}
    parts = allocate(charged, [c.charged_minor for c in paid.values()])
    return dict(zip(paid, parts, strict=True))


def charged_under(charge: ChargeRow) -> str:
    """Return the name under which a host says what was charged."""
    terms = charge.terms
    unit: str = terms.unit if terms.item_kind is PLAN_ITEM else terms.item
    return unit


def _blank(
    plan: Plan,
    id: str,
    interval: Interval,
    seats: int | Mapping[str, int],
    period: Period,
    rules: BillingRules,
    currency: str | None,
    anchor: Time,
    trial_end: Time | None,
    add_ons: AddOns,
    tax_rates: Iterable[TaxRate],
    recipient: Party | None,
    on: Time,
) -> Any:
    """Return a subscription on which nothing has been charged yet, still open."""
    text("id", id)
    if type(plan) is not Plan:
        instance("plan", plan, Plan)
    if type(rules) is not BillingRules:
        instance("rules", rules, BillingRules)
    if recipient is not None:
        instance("recipient", recipient, Party)
    if rules.intervals and interval not in rules.intervals:
        raise IntervalNotOfferedError(interval, rules.intervals)
    if type(on) is not dt.date and rules.convention in _CALENDAR:
        raise ConventionError(rules.convention, on, "instants")
    if currency is None:
        currency = _only_currency(plan)
    else:
        currency_digits(currency)
    owned = quantities("seats", seats)
    sold = {price.unit for price in plan.prices if price.currency == currency}
    if not owned.names <= sold and plan != rules.free_plan:
        unit = next(unit for unit in owned if unit not in sold)
        units = tuple(units_of(plan.prices, currency))
        raise UnknownUnitError(plan.id, unit, units)
    row: Any = SubscriptionRow()
    row.id = id
    row.plan = plan
    row.interval = interval
    row.currency = currency
    row.seats = owned
    row.add_ons = ()
    if add_ons != ():
        row.add_ons = add_on_list(add_ons)
        unique("add-on", [item.add_on.id for item in row.add_ons])
    row.billing_cycle_anchor = anchor
    row.current_period = period
    row.charges = row.pending_updates = row.discounts = ()
    row.waiting_lines = row.accrued_lines = ()
    row.credit_balance_minor = row.version = 0
    row.tax_rates = tax_rate_set(tax_rates) if tax_rates != () else ()
    row.recipient = recipient
    row.rules = rules
    row.trial_end = trial_end
    row.ended_on = row.frozen_on = row.moved_from = None
    row.changed_on = on
    return row


def _only_currency(plan: Plan) -> str:
    """Return the currency of *plan*, which has prices in one."""
    if len(plan.prices) == 1:
        return plan.prices[0].currency
    known = tuple(dict.fromkeys([price.currency for price in plan.prices]))
    if len(known) != 1:
        raise UnknownItemError("currency", None, known)
    return known[0]


def change(
    subscription: Subscription,
    *changes: Change,
    on: Time,
    by: str | None = None,
    timing: Timing | None = None,
    reason: str | None = None,
    limits: Limits = LIMITS,
) -> Outcome:
    """Return what *changes* on one day come to, netted into one invoice.

    Periods that are due by *on* are renewed first, an invoice each.  *timing*
    overrides the rules for this call; *by* and *reason* are kept on the outcome.
    *limits* is how much may be asked for.

    Raises: OutOfOrderError, SubscriptionEndedError, RenewFirstError where a measured
    quantity is needed, and the refusals of each change.
    """
    ledger = _opened("subscription", subscription, limits)
    if timing is not None:
        member("timing", timing, Timing)
    for name, value in (("by", by), ("reason", reason)):
        if value is not None:
            text(name, value)
    if not changes:
        raise WrongTypeError("changes", "changes", changes)
    alone = len(changes) == 1 and not isinstance(changes[0], tuple | list)
    asked = changes[0] if alone else changes
    walk(ledger, ((on, asked) if timing is None else (on, asked, timing),), [])
    return _outcome(ledger, ledger.day, changes, by, timing, reason)


def renew(
    subscription: Subscription,
    *,
    on: Time,
    measured: Mapping[str, int] | None = None,
    occupied: int | Mapping[str, int] | None = None,
    limits: Limits = LIMITS,
) -> Outcome:
    """Return every period that starts by *on*, an invoice each.

    Where nothing is due the subscription is the same and there is no invoice.
    *measured* holds the quantities of measured units at the one boundary that is
    due.  *occupied* says who is there: a removal is cut to what is vacant.  *limits*
    is how much may be asked for.

    Raises: RenewFirstError where a quantity is missing, MeasureEachRenewalError
    where several periods are due with one measurement.
    """
    ledger = _opened("subscription", subscription, limits)
    day = ledger.check_day(on)
    people = _quantities("occupied", occupied)
    advance(ledger, day, _measure_once(measured), people)
    return _outcome(ledger, day)


def _measure_once(measured: Mapping[str, int] | None) -> Measured | None:
    """Return a function that hands out *measured* for one boundary only."""
    if measured is None:
        return None
    if not isinstance(measured, Mapping):
        raise WrongTypeError("measured", "Mapping[str, int]", measured)
    found = Quantities(measured)
    if not found:
        return None
    seen: list[Time] = []

    def at(day: Time) -> Mapping[str, int]:
        seen.append(day)
        if len(seen) > 1:
            raise MeasureEachRenewalError(*seen)
        return found

    return at


def _quantities(name: str, value: Any) -> Quantities | None:
    """Return *value* as quantities, or ``None``."""
    return None if value is None else quantities(name, value)


def next_renewal(subscription: Subscription) -> Time | None:
    """Return when ``renew`` has something to do next: ask again on that day.

    The end of the running period or of a trial, a monthly invoice inside of it where
    lines wait, or the day on which a freeze ends by itself; ``None`` where nothing
    will ever be due.

    Raises: DateRangeError where that day leaves the calendar.
    """
    return Ledger(instance("subscription", subscription, Subscription)).next_event()


def preview_invoice(
    subscription: Subscription, *, measured: Mapping[str, int] | None = None
) -> Invoice:
    """Return what the renewal at the running period's end would charge.

    An invoice without lines where nothing will be due.
    """
    ledger = Ledger(instance("subscription", subscription, Subscription))
    while ledger.frozen_on is not None and (thaws := ledger.next_event()) is not None:
        advance(ledger, thaws)
    end = ledger.end
    advance(ledger, end, _measure_once(measured))
    if ledger.invoices and ledger.invoices[-1].issued_on == end:
        return ledger.invoices[-1]
    return Invoice(
        subscription_id=ledger.id,
        version=ledger.version,
        issued_on=end,
        billing_reason=CYCLE,
        currency=ledger.currency,
        lines=(),
        taxes=(),
        subtotal_minor=0,
        total_minor=0,
        credit_applied_minor=0,
        recipient=ledger.recipient,
    )


class _StatementRow(Value):
    """The slots of :class:`Statement`, open until it is closed."""

    __slots__ = (
        "__weakref__",
        "history",
        "invoices",
        "measurements",
        "opening",
        "subscription",
        "until",
    )


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Statement(_StatementRow):
    """What a whole history comes to: the last subscription and every invoice.

    *measurements* are the measured quantities that were used, by boundary, ``None``
    where there were none.
    """

    subscription: Subscription
    invoices: tuple[Invoice, ...]
    opening: Subscription
    history: tuple[tuple[Any, ...], ...]
    until: Time
    measurements: tuple[tuple[Time, Quantities | None], ...] = ()

    def __attrs_post_init__(self) -> None:
        sub = instance("subscription", self.subscription, Subscription)
        start = sub.current_period.start
        opening = instance("opening", self.opening, Subscription)
        same_time("opening.changed_on", opening.changed_on, start)
        for i, invoice in enumerate(several("invoices", self.invoices, Invoice)):
            same_time(f"invoices[{i}].issued_on", invoice.issued_on, start)
        keep_times(self, "until", like=start)
        self._check_history(start)
        for i, pair in enumerate(several("measurements", self.measurements, tuple)):
            if len(pair) != 2:
                raise WrongTypeError("measurements", "tuple[Time, Quantities]", pair)
            same_time(f"measurements[{i}].on", moment("on", pair[0]), start)
            if pair[1] is not None:
                instance("measurements", pair[1], Quantities)

    def _check_history(self, start: Time) -> None:
        """Refuse entries that ``bill`` would refuse: their form, kind and order."""
        latest = self.opening.changed_on
        for i, entry in enumerate(several("history", self.history, tuple)):
            if len(entry) not in (2, 3):
                raise WrongTypeError("history", "tuple[Time, Change]", entry)
            day = moment("on", entry[0])
            same_time(f"history[{i}].on", day, start)
            if not latest <= day <= self.until:
                raise OutOfOrderError(day, latest)
            latest = day
            asked = entry[1] if isinstance(entry[1], tuple | list) else (entry[1],)
            check_changes(f"history[{i}].changes", asked, start)
            if entry[2:] not in ((), (None,)):
                member("timing", entry[2], Timing)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """An outcome for each change, worked out again by ``change`` and ``renew``.

        A renewal before a change is in its outcome; a measured one stands before it
        as an outcome of its own.  The last is the renewal through *until*, where
        anything was due.
        """
        return tuple(self._walk())

    def _walk(self) -> Iterator[Outcome]:
        sub = self.opening
        measured = list(reversed(self.measurements))
        for day, change_or_more, *by_hand in (*self.history, (self.until, ())):
            changes = change_or_more
            if not isinstance(changes, tuple | list):
                changes = (changes,)
            timing = by_hand[0] if by_hand else None
            while measured and measured[-1][0] <= day:
                boundary_day, found = measured.pop()
                outcome = renew(sub, on=boundary_day, measured=found, limits=NO_LIMITS)
                sub = outcome.subscription
                yield outcome
            if changes:
                outcome = change(sub, *changes, on=day, timing=timing, limits=NO_LIMITS)
            else:
                outcome = renew(sub, on=day, limits=NO_LIMITS)
            if changes or outcome.subscription is not sub:
                yield outcome
            sub = outcome.subscription


trusted_statement: Callable[..., Statement] = unchecked(Statement, _StatementRow)


def bill(
    opening: Outcome | Subscription,
    history: Iterable[Entry],
    *,
    until: Time,
    measured: Measured | None = None,
    limits: Limits = LIMITS,
) -> Statement:
    """Return what *history* comes to, through *until*, which is included.

    *history* holds ``(day, change)`` or ``(day, (change, change))`` in the order of
    the days; where a timing was given by hand it stands third, as in
    ``(day, change, Timing.IMMEDIATE)``.  Periods are renewed in between.  The invoices
    of an *opening* outcome open the statement.  *measured* returns the quantities of
    measured units on a boundary's day.  *limits* is how much may be asked for.

    Raises: what ``change`` and ``renew`` raise, with a note that names the entry.
    """
    if isinstance(opening, Outcome):
        sub, first = opening.subscription, opening.invoices
    else:
        sub, first = opening, ()
    ledger = _opened("opening", sub, limits)
    ledger.invoices += first
    taken: Measurements = []
    if measured is not None and not callable(measured):
        raise WrongTypeError("measured", "Callable[[Time], Mapping]", measured)
    measure = None if measured is None else _recorded(measured, taken)
    if type(history) not in _PLAIN and (
        isinstance(history, _NO_HISTORY) or not isinstance(history, Iterable)
    ):
        raise WrongTypeError("history", "Iterable[tuple[Time, Change]]", history)
    entries = tuple(history)
    if len(entries) > limits.lines:
        raise TooManyLinesError(len(entries), limits.lines)
    walked: list[Any] = []
    try:
        walk(ledger, entries, walked, measure)
    except (ValueError, TypeError) as error:
        error.add_note(f"in history[{len(walked)}]: {shown(entries[len(walked)])!r}")
        raise
    day = ledger.check_day(until)
    advance(ledger, day, measure)
    return trusted_statement(
        ledger.as_value(), tuple(ledger.invoices), sub, tuple(walked), day, tuple(taken)
    )


def _opened(name: str, sub: Any, limits: Limits) -> Ledger:
    """Return the ledger of a subscription that walks within *limits*."""
    if limits is not LIMITS:
        instance("limits", limits, Limits)
    return Ledger(instance(name, sub, Subscription), folded=True, limits=limits)


def _recorded(measured: Measured, taken: Measurements) -> Measured:
    """Return *measured*, noting what it returned."""

    def at(day: Time) -> Mapping[str, int] | None:
        numbers = _quantities("measured", measured(day))
        taken.append((day, numbers))
        return numbers

    return at


def _outcome(
    ledger: Ledger,
    on: Time,
    changes: tuple[Change, ...] = (),
    by: str | None = None,
    timing: Timing | None = None,
    reason: str | None = None,
) -> Outcome:
    """Return what the walk came to."""
    if ledger.deferred:
        ledger.unfold()
    notices: tuple[Notice, ...] = ()
    replaced: tuple[PendingUpdate, ...] = ()
    refund = 0
    if not ledger.folded:
        notices, replaced = tuple(ledger.notices), tuple(ledger.replaced)
        refund = ledger.refund
    currency = ledger.currency
    return trusted_outcome(
        ledger.as_value(),
        tuple(ledger.invoices),
        _effective_on(ledger) if ledger.deferred else ledger.day,
        notices,
        replaced,
        changes,
        on,
        by,
        timing,
        reason,
        ledger.opened.version,
        trusted_money(refund, currency) if refund else NOTHING[currency],
    )


def _effective_on(ledger: Ledger) -> Time:
    """Return the day on which the last part of what was asked for takes effect."""
    deferred = {*ledger.deferred}
    days = [
        ledger.applies_on(update)
        for update in ledger.pending
        if (update.kind, update.key) in deferred
    ]
    return max([ledger.day, *days])
