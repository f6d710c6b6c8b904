"""Every small change of a module that a test should mind, one at a time.

A change is known by what it does, not by its line, so the list of those that change
nothing outlives an edit above them: the function, the kind, the code before and after,
and which of several such it is.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

COMPARED = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
COUNTED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
}


class Change(NamedTuple):
    """One small change: where it is and what it does."""

    line: int
    last_line: int
    function: str
    kind: str
    before: str
    after: str
    nth: int
    module: ast.Module
    node: ast.AST
    other: ast.AST

    @property
    def tree(self) -> ast.Module:
        """The module that it makes."""
        return _changed(self.module, self.node, self.other)

    @property
    def name(self) -> tuple[str, str, str, str, int]:
        """What it is known by."""
        return self.function, self.kind, self.before, self.after, self.nth


def changes(source: str) -> Iterator[Change]:
    """Yield every change of *source*."""
    tree = ast.parse(source)
    met: Counter[tuple[str, ...]] = Counter()
    for name, function in _functions(tree, ""):
        for node in _inside(function):
            for kind, other in _others(node):
                known = name, kind, _text(node), _text(other)
                if known[2] != known[3]:
                    met[known] += 1
                    yield Change(*_lines(node), *known, met[known], tree, node, other)


def _functions(node: ast.AST, outer: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions in *node*, each with the names of what it stands in."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.FunctionDef | ast.ClassDef):
            name = f"{outer}{inner.name}"
            if isinstance(inner, ast.FunctionDef):
                yield name, inner
            yield from _functions(inner, f"{name}.")
        else:
            yield from _functions(inner, outer)


def _inside(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield what runs when *function* runs: no annotation, default or docstring."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.JoinedStr):
            continue
        if isinstance(node, ast.AnnAssign):
            todo += [node.value] if node.value is not None else []
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom):
            continue
        yield node
        if isinstance(node, ast.Raise):
            continue  # what a refusal says is tested by its code and values
        todo += ast.iter_child_nodes(node)


def _others(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield what may stand in the place of *node*, each with its kind."""
    match node:
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                turned = COMPARED[type(op)]()
                yield "compare", _with(node, ops=[*ops[:i], turned, *ops[i + 1 :]])
        case ast.BoolOp(op=op, values=values):
            other = ast.And() if isinstance(op, ast.Or) else ast.Or()
            yield "and/or", _with(node, op=other)
            for i in range(len(values)):
                left = values[:i] + values[i + 1 :]
                less = left[0] if len(left) == 1 else _with(node, values=left)
                yield "one term less", less
        case ast.BinOp(op=op) if type(op) in COUNTED:
            yield "arithmetic", _with(node, op=COUNTED[type(op)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield "not negated", operand
        case ast.Constant(value=bool() as value):
            yield "constant", _with(node, value=not value)
        case ast.Constant(value=int() as value):
            yield "constant", _with(node, value=value + 1)
            if value:
                yield "constant", _with(node, value=value - 1)
        case ast.IfExp(body=body, orelse=orelse):
            yield "always", body
            yield "never", orelse
        case ast.Expr() | ast.AugAssign():
            yield "not done", ast.Pass()
        case ast.Raise() | ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "not done", ast.Pass()
        case ast.Call(func=ast.Name(id="min" | "max" as id) as func):
            other = "max" if id == "min" else "min"
            yield "least/most", _with(node, func=_with(func, id=other))
        case ast.Call(func=ast.Name() | ast.Attribute(), args=[first, second, *others]):
            if not isinstance(first, ast.Constant | ast.JoinedStr | ast.Starred):
                yield "swapped", _with(node, args=[second, first, *others])
        case ast.Return(value=ast.expr() as value):
            if not isinstance(value, ast.Constant):
                yield "returned", _with(node, value=ast.Constant(value=None))
        case ast.Continue():
            yield "goes on", ast.Pass()
        case ast.If(orelse=orelse):
            never = _with(node, test=ast.Constant(value=False))
            yield "never", never if orelse else ast.Pass()
            yield "always", _with(node, test=ast.Constant(value=True))


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """Return a copy of *node* with other *fields*."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _lines(node: ast.AST) -> tuple[int, int]:
    """Return the first and the last line of *node*; of a condition, not of its body."""
    line, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
    if isinstance(node, ast.If):
        last = node.test.end_lineno
    return line, last or line


def _changed(tree: ast.Module, node: ast.AST, other: ast.AST) -> ast.Module:
    """Return the module with *other* in the place of *node*."""

    class Put(ast.NodeTransformer):
        def visit(self, found: ast.AST) -> ast.AST:
            if found is node:
                return ast.copy_location(copy.copy(other), node)
            return super().visit(found)

    # The transformer writes into lists, so each change gets lists of its own.
    made: ast.Module = Put().visit(_shallow(tree, node))
    return ast.fix_missing_locations(made)


def _shallow(tree: ast.AST, kept: ast.AST) -> ast.AST:
    """Return a copy of *tree* in which *kept* is still itself."""
    if tree is kept:
        return tree
    other = copy.copy(tree)
    for name, value in ast.iter_fields(tree):
        if isinstance(value, ast.AST):
            setattr(other, name, _shallow(value, kept))
        elif isinstance(value, list):
            items = [_shallow(v, kept) if isinstance(v, ast.AST) else v for v in value]
            setattr(other, name, items)
    return other


def _text(node: ast.AST) -> str:
    """Return the first line of *node* as code."""
    return ast.unparse(node).splitlines()[0]
