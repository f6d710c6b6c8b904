"""Documents to be stored: a version, what it is, and the value; digests of values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeVar, overload

from .._values.checks import instance, several
from ..catalogs import Catalog
from ..errors import WrongTypeError
from ..limits import LIMITS, Limits
from ..rules import BillingRules
from ._context import IN_FULL, Context, Names
from ._door import check_data
from ._problems import (
    DataProblem,
    NewerFormatError,
    at,
    refusal,
    unknown_keys,
    wrong,
)
from ._scalars import FORMAT
from ._vocabulary import KINDS, word_of
from .data import hooks, read_data, write_data

__all__ = ["digest", "dump", "load"]

_T = TypeVar("_T")

_KEYS: Final = ("seatbill", "kind", "value")


def dump(
    value: Any,
    *,
    catalog: Catalog | None = None,
    rules: BillingRules | Iterable[BillingRules] = (),
) -> dict[str, Any]:
    """Return *value* as a document: the version of the data, its kind, the value.

    A plan, add-on or service that *catalog* holds, and rules that are among *rules*,
    are written as a reference: their id (the name of rules) and their digest.

    >>> from seatbill import AddSeats
    >>> dump(AddSeats(3))["value"]
    {'change': 'add_seats', 'seats': 3, 'unit': 'seat'}

    Raises: WrongTypeError for what is no value of seatbill, MissingExtraError.
    """
    word = _word("value", type(value))
    held = () if catalog is None else (instance("catalog", catalog, Catalog),)
    return {
        "seatbill": FORMAT,
        "kind": word,
        "value": write_data(value, naming(held, _rules(rules))),
    }


def naming(catalogs: tuple[Catalog, ...], rules: tuple[BillingRules, ...]) -> Context:
    """Return where what *catalogs* and *rules* hold is written as a reference."""
    if not catalogs and not rules:
        return IN_FULL
    return Context(names=Names.REFERENCES, catalogs=catalogs, rules=rules)


@overload
def load(
    data: Any,
    kind: type[_T],
    *,
    catalogs: Catalog | Iterable[Catalog] = (),
    rules: BillingRules | Iterable[BillingRules] = (),
    limits: Limits = ...,
) -> _T: ...


@overload
def load(
    data: Any,
    kind: None = None,
    *,
    catalogs: Catalog | Iterable[Catalog] = (),
    rules: BillingRules | Iterable[BillingRules] = (),
    limits: Limits = ...,
) -> Any: ...


def load(
    data: Any,
    kind: type[Any] | None = None,
    *,
    catalogs: Catalog | Iterable[Catalog] = (),
    rules: BillingRules | Iterable[BillingRules] = (),
    limits: Limits = LIMITS,
) -> Any:
    """Return the value of a document that :func:`dump` made, in this version or before.

    With *kind*, a document of another kind is refused.  References are looked up in
    *catalogs* and *rules*: of several with one id, the one with the digest is meant.
    *limits* is how much the document may be.

    >>> from seatbill import AddSeats
    >>> load(dump(AddSeats(3)), AddSeats)
    AddSeats(seats=3, unit='seat')

    Raises: InvalidDataError with all problems at once, NewerFormatError,
    MissingExtraError.
    """
    held = (catalogs,) if isinstance(catalogs, Catalog) else catalogs
    surroundings = Context(
        catalogs=several("catalogs", held, Catalog),
        rules=_rules(rules),
        limits=instance("limits", limits, Limits),
    )
    if kind is not None:
        _word("kind", kind)
    found = _read_straight(data, kind, surroundings)
    if found is None:
        check_data(data, "$", limits)
        found = read_document(data, kind, "$", surroundings)
    return found


def _read_straight(data: Any, kind: Any, surroundings: Context) -> Any:
    """Return the value of a document of today, or ``None`` where it may be wrong."""
    if type(data) is not dict or data.keys() != {*_KEYS}:
        return None
    version, word, value = (data[key] for key in _KEYS)
    found = KINDS.get(word) if type(word) is str else None
    if type(version) is not int or version != FORMAT or kind not in (None, found):
        return None
    return hooks().read_straight(value, found, surroundings, 1 + len(_KEYS))


def _word(name: str, kind: Any) -> str:
    """Return the word of a *kind* that documents hold."""
    word = word_of(kind) if isinstance(kind, type) else ""
    if KINDS.get(word) is not kind:
        raise WrongTypeError(name, " | ".join(KINDS), kind)
    return word


def _rules(rules: BillingRules | Iterable[BillingRules]) -> tuple[BillingRules, ...]:
    """Return one or several rules."""
    held = (rules,) if isinstance(rules, BillingRules) else rules
    return several("rules", held, BillingRules)


def read_document(data: Any, kind: Any, path: str, surroundings: Context) -> Any:
    """Return the value of a document that stands at *path*, in plain data."""
    if not isinstance(data, dict):
        wanted = f"an object ({', '.join(_KEYS)})"
        raise refusal([wrong(path, "wrong_type", wanted, data)])
    problems = list(version_problems(data.get("seatbill", FORMAT), path))
    problems += unknown_keys(data, path, _KEYS, surroundings.limits)
    for key in _KEYS:
        if key not in data:
            message = "this key is needed and is not there"
            problems.append(DataProblem(at(path, key), "missing", message))
    word, found = data.get("kind"), kind
    if "kind" in data:
        known = KINDS if kind is None else {word_of(kind): kind}
        if isinstance(word, str) and word in known:
            found = known[word]
        else:
            place, wanted = at(path, "kind"), f"one of {', '.join(known)}"
            problems.append(wrong(place, "unknown_word", wanted, word))
    if problems:
        raise refusal(problems, surroundings.limits)
    return read_data(data["value"], found, at(path, "value"), surroundings)


def version_problems(number: Any, path: str) -> Iterable[DataProblem]:
    """Yield what is wrong with the version of a document.

    Raises: NewerFormatError.
    """
    if type(number) is int and number > FORMAT:
        raise NewerFormatError(at(path, "seatbill"), number, FORMAT)
    if type(number) is not int or number < 1:
        wanted = f"a version of this format, {FORMAT} at most"
        yield wrong(at(path, "seatbill"), "unknown_format", wanted, number)


def digest(value: Any) -> str:
    """Return the digest of *value*: equal values have equal ones, wherever it is taken.

    The order of fields does not matter, nor does a field that a document may leave
    out: so a digest stays when a later version knows more fields.

    >>> from seatbill import Price
    >>> digest(Price(unit_amount="1.0", currency="EUR")) == digest(
    ...     Price(unit_amount="1.00", currency="EUR")
    ... )
    True

    Raises: WrongTypeError for what is no value of seatbill, MissingExtraError.
    """
    _word("value", type(value))
    found: str = hooks().digest(value)
    return found
