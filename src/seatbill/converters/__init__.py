"""Values from plain JSON data and back, every problem named with its place.

Data are what ``json`` reads and writes: objects, lists, strings, whole numbers.
Amounts are strings, or numbers that :func:`parse` kept exact; never floats.  What
reads and writes values needs the extra ``json``: ``pip install 'seatbill[json]'``.
"""

from ._problems import DataProblem, InvalidDataError, NewerFormatError
from ._text import parse
from .answers import BillAnswer, ChangeAnswer, bill_answer, change_answer
from .changing import ChangeRequest, change_request, read_change_request
from .data import FORMAT, MissingExtraError, from_data, to_data
from .requests import (
    RULEBOOKS,
    BillRequest,
    DatedChanges,
    bill_request,
    next_measured,
    read_request,
    seats_of,
)
from .schemas import SCHEMAS, schema
from .stored import digest, dump, load

__all__ = [
    "FORMAT",
    "RULEBOOKS",
    "SCHEMAS",
    "BillAnswer",
    "BillRequest",
    "ChangeAnswer",
    "ChangeRequest",
    "DataProblem",
    "DatedChanges",
    "InvalidDataError",
    "MissingExtraError",
    "NewerFormatError",
    "bill_answer",
    "bill_request",
    "change_answer",
    "change_request",
    "digest",
    "dump",
    "from_data",
    "load",
    "next_measured",
    "parse",
    "read_change_request",
    "read_request",
    "schema",
    "seats_of",
    "to_data",
]
