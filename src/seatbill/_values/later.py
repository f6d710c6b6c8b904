"""What is imported when it is first asked for.

A price list needs no bill, and few bills need corrections: ``import seatbill`` brings
plans and rules, and stays light without the rest.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

MODULES: Final = MappingProxyType(
    {
        "catalogs": "Catalog",
        "corrections": "CorrectiveInvoice CreditNote correct_recipient credit_note",
        "credit": "",
        "discounts": "Discount",
        "formatting": "explain",
        "invoices": "Invoice InvoiceLine",
        "lifecycle": (
            "Statement adopt bill change next_renewal preview_invoice renew subscribe"
        ),
        "limits": "",
        "notices": "",
        "parties": "Party",
        "rebilling": "origins rebill",
        "revenue": "arr mrr recognize",
        "subscriptions": (
            "AddAddOn AddSeats ApplyDiscount BuyService Cancel ChargeFee EndPause "
            "EndTrial Extend Freeze GrantCredit MoveBillingDay Outcome Pause "
            "RecordCreditNote RecordUsage RemoveAddOn RemoveDiscount RemoveSeats "
            "Reprice Resume SetRecipient SetSeats SetTaxRates SetTerm Subscription "
            "SwitchInterval SwitchPackage SwitchPlan Unfreeze WithdrawPending"
        ),
        "seats": "ACTIVE DEACTIVATED INVITED Member Occupancy Team admit occupancy",
        "taxes": "TaxCategory TaxRate",
        "terms": "Term",
        "verification": "verify",
    }
)

LATER: Final = MappingProxyType(
    {name: module for module, names in MODULES.items() for name in names.split()}
)


class Later:
    """A module of the package, imported when something in it is first asked for.

    A type of it may stand in an annotation, which is read by whoever needs it.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(f"seatbill.{self._name}"), name)
        self.__dict__[name] = found  # asked for once
        return found
