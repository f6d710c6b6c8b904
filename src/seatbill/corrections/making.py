"""What follows an invoice: credit notes, corrections, numbers, mentions.

An invoice never changes.  A credit note takes part of it back, a corrective invoice
makes it out to the right recipient, a number makes it a legal document; each is a
value of its own that names the invoice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from .._values.checks import Time, instance, several
from ..combining import Billed
from ..errors import (
    CurrencyMismatchError,
    MissingDetailsError,
    NoChangeError,
    NothingToCreditError,
    OverCreditedError,
    TaxStatusChangedError,
    UnknownItemError,
    WrongTypeError,
)
from ..money import Money, trusted_money
from ..parties import Party
from ._remaining import Rest
from .given_back import Later
from .notes import CreditNote, CreditReason
from .numbering import NumberedInvoice, invoice_of
from .recipients import CorrectiveInvoice


def credit_note(
    invoice: Billed | NumberedInvoice | CorrectiveInvoice,
    *,
    lines: Mapping[int, Money | None] | Iterable[int] | None = None,
    amount: Money | None = None,
    reason: CreditReason | str,
    issued_on: Time,
    previous: Iterable[CreditNote] = (),
    later: Iterable[Later] = (),
) -> CreditNote:
    """Return a note that takes back part of *invoice*, or all that is left of it.

    *lines* names lines by their place, counted from 0: each whole, or in a mapping
    with an amount in the terms of the line (the taxes on top come back with it;
    ``None`` is all that is left).  *amount* is a part of the total, taxes included:
    split by net and tax, then by rate, then by line, each time by what is left, the
    largest remainders first.  With neither, all that is left comes back.

    *previous* are all notes on the invoice so far.  The tax of the notes together is
    the tax of what they credit together, rounded once for each rate; the last note
    takes what is left.  So the notes never exceed the invoice, in net or in the tax
    of any rate, and all of it credited is the invoice exactly.

    *later* are the other invoices of the subscription and the notes on them, and the
    subscription as it stands, where lines wait for a later invoice.  What those after
    this one gave back of its charges is not left to be taken.

    >>> from datetime import date
    >>> from seatbill import MONTHLY, BillingRules, Plan, Price, subscribe
    >>> pro = Plan("pro", "Pro", 1, [Price(unit_amount="10.00", currency="EUR")])
    >>> team = {"id": "t", "interval": MONTHLY, "seats": 3, "rules": BillingRules()}
    >>> invoice = subscribe(pro, on=date(2026, 4, 1), **team).invoice
    >>> day, five = date(2026, 4, 9), Money("5.00", "EUR")
    >>> credit_note(invoice, amount=five, reason="goodwill", issued_on=day).total
    Money('5.00', 'EUR')

    Raises: NothingToCreditError, OverCreditedError, OutOfOrderError.
    """
    if lines is not None and amount is not None:
        raise WrongTypeError("lines", "lines_or_amount", (lines, amount))
    rest = Rest(invoice, previous, later)
    day = rest.day("issued_on", issued_on)
    if rest.total <= 0:
        raise NothingToCreditError(rest.invoice.key, rest.credited)
    if lines is not None:
        parts = rest.of_lines(lines)
        taxes = rest.taxes_of(parts)
    elif amount is not None:
        units = _positive_units(amount, rest)
        parts, taxes = rest.split(units)
    else:
        parts, taxes = rest.split(rest.total)
    return rest.note(parts, taxes, reason=reason, issued_on=day)


def _positive_units(amount: Money, rest: Rest) -> int:
    """Return the minor units of *amount*, a part of what is left."""
    currency = rest.invoice.currency
    if instance("amount", amount, Money).currency != currency:
        raise CurrencyMismatchError(currency, amount.currency)
    if not 0 < amount.minor_units <= rest.total:
        left = trusted_money(rest.total, currency)
        raise OverCreditedError(rest.invoice.key, amount, left)
    return amount.minor_units


def _required(values: Iterable[str]) -> tuple[str, ...]:
    names = several("required", values, str)
    for name in names:
        if name not in _DETAILS:
            raise UnknownItemError("detail", name, _DETAILS)
    return names


_DETAILS: Final = tuple(field.name for field in attrs.fields(Party))
_KEPT: Final = ("name", "address", "country")


def correct_recipient(
    invoice: Billed | NumberedInvoice | CorrectiveInvoice,
    recipient: Party,
    *,
    use_from_now_on: bool,
    required: Iterable[str] = ("name",),
    by: str | None = None,
    decision_roles: Iterable[str] = (),
) -> CorrectiveInvoice:
    """Return the request to make *invoice* out to *recipient*; no money moves.

    It waits to be accepted or rejected, by one of *decision_roles* where any are named
    (the ``correction_roles`` of the rules).  *recipient* needs the details that are
    *required* (fields of :class:`Party`), and a name, address and country where the
    old recipient has them.  An accepted correction can be corrected again.

    Raises: MissingDetailsError, NoChangeError where it is the same recipient, and
    TaxStatusChangedError where a VAT number comes or goes or the country changes.
    """
    plain, number_of_it = invoice_of(invoice)
    found = invoice.document if isinstance(invoice, NumberedInvoice) else invoice
    earlier = found if isinstance(found, CorrectiveInvoice) else None
    old, new = plain.recipient, instance("recipient", recipient, Party)
    if new == old:
        raise NoChangeError("recipient", new.name)
    needed = dict.fromkeys(_required(required))
    if old is not None:
        needed |= dict.fromkeys(name for name in _KEPT if getattr(old, name))
        if old.country and new.country and old.country != new.country:
            raise TaxStatusChangedError("country", old.country, new.country)
    missing = [name for name in needed if _is_empty(getattr(new, name))]
    if missing:
        raise MissingDetailsError(tuple(missing))
    had = old.vat_number if old is not None else None
    if bool(had) != bool(new.vat_number):
        raise TaxStatusChangedError("vat_number", had, new.vat_number)
    return CorrectiveInvoice(
        original=earlier.original if earlier else plain,
        original_number=earlier.original_number if earlier else number_of_it,
        previous=old,
        recipient=new,
        use_from_now_on=use_from_now_on,
        sequence=earlier.sequence + 1 if earlier else 1,
        requested_by=by,
        decision_roles=decision_roles,
    )


def _is_empty(value: str | tuple[str, ...] | None) -> bool:
    """Return whether a detail says nothing."""
    lines = (value,) if isinstance(value, str) else value or ()
    return not any(line.strip() for line in lines)
