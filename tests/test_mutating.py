"""The changes that mutation testing makes, tried on a few lines of code."""

import ast

import pytest

from mutating.__main__ import EQUIVALENT, equivalents
from mutating.changes import changes


def made(source: str) -> list[tuple[str, str, str]]:
    """Return kind, before and after of each change inside a function."""
    body = "\n".join(f"    {line}" for line in source.splitlines())
    found = list(changes(f"def f(a, b):\n{body}\n"))
    assert all(change.function == "f" for change in found)
    return [(c.kind, c.before, c.after) for c in found]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("return a < b", [("compare", "a < b", "a <= b")]),
        ("return a is b", [("compare", "a is b", "a is not b")]),
        ("return a + b", [("arithmetic", "a + b", "a - b")]),
        ("return not a", [("not negated", "not a", "a")]),
        ("return True", [("constant", "True", "False")]),
        ("return 7", [("constant", "7", "8")]),
        ("a.append(b)", [("not done", "a.append(b)", "pass")]),
        ("a.b = b", [("not done", "a.b = b", "pass")]),
        (
            "return a and b",
            [
                ("and/or", "a and b", "a or b"),
                ("one term less", "a and b", "b"),
                ("one term less", "a and b", "a"),
            ],
        ),
        (
            "if a:\n    return b",
            [("never", "if a:", "pass"), ("always", "if a:", "if True:")],
        ),
        (
            "return a if b else 0",
            [
                ("always", "a if b else 0", "a"),
                ("never", "a if b else 0", "0"),
                ("constant", "0", "1"),
            ],
        ),
        ("raise ValueError(a + b)", []),
        ('"""Return 1 + 1."""', []),
        ("a: int = b", []),
        ("return f'{a + b}'", []),
    ],
)
def test_each_small_change_is_made_once(source, expected):
    assert made(source) == expected


def test_each_change_makes_a_module_of_its_own():
    source = "class C:\n    def f(self, a):\n        return a < 1, a + 1\n"
    found = list(changes(source))
    assert [change.function for change in found] == ["C.f"] * 4
    texts = [ast.unparse(change.tree) for change in found]
    assert len({*texts, ast.unparse(ast.parse(source))}) == 5


def test_what_changes_nothing_is_listed_with_a_reason():
    assert EQUIVALENT.exists()
    assert equivalents("seatbill.nowhere") == {}
