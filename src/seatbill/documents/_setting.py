"""In whose words a document is written, and what its items are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, final

import attrs

from .._values.checks import Time, instance, text
from ..catalogs import Catalog
from ..formatting import Words, describe, format_date, format_money, words
from ..invoices import InvoiceLine, ItemKind
from ..lifecycle import Statement
from ..money import Money
from ..plans import AddOn, Plan, Service
from ..subscriptions import Subscription
from ._markup import isolated

_Item = Plan | AddOn | Service
_KINDS = {Plan: ItemKind.PLAN, AddOn: ItemKind.ADD_ON, Service: ItemKind.SERVICE}
_NAMED = ("plan", "add_on", "package", "service")
"""The fields of a change or of what is owned that hold an item."""


@final
@attrs.frozen(kw_only=True)
class Setting:
    """A locale, its words, and the names of items by kind and id."""

    locale: str
    words: Words
    names: Mapping[tuple[ItemKind, str], str]

    def name(self, kind: ItemKind, id: str) -> str:
        """Return what an item is called, its id where nobody said."""
        return isolated(self.names.get((kind, id), id))

    def item(self, line: InvoiceLine) -> str:
        """Return what the item of *line* is called."""
        return self.name(line.terms.item_kind, line.item)

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
    locale: str, catalog: Catalog | None, *sources: Statement | Subscription
) -> Setting:
    """Return the setting of a document; names come from *catalog*, then *sources*.

    Raises: LocaleError, WrongTypeError.
    """
    text("locale", locale)
    found = [item for source in sources for item in _items(source)]
    if catalog is not None:
        instance("catalog", catalog, Catalog)
        found += [*catalog.plans, *catalog.add_ons, *catalog.services]
    names = {(_KINDS[type(item)], item.id): item.name for item in found}
    return Setting(locale=locale, words=words(locale), names=names)


def _items(source: Statement | Subscription) -> Iterator[_Item]:
    """Yield the items that *source* holds as values."""
    if isinstance(source, Subscription):
        updates = (update.value for update in source.pending_updates)
        yield from _named((source, *source.add_ons, *updates))
        return
    yield from _items(source.opening)
    for _, changes, *_ in source.history:
        yield from _named(changes if isinstance(changes, tuple | list) else (changes,))
    yield from _items(source.subscription)


def _named(values: Iterable[Any]) -> Iterator[_Item]:
    """Yield those of *values* that are items, and the items that they hold."""
    for value in values:
        held = (getattr(value, name, None) for name in _NAMED)
        yield from (item for item in (value, *held) if isinstance(item, _Item))
