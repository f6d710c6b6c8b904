"""A modular product: a plan by its limits, and modules that are switched on and off.

Prices and limits are samples: a price list is the host's data.  The numbers are those
of ``tests/rules.json``.  When a change is billed is configuration: three sets of rules
stand for three hosts.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import attrs

from ..catalogs import Catalog
from ..money import Rounding
from ..plans import AddOn, Plan, Price
from ..proration import Convention
from ..rules import BillingRules, Settlement, Timing, UnusedTime

__all__ = ["CATALOG", "NEXT_PERIOD_RULES", "PRORATED_RULES", "RULES"]

# GA-14, GA-32: what each plan holds of each resource; exactly so many fit.
_plan = partial(Price, unit="plan", currency="EUR", flat=True)
_S: Final = Plan(
    "s",
    "S",
    1,
    (_plan(unit_amount="29"),),
    features=("clients", "documents", "orders"),
    limits={"clients": 100, "documents": 500, "orders": 50},
)

_M: Final = Plan(
    "m",
    "M",
    2,
    (_plan(unit_amount="59"),),
    features=("clients", "documents", "orders", "exports"),
    limits={"clients": 250, "documents": 2000, "orders": 300},
)

_L: Final = Plan(
    "l",
    "L",
    3,
    (_plan(unit_amount="99"),),
    features=("clients", "documents", "orders", "exports", "approvals"),
    limits={"clients": 1000, "documents": 10000},  # as many orders as there are
)

# GA-9: a module is on or off, so there is one of it at most.
_module = partial(Price, unit="module", currency="EUR", max_quantity=1)
_MODULES: Final = (
    AddOn("quotes", "Quotes", (_module(unit_amount="9.90"),)),
    AddOn("reports", "Reports", (_module(unit_amount="10.20"),)),
    # GA-12: some modules are free.
    AddOn("calendar", "Calendar", (_module(unit_amount="0"),)),
    AddOn(
        "signature",
        "Signature",
        (_module(unit_amount="9.90"),),
        requires_add_ons=("quotes",),  # GA-26: another option is needed
    ),
    AddOn(
        "stock",
        "Stock",
        (_module(unit_amount="14.90"),),
        requires_plans=("m", "l"),  # GA-25: one of these plans is needed
    ),
    AddOn(
        "warehouses",
        "Warehouses",
        (_module(unit_amount="19.90"),),
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

# GA-16, the other configuration: a plan changes with the next period, either way; a
# module is still needed this month (GA-10).
NEXT_PERIOD_RULES: Final = attrs.evolve(
    RULES, name="modular-next-period", upgrade=Timing.PERIOD_END
)

# GA-11, GA-16: everything at once, and what was paid and not used comes back.
PRORATED_RULES: Final = attrs.evolve(
    RULES,
    name="modular-prorated",
    downgrade=Timing.IMMEDIATE,
    add_on_removed=Timing.IMMEDIATE,
)

CATALOG: Final = Catalog((_S, _M, _L), _MODULES)
