"""What goes with a framework names the extra that it needs."""

from __future__ import annotations

import importlib
import sys

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
