"""Ratios of two times that a busy machine does not bend.

Two contenders run in turns of some milliseconds, the first one changing from pair to
pair, with the garbage collector off; what counts is the time that this thread spent
on a processor.  Each pair gives one ratio, and the median of all pairs is told.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Contender = Callable[[], object]
Prepare = Callable[[int], list[Contender]]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the garbage collector out of what is measured."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds(runs: list[Contender]) -> float:
    """Return how long *runs* take together, freeing what they made included."""
    began = time.thread_time()
    for run in runs:
        run()
    return time.thread_time() - began


def repeated(run: Contender) -> Prepare:
    """Return *run* as often as is asked for."""
    return lambda times: [run] * times


def turns(prepare: Prepare, turn: float) -> int:
    """Return how many runs fill a *turn*, at least one."""
    seconds(prepare(1))
    best = min(seconds(prepare(1)) for _ in range(5))
    return max(round(turn / best), 1)


def ratio(
    run: Contender | None,
    other: Contender,
    *,
    pairs: int,
    turn: float = 0.002,
    prepare: Prepare | None = None,
) -> float:
    """Return how many times as long *run* takes as *other*: the median of *pairs*.

    *prepare* makes runs that are not the same twice; making them is not measured.
    """
    make = prepare if run is None else repeated(run)
    assert make is not None
    make_other = repeated(other)
    with quiet():
        times, other_times = turns(make, turn), turns(make_other, turn)
        found = []
        for n in range(pairs):
            runs, others = make(times), make_other(other_times)
            if n % 2:
                took = seconds(runs)
                other_took = seconds(others)
            else:
                other_took = seconds(others)
                took = seconds(runs)
            found.append((took / times) / (other_took / other_times))
    return statistics.median(found)
