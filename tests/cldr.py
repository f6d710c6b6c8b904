"""A stand-in of CLDR for what tests and pages show to the letter.

CLDR changes twice a year: a space, a sign, the name of a month.  So what a locale is
said to write stands in ``cldr.json``, which has the form of CLDR 46 and never changes,
and every test and example runs on it.  The CLDR that is installed is asked for by a
test that takes the fixture ``live_cldr``, and says what holds for any of them.  It is
asked of a locale that is not held, too: hold it before you show it to the letter.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import parse_pattern as days
from babel.numbers import parse_pattern as numbers
from babel.plural import PluralRule

from seatbill.formatting import _locales

HELD: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
)
installed = _locales.cldr


def says(name: str) -> dict[str, Any]:
    """Return what is held of a locale; what it does not say is as in one like it."""
    own = HELD[name]
    return {**says(own["like"]), **own} if "like" in own else own


class Held(Locale):
    """A locale whose conventions are held here."""

    def __init__(self, like: Locale) -> None:
        super().__init__(like.language, like.territory, like.script, like.variant)
        self.held = says(str(like))

    @property
    def default_numbering_system(self):
        return self.held["numbering_system"]

    @property
    def character_order(self):
        return self.held["direction"]

    @property
    def number_symbols(self):
        return self.held["signs"]

    @property
    def decimal_formats(self):
        return {None: numbers(self.held["decimal"])}

    @property
    def percent_formats(self):
        return {None: numbers(self.held["percent"])}

    @property
    def currency_formats(self):
        return {"standard": numbers(self.held["currency"])}

    @property
    def currency_symbols(self):
        return self.held["symbols"]

    @property
    def date_formats(self):
        return {"medium": days(self.held["day"])}

    @property
    def time_formats(self):
        return {width: days(pattern) for width, pattern in self.held["times"].items()}

    @property
    def datetime_formats(self):
        return {"medium": self.held["instant"]}

    @property
    def interval_formats(self):
        skeleton = "yMMMd" if "MMM" in self.held["day"] else "yMd"
        return {None: self.held["between"], skeleton: self.held["days"]}

    @property
    def months(self):
        names = {"abbreviated": dict(enumerate(self.held["months"], 1))}
        return {"format": names, "stand-alone": names}

    @property
    def day_periods(self):
        names = dict(zip(("am", "pm"), self.held["halves"], strict=True))
        return {"format": {"abbreviated": names}}

    @property
    def plural_form(self):
        return PluralRule(self.held["plurals"])


@lru_cache
def held(tag: str) -> Locale:
    """Return what is held of the locale *tag*; what is installed where nothing is."""
    known = installed(tag)
    return Held(known) if str(known) in HELD else known


def ask(source: Callable[[str], Locale]) -> None:
    """Let formatting ask *source* what CLDR says, and forget what it was told."""
    _locales.cldr = source
    _locales._conventions.cache_clear()
    _locales._currency_form.cache_clear()


@contextlib.contextmanager
def live() -> Iterator[None]:
    """Ask the CLDR that is installed."""
    ask(installed)
    try:
        yield
    finally:
        ask(held)
