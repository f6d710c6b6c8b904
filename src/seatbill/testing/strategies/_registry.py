"""The strategy of each public value class."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any, Final, TypeVar, cast, get_args

from ... import (
    access,
    catalogs,
    converters,
    corrections,
    discounts,
    invoices,
    licences,
    lifecycle,
    limits,
    money,
    notices,
    parties,
    payments,
    periods,
    plans,
    rebilling,
    revenue,
    reviews,
    rules,
    seats,
    subscriptions,
    taxes,
    verification,
    views,
    wallets,
)
from ..._values.base import Quantities
from ...errors import UnknownItemError
from .._hypothesis import st
from ..histories import History
from . import (
    _documents,
    _markets,
    _payments,
    _people,
    _prices,
    _requests,
    _reviews,
    _rules,
    _values,
)
from ._changes import changes
from ._histories import histories

_T = TypeVar("_T")


def _asked(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for changes of one type, in any market."""
    return _markets.markets().flatmap(lambda market: changes(market, kind))


_STRATEGIES: Final[dict[type[Any], Callable[[], st.SearchStrategy[Any]]]] = {
    History: histories,
    Quantities: _values.quantities,
    _markets.Market: _markets.markets,
    access.Permission: _people.permissions,
    converters.BillRequest: _requests.bill_requests,
    converters.ChangeRequest: _requests.change_requests,
    converters.DatedChanges: _requests.dated_changes,
    corrections.CorrectiveInvoice: _documents.corrective_invoices,
    corrections.CreditNote: _documents.credit_notes,
    corrections.CreditNoteLine: _documents.credit_note_lines,
    corrections.Mention: _documents.mentions,
    corrections.NumberedInvoice: _documents.numbered_invoices,
    verification.Discrepancy: _documents.discrepancies,
    invoices.Invoice: _documents.invoices,
    invoices.InvoiceLine: _documents.invoice_lines,
    invoices.LineTerms: _documents.line_terms,
    parties.Party: _rules.parties,
    taxes.TaxAmount: _rules.tax_amounts,
    taxes.TaxRate: _rules.tax_rates,
    licences.Delivery: _people.deliveries,
    licences.Enrollment: _people.enrollments,
    licences.LicenceHolder: _people.licence_holders,
    licences.LicenceVariant: _people.licence_variants,
    licences.MemberCount: _people.member_counts,
    licences.TeamHistory: _people.team_histories,
    licences.Workspace: _people.workspaces,
    lifecycle.Statement: _documents.statements,
    money.Money: _values.money,
    payments.AuthorizationHold: _payments.authorization_holds,
    payments.Card: _payments.cards,
    payments.PayPal: _payments.paypals,
    payments.PaymentPolicy: _payments.payment_policies,
    payments.PercentageFee: _payments.percentage_fees,
    payments.ProcessingFee: _payments.processing_fees,
    payments.Sale: _payments.sales,
    payments.SepaMandate: _payments.sepa_mandates,
    periods.Interval: _values.intervals,
    periods.Period: _values.periods,
    plans.AddOn: _prices.add_ons,
    catalogs.Catalog: _prices.catalogs,
    discounts.Discount: _prices.discounts,
    plans.Plan: _prices.plans,
    plans.Price: _prices.prices,
    limits.Limits: _rules.limits,
    notices.Problem: _prices.problems,
    plans.Service: _prices.services,
    plans.Tier: lambda: _prices.tiers().flatmap(st.sampled_from),
    rebilling.Correction: _documents.corrections,
    revenue.LineSchedule: _documents.line_schedules,
    revenue.RevenuePart: _documents.revenue_parts,
    revenue.RevenueSchedule: _documents.revenue_schedules,
    reviews.Activity: _reviews.activities,
    reviews.ConfigurationChange: _reviews.configuration_changes,
    notices.Finding: _reviews.findings,
    reviews.LineReview: _reviews.line_reviews,
    reviews.PlanComparison: _reviews.plan_comparisons,
    reviews.Preview: _reviews.previews,
    reviews.Reconciliation: _reviews.reconciliations,
    notices.Refusal: _reviews.refusals,
    reviews.ResourceFit: _reviews.resource_fits,
    rules.BillingRules: _rules.billing_rules,
    seats.Admission: _people.admissions,
    seats.Member: _people.members,
    seats.Occupancy: _people.occupancies,
    seats.SeatCount: _people.seat_counts,
    seats.Team: _people.teams,
    subscriptions.AppliedDiscount: _documents.applied_discounts,
    subscriptions.Charge: _documents.charges,
    notices.Notice: _documents.notices,
    subscriptions.Outcome: _documents.outcomes,
    subscriptions.PendingUpdate: _documents.pending_updates,
    subscriptions.SubscribedAddOn: _documents.subscribed_add_ons,
    subscriptions.Subscription: _documents.subscriptions,
    views.AddOnOption: _reviews.add_on_choices,
    views.BillingView: _reviews.billing_views,
    views.BoughtAddOn: _reviews.bought_add_ons,
    views.Condition: _reviews.conditions,
    views.PlanOption: _reviews.plan_choices,
    views.PricedUnit: _reviews.priced_units,
    views.SeatBar: _reviews.seat_bars,
    wallets.Decision: _payments.decisions,
    wallets.Pack: _payments.packs,
    wallets.Purchase: _payments.purchases,
    wallets.TopUp: _payments.top_ups,
    wallets.Wallet: _payments.wallets,
    wallets.WalletPolicy: _payments.wallet_policies,
    **{kind: partial(_asked, kind) for kind in get_args(subscriptions.Change)},
}


def of(kind: type[_T]) -> st.SearchStrategy[_T]:
    """Return the strategy of a public value class, or of an enumeration.

    Raises: UnknownItemError for a class that is none of them.
    """
    if isinstance(kind, type) and issubclass(kind, Enum):
        return cast("st.SearchStrategy[_T]", st.sampled_from(kind))
    if kind not in _STRATEGIES:
        known = tuple(sorted(known.__name__ for known in _STRATEGIES))
        raise UnknownItemError("strategy", getattr(kind, "__name__", kind), known)
    return _STRATEGIES[kind]()
