"""Seats with credits, rule by rule, and a year of it worked out by hand.

A seat costs 12.00 a month with Team and 20.00 with Business, in packs of five; a month
brings 100 and 250 credits with each.  A pack of 1000 credits costs 15.00.  Tax is 20 %
on top.  January, March and December have 31 days.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from seatbill import (
    MONTHLY,
    AddSeats,
    BuyService,
    Cancel,
    GrantCredit,
    Money,
    RemoveSeats,
    SwitchPlan,
    TaxRate,
    bill,
    change,
    credit_note,
    subscribe,
    verify,
)
from seatbill.allowances import allowance_periods
from seatbill.converters import bill_request, dump, load, parse, read_request
from seatbill.credit import CreditKind, CreditLot
from seatbill.errors import BatchError
from seatbill.revenue import recognize
from seatbill.rulebooks.seats_with_credits import (
    ALLOWANCES,
    CATALOG,
    CREDITS,
    RULES,
    TOP_UP,
    WELCOME,
)
from seatbill.testing import laws
from seatbill.testing.histories import History
from seatbill.wallets import Wallet, buy, decide, end, settle
from stories import at, digits, sum_of, when

TEAM, BUSINESS = CATALOG.plans
PACK = CATALOG.service("pack-1000")
VAT = TaxRate("vat", "0.20")


def eur(amount: str) -> Money:
    return Money(amount, "EUR")


YEAR = [
    ("2026-01-16", AddSeats(5)),
    ("2026-03-16", SwitchPlan(BUSINESS)),
    ("2026-04-28", BuyService(PACK)),
    ("2026-05-20", GrantCredit(eur("50.00"), "outage")),
    ("2026-06-15", RemoveSeats(5, occupied=10)),
    ("2026-09-10", SwitchPlan(TEAM)),
    ("2026-10-20", BuyService(PACK)),
    (
        "2026-11-15",
        GrantCredit(eur("60.00"), "loyalty", CreditKind.GIFT, at("2026-12-31")),
    ),
    ("2026-12-04", Cancel("the project is over")),
]

# Lines, tax, total, and what is to be paid where credit pays a part.
BILLED = [
    "2026-01-01: +120.00 tax +24.00 = 144.00 due 0.00",  # 10 × 12.00; gift 256.00 left
    # 5 × 12.00 × 16/31 = 30.9677…, tax 6.194; gift 218.84 left
    "2026-01-16: +30.97 tax +6.19 = 37.16 due 0.00",
    "2026-02-01: +180.00 tax +36.00 = 216.00 due 0.00",  # 15 × 12.00; gift 2.84 left
    "2026-03-01: +180.00 tax +36.00 = 216.00",  # which lapsed
    # 180.00 and 300.00 × 16/31 = 92.9032… and 154.8387…; tax of 61.94 is 12.388
    "2026-03-16: -92.90 +154.84 tax +12.39 = 74.33",
    "2026-04-01: +300.00 tax +60.00 = 360.00",  # 15 × 20.00
    "2026-04-28: +15.00 tax +3.00 = 18.00",  # a pack
    "2026-05-01: +300.00 tax +60.00 = 360.00",
    "2026-06-01: +300.00 tax +60.00 = 360.00 due 310.00",  # 50.00 for the outage
    "2026-07-01: +200.00 tax +40.00 = 240.00",  # 10 × 20.00
    "2026-08-01: +200.00 tax +40.00 = 240.00",
    "2026-09-01: +200.00 tax +40.00 = 240.00",
    "2026-10-01: +120.00 tax +24.00 = 144.00",  # 10 × 12.00
    "2026-10-20: +15.00 tax +3.00 = 18.00",
    "2026-11-01: +120.00 tax +24.00 = 144.00",
    "2026-12-01: +120.00 tax +24.00 = 144.00 due 84.00",  # 60.00 as a gift
    # 120.00 × 28/31 = 108.387…, tax 21.678; it goes back, so nothing is due
    "2026-12-04: -108.39 tax -21.68 = -130.07 due 0.00",
]

USED = [
    ("2026-01-31", 900),
    ("2026-02-28", 1200),
    ("2026-03-31", 2000),
    ("2026-04-28", 5200),
    ("2026-05-31", 3000),
    ("2026-06-30", 3750),
    ("2026-07-31", 3000),
    ("2026-08-31", 2500),
    ("2026-09-30", 1000),
    ("2026-10-20", 1800),
    ("2026-11-30", 1000),
    ("2026-12-03", 100),
]

# Carried in, granted, used, over, carried out, lapsed.
CREDITS_BY_MONTH = [
    (0, 1258, 900, 0, 358, 0),  # 10 × 100 + 5 × 100 × 16/31 = 258.06…
    (358, 1500, 1200, 0, 500, 158),  # 15 × 100
    (500, 2661, 2000, 0, 500, 661),  # 1500 + 15 × 150 × 16/31 = 1161.29…
    (500, 3750, 5200, 950, 0, 0),  # 15 × 250
    (0, 3750, 3000, 0, 500, 250),
    (500, 3750, 3750, 0, 500, 0),
    (500, 2500, 3000, 0, 0, 0),  # 10 × 250
    (0, 2500, 2500, 0, 0, 0),
    (0, 2500, 1000, 0, 500, 1000),
    (500, 1000, 1800, 300, 0, 0),  # 10 × 100
    (0, 1000, 1000, 0, 0, 0),
    (0, 1000, 100, 0, 0, 900),  # the end
]


def start(**more):
    return subscribe(
        TEAM,
        id="atelier",
        interval=MONTHLY,
        seats=10,
        on=at("2026-01-01"),
        rules=RULES,
        tax_rates=[VAT],
        credit=[WELCOME],
        **more,
    )


def year():
    history = [(at(day), asked) for day, asked in YEAR]
    return start(), bill(start(), history, until=at("2026-12-31"))


def told(statement):
    """Return the days and the codes of what the customer is told."""
    return [
        (when(outcome.on), notice.code)
        for outcome in statement.outcomes
        for notice in outcome.notices
    ]


def test_the_price_list_is_sound():
    assert (CATALOG.problems(), RULES.problems()) == ((), ())


@pytest.mark.rule("SC-2")
@pytest.mark.rule("SC-3")
@pytest.mark.rule("SC-9")
@pytest.mark.rule("SC-10")
def test_a_year_comes_to_these_invoices():
    _, statement = year()
    assert [f"{when(i.issued_on)}: {sum_of(i)}" for i in statement.invoices] == BILLED
    assert [verify(i) for i in statement.invoices] == [()] * len(BILLED)


def test_the_year_adds_up():
    """2825.42 in all: 2364.33 as money, 411.09 by gifts, 50.00 for the outage.

    Gifts: 144.00 + 37.16 + 216.00, and 60.00 − 46.07 that came back.
    """
    _, statement = year()
    total = Money.total([i.total for i in statement.invoices], "EUR")
    due = Money.total([i.amount_due for i in statement.invoices], "EUR")
    assert digits(total) == "2825.42"
    assert digits(due - statement.outcomes[-1].refund_due) == "2364.33"


def test_the_year_is_earned_to_the_cent():
    """Every line is earned in its months: without taxes that is what it comes to."""
    _, statement = year()
    for invoice in statement.invoices:
        earned = recognize(invoice).totals
        assert Money.total([p.amount for p in earned], "EUR") == invoice.subtotal


def test_the_year_holds_every_law():
    """Single calls, cuts, previews, JSON, arithmetic: all come to the same."""
    opening, statement = year()
    history = [(at(day), asked) for day, asked in YEAR]
    lived = History.of(opening, history, until=at("2026-12-31"))
    assert lived.refused == ()
    laws.check(lived)
    assert load(dump(statement)) == statement


@pytest.mark.rule("SC-1")
def test_seats_are_sold_in_packs_of_five():
    with pytest.raises(BatchError) as refusal:
        change(start().subscription, AddSeats(3), on=at("2026-01-16"))
    assert (refusal.value.asked, refusal.value.nearest) == (13, (10, 15))


@pytest.mark.rule("SC-11")
def test_what_is_left_of_the_gift_lapses_and_the_customer_is_told():
    opening, statement = year()
    paid = [i.credit_applied for i in statement.invoices[:4]]
    assert [digits(amount) for amount in paid] == ["144.00", "37.16", "216.00", "0.00"]
    (lot,) = opening.subscription.credit_lots
    assert (digits(lot.amount), lot.kind, when(lot.expires_on)) == (
        "256.00",
        "gift",
        "2026-02-28",
    )
    (notice,) = [
        notice
        for outcome in statement.outcomes
        for notice in outcome.notices
        if notice.code == "credit_lapsed"
    ]
    assert str(notice) == (
        "A gift of 2.84 EUR lapsed, as it was valid until 2026-02-28."
    )


@pytest.mark.rule("SC-12")
def test_what_lapses_first_pays_first():
    """Of 144.00 the gift of 60.00 pays before the 50.00 that never lapse."""
    opening = subscribe(
        TEAM,
        id="atelier",
        interval=MONTHLY,
        seats=10,
        on=at("2026-01-01"),
        rules=RULES,
        tax_rates=[VAT],
        credit=[
            CreditLot(eur("50.00"), CreditKind.PAID),
            CreditLot(eur("120.00"), CreditKind.GIFT, at("2026-12-31")),
        ],
    )
    assert digits(opening.invoice.amount_due) == "0.00"
    assert digits(opening.subscription.credit_balance) == "26.00"
    assert digits(opening.subscription.credit_on(at("2026-02-01"))) == "26.00"


@pytest.mark.rule("SC-13")
def test_the_end_gives_money_back_and_no_gift():
    """Of 144.00 for December 84.00 were paid with money; 130.07 come back."""
    _, statement = year()
    last = statement.outcomes[-1]
    assert digits(last.refund_due) == "84.00"
    gifts = [n.value("amount") for n in last.notices if n.code == "gift_ended"]
    assert [digits(amount) for amount in gifts] == ["46.07"]
    assert when(statement.subscription.ended_on) == "2026-12-04"
    assert statement.subscription.credit_lots == ()


def test_the_customer_is_told_what_ends():
    _, statement = year()
    assert told(statement) == [
        ("2026-03-16", "credit_lapsed"),  # the first call that sees 1 March
        ("2026-09-10", "plan_scheduled"),
        ("2026-12-04", "gift_ended"),
    ]


@pytest.mark.rule("SC-4")
@pytest.mark.rule("SC-5")
@pytest.mark.rule("SC-6")
def test_each_seat_brings_credits_with_each_month():
    opening, statement = year()
    months = allowance_periods(
        ALLOWANCES,
        [opening, *statement.outcomes],
        used=[(at(day), units) for day, units in USED],
        on=at("2026-12-31"),
    )
    assert [
        (m.carried_in, m.granted, m.used, m.over, m.carried_out, m.lapsed)
        for m in months
    ] == CREDITS_BY_MONTH
    assert when(months[-1].end) == "2026-12-04"


@pytest.mark.rule("SC-7")
@pytest.mark.rule("SC-8")
@pytest.mark.rule("SC-14")
def test_packs_pay_what_the_seats_did_not_bring():
    """950 in April and 300 in October; 50 lapse, 700 go back: 15.00 × 700/1000."""
    wallet = Wallet(CREDITS, top_up=TOP_UP)
    left = []
    for day, over in (("2026-04-28", 950), ("2026-10-20", 300)):
        asked = {"units": over, "purpose": "beyond the allowance"}
        wanted = decide(wallet, on=at(day), **asked)
        assert (wanted.spent, wanted.purchase.quantity) == (0, 1)
        wallet = settle(wanted.wallet, wanted.purchase.number)
        spent = decide(wallet, on=at(day), **asked)
        assert (spent.spent, spent.purchase) == (over, None)
        wallet = spent.wallet
        left.append((wanted.lapsed, wallet.balance))
        first = at("2026-07-27")
        assert wallet.balance_on(first) == (50 if day < "2026-07" else 700)
    assert left == [(0, 50), (50, 700)]
    over = end(wallet, on=at("2026-12-04"))
    assert (over.returned, digits(over.refund_due)) == (700, "10.50")


@pytest.mark.rule("SC-9")
def test_a_pack_is_a_line_of_the_subscriptions_invoice():
    sub = start().subscription
    ordered = buy(Wallet(CREDITS), "1000", on=at("2026-01-20")).purchase
    day = at("2026-01-20")
    named, made = (
        change(sub, asked, on=day).invoice
        for asked in (BuyService(PACK), BuyService.of(ordered))
    )
    assert named.lines == made.lines
    assert sum_of(named) == "+15.00 tax +3.00 = 18.00 due 0.00"


@pytest.mark.rule("SC-14")
def test_what_goes_back_of_a_pack_is_a_credit_note_with_its_tax():
    """15.00 × 700/1000 = 10.50, and 20 % of it."""
    _, statement = year()
    (bought,) = [i for i in statement.invoices if when(i.issued_on) == "2026-10-20"]
    note = credit_note(
        bought,
        lines={0: eur("10.50")},
        reason="order_changed",
        issued_on=at("2026-12-04"),
    )
    assert (digits(note.subtotal), digits(note.tax)) == ("10.50", "2.10")
    assert digits(note.total) == "12.60"


def test_the_year_is_an_example_for_the_shell():
    path = Path(__file__).parents[1] / "examples" / "seats-with-credits.json"
    asked = read_request(parse(path.read_text(encoding="utf-8")))
    assert (asked.rules, asked.plan, asked.credit) == (RULES, TEAM, (WELCOME,))
    assert [(when(e.on), *e.changes) for e in asked.changes] == YEAR
    invoices = bill_request(asked).invoices
    assert [f"{when(i.issued_on)}: {sum_of(i)}" for i in invoices] == BILLED
