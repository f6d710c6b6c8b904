"""``{rule-table} system``: what a system says, what declares it, what shows it.

The rules are those of ``tests/rules.json``.  The place is read off the comments of the
rulebook, where each number stands beside the field that expresses it; the test is the
one that is marked with the number.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "seatbill"
TESTS = ROOT / "tests"
NUMBER = re.compile(r"\b(?:CL|EC|CM|TL|GA|SC|AC)-[0-9]+\b")

MOST = 3
ANY_RULES = "under any rules"
NOTHING = "advice: nothing to compute"


class Test(NamedTuple):
    """A test that is marked with a rule."""

    file: str
    name: str

    def __str__(self) -> str:
        return self.name.removeprefix("test_").replace("_", " ")


def rules(system: str) -> list[dict[str, Any]]:
    """Return the numbered rules of *system*."""
    text = (TESTS / "rules.json").read_text(encoding="utf-8")
    return [rule for rule in json.loads(text) if rule["system"] == system]


@cache
def shown_by() -> dict[str, tuple[Test, ...]]:
    """Return the tests of each rule, those of the systems' own files first."""
    found: dict[str, list[Test]] = {}
    for path in sorted(TESTS.glob("test_*.py")):
        for id, name in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(id, []).append(Test(path.name, name))
    return {id: tuple(dict.fromkeys(tests)) for id, tests in found.items()}


def _marked(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the number and the test of each mark; a row may have marks of its own."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for decorator in function.decorator_list:
                for mark in ast.walk(decorator):
                    if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith(
                        ".rule"
                    ):
                        for argument in mark.args:
                            yield ast.literal_eval(argument), function.name


@cache
def declared_by(system: str) -> dict[str, tuple[str, ...]]:
    """Return the fields, constants or module that express each rule of *system*.

    Fields of the rules come first; a rule that no field says is not there.
    """
    found: dict[str, list[str]] = {}
    text = (SOURCE / "rulebooks" / f"{system}.py").read_text(encoding="utf-8")
    fields = list(_fields(ast.parse(text)))
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        code, _, comment = line.partition("#")
        if not _says_no_field(lines, number):
            for id in NUMBER.findall(comment):
                place = _field(fields, number, alone=not code.strip())
                found.setdefault(id, []).append(place)
    for path in sorted(SOURCE.glob("[a-z]*.py")):
        for id in NUMBER.findall(path.read_text(encoding="utf-8")):
            found.setdefault(id, [f"seatbill.{path.stem}"])
    return {
        id: tuple(sorted(dict.fromkeys(p), key=lambda p: not p.startswith("RULES.")))
        for id, p in found.items()
    }


def _fields(tree: ast.Module) -> Iterator[tuple[int, int, str]]:
    """Yield first line, last line and name: of each constant, and of its fields."""
    for statement in tree.body:
        if isinstance(statement, ast.AnnAssign | ast.Assign):
            targets = getattr(statement, "targets", None) or [statement.target]
            name = ast.unparse(targets[0])
            name = "CATALOG" if name.startswith("_") else name
            yield statement.lineno, statement.end_lineno or 0, name
            if isinstance(statement.value, ast.Call):
                for field in statement.value.keywords:
                    if name != "CATALOG":
                        end = field.end_lineno or field.lineno
                        yield field.lineno, end, f"{name}.{field.arg}"


def _field(fields: list[tuple[int, int, str]], line: int, *, alone: bool) -> str:
    """Return the narrowest of *fields* at *line*, or the next where it is *alone*."""
    at = [(end - start, name) for start, end, name in fields if start <= line <= end]
    if at:
        return min(at)[1]
    after = [(start, name) for start, _, name in fields if start > line]
    return min(after)[1] if alone and after else "the module"


def _says_no_field(lines: list[str], number: int) -> bool:
    """Return whether the comment at line *number* is that of what no field says."""
    while number and lines[number - 1].startswith("#"):
        if "no field says" in lines[number - 1]:
            return True
        number -= 1
    return False


class RuleTable(SphinxDirective):
    """The rules of one system, a row each."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        system = self.arguments[0]
        self.env.note_dependency(str(TESTS / "rules.json"))
        self.env.note_dependency(str(SOURCE / "rulebooks" / f"{system}.py"))
        lines = [
            "````{list-table}",
            ":header-rows: 1",
            ":width: 100%",
            ":widths: 8 44 23 25",
            ":class: rules",
            "",
            "* - rule",
            "  - what it says",
            "  - declared by",
            "  - shown by",
        ]
        for rule in rules(system):
            lines += self._row(system, rule)
        return self.parse_text_to_nodes("\n".join([*lines, "````"]))

    def _row(self, system: str, rule: dict[str, Any]) -> list[str]:
        id = rule["id"]
        places = declared_by(system).get(id, ())
        tests = shown_by().get(id, ())
        if places:
            declared = ", ".join(_link(system, place) for place in places[:MOST])
        elif rule["kinds"] == ["advice"] and not tests:
            declared = NOTHING
        else:
            declared = ANY_RULES
        says = [_escaped(rule["rule"])]
        if rule.get("quote"):
            says.append(f"*« {_escaped(rule['quote'])} »*")
        if rule.get("example"):
            says.append(_escaped(rule["example"]))
        return [
            f"* - [{id}]{{#{id.lower()}}}",
            f"  - {says[0]}",
            *(line for part in says[1:] for line in ("", f"    {part}")),
            f"  - {declared}",
            f"  - {_tests(system, tests)}",
        ]


def _escaped(text: str) -> str:
    """Return *text* so that MyST shows it as it is."""
    return re.sub(r"([\[\]<>$])", r"\\\1", text)


def _link(system: str, place: str) -> str:
    """Return *place* as a link into the reference, where it is public."""
    if place.startswith("seatbill."):
        return f"{{py:mod}}`{place}`"
    module = f"seatbill.rulebooks.{system}"
    name = place.partition(".")[0]
    if name not in importlib.import_module(module).__all__:
        return f"`{place}`"
    return f"{{py:obj}}`{place} <{module}.{name}>`"


def _tests(system: str, tests: tuple[Test, ...]) -> str:
    """Return what the first of *tests* says, and how many more there are."""
    if not tests:
        return "–"
    own = [test for test in tests if test.file == f"test_{system}.py"] or tests
    more = f" (and {len(tests) - 1} more)" if len(tests) > 1 else ""
    return f"{own[0]}{more}"


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("rule-table", RuleTable)
    return {"parallel_read_safe": True}
