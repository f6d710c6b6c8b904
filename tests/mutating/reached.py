"""Which test reaches which line, and how long it takes: noted once, in ``build``.

A test that fails on the code as it is says nothing of a change, and is left out.

A module that was edited since keeps the tests that reached any of its lines; tests that
were written since are noted when they are first met.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NOTES = ROOT / "build" / "mutants"
LINES = NOTES / "reached"
SECONDS = NOTES / "seconds.json"
SOURCES = NOTES / "sources.json"
# They measure time, or run the tools: a changed module makes them no wiser.
LEFT_OUT = ("bench", "cost", "docs", "docs_made", "documents_screens", "mutating")
LEFT_OUT += ("packaging", "public_api", "rules_table")


def path_of(module: str) -> Path:
    """Return the file of *module*."""
    place = ROOT / "src" / Path(*module.split("."))
    file = place.with_suffix(".py")
    return file if file.exists() else place / "__init__.py"


def files_of_tests() -> list[str]:
    """Return the files of tests that may mind a change."""
    left_out = {f"test_{name}.py" for name in LEFT_OUT}
    files = sorted((ROOT / "tests").glob("test_*.py"))
    return [f"tests/{file.name}" for file in files if file.name not in left_out]


def digest(file: Path) -> str:
    """Return what tells whether *file* was edited."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def read(file: Path) -> dict[str, Any]:
    """Return what stands in *file*; nothing where it is not there yet."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def note(tests: Iterable[str], jobs: int) -> None:
    """Run *tests*, and note which lines each of them reaches."""
    NOTES.mkdir(parents=True, exist_ok=True)
    spread = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else []
    command = [
        *(sys.executable, "-m", "pytest", "-q", *spread, "-p", "mutating.reached"),
        *("--cov", "--cov-context=test", "--cov-report="),
        *("--cov-append", "--cov-fail-under=0", *tests),
    ]
    environment = {**os.environ, "COVERAGE_FILE": str(LINES)}
    environment["PYTHONPATH"] = str(ROOT / "tests")
    subprocess.run(command, cwd=ROOT, env=environment, check=False)


def note_all(jobs: int) -> None:
    """Forget what was noted, and note all tests."""
    for file in (LINES, SECONDS, SOURCES):
        file.unlink(missing_ok=True)
    found = {
        str(file.relative_to(ROOT)): digest(file)
        for file in sorted((ROOT / "src").rglob("*.py"))
    }
    note(files_of_tests(), jobs)
    SOURCES.write_text(json.dumps(found, indent=0), encoding="utf-8")


def by_line_of(module: str) -> dict[int, set[str]]:
    """Return the tests that reach each line of *module*; all under 0.

    Under 0 alone where the module was edited since.
    """
    from coverage import CoverageData

    file = path_of(module)
    data = CoverageData(str(LINES))
    data.read()
    same = read(SOURCES).get(str(file.relative_to(ROOT))) == digest(file)
    found: dict[int, set[str]] = {0: set()}
    for line, contexts in data.contexts_by_lineno(str(file)).items():
        tests = {c.rpartition("|")[0] for c in contexts if c}
        found[0] |= tests
        if same:
            found[line] = tests
    return found


_seconds: dict[str, float] = {}
_failed: set[str] = set()


def pytest_runtest_logreport(report: Any) -> None:
    """Note how long each test takes, with what it sets up, and whether it fails."""
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0) + report.duration
    if report.failed:
        _failed.add(report.nodeid)


def pytest_sessionfinish(session: Any) -> None:
    """Write the times down, once all tests have run; one that fails has none."""
    if not hasattr(session.config, "workerinput"):
        found = read(SECONDS)
        for name, seconds in _seconds.items():
            found[name] = None if name in _failed else round(seconds, 4)
        SECONDS.write_text(json.dumps(found, indent=0), encoding="utf-8")
