"""Extract the messages of the sources, bring the catalogues up to date, compile them.

`make messages` runs this; `tests/test_catalogues.py` checks that nothing is left to do.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import seatbill
from seatbill.errors import SeatbillError, sentence_of
from seatbill.errors._english import ENGLISH
from seatbill.errors._tellings import FINDINGS, NOTICES
from seatbill.errors.wording import UNITS, Plural
from seatbill.formatting._changes import CHANGES, PENDING
from seatbill.formatting._phrases import WORDS
from seatbill.formatting._sentences import DIFFERS

SOURCE = Path(__file__).parents[1] / "src" / "seatbill"
CATALOGUES = SOURCE / "locale"
TEMPLATE = CATALOGUES / "seatbill.pot"

# How messages are marked: `_` and its kin where they are used, `named` in tables.
KEYWORDS = {
    "_": {None: None, 3: (1, 2)},  # gettext, or ngettext where it takes three
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "named": ((1, "c"), 2),
}

TABLES = (ENGLISH, NOTICES, FINDINGS, CHANGES, PENDING)
"""The sentences of refusals, notices, findings and changes, by their codes."""

FIXED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # a date that says nothing new each time


def template() -> Catalog:
    """Return every message of the sources, without translations."""
    found = Catalog(
        project="seatbill",
        copyright_holder="the seatbill contributors",
        version="1",
        msgid_bugs_address="CONTRIBUTING.md",
        creation_date=FIXED,
        revision_date=FIXED,
        charset="utf-8",
        fuzzy=False,
    )
    found.header_comment = "# The words of seatbill.  `make messages` writes this file."
    for path in sorted(SOURCE.rglob("*.py")):
        place = [(path.relative_to(SOURCE.parent).as_posix(), 0)]
        content = path.read_bytes()
        for _, message, comments, context in extract(
            "python", BytesIO(content), KEYWORDS, comment_tags=("L10N:",)
        ):
            found.add(
                message,
                None,
                locations=place,
                auto_comments=comments,
                context=context,
            )
    for message, context in told():
        found.add(message, None, context=context)
    return found


def told() -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """Yield what ``str()`` tells in English too, and with which context."""
    of_the_library = [sentence for table in TABLES for sentence in table.values()]
    own = [
        sentence_of(kind, {})
        for kind in refusals()
        if kind.code not in ENGLISH and kind.sentence != SeatbillError.sentence
    ]
    for sentence in (*of_the_library, *own):
        plural = isinstance(sentence, Plural)
        yield (sentence.one, sentence.many) if plural else sentence, None
    yield from ((text, "Discrepancy") for text in DIFFERS.values())
    yield from ((word, "value") for word in WORDS.values())
    for one, many in UNITS.values():
        yield (f"%(count)s {one}", f"%(count)s {many}"), None
        yield many, "unit"


def load(package: ModuleType = seatbill) -> None:
    """Import every module of the package, so that its classes are known."""
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        # What goes with a framework says nothing of its own, and may lack it.
        if not module.name.endswith(("__main__", "seatbill.ext")):
            found = import_module(module.name)
            if module.ispkg:
                load(found)


def subclasses(kind: type) -> Iterator[type]:
    """Yield the classes that inherit from *kind*, in the package."""
    for found in kind.__subclasses__():
        if found.__module__.startswith("seatbill"):
            yield found
        yield from subclasses(found)


def refusals() -> list[type[SeatbillError]]:
    """Return every class of refusals in the package."""
    load()
    return sorted(subclasses(SeatbillError), key=lambda kind: kind.__name__)


def has_words(text: str) -> bool:
    """Tell whether *text* says something beside its placeholders."""
    return bool(re.sub(r"{[^}]*}", "", text).strip())


def languages() -> list[str]:
    """Return the languages that have a catalogue, English aside."""
    return sorted(path.parent.parent.name for path in CATALOGUES.glob("*/*/*.po"))


def po_path(language: str) -> Path:
    """Return where the catalogue of *language* is."""
    return CATALOGUES / language / "LC_MESSAGES" / "seatbill.po"


def catalogue(language: str) -> Catalog:
    """Return the catalogue of *language* as its translators wrote it."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain="seatbill", charset="utf-8")


def compiled(of: Catalog) -> bytes:
    """Return a catalogue as programs read it: what is not translated is not there."""
    for message in [*of]:
        if not any(message.string):  # a plural would be written in English
            of.delete(message.id, message.context)
    out = BytesIO()
    write_mo(out, of)
    return out.getvalue()


def written(of: Catalog) -> bytes:
    """Return a catalogue as people read it: by message, without line numbers."""
    out = BytesIO()
    write_po(
        out, of, width=88, sort_output=True, ignore_obsolete=True, include_lineno=False
    )
    return out.getvalue()


def main() -> int:
    """Write the template, update each catalogue and compile it; tell what is empty."""
    messages = template()
    TEMPLATE.write_bytes(written(messages))
    for language in languages():
        found = catalogue(language)
        found.update(messages, no_fuzzy_matching=True)
        found.creation_date = found.revision_date = FIXED
        path = po_path(language)
        path.write_bytes(written(found))
        path.with_suffix(".mo").write_bytes(compiled(catalogue(language)))
        empty = sum(not any(m.string or ()) for m in found if m.id)
        print(f"{language}: {len(found)} messages, {empty} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
