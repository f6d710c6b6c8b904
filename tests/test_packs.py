"""Seats that are sold in packs: people are counted in seats, bought are whole packs."""

from __future__ import annotations

import datetime as dt
import json

import attrs
import pytest

from seatbill import (
    MONTHLY,
    AddOn,
    AddSeats,
    BillingRules,
    Discount,
    Member,
    Plan,
    Price,
    RemoveSeats,
    Reprice,
    SetSeats,
    SwitchPlan,
    TaxRate,
    Timing,
    admit,
    adopt,
    change,
    occupancy,
    preview_invoice,
    renew,
    subscribe,
    verify,
)
from seatbill.catalogs import Catalog
from seatbill.converters import dump, from_data, load, to_data
from seatbill.errors import (
    BatchError,
    NoSeatLeftError,
    PriceError,
    ScheduledChangeError,
    TooFewSeatsError,
    TooManySeatsError,
)
from seatbill.formatting import describe
from seatbill.money import Money
from seatbill.subscriptions import Subscription

APRIL, MIDDLE, MAY = dt.date(2026, 4, 1), dt.date(2026, 4, 16), dt.date(2026, 5, 1)


def price(amount="10.00", batch=5, **more):
    return Price(unit_amount=amount, currency="EUR", batch=batch, **more)


def plan(*prices, id="pro", rank=1):
    return Plan(id, id.title(), rank, prices or (price(),))


PACKS = plan()
SINGLE = plan(price(batch=1))


def start(seats, sold=PACKS, on=APRIL, **more):
    rules = more.pop("rules", BillingRules())
    return subscribe(
        sold, id="ada", interval=MONTHLY, seats=seats, on=on, rules=rules, **more
    )


def amounts(outcome):
    assert all(verify(invoice) == () for invoice in outcome.invoices)
    return [(n.quantity, str(n.amount.amount)) for n in outcome.invoice.lines]


# -------------------------------------------------------------------------- the price


@pytest.mark.parametrize(
    ("least", "most"), [(3, None), (0, 12), (5, 12), (3, 10), (1, 5)]
)
def test_bounds_are_whole_packs(least, most):
    with pytest.raises(PriceError) as refused:
        price(min_quantity=least, max_quantity=most)
    assert refused.value.problem == "bounds_in_parts"


def test_an_add_on_has_its_own_batch():
    with pytest.raises(PriceError) as refused:
        AddOn("extra", "Extra", (price(),))
    assert (refused.value.problem, refused.value.item) == ("batch_of_add_on", "extra")


# ------------------------------------------------------------------------- quantities


@pytest.mark.parametrize(
    ("seats", "nearest"), [(1, (5,)), (4, (5,)), (6, (5, 10)), (14, (10, 15))]
)
def test_parts_of_packs_are_not_sold(seats, nearest):
    with pytest.raises(BatchError) as refused:
        start(seats)
    error = refused.value
    assert (error.item, error.asked, error.batch) == ("seat", seats, 5)
    assert error.nearest == nearest
    assert f"ask for {' or '.join(map(str, nearest))}" in str(error.as_dict())
    with pytest.raises(BatchError):
        adopt(
            PACKS,
            id="ada",
            interval=MONTHLY,
            seats=seats,
            current_period=start(5).subscription.current_period,
            charged=Money("10.00", "EUR"),
            rules=BillingRules(),
        )


def test_a_pack_is_priced_by_its_seats():
    """10 × 10.00; 16 April: 5 × 10.00 × 15/30 = 25.00."""
    opened = start(10)
    assert amounts(opened) == [(10, "100.00")]
    more = change(opened.subscription, AddSeats(5), on=MIDDLE)
    assert amounts(more) == [(5, "25.00")]
    assert amounts(renew(more.subscription, on=MAY)) == [(15, "150.00")]
    assert start(0).invoice is None


@pytest.mark.parametrize(
    "asked",
    [AddSeats(1), AddSeats(4), AddSeats(6), SetSeats(11), RemoveSeats(3), SetSeats(7)],
)
@pytest.mark.parametrize("timing", [None, Timing.IMMEDIATE, Timing.PERIOD_END])
def test_no_change_leads_to_parts_of_packs(asked, timing):
    opened = start(10).subscription
    with pytest.raises(BatchError):
        change(opened, asked, on=MIDDLE, timing=timing)


def test_what_is_owned_after_the_call_counts():
    """3 and 2 more are one pack; 10 − 3 and + 3 are what it was."""
    opened = start(10).subscription
    outcome = change(opened, AddSeats(3), AddSeats(2), on=MIDDLE)
    assert outcome.subscription.quantity() == 15
    assert str(outcome.invoice.total.amount) == "25.00"
    again = change(opened, RemoveSeats(3), AddSeats(3), on=MIDDLE)
    assert again.subscription.pending_updates == ()


def test_a_pack_leaves_at_the_periods_end_and_comes_back_free_of_charge():
    opened = start(10).subscription
    less = change(opened, RemoveSeats(5, occupied=5), on=MIDDLE)
    assert less.invoice is None
    assert str(preview_invoice(less.subscription).total.amount) == "50.00"
    back = change(less.subscription, AddSeats(5), on=MIDDLE)
    assert (back.invoice, back.subscription.pending_updates) == (None, ())
    with pytest.raises(BatchError):
        change(less.subscription, AddSeats(3), on=MIDDLE)


@pytest.mark.parametrize(
    ("occupied", "stay"), [(0, 5), (5, 5), (6, 10), (10, 10), (11, 15), (14, 15)]
)
def test_a_pack_with_somebody_in_it_is_not_removed(occupied, stay):
    """15 are owned, 10 of them wait to leave."""
    less = change(start(15).subscription, RemoveSeats(10), on=MIDDLE).subscription
    renewed = renew(less, on=MAY, occupied={"seat": occupied})
    assert renewed.subscription.quantity() == stay
    assert [n.code for n in renewed.notices] == ["removal_cut"] * (stay > 5)


def test_bounds_and_packs_go_together():
    sold = plan(price(min_quantity=5, max_quantity=10))
    with pytest.raises(TooFewSeatsError):
        start(3, sold)
    with pytest.raises(TooManySeatsError):
        start(15, sold)
    with pytest.raises(BatchError):
        start(7, sold)
    assert start(10, sold).subscription.quantity() == 10


def test_one_unit_of_two_may_come_in_packs():
    sold = plan(price(), price("3.00", batch=1, unit="viewer"))
    outcome = start({"seat": 5, "viewer": 3}, sold)
    assert amounts(outcome) == [(5, "50.00"), (3, "9.00")]
    with pytest.raises(BatchError):
        start({"seat": 6, "viewer": 3}, sold)


def test_with_discount_tax_and_tiers():
    """10 seats at 10.00, 20 % off, 10 % tax: 80.00 + 8.00."""
    outcome = start(
        10, discounts=[Discount.percent("20", id="d")], tax_rates=[TaxRate("t", "0.1")]
    )
    assert str(outcome.invoice.total.amount) == "88.00"


# ------------------------------------------------------------------------------ plans


def test_a_plan_in_packs_takes_whole_packs():
    """7 at 10.00 to packs at 20.00 with 10: −35.00 + 100.00 on 16 April."""
    dear = plan(price("20.00"), id="team", rank=2)
    opened = start(7, SINGLE).subscription
    with pytest.raises(BatchError) as refused:
        change(opened, SwitchPlan(dear), on=MIDDLE)
    assert refused.value.nearest == (5, 10)
    for asked in (
        (SwitchPlan(dear, seats=10),),
        (SwitchPlan(dear), AddSeats(3)),
        (AddSeats(3), SwitchPlan(dear)),
    ):
        outcome = change(opened, *asked, on=MIDDLE)
        assert outcome.subscription.quantity() == 10
        assert str(outcome.invoice.total.amount) == "65.00"


def test_a_plan_in_packs_waits_with_whole_packs():
    cheap = plan(price("5.00"), id="lite", rank=0)
    opened = start(7, SINGLE).subscription
    with pytest.raises(BatchError):
        change(opened, SwitchPlan(cheap), on=MIDDLE)
    waits = change(opened, SwitchPlan(cheap, seats=5), on=MIDDLE).subscription
    (renewed,) = renew(waits, on=MAY).invoices
    assert str(renewed.total.amount) == "25.00"


def test_what_is_scheduled_is_named_where_it_is_why():
    """10 fit the packs that wait; 11 would be two and a seat."""
    cheap = plan(price("5.00"), id="lite", rank=0)
    waits = change(start(10, SINGLE).subscription, SwitchPlan(cheap), on=MIDDLE)
    with pytest.raises(ScheduledChangeError) as refused:
        change(waits.subscription, AddSeats(1), on=MIDDLE)
    error = refused.value
    assert (error.applies_on, error.unit, error.asked, error.bound) == (
        MAY,
        "seat",
        11,
        15,
    )
    assert change(waits.subscription, AddSeats(5), on=MIDDLE).invoice


def test_a_list_in_packs_takes_nothing_away():
    """7 stay at the new price, 84.00; more or fewer are whole packs."""
    listed = plan(price("12.00"))
    opened = start(7, SINGLE).subscription
    asked = change(opened, Reprice(listed, MAY), on=MIDDLE).subscription
    renewed = renew(asked, on=MAY)
    assert amounts(renewed) == [(7, "84.00")]
    assert amounts(renew(renewed.subscription, on=dt.date(2026, 6, 1))) == [
        (7, "84.00")
    ]
    for refused in (AddSeats(1), RemoveSeats(1), SetSeats(9)):
        with pytest.raises(BatchError):
            change(renewed.subscription, refused, on=MAY)
    for quantity in (5, 10):
        on_them = change(renewed.subscription, SetSeats(quantity), on=MAY)
        assert on_them.subscription.version > renewed.subscription.version
    assert amounts(change(renewed.subscription, AddSeats(3), on=MAY)) == [(3, "36.00")]


# --------------------------------------------------------------------------- measured


@pytest.mark.parametrize(
    ("people", "billed"), [(0, None), (1, 5), (5, 5), (6, 10), (12, 15)]
)
def test_measured_packs_are_billed_whole(people, billed):
    sold = plan(price(measured=True, in_arrears=True))
    opened = start({}, sold).subscription
    renewed = renew(opened, on=MAY, measured={"seat": people})
    found = [line.quantity for i in renewed.invoices for line in i.lines]
    assert found == ([billed] if billed else [0] if found else [])
    assert renewed.subscription.quantity() == people


def test_measured_packs_stay_within_their_bounds():
    """Packs of 5, at least 10 and at most 20: 3 are 10, 12 are 15, 33 are 20."""
    sold = plan(price(measured=True, in_arrears=True, min_quantity=10, max_quantity=20))
    opened = start({}, sold).subscription
    for people, billed in ((3, 10), (12, 15), (33, 20)):
        invoice = renew(opened, on=MAY, measured={"seat": people}).invoice
        assert [line.quantity for line in invoice.lines] == [billed]


# ----------------------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("newcomers", "missing"), [(3, 5), (7, 5), (8, 10), (12, 10), (13, 15)]
)
def test_admit_says_how_many_whole_packs_are_missing(newcomers, missing):
    """8 of 10 seats are taken: 2 are free."""
    people = occupancy([Member(str(n)) for n in range(8)], owned=10)
    with pytest.raises(NoSeatLeftError) as refused:
        admit(people, newcomers, batch=5)
    assert refused.value.missing == missing
    assert admit(people, 2, batch=5).seats == 2


# ---------------------------------------------------------------------------- the rest


def test_the_free_plan_of_the_rules_may_come_in_packs():
    free = Plan("free", "Free", 0, (price("0.00"),))
    rules = BillingRules(free_plan=free)
    with pytest.raises(BatchError):
        start(7, free, rules=rules)
    assert start(5, free, rules=rules).invoices == ()


def test_of_the_packs_of_a_free_plan_each_may_be_left_out():
    """Five guests are a pack of another unit, and nobody asked for any."""
    guests = attrs.evolve(price("0.00"), unit="guest")
    free = Plan("free", "Free", 0, (price("0.00"), guests))
    opened = start(5, free, rules=BillingRules(free_plan=free))
    assert dict(opened.subscription.seats) == {"seat": 5}


def test_documents_know_packs():
    opened = start(10).subscription
    assert load(json.loads(json.dumps(dump(opened))), Subscription) == opened
    data = to_data(price(batch=1))
    assert "batch" not in data
    assert from_data(data, Price) == price(batch=1)
    assert to_data(price())["batch"] == 5


def test_a_refusal_without_the_multiples_is_read_and_said():
    """As earlier versions wrote it."""
    old, new = BatchError("seat", 7, 5), BatchError("seat", 7, 5, (5, 10))
    assert "ask for a multiple of 5" in str(old.as_dict())
    assert "5 or 10" in str(new.as_dict())
    for locale in ("fr", "de", "es", "it"):
        assert "10" in describe(new, locale)


def test_a_catalogue_of_packs_is_sound():
    assert Catalog([PACKS, SINGLE_LISTED]).problems() == ()


SINGLE_LISTED = attrs.evolve(SINGLE, id="single")
