"""Licences that are measured and not bought: who is in which team, and when.

Teams come and go, people move between them, and a month's quantity follows from that.
What counts is a team that is not archived, or a person in at least one such team,
each once.  Days are half-open, and the new state owns the day of a change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import attrs

from .._values.base import Quantities, worded
from .._values.checks import Time, instance, several, text, whole
from .._variants import Counting, LicenceUnit, LicenceVariant
from ..errors import RulesError
from ..periods import MONTHLY, Interval, Period, count, index, same_time
from ..seats import ACTIVE
from .workspaces import Span, Workspace, meet


@final
@attrs.frozen(order=False, field_transformer=worded)
class LicenceHolder:
    """A row of a month's export: a person, or a team, that is billed once.

    *team_ids* are the teams that make it so, in order; a team has itself.
    """

    id: str
    unit: LicenceUnit = attrs.field(converter=LicenceUnit)
    team_ids: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        ids = several("team_ids", self.team_ids, str)
        ids = tuple(text("team_ids", id) for id in ids)
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
    >>> from seatbill.seats import Team
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
    first = None if anchor is None else workspace._at(anchor, "anchor")
    if first is None and variant.counting is Counting.ANY_DAY:
        raise RulesError("counting", variant.counting, "counted_later")

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
        if person.id in gone and meet(((person.joined_on, person.left_on),), on, None)
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
            if any(meet((span,), start, last) for span in team.active)
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
        if person.state is ACTIVE and meet((stay,), start, end):
            found.setdefault(person.id, []).append(stay)
    return found


def _teams_of(
    workspace: Workspace, start: Time, end: Time | None
) -> dict[str, set[str]]:
    """Return the active members of the period, each with the teams that make it so."""
    people = _present(workspace, start, end)
    found: dict[str, set[str]] = {}
    for team in workspace.teams:
        active = [span for span in team.active if meet((span,), start, end)]
        for enrolled in team.enrollments:
            if any(
                meet((span, enrolled.span, stay), start, end)
                for span in active
                for stay in people.get(enrolled.member_id, ())
            ):
                found.setdefault(enrolled.member_id, set()).add(team.id)
    return found
