"""Extract the messages of the sources, bring the catalogues up to date, compile them.

`make messages` runs this; `tests/test_catalogues.py` checks that nothing is left to do.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parents[1] / "src" / "seatbill"
CATALOGUES = SOURCE / "locale"
TEMPLATE = CATALOGUES / "seatbill.pot"

# How messages are marked: `_` and its kin where they are used, `phrase`, `named` and
# `plural` in tables.
KEYWORDS = {
    "_": {None: None, 3: (1, 2)},  # gettext, or ngettext where it takes three
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "named": ((1, "c"), 2),
    "phrase": None,
    "plural": (1, 2),
}

# Sentences that are told in English by ``str()`` too stand in no call: the templates of
# refusals, notices and findings.
ATTRIBUTES = {"sentence", "remedy"}
TABLES = {"_NOTICES", "_FINDINGS"}

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
        for message in sentences(ast.parse(content)):
            found.add(message, None, locations=place)
    return found


def sentences(tree: ast.Module) -> Iterator[str]:
    """Yield the templates of refusals, notices and findings."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))
            ) if name in ATTRIBUTES and has_words(text):
                yield text
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(values=values))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict(values=values))
            ) if name in TABLES:
                yield from map(ast.literal_eval, values)


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
    """Return a catalogue as programs read it."""
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
