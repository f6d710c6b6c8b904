"""Credit notes on open charges: what they took back does not come back again.

Takes a note on an invoice of this subscription, and leaves more credited on the
charges that its lines name: no line, no invoice.  Of a charge that is closed, as all
are after a renewal, nothing can come back any more, and there is nothing to record;
only beside an amount off it counts in the period's net (``netting.keep_net``).

Of 10.00 for 30 days a note takes back 4.00; with 20 days left a cancellation gives back
the lesser of 6.67 and what is left, 6.00.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import (
    CurrencyMismatchError,
    DuplicateError,
    OverCreditedError,
    UnknownItemError,
)
from ..invoices import charge_id
from ..money import Money, trusted_money
from ..rules import Timing
from ..subscriptions import RecordCreditNote
from ..subscriptions.parts import OF_ADD_ON
from .invoicing import count_noted
from .members import ADD_ON_ITEM, DISCOUNT_ITEM
from .netting import amount_off_of, is_beside, net_left
from .state import OpenCharge, State


def record_credit_note(
    state: State, change: RecordCreditNote, _timing: Timing | None
) -> None:
    """Count what a note took back as given back, once, within the room (law 3)."""
    key = change.key
    version, *_ = key.removeprefix(f"{state.id}:").split("/")
    if not version.isdecimal() or not key.startswith(f"{state.id}:"):
        raise UnknownItemError("credit note", key, (state.id,))
    taken = {each.charge_id: each.amount for each in change.charges}
    for amount in taken.values():
        if amount.currency != state.currency:
            raise CurrencyMismatchError(state.currency, amount.currency)
    state.visit(len(state.charges))
    if any(key in charge.credit_notes for charge in state.charges):
        raise DuplicateError("credit note", key)
    periods = None, *state.own
    before = [net_left(state, state.charges, alone) for alone in periods]
    for charge in state.charges:
        id = charge_id(charge.version, charge.terms)
        if id in taken:
            _record(charge, id, taken.pop(id))
            charge.credit_notes += (key,)
    if state.has_amounts_off:
        _record_beside(state, key, taken)
    for alone, was in zip(periods, before, strict=True):
        left = net_left(state, state.charges, alone)
        if left < min(was, 0):
            own = Money.from_minor_units
            raise OverCreditedError(
                key, own(was - left, state.currency), own(was, state.currency)
            )


def _record(charge: OpenCharge, id: str, amount: Money) -> None:
    """Count *amount* more of *charge* as given back.

    A note on a credit takes some of it back, so that less is given back.
    """
    credited = charge.credited_minor + amount.minor_units
    least, most = sorted((0, charge.charged_minor))
    if not least <= credited <= most:
        left = charge.charged_minor - charge.credited_minor
        raise OverCreditedError(id, amount, trusted_money(left, amount.currency))
    charge.credited_minor = credited


def count_all_noted(state: State) -> None:
    """Count on the open charges all notes that are known but were not recorded."""
    state.open_charges()
    for charge in state.charges:
        count_noted(state, charge, today=True)
    for alone in (None, *state.own):
        first = amount_off_of(state, state.charges, alone)
        if first is not None:
            keys = [key for charge in state.charges for key in charge.credit_notes]
            first.credit_notes = tuple(dict.fromkeys(keys))
    state.version += 1


def _record_beside(state: State, key: str, taken: Mapping[str, Money]) -> None:
    """Note the *key* on the amount off, and what was *taken* of charges that ended."""
    for alone in (None, *state.own):
        first = amount_off_of(state, state.charges, alone)
        if first is None:
            continue
        if key not in first.credit_notes:
            first.credit_notes += (key,)
        for id, amount in taken.items():
            version, kind, *item = f"{id}:".split(":")
            of = _add_on_in(kind, item)
            of = of if of in state.own else None
            known = of == alone and version.isdecimal()
            if known and is_beside(first, int(version), kind):
                first.ended_minor -= amount.minor_units


def _add_on_in(kind: str, item: list[str]) -> str | None:
    """Return the add-on that the rest of a charge's id names, or is taken off."""
    if kind == ADD_ON_ITEM:
        return item[0]
    is_off = kind == DISCOUNT_ITEM and item[1:2] == [OF_ADD_ON.rstrip(":")]
    return item[2] if is_off else None
