"""Who may do what with a subscription, and until when its plan may be used.

Roles are words of the host.  The rules name those that manage a subscription; a
:class:`Permission` says who else, or who instead, does one thing on one plan or in
one state.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

import attrs

from ._values.base import Word, worded
from ._values.checks import Time, instance, member, members, moment, several, text
from .errors import PermissionRefusedError, RulesError
from .periods import same_time
from .plans import Plan
from .rules import BillingRules, ChangeKind
from .subscriptions import Status, Subscription
from .subscriptions.subscription import ends, recipient_locked_since

__all__ = [
    "Action",
    "Permission",
    "allowed_roles",
    "is_usable",
    "may",
    "may_edit_recipient",
    "require_role",
    "usable_until",
]


class Action(Word):
    """What a role may or may not do.

    :VIEW: See plan, price, next invoice and payment methods.
    :DOWNLOAD: Fetch the invoices of the past.
    :PAY: Add a payment method, or pay with one.
    :BUY: Buy add-ons, services and packs.
    :MANAGE: Subscribe, change plan or interval, freeze, cancel.
    :ADD_SEATS: Buy seats.
    :REMOVE_SEATS: Give seats back.
    :EDIT: Change whom invoices are made out to.
    :CORRECT: Accept or reject the correction of an invoice.
    :GRANT: Grant a discount or a credit.
    """

    VIEW = "view"
    DOWNLOAD = "download"
    PAY = "pay"
    BUY = "buy"
    MANAGE = "manage"
    ADD_SEATS = "add_seats"
    REMOVE_SEATS = "remove_seats"
    EDIT = "edit"
    CORRECT = "correct"
    GRANT = "grant"


def _statuses(values: Iterable[Status | str]) -> tuple[Status, ...]:
    return members("statuses", values, Status)


@final
@attrs.frozen(order=False, field_transformer=worded)
class Permission:
    """The *roles* that do *action*, instead of those that the rules name.

    It holds on the *plans* with these ids, on every plan where none is named; in the
    same way while a subscription is in one of *statuses*.

    Raises: RulesError where no role is named.
    """

    action: Action = attrs.field(converter=Action)
    roles: tuple[str, ...] = attrs.field(kw_only=True)
    plans: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    statuses: tuple[Status, ...] = attrs.field(
        default=(), kw_only=True, converter=_statuses
    )

    def __attrs_post_init__(self) -> None:
        for name in ("roles", "plans"):
            values = several(name, getattr(self, name), str)
            for value in values:
                text(name, value)
            object.__setattr__(self, name, values)
        if not self.roles:
            raise RulesError("roles", (), "nobody")


def allowed_roles(
    action: Action | str,
    *,
    rules: BillingRules,
    plan: Plan | None = None,
    status: Status | str | None = None,
    permissions: Iterable[Permission] = (),
) -> tuple[str, ...]:
    """Return the roles that may do *action*; none named means that all may.

    The first of *permissions* that is about *action*, *plan* and *status* decides,
    then the ``billing_roles`` of *rules*; of a correction the ``correction_roles``
    where there are any.
    """
    action = member("action", action, Action)
    instance("rules", rules, BillingRules)
    id = None if plan is None else instance("plan", plan, Plan).id
    if status is not None:
        status = member("status", status, Status)
    for permission in several("permissions", permissions, Permission):
        if (
            permission.action is action
            and (not permission.plans or id in permission.plans)
            and (not permission.statuses or status in permission.statuses)
        ):
            return permission.roles
    if action is Action.CORRECT and rules.correction_roles:
        return rules.correction_roles
    return rules.billing_roles


def may(
    role: str,
    action: Action | str,
    *,
    rules: BillingRules,
    plan: Plan | None = None,
    status: Status | str | None = None,
    permissions: Iterable[Permission] = (),
) -> bool:
    """Return whether *role* may do *action*, on *plan* and in *status* if given.

    >>> rules = BillingRules(billing_roles=("owner", "admin"))
    >>> may("member", Action.ADD_SEATS, rules=rules)
    False
    """
    text("role", role)
    allowed = allowed_roles(
        action, rules=rules, plan=plan, status=status, permissions=permissions
    )
    return not allowed or role in allowed


def require_role(
    role: str,
    action: Action | str,
    *,
    rules: BillingRules,
    plan: Plan | None = None,
    status: Status | str | None = None,
    permissions: Iterable[Permission] = (),
) -> None:
    """Refuse *role* where it may not do *action*.  Raises: PermissionRefusedError."""
    text("role", role)
    allowed = allowed_roles(
        action, rules=rules, plan=plan, status=status, permissions=permissions
    )
    if allowed and role not in allowed:
        raise PermissionRefusedError(role, action, tuple(allowed))


def may_edit_recipient(subscription: Subscription) -> bool:
    """Return whether the client's data may be edited.

    Not from the end of a paid subscription until the next one, or as ``recipient_lock``
    says from the day on which that end is asked for; ``SetRecipient`` is refused in the
    same time.  A customer who never paid may.
    """
    sub = instance("subscription", subscription, Subscription)
    updates = sub.pending_updates
    return recipient_locked_since(sub.rules, sub.ended_on, updates) is None


def ends_on(subscription: Subscription) -> Time | None:
    """Return the first moment after the end; ``None`` where it goes on."""
    sub = subscription
    if sub.ended_on is not None:
        return sub.ended_on
    free = sub.rules.free_plan
    days = [u.applies_on for u in sub.pending_updates if ends(u, free)]
    return min(days, default=None)


def usable_until(subscription: Subscription) -> Time | None:
    """Return the first moment without paid features; ``None`` while they stay.

    After a cancellation that is the end of the paid period: the day before it is the
    last day of use.  One that is frozen is taken to thaw by itself.  It
    is the start of a pause too, of one that waits or runs, whatever follows it.
    """
    sub = instance("subscription", subscription, Subscription)
    if sub.status is Status.PAUSED:
        return sub.current_period.start
    days = [u.applies_on for u in sub.pending_updates if u.kind is ChangeKind.PAUSE]
    end = ends_on(sub)
    return min(days if end is None else [*days, end], default=None)


def is_usable(subscription: Subscription, at: Time) -> bool:
    """Return whether paid features may be used *at* that moment.

    A subscription that renews is taken to go on.  Nothing can be used while it is
    frozen, which ends by itself on the last day that the rules give, or paused:
    until the end of a pause that runs, and from the start of one that waits on.
    """
    sub = instance("subscription", subscription, Subscription)
    at = moment("at", at)
    same_time("at", at, sub.current_period.start)
    thaws_on: Any = sub.thaws_on
    if sub.frozen_on is not None and sub.frozen_on <= at < thaws_on:
        return False
    paused = sub.status is Status.PAUSED
    if paused and at < sub.current_period.end:
        return False
    until = ends_on(sub) if paused else usable_until(sub)
    if until is None:
        return sub.status is not Status.FREE
    return at < until
