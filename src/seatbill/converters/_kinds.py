"""Every public value by the word that names it in data, and what carries a tag."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, get_args

from .. import errors
from .._variants import Delivery, LicenceVariant
from ..access import Permission
from ..catalogs import Catalog
from ..corrections.notes import CreditNoteLine
from ..corrections.numbering import Document, Mention, NumberedInvoice
from ..discounts import Discount
from ..errors import SeatbillError
from ..invoices import InvoiceLine, LineTerms
from ..licences import LicenceHolder, MemberCount
from ..licences.workspaces import Enrollment, TeamHistory, Workspace
from ..lifecycle import Statement
from ..lifecycle.comparisons import PlanComparison, ResourceFit
from ..lifecycle.previews import Preview
from ..notices import Finding, Notice, Problem, Refusal
from ..parties import Party
from ..payments import AuthorizationHold, PaymentPolicy
from ..payments.fees import PercentageFee, ProcessingFee, Sale
from ..payments.methods import PaymentMethod
from ..periods import Interval, Period
from ..plans import AddOn, Plan, Price, Service, Tier
from ..rebilling import Correction
from ..revenue import LineSchedule, RevenuePart, RevenueSchedule
from ..reviews.reconciliations import (
    Activity,
    ConfigurationChange,
    LineReview,
    Reconciliation,
)
from ..rules import BillingRules, ChangeKind
from ..seats import Admission, Member, Occupancy, SeatCount, Team
from ..subscriptions import (
    AppliedDiscount,
    Charge,
    Outcome,
    PendingUpdate,
    SubscribedAddOn,
    Subscription,
)
from ..subscriptions.changes import Change
from ..taxes import TaxAmount, TaxRate
from ..verification import Discrepancy
from ..views import BillingView, BoughtAddOn, PricedUnit, SeatBar
from ..views.options import AddOnOption, Condition, PlanOption
from ..wallets import Decision, Pack, Purchase, TopUp, Wallet, WalletPolicy
from ._problems import DataProblem

_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


def word_of(kind: type) -> str:
    """Return the word of a class: ``"add_seats"`` for ``AddSeats``."""
    return _CAPITAL.sub("_", kind.__name__).lower()


_PLAIN: Final = (
    Tier,
    Price,
    Plan,
    AddOn,
    Service,
    Discount,
    Catalog,
    Problem,
    BillingRules,
    Delivery,
    LicenceVariant,
    Permission,
    Period,
    Member,
    Team,
    SeatCount,
    Occupancy,
    Admission,
    Enrollment,
    TeamHistory,
    Workspace,
    LicenceHolder,
    MemberCount,
    TaxRate,
    TaxAmount,
    Party,
    LineTerms,
    InvoiceLine,
    Discrepancy,
    CreditNoteLine,
    NumberedInvoice,
    Mention,
    Charge,
    PendingUpdate,
    SubscribedAddOn,
    AppliedDiscount,
    Subscription,
    Notice,
    Outcome,
    Statement,
    Correction,
    PercentageFee,
    ProcessingFee,
    Sale,
    PaymentPolicy,
    AuthorizationHold,
    Pack,
    TopUp,
    WalletPolicy,
    Purchase,
    Wallet,
    Decision,
    RevenuePart,
    LineSchedule,
    RevenueSchedule,
    Refusal,
    Preview,
    ResourceFit,
    PlanComparison,
    Condition,
    PlanOption,
    AddOnOption,
    Activity,
    ConfigurationChange,
    LineReview,
    Reconciliation,
    Finding,
    SeatBar,
    PricedUnit,
    BoughtAddOn,
    BillingView,
    DataProblem,
)

SUMS: Final[Mapping[str, tuple[type, ...]]] = {
    "change": get_args(Change),
    "method": get_args(PaymentMethod),
    "document": get_args(Document),
}
"""The sums: each of these classes carries this key, with its word."""

TAGS: Final[Mapping[type, str]] = {
    kind: key for key, kinds in SUMS.items() for kind in kinds
}
"""The key of the tag that a class carries."""

KINDS: Final[Mapping[str, type]] = MappingProxyType(
    {word_of(kind): kind for kind in (*_PLAIN, *TAGS)}
)
"""Every public value by its word."""

CHANGES: Final[Mapping[str, type]] = {word_of(kind): kind for kind in SUMS["change"]}
"""Each change by its word."""

SOLD: Final = (Plan, AddOn, Service)
"""What a catalogue holds, and data may name or refer to."""

PENDING: Final[Mapping[ChangeKind, Any]] = {
    ChangeKind.PLAN: Plan,
    ChangeKind.PRICE: Plan,
    ChangeKind.INTERVAL: Interval,
    ChangeKind.SEATS: int,
    ChangeKind.ADD_ON: SubscribedAddOn,
    ChangeKind.PACKAGE: AddOn,
    ChangeKind.CANCELLATION: str | None,
}
"""What waits, by the kind of the update."""

REFUSALS: Final[Mapping[str, type[SeatbillError]]] = {
    found.code: found
    for found in (getattr(errors, name) for name in errors.__all__)
    if found is not SeatbillError
}
"""Every refusal by its code."""
