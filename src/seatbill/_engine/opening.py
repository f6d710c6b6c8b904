"""A subscription begins: what is asked for at the door, and its first period.

Takes what ``subscribe`` or ``adopt`` was asked for, and returns a subscription on which
nothing has been charged yet; then opens its first period, or the period in which a
customer is taken over, whose charges are known already.

10 seats at 4.99 on 15 January, monthly: the period to 15 February, one charge of 49.90
and an invoice of 49.90.  With the anchor on the 1st, 17 of 31 days are left: 27.36.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from .._values.base import Quantities, open_row
from .._values.checks import Time, instance, moment, several, text, unique
from ..credit import CreditKind, CreditLot
from ..discounts import Discount, Facts
from ..errors import (
    ConventionError,
    CurrencyMismatchError,
    IntervalNotOfferedError,
    NoPriceError,
    OutOfBoundsError,
    OutOfOrderError,
    RulesError,
    TooFewSeatsError,
    TooManySeatsError,
    UnknownItemError,
    UnknownUnitError,
    WrongTypeError,
)
from ..invoices import trusted_period
from ..money import Money, currency_digits
from ..parties import Party
from ..periods import (
    Interval,
    Period,
    boundary,
    count,
    month_boundary,
    nominal_months,
    same_time,
)
from ..plans import Plan, units_of
from ..proration import allocate
from ..rules import BillingRules
from ..subscriptions import Charge, SetTerm, Subscription
from ..subscriptions.parts import AddOns, add_on_list
from ..subscriptions.subscription import quantities
from ..taxes import TaxRate, tax_rate_set
from .bounds import check_all, check_batch
from .charging import open_all, open_alone
from .closing import close_charges
from .commitments import set_term
from .dates import grid_steps, is_paused
from .lots import grant
from .members import ACTUAL_30, CREATE, PLAN_ITEM, THIRTY_360
from .redeeming import redeem
from .requirements import require
from .state import OpenCharge, State, is_free

_CALENDAR: Final = (ACTUAL_30, THIRTY_360)
_open_row: Final = open_row(Subscription)


def blank(
    plan: Plan,
    id: str,
    interval: Interval,
    seats: int | Mapping[str, int],
    rules: BillingRules,
    currency: str | None,
    recipient: Party | None,
    on: Time,
) -> Any:
    """Return a subscription of a day on which nothing was charged yet, still open.

    Raises: WrongTypeError, IntervalNotOfferedError, ConventionError.
    """
    text("id", id)
    if type(plan) is not Plan:
        instance("plan", plan, Plan)
    if type(rules) is not BillingRules:
        instance("rules", rules, BillingRules)
    if recipient is not None:
        instance("recipient", recipient, Party)
    offered = rules.intervals
    if offered and interval not in offered:
        raise IntervalNotOfferedError(interval, offered)
    if rules.convention in _CALENDAR and type(on) is not dt.date:
        raise ConventionError(rules.convention, on, "instants")
    if currency is None:
        currency = _only_currency(plan)
    else:
        currency_digits(currency)
    owned = quantities("seats", seats)
    if not is_free(rules, plan):  # which holds whatever there is
        _check_sold(plan, owned, currency, interval)
    row = _open_row()
    row.id = id
    row.plan = plan
    row.interval = interval
    row.currency = currency
    row.seats = owned
    row.add_ons = row.charges = row.pending_updates = row.discounts = ()
    row.waiting_lines = row.accrued_lines = row.tax_rates = ()
    row.billing_cycle_anchor = row.changed_on = on
    row.credit_balance_minor = row.version = 0
    row.recipient = recipient
    row.trial_end = None
    row.rules = rules
    row.ended_on = row.frozen_on = row.moved_from = row.paid_until = row.term = None
    row.credit_lots = ()
    return row


def add_extras(row: Any, add_ons: AddOns, tax_rates: Iterable[TaxRate]) -> None:
    """Put what is owned beside the plan, and the taxes, on a new *row*."""
    if add_ons != ():
        row.add_ons = add_on_list(add_ons)
        unique("add-on", [item.add_on.id for item in row.add_ons])
    if tax_rates != ():
        row.tax_rates = tax_rate_set(tax_rates)


def _check_sold(
    plan: Plan, owned: Quantities, currency: str, interval: Interval
) -> None:
    """Refuse a unit that *plan* does not sell, or a currency without a price."""
    sold = {price.unit for price in plan.prices if price.currency == currency}
    if owned.names <= sold:
        return
    if not sold:
        raise NoPriceError(plan.id, "", currency, interval)
    unit = next(unit for unit in owned if unit not in sold)
    raise UnknownUnitError(plan.id, unit, tuple(units_of(plan.prices, currency)))


def _only_currency(plan: Plan) -> str:
    """Return the currency of *plan*, which has prices in one."""
    if len(plan.prices) == 1:
        return plan.prices[0].currency
    known = tuple(dict.fromkeys([price.currency for price in plan.prices]))
    if len(known) != 1:
        raise UnknownItemError("currency", None, known)
    return known[0]


def open_first(
    state: State,
    discounts: Iterable[Discount],
    facts: Facts | None,
    occupied: Any,
    credit: Any,
    term: Any,
) -> None:
    """Open the first period and invoice it."""
    state.version += 1
    if occupied is not None:
        _check_occupied(state, quantities("occupied", occupied))
    if state.free:
        _check_free(state.plan, state.opened.seats)
    state.move_to(state.day)
    state.open_charges()
    if facts is not None:
        instance("facts", facts, Facts)
    if credit != ():
        _take_credit(state, credit)
    if discounts != ():
        for discount in several("discounts", discounts, Discount):
            redeem(state, discount, facts)
    for owned in state.add_ons.values():
        require(state, owned.add_on)
        if owned.period is not None:
            raise RulesError(owned.add_on.id, owned.period, "not_begun")
    check_all(state)
    if term is not None:
        set_term(state, SetTerm(term), None)
    if not state.uncharged:
        state.count_lines(len(state.plan_table.units) + len(state.add_ons))
        open_all(state, CREATE)


def _take_credit(state: State, credit: Money | Iterable[CreditLot]) -> None:
    """Put credit on a new subscription, before its first invoice."""
    if isinstance(credit, Money):
        credit = [CreditLot(credit, CreditKind.PAID)]
    for lot in several("credit", credit, CreditLot):
        if lot.amount.minor_units <= 0 or lot.spent:
            least = Money.from_minor_units(1, lot.amount.currency)
            raise OutOfBoundsError("credit", lot.amount, least, None)
        grant(state, lot.amount, lot.kind, lot.expires_on)


def _check_occupied(state: State, people_by_unit: Quantities) -> None:
    """Refuse fewer seats than people (CL-10); nothing is bought on a free plan."""
    for unit, people in people_by_unit.items():
        asked = state.seats.get(unit, 0)
        if asked < people and not state.free:
            raise TooFewSeatsError(unit, asked, people, people - asked)


def _check_free(plan: Plan, seats: Quantities) -> None:
    """Refuse more than a free plan holds, to one who does not fall to it."""
    for price in plan.prices:
        most, asked = price.max_quantity, seats.get(price.unit, 0)
        if most is not None and asked > most:
            raise TooManySeatsError(price.unit, plan.id, asked, most, asked - most)
        check_batch(price.unit, asked, price.batch)


# A customer who exists already.


def checked(row: Any, credit_balance: Money | None) -> Subscription:
    """Return what an open *row* holds as a value, checked like any other."""
    sub = Subscription(**{name: getattr(row, name) for name in _FIELDS})
    if credit_balance is None:
        return sub
    instance("credit_balance", credit_balance, Money)
    if credit_balance.currency != sub.currency:
        raise CurrencyMismatchError(sub.currency, credit_balance.currency)
    return attrs.evolve(sub, credit_balance_minor=credit_balance.minor_units)


_FIELDS: Final = tuple(field.name for field in attrs.fields(Subscription))


def take_over(sub: Subscription, charged: Any) -> Subscription:
    """Return *sub* with the open charges of what was *charged* elsewhere.

    Raises: RulesError where its period is not on the grid.
    """
    state = State(sub)
    if not state.trial and not state.free and state.ended_on is None:
        _check_grid(state)
    check_all(state)
    if not isinstance(charged, Money | Mapping):
        if isinstance(charged, str) or not isinstance(charged, Iterable):
            raise WrongTypeError("charged", "Money", charged)
        return attrs.evolve(sub, charges=several("charged", charged, Charge))
    if not state.uncharged and state.ended_on is None:
        _put_amounts(state, charged)
        # It was handed to nobody yet, and the charges are the library's own.
        object.__setattr__(sub, "charges", close_charges(state))
    return sub


def _put_amounts(state: State, charged: Money | Mapping[str, Money]) -> None:
    """Open the charges of the running period, and put on each what was *charged*."""
    state.move_to(state.start)
    state.open_charges()
    open_all(state)
    paid = _in_advance(state)
    if isinstance(charged, Money):
        amounts = _shared_out(charged, paid)
    else:
        amounts = {name: instance("charged", charged[name], Money) for name in charged}
    for name, amount in amounts.items():
        if name not in paid:
            raise UnknownItemError("charge", name, tuple(paid))
        if amount.currency != state.currency:
            raise CurrencyMismatchError(state.currency, amount.currency)
        charges = paid[name]
        is_off = charges[0].full_scaled < 0
        if (amount.minor_units < 0) != is_off and amount.minor_units:
            zero = Money.zero(state.currency)
            raise OutOfBoundsError(f"charged[{name!r}]", amount, zero, None)
        parts = [amount]
        if len(charges) > 1:  # the first units, and those beyond
            parts = [*allocate(amount, [c.charged_minor for c in charges])]
        for charge, part in zip(charges, parts, strict=True):
            charge.charged_minor = part.minor_units
    missing = [name for name in paid if name not in amounts]
    if missing:
        raise UnknownItemError("charge", ", ".join(missing), tuple(amounts))


def _in_advance(state: State) -> dict[str, list[OpenCharge]]:
    """Return what is charged in advance by its name; first units beside the others."""
    for owned in state.add_ons.values():
        if owned.period is not None:
            state.day = owned.period.start
            open_alone(state, owned)
    paid: dict[str, list[OpenCharge]] = {}
    for charge in state.charges:
        if charge.since is None:
            paid.setdefault(_name_of(charge), []).append(charge)
    return paid


def _check_grid(state: State) -> None:
    """Refuse a period whose end no counting from the anchor reaches."""
    interval = state.interval
    end = boundary(state.anchor, interval, grid_steps(state))
    # From an anchor after the start, a billing day that was moved: a stub follows.
    if end != state.end and not (interval.months and state.anchor > state.start):
        raise RulesError("anchor", state.anchor, "off_the_grid", state.end)
    if not is_paused(state):  # it is as many periods long as were asked for
        paid = Period(state.start, state.paid_until or state.end)
        _check_length("current_period", paid, interval)
    for owned in state.add_ons.values():
        if owned.period is not None and owned.add_on.interval is not None:
            _check_length(owned.add_on.id, owned.period, owned.add_on.interval)


def _check_length(name: str, period: Period, interval: Interval) -> None:
    """Refuse a *period* that is not as long as *interval*."""
    days = period.days
    if (nominal_months(days) if interval.months else days) != count(interval):
        raise RulesError(name, (period.start, period.end), "another_length", interval)


def _shared_out(
    charged: Money, paid: Mapping[str, list[OpenCharge]]
) -> dict[str, Money]:
    """Return one amount shared out over charges by their full prices."""
    if any(c.full_scaled < 0 for charges in paid.values() for c in charges):
        raise RulesError("charged", charged, "discount_inside")
    weights = [sum([c.charged_minor for c in charges]) for charges in paid.values()]
    if not any(weights):
        if charged:
            raise RulesError("charged", charged, "nothing_to_charge")
        return dict.fromkeys(paid, charged)
    parts = allocate(charged, weights)
    return dict(zip(paid, parts, strict=True))


def _name_of(charge: OpenCharge) -> str:
    """Return the name under which a host says what was charged."""
    terms = charge.terms
    return terms.unit if terms.item_kind is PLAN_ITEM else terms.item


def first_period(
    on: Time, interval: Interval, anchor: Time | None, trial_end: Time | Interval | None
) -> tuple[Period, Time]:
    """Return the period in which service starts, and the anchor of those to come."""
    if isinstance(trial_end, Interval):
        length, trial_end = trial_end, boundary(on, trial_end, count(trial_end))
        if anchor is None and length.months and interval.months:
            anchor = _month_end_kept(on, length.months, interval.months)
    if trial_end is not None:
        same_time("trial_end", trial_end, on)
        if trial_end <= on:
            raise OutOfOrderError(trial_end, on)
        period = trusted_period(on, trial_end)
        first = anchor or trial_end
    elif anchor is None:
        return trusted_period(on, boundary(on, interval, count(interval))), on
    else:
        period, first = Period.containing(anchor, interval, on), anchor
    return period, moment("anchor", first)


def _month_end_kept(on: Time, trial: int, months: int) -> Time:
    """Return the anchor of periods of so many *months* after a *trial* of months.

    It ends on the 28th where it began *on* the 31st of January, and the periods after
    it are counted from the 31st: of the boundaries that lead there, each counted from
    *on*, the last that has the day, or else the longest month.  Five go through all
    months of the grid, and through a leap year.
    """
    ends = [month_boundary(on, trial - step * months) for step in range(5)]
    return max(ends, key=lambda end: end.day)
