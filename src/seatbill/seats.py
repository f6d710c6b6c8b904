"""Who sits on a seat: people, seats owned and occupied, who may come in.

Occupying never changes money: money follows what is owned.  A person counts once in
each kind of seat, however many products or teams list them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple, final

import attrs

from ._values.base import Quantities, Word, worded
from ._values.checks import Time, instance, moment, several, text, unique, whole
from .errors import NoSeatLeftError, UnknownUnitError
from .periods import in_order, keep_times, same_times

__all__ = [
    "ACTIVE",
    "DEACTIVATED",
    "INVITED",
    "Admission",
    "Member",
    "MemberState",
    "Occupancy",
    "SeatCount",
    "Team",
    "admit",
    "occupancy",
]


class MemberState(Word):
    """What a person is to the workspace.

    :ACTIVE: Has a seat.
    :INVITED: Has a seat until the invitation expires.
    :DEACTIVATED: Has none.
    """

    ACTIVE = "active"
    INVITED = "invited"
    DEACTIVATED = "deactivated"


ACTIVE: Final = MemberState.ACTIVE
INVITED: Final = MemberState.INVITED
DEACTIVATED: Final = MemberState.DEACTIVATED


@final
@attrs.frozen(order=False, field_transformer=worded)
class Member:
    """A person, and the kind of seat that they sit on.

    Days are half-open: on *joined_on* the person is in, on *left_on* no more, and an
    invitation still open on *expires_on* has lapsed.
    """

    id: str
    unit: str = "seat"
    state: MemberState = attrs.field(default=ACTIVE, converter=MemberState)
    role: str = "member"
    joined_on: Time | None = attrs.field(default=None, kw_only=True)
    left_on: Time | None = attrs.field(default=None, kw_only=True)
    expires_on: Time | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        text("unit", self.unit)
        text("role", self.role)
        keep_times(self, optional=["joined_on", "left_on", "expires_on"])
        in_order(self.joined_on, self.left_on)

    def _moments(self) -> Iterator[Time]:
        """Yield the days that are known."""
        for at in (self.joined_on, self.left_on, self.expires_on):
            if at is not None:
                yield at

    def occupies(self, at: Time | None = None) -> bool:
        """Return whether the person takes a seat *at* that moment.

        An invitation does until it expires; a deactivated person does not.
        Without *at* the state alone decides.
        """
        if at is None:
            return self.state is not DEACTIVATED
        at = moment("at", at)
        times = ("joined_on", "left_on", "expires_on")
        same_times(at, [(name, getattr(self, name)) for name in times])
        ends = self.expires_on if self.state is INVITED else None
        return self.state is not DEACTIVATED and (
            (self.joined_on is None or self.joined_on <= at)
            and (self.left_on is None or at < self.left_on)
            and (ends is None or at < ends)
        )


def _ids(values: Iterable[str]) -> frozenset[str]:
    return frozenset(several("member_ids", values, str))


@final
@attrs.frozen(order=False)
class Team:
    """A group of people by their ids; from *archived_on* on it is no longer active."""

    id: str
    member_ids: frozenset[str] = attrs.field(default=(), converter=_ids)
    archived_on: Time | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        keep_times(self, optional=["archived_on"])


@final
@attrs.frozen(kw_only=True, order=False)
class SeatCount:
    """The seats of one kind: *owned* are paid for, *occupied* have a person.

    *scheduled_removal* of them leave at the period's end.
    """

    unit: str
    owned: int
    occupied: int
    scheduled_removal: int = 0

    def __attrs_post_init__(self) -> None:
        text("unit", self.unit)
        whole("owned", self.owned)
        whole("occupied", self.occupied)
        whole("scheduled_removal", self.scheduled_removal, 0, self.owned)

    @property
    def vacant(self) -> int:
        """Seats without a person; 0 when more people sit than seats are owned."""
        return max(self.owned - self.occupied, 0)

    @property
    def missing(self) -> int:
        """Seats to buy so that everybody has one."""
        return max(self.occupied - self.owned, 0)

    @property
    def removable(self) -> int:
        """Vacant seats that do not wait for removal already."""
        return max(self.vacant - self.scheduled_removal, 0)

    @property
    def ratio(self) -> Fraction:
        """Occupied over owned; 1 where none is owned and someone sits, else 0."""
        if not self.owned:
            return Fraction(bool(self.occupied))
        return Fraction(self.occupied, self.owned)

    @property
    def is_full(self) -> bool:
        """Whether no seat is vacant."""
        return self.occupied >= self.owned


def _counts(values: Iterable[SeatCount]) -> tuple[SeatCount, ...]:
    return several("counts", values, SeatCount)


class _ByUnit(Mapping[str, SeatCount]):
    """Seat counts by unit, looked up once; no field of the value."""

    __slots__ = ("_units",)

    _units: dict[str, SeatCount]


@final
@attrs.frozen(order=False)
class Occupancy(_ByUnit):
    """The seats of each kind, by unit: ``found["seat"].vacant``.

    Where there is one unit only, its numbers can be read directly: ``found.vacant``.
    """

    counts: tuple[SeatCount, ...] = attrs.field(converter=_counts)

    def __attrs_post_init__(self) -> None:
        unique("unit", [count.unit for count in self.counts])

    def __getitem__(self, unit: str) -> SeatCount:
        try:
            return self._units[unit]
        except AttributeError:
            units = {count.unit: count for count in self.counts}
            object.__setattr__(self, "_units", units)
        return units[unit]

    def __iter__(self) -> Iterator[str]:
        return (count.unit for count in self.counts)

    def __len__(self) -> int:
        return len(self.counts)

    def _only(self) -> SeatCount:
        """Return the count of the only unit."""
        if len(self.counts) != 1:
            raise UnknownUnitError("occupancy", None, tuple(self))
        return self.counts[0]

    @property
    def owned(self) -> int:
        """Seats owned, of the only unit."""
        return self._only().owned

    @property
    def occupied(self) -> int:
        """Seats occupied, of the only unit."""
        return self._only().occupied

    @property
    def vacant(self) -> int:
        """Seats vacant, of the only unit."""
        return self._only().vacant

    @property
    def ratio(self) -> Fraction:
        """Occupied over owned, of the only unit."""
        return self._only().ratio

    @property
    def is_full(self) -> bool:
        """Whether no seat of the only unit is vacant."""
        return self._only().is_full

    @property
    def scheduled_removal(self) -> int:
        """Seats that leave at the period's end, of the only unit."""
        return self._only().scheduled_removal


@final
@attrs.frozen(kw_only=True, order=False)
class Admission:
    """How newcomers get in: *seats* taken, of which *undone_removals* were to leave."""

    unit: str
    seats: int
    undone_removals: int

    def __attrs_post_init__(self) -> None:
        text("unit", self.unit)
        whole("seats", self.seats, 1)
        whole("undone_removals", self.undone_removals, 0, self.seats)


def occupancy(
    members: Iterable[Member],
    *,
    owned: Mapping[str, int] | int,
    at: Time | None = None,
    scheduled_removal: Mapping[str, int] | None = None,
) -> Occupancy:
    """Return the seats owned and occupied, by unit.

    A person listed twice counts once in each unit, so members of several products
    that share seats are given in one list.  Without *at* the state alone decides.

    >>> occupancy([Member("ann"), Member("bob")], owned=3).vacant
    1
    """
    seats = Quantities({"seat": owned} if type(owned) is int else owned)  # type: ignore[arg-type]
    leaving = Quantities({} if scheduled_removal is None else scheduled_removal)
    if at is not None:
        at = moment("at", at)
    people: dict[str, set[str]] = {unit: set() for unit in seats}
    for person in several("members", members, Member):
        if person.occupies(at):
            people.setdefault(person.unit, set()).add(person.id)
    return Occupancy(
        tuple(
            SeatCount(
                unit=unit,
                owned=seats.get(unit, 0),
                occupied=len(ids),
                scheduled_removal=leaving.get(unit, 0),
            )
            for unit, ids in people.items()
        )
    )


def seated(members: Iterable[Member], like: Time) -> dict[str, Sitting]:
    """Return how many take a seat at any moment, by unit.

    They answer as :func:`occupancy` does, for moments of the same kind as *like*, and
    *members* are gone through once however often they are asked.
    """
    stays: dict[str, dict[str, list[_Stay]]] = {}
    for person in several("members", members, Member):
        person.occupies(like)  # refuses days of another kind
        stay = _Stay.of(person)
        if person.state is not DEACTIVATED and not stay.is_empty:
            own = stays.setdefault(person.unit, {})
            own.setdefault(person.id, []).append(stay)
    return {unit: Sitting(people.values()) for unit, people in stays.items()}


class _Stay(NamedTuple):
    """The days of a person; no *start* is before any day, no *end* after it."""

    start: Any
    end: Any

    @classmethod
    def of(cls, person: Member) -> _Stay:
        """Return the days on which *person* takes a seat."""
        lapses = person.expires_on if person.state is INVITED else None
        ends = [day for day in (person.left_on, lapses) if day is not None]
        return cls(person.joined_on, min(ends, default=None))

    @property
    def is_empty(self) -> bool:
        """Whether it ends before it starts."""
        return None not in self and self.end <= self.start


class Sitting:
    """How many people take a seat of one unit: those who came, less those who went."""

    __slots__ = ("always", "ends", "starts")

    always: int
    ends: list[Time]
    starts: list[Time]

    def __init__(self, people: Iterable[list[_Stay]]) -> None:
        together = [stay for stays in people for stay in _together(stays)]
        self.always = sum(stay.start is None for stay in together)
        self.starts = sorted(s.start for s in together if s.start is not None)
        self.ends = sorted(s.end for s in together if s.end is not None)

    @property
    def days(self) -> list[Time]:
        """The days on which somebody comes or goes."""
        return [*self.starts, *self.ends]

    def at(self, at: Time) -> int:
        """Return how many sit *at* that moment."""
        came = self.always + bisect_right(self.starts, at)
        return came - bisect_right(self.ends, at)


def _together(stays: list[_Stay]) -> Iterator[_Stay]:
    """Yield the *stays* of one person, those that overlap as one."""
    in_order = sorted(stays, key=lambda s: (s.start is not None, s.start or 0))
    start, end = in_order[0]
    for stay in in_order[1:]:
        if end is None or stay.start is None or stay.start <= end:
            end = None if end is None or stay.end is None else max(end, stay.end)
        else:
            yield _Stay(start, end)
            start, end = stay
    yield _Stay(start, end)


def admit(
    occupancy: Occupancy, n: int = 1, unit: str = "seat", *, batch: int = 1
) -> Admission:
    """Return how *n* newcomers get in: the seats taken and the removals undone.

    Free seats are taken first; then seats that wait for removal, which undoes it.
    Nothing is ever bought silently.

    Raises: NoSeatLeftError with how many seats are missing, of those sold in packs of
    *batch* whole packs; UnknownUnitError.
    """
    instance("occupancy", occupancy, Occupancy)
    whole("n", n, 1)
    whole("batch", batch, 1)
    if text("unit", unit) not in occupancy:
        raise UnknownUnitError("occupancy", unit, tuple(occupancy))
    seats = occupancy[unit]
    if n > seats.vacant:
        owned, vacant = seats.owned, seats.vacant
        missing = -(-(n - vacant) // batch) * batch
        raise NoSeatLeftError(unit, n, owned, vacant, missing)
    return Admission(unit=unit, seats=n, undone_removals=max(n - seats.removable, 0))
