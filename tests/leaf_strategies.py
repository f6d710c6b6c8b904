"""Strategies for the values that only the tests of this library draw on their own."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import attrs
from hypothesis import strategies as st

import leaf_payments as paying
import leaf_people as people
import leaf_reviews as looking
from seatbill import (
    TaxCategory,
    access,
    allowances,
    converters,
    corrections,
    einvoices,
    hosting,
    licences,
    notices,
    parties,
    payments,
    rebilling,
    revenue,
    reviews,
    seats,
    subscriptions,
    terms,
    views,
    wallets,
)
from seatbill._values.base import Quantities
from seatbill.converters import BillRequest, ChangeRequest, DatedChanges
from seatbill.corrections import Mention
from seatbill.discounts import Surplus
from seatbill.invoices import LineTerms, TaxAmount
from seatbill.limits import Limits
from seatbill.money import Money, Rounding
from seatbill.notices import Notice, Problem
from seatbill.plans import Tier
from seatbill.rebilling import rebill
from seatbill.revenue import RevenueStep, recognize
from seatbill.rules import ChangeKind
from seatbill.subscriptions import (
    AppliedDiscount,
    CreditedCharge,
    PendingUpdate,
    SubscribedAddOn,
)
from seatbill.testing import strategies
from seatbill.testing.strategies import (
    _rulesets,
    add_ons,
    credit_notes,
    currencies,
    days,
    discounts,
    histories,
    intervals,
    invoice_lines,
    invoices,
    money,
    plans,
    tax_rates,
)
from seatbill.testing.strategies._basics import ids, kept, quantities
from seatbill.testing.strategies._billed import picked
from seatbill.testing.strategies._goods import tiers
from seatbill.verification import Discrepancy


@kept
def charges():
    return picked(lambda found: [c for s in found.subscriptions for c in s.charges])


@kept
def applied_discounts():
    def applied(discount, served, in_use, day):
        ends_on = None if discount.months is None else day
        spent = None
        if discount.surplus is Surplus.KEPT and served:
            spent = discount.amount_off
        return AppliedDiscount(discount, served, in_use, ends_on, spent)

    served = st.integers(0, 5)
    return st.builds(applied, discounts(), served, st.booleans(), days())


@kept
def credited_charges():
    return st.builds(CreditedCharge, st.sampled_from(["1:plan:p:seat", "2"]), money())


@kept
def running_terms():
    return st.builds(lambda term, on: term.begun(on), strategies.terms(), days())


@kept
def subscribed_add_ons():
    return st.builds(SubscribedAddOn, add_ons(), st.integers(0, 9))


_WAITS: Final[dict[ChangeKind, st.SearchStrategy[Any]]] = {
    ChangeKind.PLAN: plans(),
    ChangeKind.PRICE: plans(),
    ChangeKind.INTERVAL: intervals(),
    ChangeKind.SEATS: st.integers(0, 20),
    ChangeKind.ADD_ON: subscribed_add_ons(),
    ChangeKind.PACKAGE: add_ons(family="storage"),
    ChangeKind.CANCELLATION: st.none() | st.just("too dear"),
    ChangeKind.PAUSE: st.integers(1, 120),
}


@kept
@st.composite
def pending_updates(draw: st.DrawFn):
    kind = draw(st.sampled_from(ChangeKind))
    value, asked = draw(_WAITS[kind]), draw(days())
    key = {
        ChangeKind.PRICE: "plan",
        ChangeKind.SEATS: "seat",
        ChangeKind.ADD_ON: "extra",
        ChangeKind.PACKAGE: "storage",
    }.get(kind, "")
    return PendingUpdate(
        kind=kind,
        key=key,
        value=value,
        applies_on=asked + dt.timedelta(draw(st.integers(1, 31))),
        requested_on=asked,
        periods_left=draw(st.integers(0, 1)),
        from_day=asked if kind is ChangeKind.PRICE else None,
    )


@kept
def told():
    return st.one_of(
        days().map(lambda day: Notice("serves_until", (("on", day),))),
        days().map(lambda day: Notice("price_change", (("plan", "pro"), ("on", day)))),
        st.integers(1, 9).map(
            lambda n: Notice("removals_undone", (("count", n), ("unit", "seat")))
        ),
    )


@kept
def line_terms():
    return invoice_lines().map(lambda line: line.terms)


@kept
def discrepancies():
    amounts = money("USD")
    return st.builds(Discrepancy, st.just("lines[0].amount"), amounts, amounts)


@kept
def credit_note_lines():
    found = credit_notes().map(lambda note: note.lines)
    return found.filter(bool).flatmap(st.sampled_from)


@kept
@st.composite
def credit_splits(draw: st.DrawFn):
    currency = draw(currencies())
    off_open, refunded, to_balance = (draw(money(currency, 0)) for _ in range(3))
    return corrections.CreditSplit(
        note_key="sub:1/credit-1",
        off_open=off_open,
        refunded=refunded,
        to_balance=to_balance,
    )


@kept
def number_series():
    return st.builds(
        corrections.NumberSeries,
        prefix=st.sampled_from(("", "INV-", "{year}-")),
        digits=st.integers(1, 6),
    ).flatmap(
        lambda series: st.integers(1, 999).map(
            lambda last: attrs.evolve(
                series, last=last, year=2026 if "{year}" in series.prefix else None
            )
        )
    )


@kept
def reminder_values():
    said = st.builds(
        lambda day: Notice(
            "renewal_near", (("plan", "Pro"), ("on", day), ("total", None))
        ),
        days(),
    )
    return st.builds(hosting.Reminder, key=ids(), on=days(), notice=said)


@kept
def mentions():
    said = [c for c in TaxCategory if c is not TaxCategory.STANDARD]
    reasons = st.none() | st.just("Article 132")
    return st.builds(Mention, st.sampled_from(said), st.just("vat"), reasons)


@kept
@st.composite
def rebilled(draw: st.DrawFn):
    found = draw(histories(longest=5))
    kept_entries = found.entries[: draw(st.integers(0, len(found.entries)))]
    return rebill(found.opening, found.invoices, kept_entries, until=found.until)


@kept
def revenue_schedules():
    steps = st.sampled_from((RevenueStep.MONTH, RevenueStep.MONTH, RevenueStep.DAY))
    return st.builds(lambda invoice, by: recognize(invoice, by=by), invoices(), steps)


@kept
def line_schedules():
    found = revenue_schedules().map(lambda schedule: schedule.lines)
    return found.filter(bool).flatmap(st.sampled_from)


@kept
def revenue_parts():
    return line_schedules().flatmap(lambda line: st.sampled_from(line.parts))


# What services are asked in JSON.


def _dated(history) -> tuple[DatedChanges, ...]:
    return tuple(
        DatedChanges(on=outcome.on, changes=outcome.changes, timing=outcome.timing)
        for outcome in history.outcomes
        if outcome.changes
    )


@kept
def dated_changes():
    found = histories(longest=5).map(_dated)
    return found.filter(bool).flatmap(st.sampled_from)


@kept
def bill_requests():
    return histories(longest=5).map(_bill_request)


def _bill_request(history):
    asked: dict[str, Any] = dict(history.asked or {})
    asked["seats"] = Quantities(asked["seats"])
    asked["add_ons"] = tuple(SubscribedAddOn(*pair) for pair in asked["add_ons"])
    asked["discounts"] = tuple(asked["discounts"])
    return BillRequest(changes=_dated(history), until=history.until, **asked)


@kept
@st.composite
def change_requests(draw: st.DrawFn):
    drawn = histories(longest=5).filter(lambda history: history.entries)
    history = draw(drawn)
    steps = [(sub, found) for sub, found in history.steps if found.changes]
    sub, outcome = draw(st.sampled_from(steps))
    request = ChangeRequest(subscription=sub, changes=outcome.changes, on=outcome.on)
    return attrs.evolve(request, reason=draw(st.none() | st.just("goodwill")))


@kept
def limits():
    numbers = st.integers(1, 10**6)
    return st.builds(
        Limits,
        lines=numbers,
        visits=numbers,
        periods=numbers,
        nodes=numbers,
        depth=st.integers(1, 100),
        bits=numbers,
        problems=numbers,
    )


@kept
@st.composite
def tax_amounts(draw: st.DrawFn):
    rate, base = draw(tax_rates()), draw(money(draw(currencies())))
    tax = Money.rounded(base.exact * rate.rate, base.currency, Rounding.HALF_UP)
    apart = draw(st.sampled_from(((), (base, -base))))
    return TaxAmount(rate, base, tax, apart)


@kept
def problems():
    where = ids().map("add_ons.{}".format)
    kinds = st.sampled_from(("unknown_plan", "circular_requirement"))
    return st.builds(Problem, where, kinds, st.just("it requires itself in the end"))


@kept
def buyer_references():
    maybe = st.none() | ids()
    return st.builds(
        parties.BuyerReferences,
        buyer_reference=maybe,
        purchase_order=maybe,
        contract=maybe,
    )


LEAVES: Final = {
    Quantities: quantities,
    access.Permission: people.permissions,
    converters.BillRequest: bill_requests,
    converters.ChangeRequest: change_requests,
    converters.DatedChanges: dated_changes,
    corrections.CreditNoteLine: credit_note_lines,
    corrections.CreditSplit: credit_splits,
    corrections.Mention: mentions,
    corrections.NumberSeries: number_series,
    hosting.Reminder: reminder_values,
    Discrepancy: discrepancies,
    LineTerms: line_terms,
    TaxAmount: tax_amounts,
    einvoices.AccountingCurrency: paying.accounting_currencies,
    einvoices.InvoiceNote: paying.invoice_notes,
    einvoices.Particulars: lambda: paying.particulars(buyer_references()),
    einvoices.PrecedingInvoice: paying.preceding_invoices,
    einvoices.UnitCode: paying.unit_codes,
    licences.Delivery: people.deliveries,
    licences.Enrollment: people.enrollments,
    licences.LicenceHolder: people.licence_holders,
    licences.LicenceVariant: people.licence_variants,
    licences.MemberCount: people.member_counts,
    licences.TeamHistory: people.team_histories,
    licences.Workspace: people.workspaces,
    parties.Contact: _rulesets.contacts,
    parties.ElectronicAddress: _rulesets.electronic_addresses,
    parties.PostalAddress: _rulesets.postal_addresses,
    payments.AuthorizationHold: paying.authorization_holds,
    parties.BuyerReferences: buyer_references,
    payments.BankAccount: paying.bank_accounts,
    payments.Card: paying.cards,
    payments.DunningPlan: paying.dunning_plans,
    payments.DunningStep: paying.dunning_steps,
    payments.LateCharge: paying.late_charges,
    payments.LateFees: paying.late_fees,
    payments.PayPal: paying.paypals,
    payments.PaymentTerms: paying.payment_terms,
    payments.PaymentInstructions: paying.payment_instructions,
    payments.PaymentReference: paying.payment_references,
    payments.PaymentPolicy: paying.payment_policies,
    payments.PercentageFee: paying.percentage_fees,
    payments.ProcessingFee: paying.processing_fees,
    payments.Sale: paying.sales,
    payments.SepaMandate: paying.sepa_mandates,
    Limits: limits,
    Problem: problems,
    Tier: lambda: tiers().flatmap(st.sampled_from),
    rebilling.Correction: rebilled,
    revenue.LineSchedule: line_schedules,
    revenue.RevenuePart: revenue_parts,
    revenue.RevenueSchedule: revenue_schedules,
    reviews.Activity: looking.activities,
    reviews.ConfigurationChange: looking.configuration_changes,
    notices.Finding: looking.findings,
    reviews.LineReview: looking.line_reviews,
    reviews.PlanComparison: looking.plan_comparisons,
    reviews.Preview: looking.previews,
    reviews.Reconciliation: looking.reconciliations,
    notices.Refusal: looking.refusals,
    reviews.ResourceFit: looking.resource_fits,
    seats.Admission: people.admissions,
    seats.Member: people.members,
    seats.Team: people.teams,
    subscriptions.AppliedDiscount: applied_discounts,
    subscriptions.Charge: charges,
    subscriptions.CreditedCharge: credited_charges,
    notices.Notice: told,
    subscriptions.PendingUpdate: pending_updates,
    subscriptions.SubscribedAddOn: subscribed_add_ons,
    terms.RunningTerm: running_terms,
    views.AddOnOption: looking.add_on_choices,
    views.BoughtAddOn: looking.bought_add_ons,
    views.BoughtService: looking.bought_services,
    views.Condition: looking.conditions,
    views.PlanOption: looking.plan_choices,
    views.PricedUnit: looking.priced_units,
    views.SeatBar: looking.seat_bars,
    wallets.Decision: paying.decisions,
    wallets.UnitLot: paying.unit_lots,
    wallets.Allowance: paying.allowances,
    allowances.AllowancePeriod: paying.allowance_periods,
    wallets.Pack: paying.packs,
    wallets.Purchase: paying.purchases,
    wallets.TopUp: paying.top_ups,
    wallets.Wallet: paying.wallets,
    wallets.WalletPolicy: paying.wallet_policies,
}


def of(kind):
    """Return the strategy of any public value class."""
    return LEAVES[kind]() if kind in LEAVES else strategies.of(kind)
