"""``{made-page} page``: the HTML that the blocks above it have put into a variable.

The blocks are run when the pages are built, so what is shown is what they make.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import tempfile
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def ran(text: str) -> dict[str, Any]:
    """Return what the blocks of *text* have defined, run one after the other."""
    names: dict[str, Any] = {}
    sink = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        contextlib.redirect_stdout(sink),
    ):
        for block in BLOCK.findall(text):
            prompts = doctest.DocTestParser().get_examples(block)
            for prompt in prompts:
                exec(compile(prompt.source, "<page>", "single"), names)  # noqa: S102
            if not prompts:
                exec(compile(block, "<page>", "exec"), names)  # noqa: S102
    return names


class MadePage(SphinxDirective):
    """A page within the page, with a title for those who do not see it."""

    required_arguments = 1
    option_spec: ClassVar[Any] = {
        "title": directives.unchanged_required,
        "height": directives.nonnegative_int,
    }

    def run(self) -> list[nodes.Node]:
        source = Path(self.env.doc2path(self.env.docname))
        above = source.read_text(encoding="utf-8").splitlines()[: self.lineno - 1]
        page = ran("\n".join(above))[self.arguments[0]]
        frame = (
            f'<iframe class="made" title="{escape(self.options["title"])}" '
            f'height="{self.options["height"]}" srcdoc="{escape(page)}"></iframe>'
        )
        return [nodes.raw("", frame, format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("made-page", MadePage)
    return {"parallel_read_safe": True}
