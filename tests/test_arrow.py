"""Billing in columns: values in arrays and back, batches in and out, row by row."""

from __future__ import annotations

import datetime as dt
import importlib
import sys
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaf_strategies import of
from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    Catalog,
    Invoice,
    Money,
    Plan,
    Price,
    Subscription,
    SwitchPlan,
    TaxRate,
    bill,
    change,
    subscribe,
)
from seatbill.converters import (
    BillRequest,
    DataProblem,
    DatedChanges,
    InvalidDataError,
    from_data,
    to_data,
)
from seatbill.converters._vocabulary import KINDS
from seatbill.errors import MissingExtraError, WrongTypeError
from seatbill.money import _DIGITS
from seatbill.wallets import Allowance
from shop import LARGE, SMALL
from stories import at

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")

from seatbill.arrow import (  # noqa: E402
    ANSWERS,
    REQUESTS,
    bill_batches,
    from_array,
    to_array,
)
from seatbill.arrow._types import MONEY, column_of  # noqa: E402

CATALOG = Catalog([SMALL, LARGE])
RULES = BillingRules(name="house")
HELD = {"catalogs": CATALOG, "rules": RULES}
SUB = subscribe(
    SMALL, id="ada", interval=MONTHLY, seats=3, on=at("2026-04-01"), rules=RULES
).subscription


def problems_of(error):
    return [(problem.where, problem.code) for problem in error.value.problems]


# ------------------------------------------------------------------------- values


@pytest.mark.parametrize("word", [word for word in KINDS if word != "data_problem"])
@settings(max_examples=2)
@given(data=st.data())
def test_every_value_comes_back_from_a_column(word, data):
    values = [*data.draw(st.lists(of(KINDS[word]), min_size=1, max_size=2)), None]
    array = to_array(values, KINDS[word])
    assert from_array(array, KINDS[word]) == values
    assert from_array(array.slice(1), KINDS[word]) == values[1:]


def test_a_problem_comes_back_from_a_column():
    problem = DataProblem("$.seats", "missing", "it is needed", (("known", ("a", 1)),))
    assert from_array(to_array([problem], DataProblem), DataProblem) == [problem]


def test_null_is_told_from_what_is_left_out():
    # Left out, nothing is carried over; null carries over any number.
    wide = to_array(
        [Allowance(unit="credit", per_seat=1, carried_over=None)], Allowance
    )
    assert from_array(wide, Allowance)[0].carried_over is None
    names = ["unit", "per_seat"]
    narrow = pa.StructArray.from_arrays([wide.field(name) for name in names], names)
    assert from_array(narrow, Allowance)[0].carried_over == 0


@settings(max_examples=5)
@given(request=of(BillRequest))
def test_what_a_request_asks_comes_back_as_its_data(request):
    kind = tuple[DatedChanges, ...]
    data = [to_data(entry) for entry in request.changes]
    column = column_of(kind)
    (found,) = column.take(pa.array([column.put(data)], column.type))
    assert from_data(found, kind) == request.changes


def test_a_column_of_money_has_all_digits_of_every_currency():
    assert max(_DIGITS.values()) == MONEY.scale


def test_amounts_can_be_summed_in_a_column():
    march = [Money("19.90", "EUR"), Money("0.10", "EUR"), Money("30", "EUR")]
    array = to_array(march, Money)
    assert sum(array.field("amount").to_pylist()) == Decimal(50)
    assert from_array(pa.chunked_array([array, array[:1]]), Money) == [*march, march[0]]


def test_what_is_sold_is_a_reference_into_a_catalogue():
    array = to_array([SUB], Subscription, **HELD)
    assert array.field("plan").field("ref").to_pylist() == ["small"]
    assert array.field("plan").field("json").to_pylist() == [None]
    assert from_array(array, Subscription, **HELD) == [SUB]
    with pytest.raises(InvalidDataError) as error:
        from_array(array, Subscription)
    assert [where for where, _ in problems_of(error)] == ["$[0].plan", "$[0].rules"]
    written_out = to_array([SUB], Subscription)
    assert written_out.field("plan").field("ref").to_pylist() == [None]
    assert from_array(written_out, Subscription) == [SUB]


def test_what_is_no_value_of_the_kind_is_refused():
    with pytest.raises(WrongTypeError):
        to_array([SUB], Invoice)
    with pytest.raises(WrongTypeError):
        to_array([1], int)
    with pytest.raises(WrongTypeError):
        from_array([SUB], Subscription)


def test_a_number_beyond_its_column_is_refused_by_its_place():
    # A decimal of 38 digits, four of them after the point, ends before 10^34.
    most = Money("9" * 34, "EUR")
    assert from_array(to_array([most], Money), Money) == [most]
    with pytest.raises(InvalidDataError) as error:
        to_array([most, Money("1" + "0" * 34, "EUR")], Money)
    assert problems_of(error) == [("$[1]", "too_large")]


# ------------------------------------------------- what engines make of the columns


def read_time(array):
    return column_of(dt.date).take(array)


@pytest.mark.parametrize(
    ("values", "kind", "wanted"),
    [
        pytest.param(["2026-01-31"], pa.large_string(), "2026-01-31", id="Polars"),
        pytest.param(["2026-01-31"], pa.string_view(), "2026-01-31", id="view"),
        pytest.param(
            ["2026-01-31"],
            pa.dictionary(pa.int32(), pa.string()),
            "2026-01-31",
            id="dictionary",
        ),
        pytest.param([dt.date(2026, 1, 31)], pa.date32(), "2026-01-31", id="day"),
        pytest.param(
            [dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)],
            pa.timestamp("us", "UTC"),
            "2026-01-31T12:00:00Z",
            id="instant",
        ),
        pytest.param([None], pa.date32(), None, id="none"),
    ],
)
def test_a_time_may_be_a_text_a_day_or_an_instant(values, kind, wanted):
    assert [*column_of(dt.date).wrong(kind, "$")] == []
    assert read_time(pa.array(values, kind)) == [wanted]


@pytest.mark.parametrize(
    "kind",
    [pa.timestamp("us"), pa.timestamp("us", "Asia/Tokyo"), pa.timestamp("ns", "UTC")],
)
def test_an_instant_of_no_zone_or_of_another_is_refused(kind):
    (problem,) = column_of(dt.date).wrong(kind, "$.until")
    assert (problem.where, problem.code) == ("$.until", "wrong_type")


@pytest.mark.parametrize(
    ("number", "kind", "wanted"),
    [
        ("12.50", pa.decimal128(38, 4), "12.5"),
        ("100", pa.decimal128(38, 4), "100"),
        ("0", pa.decimal128(20, 12), "0"),
        ("-5", pa.decimal256(60, 2), "-5"),
        (7, pa.int32(), "7"),
    ],
)
def test_an_amount_may_have_any_scale(number, kind, wanted):
    value = number if isinstance(number, int) else Decimal(number)
    column = column_of(Money)
    array = pa.StructArray.from_arrays(
        [pa.array([value], kind), pa.array(["EUR"])], ["amount", "currency"]
    )
    assert [*column.wrong(array.type, "$")] == []
    assert column.take(array) == [{"amount": wanted, "currency": "EUR"}]


PAIR = pa.struct([("key", pa.string()), ("value", pa.int64())])


@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ([{"key": "seat", "value": 3}], {"seat": 3}),
        ([], {}),
        (None, None),
        # Two numbers of one unit, or one of none, stay a list, which is refused.
        ([{"key": "seat", "value": 3}, {"key": "seat", "value": 4}], list),
        ([{"key": None, "value": 3}], list),
        ([None], list),
    ],
)
def test_numbers_by_name_may_be_pairs(pairs, wanted):
    column = column_of(type(SUB.seats))
    array = pa.array([pairs], pa.large_list(PAIR))
    assert [*column.wrong(array.type, "$")] == []
    (found,) = column.take(array)
    assert found == wanted or (wanted is list and type(found) is list)


def test_a_column_of_nothing_is_nothing():
    for kind in (Money, type(SUB.seats), tuple[str, ...], dt.date, Price, SwitchPlan):
        column = column_of(kind)
        assert [*column.wrong(pa.null(), "$")] == []
    assert from_array(pa.nulls(2, column_of(Money).type), Money) == [None, None]


# ----------------------------------------------------------------- a row in, a row out


def requests(*rows):
    """Return a batch of rows, each by name, with values that stand as their data."""
    names = {name for row in rows for name in row}
    schema = pa.schema([field for field in REQUESTS if field.name in names])
    return pa.RecordBatch.from_pylist([{**row} for row in rows], schema)


def stored(*subs, **held):
    return to_array(subs, Subscription, **(held or HELD)).to_pylist()


def answers(*rows, **more):
    (found,) = bill_batches([requests(*rows)], **(more or HELD))
    assert found.schema == ANSWERS
    return found


ROW = {"subscription": stored(SUB)[0], "until": "2026-06-15"}
OPENING = {
    "id": "bob",
    "plan": {"ref": "large"},
    "interval": "month",
    "seats": [("seat", 2)],
    "on": "2026-04-01",
}
MORE_SEATS = [{"on": "2026-04-16", "changes": [{"change": "add_seats", "seats": 2}]}]
TO_LARGE = {"change": "switch_plan", "plan": {"ref": "large"}}


def test_a_stored_subscription_is_renewed():
    found = answers(ROW)
    wanted = bill(SUB, (), until=at("2026-06-15"))
    (row,) = found.to_pylist()
    assert row["id"] == "ada"
    assert row["problems"] == []
    assert row["subscription"]["plan"]["ref"] == "small"
    # Three seats at 30.00 on 1 May and on 1 June.
    assert [i["total"] for i in row["invoices"]] == [Decimal(90), Decimal(90)]
    assert from_array(found["subscription"], Subscription, **HELD) == [
        wanted.subscription
    ]
    invoices = found["invoices"].flatten()
    assert tuple(from_array(invoices, Invoice)) == wanted.invoices


def test_changes_are_made_on_their_days():
    # Two seats more for 15 of 30 days at 30.00; five on 1 May; then 60.00 for 16 of 31.
    switch = {"on": "2026-05-16", "changes": [TO_LARGE]}
    (row,) = answers({**ROW, "until": "2026-05-20", "changes": [*MORE_SEATS, switch]})[
        "invoices"
    ].to_pylist()
    totals = [i["total"] for i in row]
    grown = change(SUB, AddSeats(2), on=at("2026-04-16"))
    assert totals[:2] == [Decimal(30), Decimal(150)]
    larger = change(grown.subscription, SwitchPlan(LARGE), on=at("2026-05-16"))
    assert totals == [i.total.amount for i in (*grown.invoices, *larger.invoices)]


def test_an_opening_is_billed_from_its_first_day():
    found = answers({"opening": OPENING, "changes": MORE_SEATS, "until": "2026-05-01"})
    (row,) = found.to_pylist()
    # Two seats at 60.00, two more for half of April, four in May.
    assert [i["total"] for i in row["invoices"]] == [120, 60, 240]
    assert (row["id"], row["problems"]) == ("bob", [])
    (sub,) = from_array(found["subscription"], Subscription, **HELD)
    assert (sub.plan, sub.rules, sub.quantity()) == (LARGE, RULES, 4)


def test_an_opening_has_its_own_rules_or_the_first_that_are_held():
    later = attrs.evolve(RULES, name="later", upgrade="period_end")
    both = {"catalogs": [CATALOG], "rules": [RULES, later]}
    row = {"until": "2026-04-01"}
    named = to_array([later], BillingRules, **both).to_pylist()[0]
    policies = {"json": '{"upgrade": "period_end"}'}
    found = answers(
        {**row, "opening": OPENING},
        {**row, "opening": {**OPENING, "rules": named}},
        {**row, "opening": {**OPENING, "rules": policies}},
        **both,
    )
    subs = from_array(found["subscription"], Subscription, **both)
    assert [sub.rules for sub in subs[:2]] == [RULES, later]
    assert subs[2].rules == attrs.evolve(RULES, upgrade="period_end")
    (plain,) = answers({**row, "opening": OPENING}, catalogs=CATALOG).to_pylist()
    assert plain["subscription"]["rules"]["ref"] is None


def test_measured_quantities_are_charged_at_their_renewals():
    calls = Price(unit_amount="0.10", currency="USD", unit="call", measured=True)
    metered = Plan("metered", "Metered", 1, [*SMALL.prices, calls])
    sub = subscribe(
        metered,
        id="m",
        interval=MONTHLY,
        seats={"seat": 1, "call": 0},
        on=at("2026-04-01"),
        rules=RULES,
    ).subscription
    row = {"subscription": stored(sub, rules=RULES)[0], "until": "2026-05-01"}
    measured = [("2026-05-01", [("call", 50)])]
    billed, missing = answers({**row, "measured": measured}, row).to_pylist()
    # One seat at 30.00 and 50 calls at 0.10.
    assert [i["total"] for i in billed["invoices"]] == [35]
    assert [p["where"] for p in missing["problems"]] == [
        '$.measured["2026-05-01"].call'
    ]


@pytest.mark.parametrize(
    ("row", "where", "code"),
    [
        pytest.param({"until": "2026-05-01"}, "$", "missing", id="nothing"),
        pytest.param({**ROW, "opening": OPENING}, "$", "missing", id="both"),
        pytest.param({**ROW, "until": None}, "$.until", "missing", id="no last day"),
        pytest.param(
            {**ROW, "until": "2026-02-30"}, "$.until", "invalid_time", id="no such day"
        ),
        pytest.param(
            {**ROW, "until": "2026-03-31"}, "$.until", "out_of_order", id="before it"
        ),
        pytest.param(
            {**ROW, "until": "9990-01-01"}, "$.until", "too_many_periods", id="far"
        ),
        pytest.param(
            {**ROW, "subscription": {**ROW["subscription"], "plan": {"ref": "none"}}},
            "$.subscription.plan",
            "wrong_type",
            id="a plan by its id alone",
        ),
        pytest.param(
            {
                **ROW,
                "subscription": {**ROW["subscription"], "plan": {"json": "{"}},
            },
            "$.subscription.plan",
            "wrong_type",
            id="no JSON",
        ),
        pytest.param(
            {**ROW, "subscription": {**ROW["subscription"], "seats": None}},
            "$.subscription.seats",
            "wrong_type",
            id="no seats",
        ),
        pytest.param(
            {**ROW, "changes": [{"on": "2026-04-16", "changes": [{"change": "fly"}]}]},
            "$.changes[0].changes[0].change",
            "unknown_word",
            id="no such change",
        ),
        pytest.param(
            {
                **ROW,
                "changes": [
                    {"on": "2026-04-16", "changes": [{**TO_LARGE, "reason": "x"}]}
                ],
            },
            "$.changes[0].changes[0].reason",
            "unknown_key",
            id="a field of another change",
        ),
        pytest.param(
            {
                **ROW,
                "changes": [
                    {
                        "on": "2026-04-16",
                        "changes": [{"change": "remove_seats", "seats": 9}],
                    }
                ],
            },
            "$.changes[0].seats",
            "seats_occupied",
            id="refused by the rules",
        ),
        pytest.param(
            {"opening": {**OPENING, "id": None}, "until": "2026-05-01"},
            "$.opening.id",
            "missing",
            id="an opening without an id",
        ),
        pytest.param(
            {"opening": {**OPENING, "seats": [("tram", 1)]}, "until": "2026-05-01"},
            "$.opening.seats",
            "unknown_unit",
            id="an opening with seats of no price",
        ),
        pytest.param(
            {"opening": OPENING, "until": "2026-03-01"},
            "$.until",
            "out_of_order",
            id="an opening after the last day",
        ),
    ],
)
def test_a_bad_row_is_told_in_its_place(row, where, code):
    good, bad, also_good = answers(ROW, row, ROW).to_pylist()
    assert good == also_good
    assert (len(good["invoices"]), good["problems"]) == (2, [])
    assert (bad["subscription"], bad["invoices"]) == (None, [])
    assert (bad["problems"][0]["where"], bad["problems"][0]["code"]) == (where, code)
    given = row.get("subscription") or row.get("opening") or {}
    assert bad["id"] == given.get("id")


def test_the_values_of_a_refusal_are_json():
    (row,) = answers({**ROW, "until": "2026-03-31"}).to_pylist()
    assert '"2026-03-31"' in row["problems"][0]["values"]


def test_an_answer_that_no_column_holds_is_refused_in_its_place():
    # Twice 9 * 10^33 of credit; a column ends before 10^34.
    gift = {"change": "grant_credit", "reason": "gift"}
    gift["amount"] = {"amount": Decimal("9" + "0" * 33), "currency": "USD"}
    twice = [{"on": "2026-04-16", "changes": [gift, gift]}]
    good, bad = answers(ROW, {**ROW, "changes": twice}).to_pylist()
    assert good["problems"] == []
    assert [(p["where"], p["code"]) for p in bad["problems"]] == [("$", "too_large")]
    assert bad["id"] == "ada"


# ---------------------------------------------------------------- a batch that is wrong


@pytest.mark.parametrize(
    ("columns", "problems"),
    [
        pytest.param([], [("$.until", "missing")], id="no last day"),
        pytest.param(
            [("until", pa.string()), ("untill", pa.string())],
            [("$.untill", "unknown_key")],
            id="misspelled",
        ),
        pytest.param(
            [("until", pa.string()), ("until", pa.string())],
            [("$.until", "duplicate"), ("$.until", "duplicate")],
            id="twice",
        ),
        pytest.param(
            [("until", pa.float64()), ("changes", pa.string()), ("opening", pa.int8())],
            [
                ("$.until", "wrong_type"),
                ("$.changes", "wrong_type"),
                ("$.opening", "wrong_type"),
            ],
            id="of other types",
        ),
        pytest.param(
            [
                ("until", pa.date32()),
                ("measured", pa.map_(pa.int8(), pa.map_(pa.string(), pa.float32()))),
                ("changes", pa.list_(pa.struct([("on", pa.date32())]))),
            ],
            [
                ("$.measured", "wrong_type"),
                ("$.measured.*.*", "wrong_type"),
                ("$.changes[].changes", "missing"),
            ],
            id="of other types inside",
        ),
    ],
)
def test_a_batch_with_other_columns_is_refused_by_name(columns, problems):
    arrays = [pa.nulls(1, kind) for _, kind in columns]
    batch = pa.RecordBatch.from_arrays(arrays, schema=pa.schema(columns))
    with pytest.raises(InvalidDataError) as error:
        next(bill_batches([batch]))
    assert problems_of(error) == problems


def test_what_is_no_batch_is_refused():
    with pytest.raises(WrongTypeError):
        next(bill_batches([ROW]))
    with pytest.raises(WrongTypeError):
        bill_batches([], catalogs=[SMALL])


def test_an_array_of_another_type_is_refused_by_name():
    with pytest.raises(InvalidDataError) as error:
        from_array(pa.array(["19.90"]), Money)
    assert problems_of(error) == [("$", "wrong_type")]


def test_batches_come_one_by_one():
    batch = requests(ROW)
    several = bill_batches(iter([batch, requests(ROW, ROW), batch.slice(0, 0)]), **HELD)
    assert [found.num_rows for found in several] == [1, 2, 0]


# -------------------------------------------------------------------- without the extra


@pytest.mark.parametrize("missing", ["pyarrow", "cattrs"])
def test_what_is_missing_is_named_with_its_extra(missing, monkeypatch):
    ours = [name for name in sys.modules if name.startswith("seatbill.arrow")]
    for name in [*ours, "seatbill.converters._lists"]:
        monkeypatch.delitem(sys.modules, name)
    for name in (missing, f"{missing}.errors"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError) as told:
        importlib.import_module("seatbill.arrow")
    assert told.value.package.partition(".")[0] == missing
    assert told.value.extra == "arrow"


def test_taxes_and_their_bases_are_amounts():
    sub = subscribe(
        SMALL,
        id="t",
        interval=MONTHLY,
        seats=1,
        on=at("2026-04-01"),
        rules=RULES,
        tax_rates=[TaxRate("vat", "0.20")],
    ).subscription
    found = answers({"subscription": stored(sub)[0], "until": "2026-05-01"})
    (tax,) = found["invoices"].flatten().field("taxes").flatten().to_pylist()
    # 20 % of one seat at 30.00.
    assert (tax["base"]["amount"], tax["amount"]["amount"]) == (30, 6)
