"""What a discount takes off, what it is for and how long it lasts, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from .._values.checks import Time
from ..discounts import ANY, Discount, DiscountTarget, Surplus
from ..errors.wording import UNITS
from ..invoices import ItemKind
from ._catalogues import words
from ._dates import format_date
from ._numbers import format_money, format_number, format_percent
from ._quantities import format_interval, format_quantity
from ._values import value_text


def discount_text(discount: Discount, locale: str) -> str:
    """Return what *discount* takes off: a percentage or an amount."""
    if discount.amount_off is not None:
        return format_money(discount.amount_off, locale)
    left, whole_price = discount.kept
    return format_percent(1 - Fraction(left, whole_price), locale)


def discount_details(discount: Discount, locale: str) -> str:
    """Return what *discount* is for and how long; nothing where that is not limited."""
    return "; ".join(_details(discount, locale))


def _details(discount: Discount, locale: str) -> Iterator[str]:
    _ = words(locale).gettext
    if discount.applies_to is not None:
        items = ", ".join(_items(discount.applies_to, locale))
        yield _("applies to: %(items)s") % {"items": items}
    if discount.months is not None:
        length = format_quantity(discount.months, "month", locale)
        yield _("for %(length)s") % {"length": length}
    if discount.until is not None:
        yield _("until %(day)s") % {"day": format_date(_last(discount.until), locale)}
    if discount.surplus is Surplus.KEPT:
        yield _("what is left over is kept")


def _last(until: Time) -> Time:
    """Return the last day before *until*; an instant is its own."""
    return until if isinstance(until, dt.datetime) else until - dt.timedelta(1)


def _items(target: DiscountTarget, locale: str) -> Iterator[str]:
    """Yield what *target* names."""
    for ids, kind in (
        (target.plans, ItemKind.PLAN),
        (target.add_ons, ItemKind.ADD_ON),
    ):
        any_of = value_text("item_kind", kind, locale)
        yield from (any_of if id == ANY else id for id in ids)
    for unit in target.units:
        known = unit in UNITS
        yield words(locale).pgettext("unit", UNITS[unit][1]) if known else unit
    for interval in target.intervals:
        yield format_interval(interval, locale)
    if target.first is not None:
        first = format_number(target.first, locale)
        yield words(locale).gettext("the first %(count)s") % {"count": first}
