"""An annual commitment: paid by the month, with steps, and what is used beyond it.

No system's page but a kind of contract, as it is signed with large customers.  Prices,
numbers and days are samples; the numbers are those of ``tests/rules.json``.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Final

from ..catalogs import Catalog
from ..money import Rounding
from ..periods import ANNUAL, MONTHLY, QUARTERLY
from ..plans import Plan, Price
from ..proration import Convention
from ..rules import BillingRules, Settlement, Timing, UnusedTime
from ..subscriptions import Reprice, SetSeats
from ..terms import EarlyEnd, Term, TrueUp, TrueUpMode

__all__ = ["CATALOG", "RAMP", "RULES", "TERM"]

_seat = partial(Price, currency="EUR", min_quantity=1)
_growth = partial(Plan, "growth", "Growth", 1)
_GROWTH: Final = _growth((_seat(unit_amount="30.00"),))
_SCALE: Final = Plan("scale", "Scale", 2, (_seat(unit_amount="40.00"),))

CATALOG: Final = Catalog((_GROWTH, _SCALE))

RULES: Final = BillingRules(
    name="annual-commitment",
    rounding=Rounding.HALF_UP,
    convention=Convention.ACTUAL,  # AC-3: by the days of the month that are left
    upgrade=Timing.IMMEDIATE,  # AC-3: growing is free at any time
    downgrade=Timing.PERIOD_END,  # AC-5: where the year is over
    seats_added=Timing.IMMEDIATE,  # AC-3
    seats_removed=Timing.PERIOD_END,  # AC-5
    cancellation=Timing.PERIOD_END,  # AC-5
    unused_time=UnusedTime.CREDITED,
    settlement=Settlement.NOW,
    intervals=(MONTHLY,),  # AC-1: an invoice a month
    notice_days=60,  # AC-8: before the end of the year; a month is too short
)

TERM: Final = Term(
    interval=ANNUAL,  # AC-1: whatever is owned is bound for a year
    early_end=EarlyEnd.BILLED,  # AC-10: who leaves earlier pays
    share="50",  # AC-10: half of what is left
    renews=True,  # AC-9: and another year after it
    true_ups=(
        TrueUp(every=QUARTERLY, mode=TrueUpMode.PEAK),  # AC-6, AC-7: by the quarter
    ),
)

_JULY: Final = dt.date(2026, 7, 1)

# AC-2, AC-4: what is signed on the first day for later ones.
RAMP: Final = (
    SetSeats(30, from_day=dt.date(2026, 4, 1)),
    SetSeats(50, from_day=_JULY),
    Reprice(_growth((_seat(unit_amount="27.00"),)), _JULY),
)
