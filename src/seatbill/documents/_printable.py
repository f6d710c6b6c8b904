"""Which documents there are, and what may be said about each."""

from __future__ import annotations

from typing import Any

import attrs

from .._values.base import Quantities
from .._values.checks import flag, instance, mapping, several, text
from ..catalogs import Catalog
from ..combining import CombinedInvoice
from ..corrections import CorrectiveInvoice, CreditNote, NumberedInvoice
from ..errors import WrongTypeError
from ..invoices import Invoice
from ..lifecycle import Statement
from ..parties import Party
from ..quotes import Quote
from ..seats import Member, Occupancy
from ..subscriptions import Outcome
from ..views import BillingView
from ._invoice_sheets import Document, document_sheet
from ._markup import isolated
from ._setting import Setting, setting_for
from ._sheets import Notes, Sheet
from ._statement_sheets import outcome_sheet, quote_sheet, statement_sheet
from ._view_sheets import view_sheet

Printable = Document | BillingView | Statement | Outcome | Quote
"""What can be written as a document."""

_INVOICES = (Invoice, CombinedInvoice, CreditNote, CorrectiveInvoice, NumberedInvoice)


def sheet_of(
    document: Printable,
    locale: str,
    catalog: Catalog | None,
    seller: Party | None,
    *,
    note: str | None,
    preview: bool,
    **history: Any,
) -> tuple[Setting, Sheet]:
    """Return *document* as a sheet of words, and in whose words.

    *history* is what only a statement has: its members, what is measured, its notes.

    Raises: LocaleError, WrongTypeError, OutOfBoundsError.
    """
    if seller is not None:
        instance("seller", seller, Party)
    if flag("preview", preview) and not isinstance(document, Invoice):
        raise WrongTypeError("preview", "for_an_invoice", preview)
    if note is not None:
        text("note", note)
    history["notes"] = several("notes", history["notes"], str, type(None)) or None
    if not isinstance(document, Statement):
        for name, value in history.items():
            if value is not None:
                raise WrongTypeError(name, "None for what is no Statement", value)
    found = _sheet(document, locale, catalog, seller, preview=preview, **history)
    if note is None:
        return found
    setting, sheet = found
    said = Notes((isolated(note),))
    return setting, attrs.evolve(sheet, blocks=(said, *sheet.blocks))


def _sheet(
    document: Any,
    locale: str,
    catalog: Catalog | None,
    seller: Party | None,
    *,
    preview: bool,
    members: Any,
    measured: Any,
    notes: Any,
) -> tuple[Setting, Sheet]:
    """Return the sheet of each kind of document."""
    if isinstance(document, _INVOICES):
        setting = setting_for(locale, catalog)
        return setting, document_sheet(document, setting, seller, preview=preview)
    if isinstance(document, Quote):
        setting = setting_for(locale, catalog, document.outcome.subscription)
        return setting, quote_sheet(document, setting, seller)
    if isinstance(document, BillingView | Outcome):
        setting = setting_for(locale, catalog, document.subscription)
        write: Any = view_sheet if isinstance(document, BillingView) else outcome_sheet
        return setting, write(document, setting, seller)
    if not isinstance(document, Statement):
        wanted = "Invoice | CreditNote | CorrectiveInvoice | BillingView | Statement"
        raise WrongTypeError("document", wanted, document)
    setting = setting_for(locale, catalog, document)
    if members is not None and not isinstance(members, Occupancy):
        members = several("members", members, Member)
    if measured is not None:
        measured = Quantities(mapping("measured", measured))
    return setting, statement_sheet(
        document, setting, seller, members=members, measured=measured, notes=notes or ()
    )
