"""Occupying never changes money; who sits, who may come in, how many seats are left."""

from __future__ import annotations

import datetime as dt
import pickle
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from seatbill.errors import (
    DuplicateError,
    MixedTimeError,
    NaiveDatetimeError,
    NoSeatLeftError,
    NotUtcError,
    OutOfBoundsError,
    UnknownUnitError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.seats import (
    ACTIVE,
    DEACTIVATED,
    INVITED,
    Admission,
    Member,
    Occupancy,
    SeatCount,
    Team,
    admit,
    occupancy,
)


def day(n: int) -> dt.date:
    """Return a day of March 2026."""
    return dt.date(2026, 3, n)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


def people(n: int, unit: str = "seat", prefix: str = "p", **more) -> list[Member]:
    """Return *n* people with ids of their own."""
    return [Member(f"{prefix}{i}", unit, **more) for i in range(n)]


# ------------------------------------------------------------------ who occupies a seat


@pytest.mark.parametrize(
    ("state", "sits"), [(ACTIVE, True), (INVITED, True), (DEACTIVATED, False)]
)
def test_without_a_day_the_state_alone_decides(state, sits):
    assert Member("ann", state=state).occupies() is sits
    dated = Member("ann", state=state, joined_on=day(9), left_on=day(10))
    assert dated.occupies() is sits


@pytest.mark.parametrize(
    ("member", "first", "last"),
    [
        pytest.param(Member("ann"), 1, 31, id="always"),
        pytest.param(Member("ann", joined_on=day(5)), 5, 31, id="from the day joined"),
        pytest.param(Member("ann", left_on=day(5)), 1, 4, id="until the day before"),
        pytest.param(
            Member("ann", joined_on=day(5), left_on=day(9)), 5, 8, id="for four days"
        ),
        pytest.param(
            Member("ann", state=INVITED, expires_on=day(9)), 1, 8, id="an invitation"
        ),
        pytest.param(
            Member("ann", state=INVITED, joined_on=day(3), expires_on=day(9)),
            3,
            8,
            id="an invitation of the 3rd",
        ),
        pytest.param(
            Member("ann", expires_on=day(9)), 1, 31, id="accepted, so it cannot lapse"
        ),
        pytest.param(
            Member("ann", state=DEACTIVATED, joined_on=day(3)), 1, 0, id="deactivated"
        ),
    ],
)
def test_a_person_sits_from_joining_until_leaving(member, first, last):
    sits = [n for n in range(1, 32) if member.occupies(day(n))]
    assert sits == list(range(first, last + 1))


def test_an_instant_decides_to_the_microsecond():
    noon = utc(2026, 3, 5, 12)
    member = Member("ann", state=INVITED, expires_on=noon)
    assert member.occupies(noon - dt.timedelta(microseconds=1))
    assert not member.occupies(noon)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"joined_on": utc(2026, 3, 1)}, "joined_on"),
        ({"left_on": utc(2026, 3, 1)}, "left_on"),
        ({"state": INVITED, "expires_on": utc(2026, 3, 1)}, "expires_on"),
    ],
)
def test_dates_and_instants_are_not_compared(fields, name):
    with pytest.raises(MixedTimeError) as refused:
        Member("ann", **fields).occupies(day(1))
    assert refused.value.name == name


def test_the_day_asked_about_is_checked():
    member = Member("ann", joined_on=utc(2026, 3, 1))
    with pytest.raises(NaiveDatetimeError):
        member.occupies(dt.datetime(2026, 3, 2))
    with pytest.raises(NotUtcError):
        member.occupies(dt.datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Tokyo")))
    with pytest.raises(WrongTypeError):
        Member("ann").occupies("2026-03-02")


@pytest.mark.parametrize(
    ("fields", "error", "name"),
    [
        ({"id": ""}, OutOfBoundsError, "id"),
        ({"id": 7}, WrongTypeError, "id"),
        ({"unit": ""}, OutOfBoundsError, "unit"),
        ({"unit": None}, WrongTypeError, "unit"),
        ({"role": ""}, OutOfBoundsError, "role"),
        ({"state": "asleep"}, UnknownWordError, "state"),
        ({"joined_on": "2026-03-01"}, WrongTypeError, "joined_on"),
        ({"left_on": dt.datetime(2026, 3, 1)}, NaiveDatetimeError, "left_on"),
        (
            {"expires_on": dt.datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Tokyo"))},
            NotUtcError,
            "expires_on",
        ),
    ],
)
def test_each_part_of_a_member_is_checked(fields, error, name):
    with pytest.raises(error) as refused:
        Member(**{"id": "ann", **fields})
    assert refused.value.name == name


def test_a_team_is_a_set_of_people():
    team = Team("core", ["ann", "bob", "ann"], archived_on=day(5))
    assert team.member_ids == {"ann", "bob"}
    assert team.archived_on == day(5)
    assert Team("empty").member_ids == frozenset()
    assert pickle.loads(pickle.dumps(team)) == team
    for wrong in ({"id": 1}, {"member_ids": "ann"}, {"member_ids": [1]}):
        with pytest.raises(WrongTypeError):
            Team(**{"id": "core", **wrong})
    with pytest.raises(WrongTypeError):
        Team("core", archived_on=2026)


# ----------------------------------------------------------------------------- counting


@pytest.mark.parametrize(
    ("members", "owned", "occupied", "vacant", "missing", "ratio", "full"),
    [
        pytest.param(
            people(8), 10, 8, 2, 0, Fraction(4, 5), False, id="8 of 10 (CL-26)"
        ),
        pytest.param(
            people(9) + people(1, prefix="d", state=DEACTIVATED),
            10,
            9,
            1,
            0,
            Fraction(9, 10),
            False,
            id="10 users, 1 deactivated: 9 seats (CL-6)",
        ),
        pytest.param(
            people(8) + people(2, prefix="i", state=INVITED),
            10,
            10,
            0,
            0,
            Fraction(1),
            True,
            id="8 and 2 invited: full (CL-15)",
        ),
        pytest.param(
            people(3), 2, 3, 0, 1, Fraction(3, 2), True, id="more people than seats"
        ),
        pytest.param([], 0, 0, 0, 0, Fraction(0), True, id="nobody and nothing"),
        pytest.param(people(1), 0, 1, 0, 1, Fraction(1), True, id="one, and no seat"),
        pytest.param([], 5, 0, 5, 0, Fraction(0), False, id="an empty office"),
    ],
)
def test_seats_are_owned_occupied_and_vacant(
    members, owned, occupied, vacant, missing, ratio, full
):
    found = occupancy(members, owned=owned)
    assert (found.owned, found.occupied, found.vacant) == (owned, occupied, vacant)
    assert found["seat"].missing == missing
    assert found.ratio == ratio
    assert found.is_full is full
    assert found.scheduled_removal == 0


@pytest.mark.source("Clockify, CL-7 and CL-8")
def test_deactivating_frees_the_seat_for_the_next_one_and_never_changes_what_is_owned():
    ann, bob = people(2)
    before = occupancy([ann, bob], owned=2)
    assert before.is_full
    left = Member(bob.id, state=DEACTIVATED)
    after = occupancy([ann, left], owned=2)
    assert (after.owned, after.occupied, after.vacant) == (2, 1, 1)
    again = occupancy([ann, left, Member("cid", state=INVITED)], owned=2)
    assert (again.owned, again.occupied) == (2, 2)


@pytest.mark.source("Clockify, CL-12: 5 in all three, and 2, 2 and 1 in one")
def test_a_bundle_counts_each_person_once_over_its_products():
    shared = people(5, prefix="all")
    clockify = shared + people(2, prefix="clock")
    pumble = shared + people(2, prefix="pumble")
    plaky = shared + people(1, prefix="plaky")
    found = occupancy([*clockify, *pumble, *plaky], owned=10)
    assert found.occupied == 10
    assert found.is_full


def test_a_person_counts_in_each_unit_that_they_sit_in():
    found = occupancy(
        [Member("ann"), Member("ann", "limited"), Member("bob", "limited")],
        owned={"seat": 1, "limited": 2},
    )
    assert {unit: found[unit].occupied for unit in found} == {"seat": 1, "limited": 2}


@pytest.mark.source("Clockify, CL-17 to CL-20: full and limited users")
def test_each_kind_of_seat_has_its_own_count():
    found = occupancy(
        people(10) + people(15, "limited", prefix="kiosk"),
        owned={"seat": 10, "limited": 20},
        scheduled_removal={"limited": 3},
    )
    assert list(found) == ["seat", "limited"]
    assert len(found) == 2
    assert found["limited"] == SeatCount(
        unit="limited", owned=20, occupied=15, scheduled_removal=3
    )
    assert found["limited"].removable == 2
    assert "guest" not in found
    with pytest.raises(KeyError):
        found["guest"]


def test_people_in_a_unit_that_is_not_owned_show_what_is_missing():
    found = occupancy(people(2, "guest"), owned={"seat": 1})
    assert found["guest"].missing == 2
    assert found["seat"].vacant == 1


def test_an_expired_invitation_is_not_counted():
    members = [Member("ann"), Member("bob", state=INVITED, expires_on=day(9))]
    assert occupancy(members, owned=2, at=day(8)).occupied == 2
    assert occupancy(members, owned=2, at=day(9)).occupied == 1
    assert occupancy(members, owned=2).occupied == 2


def test_removals_that_wait_are_not_removable_again():
    found = occupancy(people(6), owned=10, scheduled_removal={"seat": 3})
    assert found.scheduled_removal == 3
    assert found["seat"].removable == 1
    late = occupancy(people(9), owned=10, scheduled_removal={"seat": 3})
    assert late["seat"].removable == 0


@pytest.mark.parametrize(
    "name", ["owned", "occupied", "vacant", "ratio", "is_full", "scheduled_removal"]
)
def test_the_number_of_the_only_unit_is_not_guessed_among_several(name):
    several = occupancy([], owned={"seat": 1, "limited": 2})
    with pytest.raises(UnknownUnitError) as refused:
        getattr(several, name)
    assert refused.value.code == "unknown_unit"
    assert refused.value.offered == ("seat", "limited")
    with pytest.raises(UnknownUnitError):
        getattr(occupancy([], owned={}), name)


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"owned": -1}, OutOfBoundsError, "seat"),
        ({"owned": 1.0}, WrongTypeError, "quantities"),
        ({"owned": True}, WrongTypeError, "quantities"),
        ({"owned": None}, WrongTypeError, "quantities"),
        ({"owned": {"seat": "1"}}, WrongTypeError, "seat"),
        ({"owned": {"": 1}}, OutOfBoundsError, "unit"),
        ({"owned": 1, "scheduled_removal": {"seat": 2}}, OutOfBoundsError, None),
        ({"owned": 1, "scheduled_removal": 1}, WrongTypeError, "quantities"),
        ({"owned": 1, "at": "today"}, WrongTypeError, "at"),
        ({"owned": 1, "at": dt.datetime(2026, 3, 1)}, NaiveDatetimeError, "at"),
        ({"owned": 1, "members": Member("ann")}, WrongTypeError, "members"),
        ({"owned": 1, "members": ["ann"]}, WrongTypeError, "members"),
        ({"owned": 1, "members": "ann"}, WrongTypeError, "members"),
    ],
)
def test_what_is_counted_is_checked(arguments, error, name):
    with pytest.raises(error) as refused:
        occupancy(**{"members": [], **arguments})
    assert name in (None, refused.value.name)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"unit": ""}, OutOfBoundsError),
        ({"owned": -1}, OutOfBoundsError),
        ({"owned": True}, WrongTypeError),
        ({"occupied": -1}, OutOfBoundsError),
        ({"occupied": 1.0}, WrongTypeError),
        ({"scheduled_removal": 6}, OutOfBoundsError),
        ({"scheduled_removal": -1}, OutOfBoundsError),
    ],
)
def test_each_part_of_a_count_is_checked(fields, error):
    with pytest.raises(error):
        SeatCount(**{"unit": "seat", "owned": 5, "occupied": 1, **fields})


def test_an_occupancy_is_made_of_counts_one_for_each_unit():
    one = SeatCount(unit="seat", owned=1, occupied=0)
    assert Occupancy([one]) == Occupancy((one,))
    assert pickle.loads(pickle.dumps(Occupancy([one]))) == Occupancy([one])
    for wrong in (one, [1], None, {"seat": one}):
        with pytest.raises(WrongTypeError):
            Occupancy(wrong)
    with pytest.raises(DuplicateError) as refused:
        Occupancy([one, SeatCount(unit="seat", owned=2, occupied=0)])
    assert refused.value.value == "seat"


# ---------------------------------------------------------------------------- coming in


@pytest.mark.parametrize(
    ("occupied", "removal", "n", "undone"),
    [
        pytest.param(8, 0, 1, 0, id="one of two vacant seats"),
        pytest.param(8, 0, 2, 0, id="both"),
        pytest.param(4, 0, 1, 0, id="5 owned, the 5th is welcome (CL-9)"),
        pytest.param(6, 2, 2, 0, id="beside those that wait for removal"),
        pytest.param(6, 2, 3, 1, id="one of those that wait for removal"),
        pytest.param(6, 4, 4, 4, id="all of them"),
    ],
)
def test_a_newcomer_takes_a_vacant_seat_then_one_that_waits_for_removal(
    occupied, removal, n, undone
):
    found = occupancy(people(occupied), owned=10, scheduled_removal={"seat": removal})
    assert admit(found, n) == Admission(unit="seat", seats=n, undone_removals=undone)


@pytest.mark.source("Clockify, CL-16: growth is blocked, never billed silently")
@pytest.mark.parametrize(
    ("owned", "occupied", "n", "missing"),
    [
        pytest.param(10, 10, 1, 1, id="10 of 10 and one more"),
        pytest.param(5, 5, 1, 1, id="the 6th of 5 (CL-9)"),
        pytest.param(10, 8, 5, 3, id="two are free, five come"),
        pytest.param(2, 3, 1, 1, id="too many sit already"),
    ],
)
def test_where_no_seat_is_left_the_refusal_says_how_many_to_buy(
    owned, occupied, n, missing
):
    found = occupancy(people(occupied), owned=owned)
    with pytest.raises(NoSeatLeftError) as refused:
        admit(found, n)
    assert refused.value.code == "no_seat_left"
    assert refused.value.as_dict()["values"] == {
        "unit": "seat",
        "asked": n,
        "owned": owned,
        "vacant": max(owned - occupied, 0),
        "missing": missing,
    }


def test_one_comes_into_the_unit_that_they_name():
    found = occupancy([], owned={"seat": 0, "limited": 1})
    assert admit(found, unit="limited").unit == "limited"
    with pytest.raises(NoSeatLeftError):
        admit(found)
    with pytest.raises(UnknownUnitError) as refused:
        admit(found, unit="guest")
    assert refused.value.as_dict()["values"] == {
        "item": "occupancy",
        "unit": "guest",
        "offered": ("seat", "limited"),
    }


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((0,), OutOfBoundsError),
        ((-1,), OutOfBoundsError),
        ((1.0,), WrongTypeError),
        ((True,), WrongTypeError),
        ((1, ""), OutOfBoundsError),
        ((1, None), WrongTypeError),
    ],
)
def test_newcomers_are_counted_in_whole_people(arguments, error):
    with pytest.raises(error):
        admit(occupancy([], owned=5), *arguments)


def test_one_comes_into_an_occupancy():
    with pytest.raises(WrongTypeError):
        admit({"seat": 5})
