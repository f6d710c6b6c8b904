"""Credit with a purpose: money that goes back, gifts that lapse, each until its day."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    BuyService,
    Cancel,
    GrantCredit,
    Money,
    Plan,
    Price,
    RemoveSeats,
    Service,
    SetSeats,
    Settlement,
    SwitchPlan,
    TaxRate,
    Timing,
    adopt,
    bill,
    change,
    credit_note,
    renew,
    subscribe,
    verify,
)
from seatbill.combining import combine
from seatbill.converters import dump, load
from seatbill.corrections.splitting import CreditSplit, split_credit
from seatbill.credit import CreditKind, CreditLot
from seatbill.documents import to_text
from seatbill.errors import (
    CurrencyMismatchError,
    DuplicateError,
    MixedTimeError,
    OutOfBoundsError,
    OutOfOrderError,
)
from seatbill.formatting import describe
from seatbill.rebilling import rebill
from seatbill.rules import CreditOrder
from seatbill.testing.histories import History
from seatbill.testing.laws import check
from seatbill.views import billing_view
from stories import at

GIFT, PAID = CreditKind.GIFT, CreditKind.PAID
NOW = Timing.IMMEDIATE
AT_ONCE = BillingRules(cancellation=NOW, seats_removed=NOW, downgrade=NOW, upgrade=NOW)
JUNE = at("2026-06-30")


def euros(amount: str) -> Money:
    return Money(amount, "EUR")


def plan(amount: str, currency: str = "EUR", rank: int = 0) -> Plan:
    prices = [Price(unit_amount=amount, currency=currency)]
    return Plan(f"at-{amount}", amount, rank, prices)


def gift(amount: str, until: dt.date | None = None) -> CreditLot:
    return CreditLot(euros(amount), GIFT, until)


def opened(amount: str = "60.00", *lots: CreditLot, rules=AT_ONCE, **more):
    """Return one seat at *amount* a month from 1 April, 30 days, with credit."""
    asked = {
        "id": "acme",
        "interval": MONTHLY,
        "seats": 1,
        "on": at("2026-04-01"),
        "rules": rules,
        "credit": lots,
    }
    return subscribe(plan(amount), **asked | more)


def paid_by(invoice) -> list[tuple[str, str]]:
    """Return what each lot paid, or got back."""
    return [(str(lot.kind), str(lot.amount.amount)) for lot in invoice.credit_lots]


def left(subscription) -> list[tuple[str, str]]:
    """Return what is left in lots."""
    return [
        (str(lot.kind), str(lot.amount.amount))
        for lot in subscription.credit_lots
        if lot.amount
    ]


def told(outcome) -> list[str]:
    return [notice.code for notice in outcome.notices]


# Where credit goes: reports of others.


def test_what_was_paid_goes_back_and_the_promotion_lapses():
    """Source: linode/docs#2939, rive-docs#817.

    10.00 paid, 50.00 promotional credit, canceled at once that day.
    """
    opening = opened("0.00", gift("50.00"), CreditLot(euros("10.00"), PAID))
    ended = change(opening.subscription, Cancel(), on=at("2026-04-01"))
    assert ended.refund_due == euros("10.00")
    (lapsed,) = ended.notices
    assert (lapsed.code, lapsed.value("amount")) == ("gift_ended", euros("50.00"))
    assert ended.subscription.credit_lots == ()


@pytest.mark.parametrize(
    ("day", "back", "lapses", "total"),
    [
        # The whole month, 60.00, comes back: 10.00 paid, 50.00 from the gift.
        pytest.param("2026-04-01", "10.00", "50.00", "-60.00", id="that day"),
        # 20 of 30 days are left: 40.00, of which 10.00 money and 30.00 gift.
        pytest.param("2026-04-11", "10.00", "30.00", "-40.00", id="after ten days"),
        # 3 of 30 days: 6.00, all of it money: the gift was used first.
        pytest.param("2026-04-28", "6.00", None, "-6.00", id="near the end"),
    ],
)
def test_a_gift_that_paid_comes_back_as_a_gift(day, back, lapses, total):
    """Source: linode/docs#2939, where the 10.00 were paid for the first month."""
    opening = opened("60.00", gift("50.00"))
    assert opening.invoice.credit_applied == euros("50.00")
    assert opening.invoice.amount_due == euros("10.00")
    ended = change(opening.subscription, Cancel(), on=at(day))
    assert ended.invoice.total == euros(total)
    assert ended.refund_due == euros(back)
    assert paid_by(ended.invoice) == ([("gift", lapses)] if lapses else [])
    assert told(ended) == (["gift_ended"] if lapses else [])
    assert verify(ended.invoice) == ()


def test_a_gift_never_becomes_money_through_a_downgrade():
    """A gift of 60.00 pays April; 16 April, 15 of 30 days: −30.00 + 10.00."""
    opening = opened("60.00", gift("60.00"))
    down = change(
        opening.subscription, SwitchPlan(plan("20.00", rank=-1)), on=at("2026-04-16")
    )
    assert down.invoice.total == euros("-20.00")
    assert down.subscription.credit_balance == euros("0.00")
    assert left(down.subscription) == [("gift", "20.00")]
    # May costs 20.00, and the gift pays it; on 1 June there is none any more.
    may = renew(down.subscription, on=at("2026-05-01"))
    assert paid_by(may.invoice) == [("gift", "20.00")]
    assert may.subscription.credit_on(at("2026-05-01")) == euros("0.00")
    june = renew(may.subscription, on=at("2026-06-01"))
    assert june.subscription.credit_lots == ()


# Order, and the last day.

LOTS = (
    CreditLot(euros("5.00"), PAID, at("2026-05-31")),
    CreditLot(euros("5.00"), GIFT, at("2026-06-30")),
    CreditLot(euros("5.00"), GIFT),
    CreditLot(euros("5.00"), PAID),
    CreditLot(euros("5.00"), PAID, at("2026-06-30")),
)


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (
            CreditOrder.EARLIEST_FIRST,
            ["paid 05-31", "gift 06-30", "paid 06-30", "gift"],
        ),
        (CreditOrder.GIFTS_FIRST, ["gift 06-30", "gift", "paid 05-31", "paid 06-30"]),
        (CreditOrder.MONEY_FIRST, ["paid 05-31", "paid 06-30", "gift 06-30", "gift"]),
    ],
)
@pytest.mark.parametrize("n", range(6))
def test_credit_pays_in_the_order_of_the_rules(order, names, n):
    """Lots of 5.00 each, and 5.00 on the balance, pay n × 5.00."""
    rules = attrs.evolve(AT_ONCE, credit_order=order)
    first = opened(f"{5 * n}.00", *LOTS, rules=rules)
    if order is CreditOrder.MONEY_FIRST:
        names = [*names[:2], "paid", *names[2:]]
    else:
        names = [*names, "paid"]
    found = (
        [
            f"{lot.kind} {lot.expires_on:%m-%d}" if lot.expires_on else str(lot.kind)
            for lot in first.invoice.credit_lots
        ]
        if n
        else []
    )
    assert found == [name for name in names[:n] if name != "paid"]
    if n:
        assert first.invoice.credit_applied == euros(f"{5 * n}.00")
    balance = "0.00" if "paid" in names[:n] else "5.00"
    assert first.subscription.credit_balance == euros(balance)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        pytest.param("2026-04-30", "20.00", id="the day before"),
        pytest.param("2026-05-01", "0.00", id="its last day"),
        pytest.param("2026-05-02", "0.00", id="the day after"),
    ],
)
def test_the_last_day_is_included(last, due):
    first = opened("20.00", gift("40.00", at(last)))
    may = renew(first.subscription, on=at("2026-05-01"))
    assert may.invoice.amount_due == euros(due)
    assert told(may) == (["credit_lapsed"] if due != "0.00" else [])


def test_a_leap_day_is_a_last_day():
    opening = opened("20.00", gift("40.00", at("2028-02-29")), on=at("2028-01-29"))
    on_it = renew(opening.subscription, on=at("2028-02-29"))
    assert on_it.invoice.amount_due == euros("0.00")


def test_what_lapsed_is_told_once_by_the_next_call():
    first = opened("20.00", gift("50.00", at("2026-04-10")))
    assert left(first.subscription) == [("gift", "30.00")]
    assert first.subscription.credit_on(at("2026-04-10")) == euros("30.00")
    assert first.subscription.credit_on(at("2026-04-11")) == euros("0.00")
    quiet = renew(first.subscription, on=at("2026-04-20"))
    assert quiet.subscription is first.subscription
    removed = change(first.subscription, AddSeats(1), on=at("2026-04-16"))
    (notice,) = removed.notices
    assert notice.code == "credit_lapsed"
    assert str(notice) == (
        "A gift of 30.00 EUR lapsed, as it was valid until 2026-04-10."
    )
    assert removed.invoice.amount_due == euros("10.00")
    assert told(change(removed.subscription, AddSeats(1), on=at("2026-04-17"))) == []


def test_what_comes_back_to_a_gift_that_has_lapsed_lapses():
    """20.00 of the gift paid April; half of it comes back on the 16th, too late."""
    first = opened("20.00", gift("20.00", at("2026-04-10")))
    ended = change(
        first.subscription, SwitchPlan(plan("0.00", rank=-1)), on=at("2026-04-16")
    )
    assert paid_by(ended.invoice) == [("gift", "10.00")]
    assert told(ended) == ["credit_lapsed"]
    assert ended.notices[0].value("amount") == euros("10.00")
    assert ended.subscription.credit_on(at("2026-04-16")) == euros("0.00")


def test_paid_money_with_a_last_day_lapses_too_and_goes_back_before_it():
    voucher = CreditLot(euros("50.00"), PAID, JUNE)
    first = opened("20.00", voucher)
    ended = change(first.subscription, Cancel(), on=at("2026-04-16"))
    assert ended.refund_due == euros("40.00")  # 30.00, and half of 20.00
    later = renew(opened("20.00", voucher).subscription, on=at("2026-07-01"))
    assert [i.amount_due for i in later.invoices] == [
        euros("0.00"),  # May: 30.00 are left, 20.00 used
        euros("10.00"),  # June: 10.00 are left
        euros("20.00"),  # July
    ]
    assert told(later) == []


@pytest.mark.parametrize(
    ("until", "back", "codes"),
    [
        pytest.param("2026-04-30", "0.00", ["credit_lapsed"], id="before the end"),
        pytest.param("2026-05-01", "30.00", [], id="on the day of the end"),
    ],
)
def test_a_voucher_that_has_lapsed_is_not_paid_out_at_the_end(until, back, codes):
    """50.00 pay 20.00 for April; the end, on 1 May, has no invoice of its own."""
    rules = attrs.evolve(AT_ONCE, cancellation=Timing.PERIOD_END)
    first = opened("20.00", CreditLot(euros("50.00"), PAID, at(until)), rules=rules)
    asked = change(first.subscription, Cancel(), on=at("2026-04-02"))
    ended = renew(asked.subscription, on=at("2026-05-03"))
    assert (ended.refund_due, told(ended)) == (euros(back), codes)


# Several changes, seats, services.


def test_an_added_seat_that_a_gift_paid_gives_the_gift_back():
    """30.00 paid before; a gift pays a second seat, 15 of 30 days: 15.00."""
    first = opened("30.00")
    granted = GrantCredit(euros("40.00"), "sorry", GIFT, JUNE)
    added = change(first.subscription, granted, AddSeats(1), on=at("2026-04-16"))
    assert paid_by(added.invoice) == [("gift", "15.00")]
    back = change(added.subscription, RemoveSeats(1), on=at("2026-04-16"))
    assert back.invoice.total == euros("-15.00")
    assert left(back.subscription) == [("gift", "40.00")]
    assert back.subscription.credit_balance == euros("0.00")
    ended = change(added.subscription, Cancel(), on=at("2026-04-16"))
    # 30.00 come back: 15.00 of the gift, then 15.00 of the money that was before it.
    assert ended.invoice.total == euros("-30.00")
    assert ended.refund_due == euros("15.00")


def test_money_paid_above_a_gift_comes_back_before_it():
    """50.00 of a gift for 50.00; then a service of 30.00 is paid with money."""
    first = opened("50.00", gift("50.00"))
    bought = change(
        first.subscription,
        BuyService(Service("setup", "Setup", euros("30.00"))),
        on=at("2026-04-01"),
    )
    assert bought.invoice.amount_due == euros("30.00")
    ended = change(bought.subscription, Cancel(), on=at("2026-04-01"))
    assert ended.refund_due == euros("30.00")
    assert paid_by(ended.invoice) == [("gift", "20.00")]


def test_lots_get_back_in_the_reverse_order():
    """30.00 of the earlier and 20.00 of the later gift; 25.00 come back."""
    first = opened("50.00", gift("30.00", at("2026-05-31")), gift("20.00", JUNE))
    down = change(
        first.subscription, SwitchPlan(plan("0.00", rank=-1)), on=at("2026-04-16")
    )
    assert [(lot.expires_on, lot.amount) for lot in down.invoice.credit_lots] == [
        (JUNE, euros("20.00")),
        (at("2026-05-31"), euros("5.00")),
    ]


@pytest.mark.parametrize("settlement", [Settlement.ON_RENEWAL, Settlement.MONTHLY])
def test_what_waits_at_a_renewal_still_comes_back_to_its_gift(settlement):
    """A gift pays 2 seats, 80.00; one is given back on the 16th: −20.00 wait.

    May: 40.00 − 20.00 = 20.00, paid with money; 20.00 of it are still the gift's.
    At once, on 1 May, 40.00 come back: 20.00 of money and 20.00 of the gift.
    """
    rules = attrs.evolve(AT_ONCE, settlement=settlement)
    first = opened("40.00", gift("80.00"), rules=rules, seats=2)
    removed = change(first.subscription, RemoveSeats(1), on=at("2026-04-16"))
    may = renew(removed.subscription, on=at("2026-05-01"))
    assert may.invoice.amount_due == euros("20.00")
    ended = change(may.subscription, Cancel(), on=at("2026-05-01"))
    assert ended.refund_due == euros("20.00")
    assert paid_by(ended.invoice) == [("gift", "20.00")]


def test_what_waits_is_given_back_with_its_tax():
    """80.00 + 16.00 from a gift; −20.00 − 4.00 wait; the end comes with the period."""
    rules = BillingRules(seats_removed=NOW, settlement=Settlement.ON_RENEWAL)
    vat = [TaxRate("vat", "0.20")]
    first = opened("40.00", gift("96.00"), rules=rules, seats=2, tax_rates=vat)
    removed = change(first.subscription, RemoveSeats(1), Cancel(), on=at("2026-04-16"))
    ended = renew(removed.subscription, on=at("2026-05-01"))
    assert ended.invoice.total == euros("-24.00")
    assert (ended.refund_due, paid_by(ended.invoice)) == (
        euros("0.00"),
        [("gift", "24.00")],
    )


def test_what_waits_is_given_back_with_a_tax_inside():
    """80.00, tax inside, from a gift; −20.00 wait."""
    rules = BillingRules(seats_removed=NOW, settlement=Settlement.ON_RENEWAL)
    vat = [TaxRate("vat", "0.20", inclusive=True)]
    first = opened("40.00", gift("80.00"), rules=rules, seats=2, tax_rates=vat)
    removed = change(first.subscription, RemoveSeats(1), Cancel(), on=at("2026-04-16"))
    ended = renew(removed.subscription, on=at("2026-05-01"))
    assert (ended.refund_due, paid_by(ended.invoice)) == (
        euros("0.00"),
        [("gift", "20.00")],
    )


def test_what_a_period_used_is_used():
    """A gift paid April; May is paid with money, and all of it is money again."""
    first = opened("20.00", gift("20.00"))
    may = renew(first.subscription, on=at("2026-05-01"))
    ended = change(may.subscription, Cancel(), on=at("2026-05-01"))
    assert (ended.refund_due, paid_by(ended.invoice)) == (euros("20.00"), [])


def test_one_kind_with_one_last_day_is_one_lot():
    first = opened("0.00", gift("5.00", JUNE), gift("7.00", JUNE))
    more = GrantCredit(euros("3.00"), "more", GIFT, JUNE)
    granted = change(first.subscription, more, on=JUNE)
    assert left(granted.subscription) == [("gift", "15.00")]


def test_plain_money_is_the_balance_as_before():
    first = opened("60.00", credit=euros("70.00"))
    assert first.subscription.credit_lots == ()
    assert first.subscription.credit_balance == euros("10.00")
    assert first.invoice.credit_lots == ()
    plain = GrantCredit(euros("5.00"), "sorry")
    assert plain.kind is PAID
    granted = change(first.subscription, plain, on=at("2026-04-02"))
    assert granted.subscription.credit_balance == euros("15.00")


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "500"), ("KWD", "0.500")])
def test_other_currencies(currency, amount):
    """A gift of half the price; all of it comes back that day."""
    money = Money(amount, currency)
    first = subscribe(
        plan(str(2 * money.amount), currency),
        id="acme",
        interval=MONTHLY,
        seats=1,
        on=at("2026-04-01"),
        rules=AT_ONCE,
        credit=[CreditLot(money, GIFT)],
    )
    assert first.invoice.amount_due == money
    ended = change(first.subscription, Cancel(), on=at("2026-04-01"))
    assert ended.refund_due == money


def test_a_trial_keeps_its_credit_for_the_first_invoice():
    first = opened("20.00", gift("20.00"), trial_end=at("2026-04-15"))
    assert left(first.subscription) == [("gift", "20.00")]
    paid = renew(first.subscription, on=at("2026-04-15"))
    assert paid.invoice.amount_due == euros("0.00")


def test_an_adopted_customer_brings_lots():
    known = opened("60.00", gift("80.00", JUNE)).subscription
    taken = adopt(
        known.plan,
        id="acme",
        interval=MONTHLY,
        seats=1,
        current_period=known.current_period,
        charged=known.charges,
        rules=AT_ONCE,
        credit_lots=known.credit_lots,
        version=known.version,
    )
    assert taken == known
    ended = change(taken, Cancel(), on=at("2026-04-16"))
    assert (ended.refund_due, paid_by(ended.invoice)) == (
        euros("0.00"),
        [("gift", "30.00")],
    )


# Notes and corrections.


def test_a_note_gives_a_gift_back_to_its_lot():
    """Source: erpnext#16244, odoo#19366, with a gift in the place of the balance.

    100.00, of which 20.00 from a gift and 30.00 paid: a note of 60.00 takes 50.00 off
    what is open and gives 10.00 back; one of 40.00 more 20.00, and 20.00 to the gift.
    """
    first = opened("100.00", gift("20.00", JUNE))
    notes = []
    for amount in ("60.00", "40.00"):
        notes.append(
            credit_note(
                first.invoice,
                amount=euros(amount),
                reason="goodwill",
                issued_on=at("2026-04-10"),
                previous=notes,
            )
        )
    one, two = split_credit(first.invoice, notes, paid=euros("30.00"))
    assert (one.off_open, one.refunded, one.to_balance) == (
        euros("50.00"),
        euros("10.00"),
        euros("0.00"),
    )
    assert one.lots == ()
    assert (two.refunded, two.to_balance) == (euros("20.00"), euros("20.00"))
    assert two.lots == (gift("20.00", JUNE),)
    assert load(dump(two)) == two


def test_a_note_gives_money_of_the_balance_back_before_a_gift():
    """30.00: 10.00 of a gift, then 20.00 of the balance; a note of 25.00."""
    lots = gift("10.00", JUNE), CreditLot(euros("20.00"), PAID)
    invoice = opened("30.00", *lots).invoice
    note = credit_note(
        invoice, amount=euros("25.00"), reason="goodwill", issued_on=at("2026-04-10")
    )
    combined = combine([invoice], key="all")
    assert combined.credit_lots == (gift("10.00", JUNE),)
    (split,) = split_credit(invoice, [note], paid=euros("0.00"))
    assert (split.to_balance, split.lots) == (euros("25.00"), (gift("5.00", JUNE),))


def test_a_split_sends_no_more_to_lots_than_to_credit():
    with pytest.raises(OutOfBoundsError) as refusal:
        CreditSplit(
            note_key="n",
            off_open=euros("0.00"),
            refunded=euros("0.00"),
            to_balance=euros("1.00"),
            lots=[gift("2.00")],
        )
    assert refusal.value.name == "lots"


def test_a_corrected_history_pays_out_no_gift():
    """It ended on the 16th, not on the 1st of May: half of the month comes back."""
    opening = opened("60.00", gift("50.00"))
    granted = (at("2026-04-02"), GrantCredit(euros("5.00"), "gift", GIFT))
    history = [granted, (at("2026-04-16"), Cancel())]
    found = rebill(opening, opening.invoices, history, until=at("2026-05-01"))
    assert found.refund_due == euros("10.00")  # of 30.00, 20.00 are the gift's
    unlotted = opened("60.00")
    late = [(at("2026-04-02"), (GrantCredit(euros("5.00"), "gift", GIFT), Cancel()))]
    found = rebill(unlotted, unlotted.invoices, late, until=at("2026-05-01"))
    assert found.refund_due == euros("58.00")  # 60.00 × 29/30


# Doors.


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"credit": [gift("0.00")]}, OutOfBoundsError),
        ({"credit": euros("0.00")}, OutOfBoundsError),
        (
            {"credit": [attrs.evolve(gift("1.00"), spent=euros("1.00"))]},
            OutOfBoundsError,
        ),
        ({"credit": [gift("1.00", at("2026-03-31"))]}, OutOfOrderError),
        ({"credit": Money("1.00", "USD")}, CurrencyMismatchError),
        (
            {"credit": [gift("1.00", dt.datetime(2027, 1, 1, tzinfo=dt.UTC))]},
            MixedTimeError,
        ),
        ({"credit": "1.00"}, TypeError),
    ],
)
def test_credit_is_checked_at_the_door(asked, error):
    with pytest.raises(error):
        opened("60.00", **asked)


def test_a_grant_whose_day_has_gone_by_is_refused():
    sub = opened().subscription
    late = GrantCredit(euros("1.00"), "late", GIFT, at("2026-04-09"))
    with pytest.raises(OutOfOrderError):
        change(sub, late, on=at("2026-04-10"))
    assert left(change(sub, late, on=at("2026-04-09")).subscription)
    other = GrantCredit(Money("1.00", "USD"), "other", GIFT)
    with pytest.raises(CurrencyMismatchError):
        change(sub, other, on=at("2026-04-10"))


def test_lots_are_checked():
    with pytest.raises(OutOfBoundsError):
        gift("-1.00")
    with pytest.raises(CurrencyMismatchError):
        CreditLot(euros("1.00"), GIFT, spent=Money("1.00", "USD"))
    sub, invoice = opened().subscription, opened().invoice
    dollars = CreditLot(Money("1.00", "USD"), GIFT)
    for value in (sub, invoice):
        with pytest.raises(CurrencyMismatchError):
            attrs.evolve(value, credit_lots=[dollars])
        with pytest.raises(DuplicateError):
            attrs.evolve(value, credit_lots=[gift("1.00"), gift("2.00")])
        instant = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
        with pytest.raises(MixedTimeError):
            attrs.evolve(value, credit_lots=[gift("1.00", instant)])
    with pytest.raises(OutOfBoundsError):
        attrs.evolve(sub, credit_lots=[CreditLot(euros("1.00"), PAID)])
    more = attrs.evolve(invoice, credit_lots=[gift("1.00", JUNE)])
    assert [found.where for found in verify(more)] == ["credit_lots"]


# Words and data.


def test_documents_of_today_are_written_as_before():
    plain = opened()
    for value in (plain.subscription, plain.invoice):
        assert "credit_lots" not in dump(value)["value"]
    grant = GrantCredit(euros("1.00"), "sorry")
    assert dump(grant)["value"].keys() == {"change", "amount", "reason"}
    for value in (
        opened("60.00", gift("50.00", JUNE)),
        GrantCredit(euros("1.00"), "sorry", GIFT, JUNE),
        gift("1.00"),
    ):
        assert load(dump(value)) == value


def test_documents_say_until_when_credit_is_valid():
    first = opened("60.00", gift("50.00", JUNE), gift("20.00"))
    shown = to_text(first.invoice, locale="en_US")
    assert "Gift, valid until Jun 30, 2026" in shown
    assert "-€50.00" in shown
    assert "-€10.00" in shown
    assert "Credit applied" not in shown
    today = at("2026-04-01")
    page = to_text(billing_view(first.subscription, on=today), locale="en_US")
    assert "Gift" in page
    assert "valid until" not in page  # nothing is left of it
    ended = change(first.subscription, Cancel(), on=at("2026-04-01"))
    assert "The total is negative (document type 381)." in to_text(
        ended.invoice, locale="en_US"
    )
    voucher = opened("5.00", CreditLot(euros("9.00"), PAID, JUNE))
    page = to_text(billing_view(voucher.subscription, on=today), locale="de_DE")
    assert "Guthaben, gültig bis 30.06.2026" in page


def test_words_of_grants():
    words = {
        GrantCredit(euros("5.00"), "hi", GIFT): "Give a gift of €5.00 (reason: hi)",
        GrantCredit(euros("5.00"), "hi", GIFT, JUNE): (
            "Give a gift of €5.00, valid until Jun 30, 2026 (reason: hi)"
        ),
        GrantCredit(euros("5.00"), "hi", PAID, JUNE): (
            "Grant a credit of €5.00, valid until Jun 30, 2026 (reason: hi)"
        ),
        GrantCredit(euros("5.00"), "hi"): "Grant a credit of €5.00 (reason: hi)",
    }
    for grant, said in words.items():
        assert describe(grant, "en_US") == said


# Any history.

STEPS = st.sampled_from(
    [
        AddSeats(1),
        SetSeats(1),
        RemoveSeats(1),
        SwitchPlan(plan("20.00", rank=-1)),
        SwitchPlan(plan("90.00", rank=1)),
        BuyService(Service("setup", "Setup", euros("25.00"))),
        GrantCredit(euros("40.00"), "gift", GIFT),
        GrantCredit(euros("30.00"), "gift", GIFT, at("2026-05-20")),
        GrantCredit(euros("15.00"), "voucher", PAID, at("2026-06-10")),
        GrantCredit(euros("10.00"), "sorry"),
        Cancel(),
    ]
)


@given(
    steps=st.lists(st.tuples(st.integers(0, 20), STEPS), max_size=12),
    settlement=st.sampled_from(Settlement),
    order=st.sampled_from(CreditOrder),
    wait=st.integers(0, 60),
)
@settings(max_examples=60, deadline=None)
def test_no_gift_becomes_money_in_any_history(steps, settlement, order, wait):
    rules = attrs.evolve(AT_ONCE, settlement=settlement, credit_order=order)
    opening = opened("60.00", gift("50.00", at("2026-05-10")), rules=rules)
    day, entries = at("2026-04-01"), []
    for days, step in steps:
        day += dt.timedelta(days)
        entries.append((day, step))
    history = History.of(opening, entries, until=day + dt.timedelta(wait))
    check(history)
    assert bill(opening, history.entries, until=history.until).invoices == (
        history.invoices
    )
