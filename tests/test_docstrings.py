"""What ``help()`` says: a choice by its members, a main function by an example."""

from __future__ import annotations

import re

import pytest

import seatbill
from messages import load
from seatbill._values.base import Word

load()
CHOICES = sorted(Word.__subclasses__(), key=lambda kind: kind.__name__)
PRIVATE = re.compile(r"\b(?:CL|CM|EC|TL)-\d+|\bambiguit|\blaw \d")


@pytest.mark.parametrize(
    "kind",
    [kind for kind in CHOICES if kind.__module__.startswith("seatbill")],
    ids=lambda kind: kind.__name__,
)
def test_a_choice_says_its_members(kind):
    unsaid = [
        each.name for each in kind if not re.search(rf"\b{each.name}\b", kind.__doc__)
    ]
    assert unsaid == []


@pytest.mark.parametrize(
    "name",
    "subscribe adopt change renew bill preview_invoice rebill credit_note".split(),
)
def test_a_main_function_has_an_example(name):
    assert ">>> " in getattr(seatbill, name).__doc__


@pytest.mark.parametrize("name", sorted(seatbill.__all__))
def test_nothing_public_cites_a_private_number(name):
    assert not PRIVATE.search(getattr(seatbill, name).__doc__ or "")
