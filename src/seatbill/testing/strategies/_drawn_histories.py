"""Strategies for whole histories, and for the subscriptions that they lead to."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any, Final

from ..._values.checks import Time
from ...catalogs import Catalog
from ...credit import CreditKind, CreditLot
from ...discounts import Facts
from ...errors import SeatbillError
from ...lifecycle import subscribe
from ...money import Money
from ...rules import BillingRules
from ...subscriptions import Change, Outcome
from .._hypothesis import reject, st
from ..histories import History, Readings
from ._asking import meant, requests_at_once
from ._basics import kept, moments
from ._markets import Market, market_of
from ._rulesets import tax_rate_sets

_NEAR: Final = (None, None, -370, -31, -1, 1, 30, 200)
_RESTS: Final = (0, 0, 1, 43_200_000_000, 50_000_000_001)  # microseconds of a day


@kept
def delays() -> st.SearchStrategy[int]:
    """Return a strategy for the days from one change to the next, often none."""
    return st.sampled_from((0, 0, 0, 0, 0, 1, 30, 31, 92, 365)) | st.integers(0, 40)


@kept
def waits(time: type[dt.date] = dt.date) -> st.SearchStrategy[dt.timedelta]:
    """Return a strategy for the time from one change to the next."""
    if time is dt.date:
        return delays().map(dt.timedelta)
    return st.builds(
        lambda days, rest: dt.timedelta(days, microseconds=rest),
        delays(),
        st.sampled_from(_RESTS),
    )


@kept
def _entries(time: type[dt.date]) -> st.SearchStrategy[tuple[dt.timedelta, Any]]:
    return st.tuples(waits(time), requests_at_once())


@st.composite
def openings(
    draw: st.DrawFn, market: Market, *, trials: bool = True, id: str = "sub-1"
) -> dict[str, Any]:
    """Return a strategy for the arguments of ``subscribe`` in *market*.

    With *trials* some of them begin with one.
    """
    on = draw(moments(market.time))
    plan, interval = draw(st.sampled_from(market.offers))
    numbers = draw(st.tuples(*[st.integers(0, 15)] * 5))
    near = draw(st.sampled_from(_NEAR))
    seats: dict[str, int] = {}
    priced = [p for p in plan.prices if p.currency == market.currency]
    for price, number in zip(priced, numbers * len(priced), strict=False):
        if price.unit not in seats and (price.min_quantity or not price.flat):
            wanted = price.min_quantity + (0 if price.flat else number)
            most = wanted if price.max_quantity is None else price.max_quantity
            seats[price.unit] = min(wanted, most) // price.batch * price.batch
    opening: dict[str, Any] = {
        "plan": plan,
        "id": id,
        "interval": interval,
        "currency": market.currency,
        "seats": seats,
        "on": on,
        "rules": market.rules,
        "anchor": None if near is None else on + dt.timedelta(near),
        "add_ons": tuple(
            (add_on, (number % 3 + 1) * add_on.batch)
            for add_on, number in zip(
                market.catalog.add_ons[::2], numbers[2:4], strict=False
            )
            if number > 9
        ),
        "discounts": market.discounts[numbers[4] % 4 :],
        "tax_rates": draw(tax_rate_sets()),
    }
    if numbers[1] in (7, 8):
        opening["credit"] = (_credit(market.currency, on, *numbers[:3]),)
    if any(each.eligibility is not None for each in opening["discounts"]):
        known = {"first_purchase": True, "country": "DE", "redemptions": numbers[0] % 2}
        opening["facts"] = Facts(**known)
    if market.terms and numbers[4] > 8:
        opening["term"] = market.terms[0]
    if trials and numbers[3] in (3, 4):
        opening["trial_end"] = on + dt.timedelta(draw(st.integers(1, 70)))
    return opening


def _credit(currency: str, on: Time, days: int, kind: int, digits: int) -> CreditLot:
    """Return credit that a subscription begins with, with a last day or without."""
    return CreditLot(
        Money.from_minor_units(10 ** (digits % 6), currency),
        CreditKind.GIFT if kind == 7 else CreditKind.PAID,
        None if days % 2 else on + dt.timedelta(days * 9),
    )


def opened(opening: dict[str, Any]) -> tuple[Outcome, dict[str, Any]]:
    """Return what *opening* comes to, without what it cannot have, and what is left.

    A plan that is all in arrears takes no amount off, an add-on may need another, a
    discount may have to be alone, and a term may be none of whole periods.
    """
    free = {"term": None} if "term" in opening else {}
    one = free | {"discounts": opening.get("discounts", ())[:1]}
    for less in ({}, free, one, free | {"discounts": (), "add_ons": ()}):
        asked = opening | less
        with suppress(SeatbillError):
            return subscribe(**asked), asked
    return reject()


@st.composite
def histories(
    draw: st.DrawFn,
    market: st.SearchStrategy[Market] | Market | None = None,
    *,
    catalog: Catalog | None = None,
    rules: BillingRules | None = None,
    currency: str | None = None,
    longest: int = 16,
    trials: bool = True,
) -> History:
    """Return a strategy for histories by one's own *rules* and *catalog*.

    What is not given is drawn; a *market*, or a strategy for some, says more.  There
    are *longest* entries at most, each of one change or several, in the order of
    their days.  Changes that are refused are left out, and kept in ``refused``.
    """
    given = market_of(market, catalog=catalog, rules=rules, currency=currency)
    market = given if isinstance(given, Market) else draw(given)
    opening = draw(openings(market, trials=trials))
    outcome, arguments = opened(opening)
    entries: list[tuple[Time, tuple[Change, ...]]] = []
    day = opening["on"]
    length = draw(st.integers(0, longest))
    drawn = st.lists(_entries(market.time), min_size=length, max_size=length)
    for wait, asked in draw(drawn):
        day += wait
        entries.append((day, tuple(meant(market, one) for one in asked)))
    measured = None
    if market.measured_units:
        numbers = draw(st.lists(st.integers(0, 9), min_size=1, max_size=5))
        measured = Readings(market.measured_units, tuple(numbers))
    return History.of(
        outcome,
        entries,
        until=day + draw(waits(market.time)),
        measured=measured,
        arguments=arguments,
    )
