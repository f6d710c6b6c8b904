"""Who is where: teams over time, and the people who may come in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, final

import attrs

from .._values.checks import Time, day_or_none, instance, moment, several, text, unique
from ..errors import (
    EmptyPeriodError,
    NoChangeError,
    OverlapError,
    UnknownItemError,
    WrongTypeError,
)
from ..periods import one_kind, same_time
from ..seats import Member, Team

Span = tuple[Time | None, Time | None]
"""From a moment up to, not including, another; ``None`` leaves that side open."""

_ALWAYS: Final[Span] = (None, None)


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
        raise WrongTypeError("active", "tuple[Time, Time | None]", value)
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


def _like(at: Time, first: Time | None, name: str = "on") -> Time:
    """Return *at*, of the same kind of time as the *first* moment, if there is one."""
    if first is not None:
        same_time(name, at, first)
    return at


def _enrollments(values: Iterable[Enrollment]) -> tuple[Enrollment, ...]:
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
        spans = [(f"active[{i}]", span) for i, span in enumerate(self.active)]
        for i, enrolled in enumerate(self.enrollments):
            spans.append((f"enrollments[{i}]", enrolled.span))
        one_kind((name, at) for name, span in spans for at in span)

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
        return any(meet((span,), at, None) for span in self.active)

    def archive(self, *, on: Time) -> TeamHistory:
        """Return the team archived from *on* on, until it is restored.

        Raises: NoChangeError where it is not active on that day.
        """
        on = self._at(on)
        if not self.is_active(on):
            raise NoChangeError("archived", self.id)
        spans = [_cut(span, on) for span in self.active]
        return attrs.evolve(self, active=[span for span in spans if span])

    def restore(self, *, on: Time) -> TeamHistory:
        """Return the team active from *on* on, up to where it was to be active again.

        Raises: NoChangeError where it is active on that day.
        """
        on = self._at(on)
        if self.is_active(on):
            raise NoChangeError("active", self.id)
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
            raise NoChangeError("enrolled", member_id, self.id)
        return attrs.evolve(self, enrollments=(*self.enrollments, new))

    def withdraw(self, member_id: str, *, on: Time) -> TeamHistory:
        """Return the team without a person from *on* on.

        Raises: NoChangeError where the person is not in it on that day.
        """
        on = self._at(on)
        if not self._has(text("member_id", member_id), on):
            raise NoChangeError("withdrawn", member_id, self.id)
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
            enrolled.member_id == member_id and meet((enrolled.span,), at, None)
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
                raise UnknownItemError("member", id, ())
        times = [
            (f"teams[{i}]", at)
            for i, team in enumerate(self.teams)
            for at in team._moments()
        ]
        for i, person in enumerate(self.members):
            times += [(f"members[{i}]", at) for at in person._moments()]
        one_kind(times)

    def team(self, id: str) -> TeamHistory:
        """Return the team with this *id*.  Raises: UnknownItemError."""
        for team in self.teams:
            if team.id == id:
                return team
        raise UnknownItemError("team", id, tuple(t.id for t in self.teams))

    def _moments(self) -> Iterator[Time]:
        """Yield every moment at which something changes."""
        for team in self.teams:
            yield from team._moments()
        for person in self.members:
            yield from person._moments()

    def _at(self, value: Time, name: str = "on") -> Time:
        """Return *value*, a moment of the kind that this workspace counts in."""
        return _like(moment(name, value), next(self._moments(), None), name)


def meet(spans: tuple[Span, ...], start: Time, end: Time | None) -> bool:
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
    if not meet((span,), on, None):
        return span
    return None if span[0] == on else (span[0], on)
