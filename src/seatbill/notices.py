"""Notices, findings, refusals and problems: a code, its evidence, a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, final

import attrs

from ._values.base import Value
from ._values.checks import instance, several, text, unique
from ._values.later import Later
from .errors import SeatbillError, UnknownItemError, WrongTypeError

if TYPE_CHECKING:
    from .errors import _tellings as tellings
    from .errors import wording
else:  # whoever reads no message needs no sentences
    tellings, wording = Later("errors._tellings"), Later("errors.wording")

__all__ = [
    "Finding",
    "Notice",
    "Problem",
    "Refusal",
]


def check_optional(value: object, **kinds: type) -> None:
    """Refuse a field of *value* that is neither ``None`` nor of its kind."""
    for name, kind in kinds.items():
        found = getattr(value, name)
        if found is not None:
            instance(name, found, kind)


def keep_tuples(value: object, **kinds: type) -> None:
    """Make a tuple of each of these fields of *value*; each holds values of a kind."""
    for name, kind in kinds.items():
        object.__setattr__(value, name, several(name, getattr(value, name), kind))


def _check(
    kind: str, told: Finding | Notice, table: Mapping[str, wording.Sentence]
) -> None:
    """Refuse a code that is not known, and values of which no sentence can be made."""
    if text("code", told.code) not in table or "." in told.code:
        known = tuple(code for code in table if "." not in code)
        raise UnknownItemError(kind, told.code, known)
    _check_pairs(told.values)
    try:
        str(told)
    except KeyError as missing:
        names = tuple(name for name, _ in told.values)
        raise UnknownItemError("value", missing.args[0], names) from None


def _check_pairs(pairs: tuple[tuple[str, Any], ...]) -> None:
    """Refuse what is no pair of a name and a value."""
    for pair in pairs:
        if len(pair) != 2:
            raise WrongTypeError("values", "tuple[str, object]", pair)
        text("name", pair[0])


def _value(told: Finding | Notice, name: str) -> Any:
    """Return the value of this *name*, or refuse."""
    values = dict(told.values)
    if text("name", name) not in values:
        raise UnknownItemError("value", name, tuple(values))
    return values[name]


def sentence_in(told: Finding | Notice) -> wording.Sentence:
    """Return what a finding or a notice says, with its blanks."""
    table = tellings.FINDINGS if isinstance(told, Finding) else tellings.NOTICES
    return wording.chosen(table, told.code, dict(told.values))


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Finding(Value):
    """Something that a review found, told beforehand or after the fact.

    ``code`` is stable; *values* hold the evidence by name; ``str()`` is an English
    sentence.

    >>> found = Finding("feature_lost", (("plan", "Basic"), ("feature", "invoicing")))
    >>> str(found), found.value("feature")
    ('Basic does not include invoicing.', 'invoicing')
    """

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    def __attrs_post_init__(self) -> None:
        keep_tuples(self, values=tuple)
        _check("finding", self, tellings.FINDINGS)
        unique("value", [name for name, _ in self.values])

    def value(self, name: str) -> Any:
        """Return the value of this *name*.  Raises: UnknownItemError."""
        return _value(self, name)

    def __str__(self) -> str:
        return f"{wording.in_english(sentence_in(self), dict(self.values))[0]}."


def finding_of(code: str, **values: Any) -> Finding:
    """Return a finding with its evidence."""
    return Finding(code, tuple(values.items()))


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Notice(Value):
    """Something odd but legal that a customer should be told.

    ``code`` is stable; *values* hold the figures by name; ``str()`` is an English
    sentence.
    """

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    def __attrs_post_init__(self) -> None:
        several("values", self.values, tuple)
        _check("notice", self, tellings.NOTICES)

    def value(self, name: str) -> Any:
        """Return the value of this *name*.  Raises: UnknownItemError."""
        return _value(self, name)

    def __str__(self) -> str:
        return f"{wording.in_english(sentence_in(self), dict(self.values))[0]}."


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Refusal(Value):
    """A refusal as a value: its stable *code*, its sentence and the way out.

    *values* hold the figures by name, so that it can be told in another language.
    """

    code: str
    message: str
    remedy: str
    values: tuple[tuple[str, Any], ...] = ()

    def __attrs_post_init__(self) -> None:
        text("code", self.code)
        text("message", self.message)
        if type(self.remedy) is not str:
            raise WrongTypeError("remedy", "str", self.remedy)
        keep_tuples(self, values=tuple)
        _check_pairs(self.values)

    @classmethod
    def of(cls, error: SeatbillError) -> Refusal:
        """Return what *error* says."""
        said = instance("error", error, SeatbillError).as_dict()
        values = tuple(said["values"].items())
        return cls(said["code"], said["message"], said["remedy"], values)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Problem(Value):
    """One contradiction: where it stands, a stable code, a sentence."""

    where: str
    code: str
    message: str

    def __attrs_post_init__(self) -> None:
        text("where", self.where)
        text("code", self.code)
        text("message", self.message)
