"""Law 3 over everything that gives back: changes and credit notes, in any order.

killbill#1505: 10.00 for 10 September to 10 October, all of it credited on the 20th, and
canceled at once that day: nothing more comes back.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    CreditNote,
    Discount,
    Freeze,
    Money,
    Outcome,
    Plan,
    Price,
    RemoveSeats,
    Settlement,
    SwitchPlan,
    TaxRate,
    Timing,
    change,
    credit_note,
    renew,
    subscribe,
    verify,
)
from seatbill.combining import combine
from seatbill.converters import dump, load
from seatbill.errors import (
    CurrencyMismatchError,
    DuplicateError,
    NothingToCreditError,
    OverCreditedError,
    SeatbillError,
    UnknownItemError,
    WrongTypeError,
)
from seatbill.rebilling import rebill
from seatbill.subscriptions import CreditedCharge, RecordCreditNote

FIRST, DAY, END = (dt.date(2026, 9, 10), dt.date(2026, 9, 20), dt.date(2026, 10, 10))
RULES = BillingRules(
    cancellation=Timing.IMMEDIATE, seats_removed=Timing.IMMEDIATE, max_freeze_days=30
)
VAT = TaxRate("vat", "0.20")
INSIDE = TaxRate("vat", "0.20", inclusive=True)


def opened(amount: str = "10.00", currency: str = "USD", **more: Any) -> Outcome:
    """Return a subscription for 10 September to 10 October."""
    plan = Plan("p", "P", 1, [Price(unit_amount=amount, currency=currency)])
    given = {"id": "one", "interval": MONTHLY, "seats": 1, "on": FIRST, "rules": RULES}
    return subscribe(plan, **given | more)


def noted(
    invoice: Any, amount: str | None = None, currency: str = "USD", **more: Any
) -> CreditNote:
    """Return a note of the 20th on *invoice*."""
    money = None if amount is None else Money(amount, currency)
    return credit_note(invoice, amount=money, reason="goodwill", issued_on=DAY, **more)


def refund(outcome: Outcome) -> str:
    """Return what the end pays out."""
    return str(outcome.refund_due)


@pytest.mark.parametrize(
    ("amount", "currency", "note", "more", "back"),
    [
        pytest.param("10.00", "USD", None, {}, "0.00 USD", id="killbill#1505"),
        pytest.param("10.00", "USD", "2.00", {}, "6.67 USD", id="within what was used"),
        pytest.param("10.00", "USD", "4.00", {}, "6.00 USD", id="some of it"),
        pytest.param("1000", "JPY", "400", {}, "600 JPY", id="yen"),
        pytest.param("10.000", "KWD", "4.000", {}, "6.000 KWD", id="dinars"),
        pytest.param(
            "10.00", "USD", "6.00", {"tax_rates": [VAT]}, "6.00 USD", id="tax on top"
        ),
        pytest.param(
            "12.00", "USD", "6.00", {"tax_rates": [INSIDE]}, "6.00 USD", id="tax inside"
        ),
        pytest.param(
            "20.00",
            "USD",
            "4.00",
            {"discounts": [Discount.percent("50", id="half")]},
            "6.00 USD",
            id="a percentage off",
        ),
        pytest.param(
            "10.00",
            "USD",
            None,
            {"discounts": [Discount.fixed("3.00", "USD", id="three")]},
            "0.00 USD",
            id="an amount off",
        ),
    ],
)
def test_what_a_note_took_back_does_not_come_back_again(
    amount: str, currency: str, note: str | None, more: dict[str, Any], back: str
) -> None:
    start = opened(amount, currency, **more)
    taken = noted(start.invoice, note, currency)
    done = change(start.subscription, taken.to_record(), Cancel(), on=DAY)
    assert refund(done) == back
    assert not any(map(verify, done.invoices))
    told = change(start.subscription, taken.to_record(), on=DAY)
    assert told.invoices == ()
    assert refund(change(told.subscription, Cancel(), on=DAY)) == back


@pytest.mark.parametrize(
    ("amount", "currency", "more", "left"),
    [
        pytest.param("10.00", "USD", {}, "3.33 USD", id="killbill#1505"),
        pytest.param("1000", "JPY", {}, "333 JPY", id="yen"),
        pytest.param("10.000", "KWD", {}, "3.333 KWD", id="dinars"),
        pytest.param("10.00", "USD", {"tax_rates": [VAT]}, "4.00 USD", id="tax on top"),
        pytest.param(
            "10.00", "USD", {"tax_rates": [INSIDE]}, "3.33 USD", id="tax inside"
        ),
        pytest.param(
            "10.00",
            "USD",
            {"discounts": [Discount.fixed("3.00", "USD", id="three")]},
            "2.33 USD",
            id="an amount off",
        ),
    ],
)
def test_a_note_takes_no_more_than_a_change_left(
    amount: str, currency: str, more: dict[str, Any], left: str
) -> None:
    start = opened(amount, currency, **more)
    end = change(start.subscription, Cancel(), on=DAY)
    note = noted(start.invoice, later=[*start.invoices, *end.invoices])
    assert str(note.total) == left
    with pytest.raises(NothingToCreditError):
        noted(start.invoice, previous=[note], later=end.invoices)


def test_seats_that_came_later_are_given_back_first() -> None:
    start = opened(seats=3)
    more = change(start.subscription, AddSeats(1), on=DAY)
    less = change(more.subscription, RemoveSeats(1), on=DAY)
    known = [more.invoice, less.invoice]
    assert str(noted(start.invoice, later=known).total) == "30.00 USD"
    with pytest.raises(NothingToCreditError):
        noted(more.invoice, later=known)
    taken = noted(more.invoice)
    assert str(noted(start.invoice, later=[*known, taken]).total) == "23.33 USD"
    late = noted(start.invoice)
    assert str(noted(start.invoice, later=[*known, taken, late]).total) == "23.33 USD"


def test_a_note_on_a_credit_takes_it_back() -> None:
    """10.00 and 10.00, of which 6.67 came back; with 3.00 of it billed again."""
    start = opened(seats=2, rules=BillingRules(cancellation=Timing.IMMEDIATE))
    sub = start.subscription
    charge = sub.charges[0].charge_id
    taken = RecordCreditNote("one:1/credit-1", [_of(charge, "8.00")])
    back = RecordCreditNote("one:2/credit-1", [_of(charge, "-3.00")])
    told = change(sub, taken, back, on=DAY).subscription.charges[0]
    assert (str(told.credited), told.credit_notes) == (
        "5.00 USD",
        ("one:1/credit-1", "one:2/credit-1"),
    )
    with pytest.raises(OverCreditedError):
        change(sub, back, on=DAY)


def _of(charge: str, amount: str) -> CreditedCharge:
    return CreditedCharge(charge, Money(amount, "USD"))


def test_more_than_the_room_is_refused() -> None:
    start = opened(seats=2)
    less = change(start.subscription, RemoveSeats(1), on=DAY)
    with pytest.raises(OverCreditedError) as refused:
        change(less.subscription, noted(start.invoice).to_record(), on=DAY)
    assert refused.value.where == "1:plan:p:seat"
    assert (str(refused.value.asked), str(refused.value.left)) == (
        "20.00 USD",
        "13.33 USD",
    )
    note = noted(start.invoice, later=less.invoices)
    done = change(less.subscription, note.to_record(), Cancel(), on=DAY)
    assert refund(done) == "6.67 USD"  # on the balance since the seat left


DEARER = Plan("q", "Q", 2, [Price(unit_amount="20.00", currency="USD")])


def test_a_note_never_exceeds_an_invoice_that_gave_something_back() -> None:
    """20 of 30 days at 20.00 are 13.33, and of 10.00 are 6.67: 6.66 in all.

    That is back by the note on it, and then all of the 10.00.
    """
    start = opened()
    up = change(start.subscription, SwitchPlan(DEARER), on=DAY)
    note = noted(up.invoice, later=start.invoices)
    assert str(note.total) == "6.66 USD"
    assert str(noted(start.invoice, later=[*up.invoices, note]).total) == "10.00 USD"
    first = noted(start.invoice, later=up.invoices)
    assert str(first.total) == "3.33 USD"
    assert str(noted(up.invoice, later=[*start.invoices, first]).total) == "6.66 USD"


def test_what_waits_to_be_given_back_is_not_left_for_a_note() -> None:
    """The 6.67 of 10.00 wait for 10 October; 3.33 are left, not 10.00."""
    rules = attrs.evolve(RULES, settlement=Settlement.ON_RENEWAL)
    start = opened(rules=rules)
    sub = change(start.subscription, SwitchPlan(DEARER), on=DAY).subscription
    assert str(noted(start.invoice, later=[sub]).total) == "3.33 USD"
    other = attrs.evolve(sub, id="two")
    with pytest.raises(UnknownItemError) as refused:
        noted(start.invoice, later=[other])
    assert (refused.value.kind, refused.value.value) == ("subscription", "two")


def test_the_same_note_is_recorded_once() -> None:
    start = opened()
    note = noted(start.invoice, "1.00").to_record()
    told = change(start.subscription, note, on=DAY)
    with pytest.raises(DuplicateError):
        change(told.subscription, note, on=DAY)


def test_after_a_renewal_there_is_nothing_to_record() -> None:
    start = opened()
    next_period = renew(start.subscription, on=END)
    note = noted(start.invoice, later=next_period.invoices)
    assert str(note.total) == "10.00 USD"
    told = change(next_period.subscription, note.to_record(), on=END)
    assert told.subscription.charges == next_period.subscription.charges
    assert refund(change(told.subscription, Cancel(), on=END)) == "10.00 USD"


def test_a_note_is_recorded_in_a_freeze() -> None:
    start = opened()
    note = noted(start.invoice, "4.00").to_record()
    frozen = change(start.subscription, Freeze(), note, on=DAY)
    assert str(frozen.subscription.charges[0].credited) == "4.00 USD"


@pytest.mark.parametrize(
    ("record", "error"),
    [
        pytest.param(
            RecordCreditNote("two:1/credit-1", [_of("1:plan:p:seat", "1.00")]),
            UnknownItemError,
            id="of another subscription",
        ),
        pytest.param(
            RecordCreditNote(
                "one:1/credit-1",
                [CreditedCharge("1:plan:p:seat", Money("1.00", "EUR"))],
            ),
            CurrencyMismatchError,
            id="in another currency",
        ),
    ],
)
def test_a_note_that_is_not_of_it_is_refused(
    record: RecordCreditNote, error: type[SeatbillError]
) -> None:
    with pytest.raises(error):
        change(opened().subscription, record, on=DAY)


def test_a_charge_is_named_once() -> None:
    with pytest.raises(DuplicateError):
        RecordCreditNote("one:1/credit-1", [_of("a", "1.00"), _of("a", "1.00")])


def test_later_invoices_are_of_the_subscription() -> None:
    other = opened(id="two")
    with pytest.raises(UnknownItemError):
        noted(opened().invoice, later=other.invoices)
    with pytest.raises(WrongTypeError):
        noted(opened().invoice, later=[other])


def test_a_note_on_one_invoice_for_several() -> None:
    one, two = opened(), opened(id="two")
    both = combine([one.invoice, two.invoice], key="both")
    end = change(two.subscription, Cancel(), on=DAY)
    note = noted(both, later=[both, *end.invoices])
    assert [str(line.amount) for line in note.lines] == ["10.00 USD", "3.33 USD"]


def test_a_correction_gives_back_no_more_than_a_recorded_note_left() -> None:
    start = opened()
    note = noted(start.invoice)
    entry = (DAY, (note.to_record(), Cancel()))
    found = rebill(start, start.invoices, [entry], until=DAY, previous=[note])
    assert (found.credit_notes, found.invoice) == ((), None)
    assert str(found.goes_back) == "0.00 USD"


def test_a_recorded_note_goes_through_json() -> None:
    start = opened()
    told = change(start.subscription, noted(start.invoice).to_record(), on=DAY)
    assert load(dump(told)) == told
    assert "credit_notes" not in str(dump(start))


@given(
    st.lists(
        st.tuples(st.sampled_from("note more less end".split()), st.integers(1, 9)),
        max_size=8,
    ),
    st.sampled_from([(), (VAT,), (INSIDE,)]),
    st.sampled_from(Settlement),
)
def test_all_that_goes_back_is_never_more_than_was_charged(
    steps: list[tuple[str, int]], rates: tuple[TaxRate, ...], settlement: Settlement
) -> None:
    rules = BillingRules(
        cancellation=Timing.IMMEDIATE,
        seats_removed=Timing.IMMEDIATE,
        settlement=settlement,
    )
    start = opened(seats=5, rules=rules, tax_rates=rates)
    sub, invoices, notes = start.subscription, [*start.invoices], list[CreditNote]()
    day = FIRST
    for word, n in steps:
        day += dt.timedelta(n % 3)
        try:
            if word == "note":
                invoice = invoices[n % len(invoices)]
                own = [note for note in notes if note.invoice_key == invoice.key]
                note = credit_note(
                    invoice,
                    amount=Money.from_minor_units(n * 300, "USD"),
                    reason="goodwill",
                    issued_on=day,
                    previous=own,
                    later=[*invoices, *(note for note in notes if note not in own)],
                )
                sub = change(sub, note.to_record(), on=day).subscription
                notes.append(note)
                continue
            asked = {"more": AddSeats(n), "less": RemoveSeats(n), "end": Cancel()}
            done = change(sub, asked[word], on=day)
        except SeatbillError:
            continue
        sub = done.subscription
        invoices += done.invoices
    lines = [line for invoice in invoices for line in invoice.lines]
    lines += sub.waiting_lines
    left: dict[str, int] = {}
    for line in lines:
        left[line.charge_id] = left.get(line.charge_id, 0) + line.amount_minor
    for note in notes:
        for taken in note.lines:
            left[taken.line.charge_id] -= taken.amount.minor_units
    assert all(units >= 0 for units in left.values())
