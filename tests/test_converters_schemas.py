"""The schemas, by a validator that knows nothing of seatbill.

What the schemas cannot say is said in `BEYOND`: what is left to the reader.
"""

from __future__ import annotations

import inspect
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from mutated import mutated
from seatbill import Catalog
from seatbill.converters import (
    RULEBOOKS,
    SCHEMAS,
    BillRequest,
    DatedChanges,
    InvalidDataError,
    _resources,
    _shapes,
    bill_answer,
    change_answer,
    dump,
    parse,
    read_change_request,
    read_request,
    schema,
    schemas,
    to_data,
)
from seatbill.converters._vocabulary import CHANGES
from seatbill.errors import SeatbillError, UnknownItemError
from seatbill.testing.strategies import histories
from test_converters_mutations import CHANGE, EVERYTHING, EXAMPLES, REFERRING

VALIDATORS = {
    name: Draft202012Validator(schema(name), format_checker=FormatChecker())
    for name in SCHEMAS
}

# What the reader refuses for its shape and a schema lets pass.
BEYOND = {
    "duplicate_key": "two keys that say the same: '1 month' and 'month'",
    "invalid_text": "half of a character: a surrogate that stands alone",
    "too_deep": "how deep objects and lists may stand",
    "too_large": "how many digits a whole number may have",
    "too_many_problems": "of very many problems the first are told",
    "missing a price list": "that names need a rulebook, a catalogue or plans",
    "a number": "that 5.0 is not whole here, and how many decimals a number may have",
    "an instant": "29 February of a common year, in an instant",
}


def valid(name, data) -> bool:
    return VALIDATORS[name].is_valid(data)


def explained(name, data):
    """Fail with what the validator says."""
    VALIDATORS[name].validate(data)


# What they are.


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one_of_2020_12(name):
    found = schema(name)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["$id"] == f"urn:seatbill:1:{name}"
    Draft202012Validator.check_schema(found)
    assert json.loads(json.dumps(found)) == found


def test_a_schema_says_of_a_class_what_the_class_says_of_itself(monkeypatch):
    """The words stand in a file, for a docstring is not there under ``python -OO``."""
    asked = {}

    def of_class(kind):
        asked[kind.__name__] = kind
        return _resources.of_class(kind)

    for module in (schemas, _shapes):
        monkeypatch.setattr(module, "of_class", of_class)
    for name in SCHEMAS:
        schema(name)
    assert asked.keys() == _resources.table("descriptions.json")["classes"].keys()
    for name, kind in asked.items():
        first = " ".join(inspect.getdoc(kind).split("\n\n")[0].split())
        plain = re.sub(r"(?::\w+:)?[*`]+~?([^*`]+)[*`]+", r"\1", first)
        assert _resources.table("descriptions.json")["classes"][name] == plain


@pytest.mark.parametrize("name", SCHEMAS)
def test_everything_in_a_schema_is_described_and_closed(name):
    def walk(part):
        if isinstance(part, list):
            for one in part:
                walk(one)
        if not isinstance(part, dict):
            return
        for key, about in part.get("properties", {}).items():
            is_tag = "const" in about
            assert is_tag or len(about.get("description", "")) > 3 or key in UNSAID
        if "properties" in part:
            assert part["additionalProperties"] is False
            assert {*part["required"]} <= {*part["properties"]}
        for inner in part.values():
            walk(inner)

    found = schema(name)
    walk(found)
    for about in found["$defs"].values():
        assert len(about["description"]) > 10


UNSAID = ("months", "days", "amount", "currency", "seatbill", "value")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_definition_is_used(name):
    text = json.dumps(schema(name))
    for definition in schema(name)["$defs"]:
        assert f'"#/$defs/{definition}"' in text


@pytest.mark.parametrize("name", ["bill", "", None, 3, []])
def test_there_are_no_others(name):
    with pytest.raises(UnknownItemError) as refused:
        schema(name)
    assert refused.value.offered == tuple(SCHEMAS)


def test_a_schema_is_the_callers_own():
    schema("bill-request")["properties"].clear()
    assert schema("bill-request")["properties"]


# They say what the reader reads.


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_and_its_answer_are_valid(path):
    data = parse(path.read_text(encoding="utf-8"))
    explained("bill-request", data)
    explained("bill-request", json.loads(path.read_text(encoding="utf-8")))
    answer = bill_answer(read_request(data))
    explained("bill-answer", json.loads(json.dumps(answer)))
    change = {
        "subscription": answer["document"],
        "on": answer["until"],
        "changes": [{"change": "grant_credit", "amount": GIFT, "reason": "x"}],
    }
    change["changes"][0]["amount"] |= {"currency": answer["subscription"]["currency"]}
    explained("change-request", change)
    if answer["subscription"]["status"] in ("active", "trialing"):
        found = change_answer(read_change_request(change))
        explained("change-answer", json.loads(json.dumps(found)))


GIFT = {"amount": "5.00"}


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("bill-request", EVERYTHING),
        ("change-request", CHANGE),
        ("change-request", REFERRING),
    ],
)
def test_a_document_with_everything_is_valid(name, document):
    explained(name, document)


@pytest.mark.parametrize(
    "more",
    [
        {"interval": "quarter"},
        {"interval": "6 months"},
        {"interval": {"days": 30}},
        {"seats": 5},
        {"on": "2026-01-15T12:00Z", "until": "2026-02-15T12:00:00.5+00:00"},
        {"add_ons": ["sms", {"add_on": "sms", "quantity": 2}]},
        {"rulebook": next(iter(RULEBOOKS))},
        {"measured": {"2026-02-01": {"team": 3}}},
        {"occupied": None, "note": "x", "seller": {"name": "We"}},
    ],
)
def test_every_way_to_say_it_is_valid(more):
    explained("bill-request", EVERYTHING | more)


@pytest.mark.parametrize("word", CHANGES)
def test_a_change_may_stand_alone_or_in_a_list(word):
    fields = {
        "add_on": {"id": "x", "name": "X", "family": "f"},
        "package": {"id": "y", "name": "Y", "family": "f"},
        "service": {"id": "s", "name": "S", "price": {"amount": 1, "currency": "EUR"}},
        "plan": "basic",
        "interval": "year",
        "seats": 3,
        "id": "x",
        "amount": {"amount": Decimal("1.5"), "currency": "EUR"},
        "kind": "plan",
        "from_day": "2026-01-01",
        "days": 3,
        "periods": 2,
        "day": 1,
        "discount": {"id": "x", "percent_off": "5"},
        "rates": [],
        "recipient": None,
        "reason": "x",
        "key": "x:1/credit-1",
        "charges": [],
        "term": None,
        "used": {"seat": 3},
    }
    wanted = schema("bill-request")["$defs"]
    name = word if word in wanted else f"asked_{word}"
    needed = [key for key in wanted[name]["required"] if key != "change"]
    one = {"change": word, **{key: fields[key] for key in needed}}
    for entry in ({"on": "2026-01-20", **one}, {"on": "2026-01-20", "changes": [one]}):
        explained("bill-request", EVERYTHING | {"changes": [entry]})
        read_request(EVERYTHING | {"changes": [entry]})
        wrong = {**entry, "sets": 1}
        assert not valid("bill-request", EVERYTHING | {"changes": [wrong]})


@given(histories(), st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_generated_requests_and_their_answers_are_valid(history, refers):
    for before, outcome in zip(
        (history.opening, *history.outcomes), history.outcomes, strict=False
    ):
        sub = before.subscription
        held = {"catalog": Catalog((sub.plan,)), "rules": sub.rules} if refers else {}
        request = {
            "subscription": dump(sub, **held),
            "on": to_data(outcome.on),
            "changes": to_data(outcome.changes),
        }
        if refers:
            request |= {"plans": [to_data(sub.plan)], "rules": to_data(sub.rules)}
        explained("change-request", request)
        answer = answered(request)
        if answer is not None:
            explained("change-answer", json.loads(json.dumps(answer)))


@given(histories())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_generated_stories_and_their_answers_are_valid(history):
    asked = dict(history.asked)
    opening = history.opening.subscription
    request = BillRequest(
        **asked
        | {"seats": opening.seats, "add_ons": opening.add_ons, "until": history.until}
        | {name: tuple(asked.get(name, ())) for name in ("discounts", "tax_rates")},
        changes=tuple(
            DatedChanges(on=on, changes=changes) for on, changes in history.entries
        ),
    )
    data = json.loads(json.dumps(to_data(request)))
    explained("bill-request", data)
    assert read_request(data) == request
    answer = answered_story(request)
    if answer is not None:
        explained("bill-answer", json.loads(json.dumps(answer)))


def answered_story(request):
    """Return the answer to a story, nothing where a quantity is missing."""
    try:
        return bill_answer(request)
    except InvalidDataError:
        return None


def answered(request):
    """Return the answer to a request, nothing where it is refused."""
    try:
        return change_answer(read_change_request(request))
    except SeatbillError:
        return None


# What the reader refuses for its shape, they refuse.


def is_shape(problem) -> bool:
    """Return whether a problem is one of shape, which a schema can say."""
    if problem.code in BEYOND or problem.where == "$.rulebook":
        return False
    values = dict(problem.values)
    return {"wanted", "got"} <= {*values} or problem.code in ("missing", "unknown_key")


def as_text_is_read(data):
    """Return *data* as they come out of JSON text: no float, no NaN."""
    if isinstance(data, dict):
        return {key: as_text_is_read(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_text_is_read(value) for value in data]
    if isinstance(data, float):
        data = Decimal(str(data))
    if isinstance(data, Decimal) and not data.is_finite():
        return None
    return data


def all_problems(read, data):
    """Return the problems with which *data* are refused."""
    try:
        read(data)
    except InvalidDataError as error:
        return error.problems
    return ()


@pytest.mark.parametrize(
    ("name", "read", "document", "times"),
    [
        ("bill-request", read_request, EVERYTHING, 400),
        ("change-request", read_change_request, CHANGE, 300),
        ("change-request", read_change_request, REFERRING, 300),
    ],
)
def test_the_reader_and_the_schema_agree_on_the_shape(name, read, document, times):
    """What is refused for its shape is not valid, what is read is."""
    refused = 0
    for seed in range(times):
        data = as_text_is_read(mutated(document, seed))
        problems = all_problems(read, data)
        if any(map(is_shape, problems)):
            refused += 1
            assert not valid(name, data), (seed, problems)
        elif not problems:
            explained(name, data)
    assert times / 2 < refused < times


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"plan": "gold"}, "unknown_item"),
        ({"until": "2020-01-01"}, "out_of_order"),
        ({"anchor": "2026-01-15T00:00:00Z"}, "mixed_time"),
        ({"anchor": "2026-02-29T00:00:00Z"}, "invalid_time"),
        ({"note": "\ud800"}, "invalid_text"),
        ({"id": ""}, None),
        ({"currency": "XXX"}, None),
        ({"seats": 5.0}, "wrong_type"),
        ({"plans": []}, "doubled"),
        (
            {"rules": {"interval_discounts": {"month": 1, "1 month": 1}}},
            "duplicate_key",
        ),
        ({"plan": {"ref": "basic", "digest": "sha256:" + "0" * 64}}, "digest_mismatch"),
    ],
)
def test_what_a_schema_cannot_say_is_left_to_the_reader(more, code):
    """Names, digests, the order of days, bounds and amounts: and 5.0 is whole there."""
    data = EVERYTHING | more
    explained("bill-request", data)
    found = answered_bill(data)
    assert code is None or code in found


def answered_bill(data):
    """Return the codes with which *data* are refused."""
    try:
        bill_answer(read_request(data))
    except InvalidDataError as error:
        return {problem.code for problem in error.problems}
    return set()


def test_the_stored_documents_of_the_tests_are_valid_in_a_request():
    stored = Path(__file__).parent / "documents" / "0.1.0" / "subscription.json"
    document = parse(stored.read_text(encoding="utf-8"))
    explained("change-request", {"subscription": document, "on": "2026-01-20"})
    data = document["value"]
    explained("change-request", {"subscription": data, "on": "2026-01-20"})
    data["pending_updates"][0]["value"] = 3
    assert not valid("change-request", {"subscription": data, "on": "2026-01-20"})
