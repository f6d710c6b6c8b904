"""One machine over random histories, checked after every step.

Its model is the counter of `oracle`, which is told what the library accepted and what
the library was asked, and walks from day to day.  Where a world has what the counter
leaves out (notice, a free plan) the other invariants stand alone.
"""

from __future__ import annotations

import datetime as dt
import pickle
from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from oracle import Oracle
from seatbill import (
    GrantCredit,
    Timing,
    change,
    renew,
    verify,
)
from seatbill.errors import SeatbillError
from seatbill.invoices import ItemKind, LineKind
from seatbill.subscriptions import RecordCreditNote
from seatbill.testing import laws
from seatbill.testing import strategies as our
from seatbill.testing.histories import History
from test_laws_lines import levels_that_wait, owned, rows_of_library, rows_of_oracle

COUNTED = our.markets(
    notice=False,
    free_plan=False,
    own_intervals=False,
    limited_discounts=False,
    terms=False,
)
ANY = our.markets()
TIMINGS = st.sampled_from((None, None, None, None, *Timing))


class Histories(RuleBasedStateMachine):
    """A subscription that is changed, renewed, stored and taken up again."""

    sub = None
    oracle = None

    @initialize(data=st.data(), counted=st.booleans())
    def subscribe(self, data, counted):
        """Open a subscription."""
        self.world = data.draw(COUNTED if counted else ANY)
        outcome, opening = our.opened(data.draw(our.openings(self.world)))
        self.day = opening["on"]
        self.oracle = Oracle(**opening) if counted else None
        self.rest, self.version = Counter(), 0
        self.balance = sum(lot.amount.minor_units for lot in opening.get("credit", ()))
        self.invoices, self.counted = [], 0
        self.keep(outcome)

    def keep(self, outcome):
        """Take an outcome over, and check what it says."""
        before, self.sub = self.sub, outcome.subscription
        self.outcome = outcome
        assert before is None or outcome.previous_version == before.version
        for asked in outcome.changes:
            if isinstance(asked, GrantCredit):
                self.balance += asked.amount.minor_units
        for invoice in outcome.invoices:
            assert verify(invoice) == ()
            assert invoice.version > self.version
            assert not self.invoices or invoice.issued_on >= self.invoices[-1].issued_on
            self.version = invoice.version
            self.balance += invoice.credit_granted.minor_units
            self.balance -= invoice.credit_applied.minor_units
            for line in invoice.lines:
                if line.kind not in (LineKind.SERVICE, LineKind.FEE):
                    self.give_and_take(line)
        for told in outcome.notices:
            if told.code in ("credit_lapsed", "gift_ended"):
                self.balance -= told.value("amount").minor_units
        self.invoices += outcome.invoices
        self.balance -= outcome.refund_due.minor_units
        assert self.version <= self.sub.version

    def give_and_take(self, line):
        """Count a line for its charge, of which no more comes back than was paid."""
        self.rest[line.charge_id] += line.amount.minor_units
        left = self.rest[line.charge_id]
        assert left <= 0 if line.terms.item_kind is ItemKind.DISCOUNT else left >= 0

    # What may happen.

    @rule(
        days=our.delays(),
        rest=st.integers(0, 86_399_999_999),
        asked=st.lists(our.requests(), min_size=1, max_size=2),
        timing=TIMINGS,
    )
    def ask(self, days, rest, asked, timing):
        """Ask for a change or two; a refusal changes nothing."""
        self.wait(days, rest)
        changes = tuple(our.meant(self.world, one) for one in asked)
        before = repr(self.sub)
        try:
            outcome = change(self.sub, *changes, on=self.day, timing=timing)
        except SeatbillError:
            assert repr(self.sub) == before
            return
        assert change(self.sub, *changes, on=self.day, timing=timing) == outcome
        self.keep(outcome)
        if any(isinstance(asked, RecordCreditNote) for asked in changes):
            self.oracle = None  # what a note took back is on no line
        if self.oracle is not None:
            self.oracle.walk([(self.day, changes)], self.day, timing)

    @rule(days=our.delays(), rest=st.integers(0, 86_399_999_999))
    def renew(self, days, rest):
        """Let time go by, and bill what is due."""
        self.wait(days, rest)
        self.keep(renew(self.sub, on=self.day))
        assert renew(self.sub, on=self.day).subscription is self.sub
        if self.oracle is not None:
            self.oracle.walk([], self.day)

    def wait(self, days, rest):
        """Let some time go by; where days are counted, whole days."""
        self.day += dt.timedelta(days)
        if self.world.time is dt.datetime:
            self.day += dt.timedelta(microseconds=rest % (days + 1))

    @rule()
    def store_and_load(self):
        """Keep the subscription somewhere and take it up again."""
        loaded = pickle.loads(pickle.dumps(self.sub))
        assert loaded == self.sub
        assert repr(loaded) == repr(self.sub)
        self.sub = loaded

    @rule()
    def move_here_from_another_system(self):
        """Adopt the subscription by its own fields."""
        adopted = laws.adopted(self.sub)
        assert adopted == self.sub
        self.sub = adopted

    # What is always so.

    @precondition(lambda self: self.oracle is not None)
    @invariant()
    def lines_are_those_of_the_counter(self):
        """Every line that was not compared yet."""
        new = rows_of_library(self.invoices[self.counted :])
        assert new == rows_of_oracle(self.oracle)[self.counted :]
        self.counted = len(self.invoices)

    @precondition(lambda self: self.oracle is not None)
    @invariant()
    def levels_are_those_of_the_counter(self):
        """What is owned, and what waits."""
        assert owned(self.sub.seats) == owned(self.oracle.seats)
        if self.sub.ended_on is None:
            assert levels_that_wait(self.sub) == self.oracle.waiting.levels

    @precondition(lambda self: self.sub is not None)
    @invariant()
    def money_is_conserved(self):
        """All credit is what was granted and not used, given back or lapsed."""
        lots = sum(lot.amount.minor_units for lot in self.sub.credit_lots)
        assert self.sub.credit_balance.minor_units + lots == self.balance >= 0

    @precondition(lambda self: self.sub is not None)
    @invariant()
    def the_subscription_stays_small(self):
        """One charge an item and net price; one update a slot; no past."""
        now = History(opening=self.outcome, until=self.day)
        laws.a_subscription_stays_small(now)
        laws.after_the_end_nothing_runs_or_waits(now)


TestHistories = Histories.TestCase
