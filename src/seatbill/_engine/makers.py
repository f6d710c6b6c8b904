"""Makers of the values that the engine alone works out: nothing is checked again.

Each takes all fields of its value, in their order; an add-on without a period of its
own is had by two.  ``trusted_applied(discount, 1,
True)`` is the discount after one period in which it was used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .._values.base import unchecked
from ..invoices import LineTerms
from ..notices import Notice
from ..subscriptions import AppliedDiscount, PendingUpdate, SubscribedAddOn

Figures = tuple[tuple[str, Any], ...]

trusted_terms: Final[Callable[..., LineTerms]] = unchecked(LineTerms)
trusted_pending: Final[Callable[..., PendingUpdate]] = unchecked(PendingUpdate)
trusted_applied: Final[Callable[..., AppliedDiscount]] = unchecked(AppliedDiscount)
trusted_notice: Final[Callable[[str, Figures], Notice]] = unchecked(Notice)
trusted_add_on: Final[Callable[..., SubscribedAddOn]] = unchecked(
    SubscribedAddOn, None, None
)
