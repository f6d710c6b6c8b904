"""How many byte codes a story executes: a slower step is seen without a clock.

``python -m bench.opcodes`` counts the stories on the Python that runs it and writes
the numbers into ``opcodes.json``; a test holds each of them within three percent.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from .stories import STORIES, Story, outcomes, read_anew, step_by_step

FILE = Path(__file__).with_name("opcodes.json")
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def executed(run: Callable[[], object]) -> int:
    """Return how many byte codes *run* executes, whoever they belong to."""
    count = 0

    def step(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if event == "call":
            frame.f_trace_opcodes = True
            frame.f_trace_lines = False
        elif event == "opcode":
            count += 1
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def roads(story: Story) -> dict[str, Callable[[], object]]:
    """Return each way in which *story* is told."""
    anew = read_anew(story)
    opening, calls = story.open(), outcomes(story)
    opened = opening.subscription
    return {
        "bill": story.bill,
        "calls": lambda: step_by_step(story, calls, opened),
        "read anew": anew.bill,
    }


def counted() -> dict[str, int]:
    """Return the byte codes of each story on each road, by name."""
    found = {}
    for story in STORIES:
        for road, run in roads(story).items():
            if road != "read anew":
                run()  # what is kept on the price list is there
            found[f"{story.name}: {road}"] = executed(run)
    return found


def known() -> dict[str, dict[str, int]]:
    """Return the numbers that were written down, by version of Python."""
    found: dict[str, dict[str, int]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    numbers = {**(known() if FILE.exists() else {}), VERSION: counted()}
    text = json.dumps(dict(sorted(numbers.items())), indent=2)
    FILE.write_text(text + "\n", encoding="utf-8")
    print(json.dumps(numbers[VERSION], indent=2))
