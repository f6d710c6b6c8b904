"""The strategy of each class that a host shows, stores or sells."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any, Final, TypeVar, cast, get_args

from ...catalogs import Catalog
from ...combining import CombinedInvoice
from ...corrections import CorrectiveInvoice, CreditNote, NumberedInvoice
from ...credit import CreditLot
from ...discounts import Discount, DiscountTarget, Eligibility, Facts
from ...errors import UnknownItemError, WrongTypeError
from ...invoices import Invoice, InvoiceLine
from ...lifecycle import Statement
from ...money import Money
from ...parties import Party
from ...periods import Interval, Period
from ...plans import AddOn, Plan, Price, Service
from ...quotes import Quote
from ...rules import BillingRules
from ...seats import Occupancy, SeatCount
from ...subscriptions import Change, Outcome, Subscription
from ...taxes import TaxRate
from ...terms import Term, TrueUp
from ...views import BillingView
from .._hypothesis import st
from ..histories import History
from . import _basics, _billed, _contracts, _goods, _rulesets
from ._asking import changes
from ._drawn_histories import histories
from ._markets import Market, markets

_T = TypeVar("_T")


def _asked(kind: type[Any], market: _billed.In = None) -> st.SearchStrategy[Any]:
    if isinstance(market, Market):
        return changes(market, kind)
    drawn = markets() if market is None else market
    return drawn.flatmap(lambda found: changes(found, kind))


_BILLED: Final[dict[type[Any], Callable[[_billed.In], st.SearchStrategy[Any]]]] = {
    History: histories,
    CombinedInvoice: _billed.combined_invoices,
    CorrectiveInvoice: _billed.corrective_invoices,
    CreditNote: _billed.credit_notes,
    NumberedInvoice: _billed.numbered_invoices,
    Invoice: _billed.invoices,
    InvoiceLine: _billed.invoice_lines,
    Statement: _billed.statements,
    Outcome: _billed.outcomes,
    Quote: _billed.quotes,
    Subscription: _billed.subscriptions,
    BillingView: _billed.billing_views,
    **{kind: partial(_asked, kind) for kind in get_args(Change)},
}
"""What comes of a market."""
_STRATEGIES: Final[dict[type[Any], Callable[[], st.SearchStrategy[Any]]]] = {
    Market: markets,
    Party: _rulesets.parties,
    TaxRate: _rulesets.tax_rates,
    Money: _basics.money,
    Interval: _basics.intervals,
    Period: _basics.periods,
    AddOn: _goods.add_ons,
    Catalog: _goods.catalogs,
    Discount: _goods.discounts,
    DiscountTarget: _goods.discount_targets,
    Eligibility: _goods.eligibilities,
    Facts: _goods.facts,
    Plan: _goods.plans,
    Price: _goods.prices,
    Service: _goods.services,
    CreditLot: _contracts.credit_lots,
    Term: _contracts.terms,
    TrueUp: _contracts.true_ups,
    BillingRules: _rulesets.billing_rules,
    Occupancy: _billed.occupancies,
    SeatCount: _billed.seat_counts,
}


def of(kind: type[_T], market: _billed.In = None) -> st.SearchStrategy[_T]:
    """Return the strategy of a class that a host shows, stores or sells, or of an enum.

    What is billed comes of a *market* of one's own, or of a strategy for some.

    Raises: UnknownItemError for any other class, WrongTypeError for a market of what
    is not billed.
    """
    if kind in _BILLED:
        return _BILLED[kind](market)
    if market is not None:
        raise WrongTypeError("market", "None", market)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return cast("st.SearchStrategy[_T]", st.sampled_from(kind))
    if kind not in _STRATEGIES:
        known = tuple(sorted(known.__name__ for known in {**_BILLED, **_STRATEGIES}))
        raise UnknownItemError("strategy", getattr(kind, "__name__", kind), known)
    return _STRATEGIES[kind]()
