"""What a call answers: the new subscription, its invoices, and what should be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, final, get_args

import attrs

from .._values.base import Value
from .._values.checks import Time, instance, moment, several, text, whole
from .._values.later import Later
from ..errors import (
    CurrencyMismatchError,
    OutOfOrderError,
    SeveralInvoicesError,
    WrongTypeError,
)
from ..invoices import Invoice
from ..money import Money
from ..notices import Notice
from ..periods import keep_times, same_time, same_times
from ..rules import Timing, timing_or_none
from .common_changes import canceled_at_once
from .parts import PendingUpdate
from .subscription import Subscription

if TYPE_CHECKING:
    from . import changes as changes_of_all_kinds
    from .changes import Change
else:  # few bills have any
    changes_of_all_kinds = Later("subscriptions.changes")


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Outcome(Value):
    """What a call comes to: showing it is a preview, keeping it is the change.

    *invoices* are in the order of their days: those of renewals that were due first,
    then the change's own.  *effective_on* is the day on which the last part of the
    change takes effect.  *replaced* are the pending updates that it withdrew or took
    the place of.  *timing* is what overrode the rules by hand.  *previous_version* is
    that of the subscription before the call, 0 for the first.  *refund_due* is what was
    left of paid money when it ended; gifts that lapsed are told by a notice.
    """

    subscription: Subscription
    invoices: tuple[Invoice, ...]
    effective_on: Time
    notices: tuple[Notice, ...] = ()
    replaced: tuple[PendingUpdate, ...] = ()
    changes: tuple[changes_of_all_kinds.Change, ...] = ()
    on: Time
    by: str | None = None
    timing: Timing | None = attrs.field(default=None, converter=timing_or_none)
    reason: str | None = None
    previous_version: int = 0
    refund_due: Money

    def __attrs_post_init__(self) -> None:
        sub = instance("subscription", self.subscription, Subscription)
        start = sub.current_period.start
        for i, invoice in enumerate(several("invoices", self.invoices, Invoice)):
            if invoice.currency != sub.currency:
                raise CurrencyMismatchError(sub.currency, invoice.currency)
            same_time(f"invoices[{i}].issued_on", invoice.issued_on, start)
        several("notices", self.notices, Notice)
        for i, update in enumerate(several("replaced", self.replaced, PendingUpdate)):
            same_time(f"replaced[{i}].applies_on", update.applies_on, start)
        check_changes("changes", self.changes, start)
        for name in ("by", "reason"):
            if getattr(self, name) is not None:
                text(name, getattr(self, name))
        keep_times(self, "effective_on", "on", like=start)
        whole("previous_version", self.previous_version)
        instance("refund_due", self.refund_due, Money)

    @property
    def invoice(self) -> Invoice | None:
        """The only invoice, or ``None``.  Raises: SeveralInvoicesError."""
        if len(self.invoices) > 1:
            raise SeveralInvoicesError(len(self.invoices))
        return self.invoices[0] if self.invoices else None

    @property
    def amount_due(self) -> Money:
        """What is to be paid now for all its invoices; zero where there is none.

        The sum of what each asks for: credit is off, and each is rounded by itself
        where the rules round what is payable.
        """
        due = [invoice.amount_due for invoice in self.invoices]
        return Money.total(due, self.subscription.currency)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep: no invoice, and the same version."""
        return not self.invoices and self.subscription.version == self.previous_version


def ended_first(outcome: Outcome) -> bool:
    """Tell whether it was canceled on its billing day, before the renewal ran."""
    sub = outcome.subscription
    canceled = canceled_at_once(sub.rules, outcome.changes, outcome.timing)
    return canceled is not None and sub.ended_on == outcome.on == sub.current_period.end


def check_changes(name: str, changes: Iterable[Change], like: Time) -> None:
    """Refuse what is no change, and a day in one that is not of the kind of *like*."""
    asked = several(name, changes, *get_args(changes_of_all_kinds.Change))
    for field in ("from_day", "expires_on"):
        days = [getattr(change, field, None) for change in asked]
        same_times(like, [(f"{name}[{i}].{field}", d) for i, d in enumerate(days)])


def check_history(history: Any, first: Time, until: Time) -> None:
    """Refuse entries that ``bill`` would refuse: their form, kind and order."""
    latest = first
    for i, entry in enumerate(several("history", history, tuple)):
        if len(entry) not in (2, 3):
            raise WrongTypeError("history", "tuple[Time, Change]", entry)
        day = moment("on", entry[0])
        same_time(f"history[{i}].on", day, first)
        if not latest <= day <= until:
            raise OutOfOrderError(day, latest)
        latest = day
        asked = entry[1] if isinstance(entry[1], tuple | list) else (entry[1],)
        check_changes(f"history[{i}].changes", asked, first)
        timing_or_none(*entry[2:] or (None,))
