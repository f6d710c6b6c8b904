"""Calls as the code of a test, short enough to be read: what is usual is left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from importlib import import_module
from inspect import signature
from typing import Any, Final

import attrs

from .._values.base import Value
from ..lifecycle import subscribe
from ..plans import AddOn, Plan
from ..rules import BillingRules

Call = tuple[str, tuple[Any, ...], Mapping[str, Any]]
"""The name of a method, and its arguments."""

_NAMED: Final = {Plan: "plan", AddOn: "add_on", BillingRules: "rules"}
"""What is long and comes again: it has a name of its own."""
_LONG: Final = 80


def story(head: type[Any], made_of: type[Any], calls: Iterable[Call]) -> str:
    """Return a test that makes *calls* on a *head* around a new *made_of*."""
    writer = _Writer()
    both = f"both = {writer.known(head)}({writer.known(made_of)}())"
    steps = []
    for name, args, named in calls:
        usual = signature(subscribe if name == "subscribe" else getattr(head, name))
        given = {
            n: value
            for n, value in named.items()
            if n not in usual.parameters or value != usual.parameters[n].default
        }
        steps.append(writer.call(f"both.{name}", args, given))
    code = "\n".join([*writer.assignments, both, *steps])
    body = code.replace("\n", "\n    ")
    return f"{writer.imports}\n\n\ndef test_this_story():\n    {body}\n"


class _Writer:
    """Writes values as code, and knows what that code has to import."""

    def __init__(self) -> None:
        self.assignments: list[str] = []
        self._homes: dict[str, set[str]] = {}
        self._names: dict[Any, str] = {}

    @property
    def imports(self) -> str:
        """The lines that import all that was written."""
        lines = ["import datetime\n"]  # every story has a day
        for home, names in sorted(self._homes.items()):
            line = f"from {home} import {', '.join(sorted(names))}"
            if len(line) > _LONG:
                line = _call(f"from {home} import ", sorted(names))
            lines.append(line)
        return "\n".join(lines)

    def known(self, kind: type[Any]) -> str:
        """Return the name of a class, which is imported from where it can be."""
        if home := _home(kind):
            self._homes.setdefault(home, set()).add(kind.__name__)
        return kind.__name__

    def call(self, name: str, args: Iterable[Any], named: Mapping[str, Any]) -> str:
        """Return a call with these arguments."""
        parts = [self.code(value) for value in args]
        return _call(name, parts + [f"{n}={self.code(v)}" for n, v in named.items()])

    def code(self, value: Any) -> str:
        """Return *value* as code."""
        kind = type(value)
        if kind in _NAMED:
            return self._named(value)
        if getattr(kind, "__repr__", None) is Value.__repr__:
            return self._made(value)
        if isinstance(value, Mapping):
            pairs = (f"{self.code(k)}: {self.code(v)}" for k, v in value.items())
            return f"{{{', '.join(pairs)}}}"
        if isinstance(value, tuple | frozenset):
            parts = [*map(self.code, value)]
            return f"({parts[0]},)" if len(parts) == 1 else _call("", parts)
        if kind.__module__ not in ("builtins", dt.__name__):
            self.known(kind)
        return repr(value)

    def _named(self, value: Any) -> str:
        if value not in self._names:
            made, name = self._made(value), _NAMED[type(value)]
            before = sum(known.startswith(name) for known in self._names.values())
            name += f"_{before + 1}" if before else ""
            self._names[value] = name
            self.assignments.append(f"{name} = {made}")
        return self._names[value]

    def _made(self, value: Any) -> str:
        """Return the call that makes a value of its fields, without the usual ones."""
        kind = type(value)
        fields = [(f, getattr(value, f.name)) for f in attrs.fields(kind) if f.init]
        asked = [f"{f.alias}={self.code(v)}" for f, v in fields if v != f.default]
        return _call(self.known(kind), asked)


def _call(name: str, parts: list[str]) -> str:
    """Return a call, with a line for each argument where it is long."""
    code = f"{name}({', '.join(parts)})"
    if len(code) <= _LONG and "\n" not in code:
        return code
    lines = [line for part in parts for line in f"{part},".split("\n")]
    return "\n    ".join([f"{name}(", *lines]) + "\n)"


def _home(kind: type[Any]) -> str:
    """Return the first module on the way to *kind* that has it, or nothing."""
    parts = kind.__module__.split(".")
    for n in range(1, len(parts) + 1):
        name = ".".join(parts[:n])
        if getattr(import_module(name), kind.__name__, None) is kind:
            return name
    return ""
