"""Strategies for what looks at a subscription: reviews, comparisons and pages."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs

from ...notices import Finding, Refusal
from ...reviews import (
    Activity,
    ConfigurationChange,
    LineReview,
    PlanComparison,
    Preview,
    Reconciliation,
    ResourceFit,
    compare_plans,
    reconcile,
)
from ...subscriptions import Subscription
from ...views import (
    AddOnOption,
    BillingView,
    BoughtAddOn,
    Condition,
    PlanOption,
    PricedUnit,
    SeatBar,
    add_on_options,
    billing_view,
    plan_options,
)
from .._hypothesis import st
from ._histories import histories
from ._markets import Market, markets
from ._payments import payment_methods, wallets
from ._people import occupancies, seat_counts
from ._prices import add_ons
from ._values import days, ids, kept, money, periods

_T = TypeVar("_T")


def _one_of(
    several: st.SearchStrategy[tuple[_T, ...]],
) -> st.SearchStrategy[_T]:
    """Return a strategy for one of several."""
    return several.filter(bool).flatmap(st.sampled_from)


@kept
@st.composite
def _looked_at(draw: st.DrawFn) -> tuple[Market, Subscription]:
    """Return a strategy for a market and a subscription in it."""
    market = draw(markets())
    return market, draw(histories(market, longest=4)).subscription


# Comparisons and previews.


@kept
def findings() -> st.SearchStrategy[Finding]:
    """Return a strategy for what reviews find."""
    numbers = st.integers(1, 99)
    return st.one_of(
        st.builds(
            lambda plan, name: Finding(
                "feature_lost", (("plan", plan), ("feature", name))
            ),
            ids(),
            ids(),
        ),
        st.builds(
            lambda used, more: Finding(
                "limit_near",
                (
                    ("resource", "clients"),
                    ("used", used),
                    ("limit", used + more),
                    ("percent", 100 * used // (used + more)),
                ),
            ),
            numbers,
            numbers,
        ),
    )


@kept
def refusals() -> st.SearchStrategy[Refusal]:
    """Return a strategy for refusals as values."""
    remedies = st.sampled_from(("", "buy 2 more"))
    said = st.just("2 seats are missing")
    return st.builds(Refusal, st.just("too_few_seats"), said, remedies)


@kept
def resource_fits() -> st.SearchStrategy[ResourceFit]:
    """Return a strategy for how much is used of what a plan holds."""
    most = st.none() | st.integers(0, 50)
    return st.builds(ResourceFit, ids(), st.integers(0, 60), most)


@kept
def plan_comparisons() -> st.SearchStrategy[PlanComparison]:
    """Return a strategy for plans beside a subscription's usage."""
    return _one_of(
        _looked_at().map(
            lambda found: compare_plans(
                found[1], found[0].catalog, {}, on=found[1].changed_on
            )
        )
    )


@kept
def previews() -> st.SearchStrategy[Preview]:
    """Return a strategy for what changes would come to."""
    return plan_comparisons().map(lambda compared: compared.preview)


# Reconciliations.


@kept
def activities() -> st.SearchStrategy[Activity]:
    """Return a strategy for times in which an item was active."""
    return st.builds(Activity, periods(), st.integers(1, 20))


@kept
@st.composite
def configuration_changes(draw: st.DrawFn) -> ConfigurationChange:
    """Return a strategy for what was subscribed, changed or terminated."""
    what, key = draw(
        st.sampled_from(
            (("plan", ""), ("interval", ""), ("seats", "seat"), ("add_on", "extra"))
        )
    )
    ids_or_numbers: st.SearchStrategy[Any] = st.sampled_from("abc")
    if what in ("seats", "add_on"):
        ids_or_numbers = st.integers(0, 20)
    value = st.none() | ids_or_numbers
    return ConfigurationChange(
        on=draw(days()), what=what, key=key, before=draw(value), after=draw(value)
    )


@kept
@st.composite
def reconciliations(draw: st.DrawFn) -> Reconciliation:
    """Return a strategy for invoices beside their histories, some of them altered."""
    history = draw(histories(longest=4).filter(lambda found: found.invoices))
    invoice = draw(st.sampled_from(history.invoices))
    lines = list(invoice.lines)
    more = draw(st.sampled_from((0, 0, 1)))
    lines[0] = attrs.evolve(lines[0], amount_minor=lines[0].amount_minor + more)
    altered = attrs.evolve(invoice, lines=lines)
    return reconcile(altered, (history.opening, *history.outcomes))


@kept
def line_reviews() -> st.SearchStrategy[LineReview]:
    """Return a strategy for lines beside their histories."""
    return _one_of(reconciliations().map(lambda found: found.lines))


# Pages.


@kept
def seat_bars() -> st.SearchStrategy[SeatBar]:
    """Return a strategy for bars of seats."""
    return st.builds(SeatBar, seat_counts())


@kept
def priced_units() -> st.SearchStrategy[PricedUnit]:
    """Return a strategy for what the units of a plan cost."""
    return _one_of(billing_views().map(lambda view: view.units))


@kept
def bought_add_ons() -> st.SearchStrategy[BoughtAddOn]:
    """Return a strategy for add-ons that are owned, and what they cost."""
    return st.builds(
        BoughtAddOn,
        add_on=add_ons(),
        quantity=st.integers(1, 9),
        price=money("USD", 0, 10_000),
    )


@kept
@st.composite
def billing_views(draw: st.DrawFn) -> BillingView:
    """Return a strategy for what the page of a subscription shows."""
    _, subscription = draw(_looked_at())
    return billing_view(
        subscription,
        on=subscription.changed_on,
        members=draw(st.none() | occupancies()),
        payment=draw(st.none() | payment_methods()),
        wallet=draw(st.none() | wallets()),
    )


@kept
def plan_choices() -> st.SearchStrategy[PlanOption]:
    """Return a strategy for plans to choose, and what choosing them comes to."""
    return _one_of(
        _looked_at().map(
            lambda found: plan_options(
                found[1], found[0].catalog, on=found[1].changed_on
            )
        )
    )


@kept
def add_on_choices() -> st.SearchStrategy[AddOnOption]:
    """Return a strategy for add-ons to switch on or off."""
    return _one_of(
        _looked_at().map(
            lambda found: add_on_options(
                found[1], found[0].catalog, on=found[1].changed_on
            )
        )
    )


@kept
def conditions() -> st.SearchStrategy[Condition]:
    """Return a strategy for what add-ons need."""
    kinds = st.sampled_from(("plan", "add_on"))
    needed = st.lists(ids(), min_size=1, max_size=2, unique=True).map(tuple)
    return st.builds(Condition, kind=kinds, any_of=needed, is_met=st.booleans())
