"""A year of real systems as JSON, against amounts worked out by hand.

Each row is an invoice: its day, the sum of its lines as a bookkeeper writes it, and
what is due.  The arithmetic stands beside each row: quantity × price × share.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from seatbill import Money, Statement, preview_invoice, verify
from seatbill.__main__ import main
from seatbill.converters import BillRequest, bill_request, parse, read_request
from seatbill.formatting import format_date
from seatbill.rulebooks import clickmeeting, echometer, modular, teamleader
from seatbill.rules import ChangeKind
from seatbill.subscriptions import BuyService
from shop import waiting

EXAMPLES = Path(__file__).parents[1] / "examples"

INVOICES = {
    "clickmeeting-year": [
        ("2026-01-01", "25.00 10.00", "35.00"),  # Live 25, a number
        ("2026-01-16", "5.00", "5.00"),  # 20 × 0.50 × 15/30
        ("2026-01-31", "25.00 10.00 10.00", "45.00"),
        ("2026-02-12", "-15.00 24.00", "9.00"),  # 25.00 and 40.00 × 18/30
        ("2026-03-02", "40.00 10.00 10.00", "60.00"),
        # frozen from 12 March to 11 April, 30 days: 1 April becomes 1 May
        ("2026-05-01", "40.00 10.00 10.00", "60.00"),
        ("2026-05-31", "40.00 10.00 5.00", "55.00"),  # 10 × 0.50
        # 20/30 of 40.00, 10.00 and 5.00 come back; 12 × 40.00 × 0.8, 12 × 10.00,
        # 12 × 10 × 0.50
        ("2026-06-10", "-26.67 -6.67 -3.33 384.00 120.00 60.00", "527.33"),
        ("2026-11-22", "98.63", "98.63"),  # 12 × 20.00 × 0.75 × 200/365 = 98.6301…
    ],
    "teamleader-year": [
        ("2026-01-01", "1080.00 72.00", "1152.00"),  # 12 × 90.00, 4 × 18.00
        ("2026-01-05", "950.00", "950.00"),
        ("2026-02-15", "90.00", "90.00"),  # 2 × 90.00 × 45/90
        ("2026-04-01", "1260.00 72.00", "1332.00"),  # 14 × 90.00
        # 4 × 18.00 × 45/91 = 35.6043… comes back, 4 × 36.00 × 45/91 = 71.2087…
        ("2026-05-17", "-35.60 71.21", "35.61"),
        ("2026-07-01", "1080.00 144.00", "1224.00"),  # 12 × 90.00, 4 × 36.00
        ("2026-08-17", "88.04", "88.04"),  # 2 × 90.00 × 45/92 = 88.0434…
        ("2026-10-01", "5040.00 576.00", "5616.00"),  # 14 × 360.00, 4 × 144.00
    ],
    # 60.00 for each team that is active on the first of the month: 27 in all, 1620.00
    "echometer-year": [
        ("2026-01-01", "180.00", "180.00"),  # ops web hr
        ("2026-02-01", "180.00", "180.00"),  # ops web hr; lab comes on the 15th
        ("2026-03-01", "180.00", "180.00"),  # ops web lab; hr is archived that day
        ("2026-04-01", "180.00", "180.00"),  # ops web lab
        ("2026-05-01", "180.00", "180.00"),  # ops web lab; web is archived on the 12th
        ("2026-06-01", "120.00", "120.00"),  # ops lab
        ("2026-07-01", "120.00", "120.00"),  # ops lab; lab is archived on the 31st
        ("2026-08-01", "60.00", "60.00"),  # ops; web is restored on the 3rd
        ("2026-09-01", "120.00", "120.00"),  # ops web
        ("2026-10-01", "120.00", "120.00"),  # ops web; web is archived on the 20th
        ("2026-11-01", "60.00", "60.00"),  # ops
        ("2026-12-01", "120.00", "120.00"),  # ops web, which is restored that day
    ],
    # S 29.00, M 59.00, L 99.00; quotes and signature 9.90, reports 10.20, stock 14.90
    "modular-year": [
        ("2026-01-01", "29.00 9.90", "38.90"),  # S, quotes
        ("2026-01-20", "3.95", "3.95"),  # reports: 10.20 × 12/31 = 3.9483…
        ("2026-02-01", "29.00 9.90 10.20", "49.10"),
        # S to M: 14 of 28 days come back and are charged; stock: 14.90 × 14/28
        ("2026-02-15", "-14.50 29.50 7.45", "22.45"),
        ("2026-03-01", "59.00 9.90 10.20 14.90", "94.00"),
        ("2026-04-01", "59.00 9.90 14.90", "83.80"),  # reports ended with March
        ("2026-05-01", "59.00 9.90 14.90", "83.80"),
        ("2026-05-22", "3.19", "3.19"),  # signature: 9.90 × 10/31 = 3.1935…
        ("2026-06-01", "59.00 9.90 14.90 9.90", "93.70"),
        ("2026-07-01", "59.00 9.90 14.90 9.90", "93.70"),
        # M to L: 59.00 × 16/31 = 30.4516… comes back, 99.00 × 16/31 = 51.0967…
        ("2026-07-16", "-30.45 51.10", "20.65"),
        ("2026-08-01", "99.00 9.90 14.90 9.90", "133.70"),
        ("2026-09-01", "59.00 9.90 14.90 9.90", "93.70"),  # M again
        ("2026-10-01", "29.00 9.90 9.90", "48.80"),  # S, and no stock
        ("2026-10-05", "0.00", "0.00"),  # the calendar is free
        ("2026-11-01", "29.00 9.90 9.90 0.00", "48.80"),
        ("2026-12-01", "29.00 9.90 9.90 0.00", "48.80"),
    ],
}


def request(name: str) -> BillRequest:
    return read_request(parse((EXAMPLES / f"{name}.json").read_text(encoding="utf-8")))


def statement(name: str) -> Statement:
    return bill_request(request(name))


@pytest.mark.parametrize("name", INVOICES)
def test_a_year_comes_to_these_invoices(name):
    found = statement(name).invoices
    assert [
        (
            invoice.issued_on.isoformat(),
            " ".join(f"{line.amount.amount:f}" for line in invoice.lines),
            f"{invoice.amount_due.amount:f}",
        )
        for invoice in found
    ] == INVOICES[name]
    assert all(verify(invoice) == () for invoice in found)


@pytest.mark.parametrize(
    ("name", "rulebook"),
    [
        ("clickmeeting-year", clickmeeting),
        ("teamleader-year", teamleader),
        ("echometer-year", echometer),
        ("modular-year", modular),
    ],
)
def test_a_year_is_told_with_the_rules_and_prices_of_the_rulebook(name, rulebook):
    asked = request(name)
    catalog = rulebook.CATALOG
    assert asked.rules == rulebook.RULES
    assert asked.plan == catalog.plan(asked.plan.id)
    changes = [change for entry in asked.changes for change in entry.changes]
    for kind, look_up in (
        ("plan", catalog.plan),
        ("add_on", catalog.add_on),
        ("package", catalog.add_on),
        ("service", catalog.service),
    ):
        for change in (*asked.add_ons, *changes):
            sold = getattr(change, kind, None)
            assert sold is None or sold == look_up(sold.id)


def test_the_account_waits_for_a_smaller_size():
    """25.00 × 12 × 0.8 × 0.75, 120.00 × 0.75, 60.00 × 0.75, 240.00 × 0.75."""
    found = statement("clickmeeting-year")
    assert waiting(found.subscription) == ["plan: live-25 on 2027-06-10"]
    following = preview_invoice(found.subscription)
    assert [f"{line.amount.amount:f}" for line in following.lines] == [
        "180.00",
        "90.00",
        "45.00",
        "180.00",
    ]
    assert request("clickmeeting-year").changes[6].changes[0].discount == (
        clickmeeting.NON_PROFIT
    )


def test_the_licence_ends_with_its_year_and_was_told_what_came_too_late():
    found = statement("teamleader-year")
    assert found.subscription.cancel_at_period_end
    kinds = {update.kind for update in found.subscription.pending_updates}
    assert kinds == {ChangeKind.CANCELLATION, ChangeKind.PACKAGE}
    late = [
        (outcome.on, notice.code, notice.value("on"))
        for outcome in found.outcomes
        for notice in outcome.notices
    ]
    ends_on = dt.date(2027, 10, 1)
    assert late == [
        (dt.date(2026, 9, 17), "late_notice", ends_on),
        (dt.date(2026, 12, 15), "end_without_bill", ends_on),
    ]
    bought = [
        change.service
        for outcome in found.outcomes
        for change in outcome.changes
        if isinstance(change, BuyService)
    ]
    assert bought[0].price == Money("950.00", "EUR")


def test_the_year_of_teams_goes_on_by_what_is_measured_next():
    asked = request("echometer-year")
    found = bill_request(asked)
    assert [numbers["team"] for _, numbers in asked.measured] == [
        invoice.lines[0].quantity for invoice in found.invoices[1:]
    ]
    due = preview_invoice(found.subscription, measured={"team": 4}).amount_due
    assert due == Money("240.00", "EUR")
    assert [invoice.recipient.name for invoice in found.invoices] == [
        *["Nordwind GmbH"] * 6,
        *["Nordwind SE"] * 6,
    ]
    signed_on = dt.date(2026, 1, 1)
    assert asked.rules.licence_variant(signed_on).plan == asked.plan.id


def test_the_workshop_ends_with_its_year_and_was_told_what_it_loses():
    found = statement("modular-year")
    assert waiting(found.subscription) == ["cancellation: None on 2027-01-01"]
    told = [
        (outcome.on.isoformat(), notice.code)
        for outcome in found.outcomes
        for notice in outcome.notices
    ]
    assert told == [
        ("2026-08-20", "features_lost"),  # M is without approvals
        ("2026-08-20", "plan_scheduled"),
        ("2026-09-10", "features_lost"),  # S is without exports
        ("2026-09-10", "plan_scheduled"),
        ("2026-10-05", "add_on_dropped"),  # stock, on the 1st
        ("2026-12-12", "end_without_bill"),
    ]


def test_every_year_is_worked_out_by_hand():
    assert {path.stem for path in EXAMPLES.glob("*-year.json")} == {*INVOICES}


@pytest.mark.parametrize("name", INVOICES)
def test_the_shell_prints_the_year(name, capsys):
    assert main(["bill", str(EXAMPLES / f"{name}.json")]) == 0
    printed = capsys.readouterr().out.translate(dict.fromkeys(map(ord, ",€$")))
    for day, lines, due in INVOICES[name]:
        assert format_date(dt.date.fromisoformat(day)).replace(",", "") in printed
        for amount in (*lines.split(), due):
            assert amount in printed
