"""Quantities never change; what the library makes itself is made without checks."""

from __future__ import annotations

import copy
import datetime as dt
import importlib
import pickle
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest

import seatbill
import seatbill.converters
from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    Freeze,
    Interval,
    Money,
    Period,
    TaxRate,
    Unfreeze,
    subscribe,
)
from seatbill._values.base import Quantities, Value, as_quantities, unchecked
from seatbill.errors import OutOfBoundsError, WrongTypeError
from seatbill.money import trusted_money
from seatbill.notices import Notice
from shop import SMALL


def test_quantities_are_a_mapping_in_the_order_given():
    found = Quantities({"seat": 10, "limited": 15})
    assert found["limited"] == 15
    assert list(found.items()) == [("seat", 10), ("limited", 15)]
    assert len(found) == 2
    assert "guest" not in found
    assert found.get("guest", 0) == 0
    with pytest.raises(KeyError):
        found["guest"]


def test_quantities_equal_any_mapping_of_the_same_numbers():
    found = Quantities({"seat": 10, "limited": 15})
    turned = Quantities((("limited", 15), ("seat", 10)))
    assert found == turned == {"limited": 15, "seat": 10}
    assert hash(found) == hash(turned)
    assert found != {"seat": 10}
    assert found != 10
    assert Quantities() == {}
    assert {found: "yes"}[turned] == "yes"


def test_quantities_keep_nothing_of_what_they_were_made_of():
    numbers = {"seat": 10}
    found = Quantities(numbers)
    numbers["seat"] = 11
    assert found["seat"] == 10
    assert Quantities(found) == found


def test_quantities_never_change():
    found = Quantities({"seat": 10})
    with pytest.raises(AttributeError):
        found._numbers = {}
    with pytest.raises(AttributeError):
        found.seat = 11
    with pytest.raises(AttributeError):
        del found._numbers
    with pytest.raises(TypeError):
        found["seat"] = 11
    assert found == {"seat": 10}


def test_quantities_travel_and_can_be_pasted_back():
    found = Quantities({"seat": 10, "limited": 15})
    for again in (
        pickle.loads(pickle.dumps(found)),
        copy.copy(found),
        copy.deepcopy(found),
        eval(repr(found)),
    ):
        assert again == found
        assert list(again) == list(found)
        assert type(again) is Quantities


@pytest.mark.parametrize("wrong", [5, None, "ab", 1.5, ["seat"], [("seat", 1, 2)]])
def test_quantities_are_made_of_a_mapping(wrong):
    with pytest.raises(WrongTypeError) as refused:
        Quantities(wrong)
    assert refused.value.name == "quantities"


@pytest.mark.parametrize(
    ("numbers", "error", "name"),
    [
        ({"seat": -1}, OutOfBoundsError, "seat"),
        ({"seat": 10**12 + 1}, OutOfBoundsError, "seat"),
        ({"seat": 1.0}, WrongTypeError, "seat"),
        ({"seat": True}, WrongTypeError, "seat"),
        ({"seat": None}, WrongTypeError, "seat"),
        ({"": 1}, OutOfBoundsError, "unit"),
        ({1: 1}, WrongTypeError, "unit"),
    ],
)
def test_quantities_are_whole_numbers_by_name(numbers, error, name):
    with pytest.raises(error) as refused:
        Quantities(numbers)
    assert refused.value.name == name


def test_quantities_are_taken_as_they_are():
    found = Quantities({"seat": 10})
    assert as_quantities(found) is found
    assert as_quantities({"seat": 10}) == found
    assert Quantities.trusted({"seat": 10}) == found


@attrs.frozen
class Pair(Value):
    """Two numbers that rise."""

    low: int
    high: int = 9

    def __attrs_post_init__(self) -> None:
        assert self.low < self.high


def test_a_value_made_unchecked_is_the_value_made_at_the_door():
    make = unchecked(Pair)
    assert make(1, 2) == Pair(1, 2)
    assert type(make(1, 2)) is Pair
    assert make(2, 1).low == 2
    with pytest.raises(TypeError):
        make(1)
    with pytest.raises(AttributeError):
        make(1, 2).low = 0
    assert attrs.evolve(make(1, 2)) == make(1, 2)


def test_a_period_made_unchecked_is_a_period():
    start, end = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
    found = unchecked(Period)(start, end)
    assert found == Period(start, end)
    assert hash(found) == hash(Period(start, end))
    assert pickle.loads(pickle.dumps(found)) == found
    assert attrs.evolve(found, end=dt.date(2026, 3, 1)).days == 59


def test_money_and_what_remembers_its_hash_travel_too():
    assert trusted_money(1990, "EUR") == Money("19.90", "EUR")
    assert hash(MONTHLY) == hash(Interval(months=1))
    vat = TaxRate("vat", "0.20")
    found = pickle.loads(pickle.dumps(vat))
    assert (found, hash(found)) == (vat, hash(vat))


def test_values_share_one_text_one_equality_and_one_hash():
    added = AddSeats(3)
    assert repr(added) == "AddSeats(seats=3, unit='seat')"
    assert repr(Freeze()) == "Freeze()"
    assert added == AddSeats(3)
    assert hash(added) == hash(AddSeats(3))
    assert added != AddSeats(4)


def test_values_of_two_types_are_never_equal():
    assert Freeze() != Unfreeze()
    assert AddSeats(3) != 3


def test_what_is_imported_later_is_listed_with_the_rest():
    assert {"Member", "explain", "subscribe"} <= set(dir(seatbill))


@pytest.mark.parametrize("given", [(1, 2), ((1, 2, 3),)])
def test_quantities_are_pairs_where_they_are_no_mapping(given):
    with pytest.raises(WrongTypeError):
        Quantities(given)


def test_a_notice_holds_pairs_and_nothing_longer():
    with pytest.raises(WrongTypeError):
        Notice("late_notice", (("boundary", 1, 2),))


# ------------------------------------------------------------------ what modules hold


def public_data() -> Iterator[Any]:
    """Yield each public name of each public module that is no function or class."""
    found = pkgutil.walk_packages(seatbill.__path__, "seatbill.")
    for name in ("seatbill", *(module.name for module in found)):
        if any(part.startswith("_") for part in name.split(".")):
            continue
        module = importlib.import_module(name)
        for known in {*vars(module), *getattr(module, "__all__", ())}:
            value = getattr(module, known)
            if not known.startswith("_") and not callable(value):
                yield pytest.param(value, id=f"{name}.{known}")


def parts_of(value: Any) -> Iterator[Any]:
    """Yield *value* and all that it holds."""
    yield value
    if isinstance(value, Mapping):
        value = (*value.keys(), *value.values())
    if isinstance(value, tuple | frozenset):
        for part in value:
            yield from parts_of(part)


@pytest.mark.parametrize("value", sorted(public_data(), key=lambda p: p.id))
def test_what_a_public_module_holds_can_only_be_read(value):
    """Whoever writes to it would change what everybody else gets in this process."""
    for part in parts_of(value):
        assert not isinstance(part, dict | list | set | bytearray)
        assert not hasattr(part, "__setitem__")


@pytest.mark.parametrize("name", ["RULEBOOKS", "SCHEMAS"])
def test_rulebooks_and_schemas_are_nobodys_to_change(name):
    table = getattr(seatbill.converters, name)
    first = next(iter(table))
    with pytest.raises(TypeError):
        table[first] = None
    with pytest.raises(TypeError):
        del table[first]
    assert not hasattr(table, "clear")


def test_a_subscription_among_a_thousand_is_pickled_small():
    """Beside the plan and the rules, which all share, at most 160 bytes each."""
    rules = BillingRules()
    subs = [
        subscribe(
            SMALL,
            id=f"team-{n}",
            interval=MONTHLY,
            seats=1 + n % 9,
            on=dt.date(2026, 4, 1 + n % 30),
            rules=rules,
        ).subscription
        for n in range(1000)
    ]
    pickled = pickle.dumps(subs)
    assert len(pickled) <= 160 * len(subs)
    assert pickle.loads(pickled) == subs
    first, second, *_ = pickle.loads(pickled)
    assert first.plan is second.plan
