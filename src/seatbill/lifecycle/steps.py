"""Bill a subscription, a step at a time: from the first day to its end.

Every function takes values and returns new ones.  An :class:`Outcome` holds the new
subscription and its invoices: showing it is the preview, keeping it is the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from .._values.checks import Time, instance, moment, text, whole
from .._values.later import Later
from ..credit import CreditLot
from ..discounts import Discount, Facts
from ..errors import WrongTypeError
from ..invoices import BillingReason, Invoice, InvoiceLine
from ..limits import LIMITS, Limits
from ..money import Money
from ..parties import Party
from ..periods import Interval, Period, same_time
from ..plans import Plan
from ..rules import BillingRules, Timing, timing_or_none
from ..subscriptions import (
    AppliedDiscount,
    Charge,
    Outcome,
    PendingUpdate,
    Subscription,
)
from ..subscriptions.parts import AddOns
from ..subscriptions.subscription import quantities
from ..taxes import TaxRate
from ._calls import changed, opened

if TYPE_CHECKING:
    from .. import terms
    from .._engine import closing, dates, opening, replay
    from .._engine import state as states
    from ..subscriptions.changes import Change
else:  # whoever bills nothing needs no engine
    closing, dates = Later("_engine.closing"), Later("_engine.dates")
    opening, replay = Later("_engine.opening"), Later("_engine.replay")
    states, terms = Later("_engine.state"), Later("terms")


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
    trial_end: Time | Interval | None = None,
    add_ons: AddOns = (),
    discounts: Iterable[Discount] = (),
    facts: Facts | None = None,
    tax_rates: Iterable[TaxRate] = (),
    recipient: Party | None = None,
    occupied: int | Mapping[str, int] | None = None,
    credit: Money | Iterable[CreditLot] = (),
    version: int = 0,
    term: terms.Term | None = None,
    limits: Limits = LIMITS,
) -> Outcome:
    """Return a new subscription and its first invoice.

    Service starts on *on*, which is also the *anchor* of the periods unless one is
    given: a first period that began before *on* is charged for the share that is
    left.  *trial_end* is the first day that is paid for, or how long the trial is:
    nothing is due before it, and after months of trial the periods keep the day of
    *on*, the 31st where it was a 31st.  *seats* is a number of ``"seat"`` or a mapping
    of units; it must cover *occupied*.  *add_ons* are add-ons, or pairs of one and its
    quantity.
    *facts* are those by which the eligibility of *discounts* is judged.  *credit* is
    used by the first invoice, and by the next: money, or lots of it.
    *currency* may be left out where the plan has prices in one only.  *version* is
    that of an ended subscription with this id, so that no invoice has its key again.
    *term* is how long the customer is bound, from the first day that is paid for.
    *limits* is how much may be asked for.

    >>> from datetime import date
    >>> from seatbill import MONTHLY, Price
    >>> pro = Plan("pro", "Pro", 1, [Price(unit_amount="10.00", currency="EUR")])
    >>> first = date(2026, 1, 31)
    >>> team = {"id": "t", "interval": MONTHLY, "seats": 3, "rules": BillingRules()}
    >>> subscribe(pro, on=first, **team).invoice.total
    Money('30.00', 'EUR')
    >>> trial = subscribe(pro, on=first, trial_end=MONTHLY, **team)
    >>> trial.invoice is None, str(trial.subscription.trial_end)
    (True, '2026-02-28')

    Raises: TooFewSeatsError, TooManySeatsError, NoPriceError, UnknownUnitError,
    RequirementError, ConventionError and other errors of the door.
    """
    on = moment("on", on)
    instance("interval", interval, Interval)
    if trial_end is not None and type(trial_end) is not Interval:
        trial_end = moment("trial_end", trial_end)
    period, first = opening.first_period(on, interval, anchor, trial_end)
    row = opening.blank(plan, id, interval, seats, rules, currency, recipient, on)
    opening.add_extras(row, add_ons, tax_rates)
    if first is not on:
        same_time("anchor", first, on)
    row.billing_cycle_anchor = first
    row.current_period = period
    row.trial_end = None if trial_end is None else period.end
    row.version = whole("version", version)
    row.__class__ = Subscription  # it never changes from here on
    if limits is not LIMITS:
        instance("limits", limits, Limits)
    state = states.State(row, limits)
    opening.open_first(state, discounts, facts, occupied, credit, term)
    return closing.outcome(state, on)


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
    paid_until: Time | None = None,
    credit_lots: Iterable[CreditLot] = (),
    add_ons: AddOns = (),
    discounts: Iterable[AppliedDiscount | Discount] = (),
    tax_rates: Iterable[TaxRate] = (),
    recipient: Party | None = None,
    credit_balance: Money | None = None,
    pending_updates: Iterable[PendingUpdate] = (),
    waiting_lines: Iterable[InvoiceLine] = (),
    accrued_lines: Iterable[InvoiceLine] = (),
    version: int = 0,
    term: terms.RunningTerm | None = None,
) -> Subscription:
    """Return the subscription of a customer who exists already; no invoice is made.

    *charged* is what the running period's charges came to, without the tax added to
    them: one amount, shared out by the full prices; amounts by unit, add-on or discount
    id; or the charges of a subscription.  No more than that ever comes back; shares are
    taken of the full prices.  *anchor* is the day from which periods are counted, the
    start of *current_period* unless given.  *on* is the last day whose events are in.
    *moved_from* is where that period would start without the days of freezes in it,
    *paid_until* where its days begin that were given free; in a pause its start.
    *credit_balance* is money, *credit_lots* are gifts and what has a last day.  *term*
    is the term that runs: ``Term().begun(day)`` is one that began on a day.

    >>> from datetime import date
    >>> from seatbill import MONTHLY, Price
    >>> old = Plan("old", "Old", 1, [Price(unit_amount="8.00", currency="EUR")])
    >>> april = Period(date(2026, 4, 1), date(2026, 5, 1))
    >>> known = {"id": "t", "interval": MONTHLY, "seats": 3, "current_period": april}
    >>> paid = Money("24.00", "EUR")
    >>> sub = adopt(old, charged=paid, rules=BillingRules(), **known)
    >>> renew(sub, on=april.end).invoice.total
    Money('24.00', 'EUR')

    Raises: RulesError where the period is not on the grid of *anchor*.
    """
    start = instance("current_period", current_period, Period).start
    first = start if anchor is None else moment("anchor", anchor)
    same_time("anchor", first, start)
    on = start if on is None else moment("on", on)
    row = opening.blank(plan, id, interval, seats, rules, currency, recipient, on)
    opening.add_extras(row, add_ons, tax_rates)
    row.billing_cycle_anchor = first
    row.current_period, row.trial_end = current_period, trial_end
    row.discounts, row.pending_updates = discounts, pending_updates
    row.waiting_lines, row.accrued_lines = waiting_lines, accrued_lines
    row.ended_on, row.frozen_on, row.moved_from = ended_on, frozen_on, moved_from
    row.paid_until, row.credit_lots = paid_until, credit_lots
    row.version, row.term = version, term
    return opening.take_over(opening.checked(row, credit_balance), charged)


def change(
    subscription: Subscription,
    *changes: Change,
    on: Time,
    by: str | None = None,
    timing: Timing | str | None = None,
    reason: str | None = None,
    limits: Limits = LIMITS,
) -> Outcome:
    """Return what *changes* on one day come to, netted into one invoice.

    Periods that are due by *on* are renewed first, an invoice each.  *timing*
    overrides the rules for this call; *by* and *reason* are kept on the outcome.
    *limits* is how much may be asked for.

    >>> from datetime import date
    >>> from seatbill import MONTHLY, AddSeats, Price
    >>> pro = Plan("pro", "Pro", 1, [Price(unit_amount="10.00", currency="EUR")])
    >>> team = {"id": "t", "interval": MONTHLY, "seats": 3, "rules": BillingRules()}
    >>> sub = subscribe(pro, on=date(2026, 4, 1), **team).subscription
    >>> preview = change(sub, AddSeats(2), on=date(2026, 4, 16))
    >>> preview.invoice.total  # 2 × 10.00 × 15/30
    Money('10.00', 'EUR')
    >>> change(sub, AddSeats(2), on=date(2026, 4, 16), timing="period_end").invoice

    Raises: OutOfOrderError, SubscriptionEndedError, RenewFirstError where a measured
    quantity is needed, and the refusals of each change.
    """
    state = opened("subscription", subscription, limits)
    timing = timing_or_none(timing)
    if by is not None:
        text("by", by)
    if reason is not None:
        text("reason", reason)
    if not changes:
        raise WrongTypeError("changes", "changes", changes)
    return changed(state, changes, on, timing, None, by, reason)


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

    >>> from datetime import date
    >>> from seatbill import MONTHLY, Price
    >>> pro = Plan("pro", "Pro", 1, [Price(unit_amount="10.00", currency="EUR")])
    >>> team = {"id": "t", "interval": MONTHLY, "seats": 3, "rules": BillingRules()}
    >>> sub = subscribe(pro, on=date(2026, 4, 1), **team).subscription
    >>> [str(invoice.issued_on) for invoice in renew(sub, on=date(2026, 6, 3)).invoices]
    ['2026-05-01', '2026-06-01']

    Raises: RenewFirstError where a quantity is missing, MeasureEachRenewalError
    where several periods are due with one measurement.
    """
    state = opened("subscription", subscription, limits)
    day = state.check_day(on)
    people = None if occupied is None else quantities("occupied", occupied)
    replay.advance(state, day, replay.measured_once(measured), people)
    if people or (measured and {*measured} != {*state.plan_table.measured}):
        replay.notify_unused(state, measured, people)
    return closing.outcome(state, day)


def next_renewal(subscription: Subscription) -> Time | None:
    """Return when ``renew`` has something to do next: ask again on that day.

    The end of the running period, of a trial, or of an add-on's own period, a monthly
    invoice where lines wait, or the day on which a freeze ends by itself; ``None``
    where nothing will ever be due.

    Raises: DateRangeError where that day leaves the calendar.
    """
    return dates.next_event(
        states.State(instance("subscription", subscription, Subscription))
    )


def preview_invoice(
    subscription: Subscription, *, measured: Mapping[str, int] | None = None
) -> Invoice:
    """Return what the next renewal would charge.

    That is the one at the running period's end, or an earlier one of an add-on with an
    interval of its own.  An invoice without lines where nothing will be due.

    >>> from datetime import date
    >>> from seatbill import MONTHLY, Price, RemoveSeats
    >>> pro = Plan("pro", "Pro", 1, [Price(unit_amount="10.00", currency="EUR")])
    >>> team = {"id": "t", "interval": MONTHLY, "seats": 3, "rules": BillingRules()}
    >>> sub = subscribe(pro, on=date(2026, 4, 1), **team).subscription
    >>> fewer = change(sub, RemoveSeats(1), on=date(2026, 4, 16)).subscription
    >>> preview_invoice(fewer).total  # 2 × 10.00, from 1 May
    Money('20.00', 'EUR')
    """
    state = states.State(instance("subscription", subscription, Subscription))
    while (
        state.frozen_on is not None and (thaws := dates.next_event(state)) is not None
    ):
        replay.advance(state, thaws)
    end = dates.first_end(state)
    replay.advance(state, end, replay.measured_once(measured))
    if state.invoices and state.invoices[-1].issued_on == end:
        return state.invoices[-1]
    return Invoice(
        subscription_id=state.id,
        version=state.version,
        issued_on=end,
        billing_reason=BillingReason.SUBSCRIPTION_CYCLE,
        currency=state.currency,
        lines=(),
        taxes=(),
        subtotal_minor=0,
        total_minor=0,
        credit_applied_minor=0,
        recipient=state.recipient,
    )
