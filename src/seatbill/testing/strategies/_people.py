"""Strategies for people, seats, teams and licences, and for what roles may do."""

from __future__ import annotations

import datetime as dt
from typing import Final

from ...access import Action, Permission
from ...licences import (
    Channel,
    Counting,
    Delivery,
    Enrollment,
    LicenceHolder,
    LicenceUnit,
    LicenceVariant,
    MemberCount,
    TeamHistory,
    Workspace,
)
from ...seats import Admission, Member, MemberState, Occupancy, SeatCount, Team
from ...subscriptions import Status
from .._hypothesis import st
from ._values import days, ids, kept

_UNITS: Final = ("seat", "limited")


@kept
def _spans() -> st.SearchStrategy[tuple[dt.date | None, dt.date | None]]:
    """Return a strategy for times, some of them open on one side or both."""
    pairs = st.tuples(days(), days()).filter(lambda pair: pair[0] != pair[1])
    closed = pairs.map(lambda pair: (min(pair), max(pair)))
    return st.one_of(
        st.just((None, None)),
        days().map(lambda day: (day, None)),
        days().map(lambda day: (None, day)),
        closed,
    )


@kept
@st.composite
def members(draw: st.DrawFn, id: str | None = None) -> Member:
    """Return a strategy for people, some invited, some gone."""
    joined, left = draw(_spans())
    return Member(
        draw(ids()) if id is None else id,
        draw(st.sampled_from(_UNITS)),
        draw(st.sampled_from(MemberState)),
        draw(st.sampled_from(("member", "admin", "owner"))),
        joined_on=joined,
        left_on=left,
        expires_on=draw(st.none() | days()),
    )


@kept
def teams() -> st.SearchStrategy[Team]:
    """Return a strategy for teams as they stand, some of them archived."""
    return st.builds(
        Team,
        ids(),
        st.frozensets(ids(), max_size=3),
        archived_on=st.none() | days(),
    )


@kept
@st.composite
def seat_counts(draw: st.DrawFn, unit: str = "seat") -> SeatCount:
    """Return a strategy for seats of one kind, sometimes too few for all."""
    owned = draw(st.integers(0, 20))
    return SeatCount(
        unit=unit,
        owned=owned,
        occupied=draw(st.integers(0, 25)),
        scheduled_removal=draw(st.integers(0, owned)),
    )


@kept
def occupancies() -> st.SearchStrategy[Occupancy]:
    """Return a strategy for the seats of one kind or two."""
    one = st.tuples(seat_counts())
    two = st.tuples(seat_counts(), seat_counts("limited"))
    return (one | two).map(Occupancy)


@kept
@st.composite
def admissions(draw: st.DrawFn) -> Admission:
    """Return a strategy for how newcomers get in."""
    seats = draw(st.integers(1, 9))
    undone = draw(st.integers(0, seats))
    return Admission(unit="seat", seats=seats, undone_removals=undone)


# Licences.


@kept
def enrollments() -> st.SearchStrategy[Enrollment]:
    """Return a strategy for the time of a person in a team."""
    return st.builds(lambda id, span: Enrollment(id, *span), ids(), _spans())


@kept
def team_histories(id: str | None = None) -> st.SearchStrategy[TeamHistory]:
    """Return a strategy for teams over time."""
    active = _spans().map(lambda span: (span,))
    return st.builds(
        TeamHistory,
        ids() if id is None else st.just(id),
        st.lists(enrollments(), max_size=3).map(tuple),
        active | st.just(()),
    )


@kept
@st.composite
def workspaces(draw: st.DrawFn) -> Workspace:
    """Return a strategy for teams over time, and the people who may come in."""
    named = draw(st.lists(ids(), unique=True, max_size=3))
    found = [draw(team_histories(id)) for id in named]
    if draw(st.booleans()):
        return Workspace(found)
    enrolled = {one.member_id for team in found for one in team.enrollments}
    everybody = [draw(members(id)) for id in sorted(enrolled | {"z"})]
    return Workspace(found, everybody)


@kept
def deliveries() -> st.SearchStrategy[Delivery]:
    """Return a strategy for the ways of an invoice."""
    download = st.builds(Delivery, place=st.none() | st.just("account page"))
    mail = st.builds(
        Delivery,
        channel=st.just(Channel.MAIL),
        mailbox=st.none() | st.just("billing@example.com"),
        mailbox_roles=st.sampled_from(((), ("owner",))),
    )
    return download | mail


@kept
def licence_variants() -> st.SearchStrategy[LicenceVariant]:
    """Return a strategy for rows of what is licensed for whom."""
    return st.builds(
        LicenceVariant,
        st.sampled_from(LicenceUnit),
        from_day=st.none() | days(),
        contract=st.sampled_from((None, "partner")),
        plan=st.sampled_from((None, "basic")),
        counting=st.sampled_from(Counting),
        delivery=deliveries(),
    )


@kept
def licence_holders() -> st.SearchStrategy[LicenceHolder]:
    """Return a strategy for rows of a month's export."""
    return st.builds(
        LicenceHolder,
        ids(),
        st.sampled_from(LicenceUnit),
        st.lists(ids(), unique=True, max_size=3).map(sorted),
    )


@kept
@st.composite
def member_counts(draw: st.DrawFn) -> MemberCount:
    """Return a strategy for how many members there are, and how many are active."""
    found = draw(st.integers(0, 50))
    return MemberCount(members=found, active=draw(st.integers(0, found)))


# Roles.


@kept
def permissions() -> st.SearchStrategy[Permission]:
    """Return a strategy for who may do one thing, on some plans or in some states."""
    roles = st.sampled_from(("owner", "admin", "member"))
    return st.builds(
        Permission,
        st.sampled_from(Action),
        roles=st.lists(roles, min_size=1, max_size=2, unique=True).map(tuple),
        plans=st.sampled_from(((), ("basic",), ("pro", "max"))),
        statuses=st.lists(st.sampled_from(Status), max_size=2, unique=True).map(tuple),
    )
