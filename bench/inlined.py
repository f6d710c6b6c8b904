"""The story in hand-inlined integers: what is left when only this workload counts.

Nothing is checked, looked up or decided here.  Prices are whole cents, days are
numbers, each step is written out.  The answer is as wide as the library's.  It is made
of plain attrs objects (``PLAIN``), as by somebody who inlines by hand, or of the
library's own values through its unchecked makers (``OWN``), which is what equal
answers are shown with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from seatbill import ANNUAL, Convention, Rounding
from seatbill._values import Quantities, unchecked
from seatbill.invoices import (
    BillingReason,
    Invoice,
    InvoiceRow,
    ItemKind,
    LineKind,
    trusted_line,
    trusted_period,
    trusted_terms,
)
from seatbill.subscriptions import Charge, ChargeRow, Subscription, SubscriptionRow

from . import wide
from .workload import BASIC, RULES, Story


class Makers(NamedTuple):
    """Who makes the answer."""

    period: Callable[..., Any]
    terms: Callable[..., Any]
    line: Callable[..., Any]
    invoice: Callable[..., Any]
    charge: Callable[..., Any]
    seats: Callable[..., Any]
    subscription: Callable[..., Any]


PLAIN = Makers(
    wide.Period, wide.Terms, wide.Line, wide.Bill, wide.Charge, dict, wide.Account
)
OWN = Makers(
    trusted_period,
    trusted_terms,
    trusted_line,
    unchecked(Invoice, InvoiceRow),
    unchecked(Charge, ChargeRow),
    Quantities.trusted,
    unchecked(Subscription, SubscriptionRow),
)

_BASIC_CENTS = 499
_PRO_CENTS = 699
_KEPT_PERCENT = 80
_LAST = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_PLAN = ItemKind.PLAN
_CHARGE = LineKind.CHARGE
_CREDIT = LineKind.CREDIT
_CREATE = BillingReason.SUBSCRIPTION_CREATE
_UPDATE = BillingReason.SUBSCRIPTION_UPDATE
_CYCLE = BillingReason.SUBSCRIPTION_CYCLE
_ACTUAL = Convention.ACTUAL
_HALF_UP = Rounding.HALF_UP


def _boundary(anchor: dt.date, months: int) -> dt.date:
    """Return *anchor* plus *months*, clamped to the month's end."""
    months += anchor.month - 1
    year = anchor.year + months // 12
    months %= 12
    day = anchor.day
    if day > 28:
        last = _LAST[months]
        if months == 1 and year % 4 == 0 and (year % 100 or year % 400 == 0):
            last = 29
        day = min(day, last)
    return dt.date(year, months + 1, day)


def inlined_bills(month: Story, makers: Makers) -> tuple[Any, tuple[Any, ...]]:
    """Return the last subscription and every invoice of *month*."""
    new_period, new_terms, new_line, new_invoice, new_charge, new_seats, new = makers
    id, start, seats = month.id, month.start, month.seats
    end = _boundary(start, 1)
    last = end.toordinal()
    days = last - start.toordinal()
    period = new_period(start, end)
    basic = new_terms(
        _PLAN, "basic", "seat", "USD", _BASIC_CENTS, 1, (), (), _ACTUAL, _HALF_UP, False
    )

    # The first invoice: a whole month.
    full = seats * _BASIC_CENTS
    charged = full
    line = new_line(
        _CHARGE,
        basic,
        seats,
        full,
        start,
        end,
        period,
        days,
        days,
        full,
        None,
        1,
    )
    invoices = [
        new_invoice(id, 1, start, _CREATE, "USD", (line,), (), full, full, 0, None)
    ]

    # Seats are added: the rest of the month for the added ones.
    version = 1
    for day, n in month.added:
        version += 1
        left = last - day.toordinal()
        full = n * _BASIC_CENTS
        amount = (2 * full * left + days) // (2 * days)
        charged += amount
        seats += n
        line = new_line(
            _CHARGE, basic, n, full, day, end, period, left, days, amount, None, 1
        )
        invoices.append(
            new_invoice(
                id, version, day, _UPDATE, "USD", (line,), (), amount, amount, 0, None
            )
        )

    # The upgrade: the unused rest comes back, the new rest is charged.
    version += 1
    day = month.upgraded
    left = last - day.toordinal()
    full = seats * _BASIC_CENTS
    credit = (2 * full * left + days) // (2 * days)
    cap = None
    if credit > charged:
        credit = cap = charged
    returned = new_line(
        _CREDIT, basic, -seats, -full, day, end, period, left, days, -credit, cap, 1
    )
    pro = new_terms(
        _PLAN, "pro", "seat", "USD", _PRO_CENTS, 1, (), (), _ACTUAL, _HALF_UP, False
    )
    full = seats * _PRO_CENTS
    amount = (2 * full * left + days) // (2 * days)
    line = new_line(
        _CHARGE, pro, seats, full, day, end, period, left, days, amount, None, version
    )
    total = amount - credit
    invoices.append(
        new_invoice(
            id,
            version,
            day,
            _UPDATE,
            "USD",
            (returned, line),
            (),
            total,
            total,
            0,
            None,
        )
    )

    # The downgrade and the annual switch wait: a version each, nothing is due.
    version += 2

    # The renewal: the smaller plan, a whole year, by the formula of the rules.
    version += 1
    year = (2 * _BASIC_CENTS * 12 * _KEPT_PERCENT + 100) // 200
    annual_end = _boundary(start, 13)
    days = annual_end.toordinal() - last
    period = new_period(end, annual_end)
    terms = new_terms(
        _PLAN, "basic", "seat", "USD", year, 1, (), (), _ACTUAL, _HALF_UP, False
    )
    full = seats * year
    line = new_line(
        _CHARGE,
        terms,
        seats,
        full,
        end,
        annual_end,
        period,
        days,
        days,
        full,
        None,
        version,
    )
    invoices.append(
        new_invoice(id, version, end, _CYCLE, "USD", (line,), (), full, full, 0, None)
    )
    subscription = new(
        id,
        BASIC,
        ANNUAL,
        "USD",
        new_seats({"seat": seats}),
        (),
        start,
        period,
        (new_charge(terms, seats, full, full, 0, version, None, False),),
        (),
        (),
        (),
        0,
        (),
        (),
        None,
        RULES,
        None,
        None,
        None,
        end,
        version,
        None,
    )
    return subscription, tuple(invoices)
