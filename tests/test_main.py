"""The shell prints what a document comes to, and says where one is wrong."""

from __future__ import annotations

import datetime as dt
import errno
import importlib.metadata
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seatbill import (
    MONTHLY,
    BillingRules,
    Catalog,
    Plan,
    Price,
    Tier,
    subscribe,
)
from seatbill.__main__ import main
from seatbill._shell._arguments import options
from seatbill._shell._commands import ANSWERS
from seatbill._shell._rulebook_text import price_list_text
from seatbill._shell._streams import problems_data
from seatbill.converters import RULEBOOKS, DataProblem, dump, load, schema
from seatbill.errors import TooFewSeatsError

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
COMMANDS = ("bill", "preview", "show", "explain", "schema", "rulebooks")


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


def shown(run, *options, **more) -> str:
    code, out, err = run({**REQUEST, **more}, *options)
    assert (code, err) == (0, "")
    return out


def plain(out: str) -> str:
    """Return *out* with spaces that every keyboard has."""
    return out.replace("\u202f", " ").replace("\xa0", " ")


def rows(out: str, *words: str) -> list[str]:
    """Return the lines of *out* that start with one of *words*, spaces squeezed."""
    squeezed = [" ".join(line.split()) for line in plain(out).splitlines()]
    return [line for line in squeezed if line.startswith(words)]


# Text.


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
    assert out.startswith("Statement w (Active)\n  Bill to  Harbour\n  An upgrade\n")
    assert rows(out, "Basic", "Standard", "Unused") == [
        "Basic Apr 1 – 30, 2026 10 seats $4.99 $49.90",
        "Unused: Basic Apr 16 – 30, 2026 -10 seats $4.99 15/30 days -$24.95",
        "Standard Apr 16 – 30, 2026 10 seats $6.99 15/30 days $34.95",
        "Standard May 1 – 31, 2026 8 seats $6.99 $55.92",  # the next invoice
    ]
    assert rows(out, "Amount due") == ["Amount due $49.90", "Amount due $10.00"]
    (bar,) = rows(out, "[")
    assert bar == (
        "[################~~~~] 8 of 10 seats used, 2 free; 2 are scheduled for removal"
    )
    assert "\nApr 16, 2026 – Switch to plan Standard\n  time off\n" in out


def test_it_speaks_the_language_that_is_asked_for(run):
    out = shown(run, "--locale", "fr")
    assert rows(out, "Basic")[0] == (
        "Basic 1–30 avr. 2026 10 sièges 4,99 $US 49,90 $US"
    )


def test_people_with_days_are_counted_for_the_bar(run):
    out = shown(run, seats={"seat": 4}, members=[{"id": "ann"}, {"id": "bob"}])
    assert any("2 of 4 seats used, 2 free" in row for row in rows(out, "["))


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
    more["measured"] = {"2026-05-01": {"team": 3}, "2026-06-01": {"team": 2}}
    out = shown(run, **more)
    assert rows(out, "Total") == ["Total $240.00", "Total $180.00", "Total $120.00"]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda p: p.stem)
@pytest.mark.parametrize("kind", ["text", "json", "html", "svg"])
def test_every_example_is_written_in_every_format(path, kind, capsysbinary):
    assert main(["bill", str(path), "--format", kind]) == 0
    captured = capsysbinary.readouterr()
    assert captured.err == b""
    beginnings = {"text": b"Statement ", "json": b"{", "html": b"<!DOCTYPE html>"}
    assert captured.out.startswith(beginnings.get(kind, b"<svg "))


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
        "document",
        "documents",
        "seats",
        "next_invoice",
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


# Into a file.


def test_a_page_is_written_into_a_file_as_utf_8(run, tmp_path):
    page = tmp_path / "page.html"
    seller = {"name": "Hëllo"}
    code, out, err = run(
        {**REQUEST, "seller": seller}, "--format", "html", "-o", str(page)
    )
    assert (code, out, err) == (0, "", "")
    text = page.read_text(encoding="utf-8")
    assert "Hëllo" in text
    assert text.endswith("</html>\n")


def test_a_refused_document_leaves_the_file_alone(run, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("kept")
    assert run({**REQUEST, "seats": -1}, "-o", str(page))[0] == 2
    assert page.read_text() == "kept"


def test_a_file_that_cannot_be_written_is_told(run, tmp_path):
    code, out, err = run(REQUEST, "-o", str(tmp_path))
    assert (code, out) == (2, "")
    assert err == f"seatbill: cannot write {tmp_path}: Is a directory\n"


def test_a_hyphen_writes_on_standard_output(run):
    assert run(REQUEST, "-o", "-")[1].startswith("Statement w")


# Preview.


@pytest.fixture
def stored(run):
    """A subscription as ``bill`` gives it to be stored."""
    return json.loads(run(REQUEST, "--json")[1])["document"]


def preview(tmp_path, capsys, request, *options):
    path = tmp_path / "change.json"
    path.write_text(json.dumps(request))
    code = main(["preview", str(path), *options])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_preview_in_text_names_what_is_given_back(stored, tmp_path, capsys):
    """The answer's own subscription no longer has the plan that it had before."""
    switch = {"change": "switch_plan", "plan": "pro"}
    request = {"subscription": stored, "on": "2026-04-16", "rulebook": "clockify"}
    options = ("--format", "text")
    _, out, _ = preview(tmp_path, capsys, {**request, "changes": [switch]}, *options)
    assert "Unused: Basic" in plain(out)
    assert "basic" not in plain(out)


def test_a_change_of_a_stored_subscription_is_answered(stored, tmp_path, capsys):
    asked = {"change": "switch_plan", "plan": "standard"}
    request = {
        "rulebook": "clockify",
        "subscription": stored,
        "changes": [asked],
        "on": "2026-04-16",
    }
    code, out, err = preview(tmp_path, capsys, request)
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert [invoice["amount_due"] for invoice in answer["invoices"]] == ["10.00"]
    assert answer["subscription"]["value"]["version"] == 2
    # the answer is stored, and changed again: 2 × 6.99 × 10/30
    again = {"change": "add_seats", "seats": 2}
    request |= {"changes": [again], "on": "2026-04-21"}
    request |= {"subscription": answer["subscription"]}
    answer = json.loads(preview(tmp_path, capsys, request)[1])
    assert [invoice["amount_due"] for invoice in answer["invoices"]] == ["4.66"]
    out = preview(tmp_path, capsys, request, "--format", "text", "--locale", "fr")[1]
    assert "2 sièges" in out
    assert "4,66 $US" in out
    page = preview(tmp_path, capsys, request, "--format", "html")[1]
    assert page.startswith("<!DOCTYPE html>")


def test_problems_are_data_for_who_asked_for_data(stored, tmp_path, capsys):
    removal = {"change": "remove_seats", "seats": 3, "occupied": 8}
    request = {"subscription": stored, "changes": [removal], "on": "2026-04-16"}
    code, out, err = preview(tmp_path, capsys, request)
    assert (code, out) == (2, "")
    (problem,) = json.loads(err)["problems"]
    assert (problem["path"], problem["code"]) == (
        "$.changes[0].seats",
        "seats_occupied",
    )
    code, _, err = preview(
        tmp_path, capsys, request, "--format", "text", "--locale", "fr"
    )
    assert code == 2
    assert "$.changes[0].seats: " in err
    assert "sièges" in err


# Explain.


def test_each_line_of_a_request_is_explained(run, capsys):
    path = EXAMPLES / "upgrade-downgrade-cancel.json"
    assert main(["explain", str(path), "--locale", "fr"]) == 0
    out = plain(capsys.readouterr().out)
    assert "10 × 6,99 $US × 15/30 jours = 34,95 $US." in out


def test_nothing_that_a_document_says_moves_the_cursor(tmp_path, capsys):
    """An id is from outside: it is printed, and never obeyed."""
    path = tmp_path / "evil.json"
    path.write_text(json.dumps({**REQUEST, "id": "w\x1b[31m\nInvoice x"}))
    assert main(["explain", str(path)]) == 0
    assert capsys.readouterr().out.startswith("Invoice w?[31m Invoice x:1, ")
    plan = {"id": "p\x1b[31m", "name": "P", "rank": 1, "prices": []}
    path.write_text(json.dumps({**REQUEST, "plans": [plan], "plan": "other"}))
    assert main(["bill", str(path)]) == 2
    err = capsys.readouterr().err
    assert "p?[31m" in err
    assert "\x1b" not in err


def test_a_stored_invoice_is_explained_as_data(tmp_path, capsys):
    plan = Plan("p", "P", 1, [Price(unit_amount="4.99", currency="USD")])
    opening = subscribe(
        plan,
        id="w",
        interval=MONTHLY,
        seats=3,
        on=dt.date(2026, 4, 1),
        rules=BillingRules(),
    )
    path = tmp_path / "invoice.json"
    path.write_text(json.dumps(dump(opening.invoice)))
    assert main(["explain", str(path), "--format", "json"]) == 0
    ((key, (line,)),) = [
        (one["key"], one["lines"]) for one in json.loads(capsys.readouterr().out)
    ]
    assert key == "w:1"
    assert "3 × $4.99 = $14.97" in line


# Show.


@pytest.fixture
def kept(run, tmp_path):
    """A stored invoice, in a file."""
    path = tmp_path / "invoice.json"
    (invoice,) = json.loads(run(REQUEST, "--json")[1])["documents"]
    path.write_text(json.dumps(invoice))
    return path


def test_a_stored_invoice_is_shown_in_any_language(kept, capsys):
    assert main(["show", str(kept), "--locale", "fr"]) == 0
    out = plain(capsys.readouterr().out)
    assert out.startswith("Facture w:1\n")
    assert rows(out, "basic") == ["basic 1–30 avr. 2026 10 sièges 4,99 $US 49,90 $US"]


def test_a_stored_invoice_becomes_a_page(kept, tmp_path):
    page = tmp_path / "page.html"
    assert main(["show", str(kept), "--format", "html", "-o", str(page)]) == 0
    assert "$49.90" in page.read_text(encoding="utf-8")


def test_a_stored_subscription_is_shown_as_it_stands(stored, tmp_path, capsys):
    path = tmp_path / "subscription.json"
    path.write_text(json.dumps(stored))
    assert main(["show", str(path)]) == 0
    out = plain(capsys.readouterr().out)
    assert out.startswith("Statement w (Active)\n")
    assert "10 seats at $4.99" in out


def test_what_is_no_document_for_people_is_told(tmp_path, capsys):
    path = tmp_path / "rules.json"
    path.write_text(json.dumps(dump(BillingRules())))
    assert main(["show", str(path)]) == 2
    err = capsys.readouterr().err
    assert "$.kind: wanted an invoice" in err
    assert "got billing rules  [wrong_type]" in err


def test_of_a_whole_answer_the_parts_to_show_are_told(run, tmp_path, capsys):
    path = tmp_path / "answer.json"
    path.write_text(run(REQUEST, "--json")[1])
    assert main(["show", str(path)]) == 2
    assert capsys.readouterr().err == (
        f"seatbill: {path}: 1 problem\n"
        "  $: this is a whole answer; give its document, the subscription, or one of "
        "its documents, the invoices  [wrong_type]\n"
    )


# What there is.


def test_the_version_is_printed(capsys):
    assert main(["--version"]) == 0
    version = importlib.metadata.version("seatbill")
    assert capsys.readouterr().out == f"seatbill {version}\n"


def test_every_schema_is_printed(capsys):
    assert main(["schema"]) == 0
    names = capsys.readouterr().out.split()
    assert {"bill-request", "change-answer"} <= set(names)
    for name in names:
        assert main(["schema", name]) == 0
        assert json.loads(capsys.readouterr().out) == schema(name)


def test_every_rulebook_says_what_it_says(capsys):
    assert main(["rulebooks"]) == 0
    names = capsys.readouterr().out.split()
    assert main(["rulebooks", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == names
    for name in names:
        rules, catalog = RULEBOOKS[name]
        assert main(["rulebooks", name, "--format", "json"]) == 0
        data = json.loads(capsys.readouterr().out)
        assert (load(data["rules"]), load(data["catalog"])) == (rules, catalog)
        assert main(["rulebooks", name]) == 0
        assert catalog.plans[0].name in capsys.readouterr().out


def test_rules_and_prices_are_told_in_words(capsys):
    main(["rulebooks", "teamleader", "--locale", "fr"])
    out = plain(capsys.readouterr().out)
    told = [" ".join(row.split()) for row in out.splitlines()]
    assert "Sièges retirés À la fin de la période" in told
    assert "Go 20,00 € / 1 utilisateur / 1 mois" in told
    assert any(row.endswith("950,00 €") for row in told)  # TL: onboarding
    main(["rulebooks", "clickmeeting"])
    assert "Longest freeze in days" in capsys.readouterr().out


def test_a_price_by_tiers_says_so():
    tiers = [Tier(up_to=5, unit_amount="4"), Tier(up_to=None, unit_amount="3")]
    plan = Plan("t", "Tiered", 1, [Price(tiers=tiers, currency="USD")])
    out = price_list_text(BillingRules(), Catalog([plan]), "en")
    assert out.endswith("Plans\n  Tiered  by tiers / 1 seat / 1 month")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["rulebooks", "clokify"], "choose annual-commitment, clickmeeting"),
        (["schema", "invoice"], "bill-request"),
        (["rulebooks", "clokify"], ". (did you mean clockify?)\n"),
        (["rulebooks", "clokify", "--locale", "de"], "teamleader-refusing.\n"),
        (["schema", "bill-reqest"], ". (did you mean bill-request?)\n"),
        (["schema", "xyzzy"], "change-answer.\n"),
        (["rulebooks", "--locale", "zz"], "zz"),
    ],
)
def test_what_is_not_there_is_told(arguments, told, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("seatbill: ")
    assert told in captured.err


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
        "  $.plan: There is no plan 'baisc': choose free, basic, standard, pro, "
        "enterprise, bundle.  [unknown_item]"
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
        "  $.changes[0].seats: Only 2 seats can be removed, not 3: "
        "remove 2 at most, or free some first.  [seats_occupied]"
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
    assert err.endswith("install it with pip install 'seatbill[json]'.\n")


def test_a_value_that_is_none_of_ours_is_shown():
    problem = DataProblem("$", "odd", "odd", [("what", object)])
    (told,) = problems_data((problem,))["problems"]
    assert told["values"] == {"what": "<class 'object'>"}


@pytest.mark.parametrize("options", [[], ["--lines"]])
def test_a_closed_standard_input_is_told(options, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["bill", "-", *options]) == 2
    assert capsys.readouterr().err == (
        "seatbill: cannot read standard input: it is closed\n"
    )


class Full(io.RawIOBase):
    """A device on which nothing is left."""

    encoding = "utf-8"

    def write(self, _data):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("kind", ["text", "html"])
def test_a_full_disk_is_told(kind, monkeypatch, capsys):
    path = EXAMPLES / "growing-team.json"
    full = Full()
    full.buffer = full
    monkeypatch.setattr(sys, "stdout", full)
    assert main(["bill", str(path), "--format", kind]) == 2
    assert capsys.readouterr().err == (
        "seatbill: cannot write standard output: No space left on device\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"), [([], 2), (["bill"], 2), (["fly", "x"], 2), (["--help"], 0)]
)
def test_the_arguments_are_explained(arguments, code, capsys):
    assert main(arguments) == code
    captured = capsys.readouterr()
    assert "usage: python -m seatbill" in captured.out + captured.err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        pytest.param(["shwo", "x"], "show", id="a command"),
        pytest.param(["show", "x", "--formt", "text"], "--format", id="an option"),
        pytest.param(["bill", "x", "--format", "jsn"], "json", id="a format"),
        pytest.param(["bill", "x", "--lnes"], "--lines", id="a flag"),
        pytest.param(["fly", "x"], None, id="nothing near"),
        pytest.param(["bill", "x", "y"], None, id="too many"),
        pytest.param(["show", "x", "--lines"], None, id="of another command"),
    ],
)
def test_a_misspelt_argument_is_told_with_the_nearest(arguments, meant, capsys):
    assert main(arguments) == 2
    err = capsys.readouterr().err.rstrip()
    assert err.endswith(f" (did you mean {meant}?)") if meant else "mean" not in err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_that_it_takes(command, capsys):
    assert main([command, "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    example = said.partition("For example: python -m seatbill ")[2]
    given = options().parse_args(example.split())
    assert given.command == command


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
    assert "\n  \\xe9 \\u20ac\n" in out.getvalue()


@pytest.mark.parametrize("options", [[], ["--lines"]])
def test_a_reader_that_goes_away_is_no_error(options, monkeypatch, tmp_path, capsys):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(REQUEST))
    with (tmp_path / "pipe").open("w") as pipe:
        monkeypatch.setattr(sys, "stdout", Stream(pipe.fileno()))
        assert main(["bill", str(path), *options]) == 1
    assert capsys.readouterr().err == ""


def test_an_interrupt_ends_quietly(monkeypatch):
    def interrupted(name):
        raise KeyboardInterrupt

    monkeypatch.setattr("seatbill.__main__.read", interrupted)
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


# What is said on standard error.

ESCAPE = "\x1b[2J\x07\u202e"
"""Clears a terminal, rings its bell and turns the direction of what follows."""


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run *command* in a shell; ``$RUN`` is this program, ``$STORY`` a document."""
    story = folder / "story.json"
    story.write_text(json.dumps(REQUEST))
    rows_of_it = folder / "rows.jsonl"
    rows_of_it.write_text(json.dumps(REQUEST) + "\n")
    known = {"RUN": f"{sys.executable} -m seatbill", "STORY": str(story)}
    return subprocess.run(
        ["bash", "-c", command],
        check=False,
        env={**os.environ, **known, "ROWS": str(rows_of_it)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["bill", f"{ESCAPE}/story.json"], id="a file to read"),
        pytest.param(["bill", "--lines", f"{ESCAPE}/rows"], id="rows to read"),
        pytest.param(["bill", "STORY", "-o", f"{ESCAPE}/x"], id="a file to write"),
        pytest.param(["bill", "--lines", "STORY", "-o", f"{ESCAPE}/x"], id="rows"),
        pytest.param(["bill", "STORY", "--locale", ESCAPE], id="a locale"),
        pytest.param(["bill", "STORY", "--format", ESCAPE], id="a format"),
        pytest.param(["bill", "STORY", ESCAPE], id="an argument too many"),
        pytest.param([ESCAPE], id="a command"),
        pytest.param(["schema", ESCAPE], id="a schema"),
        pytest.param(["rulebooks", ESCAPE], id="a rulebook"),
    ],
)
def test_nothing_that_is_said_moves_the_cursor(arguments, tmp_path, capsys):
    path = tmp_path / "story.json"
    path.write_text(json.dumps(REQUEST))
    known = [str(path) if word == "STORY" else word for word in arguments]
    assert main(known) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("[2J") == 1
    assert captured.err.replace("\n", "").isprintable()


def test_a_name_with_an_end_of_line_makes_no_line_of_its_own(tmp_path, capsys):
    assert main(["bill", str(tmp_path / "a\nseatbill: fine")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_each_problem_is_told_in_the_language_that_is_asked_for(run):
    removal = {"on": "2026-04-03", "change": "remove_seats", "seats": 3, "occupied": 8}
    _, _, alone = run({**REQUEST, "changes": [removal]}, "--locale", "fr")
    assert "  $.changes[0].seats: " in alone
    assert "sièges" in alone
    several = {**REQUEST, "plan": "baisc", "interval": "-1 months", "until": "x"}
    _, _, err = run(several, "--locale", "fr")
    plan = next(row for row in err.splitlines() if row.startswith("  $.plan: "))
    assert "there is no plan" not in plan
    assert "basic, standard" in plan
    assert len(err.splitlines()) > 2


def test_what_is_refused_after_reading_is_told_with_its_file(run, monkeypatch):
    def refuses(data, asked):
        raise TooFewSeatsError("seat", 3, 5, 2)

    monkeypatch.setitem(ANSWERS, "bill", refuses)
    code, out, err = run(REQUEST, "--locale", "fr")
    assert (code, out) == (2, "")
    head, told = err.splitlines()
    assert head.endswith("story.json: 1 problem")
    assert told.startswith("  $: ")
    assert told.endswith("[too_few_seats]")
    assert "sièges" in told
    _, _, err = run(REQUEST, "--format", "json")
    (problem,) = json.loads(err)["problems"]
    assert problem == {
        "path": "$",
        "code": "too_few_seats",
        "message": "At least 5 seats are needed, not 3: buy 2 more.",
        "values": {"unit": "seat", "asked": 3, "minimum": 5, "missing": 2},
    }


# Streams that are closed, full, or the file that is read.


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("$RUN bill $STORY >&-", "cannot write standard output: it is closed"),
        ("$RUN bill $STORY -o - >&-", "cannot write standard output: it is closed"),
        ("$RUN bill $STORY --format html >&-", "standard output: it is closed"),
        ("$RUN bill --lines $ROWS >&-", "cannot write standard output: it is closed"),
        ("$RUN preview $STORY >&- 2>&-", ""),
        ("$RUN schema >&-", "cannot write standard output: it is closed"),
        ("$RUN rulebooks clockify >&-", "standard output: it is closed"),
        ("$RUN --help >&-", "cannot write standard output: it is closed"),
        ("$RUN bill --help >&-", "cannot write standard output: it is closed"),
        ("$RUN --version >&-", "cannot write standard output: it is closed"),
        ("$RUN bill - <&-", "cannot read standard input: it is closed"),
        ("$RUN bill --lines - <&-", "cannot read standard input: it is closed"),
        ("$RUN bill none.json 2>&-", ""),
        ("$RUN fly 2>&-", ""),
        ("$RUN bill --lines none.jsonl 2>&-", ""),
        ("echo { | $RUN bill --lines - 2>&-", ""),
        ("$RUN bill none.json <&- >&- 2>&-", ""),
    ],
)
def test_a_closed_stream_is_told_where_somebody_listens(command, said, tmp_path):
    found = shell(command, tmp_path)
    assert found.returncode == 2
    assert found.stderr.endswith(f"{said}\n" if said else "")
    assert found.stderr.count("\n") == bool(said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("$RUN bill $STORY >/dev/full", "standard output: No space left on device"),
        ("$RUN bill $STORY -o /dev/full", "cannot write /dev/full: No space left"),
        ("$RUN bill --lines $ROWS >/dev/full", "standard output: No space left on"),
        ("$RUN bill $STORY --format svg >/dev/full", "standard output: No space left"),
        ("$RUN --help >/dev/full", "cannot write standard output: No space left"),
        ("$RUN --version >/dev/full", "cannot write standard output: No space left"),
        ("$RUN bill none.json 2>/dev/full", ""),
        ("$RUN fly 2>/dev/full", ""),
        ("echo { | $RUN bill --lines - 2>/dev/full", ""),
    ],
)
def test_a_full_stream_is_told_where_there_is_room(command, said, tmp_path):
    found = shell(command, tmp_path)
    assert found.returncode == 2
    assert said in found.stderr
    assert found.stderr.count("\n") == bool(said)


@pytest.mark.parametrize("options", [[], ["--lines"]])
def test_a_closed_standard_output_is_told(options, monkeypatch, tmp_path, capsys):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(REQUEST))
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["bill", str(path), *options]) == 2
    assert capsys.readouterr().err == (
        "seatbill: cannot write standard output: it is closed\n"
    )


@pytest.mark.parametrize("stream", [None, Full()], ids=["closed", "full"])
def test_what_nobody_can_hear_is_not_said(stream, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", stream)
    assert main(["bill", "none.json"]) == 2
    assert main(["bill", "--lines", "none.jsonl"]) == 2
    assert main(["fly"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_a_file_of_rows_that_is_full_is_told(tmp_path, capsys):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(REQUEST))
    assert main(["bill", "--lines", str(path), "-o", "/dev/full"]) == 2
    assert capsys.readouterr().err == (
        "seatbill: cannot write /dev/full: No space left on device\n"
    )


def test_what_needs_no_stream_does_without(tmp_path):
    found = shell("$RUN bill $STORY -o out.txt <&- >&- 2>&-", tmp_path)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    assert (tmp_path / "out.txt").read_text().startswith("Statement w")
    found = shell("$RUN bill --lines $ROWS -o out.jsonl <&- >&- 2>&-", tmp_path)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    assert json.loads((tmp_path / "out.jsonl").read_text())["document"]


@pytest.mark.parametrize(
    ("command", "target", "reason"),
    [
        ("$RUN bill $STORY -o $STORY", "story.json", "the document is in it"),
        ("$RUN bill $STORY -o ./story.json", "./story.json", "the document is in it"),
        ("$RUN bill $STORY -o link", "link", "the document is in it"),
        ("$RUN bill link -o hard", "hard", "the document is in it"),
        ("$RUN bill - -o $STORY < hard", "story.json", "the document is in it"),
        ("$RUN bill $STORY >> $STORY", "standard output", "the document is in it"),
        ("$RUN bill $STORY -o - >> link", "standard output", "the document is in it"),
        ("$RUN explain hard >> $STORY", "standard output", "the document is in it"),
        ("$RUN show $STORY -o link", "link", "the document is in it"),
        ("$RUN preview - < $STORY >> hard", "standard output", "the document is in it"),
        ("$RUN bill --lines $ROWS -o $ROWS", "rows.jsonl", "it is read row by row"),
        (
            "$RUN bill --lines $ROWS >> $ROWS",
            "standard output",
            "it is read row by row",
        ),
        ("$RUN bill --lines - -o $ROWS < $ROWS", "rows.jsonl", "it is read row by row"),
        ("$RUN preview --lines - < $ROWS >> $ROWS", "output", "it is read row by row"),
    ],
)
def test_what_is_read_is_never_written_over(command, target, reason, tmp_path):
    for name in ("link", "hard"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "link").symlink_to(tmp_path / "story.json")
    (tmp_path / "story.json").touch()
    (tmp_path / "hard").hardlink_to(tmp_path / "story.json")
    found = shell(command, tmp_path)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("seatbill: cannot write ")
    assert found.stderr.endswith(f"{target}: {reason}; name another file\n")
    assert json.loads((tmp_path / "story.json").read_text()) == REQUEST
    assert json.loads((tmp_path / "rows.jsonl").read_text()) == REQUEST


def test_a_device_may_be_read_and_written(tmp_path):
    found = shell("$RUN bill /dev/null -o /dev/null", tmp_path)
    assert found.returncode == 2
    assert "there is nothing to read" in found.stderr
