"""The shell: JSON documents in, invoices, pages and answers out.

``python -m seatbill bill FILE`` prints what a subscription comes to; ``preview``
answers one change of a stored subscription, so that any language can use the library
through a pipe.  Bad input is told with its place in the file; the exit code is then 2.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from ._shell._commands import ANSWERS, ROWS, Asked, rulebook_text, schema_text
from ._shell._options import options
from ._shell._rows import answer_rows
from ._shell._streams import ShellError, problems_of, problems_text, read, say, write
from .converters import InvalidDataError, parse
from .errors import SeatbillError
from .formatting import words

_PAGES = ("html", "svg")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the shell and return its exit code: 0, or 2 for bad input."""
    parser = options()
    try:
        given = parser.parse_args(argv)
        if getattr(given, "lines", False) and given.format not in (None, "json"):
            parser.error("--lines answers in JSON: leave out --format")
    except SystemExit as stop:  # argparse has said why
        return int(stop.code or 0)
    try:
        return _run(given)
    except BrokenPipeError:  # the reader has seen enough: say nothing at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except (ShellError, SeatbillError) as error:
        say(f"seatbill: {error}")
    return 2


def _run(given: Any) -> int:
    """Run the command that was *given*."""
    if given.command == "schema":
        write(schema_text(given.name), given.output)
        return 0
    words(given.locale)  # refused before anything is read
    asked = Asked(format=given.format or given.usual, locale=given.locale)
    if given.command == "rulebooks":
        write(rulebook_text(given.name, asked), given.output)
        return 0
    if getattr(given, "lines", False):
        answer = ROWS[given.command]
        told = answer_rows(answer, given.file, given.output, locale=given.locale)
        return 0 if told else 2
    return _answer(given, asked)


def _answer(given: Any, asked: Asked) -> int:
    """Answer the document in the file that was *given*."""
    try:
        found = ANSWERS[given.command](parse(read(given.file)), asked)
    except InvalidDataError as error:
        problems = problems_of(error, asked.locale)
        as_data = asked.format == "json"
        say(problems_text(problems, given.file, as_data=as_data))
        return 2
    write(found, given.output, is_page=asked.format in _PAGES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
