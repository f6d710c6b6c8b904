"""Reading and writing: files, standard input and output, and what is wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import IO, Any, TextIO

from ..converters import DataProblem, InvalidDataError, to_data
from ..documents._columns import printable
from ..errors import SeatbillError
from ..formatting import describe

__all__ = [
    "ShellError",
    "name_of",
    "problems_of",
    "problems_text",
    "read",
    "rows",
    "say",
    "standard_input",
    "text_of",
    "write",
]

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
    if sys.stdin is None:  # closed by who started the shell
        raise ShellError("cannot read standard input: it is closed")
    return getattr(sys.stdin, "buffer", sys.stdin)


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
    try:
        if is_page and hasattr(sys.stdout, "buffer"):
            sys.stdout.buffer.write(f"{text}\n".encode())
            sys.stdout.flush()
        else:
            _print(text, sys.stdout)
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or error
        raise ShellError(f"cannot write standard output: {reason}") from None


def say(message: str) -> None:
    """Say something on standard error."""
    _print(message, sys.stderr)


def _print(text: str, out: TextIO) -> None:
    """Print *text*; what the stream cannot show is escaped."""
    encoding = out.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=out)
    out.flush()


# What is wrong.


def problems_of(error: InvalidDataError, locale: str) -> tuple[DataProblem, ...]:
    """Return what is wrong with a document, a refusal in the words of *locale*."""
    cause = error.__cause__
    if isinstance(cause, SeatbillError) and len(error.problems) == 1 and locale != "en":
        (only,) = error.problems
        told = describe(cause, locale)
        return (DataProblem(only.where, only.code, told, only.values),)
    return error.problems


def problems_text(
    problems: tuple[DataProblem, ...], name: str, *, as_data: bool
) -> str:
    """Return *problems* for people, or as data for who asked for data."""
    if as_data:
        return json.dumps(problems_data(problems))
    count = len(problems)
    head = f"seatbill: {name_of(name)}: {count} problem{'s' * (count > 1)}"
    rows = (head, *(f"  {p.where}: {p.message}  [{p.code}]" for p in problems))
    return "\n".join(map(printable, rows))


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
