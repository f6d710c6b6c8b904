"""``{cldr-digits}``: the currencies that CLDR shows with other digits than ISO 4217.

CLDR changes its mind from one release to the next, so they are counted when the pages
are built.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from babel.numbers import get_currency_precision
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from seatbill.money import _DIGITS


def differing() -> dict[str, tuple[int, int]]:
    """Return the digits of ISO 4217 and of CLDR, by currency, where they differ."""
    pairs = {code: (of, get_currency_precision(code)) for code, of in _DIGITS.items()}
    return {code: pair for code, pair in sorted(pairs.items()) if len({*pair}) > 1}


def told(found: Mapping[str, tuple[int, int]]) -> list[str]:
    """Return how many they are, and a row for each kind, as the lines of a page."""
    kinds: dict[tuple[int, int], list[str]] = {}
    for code, pair in found.items():
        kinds.setdefault(pair, []).append(code)
    many = f"{len(found)} currencies" if len(found) != 1 else "1 currency"
    said = f"In the CLDR of Babel {version('babel')}, {many} had other digits"
    return [
        f"{said} when this page was built:",
        "",
        "| currencies | ISO 4217 | CLDR |",
        "|---|---:|---:|",
        *(f"| {', '.join(codes)} | {a} | {b} |" for (a, b), codes in kinds.items()),
    ]


class CldrDigits(SphinxDirective):
    """How many currencies differ, and which."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(told(differing())))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("cldr-digits", CldrDigits)
    return {"parallel_read_safe": True}
