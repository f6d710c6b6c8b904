"""An invoice and what follows it, as a sheet of words.

Titles follow the type of the document (EN 16931 BT-3): an invoice whose total is
negative is a credit note, and says where the money went.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .._values.checks import Time
from ..corrections import (
    CorrectionState,
    CorrectiveInvoice,
    CreditNote,
    CreditNoteLine,
    NumberedInvoice,
)
from ..formatting import describe, format_date, format_money
from ..formatting._locales import conventions
from ..invoices import Invoice
from ..parties import Party
from ._lines import mentions_of, subtotal, table, time_of, title_of, totals
from ._markup import isolated
from ._setting import Setting
from ._sheets import (
    Block,
    Fact,
    Facts,
    Line,
    Lines,
    Notes,
    Parties,
    PartyBlock,
    Sheet,
    Total,
    Totals,
)

__all__ = ["Document", "document_sheet", "invoice_sheet", "parties_of"]

Document = Invoice | CreditNote | CorrectiveInvoice | NumberedInvoice


def document_sheet(
    document: Document, setting: Setting, *, seller: Party | None, preview: bool
) -> Sheet:
    """Return *document* in its words."""
    if not isinstance(document, NumberedInvoice):
        return _sheet(document, setting, None, seller=seller, preview=preview)
    supplier = seller or document.supplier
    return _sheet(document.document, setting, document, seller=supplier, preview=False)


def _sheet(
    document: Invoice | CreditNote | CorrectiveInvoice,
    setting: Setting,
    numbered: NumberedInvoice | None,
    *,
    seller: Party | None,
    preview: bool,
) -> Sheet:
    """Return *document*, with its number where it has one."""
    if isinstance(document, CreditNote):
        return _credit_note(document, setting, numbered, seller=seller)
    if isinstance(document, CorrectiveInvoice):
        return _correction(document, setting, numbered, seller=seller)
    return invoice_sheet(
        document, setting, numbered=numbered, seller=seller, preview=preview
    )


def invoice_sheet(
    invoice: Invoice,
    setting: Setting,
    *,
    numbered: NumberedInvoice | None = None,
    seller: Party | None = None,
    preview: bool = False,
    parties: bool = True,
    brief: bool = False,
) -> Sheet:
    """Return an invoice, or with *preview* what the next one would be.

    A *brief* one is part of a page; *parties* say to whom it is.
    """
    _ = setting.words.gettext
    locale = setting.locale
    title = _("Credit note") if invoice.total_minor < 0 else _("Invoice")
    notes = []
    if preview:
        title = _("Next invoice")
        notes.append(_("This is a preview: nothing has been charged yet."))
    if not invoice.lines:
        notes.append(_("It has no lines: there is nothing to charge."))
    if invoice.total_minor < 0:
        granted = format_money(invoice.credit_granted, locale)
        notes.append(_negative(setting) % {"amount": granted})
    notes += mentions_of(invoice.taxes, setting)
    reason = Fact(label=_("Reason"), value=describe(invoice.billing_reason, locale))
    facts = (*_dates(invoice.issued_on, setting, numbered, preview=preview), reason)
    blocks: list[Block] = [Facts(facts, brief=brief)]
    if parties:
        blocks.insert(0, parties_of(seller, invoice.recipient, setting))
    blocks += table(invoice, setting)
    blocks.append(totals(invoice, setting, preview=preview))
    return Sheet(
        kind="preview" if preview else "invoice",
        title=title,
        number=_number(invoice.key, numbered),
        tag=_("Preview") if preview else None,
        blocks=(*blocks, Notes(tuple(notes))),
    )


def _negative(setting: Setting) -> str:
    """Return where a negative total goes."""
    _ = setting.words.gettext
    return _(
        "The total is negative (document type 381): "
        "%(amount)s goes to the credit balance, which the next invoices use; "
        "what is left when a subscription ends is paid back."
    )


def _credit_note(
    note: CreditNote,
    setting: Setting,
    numbered: NumberedInvoice | None,
    *,
    seller: Party | None,
) -> Sheet:
    """Return a credit note: what it takes back of which invoice."""
    _ = setting.words.gettext
    invoice = note.invoice_number or note.invoice_key
    facts = (
        *_dates(note.issued_on, setting, numbered, preview=False),
        Fact(label=_("Credits invoice"), value=isolated(invoice)),
        Fact(label=_("Reason"), value=describe(note.reason, setting.locale)),
    )
    totals = (
        *subtotal(note, setting),
        Total(
            label=_("Total credited"),
            amount=format_money(note.total, setting.locale),
            strong=True,
        ),
    )
    lines = Lines(
        caption=_("What is credited"),
        item=_("Item"),
        time=_("Period"),
        heads=(_("Invoiced"), _("Credited")),
        lines=tuple(_credited(line, setting) for line in note.lines),
    )
    return Sheet(
        kind="credit-note",
        title=_("Credit note"),
        number=_number(note.key, numbered),
        blocks=(
            parties_of(seller, note.recipient, setting),
            Facts(facts),
            lines,
            Totals(totals),
            Notes(tuple(mentions_of(note.taxes, setting))),
        ),
    )


def _credited(line: CreditNoteLine, setting: Setting) -> Line:
    """Return a line of a credit note: what was invoiced, what is taken back."""
    invoiced = line.line
    when, time = time_of(invoiced, setting)
    cells = tuple(
        format_money(amount, setting.locale)
        for amount in (invoiced.amount, line.amount)
    )
    title = title_of(invoiced, setting)
    return Line(title=title, when=when, time=time, cells=cells)


def _correction(
    correction: CorrectiveInvoice,
    setting: Setting,
    numbered: NumberedInvoice | None,
    *,
    seller: Party | None,
) -> Sheet:
    """Return a corrected invoice, or the request for it while it is none."""
    _ = setting.words.gettext
    locale = setting.locale
    invoice = correction.original
    accepted = correction.state is CorrectionState.ACCEPTED
    day = correction.decided_on or invoice.issued_on
    facts = [
        *_dates(day, setting, numbered, preview=False),
        Fact(
            label=_("Corrects invoice"),
            value=isolated(correction.original_number or correction.original_key),
        ),
        Fact(label=_("Invoice date"), **_day(invoice.issued_on, locale)),
        Fact(label=_("Reason"), value=describe(invoice.billing_reason, locale)),
    ]
    if not accepted:
        del facts[0]
    notes = [_("Only the recipient is corrected: no amount changes.")]
    if correction.reason is not None:
        rejected = _("The correction was rejected: %(reason)s")
        notes.append(rejected % {"reason": isolated(correction.reason)})
    notes += mentions_of(invoice.taxes, setting)
    parties = list(parties_of(seller, correction.recipient, setting).parties)
    if correction.previous is not None:
        label = _("Made out before to")
        parties.append(_party(label, correction.previous, setting))
    return Sheet(
        kind="correction",
        title=_("Corrective invoice") if accepted else _("Request for a correction"),
        number=_number(correction.key, numbered),
        tag=None if accepted else describe(correction.state, locale),
        blocks=(
            Parties(tuple(parties)),
            Facts(tuple(facts)),
            *table(invoice, setting),
            totals(invoice, setting, preview=False),
            Notes(tuple(notes)),
        ),
    )


# The head.


def _number(key: str, numbered: NumberedInvoice | None) -> str:
    """Return the number of a document, its key where it has none."""
    return isolated(key if numbered is None else numbered.number)


def _day(day: Time, locale: str) -> dict[str, Any]:
    """Return a day as the fields of a fact."""
    return {"value": format_date(day, locale), "day": day}


def _dates(
    issued_on: Time,
    setting: Setting,
    numbered: NumberedInvoice | None,
    *,
    preview: bool,
) -> Iterator[Fact]:
    """Yield when a document was issued and is due, and its key beside a number."""
    _ = setting.words.gettext
    locale = setting.locale
    label = _("Due on") if preview else _("Issued on")
    if numbered is None:
        yield Fact(label=label, **_day(issued_on, locale))
        return
    yield Fact(label=label, **_day(numbered.issued_on, locale))
    if numbered.due_on is not None:
        yield Fact(label=_("Due on"), **_day(numbered.due_on, locale))
    yield Fact(label=_("Reference"), value=isolated(numbered.key))


def parties_of(
    seller: Party | None, recipient: Party | None, setting: Setting
) -> Parties:
    """Return who supplies and who receives, where they are known."""
    _ = setting.words.gettext
    found = []
    if seller is not None:
        found.append(_party(_("From"), seller, setting))
    if recipient is not None:
        found.append(_party(_("Bill to"), recipient, setting))
    return Parties(tuple(found))


def _party(label: str, party: Party, setting: Setting) -> PartyBlock:
    """Return a party with its address, its country by name, and its numbers."""
    _ = setting.words.gettext
    details = [isolated(line) for line in party.address if line]
    if party.country is not None:
        territories = conventions(setting.locale).locale.territories
        details.append(territories.get(party.country, party.country))
    if party.vat_number is not None:
        details.append(
            _("VAT number %(number)s") % {"number": isolated(party.vat_number)}
        )
    if party.registration is not None:
        number = isolated(party.registration)
        details.append(_("Registered as %(number)s") % {"number": number})
    return PartyBlock(label=label, name=isolated(party.name), details=tuple(details))
