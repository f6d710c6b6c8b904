"""Start the desk, or run its nightly job: ``python -m desk [serve|nightly]``."""

from __future__ import annotations

import argparse
import sys

from . import settings
from .demo import fill
from .nightly import nightly
from .outside import World
from .store import connected, made, writing


def main(arguments: list[str] | None = None) -> int:
    """Do as asked, and return how many things failed, 0 where none did."""
    parser = argparse.ArgumentParser(prog="desk", description=__doc__)
    parser.add_argument("job", nargs="?", choices=("serve", "nightly"), default="serve")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args(arguments)
    engine = made(connected(settings.DATABASE))
    world = World(engine)
    if options.job == "nightly":
        return min(nightly(writing(engine), settings.today(), world), 100)
    with writing(engine)() as db:
        fill(db, settings.today())
    engine.dispose()
    import uvicorn  # the nightly job does without it

    uvicorn.run("desk.app:app", port=options.port, workers=options.workers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
