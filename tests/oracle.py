"""Count a subscription by hand: one day after the other, in fractions.

The second opinion on every line, too simple to be wrong and on nobody's code: it
imports nothing of seatbill and reads public values as plain data.  It is told only
what the library accepted, so it refuses nothing.

It covers all timings, settlements, roundings and conventions, per-seat, flat and tiered
prices, prices in arrears, add-ons, packages, services, fees, discounts of both kinds,
for any time, tax rates, pending updates, trials, stubs, freezes, pauses, both kinds of
time.
It leaves out notice, free plans, measured units, occupancy, the sums of taxes and the
credit balance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from books import Books, Line, Offer
from counting import (
    DAY,
    SMALLEST,
    at_the_time_of,
    calendar_day,
    first_such,
    is_monthly,
    last_monthly,
    nominal_days,
    period_around,
    period_end,
    stub_start,
    units,
)


@dataclass
class Waiting:
    """What waits for the end of the period; levels are what will be owned."""

    plan: Any = None
    interval: Any = None
    prices: dict[tuple[str, Any], Any] = field(default_factory=dict)
    steps: dict[tuple[str, Any], int] = field(default_factory=dict)
    levels: dict[tuple[str, str], int] = field(default_factory=dict)
    packages: dict[str, Any] = field(default_factory=dict)
    end: bool = False
    pause: int = 0


class Oracle(Books):
    """A subscription on its way through the days."""

    def __init__(
        self,
        *,
        plan,
        interval,
        seats,
        on,
        rules,
        currency,
        anchor=None,
        trial_end=None,
        add_ons=(),
        discounts=(),
        tax_rates=(),
        **_,
    ) -> None:
        super().__init__(plan, interval, rules, currency, discounts, tax_rates)
        self.seats = dict(seats)
        self.add_ons = {add_on.id: (add_on, n) for add_on, n in add_ons}
        self.shelf = {add_on.id: add_on for add_on, _ in add_ons}
        self.waiting = Waiting()
        self.trial = trial_end is not None
        self.paused = False
        self.ended = False
        self.frozen_on = None
        self.idle = 0 * DAY
        self.now = on
        self.anchor = anchor or trial_end or on
        if self.trial:
            self.start, self.end = on, trial_end
        else:
            self.start, self.end = period_around(self.anchor, interval, on)
            self.open_everything()
            self.issue()

    # The walk.

    def walk(self, history, until, timing=None) -> None:
        """Live through the days up to *until*, which is included.

        *timing* overrides the rules for all of *history*.
        """
        history = list(history)
        day = calendar_day(self.now)
        while day <= calendar_day(until):
            passed = set()
            while left := self.moments(day, history) - passed:
                at = min(left)  # a thaw moves those that come after it
                passed.add(at)
                if at > until or at < self.now:
                    continue
                if history and self.is_left(at, history[0], timing):
                    history.pop(0)
                    self.waiting.end = True
                self.pass_boundaries(at)
                while history and history[0][0] == at:
                    _, changes = history.pop(0)
                    self.do(changes, at, timing)
                    self.pass_boundaries(at)
            day += DAY

    def is_left(self, at, entry, timing) -> bool:
        """Return whether it is canceled at once, alone, before the renewal of today."""
        day, changes = entry
        when = timing or self.rules.cancellation
        return (
            day == at == self.end
            and self.frozen_on is None
            and not (self.ended or self.waiting.end)
            and [type(change).__name__ for change in changes] == ["Cancel"]
            and when in ("immediate", "forfeit")
        )

    def moments(self, day, history) -> set:
        """Return the moments of *day* on which something may be due or asked for."""
        found = {at_the_time_of(self.anchor, day), at_the_time_of(self.end, day)}
        found |= {at for at, _ in history if calendar_day(at) == day}
        if self.frozen_on is not None:
            found |= {at for at in [self.thaws_on()] if calendar_day(at) == day}
        return found

    def thaws_on(self):
        """Return when the freeze ends by itself: those of a period share its days."""
        return self.frozen_on + self.rules.max_freeze_days * DAY - self.idle

    def pass_boundaries(self, at) -> None:
        """Do what is due at this moment by the calendar alone."""
        if self.ended:
            return
        if self.frozen_on is not None:
            if at == self.thaws_on():
                self.now = at
                self.thaw()
        elif at == self.end:
            self.now = at
            self.roll()
        if (
            self.frozen_on is None
            and not self.trial
            and self.rules.settlement == "monthly"
            and self.waiting_lines
            and self.now < at
            and is_monthly(self.anchor, at)
        ):
            self.now = at
            self.issue()

    def roll(self) -> None:
        """Go over the end of the period."""
        for lot in self.lots:
            self.cut(lot)
        if self.waiting.end:
            self.finish()
            return
        interval = self.waiting.interval or self.interval
        if not self.trial:
            if bool(interval.days) != bool(self.interval.days) or (
                interval.days and interval != self.interval
            ):
                self.anchor = self.now
            self.start = stub_start(self.anchor, self.now, interval)
            self.end = period_end(self.anchor, self.start, interval)
        if self.waiting.pause:
            self.begin_pause(interval)
        else:
            self.begin_paid(interval)
        self.issue()

    def begin_pause(self, interval) -> None:
        """Have nothing run for so many periods; what ran before them is billed."""
        n, self.waiting.pause = self.waiting.pause, 0
        if self.trial:
            self.trial = False
            self.start, self.end = period_around(self.anchor, interval, self.now)
        for _ in range(n - 1):
            self.end = period_end(self.anchor, self.end, interval)
        self.interval = interval
        self.idle = self.given = 0 * DAY
        self.lots = []
        self.take_what_waits()
        if not self.paused:
            self.end_offer_period()
        self.start, self.paused = self.now, True
        self.today_lines = self.ran + self.today_lines
        self.ran = []

    def begin_paid(self, interval) -> None:
        """Begin a period here; after a trial, within the one that holds its end."""
        if self.trial:
            self.trial = False
            self.start, self.end = period_around(self.anchor, interval, self.now)
        self.interval = interval
        self.idle = self.given = 0 * DAY
        self.lots = []
        self.take_what_waits()
        if not self.paused:
            self.end_offer_period()
        self.paused = False
        self.open_everything()
        self.today_lines = self.ran + self.today_lines
        self.ran = []

    def thaw(self) -> None:
        """Go on where it stopped: the period moves, its end is the anchor."""
        frozen = self.now - self.frozen_on
        self.frozen_on = None
        if frozen:
            moved = not self.trial and self.is_moved()
            self.idle += frozen
            self.start += frozen
            self.end += frozen
            if not moved:
                self.anchor = self.end
            for lot in self.lots:
                if lot.since is not None:
                    lot.since += frozen
            self.stand()

    def finish(self) -> None:
        """Go no further."""
        self.today_lines = self.ran + self.today_lines
        self.ran = []
        self.issue()
        self.ended = True
        self.lots, self.waiting, self.add_ons = [], Waiting(), {}

    def restart(self, plan=None, interval=None) -> None:
        """End the period now and begin a full one."""
        rules = self.rules
        gives = rules.convention != "full" and rules.unused_time == "credited"
        self.close(lambda lot: True, credit=gives)
        if plan is not None:
            self.waiting.plan = None
        self.interval = interval or self.waiting.interval or self.interval
        self.take_what_waits()
        if plan is not None:
            self.become(plan, credit=False)
        self.end_offer_period()
        self.idle = self.given = 0 * DAY
        self.anchor = self.start = self.now
        self.end = period_end(self.anchor, self.start, self.interval)
        self.open_everything()
        self.today_lines = self.ran + self.today_lines
        self.ran = []
        self.at_once = True

    def take_what_waits(self) -> None:
        """Let what waited for the end of the period take effect."""
        waiting = self.waiting
        self.waiting = Waiting(pause=waiting.pause)
        if waiting.plan is not None:
            self.become(waiting.plan, credit=False)
        self.waiting.prices, self.waiting.steps = waiting.prices, waiting.steps
        self.drop_steps()
        for plan in self.due(waiting.prices):
            self.become(plan, credit=False)
        for (kind, key), level in waiting.levels.items():
            if kind == "seats" and key in self.seats:
                self.seats[key] = level
            elif kind == "add_on":
                self.add_ons[key] = self.shelf[key], level
        for unit in units(self.plan, self.currency):
            for level in self.due(self.waiting.steps, unit):
                self.seats[unit] = level
        self.drop_add_ons(credit=False)
        for package in waiting.packages.values():
            self.exchange(package)

    def due(self, steps, unit=None):
        """Return what was agreed for a day that has come, by day, and forget it."""
        key = unit or self.plan.id
        days = sorted(day for known, day in steps if known == key and day <= self.now)
        return [steps.pop((key, day)) for day in days]

    def drop_steps(self) -> None:
        """Forget what was agreed of a plan that is neither there nor to come."""
        waiting = self.waiting
        plans = [plan for plan in (self.plan, waiting.plan) if plan is not None]
        ids = {plan.id for plan in plans}
        waiting.prices = {k: v for k, v in waiting.prices.items() if k[0] in ids}
        sold = set(units(self.plan, self.currency))
        waiting.steps = {k: v for k, v in waiting.steps.items() if k[0] in sold}

    def become(self, plan, *, credit) -> None:
        """Have another plan; what it does not sell ends."""
        self.plan = plan
        self.drop_steps()
        for unit in set(self.seats) - set(units(plan, self.currency)):
            del self.seats[unit]
            self.waiting.levels.pop(("seats", unit), None)
        self.drop_add_ons(credit=credit)

    def drop_add_ons(self, *, credit) -> None:
        """End the add-ons that are none any more, or whose needs are not met."""
        gone = True
        while gone:
            gone = [
                id
                for id, (add_on, quantity) in self.add_ons.items()
                if not quantity
                or (add_on.requires_plans and self.plan.id not in add_on.requires_plans)
                or any(needed not in self.add_ons for needed in add_on.requires_add_ons)
            ]
            credit = credit and self.rules.convention != "full"
            for id in gone:
                self.close(lambda lot, id=id: lot.item == id, credit=credit)
                del self.add_ons[id]
                self.waiting.levels.pop(("add_on", id), None)

    def exchange(self, package) -> None:
        """Put a package in the place of the one of its family that is owned."""
        self.shelf[package.id] = package
        for id, (add_on, quantity) in list(self.add_ons.items()):
            if add_on.family == package.family:
                del self.add_ons[id]
                self.add_ons[package.id] = package, quantity
                if ("add_on", id) in self.waiting.levels:
                    level = self.waiting.levels.pop(("add_on", id))
                    self.waiting.levels["add_on", package.id] = level

    # What is asked for.

    def do(self, changes, at, timing=None) -> None:
        """Do several things at once."""
        self.now = at
        self.at_once = self.rules.settlement == "now" or self.trial
        self.counted = 0
        self.stand()
        for change in changes:
            getattr(self, "_" + type(change).__name__)(change, timing)
        self.trim()
        if self.at_once:
            self.issue()
        else:
            self.drop_given()
            self.waiting_lines += self.today_lines
            self.today_lines = []

    def timing(self, direction, timing):
        """Return when something takes effect; at once where nothing is charged."""
        return (
            "immediate" if self.uncharged else timing or getattr(self.rules, direction)
        )

    def level(self, kind, key) -> int:
        """Return how many are owned."""
        if kind == "seats":
            return self.seats.get(key, 0)
        return self.add_ons[key][1] if key in self.add_ons else 0

    def target(self, kind, key) -> int:
        """Return how many will be owned in the next period."""
        return self.waiting.levels.get((kind, key), self.level(kind, key))

    def set_level(self, kind, key, level, target) -> None:
        """Own *level* now and *target* from the end of the period."""
        if kind == "seats":
            self.seats[key] = level
        elif level:
            self.add_ons[key] = self.shelf[key], level
        else:
            self.add_ons.pop(key, None)
        self.waiting.levels.pop((kind, key), None)
        if target != level:
            self.waiting.levels[kind, key] = target

    def more(self, kind, key, n, timing, item) -> None:
        """Keep first what was to go, buy the rest."""
        level, target = self.level(kind, key), self.target(kind, key)
        bought = max(n - max(level - target, 0), 0)
        if timing == "period_end":
            bought = 0
        if bought and timing != "restart" and not self.uncharged:
            for tag in self.tags(item):
                if kind == "add_on" or tag.price.unit == key:
                    charged = timing != "forfeit"
                    self.grow(item, tag, level, bought, charged=charged)
        self.set_level(kind, key, level + bought, target + n)
        if bought and timing == "restart":
            self.restart()

    def fewer(self, kind, key, n, timing, item) -> None:
        """Let *n* go, at the end of the period or now."""
        level, target = self.level(kind, key), self.target(kind, key)
        if timing == "period_end":
            self.set_level(kind, key, level, target - n)
            return
        target, n = target - n, min(n, level)  # the others were still to come
        if timing != "restart" and not self.uncharged:
            credit = timing == "immediate" and self.rules.convention != "full"
            if kind == "add_on" and n == level:
                self.close(lambda lot: lot.item == key, credit=credit)
            else:
                for tag in self.tags(item):
                    if kind == "add_on" or tag.price.unit == key:
                        self.shrink(item, tag, level, n, credit=credit)
        self.set_level(kind, key, level - n, target)
        if timing == "restart":
            self.restart()

    def _AddSeats(self, change, timing) -> None:
        timing = self.timing("seats_added", timing)
        self.more("seats", change.unit, change.seats, timing, self.plan)

    def _RemoveSeats(self, change, timing) -> None:
        timing = self.timing("seats_removed", timing)
        self.fewer("seats", change.unit, change.seats, timing, self.plan)

    def _SetSeats(self, change, timing) -> None:
        unit, wanted = change.unit, change.seats
        if change.from_day is not None:
            self.waiting.steps[unit, change.from_day] = wanted
            return
        level, target = self.level("seats", unit), self.target("seats", unit)
        if wanted > target:
            timing = self.timing("seats_added", timing)
            self.more("seats", unit, wanted - target, timing, self.plan)
        elif (
            wanted >= level
            or (timing := self.timing("seats_removed", timing)) == "period_end"
        ):
            self.set_level("seats", unit, level, wanted)
        elif wanted < target:
            self.set_level("seats", unit, level, level)
            self.fewer("seats", unit, level - wanted, timing, self.plan)

    def _AddAddOn(self, change, timing) -> None:
        add_on = change.add_on
        self.shelf[add_on.id] = add_on
        timing = self.timing("add_on_added", timing)
        self.more("add_on", add_on.id, change.quantity, timing, add_on)

    def _RemoveAddOn(self, change, timing) -> None:
        add_on = change.add_on
        self.shelf[add_on.id] = add_on
        timing = self.timing("add_on_removed", timing)
        self.fewer("add_on", add_on.id, change.quantity, timing, add_on)

    def _SwitchPlan(self, change, timing) -> None:
        self.switch(change.plan, change.interval, timing)
        self.drop_steps()

    def _SwitchInterval(self, change, timing) -> None:
        self.switch(None, change.interval, timing)

    def switch(self, plan, interval, timing) -> None:
        """Have another plan, another interval, or both."""
        if plan == self.plan:
            plan = self.waiting.plan = None
        if interval == self.interval:
            interval = self.waiting.interval = None
        if self.uncharged:
            if self.paused and interval and (interval.days or self.interval.days):
                self.anchor = self.end
            self.interval = interval or self.interval
            if plan is not None:
                self.waiting.plan = None
                self.become(plan, credit=False)
            return
        when_plan = plan and (timing or self.plan_timing(plan))
        when_interval = interval and (timing or self.interval_timing(interval))
        if "restart" in (when_plan, when_interval):
            self.restart(plan, interval)
            return
        together = when_plan == when_interval == "immediate"
        if when_plan == "period_end":
            self.waiting.plan = plan
        elif plan is not None:
            self.waiting.plan = None
            if not together:
                self.replace_plan(plan, when_plan)
        if when_interval == "period_end":
            self.waiting.interval = interval
        elif interval is not None:
            self.waiting.interval = None
            self.replace_interval(interval, when_interval, plan if together else None)

    def plan_timing(self, plan):
        """Return when *plan* takes effect: by rank, then by the price of a month."""
        up = plan.rank - self.plan.rank
        if not up:
            up = self.price_of(plan) - self.price_of(self.plan)
        return self.rules.upgrade if up >= 0 else self.rules.downgrade

    def price_of(self, plan) -> Fraction:
        """Return what a plan costs in one interval at today's seats."""
        mine, self.plan = self.plan, plan
        tags = self.tags(plan)
        self.plan = mine
        return sum(
            (tag.total(self.seats.get(tag.price.unit, 0)) for tag in tags), Fraction(0)
        )

    def interval_timing(self, interval):
        """Return when *interval* takes effect."""
        longer = nominal_days(interval) > nominal_days(self.interval)
        return self.rules.longer_interval if longer else self.rules.shorter_interval

    def gives_back(self, timing) -> bool:
        """Return whether what is exchanged gives back unused time."""
        return timing != "forfeit" and self.rules.unused_time == "credited"

    def replace_plan(self, plan, timing) -> None:
        """Have another plan inside the running period."""
        credit = self.gives_back(timing)
        old = [tag.price.unit for tag in self.tags(self.plan)], self.plan.id
        self.close(lambda lot: lot.item == old[1] and lot.unit in old[0], credit=credit)
        self.become(plan, credit=credit)
        self.open_lots(plan, self.seats, charged=timing != "forfeit")

    def replace_interval(self, interval, timing, plan) -> None:
        """Have another interval from the last boundary on; the grid stays."""
        credit = self.gives_back(timing)
        old = self.plan.id, units(self.plan, self.currency)
        self.close(lambda lot: lot.item == old[0] and lot.unit in old[1], credit=credit)
        if plan is not None:
            self.become(plan, credit=credit)
        self.close(lambda lot: lot.tag is not None, credit=credit)
        if interval.months and self.interval.months:
            self.start = last_monthly(self.anchor, self.now)
            self.end = period_end(self.anchor, self.start, interval)
        else:
            self.anchor = self.start
            self.start, self.end = period_around(self.anchor, interval, self.now)
        self.interval = interval
        self.given = 0 * DAY  # they were days of the period that ended
        self.open_items(charged=timing != "forfeit")

    def _SwitchPackage(self, change, timing) -> None:
        old, new = change.add_on, change.package
        owned, quantity = self.add_ons[old.id]
        if new.id == old.id:
            self.waiting.packages.pop(new.family, None)
            return
        up = new.rank >= owned.rank
        timing = self.timing("package_up" if up else "package_down", timing)
        if timing == "period_end":
            self.waiting.packages[new.family] = new
            return
        self.waiting.packages.pop(new.family, None)
        if timing != "restart":
            credit = timing == "immediate" and self.gives_back(timing)
            self.close(lambda lot: lot.item == old.id, credit=credit)
        self.exchange(new)
        if timing == "restart":
            self.restart()
        elif not self.uncharged:
            levels = dict.fromkeys(units(new, self.currency), quantity)
            self.open_lots(new, levels, charged=timing != "forfeit")

    def _BuyService(self, change, timing) -> None:
        service, n = change.service, change.quantity
        amount = service.price.minor_units * n
        exact = Fraction(amount, self.minor)
        day = self.now, self.now + DAY
        named = "service", service.id, "service"
        rates = self.rates_of(service)
        self.today_lines.append(Line(*named, n, *day, exact, amount, rates))

    def _ChargeFee(self, change, timing) -> None:
        exact = Fraction(change.amount.minor_units, self.minor)
        day = self.now, self.now + DAY
        named = "fee", change.id, "fee"
        amount = change.amount.minor_units
        rates = self.rates_of(change)
        self.today_lines.append(Line(*named, 1, *day, exact, amount, rates))

    def _Freeze(self, change, timing) -> None:
        self.frozen_on = self.now

    def _Unfreeze(self, change, timing) -> None:
        self.thaw()

    def _Extend(self, change, timing) -> None:
        """Let the period or the trial end later; the anchor goes with its end."""
        days = change.days * DAY
        if not self.trial:
            self.given += days
        if self.anchor == self.end or not (self.trial or self.is_moved()):
            self.anchor = self.end + days
        self.end += days

    def _MoveBillingDay(self, change, timing) -> None:
        """Have the grid of the first such day from the period's end on."""
        self.anchor = first_such(self.end, change.day)

    def is_moved(self) -> bool:
        """Return whether the period ends beside the grid: a stub follows."""
        return stub_start(self.anchor, self.end, self.interval) != self.end

    def _EndTrial(self, change, timing) -> None:
        """End the trial: the period of the grid that holds the day, from it on."""
        if self.anchor == self.end:
            self.anchor = self.now
        self.end = self.now
        self.at_once = True
        self.begin_paid(self.waiting.interval or self.interval)

    @property
    def uncharged(self) -> bool:
        """Whether nothing is charged: in a trial, and in a pause."""
        return self.trial or self.paused

    def _Pause(self, change, timing) -> None:
        self.waiting.pause = change.periods

    def _EndPause(self, change, timing) -> None:
        """End the pause: the period that holds the day, from it on."""
        self.waiting.pause = 0
        if not self.paused:
            return
        anchor, interval, end = self.anchor, self.interval, self.end
        if self.is_moved():
            self.start, self.end = period_around(anchor, interval, self.now)
        elif interval.days:
            while end - interval.days * DAY > self.now:
                end -= interval.days * DAY
            self.start, self.end = end - interval.days * DAY, end
        else:
            start = end
            while start > self.now:
                end = start
                for _ in range(interval.months):
                    start = last_monthly(anchor, start - SMALLEST[type(start)])
            self.start, self.end = start, end
        self.at_once = True
        self.begin_paid(interval)

    def _Cancel(self, change, timing) -> None:
        timing = timing or self.rules.cancellation
        if timing == "period_end":
            self.waiting.end = True
            return
        if self.frozen_on is not None:
            self.thaw()
        credit = timing == "immediate" and self.rules.convention != "full"
        self.close(lambda lot: True, credit=credit)
        self.finish()

    def _Resume(self, change, timing) -> None:
        self.waiting.end = False

    def _WithdrawPending(self, change, timing) -> None:
        waiting = self.waiting
        if change.from_day is not None:
            steps = waiting.prices if change.kind == "price" else waiting.steps
            for key in [key for key in steps if key[1] == change.from_day]:
                del steps[key]
        elif change.kind == "plan":
            waiting.plan = None
            self.drop_steps()
        elif change.kind == "interval":
            waiting.interval = None
        elif change.kind == "price":
            waiting.prices = {}
        elif change.kind == "cancellation":
            waiting.end = False
        elif change.kind == "pause":
            waiting.pause = 0
        elif change.kind == "package":
            waiting.packages = {}
        else:
            kept = {k: v for k, v in waiting.levels.items() if k[0] != change.kind}
            waiting.levels = kept
            if change.kind == "seats":
                waiting.steps = {}

    def _Reprice(self, change, timing) -> None:
        self.waiting.prices[change.plan.id, change.from_day] = change.plan

    def _ApplyDiscount(self, change, timing) -> None:
        self.offers.append(Offer(change.discount))

    def _RemoveDiscount(self, change, timing) -> None:
        self.offers = [o for o in self.offers if o.discount.id != change.id]

    def _SetTaxRates(self, change, timing) -> None:
        self.rates = tuple(change.rates)

    def _SetRecipient(self, change, timing) -> None:
        """Change no amount."""

    def _GrantCredit(self, change, timing) -> None:
        """Change no line."""
