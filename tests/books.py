"""What runs and what is billed, for the oracle: lots, lines, discounts, invoices.

A lot is what is owned of one unit at one exact net price.  It is charged for the rest
of the period when it opens, and gives back the rest when it ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from counting import DAY, MINOR_UNITS, Tag, nominal_months, part_of, to_whole, units

BESIDE = "charge", "credit", "discount"
"""The lines of what amounts off are beside, and their own."""


@dataclass(eq=False)
class Lot:
    """An item that runs at one net price; *paid* and *back* are minor units.

    An amount off is a lot too, without a tag, and negative.
    """

    item: str
    unit: str
    tag: Tag | None
    percents: tuple
    rates: tuple
    free: bool = False  # it was forfeited for: nothing is billed, nothing comes back
    quantity: int = 0
    full: Fraction = Fraction(0)
    paid: int = 0
    back: int = 0
    since: Any = None
    most: int = 0  # of an amount off: what a whole period had of it at its start

    @property
    def kept(self) -> Fraction:
        """What percentages leave of its price."""
        kept = Fraction(1)
        for discount in self.percents:
            kept *= 1 - Fraction(discount.percent_off) / 100
        return kept

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
    offers: tuple = ()


@dataclass
class Offer:
    """A discount that was applied: periods it served, and whether in this one."""

    discount: Any
    served: int = 0
    used: bool = False

    def is_over(self) -> bool:
        """Return whether it has served."""
        if self.discount.periods is None:
            return False
        return 0 < self.discount.periods <= self.served

    def is_on(self, line) -> bool:
        """Return whether a line has it, or is it."""
        off = self.discount.amount_off
        return self.discount in line.offers or (off and line.item == self.discount.id)


class Books:
    """What runs in a period, and every line that was written."""

    def __init__(self, plan, interval, rules, currency, discounts, tax_rates) -> None:
        self.plan, self.interval, self.rules = plan, interval, rules
        self.currency, self.minor = currency, MINOR_UNITS[currency]
        self.seats: dict[str, int] = {}
        self.add_ons: dict[str, tuple[Any, int]] = {}
        self.offers = [Offer(discount) for discount in discounts]
        self.rates = tuple(tax_rates)
        self.lots: list[Lot] = []
        self.today_lines: list[Line] = []
        self.waiting_lines: list[Line] = []
        self.ran: list[Line] = []  # in arrears, for the period's end
        self.invoices: list[tuple[Any, list[Line]]] = []
        self.now = self.start = self.end = None
        self.given = 0 * DAY  # at the end of the period, free of charge
        self.stood_on = None  # the day of the last call
        self.before = None  # what was paid before a call: in units, exactly, when
        self.gone = Fraction(0)  # in the call, with nothing given back
        self.kept = 0  # the same of the whole period, in minor units
        self.net = self.counted = 0  # beside amounts off: paid in it, lines in that

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
        percents = tuple(offer.discount for offer in self.percents())
        rates = self.rates_of(item)
        return Lot(item.id, tag.price.unit, tag, percents, rates, free)

    def rates_of(self, item) -> tuple:
        """Return what taxes *item*: what names its class, or what names none."""
        own = [rate for rate in self.rates if item.tax_class in rate.tax_classes]
        return tuple(own or [rate for rate in self.rates if not rate.tax_classes])

    def open_lots(self, item, levels, *, charged=True) -> None:
        """Open what *item* sells, for the rest of the period."""
        for tag in self.tags(item):
            quantity = 1 if tag.price.flat else levels.get(tag.price.unit, 0)
            if quantity:
                lot = self.new_lot(item, tag, free=not charged)
                self.add_to(lot, quantity, tag.total(quantity))

    def open_items(self, *, charged=True) -> None:
        """Open plan and add-ons for the rest of the period."""
        self.open_lots(self.plan, self.seats, charged=charged)
        for add_on, quantity in self.add_ons.values():
            levels = dict.fromkeys(units(add_on, self.currency), quantity)
            self.open_lots(add_on, levels, charged=charged)

    def open_everything(self) -> None:
        """Open plan and add-ons for a new period, and what is taken off it."""
        self.open_items()
        self.take_off()
        lines = self.waiting_lines + self.ran + self.today_lines
        gone = [offer.discount for offer in self.on_one_invoice(lines)]
        for lot in self.lots:  # in arrears: billed on an invoice after this one
            if lot.arrears and set(gone) & set(lot.percents):
                listed = lot.tag.total(lot.quantity)
                lot.percents = tuple(p for p in lot.percents if p not in gone)
                lot.full = listed * lot.kept

    def take_off(self) -> None:
        """Open the amounts that are taken off a period, up to all that is charged."""
        self.stand()
        self.kept, self.counted = 0, len(self.today_lines)
        left, room = {}, {}  # by the rates that tax it
        for lot in self.lots:
            if self.is_paid(lot):
                paid = to_whole(lot.full * self.minor, self.rules.rounding)
                left[lot.rates] = left.get(lot.rates, 0) + paid
            if not lot.arrears:
                room[lot.rates] = room.get(lot.rates, 0) + lot.paid
        left = {rates: paid for rates, paid in left.items() if paid}
        for offer in self.offers:
            off, whole, below = offer.discount.amount_off, sum(left.values()), 0
            if off is None or not whole:
                continue
            offer.used = True
            for rates, own in left.items():
                ends = [off.minor_units * n // whole for n in (below, below + own)]
                below += own
                if ends[0] != ends[1]:
                    unit = "period"
                    if len(left) > 1:
                        unit = " ".join(["period", *(rate.id for rate in rates)])
                    lot = Lot(offer.discount.id, unit, None, (), rates)
                    self.take_part_off(lot, ends[1] - ends[0], left, room)
        self.counted = len(self.today_lines)
        self.net = sum(lot.paid for lot in self.lots if not lot.arrears)

    def take_part_off(self, lot, off, left, room) -> None:
        """Open an amount off for what one set of rates taxes, up to what is *left*."""
        exact = Fraction(off, self.minor) * self.rest()
        amount = to_whole(exact * self.minor, self.rules.rounding)
        amount = min(amount, room[lot.rates])
        full = min(left[lot.rates], off)
        lot.quantity, lot.full, lot.paid = -1, -Fraction(full, self.minor), -amount
        lot.most = full
        self.lots.append(lot)
        self.today_lines.append(self.row("discount", lot, -1, -exact, -amount))
        left[lot.rates] -= full
        room[lot.rates] -= amount

    def advance(self) -> int:
        """Return what is paid for a whole period, each lot in minor units."""
        return sum(
            to_whole(lot.full * self.minor, self.rules.rounding)
            for lot in self.lots
            if self.is_paid(lot)
        )

    @staticmethod
    def is_paid(lot) -> bool:
        """Return whether amounts off are taken off it."""
        return lot.tag is not None and not lot.arrears and not lot.free

    def stand(self) -> None:
        """Note what is paid for, before a call.

        What another day cut of an amount off stays cut.
        """
        if self.stood_on != self.now:
            for lot in self.lots:
                if lot.tag is None:
                    lot.most = int(-lot.full * self.minor)
        self.stood_on = self.now
        exact = sum((lot.full for lot in self.lots if self.is_paid(lot)), Fraction(0))
        self.before = self.advance(), exact, self.paid_for()
        self.gone = Fraction(0)

    def trim(self) -> None:
        """Have what is taken off follow what is paid for, from before a call to now.

        What is gone, with nothing given back, is still paid for.
        """
        off = [lot for lot in self.lots if lot.tag is None]
        if not off:
            return
        (paid, exact, whole), gone = self.before, self.gone
        self.stand()
        moved = self.before[1] - exact + gone
        if not (moved or gone) and self.before[2] == whole:
            self.keep_net(off[0].rates)
            return
        self.kept = max(self.kept, int(-sum(o.full for o in off) * self.minor) - paid)
        if gone:
            more = to_whole(moved * self.minor, self.rules.rounding)
            self.kept += max(paid + more - self.advance(), 0)
        left = self.advance() + self.kept
        self.fit(off, left, whole)
        self.keep_net(off[0].rates)

    def fit(self, off, left, whole) -> None:
        """Have amounts *off* be what is *left* for them, and give back the rest."""
        for lot in off:
            was = int(-lot.full * self.minor)
            new = min(lot.most, max(left, 0))
            if new != was and whole != self.paid_for():
                self.move(lot, new, whole)
            elif new < was:
                self.give_back(lot, 1, Fraction(new - was, self.minor))
            elif new > was:
                self.take_more(lot, new - was)
            lot.full = -Fraction(new, self.minor)
            left -= new

    def keep_net(self, rates) -> None:
        """Give back no more than was paid for all of it: what is last is cut first.

        Credits that are taxed by these *rates* come before others.
        """
        lines = [x for x in self.today_lines[self.counted :] if x.kind in BESIDE]
        before, self.net = self.net, self.net + sum(line.amount for line in lines)
        over = max(min(before, 0) - self.net, 0)
        self.net += over
        for n in sorted(range(len(lines)), key=lambda n: (lines[n].rates != rates, -n)):
            line = lines[n]
            more = min(over, max(-line.amount, 0))
            over -= more
            place = self.today_lines.index(line)
            if more:
                cut = line._replace(amount=line.amount + more)
                self.today_lines[place : place + 1] = [cut] if cut.amount else []
                of = line.item, line.unit, line.rates, line.offers
                for lot in self.lots:
                    if (lot.item, lot.unit, lot.rates, lot.percents) == of:
                        lot.back -= more
        self.counted = len(self.today_lines)

    def move(self, lot, new, whole) -> None:
        """Give back what is left of the old period, take what is left of the new."""
        now = self.start, self.end, self.given
        if lot.full:
            (self.start, self.end), self.given = whole, 0 * DAY
            self.give_back(lot, 1, lot.full)
            self.start, self.end, self.given = now
        lot.paid = lot.back
        self.take_more(lot, new)

    def take_more(self, lot, units) -> None:
        """Take *units* off again, of what was taken back at most."""
        exact = Fraction(units, self.minor) * self.rest()
        amount = min(to_whole(exact * self.minor, self.rules.rounding), -lot.back)
        if lot.back and units:
            lot.back += amount
            self.today_lines.append(self.row("discount", lot, -1, -exact, -amount))

    def add_to(self, lot, quantity, listed) -> None:
        """Put more into a lot, for the price on the list."""
        if listed and not lot.free and (lot.arrears or self.rest()):
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
        self.today_lines.append(self.row("charge", lot, quantity, exact, amount))
        return amount

    def give_back(self, lot, quantity, full) -> None:
        """Write a credit, of what was paid at most."""
        room = lot.paid - lot.back
        if lot.free or not room:
            self.gone += full if self.is_paid(lot) else 0
            return
        exact = full * self.rest()
        amount = to_whole(exact * self.minor, self.rules.rounding)
        if abs(amount) > abs(room):
            amount = room
        lot.back += amount
        self.today_lines.append(self.row("credit", lot, quantity, -exact, -amount))

    def row(self, kind, lot, quantity, exact, amount, since=None) -> Line:
        """Return a line for the rest of the period, or for what ran *since* then."""
        end = self.paid_for()[1]
        start = self.now
        if since is not None:
            start, end = since, min(self.now, end)
        named = kind, lot.item, lot.unit
        price = lot.rates, lot.percents
        return Line(*named, quantity, start, end, exact, amount, *price)

    def rest(self) -> Fraction:
        """Return how much of the period is left."""
        start, end = self.paid_for()
        if self.now >= end:
            return Fraction(0)
        return part_of(self.rules.convention, self.now, end, (start, end))

    def paid_for(self):
        """Return from when to when the period is paid for: not the days given."""
        return self.start, self.end - self.given

    def cut(self, lot) -> None:
        """Write down what ran of a lot in arrears since it was last cut."""
        whole = self.paid_for()
        until = min(self.now, whole[1])
        if not lot.arrears or lot.since >= until:
            return
        part = part_of(self.rules.convention, lot.since, until, whole)
        exact = lot.full * part
        amount = to_whole(exact * self.minor, self.rules.rounding)
        self.ran.append(self.row("charge", lot, lot.quantity, exact, amount, lot.since))
        lot.since = self.now

    def close(self, which, *, credit) -> None:
        """End lots."""
        off = [lot for lot in self.lots if lot.tag is None]
        for lot in [lot for lot in self.lots if which(lot)]:
            self.lots.remove(lot)
            if lot.arrears:
                self.cut(lot)
            elif credit and (lot.full or lot.tag is not None):
                self.give_back(lot, -lot.quantity, lot.full)
            elif self.is_paid(lot):
                self.gone += lot.full
        if off and not any(lot.tag is None for lot in self.lots):
            self.keep_net(off[0].rates)

    def of(self, item, unit) -> list[Lot]:
        """Return the lots of a unit, what was opened first before the others."""
        return [lot for lot in self.lots if (lot.item, lot.unit) == (item.id, unit)]

    def grow(self, item, tag, before, n, *, charged) -> None:
        """Have *n* more of a unit."""
        if tag.price.flat:
            if before:
                return
            n = 1
        running = self.of(item, tag.price.unit)
        listed = tag.total(before + n) - (tag.total(before) if before else 0)
        if listed < 0 and charged:  # a volume tier: the total falls
            if running:
                self.cheapen(item, tag, before, n, -listed)
            return
        lot = self.new_lot(item, tag, free=not charged)
        for known in running:
            if (known.free, known.percents, known.rates) == (
                lot.free,
                lot.percents,
                lot.rates,
            ):
                lot = known
        self.add_to(lot, n, listed)

    def shares(self, item, tag, before) -> tuple[list[Lot], dict, dict]:
        """Return the lots of a unit, what each holds of the total, and costs in it.

        What was opened last comes first.
        """
        lots = self.of(item, tag.price.unit)[::-1]
        costs = {}
        for lot in lots:
            below = max(before - lot.quantity, 0)
            costs[lot] = tag.total(before) - tag.total(below)
            before = below
        holds = {lot: lot.full / lot.kept if lot.kept else costs[lot] for lot in lots}
        return lots, holds, costs

    def take(self, fall, holds, lots) -> Fraction:
        """Take *fall* off what *lots* hold in turn; return what is left of it."""
        for lot in lots:
            taken = min(fall, max(holds[lot], 0))
            holds[lot] -= taken
            fall -= taken
        return fall

    def take_unpaid(self, fall, holds, costs) -> Fraction:
        """Take *fall* off what nobody paid for and what is above its cost."""
        for lot in holds:
            if lot.free:
                taken = min(fall, max(holds[lot] - costs[lot], 0))
                holds[lot] -= taken
                fall -= taken
        return fall

    def cheapen(self, item, tag, before, n, fall) -> None:
        """Have *n* more for less: on one lot if one holds as much."""
        lots, holds, costs = self.shares(item, tag, before)
        were = dict(holds)
        fall = self.take_unpaid(fall, holds, costs)
        able = [lot for lot in lots if holds[lot] >= fall]
        paid = [lot for lot in lots if not lot.free]
        last = ((able if fall else paid) or paid or lots)[0]
        self.take(fall, holds, [last] if able else lots)
        for lot in lots:
            more = n if lot is last else 0
            self.change_lot(lot, more, (holds[lot] - were[lot]) * lot.kept, money=True)

    def shrink(self, item, tag, before, n, *, credit) -> None:
        """Have *n* fewer of a unit: what was opened last goes first."""
        if tag.price.flat:
            return
        credit = credit and self.rules.convention != "full"
        lots, holds, costs = self.shares(item, tag, before)
        were, gone = dict(holds), dict.fromkeys(lots, 0)
        falls, level, over = dict.fromkeys(lots, Fraction(0)), before, Fraction(0)
        for lot in lots:
            taken = min(n, lot.quantity)
            gone[lot] = taken
            falls[lot] = tag.total(level) - tag.total(level - taken)
            level, n = level - taken, n - taken
        for lot in lots:
            fall = falls[lot]
            if lot.free or (fall < 0 and credit):
                holds[lot] -= fall
            elif fall < 0:
                self.keep_apart(lot, -fall, holds)
            else:
                fall = self.take_unpaid(fall, holds, costs)
                over += self.take(fall, holds, [lot])
        self.take(over, holds, lots)
        for lot in lots:
            if not level:
                gone[lot], holds[lot] = lot.quantity, Fraction(0)
                full = -lot.full
            else:
                full = (holds[lot] - were[lot]) * lot.kept
            self.change_lot(lot, -gone[lot], full, money=credit)
            if not lot.quantity and not holds[lot]:
                self.lots.remove(lot)

    def keep_apart(self, lot, rise, holds) -> None:
        """Note a rise that is not charged, so that it cannot come back."""
        for free in holds:
            if free.free and free.kept:
                holds[free] += rise
                return
        if lot.kept:
            free = Lot(lot.item, lot.unit, lot.tag, lot.percents, lot.rates, True)
            free.full, free.since = rise * lot.kept, self.end
            self.lots.append(free)

    def change_lot(self, lot, quantity, full, *, money) -> None:
        """Change what is in a lot, with a line for the difference."""
        if not quantity and not full:
            return
        self.cut(lot)
        if money and not lot.arrears and not lot.free:
            if full < 0:
                self.give_back(lot, quantity, -full)
            else:
                lot.paid += self.charge(lot, quantity, full)
        elif self.is_paid(lot):
            self.gone -= full
        lot.quantity += quantity
        lot.full += full

    # Offers and invoices.

    def end_offer_period(self) -> None:
        """Count a period for the discounts that were used in it, or before."""
        for offer in self.offers:
            offer.served += offer.used or offer.served > 0
            offer.used = False
        self.offers = [offer for offer in self.offers if not offer.is_over()]

    def on_one_invoice(self, lines) -> list[Offer]:
        """Return the discounts for one invoice that are on *lines*."""
        return [
            offer
            for offer in self.offers
            if offer.discount.periods == 0
            and (offer.used or offer.served)
            and any(offer.is_on(line) for line in lines)
        ]

    def drop_given(self) -> None:
        """Write nothing about the days that were given."""
        self.today_lines = [line for line in self.today_lines if line.start < line.end]

    def issue(self) -> None:
        """Make an invoice of all lines that there are."""
        self.drop_given()
        lines = self.waiting_lines + self.today_lines
        self.waiting_lines, self.today_lines = [], []
        if lines:
            self.invoices.append((self.now, lines))
            over = self.on_one_invoice(lines)
            self.offers = [offer for offer in self.offers if offer not in over]
