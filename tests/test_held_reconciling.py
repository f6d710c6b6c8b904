"""Which invoice a stated one ought to be, and why the history has no such line."""

from __future__ import annotations

import attrs
import pytest

from seatbill import (
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    Money,
    RemoveAddOn,
    RemoveSeats,
    Service,
    Timing,
    bill,
)
from seatbill.errors import MixedTimeError
from seatbill.reviews import reconcile
from shop import SMALL, usd
from stories import Story, at

SSO = AddOn("sso", "SSO", (usd("3.00"),))
END = at("2026-04-30")
AT_ONCE = BillingRules(add_on_removed=Timing.IMMEDIATE)


def told(*history):
    """Return what a history from 1 April comes to, ten seats at first."""
    story = Story(SMALL, "2026-04-01", seats=10, rules=AT_ONCE)
    return bill(
        story.opening, [(at(day), change) for day, change in history], until=END
    )


# Which invoice it ought to be.


def test_of_two_that_fit_alike_the_first_is_meant():
    statement = told(("2026-04-16", AddSeats(1)), ("2026-04-16", AddSeats(1)))
    _, first, second = statement.invoices
    assert first.lines[0].amount == second.lines[0].amount
    strange = attrs.evolve(first, version=99, lines=[])
    assert reconcile(strange, statement).expected == first
    assert reconcile(second, statement).expected == second


@pytest.mark.parametrize(
    ("fields", "is_known"),
    [
        pytest.param({"issued_on": at("2026-04-20")}, True, id="its key and its lines"),
        pytest.param({"version": 99}, True, id="its day"),
        pytest.param(
            {"issued_on": at("2026-04-20"), "version": 99}, False, id="its lines alone"
        ),
        pytest.param(
            {"issued_on": at("2026-04-20"), "lines": []}, False, id="its key alone"
        ),
    ],
)
def test_an_invoice_is_known_by_its_day_or_by_its_key_and_a_line(fields, is_known):
    statement = told(("2026-04-16", AddSeats(1)))
    added = statement.invoices[1]
    found = reconcile(attrs.evolve(added, **fields), statement)
    assert found.expected == (added if is_known else None)


def test_an_invoice_without_lines_is_of_the_kind_of_time_of_the_history():
    statement = told()
    instants = Story(SMALL, "2026-04-01T00:00Z", seats=10).opening.invoice
    with pytest.raises(MixedTimeError) as refused:
        reconcile(attrs.evolve(instants, lines=[]), statement)
    assert (refused.value.name, refused.value.wanted) == ("issued_on", "dates")


# Why nothing gives a line: the add-on was there from the 10th to the 20th.


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        pytest.param("2026-04-01", "2026-04-10", "item_not_active", id="until it came"),
        pytest.param("2026-04-20", "2026-05-01", "item_not_active", id="since it went"),
        pytest.param("2026-04-01", "2026-04-11", "line_not_expected", id="a day of it"),
        pytest.param(
            "2026-04-19", "2026-05-01", "line_not_expected", id="its last day"
        ),
        pytest.param("2026-04-12", "2026-04-13", "line_not_expected", id="inside"),
        pytest.param("2026-04-01", "2026-05-01", "line_not_expected", id="all around"),
    ],
)
def test_a_line_is_of_a_time_in_which_its_item_was_there_or_was_not(start, end, code):
    statement = told(("2026-04-10", AddAddOn(SSO)), ("2026-04-20", RemoveAddOn(SSO)))
    opening, bought, _ = statement.invoices
    (line,) = bought.lines
    strange = attrs.evolve(line, start=at(start), end=at(end), quantity=7)
    stated = attrs.evolve(opening, lines=[*opening.lines, strange])
    (review,) = [
        one for one in reconcile(stated, statement).lines if one.line == strange
    ]
    assert review.finding.code == code
    assert [(a.period.start, a.period.end) for a in review.active] == [
        (at("2026-04-10"), at("2026-04-20"))
    ]


def test_what_did_not_change_is_one_stretch_whatever_changed_beside_it():
    statement = told(
        ("2026-04-05", AddSeats(1)),
        ("2026-04-10", AddAddOn(SSO)),
        ("2026-04-20", RemoveAddOn(SSO)),
    )
    (review,) = reconcile(statement.invoices[0], statement).lines
    assert [(a.period.start, a.period.end, a.quantity) for a in review.active] == [
        (at("2026-04-01"), at("2026-04-05"), 10),
        (at("2026-04-05"), at("2026-05-01"), 11),
    ]


def test_a_service_that_is_called_as_the_plan_is_no_seat():
    setup = Service("small", "Set-up of Small", Money("99.00", "USD"))
    statement = told(("2026-04-16", BuyService(setup)))
    (review,) = reconcile(statement.invoices[1], statement).lines
    assert (review.finding, review.active) == (None, ())


def test_what_came_at_a_boundary_and_what_was_asked_for_that_day_are_two_events():
    story = Story(SMALL, "2026-04-01", seats=10)
    history = [
        (at("2026-04-10"), RemoveSeats(2)),
        (at("2026-05-01"), AddSeats(1)),
    ]
    statement = bill(story.opening, history, until=at("2026-05-30"))
    found = reconcile(statement.invoices[1], statement)
    assert [(event.on, event.before, event.after) for event in found.events] == [
        (at("2026-05-01"), 10, 8),
        (at("2026-05-01"), 8, 9),
    ]
