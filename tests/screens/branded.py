"""The documents of a seller with a look of its own, for the screens and the docs."""

from __future__ import annotations

import base64
from typing import Any

import attrs
import pictured
from pictured import BUYER, RULES, SELLER, VAT, day

from seatbill import (
    MONTHLY,
    AddSeats,
    Catalog,
    Plan,
    Price,
    SwitchPlan,
    Tier,
    change,
    credit_note,
    subscribe,
)
from seatbill.combining import CombinedInvoice, combine
from seatbill.corrections import CreditNote, NumberedInvoice, number
from seatbill.documents import Look, OwnColumn, UnitName, to_html
from seatbill.parties import BuyerReferences
from seatbill.payments import (
    BankAccount,
    PaymentInstructions,
    PaymentReference,
    PaymentTerms,
)
from seatbill.plans import TiersMode
from seatbill.quotes import Quote, quote

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 190 48" width="190" '
    'height="48"><rect width="48" height="48" rx="11" fill="#0b7a4b"/>'
    '<path d="M13 29v-11a5 5 0 0 1 10 0v6h7a5 5 0 0 1 5 5v6h-5v-5H18v5h-5z" '
    'fill="#fff"/><text x="60" y="33" font-family="DejaVu Sans,Arial,sans-serif" '
    'font-size="24" font-weight="700" fill="#0b7a4b">seatbill</text></svg>'
)
FOOTER = (
    "Seatbill Software GmbH · Lindenstraße 12 · 10969 Berlin\n"
    "Amtsgericht Berlin HRB 12345 · Managing director: Ada Byron"
)
LOOK = Look(
    logo=f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}",
    accent="#0b7a4b",
    fonts=("Noto Serif",),
    footer=FOOTER,
    terms="Interest of 9 points above the base rate is due after the last day to pay.",
    columns=("quantity", "unit_price", "tax", "share"),
    tax_names={"VAT": "VAT", "VAT-EU": "VAT (EU)"},
    reason=False,
    qr=True,
)
COUNTED = attrs.evolve(
    LOOK,
    own_columns=[OwnColumn("Cost centre", {"pro": "4711", "module-01": "4712"})],
    unit_names=[UnitName(unit="seat", one="licence", many="licences")],
)
PAYMENT = PaymentInstructions(
    accounts=[
        BankAccount(
            iban="DE89 3704 0044 0532 0130 00",
            holder="Seatbill Software GmbH",
            bic="COBADEFFXXX",
        )
    ],
    reference=PaymentReference("RF18 5390 0754 7034"),
    link="https://pay.example.com/i/2026-0017",
    terms=PaymentTerms(days=14),
)
REFERENCES = BuyerReferences(
    purchase_order="PO 4711-B", buyer_reference="Galway, A. Ní"
)
NOTE = "Thank you for your order.\nQuestions: billing@example.com, Monday to Friday."
TIERED = Plan(
    "pro",
    "Professional",
    3,
    [
        Price(
            currency="EUR",
            tiers=[
                Tier(up_to=5, unit_amount="12"),
                Tier(up_to=None, unit_amount="9.50"),
            ],
            tiers_mode=TiersMode.GRADUATED,
        )
    ],
)
CATALOG = Catalog([pictured.BASIC, pictured.STANDARD, TIERED], pictured.CATALOG.add_ons)
SAID: dict[str, Any] = {"catalog": CATALOG, "seller": SELLER, "look": LOOK}
PAID: dict[str, Any] = SAID | {
    "payment": PAYMENT,
    "references": REFERENCES,
    "note": NOTE,
}


def opened(id: str = "harbour", **more: Any) -> Any:
    """Return what a subscription of eight seats under tiers begins with."""
    start: dict[str, Any] = {
        "plan": TIERED,
        "id": id,
        "interval": MONTHLY,
        "seats": 8,
        "on": day("2026-01-15"),
        "rules": RULES,
        "tax_rates": [VAT],
        "recipient": BUYER,
    }
    return subscribe(**start | more)


def invoice() -> NumberedInvoice:
    """Return an invoice whose one line is made by tiers: 5 × 12.00 + 3 × 9.50."""
    found = opened().invoice
    return number(found, "2026-0017", supplier=SELLER, due_on=PAYMENT.terms)


def forty_lines() -> NumberedInvoice:
    """Return an invoice of forty lines in this look."""
    return number(
        pictured.forty_lines(), "2026-0018", supplier=SELLER, due_on=PAYMENT.terms
    )


def note() -> CreditNote:
    """Return a note that takes the whole invoice back."""
    return credit_note(invoice(), reason="goodwill", issued_on=day("2026-02-02"))


def combined() -> CombinedInvoice:
    """Return one invoice for two subscriptions."""
    other = opened("annex", plan=pictured.STANDARD, seats=3)
    return combine([opened().invoice, other.invoice], key="C-1", payer=pictured.OTHER)


def offer() -> Quote:
    """Return a quote for more seats on another plan."""
    sub = opened("annex", plan=pictured.STANDARD, seats=3).subscription
    asked = change(sub, SwitchPlan(TIERED), AddSeats(5), on=day("2026-01-26"))
    return quote(asked, number="Q-7", until=day("2026-02-10"))


def pages() -> dict[str, Any]:
    """Return each page by its name."""
    return {
        "brand-1": lambda at: to_html(invoice(), locale=at, **PAID),
        "brand-40": lambda at: to_html(
            forty_lines(), locale=at, **PAID | {"look": COUNTED}
        ),
        "brand-note": lambda at: to_html(note(), locale=at, **SAID, note=NOTE),
        "brand-combined": lambda at: to_html(combined(), locale=at, **PAID),
        "brand-quote": lambda at: to_html(offer(), locale=at, **SAID, note=NOTE),
    }
