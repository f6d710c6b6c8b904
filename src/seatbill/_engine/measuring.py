"""What was measured in a period, at its end: in arrears it is cut and billed.

Takes the quantities that a renewal is handed, and leaves the lines of what ran in
arrears.  3 teams measured at 5.00 in April are 15.00 on 1 May.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import RenewFirstError
from .charging import cut, difference
from .lasting import use_again
from .members import PLAN_ITEM
from .state import OpenCharge, State


def cut_arrears(state: State, measured: Mapping[str, int] | None) -> None:
    """Cut what ran in arrears until today."""
    state.open_charges()
    for charge in state.charges:
        if charge.terms.in_arrears:
            _end_in_arrears(state, charge, measured)


def _end_in_arrears(
    state: State, charge: OpenCharge, measured: Mapping[str, int] | None
) -> None:
    """Cut a *charge* of the ended period, at the quantity that was measured in it."""
    terms = charge.terms
    if terms.item_kind is PLAN_ITEM:
        price = state.price_of(terms.unit)
        if price.measured:
            charge.quantity = measured_of(state, measured, terms.unit)
            if price.clamped:
                charge.quantity = price.billed(charge.quantity)
            charge.full_scaled = difference(charge, price, 0, charge.quantity)
            if charge.quantity:
                use_again(state, terms.discounts)
    cut(state, charge)


def measured_of(state: State, measured: Mapping[str, int] | None, unit: str) -> int:
    """Return the quantity of *unit*, or refuse (EC-7, EC-13)."""
    if measured is None or unit not in measured:
        raise RenewFirstError(state.day, unit)
    return measured[unit]
