"""The shell: JSON documents in, invoices, pages and answers out.

``python -m seatbill bill FILE`` prints what a subscription comes to; ``preview``
answers one change of a stored subscription, so that any language can use the library
through a pipe.  Bad input is told with its place in the file; the exit code is then 2.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from ._shell import _streams as streams
from ._shell._arguments import options
from ._shell._commands import ANSWERS, ROWS, Asked, rulebook_text, schema_text
from ._shell._rows import answer_rows
from ._shell._streams import read
from .converters import RULEBOOKS, SCHEMAS, MissingExtraError, parse
from .converters._problems import meant
from .errors import SeatbillError, UnknownItemError
from .formatting import words

_PAGES = ("html", "svg")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the shell and return its exit code: 0, or 2 for bad input."""
    parser = options()
    try:
        given = parser.parse_args(argv)
        if getattr(given, "lines", False) and given.format not in (None, "json"):
            parser.error("--lines answers in JSON: leave out --format")
        if getattr(given, "jobs", None) and not given.lines:
            parser.error("--jobs answers rows: give --lines too")
        return _run(given)
    except SystemExit as stop:  # the parser has said why
        return int(stop.code or 0)
    except BrokenPipeError:  # the reader has seen enough: say nothing at exit either
        streams.abandon(sys.stdout)
        return 1
    except KeyboardInterrupt:
        return 130
    except (streams.ShellError, SeatbillError) as error:
        streams.say(f"seatbill: {error}")
    return 2


def _run(given: Any) -> int:
    """Run the command that was *given*."""
    if given.command == "schema":
        found = _named(given.name, SCHEMAS, "en", partial(schema_text, given.name))
        streams.write(found, given.output)
        return 0
    words(given.locale)  # refused before anything is read
    asked = Asked(format=given.format or given.usual, locale=given.locale)
    if given.command == "rulebooks":
        text = partial(rulebook_text, given.name, asked)
        streams.write(_named(given.name, RULEBOOKS, asked.locale, text), given.output)
        return 0
    if getattr(given, "lines", False):
        answer = ROWS[given.command]
        told = answer_rows(
            answer,
            given.file,
            given.output,
            locale=given.locale,
            jobs=given.jobs or 1,
        )
        return 0 if told else 2
    return _answer(given, asked)


def _named(
    name: str, known: Iterable[str], locale: str, text: Callable[[], str]
) -> str:
    """Return the *text* of a name, or tell, in English, which one was likely meant."""
    try:
        return text()
    except UnknownItemError as error:
        (problem,) = streams.problems_of(error, locale)
        guess = meant(name, known) if locale == "en" else ""
        raise streams.ShellError(f"{problem.message}{guess}") from None


def _answer(given: Any, asked: Asked) -> int:
    """Answer the document in the file that was *given*."""
    streams.keep_apart(given.file, given.output, "the document is in it")
    try:
        found = ANSWERS[given.command](parse(read(given.file)), asked)
    except MissingExtraError:  # nothing is wrong with the document
        raise
    except SeatbillError as error:
        problems = streams.problems_of(error, asked.locale)
        as_data = asked.format == "json"
        streams.say(*streams.problem_rows(problems, given.file, as_data=as_data))
        return 2
    streams.write(found, given.output, is_page=asked.format in _PAGES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
