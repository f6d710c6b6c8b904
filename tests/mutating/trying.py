"""Collects the tests once; each change is then tried in a copy of the process.

In the copy the functions that differ get the changed code, what was remembered is
forgotten, and the tests that reach the change run, until one fails.  A change that
lives there is tried once more where everything is imported anew: what is made while
the tests are collected is made by the changed module too.
"""

from __future__ import annotations

import ast
import functools
import gc
import importlib.abc
import importlib.util
import os
import resource
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Protocol

import pytest

from .changes import Change, changes
from .reached import ROOT, SECONDS, by_line_of, note, path_of, read

# Derived from the examples of every day, without looking for the smallest that fails.
PROFILE = {"HYPOTHESIS_PROFILE": "mutants"}
QUIET = ("-q", "-x", "--no-header", "--tb=native", "-p", "no:cacheprovider")
QUIET += ("-p", "no:xdist", "-p", "no:faulthandler", "-p", "no:cov")
MOST_SECONDS = 15.0
"""How long the tests of one change may take: the quickest ones first."""
ALIKE = 0.002
"""How many seconds later a test comes for each quicker one of its file."""
MOST_MEMORY = 3 * 2**30


class Functions:
    """The functions of a module that are there now, to be given other code."""

    def __init__(self, file: Path) -> None:
        self.file = str(file)
        self.found: dict[tuple[str, int], list[FunctionType]] = defaultdict(list)
        self.remembering: list[Any] = []
        for thing in gc.get_objects():
            if type(thing) is FunctionType and thing.__code__.co_filename == self.file:
                code = thing.__code__
                self.found[code.co_qualname, code.co_firstlineno].append(thing)
            elif type(thing) is functools._lru_cache_wrapper:  # asks no lazy object
                self.remembering.append(thing)

    def become(self, tree: ast.Module) -> None:
        """Give the functions the code that they have in *tree*."""
        for code in _codes(compile(tree, self.file, "exec")):
            for function in self.found.get((code.co_qualname, code.co_firstlineno), ()):
                if function.__code__ != code:
                    function.__code__ = code
        for cached in self.remembering:
            cached.cache_clear()


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield *code* and all that is inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


class Telling(Protocol):
    """What is told of each change."""

    def knows(self, module: str, change: Change) -> bool:
        """Return whether *change* is known to change nothing."""

    def tell(self, module: str, change: Change, killer: str) -> None:
        """Tell that *killer* minds *change*; nothing does where it is empty."""

    def end(self, module: str) -> None:
        """Tell what all changes of *module* came to."""


class Trial:
    """A session that tries the changes of some modules instead of running its tests."""

    def __init__(
        self,
        modules: list[str],
        told: Telling,
        *,
        jobs: int = 1,
        quick: bool = False,
    ) -> None:
        self.modules = modules
        self.told = told
        self.jobs = jobs
        self.quick = quick
        self.items: dict[str, Any] = {}
        self.seconds: dict[str, float] = {}
        self.killers: list[str] = []

    def pytest_runtestloop(self, session: Any) -> bool:
        """Try every change; the tests themselves do not run here."""
        self.items = {item.nodeid: item for item in session.items}
        new = sorted({*self.items} - {*read(SECONDS)})
        if new:
            note(new, 1)
        self.seconds = {name: s for name, s in read(SECONDS).items() if s is not None}
        self._leave_out({*self.items} - {*self.seconds})
        functions = [Functions(path_of(module)) for module in self.modules]
        gc.freeze()  # what is there stays as it is, and is shared by the copies
        gc.disable()
        for module, found in zip(self.modules, functions, strict=True):
            self._module(module, found)
        return True

    def _module(self, module: str, functions: Functions) -> None:
        """Try every change of *module*, a few at a time."""
        by_line = by_line_of(module)
        print(f"{module}: {len(by_line[0])} tests reach it", flush=True)
        own = tuple(f"tests/test_{p.strip('_')}" for p in module.split(".")[1:])
        self._sound(functions, self._chosen(by_line[0], own))
        running: dict[int, tuple[Change, list[str], int]] = {}
        for change in changes(path_of(module).read_text(encoding="utf-8")):
            tests = self._chosen(reaching(change, by_line), own)
            while len(running) >= self.jobs:
                self._end(module, running)
            child, told = self._fork(functions, change.tree, tests)
            every = self._chosen(reaching(change, by_line), own, 4 * MOST_SECONDS)
            running[child] = change, every, told
        while running:
            self._end(module, running)
        self.told.end(module)

    def _chosen(
        self, tests: set[str], own: tuple[str, ...], most: float = MOST_SECONDS
    ) -> list[str]:
        """Return the tests to run: what minded last, the module's own, then the others.

        No longer than *most* in all, but each of the module's own: the quick ones
        first, and those of many files, for two of one file are often alike.
        """
        last = {name: i for i, name in enumerate(self.killers)}
        files: dict[str, int] = defaultdict(int)
        ranked = []
        for name in sorted(tests, key=lambda name: (self.seconds.get(name, 0.0), name)):
            if name in self.items:
                file = name.partition("::")[0]
                files[file] += 1
                of_own = not file.startswith(own)
                cost = self.seconds.get(name, 0.0) + ALIKE * files[file]
                ranked.append((-last.get(name, -1), of_own, cost, name))
        found, total = [], 0.0
        for _, other, _, name in sorted(ranked):
            total += self.seconds.get(name, 0.0)
            if total < most or not other:
                found.append(name)
        return found

    def _sound(self, functions: Functions, tests: list[str]) -> None:
        """Leave out what fails on the module as it is."""
        tree = ast.parse(Path(functions.file).read_text(encoding="utf-8"))
        child, told = self._fork(functions, tree, tests, first=False)
        os.waitpid(child, 0)
        with os.fdopen(told, encoding="utf-8") as end:
            self._leave_out(end.read().splitlines())

    def _leave_out(self, tests: Iterable[str]) -> None:
        """Ask *tests* no more."""
        for name in tests:
            print(f"left out, for it fails on the code as it is: {name}")
            del self.items[name]

    def _fork(
        self,
        functions: Functions,
        tree: ast.Module,
        tests: list[str],
        *,
        first: bool = True,
    ) -> tuple[int, int]:
        """Start a child that runs *tests* on *tree*; return it, and what it tells."""
        read_end, write_end = os.pipe()
        child = os.fork()
        if child:
            os.close(write_end)
            return child, read_end
        code = 1
        try:
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
            functions.become(tree)
            for failed in self._failing(tests):
                os.write(write_end, f"{failed}\n".encode())
                if first:
                    os._exit(1)
            code = 0
        finally:
            os._exit(code)

    def _failing(self, tests: list[str]) -> Iterator[str]:
        """Run *tests*, and yield those that fail."""
        items = [self.items[name] for name in tests]
        for item, following in zip(items, [*items[1:], None], strict=False):
            watch = Watch()
            item.config.pluginmanager.register(watch)
            limit = 5 + 20 * self.seconds.get(item.nodeid, 0.0)
            signal.setitimer(signal.ITIMER_VIRTUAL, limit)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            item.config.pluginmanager.unregister(watch)
            if watch.failed:
                yield item.nodeid

    def _end(self, module: str, running: dict[int, Any]) -> None:
        """Wait for one child, and tell what became of its change."""
        child, status = os.wait()
        change, every, told = running.pop(child)
        with os.fdopen(told, encoding="utf-8") as end:
            killer = end.read().strip()
        if killer:
            with suppress(ValueError):
                self.killers.remove(killer)
            self.killers = [*self.killers[-40:], killer]
        listed = self.told.knows(module, change)
        if not (status or listed or self.quick) and anew(module, change, every):
            killer = "when all is imported anew"
            status = 1
        self.told.tell(module, change, "" if status == 0 else killer or "no end")


class Watch:
    """Notes that a test failed."""

    failed = False

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note it."""
        self.failed = self.failed or report.failed


def reaching(change: Change, by_line: dict[int, set[str]]) -> set[str]:
    """Return the tests that reach *change*; all of the module's where none is noted."""
    if len(by_line) == 1:
        return by_line[0]
    tests: set[str] = set()
    for line in range(change.line, change.last_line + 1):
        tests |= by_line.get(line, set())
    return tests or by_line[0]


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and loads the changed one."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module = module
        self.tree = tree

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self.module:
            return None
        file = path_of(name)
        places = [str(file.parent)] if file.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name, file, loader=self, submodule_search_locations=places
        )

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        exec(compile(self.tree, str(path_of(self.module)), "exec"), vars(module))


def anew(module: str, change: Change, tests: list[str]) -> bool:
    """Tell whether a test of *tests* fails where all is imported with *change*."""
    found = changes(path_of(module).read_text(encoding="utf-8"))
    place = next(i for i, one in enumerate(found) if one.name == change.name)
    command = [sys.executable, "-m", "mutating.trying", module, str(place), *tests]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **PROFILE, "PYTHONPATH": str(ROOT / "tests")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return ended.returncode != 0


def main() -> int:
    """Run tests on a module that is changed before anything imports it."""
    module, place, *tests = sys.argv[1:]
    found = list(changes(path_of(module).read_text(encoding="utf-8")))
    sys.meta_path.insert(0, Changed(module, found[int(place)].tree))
    signal.setitimer(signal.ITIMER_VIRTUAL, 20 + 10 * MOST_SECONDS)
    return int(pytest.main([*QUIET, *tests])) if tests else 0


if __name__ == "__main__":
    sys.exit(main())
