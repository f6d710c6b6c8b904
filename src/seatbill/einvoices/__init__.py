"""E-invoices by EN 16931: what a document says, what it lacks, and its XML.

``business_terms`` gives the terms of the standard by their numbers, ``missing`` what a
profile wants beyond them, and ``to_xml`` the bytes (extra ``einvoice``).
"""

from .particulars import (
    AccountingCurrency,
    InvoiceNote,
    Particulars,
    PrecedingInvoice,
    UnitCode,
)
from .profiles import Profile, Syntax
from .stating import business_terms
from .wanting import missing
from .writing import to_xml

__all__ = [
    "AccountingCurrency",
    "InvoiceNote",
    "Particulars",
    "PrecedingInvoice",
    "Profile",
    "Syntax",
    "UnitCode",
    "business_terms",
    "missing",
    "to_xml",
]
