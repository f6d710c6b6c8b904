"""What each call comes to where features meet, against a counter of the decisions.

The counter knows no lines, only exact amounts, so what is held is the sum of a call:
equal where nothing has to be rounded, else to a minor unit for each rounded line.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import chain

import pytest
from hypothesis import assume, given, settings

from counter import Purse, ask, opened, walk
from counter.purse import MONEY
from counting import MINOR_UNITS, to_whole
from meetings import MEETINGS, meetings
from plain_stories import plain_stories
from seatbill import Freeze, GrantCredit, change, renew, subscribe, verify
from seatbill.errors import SeatbillError
from seatbill.invoices import ItemKind, LineKind
from seatbill.rules import ChangeKind
from seatbill.testing import laws
from seatbill.testing.histories import History

SLOTS = (
    ChangeKind.PLAN,
    ChangeKind.INTERVAL,
    ChangeKind.CANCELLATION,
    ChangeKind.PAUSE,
)
FEW = settings(max_examples=max(settings.default.max_examples, 40))


class Compared:
    """A subscription of the library beside the counter's account of it."""

    def __init__(self, opening):
        outcome = subscribe(**opening)
        seats = {"seat": opening["seats"]}
        self.account = opened(**{**opening, "seats": seats})
        self.purse = Purse(opening["rules"].credit_order)
        for lot in opening.get("credit", ()):
            self.purse.grant(lot.kind, lot.expires_on, lot.amount.minor_units)
        self.keep(outcome)

    invoices = ()
    rolled = 0
    ended = False

    def keep(self, outcome):
        """Take over what a call came to, when it has been counted."""
        self.sub = outcome.subscription
        for asked in outcome.changes:
            if isinstance(asked, GrantCredit):
                amount = asked.amount.minor_units
                self.purse.grant(asked.kind, asked.expires_on, amount)
        self.invoices += outcome.invoices
        for invoice in outcome.invoices:
            self._pass_boundaries(invoice)
            self._pay(invoice)
        self._pass_boundaries()
        day = self.sub.changed_on
        if self.sub.ended_on is not None and not self.ended:
            self.ended = True
            assert outcome.refund_due.minor_units == self.purse.finish(day)
        self._compare_lots(day)

    def _pass_boundaries(self, invoice=None):
        """Let periods be used up that ran out by the day of *invoice*, if one is there.

        What waited, or ran, is on the invoice of the boundary, from before it.
        """
        for day in self.account.rolled[self.rolled :]:
            if invoice is not None and day > invoice.issued_on:
                return
            waits = 0
            if invoice is not None and day == invoice.issued_on:
                waits = -with_tax([x for x in invoice.lines if x.start < day], self.sub)
            self.purse.pass_boundary(waits)
            self.rolled += 1

    def _pay(self, invoice):
        """Hold that credit pays what it can, and what comes back is credit again."""
        total = invoice.total.minor_units
        applied, lots = self.purse.settle(invoice.issued_on, total)
        assert invoice.credit_applied.minor_units == applied
        assert invoice.amount_due.minor_units == max(total, 0) - applied
        named = {
            (x.kind, x.expires_on): x.amount.minor_units for x in invoice.credit_lots
        }
        assert named == lots

    def _compare_lots(self, day):
        """Compare what is left: what has lapsed, the next call that changes tells."""
        assert self.purse.is_whole()
        self.purse.lapse(day)
        lots = {
            (lot.kind, lot.expires_on): lot.amount.minor_units
            for lot in self.sub.credit_lots
            if lot.amount and (lot.expires_on is None or lot.expires_on >= day)
        }
        balance = self.sub.credit_balance.minor_units
        left = {lot: n for lot, n in self.purse.left.items() if n}
        assert left.pop(MONEY, 0) == balance >= 0
        assert lots == left

    def step(self, day, changes, timing=None):
        """Ask the library, and then the counter for what the library accepted."""
        if any(isinstance(asked, GrantCredit) for asked in changes):
            self.renew(day)  # what is due by then does not use the gift
        try:
            outcome = change(self.sub, *changes, on=day, timing=timing)
        except SeatbillError:
            return
        ask(self.account, changes, day, timing)
        self.keep(outcome)
        self.check()

    def renew(self, day):
        """Let time go by."""
        outcome = renew(self.sub, on=day)
        walk(self.account, day)
        self.keep(outcome)
        self.check()

    def check(self):
        """Compare what was asked for, then what it comes to."""
        assert states_of_library(self.sub) == states_of_counter(self.account)
        if self.account.unsaid:
            return
        lines = [line for invoice in self.invoices for line in invoice.lines]
        waiting = self.sub.waiting_lines
        counted = Counter()
        for day, own in self.account.invoices:
            counted[day] += sum(line.amount for line in own)
        counted["unbilled"] = sum(line.amount for line in self.account.unbilled)
        for day in {i.issued_on for i in self.invoices} | {*counted}:
            mine = [i.lines for i in self.invoices if i.issued_on == day]
            own = waiting if day == "unbilled" else [*chain.from_iterable(mine)]
            found = sum(line.amount.minor_units for line in own)
            near = roundings(own)
            if any(line.cap is not None or is_off(line) for line in own):
                near = roundings([*lines, *waiting])
            assert abs(found - counted[day]) <= near, (day, found, float(counted[day]))


def with_tax(lines, sub):
    """Return what some lines come to, with the taxes that are put on top."""
    bases = Counter()
    for line in lines:
        for rate in line.terms.tax_rates:
            bases[rate] += line.amount.minor_units
    rounding = sub.rules.rounding
    taxes = [
        to_whole(Fraction(rate.rate) * base, rounding)
        for rate, base in bases.items()
        if not rate.inclusive
    ]
    return sum([line.amount.minor_units for line in lines] + taxes)


def is_off(line):
    """Return whether *line* is of an amount off."""
    return line.terms.item_kind is ItemKind.DISCOUNT


def roundings(lines):
    """Return how many of *lines* had to be rounded."""
    exact = [line.full_amount * line.share * minor(line) for line in lines]
    return sum(amount.denominator > 1 for amount in exact)


def minor(line):
    """Return how many minor units the currency of *line* has."""
    return MINOR_UNITS[line.currency]


def states_of_library(sub):
    """Return what is owned, what waits and which period runs."""
    if sub.ended_on is not None:
        return {"ended": True, "on": sub.ended_on}
    targets = {}
    for update in sub.pending_updates:
        steps = update.from_day is not None
        if not steps and update.kind in (ChangeKind.SEATS, ChangeKind.ADD_ON):
            seats = update.kind is ChangeKind.SEATS
            value = update.value if seats else update.value.quantity
            targets[update.kind.value, update.key, update.periods_left] = value
    slots = {
        kind.value: sorted(
            u.periods_left for u in sub.pending_updates if u.kind is kind
        )
        for kind in SLOTS
    }
    return {
        "ended": False,
        "plan": sub.plan.id,
        "interval": sub.interval,
        "seats": {unit: n for unit, n in sub.seats.items() if n},
        "add_ons": {owned.add_on.id: owned.quantity for owned in sub.add_ons},
        "period": (sub.current_period.start, sub.current_period.end),
        "own": {
            owned.add_on.id: (owned.period.start, owned.period.end)
            for owned in sub.add_ons
            if owned.period is not None
        },
        "frozen": sub.frozen_on,
        "paused": sub.status == "paused",
        "discounts": [applied.discount.id for applied in sub.discounts],
        "targets": targets,
        "steps": sorted(
            (str(u.from_day), u.kind.value, u.value if seats else u.value.id)
            for u in sub.pending_updates
            for seats in [u.kind is ChangeKind.SEATS]
            if u.from_day is not None
        ),
        "slots": slots,
    }


def states_of_counter(account):
    """Return the same of the counter."""
    if account.ended:
        return {"ended": True, "on": account.now}
    return {
        "ended": False,
        "plan": account.plan.id,
        "interval": account.interval,
        "seats": {unit: n for unit, n in account.seats.items() if n},
        "add_ons": {id: n for id, (_, n) in account.add_ons.items()},
        "period": (account.start, account.end),
        "own": {id: (own.start, own.end) for id, own in account.own.items()},
        "frozen": account.frozen_on,
        "paused": account.paused,
        "discounts": [offer.discount.id for offer in account.offers],
        "targets": {
            (*what, left): n
            for what, slots in account.levels.items()
            for left, n in slots.values.items()
        },
        "steps": sorted(
            [(str(day), "price", id) for id, day in account.prices]
            + [(str(d), "seats", s.level) for (_, d), s in account.steps.items()]
        ),
        "slots": {
            "plan": sorted(account.plans.values),
            "interval": sorted(account.intervals.values),
            "cancellation": sorted(account.ends.values),
            "pause": sorted(account.pauses.values),
        },
    }


def compare(meeting):
    """Walk through a meeting with both, and compare after each step."""
    try:
        both = Compared(meeting.opening)
    except SeatbillError:
        assume(False)
    both.check()
    for entry in meeting.entries:
        both.step(*entry)
    both.renew(meeting.until)
    return both


@pytest.mark.parametrize("features", MEETINGS.values(), ids=MEETINGS)
def test_each_call_comes_to_what_the_decisions_say(features):
    @FEW
    @given(meeting=meetings(features))
    def hold(meeting):
        compare(meeting)

    hold()


@given(meeting=meetings())
def test_any_three_features_come_to_what_the_decisions_say(meeting):
    compare(meeting)


@FEW
@given(story=plain_stories())
def test_a_plain_story_comes_to_what_the_decisions_say(story):
    compare(story)


# What is so wherever features meet, whichever way it is counted.


def lived(meeting):
    """Return a meeting as a history."""
    try:
        opening = subscribe(**meeting.opening)
    except SeatbillError:
        assume(False)
    return History.of(opening, meeting.entries, until=meeting.until)


@given(meeting=meetings())
def test_every_law_holds_wherever_features_meet(meeting):
    laws.check(lived(meeting))


@given(meeting=meetings())
def test_wherever_features_meet_no_more_comes_back_than_was_charged(meeting):
    history = lived(meeting)
    sub, rest, nets, rounded = history.subscription, *(Counter() for _ in range(3))
    for invoice in history.invoices:
        assert verify(invoice) == ()
    lines = [line for invoice in history.invoices for line in invoice.lines]
    for line in [*lines, *sub.waiting_lines, *sub.accrued_lines]:
        if line.kind in (LineKind.SERVICE, LineKind.FEE):
            continue
        rest[line.charge_id] += line.amount.minor_units
        assert rest[line.charge_id] <= 0 if is_off(line) else rest[line.charge_id] >= 0
        nets[line.whole.end] += line.amount.minor_units
        rounded[line.whole.end] += roundings([line])
    if any(isinstance(c, Freeze) for _, changes, _ in meeting.entries for c in changes):
        return  # it moves the end by which the lines of a period are told apart
    for end, net in nets.items():
        assert net >= -rounded[end], f"the period until {end} comes to {net}"
