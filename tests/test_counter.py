"""The counter itself, on figures that were worked out by hand; then the library.

Ten seats from 1 April 2026, monthly, in US dollars, unless a row says otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import attrs
import pytest

from counter import Purse, ask, opened, walk
from meeting_world import AT_ONCE, VAT
from meetings import Meeting
from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    ChargeFee,
    Convention,
    Discount,
    EndPause,
    Freeze,
    Money,
    Pause,
    Plan,
    Price,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    SetSeats,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    Tier,
    Timing,
    Unfreeze,
    WithdrawPending,
)
from seatbill.rules import ChangeKind, UnusedTime
from seatbill.subscriptions import CreditedCharge, RecordCreditNote
from test_laws_meetings import compare

FORFEIT, PERIOD_END = Timing.FORFEIT, Timing.PERIOD_END


def day(text):
    """Return a day of 2026, or of another year where it is said."""
    return dt.date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def tiered(mode, *tiers):
    """Return a plan under tiers, each its end and its price."""
    found = [Tier(up_to=end, unit_amount=amount) for end, amount in tiers]
    return Plan(
        "basic", "Basic", 0, [Price(tiers=found, tiers_mode=mode, currency="USD")]
    )


def at(amount, rank=0, interval=MONTHLY):
    """Return a plan at *amount* a seat."""
    price = Price(unit_amount=amount, currency="USD", interval=interval)
    return Plan(f"at {amount}", amount, rank, [price])


def off(amount, periods=None):
    """Return an amount off."""
    return Discount.fixed(amount, "USD", id="off", periods=periods)


def half(periods=None):
    """Return half off."""
    return Discount.percent("50", id="half", periods=periods)


def story(plan, *entries, until="04-30", rules=(), **opening):
    """Return a history: entries are a day and changes, *opening* what is unusual."""
    arguments = {
        "plan": plan,
        "id": "known",
        "interval": MONTHLY,
        "currency": "USD",
        "seats": 10,
        "on": day("04-01"),
        "rules": BillingRules(**(AT_ONCE | dict(rules))),
        **opening,
    }
    own = tuple((day(on), tuple(changes), None) for on, *changes in entries)
    return Meeting(arguments, own, day(until))


def _note(amount):
    """Return a note on the plan of the first invoice, recorded."""
    charge = CreditedCharge("1:plan:at 10:seat", Money(amount, "USD"))
    return RecordCreditNote("known:1/credit-1", [charge])


GRADUATED = tiered("graduated", (5, "10"), (None, "1"))
VOLUME = tiered("volume", (12, "7"), (None, "5"))
DROPPED = AddOn(
    "x",
    "X",
    [Price(unit="x", unit_amount="3", currency="USD")],
    requires_plans=["at 10"],
)
FALLS = tiered("volume", (10, "7"), (None, "6"))
TO_NOTHING = tiered("volume", (10, "40"), (None, "0.20"))
EDITORS = Plan(
    "shared",
    "Shared",
    1,
    [
        Price(unit="editor", unit_amount="20", currency="USD", min_quantity=1),
        Price(unit="viewer", unit_amount="5", currency="USD"),
    ],
)
SHARED = {"editor": 3, "viewer": 2}
TAX, NO_TAX = SetTaxRates(VAT), SetTaxRates(())
NOTICE = {"notice_days": 15, "seats_removed": PERIOD_END}
YEARLY = {"interval": ANNUAL, "seats": 1}
BY_MONTH = {"settlement": Settlement.MONTHLY, "max_freeze_days": 60}

STORIES = [
    pytest.param(
        story(at("10"), ("05-01", Cancel()), until="05-31"),
        {"04-01": "100.00"},  # May does not begin
        id="canceled at once on the billing day, before the renewal ran",
    ),
    pytest.param(
        story(
            GRADUATED,
            ("04-01", TAX, AddSeats(5)),
            ("04-01", NO_TAX, AddSeats(3)),
            ("04-01", RemoveSeats(13)),
        ),
        {"04-01": "50.00"},  # 55 + 5 + 3 - 13: five seats at 10.00
        id="A1: a rate came and went, and five are left",
    ),
    pytest.param(
        story(VOLUME, ("04-01", TAX, AddSeats(2)), ("04-01", AddSeats(1))),
        {"04-01": "65.00"},  # 70 + 14 - 19: thirteen at 5.00
        id="A2: a volume tier falls by more than the last charge",
    ),
    pytest.param(
        story(at("10"), ("04-11", _note("60")), ("04-11", Cancel()), until="04-30"),
        {"04-01": "100.00", "04-11": "-40.00"},  # 66.67 were unused, 40.00 are left
        id="killbill#1505: what a note took does not come back",
    ),
    pytest.param(
        story(
            VOLUME,
            ("04-01", TAX, AddSeats(2)),
            ("04-11", AddSeats(1)),
            ("04-11", Cancel()),
        ),
        # 12 × 7.00 for ten days of thirty: 84 - 56 = 28
        {"04-01": "84.00", "04-11": "-56.00"},
        id="A2: and then the end",
    ),
    pytest.param(
        story(
            FALLS,
            *[("04-01", change) for change in [AddSeats(1), RemoveSeats(1)] * 20],
            rules={"seats_removed": FORFEIT},
        ),
        {"04-01": "66.00"},  # 70 - 4 once
        id="A3: twenty rounds, removals forfeited",
    ),
    pytest.param(
        story(
            FALLS,
            *[("04-01", change) for change in [AddSeats(1), RemoveSeats(1)] * 20],
            rules={"seats_added": FORFEIT},
        ),
        {"04-01": "70.00"},  # the eleventh seat charges nothing, nor does its end
        id="A3: twenty rounds, additions forfeited",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-05", ApplyDiscount(half(1))),
            ("04-10", SwitchPlan(at("20", 1))),
            until="05-01",
            rules={"upgrade": FORFEIT},
        ),
        {"04-01": "100.00", "05-01": "100.00"},  # 10 × 20.00, half of it
        id="A4: a change that charges nothing uses no discount",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", RemoveSeats(4), AddSeats(4)),
            seats=5,
            discounts=(off("40"),),
        ),
        {"04-01": "10.00"},  # 50 - 40, and nothing for nothing
        id="A6: four fewer and four more in one call",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", RemoveSeats(4)),
            ("04-16", AddSeats(4)),
            seats=5,
            discounts=(off("40"),),
        ),
        {"04-01": "10.00"},
        id="A6: four fewer and four more on one day",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", RemoveSeats(4)),
            ("04-17", AddSeats(4)),
            seats=5,
            discounts=(off("40"),),
        ),
        # -20 + 15, then 40 × 14/30 = 18.67: a seat of another day leaves it alone
        {"04-01": "10.00", "04-16": "-5.00", "04-17": Decimal(56) / 3},
        id="an amount off that was cut stays cut on another day",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", SetSeats(8)),
            ("04-20", SetSeats(5)),
            ("04-21", SetSeats(8)),
            until="06-01",
            rules=NOTICE,
        ),
        {"04-01": "100.00", "05-01": "80.00", "06-01": "80.00"},
        id="A7: eight, five too late, eight again",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-01", ApplyDiscount(half()), AddSeats(5)),
            ("04-01", RemoveDiscount("half"), AddSeats(1)),
            ("04-01", RemoveSeats(6)),
        ),
        {"04-01": "100.00"},  # 100 + 25 + 10 - 35
        id="A8: what was opened last goes back first",
    ),
    pytest.param(
        story(
            TO_NOTHING,
            ("04-10", AddSeats(1)),
            discounts=(off("400"),),
            rules={"convention": Convention.FULL},
        ),
        {},  # 400 - 400, then -397.80 + 397.80
        id="A9: an amount off never exceeds the charges under FULL",
    ),
    pytest.param(
        story(
            at("365", interval=ANNUAL),
            ("04-05", AddSeats(1)),
            ("04-20", Freeze()),
            ("05-20", Unfreeze()),
            until="06-30",
            rules=BY_MONTH,
            **YEARLY,
        ),
        # the year ends on 1 May 2027: each first of a month, so 1 June; 361 days
        {"04-01": "365.00", "06-01": "361.00"},
        id="A10: billed on the next boundary of the grid that the thaw made",
    ),
    pytest.param(
        story(at("10"), until="06-01", discounts=(off("40", 2),), seats=0),
        {},
        id="Settled 1: nothing to cut from, not used yet",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-10", RemoveSeats(10)),
            ("05-10", AddSeats(10)),
            until="07-01",
            discounts=(half(2),),
            rules={"seats_removed": PERIOD_END, "seats_added": PERIOD_END},
        ),
        # April at half, nothing in May, June in full: April and May were its two
        {"04-01": "50.00", "06-01": "100.00", "07-01": "100.00"},
        id="Settled 1: a period without a charge counts too",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", ApplyDiscount(half(0)), AddSeats(1)),
            ("04-16", AddSeats(1)),
            until="06-01",
            rules={"settlement": Settlement.ON_RENEWAL},
        ),
        # 2 × 10 × 15/30 and 12 × 10, at half; then in full
        {"04-01": "100.00", "05-01": "65.00", "06-01": "120.00"},
        id="Settled 2: one invoice, whatever was gathered on it",
    ),
    pytest.param(
        story(
            Plan("both", "Both", 0, [*at("10").prices, *at("120", 0, ANNUAL).prices]),
            ("04-16", SwitchInterval(ANNUAL)),
            until="05-01",
            discounts=(off("40", 1),),
        ),
        # -50, and 350 of 365 days of 1200.00
        {"04-01": "60.00", "04-16": Decimal(1200 * 350) / 365 - 50},
        id="Settled 3: another interval leaves an amount off alone",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-01", AddAddOn(DROPPED)),
            ("04-16", SwitchPlan(at("20", 1))),
            rules={"convention": Convention.FULL},
        ),
        {"04-01": "103.00", "04-16": "100.00"},  # 200 - 100
        id="Settled 5: under FULL an add-on that is dropped gives nothing back",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", RemoveSeats(2)),
            ("04-16", SwitchPlan(at("20", 1))),
            rules={"upgrade": Timing.RESTART, "unused_time": UnusedTime.KEPT},
        ),
        # -10, then 8 × 20.00 in full
        {"04-01": "100.00", "04-16": "150.00"},
        id="Settled 10: a restart gives nothing back where time is kept",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-11", Freeze()),
            ("04-21", Unfreeze()),
            ("04-22", Freeze()),
            until="06-21",
            rules={"max_freeze_days": 20},
        ),
        # 20 days in all: the period ends on 21 May
        {"04-01": "100.00", "05-21": "100.00", "06-21": "100.00"},
        id="Settled 11: all freezes of a period together",
    ),
    pytest.param(
        story(at("10"), ("04-16", SwitchPlan(EDITORS, seats=SHARED)), seats=5),
        # -25 + 3 × 20.00 × 1/2 + 2 × 5.00 × 1/2
        {"04-01": "50.00", "04-16": "10.00"},
        id="polar#13749: a plan takes the quantities that it leads to",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", SwitchPlan(EDITORS, seats=SHARED)),
            seats=5,
            until="05-31",
            rules={"upgrade": PERIOD_END},
        ),
        {"04-01": "50.00", "05-01": "70.00"},
        id="dust#26532: and from the next period",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", SwitchPlan(EDITORS, seats=SHARED)),
            seats=5,
            until="05-15",
            rules={"upgrade": Timing.RESTART},
        ),
        {"04-01": "50.00", "04-16": "45.00"},  # -25 + 70
        id="a plan that restarts takes them for a full period",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", SwitchPlan(at("20", 1), seats=12)),
            until="05-31",
            rules={"seats_removed": PERIOD_END},
        ),
        # -50 + 100 + 2 × 20.00 × 1/2
        {"04-01": "100.00", "04-16": "70.00", "05-01": "240.00"},
        id="more of what both plans sell is bought",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", SwitchPlan(at("20", 1), seats=8)),
            until="05-31",
            rules={"seats_removed": PERIOD_END},
        ),
        {"04-01": "100.00", "04-16": "50.00", "05-01": "160.00"},
        id="fewer of what both plans sell leave as the rules say",
    ),
    pytest.param(
        story(
            at("20", 1),
            ("04-10", SwitchPlan(at("10"), seats=12)),
            ("04-13", AddSeats(1)),
            until="05-31",
            rules={"downgrade": PERIOD_END},
        ),
        # 20.00 × 18/30, and then 13 × 10.00
        {"04-01": "200.00", "04-13": "12.00", "05-01": "130.00"},
        id="a lower plan brings more seats, and one more is bought before it",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", SwitchPlan(EDITORS, seats=SHARED)),
            ("04-17", WithdrawPending(ChangeKind.PLAN)),
            seats=5,
            until="05-31",
            rules={"upgrade": PERIOD_END},
        ),
        {"04-01": "50.00", "05-01": "50.00"},
        id="a plan that is withdrawn takes its quantities along",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-16", RemoveSeats(3)),
            ("04-20", SwitchPlan(at("7"), seats=6)),
            until="06-30",
            rules=NOTICE | {"downgrade": PERIOD_END},
        ),
        # in time: 7 × 10.00; too late: 6 × 7.00
        {"04-01": "100.00", "05-01": "70.00", "06-01": "42.00"},
        id="what was in time stays where a plan comes too late",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-10", Pause(2), RemoveSeats(4)),
            until="07-31",
            rules={"seats_removed": PERIOD_END},
        ),
        {"04-01": "100.00", "07-01": "60.00"},
        id="Recurly: April is served, May and June are left out",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-10", Pause(2)),
            ("05-10", AddSeats(5)),
            ("05-16", EndPause()),
            until="06-01",
        ),
        # 15 × 10.00 × 16/31
        {"04-01": "100.00", "05-16": Decimal(2400) / 31, "06-01": "150.00"},
        id="a pause that ends on the 16th charges the rest of its month",
    ),
    pytest.param(
        story(
            at("10"), ("04-10", Pause(1)), until="07-01", discounts=(half(2), off("30"))
        ),
        {"04-01": "20.00", "06-01": "20.00", "07-01": "70.00"},
        id="a discount of two periods does not count the pause between them",
    ),
    pytest.param(
        story(
            at("10"),
            ("04-10", Pause(2), AddSeats(3)),
            ("05-08", ChargeFee("f", Money("5", "USD"))),
            until="07-01",
            rules=BY_MONTH,
        ),
        # 3 × 10.00 × 21/30 as it starts, the fee on the next first of a month
        {"04-01": "100.00", "05-01": "21.00", "06-01": "5.00", "07-01": "130.00"},
        id="what waits is billed as a pause starts, a fee of its days by the month",
    ),
    pytest.param(
        story(
            at("10"),
            (
                "04-01",
                Reprice(attrs.evolve(at("10"), prices=at("12").prices), day("05-01")),
                SetSeats(15, from_day=day("05-15")),
                Reprice(attrs.evolve(at("10"), prices=at("15").prices), day("06-20")),
            ),
            ("04-16", AddSeats(2)),
            until="07-01",
        ),
        # 2 × 10.00 × 15/30; 12 × 12.00; 15 × 12.00; 15 × 15.00
        {
            "04-01": "100.00",
            "04-16": "10.00",
            "05-01": "144.00",
            "06-01": "180.00",
            "07-01": "225.00",
        },
        id="Chargebee ramps: prices and numbers agreed at the start",
    ),
]


def billed(account):
    """Return the sum of each day in minor units, where there is any."""
    found = Counter()
    for on, lines in account.invoices:
        found[on] += sum(line.amount for line in lines)
    return {on: float(amount) for on, amount in found.items() if amount}


@pytest.mark.parametrize(("known", "sums"), STORIES)
def test_the_counter_comes_to_what_was_worked_out_by_hand(known, sums):
    account = opened(**known.opening | {"seats": {"seat": known.opening["seats"]}})
    for on, changes, _ in known.entries:
        ask(account, changes, on)
    walk(account, known.until)
    wanted = {day(on): float(Decimal(amount) * 100) for on, amount in sums.items()}
    assert billed(account) == pytest.approx(wanted)


@pytest.mark.parametrize(
    "known", [pytest.param(*s.values[:1], id=s.id) for s in STORIES]
)
def test_the_library_comes_to_what_the_counter_does(known):
    compare(known)


@pytest.mark.parametrize(
    ("back", "money", "gift"),
    [(6000, 1000, 5000), (4000, 1000, 3000), (600, 600, 0)],
)
def test_a_purse_gives_back_the_money_that_was_paid_above_a_gift(back, money, gift):
    """A gift of 50.00 pays a month of 60.00, and 10.00 are paid with money."""
    purse, june = Purse("earliest_first"), day("06-30")
    purse.grant("gift", june, 5000)
    assert purse.settle(day("04-01"), 6000) == (5000, {("gift", june): 5000})
    purse.settle(day("04-01"), -back)
    assert purse.left == {("paid", None): money, ("gift", june): gift}
    assert purse.finish(day("07-01")) == money
    assert purse.is_whole()
