"""What makes a document legal: its number, its type and what it has to mention."""

from __future__ import annotations

from typing import Final, final

import attrs

from .._values.base import Word, worded
from .._values.checks import Time, instance, text
from ..combining import Billed, CombinedInvoice
from ..errors import (
    AlreadyNumberedError,
    NotAcceptedError,
    OutOfOrderError,
    UnknownItemError,
    WrongTypeError,
)
from ..invoices import Invoice
from ..parties import Party
from ..payments.due_dates import PaymentTerms
from ..periods import keep_times
from ..taxes import TaxCategory
from .notes import CreditNote
from .recipients import CorrectionState, CorrectiveInvoice


class DocumentType(Word):
    """What a document is, by the codes of EN 16931 (UNTDID 1001).

    :INVOICE: An invoice.
    :CREDIT_NOTE: A credit note.
    :CORRECTED_INVOICE: An invoice that takes the place of another.
    """

    INVOICE = "380"
    CREDIT_NOTE = "381"
    CORRECTED_INVOICE = "384"


@final
@attrs.frozen(kw_only=True, order=False)
class NumberedInvoice:
    """A document with its number in the host's gapless series, which never changes.

    *document* is an invoice, a combined one, a credit note or an accepted correction.
    """

    number: str
    document: Invoice | CreditNote | CorrectiveInvoice | CombinedInvoice
    supplier: Party | None = None
    issued_on: Time
    due_on: Time | None = None

    def __attrs_post_init__(self) -> None:
        text("number", self.number)
        earliest = _issued(_unnumbered(self.document))
        if self.supplier is not None:
            instance("supplier", self.supplier, Party)
        keep_times(self, "issued_on", optional=["due_on"], like=earliest)
        for day in (self.issued_on, self.due_on):
            if day is not None and day < earliest:
                raise OutOfOrderError(day, earliest)
            earliest = day or earliest

    @property
    def key(self) -> str:
        """The key of the document."""
        return self.document.key

    @property
    def recipient(self) -> Party | None:
        """Whom the document is made out to."""
        return self.document.recipient

    @property
    def type(self) -> DocumentType:
        """The document's type."""
        return document_type(self.document)

    @property
    def preceding_number(self) -> str | None:
        """The number of the invoice that is credited or corrected (BT-25)."""
        if isinstance(self.document, CreditNote):
            return self.document.invoice_number
        if isinstance(self.document, CorrectiveInvoice):
            return self.document.original_number
        return None


Document = Invoice | CreditNote | CorrectiveInvoice | CombinedInvoice


def number(
    document: Document,
    number: str,
    *,
    supplier: Party | None = None,
    issued_on: Time | None = None,
    due_on: Time | PaymentTerms | None = None,
) -> NumberedInvoice:
    """Return *document* with its *number*; the series is the host's.

    It is issued on its own day unless another one, not earlier, is given; *due_on*
    is the last day to pay, not before that, or the terms that give it.

    Raises: AlreadyNumberedError, NotAcceptedError, OutOfOrderError.
    """
    plain = _unnumbered(document)
    issued = _issued(plain) if issued_on is None else issued_on
    if isinstance(due_on, PaymentTerms):
        due_on = due_on.due_on(issued)
    return NumberedInvoice(
        number=number,
        document=plain,
        supplier=supplier,
        issued_on=issued,
        due_on=due_on,
    )


def document_type(document: Document | NumberedInvoice) -> DocumentType:
    """Return what *document* is; an invoice with a negative total is a credit note.

    Source: EN 16931 BT-3, UNTDID 1001.
    """
    if isinstance(document, NumberedInvoice):
        return document.type
    plain = _unnumbered(document)
    if isinstance(plain, CorrectiveInvoice):
        return DocumentType.CORRECTED_INVOICE
    if isinstance(plain, CreditNote) or plain.total_minor < 0:
        return DocumentType.CREDIT_NOTE
    return DocumentType.INVOICE


@final
@attrs.frozen(order=False, field_transformer=worded)
class Mention:
    """A sentence that the law wants on a document, for one tax rate on it.

    ``str()`` is English; the *reason* is the rate's own, in the host's words.
    """

    category: TaxCategory = attrs.field(converter=TaxCategory)
    rate: str
    reason: str | None

    def __attrs_post_init__(self) -> None:
        if self.category not in _MENTIONS:
            raise UnknownItemError("mention", self.category, tuple(_MENTIONS))
        text("rate", self.rate)
        if self.reason is not None:
            text("reason", self.reason)

    def __str__(self) -> str:
        said = _MENTIONS[self.category]
        return f"{said}: {self.reason}" if self.reason else said


# Directive 2006/112/EC art. 226 (11) and (11a): the exemption, and these two words.
_MENTIONS: Final = {
    TaxCategory.REVERSE_CHARGE: "Reverse charge",
    TaxCategory.EXEMPT: "Exempt from VAT",
    TaxCategory.ZERO: "Zero rated",
    TaxCategory.OUTSIDE_SCOPE: "Outside the scope of VAT",
}


def mentions(document: Document | NumberedInvoice) -> tuple[Mention, ...]:
    """Return what has to be said about tax, in the order of the document's rates.

    Nothing for a standard rate.  Source: Directive 2006/112/EC art. 226 (11), (11a).
    """
    if isinstance(document, NumberedInvoice):
        document = document.document
    plain = _unnumbered(document)
    taxed = plain.original if isinstance(plain, CorrectiveInvoice) else plain
    rates = [tax.rate for tax in taxed.taxes]
    return tuple(
        Mention(rate.category, rate.id, rate.reason)
        for rate in rates
        if rate.category in _MENTIONS
    )


def _unnumbered(document: object) -> Document:
    """Return *document*, one that can be numbered."""
    if isinstance(document, NumberedInvoice):
        raise AlreadyNumberedError(document.key, document.number)
    if isinstance(document, Invoice | CreditNote | CombinedInvoice):
        return document
    if not isinstance(document, CorrectiveInvoice):
        wanted = "Invoice | CreditNote | CorrectiveInvoice | CombinedInvoice"
        raise WrongTypeError("document", wanted, document)
    if document.state is not CorrectionState.ACCEPTED:
        raise NotAcceptedError(document.original_key, document.state)
    return document


def _issued(document: Document) -> Time:
    """Return the day of *document*."""
    if isinstance(document, CorrectiveInvoice):
        return document.document.issued_on
    return document.issued_on


def invoice_of(document: object) -> tuple[Billed, str | None]:
    """Return the invoice that *document* is, perhaps combined, and its number."""
    found = None
    if isinstance(document, NumberedInvoice):
        found = document.number
        document = document.document
    if isinstance(document, CorrectiveInvoice):
        document = document.document
    if isinstance(document, CombinedInvoice):
        return document, found
    return instance("invoice", document, Invoice), found
