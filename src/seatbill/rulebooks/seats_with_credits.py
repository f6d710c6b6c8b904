"""Seats with credits: each seat brings units a month, packs go on, a gift begins.

No system's page but a kind of contract, as many products with metered features sell
it.  Prices, numbers and days are samples; the numbers are those of
``tests/rules.json``.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from types import MappingProxyType
from typing import Final

from ..catalogs import Catalog
from ..credit import CreditKind, CreditLot
from ..money import Money, Rounding
from ..periods import MONTHLY, QUARTERLY
from ..plans import Plan, Price, Service
from ..proration import Convention
from ..rules import BillingRules, CreditOrder, Settlement, Timing, UnusedTime
from ..wallets import Allowance, Pack, TopUp, UnusedUnits, WalletPolicy

__all__ = ["ALLOWANCES", "CATALOG", "CREDITS", "RULES", "TOP_UP", "WELCOME"]

# SC-1: people are counted in seats, sold in packs of five; the price is for one.
_seat = partial(Price, currency="EUR", min_quantity=5, batch=5)
_TEAM: Final = Plan("team", "Team", 1, (_seat(unit_amount="12.00"),))
_BUSINESS: Final = Plan("business", "Business", 2, (_seat(unit_amount="20.00"),))

_PACK: Final = Pack(  # SC-7: credits that can be spent for three months
    id="1000", units="1000", price=Money("15.00", "EUR"), valid_for=QUARTERLY
)

CATALOG: Final = Catalog(
    (_TEAM, _BUSINESS),
    services=(Service("pack-1000", "1000 credits", _PACK.price),),  # SC-9
)

RULES: Final = BillingRules(
    name="seats-with-credits",
    rounding=Rounding.HALF_UP,
    convention=Convention.ACTUAL,  # SC-2: by the days of the month that are left
    upgrade=Timing.IMMEDIATE,  # SC-3: now, for the difference of the days left
    downgrade=Timing.PERIOD_END,  # SC-3: the other way round, from the next month
    seats_added=Timing.IMMEDIATE,  # SC-2
    seats_removed=Timing.PERIOD_END,  # SC-2: kept to the end of the month
    cancellation=Timing.IMMEDIATE,  # SC-13: on the day on which it is asked for
    unused_time=UnusedTime.CREDITED,  # SC-13: what was not used comes back
    settlement=Settlement.NOW,
    intervals=(MONTHLY,),  # SC-4: credits come with each month that is paid
    credit_order=CreditOrder.EARLIEST_FIRST,  # SC-12: before it lapses
)

# SC-4: so many for each seat, for all of them together; SC-6: up to 500 go over.
_each = partial(Allowance, unit="credit", carried_over=500)
ALLOWANCES: Final = MappingProxyType(
    {
        "team": _each(per_seat=100),
        "business": _each(per_seat=250),  # SC-5: the higher plan adds the difference
    }
)

CREDITS: Final = WalletPolicy(
    unit="credit",
    currency="EUR",
    purposes=("beyond the allowance",),  # SC-7
    packs=(_PACK,),
    unused=UnusedUnits.GO_BACK,  # SC-14: by the part of a pack that is left
)

# SC-8: what a customer may switch on: a pack when fewer than 50 are left.
TOP_UP: Final = TopUp(threshold="50", pack=_PACK, monthly_cap=Money("45.00", "EUR"))

# SC-10: what new customers are given in the first two months of 2026.
WELCOME: Final = CreditLot(
    Money("400.00", "EUR"), CreditKind.GIFT, dt.date(2026, 2, 28)
)
