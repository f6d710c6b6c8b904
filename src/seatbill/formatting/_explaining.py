"""Why a line is what it is: the sum that a bookkeeper would write beside it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from .._values.checks import instance
from ..catalogs import Catalog
from ..invoices import InvoiceLine, ItemKind, LineKind
from ..money import Money
from ._catalogues import words
from ._dates import format_date, format_span
from ._describing import title
from ._names import Item, items_of
from ._numbers import format_money, format_number, format_unit_amount
from ._offers import discount_details, discount_text
from ._quantities import format_share
from ._tiers import tiers_text


def explain(
    line: InvoiceLine, locale: str = "en", *, catalog: Catalog | None = None
) -> str:
    r"""Return how *line* comes to its amount: quantity × unit price × share.

    *catalog* names the item, and tells how its tiers make a price.

    >>> import datetime as dt
    >>> from seatbill.lifecycle import subscribe
    >>> from seatbill.periods import MONTHLY
    >>> from seatbill.plans import Plan, Price
    >>> from seatbill.rules import BillingRules
    >>> plan = Plan("basic", "Basic", 1, [Price(unit_amount="4.99", currency="USD")])
    >>> opening = subscribe(
    ...     plan,
    ...     id="s",
    ...     interval=MONTHLY,
    ...     seats=3,
    ...     on=dt.date(2026, 4, 19),
    ...     anchor=dt.date(2026, 4, 1),
    ...     rules=BillingRules(),
    ... )
    >>> explain(opening.invoice.lines[0])
    '3 seats, basic, Apr 19\u2009–\u200930, 2026: 3 × $4.99 × 12/30 days = $5.99.'

    Raises: LocaleError, WrongTypeError.
    """
    instance("line", line, InvoiceLine)
    items = items_of(catalog)
    details = "; ".join(_details(line, locale, items))
    _ = words(locale).gettext
    told = _("%(what)s, %(time)s: %(sum)s (%(details)s).")
    if not details:
        told = _("%(what)s, %(time)s: %(sum)s.")
    return told % {
        "what": title(line, locale, items),
        "time": _time(line, locale),
        "sum": _sum(line, locale),
        "details": details,
    }


def _time(line: InvoiceLine, locale: str) -> str:
    """Return the day of what is bought once, else the time that *line* is for."""
    if line.terms.item_kind in (ItemKind.SERVICE, ItemKind.FEE):
        return format_date(line.start, locale)
    return format_span(line.start, line.end, locale)


def _sum(line: InvoiceLine, locale: str) -> str:
    """Return what is multiplied, and what that comes to before it is cut short."""
    unit, currency = line.unit_amount, line.currency
    if unit is None or line.terms.item_kind is ItemKind.DISCOUNT:
        factors = [format_unit_amount(line.full_amount, currency, locale)]
    else:
        factors = [
            format_number(line.quantity, locale),
            format_unit_amount(unit, currency, locale),
        ]
    if line.share != 1:
        factors.append(format_share(line, locale))
    exact = line.full_amount * line.share
    found = Money.rounded(exact, currency, line.terms.rounding)
    product = " × ".join(factors)
    shown = format_money(found, locale)
    return product if product == shown else f"{product} = {shown}"


def _details(line: InvoiceLine, locale: str, items: tuple[Item, ...]) -> Iterator[str]:
    """Yield what cut *line* short, and how its price came about."""
    _ = words(locale).gettext
    if line.cap is not None:
        amount = format_money(line.amount, locale)
        if line.kind is LineKind.DISCOUNT:
            yield _("cut to %(amount)s: no more can be taken off") % {"amount": amount}
        else:
            yield _("cut to %(amount)s: no more is left") % {"amount": amount}
    if line.terms.item_kind is ItemKind.DISCOUNT:
        yield from (discount_details(own, locale) for own in line.discounts)
    elif line.discounts:
        yield _price(line, locale)
    if line.terms.unit_scaled is None:
        tiers = tiers_text(line, items, locale)
        yield (
            _("price by tiers: %(sum)s") % {"sum": tiers}
            if tiers
            else _("price by tiers")
        )


def _price(line: InvoiceLine, locale: str) -> str:
    """Return how the price came about by percentages off, in their order."""
    kept = Fraction(1)
    names = []
    for discount in line.discounts:
        kept *= Fraction(*discount.kept)
        details = discount_details(discount, locale)
        said = f"{discount.id}: {details}" if details else discount.id
        names.append(f"{discount_text(discount, locale)} ({said})")
    unit, currency = line.unit_amount, line.currency
    _ = words(locale).gettext
    if unit is None or not kept:
        return _("after discounts: %(discounts)s") % {"discounts": ", ".join(names)}
    parts = [format_unit_amount(unit / kept, currency, locale), *names]
    price = f"{' − '.join(parts)} = {format_unit_amount(unit, currency, locale)}"
    return _("unit price: %(price)s") % {"price": price}
