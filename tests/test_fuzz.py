"""Two thousand documents that somebody got wrong: answered, or refused by name."""

from __future__ import annotations

import json

import pytest

import fuzz
from seatbill.converters import bill_answer, read_request


def test_nothing_escapes_from_two_thousand_documents():
    told, escapes = fuzz.run(2000, 1)
    assert escapes == []
    assert sum(told.values()) == 2000
    # The documents are not all refused at once: many come through, in many ways.
    assert told["answered"] > 200
    assert len(told) > 25
    assert {"exit 0", "exit 2"} <= told.keys()


def test_the_same_seed_gives_the_same_document():
    (door, *_) = fuzz.doors()
    texts = [fuzz.text_of(door.document, seed) for seed in (1, 2, 1)]
    assert texts[0] == texts[2] != texts[1]


@pytest.mark.parametrize("door", fuzz.doors(), ids=lambda door: door.name)
def test_each_document_is_sound_before_it_is_made_wrong(door):
    assert door.read(json.loads(json.dumps(door.document)))


def test_the_story_of_every_change_has_every_change():
    answer = bill_answer(read_request(fuzz.EVERY_CHANGE))
    asked = [change for one in answer["outcomes"] for change in one["changes"]]
    assert len({change["change"] for change in asked}) == 20


def test_what_escapes_is_told_with_its_seed(monkeypatch, capsys):
    def broken(_data):
        raise KeyError("x")

    door = fuzz.Door("broken", broken, {"a": 1})
    monkeypatch.setattr(fuzz, "doors", lambda: [door])
    assert fuzz.main(1, 3) == 1
    assert "escaped: broken, seed 3" in capsys.readouterr().out
