"""The check of the screens can fail: each fault is found on a page that has it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

sys.path.insert(0, str(Path(__file__).parent / "screens"))

import chromium
import pictures
import run

PROGRAM = chromium.find()


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    if PROGRAM is None:
        pytest.skip("no Chromium here")
    with chromium.page(PROGRAM) as found:
        yield found


def shown(body: str) -> str:
    return f"<!DOCTYPE html><html><body>{body}</body></html>"


BROKEN = {
    "overflows its box": '<p style="width:40px;white-space:nowrap">a long sentence</p>',
    "lie on each other": (
        '<p style="position:absolute;top:9px;left:9px">one</p>'
        '<p style="position:absolute;top:12px;left:12px">other</p>'
    ),
    "outside the page": '<p style="margin-left:-90px">left of it</p>',
    "the page is": '<p style="width:3000px">wide</p>',
    "contrast": '<p style="color:#aaa;background:#fff">pale</p>',
    "nothing is shown": "<p> </p>",
    "a picture does not come": '<p>A <img src="data:image/png;base64,AAAA"></p>',
    "wider than its bar": (
        '<svg width="300" height="50"><g><rect x="9" width="20" height="20"/>'
        '<text class="amount" x="9" y="15">1,000,000.00</text></g></svg>'
    ),
    "outside its picture": (
        '<svg width="300" height="50"><text y="20">a bar</text>'
        '<rect x="290" width="40" height="20"/></svg>'
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_each_fault_is_found(page, fault):
    found = run.faults(page, shown(BROKEN[fault]), run.SCREENS[0])
    assert any(fault in sentence for sentence in found), found


@pytest.mark.parametrize("screen", run.SCREENS, ids=lambda screen: screen.name)
def test_a_sound_page_has_none(page, screen):
    body = (
        '<h1>Title</h1><p>one <b>two</b> three</p><p style="clip-path:inset(50%);'
        'position:absolute;width:1px;overflow:hidden;white-space:nowrap">for ears</p>'
    )
    assert run.faults(page, shown(body), screen) == []


def test_the_policy_of_a_page_lets_its_logo_through_and_no_other(page):
    html = run.PAGES["brand-1"]("en")
    assert run.faults(page, html, run.SCREENS[0]) == []
    shut = html.replace("; img-src data:", "")
    assert "a picture does not come" in run.faults(page, shut, run.SCREENS[0])


def test_on_paper_heads_are_repeated_and_rows_are_whole(page):
    page.show(run.PAGES["invoice-40"]("en"), width=680, media="print")
    style = "getComputedStyle(document.querySelector('%s')).%s"
    assert page.run(style % ("thead", "display")) == "table-header-group"
    assert page.run(style % ("tbody tr", "breakInside")) == "avoid"
    assert page.run(style % (".totals", "breakInside")) == "avoid"
    assert page.run(style % ("main", "backgroundColor")) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("locale", run.LOCALES)
def test_an_invoice_of_forty_lines_has_none(page, locale):
    html = run.PAGES["invoice-40"](locale)
    for screen in run.SCREENS:
        assert run.faults(page, html, screen) == []


def test_a_footer_stands_on_each_sheet_of_paper(page, tmp_path):
    """Forty lines take several; none holds the footer and the page number alone."""
    page.show(run.PAGES["brand-40"]("en"), width=794, media="print")
    page.pdf(tmp_path / "long.pdf")
    sheets = [s.extract_text() for s in PdfReader(tmp_path / "long.pdf").pages]
    assert len(sheets) > 1
    for sheet in sheets:
        assert sheet.count("Amtsgericht Berlin HRB 12345") == 1
        assert len(sheet.splitlines()) > 3


def test_a_fault_makes_the_run_fail(monkeypatch, capsys, tmp_path):
    if PROGRAM is None:
        pytest.skip("no Chromium here")
    broken = {"broken": lambda locale: shown(BROKEN["overflows its box"])}
    monkeypatch.setattr(run, "PAGES", broken)
    assert run.main(["--pictures", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert 'broken-en-phone: overflows its box: "a long sentence"' in said
    assert said.endswith("screens: 20 shown, 20 with a fault\n")
    assert len(list(tmp_path.glob("*.png"))) == 20
    assert len(list(tmp_path.glob("*.pdf"))) == 4


def test_an_unknown_page_is_named(capsys):
    if PROGRAM is None:
        pytest.skip("no Chromium here")
    assert run.main(["nowhere"]) == 2
    assert capsys.readouterr().out.startswith("screens: no page nowhere; there are ")


def test_a_run_without_chromium_says_so(monkeypatch, capsys):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert run.main([]) == 2
    assert "no Chromium" in capsys.readouterr().out


def test_each_picture_of_the_docs_is_shown_and_small():
    page = pictures.FOLDER.parent / "what-your-customer-sees.md"
    shown = re.findall(r"\(customer/([a-z-]+)\.webp\)", page.read_text("utf-8"))
    kept = {path.stem: path.stat().st_size for path in pictures.FOLDER.iterdir()}
    assert sorted(shown) == sorted(kept) == sorted(pictures.PICTURES)
    assert max(kept.values()) < 80_000


def test_a_picture_is_as_wide_as_it_is_asked_for(page):
    picture = pictures.PICTURES["plain"]._replace(width=320, height=50)
    assert pictures.taken(page, picture)[8:12] == b"WEBP"


def test_pictures_without_chromium_say_so(monkeypatch, capsys):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert pictures.main() == 2
    assert "no Chromium" in capsys.readouterr().out
