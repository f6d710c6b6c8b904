"""Whatever differs from the history is a finding: each field, each line, each copy."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altered import EVERY, altered_invoices, altered_lines, with_line
from seatbill import (
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    ChargeFee,
    Discount,
    GrantCredit,
    Invoice,
    Money,
    Party,
    RemoveSeats,
    Service,
    Settlement,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    bill,
    subscribe,
)
from seatbill.formatting import describe
from seatbill.invoices import BillingReason
from seatbill.reviews import reconcile
from shop import LARGE, priced, usd
from stories import at

TIERS = [Tier(up_to=5, unit_amount="9.99"), Tier(up_to=None, unit_amount="4.44")]
SOLD = priced("sold", usd("9.99"), usd(unit="tiered", tiers=TIERS), rank=0)
MODULE = AddOn("module", "Module", [usd("3.33", unit="module", in_arrears=True)])
SETUP = Service("setup", "Set-up", Money("49.00", "USD"))


def statement(id: str = "acme") -> Any:
    """Return a history with every kind of line, and credit that is used."""
    opening = subscribe(
        SOLD,
        id=id,
        interval=MONTHLY,
        seats={"seat": 7, "tiered": 8},
        on=at("2026-05-02"),
        anchor=at("2026-05-01"),
        rules=BillingRules(seats_removed=Timing.IMMEDIATE),
        tax_rates=[TaxRate("vat", "0.19"), TaxRate("city", "0.0625")],
        discounts=[
            Discount.percent("10", id="ten"),
            Discount.fixed("400.00", "USD", id="much", periods=1),
        ],
        recipient=Party(name="Acme"),
    )
    history = [
        (at("2026-05-10"), (AddSeats(2), AddAddOn(MODULE))),
        (at("2026-05-12"), (BuyService(SETUP), ChargeFee("late", SETUP.price))),
        (at("2026-05-20"), RemoveSeats(3, unit="tiered")),
        (at("2026-05-25"), GrantCredit(Money("5.00", "USD"), "gift")),
        (at("2026-06-11"), SwitchPlan(LARGE)),
    ]
    return bill(opening, history, until=at("2026-07-02"))


BILLED = statement()
INVOICES = {invoice.key: invoice for invoice in BILLED.invoices}


def is_right(invoice: Invoice | None) -> bool:
    """Return whether *invoice* is what the history gives; one refused is not."""
    return invoice is not None and reconcile(invoice, BILLED).is_right


def test_every_kind_of_line_is_here():
    lines = [line for invoice in BILLED.invoices for line in invoice.lines]
    assert {line.kind.value for line in lines} == {
        "charge", "credit", "discount", "service", "fee"
    }  # fmt: skip
    assert {line.terms.item_kind.value for line in lines} == {
        "plan", "add_on", "discount", "service", "fee"
    }  # fmt: skip
    assert any(line.cap for line in lines)
    assert any(line.terms.in_arrears for line in lines)
    assert any(line.terms.unit_scaled is None for line in lines)
    assert all(is_right(invoice) for invoice in BILLED.invoices)


def test_every_field_is_altered():
    for kind, fields in EVERY.items():
        assert {field.name for field in attrs.fields(kind)} == {*fields}


@pytest.mark.parametrize("key", INVOICES)
def test_each_field_of_each_line_is_compared(key):
    invoice = INVOICES[key]
    for n, line in enumerate(invoice.lines):
        for field, value, other in altered_lines(line):
            assert not is_right(with_line(invoice, n, other)), (n, field, value)


@pytest.mark.parametrize("key", INVOICES)
def test_each_field_of_an_invoice_is_compared(key):
    for field, value, other in altered_invoices(INVOICES[key]):
        assert not is_right(other), (field, value)


@pytest.mark.parametrize("key", INVOICES)
def test_a_line_that_is_dropped_doubled_or_moved_is_found(key):
    lines = INVOICES[key].lines
    for n, line in enumerate(lines):
        dropped, doubled = lines[:n] + lines[n + 1 :], (*lines, line)
        moved = (line, *dropped)
        for others in (dropped, doubled, moved):
            if others != lines:
                assert not is_right(attrs.evolve(INVOICES[key], lines=others)), n


@given(st.data())
def test_lines_of_another_invoice_are_found(data):
    """Any line in the place of any other, unless the two are equal."""
    one, other = (data.draw(st.sampled_from(BILLED.invoices)) for _ in range(2))
    n = data.draw(st.integers(0, len(one.lines) - 1))
    line = data.draw(st.sampled_from(other.lines))
    swapped = with_line(one, n, line)
    assert is_right(swapped) is (line == one.lines[n])


def test_an_invoice_of_another_subscription_is_found():
    for invoice in statement(id="other").invoices:
        found = reconcile(invoice, BILLED)
        assert [wrong.where for wrong in found.totals] == ["key"]
        assert found.findings == ()


# Worked examples.


def test_a_second_copy_is_found_by_its_key():
    first = BILLED.invoices[0]
    found = reconcile(attrs.evolve(first, version=9), BILLED)
    (wrong,) = found.totals
    assert (wrong.where, wrong.stated, wrong.expected) == ("key", "acme:9", "acme:1")
    assert describe(wrong) == "The history gives no invoice such as acme:9."


def test_another_reason_is_found():
    first = BILLED.invoices[0]
    cycle = BillingReason.SUBSCRIPTION_CYCLE
    (wrong,) = reconcile(attrs.evolve(first, billing_reason=cycle), BILLED).totals
    assert describe(wrong) == "The reason is renewal, but should be first invoice."
    assert (
        describe(wrong, "de")
        == "Der Grund ist Verlängerung, richtig wäre Erste Rechnung."
    )


def test_another_charge_is_found():
    first = BILLED.invoices[0]
    other = with_line(first, 0, attrs.evolve(first.lines[0], charge_version=3))
    (finding,) = reconcile(other, BILLED).findings
    assert finding.code == "line_differs"
    assert str(finding) == "sold: charge_version is 3, but should be 1."


def test_a_line_in_another_place_is_found():
    """A credit note names lines by their place."""
    first = BILLED.invoices[0]
    one, two, three = first.lines
    moved = reconcile(attrs.evolve(first, lines=(two, one, three)), BILLED)
    assert [str(finding) for finding in moved.findings] == [
        "sold: place is 1, but should be 2.",
        "sold: place is 2, but should be 1.",
    ]


def test_equal_lines_have_no_place_of_their_own():
    """Two seats on one day are two equal lines, where they wait for the renewal."""
    opening = subscribe(
        LARGE,
        id="acme",
        interval=MONTHLY,
        seats=1,
        on=at("2026-04-01"),
        rules=BillingRules(settlement=Settlement.ON_RENEWAL),
    )
    more = (at("2026-04-16"), AddSeats(1))
    billed = bill(opening, [more, more], until=at("2026-05-01"))
    (renewed,) = billed.invoices[1:]
    one, two, three = renewed.lines
    assert one == two != three
    assert reconcile(renewed, billed).is_right
    moved = attrs.evolve(renewed, lines=(one, three, two))
    assert [f.code for f in reconcile(moved, billed).findings] == ["line_differs"] * 2


def test_a_line_billed_before_is_repeated_whatever_its_charge():
    first, added, *_ = BILLED.invoices
    copy = attrs.evolve(first.lines[0], charge_version=2)
    day = added.issued_on
    twice = attrs.evolve(added, lines=(*added.lines, copy), issued_on=day)
    found = [f for f in reconcile(twice, BILLED).findings if f.code == "line_repeated"]
    assert [f.value("invoice") for f in found] == [first.key]
    assert day == dt.date(2026, 5, 10)
