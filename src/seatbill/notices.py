"""Notices, findings, refusals and problems: a code, its evidence, a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, final

import attrs

from ._values.base import Value
from ._values.checks import (
    instance,
    several,
    text,
    unique,
)
from .errors import SeatbillError, UnknownItemError, WrongTypeError
from .errors.wording import Sentence, chosen, in_english, sentences

__all__ = [
    "Finding",
    "Notice",
    "Problem",
    "Refusal",
]


_FINDINGS: Final = sentences("""
add_on_ends: {add_on} ends with the change to {plan}, as it needs {missing:or}
add_on_never_used: {add_on} has never been used, and a month costs {saving} less without
    it
add_on_unused: {add_on} has not been used for {days:day}, and a month costs {saving}
    less without it
amount_differs: {item}: the amount is {stated}, but should be {expected}
cap_differs: {item}: the line is cut to {stated}, but should be to {expected}
charges_differ: {charged} was charged, but the configuration comes to {expected}, a
    difference of {difference}
discounts_differ: {item}: the discounts are {stated}, but should be {expected}
feature_lost: {plan} does not include {feature}
full_amount_differs: {item}: a whole period is {stated}, but should be {expected}
higher_plan_fits: {current} is too small, but {plan} includes all that is used
item_not_active: {item} was not active, {span:span}, but {amount} is on the invoice
kind_differs: {item}: the line is a {stated}, but should be a {expected}
limit_exceeded: {plan} includes {limit} {resource}, which is {excess} too few
limit_near: {used} of {limit} {resource} are used, which is {percent}%
line_differs: {item}: {what} is {stated}, but should be {expected}
line_does_not_add_up: {item}: {what} is {stated}, but should be {expected}
line_missing: {item}, {span:span}: a line of {amount} is missing
line_not_expected: {item}, {span:span}: nothing accounts for {amount}
line_repeated: {item}, {span:span}: {amount} is already on invoice {invoice}
lower_plan_fits: {plan} includes all that is used, and a month of it costs {saving} less
no_plan_fits: {current} is too small, and so is every higher plan
payment_method_expired: The payment method was valid through {valid_through}, {days:day}
    ago
payment_method_expiring: The payment method is valid through {valid_through}, for
    {days:day} more
payment_method_expiring.zero_days: The payment method is valid through {valid_through},
    which is today
period_differs: {item}: the time is {stated:span}, but should be {expected:span}
quantity_differs: {item}: the quantity is {stated}, but should be {expected}
share_differs: {item}: the share is {stated}, but should be {expected}
tax_rates_differ: {item}: the tax rates are {stated}, but should be {expected}
unit_not_sold one count: {plan} does not include {unit:plural}, so {count} ends with the
    change
unit_not_sold many count: {plan} does not include {unit:plural}, so {count} end with the
    change
unit_price_differs: {item}: the unit price is {stated}, but should be {expected}
""")

_NOTICES: Final = sentences("""
add_on_dropped: Add-on {add_on} ends with the plan that it needs
end_scheduled: {plan} ends on {on}, and the bill of that day is {total}
end_scheduled.no_total: {plan} ends on {on}
end_without_bill: {plan} ends on {on}, and nothing more is charged
features_lost: From {on}, {plan} does not include {features}
interval_scheduled: From {on}, the billing period is {interval} instead of {current},
    and the bill of that day is {total}
interval_scheduled.no_total: From {on}, the billing period is {interval} instead of
    {current}
late_notice: It is too late for {boundary}, so this takes effect on {on}
late_cancellation: It is too late for {boundary}, so the subscription ends on {on} and
    will still cost {cost}
more_people one missing: {occupied} people sit on {owned:unit}, so {missing} is missing
more_people many missing: {occupied} people sit on {owned:unit}, so {missing} are
    missing
number_unused: {plan} does not measure {unit:plural}, so their number is not used
over_limit one excess: {plan} includes {maximum:unit}, so {excess} is too many
over_limit many excess: {plan} includes {maximum:unit}, so {excess} are too many
plan_scheduled: From {on}, {plan} takes the place of {current}, and the bill of
    that day is {total}
plan_scheduled.no_total: From {on}, {plan} takes the place of {current}
price_change: {plan} has new prices from {on}
removal_cut one removed: Only {removed:unit} of {asked} is removed, as the rest is
    occupied
removal_cut many removed: Only {removed:unit} of {asked} are removed, as the rest is
    occupied
removal_cut.zero_removed one asked: {asked:unit} that was to be removed stays, as it is
    occupied
removal_cut.zero_removed many asked: {asked:unit} that were to be removed stay, as all
    are occupied
removals_undone one count: {count:unit} that was to be removed stays, free of charge
removals_undone many count: {count:unit} that were to be removed stay, free of charge
people_unused: {plan} does not include {unit:plural}, so nobody sits on them
serves_until: A cancellation is scheduled, so this can be used until {on}
timing_unused: Timing {timing} changes nothing here, as nothing that was asked for can
    wait
unit_dropped one count: {plan} does not include {unit:plural}, so {count} ends with the
    old plan
unit_dropped many count: {plan} does not include {unit:plural}, so {count} end with the
    old plan
""")


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


def _check(kind: str, told: Finding | Notice, table: Mapping[str, Sentence]) -> None:
    """Refuse a code that is not known, and values of which no sentence can be made."""
    if text("code", told.code) not in table or "." in told.code:
        known = tuple(code for code in table if "." not in code)
        raise UnknownItemError(kind, told.code, known)
    _check_pairs(told.values)
    try:
        str(told)
    except KeyError as missing:
        names = tuple(name for name, _ in told.values)
        raise UnknownItemError("value", missing.args[0], names) from None


def _check_pairs(pairs: tuple[tuple[str, Any], ...]) -> None:
    """Refuse what is no pair of a name and a value."""
    for pair in pairs:
        if len(pair) != 2:
            raise WrongTypeError("values", "tuple[str, object]", pair)
        text("name", pair[0])


def _value(told: Finding | Notice, name: str) -> Any:
    """Return the value of this *name*, or refuse."""
    values = dict(told.values)
    if text("name", name) not in values:
        raise UnknownItemError("value", name, tuple(values))
    return values[name]


def sentence_in(told: Finding | Notice) -> Sentence:
    """Return what a finding or a notice says, with its blanks."""
    table = _FINDINGS if isinstance(told, Finding) else _NOTICES
    return chosen(table, told.code, dict(told.values))


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Finding(Value):
    """Something that a review found, told beforehand or after the fact.

    ``code`` is stable; *values* hold the evidence by name; ``str()`` is an English
    sentence.

    >>> found = Finding("feature_lost", (("plan", "Basic"), ("feature", "invoicing")))
    >>> str(found), found.value("feature")
    ('Basic does not include invoicing.', 'invoicing')
    """

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    def __attrs_post_init__(self) -> None:
        keep_tuples(self, values=tuple)
        _check("finding", self, _FINDINGS)
        unique("value", [name for name, _ in self.values])

    def value(self, name: str) -> Any:
        """Return the value of this *name*.  Raises: UnknownItemError."""
        return _value(self, name)

    def __str__(self) -> str:
        return f"{in_english(sentence_in(self), dict(self.values))[0]}."


def finding_of(code: str, **values: Any) -> Finding:
    """Return a finding with its evidence."""
    return Finding(code, tuple(values.items()))


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Notice(Value):
    """Something odd but legal that a customer should be told.

    ``code`` is stable; *values* hold the figures by name; ``str()`` is an English
    sentence.
    """

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    def __attrs_post_init__(self) -> None:
        several("values", self.values, tuple)
        _check("notice", self, _NOTICES)

    def value(self, name: str) -> Any:
        """Return the value of this *name*.  Raises: UnknownItemError."""
        return _value(self, name)

    def __str__(self) -> str:
        return f"{in_english(sentence_in(self), dict(self.values))[0]}."


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Refusal(Value):
    """A refusal as a value: its stable *code*, its sentence and the way out.

    *values* hold the figures by name, so that it can be told in another language.
    """

    code: str
    message: str
    remedy: str
    values: tuple[tuple[str, Any], ...] = ()

    def __attrs_post_init__(self) -> None:
        text("code", self.code)
        text("message", self.message)
        if type(self.remedy) is not str:
            raise WrongTypeError("remedy", "str", self.remedy)
        keep_tuples(self, values=tuple)
        _check_pairs(self.values)

    @classmethod
    def of(cls, error: SeatbillError) -> Refusal:
        """Return what *error* says."""
        said = instance("error", error, SeatbillError).as_dict()
        values = tuple(said["values"].items())
        return cls(said["code"], said["message"], said["remedy"], values)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Problem(Value):
    """One contradiction: where it stands, a stable code, a sentence."""

    where: str
    code: str
    message: str

    def __attrs_post_init__(self) -> None:
        text("where", self.where)
        text("code", self.code)
        text("message", self.message)
