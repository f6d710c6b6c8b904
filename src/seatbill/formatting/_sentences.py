"""Refusals, notices, findings and discrepancies, each a sentence with its figures."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, Final

from .. import errors
from ..errors import SeatbillError, sentence_of
from ..errors.wording import Sentence, filled
from ..notices import Finding, Notice, Refusal, sentence_in
from ..verification import Discrepancy
from ._catalogues import words
from ._names import Item
from ._values import in_words, shower

_KINDS: Final = {
    kind.code: kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, SeatbillError)
}

# What may differ on a line, and on the document itself.
_DIFFERING: Final = {
    "amount": "The amount is",
    "billing_reason": "The reason is",
    "credit_applied": "The credit applied is",
    "credit_lots": "What gifts paid is",
    "currency": "The currency is",
    "full_amount": "A whole period is",
    "issued_on": "The day of issue is",
    "payable_step": "{what} is",
    "period": "The time is",
    "quantity": "The quantity is",
    "recipient": "The recipient is",
    "share": "The share is",
    "subtotal": "The subtotal is",
    "taxes": "The taxes are",
    "total": "The total is",
    "unit_amount": "The unit price is",
    "": "{what} is",
}
DIFFERS: Final = {
    "cap": "The cap is {stated}, but cuts nothing short",
    "kind": "The line is a {stated}, but should be a {expected}",
    "key": "The history gives no invoice such as {stated}",
    **{
        what: f"{said} {{stated}}, but should be {{expected}}"
        for what, said in _DIFFERING.items()
    },
}
_INVOICE: Final = re.compile(r"invoices\[([0-9]{1,9})\]\.(.+)")
_LINE: Final = re.compile(r"lines\[([0-9]{1,9})\]\.(\w+)")


def refusal_text(
    error: SeatbillError, locale: str, items: tuple[Item, ...] = ()
) -> str:
    """Return why something is refused, and the way out.

    One that has no sentence of its own tells its problems one by one, in English.
    """
    if error.sentence == SeatbillError.sentence:
        return str(error)
    values = {name: getattr(error, name) for name in error.names}
    return _told(sentence_of(type(error), values), values, locale, items)


def kept_refusal_text(
    refusal: Refusal, locale: str, items: tuple[Item, ...] = ()
) -> str:
    """Return what a refusal that was kept as a value says.

    One that was made by hand, of a code or with values of its own, says its message.
    """
    kind = _KINDS.get(refusal.code)
    values = dict(refusal.values)
    if kind is None or not {*kind.names} <= {*values}:
        return refusal.message
    return _told(sentence_of(kind, values), values, locale, items)


def told_text(told: Finding | Notice, locale: str, items: tuple[Item, ...] = ()) -> str:
    """Return what a review found, or what a customer should be told."""
    return _told(sentence_in(told), dict(told.values), locale, items)


def discrepancy_text(discrepancy: Discrepancy, locale: str) -> str:
    """Return what does not add up, and on which line."""
    inside = _INVOICE.fullmatch(discrepancy.where)
    if inside is not None:
        own = Discrepancy(inside[2], discrepancy.stated, discrepancy.expected)
        said = words(locale).gettext("Invoice {number}: {problem}")
        parts = {"number": int(inside[1]) + 1, "problem": discrepancy_text(own, locale)}
        return filled(said, parts, shower(locale))
    line = _LINE.fullmatch(discrepancy.where)
    what = line[2] if line else discrepancy.where
    values = {
        "what": what,
        "stated": discrepancy.stated,
        "expected": discrepancy.expected,
    }
    message = words(locale).pgettext("Discrepancy", DIFFERS.get(what, DIFFERS[""]))
    said = filled(message, values, shower(locale))
    if line is None:
        return f"{said}."
    number = {"number": int(line[1]) + 1, "problem": said}
    place = words(locale).gettext("{problem} (line {number}).")
    return filled(place, number, shower(locale))


def _told(
    sentence: Sentence,
    values: Mapping[str, Any],
    locale: str,
    items: tuple[Item, ...],
) -> str:
    """Return *sentence* with its values and its way out, as *locale* writes them."""
    said, remedy = in_words(sentence, values, locale, items)
    joined = words(locale).gettext("%(sentence)s: %(remedy)s.")
    return joined % {"sentence": said, "remedy": remedy} if remedy else f"{said}."
