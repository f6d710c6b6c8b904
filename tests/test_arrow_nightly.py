"""The night of the how-to, killed and run again: nobody billed twice, nobody lost."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")

from pyarrow import parquet  # noqa: E402

from seatbill.arrow import to_array  # noqa: E402

PAGE = Path(__file__).parents[1] / "docs" / "howto" / "columns.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
(NIGHT,) = [block for block in BLOCKS if "def renew_folder" in block]
PROGRAM = "\n".join(
    (
        BLOCKS[0],
        NIGHT.split("\nsource, target")[0],
        "import sys",
        "renew_folder(Path(sys.argv[1]), Path(sys.argv[2]))",
    )
)
FILES = 6
ROWS = 40
# `make spark` sets the variable: all ten kills, at points drawn anew.
IN_FULL = bool(os.environ.get("SEATBILL_SPARK"))
KILLS = 10 if IN_FULL else 2


@pytest.fixture
def source(tmp_path):
    """Return a folder of tables of subscriptions, each of April."""
    scope = {}
    exec(BLOCKS[0], scope)
    folder = tmp_path / "april"
    folder.mkdir()
    for number in range(FILES):
        subs = [
            scope["subscribe"](
                scope["PRO"],
                id=f"team-{number}-{row}",
                interval=scope["MONTHLY"],
                seats=1 + row,
                on=scope["dt"].date(2026, 4, 1),
                rules=scope["HELD"]["rules"],
            ).subscription
            for row in range(ROWS)
        ]
        column = to_array(subs, scope["Subscription"], **scope["HELD"])
        last = ["2026-05-01"] * ROWS
        table = pa.table({"subscription": column, "until": last})
        parquet.write_table(table, folder / f"{number}.parquet")
    return folder


def night(source, target):
    return subprocess.Popen([sys.executable, "-c", PROGRAM, source, target])


def files(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_a_night_that_is_killed_is_run_again_to_the_same_files(source, tmp_path):
    assert night(source, tmp_path / "whole").wait() == 0
    wanted = files(tmp_path / "whole")
    assert len(wanted) == FILES
    chance = random.Random(None if IN_FULL else 13)
    target = tmp_path / "killed"
    for _ in range(KILLS):
        run = night(source, target)
        deadline = time.monotonic() + 60
        had = len(files(target))
        while not [*target.glob("*.part")] and len(files(target)) == had:
            if run.poll() is not None or time.monotonic() > deadline:
                break
            time.sleep(0.002)
        time.sleep(chance.random() * 0.05)
        run.kill()
        run.wait()
        assert files(target).items() <= wanted.items()
    assert night(source, target).wait() == 0
    assert files(target) == wanted
    rows = [
        row for name in wanted for row in parquet.read_table(target / name).to_pylist()
    ]
    assert len({row["id"] for row in rows}) == FILES * ROWS
    # A seat is 10.00 a month, and 1 + 2 + ... + 40 seats are 820, in each file.
    assert sum(i["total"] for row in rows for i in row["invoices"]) == FILES * 8200
