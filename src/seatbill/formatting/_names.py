"""What a catalogue calls its items: names where ids would stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from .._values.checks import instance
from ..catalogs import Catalog
from ..invoices import ItemKind
from ..plans import AddOn, Plan, Service

Item = Plan | AddOn | Service

_KINDS: Final[dict[type, ItemKind]] = {
    Plan: ItemKind.PLAN,
    AddOn: ItemKind.ADD_ON,
    Service: ItemKind.SERVICE,
}
_CALLED: Final = {
    "plan": (Plan,),
    "plans": (Plan,),
    "add_on": (AddOn,),
    "package": (AddOn,),
    "service": (Service,),
    "item": (Plan, AddOn, Service),
}
"""What a value of this name may be the id of."""


def kind_of(item: Item) -> ItemKind:
    """Return the kind that *item* is of on a line."""
    return _KINDS[type(item)]


def items_of(catalog: Catalog | None) -> tuple[Item, ...]:
    """Return all that *catalog* sells; nothing without one."""
    if catalog is None:
        return ()
    instance("catalog", catalog, Catalog)
    return (*catalog.plans, *catalog.add_ons, *catalog.services)


def item_name(kind: ItemKind, id: str, items: Iterable[Item]) -> str:
    """Return what the item of this *kind* and *id* is called, or its id."""
    found = (item.name for item in items if item.id == id and kind_of(item) is kind)
    return next(found, id)


def called(name: str, value: Any, items: tuple[Item, ...]) -> Any:
    """Return *value*, the name of an item where it is one or its id."""
    if isinstance(value, Item):
        return item_name(kind_of(value), value.id, (*items, value))
    kinds = _CALLED.get(name, ())
    if type(value) is tuple and kinds:
        return tuple(called(name, one, items) for one in value)
    if type(value) is not str:
        return value
    found = (i.name for i in items if i.id == value and isinstance(i, kinds))
    return next(found, value)
