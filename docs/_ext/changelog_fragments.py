"""``{changelog-fragments}``: what has changed since the last release, by kind."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parents[2]


def fragments(root: Path = ROOT) -> dict[str, list[Path]]:
    """Return the files of each kind that has any, as towncrier orders the kinds."""
    pyproject = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    kinds = pyproject["tool"]["towncrier"]["type"]
    found = {
        kind["name"]: sorted((root / "changelog.d").glob(f"+*.{kind['directory']}.md"))
        for kind in kinds
    }
    return {name: paths for name, paths in found.items() if paths}


class ChangelogFragments(SphinxDirective):
    """A definition list: each kind, and what changed."""

    def run(self) -> list[nodes.Node]:
        lines = []
        for kind, paths in fragments().items():
            lines += [f"**{kind}**", ""]
            for path in paths:
                self.env.note_dependency(str(path))
                entry = path.read_text(encoding="utf-8").strip()
                lines += ["- " + entry.replace("\n", "\n  "), ""]
        if not lines:
            lines = ["Nothing."]
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("changelog-fragments", ChangelogFragments)
    return {"parallel_read_safe": True}
