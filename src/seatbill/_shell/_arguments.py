"""What may be said on the command line."""

from __future__ import annotations

import argparse
import importlib.metadata
import re
from typing import Any, Final, NoReturn

from ..converters._problems import meant
from ._streams import say, write

_WRONG: Final = re.compile("invalid choice: '([^']*)'|arguments:.* ?(--[^ =]+)")
_ONE = "a JSON file, or - for standard input"
_MANY = f"{_ONE}; with --lines one document a line"
_ORDER = ("text", "json", "html", "svg")
_LINES = (
    "JSON Lines in and out: an answer a row, or what is wrong with the row; "
    "the exit code is 2 if a row is refused"
)

_JOBS = "with --lines: how many processes answer, in chunks; one unless given"
_MOST_JOBS: Final = 61
"""No system takes more on Windows."""

# Each command: what its help says in the list and on its own page; what it takes,
# a file or a name, and how that is explained; the formats that it writes, the usual
# one first; an example.  A file of many documents can be read line by line.
_COMMANDS = (
    (
        "bill",
        "print the invoices of a subscription and its changes",
        "Bill a subscription from its first day, with dated changes.",
        ("file", _MANY),
        ("text", "json", "html", "svg"),
        "bill examples/growing-team.json --format html -o team.html",
    ),
    (
        "preview",
        "say what a change of a stored subscription comes to",
        (
            "Answer one change request: the subscription after it, to be stored, and "
            "its invoices.  Nothing is kept here: who keeps the answer has changed."
        ),
        ("file", _MANY),
        ("json", "text", "html"),
        "preview change.json --format text",
    ),
    (
        "show",
        "print a stored invoice, or write it as a page",
        "Write a document that an answer gave to be stored, as a page.",
        ("file", _ONE),
        ("text", "html"),
        "show invoice.json --locale fr",
    ),
    (
        "explain",
        "say how each line of an invoice comes to its amount",
        (
            "Explain a stored invoice, such as answers have among their documents, or "
            "every invoice of a request that bill reads."
        ),
        ("file", _ONE),
        ("text", "json"),
        "explain examples/growing-team.json",
    ),
    (
        "schema",
        "print the JSON Schema of a request or an answer",
        "Print a JSON Schema (2020-12); without a name, what there is.",
        ("name", "such as bill-request"),
        (),
        "schema bill-request",
    ),
    (
        "rulebooks",
        "print what each rulebook says",
        "Print rules and sample prices; without a name, what there is.",
        ("name", "one of those that are printed without it"),
        ("text", "json"),
        "rulebooks annual-commitment --locale de",
    ),
)


def options() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = _Parser(
        prog="python -m seatbill",
        description="Exact billing rules for seat-based subscriptions.",
        epilog="Bad input is told with its place in the file; the exit code is then 2.",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="print the version and stop"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, short, long, (place, what), formats, example in _COMMANDS:
        said = f"For example: {parser.prog} {example}"
        command = commands.add_parser(name, help=short, description=long, epilog=said)
        is_file = place == "file"
        command.add_argument(place, nargs=None if is_file else "?", help=what)
        if what is _MANY:
            command.add_argument("--lines", action="store_true", help=_LINES)
            command.add_argument("--jobs", type=_jobs, metavar="N", help=_JOBS)
        if formats:
            _add_formats(command, formats)
        output = "write into a file, which is overwritten"
        command.add_argument("-o", "--output", metavar="FILE", help=output)
        if name == "bill":
            more: Any = {"dest": "format", "action": "store_const", "const": "json"}
            command.add_argument("--json", **more, help="--format json")
    return parser


def _add_formats(command: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    usual, listed = formats[0], [name for name in _ORDER if name in formats]
    command.add_argument(
        "--format", choices=listed, help=f"what to write; {usual} unless given"
    )
    command.set_defaults(format=None, usual=usual)
    command.add_argument(
        "--locale", default="en", help="whose words and numbers: en, fr, de-AT, ..."
    )


def _jobs(given: str) -> int:
    """Return how many processes are asked for."""
    jobs = int(given) if given.isascii() and given.isdecimal() else 0
    if not 1 <= jobs <= _MOST_JOBS:
        wanted = f"a whole number from 1 to {_MOST_JOBS}"
        raise argparse.ArgumentTypeError(f"{given!r} is not {wanted}")
    return jobs


class _Parser(argparse.ArgumentParser):
    """A parser that writes and says as the commands do."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.color = False  # Python 3.14 would color what it says

    def print_help(self, _file: Any = None) -> None:
        """Write the help on standard output."""
        write(self.format_help(), None)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and how they are given."""
        usage = self.format_usage().splitlines()
        wrong = _WRONG.search(message)
        word, known = wrong and (wrong[1] or wrong[2]), _known(self)
        guess = meant(word, known) if word and word not in known else ""
        say(*usage, f"{self.prog}: error: {message}{guess}")
        self.exit(2)


def _known(parser: argparse.ArgumentParser) -> list[str]:
    """Return every word that *parser* and its commands know."""
    found = [*parser._option_string_actions]
    for action in parser._actions:
        found += map(str, action.choices or ())
        if isinstance(action.choices, dict):
            found += (word for each in action.choices.values() for word in _known(each))
    return found


class _Version(argparse.Action):
    """Prints the version that is installed; it is looked up when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        write(f"seatbill {importlib.metadata.version('seatbill')}", None)
        parser.exit()
