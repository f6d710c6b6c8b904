"""The changes that mutation testing makes, tried on a few lines of code."""

import ast
import functools
import importlib.util
import sys
from pathlib import Path

import pytest

from mutating.__main__ import EQUIVALENT, Told, difference, equivalents, stale
from mutating.changes import changes
from mutating.reached import files_of_tests, path_of
from mutating.trying import Functions, reaching


def made(source: str) -> list[tuple[str, str, str]]:
    """Return kind, before and after of each change inside a function."""
    body = "\n".join(f"    {line}" for line in source.splitlines())
    found = list(changes(f"def f(a, b):\n{body}\n"))
    assert all(change.function == "f" for change in found)
    return [(c.kind, c.before, c.after) for c in found if c.kind != "returned"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("return a < b", [("compare", "a < b", "a <= b")]),
        ("return a is b", [("compare", "a is b", "a is not b")]),
        (
            "return a < b <= a",
            [
                ("compare", "a < b <= a", "a <= b <= a"),
                ("compare", "a < b <= a", "a < b < a"),
            ],
        ),
        ("return a + b", [("arithmetic", "a + b", "a - b")]),
        ("return not a", [("not negated", "not a", "a")]),
        ("return True", [("constant", "True", "False")]),
        ("return 7", [("constant", "7", "8"), ("constant", "7", "6")]),
        ("return 0", [("constant", "0", "1")]),
        ("a.append(b)", [("not done", "a.append(b)", "pass")]),
        ("a.b = b", [("not done", "a.b = b", "pass")]),
        ("return min(a)", [("least/most", "min(a)", "max(a)")]),
        ("return a(a, b)", [("swapped", "a(a, b)", "a(b, a)")]),
        ("return a('a', b)", []),
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
            "if a:\n    b = a\nelse:\n    b = None",
            [("never", "if a:", "if False:"), ("always", "if a:", "if True:")],
        ),
        (
            "return a if b else 0",
            [
                ("always", "a if b else 0", "a"),
                ("never", "a if b else 0", "0"),
                ("constant", "0", "1"),
            ],
        ),
        ("for a in b:\n    continue", [("goes on", "continue", "pass")]),
        ("raise E(a + b)", [("not done", "raise E(a + b)", "pass")]),
        ('"""Return 1 + 1."""', []),
        ("a: int = b", []),
        ("return f'{a + b}'", []),
        ("return None", []),
    ],
)
def test_each_small_change_is_made_once(source, expected):
    assert made(source) == expected


def test_an_answer_is_left_out_once():
    found = changes("def f(a):\n    return a\n")
    assert [c.name for c in found] == [("f", "returned", "return a", "return None", 1)]


def test_each_change_makes_a_module_of_its_own():
    source = "class C:\n    def f(self, a):\n        return a < 1, a + 1\n"
    found = list(changes(source))
    assert {change.function for change in found} == {"C.f"}
    texts = [ast.unparse(change.tree) for change in found]
    assert len({*texts, ast.unparse(ast.parse(source))}) == len(found) + 1


def test_a_change_that_is_met_twice_is_told_apart_by_its_place():
    source = "def f(a):\n    a(0)\n    a(0)\n\ndef g():\n    def h():\n        g(0)\n"
    found = [change for change in changes(source) if change.kind == "constant"]
    assert [(change.function, change.nth) for change in found] == [
        ("f", 1),
        ("f", 2),
        ("g.h", 1),
    ]


def test_a_change_is_shown_as_a_diff():
    source = "def f(a):\n    # why\n    return a < 1\n"
    assert difference(source, next(changes(source))) == (
        "    -    return a < 1\n    +    return None"
    )


def test_a_change_runs_in_the_functions_that_are_there(tmp_path, monkeypatch):
    source = (
        "import functools\n\n"
        "@functools.lru_cache\ndef f(a):\n    return a < 1\n\n"
        "class C:\n    def g(self):\n        return [f(a) for a in (0, 1)]\n"
    )
    file = tmp_path / "changed_here.py"
    file.write_text(source)
    spec = importlib.util.spec_from_file_location("changed_here", file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "changed_here", module)
    spec.loader.exec_module(module)
    assert isinstance(module.f, functools._lru_cache_wrapper)
    assert module.C().g() == [True, False]
    change = next(c for c in changes(source) if c.after == "a <= 1")
    Functions(file).become(change.tree)
    assert module.C().g() == [True, True]


def test_what_finds_out_its_class_when_asked_is_left_alone():
    """Such as the settings of Django, which nobody has set up."""

    class Lazy:
        @property
        def __class__(self):
            raise LookupError

    lazy = Lazy()
    assert Functions(Path(__file__)).remembering.count(lazy) == 0


def test_the_tests_of_a_change_are_those_of_its_lines():
    source = "def f(a):\n    return (a <\n        1)\n"
    change = next(c for c in changes(source) if c.kind == "compare")
    every = {"t1", "t2", "t3"}
    assert reaching(change, {0: every, 2: {"t1"}, 3: {"t2"}, 4: {"t3"}}) == {"t1", "t2"}
    assert reaching(change, {0: every, 4: {"t3"}}) == every
    assert reaching(change, {0: every}) == every


def test_no_test_of_the_tools_is_asked():
    files = files_of_tests()
    assert "tests/test_money.py" in files
    assert not {"tests/test_bench.py", "tests/test_mutating.py"} & {*files}
    assert path_of("seatbill.converters").name == "__init__.py"
    assert path_of("seatbill.money").name == "money.py"


# What changes nothing.


def listed(text, tmp_path):
    """Return a list of what changes nothing, with one entry."""
    file = tmp_path / "equivalent.toml"
    row = 'function = "f"\nkind = "constant"\nbefore = "0"\nafter = "1"\n'
    file.write_text(f'[["seatbill.money"]]\n{row}{text}', encoding="utf-8")
    return file


def test_what_changes_nothing_is_listed_with_a_reason(tmp_path):
    assert equivalents("seatbill.nowhere") == {}
    found = equivalents("seatbill.money", listed('reason = "0 is 0"\n', tmp_path))
    assert found == {("f", "constant", "0", "1", 1): "0 is 0"}
    second = equivalents("seatbill.money", listed('nth = 2\nreason = "x"\n', tmp_path))
    assert list(second) == [("f", "constant", "0", "1", 2)]
    with pytest.raises(ValueError, match="no reason"):
        equivalents("seatbill.money", listed('reason = ""\n', tmp_path))


def test_no_entry_of_the_list_is_stale():
    modules = [
        line.strip('[]"')
        for line in EQUIVALENT.read_text(encoding="utf-8").splitlines()
        if line.startswith("[[")
    ]
    assert stale(sorted({*modules})) == []


def test_a_stale_entry_is_refused(monkeypatch):
    name = ("divide", "constant", "gone", "1", 1)
    monkeypatch.setattr("mutating.__main__.equivalents", lambda module: {name: "?"})
    assert stale(["seatbill.payments.fees"]) == [f"seatbill.payments.fees: {name}"]


@pytest.mark.parametrize(
    ("listed", "killer", "well"),
    [
        pytest.param(False, "a test", True, id="a test minds"),
        pytest.param(False, "", False, id="it lives"),
        pytest.param(True, "", True, id="it lives and changes nothing"),
        pytest.param(True, "a test", False, id="it is listed and a test minds"),
    ],
)
def test_all_is_well_where_what_lives_is_listed(
    listed, killer, well, monkeypatch, capsys
):
    source = path_of("seatbill.money").read_text(encoding="utf-8")
    change = next(changes(source))
    rows = {change.name: "why"} if listed else {}
    monkeypatch.setattr("mutating.__main__.equivalents", lambda module: {**rows})
    told = Told(["seatbill.money"], every=False)
    assert told.knows("seatbill.money", change) is listed
    told.tell("seatbill.money", change, killer)
    told.end("seatbill.money")
    assert told.is_well is well
    assert ("\n    -" in capsys.readouterr().out) is (not listed and not killer)
