"""A modular product: a plan by its limits, and modules that are switched on and off.

Prices and limits are samples: a price list is the host's data.  The numbers are those
of ``tests/rules.json``.  When a change is billed is configuration: three sets of rules
stand for three hosts.
"""

from __future__ import annotations

from typing import Final

from ..catalogs import Catalog
from ..money import Rounding
from ..plans import AddOn, Plan, Price
from ..proration import Convention
from ..rules import BillingRules, Settlement, Timing, UnusedTime

__all__ = ["CATALOG", "NEXT_PERIOD_RULES", "PRORATED_RULES", "RULES"]

# GA-14, GA-32: what each plan holds of each resource; exactly so many fit.
_S: Final = Plan(
    "s",
    "S",
    1,
    (Price(unit="plan", unit_amount="29", currency="EUR", flat=True),),
    features=("clients", "documents", "orders"),
    limits={"clients": 100, "documents": 500, "orders": 50},
)

_M: Final = Plan(
    "m",
    "M",
    2,
    (Price(unit="plan", unit_amount="59", currency="EUR", flat=True),),
    features=("clients", "documents", "orders", "exports"),
    limits={"clients": 250, "documents": 2000, "orders": 300},
)

_L: Final = Plan(
    "l",
    "L",
    3,
    (Price(unit="plan", unit_amount="99", currency="EUR", flat=True),),
    features=("clients", "documents", "orders", "exports", "approvals"),
    limits={"clients": 1000, "documents": 10000},  # as many orders as there are
)

# GA-9: a module is on or off, so there is one of it at most.
_MODULES: Final = (
    AddOn(
        "quotes",
        "Quotes",
        (Price(unit="module", unit_amount="9.90", currency="EUR", max_quantity=1),),
    ),
    AddOn(
        "reports",
        "Reports",
        (Price(unit="module", unit_amount="10.20", currency="EUR", max_quantity=1),),
    ),
    AddOn(
        "calendar",  # GA-12: some modules are free
        "Calendar",
        (Price(unit="module", unit_amount="0", currency="EUR", max_quantity=1),),
    ),
    AddOn(
        "signature",
        "Signature",
        (Price(unit="module", unit_amount="9.90", currency="EUR", max_quantity=1),),
        requires_add_ons=("quotes",),  # GA-26: another option is needed
    ),
    AddOn(
        "stock",
        "Stock",
        (Price(unit="module", unit_amount="14.90", currency="EUR", max_quantity=1),),
        requires_plans=("m", "l"),  # GA-25: one of these plans is needed
    ),
    AddOn(
        "warehouses",
        "Warehouses",
        (Price(unit="module", unit_amount="19.90", currency="EUR", max_quantity=1),),
        requires_plans=("l",),
        requires_add_ons=("stock",),
    ),
)

RULES: Final = BillingRules(
    name="modular",
    rounding=Rounding.HALF_UP,
    convention=Convention.ACTUAL,  # GA-10: by the day, over the days of the period
    upgrade=Timing.IMMEDIATE,  # GA-16: prorated, now
    downgrade=Timing.PERIOD_END,  # GA-16, ambiguity 15: at the next period
    add_on_added=Timing.IMMEDIATE,  # GA-10: needed this month, prorated
    add_on_removed=Timing.PERIOD_END,  # GA-11: to the period's end, nothing back
    cancellation=Timing.PERIOD_END,
    unused_time=UnusedTime.CREDITED,  # GA-16: the difference of the days left
    settlement=Settlement.NOW,  # GA-16: on confirmation
    billing_roles=("connected",),  # GA-1: whoever is connected, no special role
)

# GA-16, the other configuration: a plan changes with the next period, either way.
NEXT_PERIOD_RULES: Final = BillingRules(
    name="modular-next-period",
    rounding=Rounding.HALF_UP,
    convention=Convention.ACTUAL,
    upgrade=Timing.PERIOD_END,
    downgrade=Timing.PERIOD_END,
    add_on_added=Timing.IMMEDIATE,  # GA-10: a module is needed this month
    add_on_removed=Timing.PERIOD_END,
    cancellation=Timing.PERIOD_END,
    settlement=Settlement.NOW,
    billing_roles=("connected",),
)

# GA-11, GA-16: everything at once, and what was paid and not used comes back.
PRORATED_RULES: Final = BillingRules(
    name="modular-prorated",
    rounding=Rounding.HALF_UP,
    convention=Convention.ACTUAL,
    upgrade=Timing.IMMEDIATE,
    downgrade=Timing.IMMEDIATE,
    add_on_added=Timing.IMMEDIATE,
    add_on_removed=Timing.IMMEDIATE,
    cancellation=Timing.PERIOD_END,
    unused_time=UnusedTime.CREDITED,
    settlement=Settlement.NOW,
    billing_roles=("connected",),
)

CATALOG: Final = Catalog((_S, _M, _L), _MODULES)
