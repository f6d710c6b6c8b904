"""How a document is to be paid, as a part of its sheet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from ..formatting import format_quantity
from ..money import Money
from ..parties import Party
from ..payments.due_dates import PaymentTerms
from ..payments.means import BankAccount, PaymentInstructions
from ..payments.methods import Card, PaymentMethod, SepaMandate
from ._epc import fits, qr_code
from ._markup import isolated
from ._setting import Setting
from .sheets import Block, Fact, Facts, Notes, Picture, Sheet

_UNSAID: Final = PaymentInstructions()


def payment_sheet(
    payment: PaymentInstructions | None,
    due: Money,
    number: str,
    seller: Party | None,
    setting: Setting,
) -> Iterator[Sheet]:
    """Yield how the amount that is *due* is to be paid, where anybody said."""
    said = _UNSAID if payment is None else payment
    facts = tuple(_facts(said, setting))
    terms = setting.look.terms
    blocks: list[Block] = [Facts(facts)] if facts else []
    if terms is not None:
        blocks.append(Notes((isolated(terms),)))
    if said.accounts and setting.look.qr:
        blocks += _code(said, due, number, seller, setting)
    if blocks:
        title = setting.words.gettext("Payment")
        yield Sheet(kind="payment", title=title, blocks=tuple(blocks))


def _facts(said: PaymentInstructions, setting: Setting) -> Iterator[Fact]:
    """Yield terms, what is collected, each account, what to quote, where to pay."""
    _ = setting.words.gettext
    if said.terms is not None:
        yield Fact(_("Terms"), _terms(said.terms, setting), name="terms")
    if said.method is not None:
        collected = method_text(said.method, setting)
        yield Fact(_("Collected from"), collected, name="collected")
    if said.creditor_id is not None:
        creditor = isolated(said.creditor_id)
        yield Fact(_("Creditor identifier"), creditor, name="creditor_id")
    for account in said.accounts:
        yield from _account(account, setting)
    if said.reference is not None:
        label = setting.says(said.reference.kind)
        yield Fact(label, isolated(said.reference.printed), name="payment_reference")
    if said.link is not None:
        label = _("Pay online")
        yield Fact(label, isolated(said.link), name="link", link=said.link)


def _account(account: BankAccount, setting: Setting) -> Iterator[Fact]:
    if account.holder is not None:
        label = setting.words.gettext("Account holder")
        yield Fact(label, isolated(account.holder), name="holder")
    yield Fact("IBAN", isolated(account.printed_iban), name="iban")
    if account.bic is not None:
        yield Fact("BIC", isolated(account.bic), name="bic")


def _terms(terms: PaymentTerms, setting: Setting) -> str:
    """Return in how many days it is to be paid, and from when they count."""
    _ = setting.words.gettext
    if not (terms.days or terms.end_of_month):
        return _("On receipt")
    days = format_quantity(terms.days, "day", setting.locale)
    if not terms.end_of_month:
        return days
    if not terms.days:
        return _("At the end of the month")
    return _("%(days)s from the end of the month") % {"days": days}


def _code(
    said: PaymentInstructions,
    due: Money,
    number: str,
    seller: Party | None,
    setting: Setting,
) -> Iterator[Picture]:
    """Yield the QR code of a transfer in euros, where one can hold it."""
    account = said.accounts[0]
    name = account.holder or (seller.name[:70] if seller else "")
    if fits(account, name, due, said.reference, number):
        draw = partial(qr_code, account, name, due, said.reference, number)
        yield Picture(draw, setting.words.gettext("Scan to pay"), kind="qr")


def method_text(method: PaymentMethod, setting: Setting) -> str:
    """Return how a customer pays, by the four digits that are kept."""
    _ = setting.words.gettext
    if isinstance(method, Card):
        return isolated(f"{method.brand} •••• {method.last_four}")
    if isinstance(method, SepaMandate):
        names = {"last_four": method.last_four, "reference": isolated(method.reference)}
        return _("Direct debit from •••• %(last_four)s (%(reference)s)") % names
    return f"PayPal ({method.country})"
