"""JSON Lines: a document a row in, an answer a row out, as they come.

A row that is refused is told in its place, and the others are done.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import islice
from typing import IO, Any, Final, final

from ..converters import DataProblem, MissingExtraError, parse
from ..errors import SeatbillError
from . import _streams as streams

_BAR: Final = 30
_EVERY: Final = 50
"""After how many rows progress is shown again."""
_PATIENCE: Final = 1.0
"""After how many seconds the pace is known."""
_CHUNK: Final = 32
"""How many rows a process is given at once."""

_Row = tuple[int, bytes | str]


def answer_rows(
    answer: Callable[[Any], Any],
    source: str,
    target: str | None,
    *,
    locale: str,
    jobs: int = 1,
) -> bool:
    """Write an answer for each row of *source*; return whether all were answered.

    Empty rows are passed over.  A row that is refused becomes ``row``, its number
    from 1, and ``problems``.  With more *jobs* than one, so many processes work, and
    the answers come in chunks, in the order of the rows.
    """
    refused: list[int] = []
    done = 0
    try:
        with _opened(source) as stream, _created(target, source) as out:
            bar = _Bar(_size(stream), out)
            work = partial(_answered, answer, locale=locale)
            for number, found in _in_turn(work, _read(stream, bar), jobs):
                done += 1
                if "problems" in found:
                    refused.append(number)
                told = {"row": number, **found} if "problems" in found else found
                out.write(f"{json.dumps(told, separators=(',', ':'))}\n")
                out.flush()  # who asks row by row waits for it
            bar.clear()
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or error
        if error.filename is not None:
            raise streams.ShellError(
                f"cannot open {error.filename}: {reason}"
            ) from None
        where = target
        if target in (None, "-"):
            where = "standard output"
            streams.abandon(sys.stdout)
        raise streams.ShellError(f"cannot write {where}: {reason}") from None
    if refused:
        streams.say(
            f"seatbill: {streams.name_of(source)}: {len(refused)} of {done} rows are "
            f"refused, the first is row {refused[0]}"
        )
    return not refused


def _read(stream: IO[Any], bar: _Bar) -> Iterator[_Row]:
    """Yield the rows that say something, each with its number."""
    for number, row in enumerate(streams.rows(stream), start=1):
        bar.show(number, len(row))
        if row.strip():
            yield number, row


def _in_turn(
    work: Callable[[Any], Any], rows: Iterator[_Row], jobs: int
) -> Iterator[tuple[int, Any]]:
    """Yield the number and the answer of each row, in order."""
    if jobs == 1:
        for number, row in rows:
            yield number, work(row)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    given: deque[tuple[list[_Row], Any]] = deque()
    chunk: list[_Row] = []
    with ProcessPoolExecutor(jobs) as pool:
        try:
            while (chunk := [*islice(rows, _CHUNK)]) or given:
                if chunk:
                    given.append((chunk, pool.submit(several, work, chunk)))
                if len(given) > 2 * jobs or not chunk:
                    yield from given[0][1].result()
                    given.popleft()
        except BrokenProcessPool:
            open_rows = [row for part, _ in given for row in part] or chunk
            first, last = open_rows[0][0], (chunk or open_rows)[-1][0]
            said = f"a process ended; rows {first} to {last} have no answer"
            raise streams.ShellError(said) from None
        finally:
            pool.shutdown(cancel_futures=True)


def several(work: Callable[[Any], Any], rows: list[_Row]) -> list[tuple[int, Any]]:
    """Return the number and the answer of each of *rows*, in another process."""
    return [(number, work(row)) for number, row in rows]


def _answered(answer: Callable[[Any], Any], row: bytes | str, *, locale: str) -> Any:
    try:
        return answer(parse(streams.text_of(row).strip()))
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is not UTF-8"
        values = (("byte", error.start + 1),)
        return streams.problems_data(
            (DataProblem("$", "invalid_json", message, values),)
        )
    except MissingExtraError:  # nothing is wrong with the row
        raise
    except SeatbillError as error:
        return streams.problems_data(streams.problems_of(error, locale))


def _opened(name: str) -> AbstractContextManager[IO[Any]]:
    if name == "-":
        return nullcontext(streams.standard_input())
    return open(name, "rb")


def _created(name: str | None, source: str) -> AbstractContextManager[IO[str]]:
    """Open a file for writing, never the *source*; or take standard output."""
    streams.keep_apart(source, name, "it is read row by row")
    if name is None or name == "-":
        return nullcontext(streams.standard_output())
    return open(name, "w", encoding="utf-8", newline="\n")


def _size(stream: IO[Any]) -> int:
    """Return how many bytes there are to read, 0 where nobody knows."""
    try:
        return os.fstat(stream.fileno()).st_size
    except (OSError, AttributeError):
        return 0


@final
class _Bar:
    """How far the work is, on a terminal that shows nothing else."""

    def __init__(self, size: int, out: IO[str]) -> None:
        terminal = sys.stderr is not None and sys.stderr.isatty()
        self.is_shown = terminal and not out.isatty()
        self.size = size
        self.read = 0
        self.began = time.monotonic()

    def show(self, number: int, length: int) -> None:
        """Count a row in, and show the bar again where it has moved."""
        self.read += length
        if not self.is_shown or number % _EVERY != 1:
            return
        part = min(self.read / self.size, 1.0) if self.size else None
        shown = f"row {number}"
        if part is not None:
            shown = f"[{'#' * int(part * _BAR):-<{_BAR}}] {part:4.0%}  {shown}"
            if left := self._left(part):
                shown = f"{shown}, {left}"
        self._draw(shown)

    def _left(self, part: float) -> str:
        """Return how long the rest will take at this pace, once that can be told."""
        took = time.monotonic() - self.began
        left = round(took / part * (1 - part)) if part else 0
        if took < _PATIENCE or not left:
            return ""
        minutes, seconds = divmod(left, 60)
        return f"{minutes} min {seconds} s left" if minutes else f"{seconds} s left"

    def clear(self) -> None:
        """Leave an empty line."""
        if self.is_shown:
            self._draw("")

    def _draw(self, shown: str) -> None:
        """Write over what was there."""
        sys.stderr.write(f"\r\x1b[K{shown}")
        sys.stderr.flush()
