"""Licences that are measured and not bought: who is in which team, and when.

Teams come and go, people move between them, and a month's quantity follows from that.
What counts is a team that is not archived, or a person in at least one such team,
each once.  Days are half-open, and the new state owns the day of a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Final, final

import attrs

from ._checks import (
    Time,
    day_or_none,
    instance,
    member,
    moment,
    several,
    text,
    unique,
    whole,
)
from ._values import Quantities
from ._variants import Channel, Counting, Delivery, LicenceUnit, LicenceVariant
from .errors import (
    EmptyPeriodError,
    NoChangeError,
    OverlapError,
    RulesError,
    UnknownItemError,
    WrongTypeError,
)
from .periods import MONTHLY, Interval, Period, count, index, same_time
from .seats import ACTIVE, Member, Team

__all__ = [
    "Channel",
    "Counting",
    "Delivery",
    "Enrollment",
    "LicenceHolder",
    "LicenceUnit",
    "LicenceVariant",
    "MemberCount",
    "TeamHistory",
    "Workspace",
    "inactive_members",
    "licence_holders",
    "measured",
    "member_count",
    "meter",
    "remove_inactive",
]

Span = tuple[Time | None, Time | None]
"""From a moment up to, not including, another; ``None`` leaves that side open."""

_ALWAYS: Final[Span] = (None, None)


# Who is where.


@final
@attrs.frozen(order=False)
class Enrollment:
    """A person in a team from *start* up to, not including, *end*.

    Raises: EmptyPeriodError.
    """

    member_id: str
    start: Time | None = None
    end: Time | None = None

    def __attrs_post_init__(self) -> None:
        text("member_id", self.member_id)
        start, end = _span((self.start, self.end))
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "end", end)

    @property
    def span(self) -> Span:
        """Both ends."""
        return self.start, self.end


def _span(value: object) -> Span:
    """Return *value*, a start and an end that comes after it."""
    if type(value) is not tuple or len(value) != 2:
        raise WrongTypeError("active", "pairs of a start and an end", value)
    start, end = day_or_none("start", value[0]), day_or_none("end", value[1])
    if start is not None and end is not None:
        same_time("end", end, start)
        if start >= end:
            raise EmptyPeriodError(start, end)
    return start, end


def _spans(values: Iterable[Span]) -> tuple[Span, ...]:
    """Return *values*, spans in order that do not overlap."""
    found = tuple(_span(value) for value in several("active", values, object))
    for (_, end), (start, _) in pairwise(found):
        if end is None or start is None:
            raise OverlapError(end, start)
        same_time("start", start, end)
        if start < end:
            raise OverlapError(end, start)
    return found


def _like(at: Time, first: Time | None) -> Time:
    """Return *at*, of the same kind of time as the *first* moment, if there is one."""
    if first is not None:
        same_time("on", at, first)
    return at


def _enrollments(values: Iterable[Enrollment]) -> tuple[Enrollment, ...]:
    """Return *values* as enrollments."""
    return several("enrollments", values, Enrollment)


@final
@attrs.frozen(order=False)
class TeamHistory:
    """A team over time: who was in it, and when it was not archived.

    *active* holds the spans in which the team existed and was not archived, in order;
    a team that is always active has the one span that is open on both sides.

    >>> import datetime as dt
    >>> day = dt.date(2026, 5, 12)
    >>> team = TeamHistory("ops").enroll("ann", on=dt.date(2026, 1, 1))
    >>> team.archive(on=day).restore(on=dt.date(2026, 8, 3)).is_active(day)
    False
    """

    id: str
    enrollments: tuple[Enrollment, ...] = attrs.field(
        default=(), converter=_enrollments
    )
    active: tuple[Span, ...] = attrs.field(default=(_ALWAYS,), converter=_spans)

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        first = next(self._moments(), None)
        for at in self._moments():
            _like(at, first)

    @classmethod
    def of(cls, team: Team) -> TeamHistory:
        """Return the history that a *team* as it stands tells."""
        instance("team", team, Team)
        people = [Enrollment(id) for id in sorted(team.member_ids)]
        return cls(team.id, people, [(None, team.archived_on)])

    def _moments(self) -> Iterator[Time]:
        """Yield every start and end."""
        spans = [*self.active, *(enrolled.span for enrolled in self.enrollments)]
        return (at for span in spans for at in span if at is not None)

    def is_active(self, at: Time) -> bool:
        """Return whether the team is there and not archived *at* that moment."""
        at = self._at(at)
        return any(_meet((span,), at, None) for span in self.active)

    def archive(self, *, on: Time) -> TeamHistory:
        """Return the team archived from *on* on, until it is restored.

        Raises: NoChangeError where it is not active on that day.
        """
        on = self._at(on)
        if not self.is_active(on):
            raise NoChangeError(f"team {self.id}", "archived")
        spans = [_cut(span, on) for span in self.active]
        return attrs.evolve(self, active=[span for span in spans if span])

    def restore(self, *, on: Time) -> TeamHistory:
        """Return the team active from *on* on, up to where it was to be active again.

        Raises: NoChangeError where it is active on that day.
        """
        on = self._at(on)
        if self.is_active(on):
            raise NoChangeError(f"team {self.id}", "active")
        before = [s for s in self.active if s[1] is not None and s[1] <= on]
        after = self.active[len(before) :]
        end = after[0][0] if after else None
        return attrs.evolve(self, active=[*before, (on, end), *after])

    def enroll(self, member_id: str, *, on: Time) -> TeamHistory:
        """Return the team with a person in it from *on* on.

        Raises: NoChangeError where the person is in it on that day.
        """
        new = Enrollment(member_id, self._at(on))
        if self._has(member_id, on):
            raise NoChangeError(f"{member_id} in team {self.id}", "enrolled")
        return attrs.evolve(self, enrollments=(*self.enrollments, new))

    def withdraw(self, member_id: str, *, on: Time) -> TeamHistory:
        """Return the team without a person from *on* on.

        Raises: NoChangeError where the person is not in it on that day.
        """
        on = self._at(on)
        if not self._has(text("member_id", member_id), on):
            raise NoChangeError(f"{member_id} in team {self.id}", "withdrawn")
        kept = []
        for enrolled in self.enrollments:
            ours = enrolled.member_id == member_id
            span = _cut(enrolled.span, on) if ours else enrolled.span
            if span:
                kept.append(Enrollment(enrolled.member_id, *span))
        return attrs.evolve(self, enrollments=kept)

    def _has(self, member_id: str, at: Time) -> bool:
        """Return whether the person is in the team *at* that moment."""
        return any(
            enrolled.member_id == member_id and _meet((enrolled.span,), at, None)
            for enrolled in self.enrollments
        )

    def _at(self, value: Time) -> Time:
        """Return *value*, a moment of the kind that this team counts in."""
        return _like(moment("on", value), next(self._moments(), None))


def _teams(values: Iterable[TeamHistory | Team]) -> tuple[TeamHistory, ...]:
    """Return *values* as histories of teams, one for each id."""
    found = tuple(
        TeamHistory.of(team) if isinstance(team, Team) else team
        for team in several("teams", values, TeamHistory, Team)
    )
    unique("team", [team.id for team in found])
    return found


def _people(values: Iterable[Member] | None) -> tuple[Member, ...] | None:
    """Return *values* as members, or ``None``."""
    return None if values is None else several("members", values, Member)


@final
@attrs.frozen(order=False)
class Workspace:
    """Teams over time and the people who may come in.

    A member has access while their state is active, from *joined_on* up to
    *left_on*; somebody who comes back is listed once for each stay.  Without
    *members* everybody who is in a team is one, for good.  A
    :class:`~seatbill.Team` is taken as it stands.

    Raises: DuplicateError, UnknownItemError where an enrollment names a stranger,
    MixedTimeError.
    """

    teams: tuple[TeamHistory, ...] = attrs.field(converter=_teams)
    members: tuple[Member, ...] = attrs.field(default=None, converter=_people)

    def __attrs_post_init__(self) -> None:
        enrolled = dict.fromkeys(
            enrolled.member_id for team in self.teams for enrolled in team.enrollments
        )
        if self.members is None:
            people = tuple(Member(id) for id in sorted(enrolled))
            object.__setattr__(self, "members", people)
        known = {person.id for person in self.members}
        for id in enrolled:
            if id not in known:
                raise UnknownItemError("member", id, "the members of the workspace")
        first = next(self._moments(), None)
        for at in self._moments():
            _like(at, first)

    def team(self, id: str) -> TeamHistory:
        """Return the team with this *id*.  Raises: UnknownItemError."""
        for team in self.teams:
            if team.id == id:
                return team
        raise UnknownItemError("team", id, ", ".join(t.id for t in self.teams))

    def _moments(self) -> Iterator[Time]:
        """Yield every moment at which something changes."""
        for team in self.teams:
            yield from team._moments()
        for person in self.members:
            for at in (person.joined_on, person.left_on):
                if at is not None:
                    yield at

    def _at(self, value: Time) -> Time:
        """Return *value*, a moment of the kind that this workspace counts in."""
        return _like(moment("on", value), next(self._moments(), None))


# What it comes to.


@final
@attrs.frozen(order=False)
class LicenceHolder:
    """A row of a month's export: a person, or a team, that is billed once.

    *team_ids* are the teams that make it so, in order; a team has itself.
    """

    id: str
    unit: LicenceUnit
    team_ids: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        member("unit", self.unit, LicenceUnit)
        ids = several("team_ids", self.team_ids, str)
        object.__setattr__(self, "team_ids", ids)


@final
@attrs.frozen(kw_only=True, order=False)
class MemberCount:
    """How many *members* may come in, and how many of them are *active*."""

    members: int
    active: int

    def __attrs_post_init__(self) -> None:
        whole("members", self.members)
        whole("active", self.active, 0, self.members)

    @property
    def inactive(self) -> int:
        """Those who are in no active team; they are not billed."""
        return self.members - self.active


def licence_holders(
    workspace: Workspace, variant: LicenceVariant, *, month: Period
) -> tuple[LicenceHolder, ...]:
    """Return who holds a licence in *month*, a row each, in the order of the ids.

    The number of rows is the quantity that is billed for the month.
    """
    instance("variant", variant, LicenceVariant)
    start = instance("workspace", workspace, Workspace)._at(
        instance("month", month, Period).start
    )
    return _holders(workspace, variant, start, month.end)


def measured(
    workspace: Workspace, variant: LicenceVariant, *, month: Period
) -> Quantities:
    """Return the quantity of *month* by unit, as ``renew`` takes it.

    >>> import datetime as dt
    >>> teams = [Team("ops", {"ann", "bob"}), Team("web", {"ann"})]
    >>> may = Period(dt.date(2026, 5, 1), dt.date(2026, 6, 1))
    >>> dict(measured(Workspace(teams), LicenceVariant(LicenceUnit.TEAM), month=may))
    {'team': 2}
    """
    holders = licence_holders(workspace, variant, month=month)
    return Quantities({variant.unit.value: len(holders)})


def meter(
    workspace: Workspace,
    variant: LicenceVariant,
    *,
    anchor: Time | None = None,
    interval: Interval = MONTHLY,
) -> Callable[[Time], Quantities]:
    """Return the function that ``bill`` measures with, from a boundary's day.

    It measures the period that starts on the day.  For a price in arrears give the
    *anchor* from which periods of *interval* are counted: then it measures the one
    that has just ended.  Where a freeze or a restart moves the grid, hand each
    renewal :func:`measured` of the subscription's own ``current_period`` instead.

    Raises: RulesError where any day of a period counts that has only begun.
    """
    instance("workspace", workspace, Workspace)
    instance("variant", variant, LicenceVariant)
    instance("interval", interval, Interval)
    first = day_or_none("anchor", anchor)
    if first is None and variant.counting is Counting.ANY_DAY:
        raise RulesError(
            "counting",
            variant.counting,
            "nobody knows yet who will be there in a period that has only begun",
            "price the unit in arrears and give the anchor, or count AT_START",
        )

    def at(day: Time) -> Quantities:
        day = workspace._at(day)
        start, end = day, None
        if first is not None:
            same_time("on", day, first)
            n = index(first, interval, day) // count(interval) - 1
            ended = Period.nth(first, interval, n)
            start, end = ended.start, ended.end
        rows = _holders(workspace, variant, start, end)
        return Quantities({variant.unit.value: len(rows)})

    return at


def member_count(workspace: Workspace, *, on: Time) -> MemberCount:
    """Return how many members there are *on* that day, and how many are active."""
    on = instance("workspace", workspace, Workspace)._at(on)
    return MemberCount(
        members=len(_present(workspace, on, None)),
        active=len(_teams_of(workspace, on, None)),
    )


def inactive_members(workspace: Workspace, *, on: Time) -> tuple[str, ...]:
    """Return the ids of the members who are in no active team *on* that day."""
    on = instance("workspace", workspace, Workspace)._at(on)
    active = _teams_of(workspace, on, None)
    return tuple(sorted(_present(workspace, on, None).keys() - active.keys()))


def remove_inactive(workspace: Workspace, *, on: Time) -> Workspace:
    """Return the workspace without its inactive members from *on* on.

    They lose access, and what they were enrolled in ends; no quantity changes.
    """
    gone = set(inactive_members(workspace, on=on))
    on = workspace._at(on)
    members = [
        attrs.evolve(person, left_on=on)
        if person.id in gone and _meet(((person.joined_on, person.left_on),), on, None)
        else person
        for person in workspace.members
    ]
    teams = []
    for team in workspace.teams:
        for id in sorted({e.member_id for e in team.enrollments} & gone):
            if team._has(id, on):
                team = team.withdraw(id, on=on)  # noqa: PLW2901
        teams.append(team)
    return Workspace(teams, members)


def _holders(
    workspace: Workspace, variant: LicenceVariant, start: Time, end: Time | None
) -> tuple[LicenceHolder, ...]:
    """Return who counts in the period from *start* to *end*."""
    last = end if variant.counting is Counting.ANY_DAY else None
    if variant.unit is LicenceUnit.TEAM:
        rows = {
            team.id: {team.id}
            for team in workspace.teams
            if any(_meet((span,), start, last) for span in team.active)
        }
    else:
        rows = _teams_of(workspace, start, last)
    return tuple(
        LicenceHolder(id, variant.unit, tuple(sorted(team_ids)))
        for id, team_ids in sorted(rows.items())
    )


def _present(
    workspace: Workspace, start: Time, end: Time | None
) -> dict[str, list[Span]]:
    """Return the people who have access in the period, each with their stays."""
    found: dict[str, list[Span]] = {}
    for person in workspace.members:
        stay = person.joined_on, person.left_on
        if person.state is ACTIVE and _meet((stay,), start, end):
            found.setdefault(person.id, []).append(stay)
    return found


def _teams_of(
    workspace: Workspace, start: Time, end: Time | None
) -> dict[str, set[str]]:
    """Return the active members of the period, each with the teams that make it so."""
    people = _present(workspace, start, end)
    found: dict[str, set[str]] = {}
    for team in workspace.teams:
        active = [span for span in team.active if _meet((span,), start, end)]
        for enrolled in team.enrollments:
            if any(
                _meet((span, enrolled.span, stay), start, end)
                for span in active
                for stay in people.get(enrolled.member_id, ())
            ):
                found.setdefault(enrolled.member_id, set()).add(team.id)
    return found


def _meet(spans: tuple[Span, ...], start: Time, end: Time | None) -> bool:
    """Return whether *spans* have a moment from *start* up to *end* in common.

    Without *end* it must be *start* itself.
    """
    low, high = start, end
    for since, until in spans:
        if since is not None and since > low:
            low = since
        if until is not None and (high is None or until < high):
            high = until
    if end is None and low != start:
        return False
    return high is None or low < high


def _cut(span: Span, on: Time) -> Span | None:
    """Return *span* ended *on* that day if it holds it; ``None`` if nothing is left."""
    if not _meet((span,), on, None):
        return span
    return None if span[0] == on else (span[0], on)
