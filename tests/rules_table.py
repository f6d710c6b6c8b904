"""Show each numbered rule: where the library declares it, which test shows it.

``make rules`` prints the table and fails where a rule of a system that is built, advice
aside, has no test that passes.  A test says what it shows with
``@pytest.mark.rule("CL-30")``.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "seatbill"
RULE = re.compile(r"\b(?:CL|EC|CM|TL|GA|SC|AC)-[0-9]+\b")

# The systems whose rulebook is complete.
BUILT = (
    "clockify",
    "echometer",
    "clickmeeting",
    "teamleader",
    "modular",
    "seats_with_credits",
    "annual_commitment",
)

Rules = list[dict[str, Any]]


@dataclass
class Shown:
    """A plugin that notes which test shows which rule, and how the tests went."""

    tests: dict[str, tuple[str, ...]] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            marks = item.iter_markers("rule")
            self.tests[item.nodeid] = tuple(id for mark in marks for id in mark.args)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def by_rule(self) -> dict[str, list[str]]:
        """Return the tests that passed, by the rule that they show."""
        found: dict[str, list[str]] = {}
        for test, ids in self.tests.items():
            if test in self.passed - self.failed:
                for id in ids:
                    found.setdefault(id, []).append(test)
        return found


def read_rules() -> Rules:
    """Return the numbered rules of all systems."""
    return json.loads((TESTS / "rules.json").read_text(encoding="utf-8"))


def declared(source: Path = SOURCE) -> dict[str, str]:
    """Return where each rule is named, a rulebook before any other module."""
    found: dict[str, str] = {}
    paths = sorted(
        source.rglob("*.py"), key=lambda p: (p.parent.name != "rulebooks", p)
    )
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            for id in RULE.findall(line):
                found.setdefault(id, f"{path.relative_to(source)}:{number}")
    return found


def problems(
    rules: Rules, shown: Mapping[str, list[str]], built: Iterable[str] = BUILT
) -> list[str]:
    """Return each rule that a test should show and none does, and unknown numbers."""
    needed = [
        rule["id"]
        for rule in rules
        if rule["system"] in built and rule["kinds"] != ["advice"]
    ]
    known = {rule["id"] for rule in rules}
    return [
        f"{id}: no test that passes shows it" for id in needed if id not in shown
    ] + [
        f"{id}: no such rule, but {shown[id][0]} shows it"
        for id in sorted(shown)
        if id not in known
    ]


def table(
    rules: Rules, places: Mapping[str, str], shown: Mapping[str, list[str]]
) -> list[str]:
    """Return a row for each rule."""
    rows = [("rule", "kinds", "declared", "shown by")]
    for rule in rules:
        id = rule["id"]
        tests = shown.get(id, [])
        where = tests[0].removeprefix("tests/") if tests else "-"
        more = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
        if rule["kinds"] == ["advice"] and not tests:
            where = "advice: nothing to compute"
        rows.append((id, ", ".join(rule["kinds"]), places.get(id, "-"), where + more))
    first, second, third = (max(len(row[i]) for row in rows) for i in range(3))
    return [f"{a:{first}}  {b:{second}}  {c:{third}}  {d}" for a, b, c, d in rows]


def main() -> int:
    """Run the tests that show a rule, print the table, say what is missing."""
    shown, output = Shown(), io.StringIO()
    with contextlib.redirect_stdout(output):
        code = pytest.main(
            [str(TESTS), "-m", "rule", "-p", "no:cacheprovider"], plugins=[shown]
        )
    rules, by_rule = read_rules(), shown.by_rule()
    print("\n".join(table(rules, declared(), by_rule)))
    found = problems(rules, by_rule)
    if code != pytest.ExitCode.OK:
        print(output.getvalue())
    print(*found, f"{len(by_rule)} of {len(rules)} rules are shown", sep="\n")
    return int(bool(found) or code != pytest.ExitCode.OK)


if __name__ == "__main__":
    sys.exit(main())
