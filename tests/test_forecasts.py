"""Amounts of whole columns: the engine's own, refused before they could overflow."""

from __future__ import annotations

import datetime as dt
import importlib
import itertools
import os
import random
import sys
from fractions import Fraction

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    BillingRules,
    Convention,
    Discount,
    Money,
    Period,
    Plan,
    Price,
    Rounding,
    change,
    subscribe,
)
from seatbill.discounts import DiscountTarget
from seatbill.errors import (
    MissingExtraError,
    NoPriceError,
    OutOfBoundsError,
    UnknownUnitError,
    WrongTypeError,
)
from seatbill.plans import Tier, TiersMode

np = pytest.importorskip("numpy", reason="NumPy is not installed")

from seatbill.forecasts import addition_amounts, renewal_amounts  # noqa: E402

FIRST = dt.date(2026, 4, 1)
APRIL = Period(FIRST, dt.date(2026, 5, 1))
# `make spark` sets the variable: 10^5 rows in all.
IN_FULL = bool(os.environ.get("SEATBILL_SPARK"))
TIERS = [
    Tier(up_to=5, unit_amount="9.995"),
    Tier(up_to=20, unit_amount="7.3333", flat_amount="3.50"),
    Tier(up_to=None, unit_amount="5.05"),
]


def priced(**price):
    return Plan("pro", "Pro", 1, [Price(currency="EUR", **price)])


PLANS = {
    "linear": priced(unit_amount="4.9875"),
    "graduated": priced(tiers=TIERS, tiers_mode=TiersMode.GRADUATED),
    "volume": priced(tiers=TIERS, tiers_mode=TiersMode.VOLUME),
}
COMBINATIONS = [*itertools.product(PLANS, Rounding)]
ROWS = 100_000 // len(COMBINATIONS) if IN_FULL else 40
SEVENTH = Discount(id="seventh", percent_off="14.285")


def house(rounding=Rounding.HALF_UP, **more):
    rules = BillingRules(rounding=rounding, **more)
    return {"interval": MONTHLY, "currency": "EUR", "rules": rules}


def subtotal(outcome):
    """Return the minor units that the invoice of an outcome comes to, if any."""
    return sum(invoice.subtotal.minor_units for invoice in outcome.invoices)


@pytest.mark.parametrize(("mode", "rounding"), COMBINATIONS)
def test_amounts_are_those_of_the_engine(mode, rounding):
    plan, chance = PLANS[mode], random.Random(f"{mode} {rounding}")
    known = house(rounding)
    rows = [(chance.randint(1, 40), chance.randint(1, 40)) for _ in range(ROWS)]
    owned, added = np.array(rows).T
    for discounts in ((), (SEVENTH,)):
        new = renewal_amounts(plan, owned, discounts=discounts, **known)
        day = dt.date(2026, 4, chance.randint(2, 30))
        used = {"used": Period(day, APRIL.end), "whole": APRIL, "discounts": discounts}
        more = addition_amounts(plan, owned, added, **used, **known)
        by_engine = {}
        for (seats, extra), first, grown in zip(rows, new, more, strict=True):
            if (seats, extra) not in by_engine:
                start = subscribe(
                    plan, id="x", seats=seats, on=FIRST, discounts=discounts, **known
                )
                after = change(start.subscription, AddSeats(extra), on=day)
                by_engine[seats, extra] = subtotal(start), subtotal(after)
            assert (first, grown) == by_engine[seats, extra], (seats, extra, day)


def test_worked_amounts():
    # 5 × 9.995 = 49.975; 12: 49.975 + 3.50 + 7 × 7.3333 = 104.8081; at volume price
    # 3.50 + 12 × 7.3333 = 91.4996; none is nothing.
    known = house()
    graduated = renewal_amounts(PLANS["graduated"], [0, 5, 12], **known)
    assert graduated.tolist() == [0, 4998, 10481]
    assert renewal_amounts(PLANS["volume"], [12], **known).tolist() == [9150]
    # Half of April: (91.4996 - 49.975) / 2 = 20.7623.
    half = Period(dt.date(2026, 4, 16), APRIL.end)
    found = addition_amounts(PLANS["volume"], [5], [7], used=half, whole=APRIL, **known)
    assert found.tolist() == [2076]


def test_a_volume_price_that_falls_for_all_gives_back():
    # 5 × 9.00 = 45.00; 6 × 1.00 = 6.00: 39.00 come back, half of it for half of April.
    tiers = [Tier(up_to=5, unit_amount="9.00"), Tier(up_to=None, unit_amount="1.00")]
    plan = priced(tiers=tiers, tiers_mode=TiersMode.VOLUME)
    half = Period(dt.date(2026, 4, 16), APRIL.end)
    found = addition_amounts(plan, [5], [1], used=half, whole=APRIL, **house())
    assert found.tolist() == [-1950]


def test_a_price_by_formula_is_the_engines():
    # 4.99 × 12 at 20 % off is 47.904, rounded to 47.90 for a seat; ten are 479.00.
    plan = priced(unit_amount="4.99")
    rules = BillingRules(interval_discounts=((ANNUAL, Fraction(1, 5)),))
    found = renewal_amounts(plan, [1, 10], interval=ANNUAL, currency="EUR", rules=rules)
    assert found.tolist() == [4790, 47900]


def test_a_flat_price_is_one_and_a_measured_one_is_in_packs():
    flat = priced(unit_amount="30.00", flat=True)
    assert renewal_amounts(flat, [0, 1, 9], **house()).tolist() == [3000] * 3
    calls = priced(
        unit="call", unit_amount="0.10", measured=True, batch=10, max_quantity=50
    )
    # Packs that were begun, 50 at most: 10, 20 and 50 calls at 0.10.
    found = renewal_amounts(calls, [1, 11, 99], unit="call", **house())
    assert found.tolist() == [100, 200, 500]


def test_percentages_for_others_take_nothing_off():
    annual = Discount(
        id="a", percent_off="50", applies_to=DiscountTarget(intervals=(ANNUAL,))
    )
    half = Discount(
        id="h", percent_off="50", applies_to=DiscountTarget(units=("seat",))
    )
    whole = Discount(id="w", percent_off="100")
    plan = priced(unit_amount="10.00")
    for discounts, wanted in (([annual], 1000), ([half], 500), ([whole], 0)):
        found = renewal_amounts(plan, [1], discounts=discounts, **house())
        assert found.tolist() == [wanted]


@pytest.mark.parametrize("convention", Convention)
def test_each_convention_counts_as_the_engine(convention):
    plan, known = priced(unit_amount="31.00"), house(convention=convention)
    for day in (2, 16, 30):
        on = dt.date(2026, 4, day)
        start = subscribe(plan, id="x", seats=1, on=FIRST, **known)
        wanted = subtotal(change(start.subscription, AddSeats(2), on=on))
        used = Period(on, APRIL.end)
        found = addition_amounts(plan, [1], [2], used=used, whole=APRIL, **known)
        assert found.tolist() == [wanted]


def test_the_shape_stays_and_nothing_is_nothing():
    plan = priced(unit_amount="1.00")
    assert renewal_amounts(plan, [[1], [2]], **house()).tolist() == [[100], [200]]
    assert renewal_amounts(plan, [], **house()).tolist() == []
    half = {"used": APRIL, "whole": APRIL}
    assert addition_amounts(plan, [], [], **half, **house()).tolist() == []


def test_the_largest_that_fits_is_exact_and_the_next_is_refused():
    plan = priced(unit_amount="1000000.00")
    with pytest.raises(OutOfBoundsError) as error:
        renewal_amounts(plan, [2**62], **house())
    most = error.value.maximum
    assert renewal_amounts(plan, [most], **house()).tolist() == [most * 10**8]
    with pytest.raises(OutOfBoundsError):
        renewal_amounts(plan, [most + 1], **house())
    huge = priced(unit_amount="999999999999999999.5")
    assert renewal_amounts(huge, [0], **house()).tolist() == [0]


@pytest.mark.parametrize(
    ("quantities", "error"),
    [
        ([1.5], WrongTypeError),
        (["1"], WrongTypeError),
        ([True], WrongTypeError),
        ([-1], OutOfBoundsError),
        (np.array([2**64 - 1], np.uint64), OutOfBoundsError),
        ([3], OutOfBoundsError),
        ([12], OutOfBoundsError),
        ([5], OutOfBoundsError),
    ],
)
def test_quantities_are_whole_numbers_that_the_price_allows(quantities, error):
    bounds = {"min_quantity": 4, "max_quantity": 10, "batch": 2}
    plan = priced(unit_amount="1.00", **bounds)
    with pytest.raises(error):
        renewal_amounts(plan, quantities, **house())
    assert renewal_amounts(plan, [0, 4, 10], **house()).tolist() == [0, 400, 1000]


def test_what_is_asked_in_vain_is_refused_by_name():
    plan = priced(unit_amount="1.00")
    with pytest.raises(NoPriceError):
        renewal_amounts(plan, [1], unit="tram", **house())
    fixed = Discount(id="fixed", amount_off=Money("1.00", "EUR"))
    few = Discount(id="few", percent_off="10", applies_to=DiscountTarget(first=3))
    for discount in (fixed, few):
        with pytest.raises(WrongTypeError):
            renewal_amounts(plan, [1], discounts=[discount], **house())
    april = {"used": APRIL, "whole": APRIL}
    with pytest.raises(WrongTypeError):
        addition_amounts(plan, [1, 2], [1], **april, **house())
    late = {"used": Period(FIRST, dt.date(2026, 5, 2)), "whole": APRIL}
    with pytest.raises(OutOfBoundsError):
        addition_amounts(plan, [1], [1], **late, **house())
    for owned, added in (([2**63 - 1], [1]), ([1], [2**63 - 1])):
        with pytest.raises(OutOfBoundsError):
            addition_amounts(plan, owned, added, **april, **house())
    for more in ({"flat": True}, {"measured": True}, {"in_arrears": True}):
        other = priced(unit_amount="1.00", **more)
        with pytest.raises(UnknownUnitError):
            addition_amounts(other, [1], [1], **april, **house())


def test_numpy_that_is_missing_is_named_with_its_extra(monkeypatch):
    monkeypatch.delitem(sys.modules, "seatbill.forecasts")
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(MissingExtraError) as told:
        importlib.import_module("seatbill.forecasts")
    assert (told.value.package, told.value.extra) == ("numpy", "forecasts")
