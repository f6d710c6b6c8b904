"""Reading and writing: files, standard input and output, and what is wrong."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any, TextIO

import attrs

from ..converters import DataProblem, InvalidDataError, to_data
from ..documents._columns import printable
from ..errors import SeatbillError
from ..formatting import describe
from ..notices import Refusal

_MARK = b"\xef\xbb\xbf"


class ShellError(Exception):
    """Something that ends the command, with what to say of it."""


def name_of(name: str) -> str:
    """Return how a file is called."""
    return "standard input" if name == "-" else name


def read(name: str) -> str:
    """Return the text of a file, or of standard input."""
    try:
        if name == "-":
            raw: Any = standard_input().read()
        else:
            with open(name, "rb") as file:
                raw = file.read()
        return text_of(raw)
    except OSError as error:
        reason = error.strerror or error
        raise ShellError(f"cannot read {name_of(name)}: {reason}") from None
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1} is not UTF-8"
        raise ShellError(f"cannot read {name_of(name)}: {place}") from None


def standard_input() -> Any:
    """Return standard input, in bytes where it has them."""
    if _is_closed(sys.stdin):
        raise ShellError("cannot read standard input: it is closed")
    return getattr(sys.stdin, "buffer", sys.stdin)


def standard_output() -> TextIO:
    """Return standard output, which is open."""
    if _is_closed(sys.stdout):
        raise ShellError("cannot write standard output: it is closed")
    return sys.stdout


def _is_closed(stream: Any) -> bool:
    """Tell whether *stream* is not there: closed by who started the shell, or here."""
    return stream is None or getattr(stream, "closed", False)


def keep_apart(source: str, target: str | None, reason: str) -> None:
    """Refuse to write into the file that is read, by whatever name or link.

    It would be lost, or grow by what is read of it.
    """
    if target in (None, "-"):
        target, written = "standard output", _file(sys.stdout)
    else:
        written = _file(target)
    found = _file(sys.stdin if source == "-" else source)
    if found is not None and written is not None and os.path.samestat(found, written):
        raise ShellError(f"cannot write {target}: {reason}; name another file")


def _file(place: Any) -> os.stat_result | None:
    """Return which file a name or a stream stands for, if it is one on a disk."""
    try:
        found = os.stat(place if isinstance(place, str) else place.fileno())
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def abandon(stream: Any) -> None:
    """Let nothing more come of *stream*: what is left in it is dropped at the exit."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def text_of(raw: bytes | str) -> str:
    """Return what was read as text, without a mark of its order of bytes."""
    return raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw


def rows(stream: IO[Any]) -> Iterator[bytes | str]:
    """Yield the rows of *stream* one by one, with their ends."""
    for i, row in enumerate(stream):
        yield row.removeprefix(_MARK) if i == 0 and isinstance(row, bytes) else row


def write(text: str, name: str | None, *, is_page: bool = False) -> None:
    """Write *text* into the file *name*, or on standard output where there is none.

    A page (HTML, SVG) says itself that it is UTF-8, and is written so.
    """
    text = text.removesuffix("\n")
    if name is not None and name != "-":
        try:
            with open(name, "w", encoding="utf-8", newline="\n") as file:
                file.write(f"{text}\n")
        except OSError as error:
            raise ShellError(
                f"cannot write {name}: {error.strerror or error}"
            ) from None
        return
    out = standard_output()
    try:
        if is_page and hasattr(out, "buffer"):
            out.buffer.write(f"{text}\n".encode())
            out.flush()
        else:
            _print(text, out)
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon(out)
        reason = error.strerror or error
        raise ShellError(f"cannot write standard output: {reason}") from None


def say(*rows: str) -> None:
    """Say something on standard error, a row each; where nobody can hear it, nothing.

    What would move the cursor is not said: names come from documents and the shell.
    """
    if _is_closed(sys.stderr):
        return
    try:
        _print("\n".join(map(printable, rows)), sys.stderr)
    except OSError:
        abandon(sys.stderr)


def _print(text: str, out: TextIO) -> None:
    """Print *text*; what the stream cannot show is escaped."""
    encoding = out.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=out)
    out.flush()


# What is wrong.


def problems_of(error: SeatbillError, locale: str) -> tuple[DataProblem, ...]:
    """Return what is wrong with a document, each refusal in the words of *locale*.

    What is refused after the document was read has all of it for its place.
    """
    if isinstance(error, InvalidDataError):
        return tuple(_said(problem, locale) for problem in error.problems)
    told = error.as_dict()
    values = tuple(told["values"].items())
    return (_said(DataProblem("$", error.code, told["message"], values), locale),)


def _said(problem: DataProblem, locale: str) -> DataProblem:
    """Return *problem* in the words of *locale*, where it is a refusal of the rules."""
    if locale == "en":
        return problem
    refusal = Refusal(problem.code, problem.message, "", problem.values)
    return attrs.evolve(problem, message=describe(refusal, locale))


def problem_rows(
    problems: tuple[DataProblem, ...], name: str, *, as_data: bool
) -> tuple[str, ...]:
    """Return *problems* for people, or as data for who asked for data."""
    if as_data:
        return (json.dumps(problems_data(problems)),)
    count = len(problems)
    head = f"seatbill: {name_of(name)}: {count} problem{'s' * (count > 1)}"
    return (head, *(f"  {p.where}: {p.message}  [{p.code}]" for p in problems))


def problems_data(problems: tuple[DataProblem, ...]) -> dict[str, Any]:
    """Return *problems* as data."""
    return {
        "problems": [
            {
                "path": p.where,
                "code": p.code,
                "message": p.message,
                "values": {name: _data_of(value) for name, value in p.values},
            }
            for p in problems
        ]
    }


def _data_of(value: Any) -> Any:
    """Return *value* as data, or as it is shown where it is no value of seatbill."""
    try:
        return to_data(value)
    except SeatbillError:
        return str(value)
