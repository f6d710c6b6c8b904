"""Where the money of credit notes goes, with figures worked out on paper."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import Money, TaxRate, credit_note
from seatbill.corrections import CreditSplit, number, split_credit
from seatbill.errors import (
    CurrencyMismatchError,
    OutOfBoundsError,
    OverCreditedError,
    UnknownItemError,
    WrongTypeError,
)
from test_corrections import OLD_NAME, billed
from test_corrections import credit as next_note

ON = dt.date(2026, 1, 20)


def from_balance(invoice, amount: str):
    """Return *invoice* with so much of it paid by the balance."""
    units = Money(amount, invoice.currency).minor_units
    return attrs.evolve(invoice, credit_applied_minor=units)


def noted(invoice, *amounts: str):
    """Return a credit note for each of *amounts*."""
    notes = []
    for amount in amounts:
        money = Money(amount, invoice.currency)
        notes.append(next_note(invoice, *notes, amount=money))
    return notes


def split(invoice, notes, paid: str) -> list[tuple[str, str, str]]:
    """Return the three parts of each note, off what is open first."""
    found = split_credit(invoice, notes, paid=Money(paid, invoice.currency))
    assert [one.note_key for one in found] == [note.key for note in notes]
    assert [one.total for one in found] == [note.total for note in notes]
    return [
        (f"{s.off_open.amount:f}", f"{s.refunded.amount:f}", f"{s.to_balance.amount:f}")
        for s in found
    ]


@pytest.mark.source("https://github.com/frappe/erpnext/issues/16244")
@pytest.mark.source("https://github.com/odoo/odoo/issues/19366")
def test_a_note_is_split_over_what_is_open_and_what_was_paid():
    """100.00, 20.00 from the balance and 30.00 paid: 50.00 are open."""
    invoice = from_balance(billed("100.00"), "20.00")
    assert split(invoice, noted(invoice, "60.00"), "30.00") == [
        ("50.00", "10.00", "0.00")
    ]


@pytest.mark.parametrize(
    ("balance", "paid", "notes", "parts"),
    [
        pytest.param(
            "0.00", "0.00", ["60.00"], [("60.00", "0.00", "0.00")], id="all open"
        ),
        pytest.param(
            "0.00", "100.00", ["60.00"], [("0.00", "60.00", "0.00")], id="all paid"
        ),
        pytest.param(
            "100.00", "0.00", ["60.00"], [("0.00", "0.00", "60.00")], id="all balance"
        ),
        pytest.param(
            "20.00", "30.00", ["50.00"], [("50.00", "0.00", "0.00")], id="just open"
        ),
        pytest.param(
            "20.00", "30.00", ["50.01"], [("50.00", "0.01", "0.00")], id="a cent more"
        ),
        pytest.param(
            "20.00", "30.00", ["100.00"], [("50.00", "30.00", "20.00")], id="all of it"
        ),
        pytest.param(
            "20.00",
            "30.00",
            ["40.00", "25.00", "35.00"],
            [
                ("40.00", "0.00", "0.00"),
                ("10.00", "15.00", "0.00"),
                ("0.00", "15.00", "20.00"),
            ],
            id="three in order",
        ),
        pytest.param("20.00", "30.00", [], [], id="none"),
    ],
)
def test_each_note_goes_off_what_is_open_then_back_then_to_the_balance(
    balance, paid, notes, parts
):
    invoice = from_balance(billed("100.00"), balance)
    assert split(invoice, noted(invoice, *notes), paid) == parts


@pytest.mark.parametrize(
    ("currency", "whole", "paid", "note", "part"),
    [
        ("JPY", "1000", "300", "750", ("700", "50", "0")),
        ("KWD", "10.000", "2.500", "7.501", ("7.500", "0.001", "0.000")),
    ],
)
def test_the_digits_are_those_of_the_currency(currency, whole, paid, note, part):
    invoice = billed(whole, currency=currency)
    assert split(invoice, noted(invoice, note), paid) == [part]


@pytest.mark.parametrize(
    ("rate", "total"),
    [
        (TaxRate("vat", "0.19"), "119.00"),
        (TaxRate("inside", "0.19", inclusive=True), "100.00"),
    ],
)
def test_the_total_is_split_with_the_tax_that_is_in_it(rate, total):
    """All of it comes back; 40.00 were paid."""
    invoice = billed("100.00", rates=(rate,))
    still_open = Money(total, "EUR") - Money("40.00", "EUR")
    assert split(invoice, noted(invoice, total), "40.00") == [
        (f"{still_open.amount:f}", "40.00", "0.00")
    ]


def test_a_note_before_the_payment_stays_as_it_was():
    """60.00 off an open invoice; then the other 40.00 are paid, and come back."""
    invoice = billed("100.00")
    first, second = noted(invoice, "60.00", "40.00")
    assert split(invoice, [first], "0.00") == [("60.00", "0.00", "0.00")]
    assert split(invoice, [first, second], "40.00") == [
        ("60.00", "0.00", "0.00"),
        ("0.00", "40.00", "0.00"),
    ]


def test_notes_may_come_in_any_order_and_the_invoice_with_its_number():
    invoice = billed("100.00", recipient=OLD_NAME)
    first, second = noted(invoice, "60.00", "40.00")
    asked = number(invoice, "F-1")
    paid = Money("50.00", "EUR")
    assert split_credit(asked, [second, first], paid=paid) == split_credit(
        invoice, [first, second], paid=paid
    )


# Refusals.


def test_more_than_was_due_cannot_have_been_paid():
    invoice = from_balance(billed("100.00"), "20.00")
    for wrong in ("80.01", "-0.01"):
        with pytest.raises(OutOfBoundsError) as refused:
            split_credit(invoice, [], paid=Money(wrong, "EUR"))
        assert (refused.value.name, refused.value.maximum) == (
            "paid",
            Money("80.00", "EUR"),
        )


def test_a_payment_is_in_the_currency_of_the_invoice():
    with pytest.raises(CurrencyMismatchError):
        split_credit(billed("100.00"), [], paid=Money("1.00", "USD"))
    with pytest.raises(WrongTypeError):
        split_credit(billed("100.00"), [], paid="1.00")


def test_notes_that_exceed_the_invoice_are_refused():
    """The second was made as if the first were not there."""
    invoice = billed("100.00")
    first = next_note(invoice, amount=Money("60.00", "EUR"))
    forged = attrs.evolve(first, sequence=2)
    with pytest.raises(OverCreditedError) as refused:
        split_credit(invoice, [first, forged], paid=Money.zero("EUR"))
    error = refused.value
    assert (error.where, error.left) == ("sub:1/credit-2", Money("40.00", "EUR"))


def test_a_note_of_another_invoice_or_a_gap_is_refused():
    invoice, other = billed("100.00"), billed("100.00", version=2)
    for notes in (noted(other, "1.00"), noted(invoice, "1.00", "1.00")[1:]):
        with pytest.raises(UnknownItemError):
            split_credit(invoice, notes, paid=Money.zero("EUR"))


@pytest.mark.parametrize("name", ["off_open", "refunded", "to_balance"])
def test_no_part_is_below_zero_or_in_another_currency(name):
    zero = Money.zero("EUR")
    sound = CreditSplit(note_key="n", off_open=zero, refunded=zero, to_balance=zero)
    with pytest.raises(OutOfBoundsError):
        attrs.evolve(sound, **{name: Money("-0.01", "EUR")})
    with pytest.raises(CurrencyMismatchError):
        attrs.evolve(sound, **{name: Money("0.01", "USD")})


# Laws.


@given(
    st.integers(1, 10_000),
    st.floats(0, 1),
    st.floats(0, 1),
    st.lists(st.integers(1, 4000), max_size=4),
)
def test_never_more_goes_back_than_came(total, balance, paid, asked):
    """Together the notes take what is open, then what was paid, then the balance."""
    invoice = billed(f"{total // 100}.{total % 100:02}")
    applied = round(total * balance)
    invoice = attrs.evolve(invoice, credit_applied_minor=applied)
    money = round((total - applied) * paid)
    notes, left = [], total
    for units in asked:
        if left:
            part = Money.from_minor_units(min(units, left), "EUR")
            left -= part.minor_units
            notes.append(
                credit_note(
                    invoice, amount=part, reason="other", issued_on=ON, previous=notes
                )
            )
    found = split_credit(invoice, notes, paid=Money.from_minor_units(money, "EUR"))
    sums = [
        sum(getattr(one, name).minor_units for one in found)
        for name in ("off_open", "refunded", "to_balance")
    ]
    assert sum(sums) == total - left
    still_open = total - applied - money
    assert sums == [
        min(total - left, still_open),
        min(max(total - left - still_open, 0), money),
        max(total - left - still_open - money, 0),
    ]
