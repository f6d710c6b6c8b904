"""Invoices: the list, a page each, a file, and requests to correct them."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select

from seatbill import Party, SetRecipient, change, correct_recipient
from seatbill.access import Action, allowed_roles
from seatbill.corrections import CorrectiveInvoice, NumberedInvoice
from seatbill.documents import to_html
from seatbill.errors import UnknownItemError

from . import billing
from .doors import At, Form, Outside
from .store import Account, Bill, Correction, Series
from .visits import HEADERS, Visit
from .wishes import one_of

SELLER = Party(name="Desk Ltd", address=("1 Harbour Street", "Galway"), country="IE")

invoices = APIRouter(prefix="/accounts/{id}/invoices")


@invoices.get("")
def get_invoices(visit: At) -> Response:
    visit.require(Action.VIEW)
    mine = select(Bill).where(Bill.account == visit.account.id)
    bills = visit.db.scalars(mine.order_by(Bill.number.desc())).all()
    return visit.shown("invoices", bills=bills)


def _bill(visit: Visit, number: str) -> Bill:
    """Return an invoice of this account; another's is answered like none."""
    mine = Bill.account == visit.account.id, Bill.number == number
    found = visit.db.scalar(select(Bill).where(*mine))
    if found is None:
        raise UnknownItemError("invoice", number, ())
    return found


@invoices.get("/{number}")
def get_invoice(visit: At, number: str) -> Response:
    visit.require(Action.DOWNLOAD)
    bill = _bill(visit, number)
    asked = visit.db.scalars(
        select(Correction).where(Correction.number == number).order_by(Correction.key)
    ).all()
    return visit.shown("invoice", bill=bill, corrections=asked)


@invoices.get("/{number}/file")
def get_file(visit: At, number: str) -> Response:
    """Return the invoice as a page that stands on its own, to be kept or printed."""
    visit.require(Action.DOWNLOAD)
    document = _bill(visit, number).document
    catalog = visit.account.sold.catalog
    html = to_html(document, locale=visit.locale, catalog=catalog, seller=SELLER)
    name = {"Content-Disposition": f'attachment; filename="{number}.html"'}
    return HTMLResponse(html, headers=HEADERS | name)


@invoices.post("/{number}/payment")
def post_payment(visit: At, number: str, form: Form, outside: Outside) -> Response:
    """Pay an invoice that stayed open, under the key that the night job uses too."""
    visit.require(Action.PAY)
    bill = _bill(visit, number)
    answer = f"{visit.home}/invoices/{number}"
    if not visit.was_asked(form, answer):
        visit.db.commit()  # no lock is held while we pay
        outside.pay(bill.key, bill.invoice.amount_due)
        bill.is_paid = True
        visit.db.commit()
    return visit.led(answer)


@invoices.post("/{number}/corrections")
def post_correction(visit: At, number: str, form: Form) -> Response:
    """Ask for the invoice to be made out to somebody else; it waits for a decision."""
    visit.require(Action.EDIT)
    account, bill = visit.account, _bill(visit, number)
    answer = f"{visit.home}/invoices/{number}"
    if not visit.was_asked(form, answer):
        lines = (line.strip() for line in form.get("address", "").splitlines())
        party = Party(
            name=form.get("name", "").strip(),
            address=tuple(filter(None, lines)),
            country=form.get("country", "").strip().upper() or None,
        )
        rules, granted = account.sold.rules, account.sold.permissions
        request = correct_recipient(
            _latest(visit, bill),
            party,
            use_from_now_on="from_now_on" in form,
            required=account.sold.needs,
            by=visit.person.role,
            decision_roles=allowed_roles(
                Action.CORRECT, rules=rules, permissions=granted
            ),
        )
        row = {"key": form["key"], "account": account.id, "number": number}
        visit.db.add(Correction(**row, request=request))
        visit.db.commit()
    return visit.led(answer)


def _latest(visit: Visit, bill: Bill) -> NumberedInvoice | CorrectiveInvoice:
    """Return the invoice as it was corrected last, from which the next one goes on."""
    rows = visit.db.scalars(select(Correction).where(Correction.number == bill.number))
    accepted = [row.request for row in rows if row.request.state == "accepted"]
    return max(accepted, key=lambda one: one.sequence, default=bill.document)


@invoices.post("/{number}/decision")
def post_decision(visit: At, number: str, form: Form) -> Response:
    """Accept a correction, which is a document with a number then, or reject it."""
    visit.require(Action.CORRECT)
    answer = f"{visit.home}/invoices/{number}"
    if not visit.was_asked(form, answer):
        row = visit.db.get(Correction, form.get("correction", ""))
        if row is None or (row.account, row.number) != (visit.account.id, number):
            raise UnknownItemError("correction", form.get("correction", ""), ())
        verdicts = {"accept": row.request.accept, "reject": row.request.reject}
        decide = one_of(form, "verdict", verdicts)
        row.request = decide(on=visit.day, by=visit.person.role)
        if form["verdict"] == "accept":
            _accept(visit, visit.account, row)
        visit.db.commit()
    return visit.led(answer)


def _accept(visit: Visit, account: Account, row: Correction) -> None:
    """Number an accepted correction, and use its recipient from now on if asked."""
    series = visit.db.get_one(Series, "INV", with_for_update=True)
    numbered, series.last = series.last.take(row.request)
    shown = {"key": numbered.key, "number": numbered.number, "account": account.id}
    visit.db.add(Bill(**shown, is_paid=True, document=numbered))
    party = row.request.recipient_from_now_on
    if party is not None:
        outcome = change(account.state, SetRecipient(party), on=visit.day)
        billing.keep(visit.db, account, outcome, is_paid=False)
