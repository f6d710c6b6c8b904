"""What is imported when it is first asked for.

Few bills need it, and ``import seatbill`` stays light without it.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

_MODULES = {
    "corrections": "CorrectiveInvoice CreditNote correct_recipient credit_note",
    "formatting": "explain",
    "rebilling": "origins rebill",
    "revenue": "arr mrr recognize",
    "subscriptions": (
        "AddAddOn ApplyDiscount BuyService ChargeFee EndPause EndTrial Extend "
        "Freeze GrantCredit MoveBillingDay Pause RecordCreditNote RecordUsage "
        "RemoveAddOn RemoveDiscount Reprice Resume SetRecipient SetTaxRates SetTerm "
        "SwitchPackage Unfreeze WithdrawPending"
    ),
    "seats": "ACTIVE DEACTIVATED INVITED Member Occupancy Team admit occupancy",
    "terms": "Term",
    "verification": "verify",
}

LATER: Final = MappingProxyType(
    {name: module for module, names in _MODULES.items() for name in names.split()}
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
