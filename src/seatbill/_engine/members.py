"""The members of the enumerations, by names of their own.

On CPython 3.11 reading a member through its class costs more than a line's
arithmetic; a name of a module costs nothing.
"""

from __future__ import annotations

from typing import Final

from ..discounts import Surplus
from ..invoices import BillingReason, ItemKind, LineKind
from ..money import Rounding
from ..proration import Convention
from ..rules import (
    ChangeKind,
    Direction,
    LateNotice,
    NoticeScope,
    Settlement,
    Timing,
    UnusedTime,
)

IMMEDIATE: Final = Timing.IMMEDIATE
RESTART: Final = Timing.RESTART
PERIOD_END: Final = Timing.PERIOD_END
FORFEIT: Final = Timing.FORFEIT

PLAN: Final = ChangeKind.PLAN
INTERVAL: Final = ChangeKind.INTERVAL
SEATS: Final = ChangeKind.SEATS
ADD_ON: Final = ChangeKind.ADD_ON
PACKAGE: Final = ChangeKind.PACKAGE
CANCELLATION: Final = ChangeKind.CANCELLATION
PRICE: Final = ChangeKind.PRICE
PAUSE: Final = ChangeKind.PAUSE

PLAN_ITEM: Final = ItemKind.PLAN
ADD_ON_ITEM: Final = ItemKind.ADD_ON
DISCOUNT_ITEM: Final = ItemKind.DISCOUNT
FEE_ITEM: Final = ItemKind.FEE
SERVICE_ITEM: Final = ItemKind.SERVICE

CHARGE_LINE: Final = LineKind.CHARGE
CREDIT_LINE: Final = LineKind.CREDIT
DISCOUNT_LINE: Final = LineKind.DISCOUNT
FEE_LINE: Final = LineKind.FEE
SERVICE_LINE: Final = LineKind.SERVICE

KEPT: Final = Surplus.KEPT

CREATE: Final = BillingReason.SUBSCRIPTION_CREATE
CYCLE: Final = BillingReason.SUBSCRIPTION_CYCLE
UPDATE: Final = BillingReason.SUBSCRIPTION_UPDATE

UPGRADE: Final = Direction.UPGRADE
DOWNGRADE: Final = Direction.DOWNGRADE
LONGER_INTERVAL: Final = Direction.LONGER_INTERVAL
SHORTER_INTERVAL: Final = Direction.SHORTER_INTERVAL
SEATS_ADDED: Final = Direction.SEATS_ADDED
SEATS_REMOVED: Final = Direction.SEATS_REMOVED
ADD_ON_ADDED: Final = Direction.ADD_ON_ADDED
ADD_ON_REMOVED: Final = Direction.ADD_ON_REMOVED
PACKAGE_UP: Final = Direction.PACKAGE_UP
PACKAGE_DOWN: Final = Direction.PACKAGE_DOWN
CANCELLATION_WAY: Final = Direction.CANCELLATION

ACTUAL: Final = Convention.ACTUAL
FULL: Final = Convention.FULL
ACTUAL_30: Final = Convention.ACTUAL_30
THIRTY_360: Final = Convention.THIRTY_360

HALF_UP: Final = Rounding.HALF_UP

SETTLE_NOW: Final = Settlement.NOW
SETTLE_MONTHLY: Final = Settlement.MONTHLY

CREDITED: Final = UnusedTime.CREDITED

REFUSE: Final = LateNotice.REFUSE

EVERY_CHANGE: Final = NoticeScope.EVERY_CHANGE
