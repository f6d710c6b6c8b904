"""A line under tiers tells how it is made up; names come from a catalogue."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    Catalog,
    Discount,
    Money,
    Plan,
    Price,
    RemoveAddOn,
    RemoveSeats,
    Service,
    SwitchPlan,
    Tier,
    Timing,
    change,
    explain,
    subscribe,
)
from seatbill.documents import to_text
from seatbill.errors import SeatbillError, UnknownItemError, WrongTypeError
from seatbill.formatting import describe
from seatbill.formatting._tiers import tiers_text
from seatbill.plans import TiersMode

START = dt.date(2026, 1, 1)
LATER = dt.date(2026, 1, 11)
VOLUME, GRADUATED = TiersMode.VOLUME, TiersMode.GRADUATED
TEN = (Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8"))


def plan(*tiers: Tier, mode: TiersMode = GRADUATED, **more: Any) -> Plan:
    price = Price(currency="EUR", tiers=tiers or TEN, tiers_mode=mode, **more)
    return Plan("pro", "Professional", 2, [price])


def opened(item: Plan, seats: int = 8, **more: Any) -> Any:
    start = {"id": "s", "interval": MONTHLY, "on": START, "rules": BillingRules()}
    return subscribe(item, seats=seats, **start | more)


def told(outcome: Any, *items: Any, at: str = "en") -> list[str]:
    return [
        tiers_text(line, items, at).replace("\u00a0", " ")
        for line in outcome.invoice.lines
    ]


def changed(outcome: Any, *changes: Any) -> Any:
    return change(outcome.subscription, *changes, on=LATER, timing=Timing.IMMEDIATE)


# Worked out by hand: what each tier costs for the whole period.
@pytest.mark.parametrize(
    ("mode", "seats", "said"),
    [
        (GRADUATED, 1, "1 × €10.00 = €10.00"),
        (GRADUATED, 5, "5 × €10.00 = €50.00"),
        (GRADUATED, 8, "5 × €10.00 + 3 × €8.00 = €74.00"),
        (VOLUME, 5, "5 × €10.00 = €50.00"),
        (VOLUME, 8, "8 × €8.00 = €64.00"),
        (VOLUME, 1200, "1,200 × €8.00 = €9,600.00"),
    ],
)
def test_a_first_charge_is_the_sum_of_its_tiers(mode, seats, said):
    item = plan(mode=mode)
    assert told(opened(item, seats), item) == [said]


@pytest.mark.parametrize(
    ("mode", "before", "asked", "said"),
    [
        (GRADUATED, 4, AddSeats(3), "1 × €10.00 + 2 × €8.00 = €26.00"),
        (GRADUATED, 6, AddSeats(2), "2 × €8.00 = €16.00"),
        (
            GRADUATED,
            8,
            RemoveSeats(4, occupied=1),
            "− 1 × €10.00 − 3 × €8.00 = -€34.00",
        ),
        # One more, and all six are cheaper.
        (VOLUME, 5, AddSeats(1), "6 × €8.00 − 5 × €10.00 = -€2.00"),
        (VOLUME, 6, AddSeats(2), "2 × €8.00 = €16.00"),
        (VOLUME, 8, RemoveSeats(4, occupied=1), "4 × €10.00 − 8 × €8.00 = -€24.00"),
    ],
)
def test_a_change_is_the_difference_of_two_sums(mode, before, asked, said):
    item = plan(mode=mode)
    assert told(changed(opened(item, before), asked), item) == [said]


def test_a_flat_amount_is_for_reaching_a_tier():
    tiers = (
        Tier(up_to=5, unit_amount="10", flat_amount="20"),
        Tier(up_to=None, unit_amount="8", flat_amount="3"),
    )
    graduated, volume = plan(*tiers), plan(*tiers, mode=VOLUME)
    assert told(opened(graduated), graduated) == [
        "5 × €10.00 + €20.00 + 3 × €8.00 + €3.00 = €97.00"
    ]
    assert told(opened(volume), volume) == ["8 × €8.00 + €3.00 = €67.00"]


def test_a_longer_period_has_the_price_of_so_many_intervals():
    item = plan()
    for interval, said in (
        (QUARTERLY, "5 × €30.00 + 3 × €24.00 = €222.00"),
        (ANNUAL, "5 × €120.00 + 3 × €96.00 = €888.00"),
    ):
        assert told(opened(item, interval=interval), item) == [said]


def test_discounts_come_after_the_tiers():
    item = plan()
    off = opened(item, discounts=[Discount.percent("20", id="promo")])
    assert told(off, item) == ["5 × €10.00 + 3 × €8.00 = €74.00"]
    free = opened(item, discounts=[Discount.percent("100", id="free")])
    assert told(free, item) == [""]


def test_nothing_is_told_that_is_not_what_the_line_says():
    item = plan()
    first = opened(item)
    assert told(first) == [""]
    dearer = plan(Tier(up_to=5, unit_amount="11"), Tier(up_to=None, unit_amount="8"))
    assert told(first, dearer) == [""]
    assert told(first, dearer, item) == ["5 × €10.00 + 3 × €8.00 = €74.00"]
    assert told(first, attrs.evolve(item, id="other")) == [""]
    dollars = plan()
    dollars = attrs.evolve(
        dollars, prices=[attrs.evolve(dollars.prices[0], currency="USD")]
    )
    assert told(first, dollars, Service("pro", "Set-up", Money("1", "EUR"))) == [""]
    plain = Plan("pro", "Pro", 1, [Price(unit_amount="10", currency="EUR")])
    assert told(opened(plain), item) == [""]


def test_of_two_ways_to_make_a_change_none_is_told():
    """Two more at 10 and 6, or two at 8 and 8: 16.00 either way."""
    tiers = [
        Tier(up_to=1, unit_amount="10"),
        Tier(up_to=4, unit_amount="6"),
        Tier(up_to=None, unit_amount="8"),
    ]
    item = plan(*tiers)
    assert told(changed(opened(item, 5), AddSeats(2)), item) == [""]
    assert told(changed(opened(item, 2), AddSeats(1)), item) == ["1 × €6.00 = €6.00"]


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=3, unique=True).map(sorted),
    st.lists(st.integers(0, 900), min_size=4, max_size=4),
    st.sampled_from(TiersMode),
    st.integers(1, 60),
    st.integers(1, 60),
)
def test_each_sum_that_is_told_is_right(ends, cents, mode, seats, more):
    """Against a reader who takes the words apart and adds up."""
    tiers = [
        Tier(up_to=end, unit_amount=str(Fraction(c) / 1))
        for end, c in zip([*ends, None], cents, strict=False)
    ]
    item = plan(*tiers, mode=mode)
    first = opened(item, seats)
    for outcome in (first, changed(first, AddSeats(more))):
        for line, said in zip(outcome.invoice.lines, told(outcome, item), strict=True):
            if said:
                assert read(said) == (line.full_amount, line.full_amount)


def read(said: str) -> tuple[Fraction, Fraction]:
    """Return what the parts of a sum come to, and what it says that they do."""
    parts, _, stated = said.replace("€", "").replace(",", "").partition(" = ")
    total = Fraction(0)
    for part in parts.replace("− ", "+ -").split("+"):
        if not part.strip():
            continue
        times, _, price = part.replace(" ", "").partition("×")
        total += Fraction(times) * Fraction(price)
    return total, Fraction(stated)


def test_the_customer_reads_it_on_every_document():
    item = plan()
    catalog = Catalog([item])
    found = to_text(opened(item).invoice, catalog=catalog)
    assert "Tiers: 5 × €10.00 + 3 × €8.00" in found
    assert "Priced by tiers" not in found
    assert "Priced by tiers" in to_text(opened(item).invoice)
    part = to_text(changed(opened(item), AddSeats(2)).invoice, catalog=catalog)
    assert "for a whole period" not in part  # it is the sum of the tiers
    off = opened(item, discounts=[Discount.percent("50", id="half")])
    part = to_text(changed(off, AddSeats(2)).invoice, catalog=catalog)
    assert "€8.00 for a whole period" in part


def test_a_seat_that_makes_all_cheaper_is_not_called_unused():
    item = plan(mode=VOLUME)
    outcome = changed(opened(item, 5), AddSeats(1))
    (line,) = outcome.invoice.lines
    assert line.amount < Money.zero("EUR")
    for said in (to_text(outcome.invoice), describe(line), explain(line)):
        assert "Lower price: " in said
        assert "Unused" not in said
    (back,) = changed(opened(item, 8), RemoveSeats(4, occupied=1)).invoice.lines
    assert describe(back) == "Unused: 4 seats, pro"


# Names from a catalogue.

STORAGE = AddOn("storage", "Speicher", [Price(unit_amount="9", currency="EUR")])
SETUP = Service("setup", "Einrichtung", Money("250", "EUR"))
GERMAN = Catalog([attrs.evolve(plan(), name="Profi")], [STORAGE], [SETUP])


def test_explain_and_describe_call_items_as_the_catalog_does():
    item = plan()
    (line,) = opened(item).invoice.lines
    assert describe(line) == "8 seats, pro"
    assert describe(line, catalog=GERMAN) == "8 seats, Profi"
    assert explain(line, catalog=GERMAN).startswith("8 seats, Profi, Jan 1")
    assert "(price by tiers: 5\u00a0×\u00a0€10.00 + " in explain(line, catalog=GERMAN)
    assert "(price by tiers)." in explain(line)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(SwitchPlan(plan()), "Switch to plan Profi", id="its own name"),
        pytest.param(
            AddAddOn(attrs.evolve(STORAGE, name="Storage")), "Add Speicher", id="add-on"
        ),
        pytest.param(
            RemoveAddOn(attrs.evolve(STORAGE, id="x", name="Other")),
            "Remove Other",
            id="unknown there",
        ),
        pytest.param(BuyService(SETUP), "Buy Einrichtung", id="service"),
        pytest.param(AddSeats(3), "Add 3 seats", id="no item"),
        pytest.param(TiersMode.VOLUME, "Volume tiers", id="a word"),
    ],
)
def test_a_change_names_items_as_the_catalog_does(value, said):
    assert describe(value, catalog=GERMAN) == said


def test_what_waits_and_a_refusal_name_items_too():
    from seatbill.errors import LimitReachedError
    from seatbill.verification import Discrepancy

    outcome = change(
        opened(plan()).subscription,
        SwitchPlan(Plan("s", "Small", 1, [Price(unit_amount="1", currency="EUR")])),
        on=LATER,
        timing=Timing.PERIOD_END,
    )
    (update,) = outcome.subscription.pending_updates
    small = attrs.evolve(update.value, name="Klein")
    found = describe(update, catalog=Catalog([small]))
    assert found.startswith("Plan Klein from ")
    refusal = LimitReachedError("s", "projects", 1, 3, 3, 1, ("pro",), "plans")
    assert "Profi" in describe(refusal, catalog=GERMAN)
    unknown = UnknownItemError("plan", "gone", ("pro",))
    assert "'gone'" in describe(unknown, catalog=GERMAN)
    wrong = Discrepancy("total", Money("1", "EUR"), Money("2", "EUR"))
    assert describe(wrong, catalog=GERMAN) == describe(wrong)


@pytest.mark.parametrize("say", [describe, explain])
def test_what_is_no_catalog_is_refused(say):
    (line,) = opened(plan()).invoice.lines
    with pytest.raises(WrongTypeError) as refusal:
        say(line, catalog="de")
    assert refusal.value.name == "catalog"
    with pytest.raises(SeatbillError):
        say(line, catalog=[plan()])
