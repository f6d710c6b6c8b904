"""``{shell-command} bill``: what a command takes, read off the parser of the shell."""

from __future__ import annotations

import argparse
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from seatbill._shell._arguments import options


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    (group,) = (a for a in options()._actions if isinstance(a.choices, dict))
    return dict(group.choices)


def rows(name: str) -> list[str]:
    """Return what the command *name* takes, as the lines of a page."""
    parser = commands()[name]
    lines = [parser.description or "", "", "| argument | is |", "|---|---|"]
    for action in parser._actions:
        if action.dest == "help":
            continue
        said = ", ".join(action.option_strings) or action.metavar or action.dest
        if action.choices:
            said += f" {'|'.join(map(str, action.choices))}"
        elif action.option_strings and action.nargs != 0:
            said += f" {action.metavar or action.dest.upper()}"
        shown = said.replace("|", "\\|")
        lines.append(f"| `{shown}` | {action.help} |")
    return lines


class ShellCommand(SphinxDirective):
    """The description of a command, and a table of its arguments."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(rows(self.arguments[0])))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("shell-command", ShellCommand)
    return {"parallel_read_safe": True}
