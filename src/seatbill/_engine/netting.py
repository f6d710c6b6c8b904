"""What is paid for all of it, less the amounts off: no more goes back (law 3).

Takes the charges and the lines of a call, and leaves credits that are cut to what was
paid net.  What shares the plan's period is one sum; what an add-on with an interval of
its own and the amounts off that one come to is another, by its id.

3.00 off 10.00, of which a credit note took 7.00: the cancellation takes 2.00 of the
discount back, and gives back no more than these 2.00, not 3.00.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from ..invoices import InvoiceLine
from .invoicing import count_noted
from .members import ADD_ON_ITEM, DISCOUNT_ITEM, PLAN_ITEM
from .state import OpenCharge, State


def amount_off_of(
    state: State, charges: Iterable[OpenCharge], alone: str | None = None
) -> OpenCharge | None:
    """Return the first amount off among *charges*, if any runs.

    That is of the plan's period, or of the own one of the add-on *alone*.
    """
    return next(
        (
            charge
            for charge in charges
            if charge.terms.item_kind is DISCOUNT_ITEM
            and state.own_of(charge.terms) == alone
        ),
        None,
    )


def is_beside(first: OpenCharge, version: int, kind: str) -> bool:
    """Return whether what *version* opened is in the period of the amount off."""
    return kind in _KINDS and version >= first.version


_KINDS: Final = (PLAN_ITEM, ADD_ON_ITEM, DISCOUNT_ITEM)


def note_closed(state: State, closed: list[OpenCharge], left: list[OpenCharge]) -> None:
    """Note what is left of charges that were *closed*, by the period that they ran in.

    Where no amount off is *left* in it, no more has come back than was paid.
    """
    for alone in dict.fromkeys([None, *[state.own_of(c.terms) for c in closed]]):
        if amount_off_of(state, left, alone) is None:
            keep_net(state, alone)
        else:
            note_ended(state, closed, alone)


def note_ended(
    state: State, ended: Iterable[OpenCharge], alone: str | None = None
) -> None:
    """Note what is left of charges that *ended* beside an amount off."""
    first = amount_off_of(state, state.charges, alone)
    if first is not None:
        first.ended_minor += net_left(state, ended, alone)


def net_left(
    state: State, charges: Iterable[OpenCharge], alone: str | None = None
) -> int:
    """Return what was charged in advance for *charges* and has not come back.

    Those of the plan's period count, or those of the own one of the add-on *alone*.
    """
    return sum(
        charge.ended_minor + charge.charged_minor - charge.credited_minor
        for charge in charges
        if not charge.terms.in_arrears and state.own_of(charge.terms) == alone
    )


def keep_all_net(state: State) -> None:
    """Keep today's credits of each period within what was paid beside amounts off."""
    for alone in (None, *state.own):
        keep_net(state, alone)


def keep_net(state: State, alone: str | None = None) -> None:
    """Keep today's credits within what was paid beside an amount off, and above it.

    What a credit note took of a price may be more than is left of it beside the amount
    off; changes alone exceed it by the rounding of their lines.  Credits are cut, what
    was written last first, at the rates of the amount off before others; beside a note
    no more of the amount off is taken back than what comes back.
    """
    first = amount_off_of(state, state.charges, alone)
    if state.noted:
        for charge in state.charges:
            count_noted(state, charge)
    if first is None:
        return
    noted = any(c.credit_notes for c in state.charges if state.own_of(c.terms) == alone)
    rates = first.terms.tax_rates
    today = [
        line
        for line in reversed(state.lines)
        if is_beside(first, line.charge_version, line.terms.item_kind)
        and state.own_of(line.terms) == alone
    ]
    today.sort(key=lambda line: line.terms.tax_rates != rates)
    left = net_left(state, state.charges, alone)
    before = left - sum(line.amount_minor for line in today)
    over = max(min(before, 0) - left, 0)
    if not (over or noted):
        return
    back = 0
    cut: dict[int, InvoiceLine | None] = {}
    for line in today:
        if line.amount_minor < 0:
            more = min(over, -line.amount_minor)
            over -= more
            back -= line.amount_minor + more
            if more:
                cut[id(line)] = _cut(state, line, more, first)
    for line in today:
        if noted and line.amount_minor > 0 and line.terms.item_kind is DISCOUNT_ITEM:
            more = max(line.amount_minor - back, 0)
            back -= line.amount_minor - more
            if more:
                cut[id(line)] = _cut(state, line, -more, first)
    lines = [cut.get(id(line), line) for line in state.lines]
    state.lines = [line for line in lines if line is not None]


def _cut(
    state: State, line: InvoiceLine, more: int, first: OpenCharge
) -> InvoiceLine | None:
    """Return *line* with so much *more*, if that leaves any, counted on its charge."""
    for charge in state.charges:
        if charge.version == line.charge_version and charge.terms == line.terms:
            charge.credited_minor -= more
            break
    else:
        first.ended_minor += more
    amount = line.amount_minor + more
    if not amount:
        return None
    return attrs.evolve(line, amount_minor=amount, cap_minor=abs(amount))
