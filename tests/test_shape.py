"""What fits into a head: modules, functions and parameter lists have a size.

The files are read, not imported.  A docstring is not counted with its function.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "seatbill"
MODULES = sorted(SOURCE.rglob("*.py"))
MOST_LINES = 450
MOST_LINES_OF_A_FUNCTION = 45
MOST_PARAMETERS = 8

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_of(tree: ast.Module) -> Iterator[tuple[Function, bool]]:
    """Yield each function of *tree*, and whether others call it by keywords.

    That are public functions of a module, and public methods of its classes.
    """
    public = {id(f) for f in _public(tree.body)}
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node, id(node) in public


def _public(body: list[ast.stmt]) -> Iterator[Function]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _public(node.body)
        elif isinstance(node, Function) and not node.name.startswith("_"):
            yield node


def length_of(function: Function) -> int:
    """Return how many lines *function* has, its docstring apart."""
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    match first:
        case ast.Expr(value=ast.Constant(value=str())):
            return lines - (first.end_lineno - first.lineno + 1)
    return lines


def parameters_of(function: Function, *, by_position_only: bool) -> int:
    """Return how many parameters *function* has; keywords with a name count or not."""
    given = function.args
    count = len(given.posonlyargs) + len(given.args)
    return count if by_position_only else count + len(given.kwonlyargs)


def too_large(name: str, source: str) -> list[str]:
    """Return what is larger in a module than it should be."""
    problems = []
    lines = source.count("\n")
    if lines > MOST_LINES:
        problems.append(f"{name} has {lines} lines")
    for function, public in functions_of(ast.parse(source)):
        length = length_of(function)
        if length > MOST_LINES_OF_A_FUNCTION:
            problems.append(f"{name}: {function.name} has {length} lines")
        count = parameters_of(function, by_position_only=public)
        if count > MOST_PARAMETERS:
            problems.append(f"{name}: {function.name} has {count} parameters")
    return problems


@pytest.mark.parametrize(
    "path", MODULES, ids=[str(path.relative_to(SOURCE)) for path in MODULES]
)
def test_modules_and_functions_fit_into_a_head(path):
    assert too_large(str(path.relative_to(SOURCE)), path.read_text()) == []


def test_a_file_name_is_used_once():
    names = Counter(path.name for path in MODULES if path.name != "__init__.py")
    assert [name for name, times in names.items() if times > 1] == []


# ------------------------------------------------------- the checks can fail, each way


def test_a_module_that_is_too_long_is_named():
    assert too_large("x.py", "\n" * 450) == []
    assert too_large("x.py", "\n" * 451) == ["x.py has 451 lines"]


@pytest.mark.parametrize(
    "docstring", ['    """Said."""\n', '    """Said.\n    """\n', ""]
)
def test_a_function_that_is_too_long_is_named(docstring):
    whole = f"def f():\n{docstring}" + "    x = 1\n" * 44
    assert too_large("x.py", whole) == []
    assert too_large("x.py", f"{whole}    x = 1\n") == ["x.py: f has 46 lines"]


def test_only_what_is_public_may_have_many_keywords():
    many = ", ".join("abcdefghi")
    assert too_large("x.py", f"def f({many}): ...") == ["x.py: f has 9 parameters"]
    assert too_large("x.py", f"def f(*, {many}): ...") == []
    assert too_large("x.py", f"def _f(*, {many}): ...") == ["x.py: _f has 9 parameters"]
    assert too_large("x.py", f"class C:\n    def f(s, *, {many}): ...") == []
    inner = f"def f():\n    def g(*, {many}): ..."
    assert too_large("x.py", inner) == ["x.py: g has 9 parameters"]
