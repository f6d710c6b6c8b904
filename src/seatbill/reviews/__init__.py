"""Look at a subscription beside its usage, its charges and its history.

Nothing here changes anything: what a change would come to is an outcome that nobody
has kept, and advice is a value that nobody has to follow.
"""

from ..lifecycle.comparisons import (
    PlanComparison,
    ResourceFit,
    check_limit,
    compare_plans,
)
from ..lifecycle.previews import Preview
from .reconciliations import Activity, ConfigurationChange, LineReview, Reconciliation
from .reconciling import reconcile
from .reviewing import review

__all__ = [
    "Activity",
    "ConfigurationChange",
    "LineReview",
    "PlanComparison",
    "Preview",
    "Reconciliation",
    "ResourceFit",
    "check_limit",
    "compare_plans",
    "reconcile",
    "review",
]
