"""The catalogues of words: up to date with the sources, complete, compiled.

`make messages` brings them up to date; what is then empty is for a translator.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from importlib import import_module, resources
from io import BytesIO
from pkgutil import iter_modules
from string import Formatter
from typing import get_args

import pytest
from babel.messages.mofile import read_mo

import cldr
import messages
import seatbill
from messages import (
    SOURCE,
    TEMPLATE,
    catalogue,
    has_words,
    languages,
    refusals,
    subclasses,
    template,
)
from seatbill import errors
from seatbill._values.base import Word
from seatbill.errors import SeatbillError
from seatbill.errors._english import ENGLISH
from seatbill.errors.wording import UNITS, Plural, filled, in_parts
from seatbill.formatting import LOCALES, words
from seatbill.formatting._changes import CHANGES, PENDING
from seatbill.formatting._labels import _LABELS
from seatbill.formatting._phrases import WORDS
from seatbill.formatting._sentences import DIFFERS
from seatbill.rules import ChangeKind
from seatbill.subscriptions import Change

COMPLETE = ("de", "es", "fr", "it")
EVERY = languages()


def said(catalog):
    """Return the messages of *catalog*, by context and text, without its header."""
    return {(m.context, whole(m.id)): m.string for m in catalog if m.id}


def whole(id):
    """Return the text of a message; both forms of one that has a plural."""
    return tuple(id) if isinstance(id, list) else id


TEMPLATES = said(template())
TRANSLATED = {language: said(catalogue(language)) for language in EVERY}
FRENCH = TRANSLATED["fr"]


def parts(string):
    """Return the forms of a message or of a translation."""
    return tuple(string) if isinstance(string, tuple | list) else (string,)


def placeholders(text):
    """Return the names of the placeholders in *text*, of either kind."""
    percent = re.findall(r"%\((\w+)\)s", text)
    braces = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    return {*percent, *braces}


# -------------------------------------------------------------------------- up to date


def test_the_template_has_every_message_of_the_sources():
    with TEMPLATE.open("rb") as file:
        kept = messages.read_po(file)
    assert said(kept).keys() == TEMPLATES.keys(), "run: make messages"


@pytest.mark.parametrize("language", EVERY)
def test_a_catalogue_has_the_messages_of_the_template_and_no_other(language):
    assert TRANSLATED[language].keys() == TEMPLATES.keys(), "run: make messages"


@pytest.mark.parametrize("language", EVERY)
def test_what_is_compiled_is_what_was_translated(language):
    compiled = messages.po_path(language).with_suffix(".mo").read_bytes()
    kept = said(read_mo(BytesIO(compiled)))
    expected = {
        (context, parts(id)[0]): parts(string)
        for (context, id), string in TRANSLATED[language].items()
        if any(parts(string))
    }
    found = {
        # Babel before 2.19 leaves contexts as bytes
        (context.decode() if isinstance(context, bytes) else context, parts(id)[0]): (
            parts(string)
        )
        for (context, id), string in kept.items()
    }
    assert found == expected, "run: make messages"


def test_the_languages_that_are_offered_are_those_that_are_there():
    assert sorted(LOCALES) == sorted([*EVERY, "en"])
    package = resources.files(seatbill)
    for language in EVERY:
        path = f"locale/{language}/LC_MESSAGES/seatbill.mo"
        assert package.joinpath(path).is_file()


# ---------------------------------------------------------------------------- complete


@pytest.mark.parametrize("language", COMPLETE)
def test_nothing_is_empty_or_fuzzy(language):
    empty = [key for key, text in TRANSLATED[language].items() if not all(parts(text))]
    assert empty == []
    assert [m.id for m in catalogue(language) if m.fuzzy] == []


@pytest.mark.parametrize("language", EVERY)
def test_a_translation_has_the_placeholders_of_its_message(language):
    for (_, id), string in TRANSLATED[language].items():
        for text in filter(None, parts(string)):
            assert placeholders(text) in [*map(placeholders, parts(id))], (id, text)


@pytest.mark.parametrize("language", EVERY)
def test_a_translation_can_be_filled(language):
    blanks = defaultdict(lambda: "x")
    for (_, id), string in TRANSLATED[language].items():
        for text in filter(None, parts(string)):
            if "%(" in parts(id)[0]:
                assert "x" in text % blanks
            elif "{0}" in text:
                assert "x" in text.format("x", "y")
            elif has_words(text):
                values = dict.fromkeys(placeholders(text), "x")
                assert "{" not in filled(text, values, lambda *_: "x")


@pytest.mark.parametrize("language", EVERY)
def test_the_plural_forms_are_those_of_cldr(language):
    """A catalogue may have fewer: "1 000 000 sièges" needs no form of its own."""
    known = cldr.held(language).plural_form
    declared = catalogue(language).num_plurals
    gettext = words(language).ngettext
    forms = {
        key: parts(string)
        for key, string in TRANSLATED[language].items()
        if isinstance(key[1], tuple)
    }
    for string in forms.values():
        assert len(string) == declared
    one, many = "%(count)s seat", "%(count)s seats"
    by_form = {}
    for n in (*range(1000), 1_000_000):
        by_form.setdefault(known(n), set()).add(gettext(one, many, n))
    assert all(len(texts) == 1 for texts in by_form.values()), by_form


@pytest.mark.parametrize(
    "message",
    [
        "Invoice",
        "Credit note",
        "Bill to",
        "Item",
        "Quantity",
        "Unit price",
        "Subtotal",
        "Total",
        "Amount due",
    ],
)
def test_arabic_has_the_words_of_an_invoice(message):
    assert re.search("[\u0600-\u06ff]", words("ar").gettext(message))


def test_french_is_set_as_french_is():
    """A space that does not break before : and ;, a curved apostrophe."""
    for string in FRENCH.values():
        for form in parts(string):
            text = re.sub(r"{\w+!r}", "…", form)
            assert not re.search(r"[^\u202f][;!?]", text), text
            assert not re.search(r"[^\u00a0]:(?= |$)", text), text
            assert not re.search(r"(?<=[a-zéè])'(?=[a-zéèêàâ{%«])", text), text
            assert not re.search("«[^\u00a0]|[^\u00a0]»", text), text


# ----------------------------------------------------------- everything that is told


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: kind.__name__)
def test_a_refusal_has_a_sentence_and_a_way_out(kind):
    cases = [key for key in ENGLISH if key.partition(".")[0] == kind.code]
    own = "sentence" in vars(kind)
    assert cases or own or "__str__" in vars(kind)
    if own or kind.code in cases:  # others tell their problems one by one
        assert kind.sentence != SeatbillError.sentence
        assert kind.remedy or kind.code == "law_broken"


def test_every_sentence_of_the_library_has_its_blanks_and_its_way_out():
    blanks = {kind.code: {*kind.names} for kind in refusals()}
    for key, sentence in ENGLISH.items():
        for text in sentence[1:] if isinstance(sentence, Plural) else (sentence,):
            assert placeholders(text) <= blanks[key.partition(".")[0]], key
            assert text.count(" | ") == 1, key
            assert not re.search(r"\bwhat\b|[.:]$", text), key
    for table in messages.TABLES[1:]:
        for key, sentence in table.items():
            assert not in_parts(str(sentence))[1], key


def test_a_translation_has_a_way_out_where_its_message_has_one():
    for language in EVERY:
        for (_, id), string in TRANSLATED[language].items():
            for text in filter(None, parts(string)):
                assert text.count(" | ") == parts(id)[0].count(" | "), text


def literals_of(module, function):
    """Yield the first argument of each call of *function*, as far as it is written."""
    for node in ast.walk(ast.parse((SOURCE / f"{module}.py").read_text())):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name == function:
                yield ast.unparse(first).strip("f'\"")


def test_every_discrepancy_has_words():
    compared = {
        where.removeprefix("{where}.")
        for where in literals_of("verification", "compare")
    }
    reconciled = {*literals_of("reviews/reconciling", "Discrepancy")} - {"name"}
    totals = import_module("seatbill.reviews.reconciling")._TOTALS
    assert {*compared, *reconciled, *totals} == DIFFERS.keys() - {""}
    assert "taxes" in compared
    assert "key" in reconciled
    for text in DIFFERS.values():
        assert FRENCH.get(("Discrepancy", text)), text


def test_every_change_and_all_that_can_wait_has_words():
    asked = {code.partition(".")[0] for code in CHANGES}
    assert asked == {kind.__name__ for kind in get_args(Change)}
    assert {code.partition(".")[0] for code in PENDING} == {*ChangeKind}


def test_every_member_of_every_enumeration_has_a_label():
    members = {
        f"{kind.__name__}.{member.name}": kind.__name__
        for kind in subclasses(Word)
        for member in kind
    }
    assert _LABELS.keys() == members.keys()
    for name, kind in members.items():
        assert FRENCH.get((kind, _LABELS[name])), name


def test_every_unit_of_a_rulebook_has_words():
    units = set()
    for module in iter_modules(import_module("seatbill.rulebooks").__path__):
        rulebook = import_module(f"seatbill.rulebooks.{module.name}")
        for item in (*rulebook.CATALOG.plans, *rulebook.CATALOG.add_ons):
            units |= {price.unit for price in item.prices}
    assert "seat" in units
    assert units <= UNITS.keys()


def test_a_unit_is_counted_by_its_own_name():
    for unit, (one, many) in UNITS.items():
        name = unit.replace("_", " ") if unit != "limited" else "limited seat"
        assert (one, many) == (name, f"{name}s")


# What refusals are made of, as far as it is written where they are raised: the cases
# that have a sentence of their own, and the kinds that are words.
NAMES = {kind.__name__: kind for kind in refusals()}


def literals(node):
    """Yield the texts that *node* may be."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(body)
            yield from literals(orelse)


def written(tree):
    """Yield the class, the parameter and the text of what refusals are made of."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="unique"), args=[first, *_]):
                for text in literals(first):
                    yield errors.DuplicateError, "kind", text
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in NAMES:
                kind = NAMES[name]
                for parameter, argument in zip(kind.names, arguments, strict=False):
                    for text in literals(argument):
                        yield kind, parameter, text


WRITTEN = {
    found
    for path in SOURCE.rglob("*.py")
    for found in written(ast.parse(path.read_text(encoding="utf-8")))
}


def test_literals_are_found_however_they_are_written():
    source = (
        "PriceError('a' if x else 'b', i)\n"
        "unique('c', found)\n"
        "PriceError(problem, h())\n"
    )
    found = [*written(ast.parse(source))]
    price, twice = errors.PriceError, errors.DuplicateError
    assert found == [
        (price, "problem", "a"),
        (price, "problem", "b"),
        (twice, "kind", "c"),
    ]


def test_every_problem_has_a_sentence_and_every_sentence_a_problem():
    raised = {
        f"{kind.code}.{text}"
        for kind, parameter, text in WRITTEN
        if parameter == "problem"
    }
    kinds = {kind.code for kind in refusals() if "problem" in kind.names}
    assert raised == {key for key in ENGLISH if key.partition(".")[0] in kinds} - kinds
    assert len(kinds) == 10


def test_every_kind_that_is_named_is_a_word():
    named = {
        text
        for kind, parameter, text in WRITTEN
        if kind in (errors.UnknownItemError, errors.DuplicateError)
        and parameter == "kind"
        and f"{kind.code}.{text}" not in ENGLISH
    }
    assert "add-on" in named
    shell = {"schema", "strategy", "kind", "what"}  # of what only a program asks for
    assert named - shell <= WORDS.keys()
