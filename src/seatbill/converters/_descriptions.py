"""What a schema tells people of classes and fields; the words are in a file of data.

Classes are described as they say themselves: a docstring is not there to be read under
``-OO``.
"""

from __future__ import annotations

import importlib.resources
import json
from functools import cache
from typing import Any


@cache
def descriptions() -> dict[str, dict[str, str]]:
    """Return what ``classes`` are, and ``fields`` by name or by class and name."""
    file = importlib.resources.files("seatbill") / "converters" / "descriptions.json"
    found: dict[str, dict[str, str]] = json.loads(file.read_text("utf-8"))
    return found


def of_class(kind: Any) -> str:
    """Return what a class is."""
    return descriptions()["classes"][kind.__name__]


def of_field(kind: Any, name: str) -> dict[str, str]:
    """Return the description of a field, as a part of its schema."""
    own, fields = f"{kind.__name__}.{name}", descriptions()["fields"]
    return {"description": fields[own if own in fields else name]}
