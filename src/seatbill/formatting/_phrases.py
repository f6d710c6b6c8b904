"""The words that stand inside sentences, by the values that they stand for."""

from __future__ import annotations

from typing import Final

from ._catalogues import words
from ._marks import named

# Nouns have their article where the language has one: "la formule".
_WORDS: Final = {
    "a paid plan": named("value", "a paid plan"),
    "add-on": named("value", "add-on"),
    "address": named("value", "address"),
    "allowance": named("value", "allowance"),
    "amount": named("value", "amount"),
    "card brand": named("value", "card brand"),
    "change_mailbox": named("value", "change the mailbox"),
    "charge": named("value", "charge"),
    "contract": named("value", "contract"),
    "country": named("value", "country"),
    "credit note": named("value", "credit note"),
    "dates": named("value", "dates"),
    "datetimes in UTC": named("value", "datetimes in UTC"),
    "detail": named("value", "detail of a recipient"),
    "discount": named("value", "discount"),
    "finding": named("value", "finding"),
    "full_amount": named("value", "whole period"),
    "interval discount": named("value", "interval discount"),
    "invoice": named("value", "invoice"),
    "licence variant": named("value", "licence variant"),
    "line": named("value", "line"),
    "member": named("value", "member"),
    "mention": named("value", "mention"),
    "name": named("value", "name"),
    "notice": named("value", "notice"),
    "pack": named("value", "pack"),
    "package": named("value", "package"),
    "pending purchase": named("value", "pending purchase"),
    "plan": named("value", "plan"),
    "price": named("value", "price"),
    "purchase": named("value", "purchase"),
    "purpose": named("value", "purpose"),
    "registration": named("value", "registration"),
    "resource": named("value", "resource"),
    "rulebook": named("value", "rulebook"),
    "service": named("value", "service"),
    "subtotal": named("value", "subtotal"),
    "tax rate": named("value", "tax rate"),
    "taxes": named("value", "taxes"),
    "team": named("value", "team"),
    "total": named("value", "total"),
    "unit": named("value", "unit"),
    "untaxed": named("value", "lines without tax"),
    "value": named("value", "value"),
    "vat_number": named("value", "VAT number"),
}
_NAMES: Final = frozenset(("action", "kind", "missing", "wanted", "what", "where"))


def word_text(name: str, value: str, locale: str) -> str:
    """Return the word for *value*, where one of this *name* is a word and no id."""
    if name not in _NAMES or value not in _WORDS:
        return value
    return words(locale).pgettext("value", _WORDS[value])
