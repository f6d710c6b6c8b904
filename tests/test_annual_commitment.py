"""An annual commitment, rule by rule, and a year of it worked out by hand.

A seat of Growth costs 30.00 a month, from 1 July 27.00: 20 seats, from 1 April 30, from
1 July 50.  Tax is 19 % on top.  May has 31 days.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from seatbill import (
    MONTHLY,
    AddSeats,
    Cancel,
    Money,
    RecordUsage,
    RemoveSeats,
    SetTerm,
    SwitchPlan,
    TaxRate,
    Timing,
    bill,
    change,
    renew,
    subscribe,
    verify,
)
from seatbill.converters import bill_request, dump, load, parse, read_request
from seatbill.errors import LateNoticeError
from seatbill.revenue import recognize
from seatbill.rulebooks.annual_commitment import CATALOG, RAMP, RULES, TERM
from seatbill.testing import laws
from seatbill.testing.histories import History
from stories import at, digits, sum_of, when

GROWTH, SCALE = CATALOG.plans
VAT = TaxRate("vat", "0.19")

YEAR = [
    ("2026-01-01", *RAMP),
    ("2026-02-10", RecordUsage(24)),
    ("2026-05-17", AddSeats(3)),
    ("2026-06-20", RecordUsage(35)),
    ("2026-08-20", RecordUsage(53)),
    ("2026-09-10", RemoveSeats(10, occupied=40)),
    ("2026-09-25", RecordUsage(40)),
]

BILLED = [
    "2026-01-01: +600.00 tax +114.00 = 714.00",  # 20 × 30.00
    "2026-02-01: +600.00 tax +114.00 = 714.00",
    "2026-03-01: +600.00 tax +114.00 = 714.00",
    # 4 × 30.00 × 3 beyond, and 30 × 30.00; 19 % of 1260.00
    "2026-04-01: +360.00 +900.00 tax +239.40 = 1499.40",
    "2026-05-01: +900.00 tax +171.00 = 1071.00",
    "2026-05-17: +43.55 tax +8.27 = 51.82",  # 3 × 30.00 × 15/31 = 43.548…; 8.2745
    "2026-06-01: +990.00 tax +188.10 = 1178.10",  # 33 × 30.00
    # 2 × 30.00 × 3 beyond, at the prices of their quarter, and 50 × 27.00
    "2026-07-01: +180.00 +1350.00 tax +290.70 = 1820.70",
    "2026-08-01: +1350.00 tax +256.50 = 1606.50",
    "2026-09-01: +1350.00 tax +256.50 = 1606.50",
    # 3 × 27.00 × 3 beyond; 10 were given up, and stay
    "2026-10-01: +243.00 +1350.00 tax +302.67 = 1895.67",
    "2026-11-01: +1350.00 tax +256.50 = 1606.50",
    "2026-12-01: +1350.00 tax +256.50 = 1606.50",
    "2027-01-01: +1080.00 tax +205.20 = 1285.20",  # 40 × 27.00
]


def start(**more):
    return subscribe(
        GROWTH,
        id="werk",
        interval=MONTHLY,
        seats=20,
        on=at("2026-01-01"),
        rules=RULES,
        tax_rates=[VAT],
        term=TERM,
        **more,
    )


def history():
    return [(at(day), changes) for day, *changes in YEAR]


def year():
    return bill(start(), history(), until=at("2027-01-01"))


def standing(day: str):
    """Return the subscription on a day of the year."""
    until = [(on, changes) for on, changes in history() if on <= at(day)]
    return bill(start(), until, until=at(day)).subscription


def waits(sub):
    """Return what waits and for when, but for the steps."""
    steps = ("2026-04-01", "2026-07-01")
    return [
        (getattr(update.value, "id", update.value), when(update.applies_on))
        for update in sub.pending_updates
        if when(update.applies_on) not in steps
    ]


def test_the_price_list_is_sound_and_the_notice_needs_the_term():
    assert CATALOG.problems() == ()
    assert [found.code for found in RULES.problems()] == ["notice_longer_than_period"]


@pytest.mark.rule("AC-1")
@pytest.mark.rule("AC-2")
@pytest.mark.rule("AC-3")
@pytest.mark.rule("AC-4")
@pytest.mark.rule("AC-6")
def test_a_year_comes_to_these_invoices():
    statement = year()
    assert [f"{when(i.issued_on)}: {sum_of(i)}" for i in statement.invoices] == BILLED
    assert [verify(i) for i in statement.invoices] == [()] * len(BILLED)
    total = Money.total([i.total for i in statement.invoices], "EUR")
    assert digits(total) == "17369.89"


def test_the_year_is_earned_to_the_cent():
    for invoice in year().invoices:
        earned = recognize(invoice).totals
        assert Money.total([p.amount for p in earned], "EUR") == invoice.subtotal


def test_the_year_holds_every_law():
    """Single calls, cuts, previews, JSON, arithmetic: all come to the same."""
    lived = History.of(start(), history(), until=at("2027-01-01"))
    assert lived.refused == ()
    laws.check(lived)
    statement = year()
    assert load(dump(statement)) == statement


@pytest.mark.rule("AC-5")
def test_less_waits_for_the_end_of_the_year():
    sub = standing("2026-08-20")
    for asked, value in (
        (RemoveSeats(10, occupied=40), 40),
        (Cancel("moved"), "moved"),
    ):
        outcome = change(sub, asked, on=at("2026-09-10"))
        assert outcome.invoices[1:] == ()  # September's alone
        assert waits(outcome.subscription) == [(value, "2027-01-01")]
    higher = change(sub, SwitchPlan(SCALE), on=at("2026-08-20")).subscription
    lower = change(higher, SwitchPlan(GROWTH), on=at("2026-08-21")).subscription
    assert waits(lower) == [("growth", "2027-01-01")]


@pytest.mark.rule("AC-7")
def test_a_count_stands_until_the_next_one():
    """Without the count of 25 September: 3 × 27.00 × 3 = 243.00 on 1 January too."""
    statement = bill(start(), history()[:-1], until=at("2027-01-01"))
    assert sum_of(statement.invoices[-1]) == (
        "+243.00 +1080.00 tax +251.37 = 1574.37"  # 19 % of 1323.00
    )


@pytest.mark.rule("AC-8")
def test_notice_is_sixty_days_before_the_end_of_the_year():
    """30 days of November after the 1st, 29, and 31 of December: 60 on the 2nd."""
    sub = standing("2026-10-01")
    for day, end in (("2026-11-02", "2027-01-01"), ("2026-11-03", "2028-01-01")):
        asked = change(sub, Cancel(), on=at(day))
        assert when(asked.effective_on) == end
    assert change(sub, SetTerm(None), on=at("2026-11-02")).subscription.term
    with pytest.raises(LateNoticeError):
        change(sub, SetTerm(None), on=at("2026-11-03"))


@pytest.mark.rule("AC-9")
def test_another_year_follows():
    statement = year()
    running = statement.subscription.term
    assert (when(running.period.start), when(running.period.end)) == (
        "2027-01-01",
        "2028-01-01",
    )
    told = [n.code for o in statement.outcomes for n in o.notices]
    assert told.count("term_renewed") == 1
    let_go = change(standing("2026-10-01"), SetTerm(None), on=at("2026-10-20"))
    after = renew(let_go.subscription, on=at("2027-01-01")).subscription
    assert after.term is None
    assert after.quantity("seat") == 40


@pytest.mark.rule("AC-10")
def test_leaving_in_the_year_costs_half_of_what_is_left():
    """On 25 August September to December are left: 50 × 27.00 × 4 / 2 = 2700.00.

    3 × 27.00 × 3 = 243.00 beyond; 19 % of 2943.00 is 559.17.
    """
    left = change(
        standing("2026-08-20"),
        Cancel("sold"),
        on=at("2026-08-25"),
        timing=Timing.IMMEDIATE,
    )
    assert sum_of(left.invoice) == "+243.00 +2700.00 tax +559.17 = 3502.17"
    assert verify(left.invoice) == ()
    assert when(left.subscription.ended_on) == "2026-08-25"


def test_the_year_is_an_example_for_the_shell():
    path = Path(__file__).parents[1] / "examples" / "annual-commitment.json"
    asked = read_request(parse(path.read_text(encoding="utf-8")))
    assert (asked.rules, asked.plan, asked.term) == (RULES, GROWTH, TERM)
    assert [(when(e.on), *e.changes) for e in asked.changes] == YEAR
    invoices = bill_request(asked).invoices
    assert [f"{when(i.issued_on)}: {sum_of(i)}" for i in invoices] == BILLED
