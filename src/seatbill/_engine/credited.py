"""Credit notes on open charges: what they took back does not come back again.

Takes a note on an invoice of this subscription, and leaves more credited on the
charges that its lines name: no line, no invoice.  Of a charge that is closed, as all
are after a renewal, nothing can come back any more, and there is nothing to record.

Of 10.00 for 30 days a note takes back 4.00; with 20 days left a cancellation gives back
the lesser of 6.67 and what is left, 6.00.
"""

from __future__ import annotations

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
from .state import OpenCharge, State


def record_credit_note(
    state: State, change: RecordCreditNote, _timing: Timing | None
) -> None:
    """Count what a note took back as given back, once, within the room (law 3)."""
    key = change.key
    if key.rpartition(":")[0] != state.id:
        raise UnknownItemError("credit note", key, (state.id,))
    taken = {each.charge_id: each.amount for each in change.charges}
    for amount in taken.values():
        if amount.currency != state.currency:
            raise CurrencyMismatchError(state.currency, amount.currency)
    state.visit(len(state.charges))
    for charge in state.charges:
        id = charge_id(charge.version, charge.terms)
        if id in taken:
            _record(charge, key, id, taken[id])


def _record(charge: OpenCharge, key: str, id: str, amount: Money) -> None:
    """Count *amount* more of *charge* as given back by the note with this *key*.

    A note on a credit takes some of it back, so that less is given back.
    """
    if key in charge.credit_notes:
        raise DuplicateError("credit note", key)
    credited = charge.credited_minor + amount.minor_units
    least, most = sorted((0, charge.charged_minor))
    if not least <= credited <= most:
        left = charge.charged_minor - charge.credited_minor
        raise OverCreditedError(id, amount, trusted_money(left, amount.currency))
    charge.credited_minor = credited
    charge.credit_notes += (key,)
