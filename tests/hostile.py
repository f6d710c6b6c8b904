"""Run one attack in a process with little memory and time: ``python hostile.py NAME``.

Prints what it came to: the outcome, and the CPU seconds that it took.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.growth import BOUNDED, GROWTH

ATTACKS = {growth.name: growth for growth in (*GROWTH, *BOUNDED)}
MEMORY = 10**9
SECONDS = 10


def main(name: str) -> None:
    """Confine the process, and run the attack of this *name*."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    attack = ATTACKS[name]
    work = attack.work(attack.attack)
    began = time.process_time()
    found = work()
    took = time.process_time() - began
    code = found.code if isinstance(found, ValueError) else "answered"
    print(json.dumps({"outcome": code, "seconds": took}))


if __name__ == "__main__":
    main(sys.argv[1])
