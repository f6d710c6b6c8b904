"""Amounts off, told by stories: for which items, how far, and what comes back of them.

In April a seat at 30.00 costs 1.00 a day; 16 April is the half of it.
"""

from __future__ import annotations

from typing import Any

import pytest

from seatbill import (
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    Cancel,
    Discount,
    Money,
    RemoveSeats,
    Service,
    Timing,
    bill,
)
from seatbill.discounts import DiscountTarget
from shop import SMALL, usd
from stories import Story, at, bills, sum_of

SSO = AddOn("sso", "SSO", [usd("10.00", unit="sso")])
AT_ONCE = BillingRules(seats_removed=Timing.IMMEDIATE)
TARGETS: dict[str, DiscountTarget | None] = {
    "all": None,
    "any plan": DiscountTarget(plans=["*"]),
    "small": DiscountTarget(plans=["small"]),
    "sso": DiscountTarget(add_ons=["sso"]),
    "plan and sso": DiscountTarget(plans=["*"], add_ons=["*"]),
}


def off(amount: str, target: str = "all") -> Discount:
    """Return so much off what is named."""
    name = f"{amount} off {target}"
    return Discount.fixed(amount, "USD", id=name, applies_to=TARGETS[target])


def of(*parts: tuple[str, str]) -> dict[str, Any]:
    """Return what one seat and one SSO are opened with."""
    return {"add_ons": [(SSO, 1)], "discounts": [off(*part) for part in parts]}


# A month costs 30.00 and 10.00.
@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param(
            [("20.00", "small"), ("20.00", "any plan")],
            "-20.00 -10.00 = 10.00",
            id="two ways to say the same",
        ),
        pytest.param(
            [("35.00", "all"), ("8.00", "small")],
            "-35.00 -5.00 = 0.00",
            id="no more of a part than is left of all",
        ),
        pytest.param(
            [("25.00", "small"), ("35.00", "all")],
            "-25.00 -15.00 = 0.00",
            id="of all what is left beside a part",
        ),
        pytest.param(
            [("10.00", "sso"), ("35.00", "small")],
            "-10.00 -30.00 = 0.00",
            id="two parts that share nothing",
        ),
        pytest.param(
            [("8.00", "all"), ("35.00", "small")],
            "-8.00 -30.00 = 2.00",
            id="what all took may have come from the rest",
        ),
        pytest.param(
            [("35.00", "plan and sso"), ("35.00", "all")],
            "-35.00 -5.00 = 0.00",
            id="all, by name and without",
        ),
    ],
)
def test_what_is_taken_off_one_is_gone_for_the_others(parts, expected):
    story = Story(SMALL, "2026-04-01", **of(*parts))
    assert bills(story.opening) == [f"2026-04-01: +30.00 +10.00 {expected}"]


def test_an_amount_off_everything_is_of_no_kind_of_its_own():
    story = Story(SMALL, "2026-04-01", **of(("5.00", "all"), ("5.00", "sso")))
    *_, whole, part = story.opening.invoice.lines
    assert [line.discounts for line in (whole, part)] == [(), (off("5.00", "sso"),)]


def test_an_amount_off_takes_nothing_off_what_runs_in_arrears():
    """Half of 30.00 comes back, and half of the 30.00 off; 9.00 ran for half of it."""
    late = AddOn("late", "Late", [usd("9.00", unit="late", in_arrears=True)])
    story = Story(SMALL, "2026-04-01", add_ons=[(late, 1)], discounts=[off("35.00")])
    assert bills(story.opening) == ["2026-04-01: +30.00 -30.00 = 0.00"]
    ended = story.change("2026-04-16", Cancel(), timing=Timing.IMMEDIATE)
    assert bills(ended) == ["2026-04-16: +4.50 -15.00 +15.00 = 4.50"]


def test_seats_that_go_and_come_back_on_a_day_of_a_history():
    """As in two calls: (45.00 − 30.00) / 2 come back, and again; not a day later."""
    story = Story(SMALL, "2026-04-01", seats=2, discounts=[off("45.00")], rules=AT_ONCE)
    history = [
        (at("2026-04-11"), RemoveSeats(1)),
        (at("2026-04-11"), AddSeats(1)),
        (at("2026-04-16"), RemoveSeats(1)),
        (at("2026-04-17"), AddSeats(1)),
    ]
    statement = bill(story.opening, history, until=at("2026-04-30"))
    assert [sum_of(invoice).partition(" = ")[0] for invoice in statement.invoices] == [
        "+60.00 -45.00",
        "-20.00 +10.00",
        "+20.00 -10.00",
        "-15.00 +7.50",
        "+14.00",
    ]


def test_what_ended_with_nothing_given_back_stays_among_the_charges():
    """80.00 off 90.00.  One seat goes for nothing: its 30.00 stay beside 60.00.

    Another goes at once: 30.00 stay beside 30.00; of the 20.00 too much half is taken
    back.
    """
    story = Story(SMALL, "2026-04-01", seats=3, discounts=[off("80.00")])
    setup = BuyService(Service("setup", "Setup", Money("99.00", "USD")))
    gone = story.change("2026-04-16", RemoveSeats(1), setup, timing=Timing.FORFEIT)
    assert bills(gone) == ["2026-04-16: +99.00 = 99.00"]
    gone = story.change("2026-04-16", RemoveSeats(1), timing=Timing.IMMEDIATE)
    assert bills(gone) == ["2026-04-16: -15.00 +10.00 = -5.00 due 0.00"]
