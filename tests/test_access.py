"""Who may do what with a subscription, and until when its plan may be used."""

from __future__ import annotations

import datetime as dt
import pickle

import pytest

from seatbill import (
    MONTHLY,
    BillingRules,
    Cancel,
    Outcome,
    Plan,
    Price,
    Subscription,
    SwitchPlan,
    Timing,
    change,
    renew,
    subscribe,
)
from seatbill.access import (
    Action,
    Permission,
    allowed_roles,
    is_usable,
    may,
    may_edit_recipient,
    require_role,
    usable_until,
)
from seatbill.errors import (
    MixedTimeError,
    OutOfBoundsError,
    PermissionRefusedError,
    RulesError,
    UnknownWordError,
    WrongTypeError,
)

FREE = Plan("free", "Free", 0)
BASIC = Plan("basic", "Basic", 1, (Price(unit_amount="4.99", currency="USD"),))
TEAM = Plan("team", "Team", 2, (Price(unit_amount="6.99", currency="USD"),))
RULES = BillingRules(free_plan=FREE, billing_roles=("owner", "admin"))
OPEN = BillingRules()
TEAM_BY_SUPPORT = Permission(Action.REMOVE_SEATS, roles=("support",), plans=("team",))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def bought(rules: BillingRules = RULES, plan: Plan = BASIC) -> Outcome:
    return subscribe(
        plan, id="s", interval=MONTHLY, seats=2, on=day("2026-10-05"), rules=rules
    )


def after(*changes, on="2026-10-10", rules=RULES, timing=None) -> Subscription:
    start = bought(rules).subscription
    return change(start, *changes, on=day(on), timing=timing).subscription


# Roles.


@pytest.mark.parametrize(
    ("role", "allowed"), [("owner", True), ("admin", True), ("member", False)]
)
@pytest.mark.parametrize("action", Action)
def test_the_roles_of_the_rules_may_do_everything(role, allowed, action):
    assert may(role, action, rules=RULES) is allowed


def test_rules_that_name_no_role_let_everybody():
    assert may("guest", Action.MANAGE, rules=OPEN)
    require_role("guest", Action.MANAGE, rules=OPEN)


def test_a_permission_takes_the_place_of_the_roles_of_the_rules():
    own = (Permission(Action.ADD_SEATS, roles=("lead",)),)
    assert allowed_roles(Action.ADD_SEATS, rules=RULES, permissions=own) == ("lead",)
    assert not may("owner", Action.ADD_SEATS, rules=RULES, permissions=own)
    assert may("owner", Action.REMOVE_SEATS, rules=RULES, permissions=own)


@pytest.mark.parametrize(
    ("plan", "role"), [(TEAM, "support"), (BASIC, "owner"), (None, "owner")]
)
def test_a_permission_for_a_plan_holds_on_that_plan_alone(plan, role):
    roles = allowed_roles(
        Action.REMOVE_SEATS, rules=RULES, plan=plan, permissions=[TEAM_BY_SUPPORT]
    )
    assert roles[0] == role


def test_the_first_permission_that_fits_decides():
    both = (TEAM_BY_SUPPORT, Permission(Action.REMOVE_SEATS, roles=("owner",)))
    roles = allowed_roles(Action.REMOVE_SEATS, rules=RULES, plan=TEAM, permissions=both)
    assert roles == ("support",)


def test_a_refusal_names_the_role_the_action_and_who_may():
    with pytest.raises(PermissionRefusedError) as refusal:
        require_role(
            "owner",
            Action.REMOVE_SEATS,
            rules=RULES,
            plan=TEAM,
            permissions=iter([TEAM_BY_SUPPORT]),
        )
    error = refusal.value
    assert error.code == "permission_refused"
    assert (error.role, error.action, error.allowed) == (
        "owner",
        "remove_seats",
        ("support",),
    )


def test_a_permission_needs_a_role():
    with pytest.raises(RulesError) as refusal:
        Permission(Action.MANAGE, roles=())
    assert refusal.value.field == "roles"


def test_a_permission_is_a_value():
    again = Permission(Action.REMOVE_SEATS, roles=["support"], plans=["team"])
    assert again == TEAM_BY_SUPPORT == pickle.loads(pickle.dumps(TEAM_BY_SUPPORT))
    assert hash(again) == hash(TEAM_BY_SUPPORT)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: Permission(1, roles=("owner",)), WrongTypeError),
        (lambda: Permission(Action.MANAGE, roles="owner"), WrongTypeError),
        (lambda: Permission(Action.MANAGE, roles=(1,)), WrongTypeError),
        (lambda: may("", Action.MANAGE, rules=RULES), OutOfBoundsError),
        (lambda: may(None, Action.MANAGE, rules=RULES), WrongTypeError),
        (lambda: may("owner", "rule", rules=RULES), UnknownWordError),
        (lambda: may("owner", Action.MANAGE, rules=None), WrongTypeError),
        (lambda: may("owner", Action.MANAGE, rules=RULES, plan="team"), WrongTypeError),
        (
            lambda: may("owner", Action.MANAGE, rules=RULES, permissions=["x"]),
            WrongTypeError,
        ),
        (lambda: may_edit_recipient(None), WrongTypeError),
        (lambda: usable_until(bought()), WrongTypeError),
        (lambda: is_usable(None, day("2026-10-05")), WrongTypeError),
    ],
)
def test_another_type_is_refused(call, error):
    with pytest.raises(error):
        call()


# The client's data.


def test_data_of_a_paying_client_may_be_edited():
    assert may_edit_recipient(bought().subscription)


def test_while_a_cancellation_waits_the_data_may_be_edited():
    assert may_edit_recipient(after(Cancel()))


def test_after_the_end_they_may_not_until_the_next_paid_subscription():
    ended = renew(after(Cancel()), on=day("2026-11-05")).subscription
    assert not may_edit_recipient(ended)
    again = change(ended, SwitchPlan(BASIC), on=day("2026-12-01")).subscription
    assert may_edit_recipient(again)


def test_without_a_free_plan_they_may_not_either():
    rules = BillingRules()
    ended = after(Cancel(), rules=rules, timing=Timing.IMMEDIATE)
    assert not may_edit_recipient(ended)


def test_a_customer_who_never_paid_may():
    free = subscribe(
        FREE,
        id="f",
        interval=MONTHLY,
        seats=0,
        on=day("2026-10-05"),
        rules=RULES,
        currency="USD",
    )
    assert may_edit_recipient(free.subscription)
    assert not is_usable(free.subscription, day("2026-10-06"))
    assert usable_until(free.subscription) is None


# Until when.


def test_a_subscription_that_renews_has_no_end():
    running = bought().subscription
    assert usable_until(running) is None
    assert is_usable(running, day("2030-01-01"))


@pytest.mark.parametrize(
    "asked", [Cancel(), SwitchPlan(FREE)], ids=["cancels", "falls to the free plan"]
)
def test_what_is_paid_stays_through_the_last_day(asked):
    leaving = after(asked)
    assert usable_until(leaving) == day("2026-11-05")
    assert is_usable(leaving, day("2026-11-04"))
    assert not is_usable(leaving, day("2026-11-05"))
    ended = renew(leaving, on=day("2026-11-05")).subscription
    assert usable_until(ended) == day("2026-11-05")
    assert not is_usable(ended, day("2026-11-05"))


def test_a_waiting_change_of_plan_ends_nothing():
    rules = BillingRules(free_plan=FREE, upgrade=Timing.PERIOD_END)
    assert usable_until(after(SwitchPlan(TEAM), rules=rules)) is None


def test_a_cancellation_at_once_ends_use_that_day():
    ended = after(Cancel(), timing=Timing.IMMEDIATE)
    assert usable_until(ended) == day("2026-10-10")
    assert is_usable(ended, day("2026-10-09"))
    assert not is_usable(ended, day("2026-10-10"))


def test_the_day_is_of_the_kind_that_the_subscription_counts_in():
    with pytest.raises(MixedTimeError):
        is_usable(bought().subscription, dt.datetime(2026, 10, 6, tzinfo=dt.UTC))
