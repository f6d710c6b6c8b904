"""Refusals, notices, findings and discrepancies, each a sentence with its figures."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any, Final

from .. import errors
from ..errors import SeatbillError
from ..notices import _FINDINGS, _NOTICES, Finding, Notice, Refusal
from ..verification import Discrepancy
from ._catalogues import words
from ._marks import named
from ._values import Shown

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
    return _refused(type(error), values, locale)


def kept_refusal_text(refusal: Refusal, locale: str) -> str:
    """Return what a refusal that was kept as a value says.

    One that was made by hand, of a code or with values of its own, says its message.
    """
    kind = _KINDS.get(refusal.code)
    values = dict(refusal.values)
    if kind is None or not {*kind.names} <= {*values}:
        return refusal.message
    return _refused(kind, values, locale)


def _refused(kind: type[SeatbillError], values: dict[str, Any], locale: str) -> str:
    """Return the sentence and the remedy of a refusal."""
    said = _told(words(locale).gettext(kind.sentence), values.items(), locale)
    if not kind.remedy:
        return said
    remedy = _told(words(locale).gettext(kind.remedy), values.items(), locale)
    _ = words(locale).gettext
    return _("%(sentence)s; %(remedy)s") % {"sentence": said, "remedy": remedy}


def notice_text(notice: Notice, locale: str) -> str:
    """Return what a customer should be told."""
    message = words(locale).gettext(_NOTICES[notice.code])
    return _told(message, notice.values, locale)


def finding_text(finding: Finding, locale: str) -> str:
    """Return what a review found."""
    message = words(locale).gettext(_FINDINGS[finding.code])
    return _told(message, finding.values, locale)


def discrepancy_text(discrepancy: Discrepancy, locale: str) -> str:
    """Return what does not add up, and on which line."""
    line = _LINE.fullmatch(discrepancy.where)
    what = line[2] if line else discrepancy.where
    values = [("stated", discrepancy.stated), ("expected", discrepancy.expected)]
    pgettext = words(locale).pgettext
    if what in _DIFFERS:
        said = _told(pgettext("Discrepancy", _DIFFERS[what]), values, locale)
    else:
        other = pgettext("Discrepancy", "{where} is {stated}, it should be {expected}")
        said = _told(other, [("where", what), *values], locale)
    if line is None:
        return said
    number = ("number", int(line[1]) + 1)
    place = words(locale).gettext("line {number}: {problem}")
    return _told(place, [number, ("problem", said)], locale)


def _told(message: str, values: Iterable[tuple[str, Any]], locale: str) -> str:
    """Return *message* with its values as *locale* writes them."""
    return message.format(**{k: Shown(k, value, locale) for k, value in values})
