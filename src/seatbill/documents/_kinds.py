"""Which documents there are, and what may be said about each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from .._values.base import Quantities
from .._values.checks import flag, instance, mapping, several, text
from ..catalogs import Catalog
from ..corrections import CorrectiveInvoice, CreditNote, NumberedInvoice
from ..errors import WrongTypeError
from ..invoices import Invoice
from ..lifecycle import Statement
from ..parties import Party
from ..seats import Member, Occupancy
from ..subscriptions import Outcome
from ..views import BillingView
from ._histories import outcome_sheet, statement_sheet
from ._invoices import Document, document_sheet
from ._markup import isolated
from ._setting import Setting, setting_for
from ._sheets import Notes, Sheet
from ._views import view_sheet
from .timeline import drawing

__all__ = ["Printable", "sheet_of"]

Printable = Document | BillingView | Statement | Outcome
"""What can be written as a document."""

_INVOICES = (Invoice, CreditNote, CorrectiveInvoice, NumberedInvoice)


def sheet_of(
    document: Printable,
    *,
    locale: str,
    catalog: Catalog | None,
    seller: Party | None,
    note: str | None,
    preview: bool,
    members: Iterable[Member] | Occupancy | None,
    measured: Mapping[str, int] | None,
    notes: Iterable[str | None],
) -> tuple[Setting, Sheet]:
    """Return *document* as a sheet of words, and in whose words.

    Raises: LocaleError, WrongTypeError, OutOfBoundsError.
    """
    if seller is not None:
        instance("seller", seller, Party)
    if flag("preview", preview) and not isinstance(document, Invoice):
        raise WrongTypeError("preview", "for_an_invoice", preview)
    if note is not None:
        text("note", note)
    told = several("notes", notes, str, type(None))
    given = {"members": members, "measured": measured, "notes": told or None}
    if not isinstance(document, Statement):
        for name, value in given.items():
            if value is not None:
                raise WrongTypeError(name, "for_a_statement", value)
    setting, sheet = _sheet(document, locale, catalog, seller, preview=preview, **given)
    if note is not None:
        said = Notes((isolated(note),))
        sheet = attrs.evolve(sheet, blocks=(said, *sheet.blocks))
    return setting, sheet


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
        return setting, document_sheet(
            document, setting, seller=seller, preview=preview
        )
    if isinstance(document, BillingView):
        setting = setting_for(locale, catalog, document.subscription)
        return setting, view_sheet(document, setting, seller=seller)
    if isinstance(document, Outcome):
        setting = setting_for(locale, catalog, document.subscription)
        return setting, outcome_sheet(document, setting, seller=seller)
    if not isinstance(document, Statement):
        wanted = "Invoice | CreditNote | CorrectiveInvoice | BillingView | Statement"
        raise WrongTypeError("document", wanted, document)
    setting = setting_for(locale, catalog, document)
    if members is not None and not isinstance(members, Occupancy):
        members = several("members", members, Member)
    if measured is not None:
        measured = Quantities(mapping("measured", measured))
    outcomes = document.outcomes
    return setting, statement_sheet(
        document,
        outcomes,
        setting,
        seller=seller,
        members=members,
        measured=measured,
        notes=notes or (),
        picture=lambda: drawing(document, outcomes, setting, members=members),
    )
