"""Strategies for what looks at a subscription: reviews, comparisons and pages."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st

from seatbill.money import Money
from seatbill.notices import Finding, Refusal
from seatbill.plans import Service
from seatbill.reviews import (
    Activity,
    ConfigurationChange,
    ResourceFit,
    compare_plans,
    reconcile,
)
from seatbill.subscriptions import Subscription
from seatbill.testing.strategies import (
    Market,
    add_ons,
    billing_views,
    histories,
    markets,
    seat_counts,
)
from seatbill.testing.strategies._basics import days, ids, kept, money, periods
from seatbill.views import (
    BoughtAddOn,
    BoughtService,
    Condition,
    SeatBar,
    add_on_options,
    plan_options,
)

_T = TypeVar("_T")


def _one_of(
    several: st.SearchStrategy[tuple[_T, ...]],
):
    return several.filter(bool).flatmap(st.sampled_from)


@kept
@st.composite
def _looked_at(draw: st.DrawFn) -> tuple[Market, Subscription]:
    market = draw(markets())
    return market, draw(histories(market, longest=4)).subscription


# Comparisons and previews.


@kept
def findings():
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
def refusals():
    remedies = st.sampled_from(("", "buy 2 more"))
    said = st.just("2 seats are missing")
    return st.builds(Refusal, st.just("too_few_seats"), said, remedies)


@kept
def resource_fits():
    most = st.none() | st.integers(0, 50)
    return st.builds(ResourceFit, ids(), st.integers(0, 60), most)


@kept
def plan_comparisons():
    return _one_of(
        _looked_at().map(
            lambda found: compare_plans(
                found[1], found[0].catalog, {}, on=found[1].changed_on
            )
        )
    )


@kept
def previews():
    return plan_comparisons().map(lambda compared: compared.preview)


# Reconciliations.


@kept
def activities():
    return st.builds(Activity, periods(), st.integers(1, 20))


@kept
@st.composite
def configuration_changes(draw: st.DrawFn):
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
def reconciliations(draw: st.DrawFn):
    history = draw(histories(longest=4).filter(lambda found: found.invoices))
    invoice = draw(st.sampled_from(history.invoices))
    lines = list(invoice.lines)
    more = draw(st.sampled_from((0, 0, 1)))
    lines[0] = attrs.evolve(lines[0], amount_minor=lines[0].amount_minor + more)
    altered = attrs.evolve(invoice, lines=lines)
    return reconcile(altered, (history.opening, *history.outcomes))


@kept
def line_reviews():
    return _one_of(reconciliations().map(lambda found: found.lines))


# Pages.


@kept
def seat_bars():
    return st.builds(SeatBar, seat_counts())


@kept
def priced_units():
    return _one_of(billing_views().map(lambda view: view.units))


@kept
def bought_add_ons():
    return st.builds(
        BoughtAddOn,
        add_on=add_ons(),
        quantity=st.integers(1, 9),
        price=money("USD", 0, 10_000),
    )


@kept
def bought_services():
    included = st.dictionaries(ids(), st.integers(1, 9), max_size=2)
    return included.flatmap(
        lambda found: st.builds(
            BoughtService,
            service=st.just(Service("s", "S", Money("9", "USD"), included=found)),
            quantity=st.integers(1, 3),
            used=st.fixed_dictionaries(
                {name: st.integers(0, count) for name, count in found.items()}
            ),
        )
    )


@kept
def plan_choices():
    return _one_of(
        _looked_at().map(
            lambda found: plan_options(
                found[1], found[0].catalog, on=found[1].changed_on
            )
        )
    )


@kept
def add_on_choices():
    return _one_of(
        _looked_at().map(
            lambda found: add_on_options(
                found[1], found[0].catalog, on=found[1].changed_on
            )
        )
    )


@kept
def conditions():
    kinds = st.sampled_from(("plan", "add_on"))
    needed = st.lists(ids(), min_size=1, max_size=2, unique=True).map(tuple)
    return st.builds(Condition, kind=kinds, any_of=needed, is_met=st.booleans())
