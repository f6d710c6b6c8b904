"""The features that meet: each bends the world, and brings the steps that use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from meeting_world import AT_ONCE, VAT, World
from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddSeats,
    ApplyDiscount,
    Cancel,
    ChargeFee,
    Convention,
    Discount,
    EndPause,
    EndTrial,
    Extend,
    Freeze,
    GrantCredit,
    MoveBillingDay,
    Pause,
    Plan,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    Rounding,
    SetSeats,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    Timing,
    Unfreeze,
    WithdrawPending,
)
from seatbill.rules import ChangeKind, UnusedTime
from seatbill.subscriptions import CreditedCharge, RecordCreditNote

# Features: each bends the world, and returns its steps when the price list is there.

Step = tuple[Any, ...]  # changes of one call
Steps = Callable[[], list[Step]]


def tiers(world: World) -> Steps:
    """Totals that are not seats times a price, and that fall."""
    world.flavors = ("graduated", "volume", "volume")
    return list


def base_fee(world: World) -> Steps:
    """A flat price beside the seats."""
    world.flavors = ("base",)
    return list


def arrears(world: World) -> Steps:
    """Prices that are billed when they have run."""
    world.arrears = True
    return list


def any_price(world: World) -> Steps:
    """Any price list."""
    world.flavors = ("per_unit", "graduated", "volume", "base")
    return list


def _some_seats(world: World) -> Step:
    """Return a change of seats, over the ends of tiers."""
    n = world.pick(1, 1, 2, 3, 4, 5, 6, 12)
    return (world.pick(AddSeats, AddSeats, RemoveSeats)(n),)


def quantities(world: World) -> Steps:
    """Seats that come and go."""
    return lambda: [_some_seats(world) for _ in range(world.pick(1, 2, 3))]


def big_removal(world: World) -> Steps:
    """Many seats go, last of all."""
    return lambda: [("last", RemoveSeats(world.pick(3, 6, 9, 13)))]


def _between(world: World, comes: Any, goes: Any) -> list[Step]:
    """Return steps that buy something while *comes* is there, and when it is gone."""
    bought = [(AddSeats(world.pick(1, 2, 3, 5)),) for _ in range(2)]
    found = [(comes,), bought[0], (goes,), bought[1]]
    return found[: world.pick(2, 4, 4)]


def rate(world: World) -> Steps:
    """A tax rate that comes, and goes."""
    return lambda: _between(world, SetTaxRates(VAT), SetTaxRates(()))


def percent(world: World) -> Steps:
    """A percentage that comes, and goes."""
    half = Discount.percent("50", id="half", periods=world.pick(None, None, 0, 1, 2))
    comes, goes = ApplyDiscount(half), RemoveDiscount("half")
    if world.pick(True, False):
        world.discounts.append(half)
        comes, goes = goes, comes
    return lambda: _between(world, comes, goes)


def one_period(world: World) -> Steps:
    """A percentage for a period or an invoice, applied inside one."""
    half = Discount.percent("50", id="short", periods=world.pick(0, 1, 1, 2))
    return lambda: [(ApplyDiscount(half),)]


def fixed(world: World) -> Steps:
    """An amount off that binds, or nearly, or for the seats at the start not."""
    off = world.money(world.pick(8, 16, 20, 40, 100))
    periods = world.pick(None, None, 0, 1, 2, 3)
    found = Discount(id="off", amount_off=off, periods=periods)
    if world.pick(True, True, False):
        world.discounts.append(found)
        return lambda: [(RemoveDiscount("off"),)][: world.pick(0, 0, 1)]
    return lambda: [(ApplyDiscount(found),)]


def opposite(world: World) -> Steps:
    """A change and its reversal: in one call, or in two on one day."""

    def steps() -> list[Step]:
        n = world.pick(1, 2, 4)
        pairs = [
            (AddSeats(n), RemoveSeats(n)),
            (RemoveSeats(n), AddSeats(n)),
            (SwitchPlan(world.plans["pro"]), SwitchPlan(world.plans["basic"])),
            (AddAddOn(world.add_on, n), RemoveAddOn(world.add_on, n)),
        ]
        there, back = world.pick(*pairs)
        return [world.pick((there, back), ("then", there, back))]

    return steps


def many_rounds(world: World) -> Steps:
    """There and back again and again on one day."""

    def steps() -> list[Step]:
        n = world.pick(1, 2)
        there = world.pick((AddSeats(n), RemoveSeats(n)), (RemoveSeats(n), AddSeats(n)))
        return [("then", *(there * world.pick(2, 3)))]

    return steps


def upgrade(world: World) -> Steps:
    """A higher plan, and perhaps back."""

    def steps() -> list[Step]:
        up, down = (SwitchPlan(world.plans[id]) for id in ("pro", "basic"))
        return [(up,), (down,)][: world.pick(1, 1, 2)]

    return steps


def carried(world: World) -> Steps:
    """Another plan with a number of seats, and perhaps back."""

    def steps() -> list[Step]:
        seats = [world.pick(1, 3, 5, 8, 13) for _ in range(2)]
        ways = zip(("pro", "basic"), seats, strict=True)
        up, down = (SwitchPlan(world.plans[id], seats=n) for id, n in ways)
        return [(up,), (down,)][: world.pick(1, 2)]

    return steps


def interval(world: World) -> Steps:
    """A longer interval, and perhaps a shorter one again."""
    world.intervals, world.rough = (MONTHLY, QUARTERLY, ANNUAL), True

    def steps() -> list[Step]:
        longer = SwitchInterval(world.pick(QUARTERLY, ANNUAL))
        both = SwitchPlan(world.plans["pro"], longer.interval)
        return [(world.pick(longer, longer, both),), (SwitchInterval(MONTHLY),)][
            : world.pick(1, 1, 2)
        ]

    return steps


def add_on(world: World) -> Steps:
    """An add-on that comes, and goes."""

    def steps() -> list[Step]:
        n = world.pick(1, 2, 3)
        found = [(AddAddOn(world.add_on, n),), (RemoveAddOn(world.add_on, n),)]
        return found[: world.pick(1, 2)]

    return steps


def freeze(world: World) -> Steps:
    """A freeze that ends by hand or by itself, perhaps another."""
    world.rules["max_freeze_days"] = world.pick(20, 45)
    world.waits = (0, 0, 1, 5, 10, 25, 40)

    def steps() -> list[Step]:
        return [(Freeze(),), (Unfreeze(),), (Freeze(),)][: world.pick(1, 2, 2, 3)]

    return steps


def notice(world: World) -> Steps:
    """Numbers that are asked for in time, too late, and later still."""
    world.rules |= {
        "notice_days": 15,
        "seats_removed": Timing.PERIOD_END,
        "downgrade": world.pick(Timing.PERIOD_END, Timing.IMMEDIATE),
        "cancellation": Timing.PERIOD_END,
        "seats_added": world.pick(
            Timing.IMMEDIATE, Timing.IMMEDIATE, Timing.PERIOD_END
        ),
    }
    world.waits = (0, 1, 16)  # of the 30 days of April 15 are in time

    def steps() -> list[Step]:
        first, low = world.pick(7, 8, 9), world.pick(3, 5, 6)
        asked = [(SetSeats(first),), (SetSeats(low),), (SetSeats(first),)]
        if world.pick(True, False):
            kind = world.pick(SetSeats, AddSeats, RemoveSeats)
            asked[world.pick(0, 1, 2)] = (kind(world.pick(1, 2, 5, 8, 12)),)
        return asked

    return steps


def later_bill(world: World) -> Steps:
    """Lines that wait for their invoice."""
    world.rules["settlement"] = world.pick(Settlement.MONTHLY, Settlement.ON_RENEWAL)
    return list


def monthly_bill(world: World) -> Steps:
    """A long interval, billed by the month."""
    world.rules["settlement"] = Settlement.MONTHLY
    world.intervals, world.rough = (ANNUAL, QUARTERLY), True
    world.waits = (0, 1, 10, 25, 40)
    return list


def forfeit(world: World) -> Steps:
    """Some directions in which nothing comes back and nothing is charged."""
    for direction in ("upgrade", "downgrade", "seats_added", "seats_removed"):
        world.rules[direction] = world.pick(Timing.IMMEDIATE, Timing.FORFEIT)
    return list


def any_timing(world: World) -> Steps:
    """Any timing in each direction."""
    for direction in AT_ONCE:
        world.rules[direction] = world.pick(Timing.IMMEDIATE, *Timing)
    if world.rules["cancellation"] is Timing.RESTART:
        world.rules["cancellation"] = Timing.PERIOD_END
    return list


def kept(world: World) -> Steps:
    """Nothing comes back of what is exchanged."""
    world.rules["unused_time"] = UnusedTime.KEPT
    return list


def restarts(world: World) -> Steps:
    """Changes that begin a full period."""
    for direction in ("upgrade", "downgrade", "longer_interval", "seats_removed"):
        world.rules[direction] = world.pick(Timing.RESTART, Timing.IMMEDIATE)
    return list


def full(world: World) -> Steps:
    """The whole price, whatever the day."""
    world.rules["convention"] = Convention.FULL
    return list


def conventions(world: World) -> Steps:
    """Days that are counted otherwise."""
    found = world.pick(Convention.ACTUAL_30, Convention.THIRTY_360, Convention.FULL)
    world.rules["convention"] = found
    return list


def roundings(world: World) -> Steps:
    """Amounts that have to be rounded."""
    world.rough = True
    world.rules["rounding"] = world.pick(*Rounding)
    return list


def trial(world: World) -> Steps:
    """A trial before the first invoice."""
    world.trial_days = world.pick(1, 14, 40)
    return list


def given(world: World) -> Steps:
    """Days that are given, once or twice; some changes come when they run."""
    world.waits = (0, 1, 10, 25, 35)
    return lambda: [(Extend(world.pick(1, 7, 30)),) for _ in range(world.pick(1, 1, 2))]


def billing_day_moved(world: World) -> Steps:
    """Another billing day, sometimes one that short months do not have."""
    return lambda: [(MoveBillingDay(world.pick(2, 17, 31)),)]


def trial_ended(world: World) -> Steps:
    """A trial that ends by hand, or by itself before it is asked for."""
    world.trial_days = world.pick(1, 14, 40)
    return lambda: [(EndTrial(),)]


def pause(world: World) -> Steps:
    """A pause that is asked for, perhaps made longer, and perhaps ended by hand."""
    world.waits = (0, 1, 10, 25, 35)

    def steps() -> list[Step]:
        asked, longer = (Pause(world.pick(1, 1, 2, 3)) for _ in range(2))
        ends = world.pick(EndPause(), EndPause(), WithdrawPending(ChangeKind.PAUSE))
        found: list[Step] = [(asked,), (longer,), (ends,), (asked,)]
        return world.pick(found[:1], found[:2], found[:3], [found[0], *found[2:]])

    return steps


def an_end(world: World) -> Steps:
    """The end: at once, or for the period's end and perhaps not."""

    def steps() -> list[Step]:
        if world.pick(True, True, False):
            return [("last", Cancel())]
        return [(Cancel(),), (Resume(),)][: world.pick(1, 2)]

    return steps


def end_later(world: World) -> Steps:
    """The end of the period is the end."""
    world.rules["cancellation"] = Timing.PERIOD_END
    return lambda: [(Cancel(),), (Resume(),)][: world.pick(1, 1, 2)]


def once(world: World) -> Steps:
    """Something sold once, or given."""

    def steps() -> list[Step]:
        amount = world.money(world.pick(1, 5, 100))
        return [(world.pick(ChargeFee("sales", amount), GrantCredit(amount, "gift")),)]

    return steps


def noted(world: World) -> Steps:
    """Credit notes on the first invoice, recorded."""

    def steps() -> list[Step]:
        id = f"1:plan:{world.plans['basic'].id}:seat"
        found: list[Step] = []
        for n in range(world.pick(1, 2)):
            amount = world.money(world.pick(1, 2, 10))
            charges = [CreditedCharge(id, amount)]
            found.append((RecordCreditNote(f"met:1/credit-{n}", charges),))
        return found

    return steps


def by_hand(world: World) -> Steps:
    """Timings that override the rules."""
    world.timings = (None, None, *Timing)
    return list


def instants(world: World) -> Steps:
    """Time that is counted exactly."""
    world.hours, world.rough = (0, 0, 1, 12), True
    return list


def withdrawn(world: World) -> Steps:
    """What waits, and waits no more."""
    for direction in ("downgrade", "seats_removed", "add_on_removed"):
        world.rules[direction] = Timing.PERIOD_END
    kinds = (ChangeKind.PLAN, ChangeKind.SEATS, ChangeKind.ADD_ON)
    return lambda: [(WithdrawPending(world.pick(*kinds)),)]


def new_prices(world: World) -> Steps:
    """A price list that changes at a renewal."""

    def steps() -> list[Step]:
        later = Plan("basic", "Basic", 0, world.price(6))
        return [(Reprice(later, world.day(world.pick(0, 30, 45))),)]

    return steps


def equals(world: World) -> Steps:
    """Another plan of the same rank, at the same price or another."""
    world.rules |= {"upgrade": Timing.IMMEDIATE, "downgrade": Timing.PERIOD_END}

    def steps() -> list[Step]:
        prices = world.plans["basic"].prices
        twin = Plan("twin", "Twin", 0, world.pick(prices, world.price(3)))
        return [(SwitchPlan(twin),), (SwitchPlan(world.plans["basic"]),)]

    return steps


def two_more(world: World) -> Steps:
    """Discounts beside others, of both kinds."""
    own = [
        Discount.percent("50", id="second", periods=world.pick(None, 1, 2)),
        Discount(id="less", amount_off=world.money(world.pick(4, 12)), periods=None),
    ]
    world.discounts += own[: world.pick(1, 2)]
    return list
