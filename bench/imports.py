"""How long ``import seatbill`` takes on top of ``import attrs``, in new processes."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import seatbill

# The package that is measured here, whichever one is installed.
_SOURCE = str(Path(seatbill.__file__).parents[1])

_CHILD = """
import sys, time
sys.path.insert(0, sys.argv[1])
began = time.perf_counter()
import attrs
between = time.perf_counter()
import seatbill
ended = time.perf_counter()
heavy = [name for name in ("babel", "cattrs") if name in sys.modules]
print(between - began, ended - between, ",".join(heavy))
"""


class Imports(NamedTuple):
    """The time on top, as a multiple of that of attrs, and what came with it."""

    ratio: float
    heavy: tuple[str, ...]


def imports(runs: int) -> Imports:
    """Return the median of *runs* new processes, each of which times both imports."""
    _child()  # compiles what is not compiled yet
    ratios = []
    heavy: set[str] = set()
    for _ in range(runs):
        attrs, on_top, names = _child()
        ratios.append(float(on_top) / float(attrs))
        heavy.update(name for name in names.split(",") if name)
    return Imports(statistics.median(ratios), tuple(sorted(heavy)))


def _child() -> list[str]:
    """Return what one new process prints: two times and the names of heavy modules."""
    run = subprocess.run(
        [sys.executable, "-I", "-c", _CHILD, _SOURCE],
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout.rstrip("\n").split(" ")
