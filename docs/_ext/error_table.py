"""``{error-table}``: code, sentence, remedy and values, and the cases of each."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

from docutils import nodes
from public_names import homes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from seatbill.errors import SeatbillError
from seatbill.errors._english import ENGLISH
from seatbill.errors.wording import Plural, in_parts

HEAD = ("code", "says", "way out", "values")


def rows() -> list[tuple[str, str, str, str, str]]:
    """Return a row for each public error, in the order of their codes."""
    found = []
    for name, door in homes().items():
        cls = getattr(importlib.import_module(door), name)
        if inspect.isclass(cls) and issubclass(cls, SeatbillError):
            says = cls.sentence
            if says == SeatbillError.sentence:  # it says something else each time
                says = (inspect.getdoc(cls) or "").partition("\n")[0].rstrip(".")
            values = ", ".join(cls.names)
            place = f"{door}.{name}"
            found.append((cls.code, says, cls.remedy, values, place))
            found += [
                (key, *in_parts(_many(key)), "", place)
                for key in ENGLISH
                if key.startswith(f"{cls.code}.")
            ]
    return sorted(row for row in found if row[0] != SeatbillError.code)


def _many(key: str) -> str:
    """Return what is said in a case; for many where it counts."""
    said = ENGLISH[key]
    return said.many if isinstance(said, Plural) else said


def filled(sentence: str) -> str:
    """Return *sentence* with its values in italics, as they are named."""
    found = re.sub(r"\{(\w+)[^}]*\}", r"*\1*", sentence.replace("|", "\\|"))
    return found.replace("'", "’") if found else "–"


class ErrorTable(SphinxDirective):
    """Every refusal in one table."""

    def run(self) -> list[nodes.Node]:
        lines = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
        for code, says, way_out, values, name in rows():
            link = f"{{py:exc}}`{code} <{name}>`"
            cells = (
                f"`{code}`" if "." in code else link,
                filled(says),
                filled(way_out),
                ", ".join(f"`{value}`" for value in values.split(", ") if value) or "–",
            )
            lines.append(f"| {' | '.join(cells)} |")
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("error-table", ErrorTable)
    return {"parallel_read_safe": True}
