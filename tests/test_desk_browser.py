"""The stories of the desk in a real Chromium, with nothing but the keyboard."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="FastAPI is not installed")
pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed")
pytest.importorskip("uvicorn", reason="uvicorn is not installed")

sys.path.insert(0, str(Path(__file__).parent / "screens"))

import chromium

import desk_stories
import desks

pytestmark = pytest.mark.skipif(
    os.environ.get("SEATBILL_DESK") != "whole",
    reason="the stories in a browser are for make desk-check",
)


@pytest.fixture(scope="module")
def tab():
    program = chromium.find()
    if program is None:
        pytest.skip("no Chromium here")
    with chromium.page(program) as found:
        yield found


@pytest.fixture
def desk(tmp_path):
    with desks.opened(tmp_path) as found:
        yield found


@pytest.mark.parametrize("story", desk_stories.STORIES, ids=lambda one: one.__name__)
def test_a_story_of_each_system(tab, desk, story):
    with desks.served() as place:
        story(desk, desks.Chromium(tab, place))


def test_a_script_in_a_name_does_not_run(tab, desk):
    hostile = "<img src=x onerror='document.title=1'><script>document.title=1</script>"
    with desks.served() as place:
        walk = desks.Chromium(tab, place)
        walk.sign_in("owner@acme")
        walk.open("/accounts/acme/people")
        walk.press("Invite", person=hostile)
        desk_stories.has(walk, hostile)
        assert tab.run("document.title") == "People and seats · Desk"
        assert tab.run("document.images.length + document.scripts.length") == 0


def test_every_field_has_a_label_and_every_page_one_first_heading(tab, desk):
    """Names as a screen reader says them, from Chromium's own tree."""
    with desks.served() as place:
        walk = desks.Chromium(tab, place)
        tab.call("Accessibility.enable")
        walk.sign_in("owner@acme")
        for page in ("", "/plans", "/people", "/add-ons", "/invoices/INV-000001"):
            walk.open(f"/accounts/acme{page}")
            nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
            told = [
                (each["role"]["value"], each["name"]["value"])
                for each in nodes
                if not each.get("ignored") and "name" in each
            ]
            for role, name in told:
                if role in ("button", "textbox", "combobox", "checkbox", "spinbutton"):
                    assert name, (page, role)
            assert tab.run("document.querySelectorAll('h1').length") == 1
            names = [name for role, name in told if role == "button"]
            assert len(names) == len(set(names)), page
