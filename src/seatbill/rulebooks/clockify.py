"""Clockify: seats owned are billed, growth now and shrinking at the period's end.

Prices and features are samples: a price list is the host's data.  The numbers are
those of ``tests/rules.json``.  Every feature names its kind of seat, because a limited
user of the Kiosk has one feature only.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import attrs

from ..access import Action, Permission
from ..catalogs import Catalog
from ..money import Rounding
from ..periods import ANNUAL, MONTHLY
from ..plans import Plan, Price
from ..proration import Convention
from ..rules import (
    BillingRules,
    DiscountScope,
    RecipientLock,
    Settlement,
    Timing,
    UnusedTime,
)

__all__ = ["ANNUAL_LIST_CATALOG", "CATALOG", "PERMISSIONS", "RULES"]

# CL-19: all that a limited user can do.
_LIMITED_FEATURES: Final = ("clock in and out",)

_FREE_FEATURES: Final = ("time tracker", "timesheet", "kiosk")
_BASIC_FEATURES: Final = (
    *_FREE_FEATURES,
    "required fields",
    "bulk edit",
    "project templates",
)
_STANDARD_FEATURES: Final = (*_BASIC_FEATURES, "time off", "approval", "invoicing")
_PRO_FEATURES: Final = (*_STANDARD_FEATURES, "scheduling", "expenses", "budgets")
_ENTERPRISE_FEATURES: Final = (*_PRO_FEATURES, "single sign-on", "audit log")

# CL-10: whoever buys is an active user, so one seat is the least.
_seat = partial(Price, currency="USD", min_quantity=1)

# CL-17, CL-20: limited users are a unit of their own, billed on a line of their own.
_KIOSK: Final = Price(unit="limited", unit_amount="0.99", currency="USD")

# CL-55, CL-61: nothing is bought on the free plan; it holds the members it holds.
_FREE: Final = Plan(
    "free",
    "Free",
    0,
    (Price(unit_amount="0", currency="USD", max_quantity=5),),
    features={"seat": _FREE_FEATURES},
)

_BASIC: Final = Plan(
    "basic",
    "Basic",
    1,
    (_seat(unit_amount="4.99"), _KIOSK),  # CL-1: by the seat
    features={"seat": _BASIC_FEATURES, "limited": _LIMITED_FEATURES},
)

_STANDARD: Final = Plan(
    "standard",
    "Standard",
    2,
    (_seat(unit_amount="6.99"), _KIOSK),
    features={"seat": _STANDARD_FEATURES, "limited": _LIMITED_FEATURES},
)

_PRO: Final = Plan(
    "pro",
    "Pro",
    3,
    (_seat(unit_amount="9.99"), _KIOSK),
    features={"seat": _PRO_FEATURES, "limited": _LIMITED_FEATURES},
)

_ENTERPRISE: Final = Plan(
    "enterprise",
    "Enterprise",
    4,
    (_seat(unit_amount="14.99"), _KIOSK),
    features={"seat": _ENTERPRISE_FEATURES, "limited": _LIMITED_FEATURES},
)

# CL-12: one seat for a person in Clockify, Pumble and Plaky together.
_BUNDLE: Final = Plan(
    "bundle",
    "Bundle",
    5,
    (_seat(unit_amount="15.99"), _KIOSK),
    features={
        "seat": (*_ENTERPRISE_FEATURES, "Pumble", "Plaky"),
        "limited": _LIMITED_FEATURES,
    },
)

# What no field says, because it holds under any rules: a workspace is a subscription
# (CL-2); what is owned is billed, whoever sits on it (CL-3, CL-4, CL-5, CL-7, CL-8,
# CL-10, CL-11, CL-59); who needs a seat and who gets in (CL-6, CL-9, CL-14, CL-15,
# CL-16, CL-18, CL-28, CL-29); what a page shows (CL-23, CL-24, CL-25, CL-26, CL-27,
# CL-31, CL-32, CL-43, CL-47, CL-53); asking, seeing what it comes to, and confirming
# (CL-44, CL-46, CL-51, CL-58); the end (CL-52, CL-56).
RULES: Final = BillingRules(
    name="clockify",
    rounding=Rounding.HALF_UP,
    convention=Convention.ACTUAL,  # CL-41: by the day, over the real days of the period
    upgrade=Timing.IMMEDIATE,  # CL-45: now, prorated, for the running billing period
    downgrade=Timing.PERIOD_END,  # CL-48: once the current subscription ends
    longer_interval=Timing.RESTART,  # CL-39: a full year now, less what remains
    shorter_interval=Timing.PERIOD_END,  # CL-38, CL-49: at the end of the annual term
    seats_added=Timing.IMMEDIATE,  # CL-21, CL-41: now, prorated
    seats_removed=Timing.PERIOD_END,  # CL-30, CL-60: no refund, the next bill is lower
    cancellation=Timing.PERIOD_END,  # CL-54: paid features stay through the last day
    unused_time=UnusedTime.CREDITED,  # CL-39, CL-45: what was paid and not used counts
    settlement=Settlement.NOW,  # CL-45: charged at once
    intervals=(MONTHLY, ANNUAL),  # CL-35: these two
    interval_discounts={ANNUAL: "20"},  # CL-36: 20 % off
    interval_discount_scope=DiscountScope.PLAN_AND_ADD_ONS,  # CL-36: all of it
    notice_days=0,  # CL-37, CL-50: at any time
    free_plan=_FREE,  # CL-55: what a canceled workspace falls to
    billing_roles=("owner", "admin"),  # CL-22: who manages subscriptions and seats
    recipient_lock=RecipientLock.REQUEST,  # CL-57: from the cancellation (ambiguity 29)
)

# CL-34: a Bundle seat is removed by the support team, not by the workspace.
PERMISSIONS: Final = (
    Permission(Action.REMOVE_SEATS, roles=("support",), plans=("bundle",)),
)

CATALOG: Final = Catalog((_FREE, _BASIC, _STANDARD, _PRO, _ENTERPRISE, _BUNDLE))

# CL-36, the other reading: a price for the year in the list, which no formula touches:
# 12 × 3.99, 12 × 5.49 and 12 × 7.99.
_BASIC_YEAR: Final = _seat(unit_amount="47.88", interval=ANNUAL)
_STANDARD_YEAR: Final = _seat(unit_amount="65.88", interval=ANNUAL)
_PRO_YEAR: Final = _seat(unit_amount="95.88", interval=ANNUAL)

ANNUAL_LIST_CATALOG: Final = Catalog(
    (
        _FREE,
        attrs.evolve(_BASIC, prices=(*_BASIC.prices[:1], _BASIC_YEAR, _KIOSK)),
        attrs.evolve(_STANDARD, prices=(*_STANDARD.prices[:1], _STANDARD_YEAR, _KIOSK)),
        attrs.evolve(_PRO, prices=(*_PRO.prices[:1], _PRO_YEAR, _KIOSK)),
    )
)
