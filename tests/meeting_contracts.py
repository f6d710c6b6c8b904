"""Features that real contracts bring: credit in lots."""

from __future__ import annotations

from meeting_features import Step, Steps
from meeting_world import World
from seatbill import GrantCredit
from seatbill.credit import CreditKind, CreditLot
from seatbill.rules import CreditOrder


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
