"""A term: begun, passed, moved, ended early, and what was used beyond what was bought.

Takes the state as it stands in its term, and leaves another running term in it, or fees
among the lines: for the rest of a term that ends early, and for counts at a true-up.
What waits for a term's end is in ``scheduled``, which quantities wait in
``quantity_changes``.

A year from 1 January for 10 seats at 10.00 a month, left on 15 March with half of the
rest billed: 9 periods are left, so a fee of 10 × 45.00, and nothing comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import attrs

from .._values.base import Quantities
from .._values.checks import Time
from ..errors import (
    LateNoticeError,
    NoChangeError,
    TermRunsError,
    TooFewSeatsError,
    UnknownItemError,
)
from ..invoices import trusted_period
from ..periods import ONE_DAY, boundary, count, index
from ..proration import ratio
from ..rules import Timing
from ..subscriptions import RecordUsage, SetTerm
from ..terms import EarlyEnd, RunningTerm, Term, TrueUp, TrueUpMode
from .dates import effective_day, is_paused, next_period, term_end
from .invoicing import line_for, new_charge
from .lookup import is_last_of_term
from .makers import trusted_terms
from .members import CANCELLATION_WAY, FEE_ITEM, FEE_LINE, PAUSE, PERIOD_END, PRICE
from .prices import UnitPrice, price_table
from .scheduled import periods_late, rewritten
from .state import State

EARLY_END: Final = "early-end"
TRUE_UP: Final = "true-up"


def set_term(state: State, change: SetTerm, timing: Timing | None) -> None:
    """Begin a term with the running period, or name the one that follows."""
    term, running = change.term, state.term
    if state.free:
        raise NoChangeError("term_of_nothing", state.plan.id)
    if is_paused(state) or any(u.kind is PAUSE for u in state.scheduled):
        raise NoChangeError("term_in_pause", None)
    if term is not None:
        term.check_billed(state.interval)
    if running is None:
        if term is None:
            raise NoChangeError("no_term", None)
        begin(state, term)
    elif state.trial or timing not in (None, PERIOD_END):
        _replace(state, running, term)
    else:
        if term == running.follows:
            raise NoChangeError("term", None)
        if term is None:
            _check_notice(state)
        state.term = attrs.evolve(running, follows=term)


def begin(state: State, term: Term) -> None:
    """Begin *term* with the running period, or with the first that is paid for.

    Raises: TooFewSeatsError where less is owned than its minimum, UnknownUnitError.
    """
    for true_up in term.true_ups:
        state.price_of(true_up.unit)
    for unit, least in (term.minimum or {}).items():
        owned = state.seats.get(unit, 0)
        if state.price_of(unit) and owned < least:
            raise TooFewSeatsError(unit, owned, least, least - owned)
    state.term, state.extras = term.begun(_first_day(state)), True


def _first_day(state: State) -> Time:
    """Return the first day that is paid for: a term begins with it."""
    return state.end if state.trial else state.start


def _check_notice(state: State) -> None:
    """Refuse to let a term be the last after the last day of notice."""
    end = term_end(state)
    if periods_late(state, CANCELLATION_WAY, end):
        days = state.rules.notice_days
        raise LateNoticeError(state.day, end, boundary(end, ONE_DAY, -days), days)


def _replace(state: State, running: RunningTerm, term: Term | None) -> None:
    """Put *term* in the place of the running one; what waited for that waits for it."""
    state.term = None
    if term is not None:
        begin(state, term)
        state.term = _begun(term, _first_day(state), running)
    else:
        state.scheduled = [
            rewritten(update, periods_left=0) if update.periods_left > 1 else update
            for update in state.scheduled
        ]


def _begun(term: Term, on: Time, before: RunningTerm) -> RunningTerm:
    """Return *term* as it runs from *on*, with the counts of the one *before*."""
    kept = {true_up.unit for true_up in term.true_ups}
    used = {unit: n for unit, n in before.used.items() if unit in kept}
    return attrs.evolve(term.begun(on), used=used)


# Periods.


def begin_after_trial(state: State) -> None:
    """Let the term begin today, on the first day that is paid for."""
    running: Any = state.term
    begun = _begun(running.term, state.day, running)
    state.term = attrs.evolve(begun, follows=running.follows)


def begin_anew(state: State) -> None:
    """Let the term begin anew today, with a new period.

    Nothing may wait: it would go before the end that it was asked for.
    """
    running: Any = state.term
    if any(update.kind is not PRICE for update in state.scheduled):
        raise TermRunsError(term_end(state), "restart")
    check_interval(state, state.interval)
    begun = _begun(running.term, state.day, running)
    kept = {"follows": running.follows, "excess": running.excess}
    state.term = attrs.evolve(begun, **kept)


def check_interval(state: State, interval: Any) -> None:
    """Refuse a billing *interval* that does not make up the term, or the next one."""
    running: Any = state.term
    for term in (running.term, running.follows):
        if term is not None:
            term.check_billed(interval)


def pass_boundary(state: State, *, at_end: bool) -> None:
    """At a period's end, bill the true-ups that are due: all where it is *at_end*.

    There a term that goes on is billed for its rest, where that is agreed.
    """
    running: Any = state.term
    last = at_end or is_last_of_term(state)
    for true_up in running.term.true_ups:
        if last or _is_due(state, running, true_up):
            _bill_true_up(state, true_up)
    if at_end and running.term.early_end is EarlyEnd.BILLED:
        bill_rest(state)


def begin_next(state: State) -> None:
    """In the period that has begun, let the term that follows begin, if it is time."""
    running: Any = state.term
    if running.period.end <= state.day:
        follows = running.follows
        if follows is None:
            state.term = None
            state.notify("term_ended", ("on", state.day))
            return
        state.term = _begun(follows, state.day, running)
        until = "until", state.term.period.end
        state.notify("term_renewed", ("on", state.day), until)
    _note_excess(state)


def place_after(state: State, place: int) -> int:
    """Return the place of what waits at *place*, once the next boundary is passed."""
    if place < 2 or not is_last_of_term(state):
        return place if place > 1 else 0
    return 2 if state.term and state.term.follows else 0


def move_term(state: State, steps: int | None) -> None:
    """Let the term end so many *steps* after the running period, which has moved."""
    running: Any = state.term
    if steps is None:
        return
    end = boundary(state.end, state.interval, steps)
    period = trusted_period(running.period.start, end)
    state.term = attrs.evolve(running, period=period)


# An early end.


def check_leaving(state: State) -> None:
    """Refuse an end before the term's, unless it is billed."""
    running = state.term
    if running is None or state.uncharged:
        return
    if running.term.early_end is EarlyEnd.REFUSED:
        raise TermRunsError(term_end(state), "end")


def end_term(state: State) -> None:
    """Bill what is left of the term, and what was used beyond what was bought."""
    running: Any = state.term
    for true_up in running.term.true_ups:
        _bill_true_up(state, true_up)
    bill_rest(state)


def bill_rest(state: State) -> None:
    """Write a fee for each item that is committed, for what is left of the term.

    That is the periods after the running one, for a share by the terms, at today's net
    prices and quantities, and at those agreed for days in the term from then on; of a
    price in arrears what is left of the running period too.  Where they differ it is
    one amount for all of it.
    """
    running: Any = state.term
    term, rest = running.term, dict[str, list[tuple[UnitPrice, int, Fraction]]]()
    here = _left_here(state)
    for left, units, seats in _spans_left(state, running.period.end):
        for name, price, quantity in _committed_items(state, term, units, seats):
            part = left + here * price.in_arrears
            if part:
                rest.setdefault(name, []).append((price, quantity, part))
        here = Fraction(0)
    for name, spans in rest.items():
        price, quantity, _ = spans[0]
        of, each = price.terms, price.each
        fulls = [(Fraction(p.full(n), p.terms.scale), left) for p, n, left in spans]
        if each is None or price.flat or len({(p.full(n), n) for p, n, _ in spans}) > 1:
            each, quantity = of.scale, 1
        else:
            fulls = [(Fraction(1), left) for _, left in fulls]
        each *= sum([full * left for full, left in fulls], Fraction(0)) * term.share
        if each and quantity:
            _write_fee(state, price, EARLY_END, name, quantity, each)


def _spans_left(state: State, end: Time) -> Any:
    """Yield what is left of the term, in spans at one price and quantity each.

    For each how many periods it is, the prices of the plan, and the seats.  A quantity
    agreed for a day in the term is no lower than the one before.
    """
    units, seats, before = state.plan_table.units, {**state.seats}, Fraction(0)
    steps = [
        (effective_day(state, update), update)
        for update in state.scheduled
        if update.from_day is not None and not update.periods_left
    ]
    state.visit(len(state.scheduled))
    for day, update in sorted(steps, key=lambda step: (step[0], step[1].from_day)):
        if day >= end:
            break
        after = _periods_left(state, day)
        yield after - before, units, {**seats}
        before = after
        if update.kind is not PRICE:
            seats[update.key] = max(seats.get(update.key, 0), update.value)
        elif update.value.id == state.plan.id:
            units = price_table(update.value, state.interval, state.context).units
    yield _periods_left(state, end) - before, units, seats


def _left_here(state: State) -> Fraction:
    """Return the share of the running period that is left."""
    if state.day >= state.end:
        return Fraction(0)
    *_, part, parts = state.remaining
    return Fraction(part, parts)


def _periods_left(state: State, end: Time) -> Fraction:
    """Return how many periods follow the running one up to *end*: a stub is a part."""
    if end <= state.end:
        return Fraction(0)
    interval = state.interval
    start, anchor, steps, stop = next_period(state, state.end, interval)
    convention = state.rules.convention
    first = Fraction(*ratio(convention, state.end, stop, (start, stop)))
    last = index(anchor, interval, end)
    last += boundary(anchor, interval, last) < end
    return first + max(-((steps - last) // count(interval)), 0)


def _committed_items(
    state: State, term: Term, units: Mapping[str, UnitPrice], seats: dict[str, int]
) -> Any:
    """Yield what is committed: the name on its fee, its price, and how many."""
    minimum = term.minimum
    least = seats if minimum is None else minimum
    for unit, price in units.items():
        if not price.measured:
            yield unit, price, min(least.get(unit, 0), seats.get(unit, 0))
    for owned in state.add_ons.values() if minimum is None else ():
        if owned.period is not None:
            continue  # its periods are its own
        table = price_table(owned.add_on, state.interval, state.context)
        for unit, price in table.units.items():
            name = owned.add_on.id
            several = len(table.units) > 1
            yield f"{name}:{unit}" if several else name, price, owned.quantity


def _write_fee(
    state: State, price: UnitPrice, id: str, unit: str, quantity: int, each: Fraction
) -> None:
    """Write a fee of today for *quantity* at the exact net price of *each*."""
    of = price.terms
    each = Fraction(each)
    terms = trusted_terms(
        FEE_ITEM,
        id,
        unit,
        state.currency,
        each.numerator,
        of.scale * each.denominator,
        of.discounts,
        of.tax_rates,
        of.convention,
        of.rounding,
        False,
    )
    day = state.day
    after = boundary(day, ONE_DAY, 1)
    span = day, after, trusted_period(day, after), 1, 1
    charge = new_charge(state, terms)  # of which nothing runs on
    line = line_for(span, FEE_LINE, charge, quantity, quantity * each.numerator)
    state.lines.append(line)


# True-ups.


def record_usage(state: State, change: RecordUsage, _timing: Timing | None) -> None:
    """Note how many are used today, and how far that is above what is owned."""
    running: Any = state.term
    true_ups = running.term.true_ups if running else ()
    units = tuple(true_up.unit for true_up in true_ups)
    for unit in change.used:
        if unit not in units:
            raise UnknownItemError("true-up", unit, units)
    used = Quantities({**running.used, **change.used})
    state.term = attrs.evolve(running, used=used)
    _note_excess(state)


def _note_excess(state: State) -> None:
    """Note by how much the counts are above what is owned, where that is more."""
    running: Any = state.term
    if not running.used or state.trial:
        return
    excess = dict(running.excess)
    for unit, used in running.used.items():
        excess[unit] = max(excess.get(unit, 0), used - state.seats.get(unit, 0))
    if excess != running.excess:
        state.term = attrs.evolve(running, excess=Quantities(excess))


def _is_due(state: State, running: RunningTerm, true_up: TrueUp) -> bool:
    """Return whether a span of *true_up* ends with the running period, or in it."""
    every, start = true_up.every, running.period.start
    if every is None:
        return False
    before, now = (
        index(start, every, day) // count(every)
        for day in (max(state.start, start), state.end)
    )
    return now > before


def _bill_true_up(state: State, true_up: TrueUp) -> None:
    """Bill what is used above what is owned, for all of the span, and begin another.

    Under tiers it is the difference of the two totals.
    """
    running: Any = state.term
    unit = true_up.unit
    owned = state.seats.get(unit, 0)
    if true_up.mode is TrueUpMode.PEAK:
        n = running.excess.get(unit, 0)
    else:
        n = max(running.used.get(unit, 0) - owned, 0)
    excess = {key: most for key, most in running.excess.items() if key != unit}
    state.term = attrs.evolve(running, excess=Quantities(excess))
    price = state.plan_table.units.get(unit)
    if not n or price is None or price.flat or price.measured:
        return
    span = true_up.every or running.term.interval
    times = count(span) // count(state.interval)
    each, quantity = price.each, n
    if each is None:
        each, quantity = max(price.full(owned + n) - price.full(owned), 0), 1
    if each:
        _write_fee(state, price, TRUE_UP, unit, quantity, Fraction(each * times))
