"""One sentence for each thing that a document or a page tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, get_args

from .._values.base import Word
from ..catalogs import Catalog
from ..errors import SeatbillError, WrongTypeError
from ..invoices import InvoiceLine, ItemKind, LineKind, LineTerms
from ..notices import Finding, Notice, Refusal
from ..subscriptions import Change, Charge, PendingUpdate
from ..verification import Discrepancy
from ._catalogues import words
from ._changes import change_text, pending_text
from ._labels import label
from ._locales import conventions
from ._names import Item, item_name, items_of
from ._quantities import format_quantity, several_of
from ._sentences import (
    discrepancy_text,
    kept_refusal_text,
    refusal_text,
    told_text,
)

Described = (
    InvoiceLine
    | Charge
    | Change
    | PendingUpdate
    | Notice
    | SeatbillError
    | Refusal
    | Finding
    | Discrepancy
    | Word
)
"""What has words: of a bill, of a change, of a refusal, of a review."""


def describe(
    value: Described, locale: str = "en", *, catalog: Catalog | None = None
) -> str:
    """Return what *value* is, in the words of *locale*.

    Items are called as *catalog* calls them; what it does not hold by its own name
    where it has one, else by its id.

    A line and a charge get a title, a change and what waits a phrase; a notice, a
    finding, a discrepancy and a refusal their sentence, with the way out of it; a
    member of an enumeration its label.

    >>> from seatbill.subscriptions import AddSeats
    >>> describe(AddSeats(3)), describe(AddSeats(3), "fr")
    ('Add 3 seats', 'Ajouter 3 sièges')

    Raises: LocaleError, WrongTypeError.
    """
    conventions(locale)
    items = items_of(catalog)
    for kind, told in _TOLD:
        if isinstance(value, kind):
            return told(value, locale, items)
    raise WrongTypeError("value", "words", value)


def title(line: InvoiceLine | Charge, locale: str, items: tuple[Item, ...] = ()) -> str:
    """Return what *line* is about: "3 seats, pro"."""
    terms, quantity = line.terms, abs(line.quantity)
    item = item_name(terms.item_kind, terms.item, items)
    _ = words(locale).gettext
    if terms.item_kind is ItemKind.DISCOUNT:
        said = _("Discount %(item)s") % {"item": terms.item}
    elif terms.item_kind is ItemKind.FEE:
        said = _("Fee %(item)s") % {"item": terms.item}
        if terms.unit != ItemKind.FEE:  # of a term
            of_rest, of_more = _("Rest of the term: %(what)s"), _("True-up: %(what)s")
            counted = format_quantity(quantity, terms.unit, locale)
            said = (of_more if terms.item == "true-up" else of_rest) % {"what": counted}
    elif _counts_itself(terms):
        said = several_of(item, quantity, locale)
    else:
        counted = format_quantity(quantity, terms.unit, locale)
        said = _("%(quantity)s, %(item)s") % {"quantity": counted, "item": item}
    if isinstance(line, InvoiceLine) and line.kind is LineKind.CREDIT:
        unused, cheaper = _("Unused: %(what)s"), _("Lower price: %(what)s")
        return (cheaper if is_cheaper(line) else unused) % {"what": said}
    return said


def is_cheaper(line: InvoiceLine) -> bool:
    """Tell whether *line* is for more units, which a volume tier made cheaper."""
    counted = line.terms.item_kind in (ItemKind.PLAN, ItemKind.ADD_ON)
    return counted and line.kind is LineKind.CREDIT and line.quantity > 0


def _counts_itself(terms: LineTerms) -> bool:
    """Tell whether the quantity counts the item, rather than seats of it."""
    if terms.item_kind is ItemKind.ADD_ON:
        return terms.unit == "seat"
    return terms.item_kind is ItemKind.SERVICE


_TOLD: Final[tuple[tuple[Any, Callable[[Any, str, tuple[Item, ...]], str]], ...]] = (
    ((InvoiceLine, Charge), title),
    (get_args(Change), change_text),
    (PendingUpdate, pending_text),
    ((Finding, Notice), told_text),
    (SeatbillError, refusal_text),
    (Refusal, kept_refusal_text),
    (Discrepancy, lambda value, locale, _: discrepancy_text(value, locale)),
    (Word, lambda value, locale, _: label(value, locale)),
)
