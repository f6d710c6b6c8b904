"""All changes that can be asked for: those of few histories, each a value, and theirs.

What each of them does is in the engine; when it takes effect is in the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, final

import attrs

from .._values.base import Quantities, Value, worded
from .._values.checks import Time, instance, several, text, unique, whole
from .._values.later import Later
from ..credit import CreditKind
from ..errors import OutOfBoundsError, UnknownItemError, WrongTypeError
from ..money import Money
from ..parties import Party
from ..periods import keep_times
from ..plans import AddOn, Plan
from ..rules import ChangeKind
from ..taxes import TaxRate, tax_rate_set
from .common_changes import (
    AddSeats,
    Cancel,
    RemoveSeats,
    SetSeats,
    SwitchInterval,
    SwitchPlan,
)
from .discount_changes import ApplyDiscount, RemoveDiscount
from .parts import MAX_PAUSE
from .purchases import BuyService, ChargeFee
from .subscription import quantities

if TYPE_CHECKING:
    from .. import terms
else:  # few customers have one
    terms = Later("terms")

__all__ = [
    "AddAddOn",
    "AddSeats",
    "ApplyDiscount",
    "BuyService",
    "Cancel",
    "Change",
    "ChargeFee",
    "CreditedCharge",
    "EndPause",
    "EndTrial",
    "Extend",
    "Freeze",
    "GrantCredit",
    "MoveBillingDay",
    "Pause",
    "RecordCreditNote",
    "RecordUsage",
    "RemoveAddOn",
    "RemoveDiscount",
    "RemoveSeats",
    "Reprice",
    "Resume",
    "SetRecipient",
    "SetSeats",
    "SetTaxRates",
    "SetTerm",
    "SwitchInterval",
    "SwitchPackage",
    "SwitchPlan",
    "Unfreeze",
    "WithdrawPending",
]


@final
@attrs.frozen(order=False, eq=False, repr=False)
class AddAddOn(Value):
    """*quantity* more of an add-on."""

    add_on: AddOn
    quantity: int = 1

    def __attrs_post_init__(self) -> None:
        instance("add_on", self.add_on, AddOn)
        whole("quantity", self.quantity, 1)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class RemoveAddOn(Value):
    """*quantity* fewer of an add-on."""

    add_on: AddOn
    quantity: int = 1

    def __attrs_post_init__(self) -> None:
        instance("add_on", self.add_on, AddOn)
        whole("quantity", self.quantity, 1)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class SwitchPackage(Value):
    """Another *package* in the place of *add_on*, which is of the same family."""

    add_on: AddOn
    package: AddOn

    def __attrs_post_init__(self) -> None:
        family = instance("add_on", self.add_on, AddOn).family
        if instance("package", self.package, AddOn).family != family or family is None:
            raise UnknownItemError("package", self.package.id, family)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Freeze(Value):
    """Nothing is charged or renewed from this day on, until it thaws.

    What waits for the period's end is dated as if it thawed by itself, at the latest.
    """


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Unfreeze(Value):
    """The end of a freeze: the period goes on, later by the frozen days."""


@final
@attrs.frozen(order=False, eq=False, repr=False)
class EndTrial(Value):
    """The end of a trial today: what is owned is charged from this day on."""


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Extend(Value):
    """The running period or trial ends *days* later; they are given free of charge."""

    days: int

    def __attrs_post_init__(self) -> None:
        whole("days", self.days, 1, 3650)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class MoveBillingDay(Value):
    """Periods end on this *day* of the month from the running one's end on.

    Up to the first such day a share of a period is charged: a stub.
    """

    day: int

    def __attrs_post_init__(self) -> None:
        whole("day", self.day, 1, 31)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Pause(Value):
    """No service and no charge for *periods* from the next renewal on, 1 to 120.

    The running period is served to its end; a stub counts as a period.  Notice is that
    of a cancellation.  Asked for while paused, the pause goes on for so many more.

    >>> Pause(periods=2)
    Pause(periods=2)
    """

    periods: int

    def __attrs_post_init__(self) -> None:
        whole("periods", self.periods, 1, MAX_PAUSE)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class EndPause(Value):
    """The end of a pause today: the rest of the period that holds the day is charged.

    The grid stays.  A pause that waits is withdrawn, and nothing is charged.
    """


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Resume(Value):
    """Withdraws a cancellation that waits."""


@final
@attrs.frozen(order=False, eq=False, repr=False, field_transformer=worded)
class WithdrawPending(Value):
    """Withdraws all that waits of one *kind*.

    With *from_day* only what was agreed for that day, one step of a ramp.
    """

    kind: ChangeKind = attrs.field(converter=ChangeKind)
    from_day: Time | None = None

    def __attrs_post_init__(self) -> None:
        keep_times(self, optional=["from_day"])


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Reprice(Value):
    """New prices for the plan of this id, from the first renewal on or after a day.

    Those of several days wait side by side, which is a ramp; one for the same day takes
    the place of the one before it.  Where two are due at one renewal the later day
    counts.  They end with the plan: what is left is told in ``Outcome.replaced``.
    """

    plan: Plan
    from_day: Time

    def __attrs_post_init__(self) -> None:
        instance("plan", self.plan, Plan)
        keep_times(self, "from_day")


@final
@attrs.frozen(order=False, eq=False, repr=False)
class SetTaxRates(Value):
    """The tax rates of what is charged from now on."""

    rates: tuple[TaxRate, ...] = attrs.field(converter=tax_rate_set)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class SetRecipient(Value):
    """Whom invoices from now on are made out to."""

    recipient: Party | None

    def __attrs_post_init__(self) -> None:
        if self.recipient is not None:
            instance("recipient", self.recipient, Party)


@final
@attrs.frozen(order=False, eq=False, repr=False, field_transformer=worded)
class GrantCredit(Value):
    """*amount* as credit, which the next invoices use.

    Paid money goes back when the subscription ends, a gift lapses then.  *expires_on*
    is the last day on which it pays, that day included; what is left the day after
    lapses, and the next call tells it.

    >>> import datetime as dt
    >>> fifty = Money("50.00", "EUR")
    >>> GrantCredit(fifty, "welcome", CreditKind.GIFT, dt.date(2026, 6, 30)).kind
    CreditKind.GIFT

    Raises: OutOfOrderError where its last day has gone by, CurrencyMismatchError.
    """

    amount: Money
    reason: str
    kind: CreditKind = attrs.field(default=CreditKind.PAID, converter=CreditKind)
    expires_on: Time | None = None

    def __attrs_post_init__(self) -> None:
        if instance("amount", self.amount, Money).minor_units <= 0:
            least = Money.from_minor_units(1, self.amount.currency)
            raise OutOfBoundsError("amount", self.amount, least, None)
        text("reason", self.reason)
        keep_times(self, optional=["expires_on"])


@final
@attrs.frozen(order=False, eq=False, repr=False)
class CreditedCharge(Value):
    """The *amount* that a credit note took back of a charge, with its line's sign."""

    charge_id: str
    amount: Money

    def __attrs_post_init__(self) -> None:
        text("charge_id", self.charge_id)
        instance("amount", self.amount, Money)


def _credited_charges(values: Iterable[CreditedCharge]) -> tuple[CreditedCharge, ...]:
    found = several("charges", values, CreditedCharge)
    unique("charge", [each.charge_id for each in found])
    return found


@final
@attrs.frozen(order=False, eq=False, repr=False)
class RecordCreditNote(Value):
    """A credit note with this *key*: what it took back does not come back again.

    Made by ``CreditNote.to_record``; no invoice comes of it.  It counts for each open
    charge by itself, and for a closed one nothing.  Beside a discount of a
    fixed amount all that goes back in the period, by notes and changes together, is
    never more than was paid net, whichever lines a note names: where a change would
    give back more, its credits are cut.

    Raises: OverCreditedError where less is left, DuplicateError for a note
    that was recorded, UnknownItemError for one of another subscription,
    CurrencyMismatchError.
    """

    key: str
    charges: tuple[CreditedCharge, ...] = attrs.field(converter=_credited_charges)

    def __attrs_post_init__(self) -> None:
        text("key", self.key)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class SetTerm(Value):
    """A term from the running period on; where one runs, the one that follows it.

    ``None`` lets the running term be the last, in notice.  By hand (``IMMEDIATE``) it
    takes its place at once: what waited for its end waits for the new one's, or for
    the next renewal.  Raises: RulesError, TooFewSeatsError, LateNoticeError.
    """

    term: terms.Term | None

    def __attrs_post_init__(self) -> None:
        if self.term is not None:
            instance("term", self.term, terms.Term)


def _counts(value: int | Mapping[str, int]) -> Quantities:
    found = quantities("used", value)
    if not found:
        raise WrongTypeError("used", "int | Mapping[str, int]", value)
    return found


@final
@attrs.frozen(order=False, eq=False, repr=False)
class RecordUsage(Value):
    """How many are *used* on this day, by unit; a number counts ``"seat"``.

    It stands until the next count, and is billed by the true-ups of the term: what it
    is above what is owned on this day, after the changes before it in the same call.

    Raises: UnknownItemError for a unit of which the term has no true-up.
    """

    used: Quantities = attrs.field(converter=_counts)


Change = (
    AddSeats
    | RemoveSeats
    | SetSeats
    | SwitchPlan
    | SwitchInterval
    | AddAddOn
    | RemoveAddOn
    | SwitchPackage
    | BuyService
    | ChargeFee
    | Freeze
    | Unfreeze
    | EndTrial
    | Extend
    | MoveBillingDay
    | Pause
    | EndPause
    | Cancel
    | Resume
    | WithdrawPending
    | Reprice
    | ApplyDiscount
    | RemoveDiscount
    | SetTaxRates
    | SetRecipient
    | GrantCredit
    | RecordCreditNote
    | SetTerm
    | RecordUsage
)
