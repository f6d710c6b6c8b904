"""Laws of whole histories: preview is the change, and no road is another road.

The laws are those that a host can call with its own rules and price list, here on
drawn ones and on those of each rulebook; beside them stand some that need a market.
"""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seatbill import (
    MONTHLY,
    AddAddOn,
    AddSeats,
    Plan,
    Price,
    SetRecipient,
    SetTaxRates,
    SwitchPlan,
    Timing,
    bill,
    change,
    preview_invoice,
    renew,
    subscribe,
)
from seatbill.access import may_edit_recipient
from seatbill.converters import dump, load
from seatbill.errors import NoChangeError, RenewFirstError, SeatbillError
from seatbill.rulebooks import (
    annual_commitment,
    clickmeeting,
    clockify,
    echometer,
    modular,
    seats_with_credits,
    teamleader,
)
from seatbill.rules import ChangeKind
from seatbill.subscriptions import Status
from seatbill.testing import laws
from seatbill.testing import strategies as our
from seatbill.testing.histories import History


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
@given(history=our.histories())
def test_the_laws_hold_for_any_rules_and_price_list(law, history):
    law(history)


@pytest.mark.parametrize(
    "system",
    [
        annual_commitment,
        clickmeeting,
        clockify,
        echometer,
        modular,
        seats_with_credits,
        teamleader,
    ],
)
@settings(max_examples=max(settings.default.max_examples // 4, 1))
@given(data=st.data())
def test_the_laws_hold_for_each_rulebook(system, data):
    drawn = our.histories(catalog=system.CATALOG, rules=system.RULES)
    laws.check(data.draw(drawn))


@given(history=our.histories(), days=st.integers(1, 100))
def test_a_long_absence_is_many_short_ones(history, days):
    laws.a_long_absence_is_many_short_ones(history, days)


# Neighbors.

# Amounts off are cut in the order of changes, percentages are not.
WITH_PERCENTAGES = our.markets(
    conventions="actual", notice=False, free_plan=False, fixed_discounts=False
).flatmap(lambda world: st.tuples(st.just(world), our.histories(world)))


@given(
    world_and_history=WITH_PERCENTAGES,
    seats=st.integers(1, 9),
    quantity=st.integers(1, 3),
)
def test_changes_that_do_not_touch_each_other_commute(
    world_and_history, seats, quantity
):
    world, history = world_and_history
    sub, day = history.subscription, history.until
    both = AddSeats(seats), AddAddOn(world.catalog.add_ons[0], quantity)
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


@given(history=our.histories())
def test_what_touches_no_price_costs_nothing(history):
    sub, day = history.subscription, history.until
    assume(sub.status in (Status.ACTIVE, Status.TRIALING))
    moved = [SetRecipient(None)] if may_edit_recipient(sub) else []
    outcome = change(sub, *moved, SetTaxRates(()), on=day)
    assert outcome.invoices == ()
    assert outcome.subscription.charges == sub.charges
    if all(update.kind is not ChangeKind.PLAN for update in sub.pending_updates):
        with pytest.raises(NoChangeError):
            change(sub, SwitchPlan(sub.plan), on=day)


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
    seats = draw(our.price_lists("seat", "USD", (MONTHLY,)))
    on = draw(our.days())
    rules = draw(
        our.billing_rules(conventions="actual", notice=False, max_freeze_days=0)
    )
    if teams.in_arrears:  # a restart would end what is counted at the end only
        rules = attrs.evolve(rules, seats_added=Timing.IMMEDIATE)
    opening = subscribe(
        Plan("p", "P", 1, (teams, *seats)),
        id="measured",
        interval=MONTHLY,
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


# A timing that was given by hand.


@given(
    history=our.histories(),
    timings=st.lists(st.none() | st.sampled_from(Timing), min_size=1, max_size=5),
)
def test_every_law_holds_for_timings_by_hand(history, timings):
    entries = [
        (day, changes, timings[i % len(timings)])
        for i, (day, changes) in enumerate(history.entries)
    ]
    by_hand = History.of(
        history.opening, entries, until=history.until, measured=history.measured
    )
    laws.check(by_hand)
    kept = bill(
        by_hand.opening,
        by_hand.entries,
        until=by_hand.until,
        measured=by_hand.measured,
    )
    assert load(dump(kept)) == kept
