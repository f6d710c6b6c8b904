"""Run every example: the code blocks of the pages, the doctests of the docstrings.

Tests and examples are told by a stand-in of CLDR how locales write; see tests/cldr.py.
"""

import contextlib

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

import cldr

cldr.ask(cldr.held)


@pytest.fixture(scope="module")
def new_directory(tmp_path_factory):
    """Run the blocks of a page where they may write files."""
    with contextlib.chdir(tmp_path_factory.mktemp("page")):
        yield


pages = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    pattern="*.md",
    fixtures=["new_directory"],
)
docstrings = Sybil(
    parsers=[DocTestParser()],
    path="src/seatbill",
    pattern="*.py",
    exclude="__main__.py",  # the shell is run by its tests, not imported for examples
)

pytest_collect_file = (pages + docstrings).pytest()
