"""The benchmark runs and compares what is equal; its figures decide nothing here."""

import json
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from bench import __main__ as bench
from bench.equal import check_equal
from bench.growth import BOUNDED, GROWTH
from bench.opcodes import VERSION, known
from bench.replay import amounts, plain, statement_again
from bench.rows import ROADS
from bench.stories import STORIES, outcomes, read_anew, step_by_step
from seatbill import Invoice, InvoiceLine

ROOT = Path(__file__).parents[1]


def test_the_library_and_each_script_give_equal_lines():
    printed = [bill for story in STORIES for bill in story.script()]
    assert check_equal() == sum(len(bill.lines) for bill in printed)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_replay_reads_the_amounts_of_the_answer(story):
    opening, statement = story.open(), story.bill()
    first, invoices, _, _ = statement_again(opening, statement)()
    read = [money.minor_units for money in amounts((*first.invoices, *invoices))]
    assert read == [money.minor_units for money in amounts(statement.invoices)]


@pytest.mark.parametrize("cls", [Invoice, InvoiceLine])
def test_plain_objects_are_as_wide_as_those_of_the_library(cls):
    assert [f.name for f in attrs.fields(plain(cls))] == [
        f.name for f in attrs.fields(cls)
    ]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_is_the_same_on_each_road(story):
    statement = story.bill()
    assert read_anew(story).bill() == statement
    opened = story.open().subscription
    assert tuple(step_by_step(story, outcomes(story), opened)) == statement.outcomes


def test_a_quick_run_prints_every_row():
    """In a process of its own, where nothing counts what it executes."""
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--quick"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    printed = run.stdout
    for what in (*ROADS, *GROWTH, *BOUNDED):
        assert (what.what if what in ROADS else what.name) in printed
    for what in ("cost per change", "renewal of month", "memory", "import, over"):
        assert what in printed
    assert printed.count("  worst: ") == len(ROADS) + 1  # and the largest in memory


def test_another_option_is_refused():
    with pytest.raises(SystemExit):
        bench.main(["--slow"])


def test_no_story_executes_more_byte_codes_than_were_written_down():
    """Within three percent, either way; ``python -m bench.opcodes`` writes them."""
    if VERSION not in known():
        pytest.skip(f"byte codes of Python {VERSION} were not counted")
    program = (
        "import json; from bench.opcodes import counted; print(json.dumps(counted()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    for story, count in json.loads(run.stdout).items():
        written = known()[VERSION][story]
        assert abs(count - written) <= 0.03 * written, (story, written, count)
