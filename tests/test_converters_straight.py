"""Two ways to read: straight where data are as they are written here, else slowly.

The straight way may give up on anything; what it reads, the slow way reads the same.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import re
from pathlib import Path
from typing import get_origin, get_type_hints

import attrs
import pytest
from hypothesis import given

from leaf_strategies import of
from mutated import mutated
from seatbill import (
    AddOn,
    BillingRules,
    Discount,
    Invoice,
    Plan,
    Price,
    Subscription,
)
from seatbill.converters import (
    InvalidDataError,
    digest,
    dump,
    from_data,
    load,
    parse,
    to_data,
)
from seatbill.converters import _hooks as hooks
from seatbill.converters._context import Context
from seatbill.converters._door import check_data
from seatbill.converters._vocabulary import KINDS, word_of
from seatbill.limits import LIMITS, Limits
from seatbill.rulebooks import clockify
from seatbill.seats import Member
from test_converters_values import EASY, HARD

STORED = sorted((Path(__file__).parent / "documents" / "0.1.0").glob("*.json"))
HERE = Context(
    catalogs=(load(parse((STORED[0].parent / "catalog.json").read_text("utf-8"))),),
    rules=(load(parse((STORED[0].parent / "billing_rules.json").read_text("utf-8"))),),
)
NOTHING = object()


def text_of(value: object) -> str:
    """Return the text of *value*, with the members of each set in order."""
    return re.sub(
        r"frozenset\(\{(.*?)\}\)",
        lambda found: f"frozenset({sorted(found[1].split(', '))})",
        repr(value),
    )


def straight(data, kind, limits=LIMITS):
    """Return what the straight way reads, ``None`` where it gives up."""
    return hooks.read_straight(data, kind, attrs.evolve(HERE, limits=limits), 1)


def slowly(data, kind, limits=LIMITS):
    """Return what the slow way reads, or nothing where it refuses."""
    try:
        check_data(data, "$", limits)
        return hooks.read(data, kind, "$", attrs.evolve(HERE, limits=limits))
    except InvalidDataError:
        return NOTHING


@pytest.mark.parametrize("kind", EASY, ids=word_of)
def test_every_value_that_was_written_is_read_straight_and_as_the_slow_way_reads(kind):
    @HARD
    @given(of(kind))
    def law(value):
        data = json.loads(json.dumps(to_data(value)))
        found = straight(data, kind)
        assert found == value == slowly(data, kind)
        assert (text_of(found), hash(found)) == (text_of(value), hash(value))

    law()


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_what_is_wrong_with_a_document_is_never_read_straight(path):
    document = parse(path.read_text(encoding="utf-8"))
    kind = KINDS[document["kind"]]
    assert straight(document["value"], kind) == slowly(document["value"], kind)
    for seed in range(150):
        data = mutated(document["value"], seed)
        found = straight(copy.deepcopy(data), kind)
        if found is not None:
            assert text_of(found) == text_of(slowly(data, kind))


PRICE = {"unit_amount": "5", "currency": "EUR"}
PLAN = {"id": "a", "name": "A", "rank": 0}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Plan, PLAN | {"limits": 3}),
        (Plan, PLAN | {"prices": [PRICE | {"interval": {"months": 6}}]}),
        (Price, PRICE | {"unit_amount": f"{'0' * 30}5.{'0' * 30}"}),
        (Price, PRICE | {"interval": "6 months"}),
        (Discount, {"id": "a", "amount_off": {"amount": 5, "currency": "EUR"}}),
        (Discount, {"id": "a", "amount_off": {"amount": "5.000", "currency": "EUR"}}),
        (Discount, {"id": "a", "amount_off": {"amount": "5", "currency": "EUR"}}),
        (Discount, {"id": "a", "amount_off": [5, "EUR"]}),
        (Discount, {"id": "a", "amount_off": {"amount": ".50", "currency": "EUR"}}),
        (BillingRules, {"interval_discounts": {"year": "20", "12 months": "10"}}),
        (BillingRules, {"interval_discounts": {"year": f"{'0' * 99}20"}}),
        (BillingRules, {"interval_discounts": {"12 months": 20}}),
        (BillingRules, {"interval_discounts": [["year", "20"]]}),
        (Member, {"id": "a" * 500, "joined_on": "2026-01-31T12:00:00+00:00"}),
        (Member, {"id": "a\ud800"}),
    ],
)
def test_data_that_are_written_in_another_way_are_read_or_refused_as_before(kind, data):
    try:
        found = from_data(data, kind)
    except InvalidDataError:
        found = NOTHING
    assert found == slowly(data, kind)


def test_a_document_of_another_shape_is_left_to_the_slow_way():
    document = dump(clockify.CATALOG)
    for wrong in ({**document, "more": 1}, {**document, "kind": 3}, [document]):
        with pytest.raises(InvalidDataError):
            load(wrong)
    with pytest.raises(InvalidDataError):
        load(document, Plan)
    assert load(document) == clockify.CATALOG


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_so_many_nodes_are_read_as_the_door_lets_in_and_no_more(path):
    document = parse(path.read_text(encoding="utf-8"))
    data, kind = document["value"], KINDS[document["kind"]]
    nodes = check_data(data, "$")
    assert straight(data, kind, Limits(nodes=nodes)) is not None
    assert straight(data, kind, Limits(nodes=nodes - 1)) is None


@pytest.mark.parametrize("limits", [Limits(bits=100), Limits(depth=30)])
def test_narrow_limits_are_held_by_the_slow_way(limits):
    assert straight(PLAN, Plan, limits) is None
    assert from_data(PLAN, Plan, limits=limits) == Plan("a", "A", 0)


def test_what_comes_in_parts_may_be_deep_but_not_too_deep():
    deep = "x"
    for _ in range(60):
        deep = [deep]
    team = {"id": "a", "active": [["2026-01-01", deep]]}
    assert straight(team, KINDS["team_history"]) is None


def test_no_converter_changes_what_is_empty():
    """The straight way leaves it out then."""
    for kind in KINDS.values():
        hints = get_type_hints(kind)
        for field in attrs.fields(kind):
            if field.converter and get_origin(hints[field.name]) is tuple:
                assert field.converter(()) == (), (kind, field.name)


@pytest.mark.parametrize(
    "value",
    [
        clockify.CATALOG.plan("basic"),
        AddOn("sms", "SMS"),
        clockify.RULES,
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_digest_is_kept_and_no_part_of_the_value(value):
    fresh = copy.deepcopy(value)
    shown = repr(fresh)
    first = digest(fresh)
    assert digest(fresh) is first
    assert (repr(fresh), fresh, hash(fresh)) == (shown, value, hash(value))
    for other in (pickle.loads(pickle.dumps(fresh)), copy.copy(fresh)):
        assert other == fresh
        assert not hasattr(other, "_digest")
    changed = attrs.evolve(fresh, name="another")
    assert digest(changed) != first


def test_days_and_instants_do_not_mix_in_what_is_read_straight():
    sub = next(path for path in STORED if path.stem == "subscription")
    data = parse(sub.read_text(encoding="utf-8"))["value"]
    assert straight(data, Subscription) is not None
    data["changed_on"] = f"{data['changed_on']}T00:00:00Z"
    assert straight(data, Subscription) is None
    assert slowly(data, Subscription) is NOTHING


def test_a_kind_of_another_library_is_read_the_slow_way():
    @attrs.frozen
    class Own:
        on: dt.date

    assert straight({"on": "2026-01-31"}, Own) is None
    assert from_data({"on": "2026-01-31"}, Own) == Own(dt.date(2026, 1, 31))
    assert straight([], Invoice) is None
