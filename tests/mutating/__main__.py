"""``make mutants MODULE=seatbill.money``: which changes no test minds.

First the tests run once and it is noted which of them reaches which line.  Then, for
each change of the module, the tests that reach it run on the changed module, the
quickest first, until one fails.  What lives and is not in ``equivalent.toml``, with
the reason why nobody can tell it from the code as it is, fails the run; so does an
entry of that list that is there no longer.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.util
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .changes import Change, changes

ROOT = Path(__file__).parents[2]
REACHED = ROOT / "build" / "mutants"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
SECONDS = 120
MOST = 400
QUIET = ["-q", "-x", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist"]


def path_of(module: str) -> Path:
    """Return the file of *module*."""
    place = ROOT / "src" / Path(*module.split("."))
    file = place.with_suffix(".py")
    return file if file.exists() else place / "__init__.py"


def reach(jobs: int) -> None:
    """Run all tests once, and note which of them reaches which line."""
    REACHED.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-n", str(jobs), "--dist", "loadfile"),
        *("--cov", "--cov-context=test", "--cov-report=", "tests", "src"),
    ]
    environment = {**os.environ, "COVERAGE_FILE": str(REACHED / "reached")}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def tests_by_line(module: str) -> dict[int, list[str]]:
    """Return the tests that reach each line of *module*."""
    from coverage import CoverageData

    data = CoverageData(str(REACHED / "reached"))
    data.read()
    found: dict[int, list[str]] = {}
    lines = data.contexts_by_lineno(str(path_of(module)))
    for line, contexts in lines.items():
        found[line] = sorted({c.partition("|")[0] for c in contexts if c})
    return found


def reaching(change: Change, by_line: dict[int, list[str]]) -> list[str]:
    """Return the tests that reach *change*; those of its own file's name first."""
    tests: set[str] = set()
    for line in range(change.line, change.last_line + 1):
        tests.update(by_line.get(line, ()))
    return sorted(tests, key=lambda test: ("laws" in test, "machine" in test, test))


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and loads the changed one."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module = module
        self.tree = tree

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self.module:
            return None
        file = path_of(name)
        places = [str(file.parent)] if file.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name, file, loader=self, submodule_search_locations=places
        )

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        exec(compile(self.tree, str(path_of(self.module)), "exec"), vars(module))


def started(module: str, change: Change, tests: list[str]) -> int:
    """Start a child that runs *tests* on the changed module; return its process."""
    child = os.fork()
    if child:
        return child
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    signal.alarm(SECONDS)
    code = 1
    try:
        sys.meta_path.insert(0, Changed(module, change.tree))
        import pytest

        code = int(pytest.main([*QUIET, *tests[:MOST]]))
    finally:
        os._exit(code)


def equivalents(module: str) -> dict[tuple[str, ...], str]:
    """Return the changes of *module* that change nothing, each with the reason."""
    rows = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get(module, [])
    keys = "function", "kind", "before", "after"
    return {tuple(row[key] for key in keys): row["reason"] for row in rows}


def living(module: str, jobs: int) -> Iterator[Change]:
    """Yield each change of *module* that no test minds."""
    by_line = tests_by_line(module)
    running: dict[int, Change] = {}
    for change in changes(path_of(module).read_text(encoding="utf-8")):
        tests = reaching(change, by_line)
        if not tests:
            yield change
            continue
        if len(running) >= jobs:
            yield from ended(running)
        running[started(module, change, tests)] = change
    while running:
        yield from ended(running)


def ended(running: dict[int, Change]) -> Iterator[Change]:
    """Wait for one child; yield its change where all tests passed on it."""
    child, status = os.wait()
    change = running.pop(child)
    if status == 0:
        yield change


def main() -> int:
    """Print what lives; return the exit status."""
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("modules", nargs="+", help="such as seatbill.money")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="note the lines anew")
    asked = parser.parse_args()
    if asked.again or not (REACHED / "reached").exists():
        reach(asked.jobs)
    import hypothesis  # noqa: F401 (loaded once, before the children are made)
    import pytest  # noqa: F401

    os.chdir(ROOT)
    faults = 0
    for module in asked.modules:
        known = equivalents(module)
        for change in living(module, asked.jobs):
            if known.pop(change.name, None) is None:
                faults += 1
                print("\t".join((f"{module}:{change.line}", *change.name)), flush=True)
        for name in known:
            faults += 1
            print("\t".join((module, "in the list, and dies or is gone:", *name)))
    print(f"{faults} that nothing minds")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
