"""What was asked for on one day, as a value."""

from __future__ import annotations

from typing import final

import attrs

from .._checks import Time
from ..errors import WrongTypeError
from ..subscriptions import Change


@final
@attrs.frozen(kw_only=True, order=False)
class DatedChanges:
    """The *changes* asked for together on one day; *note* is for the reader."""

    on: Time
    changes: tuple[Change, ...]
    note: str | None = None

    def __attrs_post_init__(self) -> None:
        if not self.changes:
            raise WrongTypeError("changes", "one change or more", self.changes)
