"""``{floor-plan}`` and ``{rooms}``: the package as its imports build it.

Both are made when the pages are built, from the same reading that the tests hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import floors
from docutils import nodes
from drawing import Box, Part, line_across, picture, words
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

WIDTH, LEFT, GAP, STEP = 860, 46, 8, 60
ROOM = 136


def storeys() -> dict[int, list[str]]:
    """Return the rooms of each floor, the highest floor first."""
    found: dict[int, list[str]] = {}
    for room, floor in floors.measured_floors(floors.modules_of()).items():
        found.setdefault(floor, []).append(room)
    return {floor: sorted(found[floor]) for floor in sorted(found, reverse=True)}


def plan(rooms: Mapping[int, list[str]]) -> str:
    """Return the picture of the floors, the rooms of each side by side."""
    parts: list[Part] = []
    for row, (floor, names) in enumerate(rooms.items()):
        y = 40 + row * STEP
        step = min(ROOM + GAP, (WIDTH - LEFT) // len(names))
        parts.append(words(20, y + 5, (str(floor),), bold=True))
        if row:
            parts.append(line_across(y - STEP / 2, 0, WIDTH))
        for place, name in enumerate(names):
            x = LEFT + place * step + step // 2
            parts.append(Box(x, y, name, width=step - GAP))
    says = f"The {len(rooms)} floors of seatbill"
    told = "; ".join(f"floor {floor}: {', '.join(rooms[floor])}" for floor in rooms)
    size = (WIDTH, 40 + len(rooms) * STEP - STEP // 2)
    return picture("floors", says, size, parts, told=f"From the top, {told}.")


def table() -> Iterator[str]:
    """Yield a row for each room: its floor, its purpose, and what it stands on."""
    modules = floors.modules_of()
    below = floors.stands_on(modules)
    yield from ("| floor | room | holds | stands on |", "|---:|---|---|---|")
    for floor, names in storeys().items():
        for name in names:
            door = f"{floors.PACKAGE}.{name}"
            shown = f"`{name}`" if name[0] == "_" else f"{{py:mod}}`{name} <{door}>`"
            on = ", ".join(f"`{room}`" for room in sorted(below[name])) or "–"
            holds = floors.purpose_of(name, modules).replace("``", "`")
            yield f"| {floor} | {shown} | {holds} | {on} |"


class FloorPlan(SphinxDirective):
    """The picture."""

    def run(self) -> list[nodes.Node]:
        html = f'<figure class="state">{plan(storeys())}</figure>'
        return [nodes.raw("", html, format="html")]


class Rooms(SphinxDirective):
    """The table."""

    def run(self) -> list[nodes.Node]:
        for path in floors.SOURCE.rglob("*.py"):
            self.env.note_dependency(str(path))
        return self.parse_text_to_nodes("\n".join(table()))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("floor-plan", FloorPlan)
    app.add_directive("rooms", Rooms)
    return {"parallel_read_safe": True}
