"""Read the imports of the package: which room asks which, and on what floor it stands.

A room is a module, or a package with all of its modules.  Its floor is one above the
highest room that it imports.  The modules are read, not imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = "seatbill"
SOURCE = Path(__file__).parents[2] / "src" / PACKAGE
ROOT = "__init__"
SHELL = "__main__"

Modules = Mapping[str, ast.Module]  # by name: "money", "rulebooks.__init__", "__init__"


def modules_of(source: Path = SOURCE) -> Modules:
    """Return the syntax tree of each module below *source*, by dotted name."""
    return {
        ".".join(path.relative_to(source).with_suffix("").parts): ast.parse(
            path.read_text(encoding="utf-8"), filename=str(path)
        )
        for path in sorted(source.rglob("*.py"))
    }


def room_of(module: str) -> str:
    """Return the room that *module* is in; the entry is in that of its commands."""
    first = module.partition(".")[0]
    return "_shell" if first == SHELL else first


def imports_of(module: str, tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield each absolute dotted name that *tree* imports, and the line."""
    package = f"{PACKAGE}.{module}".split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *filter(None, [node.module])]
            for alias in node.names:
                yield ".".join([*base, alias.name]), node.lineno


def inner_imports(
    module: str, tree: ast.Module, known: Iterable[str]
) -> Iterator[tuple[str, int]]:
    """Yield the modules of the package that *tree* imports; `__init__` is the root."""
    known = {*known}
    for name, line in imports_of(module, tree):
        first, *rest = name.split(".")
        if first != PACKAGE:
            continue
        candidates = [".".join(rest), ".".join(rest[:-1])]
        for candidate in candidates:
            if f"{candidate}.__init__" in known:
                yield f"{candidate}.__init__", line
                break
            if candidate in known:
                yield candidate, line
                break
        else:
            yield candidates[1] or ROOT, line


def rooms_below(modules: Modules) -> dict[str, set[str]]:
    """Return the rooms that each room imports from."""
    graph: dict[str, set[str]] = {}
    for module, tree in modules.items():
        if module == ROOT:
            continue
        below = graph.setdefault(room_of(module), set())
        for target, _ in inner_imports(module, tree, modules):
            if target != ROOT:
                below.add(room_of(target))
        below.discard(room_of(module))
    return graph


def measured_floors(modules: Modules) -> dict[str, int]:
    """Return how long the longest chain of imports is that leads down from each room.

    A circle cannot be measured: graphlib.CycleError.
    """
    graph = rooms_below(modules)
    floors: dict[str, int] = {}
    for room in TopologicalSorter(graph).static_order():
        floors[room] = 1 + max((floors[b] for b in graph.get(room, ())), default=0)
    return floors


def importers_of(room: str, modules: Modules) -> set[str]:
    """Return the rooms that import from *room*."""
    return {above for above, below in rooms_below(modules).items() if room in below}


def stands_on(modules: Modules) -> dict[str, set[str]]:
    """Return the rooms that each room imports and that no other of them reaches."""
    graph = rooms_below(modules)
    reach: dict[str, set[str]] = {}
    for room in TopologicalSorter(graph).static_order():
        below = graph.get(room, set())
        reach[room] = below.union(*(reach[b] for b in below))
    return {
        room: {b for b in below if not any(b in reach[other] for other in below)}
        for room, below in graph.items()
    }


def purpose_of(room: str, modules: Modules) -> str:
    """Return the first sentence of the docstring of *room*, without its full stop."""
    tree = modules.get(f"{room}.__init__") or modules[room]
    first = (ast.get_docstring(tree) or "").partition("\n")[0]
    return first.partition(".  ")[0].removesuffix(".")
