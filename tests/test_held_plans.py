"""Prices, discounts and catalogues at the edges that no story comes to."""

from __future__ import annotations

from fractions import Fraction

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    BillingRules,
    Catalog,
    Interval,
    Price,
    RemoveAddOn,
    Rounding,
    Tier,
    Timing,
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


# A catalogue.


@pytest.mark.parametrize(
    ("prices", "found"),
    [
        pytest.param([MONTH, usd("120.00", interval=ANNUAL)], 0, id="twelve months"),
        pytest.param([MONTH, usd("120.01", interval=ANNUAL)], 1, id="a cent more"),
        pytest.param(
            [MONTH, usd("240.00", interval=Interval(months=24))], 0, id="two years"
        ),
        pytest.param([usd("120.01", interval=ANNUAL)], 0, id="a year alone"),
        pytest.param(
            [MONTH, usd("999.00", interval=ANNUAL, unit="guest")], 0, id="another unit"
        ),
        pytest.param(
            [
                QUARTER,
                usd(tiers=TIERS, interval=ANNUAL),
                MONTH,
                usd("999.00", unit="guest", interval=ANNUAL),
                usd("1.00", unit="guest"),
            ],
            1,
            id="behind others that say nothing",
        ),
    ],
)
def test_a_year_that_costs_more_than_twelve_months_is_found(prices, found):
    for catalog in (
        Catalog([priced("p", *prices)]),
        Catalog([priced("p", MONTH)], [AddOn("a", "A", prices)]),
    ):
        codes = [problem.code for problem in catalog.problems()]
        assert codes == ["annual_above_twelve_months"] * found


def test_an_add_on_may_be_counted_in_the_unit_that_a_plan_measures():
    """1.00 for each user that is measured, 2.00 × 15/30 for each that is added."""
    sold = priced("m", usd("1.00", unit="user", measured=True))
    extra = AddOn("extra", "Extra", (usd("2.00", unit="user"),))
    rules = BillingRules(add_on_removed=Timing.IMMEDIATE)
    story = Story(sold, "2026-04-01", seats={"user": 5}, rules=rules)
    added = story.change("2026-04-16", AddAddOn(extra, 3))
    assert bills(added) == ["2026-04-16: +3.00 = 3.00"]
    removed = story.change("2026-04-16", RemoveAddOn(extra, 1))
    assert bills(removed) == ["2026-04-16: -1.00 = -1.00 due 0.00"]


@pytest.mark.parametrize(
    ("needs", "circular"),
    [
        pytest.param({"a": "", "b": "a", "c": "b"}, "", id="a chain"),
        pytest.param({"a": "a"}, "a", id="itself"),
        pytest.param({"a": "b", "b": "a"}, "ab", id="each other"),
        pytest.param({"a": "b", "b": "c", "c": "a"}, "abc", id="in a round"),
        pytest.param({"a": "b", "b": "c", "c": "b"}, "bc", id="a way into a round"),
        pytest.param({"a": "b", "b": "ac", "c": ""}, "ab", id="a way out of it"),
        pytest.param({"a": "bc", "b": "d", "c": "d", "d": ""}, "", id="two ways there"),
        pytest.param(
            {"a": "b", "b": "a", "c": "d", "d": "c", "e": "ac"}, "abcd", id="two rounds"
        ),
        pytest.param({"a": "b", "b": "cd", "c": "a", "d": "b"}, "abcd", id="an eight"),
        pytest.param(
            {"a": "b", "b": "c", "c": "d", "d": "ce", "e": ""}, "cd", id="deep down"
        ),
        pytest.param({"a": "x", "b": "ab"}, "b", id="beside what is not there"),
        pytest.param({"c": "b", "b": "a", "a": ""}, "", id="a chain, the last first"),
        pytest.param(
            {"a": "b", "b": "", "c": "ad", "d": "c"}, "cd", id="a later round"
        ),
    ],
)
def test_what_needs_itself_in_the_end_is_found(needs, circular):
    """Worked out by hand: an add-on is circular where a way leads from it to it."""
    add_ons = [AddOn(id, id, requires_add_ons=[*names]) for id, names in needs.items()]
    found = [
        problem.where.removeprefix("add_ons.")
        for problem in Catalog([], add_ons).problems()
        if problem.code == "circular_requirement"
    ]
    assert sorted(found) == [*circular]
