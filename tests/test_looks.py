"""Documents in one's own brand: a look is checked, and the page keeps to it."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent / "screens"))

import branded
import pictured

from seatbill import Money, Party, bill
from seatbill.corrections import number
from seatbill.documents import (
    MOST_BYTES,
    Look,
    OwnColumn,
    UnitName,
    logo_of,
    to_html,
    to_sheet,
    to_text,
)
from seatbill.documents._branding import style_of
from seatbill.errors import (
    DuplicateError,
    MalformedError,
    MissingExtraError,
    OutOfBoundsError,
    SeatbillError,
    UnknownItemError,
    WrongTypeError,
)
from seatbill.parties import BuyerReferences
from seatbill.payments import (
    BankAccount,
    Card,
    PaymentInstructions,
    PaymentReference,
    PaymentTerms,
    SepaMandate,
)
from stories import at

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
ACCOUNT = BankAccount(iban="DE89370400440532013000", holder="Studio")


def page(look: Look, **more: Any) -> str:
    return to_html(branded.invoice(), **branded.PAID | {"look": look} | more)


def text(look: Look, **more: Any) -> str:
    return to_text(branded.invoice(), **branded.PAID | {"look": look} | more)


# A look is checked.


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0JFIF", "jpeg"),
        (b"GIF89a\x01", "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg+xml"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", "svg+xml"),
    ],
)
def test_a_logo_is_told_by_its_first_bytes(picture, kind):
    found = logo_of(picture)
    head, _, data = found.partition(",")
    assert head == f"data:image/{kind};base64"
    assert base64.b64decode(data) == picture
    assert Look(logo=found).logo == found


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        pytest.param({"logo": "https://x.example/a.png"}, MalformedError, id="link"),
        pytest.param({"logo": "data:image/bmp;base64,AAAA"}, MalformedError, id="BMP"),
        pytest.param({"logo": "data:image/png;base64,AAAAA"}, MalformedError, id="cut"),
        pytest.param(
            {"logo": "data:image/png;base64,AAAA"}, MalformedError, id="no PNG"
        ),
        pytest.param(
            {"logo": logo_of(PNG).replace("png", "jpeg")}, MalformedError, id="lie"
        ),
        pytest.param({"logo": 'data:image/png;base64,"'}, MalformedError, id="quote"),
        pytest.param({"logo": 1}, WrongTypeError, id="no text"),
        pytest.param({"accent": "red"}, MalformedError, id="a name"),
        pytest.param({"accent": "#fff"}, MalformedError, id="three digits"),
        pytest.param({"accent": "#ffffff;}"}, MalformedError, id="more style"),
        pytest.param({"accent": 1}, WrongTypeError, id="no color"),
        pytest.param({"fonts": ['a";}']}, MalformedError, id="a rule"),
        pytest.param({"fonts": "Inter"}, WrongTypeError, id="one font"),
        pytest.param({"footer": ""}, OutOfBoundsError, id="no footer"),
        pytest.param({"terms": 1}, WrongTypeError, id="no terms"),
        pytest.param({"columns": ["amount"]}, UnknownItemError, id="the amount"),
        pytest.param({"columns": ["tax", "tax"]}, DuplicateError, id="twice"),
        pytest.param({"columns": "tax"}, WrongTypeError, id="one column"),
        pytest.param({"own_columns": ["x"]}, WrongTypeError, id="a text"),
        pytest.param({"tax_names": ["VAT"]}, WrongTypeError, id="a list"),
        pytest.param({"tax_names": (("VAT",),)}, WrongTypeError, id="half a pair"),
        pytest.param({"tax_names": {"VAT": 1}}, WrongTypeError, id="a number"),
        pytest.param(
            {"tax_names": (("V", "a"), ("V", "b"))}, DuplicateError, id="two names"
        ),
        pytest.param({"unit_names": ["seat"]}, WrongTypeError, id="a unit"),
        pytest.param(
            {"unit_names": [UnitName(unit="a", one="b", many="c")] * 2},
            DuplicateError,
            id="a unit twice",
        ),
        pytest.param({"reason": 1}, WrongTypeError, id="no flag"),
        pytest.param({"qr": "yes"}, WrongTypeError, id="a word"),
    ],
)
def test_a_look_is_checked(wrong, error):
    with pytest.raises(error):
        Look(**wrong)


def test_parts_of_a_look_are_checked():
    with pytest.raises(MalformedError):
        logo_of(b"hello")
    with pytest.raises(WrongTypeError):
        logo_of("hello")  # type: ignore[arg-type]
    logo_of(PNG.ljust(MOST_BYTES, b"\0"))
    with pytest.raises(OutOfBoundsError) as refusal:
        logo_of(PNG.ljust(MOST_BYTES + 1, b"\0"))
    assert (refusal.value.name, refusal.value.maximum) == ("len(logo)", MOST_BYTES)
    for wrong in ({"unit": ""}, {"one": 1}, {"many": ""}):
        with pytest.raises(SeatbillError):
            UnitName(**{"unit": "seat", "one": "a", "many": "b"} | wrong)
    with pytest.raises(OutOfBoundsError):
        OwnColumn("", {})
    assert OwnColumn("x", {"a": "b"}) == OwnColumn("x", (("a", "b"),))


# What a page does with it.


def test_a_page_lets_through_the_logo_that_stands_inside_it_and_nothing_else():
    policy = re.compile('Content-Security-Policy" content="([^"]*)"')
    plain, with_logo = page(Look()), page(Look(logo=logo_of(PNG)))
    nothing = "default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"
    assert policy.findall(plain) == [nothing]
    assert policy.findall(with_logo) == [f"{nothing}; img-src data:"]
    assert "<img" not in plain
    assert f'<img src="{logo_of(PNG)}" alt="' in with_logo
    assert "Seatbill Software GmbH" in re.findall('alt="([^"]*)"', with_logo)[0]


def test_fonts_come_before_those_of_the_page():
    assert style_of(Look(fonts=["Source Serif 4", "Georgia"])) == (
        ':root{--own:"Source Serif 4","Georgia"}\n'
    )
    assert style_of(Look()) == ""


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors, as WCAG 2.2 defines it."""

    def light(color: str) -> float:
        found = 0.0
        for i, weight in ((1, 0.2126), (3, 0.7152), (5, 0.0722)):
            part = int(color[i : i + 2], 16) / 255
            part = part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
            found += weight * part
        return found

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_letters_in_any_color_can_be_read(accent):
    style = style_of(Look(accent=accent))
    assert f"--brand:{accent}" in style
    pairs = re.findall("--accent:(#[0-9a-f]{6});--tag:(#[0-9a-f]{6})", style)
    (light, light_tag), (dark, dark_tag), printed = pairs
    assert printed == (light, light_tag)
    for letters, grounds in (
        (light, ("#ffffff", "#f3f6fb", light_tag)),
        (dark, ("#171b21", "#1f2631", dark_tag)),
    ):
        assert all(contrast(letters, ground) >= 4.5 for ground in grounds)


def test_a_color_that_can_be_read_stays_as_it_is():
    # White on #0b4f30 is 9.8 to 1; on a dark sheet it has to be lighter.
    style = style_of(Look(accent="#0b4f30"))
    assert ":root{--brand:#0b4f30;--accent:#0b4f30;" in style
    assert "(prefers-color-scheme:dark){:root{--accent:#0b4f30" not in style


def columns(document: Any, **more: Any) -> list[str]:
    (table,) = to_sheet(document, **more).tables
    return [column.name for column in table.columns]


def test_columns_are_hidden_and_added():
    whole, part = branded.invoice(), pictured.upgrade()
    assert columns(whole) == ["quantity", "unit_price", "amount"]
    assert columns(part) == ["quantity", "unit_price", "share", "amount"]
    few = Look(columns=["tax", "share"])
    assert columns(whole, look=few) == ["tax", "amount"]
    assert columns(part, look=few) == ["tax", "share", "amount"]
    assert columns(part, look=Look(columns=())) == ["amount"]
    own = Look(columns=["item"], own_columns=[OwnColumn("Cost", {"pro": "CC-9"})])
    assert columns(whole, look=own) == ["item", "own", "amount"]
    for shown in (page(own), text(own)):
        assert "CC-9" in shown
        assert "Item number" in shown
        assert "Quantity" not in shown
    noted = to_text(branded.note(), look=own)
    assert "CC-9" in noted
    assert columns(branded.note(), look=own) == ["own", "invoiced", "amount"]
    unknown = Look(own_columns=[OwnColumn("Cost", {"other": "CC-9"})])
    assert "CC-9" not in text(unknown)


def test_taxes_and_units_are_called_as_the_seller_calls_them():
    look = Look(
        columns=["quantity", "tax"],
        tax_names={"VAT": "Value added tax"},
        unit_names=[
            UnitName(unit="desk", one="place", many="places"),
            UnitName(unit="seat", one="licence", many="licences"),
        ],
    )
    assert "8 seats" in text(attrs.evolve(look, unit_names=look.unit_names[:1]))
    found = text(look)
    assert "8 licences" in found
    assert "Value added tax 21%" in found
    assert "Value added tax: 21% of €88.50" in found
    one = to_text(branded.opened(seats=1).invoice, look=look)
    assert "1 licence " in one
    # French says 0 as it says 1.
    free = attrs.evolve(branded.opened().invoice.lines[0], quantity=0, full_scaled=0)
    invoice = attrs.evolve(branded.opened().invoice, lines=[free])
    assert "0 licence " in to_text(invoice, locale="fr", look=look)
    exempt = to_text(pictured.forty_lines(), look=Look(tax_names={"VAT-EU": "No VAT"}))
    assert "No VAT: Reverse charge" in exempt


def test_the_reason_can_be_hidden():
    assert "First invoice" in text(Look())
    assert "First invoice" not in text(Look(reason=False))
    assert "Goodwill" in to_text(branded.note(), look=Look(reason=False))
    combined = to_text(branded.combined(), look=Look(reason=False))
    assert "First invoice" not in combined


def test_a_note_stands_below_the_sums_and_keeps_its_lines():
    for shown in (page(Look()), text(Look())):
        places = [shown.index(part) for part in ("Bill to", "Amount due", "Thank you")]
        assert places == sorted(places)
    assert "your order.\nQuestions:" in page(Look())
    assert "  Thank you for your order.\n  Questions:" in text(Look())
    assert "white-space:pre-line" in page(Look())
    statement = bill(branded.opened(), [], until=at("2026-01-20"))
    found = to_text(statement, note="Year one")
    assert found.index("Bill to") < found.index("Year one") < found.index("History")


def test_a_footer_ends_every_document():
    look = Look(footer="Seatbill GmbH\nBerlin")
    for document in (branded.invoice(), branded.note(), pictured.view()):
        assert to_text(document, look=look).endswith("\n\n  Seatbill GmbH\n  Berlin")
        assert "<footer><bdi>Seatbill GmbH\nBerlin</bdi></footer>" in to_html(
            document, look=look
        )


# How it is paid.


def payment(**more: Any) -> str:
    said = PaymentInstructions(**more)
    return to_text(branded.invoice(), payment=said).partition("Payment")[2]


def test_every_way_to_pay_is_said():
    found = text(branded.LOOK)
    for said in (
        "Terms               14 days",
        "Account holder      Seatbill Software GmbH",
        "IBAN                DE89 3704 0044 0532 0130 00",
        "BIC                 COBADEFFXXX",
        "Creditor reference  RF18 5390 0754 7034",
        "Pay online          https://pay.example.com/i/2026-0017",
        "Purchase order   PO 4711-B",
        "Interest of 9 points",
    ):
        assert said in found
    html = page(branded.LOOK)
    assert 'href="https://pay.example.com/i/2026-0017" rel="noreferrer"' in html


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (PaymentTerms(days=0), "On receipt"),
        (PaymentTerms(days=1), "1 day"),
        (PaymentTerms(days=0, end_of_month=True), "At the end of the month"),
        (PaymentTerms(days=10, end_of_month=True), "10 days from the end of the month"),
    ],
)
def test_terms_are_said_in_words(terms, said):
    assert f"Terms  {said}\n" in f"{payment(terms=terms)}\n"


def test_what_is_collected_is_said_without_a_whole_number():
    mandate = SepaMandate(reference="M-1", country="DE", last_four="3000")
    found = payment(method=mandate, creditor_id="DE98ZZZ09999999999")
    assert "Direct debit from •••• 3000 (M-1)" in found
    assert "Creditor identifier  DE98ZZZ09999999999" in found
    card = Card(brand="visa", last_four="4242", expiry_year=2027, expiry_month=3)
    assert "Collected from  visa •••• 4242" in payment(method=card)
    belgian = payment(reference=PaymentReference.belgian(123456789))
    assert "Structured communication  +++012/3456/78939+++" in belgian
    bare = payment(accounts=[BankAccount(iban="BE68539007547034")])
    assert "IBAN  BE68 5390 0754 7034" in bare
    assert "BIC" not in bare


def test_nothing_is_said_of_payment_where_nothing_is_due():
    assert "Payment" not in to_text(branded.invoice())
    said: dict[str, Any] = {"payment": branded.PAYMENT, "look": branded.LOOK}
    assert "IBAN" not in to_text(pictured.negative(), **said)
    preview = to_text(branded.opened().invoice, preview=True, **said)
    assert "IBAN" not in preview
    assert "IBAN" in to_text(branded.opened().invoice, **said)
    assert "IBAN" in to_text(branded.combined(), **said)
    assert "IBAN" in to_text(pictured.correction(), **said)
    assert "Interest" in to_text(branded.invoice(), look=branded.LOOK)


@pytest.mark.parametrize("write", [to_text, to_html, to_sheet])
def test_only_an_invoice_is_paid_and_only_a_bill_has_references(write):
    for document in (branded.note(), number(branded.note(), "1"), branded.offer()):
        with pytest.raises(WrongTypeError) as refusal:
            write(document, payment=branded.PAYMENT)
        assert refusal.value.name == "payment"
    assert write(branded.note(), references=branded.REFERENCES)
    with pytest.raises(WrongTypeError) as refusal:
        write(branded.offer(), references=branded.REFERENCES)
    assert refusal.value.name == "references"


def test_references_of_a_buyer_stand_on_every_bill():
    said = BuyerReferences(buyer_reference="B-1", purchase_order="P-2", contract="C-3")
    for document in (branded.note(), pictured.correction(), branded.combined()):
        found = to_text(document, references=said)
        assert all(word in found for word in ("B-1", "P-2", "C-3"))


# The QR code.


def codes(look: Look, **more: Any) -> int:
    return page(look, **more).count('class="qr"')


QR = Look(qr=True)


def paid(account: BankAccount, **more: Any) -> PaymentInstructions:
    return PaymentInstructions(accounts=[account], **more)


def test_a_code_stands_beside_an_account_in_euros():
    assert codes(QR) == 1
    assert codes(Look()) == 0
    assert codes(QR, payment=None) == 0
    assert codes(QR, payment=PaymentInstructions(link="https://pay.example")) == 0
    nameless = BankAccount(iban="DE89370400440532013000")
    assert codes(QR, payment=paid(nameless)) == 1  # the seller's own name
    anonymous = attrs.evolve(branded.invoice(), supplier=None)
    said = {"payment": paid(nameless), "look": QR}
    assert 'class="qr"' not in to_html(anonymous, **said)
    # Outside SEPA: the example of the SWIFT registry for Brazil.
    brazil = BankAccount(iban="BR1800360305000010009795493C1", holder="Studio")
    assert codes(QR, payment=paid(brazil)) == 0
    long = PaymentReference("é" * 140)  # 280 bytes
    assert codes(QR, payment=paid(ACCOUNT, reference=long)) == 0
    dollars = pictured.Plan(
        "usd", "USD", 1, [pictured.Price(unit_amount="9", currency="USD")]
    )
    invoice = branded.opened(plan=dollars).invoice
    assert 'class="qr"' not in to_html(invoice, look=QR, payment=paid(ACCOUNT))


def test_the_code_says_who_is_paid_how_much_and_why(monkeypatch):
    segno = pytest.importorskip("segno")
    asked: dict[str, Any] = {}

    def make(**values: Any) -> Any:
        asked.update(values)
        return segno.make("x")

    monkeypatch.setattr("segno.helpers.make_epc_qr", make)
    page(QR)
    # 88.50 and 21 % of it, 18.585, rounded up: 107.09
    assert asked == {
        "name": "Seatbill Software GmbH",
        "iban": "DE89370400440532013000",
        "amount": Money("107.09", "EUR").amount,
        "reference": "RF18539007547034",
        "text": None,
        "bic": "COBADEFFXXX",
    }
    page(QR, payment=paid(ACCOUNT))
    assert (asked["reference"], asked["text"]) == (None, "2026-0017")
    page(QR, payment=paid(ACCOUNT, reference=PaymentReference.belgian(1)))
    assert asked["text"] == "+++000/0000/00101+++"


def test_the_longest_that_fits_can_be_drawn():
    pytest.importorskip("segno")
    account = attrs.evolve(ACCOUNT, holder="ß" * 70, bic="COBADEFFXXX")  # 140 bytes
    reference = PaymentReference("é" * 50)  # 100 more
    assert codes(QR, payment=paid(account, reference=reference)) == 1
    longer = PaymentReference("é" * 50 + "e")
    assert codes(QR, payment=paid(account, reference=longer)) == 0


def test_without_the_extra_a_code_is_refused_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "segno.helpers", None)
    with pytest.raises(MissingExtraError) as refusal:
        page(QR)
    assert (refusal.value.package, refusal.value.extra) == ("segno.helpers", "qr")
    assert "IBAN" in text(QR)  # a terminal shows no code


# Words in their places.


def test_a_sheet_has_what_a_template_needs():
    sheet = to_sheet(branded.invoice(), **branded.PAID)
    assert (sheet.kind, sheet.title) == ("invoice", "Invoice")
    assert sheet.number == "\u20682026-0017\u2069"
    assert [party.role for party in sheet.parties] == ["seller", "buyer"]
    assert [fact.name for fact in sheet.facts] == [
        "issued_on",
        "due_on",
        "reference",
        "buyer_reference",
        "purchase_order",
    ]
    (line,) = sheet.lines
    assert (line.count, line.quantity, line.unit_price) == ("8", "8 seats", "")
    assert line.amount == "€88.50"
    # 5 × 12.00 + 3 × 9.50
    assert line.tiers.replace("\u00a0", " ") == "5 × €12.00 + 3 × €9.50 = €88.50"
    assert line.source == branded.invoice().document.lines[0]
    assert [(total.name, total.money.minor_units) for total in sheet.totals] == [
        ("subtotal", 8850),
        ("tax", 1859),
        ("total", 10709),
        ("amount_due", 10709),
    ]
    assert sheet.totals[1].tax == branded.invoice().document.taxes[0]
    assert [note.strip("\u2068\u2069") for note in sheet.notes] == [branded.NOTE]
    (paying,) = sheet.parts
    assert paying.kind == "payment"
    assert [fact.name for fact in paying.facts] == [
        "terms",
        "holder",
        "iban",
        "bic",
        "payment_reference",
        "link",
    ]


def test_a_sheet_of_several_invoices_holds_a_part_for_each():
    sheet = to_sheet(branded.combined())
    assert sheet.lines == sheet.tables == ()
    assert [part.kind for part in sheet.parts] == ["group", "group"]
    assert [len(part.lines) for part in sheet.parts] == [1, 1]
    names = [fact.name for part in sheet.parts for fact in part.facts]
    assert names == ["reference", "used_by", "reason"] * 2
    corrected = to_sheet(pictured.correction())
    assert [party.role for party in corrected.parties] == ["buyer", "previous"]


def test_a_seller_with_a_long_name_is_cut_to_what_a_code_holds():
    pytest.importorskip("segno")
    seller = Party(name="x" * 200)
    account = BankAccount(iban="DE89370400440532013000")
    assert codes(QR, payment=paid(account), seller=seller) == 1
