"""How a customer pays: methods accepted, authorization holds, fees on sales.

A method keeps only what a bill needs: never a whole card number or IBAN, in no field,
repr or error.  What is accepted is the host's, in one :class:`PaymentPolicy`.
"""

from .fees import PercentageFee, ProcessingFee, Sale
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
    "Funding",
    "PayPal",
    "PaymentMethod",
    "PaymentPolicy",
    "PercentageFee",
    "ProcessingFee",
    "Sale",
    "SepaMandate",
    "accept",
    "authorize",
    "days_left",
]
