"""Histories in which features meet on purpose: in one call, on one day, in one period.

A meeting names what comes together; each feature brings the steps that use it, and
bends the rules or the price list where it needs to.  What is left open is drawn.  The
steps of all features are shuffled into each other, mostly on one day.

Prices are whole multiples of 37.20 of 100 minor units: parts of months of 30 and 31
days, and halves of halves of them, are whole, so that nothing is rounded and any
difference is a fault.  ``rough`` prices are not, under every rounding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from counting import MINOR_UNITS
from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    ChargeFee,
    Convention,
    Discount,
    Freeze,
    GrantCredit,
    Money,
    Plan,
    Price,
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
    TaxRate,
    Tier,
    Timing,
    Unfreeze,
    WithdrawPending,
)
from seatbill.rules import ChangeKind, UnusedTime

ON: Final = dt.date(2026, 4, 1)  # a month of 30 days
VAT: Final = (TaxRate("vat", "0.19"),)
AT_ONCE: Final[dict[str, Any]] = dict.fromkeys(
    (
        "upgrade",
        "downgrade",
        "longer_interval",
        "shorter_interval",
        "seats_added",
        "seats_removed",
        "add_on_added",
        "add_on_removed",
        "cancellation",
    ),
    Timing.IMMEDIATE,
)


@dataclass
class World:
    """What is sold and by which rules, while the features of a meeting bend it."""

    draw: Callable[[Any], Any]
    currency: str = ""
    rough: bool = False
    flavors: tuple[str, ...] = ("per_unit",)
    intervals: tuple[Any, ...] = (MONTHLY,)
    rules: dict[str, Any] = field(default_factory=lambda: dict(AT_ONCE))
    discounts: list[Discount] = field(default_factory=list)
    arrears: bool = False
    trial_days: int = 0
    waits: tuple[int, ...] = (0, 0, 0, 0, 10, 15)
    hours: tuple[int, ...] = ()
    timings: tuple[Any, ...] = (None,)
    plans: dict[str, Plan] = field(default_factory=dict)
    add_on: Any = None

    def __post_init__(self) -> None:
        self.currency = self.pick("USD", "USD", "JPY", "KWD")

    def pick(self, *values: Any) -> Any:
        """Return one of several values."""
        return self.draw(st.sampled_from(values))

    def amount(self, times: int) -> Decimal:
        """Return an amount in major units, *times* the least."""
        least = 3719 if self.rough else 3720
        return Decimal(least * times) / MINOR_UNITS[self.currency]

    def money(self, times: int) -> Money:
        """Return *times* the least amount."""
        return Money(self.amount(times), self.currency)

    def day(self, days: int) -> Any:
        """Return the time so many days from the first: an instant where those count."""
        day = ON + dt.timedelta(days)
        if self.hours:
            return dt.datetime.combine(day, dt.time(), dt.UTC)
        return day

    def price(self, times: int, unit: str = "seat") -> list[Price]:
        """Return what a unit costs, the first at *times* the least."""
        common: dict[str, Any] = {
            "unit": unit,
            "currency": self.currency,
            "in_arrears": self.arrears,
        }
        flavor = self.pick(*self.flavors)
        if flavor == "per_unit":
            return [Price(unit_amount=self.amount(times), **common)]
        if flavor == "base":
            base = Price(unit_amount=self.amount(times), flat=True, **common)
            return [base] if unit != "seat" else [base_of(base), base_seat(base)]
        ends = (self.pick(5, 10), self.pick(12, 14))
        falls = (times * 2, times, self.pick(0, 1) if flavor == "graduated" else 1)
        tiers = [
            Tier(up_to=end, unit_amount=self.amount(one))
            for end, one in zip((*ends, None), falls, strict=True)
        ]
        return [Price(tiers=tiers, tiers_mode=flavor, **common)]

    def build(self) -> None:
        """Make the price list, once the features have said what they need."""
        for rank, (id, times) in enumerate((("basic", 4), ("pro", 8))):
            self.plans[id] = Plan(id, id.title(), rank, self.price(times))
        needs = self.pick((), (), ("basic",))
        flavors, self.flavors = self.flavors, (*self.flavors, "per_unit")
        self.add_on = AddOn(
            "extra", "Extra", self.price(2, "extra"), requires_plans=needs
        )
        self.flavors = flavors


def base_of(price: Price) -> Price:
    """Return the base fee of a plan."""
    return Price(
        unit="base",
        unit_amount=price.unit_amount,
        currency=price.currency,
        in_arrears=price.in_arrears,
        flat=True,
    )


def base_seat(price: Price) -> Price:
    """Return the seats beside a base fee."""
    return Price(
        unit_amount=price.unit_amount,
        currency=price.currency,
        in_arrears=price.in_arrears,
    )


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
    world.waits = (0, 1, 1, 2, 16, 17)  # of the 30 days of April 15 are in time

    def steps() -> list[Step]:
        found = []
        for _ in range(world.pick(2, 3, 3, 4)):
            kind = world.pick(SetSeats, SetSeats, SetSeats, AddSeats, RemoveSeats)
            found.append((kind(world.pick(3, 5, 7, 8, 8, 9, 12)),))
        return found

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


MEETINGS: Final[dict[str, tuple[Callable[[World], Steps], ...]]] = {
    "a rate came and went under tiers": (tiers, rate, quantities, big_removal),
    "rates, tiers and the end": (tiers, rate, quantities, an_end),
    "a percentage came and went": (percent, quantities, big_removal),
    "a percentage, a rate and tiers": (tiers, percent, rate, quantities),
    "tiers, one way of which is forfeited": (tiers, forfeit, many_rounds),
    "tiers under FULL, there and back": (tiers, full, many_rounds),
    "a short discount and what charges nothing": (one_period, forfeit, upgrade),
    "a short discount and any timing": (one_period, any_timing, upgrade, quantities),
    "a short discount and a later bill": (one_period, later_bill, quantities),
    "an amount off and opposite changes": (fixed, opposite, quantities),
    "an amount off and many rounds": (fixed, many_rounds),
    "an amount off, tiers, opposite changes": (fixed, tiers, opposite, quantities),
    "an amount off and any convention": (fixed, tiers, conventions, quantities),
    "an amount off, plans and add-ons": (fixed, upgrade, add_on, quantities),
    "an amount off and the end": (fixed, quantities, an_end),
    "an amount off and another interval": (fixed, interval, quantities),
    "an amount off and a restart": (fixed, restarts, upgrade, quantities),
    "both kinds of discount": (fixed, percent, quantities, an_end),
    "notice and three numbers": (notice,),
    "notice, plans and the end": (notice, upgrade, end_later),
    "notice and a freeze": (notice, freeze),
    "a monthly bill and a freeze": (monthly_bill, freeze, quantities),
    "a later bill and the end": (later_bill, quantities, an_end),
    "freezes in one period": (freeze, quantities, an_end),
    "a freeze and discounts": (freeze, fixed, percent, quantities),
    "a trial, discounts and the end": (trial, fixed, percent, quantities, end_later),
    "kept time": (kept, any_timing, upgrade, interval, quantities),
    "FULL and what a plan drops": (full, upgrade, add_on, quantities),
    "arrears and discounts": (arrears, percent, quantities, upgrade),
    "arrears under tiers": (arrears, tiers, rate, quantities, an_end),
    "a base fee": (base_fee, fixed, upgrade, quantities, an_end),
    "another interval": (any_price, interval, percent, quantities),
    "timings by hand": (by_hand, any_price, upgrade, add_on, quantities),
    "instants": (instants, fixed, upgrade, freeze, quantities),
    "what waits is withdrawn": (withdrawn, upgrade, add_on, quantities),
    "new prices": (new_prices, tiers, percent, quantities),
    "plans of one rank": (equals, fixed, quantities),
    "several discounts": (two_more, percent, fixed, opposite, quantities),
    "gifts, fees and the end": (once, later_bill, quantities, an_end),
    "roundings": (roundings, any_price, quantities, upgrade, an_end),
    "roundings and discounts": (roundings, fixed, percent, quantities, opposite),
}

EVERYTHING: Final = (
    tiers,
    any_price,
    rate,
    percent,
    one_period,
    fixed,
    opposite,
    upgrade,
    interval,
    add_on,
    freeze,
    notice,
    later_bill,
    forfeit,
    any_timing,
    kept,
    restarts,
    conventions,
    roundings,
    trial,
    an_end,
    end_later,
    once,
    by_hand,
    instants,
    withdrawn,
    new_prices,
    equals,
    two_more,
)


@dataclass(frozen=True)
class Meeting:
    """An opening and what is asked for: days, changes and a timing, in order."""

    opening: dict[str, Any]
    entries: tuple[tuple[Any, tuple[Any, ...], Any], ...]
    until: Any


@st.composite
def meetings(draw: Any, features: Any = None) -> Meeting:
    """Return a strategy for histories in which *features* meet, else any three."""
    world = World(draw)
    if features is None:
        some = draw(st.permutations(EVERYTHING))[: world.pick(2, 3, 4)]
        features = (*some, quantities)
    brought = [feature(world) for feature in features]
    world.build()
    day = on = world.day(world.pick(0, 0, 0, 10))
    opening = _opening(world, on)
    entries: list[tuple[Any, tuple[Any, ...], Any]] = []
    for step in _shuffled(world, [steps() for steps in brought]):
        day += dt.timedelta(world.pick(*world.waits))
        if world.hours:
            day += dt.timedelta(hours=world.pick(*world.hours))
        timing = world.pick(*world.timings) if len(world.timings) > 1 else None
        if step[0] == "then":
            entries += [(day, (change,), timing) for change in step[1:]]
        elif entries and entries[-1][0] == day and world.pick(True, False, False):
            entries[-1] = day, (*entries[-1][1], *step), timing  # in one call
        else:
            entries.append((day, step, timing))
    until = day + dt.timedelta(world.pick(0, 31, 62, 93))
    return Meeting(opening, tuple(entries), until)


def _opening(world: World, on: Any) -> dict[str, Any]:
    """Return the arguments of ``subscribe``."""
    rules = dict(world.rules)
    if rules.get("convention") is Convention.THIRTY_360:
        rules.pop("max_freeze_days", None)  # refused together
    trial = dt.timedelta(world.trial_days)
    return {
        "plan": world.plans["basic"],
        "id": "met",
        "interval": world.pick(*world.intervals),
        "currency": world.currency,
        "seats": world.pick(10, 10, 5, 12, 0),
        "on": on,
        "rules": BillingRules(**rules),
        "anchor": None if trial else world.day(0),
        "discounts": tuple(world.discounts),
        "tax_rates": world.pick((), (), (), VAT),
        "trial_end": on + trial if trial else None,
    }


def _shuffled(world: World, lists: list[list[Step]]) -> list[Step]:
    """Return all steps, those of each feature in their order, what is last at last."""
    found = []
    last = [step[1:] for steps in lists for step in steps if step[0] == "last"]
    lists = [[step for step in steps if step[0] != "last"] for steps in lists]
    while left := [steps for steps in lists if steps]:
        found.append(world.pick(*left).pop(0) if len(left) > 1 else left[0].pop(0))
    return found + last
