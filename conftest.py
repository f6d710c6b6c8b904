"""Run every example: the code blocks of the pages, the doctests of the docstrings."""

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

pages = Sybil(parsers=[PythonCodeBlockParser(), SkipParser()], pattern="*.md")
docstrings = Sybil(
    parsers=[DocTestParser()],
    path="src/seatbill",
    pattern="*.py",
    exclude="__main__.py",  # the shell is run by its tests, not imported for examples
)

pytest_collect_file = (pages + docstrings).pytest()
