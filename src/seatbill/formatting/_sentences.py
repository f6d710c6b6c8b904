"""Refusals, notices, findings and discrepancies, each a sentence with its figures."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, Final

from .. import errors
from .._findings import _FINDINGS, Finding
from .._previews import Refusal
from ..errors import Plural, SeatbillError, Sentence, filled, in_parts, sentence_of
from ..invoices import Discrepancy
from ..subscriptions import _NOTICES, Notice
from ._catalogues import words
from ._marks import named
from ._quantities import like
from ._values import shower

_KINDS: Final = {
    kind.code: kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, SeatbillError)
}

# What may differ on a line, and on the document itself.
_DIFFERS: Final = {
    "amount": named("Discrepancy", "the amount is {stated}, it should be {expected}"),
    "billing_reason": named(
        "Discrepancy", "the reason is {stated}, it should be {expected}"
    ),
    "cap": named("Discrepancy", "the cap is {stated}, and cuts nothing short"),
    "credit_applied": named(
        "Discrepancy", "the credit applied is {stated}, it should be {expected}"
    ),
    "currency": named(
        "Discrepancy", "the currency is {stated}, it should be {expected}"
    ),
    "full_amount": named(
        "Discrepancy", "a whole period is {stated}, it should be {expected}"
    ),
    "issued_on": named(
        "Discrepancy", "the day of issue is {stated}, it should be {expected}"
    ),
    "key": named("Discrepancy", "the history gives no invoice such as {stated}"),
    "kind": named("Discrepancy", "the line is a {stated}, it should be a {expected}"),
    "period": named("Discrepancy", "the time is {stated}, it should be {expected}"),
    "quantity": named(
        "Discrepancy", "the quantity is {stated}, it should be {expected}"
    ),
    "recipient": named(
        "Discrepancy", "the recipient is {stated}, it should be {expected}"
    ),
    "share": named("Discrepancy", "the share is {stated}, it should be {expected}"),
    "subtotal": named(
        "Discrepancy", "the subtotal is {stated}, it should be {expected}"
    ),
    "taxes": named("Discrepancy", "the taxes are {stated}, they should be {expected}"),
    "total": named("Discrepancy", "the total is {stated}, it should be {expected}"),
    "unit_amount": named(
        "Discrepancy", "the unit price is {stated}, it should be {expected}"
    ),
}
_LINE: Final = re.compile(r"lines\[([0-9]{1,9})\]\.(\w+)")


def refusal_text(error: SeatbillError, locale: str) -> str:
    """Return why something is refused, and the way out.

    One that has no sentence of its own tells its problems one by one, in English.
    """
    if error.sentence == SeatbillError.sentence:
        return str(error)
    values = {name: getattr(error, name) for name in error.names}
    return _told(sentence_of(type(error), values), values, locale)


def kept_refusal_text(refusal: Refusal, locale: str) -> str:
    """Return what a refusal that was kept as a value says.

    One that was made by hand, of a code or with values of its own, says its message.
    """
    kind = _KINDS.get(refusal.code)
    values = dict(refusal.values)
    if kind is None or not {*kind.names} <= {*values}:
        return refusal.message
    return _told(sentence_of(kind, values), values, locale)


def notice_text(notice: Notice, locale: str) -> str:
    """Return what a customer should be told."""
    return _told(_NOTICES[notice.code], dict(notice.values), locale)


def finding_text(finding: Finding, locale: str) -> str:
    """Return what a review found."""
    return _told(_FINDINGS[finding.code], dict(finding.values), locale)


def discrepancy_text(discrepancy: Discrepancy, locale: str) -> str:
    """Return what does not add up, and on which line."""
    line = _LINE.fullmatch(discrepancy.where)
    what = line[2] if line else discrepancy.where
    values = {
        "what": what,
        "stated": discrepancy.stated,
        "expected": discrepancy.expected,
    }
    pgettext = words(locale).pgettext
    said = filled(
        pgettext("Discrepancy", _DIFFERS.get(what, _OTHER)), values, shower(locale)
    )
    if line is None:
        return said
    place = words(locale).gettext("Line {number}: {problem}")
    values = {"number": int(line[1]) + 1, "problem": said}
    return filled(place, values, shower(locale))


def _told(sentence: Sentence, values: Mapping[str, Any], locale: str) -> str:
    """Return *sentence* with its values and its way out, as *locale* writes them."""
    if isinstance(sentence, Plural):
        n = like(values[sentence.by], locale)
        text = words(locale).ngettext(sentence.one, sentence.many, n)
    else:
        text = words(locale).gettext(sentence)
    said, remedy = (filled(part, values, shower(locale)) for part in in_parts(text))
    joined = words(locale).gettext("%(sentence)s: %(remedy)s.")
    return joined % {"sentence": said, "remedy": remedy} if remedy else f"{said}."
