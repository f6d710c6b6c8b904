"""``{engine-picture}`` and ``{engine-modules}``: how the engine works, and its parts.

The amounts in the picture are those of the story that it draws; the table is the one
in the docstring of the engine.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from typing import Any, NamedTuple

import floors
from docutils import nodes
from drawing import Arrow, Box, Part, bar, line, picture, words
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from seatbill import (
    MONTHLY,
    BillingRules,
    Plan,
    Price,
    RemoveSeats,
    SwitchPlan,
    change,
    renew,
    subscribe,
)
from seatbill.subscriptions import Outcome

OPENED, SWITCHED, REMOVED, BOUNDARY = (
    dt.date(2026, *day) for day in ((4, 1), (4, 16), (4, 24), (5, 1))
)


ROW = re.compile(r"^``(\w+)`` +(\S.*)$")  # of the table in the docstring


class Story(NamedTuple):
    """Four calls, one after the other."""

    opening: Outcome
    upgrade: Outcome
    removal: Outcome
    renewal: Outcome


def story() -> Story:
    """Return what comes of an upgrade, a removal and the next boundary."""
    small, large = (
        Plan(amount, amount, rank, [Price(unit_amount=amount, currency="EUR")])
        for rank, amount in enumerate(("10.00", "20.00"))
    )
    opening = subscribe(
        small,
        id="acme",
        interval=MONTHLY,
        seats=10,
        on=OPENED,
        rules=BillingRules(),
    )
    upgrade = change(opening.subscription, SwitchPlan(large), on=SWITCHED)
    removal = change(upgrade.subscription, RemoveSeats(2), on=REMOVED)
    return Story(opening, upgrade, removal, renew(removal.subscription, on=BOUNDARY))


def drawn(told: Story) -> str:
    """Return the picture of *told*: its charges, its calls and its invoices."""
    bought, back, anew, next_one = (
        each
        for outcome in (told.opening, told.upgrade, told.renewal)
        for each in outcome.invoice.lines
    )
    start, middle, end = x(OPENED), x(SWITCHED), x(BOUNDARY)
    parts: list[Part] = [
        *(line(x(day), 30, 156) for day in (OPENED, SWITCHED, REMOVED, BOUNDARY)),
        words((start + end) / 2, 22, ("the running period",), bold=True),
        words(end + 125, 22, ("the next period",), bold=True),
        bar(middle, 62, end - middle, filled=True),
        words(middle + 8, 54, (_sum(anew),), anchor="start", size=12),
        bar(start, 118, middle - start, filled=True),
        bar(middle, 118, end - middle, filled=False),
        words((middle + end) / 2, 133, ("given back",), size=12),
        words(start + 8, 110, (_sum(bought),), anchor="start", size=12),
        words(middle + 8, 110, (_sum(back),), anchor="start", size=12),
        bar(end, 62, 250, filled=True),
        words(end + 8, 54, (_sum(next_one),), anchor="start", size=12),
    ]
    calls = (
        (OPENED, "subscribe", "opens charges", told.opening),
        (SWITCHED, "change", "switch plan", told.upgrade),
        (REMOVED, "change", "remove 2 seats", told.removal),
        (BOUNDARY, "renew", "the boundary", told.renewal),
    )
    for day, name, under, outcome in calls:
        at = x(day)
        parts += [
            words(at, 168, (f"{day.day} {day:%B}",), size=12, halo=True),
            Box(at, 206, name, under, width=106),
        ]
        for invoice in outcome.invoices:
            parts += [
                Arrow(f"M{at} 230 V308"),
                Box(at, 332, str(invoice.total.amount), invoice.key, width=106),
            ]
    (update,) = told.removal.subscription.pending_updates
    waits = x(REMOVED)
    parts += [
        Arrow(f"M{waits} 230 V270 H{end - 30} V231"),
        words(
            (waits + end) / 2 - 12,
            288,
            (f"scheduled: {update.value} seats",),
            size=12,
            halo=True,
        ),
        words(end + 150, 202, ("applies what is scheduled,", "opens the charges anew")),
    ]
    says = "How a change becomes an invoice, and where a later one is scheduled"
    return picture("engine", says, (860, 366), parts, told=_told(told))


def x(day: dt.date) -> int:
    """Return where *day* stands in the picture."""
    return 70 + 17 * (day - OPENED).days


def _sum(of: Any) -> str:
    """Return how the amount of a line comes about."""
    quantity, price = abs(of.quantity), f"{float(of.unit_amount):.2f}"
    left = "" if of.share == 1 else f" × {of.share_numerator}/{of.share_denominator}"
    sign = "−" if of.amount_minor < 0 else ""
    return f"{sign}{quantity} × {price}{left} = {of.amount.amount}".replace("-", "−")


def _told(told: Story) -> str:
    """Return the picture in words."""
    first, second, last = (
        outcome.invoice.total.amount
        for outcome in (told.opening, told.upgrade, told.renewal)
    )
    return (
        f"On 1 April subscribe opens charges and invoices {first}. On 16 April a switch"
        " of plan gives back the remaining half of the old charge, charges half of the"
        f" new one, and invoices the difference, {second}. On 24 April a removal of two"
        " seats is scheduled, and nothing is due. On 1 May the boundary applies the"
        f" removal, opens the charges of the next period and invoices {last}."
    )


def modules_table() -> list[tuple[str, str]]:
    """Return the modules that the docstring of the engine lists, and their purposes."""
    text = ast.get_docstring(floors.modules_of()["_engine.__init__"]) or ""
    found: list[tuple[str, str]] = []
    for each in text.splitlines():
        if row := ROW.match(each):
            found.append((row[1], row[2]))
        elif found and each.startswith("  "):
            found[-1] = (found[-1][0], f"{found[-1][1]} {each.strip()}")
    return found


class EnginePicture(SphinxDirective):
    """The picture."""

    def run(self) -> list[nodes.Node]:
        html = f'<figure class="state">{drawn(story())}</figure>'
        return [nodes.raw("", html, format="html")]


class EngineModules(SphinxDirective):
    """The table."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(floors.SOURCE / "_engine" / "__init__.py"))
        rows = (f"| `{name}` | {holds} |" for name, holds in modules_table())
        lines = ["| module | holds |", "|---|---|", *rows]
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("engine-picture", EnginePicture)
    app.add_directive("engine-modules", EngineModules)
    return {"parallel_read_safe": True}
