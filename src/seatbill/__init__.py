"""Billing rules for seat-based subscriptions: values in, values out."""

from .invoices import Invoice, InvoiceLine, Party, TaxCategory, TaxRate, verify
from .lifecycle import Statement, adopt, bill, change, preview_invoice, renew, subscribe
from .money import Money, Rounding
from .periods import ANNUAL, MONTHLY, QUARTERLY, Interval, Period
from .plans import AddOn, Catalog, Discount, Plan, Price, Service, Tier
from .proration import Convention, allocate, prorate, share
from .rules import BillingRules, Settlement, Timing
from .subscriptions import (
    AddAddOn,
    AddSeats,
    ApplyDiscount,
    Cancel,
    GrantCredit,
    Outcome,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    Subscription,
    SwitchInterval,
    SwitchPlan,
    WithdrawPending,
)
