"""The same bytes everywhere: on every Python, in every process, on every machine.

``same_bytes.py`` says what is written, and ``same_bytes.json`` holds the digest of each
thing as it was written once; each Python that runs the tests compares its own.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import same_bytes
import seatbill

SOURCES = sorted(Path(seatbill.__file__).parent.rglob("*.py"))
HELD = json.loads(same_bytes.HELD.read_text(encoding="utf-8"))


def test_what_is_written_is_what_was_written_elsewhere():
    found = same_bytes.digests()
    differs = [name for name in {**HELD, **found} if HELD.get(name) != found.get(name)]
    assert differs == [], "look at what changed, then: make bytes"
    assert [*found] == [*HELD]


def test_all_kinds_of_things_are_among_them():
    """A schema, an answer and a page that is not held could differ unnoticed."""
    for kind in ("schema bill-request", "growing-team answer", "growing-team svg ar"):
        assert kind in HELD
    assert sum(name.startswith("stored ") for name in HELD) == len(
        [*same_bytes.STORED.glob("*/*.json")]
    )
    assert sum(name.endswith(" answer") for name in HELD) == len(
        [*same_bytes.EXAMPLES.glob("*.json")]
    )
    assert len({*HELD.values()}) > 300  # nothing is written twice, or nearly so


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        pytest.param(["-OO"], {"PYTHONHASHSEED": "1"}, id="without docstrings"),
        pytest.param(
            ["-X", "utf8=0"],
            {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "America/New_York"},
            id="a plain locale, west",
        ),
        pytest.param(
            ["-O"],
            {
                "PYTHONHASHSEED": "3",
                "LC_ALL": "tr_TR.UTF-8",
                "LANG": "tr_TR.UTF-8",
                "LANGUAGE": "tr:ar",
                "TZ": "Pacific/Kiritimati",
                "COLUMNS": "20",
                "PYTHONINTMAXSTRDIGITS": "640",
            },
            id="Turkish, east",
        ),
    ],
)
def test_another_process_writes_the_same(options, environment):
    script = Path(same_bytes.__file__)
    found = subprocess.run(
        [sys.executable, *options, str(script)],
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    assert json.loads(found.stdout) == HELD
    assert [*json.loads(found.stdout)] == [*HELD]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_hangs_on_what_optimization_takes_away(path):
    """``-O`` leaves out assertions, ``-OO`` docstrings too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.Assert)
        name = getattr(node, "attr", getattr(node, "id", ""))
        assert name not in {"__doc__", "getdoc", "cleandoc", "getsource", "__debug__"}
