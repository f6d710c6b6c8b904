"""The shell prints what a document comes to, and says where one is wrong."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from seatbill import __main__ as shell
from seatbill.__main__ import main

EXAMPLES = Path(__file__).parents[1] / "examples"
REQUEST = {
    "rulebook": "clockify",
    "id": "w",
    "plan": "basic",
    "interval": "month",
    "seats": 10,
    "on": "2026-04-01",
    "until": "2026-04-30",
}
USD = {"currency": "USD"}


@pytest.fixture
def run(tmp_path, capsys):
    """Return a function that bills a document and returns code, output and errors."""

    def run(document, *options):
        path = tmp_path / "story.json"
        text = document if isinstance(document, str) else json.dumps(document)
        path.write_text(text, encoding="utf-8")
        code = main(["bill", str(path), *options])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def shown(run, **more) -> str:
    code, out, err = run({**REQUEST, **more})
    assert (code, err) == (0, "")
    return out


def rows(out: str, *words: str) -> list[str]:
    """Return the lines of *out* that start with one of *words*, spaces squeezed."""
    squeezed = [" ".join(line.split()) for line in out.splitlines()]
    return [line for line in squeezed if line.startswith(words)]


# Tables.


def test_a_story_is_printed_as_a_person_reads_it(run):
    out = shown(
        run,
        note="An upgrade",
        recipient={"name": "Harbour"},
        changes=[
            {
                "on": "2026-04-16",
                "change": "switch_plan",
                "plan": "standard",
                "note": "time off",
            },
            {"on": "2026-04-20", "change": "remove_seats", "seats": 2, "occupied": 8},
        ],
        occupied=8,
    )
    assert out == (
        """\
An upgrade

Invoice w:1, 2026-04-01, first invoice, USD
  to Harbour
  item        period, last day included  quantity  unit price     share  amount
  basic seat  2026-04-01 to 2026-04-30         10        4.99         1   49.90
                                                               subtotal   49.90
                                                                  total   49.90
                                                                    due   49.90

2026-04-16: switch plan: standard (time off)
Invoice w:2, 2026-04-16, change, USD
  to Harbour
  item               period, last day included  quantity  unit price     share  amount
  unused basic seat  2026-04-16 to 2026-04-30        -10        4.99     15/30  -24.95
  standard seat      2026-04-16 to 2026-04-30         10        6.99     15/30   34.95
                                                                      subtotal   10.00
                                                                         total   10.00
                                                                           due   10.00

2026-04-20: remove seats: 2, from 2026-05-01, nothing due now

Standing on 2026-04-30
  plan          standard, per month, active
  period        2026-04-01 to 2026-04-30
  pending       from 2026-05-01: seat 10 -> 8
  seats         seat [################----] 8 of 10 used, 2 free
  next invoice  2026-05-01, 55.92 USD due
  balance       0.00 USD
"""
    )


def test_taxes_discounts_and_credit_have_rows_of_their_own(run):
    out = shown(
        run,
        discounts=[
            {"id": "promo", "percent_off": "10"},
            {"id": "gift", "amount_off": {"amount": "100", **USD}, "periods": 1},
        ],
        tax_rates=[{"id": "vat", "rate": "0.20", "inclusive": True}],
        changes=[
            {
                "on": "2026-04-02",
                "change": "grant_credit",
                "amount": {"amount": "5.00", **USD},
                "reason": "sorry",
            }
        ],
        until="2026-05-01",
    )
    assert rows(out, "basic seat, less", "discount") == [
        "basic seat, less promo 2026-04-01 to 2026-04-30 10 4.491 1 44.91",
        "discount gift, 44.91 at most 2026-04-01 to 2026-04-30 -1 100.00 1 -44.91",
        "basic seat, less promo 2026-05-01 to 2026-05-31 10 4.491 1 44.91",
    ]
    assert rows(out, "included tax") == [
        "included tax vat 0.00",
        "included tax vat 7.49",
    ]
    assert rows(out, "credit applied") == ["credit applied -5.00"]
    assert rows(out, "due") == ["due 0.00", "due 39.91"]
    assert "2026-04-02: grant credit: 5.00 USD, sorry, nothing due now" in out


def test_a_tax_on_top_is_named_and_counted(run):
    out = shown(run, tax_rates=[{"id": "vat", "rate": "0.19"}])
    assert rows(out, "subtotal", "tax", "total", "due") == [
        "subtotal 49.90",
        "tax vat 9.48",
        "total 59.38",
        "due 59.38",
    ]


def test_what_comes_back_goes_to_the_balance_or_is_refunded(run):
    rules = {"downgrade": "immediate", "cancellation": "immediate"}
    out = shown(
        run,
        plan="standard",
        rules=rules,
        changes=[
            {"on": "2026-04-16", "change": "switch_plan", "plan": "basic"},
            {"on": "2026-04-21", "change": "cancel"},
        ],
    )
    # −34.95 + 24.95; then −49.90 × 10/30
    assert rows(out, "to the balance") == [
        "to the balance 10.00",
        "to the balance 16.63",
    ]
    assert rows(out, "refund due") == ["refund due: 26.63"]
    assert rows(out, "ended", "plan") == [
        "plan free, per month, free",
        "ended 2026-04-21",
    ]
    assert rows(out, "notice: ") == [
        ("notice: from 2026-04-16, Basic is without time off, approval, invoicing"),
        "notice: free holds 5 of seat, 5 are above",
    ]
    assert rows(out, "next invoice") == []


def test_what_an_end_tells_is_printed_on_its_own(run):
    canceled = {"on": "2026-04-10", "change": "cancel"}
    out = shown(run, changes=[canceled], until="2026-06-01")
    assert "2026-06-01: notice: free holds 5 of seat, 5 are above" in out


def test_everything_that_waits_is_listed(run):
    sms = {"id": "sms", "name": "SMS", "prices": [{"unit_amount": "2", **USD}]}
    out = shown(
        run,
        interval="year",
        plan="standard",
        add_ons=[{"add_on": sms, "quantity": 3}],
        changes=[
            {
                "on": "2026-04-02",
                "changes": [
                    {"change": "switch_plan", "plan": "basic", "interval": "month"},
                    {"change": "remove_add_on", "add_on": sms},
                    {
                        "change": "set_tax_rates",
                        "rates": [{"id": "vat", "rate": "0.2"}],
                    },
                    {"change": "set_tax_rates", "rates": []},
                    {"change": "set_recipient", "recipient": {"name": "Harbour"}},
                    {"change": "cancel", "reason": "moving on"},
                ],
            },
        ],
    )
    assert sorted(rows(out, "pending")) == [
        "pending from 2027-04-01: add on: sms 2",
        "pending from 2027-04-01: cancellation: moving on",
        "pending from 2027-04-01: interval 12 months -> month",
        "pending from 2027-04-01: plan standard -> basic",
    ]
    assert rows(out, "add-on") == ["add-on 3 of sms"]
    assert rows(out, "2026-04-02") == [
        (
            "2026-04-02: switch plan: basic, month, remove add on: sms, 1, "
            "set tax rates: vat, set tax rates: none, set recipient: Harbour, "
            "cancel: moving on, from 2027-04-01, nothing due now"
        )
    ]
    assert rows(out, "plan") == ["plan standard, per year, active"]


def test_a_cancellation_without_a_reason_waits_too(run):
    out = shown(run, changes=[{"on": "2026-04-02", "change": "cancel"}])
    assert rows(out, "pending") == ["pending from 2026-05-01: cancellation"]


@pytest.mark.parametrize(
    ("more", "bars"),
    [
        ({}, ["seats seat: 10 owned"]),
        (
            {"occupied": 10},
            ["seats seat [####################] 10 of 10 used, none free"],
        ),
        (
            {"occupied": 12},
            ["seats seat [####################] 12 of 10 used, none free"],
        ),
        (
            {"occupied": 0},
            ["seats seat [--------------------] 0 of 10 used, 10 free"],
        ),
        (
            {"seats": {"seat": 4, "limited": 2}, "members": [{"id": "ann"}]},
            [
                "seats seat [#####---------------] 1 of 4 used, 3 free",
                "seats limited [--------------------] 0 of 2 used, 2 free",
            ],
        ),
    ],
)
def test_the_seat_bar_shows_used_over_owned(run, more, bars):
    assert rows(shown(run, **more), "seats") == bars


def test_a_line_under_tiers_shows_no_unit_price(run):
    tiers = [{"up_to": 5, "unit_amount": "4"}, {"up_to": None, "unit_amount": "3"}]
    plan = {"id": "t", "name": "T", "rank": 1, "prices": [{"tiers": tiers, **USD}]}
    out = shown(run, plan=plan)
    assert rows(out, "t seat") == ["t seat 2026-04-01 to 2026-04-30 10 1 35.00"]


def test_a_measured_unit_has_no_next_invoice_before_it_is_measured(run):
    measured = {"unit": "team", "unit_amount": "60", "measured": True, **USD}
    plan = {"id": "m", "name": "M", "rank": 1, "prices": [measured]}
    out = shown(run, plan=plan, seats={"team": 4})
    assert rows(out, "next invoice") == []
    out = shown(run, plan=plan, seats={"team": 4}, measured={"2026-05-01": {"team": 3}})
    assert rows(out, "next invoice") == ["next invoice 2026-05-01, 180.00 USD due"]


def test_a_measurement_that_is_missing_is_told_with_its_place(run):
    measured = {"unit": "team", "unit_amount": "60", "measured": True, **USD}
    plan = {"id": "m", "name": "M", "rank": 1, "prices": [measured]}
    more = {"plan": plan, "seats": {"team": 4}, "until": "2026-05-01"}
    code, out, err = run({**REQUEST, **more})
    assert (code, out) == (2, "")
    assert err.splitlines()[1] == (
        '  $.measured["2026-05-01"].team: needed at the renewal on 2026-05-01  '
        "[renew_first]"
    )


def test_instants_are_shown_to_the_second(run):
    text = (EXAMPLES / "stripe-seconds.json").read_text(encoding="utf-8")
    out = run(text)[1]
    assert "period, UTC" in out
    assert rows(out, "unused small seat") == [
        (
            "unused small seat 2026-02-18 19:14:48 to 2026-03-01 00:00:00 "
            "-1 10.00 881112/2419200 -3.64"
        )
    ]


def test_wide_and_unprintable_letters_keep_the_columns(run):
    plan = {
        "id": "席\u0301\u001b[31m",
        "name": "x",
        "rank": 1,
        "prices": [{"unit_amount": "1", **USD}],
    }
    lines = shown(run, plan=plan).splitlines()
    head, line = (next(x for x in lines if word in x) for word in ("item", "seat  "))
    assert "席\u0301?[31m seat" in line
    # one letter is two columns wide and the accent takes none: as long as it looks
    assert len(head) == len(line)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda p: p.stem)
def test_every_example_is_printed_and_every_column_lines_up(path, capsys):
    assert main(["bill", str(path)]) == 0
    blocks = capsys.readouterr().out.split("\n\n")
    tables = [
        [line for line in block.splitlines() if line.startswith("  ")]
        for block in blocks
        if "Invoice" in block
    ]
    assert tables
    for table in tables:
        numbers = [line for line in table if not line.startswith(("  to ", "  notice"))]
        assert len({len(line) for line in numbers if "refund" not in line}) == 1


# Data.


def test_json_has_the_same_as_data(run):
    code, out, _ = run({**REQUEST, "occupied": 8, "note": "é"}, "--json")
    data = json.loads(out)
    assert code == 0
    assert out.isascii()
    assert set(data) == {
        "seatbill",
        "note",
        "until",
        "invoices",
        "outcomes",
        "subscription",
        "seats",
        "next_invoice",
        "document",
    }
    assert (data["seatbill"], data["note"]) == (1, "é")
    assert data["seats"]["seat"]["vacant"] == 2
    assert data["invoices"][0]["amount_due"] == "49.90"
    assert data["next_invoice"]["issued_on"] == "2026-05-01"


def test_json_carries_the_notes_of_the_changes(run):
    change = {"on": "2026-04-16", "change": "add_seats", "seats": 1, "note": "Zoe"}
    data = json.loads(run({**REQUEST, "changes": [change]}, "--json")[1])
    assert [outcome["note"] for outcome in data["outcomes"]] == ["Zoe"]
    assert data["seats"] is None


# Standard input.


class Input:
    """Standard input that holds bytes."""

    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
def test_a_hyphen_reads_standard_input(monkeypatch, capsys, mark):
    monkeypatch.setattr(sys, "stdin", Input(mark + json.dumps(REQUEST).encode()))
    assert main(["bill", "-"]) == 0
    assert "49.90" in capsys.readouterr().out


def test_standard_input_may_be_text_already(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("{"))
    assert main(["bill", "-"]) == 2
    assert "standard input: 1 problem\n  line 1, column 2" in capsys.readouterr().err


# Bad input.


def test_bad_input_names_the_place_what_was_wanted_and_what_came(run):
    code, out, err = run({**REQUEST, "seats": "ten", "plan": "baisc"})
    assert (code, out) == (2, "")
    head, plan, seats = err.splitlines()
    assert head.startswith("seatbill: ")
    assert head.endswith("story.json: 2 problems")
    assert plan == (
        "  $.plan: there is no plan 'baisc'; choose one of free, basic, standard, pro, "
        "enterprise, bundle  [unknown_item]"
    )
    assert seats == (
        "  $.seats: wanted a whole number, or whole numbers by unit "
        '{"seat": 10}; got "ten"  [wrong_type]'
    )


def test_a_refusal_of_the_rules_names_the_change(run):
    removal = {"on": "2026-04-03", "change": "remove_seats", "seats": 3, "occupied": 8}
    code, _, err = run({**REQUEST, "changes": [removal]})
    assert code == 2
    assert err.splitlines()[1] == (
        "  $.changes[0].seats: 3 of seat to remove, 2 can be removed; "
        "remove 2 at most, or free seats first  [seats_occupied]"
    )


def test_text_that_is_no_json_is_told_with_line_and_column(run):
    code, _, err = run('{"a": 1,\n "b": }')
    assert code == 2
    assert "story.json: 1 problem\n  line 2, column 7: no JSON: " in err


def test_a_file_that_is_not_there_is_told(tmp_path, capsys):
    missing = tmp_path / "none.json"
    assert main(["bill", str(missing)]) == 2
    assert capsys.readouterr().err == (
        f"seatbill: cannot read {missing}: No such file or directory\n"
    )


def test_a_folder_is_told(tmp_path, capsys):
    assert main(["bill", str(tmp_path)]) == 2
    assert "Is a directory" in capsys.readouterr().err


def test_bytes_that_are_no_text_are_told(tmp_path, capsys):
    path = tmp_path / "latin.json"
    path.write_bytes(b'{"note": "caf\xe9"}')
    assert main(["bill", str(path)]) == 2
    assert capsys.readouterr().err.endswith("latin.json: byte 14 is not UTF-8\n")


def test_a_missing_extra_is_told(monkeypatch, run):
    monkeypatch.setitem(sys.modules, "seatbill.converters._hooks", None)
    monkeypatch.delattr("seatbill.converters._hooks", raising=False)
    code, out, err = run(REQUEST)
    assert (code, out) == (2, "")
    assert err.endswith("run: pip install 'seatbill[json]'\n")


@pytest.mark.parametrize(
    ("arguments", "code"), [([], 2), (["bill"], 2), (["fly", "x"], 2), (["--help"], 0)]
)
def test_the_arguments_are_explained(arguments, code, capsys):
    assert main(arguments) == code
    captured = capsys.readouterr()
    assert "usage: python -m seatbill" in captured.out + captured.err


# Streams.


class Stream(io.StringIO):
    """A standard output in an encoding of its own, or one whose reader has gone."""

    encoding = "ascii"

    def __init__(self, gone: int | None = None) -> None:
        super().__init__()
        self.gone = gone

    def write(self, text: str) -> int:
        if self.gone is not None:
            raise BrokenPipeError
        return super().write(text)

    def fileno(self) -> int:
        return self.gone


def test_what_a_stream_cannot_show_is_escaped(monkeypatch, tmp_path):
    path = tmp_path / "story.json"
    path.write_text(json.dumps({**REQUEST, "note": "é €"}))
    out = Stream()
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["bill", str(path)]) == 0
    assert out.getvalue().startswith("\\xe9 \\u20ac\n")


def test_a_reader_that_goes_away_is_no_error(monkeypatch, tmp_path, capsys):
    path = EXAMPLES / "growing-team.json"
    with (tmp_path / "pipe").open("w") as pipe:
        monkeypatch.setattr(sys, "stdout", Stream(pipe.fileno()))
        assert main(["bill", str(path)]) == 1
    assert capsys.readouterr().err == ""


def test_an_interrupt_ends_quietly(monkeypatch):
    def interrupted(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(shell, "_read", interrupted)
    assert main(["bill", "-"]) == 130


def test_the_module_runs_and_stops_without_a_trace_when_nobody_reads():
    path = EXAMPLES / "growing-team.json"
    command = [sys.executable, "-m", "seatbill", "bill", str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.wait() == 1
        assert process.stderr.read() == b""
