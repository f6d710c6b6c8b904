"""After an invoice: credit notes and their money, corrections, numbers, mentions.

An invoice never changes.  A credit note takes part of it back, a corrective invoice
makes it out to the right recipient, a number makes it a legal document; each is a
value of its own that names the invoice.
"""

from .making import correct_recipient, credit_note
from .notes import CreditNote, CreditNoteLine, CreditReason
from .numbering import (
    DocumentType,
    Mention,
    NumberedInvoice,
    document_type,
    mentions,
    number,
)
from .recipients import CorrectionState, CorrectiveInvoice
from .series import NumberSeries
from .splitting import CreditSplit, split_credit

__all__ = [
    "CorrectionState",
    "CorrectiveInvoice",
    "CreditNote",
    "CreditNoteLine",
    "CreditReason",
    "CreditSplit",
    "DocumentType",
    "Mention",
    "NumberSeries",
    "NumberedInvoice",
    "correct_recipient",
    "credit_note",
    "document_type",
    "mentions",
    "number",
    "split_credit",
]
