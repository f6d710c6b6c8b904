"""Several subscriptions of one payer on one document, with figures worked out by hand.

Each invoice is for the whole of January 2026.  Three lines of 0.13 at 19 % are taxed
0.02 each (0.0247); together they are 0.39, which is taxed 0.07 (0.0741).
"""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatbill import (
    Invoice,
    Money,
    Party,
    Rounding,
    TaxCategory,
    TaxRate,
    credit_note,
    recognize,
    verify,
)
from seatbill.combining import CombinedInvoice, combine, take_apart
from seatbill.converters import dump, from_data, load, to_data
from seatbill.corrections import (
    CorrectiveInvoice,
    DocumentType,
    correct_recipient,
    document_type,
    mentions,
    number,
    split_credit,
)
from seatbill.documents import to_html, to_text
from seatbill.errors import (
    CurrencyMismatchError,
    DuplicateError,
    MixedTimeError,
    NotCombinableError,
    OutOfOrderError,
    OverCreditedError,
    WrongTypeError,
)
from seatbill.formatting import describe
from seatbill.invoices import BillingReason
from seatbill.rebilling import rebill
from seatbill.taxes import TaxAmount
from seatbill.testing.strategies import combined_invoices
from seatbill.verification import Discrepancy
from stories import Story, at, plan
from test_corrections import ABROAD, INSIDE, LATER, NEW_NAME, NEW_YEAR, OLD_NAME, VAT
from test_corrections import billed as billed_alone

ADA, BOB = Party(name="Ada"), Party(name="Bob")


def eur(amount: str) -> Money:
    return Money(amount, "EUR")


def billed(id: str, *amounts: str, credit: str | None = None, **more) -> Invoice:
    """Return the invoice of one subscription, some of it paid by its balance."""
    invoice = billed_alone(*amounts, **more)
    applied = 0
    if credit is not None:
        applied = Money(credit, invoice.currency).minor_units
    return attrs.evolve(invoice, subscription_id=id, credit_applied_minor=applied)


def thirteen(*ids: str, **more) -> list[Invoice]:
    return [billed(id, "0.13", rates=(VAT,), **more) for id in ids]


def figures(found: Invoice | CombinedInvoice) -> str:
    """Return subtotal, tax, total and what is due."""
    amounts = found.subtotal, found.tax, found.total, found.amount_due
    return " ".join(f"{amount.amount:f}" for amount in amounts)


# The document.


def test_tax_is_computed_once_over_all_of_them():
    parts = thirteen("a", "b", "c")
    assert [figures(one) for one in parts] == ["0.13 0.02 0.15 0.15"] * 3
    combined = combine(parts, key="ada/1")
    assert figures(combined) == "0.39 0.07 0.46 0.46"
    (tax,) = combined.taxes
    assert (tax.base, tax.amount) == (eur("0.39"), eur("0.07"))
    assert (combined.key, combined.issued_on) == ("ada/1", NEW_YEAR)
    assert (combined.currency, len(combined.lines)) == ("EUR", 3)
    assert combined.total_excluding_tax == eur("0.39")
    assert verify(combined) == ()


@pytest.mark.parametrize(
    ("parts", "sums"),
    [
        pytest.param([billed("a", "10.00")], "10.00 0.00 10.00 10.00", id="one"),
        pytest.param(
            [billed("a", "10.00", rates=(VAT,)), billed("b", "5.00")],
            "15.00 1.90 16.90 16.90",
            id="a part without tax",
        ),
        pytest.param(
            # 20.00 × 19/119 = 3.193; each alone 1.597
            [billed(id, "10.00", rates=(INSIDE,)) for id in "ab"],
            "20.00 3.19 20.00 20.00",
            id="inclusive tax",
        ),
        pytest.param(
            [billed(id, "10.00", rates=(ABROAD,)) for id in "ab"],
            "20.00 0.00 20.00 20.00",
            id="reverse charge",
        ),
        pytest.param(
            [
                billed(id, amount, rates=(TaxRate("jct", "0.1"),), currency="JPY")
                for id, amount in (("a", "1005"), ("b", "1005"))
            ],
            "2010 201 2211 2211",  # 100.5 each would be 101
            id="yen",
        ),
        pytest.param(
            [
                billed(id, "0.010", rates=(TaxRate("vat", "0.05"),), currency="KWD")
                for id in "ab"
            ],
            "0.020 0.001 0.021 0.021",  # 0.0005 each would be 0.001
            id="dinars",
        ),
        pytest.param(
            [billed("a", "10.00", credit="4.00"), billed("b", "5.00", credit="5.00")],
            "15.00 0.00 15.00 6.00",
            id="credit of two balances",
        ),
        pytest.param(
            # the balance of a has got the 3.00: b pays its own
            [billed("a", "-3.00"), billed("b", "5.00")],
            "2.00 0.00 2.00 5.00",
            id="a negative part",
        ),
        pytest.param(
            [billed("a", "-3.00"), billed("b", "-2.00")],
            "-5.00 0.00 -5.00 0.00",
            id="all negative",
        ),
        pytest.param([billed("a"), billed("b")], "0.00 0.00 0.00 0.00", id="zero"),
        pytest.param(
            [billed("a"), billed("b", "0.15", rounding=Rounding.DOWN, rates=(VAT,))],
            "0.15 0.02 0.17 0.17",  # 0.0285; nothing says how nothing is rounded
            id="nothing beside another rounding",
        ),
        pytest.param(
            [billed(f"s{n}", "0.13", rates=(VAT,)) for n in range(100)],
            "13.00 2.47 15.47 15.47",
            id="a hundred",
        ),
    ],
)
def test_the_sums_are_those_of_all_parts(parts, sums):
    combined = combine(parts, key="all")
    assert figures(combined) == sums
    assert verify(combined) == ()
    apart = take_apart(combined)
    for name in ("total", "tax", "subtotal", "amount_due", "credit_applied"):
        amounts = [getattr(one, name) for one in apart]
        assert Money.total(amounts, combined.currency) == getattr(combined, name)


def test_a_cent_that_a_balance_paid_too_much_is_granted():
    """0.03 at 19 % is 0.0057, so 0.01; two of them are 0.0114, so 0.01."""
    parts = [billed(id, "0.03", rates=(VAT,), credit="0.04") for id in "ab"]
    combined = combine(parts, key="all")
    assert figures(combined) == "0.06 0.01 0.07 0.00"
    assert combined.credit_applied == eur("0.08")
    assert combined.credit_granted == eur("0.01")
    assert [one.total for one in take_apart(combined)] == [eur("0.03"), eur("0.04")]


def test_the_tax_of_a_correction_comes_in_as_it_stands():
    """Its 0.03 is a difference of two taxes, not the tax on its lines."""
    first, second = thirteen("a", "b")
    apart = (eur("1.13"), eur("-1.00"))
    tax = TaxAmount(VAT, eur("0.13"), eur("0.02"), apart)
    corrected = attrs.evolve(
        first, billing_reason=BillingReason.CORRECTION, taxes=[tax]
    )
    assert verify(corrected) == ()
    combined = combine([corrected, second], key="all")
    assert figures(combined) == "0.26 0.04 0.30 0.30"
    assert verify(combined) == ()
    assert take_apart(combined) == (corrected, second)


# Who pays.


def test_the_payer_may_be_another_than_who_holds_the_seats():
    parts = [*thirteen("a", recipient=ADA), *thirteen("b", recipient=BOB)]
    assert combine(parts, key="all").recipient is None
    paid = combine(parts, key="all", payer=OLD_NAME)
    assert paid.recipient == OLD_NAME
    assert [one.recipient for one in take_apart(paid)] == [ADA, BOB]
    alike = thirteen("a", "b", recipient=ADA)
    assert combine(alike, key="all").recipient == ADA


# Taken apart.


@pytest.mark.parametrize(
    ("parts", "totals"),
    [
        # 0.07 − 3 × 0.02 = 0.01 more: the first of equal ones
        pytest.param(thirteen("a", "b", "c"), "0.16 0.15 0.15", id="a cent more"),
        # 2 × 0.0095 is 0.019; each alone 0.01: as it is
        pytest.param(
            [billed(id, "0.05", rates=(VAT,)) for id in "ab"],
            "0.06 0.06",
            id="as it is",
        ),
        # 0.03 → 0.0057 → 0.01 each, together 0.0114 → 0.01: one cent less
        pytest.param(
            [billed(id, "0.03", rates=(VAT,)) for id in "ab"], "0.03 0.04", id="less"
        ),
        pytest.param(
            [
                billed("a", "0.03", rates=(VAT,), credit="0.04"),
                billed("b", "0.03", rates=(VAT,)),
            ],
            "0.04 0.03",
            id="off what is due, not off what a balance paid",
        ),
    ],
)
def test_the_cents_of_tax_are_shared(parts, totals):
    combined = combine(parts, key="all")
    apart = take_apart(combined)
    assert " ".join(f"{one.total.amount:f}" for one in apart) == totals
    due = Money.total([one.amount_due for one in apart], "EUR")
    assert due == combined.amount_due


def test_parts_whose_taxes_add_up_come_back_as_they_were():
    parts = [billed(id, "10.00", rates=(VAT,)) for id in "ab"]
    assert take_apart(combine(parts, key="all")) == tuple(parts)


def test_an_inclusive_cent_moves_between_net_and_tax():
    """10.00 × 19/119 = 1.597, so 1.60; twice is 3.19: the total stays."""
    parts = [billed(id, "10.00", rates=(INSIDE,)) for id in "ab"]
    first, second = take_apart(combine(parts, key="all"))
    assert (first.taxes[0].base, first.tax) == (eur("8.41"), eur("1.59"))
    assert (first.total, second) == (eur("10.00"), parts[1])


# What reaches into it.


def test_verify_finds_what_is_wrong_in_a_part_and_over_all():
    first, second = thirteen("a", "b")
    wrong = attrs.evolve(second, total_minor=99)
    combined = attrs.evolve(combine([first, wrong], key="all"), taxes=())
    inside, over_all = verify(combined)
    assert (inside.where, inside.expected) == ("invoices[1].total", eur("0.15"))
    assert over_all.where == "taxes"
    line = attrs.evolve(second.lines[0], amount_minor=14)
    wrong = attrs.evolve(second, lines=[line])
    found = verify(combine([first, wrong], key="all"))
    assert found[0].where == "invoices[1].lines[0].amount"
    assert describe(found[0]).startswith("Invoice 2: ")
    assert "(line 1)" in describe(found[0])


def test_a_discrepancy_inside_is_told_in_each_language():
    found = Discrepancy("invoices[1].total", eur("1.00"), eur("2.00"))
    said = [describe(found, locale) for locale in ("de", "es", "fr", "it")]
    starts = ("Rechnung 2: ", "Factura 2: ", "Facture 2\u00a0: ", "Fattura 2: ")
    for text, start in zip(said, starts, strict=True):
        assert text.startswith(start)


def test_credit_notes_take_all_of_it_back_to_the_cent():
    combined = combine(thirteen("a", "b", "c"), key="all", payer=ADA)
    first = credit_note(combined, lines=[1], reason="goodwill", issued_on=LATER)
    assert (first.total, first.recipient) == (eur("0.15"), ADA)
    assert first.lines[0].line is combined.lines[1]
    rest = credit_note(combined, reason="other", issued_on=LATER, previous=[first])
    assert rest.total == eur("0.31")
    assert (rest.key, rest.invoice_key) == ("all/credit-2", "all")
    with pytest.raises(OverCreditedError):
        credit_note(combined, amount=eur("0.47"), reason="other", issued_on=LATER)


def test_a_note_is_split_over_what_was_paid_for_all_of_them():
    parts = [billed("a", "60.00", credit="20.00"), billed("b", "40.00")]
    combined = combine(parts, key="all")
    note = credit_note(combined, amount=eur("60.00"), reason="other", issued_on=LATER)
    (split,) = split_credit(combined, [note], paid=eur("30.00"))
    assert (split.off_open, split.refunded) == (eur("50.00"), eur("10.00"))


def test_it_has_a_number_and_can_be_made_out_to_another():
    combined = combine(thirteen("a", "b"), key="all", payer=OLD_NAME)
    asked = number(combined, "F-7", due_on=LATER)
    assert (asked.type, asked.key) == (DocumentType.INVOICE, "all")
    request = correct_recipient(asked, NEW_NAME, use_from_now_on=False)
    accepted = request.accept(on=LATER)
    corrected = accepted.document
    assert isinstance(corrected, CombinedInvoice)
    assert (corrected.recipient, corrected.issued_on) == (NEW_NAME, LATER)
    assert corrected.invoices == combined.invoices
    assert document_type(accepted) is DocumentType.CORRECTED_INVOICE
    assert from_data(to_data(accepted), CorrectiveInvoice) == accepted
    assert "Neu GmbH" in to_text(number(accepted, "F-8"))
    assert verify(corrected) == ()


def test_a_negative_one_is_a_credit_note_and_a_zero_rate_is_mentioned():
    negative = combine([billed("a", "-3.00", rates=(ABROAD,))], key="all")
    assert document_type(negative) is DocumentType.CREDIT_NOTE
    (mention,) = mentions(negative)
    assert mention.category is TaxCategory.REVERSE_CHARGE
    assert to_text(negative).startswith("Credit note all")


def test_a_negative_one_tells_what_is_granted_beside_what_a_balance_paid():
    """10.00 that the balance paid, and −20.00: −10.00 in all, and 20.00 go to it."""
    parts = [billed("a", "10.00", credit="10.00"), billed("b", "-20.00")]
    combined = combine(parts, key="all")
    assert figures(combined) == "-10.00 0.00 -10.00 0.00"
    assert "€20.00 goes to the credit balance" in " ".join(to_text(combined).split())


def test_revenue_is_that_of_all_lines():
    parts = [billed(id, "31.00", rates=(INSIDE,)) for id in "ab"]
    combined = combine(parts, key="all")
    schedule = recognize(combined)
    assert len(schedule.lines) == 2
    (january,) = schedule.totals
    assert (january.amount, january.tax) == (eur("62.00"), combined.tax)


def test_the_history_of_one_subscription_knows_its_own_invoices_only():
    story = Story(plan("30.00"), on="2026-01-01")
    combined = combine([story.opening.invoice], key="all")
    for document in (combined, number(combined, "F-1")):
        with pytest.raises(WrongTypeError):
            rebill(story.opening, [document], [], until=at("2026-01-20"))


def test_it_comes_back_from_json():
    combined = combine(thirteen("a", "b"), key="all", payer=ADA)
    document = dump(combined)
    assert document["kind"] == "combined_invoice"
    assert load(document, CombinedInvoice) == combined
    numbered = number(combined, "F-1")
    assert load(dump(numbered)) == numbered


@pytest.mark.parametrize(
    ("locale", "used_by"),
    [
        ("en", "Used by Bob"),
        ("de", "Genutzt von Bob"),
        ("es", "Utilizada por Bob"),
        ("fr", "Utilisé par Bob"),
        ("it", "Usato da Bob"),
        ("ar", "يستخدمه"),
    ],
)
def test_it_prints_as_groups_with_their_subtotals(locale, used_by):
    parts = [*thirteen("a"), billed("b", "5.00", rates=(VAT,), recipient=BOB)]
    combined = combine(parts, key="all", payer=ADA)
    told = to_text(number(combined, "F-7"), locale=locale)
    assert "Ada" in told
    assert "F-7" in told
    assert used_by in told
    for amount in ("0.13", "5.00", "5.13", "0.97", "6.10"):
        assert amount in told.replace(",", ".") or locale == "ar"
    assert told.count("a:1") == 1
    html = to_html(combined, locale=locale)
    assert html.count('class="group"') == 2


# Refusals.


def test_nothing_cannot_be_combined():
    for call in (
        lambda: combine([], key="all"),
        lambda: CombinedInvoice(key="all", issued_on=NEW_YEAR, invoices=(), taxes=()),
    ):
        with pytest.raises(WrongTypeError) as refused:
            call()
        assert refused.value.name == "invoices"
        assert str(refused.value).startswith("There is no invoice in invoices")


def test_two_currencies_are_refused():
    parts = [billed("a", "1.00"), billed("b", "1.00", currency="USD")]
    with pytest.raises(CurrencyMismatchError):
        combine(parts, key="all")
    combined = combine(parts[:1], key="all")
    with pytest.raises(CurrencyMismatchError):
        attrs.evolve(
            combined, taxes=combine(thirteen("a", currency="USD"), key="b").taxes
        )


def test_the_same_invoice_twice_is_refused():
    with pytest.raises(DuplicateError) as refused:
        combine([*thirteen("a"), *thirteen("b", "a")], key="all")
    assert refused.value.value == "a:1"


@pytest.mark.parametrize(
    ("other", "field", "wanted", "found"),
    [
        ({"on": LATER}, "issued_on", NEW_YEAR, LATER),
        (
            {"rounding": Rounding.DOWN},
            "rounding",
            Rounding.HALF_UP,
            Rounding.DOWN,
        ),
    ],
)
def test_another_day_or_rounding_is_refused(other, field, wanted, found):
    with pytest.raises(NotCombinableError) as refused:
        combine([*thirteen("a"), *thirteen("b", **other)], key="all")
    error = refused.value
    assert (error.invoice, error.field) == ("b:1", field)
    assert (error.wanted, error.found) == (wanted, found)


def test_it_is_not_issued_before_its_invoices():
    combined = combine(thirteen("a"), key="all")
    with pytest.raises(OutOfOrderError):
        attrs.evolve(combined, issued_on=NEW_YEAR - dt.timedelta(1))
    with pytest.raises(MixedTimeError):
        attrs.evolve(combined, issued_on=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


# Laws.

CENTS = st.integers(-300, 3000)


@given(
    st.lists(st.tuples(CENTS, CENTS, st.integers(0, 100)), min_size=1, max_size=5),
    st.sampled_from([(), (VAT,), (INSIDE,), (ABROAD,), (VAT, TaxRate("city", "0.07"))]),
    st.sampled_from(Rounding),
)
def test_the_parts_are_the_whole(drawn, rates, rounding):
    """Combined = parts, taken apart = the parts, but for cents of tax, none lost."""
    parts = []
    for place, (first, second, percent) in enumerate(drawn):
        amounts = [
            f"{Money.from_minor_units(n, 'EUR').amount:f}" for n in (first, second)
        ]
        one = billed(f"s{place}", *amounts, rates=rates, rounding=rounding)
        applied = max(one.total_minor, 0) * percent // 100
        parts.append(attrs.evolve(one, credit_applied_minor=applied))
    combined = combine(parts, key="all")
    assert verify(combined) == ()
    apart = take_apart(combined)

    def total(name, of):
        return Money.total([getattr(one, name) for one in of], "EUR")

    assert combined.subtotal == total("subtotal", parts) == total("subtotal", apart)
    assert combined.credit_applied == total("credit_applied", apart)
    assert (combined.total, combined.tax) == (
        total("total", apart),
        total("tax", apart),
    )
    assert combined.amount_due.minor_units >= 0
    for tax in combined.taxes:
        own = [t for one in apart for t in one.taxes if t.rate == tax.rate]
        assert tax.amount == Money.total([t.amount for t in own], "EUR")
        assert tax.base == Money.total([t.base for t in own], "EUR")
    most = len(parts) * max(len(rates), 1)
    assert abs((combined.total - total("total", parts)).minor_units) <= most
    for before, after in zip(parts, apart, strict=True):
        assert after.lines == before.lines
        if combined.tax == total("tax", parts) and len(rates) < 2:
            assert after == before


@given(combined_invoices())
@settings(max_examples=20, deadline=None)
def test_any_combined_invoice_proves_itself_and_comes_back_from_json(combined):
    assert verify(combined) == ()
    assert from_data(to_data(combined), CombinedInvoice) == combined
