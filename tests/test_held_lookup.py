"""Entries of a list by their key: the list may grow, or be another one."""

from __future__ import annotations

import pytest

from seatbill._engine.lookup import FEW, Lookup, under


class Holder:
    lookups: dict[object, Lookup] | None = None


def tens(number: int) -> int:
    return number // 10


def units(number: int) -> int:
    return number % 10


@pytest.mark.parametrize("several", [FEW, FEW + 1, 10])
def test_entries_are_found_by_each_key_in_their_order(several):
    holder, entries = Holder(), list(range(10, 10 + several))
    for _ in range(2):
        assert [*under(holder, entries, tens, 1)] == entries
        assert [*under(holder, entries, units, 3)] == [13]
        assert [*under(holder, entries, tens, 2)] == []


def test_a_list_that_grows_or_shrinks_or_is_another_is_looked_at_anew():
    holder, entries = Holder(), list(range(10, 25))
    assert [*under(holder, entries, units, 4)] == [14, 24]
    entries.append(34)
    assert [*under(holder, entries, units, 4)] == [14, 24, 34]
    del entries[4]  # 14
    assert [*under(holder, entries, units, 4)] == [24, 34]
    assert [*under(holder, entries[:-1], units, 4)] == [24]
    assert [*under(holder, [*range(40, 60)], units, 4)] == [44, 54]


def test_each_entry_is_looked_at_once_however_often_one_is_asked_for():
    looked = []

    def key(number: int) -> int:
        looked.append(number)
        return number

    holder, entries = Holder(), list(range(10))
    for number in (3, 7, 3, 12):
        under(holder, entries, key, number)
    entries.append(12)
    assert [*under(holder, entries, key, 12)] == [12]
    assert looked == [*range(10), 12]
