"""Put values into sentences: one or many, what is counted, what may be chosen.

A sentence has its way out behind `` | ``.  ``{name}`` stands for a value, ``{name!r}``
for one as it came, ``{n:unit}`` for *n* of the unit that the value *unit* names (or of
the unit itself, as in ``{n:day}``), ``{unit:plural}`` for the unit's own name,
``{names:or}`` for a choice, ``{times:span}`` for a start and an end, ``{value:type}``
for a class and ``{word:words}`` for a word that is made of several.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple, final

Show = Callable[[str, str, Mapping[str, Any]], str]
"""Shows the value of a name as a blank asks for it, among all values."""


class Plural(NamedTuple):
    """A sentence for one and for many; the value of the name *by* decides."""

    by: str
    one: str
    many: str


Sentence = str | Plural

_REGULAR: Final = (
    "account attendee contact credit day decimal event gigabyte hour member message "
    "minute module month number pack plan project seat session team user"
)
_NAMES: Final = {
    **{name: name for name in _REGULAR.split()},
    "active_member": "active member",
    "limited": "limited seat",
}
UNITS: Final = MappingProxyType(
    {unit: (name, f"{name}s") for unit, name in sorted(_NAMES.items())}
)
"""What is counted, for one and for many; a host's own units have no other words."""

_CASES: Final = ("problem", "kind", "wanted", "field", "name", "method")
_LONGEST: Final = 300


def sentences(text: str) -> Mapping[str, Sentence]:
    r"""Return the sentences of a table, by their codes and cases.

    Lines that are set in go on.  Of a sentence that counts, the form for one stands
    behind ``code one name:``, and the one for many after it.

    >>> sentences("left one n: {n:day} is left\nleft many n: {n} are left")["left"]
    Plural(by='n', one='{n:day} is left', many='{n} are left')
    """
    found: dict[str, Sentence] = {}
    for entry in re.split(r"\n(?=\S)", text.strip()):
        key, _, said = " ".join(entry.split()).partition(": ")
        code, *form = key.split()
        before = found.get(code, said)
        one = before.one if isinstance(before, Plural) else said
        found[code] = Plural(form[1], one, said) if form else said
    return MappingProxyType(found)


def chosen(
    table: Mapping[str, Sentence], code: str, values: Mapping[str, Any]
) -> Sentence:
    """Return the sentence of *code*, by the case and by what is nothing or zero.

    Of ``no_change`` for a plan without a detail, the first that is there of
    ``no_change.plan.no_detail``, ``no_change.plan``, ``no_change.no_detail`` and
    ``no_change``.  Where several values are nothing, the first of them counts.
    """
    cases = (values.get(name) for name in _CASES)
    stems = [
        f"{code}.{case}".replace(" ", "_") for case in cases if isinstance(case, str)
    ]
    missing = [*_missing(values)]
    keys = (
        key
        for stem in (*stems, code)
        for key in (*(f"{stem}.{nothing}" for nothing in missing), stem)
    )
    return next(table[key] for key in keys if key in table)


def _missing(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield ``no_`` and the name of what is nothing, ``zero_`` and that of a zero."""
    for name, value in values.items():
        if isinstance(value, int | Decimal):
            if not value:
                yield f"zero_{name}"
        elif value is None or value in ("", ()):
            yield f"no_{name}"


def filled(text: str, values: Mapping[str, Any], show: Show) -> str:
    """Return *text* with its blanks filled.  Raises: KeyError where a value lacks."""
    return text.format(**{name: _Blank(name, values, show) for name in values})


@final
class _Blank:
    """The place of a value in a sentence."""

    __slots__ = ("_name", "_show", "_values")

    def __init__(self, name: str, values: Mapping[str, Any], show: Show) -> None:
        self._name = name
        self._values = values
        self._show = show

    def __format__(self, spec: str) -> str:
        return self._show(self._name, spec, self._values)

    def __repr__(self) -> str:
        return self._show(self._name, "r", self._values)


def in_parts(text: str) -> tuple[str, str]:
    """Return a sentence and the way out behind it, which may be none."""
    sentence, _, remedy = text.partition(" | ")
    return sentence, remedy


def in_english(sentence: Sentence, values: Mapping[str, Any]) -> tuple[str, str]:
    """Return *sentence* and its way out in English."""
    if isinstance(sentence, Plural):
        sentence = sentence.one if values[sentence.by] == 1 else sentence.many
    said, remedy = in_parts(sentence)
    return filled(said, values, _english), filled(remedy, values, _english)


def _english(name: str, spec: str, values: Mapping[str, Any]) -> str:
    """Return a value in plain English, as no locale would write it."""
    value = values[name]
    if spec == "r":
        return repr(shown(value))
    if spec == "words":
        return str(value).replace("_", " ")
    if spec == "plural":
        return UNITS[value][1] if is_unit(value) else str(value)
    if spec == "type":
        return type(value).__name__
    if spec == "span" and is_span(value):
        return _span(*value)
    if type(value) is tuple:
        return str(shown(_row(value, spec)))
    if spec in ("", "or", "span"):
        return _plain(value)
    return counted(shown(value), unit_of(spec, values))


def _plain(value: Any) -> str:
    """Return *value* as English tells it; an interval by its length."""
    if value is None:
        return "nothing"
    if months := getattr(value, "months", 0):
        return counted(months, "month")
    return str(shown(value))


def unit_of(spec: str, values: Mapping[str, Any]) -> str:
    """Return the unit that a blank counts: one of the values, or the unit itself."""
    unit = values.get(spec)
    return unit if isinstance(unit, str) else spec


def is_unit(unit: object) -> bool:
    """Tell whether *unit* has words for one and for many."""
    return isinstance(unit, str) and unit in UNITS


def counted(n: Any, unit: str) -> str:
    """Return "1 seat", "3 seats", and "3 × bike" for a unit of the host's own."""
    if unit not in UNITS:
        return f"{n} × {unit}"
    one, many = UNITS[unit]
    return f"{n} {one if n in (1, -1) else many}"


def is_span(value: object) -> bool:
    """Tell whether *value* is a start and an end."""
    if not isinstance(value, tuple) or len(value) != 2:
        return False
    return type(value[0]) is type(value[1]) and isinstance(value[0], dt.date)


def _span(start: dt.date, end: dt.date) -> str:
    """Return the time from *start* up to *end*; days through the last one."""
    if isinstance(end, dt.datetime):
        return f"{start} until {end}"
    return f"{start} to {dt.date.fromordinal(max(end.toordinal() - 1, 1))}"


def _row(values: tuple[Any, ...], spec: str) -> str:
    """Return *values* in a row; of a choice the last one stands after "or"."""
    *others, last = map(_plain, values or ("none",))
    if spec == "or" and others:
        return f"{', '.join(others)} or {last}"
    return ", ".join((*others, last))


@final
class _Cut(str):
    """The beginning of what a long value looks like."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def shown(value: Any) -> Any:
    """Return *value*, or its beginning where nobody would read it to its end."""
    if type(value) is int:
        bits = value.bit_length()
        return f"a number of {bits} bits" if bits > 4096 else value
    try:
        text = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):  # a number in it has thousands of digits
        return _Cut(f"a value of {type(value).__name__} that is too long to show")
    if len(text) <= (_LONGEST if text is not value else 10 * _LONGEST):
        return value
    return _Cut(f"{text[: _LONGEST - 3]}...")
