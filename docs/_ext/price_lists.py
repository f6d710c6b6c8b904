"""``{price-list} system``: what the sample catalogue of a rulebook sells."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from seatbill import Catalog, Price


def rows(catalog: Catalog) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, what is counted, amount, and how often it is charged."""
    for item in (*catalog.plans, *catalog.add_ons):
        for price in item.prices:
            yield item.name, _counted(price), _amount(price), str(price.interval)
    for service in catalog.services:
        yield service.name, "purchase", str(service.price.amount), "–"


def _counted(price: Price) -> str:
    """Return what the amount is for."""
    if price.flat:
        return "subscription"
    return f"{price.unit.replace('_', ' ')}{', measured' if price.measured else ''}"


def _amount(price: Price) -> str:
    """Return the amount with two digits, or as many as it has."""
    digits = -int(price.unit_amount.as_tuple().exponent)
    return f"{price.unit_amount:.{max(digits, 2)}f}"


class PriceList(SphinxDirective):
    """A row for each price."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        module = importlib.import_module(f"seatbill.rulebooks.{self.arguments[0]}")
        (currency,) = {p.currency for plan in module.CATALOG.plans for p in plan.prices}
        lines = [f"| sold | for each | {currency} | every |", "|---|---|---:|---|"]
        lines += [f"| {' | '.join(row)} |" for row in rows(module.CATALOG)]
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("price-list", PriceList)
    return {"parallel_read_safe": True}
