"""Beside an amount off no more goes back than was paid net, by notes and changes.

30 days from 10 September 2026, with 20 of them left on the 20th: two thirds.  Three
off: a plan at 10.00 is paid with 7.00.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    CreditNote,
    Discount,
    Invoice,
    Money,
    Outcome,
    Plan,
    Price,
    RemoveAddOn,
    RemoveSeats,
    SetTaxRates,
    Subscription,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    bill,
    change,
    credit_note,
    renew,
    subscribe,
    verify,
)
from seatbill.converters import dump, load
from seatbill.errors import DuplicateError, OverCreditedError, SeatbillError
from seatbill.subscriptions import CreditedCharge, RecordCreditNote
from seatbill.testing import laws

FIRST, DAY, END = (dt.date(2026, 9, 10), dt.date(2026, 9, 20), dt.date(2026, 10, 10))
NOW = {"cancellation", "seats_removed", "add_on_removed", "downgrade"}
RULES = BillingRules(**dict.fromkeys(NOW, Timing.IMMEDIATE))
VAT = TaxRate("vat", "0.20")
INSIDE = TaxRate("vat", "0.20", inclusive=True)


def at(amount: str, currency: str = "USD", **more: Any) -> Plan:
    """Return a plan at *amount* a seat."""
    name = f"at {amount}"
    year = Price(unit_amount=amount, currency=currency, interval=ANNUAL)
    return Plan(name, name, 1, [Price(unit_amount=amount, currency=currency), year])


EXTRA = AddOn("x", "X", [Price(unit="x", unit_amount="5.00", currency="USD")])


def bought(
    amount: str = "10.00", off: str = "3.00", currency: str = "USD", **more: Any
) -> Outcome:
    """Return a subscription with an amount off, from 10 September."""
    given = {
        "id": "one",
        "interval": MONTHLY,
        "seats": 1,
        "on": FIRST,
        "rules": RULES,
        "discounts": [Discount.fixed(off, currency, id="off")],
    }
    return subscribe(at(amount, currency), **given | more)


def noted(invoice: Invoice, amount: str, place: int = 0, **more: Any) -> CreditNote:
    """Return a note of the 20th on one line."""
    return noted_on(DAY, invoice, amount, place, **more)


def noted_on(
    on: dt.date, invoice: Invoice, amount: str, place: int = 0, **more: Any
) -> CreditNote:
    """Return a note of another day on one line."""
    part = {place: Money(amount, invoice.currency)}
    return credit_note(invoice, lines=part, reason="goodwill", issued_on=on, **more)


def totals(outcome: Outcome) -> list[str]:
    """Return what the invoices of a call come to."""
    assert not any(map(verify, outcome.invoices))
    return [str(invoice.total.amount) for invoice in outcome.invoices]


@pytest.mark.parametrize(
    ("note", "back"),
    [
        pytest.param("7.00", "0.00", id="all that was paid"),
        pytest.param("5.00", "2.00", id="the rest of what was paid"),
        pytest.param("2.00", "4.67", id="what was unused, 6.67 less 2.00"),
    ],
)
def test_a_note_on_the_price_alone(note: str, back: str) -> None:
    """killbill#1505 beside an amount off: 10.00 less 3.00, canceled at once."""
    start = bought()
    record = noted(start.invoice, note).to_record()
    told = change(start.subscription, record, on=DAY).subscription
    for done in (
        change(start.subscription, record, Cancel(), on=DAY),
        change(told, Cancel(), on=DAY),
        change(load(dump(told)), Cancel(), on=DAY),
    ):
        assert not any(map(verify, done.invoices))
        assert str(done.refund_due.amount) == back


@pytest.mark.parametrize(
    ("amount", "off", "currency", "note", "more", "back"),
    [
        pytest.param("1000", "300", "JPY", "600", {}, "100 JPY", id="yen"),
        pytest.param("10.000", "3.000", "KWD", "7", {}, "0.000 KWD", id="dinars"),
        # 7.00 and 20 %: 5.00 and 1.00 of tax came back, 2.00 and 0.40 are left
        pytest.param(
            "10", "3", "USD", "5", {"tax_rates": [VAT]}, "2.40 USD", id="tax on top"
        ),
        pytest.param(
            "10", "3", "USD", "5", {"tax_rates": [INSIDE]}, "2.00 USD", id="tax inside"
        ),
        # half of 20.00
        pytest.param(
            "20",
            "3",
            "USD",
            "7",
            {
                "discounts": [
                    Discount.percent("50", id="half"),
                    Discount.fixed("3", "USD", id="off"),
                ]
            },
            "0.00 USD",
            id="beside half off",
        ),
        # 10.00 less 2.00 less 1.00
        pytest.param(
            "10",
            "3",
            "USD",
            "7",
            {"discounts": [Discount.fixed(n, "USD", id=n) for n in ("2", "1")]},
            "0.00 USD",
            id="two amounts off",
        ),
    ],
)
def test_in_any_currency_with_tax_and_other_discounts(
    amount: str, off: str, currency: str, note: str, more: dict[str, Any], back: str
) -> None:
    start = bought(amount, off, currency, **more)
    record = noted(start.invoice, note).to_record()
    done = change(start.subscription, record, Cancel(), on=DAY)
    assert not any(map(verify, done.invoices))
    assert str(done.refund_due) == back


def test_a_change_first_and_then_a_note() -> None:
    """6.67 less 2.00 came back: of 7.00 a note on the price may take 2.33."""
    start = bought()
    end = change(start.subscription, Cancel(), on=DAY)
    assert totals(end) == ["-4.67"]
    with pytest.raises(OverCreditedError):
        noted(start.invoice, "2.34", later=end.invoices)
    assert str(noted(start.invoice, "2.33", later=end.invoices).total.amount) == "2.33"


def test_a_seat_goes_and_then_the_end() -> None:
    """Two seats, 20.00 less 3.00, and 17.00 back: nothing is left for either."""
    start = bought(seats=2)
    record = noted(start.invoice, "17.00").to_record()
    less = change(start.subscription, record, RemoveSeats(1), on=DAY)
    assert less.invoices == ()
    assert totals(change(less.subscription, Cancel(), on=DAY)) == ["0.00"]


def test_a_seat_comes_and_then_the_end() -> None:
    """7.00 is back; the 6.67 for one more seat come back, and nothing else."""
    start = bought()
    record = noted(start.invoice, "7.00").to_record()
    more = change(start.subscription, record, AddSeats(1), on=DAY)
    assert totals(more) == ["6.67"]
    assert totals(change(more.subscription, Cancel(), on=DAY)) == ["-6.67"]
    both = change(start.subscription, record, AddSeats(1), Cancel(), on=DAY)
    assert totals(both) == ["0.00"]


def test_a_higher_plan_and_then_the_end() -> None:
    """7.00 is back.  13.33 for the higher plan, 3.00 of the lower; then 10.33."""
    start = bought()
    record = noted(start.invoice, "7.00").to_record()
    up = change(start.subscription, record, SwitchPlan(at("20.00")), on=DAY)
    assert totals(up) == ["10.33"]
    assert totals(change(up.subscription, Cancel(), on=DAY)) == ["-10.33"]


@pytest.mark.parametrize(
    ("there", "full"),
    [(SwitchPlan(at("20.00")), "17.00"), (SwitchInterval(ANNUAL), "7.00")],
)
def test_a_restart_gives_back_no_more(there: Any, full: str) -> None:
    """7.00 is back; a full period at 20.00, or a year at 10.00, less 3.00."""
    rules = attrs.evolve(RULES, upgrade=Timing.RESTART)
    start = bought(rules=rules)
    record = noted(start.invoice, "7.00").to_record()
    done = change(start.subscription, record, there, on=DAY)
    assert totals(done) == ["17.00" if isinstance(there, SwitchPlan) else "7.00"]
    assert totals(change(done.subscription, Cancel(), on=DAY)) in (
        ["-17.00"],
        ["-7.00"],
    )


def test_an_add_on_that_ended_counts() -> None:
    """10.00, 5.00 and 3.00 off: 12.00.  The add-on gave 3.33, a note the other 8.67.

    The cancellation gives back the last 1.33 of the plan and takes as much of the
    discount: it costs nothing.
    """
    start = bought(add_ons=[EXTRA])
    less = change(start.subscription, RemoveAddOn(EXTRA), on=DAY)
    assert totals(less) == ["-3.33"]
    note = noted(start.invoice, "8.67", later=less.invoices)
    done = change(less.subscription, note.to_record(), Cancel(), on=DAY)
    assert totals(done) == ["0.00"]
    lines = [(line.item, str(line.amount.amount)) for line in done.invoice.lines]
    assert lines == [("at 10.00", "-1.33"), ("off", "1.33")]


def test_an_add_on_gives_back_no_more_than_is_left() -> None:
    """12.00, of which 10.00 are back: 2.00 of its unused 3.33, and then nothing."""
    start = bought(add_ons=[EXTRA])
    record = noted(start.invoice, "10.00").to_record()
    less = change(start.subscription, record, RemoveAddOn(EXTRA), on=DAY)
    assert totals(less) == ["-2.00"]
    assert change(less.subscription, Cancel(), on=DAY).invoices == ()


def test_a_note_on_an_add_on_that_ended_counts() -> None:
    """12.00: 3.33 and 1.67 of the add-on are back, 5.00 of the plan: 2.00 are left."""
    start = bought(add_ons=[EXTRA])
    less = change(start.subscription, RemoveAddOn(EXTRA), on=DAY)
    place = [line.item for line in start.invoice.lines].index("x")
    one = noted(start.invoice, "1.67", place, later=less.invoices)
    told = change(less.subscription, one.to_record(), on=DAY).subscription
    with pytest.raises(DuplicateError):
        change(told, one.to_record(), on=DAY)
    two = noted(start.invoice, "5.00", later=less.invoices, previous=[one])
    done = change(told, two.to_record(), Cancel(), on=DAY)
    assert totals(done) == ["-2.00"]


def test_more_than_is_left_net_is_refused() -> None:
    """Of 17.00 a seat gave 6.67: 10.33 is left, which a note made before knew not."""
    start = bought(seats=2)
    less = change(start.subscription, RemoveSeats(1), on=DAY)
    note = noted(start.invoice, "12.00")
    with pytest.raises(OverCreditedError) as refused:
        change(less.subscription, note.to_record(), on=DAY)
    assert (refused.value.where, str(refused.value.left)) == (
        "one:1/credit-1",
        "10.33 USD",
    )
    fair = noted(start.invoice, "10.33", later=less.invoices)
    done = change(less.subscription, fair.to_record(), Cancel(), on=DAY)
    assert totals(done) == ["0.00"]


def test_a_cap_that_binds_leaves_nothing() -> None:
    """15.00 off 12.00 for two: after a seat more, 20.00 for two thirds less nothing."""
    start = bought("12.00", "15.00")
    more = change(start.subscription, AddSeats(1), on=DAY)
    assert totals(more) == ["8.00"]
    note = noted(more.invoice, "8.00").to_record()
    assert totals(change(more.subscription, note, Cancel(), on=DAY)) == ["0.00"]


def test_tiers() -> None:
    """Two at 10.00, beyond at 4.00: 24.00 less 3.00, and 21.00 back."""
    tiers = [Tier(up_to=2, unit_amount="10"), Tier(up_to=None, unit_amount="4")]
    plan = Plan("t", "T", 1, [Price(tiers=tiers, currency="USD")])
    start = subscribe(
        plan,
        id="one",
        interval=MONTHLY,
        seats=3,
        on=FIRST,
        rules=RULES,
        discounts=[Discount.fixed("3", "USD", id="off")],
    )
    record = noted(start.invoice, "21.00").to_record()
    less = change(start.subscription, record, RemoveSeats(2), on=DAY)
    assert less.invoices == ()
    assert totals(change(less.subscription, Cancel(), on=DAY)) == ["0.00"]


def test_a_rate_that_came_later_is_cut_last() -> None:
    """7.00 is back at no tax; the seat at 20 % is given back with all its tax."""
    start = bought()
    record = noted(start.invoice, "7.00").to_record()
    taxed = change(start.subscription, record, SetTaxRates((VAT,)), on=DAY)
    more = change(taxed.subscription, AddSeats(1), on=DAY)
    assert totals(more) == ["8.00"]
    done = change(more.subscription, Cancel(), on=DAY)
    assert totals(done) == ["-8.00"]
    assert [str(tax.amount) for tax in done.invoice.taxes] == ["-1.33 USD"]


def test_the_next_period_knows_nothing_of_it() -> None:
    """A note counts in its own period: October gives back 6.45 less 1.94."""
    start = bought()
    told = change(start.subscription, noted(start.invoice, "7").to_record(), on=DAY)
    october = renew(told.subscription, on=END)
    assert totals(october) == ["7.00"]
    end = change(october.subscription, Cancel(), on=dt.date(2026, 10, 21))
    assert totals(end) == ["-4.51"]  # 20 of 31 days


def test_leap_day() -> None:
    """29 days from 29 February 2028 to 29 March: on 1 March 28 of 29 are left."""
    start = bought(on=dt.date(2028, 2, 29))
    day = dt.date(2028, 3, 1)
    note = noted_on(day, start.invoice, "6.50")
    done = change(start.subscription, note.to_record(), Cancel(), on=day)
    assert totals(done) == ["-0.50"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from("note more less plan extra none end".split()),
        st.integers(1, 4),
        st.integers(0, 8),
    ),
    min_size=2,
    max_size=8,
)


def _asked(word: str, n: int, sub: Subscription) -> Any:
    plans = {"at 10.00": at("20.00"), "at 20.00": at("10.00")}
    return {
        "more": AddSeats(n),
        "less": RemoveSeats(n),
        "plan": SwitchPlan(plans[sub.plan.id]),
        "extra": AddAddOn(EXTRA, n),
        "none": RemoveAddOn(EXTRA, n),
        "end": Cancel(),
    }[word]


@given(STEPS, st.sampled_from([(), (VAT,), (INSIDE,)]), st.sampled_from("3 25".split()))
def test_no_more_goes_back_than_was_paid(
    steps: list[tuple[str, int, int]], rates: tuple[TaxRate, ...], off: str
) -> None:
    start = bought(off=off, seats=2, tax_rates=rates)
    sub, invoices, notes = start.subscription, [*start.invoices], list[CreditNote]()
    day, recorded = FIRST, False
    for word, n, place in steps:
        day += dt.timedelta(n)
        try:
            if word != "note":
                done = change(sub, _asked(word, n, sub), on=day)
                sub = done.subscription
                invoices += done.invoices
                continue
            invoice = invoices[place % len(invoices)]
            own = [note for note in notes if note.invoice_key == invoice.key]
            line = place % len(invoice.lines)
            note = credit_note(
                invoice,
                lines={line: Money.from_minor_units(n * 300, "USD")},
                reason="goodwill",
                issued_on=day,
                previous=own,
                later=[*invoices, *(note for note in notes if note not in own)],
            )
            sub = change(sub, note.to_record(), on=day).subscription
            notes.append(note)
        except SeatbillError:
            continue
        recorded = True
    assume(recorded)
    paid = sum(invoice.subtotal.minor_units for invoice in invoices)
    paid -= sum(note.subtotal.minor_units for note in notes)
    assert paid >= -len(invoices)  # half a cent a line, where no note stands
    assert not any(map(verify, invoices))


def test_after_the_amount_off_each_charge_counts_by_itself() -> None:
    """October has no discount: 20.00, a seat gone, 2.00 noted, then the rest."""
    start = bought(seats=2, discounts=[Discount.fixed("3", "USD", id="off", periods=1)])
    october = renew(start.subscription, on=END)
    note = noted_on(END, october.invoice, "2.00").to_record()
    end = END + dt.timedelta(1)
    entries = [
        (END, RemoveSeats(1)),
        (END, note),
        (END, AddAddOn(EXTRA)),
        (END, RemoveAddOn(EXTRA)),
        (end, Cancel()),
    ]
    found = bill(start, entries, until=end)
    # 30 of 31 days of 10.00 are 9.68, of which 8.00 are left
    wanted = ["17.00", "20.00", "-10.00", "5.00", "-5.00", "-8.00"]
    assert [str(i.total.amount) for i in found.invoices] == wanted


def test_what_a_note_says_of_something_else_does_not_count() -> None:
    """A fee, and ids that nobody has: 10.00 less 3.00, of which 2.00 are noted."""
    start = bought()
    others = [
        CreditedCharge(id, Money("1.00", "USD"))
        for id in ("1:fee:late:fee", "x:plan:p:seat", "0:plan:p:seat", "1")
    ]
    plan = CreditedCharge(start.subscription.charges[0].charge_id, Money("2", "USD"))
    note = RecordCreditNote("one:1/credit-1", [*others, plan])
    assert totals(change(start.subscription, note, Cancel(), on=FIRST)) == ["-5.00"]


# ------------------------------------------------- amounts off that take everything

CENTS = st.integers(1, 60)


def cents(units: int) -> str:
    """Return so many cents in dollars."""
    return f"{units // 100}.{units % 100:02}"


def all_off(price: int, seats: int, *amounts: int) -> Outcome:
    """Return seats from 1 April 2026, with amounts off, all in cents."""
    off = [Discount.fixed(cents(n), "USD", id=f"{i}") for i, n in enumerate(amounts)]
    on = dt.date(2026, 4, 1)
    return bought(cents(price), seats=seats, discounts=off, on=on)


def test_rounded_parts_of_amounts_off_give_back_no_cent_that_nobody_paid() -> None:
    """0.39 less 0.29 and 0.10; to 0.01 on 6 April, with 25 of 30 days left.

    0.325 comes back of the price, which is 0.33; 0.0083 is charged, 0.01; of the
    amounts off 0.28 and 0.10 are taken back, 0.2333 and 0.0833: 0.23 and 0.08.  That
    is 0.01 more than was paid, and the credit is cut to 0.32.  On 16 April, back to
    0.39 for 15 of 30 days: 0.195 is 0.20, and 0.005 comes back, 0.01; what was cut on
    an earlier day stays cut.
    """
    sub = all_off(39, 1, 29, 15).subscription
    down = change(sub, SwitchPlan(at("0.01")), on=dt.date(2026, 4, 6))
    assert totals(down) == ["0.00"]
    amounts = [line.amount.minor_units for line in down.invoice.lines]
    assert amounts == [-32, 1, 23, 8]
    assert down.invoice.lines[0].cap == Money("0.32", "USD")
    up = change(down.subscription, SwitchPlan(at("0.39")), on=dt.date(2026, 4, 16))
    assert totals(up) == ["0.19"]


def test_the_reversal_of_a_change_charges_what_the_cap_held_back() -> None:
    """0.39 again on 6 April: +0.33 −0.01 −0.23 −0.08, the cent that was held back."""
    sub, on = all_off(39, 1, 29, 15).subscription, dt.date(2026, 4, 6)
    there, back = SwitchPlan(at("0.01")), SwitchPlan(at("0.39"))
    down = change(sub, there, on=on)
    assert totals(change(down.subscription, back, on=on)) == ["0.01"]
    assert totals(change(sub, there, back, on=on)) == ["0.00"]
    laws.sum_to_zero(sub, there, back, on=on)


@given(
    price=CENTS,
    seats=st.integers(1, 4),
    off=st.lists(st.integers(1, 250), min_size=1, max_size=3),
    steps=st.lists(
        st.tuples(
            st.integers(0, 9),
            st.one_of(
                CENTS.map(lambda n: SwitchPlan(at(cents(n)))),
                st.builds(AddSeats, st.integers(1, 3)),
                st.builds(RemoveSeats, st.just(1)),
                st.builds(Cancel),
            ),
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_whatever_changes_no_money_goes_back_that_nobody_paid(
    price: int, seats: int, off: list[int], steps: list[tuple[int, Any]]
) -> None:
    """All that is invoiced in the period is never below zero."""
    start = all_off(price, seats, *off)
    sub, day = start.subscription, dt.date(2026, 4, 1)
    net = start.invoice.total.minor_units
    for days, asked in steps:
        day += dt.timedelta(days)
        try:
            outcome = change(sub, asked, on=day)
        except SeatbillError:
            continue
        sub = outcome.subscription
        net += sum(invoice.total.minor_units for invoice in outcome.invoices)
        assert not any(map(verify, outcome.invoices))
        assert net >= 0
