"""JSON Lines: a document a row in, an answer a row out, one bad row told and passed."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from concurrent import futures
from concurrent.futures import process

import pytest

from seatbill.__main__ import main
from seatbill._shell import _rows
from seatbill._shell._commands import ROWS
from seatbill.errors import MissingExtraError, TooFewSeatsError
from test_main import REQUEST


def line(**more) -> str:
    return json.dumps({**REQUEST, **more})


@pytest.fixture
def run(tmp_path, capsys):
    """Return a function that bills rows and returns code, answers and errors."""

    def run(text: str | bytes, *options):
        path = tmp_path / "rows.jsonl"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = main(["bill", "--lines", str(path), *options])
        captured = capsys.readouterr()
        return (
            code,
            [json.loads(row) for row in captured.out.splitlines()],
            captured.err,
        )

    return run


def test_each_row_is_answered_in_its_place(run):
    rows = [line(id=f"w{n}", seats=n) for n in (1, 2, 3)]
    code, answers, err = run("\n".join(rows))
    assert (code, err) == (0, "")
    assert [answer["subscription"]["id"] for answer in answers] == ["w1", "w2", "w3"]
    due = [answer["invoices"][0]["amount_due"] for answer in answers]
    assert due == ["4.99", "9.98", "14.97"]


def test_a_bad_row_is_told_and_the_rest_is_done(run):
    rows = (line(), "{", line(plan="baisc"), "", b"\xff".decode("latin-1"), line())
    text = "\n".join(rows).encode("latin-1")
    code, answers, err = run(text)
    assert code == 2
    assert [answer.get("row") for answer in answers] == [None, 2, 3, 5, None]
    told = [answer["problems"][0] for answer in answers[1:4]]
    places = ["line 1, column 2", "$.plan", "$"]
    assert [problem["path"] for problem in told] == places
    codes = ["invalid_json", "unknown_item", "invalid_json"]
    assert [problem["code"] for problem in told] == codes
    assert told[2]["values"] == {"byte": 1}
    assert all(problem.keys() == told[1].keys() for problem in told)
    assert err.endswith("rows.jsonl: 3 of 5 rows are refused, the first is row 2\n")


def test_a_refusal_is_told_in_the_language_that_is_asked_for(run):
    removal = {"on": "2026-04-03", "change": "remove_seats", "seats": 3, "occupied": 8}
    _, (answer,), _ = run(line(changes=[removal]), "--locale", "fr")
    (problem,) = answer["problems"]
    assert problem["path"] == "$.changes[0].seats"
    assert "sièges" in problem["message"]


def test_what_is_refused_after_reading_is_told_in_its_row(run, monkeypatch):
    def refuses(data):
        raise TooFewSeatsError("seat", 3, 5, 2)

    monkeypatch.setitem(ROWS, "bill", refuses)
    code, answers, _ = run(f"{line()}\n{line()}", "--locale", "fr")
    assert code == 2
    assert [answer["row"] for answer in answers] == [1, 2]
    (problem,) = answers[1]["problems"]
    assert (problem["path"], problem["code"]) == ("$", "too_few_seats")
    assert "sièges" in problem["message"]
    assert problem["values"]["missing"] == 2


def test_a_missing_extra_is_told_once(run, monkeypatch):
    def refuses(data):
        raise MissingExtraError("cattrs", "json")

    monkeypatch.setitem(ROWS, "bill", refuses)
    code, answers, err = run(f"{line()}\n{line()}")
    assert (code, answers) == (2, [])
    assert err.endswith("install it with pip install 'seatbill[json]'.\n")


def test_a_mark_of_the_order_of_bytes_is_passed_over(run):
    assert run(b"\xef\xbb\xbf" + line().encode())[0] == 0


def test_rows_come_from_standard_input_and_go_into_a_file(
    monkeypatch, tmp_path, capsys
):
    target = tmp_path / "answers.jsonl"
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{line()}\n{line()}\n"))
    assert main(["bill", "--lines", "-", "-o", str(target)]) == 0
    assert capsys.readouterr().out == ""
    assert len(target.read_text().splitlines()) == 2


def test_an_answer_comes_before_the_next_row_is_read(monkeypatch):
    """What is asked row by row is answered row by row: a pipe can wait for it."""
    written = io.StringIO()

    class Asking:
        def __iter__(self):
            for n in (1, 2, 3):
                assert len(written.getvalue().splitlines()) == n - 1
                yield line()

    monkeypatch.setattr(sys, "stdin", Asking())
    monkeypatch.setattr(sys, "stdout", written)
    assert main(["bill", "--lines", "-"]) == 0
    assert len(written.getvalue().splitlines()) == 3


def test_changes_are_previewed_row_by_row(monkeypatch, capsys, run):
    _, (answer,), _ = run(line())
    rows = [
        json.dumps(
            {
                "subscription": answer["document"],
                "changes": [{"change": "add_seats", "seats": n}],
                "on": "2026-04-16",
            }
        )
        for n in (2, 4)
    ]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(rows)))
    assert main(["preview", "--lines", "-"]) == 0
    answers = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
    # 2 and 4 × 4.99 × 15/30
    due = [answer["invoices"][0]["amount_due"] for answer in answers]
    assert due == ["4.99", "9.98"]


def test_rows_answer_in_json_alone(capsys):
    assert main(["bill", "--lines", "--format", "html", "-"]) == 2
    assert "--lines answers in JSON" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["none.jsonl"], ["-", "-o", "no/such/place"]])
def test_a_file_that_is_not_there_is_told(options, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO(line()))
    assert main(["bill", "--lines", *options]) == 2
    captured = capsys.readouterr()
    name = options[-1]
    assert captured.err == f"seatbill: cannot open {name}: No such file or directory\n"


class Full(io.StringIO):
    """A device on which nothing is left."""

    def write(self, _text):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO(line()))
    monkeypatch.setattr(sys, "stdout", Full())
    assert main(["bill", "--lines", "-"]) == 2
    assert capsys.readouterr().err == (
        "seatbill: cannot write standard output: No space left on device\n"
    )


# Progress.


class Terminal(io.StringIO):
    def isatty(self):
        return True


def terminal(monkeypatch) -> Terminal:
    found = Terminal()
    monkeypatch.setattr(sys, "stderr", found)
    return found


def test_a_terminal_shows_how_far_it_is(tmp_path, monkeypatch):
    shown = terminal(monkeypatch)
    monkeypatch.setattr(_rows, "_EVERY", 2)
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{line()}\n" * 4)
    assert main(["bill", "--lines", str(path), "-o", str(tmp_path / "out")]) == 0
    drawn = shown.getvalue().split("\r\x1b[K")
    assert drawn == [
        "",
        "[#######-----------------------]  25%  row 1",
        "[######################--------]  75%  row 3",
        "",
    ]


@pytest.mark.parametrize(
    ("took", "left"),
    [
        # 25 % after 10 s leaves 30 s, 75 % after 30 s leaves 10 s
        pytest.param([0, 10, 30], [", 30 s left", ", 10 s left"], id="seconds"),
        # 25 % after 50 s leaves 150 s
        pytest.param([0, 50, 150], [", 2 min 30 s left", ", 50 s left"], id="minutes"),
        pytest.param([0, 0.5, 0.9], ["", ""], id="too soon to tell"),
        pytest.param([0, 0.5, 1.2], ["", ""], id="nearly done"),  # 0.4 s
    ],
)
def test_a_terminal_shows_how_long_it_takes(tmp_path, monkeypatch, took, left):
    shown = terminal(monkeypatch)
    monkeypatch.setattr(_rows, "_EVERY", 2)
    times = iter(took)
    monkeypatch.setattr(_rows.time, "monotonic", lambda: next(times))
    bar = _rows._Bar(400, io.StringIO())
    for number in (1, 2, 3, 4):
        bar.show(number, 100)
    drawn = shown.getvalue().split("\r\x1b[K")
    assert [row.partition("row ")[2][1:] for row in drawn[1:]] == left


def test_before_anything_is_read_nothing_is_estimated(monkeypatch):
    terminal(monkeypatch)
    assert _rows._Bar(400, io.StringIO())._left(0.0) == ""


def test_without_a_size_it_counts_rows(tmp_path, monkeypatch):
    shown = terminal(monkeypatch)
    monkeypatch.setattr(sys, "stdin", io.StringIO(line()))
    assert main(["bill", "--lines", "-", "-o", str(tmp_path / "out")]) == 0
    assert shown.getvalue() == "\r\x1b[Krow 1\r\x1b[K"


def test_a_bar_keeps_off_the_answers(monkeypatch):
    shown = terminal(monkeypatch)
    monkeypatch.setattr(sys, "stdin", io.StringIO(line()))
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert main(["bill", "--lines", "-"]) == 0
    assert shown.getvalue() == ""


def test_elsewhere_there_is_no_bar(run):
    assert run(line())[2] == ""


def test_the_file_that_is_read_is_never_written_over(tmp_path, capsys):
    """Opening it for writing empties it before the first row is read."""
    path = tmp_path / "rows.jsonl"
    path.write_text(line())
    (tmp_path / "link").symlink_to(path)
    for target in (path, tmp_path / "link"):
        assert main(["bill", "--lines", str(path), "-o", str(target)]) == 2
        assert capsys.readouterr().err == (
            f"seatbill: cannot write {target}: it is read row by row; "
            "name another file\n"
        )
    assert path.read_text() == line()
    other = tmp_path / "answers.jsonl"
    for _ in ("it is made", "it is there"):
        assert main(["bill", "--lines", str(path), "-o", str(other)]) == 0
    assert json.loads(other.read_text())["subscription"]["id"] == "w"


# ------------------------------------------------------------------ several processes


def dies(work, rows):
    """End the process at the third chunk, as a machine without memory would."""
    if rows[0][0] > 64:
        os._exit(9)
    return answer_several(work, rows)


answer_several = _rows.several


def test_several_processes_answer_in_the_order_of_the_rows(run):
    rows = [line(id=f"w{n}", seats=1 + n % 3) for n in range(300)]
    rows[100] = "{"
    rows[250] = ""
    alone = run("\n".join(rows))
    assert run("\n".join(rows), "--jobs", "2") == alone
    assert [a["row"] for a in alone[1] if "row" in a] == [101]


def test_a_process_answers_its_rows_with_their_numbers():
    assert _rows.several(len, [(3, "abc"), (5, "")]) == [(3, 3), (5, 0)]


def test_a_process_that_ends_is_told_with_its_rows(run, monkeypatch):
    monkeypatch.setattr(_rows, "several", dies)
    code, answers, err = run("\n".join([line()] * 200), "--jobs", "2")
    assert code == 2
    # Chunks of 32 rows: what was not answered begins one of them.
    assert len(answers) in (0, 32, 64)
    assert f"a process ended; rows {len(answers) + 1} to " in err


def test_a_process_that_ended_may_be_seen_when_rows_are_handed_out(run, monkeypatch):
    class Broken(process.ProcessPoolExecutor):
        def submit(self, *_):
            raise process.BrokenProcessPool

    monkeypatch.setattr(futures, "ProcessPoolExecutor", Broken)
    code, answers, err = run("\n".join([line()] * 40), "--jobs", "2")
    assert (code, answers) == (2, [])
    assert "a process ended; rows 1 to 32 have no answer" in err


@pytest.mark.parametrize("jobs", ["0", "-1", "62", "two", "1.5", "²"])
def test_the_number_of_processes_is_a_small_whole_number(run, jobs):
    code, _, err = run(line(), f"--jobs={jobs}")
    assert code == 2
    assert f"{jobs!r} is not a whole number from 1 to 61" in err


def test_processes_are_for_rows(tmp_path, capsys):
    assert main(["bill", "-", "--jobs", "2"]) == 2
    assert "--jobs answers rows: give --lines too" in capsys.readouterr().err
