"""Values from plain JSON data and back, every problem named with its place."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import seatbill
from seatbill import (
    ANNUAL,
    INVITED,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Discount,
    GrantCredit,
    Interval,
    Member,
    Money,
    Party,
    Period,
    Plan,
    Price,
    Reprice,
    Service,
    SetRecipient,
    SetTaxRates,
    SwitchPlan,
    TaxCategory,
    TaxRate,
    Tier,
    Timing,
    WithdrawPending,
    bill,
    subscribe,
)
from seatbill._values.base import Quantities
from seatbill.converters import (
    FORMAT,
    BillRequest,
    DatedChanges,
    InvalidDataError,
    MissingExtraError,
    bill_answer,
    bill_request,
    digest,
    from_data,
    load,
    next_measured,
    parse,
    read_request,
    seats_of,
    to_data,
)
from seatbill.converters._context import PAGE
from seatbill.converters._pages import InvoicePage, NoticePage, page_of
from seatbill.converters._problems import DataProblem, at, came
from seatbill.converters.data import write_data
from seatbill.errors import (
    AmountError,
    RenewFirstError,
    SeatsOccupiedError,
    TooFewSeatsError,
    WrongTypeError,
)
from seatbill.notices import Notice
from seatbill.reviews.plain_text import exact
from seatbill.rulebooks import clockify
from seatbill.rules import ChangeKind, Direction
from seatbill.subscriptions import Change
from seatbill.testing.strategies import plans

UTC = dt.UTC
BASIC = clockify.CATALOG.plan("basic")


def problems(call, *arguments) -> list[tuple[str, str]]:
    """Return the places and codes of the problems that a call is refused with."""
    with pytest.raises(InvalidDataError) as refusal:
        call(*arguments)
    return [(problem.where, problem.code) for problem in refusal.value.problems]


# JSON text.


def test_numbers_with_a_point_stay_exact():
    assert parse('{"a": 4.99, "b": [1, 1e2]}') == {
        "a": Decimal("4.99"),
        "b": [1, Decimal("1E+2")],
    }
    assert from_data(parse("0.1"), Fraction) == Fraction(1, 10)


def test_text_that_is_no_json_is_refused_with_line_and_column():
    assert problems(parse, '{"a": 1,\n "b": }') == [
        ("line 2, column 7", "invalid_json")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[1, NaN]",
        "Infinity",
        "-Infinity",
        pytest.param("[" * 100_000, id="deep"),
        pytest.param("1" * 5000, id="thousands of digits"),
        pytest.param("1e99999999999999999999999", id="an exponent beyond bounds"),
    ],
)
def test_what_python_would_read_and_nobody_means_is_refused(text):
    assert problems(parse, text) == [("$", "invalid_json")]


@given(st.text() | st.text('{}[]",:0123456789.eE+-tfn\\u ', max_size=40))
def test_any_text_is_data_or_refused(text):
    try:
        parse(text)
    except InvalidDataError as error:
        assert len(error.problems) > 0  # noqa: PT017


@pytest.mark.parametrize("wrong", [None, 3, b"{}", {}])
def test_only_text_is_parsed(wrong):
    with pytest.raises(WrongTypeError):
        parse(wrong)


def test_a_key_that_comes_twice_is_refused_at_any_depth():
    text = '{"on": 1, "on": 2, "on": 3, "changes": [{"b": {"x y": 1, "x y": 2}}]}'
    assert problems(parse, text) == [
        ("$.on", "duplicate_key"),
        ('$.changes[0].b["x y"]', "duplicate_key"),
    ]


# Single values.


@pytest.mark.parametrize(
    ("kind", "data", "value"),
    [
        (str, "x", "x"),
        (int, 3, 3),
        (bool, True, True),
        (Decimal, "4.99", Decimal("4.99")),
        (Decimal, 5, Decimal(5)),
        (Decimal, Decimal("4.99"), Decimal("4.99")),
        (Fraction, "1/3", Fraction(1, 3)),
        (Fraction, "-0.19", Fraction(-19, 100)),
        (dt.date, "2026-01-31", dt.date(2026, 1, 31)),
        (dt.datetime, "2026-01-31T12:00Z", dt.datetime(2026, 1, 31, 12, tzinfo=UTC)),
        (
            dt.date | dt.datetime,
            "2026-01-31T12:00:00.5+00:00",
            dt.datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC),
        ),
        (dt.date | dt.datetime | None, None, None),
        (Timing, "period_end", Timing.PERIOD_END),
        (Interval, "month", MONTHLY),
        (Interval, "quarter", QUARTERLY),
        (Interval, "year", ANNUAL),
        (Interval, "12 months", ANNUAL),
        (Interval, "30 days", Interval(days=30)),
        (Interval, {"months": 6}, Interval(months=6)),
        (Interval, {"days": 30}, Interval(days=30)),
        (Quantities, 10, Quantities({"seat": 10})),
        (Quantities, {"limited": 3}, Quantities({"limited": 3})),
        (Money, {"amount": "5.00", "currency": "EUR"}, Money("5.00", "EUR")),
        (str | tuple[str, str], "reports", "reports"),
        (str | tuple[str, str], ["seat", "reports"], ("seat", "reports")),
        (frozenset[Direction], ["upgrade"], frozenset({Direction.UPGRADE})),
        (tuple[str, ...], ["a", "b"], ("a", "b")),
    ],
)
def test_a_value_is_read(kind, data, value):
    found = from_data(data, kind)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        (str, 5, "wrong_type"),
        (int, True, "wrong_type"),
        (int, 2.5, "wrong_type"),
        (int, "3", "wrong_type"),
        (bool, 1, "wrong_type"),
        (Decimal, 4.99, "wrong_type"),
        (Decimal, True, "wrong_type"),
        (Decimal, None, "wrong_type"),
        (Decimal, "ten", "invalid_amount"),
        (Fraction, "1/0", "invalid_amount"),
        (Fraction, "NaN", "invalid_amount"),
        (Fraction, "1e99999", "invalid_amount"),
        (Fraction, 0.19, "wrong_type"),
        (dt.date, 20260131, "wrong_type"),
        (dt.date, "31.1.2026", "invalid_time"),
        (dt.date, "20260131", "invalid_time"),
        (dt.date, "2026-02-30", "invalid_time"),
        (dt.datetime, "2026-01-31T25:00Z", "invalid_time"),
        (dt.datetime, "2026-01-31T12:00:00", "naive_datetime"),
        (dt.datetime, "2026-01-31T12:00:00+01:00", "not_utc"),
        (dt.date | dt.datetime, None, "wrong_type"),
        (Timing, "later", "unknown_word"),
        (Timing, 3, "unknown_word"),
        (Interval, "weekly", "invalid_interval"),
        (Interval, 3, "invalid_interval"),
        (Interval, {"months": 0}, "invalid_interval"),
        (Interval, {"months": 1, "days": 1}, "invalid_interval"),
        (Interval, {"weeks": 1}, "invalid_interval"),
        (Interval, {"months": "1"}, "wrong_type"),
        (Quantities, "ten", "wrong_type"),
        (Quantities, True, "wrong_type"),
        (Quantities, {"seat": 2.5}, "wrong_type"),
        (Quantities, {"seat": -1}, "out_of_bounds"),
        (Money, "5.00 EUR", "wrong_type"),
        (Money, {"amount": "5.00"}, "wrong_type"),
        (Money, {"amount": "5.001", "currency": "EUR"}, "too_many_digits"),
        (str | tuple[str, str], 3, "wrong_type"),
        (tuple[str, ...], "ab", "wrong_type"),
        (Party, ["x"], "wrong_type"),
    ],
)
def test_another_is_refused_by_code(kind, data, code):
    assert problems(from_data, data, kind) == [("$", code)]


def test_what_came_is_shown_cut_short():
    assert came(None) == "null"
    assert came(Decimal("4.99")) == "4.99"
    assert came("é" * 80) == '"' + "é" * 46 + "..."
    assert came(10**100) == "a number of 333 bits"
    assert came({"a": 1, "b": 2}) == 'an object ("a", "b")'
    assert came([1, 2, 3]) == "a list of 3"
    assert came(float("nan")) == "NaN"
    assert came((1,)) == "<tuple>"


def test_a_key_that_is_no_word_is_quoted_in_a_path():
    assert at("$", "seats") == "$.seats"
    assert at("$", "no such key") == '$["no such key"]'
    assert at("$", 3) == "$[3]"


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (Fraction(0), 0, "0"),
        (Fraction(5), 2, "5.00"),
        (Fraction(-5, 4), 0, "-1.25"),
        (Fraction(1, 3), 2, "1/3"),
        (Fraction(1, 8), 2, "0.125"),
        (Fraction(1, 5), 2, "0.20"),
        (Decimal("4.990"), 0, "4.99"),
        (Decimal("1E+3"), 0, "1000"),
    ],
)
def test_an_exact_number_is_written_with_all_its_decimals(number, digits, text):
    assert exact(number, digits) == text


# There and back.

VALUES = [
    Price(unit_amount="0.0004", currency="USD", measured=True, max_quantity=3),
    Price(
        currency="EUR",
        tiers=(Tier(up_to=5, unit_amount="10"), Tier(up_to=None, flat_amount="3.5")),
        tiers_mode="volume",
        interval=Interval(days=30),
    ),
    BASIC,
    clockify.CATALOG,
    clockify.RULES,
    BillingRules(
        notice_days=15,
        notice_exempt={Direction.SEATS_ADDED, Direction.ADD_ON_ADDED},
        interval_discounts={ANNUAL: "12.5", QUARTERLY: Fraction(1, 3)},
    ),
    AddOn("sms", "SMS", requires_plans=("pro",), features=("texts",)),
    Service("import", "Import", Money("120.00", "EUR"), {"modules": 3}),
    Discount.percent("12.5", id="promo", periods=3),
    Discount.fixed("15.00", "EUR", id="gift"),
    TaxRate("vat", "0.19"),
    TaxRate("none", "0", TaxCategory.EXEMPT, reason="education"),
    Party(name="Harbour", address=("2 Quay Street", "Dublin"), country="IE"),
    Member("ann", state=INVITED, expires_on=dt.date(2026, 3, 1)),
    Period(dt.date(2026, 1, 31), dt.date(2026, 2, 28)),
]
CHANGES = [
    AddSeats(3, "limited"),
    SwitchPlan(BASIC, ANNUAL),
    AddAddOn(AddOn("sms", "SMS"), 2),
    BuyService(Service("import", "Import", Money("120.00", "EUR"))),
    Cancel("done"),
    WithdrawPending(ChangeKind.PLAN),
    Reprice(BASIC, dt.date(2026, 3, 1)),
    ApplyDiscount(Discount.percent("20", id="promo")),
    SetTaxRates((TaxRate("vat", "0.19"),)),
    SetRecipient(None),
    GrantCredit(Money("5.00", "EUR"), "sorry"),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_equal(value):
    text = json.dumps(to_data(value))
    assert from_data(parse(text), type(value)) == value


@pytest.mark.parametrize("asked", CHANGES, ids=lambda asked: type(asked).__name__)
def test_a_change_comes_back_equal(asked):
    data = to_data(asked)
    assert from_data(parse(json.dumps(data)), Change) == asked
    assert data["change"].replace("_", "") == type(asked).__name__.lower()


@given(plans())
def test_any_plan_comes_back_equal(plan):
    assert from_data(parse(json.dumps(to_data(plan))), Plan) == plan


def test_data_are_plain():
    def walk(data):
        if type(data) is dict:
            assert all(type(key) is str for key in data)
            walk(list(data.values()))
        elif type(data) is list:
            for part in data:
                walk(part)
        else:
            assert type(data) in (str, int, bool, type(None))

    for value in (*VALUES, *CHANGES, bill(start(), (), until=dt.date(2026, 6, 1))):
        walk(to_data(value))


@pytest.mark.parametrize(
    ("kind", "data", "found"),
    [
        pytest.param(
            Price,
            {"unit_amount": "4.99", "currency": "usd"},
            [("$.currency", "unknown_currency")],
            id="a field that the constructor refuses",
        ),
        pytest.param(
            Price,
            {"unit_amount": "4.99", "currency": "USD", "tiers": [{"up_to": None}]},
            [("$", "invalid_price")],
            id="fields that contradict each other",
        ),
        pytest.param(
            Plan,
            {"id": "a", "prices": [{"currency": "USD", "cost": 1}, 7], "rank": "1"},
            [
                ("$.name", "missing"),
                ("$.rank", "wrong_type"),
                ("$.prices[0].cost", "unknown_key"),
                ("$.prices[1]", "wrong_type"),
            ],
            id="all at once",
        ),
        pytest.param(
            BillingRules,
            {"interval_discounts": {"year": "20", "week": "5", "month": "x"}},
            [
                ("$.interval_discounts.week", "invalid_interval"),
                ("$.interval_discounts.month", "invalid_amount"),
            ],
            id="keys of a table",
        ),
        pytest.param(
            BillingRules,
            {"interval_discounts": ["year"]},
            [("$.interval_discounts", "wrong_type")],
            id="no table",
        ),
        pytest.param(
            BillingRules,
            {"cancellation": "restart"},
            [("$.cancellation", "invalid_rules")],
            id="a policy that cannot stand",
        ),
    ],
)
def test_every_problem_has_its_path(kind, data, found):
    assert sorted(problems(from_data, data, kind)) == sorted(found)


def test_an_error_is_a_value():
    error = InvalidDataError((DataProblem("$.a", "missing", "not there"),))
    assert str(error) == "$.a: not there"
    assert pickle.loads(pickle.dumps(error)).problems == error.problems
    assert error.as_dict()["code"] == "invalid_data"


def test_without_cattrs_the_extra_is_named():
    program = (
        "import sys; sys.modules['cattrs'] = None\n"
        "from seatbill.converters import MissingExtraError, parse, to_data\n"
        "parse('{}')\n"
        "try:\n    to_data(1)\n"
        "except MissingExtraError as error:\n    print(error.code, error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == (
        "missing_extra The package cattrs is not installed: "
        "install it with pip install 'seatbill[json]'.\n"
    )


def test_every_door_that_needs_cattrs_names_the_extra():
    program = (
        "import sys; sys.modules['cattrs'] = None\n"
        "from seatbill import Plan\n"
        "from seatbill import converters as c\n"
        "plan = Plan('a', 'A', 0)\n"
        "document = {'seatbill': 1, 'kind': 'plan', 'value': {}}\n"
        "day = '2026-01-01'\n"
        "doors = (\n"
        "    lambda: c.to_data(plan),\n"
        "    lambda: c.from_data({}, Plan),\n"
        "    lambda: c.dump(plan),\n"
        "    lambda: c.load(document),\n"
        "    lambda: c.digest(plan),\n"
        "    lambda: c.read_request({'rulebook': 'clockify'}),\n"
        "    lambda: c.read_change_request({'subscription': {}, 'on': day}),\n"
        ")\n"
        "for door in doors:\n"
        "    try:\n        door()\n"
        "    except c.MissingExtraError as error:\n"
        "        print(error.code, error.package, error.extra)\n"
        "print(len(c.schema('bill-answer')) > 3, c.parse('[1]'))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    lines = ["missing_extra cattrs json"] * 7 + ["True [1]"]
    assert run.stdout.splitlines() == lines


def test_the_missing_extra_is_an_import_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "seatbill.converters._hooks", None)
    monkeypatch.delattr("seatbill.converters._hooks", raising=False)
    with pytest.raises(MissingExtraError) as refusal:
        to_data(MONTHLY)
    assert isinstance(refusal.value, ImportError)
    assert refusal.value.extra == "json"


def test_importing_seatbill_imports_no_converter():
    program = "import sys, seatbill; print('seatbill.converters' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"


# What an answer shows.


def start(**more):
    return subscribe(
        BASIC,
        id="s",
        interval=MONTHLY,
        seats=5,
        on=dt.date(2026, 1, 15),
        rules=clockify.RULES,
        **more,
    )


def shown(invoice) -> dict:
    """Return what an answer shows of an invoice."""
    return write_data(page_of(InvoicePage, invoice), PAGE)


def test_a_line_has_all_that_proves_it():
    found = bill(
        start(), [(dt.date(2026, 1, 20), AddSeats(3))], until=dt.date(2026, 1, 31)
    )
    first, second = map(shown, found.invoices)
    assert first["lines"][0]["share"] == "1"
    (line,) = second["lines"]
    assert line == {
        "kind": "charge",
        "item_kind": "plan",
        "item": "basic",
        "unit": "seat",
        "quantity": 3,
        "unit_amount": "4.99",
        "full_amount": "14.97",
        "period": {
            "start": "2026-01-20",
            "end": "2026-02-15",
            "last_day": "2026-02-14",
        },
        "whole": {"start": "2026-01-15", "end": "2026-02-15", "last_day": "2026-02-14"},
        "share": "26/31",
        "amount": "12.56",
        "cap": None,
        "discounts": [],
        "tax_rates": [],
        "convention": "actual",
        "rounding": "half_up",
        "in_arrears": False,
        "charge_id": line["charge_id"],
    }


def test_an_invoice_has_all_its_totals():
    client = Party(name="Harbour")
    rate = TaxRate("vat", "0.19")
    (found,) = start(tax_rates=[rate], recipient=client).invoices
    invoice = shown(found)
    del invoice["lines"]
    assert invoice == {
        "key": "s:1",
        "subscription_id": "s",
        "issued_on": "2026-01-15",
        "billing_reason": "subscription_create",
        "currency": "USD",
        "recipient": to_data(client),
        "subtotal": "24.95",
        "taxes": [{**to_data(rate), "base": "24.95", "amount": "4.74"}],  # 4.7405
        "tax": "4.74",
        "total": "29.69",
        "credit_applied": "0.00",
        "credit_granted": "0.00",
        "payable_rounding": "0.00",
        "credit_lots": [],
        "amount_due": "29.69",
    }


def test_a_line_under_tiers_and_a_cap_are_shown():
    tiered = Price(currency="USD", tiers=(Tier(up_to=None, unit_amount="3"),))
    gift = Discount.fixed("50.00", "USD", id="gift")
    outcome = subscribe(
        Plan("t", "T", 0, (tiered,)),
        id="s",
        interval=MONTHLY,
        seats=2,
        on=dt.date(2026, 1, 1),
        rules=BillingRules(),
        discounts=[gift],
    )
    charge, discount = shown(outcome.invoice)["lines"]
    assert (charge["unit_amount"], charge["amount"]) == (None, "6.00")
    assert (discount["cap"], discount["amount"]) == ("6.00", "-6.00")


@pytest.mark.parametrize(
    ("on", "share"),
    [("2026-02-15T00:00:00Z", "1209600/2419200"), ("2026-02-15T00:00:00.5Z", None)],
)
def test_a_share_of_exact_time_is_counted_in_seconds_where_they_are_fine_enough(
    on, share
):
    document = {**SECONDS, "changes": [{"on": on, "change": "add_seats", "seats": 1}]}
    found = bill_answer(read_request(document))
    line = found["invoices"][1]["lines"][0]
    assert line["share"] == (share or "1209599500000/2419200000000")
    assert line["period"]["start"] == (on if share else "2026-02-15T00:00:00.500000Z")


def test_an_answer_has_the_changes_the_notices_and_where_the_subscription_stands():
    """5 × 4.99 × 26/31 = 20.9258… comes back, 5 × 6.99 × 26/31 = 29.3129…"""
    to_standard = {"on": "2026-01-20", "change": "switch_plan", "plan": "standard"}
    back = {
        "on": "2026-01-25",
        "changes": [
            {"change": "switch_plan", "plan": "basic"},
            {"change": "add_add_on", "add_on": {"id": "x", "name": "X"}},
        ],
        "note": "too much",
    }
    days = {"on": "2026-01-15", "until": "2026-01-31", "seats": 5}
    data = bill_answer(ask(**asked(to_standard, back), **days, note="a story"))
    assert (data["seatbill"], data["note"], data["until"]) == (
        1,
        "a story",
        "2026-01-31",
    )
    first, second = data["outcomes"]
    assert first["changes"] == [
        {"change": "switch_plan", "plan": "standard", "interval": None}
    ]
    assert (first["note"], second["note"]) == (None, "too much")
    assert first["invoices"] == [data["invoices"][1]["key"]]
    assert [line["amount"] for line in data["invoices"][1]["lines"]] == [
        "-20.93",
        "29.31",
    ]
    assert second["changes"][1] == {
        "change": "add_add_on",
        "add_on": "x",
        "quantity": 1,
    }
    assert second["effective_on"] == "2026-02-15"
    assert [(n["code"], n["values"]["on"]) for n in second["notices"]] == [
        ("features_lost", "2026-02-15"),
        ("plan_scheduled", "2026-02-15"),
    ]
    assert second["refund_due"] == "0.00"
    found = data["subscription"]
    assert found["pending_updates"] == [
        {
            "kind": "plan",
            "key": "",
            "value": "basic",
            "applies_on": "2026-02-15",
            "requested_on": "2026-01-25",
            "periods_left": 0,
            "from_day": None,
        }
    ]
    assert found["add_ons"] == [{"add_on": "x", "quantity": 1}]
    assert (found["plan"], found["interval"], found["status"]) == (
        "standard",
        "month",
        "active",
    )
    assert data["seats"] is None


def test_the_answer_has_the_subscription_to_be_stored_and_the_next_invoice():
    request = ask(seats=5)
    data = bill_answer(request)
    statement = bill_request(request)
    assert load(data["document"]) == statement.subscription
    assert tuple(map(load, data["documents"])) == statement.invoices
    assert data["next_invoice"]["amount_due"] == "24.95"  # 5 × 4.99
    assert bill_answer(teams({}, until="2026-01-31"))["next_invoice"] is None


def test_a_renewal_stands_in_the_answer_without_a_note():
    measured = bill_answer(teams(TWO_MONTHS))["outcomes"]
    assert [(one["on"], one["changes"], one["note"]) for one in measured] == [
        ("2026-02-01", [], None),
        ("2026-03-01", [], None),
    ]


def test_seats_are_shown_as_on_a_bar():
    members = [{"id": "a"}, {"id": "b"}]
    assert bill_answer(ask(seats=8, members=members))["seats"] == {
        "seat": {
            "owned": 8,
            "occupied": 2,
            "vacant": 6,
            "scheduled_removal": 0,
            "ratio": "0.25",
            "is_full": False,
        }
    }


@pytest.mark.parametrize("told", ["occupied", "members"])
def test_on_the_free_plan_the_bar_shows_what_it_holds(told):
    people = {"occupied": {"seat": 1}, "members": [{"id": "a"}]}[told]
    free = {"plan": "free", "seats": 0, told: people}
    (bar,) = bill_answer(ask(**free))["seats"].values()
    assert (bar["owned"], bar["occupied"], bar["is_full"]) == (5, 1, False)


def test_the_figures_of_a_notice_are_plain():
    fee = (("boundary", dt.date(2026, 2, 1)), ("on", dt.date(2026, 3, 1)))
    cost = (*fee, ("cost", Money("5.00", "EUR")), ("share", Fraction(1, 3)))
    page = page_of(NoticePage, Notice("late_cancellation", cost))
    assert page.values == {
        "boundary": "2026-02-01",
        "on": "2026-03-01",
        "cost": {"amount": "5.00", "currency": "EUR"},
        "share": "1/3",
    }


# A request.

REQUEST = {
    "rulebook": "clockify",
    "plan": "basic",
    "interval": "month",
    "seats": 10,
    "on": "2026-04-01",
    "until": "2026-04-30",
}
SECONDS = {
    "plans": [
        {
            "id": "one",
            "name": "One",
            "rank": 1,
            "prices": [{"unit_amount": "10.00", "currency": "USD"}],
        }
    ],
    "plan": "one",
    "interval": "month",
    "seats": 1,
    "on": "2026-02-01T00:00:00Z",
    "until": "2026-02-20T00:00:00Z",
}


def ask(**more) -> BillRequest:
    return read_request({**REQUEST, **more})


def refused(**more) -> list[tuple[str, str]]:
    return problems(read_request, {**REQUEST, **more})


def not_billed(**more) -> list[tuple[str, str]]:
    return problems(bill_request, ask(**more))


def asked(*entries, **more):
    return {"changes": list(entries), **more}


def test_a_request_is_read_with_the_names_of_its_rulebook():
    request = ask(seatbill=FORMAT, note="a story", id="w")
    assert request == BillRequest(
        plan=BASIC,
        interval=MONTHLY,
        seats={"seat": 10},
        on=dt.date(2026, 4, 1),
        until=dt.date(2026, 4, 30),
        rules=clockify.RULES,
        note="a story",
        id="w",
    )


def test_a_rulebook_may_have_a_second_price_list():
    plan = ask(rulebook="clockify-annual-list").plan
    assert plan == clockify.ANNUAL_LIST_CATALOG.plan("basic")


def test_everything_that_subscribe_takes_can_be_given():
    request = ask(
        currency="USD",
        anchor="2026-03-15",
        trial_end="2026-04-10",
        discounts=[{"id": "promo", "percent_off": "20"}],
        tax_rates=[{"id": "vat", "rate": "0.19"}],
        recipient={"name": "Harbour"},
        occupied=8,
        members=[{"id": "ann"}],
    )
    assert request.anchor == dt.date(2026, 3, 15)
    assert request.discounts == (Discount.percent("20", id="promo"),)
    assert request.tax_rates == (TaxRate("vat", "0.19"),)
    assert request.recipient == Party(name="Harbour")
    found = bill_request(request).subscription
    assert found.billing_cycle_anchor == dt.date(2026, 3, 15)
    assert found.trial_end == dt.date(2026, 4, 10)


CATALOG = {
    "plans": [
        {
            "id": "one",
            "name": "One",
            "rank": 1,
            "prices": [{"unit_amount": "10.00", "currency": "EUR"}],
        }
    ],
    "add_ons": [
        {
            "id": "sms",
            "name": "SMS",
            "prices": [
                {"unit": "pack", "unit_amount": Decimal("1.50"), "currency": "EUR"}
            ],
        }
    ],
    "services": [
        {
            "id": "import",
            "name": "Import",
            "price": {"amount": "80", "currency": "EUR"},
        }
    ],
}


def test_a_catalog_of_ones_own_names_plans_add_ons_and_services():
    request = ask(
        catalog=CATALOG,
        plan="one",
        seats=1,
        add_ons=["sms"],
        changes=[
            {"on": "2026-04-01", "change": "buy_service", "service": "import"},
            {"on": "2026-04-16", "change": "add_add_on", "add_on": "sms"},
        ],
    )
    totals = [invoice.total for invoice in bill_request(request).invoices]
    # 10.00 + 1.50; 80.00; 1.50 × 15/30
    assert totals == [Money(amount, "EUR") for amount in ("11.50", "80.00", "0.75")]


def test_what_is_sold_can_be_written_out_where_it_is_wanted():
    plan, add_on = CATALOG["plans"][0], CATALOG["add_ons"][0]
    document = {key: value for key, value in REQUEST.items() if key != "rulebook"} | {
        "plan": plan,
        "add_ons": [{"add_on": add_on, "quantity": 2}],
    }
    found = bill_request(read_request(document))
    assert found.invoices[0].total == Money("103.00", "EUR")  # 10 × 10.00 + 2 × 1.50


def test_rules_can_be_given_beside_a_rulebook():
    request = ask(rules={"settlement": "on_renewal"})
    assert request.rules.settlement == "on_renewal"
    assert request.rules.free_plan == clockify.RULES.free_plan


def test_the_free_plan_of_rules_is_named_too():
    request = ask(rules={"free_plan": "standard"})
    assert request.rules.free_plan == clockify.CATALOG.plan("standard")


def test_one_change_stands_alone_or_several_in_a_list():
    request = ask(
        **asked(
            {"on": "2026-04-02", "change": "add_seats", "seats": 3, "note": "hello"},
            {"on": "2026-04-03", "changes": [{"change": "cancel"}]},
        )
    )
    assert request.changes == (
        DatedChanges(on=dt.date(2026, 4, 2), changes=(AddSeats(3),), note="hello"),
        DatedChanges(on=dt.date(2026, 4, 3), changes=(Cancel(),)),
    )


def test_a_timing_by_hand_goes_with_its_changes():
    """Half of 5 × 4.99 comes back on the 16th of 30 days, whatever the rules say."""
    removal = {"change": "remove_seats", "seats": 5, "occupied": 5}
    alone = {"on": "2026-04-16", **removal, "timing": "immediate"}
    in_list = {"on": "2026-04-16", "changes": [removal], "timing": "immediate"}
    for entry in (alone, in_list):
        request = ask(seats=10, **asked(entry))
        assert request.changes[0].timing is Timing.IMMEDIATE
        back = bill_request(request).invoices[1]
        assert str(back.total) == "-12.48 USD"
    late = {"on": "2026-04-16", **removal, "timing": "at once"}
    assert problems(read_request, {**REQUEST, **asked(late)}) == [
        ("$.changes[0].timing", "unknown_word")
    ]


@pytest.mark.parametrize("data", [[], None, "x", 3])
def test_a_document_is_an_object(data):
    assert problems(read_request, data) == [("$", "wrong_type")]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"seatbill": 0}, [("$.seatbill", "unknown_format")]),
        ({"seatbill": True}, [("$.seatbill", "unknown_format")]),
        ({"sets": 1}, [("$.sets", "unknown_key")]),
        ({"rulebook": "klockify"}, [("$.rulebook", "unknown_rulebook")]),
        ({"rulebook": None}, [("$.rulebook", "missing")]),
        ({"rulebook": []}, [("$.rulebook", "unknown_rulebook")]),
        ({"plan": "gold"}, [("$.plan", "unknown_item")]),
        ({"plan": 3}, [("$.plan", "wrong_type")]),
        ({"plans": 3}, [("$.plans", "wrong_type")]),
        ({"plans": CATALOG["plans"] * 2}, [("$.plans", "duplicate")]),
        ({"plans": [], "catalog": CATALOG, "plan": "one"}, [("$.plans", "doubled")]),
        ({"catalog": {"plans": 3}}, [("$.catalog.plans", "wrong_type")]),
        ({"rules": 3}, [("$.rules", "wrong_type")]),
        ({"rules": {"free_plan": "gold"}}, [("$.rules.free_plan", "unknown_item")]),
        ({"rules": {"free_plan": 3}}, [("$.rules.free_plan", "wrong_type")]),
        ({"rules": {"notice_days": -1}}, [("$.rules.notice_days", "out_of_bounds")]),
        ({"interval": "weekly"}, [("$.interval", "invalid_interval")]),
        ({"seats": "ten"}, [("$.seats", "wrong_type")]),
        ({"on": "soon"}, [("$.on", "invalid_time")]),
        ({"until": "2026-03-31"}, [("$.until", "out_of_order")]),
        ({"until": "2026-05-01T00:00:00Z"}, [("$.until", "mixed_time")]),
        ({"anchor": "2026-04-01T00:00:00Z"}, [("$.anchor", "mixed_time")]),
        (
            {"members": [{"id": "ann", "joined_on": "2026-04-01T00:00:00Z"}, 3]},
            [("$.members[0].joined_on", "mixed_time"), ("$.members[1]", "wrong_type")],
        ),
        ({"add_ons": 3}, [("$.add_ons", "wrong_type")]),
        (
            {"add_ons": ["sms", 3, {"add_on": "fax"}]},
            [
                ("$.add_ons[0].add_on", "unknown_item"),
                ("$.add_ons[1]", "wrong_type"),
                ("$.add_ons[2].add_on", "unknown_item"),
            ],
        ),
        ({"changes": 3}, [("$.changes", "wrong_type")]),
        ({"changes": [3]}, [("$.changes[0]", "wrong_type")]),
        (
            asked({"on": "2026-04-02", "changes": 3}),
            [("$.changes[0].changes", "wrong_type")],
        ),
        (
            asked({"on": "2026-04-02", "changes": [3]}),
            [("$.changes[0].changes[0]", "wrong_type")],
        ),
        (asked({"on": "2026-04-02"}), [("$.changes[0]", "wrong_type")]),
        (
            asked({"on": "2026-04-02", "change": "fly"}),
            [("$.changes[0].change", "unknown_word")],
        ),
        (
            asked({"on": "2026-04-02", "change": ["fly"]}),
            [("$.changes[0].change", "unknown_word")],
        ),
        (
            asked({"on": "2026-04-02", "change": "cancel", "seats": 3}),
            [("$.changes[0].seats", "unknown_key")],
        ),
        (
            asked(
                {"on": "2026-04-09", "change": "add_seats", "seats": "3"},
                {"on": "2026-04-02", "changes": [{"change": "add_seats", "seats": 0}]},
            ),
            [
                ("$.changes[1].on", "out_of_order"),
                ("$.changes[0].seats", "wrong_type"),
                ("$.changes[1].changes[0].seats", "out_of_bounds"),
            ],
        ),
        (
            asked({"change": "switch_plan", "plan": "gold"}),
            [("$.changes[0].plan", "unknown_item"), ("$.changes[0].on", "missing")],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(more, found):
    assert refused(**more) == found


def test_a_request_for_more_periods_than_anybody_means_is_refused():
    """1 000 years of months are 12 000 periods of 30 days; by the day, 27 years do."""
    days = {"on": "2026-01-01", "until": "3026-01-01"}
    assert refused(**days) == [("$.until", "too_many_periods")]
    assert ask(**days | {"until": "2826-01-01"}).until.year == 2826
    daily = asked({"on": "2026-01-02", "change": "switch_interval", "interval": "day"})
    days["until"] = "2056-01-01"
    assert refused(**days, **daily) == [("$.until", "too_many_periods")]
    assert ask(**days).until.year == 2056


def test_an_unknown_rulebook_hides_no_other_problem_and_makes_none():
    more = {
        **asked({"on": "2026-04-02", "change": "add_add_on", "add_on": "sms"}),
        "rules": {"free_plan": "free"},
        "seats": "ten",
    }
    assert refused(rulebook="klockify", **more) == [
        ("$.rulebook", "unknown_rulebook"),
        ("$.seats", "wrong_type"),
    ]


def test_an_unknown_key_of_a_change_names_the_word_too():
    with pytest.raises(InvalidDataError) as refusal:
        ask(**asked({"on": "2026-04-02", "change": "cancel", "seats": 3}))
    (problem,) = refusal.value.problems
    assert problem.message == "no such key; there are: change, reason"


# Measured quantities.

TEAMS = {
    "plans": [
        {
            "id": "teams",
            "name": "Teams",
            "rank": 1,
            "prices": [
                {
                    "unit": "team",
                    "unit_amount": "60",
                    "currency": "EUR",
                    "measured": True,
                }
            ],
        }
    ],
    "plan": "teams",
    "interval": "month",
    "seats": {"team": 3},
    "on": "2026-01-01",
    "until": "2026-03-01",
}
TWO_MONTHS = {"2026-02-01": {"team": 2}, "2026-03-01": {"team": 4}}


def teams(measured, **more) -> BillRequest:
    return read_request({**TEAMS, "measured": measured, **more})


def test_what_is_measured_is_billed_at_each_renewal():
    """60 × 3, 2 and 4."""
    found = bill_request(teams(TWO_MONTHS))
    assert [invoice.total for invoice in found.invoices] == [
        Money(amount, "EUR") for amount in ("180", "120", "240")
    ]


def test_measured_quantities_are_a_value_and_come_back_equal():
    request = teams(TWO_MONTHS)
    assert request.measured == (
        (dt.date(2026, 2, 1), Quantities({"team": 2})),
        (dt.date(2026, 3, 1), Quantities({"team": 4})),
    )
    assert hash(request) == hash(pickle.loads(pickle.dumps(request)))
    assert to_data(request)["measured"] == TWO_MONTHS
    assert from_data(to_data(request), BillRequest) == request


def test_what_is_measured_after_the_last_day_is_for_the_next_invoice():
    request = teams(TWO_MONTHS, until="2026-02-28")
    found = bill_request(request)
    assert len(found.invoices) == 2
    assert next_measured(request, found) == {"team": 4}
    request = teams({"2026-02-01": {"team": 2}})
    assert problems(bill_request, request) == [
        ('$.measured["2026-03-01"].team', "renew_first")
    ]
    request = teams({"2026-02-01": {"team": 2}}, until="2026-02-01")
    assert next_measured(request, bill_request(request)) is None


@pytest.mark.parametrize(
    ("measured", "found"),
    [
        (3, [("$.measured", "wrong_type")]),
        (None, [("$.measured", "wrong_type")]),
        ([{"team": 3}], [("$.measured", "wrong_type")]),
        ({"soon": {"team": 3}}, [("$.measured.soon", "invalid_time")]),
        ({"2026-02-01": 3}, [('$.measured["2026-02-01"]', "wrong_type")]),
        (
            {"2026-02-01": {"team": "3"}, "2026-03-01": {"team": -1, "x": True}},
            [
                ('$.measured["2026-02-01"].team', "wrong_type"),
                ('$.measured["2026-03-01"].team', "out_of_bounds"),
                ('$.measured["2026-03-01"].x', "wrong_type"),
            ],
        ),
        (
            {"2026-02-01T00:00Z": {"team": 3}},
            [('$.measured["2026-02-01T00:00Z"]', "mixed_time")],
        ),
    ],
)
def test_measured_quantities_are_read_strictly(measured, found):
    assert problems(teams, measured) == found


def test_an_instant_may_be_measured_once_however_it_is_written():
    measured = {"2026-02-01T00:00Z": {"team": 3}, "2026-02-01T00:00:00Z": {"team": 4}}
    instants = {"on": "2026-01-01T00:00Z", "until": "2026-03-01T00:00Z"}
    with pytest.raises(InvalidDataError) as refusal:
        teams(measured, **instants)
    assert [(p.where, p.code) for p in refusal.value.problems] == [
        ('$.measured["2026-02-01T00:00:00Z"]', "duplicate_key")
    ]


@pytest.mark.parametrize(
    ("measured", "more", "found"),
    [
        pytest.param(
            {},
            {},
            [('$.measured["2026-02-01"].team', "renew_first")],
            id="nothing",
        ),
        pytest.param(
            {"2026-02-01": {}},
            {},
            [('$.measured["2026-02-01"].team', "renew_first")],
            id="another unit is missing",
        ),
        pytest.param(
            {"2026-02-01": {"teem": 2, "team": 2}, "2026-03-01": {"seat": 4}},
            {},
            [
                ('$.measured["2026-02-01"].teem', "unknown_unit"),
                ('$.measured["2026-03-01"].seat', "unknown_unit"),
            ],
            id="units that no plan measures",
        ),
        pytest.param(
            {"2026-01-01": {"team": 3}, **TWO_MONTHS, "2026-03-15": {"team": 3}},
            {},
            [
                ('$.measured["2026-01-01"]', "no_renewal"),
                ('$.measured["2026-03-15"]', "no_renewal"),
            ],
            id="the first day, and a day in a period",
        ),
        pytest.param(
            TWO_MONTHS,
            {"until": "2026-01-31"},
            [('$.measured["2026-03-01"]', "no_renewal")],
            id="the renewal after the next",
        ),
        pytest.param(
            TWO_MONTHS,
            asked({"on": "2026-01-10", "change": "cancel"}),
            [('$.measured["2026-03-01"]', "no_renewal")],
            id="after the end",
        ),
        pytest.param(
            TWO_MONTHS,
            {
                "rules": {"max_freeze_days": 60},
                **asked({"on": "2026-01-10", "change": "freeze"}),
                "until": "2026-01-20",
            },
            [
                ('$.measured["2026-02-01"]', "no_renewal"),
                ('$.measured["2026-03-01"]', "no_renewal"),
            ],
            id="in a freeze nobody knows the next",
        ),
    ],
)
def test_a_measurement_that_is_missing_or_too_much_is_told(measured, more, found):
    assert problems(bill_request, teams(measured, **more)) == found


def test_a_refused_measurement_names_the_last_renewals():
    with pytest.raises(InvalidDataError) as refusal:
        bill_request(teams({**TWO_MONTHS, "2026-03-15": {"team": 3}}))
    (problem,) = refusal.value.problems
    assert problem.message == (
        "no period is renewed on this day; the last are: "
        "2026-02-01, 2026-03-01, 2026-04-01"
    )
    with pytest.raises(InvalidDataError) as refusal:
        bill_request(teams({}))
    assert isinstance(refusal.value.__cause__, RenewFirstError)


def test_a_plan_that_is_switched_to_may_measure_another_unit():
    """4 × 7.50 from February."""
    price = {"unit": "person", "unit_amount": Decimal("7.50"), "currency": "EUR"}
    people = {"id": "people", "name": "People", "rank": 0}
    people["prices"] = [{**price, "measured": True}]
    request = teams(
        {"2026-02-01": {"person": 4}},
        until="2026-02-28",
        plans=[*TEAMS["plans"], people],
        **asked({"on": "2026-01-10", "change": "switch_plan", "plan": "people"}),
    )
    totals = [invoice.total for invoice in bill_request(request).invoices]
    assert totals == [Money("180", "EUR"), Money("30", "EUR")]


# Billing a request.


@pytest.mark.parametrize(
    ("more", "where", "code"),
    [
        (
            {"members": [{"id": "a"}, {"id": "b"}], "seats": 1},
            "$.seats",
            "too_few_seats",
        ),
        ({"seats": {"team": 3}}, "$.seats", "unknown_unit"),
        ({"interval": "quarter"}, "$.interval", "interval_not_offered"),
        ({"currency": "EUR"}, "$.currency", "no_price"),
        ({"currency": "usd"}, "$.currency", "unknown_currency"),
        ({"id": ""}, "$.id", "out_of_bounds"),
        ({"trial_end": "2026-04-01"}, "$.trial_end", "out_of_order"),
        ({"rules": {"convention": "thirty_360"}, **SECONDS}, "$.rules", None),
        ({"until": "9999-12-31", "on": "9999-11-15"}, "$.until", "date_out_of_range"),
        (
            asked({"on": "2026-04-02", "change": "remove_seats", "seats": 11}),
            "$.changes[0].seats",
            "seats_occupied",
        ),
        (
            asked({"on": "2026-04-02", "change": "add_seats", "seats": 1, "unit": "x"}),
            "$.changes[0].unit",
            "unknown_unit",
        ),
        (
            asked(
                {"on": "2026-04-02", "change": "switch_interval", "interval": "3 days"}
            ),
            "$.changes[0].interval",
            "interval_not_offered",
        ),
        (
            asked(
                {"on": "2026-04-02", "change": "cancel"},
                {"on": "2026-04-03", "change": "switch_plan", "plan": "basic"},
            ),
            "$.changes[1].plan",
            "no_change",
        ),
        (
            asked({"on": "2026-04-02", "changes": [{"change": "resume"}] * 2}),
            "$.changes[0]",
            "nothing_pending",
        ),
        (
            asked({"on": "2026-04-02", "change": "resume"}),
            "$.changes[0]",
            "nothing_pending",
        ),
    ],
)
def test_what_the_rules_refuse_is_told_with_its_place(more, where, code):
    ((place, found),) = not_billed(**more)
    assert (place, found) == (where, code or "convention_not_applicable")


def test_the_refusal_itself_is_the_cause():
    with pytest.raises(InvalidDataError) as refusal:
        bill_request(ask(members=[{"id": "a"}, {"id": "b"}], seats=1))
    assert isinstance(refusal.value.__cause__, TooFewSeatsError)


def test_members_say_how_many_seats_a_removal_must_leave():
    members = [{"id": str(i)} for i in range(8)]
    members += [{"id": "late", "left_on": "2026-04-10"}]
    remove = {"change": "remove_seats", "seats": 2}
    with pytest.raises(InvalidDataError) as refusal:
        bill_request(ask(members=members, **asked({"on": "2026-04-09", **remove})))
    error = refusal.value.__cause__
    assert isinstance(error, SeatsOccupiedError)
    assert (error.occupied, error.removable) == (9, 1)
    found = bill_request(ask(members=members, **asked({"on": "2026-04-10", **remove})))
    assert found.subscription.scheduled_removals == {"seat": 2}


def test_what_a_change_says_of_the_people_comes_before_the_members():
    remove = {"on": "2026-04-09", "change": "set_seats", "seats": 8, "occupied": 8}
    members = [{"id": str(i)} for i in range(9)]
    found = bill_request(ask(members=members, **asked(remove)))
    assert found.subscription.scheduled_removals == {"seat": 2}


def test_the_seat_bar_counts_the_people_that_a_request_names():
    plain = ask()
    assert seats_of(plain, bill_request(plain)) is None
    told = ask(occupied={"seat": 8, "limited": 1})
    found = seats_of(told, bill_request(told))
    assert (found["seat"].vacant, found["limited"].missing) == (2, 1)
    named = ask(members=[{"id": "ann"}, {"id": "bob", "left_on": "2026-04-30"}])
    assert seats_of(named, bill_request(named)).occupied == 1


@pytest.mark.parametrize("wrong", [None, {}, "w", clockify.RULES])
@pytest.mark.parametrize("function", [seats_of, next_measured])
def test_only_a_request_and_its_statement_are_looked_into(function, wrong):
    request = ask()
    for pair in ((request, wrong), (wrong, bill_request(request))):
        with pytest.raises(WrongTypeError):
            function(*pair)


@pytest.mark.parametrize("digits", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_decimal_that_is_no_number_is_no_data(digits):
    with pytest.raises(AmountError):
        to_data(Decimal(digits))


def test_a_kind_is_a_class_and_no_value_of_one():
    with pytest.raises(WrongTypeError):
        from_data({}, clockify.RULES)


def test_what_is_asked_for_on_a_day_is_something():
    """A day without a change is a mistake: renewals come by themselves."""
    assert refused(**asked({"on": "2026-04-02", "changes": []})) == [
        ("$.changes[0].changes", "wrong_type")
    ]
    with pytest.raises(WrongTypeError):
        DatedChanges(on=dt.date(2026, 4, 2), changes=())


def test_the_rules_of_a_rulebook_may_be_meant_exactly():
    """A reference says which rules are meant, and is refused where they changed."""
    rules = {"ref": clockify.RULES.name, "digest": digest(clockify.RULES)}
    assert ask(rules=rules).rules == clockify.RULES
    other = rules | {"digest": digest(BillingRules())}
    assert refused(rules=other) == [("$.rules", "digest_mismatch")]
    plan = {"ref": "basic", "digest": digest(BASIC)}
    assert ask(plan=plan).plan == BASIC
    unknown = refused(rulebook="klockify", plan=plan, rules=rules)
    assert unknown == [("$.rulebook", "unknown_rulebook")]


def test_a_request_is_a_value():
    request = ask(**asked({"on": "2026-04-02", "change": "cancel"}))
    assert pickle.loads(pickle.dumps(request)) == request
    assert hash(request) == hash(pickle.loads(pickle.dumps(request)))
    assert bill_request(request) == bill_request(request)


def test_reading_changes_nothing_in_the_data():
    document = {
        **REQUEST,
        "add_ons": [],
        **asked(
            {"on": "2026-04-02", "changes": [{"change": "switch_plan", "plan": "pro"}]}
        ),
    }
    before = json.dumps(document)
    read_request(document)
    assert json.dumps(document) == before


def test_the_package_is_there():
    assert seatbill.converters.FORMAT == FORMAT == 1
