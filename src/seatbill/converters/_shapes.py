"""What a schema says of each type, from the declarations that read and write it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from enum import StrEnum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs

from .._values.base import Quantities
from .._values.checks import Time
from ..catalogs import Catalog
from ..discounts import Discount
from ..periods import Interval
from ..rules import BillingRules
from ..subscriptions import PendingUpdate, SubscribedAddOn
from ._absent import ABSENT
from ._asked import DatedChanges
from ._context import Names
from ._forms import FORMS
from ._pages import Figures
from ._references import Reference
from ._resources import of_class, of_field
from ._scalars import (
    COUNTS,
    FEATURE,
    FORMAT,
    FRACTION,
    INTERVAL_WORD,
    SCALARS,
    TEXT,
    TIME,
    Schema,
)
from ._sources import RULEBOOKS, RulebookName
from ._vocabulary import PENDING, SOLD, SUMS, TAGS, word_of
from .answers import DOCUMENTS

_KNOWN: Final[Mapping[Any, Schema]] = {
    **{kind: found.schema for kind, found in SCALARS.items()},
    NoneType: {"type": "null"},
    Any: {},
    Figures: {"type": "object"},
    RulebookName: {"enum": [*RULEBOOKS]},
    tuple[tuple[Interval, Fraction], ...]: {
        "type": "object",
        "propertyNames": INTERVAL_WORD,
        "additionalProperties": FRACTION,
    },
    tuple[tuple[Time, Quantities], ...]: {
        "type": "object",
        "propertyNames": TIME,
        "additionalProperties": COUNTS,
    },
}
"""The types that are no classes of their own."""

_UNIONS: Final[tuple[tuple[frozenset[Any], Schema], ...]] = (
    (frozenset({dt.date, dt.datetime}), TIME),
    (frozenset({str, tuple[str, str]}), FEATURE),
)
_MODES: Final = {
    Names.NONE: "",
    Names.REFERENCES: "stored_",
    Names.IDS: "asked_",
    Names.IDS_ONLY: "shown_",
}


class Shapes:
    """The schemas of types, and the definitions that they refer to."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def of(self, kind: Any, names: Names) -> Schema:
        """Return the schema of *kind*, where what is sold may stand as *names* say."""
        made = get_origin(kind)
        if kind in _KNOWN:
            return _KNOWN[kind]
        if kind in DOCUMENTS:
            return self._document(DOCUMENTS[kind])
        if made in (Union, UnionType):
            return self._union(get_args(kind), names)
        if made is tuple or made is frozenset:
            return {"type": "array", "items": self.of(get_args(kind)[0], names)}
        if made is not None:  # a mapping
            inner = self.of(get_args(kind)[1], names)
            return {"type": "object", "additionalProperties": inner}
        if issubclass(kind, StrEnum):
            return {"enum": [str(member.value) for member in kind]}
        return self._object(kind, names)

    def fields(self, form: Any, names: Names, without: Container[str] = ()) -> Schema:
        """Return the properties of a *form*, and which of them are required."""
        hints = get_type_hints(form)
        absent = ABSENT.get(form.__name__, {})
        all_keys = (field.name for field in attrs.fields(form))
        keys = [key for key in all_keys if key not in without]
        return {
            "properties": {
                key: of_field(form, key) | self.of(hints[key], names) for key in keys
            },
            "required": [key for key in keys if key not in absent],
        }

    def _union(self, kinds: tuple[Any, ...], names: Names) -> Schema:
        """Return the schema of a union."""
        own = frozenset(kinds) - {NoneType}
        for known, schema in _UNIONS:
            if own == known:
                null = _KNOWN[NoneType]
                return schema if own == {*kinds} else {"anyOf": [schema, null]}
        found = [self.of(kind, names) for kind in kinds]
        return {"anyOf": found}

    def _document(self, kind: Any) -> Schema:
        """Return the schema of a document that holds a *kind*."""
        name = f"{word_of(kind)}_document"
        self.definitions[name] = {
            "type": "object",
            "description": f"A stored {word_of(kind)}.",
            "properties": {
                "seatbill": {"enum": [*range(1, FORMAT + 1)]},
                "kind": {"const": word_of(kind)},
                "value": self.of(kind, Names.REFERENCES),
            },
            "required": ["seatbill", "kind", "value"],
            "additionalProperties": False,
        }
        return {"$ref": f"#/$defs/{name}"}

    def _object(self, kind: Any, names: Names) -> Schema:
        """Return the schema of a class, or of what may stand for it."""
        if names is Names.IDS_ONLY and kind in (*SOLD, Discount):
            return TEXT
        full = self._defined(kind, Names.NONE if kind is Catalog else names)
        others = []
        if names is Names.IDS and kind in (*SOLD, SubscribedAddOn):
            others.append(TEXT)
        if names in (Names.IDS, Names.REFERENCES) and kind in (*SOLD, BillingRules):
            others.append(self._defined(Reference, names))
        return {"anyOf": [*others, full]} if others else full

    def _defined(self, kind: Any, names: Names) -> Schema:
        """Return a reference to the definition of a class."""
        name = word_of(kind)
        if names is not Names.NONE and _holds_sold(kind, names):
            name = _MODES[names] + name
        if name not in self.definitions:
            self.definitions[name] = self._definition(kind, names)
        return {"$ref": f"#/$defs/{name}"}

    def _definition(self, kind: Any, names: Names) -> Schema:
        """Return the schema of an object of a class."""
        about = {"description": of_class(kind)}
        found = {"type": "object", **self.fields(FORMS.get(kind, kind), names)}
        if kind in TAGS:
            tag = {"const": word_of(kind), "description": "What it is."}
            found["properties"] = {TAGS[kind]: tag, **found["properties"]}
            found["required"] = [TAGS[kind], *found["required"]]
        found["additionalProperties"] = False
        if kind is PendingUpdate:
            return about | {"anyOf": [self._pending(found, k, names) for k in PENDING]}
        if kind is DatedChanges:
            return about | {"anyOf": [found, *self._alone(found, names)]}
        return about | found

    def _pending(self, found: Schema, kind: Any, names: Names) -> Schema:
        """Return the schema of an update that waits, of one kind."""
        own = {"kind": {"const": kind.value}, "value": self.of(PENDING[kind], names)}
        properties = {
            key: {**schema, **own[key]} if key in own else schema
            for key, schema in found["properties"].items()
        }
        return {**found, "properties": properties}

    def _alone(self, found: Schema, names: Names) -> list[Schema]:
        """Return the schemas of one change that stands with its day, in no list."""
        own = {key: found["properties"][key] for key in ("on", "timing", "note")}
        schemas = []
        for kind in SUMS["change"]:
            one = self._definition(kind, names)
            schemas.append(
                {
                    **one,
                    "properties": {**own, **one["properties"]},
                    "required": ["on", *one["required"]],
                }
            )
        return schemas


def _holds_sold(kind: Any, names: Names) -> bool:
    """Return whether something that *names* may stand for is in a *kind*."""
    sold = {*SOLD, BillingRules}
    if names is Names.IDS_ONLY:
        sold |= {Discount}
    return not sold.isdisjoint(_held(kind) - {kind})


def _held(kind: Any) -> frozenset[Any]:
    """Return the classes that stand in a *kind*, itself too."""
    inner = get_args(kind)
    if kind is PendingUpdate:
        inner = (*PENDING.values(),)
    elif isinstance(kind, type) and attrs.has(kind):
        inner = (*get_type_hints(FORMS.get(kind, kind)).values(),)
    return frozenset({kind}).union(*map(_held, inner))
