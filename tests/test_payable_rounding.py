"""What is to be paid rounded to whole kronor or five rappen, beside the total."""

from __future__ import annotations

import datetime as dt
import json

import attrs
import pytest

from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    GrantCredit,
    Money,
    Plan,
    Price,
    Rounding,
    SetSeats,
    TaxRate,
    Timing,
    bill,
    change,
    credit_note,
    preview_invoice,
    renew,
    subscribe,
    verify,
)
from seatbill.combining import combine, take_apart
from seatbill.converters import dump, from_data, load, to_data
from seatbill.converters._pages import InvoicePage, page_of
from seatbill.corrections import number, split_credit
from seatbill.documents import to_html, to_text
from seatbill.errors import (
    CurrencyMismatchError,
    DuplicateError,
    NotCombinableError,
    OutOfBoundsError,
    SeatbillError,
    UnknownCurrencyError,
)
from seatbill.invoices import Invoice
from seatbill.rebilling import rebill

APRIL, MIDDLE, MAY = dt.date(2026, 4, 1), dt.date(2026, 4, 16), dt.date(2026, 5, 1)
STEPS = {"SEK": "1", "CHF": "0.05", "JPY": "10", "KWD": "0.25"}
RULES = BillingRules(payable_rounding=STEPS)


def start(amount, currency="SEK", seats=1, rules=RULES, id="ada", **more):
    plan = Plan("pro", "Pro", 1, [Price(unit_amount=amount, currency=currency)])
    return subscribe(
        plan, id=id, interval=MONTHLY, seats=seats, on=APRIL, rules=rules, **more
    )


def sums(invoice):
    assert verify(invoice) == ()
    found = (invoice.total, invoice.payable_rounding, invoice.amount_due)
    return tuple(f"{amount.amount:f}" for amount in found)


# ------------------------------------------------------------------------- the figures


@pytest.mark.parametrize(
    ("amount", "currency", "rounding", "due"),
    [
        # source: invoiceninja#1396
        ("1051.75", "SEK", "0.25", "1052.00"),
        ("1051.50", "SEK", "0.50", "1052.00"),
        ("1051.49", "SEK", "-0.49", "1051.00"),
        ("1052.00", "SEK", "0.00", "1052.00"),
        ("0.49", "SEK", "-0.49", "0.00"),
        ("0.00", "SEK", "0.00", "0.00"),
        ("19.97", "CHF", "-0.02", "19.95"),
        ("19.98", "CHF", "0.02", "20.00"),
        ("1004", "JPY", "-4", "1000"),
        ("1005", "JPY", "5", "1010"),
        ("1.125", "KWD", "0.125", "1.250"),
        # no step for it
        ("19.97", "EUR", "0.00", "19.97"),
    ],
)
def test_what_is_to_be_paid_is_a_multiple_of_the_step(amount, currency, rounding, due):
    assert sums(start(amount, currency).invoice) == (amount, rounding, due)


@pytest.mark.parametrize(
    ("how", "due"),
    [
        (Rounding.HALF_UP, "1052.00"),
        (Rounding.HALF_EVEN, "1052.00"),
        (Rounding.UP, "1052.00"),
        (Rounding.DOWN, "1051.00"),
    ],
)
def test_it_is_rounded_as_the_rules_say(how, due):
    rules = attrs.evolve(RULES, rounding=how)
    assert sums(start("1051.50", rules=rules).invoice)[2] == due


def test_it_is_neither_taxed_nor_part_of_the_total():
    """841.40 at 25 %: 210.35, together 1051.75."""
    invoice = start("841.40", tax_rates=[TaxRate("moms", "0.25")]).invoice
    assert sums(invoice) == ("1051.75", "0.25", "1052.00")
    assert f"{invoice.tax.amount:f}" == "210.35"


@pytest.mark.parametrize(
    ("credit", "applied", "rounding", "due"),
    [
        ("100.30", "100.30", "-0.45", "951.00"),  # 951.45
        ("1051.75", "1051.75", "0.00", "0.00"),
        ("2000.00", "1051.75", "0.00", "0.00"),
        ("1051.40", "1051.40", "-0.35", "0.00"),
    ],
)
def test_what_credit_leaves_is_rounded(credit, applied, rounding, due):
    gift = change(
        start("1051.75").subscription,
        GrantCredit(Money(credit, "SEK"), "sorry"),
        on=MIDDLE,
    )
    invoice = renew(gift.subscription, on=MAY).invoice
    assert f"{invoice.credit_applied.amount:f}" == applied
    assert sums(invoice) == ("1051.75", rounding, due)


def test_what_goes_back_is_not_rounded():
    """16 April: 15 of 30 days of 100.30 come back, 50.15."""
    opened = start("100.30").subscription
    ended = change(opened, Cancel(), on=MIDDLE, timing=Timing.IMMEDIATE)
    assert sums(ended.invoice) == ("-50.15", "0.00", "0.00")
    assert f"{ended.invoice.credit_granted.amount:f}" == "50.15"
    assert f"{ended.refund_due.amount:f}" == "50.15"


def test_previews_and_changes_are_rounded_alike():
    """A seat more: 1051.75 × 15/30 = 525.875, so 525.88."""
    opened = start("1051.75").subscription
    outcome = change(opened, AddSeats(1), on=MIDDLE)
    assert sums(outcome.invoice) == ("525.88", "0.12", "526.00")
    shown = preview_invoice(outcome.subscription)
    assert shown == renew(outcome.subscription, on=MAY).invoice
    assert sums(shown) == ("2103.50", "0.50", "2104.00")


# -------------------------------------------------------------------------- the rules


def test_steps_are_a_table_by_currency():
    steps = (Money("1", "SEK"), Money("0.05", "CHF"))
    assert BillingRules(payable_rounding=steps) == BillingRules(
        payable_rounding={"SEK": "1", "CHF": "0.05"}
    )
    for wrong, kind in (
        ({"SEK": "0"}, OutOfBoundsError),
        ({"SEK": "-1"}, OutOfBoundsError),
        ({"CHF": "0.005"}, SeatbillError),
        ({"XXY": "1"}, UnknownCurrencyError),
        ((Money("1", "SEK"), Money("2", "SEK")), DuplicateError),
        (["1"], SeatbillError),
        ({"SEK": 0.5}, SeatbillError),
    ):
        with pytest.raises(kind):
            BillingRules(payable_rounding=wrong)


def test_an_invoice_has_a_step_in_its_currency():
    invoice = start("1051.75").invoice
    with pytest.raises(CurrencyMismatchError):
        attrs.evolve(invoice, payable_step=Money("1", "EUR"))
    with pytest.raises(OutOfBoundsError):
        attrs.evolve(invoice, payable_step=Money("0", "SEK"))
    with pytest.raises(SeatbillError):
        attrs.evolve(invoice, payable_step=1)


# ------------------------------------------------------------------------- many in one


def test_several_customers_on_one_document_are_rounded_once():
    """Two of 1051.75 are 2103.50: 2104.00, not twice 1052.00 with 0.25 each."""
    invoices = [start("1051.75", id=id).invoice for id in ("ada", "ben")]
    both = combine(invoices, key="both")
    assert sums(both) == ("2103.50", "0.50", "2104.00")
    parts = take_apart(both)
    assert [sums(part) for part in parts] == [("1051.75", "0.00", "1051.75")] * 2
    plain = combine([attrs.evolve(i, payable_step=None) for i in invoices], key="p")
    assert sums(plain) == ("2103.50", "0.00", "2103.50")
    with pytest.raises(NotCombinableError) as refused:
        combine([invoices[0], attrs.evolve(invoices[1], payable_step=None)], key="x")
    assert refused.value.field == "payable_step"


# ------------------------------------------------------------------------ what follows


def split(invoice, paid, *amounts):
    notes = []
    for amount in amounts:
        money = None if amount is None else Money(amount, "SEK")
        notes.append(
            credit_note(
                invoice,
                amount=money,
                reason="goodwill",
                issued_on=MIDDLE,
                previous=notes,
            )
        )
    found = split_credit(invoice, notes, paid=Money(paid, "SEK"))
    return [
        tuple(f"{n.amount:f}" for n in (s.off_open, s.refunded, s.to_balance))
        for s in found
    ]


@pytest.mark.parametrize(
    ("total", "paid", "notes", "parts"),
    [
        # rounded up to 1052.00: the note is of 1051.75
        ("1051.75", "1052.00", [None], [("0.00", "1051.75", "0.00")]),
        ("1051.75", "0.00", [None], [("1051.75", "0.00", "0.00")]),
        ("1051.75", "1000.00", [None], [("51.75", "1000.00", "0.00")]),
        # rounded down to 1051.00, all paid: 0.25 of the note was never asked for
        ("1051.25", "1051.00", [None], [("0.25", "1051.00", "0.00")]),
        (
            "1051.25",
            "1051.00",
            ["100.00", None],
            [("0.25", "99.75", "0.00"), ("0.00", "951.25", "0.00")],
        ),
    ],
)
def test_notes_are_of_the_total(total, paid, notes, parts):
    assert split(start(total).invoice, paid, *notes) == parts
    with pytest.raises(OutOfBoundsError):
        split(start(total).invoice, "1052.01", *notes)


def test_what_was_billed_wrong_is_settled_by_totals():
    """Billed 2 seats at 100.30, used were 3: 100.30 are missing, payable 100.00."""
    opened = start("100.30", seats=2)
    assert sums(opened.invoice) == ("200.60", "0.40", "201.00")
    correction = rebill(
        opened,
        issued=[opened.invoice],
        history=[(APRIL, SetSeats(3))],
        until=APRIL,
    )
    fresh = bill(opened, [(APRIL, SetSeats(3))], until=APRIL)
    assert sums(correction.invoice) == ("100.30", "-0.30", "100.00")
    issued = [opened.invoice.total]
    corrected = [i.total for i in fresh.invoices]
    missing = Money.total(corrected, "SEK") - Money.total(issued, "SEK")
    assert missing == Money("100.30", "SEK")


# -------------------------------------------------------------------------- documents


@pytest.mark.parametrize(
    ("locale", "word"),
    [
        ("en", "Rounding"),
        ("fr", "Arrondi"),
        ("de", "Rundung"),
        ("es", "Redondeo"),
        ("it", "Arrotondamento"),
        ("ar", "التقريب"),
    ],
)
def test_documents_show_it_beside_the_total(locale, word):
    invoice = start("1051.75").invoice
    assert word in to_text(number(invoice, "1"), locale=locale)
    assert word in to_html(combine([invoice], key="one"), locale=locale)
    assert word not in to_text(start("1052.00").invoice, locale=locale)


def test_data_keep_the_step_and_leave_out_what_says_nothing():
    outcome = start("1051.75")
    invoice = outcome.invoice
    assert load(json.loads(json.dumps(dump(invoice))), Invoice) == invoice
    assert to_data(invoice)["payable_step"] == to_data(Money("1", "SEK"))
    assert from_data(to_data(RULES), BillingRules) == RULES
    plain = start("19.97", "EUR", rules=BillingRules())
    assert "payable" not in json.dumps(dump(plain))
    page = page_of(InvoicePage, invoice)
    assert (page.payable_rounding, page.amount_due) == ("0.25", "1052.00")
