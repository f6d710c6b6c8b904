"""E-invoices: their terms by EN 16931, what is missing, XML that the rules accept."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import einvoice_rules as rules
from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    Catalog,
    Discount,
    GrantCredit,
    Money,
    Plan,
    Price,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    change,
    credit_note,
    renew,
    subscribe,
)
from seatbill.combining import combine
from seatbill.converters import bill_request, parse, read_request
from seatbill.corrections import correct_recipient, number
from seatbill.einvoices import (
    AccountingCurrency,
    InvoiceNote,
    Particulars,
    PrecedingInvoice,
    Profile,
    Syntax,
    UnitCode,
    business_terms,
    missing,
    to_xml,
)
from seatbill.errors import (
    DuplicateError,
    LocaleError,
    MalformedError,
    MissingExtraError,
    OutOfBoundsError,
    UnfitInvoiceError,
    WrongTypeError,
)
from seatbill.formatting import describe
from seatbill.invoices import rounding_of, taxes_of
from seatbill.money import Rounding, currency_digits
from seatbill.parties import (
    BuyerReferences,
    Contact,
    ElectronicAddress,
    Party,
    PostalAddress,
)
from seatbill.payments import (
    BankAccount,
    Card,
    Funding,
    PaymentInstructions,
    PaymentReference,
    PayPal,
    SepaMandate,
)
from seatbill.taxes import TaxCategory, exclusive_tax
from seatbill.testing.strategies import invoices

DAY = dt.date(2026, 1, 31)
DUE, LATE = dt.date(2099, 1, 1), dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
SELLER = Party(
    name="Studio & Söhne",
    country="FR",
    vat_number="FR83732829320",
    registration="732829320",
    registration_scheme="0002",
    postal=PostalAddress(
        street="1 rue du Port",
        more=["Bâtiment B", "Étage 2", "Porte 7"],
        postcode="75001",
        city="Paris",
        subdivision="Île-de-France",
    ),
    electronic_address=ElectronicAddress("0009", "73282932000074"),
    contact=Contact(name="Ada", phone="+33 1 23 45 67", email="ada@studio.example"),
)
BUYER = Party(
    name="Harbour NV",
    country="BE",
    vat_number="BE0202239951",
    registration="0202239951",
    registration_scheme="0208",
    postal=PostalAddress(street="Kaai 2", postcode="1000", city="Brussel"),
    electronic_address=ElectronicAddress("0208", "0202239951"),
    contact=Contact(name="Bob"),
)
ACCOUNT = BankAccount(iban="DE89370400440532013000", holder="Studio", bic="COBADEFF")
NOTES = (
    InvoiceNote("40 € for late payment", "PMT"),
    InvoiceNote("Three times the legal rate for delay", "PMD"),
    InvoiceNote("No discount for early payment", "AAB"),
)
PARTICULARS = Particulars(
    references=BuyerReferences(
        buyer_reference="04011000-1234512345-06", purchase_order="4711", contract="C-1"
    ),
    payment=PaymentInstructions(
        accounts=[ACCOUNT], reference=PaymentReference("RF18539007547034")
    ),
    payment_terms="Within 30 days",
    notes=NOTES,
    unit_codes=[UnitCode("seat", "C62"), UnitCode("hour", "HUR")],
)
VAT = TaxRate("vat", "0.20")
ABROAD = TaxRate(
    "reverse",
    0,
    TaxCategory.REVERSE_CHARGE,
    reason="Article 196",
    exemption_code="VATEX-EU-AE",
)
OUTSIDE = TaxRate("outside", 0, TaxCategory.OUTSIDE_SCOPE, reason="Article 44")
PRO = Plan("pro", "Pro", 1, [Price(unit_amount="4.99", currency="EUR")])


def opened(plan=PRO, *, seats=5, rates=(VAT,), on=DAY, **more):
    more = {"rules": BillingRules(), "recipient": BUYER, **more}
    return subscribe(
        plan, id="acme", interval=MONTHLY, seats=seats, on=on, tax_rates=rates, **more
    )


def numbered(document, supplier=SELLER, due_on=DUE, **more):
    return number(document, "2026-0001", supplier=supplier, due_on=due_on, **more)


def first(**more):
    return numbered(opened(**more).invoice)


EVERY = [(profile, syntax) for profile in Profile for syntax in profile.syntaxes]


def accepted(document, particulars=PARTICULARS, **more):
    """Write *document* in every profile and syntax; return how often it was."""
    for profile, syntax in EVERY:
        known = particulars
        if profile is Profile.PEPPOL and document.type == "384":
            continue  # between two German parties alone
        found = missing(document, known, profile=profile)
        assert found == (), [str(each) for each in found]
        xml = to_xml(document, known, profile=profile, syntax=syntax, **more)
        assert rules.faults(xml, profile.value, syntax.value) == [], xml.decode()
    return len(EVERY)


# ------------------------------------------------------------------- worked examples


def test_a_share_is_written_exactly():
    """4.99 × 3 × 18/28 = 9.6235…: 54 at 4.99 for 28, which is 9.62 on the line."""
    opening = opened()
    added = change(opening.subscription, AddSeats(3), on=dt.date(2026, 2, 10))
    terms = business_terms(numbered(added.invoice), PARTICULARS)
    (line,) = terms["BG-25"]
    assert (line["BT-129"], line["BG-29"]["BT-146"]) == ("54", "4.99")
    assert (line["BG-29"]["BT-149"], line["BT-131"]) == ("28", "9.62")
    assert line["BG-26"] == {"BT-134": "2026-02-10", "BT-135": "2026-02-27"}
    # 20 % of 9.62 is 1.924.
    assert terms["BG-22"] == {
        "BT-106": "9.62",
        "BT-109": "9.62",
        "BT-110": "1.92",
        "BT-112": "11.54",
        "BT-115": "11.54",
    }
    accepted(numbered(added.invoice))


def test_the_terms_of_an_invoice():
    terms = business_terms(
        first(), PARTICULARS, catalog=Catalog([PRO]), profile=Profile.PEPPOL
    )
    assert terms["BT-1"] == "2026-0001"
    assert (terms["BT-2"], terms["BT-3"], terms["BT-5"]) == ("2026-01-31", "380", "EUR")
    assert (terms["BT-10"], terms["BT-12"], terms["BT-13"]) == (
        "04011000-1234512345-06",
        "C-1",
        "4711",
    )
    assert terms["BG-2"]["BT-23"] == "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
    assert terms["BG-4"]["BG-5"]["BT-162"] == "Étage 2, Porte 7"
    assert terms["BG-7"]["BT-49-1"] == "0208"
    assert terms["BG-16"]["BG-17"] == [
        {"BT-84": ACCOUNT.iban, "BT-85": "Studio", "BT-86": "COBADEFF"}
    ]
    assert terms["BG-16"]["BT-81"] == "58"
    (line,) = terms["BG-25"]
    assert line["BG-31"]["BT-153"] == "Pro"
    # Peppol takes one note (PEPPOL-EN16931-R002).
    assert terms["BG-1"] == [{"BT-22": "\n".join(note.text for note in NOTES)}]
    assert business_terms(first())["BG-25"][0]["BG-31"]["BT-153"] == "pro"


def test_an_amount_off_is_an_allowance_of_the_document():
    """5 × 4.99 = 24.95 less 2.00 is 22.95, and 20 % of it 4.59."""
    document = first(discounts=[Discount.fixed("2.00", "EUR", id="promo")])
    terms = business_terms(document)
    assert terms["BG-20"] == [
        {
            "BT-92": "2.00",
            "BT-95": "S",
            "BT-96": "20",
            "BT-97": "promo",
            "BT-98": "95",
        }
    ]
    sums = terms["BG-22"]
    assert (sums["BT-106"], sums["BT-107"], sums["BT-109"]) == (
        "24.95",
        "2.00",
        "22.95",
    )
    assert (sums["BT-110"], sums["BT-112"]) == ("4.59", "27.54")
    accepted(document)


def test_an_amount_off_that_is_taken_back_is_a_charge_of_the_document():
    """On 14 February 14 of 28 days come back: 12.475 of seats, 1.00 of the discount."""
    opening = opened(
        discounts=[Discount.fixed("2.00", "EUR", id="promo")],
        rules=BillingRules(upgrade=Timing.RESTART),
    )
    higher = Plan("max", "Max", 2, [Price(unit_amount="9.99", currency="EUR")])
    switched = change(opening.subscription, SwitchPlan(higher), on=dt.date(2026, 2, 14))
    terms = business_terms(numbered(switched.invoice))
    (charge,) = terms["BG-21"]
    assert charge == {"BT-99": "1.00", "BT-102": "S", "BT-103": "20", "BT-104": "promo"}
    assert terms["BG-22"]["BT-108"] == "1.00"
    accepted(numbered(switched.invoice))


def test_a_credit_note_names_the_invoice_and_its_day():
    invoice = numbered(opened().invoice)
    note = credit_note(
        invoice, amount=Money("6.00", "EUR"), reason="goodwill", issued_on=DUE
    )
    before = PrecedingInvoice("2026-0001", DAY)
    particulars = attrs.evolve(PARTICULARS, preceding=[before])
    document = number(note, "G-1", supplier=SELLER, due_on=DUE)
    terms = business_terms(document, particulars)
    assert terms["BT-3"] == "381"
    assert terms["BG-3"] == [{"BT-25": "2026-0001", "BT-26": "2026-01-31"}]
    # 6.00 with 20 % is 5.00 and 1.00; part of a line is one piece at its amount.
    (line,) = terms["BG-25"]
    assert (line["BT-129"], line["BG-29"]["BT-146"]) == ("1", "5.00")
    assert terms["BG-22"]["BT-115"] == "6.00"
    assert business_terms(document)["BG-3"] == [{"BT-25": "2026-0001"}]
    (lack,) = missing(document, PARTICULARS, profile=Profile.FRANCE)
    assert lack.value("term") == "BT-26"
    accepted(document, particulars)
    unpaid = attrs.evolve(particulars, payment=None, payment_terms=None)
    xml = to_xml(document, unpaid, profile=Profile.EN_16931)
    assert b"<cbc:PaymentDueDate>2099-01-01" in xml
    assert rules.faults(xml, "en16931", "ubl") == []


def test_a_negative_total_is_a_credit_note_with_positive_amounts():
    """29 of 31 days of 5 × 4.99 come back: 23.3403…, and 4.67 of tax."""
    opening = opened(
        on=dt.date(2026, 1, 1), rules=BillingRules(cancellation=Timing.IMMEDIATE)
    )
    ended = change(opening.subscription, Cancel(), on=dt.date(2026, 1, 3))
    document = numbered(ended.invoice)
    terms = business_terms(document)
    assert terms["BT-3"] == "381"
    (line,) = terms["BG-25"]
    assert (line["BT-129"], line["BG-29"]["BT-149"]) == ("145", "31")
    assert terms["BG-22"] == {
        "BT-106": "23.34",
        "BT-109": "23.34",
        "BT-110": "4.67",
        "BT-112": "28.01",
        "BT-113": "28.01",
        "BT-115": "0.00",
    }
    preceding = [PrecedingInvoice("2026-0000", DAY)]
    accepted(document, attrs.evolve(PARTICULARS, preceding=preceding))


def test_credit_that_pays_is_a_paid_amount_and_rounding_its_own_term():
    """24.95 and 4.99 are 29.94; 10.00 was credit, and 19.94 is rounded to 19.95."""
    rule = BillingRules(payable_rounding={"EUR": "0.05"})
    opening = opened(rules=rule, seats=1, on=dt.date(2025, 12, 31))
    credited = change(
        opening.subscription,
        GrantCredit(Money("10.00", "EUR"), "goodwill"),
        AddSeats(4),
        on=dt.date(2025, 12, 31),
    )
    renewed = renew(credited.subscription, on=DAY)
    invoice = [*credited.invoices, *renewed.invoices]
    paid = [one for one in invoice if one.credit_applied]
    document = numbered(paid[0])
    sums = business_terms(document)["BG-22"]
    exact = Fraction(sums["BT-112"]) - Fraction(sums["BT-113"])
    exact += Fraction(sums.get("BT-114", "0"))
    assert exact == Fraction(sums["BT-115"])
    assert sums["BT-113"] == "10.00"
    accepted(document)


def test_prices_that_include_the_tax_are_written_without_it():
    """24.95 with 20 % inside: 4.16 of tax, 20.79 without; 4.99/1.2 is 4.158333…"""
    inside = TaxRate("vat", "0.20", inclusive=True)
    document = first(rates=[inside])
    terms = business_terms(document)
    (line,) = terms["BG-25"]
    assert line["BT-131"] == "20.79"
    # 4.99 / 1.2 = 499/120, which is 12.475 for 3.
    assert (line["BT-129"], line["BG-29"]["BT-146"], line["BG-29"]["BT-149"]) == (
        "5",
        "12.475",
        "3",
    )
    assert (terms["BG-22"]["BT-109"], terms["BG-22"]["BT-110"]) == ("20.79", "4.16")
    accepted(document)


def test_tiers_are_one_piece_at_the_amount_of_all():
    """10 seats: 5 × 10.00 and 5 × 8.00 are 90.00."""
    tiers = [Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8")]
    plan = Plan("team", "Team", 1, [Price(tiers=tiers, currency="EUR")])
    document = first(plan=plan, seats=10)
    (line,) = business_terms(document, PARTICULARS)["BG-25"]
    assert (line["BT-129"], line["BG-29"]["BT-146"]) == ("1", "90.00")
    assert line["BG-31"]["BG-32"] == [{"BT-160": "seat", "BT-161": "10"}]
    accepted(document)


def test_a_reverse_charge_and_what_is_outside_the_scope():
    terms = business_terms(first(rates=[ABROAD]))
    assert terms["BG-23"] == [
        {
            "BT-116": "24.95",
            "BT-117": "0.00",
            "BT-118": "AE",
            "BT-119": "0",
            "BT-120": "Article 196",
            "BT-121": "VATEX-EU-AE",
        }
    ]
    accepted(first(rates=[ABROAD]))
    terms = business_terms(first(rates=[OUTSIDE]))
    assert "BT-31" not in terms["BG-4"]  # BR-O-02
    assert terms["BG-25"][0]["BG-30"] == {"BT-151": "O"}
    accepted(first(rates=[OUTSIDE]))


def test_a_correction_is_of_type_384_and_names_what_it_corrects():
    invoice = numbered(opened().invoice)
    other = attrs.evolve(BUYER, name="Harbour SA")
    request = correct_recipient(invoice, other, use_from_now_on=False)
    document = number(request.accept(on=DUE), "C-1", supplier=SELLER, due_on=DUE)
    terms = business_terms(document)
    assert (terms["BT-3"], terms["BG-7"]["BT-44"]) == ("384", "Harbour SA")
    assert terms["BG-3"] == [{"BT-25": "2026-0001", "BT-26": "2026-01-31"}]
    accepted(document)
    (found,) = missing(document, PARTICULARS, profile=Profile.PEPPOL)
    assert found.value("problem") == "no_such_type"
    seller, buyer = (attrs.evolve(p, country="DE") for p in (SELLER, BUYER))
    invoice = opened(recipient=buyer).invoice
    other = attrs.evolve(buyer, name="Harbour SA")
    request = correct_recipient(invoice, other, use_from_now_on=False)
    document = number(request.accept(on=DUE), "C-1", supplier=seller, due_on=DUE)
    assert missing(document, PARTICULARS, profile=Profile.PEPPOL) == ()


def test_several_subscriptions_are_one_document():
    """24.95 twice is 49.90, and 20 % of it 9.98."""
    invoice = opened().invoice
    both = combine(
        [attrs.evolve(invoice, subscription_id=id) for id in ("a", "b")], key="p/1"
    )
    terms = business_terms(numbered(both))
    assert [line["BT-126"] for line in terms["BG-25"]] == ["1", "2"]
    assert terms["BG-22"]["BT-112"] == "59.88"
    accepted(numbered(both))


def test_a_prepayment_is_of_type_386():
    document = first()
    advance = attrs.evolve(PARTICULARS, prepayment=True)
    assert business_terms(document, advance)["BT-3"] == "386"
    (found,) = missing(document, advance, profile=Profile.XRECHNUNG)
    assert found.value("path") == "particulars.prepayment"
    for profile in (Profile.EN_16931, Profile.PEPPOL, Profile.FACTUR_X, Profile.FRANCE):
        xml = to_xml(document, advance, profile=profile)
        syntax = profile.syntaxes[0]
        assert rules.faults(xml, profile.value, syntax.value) == []


def test_the_tax_in_the_accounting_currency():
    """4.99 EUR of tax at 7.45 are 37.1755 DKK."""
    abroad = attrs.evolve(PARTICULARS, accounting=AccountingCurrency("DKK", "7.45"))
    terms = business_terms(first(), abroad)
    assert (terms["BT-6"], terms["BG-22"]["BT-111"]) == ("DKK", "37.18")
    accepted(first(), abroad)
    same = attrs.evolve(PARTICULARS, accounting=AccountingCurrency("EUR", 1))
    (found,) = missing(first(), same, profile=Profile.EN_16931)
    assert found.value("problem") == "same_currency"


MANDATE = SepaMandate(reference="M-1 <2>", country="DE", last_four="3000")
CARD = Card(
    brand="visa",
    last_four="4242",
    expiry_year=2030,
    expiry_month=1,
    funding=Funding.CREDIT,
)
OTHER = BankAccount(iban="TR330006100519786457841326")


@pytest.mark.parametrize(
    ("payment", "code", "profiles"),
    [
        pytest.param({"accounts": [OTHER]}, "30", EVERY, id="outside SEPA"),
        pytest.param({"method": CARD}, "54", EVERY, id="a credit card"),
        pytest.param(
            {"method": attrs.evolve(CARD, funding=Funding.DEBIT)},
            "55",
            EVERY,
            id="a debit card",
        ),
        pytest.param(
            {"method": attrs.evolve(CARD, funding=Funding.UNKNOWN)},
            "48",
            EVERY,
            id="a card",
        ),
        pytest.param({"link": "https://pay.example/1"}, "68", EVERY, id="a link"),
        pytest.param({"method": PayPal(country="US")}, "68", EVERY, id="PayPal"),
        pytest.param(
            {"method": MANDATE, "creditor_id": "DE98ZZZ09999999999"},
            "59",
            [(p, s) for p, s in EVERY if p is not Profile.XRECHNUNG],
            id="a mandate",
        ),
    ],
)
def test_how_it_is_paid(payment, code, profiles):
    particulars = attrs.evolve(PARTICULARS, payment=PaymentInstructions(**payment))
    terms = business_terms(first(), particulars)
    assert terms["BG-16"]["BT-81"] == code
    for profile, syntax in profiles:
        xml = to_xml(first(), particulars, profile=profile, syntax=syntax)
        assert rules.faults(xml, profile.value, syntax.value) == []


def test_a_mandate_keeps_too_little_of_the_account_for_xrechnung():
    """BR-DE-30 and BR-DE-31: the creditor and the debited account."""
    particulars = attrs.evolve(PARTICULARS, payment=PaymentInstructions(method=MANDATE))
    found = missing(first(), particulars, profile=Profile.XRECHNUNG)
    assert [each.value("term") for each in found] == ["BT-90", "BT-91"]


def test_payment_may_be_left_out():
    without = attrs.evolve(PARTICULARS, payment=PaymentInstructions())
    assert "BG-16" not in business_terms(first(), without)


# ------------------------------------------------------------------------ refusals


def test_what_is_missing_is_told_with_its_number_and_its_place():
    bare = number(opened(recipient=None).invoice, "1")
    found = missing(bare, profile=Profile.EN_16931)
    assert [each.value("term") for each in found] == ["BG-4", "BG-7", "BT-9"]
    assert str(found[0]) == "BG-4 is missing: seller (supplier)."
    assert describe(found[0], "de") != str(found[0])
    with pytest.raises(UnfitInvoiceError) as refused:
        to_xml(bare, profile=Profile.EN_16931)
    assert refused.value.terms == ("BG-4", "BG-7", "BT-9")
    named = attrs.evolve(bare, supplier=Party(name="A"), due_on=DUE)
    found = missing(named, profile=Profile.XRECHNUNG)
    assert [each.value("term") for each in found] == (
        "BG-4 BT-40 BG-7 BT-31 BT-10 BT-34 BT-37 BT-38 BT-41 BT-42 BT-43 BG-16"
    ).split()[1:]


def unfit(document, particulars=PARTICULARS, profile=Profile.EN_16931):
    return [
        (each.value("term"), dict(each.values).get("problem"))
        for each in missing(document, particulars, profile=profile)
    ]


CITY = TaxRate("city", "0.0625")


def test_what_cannot_be_said_is_told():
    assert unfit(first(rates=())) == [("BT-151", None)]
    several = first(rates=[VAT, CITY])
    assert unfit(several) == [("BT-151", "several_rates")]
    assert "BT-151" not in business_terms(several)["BG-25"][0]["BG-30"]
    both = combine(
        [
            attrs.evolve(opened(rates=[rate]).invoice, subscription_id=rate.id)
            for rate in (VAT, OUTSIDE)
        ],
        key="p/1",
    )
    assert unfit(numbered(both)) == [("BT-118", "outside_alone")]
    third = TaxRate("third", Fraction(1, 3))
    assert unfit(first(rates=[third])) == [("BT-119", "endless")]
    odd = attrs.evolve(SELLER, vat_number="123")
    assert unfit(numbered(opened().invoice, odd)) == [("BT-31", "no_country")]
    blank = attrs.evolve(SELLER, name="\x07")
    assert unfit(numbered(opened().invoice, blank)) == [("BT-27", "characters")]
    mail = attrs.evolve(SELLER, electronic_address=ElectronicAddress("EM", "a@b.de"))
    document = numbered(opened().invoice, mail)
    assert unfit(document, profile=Profile.PEPPOL) == [("BT-34", "no_peppol_scheme")]
    other = attrs.evolve(SELLER, registration="HRB 1", registration_scheme=None)
    document = numbered(opened().invoice, other)
    assert unfit(document, profile=Profile.FRANCE) == [("BT-30", "no_siren")]


def test_an_amount_finer_than_a_cent_is_refused_by_name():
    """1.005 KWD has three decimals, and 1.010 can be written as 1.01."""

    def in_dinars(amount):
        plan = Plan("k", "K", 1, [Price(unit_amount=amount, currency="KWD")])
        zero = TaxRate("zero", 0, TaxCategory.ZERO)
        return first(plan=plan, seats=1, rates=[zero])

    problems = unfit(in_dinars("1.005"))
    assert {problem for _, problem in problems} == {"too_fine"}
    assert ("BT-131", "too_fine") in problems
    accepted_in_euros = attrs.evolve(
        PARTICULARS, accounting=AccountingCurrency("EUR", "3")
    )
    accepted(in_dinars("1.010"), accepted_in_euros)


def test_a_tax_that_is_off_by_a_whole_yen_is_refused_by_name():
    """87 × 19/119 = 13.89, rounded down 13; but 19 % of 74 is 14.06 (BR-CO-17)."""
    plan = Plan("y", "Y", 1, [Price(unit_amount="87", currency="JPY")])
    inside = TaxRate("vat", "0.19", inclusive=True)
    rules = BillingRules(rounding=Rounding.DOWN)
    document = first(plan=plan, seats=1, rates=[inside], rules=rules)
    assert unfit(document) == [("BT-117", "tax_differs")]


def test_france_wants_its_three_notes_and_tax_in_euros():
    bare = attrs.evolve(PARTICULARS, notes=NOTES[:1])
    found = missing(first(), bare, profile=Profile.FRANCE)
    assert [each.value("path") for each in found] == [
        "particulars.notes (PMD)",
        "particulars.notes (AAB)",
    ]
    plan = Plan("d", "D", 1, [Price(unit_amount="5", currency="USD")])
    document = first(plan=plan)
    assert unfit(document, profile=Profile.FRANCE) == [("BT-6", None)]
    old = unfit(first(on=dt.date(1999, 1, 1)), profile=Profile.FRANCE)
    assert ("BT-2", "other_century") in old


def test_a_buyer_without_a_reference_is_told_to_peppol():
    bare = attrs.evolve(PARTICULARS, references=None)
    assert unfit(first(), bare, Profile.PEPPOL) == [("BT-10", None)]
    ordered = BuyerReferences(purchase_order="4711")
    bare = attrs.evolve(PARTICULARS, references=ordered)
    assert unfit(first(), bare, Profile.PEPPOL) == []


def test_who_owes_the_tax_has_a_number():
    buyer = attrs.evolve(BUYER, vat_number=None)
    assert unfit(first(rates=[ABROAD], recipient=buyer)) == []
    buyer = attrs.evolve(buyer, registration=None, registration_scheme=None)
    assert unfit(first(rates=[ABROAD], recipient=buyer)) == [("BT-48", None)]
    seller = attrs.evolve(SELLER, registration=None, registration_scheme=None)
    document = numbered(opened(rates=[OUTSIDE]).invoice, seller)
    assert unfit(document) == [("BT-30", None)]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        pytest.param(lambda: UnitCode("seat", "seat"), MalformedError, id="unit"),
        pytest.param(lambda: InvoiceNote("x", "pmt"), MalformedError, id="subject"),
        pytest.param(
            lambda: AccountingCurrency("EUR", 0), OutOfBoundsError, id="no rate"
        ),
        pytest.param(
            lambda: Particulars(
                unit_codes=[UnitCode("a", "HUR"), UnitCode("a", "C62")]
            ),
            DuplicateError,
            id="two codes",
        ),
        pytest.param(lambda: Particulars(payment=1), WrongTypeError, id="payment"),
        pytest.param(lambda: Particulars(payment_terms=1), WrongTypeError, id="terms"),
        pytest.param(lambda: business_terms(1), WrongTypeError, id="document"),
        pytest.param(
            lambda: business_terms(first(), locale="xx-nowhere"),
            LocaleError,
            id="words",
        ),
        pytest.param(
            lambda: to_xml(
                first(), PARTICULARS, profile=Profile.PEPPOL, syntax=Syntax.CII
            ),
            WrongTypeError,
            id="syntax",
        ),
    ],
)
def test_bad_input_is_refused(make, error):
    with pytest.raises(error):
        make()


def test_without_factur_x_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "facturx", None)
    with pytest.raises(MissingExtraError) as refused:
        to_xml(first(), PARTICULARS, profile=Profile.EN_16931)
    assert refused.value.extra == "einvoice"


def test_the_same_arguments_give_the_same_bytes():
    for profile, syntax in EVERY:
        found = [
            to_xml(first(), PARTICULARS, profile=profile, syntax=syntax)
            for _ in range(2)
        ]
        assert found[0] == found[1]


EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_accepted(path):
    """Each invoice of each story; one without a rate is taxed as if at zero here."""
    request = read_request(parse(path.read_text("utf-8")))
    statement = bill_request(attrs.evolve(request, tax_rates=[ABROAD]))
    accounting = AccountingCurrency("EUR", "0.9")
    for invoice in (one for one in statement.invoices if one.lines):
        known = attrs.evolve(
            PARTICULARS,
            preceding=[PrecedingInvoice("2026-0000", DAY)],
            accounting=None if invoice.currency == "EUR" else accounting,
        )
        made_out = attrs.evolve(invoice, recipient=BUYER)
        time = made_out.issued_on
        due = LATE if isinstance(time, dt.datetime) else DUE
        document = numbered(made_out, due_on=due)
        xml = to_xml(document, known, profile=Profile.PEPPOL)
        assert rules.faults(xml, "peppol", "ubl") == []
        xml = to_xml(document, known, profile=Profile.FRANCE)
        assert rules.faults(xml, "france", "cii") == []


# ------------------------------------------------------------- broken, and rejected

# Of documents that are accepted: a pattern, what is put between its two groups, and
# the rule that is broken by it.
UBL = """
(MonetaryTotal>\\s*<cbc:LineExtensionAmount[^>]*>)24.95(<) § 9.00 § BR-CO-10
(TaxExclusiveAmount[^>]*>)24.95(<) § 25.00 § BR-CO-13
(<cac:TaxTotal>\\s*<cbc:TaxAmount[^>]*>)4.99(<) § 5.00 § BR-CO-14
(TaxInclusiveAmount[^>]*>)29.94(<) § 30.00 § BR-CO-15
(PayableAmount[^>]*>)29.94(<) § 1.00 § BR-CO-16
(TaxableAmount[^>]*>)24.95(<) § 20.00 § BR-S-08
(InvoiceTypeCode>)380(<) § 999 § BR-CL-01
(IdentificationCode>)FR(<) § ZZ § BR-CL-14
(<cbc:CompanyID>)FR(8) § 12 § BR-CO-09
(unitCode=")C62(") § SEAT § BR-CL-23
(PriceAmount[^>]*>)4.99(<) § -4.99 § BR-27
(<cac:InvoiceLine>[^#]*EndDate>)2026-02-27(<) § 2025-01-01 § BR-30
(EndpointID schemeID=")0009(") § 0000 § BR-CL-25
(PayableAmount[^>]*>)29.94(<) § 29.940 § BR-DEC-18
(RegistrationName>)Studio[^<]*(<) §  § BR-06
"""
FACTUR_X = """
(LineTotalAmount>)24.95(</ram:LineTotalAmount>\\s*<ram:TaxBasis) § 9.00 § BR-CO-10
(GrandTotalAmount>)29.94(<) § 30.00 § BR-CO-15
"""
FRENCH_CII = "(SubjectCode>)PMT(<) § AAI § BR-FR-05_BT-22_PMT"
FRENCH_UBL = '(CompanyID schemeID="0002">)732829320(<) § 1 § BR-FR-10_BT-30'
GERMAN_UBL = """
(<cbc:BuyerReference>)[^<]*(<) §  § BR-DE-15
(<cbc:Telephone>)[^<]*(<) § none § BR-DE-27
"""
GERMAN_CII = "(<ram:BuyerReference>)[^<]*(<) §  § BR-DE-15"
BROKEN = [
    pytest.param(profile, syntax, *row.split(" § "), id=row.split(" § ")[2])
    for profile, syntax, rows in (
        ("en16931", "ubl", UBL),
        ("factur_x", "cii", FACTUR_X),
        ("france", "cii", FRENCH_CII),
        ("france", "ubl", FRENCH_UBL),
        ("xrechnung", "ubl", GERMAN_UBL),
        ("xrechnung", "cii", GERMAN_CII),
    )
    for row in rows.strip().splitlines()
]


@pytest.mark.parametrize(("profile", "syntax", "found", "instead", "rule"), BROKEN)
def test_the_rules_reject_what_is_broken(profile, syntax, found, instead, rule):
    """The check can fail: each document is one that is accepted, but for this."""
    particulars = attrs.evolve(PARTICULARS, payment_terms=None)
    made = to_xml(
        first(), particulars, profile=Profile(profile), syntax=Syntax(syntax)
    ).decode()
    broken = re.sub(found, rf"\g<1>{instead}\g<2>", made, count=1)
    assert broken != made
    assert rules.faults(made.encode(), profile, syntax) == []
    assert rule in rules.faults(broken.encode(), profile, syntax)


# ------------------------------------------------------------------ random documents

MANY = int(os.environ.get("SEATBILL_EINVOICES", "25"))
"""How many random documents; ``make einvoices`` takes 500."""


def sayable(invoice):
    """Return *invoice* with one rate on each line, and in cents.

    Histories draw lines without a rate or with two, and currencies of three digits:
    no e-invoice says those, and ``missing`` tells of them.
    """
    lines = invoice.lines
    if any(len(line.tax_rates) != 1 for line in lines):
        lines = [
            with_terms(line, tax_rates=line.tax_rates[:1] or [VAT]) for line in lines
        ]
    currency = invoice.currency
    if currency_digits(currency) > 2:
        currency = "EUR"
        lines = [with_terms(line, currency=currency) for line in lines]
    if lines is invoice.lines:
        return invoice
    taxes = taxes_of(lines, currency, rounding_of(invoice))
    return attrs.evolve(
        invoice,
        currency=currency,
        lines=lines,
        taxes=taxes,
        total_minor=invoice.subtotal_minor + exclusive_tax(taxes),
        credit_lots=(),
        payable_step=None,
    )


def with_terms(line, **changed):
    return attrs.evolve(line, terms=attrs.evolve(line.terms, **changed))


@st.composite
def documents(draw):
    """Draw a document of any kind that can be numbered, from a random history."""
    invoice = attrs.evolve(sayable(draw(invoices())), recipient=BUYER)
    kinds = ("invoice", "invoice", "note", "combined", "corrected")
    kind = draw(st.sampled_from(kinds))
    if kind == "note" and invoice.total_minor > 0:
        part = draw(st.none() | st.integers(1, invoice.total_minor))
        if part is not None:
            part = Money.from_minor_units(part, invoice.currency)
        day = invoice.issued_on
        return credit_note(invoice, amount=part, reason="goodwill", issued_on=day)
    if kind == "combined":
        each = [attrs.evolve(invoice, subscription_id=id) for id in "abc"]
        return combine(each[: draw(st.integers(1, 3))], key="p/1")
    if kind == "corrected":
        other = attrs.evolve(BUYER, name="Harbour SA")
        request = correct_recipient(invoice, other, use_from_now_on=False)
        return request.accept(on=invoice.issued_on)
    return invoice


LIMITS = ("no_french_rate", "other_century", "tax_differs")
COUNTED = Counter()


@settings(
    max_examples=MANY,
    phases=(Phase.explicit, Phase.generate),  # each try takes long
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(documents())
def test_random_documents_are_accepted(document):
    plain = getattr(document, "original", document)
    day, currency = plain.issued_on, plain.currency
    due = (
        DUE
        if not isinstance(day, dt.datetime)
        else dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    )
    given_ = number(document, "R-1", supplier=SELLER, due_on=max(due, day))
    preceding = [PrecedingInvoice("R-0", day)]
    accounting = AccountingCurrency("EUR", "0.5")
    particulars = attrs.evolve(
        PARTICULARS,
        preceding=preceding,
        accounting=None if currency == "EUR" else accounting,
    )
    for profile, syntax in EVERY:
        if profile is Profile.PEPPOL and given_.type == "384":
            continue
        problems = {*unfit(given_, particulars, profile)}
        if problems:
            assert {problem for _, problem in problems} <= {*LIMITS}, problems
            COUNTED["not an e-invoice"] += 1
            continue
        xml = to_xml(given_, particulars, profile=profile, syntax=syntax)
        faults = rules.faults(xml, profile.value, syntax.value)
        assert faults == [], xml.decode()
        COUNTED[f"{profile} {syntax}"] += 1
