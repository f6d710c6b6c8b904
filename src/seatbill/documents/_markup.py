"""Markup that is well-formed and whose every text is escaped.

A text becomes :class:`Markup` by :func:`escape` or inside :func:`element`; nothing
else does, so nothing from outside can open an element or end an attribute.
"""

from __future__ import annotations

import re
from typing import Final

_ENTITIES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
)
# What XML 1.0 has no place for, and what turns the direction of a text around.
_FORBIDDEN: Final = re.compile(
    "[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
)
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ISOLATED: Final = re.compile("\u2068([^\u2068\u2069]*)\u2069")


class Markup(str):
    """A piece of HTML or SVG in which everything is escaped already."""

    __slots__ = ()


def isolated(name: str) -> str:
    """Return *name*, from outside, marked so that its direction is its own."""
    return f"\u2068{_TURNING.sub('', name)}\u2069"


def escape(text: str) -> Markup:
    """Return *text* as markup; what is marked as isolated becomes a ``bdi``."""
    return _marked(text, "<bdi>", "</bdi>")


def characters(text: str) -> Markup:
    """Return *text* as markup without any element: what is isolated keeps its marks."""
    return _marked(text, "\u2068", "\u2069")


def _marked(text: str, before: str, after: str) -> Markup:
    """Return *text* as markup, what is isolated between *before* and *after*."""
    parts = [_plain(part) for part in _ISOLATED.split(text)]
    parts[1::2] = [f"{before}{part}{after}" for part in parts[1::2]]
    return Markup("".join(parts))


def _plain(text: str) -> str:
    """Return *text* without what no document may hold, its signs as entities."""
    allowed = _FORBIDDEN.sub("\ufffd", _TURNING.sub("", text))
    return allowed.translate(_ENTITIES)


def element(tag: str, *children: str | None, **attributes: str | int | None) -> Markup:
    """Return an element; a child that is no markup is escaped, ``None`` left out.

    Isolated words are marked by characters where an element holds letters only.
    Attributes are written with hyphens for underscores, one at the end dropped, and
    left out where they are ``None``.
    """
    found = [f"<{tag}"]
    for name, value in attributes.items():
        if value is not None:
            key = name.rstrip("_").replace("_", "-")
            found.append(f' {key}="{_plain(str(value))}"')
    written = characters if tag in _LETTERS else escape
    inside = "".join(
        child if isinstance(child, Markup) else written(child)
        for child in children
        if child is not None
    )
    if inside or tag not in _EMPTY:
        found.append(f">{inside}</{tag}>")
    else:
        found.append("/>")
    return Markup("".join(found))


# Elements that hold letters only: those of a drawing know no bdi.
_LETTERS: Final = frozenset(["title", "desc", "text"])

# Elements without an end tag in HTML, and those of SVG that hold nothing.
_EMPTY: Final = frozenset("meta img br col line rect circle path polyline use".split())


def joined(*parts: Markup | None) -> Markup:
    """Return *parts* one below the other."""
    return Markup("\n".join(part for part in parts if part is not None))
