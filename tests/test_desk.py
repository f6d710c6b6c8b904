"""The desk in ``examples/desk``: its stories, and what it refuses."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="FastAPI is not installed")
pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed")
pytest.importorskip("jinja2", reason="Jinja2 is not installed")

import desk_stories
import desks


@pytest.fixture
def desk(tmp_path):
    with desks.opened(tmp_path) as found:
        yield found


@pytest.mark.parametrize("story", desk_stories.STORIES, ids=lambda one: one.__name__)
def test_a_story_of_each_system(desk, story):
    story(desk, desks.Client())
