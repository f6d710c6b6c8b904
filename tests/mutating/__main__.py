"""``make mutants MODULE=seatbill.money``: which changes no test minds.

First the tests run once and it is noted which of them reaches which line.  Then, for
each change of the module, the tests that reach it run on the changed module, the
quickest first, until one fails or takes far too long.  What lives and is not in
``equivalent.toml``, with the reason why nobody can tell it from the code as it is,
fails the run; so does an entry of that list that dies, or is there no longer.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

from .changes import Change, changes
from .reached import ROOT, SOURCES, files_of_tests, note_all, path_of

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
KEYS = ("function", "kind", "before", "after")
Name = tuple[str, str, str, str, int]


def equivalents(module: str, file: Path = EQUIVALENT) -> dict[Name, str]:
    """Return the changes of *module* that change nothing, each with the reason."""
    rows: list[dict[str, Any]]
    rows = tomllib.loads(file.read_text(encoding="utf-8")).get(module, [])
    found: dict[Name, str] = {}
    for row in rows:
        name = (*[row[key] for key in KEYS], row.get("nth", 1))
        if not row["reason"] or name in found:
            raise ValueError(f"{module}: no reason, or twice: {name}")
        found[name] = row["reason"]  # type: ignore[index]
    return found


def stale(modules: list[str]) -> list[str]:
    """Return the entries for *modules* of which the code has no such change."""
    found = []
    for module in modules:
        file = path_of(module)
        source = file.read_text(encoding="utf-8") if file.exists() else ""
        there = {change.name for change in changes(source)}
        found += [f"{module}: {n}" for n in equivalents(module) if n not in there]
    return found


def difference(source: str, change: Change) -> str:
    """Return what *change* changes, as a diff of the code without its comments."""
    trees = ast.parse(source), change.tree
    left, right = (ast.unparse(tree).splitlines() for tree in trees)
    lines = [*difflib.unified_diff(left, right, n=0, lineterm="")][2:]
    return "\n".join(f"    {line}" for line in lines if not line.startswith("@@"))


class Told:
    """What became of the changes."""

    def __init__(self, modules: list[str], *, every: bool) -> None:
        self.every = every
        self.known = {module: equivalents(module) for module in modules}
        self.counts = {module: [0, 0, 0, 0] for module in modules}

    def knows(self, module: str, change: Change) -> bool:
        """Return whether *change* is listed as one that changes nothing."""
        return change.name in self.known[module]

    def tell(self, module: str, change: Change, killer: str) -> None:
        """Count *change*, and print it where nothing minds it."""
        counts = self.counts[module]
        counts[0] += 1
        listed = self.known[module]
        if killer:
            counts[1] += 1
            if self.every:
                print(f"{module}:{change.line}: {change.name}: {killer}", flush=True)
        elif listed.pop(change.name, None) is not None:
            counts[2] += 1
        else:
            counts[3] += 1
            source = path_of(module).read_text(encoding="utf-8")
            nth = f" ({change.nth})" if change.nth > 1 else ""
            print(f"{module}:{change.line}: {change.function}: {change.kind}{nth}")
            print(difference(source, change), flush=True)

    def end(self, module: str) -> None:
        """Print what all changes of *module* came to."""
        for name in self.known[module]:
            print(f"{module}: in equivalent.toml, and a test minds: {name}")
        made, die, equivalent, live = self.counts[module]
        print(
            f"{module}: {made} changes, {die} die, {equivalent} are equivalent, "
            f"{live} live",
            flush=True,
        )

    @property
    def is_well(self) -> bool:
        """Whether all that lives is listed, and all that is listed lives."""
        lives = sum(counts[3] for counts in self.counts.values())
        return not lives and not any(self.known.values())


def main() -> int:
    """Print what lives; return the exit status."""
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("modules", nargs="+", help="such as seatbill.money")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("--quick", action="store_true", help="import nothing anew")
    parser.add_argument("--again", action="store_true", help="note the lines anew")
    parser.add_argument("--every", action="store_true", help="print those that die too")
    asked = parser.parse_args()
    os.chdir(ROOT)
    gone = stale(asked.modules)
    if gone:
        print("in equivalent.toml, and there no longer:", *gone, sep="\n  ")
        return 1
    if asked.again or not SOURCES.exists():
        note_all(max(asked.jobs, 2))
    import pytest

    from .trying import PROFILE, QUIET, Trial

    os.environ.update(PROFILE)
    told = Told(asked.modules, every=asked.every)
    trial = Trial(asked.modules, told, jobs=asked.jobs, quick=asked.quick)
    status = pytest.main([*QUIET, "-s", *files_of_tests()], plugins=[trial])
    return int(status) or (0 if told.is_well else 1)


if __name__ == "__main__":
    sys.exit(main())
