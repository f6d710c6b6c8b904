"""A corrected past: what was issued and what sets it right are what it comes to."""

from __future__ import annotations

import datetime as dt
import decimal
import pickle
from dataclasses import dataclass
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
    BuyService,
    Cancel,
    Discount,
    GrantCredit,
    Money,
    Outcome,
    Party,
    Plan,
    Price,
    RemoveAddOn,
    RemoveSeats,
    Service,
    SetRecipient,
    SetTaxRates,
    Settlement,
    SwitchPlan,
    TaxRate,
    Timing,
    bill,
    change,
    renew,
    subscribe,
    verify,
)
from seatbill.corrections import (
    CreditNote,
    CreditReason,
    correct_recipient,
    credit_note,
    number,
)
from seatbill.errors import (
    CurrencyMismatchError,
    DuplicateError,
    MixedTimeError,
    OutOfOrderError,
    SeatbillError,
    UnknownItemError,
    WrongTypeError,
)
from seatbill.invoices import LineKind
from seatbill.rebilling import Correction, origins, rebill
from stories import Story, at, digits, plan, sum_of

VAT = TaxRate("vat", "0.19")
OLD = TaxRate("old", "0.16")
INSIDE = TaxRate("inside", "0.19", inclusive=True)
AT_ONCE = BillingRules(seats_removed=Timing.IMMEDIATE, downgrade=Timing.IMMEDIATE)

BASIC, STANDARD, PRO = plan("4.99"), plan("6.99", rank=1), plan("7.99", rank=2)
MODULE = AddOn("b", "B", (Price(unit="b", unit_amount="9.90", currency="USD"),))


@dataclass(frozen=True)
class Past:
    """An opening and the history that was billed, with the invoices issued for it."""

    opening: Outcome
    history: tuple[Any, ...]
    until: dt.date

    @property
    def issued(self):
        return bill(self.opening, self.history, until=self.until).invoices

    def corrected(self, *history, **more) -> Correction:
        """Return what sets the invoices right, once *history* is known to be true."""
        return rebill(
            self.opening, self.issued, dated(history), until=self.until, **more
        )


def dated(history):
    return tuple((at(day), changes) for day, changes in history)


def past(sold, on, *history, until, seats=1, rules=AT_ONCE, **more) -> Past:
    opening = subscribe(
        sold,
        id="sub",
        interval=MONTHLY,
        seats=seats,
        on=at(on),
        rules=rules,
        **more,
    )
    return Past(opening, dated(history), at(until))


def documents(correction: Correction) -> list[str]:
    """Return the documents of *correction*: notes with their sums, then the invoice."""
    found = [
        f"{note.invoice_key}: -{digits(note.subtotal)} -{digits(note.tax)}"
        for note in correction.credit_notes
    ]
    return found + ([sum_of(correction.invoice)] if correction.invoice else [])


def nothing(correction: Correction) -> bool:
    """Return whether there is nothing to set right."""
    return (
        correction.credit_notes == ()
        and correction.invoice is None
        and not correction.settlement
    )


# Worked examples.


@pytest.mark.rule("GA-31")
def test_an_equal_history_returns_nothing():
    story = past(BASIC, "2026-04-01", ("2026-04-16", AddSeats(2)), until="2026-05-20")
    correction = story.corrected(("2026-04-16", AddSeats(2)))
    assert nothing(correction)
    assert correction.subscription is correction.statement.subscription
    assert correction.settlement == Money("0.00", "USD")


def test_goodwill_that_was_given_by_hand_is_not_taken_back():
    """Half of 5 × 4.99 came back on the 16th: 12.475, rounded up."""
    opening = Story(BASIC, "2026-04-01", seats=10).opening
    removal = RemoveSeats(5)
    on, until, by_hand = at("2026-04-16"), at("2026-05-02"), Timing.IMMEDIATE
    asked = change(opening.subscription, removal, on=on, timing=by_hand)
    renewed = renew(asked.subscription, on=until)
    issued = (*opening.invoices, *asked.invoices, *renewed.invoices)
    assert digits(asked.invoice.total) == "-12.48"
    found = rebill(opening, issued, [(on, removal, by_hand)], until=until)
    assert (found.credit_notes, found.invoice) == ((), None)
    assert digits(found.settlement) == "0.00"


@pytest.mark.rule("GA-29")
@pytest.mark.rule("GA-30")
def test_a_module_that_was_forgotten_is_invoiced():
    """Switched on on 19 April: 9.90 × 12/30 = 3.96, and 9.90 from May."""
    story = past(BASIC, "2026-04-01", until="2026-04-30")
    correction = story.corrected(("2026-04-19", AddAddOn(MODULE)))
    assert documents(correction) == ["+3.96 = 3.96"]
    (line,) = correction.invoice.lines
    assert (line.item, line.period.start) == ("b", at("2026-04-19"))
    assert correction.invoice.issued_on == at("2026-04-30")
    assert digits(correction.settlement) == "3.96"
    later = past(BASIC, "2026-04-01", until="2026-05-03")
    correction = later.corrected(("2026-04-19", AddAddOn(MODULE)))
    assert documents(correction) == ["+3.96 +9.90 = 13.86"]


@pytest.mark.rule("GA-8")
def test_a_module_that_was_switched_off_is_credited():
    """Charged 49.10 + 9.90 = 59.00 in May, expected 49.10: 9.90 comes back."""
    story = past(plan("49.10"), "2026-04-01", until="2026-05-03", add_ons=[MODULE])
    assert [digits(invoice.total) for invoice in story.issued] == ["59.00", "59.00"]
    correction = story.corrected(("2026-04-10", RemoveAddOn(MODULE)))
    assert documents(correction) == ["sub:2: -9.90 -0.00"]
    (note,) = correction.credit_notes
    assert note.reason is CreditReason.CORRECTED_HISTORY
    assert (note.lines[0].index, note.lines[0].line.item) == (1, "b")
    assert digits(correction.settlement) == "-9.90"
    assert correction.invoice is None


def test_an_upgrade_that_was_a_day_earlier_is_credited_and_invoiced_anew():
    """15/30: -24.95 +34.95 = 10.00; 16/30: -26.613 +37.28 = 10.67; 0.67 to pay."""
    story = past(
        BASIC, "2026-04-01", ("2026-04-16", SwitchPlan(STANDARD)), until="2026-04-20",
        seats=10,
    )  # fmt: skip
    correction = story.corrected(("2026-04-15", SwitchPlan(STANDARD)))
    assert documents(correction) == [
        "sub:2: -10.00 -0.00",
        "-26.61 +37.28 = 10.67 due 0.67",
    ]
    assert digits(correction.settlement) == "0.67"
    assert verify(correction.invoice) == ()


def test_where_a_charge_alone_would_be_too_much_the_whole_invoice_is_credited():
    """To 7.99, not 6.99: -24.95 is right, but without it 34.95 of 10.00 would go."""
    story = past(
        BASIC, "2026-04-01", ("2026-04-16", SwitchPlan(STANDARD)), until="2026-04-20",
        seats=10,
    )  # fmt: skip
    correction = story.corrected(("2026-04-16", SwitchPlan(PRO)))
    assert documents(correction) == [
        "sub:2: -10.00 -0.00",
        "-24.95 +39.95 = 15.00 due 5.00",
    ]


def test_a_credit_that_should_not_have_been_is_taken_back():
    """31 seats at 1.00, ten leave on 20 January: 10 × 12/31 = 3.87 on the balance.

    In truth nobody left: the balance, still there, pays what is taken back.
    """
    story = past(
        plan("1.00"), "2026-01-01", ("2026-01-20", RemoveSeats(10)),
        until="2026-01-25", seats=31,
    )  # fmt: skip
    assert digits(story.issued[1].total) == "-3.87"
    correction = story.corrected()
    assert documents(correction) == ["+3.87 = 3.87 due 0.00"]
    (line,) = correction.invoice.lines
    assert (line.kind, line.quantity) == (LineKind.CHARGE, 10)
    assert verify(correction.invoice) == ()
    assert digits(correction.settlement) == "0.00"
    assert digits(correction.subscription.credit_balance) == "0.00"


def test_credit_that_an_invoice_used_is_applied_anew():
    """In February 21.00 was asked for less 3.87; it should have been 31.00.

    31.00 + 31.00 - 31.00 - 17.13 = 13.87 is to pay; the note pays 21.00 of 34.87.
    """
    story = past(
        plan("1.00"), "2026-01-01", ("2026-01-20", RemoveSeats(10)),
        until="2026-02-02", seats=31,
    )  # fmt: skip
    assert [digits(i.amount_due) for i in story.issued] == ["31.00", "0.00", "17.13"]
    correction = story.corrected()
    assert documents(correction) == [
        "sub:3: -21.00 -0.00",
        "+3.87 +31.00 = 34.87 due 13.87",
    ]
    assert digits(correction.settlement) == "13.87"


def test_a_gift_that_was_none_is_to_be_paid_without_a_document():
    """Granted 3.00 paid part of May; without it 3.00 more are due."""
    gift = GrantCredit(Money("3.00", "USD"), "goodwill")
    story = past(BASIC, "2026-04-01", ("2026-04-10", gift), until="2026-05-03")
    assert digits(story.issued[1].amount_due) == "1.99"
    correction = story.corrected()
    assert documents(correction) == []
    assert digits(correction.settlement) == "3.00"


def test_a_rate_that_changed_earlier_is_credited_with_the_old_and_billed_with_the_new():
    """May at 16 % (4.99 + 0.80) should have been at 19 % (0.948)."""
    story = past(BASIC, "2026-04-01", until="2026-05-03", tax_rates=(OLD,))
    correction = story.corrected(("2026-04-20", SetTaxRates((VAT,))))
    assert documents(correction) == [
        "sub:2: -4.99 -0.80",
        "+4.99 tax +0.95 = 5.94 due 0.15",
    ]
    assert digits(correction.settlement) == "0.15"
    assert verify(correction.invoice) == ()


def test_an_inclusive_rate_is_corrected_too():
    """Without the second seat in May: 4.99 less, of which 0.797 was tax.

    9.98 held 1.5934, 4.99 holds 0.7967: 1.59 - 0.80 = 0.79 comes back.
    """
    story = past(
        BASIC, "2026-04-01", ("2026-04-30", AddSeats(1)), until="2026-05-03",
        tax_rates=(INSIDE,),
    )  # fmt: skip
    correction = story.corrected()
    # 4.99 × 1/30 = 0.17 with 0.03 on 30 April; two seats are one line in May
    assert documents(correction) == [
        "sub:2: -0.17 -0.03",
        "sub:3: -9.98 -1.59",
        "+4.99 = 4.99 due 0.00",
    ]
    assert [digits(tax.amount) for tax in correction.invoice.taxes] == ["0.80"]
    assert digits(correction.settlement) == "-5.16"


def test_lines_that_were_taxed_apart_owe_the_cent_between_the_taxes():
    """Twice 0.03 × 19 % = 0.0057 is twice 0.01; 0.06 × 19 % = 0.0114 is 0.01."""
    module = AddOn("b", "B", (Price(unit="b", unit_amount="0.03", currency="USD"),))
    sold = plan("0.03")
    apart = ("2026-04-01", AddSeats(1)), ("2026-04-01", AddAddOn(module))
    story = past(sold, "2026-04-01", *apart, until="2026-04-01", tax_rates=(VAT,))
    correction = story.corrected(("2026-04-01", (AddSeats(1), AddAddOn(module))))
    assert documents(correction) == ["-0.03 +0.03 tax -0.01 = -0.01 due 0.00"]
    (tax,) = correction.invoice.taxes
    assert [digits(each) for each in tax.apart] == ["0.06", "-0.03", "-0.03"]
    assert verify(correction.invoice) == ()
    assert digits(correction.settlement) == "-0.01"


def test_the_tax_of_the_missing_line_is_what_the_invoice_lacked():
    """0.03 × 19 % is 0.01, 0.06 × 19 % is 0.01: another 0.03 adds no tax."""
    module = AddOn("b", "B", (Price(unit="b", unit_amount="0.03", currency="USD"),))
    story = past(plan("0.03"), "2026-04-01", until="2026-05-01", tax_rates=(VAT,))
    correction = story.corrected(("2026-04-30", AddAddOn(module)))
    # 0.03 × 1/30 = 0.001 → 0.00 in April, which is no money
    assert documents(correction) == ["+0.03 = 0.03"]
    (tax,) = correction.invoice.taxes
    assert [digits(each) for each in tax.apart] == ["0.06", "-0.03"]
    assert verify(correction.invoice) == ()


def test_a_discount_that_covered_everything_is_taken_back():
    """60.00 off 49.90 was capped at 49.90: the invoice of 0.00 cannot be credited."""
    off = ApplyDiscount(Discount.fixed("60.00", "USD", id="promo"))
    story = past(BASIC, "2026-04-01", ("2026-04-10", off), until="2026-05-03", seats=10)
    assert digits(story.issued[1].total) == "0.00"
    correction = story.corrected()
    assert documents(correction) == ["+49.90 = 49.90"]
    (line,) = correction.invoice.lines
    assert (line.kind, line.item, line.cap) == (
        LineKind.CREDIT,
        "promo",
        Money("49.90", "USD"),
    )
    assert verify(correction.invoice) == ()


def test_a_service_on_an_invoice_with_a_negative_total_is_taken_back():
    """10 × 12/31 = 3.87 less 1.00 for the service: -2.87 in all."""
    training = Service("training", "Training", Money("1.00", "USD"))
    both = RemoveSeats(10), BuyService(training)
    story = past(
        plan("1.00"), "2026-01-01", ("2026-01-20", both), until="2026-01-25", seats=31
    )
    correction = story.corrected(("2026-01-20", RemoveSeats(10)))
    assert documents(correction) == ["-1.00 = -1.00 due 0.00"]
    (line,) = correction.invoice.lines
    assert (line.kind, line.quantity) == (LineKind.SERVICE, -1)
    assert verify(correction.invoice) == ()
    assert correction.invoice.credit_granted == Money("1.00", "USD")
    # nothing was paid for it, so it is on the balance that goes on: 3.87
    assert digits(correction.settlement) == "0.00"
    assert digits(correction.subscription.credit_balance) == "3.87"


def test_an_end_that_came_earlier_gives_everything_after_it_back():
    """Ended on 16 April: 4.99 × 15/30 = 2.495 comes back, and May was nothing."""
    story = past(BASIC, "2026-04-01", until="2026-05-03")
    correction = story.corrected(("2026-04-16", Cancel()))
    assert documents(correction) == ["sub:2: -4.99 -0.00"]  # the rules: paid until May
    assert correction.subscription.ended_on == at("2026-05-01")
    assert digits(correction.settlement) == "-4.99"


def test_a_measured_quantity_is_corrected_by_what_was_measured():
    """Four teams were billed in May, three were there: 240.00 back, 180.00 due."""
    teams = Price(unit="team", unit_amount="60", currency="EUR", measured=True)
    sold = Plan("teams", "Teams", 1, (teams,))
    opening = subscribe(
        sold,
        id="sub",
        interval=MONTHLY,
        seats={"team": 4},
        on=at("2026-04-01"),
        rules=AT_ONCE,
    )
    until = at("2026-05-03")
    issued = bill(opening, (), until=until, measured=lambda _: {"team": 4}).invoices
    correction = rebill(
        opening, issued, (), until=until, measured=lambda _: {"team": 3}
    )
    assert documents(correction) == [
        "sub:2: -240.00 -0.00",
        "+180.00 = 180.00 due 0.00",
    ]
    assert digits(correction.settlement) == "-60.00"


def test_another_recipient_moves_no_money():
    story = past(BASIC, "2026-04-01", until="2026-05-03")
    correction = story.corrected(("2026-04-10", SetRecipient(Party(name="New"))))
    assert nothing(correction)
    assert correction.subscription.recipient == Party(name="New")


# What comes after a correction.


def test_the_subscription_goes_on_with_keys_that_were_never_used():
    story = past(
        BASIC,
        "2026-04-01",
        ("2026-04-10", AddSeats(1)),
        ("2026-04-11", AddSeats(1)),
        ("2026-04-12", AddSeats(1)),
        until="2026-04-20",
    )
    correction = story.corrected(("2026-04-10", AddSeats(4)))
    used = {invoice.key for invoice in story.issued}
    assert used == {"sub:1", "sub:2", "sub:3", "sub:4"}
    assert correction.invoice.key == "sub:5"
    assert correction.subscription.version == 5
    assert correction.statement.subscription.version == 2
    after = change(correction.subscription, AddSeats(1), on=at("2026-04-21"))
    assert after.invoice.key == "sub:6"
    assert after.subscription.quantity() == 6


def test_a_version_moves_on_without_an_invoice_too():
    story = past(
        BASIC,
        "2026-04-01",
        ("2026-04-10", AddSeats(1)),
        ("2026-04-11", AddSeats(1)),
        until="2026-04-20",
    )
    correction = story.corrected()
    assert correction.invoice is None
    assert correction.subscription.version == 3
    (renewal,) = renew(correction.subscription, on=at("2026-05-01")).invoices
    assert sum_of(renewal) == "+4.99 = 4.99"


def test_a_correction_counts_as_issued_when_the_past_is_corrected_again():
    story = past(
        BASIC, "2026-04-01", ("2026-04-16", SwitchPlan(STANDARD)), until="2026-04-20",
        seats=10,
    )  # fmt: skip
    earlier = ("2026-04-15", SwitchPlan(STANDARD))
    first = story.corrected(earlier)
    assert nothing(story.corrected(earlier, previous=[first]))
    with_module = ("2026-04-19", AddAddOn(MODULE))
    second = story.corrected(earlier, with_module, previous=[first])
    assert documents(second) == ["+3.96 = 3.96"]
    assert second.invoice.version > first.invoice.version
    third = story.corrected(earlier, previous=[first, second])
    assert documents(third) == [f"{second.invoice.key}: -3.96 -0.00"]
    assert digits(third.settlement) == "-3.96"


def test_the_invoice_of_a_correction_may_stand_among_the_issued():
    story = past(BASIC, "2026-04-01", until="2026-04-30")
    forgotten = dated([("2026-04-19", AddAddOn(MODULE))])
    first = rebill(story.opening, story.issued, forgotten, until=story.until)
    issued = [*story.issued, number(first.invoice, "INV-2")]
    again = rebill(
        story.opening, issued, forgotten, until=story.until, previous=[first]
    )
    assert nothing(again)
    back = rebill(story.opening, issued, (), until=story.until, previous=[first])
    assert documents(back) == [f"{first.invoice.key}: -3.96 -0.00"]
    assert back.credit_notes[0].invoice_number == "INV-2"


def test_credit_for_another_reason_stays_given():
    """2.00 of May's 49.90 were goodwill: no note has 49.90 left, the invoice has."""
    story = past(BASIC, "2026-04-01", until="2026-05-03", seats=10)
    goodwill = credit_note(
        story.issued[1],
        amount=Money("2.00", "USD"),
        reason=CreditReason.GOODWILL,
        issued_on=at("2026-05-02"),
    )
    assert nothing(story.corrected(previous=[goodwill]))
    fewer = ("2026-04-10", RemoveSeats(2))
    correction = story.corrected(fewer, previous=[goodwill])
    # 2 × 4.99 × 21/30 = 6.986 came back at once; May is 8 × 4.99 = 39.92
    assert documents(correction) == ["-49.90 -6.99 +39.92 = -16.97 due 0.00"]
    assert digits(correction.settlement) == "-16.97"
    assert nothing(story.corrected(fewer, previous=[goodwill, correction]))


def test_a_note_names_the_number_and_the_corrected_recipient():
    story = past(
        plan("49.10"), "2026-04-01", until="2026-05-03", add_ons=[MODULE],
        recipient=Party(name="Old"),
    )  # fmt: skip
    first, may = story.issued
    request = correct_recipient(may, Party(name="New"), use_from_now_on=False)
    issued = [number(first, "1"), number(request.accept(on=at("2026-05-02")), "2")]
    removed = dated([("2026-04-10", RemoveAddOn(MODULE))])
    (note,) = rebill(story.opening, issued, removed, until=story.until).credit_notes
    assert (note.invoice_number, note.recipient) == ("2", Party(name="New"))


def test_an_opening_may_be_a_subscription():
    story = past(BASIC, "2026-04-01", until="2026-05-03")
    sub = story.opening.subscription
    issued = bill(sub, (), until=story.until).invoices
    history = dated([("2026-04-19", AddAddOn(MODULE))])
    correction = rebill(sub, issued, history, until=story.until)
    assert documents(correction) == ["+3.96 +9.90 = 13.86"]


# Refusals.


@pytest.mark.parametrize(
    ("given", "error"),
    [
        pytest.param({"id": "other"}, UnknownItemError, id="of another subscription"),
        pytest.param({"currency": "EUR"}, CurrencyMismatchError, id="currency"),
        pytest.param({"on": "2026-06-01"}, OutOfOrderError, id="issued after until"),
        pytest.param({"on": "2026-04-01T00:00Z"}, MixedTimeError, id="of instants"),
    ],
)
def test_an_invoice_that_cannot_be_its_own_is_refused(given, error):
    story = past(BASIC, "2026-04-01", until="2026-05-03")
    currency = given.get("currency", "USD")
    other = subscribe(
        plan("4.99", currency),
        id=given.get("id", "sub"),
        interval=MONTHLY,
        seats=1,
        on=at(given.get("on", "2026-04-01")),
        rules=AT_ONCE,
    )
    with pytest.raises(error):
        rebill(story.opening, other.invoices, (), until=story.until)


def test_an_invoice_is_issued_once():
    story = past(BASIC, "2026-04-01", until="2026-05-03")
    with pytest.raises(DuplicateError):
        rebill(story.opening, [*story.issued] * 2, (), until=story.until)


def test_a_note_on_an_invoice_that_was_not_issued_is_refused():
    story = past(BASIC, "2026-04-01", until="2026-05-03")
    note = credit_note(
        story.issued[1], reason=CreditReason.GOODWILL, issued_on=at("2026-05-02")
    )
    with pytest.raises(UnknownItemError) as caught:
        rebill(story.opening, story.issued[:1], (), until=story.until, previous=[note])
    assert caught.value.value == "sub:2"
    with pytest.raises(UnknownItemError):
        rebill(story.opening, (), (), until=story.until, previous=[note])


@pytest.mark.parametrize(
    "given",
    [{"issued": ["sub:1"]}, {"issued": None}, {"previous": [1]}, {"opening": 1}],
)
def test_wrong_types_stop_at_the_door(given):
    story = past(BASIC, "2026-04-01", until="2026-05-03")
    given = {"opening": story.opening, "issued": story.issued, **given}
    with pytest.raises(WrongTypeError):
        rebill(
            given.pop("opening"), given.pop("issued"), (), until=story.until, **given
        )


def test_what_the_corrected_history_may_not_do_is_refused_with_its_place():
    story = past(BASIC, "2026-04-01", until="2026-05-03")
    with pytest.raises(SeatbillError) as caught:
        story.corrected(("2026-04-10", RemoveSeats(2)))
    assert "history[0]" in caught.value.__notes__[0]


# Laws.

TRAINING = Service("training", "Training", Money("12.34", "USD"))
OFF = Discount.fixed("7.00", "USD", id="off")
ASKED = (
    AddSeats(1),
    AddSeats(7),
    RemoveSeats(1),
    RemoveSeats(3),
    SwitchPlan(BASIC),
    SwitchPlan(STANDARD),
    SwitchPlan(PRO),
    AddAddOn(MODULE),
    RemoveAddOn(MODULE),
    ApplyDiscount(OFF),
    ApplyDiscount(Discount.percent("12.5", id="less", periods=1)),
    SetTaxRates((VAT,)),
    SetTaxRates((OLD, TaxRate("city", "0.0625"))),
    SetTaxRates((INSIDE,)),
    SetTaxRates(()),
    GrantCredit(Money("9.99", "USD"), "gift"),
    BuyService(TRAINING),
    (AddSeats(2), AddAddOn(MODULE)),
    Cancel(),
)
START = dt.date(2026, 1, 31)


def legal(opening, history):
    """Return the entries of *history* that are not refused, in order."""
    sub, kept = opening.subscription, []
    for day, asked in sorted(history, key=lambda entry: entry[0]):
        changes = asked if type(asked) is tuple else (asked,)
        try:
            sub = change(sub, *changes, on=day).subscription
        except SeatbillError:
            continue
        kept.append((day, asked))
    return tuple(kept)


@st.composite
def pasts(draw):
    """Return a past and the history that is true instead."""
    rules = BillingRules(
        seats_removed=draw(st.sampled_from((Timing.IMMEDIATE, Timing.PERIOD_END))),
        downgrade=draw(st.sampled_from((Timing.IMMEDIATE, Timing.RESTART))),
        cancellation=draw(st.sampled_from((Timing.IMMEDIATE, Timing.PERIOD_END))),
        settlement=draw(st.sampled_from(Settlement)),
    )
    opening = subscribe(
        draw(st.sampled_from((BASIC, STANDARD))),
        id="sub",
        interval=MONTHLY,
        seats=draw(st.integers(1, 9)),
        on=START,
        rules=rules,
        tax_rates=draw(st.sampled_from(((), (VAT,), (VAT, OLD), (INSIDE,)))),
    )
    entries = st.tuples(
        st.integers(0, 75).map(lambda days: START + dt.timedelta(days)),
        st.sampled_from(ASKED),
    )
    history = legal(opening, draw(st.lists(entries, max_size=5)))
    kept = [entry for entry in history if draw(st.integers(0, 3))]
    moved = [
        (day + dt.timedelta(draw(st.sampled_from((0, 0, 1)))), asked)
        for day, asked in kept
    ]
    true = legal(opening, [*moved, *draw(st.lists(entries, max_size=2))])
    until = START + dt.timedelta(draw(st.integers(77, 100)))
    return Past(opening, history, until), true


def sums(documents):
    """Return net, total and the tax of each rate, credit notes taken off."""
    found: dict[Any, int] = {"net": 0, "subtotal": 0, "total": 0}
    for document in documents:
        sign = -1 if isinstance(document, CreditNote) else 1
        found["net"] += sign * document.total_excluding_tax.minor_units
        found["subtotal"] += sign * document.subtotal.minor_units
        found["total"] += sign * document.total.minor_units
        for tax in document.taxes:
            units = sign * tax.amount.minor_units
            found[tax.rate] = found.get(tax.rate, 0) + units
    return {name: units for name, units in found.items() if units}


def made(correction: Correction):
    """Return the documents of *correction*."""
    invoices = () if correction.invoice is None else (correction.invoice,)
    return (*correction.credit_notes, *invoices)


@given(pasts())
def test_issued_and_corrections_are_the_corrected_bill(case):
    story, true = case
    wanted = bill(story.opening, true, until=story.until)
    correction = rebill(story.opening, story.issued, true, until=story.until)
    assert sums([*story.issued, *made(correction)]) == sums(wanted.invoices)
    assert correction.statement == wanted
    event(f"{min(len(correction.credit_notes), 2)} notes")
    due = sum(invoice.amount_due.minor_units for invoice in wanted.invoices)
    asked = sum(invoice.amount_due.minor_units for invoice in story.issued)
    assert correction.settlement.minor_units == due - asked


@given(pasts())
def test_no_note_exceeds_its_invoice_and_each_line_proves_itself(case):
    story, true = case
    correction = rebill(story.opening, story.issued, true, until=story.until)
    by_key = {invoice.key: invoice for invoice in story.issued}
    for note in correction.credit_notes:
        invoice = by_key[note.invoice_key]
        assert 0 < note.total.minor_units <= invoice.total_minor
        whole = {tax.rate: tax.amount.minor_units for tax in invoice.taxes}
        for tax in note.taxes:
            most, part = whole[tax.rate], tax.amount.minor_units
            assert min(most, 0) <= part <= max(most, 0)
    if correction.invoice is not None:
        assert verify(correction.invoice) == ()
        assert correction.invoice.key not in by_key
        most = max(correction.settlement, Money.zero("USD"))
        assert correction.invoice.amount_due <= most


@given(pasts())
def test_a_correction_is_made_once_and_can_be_undone(case):
    story, true = case
    first = rebill(story.opening, story.issued, true, until=story.until)
    again = rebill(
        story.opening, story.issued, true, until=story.until, previous=[first]
    )
    assert nothing(again)
    undone = rebill(
        story.opening, story.issued, story.history, until=story.until, previous=[first]
    )
    documents = [*story.issued, *made(first), *made(undone)]
    assert sums(documents) == sums(story.issued)
    assert undone.settlement == -first.settlement


@given(pasts())
def test_an_equal_history_never_returns_anything(case):
    story, _ = case
    assert nothing(
        rebill(story.opening, story.issued, story.history, until=story.until)
    )


@given(pasts())
def test_it_survives_pickling_and_a_narrow_decimal_context(case):
    story, true = case
    correction = rebill(story.opening, story.issued, true, until=story.until)
    with decimal.localcontext(prec=2):
        again = rebill(story.opening, story.issued, true, until=story.until)
    assert again == correction == pickle.loads(pickle.dumps(correction))


# Origins.


def test_a_credit_gives_back_the_invoices_that_charged_it_the_newest_first():
    """4 + 3 seats in April are one charge; ten days later five of them leave."""
    story = Story(BASIC, "2026-04-01", seats=4, rules=AT_ONCE)
    added = story.change("2026-04-11", AddSeats(3))
    left = story.change("2026-04-21", RemoveSeats(5))
    after = story.change("2026-04-25", AddSeats(1))
    (renewal,) = story.renew("2026-05-01").invoices
    invoices = [
        story.opening.invoice,
        added.invoice,
        left.invoice,
        after.invoice,
        renewal,
    ]
    (credit,) = left.invoice.lines
    assert origins(credit, invoices) == (added.invoice, story.opening.invoice)
    assert origins(credit, reversed(invoices)) == origins(credit, invoices)
    assert origins(credit, invoices[1:]) == (added.invoice,)


def test_an_upgrade_gives_back_the_old_plan_and_a_discount_its_own():
    story = Story(
        BASIC, "2026-04-01", seats=10, rules=AT_ONCE, discounts=[OFF],
    )  # fmt: skip
    ended = story.change("2026-04-16", Cancel(), timing=Timing.IMMEDIATE)
    first = story.opening.invoice
    assert [line.item for line in ended.invoice.lines] == ["plan at 4.99", "off"]
    for line in ended.invoice.lines:
        assert origins(line, [first, ended.invoice]) == (first,)


def test_a_charge_gives_nothing_back():
    story = Story(BASIC, "2026-04-01")
    (line,) = story.opening.invoice.lines
    assert origins(line, [story.opening.invoice]) == ()


def test_a_charge_of_another_system_has_no_invoice_here():
    story = Story(BASIC, "2026-04-01", seats=4, rules=AT_ONCE)
    left = story.change("2026-04-21", RemoveSeats(2))
    (credit,) = left.invoice.lines
    assert origins(credit, [left.invoice]) == ()


def test_only_a_line_has_origins():
    invoice = Story(BASIC, "2026-04-01").opening.invoice
    with pytest.raises(WrongTypeError):
        origins(invoice, [invoice])
    with pytest.raises(WrongTypeError):
        origins(invoice.lines[0], invoice)


# What goes back in all.

ENDS = attrs.evolve(AT_ONCE, cancellation=Timing.IMMEDIATE)
BACK_IN_ALL = pytest.mark.source("killbill-platform#63 (what a correction settles)")


@BACK_IN_ALL
def test_what_goes_back_includes_the_refund_at_an_end_that_was_not_billed():
    """50.00 was paid for April; it was 3 seats, and they ended on the 16th.

    20.00 less was due, and of the 30.00 half comes back: 35.00 in all.
    """
    five = past(plan("10.00"), "2026-04-01", until="2026-04-20", seats=5, rules=ENDS)
    found = five.corrected(("2026-04-01", RemoveSeats(2)), ("2026-04-16", Cancel()))
    assert (digits(found.settlement), digits(found.refund_due)) == ("0.00", "35.00")
    assert digits(found.goes_back) == "35.00"


@BACK_IN_ALL
def test_what_was_refunded_already_does_not_go_back_again():
    """The end of the 16th paid out 25.00; it was the 11th: 33.33, so 8.33 more."""
    ended = past(
        plan("10.00"),
        "2026-04-01",
        ("2026-04-16", Cancel()),
        until="2026-04-20",
        seats=5,
        rules=ENDS,
    )
    paid_out = Money("25.00", "USD")
    found = ended.corrected(("2026-04-11", Cancel()), refunded=paid_out)
    assert digits(found.refund_due) == digits(found.goes_back) == "8.33"
    later = ended.corrected(
        ("2026-04-11", Cancel()), refunded=paid_out, previous=[found]
    )
    assert later.refund_due is None
    assert not later.goes_back
    sooner = ended.corrected(("2026-04-18", Cancel()), refunded=paid_out)
    assert digits(sooner.goes_back) == "-3.33"  # 21.67 should have been paid out


@BACK_IN_ALL
def test_what_goes_back_knows_credit_that_was_granted_and_used():
    """5.00 were granted and are paid out at the end, beside 25.00 of 50.00."""
    known = past(plan("10.00"), "2026-04-01", until="2026-04-20", seats=5, rules=ENDS)
    grant = GrantCredit(Money("5.00", "USD"), "goodwill")
    found = known.corrected(("2026-04-10", grant), ("2026-04-16", (Cancel(),)))
    assert digits(found.goes_back) == "30.00"


@BACK_IN_ALL
def test_what_goes_back_is_what_is_not_to_be_paid_where_nothing_ended():
    """Three seats of five from the start: 20.00 stay on the balance or go back."""
    five = past(plan("10.00"), "2026-04-01", until="2026-04-20", seats=5, rules=ENDS)
    one_more = five.corrected(("2026-04-01", AddSeats(1)))
    assert one_more.refund_due is None
    assert digits(one_more.goes_back) == "-10.00"


@BACK_IN_ALL
def test_what_was_refunded_is_an_amount_in_the_currency():
    five = past(plan("10.00"), "2026-04-01", until="2026-04-20", seats=5, rules=ENDS)
    with pytest.raises(CurrencyMismatchError):
        five.corrected(refunded=Money("1.00", "EUR"))
    with pytest.raises(WrongTypeError):
        five.corrected(refunded="1.00")
    with pytest.raises(CurrencyMismatchError):
        attrs.evolve(five.corrected(), refund_due=Money("1.00", "EUR"))
