"""Billing rules for seat-based subscriptions: values in, values out."""

from typing import TYPE_CHECKING

from ._values.later import LATER
from .catalogs import Catalog
from .discounts import Discount
from .errors import SeatbillError
from .invoices import Invoice, InvoiceLine
from .lifecycle import (
    Statement,
    adopt,
    bill,
    change,
    next_renewal,
    preview_invoice,
    renew,
    subscribe,
)
from .money import Money, Rounding
from .parties import Party
from .periods import ANNUAL, MONTHLY, QUARTERLY, Interval, Period
from .plans import AddOn, Plan, Price, Service, Tier
from .proration import Convention, allocate, prorate, share
from .rules import BillingRules, Settlement, Timing
from .subscriptions import (
    AddSeats,
    Cancel,
    Outcome,
    RemoveSeats,
    SetSeats,
    Subscription,
    SwitchInterval,
    SwitchPlan,
)
from .taxes import TaxCategory, TaxRate

if TYPE_CHECKING:
    from .corrections import (
        CorrectiveInvoice,
        CreditNote,
        correct_recipient,
        credit_note,
    )
    from .formatting import explain
    from .rebilling import origins, rebill
    from .revenue import arr, mrr, recognize
    from .seats import (
        ACTIVE,
        DEACTIVATED,
        INVITED,
        Member,
        Occupancy,
        Team,
        admit,
        occupancy,
    )
    from .subscriptions import (
        AddAddOn,
        ApplyDiscount,
        BuyService,
        ChargeFee,
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
    from .terms import Term
    from .verification import verify

__all__ = [
    "ACTIVE",
    "ANNUAL",
    "DEACTIVATED",
    "INVITED",
    "MONTHLY",
    "QUARTERLY",
    "AddAddOn",
    "AddOn",
    "AddSeats",
    "ApplyDiscount",
    "BillingRules",
    "BuyService",
    "Cancel",
    "Catalog",
    "ChargeFee",
    "Convention",
    "CorrectiveInvoice",
    "CreditNote",
    "Discount",
    "EndPause",
    "EndTrial",
    "Extend",
    "Freeze",
    "GrantCredit",
    "Interval",
    "Invoice",
    "InvoiceLine",
    "Member",
    "Money",
    "MoveBillingDay",
    "Occupancy",
    "Outcome",
    "Party",
    "Pause",
    "Period",
    "Plan",
    "Price",
    "RecordCreditNote",
    "RecordUsage",
    "RemoveAddOn",
    "RemoveDiscount",
    "RemoveSeats",
    "Reprice",
    "Resume",
    "Rounding",
    "SeatbillError",
    "Service",
    "SetRecipient",
    "SetSeats",
    "SetTaxRates",
    "SetTerm",
    "Settlement",
    "Statement",
    "Subscription",
    "SwitchInterval",
    "SwitchPackage",
    "SwitchPlan",
    "TaxCategory",
    "TaxRate",
    "Team",
    "Term",
    "Tier",
    "Timing",
    "Unfreeze",
    "WithdrawPending",
    "admit",
    "adopt",
    "allocate",
    "arr",
    "bill",
    "change",
    "correct_recipient",
    "credit_note",
    "explain",
    "mrr",
    "next_renewal",
    "occupancy",
    "origins",
    "preview_invoice",
    "prorate",
    "rebill",
    "recognize",
    "renew",
    "share",
    "subscribe",
    "verify",
]


def __getattr__(name: str) -> object:
    """Import what few bills need when it is first asked for (PEP 562)."""
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f".{LATER[name]}", __name__), name)
    globals()[name] = found  # asked for once
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
