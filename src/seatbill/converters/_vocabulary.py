"""Every public value by the word that names it in data, and what carries a tag."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, get_args

from .. import (
    _variants,
    access,
    allowances,
    catalogs,
    credit,
    discounts,
    einvoices,
    errors,
    hosting,
    invoices,
    licences,
    lifecycle,
    notices,
    parties,
    payments,
    periods,
    plans,
    quotes,
    rebilling,
    revenue,
    rules,
    seats,
    subscriptions,
    taxes,
    terms,
    verification,
    views,
    wallets,
)
from ..combining import Billed
from ..corrections import notes, numbering, series, splitting
from ..corrections.numbering import Document
from ..errors import SeatbillError
from ..licences import workspaces
from ..lifecycle import comparisons, previews
from ..payments import fees
from ..payments.methods import PaymentMethod
from ..periods import Interval
from ..plans import AddOn, Plan, Service
from ..reviews import reconciliations
from ..rules import BillingRules, ChangeKind
from ..subscriptions import SubscribedAddOn
from ..subscriptions.changes import Change
from ..views import options
from . import _problems

_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


def word_of(kind: type) -> str:
    """Return the word of a class: ``"add_seats"`` for ``AddSeats``."""
    return _CAPITAL.sub("_", kind.__name__).lower()


_PLAIN: Final = (
    (plans, "Tier Price Plan AddOn Service"),
    (discounts, "DiscountTarget Eligibility Facts Discount"),
    (credit, "CreditLot"),
    (catalogs, "Catalog"),
    (notices, "Problem"),
    (rules, "BillingRules"),
    (_variants, "Delivery LicenceVariant"),
    (access, "Permission"),
    (periods, "Period"),
    (seats, "Member Team SeatCount Occupancy Admission"),
    (workspaces, "Enrollment TeamHistory Workspace"),
    (licences, "LicenceHolder MemberCount"),
    (taxes, "TaxRate TaxAmount"),
    (parties, "PostalAddress ElectronicAddress Contact Party BuyerReferences"),
    (invoices, "LineTerms InvoiceLine"),
    (verification, "Discrepancy"),
    (notes, "CreditNoteLine"),
    (splitting, "CreditSplit"),
    (numbering, "NumberedInvoice Mention"),
    (series, "NumberSeries"),
    (
        subscriptions,
        "AppliedDiscount Charge CreditedCharge PendingUpdate SubscribedAddOn",
    ),
    (
        subscriptions,
        "Subscription",
    ),
    (notices, "Notice"),
    (subscriptions, "Outcome"),
    (lifecycle, "Statement"),
    (quotes, "Quote"),
    (hosting, "Reminder"),
    (rebilling, "Correction"),
    (fees, "PercentageFee ProcessingFee Sale"),
    (payments, "PaymentPolicy AuthorizationHold PaymentTerms"),
    (payments, "DunningStep DunningPlan LateFees LateCharge"),
    (payments, "BankAccount PaymentReference PaymentInstructions"),
    (einvoices, "InvoiceNote PrecedingInvoice UnitCode AccountingCurrency"),
    (einvoices, "Particulars"),
    (terms, "TrueUp Term RunningTerm"),
    (wallets, "Pack TopUp WalletPolicy Purchase UnitLot Wallet Decision"),
    (wallets, "Allowance"),
    (allowances, "AllowancePeriod"),
    (revenue, "RevenuePart LineSchedule RevenueSchedule"),
    (notices, "Refusal"),
    (previews, "Preview"),
    (comparisons, "ResourceFit PlanComparison"),
    (options, "Condition PlanOption AddOnOption"),
    (reconciliations, "Activity ConfigurationChange LineReview Reconciliation"),
    (notices, "Finding"),
    (views, "SeatBar PricedUnit BoughtAddOn BoughtService BillingView"),
    (_problems, "DataProblem"),
)
"""The values that carry no tag, each module with the names that are told in turn."""

SUMS: Final[Mapping[str, tuple[type, ...]]] = {
    "change": get_args(Change),
    "method": get_args(PaymentMethod),
    "document": get_args(Document),
}
"""The sums: each of these classes carries this key, with its word."""

UNIONS: Final[tuple[tuple[str, tuple[type, ...]], ...]] = (
    *SUMS.items(),
    ("document", get_args(Billed)),
)
"""Each sum, and the part of one that a field may hold, with its key."""

TAGS: Final[Mapping[type, str]] = {
    kind: key for key, kinds in SUMS.items() for kind in kinds
}
"""The key of the tag that a class carries."""

_UNTAGGED: Final[list[type]] = [
    getattr(module, name) for module, names in _PLAIN for name in names.split()
]
KINDS: Final[Mapping[str, type]] = MappingProxyType(
    {word_of(kind): kind for kind in (*_UNTAGGED, *TAGS)}
)
"""Every public value by its word."""

CHANGES: Final[Mapping[str, type]] = {word_of(kind): kind for kind in SUMS["change"]}
"""Each change by its word."""

SOLD: Final = (Plan, AddOn, Service)
"""What a catalogue holds, and data may name or refer to."""

REFERABLE: Final = (*SOLD, BillingRules)
"""What a document may refer to."""

PENDING: Final[Mapping[ChangeKind, Any]] = {
    ChangeKind.PLAN: Plan,
    ChangeKind.PRICE: Plan,
    ChangeKind.INTERVAL: Interval,
    ChangeKind.SEATS: int,
    ChangeKind.ADD_ON: SubscribedAddOn,
    ChangeKind.PACKAGE: AddOn,
    ChangeKind.CANCELLATION: str | None,
    ChangeKind.PAUSE: int,
}
"""What waits, by the kind of the update."""

REFUSALS: Final[Mapping[str, type[SeatbillError]]] = {
    found.code: found
    for found in (getattr(errors, name) for name in errors.__all__)
    if found is not SeatbillError
}
"""Every refusal by its code."""
