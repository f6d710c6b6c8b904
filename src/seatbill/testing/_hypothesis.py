"""Hypothesis, or a refusal that names the extra."""

from __future__ import annotations

from ..errors import MissingExtraError

try:
    from hypothesis import reject
    from hypothesis import strategies as st
    from hypothesis.stateful import (
        RuleBasedStateMachine,
        initialize,
        precondition,
        rule,
    )
except ModuleNotFoundError as error:
    raise MissingExtraError(error.name, "testing") from None

__all__ = [
    "RuleBasedStateMachine",
    "initialize",
    "precondition",
    "reject",
    "rule",
    "st",
]
