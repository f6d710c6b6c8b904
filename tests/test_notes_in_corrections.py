"""Credit notes that a corrected history does not record, and notes on a combined one.

killbill#1505 through ``rebill``: 10.00 for 10 September to 10 October, all of it
credited on the 20th, and canceled at once that day: nothing goes back twice.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    ChargeFee,
    CreditNote,
    Discount,
    Money,
    Outcome,
    Plan,
    Price,
    RemoveSeats,
    Settlement,
    TaxRate,
    Timing,
    change,
    credit_note,
    renew,
    subscribe,
    verify,
)
from seatbill.combining import combine
from seatbill.errors import DuplicateError, NothingToCreditError, UnknownItemError
from seatbill.rebilling import Correction, rebill

FIRST, DAY, END = (dt.date(2026, 9, 10), dt.date(2026, 9, 20), dt.date(2026, 10, 10))
RULES = BillingRules(cancellation=Timing.IMMEDIATE, seats_removed=Timing.IMMEDIATE)
VAT = TaxRate("vat", "0.20")
INSIDE = TaxRate("vat", "0.20", inclusive=True)


def plan(amount: str = "10.00", currency: str = "USD") -> Plan:
    """Return a plan at *amount*."""
    return Plan("p", "P", 1, [Price(unit_amount=amount, currency=currency)])


def opened(amount: str = "10.00", currency: str = "USD", **more: Any) -> Outcome:
    """Return a subscription for 10 September to 10 October."""
    given = {"id": "one", "interval": MONTHLY, "seats": 1, "on": FIRST, "rules": RULES}
    return subscribe(plan(amount, currency), **given | more)


def noted(invoice: Any, amount: str | None = None, **more: Any) -> CreditNote:
    """Return a note of the 20th on *invoice*."""
    money = None if amount is None else Money(amount, invoice.currency)
    return credit_note(invoice, amount=money, reason="goodwill", issued_on=DAY, **more)


def corrected(
    start: Any, issued: Any, *history: Any, until: dt.date = DAY, notes: Any = ()
) -> Correction:
    """Return the correction; each of its documents proves itself."""
    found = rebill(start, issued, history, until=until, previous=notes)
    assert found.invoice is None or not verify(found.invoice)
    return found


@pytest.mark.parametrize(
    ("day", "note", "back"),
    [
        pytest.param(20, None, "0.00", id="killbill#1505"),
        pytest.param(15, None, "0.00", id="canceled before the note"),
        pytest.param(10, None, "0.00", id="canceled on the first day"),
        pytest.param(25, None, "0.00", id="canceled after the note"),
        pytest.param(20, "4.00", "6.00", id="what the note left"),
        pytest.param(15, "4.00", "6.00", id="the same, before the note"),
        pytest.param(25, "4.00", "5.00", id="what was unused, 15 of 30 days"),
    ],
)
def test_nothing_goes_back_twice(day: int, note: str | None, back: str) -> None:
    start = opened()
    given, on = noted(start.invoice, note), dt.date(2026, 9, day)
    until = max(on, DAY)
    found = corrected(start, start.invoices, (on, Cancel()), until=until, notes=[given])
    assert str(found.goes_back.amount) == back
    if on >= DAY:  # and the same where the history records it
        entries = [(DAY, given.to_record()), (on, Cancel())]
        told = corrected(start, start.invoices, *entries, until=until, notes=[given])
        assert told.goes_back == found.goes_back
        assert told.credit_notes == found.credit_notes


@pytest.mark.parametrize(
    ("amount", "currency", "more", "back"),
    [
        pytest.param("1000", "JPY", {}, "600 JPY", id="yen"),
        pytest.param("10.000", "KWD", {}, "6.000 KWD", id="dinars"),
        # a note of 4.00 is 3.33 and 0.67 of tax: 6.67 and 1.33 are left
        pytest.param("10.00", "USD", {"tax_rates": [VAT]}, "8.00 USD", id="tax on top"),
        pytest.param(
            "10.00", "USD", {"tax_rates": [INSIDE]}, "6.00 USD", id="tax inside"
        ),
        # 7.00 was paid, and 4.00 came back: 3.00 are left of 4.67
        pytest.param(
            "10.00",
            "USD",
            {"discounts": [Discount.fixed("3", "USD", id="off")]},
            "3.00 USD",
            id="an amount off",
        ),
        pytest.param(
            "10.00",
            "USD",
            {"rules": BillingRules(cancellation=Timing.IMMEDIATE)},
            "6.00 USD",
            id="other rules",
        ),
    ],
)
def test_in_any_currency_with_tax_and_a_discount(
    amount: str, currency: str, more: dict[str, Any], back: str
) -> None:
    start = opened(amount, currency, **more)
    part = "400" if currency == "JPY" else "4.00"
    note = noted(start.invoice, part)
    for day in (DAY, dt.date(2026, 9, 15)):
        found = corrected(start, start.invoices, (day, Cancel()), notes=[note])
        assert str(found.goes_back) == back


def test_a_price_alone_beside_an_amount_off() -> None:
    """10.00 less 3.00, of which the price gave back 7.00: nothing is left."""
    start = opened(discounts=[Discount.fixed("3", "USD", id="off")])
    note = credit_note(
        start.invoice,
        lines={0: Money("7.00", "USD")},
        reason="goodwill",
        issued_on=DAY,
    )
    for day in (DAY, dt.date(2026, 9, 15)):
        found = corrected(start, start.invoices, (day, Cancel()), notes=[note])
        assert str(found.goes_back) == "0.00 USD"


def test_what_was_right_stays() -> None:
    """A seat goes, comes again and all is noted: nothing has to be corrected."""
    start = opened(seats=2)
    less = change(start.subscription, RemoveSeats(1), on=DAY)
    more = change(less.subscription, AddSeats(1), on=DAY)
    issued = [*start.invoices, *less.invoices, *more.invoices]
    history = [(DAY, RemoveSeats(1)), (DAY, AddSeats(1))]
    note = noted(start.invoice, later=issued)
    assert str(note.total) == "20.00 USD"
    with pytest.raises(NothingToCreditError):  # 20.00 − 6.67 + 6.67 are back
        noted(more.invoice, later=[*issued, note])
    found = corrected(start, issued, *history, notes=[note])
    assert (found.credit_notes, found.invoice) == ((), None)
    assert str(found.subscription.charges[0].credited) == "26.67 USD"


def test_the_rest_of_a_note_is_taken_of_what_is_charged_later() -> None:
    """20.00 are noted of two seats, where it was one, and one that came and went.

    On the 25th 10.00 + 6.33 are charged, for 19 of 30 days: all of it is noted.  On the
    28th 4.00 more, for 12 of 30 days: the other 3.67 are, and 0.33 of 3.33 come back.
    """
    note = noted(opened(seats=2).invoice)
    days = [dt.date(2026, 9, day) for day in (21, 25, 28, 30)]
    asked = [AddSeats(1), RemoveSeats(1), AddSeats(1), RemoveSeats(1)]
    issued = opened(seats=2).invoices
    history = zip(days, asked, strict=True)
    found = corrected(opened(), issued, *history, until=days[-1], notes=[note])
    totals = [str(invoice.total.amount) for invoice in found.statement.invoices]
    assert totals == ["10.00", "6.33", "4.00", "-0.33"]
    (charge,) = found.subscription.charges
    assert charge.credit_notes == (note.key,)


def test_the_subscription_to_go_on_with_knows_the_note() -> None:
    start = opened()
    note = noted(start.invoice)
    found = corrected(start, start.invoices, notes=[note])
    assert found.invoice is None
    gone = change(found.subscription, Cancel(), on=DAY)
    assert str(gone.refund_due) == "0.00 USD"
    with pytest.raises(DuplicateError):
        change(found.subscription, note.to_record(), on=DAY)


def test_a_note_on_a_period_that_is_over() -> None:
    """September's note takes nothing of October, which gives back 20 of 31 days."""
    start = opened()
    october = renew(start.subscription, on=END)
    note, day = noted(start.invoice), dt.date(2026, 10, 21)
    issued = [*start.invoices, *october.invoices]
    found = corrected(start, issued, (day, Cancel()), until=day, notes=[note])
    assert str(found.goes_back) == "6.45 USD"


def test_an_opening_in_the_middle() -> None:
    """From a stored subscription whose charge the note names: 13.33 of 20.00 left.

    A seat had gone for 6.67, and of the other 13.33 a note took 8.00: 5.33 is left of
    its unused 6.67.
    """
    start = opened(seats=2)
    less = change(start.subscription, RemoveSeats(1), on=DAY)
    note = noted(start.invoice, "8.00", later=less.invoices)
    sub, issued = less.subscription, [*start.invoices, *less.invoices]
    found = corrected(sub, issued, (DAY, Cancel()), notes=[note])
    assert [str(i.total) for i in found.statement.invoices] == ["-5.33 USD"]


def test_lines_that_wait_count() -> None:
    """Billed on renewal: 6.67 wait, of 10.00 that were noted in full."""
    rules = BillingRules(
        seats_removed=Timing.IMMEDIATE, settlement=Settlement.ON_RENEWAL
    )
    start = opened(rules=rules)
    note = noted(start.invoice)
    history = [(DAY, RemoveSeats(1))]
    found = corrected(start, start.invoices, *history, notes=[note])
    assert found.subscription.waiting_lines == ()


def test_a_charge_that_another_takes_the_place_of() -> None:
    """At 8.00 instead of 10.00 from the start; 4.00 of it are back already."""
    start, true = opened(), opened("8.00")
    note = noted(start.invoice, "4.00")
    found = corrected(true, start.invoices, (DAY, Cancel()), notes=[note])
    # 10.00 − 8.00, and of the unused 5.33 what is left of 8.00
    assert str(found.goes_back) == "6.00 USD"


@pytest.mark.parametrize("note", ["2.00", None])
@pytest.mark.parametrize("rates", [(), (VAT,), (INSIDE,)])
def test_of_what_was_never_sold_the_rest_goes_back(
    note: str | None, rates: tuple[TaxRate, ...]
) -> None:
    """A fee of 5.00 that was wrong, of which 2.00, or all, are back already."""
    start = opened(tax_rates=rates)
    fee = change(
        start.subscription, ChargeFee("late", Money("5.00", "USD")), on=FIRST
    ).invoice
    given, issued = noted(fee, note), [start.invoice, fee]
    found = corrected(start, issued, notes=[given])
    assert found.goes_back + given.total == fee.total
    taken = Money.total([n.total for n in found.credit_notes], "USD")
    assert (found.invoice, taken) == (None, found.goes_back)
    again = corrected(start, issued, notes=[given, found])
    assert (again.credit_notes, again.invoice) == ((), None)
    assert str(again.goes_back) == "0.00 USD"


def test_what_is_left_beside_an_amount_off_is_known() -> None:
    """Nothing to correct; of 7.00 the price gave 4.00, and 3.00 come back."""
    start = opened(discounts=[Discount.fixed("3", "USD", id="off")])
    note = credit_note(
        start.invoice,
        lines={0: Money("4.00", "USD")},
        reason="goodwill",
        issued_on=DAY,
    )
    found = corrected(start, start.invoices, notes=[note])
    gone = change(found.subscription, Cancel(), on=DAY)
    assert str(gone.refund_due) == "3.00 USD"


def test_a_note_on_one_invoice_for_several_is_told_to_each() -> None:
    """10.00 and 10.00: 5.00 of each are back, and 5.00 is left of either."""
    one, two = opened(), opened(id="two:2")
    both = combine([one.invoice, two.invoice], key="2026:7")
    records = noted(both, "10.00").to_records(both)
    assert [*records] == ["one", "two:2"]
    for start in (one, two):
        sub = start.subscription
        done = change(sub, records[sub.id], Cancel(), on=DAY)
        assert str(done.refund_due) == "5.00 USD"
        told = change(sub, records[sub.id], on=DAY).subscription
        with pytest.raises(DuplicateError):
            change(told, records[sub.id], on=DAY)
    with pytest.raises(UnknownItemError):
        change(one.subscription, records["two:2"], on=DAY)


def test_two_invoices_of_one_subscription_in_one() -> None:
    start = opened()
    more = change(start.subscription, AddSeats(1), on=FIRST)
    both = combine([start.invoice, more.invoice], key="both")
    (record,) = noted(both).to_records(both).values()
    done = change(more.subscription, record, Cancel(), on=DAY)
    assert str(done.refund_due) == "0.00 USD"


def test_another_invoice_tells_nothing() -> None:
    one, two = opened(), opened(id="two")
    both = combine([one.invoice, two.invoice], key="both")
    with pytest.raises(UnknownItemError):
        noted(one.invoice).to_records(both)


def test_a_correction_of_a_credit_that_was_cut_proves_itself() -> None:
    """10.00 less 3.00, 5.00 noted on the price, canceled for 2.00: it was not so."""
    start = opened(discounts=[Discount.fixed("3", "USD", id="off")])
    note = credit_note(
        start.invoice,
        lines={0: Money("5.00", "USD")},
        reason="goodwill",
        issued_on=DAY,
    )
    told = change(start.subscription, note.to_record(), on=DAY)
    end = change(told.subscription, Cancel(), on=DAY)
    assert str(end.refund_due) == "2.00 USD"
    issued = [*start.invoices, *end.invoices]
    found = rebill(
        start,
        issued,
        [(DAY, note.to_record())],
        until=DAY,
        previous=[note],
        refunded=end.refund_due,
    )
    assert found.invoice is not None
    assert not verify(found.invoice)
    assert str(found.goes_back) == "-2.00 USD"
