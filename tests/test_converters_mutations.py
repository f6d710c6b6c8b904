"""A thousand documents that somebody got wrong: none crashes, each says where and what.

Each is a sound document with one to four mistakes, the same ones at every run.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from leaf_strategies import of
from mutated import mutated
from seatbill.converters import (
    InvalidDataError,
    bill_answer,
    change_answer,
    dump,
    from_data,
    load,
    parse,
    read_change_request,
    read_request,
    to_data,
)
from seatbill.converters._vocabulary import word_of
from seatbill.rulebooks import clockify
from test_converters_values import EASY, HARD

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.json"))
RULES = {"settlement": "monthly", "interval_discounts": {"year": "20"}}
EVERYTHING = {
    "seatbill": 1,
    "catalog": to_data(clockify.CATALOG),
    "rules": RULES,
    "plan": "basic",
    "interval": "month",
    "seats": {"seat": 5},
    "on": "2026-01-15",
    "until": "2026-04-01",
    "discounts": [{"id": "promo", "percent_off": "20", "periods": 3}],
    "tax_rates": [{"id": "vat", "rate": "0.19"}],
    "recipient": {"name": "Harbour", "address": ["Quay"], "country": "IE"},
    "members": [{"id": "ann"}, {"id": "bob", "joined_on": "2026-01-15"}],
    "measured": {},
    "changes": [
        {"on": "2026-01-20", "change": "add_seats", "seats": 3},
        {
            "on": "2026-02-20",
            "changes": [
                {"change": "switch_plan", "plan": "standard", "interval": "year"},
                {"change": "set_tax_rates", "rates": [{"id": "vat", "rate": "0.2"}]},
            ],
        },
        {"on": "2026-03-01", "change": "remove_seats", "seats": 2},
    ],
}
ANSWER = bill_answer(read_request(EVERYTHING))
CHANGE = {
    "seatbill": 1,
    "rulebook": "clockify",
    "subscription": ANSWER["document"],
    "on": "2026-04-10",
    "by": "ann",
    "occupied": {"seat": 2},
    "changes": [
        {"change": "set_seats", "seats": 4},
        {"change": "apply_discount", "discount": {"id": "new", "percent_off": "5"}},
        {"change": "switch_interval", "interval": {"months": 1}},
    ],
}
REFERRING = {
    **CHANGE,
    "subscription": dump(
        load(ANSWER["document"]), catalog=clockify.CATALOG, rules=clockify.RULES
    ),
}


def bill(data):
    return bill_answer(read_request(data))


def change(data):
    return change_answer(read_change_request(data))


def told(read, data) -> bool:
    """Return whether *data* are refused; then every problem says where and what."""
    problems = problems_of(read, data)
    for problem in problems:
        assert problem.where.startswith("$")
        assert problem.code.replace("_", "").isalpha()
        assert problem.message
    return bool(problems)


def problems_of(read, data):
    """Return the problems with which *data* are refused, none where they are read."""
    try:
        read(data)
    except InvalidDataError as error:
        return error.problems
    return ()


DOCUMENTS = [
    pytest.param(bill, EVERYTHING, 300, id="a bill request"),
    pytest.param(change, CHANGE, 200, id="a change request"),
    pytest.param(change, REFERRING, 100, id="a change request with references"),
    pytest.param(load, ANSWER["document"], 200, id="a stored subscription"),
    *(
        pytest.param(bill, parse(path.read_text(encoding="utf-8")), 25, id=path.stem)
        for path in EXAMPLES
    ),
]


@pytest.mark.parametrize(("read", "document", "times"), DOCUMENTS)
def test_no_mistake_crashes_and_each_is_told_with_its_place(read, document, times):
    assert not told(read, document)
    refused = [told(read, mutated(document, seed)) for seed in range(times)]
    assert sum(refused) > times / 2


def test_there_are_a_thousand():
    assert sum(row.values[2] for row in DOCUMENTS) >= 1000


@pytest.mark.parametrize("kind", EASY, ids=word_of)
def test_no_mistake_in_a_value_of_any_kind_crashes(kind):
    @HARD
    @given(of(kind))
    def law(value):
        data = to_data(value)
        for seed in range(5):
            told(lambda found: from_data(found, kind), mutated(data, seed))

    law()
