"""Which documents there are, and what may be said about each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from ..parties import BuyerReferences, Party
from ..payments.means import PaymentInstructions
from ..quotes import Quote
from ..seats import Member, Occupancy
from ..subscriptions import Outcome
from ..views import BillingView
from ._invoice_sheets import Document, Said, document_sheet
from ._markup import isolated
from ._setting import PLAIN, Setting, setting_for
from ._statement_sheets import outcome_sheet, quote_sheet, statement_sheet
from ._view_sheets import view_sheet
from .looks import Look
from .sheets import Notes, Sheet

Printable = Document | BillingView | Statement | Outcome | Quote
"""What can be written as a document."""

_INVOICES = (Invoice, CombinedInvoice, CreditNote, CorrectiveInvoice, NumberedInvoice)


def to_sheet(
    document: Printable,
    *,
    locale: str = "en",
    catalog: Catalog | None = None,
    seller: Party | None = None,
    note: str | None = None,
    preview: bool = False,
    members: Iterable[Member] | Occupancy | None = None,
    measured: Mapping[str, int] | None = None,
    notes: Iterable[str | None] = (),
    look: Look | None = None,
    payment: PaymentInstructions | None = None,
    references: BuyerReferences | None = None,
) -> Sheet:
    """Return *document* as words in their places, to fill a template of one's own.

    The arguments are those of :func:`~seatbill.documents.to_text`; of *look* a
    template reads the logo, the color, the fonts and the footer itself.

    Raises: LocaleError, OutOfBoundsError, WrongTypeError.
    """
    _, sheet = sheet_of(
        document,
        locale,
        catalog,
        seller,
        note=note,
        preview=preview,
        look=look,
        payment=payment,
        references=references,
        members=members,
        measured=measured,
        notes=notes,
    )
    return sheet


def sheet_of(
    document: Printable,
    locale: str,
    catalog: Catalog | None,
    seller: Party | None,
    *,
    note: str | None,
    preview: bool,
    look: Look | None,
    payment: PaymentInstructions | None,
    references: BuyerReferences | None,
    **history: Any,
) -> tuple[Setting, Sheet]:
    """Return *document* as a sheet of words, and in whose words.

    *history* is what only a statement has: its members, what is measured, its notes.

    Raises: LocaleError, WrongTypeError, OutOfBoundsError.
    """
    _check(document, seller, note, payment, references)
    if flag("preview", preview) and not isinstance(document, Invoice):
        raise WrongTypeError("preview", "for_an_invoice", preview)
    found = PLAIN if look is None else instance("look", look, Look)
    history["notes"] = several("notes", history["notes"], str, type(None)) or None
    if not isinstance(document, Statement):
        for name, value in history.items():
            if value is not None:
                raise WrongTypeError(name, "None for what is no Statement", value)
    if isinstance(document, _INVOICES):
        said = Said(
            seller=seller,
            payment=payment,
            references=references,
            note=note,
            preview=preview,
        )
        setting = setting_for(locale, catalog, look=found)
        return setting, document_sheet(document, setting, said)
    setting, sheet = _sheet(document, locale, catalog, found, seller, **history)
    if note is not None:
        named, *rest = sheet.blocks  # the parties stand first
        sheet = attrs.evolve(sheet, blocks=(named, Notes((isolated(note),)), *rest))
    return setting, sheet


def _check(
    document: object, seller: object, note: object, payment: object, references: object
) -> None:
    """Refuse what cannot be said, or not of *document*."""
    if seller is not None:
        instance("seller", seller, Party)
    if note is not None:
        text("note", note)
    if payment is not None:
        instance("payment", payment, PaymentInstructions)
        if not _is_invoice(document):
            raise WrongTypeError("payment", "for_an_invoice", payment)
    if references is not None:
        instance("references", references, BuyerReferences)
        if not isinstance(document, _INVOICES):
            raise WrongTypeError("references", "for_an_invoice", references)


def _is_invoice(document: object) -> bool:
    """Tell whether *document* asks for money, with its number or without."""
    if isinstance(document, NumberedInvoice):
        document = document.document
    return isinstance(document, Invoice | CombinedInvoice | CorrectiveInvoice)


def _sheet(
    document: Any,
    locale: str,
    catalog: Catalog | None,
    look: Look,
    seller: Party | None,
    *,
    members: Any,
    measured: Any,
    notes: Any,
) -> tuple[Setting, Sheet]:
    """Return the sheet of each kind of document that is no invoice."""
    if isinstance(document, Quote):
        setting = setting_for(locale, catalog, document.outcome.subscription, look=look)
        return setting, quote_sheet(document, setting, seller)
    if isinstance(document, BillingView | Outcome):
        setting = setting_for(locale, catalog, document.subscription, look=look)
        write: Any = view_sheet if isinstance(document, BillingView) else outcome_sheet
        return setting, write(document, setting, seller)
    if not isinstance(document, Statement):
        wanted = "Invoice | CreditNote | CorrectiveInvoice | BillingView | Statement"
        raise WrongTypeError("document", wanted, document)
    setting = setting_for(locale, catalog, document, look=look)
    if members is not None and not isinstance(members, Occupancy):
        members = several("members", members, Member)
    if measured is not None:
        measured = Quantities(mapping("measured", measured))
    return setting, statement_sheet(
        document, setting, seller, members=members, measured=measured, notes=notes or ()
    )
