"""The pages: built without a warning, nothing left out, every block run.

The site is built once.  What the pages say about the code is compared with the code;
what they look like is for a reader.
"""

from __future__ import annotations

import html.parser
import importlib
import importlib.util
import os
import re
import shlex
from itertools import pairwise
from pathlib import Path

import public_names
import pytest
from sphinx.util.inventory import InventoryFile
from sybil import Document

import seatbill
from rules_table import BUILT
from seatbill.__main__ import main

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
RULEBOOKS = [DOCS / "rulebooks" / f"{system}.md" for system in BUILT]
# Pages that explain the shape of the library or of these pages, and no policy.
NO_POLICY = {"architecture", "index"}
PITFALLS = [
    p for p in sorted(DOCS.glob("explanation/pitfalls/*.md")) if p.stem != "index"
]
POLICIES = [p for p in sorted(DOCS.glob("explanation/*.md")) if p.stem not in NO_POLICY]

FENCE = re.compile(r"^ *(```+)(.*)$")
DAY = re.compile(
    r"\b\d{1,2} (January|February|March|April|May|June|July"
    r"|August|September|October|November|December)\b"
)
AMOUNT = re.compile(r"\d+\.\d{2}\b")
# A full stop that is followed by a new sentence, not by the rest of "e.g.".
NEXT_SENTENCE = re.compile(r"[a-z0-9)`*”»][.?!] +[A-Z«“*`\[]")
# Lines that are no prose: tables, headings, targets, fields, quotes and pictures.
OTHERS = ("|", "#", "(", ":", ">", "![", "<")
ITEM = re.compile(r"^\s*([-*]|\d+\.) ")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def each_page(pages=PAGES):
    return pytest.mark.parametrize("page", pages, ids=name)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path) -> list[tuple[str, list[str]]]:
    """Return the parts of a page: each fenced block by its word, the prose by ""."""
    found: list[tuple[str, list[str]]] = [("", [])]
    closing = ""
    for line in text(page).splitlines():
        fence = FENCE.match(line)
        if closing and line.strip() == closing:
            closing = ""
            found.append(("", []))
        elif closing:
            found[-1][1].append(line)
        elif fence:
            closing = fence[1]
            found.append((fence[2].strip() or "none", []))
        else:
            found[-1][1].append(line)
    assert not closing, f"{name(page)}: a block is not closed"
    return found


def tables(page: Path) -> list[list[str]]:
    """Return the tables of a page, each as its rows."""
    found: list[list[str]] = []
    before = ""
    for kind, lines in blocks(page):
        for line in lines if kind == "" else ():
            if line.startswith("|"):
                if not before.startswith("|"):
                    found.append([])
                found[-1].append(line)
            before = line
    return found


# The build.


@pytest.fixture(scope="session")
def site():
    """Return the folder of the pages, which ``make docs`` has built and names."""
    folder = os.environ.get("SEATBILL_SITE")
    if not folder:
        pytest.skip("make docs builds the pages, and looks through them")
    return Path(folder)


@pytest.fixture(scope="session")
def inventory(site):
    """Return what the pages describe: kind, name, and where."""
    with (site / "objects.inv").open("rb") as file:
        found = InventoryFile.load(file, "", lambda _base, uri: uri)
    return {kind: set(names) for kind, names in found.items()}


class Links(html.parser.HTMLParser):
    """What a page points at, what can be pointed at, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.hrefs: set[str] = set()
        self.loads: set[str] = set()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids.add(values.get("id", ""))
        if tag == "a":
            self.hrefs.add(values.get("href", ""))
        for key in {"link": ["href"], "a": []}.get(tag, ["src", "href"]):
            self.loads.add(values.get(key) or "")


@pytest.fixture(scope="session")
def links(site):
    found = {}
    for path in site.rglob("*.html"):
        found[path] = Links()
        found[path].feed(path.read_text(encoding="utf-8"))
    return found


def test_every_page_is_built_and_in_the_tree(site):
    """Sphinx warns of a page that no tree holds, and a warning fails the build."""
    for page in DOCS.rglob("*.md"):
        assert (site / page.relative_to(DOCS)).with_suffix(".html").is_file()


def test_every_link_between_pages_leads_somewhere(site, links):
    broken = []
    for path, page in links.items():
        for href in page.hrefs:
            target, _, anchor = href.partition("#")
            if "://" in target or target.startswith("mailto:"):
                continue
            found = (path.parent / target).resolve() if target else path
            if not found.is_file() or (
                anchor and found in links and anchor not in links[found].ids
            ):
                broken.append(f"{path.relative_to(site)}: {href}")
    assert broken == []


def test_a_page_loads_nothing_from_elsewhere(links):
    for page in links.values():
        assert [load for load in page.loads if "//" in load] == []


@each_page([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"])
def test_every_link_of_the_front_pages_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text(page)):
        if "://" not in target:
            assert (page.parent / target).exists(), target


# Nothing public is left out.


def test_every_public_name_is_described(inventory):
    described = set().union(*(n for k, n in inventory.items() if k.startswith("py:")))
    missing = [
        f"{door}.{name}"
        for door in public_names.doors()
        for name in importlib.import_module(door).__all__
        if f"{door}.{name}" not in described
    ]
    assert missing == []


def test_every_public_module_has_a_place(inventory):
    assert set(public_names.doors()) <= inventory["py:module"]


def test_every_name_at_the_root_has_one_home():
    found = public_names.root_names()
    names = [name for names in found.values() for name in names]
    assert sorted(names) == sorted(seatbill.__all__)


# Every block is run.


@pytest.fixture(scope="session")
def parsers():
    """Return the parsers with which the pages are run."""
    spec = importlib.util.spec_from_file_location("run_pages", ROOT / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages.parsers


# What is shown and not run: the shell, data, text, and what Sphinx is told.
SHOWN = re.compile(r"none|text|console|sh|js|json|jsonl|html|yaml|toml|\{[a-z-]+\}.*")


@each_page()
def test_every_python_block_is_run(page, parsers):
    others = [kind for kind, _ in blocks(page) if kind not in {"", "python"}]
    assert [kind for kind in others if not SHOWN.fullmatch(kind)] == []
    # A session is run prompt by prompt, any other block as a whole.
    sessions = [
        sum(line.startswith(">>>") for line in lines)
        for kind, lines in blocks(page)
        if kind == "python"
    ]
    examples = list(Document.parse(str(page), *parsers).examples())
    assert len(examples) == sum(prompts or 1 for prompts in sessions)
    assert "skip:" not in text(page)


CONSOLE = [
    pytest.param(lines, id=f"{name(page)}: {lines[0]}")
    for page in PAGES
    for kind, lines in blocks(page)
    if kind == "console" and lines[0].startswith("$ python -m seatbill")
]


@pytest.mark.parametrize("lines", CONSOLE)
def test_the_shell_prints_what_a_page_shows(lines, monkeypatch, capsys):
    """A last line of three dots leaves out the rest."""
    command, *shown = lines
    python, module, seatbill, *arguments = shlex.split(command.removeprefix("$ "))
    assert (python, module, seatbill) == ("python", "-m", "seatbill")
    monkeypatch.chdir(ROOT)
    assert main(arguments) == 0
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    if shown[-1] == "...":
        shown.pop()
        printed = printed[: len(shown)]
    assert printed == shown


# How the pages read.


@each_page(POLICIES)
def test_a_policy_ends_with_days_and_amounts(page):
    (*_, last) = tables(page)
    rows = [row for row in last[2:] if DAY.search(row) and AMOUNT.search(row)]
    assert len(rows) >= 2
    head = last[0]
    after = text(page).split(head)[1].split(last[-1])[1]
    assert "```" not in after


@each_page(PITFALLS)
def test_a_pitfall_has_a_trap_a_cure_and_a_place_where_it_was_seen(page):
    _, *sections = re.split(r"^## ", text(page), flags=re.MULTILINE)
    for section in sections:
        parts = re.findall(r"^\*\*(The trap|The cure|Seen):\*\*", section, re.MULTILINE)
        assert parts == ["The trap", "The cure", "Seen"], section.partition("\n")[0]
        assert section.count("```python") >= 2


def test_the_pitfalls_are_thirty_under_six_headings():
    told = [re.findall(r"^## ", text(page), flags=re.MULTILINE) for page in PITFALLS]
    assert (len(told), sum(map(len, told))) == (6, 30)
    front = text(DOCS / "explanation" / "pitfalls" / "index.md")
    assert "Thirty traps under six headings" in front


@each_page(RULEBOOKS)
def test_a_rulebook_tells_a_year_in_days_and_amounts(page):
    told = text(page).split("\n## A year of it\n")[1]
    assert "```python" in told
    year, *_ = tables(page)
    assert year[0].split("|")[1:-1] == [" day ", " what ", " sum ", " due "]
    assert all(DAY.search(row) and AMOUNT.search(row) for row in year[2:] if row)


@each_page()
def test_a_sentence_has_a_line_of_its_own(page):
    crowded, torn = [], []
    for kind, lines in blocks(page):
        if kind:
            continue
        prose = [re.sub(r"`[^`]*`", "`x`", line) for line in lines]
        crowded += [
            line
            for line in prose
            if not line.startswith(OTHERS) and NEXT_SENTENCE.search(ITEM.sub("", line))
        ]
        for line, after in pairwise(prose):
            ends = line.rstrip("*`)”»").endswith((".", "?", "!", ":", ";", ","))
            begins = not after.strip() or ITEM.match(after) or after.startswith(OTHERS)
            if line.strip() and not line.startswith(OTHERS) and not (ends or begins):
                torn.append(line)
    assert (crowded, torn) == ([], [])
