"""Licences that are measured and not bought: who is in which team, and when.

Teams come and go, people move between them, and a month's quantity follows from that.
What counts is a team that is not archived, or a person in at least one such team,
each once.  Days are half-open, and the new state owns the day of a change.
"""

from .._variants import Channel, Counting, Delivery, LicenceUnit, LicenceVariant
from .counting import (
    LicenceHolder,
    MemberCount,
    inactive_members,
    licence_holders,
    measured,
    member_count,
    meter,
    remove_inactive,
)
from .workspaces import Enrollment, TeamHistory, Workspace

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
