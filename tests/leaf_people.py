"""Strategies for people, seats, teams and licences, and for what roles may do."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from seatbill.access import Action, Permission
from seatbill.licences import (
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
from seatbill.seats import Admission, Member, MemberState, Team
from seatbill.subscriptions import Status
from seatbill.testing.strategies._basics import days, ids, kept

_UNITS: Final = ("seat", "limited")


@kept
def _spans():
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
def members(draw: st.DrawFn, id: str | None = None):
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
def teams():
    return st.builds(
        Team,
        ids(),
        st.frozensets(ids(), max_size=3),
        archived_on=st.none() | days(),
    )


@kept
@st.composite
def admissions(draw: st.DrawFn):
    seats = draw(st.integers(1, 9))
    undone = draw(st.integers(0, seats))
    return Admission(unit="seat", seats=seats, undone_removals=undone)


# Licences.


@kept
def enrollments():
    return st.builds(lambda id, span: Enrollment(id, *span), ids(), _spans())


@kept
def team_histories(id: str | None = None):
    active = _spans().map(lambda span: (span,))
    return st.builds(
        TeamHistory,
        ids() if id is None else st.just(id),
        st.lists(enrollments(), max_size=3).map(tuple),
        active | st.just(()),
    )


@kept
@st.composite
def workspaces(draw: st.DrawFn):
    named = draw(st.lists(ids(), unique=True, max_size=3))
    found = [draw(team_histories(id)) for id in named]
    if draw(st.booleans()):
        return Workspace(found)
    enrolled = {one.member_id for team in found for one in team.enrollments}
    everybody = [draw(members(id)) for id in sorted(enrolled | {"z"})]
    return Workspace(found, everybody)


@kept
def deliveries():
    download = st.builds(Delivery, place=st.none() | st.just("account page"))
    mail = st.builds(
        Delivery,
        channel=st.just(Channel.MAIL),
        mailbox=st.none() | st.just("billing@example.com"),
        mailbox_roles=st.sampled_from(((), ("owner",))),
    )
    return download | mail


@kept
def licence_variants():
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
def licence_holders():
    return st.builds(
        LicenceHolder,
        ids(),
        st.sampled_from(LicenceUnit),
        st.lists(ids(), unique=True, max_size=3).map(sorted),
    )


@kept
@st.composite
def member_counts(draw: st.DrawFn):
    found = draw(st.integers(0, 50))
    return MemberCount(members=found, active=draw(st.integers(0, found)))


# Roles.


@kept
def permissions():
    roles = st.sampled_from(("owner", "admin", "member"))
    return st.builds(
        Permission,
        st.sampled_from(Action),
        roles=st.lists(roles, min_size=1, max_size=2, unique=True).map(tuple),
        plans=st.sampled_from(((), ("basic",), ("pro", "max"))),
        statuses=st.lists(st.sampled_from(Status), max_size=2, unique=True).map(tuple),
    )
