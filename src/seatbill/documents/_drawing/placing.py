"""Where labels stand, so that none lies on another: one row, or as many as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import attrs


@final
@attrs.frozen
class Label:
    """Something *width* wide whose middle wants to be at *x*."""

    x: float
    width: float


def kept_inside(label: Label, first: float, last: float) -> float:
    """Return the near side of *label*, moved so that it stays inside."""
    return max(first, min(label.x - label.width / 2, last - label.width))


def in_one_row(
    labels: Sequence[Label], first: float, last: float, gap: float
) -> list[float | None]:
    """Return where each label begins, or ``None`` where it has no room.

    The first and the last come before those between them.
    """
    found: list[float | None] = [None] * len(labels)
    taken: list[tuple[float, float]] = []
    ends = {0, len(labels) - 1}
    for i in sorted(range(len(labels)), key=lambda i: (i not in ends, i)):
        near = kept_inside(labels[i], first, last)
        far = near + labels[i].width
        if far <= last and all(far + gap <= a or b + gap <= near for a, b in taken):
            found[i] = near
            taken.append((near, far))
    return found


def in_rows(
    labels: Sequence[Label], first: float, last: float, gap: float, most: int
) -> list[tuple[float, int] | None]:
    """Return where each label begins and in which row, the first that has room.

    What finds no room in *most* rows is left out.
    """
    ends: list[float] = []
    found: list[tuple[float, int] | None] = []
    for label in labels:
        near = kept_inside(label, first, last)
        row = next((i for i, end in enumerate(ends) if end + gap <= near), len(ends))
        if row == most:
            found.append(None)
            continue
        far = near + label.width
        if row == len(ends):
            ends.append(far)
        else:
            ends[row] = far
        found.append((near, row))
    return found
