"""The laws, with terms and counts in any history; and the law of a term."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seatbill.converters import dump, load
from seatbill.subscriptions import RecordUsage, SetTerm, Status
from seatbill.terms import EarlyEnd
from seatbill.testing import laws
from seatbill.testing import strategies as our
from seatbill.testing.histories import History

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


def committed(sub, unit):
    """Return how many of *unit* the term of *sub* holds."""
    owned, minimum = sub.quantity(unit), sub.term.term.minimum
    return owned if minimum is None else min(minimum.get(unit, 0), owned)


@given(history=bound())
def test_nothing_leaves_before_the_end_of_a_term_but_by_rule(history):
    for before, outcome in history.steps:
        after = outcome.subscription
        if before.term is None or before.status not in (Status.ACTIVE, Status.FROZEN):
            continue
        if any(isinstance(asked, SetTerm) for asked in outcome.changes):
            continue
        if outcome.on >= before.term.period.end:
            continue
        if after.ended_on is not None:
            assert before.term.term.early_end is EarlyEnd.BILLED
        elif after.plan.id == before.plan.id:
            measured = {price.unit for price in after.plan.prices if price.measured}
            for unit in before.seats.keys() - measured:
                assert after.quantity(unit) >= committed(before, unit)
        else:
            assert after.plan.rank >= before.plan.rank
