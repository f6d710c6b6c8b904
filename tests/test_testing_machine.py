"""The machine passes a service that is right, and finds each that is wrong."""

from __future__ import annotations

import pickle
import re

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from seatbill import Rounding, Timing, change, renew
from seatbill.errors import SeatbillError, StaleVersionError
from seatbill.rulebooks import (
    annual_commitment,
    clickmeeting,
    clockify,
    echometer,
    modular,
    seats_with_credits,
    teamleader,
)
from seatbill.subscriptions import RemoveSeats
from seatbill.testing.laws import LawError
from seatbill.testing.machine import ServiceMachine, service_machine
from seatbill.testing.services import InMemoryService, Stored

QUICK = settings(
    max_examples=12,
    stateful_step_count=20,
    database=None,
    derandomize=True,  # the same branches are walked each time
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
SEARCH = settings(QUICK, max_examples=400, phases=[Phase.generate], print_blob=False)


class Pickled(InMemoryService):
    """Keeps bytes, as a database does."""

    def load(self, id):
        return pickle.loads(pickle.dumps(super().load(id)))


TestTheLibraryItself = service_machine().TestCase
TestTheLibraryItself.settings = QUICK
TestAServiceThatStoresBytes = service_machine(Pickled).TestCase
TestAServiceThatStoresBytes.settings = QUICK


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
def test_each_rulebook_can_be_driven(system):
    machine = service_machine(catalog=system.CATALOG, rules=system.RULES)
    run_state_machine_as_test(machine, settings=settings(QUICK, max_examples=4))


# Services that are wrong on purpose.


class BillsTwice(InMemoryService):
    """Keeps no answer to a request: the second one is billed again."""

    def change(self, id, *changes, on, version):
        try:
            super().change(id, *changes, on=on, version=version)
        except StaleVersionError:
            stored = self._stored[id]
            last = stored.invoices[-1:]
            self._stored[id] = Stored(stored.subscription, (*stored.invoices, *last))


class LosesWhatWaits(InMemoryService):
    """Has no column for pending updates."""

    def keep(self, outcome):
        sub = attrs.evolve(outcome.subscription, pending_updates=())
        super().keep(attrs.evolve(outcome, subscription=sub))


class RoundsToEven(InMemoryService):
    """Rounds the way Python does."""

    def change(self, id, *changes, on, version):
        self._by_other_rules(id, version, changes, on, rounding=Rounding.HALF_EVEN)

    def _by_other_rules(self, id, version, changes, on, **policies):
        known = self.current(id, version)
        other = attrs.evolve(known.rules, **policies)
        outcome = change(attrs.evolve(known, rules=other), *changes, on=on)
        sub = attrs.evolve(outcome.subscription, rules=known.rules)
        self.keep(attrs.evolve(outcome, subscription=sub))


class IgnoresTheVersion(InMemoryService):
    """The last to write wins."""

    def current(self, id, version):
        return self._stored[id].subscription


class KnowsRetriesOnly(IgnoresTheVersion):
    """Answers a request that it knows, and takes any other for a new one."""

    last = None

    def change(self, id, *changes, on, version):
        if (request := (changes, on, version)) != self.last:
            super().change(id, *changes, on=on, version=version)
            self.last = request

    def renew(self, id, *, on, version, measured):
        if (request := (on, version, measured)) != self.last:
            super().renew(id, on=on, version=version, measured=measured)
            self.last = request


class GivesMoneyBack(RoundsToEven):
    """Credits seats on the day that they are given up, whatever the rules say."""

    def change(self, id, *changes, on, version):
        policies = {}
        if any(isinstance(asked, RemoveSeats) for asked in changes):
            policies["seats_removed"] = Timing.IMMEDIATE
        self._by_other_rules(id, version, changes, on, **policies)


class RefusesInItsOwnWords(InMemoryService):
    """Answers every refusal with the same code."""

    def change(self, id, *changes, on, version):
        known = self.current(id, version)
        try:
            outcome = change(known, *changes, on=on)
        except SeatbillError:
            raise SeatbillError from None
        self.keep(outcome)


class ChangesWhatItRefuses(InMemoryService):
    """Renews first, and then refuses, without a transaction around both."""

    def change(self, id, *changes, on, version):
        known = self.current(id, version)
        try:
            outcome = change(known, *changes, on=on)
        except SeatbillError:
            if on >= known.changed_on and known.frozen_on is None:
                self.keep(renew(known, on=on))
            raise
        self.keep(outcome)


class ForgetsInvoices(InMemoryService):
    """Keeps the last invoice only."""

    def load(self, id):
        stored = super().load(id)
        return Stored(stored.subscription, stored.invoices[-1:])


class RefusesToRenew(InMemoryService):
    """Has renewals switched off."""

    def renew(self, id, *, on, version, measured):
        raise StaleVersionError(version, -1)


AGREES = "the service agrees with the library"
TWICE = "nothing is billed twice"
STALE = "a stale version is refused"
REFUSAL = "a refusal is the library's"
ACCEPTED = "what the library accepts is accepted"


# What is found first depends on what Hypothesis draws first, and that changes with its
# releases: so each service is given with every law that it breaks, and where.
@pytest.mark.parametrize(
    ("service", "breaks"),
    [
        pytest.param(BillsTwice, {TWICE: "a retry", STALE: "version"}, id="twice"),
        pytest.param(LosesWhatWaits, {AGREES: "pending_updates"}, id="loses"),
        pytest.param(
            RoundsToEven,
            {
                AGREES: r": (subscription\.)?"
                "(invoice|charges|waiting_lines|credit_balance)"
            },
            id="rounds",
        ),
        pytest.param(
            IgnoresTheVersion, {AGREES: "a retry", STALE: "version"}, id="ignores"
        ),
        pytest.param(KnowsRetriesOnly, {STALE: "version"}, id="stale"),
        pytest.param(
            GivesMoneyBack,
            dict.fromkeys((AGREES, REFUSAL, ACCEPTED), "RemoveSeats"),
            id="back",
        ),
        pytest.param(RefusesInItsOwnWords, {REFUSAL: ""}, id="words"),
        pytest.param(
            ChangesWhatItRefuses, {AGREES: "the refusal", REFUSAL: ""}, id="refuses"
        ),
        pytest.param(ForgetsInvoices, {AGREES: "the keys"}, id="forgets"),
        pytest.param(RefusesToRenew, {ACCEPTED: "a renewal"}, id="off"),
    ],
)
def test_a_service_that_is_wrong_is_found(service, breaks):
    with pytest.raises(LawError) as broken:
        run_state_machine_as_test(service_machine(service), settings=SEARCH)
    assert broken.value.law in breaks
    assert re.search(breaks[broken.value.law], broken.value.place)


def test_a_service_that_breaks_down_is_not_taken_for_one_that_refuses():
    class BreaksDown(InMemoryService):
        def change(self, id, *changes, on, version):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_state_machine_as_test(service_machine(BreaksDown), settings=SEARCH)


def test_a_stale_version_says_which_is_stored():
    error = StaleVersionError(3, 5)
    assert error.code == "stale_version"
    assert (error.asked, error.known) == (3, 5)
    assert str(error).startswith("This is for version 3 of the subscription")
    assert pickle.loads(pickle.dumps(error)).args == (3, 5)


def test_the_machine_drives_the_library_unless_told_otherwise():
    assert service_machine().make is InMemoryService
    assert ServiceMachine.make is InMemoryService
    with pytest.raises(SeatbillError):
        Stored("a subscription", ())
