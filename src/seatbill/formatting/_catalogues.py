"""The words of documents, from the gettext catalogues in this package.

This is the one place below the shell that opens a file, and only these: a catalogue
is code that translators write, the same wherever this version is installed.
"""

from __future__ import annotations

import importlib.resources
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from typing import Final, final

from ._locales import conventions

LOCALES: Final = ("ar", "de", "en", "es", "fr", "it")
"""The languages that have words; English is the source, Arabic those of documents."""


@final
class Words:
    """The words of one language; what it has no word for is English.

    *tag* is the BCP 47 tag of the words, for ``lang=`` in HTML: the locale's where
    there is a catalogue, English else.  *direction* is ``"ltr"`` or ``"rtl"``.
    """

    __slots__ = ("_catalogue", "direction", "tag")

    tag: str
    direction: str

    def __init__(self, tag: str, direction: str, catalogue: NullTranslations) -> None:
        self.tag = tag
        self.direction = direction
        self._catalogue = catalogue

    def gettext(self, message: str) -> str:
        """Return *message* in this language."""
        return self._catalogue.gettext(message) if message else ""

    def pgettext(self, context: str, message: str) -> str:
        """Return *message* as it is said in *context*."""
        return self._catalogue.pgettext(context, message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return the plural form that *n* takes: *one* or *many* in English."""
        return self._catalogue.ngettext(one, many, abs(n))

    def __repr__(self) -> str:
        return f"Words({self.tag!r})"


def words(locale: str = "en") -> Words:
    """Return the words of *locale*: of its language, or English where it has none.

    >>> words("fr-CA").ngettext("%(count)s seat", "%(count)s seats", 3)
    '%(count)s sièges'

    Raises: LocaleError where CLDR does not know the locale.
    """
    found = conventions(locale).locale
    if found.language not in LOCALES:
        return _words("en", "left-to-right", "en")
    return _words(str(found).replace("_", "-"), found.character_order, found.language)


@lru_cache(maxsize=64)
def _words(tag: str, order: str, language: str) -> Words:
    """Return the words of a language that has a catalogue."""
    return Words(tag, "rtl" if order == "right-to-left" else "ltr", _read(language))


@lru_cache(maxsize=len(LOCALES))
def _read(language: str) -> NullTranslations:
    """Return the catalogue of *language*, read once."""
    if language == "en":
        return NullTranslations()
    package = importlib.resources.files("seatbill")
    path = f"locale/{language}/LC_MESSAGES/seatbill.mo"
    return GNUTranslations(BytesIO(package.joinpath(path).read_bytes()))
