"""What goes with a framework names the extra that it needs."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from pathlib import Path

import pytest

from seatbill.errors import MissingExtraError


@pytest.mark.parametrize("name", ["django", "pydantic", "sqlalchemy"])
def test_a_missing_framework_is_named_with_its_extra(name, monkeypatch):
    monkeypatch.delitem(sys.modules, f"seatbill.ext.{name}", raising=False)
    for module in [m for m in sys.modules if m.partition(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError) as told:
        importlib.import_module(f"seatbill.ext.{name}")
    assert (told.value.package, told.value.extra) == (name, name)


def test_the_glue_of_a_small_service_stays_small():
    """What a host writes around the library, as the page of the web service has it."""
    page = Path(__file__).parents[1] / "docs" / "howto" / "web-service.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    parsed = [ast.parse(block) for block in blocks[1:4]]  # store, orders, nightly job
    lines = {
        number
        for place, tree in enumerate(parsed)
        for node in tree.body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        for number in (
            (place, line)
            for line in range(node.lineno, node.end_lineno + 1)
            if blocks[place + 1].splitlines()[line - 1].strip()
        )
    }
    # A third of them is for a process that dies after the money is taken.
    assert 30 < len(lines) <= 90
