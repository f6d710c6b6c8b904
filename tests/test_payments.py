"""Methods accepted and refused, the hold on a card, fees on what a customer sells."""

from __future__ import annotations

import calendar
import datetime as dt
import decimal
import pickle
import re
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seatbill import Invoice, Money, Rounding
from seatbill.errors import (
    AccountNumberError,
    AmountError,
    CardExpiredError,
    CardFundingError,
    CurrencyMismatchError,
    DuplicateError,
    MethodNotAcceptedError,
    MixedTimeError,
    NaiveDatetimeError,
    NoChangeError,
    OutOfBoundsError,
    OutOfOrderError,
    SeatbillError,
    TooManyDigitsError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.invoices import BillingReason
from seatbill.payments import (
    CARD_AUTHORIZATION,
    SEPA_AREA,
    AuthorizationHold,
    Card,
    Funding,
    PaymentPolicy,
    PayPal,
    PercentageFee,
    ProcessingFee,
    Sale,
    SepaMandate,
    accept,
    authorize,
    days_left,
)

MARCH = dt.date(2026, 3, 1)


def card(**fields):
    """Return a Visa card that can be used through 31 March 2026."""
    usual = {
        "brand": "visa",
        "last_four": "4242",
        "expiry_year": 2026,
        "expiry_month": 3,
    }
    return Card(**usual | fields)


def numbered(number, **fields):
    """Return the card with this number."""
    return Card.from_number(number, **{"expiry_year": 2026, "expiry_month": 3} | fields)


def usd(amount):
    return Money(amount, "USD")


# What two hosts accept: one takes PayPal where cards are hard to get, the other SEPA.
BY_PAYPAL = PaymentPolicy(
    card_brands=("visa", "mastercard", "discover", "amex"),
    paypal_countries=("BR", "NG"),
    authorization=CARD_AUTHORIZATION,
)
BY_SEPA = PaymentPolicy(
    card_brands=("visa", "mastercard"),
    refused_funding=(Funding.PREPAID,),
    sepa_countries=SEPA_AREA,
)


# ------------------------------------------------------------------ card numbers

# The numbers that card networks and payment providers publish for tests.
PUBLISHED = [
    ("4242424242424242", "visa"),
    ("4111 1111 1111 1111", "visa"),
    ("4222222222222", "visa"),
    ("5555-5555-5555-4444", "mastercard"),
    ("2223003122003222", "mastercard"),
    ("378282246310005", "amex"),
    ("341111111111111", "amex"),
    ("6011111111111117", "discover"),
    ("6510000000000034", "discover"),
    ("30569309025904", "diners"),
    ("36227206271667", "diners"),
    ("38520000023237", "diners"),
    ("3566002020360505", "jcb"),
    ("6200000000000005", "unionpay"),
    ("5019717010103742", "unknown"),
]


@pytest.mark.rule("TL-12")
@pytest.mark.source("test card numbers of the networks, ISO/IEC 7812-1 annex B")
@pytest.mark.parametrize(("number", "brand"), PUBLISHED)
def test_a_card_keeps_its_brand_and_last_four_digits(number, brand):
    found = numbered(number)
    assert (found.brand, found.last_four) == (brand, number[-4:])


@pytest.mark.rule("TL-12")
def test_a_card_number_with_a_wrong_check_digit_is_refused():
    """4242…4242 doubled from the right: 4·8 + 2·8 + 8·4 = 80; with 1 for 2 it is 79."""
    with pytest.raises(AccountNumberError) as refusal:
        numbered("4242424242424241")
    told = refusal.value.as_dict()
    assert told["code"] == "invalid_account_number"
    assert told["values"] == {
        "kind": "card number",
        "ending": "4241",
        "problem": "check_digit",
    }
    assert told["remedy"] == "copy it again from the card"


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("", id="nothing"),
        pytest.param("42424242422", id="11 digits"),
        pytest.param("42424242424242424242", id="20 digits"),
        pytest.param("4242 4242 4242 424O", id="a letter"),
        pytest.param("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", id="digits of another script"),
        pytest.param("4242.4242.4242.4242", id="points"),
    ],
)
def test_what_is_no_card_number_is_refused(number):
    with pytest.raises(AccountNumberError) as refusal:
        numbered(number)
    assert refusal.value.problem == "digits"
    assert len(refusal.value.ending) <= 4


def test_a_host_that_knows_the_brand_may_name_it():
    found = numbered("5019717010103742", brand="dankort", funding=Funding.DEBIT)
    assert (found.brand, found.funding) == ("dankort", Funding.DEBIT)


@st.composite
def card_numbers(draw):
    """Return 12 to 19 digits whose last one checks the others."""
    digits = draw(st.lists(st.integers(0, 9), min_size=11, max_size=18))
    doubled = [2 * d - 9 * (d > 4) for d in reversed(digits)]
    total = sum(doubled[::2]) + sum(digits[::-1][1::2])
    return "".join(map(str, digits)) + str(-total % 10)


@given(card_numbers())
def test_every_number_with_its_check_digit_is_accepted(number):
    assert numbered(number).last_four == number[-4:]


@given(card_numbers(), st.data())
def test_one_mistyped_digit_is_always_caught(number, data):
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(number[place].__ne__))
    with pytest.raises(AccountNumberError):
        numbered(number[:place] + wrong + number[place + 1 :])


@given(card_numbers(), st.data())
def test_two_swapped_digits_are_caught_but_for_09(number, data):
    """The one weakness of the Luhn formula: 09 and 90 look alike."""
    place = data.draw(st.integers(0, len(number) - 2))
    pair = number[place : place + 2]
    assume(pair[0] != pair[1] and set(pair) != {"0", "9"})
    with pytest.raises(AccountNumberError):
        numbered(number[:place] + pair[::-1] + number[place + 2 :])


def told(error):
    """Return all that a log could keep of a refusal."""
    return f"{error!r} {error} {error.as_dict()} {error.args} {pickle.dumps(error)}"


@given(card_numbers(), st.sampled_from(["", "x", "1234567890"]))
def test_no_value_and_no_refusal_repeats_a_card_number(number, more):
    assume(len(set(number)) > 2)
    if not more:
        found = numbered(number)
        kept = f"{found!r} {attrs.asdict(found)} {pickle.dumps(found)}"
    else:
        with pytest.raises(AccountNumberError) as refusal:
            numbered(number + more)
        kept = told(refusal.value)
    assert number not in kept
    assert number[:-3] not in kept


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: numbered(4242424242424242), id="a number"),
        pytest.param(lambda: numbered(b"4242424242424242"), id="bytes"),
        pytest.param(lambda: card(last_four=4242424242424242), id="last_four a number"),
        pytest.param(
            lambda: accept(BY_PAYPAL, "4242424242424242", on=MARCH), id="a text"
        ),
        pytest.param(lambda: days_left(4242424242424242, on=MARCH), id="no method"),
    ],
)
def test_a_card_number_of_a_wrong_type_is_refused_unrepeated(call):
    with pytest.raises(WrongTypeError) as refusal:
        call()
    assert "42424242" not in told(refusal.value)


@pytest.mark.parametrize(
    "last_four", ["", "424", "42424", "4242424242424242", "42 42", "424a", "٤٢٤٢"]
)
def test_the_last_four_are_four_digits(last_four):
    with pytest.raises(AccountNumberError) as refusal:
        card(last_four=last_four)
    assert refusal.value.kind == "last_four"
    assert len(refusal.value.ending) <= 4
    assert "42424242" not in told(refusal.value)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"expiry_year": 26}, OutOfBoundsError),
        ({"expiry_year": 2100}, OutOfBoundsError),
        ({"expiry_year": "2026"}, WrongTypeError),
        ({"expiry_month": 0}, OutOfBoundsError),
        ({"expiry_month": 13}, OutOfBoundsError),
        ({"expiry_month": True}, WrongTypeError),
        ({"brand": ""}, OutOfBoundsError),
        ({"brand": None}, WrongTypeError),
        ({"funding": "prepayed"}, UnknownWordError),
    ],
)
def test_a_card_with_bad_fields_is_refused(fields, error):
    with pytest.raises(error):
        card(**fields)


# ------------------------------------------------------------------ expiry


@pytest.mark.rule("TL-13")
@pytest.mark.source("ambiguity 10: valid through the last day of the printed month")
@pytest.mark.parametrize(
    ("year", "month", "last"),
    [
        pytest.param(2026, 3, "2026-03-31", id="03/26"),
        pytest.param(2026, 2, "2026-02-28", id="02/26"),
        pytest.param(2028, 2, "2028-02-29", id="02/28, a leap year"),
        pytest.param(2026, 12, "2026-12-31", id="12/26"),
        pytest.param(2099, 12, "2099-12-31", id="the last year"),
    ],
)
def test_a_card_is_valid_through_its_printed_month(year, month, last):
    found = card(expiry_year=year, expiry_month=month)
    day = dt.date.fromisoformat(last)
    assert found.valid_through == day
    assert accept(BY_PAYPAL, found, on=day) is found
    with pytest.raises(CardExpiredError):
        accept(BY_PAYPAL, found, on=day + dt.timedelta(1))


@given(st.integers(2000, 2099), st.integers(1, 12))
def test_the_last_day_is_that_of_the_calendar(year, month):
    found = card(expiry_year=year, expiry_month=month)
    assert found.valid_through == dt.date(
        year, month, calendar.monthrange(year, month)[1]
    )


@pytest.mark.rule("TL-13")
@pytest.mark.rule("GA-20")
def test_an_expired_card_says_what_to_do():
    with pytest.raises(CardExpiredError) as refusal:
        accept(BY_SEPA, card(), on=dt.date(2026, 4, 1))
    assert refusal.value.as_dict() == {
        "code": "card_expired",
        "message": "The card ending in 4242 was valid through 2026-03-31: "
        "use a card that is valid on 2026-04-01.",
        "remedy": "use a card that is valid on 2026-04-01",
        "values": {
            "last_four": "4242",
            "valid_through": dt.date(2026, 3, 31),
            "day": dt.date(2026, 4, 1),
        },
    }


@pytest.mark.rule("GA-20")
def test_a_renewed_card_is_accepted_in_its_place():
    renewed = attrs.evolve(card(), expiry_year=2030)
    assert accept(BY_SEPA, renewed, on=dt.date(2026, 4, 1)) is renewed


@pytest.mark.rule("GA-19")
@pytest.mark.parametrize(
    ("day", "left"),
    [
        pytest.param("2026-03-01", 30, id="expires this month"),
        pytest.param("2026-03-30", 1, id="the day before its last"),
        pytest.param("2026-03-31", 0, id="its last day"),
        pytest.param("2026-04-01", -1, id="the day after"),
        pytest.param("2025-03-31", 365, id="a year before"),
    ],
)
def test_the_days_until_a_card_runs_out(day, left):
    assert days_left(card(), on=dt.date.fromisoformat(day)) == left


@pytest.mark.rule("GA-19")
def test_a_mandate_and_paypal_do_not_run_out():
    mandate = SepaMandate(reference="M-1", country="DE", last_four="3000")
    assert days_left(mandate, on=MARCH) is None
    assert days_left(PayPal("BR"), on=MARCH) is None


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)))
def test_a_card_is_accepted_as_long_as_days_are_left(day):
    found = card()
    if days_left(found, on=day) >= 0:
        assert accept(BY_SEPA, found, on=day) is found
    else:
        with pytest.raises(CardExpiredError):
            accept(BY_SEPA, found, on=day)


def test_an_instant_counts_by_its_day_in_utc():
    last = dt.datetime(2026, 3, 31, 23, 59, 59, tzinfo=dt.UTC)
    assert days_left(card(), on=last) == 0
    assert accept(BY_SEPA, card(), on=last) == card()
    with pytest.raises(CardExpiredError):
        accept(BY_SEPA, card(), on=last + dt.timedelta(seconds=1))


@pytest.mark.parametrize(
    ("on", "error"),
    [
        (dt.datetime(2026, 3, 1), NaiveDatetimeError),
        ("2026-03-01", WrongTypeError),
        (None, WrongTypeError),
    ],
)
def test_a_day_that_is_none_is_refused(on, error):
    for call in (accept, authorize):
        with pytest.raises(error):
            call(BY_SEPA, card(), on=on)
    with pytest.raises(error):
        days_left(card(), on=on)


# ------------------------------------------------------------------ what is accepted


@pytest.mark.rule("CM-4")
@pytest.mark.parametrize(
    "number",
    ["4242424242424242", "5555555555554444", "6011111111111117", "378282246310005"],
)
def test_the_brands_of_the_list_are_accepted(number):
    found = numbered(number)
    assert accept(BY_PAYPAL, found, on=MARCH) is found


@pytest.mark.rule("CM-4")
@pytest.mark.parametrize(
    ("number", "brand"),
    [("30569309025904", "diners"), ("5019717010103742", "unknown")],
)
def test_a_brand_that_is_not_on_the_list_is_refused(number, brand):
    with pytest.raises(MethodNotAcceptedError) as refusal:
        accept(BY_PAYPAL, numbered(number), on=MARCH)
    wanted = "visa, mastercard, discover, amex, PayPal in BR NG"
    assert refusal.value.code == "payment_method_not_accepted"
    assert refusal.value.as_dict()["values"] == {
        "method": "card",
        "value": brand,
        "accepted": wanted,
    }
    assert refusal.value.as_dict()["remedy"] == f"use one of {wanted}"


@pytest.mark.rule("CM-5")
def test_paypal_is_accepted_by_country():
    assert accept(BY_PAYPAL, PayPal("BR"), on=MARCH) == PayPal("BR")
    with pytest.raises(MethodNotAcceptedError) as refusal:
        accept(BY_PAYPAL, PayPal("US"), on=MARCH)
    assert (refusal.value.method, refusal.value.value) == ("paypal", "US")


@pytest.mark.rule("TL-11")
def test_a_card_and_a_mandate_are_accepted_but_not_paypal():
    mandate = SepaMandate.from_iban("BE68 5390 0754 7034", reference="M-2026-17")
    assert accept(BY_SEPA, card(), on=MARCH) == card()
    assert accept(BY_SEPA, mandate, on=MARCH) is mandate
    with pytest.raises(MethodNotAcceptedError):
        accept(BY_SEPA, PayPal("BE"), on=MARCH)


@pytest.mark.rule("TL-11")
@pytest.mark.source("SWIFT IBAN registry: Türkiye has IBANs and is not in SEPA")
def test_an_account_outside_the_sepa_area_is_refused():
    abroad = SepaMandate.from_iban("TR33 0006 1005 1978 6457 8413 26", reference="M-3")
    with pytest.raises(MethodNotAcceptedError) as refusal:
        accept(BY_SEPA, abroad, on=MARCH)
    assert (refusal.value.method, refusal.value.value) == ("sepa", "TR")
    assert "SEPA from AD AL AT" in refusal.value.accepted


@pytest.mark.rule("TL-14")
def test_a_prepaid_card_is_refused():
    with pytest.raises(CardFundingError) as refusal:
        accept(BY_SEPA, card(funding=Funding.PREPAID), on=MARCH)
    assert refusal.value.as_dict() == {
        "code": "card_funding_refused",
        "message": "The card ending in 4242 is of a kind that is not accepted "
        "(prepaid): "
        "use a card of another kind (credit, debit, unknown).",
        "remedy": "use a card of another kind (credit, debit, unknown)",
        "values": {
            "last_four": "4242",
            "funding": Funding.PREPAID,
            "accepted": (Funding.CREDIT, Funding.DEBIT, Funding.UNKNOWN),
        },
    }


@pytest.mark.rule("TL-14")
@pytest.mark.parametrize("funding", sorted(set(Funding) - {Funding.PREPAID}))
def test_a_card_of_another_funding_is_accepted(funding):
    assert accept(BY_SEPA, card(funding=funding), on=MARCH).funding is funding


def test_a_prepaid_card_is_accepted_where_the_policy_does_not_refuse_it():
    prepaid = card(funding=Funding.PREPAID)
    assert accept(BY_PAYPAL, prepaid, on=MARCH) is prepaid


def test_a_policy_that_names_nothing_accepts_nothing():
    nothing = PaymentPolicy()
    assert nothing.accepted == "nothing"
    mandate = SepaMandate(reference="M-1", country="DE", last_four="3000")
    for method in (card(), PayPal("BR"), mandate):
        with pytest.raises(MethodNotAcceptedError):
            accept(nothing, method, on=MARCH)
    nobody = PaymentPolicy(card_brands=["visa"], refused_funding=list(Funding))
    with pytest.raises(CardFundingError) as refusal:
        accept(nobody, card(), on=MARCH)
    assert refusal.value.accepted == ()
    assert refusal.value.as_dict()["remedy"] == "pay in another way"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"card_brands": "visa"}, WrongTypeError),
        ({"card_brands": ["visa", "visa"]}, DuplicateError),
        ({"card_brands": [""]}, OutOfBoundsError),
        ({"card_brands": [4]}, WrongTypeError),
        ({"paypal_countries": ["br"]}, OutOfBoundsError),
        ({"paypal_countries": ["B1"]}, OutOfBoundsError),
        ({"paypal_countries": ["BRA"]}, OutOfBoundsError),
        ({"paypal_countries": ["ÄÖ"]}, OutOfBoundsError),
        ({"paypal_countries": ["BR", "BR"]}, DuplicateError),
        ({"sepa_countries": None}, WrongTypeError),
        ({"refused_funding": ["prepayed"]}, UnknownWordError),
        ({"authorization": "1.00"}, WrongTypeError),
        ({"authorization": Money("0", "USD")}, OutOfBoundsError),
        ({"authorization": Money("-1", "USD")}, OutOfBoundsError),
    ],
)
def test_a_policy_with_bad_fields_is_refused(fields, error):
    with pytest.raises(error):
        PaymentPolicy(**fields)


def test_accept_wants_a_policy_and_a_method():
    with pytest.raises(WrongTypeError):
        accept(None, card(), on=MARCH)
    with pytest.raises(WrongTypeError):
        accept(BY_SEPA, None, on=MARCH)


@pytest.mark.parametrize("country", ["", "br", "BRA", 55, None])
def test_paypal_wants_a_country(country):
    with pytest.raises((OutOfBoundsError, WrongTypeError)):
        PayPal(country)


# ------------------------------------------------------------------ IBANs

# One account of each country, as the registry prints it.
REGISTRY = """
AD12 0001 2030 2003 5910 0100         AL47 2121 1009 0000 0002 3569 8741
AT61 1904 3002 3457 3201              BE68 5390 0754 7034
BG80 BNBG 9661 1020 3456 78           CH93 0076 2011 6238 5295 7
CY17 0020 0128 0000 0012 0052 7600    CZ65 0800 0000 1920 0014 5399
DE89 3704 0044 0532 0130 00           DK50 0040 0440 1162 43
EE38 2200 2210 2014 5685              ES91 2100 0418 4502 0005 1332
FI21 1234 5600 0007 85                FR14 2004 1010 0505 0001 3M02 606
GB29 NWBK 6016 1331 9268 19           GI75 NWBK 0000 0000 7099 453
GR16 0110 1250 0000 0001 2300 695     HR12 1001 0051 8630 0016 0
HU42 1177 3016 1111 1018 0000 0000    IE29 AIBK 9311 5212 3456 78
IS14 0159 2600 7654 5510 7303 39      IT60 X054 2811 1010 0000 0123 456
LI21 0881 0000 2324 013A A            LT12 1000 0111 0100 1000
LU28 0019 4006 4475 0000              LV80 BANK 0000 4351 9500 1
MC58 1122 2000 0101 2345 6789 030     MD24 AG00 0225 1000 1310 4168
ME25 5050 0001 2345 6789 51           MK07 2501 2000 0058 984
MT84 MALT 0110 0001 2345 MTLC AST0 01S  NL91 ABNA 0417 1643 00
NO93 8601 1117 947                    PL61 1090 1014 0000 0712 1981 2874
PT50 0002 0123 1234 5678 9015 4       RO49 AAAA 1B31 0075 9384 0000
RS35 2600 0560 1001 6113 79           SE45 5000 0000 0583 9825 7466
SI56 2633 0001 2039 086               SK31 1200 0000 1987 4263 7541
SM86 U032 2509 8000 0000 0270 100     VA59 0011 2300 0012 3456 78
"""
IBANS = [iban for iban in map(str.strip, re.split(r"\n|  +", REGISTRY)) if iban]


@pytest.mark.rule("TL-11")
@pytest.mark.source("SWIFT IBAN registry, ISO 13616; EPC list of SEPA countries")
def test_every_country_of_the_sepa_area_is_there():
    assert tuple(iban[:2] for iban in IBANS) == SEPA_AREA
    assert len(SEPA_AREA) == 41 + 1  # the countries, and Gibraltar


@pytest.mark.source("SWIFT IBAN registry, ISO 13616")
@pytest.mark.parametrize("iban", IBANS, ids=lambda iban: iban[:2])
def test_a_mandate_keeps_the_country_and_the_end_of_an_iban(iban):
    plain = iban.replace(" ", "")
    found = SepaMandate.from_iban(iban, reference="M-1")
    assert (found.country, found.last_four) == (plain[:2], plain[-4:])
    assert SepaMandate.from_iban(plain.lower(), reference="M-1") == found
    assert plain[4:-4] not in repr(found)


@pytest.mark.source("ISO 7064 mod 97-10")
def test_an_iban_with_wrong_check_digits_is_refused():
    with pytest.raises(AccountNumberError) as refusal:
        SepaMandate.from_iban("DE88 3704 0044 0532 0130 00", reference="M-1")
    assert refusal.value.kind == "IBAN"
    assert refusal.value.ending == "3000"
    assert refusal.value.problem == "check_digits"
    assert "37040044" not in told(refusal.value)


@pytest.mark.source("ISO 13616: check digits go from 02 to 98")
def test_check_digits_that_only_have_the_same_remainder_are_refused():
    """By 97, 99 leaves what 02 leaves: one account cannot have two numbers."""
    rest = next(
        n
        for n in range(10**4)
        if int(f"8601111{n:04}232400") % 97 == 98 - 2  # N is 23, O is 24
    )
    account = f"8601111{rest:04}"
    assert SepaMandate.from_iban(f"NO02{account}", reference="M-1").country == "NO"
    with pytest.raises(AccountNumberError):
        SepaMandate.from_iban(f"NO99{account}", reference="M-1")


@pytest.mark.parametrize(
    "iban",
    [
        pytest.param("", id="nothing"),
        pytest.param("DE", id="the country alone"),
        pytest.param("DE89 3704 0044 0532 0130 0", id="a digit too few"),
        pytest.param("DE89 3704 0044 0532 0130 000", id="a digit too many"),
        pytest.param("D189 3704 0044 0532 0130 00", id="no country"),
        pytest.param("DEA9 3704 0044 0532 0130 00", id="no check digits"),
        pytest.param("DE89 3704 0044 0532 0130 0?", id="another character"),
        pytest.param("TR33 0006 1005", id="elsewhere: 12 characters"),
        pytest.param(f"TR33{'0' * 31}", id="elsewhere: 35 characters"),
    ],
)
def test_what_is_no_iban_is_refused(iban):
    with pytest.raises(AccountNumberError) as refusal:
        SepaMandate.from_iban(iban, reference="M-1")
    assert refusal.value.problem == "characters"
    assert len(refusal.value.ending) <= 4


@pytest.mark.source("ISO 13616: 34 characters at most; the shortest IBAN has 15")
@pytest.mark.parametrize("zeros", [11, 30])
def test_an_iban_of_another_country_has_15_to_34_characters(zeros):
    """T is 29 and R is 27: the account, 292700 by 97, and 98 less the rest."""
    check = 98 - int(f"{'1' * zeros}292700") % 97
    found = SepaMandate.from_iban(f"TR{check:02}{'1' * zeros}", reference="M-1")
    assert (found.country, found.last_four) == ("TR", "1111")
    with pytest.raises(AccountNumberError):
        SepaMandate.from_iban(f"DE{check:02}{'1' * zeros}", reference="M-1")


@given(st.sampled_from(IBANS), st.data())
def test_one_mistyped_character_of_an_iban_is_always_caught(iban, data):
    """The mod-97 check catches every single digit."""
    plain = iban.replace(" ", "")
    digits = [i for i, c in enumerate(plain) if c.isdigit()]
    place = data.draw(st.sampled_from(digits))
    wrong = data.draw(st.sampled_from("0123456789").filter(plain[place].__ne__))
    with pytest.raises(AccountNumberError):
        SepaMandate.from_iban(plain[:place] + wrong + plain[place + 1 :], reference="M")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"reference": ""}, OutOfBoundsError),
        ({"reference": "M" * 36}, OutOfBoundsError),
        ({"reference": 17}, WrongTypeError),
        ({"country": "de"}, OutOfBoundsError),
        ({"last_four": "300"}, AccountNumberError),
        ({"last_four": "DE89370400440532013000"}, AccountNumberError),
        ({"last_four": "30a0"}, AccountNumberError),
        ({"last_four": None}, WrongTypeError),
    ],
)
def test_a_mandate_with_bad_fields_is_refused(fields, error):
    usual = {"reference": "M-1", "country": "DE", "last_four": "3000"}
    with pytest.raises(error):
        SepaMandate(**usual | fields)


def test_a_reference_has_35_characters_at_most():
    mandate = SepaMandate(reference="M" * 35, country="DE", last_four="3000")
    assert len(mandate.reference) == 35


def test_an_iban_of_a_wrong_type_is_refused():
    with pytest.raises(WrongTypeError):
        SepaMandate.from_iban(89370400440532013000, reference="M-1")


# ------------------------------------------------------------------ the hold


@pytest.mark.rule("CM-11")
@pytest.mark.source("ambiguity 18: a fixed amount, never converted")
def test_adding_a_card_holds_one_dollar():
    hold = authorize(BY_PAYPAL, card(), on=MARCH)
    assert hold == AuthorizationHold(usd("1.00"), MARCH)
    assert hold.refunded == usd("0.00")
    assert hold.net == usd("1.00")


@pytest.mark.rule("CM-12")
def test_the_dollar_is_given_back_in_full():
    """1.00 − 1.00 = 0.00."""
    hold = authorize(BY_PAYPAL, card(), on=MARCH).release(on=dt.date(2026, 3, 5))
    assert hold.released_on == dt.date(2026, 3, 5)
    assert hold.refunded == usd("1.00")
    assert hold.net == usd("0.00")


@pytest.mark.rule("CM-11")
@pytest.mark.rule("CM-12")
def test_a_hold_is_no_line_of_an_invoice():
    for hold in (CARD_AUTHORIZATION, authorize(BY_PAYPAL, card(), on=MARCH)):
        with pytest.raises(WrongTypeError):
            Invoice(
                subscription_id="s",
                version=1,
                issued_on=MARCH,
                billing_reason=BillingReason.SUBSCRIPTION_CREATE,
                currency="USD",
                lines=[hold],
                taxes=[],
                subtotal_minor=100,
                total_minor=100,
                credit_applied_minor=0,
            )


def test_only_a_card_is_held_and_only_where_the_policy_says_so():
    assert authorize(BY_PAYPAL, PayPal("BR"), on=MARCH) is None
    assert authorize(BY_SEPA, card(), on=MARCH) is None
    with pytest.raises(CardExpiredError):
        authorize(BY_PAYPAL, card(), on=dt.date(2026, 4, 1))


def test_a_hold_is_given_back_once_and_not_before_it_is_placed():
    hold = AuthorizationHold(usd("1.00"), MARCH)
    released = hold.release(on=MARCH)
    with pytest.raises(NoChangeError):
        released.release(on=dt.date(2026, 3, 2))
    with pytest.raises(OutOfOrderError) as refusal:
        hold.release(on=dt.date(2026, 2, 28))
    assert refusal.value.earliest == MARCH
    with pytest.raises(MixedTimeError):
        hold.release(on=dt.datetime(2026, 3, 2, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (("1.00", MARCH), WrongTypeError),
        ((usd("0"), MARCH), OutOfBoundsError),
        ((None, MARCH), WrongTypeError),
        ((usd("1.00"), "2026-03-01"), WrongTypeError),
        ((usd("1.00"), MARCH, "2026-03-02"), WrongTypeError),
    ],
)
def test_a_hold_with_bad_fields_is_refused(values, error):
    with pytest.raises(error):
        AuthorizationHold(*values)


@given(
    st.integers(1, 10**9),
    st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)),
    st.integers(0, 400),
)
def test_every_hold_nets_to_zero(units, placed, days):
    amount = Money.from_minor_units(units, "USD")
    hold = AuthorizationHold(amount, placed)
    assert hold.net + hold.refunded == amount
    assert not hold.release(on=placed + dt.timedelta(days)).net


# ------------------------------------------------------------------ fees on sales

FIVE_PERCENT = PercentageFee("5")


@pytest.mark.rule("CM-14")
@pytest.mark.parametrize(
    ("price", "quantity", "fee"),
    [
        pytest.param("20.00", 1, "1.00", id="a twentieth of 20.00"),
        pytest.param("19.99", 1, "1.00", id="0.9995"),
        pytest.param("19.99", 100, "99.95", id="1999.00 / 20, rounded on the line"),
        pytest.param("0.09", 1, "0.00", id="0.0045"),
        pytest.param("0.10", 1, "0.01", id="0.005, a half goes up"),
        pytest.param("0.10", 3, "0.02", id="0.015, not three times 0.01"),
        pytest.param("0.00", 7, "0.00", id="free tickets"),
        pytest.param("20.00", 0, "0.00", id="none sold"),
    ],
)
def test_five_percent_of_the_gross_price(price, quantity, fee):
    assert FIVE_PERCENT.of(usd(price), quantity=quantity) == usd(fee)


@pytest.mark.parametrize(
    ("rounding", "fee"),
    [
        (Rounding.HALF_UP, "0.01"),
        (Rounding.HALF_EVEN, "0.00"),
        (Rounding.UP, "0.01"),
        (Rounding.DOWN, "0.00"),
    ],
)
def test_the_rounding_of_a_fee_is_named(rounding, fee):
    """5 % of 0.10 is 0.005."""
    assert PercentageFee("5", rounding).of(usd("0.10")) == usd(fee)


def test_a_fee_counts_in_the_minor_units_of_the_currency():
    """5 % of 1990 yen is 99.5, of 1.999 dinars 0.09995."""
    assert FIVE_PERCENT.of(Money("1990", "JPY")) == Money("100", "JPY")
    assert FIVE_PERCENT.of(Money("1.999", "KWD")) == Money("0.100", "KWD")


@pytest.mark.rule("CM-13")
def test_the_fee_of_a_payment_provider_stands_beside_the_hosts():
    """20.00 − 1.00 − (2.9 % of 20.00 + 0.30 = 0.88) = 18.12."""
    sale = Sale(
        price=usd("20.00"),
        fee=FIVE_PERCENT,
        processing_fees=[ProcessingFee("stripe", usd("0.88"))],
    )
    assert sale.gross == usd("20.00")
    assert sale.fee_amount == usd("1.00")
    assert sale.processing_amount == usd("0.88")
    assert sale.payout == usd("18.12")


@pytest.mark.rule("CM-13")
@pytest.mark.rule("CM-14")
def test_several_providers_keep_their_fees_of_one_line():
    """1999.00 − 99.95 − 40.00 − 12.34 = 1846.71."""
    sale = Sale(
        price=usd("19.99"),
        quantity=100,
        fee=FIVE_PERCENT,
        processing_fees=[
            ProcessingFee("stripe", usd("40.00")),
            ProcessingFee("paypal", usd("12.34")),
        ],
    )
    assert sale.fee_amount == usd("99.95")
    assert sale.payout == usd("1846.71")


@pytest.mark.rule("CM-13")
def test_without_a_provider_only_the_hosts_fee_is_kept():
    sale = Sale(price=usd("20.00"), fee=FIVE_PERCENT)
    assert sale.processing_amount == usd("0.00")
    assert sale.payout == usd("19.00")


fees = st.builds(
    PercentageFee,
    st.integers(0, 100 * 10**6).map(lambda n: Decimal(n).scaleb(-6)),
    st.sampled_from(Rounding),
)


@given(
    st.integers(0, 10**6), st.integers(0, 10**4), fees, st.lists(st.integers(0, 500))
)
def test_a_sale_is_shared_out_to_the_last_cent(units, quantity, fee, kept):
    sale = Sale(
        price=Money.from_minor_units(units, "USD"),
        quantity=quantity,
        fee=fee,
        processing_fees=[
            ProcessingFee("provider", Money.from_minor_units(k, "USD")) for k in kept
        ],
    )
    assert sale.fee_amount + sale.processing_amount + sale.payout == sale.gross
    assert usd("0") <= sale.fee_amount <= sale.gross
    exact = units * quantity * Fraction(fee.percent) / 100
    assert abs(sale.fee_amount.minor_units - exact) < 1


@given(st.integers(0, 10**6), st.integers(0, 10**4), fees)
def test_a_fee_survives_a_poor_decimal_context(units, quantity, fee):
    price = Money.from_minor_units(units, "USD")
    wanted = fee.of(price, quantity=quantity)
    with decimal.localcontext(prec=2):
        assert fee.of(price, quantity=quantity) == wanted


def test_a_fee_may_be_nothing_and_may_be_all():
    assert PercentageFee("0").of(usd("20.00")) == usd("0.00")
    assert PercentageFee("100").of(usd("20.00")) == usd("20.00")


def test_a_fee_says_what_it_may_be():
    with pytest.raises(OutOfBoundsError) as bounds:
        PercentageFee("101")
    assert (bounds.value.minimum, bounds.value.maximum) == (0, 100)
    with pytest.raises(TooManyDigitsError) as finest:
        PercentageFee("0.1234567")
    assert finest.value.digits == 6
    with pytest.raises(OutOfBoundsError) as negative:
        ProcessingFee("stripe", usd("-0.01"))
    assert negative.value.minimum == Money("0", "USD")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (("-1",), OutOfBoundsError),
        (("100.01",), OutOfBoundsError),
        (("0.0000001",), TooManyDigitsError),
        (("five",), AmountError),
        ((5.0,), WrongTypeError),
        (("5", "half_down"), UnknownWordError),
    ],
)
def test_a_fee_with_bad_fields_is_refused(values, error):
    with pytest.raises(error):
        PercentageFee(*values)


@pytest.mark.parametrize(
    ("price", "quantity", "error"),
    [
        ("20.00", 1, WrongTypeError),
        (usd("-20.00"), 1, OutOfBoundsError),
        (usd("20.00"), -1, OutOfBoundsError),
        (usd("20.00"), "1", WrongTypeError),
    ],
)
def test_a_sale_that_cannot_be_is_refused(price, quantity, error):
    with pytest.raises(error):
        FIVE_PERCENT.of(price, quantity=quantity)
    with pytest.raises(error):
        Sale(price=price, quantity=quantity, fee=FIVE_PERCENT)


def test_a_sale_with_bad_fees_is_refused():
    with pytest.raises(WrongTypeError):
        Sale(price=usd("20.00"), fee="5")
    with pytest.raises(WrongTypeError):
        Sale(price=usd("20.00"), fee=FIVE_PERCENT, processing_fees=[usd("0.88")])
    with pytest.raises(OutOfBoundsError):
        ProcessingFee("stripe", usd("-0.88"))
    with pytest.raises(OutOfBoundsError):
        ProcessingFee("", usd("0.88"))
    elsewhere = ProcessingFee("stripe", Money("0.88", "EUR"))
    with pytest.raises(CurrencyMismatchError):
        Sale(price=usd("20.00"), fee=FIVE_PERCENT, processing_fees=[elsewhere])


# ------------------------------------------------------------------ values

VALUES = [
    card(),
    PayPal("BR"),
    SepaMandate(reference="M-1", country="DE", last_four="3000"),
    BY_PAYPAL,
    BY_SEPA,
    AuthorizationHold(usd("1.00"), MARCH, MARCH),
    FIVE_PERCENT,
    Sale(
        price=usd("20.00"),
        fee=FIVE_PERCENT,
        processing_fees=[ProcessingFee("stripe", usd("0.88"))],
    ),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_travel_and_never_change(value):
    assert pickle.loads(pickle.dumps(value)) == value
    assert hash(value) == hash(pickle.loads(pickle.dumps(value)))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(value, attrs.fields(type(value))[0].name, None)
    with pytest.raises(TypeError):
        assert value < value


@pytest.mark.parametrize(
    "error",
    [
        AccountNumberError("IBAN", "3000", "check_digits"),
        MethodNotAcceptedError("paypal", "US", "visa"),
        CardFundingError("4242", Funding.PREPAID, (Funding.CREDIT,)),
        CardExpiredError("4242", dt.date(2026, 3, 31), dt.date(2026, 4, 1)),
    ],
    ids=lambda error: error.code,
)
def test_refusals_travel(error):
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(error, SeatbillError)
    assert isinstance(error, ValueError)
    assert again.as_dict() == error.as_dict()
