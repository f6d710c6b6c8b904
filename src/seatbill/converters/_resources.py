"""Tables that are files of data beside the code: words, and what is left out."""

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
