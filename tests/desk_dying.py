"""Run the desk's nightly job, and die at a statement.

``python desk_dying.py ADDRESS DAY N``: before the *N*-th statement or commit the
process is gone, as if the plug had been pulled; with 0 it lives, and prints how many
there were.
"""

from __future__ import annotations

import datetime as dt
import os
import sys

from desk.nightly import nightly
from desk.outside import World
from desk.store import connected, writing
from sqlalchemy import event

GONE = 9


class UnpluggedError(BaseException):
    """Ends a job inside of a process that goes on."""


def unplug():
    raise UnpluggedError


def main(address, day, last, die=lambda: os._exit(GONE)):
    """Return how many statements there were; nothing is left undone."""
    engine = connected(address)
    done = 0

    def one_more(*_):
        nonlocal done
        done += 1
        if done == int(last):
            die()

    event.listen(engine, "before_cursor_execute", one_more)
    event.listen(engine, "commit", one_more)
    try:
        world = World(engine)
        assert nightly(writing(engine), dt.date.fromisoformat(day), world) == 0
    finally:
        engine.dispose()
    return done


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
