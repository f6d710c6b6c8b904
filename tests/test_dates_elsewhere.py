"""Dates that were moved, as revenue, corrections, explanations and pictures know them.

One seat at 30.00 a month from 1 April 2026 unless a row says otherwise, in three
currencies, without and with tax of 20 %; figures are worked out by hand.
"""

from __future__ import annotations

import pytest

from seatbill import (
    AddSeats,
    BillingRules,
    EndPause,
    EndTrial,
    Extend,
    Freeze,
    Money,
    MoveBillingDay,
    Pause,
    TaxRate,
    Unfreeze,
    bill,
    mrr,
    recognize,
    verify,
)
from seatbill.documents import timeline_svg
from seatbill.rebilling import rebill
from seatbill.reviews import reconcile
from stories import Story, at, plan

VAT = TaxRate("VAT", "0.20")
FREEZES = BillingRules(max_freeze_days=60)
PRICES = {"USD": "30.00", "JPY": "300", "KWD": "3.000"}


def lived(*history, until, currency="USD", tax=False, on="2026-04-01", **more):
    """Return the opening, the entries, and the bill through *until*."""
    rates = [VAT] if tax else []
    sold = plan(PRICES[currency], currency)
    opening = Story(sold, on, tax_rates=rates, rules=FREEZES, **more).opening
    entries = [(at(day), changes) for day, changes in history]
    return opening, entries, bill(opening, entries, until=at(until))


def totals(statement):
    """Return each invoice as its day and its total."""
    return [
        f"{invoice.issued_on:%m-%d} {invoice.total.amount:f}"
        for invoice in statement.invoices
    ]


GIVEN = ("2026-04-10", Extend(7)), ("2026-04-16", AddSeats(1))
MOVED = (("2026-04-10", MoveBillingDay(15)),)
PAUSED = ("2026-04-10", Pause(2)), ("2026-05-16", EndPause())
FROZEN = ("2026-04-11", Freeze()), ("2026-04-21", Unfreeze())
TRIED = (("2026-04-16", EndTrial()),)
TRIAL = {"trial_end": "2026-05-01"}

ROWS = [
    # 15 of 30 days for the second seat; the next period starts on 8 May
    (GIVEN, "2026-05-08", {}, ["04-01", "04-16", "05-08"], (1, (15, 30), 2)),
    # 14 of the 30 days from 15 April
    (MOVED, "2026-05-15", {}, ["04-01", "05-01", "05-15"], (1, (14, 30), 1)),
    # 16 of the 31 days of May
    (PAUSED, "2026-06-01", {}, ["04-01", "05-16", "06-01"], (1, (16, 31), 1)),
    (FROZEN, "2026-05-11", {}, ["04-01", "05-11"], (1, 1)),
    (TRIED, "2026-05-16", TRIAL, ["04-16", "05-16"], (1, 1)),
]
IDS = ["given", "moved", "paused", "frozen", "trial ended"]

# By hand, with halves up: 30.00, 300 and 3.000 times 1, 15/30, 14/30, 16/31 and 2; each
# with its tax.
FIGURES = {
    "USD": {
        1: ("30.00", "36.00"),
        2: ("60.00", "72.00"),
        (15, 30): ("15.00", "18.00"),
        (14, 30): ("14.00", "16.80"),
        (16, 31): ("15.48", "18.58"),  # 3.096 of tax
    },
    "JPY": {
        1: ("300", "360"),
        2: ("600", "720"),
        (15, 30): ("150", "180"),
        (14, 30): ("140", "168"),
        (16, 31): ("155", "186"),  # 154.84
    },
    "KWD": {
        1: ("3.000", "3.600"),
        2: ("6.000", "7.200"),
        (15, 30): ("1.500", "1.800"),
        (14, 30): ("1.400", "1.680"),
        (16, 31): ("1.548", "1.858"),  # 0.3096 of tax
    },
}


@pytest.mark.parametrize("tax", [False, True])
@pytest.mark.parametrize("currency", PRICES)
@pytest.mark.parametrize(("history", "until", "more", "days", "parts"), ROWS, ids=IDS)
def test_a_history_with_a_moved_date_is_billed_and_found_right(
    history, until, more, days, parts, currency, tax
):
    _, _, statement = lived(*history, until=until, currency=currency, tax=tax, **more)
    known = FIGURES[currency]
    wanted = [
        f"{day} {known[part][tax]}" for day, part in zip(days, parts, strict=True)
    ]
    assert totals(statement) == wanted
    for invoice in statement.invoices:
        assert verify(invoice) == ()
        assert reconcile(invoice, statement).is_right
    earned = [part for i in statement.invoices for part in recognize(i).totals]
    net = [i.subtotal for i in statement.invoices]
    assert Money.total([part.amount for part in earned], currency) == Money.total(
        net, currency
    )


@pytest.mark.parametrize(("history", "until", "more", "days", "parts"), ROWS, ids=IDS)
@pytest.mark.parametrize("forgotten", [True, False])
def test_a_date_that_was_forgotten_or_never_moved_is_set_right(
    history, until, more, days, parts, forgotten
):
    """What was issued and what sets it right come to the bill of the true history."""
    opening, entries, statement = lived(*history, until=until, tax=True, **more)
    truth, told = (entries, []) if forgotten else ([], entries)
    issued = bill(opening, told, until=at(until)).invoices
    found = rebill(opening, issued, truth, until=at(until))
    wanted = bill(opening, truth, until=at(until)).invoices
    documents = [i.total for i in issued] + [-note.total for note in found.credit_notes]
    if found.invoice is not None:
        documents.append(found.invoice.total)
    assert Money.total(documents, "USD") == Money.total(
        [i.total for i in wanted], "USD"
    )
    assert found.statement.invoices == wanted
    if forgotten:
        assert (
            found.subscription.current_period == statement.subscription.current_period
        )


@pytest.mark.parametrize(("history", "until", "more", "days", "parts"), ROWS, ids=IDS)
def test_a_picture_of_a_moved_date_is_drawn(history, until, more, days, parts):
    _, _, statement = lived(*history, until=until, **more)
    drawn = timeline_svg(statement)
    assert drawn.count("<svg") == drawn.count("</svg>") == 1
    assert ("Paused" in drawn) == (history is PAUSED)
    assert ("Frozen" in drawn) == (history is FROZEN)
    assert ("Trial" in drawn) == (history is TRIED)


# ------------------------------------------------ revenue by the month


@pytest.mark.parametrize(
    ("history", "until", "more", "at_", "months"),
    [
        # the second seat is earned in what is left of the days that are paid for
        (GIVEN, "2026-05-08", {}, 1, ["04 15.00"]),
        (GIVEN, "2026-05-08", {}, 2, ["05 46.45", "06 13.55"]),  # 24 and 7 of 31 days
        (MOVED, "2026-05-15", {}, 1, ["05 14.00"]),
        (MOVED, "2026-05-15", {}, 2, ["05 16.45", "06 13.55"]),  # 17 and 14 of 31
        (PAUSED, "2026-06-01", {}, 1, ["05 15.48"]),
        (PAUSED, "2026-06-01", {}, 2, ["06 30.00"]),
        (FROZEN, "2026-05-11", {}, 1, ["05 20.32", "06 9.68"]),  # 21 and 10 of 31
        (TRIED, "2026-05-16", TRIAL, 0, ["04 15.00", "05 15.00"]),
    ],
)
def test_revenue_is_earned_in_the_days_that_are_paid_for(
    history, until, more, at_, months
):
    _, _, statement = lived(*history, until=until, **more)
    found = recognize(statement.invoices[at_]).totals
    assert [f"{p.period.start:%m} {p.amount.amount:f}" for p in found] == months


@pytest.mark.parametrize(
    ("history", "on", "wanted"),
    [
        (GIVEN[:1], "2026-05-03", "30.00"),  # given: what recurs is as it was
        (GIVEN[:1], "2026-05-08", "30.00"),
        (MOVED, "2026-05-02", "30.00"),  # in the stub
        (PAUSED[:1], "2026-04-30", "30.00"),
        (PAUSED[:1], "2026-05-01", "0.00"),
        (PAUSED, "2026-05-16", "30.00"),
        (FROZEN[:1], "2026-04-15", "0.00"),
        (FROZEN, "2026-04-25", "30.00"),
    ],
)
def test_what_recurs_is_one_price_a_period(history, on, wanted):
    _, _, statement = lived(*history, until=on)
    assert f"{mrr(statement.subscription).amount:f}" == wanted


# ------------------------------------------------ month ends, leap day


@pytest.mark.parametrize(
    ("on", "history", "until", "wanted"),
    [
        # 31 January, to 28 February and 3 days more
        (
            "2026-01-31",
            [("2026-02-10", Extend(3))],
            "2026-04-03",
            ["01-31 30.00", "03-03 30.00", "04-03 30.00"],
        ),
        # up to the leap day itself
        (
            "2028-01-28",
            [("2028-02-01", Extend(1))],
            "2028-03-29",
            ["01-28 30.00", "02-29 30.00", "03-29 30.00"],
        ),
        # the 31st, asked for on the leap day: 2 of the 31 days from 29 February
        (
            "2028-02-29",
            [("2028-02-29", MoveBillingDay(31))],
            "2028-03-31",
            ["02-29 30.00", "03-29 1.94", "03-31 30.00"],
        ),
        # a pause of the leap February: 31 March again
        (
            "2028-01-31",
            [("2028-02-01", Pause(1))],
            "2028-04-30",
            ["01-31 30.00", "03-31 30.00", "04-30 30.00"],
        ),
        # ended on the leap day, which is its first day: the whole period
        (
            "2028-01-31",
            [("2028-02-01", Pause(1)), ("2028-02-29", EndPause())],
            "2028-03-31",
            ["01-31 30.00", "02-29 30.00", "03-31 30.00"],
        ),
        # ended the day after: 30 of the 31 days to 31 March
        (
            "2028-01-31",
            [("2028-02-01", Pause(1)), ("2028-03-01", EndPause())],
            "2028-03-31",
            ["01-31 30.00", "03-01 29.03", "03-31 30.00"],
        ),
        # frozen over the leap day: to 29 February and 2 days more
        (
            "2028-01-29",
            [("2028-02-28", Freeze()), ("2028-03-01", Unfreeze())],
            "2028-03-02",
            ["01-29 30.00", "03-02 30.00"],
        ),
    ],
)
def test_ends_of_months_and_the_leap_day(on, history, until, wanted):
    _, _, statement = lived(*history, until=until, on=on)
    assert totals(statement) == wanted
    for invoice in statement.invoices:
        assert reconcile(invoice, statement).is_right


# ------------------------------------------------ there and back


@pytest.mark.parametrize("currency", PRICES)
@pytest.mark.parametrize("on", ["2026-04-01", "2026-04-10", "2026-04-30"])
@pytest.mark.parametrize(
    "changes",
    [
        (MoveBillingDay(15), MoveBillingDay(1)),
        (Pause(2), EndPause()),
        (Freeze(), Unfreeze()),
    ],
)
def test_there_and_back_on_one_day_costs_nothing(changes, on, currency):
    _, _, moved = lived((on, changes), until="2026-07-01", currency=currency, tax=True)
    _, _, stayed = lived(until="2026-07-01", currency=currency, tax=True)
    assert totals(moved) == totals(stayed)
