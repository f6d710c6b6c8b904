"""A change of quantity is the difference of two totals, whatever came and went.

The figures are worked out by hand; unless said, seats run from 1 April 2026, a month
of 30 days, and every change is on that day, so that shares are 1.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seatbill import (
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    Convention,
    Discount,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    SetTaxRates,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    adopt,
    change,
    verify,
)
from shop import priced, usd
from stories import Story, bills

IMMEDIATE, RESTART, PERIOD_END, FORFEIT = Timing
FIRST, ELEVENTH = "2026-04-01", "2026-04-11"
AT_ONCE = BillingRules(seats_removed=IMMEDIATE, cancellation=IMMEDIATE)
VAT = SetTaxRates([TaxRate("vat", "0.20")])
NO_TAX = SetTaxRates([])


class Told(Story):
    """A story that keeps its invoices."""

    def __init__(self, plan, **more) -> None:
        self.invoices = []
        super().__init__(plan, FIRST, **{"rules": AT_ONCE, **more})

    def _keep(self, outcome):
        self.invoices += outcome.invoices
        return super()._keep(outcome)


def off(percent: str) -> ApplyDiscount:
    return ApplyDiscount(Discount.percent(percent, id="off"))


LIST_PRICE = RemoveDiscount("off")


def tiered(mode: str, *tiers: tuple[int | None, str]):
    """Return a plan with *tiers* of a bound and a unit price."""
    found = [Tier(up_to=up_to, unit_amount=each) for up_to, each in tiers]
    return priced("tiered", usd(tiers=found, tiers_mode=mode))


STEEP = tiered("graduated", (5, "10.00"), (None, "1.00"))
VOLUME = tiered("volume", (12, "7.00"), (None, "5.00"))
CLIFF = tiered("volume", (10, "7.00"), (None, "6.00"))  # 70.00, then 66.00
FLAT = priced("flat", usd("10.00"))


def told(plan, *steps, seats=10, rules=AT_ONCE):
    """Return the story of *steps* on the first day, and each invoice's subtotal."""
    story = Told(plan, seats=seats, rules=rules)
    for step in steps:
        story.change(FIRST, step)
    return story, [str(invoice.subtotal.amount) for invoice in story.invoices]


def paid(story: Story) -> str:
    """Return the sum of all lines."""
    return f"{cents(story) / 100:.2f}"


def lines(outcome) -> list[tuple[int, str]]:
    """Return quantity and amount of each line."""
    return [
        (line.quantity, str(line.amount.amount))
        for invoice in outcome.invoices
        for line in invoice.lines
    ]


# ------------------------------------------------- totals, whatever rate came and went


@pytest.mark.parametrize(
    ("plan", "steps", "last", "net"),
    [
        pytest.param(
            STEEP,
            [VAT, AddSeats(5), NO_TAX, AddSeats(3), RemoveSeats(13)],
            "-13.00",  # 63.00 for 18, 50.00 for 5
            "50.00",
            id="graduated: a rate that came and went",
        ),
        pytest.param(
            VOLUME,
            [VAT, AddSeats(2), AddSeats(1)],
            "-19.00",  # 12 × 7.00 = 84.00, 13 × 5.00 = 65.00
            "65.00",
            id="volume: it falls by more than the last charge holds",
        ),
        pytest.param(
            VOLUME,
            [VAT, AddSeats(2), AddSeats(1), RemoveSeats(1)],
            "19.00",
            "84.00",
            id="volume: and rises again",
        ),
        pytest.param(
            VOLUME,
            [VAT, AddSeats(2), NO_TAX, AddSeats(1), VAT, RemoveSeats(8)],
            "-30.00",  # 65.00 for 13, 35.00 for 5
            "35.00",
            id="volume: down again over several charges",
        ),
        pytest.param(
            STEEP,
            [AddSeats(5), off("50"), AddSeats(2), LIST_PRICE, RemoveSeats(4)],
            "-3.00",  # two at half of 1.00, two at 1.00
            "58.00",
            id="graduated: each at its own net price",
        ),
        pytest.param(
            STEEP,
            [off("50"), AddSeats(5), LIST_PRICE, AddSeats(3), RemoveSeats(3)],
            "-1.50",  # three of those that were opened last, at half of 1.00
            "59.00",
            id="graduated: what was opened last first",
        ),
        pytest.param(
            STEEP,
            [off("100"), AddSeats(5), LIST_PRICE, AddSeats(3), RemoveSeats(10)],
            "-5.00",  # three and two at 1.00; five cost nothing
            "53.00",
            id="graduated: what cost nothing brings nothing back",
        ),
        pytest.param(
            VOLUME,
            [off("100"), AddSeats(2), LIST_PRICE, AddSeats(1)],
            "-19.00",  # on the ten that were paid
            "51.00",
            id="volume: seats at no price do not hold the fall",
        ),
    ],
)
def test_a_quantity_change_is_the_difference_of_the_totals(plan, steps, last, net):
    story, sums = told(plan, *steps)
    assert (sums[-1], paid(story)) == (last, net)
    story.change(FIRST, Cancel())
    assert paid(story) == "0.00"


def test_several_rates_on_one_item_end_as_one_price():
    # 84.00 for ten days of 30; 20 days at −19.00, then −65.00: 84.00 / 3 in all.
    story, _ = told(VOLUME, VAT, AddSeats(2))
    more = story.change(ELEVENTH, AddSeats(1))
    assert lines(more) == [(1, "-12.67")]
    end = story.change(ELEVENTH, Cancel())
    assert lines(end) == [(-11, "-34.00"), (-2, "-9.33")]  # 51.00 and 14.00
    assert paid(story) == "28.00"


def test_where_no_charge_holds_a_fall_several_share_it():
    # Two at 30.00; 50 % off the next two, at 30.00 too; from the fifth on at 10.00:
    # 120.00 falls to 50.00, by 70.00, and neither part of 60.00 holds as much.
    plan = tiered("volume", (4, "30.00"), (None, "10.00"))
    story, sums = told(plan, off("50"), AddSeats(2), AddSeats(1), seats=2)
    # 60.00 at half price, then 10.00 of the first two
    assert sums == ["60.00", "30.00", "-40.00"]
    assert paid(story) == "50.00"
    story.change(FIRST, Cancel())
    assert paid(story) == "0.00"


def test_a_fall_says_its_seats_and_no_unit_price():
    story, _ = told(VOLUME, AddSeats(3))
    (line,) = story.invoices[-1].lines
    assert (line.quantity, line.unit_amount) == (3, None)
    assert line.full_amount == -5  # 70.00 for 10, 65.00 for 13


def test_an_add_on_follows_the_same_rule():
    tiers = [Tier(up_to=2, unit_amount="9"), Tier(up_to=None, unit_amount="5")]
    desk = AddOn("desk", "Desk", [usd(unit="desk", tiers=tiers, tiers_mode="volume")])
    rules = BillingRules(add_on_removed=IMMEDIATE, cancellation=IMMEDIATE)
    steps = AddAddOn(desk, 1), VAT, AddAddOn(desk, 1), AddAddOn(desk, 1)
    story, sums = told(FLAT, *steps, rules=rules, seats=1)
    assert sums == ["10.00", "9.00", "9.00", "-3.00"]  # 18.00, then 15.00
    assert lines(story.change(FIRST, RemoveAddOn(desk, 1))) == [(-1, "3.00")]
    story.change(FIRST, RemoveAddOn(desk, 2))
    assert paid(story) == "10.00"


# ------------------------------------------------- what was opened last goes first


@pytest.mark.parametrize(
    ("fewer", "amounts"),
    [
        pytest.param(1, [(-1, "-5.00")], id="one at half price"),
        pytest.param(5, [(-5, "-25.00")], id="all at half price"),
        pytest.param(6, [(-5, "-25.00"), (-1, "-10.00")], id="then one of the first"),
        pytest.param(8, [(-5, "-25.00"), (-3, "-30.00")], id="whenever it was bought"),
    ],
)
def test_what_was_opened_last_goes_first(fewer, amounts):
    """The last seat is one more of the charge that was opened first."""
    steps = off("50"), AddSeats(5), LIST_PRICE, AddSeats(1)
    story, sums = told(FLAT, *steps)
    assert sums == ["100.00", "25.00", "10.00"]
    assert len(story.subscription.charges) == 2  # one for each net price
    assert lines(story.change(FIRST, RemoveSeats(fewer))) == amounts


def test_prices_that_take_turns_are_two_charges():
    turn = off("50"), AddSeats(2), LIST_PRICE, AddSeats(1), AddSeats(1)
    story, _ = told(FLAT, *turn, *turn)
    charges = story.subscription.charges
    assert [charge.quantity for charge in charges] == [14, 4]
    found = [lines(story.change(FIRST, RemoveSeats(n))) for n in (1, 2, 2, 3)]
    assert found == [
        [(-1, "-5.00")],
        [(-2, "-10.00")],
        [(-1, "-5.00"), (-1, "-10.00")],
        [(-3, "-30.00")],
    ]


# ------------------------------------------------- what was not charged


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(BillingRules(seats_removed=FORFEIT), id="forfeited"),
        pytest.param(
            BillingRules(seats_removed=IMMEDIATE, convention=Convention.FULL),
            id="whole periods",
        ),
    ],
)
def test_what_was_not_charged_cannot_come_back(rules):
    rounds = (AddSeats(1), RemoveSeats(1)) * 20
    story, _ = told(CLIFF, *rounds, rules=rules)
    assert paid(story) == "66.00"  # the first fall, and no other


def test_the_seats_of_a_fall_that_was_given_up_are_not_charged_when_they_go():
    rules = BillingRules(seats_added=FORFEIT, seats_removed=IMMEDIATE)
    story, sums = told(CLIFF, *(AddSeats(1), RemoveSeats(1)) * 20, rules=rules)
    assert sums == ["70.00"]
    assert story.subscription.charges == story.opening.subscription.charges


def test_a_round_over_the_step_in_larger_parts_gives_no_more():
    # 78.00 for 13, back to 66.00 for 11, and the rise to 70.00 is not charged.
    story = Told(CLIFF, seats=10)
    found = []
    for _ in range(5):
        story.change(FIRST, AddSeats(3))
        story.change(FIRST, RemoveSeats(2))
        story.change(FIRST, RemoveSeats(1), timing=FORFEIT)
        found.append(paid(story))
    assert found == ["66.00"] * 5


def test_what_a_forfeited_plan_change_opened_brings_nothing_back():
    story = Told(CLIFF, seats=10)
    story.change(FIRST, AddSeats(4), timing=FORFEIT)  # 84.00 for 14: 14.00 for nothing
    story.change(FIRST, SwitchPlan(CLIFF_TOO), timing=FORFEIT)
    story.change(FIRST, RemoveSeats(14 - 10))
    assert paid(story) == "70.00"
    assert [c.free for c in story.subscription.charges] == [True]


CLIFF_TOO = attrs.evolve(CLIFF, id="cliff too", rank=2)


def test_on_what_is_all_free_of_charge_a_fall_brings_nothing_back():
    story = Told(CLIFF, seats=10)
    story.change(FIRST, SwitchPlan(CLIFF_TOO), timing=FORFEIT)
    assert bills(story.change(FIRST, AddSeats(1))) == []
    assert bills(story.change(FIRST, RemoveSeats(1))) == []
    assert paid(story) == "70.00"


def test_what_costs_nothing_is_never_paid_back_over_a_step():
    story, _ = told(CLIFF, off("100"), AddSeats(5), rules=AT_ONCE)
    for _ in range(3):
        story.change(FIRST, RemoveSeats(5), timing=FORFEIT)
        story.change(FIRST, AddSeats(5))
    assert paid(story) == "70.00"


def test_a_step_at_no_price_stays_at_no_price():
    story = Told(CLIFF, seats=10, discounts=[Discount.percent("100", id="off")])
    for _ in range(2):
        story.change(FIRST, AddSeats(1))
        story.change(FIRST, RemoveSeats(1), timing=FORFEIT)
    assert (paid(story), len(story.subscription.charges)) == ("0.00", 1)


def test_two_steps_that_were_not_charged_come_back_as_one():
    steps = (4, "30.00"), (8, "10.00"), (None, "4.00")  # 120.00, 80.00, 36.00 for 9
    story = Told(tiered("volume", *steps), seats=4)
    assert lines(story.change(FIRST, AddSeats(5))) == [(5, "-84.00")]
    story.change(FIRST, RemoveSeats(1), timing=FORFEIT)
    story.change(FIRST, RemoveSeats(4), timing=FORFEIT)
    assert lines(story.change(FIRST, AddSeats(5))) == [(5, "0.00")]
    assert paid(story) == "36.00"


def test_in_a_trial_nothing_is_charged_or_comes_back():
    story = Told(CLIFF, seats=10, trial_end="2026-05-01")
    story.change(FIRST, AddSeats(1))
    story.change(FIRST, RemoveSeats(1))
    assert story.invoices == []
    assert story.subscription.charges == ()


def test_in_arrears_a_rise_that_is_not_charged_is_not_billed():
    tiers = [Tier(up_to=10, unit_amount="7.00"), Tier(up_to=None, unit_amount="6.00")]
    late = priced("late", usd(tiers=tiers, tiers_mode="volume", in_arrears=True))
    story = Told(late, seats=10, rules=BillingRules(seats_removed=FORFEIT))
    story.change(ELEVENTH, AddSeats(1))
    story.change("2026-04-21", RemoveSeats(1))
    may = story.renew("2026-05-01")
    # 70.00 and 66.00 for ten days each, and 66.00 for the last ten
    assert bills(may) == ["2026-05-01: +23.33 +22.00 +22.00 = 67.33"]


def test_a_charge_that_was_stored_below_zero_gives_nothing_back():
    # As the versions before kept it: five short after a fall of 19.00.
    story, _ = told(VOLUME, VAT, AddSeats(2))
    sub = story.subscription
    first, second = sub.charges
    short = attrs.evolve(second, quantity=3, full_scaled=-5 * 100, credited_minor=1267)
    sub = attrs.evolve(sub, charges=(first, short), seats={"seat": 13})
    outcome = change(sub, Cancel(), on=dt.date(2026, 4, 11))
    assert lines(outcome) == [(-10, "-46.67")]
    assert verify(outcome.invoice) == ()
    down = change(sub, RemoveSeats(3), on=dt.date(2026, 4, 1))
    assert verify(down.invoice) == ()


def test_where_nothing_runs_nothing_comes_back():
    story, _ = told(CLIFF)
    sub = story.subscription
    bare = adopt(
        CLIFF,
        id="bare",
        interval=sub.interval,
        seats=10,
        current_period=sub.current_period,
        charged=(),
        rules=AT_ONCE,
    )
    day = sub.current_period.start
    assert change(bare, AddSeats(1), on=day).invoices == ()
    assert change(bare, RemoveSeats(1), on=day).invoices == ()


# ------------------------------------------------- laws, against a count of each seat

TABLES = (
    ("graduated", ((5, 1000), (None, 100))),
    ("graduated", ((3, 200), (6, 1000), (None, 0))),
    ("volume", ((12, 700), (None, 500))),
    ("volume", ((10, 700), (None, 600))),
    ("volume", ((4, 3000), (8, 1000), (None, 400))),
)


def total(table, seats: int) -> int:
    """Return what *seats* cost, in cents."""
    mode, tiers = table
    if mode == "volume":
        each = next(each for up_to, each in tiers if up_to is None or seats <= up_to)
        return seats * each
    return sum(
        next(each for up_to, each in tiers if up_to is None or seat <= up_to)
        for seat in range(1, seats + 1)
    )


def plan_of(table):
    mode, tiers = table
    return tiered(mode, *((up_to, f"{each / 100:.2f}") for up_to, each in tiers))


STEPS = st.lists(
    st.one_of(
        st.integers(-9, 9).filter(bool),
        st.sampled_from([VAT, NO_TAX]),
        st.sampled_from(["0", "50", "100"]),
    ),
    max_size=14,
)


def follow(story, step, day=FIRST, **more) -> int:
    """Take *step*, a number of seats, a percentage or a change; return the seats."""
    seats = story.subscription.quantity()
    if isinstance(step, str):
        if story.subscription.discounts:
            story.change(day, LIST_PRICE)
        if step != "0":
            story.change(day, off(step))
    elif isinstance(step, int):
        if step < 1 - seats:
            return 0
        many = AddSeats(step) if step > 0 else RemoveSeats(-step)
        story.change(day, many, **more)
        return step
    else:
        story.change(day, step)
    return 0


def cents(story) -> int:
    """Return the sum of all lines in cents."""
    return sum(invoice.subtotal.minor_units for invoice in story.invoices)


@given(table=st.sampled_from(TABLES), seats=st.integers(1, 12), steps=STEPS)
def test_whatever_price_came_and_went_all_comes_back_in_the_end(table, seats, steps):
    story = Told(plan_of(table), seats=seats)
    for step in steps:
        follow(story, step)
        owned = story.subscription.quantity()
        assert sum(c.quantity for c in story.subscription.charges) == owned
        for charge in story.subscription.charges:
            assert charge.charged >= charge.credited
    assert len(story.subscription.charges) <= 6  # three prices, with and without tax
    story.change(FIRST, Cancel())
    assert cents(story) == 0


@given(
    table=st.sampled_from(TABLES),
    seats=st.integers(1, 14),
    steps=st.lists(
        st.one_of(st.integers(-9, 9).filter(bool), st.sampled_from([VAT, NO_TAX])),
        max_size=14,
    ),
    day=st.sampled_from([FIRST, ELEVENTH]),
)
def test_whatever_rates_came_and_went_what_runs_is_the_total(table, seats, steps, day):
    story = Told(plan_of(table), seats=seats)
    for step in steps:
        follow(story, step, day)
        charges = story.subscription.charges
        owned = story.subscription.quantity()
        assert sum(c.quantity for c in charges) == owned
        assert sum(c.full_amount for c in charges) * 100 == total(table, owned)
    count = sum(len(invoice.lines) for invoice in story.invoices)
    share = Fraction(20, 30) if day == ELEVENTH else 1
    before, now = total(table, seats), total(table, story.subscription.quantity())
    wanted = before + (now - before) * share
    assert abs(cents(story) - wanted) <= (Fraction(count, 2) if share != 1 else 0)
    story.change(day, Cancel())
    ended = before * (1 - share)
    assert abs(cents(story) - ended) <= (Fraction(count + 9, 2) if share != 1 else 0)


@given(
    table=st.sampled_from(TABLES),
    seats=st.integers(1, 14),
    steps=st.lists(
        st.tuples(STEPS.map(lambda found: found[:1]), st.sampled_from(Timing)),
        max_size=10,
    ),
)
def test_no_road_gives_back_what_was_not_charged(table, seats, steps):
    story = Told(plan_of(table), seats=seats)
    for taken, timing in steps:
        at_once = IMMEDIATE if timing in (RESTART, PERIOD_END) else timing
        for step in taken:
            follow(story, step, timing=at_once)
        assert cents(story) >= 0
        for charge in story.subscription.charges:
            assert charge.free or charge.full_scaled >= 0
    story.change(FIRST, Cancel())
    assert cents(story) >= 0


@given(
    seats=st.integers(8, 13),
    steps=st.lists(
        st.tuples(st.integers(-4, 4).filter(bool), st.booleans()), max_size=20
    ),
)
def test_a_step_is_gained_once_at_most(seats, steps):
    # One step down, from 70.00 to 66.00: additions at once, removals of either kind.
    table = TABLES[3]
    story = Told(CLIFF, seats=seats)
    for n, forfeited in steps:
        gives = n > 0 or not forfeited
        follow(story, n, timing=IMMEDIATE if gives else FORFEIT)
        owed = total(table, story.subscription.quantity())
        assert cents(story) >= owed - 400


@given(
    table=st.sampled_from(TABLES),
    seats=st.integers(1, 14),
    steps=STEPS,
    n=st.integers(1, 9),
)
def test_more_and_the_same_fewer_on_one_day_sum_to_zero(table, seats, steps, n):
    story = Told(plan_of(table), seats=seats)
    for step in steps:
        follow(story, step)
    before, sub = cents(story), story.subscription
    follow(story, n)
    held = story.subscription.charges
    # At another price than what was opened last, that is what would go first.
    assume([charge for charge in held if charge not in sub.charges] == [held[-1]])
    # A volume tier that falls at several net prices rises on the last of them.
    assume(table[0] == "graduated" or len({c.terms.discounts for c in held}) == 1)
    follow(story, -n)
    assert cents(story) == before
    runs = [(c.terms, c.quantity, c.full_scaled) for c in sub.charges]
    again = story.subscription.charges
    assert [(c.terms, c.quantity, c.full_scaled) for c in again] == runs


def test_a_seat_joins_the_charge_of_its_price_among_very_many_prices():
    """Ten at the list price, then one at each of 1 to 12 % off, and one more each."""
    story = Told(FLAT, seats=10)
    for _ in range(2):
        for percent in range(1, 13):
            story.change(FIRST, off(str(percent)), AddSeats(1), LIST_PRICE)
    charges = story.subscription.charges
    assert [charge.quantity for charge in charges] == [10, *[2] * 12]
    # 100.00, and twice 12 × 10.00 less 0.10 × (1 + … + 12) = 7.80
    assert paid(story) == "324.40"
