"""The business terms of EN 16931 that a document has, by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from .._values.checks import instance, member, text
from ..catalogs import Catalog
from ..corrections import CorrectiveInvoice, CreditNote, DocumentType, NumberedInvoice
from ..formatting import words
from ..formatting._names import items_of
from ..money import Money, Rounding, currency_digits
from ..parties import Contact, ElectronicAddress, Party, PostalAddress
from ..payments import SEPA_AREA, Card, Funding, PaymentInstructions, SepaMandate
from ..taxes import TaxAmount, TaxCategory
from ._figures import amount_text
from ._taxed_rows import (
    Row,
    Tax,
    allowance_terms,
    day_text,
    days_of,
    line_terms,
    plain_document,
    rows_of,
    sign_of,
    tax_of,
)
from .particulars import Particulars
from .profiles import Profile

Terms = dict[str, Any]


def business_terms(
    document: NumberedInvoice,
    particulars: Particulars | None = None,
    *,
    profile: Profile = Profile.EN_16931,
    catalog: Catalog | None = None,
    locale: str = "en",
) -> Terms:
    """Return what *document* says, by the numbers of EN 16931 (BT and BG).

    Groups are mappings, repeated ones lists; all else is text: amounts and numbers as
    decimals, days as ISO 8601.  What the document lacks is left out.  Items are called
    as in *catalog*, or else by their ids, and described in the language of *locale*.

    Prices are without tax.  Amounts off are allowances of the document (BG-20); what
    credit paid is a paid amount (BT-113), as it leaves the tax alone.

    Raises: LocaleError, WrongTypeError.
    """
    instance("document", document, NumberedInvoice)
    more = Particulars() if particulars is None else particulars
    instance("particulars", more, Particulars)
    profile = member("profile", profile, Profile)
    words(text("locale", locale))  # refuses one that is none
    rows = rows_of(document)
    groups = _taxes(document)
    hidden = any(tax.category is TaxCategory.OUTSIDE_SCOPE for tax in groups)
    found: Terms = {
        "BT-1": document.number,
        "BT-2": day_text(document.issued_on),
        "BT-3": type_code(document, more),
        "BT-5": plain_document(document).currency,
        "BT-6": more.accounting and more.accounting.currency,
        "BT-9": document.due_on and day_text(document.due_on),
        **_references(more),
        "BT-20": more.payment_terms,
        "BG-1": _notes(more, profile),
        "BG-2": {"BT-23": profile.process, "BT-24": profile.specification},
        "BG-3": _preceding(document, more),
        "BG-4": _party(document.supplier, _SELLER, hidden=hidden),
        "BG-7": _party(document.recipient, _BUYER, hidden=hidden),
        "BG-13": {"BG-14": _period(rows)},
        "BG-16": _payment(more.payment),
    }
    found |= _lines(rows, more, catalog, locale)
    found |= _sums(document, rows, groups, more)
    return {term: said for term, said in found.items() if _says(said)}


def _says(value: Any) -> bool:
    """Tell whether *value*, a text or a group, says anything."""
    if isinstance(value, dict):
        return any(map(_says, value.values()))
    return value not in (None, "", [])


def _only(**said: Any) -> Terms:
    """Return what is said, by numbers such as ``BT_1``."""
    return {key.replace("_", "-"): value for key, value in said.items() if _says(value)}


def type_code(document: NumberedInvoice, particulars: Particulars) -> str:
    """Return the code of UNTDID 1001 for *document* (BT-3)."""
    if particulars.prepayment and document.type is DocumentType.INVOICE:
        return "386"
    return document.type.value


def _references(particulars: Particulars) -> Terms:
    references = particulars.references
    if references is None:
        return {}
    return {
        "BT-10": references.buyer_reference,
        "BT-12": references.contract,
        "BT-13": references.purchase_order,
    }


def _notes(particulars: Particulars, profile: Profile) -> list[Terms]:
    """Return the notes; Peppol takes one alone (PEPPOL-EN16931-R002)."""
    if profile is Profile.PEPPOL and len(particulars.notes) > 1:
        return [_only(BT_22="\n".join(note.text for note in particulars.notes))]
    return [_only(BT_21=note.subject, BT_22=note.text) for note in particulars.notes]


def _preceding(document: NumberedInvoice, particulars: Particulars) -> list[Terms]:
    """Return which documents this one credits or corrects, and of which day."""
    found = [
        _only(BT_25=each.number, BT_26=day_text(each.issued_on))
        for each in particulars.preceding
    ]
    own = document.preceding_number
    if own is None or own in (each.number for each in particulars.preceding):
        return found
    corrected = document.document
    day = None
    if isinstance(corrected, CorrectiveInvoice):
        day = day_text(corrected.original.issued_on)
    return [_only(BT_25=own, BT_26=day), *found]


# Who.

_SELLER: Final[Mapping[str, str]] = {
    "name": "BT-27",
    "registration": "BT-30",
    "scheme": "BT-30-1",
    "vat": "BT-31",
    "address": "BT-34",
    "address_scheme": "BT-34-1",
    "postal": "BG-5",
    "lines": "BT-35 BT-36 BT-162",
    "place": "BT-37 BT-38 BT-39 BT-40",
    "contact": "BG-6",
    "person": "BT-41 BT-42 BT-43",
}
_BUYER: Final[Mapping[str, str]] = {
    "name": "BT-44",
    "registration": "BT-47",
    "scheme": "BT-47-1",
    "vat": "BT-48",
    "address": "BT-49",
    "address_scheme": "BT-49-1",
    "postal": "BG-8",
    "lines": "BT-50 BT-51 BT-163",
    "place": "BT-52 BT-53 BT-54 BT-55",
    "contact": "BG-9",
    "person": "BT-56 BT-57 BT-58",
}


def _party(party: Party | None, terms: Mapping[str, str], *, hidden: bool) -> Terms:
    """Return a party; outside the scope of VAT none has a VAT number (BR-O-02)."""
    if party is None:
        return {}
    postal = party.postal or PostalAddress()
    sent_to = party.electronic_address
    contact = party.contact or Contact()
    street, *more = (postal.street, *postal.more)
    lines = (street, *more[:1], ", ".join(more[1:]))
    place = (postal.city, postal.postcode, postal.subdivision, party.country)
    person = (contact.name, contact.phone, contact.email)
    found = {
        terms["name"]: party.name,
        terms["registration"]: party.registration,
        terms["scheme"]: party.registration_scheme,
        terms["vat"]: None if hidden else party.vat_number,
        **_electronic(sent_to, terms),
        terms["postal"]: {
            **_numbered(terms["lines"], lines),
            **_numbered(terms["place"], place),
        },
        terms["contact"]: _numbered(terms["person"], person),
    }
    return {term: said for term, said in found.items() if _says(said)}


def _electronic(address: ElectronicAddress | None, terms: Mapping[str, str]) -> Terms:
    if address is None:
        return {}
    return {terms["address"]: address.id, terms["address_scheme"]: address.scheme}


def _numbered(numbers: str, values: Iterable[str | None]) -> Terms:
    """Return *values* by their *numbers*, those that say anything."""
    pairs = zip(numbers.split(), values, strict=False)
    return {term: said for term, said in pairs if said}


# How to pay.


def _payment(payment: PaymentInstructions | None) -> Terms:
    """Return how to pay: collected, else by transfer, else at a link.

    Source: UNTDID 4461; 58 and 59 are those of SEPA.
    """
    if payment is None:
        return {}
    found: Terms = {"BT-83": payment.reference and payment.reference.value}
    method = payment.method
    if isinstance(method, SepaMandate):
        found["BT-81"] = "59"
        found["BG-19"] = _only(BT_89=method.reference, BT_90=payment.creditor_id)
    elif isinstance(method, Card):
        found["BT-81"] = _CARDS.get(method.funding, "48")
        found["BG-18"] = {"BT-87": method.last_four, "BT-87-1": method.brand}
    elif payment.accounts:
        account = payment.accounts[0]
        found["BT-81"] = "58" if account.iban[:2] in SEPA_AREA else "30"
        transfer = _only(BT_84=account.iban, BT_85=account.holder, BT_86=account.bic)
        found["BG-17"] = [transfer]
    elif method is not None or payment.link is not None:
        found["BT-81"] = "68"
    return {term: said for term, said in found.items() if said}


_CARDS: Final[Mapping[Funding, str]] = {Funding.CREDIT: "54", Funding.DEBIT: "55"}


# How much.


def _period(rows: Iterable[Row]) -> Terms:
    """Return the days from the first to the last that any line is for."""
    days = [day for row in rows for day in days_of(row.line)]
    return {"BT-73": min(days), "BT-74": max(days)} if days else {}


def _lines(
    rows: tuple[Row, ...],
    particulars: Particulars,
    catalog: Catalog | None,
    locale: str,
) -> Terms:
    """Return the lines, and beside them the amounts off.

    An amount off stands as a line where there is no other, as one is wanted (BR-16).
    """
    items = items_of(catalog)
    codes = {each.unit: each.code for each in particulars.unit_codes}
    aside = {row.is_discount for row in rows} == {True, False}
    found: Terms = {"BG-20": [], "BG-21": [], "BG-25": []}
    for row in rows:
        if aside and row.is_discount:
            group, said = allowance_terms(row, items)
            found[group].append(said)
            continue
        number = len(found["BG-25"]) + 1
        found["BG-25"].append(line_terms(row, number, catalog, codes, locale))
    return found


def _taxes(document: NumberedInvoice) -> dict[Tax, list[TaxAmount]]:
    """Return the taxes of *document* by category and rate."""
    found: dict[Tax, list[TaxAmount]] = {}
    for tax in plain_document(document).taxes:
        found.setdefault(tax_of(tax.rate), []).append(tax)
    return found


def _sums(
    document: NumberedInvoice,
    rows: tuple[Row, ...],
    groups: Mapping[Tax, list[TaxAmount]],
    particulars: Particulars,
) -> Terms:
    """Return the taxes and the totals, each the sum of what stands above it.

    What was paid (BT-113) is what is missing to the amount due: credit that was used,
    and of a negative total what went to the balance.
    """
    plain, sign = plain_document(document), sign_of(document)
    aside = {row.is_discount for row in rows} == {True, False}
    offs = [row.net for row in rows if aside and row.is_discount]
    net = sum(row.net for row in rows)
    less, more = [-n for n in offs if n <= 0], [n for n in offs if n > 0]
    tax = sign * sum(each.amount.minor_units for each in plain.taxes)
    due, rounding = net + tax, 0
    if not isinstance(plain, CreditNote):
        due = sign * plain.amount_due.minor_units
        rounding = sign * plain.payable_rounding.minor_units
    totals = {
        "BT-106": net + sum(less) - sum(more),
        "BT-107": sum(less) if less else None,
        "BT-108": sum(more) if more else None,
        "BT-109": net,
        "BT-110": tax,
        "BT-112": net + tax,
        "BT-113": net + tax + rounding - due or None,
        "BT-114": rounding or None,
        "BT-115": due,
    }
    found: Terms = {
        term: amount_text(units, plain.currency)
        for term, units in totals.items()
        if units is not None
    }
    if particulars.accounting is not None:
        currency, rate = particulars.accounting.currency, particulars.accounting.rate
        exact = Fraction(tax, 10 ** currency_digits(plain.currency)) * Fraction(rate)
        owed = Money.rounded(exact, currency, Rounding.HALF_UP)
        found["BT-111"] = amount_text(owed.minor_units, currency)
    breakdown = [
        _breakdown(group, taxes, rows, sign, plain.currency)
        for group, taxes in groups.items()
    ]
    return {"BG-22": found, "BG-23": breakdown}


def _breakdown(
    group: Tax,
    taxes: Iterable[TaxAmount],
    rows: Iterable[Row],
    sign: int,
    currency: str,
) -> Terms:
    """Return the tax of one category and rate, on all that it taxes (BG-23)."""
    base = sum(
        row.net for row in rows if row.rate is not None and tax_of(row.rate) == group
    )
    due = sign * sum(tax.amount.minor_units for tax in taxes)
    untaxed = group.category not in (TaxCategory.STANDARD, TaxCategory.ZERO)
    reasons = dict.fromkeys(tax.rate.reason for tax in taxes if untaxed)
    codes = {tax.rate.exemption_code for tax in taxes}
    return _only(
        BT_116=amount_text(base, currency),
        BT_117=amount_text(due, currency),
        BT_118=group.category.value,
        BT_119=group.percent or "0",  # XRechnung wants one always (BR-DE-14)
        BT_120="; ".join(filter(None, reasons)),
        BT_121=codes.pop() if len(codes) == 1 else None,
    )
