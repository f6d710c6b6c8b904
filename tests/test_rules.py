"""Every billing policy as one value: defaults, directions, discounts by interval."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    BillingRules,
    Convention,
    Plan,
    Rounding,
    Settlement,
    Timing,
)
from seatbill.errors import (
    AmountError,
    DuplicateError,
    OutOfBoundsError,
    PercentageError,
    RulesError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.rules import (
    ChangeKind,
    Direction,
    DiscountScope,
    LateNotice,
    UnusedTime,
)
from stories import plan


@pytest.mark.source("design.md 2")
def test_what_is_left_unsaid_is_the_usual():
    rules = BillingRules()
    assert rules.name == "default"
    assert rules.rounding is Rounding.HALF_UP
    assert rules.convention is Convention.ACTUAL
    assert rules.settlement is Settlement.NOW
    assert {d.value: rules.timing(d).value for d in Direction} == {
        "upgrade": "immediate",
        "downgrade": "period_end",
        "longer_interval": "restart",
        "shorter_interval": "period_end",
        "seats_added": "immediate",
        "seats_removed": "period_end",
        "add_on_added": "immediate",
        "add_on_removed": "period_end",
        "package_up": "immediate",
        "package_down": "period_end",
        "cancellation": "period_end",
    }
    assert rules.unused_time is UnusedTime.CREDITED
    assert rules.interval_discount_scope is DiscountScope.PLAN
    assert rules.late_notice is LateNotice.NEXT_PERIOD
    assert rules.notice_days == rules.max_freeze_days == 0
    assert rules.intervals == rules.interval_discounts == rules.billing_roles == ()
    assert set(rules.notice_exempt) == set()
    assert rules.free_plan is None


def test_each_direction_is_a_field_of_the_rules():
    fields = attrs.fields_dict(BillingRules)
    for direction in Direction:
        rules = BillingRules(**{direction.value: Timing.FORFEIT})
        assert direction.value in fields
        assert rules.timing(direction) is Timing.FORFEIT


@pytest.mark.parametrize(
    "enumeration",
    [Timing, Settlement, UnusedTime, DiscountScope, LateNotice, ChangeKind, Direction],
)
def test_the_words_of_a_policy_are_those_of_its_members(enumeration):
    assert [member.value for member in enumeration] == [
        name.lower() for name in enumeration.__members__
    ]


@pytest.mark.parametrize("wrong", [None, 1, Settlement.NOW])
@pytest.mark.parametrize("direction", Direction)
def test_a_timing_is_named(direction, wrong):
    with pytest.raises(WrongTypeError) as refused:
        BillingRules(**{direction.value: wrong})
    assert refused.value.name == direction.value


@pytest.mark.parametrize(
    ("fields", "error", "name"),
    [
        ({"name": ""}, OutOfBoundsError, "name"),
        ({"name": 1}, WrongTypeError, "name"),
        ({"rounding": "half"}, UnknownWordError, "rounding"),
        ({"convention": "real"}, UnknownWordError, "convention"),
        ({"settlement": "later"}, UnknownWordError, "settlement"),
        ({"unused_time": "gone"}, UnknownWordError, "unused_time"),
        ({"late_notice": "ignore"}, UnknownWordError, "late_notice"),
        (
            {"interval_discount_scope": "add_ons"},
            UnknownWordError,
            "interval_discount_scope",
        ),
        ({"intervals": MONTHLY}, WrongTypeError, "intervals"),
        ({"intervals": ["month"]}, WrongTypeError, "intervals"),
        ({"notice_days": -1}, OutOfBoundsError, "notice_days"),
        ({"notice_days": 3651}, OutOfBoundsError, "notice_days"),
        ({"notice_days": 15.0}, WrongTypeError, "notice_days"),
        ({"notice_days": True}, WrongTypeError, "notice_days"),
        ({"max_freeze_days": -1}, OutOfBoundsError, "max_freeze_days"),
        ({"max_freeze_days": 60.0}, WrongTypeError, "max_freeze_days"),
        ({"notice_exempt": "upgrade"}, WrongTypeError, "notice_exempt"),
        ({"notice_exempt": ["up"]}, UnknownWordError, "notice_exempt"),
        ({"free_plan": "free"}, WrongTypeError, "free_plan"),
        ({"billing_roles": "owner"}, WrongTypeError, "billing_roles"),
        ({"billing_roles": [1]}, WrongTypeError, "billing_roles"),
    ],
)
def test_each_policy_is_checked(fields, error, name):
    with pytest.raises(error) as refused:
        BillingRules(**fields)
    assert refused.value.name == name


def test_an_end_cannot_restart():
    with pytest.raises(RulesError) as refused:
        BillingRules(cancellation=Timing.RESTART)
    assert refused.value.code == "invalid_rules"
    assert refused.value.field == "cancellation"
    assert refused.value.value is Timing.RESTART


def test_a_freeze_moves_a_period_off_the_months_of_thirty_days():
    with pytest.raises(RulesError) as refused:
        BillingRules(max_freeze_days=60, convention=Convention.THIRTY_360)
    assert (refused.value.field, refused.value.value) == ("max_freeze_days", 60)
    assert BillingRules(max_freeze_days=60).max_freeze_days == 60


@pytest.mark.parametrize("wrong", ["nope", None, Timing.RESTART])
def test_a_timing_is_asked_for_by_a_direction(wrong):
    with pytest.raises((WrongTypeError, UnknownWordError)) as refused:
        BillingRules().timing(wrong)
    assert refused.value.name == "direction"


def test_several_of_something_may_come_in_any_collection():
    free = Plan("free", "Free", 0)
    rules = BillingRules(
        intervals=[MONTHLY, ANNUAL],
        notice_exempt=[Direction.UPGRADE, Direction.UPGRADE],
        billing_roles=iter(["owner", "admin"]),
        free_plan=free,
    )
    assert rules.intervals == (MONTHLY, ANNUAL)
    assert set(rules.notice_exempt) == {Direction.UPGRADE}
    assert rules == attrs.evolve(rules, notice_exempt={Direction.UPGRADE})
    assert rules.billing_roles == ("owner", "admin")
    assert rules.free_plan is free


# ---------------------------------------------------------------- discounts by interval


@pytest.mark.parametrize(
    ("off", "part"),
    [
        pytest.param("20", "1/5", id="a percentage"),
        pytest.param(20, "1/5", id="an int"),
        pytest.param(Decimal("12.5"), "1/8", id="a Decimal"),
        pytest.param(Fraction(1, 5), "1/5", id="a part of one"),
        pytest.param("1", "1/100", id="one percent"),
        pytest.param("100", "1", id="all"),
        pytest.param("0", "0", id="nothing"),
        pytest.param(Fraction(1, 500), "1/500", id="a small part of one"),
    ],
)
def test_a_discount_by_interval_is_a_percentage_or_a_part_of_one(off, part):
    rules = BillingRules(interval_discounts={ANNUAL: off})
    assert rules.interval_discount(ANNUAL) == Fraction(part)
    assert rules.interval_discount(MONTHLY) == 0
    assert BillingRules(interval_discounts=[(ANNUAL, off)]) == rules


def test_a_discount_stands_for_each_interval():
    rules = BillingRules(interval_discounts={QUARTERLY: "5", ANNUAL: "20"})
    assert rules.interval_discount(QUARTERLY) == Fraction(1, 20)
    assert rules.interval_discount(ANNUAL) == Fraction(1, 5)


@pytest.mark.parametrize(
    ("discounts", "error", "value"),
    [
        pytest.param(
            {ANNUAL: "0.2"}, PercentageError, "0.2", id="a fraction as a percentage"
        ),
        pytest.param({ANNUAL: "101"}, OutOfBoundsError, "101", id="more than all"),
        pytest.param({ANNUAL: "-5"}, OutOfBoundsError, "-5", id="a surcharge"),
        pytest.param(
            {ANNUAL: Fraction(2)}, OutOfBoundsError, Fraction(2), id="more than one"
        ),
        pytest.param({ANNUAL: "NaN"}, AmountError, "NaN", id="NaN"),
        pytest.param({ANNUAL: 0.2}, WrongTypeError, 0.2, id="float"),
        pytest.param({ANNUAL: True}, WrongTypeError, True, id="bool"),
        pytest.param({"year": "20"}, WrongTypeError, "year", id="no interval"),
        pytest.param(20, WrongTypeError, 20, id="no mapping"),
        pytest.param([20], WrongTypeError, 20, id="no pairs"),
        pytest.param([(ANNUAL,)], WrongTypeError, (ANNUAL,), id="half a pair"),
        pytest.param(
            [(ANNUAL, "20"), (ANNUAL, "50")], DuplicateError, ANNUAL, id="twice"
        ),
    ],
)
def test_a_discount_by_interval_that_is_likely_a_mistake_is_refused(
    discounts, error, value
):
    with pytest.raises(error) as refused:
        BillingRules(interval_discounts=discounts)
    assert refused.value.value == value


# ------------------------------------------------------------------ what would surprise


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        pytest.param({}, [], id="the usual"),
        pytest.param(
            {"downgrade": Timing.FORFEIT, "cancellation": Timing.IMMEDIATE},
            ["refund_without_credit"],
            id="to cancel and come back is the better downgrade",
        ),
        pytest.param(
            {
                "downgrade": Timing.RESTART,
                "unused_time": UnusedTime.KEPT,
                "cancellation": Timing.IMMEDIATE,
            },
            ["refund_without_credit"],
            id="the same, where unused time is kept",
        ),
        pytest.param(
            {
                "convention": Convention.FULL,
                "seats_removed": Timing.IMMEDIATE,
                "add_on_removed": Timing.IMMEDIATE,
                "cancellation": Timing.IMMEDIATE,
            },
            ["full_gives_nothing_back"] * 3,
            id="a promise that FULL does not keep",
        ),
        pytest.param(
            {"longer_interval": Timing.FORFEIT},
            ["longer_interval_for_nothing"],
            id="a year for nothing",
        ),
        pytest.param(
            {"upgrade": Timing.FORFEIT},
            ["upgrade_for_nothing"],
            id="a plan for nothing",
        ),
        pytest.param(
            {"intervals": [MONTHLY], "interval_discounts": {ANNUAL: "20"}},
            ["discount_not_offered"],
            id="a discount for what is not offered",
        ),
        pytest.param(
            {"notice_days": 15, "notice_exempt": list(Direction)},
            ["notice_without_effect"],
            id="all are exempt",
        ),
        pytest.param(
            {"notice_exempt": [Direction.UPGRADE]},
            ["exempt_from_nothing"],
            id="no notice to be exempt from",
        ),
        pytest.param(
            {"notice_days": 30, "intervals": [MONTHLY, ANNUAL]},
            ["notice_longer_than_period"],
            id="nobody is in time",
        ),
        pytest.param(
            {"free_plan": plan("1.00", id="free")},
            ["free_plan_costs"],
            id="a free plan with a price",
        ),
    ],
)
def test_what_would_be_carried_out_and_surprise_is_told(fields, codes):
    problems = BillingRules(**fields).problems()
    assert [problem.code for problem in problems] == codes
    for problem in problems:
        assert problem.where.startswith("rules.default.")
        assert problem.message


def test_rules_travel_and_are_a_key():
    rules = BillingRules(interval_discounts={ANNUAL: "20"}, notice_days=15)
    again = pickle.loads(pickle.dumps(rules))
    assert again == rules
    assert hash(again) == hash(rules)
    assert attrs.evolve(rules, notice_days=14) != rules
