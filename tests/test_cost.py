"""What a call costs: steps and memory in proportion, and refused before the work.

Steps are the lines of seatbill that Python runs, so no clock decides.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.growth import (
    BOUNDED,
    GROWTH,
    by_day_until,
    doubled_key,
    empty_changes,
    long_key,
    units_by_day,
)
from hostile import ATTACKS
from seatbill import (
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Catalog,
    Interval,
    Member,
    Plan,
    Price,
    SetTaxRates,
    SwitchPlan,
    TaxRate,
    Tier,
    bill,
    change,
    occupancy,
    renew,
    subscribe,
)
from seatbill.converters import (
    InvalidDataError,
    bill_answer,
    bill_request,
    change_answer,
    change_request,
    dump,
    from_data,
    load,
    parse,
    read_change_request,
    read_request,
)
from seatbill.converters._text import _object
from seatbill.errors import OutOfBoundsError, TooManyLinesError, TooManyVisitsError
from seatbill.limits import LIMITS, NO_LIMITS, Limits
from seatbill.seats import ACTIVE, DEACTIVATED, INVITED, seated
from test_converters_mutations import CHANGE, EVERYTHING

TESTS = Path(__file__).parent
LINEAR = 14
"""Ten times as much may cost so many times as much."""


def steps(run: Callable[[], object]) -> int:
    """Return how many lines of seatbill *run* runs, when nothing is new to it."""
    run()
    count = 0

    def trace(frame, event, _arg):
        nonlocal count
        if "seatbill" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def peak(run: Callable[[], object]) -> int:
    """Return how many bytes *run* needs at most, when nothing is new to it."""
    run()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("growth", GROWTH, ids=lambda growth: growth.name)
def test_ten_times_as_much_takes_about_ten_times_the_steps(growth):
    few, many = (steps(growth.work(n)) for n in (growth.few, 10 * growth.few))
    assert many <= LINEAR * few


@pytest.mark.parametrize("work", [empty_changes, long_key])
def test_ten_times_as_much_takes_about_ten_times_the_memory(work):
    assert peak(work(900)) <= LINEAR * peak(work(90))


def test_doubled_keys_are_counted_not_compared_with_each_other():
    compared = 0

    class Key(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other):
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

    pairs = [(Key(f"k{i % 300}"), i) for i in range(301)]
    assert _object(pairs).keys_twice == ("k0",)
    assert compared < 2 * len(pairs)


def test_of_very_many_problems_no_more_are_looked_for_than_are_told():
    told = [empty_changes(n)().problems for n in (2000, 20_000)]
    assert told[0] == told[1]
    assert steps(empty_changes(20_000)) < 5 * steps(empty_changes(2000))


def test_a_place_is_cut_and_not_made_where_nothing_is_told():
    places = [problem.where for problem in long_key(900)().problems]
    assert max(map(len, places)) < 70


@pytest.mark.parametrize(
    ("work", "small", "large"),
    [
        pytest.param(by_day_until, 2400, 9999, id="days until 9999"),
        pytest.param(
            lambda n: by_units_until(600, n), 2100, 9000, id="600 units until 9000"
        ),
    ],
)
def test_what_is_too_long_is_refused_before_the_walk(work, small, large):
    assert isinstance(work(small)(), TooManyLinesError)
    assert steps(work(large)) <= steps(work(small))


def by_units_until(units: int, year: int) -> Callable[[], object]:
    """Return the work of so many units by the day until a *year*."""
    day = Interval(days=1)
    prices = [
        Price(unit=f"u{i}", unit_amount="1", currency="USD", interval=day)
        for i in range(units)
    ]
    opening = subscribe(
        Plan("p", "P", 1, prices),
        id="s",
        interval=day,
        seats={f"u{i}": 1 for i in range(units)},
        on=dt.date(2026, 1, 1),
        rules=BillingRules(),
    )

    def run():
        try:
            return bill(opening, [], until=dt.date(year, 1, 1))
        except TooManyLinesError as error:
            return error

    return run


def test_the_steps_of_a_line_do_not_grow_with_the_units():
    # 20 periods: the first and 19 more.
    few, many = (steps(units_by_day(n)) / (20 * n) for n in (5, 50))
    assert many <= few


def test_data_that_share_parts_are_counted_as_often_as_they_are_met():
    found: list[object] = []
    for _ in range(60):
        found = [found, found]
    with pytest.raises(InvalidDataError) as refused:
        from_data(found, Plan, limits=Limits(nodes=1000))
    (problem,) = refused.value.problems
    assert (problem.where, problem.code) == ("$", "too_many_nodes")
    assert problem.values == (("most", 1000),)


def test_data_that_hold_themselves_are_refused():
    found: list[object] = []
    found += [found, found]
    with pytest.raises(InvalidDataError) as refused:
        from_data(found, Plan)
    assert {p.code for p in refused.value.problems} == {
        "too_deep",
        "too_many_problems",
    }


def test_a_long_text_counts_as_several():
    # The list, 10 texts, and 5 more for each text of 500 characters.
    with pytest.raises(InvalidDataError) as refused:
        from_data(["x" * 500] * 10, tuple[str, ...], limits=Limits(nodes=60))
    assert refused.value.problems[0].code == "too_many_nodes"
    assert from_data(["x" * 500] * 10, tuple[str, ...], limits=Limits(nodes=61))


# What can be raised, and where.

DAY = Interval(days=1)
DAILY = Plan("d", "D", 1, [Price(unit_amount="1", currency="USD", interval=DAY)])
RULES = BillingRules()
FIRST = dt.date(2026, 1, 1)


def opened(**more):
    return subscribe(
        DAILY, id="s", interval=DAY, seats=1, on=FIRST, rules=RULES, **more
    )


HISTORY = [(FIRST, AddSeats(1)), (FIRST, AddSeats(1)), (FIRST, AddSeats(1))]
LATER = FIRST + dt.timedelta(5)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(
            lambda limits: renew(opened().subscription, on=LATER, limits=limits),
            id="renew",
        ),
        pytest.param(
            lambda limits: change(
                opened().subscription, AddSeats(1), on=LATER, limits=limits
            ),
            id="change",
        ),
        pytest.param(
            lambda limits: bill(opened(), [], until=LATER, limits=limits), id="bill"
        ),
        pytest.param(
            lambda limits: bill(opened(), HISTORY, until=FIRST, limits=limits),
            id="the entries of bill",
        ),
        pytest.param(
            lambda limits: opened(
                limits=limits,
                tax_rates=[TaxRate(f"t{i}", "0.1") for i in range(3)],
                occupied=1,
            ),
            id="subscribe",
        ),
    ],
)
def test_lines_have_a_bound_that_can_be_raised(call):
    with pytest.raises(TooManyLinesError) as refused:
        call(Limits(lines=2))
    assert refused.value.code == "too_many_lines"
    assert refused.value.most == 2
    assert refused.value.lines > 2
    assert call(Limits(lines=50))


def test_lines_are_counted_as_they_are_written_where_nobody_can_know_them():
    rates = [TaxRate(f"t{i}", "0.01") for i in range(4)]
    steps_of_four = [(FIRST, SetTaxRates(rates)), (FIRST, AddSeats(1))]
    for history in (steps_of_four, [(FIRST, (SetTaxRates(rates), AddSeats(1)))]):
        with pytest.raises(TooManyLinesError):
            bill(opened(), history, until=FIRST, limits=Limits(lines=3))
        assert bill(opened(), history, until=FIRST, limits=Limits(lines=4))


TWO_UNITS = [
    Plan(
        f"p{rank}",
        "P",
        rank,
        [
            Price(unit=unit, unit_amount=rank, currency="USD")
            for unit in ("seat", "guest")
        ],
    )
    for rank in (1, 2)
]


def test_changes_go_through_so_much_and_no_more():
    opening = subscribe(
        TWO_UNITS[0],
        id="s",
        interval=Interval(months=1),
        seats={"seat": 1, "guest": 1},
        on=FIRST,
        rules=RULES,
    )
    history = [(FIRST, SwitchPlan(TWO_UNITS[1]))]
    with pytest.raises(TooManyVisitsError) as refused:
        bill(opening, history, until=FIRST, limits=Limits(visits=1))
    assert (refused.value.code, refused.value.most) == ("too_many_visits", 1)
    assert bill(opening, history, until=FIRST, limits=Limits(visits=100))


def refused_codes(call) -> set[str]:
    with pytest.raises(InvalidDataError) as refused:
        call()
    return {problem.code for problem in refused.value.problems}


DOCUMENT = dump(opened().subscription)


@pytest.mark.parametrize(
    ("call", "small", "code"),
    [
        (lambda limits: load(DOCUMENT, limits=limits), {"nodes": 5}, "too_many_nodes"),
        (lambda limits: load(DOCUMENT, limits=limits), {"depth": 2}, "too_deep"),
        (
            lambda limits: from_data([2**20], tuple[int, ...], limits=limits),
            {"bits": 10},
            "too_large",
        ),
        (
            lambda limits: read_request(EVERYTHING, limits=limits),
            {"nodes": 5},
            "too_many_nodes",
        ),
        (
            lambda limits: read_request(EVERYTHING, limits=limits),
            {"periods": 1},
            "too_many_periods",
        ),
        (
            lambda limits: read_change_request(
                {**CHANGE, "on": "2028-04-10"}, limits=limits
            ),
            {"periods": 1},
            "too_many_periods",
        ),
        (
            lambda limits: read_change_request(CHANGE, limits=limits),
            {"nodes": 5},
            "too_many_nodes",
        ),
        *(
            (
                lambda limits, call=call: call(read_request(EVERYTHING), limits=limits),
                small,
                code,
            )
            for call in (bill_request, bill_answer)
            for small, code in (
                ({"lines": 1}, "too_many_lines"),
                ({"visits": 4}, "too_many_visits"),
            )
        ),
        *(
            (
                lambda limits, call=call: call(
                    read_change_request({**CHANGE, "on": "2028-04-10"}), limits=limits
                ),
                {"lines": 1},
                "too_many_lines",
            )
            for call in (change_request, change_answer)
        ),
    ],
)
def test_each_limit_of_a_document_can_be_lowered_and_raised(call, small, code):
    assert code in refused_codes(lambda: call(Limits(**small)))
    assert call(LIMITS)
    assert call(NO_LIMITS)


def test_so_many_problems_are_told_as_is_asked_for():
    few = Limits(problems=2)
    text = '{"a": {"x": 1, "x": 1}, "b": {"x": 1, "x": 1}, "c": {"x": 1, "x": 1}}'
    many = {f"k{i}": 1 for i in range(9)}
    for call in (
        lambda limits: parse(text, limits=limits),
        lambda limits: from_data([1] * 9, tuple[str, ...], limits=limits),
        lambda limits: from_data(["\ud800"] * 9, tuple[str, ...], limits=limits),
        lambda limits: from_data(many, Plan, limits=limits),
        lambda limits: load({**many, "seatbill": 1}, limits=limits),
        lambda limits: read_request({**EVERYTHING, **many}, limits=limits),
        lambda limits: read_request(
            {**EVERYTHING, "measured": {f"{i}": 1 for i in range(9)}}, limits=limits
        ),
        lambda limits: read_change_request({**CHANGE, **many}, limits=limits),
    ):
        for limits, told in ((few, 3), (Limits(problems=500), None)):
            with pytest.raises(InvalidDataError) as refused:
                call(limits)
            problems = refused.value.problems
            if told is not None:
                assert len(problems) == told
                assert problems[-1].code == "too_many_problems"
                assert problems[-1].values == (("most", 2),)
            else:
                assert problems[-1].code != "too_many_problems"


@pytest.mark.parametrize(
    ("name", "value"),
    [("lines", 0), ("nodes", -1), ("depth", 101), ("problems", 10**13)],
)
def test_a_limit_outside_of_its_own_bounds_is_refused(name, value):
    with pytest.raises(OutOfBoundsError) as refused:
        Limits(**{name: value})
    assert refused.value.name == name


def test_something_else_than_limits_is_refused():
    for call in (
        lambda: parse("1", limits=5),
        lambda: load(DOCUMENT, limits=5),
        lambda: renew(opened().subscription, on=FIRST, limits=5),
        lambda: opened(limits=5),
        lambda: from_data(1, int, limits=5),
    ):
        with pytest.raises(TypeError, match="limits"):
            call()


def test_outcomes_of_much_that_is_held_are_refused_where_they_are_too_many():
    # Five changes of a subscription that holds a seat count and a charge: 10 visits.
    entry = {"on": "2026-01-15", "change": "add_seats", "seats": 1}
    request = read_request({**EVERYTHING, "discounts": [], "changes": [entry] * 5})
    assert bill_request(request, limits=Limits(visits=50))
    refused = refused_codes(lambda: bill_request(request, limits=Limits(visits=5)))
    assert refused == {"too_many_visits"}


# What is looked up stands for what was searched.


def test_people_who_are_counted_for_many_days_are_counted_as_for_one():
    def day(n):
        return None if n is None else FIRST + dt.timedelta(n)

    shapes = [
        ("ann", ACTIVE, None, None, None),
        ("ann", ACTIVE, 2, 4, None),
        ("bob", ACTIVE, 1, 3, None),
        ("bob", ACTIVE, 3, 6, None),
        ("bob", ACTIVE, 8, None, None),
        ("cid", INVITED, 1, 9, 5),
        ("cid", INVITED, None, 2, None),
        ("dan", ACTIVE, 5, 5, None),
        ("eve", DEACTIVATED, 1, 9, None),
        ("fay", ACTIVE, None, 4, 1),
        ("fay", ACTIVE, 2, 3, None),
    ]
    people = [
        Member(
            id,
            "seat" if n % 3 else "guest",
            state,
            joined_on=day(joined),
            left_on=day(left),
            expires_on=day(expires),
        )
        for n, (id, state, joined, left, expires) in enumerate(shapes * 2)
    ]
    sittings = seated(people, FIRST)
    for n in range(-1, 12):
        at = FIRST + dt.timedelta(n)
        counted = occupancy(people, owned={}, at=at)
        for unit, sitting in sittings.items():
            alone = counted[unit].occupied if unit in counted else 0
            assert sitting.at(at) == alone


def test_a_circle_of_requirements_is_told_for_each_in_it_and_no_other():
    # a and b need each other, c itself; d only needs a, e needs what is not there.
    needs = {"d": ["a"], "a": ["b"], "b": ["a"], "c": ["c"], "e": ["x"], "f": ["e"]}
    add_ons = [AddOn(id, id, requires_add_ons=needed) for id, needed in needs.items()]
    problems = Catalog([], add_ons).problems()
    circular = [p.where for p in problems if p.code == "circular_requirement"]
    assert circular == ["add_ons.a", "add_ons.b", "add_ons.c"]


def test_a_long_chain_of_requirements_takes_steps_in_proportion():
    def catalog(n):
        chain = [AddOn("a0", "A")]
        chain += [
            AddOn(f"a{i}", "A", requires_add_ons=[f"a{i - 1}"]) for i in range(1, n)
        ]
        return Catalog([], chain)

    few, many = catalog(30), catalog(300)
    assert steps(many.problems) <= LINEAR * steps(few.problems)


@pytest.mark.parametrize("mode", ["graduated", "volume"])
def test_many_tiers_take_no_more_steps_than_few(mode):
    def total(n):
        tiers = [Tier(up_to=i + 1, unit_amount="1") for i in range(n)]
        tiers.append(Tier(up_to=None, unit_amount="1"))
        price = Price(currency="USD", tiers=tiers, tiers_mode=mode)
        return price.rate(rounding=RULES.rounding).total

    few, many = total(5), total(500)
    assert few(400) == many(400) == 400 * 100  # at 1.00 each, in cents
    assert steps(lambda: many(400)) == steps(lambda: few(400))


def test_add_ons_are_bought_as_often_as_visits_allow():
    add_ons = [
        AddOn(f"a{i}", "A", [Price(unit_amount="1", currency="USD", interval=DAY)])
        for i in range(12)
    ]
    asked = [AddAddOn(one) for one in add_ons]
    sub = opened().subscription
    with pytest.raises(TooManyVisitsError):
        change(sub, *asked, on=FIRST, limits=Limits(visits=200))
    assert len(change(sub, *asked, on=FIRST).subscription.add_ons) == 12


# The attacks, in a process with little memory and time.


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_answered_or_refused_in_time(name):
    pytest.importorskip("resource", reason="this system cannot confine a process")
    found = subprocess.run(
        [sys.executable, str(TESTS / "hostile.py"), name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    told = json.loads(found.stdout)
    assert told["outcome"] == "answered" or told["outcome"].replace("_", "").isalpha()
    assert told["seconds"] < 8  # twice what it may take where nothing else runs


def test_every_attack_is_in_the_list():
    assert len(ATTACKS) == len(GROWTH) + len(BOUNDED) == 13
    assert doubled_key(20)().problems[0].code == "duplicate_key"
