"""What a document means where it leaves a field out: for good, whatever changes.

A field that may be left out has its data here, in the words of the first version that
knew it.  A default of the library may change one day; what an old document means may
not, so reading looks here and never there.  A new field is added with the data that
give the old amounts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

FROM_OTHERS: Final = {"from": "others"}
"""The constructor works the field out from the others."""

ABSENT: Final[Mapping[str, Mapping[str, Any]]] = json.loads("""{
  "Tier": {"unit_amount": "0", "flat_amount": "0"},
  "Price": {"unit": "seat", "unit_amount": null, "interval": "month", "tiers": [],
    "tiers_mode": "graduated", "flat": false, "measured": false, "in_arrears": false,
    "min_quantity": 0, "max_quantity": null},
  "Plan": {"prices": [], "features": [], "limits": {}},
  "AddOn": {"prices": [], "requires_plans": [], "requires_add_ons": [], "features": [],
    "batch": 1, "family": null, "rank": 0},
  "Service": {"included": {}, "features": []},
  "Discount": {"percent_off": null, "amount_off": null, "periods": null},
  "Catalog": {"add_ons": [], "services": []},
  "BillingRules": {"name": "default", "rounding": "half_up", "convention": "actual",
    "upgrade": "immediate", "downgrade": "period_end", "longer_interval": "restart",
    "shorter_interval": "period_end", "seats_added": "immediate",
    "seats_removed": "period_end", "add_on_added": "immediate",
    "add_on_removed": "period_end", "package_up": "immediate",
    "package_down": "period_end", "cancellation": "period_end",
    "unused_time": "credited", "settlement": "now", "intervals": [],
    "interval_discounts": {}, "interval_discount_scope": "plan", "notice_days": 0,
    "notice_exempt": [], "late_notice": "next_period", "max_freeze_days": 0,
    "free_plan": null, "billing_roles": [], "licence_variants": []},
  "Delivery": {"channel": "download", "format": "pdf", "place": null, "mailbox": null,
    "mailbox_roles": []},
  "LicenceVariant": {"from_day": null, "contract": null, "plan": null,
    "counting": "at_start", "delivery": {}},
  "Permission": {"plans": [], "statuses": []},
  "Member": {"unit": "seat", "state": "active", "role": "member", "joined_on": null,
    "left_on": null, "expires_on": null},
  "Team": {"member_ids": [], "archived_on": null},
  "SeatCount": {"scheduled_removal": 0},
  "Enrollment": {"start": null, "end": null},
  "TeamHistory": {"enrollments": [], "active": [[null, null]]},
  "Workspace": {"members": {"from": "others"}},
  "TaxRate": {"category": "S", "inclusive": false, "reason": null},
  "LineTerms": {"discounts": [], "tax_rates": [], "convention": "actual",
    "rounding": "half_up", "in_arrears": false},
  "Party": {"address": [], "country": null, "vat_number": null, "registration": null},
  "TaxAmount": {"apart": []},
  "Invoice": {"recipient": null},
  "CreditNote": {"invoice_number": null, "recipient": null},
  "CorrectiveInvoice": {"original_number": null, "sequence": 1, "requested_by": null,
    "state": "requested", "decided_on": null, "decided_by": null, "reason": null},
  "NumberedInvoice": {"supplier": null, "due_on": null},
  "Charge": {"since": null, "free": false, "cut": null, "kept": null},
  "PendingUpdate": {"key": "", "periods_left": 0, "from_day": null},
  "Subscription": {"moved_from": null},
  "SubscribedAddOn": {"quantity": 1},
  "AppliedDiscount": {"redeemed": 0, "in_use": false},
  "Notice": {"values": []},
  "Outcome": {"notices": [], "replaced": [], "changes": [], "by": null, "timing": null,
    "reason": null, "previous_version": 0},
  "Statement": {"measurements": []},
  "HistoryForm": {"alone": false, "timing": null},
  "AddSeats": {"unit": "seat"},
  "RemoveSeats": {"occupied": null, "unit": "seat"},
  "SetSeats": {"occupied": null, "unit": "seat"},
  "SwitchPlan": {"interval": null},
  "AddAddOn": {"quantity": 1},
  "RemoveAddOn": {"quantity": 1},
  "BuyService": {"quantity": 1},
  "Cancel": {"reason": null},
  "PercentageFee": {"rounding": "half_up"},
  "Sale": {"quantity": 1, "processing_fees": []},
  "Card": {"funding": "unknown"},
  "PaymentPolicy": {"card_brands": [], "refused_funding": [], "paypal_countries": [],
    "sepa_countries": [], "authorization": null},
  "AuthorizationHold": {"released_on": null},
  "TopUp": {"monthly_cap": null},
  "WalletPolicy": {"packs": []},
  "Purchase": {"automatic": false},
  "Wallet": {"top_up": null, "units_in": "0", "units_out": "0",
    "money_in": {"from": "others"}, "pending": [], "purchase_count": 0,
    "top_up_month": null, "top_up_spent": {"from": "others"}},
  "Decision": {"spent": "0", "purchase": null, "refused": []},
  "ResourceFit": {"limit": null},
  "PlanComparison": {"advised": false, "advise_first": null},
  "Refusal": {"values": []},
  "Preview": {"outcome": null, "refusal": null, "price_now": null, "price_next": null},
  "PlanOption": {"waits_for": null},
  "AddOnOption": {"removal": null, "waits_for": null},
  "Finding": {"values": []},
  "BillingView": {"payment": null, "wallet": null},
  "DatedChanges": {"timing": null, "note": null},
  "BillRequest": {"changes": [], "rules": {"from": "others"}, "id": "subscription",
    "currency": null, "anchor": null, "trial_end": null, "add_ons": [], "discounts": [],
    "tax_rates": [], "recipient": null, "seller": null, "measured": {}, "members": [],
    "occupied": null, "note": null},
  "ChangeRequest": {"changes": [], "by": null, "timing": null, "reason": null,
    "occupied": null, "measured": {}, "note": null, "catalog": null, "rulebook": null},
  "DataProblem": {"values": []}
}""")
"""By the name of a class, the data of every field that a document may leave out."""

LATER: Final[Mapping[str, tuple[str, ...]]] = {
    "Charge": ("cut", "kept"),
    "Subscription": ("moved_from",),
    "TaxAmount": ("apart",),
}
"""Fields that came after the first version.

They are written where they say something only: what needs no new field is a document
that the versions before can read.
"""
