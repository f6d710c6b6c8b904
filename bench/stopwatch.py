"""Ratios of two times that a busy machine does not bend.

Two contenders run in turns of about a millisecond, the first one changing from pair
to pair, with the garbage collector off.  Each pair gives one ratio, and the median
of all pairs counts: a turn that the machine interrupted is one odd pair of many.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Contender = Callable[[], object]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the garbage collector out of what is measured."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds(run: Contender, times: int) -> float:
    """Return how long *times* runs take together, freeing what they made included."""
    began = time.perf_counter()
    for _ in range(times):
        run()
    return time.perf_counter() - began


def turns(run: Contender, turn: float) -> int:
    """Return how many runs fill a *turn*, at least one."""
    run()
    best = min(seconds(run, 1) for _ in range(5))
    return max(round(turn / best), 1)


def ratio(
    run: Contender, other: Contender, *, pairs: int, turn: float = 0.001
) -> float:
    """Return how many times as long *run* takes as *other*: the median of *pairs*."""
    with quiet():
        times, other_times = turns(run, turn), turns(other, turn)
        found = []
        for n in range(pairs):
            if n % 2:
                took = seconds(run, times)
                other_took = seconds(other, other_times)
            else:
                other_took = seconds(other, other_times)
                took = seconds(run, times)
            found.append((took / times) / (other_took / other_times))
    return statistics.median(found)
