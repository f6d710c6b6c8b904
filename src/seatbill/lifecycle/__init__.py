"""Bill a subscription: from the first day to its end, one step or a whole history.

Every function takes values and returns new ones.  An :class:`Outcome` holds the new
subscription and its invoices: showing it is the preview, keeping it is the change.
"""

from .statements import Statement, bill
from .steps import (
    adopt,
    change,
    next_renewal,
    preview_invoice,
    renew,
    subscribe,
)

__all__ = [
    "Statement",
    "adopt",
    "bill",
    "change",
    "next_renewal",
    "preview_invoice",
    "renew",
    "subscribe",
]
