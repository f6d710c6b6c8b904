"""An invoice and what follows it, as a sheet of words.

Titles follow the type of the document (EN 16931 BT-3): an invoice whose total is
negative is a credit note, and says where the money went.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._values.checks import Time
from ..combining import Billed, CombinedInvoice
from ..corrections import (
    CorrectionState,
    CorrectiveInvoice,
    CreditNote,
    CreditNoteLine,
    NumberedInvoice,
)
from ..formatting._locales import conventions
from ..invoices import Invoice
from ..money import Money
from ..parties import Party
from . import _sheets as sheets
from ._line_tables import mentions_of, subtotal, table, time_of, title_of, totals
from ._markup import isolated
from ._setting import Setting

Document = Billed | CreditNote | CorrectiveInvoice | NumberedInvoice


def document_sheet(
    document: Document, setting: Setting, seller: Party | None, *, preview: bool
) -> sheets.Sheet:
    """Return *document* in its words, with its number where it has one."""
    numbered = None
    if isinstance(document, NumberedInvoice):
        numbered, seller = document, seller or document.supplier
        document = document.document
    if isinstance(document, CreditNote):
        return _credit_note(document, setting, numbered, seller)
    if isinstance(document, CorrectiveInvoice):
        return _correction(document, setting, numbered, seller)
    return invoice_sheet(document, setting, numbered, seller, preview=preview)


def invoice_sheet(
    invoice: Billed,
    setting: Setting,
    numbered: NumberedInvoice | None = None,
    seller: Party | None = None,
    *,
    preview: bool = False,
    parties: bool = True,
    brief: bool = False,
) -> sheets.Sheet:
    """Return an invoice, or with *preview* what the next one would be.

    A *brief* one is part of a page; *parties* say to whom it is.
    """
    _ = setting.words.gettext
    title = _("Credit note") if invoice.total_minor < 0 else _("Invoice")
    notes = []
    if preview:
        title = _("Next invoice")
        notes.append(_("This is a preview: nothing has been charged yet."))
    combined = isinstance(invoice, CombinedInvoice)
    if not (invoice.lines or combined):
        notes.append(_("It has no lines: there is nothing to charge."))
    if invoice.total_minor < 0:
        notes.append(_negative(invoice, setting))
    notes += mentions_of(invoice.taxes, setting)
    dates = _dates(invoice.issued_on, setting, numbered, preview=preview)
    facts = (*dates, *_reason(invoice, setting))
    return sheets.Sheet(
        kind="preview" if preview else "invoice",
        title=title,
        number=_number(invoice.key, numbered),
        tag=_("Preview") if preview else None,
        blocks=(
            *((parties_of(seller, invoice.recipient, setting),) if parties else ()),
            sheets.Facts(facts, brief=brief),
            *body(invoice, setting),
            totals(invoice, setting, preview=preview),
            sheets.Notes(tuple(notes)),
        ),
    )


def _reason(invoice: Billed, setting: Setting) -> Iterator[sheets.Fact]:
    """Yield why an invoice was made; several have no one reason."""
    if isinstance(invoice, Invoice):
        said = setting.says(invoice.billing_reason)
        yield sheets.Fact(setting.words.gettext("Reason"), said)


def body(invoice: Billed, setting: Setting) -> Iterator[sheets.Block]:
    """Yield the table of an invoice, or a group for each of several."""
    if isinstance(invoice, Invoice):
        yield from table(invoice, setting)
        return
    for each in invoice.invoices:
        yield _group(each, setting)


def _group(invoice: Invoice, setting: Setting) -> sheets.Sheet:
    """Return one invoice of several: whose seats they are, its lines and their sum."""
    _ = setting.words.gettext
    holder = invoice.recipient
    facts = [sheets.Fact(_("Reference"), isolated(invoice.key))]
    if holder is not None:
        facts.append(sheets.Fact(_("Used by"), isolated(holder.name)))
    sum_of_lines = sheets.Total(_("Subtotal"), setting.money(invoice.subtotal))
    return sheets.Sheet(
        kind="group",
        title=_("Subscription"),
        number=isolated(invoice.subscription_id),
        blocks=(
            sheets.Facts((*facts, *_reason(invoice, setting)), brief=True),
            *table(invoice, setting),
            sheets.Totals((sum_of_lines,)),
        ),
    )


def _negative(invoice: Billed, setting: Setting) -> str:
    """Return where a negative total goes; what a gift paid is a gift again."""
    _ = setting.words.gettext
    granted = invoice.credit_granted
    if not invoice.credit_applied:
        granted -= Money.total(
            [o.amount for o in invoice.credit_lots], granted.currency
        )
    if not granted:
        return _("The total is negative (document type 381).")
    said = _(
        "The total is negative (document type 381): "
        "%(amount)s goes to the credit balance, which the next invoices use; "
        "what is left when a subscription ends is paid back."
    )
    return said % {"amount": setting.money(granted)}


def _credit_note(
    note: CreditNote,
    setting: Setting,
    numbered: NumberedInvoice | None,
    seller: Party | None,
) -> sheets.Sheet:
    """Return a credit note: what it takes back of which invoice."""
    _ = setting.words.gettext
    credited = sheets.Total(_("Total credited"), setting.money(note.total), strong=True)
    return sheets.Sheet(
        kind="credit-note",
        title=_("Credit note"),
        number=_number(note.key, numbered),
        blocks=(
            parties_of(seller, note.recipient, setting),
            sheets.Facts(
                (
                    *_dates(note.issued_on, setting, numbered),
                    sheets.Fact(
                        _("Credits invoice"),
                        isolated(note.invoice_number or note.invoice_key),
                    ),
                    sheets.Fact(_("Reason"), setting.says(note.reason)),
                )
            ),
            sheets.Lines(
                caption=_("Credited lines"),
                item=_("Item"),
                time=_("Period"),
                heads=(_("Invoiced"), _("Credited")),
                lines=tuple(_credited(line, setting) for line in note.lines),
            ),
            sheets.Totals((*subtotal(note, setting), credited)),
            sheets.Notes(tuple(mentions_of(note.taxes, setting))),
        ),
    )


def _credited(line: CreditNoteLine, setting: Setting) -> sheets.Line:
    when, time = time_of(line.line, setting)
    cells = setting.money(line.line.amount), setting.money(line.amount)
    title = title_of(line.line, setting)
    return sheets.Line(title=title, when=when, time=time, cells=cells)


def _correction(
    correction: CorrectiveInvoice,
    setting: Setting,
    numbered: NumberedInvoice | None,
    seller: Party | None,
) -> sheets.Sheet:
    """Return a corrected invoice, or the request for it while it is none."""
    _ = setting.words.gettext
    invoice = correction.original
    accepted = correction.state is CorrectionState.ACCEPTED
    day = correction.decided_on or invoice.issued_on
    corrected = correction.original_number or correction.original_key
    facts = [
        *_dates(day, setting, numbered),
        sheets.Fact(_("Corrects invoice"), isolated(corrected)),
        _day(_("Invoice date"), invoice.issued_on, setting),
        *_reason(invoice, setting),
    ]
    notes = [_("Only the recipient is corrected: no amount changes.")]
    if correction.reason is not None:
        rejected = _("The correction was rejected: %(reason)s")
        notes.append(rejected % {"reason": isolated(correction.reason)})
    notes += mentions_of(invoice.taxes, setting)
    parties = parties_of(seller, correction.recipient, setting).parties
    if correction.previous is not None:
        before = _party(_("Made out before to"), correction.previous, setting)
        parties = (*parties, before)
    return sheets.Sheet(
        kind="correction",
        title=_("Corrective invoice") if accepted else _("Request for a correction"),
        number=_number(correction.key, numbered),
        tag=None if accepted else setting.says(correction.state),
        blocks=(
            sheets.Parties(parties),
            sheets.Facts(tuple(facts if accepted else facts[1:])),
            *body(invoice, setting),
            totals(invoice, setting),
            sheets.Notes(tuple(notes)),
        ),
    )


# The head.


def _number(key: str, numbered: NumberedInvoice | None) -> str:
    return isolated(key if numbered is None else numbered.number)


def _day(label: str, day: Time, setting: Setting) -> sheets.Fact:
    return sheets.Fact(label, setting.day(day), day)


def _dates(
    issued_on: Time,
    setting: Setting,
    numbered: NumberedInvoice | None,
    *,
    preview: bool = False,
) -> Iterator[sheets.Fact]:
    """Yield when a document was issued and is due, and its key beside a number."""
    _ = setting.words.gettext
    label = _("Due on") if preview else _("Issued on")
    if numbered is None:
        yield _day(label, issued_on, setting)
        return
    yield _day(label, numbered.issued_on, setting)
    if numbered.due_on is not None:
        yield _day(_("Due on"), numbered.due_on, setting)
    yield sheets.Fact(_("Reference"), isolated(numbered.key))


def parties_of(
    seller: Party | None, recipient: Party | None, setting: Setting
) -> sheets.Parties:
    """Return who supplies and who receives, where they are known."""
    _ = setting.words.gettext
    named = ((_("From"), seller), (_("Bill to"), recipient))
    return sheets.Parties(
        tuple(_party(label, party, setting) for label, party in named if party)
    )


def _party(label: str, party: Party, setting: Setting) -> sheets.PartyBlock:
    """Return a party with its address, its country by name, and its numbers."""
    _ = setting.words.gettext
    details = [isolated(line) for line in party.printed_address if line]
    if party.country is not None:
        territories = conventions(setting.locale).locale.territories
        details.append(territories.get(party.country, party.country))
    numbers = (
        (_("VAT number %(number)s"), party.vat_number),
        (_("Registered as %(number)s"), party.registration),
    )
    for said, number in numbers:
        if number is not None:
            details.append(said % {"number": isolated(number)})
    return sheets.PartyBlock(label, isolated(party.name), tuple(details))
