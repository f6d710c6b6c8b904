"""How much one call may be asked to do: every bound by its name, in one room.

What nobody means is refused before it is worked out, not after.  A host that means it
hands in other :class:`Limits`.
"""

from __future__ import annotations

from typing import Final, final

import attrs

from ._values.base import Value
from ._values.checks import whole

__all__ = [
    "LIMITS",
    "MAX_BITS",
    "MAX_DEPTH",
    "MAX_LINES",
    "MAX_LINES_ASKED",
    "MAX_NODES",
    "MAX_PERIODS",
    "MAX_PROBLEMS",
    "MAX_VISITS",
    "MAX_VISITS_ASKED",
    "REQUEST_LIMITS",
    "Limits",
]

MAX_LINES: Final = 100_000
"""How many lines one call may come to: periods times what is charged in each."""
MAX_LINES_ASKED: Final = 10_000
"""The same of a JSON request, where each line is answered with all that proves it."""
MAX_VISITS: Final = 20_000_000
"""How many charges, items, discounts and updates one call may go through."""
MAX_VISITS_ASKED: Final = 2_000_000
"""The same of a JSON request."""
MAX_PERIODS: Final = 10_000
"""How many periods a request may ask for."""
MAX_NODES: Final = 1_000_000
"""How many objects, lists, keys and values data may have."""
MAX_DEPTH: Final = 64
"""How deep objects and lists may stand in each other."""
MAX_BITS: Final = 256
"""How long a whole number in data may be: no quantity or amount needs more."""
MAX_PROBLEMS: Final = 1000
"""How many problems are told; the search ends there."""

_MOST: Final = 10**12
_DEEPEST: Final = 100  # deeper, and Python's own stack may not reach


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Limits(Value):
    """What one call may be asked for.

    *lines* are those of all invoices of a call: a period counts as many as there are
    items in it, and one at least; under several tax rates each line counts as often.
    *visits* are the charges, items, discounts and updates that changes go through.
    *periods* are those of a request.  *nodes* are the objects, lists, keys and values
    of data; a long text counts one for each hundred characters.  *depth* is how deep
    data may be nested, *bits* how long a whole number may be, *problems* how many are
    told.

    >>> Limits(lines=100_000).lines
    100000
    """

    lines: int = MAX_LINES
    visits: int = MAX_VISITS
    periods: int = MAX_PERIODS
    nodes: int = MAX_NODES
    depth: int = MAX_DEPTH
    bits: int = MAX_BITS
    problems: int = MAX_PROBLEMS

    def __attrs_post_init__(self) -> None:
        for name in ("lines", "visits", "periods", "nodes", "bits", "problems"):
            whole(name, getattr(self, name), 1, _MOST)
        whole("depth", self.depth, 1, _DEEPEST)


NO_LIMITS: Final = Limits(
    lines=_MOST, visits=_MOST, periods=_MOST, nodes=_MOST, bits=_MOST, problems=_MOST
)
REQUEST_LIMITS: Final = Limits(lines=MAX_LINES_ASKED, visits=MAX_VISITS_ASKED)
"""The limits of a JSON request."""
LIMITS: Final = Limits()
"""The limits that hold where none are given."""
