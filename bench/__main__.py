"""Run the benchmark: ``python -m bench``, or ``python -m bench --quick``.

The exit status is 1 where a figure is over its limit, or Babel or cattrs is loaded.
A quick run measures each thing once, so its figures decide nothing.
"""

from __future__ import annotations

import argparse
import sys

from .equal import check_equal
from .rows import FULL, QUICK, Row, rows

_HEAD = f"{'what':<46} {'figure':>9}   {'limit':<12} {'aim':<9} verdict"


def shown(row: Row) -> str:
    """Return *row* as a line of the table."""
    aim = "" if row.aim is None else f"{row.aim:.2f}"
    figure = f"{row.figure:.2f}{row.unit}"
    limit = "" if row.limit is None else f"at most {row.limit:.2f}"
    return f"{row.what:<46} {figure:>9}   {limit:<14} {aim:<7} {row.verdict}".rstrip()


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure what seatbill costs."
    )
    parser.add_argument(
        "--quick", action="store_true", help="run everything once; figures mean little"
    )
    quick = parser.parse_args(arguments).quick
    lines = check_equal()
    print(f"equal answers in {lines} lines\n\n{_HEAD}", flush=True)
    found = []
    for row in rows(QUICK if quick else FULL):
        found.append(row)
        print(shown(row), flush=True)
    if quick:
        return 1 if any(row.fault for row in found) else 0
    return 0 if all(row.ok for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
