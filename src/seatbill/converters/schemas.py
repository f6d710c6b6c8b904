"""JSON Schema of what is asked and answered, made from what reads and writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Final

from ..errors import UnknownItemError
from ..rules import BillingRules
from ..subscriptions import Subscription
from ._context import Names
from ._resources import of_class, of_field
from ._scalars import FORMAT, Schema
from ._shapes import Shapes
from ._sources import PriceList
from .answers import BillAnswer, ChangeAnswer, SubscriptionDocument
from .changing import HELD, ChangeRequest
from .requests import BillRequest

__all__ = ["SCHEMAS", "schema"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a request or an answer, one of ``SCHEMAS``.

    >>> schema("bill-request")["$id"]
    'urn:seatbill:1:bill-request'

    Raises: UnknownItemError.
    """
    if not isinstance(name, str) or name not in SCHEMAS:
        raise UnknownItemError("schema", name, tuple(SCHEMAS))
    shapes = Shapes()
    found = SCHEMAS[name](shapes)
    return deepcopy(
        {
            "$schema": _DIALECT,
            "$id": f"urn:seatbill:{FORMAT}:{name}",
            "title": name,
            **found,
            "$defs": dict(sorted(shapes.definitions.items())),
        }
    )


def _closed(kind: Any, *parts: Schema) -> Schema:
    """Return the schema of an object with all properties of *parts*."""
    return {
        "description": of_class(kind),
        "type": "object",
        "properties": {k: v for part in parts for k, v in part["properties"].items()},
        "required": [key for part in parts for key in part["required"]],
        "additionalProperties": False,
    }


def _price_list(shapes: Shapes) -> Schema:
    """Return what both requests begin with."""
    return shapes.fields(PriceList, Names.NONE) | {"required": []}


def _bill_request(shapes: Shapes) -> Schema:
    """Return the schema of what ``bill`` reads."""
    own = shapes.fields(BillRequest, Names.IDS)
    return _closed(BillRequest, _price_list(shapes), own)


def _change_request(shapes: Shapes) -> Schema:
    """Return the schema of what ``change`` reads."""
    kinds = (SubscriptionDocument, Subscription)
    stored = {"anyOf": [shapes.of(kind, Names.REFERENCES) for kind in kinds]}
    first = {
        "properties": {
            "subscription": of_field(ChangeRequest, "subscription") | stored,
            "rules": of_field(ChangeRequest, "rules")
            | shapes.of(BillingRules, Names.NONE),
        },
        "required": ["subscription"],
    }
    without = {"subscription", *HELD}
    rest = shapes.fields(ChangeRequest, Names.IDS, without)
    return _closed(ChangeRequest, _price_list(shapes), first, rest)


def _answer(kind: Any) -> Callable[[Shapes], Schema]:
    """Return a function that returns the schema of an answer."""
    return lambda shapes: _closed(kind, shapes.fields(kind, Names.IDS_ONLY))


SCHEMAS: Final[Mapping[str, Callable[[Shapes], Schema]]] = MappingProxyType(
    {
        "bill-request": _bill_request,
        "bill-answer": _answer(BillAnswer),
        "change-request": _change_request,
        "change-answer": _answer(ChangeAnswer),
    }
)
"""The schemas by name."""
