"""A statement as a sheet of words: every invoice, what was asked for in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import final

import attrs

from ..formatting import describe, format_date, format_money
from ..invoices import Invoice
from ..lifecycle import Statement
from ..parties import Party
from ..seats import Member, Occupancy, occupancy
from ..subscriptions import Outcome
from ..views import BillingView, billing_view
from ._invoices import invoice_sheet, parties_of
from ._markup import Markup, isolated
from ._setting import Setting
from ._sheets import Block, Notes, Picture, Sheet
from ._spans import own_invoice
from ._views import standing_of

__all__ = ["outcome_sheet", "statement_sheet"]


def statement_sheet(
    statement: Statement,
    outcomes: Sequence[Outcome],
    setting: Setting,
    *,
    seller: Party | None,
    members: Sequence[Member] | Occupancy | None,
    measured: Mapping[str, int] | None,
    notes: Sequence[str | None],
    picture: Callable[[], Markup],
) -> Sheet:
    """Return a whole history, and where the subscription stands at its end.

    *outcomes* are those of the statement, which works them out when asked.
    """
    _ = setting.words.gettext
    sub = statement.subscription
    view = _view(statement, members, measured)
    standing: list[Block] = list(standing_of(sub, view, setting))
    if view.next_invoice is not None:
        standing.append(
            invoice_sheet(
                view.next_invoice, setting, preview=True, parties=False, brief=True
            )
        )
    when = isolated(format_date(statement.until, setting.locale))
    history = tuple(_history(statement, outcomes, setting, notes))
    id = isolated(sub.id)
    title = _("Timeline of %(subscription)s")
    return Sheet(
        kind="statement",
        title=_("Statement"),
        number=id,
        tag=describe(sub.status, setting.locale),
        blocks=(
            parties_of(seller, sub.recipient, setting),
            Picture(picture, title % {"subscription": id}),
            Sheet(
                kind="standing",
                title=_("Standing on %(day)s") % {"day": when},
                blocks=tuple(standing),
            ),
            Sheet(kind="history", title=_("History"), blocks=history),
        ),
    )


def _view(
    statement: Statement,
    members: Sequence[Member] | Occupancy | None,
    measured: Mapping[str, int] | None,
) -> BillingView:
    """Return what the page of the subscription shows."""
    if members is not None and not isinstance(members, Occupancy):
        members = occupancy(members, owned={}, at=statement.until)
    return billing_view(
        statement.subscription,
        on=statement.until,
        members=members,
        measured=measured,
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
    blocks: list[Block] = [Notes(told)]
    if own is not None:
        blocks.append(_invoice(own, setting, recipients))
    yield Sheet(
        kind="change",
        title=_asked(outcome, setting),
        day=outcome.on,
        when=format_date(outcome.on, setting.locale),
        blocks=tuple(blocks),
    )


def _asked(outcome: Outcome, setting: Setting) -> str:
    """Return what was asked for, or that a period began."""
    _ = setting.words.gettext
    if not outcome.changes:
        return _("Renewal")
    return "; ".join(describe(change, setting.locale) for change in outcome.changes)


def _told(
    outcome: Outcome, setting: Setting, own: Invoice | None, note: str | None
) -> Iterator[str]:
    """Yield what the customer is told: when, what is odd, what comes back."""
    _ = setting.words.gettext
    locale = setting.locale
    if note:
        yield isolated(note)
    if outcome.reason is not None:
        yield _("By hand: %(reason)s") % {"reason": isolated(outcome.reason)}
    if outcome.effective_on != outcome.on:
        day = isolated(format_date(outcome.effective_on, locale))
        yield _("It takes effect on %(day)s.") % {"day": day}
    if outcome.changes and own is None:
        yield _("Nothing is due now.")
    for update in outcome.replaced:
        yield _("Withdrawn: %(update)s") % {"update": describe(update, locale)}
    yield from (describe(notice, locale) for notice in outcome.notices)
    if outcome.refund_due:
        amount = format_money(outcome.refund_due, locale)
        yield _("Refund due: %(amount)s") % {"amount": amount}


def outcome_sheet(outcome: Outcome, setting: Setting, *, seller: Party | None) -> Sheet:
    """Return what one call came to: what was asked for, its invoices, what waits."""
    _ = setting.words.gettext
    sub = outcome.subscription
    return Sheet(
        kind="outcome",
        title=_("Subscription"),
        number=isolated(sub.id),
        tag=describe(sub.status, setting.locale),
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
