"""``{state-picture} name``: the states, drawn from what walking them has found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, get_args

import explored
from docutils import nodes
from drawing import Arrow, Box, bar, diamond, dot, line, picture, words
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from seatbill.corrections import CorrectionState
from seatbill.subscriptions import Change, Status

# Where a subscription stands. Places are drawn by hand, ways are found.

PLACES = {
    Status.FROZEN: Box(140, 130, "FROZEN", "nothing is charged"),
    Status.ACTIVE: Box(430, 130, "ACTIVE", "renews"),
    Status.TRIALING: Box(720, 130, "TRIALING", "nothing due yet"),
    Status.PAUSED: Box(280, 270, "PAUSED", "nothing is served"),
    Status.FREE: Box(575, 262, "FREE", "on the free plan"),
    Status.CANCELED: Box(430, 470, "CANCELED", "no way back"),
}
WAYS_IN = {
    Status.ACTIVE: Arrow("M430 48 V105", (), 446, 62, "start"),
    Status.TRIALING: Arrow("M720 48 V105", (), 736, 62, "start"),
    Status.FREE: Arrow("M680 262 H645", (), 654, 286, "start"),
}
WAYS = {
    (Status.TRIALING, Status.ACTIVE): Arrow("M652 130 H500", (), 576, 120),
    (Status.ACTIVE, Status.FROZEN): Arrow("M362 120 H210", (), 286, 110),
    (Status.FROZEN, Status.ACTIVE): Arrow("M208 142 H360", (), 286, 162),
    (Status.ACTIVE, Status.PAUSED): Arrow("M395 155 L288 245", (), 268, 212),
    (Status.TRIALING, Status.PAUSED): Arrow(
        "M680 153 C600 215 480 215 352 256", (), 640, 200, "start"
    ),
    (Status.PAUSED, Status.ACTIVE): Arrow("M318 245 L415 156", (), 372, 222, "start"),
    (Status.FREE, Status.ACTIVE): Arrow("M560 239 L478 156", (), 534, 186, "start"),
}
# The end divides: with a free plan it is FREE, without one CANCELED.
ENDINGS = {
    Status.TRIALING: Arrow("M770 153 V370 H443", (), 756, 345, "end"),
    Status.ACTIVE: Arrow("M430 153 V357", (), 418, 246, "end"),
    Status.PAUSED: Arrow("M280 293 V370 H417", (), 294, 344, "start"),
    Status.FROZEN: Arrow("M140 153 V370 H417", (), 154, 362, "start"),
}
ENDED = {
    Status.FREE: Arrow("M438 362 L546 288", ("a free plan",), 505, 334, "start"),
    Status.CANCELED: Arrow("M430 381 V445", ("no free plan",), 444, 418, "start"),
}


def status_picture() -> str:
    """Return the picture of the statuses and the ways between them."""
    found = explored.transitions()
    parts: list[Any] = []
    for status, names in explored.ways_in().items():
        way = WAYS_IN[status]
        x, y = (int(n) for n in way.path[1:].split("V")[0].split("H")[0].split())
        lines = [line for name in sorted(names) for line in name.split(", ")]
        parts += [dot(x, y), way._replace(lines=tuple(lines))]
    ends: dict[Status, set[str]] = {}
    for (before, after), causes in found.items():
        if after in ENDED and before not in ENDED:
            ends.setdefault(before, set()).update(causes)
        else:
            parts.append(WAYS[before, after]._replace(lines=tuple(sorted(causes))))
    for before, causes in ends.items():
        parts.append(ENDINGS[before]._replace(lines=tuple(sorted(causes))))
    parts += [
        ENDED[after] for after in sorted({after for _, after in found} & {*ENDED})
    ]
    parts += [diamond(430, 370), *(PLACES[status] for status in Status)]
    says = "The statuses of a subscription and the ways between them"
    return picture("statuses", says, (860, 510), parts)


def status_table() -> list[str]:
    """Return which change is taken in which status, as rows of a table."""
    answers = explored.answers()
    head = ["change", *(status.name for status in Status)]
    rows = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for kind in get_args(Change):
        cells = [_answer(answers[kind.__name__, status]) for status in Status]
        link = f"{{py:obj}}`~seatbill.subscriptions.{kind.__name__}`"
        rows.append(f"| {link} | {' | '.join(cells)} |")
    return rows


def _answer(codes: frozenset[str]) -> str:
    """Return a tick where a change can be taken, or the refusal that always comes."""
    return "✓" if "" in codes else ", ".join(f"`{code}`" for code in sorted(codes))


# What waits for a renewal.

WAITING_PLACES = {
    "nothing": Box(90, 190, "nothing waits"),
    "later": Box(430, 70, "waits", "a period longer"),
    "waits": Box(430, 310, "waits", "for this period’s end"),
    "applied": Box(760, 310, "in effect"),
}
WAITING_WAYS = {
    ("nothing", "later"): Arrow("M70 166 C80 70 240 60 358 60", (), 122, 72),
    ("later", "nothing"): Arrow("M362 84 C270 90 180 120 126 164", (), 268, 142),
    ("later", "later"): Arrow("M498 60 C560 40 560 100 502 80", (), 560, 75, "start"),
    ("nothing", "waits"): Arrow("M70 214 C80 310 240 322 358 322", (), 122, 322),
    ("waits", "nothing"): Arrow("M362 298 C270 292 180 262 126 216", (), 268, 234),
    ("later", "waits"): Arrow("M430 94 V284", (), 444, 194, "start"),
    ("waits", "waits"): Arrow("M410 334 C400 386 460 386 450 337", (), 430, 392),
    ("waits", "applied"): Arrow("M498 310 H688", (), 594, 284),
}
OTHERS = {"WithdrawPending", "Resume", "Cancel"}


def waiting_picture() -> str:
    """Return the picture of a change that waits."""
    parts: list[Any] = []
    for way, causes in explored.waiting().items():
        parts.append(WAITING_WAYS[way]._replace(lines=_causes(causes)))
    parts += WAITING_PLACES.values()
    return picture("waiting", "A change that waits for a renewal", (850, 410), parts)


def _causes(causes: frozenset[str]) -> tuple[str, ...]:
    """Return *causes* as lines; the names of changes of its kind are one of them."""
    named = {kind.__name__ for kind in get_args(Change)} - OTHERS
    lines = sorted(causes - named)
    if causes & OTHERS:
        lines = [", ".join(sorted(causes & OTHERS)), *sorted(causes - named - OTHERS)]
    return (*lines, "another of its kind") if causes & named else tuple(lines)


def waiting_table() -> list[str]:
    """Return by kind what lets an update wait, and what withdraws or replaces it."""
    rows = ["| kind | asked by | gone or replaced by |", "|---|---|---|"]
    for kind, lists in explored.kept_by_kind().items():
        cells = (
            ", ".join(f"{{py:obj}}`~seatbill.subscriptions.{name}`" for name in names)
            for names in map(sorted, lists)
        )
        rows.append(f"| `{kind.name}` | {' | '.join(cells)} |")
    return rows


# A freeze moves the end of the period.


def freeze_picture() -> str:
    """Return a period before and after a freeze, day by day."""
    before, after, first, last = explored.freeze()
    scale = 640 / (after.end - before.start).days

    def x(day: dt.date) -> float:
        return 150 + (day - before.start).days * scale

    parts = [
        words(136, 62, ("as paid",), anchor="end"),
        bar(x(before.start), 46, x(before.end) - x(before.start), filled=True),
        words(136, 122, ("with the freeze",), anchor="end"),
        bar(x(before.start), 106, x(first) - x(before.start), filled=True),
        bar(x(first), 106, x(last) - x(first), filled=False),
        words((x(first) + x(last)) / 2, 122, ("frozen",)),
        bar(x(last), 106, x(after.end) - x(last), filled=True),
    ]
    for day, name in (
        (before.start, "start"),
        (first, "Freeze"),
        (last, "Unfreeze"),
        (before.end, "end"),
        (after.end, "new end"),
    ):
        parts += [
            line(x(day), 32, 142),
            words(x(day), 160, (name, f"{day.day} {day:%b}"), size=12),
        ]
    says = "A freeze of ten days moves the end of the period by ten days"
    return picture("freeze", says, (850, 190), parts)


def frozen_list() -> list[str]:
    """Return what a frozen subscription takes, as one sentence."""
    names = sorted(explored.taken_while_frozen())
    links = [f"{{py:obj}}`~seatbill.subscriptions.{name}`" for name in names]
    return [f"{', '.join(links[:-1])} and {links[-1]}."]


# Who takes a seat, and when.


def seats_picture() -> str:
    """Return by state the days on which a person takes a seat."""
    found = explored.seat_days()
    scale, left = 52, 170
    parts: list[Any] = []
    for row, (state, days) in enumerate(found.items()):
        y = 44 + 52 * row
        parts.append(words(left - 16, y + 16, (state.name,), anchor="end", bold=True))
        start = 0
        for day in range(1, len(days) + 1):
            if day == len(days) or days[day] is not days[start]:
                width = (day - start) * scale
                parts.append(bar(left + start * scale, y, width, filled=days[start]))
                start = day
    for day, name in (
        (explored.JOINS, "joined_on"),
        (explored.LAPSES, "expires_on"),
        (explored.LEAVES, "left_on"),
    ):
        x = left + day * scale
        parts += [line(x, 30, 190), words(x, 208, (name,), size=12)]
    says = "The days on which a person takes a seat, by state"
    return picture("seats", says, (850, 222), parts)


# A request to correct a recipient.

CORRECTION_PLACES = {
    CorrectionState.REQUESTED: Box(220, 110, "REQUESTED"),
    CorrectionState.ACCEPTED: Box(600, 50, "ACCEPTED", "a document"),
    CorrectionState.REJECTED: Box(600, 170, "REJECTED", "nothing changes"),
}
CORRECTION_WAYS = {
    (CorrectionState.REQUESTED, CorrectionState.ACCEPTED): Arrow(
        "M288 100 L528 55", (), 408, 66
    ),
    (CorrectionState.REQUESTED, CorrectionState.REJECTED): Arrow(
        "M288 120 L528 165", (), 408, 162
    ),
}


def correction_picture() -> str:
    """Return the picture of a request for a correction."""
    parts: list[Any] = [
        dot(50, 110),
        Arrow("M56 110 H148", ("correct_recipient",), 90, 98),
    ]
    for way, names in explored.corrections().items():
        parts.append(CORRECTION_WAYS[way]._replace(lines=tuple(sorted(names))))
    parts += CORRECTION_PLACES.values()
    says = "A request to correct the recipient of an invoice"
    return picture("correction", says, (850, 220), parts)


PICTURES: dict[str, Callable[[], str]] = {
    "statuses": status_picture,
    "waiting": waiting_picture,
    "freeze": freeze_picture,
    "seats": seats_picture,
    "correction": correction_picture,
}
TABLES: dict[str, Callable[[], list[str]]] = {
    "statuses": status_table,
    "waiting": waiting_table,
    "freeze": frozen_list,
}


class StatePicture(SphinxDirective):
    """A picture, with its title under it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        drawn = PICTURES[self.arguments[0]]()
        html = f'<figure class="state">{drawn}</figure>'
        return [nodes.raw("", html, format="html")]


class StateTable(SphinxDirective):
    """A table of what was found."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(TABLES[self.arguments[0]]()))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("state-picture", StatePicture)
    app.add_directive("state-table", StateTable)
    return {"parallel_read_safe": True}
