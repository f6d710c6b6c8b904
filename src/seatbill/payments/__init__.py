"""How a customer pays: methods, holds, fees on sales, days to pay and delay.

A customer's method keeps only what a bill needs: never a whole card number or IBAN, in
no field, repr or error.  The seller's own account is whole.  What is
accepted is the host's, in one :class:`PaymentPolicy`.
"""

from .due_dates import DunningPlan, DunningStep, PaymentTerms
from .fees import PercentageFee, ProcessingFee, Sale
from .late_fees import LateCharge, LateFees
from .means import (
    BankAccount,
    PaymentInstructions,
    PaymentReference,
    ReferenceKind,
)
from .methods import SEPA_AREA, Card, Funding, PaymentMethod, PayPal, SepaMandate
from .policies import (
    CARD_AUTHORIZATION,
    AuthorizationHold,
    PaymentPolicy,
    accept,
    authorize,
    days_left,
)

__all__ = [
    "CARD_AUTHORIZATION",
    "SEPA_AREA",
    "AuthorizationHold",
    "BankAccount",
    "Card",
    "DunningPlan",
    "DunningStep",
    "Funding",
    "LateCharge",
    "LateFees",
    "PayPal",
    "PaymentInstructions",
    "PaymentMethod",
    "PaymentPolicy",
    "PaymentReference",
    "PaymentTerms",
    "PercentageFee",
    "ProcessingFee",
    "ReferenceKind",
    "Sale",
    "SepaMandate",
    "accept",
    "authorize",
    "days_left",
]
