"""Credit notes, corrections of the recipient, numbers and mentions.

Invoices are built from their lines here, each for the whole of January 2026, so that
every figure can be worked out on paper.
"""

from __future__ import annotations

import datetime as dt
import decimal
import pickle
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    AddSeats,
    Invoice,
    InvoiceLine,
    Money,
    Party,
    Period,
    Rounding,
    SetRecipient,
    TaxCategory,
    TaxRate,
    change,
    verify,
)
from seatbill.corrections import (
    CorrectionState,
    CorrectiveInvoice,
    CreditNote,
    CreditNoteLine,
    CreditReason,
    DocumentType,
    Mention,
    NumberedInvoice,
    correct_recipient,
    credit_note,
    document_type,
    mentions,
    number,
)
from seatbill.corrections._remaining import spread
from seatbill.errors import (
    AlreadyDecidedError,
    AlreadyNumberedError,
    CurrencyMismatchError,
    DuplicateError,
    MissingDetailsError,
    MixedTimeError,
    NoChangeError,
    NotAcceptedError,
    NothingToCreditError,
    OutOfBoundsError,
    OutOfOrderError,
    OverCreditedError,
    TaxStatusChangedError,
    UnknownItemError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.invoices import BillingReason, ItemKind, LineKind, LineTerms, taxes_of
from seatbill.taxes import TaxAmount, exclusive_tax
from stories import Story, plan

NEW_YEAR = dt.date(2026, 1, 1)
LATER = dt.date(2026, 1, 20)
JANUARY = Period(NEW_YEAR, dt.date(2026, 2, 1))

VAT = TaxRate("vat", "0.19")
OLD = TaxRate("old", "0.16")
FIFTH = TaxRate("fifth", "0.2")
CITY = TaxRate("city", "0.0625")
INSIDE = TaxRate("inside", "0.19", inclusive=True)
ZERO = TaxRate("zero", 0, TaxCategory.ZERO)
ABROAD = TaxRate("abroad", 0, TaxCategory.REVERSE_CHARGE, reason="Art. 196")
SCHOOL = TaxRate("school", 0, TaxCategory.EXEMPT, reason="Art. 132 (1) (i)")

OLD_NAME = Party(
    name="Alt GmbH", address="Am Markt 1\n10115 Berlin", country="DE", vat_number="DE1"
)
NEW_NAME = attrs.evolve(OLD_NAME, name="Neu GmbH")


def eur(amount: str) -> Money:
    return Money(amount, "EUR")


def billed(
    *amounts: str,
    rates: tuple[TaxRate, ...] = (),
    each: tuple[tuple[TaxRate, ...], ...] = (),
    version: int = 1,
    currency: str = "EUR",
    on: dt.date = NEW_YEAR,
    recipient: Party | None = None,
    rounding: Rounding = Rounding.HALF_UP,
) -> Invoice:
    """Return an invoice with a line for each of *amounts*, under *rates* or *each*."""
    lines = []
    for place, amount in enumerate(amounts):
        units = Money(amount, currency).minor_units
        terms = LineTerms(
            ItemKind.PLAN,
            f"item {place}",
            "seat",
            currency,
            abs(units),
            1,
            tax_rates=each[place] if each else rates,
            rounding=rounding,
        )
        sign = -1 if units < 0 else 1
        kind = LineKind.CREDIT if units < 0 else LineKind.CHARGE
        end = JANUARY.end
        lines.append(
            InvoiceLine(
                kind, terms, sign, units, NEW_YEAR, end, JANUARY, 1, 1, units, None, 1
            )
        )
    taxes = taxes_of(lines, currency, rounding)
    subtotal = sum(line.amount_minor for line in lines)
    invoice = Invoice(
        subscription_id="sub",
        version=version,
        issued_on=on,
        billing_reason=BillingReason.SUBSCRIPTION_CYCLE,
        currency=currency,
        lines=lines,
        taxes=taxes,
        subtotal_minor=subtotal,
        total_minor=subtotal + exclusive_tax(taxes),
        credit_applied_minor=0,
        recipient=recipient,
    )
    assert verify(invoice) == ()
    return invoice


def credit(invoice, *previous, on=LATER, reason=CreditReason.GOODWILL, **what):
    """Return the next note on *invoice*."""
    return credit_note(invoice, reason=reason, issued_on=on, previous=previous, **what)


def figures(note: CreditNote) -> str:
    """Return net, tax and total of *note*, as in ``10.00 + 1.90 = 11.90``."""
    net, tax, total = note.total_excluding_tax, note.tax, note.total
    return f"{net.amount:f} + {tax.amount:f} = {total.amount:f}"


def amounts_of(note: CreditNote) -> dict[int, str]:
    return {line.index: f"{line.amount.amount:f}" for line in note.lines}


# Credit notes: worked examples.


def test_all_of_an_invoice_is_taken_back():
    """100.00 and 19 % of it."""
    invoice = billed("60.00", "40.00", rates=(VAT,), recipient=OLD_NAME)
    note = credit(invoice, reason="billing_error")
    assert figures(note) == "100.00 + 19.00 = 119.00"
    assert amounts_of(note) == {0: "60.00", 1: "40.00"}
    assert note.reason is CreditReason.BILLING_ERROR
    assert (note.key, note.invoice_key) == ("sub:1/credit-1", invoice.key)
    assert (note.recipient, note.issued_on) == (OLD_NAME, LATER)
    assert note.taxes == invoice.taxes


@pytest.mark.source("https://github.com/getlago/lago-api/pull/2643")
def test_the_last_of_four_notes_takes_the_cent_that_lago_gave_twice():
    """279.16 × 20 % = 55.832; each line by itself would come to 55.84.

    68.33 → 13.666; 125.83 → 25.166 − 13.67; 210.83 → 42.166 − 25.17; 55.83 − 42.17.
    """
    invoice = billed("68.33", "68.33", "57.50", "85.00", rates=(FIFTH,))
    first = credit(invoice, lines=[0])
    second = credit(invoice, first, lines=[2])
    third = credit(invoice, first, second, lines=[3])
    last = credit(invoice, first, second, third, lines=[1])
    assert [figures(note) for note in (first, second, third, last)] == [
        "68.33 + 13.67 = 82.00",
        "57.50 + 11.50 = 69.00",
        "85.00 + 17.00 = 102.00",
        "68.33 + 13.66 = 81.99",
    ]
    assert invoice.total == eur("334.99")


def test_a_part_of_a_line_comes_back_with_its_tax():
    """12.50 × 19 % = 2.375."""
    note = credit(billed("100.00", rates=(VAT,)), lines={0: eur("12.50")})
    assert figures(note) == "12.50 + 2.38 = 14.88"


def test_none_is_all_that_is_left_of_a_line():
    invoice = billed("60.00", "40.00")
    first = credit(invoice, lines={0: eur("12.50")})
    second = credit(invoice, first, lines={0: None, 1: eur("1.00")})
    assert amounts_of(second) == {0: "47.50", 1: "1.00"}


def test_an_amount_is_a_part_of_the_total_and_split_over_the_lines():
    """50 × 100/119 = 42.0168 and 7.9832; 42.02 × 60/100 = 25.212, 40/100 = 16.808."""
    invoice = billed("60.00", "40.00", rates=(VAT,))
    note = credit(invoice, amount=eur("50.00"))
    assert figures(note) == "42.02 + 7.98 = 50.00"
    assert amounts_of(note) == {0: "25.21", 1: "16.81"}


def test_thirds_of_an_invoice_leave_no_cent():
    invoice = billed("10.00")
    first = credit(invoice, amount=eur("3.33"))
    second = credit(invoice, first, amount=eur("3.33"))
    last = credit(invoice, first, second)
    assert figures(last) == "3.34 + 0.00 = 3.34"
    assert last.key == "sub:1/credit-3"


def test_an_amount_is_split_by_rate_first():
    """Total 319.00; 31.90 is a tenth: 29.00 net, 2.90 tax; 10 of 100, 19 of 190."""
    invoice = billed("100.00", "190.00", each=((VAT,), (CITY,)))
    assert invoice.total == eur("320.88")  # 19.00 and 11.875 → 11.88
    note = credit(invoice, amount=eur("32.09"))
    # 32.09 × 290/320.88 = 29.0023; 3.0877.  29.00: 10.00 and 19.00.
    assert amounts_of(note) == {0: "10.00", 1: "19.00"}
    # 3.09 × 19/30.88 = 1.9013; 1.1887
    assert [f"{tax.amount.amount:f}" for tax in note.taxes] == ["1.90", "1.19"]
    assert [f"{tax.base.amount:f}" for tax in note.taxes] == ["10.00", "19.00"]


def test_inclusive_tax_comes_back_inside_the_line():
    """119.00 holds 19.00; of 11.90 it is 1.90, of 50.00 it is 7.983."""
    invoice = billed("119.00", rates=(INSIDE,))
    first = credit(invoice, lines={0: eur("11.90")})
    assert figures(first) == "10.00 + 1.90 = 11.90"
    second = credit(invoice, first, amount=eur("50.00"))
    # 61.90 × 19/119 = 9.8832, less 1.90
    assert figures(second) == "42.02 + 7.98 = 50.00"
    assert figures(credit(invoice, first, second)) == "47.98 + 9.12 = 57.10"


def test_what_an_upgrade_came_to_is_credited_with_both_of_its_lines():
    """-24.95 + 34.95 = 10.00: half is -12.475 and +17.475."""
    invoice = billed("-24.95", "34.95")
    note = credit(invoice, amount=eur("5.00"))
    assert amounts_of(note) == {0: "-12.47", 1: "17.47"}
    rest = credit(invoice, note)
    assert amounts_of(rest) == {0: "-12.48", 1: "17.48"}
    assert figures(rest) == "5.00 + 0.00 = 5.00"


def test_a_change_of_the_tax_rate_inside_an_upgrade_is_credited_in_proportion():
    """-24.95 at 16 % (-3.99) and 34.95 at 19 % (6.64): net 10.00, tax 2.65."""
    invoice = billed("-24.95", "34.95", each=((OLD,), (VAT,)))
    assert invoice.total == eur("12.65")
    note = credit(invoice, amount=eur("6.32"))
    # 6.32 × 10/12.65 = 4.996, 1.324; 5.00: -12.475, 17.475; 1.32: -1.9875, 3.3075
    assert amounts_of(note) == {0: "-12.47", 1: "17.47"}
    assert [f"{tax.amount.amount:f}" for tax in note.taxes] == ["-1.99", "3.31"]
    assert figures(note) == "5.00 + 1.32 = 6.32"
    assert figures(credit(invoice, note)) == "5.00 + 1.33 = 6.33"


def test_a_note_names_the_number_of_its_invoice():
    invoice = number(billed("10.00"), "INV-17")
    note = number(credit(invoice), "CN-4")
    assert (note.preceding_number, note.document.invoice_key) == ("INV-17", "sub:1")
    assert number(credit(billed("10.00")), "CN-5").preceding_number is None


def test_a_note_follows_the_corrected_recipient():
    invoice = billed("10.00", recipient=OLD_NAME)
    correction = correct_recipient(invoice, NEW_NAME, use_from_now_on=False)
    first = credit(invoice, amount=eur("1.00"))
    note = credit(correction.accept(on=LATER), first)
    assert (note.recipient, note.invoice_key) == (NEW_NAME, invoice.key)
    assert note.sequence == 2


# Credit notes: refusals.


def test_nothing_is_left_after_the_last_note():
    invoice = billed("10.00", rates=(VAT,))
    with pytest.raises(NothingToCreditError) as caught:
        credit(invoice, credit(invoice))
    assert caught.value.code == "nothing_to_credit"
    assert (caught.value.invoice, caught.value.credited) == ("sub:1", eur("11.90"))


@pytest.mark.parametrize("amounts", [("0.00",), ("-10.00",), ("10.00", "-10.00"), ()])
def test_an_invoice_that_asks_for_nothing_has_nothing_to_credit(amounts):
    with pytest.raises(NothingToCreditError):
        credit(billed(*amounts))


@pytest.mark.parametrize(
    ("what", "where", "asked", "left"),
    [
        pytest.param({"amount": "11.91"}, "sub:1", "11.91", "11.90", id="a cent more"),
        pytest.param({"amount": "0.00"}, "sub:1", "0.00", "11.90", id="nothing"),
        pytest.param({"amount": "-1.00"}, "sub:1", "-1.00", "11.90", id="a debit"),
        pytest.param(
            {"lines": {0: "10.01"}}, "lines[0]", "10.01", "10.00", id="more of a line"
        ),
        pytest.param({"lines": {0: "0.00"}}, "lines[0]", "0.00", "10.00", id="none"),
        pytest.param({"lines": {0: "-1.00"}}, "lines[0]", "-1.00", "10.00", id="sign"),
    ],
)
def test_more_than_is_left_is_refused(what, where, asked, left):
    invoice = billed("10.00", rates=(VAT,))
    if "amount" in what:
        what = {"amount": eur(what["amount"])}
    else:
        what = {"lines": {i: eur(amount) for i, amount in what["lines"].items()}}
    with pytest.raises(OverCreditedError) as caught:
        credit(invoice, **what)
    error = caught.value
    assert error.code == "over_credited"
    assert (error.where, error.asked, error.left) == (where, eur(asked), eur(left))


def test_a_line_that_was_credited_has_nothing_left():
    invoice = billed("10.00", "5.00")
    with pytest.raises(OverCreditedError) as caught:
        credit(invoice, credit(invoice, lines=[0]), lines=[0])
    assert caught.value.left == eur("0.00")


def test_a_charge_cannot_come_back_without_the_credit_beside_it():
    """-24.95 + 34.95 asked for 10.00: 34.95 is too much, both lines are right."""
    invoice = billed("-24.95", "34.95", rates=(VAT,))
    with pytest.raises(OverCreditedError) as caught:
        credit(invoice, lines=[1])
    assert (caught.value.where, caught.value.left) == (
        "vat",
        eur("10.00"),
    )
    assert figures(credit(invoice, lines=[0, 1])) == "10.00 + 1.90 = 11.90"


@pytest.mark.parametrize(
    ("each", "where"),
    [
        pytest.param(((VAT,), (ZERO,)), "subtotal", id="net above net"),
        pytest.param(((ZERO,), (VAT,)), "subtotal", id="under no rate"),
    ],
)
def test_lines_of_another_rate_count_too(each, where):
    """100.00 - 50.00 = 50.00 net: 60.00 of the first line is more."""
    invoice = billed("100.00", "-50.00", each=each)
    with pytest.raises(OverCreditedError) as caught:
        credit(invoice, lines={0: eur("60.00")})
    assert caught.value.where == where


def test_a_tax_that_is_owed_limits_what_comes_back():
    """100.00 free of tax, -50.00 at 19 %: 50.00 net, 40.50 in all."""
    invoice = billed("100.00", "-50.00", each=((ZERO,), (VAT,)))
    with pytest.raises(OverCreditedError) as caught:
        credit(invoice, lines={0: eur("41.00")})
    assert (caught.value.where, caught.value.left) == ("total", eur("40.50"))


def test_a_note_about_nothing_is_refused():
    invoice = billed("20.00", "-10.00")
    with pytest.raises(OverCreditedError) as caught:
        credit(invoice, lines={0: eur("10.00"), 1: eur("-10.00")})
    assert (caught.value.where, caught.value.asked) == ("total", eur("0.00"))


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({"lines": [0], "amount": eur("1.00")}, WrongTypeError),
        ({"lines": []}, WrongTypeError),
        ({"lines": {}}, WrongTypeError),
        ({"lines": 0}, WrongTypeError),
        ({"lines": "0"}, WrongTypeError),
        ({"lines": ["0"]}, WrongTypeError),
        ({"lines": [True]}, WrongTypeError),
        ({"lines": [0, 0]}, DuplicateError),
        ({"lines": [1]}, OutOfBoundsError),
        ({"lines": [-1]}, OutOfBoundsError),
        ({"lines": {0: "1.00"}}, WrongTypeError),
        ({"lines": {0: Money("1.00", "USD")}}, CurrencyMismatchError),
        ({"amount": "1.00"}, WrongTypeError),
        ({"amount": Money("1.00", "USD")}, CurrencyMismatchError),
        ({"reason": "mood"}, UnknownWordError),
        ({"reason": None}, WrongTypeError),
        ({"on": "2026-01-20"}, WrongTypeError),
        ({"on": dt.datetime(2026, 1, 20, tzinfo=dt.UTC)}, MixedTimeError),
        ({"on": dt.date(2025, 12, 31)}, OutOfOrderError),
    ],
)
def test_wrong_input_stops_at_the_door(what, error):
    with pytest.raises(error):
        credit(billed("10.00"), **what)


def test_only_an_invoice_is_credited():
    for wrong in ("sub:1", None, credit(billed("10.00"))):
        with pytest.raises(WrongTypeError):
            credit(wrong)
    with pytest.raises(WrongTypeError):
        credit(number(credit(billed("10.00")), "CN-1"))


def test_a_note_comes_after_the_one_before_it():
    invoice = billed("10.00")
    first = credit(invoice, amount=eur("1.00"))
    with pytest.raises(OutOfOrderError) as caught:
        credit(invoice, first, on=dt.date(2026, 1, 19))
    assert caught.value.earliest == LATER


def test_all_notes_on_the_invoice_have_to_be_there():
    invoice = billed("10.00")
    first = credit(invoice, amount=eur("1.00"))
    second = credit(invoice, first, amount=eur("1.00"))
    assert credit(invoice, second, first).sequence == 3  # in any order
    with pytest.raises(UnknownItemError) as caught:
        credit(invoice, second)
    assert caught.value.value == "sub:1/credit-1"
    with pytest.raises(DuplicateError):
        credit(invoice, first, first)
    with pytest.raises(WrongTypeError):
        credit(invoice, invoice)


@pytest.mark.parametrize(
    "other",
    [
        billed("10.00", version=2),
        billed("9.00", "1.00"),
        billed("10.00", rates=(VAT,)),
    ],
    ids=["another key", "other lines", "other rates"],
)
def test_notes_on_another_invoice_are_refused(other):
    with pytest.raises(UnknownItemError) as caught:
        credit(billed("10.00"), credit(other, amount=eur("1.00")))
    assert caught.value.kind == "credit note"


def test_a_rate_that_the_invoice_does_not_have_is_refused():
    invoice = billed("10.00")
    tax = TaxAmount(VAT, eur("1.00"), eur("0.19"))
    note = attrs.evolve(credit(invoice, amount=eur("1.00")), taxes=(tax,))
    with pytest.raises(UnknownItemError):
        credit(invoice, note)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"invoice_key": ""}, OutOfBoundsError),
        ({"invoice_number": ""}, OutOfBoundsError),
        ({"sequence": 0}, OutOfBoundsError),
        ({"reason": 3}, WrongTypeError),
        ({"issued_on": None}, WrongTypeError),
        ({"currency": "USD"}, CurrencyMismatchError),
        ({"lines": [1]}, WrongTypeError),
        ({"taxes": [1]}, WrongTypeError),
        ({"recipient": "Alt GmbH"}, WrongTypeError),
    ],
)
def test_a_note_checks_its_fields(fields, error):
    with pytest.raises(error):
        attrs.evolve(credit(billed("10.00")), **fields)


def test_a_line_of_a_note_checks_its_fields():
    line = billed("10.00").lines[0]
    with pytest.raises(CurrencyMismatchError):
        CreditNoteLine(0, line, Money("1.00", "USD"))
    with pytest.raises(OutOfBoundsError):
        CreditNoteLine(-1, line, eur("1.00"))
    with pytest.raises(WrongTypeError):
        CreditNoteLine(0, "line", eur("1.00"))


# Credit notes: laws.

CURRENCIES = {"JPY": 0, "EUR": 2, "KWD": 3}
SETS = ((), (VAT,), (FIFTH,), (VAT, CITY), (INSIDE,), (ZERO,))


@st.composite
def invoices(draw, least=1):
    """Return an invoice of a few lines; with a *least* below 0 some are credits."""
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    lines = draw(
        st.lists(
            st.tuples(st.integers(least, 20_000), st.sampled_from(SETS)),
            min_size=1,
            max_size=6,
        )
    )
    places = -CURRENCIES[currency]
    return billed(
        *(str(Decimal(units).scaleb(places)) for units, _ in lines),
        each=tuple(rates for _, rates in lines),
        currency=currency,
        rounding=draw(st.sampled_from(Rounding)),
    )


def some_note(draw, invoice, notes):
    """Return another note on *invoice*, or ``None`` where this one is refused."""
    left = invoice.total_minor - sum(note.total.minor_units for note in notes)
    kind = draw(st.sampled_from(("amount", "lines", "part")))
    place = draw(st.integers(0, len(invoice.lines) - 1))
    most = invoice.lines[place].amount_minor
    part = draw(st.integers(min(most, 0), max(most, 0)))
    what = {
        "amount": lambda: {"amount": draw(st.integers(1, max(left, 1)))},
        "lines": lambda: {"lines": [place]},
        "part": lambda: {"lines": {place: part}},
    }[kind]()
    if "amount" in what:
        what["amount"] = Money.from_minor_units(what["amount"], invoice.currency)
    elif kind == "part":
        what["lines"] = {place: Money.from_minor_units(part, invoice.currency)}
    try:
        note = credit(invoice, *notes, **what)
    except (OverCreditedError, NothingToCreditError):
        assert kind != "amount" or left <= 0  # an amount that is left is never refused
        return None
    assert kind != "amount" or note.total == what["amount"]
    return note


def sums(documents):
    """Return net, total, and base and tax by rate of *documents*, in minor units."""
    found = {"net": 0, "total": 0}
    for document in documents:
        found["net"] += document.subtotal.minor_units
        found["total"] += document.total.minor_units
        for tax in document.taxes:
            for name, money in (("base", tax.base), ("tax", tax.amount)):
                key = (tax.rate, name)
                found[key] = found.get(key, 0) + money.minor_units
    return {name: units for name, units in found.items() if units}


@given(invoices() | invoices(least=-20_000), st.data())
def test_notes_never_exceed_the_invoice_and_come_to_it_in_the_end(invoice, data):
    notes = []
    for _ in range(data.draw(st.integers(0, 5))):
        note = some_note(data.draw, invoice, notes)
        if note is not None:
            assert note.total.minor_units > 0
            notes.append(note)
    whole = sums([invoice])
    for name, units in sums(notes).items():
        if "base" not in name:
            most = whole.get(name, 0)
            assert min(most, 0) <= units <= max(most, 0)
    if whole.get("total", 0) <= sums(notes).get("total", 0):
        with pytest.raises(NothingToCreditError):
            credit(invoice, *notes)
    else:
        assert sums([*notes, credit(invoice, *notes)]) == whole


@given(invoices(), st.data())
def test_lines_credited_one_by_one_come_to_the_invoice(invoice, data):
    notes = []
    for place in data.draw(st.permutations(range(len(invoice.lines)))):
        notes.append(credit(invoice, *notes, lines=[place]))
    assert sums(notes) == sums([invoice])


@given(invoices(), st.data())
def test_the_tax_of_the_first_note_is_the_tax_of_its_lines(invoice, data):
    places = data.draw(st.sets(st.integers(0, len(invoice.lines) - 1), min_size=1))
    note = credit(invoice, lines=places)
    lines = [line.line for line in note.lines]
    rounding = invoice.lines[0].terms.rounding
    assert {*note.taxes} == {*taxes_of(lines, invoice.currency, rounding)}


@given(
    st.lists(st.integers(-1000, 1000), min_size=1, max_size=8).flatmap(
        lambda weights: st.tuples(
            st.integers(min(sum(weights), 0), max(sum(weights), 0)), st.just(weights)
        )
    )
)
def test_parts_add_up_and_stay_between_nothing_and_their_weights(example):
    units, weights = example
    parts = spread(units, weights)
    assert sum(parts) == units
    for part, weight in zip(parts, weights, strict=True):
        assert min(weight, 0) <= part <= max(weight, 0)


@given(invoices())
def test_a_note_survives_pickling_and_a_narrow_decimal_context(invoice):
    note = credit(invoice)
    with decimal.localcontext(prec=2):
        assert credit(invoice) == note
    assert pickle.loads(pickle.dumps(note)) == note
    assert hash(note) == hash(pickle.loads(pickle.dumps(note)))


# Corrections of the recipient.


@pytest.fixture
def invoice() -> Invoice:
    return billed("60.00", "40.00", rates=(VAT,), recipient=OLD_NAME)


@pytest.mark.rule("CM-27")
@pytest.mark.rule("CM-28")
@pytest.mark.rule("CM-30")
def test_the_customer_asks_and_the_billing_department_decides(invoice):
    request = correct_recipient(invoice, NEW_NAME, use_from_now_on=False, by="anna")
    assert request.state is CorrectionState.REQUESTED
    assert (request.requested_by, request.decided_by) == ("anna", None)
    accepted = request.accept(on=LATER, by="billing")
    assert accepted.state is CorrectionState.ACCEPTED
    assert (accepted.decided_on, accepted.decided_by) == (LATER, "billing")
    assert request.state is CorrectionState.REQUESTED  # the old value stays true


@pytest.mark.rule("CM-34")
@pytest.mark.rule("CM-35")
@pytest.mark.rule("CM-37")
def test_the_accepted_correction_is_a_document_linked_to_the_first(invoice):
    """INV-17 → COR-3, with 119.00 both times."""
    first = number(invoice, "INV-17")
    correction = correct_recipient(first, NEW_NAME, use_from_now_on=False)
    with pytest.raises(NotAcceptedError) as caught:
        _ = correction.document
    assert caught.value.as_dict()["values"] == {
        "invoice": "sub:1",
        "state": CorrectionState.REQUESTED,
    }
    accepted = correction.accept(on=LATER)
    document = accepted.document
    assert (document.recipient, document.issued_on) == (NEW_NAME, LATER)
    assert (document.lines, document.taxes) == (invoice.lines, invoice.taxes)
    assert document.total == invoice.total == eur("119.00")
    assert verify(document) == ()
    assert (accepted.original_key, accepted.key) == ("sub:1", "sub:1/correction-1")
    assert invoice.recipient == OLD_NAME
    numbered = number(accepted, "COR-3")
    assert (numbered.number, numbered.preceding_number) == ("COR-3", "INV-17")
    assert numbered.type is DocumentType.CORRECTED_INVOICE
    assert numbered.recipient == NEW_NAME


@pytest.mark.rule("CM-32")
@pytest.mark.rule("CM-36")
def test_from_the_acceptance_on_invoices_go_to_the_new_recipient_when_asked():
    """Invoices of 5 January and 10 January keep the old one, 20 January does not."""
    story = Story(plan("10.00"), "2026-01-05", recipient=OLD_NAME)
    wrong = story.opening.invoice
    request = correct_recipient(wrong, NEW_NAME, use_from_now_on=True)
    assert request.recipient_from_now_on is None
    between = story.change("2026-01-10", AddSeats(1))
    assert between.invoice.recipient == OLD_NAME
    accepted = request.accept(on=LATER)
    party = accepted.recipient_from_now_on
    after = story.change("2026-01-20", SetRecipient(party), AddSeats(1))
    assert after.invoice.recipient == NEW_NAME


@pytest.mark.rule("CM-33")
def test_only_this_invoice_is_corrected_when_the_box_is_not_ticked(invoice):
    correction = correct_recipient(invoice, NEW_NAME, use_from_now_on=False)
    assert correction.accept(on=LATER).recipient_from_now_on is None


def test_a_rejected_request_changes_nothing(invoice):
    request = correct_recipient(invoice, NEW_NAME, use_from_now_on=True)
    rejected = request.reject(on=LATER, by="billing", reason="the name was right")
    assert rejected.state is CorrectionState.REJECTED
    assert rejected.reason == "the name was right"
    assert rejected.recipient_from_now_on is None
    for use in (lambda: rejected.document, lambda: number(rejected, "COR-1")):
        with pytest.raises(NotAcceptedError):
            use()


@pytest.mark.parametrize("first", ["accept", "reject"])
@pytest.mark.parametrize("second", ["accept", "reject"])
def test_a_request_is_decided_once(invoice, first, second):
    request = correct_recipient(invoice, NEW_NAME, use_from_now_on=True)
    decided = getattr(request, first)(on=LATER)
    with pytest.raises(AlreadyDecidedError) as caught:
        getattr(decided, second)(on=LATER)
    assert caught.value.code == "already_decided"
    assert caught.value.state is decided.state


def test_a_decision_does_not_come_before_the_invoice(invoice):
    request = correct_recipient(invoice, NEW_NAME, use_from_now_on=False)
    with pytest.raises(OutOfOrderError):
        request.accept(on=dt.date(2025, 12, 31))
    with pytest.raises(MixedTimeError):
        request.accept(on=dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
    assert request.accept(on=NEW_YEAR).document.issued_on == NEW_YEAR


@pytest.mark.rule("CM-31")
@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        pytest.param({"name": " "}, ("name",), id="blank name"),
        pytest.param({"address": ()}, ("address",), id="no address"),
        pytest.param({"address": ("", " ")}, ("address",), id="blank address"),
        pytest.param({"country": None}, ("country",), id="no country"),
        pytest.param(
            {"address": "", "country": None}, ("address", "country"), id="all are named"
        ),
    ],
)
def test_all_necessary_details_must_be_given(invoice, fields, missing):
    with pytest.raises(MissingDetailsError) as caught:
        correct_recipient(
            invoice, attrs.evolve(NEW_NAME, **fields), use_from_now_on=False
        )
    assert (caught.value.code, caught.value.missing) == ("missing_details", missing)


@pytest.mark.rule("CM-31")
def test_the_host_may_require_more(invoice):
    required = ("name", "registration")
    with pytest.raises(MissingDetailsError) as caught:
        correct_recipient(invoice, NEW_NAME, use_from_now_on=False, required=required)
    assert caught.value.missing == ("registration",)
    with pytest.raises(UnknownItemError) as unknown:
        correct_recipient(invoice, NEW_NAME, use_from_now_on=False, required=("fax",))
    assert unknown.value.value == "fax"


def test_an_invoice_without_a_recipient_is_made_out_to_one():
    invoice, party = billed("10.00"), Party(name="Neu GmbH", country="DE")
    correction = correct_recipient(invoice, party, use_from_now_on=False)
    assert correction.previous is None
    assert correction.accept(on=LATER).document.recipient == party


@pytest.mark.rule("CM-37")
@pytest.mark.parametrize(
    ("old", "fields", "field"),
    [
        pytest.param(OLD_NAME, {"vat_number": None}, "vat_number", id="goes"),
        pytest.param(
            attrs.evolve(OLD_NAME, vat_number=None),
            {"vat_number": "DE2"},
            "vat_number",
            id="comes",
        ),
        pytest.param(None, {}, "vat_number", id="comes to nobody"),
        pytest.param(OLD_NAME, {"country": "FR"}, "country", id="another country"),
    ],
)
def test_a_change_of_vat_status_or_country_needs_a_credit_and_a_new_invoice(
    old, fields, field
):
    invoice = billed("10.00", recipient=old)
    with pytest.raises(TaxStatusChangedError) as caught:
        correct_recipient(
            invoice, attrs.evolve(NEW_NAME, **fields), use_from_now_on=True
        )
    assert (caught.value.code, caught.value.field) == ("tax_status_changed", field)


@pytest.mark.rule("TL-10")
def test_name_address_and_vat_number_can_all_be_updated(invoice):
    """Another VAT number is no change of status: there was one, and there is one."""
    party = Party(name="Neu GmbH", address="Weg 2", country="DE", vat_number="DE2")
    correction = correct_recipient(invoice, party, use_from_now_on=True)
    assert correction.accept(on=LATER).document.recipient == party
    story = Story(plan("10.00"), "2026-01-05", recipient=OLD_NAME)
    story.change("2026-01-20", SetRecipient(party))
    (renewal,) = story.renew("2026-02-05").invoices
    assert renewal.recipient == party
    assert story.opening.invoice.recipient == OLD_NAME


def test_the_same_recipient_is_no_correction(invoice):
    with pytest.raises(NoChangeError):
        correct_recipient(invoice, OLD_NAME, use_from_now_on=True)


def test_an_accepted_correction_can_be_corrected_again(invoice):
    first = correct_recipient(
        number(invoice, "INV-1"), NEW_NAME, use_from_now_on=True
    ).accept(on=LATER)
    better = attrs.evolve(NEW_NAME, name="Neu AG")
    second = correct_recipient(number(first, "COR-1"), better, use_from_now_on=True)
    assert (second.key, second.original) == ("sub:1/correction-2", invoice)
    assert (second.original_number, second.previous) == ("INV-1", NEW_NAME)
    assert correct_recipient(first, better, use_from_now_on=True) == second
    document = second.accept(on=dt.date(2026, 1, 21)).document
    assert (document.recipient, document.total) == (better, invoice.total)


def test_a_request_cannot_be_corrected(invoice):
    request = correct_recipient(invoice, NEW_NAME, use_from_now_on=True)
    with pytest.raises(NotAcceptedError):
        correct_recipient(request, OLD_NAME, use_from_now_on=True)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"recipient": "Neu GmbH"}, WrongTypeError),
        ({"recipient": None}, WrongTypeError),
        ({"use_from_now_on": 1}, WrongTypeError),
        ({"required": "name"}, WrongTypeError),
        ({"by": ""}, OutOfBoundsError),
    ],
)
def test_wrong_details_stop_at_the_door(invoice, given, error):
    given = {"recipient": NEW_NAME, "use_from_now_on": False, **given}
    with pytest.raises(error):
        correct_recipient(invoice, given.pop("recipient"), **given)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"original": "sub:1"}, WrongTypeError),
        ({"original_number": ""}, OutOfBoundsError),
        ({"previous": "Alt"}, WrongTypeError),
        ({"sequence": 0}, OutOfBoundsError),
        ({"state": "accepted"}, WrongTypeError),
        ({"state": CorrectionState.ACCEPTED}, WrongTypeError),
        ({"decided_on": LATER}, WrongTypeError),
        ({"reason": ""}, OutOfBoundsError),
    ],
)
def test_a_correction_checks_its_fields(invoice, fields, error):
    request = correct_recipient(invoice, NEW_NAME, use_from_now_on=True)
    with pytest.raises(error):
        attrs.evolve(request, **fields)


def test_a_correction_is_a_value(invoice):
    accepted = correct_recipient(invoice, NEW_NAME, use_from_now_on=True).accept(
        on=LATER
    )
    assert isinstance(accepted, CorrectiveInvoice)
    assert pickle.loads(pickle.dumps(accepted)) == accepted
    assert len({accepted, pickle.loads(pickle.dumps(accepted))}) == 1


# Numbers and mentions.


def test_a_number_makes_a_legal_document(invoice):
    supplier = Party(name="seatbill", country="DE", vat_number="DE9")
    due = dt.date(2026, 1, 15)
    numbered = number(invoice, "2026-0001", supplier=supplier, due_on=due)
    assert (numbered.number, numbered.document) == ("2026-0001", invoice)
    assert (numbered.issued_on, numbered.due_on) == (NEW_YEAR, due)
    assert (numbered.supplier, numbered.recipient) == (supplier, OLD_NAME)
    assert (numbered.key, numbered.preceding_number) == (invoice.key, None)
    assert number(invoice, "2", issued_on=LATER, due_on=LATER).issued_on == LATER


def test_a_number_is_given_once(invoice):
    numbered = number(invoice, "2026-0001")
    with pytest.raises(AlreadyNumberedError) as caught:
        number(numbered, "2026-0002")
    error = caught.value
    assert (error.code, error.key, error.number) == (
        "already_numbered",
        "sub:1",
        "2026-0001",
    )
    with pytest.raises(AlreadyNumberedError):
        attrs.evolve(numbered, document=numbered)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"number": ""}, OutOfBoundsError),
        ({"number": 17}, WrongTypeError),
        ({"supplier": "seatbill"}, WrongTypeError),
        ({"issued_on": "2026-01-01"}, WrongTypeError),
        ({"issued_on": dt.date(2025, 12, 31)}, OutOfOrderError),
        ({"due_on": dt.date(2025, 12, 31)}, OutOfOrderError),
        ({"issued_on": LATER, "due_on": dt.date(2026, 1, 19)}, OutOfOrderError),
        ({"due_on": dt.datetime(2026, 1, 15, tzinfo=dt.UTC)}, MixedTimeError),
        ({"document": "sub:1"}, WrongTypeError),
    ],
)
def test_a_wrong_number_stops_at_the_door(invoice, given, error):
    given = {"document": invoice, "number": "1", **given}
    with pytest.raises(error):
        number(given.pop("document"), given.pop("number"), **given)


@pytest.mark.source("EN 16931 BT-3, UNTDID 1001")
def test_each_document_has_its_type(invoice):
    correction = correct_recipient(invoice, NEW_NAME, use_from_now_on=False)
    for document, code in (
        (invoice, "380"),
        (billed("0.00"), "380"),
        (billed("-10.00"), "381"),
        (credit(invoice), "381"),
        (correction.accept(on=LATER), "384"),
    ):
        assert document_type(document) == code
        numbered = number(document, "1")
        assert isinstance(numbered, NumberedInvoice)
        assert document_type(numbered) == numbered.type == code
    with pytest.raises(NotAcceptedError):
        document_type(correction)


@pytest.mark.source("Directive 2006/112/EC art. 226 (11), (11a)")
def test_what_the_tax_category_wants_is_mentioned():
    each = ((VAT,), (ABROAD,), (SCHOOL,), (ZERO,))
    invoice = billed("1.00", "2.00", "3.00", "4.00", each=each, recipient=OLD_NAME)
    found = mentions(invoice)
    assert [str(mention) for mention in found] == [
        "Reverse charge: Art. 196",
        "Exempt from VAT: Art. 132 (1) (i)",
        "Zero rated",
    ]
    assert found[0] == Mention(TaxCategory.REVERSE_CHARGE, "abroad", "Art. 196")
    correction = correct_recipient(invoice, NEW_NAME, use_from_now_on=False)
    accepted = correction.accept(on=LATER)
    for document in (credit(invoice), accepted, number(invoice, "1")):
        assert mentions(document) == found
    assert mentions(number(accepted, "COR-1")) == found


def test_a_standard_rate_is_not_mentioned(invoice):
    assert mentions(invoice) == ()
    assert mentions(credit(invoice)) == ()


def test_only_the_rates_on_the_note_are_mentioned():
    invoice = billed("1.00", "2.00", each=((ABROAD,), (ZERO,)))
    assert [m.rate for m in mentions(credit(invoice, lines=[1]))] == ["zero"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ((TaxCategory.STANDARD, "vat", None), UnknownItemError),
        (("ae", "abroad", None), UnknownWordError),
        ((TaxCategory.ZERO, "", None), OutOfBoundsError),
        ((TaxCategory.ZERO, "zero", ""), OutOfBoundsError),
    ],
)
def test_a_mention_checks_its_fields(fields, error):
    with pytest.raises(error):
        Mention(*fields)


def test_an_outcome_takes_the_party_from_the_correction():
    story = Story(plan("10.00"), "2026-01-05", recipient=OLD_NAME)
    correction = correct_recipient(
        story.opening.invoice, NEW_NAME, use_from_now_on=True
    ).accept(on=LATER)
    party = correction.recipient_from_now_on
    outcome = change(story.subscription, SetRecipient(party), on=LATER)
    assert outcome.subscription.recipient == NEW_NAME
    assert outcome.invoice is None  # no money moves
