"""The story that all contenders bill: one month of a growing team, and its renewal.

Three seat additions, an upgrade, a downgrade and an annual switch asked for, both of
which wait for the period's end, and the renewal, which is the first annual period.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    BillingRules,
    Invoice,
    Plan,
    Price,
    Subscription,
    SwitchInterval,
    SwitchPlan,
    Timing,
    bill,
    subscribe,
)

RULES = BillingRules(
    longer_interval=Timing.PERIOD_END, interval_discounts={ANNUAL: "20"}
)
BASIC = Plan(
    id="basic",
    name="Basic",
    rank=1,
    prices=(Price(unit_amount="4.99", currency="USD"),),
)
PRO = Plan(
    id="pro",
    name="Pro",
    rank=2,
    prices=(Price(unit_amount="6.99", currency="USD"),),
)


class Story(NamedTuple):
    """One month, as the host knows it: days, quantities and the changes asked for."""

    id: str
    start: dt.date
    seats: int
    added: tuple[tuple[dt.date, int], ...]
    upgraded: dt.date
    downgraded: dt.date
    annual: dt.date
    until: dt.date
    history: tuple[tuple[dt.date, Any], ...]


def story(start: dt.date, seats: int = 10, added: tuple[int, ...] = (3, 2, 1)) -> Story:
    """Return a month from *start*: *seats* are bought, then three times some more."""
    first, second, third, upgraded, downgraded, annual = (
        start + dt.timedelta(n) for n in (3, 5, 7, 10, 17, 21)
    )
    more = tuple(zip((first, second, third), added, strict=True))
    year, month = start.year + start.month // 12, start.month % 12 + 1
    last = calendar.monthrange(year, month)[1]
    history: tuple[tuple[dt.date, Any], ...] = (
        *((day, AddSeats(n)) for day, n in more),
        (upgraded, SwitchPlan(PRO)),
        (downgraded, SwitchPlan(BASIC)),
        (annual, SwitchInterval(ANNUAL)),
    )
    return Story(
        id="s-1",
        start=start,
        seats=seats,
        added=more,
        upgraded=upgraded,
        downgraded=downgraded,
        annual=annual,
        until=dt.date(year, month, min(start.day, last)),
        history=history,
    )


def stories() -> Iterator[Story]:
    """Yield a month from each day of three years, with other quantities each time."""
    first = dt.date(2026, 1, 1)
    for n in range(3 * 365 + 1):  # with a 29 February
        yield story(
            first + dt.timedelta(n), 1 + n % 41, (1 + n % 7, 1 + n % 5, 1 + n % 3)
        )


def seatbill_bills(month: Story) -> tuple[Subscription, tuple[Invoice, ...]]:
    """Return what the library answers: the last subscription and every invoice."""
    opening = subscribe(
        BASIC,
        id=month.id,
        interval=MONTHLY,
        seats=month.seats,
        on=month.start,
        rules=RULES,
    )
    statement = bill(opening, month.history, until=month.until)
    return statement.subscription, statement.invoices


def amounts(invoices: Iterable[Any]) -> list[Any]:
    """Read every amount: of each line, and the totals of each invoice."""
    found = []
    for invoice in invoices:
        for line in invoice.lines:
            found.append(line.amount)  # noqa: PERF401  # read like the others
        found.append(invoice.subtotal)
        found.append(invoice.tax)
        found.append(invoice.total)
        found.append(invoice.credit_applied)
        found.append(invoice.amount_due)
    return found
