"""How the pages are built: ``make docs``, without a network, a clock or a warning."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "_ext"))
PROJECT = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))

project = "seatbill"
author = "the seatbill authors"
project_copyright = author  # no year: the same sources give the same pages
version = release = PROJECT["project"]["version"]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "changelog_fragments",
    "cldr_digits",
    "engine_picture",
    "error_table",
    "floor_plan",
    "made_pages",
    "price_lists",
    "public_names",
    "rule_tables",
    "shell_commands",
    "state_pictures",
]

root_doc = "index"
exclude_patterns = ["_ext", "_build"]
nitpicky = True
smartquotes_action = "q"  # not the dashes: --lines stays as it is typed

# Python's own names are told apart in signatures, but not linked: no inventory is read.
_OTHERS = """
    attrs collections.abc contextlib datetime decimal dt enum fractions gettext
    hypothesis st types typing
"""
nitpick_ignore_regex = [("py:.*", rf"{name}\..*") for name in _OTHERS.split()]

# Pages: MyST.

myst_enable_extensions = ["attrs_inline", "deflist", "fieldlist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

# The reference: what the docstrings say, in the order of the source.

autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_inherit_docstrings = False
python_maximum_signature_line_length = 72
python_use_unqualified_type_names = True
add_module_names = False
toc_object_entries_show_parents = "hide"

# The site: furo, with the system's own letters; nothing comes from elsewhere.

html_theme = "furo"
html_title = "seatbill"
html_static_path = ["_static"]
html_css_files = ["seatbill.css"]
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
pygments_dark_style = "monokai"
