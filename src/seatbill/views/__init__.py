"""The pages of a subscription as values: the page itself, plans, add-ons.

Everything is read off the subscription; an option holds the outcome that choosing it
would be, so that what was shown is what is charged.
"""

from ..lifecycle.previews import PricedUnit
from .billing import (
    BarColor,
    BillingView,
    BoughtAddOn,
    BoughtService,
    SeatBar,
    billing_view,
)
from .options import (
    AddOnOption,
    Condition,
    OptionKind,
    PlanOption,
    add_on_options,
    plan_options,
)

__all__ = [
    "AddOnOption",
    "BarColor",
    "BillingView",
    "BoughtAddOn",
    "BoughtService",
    "Condition",
    "OptionKind",
    "PlanOption",
    "PricedUnit",
    "SeatBar",
    "add_on_options",
    "billing_view",
    "plan_options",
]
