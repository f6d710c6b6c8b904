"""A statement as a sheet of words: every invoice, what was asked for in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import final

import attrs

from ..invoices import Invoice
from ..lifecycle import Statement
from ..parties import Party
from ..quotes import Quote
from ..seats import Member, Occupancy
from ..subscriptions import Outcome
from ..views import billing_view
from ._drawing.spans import own_invoice
from ._invoice_sheets import Said, invoice_sheet, parties_of
from ._markup import isolated
from ._setting import Setting
from ._view_sheets import next_invoice_sheet, standing_of
from .sheets import Block, Fact, Facts, Notes, Picture, Sheet
from .timeline import drawing


def statement_sheet(
    statement: Statement,
    setting: Setting,
    seller: Party | None,
    *,
    members: Sequence[Member] | Occupancy | None,
    measured: Mapping[str, int] | None,
    notes: Sequence[str | None],
) -> Sheet:
    """Return a whole history, and where the subscription stands at its end."""
    _ = setting.words.gettext
    sub = statement.subscription
    outcomes = statement.outcomes  # worked out when asked: once for all
    day = statement.until
    view = billing_view(sub, on=day, members=members, measured=measured)
    id = isolated(sub.id)
    return Sheet(
        kind="statement",
        title=_("Statement"),
        number=id,
        tag=setting.says(sub.status),
        blocks=(
            parties_of(seller, sub.recipient, setting),
            Picture(
                lambda: drawing(statement, outcomes, setting, members=members),
                _("Timeline of %(subscription)s") % {"subscription": id},
            ),
            Sheet(
                kind="standing",
                title=_("Standing on %(day)s") % {"day": isolated(setting.day(day))},
                blocks=(
                    *standing_of(sub, view, setting),
                    *next_invoice_sheet(view, setting),
                ),
            ),
            Sheet(
                kind="history",
                title=_("History"),
                blocks=tuple(_history(statement, outcomes, setting, notes)),
            ),
        ),
    )


def _history(
    statement: Statement,
    outcomes: Sequence[Outcome],
    setting: Setting,
    notes: Sequence[str | None],
) -> Iterator[Block]:
    """Yield every invoice and change, in the order of their days."""
    later = {invoice.key for outcome in outcomes for invoice in outcome.invoices}
    recipients = _Recipients(statement.subscription.recipient)
    for invoice in statement.invoices:
        if invoice.key not in later:
            yield _invoice(invoice, setting, recipients)
    left = iter(notes)
    for outcome in outcomes:
        note = next(left, None) if outcome.changes else None
        yield from _entries(outcome, setting, recipients, note)


@final
@attrs.define
class _Recipients:
    """Whom the reader knows to be the recipient: the last one that was said."""

    last: Party | None


def _invoice(invoice: Invoice, setting: Setting, recipients: _Recipients) -> Sheet:
    """Return an invoice; its recipient where it is not the one said last."""
    other = invoice.recipient != recipients.last
    recipients.last = invoice.recipient
    return invoice_sheet(invoice, setting, parties=other, brief=True)


def _entries(
    outcome: Outcome, setting: Setting, recipients: _Recipients, note: str | None
) -> Iterator[Sheet]:
    """Yield the renewals of an outcome, then its change with its own invoice."""
    own = own_invoice(outcome)
    for invoice in outcome.invoices:
        if invoice is not own:
            yield _invoice(invoice, setting, recipients)
    told = tuple(_told(outcome, setting, own, note))
    if not outcome.changes and not told:
        return
    invoices = () if own is None else (_invoice(own, setting, recipients),)
    yield Sheet(
        kind="change",
        title=_asked(outcome, setting),
        day=outcome.on,
        when=setting.day(outcome.on),
        blocks=(Notes(told), *invoices),
    )


def _asked(outcome: Outcome, setting: Setting) -> str:
    if not outcome.changes:
        return setting.words.gettext("Renewal")
    return "; ".join(map(setting.says, outcome.changes))


def _told(
    outcome: Outcome, setting: Setting, own: Invoice | None, note: str | None
) -> Iterator[str]:
    """Yield what the customer is told: when, what is odd, what comes back."""
    _ = setting.words.gettext
    if note:
        yield isolated(note)
    if outcome.reason is not None:
        yield _("Manual override: %(reason)s") % {"reason": isolated(outcome.reason)}
    if outcome.changes and outcome.effective_on != outcome.on:
        day = isolated(setting.day(outcome.effective_on))
        yield _("It takes effect on %(day)s.") % {"day": day}
    if outcome.changes and own is None:
        yield _("Nothing is due now.")
    for update in outcome.replaced:
        yield _("Withdrawn: %(update)s") % {"update": setting.says(update)}
    yield from map(setting.says, outcome.notices)
    if outcome.refund_due:
        amount = setting.money(outcome.refund_due)
        yield _("Refund due: %(amount)s") % {"amount": amount}


def outcome_sheet(outcome: Outcome, setting: Setting, seller: Party | None) -> Sheet:
    """Return what one call came to: what was asked for, its invoices, what waits."""
    _ = setting.words.gettext
    sub = outcome.subscription
    return Sheet(
        kind="outcome",
        title=_("Subscription"),
        number=isolated(sub.id),
        tag=setting.says(sub.status),
        blocks=(
            parties_of(seller, sub.recipient, setting),
            *_entries(outcome, setting, _Recipients(sub.recipient), None),
            Sheet(
                kind="standing",
                title=_("Subscription afterwards"),
                blocks=tuple(standing_of(sub, None, setting)),
            ),
        ),
    )


def quote_sheet(quote: Quote, setting: Setting, seller: Party | None) -> Sheet:
    """Return what is offered: until when, what it comes to, what it leads to."""
    _ = setting.words.gettext
    outcome = quote.outcome
    sub = outcome.subscription
    own = own_invoice(outcome)
    asked = [_asked(outcome, setting)] if outcome.changes else []
    return Sheet(
        kind="quote",
        title=_("Quote"),
        number=isolated(quote.number),
        blocks=(
            parties_of(seller, sub.recipient, setting),
            Facts(
                (
                    Fact(_("Valid through"), setting.day(quote.until), quote.until),
                    Fact(_("Subscription"), isolated(sub.id)),
                )
            ),
            Notes((*asked, *_told(outcome, setting, own, None))),
            *(
                invoice_sheet(
                    invoice, setting, Said(preview=True), parties=False, brief=True
                )
                for invoice in outcome.invoices
            ),
            Sheet(
                kind="standing",
                title=_("Subscription afterwards"),
                blocks=tuple(standing_of(sub, None, setting)),
            ),
        ),
    )
