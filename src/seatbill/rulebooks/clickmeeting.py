"""ClickMeeting: sized plans by the month or year, add-ons beside them, a freeze.

Prices, countries and limits are samples: a price list is the host's data.  The
numbers are those of ``tests/rules.json``.  A plan is bought by its size, so its price
is flat; how many attendees it holds is a limit.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import Final

from ..access import Action, Permission
from ..catalogs import Catalog
from ..discounts import Discount
from ..licences import Channel, Delivery
from ..money import Rounding
from ..payments import CARD_AUTHORIZATION, PaymentPolicy, PercentageFee
from ..periods import ANNUAL, MONTHLY, Interval
from ..plans import AddOn, Plan, Price
from ..proration import Convention
from ..rules import BillingRules, DiscountScope, Settlement, Timing, UnusedTime
from ..subscriptions import Status
from ..wallets import WalletPolicy

__all__ = [
    "CATALOG",
    "CORRECTION_DETAILS",
    "DELIVERIES",
    "MINUTES",
    "MONTH",
    "NON_PROFIT",
    "PAYMENTS",
    "PERMISSIONS",
    "RULES",
    "TICKET_FEE",
    "YEAR",
]

# CM-1: monthly and annual, by the calendar or in cycles of 30 and of 365 days: the page
# says neither which, nor that there is one alone.
MONTH: Final = Interval(days=30)
YEAR: Final = Interval(days=365)

_LIVE_FEATURES: Final = ("webinars", "chat", "screen sharing", "recording")  # CM-8
_AUTOMATED_FEATURES: Final = (*_LIVE_FEATURES, "automated webinars", "paid webinars")

# CM-2: the size makes the price, whatever the number of those who log in.
_size = partial(
    Price,
    unit="account",
    currency="USD",
    interval=MONTH,
    flat=True,
    min_quantity=1,
    max_quantity=1,
)

_LIVE_25: Final = Plan(
    "live-25",
    "Live 25",
    1,
    (_size(unit_amount="25.00"), _size(unit_amount="25.00", interval=MONTHLY)),
    features=_LIVE_FEATURES,
    limits={"attendee": 25},
)

_LIVE_50: Final = Plan(
    "live-50",
    "Live 50",
    2,
    (_size(unit_amount="40.00"), _size(unit_amount="40.00", interval=MONTHLY)),
    features=_LIVE_FEATURES,
    limits={"attendee": 50},
)

_AUTOMATED_100: Final = Plan(
    "automated-100",
    "Automated 100",
    3,
    (_size(unit_amount="60.00"), _size(unit_amount="60.00", interval=MONTHLY)),
    features=_AUTOMATED_FEATURES,
    limits={"attendee": 100},
)

# CM-9: what costs extra, each with a quantity of its own.
_extra = partial(Price, currency="USD", interval=MONTH)
_TOLL_FREE: Final = AddOn(
    "toll-free",
    "Toll-free number",
    (
        _extra(unit="number", unit_amount="10.00"),
        _extra(unit="number", unit_amount="10.00", interval=MONTHLY),
    ),
)

_PARALLEL: Final = AddOn(
    "parallel-events",
    "Parallel events",
    (
        _extra(unit="event", unit_amount="20.00"),
        _extra(unit="event", unit_amount="20.00", interval=MONTHLY),
    ),
)

_STORAGE: Final = AddOn(
    "storage",
    "File storage",
    (
        _extra(unit="gigabyte", unit_amount="0.50"),
        _extra(unit="gigabyte", unit_amount="0.50", interval=MONTHLY),
    ),
    batch=10,
)

CATALOG: Final = Catalog(
    (_LIVE_25, _LIVE_50, _AUTOMATED_100), (_TOLL_FREE, _PARALLEL, _STORAGE)
)

RULES: Final = BillingRules(
    name="clickmeeting",
    rounding=Rounding.HALF_UP,
    convention=Convention.ACTUAL,  # CM-9, CM-18: by the days of the cycle that are left
    upgrade=Timing.IMMEDIATE,  # CM-18: now, for the difference of the days left
    downgrade=Timing.PERIOD_END,  # CM-18: the other way round, from the next cycle
    longer_interval=Timing.RESTART,  # CM-1: a full year now, less what remains
    shorter_interval=Timing.PERIOD_END,  # CM-1
    add_on_added=Timing.IMMEDIATE,  # CM-9: prorated, it ends with the plan's cycle
    add_on_removed=Timing.PERIOD_END,  # CM-20: kept to the end of the cycle
    cancellation=Timing.PERIOD_END,  # CM-20
    unused_time=UnusedTime.CREDITED,  # CM-18: by the difference
    settlement=Settlement.NOW,  # CM-38: the price that is shown is charged today
    intervals=(MONTH, YEAR, MONTHLY, ANNUAL),  # CM-1: by days or by the calendar
    interval_discounts={YEAR: "20", ANNUAL: "20"},  # CM-6: 20 % off
    interval_discount_scope=DiscountScope.PLAN,  # CM-6: the plan alone (ambiguity 20)
    max_freeze_days=60,  # CM-20: then it thaws by itself (ambiguity 13)
    billing_roles=("owner",),  # CM-10, CM-25, CM-26: nobody else sees, pays or buys
    correction_roles=("billing",),  # CM-28: who asks does not carry it out
)

# CM-7: granted on request; a share of the price that compounds with that of the year
# (ambiguity 14).
NON_PROFIT: Final = Discount.percent("25", id="non-profit")

PERMISSIONS: Final = (
    Permission(Action.GRANT, roles=("billing",)),  # CM-7: asked for, granted by Billing
    Permission(  # CM-24: who is frozen asks the support team for old invoices
        Action.DOWNLOAD, roles=("support",), statuses=(Status.FROZEN,)
    ),
)

PAYMENTS: Final = PaymentPolicy(
    card_brands=("visa", "mastercard", "discover", "amex"),  # CM-4
    paypal_countries=("BR", "IN", "PH", "TR", "UA"),  # CM-5: where cards are rare
    authorization=CARD_AUTHORIZATION,  # CM-11, CM-12: 1.00 USD, held and given back
)

TICKET_FEE: Final = PercentageFee("5")  # CM-14: of the ticket's gross price

# CM-16, CM-17: minutes that are free, beside the money.
MINUTES: Final = WalletPolicy(
    unit="minute", currency="USD", purposes=("toll-free call", "call-out")
)

# How invoices arrive, by the way in which an account is paid.
DELIVERIES: Final = MappingProxyType(
    {
        "card": Delivery(channel=Channel.DOWNLOAD, place="invoice history"),  # CM-21
        "paypal": Delivery(channel=Channel.DOWNLOAD, place="invoice history"),  # CM-21
        "other": Delivery(channel=Channel.MAIL),  # CM-22: to the account's address
        "sales": Delivery(channel=Channel.MAIL, mailbox_roles=("sales",)),  # CM-23
    }
)

# CM-31: what a request for a correction has to give.
CORRECTION_DETAILS: Final = ("name", "address", "country")
