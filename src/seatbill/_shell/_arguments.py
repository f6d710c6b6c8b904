"""What may be said on the command line."""

from __future__ import annotations

import argparse
import importlib.metadata
from typing import Any, NoReturn

from ._streams import say, write

__all__ = ["options"]

_ONE = "a JSON file, or - for standard input"
_MANY = f"{_ONE}; with --lines one document a line"


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
    bill = commands.add_parser(
        "bill",
        help="print the invoices of a subscription and its changes",
        description="Bill a subscription from its first day, with dated changes.",
    )
    _add_file(bill, _MANY)
    _add_lines(bill)
    _add_output(bill, "text", ("text", "json", "html", "svg"))
    bill.add_argument(
        "--json",
        dest="format",
        action="store_const",
        const="json",
        help="--format json",
    )
    preview = commands.add_parser(
        "preview",
        help="say what a change of a stored subscription comes to",
        description=(
            "Answer one change request: the subscription after it, to be stored, and "
            "its invoices.  Nothing is kept here: who keeps the answer has changed."
        ),
    )
    _add_file(preview, _MANY)
    _add_lines(preview)
    _add_output(preview, "json", ("text", "json", "html"))
    show = commands.add_parser(
        "show",
        help="print a stored invoice, or write it as a page",
        description="Write a document that an answer gave to be stored, as a page.",
    )
    _add_file(show, _ONE)
    _add_output(show, "text", ("text", "html"))
    explain = commands.add_parser(
        "explain",
        help="say how each line of an invoice comes to its amount",
        description=(
            "Explain a stored invoice, such as answers have among their documents, or "
            "every invoice of a request that bill reads."
        ),
    )
    _add_file(explain, _ONE)
    _add_output(explain, "text", ("text", "json"))
    schema = commands.add_parser(
        "schema",
        help="print the JSON Schema of a request or an answer",
        description="Print a JSON Schema (2020-12); without a name, what there is.",
    )
    schema.add_argument("name", nargs="?", help="such as bill-request")
    _add_place(schema)
    rulebooks = commands.add_parser(
        "rulebooks",
        help="print what each rulebook says",
        description="Print rules and sample prices; without a name, what there is.",
    )
    rulebooks.add_argument(
        "name", nargs="?", help="one of those that are printed without it"
    )
    _add_output(rulebooks, "text", ("text", "json"))
    return parser


def _add_file(parser: argparse.ArgumentParser, what: str) -> None:
    """Take the name of a file."""
    parser.add_argument("file", help=what)


def _add_lines(parser: argparse.ArgumentParser) -> None:
    """Take JSON Lines."""
    parser.add_argument(
        "--lines",
        action="store_true",
        help="JSON Lines in and out: an answer a row, or what is wrong with the row; "
        "the exit code is 2 if a row is refused",
    )


def _add_output(
    parser: argparse.ArgumentParser, default: str, formats: tuple[str, ...]
) -> None:
    """Take what is to be written, in whose words, and where to."""
    parser.add_argument(
        "--format", choices=formats, help=f"what to write; {default} unless given"
    )
    parser.set_defaults(format=None, usual=default)
    parser.add_argument(
        "--locale", default="en", help="whose words and numbers: en, fr, de-AT, ..."
    )
    _add_place(parser)


def _add_place(parser: argparse.ArgumentParser) -> None:
    """Take where to write."""
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write into a file, which is overwritten"
    )


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
        say(*usage, f"{self.prog}: error: {message}")
        self.exit(2)


class _Version(argparse.Action):
    """Prints the version that is installed; it is looked up when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        write(f"seatbill {importlib.metadata.version('seatbill')}", None)
        parser.exit()
