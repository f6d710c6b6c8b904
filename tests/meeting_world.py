"""What is sold where features meet, and by which rules: each feature bends it.

Prices are whole multiples of 37.20 of 100 minor units: parts of months of 30 and 31
days, and halves of halves of them, are whole, so that nothing is rounded and any
difference is a fault.  ``rough`` prices are not, under every rounding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from counting import MINOR_UNITS
from seatbill import (
    MONTHLY,
    AddOn,
    Discount,
    Money,
    Plan,
    Price,
    TaxRate,
    Tier,
    Timing,
)
from seatbill.credit import CreditLot

ON: Final = dt.date(2026, 4, 1)  # a month of 30 days
VAT: Final = (TaxRate("vat", "0.19"),)
AT_ONCE: Final[dict[str, Any]] = dict.fromkeys(
    (
        "upgrade",
        "downgrade",
        "longer_interval",
        "shorter_interval",
        "seats_added",
        "seats_removed",
        "add_on_added",
        "add_on_removed",
        "cancellation",
    ),
    Timing.IMMEDIATE,
)


@dataclass
class World:
    """What is sold and by which rules, while the features of a meeting bend it."""

    draw: Callable[[Any], Any]
    currency: str = ""
    rough: bool = False
    flavors: tuple[str, ...] = ("per_unit",)
    intervals: tuple[Any, ...] = (MONTHLY,)
    rules: dict[str, Any] = field(default_factory=lambda: dict(AT_ONCE))
    discounts: list[Discount] = field(default_factory=list)
    credit: list[CreditLot] = field(default_factory=list)
    arrears: bool = False
    trial_days: int = 0
    waits: tuple[int, ...] = (0, 0, 0, 0, 10, 15)
    hours: tuple[int, ...] = ()
    timings: tuple[Any, ...] = (None,)
    plans: dict[str, Plan] = field(default_factory=dict)
    add_on: Any = None
    alone: tuple[Any, Any] | None = None  # an add-on's own interval, and its anchor

    def __post_init__(self) -> None:
        self.currency = self.pick("USD", "USD", "JPY", "KWD")

    def pick(self, *values: Any) -> Any:
        """Return one of several values."""
        return self.draw(st.sampled_from(values))

    def amount(self, times: int) -> Decimal:
        """Return an amount in major units, *times* the least."""
        least = 3719 if self.rough else 3720
        return Decimal(least * times) / MINOR_UNITS[self.currency]

    def money(self, times: int) -> Money:
        """Return *times* the least amount."""
        return Money(self.amount(times), self.currency)

    def day(self, days: int) -> Any:
        """Return the time so many days from the first: an instant where those count."""
        day = ON + dt.timedelta(days)
        if self.hours:
            return dt.datetime.combine(day, dt.time(), dt.UTC)
        return day

    def price(self, times: int, unit: str = "seat") -> list[Price]:
        """Return what a unit costs, the first at *times* the least."""
        common: dict[str, Any] = {
            "unit": unit,
            "currency": self.currency,
            "in_arrears": self.arrears,
        }
        flavor = self.pick(*self.flavors)
        if flavor == "per_unit":
            return [Price(unit_amount=self.amount(times), **common)]
        if flavor == "base":
            base = Price(unit_amount=self.amount(times), flat=True, **common)
            return [base] if unit != "seat" else [base_of(base), base_seat(base)]
        ends = (self.pick(5, 10), self.pick(12, 14))
        falls = (times * 2, times, self.pick(0, 1) if flavor == "graduated" else 1)
        tiers = [
            Tier(up_to=end, unit_amount=self.amount(one))
            for end, one in zip((*ends, None), falls, strict=True)
        ]
        return [Price(tiers=tiers, tiers_mode=flavor, **common)]

    def build(self) -> None:
        """Make the price list, once the features have said what they need."""
        for rank, (id, times) in enumerate((("basic", 4), ("pro", 8))):
            self.plans[id] = Plan(id, id.title(), rank, self.price(times))
        needs = self.pick((), (), ("basic",))
        flavors, self.flavors = self.flavors, (*self.flavors, "per_unit")
        arrears, self.arrears = self.arrears, self.arrears and self.alone is None
        own = dict(zip(("interval", "anchored_on"), self.alone or (), strict=False))
        self.add_on = AddOn(
            "extra", "Extra", self.price(2, "extra"), requires_plans=needs, **own
        )
        self.arrears = arrears
        self.flavors = flavors


def base_of(price: Price) -> Price:
    """Return the base fee of a plan."""
    return Price(
        unit="base",
        unit_amount=price.unit_amount,
        currency=price.currency,
        in_arrears=price.in_arrears,
        flat=True,
    )


def base_seat(price: Price) -> Price:
    """Return the seats beside a base fee."""
    return Price(
        unit_amount=price.unit_amount,
        currency=price.currency,
        in_arrears=price.in_arrears,
    )
