"""A rulebook declares and never decides; the engine knows no system by its name.

The modules are read, not imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "seatbill"
RULEBOOKS = sorted((SOURCE / "rulebooks").glob("*.py"))

# What decides, repeats or defines, and the words for it in a report.
FORBIDDEN = {
    ast.FunctionDef: "a function",
    ast.AsyncFunctionDef: "a function",
    ast.ClassDef: "a class",
    ast.Lambda: "a lambda",
    ast.If: "an if",
    ast.IfExp: "an if",
    ast.Match: "a match",
    ast.BoolOp: "an and or an or",
    ast.Compare: "a comparison",
    ast.NamedExpr: "an assignment inside an expression",
    ast.For: "a loop",
    ast.AsyncFor: "a loop",
    ast.While: "a loop",
    ast.Try: "a try",
    ast.TryStar: "a try",
    ast.With: "a with",
    ast.Assert: "an assert",
    ast.Global: "a global",
    ast.Delete: "a del",
    ast.AugAssign: "a change of a value",
}
STATEMENTS = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr)

# The one module in which data name a system, and what it may name it for.
REGISTRY = "converters/_sources.py"
SPELLINGS = ("click meeting", "team leader", "pumble", "plaky", "trendstop")


def decisions(source: str) -> Iterator[str]:
    """Yield what in *source* is no declaration, with its line."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if type(node) in FORBIDDEN:
            yield f"line {node.lineno}: {FORBIDDEN[type(node)]}"
        if isinstance(node, ast.comprehension) and node.ifs:
            yield f"line {node.target.lineno}: a condition in a comprehension"
    for node in tree.body:
        if type(node) not in STATEMENTS and type(node) not in FORBIDDEN:
            yield f"line {node.lineno}: {type(node).__name__}"
        elif isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            yield f"line {node.lineno}: a call for its effect"


def names() -> tuple[str, ...]:
    """Return the names of the systems, as they may be written."""
    own = [path.stem for path in RULEBOOKS if path.stem != "__init__"]
    return (*own, *SPELLINGS)


def named(source: str) -> Iterator[str]:
    """Yield the systems that *source* names, in code, text or comments."""
    lower = source.lower()
    for name in names():
        if name in lower or name.replace(" ", "_") in lower:
            yield name


def engine() -> list[Path]:
    """Return the modules of the engine: all but the rulebooks and their registry."""
    return [
        path
        for path in sorted(SOURCE.rglob("*.py"))
        if path.parent.name != "rulebooks"
        and path.relative_to(SOURCE).as_posix() != REGISTRY
    ]


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_holds_declarations_only(path):
    assert list(decisions(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", engine(), ids=lambda path: path.stem)
def test_the_engine_contains_no_name_of_a_system(path):
    assert list(named(path.read_text(encoding="utf-8"))) == []


def test_the_registry_names_systems_in_its_imports_and_its_table_alone():
    tree = ast.parse((SOURCE / REGISTRY).read_text(encoding="utf-8"))
    others = [
        node
        for node in tree.body
        if not isinstance(node, ast.ImportFrom)
        and not (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id == "RULEBOOKS"
        )
    ]
    assert [list(named(ast.unparse(node))) for node in others] == [[]] * len(others)


def test_every_rulebook_is_looked_at():
    assert {"clockify", "echometer", "clickmeeting", "teamleader"} <= set(names())
    assert SOURCE / "lifecycle" / "steps.py" in engine()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f():\n    return 1", "a function"),
        ("async def f():\n    return 1", "a function"),
        ("x = lambda: 1", "a lambda"),
        ("class A:\n    x = 1", "a class"),
        ("if True:\n    x = 1", "an if"),
        ("x = 1 if y else 2", "an if"),
        ("x = y or 2", "an and or an or"),
        ("x = y == 2", "a comparison"),
        ("x = (y := 2)", "an assignment inside an expression"),
        ("for y in z:\n    x = y", "a loop"),
        ("while y:\n    x = y", "a loop"),
        ("match y:\n    case 1:\n        x = 1", "a match"),
        ("try:\n    x = 1\nexcept E:\n    x = 2", "a try"),
        ("with y:\n    x = 1", "a with"),
        ("x += 1", "a change of a value"),
        ("x = [y for y in z if y]", "a condition in a comprehension"),
        ("x = {y: 1 for y in z if y}", "a condition in a comprehension"),
        ("register(x)", "a call for its effect"),
        ("raise E", "Raise"),
    ],
)
def test_what_decides_is_found(source, found):
    assert [line.partition(": ")[2] for line in decisions(source)] == [found]


@pytest.mark.parametrize(
    "source",
    [
        '"""A rulebook."""',
        "from x import y",
        "x: Final = Rules(name='x', roles=('owner',))",
        "x = (*y, 'more')",
        "x = tuple(Plan(y) for y in z)",
        "x = {'a': 1}",
    ],
)
def test_what_declares_is_not(source):
    assert list(decisions(source)) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = 'Clockify'", ["clockify"]),
        ("# as in ClickMeeting", ["clickmeeting"]),
        ("def team_leader(): ...", ["team leader"]),
        ("x = 1  # TL-3", []),
    ],
)
def test_a_name_is_found_wherever_it_stands(source, found):
    assert list(named(source)) == found
