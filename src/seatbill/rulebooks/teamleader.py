"""Teamleader Focus: users by the quarter or the year, and 15 days' notice.

Prices are samples: a price list is the host's data.  The numbers are those of
``tests/rules.json``.  Whatever is changed has to be asked for in time before the
renewal; adding users has not.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import attrs

from ..catalogs import Catalog
from ..money import Money, Rounding
from ..payments import SEPA_AREA, Funding, PaymentPolicy
from ..periods import ANNUAL, MONTHLY, QUARTERLY
from ..plans import AddOn, Plan, Price, Service
from ..proration import Convention
from ..rules import (
    BillingRules,
    Direction,
    LateNotice,
    NoticeScope,
    Settlement,
    Timing,
    UnusedTime,
)
from ..wallets import Pack, TopUp, WalletPolicy

__all__ = [
    "CATALOG",
    "CREDITS",
    "IMMEDIATE_UPGRADE_RULES",
    "PAYMENTS",
    "REFUSING_RULES",
    "RULES",
    "TOP_UP",
]

_GO_FEATURES: Final = ("customers", "deals", "quotations")
_MOVE_FEATURES: Final = (*_GO_FEATURES, "projects", "invoices")
_BOOST_FEATURES: Final = (*_MOVE_FEATURES, "automations", "reports")

# TL-2, TL-4: a price for a month, billed for three or twelve of them.
_user = partial(Price, unit="user", currency="EUR", interval=MONTHLY)
_GO: Final = Plan("go", "Go", 1, (_user(unit_amount="20.00"),), _GO_FEATURES)
_MOVE: Final = Plan("move", "Move", 2, (_user(unit_amount="30.00"),), _MOVE_FEATURES)
_BOOST: Final = Plan(
    "boost", "Boost", 3, (_user(unit_amount="45.00"),), _BOOST_FEATURES
)

# TL-5, TL-6, TL-7: one add-on in two packages, with users of its own.
_BASIC: Final = AddOn(
    "client-meeting-basic",
    "Client Meeting Basic",
    (_user(unit_amount="6.00"),),
    features=("meeting reports",),
    family="client-meeting",
    rank=1,
)

_BEYOND: Final = AddOn(
    "client-meeting-beyond",
    "Client Meeting Beyond",
    (_user(unit_amount="12.00"),),
    features=("meeting reports", "transcripts", "follow-up"),
    family="client-meeting",
    rank=2,
)

_DO_IT_YOURSELF: Final = Service(  # TL-19: included, and free
    "do-it-yourself", "Onboarding: do it yourself", Money("0.00", "EUR")
)

_DO_IT_TOGETHER: Final = Service(  # TL-20: up to 5 sessions
    "do-it-together",
    "Onboarding: do it together",
    Money("950.00", "EUR"),
    included={"session": 5},
    features=("workflow analysis", "tips", "training"),
)

_DO_IT_WITH_HELP: Final = Service(  # TL-21: data for up to 3 modules besides
    "do-it-with-help",
    "Onboarding: do it with help",
    Money("1950.00", "EUR"),
    included={"session": 5, "module": 3},
    features=("workflow analysis", "tips", "training", "import", "templates"),
)

_DONE_FOR_YOU: Final = Service(  # TL-22: once, at the host's price
    "done-for-you",
    "Onboarding: done for you by a certified partner",
    Money("3900.00", "EUR"),
)

CATALOG: Final = Catalog(
    (_GO, _MOVE, _BOOST),
    (_BASIC, _BEYOND),
    (_DO_IT_YOURSELF, _DO_IT_TOGETHER, _DO_IT_WITH_HELP, _DONE_FOR_YOU),
)

RULES: Final = BillingRules(
    name="teamleader",
    rounding=Rounding.HALF_UP,
    convention=Convention.ACTUAL,  # TL-4: over the days of the quarter (ambiguity 11)
    upgrade=Timing.IMMEDIATE,  # TL-3: in time at once, late a period later
    downgrade=Timing.PERIOD_END,
    longer_interval=Timing.PERIOD_END,  # TL-8, TL-9: from the next period,
    shorter_interval=Timing.PERIOD_END,  # TL-8, TL-9: in both directions
    seats_added=Timing.IMMEDIATE,  # TL-4: now, prorated
    seats_removed=Timing.PERIOD_END,  # TL-29: no credit for days already paid
    add_on_added=Timing.IMMEDIATE,  # TL-7
    add_on_removed=Timing.PERIOD_END,  # TL-7, TL-29
    package_up=Timing.IMMEDIATE,  # TL-6: Basic to Beyond, prorated (ambiguity 23)
    package_down=Timing.PERIOD_END,  # TL-6: Beyond to Basic
    cancellation=Timing.PERIOD_END,  # TL-15, TL-16: through the licence's last day
    unused_time=UnusedTime.CREDITED,  # TL-6: what replaces something costs the rest
    settlement=Settlement.NOW,
    intervals=(QUARTERLY, ANNUAL),  # TL-2: these two
    notice_days=15,  # TL-3, TL-27: before the renewal, the 15th day included
    notice_exempt=(  # TL-4: adding users, of the plan and of the add-on
        Direction.SEATS_ADDED,
        Direction.ADD_ON_ADDED,
    ),
    notice_scope=NoticeScope.EVERY_CHANGE,  # TL-3: all but adding users, to the letter
    late_notice=LateNotice.NEXT_PERIOD,  # TL-3: a period later (ambiguity 9)
)

# TL-3, the other reading: what comes too late is refused.
REFUSING_RULES: Final = attrs.evolve(
    RULES, name="teamleader-refusing", late_notice=LateNotice.REFUSE
)

# TL-3, TL-6, read with less rigour: what acts at once cannot come too late for a
# renewal, so a higher plan and a larger package need no notice (ambiguity 23).
IMMEDIATE_UPGRADE_RULES: Final = attrs.evolve(
    RULES,
    name="teamleader-immediate-upgrades",
    notice_scope=NoticeScope.SCHEDULED,
)

PAYMENTS: Final = PaymentPolicy(
    card_brands=("visa", "mastercard", "amex"),  # TL-11
    refused_funding=(Funding.PREPAID,),  # TL-14
    sepa_countries=SEPA_AREA,  # TL-11
)

# TL-25, TL-26: what credits pay; the subscription is not among it.
CREDITS: Final = WalletPolicy(
    unit="credit",
    currency="EUR",
    purposes=("Trendstop data", "SMS", "postal invoice"),
    packs=(  # TL-23
        Pack(id="25", units="25", price=Money("25.00", "EUR")),
        Pack(id="50", units="50", price=Money("50.00", "EUR")),
    ),
)

# TL-24: what a customer may switch on: a pack of 25 whenever fewer than 10 are left.
TOP_UP: Final = TopUp(
    threshold="10",
    pack=Pack(id="25", units="25", price=Money("25.00", "EUR")),
    monthly_cap=Money("100.00", "EUR"),
)
