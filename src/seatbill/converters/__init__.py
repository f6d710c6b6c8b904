"""Values from plain JSON data and back, every problem named with its place.

Data are what ``json`` reads and writes: objects, lists, strings, whole numbers.
Amounts are strings, or numbers that :func:`parse` kept exact; never floats.  What
reads and writes values needs the extra ``json``: ``pip install 'seatbill[json]'``.
"""

from ._scalars import InvalidDataError
from ._text import parse
from .data import FORMAT, MissingExtraError, from_data, to_data
from .requests import (
    BillRequest,
    DatedChanges,
    bill_request,
    next_measured,
    read_request,
    seats_of,
)

__all__ = [
    "FORMAT",
    "BillRequest",
    "DatedChanges",
    "InvalidDataError",
    "MissingExtraError",
    "bill_request",
    "from_data",
    "next_measured",
    "parse",
    "read_request",
    "seats_of",
    "to_data",
]
