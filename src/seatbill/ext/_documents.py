"""What a column or a field holds: a value's document, or a list of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

import attrs

from .._values.checks import flag, several
from ..catalogs import Catalog
from ..converters import dump, load
from ..converters._vocabulary import KINDS
from ..errors import WrongTypeError
from ..rules import BillingRules


def _catalogs(values: Iterable[Catalog]) -> tuple[Catalog, ...]:
    return several("catalogs", values, Catalog)


def _rules(values: Iterable[BillingRules]) -> tuple[BillingRules, ...]:
    return several("rules", values, BillingRules)


@final
@attrs.frozen(order=False)
class Documents:
    """How values of one *kind*, or of any, become what is stored, and come back."""

    kind: type[Any] | None = None
    many: bool = False
    catalogs: tuple[Catalog, ...] = attrs.field(default=(), converter=_catalogs)
    rules: tuple[BillingRules, ...] = attrs.field(default=(), converter=_rules)

    def __attrs_post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS.values():
            raise WrongTypeError("kind", " | ".join(KINDS), self.kind)
        flag("many", self.many)

    def dump(self, value: Any) -> Any:
        """Return what is stored of *value*, ``None`` for nothing."""
        if value is None:
            return None
        if not self.many:
            return self._dump(value)
        return [self._dump(each) for each in several("value", value, object)]

    def load(self, data: Any) -> Any:
        """Return the value of what was stored."""
        if data is None:
            return None
        return tuple(map(self._load, data)) if self.many else self._load(data)

    def _dump(self, value: Any) -> Any:
        if self.kind is not None and not isinstance(value, self.kind):
            raise WrongTypeError("value", self.kind.__name__, value)
        first = self.catalogs[0] if self.catalogs else None
        return dump(value, catalog=first, rules=self.rules)

    def _load(self, data: Any) -> Any:
        return load(data, self.kind, catalogs=self.catalogs, rules=self.rules)
