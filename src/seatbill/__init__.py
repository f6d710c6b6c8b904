"""Billing rules for seat-based subscriptions: values in, values out."""

from typing import TYPE_CHECKING

from ._values.later import LATER, MODULES
from .errors import SeatbillError
from .money import Money, Rounding
from .periods import ANNUAL, MONTHLY, QUARTERLY, Interval, Period
from .plans import AddOn, Plan, Price, Service, Tier
from .proration import Convention, allocate, prorate, share
from .rules import BillingRules, Settlement, Timing

if TYPE_CHECKING:
    from .catalogs import Catalog
    from .corrections import (
        CorrectiveInvoice,
        CreditNote,
        correct_recipient,
        credit_note,
    )
    from .discounts import Discount
    from .formatting import explain
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
    from .parties import Party
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
        AddSeats,
        ApplyDiscount,
        BuyService,
        Cancel,
        ChargeFee,
        EndPause,
        EndTrial,
        Extend,
        Freeze,
        GrantCredit,
        MoveBillingDay,
        Outcome,
        Pause,
        RecordCreditNote,
        RecordUsage,
        RemoveAddOn,
        RemoveDiscount,
        RemoveSeats,
        Reprice,
        Resume,
        SetRecipient,
        SetSeats,
        SetTaxRates,
        SetTerm,
        Subscription,
        SwitchInterval,
        SwitchPackage,
        SwitchPlan,
        Unfreeze,
        WithdrawPending,
    )
    from .taxes import TaxCategory, TaxRate
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
    """Import what is first asked for, a name or its module (PEP 562)."""
    from importlib import import_module

    if name in MODULES:
        return import_module(f".{name}", __name__)
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f".{LATER[name]}", __name__), name)
    globals()[name] = found  # asked for once
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
