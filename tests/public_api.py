"""Write down every public name: its signature, or its fields, methods and members.

``make api`` runs this; ``tests/test_public_api.py`` compares, so that nothing that
others rely on changes unnoticed.
"""

from __future__ import annotations

import enum
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import attrs
from public_names import doors, homes, opened

from seatbill.errors import SeatbillError

LISTING = Path(__file__).with_suffix(".txt")


def listing() -> str:
    """Return all that is public, a module after the other."""
    lines: list[str] = []
    for door in ("seatbill", *doors()):
        module = opened(door)
        told = written(door) if module is None else names(module)
        lines += [f"{door}", *(f"    {line}" for line in told), ""]
    return "\n".join(lines)


def written(door: str) -> list[str]:
    """Return what is written down of a *door* whose extra is not installed."""
    _, _, after = f"\n{LISTING.read_text(encoding='utf-8')}".partition(f"\n{door}\n")
    return [line[4:] for line in after.partition("\n\n")[0].splitlines()]


def names(module: Any) -> Iterator[str]:
    """Yield what the public names of *module* are; at the root, no more than that."""
    for name in sorted(module.__all__):
        thing = getattr(module, name)
        if module.__name__ == "seatbill":
            yield name
        elif inspect.isclass(thing):
            yield from shape(name, thing)
        elif inspect.isroutine(thing):
            yield f"def {name}{signature(thing)}"
        else:
            yield constant(name, thing)


def constant(name: str, thing: object) -> str:
    """Return what a value is; what an alias stands for."""
    parts = get_args(thing)
    if isinstance(thing, UnionType):
        return f"{name} = {' | '.join(part.__name__ for part in parts)}"
    return f"{name} = {thing}" if parts else f"{name}: {type(thing).__name__}"


def shape(name: str, cls: type) -> Iterator[str]:
    """Yield what a class is made of: its bases, its fields or members, its methods."""
    bases = [base.__name__ for base in cls.__bases__ if base is not object]
    yield f"class {name}({', '.join(bases)})" if bases else f"class {name}"
    if issubclass(cls, enum.Enum):
        for member in cls:
            yield f"    {member.name} = {member.value!r}"
    if attrs.has(cls):
        for field in attrs.fields(cls):
            yield f"    {field.alias}: {kept(field)}"
    if issubclass(cls, SeatbillError):
        yield f"    code = {cls.code!r}; {', '.join(cls.names)}"
    for own, value in sorted(members(cls).items()):
        yield from (f"    {line}" for line in member_line(own, value))


def members(cls: type) -> dict[str, Any]:
    """Return what a class has of its own, and from those that have no public name."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        ours = base.__module__.startswith("seatbill")
        if base is cls or (ours and base.__name__ not in homes()):
            found |= vars(base)
    return {name: value for name, value in found.items() if not name.startswith("_")}


def member_line(name: str, value: Any) -> Iterator[str]:
    """Yield how a member is called or read, if it is a property or a method."""
    function = inspect.unwrap(getattr(value, "__func__", value))
    if isinstance(value, property):
        yield f"{name} -> {signature(value.fget).rpartition(' -> ')[2]}"
    elif inspect.isfunction(function):
        kind = type(value).__name__ if value is not function else ""
        yield f"{kind} def {name}{signature(function)}".strip()


def kept(field: attrs.Attribute[Any]) -> str:
    """Return the type of a field, and how it is handed in."""
    given = [
        *([] if field.default is attrs.NOTHING else ["optional"]),
        *(["by keyword"] if field.kw_only else []),
        *([] if field.init else ["made"]),
    ]
    return said(field.type) + (f" ({', '.join(given)})" if given else "")


def signature(function: Any) -> str:
    """Return how a function is called; a default by its value where that is plain."""
    found = inspect.signature(function)
    parts: list[str] = []
    for parameter in found.parameters.values():
        by_keyword = parameter.kind is parameter.KEYWORD_ONLY
        if by_keyword and not any(part.startswith("*") for part in parts):
            parts.append("*")
        parts.append(parameter_text(parameter))
        if parameter.kind is parameter.POSITIONAL_ONLY:
            parts.append("/")
    return f"({', '.join(parts)}) -> {said(found.return_annotation)}"


def parameter_text(parameter: inspect.Parameter) -> str:
    """Return a parameter with its type and its default."""
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
    text = f"{stars.get(parameter.kind, '')}{parameter.name}"
    if parameter.annotation is not parameter.empty:
        text += f": {said(parameter.annotation)}"
    if parameter.default is not parameter.empty:
        text += f" = {default(parameter.default)}"
    return text


def default(value: object) -> str:
    """Return a default: what is plain as it is, else by its name or kind."""
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if value is None or isinstance(value, bool | int | str | tuple | frozenset):
        return repr(value)
    return "…"


def said(annotation: object) -> str:
    """Return a type as the source has it."""
    if annotation is inspect.Signature.empty:
        return "?"
    if isinstance(annotation, str):
        return annotation
    return inspect.formatannotation(annotation)


def main() -> int:
    """Write the listing."""
    LISTING.write_text(listing(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
