"""Know where each public name is at home, and lead every reference there.

A module is a door where its name has no underscore; a package that lists names is a
door itself, one that lists none (the rulebooks) has its modules for doors.  What a
door lists in ``__all__`` is documented on the door's page.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import seatbill
from seatbill.errors import MissingExtraError

SHORT = 60
RAISES = re.compile(r"\b[A-Z]\w+Error\b")


def doors() -> list[str]:
    """Return the names of all public modules below :mod:`seatbill`, in order."""
    return sorted(_doors(seatbill.__name__, seatbill.__path__))


def _doors(package: str, path: Any) -> Iterator[str]:
    for found in pkgutil.iter_modules(path):
        if found.name.startswith("_"):
            continue
        name = f"{package}.{found.name}"
        module = opened(name)
        if module and found.ispkg and not hasattr(module, "__all__"):
            yield from _doors(name, module.__path__)
        else:
            yield name


def opened(door: str) -> Any:
    """Return the module of a *door*, or ``None`` where its extra is not installed."""
    try:
        return importlib.import_module(door)
    except MissingExtraError:
        return None


@cache
def homes() -> dict[str, str]:
    """Return the door of each public name; none where several mean different things.

    A name that several doors list for the same thing is at home where it is made, and
    the tests for users come last.
    """
    found: dict[str, list[str]] = {}
    for door in doors():
        for name in getattr(opened(door), "__all__", ()):
            found.setdefault(name, []).append(door)
    return {
        name: home for name, places in found.items() if (home := _home(name, places))
    }


def _home(name: str, places: list[str]) -> str:
    """Return which of *places* is the home of *name*, or nothing."""
    things = {door: getattr(importlib.import_module(door), name) for door in places}
    core = [door for door in places if ".testing" not in door] or places
    made = [d for d in core if d == getattr(things[d], "__module__", "")]
    return next((some[0] for some in (core, made) if len(some) == 1), "")


def root_names() -> dict[str, list[str]]:
    """Return what :mod:`seatbill` itself lists, by the door that documents it."""
    found: dict[str, list[str]] = {}
    for name in seatbill.__all__:
        found.setdefault(homes()[name], []).append(name)
    return dict(sorted(found.items()))


def lead_home(
    app: Sphinx, env: Any, node: nodes.Element, contnode: nodes.Node
) -> nodes.Node | None:
    """Resolve a name of ours by where it is documented, not by where it is defined."""
    if node.get("refdomain") != "py":
        return None
    target = node.get("reftarget", "")
    name, _, member = target.removeprefix("seatbill.").partition(".")
    if target.startswith("seatbill."):
        name, member = target.rpartition(".")[2], ""
    home = homes().get(name)
    if home is not None:
        domain = env.get_domain("py")
        full = f"{home}.{name}.{member}" if member else f"{home}.{name}"
        return domain.resolve_xref(
            env, node["refdoc"], app.builder, "obj", full, node, contnode
        )
    # A name of ours without a door, as in a signature, is shown and not linked.
    return contnode if _is_ours(target) else None


def _is_ours(target: str) -> bool:
    """Return whether *target* is ours without a door, such as the word ``Time``."""
    module, _, name = target.rpartition(".")
    places = [module] if module else list(sys.modules)
    return any(
        place.startswith("seatbill") and hasattr(sys.modules.get(place), name)
        for place in places
    )


def link_errors(
    _app: Sphinx, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]
) -> None:
    """Make links of the errors after *Raises:*."""
    raises = False
    for place, line in enumerate(lines):
        raises = "Raises:" in line or (raises and bool(line.strip()))
        if raises:
            before, word, after = line.rpartition("Raises:")
            lines[place] = before + word + RAISES.sub(_linked, after)


def _linked(found: re.Match[str]) -> str:
    name = found[0]
    return f":exc:`~{homes()[name]}.{name}`" if name in homes() else name


def keep_members(
    _app: Sphinx, _what: str, _name: str, obj: Any, _skip: object, _options: Any
) -> bool | None:
    """Keep the members of an enumeration, also those without a docstring."""
    return False if isinstance(obj, enum.Enum) else None


def plain_calls(
    _app: Sphinx, what: str, _name: str, obj: Any, *_rest: object
) -> tuple[str, None] | None:
    """Leave out how an enumeration is called; call an error by its values."""
    if what in {"class", "exception"} and inspect.isclass(obj):
        if issubclass(obj, str):
            return "", None
        if what == "exception" and hasattr(obj, "names"):
            return f"({', '.join(obj.names)})", None
    return None


def constants(door: str) -> dict[str, tuple[object, str]]:
    """Return what autodoc passes over in *door*: constants without a text below."""
    module = importlib.import_module(door)
    return {
        name: (value, comment)
        for name in module.__all__
        for value in [getattr(module, name)]
        if not (inspect.isclass(value) or inspect.isroutine(value))
        for comment in [_comment(door, name)]
        if comment is not None
    }


def _comment(door: str, name: str) -> str | None:
    """Return what is said of a constant where it is made.

    ``None`` where that is the door and a text is below it: autodoc shows it then.
    """
    others = sorted(place for place in sys.modules if place.startswith("seatbill"))
    for place in (door, *others):
        lines = inspect.getsource(sys.modules[place]).splitlines()
        for at, line in enumerate(lines):
            if re.match(rf"{name}\b.*=", line):
                said: list[str] = []
                while at > len(said) and lines[at - 1 - len(said)].startswith("# "):
                    said.insert(0, lines[at - 1 - len(said)][2:])
                below = "".join(lines[at + 1 : at + 2])
                if below.startswith('"""') and place == door:
                    return None
                return " ".join(said) or below.strip('"') * below.startswith('"""')
    return ""


class PublicData(SphinxDirective):
    """``{public-data} door``: the constants of a door, which autodoc passes over."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        door = self.arguments[0]
        lines = ["```{eval-rst}", f".. py:currentmodule:: {door}", ""]
        for name, (value, comment) in constants(door).items():
            lines += [f".. py:data:: {name}"]
            kind = type(value).__name__
            if kind in homes():
                lines += [f"   :type: {homes()[kind]}.{kind}"]
            if len(repr(value)) <= SHORT:
                lines += [f"   :value: {value!r}"]
            lines += ["", f"   {comment}", ""]
        return self.parse_text_to_nodes("\n".join([*lines, "```"]))


class RootNames(SphinxDirective):
    """``{root-names}``: what ``from seatbill import …`` gives, by its module."""

    def run(self) -> list[nodes.Node]:
        rows = [
            "| module | names |",
            "|---|---|",
            *(
                f"| {{py:mod}}`{door}` | "
                + ", ".join(f"{{py:obj}}`~{door}.{name}`" for name in names)
                + " |"
                for door, names in root_names().items()
            ),
        ]
        return self.parse_text_to_nodes("\n".join(rows))


class Doors(SphinxDirective):
    """``{doors} money periods``: some modules, each with what it is for."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        lines = []
        for name in self.arguments[0].split():
            doc = inspect.getdoc(importlib.import_module(f"seatbill.{name}")) or ""
            first = doc.partition("\n")[0]
            lines.append(f"- {{py:mod}}`seatbill.{name}`: {first}")
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("missing-reference", lead_home)
    app.connect("autodoc-process-docstring", link_errors)
    app.connect("autodoc-process-signature", plain_calls)
    app.connect("autodoc-skip-member", keep_members)
    app.add_directive("doors", Doors)
    app.add_directive("public-data", PublicData)
    app.add_directive("root-names", RootNames)
    return {"parallel_read_safe": True}
