"""gumroad#7329: a renewal is overdue, and two more seats are ordered before it is paid.

Ten seats at 6.00 from 1 April 2026.  The seats are ordered on 8 May, on the billing
day: they cost the whole period, 12.00, and stand with the renewal on one document.
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
    Discount,
    Invoice,
    Plan,
    Price,
    Settlement,
    Subscription,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    change,
    renew,
    subscribe,
)
from seatbill.combining import combine
from seatbill.lifecycle.previews import preview
from seatbill.rebilling import rebill

APRIL, MAY, JUNE = (dt.date(2026, n, 1) for n in (4, 5, 6))
VAT = TaxRate("vat", "0.19")


def bought(amount: str = "6.00", currency: str = "USD", **more: Any) -> Subscription:
    """Return ten seats, paid for April."""
    plan = Plan("p", "P", 1, [Price(unit_amount=amount, currency=currency)])
    given = {"id": "one", "interval": MONTHLY, "seats": 10, "on": APRIL}
    return subscribe(plan, **{"rules": BillingRules(), **given, **more}).subscription


def together(invoices: tuple[Invoice, ...]) -> str:
    """Return what the invoices of the last day come to on one document."""
    last = [i for i in invoices if i.issued_on == invoices[-1].issued_on]
    assert len(last) == 2
    return str(combine(last, key="may").amount_due)


@pytest.mark.parametrize(
    ("sub", "due"),
    [
        pytest.param(bought(), "72.00 USD", id="gumroad#7329"),
        pytest.param(bought("600", "JPY"), "7200 JPY", id="yen"),
        pytest.param(bought("6.000", "KWD"), "72.000 KWD", id="dinars"),
        # 12 × 6.05 = 72.60, and 19 % of it once: 13.794
        pytest.param(bought("6.05", tax_rates=[VAT]), "86.39 USD", id="tax"),
        pytest.param(
            bought(discounts=[Discount.percent("50", id="half")]),
            "36.00 USD",
            id="half off",
        ),
        pytest.param(
            bought(discounts=[Discount.fixed("5", "USD", id="five")]),
            "67.00 USD",
            id="five off",
        ),
        # 31 January: the month is 28 February to 31 March, whole
        pytest.param(
            bought(on=dt.date(2027, 1, 31)), "72.00 USD", id="the end of a month"
        ),
        pytest.param(bought(on=dt.date(2028, 2, 29)), "72.00 USD", id="leap day"),
    ],
)
def test_seats_are_ordered_with_the_renewal(sub: Subscription, due: str) -> None:
    day = sub.current_period.end
    ordered = change(sub, AddSeats(2), on=day)
    assert together(ordered.invoices) == due
    renewed = renew(sub, on=day)
    apart = change(renewed.subscription, AddSeats(2), on=day)
    assert renewed.invoices + apart.invoices == ordered.invoices
    assert ordered.subscription.changed_on == day


def test_two_periods_are_overdue() -> None:
    """April's customer orders on 8 June: May at 60.00, June with the seats."""
    ordered = change(bought(), AddSeats(2), on=JUNE)
    assert [str(i.total.amount) for i in ordered.invoices] == [
        "60.00",
        "60.00",
        "12.00",
    ]
    assert together(ordered.invoices) == "72.00 USD"


def test_a_measured_unit_is_renewed_first() -> None:
    """5.00 for each of 3 teams, and ten seats at 6.00; two more seats."""
    prices = [
        Price(unit_amount="6.00", currency="USD"),
        Price(unit="team", unit_amount="5.00", currency="USD", measured=True),
    ]
    plan = Plan("p", "P", 1, prices)
    sub = subscribe(
        plan,
        id="one",
        interval=MONTHLY,
        seats={"seat": 10, "team": 1},
        on=APRIL,
        rules=BillingRules(),
    ).subscription
    renewed = renew(sub, on=MAY, measured={"team": 3})
    ordered = change(renewed.subscription, AddSeats(2), on=MAY)
    assert together(renewed.invoices + ordered.invoices) == "87.00 USD"


def test_tiers_and_a_plan_in_the_same_order() -> None:
    """Ten at 6.00 become twelve of a plan at 10.00 to ten, and 4.00 beyond: 108.00."""
    tiers = [Tier(up_to=10, unit_amount="10"), Tier(up_to=None, unit_amount="4")]
    large = Plan("l", "L", 2, [Price(tiers=tiers, currency="USD")])
    ordered = change(bought(), SwitchPlan(large), AddSeats(2), on=MAY)
    assert together(ordered.invoices) == "108.00 USD"


def test_nothing_is_left_to_correct() -> None:
    """What was ordered so is the true history of May."""
    start = subscribe(
        Plan("p", "P", 1, [Price(unit_amount="6.00", currency="USD")]),
        id="one",
        interval=MONTHLY,
        seats=10,
        on=APRIL,
        rules=BillingRules(),
    )
    ordered = change(start.subscription, AddSeats(2), on=MAY)
    issued = [*start.invoices, *ordered.invoices]
    found = rebill(start, issued, [(MAY, AddSeats(2))], until=MAY)
    assert (found.credit_notes, found.invoice) == ((), None)


@pytest.mark.parametrize(
    ("on", "later", "now"),
    [
        # 3 × 6.00 × 15/30 wait for 1 May; canceled there, they alone are billed
        pytest.param(MAY, False, "9.00 USD", id="on the billing day"),
        # 13 × 6.00 of May are due all the same, and June is not charged
        pytest.param(JUNE, False, "0.00 USD", id="a month after it"),
        # 13 × 6.00 × 21/31 = 52.838… come back
        pytest.param(dt.date(2026, 5, 11), False, "-52.84 USD", id="inside the period"),
        pytest.param(MAY, True, "0.00 USD", id="for the period's end"),
    ],
)
def test_the_price_of_an_end_is_that_of_its_own_invoice(
    on: dt.date, later: bool, now: str
) -> None:
    """What the overdue renewals charge is no part of it."""
    rules = BillingRules(
        cancellation=Timing.PERIOD_END if later else Timing.IMMEDIATE,
        settlement=Settlement.ON_RENEWAL,
    )
    sub = bought(rules=rules)
    sub = change(sub, AddSeats(3), on=dt.date(2026, 4, 16)).subscription
    assert str(preview(sub, Cancel(), on=on).price_now) == now
