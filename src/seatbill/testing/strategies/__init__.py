"""Hypothesis strategies for what a host sells, shows and stores, and whole histories.

Each function returns a strategy; ``of(Invoice)`` finds that of a class.  What a host
has already goes in: ``histories(catalog=…, rules=…)`` draws what its customers may do.
"""

from ._asking import changes, meant, requests, requests_at_once
from ._basics import (
    amounts,
    currencies,
    days,
    instants,
    intervals,
    moments,
    money,
    periods,
)
from ._billed import (
    billing_views,
    combined_invoices,
    corrective_invoices,
    credit_notes,
    invoice_lines,
    invoices,
    numbered_invoices,
    occupancies,
    outcomes,
    quotes,
    seat_counts,
    statements,
    subscriptions,
)
from ._by_class import of
from ._contracts import credit_lots, terms
from ._drawn_histories import delays, histories, opened, openings
from ._goods import add_ons, catalogs, discounts, plans, price_lists, prices, services
from ._markets import Market, markets
from ._rulesets import billing_rules, parties, tax_rates

__all__ = [
    "Market",
    "add_ons",
    "amounts",
    "billing_rules",
    "billing_views",
    "catalogs",
    "changes",
    "combined_invoices",
    "corrective_invoices",
    "credit_lots",
    "credit_notes",
    "currencies",
    "days",
    "delays",
    "discounts",
    "histories",
    "instants",
    "intervals",
    "invoice_lines",
    "invoices",
    "markets",
    "meant",
    "moments",
    "money",
    "numbered_invoices",
    "occupancies",
    "of",
    "opened",
    "openings",
    "outcomes",
    "parties",
    "periods",
    "plans",
    "price_lists",
    "prices",
    "quotes",
    "requests",
    "requests_at_once",
    "seat_counts",
    "services",
    "statements",
    "subscriptions",
    "tax_rates",
    "terms",
]
