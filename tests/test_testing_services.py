"""A service beside the library: the first field that differs, the story as a test."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis.stateful import run_state_machine_as_test

from seatbill import (
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Discount,
    Plan,
    Price,
    RemoveSeats,
    Reprice,
    SwitchPlan,
)
from seatbill.errors import RenewFirstError
from seatbill.rules import Direction
from seatbill.testing.histories import Readings
from seatbill.testing.laws import LawError
from seatbill.testing.machine import service_machine
from seatbill.testing.services import InMemoryService, SideBySide
from test_testing_machine import SEARCH, BillsTwice, LosesWhatWaits

APRIL, MIDDLE, MAY = dt.date(2026, 4, 1), dt.date(2026, 4, 16), dt.date(2026, 5, 1)
TEN = Price(unit_amount="10.00", currency="EUR")
SMALL, LARGE = Plan("small", "Small", 1, [TEN]), Plan("large", "Large", 2, [TEN])
RULES = BillingRules(notice_exempt=[Direction.UPGRADE])


class TooDear(InMemoryService):
    """Takes a cent more for the first line of each invoice."""

    def keep(self, outcome):
        invoices = [
            attrs.evolve(
                invoice,
                lines=(
                    attrs.evolve(line, amount_minor=line.amount_minor + 1),
                    *invoice.lines[1:],
                ),
                total_minor=invoice.total_minor + 1,
            )
            for invoice in outcome.invoices
            for line in invoice.lines[:1]
        ]
        super().keep(attrs.evolve(outcome, invoices=invoices))


def beside(service, plan=SMALL, **more):
    """Return a service beside the library, with three seats from 1 April."""
    both = SideBySide(service)
    opening = {"id": "acme", "interval": MONTHLY, "seats": 3, "on": APRIL}
    both.subscribe(plan=plan, **(opening | {"rules": RULES} | more))
    return both


def told_again(story):
    """Return what a pasted story comes to."""
    scope = {}
    exec(compile(story, "<story>", "exec"), scope)
    with pytest.raises(LawError) as broken:
        scope["test_this_story"]()
    return broken.value


def test_a_service_that_is_right_agrees_step_by_step():
    """30.00 for April, 10.00 for half of two seats, 50.00 for May."""
    both = beside(InMemoryService())
    both.change(AddSeats(2), on=MIDDLE)
    both.ask_with_an_old_version(Cancel(), on=MIDDLE, version=1)
    both.change(SwitchPlan(SMALL), on=MIDDLE)  # refused on both sides
    both.renew(on=MAY)
    both.adopt()
    assert [str(i.total) for i in both.invoices] == [
        "30.00 EUR",
        "10.00 EUR",
        "50.00 EUR",
    ]
    assert both.known.version == 3


def test_the_first_field_that_differs_is_named_and_lines_come_before_sums():
    with pytest.raises(LawError) as broken:
        beside(TooDear())
    error = broken.value
    assert error.place == "after subscribe: invoice acme:1.lines[0].amount_minor"
    assert (error.day, error.found, error.wanted) == (APRIL, 3001, 3000)


def test_a_story_is_a_test_that_fails_in_the_same_way():
    """Two plans, rules and an add-on have names; what is empty or usual is left out."""
    both = beside(
        LosesWhatWaits(),
        credit=(),
        discounts=(Discount.percent("10", id="d"),),
    )
    both.change(SwitchPlan(SMALL), on=APRIL)  # refused: it has that one
    sms = AddOn("sms", "SMS", [attrs.evolve(TEN, unit="sms")])
    both.change(SwitchPlan(LARGE), AddAddOn(sms), on=APRIL)
    with pytest.raises(LawError) as broken:
        both.change(RemoveSeats(1), on=MIDDLE)
    (story,) = broken.value.__notes__
    assert story == both.story
    assert told_again(story).as_dict() == broken.value.as_dict()
    assert "both = SideBySide(LosesWhatWaits())" in story
    assert "from test_testing_machine import LosesWhatWaits" in story
    assert "rules = BillingRules(notice_exempt=(Direction.UPGRADE,))" in story
    assert "SwitchPlan(plan=plan)" in story
    assert "SwitchPlan(plan=plan_2)" in story
    assert "AddAddOn(add_on=add_on)" in story
    assert "both.change(RemoveSeats(seats=1), on=datetime.date(2026, 4, 16))" in story
    assert "credit=" not in story
    assert max(map(len, story.splitlines())) <= 88


def test_the_machine_tells_its_counterexample_as_a_story():
    with pytest.raises(LawError) as broken:
        run_state_machine_as_test(service_machine(BillsTwice), settings=SEARCH)
    again = told_again(broken.value.__notes__[0])
    assert again.as_dict() == broken.value.as_dict()


def test_what_is_measured_is_read_by_the_story_too():
    team = Plan("team", "Team", 1, [attrs.evolve(TEN, unit="team", measured=True)])
    both = beside(TeamsForgotten(), team, seats={"team": 3})
    with pytest.raises(RenewFirstError) as refused:
        both.renew(on=MAY)
    assert "both.renew(on=datetime.date(2026, 5, 1))" in refused.value.__notes__[0]
    with pytest.raises(LawError) as broken:
        both.renew(on=MAY, measured=Readings(("team",), (5,)))
    (story,) = broken.value.__notes__
    assert "measured=Readings(units=('team',), numbers=(5,))" in story


class TeamsForgotten(InMemoryService):
    """Bills a renewal of nobody."""

    def renew(self, id, *, on, version, measured):
        super().renew(id, on=on, version=version, measured={"team": 0})


def test_a_service_that_cannot_be_imported_is_named_all_the_same():
    class Ours(InMemoryService):
        def change(self, id, *changes, on, version):
            raise ZeroDivisionError

    both = beside(Ours())
    with pytest.raises(ZeroDivisionError) as failed:
        both.change(Reprice(LARGE, MAY), on=MIDDLE)
    (story,) = failed.value.__notes__
    assert "both = SideBySide(Ours())" in story
    assert "import Ours" not in story
