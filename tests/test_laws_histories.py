"""Laws of whole histories: preview is the change, and no road is another road.

Law 1 of the design, and what follows from it: a history billed at once, step by step,
in two parts, from another store or after a pickle comes to the same.
"""

from __future__ import annotations

import datetime as dt
import pickle
from contextlib import suppress

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import strategies as our
from counting import period_end
from seatbill import (
    AddAddOn,
    AddSeats,
    GrantCredit,
    Plan,
    Price,
    SetRecipient,
    SetTaxRates,
    SwitchPlan,
    Timing,
    adopt,
    bill,
    change,
    preview_invoice,
    renew,
    subscribe,
)
from seatbill.errors import NoChangeError, RenewFirstError, SeatbillError
from seatbill.rules import ChangeKind
from seatbill.subscriptions import Status

ANY = {"counts": our.conventions, "notice": True, "free_plan": True}


def billed(story):
    """Return the statement of a story, and its steps as they came."""
    walk = story.walk()
    return bill(walk.opening, walk.history, until=story.until), walk


def thawed(sub):
    """Return *sub*, after the freeze if it is in one."""
    if sub.frozen_on is None:
        return sub
    return renew(
        sub, on=sub.frozen_on + dt.timedelta(sub.rules.max_freeze_days)
    ).subscription


# No road is another road.


@given(story=our.stories(**ANY))
def test_a_bill_is_its_steps(story):
    statement, walk = billed(story)
    last = renew(walk.subscription, on=story.until)
    assert statement.subscription == last.subscription
    assert list(statement.invoices) == [*walk.invoices, *last.invoices]
    due = last.subscription.version != walk.subscription.version
    assert statement.outcomes == (*walk.outcomes, *([last] if due else []))


@given(story=our.stories(**ANY), data=st.data())
def test_a_history_cut_in_two_comes_to_the_same(story, data):
    statement, walk = billed(story)
    at = data.draw(st.integers(0, len(walk.history)))
    days = [walk.opening.on, *(day for day, _ in walk.history), story.until]
    day = days[at] + (days[at + 1] - days[at]) // data.draw(st.integers(1, 3))
    first = bill(walk.opening, walk.history[:at], until=day)
    second = bill(first.subscription, walk.history[at:], until=story.until)
    assert first.invoices + second.invoices == statement.invoices
    assert second.subscription == statement.subscription


@given(story=our.stories(**ANY), days=st.integers(1, 100))
def test_a_long_absence_is_many_short_ones(story, days):
    sub = story.walk().subscription
    until = sub.changed_on + dt.timedelta(800)
    at_once = renew(sub, on=until)
    day, invoices = sub.changed_on, []
    while day < until:
        day = min(day + dt.timedelta(days), until)
        outcome = renew(sub, on=day)
        sub, invoices = outcome.subscription, [*invoices, *outcome.invoices]
    assert sub == at_once.subscription
    assert invoices == list(at_once.invoices)


@given(story=our.stories(**ANY))
def test_a_change_renews_first_what_is_due(story):
    walk = story.walk()
    for sub, outcome in zip(walk.subscriptions, walk.outcomes, strict=False):
        renewed = renew(sub, on=outcome.on)
        apart = change(renewed.subscription, *outcome.changes, on=outcome.on)
        assert apart.subscription == outcome.subscription
        assert renewed.invoices + apart.invoices == outcome.invoices
        assert renewed.notices + apart.notices == outcome.notices
        assert apart.effective_on == outcome.effective_on


@given(story=our.stories(**ANY))
def test_a_subscription_is_adopted_by_its_own_fields(story):
    for sub in story.walk().subscriptions:
        adopted = adopt(
            sub.plan,
            id=sub.id,
            interval=sub.interval,
            seats=sub.seats,
            current_period=sub.current_period,
            charged=sub.charges,
            rules=sub.rules,
            currency=sub.currency,
            anchor=sub.billing_cycle_anchor,
            on=sub.changed_on,
            trial_end=sub.trial_end,
            ended_on=sub.ended_on,
            frozen_on=sub.frozen_on,
            add_ons=sub.add_ons,
            discounts=sub.discounts,
            tax_rates=sub.tax_rates,
            recipient=sub.recipient,
            credit_balance=sub.credit_balance,
            pending_updates=sub.pending_updates,
            waiting_lines=sub.waiting_lines,
            accrued_lines=sub.accrued_lines,
            version=sub.version,
        )
        assert adopted == sub


@given(story=our.stories(**ANY))
def test_values_travel(story):
    """What was pickled is equal, looks the same and goes on alike."""
    statement, walk = billed(story)
    for value in (statement, walk.opening, *walk.outcomes):
        copy = pickle.loads(pickle.dumps(value))
        assert copy == value
        assert hash(copy) == hash(value)
        assert repr(copy) == repr(value)
    copy = pickle.loads(pickle.dumps(walk.opening))
    assert bill(copy, walk.history, until=story.until) == statement


# Preview is the change.


@given(story=our.stories(**ANY))
def test_asking_twice_is_answered_alike(story):
    walk = story.walk()
    for sub, outcome in zip(walk.subscriptions, walk.outcomes, strict=False):
        again = change(sub, *outcome.changes, on=outcome.on)
        assert again == outcome
        assert repr(again) == repr(outcome)
        assert preview_invoice(sub) == preview_invoice(sub)


@given(story=our.stories(**ANY))
def test_a_preview_is_the_invoice_of_the_next_renewal(story):
    for known in story.walk().subscriptions:
        preview, sub = preview_invoice(known), thawed(known)
        end = sub.current_period.end
        if sub.ended_on is None:
            made = [i for i in renew(sub, on=end).invoices if i.issued_on == end]
            assert preview == made[-1] if made else not preview.lines
        else:
            assert not preview.lines


@given(story=our.stories(**ANY))
def test_where_nothing_is_due_nothing_happens(story):
    sub = renew(story.walk().subscription, on=story.until).subscription
    again = renew(sub, on=story.until)
    assert again.subscription == sub
    assert again.subscription.version == sub.version
    assert again.invoices == again.notices == again.replaced == ()
    assert again.refund_due.minor_units == 0


@given(story=our.stories(**ANY), data=st.data())
def test_a_refusal_leaves_everything_as_it_was(story, data):
    sub = story.walk().subscription
    before, shown = pickle.dumps(sub), repr(sub)
    asked = our.changes(story.world)
    for changes in data.draw(st.lists(st.tuples(asked, asked), max_size=8)):
        with suppress(SeatbillError):
            change(sub, *changes, on=story.until)
    assert repr(sub) == shown
    fresh = pickle.loads(before)
    assert sub == fresh
    assert renew(sub, on=story.until) == renew(fresh, on=story.until)


@given(story=our.stories(**ANY))
def test_no_renewal_is_ever_refused(story):
    """What could not be carried out was refused when it was asked for."""
    for sub in story.walk().subscriptions:
        renew(sub, on=sub.changed_on + dt.timedelta(800))


# Money.


@given(story=our.stories(**ANY))
def test_money_is_conserved(story):
    walk = story.walk()
    last = renew(walk.subscription, on=story.until)
    balance = owed = given_back = 0
    for outcome in (walk.opening, *walk.outcomes, last):
        for asked in outcome.changes:
            if isinstance(asked, GrantCredit):
                balance += asked.amount.minor_units
        for invoice in outcome.invoices:
            due = invoice.amount_due.minor_units
            used = invoice.credit_applied.minor_units
            granted = invoice.credit_granted.minor_units
            assert min(due, used, granted) >= 0
            assert due + used - granted == invoice.total.minor_units
            balance += granted - used
            owed += due
        given_back += outcome.refund_due.minor_units
        assert outcome.refund_due.minor_units >= 0
        held = outcome.subscription.credit_balance.minor_units
        assert held >= 0
        assert held == balance - given_back
    gifts = sum(
        asked.amount.minor_units
        for outcome in walk.outcomes
        for asked in outcome.changes
        if isinstance(asked, GrantCredit)
    )
    totals = sum(i.total.minor_units for i in (*walk.invoices, *last.invoices))
    assert owed - given_back == totals + held - gifts


@given(story=our.stories(**ANY))
def test_credit_is_used_before_anything_is_due(story):
    for outcome in story.walk().outcomes:
        if outcome.invoices and outcome.invoices[-1].amount_due:
            held = outcome.subscription.credit_balance
            granted = [c for c in outcome.changes if isinstance(c, GrantCredit)]
            assert not held or granted


# Time.


@given(story=our.stories(**ANY))
def test_periods_tile(story):
    for known in story.walk().subscriptions:
        sub = thawed(known)
        if sub.status is not Status.ACTIVE:
            continue
        end = sub.current_period.end
        after = renew(sub, on=end).subscription
        if after.ended_on is not None:
            assert after.ended_on == end
            continue
        assert after.current_period.start == end
        anchor = after.billing_cycle_anchor
        assert after.current_period.end == period_end(anchor, end, after.interval)
        if after.interval == sub.interval:
            assert anchor == sub.billing_cycle_anchor


@given(story=our.stories(**ANY))
def test_versions_grow_and_invoices_come_in_order(story):
    statement, walk = billed(story)
    before = 0
    for outcome in (walk.opening, *walk.outcomes):
        assert outcome.previous_version == before
        before = outcome.subscription.version
        grown = before - outcome.previous_version
        assert grown >= max(len(outcome.changes), len(outcome.invoices))
    versions = [invoice.version for invoice in statement.invoices]
    assert versions == sorted(set(versions))
    assert len({invoice.key for invoice in statement.invoices}) == len(versions)
    days = [invoice.issued_on for invoice in statement.invoices]
    assert days == sorted(days)
    for invoice in statement.invoices:
        assert invoice.lines


@given(story=our.stories(**ANY))
def test_what_waits_takes_effect_on_the_day_that_it_says(story):
    for outcome in story.walk().outcomes:
        sub = outcome.subscription
        days = [update.applies_on for update in sub.pending_updates]
        assert outcome.effective_on == outcome.on or outcome.effective_on in days
        kinds = {update.kind for update in sub.pending_updates}
        if len(kinds) != 1 or sub.frozen_on is not None:
            continue
        for update in sub.pending_updates:
            if update.kind is ChangeKind.PRICE and update.key != sub.plan.id:
                continue  # new prices of a plan that was left: kept for a return
            day, before = update.applies_on, update.applies_on - dt.timedelta(1)
            assert day > sub.changed_on
            if before > sub.changed_on:
                assert update.key in {
                    u.key for u in renew(sub, on=before).subscription.pending_updates
                }
            assert _took_effect(update, renew(sub, on=day).subscription)


def _took_effect(update, sub) -> bool:
    """Return whether *sub* is what *update* wanted."""
    match update.kind:
        case ChangeKind.SEATS:
            return sub.quantity(update.key) == update.value
        case ChangeKind.ADD_ON:
            return sub.add_on_quantity(update.key) == update.value.quantity
        case ChangeKind.PACKAGE:
            return sub.add_on_quantity(update.value.id) > 0
        case ChangeKind.INTERVAL:
            return sub.interval == update.value
        case ChangeKind.CANCELLATION:
            return sub.ended_on == update.applies_on
        case _:
            return sub.plan == update.value


@given(story=our.stories(**ANY))
def test_after_the_end_nothing_runs_or_waits(story):
    for sub in story.walk().subscriptions:
        over = sub.status in (Status.FREE, Status.CANCELED)
        assert over == (sub.ended_on is not None)
        if over:
            assert sub.charges == sub.pending_updates == sub.add_ons == ()
            assert sub.waiting_lines == sub.accrued_lines == ()
            assert not preview_invoice(sub).lines
            assert not renew(sub, on=story.until).invoices


# Sizes and neighbors.


@given(story=our.stories(**ANY))
def test_a_subscription_holds_one_charge_for_each_item_and_net_price(story):
    for sub in story.walk().subscriptions:
        kept = [(charge.terms, charge.free) for charge in sub.charges]
        assert len(set(kept)) == len(kept)
        slots = [(u.kind, u.key, u.periods_left) for u in sub.pending_updates]
        assert len(set(slots)) == len(slots)


@given(
    story=our.stories(fixed_discounts=False),  # those are cut in the order of changes
    seats=st.integers(1, 9),
    quantity=st.integers(1, 3),
)
def test_changes_that_do_not_touch_each_other_commute(story, seats, quantity):
    sub = story.walk().subscription
    day = max(story.until, sub.changed_on)
    both = AddSeats(seats), AddAddOn(story.world.add_ons[0], quantity)
    try:
        there, back = (
            change(sub, *order, on=day, timing=Timing.IMMEDIATE)
            for order in (both, both[::-1])
        )
    except SeatbillError:
        assume(False)
    assert there.subscription.seats == back.subscription.seats
    totals = [sum(i.total.minor_units for i in o.invoices) for o in (there, back)]
    assert totals[0] == totals[1]


@given(story=our.stories(**ANY))
def test_what_touches_no_price_costs_nothing(story):
    sub = renew(story.walk().subscription, on=story.until).subscription
    assume(sub.status in (Status.ACTIVE, Status.TRIALING))
    outcome = change(sub, SetRecipient(None), SetTaxRates(()), on=story.until)
    assert outcome.invoices == ()
    assert outcome.subscription.charges == sub.charges
    if all(update.kind is not ChangeKind.PLAN for update in sub.pending_updates):
        with pytest.raises(NoChangeError):
            change(sub, SwitchPlan(sub.plan), on=story.until)


# Measured units.


@st.composite
def measured_stories(draw):
    """Return an opening with a measured unit, changes of seats, and measurements."""
    teams = Price(
        unit="team",
        unit_amount=draw(our.amounts()),
        currency="USD",
        measured=True,
        in_arrears=draw(st.booleans()),
    )
    seats = draw(our.price_lists("seat", "USD", (our.MONTHLY,)))
    on = draw(our.days)
    rules = draw(our.billing_rules(max_freeze_days=0))
    if teams.in_arrears:  # a restart would end what is counted at the end only
        rules = attrs.evolve(rules, seats_added=Timing.IMMEDIATE)
    opening = subscribe(
        Plan("p", "P", 1, (teams, *seats)),
        id="measured",
        interval=our.MONTHLY,
        seats={"team": draw(st.integers(0, 5)), "seat": 3},
        on=on,
        rules=rules,
    )
    steps = st.tuples(st.integers(0, 50), st.integers(1, 4).map(AddSeats))
    history, day = [], on
    for days, asked in draw(st.lists(steps, max_size=6)):
        day += dt.timedelta(days)
        history.append((day, asked))
    numbers = draw(st.lists(st.integers(0, 9), min_size=1, max_size=5))
    return opening, history, day + dt.timedelta(40), numbers


@given(story=measured_stories())
def test_measured_quantities_are_handed_to_each_renewal(story):
    opening, history, until, numbers = story

    def measure(day):
        return {"team": numbers[day.month % len(numbers)]}

    statement = bill(opening, history, until=until, measured=measure)
    sub, outcomes = opening.subscription, [opening]
    for day, asked in (*history, (until, None)):
        while (end := sub.current_period.end) <= day:
            with pytest.raises(RenewFirstError):
                renew(sub, on=day)
            preview = preview_invoice(sub, measured=measure(end))
            outcomes.append(renew(sub, on=end, measured=measure(end)))
            assert outcomes[-1].invoice == preview
            sub = outcomes[-1].subscription
            assert sub.quantity("team") == measure(end)["team"]
        if asked is not None:
            outcomes.append(change(sub, asked, on=day))
            sub = outcomes[-1].subscription
    assert statement.subscription == sub
    assert statement.invoices == tuple(i for o in outcomes for i in o.invoices)
    assert statement.outcomes == tuple(outcomes[1:])
