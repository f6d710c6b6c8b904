"""What a document means where it leaves a field out: for good, whatever changes.

A field that may be left out has its data here, in the words of the first version that
knew it.  A default of the library may change one day; what an old document means may
not, so reading looks here and never there.  A new field is added with the data that
give the old amounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._variants import Delivery, LicenceVariant
from ..access import Permission
from ..catalogs import Catalog
from ..corrections.notes import CreditNote
from ..corrections.numbering import NumberedInvoice
from ..corrections.recipients import CorrectiveInvoice
from ..discounts import Discount
from ..licences.workspaces import Enrollment, TeamHistory, Workspace
from ..lifecycle.comparisons import PlanComparison, ResourceFit
from ..lifecycle.previews import Preview
from ..notices import Finding, Notice, Refusal
from ..parties import Party
from ..payments import AuthorizationHold, PaymentPolicy
from ..payments.fees import PercentageFee, Sale
from ..payments.methods import Card
from ..plans import AddOn, Plan, Price, Service, Tier
from ..rules import BillingRules
from ..seats import Member, SeatCount, Team
from ..subscriptions import AppliedDiscount, Outcome, PendingUpdate, SubscribedAddOn
from ..subscriptions.changes import (
    AddAddOn,
    AddSeats,
    BuyService,
    Cancel,
    RemoveAddOn,
    RemoveSeats,
    SetSeats,
    SwitchPlan,
)
from ..taxes import TaxAmount, TaxRate
from ..views import BillingView
from ..views.options import AddOnOption, PlanOption
from ..wallets import Decision, Purchase, TopUp, Wallet, WalletPolicy
from ._asked import BillRequest, ChangeRequest, DatedChanges
from ._forms import (
    ChargeForm,
    HistoryForm,
    InvoiceForm,
    StatementForm,
    SubscriptionForm,
    TermsForm,
)
from ._problems import DataProblem

FROM_OTHERS: Final = object()
"""The constructor works the field out from the others."""

ABSENT: Final[Mapping[type, Mapping[str, Any]]] = {
    # Price lists.
    Tier: {"unit_amount": "0", "flat_amount": "0"},
    Price: {
        "unit": "seat",
        "unit_amount": None,
        "interval": "month",
        "tiers": [],
        "tiers_mode": "graduated",
        "flat": False,
        "measured": False,
        "in_arrears": False,
        "min_quantity": 0,
        "max_quantity": None,
    },
    Plan: {"prices": [], "features": [], "limits": {}},
    AddOn: {
        "prices": [],
        "requires_plans": [],
        "requires_add_ons": [],
        "features": [],
        "batch": 1,
        "family": None,
        "rank": 0,
    },
    Service: {"included": {}, "features": []},
    Discount: {"percent_off": None, "amount_off": None, "periods": None},
    Catalog: {"add_ons": [], "services": []},
    # Rules.
    BillingRules: {
        "name": "default",
        "rounding": "half_up",
        "convention": "actual",
        "upgrade": "immediate",
        "downgrade": "period_end",
        "longer_interval": "restart",
        "shorter_interval": "period_end",
        "seats_added": "immediate",
        "seats_removed": "period_end",
        "add_on_added": "immediate",
        "add_on_removed": "period_end",
        "package_up": "immediate",
        "package_down": "period_end",
        "cancellation": "period_end",
        "unused_time": "credited",
        "settlement": "now",
        "intervals": [],
        "interval_discounts": {},
        "interval_discount_scope": "plan",
        "notice_days": 0,
        "notice_exempt": [],
        "late_notice": "next_period",
        "max_freeze_days": 0,
        "free_plan": None,
        "billing_roles": [],
        "licence_variants": [],
    },
    Delivery: {
        "channel": "download",
        "format": "pdf",
        "place": None,
        "mailbox": None,
        "mailbox_roles": [],
    },
    LicenceVariant: {
        "from_day": None,
        "contract": None,
        "plan": None,
        "counting": "at_start",
        "delivery": {},
    },
    Permission: {"plans": [], "statuses": []},
    # People.
    Member: {
        "unit": "seat",
        "state": "active",
        "role": "member",
        "joined_on": None,
        "left_on": None,
        "expires_on": None,
    },
    Team: {"member_ids": [], "archived_on": None},
    SeatCount: {"scheduled_removal": 0},
    Enrollment: {"start": None, "end": None},
    TeamHistory: {"enrollments": [], "active": [[None, None]]},
    Workspace: {"members": FROM_OTHERS},
    # Invoices and what follows them.
    TaxRate: {"category": "S", "inclusive": False, "reason": None},
    TermsForm: {
        "discounts": [],
        "tax_rates": [],
        "convention": "actual",
        "rounding": "half_up",
        "in_arrears": False,
    },
    Party: {
        "address": [],
        "country": None,
        "vat_number": None,
        "registration": None,
    },
    TaxAmount: {"apart": []},
    InvoiceForm: {"recipient": None},
    CreditNote: {"invoice_number": None, "recipient": None},
    CorrectiveInvoice: {
        "original_number": None,
        "sequence": 1,
        "requested_by": None,
        "state": "requested",
        "decided_on": None,
        "decided_by": None,
        "reason": None,
    },
    NumberedInvoice: {"supplier": None, "due_on": None},
    # Subscriptions and changes.
    ChargeForm: {"since": None, "free": False, "cut": None, "kept": None},
    PendingUpdate: {"key": "", "periods_left": 0, "from_day": None},
    SubscriptionForm: {"moved_from": None},
    SubscribedAddOn: {"quantity": 1},
    AppliedDiscount: {"redeemed": 0, "in_use": False},
    Notice: {"values": []},
    Outcome: {
        "notices": [],
        "replaced": [],
        "changes": [],
        "by": None,
        "timing": None,
        "reason": None,
        "previous_version": 0,
    },
    StatementForm: {"measurements": []},
    HistoryForm: {"alone": False, "timing": None},
    AddSeats: {"unit": "seat"},
    RemoveSeats: {"occupied": None, "unit": "seat"},
    SetSeats: {"occupied": None, "unit": "seat"},
    SwitchPlan: {"interval": None},
    AddAddOn: {"quantity": 1},
    RemoveAddOn: {"quantity": 1},
    BuyService: {"quantity": 1},
    Cancel: {"reason": None},
    # Money beside the invoices.
    PercentageFee: {"rounding": "half_up"},
    Sale: {"quantity": 1, "processing_fees": []},
    Card: {"funding": "unknown"},
    PaymentPolicy: {
        "card_brands": [],
        "refused_funding": [],
        "paypal_countries": [],
        "sepa_countries": [],
        "authorization": None,
    },
    AuthorizationHold: {"released_on": None},
    TopUp: {"monthly_cap": None},
    WalletPolicy: {"packs": []},
    Purchase: {"automatic": False},
    Wallet: {
        "top_up": None,
        "units_in": "0",
        "units_out": "0",
        "money_in": FROM_OTHERS,
        "pending": [],
        "purchase_count": 0,
        "top_up_month": None,
        "top_up_spent": FROM_OTHERS,
    },
    Decision: {"spent": "0", "purchase": None, "refused": []},
    # Reviews and views.
    ResourceFit: {"limit": None},
    PlanComparison: {"advised": False, "advise_first": None},
    Refusal: {"values": []},
    Preview: {
        "outcome": None,
        "refusal": None,
        "price_now": None,
        "price_next": None,
    },
    PlanOption: {"waits_for": None},
    AddOnOption: {"removal": None, "waits_for": None},
    Finding: {"values": []},
    BillingView: {"payment": None, "wallet": None},
    # Requests.
    DatedChanges: {"timing": None, "note": None},
    BillRequest: {
        "changes": [],
        "rules": FROM_OTHERS,
        "id": "subscription",
        "currency": None,
        "anchor": None,
        "trial_end": None,
        "add_ons": [],
        "discounts": [],
        "tax_rates": [],
        "recipient": None,
        "seller": None,
        "measured": {},
        "members": [],
        "occupied": None,
        "note": None,
    },
    ChangeRequest: {
        "changes": [],
        "by": None,
        "timing": None,
        "reason": None,
        "occupied": None,
        "measured": {},
        "note": None,
        "catalog": None,
        "rulebook": None,
    },
    DataProblem: {"values": []},
}
"""For each class, the data of every field that a document may leave out."""

LATER: Final[Mapping[type, tuple[str, ...]]] = {
    ChargeForm: ("cut", "kept"),
    SubscriptionForm: ("moved_from",),
    TaxAmount: ("apart",),
}
"""Fields that came after the first version.

They are written where they say something only: what needs no new field is a document
that the versions before can read.
"""
