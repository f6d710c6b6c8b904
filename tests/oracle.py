"""Count a subscription by hand: one day after the other, in fractions.

The second opinion on every line, too simple to be wrong and on nobody's code: it
imports nothing of seatbill, reads public values as plain data, finds month ends in a
calendar, counts days by walking over them and seats of graduated tiers one by one.

It is told only what the library accepted, so it refuses nothing.  It covers all
timings, settlements, roundings and conventions, per-seat, flat and tiered prices,
prices in arrears, add-ons, packages, services, discounts of both kinds and any
duration, tax rates, pending updates, trials, stubs, freezes, and both kinds of time.
It leaves out notice, free plans, measured units, occupancy, the sums of taxes and the
credit balance.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

MINOR_UNITS = {"JPY": 1, "USD": 100, "KWD": 1000, "CLF": 10_000}
DAY = dt.timedelta(1)
MICROSECOND = dt.timedelta(microseconds=1)


def to_whole(exact: Fraction, rounding: str) -> int:
    """Return *exact* as a whole number; the sign never matters."""
    size = abs(exact)
    down = size.numerator // size.denominator
    rest = size - down
    half = Fraction(1, 2)
    above = {
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and down % 2 == 1),
        "up": rest > 0,
        "down": False,
    }[rounding]
    return (down + above) * (-1 if exact < 0 else 1)


# Time: a boundary is seen by looking at the calendar.


def calendar_day(at):
    """Return the day that *at* is, or is on."""
    return at.date() if isinstance(at, dt.datetime) else at


def at_the_time_of(anchor, day):
    """Return *day*, at the time of day of an anchor that has one."""
    if isinstance(anchor, dt.datetime):
        return dt.datetime.combine(day, anchor.timetz())
    return day


def is_monthly(anchor, at) -> bool:
    """Return whether *at* is some months from *anchor*, a month's end if it must."""
    day, first = calendar_day(at), calendar_day(anchor)
    last = calendar.monthrange(day.year, day.month)[1]
    return day.day == min(first.day, last) and at == at_the_time_of(anchor, day)


def next_monthly(anchor, after):
    """Return the next monthly boundary after *after*."""
    day = calendar_day(after)
    while True:
        at = at_the_time_of(anchor, day)
        if at > after and is_monthly(anchor, at):
            return at
        day += DAY


def last_monthly(anchor, until):
    """Return the last monthly boundary on or before *until*."""
    day = calendar_day(until)
    while True:
        at = at_the_time_of(anchor, day)
        if at <= until and is_monthly(anchor, at):
            return at
        day -= DAY


def period_end(anchor, start, interval):
    """Return where a period of *interval* ends that starts on a boundary."""
    if interval.days:
        return start + interval.days * DAY
    for _ in range(interval.months):
        start = next_monthly(anchor, start)
    return start


def period_around(anchor, interval, at):
    """Return the period of the grid of *anchor*, before it too, that holds *at*."""
    start = anchor
    if interval.days:
        while start > at:
            start -= interval.days * DAY
    else:
        months = 0  # from some month before *at* to the anchor's, in whole intervals
        while start > at or months % interval.months:
            start = last_monthly(anchor, start - MICROSECOND_OR_DAY[type(at)])
            months += 1
    while (end := period_end(anchor, start, interval)) <= at:
        start = end
    return start, end


MICROSECOND_OR_DAY = {dt.date: DAY, dt.datetime: MICROSECOND}


def length(start, end) -> int:
    """Return the days, or the microseconds, from *start* to *end*."""
    if isinstance(start, dt.datetime):
        return (end - start) // MICROSECOND
    return len(range(start.toordinal(), end.toordinal()))


def in_years_of_360(day) -> int:
    """Return the number of a day where every month has thirty."""
    return 360 * day.year + 30 * day.month + min(day.day, 30)


def part_of(convention, start, end, whole) -> Fraction:
    """Return what part of the period *whole* lies from *start* to *end*."""
    if convention == "full":
        return Fraction(start < end)
    if convention == "thirty_360":
        used = in_years_of_360(end) - in_years_of_360(start)
        return Fraction(used, in_years_of_360(whole[1]) - in_years_of_360(whole[0]))
    used, days = length(start, end), length(*whole)
    if convention == "actual_30" and used < days:
        days = 30 * max(round(days / 30.4375), 1)
        used = min(used, days)
    return Fraction(used, days)


# Prices.


def nominal_months(interval) -> int:
    """Return how many months an interval is, to the nearest."""
    return interval.months or round(interval.days / 30.4375)


def nominal_days(interval) -> int:
    """Return how many whole days an interval is, a month taken as 30.4375."""
    return interval.days or interval.months * 304_375 // 10_000


def units(item, currency) -> list[str]:
    """Return the units that *item* sells, in the order of its list."""
    return list(dict.fromkeys(p.unit for p in item.prices if p.currency == currency))


@dataclass
class Tag:
    """The price of one unit and one interval, as it hangs on the shelf."""

    price: Any
    times: int
    off: Fraction
    rounding: str

    def amount(self, listed) -> Fraction:
        """Return one of the listed amounts for the interval."""
        if self.times == 1:
            return Fraction(listed)
        digits = len(str(MINOR_UNITS[self.price.currency])) - 1
        while (Fraction(listed) * 10**digits).denominator != 1:
            digits += 1
        exact = Fraction(listed) * self.times * (1 - self.off) * 10**digits
        return Fraction(to_whole(exact, self.rounding), 10**digits)

    def total(self, quantity: int) -> Fraction:
        """Return what *quantity* units cost in one interval."""
        price = self.price
        if price.flat:
            return self.amount(price.unit_amount)
        if not price.tiers:
            return sum([self.amount(price.unit_amount)] * quantity, Fraction(0))
        reached = [0] + [t.up_to for t in price.tiers if t.up_to is not None]
        if not quantity:
            return Fraction(0)
        if price.tiers_mode == "volume":
            tier = self._tier_of(quantity)
            return self.amount(tier.flat_amount) + quantity * self.amount(
                tier.unit_amount
            )
        found = sum(
            self.amount(tier.flat_amount)
            for tier, below in zip(price.tiers, reached, strict=True)
            if quantity > below
        )
        for seat in range(1, quantity + 1):
            found += self.amount(self._tier_of(seat).unit_amount)
        return found

    def _tier_of(self, seat):
        return next(t for t in self.price.tiers if t.up_to is None or seat <= t.up_to)


# What runs, what waits, what comes out.


@dataclass
class Lot:
    """An item that runs at one net price; *paid* and *back* are minor units.

    An amount off is a lot too, without a tag, and negative.
    """

    number: int
    item: str
    unit: str
    tag: Tag | None
    kept: Fraction
    terms: Any
    free: bool = False  # it was forfeited for: nothing is billed, nothing comes back
    quantity: int = 0
    full: Fraction = Fraction(0)
    paid: int = 0
    back: int = 0
    since: Any = None

    @property
    def arrears(self) -> bool:
        """Whether it is billed when it has run."""
        return self.tag is not None and self.tag.price.in_arrears


class Line(NamedTuple):
    """What a line must say.  *exact* is unrounded, in major units."""

    kind: str
    item: str
    unit: str
    quantity: int
    start: Any
    end: Any
    exact: Fraction
    amount: int
    rates: tuple


@dataclass
class Offer:
    """A discount that was applied: periods it served, and whether in this one."""

    discount: Any
    served: int = 0
    used: bool = False

    @property
    def kept(self) -> Fraction:
        """What is left of a price."""
        return 1 - Fraction(self.discount.percent_off) / 100

    def is_over(self) -> bool:
        """Return whether it has served."""
        if self.discount.periods is None:
            return False
        if self.discount.periods == 0:
            return self.used  # by all lines of one invoice
        return self.served >= self.discount.periods


@dataclass
class Waiting:
    """What waits for the end of the period; levels are what will be owned."""

    plan: Any = None
    interval: Any = None
    prices: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    levels: dict[tuple[str, str], int] = field(default_factory=dict)
    packages: dict[str, Any] = field(default_factory=dict)
    end: bool = False


class Oracle:
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
        self.plan, self.interval, self.rules = plan, interval, rules
        self.currency = currency
        self.minor = MINOR_UNITS[currency]
        self.seats = dict(seats)
        self.add_ons = {add_on.id: (add_on, n) for add_on, n in add_ons}
        self.shelf = {add_on.id: add_on for add_on, _ in add_ons}
        self.offers = [Offer(discount) for discount in discounts]
        self.rates = tuple(tax_rates)
        self.lots: list[Lot] = []
        self.lots_opened = 0
        self.waiting = Waiting()
        self.today_lines: list[Line] = []
        self.waiting_lines: list[Line] = []
        self.ran: list[Line] = []  # in arrears, for the period's end
        self.invoices: list[tuple[Any, list[Line]]] = []
        self.trial = trial_end is not None
        self.ended = False
        self.frozen_on = None
        self.now = on
        self.anchor = anchor or trial_end or on
        if self.trial:
            self.start, self.end = on, trial_end
        else:
            self.start, self.end = period_around(self.anchor, interval, on)
            self.open_everything()
            self.issue()
            self.forget_offers()

    # The walk.

    def walk(self, history, until, timing=None) -> None:
        """Live through the days up to *until*, which is included.

        *timing* overrides the rules for all of *history*.
        """
        history = list(history)
        day = calendar_day(self.now)
        while day <= calendar_day(until):
            moments = {at_the_time_of(self.anchor, day), at_the_time_of(self.end, day)}
            moments |= {at for at, _ in history if calendar_day(at) == day}
            if self.frozen_on is not None:
                moments.add(at_the_time_of(self.frozen_on, day))
            for at in sorted(moments):
                if at > until or at < self.now:
                    continue
                self.pass_boundaries(at)
                while history and history[0][0] == at:
                    _, changes = history.pop(0)
                    self.do(changes, at, timing)
                    self.pass_boundaries(at)
            day += DAY

    def pass_boundaries(self, at) -> None:
        """Do what is due at this moment by the calendar alone."""
        if self.ended:
            return
        if self.frozen_on is not None:
            if at == self.frozen_on + self.rules.max_freeze_days * DAY:
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
            and next_monthly(self.anchor, self.waiting_lines[0].start) <= at
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
        if self.trial:
            self.trial = False
            self.start, self.end = period_around(self.anchor, interval, self.now)
        else:
            if bool(interval.days) != bool(self.interval.days) or (
                interval.days and interval != self.interval
            ):
                self.anchor = self.now
            self.start = self.now
            self.end = period_end(self.anchor, self.start, interval)
        self.interval = interval
        self.lots = []
        self.take_what_waits()
        self.end_offer_period()
        self.open_everything()
        self.today_lines = self.ran + self.today_lines
        self.ran = []
        self.issue()
        self.forget_offers()

    def thaw(self) -> None:
        """Go on where it stopped: the period moves, its end is the anchor."""
        frozen = self.now - self.frozen_on
        self.frozen_on = None
        if frozen:
            self.start += frozen
            self.end += frozen
            self.anchor = self.end
            for lot in self.lots:
                if lot.since is not None:
                    lot.since += frozen

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
        self.anchor = self.start = self.now
        self.end = period_end(self.anchor, self.start, self.interval)
        self.open_everything()
        self.today_lines = self.ran + self.today_lines
        self.ran = []
        self.at_once = True

    def take_what_waits(self) -> None:
        """Let what waited for the end of the period take effect."""
        waiting, self.waiting = self.waiting, Waiting()
        if waiting.plan is not None:
            self.become(waiting.plan, credit=False)
        for id, (plan, from_day) in waiting.prices.items():
            if from_day > self.now:
                self.waiting.prices[id] = plan, from_day
            elif id == self.plan.id:
                self.become(plan, credit=False)
        for (kind, key), level in waiting.levels.items():
            if kind == "seats" and key in self.seats:
                self.seats[key] = level
            elif kind == "add_on":
                self.add_ons[key] = self.shelf[key], level
        self.drop_add_ons(credit=False)
        for package in waiting.packages.values():
            self.exchange(package)

    def become(self, plan, *, credit) -> None:
        """Have another plan; what it does not sell ends."""
        self.plan = plan
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

    # Prices and lots.

    def tags(self, item) -> list[Tag]:
        """Return what each unit of *item* costs now."""
        found = []
        months = nominal_months(self.interval)
        for unit in units(item, self.currency):
            listed = [
                p for p in item.prices if p.unit == unit and p.currency == self.currency
            ]
            fitting = [p for p in listed if p.interval == self.interval] or sorted(
                (
                    p
                    for p in listed
                    if 0 < nominal_months(p.interval) < months
                    and months % nominal_months(p.interval) == 0
                ),
                key=lambda p: nominal_months(p.interval),
            )
            price = fitting[0]
            same = price.interval == self.interval
            times = 1 if same else months // nominal_months(price.interval)
            off = Fraction(0)
            if item is self.plan or self.rules.interval_discount_scope != "plan":
                off = dict(self.rules.interval_discounts).get(self.interval, off)
            found.append(Tag(price, times, off, self.rules.rounding))
        return found

    def percents(self) -> list[Offer]:
        """Return the percentages that are taken off now."""
        return [offer for offer in self.offers if offer.discount.amount_off is None]

    def new_lot(self, item, tag, *, free) -> Lot:
        """Return an empty lot at the net price of now."""
        kept = Fraction(1)
        for offer in self.percents():
            kept *= offer.kept
        names = tuple(offer.discount for offer in self.percents())
        self.lots_opened += 1
        return Lot(
            self.lots_opened,
            item.id,
            tag.price.unit,
            tag,
            kept,
            (names, self.rates),
            free,
        )

    def open_lots(self, item, levels, *, charged=True) -> None:
        """Open what *item* sells, for the rest of the period."""
        for tag in self.tags(item):
            quantity = 1 if tag.price.flat else levels.get(tag.price.unit, 0)
            if quantity:
                lot = self.new_lot(item, tag, free=not charged)
                self.add_to(lot, quantity, tag.total(quantity))

    def open_everything(self, *, charged=True) -> None:
        """Open plan and add-ons for the rest of the period."""
        self.open_lots(self.plan, self.seats, charged=charged)
        for add_on, quantity in self.add_ons.values():
            levels = dict.fromkeys(units(add_on, self.currency), quantity)
            self.open_lots(add_on, levels, charged=charged)
        if charged:
            self.take_off()

    def take_off(self) -> None:
        """Open the amounts that are taken off a period, up to all that is charged."""
        left = self.advance()
        room = sum(lot.paid for lot in self.lots if not lot.arrears)
        for offer in self.offers:
            off = offer.discount.amount_off
            if off is None or left <= 0:
                continue
            exact = Fraction(off.minor_units, self.minor) * self.rest()
            amount = min(to_whole(exact * self.minor, self.rules.rounding), room)
            self.today_lines.append(
                Line(
                    "discount",
                    offer.discount.id,
                    "period",
                    -1,
                    self.now,
                    self.end,
                    -exact,
                    -amount,
                    self.rates,
                )
            )
            full = min(left, off.minor_units)
            lot = Lot(0, offer.discount.id, "period", None, Fraction(1), ())
            lot.terms = (), self.rates
            lot.quantity, lot.full, lot.paid = -1, -Fraction(full, self.minor), -amount
            self.lots.append(lot)
            offer.used = True
            left, room = left - full, room - amount

    def advance(self) -> int:
        """Return what a whole period costs in advance, each lot in minor units."""
        return sum(
            to_whole(lot.full * self.minor, self.rules.rounding)
            for lot in self.lots
            if lot.tag is not None and not lot.arrears
        )

    def trim(self, first) -> None:
        """Cut what is taken off to what else runs, where that fell below it.

        Where nothing came back by a line from *first* on, nothing is cut either.
        """
        if all(line.kind != "credit" for line in self.today_lines[first:]):
            return
        left = Fraction(self.advance(), self.minor)
        for lot in [lot for lot in self.lots if lot.tag is None]:
            excess = -lot.full - left
            if excess > 0:
                self.give_back(lot, 1, -excess)
                lot.full += excess
                if not lot.full:
                    self.lots.remove(lot)
            left += lot.full

    def add_to(self, lot, quantity, listed) -> None:
        """Put more into a lot, for the price on the list."""
        for offer in self.percents():
            offer.used = True
        if lot not in self.lots:
            self.lots.append(lot)
            lot.since = self.end if lot.free else self.now
        self.cut(lot)
        lot.quantity += quantity
        lot.full += listed * lot.kept
        if not lot.free and not lot.arrears:
            lot.paid += self.charge(lot, quantity, listed * lot.kept)

    def charge(self, lot, quantity, full) -> int:
        """Write a line for the rest of the period."""
        exact = full * self.rest()
        amount = to_whole(exact * self.minor, self.rules.rounding)
        self.today_lines.append(
            Line(
                "charge",
                lot.item,
                lot.unit,
                quantity,
                self.now,
                self.end,
                exact,
                amount,
                lot.terms[1],
            )
        )
        return amount

    def give_back(self, lot, quantity, full) -> None:
        """Write a credit, of what was paid at most."""
        room = lot.paid - lot.back
        if lot.free or not room:
            return
        exact = full * self.rest()
        amount = to_whole(exact * self.minor, self.rules.rounding)
        if abs(amount) > abs(room):
            amount = room
        lot.back += amount
        self.today_lines.append(
            Line(
                "credit",
                lot.item,
                lot.unit,
                quantity,
                self.now,
                self.end,
                -exact,
                -amount,
                lot.terms[1],
            )
        )

    def rest(self) -> Fraction:
        """Return how much of the period is left."""
        whole = self.start, self.end
        return part_of(self.rules.convention, self.now, self.end, whole)

    def cut(self, lot) -> None:
        """Write down what ran of a lot in arrears since it was last cut."""
        if not lot.arrears or lot.since >= self.now:
            return
        whole = self.start, self.end
        part = part_of(self.rules.convention, lot.since, self.now, whole)
        exact = lot.full * part
        self.ran.append(
            Line(
                "charge",
                lot.item,
                lot.unit,
                lot.quantity,
                lot.since,
                self.now,
                exact,
                to_whole(exact * self.minor, self.rules.rounding),
                lot.terms[1],
            )
        )
        lot.since = self.now

    def close(self, which, *, credit) -> None:
        """End lots."""
        for lot in [lot for lot in self.lots if which(lot)]:
            self.lots.remove(lot)
            if lot.arrears:
                self.cut(lot)
            elif credit:
                self.give_back(lot, -lot.quantity, lot.full)

    def of(self, item, unit) -> list[Lot]:
        """Return the lots of a unit, what was opened first before the others."""
        return [lot for lot in self.lots if (lot.item, lot.unit) == (item.id, unit)]

    def grow(self, item, tag, before, n, *, charged) -> None:
        """Have *n* more of a unit."""
        if tag.price.flat:
            if before:
                return
            n = 1
        first, running = len(self.today_lines), self.of(item, tag.price.unit)
        listed = tag.total(before + n) - (tag.total(before) if before else 0)
        if listed < 0:  # a volume tier: the total falls, on the lot opened last
            alike = [lot for lot in running if lot.free != charged] or running
            self.change_lot(alike[-1], n, listed * alike[-1].kept, money=charged)
            if charged and self.rules.convention != "full":
                self.trim(first)
            return
        lot = self.new_lot(item, tag, free=not charged)
        for known in running:
            if (known.free, known.terms) == (lot.free, lot.terms):
                lot = known
                self.lots.remove(lot)  # touched last, given back first
                self.lots.append(lot)
        self.add_to(lot, n, listed)

    def shrink(self, item, tag, before, n, *, credit) -> None:
        """Have *n* fewer of a unit: what was bought last goes first."""
        if tag.price.flat:
            return
        credit = credit and self.rules.convention != "full"
        while n:
            lot = self.of(item, tag.price.unit)[-1]
            taken = min(n, lot.quantity)
            full = lot.full
            if taken < lot.quantity:
                full = (tag.total(before) - tag.total(before - taken)) * lot.kept
            self.change_lot(lot, -taken, -full, money=credit)
            before, n = before - taken, n - taken

    def change_lot(self, lot, quantity, full, *, money) -> None:
        """Change what is in a lot, with a line for the difference."""
        self.cut(lot)
        if money and not lot.arrears:
            if full < 0:
                self.give_back(lot, quantity, -full)
            else:
                lot.paid += self.charge(lot, quantity, full)
        lot.quantity += quantity
        lot.full += full
        if not lot.quantity:
            self.lots.remove(lot)

    # Offers and invoices.

    def end_offer_period(self) -> None:
        """Count a period for the discounts that were used in it."""
        for offer in self.offers:
            offer.served += offer.used
            offer.used = False
        self.forget_offers()

    def forget_offers(self) -> None:
        """Drop what has served."""
        self.offers = [offer for offer in self.offers if not offer.is_over()]

    def issue(self) -> None:
        """Make an invoice of all lines that there are."""
        lines = self.waiting_lines + self.today_lines
        self.waiting_lines, self.today_lines = [], []
        if lines:
            self.invoices.append((self.now, lines))

    # What is asked for.

    def do(self, changes, at, timing=None) -> None:
        """Do several things at once."""
        self.now = at
        self.at_once = self.rules.settlement == "now" and not self.trial
        for change in changes:
            getattr(self, "_" + type(change).__name__)(change, timing)
        self.forget_offers()
        if self.at_once:
            self.issue()
        else:
            self.waiting_lines += self.today_lines
            self.today_lines = []

    def timing(self, direction, timing):
        """Return when something takes effect; in a trial at once."""
        return "immediate" if self.trial else timing or getattr(self.rules, direction)

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
        if bought and timing != "restart" and not self.trial:
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
        first = len(self.today_lines)
        if timing == "period_end":
            self.set_level(kind, key, level, target - n)
            return
        if timing != "restart" and not self.trial:
            credit = timing == "immediate" and self.rules.convention != "full"
            if kind == "add_on" and n == level:
                self.close(lambda lot: lot.item == key, credit=credit)
            else:
                for tag in self.tags(item):
                    if kind == "add_on" or tag.price.unit == key:
                        self.shrink(item, tag, level, n, credit=credit)
        self.set_level(kind, key, level - n, target - n)
        if timing == "restart":
            self.restart()
        elif timing == "immediate" and self.rules.convention != "full":
            self.trim(first)

    def _AddSeats(self, change, timing) -> None:
        timing = self.timing("seats_added", timing)
        self.more("seats", change.unit, change.seats, timing, self.plan)

    def _RemoveSeats(self, change, timing) -> None:
        timing = self.timing("seats_removed", timing)
        self.fewer("seats", change.unit, change.seats, timing, self.plan)

    def _SetSeats(self, change, timing) -> None:
        unit, wanted = change.unit, change.seats
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

    def _SwitchInterval(self, change, timing) -> None:
        self.switch(None, change.interval, timing)

    def switch(self, plan, interval, timing) -> None:
        """Have another plan, another interval, or both."""
        if plan == self.plan:
            plan = self.waiting.plan = None
        if interval == self.interval:
            interval = self.waiting.interval = None
        if self.trial:
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
        credit, first = self.gives_back(timing), len(self.today_lines)
        old = [tag.price.unit for tag in self.tags(self.plan)], self.plan.id
        self.close(lambda lot: lot.item == old[1] and lot.unit in old[0], credit=credit)
        self.become(plan, credit=credit)
        self.open_lots(plan, self.seats, charged=timing != "forfeit")
        if credit:
            self.trim(first)

    def replace_interval(self, interval, timing, plan) -> None:
        """Have another interval from the last boundary on; the grid stays."""
        self.close(lambda lot: True, credit=self.gives_back(timing))
        if interval.months and self.interval.months:
            self.start = last_monthly(self.anchor, self.now)
            self.end = period_end(self.anchor, self.start, interval)
        else:
            self.anchor = self.start
            self.start, self.end = period_around(self.anchor, interval, self.now)
        self.interval = interval
        if plan is not None:
            self.become(plan, credit=False)
        self.end_offer_period()
        self.open_everything(charged=timing != "forfeit")

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
        first = len(self.today_lines)
        if timing != "restart":
            credit = timing == "immediate" and self.gives_back(timing)
            self.close(lambda lot: lot.item == old.id, credit=credit)
        self.exchange(new)
        if timing == "restart":
            self.restart()
        elif not self.trial:
            levels = dict.fromkeys(units(new, self.currency), quantity)
            self.open_lots(new, levels, charged=timing != "forfeit")
            if self.gives_back(timing):
                self.trim(first)

    def _BuyService(self, change, timing) -> None:
        service, n = change.service, change.quantity
        exact = Fraction(service.price.minor_units * n, self.minor)
        self.today_lines.append(
            Line(
                "service",
                service.id,
                "service",
                n,
                self.now,
                self.now + DAY,
                exact,
                to_whole(exact * self.minor, "down"),
                self.rates,
            )
        )

    def _Freeze(self, change, timing) -> None:
        self.frozen_on = self.now

    def _Unfreeze(self, change, timing) -> None:
        self.thaw()

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
        if change.kind == "plan":
            waiting.plan = None
        elif change.kind == "interval":
            waiting.interval = None
        elif change.kind == "price":
            waiting.prices = {}
        elif change.kind == "cancellation":
            waiting.end = False
        elif change.kind == "package":
            waiting.packages = {}
        else:
            kept = {k: v for k, v in waiting.levels.items() if k[0] != change.kind}
            waiting.levels = kept

    def _Reprice(self, change, timing) -> None:
        self.waiting.prices.pop(change.plan.id, None)
        self.waiting.prices[change.plan.id] = change.plan, change.from_day

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
