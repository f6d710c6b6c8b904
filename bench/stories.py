"""What people do: a year of each of the five systems, and one of discounts and taxes.

Each story is told with the rulebook of its system, so its price list, its rules and
its bounds are those that the library ships.  Beside it stands the script that somebody
would write for that system alone, in ``scripts``.
"""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Discount,
    Freeze,
    Outcome,
    Plan,
    Price,
    RemoveAddOn,
    RemoveSeats,
    Statement,
    Subscription,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Timing,
    Unfreeze,
    bill,
    change,
    renew,
    subscribe,
)
from seatbill.rulebooks import clickmeeting, clockify, echometer, modular, teamleader
from seatbill.subscriptions import SubscribedAddOn

from .scripts import Bill
from .scripts.by_modules import Modular
from .scripts.by_quarter import Teamleader
from .scripts.by_seat import Clockify
from .scripts.by_size import ClickMeeting
from .scripts.by_team import Echometer
from .scripts.taxed import Taxed

Measure = Callable[[dt.date], Mapping[str, int] | None]


class Story(NamedTuple):
    """A year of one subscription, for the library and for its script."""

    name: str
    opening: Mapping[str, Any]  # what `subscribe` takes, the plan included
    history: tuple[tuple[dt.date, Any], ...]
    until: dt.date
    script: Callable[[], list[Bill]]
    measured: Measure | None = None

    def open(self) -> Outcome:
        """Subscribe."""
        return subscribe(**self.opening)

    def bill(self) -> Statement:
        """Subscribe, and bill all of the history."""
        return bill(self.open(), self.history, until=self.until, measured=self.measured)


def day(text: str) -> dt.date:
    """Return the day that *text* writes, as in ``04-30`` of 2026."""
    return dt.date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def dated(*entries: tuple[str, Any]) -> tuple[tuple[dt.date, Any], ...]:
    """Return the entries of a history."""
    return tuple((day(text), change) for text, change in entries)


def _clockify() -> Story:
    """Seats and limited seats: growth now, shrinking later, to the year and back."""
    plan = clockify.CATALOG.plan
    return Story(
        name="Clockify",
        opening={
            "plan": plan("basic"),
            "id": "team",
            "interval": MONTHLY,
            "seats": {"seat": 10, "limited": 4},
            "on": day("01-15"),
            "rules": clockify.RULES,
        },
        history=dated(
            ("01-20", AddSeats(3)),
            ("02-10", AddSeats(2, unit="limited")),
            ("03-03", SwitchPlan(plan("standard"))),
            ("03-20", RemoveSeats(2, occupied=11)),
            ("04-28", AddSeats(1)),
            ("05-02", SwitchPlan(plan("basic"))),
            ("06-22", SwitchInterval(ANNUAL)),
            ("08-01", AddSeats(2)),
            ("11-05", SwitchInterval(MONTHLY)),
        ),
        until=day("2027-07-22"),
        script=Clockify.year,
    )


def _echometer() -> Story:
    """Teams counted on the first of each month."""
    teams = dict(zip(range(2, 13), (3, 3, 3, 3, 2, 2, 1, 2, 2, 1, 2), strict=True))
    return Story(
        name="Echometer",
        opening={
            "plan": echometer.CATALOG.plan("team-licences"),
            "id": "retrospectives",
            "interval": MONTHLY,
            "seats": {"team": 3},
            "on": day("01-01"),
            "rules": echometer.RULES,
        },
        history=(),
        until=day("12-31"),
        measured=lambda on: {"team": teams[on.month]},
        script=Echometer.year,
    )


def _clickmeeting() -> Story:
    """A sized plan over 30 days, add-ons, a freeze, a year of 365 days, a discount."""
    plan, add_on = clickmeeting.CATALOG.plan, clickmeeting.CATALOG.add_on
    return Story(
        name="ClickMeeting",
        opening={
            "plan": plan("live-25"),
            "id": "webinars",
            "interval": clickmeeting.MONTH,
            "seats": {"account": 1},
            "on": day("01-01"),
            "rules": clickmeeting.RULES,
            "add_ons": (add_on("toll-free"),),
        },
        history=dated(
            ("01-16", AddAddOn(add_on("storage"), 20)),
            ("02-12", SwitchPlan(plan("live-50"))),
            ("03-12", Freeze()),
            ("04-11", Unfreeze()),
            ("05-06", RemoveAddOn(add_on("storage"), 10)),
            ("06-10", SwitchInterval(clickmeeting.YEAR)),
            ("08-01", ApplyDiscount(clickmeeting.NON_PROFIT)),
            ("11-22", AddAddOn(add_on("parallel-events"))),
            ("12-01", SwitchPlan(plan("live-25"))),
        ),
        until=day("12-31"),
        script=ClickMeeting.year,
    )


def _teamleader() -> Story:
    """Users by the quarter and then by the year, an add-on in packages, notice."""
    plan, add_on = teamleader.CATALOG.plan, teamleader.CATALOG.add_on
    basic, beyond = add_on("client-meeting-basic"), add_on("client-meeting-beyond")
    return Story(
        name="Teamleader",
        opening={
            "plan": plan("move"),
            "id": "bakery",
            "interval": QUARTERLY,
            "seats": {"user": 12},
            "on": day("01-01"),
            "rules": teamleader.RULES,
            "add_ons": (SubscribedAddOn(basic, 4),),
        },
        history=dated(
            ("01-05", BuyService(teamleader.CATALOG.service("do-it-together"))),
            ("02-15", AddSeats(2, unit="user")),
            ("05-17", SwitchPackage(basic, beyond)),
            ("06-16", RemoveSeats(2, occupied=12, unit="user")),
            ("08-17", AddSeats(2, unit="user")),
            ("09-10", SwitchInterval(ANNUAL)),
            ("09-17", SwitchPackage(beyond, basic)),
            ("12-15", Cancel()),
        ),
        until=day("12-31"),
        script=Teamleader.year,
    )


def _modular() -> Story:
    """A flat plan and its modules, with what one needs of another."""
    plan, add_on = modular.CATALOG.plan, modular.CATALOG.add_on
    return Story(
        name="modular",
        opening={
            "plan": plan("s"),
            "id": "workshop",
            "interval": MONTHLY,
            "seats": {},
            "on": day("01-01"),
            "rules": modular.RULES,
            "add_ons": (add_on("quotes"),),
        },
        history=dated(
            ("01-20", AddAddOn(add_on("reports"))),
            ("02-15", (SwitchPlan(plan("m")), AddAddOn(add_on("stock")))),
            ("03-10", RemoveAddOn(add_on("reports"))),
            ("05-22", AddAddOn(add_on("signature"))),
            ("07-16", SwitchPlan(plan("l"))),
            ("08-20", SwitchPlan(plan("m"))),
            ("09-10", SwitchPlan(plan("s"))),
            ("10-05", AddAddOn(add_on("calendar"))),
            ("12-12", Cancel()),
        ),
        until=day("12-31"),
        script=Modular.year,
    )


def _taxed() -> Story:
    """Percent off for three periods, VAT on top, seats that come and go at once."""
    start = Plan("start", "Start", 1, (Price(unit_amount="12.00", currency="EUR"),))
    more = Plan("more", "More", 2, (Price(unit_amount="19.00", currency="EUR"),))
    support = AddOn("support", "Support", (Price(unit_amount="30", currency="EUR"),))
    return Story(
        name="discount and tax",
        opening={
            "plan": start,
            "id": "agency",
            "interval": MONTHLY,
            "seats": 8,
            "on": day("01-31"),
            "rules": BillingRules(seats_removed=Timing.IMMEDIATE),
            "discounts": (Discount.percent("20", id="welcome", periods=3),),
            "tax_rates": (TaxRate("vat", "0.19"),),
        },
        history=dated(
            ("02-09", AddSeats(4)),
            ("03-05", RemoveSeats(3)),
            ("03-17", SwitchPlan(more)),
            ("05-04", AddAddOn(support)),
            ("05-19", AddSeats(6)),
            ("06-11", RemoveSeats(5)),
            ("08-08", SwitchPlan(start)),
            ("10-20", AddSeats(1)),
        ),
        until=day("2027-01-31"),
        script=Taxed.year,
    )


STORIES = (
    _clockify(),
    _echometer(),
    _clickmeeting(),
    _teamleader(),
    _modular(),
    _taxed(),
)


def read_anew(story: Story) -> Story:
    """Return *story* with price lists and rules that are equal, and other objects."""
    opening, history = pickle.loads(pickle.dumps((dict(story.opening), story.history)))
    return story._replace(opening=opening, history=history)


def outcomes(story: Story) -> tuple[Outcome, ...]:
    """Return an outcome for each call that bills *story* step by step."""
    return story.bill().outcomes


def step_by_step(
    story: Story, calls: Iterable[Outcome], sub: Subscription
) -> list[Outcome]:
    """Make from *sub* on the *calls* that gave these outcomes, one after the other."""
    made = []
    for call in calls:
        if call.changes:
            outcome = change(sub, *call.changes, on=call.on)
        else:
            counted = call.subscription.seats if story.measured else None
            outcome = renew(sub, on=call.on, measured=counted)
        made.append(outcome)
        sub = outcome.subscription
    return made
