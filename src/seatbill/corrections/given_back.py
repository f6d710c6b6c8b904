"""What later invoices gave back of an invoice, which no credit note may take again.

A change that ends a charge early gives it back on a later invoice, by a credit that
names the charge.  Of 10.00 for 30 days a cancellation on the 11th gives back 6.67, and
a note on the first invoice may then take 3.33.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .._values.checks import several
from ..combining import Billed, CombinedInvoice
from ..errors import UnknownItemError
from ..invoices import Invoice, LineKind
from ..periods import same_time
from ..subscriptions import Subscription
from .notes import CreditNote
from .numbering import NumberedInvoice, invoice_of
from .recipients import CorrectiveInvoice

Later = (
    Invoice
    | CombinedInvoice
    | NumberedInvoice
    | CorrectiveInvoice
    | CreditNote
    | Subscription
)
"""What is known of the time after an invoice."""


def given_back_later(document: Billed, later: Iterable[Later]) -> list[int]:
    """Return for each line of *document* what was given back of it, in minor units.

    What later invoices charged more for the same charge is given back first.  Notes
    on any other invoice take of the charge, too, and so does what waits on the
    subscription for a later invoice.
    """
    known = several("later", later, *Later.__args__)
    waiting = {o.id: o.waiting_lines for o in known if isinstance(o, Subscription)}
    notes = [each for each in known if isinstance(each, CreditNote)]
    invoices: dict[str, Invoice] = {}
    keys: dict[str, str] = {}
    for each in known:
        if not isinstance(each, CreditNote | Subscription):
            billed = invoice_of(each)[0]
            for invoice in _single(billed):
                invoices[invoice.key] = invoice
                keys[invoice.key] = billed.key
    own = _single(document)
    ids = {invoice.subscription_id for invoice in own}
    for invoice in invoices.values():
        same_time("later", invoice.issued_on, document.issued_on)
        if invoice.subscription_id not in ids:
            raise UnknownItemError("invoice", invoice.key, tuple(ids))
    for id in waiting:
        if id not in ids:
            raise UnknownItemError("subscription", id, tuple(ids))
    found: list[int] = []
    for invoice in own:
        others = [
            each
            for each in invoices.values()
            if each.subscription_id == invoice.subscription_id
            and each.version != invoice.version
        ]
        after = [each for each in others if each.version > invoice.version]
        nets = _net(after, keys, notes), _net(others, keys, notes)
        for net in nets:
            for line in waiting.get(invoice.subscription_id, ()):
                net[line.charge_id] += line.amount_minor
        found += _of_invoice(invoice, *nets)
    return found


def _single(document: Billed) -> tuple[Invoice, ...]:
    """Return the invoices that *document* is made of."""
    if isinstance(document, CombinedInvoice):
        return document.invoices
    return (document,)


def _net(
    invoices: Iterable[Invoice], keys: dict[str, str], notes: Iterable[CreditNote]
) -> Counter[str]:
    """Return by charge what *invoices* come to after the *notes* on them."""
    net: Counter[str] = Counter()
    documents = set[str]()
    for invoice in invoices:
        documents.add(keys[invoice.key])
        for line in invoice.lines:
            net[line.charge_id] += line.amount_minor
    for note in notes:
        if note.invoice_key in documents:
            for taken in note.lines:
                net[taken.line.charge_id] -= taken.amount.minor_units
    return net


def _of_invoice(
    invoice: Invoice, after: Counter[Any], others: Counter[Any]
) -> list[int]:
    """Return what was given back of each line, of those of a charge the last first.

    By what later invoices came to, or by all others, where notes on earlier ones took
    what is left of the charge.
    """
    found = [0] * len(invoice.lines)
    for place in reversed(range(len(found))):
        line = invoice.lines[place]
        if line.kind is LineKind.CREDIT:
            continue  # it is taken back whole: so no note exceeds its invoice
        nets = after[line.charge_id], others[line.charge_id]
        back = min(max(-min(nets), 0), max(line.amount_minor, 0))
        back += max(min(-max(nets), 0), min(line.amount_minor, 0))
        found[place] = back
        after[line.charge_id] += back
        others[line.charge_id] += back
    return found
