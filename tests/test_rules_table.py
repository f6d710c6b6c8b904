"""The table of rules finds what is declared, what is shown, and what is missing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from rules_table import (
    BUILT,
    RULE,
    SOURCE,
    Shown,
    declared,
    problems,
    read_rules,
    table,
)

RULES = [
    {"id": "CL-1", "system": "clockify", "kinds": ["money"]},
    {"id": "CL-2", "system": "clockify", "kinds": ["advice"]},
    {"id": "EC-1", "system": "echometer", "kinds": ["money"]},
]


def marked(path: Path) -> dict[str, str]:
    """Return the rules that the tests in a file are marked with, without running it.

    A row of a parametrized test may have marks of its own.
    """
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            for mark in (inner for d in node.decorator_list for inner in ast.walk(d)):
                if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith(
                    ".rule"
                ):
                    for argument in mark.args:
                        found[ast.literal_eval(argument)] = node.name
    return found


def test_every_rule_of_a_built_system_is_shown_by_a_test():
    shown: dict[str, list[str]] = {}
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for id, name in marked(path).items():
            shown.setdefault(id, []).append(f"{path.name}::{name}")
    assert problems(read_rules(), shown) == []


def test_a_built_system_has_a_rulebook():
    for system in BUILT:
        assert (SOURCE / "rulebooks" / f"{system}.py").is_file()


def test_a_rulebook_holds_declarations_only():
    forbidden = (
        ast.FunctionDef,
        ast.ClassDef,
        ast.If,
        ast.IfExp,
        ast.For,
        ast.While,
        ast.Lambda,
        ast.ListComp,
        ast.DictComp,
        ast.GeneratorExp,
    )
    for path in (SOURCE / "rulebooks").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert [node for node in ast.walk(tree) if isinstance(node, forbidden)] == []


def test_the_list_of_rules_is_whole():
    rules = read_rules()
    ids = [rule["id"] for rule in rules]
    assert len(ids) == len(set(ids)) == 211
    assert all(RULE.fullmatch(id) for id in ids)


def test_a_row_of_a_test_may_show_a_rule_of_its_own(tmp_path):
    path = tmp_path / "test_x.py"
    path.write_text(
        '@pytest.mark.rule("CL-1")\n'
        "@pytest.mark.parametrize(\n"
        '    "x", [pytest.param(1, marks=pytest.mark.rule("CL-2"))]\n'
        ")\n"
        "def test_x(x): ...\n"
    )
    assert marked(path) == {"CL-1": "test_x", "CL-2": "test_x"}


def test_all_systems_are_built():
    assert {rule["system"] for rule in read_rules()} == {*BUILT}


def test_a_rule_is_found_where_a_rulebook_declares_it_first(tmp_path):
    (tmp_path / "rulebooks").mkdir()
    (tmp_path / "plans.py").write_text("# CL-1 and CL-2\n")
    (tmp_path / "rulebooks" / "clockify.py").write_text(
        "x = 1\ny = 2  # CL-1: by seat\n"
    )
    assert declared(tmp_path) == {
        "CL-1": "rulebooks/clockify.py:2",
        "CL-2": "plans.py:1",
    }


def test_a_rule_without_a_test_is_told():
    assert problems(RULES, {}, ["clockify"]) == ["CL-1: no test that passes shows it"]
    assert problems(RULES, {"CL-1": ["a"]}, ["clockify"]) == []


def test_a_number_that_is_no_rule_is_told():
    found = problems(
        RULES, {"CL-1": ["a"], "CL-99": ["test_x.py::test_y"]}, ["clockify"]
    )
    assert found == ["CL-99: no such rule, but test_x.py::test_y shows it"]


def test_a_row_says_where_and_by_which_test():
    shown = {"CL-1": ["tests/test_clockify.py::test_a", "b"]}
    head, first, second, third = table(RULES, {"CL-1": "plans.py:3"}, shown)
    assert head.split() == ["rule", "kinds", "declared", "shown", "by"]
    advised = {"CL-2": ["tests/test_a.py::test_b"]}
    assert table(RULES, {}, advised)[2].endswith("test_a.py::test_b")
    assert first.split(maxsplit=3) == [
        "CL-1",
        "money",
        "plans.py:3",
        "test_clockify.py::test_a and 1 more",
    ]
    assert second.endswith("advice: nothing to compute")
    assert third.endswith("-")


def test_a_test_that_failed_shows_nothing(pytester_like_reports):
    shown = Shown(tests={"good": ("CL-1",), "bad": ("CL-1", "CL-2")})
    for report in pytester_like_reports:
        shown.pytest_runtest_logreport(report)
    assert shown.by_rule() == {"CL-1": ["good"]}


@pytest.fixture
def pytester_like_reports():
    def report(test: str, when: str, outcome: str) -> pytest.TestReport:
        return pytest.TestReport(test, ("", 0, ""), {}, outcome, None, when)

    return [
        report("good", "setup", "passed"),
        report("good", "call", "passed"),
        report("bad", "call", "passed"),
        report("bad", "teardown", "failed"),
    ]


def test_the_numbers_in_the_sources_are_rules():
    known = {rule["id"] for rule in read_rules()}
    assert set(declared()) <= known
