"""Hypothesis, or a refusal that names the extra."""

from __future__ import annotations

from ..errors import MissingExtraError

try:
    from hypothesis import reject, stateful
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    raise MissingExtraError(error.name, "testing") from None

__all__ = ["reject", "st", "stateful"]
