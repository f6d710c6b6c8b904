"""What a look at a subscription finds: a stable code, its evidence, a sentence."""

from __future__ import annotations

from typing import Any, Final, final

import attrs

from ._checks import instance, several, text, unique
from .errors import UnknownItemError, WrongTypeError, shown

_FINDINGS: Final = {
    "add_on_ends": "{add_on} ends with the change to {plan}: it needs {missing}",
    "add_on_never_used": (
        "{add_on} has never been used; without it a month costs {saving} less"
    ),
    "add_on_unused": (
        "{add_on} has not been used for {days} days; "
        "without it a month costs {saving} less"
    ),
    "amount_differs": "{item}: the amount is {stated}, it should be {expected}",
    "cap_differs": "{item}: the line is cut to {stated}, it should be to {expected}",
    "charges_differ": (
        "{charged} was charged, the configuration comes to {expected}: "
        "a difference of {difference}"
    ),
    "discounts_differ": "{item}: discounts are {stated}, they should be {expected}",
    "feature_lost": "{plan} is without {feature}",
    "full_amount_differs": (
        "{item}: a whole period is {stated}, it should be {expected}"
    ),
    "higher_plan_fits": "{current} is too small; {plan} holds all that is used",
    "item_not_active": "{item} was not active, {span}, but {amount} is on the invoice",
    "kind_differs": "{item}: the line is a {stated}, it should be a {expected}",
    "limit_exceeded": "{plan} holds {limit} of {resource}, {excess} are above",
    "limit_near": "{used} of {limit} of {resource} are used, {percent} %",
    "line_differs": "{item}: {what} is {stated}, it should be {expected}",
    "line_does_not_add_up": "{item}: {what} is {stated}, it should be {expected}",
    "line_missing": "{item}, {span}: a line of {amount} is missing",
    "line_not_expected": "{item}, {span}: nothing happened that costs {amount}",
    "line_repeated": "{item}, {span}: {amount} is on invoice {invoice} already",
    "lower_plan_fits": (
        "{plan} holds all that is used, and a month of it costs {saving} less"
    ),
    "no_plan_fits": "{current} is too small, and so is every higher plan",
    "payment_method_expired": (
        "the payment method could be used through {valid_through}, {days} days ago"
    ),
    "payment_method_expiring": (
        "the payment method can be used through {valid_through}, {days} days more"
    ),
    "period_differs": "{item}: the time is {stated}, it should be {expected}",
    "quantity_differs": "{item}: the quantity is {stated}, it should be {expected}",
    "share_differs": "{item}: the share is {stated}, it should be {expected}",
    "tax_rates_differ": "{item}: tax rates are {stated}, they should be {expected}",
    "unit_not_sold": "{plan} does not sell {unit}: {count} end with the change",
    "unit_price_differs": "{item}: the unit price is {stated}, it should be {expected}",
}


def check_optional(value: object, **kinds: type) -> None:
    """Refuse a field of *value* that is neither ``None`` nor of its kind."""
    for name, kind in kinds.items():
        found = getattr(value, name)
        if found is not None:
            instance(name, found, kind)


def keep_tuples(value: object, **kinds: type) -> None:
    """Make a tuple of each of these fields of *value*; each holds values of a kind."""
    for name, kind in kinds.items():
        object.__setattr__(value, name, several(name, getattr(value, name), kind))


@final
@attrs.frozen(order=False)
class Finding:
    """Something that a review found, told beforehand or after the fact.

    ``code`` is stable; *values* hold the evidence by name; ``str()`` is an English
    sentence.

    >>> found = Finding("feature_lost", (("plan", "Basic"), ("feature", "invoicing")))
    >>> str(found), found.value("feature")
    ('Basic is without invoicing', 'invoicing')
    """

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    def __attrs_post_init__(self) -> None:
        if text("code", self.code) not in _FINDINGS:
            raise UnknownItemError("finding", self.code, tuple(_FINDINGS))
        keep_tuples(self, values=tuple)
        for pair in self.values:
            if len(pair) != 2:
                raise WrongTypeError("values", "tuple[str, object]", pair)
            text("name", pair[0])
        unique("value", [name for name, _ in self.values])
        known = tuple(name for name, _ in self.values)
        try:
            str(self)
        except KeyError as missing:
            raise UnknownItemError("value", missing.args[0], known) from None

    def value(self, name: str) -> Any:
        """Return the value of this *name*.  Raises: UnknownItemError."""
        values = dict(self.values)
        if text("name", name) not in values:
            raise UnknownItemError("value", name, tuple(values))
        return values[name]

    def __str__(self) -> str:
        values = {name: shown(value) for name, value in self.values}
        return _FINDINGS[self.code].format(**values)


def finding_of(code: str, **values: Any) -> Finding:
    """Return a finding with its evidence."""
    return Finding(code, tuple(values.items()))
