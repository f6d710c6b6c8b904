"""Tables that are files of data beside the code: words, and what is left out.

A schema describes classes as they say themselves: a docstring is not there to be read
under ``-OO``.
"""

from __future__ import annotations

import importlib.resources
import json
from functools import cache
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return what stands in the file of this *name*."""
    file = importlib.resources.files("seatbill") / "converters" / name
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def of_class(kind: Any) -> str:
    """Return what a class is."""
    found: str = table("descriptions.json")["classes"][kind.__name__]
    return found


def of_field(kind: Any, name: str) -> dict[str, str]:
    """Return the description of a field, as a part of its schema."""
    own, fields = f"{kind.__name__}.{name}", table("descriptions.json")["fields"]
    return {"description": fields[own if own in fields else name]}
