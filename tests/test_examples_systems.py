"""A year of two real systems as JSON, against amounts worked out by hand.

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
from seatbill.rulebooks import clickmeeting, teamleader
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
    [("clickmeeting-year", clickmeeting), ("teamleader-year", teamleader)],
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
    assert late == [(dt.date(2026, 9, 17), "late_notice", ends_on)]
    bought = [
        change.service
        for outcome in found.outcomes
        for change in outcome.changes
        if isinstance(change, BuyService)
    ]
    assert bought[0].price == Money("950.00", "EUR")


@pytest.mark.parametrize("name", INVOICES)
def test_the_shell_prints_the_year(name, capsys):
    assert main(["bill", str(EXAMPLES / f"{name}.json")]) == 0
    printed = capsys.readouterr().out
    for day, lines, due in INVOICES[name]:
        assert day in printed
        for amount in (*lines.split(), due):
            assert amount in printed
