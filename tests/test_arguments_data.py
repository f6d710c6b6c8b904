"""Every argument of the functions for data and for tests acts, or is refused.

The table and what it holds are those of ``test_arguments``.
"""

from __future__ import annotations

import datetime as dt
import inspect
from typing import Any

import attrs
import pytest
from hypothesis import find, settings

from seatbill import BillingRules, Catalog, Plan, Price
from seatbill.converters import (
    bill_request,
    dump,
    read_change_request,
    read_request,
    to_data,
)
from seatbill.errors import WrongTypeError
from seatbill.limits import Limits
from seatbill.testing import strategies as our
from seatbill.testing.machine import service_machine
from test_arguments import acts, functions

PRO = Plan("pro", "Pro", 1, [Price(unit_amount="10.00", currency="EUR")])
AGAIN = dt.date(2026, 5, 1)
CATALOG, RULES = Catalog([PRO]), BillingRules(name="ours")
ASKED: dict[str, Any] = {
    "plan": to_data(PRO),
    "id": "one",
    "interval": "month",
    "seats": {"seat": 2},
    "on": "2026-01-01",
    "until": "2026-04-01",
    "occupied": {"seat": 1},
}
BILL, LESS = read_request(ASKED), read_request(ASKED | {"seats": {"seat": 1}})
SUB = bill_request(BILL).subscription
MORE = {"change": "add_seats", "seats": 1}
CHANGE = {"subscription": dump(SUB), "changes": [MORE], "on": "2026-06-10"}
ONE = read_change_request(CHANGE)
TWO = read_change_request(CHANGE | {"changes": [MORE | {"seats": 2}]})
FEW = Limits(lines=1, visits=1, periods=1, nodes=1, depth=1)
TEAMS = Plan(
    "teams", "Teams", 1, [Price(unit_amount="1", currency="EUR", measured=True)]
)
COUNTED = ASKED | {
    "plan": to_data(TEAMS),
    "occupied": None,
    "measured": {
        day: {"seat": 3}
        for day in (
            "2026-02-01",
            "2026-03-01",
            "2026-04-01",
            "2026-05-01",
        )
    },
}
COUNTS = read_request(COUNTED)
THREE = bill_request(COUNTS)
STATEMENT, OTHER = bill_request(BILL), bill_request(LESS)
TABLE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "converters.bill_answer": ({"request": BILL}, {"request": LESS, "limits": FEW}),
    "converters.bill_request": ({"request": BILL}, {"request": LESS, "limits": FEW}),
    "converters.change_answer": ({"request": ONE}, {"request": TWO, "limits": FEW}),
    "converters.change_request": ({"request": ONE}, {"request": TWO, "limits": FEW}),
    "converters.digest": ({"value": PRO}, {"value": RULES}),
    "converters.dump": (
        {"value": SUB},
        {"value": PRO, "catalog": CATALOG, "rules": BILL.rules},
    ),
    "converters.from_data": (
        {"data": to_data(PRO), "kind": Plan},
        {"data": to_data(CATALOG), "kind": Price, "path": 1, "limits": FEW},
    ),
    "converters.load": (
        {"data": dump(PRO)},
        {"data": dump(RULES), "kind": Price, "catalogs": 1, "rules": 1, "limits": FEW},
    ),
    "converters.parse": ({"text": "[[1]]"}, {"text": "[2]", "limits": 1}),
    "converters.read_change_request": (
        {"data": CHANGE},
        {"data": CHANGE | {"on": "2026-06-11"}, "limits": FEW},
    ),
    "converters.read_request": (
        {"data": ASKED},
        {"data": ASKED | {"id": "two"}, "limits": FEW},
    ),
    "converters.next_measured": (
        {"request": COUNTS, "statement": THREE},
        {"request": BILL, "statement": bill_request(attrs.evolve(COUNTS, until=AGAIN))},
    ),
    "converters.schema": ({"name": "bill-request"}, {"name": "nothing"}),
    "converters.seats_of": (
        {"request": BILL, "statement": STATEMENT},
        {"request": attrs.evolve(BILL, occupied=None), "statement": OTHER},
    ),
    "converters.to_data": ({"value": PRO}, {"value": RULES}),
}
FUNCTIONS = functions(("converters",))
ROWS = [
    pytest.param(function, name, id=f"{function}: {name}")
    for function, (_, others) in TABLE.items()
    for name in others
]


def test_every_function_for_data_and_each_of_its_parameters_stands_in_the_table():
    assert TABLE.keys() == FUNCTIONS.keys()
    for name, function in FUNCTIONS.items():
        assert TABLE[name][1].keys() == {*inspect.signature(function).parameters}


@pytest.mark.parametrize(("function", "name"), ROWS)
def test_every_argument_of_data_acts_or_is_refused(function, name):
    acts(FUNCTIONS[function], *TABLE[function], name)


# A market says all of it.

ONCE = settings(max_examples=1, database=None, derandomize=True)


@pytest.mark.parametrize(
    "beside", [{"catalog": CATALOG}, {"rules": RULES}, {"currency": "EUR"}]
)
def test_beside_a_market_nothing_else_of_it_is_given(beside):
    market = our.Market(catalog=CATALOG, rules=RULES, currency="EUR", time=dt.date)
    for given in (market, our.markets(catalog=CATALOG)):
        with pytest.raises(WrongTypeError):
            find(our.histories(given, **beside), bool, settings=ONCE)
    with pytest.raises(WrongTypeError):
        service_machine(market=our.markets(), **beside)
