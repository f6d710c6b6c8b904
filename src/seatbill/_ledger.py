"""The money of the walk: a mutable account of one subscription, frozen at the end.

Opened from a :class:`Subscription`, it is changed in place with whole numbers and
becomes values again once.  What a change means is in ``_walk``; here is how charges
are opened, given back, cut and invoiced.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from ._checks import Time, moment
from ._values import Quantities
from .errors import (
    NoPriceError,
    OutOfOrderError,
    UnknownUnitError,
)
from .invoices import (
    BillingReason,
    Invoice,
    InvoiceLine,
    ItemKind,
    LineKind,
    LineTerms,
    exclusive_tax,
    taxes_of,
    trusted_invoice,
    trusted_line,
    trusted_period,
    trusted_terms,
)
from .money import Rounding, divide
from .periods import (
    Interval,
    Period,
    boundary,
    count,
    index,
    month_boundary,
    number,
    same_time,
)
from .plans import AddOn, Plan, Price, Rate, price_for, units_of
from .proration import Convention, ratio
from .rules import BillingRules, ChangeKind, DiscountScope, Settlement
from .subscriptions import (
    AppliedDiscount,
    Notice,
    PendingUpdate,
    Subscription,
    trusted_charge,
    trusted_subscription,
)

Item = Plan | AddOn


class OpenCharge:
    """A :class:`Charge` that the walk may change."""

    __slots__ = (
        "charged",
        "credited",
        "full",
        "quantity",
        "since",
        "terms",
        "version",
    )

    def __init__(
        self,
        terms: LineTerms,
        quantity: int,
        full: int,
        charged: int,
        credited: int,
        version: int,
        since: Time | None,
    ) -> None:
        self.terms = terms
        self.quantity = quantity
        self.full = full
        self.charged = charged
        self.credited = credited
        self.version = version
        self.since = since


class Applied:
    """An :class:`AppliedDiscount` that the walk may change."""

    __slots__ = ("discount", "in_use", "redeemed")

    def __init__(self, applied: AppliedDiscount) -> None:
        self.discount = applied.discount
        self.redeemed = applied.redeemed
        self.in_use = applied.in_use


class Sale:
    """How an item sells one unit now: its price, the rate and the net terms."""

    __slots__ = ("kept", "price", "rate", "terms")

    def __init__(self, price: Price, rate: Rate, kept: int, terms: LineTerms) -> None:
        self.price = price
        self.rate = rate
        self.kept = kept
        self.terms = terms

    def full(self, quantity: int) -> int:
        """Return the net price of *quantity* units and one period, in parts."""
        return (self.rate.unit if self.price.flat else self.rate.total(quantity)) * (
            self.kept
        )


class Ledger:
    """One subscription on its walk through a history."""

    __slots__ = (
        "accrued",
        "add_ons",
        "anchor",
        "balance",
        "changed_on",
        "charges",
        "currency",
        "day",
        "discounts",
        "effective",
        "end",
        "ended_on",
        "finished",
        "id",
        "interval",
        "invoices",
        "kind",
        "length",
        "lines",
        "notices",
        "opened",
        "part",
        "parts",
        "pending",
        "plan",
        "recipient",
        "refund",
        "replaced",
        "rules",
        "sales",
        "seats",
        "settle_now",
        "start",
        "steps",
        "tax_rates",
        "trial",
        "trial_end",
        "version",
        "waiting",
        "whole",
    )

    def __init__(self, sub: Subscription) -> None:
        self.opened = sub
        self.id = sub.id
        free = sub.rules.free_plan
        self.plan = free if free is not None and sub.plan == free else sub.plan
        self.interval = sub.interval
        self.currency = sub.currency
        self.seats = dict(sub.seats)
        self.add_ons = {a.add_on.id: a for a in sub.add_ons}
        self.anchor = sub.billing_cycle_anchor
        self.whole = sub.current_period
        self.start = sub.current_period.start
        self.end = sub.current_period.end
        self.charges = [
            OpenCharge(
                c.terms,
                c.quantity,
                c.full_scaled,
                c.charged_minor,
                c.credited_minor,
                c.version,
                c.since,
            )
            for c in sub.charges
        ]
        self.pending = list(sub.pending_updates)
        self.waiting = list(sub.waiting_lines)
        self.accrued = list(sub.accrued_lines)
        self.balance = sub.credit_balance_minor
        self.discounts = [Applied(a) for a in sub.discounts]
        self.tax_rates = sub.tax_rates
        self.recipient = sub.recipient
        self.rules: BillingRules = sub.rules
        self.trial_end = sub.trial_end
        self.trial = self.trial_end is not None and self.end <= self.trial_end
        self.ended_on = sub.ended_on
        self.changed_on = sub.changed_on
        self.version = sub.version
        self.kind = type(self.start)
        self.steps = index(self.anchor, self.interval, self.end)
        self.length = number(self.end, self.start)
        self.sales: dict[tuple[ItemKind, str], dict[str, Sale]] = {}
        self.finished = False
        self.settle_now = False
        self.lines: list[InvoiceLine] = []
        self.invoices: list[Invoice] = []
        self.notices: list[Notice] = []
        self.replaced: list[PendingUpdate] = []
        self.refund = 0
        self.day = self.effective = self.changed_on
        self.part, self.parts = 0, 1

    # Time.

    def at(self, day: Time) -> None:
        """Stand on *day*, inside the running period."""
        self.day = self.changed_on = day
        convention = self.rules.convention
        if convention is Convention.ACTUAL:
            self.part, self.parts = number(self.end, day), self.length
        elif day >= self.end:  # a boundary: the ended period has nothing left
            self.part, self.parts = 0, 1
        else:
            whole = self.start, self.end
            self.part, self.parts = ratio(convention, day, self.end, whole)

    def check_day(self, day: Any) -> Time:
        """Return *day*, or refuse it."""
        if type(day) is not self.kind or self.kind is dt.datetime:
            day = moment("on", day)
            same_time("on", day, self.start)
        if day < self.changed_on:
            raise OutOfOrderError(day, self.changed_on)
        found: Time = day
        return found

    def same_kind(self, name: str, day: Time) -> Time:
        """Return *day*, of the type that this subscription counts in."""
        same_time(name, day, self.start)
        return day

    @property
    def free(self) -> bool:
        """Whether it is on the free plan of the rules."""
        return self.plan is self.rules.free_plan

    @property
    def uncharged(self) -> bool:
        """Whether nothing is charged now: in a trial, or on the free plan."""
        return self.trial or self.plan is self.rules.free_plan

    def waits_for_end(self) -> bool:
        """Return whether a cancellation waits."""
        return any(u.kind is ChangeKind.CANCELLATION for u in self.pending)

    def next_event(self) -> Time | None:
        """Return the next boundary on which something is to be done."""
        if self.ended_on is not None or self.plan is self.rules.free_plan:
            return None
        if self.waiting and self.rules.settlement is Settlement.MONTHLY:
            months = Interval(months=1)
            since = index(self.anchor, months, self.waiting[0].start)
            found = month_boundary(self.anchor, since + 1)
            if found < self.end:
                return found
        return self.end

    def next_period(self, day: Time, interval: Interval) -> tuple[Time, int, Time]:
        """Return anchor, steps and end of the period of *interval* after the running.

        The grid is kept; it is counted anew from *day*, the running period's end,
        where days follow months or days of another length.
        """
        same = bool(interval.months and self.interval.months) or (
            interval == self.interval
        )
        anchor = self.anchor if same else day
        steps = (self.steps if same else 0) + count(interval)
        return anchor, steps, boundary(anchor, interval, steps)

    def open_period(self, start: Time, end: Time) -> None:
        """Make [*start*, *end*) the running period."""
        self.start, self.end = start, end
        self.whole = trusted_period(start, end)
        self.length = number(end, start)

    # What is sold.

    def sale_of(self, kind: ItemKind, item: Item, plan_interval: Interval) -> Any:
        """Return how *item* sells each of its units now, by unit."""
        key = (kind, item.id)
        found = self.sales.get(key)
        if found is None:
            found = self.sales[key] = {}
            for unit in units_of(item.prices, self.currency):
                priced = price_for(item.prices, unit, self.currency, plan_interval)
                if priced is None:
                    raise NoPriceError(item.id, unit, self.currency, str(plan_interval))
                found[unit] = self._sale(kind, item.id, *priced)
        return found

    def _sale(self, kind: ItemKind, id: str, price: Price, times: int) -> Sale:
        """Return how *times* intervals of *price* are sold now."""
        rules = self.rules
        off = None
        if times != 1 and (
            kind is ItemKind.PLAN
            or rules.interval_discount_scope is DiscountScope.PLAN_AND_ADD_ONS
        ):
            off = rules.interval_discount(self.interval)
        rate = price.rate(times=times, off=off, rounding=rules.rounding)
        kept, scale = 1, rate.scale
        percents = ()
        if self.discounts:
            percents = tuple(
                a.discount for a in self.discounts if a.discount.amount_off is None
            )
            for discount in percents:
                top, bottom = discount.kept
                kept *= top
                scale *= bottom
        terms = trusted_terms(
            kind,
            id,
            price.unit,
            self.currency,
            None if rate.tiers else rate.unit * kept,
            scale,
            percents,
            self.tax_rates,
            rules.convention,
            rules.rounding,
            price.in_arrears,
        )
        return Sale(price, rate, kept, terms)

    def plan_sale(self, unit: str) -> Sale:
        """Return how the plan sells *unit* now, or refuse."""
        sales = self.sale_of(ItemKind.PLAN, self.plan, self.interval)
        if unit not in sales:
            raise UnknownUnitError(self.plan.id, unit, ", ".join(sales) or "none")
        sale: Sale = sales[unit]
        return sale

    # Lines.  Each is rounded once; multiply first, divide once.

    def _line(
        self, kind: LineKind, terms: LineTerms, quantity: int, full: int, version: int
    ) -> int:
        """Write a line for the rest of the period; return its minor units."""
        top = full * self.part
        bottom = terms.scale * self.parts
        if terms.rounding is Rounding.HALF_UP and top >= 0:
            amount = (2 * top + bottom) // (2 * bottom)
        else:
            amount = divide(top, bottom, terms.rounding)
        self.lines.append(
            trusted_line(
                kind,
                terms,
                quantity,
                full,
                self.day,
                self.end,
                self.whole,
                self.part,
                self.parts,
                amount,
                None,
                version,
            )
        )
        return amount

    def give_back(self, charge: OpenCharge, quantity: int, full: int) -> None:
        """Write a credit for *quantity* of *charge*, never above what was charged."""
        room = charge.charged - charge.credited
        if not room:
            return  # nothing was charged, so nothing comes back
        terms = charge.terms
        amount = divide(full * self.part, terms.scale * self.parts, terms.rounding)
        cap = None
        if abs(amount) > abs(room):
            amount = room
            cap = abs(room)
        charge.credited += amount
        self.lines.append(
            trusted_line(
                LineKind.CREDIT,
                terms,
                -quantity,
                -full,
                self.day,
                self.end,
                self.whole,
                self.part,
                self.parts,
                -amount,
                cap,
                charge.version,
            )
        )

    def cut(self, charge: OpenCharge) -> None:
        """Write what ran of an arrears *charge* since its last cut, until today."""
        since, day = charge.since, self.day
        if since is None or since >= day:
            return
        terms = charge.terms
        whole = self.start, self.end
        part, parts = ratio(terms.convention, since, day, whole)
        amount = divide(charge.full * part, terms.scale * parts, terms.rounding)
        charge.since = day
        charge.charged += amount
        self.accrued.append(
            trusted_line(
                LineKind.CHARGE,
                terms,
                charge.quantity,
                charge.full,
                since,
                day,
                self.whole,
                part,
                parts,
                amount,
                None,
                charge.version,
            )
        )

    # Charges.

    def open(self, sale: Sale, quantity: int, *, charged: bool = True) -> None:
        """Open a charge of *quantity* for the rest of the period."""
        if sale.price.flat:
            quantity = 1
        elif not quantity:
            return
        self._add(sale, quantity, sale.full(quantity), None, charged)

    def grow(self, sale: Sale, before: int, n: int, *, charged: bool) -> None:
        """Add *n* to the *before* that run already."""
        if sale.price.flat:
            return
        last = self._last(sale.terms)
        delta = sale.full(before + n) - sale.full(before)
        if delta < 0 and last is not None:  # a volume tier: the total falls
            self._regrade(last, n, self._kept(last, sale, before, before + n), charged)
            return
        self._add(sale, n, delta, last, charged)

    def _add(
        self,
        sale: Sale,
        quantity: int,
        full: int,
        last: OpenCharge | None,
        charged: bool,
    ) -> None:
        """Charge *full* for *quantity*, on *last* where the terms are the same."""
        terms = sale.terms
        for applied in self.discounts:
            if applied.discount.amount_off is None:
                applied.in_use = True
        if last is not None and last.terms != terms:
            last = None
        since = None
        if terms.in_arrears:
            since = self.day if charged else self.end
            if last is not None and last.since != since:
                if charged:
                    self.cut(last)
                else:
                    last = None
        if last is None:
            last = OpenCharge(terms, 0, 0, 0, 0, self.version, since)
            self.charges.append(last)
        last.quantity += quantity
        last.full += full
        if charged and not terms.in_arrears:
            last.charged += self._line(
                LineKind.CHARGE, terms, quantity, full, last.version
            )

    def _regrade(self, charge: OpenCharge, n: int, full: int, money: bool) -> None:
        """Change *charge* by *n* units and *full*: a line for the difference."""
        if charge.terms.in_arrears:
            self.cut(charge)
        elif not money:
            pass
        elif full < 0:
            self.give_back(charge, -n, -full)
        else:
            charge.charged += self._line(
                LineKind.CHARGE, charge.terms, n, full, charge.version
            )
        charge.quantity += n
        charge.full += full
        if not charge.quantity:
            self.charges.remove(charge)

    def shrink(self, sale: Sale, before: int, n: int, *, credit: bool) -> None:
        """Take *n* of the *before* that run; what was opened last goes first."""
        if sale.price.flat:
            return
        if sale.terms.convention is Convention.FULL:
            credit = False  # given back only in exchange for a new charge
        while n:
            last = self._last(sale.terms)
            if last is None:  # nothing runs, in a trial for example
                return
            taken = min(n, last.quantity)
            if taken == last.quantity:
                full = -last.full
            else:
                full = self._kept(last, sale, before, before - taken)
            self._regrade(last, -taken, full, credit)
            before -= taken
            n -= taken

    def _kept(self, charge: OpenCharge, sale: Sale, before: int, after: int) -> int:
        """Return the difference of two totals at the net price of *charge*."""
        terms = charge.terms
        if terms.unit_scaled is not None:
            return (after - before) * terms.unit_scaled
        kept = 1
        for discount in terms.discounts:
            kept *= discount.kept[0]
        return (sale.rate.total(after) - sale.rate.total(before)) * kept

    def _last(self, terms: LineTerms) -> OpenCharge | None:
        """Return the charge of the same item and unit that was opened last."""
        kind, item, unit = terms.item_kind, terms.item, terms.unit
        for charge in reversed(self.charges):
            found = charge.terms
            if found is terms or (
                found.unit == unit and found.item == item and found.item_kind is kind
            ):
                return charge
        return None

    def close(
        self, *, credit: bool, kind: ItemKind | None = None, item: str | None = None
    ) -> None:
        """End all charges, or those of one *kind* and *item*, and give back the rest."""
        kept = []
        for charge in self.charges:
            terms = charge.terms
            if (kind is not None and terms.item_kind is not kind) or (
                item is not None and terms.item != item
            ):
                kept.append(charge)
            elif terms.in_arrears:
                self.cut(charge)
            elif credit:
                self.give_back(charge, charge.quantity, charge.full)
        self.charges = kept

    def open_plan(self, *, charged: bool = True) -> None:
        """Open the charges of the plan."""
        sales = self.sale_of(ItemKind.PLAN, self.plan, self.interval)
        for unit, sale in sales.items():
            self.open(sale, self.seats.get(unit, 0), charged=charged)

    def open_all(self, *, charged: bool = True) -> None:
        """Open the charges of plan and add-ons, then the fixed discounts on them."""
        first = len(self.lines)
        self.open_plan(charged=charged)
        for owned in self.add_ons.values():
            sales = self.sale_of(ItemKind.ADD_ON, owned.add_on, self.interval)
            for sale in sales.values():
                self.open(sale, owned.quantity, charged=charged)
        if self.discounts and charged:
            self._open_discounts(first)

    def _open_discounts(self, first: int) -> None:
        """Open the fixed discounts, never above the charges from line *first* on."""
        left = self._others()
        room = sum(line.amount_minor for line in self.lines[first:])
        for applied in self.discounts:
            if applied.discount.amount_off is None or left <= 0:
                continue
            units = applied.discount.amount_off.minor_units
            terms = trusted_terms(
                ItemKind.DISCOUNT,
                applied.discount.id,
                "period",
                self.currency,
                units,
                1,
                (),
                self.tax_rates,
                self.rules.convention,
                self.rules.rounding,
                False,
            )
            amount = divide(units * self.part, self.parts, self.rules.rounding)
            cap = None
            if amount > room:
                amount = cap = room
            self.lines.append(
                trusted_line(
                    LineKind.DISCOUNT,
                    terms,
                    -1,
                    -units,
                    self.day,
                    self.end,
                    self.whole,
                    self.part,
                    self.parts,
                    -amount,
                    cap,
                    self.version,
                )
            )
            full = min(left, units)
            self.charges.append(
                OpenCharge(terms, -1, -full, -amount, 0, self.version, None)
            )
            applied.in_use = True
            left -= full
            room -= amount

    def _others(self) -> int:
        """Return what a whole period is charged in advance, in minor units."""
        return sum(
            divide(c.full, c.terms.scale, c.terms.rounding)
            for c in self.charges
            if c.terms.item_kind is not ItemKind.DISCOUNT and not c.terms.in_arrears
        )

    def trim_discounts(self) -> None:
        """Cut fixed discounts to the other charges and take back what is unused."""
        fixed = [c for c in self.charges if c.terms.item_kind is ItemKind.DISCOUNT]
        left = self._others() if fixed else 0
        for charge in fixed:
            excess = -charge.full - left
            if excess > 0:
                self.give_back(charge, -1, -excess)
                charge.full += excess
                if not charge.full:
                    self.charges.remove(charge)
            left += charge.full

    def end_discount_period(self) -> None:
        """Count the period for the discounts used in it; drop those that are spent."""
        for applied in self.discounts:
            applied.redeemed += applied.in_use
            applied.in_use = False
        self.drop_discounts()

    def drop_discounts(self) -> None:
        """Drop the discounts that have served."""
        left = [
            a
            for a in self.discounts
            if a.discount.periods is None
            or (
                not a.in_use
                if a.discount.periods == 0
                else a.redeemed < a.discount.periods
            )
        ]
        if len(left) != len(self.discounts):
            self.discounts = left
            self.sales.clear()

    # Invoices.

    def settle(self) -> None:
        """Invoice the lines of a change, or let them wait, as the rules say."""
        if self.discounts:
            self.drop_discounts()
        if self.settle_now or self.rules.settlement is Settlement.NOW:
            self.invoice(BillingReason.SUBSCRIPTION_UPDATE)
        else:
            self.waiting += self.lines
            self.lines = []
        self.settle_now = False

    def invoice(self, reason: BillingReason) -> None:
        """Make an invoice of what waits and the lines of today, if there are any."""
        lines = self.lines
        if self.waiting:
            lines = self.waiting + lines
            self.waiting = []
        if not lines:
            return
        self.lines = []
        subtotal = 0
        taxed = False
        for line in lines:
            subtotal += line.amount_minor
            if line.terms.tax_rates:
                taxed = True
        total = subtotal
        taxes = ()
        if taxed:
            taxes = taxes_of(lines, self.currency, self.rules.rounding)
            total += exclusive_tax(taxes)
        applied = 0
        if total < 0:
            self.balance -= total
        elif self.balance:
            applied = min(self.balance, total)
            self.balance -= applied
        self.invoices.append(
            trusted_invoice(
                self.id,
                self.version,
                self.day,
                reason,
                self.currency,
                tuple(lines),
                taxes,
                subtotal,
                total,
                applied,
                self.recipient,
            )
        )

    # Values again.

    def freeze(self) -> Subscription:
        """Return the subscription as it stands."""
        if self.version == self.opened.version:
            return self.opened
        self._stamp()
        return trusted_subscription(
            self.id,
            self.plan,
            self.interval,
            self.currency,
            Quantities.trusted(self.seats),
            tuple(self.add_ons.values()),
            self.anchor,
            self.whole,
            tuple(
                [
                    trusted_charge(
                        c.terms,
                        c.quantity,
                        c.full,
                        c.charged,
                        c.credited,
                        c.version,
                        c.since,
                    )
                    for c in self.charges
                ]
            ),
            tuple(self.pending),
            tuple(self.waiting),
            tuple(self.accrued),
            self.balance,
            tuple(
                [
                    AppliedDiscount(a.discount, a.redeemed, a.in_use)
                    for a in self.discounts
                ]
            ),
            self.tax_rates,
            self.recipient,
            self.rules,
            self.trial_end,
            self.ended_on,
            self.changed_on,
            self.version,
        )

    def _stamp(self) -> None:
        """Write on each pending update the day on which it takes effect."""
        for i, update in enumerate(self.pending):
            day = self.applies_on(update)
            if day != update.applies_on:
                self.pending[i] = PendingUpdate(
                    kind=update.kind,
                    key=update.key,
                    value=update.value,
                    applies_on=day,
                    requested_on=update.requested_on,
                    periods_left=update.periods_left,
                    from_day=update.from_day,
                )

    def applies_on(self, update: PendingUpdate) -> Time:
        """Return the boundary on which *update* takes effect as things stand."""
        from_day = update.from_day
        if not update.periods_left and (from_day is None or from_day <= self.end):
            return self.end
        anchor, _, end = self.next_period(self.end, self.future(0)[1])
        if from_day is None or from_day <= end:
            return end
        interval = self.future(1)[1]
        found = Period.containing(anchor, interval, from_day)
        return found.start if found.start == from_day else found.end

    def waits(self, kind: ChangeKind, key: str = "", left: int = 0) -> Any:
        """Return the value of the update of *kind* that waits, or ``None``."""
        for update in self.pending:
            if (
                update.kind is kind
                and update.key == key
                and update.periods_left == left
            ):
                return update.value
        return None

    def future(self, left: int) -> tuple[Plan, Interval]:
        """Return plan and interval after the next boundary, or the one after it."""
        plan, interval = self.plan, self.interval
        for boundary_number in range(left + 1):
            plan = self.waits(ChangeKind.PLAN, left=boundary_number) or plan
            interval = self.waits(ChangeKind.INTERVAL, left=boundary_number) or interval
        return plan, interval
