"""Types for Pydantic 2 and FastAPI: values, requests and answers that OpenAPI shows.

A type is a mark in ``Annotated``.  Its schema is that of
:func:`~seatbill.converters.schema`, so a client sees what the library reads.  What is
wrong is one error with the code ``invalid_data`` and all ``problems``, each with its
place.  FastAPI takes it for the body where it says so: ``Annotated[ChangeRequestData,
Body()]``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from .._values.checks import several
from ..converters import (
    BillRequest,
    ChangeRequest,
    InvalidDataError,
    from_data,
    read_change_request,
    read_request,
    schema,
    to_data,
)
from ..errors import MissingExtraError, SeatbillError, WrongTypeError

try:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema, PydanticCustomError, core_schema
except ModuleNotFoundError:
    raise MissingExtraError("pydantic", "pydantic") from None

__all__ = [
    "BillAnswerData",
    "BillRequestData",
    "ChangeAnswerData",
    "ChangeRequestData",
    "Changes",
    "ValueData",
    "refusals",
]

_READERS: Final[dict[Any, Callable[[Any], Any]]] = {
    BillRequest: read_request,
    ChangeRequest: read_change_request,
}


class _Described:
    """A mark whose type reads plain data, and is shown by a part of a schema."""

    def __init__(self, json: Callable[[], dict[str, Any]]) -> None:
        self._json = json

    def read(self, source: Any, data: Any) -> Any:
        """Return *data*, read as what the annotation says."""
        reader = _READERS.get(source)
        return data if reader is None else reader(data)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        def read(data: Any) -> Any:
            try:
                return self.read(source, data)
            except InvalidDataError as refusal:
                raise _told(refusal) from refusal

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(to_data),
        )

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self._json()


class ValueData(_Described):
    """The mark of any public value: ``Annotated[AddSeats, ValueData()]``.

    It is read by :func:`~seatbill.converters.from_data`, or taken as it is, and written
    by :func:`~seatbill.converters.to_data`.
    """

    def __init__(self) -> None:
        super().__init__(lambda: {"type": "object"})

    def read(self, source: Any, data: Any) -> Any:
        """Return *data*, read as a value of the class *source*."""
        return data if isinstance(data, source) else from_data(data, source)


class Changes(_Described):
    """The mark of a list of changes, of those whose words are given, or of all.

    ``Annotated[list[Any], Changes("add_seats", "cancel")]`` is shown as a list of these
    and stays plain data, for the document that
    :func:`~seatbill.converters.read_change_request` reads beside the server's own.

    Raises: WrongTypeError for a word that is no change.
    """

    def __init__(self, *words: str) -> None:
        self.words: tuple[str, ...] = several("words", words, str)
        known = [_word(each) for each in _changes()["items"]["anyOf"]]
        for word in words:
            if word not in known:
                raise WrongTypeError("words", " | ".join(known), word)
        super().__init__(self._shown)

    def _shown(self) -> dict[str, Any]:
        found = _changes()
        kinds = found["items"]["anyOf"]
        if self.words:
            kinds = [kind for kind in kinds if _word(kind) in self.words]
        return found | {"items": {"anyOf": kinds}}


def _document(name: str) -> _Described:
    return _Described(lambda: _inlined(name))


BillRequestData = Annotated[BillRequest, _document("bill-request")]
"""A whole document for :func:`~seatbill.converters.bill_request`, read at the door."""
ChangeRequestData = Annotated[ChangeRequest, _document("change-request")]
"""A whole document for :func:`~seatbill.converters.change_request`."""
BillAnswerData = Annotated[dict[str, Any], _document("bill-answer")]
"""What :func:`~seatbill.converters.bill_answer` returns."""
ChangeAnswerData = Annotated[dict[str, Any], _document("change-answer")]
"""What :func:`~seatbill.converters.change_answer` returns."""


def refusals(
    *kinds: type[SeatbillError], status: int = 409
) -> dict[int | str, dict[str, Any]]:
    """Return *kinds* of refusals as FastAPI's ``responses``, under one *status*.

    OpenAPI shows the codes that a client may act on, and the values of each.

    >>> from seatbill.errors import StaleVersionError
    >>> list(refusals(StaleVersionError))
    [409]

    Raises: WrongTypeError for what is no class of refusals.
    """
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, SeatbillError)):
            raise WrongTypeError("kinds", "SeatbillError", kind)
    if not kinds:
        raise WrongTypeError("kinds", "SeatbillError", kinds)
    shown = {"anyOf": [_refusal(kind) for kind in kinds]}
    told = ", ".join(kind.code for kind in kinds)
    content = {"application/json": {"schema": shown}}
    return {status: {"description": f"Refused: {told}", "content": content}}


def _refusal(kind: type[SeatbillError]) -> dict[str, Any]:
    """Return the schema of what ``as_dict`` says of a refusal."""
    values: dict[str, Any] = {name: {} for name in kind.names}
    return {
        "title": kind.__name__,
        "type": "object",
        "properties": {
            "code": {"const": kind.code},
            "message": {"type": "string"},
            "remedy": {"type": "string"},
            "values": {"type": "object", "properties": values},
        },
        "required": ["code", "message", "remedy", "values"],
    }


def _told(refusal: InvalidDataError) -> PydanticCustomError:
    """Return what Pydantic tells: one error with every problem and its place."""
    problems = [to_data(problem) for problem in refusal.problems]
    said = {"said": str(refusal), "problems": problems}
    return PydanticCustomError("invalid_data", "{said}", said)


def _changes() -> dict[str, Any]:
    """Return the schema of the changes in a request."""
    found: dict[str, Any] = _inlined("change-request")["properties"]["changes"]
    return found


def _word(kind: dict[str, Any]) -> str:
    """Return the word of a change, by its schema."""
    found: str = kind["properties"]["change"]["const"]
    return found


def _inlined(name: str) -> dict[str, Any]:
    """Return a schema without references, as it may stand anywhere in OpenAPI."""
    found = schema(name)
    defined = found.pop("$defs")

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return [whole(each) for each in part]
        if not isinstance(part, dict):
            return part
        own = {key: whole(value) for key, value in part.items() if key != "$ref"}
        if "$ref" not in part:
            return own
        return whole(defined[part["$ref"].rpartition("/")[2]]) | own

    return {k: whole(v) for k, v in found.items() if k not in ("$schema", "$id")}
