"""A subscription as a value: its plan and seats, open charges, scheduled updates.

It holds what a store must keep between two calls and nothing of the past: charges
that are open in the running period, updates that wait, lines not yet invoiced.  The
dated history is the host's, who keeps the outcomes.
"""

from typing import TYPE_CHECKING

from .common_changes import (
    AddSeats,
    Cancel,
    RemoveSeats,
    SetSeats,
    SwitchInterval,
    SwitchPlan,
)
from .outcomes import Outcome
from .parts import AppliedDiscount, Charge, PendingUpdate, SubscribedAddOn
from .subscription import Status, Subscription

if TYPE_CHECKING:  # few bills have any of them
    from .changes import (
        AddAddOn,
        ApplyDiscount,
        BuyService,
        Change,
        ChargeFee,
        CreditedCharge,
        EndPause,
        EndTrial,
        Extend,
        Freeze,
        GrantCredit,
        MoveBillingDay,
        Pause,
        RecordCreditNote,
        RecordUsage,
        RemoveAddOn,
        RemoveDiscount,
        Reprice,
        Resume,
        SetRecipient,
        SetTaxRates,
        SetTerm,
        SwitchPackage,
        Unfreeze,
        WithdrawPending,
    )

__all__ = [
    "AddAddOn",
    "AddSeats",
    "AppliedDiscount",
    "ApplyDiscount",
    "BuyService",
    "Cancel",
    "Change",
    "Charge",
    "ChargeFee",
    "CreditedCharge",
    "EndPause",
    "EndTrial",
    "Extend",
    "Freeze",
    "GrantCredit",
    "MoveBillingDay",
    "Outcome",
    "Pause",
    "PendingUpdate",
    "RecordCreditNote",
    "RecordUsage",
    "RemoveAddOn",
    "RemoveDiscount",
    "RemoveSeats",
    "Reprice",
    "Resume",
    "SetRecipient",
    "SetSeats",
    "SetTaxRates",
    "SetTerm",
    "Status",
    "SubscribedAddOn",
    "Subscription",
    "SwitchInterval",
    "SwitchPackage",
    "SwitchPlan",
    "Unfreeze",
    "WithdrawPending",
]


def __getattr__(name: str) -> object:
    """Import what few bills need when it is first asked for (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import changes

    found: object = getattr(changes, name)
    globals()[name] = found  # asked for once
    return found
