"""How an invoice is paid: accounts, references with check digits, links."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill.errors import (
    AccountNumberError,
    MalformedError,
    OutOfBoundsError,
    SeatbillError,
    WrongTypeError,
)
from seatbill.parties import BuyerReferences
from seatbill.payments import (
    BankAccount,
    Card,
    PaymentInstructions,
    PaymentReference,
    PaymentTerms,
    ReferenceKind,
    SepaMandate,
)

# The example of the SWIFT IBAN registry for Germany.
IBAN = "DE89370400440532013000"


def test_an_account_keeps_its_number_whole_and_prints_it_in_fours():
    account = BankAccount(iban="de89 3704 0044 0532 0130 00", bic="deut de ff 500")
    assert account.iban == IBAN
    assert account.printed_iban == "DE89 3704 0044 0532 0130 00"
    assert account.bic == "DEUTDEFF500"
    assert attrs.evolve(account, holder="Studio GmbH").holder == "Studio GmbH"
    assert BankAccount(iban=IBAN, holder="x" * 70).bic is None


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        pytest.param({"iban": "DE88370400440532013000"}, AccountNumberError, id="typo"),
        pytest.param({"iban": "DE8937040044053201300"}, AccountNumberError, id="short"),
        pytest.param({"iban": 1}, WrongTypeError, id="a number"),
        pytest.param({"bic": "DEUTDE"}, MalformedError, id="half a BIC"),
        pytest.param({"bic": "DEU1DEFF"}, MalformedError, id="a digit in the bank"),
        pytest.param({"bic": 1}, WrongTypeError, id="a BIC that is a number"),
        pytest.param({"holder": "x" * 71}, OutOfBoundsError, id="a long name"),
        pytest.param({"holder": "a\nb"}, MalformedError, id="two lines"),
        pytest.param({"holder": ""}, OutOfBoundsError, id="no name"),
    ],
)
def test_an_account_is_checked(wrong, error):
    with pytest.raises(error):
        BankAccount(**{"iban": IBAN} | wrong)


@pytest.mark.parametrize(
    ("given_as", "stored", "kind", "printed"),
    [
        # The example of ISO 11649.
        pytest.param(
            "rf18 5390 0754 7034",
            "RF18539007547034",
            ReferenceKind.ISO_11649,
            "RF18 5390 0754 7034",
            id="RF",
        ),
        # 909337554 = 97 x 9374613 + 93
        pytest.param(
            "***090/9337/55493***",
            "+++090/9337/55493+++",
            ReferenceKind.BELGIAN,
            "+++090/9337/55493+++",
            id="Belgian, with stars",
        ),
        pytest.param(
            "+++090933755493+++",
            "+++090/9337/55493+++",
            ReferenceKind.BELGIAN,
            "+++090/9337/55493+++",
            id="Belgian, without strokes",
        ),
        # What is left of 97 is 0, which is written 97.
        pytest.param(
            "+++000/0000/09797+++",
            "+++000/0000/09797+++",
            ReferenceKind.BELGIAN,
            "+++000/0000/09797+++",
            id="Belgian, nothing left",
        ),
        pytest.param(
            "Invoice 2026-0042",
            "Invoice 2026-0042",
            ReferenceKind.TEXT,
            "Invoice 2026-0042",
            id="words",
        ),
        pytest.param("RFQ 7", "RFQ 7", ReferenceKind.TEXT, "RFQ 7", id="no digits"),
    ],
)
def test_a_reference_says_what_it_is(given_as, stored, kind, printed):
    reference = PaymentReference(given_as)
    assert (reference.value, reference.kind, reference.printed) == (
        stored,
        kind,
        printed,
    )


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        pytest.param("RF19 5390 0754 7034", AccountNumberError, id="RF typo"),
        pytest.param("RF18", AccountNumberError, id="RF of nothing"),
        pytest.param("RF18" + "1" * 22, AccountNumberError, id="RF too long"),
        pytest.param("+++090/9337/55494+++", AccountNumberError, id="OGM typo"),
        pytest.param("+++090/9337/5549+++", AccountNumberError, id="OGM too short"),
        pytest.param("***090/9337/55493+++", AccountNumberError, id="two signs"),
        pytest.param("x" * 141, OutOfBoundsError, id="long"),
        pytest.param("a\nb", MalformedError, id="two lines"),
        pytest.param("", OutOfBoundsError, id="nothing"),
        pytest.param(7, WrongTypeError, id="a number"),
    ],
)
def test_a_mistyped_reference_is_refused(wrong, error):
    with pytest.raises(error):
        PaymentReference(wrong)


def test_references_are_made_with_their_check_digits():
    assert PaymentReference.iso_11649("5390-0754 7034").value == "RF18539007547034"
    assert PaymentReference.belgian(909337554).value == "+++090/9337/55493+++"
    # Zero leaves nothing of 97, so its check digits are 97.
    assert PaymentReference.belgian(0).value == "+++000/0000/00097+++"
    for wrong in ("", "x" * 22, "é"):
        with pytest.raises(SeatbillError):
            PaymentReference.iso_11649(wrong)
    for wrong in (-1, 10**10, "1"):
        with pytest.raises(SeatbillError):
            PaymentReference.belgian(wrong)


@given(st.integers(0, 10**10 - 1), st.from_regex("[A-Z0-9]{1,21}", fullmatch=True))
def test_what_is_made_passes_its_own_check(number, letters):
    belgian = PaymentReference.belgian(number)
    digits = belgian.value.replace("+", "").replace("/", "")
    assert int(digits[:10]) == number
    assert int(digits[:10]) % 97 == int(digits[10:]) % 97
    assert belgian.kind is ReferenceKind.BELGIAN
    rf = PaymentReference.iso_11649(letters)
    assert PaymentReference(rf.printed) == rf
    # ISO 7064: with the letters as numbers, what is left of 97 is 1.
    moved = rf.value[4:] + rf.value[:4]
    assert int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def test_instructions_hold_all_ways_to_pay():
    said = PaymentInstructions(
        accounts=[BankAccount(iban=IBAN)],
        reference=PaymentReference("2026-0042"),
        link="https://pay.example/i/42?lang=de",
        method=SepaMandate(reference="M-1", country="DE", last_four="3000"),
        creditor_id="de98 zzz 0999 9999 999",  # the Bundesbank's example
        terms=PaymentTerms(days=14),
    )
    assert said.creditor_id == "DE98ZZZ09999999999"
    assert said.accounts == (BankAccount(iban=IBAN),)
    assert PaymentInstructions() == PaymentInstructions(accounts=())


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        pytest.param({"accounts": BankAccount(iban=IBAN)}, WrongTypeError, id="one"),
        pytest.param({"reference": "RF18"}, WrongTypeError, id="a text"),
        pytest.param({"link": "http://pay.example"}, MalformedError, id="not secure"),
        pytest.param({"link": "https://pay.example/a b"}, MalformedError, id="a blank"),
        pytest.param({"link": "javascript:alert(1)"}, MalformedError, id="a script"),
        pytest.param({"link": "https://"}, MalformedError, id="nowhere"),
        pytest.param({"link": 1}, WrongTypeError, id="no text"),
        pytest.param({"method": "card"}, WrongTypeError, id="a word"),
        pytest.param({"terms": 30}, WrongTypeError, id="days"),
        pytest.param(
            {"creditor_id": "DE97ZZZ09999999999"}, AccountNumberError, id="mistyped"
        ),
        pytest.param({"creditor_id": "DE98"}, AccountNumberError, id="too short"),
    ],
)
def test_instructions_are_checked(wrong, error):
    with pytest.raises(error):
        PaymentInstructions(**wrong)


def test_a_refusal_keeps_the_end_of_a_number_alone():
    for make in (
        lambda: PaymentReference("RF19 5390 0754 7034"),
        lambda: BankAccount(iban="DE88370400440532013000"),
        lambda: PaymentInstructions(creditor_id="DE97ZZZ09999999999"),
    ):
        with pytest.raises(AccountNumberError) as refusal:
            make()
        assert len(refusal.value.ending) == 4
        assert "mistyped" in str(refusal.value)


def test_a_card_may_be_what_is_collected_from():
    card = Card(brand="visa", last_four="4242", expiry_year=2027, expiry_month=3)
    assert PaymentInstructions(method=card).method == card


def test_references_of_a_buyer_are_words():
    found = BuyerReferences(buyer_reference="04011000-1234512345-06")
    assert (found.purchase_order, found.contract) == (None, None)
    for name in ("buyer_reference", "purchase_order", "contract"):
        for wrong in ("", 7):
            with pytest.raises(SeatbillError):
                BuyerReferences(**{name: wrong})
