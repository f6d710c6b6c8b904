"""Laws of the values, and of the world around them, which must not matter.

Parts add up to the whole, periods tile, and the same arguments give the same answer
under any decimal context, locale, time zone, hash seed, and whatever was asked before.
"""

from __future__ import annotations

import copy
import datetime as dt
import decimal
import locale
import os
import pickle
import subprocess
import sys
import time
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import seatbill
from counting import (
    MINOR_UNITS,
    is_monthly,
    next_monthly,
    part_of,
    period_around,
    period_end,
    to_whole,
)
from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    Convention,
    Interval,
    Money,
    Period,
    Rounding,
    allocate,
    bill,
    discounts,
    prorate,
    share,
)
from seatbill.testing import laws
from seatbill.testing import strategies as our

MONTHS = (MONTHLY, QUARTERLY, ANNUAL)
DAYS = (Interval(days=30), Interval(days=365))
CONVENTIONS = st.sampled_from(Convention)
CALENDARS = st.sampled_from((Convention.ACTUAL, Convention.THIRTY_360))


# Money.


@given(
    exact=st.fractions(-(10**6), 10**6, max_denominator=10**5)
    | st.integers(-(10**6), 10**6).map(lambda n: Fraction(n, 2)),
    currency=our.currencies(),
    rounding=st.sampled_from(Rounding),
)
def test_money_is_rounded_once_and_alike_on_both_sides_of_zero(
    exact, currency, rounding
):
    money = Money.rounded(exact, currency, rounding)
    assert money.minor_units == to_whole(exact * MINOR_UNITS[currency], rounding)
    assert Money.rounded(-exact, currency, rounding) == -money
    assert Money.rounded(money.exact, currency, rounding) == money
    assert abs(money.exact - exact) * MINOR_UNITS[currency] < 1


@given(a=our.money("KWD"), b=our.money("KWD"), n=st.integers(-50, 50))
def test_money_adds_like_its_minor_units(a, b, n):
    assert (a + b).minor_units == a.minor_units + b.minor_units
    assert a - b == -(b - a) == a + -b
    assert n * a == a * n == Money.total([a] * abs(n), "KWD") * (1 if n > 0 else -1)
    assert (a < b) == (a.minor_units < b.minor_units) == (b > a)
    assert (a <= b) == (not a > b)


@given(money=our.money())
def test_money_can_be_written_and_read_back(money):
    assert eval(repr(money), {"Money": Money}) == money
    assert Money(str(money.amount), money.currency) == money
    assert Money(money.amount, money.currency) == money
    assert Money.from_minor_units(money.minor_units, money.currency) == money


@given(
    total=our.money(),
    weights=st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any),
    times=st.integers(1, 9),
)
def test_allocated_parts_add_up_and_are_fair(total, weights, times):
    parts = allocate(total, weights)
    assert Money.total(parts, total.currency) == total
    assert parts == allocate(total, [weight * times for weight in weights])
    assert parts == tuple(-part for part in allocate(-total, weights))
    for part, weight in zip(parts, weights, strict=True):
        fair = Fraction(total.minor_units * weight, sum(weights))
        assert abs(part.minor_units - fair) < 1
        assert weight or not part
    ranked = sorted(zip(weights, (abs(p) for p in parts), strict=True))
    assert [size for _, size in ranked] == sorted(size for _, size in ranked)


# Shares.


@st.composite
def inside(draw, most=4):
    """Return a whole period of dates and moments inside it, in order."""
    interval = draw(st.sampled_from(MONTHS))
    whole = Period.nth(draw(our.days()), interval, draw(st.integers(-30, 30)))
    numbers = st.integers(0, whole.days)
    cuts = sorted(draw(st.lists(numbers, max_size=most)))
    return whole, [whole.start + dt.timedelta(days) for days in cuts]


def between(start, end, whole):
    """Return the period from *start* to *end*, one beside *whole* where it is empty."""
    return Period(start, end) if start < end else Period(whole.end, dt.date(2200, 1, 1))


@given(inside=inside(), convention=CONVENTIONS)
def test_a_share_is_counted_as_by_hand(inside, convention):
    whole, cuts = inside
    for start, end in pairwise([whole.start, *cuts, whole.end]):
        found = share(between(start, end, whole), whole, convention)
        assert found == part_of(convention, start, end, (whole.start, whole.end))
        assert 0 <= found <= 1
    assert share(whole, whole, convention) == 1


@given(inside=inside(), convention=CALENDARS)
def test_shares_of_parts_add_up_to_the_whole(inside, convention):
    whole, cuts = inside
    marks = [whole.start, *cuts, whole.end]
    parts = [
        share(between(start, end, whole), whole, convention)
        for start, end in pairwise(marks)
    ]
    assert sum(parts) == 1


@given(
    inside=inside(),
    convention=CALENDARS,
    rounding=st.sampled_from(Rounding),
    price=our.money(least=0),
)
def test_prorated_parts_add_up_but_for_their_roundings(
    inside, convention, rounding, price
):
    whole, cuts = inside
    options = {"convention": convention, "rounding": rounding, "whole": whole}
    assert prorate(price, used=whole, **options) == price
    assert not prorate(price, used=between(whole.end, whole.end, whole), **options)
    marks = [whole.start, *cuts, whole.end]
    parts = [
        prorate(price, used=between(start, end, whole), **options)
        for start, end in pairwise(marks)
    ]
    assert abs(Money.total(parts, price.currency) - price).minor_units < len(marks)
    for start, end, part in zip(marks, marks[1:], parts, strict=False):
        exact = price.minor_units * part_of(
            convention, start, end, (whole.start, whole.end)
        )
        assert part.minor_units == to_whole(exact, rounding)


@given(inside=inside(2), convention=CONVENTIONS, price=our.money(least=0))
def test_longer_use_never_costs_less(inside, convention, price):
    whole, cuts = inside
    marks = [whole.start, *cuts, whole.end]
    costs = [
        prorate(
            price,
            used=between(mark, whole.end, whole),
            whole=whole,
            convention=convention,
        )
        for mark in marks
    ]
    assert costs == sorted(costs, reverse=True)


@given(whole=our.periods(dt.datetime), used=our.periods(dt.datetime))
def test_instants_are_counted_exactly(whole, used):
    start, end = max(whole.start, used.start), min(whole.end, used.end)
    expected = max((end - start) / dt.timedelta(microseconds=1), 0)
    length = (whole.end - whole.start) // dt.timedelta(microseconds=1)
    assert share(used, whole) == Fraction(int(expected), length)


# Periods.

GRIDS = our.days() | our.instants()


@given(anchor=GRIDS, interval=our.intervals(), n=st.integers(-60, 60))
def test_periods_tile_and_are_counted_from_the_anchor(anchor, interval, n):
    assume(interval.months * n > -700)
    period = Period.nth(anchor, interval, n)
    assert period.end == Period.nth(anchor, interval, n + 1).start
    assert Period.nth(anchor, interval, 0).start == anchor
    for at in (period.start, period.end - (period.end - period.start) // 3):
        if at < period.end:
            assert Period.containing(anchor, interval, at) == period
            assert period.contains(at)
    assert not period.contains(period.end)
    if interval.months:
        assert is_monthly(anchor, period.start)


@given(
    anchor=GRIDS,
    interval=st.sampled_from(MONTHS + DAYS),
    days=st.integers(-800, 800),
)
def test_a_grid_is_what_one_sees_in_a_calendar(anchor, interval, days):
    at = anchor + dt.timedelta(days)
    period = Period.containing(anchor, interval, at)
    assert (period.start, period.end) == period_around(anchor, interval, at)
    assert period.end == period_end(anchor, period.start, interval)
    if interval == MONTHLY:
        assert period.end == next_monthly(anchor, period.start)
    first, last = period.start, period.last_day
    assert isinstance(last, dt.date)
    assert not isinstance(last, dt.datetime)
    if not isinstance(first, dt.datetime):
        assert period.contains(last)
        assert last + dt.timedelta(1) == period.end
        assert period.days == (period.end - first).days


# Values.

SAMPLES = st.one_of(
    our.money(),
    our.periods(),
    our.periods(dt.datetime),
    our.intervals(),
    our.prices(),
    our.plans(),
    our.add_ons(),
    our.discounts(),
    our.tax_rates(),
    our.billing_rules(),
)


@given(value=SAMPLES)
def test_values_are_equal_to_their_copies(value):
    for other in (
        pickle.loads(pickle.dumps(value)),
        copy.copy(value),
        copy.deepcopy(value),
    ):
        assert other == value
        assert hash(other) == hash(value)
        assert repr(other) == repr(value)
        assert str(other) == str(value)
    if not isinstance(value, Money):
        assert attrs.evolve(value) == value
    with pytest.raises(AttributeError):
        value.id = "another"


@given(value=st.one_of(our.money(), our.periods(), our.intervals(), our.discounts()))
def test_what_is_shown_can_be_pasted_back(value):
    names = {
        **vars(seatbill),
        **vars(discounts),
        "datetime": dt,
        "Decimal": decimal.Decimal,
    }
    assert eval(repr(value), names) == value


# The world around.


def forget():
    """Empty every memo of the library, so that its answers are worked out anew."""
    for name, module in list(sys.modules.items()):
        if name.startswith("seatbill"):
            for thing in list(vars(module).values()):
                getattr(thing, "cache_clear", int)()


@contextmanager
def another_locale():
    """Use a locale with a comma, or whichever there is beside the plain one."""
    before = locale.setlocale(locale.LC_ALL)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "tr_TR.UTF-8", "C.UTF-8", ""):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        break
    try:
        yield
    finally:
        locale.setlocale(locale.LC_ALL, before)


@contextmanager
def another_time_zone():
    """Be where the day begins long before it does in UTC."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Kiritimati"
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


@contextmanager
def the_same_again():
    """Change nothing: only what was asked before differs."""
    yield


def made_anew(value):
    """Return *value*, checked and converted again with all that it is made of."""
    if isinstance(value, tuple | list):
        return [made_anew(part) for part in value]
    if isinstance(value, seatbill.Plan | seatbill.AddOn):
        return attrs.evolve(value, prices=made_anew(value.prices))
    if isinstance(value, seatbill.Price):
        return attrs.evolve(value, tiers=made_anew(value.tiers))
    if attrs.has(type(value)) and not isinstance(value, Money):
        return attrs.evolve(value)
    return value


def answer(history):
    """Return all that the library answers to a history, as text."""
    opening = {name: made_anew(value) for name, value in history.asked.items()}
    opening["add_ons"] = [tuple(pair) for pair in opening["add_ons"]]
    opened = seatbill.subscribe(**opening)
    statement = bill(opened, history.entries, until=history.until)
    preview = seatbill.preview_invoice(statement.subscription)
    return repr((statement, statement.outcomes, preview))


@pytest.mark.parametrize(
    "around", [laws.odd_decimals, another_locale, another_time_zone, the_same_again]
)
@given(history=our.histories())
def test_the_world_around_does_not_matter(around, history):
    forget()
    plain = answer(history)
    with around():
        assert answer(history) == plain
        forget()
        assert answer(history) == plain
    laws.the_world_around_does_not_matter(history, around)


@given(first=our.histories(), second=our.histories())
def test_what_was_asked_before_does_not_matter(first, second):
    forget()
    alone = answer(second)
    forget()
    answer(first)
    assert answer(second) == alone


WORKER = """
import pickle, sys
import seatbill
while True:
    opening, history, until = pickle.load(sys.stdin.buffer)
    statement = seatbill.bill(seatbill.subscribe(**opening), history, until=until)
    print(ascii((statement, statement.outcomes)), flush=True)
"""


@pytest.fixture(scope="module")
def workers():
    """Start two processes that bill what is handed to them, with other hash seeds."""
    environments = (
        {"PYTHONHASHSEED": "0", "TZ": "UTC"},
        {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"},
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for environment in environments
    ]
    yield started
    for worker in started:
        worker.kill()
        worker.communicate()


@given(history=our.histories())
def test_another_process_with_another_hash_seed_says_the_same(workers, history):
    opened, until = seatbill.subscribe(**history.asked), history.until
    statement = bill(opened, history.entries, until=until)
    here = ascii((statement, statement.outcomes))
    for worker in workers:
        pickle.dump((history.asked, history.entries, until), worker.stdin)
        worker.stdin.flush()
        assert worker.stdout.readline().decode().rstrip("\n") == here
