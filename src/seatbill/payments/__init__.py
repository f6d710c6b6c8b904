"""How a customer pays: methods, holds, fees on sales, days to pay and delay.

A method keeps only what a bill needs: never a whole card number or IBAN, in no field,
repr or error.  What is accepted is the host's, in one :class:`PaymentPolicy`.
"""

from .due_dates import DunningPlan, DunningStep, PaymentTerms
from .fees import PercentageFee, ProcessingFee, Sale
from .late_fees import LateCharge, LateFees
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
    "Card",
    "DunningPlan",
    "DunningStep",
    "Funding",
    "LateCharge",
    "LateFees",
    "PayPal",
    "PaymentMethod",
    "PaymentPolicy",
    "PaymentTerms",
    "PercentageFee",
    "ProcessingFee",
    "Sale",
    "SepaMandate",
    "accept",
    "authorize",
    "days_left",
]
