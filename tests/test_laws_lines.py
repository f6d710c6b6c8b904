"""Every line of every invoice, against a counter that walks day by day.

Laws 2 and 3 of the design: a line proves itself, and nothing is lost.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from fractions import Fraction

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import strategies as our
from counting import MINOR_UNITS, length, to_whole
from oracle import Oracle
from seatbill import (
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
from seatbill.invoices import LineKind
from seatbill.rules import ChangeKind, UnusedTime

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
        (day, sorted((*line[:-1], [rate.id for rate in line.rates]) for line in lines))
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
    }


@MORE
@given(story=our.stories(counts=our.conventions))
def test_every_line_is_the_exact_value_rounded_once(story):
    walk = story.walk()
    oracle = Oracle(**story.opening)
    oracle.walk(walk.history, story.until)
    statement = bill(walk.opening, walk.history, until=story.until)
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


def lived(sub, until):
    """Return what *sub* is at *until*, and the exact price of what ran till then."""
    ran, at = Fraction(0), sub.changed_on
    while sub.ended_on is None:
        if sub.frozen_on is not None:
            stop = sub.frozen_on + dt.timedelta(sub.rules.max_freeze_days)
        else:
            stop, whole = sub.current_period.end, sub.current_period
            part = Fraction(
                length(at, min(stop, until)), length(whole.start, whole.end)
            )
            ran += part * sum(charge.full_amount for charge in sub.charges)
        if stop > until:
            break
        sub, at = renew(sub, on=stop).subscription, stop
    return sub, ran


@given(story=our.stories(forfeits=False, unused_time=UnusedTime.CREDITED))
def test_a_bill_is_the_integral_of_what_ran_but_for_roundings(story):
    """Where nothing is forfeited, whatever was asked for, and on whichever day.

    What ran is read off the open charges, day for day, and no line is looked at.
    """
    walk = story.walk()
    sub, total = walk.opening.subscription, Fraction(0)
    for day, changes in (*walk.history, (story.until, ())):
        sub, ran = lived(sub, day)
        total += ran
        if changes:
            sub = change(sub, *changes, on=day).subscription
    statement = bill(walk.opening, walk.history, until=story.until)
    invoices = list(statement.invoices)
    if (sub := statement.subscription).ended_on is None:
        end = change(sub, Cancel(), on=story.until, timing=Timing.IMMEDIATE)
        invoices += end.invoices
    lines = [
        line
        for invoice in invoices
        for line in invoice.lines
        if line.kind is not LineKind.SERVICE
    ]
    billed = sum((line.amount.exact for line in lines), Fraction(0))
    minor = MINOR_UNITS[story.world.currency]
    assert abs(billed - total) <= Fraction(2 * len(lines), minor)


@given(story=our.stories(counts=our.conventions, notice=True, free_plan=True))
def test_every_invoice_proves_itself(story):
    walk = story.walk()
    for invoice in bill(walk.opening, walk.history, until=story.until).invoices:
        assert verify(invoice) == ()


@given(story=our.stories(), data=st.data())
def test_an_invoice_that_was_changed_by_hand_does_not(story, data):
    invoices = [invoice for invoice in story.walk().invoices if invoice.lines]
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
    assert verify(attrs.evolve(invoice, lines=lines))
    assert verify(attrs.evolve(invoice, total_minor=invoice.total_minor + 1))


@given(story=our.stories(counts=our.conventions, notice=True, free_plan=True))
def test_taxes_and_totals_are_sums_of_rounded_lines(story):
    walk = story.walk()
    rounding = story.rules.rounding
    for invoice in walk.invoices:
        bases, on_top = Counter(), 0
        for line in invoice.lines:
            for rate in line.tax_rates:
                bases[rate] += line.amount.minor_units
        for tax in invoice.taxes:
            rate, base = tax.rate, Fraction(bases.pop(tax.rate))
            if rate.inclusive:
                amount = to_whole(base - base / (1 + rate.rate), rounding)
                base -= amount
            else:
                amount = to_whole(base * rate.rate, rounding)
                on_top += amount
            assert (tax.base.minor_units, tax.amount.minor_units) == (base, amount)
        assert not bases
        subtotal = sum(line.amount.minor_units for line in invoice.lines)
        assert invoice.subtotal.minor_units == subtotal
        assert invoice.total.minor_units == subtotal + on_top


@given(story=our.stories(counts=our.conventions, notice=True, free_plan=True))
def test_credits_name_their_charge_and_never_exceed_it(story):
    walk = story.walk()
    statement = bill(walk.opening, walk.history, until=story.until)
    rest, opened = Counter(), {}
    lines = [line for invoice in statement.invoices for line in invoice.lines]
    for line in (*lines, *statement.subscription.waiting_lines):
        if line.kind is LineKind.SERVICE:
            continue
        if line.kind is LineKind.CREDIT:
            charge = opened[line.charge_id]
            assert line.terms == charge.terms
            assert line.start >= charge.start
            if not story.rules.max_freeze_days:
                assert line.whole == charge.whole
        else:
            charge = opened.setdefault(line.charge_id, line)
            assert line.terms == charge.terms
        rest[line.charge_id] += line.amount.minor_units
        left = rest[line.charge_id]
        assert left <= 0 if charge.kind is LineKind.DISCOUNT else left >= 0


@given(story=our.stories(forfeits=False, unused_time=UnusedTime.CREDITED))
def test_what_is_taken_off_never_exceeds_what_runs(story):
    walk = story.walk()
    for sub in walk.subscriptions:
        total = 0
        for charge in sub.charges:
            full = charge.full_amount * MINOR_UNITS[sub.currency]
            if not charge.terms.in_arrears:
                total += to_whole(full, sub.rules.rounding)
        assert total >= 0
    for invoice in walk.invoices:
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


@st.composite
def running(draw, offered=None):
    """Return an opening, another plan, an add-on, and a day inside the period.

    Both plans sell the same units, so that nothing is lost on the way.
    """
    world = draw(our.worlds(fixed_discounts=False))
    rules = attrs.evolve(AT_ONCE, rounding=world.rules.rounding)
    offered = offered or world.offered
    plan, other = (
        _seats_only(draw(our.plans(id, None, world.currency, offered)))
        for id in ("basic", "pro")
    )
    opening = draw(our.openings(world, trials=False))
    opening |= {"rules": rules, "plan": plan, "add_ons": [], "interval": offered[0]}
    opening["seats"] = draw(st.just(0) | st.integers(0, 15))
    opening["discounts"] = [d for d in opening["discounts"] if d.periods is None]
    outcome = subscribe(**opening)
    sub = outcome.subscription
    left = sub.current_period.end - sub.changed_on
    day = sub.changed_on + left * draw(st.integers(0, 99)) // 100
    return outcome, other, world.add_ons[0], day


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
    changed, first = due(sub, there, on=day)
    again, second = due(changed, back, on=day)
    assert first + second == 0
    assert what_runs(again) == what_runs(sub)
    assert due(sub, there, back, on=day)[1] == 0


@given(running=running(our.MONTHS), interval=st.sampled_from(our.MONTHS[1:]))
def test_an_interval_and_its_exact_reversal_on_one_day_sum_to_zero(running, interval):
    opening, _, _, day = running
    sub = opening.subscription
    changed, first = due(sub, SwitchInterval(interval), on=day)
    again, second = due(changed, SwitchInterval(our.MONTHLY), on=day)
    assert first + second == 0
    assert again.current_period == sub.current_period
    assert what_runs(again) == what_runs(sub)


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
