"""What a document means where it leaves a field out: for good, whatever changes.

A field that may be left out has its data here, in the words of the first version that
knew it.  A default of the library may change one day; what an old document means may
not, so reading looks here and never there.  A new field is added with the data that
give the old amounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ._resources import table

FROM_OTHERS: Final = {"from": "others"}
"""The constructor works the field out from the others."""

ABSENT: Final[dict[str, dict[str, Any]]] = table("absent.json")
"""By the name of a class, the data of every field that a document may leave out."""

LATER: Final[Mapping[str, tuple[str, ...]]] = {
    "AddOn": ("interval", "anchored_on", "tax_class"),
    "AppliedDiscount": ("ends_on", "spent"),
    "BillRequest": ("version", "term", "credit"),
    "BillingRules": (
        "notice_scope",
        "correction_roles",
        "recipient_lock",
        "payable_rounding",
        "credit_order",
    ),
    "BillingView": ("services",),
    "Charge": ("cut", "kept", "ended", "credit_notes"),
    "ChargeFee": ("tax_class",),
    "Correction": ("refund_due",),
    "CorrectiveInvoice": ("decision_roles",),
    "SubscribedAddOn": ("period", "anchor"),
    "CreditSplit": ("lots",),
    "Decision": ("lapsed", "returned", "refund_due"),
    "Discount": (
        "months",
        "until",
        "applies_to",
        "combinable",
        "eligibility",
        "surplus",
    ),
    "GrantCredit": ("kind", "expires_on"),
    "Invoice": ("credit_lots", "payable_step"),
    "SetSeats": ("from_day",),
    "Pack": ("valid_for",),
    "Plan": ("tax_class",),
    "Price": ("batch",),
    "Service": ("tax_class",),
    "Subscription": ("moved_from", "paid_until", "term", "credit_lots"),
    "SwitchPlan": ("seats", "occupied"),
    "TaxAmount": ("apart",),
    "Party": ("registration_scheme", "postal", "electronic_address", "contact"),
    "TaxRate": ("tax_classes", "exemption_code"),
    "Wallet": ("lots",),
    "WalletPolicy": ("unused",),
    "WithdrawPending": ("from_day",),
}
"""Fields that came after the first version.

They are written where they say something only: what needs no new field is a document
that the versions before can read.
"""
