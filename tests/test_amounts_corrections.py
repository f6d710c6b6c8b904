"""Every document of a correction proves itself, and together they are the truth."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from seatbill import (
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    Discount,
    Invoice,
    Money,
    Party,
    Price,
    RemoveSeats,
    Rounding,
    Service,
    SetTaxRates,
    Settlement,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    bill,
    change,
    subscribe,
    verify,
)
from seatbill.corrections import CreditNote, correct_recipient, credit_note, number
from seatbill.errors import SeatbillError
from seatbill.formatting import describe
from seatbill.invoices import BillingReason, LineKind
from seatbill.rebilling import Correction, rebill
from seatbill.subscriptions import BuyService
from shop import priced, usd
from stories import at, digits, plan, sum_of

VAT = TaxRate("vat", "0.19")
CITY = TaxRate("city", "0.0625")
INSIDE = TaxRate("inside", "0.19", inclusive=True)
AT_ONCE = BillingRules(seats_removed=Timing.IMMEDIATE, downgrade=Timing.IMMEDIATE)
CENT = plan("0.01", id="cent")
THREE = plan("0.03", id="three")
VOLUME = priced(
    "volume",
    usd(
        tiers=[Tier(up_to=2, unit_amount="10"), Tier(up_to=None, unit_amount="5")],
        tiers_mode="volume",
    ),
)
"""1 for 10.00, 2 for 20.00, 3 for 15.00, 4 for 20.00."""
MODULE = AddOn("m", "M", (Price(unit="m", unit_amount="0.03", currency="USD"),))


def corrected(
    sold: Any, told: Any, true: Any, *, until: str, **more: Any
) -> Correction:
    """Return what sets right a history as *told*, from 1 April on, if another is true.

    Each document has to prove itself, and all together are the bill of the truth.
    """
    more = {"id": "sub", "interval": MONTHLY, "rules": AT_ONCE, **more}
    opening = subscribe(sold, on=at(more.pop("on", "2026-04-01")), **more)
    told, true = (
        [(at(day), changes) for day, changes in history] for history in (told, true)
    )
    issued = bill(opening, told, until=at(until)).invoices
    found = rebill(opening, issued, true, until=at(until))
    assert sums([*issued, *made(found)]) == sums(found.statement.invoices)
    if found.invoice is not None:
        assert verify(found.invoice) == ()
        assert found.invoice.billing_reason is BillingReason.CORRECTION
    return found


def made(correction: Correction) -> tuple[CreditNote | Invoice, ...]:
    """Return the documents of *correction*."""
    invoices = () if correction.invoice is None else (correction.invoice,)
    return (*correction.credit_notes, *invoices)


def sums(documents: Any) -> dict[Any, int]:
    """Return net, subtotal, total and the tax of each rate, credit notes taken off."""
    found: dict[Any, int] = {}
    for document in documents:
        sign = -1 if isinstance(document, CreditNote) else 1
        for name in ("total_excluding_tax", "subtotal", "total"):
            units = getattr(document, name).minor_units
            found[name] = found.get(name, 0) + sign * units
        for tax in document.taxes:
            units = sign * tax.amount.minor_units
            found[tax.rate] = found.get(tax.rate, 0) + units
    return {name: units for name, units in found.items() if units}


def apart(invoice: Invoice) -> list[list[str]]:
    """Return the sums that each tax is the difference of."""
    return [[digits(each) for each in tax.apart] for tax in invoice.taxes]


# What a cap had cut.

SIX_LEAVE = (*[("2026-04-17", AddSeats(1))] * 5, ("2026-04-17", RemoveSeats(6)))
"""6 × 0.01 × 14/30 = 0.028 → 0.03, cut to the 0.01 that was paid: each addition of
0.01 × 14/30 = 0.0047 was 0.00."""


def test_a_credit_that_its_cap_had_cut_is_taken_back_as_it_was():
    """Nobody left: the 0.01 that came back, of 0.03, is charged again."""
    found = corrected(CENT, SIX_LEAVE, SIX_LEAVE[:5], until="2026-04-20", seats=1)
    assert found.credit_notes == ()
    assert sum_of(found.invoice) == "+0.01 = 0.01 due 0.00"
    (line,) = found.invoice.lines
    assert (line.kind, line.quantity) == (LineKind.CHARGE, 6)
    assert (digits(line.amount), digits(line.cap)) == ("0.01", "0.01")
    assert describe(found.invoice.billing_reason) == "Correction"


def test_a_cap_that_cuts_a_charge_stands_on_a_correction_only():
    found = corrected(CENT, SIX_LEAVE, SIX_LEAVE[:5], until="2026-04-20", seats=1)
    update = BillingReason.SUBSCRIPTION_UPDATE
    forged = attrs.evolve(found.invoice, billing_reason=update)
    places = [wrong.where for wrong in verify(forged)]
    assert places == ["lines[0].cap", "lines[0].amount"]
    (line,) = found.invoice.lines
    for cap in (3, 2, None):  # it cuts nothing, or to something else
        lines = [attrs.evolve(line, cap_minor=cap)]
        assert verify(attrs.evolve(found.invoice, lines=lines)) != ()


def test_what_took_a_cut_credit_back_can_be_taken_back_itself():
    """First nobody left, then they did after all: the charge of 0.01 comes back."""
    opening = subscribe(
        CENT, id="sub", interval=MONTHLY, seats=1, on=at("2026-04-01"), rules=AT_ONCE
    )
    until = at("2026-04-20")
    told = [(at(day), changes) for day, changes in SIX_LEAVE]
    issued = bill(opening, told, until=until).invoices
    first = rebill(opening, issued, told[:5], until=until)
    again = rebill(opening, issued, told[:5], until=until, previous=[first])
    assert made(again) == ()
    undone = rebill(opening, issued, told, until=until, previous=[first])
    (note,) = undone.credit_notes
    assert (note.invoice_key, digits(note.total)) == (first.invoice.key, "0.01")
    assert undone.invoice is None
    # where a note for goodwill gave all of it back already, nothing more comes back
    goodwill = credit_note(first.invoice, reason="goodwill", issued_on=until)
    undone = rebill(opening, issued, told, until=until, previous=[first, goodwill])
    assert made(undone) == ()


def test_a_discount_that_its_cap_had_cut_is_taken_back_as_it_was():
    """60.00 off 5 × 10.00 in May was 50.00; it was never granted."""
    ten = plan("10.00", id="ten")
    off = ("2026-04-10", ApplyDiscount(Discount.fixed("60.00", "USD", id="off")))
    found = corrected(ten, [off], [], until="2026-05-03", seats=5, tax_rates=[VAT])
    assert sum_of(found.invoice) == "+50.00 tax +9.50 = 59.50"
    (line,) = found.invoice.lines
    assert (line.kind, line.quantity, line.full_amount) == (LineKind.CREDIT, 1, 60)
    assert digits(line.cap) == "50.00"


# Taxes that were rounded each by itself.


@pytest.mark.parametrize(
    ("rates", "total", "sums_apart"),
    [
        # 0.06 × 19 % = 0.0114 → 0.01; twice 0.03 × 19 % = 0.0057 → 0.01
        pytest.param((VAT,), "-0.01", [["0.06", "-0.03", "-0.03"]], id="on top"),
        # 0.06 × 19/119 = 0.0096 → 0.01; twice 0.03 × 19/119 = 0.0048 → 0.00
        pytest.param((INSIDE,), "0.00", [["0.06", "-0.03", "-0.03"]], id="inside"),
        # 0.06 × 6.25 % = 0.0038 → 0.00, and so is half of it
        pytest.param(
            (VAT, CITY), "-0.01", [["0.06", "-0.03", "-0.03"], []], id="two rates"
        ),
    ],
)
def test_a_tax_names_the_sums_that_it_is_the_difference_of(rates, total, sums_apart):
    """A seat and a module, each on an invoice of its own, were sold together."""
    asked = AddSeats(1), AddAddOn(MODULE)
    told = [("2026-04-01", each) for each in asked]
    found = corrected(
        THREE, told, [("2026-04-01", asked)], until="2026-04-01", seats=1,
        tax_rates=rates,
    )  # fmt: skip
    assert digits(found.invoice.total) == total
    assert apart(found.invoice) == sums_apart


def test_a_tax_inside_is_on_the_invoice_though_the_total_is_nothing():
    asked = AddSeats(1), AddAddOn(MODULE)
    found = corrected(
        THREE, [("2026-04-01", each) for each in asked], [("2026-04-01", asked)],
        until="2026-04-01", seats=1, tax_rates=[INSIDE],
    )  # fmt: skip
    (tax,) = found.invoice.taxes
    assert (digits(tax.base), digits(tax.amount)) == ("-0.01", "0.01")


def test_a_tax_that_is_that_of_its_own_sum_names_no_others():
    """0.04 for one more in April: 0.10 × 19 % = 0.019 → 0.02, 0.04 × 19 % → 0.01."""
    found = corrected(
        plan("0.04"), [], [("2026-04-01", AddSeats(1))], until="2026-04-01",
        seats=1, tax_rates=[VAT],
    )  # fmt: skip
    assert sum_of(found.invoice) == "+0.04 tax +0.01 = 0.05"
    assert apart(found.invoice) == [[]]


def test_a_line_without_money_is_taken_back_and_charged_for_its_tax():
    """0.03 × 1/30 on 30 April is 0.00; in May two modules were sold apart."""
    module = AddOn("n", "N", MODULE.prices)
    asked = AddAddOn(MODULE), AddAddOn(module)
    told = [("2026-05-01", each) for each in asked]
    found = corrected(
        THREE, told, [("2026-05-01", asked)], until="2026-05-01", seats=1,
        on="2026-04-30", anchor=at("2026-04-01"), tax_rates=[VAT],
    )  # fmt: skip
    back, again = found.invoice.lines
    assert (back.kind, back.quantity, digits(back.amount)) == ("credit", -1, "0.00")
    assert (again.kind, again.quantity, digits(again.amount)) == ("charge", 1, "0.00")
    assert apart(found.invoice) == [["0.06", "-0.03", "-0.03"]]
    assert digits(found.invoice.total) == "-0.01"


def test_the_documents_that_follow_a_correction_prove_themselves_too():
    """Made out to somebody else, numbered, and credited in two parts."""
    asked = AddSeats(1), AddAddOn(MODULE), AddSeats(1)
    told = [("2026-04-01", each) for each in asked]
    true = [("2026-04-01", (*asked, AddSeats(96)))]
    found = corrected(
        THREE, told, true, until="2026-04-02", seats=1, tax_rates=[VAT],
        recipient=Party(name="Ada"),
    )  # fmt: skip
    # 100 × 0.03 are 3.00 and tax 0.57 on one invoice; 4 × 0.01 of tax were billed
    request = correct_recipient(found.invoice, Party(name="Eve"), use_from_now_on=True)
    accepted = request.accept(on=at("2026-04-03"))
    assert verify(accepted.document) == ()
    numbered = number(accepted, "F-1")
    half = Money.from_minor_units(found.invoice.total_minor // 2, "USD")
    first = credit_note(
        numbered, amount=half, reason="goodwill", issued_on=at("2026-04-03")
    )
    second = credit_note(
        numbered, reason="goodwill", issued_on=at("2026-04-03"), previous=[first]
    )
    assert sums([found.invoice, first, second]) == {}


# Volume tiers, where one more may cost less.


def test_a_seat_more_that_cost_less_is_taken_back():
    """On 16 April 3 at 15.00 for 2 at 20.00: -5.00 × 15/30 = -2.50."""
    found = corrected(
        VOLUME, [("2026-04-16", AddSeats(1))], [], until="2026-04-20", seats=2
    )
    assert sum_of(found.invoice) == "+2.50 = 2.50 due 0.00"
    (line,) = found.invoice.lines
    assert (line.kind, line.quantity, line.full_amount) == (LineKind.CHARGE, -1, 5)


def test_a_seat_more_and_a_seat_fewer_for_the_same_money_are_two_things():
    """From 2 to 3 is -5.00, and so is from 4 to 3."""
    two_more = AddSeats(2), RemoveSeats(1)
    found = corrected(
        VOLUME, [("2026-04-16", AddSeats(1))],
        [("2026-04-16", each) for each in two_more], until="2026-04-20", seats=2,
    )  # fmt: skip
    assert [line.quantity for line in found.invoice.lines] == [-1, -1]
    assert sum_of(found.invoice) == "+2.50 -2.50 = 0.00"


# Notes keep within what is left of each tax.


def test_a_note_leaves_the_tax_of_the_lines_that_are_left():
    """May: 0.03 + 0.03, tax 0.0114 → 0.01; without the module 0.0057 → 0.01.

    So the note takes 0.03 and no tax back, and 0.01 is left for the seat.
    """
    add = ("2026-04-30", AddAddOn(MODULE))
    found = corrected(THREE, [add], [], until="2026-05-02", seats=1, tax_rates=[VAT])
    (note,) = found.credit_notes
    assert (digits(note.subtotal), digits(note.tax)) == ("0.03", "0.00")


# Any history.

TRAINING = Service("training", "Training", Money("0.07", "USD"))
ASKED = (
    AddSeats(1),
    AddSeats(5),
    RemoveSeats(1),
    RemoveSeats(4),
    SwitchPlan(CENT),
    SwitchPlan(VOLUME),
    SwitchPlan(plan("4.99", rank=1)),
    AddAddOn(MODULE),
    ApplyDiscount(Discount.fixed("40.00", "USD", id="off", periods=1)),
    ApplyDiscount(Discount.percent("12.5", id="less")),
    SetTaxRates((VAT, CITY)),
    SetTaxRates((INSIDE,)),
    BuyService(TRAINING),
    Cancel(),
)
START = dt.date(2026, 1, 31)


def legal(opening, history):
    """Return the entries of *history* that are not refused, in order."""
    sub, kept = opening.subscription, []
    for day, asked in sorted(history, key=lambda entry: entry[0]):
        try:
            sub = change(sub, asked, on=day).subscription
        except SeatbillError:
            continue
        kept.append((day, asked))
    return kept


@st.composite
def pasts(draw):
    """Return an opening, what was told of it, and three truths, one after another."""
    once = st.sampled_from((Timing.IMMEDIATE, Timing.PERIOD_END, Timing.FORFEIT))
    opening = subscribe(
        draw(st.sampled_from((CENT, CENT, VOLUME))),
        id="sub",
        interval=MONTHLY,
        seats=draw(st.integers(1, 4)),
        on=START,
        rules=BillingRules(
            seats_removed=draw(once),
            downgrade=draw(once),
            rounding=draw(st.sampled_from(Rounding)),
            settlement=draw(st.sampled_from(Settlement)),
        ),
        tax_rates=draw(st.sampled_from(((), (VAT,), (VAT, CITY), (INSIDE,)))),
    )
    days = st.sampled_from((0, 15, 16, 16, 17, 40, 60)).map(dt.timedelta)
    entry = st.tuples(days.map(lambda after: START + after), st.sampled_from(ASKED))
    few = (START + dt.timedelta(16), AddSeats(1))
    told = legal(
        opening, [*[few] * draw(st.integers(0, 5)), *draw(st.lists(entry, max_size=5))]
    )
    truths = [
        legal(opening, [e for e in told if draw(st.integers(0, 3))] + [draw(entry)])
        for _ in range(3)
    ]
    return opening, told, truths


@given(pasts(), st.integers(1, 10**6))
def test_any_correction_of_any_correction_proves_itself(case, part):
    """Beside a note of goodwill no more comes back than it left (law 3)."""
    opening, told, truths = case
    until = START + dt.timedelta(80)
    issued = bill(opening, told, until=until).invoices
    assert all(verify(invoice) == () for invoice in issued)
    previous: list[Correction | CreditNote] = []
    paid = [invoice for invoice in issued if invoice.total_minor > 0]
    if paid and part % 2:
        units = 1 + part % paid[-1].total_minor
        amount = Money.from_minor_units(units, "USD")
        note = credit_note(paid[-1], amount=amount, reason="goodwill", issued_on=until)
        previous.append(note)
    documents: list[Any] = [*issued]
    for true in truths:
        found = rebill(opening, issued, true, until=until, previous=previous)
        previous.append(found)
        documents += made(found)
        notes = [note for note in previous if isinstance(note, CreditNote)]
        wanted, had = sums(found.statement.invoices), sums(documents)
        given = {name: -units for name, units in sums(notes).items()}
        for name in {*wanted, *had}:
            more = had.get(name, 0) - wanted.get(name, 0)
            assert 0 <= more <= given.get(name, 0)
        if found.invoice is not None:
            assert verify(found.invoice) == ()
            event("taxes apart" if any(t.apart for t in found.invoice.taxes) else "-")
        again = rebill(opening, issued, true, until=until, previous=previous)
        assert (made(again), again.settlement.minor_units) == ((), 0)


def tax_of_parts(rate: TaxRate, base: int, rounding: Rounding) -> int:
    """Return the tax on *base* minor units, rounded once."""
    exact = base * rate.rate
    if rate.inclusive:
        exact /= 1 + rate.rate
    return Money.rounded(exact / 100, "USD", rounding).minor_units


@given(pasts(), st.randoms(use_true_random=False))
def test_notes_line_by_line_prove_themselves_and_come_to_the_invoice(case, dice):
    """Capped discounts, lines below zero and lines of no money among them."""
    opening, told, _ = case
    until = START + dt.timedelta(80)
    for invoice in bill(opening, told, until=until).invoices:
        if invoice.total_minor <= 0:
            continue
        rounding = invoice.lines[0].terms.rounding
        notes: list[CreditNote] = []
        places = [*range(len(invoice.lines))]
        dice.shuffle(places)
        for place in places:
            try:
                note = credit_note(
                    invoice,
                    lines=[place],
                    reason="goodwill",
                    issued_on=until,
                    previous=notes,
                )
            except SeatbillError:  # of no money, or more than is left beside it
                continue
            notes.append(note)
            (credited,) = note.lines
            assert credited.line == invoice.lines[place]
            assert credited.amount == credited.line.amount
            assert [tax.rate for tax in note.taxes] == [*credited.line.tax_rates]
            for tax in note.taxes:
                together = sum(
                    done.lines[0].amount.minor_units
                    for done in notes
                    if tax.rate in done.lines[0].line.tax_rates
                )
                taken = sum(
                    each.amount.minor_units
                    for done in notes
                    for each in done.taxes
                    if each.rate == tax.rate
                )
                assert taken == tax_of_parts(tax.rate, together, rounding)
                inside = tax.amount if tax.rate.inclusive else Money.zero("USD")
                assert tax.base == credited.amount - inside
        left = sums([invoice, *notes])
        if left.get("total"):
            rest = credit_note(
                invoice, reason="goodwill", issued_on=until, previous=notes
            )
            notes.append(rest)
        assert sums([invoice, *notes]) == {}
