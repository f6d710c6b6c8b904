"""In whose words a document is written, and what its items are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, final

import attrs

from .._values.checks import instance, text
from ..catalogs import Catalog
from ..formatting import Words, words
from ..invoices import InvoiceLine, ItemKind
from ..lifecycle import Statement
from ..plans import AddOn, Plan, Service
from ..subscriptions import (
    AddAddOn,
    BuyService,
    RemoveAddOn,
    Reprice,
    Subscription,
    SwitchPackage,
    SwitchPlan,
)
from ._markup import isolated

__all__ = ["Setting", "setting_for"]

_KINDS = {
    Plan: ItemKind.PLAN,
    AddOn: ItemKind.ADD_ON,
    Service: ItemKind.SERVICE,
}


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


def setting_for(
    locale: str, catalog: Catalog | None, *sources: Statement | Subscription
) -> Setting:
    """Return the setting of a document; names come from *catalog*, then *sources*.

    Raises: LocaleError, WrongTypeError.
    """
    text("locale", locale)
    names: dict[tuple[ItemKind, str], str] = {}
    for source in sources:
        for item in _items(source):
            names[_KINDS[type(item)], item.id] = item.name
    if catalog is not None:
        instance("catalog", catalog, Catalog)
        sold: list[Plan | AddOn | Service] = [*catalog.plans, *catalog.add_ons]
        for item in [*sold, *catalog.services]:
            names[_KINDS[type(item)], item.id] = item.name
    return Setting(locale=locale, words=words(locale), names=names)


def _items(source: Statement | Subscription) -> Iterable[Plan | AddOn | Service]:
    """Yield the items that *source* holds as values."""
    if isinstance(source, Subscription):
        yield source.plan
        yield from (owned.add_on for owned in source.add_ons)
        for update in source.pending_updates:
            yield from _named((update.value, getattr(update.value, "add_on", None)))
        return
    yield from _items(source.opening)
    for _, changes, *_ in source.history:
        for change in changes if isinstance(changes, tuple | list) else (changes,):
            yield from _bought(change)
    yield from _items(source.subscription)


def _bought(change: Any) -> Iterable[Plan | AddOn | Service]:
    """Yield the items that *change* names."""
    if isinstance(change, SwitchPlan | Reprice):
        yield change.plan
    elif isinstance(change, AddAddOn | RemoveAddOn):
        yield change.add_on
    elif isinstance(change, SwitchPackage):
        yield from (change.add_on, change.package)
    elif isinstance(change, BuyService):
        yield change.service


def _named(values: Iterable[Any]) -> Iterable[Plan | AddOn | Service]:
    """Yield those of *values* that have a name."""
    yield from (value for value in values if isinstance(value, Plan | AddOn | Service))
