"""Every public value to data and back: equal, plain, and with the same digest."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import pkgutil
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import get_type_hints

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import seatbill
from leaf_strategies import of
from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddSeats,
    BillingRules,
    Cancel,
    Discount,
    Interval,
    InvoiceLine,
    Money,
    Period,
    Plan,
    Price,
    Settlement,
    Statement,
    Subscription,
    TaxRate,
    Timing,
    bill,
    change,
    subscribe,
)
from seatbill._values.base import Quantities
from seatbill.converters import (
    BillRequest,
    ChangeRequest,
    DataProblem,
    DatedChanges,
    InvalidDataError,
    digest,
    from_data,
    parse,
    to_data,
)
from seatbill.converters._absent import ABSENT, FROM_OTHERS
from seatbill.converters._finding import problems_of
from seatbill.converters._forms import FORMS, RENAMED
from seatbill.converters._vocabulary import (
    KINDS,
    PENDING,
    REFUSALS,
    SUMS,
    TAGS,
    word_of,
)
from seatbill.errors import InsufficientUnitsError, TopUpCappedError, WrongTypeError
from seatbill.invoices import LineKind
from seatbill.licences import Workspace
from seatbill.limits import Limits
from seatbill.notices import Notice
from seatbill.rulebooks import clockify
from seatbill.rules import ChangeKind
from seatbill.subscriptions import Change, PendingUpdate
from seatbill.verification import Discrepancy
from seatbill.wallets import Decision, Wallet, WalletPolicy

DAY = dt.date(2026, 1, 31)
INSTANT = dt.datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=dt.UTC)
HARD = settings(  # a tenth of what the profile asks for: there are many kinds
    max_examples=settings().max_examples // 10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SLOW = ("add_on_option", "line_review", "plan_comparison", "plan_option", "preview")
DRAWN = [kind for kind in KINDS.values() if kind is not DataProblem]
EASY = [kind for kind in DRAWN if word_of(kind) not in (*SLOW, "reconciliation")]


def again(value, kind=None):
    """Return *value* as it is read back from JSON text."""
    text = json.dumps(to_data(value), allow_nan=False)
    return from_data(parse(text), kind or type(value))


def problems(call, *arguments) -> list[tuple[str, str]]:
    """Return the places and codes of the problems that a call is refused with."""
    with pytest.raises(InvalidDataError) as refusal:
        call(*arguments)
    return [(problem.where, problem.code) for problem in refusal.value.problems]


# There and back.


@pytest.mark.parametrize("kind", DRAWN, ids=word_of)
def test_every_value_comes_back_equal_and_with_the_same_digest(kind):
    @HARD
    @given(of(kind))
    def law(value):
        found = again(value)
        assert found == value
        assert digest(found) == digest(value)

    law()


@pytest.mark.parametrize("kind", EASY, ids=word_of)
def test_data_are_plain(kind):
    def walk(data):
        if type(data) is dict:
            assert all(type(key) is str for key in data)
            walk(list(data.values()))
        elif type(data) is list:
            for part in data:
                walk(part)
        else:
            assert type(data) in (str, int, bool, type(None))

    @HARD
    @given(of(kind))
    def law(value):
        walk(to_data(value))

    law()


ROOMS = (
    "arrow",
    "_shell",
    "converters",
    "documents",
    "formatting",
    "testing",
    "ext",
    "__main__",
)


def test_every_public_class_of_values_has_a_word():
    """The rooms that make texts and pages have values of their own, not to be kept."""
    found = set()
    for module in pkgutil.walk_packages(seatbill.__path__, "seatbill."):
        if module.name.split(".")[1] in ROOMS:
            continue
        names = vars(importlib.import_module(module.name))
        found |= {one for one in names.values() if isinstance(one, type)}
    # What has a value as its base is a row of it, to be filled: no class of values.
    values = {
        one
        for one in found
        if attrs.has(one)
        and one.__module__[:8] == "seatbill"
        and not attrs.has(one.__base__)
    }
    # How much a call may ask for is no value to be kept either.
    assert values - {Limits} == {*KINDS.values(), Money, Interval} - {DataProblem}


@pytest.mark.parametrize("key", SUMS)
def test_one_of_several_classes_says_which_it_is(key):
    for kind in SUMS[key]:
        assert TAGS[kind] == key


@given(st.sampled_from(SUMS["change"]).flatmap(of))
@settings(max_examples=30, deadline=None)
def test_any_change_is_read_by_its_tag(asked):
    assert again(asked, Change) == asked
    other = {**to_data(asked), "change": "fly"}
    assert problems(from_data, other, Change) == [("$.change", "unknown_word")]
    assert problems(from_data, other, type(asked)) == [("$.change", "unknown_word")]


def test_a_class_with_a_tag_needs_it():
    assert problems(from_data, {"seats": 3}, AddSeats) == [("$.change", "unknown_word")]
    assert problems(from_data, {"seats": 3}, Change) == [("$", "wrong_type")]


WAITING = {
    ChangeKind.PLAN: clockify.CATALOG.plan("basic"),
    ChangeKind.PRICE: clockify.CATALOG.plan("basic"),
    ChangeKind.INTERVAL: ANNUAL,
    ChangeKind.SEATS: 8,
    ChangeKind.ADD_ON: None,
    ChangeKind.PACKAGE: None,
    ChangeKind.CANCELLATION: "too dear",
    ChangeKind.PAUSE: 2,
}


@pytest.mark.parametrize("kind", PENDING)
def test_what_waits_is_read_by_its_kind(kind):
    value = WAITING[kind]
    if value is None:
        value = from_data(
            {"add_on": {"id": "x", "name": "X"}}, PENDING[ChangeKind.ADD_ON]
        )
        value = value if kind is ChangeKind.ADD_ON else value.add_on
    update = PendingUpdate(kind=kind, value=value, applies_on=DAY, requested_on=DAY)
    assert again(update) == update
    wrong = to_data(update) | {"value": 2.5}
    ((where, _),) = problems(from_data, wrong, PendingUpdate)
    assert where == "$.value"


@pytest.mark.parametrize("word", ["fly", 3, None, ["plan"]])
def test_what_waits_is_of_a_known_kind(word):
    data = {"kind": word, "value": 1, "applies_on": "2026-01-31"}
    assert sorted(problems(from_data, data, PendingUpdate)) == [
        ("$.kind", "unknown_word"),
        ("$.requested_on", "missing"),
    ]


@pytest.mark.parametrize(
    "value",
    [
        MONTHLY,
        QUARTERLY,
        ANNUAL,
        Interval(days=1),
        Interval(days=30),
        Interval(months=7),
    ],
)
def test_every_interval_comes_back(value):
    assert again(value) == value


def test_words_and_lists_of_values_are_written_too():
    assert to_data(Timing.RESTART) == "restart"
    assert from_data("restart", Timing) is Timing.RESTART
    assert to_data((AddSeats(1), None)) == [to_data(AddSeats(1)), None]
    pair = (DAY, None)
    assert from_data(to_data(pair), tuple[dt.date | None, dt.date | None]) == pair
    assert problems(from_data, [1, "x"], tuple[str, int]) == [
        ("$[0]", "wrong_type"),
        ("$[1]", "wrong_type"),
    ]
    for wrong in ([1], "ab", {}):
        assert problems(from_data, wrong, tuple[str, int]) == [("$", "wrong_type")]


@pytest.mark.parametrize("value", [object(), 1.5, {1, 2}, b"x", [object()], type])
def test_what_is_no_value_is_not_written(value):
    with pytest.raises(WrongTypeError):
        to_data(value)


@pytest.mark.parametrize("kind", [object, complex, pytest])
def test_what_is_no_kind_is_not_read(kind):
    with pytest.raises(TypeError):
        from_data("x", kind)


# Amounts are amounts.


def test_a_line_is_written_as_a_bookkeeper_writes_it():
    """3 × 4.99 × 26/31 = 12.5554…"""
    plan = clockify.CATALOG.plan("basic")
    first = subscribe(
        plan,
        id="s",
        interval=MONTHLY,
        seats=5,
        on=dt.date(2026, 1, 15),
        rules=clockify.RULES,
    )
    second = change(first.subscription, AddSeats(3), on=dt.date(2026, 1, 20))
    data = to_data(second.invoice)
    assert (data["document"], data["subtotal"], data["total"]) == (
        "invoice",
        "12.56",
        "12.56",
    )
    (line,) = data["lines"]
    terms = line.pop("terms")
    assert terms["unit_amount"] == "4.99"
    assert line == {
        "kind": "charge",
        "quantity": 3,
        "full_amount": "14.97",
        "start": "2026-01-20",
        "end": "2026-02-15",
        "whole": {"start": "2026-01-15", "end": "2026-02-15"},
        "share": "26/31",
        "amount": "12.56",
        "cap": None,
        "charge_version": 1,
    }
    (charge,) = to_data(second.subscription)["charges"]
    assert (charge["full_amount"], charge["charged"], charge["credited"]) == (
        "39.92",
        "37.51",
        "0.00",
    )


def test_every_digit_of_a_currency_is_written():
    for amount, currency in (("10", "JPY"), ("10.500", "KWD"), ("0.00", "EUR")):
        data = to_data(Money(amount, currency))
        assert data == {"amount": amount, "currency": currency}


TERMS = {
    "item_kind": "plan",
    "item": "basic",
    "unit": "seat",
    "currency": "EUR",
    "unit_amount": "4.99",
    "scale": 1,
}
LINE = {
    "kind": "charge",
    "terms": TERMS,
    "quantity": 3,
    "full_amount": "14.97",
    "start": "2026-01-20",
    "end": "2026-02-15",
    "whole": {"start": "2026-01-15", "end": "2026-02-15"},
    "share": "26/31",
    "amount": "12.56",
    "cap": None,
    "charge_version": 1,
}


def test_a_line_is_read_into_whole_numbers():
    line = from_data(LINE, InvoiceLine)
    assert (line.full_scaled, line.amount_minor, line.cap_minor) == (1497, 1256, None)
    assert (line.share_numerator, line.share_denominator) == (26, 31)
    assert line.terms.unit_scaled == 499
    finer = LINE | {"terms": TERMS | {"scale": 10, "unit_amount": "4.991"}}
    finer |= {"full_amount": "14.973", "cap": "12.00"}
    line = from_data(finer, InvoiceLine)
    assert (line.terms.unit_scaled, line.full_scaled, line.cap_minor) == (
        4991,
        14973,
        1200,
    )
    none = from_data(LINE | {"terms": TERMS | {"unit_amount": None}}, InvoiceLine)
    assert none.unit_amount is None


@pytest.mark.parametrize(
    ("key", "value", "where", "code"),
    [
        ("full_amount", "14.971", "$.full_amount", "invalid_amount"),
        ("amount", "12.555", "$.amount", "too_many_digits"),
        ("amount", 12.5, "$.amount", "wrong_type"),
        ("cap", "-1.00", "$.cap", "out_of_bounds"),
        ("share", "26", "$.share", "invalid_amount"),
        ("share", "26/0", "$.share", "invalid_amount"),
        ("share", "-1/31", "$.share", "invalid_amount"),
        ("share", None, "$.share", "invalid_amount"),
        ("quantity", 10**61, "$.quantity", "out_of_bounds"),
        ("terms", TERMS | {"scale": 0}, "$.terms.scale", "out_of_bounds"),
        (
            "terms",
            TERMS | {"unit_amount": "-1"},
            "$.terms.unit_amount",
            "out_of_bounds",
        ),
        (
            "terms",
            TERMS | {"unit_amount": "1/3"},
            "$.terms.unit_amount",
            "invalid_amount",
        ),
        ("whole", {"start": "2026-01-15"}, "$.whole.end", "missing"),
    ],
)
def test_what_is_refused_of_a_line_is_told_by_the_keys_of_its_data(
    key, value, where, code
):
    assert problems(from_data, LINE | {key: value}, InvoiceLine) == [(where, code)]


def test_the_keys_of_forms_are_those_of_their_data():
    for kind, form in FORMS.items():
        names = {field.name for field in attrs.fields(form)}
        own = {field.name for field in attrs.fields(kind)}
        assert own - names <= {*RENAMED}
        assert {RENAMED[name] for name in own - names} <= names


def test_a_share_may_be_counted_in_instants():
    """1 209 600 000 000 of 2 419 200 000 000 microseconds, not reduced."""
    line = LINE | {
        "start": "2026-02-15T00:00:00Z",
        "end": "2026-03-01T00:00:00Z",
        "whole": {"start": "2026-02-01T00:00:00Z", "end": "2026-03-01T00:00:00Z"},
        "share": "1209600000000/2419200000000",
        "amount": "7.49",
    }
    found = from_data(line, InvoiceLine)
    assert found.share_denominator == 2_419_200_000_000
    assert to_data(found) | {"terms": TERMS} == line


# A history.


OPENING = subscribe(
    clockify.CATALOG.plan("basic"),
    id="s",
    interval=MONTHLY,
    seats=5,
    on=dt.date(2026, 1, 15),
    rules=clockify.RULES,
)
SUB = OPENING.subscription


def history_of(*entries):
    return bill(OPENING, entries, until=dt.date(2026, 2, 20))


def test_one_change_alone_and_one_in_a_tuple_are_two_histories():
    on = dt.date(2026, 1, 20)
    alone = history_of((on, AddSeats(1)))
    together = history_of((on, (AddSeats(1),)))
    assert [one["alone"] for one in to_data(alone)["history"]] == [True]
    assert [one["alone"] for one in to_data(together)["history"]] == [False]
    assert again(alone) == alone
    assert again(together) == together
    assert again(alone).outcomes == alone.outcomes
    wrong = to_data(together)
    wrong["history"][0] |= {"alone": True, "changes": []}
    assert problems(from_data, wrong, Statement) == [("$.history", "invalid_value")]


def test_a_list_of_changes_comes_back_as_a_tuple():
    on = dt.date(2026, 1, 20)
    found = again(history_of((on, [AddSeats(1), Cancel()])))
    assert found.history == ((on, (AddSeats(1), Cancel())),)


# Values of any kind.

ANY = [
    "text",
    3,
    True,
    None,
    DAY,
    INSTANT,
    Decimal("1.5"),
    Fraction(1, 3),
    Money("5.00", "EUR"),
    ANNUAL,
    Quantities({"team": 3}),
    (1, (DAY, "x")),
    Period(DAY, dt.date(2026, 2, 28)),
    TaxRate("vat", "0.19"),
    AddSeats(3),
]


@pytest.mark.parametrize("value", ANY, ids=repr)
def test_a_figure_of_any_kind_comes_back(value):
    found = again(Discrepancy("x", value, None))
    assert (found.stated, type(found.stated)) == (value, type(value))


def test_a_word_comes_back_as_an_equal_text():
    assert again(Discrepancy("x", Timing.RESTART, None)).stated == Timing.RESTART


@pytest.mark.parametrize("value", [1.5, [1], object(), {"a": 1}, LineKind])
def test_a_figure_that_is_no_value_is_not_written(value):
    with pytest.raises(WrongTypeError):
        to_data(Discrepancy("x", value, None))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (1.5, "wrong_type"),
        ([1], "wrong_type"),
        ({"is": "money"}, "wrong_type"),
        ({"is": "nothing", "value": 1}, "unknown_word"),
        ({"is": ["time"], "value": 1}, "unknown_word"),
        ({"is": "tuple", "value": 1}, "unknown_word"),
        ({"is": "time", "value": "soon"}, "invalid_time"),
        ({"is": "period", "value": {}}, "missing"),
    ],
)
def test_a_figure_is_read_strictly(data, code):
    wrong = {"where": "x", "stated": data, "expected": None}
    found = problems(from_data, wrong, Discrepancy)
    assert {found_code for _, found_code in found} == {code}
    assert all(where.startswith("$.stated") for where, _ in found)


@pytest.mark.parametrize("values", [3, ["on"], [["on"]], [[1, 2]], [["on", 1.5]]])
def test_figures_by_name_are_pairs(values):
    data = {"code": "serves_until", "values": values}
    assert problems(from_data, data, Notice) == [("$.values", "wrong_type")]


# Refusals.


def test_refusals_come_back_as_the_errors_that_they_are():
    policy = WalletPolicy(unit="credit", currency="EUR", purposes=["sms"])
    short = InsufficientUnitsError("credit", Decimal(5), Decimal(3), Decimal(2))
    decision = Decision(wallet=Wallet(policy), refused=[short])
    found = again(decision)
    assert found == decision
    assert isinstance(found.refused[0], InsufficientUnitsError)


def test_every_refusal_has_a_code_of_its_own():
    assert len(REFUSALS) == len({*REFUSALS.values()})
    assert REFUSALS["top_up_capped"] is TopUpCappedError


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("insufficient_units", "wrong_type"),
        ({"error": "insufficient_units"}, "wrong_type"),
        ({"error": "oops", "values": []}, "unknown_word"),
        ({"error": 3, "values": []}, "unknown_word"),
        ({"error": "insufficient_units", "values": [1]}, "wrong_type"),
        ({"error": "insufficient_units", "values": 1}, "wrong_type"),
    ],
)
def test_a_refusal_is_read_strictly(data, code):
    policy = WalletPolicy(unit="credit", currency="EUR", purposes=["sms"])
    wrong = to_data(Decision(wallet=Wallet(policy))) | {"refused": [data]}
    assert problems(from_data, wrong, Decision) == [("$.refused[0]", code)]


# What a document leaves out.


ASKED = (BillRequest, ChangeRequest, DatedChanges)


def default_of(field):
    """Return what a constructor takes where a field is left out."""
    default = field.default
    found = default.factory() if isinstance(default, attrs.Factory) else default
    convert = field.converter
    if isinstance(convert, attrs.Converter):  # it knows its field, to name it
        return convert(found, None, field)
    return found if convert is None else convert(found)


def test_every_field_that_may_be_left_out_is_declared():
    for kind in {*KINDS.values(), *ASKED} - {*FORMS}:
        optional = {
            field.name
            for field in attrs.fields(kind)
            if field.default is not attrs.NOTHING
        }
        assert optional <= {*ABSENT.get(kind.__name__, {})}, kind.__name__


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if kind.__name__ in ABSENT], ids=word_of
)
def test_what_is_left_out_is_today_what_the_library_takes(kind):
    """Where a default changes one day, documents keep what they meant."""
    for field in attrs.fields(kind):
        data = ABSENT[kind.__name__].get(field.name, FROM_OTHERS)
        if data == FROM_OTHERS:
            continue
        default = default_of(field)
        if data in ([], {}) and field.name != "delivery":
            assert not default
        else:
            assert from_data(data, kind_of(kind, field)) == default


def kind_of(kind, field):
    """Return the type of a field."""
    return get_type_hints(kind)[field.name]


@pytest.mark.parametrize("kind", EASY, ids=word_of)
def test_a_field_that_is_left_out_means_what_is_declared(kind):
    @HARD
    @given(of(kind))
    def law(value):
        data = to_data(value)
        for name, absent in ABSENT.get(kind.__name__, {}).items():
            if absent == FROM_OTHERS:
                continue
            left_out = {key: found for key, found in data.items() if key != name}
            said = data | {name: absent}
            assert outcome(left_out, kind) == outcome(said, kind)

    law()


def outcome(data, kind):
    """Return the value that *data* are, or where and why they are refused."""
    try:
        return from_data(data, kind)
    except InvalidDataError as error:
        return [(problem.where, problem.code) for problem in error.problems]


def test_the_least_that_a_price_list_and_rules_may_say():
    assert from_data({"id": "a", "name": "A", "rank": 0}, Plan) == Plan("a", "A", 0)
    price = {"unit_amount": "5", "currency": "EUR"}
    assert from_data(price, Price) == Price(unit_amount="5", currency="EUR")
    assert from_data({}, BillingRules) == BillingRules()


@attrs.frozen
class Later:
    """A value of a later library, which has another default than the first one."""

    id: str
    settlement: Settlement = Settlement.MONTHLY


def test_an_old_document_keeps_its_amounts_when_a_default_changes(monkeypatch):
    monkeypatch.setitem(ABSENT, "Later", {"settlement": "now"})
    assert Later("a").settlement is Settlement.MONTHLY
    assert from_data({"id": "a"}, Later).settlement is Settlement.NOW


def test_what_follows_from_other_fields_may_be_left_out():
    policy = WalletPolicy(unit="credit", currency="JPY", purposes=["sms"])
    data = to_data(Wallet(policy))
    del data["money_in"], data["top_up_spent"]
    assert from_data(data, Wallet).money_in == Money("0", "JPY")
    teams = [{"id": "ops", "enrollments": [{"member_id": "ann"}]}]
    assert [one.id for one in from_data({"teams": teams}, Workspace).members] == ["ann"]


# Digests.


def test_a_digest_is_taken_of_one_text():
    """The canonical text, written by hand: keys in order, no field that may be left."""
    text = (
        '{"kind":"plan","value":{"id":"pro","name":"Pr\\u00f6","prices":'
        '[{"currency":"EUR","unit_amount":"9.9"}],"rank":1}}'
    )
    plan = Plan("pro", "Prö", 1, (Price(unit_amount="9.90", currency="EUR"),))
    assert digest(plan) == f"sha256:{sha256(text.encode()).hexdigest()}"


def test_a_digest_does_not_depend_on_the_order_of_fields():
    limits = {"clients": 3, "projects": 5}
    turned = dict(reversed(limits.items()))
    assert digest(Plan("a", "A", 0, limits=limits)) == digest(
        Plan("a", "A", 0, limits=turned)
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            Price(unit_amount="1.0", currency="EUR"),
            Price(unit_amount=Decimal("1.00"), currency="EUR"),
        ),
        (TaxRate("vat", "0.2"), TaxRate("vat", Fraction(1, 5))),
        (Discount.percent("20", id="a"), Discount.percent("20.000", id="a")),
        (Discrepancy("x", True, Fraction(2)), Discrepancy("x", 1, Decimal(2))),
        (Discrepancy("x", Fraction(1, 2), 0), Discrepancy("x", Decimal("0.5"), False)),
        (Discrepancy("x", Timing.RESTART, 0), Discrepancy("x", "restart", 0)),
    ],
)
def test_equal_values_have_equal_digests(left, right):
    assert left == right
    assert digest(left) == digest(right)


def test_other_values_have_other_digests():
    price = Price(unit_amount="1.0", currency="EUR")
    found = {
        digest(price),
        digest(attrs.evolve(price, unit="team")),
        digest(attrs.evolve(price, unit_amount="1.01")),
        digest(attrs.evolve(price, currency="USD")),
        digest(Discrepancy("x", "1", 0)),
        digest(Discrepancy("x", 1, 0)),
    }
    assert len(found) == 6


def test_a_digest_is_the_same_in_another_process():
    """Python orders the members of a set by a secret that each process has anew."""
    program = (
        "from seatbill.converters import digest\n"
        "from seatbill import Team\n"
        "print(digest(Team('ops', frozenset('abcdefgh'))))\n"
    )
    found = set()
    for seed in "012":
        run = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        )
        found.add(run.stdout)
    assert len(found) == 1


@pytest.mark.parametrize("value", [3, "x", None, Money, Timing.RESTART])
def test_only_a_value_has_a_digest(value):
    with pytest.raises(WrongTypeError):
        digest(value)


# Data that are wrong.


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({1: 2}, [("$", "wrong_type")]),
        ({"id": "\ud800"}, [("$.id", "invalid_text")]),
        ({"\ud800": "x"}, [("$", "invalid_text")]),
        ({"id": 10**100}, [("$.id", "too_large")]),
        (
            {"id": {"a": [10**100, {2: 3}]}, "name": "\udfff"},
            [
                ("$.id.a[0]", "too_large"),
                ("$.id.a[1]", "wrong_type"),
                ("$.name", "invalid_text"),
            ],
        ),
    ],
)
def test_what_is_no_plain_json_is_refused_at_the_door(data, found):
    assert problems(from_data, data, Plan) == found


def test_data_that_are_too_deep_are_refused():
    data = []
    for _ in range(70):
        data = [data]
    ((where, code),) = problems(from_data, data, tuple[str, ...])
    assert (where, code) == ("$" + "[0]" * 65, "too_deep")
    for _ in range(10_000):
        data = {"a": data}
    ((_, code),) = problems(from_data, data, Plan)
    assert code == "too_deep"


def test_of_very_many_problems_the_first_are_told():
    with pytest.raises(InvalidDataError) as refusal:
        from_data([1] * 1500, tuple[str, ...])
    *first, last = refusal.value.problems
    assert len(first) == 1000
    assert (last.where, last.code, last.values) == (
        "$",
        "too_many_problems",
        (("most", 1000),),
    )


def test_a_problem_holds_its_values():
    with pytest.raises(InvalidDataError) as refusal:
        from_data({"seats": "3", "change": "add_seats"}, AddSeats)
    (problem,) = refusal.value.problems
    assert dict(problem.values) == {"wanted": "a whole number", "got": '"3"'}
    assert again(problem) == problem
    with pytest.raises(InvalidDataError) as refusal:
        from_data({"seats": 0, "change": "add_seats"}, AddSeats)
    (problem,) = refusal.value.problems
    assert (problem.where, problem.code) == ("$.seats", "out_of_bounds")
    assert dict(problem.values) == {
        "name": "seats",
        "value": 0,
        "minimum": 1,
        "maximum": 10**12,
    }


def test_a_freeze_that_would_outlast_the_calendar_is_told():
    data = to_data(SUB)
    data["current_period"] = {"start": "9999-12-01", "end": "9999-12-31"}
    data["frozen_on"] = data["changed_on"] = "9999-12-30"
    data["rules"] |= {"max_freeze_days": 3650}
    found = problems(from_data, data, Subscription)
    assert found == [("$", "date_out_of_range")]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("", "x", "y"), "out_of_bounds"),
        (("$", "x", ""), "out_of_bounds"),
        (("$", 3, "y"), "wrong_type"),
        (("$", "x", "y", 3), "wrong_type"),
        (("$", "x", "y", [("a",)]), "wrong_type"),
    ],
)
def test_a_problem_is_a_value(arguments, error):
    with pytest.raises((ValueError, TypeError)) as refused:
        DataProblem(*arguments)
    assert refused.value.code == error


@pytest.mark.parametrize("value", [1.5, float("nan"), True, Decimal("1E+50")])
def test_an_amount_is_no_float_and_no_rubbish(value):
    data = {"unit_amount": value, "currency": "EUR"}
    ((where, _),) = problems(from_data, data, Price)
    assert where == "$.unit_amount"


@pytest.mark.parametrize(
    "text",
    ["1e2", " 1", "1 ", "+1", "1_0", "٤", ".5", "5.", "1,0", "", "0x1", "1" * 41],
)
def test_an_amount_in_text_has_digits_and_a_point(text):
    data = {"unit_amount": text, "currency": "EUR"}
    assert problems(from_data, data, Price) == [("$.unit_amount", "invalid_amount")]


def test_an_exact_number_may_have_many_digits_but_not_any():
    assert from_data(f"0.{'3' * 80}", Fraction) == Fraction(int("3" * 80), 10**80)
    for wrong in (f"0.{'3' * 81}", Decimal("1E-41"), Decimal("Infinity")):
        assert problems(from_data, wrong, Fraction) == [("$", "invalid_amount")]


def test_an_id_or_a_number_may_stand_in_one_place():
    change_of = {"on": "2026-01-31", "what": "seats", "key": "seat", "after": None}
    kind = KINDS["configuration_change"]
    assert from_data(change_of | {"before": 3}, kind).before == 3
    assert from_data(change_of | {"before": "x"}, kind).before == "x"
    wrong = change_of | {"before": True}
    assert problems(from_data, wrong, kind) == [("$.before", "wrong_type")]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OverflowError("date value out of range"), "date value out of range"),
        (ValueError(), "it cannot be read"),
    ],
)
def test_an_error_that_is_none_of_ours_is_told_too(error, message):
    (problem,) = problems_of(error, "$.on")
    assert problem == DataProblem("$.on", "invalid_value", message)
