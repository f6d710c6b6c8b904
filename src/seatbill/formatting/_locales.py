"""What CLDR says about writing numbers in a locale, read once.

Babel is imported by the first locale that is asked for, never by a bill.  Numbers
are put together here from its patterns and signs: its own arithmetic goes through
the ambient ``decimal`` context, which must not change a digit.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from .._values.checks import text
from ..errors import LocaleError

if TYPE_CHECKING:
    from babel import Locale
    from babel.numbers import NumberPattern

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_OFFERED: Final = ("en", "fr", "fr-CA", "ar")
_NO_BREAK_SPACE: Final = "\u00a0"

# The digit 0 of each numbering system that CLDR names as a locale's own; Latin else.
_ZEROS: Final = {
    "adlm": "\U0001e950",
    "arab": "\u0660",
    "arabext": "\u06f0",
    "beng": "\u09e6",
    "cakm": "\U00011136",
    "deva": "\u0966",
    "hmnp": "\U0001e140",
    "mtei": "\uabf0",
    "mymr": "\u1040",
    "nkoo": "\u07c0",
    "olck": "\u1c50",
    "tibt": "\u0f20",
}


class Form(NamedTuple):
    """What stands around a number, and how its digits are grouped."""

    before: str
    after: str
    before_negative: str
    after_negative: str
    last_group: int
    other_groups: int


class Conventions(NamedTuple):
    """How a locale writes numbers; *digits* are its own, for ``str.translate``."""

    locale: Locale
    digits: dict[int, int]
    decimal: str
    group: str
    minus: str
    percent: str


def conventions(locale: str) -> Conventions:
    """Return the conventions of *locale*, such as ``fr``, ``fr-CA`` or ``fr_CA``.

    Raises: LocaleError where CLDR does not know it.
    """
    return _conventions(text("locale", locale))


def cldr(tag: str) -> Locale:
    """Return what CLDR says of the locale *tag*: the one door to its data.

    Raises: LocaleError where CLDR does not know it.
    """
    from babel import Locale, UnknownLocaleError

    if not _TAG.fullmatch(tag):
        raise LocaleError(tag, _OFFERED)
    try:
        return Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise LocaleError(tag, _OFFERED) from None


@lru_cache(maxsize=64)
def _conventions(tag: str) -> Conventions:
    """Return the conventions of the locale *tag*."""
    locale = cldr(tag)
    system = locale.default_numbering_system
    zero = ord(_ZEROS.get(system, "0"))
    signs = {**locale.number_symbols["latn"], **locale.number_symbols.get(system, {})}
    return Conventions(
        locale=locale,
        digits={ord("0") + digit: zero + digit for digit in range(10)},
        decimal=signs["decimal"],
        group=signs["group"],
        minus=signs["minusSign"],
        percent=signs["percentSign"],
    )


def decimal_form(locale: str) -> Form:
    """Return how *locale* writes a plain number."""
    how = conventions(locale)
    return _form(how, how.locale.decimal_formats[None], "")


def percent_form(locale: str) -> Form:
    """Return how *locale* writes a percentage."""
    how = conventions(locale)
    return _form(how, how.locale.percent_formats[None], "")


def currency_form(locale: str, currency: str) -> Form:
    """Return how *locale* writes an amount of *currency*."""
    return _currency_form(text("locale", locale), currency)


@lru_cache(maxsize=256)
def _currency_form(locale: str, currency: str) -> Form:
    """Return how the locale writes an amount of *currency*."""
    how = conventions(locale)
    symbol = how.locale.currency_symbols.get(currency, currency)
    return _form(how, how.locale.currency_formats["standard"], symbol)


def _form(how: Conventions, pattern: NumberPattern, symbol: str) -> Form:
    """Return *pattern* with the signs of a locale, and *symbol* for the currency."""

    def shown(affix: str) -> str:
        affix = affix.replace("-", how.minus).replace("%", how.percent)
        return affix.replace("¤", symbol)

    def before(affix: str) -> str:
        return shown(affix) + _gap(affix.endswith("¤"), symbol[-1:])

    def after(affix: str) -> str:
        return _gap(affix.startswith("¤"), symbol[:1]) + shown(affix)

    last_group, other_groups = pattern.grouping
    return Form(
        before(pattern.prefix[0]),
        after(pattern.suffix[0]),
        before(pattern.prefix[1]),
        after(pattern.suffix[1]),
        last_group,
        other_groups,
    )


def _gap(is_next: bool, edge: str) -> str:  # noqa: FBT001
    """Return what parts a currency from the digits: "CHF 10", but "$10".

    Source: CLDR, currencySpacing, the same in every locale.
    """
    parted = is_next and unicodedata.category(edge)[0] not in "SZ"
    return _NO_BREAK_SPACE if parted else ""
