"""In whose words a document is written, and what its items are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, final

import attrs

from .._values.checks import Time, text
from ..catalogs import Catalog
from ..formatting import (
    Words,
    describe,
    format_date,
    format_money,
    format_number,
    format_quantity,
    words,
)
from ..formatting._locales import conventions
from ..formatting._names import Item, item_name, items_of
from ..formatting._tiers import tiers_text
from ..invoices import InvoiceLine, ItemKind
from ..lifecycle import Statement
from ..money import Money
from ..subscriptions import Subscription
from ..taxes import TaxRate
from ._markup import isolated
from .looks import Look

_NAMED = ("plan", "add_on", "package", "service")
"""The fields of a change or of what is owned that hold an item."""


PLAIN: Final = Look()
"""The look of a document when no other is given."""


@final
@attrs.frozen(kw_only=True)
class Setting:
    """A locale, its words, the items that are known, and the look of the seller.

    Of an item that is known twice, the last one is the price list's.
    """

    locale: str
    words: Words
    items: tuple[Item, ...]
    look: Look = PLAIN

    def name(self, kind: ItemKind, id: str) -> str:
        """Return what an item is called, its id where nobody said."""
        return isolated(item_name(kind, id, reversed(self.items)))

    def item(self, line: InvoiceLine) -> str:
        """Return what the item of *line* is called."""
        return self.name(line.terms.item_kind, line.item)

    def tiers(self, line: InvoiceLine) -> str:
        """Return how tiers make the full amount of *line*, where that is known."""
        return tiers_text(line, self.items, self.locale)

    def tax(self, rate: TaxRate) -> str:
        """Return what a tax is called."""
        return isolated(dict(self.look.tax_names).get(rate.id, rate.id))

    def quantity(self, n: int, unit: str) -> str:
        """Return how many of a unit, which the look may call by another name."""
        for own in self.look.unit_names:
            if own.unit == unit:
                form = conventions(self.locale).locale.plural_form(abs(n))
                name = isolated(own.one if form == "one" else own.many)
                return f"{format_number(n, self.locale)} {name}"
        return format_quantity(n, unit, self.locale)

    def day(self, day: Time) -> str:
        """Return *day*, or an instant, in words."""
        return format_date(day, self.locale)

    def money(self, amount: Money) -> str:
        """Return *amount* in words."""
        return format_money(amount, self.locale)

    def says(self, value: Any) -> str:
        """Return a change, a notice or a state in words."""
        return describe(value, self.locale)


def setting_for(
    locale: str,
    catalog: Catalog | None,
    *sources: Statement | Subscription,
    look: Look = PLAIN,
) -> Setting:
    """Return the setting of a document; names come from *catalog*, then *sources*.

    Raises: LocaleError, WrongTypeError.
    """
    text("locale", locale)
    found = tuple(item for source in sources for item in _items(source))
    items = (*found, *items_of(catalog))
    return Setting(locale=locale, words=words(locale), items=items, look=look)


def _items(source: Statement | Subscription) -> Iterator[Item]:
    """Yield the items that *source* holds as values."""
    if isinstance(source, Subscription):
        updates = (update.value for update in source.pending_updates)
        yield from _named((source, *source.add_ons, *updates))
        return
    yield from _items(source.opening)
    for _, changes, *_ in source.history:
        yield from _named(changes if isinstance(changes, tuple | list) else (changes,))
    yield from _items(source.subscription)


def _named(values: Iterable[Any]) -> Iterator[Item]:
    """Yield those of *values* that are items, and the items that they hold."""
    for value in values:
        held = (getattr(value, name, None) for name in _NAMED)
        yield from (item for item in (value, *held) if isinstance(item, Item))
