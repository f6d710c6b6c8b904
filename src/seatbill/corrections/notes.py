"""A credit note, as a value: what is taken back of one invoice, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

import attrs

from .._values.base import Word, worded
from .._values.checks import Time, instance, several, text, whole
from ..combining import CombinedInvoice
from ..errors import CurrencyMismatchError, UnknownItemError
from ..invoices import InvoiceLine
from ..money import Money, trusted_money
from ..parties import Party
from ..periods import keep_times, same_time
from ..subscriptions import CreditedCharge, RecordCreditNote
from ..taxes import TaxAmount, exclusive_tax


class CreditReason(Word):
    """Why part of an invoice is taken back.

    :BILLING_ERROR: It was billed wrongly.
    :CORRECTED_HISTORY: What was billed is not what happened; made by ``rebill``.
    :DUPLICATE: It was billed twice.
    :FRAUDULENT: Nobody who may had ordered it.
    :GOODWILL: Nothing was wrong; the customer is shown favor.
    :NOT_DELIVERED: What was billed was not supplied.
    :ORDER_CHANGED: The customer ordered something else.
    :TAX_STATUS_CHANGED: The recipient's VAT status or country was wrong; an invoice is
        made anew.
    :OTHER: None of the others.
    """

    BILLING_ERROR = "billing_error"
    CORRECTED_HISTORY = "corrected_history"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    GOODWILL = "goodwill"
    NOT_DELIVERED = "not_delivered"
    ORDER_CHANGED = "order_changed"
    TAX_STATUS_CHANGED = "tax_status_changed"
    OTHER = "other"


@final
@attrs.frozen(order=False)
class CreditNoteLine:
    """What is taken back of the invoice's line at *index*, with the line's sign."""

    index: int
    line: InvoiceLine
    amount: Money

    def __attrs_post_init__(self) -> None:
        whole("index", self.index)
        line = instance("line", self.line, InvoiceLine)
        if instance("amount", self.amount, Money).currency != line.currency:
            raise CurrencyMismatchError(line.currency, self.amount.currency)


def _note_lines(values: Iterable[CreditNoteLine]) -> tuple[CreditNoteLine, ...]:
    return several("lines", values, CreditNoteLine)


def _taxes(values: Iterable[TaxAmount]) -> tuple[TaxAmount, ...]:
    return several("taxes", values, TaxAmount)


@final
@attrs.frozen(kw_only=True, order=False, field_transformer=worded)
class CreditNote:
    """What is taken back of one invoice; the amounts are positive (type 381).

    *sequence* counts the notes on the invoice from 1.  *invoice_number* is set where
    the invoice was numbered.
    """

    invoice_key: str
    invoice_number: str | None = None
    sequence: int
    reason: CreditReason = attrs.field(converter=CreditReason)
    issued_on: Time
    currency: str
    lines: tuple[CreditNoteLine, ...] = attrs.field(converter=_note_lines)
    taxes: tuple[TaxAmount, ...] = attrs.field(converter=_taxes)
    recipient: Party | None = None

    def __attrs_post_init__(self) -> None:
        text("invoice_key", self.invoice_key)
        if self.invoice_number is not None:
            text("invoice_number", self.invoice_number)
        whole("sequence", self.sequence, 1)
        keep_times(self, "issued_on")
        for i, line in enumerate(self.lines):
            same_time(f"lines[{i}].line.start", line.line.start, self.issued_on)
        amounts = [line.amount for line in self.lines]
        amounts += [tax.amount for tax in self.taxes]
        Money.total(amounts, self.currency)  # refuses another currency
        if self.recipient is not None:
            instance("recipient", self.recipient, Party)

    @property
    def key(self) -> str:
        """The same for the same note: the invoice's key and the sequence."""
        return f"{self.invoice_key}/credit-{self.sequence}"

    def to_record(self) -> RecordCreditNote:
        """Return the change that tells the subscription of it.

        What it took back of the charges that are open is then not given back again.
        A note on a combined invoice has :meth:`to_records`.
        """
        return self._record(self.key, self.lines)

    def to_records(self, invoice: CombinedInvoice) -> dict[str, RecordCreditNote]:
        """Return by subscription the change that tells it of its part of the note.

        Raises: UnknownItemError where it is a note on another invoice.
        """
        instance("invoice", invoice, CombinedInvoice)
        if invoice.key != self.invoice_key:
            raise UnknownItemError("credit note", self.key, (invoice.key,))
        parts = [part for part in invoice.invoices for _ in part.lines]
        found: dict[str, list[CreditNoteLine]] = {}
        keys: dict[str, str] = {}
        for each in self.lines:
            part = parts[each.index]
            found.setdefault(part.subscription_id, []).append(each)
            keys.setdefault(part.subscription_id, f"{part.key}/{self.key}")
        return {id: self._record(keys[id], lines) for id, lines in found.items()}

    def _record(self, key: str, lines: Iterable[CreditNoteLine]) -> RecordCreditNote:
        """Return the record of what *lines* took back, charge by charge."""
        taken: dict[str, int] = {}
        for each in lines:
            id = each.line.charge_id
            taken[id] = taken.get(id, 0) + each.amount.minor_units
        charges = [
            CreditedCharge(id, trusted_money(units, self.currency))
            for id, units in taken.items()
        ]
        return RecordCreditNote(key, charges)

    @property
    def subtotal(self) -> Money:
        """The sum of the lines."""
        return Money.total([line.amount for line in self.lines], self.currency)

    @property
    def tax(self) -> Money:
        """The sum of the taxes, inclusive ones too."""
        return Money.total([tax.amount for tax in self.taxes], self.currency)

    @property
    def total(self) -> Money:
        """What the customer gets back: the subtotal and the taxes on top of it."""
        on_top = exclusive_tax(self.taxes)
        return self.subtotal + trusted_money(on_top, self.currency)

    @property
    def total_excluding_tax(self) -> Money:
        """The total without any tax."""
        return self.total - self.tax
