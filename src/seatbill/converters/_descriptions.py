"""What a schema tells people of classes and fields; the words are in a file of data.

Classes are described as they say themselves: a docstring is not there to be read under
``-OO``.
"""

from __future__ import annotations

from typing import Any

from ._resources import table


def of_class(kind: Any) -> str:
    """Return what a class is."""
    found: str = table("descriptions.json")["classes"][kind.__name__]
    return found


def of_field(kind: Any, name: str) -> dict[str, str]:
    """Return the description of a field, as a part of its schema."""
    own, fields = f"{kind.__name__}.{name}", table("descriptions.json")["fields"]
    return {"description": fields[own if own in fields else name]}
