"""Who sits, who is in a team, and from when, where somebody is on a list by half."""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import Member, Team, occupancy
from seatbill.errors import (
    MixedTimeError,
    NoChangeError,
    OutOfBoundsError,
    WrongTypeError,
)
from seatbill.licences import (
    LicenceUnit,
    LicenceVariant,
    TeamHistory,
    Workspace,
    member_count,
    meter,
)
from seatbill.seats import DEACTIVATED, INVITED, admit, seated
from stories import at

NOON = dt.datetime(2026, 4, 16, 12, tzinfo=dt.UTC)

PEOPLE = [
    pytest.param([Member("ann")], [1, 1, 1], id="always there"),
    pytest.param(
        [Member("ann", joined_on=at("2026-04-10"), left_on=at("2026-04-20"))],
        [0, 1, 0],
        id="there for ten days",
    ),
    pytest.param(
        [
            Member(
                "ann",
                state=DEACTIVATED,
                joined_on=at("2026-04-10"),
                left_on=at("2026-04-20"),
            )
        ],
        [0, 0, 0],
        id="deactivated",
    ),
    pytest.param(
        [Member("ann", joined_on=at("2026-04-10"), left_on=at("2026-04-10"))],
        [0, 0, 0],
        id="came and left on a day",
    ),
    pytest.param(
        [
            Member("ann", joined_on=at("2026-04-10"), left_on=at("2026-04-10")),
            Member("ann", left_on=at("2026-04-10")),
        ],
        [1, 0, 0],
        id="came back for no day",
    ),
    pytest.param(
        [Member("ann", state=INVITED, expires_on=at("2026-04-16"))],
        [1, 0, 0],
        id="invited until the 16th",
    ),
    pytest.param(
        [
            Member(
                "ann",
                state=INVITED,
                left_on=at("2026-04-10"),
                expires_on=at("2026-04-25"),
            )
        ],
        [1, 0, 0],
        id="invited until the 25th and uninvited on the 10th",
    ),
    pytest.param(
        [Member("ann", expires_on=at("2026-04-16"))],
        [1, 1, 1],
        id="came by an invitation that would have lapsed",
    ),
    pytest.param(
        [
            Member("ann", state=INVITED, expires_on=at("2026-04-16")),
            Member("ann", joined_on=at("2026-04-10")),
            Member("bob", unit="limited"),
        ],
        [1, 1, 1],
        id="listed twice, beside somebody on another kind of seat",
    ),
]


@pytest.mark.parametrize(("people", "counts"), PEOPLE)
def test_people_are_counted_alike_on_one_day_and_over_time(people, counts):
    days = [at("2026-04-01"), at("2026-04-16"), at("2026-04-30")]
    on_each = [occupancy(people, owned=9, at=day)["seat"].occupied for day in days]
    assert on_each == counts
    sitting = seated(people, days[0])
    over_time = [sitting["seat"].at(day) if "seat" in sitting else 0 for day in days]
    assert over_time == counts


def stays(*spans: str) -> list[Member]:
    """Return one person, listed for each of *spans* of days in April: ``"10-20"``."""
    found = []
    for span in spans:
        start, end = (day and at(f"2026-04-{day}") for day in span.split("-"))
        found.append(Member("ann", joined_on=start or None, left_on=end or None))
    return found


@pytest.mark.parametrize(
    ("people", "changes"),
    [
        pytest.param(stays("05-10", "15-20"), "05 10 15 20", id="twice"),
        pytest.param(stays("15-20", "05-10"), "05 10 15 20", id="the later one first"),
        pytest.param(stays("05-10", "10-20"), "05 20", id="without a day between"),
        pytest.param(stays("05-15", "10-20"), "05 20", id="one into the other"),
        pytest.param(stays("05-20", "10-15"), "05 20", id="one inside the other"),
        pytest.param(stays("-10", "-15"), "15", id="always there, in two ways"),
        pytest.param(stays("05-", "10-20"), "05", id="for good, and once more"),
        pytest.param(stays("10-20", "05-"), "05", id="the same, the other way round"),
        pytest.param(stays("-10", "20-"), "10 20", id="away for ten days"),
        pytest.param(stays("-", "05-10"), "", id="always there"),
        pytest.param(stays("05-10", "12-14", "13-"), "05 10 12", id="three times"),
        pytest.param(stays("10-10"), None, id="for no day"),
        pytest.param(
            [
                Member(
                    "ann",
                    state=INVITED,
                    joined_on=at("2026-04-10"),
                    expires_on=at("2026-04-05"),
                )
            ],
            None,
            id="lapsed before it began",
        ),
    ],
)
def test_a_person_of_several_stays_sits_once(people, changes):
    days = [at(f"2026-04-{day:02}") for day in range(1, 31)]
    sitting = seated(people, days[0])
    if changes is None:
        assert sitting == {}
        assert not any(occupancy(people, owned=1, at=day).occupied for day in days)
        return
    counts = [occupancy(people, owned=1, at=day).occupied for day in days]
    assert [sitting["seat"].at(day) for day in days] == counts
    assert {*counts} <= {0, 1}
    assert sorted(sitting["seat"].days) == [
        at(f"2026-04-{day}") for day in changes.split()
    ]


def test_somebody_is_admitted_at_least():
    seats = occupancy([], owned=5)
    assert admit(seats, 1).seats == 1
    with pytest.raises(OutOfBoundsError) as refused:
        admit(seats, 0)
    assert (refused.value.name, refused.value.minimum) == ("n", 1)


# Days and instants.


@pytest.mark.parametrize(
    "workspace",
    [
        pytest.param(
            Workspace([], [Member("ann", left_on=at("2026-05-01"))]), id="a person left"
        ),
        pytest.param(
            Workspace([Team("ops", ["ann"], archived_on=at("2026-05-01"))]),
            id="a team was archived",
        ),
    ],
)
def test_one_day_says_in_what_a_workspace_counts(workspace):
    with pytest.raises(MixedTimeError) as refused:
        member_count(workspace, on=NOON)
    assert (refused.value.name, refused.value.value, refused.value.wanted) == (
        "on",
        NOON,
        "dates",
    )
    assert member_count(workspace, on=at("2026-04-16")).members == 1


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda team: team.archive(on=NOON), id="archive"),
        pytest.param(lambda team: team.restore(on=NOON), id="restore"),
        pytest.param(lambda team: team.enroll("bob", on=NOON), id="enroll"),
        pytest.param(lambda team: team.withdraw("ann", on=NOON), id="withdraw"),
        pytest.param(lambda team: team.is_active(NOON), id="is it active"),
    ],
)
def test_a_team_of_days_is_not_asked_about_an_instant(ask):
    team = TeamHistory("ops").enroll("ann", on=at("2026-01-01"))
    with pytest.raises(MixedTimeError) as refused:
        ask(team)
    assert (refused.value.value, refused.value.wanted) == (NOON, "dates")


@pytest.mark.parametrize("name", ["start", "end"])
def test_which_end_of_a_span_is_of_another_kind_is_said(name):
    first = (at("2026-01-01"), at("2026-02-01"))
    second = {"start": (NOON, None), "end": (at("2026-03-01"), NOON)}[name]
    with pytest.raises(MixedTimeError) as refused:
        TeamHistory("ops", active=[first, second])
    assert (refused.value.name, refused.value.value) == (name, NOON)


# A team that comes back.


def test_a_team_is_restored_between_two_spans_up_to_the_second():
    team = TeamHistory(
        "ops",
        active=[
            (None, at("2026-01-01")),
            (at("2026-02-01"), at("2026-03-01")),
            (at("2026-06-01"), at("2026-07-01")),
        ],
    )
    again = team.restore(on=at("2026-04-01"))
    assert again.active == (
        (None, at("2026-01-01")),
        (at("2026-02-01"), at("2026-03-01")),
        (at("2026-04-01"), at("2026-06-01")),
        (at("2026-06-01"), at("2026-07-01")),
    )
    on_its_end = team.restore(on=at("2026-03-01"))
    assert on_its_end.active[2] == (at("2026-03-01"), at("2026-06-01"))
    with pytest.raises(NoChangeError):
        team.restore(on=at("2026-02-01"))


def test_a_meter_counts_in_the_time_of_its_anchor():
    """A workspace in which nothing is dated has no kind of time of its own."""
    workspace = Workspace([Team("ops", ["ann"])])
    measure = meter(
        workspace, LicenceVariant(LicenceUnit.TEAM), anchor=at("2026-01-01")
    )
    assert measure(at("2026-05-01")) == {"team": 1}
    with pytest.raises(MixedTimeError) as refused:
        measure(at("2026-05-01T00:00Z"))
    told = refused.value
    assert (told.name, told.value) == ("on", at("2026-05-01T00:00Z"))


@pytest.mark.parametrize("name", ["joined_on", "left_on", "expires_on"])
def test_each_day_of_a_person_is_a_day(name):
    with pytest.raises(WrongTypeError) as refused:
        Member("ann", **{name: "2026-04-01"})
    assert refused.value.name == name
