"""Prices, discounts and catalogues at the edges that no story comes to."""

from __future__ import annotations

from fractions import Fraction

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    Interval,
    Price,
    Rounding,
    Tier,
)
from seatbill.errors import OutOfBoundsError
from shop import priced, usd
from stories import Story, bills

MONTH, QUARTER = usd("10.00"), usd("27.00", interval=QUARTERLY)
TIERS = [
    Tier(up_to=2, unit_amount="5.00", flat_amount="1.00"),
    Tier(up_to=None, unit_amount="3.00"),
]


@pytest.mark.parametrize(
    ("prices", "interval", "bill"),
    [
        pytest.param([QUARTER], ANNUAL, "+108.00 = 108.00", id="4 × 27.00"),
        pytest.param(
            [QUARTER, MONTH], ANNUAL, "+120.00 = 120.00", id="12 × 10.00, the shortest"
        ),
        pytest.param(
            [MONTH, QUARTER], ANNUAL, "+120.00 = 120.00", id="whichever is listed first"
        ),
        pytest.param(
            [
                usd("10.00", interval=Interval(days=30)),
                usd("11.00", interval=MONTHLY),
            ],
            QUARTERLY,
            "+30.00 = 30.00",
            id="the first of two that are as long",
        ),
    ],
)
def test_a_longer_interval_costs_as_many_of_the_shortest_as_make_it(
    prices, interval, bill
):
    story = Story(priced("p", *prices), "2026-01-01", interval=interval)
    assert bills(story.opening) == [f"2026-01-01: {bill}"]


def test_a_unit_that_is_sold_in_another_currency_alone_is_not_asked_for():
    guest = Price(unit="guest", unit_amount="1.00", currency="EUR")
    story = Story(priced("p", MONTH, guest), "2026-01-01", currency="USD")
    assert bills(story.opening) == ["2026-01-01: +10.00 = 10.00"]


@pytest.mark.parametrize(
    ("times", "off", "cents"),
    [
        pytest.param(1, None, 1000, id="as it is"),
        pytest.param(2, None, 2000, id="twice"),
        pytest.param(1, Fraction(1, 5), 800, id="a fifth off one"),
        pytest.param(2, Fraction(1, 5), 1600, id="a fifth off two"),
        pytest.param(1, Fraction(0), 1000, id="nothing off"),
        pytest.param(1, Fraction(1), 0, id="all off"),
    ],
)
def test_a_rate_is_of_so_many_intervals_so_much_cheaper(times, off, cents):
    rate = MONTH.rate(times=times, off=off, rounding=Rounding.HALF_UP)
    assert (rate.total(1), rate.total(0), rate.total(3)) == (cents, 0, 3 * cents)
    assert rate == (1, cents, (), False, (), ())


def test_a_rate_is_of_one_interval_at_least():
    with pytest.raises(OutOfBoundsError) as refused:
        MONTH.rate(times=0, rounding=Rounding.HALF_UP)
    assert (refused.value.name, refused.value.minimum) == ("times", 1)


@pytest.mark.parametrize(
    ("mode", "totals"),
    [
        # 1 + 5, 1 + 5 + 5, 11 + 3
        pytest.param("graduated", [0, 600, 1100, 1400], id="each tier its units"),
        # 1 + 5, 1 + 5 + 5, 3 × 3
        pytest.param("volume", [0, 600, 1100, 900], id="the tier reached all units"),
    ],
)
def test_a_rate_of_tiers_has_no_unit_amount(mode, totals):
    rate = usd(tiers=TIERS, tiers_mode=mode).rate(rounding=Rounding.HALF_UP)
    assert [rate.total(n) for n in range(4)] == totals
    assert rate.unit == 0
