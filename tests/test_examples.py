"""The stories in ``examples/``, against amounts worked out by hand.

Each row is an invoice: its day, the sum of its lines as a bookkeeper writes it, and
what is due.  The arithmetic stands beside each row: quantity × unit price × share.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from seatbill import Money, Statement, verify
from seatbill.converters import BillRequest, bill_request, parse, read_request, seats_of
from seatbill.rules import ChangeKind
from seatbill.subscriptions import Status

EXAMPLES = Path(__file__).parents[1] / "examples"

INVOICES = {
    "growing-team": [
        ("2026-01-15", "24.95", "24.95"),  # 5 × 4.99
        ("2026-01-20", "12.56", "12.56"),  # 3 × 4.99 × 26/31 = 12.5554…
        ("2026-02-15", "39.92", "39.92"),  # 8 × 4.99
        # 8 × 4.99 × 13/28 = 18.5342… comes back, 8 × 6.99 × 13/28 = 25.9628…
        ("2026-03-02", "-18.53 25.96", "7.43"),
        ("2026-03-15", "55.92", "55.92"),  # 8 × 6.99
        ("2026-04-15", "55.92", "55.92"),
        ("2026-04-28", "15.84", "15.84"),  # 4 × 6.99 × 17/30 = 15.844
        # 12 × 6.99 × 10/30 = 27.96; a year is 12 × 6.99 × 0.8 = 67.104: 12 × 67.10
        ("2026-05-05", "-27.96 805.20", "777.24"),
        ("2026-09-12", "86.40", "86.40"),  # 2 × 67.10 × 235/365 = 86.4027…
    ],
    "upgrade-downgrade-cancel": [  # 19 % on top of each subtotal
        ("2026-04-01", "49.90", "59.38"),  # 10 × 4.99; tax 9.481
        # 10 × 4.99 × 15/30 comes back, 10 × 6.99 × 15/30; tax on 10.00
        ("2026-04-16", "-24.95 34.95", "11.90"),
        ("2026-05-01", "69.90", "83.18"),  # 10 × 6.99; tax 13.281
        ("2026-05-21", "4.96", "5.90"),  # 2 × 6.99 × 11/31 = 4.9606…; tax 0.9424
        ("2026-06-01", "59.88", "71.26"),  # 12 × 4.99; tax 11.3772
        ("2026-07-01", "59.88", "71.26"),
    ],
    "month-end-anchor": [  # 5, then 7, then 8 × 6.99
        ("2027-10-31", "34.95", "34.95"),
        ("2027-11-30", "34.95", "34.95"),
        ("2027-12-31", "34.95", "34.95"),
        ("2028-01-31", "34.95", "34.95"),
        ("2028-02-10", "9.16", "9.16"),  # 2 × 6.99 × 19/29 = 9.1593…
        ("2028-02-29", "48.93", "48.93"),
        ("2028-03-15", "3.61", "3.61"),  # 1 × 6.99 × 16/31 = 3.6077…
        ("2028-03-31", "55.92", "55.92"),
        ("2028-04-30", "55.92", "55.92"),
        ("2028-05-31", "55.92", "55.92"),
    ],
    "seats-removed-and-readded": [
        ("2026-09-01", "49.90 14.85", "64.75"),  # 10 × 4.99, 15 × 0.99
        ("2026-09-21", "4.99", "4.99"),  # 3 × 4.99 × 10/30
        ("2026-10-01", "64.87 14.85", "79.72"),  # 13 × 4.99, 15 × 0.99
        ("2026-11-01", "54.89 11.88", "66.77"),  # 11 × 4.99, 12 × 0.99
    ],
    "stripe-seconds": [
        ("2026-02-01", "10.00", "10.00"),
        # 10.00 × 881112/2419200 = 3.6421… comes back, 20.00 × the same = 7.2843…
        ("2026-02-18", "-3.64 7.28", "3.64"),
        ("2026-03-01", "20.00", "20.00"),
        ("2026-03-11", "-13.23", "0.00"),  # 20.00 × 1771200/2678400 = 13.2258…
    ],
}

ELSEWHERE = ("annual-commitment", "seats-with-credits")
"""Contracts: worked out in the tests of their rulebooks, which read these files."""


def request(name: str) -> BillRequest:
    return read_request(parse((EXAMPLES / f"{name}.json").read_text(encoding="utf-8")))


def statement(name: str) -> Statement:
    return bill_request(request(name))


def test_every_example_is_worked_out_by_hand():
    stories = {path.stem for path in EXAMPLES.glob("*.json")}
    # The years of the systems are worked out in test_examples_systems.
    assert {s for s in stories if not s.endswith("-year")} == {*INVOICES, *ELSEWHERE}


@pytest.mark.parametrize("name", INVOICES)
def test_an_example_comes_to_these_invoices(name):
    assert [
        (
            invoice.issued_on.isoformat()[:10],
            " ".join(str(line.amount.amount) for line in invoice.lines),
            str(invoice.amount_due.amount),
        )
        for invoice in statement(name).invoices
    ] == INVOICES[name]


@pytest.mark.parametrize("name", INVOICES)
def test_every_line_of_an_example_proves_itself(name):
    for invoice in statement(name).invoices:
        assert verify(invoice) == ()


def test_the_growing_team_pays_for_one_seat_less_after_the_year():
    found = statement("growing-team").subscription
    (update,) = found.pending_updates
    assert (update.kind, update.value) == (ChangeKind.SEATS, 13)
    assert found.quantity() == 14


def test_the_canceled_workspace_ends_on_the_free_plan():
    found = statement("upgrade-downgrade-cancel")
    assert found.subscription.status is Status.FREE
    assert found.subscription.ended_on.isoformat() == "2026-08-01"
    assert [invoice.tax for invoice in found.invoices] == [
        Money(tax, "USD") for tax in ("9.48", "1.90", "13.28", "0.94", "11.38", "11.38")
    ]


def test_seats_taken_back_before_the_end_cost_nothing():
    asked = request("seats-removed-and-readded")
    found = bill_request(asked)
    free = [outcome.invoices for outcome in found.outcomes[:2]]
    assert free == [(), ()]
    seats = seats_of(asked, found)
    assert (seats["seat"].occupied, seats["seat"].owned) == (7, 11)
    assert (seats["limited"].occupied, seats["limited"].owned) == (1, 12)


@pytest.mark.source("docs.stripe.com, prorations: by the second")
def test_unused_seconds_come_back_to_the_cent():
    found = statement("stripe-seconds")
    credit = found.invoices[1].lines[0]
    second = 1_000_000
    assert credit.share_numerator == 881_112 * second
    assert credit.share_denominator == 2_419_200 * second
    assert credit.amount == Money("-3.64", "USD")
    assert found.outcomes[-1].refund_due == Money("13.23", "USD")
