"""Where the money of credit notes goes: off what is open, back, or to the balance.

An invoice of 100.00, of which 20.00 came from the balance and 30.00 were paid, has
50.00 open.  A note of 60.00 takes these 50.00 off, and 10.00 of what was paid go back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

import attrs

from .._values.base import Value
from .._values.checks import instance, text
from ..combining import Billed
from ..credit import CreditLot, lot_list
from ..errors import CurrencyMismatchError, OutOfBoundsError, OverCreditedError
from ..money import Money, trusted_money
from ._remaining import checked_notes
from .notes import CreditNote
from .numbering import NumberedInvoice, invoice_of
from .recipients import CorrectiveInvoice


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class CreditSplit(Value):
    """Where the total of one credit note goes; none of the parts is below zero.

    *off_open* need not be paid any more, *refunded* goes back as money, *to_balance* to
    the credit that it came from: hand that to ``GrantCredit``.  *lots* is what of it
    came from lots, which each get their own back with their kind and last day; the
    rest is money.

    Raises: CurrencyMismatchError, OutOfBoundsError.
    """

    note_key: str
    off_open: Money
    refunded: Money
    to_balance: Money
    lots: tuple[CreditLot, ...] = attrs.field(default=(), converter=lot_list)

    def __attrs_post_init__(self) -> None:
        text("note_key", self.note_key)
        currency = instance("off_open", self.off_open, Money).currency
        for name in ("off_open", "refunded", "to_balance"):
            amount = instance(name, getattr(self, name), Money)
            if amount.currency != currency:
                raise CurrencyMismatchError(currency, amount.currency)
            if amount.minor_units < 0:
                raise OutOfBoundsError(name, amount, Money.zero(currency), None)
        of_lots = Money.total([lot.amount for lot in self.lots], currency)
        if of_lots > self.to_balance:
            raise OutOfBoundsError(
                "lots", of_lots, Money.zero(currency), self.to_balance
            )

    @property
    def total(self) -> Money:
        """The total of the note."""
        return self.off_open + self.refunded + self.to_balance


def split_credit(
    invoice: Billed | NumberedInvoice | CorrectiveInvoice,
    notes: Iterable[CreditNote],
    *,
    paid: Money,
) -> tuple[CreditSplit, ...]:
    """Return where each of *notes*, all that *invoice* has, sends its total.

    *paid* is all the money that was ever paid for the invoice, whatever went back
    since; what its balance paid stands on it.  In the order of the notes, each takes
    first off what is still open, then gives back what was paid as money, and sends
    the rest to the balance: money first, then each lot that paid, the last one first.
    Together they never give back more than was paid, nor send more to the balance, or
    to a lot, than came from it.  What rounding added to the amount payable stays paid,
    and what it took off is still open where all is credited.

    Raises: OutOfBoundsError where more was paid than was due, OverCreditedError where
    the notes exceed the invoice, UnknownItemError where a note is of another invoice
    or one before it is missing, DuplicateError, CurrencyMismatchError.
    """
    plain, _ = invoice_of(invoice)
    currency, due = plain.currency, plain.amount_due
    if instance("paid", paid, Money).currency != currency:
        raise CurrencyMismatchError(currency, paid.currency)
    zero = Money.zero(currency)
    if not zero <= paid <= due:
        raise OutOfBoundsError("paid", paid, zero, due)
    # Notes are of totals: what rounding added to pay does not come back with them.
    asked = (due - plain.payable_rounding).minor_units
    money = min(paid.minor_units, asked)
    lots = [*reversed(plain.credit_lots)]
    of_lots = [lot.amount.minor_units for lot in lots]
    left = [
        asked - money,
        money,
        plain.credit_applied.minor_units - sum(of_lots),
        *of_lots,
    ]
    found = []
    for note in checked_notes(plain, notes):
        if note.total.minor_units > sum(left):
            remaining = trusted_money(sum(left), currency)
            raise OverCreditedError(note.key, note.total, remaining)
        parts = _in_turn(note.total.minor_units, left)
        left = [before - part for before, part in zip(left, parts, strict=True)]
        open_part, refunded, *back = (trusted_money(part, currency) for part in parts)
        to_lots = zip(lots, back[1:], strict=True)
        found.append(
            CreditSplit(
                note_key=note.key,
                off_open=open_part,
                refunded=refunded,
                to_balance=Money.total(back, currency),
                lots=[attrs.evolve(lot, amount=part) for lot, part in to_lots if part],
            )
        )
    return tuple(found)


def _in_turn(units: int, left: Iterable[int]) -> list[int]:
    """Return how much of *units* each of *left* takes, the first all that it can."""
    parts = []
    for most in left:
        part = min(units, most)
        parts.append(part)
        units -= part
    return parts
