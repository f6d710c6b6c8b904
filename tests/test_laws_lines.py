"""Every line of every invoice, against a counter that walks day by day.

Laws 2 and 3 of the design, as far as they need the counter or rules of their own; the
others are those of ``seatbill.testing.laws``, in ``test_laws_histories``.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from counting import MINOR_UNITS, length, to_whole
from oracle import Oracle
from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddSeats,
    BillingRules,
    Cancel,
    RemoveAddOn,
    RemoveSeats,
    SwitchInterval,
    SwitchPlan,
    Timing,
    bill,
    change,
    renew,
    subscribe,
    verify,
)
from seatbill.invoices import ItemKind, LineKind
from seatbill.rules import ChangeKind, UnusedTime
from seatbill.subscriptions import RecordCreditNote
from seatbill.testing import laws
from seatbill.testing import strategies as our
from seatbill.testing.histories import History

MONTHS = (MONTHLY, QUARTERLY, ANNUAL)

# What the counter can count, and what gives back all that does not run.
COUNTED = our.markets(
    notice=False,
    free_plan=False,
    own_intervals=False,
    limited_discounts=False,
    terms=False,
)
PLAIN = our.markets(conventions="actual", notice=False, free_plan=False)
FAIR = our.markets(
    conventions="actual",
    notice=False,
    free_plan=False,
    own_intervals=False,
    forfeits=False,
    unused_time=UnusedTime.CREDITED,
    terms=False,  # whoever leaves one early may pay for what never runs
)

MORE = settings(max_examples=10 * settings.default.max_examples)


def rows_of_library(invoices):
    """Return what invoices say, as plain rows."""
    return [
        (
            invoice.issued_on,
            sorted(
                (
                    line.kind.value,
                    line.item,
                    line.unit,
                    line.quantity,
                    line.period.start,
                    line.period.end,
                    line.full_amount * line.share,
                    line.amount.minor_units,
                    [rate.id for rate in line.tax_rates],
                )
                for line in invoice.lines
            ),
        )
        for invoice in invoices
    ]


def rows_of_oracle(oracle):
    """Return what the oracle counted, as plain rows."""
    return [
        (day, sorted((*line[:-2], [rate.id for rate in line.rates]) for line in lines))
        for day, lines in oracle.invoices
    ]


def owned(numbers):
    """Return *numbers* without those that are zero."""
    return {key: number for key, number in numbers.items() if number}


def levels_that_wait(subscription):
    """Return how many seats and add-ons are to be owned in the next period."""
    return {
        (update.kind.value, update.key): update.value
        if update.kind is ChangeKind.SEATS
        else update.value.quantity
        for update in subscription.pending_updates
        if update.kind in (ChangeKind.SEATS, ChangeKind.ADD_ON)
        and update.from_day is None
    }


def assume_no_notes(history):
    """Leave out what a credit note took back: no line says so."""
    asked = [each for _, changes, *_ in history.entries for each in changes]
    assume(not any(isinstance(each, RecordCreditNote) for each in asked))


@MORE
@given(history=our.histories(COUNTED))
def test_every_line_is_the_exact_value_rounded_once(history):
    assume_no_notes(history)
    oracle = Oracle(**history.asked)
    oracle.walk(history.entries, history.until)
    statement = bill(history.opening, history.entries, until=history.until)
    assert rows_of_library(statement.invoices) == rows_of_oracle(oracle)
    sub = statement.subscription
    assert owned(sub.seats) == owned(oracle.seats)
    assert {a.add_on.id: a.quantity for a in sub.add_ons} == {
        id: quantity for id, (_, quantity) in oracle.add_ons.items()
    }
    assert (sub.ended_on is not None) == oracle.ended
    if not oracle.ended:
        period = sub.current_period
        assert (period.start, period.end) == (oracle.start, oracle.end)
        assert levels_that_wait(sub) == oracle.waiting.levels


def lived(sub, until, leaves_out):
    """Return what *sub* is at *until*, and the exact price of what ran till then.

    Days that were given cost nothing; shares are those of the paid days.
    """
    ran, at = Fraction(0), sub.changed_on
    while sub.ended_on is None:
        if sub.frozen_on is not None:
            stop = sub.frozen_on + dt.timedelta(sub.rules.max_freeze_days)
        else:
            stop, whole = sub.current_period.end, sub.current_period
            paid = sub.paid_until or stop
            used = length(min(at, paid), min(paid, until))
            # of a pause no day is paid for
            part = Fraction(used, length(whole.start, paid) or 1)
            ran += part * sum(
                charge.full_amount
                for charge in sub.charges
                if charge.terms.item_kind not in leaves_out
            )
        if stop > until:
            break
        sub, at = renew(sub, on=stop).subscription, stop
    return sub, ran


@given(history=our.histories(FAIR))
def test_a_bill_is_the_integral_of_what_ran_but_for_roundings(history):
    """Where nothing is forfeited, whatever was asked for, and on whichever day.

    What ran is read off the open charges, day for day, and no line is looked at.  An
    amount off is left out where the interval changed: it goes on as if nothing had.
    """
    assume_no_notes(history)
    leaves_out = {ItemKind.SERVICE, ItemKind.FEE}
    if len({sub.interval for sub in history.subscriptions}) > 1:
        leaves_out.add(ItemKind.DISCOUNT)
    sub, total = history.opening.subscription, Fraction(0)
    for day, changes in (*history.entries, (history.until, ())):
        sub, ran = lived(sub, day, leaves_out)
        total += ran
        if changes:
            sub = change(sub, *changes, on=day).subscription
    invoices = list(history.invoices)
    if (sub := history.subscription).ended_on is None:
        end = change(sub, Cancel(), on=history.until, timing=Timing.IMMEDIATE)
        invoices += end.invoices
    lines = [
        line
        for invoice in invoices
        for line in invoice.lines
        if line.terms.item_kind not in leaves_out
    ]
    billed = sum((line.amount.exact for line in lines), Fraction(0))
    minor = MINOR_UNITS[sub.currency]
    assert abs(billed - total) <= Fraction(2 * len(lines), minor)


@given(history=our.histories(PLAIN), data=st.data())
def test_an_invoice_that_was_changed_by_hand_does_not_prove_itself(history, data):
    invoices = [invoice for invoice in history.invoices if invoice.lines]
    assume(invoices)
    invoice = data.draw(st.sampled_from(invoices))
    at = data.draw(st.integers(0, len(invoice.lines) - 1))
    line = invoice.lines[at]
    assume(line.cap is None and line.share)
    field = data.draw(
        st.sampled_from(("amount_minor", "share_numerator", "full_scaled"))
    )
    other = getattr(line, field) + line.terms.scale * line.share_denominator
    lines = list(invoice.lines)
    lines[at] = attrs.evolve(line, **{field: other})
    for wrong in (
        attrs.evolve(invoice, lines=lines),
        attrs.evolve(invoice, total_minor=invoice.total_minor + 1),
    ):
        assert verify(wrong)
        with pytest.raises(laws.LawError):
            laws.every_line_proves_itself(issued(history, wrong))


def issued(history, *invoices):
    """Return *history* as if its opening had made these invoices."""
    opening = attrs.evolve(history.opening, invoices=invoices)
    return History(opening=opening, until=history.until)


@given(history=our.histories(FAIR))
def test_what_is_taken_off_never_exceeds_what_runs(history):
    for sub in history.subscriptions:
        total = 0
        for charge in sub.charges:
            full = charge.full_amount * MINOR_UNITS[sub.currency]
            if not charge.terms.in_arrears:
                total += to_whole(full, sub.rules.rounding)
        assert total >= 0
    for invoice in history.invoices:
        for line in invoice.lines:
            if line.kind is LineKind.DISCOUNT:
                opened = [
                    other.amount.minor_units
                    for other in invoice.lines
                    if other.start == line.start and other.kind is not LineKind.CREDIT
                ]
                assert sum(opened) >= 0


# There and back on one day.

AT_ONCE = BillingRules(
    downgrade=Timing.IMMEDIATE,
    longer_interval=Timing.IMMEDIATE,
    shorter_interval=Timing.IMMEDIATE,
    seats_removed=Timing.IMMEDIATE,
    add_on_removed=Timing.IMMEDIATE,
    cancellation=Timing.IMMEDIATE,
)


WITH_PERCENTAGES = our.markets(
    conventions="actual",
    notice=False,
    free_plan=False,
    fixed_discounts=False,
    terms=False,  # one holds what shrinks until it ends
)
ON_THE_MONTH = WITH_PERCENTAGES.filter(lambda world: MONTHS[2] in world.intervals)


@st.composite
def running(draw, offered=None):
    """Return an opening, another plan, an add-on, and a day inside the period.

    Both plans sell the same units, so that nothing is lost on the way.
    """
    world = draw(ON_THE_MONTH if offered else WITH_PERCENTAGES)
    rules = attrs.evolve(AT_ONCE, rounding=world.rules.rounding)
    offered = offered or world.intervals
    plan, other = (
        _seats_only(draw(our.plans(id, None, world.currency, offered)))
        for id in ("basic", "pro")
    )
    opening = dict(draw(our.openings(world, trials=False)))
    opening |= {"rules": rules, "plan": plan, "add_ons": [], "interval": offered[0]}
    opening["seats"] = draw(st.just(0) | st.integers(0, 15))
    opening["discounts"] = [
        d
        for d in opening["discounts"]
        if d.periods is None and d.months is None
        if d.first is None or not any(price.tiers for price in plan.prices)
    ]
    outcome = subscribe(**opening)
    sub = outcome.subscription
    left = sub.current_period.end - sub.changed_on
    day = sub.changed_on + left * draw(st.integers(0, 99)) // 100
    return outcome, other, world.catalog.add_ons[0], day


def _seats_only(plan):
    """Return *plan* without limited seats."""
    return attrs.evolve(plan, prices=[p for p in plan.prices if p.unit != "limited"])


def due(sub, *changes, on):
    """Return the subscription after *changes*, and the sum of the totals."""
    outcome = change(sub, *changes, on=on)
    return outcome.subscription, sum(i.total.minor_units for i in outcome.invoices)


def what_runs(sub):
    """Return the open charges without their history."""
    return sorted((c.item, c.unit, c.quantity, c.full_amount) for c in sub.charges)


@given(running=running(), data=st.data())
def test_each_change_and_its_exact_reversal_on_one_day_sum_to_zero(running, data):
    opening, plan, extra, day = running
    sub = opening.subscription
    there, back = data.draw(
        st.sampled_from(
            (
                (SwitchPlan(plan), SwitchPlan(sub.plan)),
                (AddSeats(4), RemoveSeats(4)),
                (AddAddOn(extra, 3), RemoveAddOn(extra, 3)),
            )
        )
    )
    laws.sum_to_zero(sub, there, back, on=day)


@given(running=running(MONTHS), interval=st.sampled_from(MONTHS[1:]))
def test_an_interval_and_its_exact_reversal_on_one_day_sum_to_zero(running, interval):
    opening, _, _, day = running
    sub = opening.subscription
    there, back = SwitchInterval(interval), SwitchInterval(MONTHLY)
    laws.sum_to_zero(sub, there, back, on=day)
    again, _ = due(sub, there, back, on=day)
    assert again.current_period == sub.current_period


@given(running=running(), parts=st.lists(st.integers(1, 3), min_size=2, max_size=8))
def test_what_was_bought_in_parts_comes_back_but_for_their_roundings(running, parts):
    opening, _, _, day = running
    sub, total = opening.subscription, 0
    for asked in (*map(AddSeats, parts), RemoveSeats(sum(parts))):
        outcome = change(sub, asked, on=day)
        sub = outcome.subscription
        total += sum(invoice.subtotal.minor_units for invoice in outcome.invoices)
    assert abs(total) <= len(parts) + 1
    if not opening.subscription.quantity():
        assert total >= 0  # no more comes back than was paid
    assert what_runs(sub) == what_runs(opening.subscription)


@given(running=running())
def test_an_opening_that_is_canceled_on_its_first_day_costs_nothing(running):
    opening, _, _, _ = running
    sub = opening.subscription
    _, back = due(sub, Cancel(), on=sub.changed_on)
    assert back + sum(i.total.minor_units for i in opening.invoices) == 0
