"""An invoice and what follows it, as a sheet of words.

Titles follow the type of the document (EN 16931 BT-3): an invoice whose total is
negative is a credit note, and says where the money went.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, final

import attrs

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
from ..parties import BuyerReferences, Party
from ..payments.means import PaymentInstructions
from . import sheets
from ._line_tables import line_of, mentions_of, own_columns, subtotal, table, totals
from ._markup import isolated
from ._payment_sheets import payment_sheet
from ._setting import Setting

Document = Billed | CreditNote | CorrectiveInvoice | NumberedInvoice


@final
@attrs.frozen(kw_only=True)
class Said:
    """What is said beside a document: by whom, how it is paid, by which references."""

    seller: Party | None = None
    numbered: NumberedInvoice | None = None
    payment: PaymentInstructions | None = None
    references: BuyerReferences | None = None
    note: str | None = None
    preview: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """The seller's own note, before what has to be said."""
        return () if self.note is None else (isolated(self.note),)


NOTHING: Final = Said()


def document_sheet(document: Document, setting: Setting, said: Said) -> sheets.Sheet:
    """Return *document* in its words, with its number where it has one."""
    if isinstance(document, NumberedInvoice):
        seller = said.seller or document.supplier
        said = attrs.evolve(said, numbered=document, seller=seller)
        document = document.document
    if isinstance(document, CreditNote):
        return _credit_note(document, setting, said)
    if isinstance(document, CorrectiveInvoice):
        return _correction(document, setting, said)
    return invoice_sheet(document, setting, said)


def invoice_sheet(
    invoice: Billed,
    setting: Setting,
    said: Said = NOTHING,
    *,
    parties: bool = True,
    brief: bool = False,
) -> sheets.Sheet:
    """Return an invoice, or what the next one would be.

    A *brief* one is part of a page; *parties* say to whom it is.
    """
    _ = setting.words.gettext
    preview = said.preview
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
    dates = _dates(invoice.issued_on, setting, said)
    facts = (*dates, *_referred(said, setting), *_reason(invoice, setting))
    named = parties_of(said.seller, invoice.recipient, setting)
    return sheets.Sheet(
        kind="preview" if preview else "invoice",
        title=title,
        number=_number(invoice.key, said),
        tag=_("Preview") if preview else None,
        blocks=(
            *((named,) if parties else ()),
            sheets.Facts(facts, brief=brief),
            *body(invoice, setting),
            totals(invoice, setting, preview=preview),
            *_paid(invoice, setting, said),
            sheets.Notes((*said.notes, *notes)),
        ),
    )


def _paid(invoice: Billed, setting: Setting, said: Said) -> Iterator[sheets.Sheet]:
    """Yield how what is due is to be paid; a preview is not."""
    if invoice.amount_due and not said.preview:
        number = invoice.key if said.numbered is None else said.numbered.number
        yield from payment_sheet(
            said.payment, invoice.amount_due, number, said.seller, setting
        )


def _referred(said: Said, setting: Setting) -> Iterator[sheets.Fact]:
    """Yield the references of the buyer."""
    _ = setting.words.gettext
    if said.references is None:
        return
    for name, label in (
        ("buyer_reference", _("Buyer reference")),
        ("purchase_order", _("Purchase order")),
        ("contract", _("Contract")),
    ):
        value = getattr(said.references, name)
        if value is not None:
            yield sheets.Fact(label, isolated(value), name=name)


def _reason(invoice: Billed, setting: Setting) -> Iterator[sheets.Fact]:
    """Yield why an invoice was made; several have no one reason."""
    if isinstance(invoice, Invoice) and setting.look.reason:
        said = setting.says(invoice.billing_reason)
        yield sheets.Fact(setting.words.gettext("Reason"), said, name="reason")


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
    facts = [sheets.Fact(_("Reference"), isolated(invoice.key), name="reference")]
    if holder is not None:
        facts.append(sheets.Fact(_("Used by"), isolated(holder.name), name="used_by"))
    amount = invoice.subtotal
    sum_of_lines = sheets.Total(
        _("Subtotal"), setting.money(amount), "subtotal", amount
    )
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


def _credit_note(note: CreditNote, setting: Setting, said: Said) -> sheets.Sheet:
    """Return a credit note: what it takes back of which invoice."""
    _ = setting.words.gettext
    credited = sheets.Total(
        _("Total credited"),
        setting.money(note.total),
        "credited",
        note.total,
        strong=True,
    )
    of = isolated(note.invoice_number or note.invoice_key)
    return sheets.Sheet(
        kind="credit-note",
        title=_("Credit note"),
        number=_number(note.key, said),
        blocks=(
            parties_of(said.seller, note.recipient, setting),
            sheets.Facts(
                (
                    *_dates(note.issued_on, setting, said),
                    sheets.Fact(_("Credits invoice"), of, name="credits"),
                    *_referred(said, setting),
                    sheets.Fact(_("Reason"), setting.says(note.reason), name="reason"),
                )
            ),
            sheets.Lines(
                caption=_("Credited lines"),
                item=_("Item"),
                time=_("Period"),
                columns=(
                    *own_columns(setting.look),
                    sheets.Column("invoiced", _("Invoiced")),
                    sheets.Column("amount", _("Credited")),
                ),
                lines=tuple(_credited(line, setting) for line in note.lines),
            ),
            sheets.Totals((*subtotal(note, setting), credited)),
            sheets.Notes((*said.notes, *mentions_of(note.taxes, setting))),
        ),
    )


def _credited(line: CreditNoteLine, setting: Setting) -> sheets.Line:
    return attrs.evolve(
        line_of(line.line, setting),
        invoiced=setting.money(line.line.amount),
        amount=setting.money(line.amount),
        source=line,
    )


def _correction(
    correction: CorrectiveInvoice, setting: Setting, said: Said
) -> sheets.Sheet:
    """Return a corrected invoice, or the request for it while it is none."""
    _ = setting.words.gettext
    invoice = correction.original
    accepted = correction.state is CorrectionState.ACCEPTED
    day = correction.decided_on or invoice.issued_on
    corrected = correction.original_number or correction.original_key
    facts = [
        *_dates(day, setting, said),
        sheets.Fact(_("Corrects invoice"), isolated(corrected), name="corrects"),
        _day("corrected_on", _("Invoice date"), invoice.issued_on, setting),
        *_referred(said, setting),
        *_reason(invoice, setting),
    ]
    notes = [*said.notes, _("Only the recipient is corrected: no amount changes.")]
    if correction.reason is not None:
        rejected = _("The correction was rejected: %(reason)s")
        notes.append(rejected % {"reason": isolated(correction.reason)})
    notes += mentions_of(invoice.taxes, setting)
    parties = parties_of(said.seller, correction.recipient, setting).parties
    if correction.previous is not None:
        label = _("Made out before to")
        before = _party("previous", label, correction.previous, setting)
        parties = (*parties, before)
    return sheets.Sheet(
        kind="correction",
        title=_("Corrective invoice") if accepted else _("Request for a correction"),
        number=_number(correction.key, said),
        tag=None if accepted else setting.says(correction.state),
        blocks=(
            sheets.Parties(parties),
            sheets.Facts(tuple(facts if accepted else facts[1:])),
            *body(invoice, setting),
            totals(invoice, setting),
            *_paid(invoice, setting, said),
            sheets.Notes(tuple(notes)),
        ),
    )


# The head.


def _number(key: str, said: Said) -> str:
    return isolated(key if said.numbered is None else said.numbered.number)


def _day(name: str, label: str, day: Time, setting: Setting) -> sheets.Fact:
    return sheets.Fact(label, setting.day(day), day, name=name)


def _dates(issued_on: Time, setting: Setting, said: Said) -> Iterator[sheets.Fact]:
    """Yield when a document was issued and is due, and its key beside a number."""
    _ = setting.words.gettext
    numbered = said.numbered
    if numbered is None:
        label = _("Due on") if said.preview else _("Issued on")
        name = "due_on" if said.preview else "issued_on"
        yield _day(name, label, issued_on, setting)
        return
    yield _day("issued_on", _("Issued on"), numbered.issued_on, setting)
    if numbered.due_on is not None:
        yield _day("due_on", _("Due on"), numbered.due_on, setting)
    yield sheets.Fact(_("Reference"), isolated(numbered.key), name="reference")


def parties_of(
    seller: Party | None, recipient: Party | None, setting: Setting
) -> sheets.Parties:
    """Return who supplies and who receives, where they are known."""
    _ = setting.words.gettext
    named = (("seller", _("From"), seller), ("buyer", _("Bill to"), recipient))
    return sheets.Parties(
        tuple(
            _party(role, label, party, setting) for role, label, party in named if party
        )
    )


def _party(role: str, label: str, party: Party, setting: Setting) -> sheets.PartyBlock:
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
    return sheets.PartyBlock(label, isolated(party.name), tuple(details), role)
