"""What others rely on by its name: it changes on purpose, or not at all."""

from __future__ import annotations

import difflib
import enum
import os
import subprocess
import sys
from types import SimpleNamespace

import attrs
import pytest

from public_api import LISTING, names
from seatbill.errors import SeatbillError


def test_a_public_name_or_signature_does_not_change_unnoticed():
    """Where it changes on purpose: `make api`, and a changelog fragment."""
    written = LISTING.read_text(encoding="utf-8").rstrip().splitlines()
    # In a process of its own: resolved types are written into their classes.
    run = subprocess.run(
        [sys.executable, "-c", "import public_api; print(public_api.listing())"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    )
    found = run.stdout.rstrip().splitlines()
    changed = [*difflib.unified_diff(written, found, "written", "found", n=2)]
    assert not changed, "\n".join(["run: make api", *changed])


class Color(enum.StrEnum):
    RED = "red"


class _Hidden:
    @property
    def inside(self) -> int:
        return 1


_Hidden.__module__ = "seatbill._hidden"  # as if it were the library's


@attrs.frozen
class Thing(_Hidden):
    size: int
    color: Color = attrs.field(default=Color.RED, kw_only=True)

    @classmethod
    def big(cls, /, *parts: int) -> Thing:
        return cls(sum(parts))

    def _own(self) -> None:
        """Not public."""


class WrongError(SeatbillError):
    code = "wrong"
    sentence = "{size} is wrong"
    size: int


def shown(thing: Thing, *, color: Color = Color.RED, at: object = []) -> str:
    return ""


TOLD = "def it(thing: Thing, *, color: Color = Color.RED, at: object = …) -> str"


@pytest.mark.parametrize(
    ("thing", "lines"),
    [
        pytest.param(Color, ["class it(StrEnum)", "    RED = 'red'"], id="members"),
        pytest.param(
            Thing,
            [
                "class it(_Hidden)",
                "    size: int",
                "    color: Color (optional, by keyword)",
                "    classmethod def big(cls, /, *parts: int) -> Thing",
                "    inside -> int",
            ],
            id="fields and methods",
        ),
        pytest.param(
            WrongError,
            ["class it(SeatbillError)", "    code = 'wrong'; size"],
            id="a refusal",
        ),
        pytest.param(shown, [TOLD], id="a function"),
        pytest.param(Color.RED, ["it: Color"], id="a value"),
        pytest.param(Color | Thing, ["it = Color | Thing"], id="one of several"),
        pytest.param(dict[str, int], ["it = dict[str, int]"], id="an alias"),
    ],
)
def test_a_name_is_listed_with_all_that_a_caller_sees(thing, lines):
    module = SimpleNamespace(__name__="seatbill.x", __all__=["it"], it=thing)
    assert [*names(module)] == lines
    root = SimpleNamespace(__name__="seatbill", __all__=["it"], it=thing)
    assert [*names(root)] == ["it"]
