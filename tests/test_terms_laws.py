"""The laws, with terms and counts in any history; and the law of a term itself."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    MONTHLY,
    QUARTERLY,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Plan,
    Price,
    RecordUsage,
    RemoveAddOn,
    RemoveSeats,
    SetTerm,
    SwitchInterval,
    SwitchPlan,
    Term,
    Timing,
    change,
    subscribe,
)
from seatbill.converters import dump, load
from seatbill.terms import EarlyEnd
from seatbill.testing import laws
from seatbill.testing import strategies as our
from seatbill.testing.histories import History
from seatbill.testing.laws import LawError

ASKED = st.tuples(st.sampled_from((SetTerm, SetTerm, RecordUsage)), st.integers(0, 99))


@st.composite
def bound(draw):
    """Return a history with terms and counts among what was asked for."""
    market = draw(our.markets())
    history = draw(our.histories(market))
    first = history.opening.on, (draw(our.changes(market, SetTerm)),)
    entries = [first, *history.entries]
    for kind, at in draw(st.lists(ASKED, max_size=6)):
        place = at % len(entries)
        asked = draw(our.changes(market, kind))
        entries.insert(place + 1, (entries[place][0], (asked,)))
    return History.of(
        history.opening, entries, until=history.until, measured=history.measured
    )


@given(history=bound())
def test_every_law_holds_in_a_term(history):
    laws.check(history)


@given(history=bound())
def test_a_term_comes_back_from_data(history):
    for outcome in history.outcomes:
        assert load(dump(outcome)) == outcome


RULES = BillingRules(seats_removed=Timing.IMMEDIATE, cancellation=Timing.IMMEDIATE)
LOW, PRO = (
    Plan(id, id, rank, [Price(unit_amount="10.00", currency="EUR")])
    for rank, id in enumerate(("low", "pro"))
)
SSO = AddOn("sso", "SSO", [Price(unit="sso", unit_amount="30.00", currency="EUR")])


def story(term, *changes):
    """Return a history in *term* of what would have come of *changes* without one.

    Ten seats and two of an add-on by the quarter from 1 January, changed on the 15th.
    """
    opening = subscribe(
        PRO,
        id="acme",
        interval=QUARTERLY,
        seats=10,
        add_ons=[(SSO, 2)],
        on=dt.date(2026, 1, 1),
        rules=RULES,
        term=term,
    )
    free = attrs.evolve(opening.subscription, term=None)
    on = dt.date(2026, 1, 15)
    done = change(free, *changes, on=on, timing=Timing.IMMEDIATE)
    return History(opening=opening, outcomes=(done,), until=on)


BILLED = Term(early_end=EarlyEnd.BILLED)


@pytest.mark.parametrize(
    ("term", "asked", "place"),
    [
        (Term(), Cancel(), "an early end"),
        (BILLED, Cancel(), "what comes back at it"),
        (Term(), SwitchPlan(LOW), "the rank of the plan"),
        (Term(), SwitchInterval(MONTHLY), "the length of the interval"),
        (Term(), RemoveSeats(1), "how many of seat"),
        (Term(minimum={"seat": 8}), RemoveSeats(3), "how many of seat"),
        (Term(), RemoveAddOn(SSO), "how many of sso"),
    ],
)
def test_what_leaves_a_term_early_is_found(term, asked, place):
    with pytest.raises(LawError) as broken:
        laws.nothing_leaves_a_term_early_but_by_rule(story(term, asked))
    assert (broken.value.place, broken.value.day) == (place, dt.date(2026, 1, 15))


@pytest.mark.parametrize(
    ("term", "asked"),
    [
        (Term(minimum={"seat": 8}), (RemoveSeats(2),)),
        (Term(minimum={"seat": 8}), (RemoveAddOn(SSO),)),
        (BILLED, (AddSeats(1), Cancel())),  # what was exchanged with it comes back
        (Term(), (SetTerm(Term(minimum={})), RemoveSeats(1))),
        (None, (Cancel(),)),
    ],
)
def test_what_may_leave_a_term_is_none_of_it(term, asked):
    laws.nothing_leaves_a_term_early_but_by_rule(story(term, *asked))
