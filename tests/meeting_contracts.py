"""Features that real contracts bring: credit in lots, ramps, intervals."""

from __future__ import annotations

from meeting_features import Step, Steps
from meeting_world import World
from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    GrantCredit,
    Plan,
    RemoveAddOn,
    Reprice,
    SetSeats,
    WithdrawPending,
)
from seatbill.credit import CreditKind, CreditLot
from seatbill.periods import AddOnAnchor
from seatbill.rules import ChangeKind, CreditOrder


def gifts(world: World) -> Steps:
    """Gifts and money, with a last day or none, at the start and later."""
    world.rules["credit_order"] = world.pick(*CreditOrder)
    world.waits = (0, 0, 1, 10, 15)

    def lot(amount: int) -> tuple[object, ...]:
        kind = world.pick(CreditKind.GIFT, CreditKind.GIFT, CreditKind.PAID)
        last = world.pick(None, 0, 14, 29, 30, 45, 60, 75)
        return world.money(amount), kind, None if last is None else world.day(last)

    lots = [lot(world.pick(4, 10, 40, 100)) for _ in range(world.pick(0, 1, 1, 2))]
    if len({x[1:] for x in lots}) == len(lots):
        world.credit += [CreditLot(*x) for x in lots]

    def steps() -> list[Step]:
        found: list[Step] = []
        for _ in range(world.pick(0, 1, 1, 2)):
            amount, *kind = lot(world.pick(1, 5, 20, 50))
            found.append((GrantCredit(amount, "gift", *kind),))
        return found

    return steps


def ramp(world: World) -> Steps:
    """Prices and numbers that are agreed for several days, and perhaps withdrawn."""
    world.waits = (0, 0, 1, 10, 25, 35)

    def steps() -> list[Step]:
        found: list[Step] = []
        for times in world.pick((6,), (6, 3), (3, 6, 2)):
            later = Plan("basic", "Basic", 0, world.price(times))
            on = world.day(world.pick(15, 30, 45, 61, 91))
            number = SetSeats(world.pick(3, 8, 12, 13), from_day=on)
            found.append((world.pick(number, number, Reprice(later, on)),))
        kind = world.pick(ChangeKind.PRICE, ChangeKind.SEATS)
        gone = WithdrawPending(kind, from_day=world.pick(None, on, on))
        return [*found, (gone,)][: world.pick(1, 2, 3, 4)]

    return steps


def alone(world: World) -> Steps:
    """An add-on with an interval of its own, that comes, and goes, and comes."""
    world.alone = world.pick(MONTHLY, QUARTERLY, ANNUAL), world.pick(*AddOnAnchor)
    world.intervals, world.rough = (MONTHLY, QUARTERLY, ANNUAL), True
    world.waits = (0, 1, 10, 25, 40)

    def steps() -> list[Step]:
        n = world.pick(1, 2, 3)
        comes, goes = AddAddOn(world.add_on, n), RemoveAddOn(world.add_on, 1)
        found: list[Step] = [(comes,), (world.pick(comes, goes),), (goes,)]
        return found[: world.pick(1, 2, 3)]

    return steps
