"""Which names of :mod:`seatbill` are imported when they are first asked for.

No bill needs them, and ``import seatbill`` stays light without them.
"""

from __future__ import annotations

from typing import Final

_MODULES = {
    "corrections": "CorrectiveInvoice CreditNote correct_recipient credit_note",
    "formatting": "explain",
    "rebilling": "origins rebill",
    "revenue": "arr mrr recognize",
    "seats": "ACTIVE DEACTIVATED INVITED Member Occupancy Team admit occupancy",
}

LATER: Final = {
    name: module for module, names in _MODULES.items() for name in names.split()
}
