"""Every public value class has a strategy, and what it draws is of that class."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from enum import Enum

import attrs
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

import seatbill
from leaf_strategies import bill_requests, change_requests, of
from seatbill.converters import bill_request, change_request
from seatbill.errors import UnknownItemError
from seatbill.testing import strategies
from stories import DEFAULT, at, plan

# Rooms whose classes are no values of billing: the shell, and the strategies.
OTHER_ROOMS = ("__main__", "documents", "testing")
# What only says what is in JSON, or what is wrong with it.
FORMS = {"BillAnswer", "ChangeAnswer", "DataProblem"}


def is_value(kind):
    """Return whether a class is one of values, or an enumeration."""
    return attrs.has(kind) or issubclass(kind, Enum)


def public_values():
    """Return every value class and enumeration that a public module exports."""
    found = {}
    for module in pkgutil.walk_packages(seatbill.__path__, "seatbill."):
        parts = module.name.split(".")[1:]
        if parts[0] in OTHER_ROOMS or any(part.startswith("_") for part in parts):
            continue
        exported = importlib.import_module(module.name)
        for name in getattr(exported, "__all__", ()):
            kind = getattr(exported, name)
            if name not in FORMS and inspect.isclass(kind) and is_value(kind):
                found[kind.__name__] = kind
    return found


VALUES = public_values()


def test_the_list_of_values_is_found():
    assert len(VALUES) > 120
    assert {"Money", "Invoice", "Subscription", "Wallet", "AddSeats"} <= VALUES.keys()


@pytest.mark.parametrize("name", sorted(VALUES))
def test_each_public_value_has_a_strategy_that_draws_it(name):
    kind = VALUES[name]

    @settings(
        max_examples=8,
        database=None,
        derandomize=True,  # the same branches are walked each time
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    @given(drawn=of(kind))
    def draws(drawn):
        assert type(drawn) is kind
        assert hash(drawn) == hash(drawn)

    draws()


def test_a_class_that_is_no_value_has_none():
    with pytest.raises(UnknownItemError) as refused:
        strategies.of(str)
    assert (refused.value.kind, refused.value.value) == ("strategy", "str")
    assert {"Invoice", "InvoiceLine"} <= {*refused.value.offered}


@settings(max_examples=10, database=None, deadline=None, derandomize=True)
@given(story=bill_requests(), asked=change_requests())
def test_requests_are_legal(story, asked):
    assert bill_request(story).until == story.until
    assert change_request(asked).changes == asked.changes


def test_an_opening_that_is_refused_whatever_it_is_without_is_not_drawn():
    opening = {
        "plan": plan("10.00"),
        "id": "sub-1",
        "interval": seatbill.MONTHLY,
        "seats": {"seat": 1},
        "on": at("2026-01-01"),
        "rules": DEFAULT,
        "discounts": (),
    }
    outcome, asked = strategies.opened(opening)
    assert (str(outcome.invoice.total), asked) == ("10.00 USD", opening)
    unknown = opening | {"seats": {"desk": 1}}
    with pytest.raises(Unsatisfiable):
        find(
            st.just(unknown).map(strategies.opened),
            bool,
            settings=settings(database=None, derandomize=True),
        )
