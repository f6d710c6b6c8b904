"""Credit that is spent, comes back, lapses and rests: what each lot holds of it.

A gift pays before the balance; money that was paid since comes back before it.
"""

from __future__ import annotations

from typing import Any

import pytest

from seatbill import (
    QUARTERLY,
    AddOn,
    BillingRules,
    Cancel,
    Money,
    RemoveAddOn,
    RemoveSeats,
    TaxRate,
    Timing,
)
from seatbill.credit import CreditKind, CreditLot
from shop import SMALL, priced, told, usd
from stories import Story, at, digits

AT_ONCE = BillingRules(
    seats_removed=Timing.IMMEDIATE,
    add_on_removed=Timing.IMMEDIATE,
    cancellation=Timing.IMMEDIATE,
)
RADIO = AddOn(
    "radio",
    "Radio",
    [usd("91.00", unit="radio", interval=QUARTERLY)],
    interval=QUARTERLY,
)
"""1.00 a day from 1 April to 1 July."""


def gift(amount: str, until: str = "2026-12-31") -> CreditLot:
    return CreditLot(Money(amount, "USD"), CreditKind.GIFT, at(until))


def held(story: Story) -> list[tuple[str, str, str]]:
    """Return what each lot has left and has spent, and the balance."""
    lots = [
        (lot.kind.value, digits(lot.amount), digits(lot.spent))
        for lot in story.subscription.credit_lots
    ]
    return [*lots, ("balance", story.balance, "")]


def test_a_gift_and_the_money_beside_it_come_back_once():
    """3 × 30.00, of which the gift pays 30.00.  All on one day: a seat is a seat."""
    story = Story(SMALL, "2026-04-01", seats=3, rules=AT_ONCE, credit=[gift("30.00")])
    assert held(story) == [
        ("gift", "0.00", "30.00"),
        ("paid", "0.00", "60.00"),
        ("balance", "0.00", ""),
    ]
    story.change("2026-04-01", RemoveSeats(1))
    assert held(story) == [
        ("gift", "0.00", "30.00"),
        ("paid", "0.00", "30.00"),
        ("balance", "30.00", ""),
    ]
    story.change("2026-04-01", RemoveSeats(1))
    assert held(story) == [("gift", "0.00", "30.00"), ("balance", "60.00", "")]
    story.change("2026-04-01", RemoveSeats(1))
    assert held(story) == [("gift", "30.00", "0.00"), ("balance", "60.00", "")]


def test_without_a_gift_that_paid_money_is_in_no_lot():
    gifts = [gift("30.00", "2026-03-31")]
    with pytest.raises(ValueError, match="2026-03-31"):
        Story(SMALL, "2026-04-01", credit=gifts)
    story = Story(priced("none", usd("0")), "2026-04-01", credit=[gift("30.00")])
    assert held(story) == [("gift", "30.00", "0.00"), ("balance", "0.00", "")]


def test_of_a_gift_that_lapses_what_it_paid_is_no_money():
    """Two seats: 60.00 of the gift's 90.00.  15 of 30 days later one seat goes."""
    story = Story(
        SMALL,
        "2026-04-01",
        seats=2,
        rules=AT_ONCE,
        credit=[gift("90.00", "2026-04-10")],
    )
    outcome = story.change("2026-04-16", RemoveSeats(1))
    assert told(outcome) == ["credit_lapsed", "credit_lapsed"]
    amounts = [digits(dict(notice.values)["amount"]) for notice in outcome.notices]
    assert amounts == ["30.00", "15.00"]
    assert held(story) == [("gift", "0.00", "45.00"), ("balance", "0.00", "")]
    assert story.change("2026-04-16", Cancel()).refund_due == Money("0.00", "USD")


def test_credit_pays_the_least_that_can_be_paid():
    story = Story(priced("cent", usd("0.01")), "2026-04-01", credit=[gift("5.00")])
    assert held(story)[0] == ("gift", "4.99", "0.01")


@pytest.mark.parametrize(
    ("inclusive", "expected"),
    [
        # 212.00 and a fifth: 254.40, of which the gift pays 200.00; 109.20 come back,
        # 54.40 of them as money.  Of the radio 109.20 may come back at each boundary.
        # 36.00 of May are the gift's; of June 18.80, and 17.20 of the balance.
        # On 1 July 145.20, of which the balance has 37.20.
        pytest.param(
            False,
            [
                [("gift", "54.80", "145.20"), ("balance", "54.40", "")],
                [("gift", "18.80", "145.20"), ("balance", "54.40", "")],
                [
                    ("gift", "0.00", "128.00"),
                    ("paid", "0.00", "17.20"),
                    ("balance", "37.20", ""),
                ],
                [("balance", "0.00", "")],
            ],
            id="on top",
        ),
        # 212.00, of which the gift pays 200.00; 91.00 come back, 12.00 as money.
        # On 1 July the gift has 19.00 of 121.00 left, and the balance 12.00.
        pytest.param(
            True,
            [
                [("gift", "79.00", "121.00"), ("balance", "12.00", "")],
                [("gift", "49.00", "121.00"), ("balance", "12.00", "")],
                [("gift", "19.00", "121.00"), ("balance", "12.00", "")],
                [
                    ("gift", "0.00", "19.00"),
                    ("paid", "0.00", "102.00"),
                    ("balance", "0.00", ""),
                ],
            ],
            id="inside",
        ),
    ],
)
def test_what_paid_for_an_add_on_can_come_back_until_its_own_period_ends(
    inclusive, expected
):
    vat: dict[str, Any] = {"tax_rates": [TaxRate("vat", "0.2", inclusive=inclusive)]}
    story = Story(
        SMALL,
        "2026-04-01",
        add_ons=[(RADIO, 2)],
        rules=AT_ONCE,
        credit=[gift("200.00")],
        **vat,
    )
    story.change("2026-04-01", RemoveAddOn(RADIO, 1))
    found = [held(story)]
    for day in ("2026-05-01", "2026-06-01", "2026-07-01"):
        story.renew(day)
        found.append(held(story))
    assert found == expected


def test_money_beside_a_gift_is_held_for_an_add_on_before_the_gift():
    """121.00: a gift of 90.00, 31.00 in money.  91.00 are held: the 31.00, and 60.00.

    May is paid with money.  On 16 May 46 of 91 days come back: as money all of it.
    """
    story = Story(
        SMALL,
        "2026-04-01",
        add_ons=[(RADIO, 1)],
        rules=AT_ONCE,
        credit=[gift("90.00")],
    )
    story.renew("2026-05-01")
    assert held(story) == [
        ("gift", "0.00", "60.00"),
        ("paid", "0.00", "61.00"),
        ("balance", "0.00", ""),
    ]
    story.change("2026-05-16", RemoveAddOn(RADIO, 1))
    assert held(story) == [
        ("gift", "0.00", "60.00"),
        ("paid", "0.00", "15.00"),
        ("balance", "46.00", ""),
    ]
