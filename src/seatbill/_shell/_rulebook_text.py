"""What a rulebook says: when each change comes, and the sample prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..catalogs import Catalog
from ..formatting import (
    describe,
    format_interval,
    format_money,
    format_number,
    format_percent,
    format_quantity,
    format_unit_amount,
    words,
)
from ..plans import AddOn, Plan, Price
from ..rules import BillingRules, Direction

Row = tuple[str, str]


def price_list_text(rules: BillingRules, catalog: Catalog, locale: str) -> str:
    """Return *rules* and what *catalog* sells, in the words of *locale*."""
    _ = words(locale).gettext
    parts = [
        (_("Rules"), list(_policies(rules, locale))),
        (_("Plans"), _sold(catalog.plans, locale)),
        (_("Add-ons"), _sold(catalog.add_ons, locale)),
        (_("Services"), _services(catalog, locale)),
    ]
    return "\n\n".join("\n".join(_block(*part)) for part in parts if part[1])


def _block(title: str, rows: list[Row]) -> Iterator[str]:
    yield title
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        yield f"  {name:{width}}  {value}"


def _policies(rules: BillingRules, locale: str) -> Iterator[Row]:
    _ = words(locale).gettext
    for direction in Direction:
        timing = getattr(rules, direction.value)
        yield describe(direction, locale), describe(timing, locale)
    yield _("Unused time"), describe(rules.unused_time, locale)
    yield _("Settlement"), describe(rules.settlement, locale)
    yield _("Share of a period"), describe(rules.convention, locale)
    yield _("Rounding"), describe(rules.rounding, locale)
    if rules.intervals:
        offered = [format_interval(one, locale) for one in rules.intervals]
        yield _("Intervals"), ", ".join(offered)
    for interval, off in rules.interval_discounts:
        paid = _("Discount for %(interval)s") % {
            "interval": format_interval(interval, locale)
        }
        yield paid, format_percent(off, locale)
    if rules.notice_days:
        yield _("Days of notice"), format_number(rules.notice_days, locale)
        yield _("Needs notice"), describe(rules.notice_scope, locale)
        yield _("Late notice"), describe(rules.late_notice, locale)
    if rules.max_freeze_days:
        yield _("Longest freeze in days"), format_number(rules.max_freeze_days, locale)
    if rules.free_plan is not None:
        yield _("After a cancellation"), rules.free_plan.name


def _sold(items: Iterable[Plan | AddOn], locale: str) -> list[Row]:
    """Return the prices of *items*, each by its name."""
    rows: list[Row] = []
    for item in items:
        prices = [_price(price, locale) for price in item.prices]
        rows += zip((item.name, *[""] * len(prices)), prices or ["-"], strict=False)
    return rows


def _services(catalog: Catalog, locale: str) -> list[Row]:
    return [(one.name, format_money(one.price, locale)) for one in catalog.services]


def _price(price: Price, locale: str) -> str:
    """Return one price: what one unit costs for a period, or its tiers."""
    _ = words(locale).gettext
    if price.unit_amount is None:
        found = _("by tiers")
    else:
        found = format_unit_amount(price.unit_amount, price.currency, locale)
    unit = price.unit if price.flat else format_quantity(1, price.unit, locale)
    period = format_interval(price.interval, locale)
    return f"{found} / {unit} / {period}"
