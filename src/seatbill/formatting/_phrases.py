"""The words that stand inside sentences, by the values that they stand for."""

from __future__ import annotations

from typing import Final

from ._catalogues import words

_NOUNS: Final = (
    "a paid plan; add-on; address; allowance; amount; card brand; charge; column; "
    "contract; country; credit lot; credit note; currency; dates; datetimes in UTC; "
    "discount; dunning step; finding; interval discount; invoice; licence variant; "
    "line; member; mention; name; notice; pack; package; pending purchase; plan; "
    "price; purchase; purpose; registration; resource; rulebook; service; "
    "subscription; subtotal; tax class; tax rate; taxes; team; total; true-up; unit; "
    "value"
)
_TERMS: Final = (
    "accounting currency; buyer; buyer reference; city of the buyer; city of the "
    "seller; contact of the seller; corrected invoice; country of the buyer; country "
    "of the seller; creditor identifier; debited account; due day; e-address of the "
    "buyer; e-address of the seller; e-mail of the seller; mandate; note; phone of the "
    "seller; postcode of the buyer; postcode of the seller; registration of the "
    "seller; seller; VAT number of the buyer; VAT number of the seller; way to pay"
)
WORDS: Final = {
    **{noun: noun for noun in f"{_NOUNS}; {_TERMS}".split("; ")},
    "change_mailbox": "change the mailbox",
    "detail": "detail of a recipient",
    "full_amount": "whole period",
    "untaxed": "lines without tax",
    "vat_number": "VAT number",
}
"""Each has its article where the language has one: "la formule"."""

_NAMES: Final = frozenset(("action", "kind", "missing", "wanted", "what", "where"))


def word_text(name: str, value: str, locale: str) -> str:
    """Return the word for *value*, where one of this *name* is a word and no id."""
    if name not in _NAMES or value not in WORDS:
        return value
    return words(locale).pgettext("value", WORDS[value])
