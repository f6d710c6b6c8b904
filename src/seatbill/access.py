"""Who may do what with a subscription, and until when its plan may be used.

Roles are words of the host.  The rules name those that manage a subscription; a
:class:`Permission` says who else, or who instead, does one thing on one plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import final

import attrs

from ._checks import Time, instance, member, moment, several, text
from .errors import PermissionRefusedError, RulesError
from .periods import same_time
from .plans import Plan
from .rules import BillingRules, ChangeKind
from .subscriptions import Status, Subscription

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


class Action(StrEnum):
    """What a role may or may not do."""

    MANAGE = "manage"
    """Subscribe, change plan or interval, cancel."""
    ADD_SEATS = "add_seats"
    REMOVE_SEATS = "remove_seats"


@final
@attrs.frozen(order=False)
class Permission:
    """The *roles* that do *action*, instead of those that the rules name.

    It holds on the *plans* with these ids, on every plan where none is named.

    Raises: RulesError where no role is named.
    """

    action: Action
    roles: tuple[str, ...] = attrs.field(kw_only=True)
    plans: tuple[str, ...] = attrs.field(default=(), kw_only=True)

    def __attrs_post_init__(self) -> None:
        member("action", self.action, Action)
        for name in ("roles", "plans"):
            values = several(name, getattr(self, name), str)
            object.__setattr__(self, name, values)
        if not self.roles:
            raise RulesError(
                "roles", "empty", "nobody could do it", "name one role or more"
            )


def allowed_roles(
    action: Action,
    *,
    rules: BillingRules,
    plan: Plan | None = None,
    permissions: Iterable[Permission] = (),
) -> tuple[str, ...]:
    """Return the roles that may do *action*; none named means that all may.

    The first of *permissions* that is about *action* and *plan* decides, then the
    ``billing_roles`` of *rules*.
    """
    member("action", action, Action)
    instance("rules", rules, BillingRules)
    id = None if plan is None else instance("plan", plan, Plan).id
    for permission in several("permissions", permissions, Permission):
        if permission.action is action and (
            not permission.plans or id in permission.plans
        ):
            return permission.roles
    return rules.billing_roles


def may(
    role: str,
    action: Action,
    *,
    rules: BillingRules,
    plan: Plan | None = None,
    permissions: Iterable[Permission] = (),
) -> bool:
    """Return whether *role* may do *action*, on *plan* where one is given.

    >>> rules = BillingRules(billing_roles=("owner", "admin"))
    >>> may("member", Action.ADD_SEATS, rules=rules)
    False
    """
    text("role", role)
    allowed = allowed_roles(action, rules=rules, plan=plan, permissions=permissions)
    return not allowed or role in allowed


def require_role(
    role: str,
    action: Action,
    *,
    rules: BillingRules,
    plan: Plan | None = None,
    permissions: Iterable[Permission] = (),
) -> None:
    """Refuse *role* where it may not do *action*.  Raises: PermissionRefusedError."""
    granted = tuple(permissions)
    if not may(role, action, rules=rules, plan=plan, permissions=granted):
        allowed = allowed_roles(action, rules=rules, plan=plan, permissions=granted)
        raise PermissionRefusedError(role, action, ", ".join(allowed))


def may_edit_recipient(subscription: Subscription) -> bool:
    """Return whether the client's data may be edited.

    Not from the end of a paid subscription until the next one.  A customer who never
    paid, and one whose cancellation still waits, may.  Source: CL-57, ambiguity 29.
    """
    return instance("subscription", subscription, Subscription).ended_on is None


def usable_until(subscription: Subscription) -> Time | None:
    """Return the first moment without paid features; ``None`` while they stay.

    After a cancellation that is the end of the paid period: the day before it is the
    last day of use (CL-54).
    """
    sub = instance("subscription", subscription, Subscription)
    if sub.ended_on is not None:
        return sub.ended_on
    free = sub.rules.free_plan
    ends = [
        update.applies_on
        for update in sub.pending_updates
        if update.kind is ChangeKind.CANCELLATION
        or (update.kind is ChangeKind.PLAN and update.value == free)
    ]
    return min(ends, default=None)


def is_usable(subscription: Subscription, at: Time) -> bool:
    """Return whether paid features may be used *at* that moment.

    A subscription that renews is taken to go on.
    """
    sub = instance("subscription", subscription, Subscription)
    at = moment("at", at)
    same_time("at", at, sub.current_period.start)
    until = usable_until(sub)
    if until is None:
        return sub.status is not Status.FREE
    return at < until
